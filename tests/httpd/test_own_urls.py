# SPDX-License-Identifier: Apache-2.0
"""Our own URLs answer whatever the configuration around them does to every other address."""
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from harness import raw
from harness.client import FETCH, WECOM_IOS
from harness.own import (BASIC, BASIC_FILES, BASIC_MODULES, VERIFY, VERIFY_LINE, check_headers,
                         directory, location)
from harness.server import run_user
from harness.site import Place, Vhost

EVIL = "https://evil.example/"


# --- what tries to answer in our place ---

@dataclass(frozen=True)
class Hijack:
    """Lines that take every address, seen at `path`: the status, and a text in page or Location."""
    name: str
    lines: tuple
    status: int
    sees: str = ""
    path: str = "/elsewhere"
    ids: tuple = ()     # what the error log says about `path`
    own_ids: tuple = ()     # and about our own URLs, though they answer
    places: tuple = ()


def htaccess(folder):
    """A document root of its own, with an .htaccess out of FILES."""
    return (f'DocumentRoot "@docroot@/{folder}"',
            *directory("AllowOverride All", path=f"@docroot@/{folder}"))


REWRITE = ("RewriteEngine On", "RewriteRule ^ /hijacked.html [END]")
FILES = (
    *BASIC_FILES,
    ("hijacked.html", "hijacked\n"),
    ("rewritten/.htaccess", "RewriteEngine On\nRewriteRule ^ https://evil.example/ [R,L]\n"),
    ("redirected/.htaccess", "Redirect / https://evil.example/\n"),
    ("fallen/.htaccess", "FallbackResource /hijacked.html\n"),
    ("fallen/hijacked.html", "hijacked\n"),
    ("denied/.htaccess", "Require all denied\n"),
    ("views/wecom/login.html", "hijacked\n"),
    ("views/wecom/session.html", "hijacked\n"),
    ("views/elsewhere.html", "hijacked\n"),
    ("slash/wecom/login/index.html", "hijacked\n"),
    ("slash/wecom/session/index.html", "hijacked\n"),
    ("slash/wecom/logout/index.html", "hijacked\n"),
    ("slash/elsewhere/index.html", "hijacked\n"),
    ("user/elsewhere/index.html", "hijacked\n"),
    ("wecom/index.html", "the site's index\n"),
    ("wecom/other", "the site's other\n"),
    ("wecom/login.html", "the site's login.html\n"),
    ("wecomx/login", "the site's wecomx\n"),
)

HIJACKS = (
    Hijack("nothing", (), 404),
    # mod_rewrite
    Hijack("rewrite", REWRITE, 200, "hijacked"),
    Hijack("rewrite-redirect", ("RewriteEngine On", f"RewriteRule ^ {EVIL} [R,L]"), 302, EVIL),
    Hijack("rewrite-forbidden", ("RewriteEngine On", "RewriteRule ^ - [F]"), 403),
    Hijack("rewrite-gone", ("RewriteEngine On", "RewriteRule ^ - [G]"), 410),
    Hijack("rewrite-handler", ("RewriteEngine On", "RewriteRule ^ - [H=server-status]"), 200,
           "Apache Status"),
    Hijack("rewrite-proxy", ("RewriteEngine On", "RewriteRule ^(.*) @backend@$1 [P]"), 200,
           '"path": "/elsewhere"'),
    Hijack("rewrite-directory", directory(*REWRITE), 200, "hijacked"),
    Hijack("rewrite-htaccess", htaccess("rewritten"), 302, EVIL),
    Hijack("rewrite-location", location("RewriteEngine On", f"RewriteRule ^ {EVIL} [R,L]"), 302,
           EVIL),
    Hijack("rewrite-location-forbidden", location("RewriteEngine On", "RewriteRule ^ - [F]"), 403),
    # mod_alias
    Hijack("redirect", (f"Redirect / {EVIL}",), 302, EVIL),
    Hijack("redirect-gone", ("Redirect gone /",), 410),
    Hijack("redirect-match", (f"RedirectMatch ^/(.*) {EVIL}$1",), 302, EVIL),
    Hijack("redirect-location", location(f"Redirect {EVIL}"), 302, EVIL),
    Hijack("redirect-match-location", location(f"RedirectMatch .* {EVIL}"), 302, EVIL),
    Hijack("redirect-htaccess", htaccess("redirected"), 302, EVIL),
    Hijack("redirect-if", ('<If "true">', f"    Redirect {EVIL}", "</If>"), 302, EVIL),
    Hijack("alias-match", ('AliasMatch ^/ "@docroot@/hijacked.html"',), 200, "hijacked"),
    Hijack("alias", ('Alias "/" "@docroot@/user/"',), 301, "/elsewhere/"),
    Hijack("alias-location", location('Alias "@docroot@/hijacked.html"'), 200, "hijacked"),
    Hijack("script-alias", ('ScriptAliasMatch ^/ "@docroot@/open/env.cgi"',), 200,
           "SCRIPT_FILENAME"),
    # mod_dir
    Hijack("fallback", ("FallbackResource /hijacked.html",), 200, "hijacked"),
    Hijack("fallback-directory", directory("FallbackResource /hijacked.html"), 200, "hijacked"),
    Hijack("fallback-location", location("FallbackResource /hijacked.html"), 200, "hijacked"),
    Hijack("fallback-htaccess", htaccess("fallen"), 200, "hijacked"),
    Hijack("slash", ('DocumentRoot "@docroot@/slash"',), 301, "/elsewhere/"),
    # mod_proxy
    Hijack("proxy", ("ProxyPass / @backend@/",), 200, '"path": "/elsewhere"'),
    Hijack("proxy-match", ("ProxyPassMatch ^(/.*)$ @backend@$1",), 200, '"path": "/elsewhere"'),
    Hijack("proxy-servlet", ("ProxyPass / @backend@/ mapping=servlet",), 200,
           '"path": "/elsewhere"'),
    Hijack("proxy-encoded", ("ProxyPass / @backend@/ mapping=encoded",), 200,
           '"path": "/elsewhere"'),
    Hijack("proxy-location", location("ProxyPass @backend@/"), 200, '"path": "/elsewhere"'),
    # handlers and types
    Hijack("handler", location("SetHandler server-status"), 200, "Apache Status"),
    Hijack("handler-proxy", location('SetHandler "proxy:@backend@"'), 200, '"method": "GET"'),
    Hijack("action", ('<LocationMatch "^/(?!open/)">', "    SetHandler theirs",
                      "    Action theirs /open/env.cgi virtual", "</LocationMatch>"), 200,
           "SCRIPT_FILENAME"),
    Hijack("views", ('DocumentRoot "@docroot@/views"',
                     *directory("Options +MultiViews", path="@docroot@/views")), 200, "hijacked"),
    Hijack("userdir", ('UserDir "@docroot@/user"',), 301, "/~elsewhere/", path="/~elsewhere"),
    Hijack("vhost-alias", ('VirtualDocumentRoot "@docroot@/user/"',), 301, "/elsewhere/"),
    Hijack("dav", location("Dav On"), 404),
    # who may come in
    Hijack("require-denied", location("Require all denied"), 403, ids=("AH01630",)),
    Hijack("require-denied-if", ('<If "true">', "    Require all denied", "</If>"), 403,
           ids=("AH01630",)),
    Hijack("require-denied-directory", directory("Require all denied"), 403, path="/",
           ids=("AH01630",)),
    Hijack("require-denied-htaccess", htaccess("denied"), 403, ids=("AH01630",)),
    Hijack("limit", location("<Limit GET POST>", "    Require all denied", "</Limit>"), 403,
           ids=("AH01630",)),
    Hijack("basic", location(*BASIC), 401),
    Hijack("basic-satisfy-all", location(*BASIC, "Satisfy All"), 401),
    Hijack("basic-satisfy-any", location(*BASIC, "Satisfy Any", "Deny from all"), 401,
           ids=("AH01797",), own_ids=("AH01797",)),
    Hijack("form", location("AuthType form", 'AuthName "Other"', "AuthFormProvider file",
                            'AuthUserFile "@docroot@/users"', "Require valid-user",
                            "Session On", "SessionCookieName theirs path=/"), 401,
           ids=("AH01807",)),
    Hijack("wecom", (), 302, "/connect/oauth2/authorize", places=(Place("/"),)),
    Hijack("wecom-nobody", (), 302, "/connect/oauth2/authorize",
           places=(Place("/", require=("all denied", "user nobody")),)),
)
BY_NAME = {hijack.name: hijack for hijack in HIJACKS}
MODULES = ("rewrite", "proxy", "proxy_http", "status", "negotiation", "userdir", "actions",
           "vhost_alias", "access_compat", "auth_form", "request", "session_cookie", "dav",
           "dav_fs", *BASIC_MODULES)


def filled(lines, backend):
    return tuple(line.replace("@backend@", backend.url) for line in lines)


@pytest.fixture
def hijacked(sites, backend):
    """One server with a virtual host for each."""
    return sites(places=(), modules=MODULES, files=FILES, lines=(VERIFY_LINE,), vhosts=tuple(
        Vhost(hijack.name, places=hijack.places, lines=filled(hijack.lines, backend))
        for hijack in HIJACKS))


def check_login(site, sim, browser, vhost=""):
    """login and return; the session that follows from them."""
    begin = browser.get(site.url("/wecom/login?source=acme&return=/open/%3Fa=b", vhost))
    assert begin.status_code == 302, begin.text
    check_headers(begin)
    to = begin.headers["Location"]
    assert to.startswith(f"{sim.pages}/connect/oauth2/authorize?"), to
    back = browser.get(urlsplit(to)._replace(fragment="").geturl()).headers["Location"]
    assert back.startswith(site.url("/wecom/return?", vhost))
    end = browser.get(back)
    assert end.status_code == 302, end.text
    check_headers(end)
    assert end.headers["Location"] == site.url("/open/?a=b", vhost) + "#"
    assert browser.session_cookie
    told = browser.get(site.url("/wecom/session", vhost))
    assert told.status_code == 200 and told.json()["userid"] == "LiNa"
    check_headers(told)


def check_logout(site, browser, vhost=""):
    asked = browser.get(site.url("/wecom/logout", vhost))
    assert asked.status_code == 200 and "Do you want to sign out?" in asked.text
    check_headers(asked)
    done = browser.get(site.url("/wecom/logout", vhost), initiator=site.url("/", vhost))
    assert done.status_code == 200 and "You are signed out." in done.text
    check_headers(done)
    assert browser.session_cookie is None


def check_nobody(site, browser, vhost=""):
    answer = browser.request("GET", site.url("/wecom/session", vhost), FETCH)
    assert answer.status_code == 401 and answer.json()["error"] == "login_required"
    check_headers(answer)


def check_verify(site, browser, vhost=""):
    answer = browser.get(site.url("/" + VERIFY, vhost))
    assert answer.status_code == 200 and answer.content == b"AbCdEfGhIjKlMnOp"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert not answer.headers.get_list("Set-Cookie")
    check_headers(answer)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_other_address_is_taken(hijacked, browsers, log, name):
    """Else the tests below would prove nothing."""
    hijack = BY_NAME[name]
    answer = browsers(WECOM_IOS).get(hijacked.url(hijack.path, name))
    assert answer.status_code == hijack.status, answer.text
    assert hijack.sees in answer.text + answer.headers.get("Location", "")
    log.allow(*hijack.ids)


@pytest.mark.parametrize("name", BY_NAME)
def test_own_urls(hijacked, sim, browsers, log, name):
    log.allow(*BY_NAME[name].own_ids)
    browser = browsers(WECOM_IOS, person="LiNa")
    check_nobody(hijacked, browser, name)
    check_verify(hijacked, browser, name)
    check_login(hijacked, sim, browser, name)
    check_verify(hijacked, browser, name)
    check_logout(hijacked, browser, name)


@pytest.mark.parametrize("lines", [
    REWRITE, ("RewriteEngine On", f"RewriteRule ^ {EVIL} [R,L]"), (f"Redirect / {EVIL}",),
    ("FallbackResource /hijacked.html",), ("ProxyPass / @backend@/",)],
    ids=["rewrite", "rewrite-redirect", "redirect", "fallback", "proxy"])
def test_at_the_server_itself(sites, sim, backend, browsers, lines):
    """What stands outside of any <VirtualHost>."""
    site = sites(places=(), modules=MODULES, files=FILES,
                 lines=(VERIFY_LINE, *filled(lines, backend)))
    browser = browsers(WECOM_IOS, person="LiNa")
    answer = browser.get(site.url("/elsewhere"))
    assert answer.status_code != 404, "it takes every other address"
    check_nobody(site, browser)
    check_verify(site, browser)
    check_login(site, sim, browser)
    check_logout(site, browser)


@pytest.mark.parametrize("lines", [
    location('Header set Cache-Control "public, max-age=600"',
             "Header unset X-Content-Type-Options", 'Header always set Cache-Control "public"'),
    location("ExpiresActive On", 'ExpiresDefault "access plus 1 hour"'),
    ('Header set Cache-Control "public, max-age=600"',),
    ('Header always set Cache-Control "public, max-age=600"',),
    ('Header merge Cache-Control "public"',),
    ("ExpiresActive On", 'ExpiresDefault "access plus 1 hour"'),
], ids=["location", "location-expires", "server", "server-always", "server-merge",
        "server-expires"])
def test_headers_of_a_site_that_likes_caches(sites, sim, browsers, lines):
    site = sites(places=(), modules=("expires",), lines=(VERIFY_LINE, *lines))
    browser = browsers(WECOM_IOS, person="LiNa")
    check_nobody(site, browser)
    check_verify(site, browser)
    check_login(site, sim, browser)
    check_logout(site, browser)


# --- Deny wins, and the log says so ---

DENY = location("Order deny,allow", "Deny from all")


@pytest.mark.parametrize("path", ["login?source=acme", "return?code=x&state=y", "logout",
                                  "session", "jssdk"])
def test_deny_wins(sites, browsers, log, path):
    site = sites(places=(), modules=("access_compat",), lines=DENY)
    answer = browsers(WECOM_IOS).get(site.url("/wecom/" + path))
    assert answer.status_code == 403
    assert "Location" not in answer.headers and "Set-Cookie" not in answer.headers
    log.allow("AH01797")
    log.expect("WC0332", f"/wecom/{path.partition('?')[0]} is refused by Deny")


def test_deny_of_others_is_not_our_matter(sites, browsers, log):
    site = sites(places=(), modules=("access_compat",), lines=DENY)
    assert browsers().get(site.url("/open/")).status_code == 403
    log.expect("AH01797")       # and no WC0332


def test_deny_with_an_error_document_of_ours(sites, browsers, log):
    """The way out is barred too; the visitor gets httpd's own words."""
    site = sites(places=(), modules=("access_compat",),
                 lines=(*DENY, "ErrorDocument 403 /wecom/login"))
    answer = browsers(WECOM_IOS).get(site.url("/wecom/session"))
    assert answer.status_code == 403 and "Location" not in answer.headers
    log.allow("AH01797")
    log.expect("WC0332")


# --- names that are not ours ---

@pytest.mark.parametrize("path, status, text", [
    ("/wecom", 301, ""), ("/wecom/", 200, "the site's index\n"),
    ("/wecom/other", 200, "the site's other\n"), ("/wecom/nosuch", 404, ""),
    ("/wecom/login.html", 200, "the site's login.html\n"), ("/wecom/login/", 404, ""),
    ("/wecom/login/x", 404, ""), ("/wecom/logi", 404, ""), ("/wecom/loginx", 404, ""),
    ("/wecom/Login", 404, ""), ("/WeCom/login", 404, ""), ("/wecom/LOGIN", 404, ""),
    ("/wecomx/login", 200, "the site's wecomx\n"), ("/open/wecom/login", 404, ""),
    ("/wecom/denied", 404, ""), ("/wecom/return%20", 404, ""), ("/wecom%2Flogin", 404, ""),
    ("/wecom/login;x=1", 404, "")])
def test_the_site_answers_for_the_rest(sites, browsers, path, status, text):
    site = sites(files=FILES)
    answer = browsers(WECOM_IOS).get(site.url(path))
    assert answer.status_code == status and text in answer.text
    assert "no-store" not in answer.headers.get("Cache-Control", "")


@pytest.mark.parametrize("path", ["/wecom/login", "/wecom//login", "/wecom/./login",
                                  "/open/../wecom/login", "/%77ecom/%6cogin", "/wecom/x/../login"])
def test_spellings_of_one_path(sites, path):
    """httpd makes one path of them, and so do we."""
    site = sites(files=FILES)
    answer = raw.request(site, f"GET {path}?source=acme HTTP/1.1", [("User-Agent", WECOM_IOS)])
    assert answer.status == 302 and "/connect/oauth2/authorize" in answer.get("Location")


def test_absolute_form(sites):
    """RFC 9112 section 3.2.2: as proxies write it."""
    site = sites(files=FILES)
    answer = raw.request(site, f"GET {site.url('/wecom/login?source=acme')} HTTP/1.1",
                         [("User-Agent", WECOM_IOS)])
    assert answer.status == 302 and "/connect/oauth2/authorize" in answer.get("Location")


def test_rest_stays_behind_the_login(sites, browsers, signed_in):
    site = sites(files=FILES, places=(Place("/"),))
    assert browsers(WECOM_IOS).get(site.url("/wecom/other")).status_code == 302
    assert signed_in(site).get(site.url("/wecom/other")).text == "the site's other\n"


@pytest.fixture
def moved(sites):
    return sites(files=(*FILES, ("wecom/login", "the site's login\n")),
                 lines=("WeComEndpoint /sso/v1.0",))


def test_another_endpoint(moved, signed_in, browsers):
    assert browsers().get(moved.url("/wecom/login")).text == "the site's login\n"
    browser = signed_in(moved)
    assert browser.get(moved.url("/sso/v1.0/session")).json()["userid"] == "zhangwei"


@pytest.mark.skipif(run_user() is None, reason="the children are the user who owns the folder")
def test_endpoint_is_no_path_of_the_file_system(fresh, browsers):
    """A folder of the same name that nobody may read is no matter of ours."""
    site = fresh.prepare(places=(), lines=("WeComEndpoint @root@/locked",))
    (site.httpd.root / "locked").mkdir(0o700)
    site.start()
    answer = browsers().request("GET", site.url(f"{site.httpd.root}/locked/session"), FETCH)
    assert answer.status_code == 401 and answer.json()["error"] == "login_required"
