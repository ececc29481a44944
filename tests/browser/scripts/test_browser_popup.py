# SPDX-License-Identifier: Apache-2.0
"""wecom.js and popup.js before a stand-in for the server: every way a popup can end."""
import re

import pytest

from elsewhere import page
from stand import APP, ME, SITE, Stand, result

OK = {"ok": True, "id": ""}
GONE = {"ok": False, "id": "closed"}
MESSAGE = "{type: 'wecom-login', ok: true, id: 'FORGED'}"
COOP = {"Cross_Origin_Opener_Policy": "same-origin"}

# In headless Chromium every page thinks that it has the focus.
HERE = "Document.prototype.hasFocus = () => true"
NOT_HERE = "Document.prototype.hasFocus = () => false"

# What still runs, or will.
CLOCKS = """
window.clocks = new Set();
for (const kind of ["Timeout", "Interval"]) {
    const set = window["set" + kind], clear = window["clear" + kind];
    window["set" + kind] = (action, wait) => {
        const clock = set(() => {
            if (kind === "Timeout") clocks.delete(clock);
            action();
        }, wait);
        clocks.add(clock);
        return clock;
    };
    window["clear" + kind] = clock => { clocks.delete(clock); clear(clock); };
}
"""


@pytest.fixture
def stand(elsewhere):
    return Stand(elsewhere)


@pytest.fixture
def app(stand, visitors):
    """At an origin of its own, before the click."""
    browser = visitors()
    browser.open(stand.app())
    return browser


def outcomes(browser):
    return browser.script("return window.outcomes")


def wait_for(browser, *wanted):
    browser.wait(lambda _: len(outcomes(browser)) >= len(wanted), f"{len(wanted)} outcomes")
    assert outcomes(browser) == list(wanted)


def begin(browser, options="undefined"):
    """Click, and stay on the page that did; gives its handle and the popup's."""
    here = browser.driver.current_window_handle
    before = browser.driver.window_handles
    browser.script(f"window.options = {options}")
    browser.press("#go")
    browser.wait_for_windows(len(before) + 1)
    (popup,) = [handle for handle in browser.driver.window_handles if handle not in before]
    return here, popup


def in_popup(browser, here, popup, script, *arguments):
    browser.go_to_window(popup)
    browser.wait(lambda _: browser.title == "Login", "the popup's page")
    browser.script(script, *arguments)
    browser.go_to_window(here)


def go_to_result(browser, stand, here, popup, **more):
    """The popup comes to the page at the end."""
    query = [query for query in stand.logins() if "origin" in query][-1]
    values = {"origin": query["origin"], "nonce": query["nonce"], **more}
    in_popup(browser, here, popup, "setTimeout(url => location.replace(url), 0, arguments[0])",
             stand.result_url(**values))


def end_at_result(browser, stand, here, popup, **more):
    """The visitor signs in, and the popup goes."""
    go_to_result(browser, stand, here, popup, **more)
    browser.wait_for_windows(1)


def wait_for_questions(browser, stand, more):
    count = stand.questions() + more
    browser.wait(lambda _: stand.questions() >= count, "questions for the session")


# --- as it should be ---

def test_popup_of_another_origin(stand, app):
    here, popup = begin(app, "{source: 'acme', lang: 'zh-CN'}")
    end_at_result(app, stand, here, popup)
    wait_for(app, OK)
    (query,) = stand.logins()
    assert re.fullmatch("[0-9a-f]{32}", query.pop("nonce"))
    assert query == {"display": "popup", "origin": app.origin, "source": "acme",
                     "lang": "zh-CN"}
    # the page was never loaded again
    assert [document.url for document in app.documents()].count(stand.app()) == 1


def test_popup_of_the_site_itself(stand, visitors):
    browser = visitors()
    browser.open(stand.app(SITE))
    here, popup = begin(browser)
    end_at_result(browser, stand, here, popup)
    wait_for(browser, OK)


def test_refusal_has_its_id(stand, app):
    """The page that says why stays until it has been read."""
    app.script(HERE)
    here, popup = begin(app)
    go_to_result(app, stand, here, popup, ok="false", id="WC0201")
    app.go_to_window(popup)
    app.wait(lambda _: app.title == "Result", "the page that says why")
    app.go_to_window(here)
    assert outcomes(app) == []
    app.go_to_window(popup)
    app.close_window(here)
    wait_for(app, {"ok": False, "id": "WC0201"})


def test_window_stands_in_the_middle(stand, app):
    """Of the screen that the page is on, which may begin anywhere."""
    app.script("window.open = (url, name, features) => { window.seen = [name, features];"
               "    return {closed: false}; };"
               "Object.defineProperties(screen, {availLeft: {value: -1920}, availTop: {value: 30},"
               "availWidth: {value: 1920}, availHeight: {value: 1050}});"
               "WeCom.login()")
    name, features = app.script("return window.seen")
    assert re.fullmatch("wecom-login-[0-9a-f]{32}", name)
    assert {"width=585", "height=649", "left=-1252", "top=231"} < set(features.split(","))


WRONG = ["null", "'acme'", "{source: ''}", "{source: 'A'}", "{source: 1}", "{popup: 'no'}",
         "{target: 'https://evil.example/'}", "{target: '//evil.example'}",
         "{target: '/\\\\evil.example'}", "{lang: 'zh&x=1'}", "{signal: true}",
         "{sources: 'acme'}", "{toString: 1}"]


def test_wrong_options(stand, app):
    for count, options in enumerate(WRONG, 1):
        app.script(f"window.options = {options}")
        app.press("#go")
        wait_for(app, *["TypeError"] * count)
    assert stand.logins() == [] and len(app.driver.window_handles) == 1


# --- who may speak ---

def test_message_of_another_window(stand, app):
    """The right origin, and not our popup: a page of the site that was opened besides."""
    here, popup = begin(app)
    app.script("window.other = window.open(arguments[0], 'other')", stand.origin + "/wecom/login")
    app.wait_for_windows(3)
    (other,) = set(app.driver.window_handles) - {here, popup}
    app.script("addEventListener('message', () => { window.heard = true; })")
    in_popup(app, here, other, f"opener.postMessage({MESSAGE}, '*')")
    app.wait(lambda _: app.script("return window.heard"), "the forged message")
    assert outcomes(app) == []
    app.script("window.other.close()")
    app.wait_for_windows(2)
    end_at_result(app, stand, here, popup)
    wait_for(app, OK)


def test_message_of_another_origin(stand, app, elsewhere):
    """Our popup, which somebody else's page has got hold of."""
    elsewhere.pages["/evil"] = page("", f"opener.postMessage({MESSAGE}, '*')", title="Evil")
    here, popup = begin(app)
    app.script("addEventListener('message', event => { window.heard = event.origin; })")
    evil = elsewhere.at("evil.localhost")
    in_popup(app, here, popup, "setTimeout(url => location.assign(url), 0, arguments[0])",
             evil + "/evil")
    app.wait(lambda _: app.script("return window.heard") == evil, "the forged message")
    assert outcomes(app) == []
    app.go_to_window(popup)
    app.back()
    app.go_to_window(here)
    end_at_result(app, stand, here, popup)
    wait_for(app, OK)


ODD = ["null", "'wecom-login'", "{}", "{type: 'wecom', ok: true, id: ''}",
       "{type: 'wecom-login', ok: 'yes', id: ''}", "{type: 'wecom-login', ok: true}",
       "{type: 'wecom-login', ok: true, id: {}}"]


def test_message_of_another_kind(stand, app):
    here, popup = begin(app)
    app.script("window.heard = 0; addEventListener('message', () => { window.heard++; })")
    in_popup(app, here, popup, "".join(f"opener.postMessage({odd}, '*');" for odd in ODD))
    app.wait(lambda _: app.script("return window.heard") == len(ODD), "the odd messages")
    assert outcomes(app) == []
    end_at_result(app, stand, here, popup)
    wait_for(app, OK)


def test_result_goes_to_its_origin_alone(stand, app):
    """The window was opened by one page, and signed in for another."""
    app.script("addEventListener('message', () => { window.heard = true; })")
    app.script(HERE)
    here, popup = begin(app)
    app.expect_complaint("does not match the recipient window's origin")
    end_at_result(app, stand, here, popup, origin="http://other.example.localhost")
    wait_for(app, GONE)
    assert app.script("return window.heard") is None


def test_result_without_an_origin(stand, app):
    app.script("addEventListener('message', () => { window.heard = true; })")
    app.script(HERE)
    here, popup = begin(app)
    end_at_result(app, stand, here, popup, origin="*x")
    wait_for(app, GONE)
    assert app.script("return window.heard") is None


def test_channel_wants_the_nonce(stand, visitors):
    """Every page of the site can write to the channel, of another tab's login too."""
    browser = visitors()
    browser.open(stand.app(SITE))
    here, popup = begin(browser)
    browser.script("new BroadcastChannel('wecom-login').onmessage = () => { window.heard = 1; }")
    in_popup(browser, here, popup, "const channel = new BroadcastChannel('wecom-login');"
             f"channel.postMessage({MESSAGE}); channel.postMessage(Object.assign({MESSAGE},"
             "{nonce: '0'.repeat(32)}))")
    browser.wait(lambda _: browser.script("return window.heard"), "the forged message")
    assert outcomes(browser) == []
    end_at_result(browser, stand, here, popup)
    wait_for(browser, OK)


# --- closed, lost, blocked ---

def test_closed_half_way(stand, app):
    app.script(HERE)
    app.script(CLOCKS)
    here, popup = begin(app)
    wait_for_questions(app, stand, 1)
    app.go_to_window(popup)
    app.close_window(here)
    wait_for(app, GONE)
    app.wait(lambda _: app.script("return clocks.size") == 0, "it asks no more")


def test_closed_after_it_has_signed_in(stand, app):
    """The last question finds the session."""
    app.script(HERE)
    here, popup = begin(app)
    wait_for_questions(app, stand, 1)
    stand.session = ME
    app.go_to_window(popup)
    app.close_window(here)
    wait_for(app, OK)


def test_popup_that_is_lost(stand, app):
    """WeCom's page wants a browsing context group of its own: the popup looks closed, and its
    page at the end has no opener. Nobody has closed it."""
    app.script(NOT_HERE)
    stand.login = page("<h1>Login</h1>", title="Login", **COOP)
    here, popup = begin(app)
    app.go_to_window(popup)
    app.wait(lambda _: app.title == "Login", "the popup's page")
    assert app.script("return window.opener") is None
    app.go_to_window(here)
    wait_for_questions(app, stand, 2)
    assert outcomes(app) == []
    stand.session = ME
    wait_for(app, OK)
    app.go_to_window(popup)
    app.close_window(here)


def test_opener_that_is_lost(stand, visitors):
    """The page itself stands apart (COOP: same-origin). It cannot know that its popup lives."""
    stand.app_headers = COOP
    browser = visitors()
    browser.open(stand.app())
    browser.script(NOT_HERE)
    here, popup = begin(browser)
    browser.go_to_window(popup)
    browser.wait(lambda _: browser.title == "Login", "the popup's page")
    assert browser.script("return window.opener") is None
    browser.go_to_window(here)
    wait_for_questions(browser, stand, 1)
    assert outcomes(browser) == []
    stand.session = ME
    wait_for(browser, OK)
    browser.go_to_window(popup)
    browser.close_window(here)


def test_lost_in_the_first_second(stand, app):
    """No person is so quick: lost, though the visitor seems to be here. (Here time stands
    still.)"""
    app.script(HERE)
    app.script("const now = Date.now(); Date.now = () => now; window.popup = {closed: false,"
               "close() {}}; window.open = () => window.popup")
    app.press("#go")
    app.script("window.popup.closed = true")
    wait_for_questions(app, stand, 2)
    assert outcomes(app) == []
    stand.session = ME
    wait_for(app, OK)


def test_lost_and_given_up(stand, app):
    """The visitor comes back to the page and stays: it does not wait for ten minutes."""
    app.script(NOT_HERE)
    stand.login = page("<h1>Login</h1>", title="Login", **COOP)
    here, popup = begin(app)
    app.go_to_window(popup)
    app.wait(lambda _: app.title == "Login", "the popup's page")
    app.close_window(here)
    wait_for_questions(app, stand, 2)
    assert outcomes(app) == []
    app.script(HERE)
    wait_for(app, GONE)


def test_channel_of_a_lost_popup(stand, visitors):
    """Same origin: told at once, not by the session."""
    browser = visitors()
    browser.open(stand.app(SITE))
    browser.script(NOT_HERE)
    stand.login = page("<h1>Login</h1>", title="Login", **COOP)
    here, popup = begin(browser)
    browser.go_to_window(popup)
    browser.wait(lambda _: browser.title == "Login", "the popup's page")
    browser.script("window.name = ''; setTimeout(url => location.replace(url), 0, arguments[0])",
                   stand.result_url(**{name: stand.logins()[0][name]
                                       for name in ("origin", "nonce")}, id="X"))
    browser.go_to_window(here)
    wait_for(browser, {"ok": True, "id": "X"})


def test_session_that_was_there_before(stand, app):
    """It does not answer for the new one."""
    stand.session = ME
    app.script(NOT_HERE)
    here, popup = begin(app)
    wait_for_questions(app, stand, 2)
    assert outcomes(app) == []
    stand.session = {**ME, "issued": 200}
    wait_for(app, OK)
    assert here and popup
    app.wait_for_windows(1)


@pytest.mark.parametrize("host", [SITE, APP], ids=["site", "app"])
def test_blocked(stand, visitors, elsewhere, host):
    """Nobody has clicked, so the browser opens no window: this page goes."""
    stand.login = page("<h1>Login</h1>", title="Login")
    browser = visitors(popups=False)
    browser.open(elsewhere.at(host) + "/eager?a=1")
    browser.wait(lambda _: browser.title == "Login", "the login in this tab")
    assert len(browser.driver.window_handles) == 1
    (query,) = stand.logins()
    if host == SITE:
        assert query == {"return": "/eager?a=1"}
    else:
        assert query.pop("nonce") and query == {"display": "popup", "origin": elsewhere.at(APP)}


@pytest.mark.parametrize("options, query", [
    ("{popup: false}", {"return": "/app?tab=1&q=%26"}),
    ("{popup: false, target: '/there?a=1', source: 'acme', lang: 'en'}",
     {"return": "/there?a=1", "source": "acme", "lang": "en"})])
def test_redirect(stand, visitors, options, query):
    browser = visitors()
    browser.open(stand.app(SITE))
    browser.script(f"window.options = {options}")
    browser.press("#go")
    browser.wait(lambda _: browser.title == "Login", "the login in this tab")
    assert stand.logins() == [query] and len(browser.driver.window_handles) == 1


IN_APP = {
    "wecom": "Mozilla/5.0 (Windows NT 10.0) Chrome/108.0 Safari/537.36 WXWork/4.1.30",
    "wechat": "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49",
    "dingtalk": "Mozilla/5.0 (Linux; Android 13) Chrome/116.0 Mobile Safari/537.36 DingTalk/7.0",
    "feishu": "Mozilla/5.0 (Macintosh) Chrome/108.0 Safari/537.36 Lark/6.0 Feishu/6.0",
    "qq": "Mozilla/5.0 (Linux; Android 13) Chrome/116.0 Mobile Safari/537.36 QQ/8.9.3",
    "android": "Mozilla/5.0 (Linux; Android 13; M2 Build/T; wv) Chrome/116.0 Mobile Safari/537.36",
    "iphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1.15 Mobile/15E148",
}
BROWSERS = {
    "safari": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1.15 Version/17.5 "
              "Mobile/15E148 Safari/604.1",
    "chrome": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1.15 CriOS/120.0 "
              "Mobile/15E148 Safari/604.1",
    "qqbrowser": "Mozilla/5.0 (Windows NT 10.0) Chrome/108.0 Safari/537.36 QQBrowser/11.0",
}


@pytest.mark.parametrize("agents, opened", [(IN_APP, 0), (BROWSERS, 1)],
                         ids=["in-app", "browsers"])
def test_which_browsers_get_a_popup(stand, visitors, agents, opened):
    browser = visitors()
    for name, agent in agents.items():
        browser.devtools("Network.setUserAgentOverride", userAgent=agent)
        browser.open(stand.app())
        browser.press("#go")
        browser.wait_for_windows(1 + opened)
        if opened:
            browser.script("WeCom.login({source: 'other', signal: AbortSignal.abort()})")
            here = browser.other_window()
            browser.close_window(here)
        else:
            browser.wait(lambda _: browser.title == "Login", f"the login in this tab: {name}")


# --- two at once ---

def test_second_click(stand, app):
    """The same window, the same promise."""
    here, popup = begin(app)
    same = app.script("const one = WeCom.login(), two = WeCom.login(); return one === two")
    assert same and len(app.driver.window_handles) == 2
    end_at_result(app, stand, here, popup)
    wait_for(app, OK)
    assert len(stand.logins()) == 1


def test_another_source(stand, app):
    """The first window goes, and its promise says so."""
    here, first = begin(app, "{source: 'acme'}")
    app.script("window.options = {source: 'partner'}")
    app.press("#go")
    app.wait(lambda _: len(app.driver.window_handles) == 2 and
             first not in app.driver.window_handles, "the second window alone")
    wait_for(app, {"ok": False, "id": "replaced"})
    (second,) = set(app.driver.window_handles) - {here}
    app.wait(lambda _: len(stand.logins()) == 2, "the second login")
    end_at_result(app, stand, here, second)
    wait_for(app, {"ok": False, "id": "replaced"}, OK)
    one, two = stand.logins()
    assert one["nonce"] != two["nonce"] and two["source"] == "partner"


def test_cancelled(stand, app):
    app.script("window.control = new AbortController()")
    begin(app, "{signal: control.signal}")
    app.script("control.abort()")
    wait_for(app, {"ok": False, "id": "cancelled"})
    app.wait_for_windows(1)
    app.press("#go")        # a signal that has fallen already
    wait_for(app, *[{"ok": False, "id": "cancelled"}] * 2)
    assert len(stand.logins()) == 1


# --- session and logout ---

def answer(browser, call):
    return browser.driver.execute_async_script(
        f"{call}.then(arguments[0], error => arguments[0](error.name))")


def test_session(stand, app):
    assert answer(app, "WeCom.session()") is None
    stand.session = ME
    assert answer(app, "WeCom.session()") == ME
    stand.session = 503
    assert answer(app, "WeCom.session()") == "Error"
    stand.session = ME


@pytest.mark.parametrize("host", [SITE, APP], ids=["site", "app"])
def test_logout(stand, visitors, host):
    browser = visitors()
    browser.open(stand.app(host))
    assert answer(browser, "WeCom.logout()") == {"ok": True} and stand.logouts() == []
    stand.session = ME
    assert answer(browser, "WeCom.logout()") == {"ok": True} and stand.session is None
    (posted,) = stand.logouts()
    assert posted.form == {"token": ME["logout"]}
    assert posted.headers["Content-Type"].startswith("application/x-www-form-urlencoded")


def test_logout_that_does_not_work(stand, app):
    stand.session = {**ME, "logout": "another", "issued": 1}
    stand.session = type("Stubborn", (dict,), {"__getitem__": lambda *_: "never"})(stand.session)
    assert answer(app, "WeCom.logout()") == {"ok": False}


def test_the_api_is_no_more(app):
    assert app.script("return [Object.keys(WeCom).sort(), Object.isFrozen(WeCom)]") == [
        ["login", "logout", "session"], True]


def test_popup_page_in_a_tab(stand, visitors):
    """No opener, and a tab that no script has opened: it stays, and nothing is thrown."""
    browser = visitors()
    stand.login = result(stand.origin, nonce="a" * 32)
    browser.expect_complaint("Scripts may close only the windows that were opened by them")
    browser.open(stand.origin + "/wecom/login")
    assert browser.title == "Result"
