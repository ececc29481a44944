# SPDX-License-Identifier: Apache-2.0
"""Pending logins: bound to one browser, spent once, found again when their cookie is gone.

No code is exchanged without the cookie of its state, so nobody's link can sign the visitor in as
somebody else.
"""
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest

from harness.client import FETCH, WECOM_IOS, incident, links, session_in
from harness.seal import Sealer, make_key
from harness.site import Place, Source

CLIENT = "/connect/oauth2/authorize"
COOKIE_LOST = "Your browser did not keep the sign-in (cookie)."
TOO_LONG = "This sign-in took too long."


@pytest.fixture
def site(sites):
    return sites()


@pytest.fixture
def sealer(paths, site):
    return Sealer(paths, site)


@pytest.fixture
def warm(site, sim, signed_in):
    """The site has a token that lives, so that calls can be counted."""
    signed_in(site, "chenjing")
    sim.reset_counts()


def query(url):
    return {name: values[0] for name, values in
            parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def pending_of(browser):
    return sorted(name for name in browser.cookies if name.startswith("wecomp_"))


def dropped(answer):
    """Names of the cookies that the answer deletes."""
    return [header.partition("=")[0] for header in answer.headers.get_list("Set-Cookie")
            if "; Max-Age=0" in header]


def state_in(answer):
    return query(answer.headers["Location"])["state"]


def begin(site, browser, path="/intranet/"):
    """From the protected page to WeCom's door: the address there."""
    answer = browser.get(site.url(path))
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].partition("#")[0]


def go(browser, authorize):
    """Through WeCom's door: the address of the return."""
    return browser.get(authorize).headers["Location"]


def back(site, state, code="ABCDEFGH"):
    return site.url(f"/wecom/return?code={code}&state={state}")


def who(site, browser):
    answer = browser.request("GET", site.url("/wecom/session"), FETCH)
    return answer.json().get("userid")


def exchanged(sim):
    return sim.calls().get("auth/getuserinfo", 0)


# --- how many ---

def test_four_at_most(site, sealer, browsers):
    browser = browsers(WECOM_IOS)
    sealed = [sealer.pending(issued=100 - number) for number in range(4)]
    for name, value, _ in sealed:
        browser.set_cookie(name, value)
    answer = browser.get(site.url("/intranet/"))
    assert dropped(answer) == [sealed[0][0]]
    assert len(pending_of(browser)) == 4 and sealed[0][0] not in pending_of(browser)


def test_more_than_four_are_cut_down(site, sealer, browsers):
    browser = browsers(WECOM_IOS)
    sealed = [sealer.pending(issued=100 - number) for number in range(9)]
    for name, value, _ in reversed(sealed):
        browser.set_cookie(name, value)
    answer = browser.get(site.url("/intranet/"))
    assert sorted(dropped(answer)) == [name for name, _, _ in sealed[:6]]


def test_expired_and_malformed_ones_go_first(site, sealer, browsers):
    browser = browsers(WECOM_IOS)
    good = [sealer.pending(issued=30 - number) for number in range(3)]
    bad = [sealer.pending(issued=700), sealer.pending(issued=-700)]
    prefix = good[0][0][:-16]
    names = [name for name, _, _ in bad] + [prefix + "x", prefix + "-" * 16]
    for name, value, _ in good + bad:
        browser.set_cookie(name, value)
    for name in names[2:]:
        browser.set_cookie(name, "y")
    assert sorted(dropped(browser.get(site.url("/intranet/")))) == sorted(names)


def test_evicted_login_still_finds_its_page(site, browsers):
    browser = browsers(WECOM_IOS)
    authorize = begin(site, browser, "/intranet/?mine")
    browser.drop_cookies()
    walk = browser.walk(authorize)
    assert [hop.place.partition("/")[2] for hop in walk.hops] == [
        "connect/oauth2/authorize", "wecom/return",
        "connect/oauth2/authorize", "wecom/return", "intranet/"]
    assert walk.url == site.url("/intranet/?mine") and walk.page.status_code == 200


def test_six_tabs_one_after_the_other(site, browsers):
    """Two have lost their cookies, and wait a second for the others."""
    browser = browsers(WECOM_IOS)
    doors = {begin(site, browser, f"/intranet/?tab={number}"): f"/intranet/?tab={number}"
             for number in range(6)}
    kept = {name[-16:] for name in pending_of(browser)}
    lost = [door for door in doors if query(door)["state"][1:17] not in kept]
    assert len(kept) == 4 and len(lost) == 2
    waiting = [browser.walk(door) for door in lost]
    for walk in waiting:
        answer = walk.page
        assert "One moment" in answer.text and answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Refresh"] == "1; url=/" + walk.url.removeprefix(site.url())
    ends = [(browser.walk(door), doors[door]) for door in doors if door not in lost]
    ends += [(browser.walk(walk.url), doors[door]) for walk, door in zip(waiting, lost)]
    for walk, path in ends:
        assert walk.url == site.url(path) and walk.page.status_code == 200, walk.trail


def test_evicted_scan_still_finds_its_page(site, browsers):
    """On a PC: the second try shows the scan page again."""
    browser = browsers()
    walk = browser.walk(site.url("/intranet/?mine"))
    browser.drop_cookies()
    walk = browser.confirm(walk)
    assert walk.page.headers["X-Sim-Page"] == "wwlogin" and browser.session_cookie is None
    walk = browser.confirm(walk)
    assert walk.url == site.url("/intranet/?mine") and walk.page.status_code == 200


# --- many tabs of a browser that was left open over night ---

@pytest.mark.parametrize("round_", range(3))
def test_ten_tabs_at_once(site, sealer, browsers, round_):
    browser = browsers(WECOM_IOS)
    browser.set_cookie(*sealer.ticket(issued=13 * 3600, seen=5 * 3600))
    barrier = threading.Barrier(10, timeout=60)

    def tab(number):
        barrier.wait()
        walk = browser.walk(site.url(f"/intranet/?tab={number}&round={round_}"))
        while "Refresh" in walk.page.headers:   # it waits for the others
            time.sleep(1)
            walk = browser.walk(walk.url)
        return number, walk

    with ThreadPoolExecutor(10) as pool:
        for number, walk in pool.map(tab, range(10)):
            assert walk.url == site.url(f"/intranet/?tab={number}&round={round_}"), walk.trail
            assert walk.page.status_code == 200
    assert who(site, browser) == "zhangwei"


# --- the cookie of another one ---

def test_state_of_another_browser(site, browsers, sim, log):
    """Once more in this browser; when the cookie is gone again, the page that says so."""
    link = go(other := browsers(WECOM_IOS, person="LiNa"), begin(site, other, "/intranet/?x"))
    browser = browsers(WECOM_IOS, person="wangfang")
    sim.reset_counts()
    first = browser.get(link)
    assert first.status_code == 302 and CLIENT in first.headers["Location"]
    assert query(link)["state"][0] == "0" and state_in(first)[0] == "1"
    assert browser.session_cookie is None and not exchanged(sim)
    browser.drop_cookies()
    page = browser.get(go(browser, first.headers["Location"].partition("#")[0]))
    assert page.status_code == 400 and COOKIE_LOST in page.text
    assert links(page) == [("Try again", "/intranet/?x")]
    assert browser.session_cookie is None and not exchanged(sim)
    log.expect("WC0203", incident(page))
    assert len(log.find("WC0203")) == 1


def test_second_try_works(site, browsers):
    link = go(other := browsers(WECOM_IOS, person="LiNa"), begin(site, other, "/intranet/?x"))
    browser = browsers(WECOM_IOS, person="wangfang")
    assert browser.walk(link).url == site.url("/intranet/?x")
    assert who(site, browser) == "wangfang"


def test_cookies_of_two_logins_exchanged(site, browsers, sim):
    """A cookie opens for its own state alone, although both are this browser's."""
    browser = browsers(WECOM_IOS)
    one, other = (begin(site, browser, path) for path in ("/intranet/?1", "/intranet/?2"))
    values = browser.cookies
    names = {query(door)["state"]: name for door in (one, other) for name in values
             if name.endswith(query(door)["state"][1:17])}
    assert len(names) == 2
    first, second = names.values()
    browser.set_cookie(first, values[second])
    browser.set_cookie(second, values[first])
    link = go(browser, one)
    sim.reset_counts()
    answer = browser.get(link)
    assert answer.status_code == 302 and state_in(answer)[0] == "1"
    assert first in dropped(answer), "it will never open"
    assert browser.session_cookie is None and not exchanged(sim)


def test_other_half_of_the_state(site, sealer, browsers, sim):
    """The cookie's name holds half of the state; whoever knows that half alone has nothing."""
    name, value, state = sealer.pending(target="/intranet/?mine")
    forged = state[:17] + "z" * 15
    browser = browsers(WECOM_IOS)
    code = query(go(browser, begin(site, browser)))["code"]
    browser.drop_cookies()
    sim.reset_counts()
    answer = browser.get(back(site, forged, code), {"Cookie": f"{name}={value}"})
    assert state_in(answer)[0] == "1" and not exchanged(sim)


@pytest.mark.parametrize("spoil", [
    lambda value: value[:-1], lambda value: "", lambda value: "B" + value[1:],
    lambda value: value[:50] + ("A" if value[50] != "A" else "B") + value[51:],
    lambda value: "A" * 8000], ids=["cut", "empty", "first", "middle", "8k"])
def test_spoiled(site, browsers, sim, spoil):
    browser = browsers(WECOM_IOS)
    door = begin(site, browser, "/intranet/?mine")
    ((name, value),) = browser.cookies.items()
    link = go(browser, door)
    sim.reset_counts()
    answer = browser.get(link, {"Cookie": f"{name}={spoil(value)}"})
    assert answer.status_code == 302 and state_in(answer)[0] == "1"
    assert dropped(answer) == [name] and not exchanged(sim)
    browser.drop_cookie(name)
    assert browser.walk(answer.headers["Location"]).url == site.url("/intranet/?mine")


@pytest.mark.parametrize("url, key", [("http://127.0.0.1:1", None), (None, "foreign.key")],
                         ids=["other-site", "foreign-key"])
def test_foreign(paths, site, sealer, browsers, sim, url, key):
    keys = (make_key(site.httpd.root / key),) if key else ()
    _, value, state = Sealer(paths, site, keys=keys, url=url).pending(target="/intranet/?evil")
    name, _, _ = sealer.pending(state=state)
    browser = browsers(WECOM_IOS)
    answer = browser.get(back(site, state), {"Cookie": f"{name}={value}"})
    assert answer.status_code == 302 and state_in(answer)[0] == "1"
    assert dropped(answer) == [name] and not exchanged(sim)
    browser.drop_cookie(name)
    assert browser.walk(answer.headers["Location"]).url == site.url("/")


def test_session_cookie_as_pending(site, sealer, browsers, sim):
    _, value = sealer.ticket(issued=60)
    name, _, state = sealer.pending()
    answer = browsers(WECOM_IOS).get(back(site, state), {"Cookie": f"{name}={value}"})
    assert answer.status_code == 302 and not exchanged(sim)


def test_good_one_behind_a_bad_one(site, browsers):
    browser = browsers(WECOM_IOS)
    door = begin(site, browser)
    ((name, value),) = browser.cookies.items()
    link = go(browser, door)
    answer = browser.get(link, {"Cookie": f"{name}=x; {name}={value}"})
    assert answer.headers["Location"] == site.url("/intranet/") + "#"
    assert who(site, browser) == "zhangwei"


# --- time ---

@pytest.mark.parametrize("issued", [605, 86400, -700], ids=["old", "a-day", "future"])
def test_too_old(site, sealer, browsers, sim, log, issued):
    name, value, state = sealer.pending(issued=issued, target="/intranet/?mine")
    browser = browsers(WECOM_IOS)
    page = browser.get(back(site, state), {"Cookie": f"{name}={value}"})
    assert page.status_code == 400 and TOO_LONG in page.text and dropped(page) == [name]
    assert not exchanged(sim) and browser.session_cookie is None
    log.expect("WC0202", incident(page))


@pytest.mark.parametrize("issued", [590, -500], ids=["old", "future"])
def test_not_too_old(site, sealer, browsers, issued):
    name, value, state = sealer.pending(issued=issued, target="/intranet/?mine")
    browser = browsers(WECOM_IOS)
    code = query(go(browser, begin(site, browser)))["code"]
    answer = browser.get(back(site, state, code), {"Cookie": f"{name}={value}"})
    assert answer.headers["Location"] == site.url("/intranet/?mine") + "#"


# --- somebody else's link ---

@pytest.fixture
def lure(site, browsers):
    """A good return link of LiNa's, unspent, and her browser."""
    attacker = browsers(WECOM_IOS, person="LiNa")
    return go(attacker, begin(site, attacker, "/intranet/?lure")), attacker


def check_lure_was_good(site, attacker, link):
    """It failed because of the browser alone."""
    assert attacker.walk(link).url == site.url("/intranet/?lure")
    assert who(site, attacker) == "LiNa"


def test_link_signs_nobody_in(site, browsers, sim, lure):
    link, attacker = lure
    victim = browsers(WECOM_IOS, person="wangfang")
    sim.reset_counts()
    answer = victim.get(link)
    assert victim.session_cookie is None and not exchanged(sim)
    assert victim.walk(answer.headers["Location"]).page.status_code == 200
    assert who(site, victim) == "wangfang"
    check_lure_was_good(site, attacker, link)


def test_link_in_a_browser_on_a_pc(site, browsers, sim, lure):
    link, attacker = lure
    victim = browsers()
    sim.reset_counts()
    walk = victim.walk(link)
    assert walk.page.headers["X-Sim-Page"] == "wwlogin"
    assert victim.session_cookie is None and not exchanged(sim)
    check_lure_was_good(site, attacker, link)


def test_link_while_a_login_of_ones_own_is_under_way(site, browsers, sim, lure):
    link, attacker = lure
    victim = browsers(WECOM_IOS, person="wangfang")
    own = begin(site, victim, "/intranet/?own")
    sim.reset_counts()
    answer = victim.get(link)
    assert "One moment" in answer.text and answer.headers["Refresh"].startswith("1; url=/wecom/")
    assert victim.session_cookie is None and not exchanged(sim)
    assert victim.walk(own).url == site.url("/intranet/?own")
    assert who(site, victim) == "wangfang"
    check_lure_was_good(site, attacker, link)


def test_link_for_somebody_who_is_known(site, sim, signed_in, lure):
    link, attacker = lure
    victim = signed_in(site, "wangfang")
    before = session_in(victim.request("GET", site.url("/wecom/session"), FETCH))
    sim.reset_counts()
    answer = victim.get(link)
    assert answer.status_code == 302
    assert answer.headers["Location"] == site.url("/intranet/?lure") + "#"
    assert not answer.headers.get_list("Set-Cookie") and not exchanged(sim)
    assert session_in(victim.request("GET", site.url("/wecom/session"), FETCH)) == before
    check_lure_was_good(site, attacker, link)


def test_link_as_an_image(site, browsers, sim, lure):
    """Whatever asks: nothing is exchanged."""
    link, attacker = lure
    victim = browsers(WECOM_IOS, person="wangfang")
    sim.reset_counts()
    for headers in (FETCH, {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"}, {}):
        victim.request("GET", link, headers)
    assert victim.session_cookie is None and not exchanged(sim)
    check_lure_was_good(site, attacker, link)


# --- spent once ---

def test_reloaded_return(site, browsers, sim):
    browser = browsers(WECOM_IOS)
    link = go(browser, begin(site, browser, "/intranet/?mine"))
    assert browser.walk(link).url == site.url("/intranet/?mine")
    sim.reset_counts()
    for _ in range(2):
        answer = browser.get(link)
        assert answer.status_code == 302
        assert answer.headers["Location"] == site.url("/intranet/?mine") + "#"
    assert not exchanged(sim)


def test_return_with_its_cookie_once_more(site, browsers, sim, warm):
    """The second copy of a doubled request: it arrives with the cookie, and exchanges nothing."""
    browser = browsers(WECOM_IOS)
    link = go(browser, begin(site, browser, "/intranet/?mine"))
    ((name, value),) = browser.cookies.items()
    for _ in range(2):
        answer = browser.get(link, {"Cookie": f"{name}={value}"})
        assert answer.headers["Location"] == site.url("/intranet/?mine") + "#"
    assert exchanged(sim) == 1


def test_doubled_return_at_once(site, browsers, sim, warm):
    browser = browsers(WECOM_IOS)
    link = go(browser, begin(site, browser, "/intranet/?mine"))
    ((name, value),) = browser.cookies.items()
    barrier = threading.Barrier(4, timeout=60)

    def visit(_):
        barrier.wait()
        return browser.get(link, {"Cookie": f"{name}={value}"})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(visit, range(4)))
    assert [answer.headers["Location"] for answer in answers] == [
        site.url("/intranet/?mine") + "#"] * 4
    assert exchanged(sim) == 1 and who(site, browser) == "zhangwei"


def test_session_of_another_source_does_not_send_round_in_circles(sites, browsers):
    """A reloaded return for a place that the session does not open begins one login, not many."""
    hr = Source("hr", app=1, lines=('WeComDisplayName "HR"',))
    site = sites(sources=(Source(), hr), places=(
        Place(lines=("WeComSources acme",)), Place("/hr", lines=("WeComSources hr",))))
    browser = browsers(WECOM_IOS)
    link = go(browser, begin(site, browser, "/hr/?mine"))
    browser.walk(link)
    browser.walk(site.url("/intranet/"))
    assert browser.walk(link).url == site.url("/hr/?mine")


# --- codes that WeCom does not take ---

def test_unknown_code(site, browsers, sim, warm, log):
    browser = browsers(WECOM_IOS)
    state = query(begin(site, browser, "/intranet/?mine"))["state"]
    answer = browser.get(back(site, state))
    assert CLIENT in answer.headers["Location"] and state_in(answer)[0] == "1"
    page = browser.get(back(site, state_in(answer)))
    assert page.status_code == 400 and TOO_LONG in page.text
    assert links(page) == [("Try again", "/intranet/?mine")]
    assert exchanged(sim) == 2 and browser.session_cookie is None and not pending_of(browser)
    log.expect("WC0221", "errcode 40029")
    (line,) = log.find("WC0221")
    assert "a program that opens each link twice" in line.text and incident(page) in line.text


def test_second_try_with_a_good_code(site, browsers):
    browser = browsers(WECOM_IOS)
    state = query(begin(site, browser, "/intranet/?mine"))["state"]
    walk = browser.walk(back(site, state))
    assert walk.url == site.url("/intranet/?mine") and walk.page.status_code == 200


def use_up(sim, code):
    """As if another program had exchanged it."""
    app = sim.app()
    with httpx.Client(base_url=sim.api + "/cgi-bin/", trust_env=False) as http:
        token = http.get("gettoken", params={"corpid": app.corpid, "corpsecret": app.secret})
        answer = http.get("auth/getuserinfo", params={
            "access_token": token.json()["access_token"], "code": code})
    assert answer.json()["errcode"] == 0


@pytest.mark.parametrize("end", ["used", "expired"])
def test_code_that_was_good(site, browsers, sim, log, end):
    browser = browsers(WECOM_IOS)
    door = begin(site, browser, "/intranet/?mine")
    for mark in "01":
        link = go(browser, door)
        assert query(link)["state"][0] == mark
        if end == "used":
            use_up(sim, query(link)["code"])
        else:
            sim.skew(301 if mark == "0" else 602)
        answer = browser.get(link)
        door = answer.headers.get("Location", "").partition("#")[0]
    assert answer.status_code == 400 and browser.session_cookie is None
    log.expect("WC0221", incident(answer))
    assert len(log.find("WC0221")) == 1


@pytest.mark.parametrize("code", ["a" * 513, "%E5%BC%A0", "a%20b", "%00", "%0d%0aX:%20y"],
                         ids=["long", "utf8", "blank", "nul", "line"])
def test_code_that_is_none(site, browsers, sim, code):
    browser = browsers(WECOM_IOS)
    state = query(begin(site, browser))["state"]
    page = browser.get(back(site, state, code))
    assert page.status_code == 400 and incident(page).startswith("WC0205-")
    assert not exchanged(sim) and len(pending_of(browser)) == 1


@pytest.mark.parametrize("state", ["", "x", "0" * 31, "0" * 33, "2" + "0" * 31, "0" * 31 + "-",
                                   "0" * 129, "%00" * 32, "0" * 31 + "%C3%A9"])
def test_state_that_is_none(site, browsers, sim, state):
    page = browsers(WECOM_IOS).get(back(site, state))
    assert page.status_code == 400 and incident(page)[:6] in ("WC0205", "WC0286")
    assert not exchanged(sim)


def test_state_that_nobody_knows(site, sealer, browsers, sim, warm):
    """It looks good and no cache has it: the login begins, to the root."""
    _, _, state = sealer.pending()
    browser = browsers(WECOM_IOS)
    walk = browser.walk(back(site, state))
    assert walk.url == site.url("/") and walk.page.status_code == 200
    assert exchanged(sim) == 1


def test_appid_of_another_corp(site, browsers, sim, log):
    browser = browsers(WECOM_IOS)
    link = go(browser, begin(site, browser, "/intranet/?mine"))
    page = browser.get(f"{link}&appid={sim.app(corp=1).corpid}")
    assert page.status_code == 400 and not exchanged(sim)
    log.expect("WC0206", incident(page))
    assert browser.walk(f"{link}&appid={sim.app().corpid.upper()}").url \
        == site.url("/intranet/?mine"), "nothing was spent"


# --- a browser that forgets ---

def sign_in_and_forget(site, browser, person=None):
    """person: another one at the same address."""
    agent = {"User-Agent": f"{WECOM_IOS} SimUser/{person}"} if person else None
    walk = browser.walk(site.url("/intranet/"), agent)
    browser.drop_cookies()
    return walk.page


def test_third_login_in_a_minute(site, browsers, log):
    browser = browsers(WECOM_IOS)
    assert [sign_in_and_forget(site, browser).status_code for _ in range(2)] == [200, 200]
    page = sign_in_and_forget(site, browser)
    assert page.status_code == 400 and COOKIE_LOST in page.text
    assert links(page) == [("Try again", "/intranet/")]
    log.expect("WC0204", incident(page))
    (line,) = log.find("WC0204")
    assert "compare its name, Domain, Path and Secure" in line.text


def test_third_login_of_others(site, browsers):
    """Counted by member and address: neither is a loop."""
    one, other = browsers(WECOM_IOS, person="LiNa"), browsers(WECOM_IOS, person="LiNa")
    for browser in (one, other, one, other):
        assert sign_in_and_forget(site, browser).status_code == 200
    for person in ("wangfang", "liuyang", "chenjing"):
        assert sign_in_and_forget(site, one, person).status_code == 200


def test_logout_resets_the_count(site, browsers):
    browser = browsers(WECOM_IOS)
    for _ in range(4):
        assert browser.walk(site.url("/intranet/")).page.status_code == 200
        browser.get(site.url("/wecom/logout"), initiator=site.url("/intranet/"))
        assert browser.session_cookie is None


# --- long targets ---

def target(length):
    return "/intranet/?" + "x" * (length - len("/intranet/?"))


@pytest.mark.parametrize("length", [100, 600, 640, 700, 1000, 2000, 2048])
def test_long_target(site, browsers, length):
    browser = browsers(WECOM_IOS)
    door = begin(site, browser, target(length))
    ((name, value),) = browser.cookies.items()
    assert len(name) + len(value) < 1100, "four of them and a session fit one header line"
    walk = browser.walk(door)
    assert walk.url == site.url(target(length)) and walk.page.status_code == 200


@pytest.mark.parametrize("length", [2049, 5000])
def test_target_beyond_the_ceiling(site, browsers, length):
    browser = browsers(WECOM_IOS)
    walk = browser.walk(site.url(target(length)))
    assert walk.url == site.url("/") and walk.page.status_code == 200


@pytest.mark.parametrize("length, end", [(2048, None), (2049, "/")])
def test_long_target_of_the_login_page(site, browsers, length, end):
    walk = browsers(WECOM_IOS).walk(site.url(
        "/wecom/login?source=acme&return=" + quote(target(length), safe="")))
    if end:
        assert incident(walk.page).startswith("WC0205-")
    else:
        assert walk.url == site.url(target(length))


def test_long_target_whose_cookie_was_evicted(site, browsers):
    browser = browsers(WECOM_IOS)
    door = begin(site, browser, target(2000))
    browser.drop_cookies()
    assert browser.walk(door).url == site.url(target(2000))
