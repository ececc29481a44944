# SPDX-License-Identifier: Apache-2.0
"""WeCom's own script and the simulator's panel: a member signs in without leaving the page.

The page around the panel is the smallest there can be; the script is the one that WeCom publishes
(npm, @wecom/jssdk), and finds https://login.work.weixin.qq.com at the simulator.
"""
import json
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from portal import portal

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Panel</title><link rel="icon" href="data:,">
<script src="jssdk.js"></script></head><body><div id="here"></div><script>
var asked = Object.fromEntries(new URLSearchParams(location.search)), heard = [];
function hear(name) { return function (told) { heard.push([name, told]); }; }
ww.createWWLoginPanel({ el: "#here", params: asked,
    onCheckWeComLogin: hear("onCheckWeComLogin"), onLoginFail: hear("onLoginFail"),
    onOpenInWecom: hear("onOpenInWecom"), onLoginSuccess: hear("onLoginSuccess") });
</script></body></html>
"""
PANEL = "iframe"
CONFIRM = "#phone button:not(.plain)"
REFUSE = "#phone button.plain"
SIZES = {"middle": (480, 416), "small": (320, 380)}


class Around:
    """A browser at the page around the panel, for a login that has begun."""

    def __init__(self, browser, site, foreign=False, **params):
        self.browser = browser
        self.site = site
        browser.open(site.url("/intranet/page1.html"))
        browser.wait_for_sim("wwlogin")
        begun = dict(parse_qsl(urlsplit(browser.url).query))
        self.begun = {name: begun[name] for name in ("login_type", "appid", "agentid",
                                                     "redirect_uri", "state")}
        where = site.alias_url if foreign else site.url
        browser.forget()
        browser.open(where("/open/panel.html") + "?" + urlencode({**self.begun, **params}))
        with self.inside():
            browser.wait_for_sim("panel")

    @contextmanager
    def inside(self):
        with self.browser.frame(PANEL):
            yield

    def press(self, css, userid=None):
        with self.inside():
            if userid:
                self.browser.press(f"#userid option[value={userid}]")
            self.browser.press(css)

    def note(self):
        with self.inside():
            return self.browser.script("return document.getElementById('note').textContent")

    def heard(self, name):
        """What the callback of this name was told, as soon as it was."""
        return self.browser.wait(lambda _: [told for heard, told in
                                            self.browser.script("return heard")
                                            if heard == name], f"{name} is called")[0]


@pytest.fixture
def around(fresh, visitors, wecom_names, npm):
    script = npm / "@wecom" / "jssdk" / "dist" / "wecom.global.prod.js"
    assert script.is_file(), f"{script} is not there: npm has installed another @wecom/jssdk"
    site = portal(fresh)
    site.write("open/panel.html", PAGE)
    site.write("open/jssdk.js", script.read_text("utf-8"))

    def make(browser=None, foreign=False, **params):
        return Around(browser or visitors(**wecom_names), site, foreign, **params)

    return make


def test_top(around, picture):
    """The top window goes to the return address by itself, and the member is in."""
    page = around(redirect_type="top")
    assert page.heard("onCheckWeComLogin") == {"isWeComLogin": True}
    assert page.browser.script(f"return document.querySelector('{PANEL}').sandbox.length") == 0
    picture(page.browser, "sim-panel")
    page.press(CONFIRM, "LiNa")
    page.browser.wait_for_url(page.site.url("/intranet/page1.html"))
    assert page.browser.lines[:2] == ["Page 1", "欢迎，李娜"]


def test_top_out_of_a_sandbox(around):
    """Around a page of another origin than the return address the script puts a sandbox, in which
    no form can be sent."""
    page = around(foreign=True, redirect_type="top")
    assert page.browser.script(f"return [...document.querySelector('{PANEL}').sandbox]") == [
        "allow-top-navigation", "allow-scripts", "allow-same-origin"]
    page.press(CONFIRM, "LiNa")
    page.browser.wait_for_url(page.site.url("/intranet/page1.html"))
    assert "欢迎，李娜" in page.browser.text


def test_nothing_said_is_top(around):
    page = around()
    page.press("#quick button")
    page.browser.wait_for_url(page.site.url("/intranet/page1.html"))
    assert "欢迎，张伟" in page.browser.text


def test_callback(around):
    """The page gets the code, and takes it to the return address."""
    page = around(redirect_type="callback")
    page.press(CONFIRM, "LiNa")
    code = page.heard("onLoginSuccess")["code"]
    assert page.browser.url.startswith(page.site.url("/open/panel.html"))
    page.browser.open(page.site.url("/wecom/return") + "?" + urlencode(
        {"code": code, "state": page.begun["state"]}))
    page.browser.wait_for_url(page.site.url("/intranet/page1.html"))
    assert "欢迎，李娜" in page.browser.text


def test_refused_on_the_phone(around):
    page = around(redirect_type="callback")
    page.press(REFUSE)
    assert page.heard("onLoginFail") == {"errCode": 1, "errMsg": "refused"}
    with page.inside():
        page.browser.press("#again")
        page.browser.wait_for_sim("panel")
    page.press(CONFIRM, "LiNa")
    assert page.heard("onLoginSuccess")["code"]


def test_refused_without_callback(around):
    page = around(redirect_type="top")
    page.press(REFUSE)
    with page.inside():
        page.browser.wait(lambda browser: "You refused" in browser.text, "the panel says so")
    assert page.browser.url.startswith(page.site.url("/open/panel.html"))
    assert [name for name, _ in page.browser.script("return heard")] == ["onCheckWeComLogin"]


def test_member_out_of_range(around):
    page = around(redirect_type="callback")
    page.press(CONFIRM, "zhaolei")
    assert page.heard("onLoginFail") == {"errCode": 1, "errMsg": "no-permission"}
    assert "No permission" in page.note()
    page.press(CONFIRM, "LiNa")
    assert page.heard("onLoginSuccess")["code"]


def test_callback_to_a_stranger(around):
    """The page around it stands on no domain of the app: no code for it. (Which ones do, is asked
    in test_sim_panel.py; here all names of this machine do.)"""
    page = around(redirect_type="callback")
    with page.inside():
        page.browser.script("window.settings.embedder_fits = false")
    page.press(CONFIRM, "LiNa")
    assert page.heard("onLoginFail")["errMsg"] == "embedder not trusted"
    assert "onLoginSuccess" not in json.dumps(page.browser.script("return heard"))


LOOKS = [("middle", "light", "zh"), ("middle", "dark", "en"), ("small", "light", "en"),
         ("small", "dark", "zh")]


def test_sizes(around, picture):
    """Nothing is cut off, in either size and language."""
    browser = None
    for size, scheme, lang in LOOKS:
        page = around(browser=browser, panel_size=size, color_scheme=scheme, lang=lang)
        browser = page.browser
        box = browser.script(f"return document.querySelector('{PANEL}').getBoundingClientRect()")
        assert (box["width"], box["height"]) == SIZES[size]
        picture(browser, f"sim-panel-{size}-{scheme}-{lang}")
        with page.inside():
            width, height = browser.script("return [document.documentElement.scrollWidth, "
                                           "document.documentElement.scrollHeight]")
            assert width <= SIZES[size][0] and height <= SIZES[size][1], (size, lang, height)
            assert (sum(browser.background()) < 200) == (scheme == "dark")
