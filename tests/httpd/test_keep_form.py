# SPDX-License-Identifier: Apache-2.0
"""A form that is posted after the session has ended: kept in the tab, for its member, for a click.

The tab is played here: what its script would put by and bring back is read out of the page.
"""
import html
import json
import re
import socket
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from harness import raw, wire
from harness.client import CHROME, FETCH, WECOM_IOS, XHR, incident, links
from harness.own import check_headers
from harness.seal import Sealer, make_key
from harness.site import Place

SECRET = "draft-of-the-merger-7351"
FIELDS = [("subject", 'Hello "you" & <them>'), ("text", f"one\r\ntwo 张伟\t{SECRET}"),
          ("tag", "b"), ("tag", "a"), ("empty", ""), ("submit", "go"), ("_charset_", "UTF-8"),
          ("token", "theirs")]
BODY = urlencode(FIELDS).encode()
FORM = "application/x-www-form-urlencoded"
SAVE = "/intranet/app/save?id=7"
PAGE = "/intranet/page.html?a=1"
LIMIT = 65536
GONE = "What you typed is no longer here. Please fill in the form again."
EXPIRED = "What you typed was kept for ten minutes and is gone. Please fill in the form again."
OTHER = "What was typed here belongs to another member and is gone."
USED = ("What you typed was shown once and is gone. If you have not sent it, please fill in the "
        "form again.")


class Form(HTMLParser):
    """The one form of a page, and all its fields in their order."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.fields = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self.forms.append(values)
        elif tag == "input":
            assert values["type"] == "hidden"
            self.fields.append((values["name"], values["value"]))

    def body(self):
        """As a browser sends it."""
        return urlencode([tuple(text.replace("\n", "\r\n") for text in field)
                          for field in self.fields]).encode()


def data_of(answer, name):
    found = re.search(rf'<main[^>]* data-{name}="([^"]*)"', answer.text)
    return found and html.unescape(found[1])


def is_kept(answer):
    return answer.status_code == 401 and data_of(answer, "box") is not None


def assert_lost(answer, site):
    """As every form that is not kept: on to the login."""
    assert answer.status_code == 303, answer.text
    where = answer.headers["Location"]
    assert where.startswith((site.sim.pages, site.url("/wecom/login"))), where


@pytest.fixture
def site(sites, backend, book):
    book.remember_secret(SECRET)
    return sites(modules=("proxy", "proxy_http"),
                 lines=(f"ProxyPass /intranet/app {backend.url}/app",))


def end_session(site, browser, userid="zhangwei", **ago):
    """Its session cookie is of a session that was good, and has expired."""
    browser.set_cookie(*Sealer(site.httpd.paths, site).ticket(
        userid=userid, **(ago or {"issued": 13 * 3600})),
                       host="localhost.local" if site.spec.tls else "127.0.0.1")


@pytest.fixture
def browser(site, browsers):
    browser = browsers(CHROME)
    end_session(site, browser)
    return browser


def same_origin(site, **more):
    """None takes a header away."""
    headers = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
               "Sec-Fetch-Site": "same-origin", "Origin": site.url(""), "Content-Type": FORM,
               "Referer": site.url(PAGE), **{n.replace("_", "-"): v for n, v in more.items()}}
    return {name: value for name, value in headers.items() if value is not None}


def post(site, browser, body=BODY, path=SAVE, **more):
    return browser.request("POST", site.url(path), same_origin(site, **more), content=body)


class Tab:
    """What a tab does with the page that has kept a form."""

    def __init__(self, site, browser, answer):
        assert is_kept(answer), f"{answer.status_code}: {answer.text}"
        self.site, self.browser, self.answer = site, browser, answer
        self.state, self.box = data_of(answer, "state"), data_of(answer, "box")
        site.httpd.book.remember_secret(self.box)
        [(self.label, self.login)] = links(answer)

    def sign_in(self, userid="zhangwei"):
        walk = self.browser.walk(self.login)
        if walk.page.headers.get("X-Sim-Page"):
            walk = self.browser.confirm(walk, userid)
        return walk

    def bring(self, page="/", state=None, box=None, **headers):
        sent = same_origin(self.site, **headers)
        return self.browser.request("POST", self.site.url("/wecom/form"), sent, content=urlencode(
            {"p": state or self.state, "return": page, "box": box or self.box}))


def assert_gone(answer, status, sentence, page="/"):
    assert answer.status_code == status, answer.text
    assert f"<p>{sentence}</p>" in answer.text
    assert links(answer) == [("Go to the page", page)]
    assert SECRET not in answer.text and "<form" not in answer.text
    check_headers(answer)
    return incident(answer)


# --- the whole way ---

def test_kept_and_sent(site, browser):
    answer = post(site, browser)
    tab = Tab(site, browser, answer)
    assert answer.headers["WWW-Authenticate"] == "WeCom"
    assert SECRET not in answer.text and BODY.decode() not in answer.text
    assert tab.label == "Sign in again" and tab.login.startswith(site.sim.pages)
    assert data_of(answer, "kept") == (
        "Your session had ended. Sign in again; what you typed is kept.")
    assert "What you typed cannot be kept here" in answer.text, "true without a script"
    check_headers(answer)
    assert browser.session_cookie is None, "the ended session is put away"

    walk = tab.sign_in()
    parts = urlsplit(walk.url)
    assert (parts.path, dict(parse_qsl(parts.query))) == (
        "/wecom/form", {"p": tab.state, "return": PAGE})
    assert walk.page.status_code == 200
    assert data_of(walk.page, "state") == tab.state
    assert f"<p>{GONE}</p>" in walk.page.text, "true without a box or a script"
    assert links(walk.page) == [("Go to the page", PAGE)]

    question = tab.bring(data_of(walk.page, "back"))
    assert question.status_code == 200
    assert "<p>What you typed before is still here.</p>" in question.text
    assert "It will be sent to /intranet/app/save<" in question.text
    assert links(question) == [("Do not send", PAGE)]
    assert "Send it now</button>" in question.text and "<script" not in question.text
    check_headers(question)
    assert question.headers["Referrer-Policy"] == "strict-origin"
    assert "form-action 'self'" in question.headers["Content-Security-Policy"]

    form = Form(question.text)
    assert [(one["method"], one["action"], one.get("enctype", FORM)) for one in form.forms] == [
        ("post", SAVE, FORM)]
    assert form.body() == BODY
    sent = post(site, browser, form.body())
    told = json.loads(sent.text)
    assert (told["method"], told["path"], told["body"]) == ("POST", "/app/save?id=7",
                                                            BODY.decode())


def test_silent_in_the_client(site, browsers):
    browser = browsers(WECOM_IOS, person="LiNa")
    end_session(site, browser, "lina", issued=5 * 3600, seen=5 * 3600)
    tab = Tab(site, browser, post(site, browser))
    walk = tab.sign_in()
    assert walk.trail[-1] == (200, f"{site.authority()}/wecom/form")
    assert "Send it now" in tab.bring().text


def test_in_chinese(site, browsers):
    browser = browsers(language="zh-CN")
    end_session(site, browser)
    tab = Tab(site, browser, post(site, browser))
    assert data_of(tab.answer, "kept") == "您的登录已过期。请重新登录，您填写的内容已保留。"
    tab.sign_in()
    question = tab.bring()
    assert "您之前填写的内容仍在。" in question.text and "立即提交" in question.text
    assert [label for label, _ in links(question)] == ["放弃"]


def test_in_htaccess_and_to_a_folder(sites, browsers):
    """A folder's index is looked up with a subrequest; the folder is what the browser hears."""
    site = sites(places=(Place(via="htaccess"),))
    browser = browsers()
    end_session(site, browser)
    tab = Tab(site, browser, post(site, browser, path="/intranet/"))
    assert tab.answer.headers["WWW-Authenticate"] == "WeCom"
    tab.sign_in()
    assert Form(tab.bring().text).forms[0]["action"] == "/intranet/"


def test_over_tls_and_http2(sites, browsers, tls):
    site = sites(tls=True)
    browser = browsers(http2=True, ca_file=str(tls.cert))
    end_session(site, browser)
    for _ in range(2):      # on one connection
        end_session(site, browser)
        answer = post(site, browser, path="/intranet/env.cgi")
        assert answer.http_version == ("HTTP/2" if site.speaks_http2 else "HTTP/1.1")
        assert is_kept(answer)


def test_by_one_word_of_the_browser(site, browser):
    """Older browsers say only one of the two."""
    assert is_kept(post(site, browser, Origin=None))
    end_session(site, browser)
    assert is_kept(post(site, browser, Sec_Fetch_Site=None, Sec_Fetch_Mode=None,
                        Sec_Fetch_Dest=None))


def test_unused_for_too_long(site, browsers):
    browser = browsers()
    end_session(site, browser, issued=6 * 3600, seen=5 * 3600)
    assert is_kept(post(site, browser))


def test_sixty_four_kibibytes(site, browser):
    body = b"text=" + b"x" * (LIMIT - 5)
    tab = Tab(site, browser, post(site, browser, body))
    tab.sign_in()
    question = tab.bring()
    assert Form(question.text).body() == body
    assert len(urlencode({"p": tab.state, "return": "/", "box": tab.box})) < 96 * 1024


def test_given_up_once(site, browser, sim, log):
    """The phone says no; "sign in again" leads to the form all the same."""
    sim.fault("/sim/phone/refuse", "refuse_redirects")
    log.expect("WC0201")
    tab = Tab(site, browser, post(site, browser))
    walk = browser.refuse(browser.walk(tab.login))
    [(_, again)] = links(walk.page)
    walk = browser.confirm(browser.click(walk, again))
    assert urlsplit(walk.url).path == "/wecom/form"
    assert data_of(walk.page, "state") == tab.state
    assert "Send it now" in tab.bring().text


# --- not kept ---

@pytest.mark.parametrize("headers", [
    {"Sec_Fetch_Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "none", "Origin": None},
    {"Sec_Fetch_Site": "none"},
    {"Sec_Fetch_Site": None, "Origin": None},
    {"Sec_Fetch_Site": None, "Origin": "null"},
    {"Sec_Fetch_Site": None, "Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Content_Type": "multipart/form-data; boundary=x"},
    {"Content_Type": "text/plain"},
    {"Content_Type": f"{FORM}; charset=gbk"},
    {"Content_Encoding": "gzip"},
], ids=str)
def test_not_kept(site, browser, headers):
    assert is_kept(post(site, browser)), "all else is as it must be"
    end_session(site, browser)
    answer = post(site, browser, **headers)
    assert_lost(answer, site)
    walk = browser.confirm(browser.walk(answer.headers["Location"]))
    assert walk.url == site.url(PAGE)


@pytest.mark.parametrize("referer, page", [(PAGE, PAGE), (None, "/")], ids=["page", "root"])
def test_not_kept_without_a_former_session(site, browsers, referer, page):
    browser = browsers()
    answer = post(site, browser, Referer=referer and site.url(referer))
    assert_lost(answer, site)
    walk = browser.confirm(browser.walk(answer.headers["Location"]))
    assert walk.url == site.url(page)


def test_not_kept_of_an_unreadable_session(site, browsers, tmp_path):
    """A cookie of another key, or of another app under the source's name."""
    browser = browsers()
    foreign = Sealer(site.httpd.paths, site, keys=(make_key(tmp_path / "key"),))
    browser.set_cookie(*foreign.ticket(issued=13 * 3600))
    assert_lost(post(site, browser), site)
    browser.set_cookie(*Sealer(site.httpd.paths, site).ticket(issued=13 * 3600, agent="1999999"))
    assert_lost(post(site, browser), site)


@pytest.mark.parametrize("body", [
    b"text=" + b"x" * (LIMIT - 4), b"a=%B0%A1", b"a=%00", b"a=%0A", b"a", b"a=1&b", b"=1",
    b"_charset_=GBK", b"a=%zz", b"&".join([b"a="] * 1001),
], ids=["64KiB+1", "gbk", "nul", "lone-lf", "bare", "bare-too", "no-name", "charset", "percent",
        "many"])
def test_not_kept_what_would_not_come_out_alike(site, browser, body):
    assert_lost(post(site, browser, body), site)


def test_scripts_get_json(site, browser):
    for headers in (FETCH, XHR):
        answer = browser.request("POST", site.url(SAVE), {**headers, "Content-Type": FORM,
                                                          "Origin": site.url("")}, content=BODY)
        assert (answer.status_code, answer.json()["error"]) == (401, "login_required")
        assert not answer.headers.get_list("Set-Cookie")


# --- how it ends ---

def test_second_use(site, browser, log):
    tab = Tab(site, browser, post(site, browser))
    tab.sign_in()
    assert "Send it now" in tab.bring().text
    number = assert_gone(tab.bring(PAGE), 400, USED, PAGE)
    log.expect("WC0284", number)


def test_another_member(site, browser, log):
    tab = Tab(site, browser, post(site, browser))
    tab.sign_in("lina")
    log.expect("WC0283", assert_gone(tab.bring(PAGE), 403, OTHER, PAGE))
    log.expect("WC0284", assert_gone(tab.bring(), 400, USED))


def test_nobody(site, browser, log):
    tab = Tab(site, browser, post(site, browser))
    log.expect("WC0283", assert_gone(tab.bring(), 403, OTHER))


@pytest.mark.parametrize("age, kept", [(590, True), (615, False), (3600, False), (-615, False)])
def test_ten_minutes(site, signed_in, log, age, kept):
    browser = signed_in(site)
    state, box = Sealer(site.httpd.paths, site).form(issued=age, body="a=1", target=SAVE)
    answer = browser.request("POST", site.url("/wecom/form"), same_origin(site),
                             content=urlencode({"p": state, "box": box}))
    if kept:
        assert Form(answer.text).fields == [("a", "1")]
    else:
        log.expect("WC0282", assert_gone(answer, 400, EXPIRED))


def test_what_is_no_box(site, browser, log):
    tab = Tab(site, browser, post(site, browser))
    end_session(site, browser)
    other = Tab(site, browser, post(site, browser))
    tab.sign_in()
    forged = tab.box[:40] + ("A" if tab.box[40] != "A" else "B") + tab.box[41:]
    elsewhere = Sealer(site.httpd.paths, site, url="http://127.0.0.1:1").form()
    for state, box in ((tab.state, forged), (other.state, tab.box), (tab.state, other.box),
                       (tab.state, elsewhere[1]), elsewhere, ("x", "y"),
                       (tab.state, "A" * 95000)):
        log.expect("WC0281", assert_gone(tab.bring(PAGE, state, box), 400, GONE, PAGE))
    assert "Send it now" in tab.bring().text, "none of these has used it up"


@pytest.mark.parametrize("headers", [
    {"Sec_Fetch_Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec_Fetch_Site": None, "Origin": None}, {"Origin": "null"}, {"Sec_Fetch_Site": "same-site"},
], ids=str)
def test_brought_from_elsewhere(site, browser, log, headers):
    tab = Tab(site, browser, post(site, browser))
    tab.sign_in()
    log.expect("WC0281", assert_gone(tab.bring(PAGE, **headers), 400, GONE))
    assert "Send it now" in tab.bring().text


@pytest.mark.parametrize("body", [
    b"", b"p", b"p=1&p=2", b"%", b"box=" + b"x" * 98304, b"a=&" * 1001 + b"a=",
], ids=["empty", "bare", "twice", "percent", "large", "many"])
def test_odd_things_brought(site, signed_in, log, body):
    browser = signed_in(site)
    answer = browser.request("POST", site.url("/wecom/form"), same_origin(site), content=body)
    log.expect("WC0281", assert_gone(answer, 400, GONE))


@pytest.mark.parametrize("query", ["", "?p=", "?p=x", "?p=%00", "?p=1&p=2",
                                   "?return=https://evil.example/", "?return=//evil.example/",
                                   "?return=/wecom/logout", "?p=" + "A" * 200])
def test_page_without_a_form(site, browsers, query):
    """Nobody is asked to sign in for nothing."""
    answer = browsers().get(site.url("/wecom/form" + query))
    assert answer.status_code == 200
    assert f"<p>{GONE}</p>" in answer.text and links(answer) == [("Go to the page", "/")]
    assert "<script" not in answer.text and not answer.headers.get_list("Set-Cookie")


def test_page_of_a_stranger(site, browsers, sim):
    """A state that could be one: a person signs in first, as for the page; nobody else does."""
    state, _ = Sealer(site.httpd.paths, site).form()
    address = site.url(f"/wecom/form?p={state}&return=/intranet/")
    answer = browsers().get(address)
    assert answer.status_code == 302 and answer.headers["Location"].startswith(sim.pages)
    for headers in (FETCH, XHR):
        answer = browsers().request("GET", address, headers)
        assert answer.status_code == 200 and not answer.headers.get_list("Set-Cookie")
    answer = browsers().get(site.alias_url(f"/wecom/form?p={state}"))
    assert answer.status_code == 200 and not answer.headers.get_list("Set-Cookie")


# --- bodies as no library sends them ---

def head(site, browser_cookie, *more, path="/intranet/env.cgi"):
    lines = [f"POST {path} HTTP/1.1", f"Host: {site.authority()}",
             f"Cookie: {'='.join(browser_cookie)}",
             *(f"{name}: {value}" for name, value in same_origin(site).items()), *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def chunked(body, size=1000):
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.fixture
def cookie(site):
    return Sealer(site.httpd.paths, site).ticket(issued=13 * 3600)


NEXT = "GET /open/ HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("length, kept", [(10, True), (LIMIT, True), (LIMIT + 1, False),
                                          (3 * LIMIT, False)])
@pytest.mark.parametrize("how", ["length", "chunked", "continue"])
def test_next_request_of_the_connection(site, cookie, how, length, kept):
    """Whatever became of the body, what follows it is the next request."""
    body = b"text=" + b"x" * (length - 5)
    more = {"length": [f"Content-Length: {length}"], "chunked": ["Transfer-Encoding: chunked"],
            "continue": [f"Content-Length: {length}", "Expect: 100-continue"]}[how]
    data = (head(site, cookie, *more) + (chunked(body) if how == "chunked" else body)
            + NEXT.format(site.authority()).encode())
    got = wire.send(site, data)
    if got.startswith(b"HTTP/1.1 100"):
        got = got.partition(b"\r\n\r\n")[2]
    first = raw.parse(got)
    assert first.status == (401 if kept else 303)
    assert (b'data-box="' in got) == kept
    last = got.rpartition(b"HTTP/1.1 ")[2]
    if how == "continue" and not kept:  # a body that nobody asked for: httpd ends the connection
        assert first.get("Connection") == "close"
        return
    assert last.startswith(b"200 ") and b"<title>/open</title>" in last


def test_expect_is_answered(site, cookie):
    """Who waits for 100 Continue gets it, and only for a body that is read."""
    parts = urlsplit(site.url(""))
    with socket.create_connection((parts.hostname, parts.port), 20) as sock:
        sock.sendall(head(site, cookie, f"Content-Length: {len(BODY)}", "Expect: 100-continue",
                          "Connection: close"))
        assert sock.recv(65536).startswith(b"HTTP/1.1 100 ")
        sock.sendall(BODY)
        got = b""
        while chunk := sock.recv(65536):
            got += chunk
        assert raw.parse(got).status == 401 and b'data-box="' in got


@pytest.mark.parametrize("data", [
    (["Content-Length: 100"], b"a=1"), (["Transfer-Encoding: chunked"], b"3\r\na=1\r\n"),
], ids=["length", "chunked"])
def test_cut_off(site, cookie, data):
    more, body = data
    answer = raw.exchange(site, head(site, cookie, *more) + body, half_close=True)
    assert answer.status == 303 and b"data-box" not in answer.body
    assert answer.get("Connection") == "close"


def test_badly_chunked(site, cookie, log):
    log.allow("AH01590", "AH01591", "AH01592")
    answer = raw.exchange(site, head(site, cookie, "Transfer-Encoding: chunked")
                          + b"zz\r\na=1\r\n0\r\n\r\n" + NEXT.format(site.authority()).encode())
    assert answer.status == 400 and b"data-box" not in answer.body
    assert answer.get("Connection") == "close"
    assert b"/open" not in answer.body, "what follows is no request"
    assert b"HTTP/1.1 " not in answer.body and b"next step" not in answer.body, "one answer"


def test_too_slow(fresh):
    site = fresh(modules=("reqtimeout",), lines=("RequestReadTimeout body=1",))
    cookie = Sealer(site.httpd.paths, site).ticket(issued=13 * 3600)
    answer = raw.exchange(site, head(site, cookie, "Content-Length: 100") + b"a=1")
    assert answer.status == 303 and b"data-box" not in answer.body
    assert answer.get("Connection") == "close"


def test_above_the_servers_own_limit(sites, browsers, log):
    site = sites(places=(Place(lines=("LimitRequestBody 100",)),))
    log.allow("AH01588", "AH01587")
    browser = browsers()
    end_session(site, browser)
    assert is_kept(post(site, browser, b"a=1", path="/intranet/env.cgi"))
    for body in (b"a=" + b"1" * 200, iter([b"a=" + b"1" * 200])):
        end_session(site, browser)
        answer = post(site, browser, body, path="/intranet/env.cgi")
        assert answer.status_code == 413 and "data-box" not in answer.text
