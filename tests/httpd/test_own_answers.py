# SPDX-License-Identifier: Apache-2.0
"""What our own URLs answer: methods, headers, ownership files, and where errors meet them."""
import pytest

from harness.client import FETCH, WECOM_IOS, XHR, links
from harness.own import (BASIC, BASIC_FILES, BASIC_MODULES, VERIFY, VERIFY_LINE, check_headers,
                         location)
from harness.site import Place

SECRET = "only for members"
FILES = (("intranet/secret.html", SECRET), ("open/hijacked.html", "hijacked\n"), *BASIC_FILES)


# --- methods ---

OURS = {"login?source=acme": "GET, HEAD", "return": "GET, HEAD", "session": "GET, HEAD",
        "jssdk": "GET, HEAD", "logout": "GET, HEAD, POST", "/" + VERIFY: "GET, HEAD"}


def own(path):
    return path if path.startswith("/") else "/wecom/" + path


@pytest.fixture
def plain(sites):
    return sites(files=FILES, lines=(VERIFY_LINE,), modules=("dav", "dav_fs"))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "OPTIONS", "PATCH", "PROPFIND",
                                    "NONSENSE"])
@pytest.mark.parametrize("path", OURS)
def test_other_methods(plain, sim, browsers, path, method):
    answer = browsers(WECOM_IOS).request(method, plain.url(own(path)), {"Accept": "text/html"})
    assert answer.status_code == 405 and answer.headers["Allow"] == OURS[path]
    assert "Location" not in answer.headers and "Set-Cookie" not in answer.headers
    assert not sim.counts()
    check_headers(answer)


@pytest.mark.parametrize("path", [path for path in OURS if "POST" not in OURS[path]])
def test_post(plain, browsers, path):
    answer = browsers(WECOM_IOS).post(plain.url(own(path)), {"a": "b"})
    assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD"
    check_headers(answer)


@pytest.mark.parametrize("path", OURS)
def test_head_is_get_without_a_body(plain, browsers, path):
    browser = browsers(WECOM_IOS)
    get = browser.get(plain.url(own(path)))
    head = browser.request("HEAD", plain.url(own(path)), {"Accept": "text/html"})
    assert head.status_code == get.status_code and head.content == b""
    check_headers(head)


def test_methods_of_a_member_too(plain, signed_in):
    browser = signed_in(plain)
    answer = browser.request("DELETE", plain.url("/wecom/session"), FETCH)
    assert answer.status_code == 405
    assert browser.get(plain.url("/wecom/session")).status_code == 200


# --- what all own URLs carry ---

@pytest.mark.parametrize("path, status", [
    ("login?source=acme", 302), ("login", 302), ("login?page=1", 200),
    ("login?source=nosuch", 404),
    ("return", 400), ("return?state=x", 400), ("logout", 200), ("session", 401),
    ("jssdk", 401), ("/" + VERIFY, 200)])
def test_headers(plain, browsers, log, path, status):
    answer = browsers(WECOM_IOS).get(plain.url(own(path)))
    assert answer.status_code == status
    check_headers(answer)
    log.allow("WC0205", "WC0207")


# --- the page of a denial ---

@pytest.fixture
def closed(sites):
    return sites(files=FILES, places=(Place(require=("user nobody",)),),
                 lines=("ErrorDocument 404 /wecom/denied",))


def test_denied_is_no_error_document(closed, browsers):
    """Its handler has nothing to tell where nobody was denied."""
    answer = browsers().get(closed.url("/nosuch"))
    assert answer.status_code == 404 and "You have no permission" not in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
def test_denied_by_itself(closed, browsers, method):
    answer = browsers().request(method, closed.url("/wecom/denied"), {"Accept": "text/html"})
    assert answer.status_code in (404, 405)
    assert "You have no permission" not in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_denied_after_a_denial(closed, signed_in, log, method):
    """Whatever was asked for, the answer is the 403."""
    browser = signed_in(closed)
    answer = browser.request(method, closed.url("/intranet/"), FETCH)
    assert answer.status_code == 403
    check_headers(answer)
    log.allow("AH01631")
    log.expect("WC0251")


# --- ownership files ---

@pytest.fixture
def verified(sites):
    return sites(places=(Place("/"),), files=(("WW_verify_0000000000000000.txt", "a file"),),
                 lines=(f"WeComVerifyFile {VERIFY} WW_verify_1234567890abcdef.txt",))


@pytest.mark.parametrize("name, text", [(VERIFY, "AbCdEfGhIjKlMnOp"),
                                        ("WW_verify_1234567890abcdef.txt", "1234567890abcdef")])
def test_verify_file(verified, browsers, name, text):
    """WeCom's robot fetches it: no login, no cookie, and nothing but these characters."""
    answer = browsers("Mozilla/4.0").request("GET", verified.url("/" + name), {})
    assert answer.status_code == 200 and answer.content == text.encode()
    assert answer.headers["Content-Length"] == "16"
    assert not answer.headers.get_list("Set-Cookie")
    check_headers(answer)


@pytest.mark.parametrize("path", [
    "/WW_verify_abcdefghijklmnop.txt", "/WW_verify_ABCDEFGHIJKLMNOP.TXT",
    "/WW_verify_AbCdEfGhIjKlMnOp", "/WW_verify_AbCdEfGhIjKlMnOp.txt/",
    "/WW_verify_AbCdEfGhIjKlMnOp.txt.txt", "/x/WW_verify_AbCdEfGhIjKlMnOp.txt",
    "/wecom/WW_verify_AbCdEfGhIjKlMnOp.txt", "/WW_verify_0000000000000000.txt", "/WW_verify_.txt",
    "/WW_verify_AbCdEfGhIjKlMnOpq.txt"])
def test_other_names_are_not_served(verified, browsers, path):
    answer = browsers(WECOM_IOS).get(verified.url(path))
    assert answer.status_code == 302, "the site answers, and that is behind the login"


# --- ErrorDocument ---

ERRORS = tuple(f"ErrorDocument {status} /intranet/secret.html"
               for status in (400, 401, 403, 404, 405, 500, 502, 503))


@pytest.fixture
def pointed(sites):
    """Every error of the server shows a page that only members may see."""
    return sites(files=FILES, modules=BASIC_MODULES, lines=(
        *ERRORS, *location("ErrorDocument 302 /intranet/secret.html"),
        '<Location "/shut">', "    Require all denied", "</Location>",
        '<Location "/basic">', *BASIC, "</Location>"),
        places=(Place(lines=("ErrorDocument 303 /intranet/secret.html",)),
                Place("/deep", require=("user nobody",))))


@pytest.mark.parametrize("path, status, ids", [
    ("/nosuch", 404, ()), ("/shut/", 403, ("AH01630",)), ("/basic/", 401, ()),
    ("/wecom/login?source=nosuch", 404, ("WC0207",)), ("/wecom/return", 400, ("WC0205",)),
    ("/wecom/session", 401, ()), ("/wecom/denied", 404, ())])
def test_error_page_that_is_protected(pointed, browsers, log, path, status, ids):
    """A stranger gets the error, and never the page."""
    answer = browsers(WECOM_IOS).get(pointed.url(path))
    assert answer.status_code == status and SECRET not in answer.text
    log.allow(*ids)


@pytest.mark.parametrize("method, headers, status", [
    ("GET", {"Accept": "text/html"}, 302), ("GET", FETCH, 401), ("GET", XHR, 401),
    ("HEAD", {}, 401), ("PUT", FETCH, 401),
    ("POST", {"Accept": "text/html", "Content-Type": "text/plain"}, 303)],
    ids=["page", "fetch", "xhr", "head", "put", "form"])
@pytest.mark.parametrize("path", ["/intranet/", "/intranet/secret.html", "/intranet/nosuch"])
def test_error_page_in_the_same_place(pointed, browsers, path, method, headers, status):
    """httpd asks nobody again on the way to an error page of the same place."""
    answer = browsers(WECOM_IOS).request(method, pointed.url(path), headers)
    assert answer.status_code == status and SECRET not in answer.text


def test_error_page_after_a_denial(pointed, signed_in, log):
    answer = signed_in(pointed).get(pointed.url("/deep/"))
    assert answer.status_code == 403 and SECRET not in answer.text
    assert "You have no permission" in answer.text
    log.allow("AH01631")
    log.expect("WC0251")


def test_error_page_for_a_member(pointed, signed_in):
    """It is a page like any other for whoever may see it."""
    answer = signed_in(pointed).get(pointed.url("/intranet/nosuch"))
    assert answer.status_code == 404 and answer.text == SECRET


@pytest.mark.parametrize("target, path, status, ids", [
    ("/wecom/login", "/basic/", 401, ()), ("/wecom/session", "/basic/", 401, ()),
    ("/wecom/logout", "/shut/", 403, ("AH01630",)), ("/wecom/login", "/nosuch", 404, ()),
    ("/wecom/return", "/nosuch", 404, ("WC0205",)), ("/wecom/denied", "/basic/", 401, ())])
def test_error_page_that_is_ours(sites, browsers, log, target, path, status, ids):
    """Nothing breaks: our page, or httpd's words, and no session."""
    site = sites(files=FILES, modules=BASIC_MODULES, lines=(
        f"ErrorDocument {status} {target}", '<Location "/basic">', *BASIC, "</Location>",
        '<Location "/shut">', "    Require all denied", "</Location>"))
    answer = browsers(WECOM_IOS).get(site.url(path))
    assert answer.status_code < 500 and SECRET not in answer.text
    log.allow(*ids)


def test_own_error_is_not_replaced(sites, browsers, log):
    site = sites(files=FILES, lines=("ErrorDocument 404 /open/hijacked.html",))
    answer = browsers().get(site.url("/wecom/login?source=nosuch"))
    assert answer.status_code == 404 and "hijacked" not in answer.text
    assert links(answer), "our page, with a way out"
    log.expect("WC0207")
