# SPDX-License-Identifier: Apache-2.0
"""Ten tabs that are restored at once: each ends on its own page, none on a page of ours.

They are ten logins of one browser at the same time, and the answers cross: what one tab is told
(this session is no good, this cookie goes) must not undo what another has just been given.
"""
import pytest
from harness.client import WECOM_WINDOWS

from portal import portal

TABS = 10
# Where WeCom takes its time: all tabs are at WeCom before the first comes back; all are back
# before the first is known.
AWAY = "/connect/oauth2/authorize"
BACK = "/cgi-bin/auth/getuserinfo"


def seen(browser, handles):
    """(title, address) of each window."""
    found = []
    for handle in handles:
        browser.go_to_window(handle)
        found.append((browser.title, browser.url.split("#")[0]))
    return sorted(found)


@pytest.mark.parametrize("session", ["gone", "spoiled"])
@pytest.mark.parametrize("secure, slow", [(False, None), (False, AWAY), (True, AWAY),
                                          (False, BACK), (True, BACK)],
                         ids=["http", "http-away", "h2-away", "http-back", "h2-back"])
def test_ten_tabs(fresh, sim, visitors, session, secure, slow):
    """On http six requests at a time reach the server, with HTTP/2 all ten."""
    site = portal(fresh, tls=secure)
    browser = visitors(WECOM_WINDOWS, person="LiNa")
    if session == "spoiled":
        browser.open(site.url("/intranet/"))
        browser.spoil_session()
    browser.open(site.url("/open/"))
    if slow:
        sim.fault(slow, "delay", ms=800)
    urls = [site.url(f"/intranet/page{n}.html") for n in range(TABS)]
    wanted = [(f"Page {n}", url) for n, url in enumerate(urls)]
    handles = browser.open_windows(urls)
    browser.wait(lambda _: seen(browser, handles) == wanted, "each tab is on its own page")
