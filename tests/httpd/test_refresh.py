# SPDX-License-Identifier: Apache-2.0
"""A session stays as fresh as WeComRefresh wants it: who has left is out without another login,
who has moved is known by the new departments, and a WeCom that fails changes nothing until
WeComRefreshGrace."""
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.client import FETCH, WECOM_IOS, session_in
from harness.seal import Sealer
from harness.server import mpm, run_user, wait_until
from harness.site import Place, Source, Vhost

READ = "user/get"
SOON = ("WeComRefresh 1s",)
CALL = "/cgi-bin/user/get"
RECALL = "state/run/recall"
SLOTS = 16000


@pytest.fixture
def site(fresh):
    return fresh(lines=SOON)


def reads(sim):
    return sim.calls().get(READ, 0)


def visit(site, browser, path="/intranet/"):
    return browser.get(site.url(path))


def told(site, browser):
    return session_in(browser.request("GET", site.url("/wecom/session"), FETCH))


def keep_asking(site, browser, done, what, path="/intranet/"):
    """Requests of somebody who is at work, until `done` of an answer; the answer."""
    deadline = time.monotonic() + 30
    while True:
        answer = visit(site, browser, path)
        if done(answer):
            return answer
        assert time.monotonic() < deadline, f"not within 30 seconds: {what}"
        time.sleep(0.1)


def is_out(answer):
    return answer.status_code == 302


def is_sealed_anew(answer):
    return answer.status_code == 200 and answer.headers.get_list("Set-Cookie")


# --- who has left ---

LEFT = {
    "disabled": ({"status": 2}, "WC0214"),
    "quit": ({"status": 5}, "WC0214"),
    "deleted": ({"deleted": 1}, "WC0213"),
    "out-of-range": ({"visible": 0}, "WC0212"),
}


@pytest.mark.parametrize("how", LEFT)
def test_out_without_a_login(site, sim, signed_in, log, how):
    changes, reason = LEFT[how]
    browser, other = signed_in(site, "LiNa"), signed_in(site, "zhangwei")
    sim.member("LiNa", **changes)
    logins = sim.calls()["auth/getuserinfo"]
    answer = keep_asking(site, browser, is_out, "LiNa is out")
    assert "wecom" in answer.headers["Set-Cookie"], "the cookie goes too"
    line = log.wait("WC0364", "of LiNa (source acme)")
    assert line.level == "notice"
    log.expect("WC0352", "LiNa")
    audit = json.loads(log.wait("WC0341", '"event":"recall"').text.partition(": ")[2])
    assert {**audit, "time": ""} == {"time": "", "event": "recall", "outcome": "refused",
                                     "source": "acme", "userid": "LiNa", "reason": reason}
    assert sim.calls()["auth/getuserinfo"] == logins
    assert visit(site, other).status_code == 200


def test_second_session_of_the_member(site, sim, signed_in, log):
    """It ends too, though nobody has read the member for it."""
    one, other = signed_in(site, "LiNa"), signed_in(site, "LiNa")
    sim.member("LiNa", status=2)
    keep_asking(site, one, is_out, "LiNa is out")
    assert is_out(visit(site, other))
    log.expect("WC0364")


def test_back_again(site, sim, signed_in, log):
    """Whoever is active again signs in, and the old session stays over."""
    old = signed_in(site, "LiNa")
    name, value = old.session_cookie
    sim.member("LiNa", status=2)
    keep_asking(site, old, is_out, "LiNa is out")
    log.wait("WC0364")
    ended = time.time()
    sim.member("LiNa", status=1)
    wait_until(lambda: time.time() > ended + 1, 5, "the second of the recall counts as before")
    assert visit(site, signed_in(site, "LiNa")).status_code == 200
    old.set_cookie(name, value)
    assert is_out(visit(site, old))


def test_all_apps_of_the_corp(fresh, sim, browsers, log):
    """Whoever has left is out of every source of the enterprise."""
    sources = (Source(), Source(id="second", app=1))
    site = fresh(lines=SOON, sources=sources, places=(
        Place("/one", lines=("WeComSources acme",)),
        Place("/two", lines=("WeComSources second",))))
    one, two = browsers(WECOM_IOS, person="LiNa"), browsers(WECOM_IOS, person="LiNa")
    assert one.walk(site.url("/one/")).page.status_code == 200
    assert two.walk(site.url("/two/")).page.status_code == 200
    sim.member("LiNa", status=2)
    keep_asking(site, one, is_out, "LiNa is out", "/one/")
    log.expect("WC0352", "source acme")
    assert is_out(visit(site, two, "/two/"))
    log.expect("WC0352", "source second")
    log.expect("WC0364", "source acme")


# --- who has changed ---

def test_departments_follow(site, sim, signed_in, log):
    browser = signed_in(site, "LiNa")
    before = site.environment(browser)["WECOM_DEPARTMENTS"]
    cookie = browser.session_cookie
    sim.member("LiNa", department="2,3", name="李娜娜")
    answer = keep_asking(site, browser, is_sealed_anew, "the ticket is sealed anew")
    assert len(answer.headers.get_list("Set-Cookie")) == 1
    assert browser.session_cookie != cookie
    log.expect("WC0365", "LiNa")
    env = site.environment(browser)
    assert env["WECOM_DEPARTMENTS"] == "2,3" != before
    assert env["WECOM_NAME"] == "李娜娜"
    assert not visit(site, browser).headers.get_list("Set-Cookie"), "once"
    assert told(site, browser)["departments"] == [2, 3]


def test_further_fields_follow(fresh, sim, browsers, log):
    """Each virtual host by its own names, though both share what was heard; and a session from
    before WeComSessionFields gets what it lacks."""
    site = fresh(lines=(*SOON, "WeComSessionFields position no=extattr:工号"), vhosts=(
        Vhost("second", places=(Place(),), lines=("WeComSessionFields no=position",)),))
    seen = []
    for vhost in ("", "second"):
        browser = browsers(WECOM_IOS, person="zhangwei")
        browser.walk(site.url("/intranet/", vhost))
        seen.append(browser)
    older = browsers(WECOM_IOS, person="zhangwei")
    older.set_cookie(*Sealer(site.httpd.paths, site).ticket())
    assert "position" not in told(site, older)
    log.allow("WC0365")
    sim.member("zhangwei", position="董事长")

    def of(browser, vhost=""):
        answer = browser.request("GET", site.url("/wecom/session", vhost), FETCH)
        browser.get(site.url("/intranet/", vhost))
        return {name: answer.json().get(name) for name in ("position", "no")}

    wait_until(lambda: of(seen[0]) == {"position": "董事长", "no": "A0001"}, 30, "the new position")
    wait_until(lambda: of(seen[1], "second") == {"position": None, "no": "董事长"}, 30, "the other")
    wait_until(lambda: of(older) == {"position": "董事长", "no": "A0001"}, 30, "the older session")


def test_unchanged_is_not_written(site, sim, signed_in):
    browser = signed_in(site, "LiNa")
    before = reads(sim)
    assert before == 1
    answers = []
    keep_asking(site, browser, lambda answer: answers.append(answer) or reads(sim) > before + 1,
                "read twice")
    assert all(a.status_code == 200 and not a.headers.get_list("Set-Cookie") for a in answers)


def test_consent_is_no_change(fresh, sim, browsers):
    """user/get withholds what the member has consented to: the re-reading after such a login says
    the same, and the session keeps it."""
    site = fresh(lines=(*SOON, "WeComSessionFields email mobile"),
                 sources=(Source(lines=("WeComScope privateinfo",)),))
    browser = browsers(WECOM_IOS, person="chenjing")
    walk = browser.walk(site.url("/intranet/"))
    assert walk.page.headers.get("X-Sim-Page") == "consent", walk.trail
    browser.walk(walk.url, method="POST", data={"answer": "allow", "email": "1", "mobile": "1"})
    before = reads(sim)
    answers = []
    keep_asking(site, browser, lambda answer: answers.append(answer) or reads(sim) > before + 1,
                "read twice")
    assert all(a.status_code == 200 and not a.headers.get_list("Set-Cookie") for a in answers)
    assert told(site, browser)["email"] == "chenjing@example.com"


def test_both_sessions_of_a_member_take_them(site, sim, signed_in, log):
    one, other = signed_in(site, "LiNa"), signed_in(site, "LiNa")
    sim.member("LiNa", department="2")
    keep_asking(site, one, is_sealed_anew, "the first one")
    assert is_sealed_anew(visit(site, other))
    assert site.environment(other)["WECOM_DEPARTMENTS"] == "2"
    log.expect("WC0365")


def test_login_tells_the_older_session(fresh, sim, signed_in):
    """What a login hears nobody has to read again."""
    site = fresh()      # WeComRefresh 1h
    old = signed_in(site, "LiNa")
    issued = told(site, old)["issued"]
    wait_until(lambda: time.time() > issued + 1, 5, "in one second nobody knows what is newer")
    sim.member("LiNa", department="2")
    signed_in(site, "LiNa")
    assert is_sealed_anew(visit(site, old))
    assert site.environment(old)["WECOM_DEPARTMENTS"] == "2"
    assert reads(sim) == 2


def test_lost_by_the_cache(site, sim, signed_in, log):
    """The facts of a restart are gone with the cache, and the mark is not: log in again."""
    browser, idle = signed_in(site, "LiNa"), signed_in(site, "LiNa")
    sim.member("LiNa", department="2")
    keep_asking(site, browser, is_sealed_anew, "changed")
    site.start_again()
    assert visit(site, browser).status_code == 200
    assert is_out(visit(site, idle))
    log.expect("WC0351", "LiNa")


# --- WeCom does not say ---

FAULTS = {
    "http": ("http", {"code": 502}, "WC0233"),
    "ip": ("errcode", {"code": 60020}, "WC0222"),
    "limit": ("errcode", {"code": 45009}, "WC0227"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_wecom_fails(site, sim, signed_in, log, fault):
    """Nothing changes; one line a minute; and when it answers again all goes on."""
    kind, more, _ = FAULTS[fault]
    browser = signed_in(site, "LiNa")
    sim.fault(CALL, kind, **more)
    sim.member("LiNa", status=2)
    keep_asking(site, browser, lambda a: a.status_code != 200 or log.find("WC0354"), "it is told")
    assert visit(site, browser).status_code == 200
    before = reads(sim)
    keep_asking(site, browser, lambda a: a.status_code != 200 or reads(sim) > before + 1,
                "asked again")
    assert visit(site, browser).status_code == 200
    assert len(log.find("WC0354")) == 1
    log.expect("WC0354", "source acme")
    sim.clear_faults()
    keep_asking(site, browser, is_out, "LiNa is out")
    log.expect("WC0364", "LiNa")


def test_one_record_that_cannot_be_read(fresh, sim, paths, browsers, log):
    """It says nothing about the others, who are read all the same."""
    site = fresh(lines=("WeComRefresh 60s",))
    sealer = Sealer(paths, site)
    odd, other = browsers(), browsers()
    for browser, userid in ((odd, "LiNa"), (other, "zhangwei")):
        browser.set_cookie(*sealer.ticket(issued=1000, checked=int(time.time()) - 1000,
                                          userid=userid, source="acme"))
    sim.fault(CALL, "garbage", times=1)
    keep_asking(site, odd, lambda a: a.status_code != 200 or log.find("WC0354"), "it is told")
    sim.member("zhangwei", status=2)
    keep_asking(site, other, is_out, "zhangwei is out")
    assert visit(site, odd).status_code == 200
    log.expect("WC0364", "zhangwei")
    log.expect("WC0354", "source acme")


def test_until_grace(fresh, sim, signed_in, log):
    site = fresh(lines=("WeComRefresh 1s", "WeComRefreshGrace 4s"))
    browser = signed_in(site, "LiNa")
    sim.fault(CALL, "errcode", code=60020)
    keep_asking(site, browser, lambda answer: log.find("WC0354"), "it is told")
    assert visit(site, browser).status_code == 200
    keep_asking(site, browser, is_out, "grace is over")
    log.expect("WC0353", "LiNa")
    log.expect("WC0354")


def test_confirmed_lives_on(fresh, sim, signed_in):
    """Grace counts from the last yes, and not from the login."""
    site = fresh(lines=("WeComRefresh 1s", "WeComRefreshGrace 3s"))
    browser = signed_in(site, "LiNa")
    keep_asking(site, browser, lambda a: a.status_code != 200 or reads(sim) > 4, "read four times")
    assert visit(site, browser).status_code == 200


def test_members_that_nobody_checks(fresh, sim, signed_in):
    """WeComCheckMember Off: never read, and no grace."""
    site = fresh(lines=("WeComRefresh 1s", "WeComRefreshGrace 1s"),
                 sources=(Source(lines=("WeComCheckMember Off",)),))
    browser = signed_in(site, "LiNa")
    issued = told(site, browser)["issued"]
    sim.reset_counts()
    wait_until(lambda: time.time() > issued + 3, 10, "grace is over")
    assert visit(site, browser).status_code == 200
    site.httpd.graceful()       # whatever was begun in the background comes to its end
    assert visit(site, browser).status_code == 200
    assert not sim.calls()


# --- many children ---

def test_eight_children_ask_once(fresh, sim, signed_in):
    """All of them see that the member is due; one asks."""
    more = () if mpm() == "prefork" else ("ServerLimit 8", "MaxRequestWorkers 32",
                                          "MaxSpareThreads 32")
    site = fresh(lines=("WeComRefresh 5s", *more), starts=8, threads=4)
    wait_until(lambda: len(site.httpd.children()) == 8, 20, "eight children")
    browser = signed_in(site, "LiNa")
    due = time.monotonic() + 6
    before = reads(sim)
    with ThreadPoolExecutor(8) as pool:
        def work(_):
            while time.monotonic() < due or (reads(sim) == before
                                             and time.monotonic() < due + 20):
                assert visit(site, browser).status_code == 200
        list(pool.map(work, range(8)))
    assert reads(sim) == before + 1


# --- what lives on ---

@pytest.mark.parametrize("restart", ["graceful", "reload", "stop-start", "kill"])
def test_recalled_stays_recalled(site, sim, signed_in, log, restart):
    browser = signed_in(site, "LiNa")
    sim.member("LiNa", status=2)
    name, value = browser.session_cookie
    keep_asking(site, browser, is_out, "LiNa is out")
    log.wait("WC0364")
    sim.member("LiNa", status=1)
    if restart == "graceful":
        site.httpd.graceful()
    elif restart == "reload":
        site.httpd.reload()
    elif restart == "stop-start":
        site.start_again()
    else:
        site.httpd.kill_all()
        site.httpd.start(("AH00098",))      # an unclean shutdown
    browser.set_cookie(name, value)
    assert is_out(visit(site, browser))
    log.expect("WC0352", "LiNa")


def test_file_of_the_table(site, signed_in):
    browser = signed_in(site, "LiNa")
    file = site.httpd.root / RECALL
    status = file.stat()
    assert status.st_size == (SLOTS + 1) * 64 <= 1024 * 1024
    assert status.st_mode & 0o777 == 0o600
    if run_user():
        assert file.owner() == run_user()
    assert visit(site, browser).status_code == 200


SPOILT = {
    "noise": lambda file: file.write_bytes(os.urandom((SLOTS + 1) * 64)),
    "cut": lambda file: os.truncate(file, 500000),
    "empty": lambda file: os.truncate(file, 0),
    "link": lambda file: (file.unlink(), file.symlink_to("/dev/zero")),
    "folder": lambda file: (file.unlink(), file.mkdir()),
}


@pytest.mark.parametrize("how", SPOILT)
def test_spoilt_at_start(fresh, sim, signed_in, log, how):
    """Nobody who was recalled comes back; everybody logs in once."""
    site = fresh(lines=SOON)
    recalled, other = signed_in(site, "LiNa"), signed_in(site, "zhangwei")
    name, value = recalled.session_cookie
    sim.member("LiNa", status=2)
    keep_asking(site, recalled, is_out, "LiNa is out")
    log.wait("WC0364")
    sim.member("LiNa", status=1)
    site.httpd.stop()
    SPOILT[how](site.httpd.root / RECALL)
    site.httpd.start(("WC0356",))
    recalled.set_cookie(name, value)
    assert is_out(visit(site, recalled)) and is_out(visit(site, other))
    started = time.time()
    wait_until(lambda: time.time() > started + 1, 5, "the second of the start counts as before")
    assert visit(site, signed_in(site, "zhangwei")).status_code == 200
    if how in ("link", "folder"):
        log.expect("WC0355", "run/recall cannot be written")


def test_spoilt_while_it_runs(site, sim, signed_in, log):
    """The file is a copy: it is written anew, and nobody notices."""
    browser = signed_in(site, "LiNa")
    file = site.httpd.root / RECALL
    for spoil in (lambda: os.truncate(file, 1000), file.unlink,
                  lambda: file.write_bytes(b"\xa5" * (SLOTS + 1) * 64)):
        spoil()
        assert visit(site, browser).status_code == 200
        before = reads(sim)
        keep_asking(site, browser, lambda a: a.status_code != 200 or reads(sim) > before, "read")
        wait_until(lambda: file.exists() and file.read_bytes().startswith(b"1LACERCW"), 10,
                   "it is whole again")
        assert file.stat().st_size == (SLOTS + 1) * 64
    sim.member("LiNa", status=2)
    keep_asking(site, browser, is_out, "LiNa is out")
    log.wait("WC0364")
    site.start_again()
    assert visit(site, signed_in(site, "zhangwei")).status_code == 200
