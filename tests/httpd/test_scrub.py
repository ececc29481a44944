# SPDX-License-Identifier: Apache-2.0
"""What a browser says about itself in our words is not heard, and what is ours in its cookies goes
to no application: in CGI scripts and behind mod_proxy, in protected places and elsewhere."""
import json
import socket
import ssl

import h2.connection
import h2.events
import pytest

from harness import raw
from harness.client import WECOM_IOS, XHR
from harness.server import wait_until
from harness.site import Place, Source, Vhost

THEIRS = "a=1; b=\"two; three\"; =; c; wecom=x; wecom_=y; wecomp_x=z; d=e=f; %41=%42"


@pytest.fixture
def site(sites, backend):
    """/intranet and /app are protected, /open and /out are not; /app and /out are a backend."""
    return sites(modules=("proxy", "proxy_http"), lines=(
        f"ProxyPass /out {backend.url}/out",), places=(Place(), Place("/app", lines=(
            f"ProxyPass {backend.url}/app",
            "RequestHeader set X-WeCom-Userid %{WECOM_USERID}e",
            "RequestHeader set X-WeCom-Name %{WECOM_NAME}e"))))


WAYS = {"cgi": "/intranet/env.cgi", "open-cgi": "/open/env.cgi", "proxy": "/app/x",
        "open-proxy": "/out/x"}


def hears(site, path, browser=None, headers=()):
    """All headers that the application at this path got: [(name in lower case, value)]. The
    request is written byte by byte, so that nobody puts headers in order before."""
    headers = list(headers)
    if browser:
        cookie = "=".join(browser.session_cookie)
        headers = [(name, value.replace("@session@", cookie)) for name, value in headers]
        if not any(name == "Cookie" for name, _ in headers):
            headers.append(("Cookie", cookie))
    answer = raw.request(site, f"GET {path} HTTP/1.0", headers)
    assert answer.status == 200, answer
    told = json.loads(answer.body)
    if "headers" in told:
        return [(name.lower(), value) for name, value in told["headers"]]
    return [(name[len("HTTP_"):].lower().replace("_", "-"), value)
            for name, value in told.items() if name.startswith("HTTP_")]


def named(heard, part):
    return [value for name, value in heard if part in name.replace("_", "-")]


# --- headers ---

FORGED = {
    "plain": [("X-WeCom-Userid", "boss")],
    "lower": [("x-wecom-userid", "boss")],
    "underscores": [("x_wecom_userid", "boss")],
    "mixed": [("X_WeCom-UserID", "boss"), ("X-WECOM_USERID", "boss")],
    "doubled": [("X-WeCom-Userid", "boss"), ("X-WeCom-Userid", "boss")],
    "doubled-spellings": [("X-WeCom-Userid", "boss"), ("x_wecom_userid", "boss")],
    "other-field": [("X-WeCom-Departments", "boss"), ("X-WeCom-Anything-Else", "boss")],
    "no-field": [("X-WeCom-", "boss")],
    "other-signs": [("X.WeCom.Userid", "boss"), ("X~WeCom~Userid", "boss")],
    "listed": [("Connection", "X-WeCom-Userid"), ("X-WeCom-Userid", "boss")],
    "among-others": [("Accept", "*/*"), ("X-WeCom-Userid", "boss"), ("X-Other", "kept")],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("forged", FORGED.values(), ids=list(FORGED))
def test_forged_headers(site, signed_in, way, forged):
    heard = hears(site, WAYS[way], signed_in(site, "LiNa"), forged)
    assert "boss" not in str(heard)
    expected = ["LiNa", "李娜"] if way == "proxy" else []
    assert sorted(named(heard, "x-wecom")) == sorted(expected)
    if forged is FORGED["among-others"]:
        assert named(heard, "x-other") == ["kept"]


@pytest.mark.parametrize("path", ["/open/env.cgi", "/out/x"])
def test_forged_headers_of_a_stranger(site, path):
    for forged in FORGED.values():
        assert "boss" not in str(hears(site, path, None, forged))


def test_names_that_are_not_ours(site):
    """Only what begins with our prefix is taken away."""
    kept = [("WeCom-Userid", "1"), ("X-WeComUserid", "2"), ("X-WeCo-m", "3"), ("XX-WeCom-A", "4")]
    heard = hears(site, "/out/x", None, kept)
    assert [value for _, value in kept if value not in [v for _, v in heard]] == []


@pytest.mark.parametrize("connection", [
    "X-WeCom-Userid", "close, x-wecom-userid", "X-WeCom-Userid, X-WeCom-Name",
    "x_wecom_userid", "keep-alive,X-WECOM-USERID,X-WeCom-Name", "X-WeCom-Userid; X-WeCom-Name",
    "\tX-WeCom-Userid\t", ",,X-WeCom-Userid,,"])
def test_connection_takes_nothing_away(site, signed_in, connection):
    """mod_proxy leaves out what Connection lists: the member would be nobody to the backend."""
    heard = hears(site, "/app/x", signed_in(site, "LiNa"), [("Connection", connection)])
    assert named(heard, "x-wecom-userid") == ["LiNa"] and named(heard, "x-wecom-name") == ["李娜"]


def test_two_lines_of_connection(site, signed_in):
    heard = hears(site, "/app/x", signed_in(site, "LiNa"), [
        ("Connection", "keep-alive"), ("Connection", "X-WeCom-Userid")])
    assert named(heard, "x-wecom-userid") == ["LiNa"]


def test_connection_keeps_its_other_words(site, signed_in):
    """X-Mine is of this hop alone, as RFC 9110 section 7.6.1 says, and stays here."""
    heard = hears(site, "/app/x", signed_in(site), [
        ("Connection", "X-Mine, X-WeCom-Userid"), ("X-Mine", "1"), ("X-Yours", "2")])
    assert not named(heard, "x-mine") and named(heard, "x-yours") == ["2"]


@pytest.mark.parametrize("merge", ["Off", "On"])
@pytest.mark.parametrize("way", WAYS)
def test_trailers(sites, backend, signed_in, log, way, merge):
    log.allow("AH00574")    # the script ends without reading what was posted
    site = sites(modules=("proxy", "proxy_http"), lines=(
        f"MergeTrailers {merge}", f"ProxyPass /out {backend.url}/out"), places=(
            Place(), Place("/app", lines=(f"ProxyPass {backend.url}/app",))))
    answer = raw.request(site, f"POST {WAYS[way]} HTTP/1.1", [
        ("Cookie", "=".join(signed_in(site, "LiNa").session_cookie)),
        ("Transfer-Encoding", "chunked"), ("Trailer", "X-WeCom-Userid")],
        body=b"3\r\na=b\r\n0\r\nX-WeCom-Userid: boss\r\n\r\n")
    assert answer.status == 200 and b"boss" not in answer.body


# --- other prefixes ---

@pytest.fixture
def prefixed(sites, backend):
    """A prefix of one place of one virtual host is nobody's to send anywhere."""
    return sites(modules=("proxy", "proxy_http"), lines=(f"ProxyPass /out {backend.url}/out",),
                 places=(Place(), Place("/app", lines=(
                     f"ProxyPass {backend.url}/app",
                     "WeComPassHeaders prefix=X-Auth2- percent userid name"))),
                 vhosts=(Vhost("plain", lines=(f"ProxyPass /out {backend.url}/out",)),
                         Vhost("second", places=(Place("/intranet", lines=(
                             "WeComPassHeaders prefix=Remote- base64url userid",)),))))


ELSEWHERE = [("X-Auth2-Userid", "boss"), ("x_auth2_userid", "boss"), ("X.Auth2.Name", "boss"),
             ("X-AUTH2-", "boss"), ("X-Auth2-Userid", "boss"), ("Remote-User", "boss"),
             ("REMOTE_USERID", "boss"), ("X-WeCom-Userid", "boss"), ("X-Auth2-Long", "boss" * 2000)]


@pytest.mark.parametrize("vhost", ["", "second", "plain"])
@pytest.mark.parametrize("path", ["/open/env.cgi", "/out/x"])
def test_every_prefix_everywhere(prefixed, vhost, path):
    if vhost == "second" and path == "/out/x":
        path = "/open/index.html"
    site = Site(prefixed, vhost)
    answer = raw.request(site, f"GET {path} HTTP/1.0", [
        *ELSEWHERE, ("X-Auth", "kept"), ("X-Auth2", "kept"), ("Remote", "kept")])
    assert answer.status == 200 and b"boss" not in answer.body
    if path != "/open/index.html":
        assert answer.body.count(b"kept") == 3


def test_own_prefix(prefixed, signed_in):
    heard = hears(prefixed, "/app/x", signed_in(prefixed, "LiNa"), [
        *ELSEWHERE, ("Connection", "close, X-Auth2-Userid, x_auth2_name")])
    assert named(heard, "x-auth2-userid") == ["LiNa"]
    assert named(heard, "x-auth2-name") == ["%E6%9D%8E%E5%A8%9C"]
    assert "boss" not in str(heard)


@pytest.mark.parametrize("long", [b"X-WeCom-Userid: boss\r\n boss\r\n\tboss",
                                  b"X-WeCom-Userid: " + b"boss" * 2040,
                                  b"X-WeCom-" + b"a" * 8000 + b": boss"],
                         ids=["folded", "8 KiB", "name of 8 KiB"])
@pytest.mark.parametrize("path", ["/open/env.cgi", "/out/x"])
def test_long_headers(site, path, long):
    answer = raw.exchange(site, f"GET {path} HTTP/1.0\r\nHost: {site.authority()}\r\n".encode()
                          + long + b"\r\nX-Other: kept\r\n\r\n")
    assert answer.status == 200 and b"boss" not in answer.body and b"kept" in answer.body


# --- readers of trailers ---

@pytest.fixture(params=["Off", "On"])
def reading(sites, backend, request):
    """KeptBodySize makes mod_include read the body before what it includes runs; with mod_buffer
    the body is read by the first who asks."""
    return sites(modules=("proxy", "proxy_http", "request", "include", "rewrite"), lines=(
        f"MergeTrailers {request.param}", "TraceEnable extended",
        'LogFormat "%U %{X-WeCom-Userid}^ti %{X-Auth2-Userid}^ti %{X-Other}^ti" trailers',
        'CustomLog "@root@/trailers.log" trailers',
        f"ProxyPass /out {backend.url}/out",
        '<Directory "@docroot@/open">', "KeptBodySize 65536", "Options +Includes",
        "AddOutputFilter INCLUDES .shtml", "</Directory>"),
        files=(("open/late.shtml", '<!--#include virtual="/open/env.cgi" -->\n'),),
        places=(Place(), Place("/app", lines=(
            f"ProxyPass {backend.url}/app", "WeComPassHeaders prefix=X-Auth2- percent userid"))))


TRAILERS = [("X-WeCom-Userid", "boss"), ("x_wecom_name", "boss"), ("X-Auth2-Userid", "boss"),
            ("X.Auth2.Userid", "boss"), ("Connection", "X-Auth2-Userid"), ("X-Other", "kept")]


def post(site, path, cookie=None, method="POST"):
    body = b"3\r\na=b\r\n0\r\n" + b"".join(
        f"{name}: {value}\r\n".encode() for name, value in TRAILERS) + b"\r\n"
    return raw.request(site, f"{method} {path} HTTP/1.1", [
        *([("Cookie", cookie)] if cookie else []), ("Transfer-Encoding", "chunked"),
        ("Content-Type", "application/x-www-form-urlencoded")], body=body)


@pytest.mark.parametrize("path", ["/open/env.cgi", "/open/late.shtml", "/open/index.html",
                                  "/out/x", "/intranet/env.cgi", "/app/x", "/nothing"])
def test_who_reads_trailers(reading, signed_in, log, path):
    log.allow("AH00574")
    cookie = "=".join(signed_in(reading, "LiNa").session_cookie)
    answer = post(reading, path, cookie)
    assert answer.status == (404 if path == "/nothing" else 200), answer
    assert b"boss" not in answer.body
    if path == "/app/x":
        heard = json.loads(answer.body)["headers"]
        assert [value for name, value in heard if name.lower() == "x-auth2-userid"] == ["LiNa"]


def test_trailers_in_the_log(reading, signed_in):
    post(reading, "/out/logged")
    log = reading.httpd.root / "trailers.log"
    wait_until(lambda: "/out/logged" in log.read_text(), 10, "a line in the log")
    line, = [line for line in log.read_text().splitlines() if line.startswith("/out/logged")]
    assert line == "/out/logged - - kept"


def test_trace_with_trailers(reading):
    answer = post(reading, "/open/index.html", method="TRACE")
    assert answer.status == 200 and b"boss" not in answer.body


# --- cookies ---

@pytest.fixture
def neighbours(sites, backend):
    """The same, and a second site on another port, one of another cookie name, and one that has
    no place behind WeCom."""
    proxy = f"ProxyPass /out {backend.url}/out"
    return sites(modules=("proxy", "proxy_http"), lines=(proxy,), places=(
        Place(), Place("/app", lines=(f"ProxyPass {backend.url}/app",))), vhosts=(
            Vhost("second", places=(Place(),), lines=(proxy,)),
            Vhost("named", places=(Place(),), lines=(proxy, "WeComSessionCookie portal")),
            Vhost("plain", lines=(proxy,))))


def cookie_at(site, path, cookie, vhost=""):
    """The Cookie header that the application gets."""
    answer = raw.request(Site(site, vhost), f"GET {path} HTTP/1.0", [("Cookie", cookie)])
    assert answer.status == 200, answer
    told = json.loads(answer.body)
    if "headers" in told:
        return dict(told["headers"]).get("Cookie")
    return told.get("HTTP_COOKIE")


class Site:
    """One virtual host, as raw.request asks for it."""

    def __init__(self, site, vhost):
        self.url = lambda path: site.url(path, vhost)
        self.authority = lambda: site.authority(vhost)


@pytest.fixture
def sessions(neighbours, browsers):
    """{vhost: "name=value"} of a session of each."""
    found = {}
    for vhost in ("", "second", "named"):
        browser = browsers(WECOM_IOS, person="LiNa")
        browser.walk(neighbours.url("/intranet/", vhost))
        found[vhost] = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        assert found[vhost] and ";" not in found[vhost]
    assert found["named"].startswith("portal_")
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form, rest", [
    ("{ours}", None), ("a=1; {ours}", "a=1"), ("{ours}; a=1", "a=1"),
    ("a=1; {ours}; b=2", "a=1; b=2"), ("a=1;{ours};b=2", "a=1;b=2"),
    ("{ours}; a=1; {ours}", "a=1"), ("{ours};{ours}", None),
    (THEIRS + "; {ours}", THEIRS), ("{ours}; " + THEIRS, THEIRS)],
    ids=["alone", "last", "first", "between", "tight", "twice", "twice-alone", "odd-before",
         "odd-behind"])
def test_session_cookie(neighbours, sessions, way, form, rest):
    heard = cookie_at(neighbours, WAYS[way], form.format(ours=sessions[""]))
    assert heard == rest


@pytest.mark.parametrize("way", WAYS)
def test_two_lines_of_cookie(neighbours, sessions, way):
    """httpd joins them with a comma."""
    site = Site(neighbours, "")
    answer = raw.request(site, f"GET {WAYS[way]} HTTP/1.1", [
        ("Cookie", sessions[""]), ("Cookie", "a=1"), ("Cookie", sessions["second"]),
        ("Cookie", "b=2")])
    assert answer.status == 200
    for cookie in sessions.values():
        assert cookie.partition("=")[2].encode() not in answer.body
    assert b"a=1" in answer.body and b"b=2" in answer.body


@pytest.mark.parametrize("vhost", ["", "second", "named", "plain"])
@pytest.mark.parametrize("path", ["/open/env.cgi", "/out/x"])
def test_cookies_of_siblings(neighbours, sessions, vhost, path):
    """Cookies ignore ports: all of them come to each site of the host."""
    cookie = "; ".join(["a=1", *sessions.values(), "b=2"])
    assert cookie_at(neighbours, path, cookie, vhost) == "a=1; b=2"


@pytest.mark.parametrize("path", ["/open/env.cgi", "/out/x"])
def test_pending_cookies(neighbours, browsers, path):
    browser = browsers(WECOM_IOS)
    for vhost in ("", "second"):
        browser.get(neighbours.url("/intranet/", vhost))
    pending = [f"{name}={value}" for name, value in browser.cookies.items()]
    assert len(pending) == 2 and all(cookie.startswith("wecomp_") for cookie in pending)
    assert cookie_at(neighbours, path, "; ".join(["a=1", *pending, "b=2"])) == "a=1; b=2"
    assert cookie_at(neighbours, path, "; ".join(pending)) is None


@pytest.mark.parametrize("cookie", [
    THEIRS, "wecom_abc12=5; wecom_abc1234=7; wecom_ABC123=6", "wecomp_abc123=no-underscore",
    "WECOM_abc123=1", "xwecom_abc123=1", "a=wecom_abc123", "a=__Host-wecom_abc123",
    "  a=1  ;  b=2  ", "a=1;;b=2;", "wecom", "a=1, b=2"])
@pytest.mark.parametrize("path", ["/open/env.cgi", "/out/x"])
def test_other_cookies_stay_byte_by_byte(neighbours, path, cookie):
    assert cookie_at(neighbours, path, cookie) == cookie.strip()


def test_cut_cookie_still_counts(neighbours, sessions):
    """Taken away from the application, but the visitor is known."""
    answer = raw.request(neighbours, "GET /intranet/env.cgi HTTP/1.0", [("Cookie", sessions[""])])
    told = json.loads(answer.body)
    assert told["REMOTE_USER"] == "LiNa" and "HTTP_COOKIE" not in told


def test_secure_names(sites, browsers, tls):
    """With __Host- too."""
    site = sites(tls=True, sources=(Source(),))
    browser = browsers(WECOM_IOS, person="LiNa", ca_file=str(tls.cert))
    browser.walk(site.url("/intranet/"))
    browser.get(site.url("/intranet/"), XHR)
    name, value = browser.session_cookie
    assert name.startswith("__Host-wecom_")
    for path in ("/intranet", "/open"):
        env = json.loads(browser.request("GET", site.url(f"{path}/env.cgi"), {
            "Cookie": f"a=1; {name}={value}; __Host-wecomp_abc123_x=y; __Host-b=2"}).text)
        assert env["HTTP_COOKIE"] == "a=1; __Host-b=2"


# --- HTTP/2 ---

class Stream:
    """One POST with trailers over HTTP/2, which no client of ours would send."""

    def __init__(self, site, tls):
        context = ssl.create_default_context(cafile=str(tls.cert))
        context.set_alpn_protocols(["h2"])
        host, _, port = site.authority().partition(":")
        self._host = site.authority()
        self._sock = context.wrap_socket(socket.create_connection((host, int(port)), 20),
                                         server_hostname=host)
        assert self._sock.selected_alpn_protocol() == "h2"
        self._h2 = h2.connection.H2Connection()
        self._h2.initiate_connection()

    def post(self, path, trailers, headers=()):
        """The whole body of the answer."""
        stream = self._h2.get_next_available_stream_id()
        self._h2.send_headers(stream, [
            (":method", "POST"), (":scheme", "https"), (":authority", self._host),
            (":path", path), ("content-type", "application/x-www-form-urlencoded"), *headers])
        self._h2.send_data(stream, b"a=b")
        self._h2.send_headers(stream, trailers, end_stream=True)
        body = b""
        while True:
            self._sock.sendall(self._h2.data_to_send())
            data = self._sock.recv(65536)
            assert data, "closed"
            for event in self._h2.receive_data(data):
                if isinstance(event, h2.events.DataReceived):
                    body += event.data
                    self._h2.acknowledge_received_data(event.flow_controlled_length, stream)
                if isinstance(event, h2.events.StreamEnded):
                    return body

    def close(self):
        self._sock.close()


@pytest.mark.parametrize("merge", ["Off", "On"])
def test_trailers_of_http2(sites, tls, merge):
    site = sites(tls=True, modules=("request", "include"), lines=(
        f"MergeTrailers {merge}",
        'LogFormat "%U %{X-WeCom-Userid}^ti %{X-Other}^ti" trailers',
        'CustomLog "@root@/trailers.log" trailers',
        '<Directory "@docroot@/open">', "KeptBodySize 65536", "Options +Includes",
        "AddOutputFilter INCLUDES .shtml", "</Directory>"),
        files=(("open/late.shtml", '<!--#include virtual="/open/env.cgi" -->\n'),))
    if not site.speaks_http2:
        pytest.skip("this MPM has no HTTP/2")
    stream = Stream(site, tls)
    try:
        for path in ("/open/late.shtml", "/open/env.cgi"):
            for known in ([], [("content-length", "3")]):
                body = stream.post(path, [
                    ("x-wecom-userid", "boss"), ("x_wecom_name", "boss"), ("x-other", "kept")], [
                        ("x-wecom-source", "boss"), *known])
                assert b"boss" not in body and b"SCRIPT_NAME" in body
    finally:
        stream.close()
    log = site.httpd.root / "trailers.log"
    wait_until(lambda: len(log.read_text().splitlines()) >= 4, 10, "four lines in the log")
    assert "boss" not in log.read_text() and "kept" in log.read_text()
