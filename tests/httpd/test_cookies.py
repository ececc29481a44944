# SPDX-License-Identifier: Apache-2.0
"""Session cookies that are damaged, old, foreign, doubled or drowned in others.

Whatever a cookie is: it opens whole and in its time, or its bearer is a stranger. A stranger's
navigation goes to the login and the cookie that will never open is deleted; a script hears 401
and nothing is set.
"""
import base64
import json
import re

import pytest

from harness import wire
from harness.client import FETCH, WECOM_IOS
from harness.health import unharmed
from harness.seal import Sealer, make_key

IDLE = 4 * 3600
MAX_AGE = 12 * 3600
ROOM = 131072       # LimitRequestFieldSize, so that it is the module that decides


@pytest.fixture
def site(sites):
    return sites(lines=(f"LimitRequestFieldSize {ROOM}",))


@pytest.fixture
def sealer(paths, site):
    return Sealer(paths, site)


def cookie(*pairs):
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in pairs)}


def deletes(answer, name):
    return answer.headers.get_list("Set-Cookie").count(
        f"{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0") == 1


def sets(answer, name):
    """The new values of this cookie in the answer."""
    values = [header.partition(";")[0].partition("=")
              for header in answer.headers.get_list("Set-Cookie")]
    return [value for found, _, value in values if found == name and value]


def gives_session(answer):
    return any(re.match(r"(__Host-)?wecom_[0-9a-z]{6}=[^;]", header)
               for header in answer.headers.get_list("Set-Cookie"))


def check_known(site, browser, headers):
    browser.drop_cookies()
    answer = browser.get(site.url("/intranet/"), headers)
    assert answer.status_code == 200, answer.headers
    return answer


def check_stranger(site, browser, headers, name):
    """name: the cookie that must go; None: there is none."""
    browser.drop_cookies()
    answer = browser.get(site.url("/intranet/"), headers)
    assert answer.status_code == 302 and "/connect/oauth2/authorize" in answer.headers["Location"]
    assert not gives_session(answer)
    if name:
        assert deletes(answer, name), answer.headers.get_list("Set-Cookie")
    browser.drop_cookies()
    answer = browser.request("GET", site.url("/intranet/"), {**FETCH, **headers})
    assert answer.status_code == 401 and not answer.headers.get_list("Set-Cookie")


# --- damage ---

def octets(value):
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def text(octets_):
    return base64.urlsafe_b64encode(octets_).decode().rstrip("=")


def flipped(at, bit=1):
    def damage(value):
        data = bytearray(octets(value))
        data[at if at != "middle" else len(data) // 2] ^= bit
        return text(bytes(data))
    return damage


def cut(length):
    return lambda value: value[:length if length != "half" else len(value) // 2]


def spare_bit(value):
    """The same bytes for a lenient reader: bits of the last character that count for nothing."""
    if len(value) % 4 == 0:     # all bits of this one count
        return value[:-1] + ("A" if value[-1] != "A" else "B")
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = digits[digits.index(value[-1]) | 1]
    return value[:-1] + last


DAMAGE = {
    "empty": cut(0), "one": cut(1), "two": cut(2), "overhead": cut(40), "half": cut("half"),
    "last-but-one": cut(-1), "last-but-four": cut(-4),
    "version": flipped(0), "hint": flipped(1), "nonce": flipped(2), "nonce-end": flipped(13),
    "text": flipped(14), "middle": flipped("middle"), "tag": flipped(-16), "last": flipped(-1),
    "high-bit": flipped("middle", 128), "spare-bit": spare_bit,
    "padded": lambda value: value + "=", "quoted": lambda value: f'"{value}"',
    "longer": lambda value: value + "AAAA", "twice": lambda value: value + value,
    "plus": lambda value: value[:60] + "+" + value[61:],
    "percent": lambda value: f"%{ord(value[0]):02X}" + value[1:],
    "lower": str.lower, "reversed": lambda value: value[::-1],
    "3.9k": lambda value: "A" * 3900, "4000": lambda value: "A" * 4000,
    "4001": lambda value: "A" * 4001, "8k": lambda value: "A" * 8192,
    "64k": lambda value: "A" * 65536, "good-in-8k": lambda value: value + "A" * 8192,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged(site, sealer, browsers, damage):
    name, value = sealer.ticket(issued=60, name="a")
    browser = browsers(WECOM_IOS)
    check_known(site, browser, cookie((name, value)))
    check_stranger(site, browser, cookie((name, damage(value))), name)


# --- several of one name ---

def test_bad_one_first(site, sealer, browsers):
    name, value = sealer.ticket(issued=60)
    check_known(site, browsers(WECOM_IOS), cookie((name, value[:-1]), (name, value)))


def test_good_one_first(site, sealer, browsers):
    name, value = sealer.ticket(issued=60)
    check_known(site, browsers(WECOM_IOS), cookie((name, value), (name, value[:-1])))


def test_both_bad(site, sealer, browsers):
    name, value = sealer.ticket(issued=60)
    check_stranger(site, browsers(WECOM_IOS), cookie((name, value[:-1]), (name, "x")), name)


def test_first_that_opens_counts(site, sealer, browsers):
    name, one = sealer.ticket(issued=60, userid="LiNa")
    _, other = sealer.ticket(issued=60, userid="wangfang")
    browser = browsers(WECOM_IOS)
    for values, userid in (((one, other), "LiNa"), ((other, one), "wangfang")):
        answer = browser.get(site.url("/wecom/session"),
                             cookie(*((name, value) for value in values)))
        assert answer.json()["userid"] == userid


def test_good_one_behind_fifteen(site, sealer, browsers):
    name, value = sealer.ticket(issued=60)
    check_known(site, browsers(WECOM_IOS), cookie(*[(name, "bad")] * 15, (name, value)))


def test_good_one_behind_more_than_are_looked_at(site, sealer, browsers):
    """At most so many are tried; who sends more is a stranger, and gets rid of them."""
    name, value = sealer.ticket(issued=60)
    check_stranger(site, browsers(WECOM_IOS), cookie(*[(name, "bad")] * 16, (name, value)), name)


# --- of somebody else ---

def test_foreign_key(paths, site, sealer, browsers):
    key = make_key(site.httpd.root / "foreign.key")
    name, value = Sealer(paths, site, keys=(key,)).ticket(issued=60)
    assert name == sealer.ticket()[0]
    check_stranger(site, browsers(WECOM_IOS), cookie((name, value)), name)


def test_other_site(paths, site, sealer, browsers):
    """The same key, another public URL: under its own name it is nothing here, and under ours it
    does not open."""
    theirs, value = Sealer(paths, site, url="http://127.0.0.1:1").ticket(issued=60)
    ours, _ = sealer.ticket()
    assert theirs != ours
    check_stranger(site, browsers(WECOM_IOS), cookie((theirs, value)), None)
    check_stranger(site, browsers(WECOM_IOS), cookie((ours, value)), ours)


def test_other_host_of_the_same_name(paths, site, sealer, browsers):
    """Sealed for a cookie domain: bound to it, not to the host."""
    _, value = Sealer(paths, site, url="http://localhost:1").ticket(issued=60, domain="localhost")
    name, _ = sealer.ticket()
    check_stranger(site, browsers(WECOM_IOS), cookie((name, value)), name)


def test_pending_login_as_session(site, sealer, browsers):
    name, _ = sealer.ticket()
    _, value, _ = sealer.pending()
    check_stranger(site, browsers(WECOM_IOS), cookie((name, value)), name)


def test_source_that_is_gone(site, sealer, browsers):
    name, value = sealer.ticket(issued=60, source="gone")
    check_stranger(site, browsers(WECOM_IOS), cookie((name, value)), name)


@pytest.mark.parametrize("change", [str.upper, lambda name: "__Host-" + name,
                                    lambda name: name + "x", lambda name: name[:-1]],
                         ids=["upper", "host", "longer", "shorter"])
def test_other_name(site, sealer, browsers, change):
    name, value = sealer.ticket(issued=60)
    check_stranger(site, browsers(WECOM_IOS), cookie((change(name), value)), None)


# --- time ---

@pytest.mark.parametrize("issued, seen", [
    (MAX_AGE + 5, 5), (IDLE + 5, IDLE + 5), (MAX_AGE + 5, IDLE + 5), (400 * 86400, 5)],
    ids=["max-age", "idle", "both", "a-year"])
def test_expired(site, sealer, browsers, issued, seen):
    name, value = sealer.ticket(issued=issued, seen=seen)
    check_stranger(site, browsers(WECOM_IOS), cookie((name, value)), name)


@pytest.mark.parametrize("issued, seen", [(MAX_AGE - 60, 5), (IDLE - 60, IDLE - 60)],
                         ids=["max-age", "idle"])
def test_not_yet_expired(site, sealer, browsers, issued, seen):
    check_known(site, browsers(WECOM_IOS), cookie(sealer.ticket(issued=issued, seen=seen)))


def test_of_the_future(site, sealer, browsers):
    """The clock was set back: that counts as now, and nothing is renewed."""
    name, value = sealer.ticket(issued=-3600)
    answer = check_known(site, browsers(WECOM_IOS), cookie((name, value)))
    assert not answer.headers.get_list("Set-Cookie")


def told(site, browser, headers):
    said = browser.request("GET", site.url("/wecom/session"), {**FETCH, **headers}).json()
    assert said.pop("logout", None) or "error" in said     # another one each time
    return said


def test_renewal_after_a_tenth_of_idle(site, sealer, browsers):
    browser = browsers(WECOM_IOS)
    name, value = sealer.ticket(issued=3 * 3600, seen=IDLE // 10 + 5)
    before = told(site, browser, cookie((name, value)))
    (renewed,) = sets(check_known(site, browser, cookie((name, value))), name)
    assert renewed != value
    assert told(site, browser, cookie((name, renewed))) == before
    old, new = sealer.open(value), sealer.open(renewed)
    assert new.issued == old.issued and new.who == old.who
    assert new.seen - old.seen >= IDLE // 10 + 5
    answer = check_known(site, browser, cookie((name, renewed)))
    assert not answer.headers.get_list("Set-Cookie")


def test_renewal_for_a_script(site, sealer, browsers):
    name, value = sealer.ticket(issued=IDLE // 10 + 5)
    answer = browsers().request("GET", site.url("/intranet/"), {**FETCH, **cookie((name, value))})
    assert answer.status_code == 200 and len(sets(answer, name)) == 1


def test_no_renewal_before_a_tenth_of_idle(site, sealer, browsers):
    answer = check_known(site, browsers(WECOM_IOS),
                         cookie(sealer.ticket(issued=3 * 3600, seen=IDLE // 10 - 30)))
    assert not answer.headers.get_list("Set-Cookie")


def test_renewal_does_not_outlive_max_age(site, sealer, browsers):
    name, value = sealer.ticket(issued=MAX_AGE - 30, seen=3600)
    (renewed,) = sets(check_known(site, browsers(WECOM_IOS), cookie((name, value))), name)
    assert sealer.open(renewed).issued == sealer.open(value).issued


# --- keys ---

def set_keys(site, *names):
    """Another WeComCryptoKey, and a graceful restart where the server runs."""
    written = site.httpd.config.read_text()
    (old,) = [line for line in written.splitlines() if line.startswith("WeComCryptoKey")]
    new = "WeComCryptoKey " + " ".join(f"file:{site.httpd.root}/{name}" for name in names)
    site.httpd.config.write_text(written.replace(old, new))
    site.httpd.graceful()


def test_key_rotation(paths, fresh, signed_in, browsers):
    site = fresh.prepare(lines=("WeComCryptoKey file:@root@/old.key",))
    old, new = (make_key(site.httpd.root / name) for name in ("old.key", "new.key"))
    site.start()
    browser = signed_in(site)
    name, value = browser.session_cookie
    assert Sealer(paths, site, keys=(old,)).open(value).key == 0
    before = told(site, browser, {})
    again = browsers(WECOM_IOS)

    set_keys(site, "new.key", "old.key")
    (renewed,) = sets(check_known(site, again, cookie((name, value))), name)
    opened = Sealer(paths, site, keys=(new, old)).open(renewed)
    assert opened.key == 0 and opened.issued == before["issued"]
    assert told(site, again, cookie((name, renewed))) == before

    set_keys(site, "new.key")
    assert not check_known(site, again, cookie((name, renewed))).headers.get_list("Set-Cookie")
    check_stranger(site, again, cookie((name, value)), name)


# --- among others ---

def test_thousand_cookies(site, sealer, browsers, book):
    name, value = sealer.ticket(issued=60)
    others = [(f"other{number}", "x" * 40) for number in range(999)]
    with unharmed(site, book):
        for pairs in ([*others, (name, value)], [(name, value), *others]):
            check_known(site, browsers(WECOM_IOS), cookie(*pairs))
        check_stranger(site, browsers(WECOM_IOS), cookie(*others), None)


def test_jar_full_of_pending_logins(site, sealer, browsers, book):
    """Browsers keep some 180 cookies of one host: the visitor gets in, and the jar is emptied, a
    few cookies with each answer."""
    (name, value), (pending, _, _) = sealer.ticket(issued=60), sealer.pending()
    others = [(f"{pending[:-16]}{number:016d}", "x") for number in range(179)]
    browser = browsers(WECOM_IOS)
    with unharmed(site, book):
        check_known(site, browser, cookie(*others, (name, value)))
        browser.drop_cookies()
        answer = browser.get(site.url("/intranet/"), cookie(*others))
        assert answer.status_code == 302
        assert sum(deletes(answer, name) for name, _ in others) == 16


def test_ours_do_not_reach_the_application(site, sealer, browsers):
    name, value = sealer.ticket(issued=60)
    pending, sealed, _ = sealer.pending()
    pairs = [("a", "1"), (name, value), ("b", "2"), (name, "bad"), (pending, sealed), ("c", "3")]
    env = browsers(WECOM_IOS).get(site.url("/intranet/env.cgi"), cookie(*pairs)).json()
    assert env["HTTP_COOKIE"] == "a=1; b=2; c=3"


GARBAGE = ["", "=", ";", ";;;;;", "=;=;=", " ", "a", "wecom", "wecom_", "wecomp_", "__Host-",
           "NAME", "NAME;", ";NAME", "NAME=", "=NAME", "NAME==", "NAME=;", "NAME=\"", "NAME=;NAME",
           "NAME=,", "NAME=%00", "NAME=%", "NAME=VALUE=", "NAME=VALU\xe9", "NAME=\xff\xfe",
           "NAME = ", "$Version=1; NAME=x; $Path=/", "a=\"; NAME=x\"", "PREFIX", "PREFIX=",
           "PREFIX=x", "PREFIX0=x", "PREFIX" + "z" * 16 + "=x", "PREFIX" + "0" * 500 + "=x",
           "PREFIX" + "/" * 16 + "=x", "PREFIX\xe9\xe9=x", "x" * 60000, "a=b;" * 15000,
           "PREFIX=" * 500, "\xf0\x9f\x8d\xaa=\xf0\x9f\x8d\xaa"]


def test_garbage(site, sealer, book):
    (name, value), (pending, _, _) = sealer.ticket(issued=60), sealer.pending()
    wrong = []
    with unharmed(site, book):
        for garbage in GARBAGE:
            header = garbage.replace("NAME", name).replace("VALUE", value).replace(
                "PREFIX", pending[:-16])
            person = [("Accept", "text/html"), ("User-Agent", WECOM_IOS), ("Cookie", header)]
            one = wire.request(site, "GET /intranet/ HTTP/1.1", person)
            other = wire.request(site, "GET /intranet/ HTTP/1.1", [("Cookie", header)])
            good = wire.request(site, "GET /intranet/ HTTP/1.1",
                               [("Cookie", f"{name}={value}; {header}")])
            statuses = (one.status, other.status, good.status)
            if statuses != (302, 401, 200) or other.get_list("Set-Cookie"):
                wrong.append((garbage[:60], statuses))
    assert not wrong


@pytest.mark.parametrize("octet", ["\x00", "\x01", "\x0b", "\x1f", "\x7f", "\x80"],
                         ids=lambda octet: f"{ord(octet):02x}")
def test_control_bytes(site, sealer, book, log, octet):
    name, value = sealer.ticket(issued=60)
    log.allow("AH02427", "AH02430")
    with unharmed(site, book):
        for header in (f"{name}={octet}", f"{octet}{name}={value[:-1]}", f"{name}={value}{octet}"):
            answer = wire.request(site, "GET /intranet/ HTTP/1.1", [("Cookie", header)])
            assert answer.status in (400, 401), answer


# --- two lines ---

def test_two_cookie_lines(site, sealer, book):
    """HTTP/2 has a line for each cookie, and not every proxy puts them together again. httpd
    joins them with a comma, which may also stand in the value of a neighbour's cookie: what is
    behind one is not believed, and does not reach the application either."""
    name, value = sealer.ticket(issued=60)
    one, ours, other = (("Cookie", text) for text in ("a=1; b=2", f"{name}={value}", "c=3"))
    with unharmed(site, book):
        for lines, status, heard in (([ours, one], 200, "a=1; b=2"), ([one, ours], 401, "a=1; b=2"),
                                     ([one, ours, other], 401, "a=1; b=2, c=3")):
            answer = wire.request(site, "GET /intranet/ HTTP/1.1", lines)
            assert answer.status == status, lines
            answer = wire.request(site, "GET /open/env.cgi HTTP/1.1", lines)
            assert json.loads(answer.body)["HTTP_COOKIE"] == heard


def test_cookie_in_the_value_of_another(site, sealer, browsers):
    """A neighbouring host can set a cookie for all of the domain, but none of ours."""
    name, value = sealer.ticket(issued=60, userid="wangfang")
    planted = {"Cookie": f"theirs=x, {name}={value}"}
    check_stranger(site, browsers(WECOM_IOS), planted, None)
    _, own = sealer.ticket(issued=60, userid="LiNa")
    both = {"Cookie": f"theirs=x, {name}={value}; {name}={own}"}
    assert told(site, browsers(), both)["userid"] == "LiNa"
