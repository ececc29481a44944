# SPDX-License-Identifier: Apache-2.0
"""The visitor says no, and is left in peace."""
from harness.client import WECOM_ANDROID
from harness.site import Source

from portal import OLD_PAGE, portal

NEW = "/wwlogin/sso/login"
OLD = "/wwopen/sso/qrConnect"


def key(browser):
    return browser.script("return settings.web_key")


def test_new_page_stays(fresh, sim, visitors):
    site = portal(fresh)
    browser = visitors()
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_sim("wwlogin")
    first = key(browser)
    browser.press("#phone button.plain")
    browser.wait(lambda _: key(browser) != first, "another QR code")
    assert not [path for path in sim.calls() if "getuserinfo" in path]
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url("/intranet/page1.html"))


def test_new_page_with_the_phone_elsewhere(fresh, visitors):
    site = portal(fresh)
    browser = visitors()
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_sim("wwlogin")
    browser.press(".phone a[target=_blank]")
    computer = browser.other_window()
    browser.wait_for_sim("phone")
    browser.press("form button.plain")
    browser.wait_for_sim("refused")
    browser.go_to_window(computer)
    browser.wait(lambda _: "You refused" in browser.text, "the computer hears of it")
    first = key(browser)
    browser.press("#again")
    browser.wait(lambda _: key(browser) != first, "another QR code")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url("/intranet/page1.html"))


def test_old_page_comes_back(fresh, sim, visitors, look):
    site = portal(fresh, sources=(OLD_PAGE,))
    browser = visitors()
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_sim("qrconnect")
    browser.press("#phone button.plain")
    browser.wait_for_path("/wecom/return")
    assert browser.lines[:3] == ["You are not signed in", "You cancelled the sign-in.",
                                 "Sign in again"]
    assert browser.documents()[-1].status == 200
    look(browser, "refused")
    for _ in range(2):
        browser.reload()
        browser.wait_for_path("/wecom/return")
        assert browser.buttons == ["Sign in again"]
    assert sim.counts()[OLD] == 1
    browser.press_text("Sign in again")
    browser.wait_for_sim("qrconnect")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url("/intranet/page1.html"))
    assert sim.counts()[OLD] == 2
    visitors.leave(browser)
    browser = visitors(language="zh-CN,zh")
    browser.open(site.url("/intranet/"))
    browser.wait_for_sim("qrconnect")
    browser.press("#phone button.plain")
    browser.wait_for_path("/wecom/return")
    assert browser.lines[:3] == ["未能登录", "您已取消登录。", "重新登录"]
    look(browser, "refused-zh")


def test_consent_refused_in_the_client(fresh, sim, visitors):
    site = portal(fresh, sources=(Source(lines=("WeComScope privateinfo",)),))
    browser = visitors(WECOM_ANDROID, person="LiNa")
    browser.open(site.url("/intranet/page1.html"))
    browser.wait_for_sim("consent")
    browser.press("button[value=refuse]")
    browser.wait_for_path("/wecom/return")
    assert browser.buttons == ["Sign in again"]
    browser.reload()
    browser.wait_for_path("/wecom/return")
    browser.press_text("Sign in again")
    browser.wait_for_sim("consent")
    browser.press("button[value=allow]")
    browser.wait_for_url(site.url("/intranet/page1.html"))
    assert "欢迎，李娜" in browser.text
