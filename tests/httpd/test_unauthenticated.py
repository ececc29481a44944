# SPDX-License-Identifier: Apache-2.0
"""WeComUnauthenticated: what becomes of a visitor without a session."""
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from harness import raw
from harness.client import CHROME, FETCH, WECOM_IOS, links
from harness.seal import Sealer
from harness.site import Place

PASS = "WeComUnauthenticated pass"
HEADERS = "WeComPassHeaders percent userid name"


@pytest.fixture
def site(sites, via):
    return sites(places=(
        Place("/login", via=via, lines=("WeComUnauthenticated login",)),
        Place("/never", via=via, lines=("WeComUnauthenticated 401",)),
        Place("/never-open", via=via, require=("all granted",),
              lines=("WeComUnauthenticated 401",)),
        Place("/open-to-all", via=via, require=("all granted",), lines=(PASS, HEADERS)),
        Place("/members", via=via, lines=(PASS,)),
        Place("/lina", via=via, require=("user LiNa",), lines=(PASS,)),
        Place("/our-user", via=via, require=("wecom-user",), lines=(PASS,)),
        Place("/either", via=via, require=("ip 192.0.2.1", "wecom-user LiNa"), lines=(PASS,))))


def check_401(answer, site, path):
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "WeCom"
    assert answer.headers["Cache-Control"] == "no-store" and "Location" not in answer.headers
    assert not answer.headers.get_list("Set-Cookie")
    if answer.headers["Content-Type"].startswith("text/html"):
        (label, href), = links(answer)
        assert label == "Sign in" and href.startswith(site.url("/wecom/login?"))
        assert parse_qs(urlsplit(href).query)["return"] == [path]
    else:
        assert answer.json() == {"error": "login_required", "login": site.url("/wecom/login")}


# --- 401 ---

@pytest.mark.parametrize("path", ["/never/", "/members/", "/lina/", "/our-user/", "/either/"])
def test_401(site, browsers, path):
    browser = browsers()
    page = browser.get(site.url(path))
    check_401(page, site, path)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    script = browser.request("GET", site.url(path), FETCH)
    check_401(script, site, path)
    assert script.headers["Content-Type"] == "application/json"
    check_401(browser.post(site.url(path), {"a": "1"}), site, path)
    assert browser.get(site.alias_url(path)).status_code == 401, "not even to the public name"


def test_the_way_to_the_login(site, browsers):
    browser = browsers(WECOM_IOS, person="LiNa")
    page = browser.get(site.url("/never/?a=b"))
    (_, href), = links(page)
    walk = browser.walk(href, initiator=site.url("/never/"))
    assert walk.url == site.url("/never/?a=b") and walk.page.status_code == 200


def test_login_is_the_default(site, browsers):
    assert browsers().get(site.url("/login/")).status_code == 302


def test_chinese_page(site, browsers):
    page = browsers(CHROME, language="zh-CN").get(site.url("/never/"))
    assert "登录后才能查看此页面。" in page.text


# --- pass ---

def test_a_stranger_goes_on(site, browsers):
    answer = raw.request(site, "GET /open-to-all/env.cgi HTTP/1.0", [
        ("X-WeCom-Userid", "boss"), ("x_wecom_name", "boss"), ("WECOM_USERID", "boss"),
        ("Wecom-Userid", "boss")])
    assert answer.status == 200
    page = browsers().get(site.url("/open-to-all/env.cgi"))
    assert page.status_code == 200
    for env in (page.json(), json.loads(answer.body)):
        assert "REMOTE_USER" not in env and "AUTH_TYPE" not in env
        assert not [name for name in env if name.startswith(("WECOM", "HTTP_X_WECOM"))]
    assert page.headers["Cache-Control"] == "private"
    assert not page.headers.get_list("Set-Cookie")


def test_a_session_is_used(site, signed_in):
    browser = signed_in(site, "LiNa", "/login/")
    env = site.environment(browser, "/open-to-all")
    assert env["REMOTE_USER"] == env["WECOM_USERID"] == "LiNa" and env["AUTH_TYPE"] == "WeCom"
    assert env["HTTP_X_WECOM_USERID"] == "LiNa"
    for path in ("/members/", "/lina/", "/our-user/", "/either/"):
        assert browser.get(site.url(path)).status_code == 200, path


def test_no_session_is_looked_at_without_pass(site, signed_in):
    """As everywhere in httpd: where nobody needs a name nobody is asked for it."""
    env = site.environment(signed_in(site, "LiNa", "/login/"), "/never-open")
    assert "REMOTE_USER" not in env


def test_denied(site, signed_in, log):
    log.expect("WC0251")
    log.expect("AH01631")
    answer = signed_in(site, "zhangwei", "/login/").get(site.url("/lina/"))
    assert answer.status_code == 403 and "张伟" in answer.text


def test_an_old_session_is_none(site, browsers):
    sealer = Sealer(site.httpd.paths, site)
    for cookie in (sealer.ticket(issued=13 * 3600), sealer.ticket(source="other")):
        browser = browsers()
        browser.set_cookie(*cookie)
        env = browser.get(site.url("/open-to-all/env.cgi"))
        assert env.status_code == 200 and "REMOTE_USER" not in env.json()


def test_a_renewed_session(site, browsers):
    name, value = Sealer(site.httpd.paths, site).ticket(issued=3600, seen=3000)
    browser = browsers()
    browser.set_cookie(name, value)
    answer = browser.get(site.url("/open-to-all/"))
    assert answer.status_code == 200 and browser.cookies[name] != value


def test_no_session_directive(sites, browsers, log, via):
    """A place that cannot know anybody is a fault, also where nobody needs to be known."""
    log.expect("WC0301")
    site = sites(places=(Place(), Place("/odd", via=via, require=("all granted",),
                                        lines=(PASS, "Session Off"))))
    assert browsers().get(site.url("/odd/")).status_code == 500
