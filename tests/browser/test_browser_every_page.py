# SPDX-License-Identifier: Apache-2.0
"""Our pages in both languages: looked at in light and dark, on a desk and on the smallest phone,
by axe-core, on paper, without script, with strong colours of the visitor's own."""
from urllib.parse import parse_qs, urlsplit

import pytest

from harness.accounts import Accounts, directory_lines, source
from harness.client import WECOM_IOS
from harness.site import Place

from devices import ANDROID, IPHONE
from portal import OLD_PAGE, TWO_CORPS, TWO_SOURCES, portal

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-CN,zh"], ids=["en", "zh"])

# who comes, and what the visitor reads
STRANGERS = [("openid:oExample", "not-member", "WC0211"), ("zhaolei", "out-of-range", "WC0212"),
             ("yangtao", "member-inactive", "WC0214")]


def is_chinese(text):
    return any("一" <= character <= "鿿" for character in text)


def check(browser, look, name, language):
    """The page is all in its language, and looks well."""
    tag = language.split(",", maxsplit=1)[0]
    assert browser.script("return document.documentElement.lang") == tag
    assert is_chinese(browser.title) == (tag == "zh-CN"), browser.title
    look(browser, f"{name}-{tag[:2]}")


@LANGUAGES
def test_refusals(fresh, sim, log, visitors, look, language):
    site = portal(fresh)
    for person, name, identifier in STRANGERS:
        browser = visitors(WECOM_IOS, person=person, language=language)
        browser.open(site.url("/intranet/"))
        browser.wait_for_path("/wecom/return")
        assert identifier + "-" in browser.text
        check(browser, look, name, language)
        log.expect(identifier)
        visitors.leave(browser)
    browser = visitors(WECOM_IOS, person="LiNa", language=language)
    browser.open(site.url("/wecom/login?source=nobody"))
    log.expect("WC0207")
    check(browser, look, "no-such-source", language)
    sim.fault("/cgi-bin/auth/getuserinfo", "errcode", code=60020)
    log.expect("WC0222")
    browser.open(site.url("/intranet/"))
    browser.wait_for_path("/wecom/return")
    check(browser, look, "upstream", language)


@LANGUAGES
def test_refusals_of_accounts(fresh, log, visitors, look, databases, language):
    database = databases("sqlite3")
    Accounts(database).add("somebody", email="x@example.com")
    site = portal(fresh, modules=("dbd",), server=directory_lines(database),
                  sources=(source("WeComLoginOnly On", "WeComAssociation field email"),
                           source("WeComLoginOnly On", id="closed")),
                  places=(Place("/closed", lines=("WeComSources closed",)),),
                  lines=("WeComSources acme",))
    for path, name, identifier in (("/intranet/", "withheld", "WC0263"),
                                   ("/closed/", "login-only", "WC0261")):
        browser = visitors(language=language)
        browser.open(site.url(path))
        browser.wait_for_sim("wwlogin")
        browser.press("#phone button:not(.plain)")
        browser.wait_for_path("/wecom/return")
        assert identifier + "-" in browser.text
        check(browser, look, name, language)
        log.expect(identifier)
        visitors.leave(browser)


def sign_in(browser, address, userid):
    browser.open(address)
    browser.wait_for_sim("wwlogin")
    browser.press(f"#userid option[value={userid}]")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_path("/wecom/return")


@LANGUAGES
def test_accounts_that_open_nothing(fresh, log, visitors, look, databases, language):
    database = databases("sqlite3")
    accounts = Accounts(database)
    for name, status in (("LiNa", 3), ("zhangwei", 2), ("wangfang", 1)):
        accounts.add(name, status=status)
    accounts.link("wangfang", "someone")
    site = portal(fresh, modules=("dbd",), server=directory_lines(database),
                  sources=(source("WeComAssociation field userid"),))
    for userid, name, identifier in (("LiNa", "account-inactive", "WC0264"),
                                     ("zhangwei", "account-locked", "WC0265"),
                                     ("wangfang", "taken", "WC0266")):
        browser = visitors(language=language)
        sign_in(browser, site.url("/intranet/"), userid)
        assert identifier + "-" in browser.text
        check(browser, look, name, language)
        log.expect(identifier)
        visitors.leave(browser)
    accounts.link("gone", "liuyang")
    browser = visitors(language=language)
    sign_in(browser, site.url("/intranet/"), "liuyang")
    assert "WC0268-" in browser.text
    check(browser, look, "stale-link", language)
    log.expect("WC0268")


@LANGUAGES
def test_page_for_a_stranger(fresh, visitors, look, language):
    """WeComUnauthenticated 401: nobody is sent anywhere, and the page leads to the login."""
    site = portal(fresh, places=(Place("/never", lines=("WeComUnauthenticated 401",)),))
    browser = visitors(WECOM_IOS, person="zhangwei", language=language)
    browser.open(site.url("/never/?a=b"))
    (document,) = browser.documents()
    assert (document.status, document.url) == (401, site.url("/never/?a=b"))
    check(browser, look, "unauthenticated", language)
    (label,) = browser.buttons
    browser.key("TAB")
    assert browser.focused == label
    browser.key("ENTER")
    browser.wait(lambda _: browser.title == "/never", "the page that was wanted")
    browser.wait_for_url(site.url("/never/?a=b"))
    assert browser.documents()[-1].status == 200


@LANGUAGES
def test_members_pages(fresh, log, visitors, look, language):
    """Denied, asked whether to leave, and signed out."""
    site = portal(fresh, places=(Place("/boss", require=("wecom-user LiNa",)),))
    log.allow("AH01631")
    browser = visitors(WECOM_IOS, person="zhangwei", language=language)
    browser.open(site.url("/boss/"))
    assert browser.documents()[-1].status == 403 and browser.url.split("#")[0] == site.url("/boss/")
    assert "张伟" in browser.lines[2] and "WC0251-" in browser.text
    log.expect("WC0251")
    check(browser, look, "denied", language)
    browser.open(site.url("/wecom/logout"))
    check(browser, look, "sign-out", language)
    browser.press("form button")
    browser.wait(lambda _: not browser.documents()[-1].refresh and browser.session_cookie() is None
                 and browser.is_complete(), "signed out")
    check(browser, look, "signed-out", language)


@LANGUAGES
def test_wrong_name_and_lost_cookies(fresh, log, visitors, look, language):
    site = portal(fresh)
    browser = visitors(WECOM_IOS, person="zhangwei", language=language, cookies=False)
    browser.open(site.alias_url("/intranet/?wecom-hop=1"))
    log.expect("WC0241")
    assert browser.documents()[-1].status == 400
    assert f"localhost:{site.ports['']}" in browser.lines[1] and site.url("") in browser.lines[1], \
        "both names are told"
    check(browser, look, "wrong-name", language)
    browser.open(site.url("/intranet/"))
    browser.wait_for_path("/wecom/return")
    log.expect("WC0203")
    check(browser, look, "cookie-lost", language)


def phone(visitors, language):
    """A phone's own browser, and LiNa's WeCom on it; in Chinese it is another phone."""
    device = IPHONE if language == "en" else ANDROID
    return (visitors(device=device, language=language),
            visitors(device=device.in_wecom(), person="LiNa", language=language))


def pull_up(browser, wecom, site):
    """As far as the question; gives the number that the browser shows, and the link."""
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_path("/wecom/pair")
    number = browser.driver.find_element("css selector", ".number").text
    pull = browser.driver.find_element("css selector", "a[href^='wxwork']")
    link = wecom.script("return decodeURIComponent(arguments[0].split('url=')[1])",
                        pull.get_attribute("href"))
    wecom.open(link)
    wecom.wait(lambda _: wecom.driver.find_elements("name", "number"), "the question")
    return number, link


def answer(wecom, value):
    wecom.press(f"button[value='{value}']")
    wecom.wait(lambda _: not wecom.driver.find_elements("name", "number") and wecom.is_complete(),
               "the answer to the number")


PULL_UP_WORDS = {   # the number, the way out, the device, and the end, as they are told
    "en": ("Open WeCom, then pick this number there:", "I did not ask for this",
           "iPhone", "You can go back to your browser now."),
    "zh-CN,zh": ("请打开企业微信，并选择数字", "不是我本人操作", "安卓手机",
              "已确认，请返回浏览器继续。"),
}


@LANGUAGES
def test_pull_up(fresh, log, visitors, look, language):
    """The phone's browser, and WeCom on the same phone."""
    site = portal(fresh)
    choose, not_me, device, go_back = PULL_UP_WORDS[language]
    browser, wecom = phone(visitors, language)
    number, _ = pull_up(browser, wecom, site)
    assert f"{choose}\n{number}" in browser.text
    check(browser, look, "pair-number", language)
    assert not_me in wecom.text and device in wecom.text
    check(wecom, look, "pair-question", language)
    answer(wecom, number)
    assert go_back in wecom.text
    check(wecom, look, "pair-confirmed", language)
    browser.wait_for_url(site.url("/intranet/page1.html"))
    assert "欢迎，李娜" in browser.text and wecom.session_cookie() is None
    log.expect("WC0285")


def wait_for_the_end(browser):
    """It hears by itself of what was answered in WeCom."""
    browser.wait(lambda _: not browser.driver.find_elements("css selector", ".number"), "its end")


@LANGUAGES
def test_pull_ups_that_end(fresh, log, visitors, look, language):
    """The wrong number, the one that is not me, the link opened outside WeCom and once more."""
    site = portal(fresh)
    browser, wecom = phone(visitors, language)
    number, _ = pull_up(browser, wecom, site)
    wrong = next(button.get_attribute("value")
                 for button in wecom.driver.find_elements("name", "number")
                 if button.get_attribute("value") not in (number, "no"))
    answer(wecom, wrong)
    check(wecom, look, "pair-wrong", language)
    wait_for_the_end(browser)
    check(browser, look, "pair-ended", language)
    log.expect("WC0290")
    _, link = pull_up(browser, wecom, site)
    outside = visitors(device=ANDROID, language=language)
    (state,) = parse_qs(urlsplit(link).query)["state"]
    outside.open(site.url(f"/wecom/return?code=x&state={state}"))
    check(outside, look, "pair-outside", language)
    log.expect("WC0288")
    visitors.leave(outside)
    other = visitors(device=ANDROID.in_wecom(), person="wangfang", language=language)
    other.open(link)
    other.wait_for_path("/wecom/return")
    check(other, look, "pair-used", language)
    log.expect("WC0287")
    answer(wecom, "no")
    check(wecom, look, "pair-declined", language)
    wait_for_the_end(browser)
    log.expect("WC0291")


# --- in other ways ---

def two_sources(fresh):
    return portal(fresh, sources=TWO_SOURCES, lines=TWO_CORPS)


def test_login_without_script(fresh, visitors):
    site = two_sources(fresh)
    browser = visitors(scripts=False)
    browser.open(site.url("/intranet/page5.html"))
    browser.wait_for_path("/wecom/login")
    browser.press_text("Sign in with Acme")
    browser.wait(lambda _: browser.driver.find_elements("css selector", "#phone button"),
                 "the scan page")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url("/intranet/page5.html"))


def test_login_page_otherwise(fresh, visitors, picture):
    """One document, whatever the visitor prefers or prints it on."""
    site = two_sources(fresh)
    browser = visitors()
    browser.open(site.url("/wecom/login"))
    asks_nobody_else(browser, site)
    with browser.media(paper=True):
        picture(browser, "login-paper")
        paper = browser.lines
        is_ink_on_white(browser)
    assert paper == [line for line in browser.lines if line != "中文"], \
        "every word is on paper but the other language's name"
    with browser.media(motion="reduce"):
        nothing_moves(browser)
    with browser.media(forced="active"):
        picture(browser, "login-forced")
        browser.key("TAB")
        has_edges_and_a_ring(browser)


def asks_nobody_else(browser, site):
    """What the document needs besides comes from the site."""
    assert browser.requests()[0] == site.url("/wecom/login")
    assert all(url.startswith(site.url("/")) for url in browser.requests())


def is_ink_on_white(browser):
    for text, ink, paper in browser.colours():
        assert sum(paper) > 600 and sum(ink) < 400, f"{text}: {ink} on {paper}"


def nothing_moves(browser):
    """Nothing is animated, nor changes slowly."""
    assert browser.script("return document.getAnimations().length") == 0
    assert browser.script(
        "return [...document.querySelectorAll('*')].filter(one => "
        "parseFloat(getComputedStyle(one).transitionDuration) > 0.01).length") == 0


def has_edges_and_a_ring(browser):
    """In forced colours the buttons keep their edges, and the focus its ring."""
    for style in ("borderTopStyle", "outlineStyle"):
        assert browser.script(f"return getComputedStyle(document.querySelector('.b')).{style}"
                              ) == "solid", style


def test_login_page_on_a_phone(fresh, visitors, picture):
    """Fingers find the buttons; nothing is cut off, and nobody has to zoom."""
    site = two_sources(fresh)
    for phone in (ANDROID, ANDROID.small()):
        browser = visitors(device=phone)
        browser.open(site.url("/wecom/login"))
        picture(browser, f"login-android-{phone.width}")
        assert browser.scroll_width() == phone.width and browser.axe() == []
        for button in browser.driver.find_elements("css selector", ".b"):
            assert button.size["height"] >= 44
        visitors.leave(browser)


def test_refused_page_with_the_keyboard(fresh, visitors):
    site = portal(fresh, sources=(OLD_PAGE,))
    browser = visitors()
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_sim("qrconnect")
    browser.press("#phone button.plain")
    browser.wait_for_path("/wecom/return")
    browser.key("TAB")
    assert browser.focused == "Sign in again"
    browser.key("ENTER")
    browser.wait_for_sim("qrconnect")
