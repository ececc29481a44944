# SPDX-License-Identifier: Apache-2.0
"""The harness itself: what it must notice, it notices, so that silence means something."""
import pytest

from devices import ANDROID, IPHONE
from elsewhere import page

STRICT = ("default-src 'none'; script-src 'nonce-abc'; style-src 'nonce-abc'; "
          "img-src 'self' data:")
PICTURE = '<img src="https://example.invalid/pixel.png" alt="">'
STYLE = '<p style="color: red">red</p>'
OPEN_SECOND = "window.open('/second')"

FAULTS = {
    "color-contrast": '<main><h1>One</h1><p style="color: #aaa; background: #fff">pale</p></main>',
    "label": "<main><h1>One</h1><input></main>",
    "link-name": '<main><h1>One</h1><a href="/"></a></main>',
    "heading-order": "<main><h1>One</h1><h3>Three</h3></main>",
    "region": "<main><h1>One</h1></main><p>outside</p>",
    "target-size": '<main><h1>One</h1><a href="/a" style="font-size: 8px">a</a>'
                   '<a href="/b" style="font-size: 8px">b</a></main>',
}


@pytest.mark.parametrize("body, directive", [(PICTURE, "img-src"), (STYLE, "style-src")],
                         ids=["picture", "style"])
def test_a_violated_policy_is_a_complaint(elsewhere, visitors, body, directive):
    elsewhere.pages["/"] = page(body, Content_Security_Policy=STRICT)
    browser = visitors()
    browser.open(elsewhere.at() + "/")
    browser.wait(lambda _: any(f"Content Security Policy: {directive}" in line
                               for line in browser.complaints()), "a complaint")
    with pytest.raises(AssertionError, match=directive):
        visitors.judge()
    browser.forgive()


def test_a_violation_in_another_window(elsewhere, visitors):
    """Nobody looked at that window."""
    elsewhere.pages.update({"/": page("first"),
                            "/second": page(STYLE, Content_Security_Policy=STRICT)})
    browser = visitors()
    browser.open(elsewhere.at() + "/")
    browser.script(OPEN_SECOND)
    browser.wait_for_windows(2)
    browser.wait(lambda _: browser.complaints(), "a complaint")
    with pytest.raises(AssertionError, match="Content Security Policy"):
        visitors.judge()
    browser.forgive()


def test_what_is_expected_must_come(elsewhere, visitors):
    elsewhere.pages["/"] = page(STYLE, Content_Security_Policy=STRICT)
    browser = visitors()
    browser.open(elsewhere.at() + "/")
    browser.expect_complaint("style")
    browser.wait(lambda _: not browser.complaints(), "the complaint that was expected")
    visitors.judge()
    browser.expect_complaint("frame-src")
    with pytest.raises(AssertionError, match="did not come: frame-src"):
        visitors.judge()
    browser.forget_expected()


@pytest.mark.parametrize("rule", FAULTS)
def test_axe_finds(elsewhere, visitors, rule):
    elsewhere.pages["/"] = page(FAULTS[rule])
    browser = visitors()
    browser.open(elsewhere.at() + "/")
    assert [line.split()[0] for line in browser.axe()] == [rule]


def test_axe_under_a_strict_policy(elsewhere, visitors):
    """It works where the page allows no script, changes nothing, and leaves nothing behind."""
    elsewhere.pages["/"] = page("<main><h1>One</h1></main>", Content_Security_Policy=STRICT)
    browser = visitors()
    browser.open(elsewhere.at() + "/")
    before = browser.driver.page_source
    assert browser.axe() == []
    assert browser.driver.page_source == before
    assert browser.script("return typeof window.axe") == "undefined"


def test_without_script(elsewhere, visitors):
    elsewhere.pages["/"] = page("<main><h1>One</h1></main>", "document.title = 'scripted'")
    browser = visitors(scripts=False)
    browser.open(elsewhere.at() + "/")
    assert browser.title == "Page"
    with pytest.raises(AssertionError, match="runs no script"):     # it would wait for ever
        browser.axe()


@pytest.mark.parametrize("phone", [ANDROID, IPHONE, ANDROID.small(), IPHONE.in_wecom()],
                         ids=["android", "iphone", "small", "wecom"])
def test_phones(elsewhere, visitors, phone):
    elsewhere.pages["/"] = page('<meta name="viewport" content="width=device-width">first')
    browser = visitors(device=phone)
    browser.open(elsewhere.at() + "/")
    browser.open_windows(["/"])
    for handle in browser.driver.window_handles:
        browser.go_to_window(handle)
        assert browser.script("return [navigator.userAgent, innerWidth, innerHeight,"
                              "navigator.maxTouchPoints > 0,"
                              "matchMedia('(hover: none)').matches]") \
            == [phone.agent, phone.width, phone.height, True, True]
    assert {asked.headers["User-Agent"] for asked in elsewhere.asked} == {phone.agent}


def test_media(elsewhere, visitors):
    elsewhere.pages["/"] = page("media")
    browser = visitors()
    browser.open(elsewhere.at() + "/")

    def matches(query):
        return browser.script("return matchMedia(arguments[0]).matches", query)

    queries = ("(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)",
               "(forced-colors: active)", "print")
    assert not any(map(matches, queries))
    with browser.media(motion="reduce", forced="active"):
        with browser.dark():
            assert list(map(matches, queries)) == [True, True, True, False]
        assert list(map(matches, queries)) == [False, True, True, False]
    with browser.media(paper=True):
        assert matches("print")
    assert not any(map(matches, queries))


def test_requests_are_seen(elsewhere, visitors):
    elsewhere.pages["/"] = page(f'<img src="{elsewhere.at("localhost")}/pixel.png" alt="">')
    browser = visitors()
    browser.open(elsewhere.at() + "/")
    browser.wait(lambda _: sorted(browser.requests()) == [
        elsewhere.at() + "/", elsewhere.at("localhost") + "/pixel.png"], "both requests")


def test_two_profiles(elsewhere, visitors):
    elsewhere.pages["/"] = page("cookie", Set_Cookie="one=1; HttpOnly")
    first, second = visitors(), visitors(device=ANDROID)
    first.open(elsewhere.at() + "/")
    assert [cookie["name"] for cookie in first.cookies] == ["one"] and second.cookies == []


def test_nothing_is_left(elsewhere, visitors):
    """One process, two visitors: the second finds nothing of the first, and is himself."""
    elsewhere.pages["/"] = page("cookie", Set_Cookie="one=1", Cache_Control="max-age=1000")
    first = visitors(device=ANDROID, language="zh-CN")
    first.open(elsewhere.at() + "/")
    first.script("localStorage.one = sessionStorage.one = 1")
    first.open_windows(["/?second"])
    driver = first.driver
    visitors.leave(first)
    second = visitors()
    assert second.driver is driver
    assert second.documents() == [] and len(second.driver.window_handles) == 1
    asked = elsewhere.count("/")
    second.open(elsewhere.at() + "/")
    assert elsewhere.count("/") == asked + 1, "the cache is empty"
    assert "Cookie" not in elsewhere.asked[-1].headers
    assert elsewhere.asked[-1].headers["Accept-Language"] == "en"
    assert second.script("return [localStorage.length, sessionStorage.length, history.length,"
                         "navigator.maxTouchPoints]") == [0, 0, 2, 0]
    assert "Android" not in second.script("return navigator.userAgent")
