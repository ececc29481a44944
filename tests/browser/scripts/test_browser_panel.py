# SPDX-License-Identifier: Apache-2.0
"""panel.js with WeCom's own @wecom/jssdk, before pages of the test: the button always stands."""
import html
import json
from urllib.parse import parse_qsl, urlsplit

import pytest

import axe
from elsewhere import Answer, page
from stand import script

PARAMS = {"login_type": "CorpApp", "appid": "ww1234567890abcdef", "agentid": "1000002",
          "redirect_uri": "http://127.0.0.1/wecom/return?a=1&b=2", "state": "Abc123"}
SDK = "@wecom/jssdk/dist/wecom.global.prod.js"
HOST = "login.work.weixin.qq.com"
LOGIN = "https://" + HOST
SMALL_STYLE = "<style>#panel { width: 340px }</style>"
NARROW_STYLE = "<style>#panel { width: 300px }</style>"


@pytest.fixture
def show(elsewhere, visitors):
    """show(...): a browser before a page with the panel."""

    def make(params=PARAMS, sdk=True, style="", lang="en", broken="",
             panel=False):
        body = (f'{style}<main data-panel="{html.escape(json.dumps(params))}"><h1>Sign in</h1>'
                '<div id="panel" hidden data-title="WeCom"></div>'
                '<a class="b first" href="/go">Sign in with Acme</a></main>')
        elsewhere.pages["/sdk.js"] = Answer(axe.package_file(SDK) + broken if sdk else "",
                                            "text/javascript", 200 if sdk else 404)
        answer = page(body, "/sdk.js", script("panel.js"), title="Sign in",
                      Content_Security_Policy="frame-src " + LOGIN)
        answer.body = answer.body.replace('lang="en"', f'lang="{lang}"')
        elsewhere.pages["/login"] = answer
        browser = visitors()
        # nobody is there under WeCom's name, and nobody shall be asked
        browser.devtools("Network.enable")
        browser.devtools("Network.setBlockedURLs", urls=[LOGIN + "/*"])
        browser.may_ask = [HOST] if panel else []
        if panel:
            browser.expect_complaint("does not match the recipient window's origin")
        browser.open(elsewhere.at() + "/login")
        browser.wait(lambda _: not browser.complaints(), "WeCom's script has asked its frame")
        return browser

    return make


def frames(browser):
    return browser.script("return [...document.querySelectorAll('iframe')].map(one =>"
                          "[one.src, one.title, one.clientWidth])")


def is_first(browser):
    return browser.script("return document.querySelector('a').className") == "b first"


@pytest.mark.parametrize("lang, short, style, size, width", [
    ("en", "en", "", "middle", 480), ("zh-CN", "zh", SMALL_STYLE, "small", 320)])
def test_panel(show, lang, short, style, size, width):
    browser = show(lang=lang, style=style, panel=True)
    ((address, title, wide),) = frames(browser)
    url = urlsplit(address)
    assert (url.netloc, url.path) == ("login.work.weixin.qq.com", "/wwlogin/sso/login")
    query = dict(parse_qsl(url.query))
    assert query.pop("version") == "2.4.4"
    assert query == {**PARAMS, "redirect_type": "top", "color_scheme": "auto", "lang": short,
                     "panel_size": size}
    assert (title, wide) == ("WeCom", width)
    assert not is_first(browser) and browser.buttons == ["Sign in with Acme"]


@pytest.mark.parametrize("how", [
    {"sdk": False}, {"broken": ";ww.createWWLoginPanel = () => { throw new Error('broken') };"},
    {"broken": ";ww.createWWLoginPanel = () => undefined;"},
    {"broken": ";ww = {};"}, {"style": NARROW_STYLE}],
    ids=["blocked", "throws", "nothing", "older", "narrow"])
def test_without_panel(show, how):
    browser = show(**how)
    assert frames(browser) == [] and is_first(browser)
    assert browser.lines == ["Sign in", "Sign in with Acme"]
    assert not browser.driver.find_element("id", "panel").is_displayed()
