# SPDX-License-Identifier: Apache-2.0
"""Signing in: on a PC with the phone, in the WeCom client silently."""
from harness.client import WECOM_WINDOWS

from portal import portal


def choose(browser, userid):
    browser.press(f"#userid option[value={userid}]")


def places(browser):
    """The documents since forget(), without queries."""
    return [(document.status, document.url.split("?")[0]) for document in browser.documents()]


def test_on_a_pc(fresh, sim, visitors, picture):
    site = portal(fresh)
    browser = visitors()
    browser.open(site.url("/intranet/page3.html?from=mail"))
    browser.wait_for_sim("wwlogin")
    picture(browser, "sim-scan")
    choose(browser, "LiNa")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url("/intranet/page3.html?from=mail"))
    assert browser.lines[:2] == ["Page 3", "欢迎，李娜"]
    assert places(browser) == [
        (302, site.url("/intranet/page3.html")), (200, sim.pages + "/wwlogin/sso/login"),
        (303, sim.pages + "/sim/phone/confirm"), (302, site.url("/wecom/return")),
        (200, site.url("/intranet/page3.html"))]


def test_with_the_phone_in_another_window(fresh, visitors, picture):
    site = portal(fresh)
    browser = visitors()
    browser.open(site.url("/intranet/"))
    browser.wait_for_sim("wwlogin")
    browser.press(".phone a[target=_blank]")
    computer = browser.other_window()
    browser.wait_for_sim("phone")
    picture(browser, "sim-phone")
    choose(browser, "wangfang")
    browser.press("form button:not(.plain)")
    browser.wait_for_sim("confirmed")
    browser.go_to_window(computer)
    browser.wait_for_url(site.url("/intranet/"))
    assert "欢迎，王芳" in browser.text


def test_by_quick_login(fresh, visitors):
    site = portal(fresh)
    browser = visitors()
    browser.open(site.url("/intranet/"))
    browser.wait_for_sim("wwlogin")
    browser.press("#quick button")
    browser.wait_for_url(site.url("/intranet/"))
    assert "欢迎，张伟" in browser.text


def test_silent_in_the_client(fresh, sim, visitors):
    """Nothing of WeCom stays in the address: a redirect inherits the fragment of the one before
    it, so #wechat_redirect would reach the application, where it can be a route."""
    site = portal(fresh)
    browser = visitors(WECOM_WINDOWS, person="LiNa")
    browser.open(site.url("/intranet/?a=1"))
    browser.wait_for_url(site.url("/intranet/?a=1"))
    assert browser.script("return location.hash") == ""
    assert "欢迎，李娜" in browser.text
    assert places(browser) == [
        (302, site.url("/intranet/")), (302, sim.pages + "/connect/oauth2/authorize"),
        (302, site.url("/wecom/return")), (200, site.url("/intranet/"))]


def test_over_tls(fresh, visitors):
    """The browser itself accepts what we set on https: Secure, and the prefix __Host-."""
    site = portal(fresh, tls=True)
    browser = visitors()
    browser.open(site.url("/intranet/"))
    browser.wait_for_sim("wwlogin")
    choose(browser, "LiNa")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url("/intranet/"))
    assert "欢迎，李娜" in browser.text
    cookie = browser.session_cookie()
    assert cookie["name"].startswith("__Host-wecom_") and cookie["secure"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"


def test_another_name_of_the_site(fresh, visitors):
    """The login begins under the public name, and the mark of the hop is not seen behind it."""
    site = portal(fresh)
    browser = visitors(WECOM_WINDOWS, person="LiNa")
    browser.open(site.alias_url("/intranet/page1.html?a=1"))
    browser.wait_for_url(site.url("/intranet/page1.html?a=1"))
    assert "欢迎，李娜" in browser.text
    assert {cookie["domain"] for cookie in browser.cookies} == {"127.0.0.1"}
