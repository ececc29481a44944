# SPDX-License-Identifier: Apache-2.0
"""The end of every login lies on this site, however its target is spelled.

Three ways lead a target into a login: the parameter `return`, the protected address itself, and
the Referer of a form that was posted after the session had ended. Each spelling goes each way to
the end, and the last Location is read twice: as Python reads it, and as browsers do.
"""
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import pytest

from harness import ports, wire
from harness.client import ACCEPT, WECOM_IOS
from harness.health import unharmed
from harness.redirects import CORPUS, EVIL, spelled
from harness.whatwg import PORTS, origin

PAGE = [("Accept", ACCEPT), ("User-Agent", WECOM_IOS)]
# An address that httpd itself does not take: AH10244 (path), AH00026 (slashes), AH00127 (names).
OF_HTTPD = ("AH10244", "AH00026", "AH00127", "AH00036")
REDIRECTS = (301, 302, 303, 307, 308)
REFUSALS = (200, 400, 403, 404, 405, 414)


@pytest.fixture
def site(sites):
    """Everything is behind the login, so that every address reaches it."""
    return sites(places=(), lines=(
        'LimitRequestLine 20000', 'AllowEncodedSlashes NoDecode', '<Location "/">',
        'AuthType WeCom', 'AuthName "All"', 'Session On', 'Require valid-user', '</Location>'))


def octets(text):
    """As a careless client writes it: UTF-8, byte by byte."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def cookies_of(answer):
    return "; ".join(header.partition(";")[0] for header in answer.get_list("Set-Cookie"))


class Box:
    """The simulator, as wire.request wants a site."""

    def __init__(self, sim):
        self._url = sim.pages

    def url(self, path=""):
        return self._url + path

    def authority(self):
        return urlsplit(self._url).netloc


class Follower:
    """Takes the first answer of a login to its end; notes all that leads away."""

    def __init__(self, site, sim):
        self.site = site
        self.box = Box(sim)
        self.home = origin("/", site.url("/"))
        self.wrong = []
        self.ends = 0       # logins that came to their end

    def leads_home(self, location):
        page = self.site.url("/wecom/return")
        try:
            parts = urlsplit(urljoin(page, location))
            as_python = (parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme))
        except ValueError:
            return False
        return (location.startswith(self.site.url("/")) and as_python == self.home
                and origin(location, page) == self.home
                and not any(ord(char) <= 32 or char == "\\" for char in location))

    def end_of(self, answer, address):
        """From WeCom's door to the last answer."""
        door = urlsplit(answer.get("Location"))
        assert door.path == "/connect/oauth2/authorize"
        line = f"GET {door.path}?{door.query} HTTP/1.1"
        back = urlsplit(wire.request(self.box, line, PAGE).get("Location"))
        assert parse_qs(door.query)["state"][0] in back.query
        return wire.request(self.site, f"GET {back.path}?{back.query} HTTP/1.1",
                            [*PAGE, ("Cookie", cookies_of(answer))], source=address)

    def follow(self, what, line, headers=(), body=b""):
        # Each visitor has an address: the third login of one in a minute would be stopped.
        address = ports.visitor_address()
        answer = wire.request(self.site, line, [*PAGE, *headers], body, source=address)
        location = answer.get("Location")
        if location and location.startswith(self.box.url("/")):
            answer = self.end_of(answer, address)
            location = answer.get("Location")
            self.ends += 1
            if answer.status != 302:
                self.wrong.append((what, answer.status))
        if location:
            good = answer.status in REDIRECTS and self.leads_home(location)
        else:
            # A line end in the request line makes it one of HTTP/0.9: a body, or nothing.
            good = answer.status in REFUSALS or (answer.status in (0, None) and "\r\n" in what)
        if not good or EVIL in (answer.get("Refresh") or ""):
            self.wrong.append((what, answer.status, location))

    def judge(self, share):
        """share: so much of the corpus must have come through a whole login."""
        assert not self.wrong, f"{len(self.wrong)} wrong: {self.wrong[:20]}"
        assert self.ends >= len(CORPUS) * share, "most were stopped before they came to the module"


@pytest.fixture
def follower(site, sim, book, log):
    log.allow(*OF_HTTPD)
    with unharmed(site, book):
        yield Follower(site, sim)


# --- the judges can say no ---

def test_most_of_the_corpus_would_lead_away(site):
    """As a Location of their own, or behind the site's name without a check."""
    home = origin("/", site.url("/"))
    away = [spelling for spelling in spelled(site)
            if origin(spelling, site.url("/")) != home
            or origin(site.url("") + spelling, site.url("/")) != home]
    assert len(away) >= 100 and len(CORPUS) >= 200


@pytest.mark.parametrize("location", [
    "//evil.example/", "/\\evil.example/", "\\\\evil.example", "/\t/evil.example/",
    "\x01//evil.example", "https:evil.example", "https:/evil.example", "http:\\\\evil.example/",
    "http://OWN@evil.example/", "http://OWN.evil.example/", "http://OWN\\@evil.example:80/",
    "http://evil.example", "javascript:alert(1)", "http://127.0.0.1:1/", "https://127.0.0.1/",
    "///evil.example/"])
def test_judges(site, sim, location):
    location = location.replace("OWN", site.authority())
    assert not Follower(site, sim).leads_home(location)
    if "\\@" not in location:    # for browsers that is a path of this site
        assert origin(location, site.url("/")) != origin("/", site.url("/"))


# --- three ways ---

def test_return_of_the_login_page(site, follower):
    for spelling in spelled(site):
        value = quote(spelling, safe="", errors="surrogateescape")
        follower.follow(spelling, f"GET /wecom/login?source=acme&return={value} HTTP/1.1")
    follower.judge(0.9)


def test_return_that_is_not_coded(site, follower):
    """As it stands, where a request line can hold it; blanks and controls end at httpd."""
    for spelling in spelled(site):
        follower.follow(spelling,
                        f"GET /wecom/login?source=acme&return={octets(spelling)} HTTP/1.1")
    follower.judge(0.6)


def test_address_itself(site, follower):
    for spelling in spelled(site):
        follower.follow(spelling, f"GET {octets(spelling)} HTTP/1.1")
    follower.judge(0.25)


def test_address_with_coding_removed(site, follower):
    """What a proxy in front makes of it when it decodes once."""
    for spelling in spelled(site):
        value = quote(spelling, safe="/\\:@?;%", errors="surrogateescape")
        follower.follow(spelling, f"GET {value} HTTP/1.1")
    follower.judge(0.25)


@pytest.mark.parametrize("before", ["", "OWN", "OWN/intranet/"], ids=["whole", "behind", "below"])
def test_referer_of_a_form(site, follower, before):
    form = [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "3")]
    before = before.replace("OWN", site.url(""))
    for spelling in spelled(site):
        follower.follow(spelling, "POST /intranet/ HTTP/1.1",
                        [*form, ("Referer", before + octets(spelling))], b"a=b")
    follower.judge(0.8)


# --- names of the site that are none ---

@pytest.mark.parametrize("host", [
    "evil.example", "OWN.evil.example", "evil.example:80", "OWN@evil.example", "OWN:80", "OWN ",
    "[::1]", "evil.example/OWN", "evil.example#", "\\evil.example", "evil.example, OWN", "", "%00",
    "OWN\\@evil.example", "localhost"])
@pytest.mark.parametrize("path", ["/intranet/", "/wecom/login?source=acme", "/wecom/return?code=x",
                                  "/intranet/?wecom-hop=1", "/wecom/login?wecom-hop=1"])
def test_host_header(site, follower, log, host, path):
    log.allow("WC0241", "AH00550", "AH00558", "AH02429")
    own = site.authority()
    more = [("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example"),
            ("X-Forwarded-Proto", "evil"), ("X-Original-URL", "//evil.example/"),
            ("X-Rewrite-URL", "//evil.example/")]
    data = wire.message(site, f"GET {path} HTTP/1.1", [
        ("Host", host.replace("OWN", own)), *PAGE, *more], host=False)
    answer = wire.parse(wire.send(site, data))
    assert answer.status in (200, 302, 400), answer
    location = answer.get("Location")
    assert location is None or follower.leads_home(location) \
        or location.startswith(follower.box.url("/")), location
    assert location or b'href="http' not in answer.body
