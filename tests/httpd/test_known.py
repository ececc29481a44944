# SPDX-License-Identifier: Apache-2.0
"""Who is known gets the page at once; who cannot follow a redirect gets none; Require decides."""
import time
from urllib.parse import urlsplit

import pytest

from harness.client import FETCH, IMAGE, WECOM_IOS, XHR, incident, links
from harness.site import Place

JSON_POST = {**FETCH, "Content-Type": "application/json"}


@pytest.fixture
def site(sites, via):
    return sites(places=(Place(via=via),))


# --- known ---

def test_no_outgoing_call(site, sim, signed_in):
    browser = signed_in(site)
    sim.reset_counts()
    answers = [browser.get(site.url("/intranet/")) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert not sim.counts()


def test_no_cookie_is_written_anew(site, signed_in):
    answer = signed_in(site).get(site.url("/intranet/"))
    assert not answer.headers.get_list("Set-Cookie")


def test_scripts_of_a_known_visitor(site, signed_in):
    browser = signed_in(site)
    for headers in (FETCH, XHR, IMAGE):
        assert browser.request("GET", site.url("/intranet/"), headers).status_code == 200
    assert browser.request("HEAD", site.url("/intranet/"), FETCH).status_code == 200


def test_another_site_on_the_host(sites, signed_in):
    """Cookies ignore ports; the session of one site is nothing at another."""
    one, other = sites(), sites(places=(Place("/intranet"), Place("/other")))
    browser = signed_in(one)
    assert browser.get(other.url("/intranet/")).status_code == 302
    assert browser.get(one.url("/intranet/")).status_code == 200


def test_spoiled_cookie(site, browsers, signed_in):
    name, value = signed_in(site).session_cookie
    browser = browsers(WECOM_IOS)
    browser.set_cookie(name, value[:-4] + ("AAAA" if value[-4:] != "AAAA" else "BBBB"))
    answer = browser.get(site.url("/intranet/"))
    assert answer.status_code == 302
    assert browser.session_cookie is None, "it will never open, so it is deleted"


# --- who am I ---

def test_session_of_somebody(site, signed_in):
    answer = signed_in(site, "zhangwei").get(site.url("/wecom/session"))
    told = answer.json()
    issued = told.pop("issued")
    assert len(told.pop("logout")) > 40     # a form token, to sign out by a script
    assert abs(issued - time.time()) < 60
    assert told == {"source": "acme", "userid": "zhangwei", "name": "张伟", "departments": [2, 3],
                    "leads": [2], "main_department": 2, "expires": issued + 12 * 3600}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_session_of_nobody(site, browsers):
    answer = browsers().get(site.url("/wecom/session"))
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "WeCom"
    assert answer.json() == {"error": "login_required", "login": site.url("/wecom/login")}


# --- strangers that cannot follow a redirect ---

@pytest.mark.parametrize("method, headers, body", [
    ("GET", FETCH, None), ("GET", XHR, None), ("GET", IMAGE, None), ("HEAD", {}, None),
    ("POST", JSON_POST, "{}"), ("PUT", FETCH, "x"), ("DELETE", FETCH, None), ("GET", {}, None),
    ("GET", {"Accept": "text/html", "X-Requested-With": "XMLHttpRequest"}, None),
    ("POST", {"Accept": "text/html", "Content-Type": "application/json"}, "{}"),
], ids=["fetch", "xhr", "image", "head", "post-json", "put", "delete", "curl", "xhr-html",
        "post-json-html"])
def test_401_without_cookie(site, browsers, method, headers, body):
    browser = browsers()
    answer = browser.request(method, site.url("/intranet/"), headers, content=body)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "WeCom"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    assert "Location" not in answer.headers and "Set-Cookie" not in answer.headers
    if method == "HEAD":
        assert answer.content == b""
    else:
        assert answer.json() == {"error": "login_required", "login": site.url("/wecom/login")}
    assert not browser.cookies


def test_wecom_client_is_no_exception(site, browsers):
    answer = browsers(WECOM_IOS).request("GET", site.url("/intranet/"), FETCH)
    assert answer.status_code == 401


def test_android_client_names_its_package(site, browsers):
    """WeCom on Android writes X-Requested-With on every navigation."""
    answer = browsers(WECOM_IOS).get(site.url("/intranet/"),
                                     {"X-Requested-With": "com.tencent.wework"})
    assert answer.status_code == 302


# --- a form of somebody whose session has ended ---

@pytest.mark.parametrize("referer, target", [
    ("{site}/intranet/?form=1", "/intranet/?form=1"), (None, "/"),
    ("https://evil.example/intranet/", "/"), ("{site}//evil.example/", "/")],
    ids=["own", "none", "foreign", "unsafe"])
def test_posted_form(site, browsers, referer, target):
    browser = browsers(WECOM_IOS)
    headers = {"Referer": referer.format(site=site.url(""))} if referer else {}
    walk = browser.walk(site.url("/intranet/env.cgi"), headers, method="POST", data={"a": "b"})
    assert walk.trail[0][0] == 303
    assert walk.hops[1].method == "GET"
    assert walk.url == site.url(target) and walk.page.status_code == 200


# --- Require ---

RULES = {
    "user": ("user LiNa", "LiNa", "zhangwei"),
    "wecom-user": ("wecom-user wangfang LiNa", "LiNa", "zhangwei"),
    "wecom-user-case": ("wecom-user lina", "LiNa", "zhangwei"),
    "wecom-user-source": ("wecom-user acme/LiNa", "LiNa", "zhangwei"),
}


@pytest.mark.parametrize("rule", ["valid-user", "wecom-user", *(r[0] for r in RULES.values())])
def test_require_grants(sites, via, signed_in, rule):
    site = sites(places=(Place(via=via, require=(rule,)),))
    assert signed_in(site, "LiNa").get(site.url("/intranet/")).status_code == 200


@pytest.mark.parametrize("rule", [rule[0] for rule in RULES.values()])
def test_require_denies(sites, via, signed_in, log, rule):
    site = sites(places=(Place(via=via, require=(rule,)),))
    answer = signed_in(site, "zhangwei").get(site.url("/intranet/"))
    assert answer.status_code == 403 and "Location" not in answer.headers
    log.allow("AH01631")
    log.expect("WC0251", "member zhangwei")


@pytest.fixture
def closed(sites, via):
    return sites(places=(Place(via=via, require=("user nobody",)),))


def test_somebody_else_may_sign_in(closed, browsers, log):
    """Outside the client, and then comes back here."""
    browser = browsers()
    walk = browser.scan(closed.url("/intranet/?a=b&c"))
    assert walk.page.status_code == 403
    ((label, address),) = links(walk.page)
    assert label == "Sign in as someone else"
    walk = browser.click(walk, address)
    assert walk.page.status_code == 200 and urlsplit(walk.url).path == "/wecom/login"
    walk = browser.confirm(browser.click(walk, links(walk.page)[0][1]), "LiNa")
    assert walk.url == closed.url("/intranet/?a=b&c") and "李娜" in walk.page.text
    log.allow("AH01631")
    log.expect("WC0251")


def test_page_of_a_denial(closed, signed_in, log):
    answer = signed_in(closed).get(closed.url("/intranet/"))
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "WWW-Authenticate" not in answer.headers
    assert "You have no permission for this page." in answer.text and "张伟" in answer.text
    assert links(answer) == [], "inside the client there is nobody else to be"
    log.allow("AH01631")
    log.expect("WC0251", incident(answer))


def test_denied_script_gets_json(closed, signed_in, log):
    answer = signed_in(closed).request("GET", closed.url("/intranet/"), FETCH)
    assert answer.status_code == 403 and answer.json() == {"error": "forbidden"}
    assert answer.headers["Cache-Control"] == "no-store"
    log.allow("AH01631")
    log.expect("WC0251")


def test_denied_page_has_no_address_of_its_own(closed, signed_in, log):
    answer = signed_in(closed).get(closed.url("/wecom/denied"))
    assert answer.status_code == 404
    log.allow("AH01631")
    log.expect("WC0251")


def test_stranger_is_not_denied_but_sent_to_login(closed, browsers):
    assert browsers().get(closed.url("/intranet/")).status_code == 302


def test_require_inside_containers(sites, via, signed_in, log):
    site = sites(places=(Place(via=via, require=(), lines=(
        "<RequireAll>", "Require wecom-user", "Require not wecom-user zhangwei",
        "</RequireAll>")),))
    assert signed_in(site, "LiNa").get(site.url("/intranet/")).status_code == 200
    assert signed_in(site, "zhangwei").get(site.url("/intranet/")).status_code == 403
    log.allow("AH01631")
    log.expect("WC0251", "member zhangwei")
