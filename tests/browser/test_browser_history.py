# SPDX-License-Identifier: Apache-2.0
"""Back, forward, and addresses that are opened again."""
from harness.client import WECOM_ANDROID

from portal import portal


def sign_in(browser, site, path="/intranet/"):
    browser.open(site.url(path))
    browser.wait_for_sim("wwlogin")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url(path))
    assert "欢迎，张伟" in browser.text


def test_return_address_again(fresh, sim, visitors):
    """Reloaded, or kept as a bookmark: it leads to the page that was wanted. After signing out it
    is spent: it opens nothing, and the login to its page begins anew."""
    site = portal(fresh)
    browser = visitors()
    sign_in(browser, site, "/intranet/page4.html?x=1")
    (back,) = {document.url for document in browser.documents() if "/wecom/return?" in document.url}
    for _ in range(2):
        browser.open(back)
        assert browser.url == site.url("/intranet/page4.html?x=1")
        assert "欢迎，张伟" in browser.text
    assert sim.calls()["auth/getuserinfo"] == 1
    browser.press_text("Leave")
    browser.wait_for_url(site.url("/wecom/logout"))
    browser.open(back)
    browser.wait_for_sim("wwlogin")
    assert browser.session_cookie() is None
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url("/intranet/page4.html?x=1"))


def test_back_after_login(fresh, visitors):
    """Back is the scan page, forward the portal; and whoever confirms a second time on that scan
    page, whose sign-in is spent, comes to the page that was wanted."""
    site = portal(fresh)
    browser = visitors()
    sign_in(browser, site, "/intranet/page2.html")
    browser.back()
    browser.wait_for_sim("wwlogin")
    browser.forward()
    browser.wait_for_url(site.url("/intranet/page2.html"))
    assert "欢迎，张伟" in browser.text
    browser.back()
    browser.wait_for_sim("wwlogin")
    browser.reload()
    browser.wait_for_sim("wwlogin")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url("/intranet/page2.html"))
    assert "欢迎，张伟" in browser.text
    assert max(document.status for document in browser.documents()) < 400


def test_back_after_silent_login(fresh, visitors):
    site = portal(fresh)
    browser = visitors(WECOM_ANDROID, person="LiNa")
    browser.open(site.url("/open/"))
    browser.press_text("Intranet")
    browser.wait_for_url(site.url("/intranet/"))
    browser.back()
    browser.wait_for_url(site.url("/open/"))
    browser.forward()
    browser.wait_for_url(site.url("/intranet/"))
    assert "欢迎，李娜" in browser.text


def test_back_after_signing_out(fresh, visitors):
    site = portal(fresh)
    browser = visitors()
    sign_in(browser, site)
    # This browser does keep pages alive, else the rest would prove nothing.
    browser.press_text("Outside")
    browser.wait_for_url(site.url("/open/"))
    browser.back()
    browser.wait(lambda _: browser.is_from_cache(), "the page from the back-forward cache")
    browser.press_text("Leave")
    browser.wait_for_url(site.url("/wecom/logout"))
    for _ in range(3):      # the two visits to the page, and the one outside between them
        browser.back()
        browser.wait(lambda _: "Sign out" not in browser.text, "what was before")
        assert "欢迎" not in browser.text
    assert browser.session_cookie() is None


def test_cache_after_signing_out(fresh, visitors):
    """What the browser has stored of the pages is gone too."""
    site = portal(fresh)
    browser = visitors()
    sign_in(browser, site)
    browser.open(site.url("/intranet/data.txt"))
    assert stored(browser, "/intranet/data.txt") == "confidential"
    browser.open(site.url("/intranet/"))
    browser.press_text("Leave")
    browser.wait_for_url(site.url("/wecom/logout"))
    browser.open(site.url("/open/"))
    assert stored(browser, "/intranet/data.txt") is None


def stored(browser, path):
    """The text that the HTTP cache holds, or None."""
    browser.open(f"{browser.origin}/open/")
    return browser.driver.execute_async_script(
        "const done = arguments[1];"
        "fetch(arguments[0], {cache: 'only-if-cached', mode: 'same-origin'})"
        ".then(answer => answer.ok ? answer.text() : null, () => null).then(done)", path)
