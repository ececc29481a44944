# SPDX-License-Identifier: Apache-2.0
"""Everything that WeCom can do to a login: each of its errors at each of the calls.

The visitor sees a page with a number to read out; the log has one line with that number, the
cause and the cure; nothing of it holds a secret; and WeCom is not asked more often than helps.
"""
import re

import pytest

from harness.client import FETCH, WECOM_IOS, incident, links
from harness.site import Source
from harness.spellings import Spellings

TOKEN, IDENTITY, MEMBER, DETAIL = CALLS = (
    "gettoken", "auth/getuserinfo", "user/get", "auth/getuserdetail")
PRIVATE = "WeComScope privateinfo"

ABOUT_THE_PERSON = {"WC0211", "WC0212", "WC0213", "WC0214"}
STATUS = {"WC0211": 403, "WC0212": 403, "WC0213": 403, "WC0214": 403, "WC0215": 502,
          "WC0221": 400, "WC0222": 502, "WC0223": 502, "WC0224": 502, "WC0225": 502,
          "WC0226": 502, "WC0227": 503, "WC0228": 502, "WC0231": 503, "WC0232": 503,
          "WC0233": 503, "WC0234": 502, "WC0235": 503}
CURE = {"WC0212": "Visible range", "WC0213": "Visible range", "WC0221": "AgentID",
        "WC0222": "add the address that WeCom saw; ", "WC0223": "trusted domain",
        "WC0224": "WeComSecret", "WC0225": "WeComAgentID", "WC0228": "list of global error codes",
        "WC0231": "WeComBaseURL", "WC0232": "WeComTimeout", "WC0233": "WeComBaseURL",
        "WC0234": "WeComBaseURL", "WC0235": "see the earlier message"}

# Document 90313, what each means for a login.
ERRCODES = {
    -1: "WC0227", 6000: "WC0228", 40001: "WC0224", 40003: "WC0213", 40013: "WC0224",
    40014: "WC0228", 40029: "WC0221", 40035: "WC0228", 40056: "WC0225", 40057: "WC0228",
    40058: "WC0228", 40063: "WC0228", 40066: "WC0228", 40068: "WC0228", 40078: "WC0228",
    40082: "WC0228", 40084: "WC0224", 40091: "WC0224", 40093: "WC0228", 40163: "WC0221",
    41001: "WC0228", 41002: "WC0224", 41004: "WC0224", 41008: "WC0228", 42001: "WC0228",
    42003: "WC0221", 42007: "WC0228", 42009: "WC0228", 42022: "WC0221", 43004: "WC0211",
    45009: "WC0227", 45033: "WC0227", 48001: "WC0225", 48002: "WC0225", 48003: "WC0225",
    48004: "WC0225", 48006: "WC0225", 48009: "WC0225", 50001: "WC0223", 50002: "WC0212",
    50003: "WC0225", 60001: "WC0228", 60003: "WC0228", 60011: "WC0212", 60020: "WC0222",
    60102: "WC0228", 60111: "WC0213", 60123: "WC0228", 81013: "WC0228", 82001: "WC0228",
    84014: "WC0228", 84015: "WC0228", 85004: "WC0228", 85005: "WC0228", 301002: "WC0225",
    301007: "WC0226",
}
DEAD_CODES = (40029, 40163, 42003, 42022)       # the login begins once more
DEAD_TOKENS = (40001, 40014, 42001)             # a new token, and once more

# (kind, its parameters, id, what the line tells)
KINDS = [
    ("http", {"code": 404}, "WC0233", "HTTP status 404"),
    ("http", {"code": 500}, "WC0233", "HTTP status 500"),
    ("http", {"code": 502}, "WC0233", "HTTP status 502"),
    ("drop", {}, "WC0231", "127.0.0.1: "), ("drop_middle", {}, "WC0231", "127.0.0.1: "),
    ("silent", {}, "WC0232", "127.0.0.1: "),
    ("html", {}, "WC0234", "HTML or XML, not JSON"),
    ("garbage", {}, "WC0234", "not a JSON object"),
    ("huge", {}, "WC0234", "larger than 1048576 bytes"),
]

# Fields of each call: what becomes of the login when one is missing, and when it is of another
# type. None: it does without.
FIELDS = {
    TOKEN: {"errcode": (None, "WC0234"), "errmsg": (None, None),
            "access_token": ("WC0234", "WC0234"), "expires_in": (None, None)},
    IDENTITY: {"errcode": (None, "WC0234"), "errmsg": (None, None),
               "userid": ("WC0234", "WC0234"), "user_ticket": (None, None)},
    MEMBER: {"errcode": (None, "WC0234"), "errmsg": (None, None), "userid": ("WC0234", "WC0234"),
             "status": ("WC0234", "WC0234"), "name": (None, None), "department": (None, None),
             "order": (None, None), "is_leader_in_dept": (None, None),
             "main_department": (None, None), "position": (None, None), "alias": (None, None),
             "direct_leader": (None, None), "extattr": (None, None)},
    DETAIL: {"errcode": (None, "WC0234"), "errmsg": (None, None), "userid": ("WC0215", "WC0234"),
             "gender": (None, None), "avatar": (None, None), "mobile": (None, None),
             "email": (None, None), "biz_mail": (None, None)},
}


@pytest.fixture(scope="module")
def plain(sites, sim_process):
    return Spellings(sites, sim_process, "WeComTimeout 1")


@pytest.fixture(scope="module")
def private(sites, sim_process):
    """With a third call: the fields that the member has agreed to give."""
    return Spellings(sites, sim_process, "WeComTimeout 1", PRIVATE)


@pytest.fixture
def pool(plain, private, request):
    """The spellings for the call that the test is about."""
    call = request.node.callspec.params["call"]
    field = request.node.callspec.params.get("field")
    return private if call == DETAIL or field == "user_ticket" else plain


def login(browser, site, source="acme"):
    """Through the client, with the member's consent where it is asked for."""
    walk = browser.walk(site.url(f"/wecom/login?source={source}&return=/intranet/?mine"))
    if walk.page.headers.get("X-Sim-Page") == "consent":
        walk = walk + browser.walk(walk.url, method="POST", data={
            "answer": "allow", "gender": 1, "avatar": 1, "mobile": 1, "email": 1, "biz_mail": 1})
    return walk


def check_in(site, browser, walk, userid="zhangwei"):
    assert walk.url == site.url("/intranet/?mine") and walk.page.status_code == 200, walk.trail
    told = browser.request("GET", site.url("/wecom/session"), FETCH).json()
    assert told["userid"] == userid
    return told


def check_refused(browser, walk, log, id, *words, source="acme"):
    """The page, and exactly one line about it."""
    page = walk.page
    assert page.status_code == STATUS[id], f"{page.status_code} {walk.trail}\n{page.text}"
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers.get("Retry-After") == ("10" if STATUS[id] == 503 else None)
    expected = [("Try again", "/intranet/?mine")]
    if id in ABOUT_THE_PERSON:      # it will not go better for them; in the client nobody else is
        expected = [] if "wxwork" in browser.agent else [("Sign in as someone else",
                                                          "/intranet/?mine")]
    assert links(page) == expected
    assert browser.session_cookie is None
    number = incident(page)
    assert number.startswith(id + "-")
    line = log.wait(id, number)
    told = [line for line in log.lines if re.match("WC02(?!00)", line.id)]
    assert told == [line], "one line for one refusal"
    for word in (f"(source {source}", *words, CURE.get(id, "")):
        assert word in line.text, f"{word!r} is not in {line}"
    return line


# --- errcodes ---

def expected_of(call, code):
    if call == DETAIL and code in (84014, 84015):
        return None     # the sensitive fields are lost, not the login
    return ERRCODES[code]


def check_count(sim, call, code):
    """Asked again only where that helps."""
    calls = sim.calls()
    if code == -1:
        assert calls[call] == 3
    elif code in DEAD_CODES:
        assert calls[call] == (1 if call == TOKEN else 2)
    elif code in DEAD_TOKENS and call != TOKEN:
        assert calls[call] == 2 and calls[TOKEN] >= 1
    else:
        assert calls[call] == 1


@pytest.mark.parametrize("code", ERRCODES)
@pytest.mark.parametrize("call", CALLS)
def test_errcode(pool, sim, browsers, log, call, code):
    site, source = pool.take() if call == TOKEN else (pool.site(), "acme")
    sim.fault(f"/cgi-bin/{call}", "errcode", code=code)
    browser = browsers(WECOM_IOS)
    walk = login(browser, site, source)
    expected = expected_of(call, code)
    check_count(sim, call, code)
    if expected is None:
        check_in(site, browser, walk)
        return
    if call == TOKEN and code in DEAD_CODES:
        # The second try comes within the two seconds after a failed gettoken.
        expected = incident(walk.page).partition("-")[0]
        assert expected in ("WC0235", "WC0221")
    words = [f"gettoken: errcode {code}" if call == TOKEN else f"{call}: errcode {code}"]
    if code == 60020:
        words.append("; the address WeCom saw is 127.0.0.1; cure: ")
    check_refused(browser, walk, log, expected, *words, source=source)


# --- no answer, or none of WeCom's ---

@pytest.mark.parametrize("kind, more, id, word", KINDS,
                         ids=[kind + str(more.get("code", "")) for kind, more, _, _ in KINDS])
@pytest.mark.parametrize("call", CALLS)
def test_no_answer(pool, sim, browsers, log, call, kind, more, id, word):
    site, source = pool.take()
    sim.fault(f"/cgi-bin/{call}", kind, **more)
    browser = browsers(WECOM_IOS)
    walk = login(browser, site, source)
    check_refused(browser, walk, log, id, f"; {call}: ", word, source=source)
    assert sim.calls()[call] == (2 if kind == "drop" else 1) or kind == "drop"
    if kind == "silent":
        assert 0.5 < walk.page.elapsed.total_seconds() < 3, "WeComTimeout is one second"


@pytest.mark.parametrize("call", CALLS)
def test_slow_answer(pool, sim, browsers, call):
    site, source = pool.take()
    sim.fault(f"/cgi-bin/{call}", "delay", ms=300)
    browser = browsers(WECOM_IOS)
    check_in(site, browser, login(browser, site, source))


@pytest.mark.parametrize("call", CALLS)
def test_busy_once(pool, sim, browsers, call):
    site, source = pool.take()
    sim.fault(f"/cgi-bin/{call}", "errcode", code=-1, times=1)
    browser = browsers(WECOM_IOS)
    check_in(site, browser, login(browser, site, source))
    assert sim.calls()[call] == 2


def test_all_calls_slow_together(plain, sim, browsers, log):
    """One timeout for a whole login, not one for each call."""
    site, source = plain.take()
    for call in (TOKEN, IDENTITY, MEMBER):
        sim.fault(f"/cgi-bin/{call}", "delay", ms=600)
    browser = browsers(WECOM_IOS)
    walk = login(browser, site, source)
    check_refused(browser, walk, log, "WC0232", source=source)
    assert walk.page.elapsed.total_seconds() < 2


# --- fields ---

@pytest.mark.parametrize("call, field, kind, id", [
    (call, field, kind, id) for call, fields in FIELDS.items() for field, ids in fields.items()
    for kind, id in zip(("missing", "wrongtype"), ids)])
def test_field(pool, sim, browsers, log, call, field, kind, id):
    fresh = call == TOKEN or id is not None
    site, source = pool.take() if fresh else (pool.site(), "acme")
    sim.fault(f"/cgi-bin/{call}", kind, field=field)
    browser = browsers(WECOM_IOS)
    walk = login(browser, site, source)
    if id is None:
        told = check_in(site, browser, walk)
        assert told.get("name") == (None if (call, field) == (MEMBER, "name") else "张伟")
        assert told["departments"] == ([] if (call, field) == (MEMBER, "department") else [2, 3])
    else:
        check_refused(browser, walk, log, id, f"; {call}: ", source=source)


# --- people who are none of ours ---

@pytest.fixture
def site(plain):
    return plain.site()


@pytest.mark.parametrize("person, words", [
    ("openid:oExample", "not a member of the enterprise"),
    ("openid:oNobody", "not a member of the enterprise"),
    ("ww00000000000000b2/sunqiang", "a member of another enterprise"),
    ("ww00000000000000b2/zhangwei", "a member of another enterprise")])
def test_stranger(site, sim, browsers, log, person, words):
    browser = browsers(WECOM_IOS, person=person)
    walk = login(browser, site)
    assert "You are not a member of Acme." in walk.page.text
    line = check_refused(browser, walk, log, "WC0211", words)
    assert line.level == "warn" and MEMBER not in sim.calls()


@pytest.mark.parametrize("person, status", [("yangtao", 2), ("huangmin", 4), ("liuyang", 5)])
def test_inactive(site, sim, browsers, log, person, status):
    if status == 5:
        sim.member(person, status=status)
    browser = browsers(WECOM_IOS, person=person)
    walk = login(browser, site)
    check_refused(browser, walk, log, "WC0214", f"member {person}", f"status is {status}")


def test_out_of_range(site, sim, browsers, log):
    """The code says who it is, and the app must not see this member."""
    browser = browsers(WECOM_IOS, person="zhaolei")
    walk = login(browser, site)
    check_refused(browser, walk, log, "WC0212", "member zhaolei", "errcode 60011")


def test_deleted_meanwhile(site, sim, browsers, log):
    browser = browsers(WECOM_IOS, person="liuyang")
    door = browser.get(site.url("/wecom/login?source=acme&return=/intranet/?mine"))
    back = browser.get(door.headers["Location"].partition("#")[0]).headers["Location"]
    sim.member("liuyang", deleted=1)
    check_refused(browser, browser.walk(back), log, "WC0213", "member liuyang", "errcode 60111")


def test_address_that_wecom_does_not_trust(sites, sim, browsers, log):
    """gettoken is answered to everybody; the call after it is not (60020)."""
    site = sites(sources=(Source("acme", app=2),))
    browser = browsers(WECOM_IOS)
    walk = login(browser, site)
    check_refused(browser, walk, log, "WC0222", "auth/getuserinfo: errcode 60020",
                  "the address WeCom saw is 127.0.0.1", "trusted IP")
