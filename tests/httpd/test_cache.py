# SPDX-License-Identifier: Apache-2.0
"""A cache in this httpd, and an application that likes to be cached: each member's page is still
that member's alone."""
import json
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import sha256
from time import time

import pytest

from harness.apps import APP_CGI, asks, told
from harness.client import FETCH, WECOM_IOS, Browser
from harness.site import Place

MODULES = ("cache", "cache_disk", "proxy", "proxy_http", "expires")
LATER = formatdate(time() + 3600, usegmt=True)
BEFORE = formatdate(time() - 3600, usegmt=True)
WAYS = {
    "quick": ("CacheQuickHandler On", "CacheEnable disk /"),
    "handler": ("CacheQuickHandler Off", "CacheEnable disk /"),
    "location": ("CacheQuickHandler Off", '<Location "/">', "    CacheEnable disk", "</Location>"),
}
PLACES = (
    Place(),
    Place("/set", lines=('Header set Cache-Control "public, s-maxage=600"',)),
    Place("/always", lines=('Header always set Cache-Control "public, s-maxage=600"',)),
    Place("/expires", lines=("ExpiresActive On", 'ExpiresDefault "access plus 1 hour"')),
    Place("/htaccess", via="htaccess"),
    Place("/app", lines=('ProxyPass "@backend@/app"',
                         'Header set Cache-Control "public, s-maxage=600"')),
)


def set_key(site, name, text):
    """A key file of 32 bytes out of this text."""
    file = site.httpd.root / name
    file.touch(0o600)
    file.write_bytes(sha256(text.encode()).digest())


def start(sites, lines, backend, places=PLACES, keys=()):
    """A site with a disk cache. The application stands in every place, and in /open."""
    filled = tuple(Place(place.path, place.require,
                         tuple(line.replace("@backend@", backend.url) for line in place.lines),
                         place.via) for place in places)
    site = sites.prepare(modules=MODULES, places=filled, lines=(
        'CacheRoot "@root@/cache"', "CacheDetailHeader On", "CacheLock Off", *lines))
    for name, text in zip(("old", "new"), keys):
        set_key(site, name, text)
    (site.httpd.root / "cache").mkdir()
    (site.httpd.root / "cache").chmod(0o777)
    for folder in ("open", *(place.folder for place in places)):
        site.write(f"{folder}/app.cgi", APP_CGI, 0o755)
    site.start()
    return site


@pytest.fixture(scope="module", params=WAYS)
def site(sites, backend, request):
    return start(sites, WAYS[request.param], backend)


@dataclass(frozen=True)
class People:
    """Two members with a session, and nobody; they stay for all tests of a server."""
    one: Browser
    two: Browser
    nobody: Browser
    names = {"one": "zhangwei", "two": "LiNa"}

    def each(self, *order):
        """(browser, user) in this order; user is None for nobody."""
        return [(getattr(self, name), self.names.get(name)) for name in order]


def invite(site, book):
    people = People(Browser(book, WECOM_IOS, person="zhangwei"),
                    Browser(book, WECOM_IOS, person="LiNa"), Browser(book, WECOM_IOS))
    for member in (people.one, people.two):
        assert member.walk(site.url("/intranet/")).page.status_code == 200
    yield people
    for browser in (people.one, people.two, people.nobody):
        browser.close()


@pytest.fixture(scope="module")
def people(site, book):
    yield from invite(site, book)


def was_hit(answer):
    return "cache hit" in answer.headers.get("X-Cache-Detail", "")


def check_private(answer):
    """Exactly one Cache-Control, and nothing in it that lets others keep the answer."""
    (value,) = answer.headers.get_list("Cache-Control")
    words = [word.strip().lower() for word in value.split(",")]
    assert "private" in words or "no-store" in words, value
    assert "public" not in words and not [word for word in words if "s-maxage" in word], value
    assert "Surrogate-Control" not in answer.headers
    assert not was_hit(answer)


# --- the cache works, else the rest proves nothing ---

APP_HEADERS = {
    "s-maxage": ("Cache-Control: public, s-maxage=600",),
    "max-age": ("Cache-Control: max-age=600",),
    "capitals": ("Cache-Control: PUBLIC, S-MAXAGE=600",),
    "blanks": ("Cache-Control:  public ,  s-maxage = 600 , max-age=600",),
    "twice": ("Cache-Control: max-age=600", "Cache-Control: public, s-maxage=600"),
    "revalidate": ('ETag: "1"', "Cache-Control: s-maxage=600, proxy-revalidate"),
    "expires": (f"Expires: {LATER}", f"Last-Modified: {BEFORE}"),
    "modified": (f"Last-Modified: {BEFORE}",),
    "surrogate": ("Surrogate-Control: max-age=600", "Cache-Control: max-age=600"),
}


@pytest.mark.parametrize("headers", APP_HEADERS.values(), ids=list(APP_HEADERS))
def test_open_pages_are_kept(site, browsers, headers):
    if headers == APP_HEADERS["modified"]:
        headers = (f"Expires: {LATER}", *headers)   # with a query it needs more
    url = site.url("/open/app.cgi?" + asks(*headers))
    first, second = browsers().get(url), browsers().get(url)
    assert was_hit(second) and told(first)["number"] == told(second)["number"]


@pytest.mark.parametrize("status", [404, 410, 301])
def test_open_errors_are_kept(site, browsers, status):
    url = site.url("/open/app.cgi?" + asks("Cache-Control: public, s-maxage=600", status=status))
    first, second = browsers().get(url), browsers().get(url)
    assert first.status_code == second.status_code == status
    assert was_hit(second) and told(first)["number"] == told(second)["number"]


def test_members_share_what_is_open(site, people):
    """Elsewhere the cache is not in our hands."""
    url = site.url("/open/app.cgi?" + asks("Cache-Control: public, s-maxage=600", "X-A: b"))
    people.nobody.get(url)
    answer = people.one.get(url)
    assert was_hit(answer)
    assert answer.headers["Cache-Control"] == "public, s-maxage=600"


# --- a member's page ---

def check_each_alone(url, people, status=200):
    """Two members and a stranger ask for one address; the stranger first and last."""
    numbers = []
    for browser, user in people.each("nobody", "one", "one", "two", "nobody", "one"):
        answer = browser.get(url)
        if user is None:
            assert answer.status_code == 302, answer.text
            assert answer.headers.get_list("Cache-Control") == ["no-store"]
            assert browser.request("GET", url, FETCH).status_code == 401
        else:
            assert answer.status_code == status
            check_private(answer)
            assert told(answer)["user"] == user
            numbers.append(told(answer)["number"])
    assert len(set(numbers)) == len(numbers), "a copy was given"


@pytest.mark.parametrize("headers", APP_HEADERS.values(), ids=list(APP_HEADERS))
def test_page_of_an_application(site, people, headers):
    check_each_alone(site.url("/intranet/app.cgi?" + asks(*headers)), people)


@pytest.mark.parametrize("status", [404, 410, 301, 203])
def test_other_answers_of_an_application(site, people, status):
    headers = ("Cache-Control: public, s-maxage=600", "Location: /open/")
    check_each_alone(site.url("/intranet/app.cgi?" + asks(
        *headers[:2 if status == 301 else 1], status=status)), people, status)


@pytest.mark.parametrize("place", ["set", "always", "expires", "htaccess"])
def test_headers_out_of_the_configuration(site, people, place):
    check_each_alone(site.url(f"/{place}/app.cgi?" + asks(
        *(["Cache-Control: public"] if place == "htaccess" else []),
        f"Last-Modified: {BEFORE}", f"Expires: {LATER}")), people)


@pytest.mark.parametrize("place, name, status", [
    ("set", "index.html", 200), ("always", "nosuch.html", 404), ("expires", "index.html", 200)])
def test_files(site, people, place, name, status):
    """A file out of the folder, and one that is not there."""
    url = site.url(f"/{place}/{name}")
    for browser, user in people.each("one", "two", "one", "nobody"):
        answer = browser.get(url)
        assert answer.status_code == (status if user else 302)
        check_private(answer)


def test_backend(site, people):
    for browser, user in people.each("one", "one", "two", "nobody"):
        answer = browser.get(site.url("/app/page"))
        assert answer.status_code == (200 if user else 302)
        assert not user or json.loads(answer.text)["path"] == "/app/page"
        check_private(answer)


def test_conditional_request_of_a_stranger(site, people):
    url = site.url("/intranet/app.cgi?" + asks('ETag: "7"', "Cache-Control: public, s-maxage=60"))
    assert people.one.get(url).headers["ETag"] == '"7"'
    assert people.nobody.get(url, {"If-None-Match": '"7"'}).status_code == 302


def test_member_may_keep_it(site, people):
    """private is all that is asked: the browser's own cache may go on as the application says."""
    answer = people.one.get(site.url("/intranet/app.cgi?" + asks(
        "Cache-Control: public, max-age=60, s-maxage=600, must-revalidate")))
    assert answer.headers["Cache-Control"] == "max-age=60, must-revalidate, private"


@pytest.mark.parametrize("said, heard", [
    ("no-store", "no-store"), ("no-store, public", "no-store"), ("private", "private"),
    ('private="Set-Cookie", max-age=9', "max-age=9, private"),
    ('no-cache="A, public"', 'no-cache="A, public", private'),
    ("immutable, max-age=9", "immutable, max-age=9, private"), ("publicity", "publicity, private")])
def test_words_of_cache_control(site, people, said, heard):
    answer = people.one.get(site.url("/intranet/app.cgi?" + asks("Cache-Control: " + said)))
    assert answer.headers.get_list("Cache-Control") == [heard]


def test_no_store_in_a_second_line_counts(site, people):
    """What one module or script forbids, another one's max-age must not undo."""
    answer = people.one.get(site.url("/intranet/app.cgi?" + asks(
        "Cache-Control: max-age=600", "Cache-Control: no-store")))
    check_private(answer)
    assert "no-store" in answer.headers["Cache-Control"]


# --- our own answers ---

def check_own_url(url, people):
    for browser, name in ((people.one, "张伟"), (people.two, "李娜"), (people.one, "张伟"),
                          (people.nobody, None)):
        answer = browser.get(url)
        assert answer.headers.get_list("Cache-Control") == ["no-store"] and not was_hit(answer)
        assert (name in answer.text if name else "张伟" not in answer.text), answer.text


@pytest.mark.parametrize("path", ["session", "logout"])
def test_own_urls_are_nobodys_copy(site, people, path):
    check_own_url(site.url("/wecom/" + path), people)


@pytest.mark.parametrize("path", ["/intranet/", "/wecom/login?source=acme"])
def test_login_is_begun_anew_for_each(site, people, path):
    url = site.url(path)
    assert len({people.nobody.get(url).headers["Location"] for _ in range(3)}) == 3


# --- caches that were told to keep everything ---

@pytest.fixture(scope="module", params=["quick", "handler"])
def greedy(sites, backend, request):
    return start(sites, (*WAYS[request.param], "CacheStorePrivate On", "CacheStoreNoStore On",
                         "CacheIgnoreNoLastMod On", "CacheStoreExpired On",
                         "CacheIgnoreCacheControl On"), backend)


@pytest.fixture(scope="module")
def guests(greedy, book):
    yield from invite(greedy, book)


def test_greedy_cache_is_greedy(greedy, guests):
    url = greedy.url("/open/app.cgi?" + asks("Cache-Control: private, max-age=600"))
    guests.nobody.get(url)
    assert was_hit(guests.one.get(url))


def test_pages_before_a_greedy_cache(greedy, guests):
    check_each_alone(greedy.url("/intranet/app.cgi?" + asks(
        "Cache-Control: private, max-age=600")), guests)


def test_own_urls_before_a_greedy_cache(greedy, guests):
    check_own_url(greedy.url("/wecom/session"), guests)
    test_login_is_begun_anew_for_each(greedy, guests, "/intranet/")


# --- where the configuration changes on the way ---

@pytest.fixture(scope="module", params=["quick", "handler"])
def half(sites, backend, request):
    """A folder that is open and has a session, and its index alone behind the login."""
    return start(sites, (*WAYS[request.param], '<Directory "@docroot@/half">', "    Session On",
                         "    DirectoryIndex app.cgi", '    <Files "app.cgi">',
                         "        AuthType WeCom", '        AuthName "Half"',
                         "        Require valid-user",
                         '        Header set Cache-Control "public, s-maxage=600"',
                         "    </Files>", "</Directory>"), backend,
                 places=(Place(), Place("/half", via="none")))


@pytest.fixture(scope="module")
def halves(half, book):
    yield from invite(half, book)


@pytest.mark.parametrize("path", ["/half/", "/half/app.cgi"])
def test_protected_index(half, halves, log, path):
    log.allow("AH01815", "AH01821")     # the open part has a session and nothing to keep it in
    numbers = []
    for browser, user in halves.each("one", "two", "one", "nobody"):
        answer = browser.get(half.url(path))
        assert not was_hit(answer)
        if user is None:
            assert answer.status_code in (302, 401)
        else:
            check_private(answer)
            numbers.append(told(answer)["number"])
    assert len(set(numbers)) == len(numbers), "a copy was given"


@pytest.fixture(params=["quick", "handler"])
def turning(fresh, backend, request):
    """Its key will be followed by a new one, so that each session cookie is written anew."""
    return start(fresh, (*WAYS[request.param], 'WeComCryptoKey "file:@root@/new" "file:@root@/old"',
                         "ErrorDocument 404 /open/app.cgi?h=Cache-Control:public,s-maxage=600"),
                 backend, keys=("old", "old"))


def test_cookie_beside_an_open_error_page(turning, signed_in, browsers):
    """The error page is nobody's, but the answer has a member's session with it."""
    browser = signed_in(turning)
    _, before = browser.session_cookie
    set_key(turning, "new", "new")
    turning.httpd.reload()
    answer = browser.get(turning.url("/intranet/nosuch"))
    assert answer.status_code == 404 and told(answer)["number"]
    assert browser.session_cookie[1] != before, "the cookie was written anew"
    check_private(answer)
    stranger = browsers(WECOM_IOS)
    stranger.get(turning.url("/intranet/nosuch"))
    assert stranger.session_cookie is None
