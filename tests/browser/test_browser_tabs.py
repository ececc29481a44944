# SPDX-License-Identifier: Apache-2.0
"""Ten tabs that are restored at once: each ends on its own page."""
import pytest
from harness.client import WECOM_WINDOWS

from portal import portal

TABS = 10


def seen(browser, handles):
    """(title, address) of each window."""
    found = []
    for handle in handles:
        browser.go_to_window(handle)
        found.append((browser.title, browser.url.split("#")[0]))
    return sorted(found)


def restore(browser, site):
    urls = [site.url(f"/intranet/page{n}.html") for n in range(TABS)]
    wanted = [(f"Page {n}", url) for n, url in enumerate(urls)]
    handles = browser.open_windows(urls)
    browser.wait(lambda _: seen(browser, handles) == wanted, "each tab is on its own page")


@pytest.mark.parametrize("cookies", ["gone", "spoiled"])
@pytest.mark.parametrize("secure", [False, True], ids=["http", "h2"])
def test_ten_tabs(fresh, visitors, cookies, secure):
    """On http six requests at a time reach the server, with HTTP/2 all ten."""
    site = portal(fresh, tls=secure)
    browser = visitors(WECOM_WINDOWS, person="LiNa")
    if cookies == "spoiled":
        browser.open(site.url("/intranet/"))
        browser.spoil_session()
    browser.open(site.url("/open/"))
    restore(browser, site)


def test_ten_tabs_and_a_slow_wecom(fresh, sim, visitors):
    """All ten are at WeCom before the first comes back: no more than four pending logins have
    kept their cookie."""
    site = portal(fresh, tls=True)
    sim.fault("/connect/oauth2/authorize", "delay", ms=800)
    browser = visitors(WECOM_WINDOWS, person="LiNa")
    browser.open(site.url("/open/"))
    restore(browser, site)
