# SPDX-License-Identifier: Apache-2.0
"""Signing out, and staying signed out."""
import pytest
from harness.client import WECOM_WINDOWS

from portal import portal

GONE = ["Sign out", "You are signed out.", "Sign in again"]


@pytest.fixture
def site(fresh):
    return portal(fresh)


@pytest.fixture
def browser(site, visitors):
    """In the WeCom client, where a login that begins by itself would also end by itself."""
    browser = visitors(WECOM_WINDOWS, person="zhangwei")
    browser.open(site.url("/intranet/"))
    assert "欢迎，张伟" in browser.text
    return browser


def wait_until_gone(browser):
    """The page may open itself once more, so wait for one that will stay."""
    browser.wait(lambda _: browser.lines == GONE and not browser.documents()[-1].refresh
                 and browser.is_complete(), "the page of the signed-out")


def assert_left_in_peace(browser, sim):
    """Signed out, and the page begins no login by itself: not by a header, not by its text, not
    when it is opened again."""
    wait_until_gone(browser)
    assert browser.session_cookie() is None
    assert browser.script("return document.querySelectorAll('script, meta[http-equiv], iframe')"
                          ".length") == 0
    assert all(document.refresh in ("", "0; url=/wecom/logout")
               for document in browser.documents())
    browser.reload()
    wait_until_gone(browser)
    assert browser.session_cookie() is None
    assert sim.counts()["/connect/oauth2/authorize"] == 1


def test_after_a_question(site, sim, browser):
    browser.open(site.url("/wecom/logout"))
    assert browser.lines == ["Sign out", "You are signed in as 张伟. Do you want to sign out?",
                             "Sign out", "Stay signed in"]
    browser.press_text("Stay signed in")
    browser.wait_for_url(site.url("/"))
    assert browser.session_cookie()
    browser.open(site.url("/wecom/logout"))
    browser.press("form button")
    assert_left_in_peace(browser, sim)


def test_by_a_link_of_the_site(site, sim, browser):
    """And in again: one click is enough where one source fits."""
    browser.press_text("Leave")
    browser.wait_for_url(site.url("/wecom/logout"))
    assert_left_in_peace(browser, sim)
    browser.press_text("Sign in again")
    browser.wait_for_url(site.url("/"))
    assert browser.session_cookie()


def test_not_by_another_site(site, browser):
    """It can ask, by a link or by a form, and no more. Nor can a picture in a comment on this very
    site."""
    browser.driver.execute_async_script(
        "const image = new Image(); image.onload = image.onerror = arguments[0];"
        "image.src = '/wecom/logout'; document.body.append(image)")
    assert browser.session_cookie(), "a picture"

    browser.open(site.alias_url("/open/"))
    browser.script("document.querySelector('a').href = arguments[0]", site.url("/wecom/logout"))
    browser.press("a")
    browser.wait_for_url(site.url("/wecom/logout"))
    assert browser.buttons == ["Sign out", "Stay signed in"]
    assert browser.session_cookie(), "a link"

    # it comes without the session cookie, and must not delete it
    browser.open(site.alias_url("/open/"))
    browser.script("const form = document.createElement('form'); form.method = 'post';"
                   "form.action = arguments[0]; document.body.append(form); form.submit()",
                   site.url("/wecom/logout"))
    browser.wait_for_url(site.url("/wecom/logout"))
    assert browser.session_cookie(), "a form"
    assert browser.buttons == ["Sign out", "Stay signed in"]
