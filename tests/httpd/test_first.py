# SPDX-License-Identifier: Apache-2.0
"""Many at once and a token that dies early: WeCom is asked for a token once."""
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.client import WECOM_IOS, Browser

MANY = 40
PEOPLE = ("zhangwei", "LiNa", "wangfang", "liuyang", "chenjing")


def returns_at_once(site, book, how_many):
    """That many visitors come back from WeCom in the same moment; the statuses and targets."""
    barrier = threading.Barrier(how_many, timeout=60)

    def visit(number):
        browser = Browser(book, WECOM_IOS, person=PEOPLE[number % len(PEOPLE)])
        try:
            authorize = browser.get(site.url("/intranet/")).headers["Location"]
            back = browser.get(authorize.partition("#")[0]).headers["Location"]
            barrier.wait()
            answer = browser.get(back)
            return answer.status_code, answer.headers.get("Location")
        finally:
            browser.close()

    with ThreadPoolExecutor(how_many) as pool:
        return list(pool.map(visit, range(how_many)))


def test_forty_on_a_cold_node(fresh, sim, book):
    """With as many threads as Debian's own configuration has, 150 or nearly."""
    site = fresh(starts=4, threads=37)
    sim.fault("/cgi-bin/gettoken", "delay", ms=400)
    assert returns_at_once(site, book, MANY) == [(302, site.url("/intranet/") + "#")] * MANY
    assert sim.calls() == {"gettoken": 1, "auth/getuserinfo": MANY, "user/get": MANY}


@pytest.mark.parametrize("end", ["invalidate_tokens", "expire_tokens"], ids=["40014", "42001"])
def test_token_that_dies_early(sites, sim, signed_in, end):
    site = sites()
    signed_in(site)
    getattr(sim, end)()
    sim.reset_counts()
    signed_in(site, "LiNa")
    assert sim.calls() == {"gettoken": 1, "auth/getuserinfo": 2, "user/get": 1}


def test_many_meet_a_dead_token(sites, sim, book, signed_in):
    site = sites()
    signed_in(site)
    sim.invalidate_tokens()
    sim.fault("/cgi-bin/gettoken", "delay", ms=200)
    sim.reset_counts()
    assert returns_at_once(site, book, 10) == [(302, site.url("/intranet/") + "#")] * 10
    assert sim.calls()["gettoken"] == 1


def test_token_that_never_works_ends_with_a_page(sites, sim, browsers, log):
    """Refreshed once, not for ever."""
    site = sites()
    sim.fault("/cgi-bin/auth/getuserinfo", "errcode", code=40014)
    page = browsers(WECOM_IOS).walk(site.url("/intranet/")).page
    assert page.status_code == 502
    assert sim.calls()["auth/getuserinfo"] == 2
    log.expect("WC0228", "errcode 40014")
