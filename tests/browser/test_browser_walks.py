# SPDX-License-Identifier: Apache-2.0
"""The walks that need more than one window: the pull-up with two browsers, the login in a window
opened by another origin, and WeCom's panel in our page."""
import re
from urllib.parse import unquote

import pytest

from devices import ANDROID, IPHONE
from elsewhere import page
from harness.site import Place
from portal import TWO_CORPS, TWO_SOURCES, portal

APP = """
window.outcomes = [];
document.getElementById("go").addEventListener("click", function () {
    window.stays = true;
    call();
});
function call() {
    return fetch(DATA, {credentials: "include"}).then(function (answer) {
        if (answer.status !== 401) {
            return answer.text().then(function (text) { outcomes.push(text); });
        }
        outcomes.push(401);
        return WeCom.login().then(function (told) {
            outcomes.push(told);
            return told.ok ? call() : null;
        });
    });
}
"""


# --- the pull-up ---

class Phone:
    """The phone's own browser, which has asked, and WeCom on it."""

    def __init__(self, site, visitors, device, language="en"):
        self.site = site
        self.browser = visitors(device=device, language=language)
        self.wecom = visitors(device=device.in_wecom(), person="LiNa", language=language)
        self.browser.open(site.url("/intranet/page1.html"))
        self.browser.wait_for_path("/wecom/pair")

    @property
    def number(self):
        return self.browser.script("return document.querySelector('.number').textContent").strip()

    def pull_up(self):
        """What the phone does with the first button's address: WeCom opens what is in it."""
        link = self.browser.script("return document.querySelector('.b.first').href")
        assert re.match(r"wxwork(local)?://sso/jump\?url=", link)
        self.wecom.open(unquote(link.partition("url=")[2]))
        self.wecom.wait_for_path("/wecom/return")

    def pick(self, number):
        self.wecom.press(f"button[value='{number}']")
        self.wecom.wait_for_path("/wecom/pair")

    def wrong(self):
        values = self.wecom.script("return Array.from(document.querySelectorAll("
                                   "'button[name=number]'), b => b.value)")
        return next(value for value in values if value not in ("no", self.number))


@pytest.mark.parametrize("device", [IPHONE, ANDROID], ids=["iphone", "android"])
def test_pull_up(fresh, log, visitors, look, device):
    site = portal(fresh)
    phone = Phone(site, visitors, device)
    look(phone.browser, f"pair-{'iphone' if device is IPHONE else 'android'}")
    phone.pull_up()
    look(phone.wecom, f"pair-confirm-{'iphone' if device is IPHONE else 'android'}")
    phone.pick(phone.number)
    assert "You can go back to your browser now." in phone.wecom.text
    look(phone.wecom, "pair-done")
    phone.browser.wait_for_path("/intranet/page1.html")    # by itself
    assert "李娜" in phone.browser.text
    assert phone.wecom.session_cookie() is None
    log.expect("WC0285")


def test_pull_up_in_chinese(fresh, log, visitors, look):
    phone = Phone(portal(fresh), visitors, ANDROID, "zh-CN")
    assert f"请打开企业微信，并选择数字 {phone.number}" in phone.browser.text
    look(phone.browser, "pair-zh")
    phone.pull_up()
    assert "不是我本人操作" in phone.wecom.text and "安卓手机" in phone.wecom.text
    look(phone.wecom, "pair-confirm-zh")
    phone.pick("no")
    log.expect("WC0291")


@pytest.mark.parametrize("answer, sentence, id", [
    ("wrong", "That was not the number.", "WC0290"),
    ("no", "The sign-in was declined in WeCom.", "WC0291")])
def test_pull_up_that_ends(fresh, log, visitors, look, answer, sentence, id):
    phone = Phone(portal(fresh), visitors, IPHONE)
    phone.pull_up()
    phone.pick(phone.wrong() if answer == "wrong" else "no")
    assert sentence in phone.wecom.text
    phone.browser.wait(lambda _: sentence in phone.browser.text, "the end, by itself")
    look(phone.browser, f"pair-{answer}")
    assert phone.browser.buttons == ["Try again"]
    assert phone.browser.session_cookie() is None
    log.expect(id)


def test_pull_up_without_scripts(fresh, log, visitors):
    """The page asks again by itself."""
    site = portal(fresh)
    browser = visitors(device=ANDROID, scripts=False)
    wecom = visitors(device=ANDROID.in_wecom(), person="LiNa")
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_path("/wecom/pair")
    source = browser.driver.page_source
    number = re.search(r'class="number">(\d\d)<', source)[1]
    link = re.search(r'href="(wxwork[^"]+)"', source)[1]
    wecom.open(unquote(link.partition("url=")[2].replace("&amp;", "&")))
    wecom.wait_for_path("/wecom/return")
    wecom.press(f"button[value='{number}']")
    browser.wait_for_path("/intranet/page1.html")
    log.expect("WC0285")


def test_address_is_copied(fresh, log, visitors):
    phone = Phone(portal(fresh), visitors, ANDROID)
    phone.browser.press("button[data-copy]")
    phone.browser.wait(lambda _: "Copied" in phone.browser.text
                       or phone.site.url("/intranet/page1.html") in phone.browser.text, "an answer")


# --- a window of its own ---

def application(elsewhere, site, headers=None):
    """A single-page application of another origin; the same site, so that cookies go along."""
    elsewhere.pages["/app"] = page(
        '<button id="go">Load</button>', site.url("/wecom/wecom.js"),
        f"const DATA = {site.url('/intranet/data.txt')!r};" + APP, **(headers or {}))
    return elsewhere.at("127.0.0.1") + "/app"


def popup_site(fresh, elsewhere, **more):
    cors = (f'Header always set Access-Control-Allow-Origin "{elsewhere.at()}"',
            "Header always set Access-Control-Allow-Credentials true")
    return portal(fresh, lines=cors, server=(f"WeComPopupOrigins {elsewhere.at()}",), **more)


def outcomes(browser):
    return browser.script("return window.outcomes")


def test_application_signs_in_by_a_window(fresh, elsewhere, visitors, log):
    """401, a window, and the same call again; the application's page is never left."""
    site = popup_site(fresh, elsewhere)
    browser = visitors()
    browser.open(application(elsewhere, site))
    here = browser.driver.current_window_handle
    browser.press("#go")
    browser.wait_for_windows(2)
    (window,) = [w for w in browser.driver.window_handles if w != here]
    browser.go_to_window(window)
    browser.wait_for_sim("wwlogin")
    size = browser.script("return [outerWidth, outerHeight]")
    assert size == [585, 649] or size[0] < 600
    browser.press("#userid option[value=LiNa]")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_windows(1)
    browser.go_to_window(here)
    browser.wait(lambda _: len(outcomes(browser)) == 3, "the second call")
    assert outcomes(browser) == [401, {"ok": True, "id": "WC0200"}, "confidential"]
    assert browser.script("return window.stays") is True, "no full page load"
    browser.script("WeCom.session().then(s => outcomes.push(s.userid))")
    browser.wait(lambda _: len(outcomes(browser)) == 4, "the session")
    assert outcomes(browser)[3] == "LiNa"
    browser.script("WeCom.logout().then(r => outcomes.push(r))")
    browser.wait(lambda _: len(outcomes(browser)) == 5, "the logout")
    assert outcomes(browser)[4] == {"ok": True}


def test_window_that_the_visitor_closes(fresh, elsewhere, visitors, log):
    site = popup_site(fresh, elsewhere)
    browser = visitors()
    browser.open(application(elsewhere, site))
    here = browser.driver.current_window_handle
    browser.press("#go")
    browser.wait_for_windows(2)
    (window,) = [w for w in browser.driver.window_handles if w != here]
    browser.go_to_window(window)
    browser.wait_for_sim("wwlogin")
    browser.close_window(window)
    browser.go_to_window(here)
    browser.wait(lambda _: len(outcomes(browser)) == 2, "the end", seconds=30)
    assert outcomes(browser) == [401, {"ok": False, "id": "closed"}]


def test_window_that_is_refused(fresh, elsewhere, visitors, log, look):
    """The sentence can be read there; closing it tells the application why."""
    site = popup_site(fresh, elsewhere)
    browser = visitors()
    browser.open(application(elsewhere, site))
    here = browser.driver.current_window_handle
    browser.press("#go")
    browser.wait_for_windows(2)
    (window,) = [w for w in browser.driver.window_handles if w != here]
    browser.go_to_window(window)
    browser.wait_for_sim("wwlogin")
    site.sim.member("LiNa", status=2)
    browser.press("#userid option[value=LiNa]")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_path("/wecom/return")
    assert "disabled or not yet activated" in browser.text
    look(browser, "popup-refused")
    browser.close_window(window)
    browser.go_to_window(here)
    browser.wait(lambda _: len(outcomes(browser)) == 2, "the end", seconds=30)
    assert outcomes(browser)[1] == {"ok": False, "id": "WC0214"}
    log.expect("WC0214")


def test_lost_opener(fresh, elsewhere, visitors, log):
    """A COOP of the application's page: the session itself tells in the end."""
    site = popup_site(fresh, elsewhere)
    browser = visitors()
    browser.open(application(elsewhere, site, {"Cross_Origin_Opener_Policy": "same-origin"}))
    here = browser.driver.current_window_handle
    browser.press("#go")
    browser.wait_for_windows(2)
    (window,) = [w for w in browser.driver.window_handles if w != here]
    browser.go_to_window(window)
    browser.wait_for_sim("wwlogin")
    browser.press("#userid option[value=LiNa]")
    browser.press("#phone button:not(.plain)")
    browser.go_to_window(here)
    browser.wait(lambda _: len(outcomes(browser)) == 3, "the second call", seconds=30)
    assert outcomes(browser)[1]["ok"] is True and outcomes(browser)[2] == "confidential"


# --- the panel ---

def panel_site(fresh, sim, sources=None, **more):
    """The login page is WeCom's own, as browsers of wecom_names find it."""
    lines = (f"WeComBaseURL api {sim.api}", f"WeComBaseURL authorize {sim.pages}",
             "WeComLoginPanel On")
    return portal(fresh, server=lines, base_urls=False,
                  **({"sources": sources} if sources else {}), **more)


FRAME = "#panel iframe"


def test_panel(fresh, sim, visitors, wecom_names, log, look):
    site = panel_site(fresh, sim)
    browser = visitors(**wecom_names)
    browser.may_ask = ["login.work.weixin.qq.com", "wwcdn.weixin.qq.com"]
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_path("/wecom/login")
    with browser.frame(FRAME):
        browser.wait_for_sim("panel")
        browser.press("#userid option[value=LiNa]")
        browser.press("#phone button:not(.plain)")
    browser.wait_for_path("/intranet/page1.html")
    assert "李娜" in browser.text


def test_panel_whose_script_is_blocked(fresh, sim, visitors, log):
    """The button stands, and leads to WeCom's own page."""
    site = panel_site(fresh, sim)
    browser = visitors()
    browser.devtools("Network.enable")
    browser.devtools("Network.setBlockedURLs", urls=["*wwcdn.weixin.qq.com*"])
    browser.may_ask = ["wwcdn.weixin.qq.com"]
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_path("/wecom/login")
    assert browser.buttons == ["Sign in with Acme"]
    assert browser.script("return document.querySelector('#panel').hidden")
    href = browser.script("return document.querySelector('.b.first').getAttribute('href')")
    assert "scan=1" in href
    browser.forgive()


def test_panel_of_the_chosen_source(fresh, sim, visitors, wecom_names, log):
    site = panel_site(fresh, sim, sources=TWO_SOURCES, places=(
        Place("/other", lines=TWO_CORPS),), lines=TWO_CORPS)
    browser = visitors(**wecom_names)
    browser.may_ask = ["login.work.weixin.qq.com", "wwcdn.weixin.qq.com"]
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_path("/wecom/login")
    assert not browser.driver.find_elements("css selector", FRAME)
    browser.press_text("Sign in with Acme")
    with browser.frame(FRAME):
        browser.wait_for_sim("panel")
        browser.press("#userid option[value=LiNa]")
        browser.press("#phone button:not(.plain)")
    browser.wait_for_path("/intranet/page1.html")
