# SPDX-License-Identifier: Apache-2.0
"""Requests that no browser sends, on our own URLs and on a protected place.

Whatever comes: an answer that gives nothing away, no child lost, and the next request is
answered as ever.
"""
import json

import pytest

from harness import wire
from harness.client import ACCEPT, FETCH, WECOM_IOS, incident
from harness.health import unharmed
from harness.seal import Sealer
from harness.site import Place

PAGE = (("Accept", ACCEPT), ("User-Agent", WECOM_IOS))
FORM = ("Content-Type", "application/x-www-form-urlencoded")
CHUNKED = ("Transfer-Encoding", "chunked")
OWN = ("login", "return", "logout", "session", "denied")
CEILING = 16384     # of a query that is looked at
EVIL = ("X-WeCom-Userid", "chenjing")


@pytest.fixture
def site(sites):
    """Longer lines than httpd likes, so that it is the module that decides."""
    return sites(lines=("LimitRequestLine 70000", "LimitRequestFieldSize 70000"))


@pytest.fixture(autouse=True)
def health(site, book):
    with unharmed(site, book):
        yield


@pytest.fixture
def sealer(paths, site):
    return Sealer(paths, site)


@pytest.fixture
def member(sealer):
    """Header of somebody who is known."""
    name, value = sealer.ticket(issued=60)
    return ("Cookie", f"{name}={value}")


def get(site, path, *headers, version="HTTP/1.1", **more):
    return wire.request(site, f"GET {path} {version}", [*PAGE, *headers], **more)


def leads_where(site, sim, answer):
    """"", "own", "wecom"; anything else is a failure."""
    location = answer.get("Location")
    if location is None:
        return ""
    if location.startswith(site.url("/")):
        return "own"
    assert location.startswith((sim.pages + "/connect/oauth2/authorize?",
                                sim.pages + "/wwlogin/sso/login?")), location
    return "wecom"


# --- long queries ---

ABSENT = {"login": 200, "return": 400, "logout": 200, "session": 401, "denied": 404}
TOO_LONG = {**ABSENT, "login": 400}


@pytest.mark.parametrize("path", OWN)
def test_long_query(site, sim, path):
    """Of a parameter nobody asks for: at the ceiling as if it were not there, beyond it the
    query is not looked at."""
    for length, expected in ((CEILING, ABSENT), (CEILING + 1, TOO_LONG), (60000, TOO_LONG)):
        answer = get(site, f"/wecom/{path}?page=1&x=" + "y" * (length - 9))
        assert answer.status == expected[path], (path, length)
        assert leads_where(site, sim, answer) == ""


@pytest.mark.parametrize("shape", ["p=1&", "&", "=", "a&", "%70=%31&", "p=%&", "p&"])
def test_many_parameters(site, sim, shape):
    query = shape * (CEILING // len(shape))
    for path in OWN:
        answer = get(site, f"/wecom/{path}?page=1&{query}"[:CEILING + len("/wecom/?" + path)])
        assert answer.status in (200, 400, 401, 404) and not leads_where(site, sim, answer)


@pytest.mark.parametrize("path", ["login?p=", "login?source=", "login?return=", "return?code=",
                                  "return?state=", "return?appid=", "return?state=x&code="])
def test_long_parameter(site, sim, path):
    answer = get(site, f"/wecom/{path}" + "y" * 9000)
    assert answer.status == 400 and incident_of(answer).startswith("WC0205-")
    assert not leads_where(site, sim, answer) and not answer.get_list("Set-Cookie")


def incident_of(answer):
    class Text:
        text = answer.body.decode("utf-8", "replace")
    return incident(Text)


def test_httpd_stops_long_lines_by_itself(sites, book, log):
    """With its own limits the module never sees them."""
    site = sites()
    with unharmed(site, book):
        assert get(site, "/wecom/login?x=" + "y" * CEILING).status == 414
        assert get(site, "/intranet/", ("Cookie", "x" * CEILING)).status == 400


@pytest.mark.parametrize("name", ["User-Agent", "Accept", "Accept-Language", "Referer", "Origin",
                                  "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest",
                                  "X-Requested-With", "X-Forwarded-Proto", "X-Forwarded-For",
                                  "Authorization", "Content-Type", "If-None-Match", "Range"])
def test_headers(site, sim, member, name):
    for value in ("x" * 60000, "\xff\xfe" * 100, ",;=" * 1000, ""):
        for path, status in (("/wecom/login?source=acme", (302, 400)), ("/wecom/session", (401,)),
                             ("/intranet/", (302, 401)), ("/wecom/return?state=x", (400,))):
            answer = wire.request(site, f"GET {path} HTTP/1.1", [(name, value)])
            assert answer.status in status, (path, value[:9])
            leads_where(site, sim, answer)
        answer = wire.request(site, "GET /wecom/session HTTP/1.1", [(name, value), member])
        assert answer.status == 200 and json.loads(answer.body)["userid"] == "zhangwei"


# --- bytes that do not belong there ---

@pytest.mark.parametrize("octet", ["\x00", "\x01", "\t", "\n", "\x0b", "\r", "\x1b", "\x1f", " ",
                                   "\x7f", "\x80", "\xff"], ids=lambda octet: f"{ord(octet):02x}")
def test_octets(site, sim, log, octet):
    log.allow("AH10244")
    for path in (f"/wecom/login?return=/a{octet}b", f"/wecom/lo{octet}gin", f"/wecom/login{octet}",
                 f"/wecom/return?code={octet}&state=x", f"/intranet/{octet}", f"/{octet}intranet/",
                 f"{octet}/intranet/", f"/wecom/login?source=acme{octet}"):
        answer = get(site, path)
        assert answer.status in (0, None, 200, 302, 400, 404), (path, answer)
        leads_where(site, sim, answer)


@pytest.mark.parametrize("coded", ["%00", "%01", "%09", "%0a", "%0d%0a", "%1b", "%20", "%7f",
                                   "%80", "%ff", "%c0%80", "%", "%0", "%zz", "%u0041", "%25"])
def test_coded_octets(site, sim, log, coded):
    log.allow("AH10244", "AH00127")
    for path in (f"/wecom/login{coded}", f"/wecom/{coded}login", f"/{coded}wecom/login",
                 f"/wecom{coded}/login", f"/wecom/login/{coded}"):
        answer = get(site, path)
        assert answer.status in (400, 404), (path, answer)
        assert not leads_where(site, sim, answer)
    for query in (f"return=/a{coded}b", f"source=acme{coded}", f"p={coded}", f"{coded}=x"):
        answer = get(site, f"/wecom/login?page=1&{query}")
        assert answer.status in (200, 400, 404), (query, answer)
        assert not leads_where(site, sim, answer) and b"\x1b" not in answer.body
    for query in (f"code={coded}&state=x", f"state={coded}", f"appid={coded}&state=x"):
        answer = get(site, f"/wecom/return?{query}")
        assert answer.status == 400 and not leads_where(site, sim, answer)


@pytest.mark.parametrize("path, status", [
    ("login?return=/a&return=/b", 400), ("login?source=acme&source=acme", 400),
    ("login?source=acme&s%6Furce=hr", 400), ("login?p=x&p=", 400), ("login?return&return", 400),
    ("return?state=x&state=x", 400), ("login?source=acme&Source=hr", 302),
    ("login?source=acme;source=hr", 404), ("login?page=1&source%00=acme", 200),
    ("login?page=1&source[]=acme", 200), ("logout?token=a&token=b", 200), ("session?a&a", 401)])
def test_doubled_parameters(site, sim, path, status):
    answer = get(site, f"/wecom/{path}")
    assert answer.status == status
    assert bool(leads_where(site, sim, answer)) == (status == 302)


def test_doubled_parameters_of_a_return(site, sealer, sim):
    """Even with its cookie: neither of two is believed, and nothing is spent."""
    name, value, state = sealer.pending()
    cookie = ("Cookie", f"{name}={value}")
    for query in (f"code=a&code=b&state={state}", f"code=a&c%6fde=b&state={state}",
                  f"code=a&state={state}&state={state}", f"code=a&state={state}&st%61te=x",
                  f"code=a&state={state}&appid=a&appid=b"):
        answer = get(site, "/wecom/return?" + query, cookie)
        assert answer.status == 400 and incident_of(answer).startswith("WC0205-"), query
        assert not answer.get_list("Set-Cookie")
    assert not sim.calls()


# --- request lines ---

@pytest.mark.parametrize("line, status, end", [
    ("GET {site}/intranet/ HTTP/1.1", 302, "wecom"),
    ("GET {site}/intranet HTTP/1.1", 302, "wecom"),
    ("GET HTTP://{authority}/intranet/ HTTP/1.1", 302, "wecom"),
    ("GET {site} HTTP/1.1", 200, ""),
    ("GET https://{authority}/intranet/ HTTP/1.1", 302, "wecom"),
    ("GET http://evil.example/intranet/ HTTP/1.1", 302, "own"),
    ("GET http://evil.example//evil.example/intranet/ HTTP/1.1", 404, ""),
    ("GET http://a@evil.example/intranet/ HTTP/1.1", (302, 400), "own"),
    ("GET http://{authority}@evil.example/intranet/ HTTP/1.1", (302, 400), "own"),
    ("GET http://evil.example\\@{authority}/intranet/ HTTP/1.1", (302, 400), "own"),
    ("GET http:///intranet/ HTTP/1.1", (302, 400), "own"),
    ("GET http:/intranet/ HTTP/1.1", (302, 400, 404), "wecom"),
    ("GET ftp://evil.example/intranet/ HTTP/1.1", (302, 400), "own"),
    ("GET javascript:/intranet/ HTTP/1.1", (302, 400, 404), "own"),
    ("GET intranet/ HTTP/1.1", 400, ""), ("GET ?/intranet/ HTTP/1.1", (200, 400), ""),
    ("GET * HTTP/1.1", 400, ""), ("OPTIONS * HTTP/1.1", 200, ""),
    ("CONNECT {authority} HTTP/1.1", (400, 405), ""),
    ("CONNECT evil.example:443 HTTP/1.1", (400, 405), ""),
    ("CONNECT /intranet/ HTTP/1.1", (400, 401, 405), ""),
    ("CONNECT /wecom/login HTTP/1.1", (400, 405), ""),
    ("GET /intranet/ HTTP/1.2", 302, "wecom"),
    ("GET /intranet/ HTTP/2.0", (302, 400, 505), "wecom"),
    ("GET /intranet/ HTTP/9.9", (302, 400, 505), "wecom"), ("GET /intranet/ http/1.1", 400, ""),
    ("GET /intranet/ HTTP/1.1 x", 400, ""), ("GET  /intranet/ HTTP/1.1", 400, ""),
    (" GET /intranet/ HTTP/1.1", 400, ""), ("get /intranet/ HTTP/1.1", (400, 401, 405, 501), ""),
    ("GETGET /intranet/ HTTP/1.1", (400, 401, 405, 501), ""), ("/intranet/", 400, ""),
    ("GET", 400, ""), ("PRI * HTTP/2.0", 400, ""),
    ("GET /wecom/login?source=acme#x HTTP/1.1", (302, 400), "wecom"),
    ("GET /intranet/#x HTTP/1.1", (302, 400), "wecom"),
])
def test_request_line(site, sim, line, status, end):
    line = line.format(site=site.url(""), authority=site.authority())
    answer = wire.request(site, line, PAGE)
    assert answer.status in (status if isinstance(status, tuple) else (status,)), answer
    assert leads_where(site, sim, answer) in ("", end)
    assert b"intranet</title>" not in answer.body


def test_host_of_the_request_line_counts(site, sim):
    """RFC 9112 section 3.2.2: not that of the header."""
    line = f"GET {site.url('/intranet/')} HTTP/1.1"
    data = wire.message(site, line, [("Host", "evil.example"), *PAGE], host=False)
    assert leads_where(site, sim, wire.parse(wire.send(site, data))) in ("wecom", "own")


# --- old protocols ---

def test_http_09(site):
    answer = wire.parse(wire.send(site, b"GET /intranet/\r\n\r\n"))
    assert answer.status in (0, 400) and b"intranet</title>" not in answer.body


def test_http_10_without_host(site, sim, log):
    """Under no name at all: to the public one, and then the page that says so."""
    answer = get(site, "/intranet/?a=b", version="HTTP/1.0", host=False)
    assert answer.status == 302
    assert answer.get("Location") == site.url("/intranet/?a=b&wecom-hop=1")
    answer = get(site, "/intranet/?a=b&wecom-hop=1", version="HTTP/1.0", host=False)
    assert answer.status == 400 and not answer.get_list("Set-Cookie")
    log.expect("WC0241", incident_of(answer))


def test_http_10_script_without_host(site):
    answer = wire.request(site, "GET /intranet/ HTTP/1.0", host=False)
    assert answer.status == 401 and not answer.get_list("Set-Cookie")


def test_http_10_of_a_member_without_host(site, member):
    answer = wire.request(site, "GET /intranet/ HTTP/1.0", [member], host=False)
    assert answer.status == 200


def test_http_11_without_host(site):
    assert get(site, "/intranet/", host=False).status == 400


def test_two_hosts(site):
    assert get(site, "/intranet/", ("Host", "evil.example")).status == 400


# --- bodies ---

def bodies():
    plain = b"a=b&token=x"
    chunked = b"5\r\na=b&c\r\n0\r\n"
    trailer = f"{EVIL[0]}: {EVIL[1]}\r\nCookie: x\r\nHost: evil.example\r\n".encode()
    multipart = b'--B\r\nContent-Disposition: form-data; name="token"\r\n\r\nx\r\n--B--\r\n'
    return {
        "none": ((), b""),
        "empty": ((("Content-Length", "0"),), b""),
        "form": ((FORM, ("Content-Length", str(len(plain)))), plain),
        "big": ((FORM, ("Content-Length", "1000000")), b"a=" + b"x" * 999998),
        "chunked": ((FORM, CHUNKED), chunked + b"\r\n"),
        "trailers": ((FORM, CHUNKED, ("Trailer", EVIL[0])), chunked + trailer + b"\r\n"),
        "big-chunk": ((FORM, CHUNKED), b"f4240\r\n" + b"x" * 1000000 + b"\r\n0\r\n\r\n"),
        "multipart": ((("Content-Type", "multipart/form-data; boundary=B"),
                       ("Content-Length", str(len(multipart)))), multipart),
        "json": ((("Content-Type", "application/json"), ("Content-Length", "2")), b"{}"),
        "nul": ((FORM, ("Content-Length", "8")), b"\x00=\x00&\x00%00"[:8]),
        "many": ((FORM, ("Content-Length", "6000")), b"a=b&" * 1500),
        "token": ((FORM, ("Content-Length", "9006")), b"token=" + b"A" * 9000),
        "tokens": ((FORM, ("Content-Length", "7000")), b"token=&" * 1000),
        "coding": ((FORM, ("Content-Length", "9")), b"token=%zz"),
    }


@pytest.mark.parametrize("kind", bodies())
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
def test_bodies_leave_nothing_behind(site, member, method, kind):
    """Two requests on one connection: what is left of the first must not become the second."""
    headers, body = bodies()[kind]
    for who in ((), (member,)):
        for path in ("/wecom/login?page=1", "/wecom/return", "/wecom/logout", "/wecom/session",
                     "/intranet/"):
            data = wire.message(site, f"{method} {path} HTTP/1.1", [*headers, *who], body,
                                close=False)
            data += wire.message(site, "GET /wecom/session HTTP/1.1", [("Accept", "*/*")])
            answers = heads(wire.send(site, data), method)
            assert answers[0].status in (200, 303, 400, 401, 405), (path, answers[0])
            if answers[0].get("Connection") == "close":     # as httpd likes it after a 400
                assert len(answers) == 1 and answers[0].status == 400, (path, who, answers)
                continue
            assert len(answers) == 2, (path, who, answers)
            assert answers[1].status == 401
            assert json.loads(answers[1].body)["error"] == "login_required"


def heads(data, method):
    if method != "HEAD":
        return wire.parse_all(data)
    # The first answer tells the length of a body that it does not have.
    first, _, rest = data.partition(b"\r\n\r\n")
    return [wire.parse(first + b"\r\n\r\n"), *wire.parse_all(rest)]


@pytest.mark.parametrize("kind", bodies())
def test_logout_without_a_good_token(site, member, kind):
    """The visitor is asked, and stays signed in."""
    headers, body = bodies()[kind]
    answer = wire.request(site, "POST /wecom/logout HTTP/1.1", [*headers, member], body)
    assert answer.status == 200 and b"Do you want to sign out?" in answer.body
    assert not answer.get_list("Set-Cookie")


@pytest.mark.parametrize("headers, body", [
    ((FORM, ("Content-Length", "100")), b"token=x"), ((FORM, ("Content-Length", "-1")), b""),
    ((FORM, ("Content-Length", "1" * 40)), b"a"), ((FORM, ("Content-Length", "x")), b"a"),
    ((FORM, CHUNKED), b"zz\r\n"), ((FORM, CHUNKED), b"5\r\na=b"),
    ((FORM, CHUNKED), b"ffffffffffffffff\r\n"), ((FORM, CHUNKED), b"-5\r\nabcde\r\n0\r\n\r\n"),
    ((FORM, CHUNKED, ("Content-Length", "5")), b"0\r\n\r\n"),
    ((FORM, ("Transfer-Encoding", "gzip, chunked")), b"0\r\n\r\n"),
    ((FORM, ("Content-Length", "5"), ("Content-Length", "6")), b"abcdef"),
    ((FORM, ("Expect", "nonsense"), ("Content-Length", "1")), b"a"),
    ((FORM, ("Content-Encoding", "gzip"), ("Content-Length", "7")), b"token=x"),
], ids=["short", "negative", "huge", "word", "no-chunk", "cut-chunk", "big-chunk",
        "negative-chunk", "both", "coded", "two-lengths", "expect", "gzip"])
def test_broken_bodies(site, member, headers, body, log):
    log.allow("AH01587", "AH01588", "AH01590", "AH02088", "AH10124", "AH00566", "AH00579")
    data = wire.message(site, "POST /wecom/logout HTTP/1.1", [*headers, member], body)
    answers = [wire.parse(wire.send_and_leave(site, data))]
    assert answers[0].status in (None, 200, 400, 408, 413, 417, 501)
    assert not answers[0].get_list("Set-Cookie")


def test_trailers_do_not_reach_the_application(paths, sites, backend):
    site = sites(modules=("proxy", "proxy_http"), places=(Place("/app", lines=(
        "SetEnv proxy-sendcl 1", f"ProxyPass {backend.url}/app",
        "RequestHeader set Remote-Id %{WECOM_USERID}e")),))
    name, value = Sealer(paths, site).ticket(issued=60)
    headers, body = bodies()["trailers"]
    answer = wire.request(site, "POST /app/ HTTP/1.1",
                          [*headers, ("Cookie", f"{name}={value}")], body)
    heard = json.loads(answer.body)
    assert heard["body"] == "a=b&c" and ["Remote-Id", "zhangwei"] in heard["headers"]
    assert not [name for name, value in heard["headers"] if EVIL[1] in value]


@pytest.mark.parametrize("name", ["X-WeCom-Userid", "x-wecom-userid", "X_WeCom_Userid",
                                  "X-WECOM_USERID", "X_wecom-x"])
def test_headers_of_ours_do_not_reach_the_application(site, member, name):
    answer = wire.request(site, "GET /intranet/env.cgi HTTP/1.1",
                          [(name, EVIL[1]), member, ("Connection", name)])
    env = json.loads(answer.body)
    assert not [key for key, value in env.items() if EVIL[1] in value]


def test_many_at_once_are_all_refused(site, sim, browsers):
    """The same bad return again and again costs WeCom nothing."""
    browser = browsers(WECOM_IOS)
    for number in range(50):
        answer = browser.get(site.url(f"/wecom/return?code=x&state={number}"))
        assert answer.status_code == 400
    assert browser.request("GET", site.url("/intranet/"), FETCH).status_code == 401
    assert not sim.counts()
