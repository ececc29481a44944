# SPDX-License-Identifier: Apache-2.0
"""The walks under HTTP/2, and under each MPM."""
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.client import CHROME, FETCH, IMAGE, WECOM_IOS, XHR, Browser, links
from harness.site import Place, Site, Spec

MPMS = ("event", "worker", "prefork")
SPEC = Spec(tls=True, places=(Place(), Place("/shut", require=("user nobody",))))


@pytest.fixture(scope="module", params=MPMS)
def site(paths, book, sim_process, tls, request):
    """Over TLS; with HTTP/2 where the MPM can."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WECOM_MPM", request.param)
        site = Site(paths, book, sim_process, SPEC, tls)
        try:
            site.start()
            assert site.speaks_http2 == (request.param != "prefork")
            yield site
        finally:
            site.stop()


@pytest.fixture
def open_browser(book, tls):
    opened = []

    def make(agent=WECOM_IOS, person=None):
        opened.append(Browser(book, agent, person, http2=True, ca_file=str(tls.cert)))
        return opened[-1]

    yield make
    for browser in opened:
        browser.close()


@pytest.fixture
def member(site, open_browser):
    browser = open_browser(person="LiNa")
    walk = browser.walk(site.url("/intranet/"))
    assert walk.page.status_code == 200 and browser.session_cookie
    return browser


def check_protocol(site, answer):
    assert answer.http_version == ("HTTP/2" if site.speaks_http2 else "HTTP/1.1")


# --- the walks ---

def test_silent_login(site, sim, open_browser):
    browser = open_browser(person="LiNa")
    walk = browser.walk(site.url("/intranet/env.cgi?a=%E5%BC%A0&b"))
    assert walk.trail == [
        (302, f"{site.authority()}/intranet/env.cgi"),
        (302, f"localhost:{sim.port}/connect/oauth2/authorize"),
        (302, f"{site.authority()}/wecom/return"),
        (200, f"{site.authority()}/intranet/env.cgi")]
    for hop in (walk.hops[0], *walk.hops[2:]):
        check_protocol(site, hop.answer)
    env = walk.page.json()
    assert env["REMOTE_USER"] == "LiNa" and env["WECOM_NAME"] == "李娜"
    assert env["QUERY_STRING"] == "a=%E5%BC%A0&b" and env["REQUEST_SCHEME"] == "https"
    name, value = browser.session_cookie
    assert name.startswith("__Host-wecom_") and value not in walk.page.text


def test_scan_login(site, open_browser):
    browser = open_browser(CHROME)
    walk = browser.scan(site.url("/intranet/?x=1"), "wangfang")
    assert walk.url == site.url("/intranet/?x=1") and walk.page.status_code == 200
    assert site.environment(browser)["WECOM_USERID"] == "wangfang"


@pytest.mark.parametrize("method, headers, body", [
    ("GET", FETCH, None), ("GET", XHR, None), ("GET", IMAGE, None), ("HEAD", {}, None),
    ("POST", {**FETCH, "Content-Type": "application/json"}, "{}" * 10000), ("PUT", FETCH, "x")],
    ids=["fetch", "xhr", "image", "head", "post", "put"])
def test_scripts_of_a_stranger(site, open_browser, method, headers, body):
    browser = open_browser()
    answer = browser.request(method, site.url("/intranet/"), headers, content=body)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "WeCom"
    assert answer.headers["Cache-Control"] == "no-store" and not browser.cookies
    assert method == "HEAD" or answer.json()["login"] == site.url("/wecom/login")
    check_protocol(site, answer)


def test_scripts_of_a_member(site, member):
    for headers in (FETCH, XHR, IMAGE):
        assert member.request("GET", site.url("/intranet/"), headers).status_code == 200
    assert member.request("HEAD", site.url("/intranet/"), FETCH).status_code == 200


def test_form_of_a_stranger(site, open_browser):
    browser = open_browser(person="LiNa")
    answer = browser.post(site.url("/intranet/env.cgi"), {"a": "b" * 20000},
                          {"Referer": site.url("/intranet/?form")})
    assert answer.status_code == 303
    walk = browser.walk(answer.headers["Location"])
    assert walk.url == site.url("/intranet/?form") and walk.page.status_code == 200


def test_logout(site, member):
    url = site.url("/wecom/logout")
    asked = member.get(url)
    assert "Do you want to sign out?" in asked.text and member.session_cookie
    answer = member.get(url, initiator=site.url("/intranet/"))
    assert "You are signed out." in answer.text and member.session_cookie is None
    check_protocol(site, answer)
    assert member.get(site.url("/intranet/")).status_code == 302


def test_session(site, member, open_browser):
    assert member.get(site.url("/wecom/session")).json()["userid"] == "LiNa"
    assert open_browser().get(site.url("/wecom/session")).status_code == 401


def test_denied(site, member, log):
    answer = member.get(site.url("/shut/"))
    assert answer.status_code == 403 and links(answer) == []
    check_protocol(site, answer)
    log.allow("AH01631")
    log.expect("WC0251")


def test_another_name(site, open_browser):
    answer = open_browser().get(site.alias_url("/intranet/"))
    assert answer.status_code == 302 and not answer.headers.get_list("Set-Cookie")
    assert answer.headers["Location"] == site.url("/intranet/?wecom-hop=1")


# --- what HTTP/2 does in its own way ---

def test_a_line_for_each_cookie(site, member):
    """RFC 9113 section 8.2.3: there, and only there, Cookie may come in several fields."""
    if not site.speaks_http2:
        pytest.skip("HTTP/1.1")
    name, value = member.session_cookie
    member.drop_cookies()
    answer = member.request("GET", site.url("/intranet/env.cgi"), [
        ("cookie", "a=1"), ("cookie", f"{name}={value}"), ("cookie", "b=2")])
    assert answer.status_code == 200
    env = answer.json()
    assert env["REMOTE_USER"] == "LiNa" and env["HTTP_COOKIE"] == "a=1; b=2"


@pytest.mark.parametrize("name", ["x-wecom-userid", "x_wecom_userid"])
def test_forged_header(site, member, name):
    env = member.get(site.url("/intranet/env.cgi"), {name: "boss"}).json()
    assert "boss" not in str(env) and env["REMOTE_USER"] == "LiNa"


def test_many_streams(site, member, open_browser):
    """At once on one connection, each for whoever it is: members and strangers."""
    stranger = open_browser()

    def ask(number):
        browser = stranger if number % 3 == 0 else member
        answer = browser.request("GET", site.url(f"/intranet/?{number}"), FETCH)
        return browser is member, answer.status_code

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(ask, range(60)))
    assert set(answers) == {(True, 200), (False, 401)}


def test_many_logins(site, book, tls):
    """Each of them ends as the one who began it."""
    people = ("zhangwei", "LiNa", "wangfang", "liuyang")

    def visit(number):
        browser = Browser(book, WECOM_IOS, people[number % 4], http2=True, ca_file=str(tls.cert))
        try:
            walk = browser.walk(site.url("/intranet/env.cgi"))
            return walk.page.json().get("REMOTE_USER") == people[number % 4]
        finally:
            browser.close()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(visit, range(16)))


def test_graceful_restart(site, member, open_browser):
    """The same session and a new login in the next generation. Its connections are new, too."""
    browser = open_browser(person="LiNa")
    browser.take_cookies_of(member)
    member.close()
    site.httpd.graceful()
    assert browser.get(site.url("/intranet/")).status_code == 200
    browser.drop_cookies()
    assert browser.walk(site.url("/intranet/")).page.status_code == 200
