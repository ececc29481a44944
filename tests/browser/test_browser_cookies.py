# SPDX-License-Identifier: Apache-2.0
"""A browser that keeps no cookies ends on a page that says so, not in a loop."""
from harness.client import WECOM_WINDOWS

from portal import portal

SENTENCE = ("Your browser did not keep the sign-in (cookie). Allow cookies for this site and try "
            "again.")


def test_in_the_client(fresh, log, visitors):
    site = portal(fresh)
    log.expect("WC0203")
    browser = visitors(WECOM_WINDOWS, person="LiNa", cookies=False)
    browser.open(site.url("/intranet/page1.html"))
    assert SENTENCE in browser.text and browser.buttons == ["Try again"]
    assert browser.documents()[-1].status == 400
    assert len(browser.documents()) == 5, "the login began more than twice"
    browser.forget()
    browser.press_text("Try again")
    browser.wait_for_path("/wecom/return")
    assert SENTENCE in browser.text and len(browser.documents()) == 5


def test_on_a_pc(fresh, log, sim, visitors):
    site = portal(fresh)
    log.expect("WC0203")
    browser = visitors(cookies=False)
    browser.open(site.url("/intranet/"))
    for _ in range(2):
        browser.wait_for_sim("wwlogin")
        browser.press("#phone button:not(.plain)")
    browser.wait_for_path("/wecom/return")
    assert SENTENCE in browser.text
    assert "getuserinfo" not in str(sim.calls()), "a code was exchanged without its cookie"
