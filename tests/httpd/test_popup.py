# SPDX-License-Identifier: Apache-2.0
"""The login in a window of its own: who may open it, what it tells, and to whom."""
import html
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from harness.accounts import (Accounts, directory_lines, form_at, place, source,
                              write_passwords)
from harness.client import FETCH, WECOM_IOS, links
from harness.site import Place, Source

APP = "https://app.example.com"
OTHER = "http://localhost:8081"
NONCE = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def site(sites):
    return sites(sources=(Source(), Source("hr", app=1)),
                 places=(Place(lines=("WeComSources acme",)),),
                 lines=(f"WeComPopupOrigins {APP} {OTHER}",))


def login(site, origin=APP, nonce=NONCE, source="acme", **more):
    query = {"display": "popup", "origin": origin, "nonce": nonce, "source": source, **more}
    return site.url("/wecom/login?" + "&".join(
        f"{name}={quote(value, safe='')}" for name, value in query.items() if value is not None))


def told(page):
    """What the page tells its opener: {origin, nonce, id, ok}, or None."""
    main = re.search(r"<main([^>]*)>", page.text)[1]
    data = {name: html.unescape(value) for name, value in
            re.findall(r' data-(\w+)="([^"]*)"', main)}
    return data if "origin" in data else None


def check_headers(page):
    assert page.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert page.headers["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("origin", [APP, OTHER])
def test_window_of_another_site(site, browsers, origin):
    browser = browsers()
    walk = browser.scan(login(site, origin), "LiNa")
    assert urlsplit(walk.url).path == "/wecom/return"
    assert told(walk.page) == {"origin": origin, "nonce": NONCE, "id": "WC0200", "ok": "true"}
    check_headers(walk.page)
    assert dict(links(walk.page)) == {"Continue": origin + "/"}
    # nothing about the visitor
    assert "LiNa" not in walk.page.text and "李娜" not in walk.page.text
    assert site.environment(browser)["REMOTE_USER"] == "LiNa"


def test_window_of_this_site(site, browsers):
    walk = browsers().scan(login(site, site.url(""), **{"return": "/intranet/?x=1"}),
                           "LiNa")
    assert told(walk.page)["origin"] == site.url("")
    assert dict(links(walk.page)) == {"Continue": site.url("/intranet/?x=1")}


def test_choice_in_the_window(site, browsers):
    browser = browsers()
    walk = browser.walk(login(site, source=None))
    check_headers(walk.page)
    assert [label for label, _ in links(walk.page)] == ["Sign in with Acme", "Sign in with Acme"]
    walk = browser.confirm(browser.click(walk, links(walk.page)[0][1]), "LiNa")
    assert told(walk.page)["ok"] == "true" and told(walk.page)["nonce"] == NONCE


def test_inside_the_client(site, browsers):
    walk = browsers(WECOM_IOS, person="LiNa").walk(login(site))
    assert told(walk.page) == {"origin": APP, "nonce": NONCE, "id": "WC0200", "ok": "true"}


@pytest.mark.parametrize("origin", [
    None, "", "null", "*", "https://app.example.com/", "https://app.example.com.evil.example",
    "http://app.example.com", "https://app.example.com:443", "https://APP.example.com",
    "https://app.example.com:8443", "https://evil.example", "https://user@app.example.com",
    "https://app.example.com#", "javascript:alert(1)", "https://app.example.com%00",
    "//app.example.com", " https://app.example.com", "https://app.example.com\r\nX: y",
    "data:text/html,x", "a" * 4000])
def test_origin_that_may_not(site, browsers, origin, log):
    browser = browsers()
    walk = browser.walk(login(site, origin))
    assert walk.page.status_code in (400, 403) and len(walk.hops) == 1
    assert told(walk.page) is None and not walk.page.headers.get_list("Set-Cookie")
    assert "<script" not in walk.page.text
    log.allow("WC0292")
    log.allow("WC0205")


@pytest.mark.parametrize("nonce", ["x" * 33, "a-b", "<b>", "%00", "é", "a b"])
def test_bad_nonce(site, browsers, nonce, log):
    walk = browsers().walk(login(site, nonce=nonce))
    assert walk.page.status_code == 400 and told(walk.page) is None
    log.expect("WC0205")


def test_origin_is_sealed(site, browsers):
    """Later addresses of the login cannot name another."""
    browser = browsers()
    walk = browser.walk(login(site, source=None))
    walk = browser.click(walk, links(walk.page)[0][1] + "&origin=https://evil.example")
    walk = browser.confirm(walk, "LiNa")
    assert told(walk.page)["origin"] == APP


def test_refusal_is_told(site, browsers, log):
    walk = browsers().scan(login(site), "yangtao")
    assert told(walk.page) == {"origin": APP, "nonce": NONCE, "id": "WC0214", "ok": "false"}
    check_headers(walk.page)
    ((_, again),) = links(walk.page)
    again = parse_qs(urlsplit(again).query)
    assert again["origin"] == [APP] and again["display"] == ["popup"]
    log.expect("WC0214")


def test_doubled_return(site, browsers):
    browser = browsers()
    walk = browser.scan(login(site), "LiNa")
    again = browser.walk(walk.url)
    assert told(again.page)["ok"] == "true", "there is a session"


def test_doubled_return_without_a_session(site, browsers, log):
    """A used login tells of no success where there is none."""
    browser = browsers()
    walk = browser.walk(login(site))
    other = browsers()
    other.take_cookies_of(browser)
    walk = browser.confirm(walk, "LiNa")
    late = other.walk(walk.url)
    assert told(late.page)["ok"] == "false" and other.session_cookie is None
    log.expect("WC0202")


def test_without_a_window_no_message(site, browsers):
    walk = browsers().scan(site.url("/intranet/"), "LiNa")
    assert walk.url == site.url("/intranet/")
    page = browsers().walk(site.url("/wecom/login")).page
    assert told(page) is None and page.headers["Cross-Origin-Opener-Policy"] == "same-origin"


# --- what scripts of other sites may read ---

def cors(answer):
    return (answer.headers.get("Access-Control-Allow-Origin"),
            answer.headers.get("Access-Control-Allow-Credentials"))


@pytest.mark.parametrize("origin, allowed", [
    (APP, True), (OTHER, True), ("https://evil.example", False), ("null", False),
    ("http://app.example.com", False), (None, False)])
def test_session_answers_cors(site, signed_in, browsers, origin, allowed):
    headers = {**FETCH, **({"Origin": origin} if origin else {})}
    for browser in (signed_in(site), browsers()):
        answer = browser.request("GET", site.url("/wecom/session"), headers)
        assert cors(answer) == ((origin, "true") if allowed else (None, None))
        assert "Origin" in answer.headers["Vary"]


def test_no_other_url_answers_cors(site, browsers):
    for path in ("/wecom/login", "/wecom/logout", "/wecom/pair", "/intranet/", "/wecom/bind"):
        answer = browsers().request("GET", site.url(path), {**FETCH, "Origin": APP})
        assert cors(answer) == (None, None)


def test_logout_by_script(site, signed_in):
    browser = signed_in(site)
    token = browser.request("GET", site.url("/wecom/session"), FETCH).json()["logout"]
    answer = browser.request("POST", site.url("/wecom/logout"), {**FETCH, "Origin": APP},
                             data={"token": "x" + token[1:]})
    assert browser.session_cookie is not None, "a wrong token asks"
    answer = browser.request("POST", site.url("/wecom/logout"), {**FETCH, "Origin": APP},
                             data={"token": token})
    assert answer.status_code == 200 and browser.session_cookie is None


def test_form_that_allows_the_window_is_not_framed(site, browsers):
    page = browsers().walk(login(site, source=None)).page
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


# --- with accounts ---

@pytest.fixture
def asking(fresh, databases):
    database = databases("sqlite3")
    lines = write_passwords(database, li_na="right horse")
    Accounts(database).add("li.na")
    return fresh(sources=(source("WeComAssociation ask"),), places=(place(),),
                 modules=("dbd", "authn_file"),
                 lines=directory_lines(database, *lines) + (f"WeComPopupOrigins {APP}",))


def test_question_in_the_window(asking, browsers):
    """The visitor is asked there, and only the answer ends the window's work."""
    browser = browsers()
    walk = browser.scan(login(asking), "LiNa")
    assert "/wecom/bind" in walk.url and told(walk.page) is None
    check_headers(walk.page)
    done = form_at(browser, walk).send()
    assert told(done.page) == {"origin": APP, "nonce": NONCE, "id": "WC0200", "ok": "true"}


def test_question_is_no_success(asking, signed_in, browsers):
    """Nor for somebody who is signed in already, as another member."""
    browser = browsers()
    walk = browser.scan(asking.url("/intranet/"), "zhangwei")
    form_at(browser, walk).send()
    walk = browser.scan(login(asking), "LiNa")
    assert "/wecom/bind" in walk.url and told(walk.page) is None
