# SPDX-License-Identifier: Apache-2.0
"""Answers that WeCom should never give: about another member, forged, broken, endless."""
import json

import pytest

from harness.client import FETCH, WECOM_IOS, incident
from harness.fakeapi import FakeApi, reply
from harness.server import wait_until
from harness.site import Source, rules as place
from harness.spellings import Spellings

IDENTITY, MEMBER, DETAIL = "auth/getuserinfo", "user/get", "auth/getuserdetail"


@pytest.fixture(scope="module")
def fake_api(book):
    fake = FakeApi(book)
    yield fake
    fake.stop()


@pytest.fixture
def fake(fake_api):
    fake_api.restore()
    return fake_api


@pytest.fixture(scope="module")
def plain(sites, sim_process, fake_api):
    return Spellings(sites, sim_process, "WeComTimeout 1", f"WeComBaseURL api {fake_api.url}")


def login(browser, spellings):
    """(site, walk, userid or None)"""
    site, source = spellings.take()
    walk = browser.walk(site.url(f"/wecom/login?source={source}&return=/intranet/"))
    return site, walk, who(site, browser).get("userid")


def who(site, browser):
    return browser.request("GET", site.url("/wecom/session"), FETCH).json()


def check_refused(browser, walk, log, id, *words):
    assert browser.session_cookie is None
    assert incident(walk.page).startswith(id + "-"), f"{walk.trail}\n{walk.page.text}"
    line = log.wait(id, incident(walk.page))
    for word in words:
        assert word in line.text, line
    return line


def check_login_refused(browser, spellings, log, id, *words):
    return check_refused(browser, login(browser, spellings)[1], log, id, *words)


def test_good_answers(plain, fake, browsers):
    """Else the tests below would prove nothing."""
    _, walk, userid = login(browsers(WECOM_IOS), plain)
    assert walk.page.status_code == 200 and userid == "LiNa"
    assert fake.seen == ["/cgi-bin/gettoken", "/cgi-bin/auth/getuserinfo", "/cgi-bin/user/get"]


# --- two answers about two people ---

@pytest.mark.parametrize("other", ["zhangwei", "LiNa2", "Li", "LiNa ", "LiN\u0430", ""])
def test_member_is_another_one(plain, fake, browsers, log, other):
    fake.say(MEMBER, {"userid": other, "status": 1})
    check_login_refused(browsers(WECOM_IOS), plain, log, "WC0215", "user/get: ", "another member")


def test_case_is_no_difference(plain, fake, browsers):
    fake.say(MEMBER, {"userid": "lina", "status": 1})
    assert login(browsers(WECOM_IOS), plain)[2] == "LiNa"


def test_case_is_a_difference_for_proxy_developed_apps(sites, fake, browsers, log):
    site = sites(sources=(Source(lines=("WeComProxyDeveloped On",
                                        f"WeComBaseURL api {fake.url}")),))
    fake.say(MEMBER, {"userid": "lina", "status": 1})
    browser = browsers(WECOM_IOS)
    check_refused(browser, browser.walk(site.url("/intranet/")), log, "WC0215")


@pytest.fixture
def private(sites, sim, fake):
    """The simulator gives no ticket to this API; the consent is its own."""
    spellings = Spellings(sites, sim, "WeComScope privateinfo", f"WeComBaseURL api {fake.url}")
    fake.say(IDENTITY, {"userid": "LiNa", "user_ticket": fake.ticket})
    return spellings


def consented(browser, spellings):
    site, walk, _ = login(browser, spellings)
    if walk.page.headers.get("X-Sim-Page") == "consent":
        walk = browser.walk(walk.url, method="POST", data={"answer": "allow", "mobile": 1})
    return site, walk


def test_detail_of_the_same_one(private, fake, browsers):
    browser = browsers(WECOM_IOS)
    site, walk = consented(browser, private)
    assert walk.page.status_code == 200 and who(site, browser)["userid"] == "LiNa"
    assert fake.seen[-1] == "/cgi-bin/auth/getuserdetail"


@pytest.mark.parametrize("detail", [{"userid": "zhangwei"}, {"userid": ""}, {"mobile": "1"}])
def test_detail_of_another_one(private, fake, browsers, log, detail):
    fake.say(DETAIL, detail)
    browser = browsers(WECOM_IOS)
    _, walk = consented(browser, private)
    check_refused(browser, walk, log, "WC0215", "auth/getuserdetail: ")


# --- who leads? ---

WITHOUT_LEADERS = ("<RequireAll>", "Require valid-user", "Require not wecom-leader",
                   "</RequireAll>")


@pytest.mark.parametrize("marks", [
    {}, {"is_leader_in_dept": [1, 1]}, {"is_leader_in_dept": ["yes"]}, {"is_leader_in_dept": 1}],
    ids=["none", "two", "words", "number"])
def test_marks_of_leaders_that_say_nothing(sites, fake, browsers, log, marks):
    """Who is no leader as far as we know must not come in where leaders are kept out."""
    site = sites(sources=(Source(lines=(f"WeComBaseURL api {fake.url}",)),), places=(
        place("members", "Require valid-user"),
        place("others", *WITHOUT_LEADERS),
        place("leaders", "Require wecom-leader"),
        place("led", "<RequireAll>", "Require valid-user", "Require not wecom-attribute leads=9",
              "</RequireAll>")))
    fake.say(MEMBER, {"userid": "LiNa", "status": 1, "department": [3], **marks})
    browser = browsers(WECOM_IOS)
    assert browser.walk(site.url("/members/")).page.status_code == 200
    assert [browser.get(site.url(f"/{name}/")).status_code
            for name in ("others", "leaders", "led")] == [500, 403, 500]
    log.expect("WC0251", "WeCom has not told whether LiNa leads a department")
    log.allow("WC0328")  # at most once a minute
    log.expect("AH01631")
    fake.say(MEMBER, {"userid": "LiNa", "status": 1, "department": [3], "is_leader_in_dept": [0]})
    told = browsers(WECOM_IOS)
    assert told.walk(site.url("/others/")).page.status_code == 200
    assert told.get(site.url("/leaders/")).status_code == 403


def test_marks_of_leaders_that_say_half(sites, fake, browsers, log):
    """Who leads one department is a leader, whatever is not known of another."""
    site = sites(sources=(Source(lines=(f"WeComBaseURL api {fake.url}",)),), places=(
        place("leaders", "Require wecom-leader"), place("others", *WITHOUT_LEADERS),
        place("sales", "Require wecom-leader 4"), place("backend", "Require wecom-leader 3")))
    fake.say(MEMBER, {"userid": "LiNa", "status": 1, "department": [3, 4],
                      "is_leader_in_dept": ["yes", 1]})
    browser = browsers(WECOM_IOS)
    assert browser.walk(site.url("/leaders/")).page.status_code == 200
    assert [browser.get(site.url(f"/{name}/")).status_code
            for name in ("others", "sales", "backend")] == [403, 200, 403]
    log.expect("WC0251", "WeCom has not told whether LiNa leads a department")
    log.expect("AH01631")


def test_leader_whom_wecom_hides_later(sites, fake, browsers, log):
    """What was known at the login does not hold any more, and does not open what it kept shut."""
    site = sites(lines=("WeComRefresh 1s",), places=(place("others", *WITHOUT_LEADERS),
                                                     place("members", "Require valid-user")),
                 sources=(Source(lines=(f"WeComBaseURL api {fake.url}",)),))
    others = site.url("/others/")
    seen = []

    def say(**marks):
        fake.say(MEMBER, {"userid": "LiNa", "status": 1, "department": [3], **marks})

    def becomes(status):
        seen.append(browser.get(others).status_code)
        browser.get(site.url("/members/"))
        return seen[-1] == status

    say(is_leader_in_dept=[1])
    browser = browsers(WECOM_IOS)
    assert browser.walk(site.url("/members/")).page.status_code == 200
    assert browser.get(others).status_code == 403
    say()
    wait_until(lambda: becomes(500), 30, "what WeCom has not told is not known")
    assert set(seen) == {403, 500}
    say(is_leader_in_dept=[0])
    wait_until(lambda: becomes(200), 30, "a member who leads nothing comes in")
    log.expect("WC0328", "WeCom has not told whether LiNa leads a department")
    log.allow("AH01631", "WC0251", "WC0365")


# --- who is it? ---

@pytest.mark.parametrize("identity, id", [
    ({"userid": "LiNa", "UserId": "zhangwei"}, "WC0234"),
    ({"userid": "", "openid": "oExample"}, "WC0211"), ({"openid": "oExample"}, "WC0211"),
    ({"OpenId": "oExample"}, "WC0211"), ({"external_userid": "wmX"}, "WC0211"),
    ({"userid": "ww1234567890abcdef/LiNa"}, "WC0211"), ({"userid": "/LiNa"}, "WC0211"),
    ({"userid": "../LiNa"}, "WC0211"), ({"userid": "Li Na"}, "WC0211"),
    ({"userid": "LiNa\u0000x"}, "WC0234"), ({"userid": "LiNa\n"}, "WC0211"),
    ({"userid": "李娜"}, "WC0211"), ({"userid": "a" * 65}, "WC0211"),
    ({"userid": "-LiNa"}, "WC0211"),
    ({"userid": ["LiNa"]}, "WC0234"), ({"userid": None}, "WC0234"), ({"userid": True}, "WC0234"),
    ({"userid": {"userid": "LiNa"}}, "WC0234"), ({}, "WC0234"), ({"userid": ""}, "WC0234"),
    ({"userids": "LiNa"}, "WC0234"), ({"userid ": "LiNa"}, "WC0234"),
    ({"userid": "a" * 100000}, "WC0234"),
])
def test_identity(plain, fake, browsers, log, identity, id):
    fake.say(IDENTITY, identity)
    check_login_refused(browsers(WECOM_IOS), plain, log, id)
    assert "/cgi-bin/user/get" not in fake.seen


def test_old_spelling_of_userid(plain, fake, browsers):
    fake.say(IDENTITY, {"UserId": "LiNa"})
    assert login(browsers(WECOM_IOS), plain)[2] == "LiNa"


@pytest.mark.parametrize("status", [0, 2, 3, 4, 5, 6, 255, 256, -1, "2", "", "1 ", "+1", "01x",
                                    1.5, None, True, [1], {"status": 1}])
def test_status(plain, fake, browsers, log, status):
    """Only 1 is a yes."""
    fake.say(MEMBER, {"userid": "LiNa", "status": status})
    known = status == "2" or (type(status) is int and 1 <= status <= 255)
    check_login_refused(browsers(WECOM_IOS), plain, log, "WC0214" if known else "WC0234")


# --- is it an answer at all? ---

GOOD = json.dumps({"errcode": 0, "errmsg": "ok", "userid": "LiNa"}).encode()
BROKEN = {
    "empty": (reply(b""), "WC0234"), "blank": (reply(b" \n"), "WC0234"),
    "array": (reply(b"[" + GOOD + b"]"), "WC0234"), "text": (reply(b'"LiNa"'), "WC0234"),
    "number": (reply(b"0"), "WC0234"), "null": (reply(b"null"), "WC0234"),
    "cut": (reply(GOOD[:-1]), "WC0234"), "trailing": (reply(GOOD + b"x"), "WC0234"),
    "two": (reply(GOOD + GOOD), "WC0234"), "callback": (reply(b"cb(" + GOOD + b")"), "WC0234"),
    "single-quotes": (reply(GOOD.replace(b'"', b"'")), "WC0234"),
    "comment": (reply(b"/* */" + GOOD), "WC0234"),
    "deep": (reply(b'{"a":' * 5000 + b"1" + b"}" * 5000), "WC0234"),
    "deep-array": (reply(b'{"a":' + b"[" * 200000 + b"]" * 200000 + b"}"), "WC0234"),
    "latin": (reply(b'{"errcode":0,"userid":"Li\xffNa"}'), "WC0234"),
    "errcode-word": (reply(GOOD.replace(b"0", b'"ok"')), "WC0234"),
    "errcode-half": (reply(GOOD.replace(b"0", b"0.5")), "WC0234"),
    "errcode-lowest": (reply(GOOD.replace(b"0", b"-2147483648")), "WC0234"),
    "errcode-low": (reply(GOOD.replace(b"0", b"-2147483647")), "WC0228"),
    "errcode-high": (reply(GOOD.replace(b"0", b"2147483647")), "WC0228"),
    "errcode-text-7": (reply(GOOD.replace(b"0", b'"7"')), "WC0228"),
    "errcode-true": (reply(GOOD.replace(b"0", b"true")), "WC0234"),
    "errcode-huge": (reply(GOOD.replace(b"0", b"1e400")), "WC0234"),
    "errcode-wide": (reply(GOOD.replace(b"0", b"4294967296")), "WC0234"),
    "errcode-list": (reply(GOOD.replace(b"0", b"[0]")), "WC0234"),
    "large": (reply(b'{"a":"' + b"x" * 1048576 + b'"}'), "WC0234"),
    "large-unsaid": (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 3000000, "WC0234"),
    "large-header": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300000 + b"\r\n" + GOOD, "WC0231"),
    "redirect": (reply(GOOD, "302 Found", "Location: http://127.0.0.1:1/\r\n"), "WC0233"),
    "created": (reply(GOOD, "201 Created"), "WC0233"),
    "none": (reply(b"", "204 No Content"), "WC0233"),
    "partial": (reply(GOOD, "206 Partial Content"), "WC0233"),
    "login": (reply(GOOD, "401 Unauthorized", "WWW-Authenticate: Basic\r\n"), "WC0233"),
    "busy": (reply(GOOD, "429 Too Many Requests", "Retry-After: 60\r\n"), "WC0233"),
    "not-http": (b"SSH-2.0-OpenSSH\r\n" + GOOD, "WC0231"),
    "old-http": (GOOD, "WC0231"),
    "short": (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + GOOD, "WC0231"),
    "bad-length": (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n" + GOOD, "WC0231"),
    "bad-chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "WC0231"),
    "gzip": (reply(b"\x1f\x8b\x08\x00\x00", headers="Content-Encoding: gzip\r\n"), "WC0234"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(plain, fake, browsers, log, name):
    answer, id = BROKEN[name]
    fake.say(IDENTITY, answer)
    words = ["larger than 1048576 bytes"] if name in ("large", "large-unsaid") else []
    check_login_refused(browsers(WECOM_IOS), plain, log, id, "auth/getuserinfo: ", *words)


@pytest.mark.parametrize("token", [
    "", "a b", "a\nb", "x" * 1025, "t\u00e9", "a\u0000b", None, 7, ["x"], {"a": 1}])
def test_token_that_is_none(plain, fake, browsers, log, token):
    fake.say("gettoken", {"access_token": token, "expires_in": 7200})
    check_login_refused(browsers(WECOM_IOS), plain, log, "WC0234", "gettoken: access_token")
    assert fake.seen == ["/cgi-bin/gettoken"]


@pytest.mark.parametrize("expires", [0, -1, 1, 10 ** 30, "7200", None, 1.5, True])
def test_odd_span_of_a_token(plain, fake, browsers, expires):
    """It works; for how long is our own judgement then."""
    fake.say("gettoken", {"access_token": fake.token, "expires_in": expires})
    assert login(browsers(WECOM_IOS), plain)[2] == "LiNa"


# --- what it says ends up in the log ---

@pytest.mark.parametrize("errmsg", [
    "x\n[error] WC0999: forged", "x\r\nWC0999: forged", "\x1b[2Jx", "\u0085x", "\u202e\u200bx",
    "%s%n%d", "x" * 5000, "", None, 7, ["x"], "a, from ip: ; more", "from ip: 1.2.3.4.5.6.7.8",
    "from ip: <script>"], ids=range(14))
def test_errmsg_cannot_write_lines_of_its_own(plain, fake, browsers, log, errmsg):
    fake.say(IDENTITY, reply({"errcode": 60020, "errmsg": errmsg}))
    line = check_login_refused(browsers(WECOM_IOS), plain, log, "WC0222", "errcode 60020")
    assert not [line for line in log.lines if line.id in ("WC0999", "") and line.is_loud]
    assert "\x1b" not in line.text and len(line.text) < 1600


def test_names_are_text_on_pages(plain, fake, browsers):
    fake.say(MEMBER, {"userid": "LiNa", "status": 1, "name": "<script>alert(1)</script>&\"'"})
    browser = browsers(WECOM_IOS)
    site, _, userid = login(browser, plain)
    assert userid == "LiNa"
    page = browser.get(site.url("/wecom/logout"))
    assert "<script>" not in page.text and "&lt;script&gt;" in page.text


def test_member_of_two_thousand_departments(plain, fake, browsers):
    fake.say(MEMBER, {"userid": "LiNa", "status": 1, "department": list(range(1, 2001)),
                      "is_leader_in_dept": [1] * 2000, "main_department": 1})
    browser = browsers(WECOM_IOS)
    site, _, _ = login(browser, plain)
    assert who(site, browser)["departments"] == list(range(1, 201))
