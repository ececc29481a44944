# SPDX-License-Identifier: Apache-2.0
"""Generations come and go, children die: visitors do not notice, and nothing is left behind.

Nightly log rotation is a graceful restart, so what it loses is lost every night.
"""
import os
import pwd
import signal
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.client import FETCH, WECOM_IOS, Browser, session_in
from harness.load import PEOPLE, Load
from harness.server import run_user, wait_until

IDENTITY = "/cgi-bin/auth/getuserinfo"
MANY_DEATHS = "AH10392"     # children are killed successively


@pytest.fixture
def site(fresh):
    return fresh()


def begin(site, browser, path):
    """From the protected page through WeCom's door: the address of the return."""
    door = browser.get(site.url(path)).headers["Location"]
    return browser.get(door.partition("#")[0]).headers["Location"]


def told(site, browser):
    return session_in(browser.request("GET", site.url("/wecom/session"), FETCH))


RESTARTS = {"graceful": lambda site: site.httpd.graceful(),
            "reload": lambda site: site.httpd.reload(),
            "stop-start": lambda site: site.start_again()}


@pytest.fixture(params=RESTARTS)
def restart(request):
    return RESTARTS[request.param]


# --- under load ---

def test_graceful_twice_under_load(site, sim, book):
    with Load(site, book) as load:
        for _ in range(2):
            site.httpd.graceful()
            load.wait()
    assert not load.wrong and not load.broken
    assert sim.calls()["gettoken"] == 1, "the token lives on"


def test_graceful_while_logins_wait_for_wecom(site, sim, book, browsers):
    """The old generation brings its logins to their end."""
    browsers(WECOM_IOS).walk(site.url("/intranet/"))
    visitors = [browsers(WECOM_IOS, person=person) for person in PEOPLE]
    backs = [begin(site, browser, "/intranet/?mine") for browser in visitors]
    sim.fault(IDENTITY, "delay", ms=1500)
    asked = sim.calls()["auth/getuserinfo"]
    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        answers = [pool.submit(browser.get, back) for browser, back in zip(visitors, backs)]
        wait_until(lambda: sim.calls()["auth/getuserinfo"] == asked + len(PEOPLE), 30,
                   "all are on their way")
        site.httpd.graceful()
        assert [answer.result().headers.get("Location") for answer in answers] \
            == [site.url("/intranet/?mine") + "#"] * len(PEOPLE)
    for browser, person in zip(visitors, PEOPLE):
        assert told(site, browser)["userid"] == person


# --- what lives on ---

def test_sessions(site, browsers, restart):
    browser = browsers(WECOM_IOS)
    browser.walk(site.url("/intranet/"))
    before = told(site, browser)
    for _ in range(2):
        restart(site)
        answer = browser.get(site.url("/intranet/"))
        assert answer.status_code == 200 and not answer.headers.get_list("Set-Cookie")
        assert told(site, browser) == before


def test_login_under_way(site, browsers, restart):
    browser = browsers(WECOM_IOS)
    back = begin(site, browser, "/intranet/?mine")
    restart(site)
    walk = browser.walk(back)
    assert walk.url == site.url("/intranet/?mine") and walk.page.status_code == 200
    assert len(walk.hops) == 2, "without a second try"


def test_long_target(site, browsers, restart):
    """It lies in the cache: a new generation has it, a new server does not and takes the root."""
    browser = browsers(WECOM_IOS)
    path = "/intranet/?" + "x" * 1500
    back = begin(site, browser, path)
    restart(site)
    expected = "/" if restart is RESTARTS["stop-start"] else path
    assert browser.get(back).headers["Location"] == site.url(expected) + "#"


@pytest.mark.parametrize("again, tokens", [("graceful", 1), ("reload", 1), ("stop-start", 2)])
def test_token(site, sim, browsers, again, tokens):
    browsers(WECOM_IOS).walk(site.url("/intranet/"))
    RESTARTS[again](site)
    assert browsers(WECOM_IOS).walk(site.url("/intranet/")).page.status_code == 200
    assert sim.calls()["gettoken"] == tokens


def test_spent_return_stays_spent(site, sim, browsers):
    browser = browsers(WECOM_IOS)
    back = begin(site, browser, "/intranet/?mine")
    ((name, value),) = browser.cookies.items()
    browser.get(back)
    site.httpd.graceful()
    answer = browser.get(back, {"Cookie": f"{name}={value}"})
    assert answer.headers["Location"] == site.url("/intranet/?mine") + "#"
    assert sim.calls()["auth/getuserinfo"] == 1


def test_logout_form_of_the_last_generation(site, browsers, log):
    browser = browsers(WECOM_IOS)
    browser.walk(site.url("/intranet/"))
    page = browser.get(site.url("/wecom/logout")).text
    token = page.partition('name="token" value="')[2].partition('"')[0]
    site.start_again()
    assert "You are signed out." in browser.post(site.url("/wecom/logout"), {"token": token}).text
    log.expect("WC0331")


# --- the state folder ---

def state(site):
    return site.httpd.root / "state"


def test_key_and_folder(site):
    key = state(site) / "key"
    seen = key.stat()
    assert stat.S_IMODE(seen.st_mode) == 0o600 and seen.st_size == 32
    assert seen.st_uid == os.geteuid()
    assert not stat.S_IMODE(state(site).stat().st_mode) & 0o022
    user = pwd.getpwnam(run_user()).pw_uid if run_user() else os.geteuid()
    run = (state(site) / "run").stat()
    assert run.st_uid == user and stat.S_IMODE(run.st_mode) == 0o700
    assert sorted(path.name for path in state(site).iterdir()) == ["key", "run", "wecomctl.json"]


def test_key_is_made_once(site):
    key = state(site) / "key"
    before = key.read_bytes(), key.stat().st_ino, key.stat().st_mtime_ns
    for again in RESTARTS.values():
        again(site)
        assert (key.read_bytes(), key.stat().st_ino, key.stat().st_mtime_ns) == before
    assert sorted(path.name for path in state(site).iterdir()) == ["key", "run", "wecomctl.json"]


def test_keys_differ(fresh):
    one, other = fresh(), fresh(starts=1)
    assert (state(one) / "key").read_bytes() != (state(other) / "key").read_bytes()


def test_key_that_was_taken_away(site, browsers):
    """A new one is made, and everybody logs in again."""
    browser = browsers(WECOM_IOS)
    browser.walk(site.url("/intranet/"))
    _, old = browser.session_cookie
    (state(site) / "key").unlink()
    site.start_again()
    walk = browser.walk(site.url("/intranet/"))
    assert len(walk.hops) == 4 and walk.page.status_code == 200
    assert browser.session_cookie[1] != old


# --- children that die ---

def kill_all(site):
    """Every child at once, in the middle of what it does."""
    doomed = site.httpd.children()
    site.httpd.book.killed.update(doomed)
    for pid in doomed:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: set(site.httpd.children()) - set(doomed), 30, "new children")


def test_children_die_under_load(fresh, sim, book, log):
    """Those in it lose a connection, and nobody gets a wrong answer."""
    log.allow(MANY_DEATHS)
    site = fresh(starts=3)
    with Load(site, book) as load:
        for _ in range(6):
            site.httpd.kill_child()
            load.wait()
        broken = len(load.broken)
        kill_all(site)
        load.wait()
    assert not load.wrong, load.wrong[:5]
    assert broken <= 6 * 6, "at most one for each visitor and each death"
    assert sim.calls()["gettoken"] == 1


def test_no_lock_is_left_behind(fresh, book, browsers, log):
    """Logins hold the mutex again and again; whoever dies with it must not keep it."""
    log.allow(MANY_DEATHS)
    site = fresh(starts=2)
    with Load(site, book, known=1, logins=6) as load:
        for _ in range(8):
            kill_all(site)
            load.wait()
    assert not load.wrong, load.wrong[:5]
    for person in PEOPLE:
        assert browsers(WECOM_IOS, person=person).walk(
            site.url("/intranet/")).page.status_code == 200


def test_death_while_fetching_the_token(fresh, sim, browsers, log):
    """The others do not wait for ever for the one who went to get it."""
    site = fresh(starts=2, lines=("WeComTimeout 1",))
    sim.fault("/cgi-bin/gettoken", "silent")
    victim = browsers(WECOM_IOS)
    back = begin(site, victim, "/intranet/")
    with ThreadPoolExecutor(1) as pool:
        visit = pool.submit(Browser.get, victim, back)
        wait_until(lambda: sim.calls().get("gettoken"), 20, "it is on its way")
        kill_all(site)
        visit.exception()
    sim.clear_faults()
    died = time.monotonic()
    log.allow("WC0232", "WC0235")
    while browsers(WECOM_IOS).walk(site.url("/intranet/")).page.status_code != 200:
        assert time.monotonic() - died < 20, "the lease of the dead one stands"
        time.sleep(0.2)


def test_slots_of_the_dead(fresh, sim, browsers, log):
    """They are free again after two timeouts."""
    site = fresh(starts=2, threads=4, lines=("WeComTimeout 2",))    # 16 threads, 4 slots
    browsers(WECOM_IOS).walk(site.url("/intranet/"))
    visitors = [browsers(WECOM_IOS, person=person) for person in PEOPLE[:4]]
    backs = [begin(site, browser, "/intranet/") for browser in visitors]
    sim.fault(IDENTITY, "silent")
    asked = sim.calls()["auth/getuserinfo"]
    with ThreadPoolExecutor(4) as pool:
        visits = [pool.submit(browser.get, back) for browser, back in zip(visitors, backs)]
        wait_until(lambda: sim.calls()["auth/getuserinfo"] >= asked + 4, 20, "four wait")
        kill_all(site)
        for visit in visits:
            visit.exception()
    sim.clear_faults()
    died = time.monotonic()
    log.allow("WC0232", "WC0235", "WC0236")
    while browsers(WECOM_IOS).walk(site.url("/intranet/")).page.status_code != 200:
        assert time.monotonic() - died < 25, "the slots of the dead are taken for ever"
        time.sleep(0.2)


# --- nothing grows ---

def parent(site):
    """(resident KiB, open files, mappings) of the parent."""
    proc = Path(f"/proc/{site.httpd.process.pid}")
    resident = [line for line in (proc / "status").read_text().splitlines()
                if line.startswith("VmRSS")][0]
    return (int(resident.split()[1]), len(os.listdir(proc / "fd")),
            len((proc / "maps").read_text().splitlines()))


def next_generation(site):
    """Without waiting for the last one to end."""
    ready = site.httpd.count_ready()
    site.httpd.process.send_signal(signal.SIGUSR1)
    wait_until(lambda: site.httpd.count_ready() > ready, 60, "the next generation")


@pytest.fixture
def true_sizes(paths):
    if paths.asan:
        pytest.skip("the address sanitizer holds on to memory that was freed")


def test_parent_does_not_grow(fresh, browsers, true_sizes):
    site = fresh(starts=1, cgi=False)
    browser = browsers(WECOM_IOS)
    browser.walk(site.url("/intranet/"))
    for _ in range(4):
        next_generation(site)
    size, files, maps = parent(site)
    for _ in range(20):
        next_generation(site)
    new_size, new_files, new_maps = parent(site)
    assert new_files == files, "open files"
    assert new_maps <= maps + 2, "mappings"
    assert new_size - size < 512, "KiB in twenty generations"
    assert browser.get(site.url("/intranet/")).status_code == 200


def test_children_do_not_grow(fresh, book, browsers, true_sizes):
    """What a request has taken it gives back."""
    site = fresh(starts=1, threads=4, lines=(
        "ServerLimit 1", "MaxRequestWorkers 4", "MinSpareThreads 1"))
    known = browsers(WECOM_IOS, person="LiNa")
    known.walk(site.url("/intranet/"))

    def work(requests, logins):
        for _ in range(requests):
            assert known.get(site.url("/intranet/")).status_code == 200
        for number in range(logins):
            browser = Browser(book, WECOM_IOS, person=PEOPLE[number % 5])
            assert browser.walk(site.url("/intranet/")).page.status_code == 200
            browser.close()

    def resident():
        (pid,) = site.httpd.children()
        text = Path(f"/proc/{pid}/status").read_text()
        return pid, int(text.partition("VmRSS:")[2].split()[0])

    work(300, 20)
    before = resident()
    work(900, 40)
    after = resident()
    assert after[0] == before[0] and after[1] - before[1] < 1024, (before, after)
