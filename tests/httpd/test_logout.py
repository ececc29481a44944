# SPDX-License-Identifier: Apache-2.0
"""Out: only by the visitor's own will, and nothing logs in again by itself."""
import re

import pytest

from harness.client import WECOM_IOS, links

SIGNED_OUT = "You are signed out."
ASKED = "Do you want to sign out?"


@pytest.fixture
def site(sites):
    return sites()


@pytest.fixture
def url(site):
    return site.url("/wecom/logout")


def token_in(answer):
    return re.search(r'name="token" value="([^"]+)"', answer.text)[1]


def is_known(site, browser):
    return browser.get(site.url("/intranet/")).status_code == 200


def check_out(site, browser, answer):
    assert answer.status_code == 200 and SIGNED_OUT in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert browser.session_cookie is None
    assert not is_known(site, browser)


def check_asked(site, browser, answer):
    assert answer.status_code == 200 and ASKED in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.session_cookie is not None
    assert is_known(site, browser)


# --- asked ---

def test_typed_address_asks(site, url, signed_in):
    browser = signed_in(site)
    answer = browser.get(url)
    check_asked(site, browser, answer)
    assert "You are signed in as 张伟." in answer.text
    assert links(answer) == [("Stay signed in", "/")]


@pytest.mark.parametrize("initiator", ["https://evil.example/", "http://127.0.0.1:1/"],
                         ids=["cross-site", "same-site"])
def test_link_from_elsewhere_asks(site, url, signed_in, initiator):
    browser = signed_in(site)
    check_asked(site, browser, browser.get(url, initiator=initiator))


def test_old_browser_is_asked(site, url, signed_in):
    browser = signed_in(site)
    check_asked(site, browser, browser.request("GET", url, {"Accept": "text/html"}))


def test_image_of_the_own_site_does_nothing(site, url, signed_in):
    browser = signed_in(site)
    browser.request("GET", url, {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors",
                                 "Sec-Fetch-Dest": "image"})
    assert browser.session_cookie is not None and is_known(site, browser)


# --- out ---

def test_post_with_token(site, url, signed_in, log):
    browser = signed_in(site)
    token = token_in(browser.get(url))
    check_out(site, browser, browser.post(url, {"token": token}, initiator=url))
    log.expect("WC0331", "member zhangwei")


def test_post_with_token_from_an_old_browser(site, url, signed_in):
    browser = signed_in(site)
    token = token_in(browser.get(url))
    check_out(site, browser, browser.request("POST", url, {"Accept": "text/html"},
                                             data={"token": token}))


def test_link_of_the_own_site(site, url, signed_in, log):
    browser = signed_in(site)
    check_out(site, browser, browser.get(url, initiator=site.url("/intranet/")))
    log.expect("WC0331")


def test_in_again(site, url, signed_in):
    browser = signed_in(site)
    browser.get(url, initiator=site.url("/intranet/"))
    assert browser.walk(site.url("/intranet/")).page.status_code == 200
    assert is_known(site, browser)


# --- not out ---

@pytest.mark.parametrize("data", [{}, {"token": ""}, {"token": "A" * 80}, {"token": "%00"},
                                  {"token": "x" * 9000}],
                         ids=["none", "empty", "made-up", "nul", "long"])
def test_forged_token(site, url, signed_in, data):
    browser = signed_in(site)
    check_asked(site, browser, browser.post(url, data, initiator="https://evil.example/"))


def test_changed_token(site, url, signed_in):
    browser = signed_in(site)
    token = token_in(browser.get(url))
    changed = ("B" if token[10] == "A" else "A").join((token[:10], token[11:]))
    check_asked(site, browser, browser.post(url, {"token": changed}))


def test_token_of_another_session(site, url, signed_in):
    victim, other = signed_in(site, "LiNa"), signed_in(site)
    token = token_in(other.get(url))
    check_asked(site, victim, victim.post(url, {"token": token}))


def test_token_in_the_address_does_not_count(site, url, signed_in):
    browser = signed_in(site)
    token = token_in(browser.get(url))
    check_asked(site, browser, browser.get(f"{url}?token={token}"))


# --- afterwards ---

def test_page_starts_no_login(site, url, sim, signed_in):
    browser = signed_in(site)
    sim.reset_counts()
    walk = browser.walk(url, initiator=site.url("/intranet/"))
    assert len(walk.hops) == 1 and not sim.counts()
    text = walk.page.text.lower()
    assert "<script" not in text and "http-equiv" not in text and "refresh" not in walk.page.headers
    assert [label for label, _ in links(walk.page)] == ["Sign in again"]


def test_sign_in_again_by_the_button(site, url, signed_in):
    browser = signed_in(site)
    walk = browser.walk(url, initiator=site.url("/intranet/"))
    browser.click(walk, links(walk.page)[0][1])
    walk = browser.walk(site.url("/intranet/"))
    assert walk.page.status_code == 200


def test_stranger(site, url, sim, browsers):
    browser = browsers(WECOM_IOS)
    walk = browser.walk(url)
    assert len(walk.hops) == 1 and SIGNED_OUT in walk.page.text
    assert not browser.cookies and not sim.counts()
