# SPDX-License-Identifier: Apache-2.0
"""A WeCom that is silent or refuses us: it is left in peace, and so is who is known already."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from harness.client import WECOM_IOS, Browser, incident
from harness.log import PATIENCE
from harness.site import Source

PEOPLE = ("zhangwei", "LiNa", "wangfang", "liuyang", "chenjing")
IDENTITY = "/cgi-bin/auth/getuserinfo"
REST = 10       # seconds, after three silent logins


def take_back(browser, site):
    """Up to the address of the return: WeCom's pages work, the API is for the server."""
    door = browser.get(site.url("/intranet/")).headers["Location"]
    return browser.get(door.partition("#")[0]).headers["Location"]


def check_known(site, browser):
    answer = browser.get(site.url("/intranet/"))
    assert answer.status_code == 200
    return answer.elapsed.total_seconds()


def count(log, id):
    return len(log.find(id))


# --- a secret that is wrong ---

@pytest.fixture
def wrong_secret(fresh):
    """That of another enterprise's app, where ours should stand (40091)."""
    site = fresh.prepare(sources=(Source(lines=("WeComSecret file:@root@/wrong.secret",)),))
    file = site.httpd.root / "wrong.secret"
    file.touch(0o600)
    file.write_text(site.sim.app(corp=1).secret)
    site.start()
    return site


def test_wrong_secret_is_not_hammered(wrong_secret, sim, browsers, log):
    """WeCom bans the address of whoever repeats a wrong secret."""
    for number in range(10):
        walk = browsers(WECOM_IOS).walk(wrong_secret.url("/intranet/"))
        assert walk.page.status_code == (502 if number == 0 else 503)
    assert sim.calls() == {"gettoken": 1}
    log.expect("WC0224", "gettoken: errcode 40091")
    log.expect("WC0235", "gettoken: errcode 40091")
    assert (count(log, "WC0224"), count(log, "WC0235")) == (1, 9)


def test_wrong_secret_and_many_at_once(wrong_secret, sim, book, log):
    log.allow("WC0224", "WC0235")
    barrier = threading.Barrier(10, timeout=60)

    def visit(number):
        browser = Browser(book, WECOM_IOS, person=PEOPLE[number % len(PEOPLE)])
        try:
            back = take_back(browser, wrong_secret)
            barrier.wait()
            return browser.get(back).status_code
        finally:
            browser.close()

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(visit, range(10)))
    assert sorted(statuses) == [502] + [503] * 9
    assert sim.calls() == {"gettoken": 1}


def test_wrong_secret_does_not_touch_who_is_known(fresh, sim, browsers, log):
    """It was reset in the console: sessions go on, and logins do when the file is right again."""
    site = fresh()
    known = browsers(WECOM_IOS)
    known.walk(site.url("/intranet/"))
    sim.invalidate_tokens()
    sim.fault("/cgi-bin/gettoken", "errcode", code=40001)
    for _ in range(3):
        assert browsers(WECOM_IOS).walk(site.url("/intranet/")).page.status_code >= 500
        check_known(site, known)
    log.expect("WC0224")
    log.expect("WC0235")


# --- silence ---

@pytest.fixture
def slow(fresh, browsers):
    """A site with a short patience, and somebody who is known there."""
    site = fresh(lines=("WeComTimeout 1",))
    known = browsers(WECOM_IOS, person="LiNa")
    known.walk(site.url("/intranet/"))
    assert known.session_cookie
    return site, known


def fail(site, browser, id):
    """A login that ends with this id; how long its last step took."""
    page = browser.walk(site.url("/intranet/?mine")).page
    assert page.status_code == 503 and incident(page).startswith(id + "-"), page.text
    assert page.headers["Retry-After"] == "10"
    return page.elapsed.total_seconds()


@pytest.mark.slow
def test_three_silent_logins(slow, sim, browsers, log):
    """Then nobody waits any more; after the rest one more failure is enough, or one success."""
    site, known = slow
    sim.fault(IDENTITY, "silent")
    for _ in range(3):
        assert fail(site, browsers(WECOM_IOS), "WC0232") > 0.5
    rested = time.monotonic()
    asked = sim.calls()["auth/getuserinfo"]
    waiting = browsers(WECOM_IOS)
    back = take_back(waiting, site)
    for _ in range(5):
        assert fail(site, browsers(WECOM_IOS), "WC0235") < 0.9
        assert check_known(site, known) < 0.9
    page = waiting.get(back)
    assert incident(page).startswith("WC0235-")
    assert sim.calls()["auth/getuserinfo"] == asked, "nobody asked"
    log.expect("WC0232", "auth/getuserinfo: ")
    log.expect("WC0235", "the last 3 logins got no answer from WeCom")

    browser = browsers(WECOM_IOS)
    while incident(browser.walk(site.url("/intranet/")).page).startswith("WC0235-"):
        assert time.monotonic() - rested < REST + PATIENCE, "it never asks again"
        time.sleep(0.3)
    assert time.monotonic() - rested > REST - 2
    fail(site, browsers(WECOM_IOS), "WC0235")       # one more failure was enough

    sim.clear_faults()
    while waiting.get(back).headers.get("Location") != site.url("/intranet/") + "#":
        assert time.monotonic() - rested < 2 * REST + 2 * PATIENCE, "it never works again"
        time.sleep(0.3)
    check_known(site, waiting)      # with the return that was refused: nothing had been spent
    sim.fault(IDENTITY, "silent")
    fail(site, browsers(WECOM_IOS), "WC0232")
    sim.clear_faults()
    browser = browsers(WECOM_IOS)
    assert browser.walk(site.url("/intranet/")).page.status_code == 200, "one alone is forgiven"


def test_success_forgets_failures(slow, sim, browsers, log):
    site, _ = slow
    for _ in range(2):
        for _ in range(2):
            sim.fault(IDENTITY, "drop")
            fail(site, browsers(WECOM_IOS), "WC0231")
        sim.clear_faults()
        assert browsers(WECOM_IOS).walk(site.url("/intranet/")).page.status_code == 200
    log.expect("WC0231")


def test_errcodes_are_no_silence(slow, sim, browsers, log):
    """WeCom answers: the fourth visitor is asked about like the first."""
    site, _ = slow
    sim.reset_counts()
    sim.fault(IDENTITY, "errcode", code=45033)
    for _ in range(4):
        fail(site, browsers(WECOM_IOS), "WC0227")
    assert sim.calls()["auth/getuserinfo"] == 4
    log.expect("WC0227", "errcode 45033")


def test_silence_of_one_source_is_none_of_another(fresh, sim, browsers, log):
    """WeCom may block an app and not its neighbour."""
    site = fresh(sources=(Source(), Source("hr", app=1, lines=())), lines=("WeComTimeout 1",))
    sim.fault(IDENTITY, "drop", times=6)    # libcurl asks twice where a kept connection ends
    seen = []
    while "WC0235" not in seen:
        assert len(seen) < 8
        page = browsers(WECOM_IOS).walk(site.url("/wecom/login?source=acme")).page
        seen.append((incident(page) or "").partition("-")[0])
    sim.clear_faults()
    walk = browsers(WECOM_IOS).walk(site.url("/wecom/login?source=hr&return=/intranet/"))
    assert walk.page.status_code == 200 and walk.url == site.url("/intranet/")
    log.allow("WC0231", "WC0235")


# --- many wait ---

def test_slots(fresh, sim, book, browsers, log):
    """Half of these few threads may wait for WeCom; the others are for those who are known."""
    # One child: of several, one can take more connections than it has threads.
    site = fresh(starts=1, threads=64, lines=(
        "WeComTimeout 10", "ServerLimit 1", "MaxRequestWorkers 64", "MinSpareThreads 1"))
    known = browsers(WECOM_IOS, person="LiNa")
    known.walk(site.url("/intranet/"))
    many, slots = 48, 64 // 2
    visitors = [Browser(book, WECOM_IOS, person=PEOPLE[number % 5]) for number in range(many)]
    try:
        backs = [take_back(browser, site) for browser in visitors]
        sim.fault(IDENTITY, "silent")
        barrier = threading.Barrier(many, timeout=60)

        def visit(number):
            barrier.wait()
            return visitors[number].get(backs[number])

        with ThreadPoolExecutor(many) as pool:
            visits = [pool.submit(visit, number) for number in range(many)]
            deadline = time.monotonic() + 30
            while count(log, "WC0236") < many - slots:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            for _ in range(20):
                check_known(site, known)
            assert sum(not visit.done() for visit in visits) > 0, "they still wait"
            answers = [visit.result() for visit in visits]
    finally:
        for browser in visitors:
            browser.close()
    ids = [incident(answer).partition("-")[0] for answer in answers]
    assert ids.count("WC0236") == many - slots and ids.count("WC0232") == slots, ids
    assert all(answer.status_code == 503 and answer.headers["Retry-After"] == "10"
               for answer in answers)
    waited = [answer.elapsed.total_seconds() for answer, id in zip(answers, ids)
              if id == "WC0236"]
    assert max(waited) < 4, "who is refused does not wait"
    log.allow("AH10159", "AH00484")     # the simulator holds them all
    log.expect("WC0236", "too many logins wait")
    log.expect("WC0232")


def test_slots_are_given_back(fresh, sim, browsers, log):
    """More logins than there are slots, one after the other, good and bad."""
    site = fresh(starts=1, threads=4)       # 16 threads, 8 slots
    for number in range(12):
        person = PEOPLE[number % 5]
        if number % 3 == 1:
            sim.fault(IDENTITY, "errcode", code=60011, times=1)
        page = browsers(WECOM_IOS, person=person).walk(site.url("/intranet/")).page
        assert page.status_code == (403 if number % 3 == 1 else 200), (number, page.text)
    log.expect("WC0212")


def test_connections_to_wecom_are_kept(sites, sim, signed_in):
    """Not one for each login."""
    site = sites(starts=1)
    for person in PEOPLE:
        signed_in(site, person)
    text = "".join(open(f"/proc/{pid}/net/tcp", encoding="ascii").read()
                   for pid in site.httpd.children()[:1])
    port = f":{urlsplit(sim.api).port:04X}"
    open_ones = [line for line in text.splitlines()[1:]
                 if line.split()[2].endswith(port) and line.split()[3] == "01"]
    assert len(open_ones) <= 8 + len(PEOPLE)
