# SPDX-License-Identifier: Apache-2.0
"""One name: whoever comes by another is sent to it before anything else happens, by way of proxies
and ports and schemes, and no application ever sees the mark of that hop."""
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from harness import named
from harness.client import CHROME, FETCH, WECOM_IOS, XHR, Browser
from harness.keep import Keeper
from harness.named import Host, NamedSite, NamedSpec
from harness.site import Place, Source

NAME = "intranet.test.example"
MARK = "wecom-hop"
# The certificate of the tests is for localhost alone.
QUIET = ("AH01909",)
PLACES = (Place(), Place("/app", lines=("ProxyPass @backend@/app",)))


@pytest.fixture(autouse=True)
def names(monkeypatch):
    named.point_here(monkeypatch)


@pytest.fixture(scope="module")
def kept(paths, book, sim_process, tls):
    keeper = Keeper(lambda spec: NamedSite(paths, book, sim_process, spec, tls))
    yield lambda *hosts, **more: keeper(NamedSpec(hosts=hosts, announced=QUIET, **more))
    keeper.stop()


def places(backend):
    return tuple(replace(place, lines=tuple(line.replace("@backend@", backend.url)
                                            for line in place.lines)) for place in PLACES)


def has_mark(url):
    return MARK in parse_qs(urlsplit(url).query)


def unmarked(url):
    """The address without its mark."""
    assert has_mark(url), url
    return url.replace(f"?{MARK}=1", "").replace(f"&{MARK}=1", "")


def check_hop(answer, to, status=302):
    """To the right name, with the mark, and nothing set."""
    assert answer.status_code == status
    assert unmarked(answer.headers["Location"]) == to
    assert not answer.headers.get_list("Set-Cookie")
    assert answer.headers["Cache-Control"] == "no-store"


# --- one port, several names ---

MAIN = Host(NAME, sources=(Source(),), lines=("ServerAlias www.test.example 127.0.0.1 *.alias",))


@pytest.fixture
def plain(kept, backend):
    """http, one vhost, many names for it."""
    return kept(replace(MAIN, places=places(backend)), modules=("proxy", "proxy_http"))


ALIASES = ("www.test.example", "127.0.0.1", "localhost")


@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("path", ["/intranet/", "/intranet/env.cgi?a=b&c", "/intranet/%E5%BC%A0?x"])
def test_alias(plain, browsers, alias, path):
    browser = browsers(WECOM_IOS)
    answer = browser.get(f"http://{plain.authority(alias)}{path}")
    check_hop(answer, plain.url(path))
    assert not browser.cookies


@pytest.mark.parametrize("alias", ALIASES)
def test_whole_walk(plain, browsers, sim, alias):
    walk = browsers(WECOM_IOS, person="LiNa").walk(
        f"http://{plain.authority(alias)}/intranet/env.cgi?a=b")
    assert walk.trail == [
        (302, f"{plain.authority(alias)}/intranet/env.cgi"),
        (302, f"{plain.authority('')}/intranet/env.cgi"),
        (302, f"localhost:{sim.port}/connect/oauth2/authorize"),
        (302, f"{plain.authority('')}/wecom/return"),
        (200, f"{plain.authority('')}/intranet/env.cgi")]
    assert walk.url == plain.url("/intranet/env.cgi?a=b")
    check_unseen(json.loads(walk.page.text), "/intranet/env.cgi", "a=b")


def test_scan_from_an_alias(plain, browsers):
    walk = browsers(CHROME).scan(f"http://{plain.authority('www.test.example')}/intranet/?x=1")
    assert walk.url == plain.url("/intranet/?x=1") and walk.page.status_code == 200


@pytest.mark.parametrize("path", ["/wecom/login?source=acme", "/wecom/login", "/wecom/login?p=x"])
def test_login_page_of_an_alias(plain, browsers, path):
    answer = browsers(WECOM_IOS).get(f"http://{plain.authority('www.test.example')}{path}")
    check_hop(answer, plain.url(path).removesuffix("?"))


@pytest.mark.parametrize("spelling", [NAME.upper(), "Intranet.Test.Example"])
def test_spellings_of_the_name(plain, browsers, sim, spelling):
    answer = browsers(WECOM_IOS).get(plain.url("/intranet/"),
                                     {"Host": plain.authority(spelling)})
    assert answer.headers["Location"].startswith(sim.pages)


@pytest.mark.parametrize("said", [NAME, f"{NAME}:1", f"{NAME}.", f"x{NAME}", f"{NAME}.evil.example",
                                  "evil.example", f"[::1]:{80}"])
def test_hosts_that_are_not_the_name(plain, browsers, said):
    answer = browsers(WECOM_IOS).get(plain.url("/intranet/"), {"Host": said})
    check_hop(answer, plain.url("/intranet/"))


@pytest.mark.parametrize("headers", [FETCH, XHR, {"Accept": "*/*"}], ids=["fetch", "xhr", "bare"])
def test_script_under_an_alias(plain, browsers, headers):
    browser = browsers(WECOM_IOS)
    answer = browser.request("GET", f"http://{plain.authority('www.test.example')}/intranet/",
                             headers)
    assert answer.status_code == 401 and "Location" not in answer.headers
    assert answer.json() == {"error": "login_required", "login": plain.url("/wecom/login")}
    assert not browser.cookies


def test_form_under_an_alias(plain, browsers):
    browser = browsers(WECOM_IOS, person="LiNa")
    url = f"http://{plain.authority('www.test.example')}/intranet/env.cgi"
    answer = browser.post(url, {"a": "b"})
    check_hop(answer, plain.url("/intranet/env.cgi"), 303)
    walk = browser.walk(url, method="POST", data={"a": "b"})
    assert [hop.method for hop in walk.hops[:2]] == ["POST", "GET"]
    assert walk.page.status_code == 200


@pytest.mark.parametrize("target", ["//evil.example/", "/\\evil.example/", "/x" * 1500])
def test_hop_goes_nowhere_else(plain, browsers, target):
    answer = browsers(WECOM_IOS).get(
        f"http://{plain.authority('www.test.example')}/intranet/..{target}")
    assert answer.headers.get("Location", plain.url()).startswith(plain.url())


def test_known_member_needs_no_name(plain, browsers):
    """A session that came with the request counts under any name."""
    browser = browsers(WECOM_IOS, person="LiNa")
    browser.walk(plain.url("/intranet/"))
    name, value = browser.session_cookie
    answer = browser.get(plain.url("/intranet/env.cgi"), {
        "Host": plain.authority("www.test.example"), "Cookie": f"{name}={value}"})
    assert answer.status_code == 200


# --- the mark ---

def check_unseen(env, script, query):
    assert MARK not in json.dumps(env)
    assert env["QUERY_STRING"] == query
    assert env["REQUEST_URI"] == script + ("?" + query if query else "")
    assert env["SCRIPT_NAME"] == script


QUERIES = {
    "wecom-hop=1": "", "a=b&wecom-hop=1": "a=b", "wecom-hop=1&a=b": "a=b",
    "a=1&wecom-hop=1&b=2": "a=1&b=2", "wecom-hop=1&wecom-hop=1": "", "wecom-hop=": "",
    "wecom-hop=1&&a": "&a", "a=%20&wecom-hop=1": "a=%20",
}


@pytest.mark.parametrize("query, rest", QUERIES.items())
def test_mark_is_not_seen(plain, browsers, query, rest):
    """By a script and by a backend, whoever wrote it there."""
    browser = browsers(WECOM_IOS, person="LiNa")
    browser.walk(plain.url("/intranet/"))
    env = browser.get(plain.url("/intranet/env.cgi?" + query)).json()
    check_unseen(env, "/intranet/env.cgi", rest)
    heard = browser.get(plain.url("/app/x?" + query)).json()
    assert MARK not in json.dumps(heard["path"])
    assert heard["path"] == "/app/x" + ("?" + rest if rest else "")
    assert MARK not in browser.get(plain.url("/open/env.cgi?" + query)).text


@pytest.mark.parametrize("query", ["wecom-hopp=1", "xwecom-hop=1", "a=wecom-hop", "WECOM-HOP=1"])
def test_what_only_looks_like_it_stays(plain, browsers, query):
    assert browsers().get(plain.url("/open/env.cgi?" + query)).json()["QUERY_STRING"] == query


@pytest.mark.parametrize("query, rest", QUERIES.items())
def test_mark_is_not_in_the_target(plain, browsers, query, rest):
    walk = browsers(WECOM_IOS, person="LiNa").walk(plain.url("/intranet/env.cgi?" + query))
    assert walk.url == plain.url("/intranet/env.cgi" + ("?" + rest if rest else ""))


# --- the mark, and still another name ---

def check_both_names(answer, log, typed, public):
    assert answer.status_code == 400 and "Location" not in answer.headers
    assert typed in answer.text and public in answer.text
    assert not answer.headers.get_list("Set-Cookie")
    assert answer.headers["Cache-Control"] == "no-store"
    log.expect("WC0241")


@pytest.mark.parametrize("path", ["/intranet/?wecom-hop=1", "/wecom/login?source=acme&wecom-hop=1"])
def test_marked_and_wrong(plain, browsers, log, path):
    alias = plain.authority("www.test.example")
    answer = browsers(WECOM_IOS).get(f"http://{alias}{path}")
    check_both_names(answer, log, alias, plain.url("").rstrip("/"))


def test_marked_form(plain, browsers, log):
    alias = plain.authority("www.test.example")
    answer = browsers(WECOM_IOS).post(f"http://{alias}/intranet/?wecom-hop=1", {"a": "b"})
    check_both_names(answer, log, alias, plain.url("").rstrip("/"))


def test_typed_name_is_no_markup(plain, browsers, log):
    answer = browsers(WECOM_IOS).get(plain.url("/intranet/?wecom-hop=1"),
                                     {"Host": "evil.example:8080"})
    check_both_names(answer, log, "evil.example:8080", plain.url("").rstrip("/"))
    assert "<script" not in answer.text


# --- schemes and ports of one httpd ---

SECURE = Host(NAME, "https", True, places=(Place(),))
PUBLIC = f"WeComPublicURL https://{NAME}:@port:https@"


@pytest.fixture
def two_schemes(kept):
    """TLS ends here; the plain site is the same one for everybody who forgot the s."""
    return kept(SECURE, Host(NAME, "http", places=(Place(),)), Host(NAME, "other", True,
                                                                    places=(Place(),)),
                sources=(Source(),), lines=(PUBLIC,))


@pytest.fixture
def hosts(two_schemes):
    return dict(zip(("https", "http", "other"), two_schemes.spec.hosts))


@pytest.mark.parametrize("port", ["http", "other"])
def test_plain_http_and_wrong_port(two_schemes, hosts, browsers, port):
    browser = browsers(WECOM_IOS)
    answer = browser.get(two_schemes.at(hosts[port], "/intranet/?a=b"))
    check_hop(answer, two_schemes.at(hosts["https"], "/intranet/?a=b"))
    assert not browser.cookies


@pytest.mark.parametrize("port, hops", [("https", 4), ("http", 5), ("other", 5)])
def test_cookies_of_https(two_schemes, hosts, browsers, port, hops):
    browser = browsers(WECOM_IOS, person="LiNa")
    walk = browser.walk(two_schemes.at(hosts[port], "/intranet/"))
    assert walk.url == two_schemes.at(hosts["https"], "/intranet/")
    assert walk.page.status_code == 200 and len(walk.hops) == hops
    set_cookies = [header for hop in walk.hops for header
                   in hop.answer.headers.get_list("Set-Cookie")]
    assert len(set_cookies) == 3
    for header in set_cookies:
        assert header.startswith("__Host-wecom")
        assert "; Secure" in header and "; Path=/;" in header and "Domain" not in header


def test_right_name_and_wrong_scheme(two_schemes, hosts, browsers):
    """The Host header says the name and port of https, but the request came without TLS."""
    answer = browsers(WECOM_IOS).get(two_schemes.at(hosts["http"], "/intranet/"),
                                     {"Host": two_schemes.authority(hosts["https"])})
    check_hop(answer, two_schemes.at(hosts["https"], "/intranet/"))


@pytest.mark.parametrize("headers, status", [(XHR, 401), (FETCH, 401)])
def test_script_without_tls(two_schemes, hosts, browsers, headers, status):
    answer = browsers().request("GET", two_schemes.at(hosts["http"], "/intranet/"), headers)
    assert answer.status_code == status
    assert answer.json()["login"] == two_schemes.at(hosts["https"], "/wecom/login")


# --- default ports ---

DEFAULTS = {
    f"https://{NAME}": "https", f"https://{NAME}:443": "https", f"HTTPS://{NAME.upper()}/": "https",
    f"http://{NAME}": "http", f"http://{NAME}:80": "http",
}


@pytest.fixture(params=DEFAULTS)
def default(kept, request):
    """Its port is that of the scheme, to the outside."""
    return kept(Host(NAME, sources=(Source(),), places=(Place(),), lines=(
        f"WeComPublicURL {request.param}",))), DEFAULTS[request.param]


def default_port(scheme):
    return 443 if scheme == "https" else 80


@pytest.mark.parametrize("written", [False, True], ids=["no-port", "port"])
def test_default_port_is_never_written(default, browsers, sim, written):
    site, scheme = default
    said = f"{NAME}:{default_port(scheme)}" if written else NAME
    browser = browsers(WECOM_IOS)
    answer = browser.get(site.url("/intranet/"), {"Host": said, "X-Forwarded-Proto": scheme})
    assert answer.headers["Location"].startswith(sim.pages)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["redirect_uri"] == [f"{scheme}://{NAME}/wecom/return"]
    (cookie,) = answer.headers.get_list("Set-Cookie")
    assert cookie.startswith("__Host-") == ("; Secure" in cookie) == (scheme == "https")
    told = browser.request("GET", site.url("/wecom/session"), {"Host": said, **FETCH}).json()
    assert told["login"] == f"{scheme}://{NAME}/wecom/login"


def test_hop_to_a_default_port(default, browsers):
    site, scheme = default
    other = "http" if scheme == "https" else "https"
    for said in (f"{NAME}:8080", f"www.{NAME}", f"{NAME}:{default_port(other)}"):
        answer = browsers(WECOM_IOS).get(site.url("/intranet/"), {"Host": said})
        check_hop(answer, f"{scheme}://{NAME}/intranet/")


@pytest.mark.parametrize("proto, fits", [
    (None, True), ("https", True), ("http", False), ("HTTP", False), ("https, http", True),
    ("http, https", False), ("", True), ("ftp", True)])
def test_forwarded_proto(kept, browsers, sim, proto, fits):
    """Behind a proxy that ends TLS: wrong only where it says so."""
    site = kept(Host(NAME, sources=(Source(),), places=(Place(),), lines=(
        f"WeComPublicURL https://{NAME}",)))
    headers = {} if proto is None else {"X-Forwarded-Proto": proto}
    answer = browsers(WECOM_IOS).get(site.url("/intranet/"), {"Host": NAME, **headers})
    assert answer.status_code == 302
    if fits:
        assert answer.headers["Location"].startswith(sim.pages)
    else:
        check_hop(answer, f"https://{NAME}/intranet/")


# --- a proxy in front that ends TLS ---

def front_lines(preserve):
    return (f"ProxyPreserveHost {preserve}", "ProxyPass / http://127.0.0.1:@back@/",
            'RequestHeader set X-Forwarded-Proto "expr=%{REQUEST_SCHEME}"')


@pytest.fixture(scope="module", params=["On", "Off"])
def proxied(paths, book, sim_process, tls, backend, request):
    """Two servers; the one in front has TLS and, on another port, none."""
    front = NamedSite(paths, book, sim_process, NamedSpec(
        hosts=tuple(Host(NAME, port, port == "https", lines=front_lines(request.param))
                    for port in ("https", "http")),
        modules=("proxy", "proxy_http"), wecom=False, announced=QUIET), tls)
    back = NamedSite(paths, book, sim_process, NamedSpec(hosts=(
        Host("inside.test.example", sources=(Source(),), places=(Place(),), lines=(
            f"WeComPublicURL https://{NAME}:@front@",)),), announced=QUIET), tls)
    named.start_behind(front, back)
    yield front, request.param == "On"
    front.stop()
    back.stop()


def test_walk_through_a_proxy(proxied, browsers, sim, log):
    front, preserves = proxied
    browser = browsers(WECOM_IOS, person="LiNa")
    if not preserves:
        walk = browser.walk(front.url("/intranet/"))
        assert len(walk.hops) == 2, "one hop, and then the page that says what is wrong"
        check_both_names(walk.page, log, "127.0.0.1", front.url("").rstrip("/"))
        assert not browser.cookies and not sim.counts()
        return
    walk = browser.walk(front.url("/intranet/env.cgi?a=b"))
    assert walk.trail == [
        (302, f"{front.authority('')}/intranet/env.cgi"),
        (302, f"localhost:{sim.port}/connect/oauth2/authorize"),
        (302, f"{front.authority('')}/wecom/return"),
        (200, f"{front.authority('')}/intranet/env.cgi")]
    assert browser.session_cookie[0].startswith("__Host-wecom_")
    check_unseen(walk.page.json(), "/intranet/env.cgi", "a=b")


def test_plain_port_of_the_proxy(proxied, browsers, log):
    front, preserves = proxied
    walk = browsers(WECOM_IOS, person="LiNa").walk(front.at(front.spec.hosts[1], "/intranet/?a=b"))
    check_hop(walk.hops[0].answer, front.url("/intranet/?a=b"))
    if preserves:
        assert walk.url == front.url("/intranet/?a=b") and walk.page.status_code == 200
    else:
        check_both_names(walk.page, log, "127.0.0.1", front.url("").rstrip("/"))


def test_script_through_a_proxy(proxied, browsers):
    front, _ = proxied
    answer = browsers().request("GET", front.url("/intranet/"), FETCH)
    assert answer.status_code == 401
    assert answer.json()["login"] == front.url("/wecom/login")


# --- two sites on one host ---

@pytest.fixture
def siblings(kept):
    return kept(Host(NAME, "one", places=(Place(),)), Host(NAME, "two", places=(Place(),)),
                sources=(Source(),))


def test_ports_do_not_mix_sessions(siblings, browsers):
    one, two = siblings.spec.hosts
    browser = browsers(WECOM_IOS, person="LiNa")
    assert browser.walk(siblings.at(one, "/intranet/")).page.status_code == 200
    assert browser.get(siblings.at(two, "/intranet/")).status_code == 302
    assert browser.walk(siblings.at(two, "/intranet/")).page.status_code == 200
    cookies = {name: value for name, value in browser.cookies.items()
               if name.startswith("wecom_")}
    assert len(cookies) == 2
    browser.get(siblings.at(one, "/wecom/logout"), initiator=siblings.at(one, "/"))
    assert browser.get(siblings.at(one, "/intranet/")).status_code == 302
    assert browser.get(siblings.at(two, "/intranet/")).status_code == 200


def test_cookie_of_one_under_the_name_of_the_other(siblings, browsers):
    one, two = siblings.spec.hosts
    browser = browsers(WECOM_IOS, person="LiNa")
    values = {}
    for host in (one, two):
        browser.drop_cookies()
        browser.walk(siblings.at(host, "/intranet/"))
        values[host.port] = browser.session_cookie
    forged = f"{values['two'][0]}={values['one'][1]}"
    answer = browser.get(siblings.at(two, "/intranet/"), {"Cookie": forged})
    assert answer.status_code == 302


# --- one session for the hosts of a domain ---

A, B, OTHER = "a.test.example", "b.test.example", "b.x.test.example"


@pytest.fixture(params=[False, True], ids=["http", "https"])
def domain(kept, request):
    return kept(*(Host(name, tls=request.param, places=(Place(),)) for name in (A, B)),
                sources=(Source(),), lines=("WeComSessionCookie portal test.example",))


def test_shared_session(domain, browsers):
    a, b = domain.spec.hosts
    browser = browsers(WECOM_IOS, person="LiNa")
    walk = browser.walk(domain.at(a, "/intranet/"))
    (header,) = [header for header in walk.hops[2].answer.headers.get_list("Set-Cookie")
                 if header.startswith("portal_")]
    assert "; Domain=test.example" in header and ("; Secure" in header) == a.tls
    assert browser.get(domain.at(b, "/intranet/")).status_code == 200
    assert browser.get(domain.at(b, "/wecom/session")).json()["userid"] == "LiNa"
    assert "portal_" not in browser.get(domain.at(b, "/open/env.cgi")).text


def test_sign_out_for_all(domain, browsers):
    a, b = domain.spec.hosts
    browser = browsers(WECOM_IOS, person="LiNa")
    browser.walk(domain.at(a, "/intranet/"))
    browser.get(domain.at(b, "/wecom/logout"), initiator=domain.at(b, "/"))
    assert browser.get(domain.at(a, "/intranet/")).status_code == 302


def test_pending_login_is_not_shared(domain, browsers):
    """Only the session goes to the neighbours; the cookies of a login stay with its host."""
    a, _ = domain.spec.hosts
    (header,) = browsers(WECOM_IOS).get(domain.at(a, "/intranet/")).headers.get_list("Set-Cookie")
    assert "Domain" not in header and header.startswith("__Host-wecomp_") == a.tls


def test_hosts_without_a_domain_share_nothing(kept, browsers):
    site = kept(*(Host(name, places=(Place(),)) for name in (A, B)), sources=(Source(),))
    a, b = site.spec.hosts
    browser = browsers(WECOM_IOS, person="LiNa")
    browser.walk(site.at(a, "/intranet/"))
    name, value = browser.session_cookie
    assert browser.get(site.at(b, "/intranet/")).status_code == 302
    answer = browser.get(site.at(b, "/intranet/"), {"Cookie": f"{name}={value}"})
    assert answer.status_code == 302


@pytest.mark.parametrize("wrong", ["example", "est.example", "b.test.example", "evil.example",
                                   "a.test.example.com", "127.0.0.1"])
def test_domain_that_is_not_above(paths, book, sim, tls, wrong):
    site = NamedSite(paths, book, sim, NamedSpec(hosts=(Host(A, sources=(Source(),), places=(
        Place(),), lines=(f"WeComSessionCookie portal {wrong}",)),)), tls)
    try:
        code, said = site.configtest()
        assert code != 0 and "WeComSessionCookie" in said
    finally:
        site.stop()
