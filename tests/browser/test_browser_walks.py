# SPDX-License-Identifier: Apache-2.0
"""The walks that need more than one window: the pull-up with two browsers, the login in a window
opened by another origin, and WeCom's panel in our page."""
import re
from urllib.parse import quote, unquote

import pytest

from devices import ANDROID, IPHONE
from elsewhere import page
from harness.site import Place
from portal import TWO_CORPS, TWO_SOURCES, portal

# An application of this very site gets 401; one of another origin may read `session` alone.
CALL = """
function call() {
    return fetch("/intranet/data.txt").then(function (answer) {
        outcomes.push(answer.status);
        return answer.status === 401 ? login() : null;
    });
}
"""
ASK = """
function call() {
    return WeCom.session().then(function (session) {
        outcomes.push(session && session.userid);
        return session ? null : login();
    });
}
"""
APP = """
window.outcomes = [];
function login() {
    return WeCom.login().then(function (told) {
        outcomes.push(told);
        return told.ok ? call() : null;
    });
}
document.getElementById("go").addEventListener("click", function () {
    window.stays = true;
    call();
});
"""


# --- the pull-up ---

class Phone:
    """The phone's own browser, which has asked, and WeCom on it."""

    def __init__(self, site, visitors, device):
        self.site = site
        self.browser = visitors(device=device)
        self.wecom = visitors(device=device.in_wecom(), person="LiNa")
        self.begin()

    def begin(self):
        self.browser.open(self.site.url("/intranet/page1.html"))
        self.browser.wait_for_path("/wecom/pair")

    def copy(self):
        self.browser.press("button[data-copy]")
        self.browser.wait(lambda _: self.browser.script(
            "return document.querySelector('[role=status]').textContent") in
            ("Copied", self.site.url("/intranet/page1.html")), "an answer")

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


def test_pull_up_that_ends(fresh, log, visitors):
    """After each end a new one begins; before, the page's address can be copied."""
    phone = Phone(portal(fresh), visitors, IPHONE)
    phone.copy()
    for wrong, sentence, identifier in (
            (True, "That was not the number.", "WC0290"),
            (False, "The sign-in was declined in WeCom.", "WC0291")):
        phone.pull_up()
        phone.pick(phone.wrong() if wrong else "no")
        assert sentence in phone.wecom.text
        phone.browser.wait(lambda _, words=sentence: words in phone.browser.text,
                           "the end, by itself")
        assert phone.browser.buttons == ["Try again"]
        assert phone.browser.session_cookie() is None
        log.expect(identifier)
        phone.begin()


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


# --- a window of its own ---

def popup_site(fresh, elsewhere):
    return portal(fresh, server=(f"WeComPopupOrigins {elsewhere.at()}",))


class Application:
    """A page that is never left, and the window that it opens."""

    def __init__(self, visitors, elsewhere, site, headers=None, own=False):
        self.browser = visitors()
        app = page('<button id="go">Load</button>', site.url("/wecom/wecom.js"),
                   APP + (CALL if own else ASK), **(headers or {}))
        if own:
            site.write("open/app.html", app.body)
        elsewhere.pages["/app"] = app
        self.browser.open(site.url("/open/app.html") if own else elsewhere.at() + "/app")
        self.here = self.browser.driver.current_window_handle
        self.browser.press("#go")
        self.browser.wait_for_windows(2)
        (self.window,) = [w for w in self.browser.driver.window_handles if w != self.here]
        self.browser.go_to_window(self.window)
        self.browser.wait_for_sim("wwlogin")

    def scan(self):
        self.browser.press("#userid option[value=LiNa]")
        self.browser.press("#phone button:not(.plain)")

    def wait(self, *outcomes):
        """Back on its page, these have come."""
        self.browser.go_to_window(self.here)
        self.browser.wait(lambda _: len(self.outcomes) >= len(outcomes), "an outcome", seconds=40)
        assert self.outcomes == list(outcomes)
        assert self.browser.script("return window.stays") is True, "no full page load"

    @property
    def outcomes(self):
        return self.browser.script("return window.outcomes")

    def do(self, script):
        before = len(self.outcomes)
        self.browser.script(script + ".then(r => outcomes.push(r))")
        self.browser.wait(lambda _: len(self.outcomes) > before, script)
        return self.outcomes[before]


DONE = {"ok": True, "id": "WC0200"}


@pytest.mark.parametrize("own", [True, False], ids=["own", "other-origin"])
def test_application_signs_in_by_a_window(fresh, elsewhere, visitors, log, own):
    """401 (or no session), a window, and the same call again; the page is never left."""
    site = popup_site(fresh, elsewhere)
    app = Application(visitors, elsewhere, site, own=own)
    app.scan()
    app.browser.wait_for_windows(1)
    app.wait(*((401, DONE, 200) if own else (None, DONE, "LiNa")))
    assert app.do("WeCom.session().then(s => s.source)") == "acme"
    assert app.do("WeCom.logout()") == {"ok": True}
    assert app.do("WeCom.session()") is None


def test_window_whose_opener_is_gone(fresh, elsewhere, visitors, look):
    """Nobody listens and nobody closes it: it says what has happened, and where to go on."""
    site = popup_site(fresh, elsewhere)
    browser = visitors()
    browser.open(site.url("/wecom/login?display=popup&source=acme&nonce=" + "0" * 32
                          + "&origin=" + quote(elsewhere.at(), safe="")))
    browser.wait_for_sim("wwlogin")
    browser.expect_complaint("Scripts may close only the windows that were opened by them")
    browser.press("#userid option[value=LiNa]")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_path("/wecom/return")
    assert browser.lines == ["Sign in", "You are signed in. This window closes by itself.",
                             "Continue"]
    look(browser, "popup-done")


def test_window_that_the_visitor_closes(fresh, elsewhere, visitors, log):
    app = Application(visitors, elsewhere, popup_site(fresh, elsewhere))
    app.browser.close_window(app.here)
    app.wait(None, {"ok": False, "id": "closed"})


def test_window_that_is_refused(fresh, elsewhere, visitors, log, look):
    """The sentence can be read there; closing it tells the application why."""
    site = popup_site(fresh, elsewhere)
    app = Application(visitors, elsewhere, site)
    site.sim.member("LiNa", status=2)
    app.scan()
    app.browser.wait_for_path("/wecom/return")
    assert "disabled or not yet activated" in app.browser.text
    look(app.browser, "popup-refused")
    app.browser.close_window(app.here)
    app.wait(None, {"ok": False, "id": "WC0214"})
    log.expect("WC0214")


def test_lost_opener(fresh, elsewhere, visitors, log):
    """A COOP of the application's page: the session itself tells in the end."""
    app = Application(visitors, elsewhere, popup_site(fresh, elsewhere),
                      {"Cross_Origin_Opener_Policy": "same-origin"})
    app.scan()
    app.wait(None, {"ok": True, "id": ""}, "LiNa")


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
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_path("/wecom/login")
    with browser.frame(FRAME):
        browser.wait_for_sim("panel")
    look(browser, "login-panel")
    with browser.frame(FRAME):
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
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_path("/wecom/login")
    assert not browser.driver.find_elements("css selector", FRAME)
    browser.press_text("Sign in with Acme")
    with browser.frame(FRAME):
        browser.wait_for_sim("panel")
        browser.press("#userid option[value=LiNa]")
        browser.press("#phone button:not(.plain)")
    browser.wait_for_path("/intranet/page1.html")
