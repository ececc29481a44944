# SPDX-License-Identifier: Apache-2.0
"""Browsers: real requests over httpx, with the manners of a browser and a trace of every hop.

A Browser has cookies, an address of its own on the loopback, and the headers of a person who
opens a page. It follows redirects by itself only when asked to walk. Scripts, images and the
like are requests with other headers: see FETCH, XHR, IMAGE.
"""
import html
import http.cookiejar
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import httpx

from . import ports

CHROME = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
          "Chrome/131.0.0.0 Safari/537.36")
WECOM_IOS = ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
             "(KHTML, like Gecko) Mobile/15E148 wxwork/4.1.30 MicroMessenger/7.0.1 Language/zh "
             "ColorScheme/Light")
WECOM_ANDROID = ("Mozilla/5.0 (Linux; Android 13; 2211133C Build/TKQ1; wv) AppleWebKit/537.36 "
                 "(KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 "
                 "wxwork/4.1.30 MicroMessenger/7.0.1 NetType/WIFI Language/zh Lang/zh")
WECOM_WINDOWS = ("Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) "
                 "Chrome/108.0.5359.125 Safari/537.36 wxwork/4.1.30 (MicroMessenger/6.2) "
                 "WindowsWechat  MailPlugin_Electron WeMail embeddisk")
WECOM_MAC = ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like "
             "Gecko) Chrome/107.0.5304.110 Safari/537.36 WXWork/4.1.30 (MicroMessenger/6.2) "
             "MacWechat")
IPHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
          "like Gecko) Version/17.5 Mobile/15E148 Safari/604.1")
ANDROID = ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
           "Chrome/131.0.0.0 Mobile Safari/537.36")
WECHAT = ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
          "like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN")

# What distinguishes a request from a person's navigation.
FETCH = {"Accept": "*/*", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty",
         "Sec-Fetch-Site": "same-origin"}
XHR = {"Accept": "*/*", "X-Requested-With": "XMLHttpRequest"}
IMAGE = {"Accept": "image/avif,image/webp,*/*;q=0.8", "Sec-Fetch-Mode": "no-cors",
         "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "same-origin"}

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
MAX_HOPS = 12
MAX_COOKIE = 4096


class CookiePolicy(http.cookiejar.DefaultCookiePolicy):
    """What browsers do beyond the library: the prefix __Host-, and a ceiling."""

    def set_ok(self, cookie, request):
        if not super().set_ok(cookie, request):
            return False
        if len(cookie.name) + len(cookie.value or "") > MAX_COOKIE:
            return False
        if cookie.secure and request.type != "https":
            return False
        if cookie.name.startswith("__Host-"):
            return cookie.secure and cookie.path == "/" and not cookie.domain_specified
        return True


def goes_on_to(answer):
    """Where a browser goes by itself and at once, or None."""
    if 300 <= answer.status_code < 400:
        return answer.headers.get("Location")
    at_once, _, where = answer.headers.get("Refresh", "").partition("0; url=")
    return where if where and not at_once else None


@dataclass(frozen=True)
class Hop:
    """One request and its answer."""
    method: str
    url: str
    answer: httpx.Response

    @property
    def status(self):
        return self.answer.status_code

    @property
    def place(self):
        """host:port/path, without query."""
        parts = urlsplit(self.url)
        return f"{parts.netloc}{parts.path}"

    @property
    def query(self):
        return {name: values[0] for name, values in
                parse_qs(urlsplit(self.url).query, keep_blank_values=True).items()}


class Walk:
    """The hops from the first request to the page at the end."""

    def __init__(self, hops):
        self.hops = hops

    @property
    def page(self):
        return self.hops[-1].answer

    @property
    def url(self):
        return self.hops[-1].url

    @property
    def trail(self):
        """[(status, host:port/path), ...]"""
        return [(hop.status, hop.place) for hop in self.hops]

    def __add__(self, other):
        return Walk(self.hops + other.hops)


def links(answer):
    """The buttons of a page of ours that are links: [(label, address), ...]."""
    return [(html.unescape(label).strip(), html.unescape(href)) for href, label in
            re.findall(r'<a class="b[^"]*" href="([^"]*)">(?:<img [^>]*>)?([^<]*)', answer.text)]


def incident(answer):
    """The number on a page that a visitor reads out, or None."""
    found = re.search(r"\bWC\d{4}-[0-9A-Za-z]+\b", answer.text)
    return found[0] if found else None


def origin_of(url):
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def fetch_site(initiator, urls):
    """The value of Sec-Fetch-Site: over the whole chain of redirects, as Fetch Metadata says."""
    if initiator is None:
        return "none"
    origins = {origin_of(url) for url in urls} | {origin_of(initiator)}
    if len(origins) == 1:
        return "same-origin"
    if len({(scheme, host) for scheme, host, _ in origins}) == 1:
        return "same-site"
    return "cross-site"


class Browser:
    def __init__(self, book, agent=CHROME, person=None, language="en", http2=False, ca_file=None,
                 address=None):
        """person: who is signed in to this WeCom client, for the simulator. address: of another
        browser, with whom it shares a phone."""
        self._book = book
        self.address = address or ports.visitor_address()
        self.agent = agent if person is None else f"{agent} SimUser/{person}"
        self._client = httpx.Client(
            transport=httpx.HTTPTransport(local_address=self.address,
                                          http2=http2, verify=ca_file or False),
            trust_env=False, timeout=60, follow_redirects=False,
            headers={"User-Agent": self.agent, "Accept-Language": language})
        self._client.cookies.jar.set_policy(CookiePolicy())

    def close(self):
        self._client.close()

    # --- cookies ---

    @property
    def cookies(self):
        """{name: value} of all that it holds."""
        return {cookie.name: cookie.value for cookie in self._client.cookies.jar}

    @property
    def session_cookie(self):
        """(name, value) of the module's session cookie, or None."""
        found = [(name, value) for name, value in self.cookies.items()
                 if re.fullmatch(r"(__Host-)?wecom_[0-9a-z]{6}", name)]
        assert len(found) < 2, f"two session cookies: {found}"
        return found[0] if found else None

    def set_cookie(self, name, value, host="127.0.0.1"):
        self._client.cookies.set(name, value, domain=host)

    def drop_cookie(self, name):
        self._client.cookies.delete(name)

    def drop_cookies(self):
        self._client.cookies.clear()

    def take_cookies_of(self, other):
        """As if the jar had been copied into this browser."""
        for cookie in other._client.cookies.jar:
            self._client.cookies.jar.set_cookie(cookie)

    # --- requests ---

    def _navigation(self, initiator, urls):
        return {"Accept": ACCEPT, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
                "Sec-Fetch-User": "?1", "Sec-Fetch-Site": fetch_site(initiator, urls),
                "Upgrade-Insecure-Requests": "1"}

    def request(self, method, url, headers=None, **more):
        """One request with just these headers, nothing followed."""
        try:
            answer = self._client.request(method, url, headers=headers, **more)
        except (httpx.RemoteProtocolError, httpx.ReadError):
            # A kept connection that the server closed in the same moment (event MPM does so when
            # it is busy): browsers ask again. A child that died is seen in the log.
            if method not in ("GET", "HEAD"):
                raise
            answer = self._client.request(method, url, headers=headers, **more)
        self._note_secrets(answer)
        return answer

    def _note_secrets(self, answer):
        for header in answer.headers.get_list("Set-Cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            if "wecom" in name:
                self._book.remember_secret(value)
        for url in (str(answer.request.url), answer.headers.get("Location", "")):
            for code in parse_qs(urlsplit(url).query).get("code", []):
                self._book.remember_secret(code)

    def get(self, url, headers=None, initiator=None):
        """Open a page; nothing followed. initiator: the page with the link; None: typed."""
        sent = {**self._navigation(initiator, [url]), **(headers or {})}
        return self.request("GET", url, headers=sent)

    def post(self, url, data, headers=None, initiator=None):
        """Send a form; nothing followed."""
        sent = {**self._navigation(initiator, [url]), **(headers or {})}
        return self.request("POST", url, headers=sent, data=data)

    def walk(self, url, headers=None, initiator=None, method="GET", data=None):
        """Go there and follow every redirect, and pages that do no more, as a browser does."""
        hops = []
        urls = []
        while True:
            urls.append(url)
            sent = {**self._navigation(initiator, urls), **(headers or {})}
            answer = self.request(method, urldefrag(url)[0], headers=sent, data=data)
            hops.append(Hop(method, url, answer))
            where = goes_on_to(answer)
            if where is None:
                return Walk(hops)
            assert len(hops) < MAX_HOPS, f"a loop: {[hop.place for hop in hops]}"
            url = urljoin(url, where)
            if answer.status_code == 303 or (method == "POST" and answer.status_code < 307):
                method, data = "GET", None

    def click(self, walk, url):
        """Follow a link on the page at the end of a walk."""
        return self.walk(urljoin(walk.url, url), initiator=walk.url)

    # --- the simulator's scan pages ---

    def _phone(self, walk, answer, **form):
        kind = walk.page.headers.get("X-Sim-Page")
        assert kind in ("wwlogin", "qrconnect"), f"no scan page at {walk.trail}: {kind}"
        key = re.search(r'"web_key":"([0-9a-f]+)"', walk.page.text)[1]
        return walk + self.walk(urljoin(walk.url, "/sim/phone/" + answer), initiator=walk.url,
                                method="POST", data={"key": key, "follow": "browser", **form})

    def scan(self, url, userid="zhangwei"):
        """Go there, and when WeCom shows its code let this member's phone confirm it."""
        return self.confirm(self.walk(url), userid)

    def confirm(self, walk, userid="zhangwei"):
        """From the scan page at the end of a walk to the page behind it."""
        return self._phone(walk, "confirm", userid=userid)

    def refuse(self, walk):
        """The phone says no."""
        return self._phone(walk, "refuse")
