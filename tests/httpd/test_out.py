# SPDX-License-Identifier: Apache-2.0
"""What the application hears of a member: environment, headers, session and notes; in CGI scripts
and behind mod_proxy, from httpd.conf and .htaccess, Chinese names intact."""
import base64
import json
from urllib.parse import unquote

import pytest

from harness import raw
from harness.accounts import directory_lines
from harness.client import WECOM_IOS, incident, session_in
from harness.fakeapi import FakeApi
from harness.seal import Sealer
from harness.server import wait_until
from harness.site import Place, Source

HR = Source("hr", app=1, lines=())      # an old application: WeCom withholds nothing from it
FIELDS = "WeComSessionFields position alias mobile employee_no=extattr:工号 home=extattr:主页"
OUT = "userid source account name departments main_department leads"
PROXY = ("proxy", "proxy_http")


def hears(site, path, browser=None, **more):
    """{name in lower case: value}, as the backend got them."""
    answer = (browser.get(site.url(path), **more) if browser
              else raw.request(site, f"GET {path} HTTP/1.0"))
    assert answer.status_code == 200, f"{answer.status_code}: {answer.text}"
    return {name.lower(): value for name, value in answer.json()["headers"]}


def decoded(encoding, value):
    if encoding == "percent":
        return unquote(value, errors="strict")
    assert "=" not in value
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()


def ours(told, prefix="x-wecom-"):
    return {name: value for name, value in told.items() if name.startswith(prefix)}


# --- the environment ---

@pytest.fixture
def site(sites, via):
    return sites(sources=(HR,), lines=(FIELDS,), places=(
        Place(via=via), Place("/quiet", via=via, lines=("WeComPassEnv Off",))))


def wecom(env):
    return {name: value for name, value in env.items() if "WECOM" in name}


def test_environment(site, signed_in):
    env = site.environment(signed_in(site, "zhangwei"))
    assert env["REMOTE_USER"] == "zhangwei"
    assert wecom(env) == {
        "WECOM_USERID": "zhangwei", "WECOM_SOURCE": "hr", "WECOM_NAME": "张伟",
        "WECOM_DEPARTMENTS": "2,3", "WECOM_MAIN_DEPARTMENT": "2", "WECOM_LEADS": "2",
        "WECOM_POSITION": "研发总监", "WECOM_ALIAS": "Wei", "WECOM_MOBILE": "13800000001",
        "WECOM_EMPLOYEE_NO": "A0001", "WECOM_HOME": "https://example.com/zhangwei"}


def test_what_the_member_lacks(site, signed_in):
    env = site.environment(signed_in(site, "liuyang"))
    assert wecom(env) == {
        "WECOM_USERID": "liuyang", "WECOM_SOURCE": "hr", "WECOM_NAME": "刘洋",
        "WECOM_DEPARTMENTS": "4,2", "WECOM_MAIN_DEPARTMENT": "4", "WECOM_POSITION": "市场专员",
        "WECOM_ALIAS": "", "WECOM_MOBILE": "13800000004"}, "WeCom says that the alias is empty"


def test_no_environment(site, signed_in):
    env = site.environment(signed_in(site, "zhangwei"), "/quiet")
    assert env["REMOTE_USER"] == "zhangwei" and not wecom(env)


def test_withheld(sites, signed_in):
    """A new application gets no mobile from user/get."""
    site = sites(lines=(FIELDS,))
    env = site.environment(signed_in(site, "zhangwei"))
    assert env["WECOM_POSITION"] == "研发总监" and "WECOM_MOBILE" not in env


def test_account(sites, databases, signed_in):
    site = sites(modules=("dbd",), lines=directory_lines(databases("sqlite3")))
    env = site.environment(signed_in(site, "LiNa"))
    assert env["WECOM_ACCOUNT"] == env["REMOTE_USER"] and env["WECOM_USERID"] == "LiNa"


# --- the session ---

def test_session(site, signed_in):
    told = session_in(signed_in(site, "zhangwei").get(site.url("/wecom/session")))
    issued = told["issued"]
    assert told == {
        "source": "hr", "userid": "zhangwei", "name": "张伟", "departments": [2, 3],
        "leads": [2], "main_department": 2, "position": "研发总监", "alias": "Wei",
        "mobile": "13800000001", "employee_no": "A0001", "home": "https://example.com/zhangwei",
        "issued": issued, "expires": issued + 12 * 3600}


def test_old_tickets(sites, browsers):
    """A session from before WeComSessionFields goes on without the field; what is carried and not
    named any more, or is a mark of ours, is not told."""
    site = sites(lines=("WeComSessionFields position",))
    sealer = Sealer(site.httpd.paths, site)
    for fields, expected in (({}, None), ({"position": "先生"}, "先生"), ({"position": ""}, ""),
                             ({"mobile": "1", "app2": "x"}, None)):
        browser = browsers(WECOM_IOS)
        browser.set_cookie(*sealer.ticket(fields=fields))
        env = site.environment(browser)
        assert env.get("WECOM_POSITION") == expected
        assert not {"WECOM_MOBILE", "WECOM_APP", "WECOM_APP2"} & set(env)
        told = browser.get(site.url("/wecom/session")).json()
        assert told.get("position") == expected and not {"mobile", "app", "app2"} & set(told)


def test_too_large(sites, book, browsers, log):
    """Nothing is cut: whoever does not fit is refused, and the administrator told why."""
    log.expect("WC0242", "WeComSessionFields")
    fake = FakeApi(book)
    try:
        site = sites(sources=(Source(lines=(f"WeComBaseURL api {fake.url}",)),),
                     lines=("WeComSessionFields position alias telephone english_name",))
        long = "1" * 1000
        fake.say("user/get", {"userid": "LiNa", "status": 1, "position": long, "alias": long,
                              "telephone": long})
        browser = browsers(WECOM_IOS, person="LiNa")
        page = browser.walk(site.url("/intranet/")).page
        assert page.status_code == 500 and incident(page).startswith("WC0242-")
        assert browser.session_cookie is None
    finally:
        fake.stop()


# --- headers ---

@pytest.fixture(params=["percent", "base64url"])
def encoding(request):
    return request.param


@pytest.fixture
def passing(sites, backend, via, encoding):
    lines = (f"WeComPassHeaders {encoding} {OUT} position employee_no home",)
    rule = (f"RewriteRule ^(.*)$ {backend.url}/app/$1 [P]",)
    proxied = ((f"ProxyPass {backend.url}/app",) if via == "conf"
               else ("RewriteEngine On", *rule))
    return sites(
        sources=(HR,), modules=(*PROXY, "rewrite"),
        lines=(FIELDS, '<Directory "@docroot@/app">', "AllowOverride AuthConfig FileInfo",
               "</Directory>"),
        places=(Place(via=via, lines=lines), Place("/app", via=via, lines=proxied + lines),
                Place("/off", via=via, lines=("WeComPassHeaders Off",))))


def test_headers(passing, signed_in, encoding):
    told = ours(hears(passing, "/app/x", signed_in(passing, "zhangwei")))
    assert all(value.isascii() for value in told.values())
    assert {name: decoded(encoding, value) for name, value in told.items()} == {
        "x-wecom-userid": "zhangwei", "x-wecom-source": "hr", "x-wecom-name": "张伟",
        "x-wecom-departments": "2,3", "x-wecom-main-department": "2", "x-wecom-leads": "2",
        "x-wecom-position": "研发总监", "x-wecom-employee-no": "A0001",
        "x-wecom-home": "https://example.com/zhangwei"}
    if encoding == "percent":
        assert told["x-wecom-name"] == "%E5%BC%A0%E4%BC%9F"
        assert told["x-wecom-departments"] == "2,3"
        assert told["x-wecom-home"] == "https%3A%2F%2Fexample.com%2Fzhangwei"


def test_spelling(passing, signed_in):
    answer = signed_in(passing, "zhangwei").get(passing.url("/app/x"))
    names = [name for name, _ in answer.json()["headers"] if name.lower().startswith("x-wecom")]
    assert {"X-WeCom-Userid", "X-WeCom-Main-Department", "X-WeCom-Employee-No"} <= set(names)
    assert len(names) == len(set(names))


def test_headers_for_cgi(passing, signed_in, encoding):
    env = passing.environment(signed_in(passing, "wangfang"))
    assert decoded(encoding, env["HTTP_X_WECOM_NAME"]) == "王芳"
    assert decoded(encoding, env["HTTP_X_WECOM_POSITION"]) == "市场经理"
    assert "HTTP_X_WECOM_EMPLOYEE_NO" not in env, "the member has none"
    off = passing.environment(signed_in(passing, "wangfang"), "/off")
    assert off["WECOM_NAME"] == "王芳" and not [n for n in off if n.startswith("HTTP_X_WECOM")]


def test_trace(sites, signed_in):
    """Whoever asks what arrives gets back what was sent."""
    site = sites(lines=("TraceEnable On",), places=(
        Place(lines=("WeComPassHeaders percent userid name",)),))
    browser = signed_in(site, "LiNa")
    answer = raw.request(site, "TRACE /intranet/ HTTP/1.1", [
        ("Cookie", "=".join(browser.session_cookie)), ("X-WeCom-Userid", "boss"),
        ("X_WeCom_Name", "boss"), ("X-Other", "kept")])
    assert answer.status == 200 and b"kept" in answer.body
    assert b"wecom" not in answer.body.lower() and b"boss" not in answer.body


def test_control_bytes(sites, backend, sim, signed_in, via):
    """What a member writes into the own record is no header and no request of its own, also where
    an administrator hands it on with mod_headers, which writes what an expression gives."""
    bad = "x\r\nX-Role: boss\r\n\r\nGET /app/boss HTTP/1.1"
    site = sites(modules=PROXY, sources=(HR,), lines=(FIELDS,), places=(
        Place(via=via), Place("/app", lines=(
            f"ProxyPass {backend.url}/app", "WeComPassHeaders percent name",
            *(f'RequestHeader set X-{name} "expr=%{{env:WECOM_{name}}}"'
              for name in ("NAME", "POSITION", "EMPLOYEE_NO"))))))
    sim.member("LiNa", name=bad, position=bad, extattr={"工号": bad})
    browser = signed_in(site, "LiNa")
    told = hears(site, "/app/x", browser)
    plain = bad.replace("\r", " ").replace("\n", " ")
    assert "x-role" not in told and unquote(told["x-wecom-name"]) == plain
    assert {told[f"x-{name}"] for name in ("name", "position", "employee_no")} == {plain}
    assert site.environment(browser)["WECOM_NAME"] == plain


# --- headers belong to a place ---

@pytest.fixture
def mixed(sites, backend):
    """Places that tell different things, and ways from one into another."""
    return sites(modules=(*PROXY, "rewrite", "include"), lines=(
        f"ProxyPass /out {backend.url}/out",
        "AddOutputFilter INCLUDES .shtml",
        '<Directory "@docroot@/inc">', "Options +Includes", "</Directory>"),
        files=(("inc/both.shtml", '<!--#include virtual="/full/env.cgi" -->\n'
                                  '<!--#include virtual="/open/env.cgi" -->\n'
                                  '<!--#include virtual="/less/env.cgi" -->\n'),),
        places=(
            Place("/full", lines=("WeComPassHeaders percent userid name",)),
            Place("/less", lines=("WeComPassHeaders prefix=X-Less- base64url userid",)),
            Place("/inc", lines=("WeComPassHeaders percent source",)),
            Place("/away", lines=("WeComPassHeaders percent userid name", "RewriteEngine On",
                                  "RewriteRule open$ /open/env.cgi [PT]",
                                  "RewriteRule less$ /less/env.cgi [PT]",
                                  "ErrorDocument 404 /open/env.cgi"))))


def passed(env):
    return {name for name in env
            if name.startswith(("HTTP_X_WECOM", "HTTP_X_LESS"))}


def test_elsewhere(mixed, signed_in):
    browser = signed_in(mixed, "LiNa", "/full/")
    assert passed(mixed.environment(browser, "/full")) == {"HTTP_X_WECOM_USERID",
                                                           "HTTP_X_WECOM_NAME"}
    assert passed(mixed.environment(browser, "/less")) == {"HTTP_X_LESS_USERID"}
    for path, expected in (("/away/open", set()), ("/away/less", {"HTTP_X_LESS_USERID"}),
                           ("/away/nothing", set())):
        answer = browser.get(mixed.url(path))
        assert passed(answer.json()) == expected, path


def test_included(mixed, signed_in):
    browser = signed_in(mixed, "LiNa", "/inc/")
    page = browser.get(mixed.url("/inc/both.shtml")).text
    full, opened, less = [json.loads(line) for line in page.splitlines() if line]
    assert passed(full) == {"HTTP_X_WECOM_USERID", "HTTP_X_WECOM_NAME"}
    assert passed(opened) == set()
    assert passed(less) == {"HTTP_X_LESS_USERID"}


# --- the log ---

def test_notes(sites, signed_in, browsers, log):
    log.expect("WC0251")
    log.expect("AH01631")
    site = sites(lines=(
        'LogFormat "%U %>s %{wecom-userid}n %{wecom-source}n %{wecom-account}n" wecom',
        'CustomLog "@root@/access.log" wecom'), places=(
            Place(), Place("/shut", require=("user nobody",))))
    browser = signed_in(site, "LiNa")
    stranger = browsers()
    for path in ("/intranet/", "/intranet/none", "/shut/", "/open/"):
        browser.get(site.url(path))
        stranger.get(site.url(path))
    expected = {"/intranet/index.html 200 LiNa acme -", "/intranet/none 404 LiNa acme -",
                "/shut/ 403 LiNa acme -", "/open/index.html 200 - - -", "/intranet/ 302 - - -",
                "/intranet/none 302 - - -", "/shut/ 302 - - -"}
    log = site.httpd.root / "access.log"
    wait_until(lambda: expected <= set(log.read_text().splitlines()), 10, log.read_text())
