# SPDX-License-Identifier: Apache-2.0
"""The look of the pages: what WeComPages and WeComBrand change, in which language a page comes, and
the headers of all of them."""
import re
from pathlib import Path

import pytest

from harness import raw
from harness.client import WECOM_IOS, links
from harness.site import Place, Source, Vhost

PAGES = Path(__file__).resolve().parents[2] / "pages"
WORDS = (PAGES / "words.en").read_text("utf-8")
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>\n'
ICO = "\0\0\x01\0" + "i" * 40
OWN = "<!-- wecom-template 1 -->\n<main{{data}}>"
FILES = (
    ("look/login.html", OWN + '<h1>Mine: {{title}}</h1>{{#links}}<a class="b" href="{{href}}">'
     "{{label}}</a>{{/links}}{{script}}</main>\n"),
    ("look/words.en", WORDS.replace("= Sign in\n", "= Come in\n")
     .replace("= Sign in with {name}", "= Enter by {name}")),
    ("logo.svg", SVG), ("icon.ico", ICO),
)
TWO = (Source(), Source("two", 1, 0, ('WeComDisplayName "<b>Two</b> & \'more\'"',)))
LINES = ("WeComUser %{userid}@%{source}",)
BRANDED = ('WeComBrand title "Acme & Co"', "WeComBrand title zh 示例科技",
           "WeComBrand logo @docroot@/logo.svg", "WeComBrand icon @docroot@/icon.ico",
           "WeComBrand color #c8102e", *LINES)


@pytest.fixture
def plain(sites):
    return sites(sources=TWO, lines=LINES)


@pytest.fixture
def branded(sites):
    """Around it stands what a whole server may have: it changes nothing."""
    return sites(sources=TWO, files=FILES, modules=("rewrite", "deflate", "filter", "expires"),
                 lines=(*BRANDED, "ExpiresActive On", "ExpiresDefault A60",
                        "SetOutputFilter DEFLATE", 'Header set Cache-Control "no-cache"'))


@pytest.fixture
def own(sites):
    """The server has its own look; the virtual host has not taken it."""
    return sites(sources=TWO, lines=("WeComPages @docroot@/look", *BRANDED), files=FILES, vhosts=(
        Vhost("other", lines=("WeComBrand title Other",
                              "WeComFrameAncestors self https://portal.example.com")),))


def login(site, browser, query="", **more):
    answer = browser.get(site.url("/wecom/login" + query, **more))
    assert answer.status_code == 200, answer.text
    return answer


def title(answer):
    return re.search("<title>(.*?)</title>", answer.text)[1]


def heading(answer):
    return re.search("<h1>(.*?)</h1>", answer.text)[1]


# --- WeComPages ---

def test_own_page_and_words(own, browsers):
    browser = browsers()
    answer = login(own, browser)
    assert heading(answer) == "Mine: Come in"
    assert [label for label, _ in links(answer)] == ["Enter by Acme",
                                                     "Enter by <b>Two</b> & 'more'"]
    assert "<b>Two" not in answer.text
    # no other page has a template of its own, and all have the words
    answer = browser.get(own.url("/wecom/logout"))
    assert heading(answer) == "Sign out" and "<style nonce=" in answer.text


def test_own_words_are_of_one_language(own, browsers):
    answer = login(own, browsers(language="zh-CN"))
    assert heading(answer) == "Mine: 登录"


def test_own_look_is_inherited(own, browsers):
    answer = login(own, browsers(), vhost="other")
    assert heading(answer) == "Mine: Come in"
    answer = browsers().get(own.url("/wecom/logout", vhost="other"))
    assert title(answer) == "Sign out · Other" and "/wecom/asset/logo-" in answer.text


def test_files_are_not_read_again(own, browsers):
    file = own.docroot / "look" / "login.html"
    text = file.read_text("utf-8")
    try:
        file.write_text("<!-- wecom-template 1 -->\nbroken {{nobody}}", "utf-8")
        assert heading(login(own, browsers())) == "Mine: Come in"
    finally:
        file.write_text(text, "utf-8")


# --- WeComBrand ---

def test_brand_on_every_page(branded, browsers):
    browser = browsers()
    answer = login(branded, browser)
    assert title(answer) == "Sign in · Acme &amp; Co"
    assert "<bdi>Acme &amp; Co</bdi>" in answer.text
    assert ":root{--fill:#c8102e;" in answer.text
    assert title(browser.get(branded.url("/wecom/return?state=x&code=y"))).endswith(
        " · Acme &amp; Co")
    chinese = login(branded, browsers(language="zh"))
    assert title(chinese) == "登录 · 示例科技" and "<bdi>示例科技</bdi>" in chinese.text


def test_without_a_brand_nothing_is_asked_for(plain, browsers):
    answer = login(plain, browsers())
    assert title(answer) == "Sign in" and "<header>" not in answer.text
    assert "<img" not in answer.text and "<link" not in answer.text


def asset(answer, kind):
    return re.search(rf'"(/wecom/asset/{kind}-[0-9a-f]{{16}}\.\w+)"', answer.text)[1]


@pytest.mark.parametrize("kind, type, text, policy", [
    ("logo", "image/svg+xml", SVG, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ("icon", "image/vnd.microsoft.icon", ICO, None)])
def test_pictures(branded, browsers, kind, type, text, policy):
    browser = browsers()
    url = branded.url(asset(login(branded, browser), kind))
    answer = browser.get(url)
    assert answer.status_code == 200 and answer.text == text
    assert answer.headers["Content-Type"] == type
    assert answer.headers.get_list("Cache-Control") == ["public, max-age=31536000, immutable"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers.get("Content-Security-Policy") == policy
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers and "Pragma" not in answer.headers
    again = browser.get(url, {"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and again.content == b""
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]
    other = browser.get(url, {"If-None-Match": '"other"'})
    assert other.status_code == 200 and other.text == text
    head = browser.request("HEAD", url)
    assert head.status_code == 200 and head.content == b""
    assert int(head.headers["Content-Length"]) == len(text)
    assert browser.post(url, {}).status_code == 405


@pytest.mark.parametrize("path", ["asset/", "asset/none.png", "asset/logo-0000000000000000.svg",
                                  "asset/../wecom.js", "asset/%2e%2e/session", "asset/logo",
                                  "asset//logo.svg", "asset/wecom.js", "asset/page.html"])
def test_no_such_picture(branded, browsers, path):
    answer = raw.request(branded, f"GET /wecom/{path} HTTP/1.0", [])
    if ".." in path or "%2e" in path:     # httpd has resolved it before anybody sees it
        assert answer.status in (200, 401, 404)
        return
    assert answer.status == 404, answer
    if "//" not in path:    # httpd merges them, and then it is ours too
        assert ("cache-control", "no-store") in answer.headers
    assert b"There is nothing at this address." in answer.body


def test_assets_without_a_brand(plain, browsers):
    assert browsers().get(plain.url("/wecom/asset/logo.png")).status_code == 404


def test_script(plain, browsers):
    browser = browsers()
    answer = browser.get(plain.url("/wecom/wecom.js"), {"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert answer.text == (PAGES / "wecom.js").read_text("utf-8")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers.get_list("Cache-Control") == ["public, max-age=3600"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = browser.get(plain.url("/wecom/wecom.js"), {"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert browser.get(plain.url("/wecom/wecom.js/x")).status_code == 404


def test_script_is_not_packed(branded, browsers):
    answer = browsers().get(branded.url("/wecom/wecom.js"), {"Accept-Encoding": "gzip"})
    assert answer.status_code == 200 and "Content-Encoding" not in answer.headers


# --- the language ---

def lang_of(answer):
    return re.search('<html lang="([^"]+)">', answer.text)[1]


@pytest.mark.parametrize("header, query, lang", [
    ("en", "", "en"), ("zh-CN", "", "zh-CN"), ("fr", "", "en"),
    ("en", "?lang=zh-CN", "zh-CN"), ("en", "?lang=zh", "zh-CN"), ("en", "?lang=ZH-cn", "zh-CN"),
    ("zh", "?lang=en", "en"), ("zh", "?lang=EN", "en"),
    # every other value is no value
    ("zh", "?lang=", "zh-CN"), ("zh", "?lang=fr", "zh-CN"), ("en", "?lang=zh-TW", "en"),
    ("zh", "?lang=en&lang=en", "zh-CN"), ("zh", "?lang=%00en", "zh-CN"),
    ("zh", "?lang=en%0d%0aSet-Cookie:x=y", "zh-CN"), ("zh", "?lang=e%", "zh-CN"),
    ("zh", "?lang=" + "e" * 5000, "zh-CN"), ("zh", "?LANG=en", "zh-CN"),
])
def test_language(plain, browsers, header, query, lang):
    browser = browsers(language=header)
    answer = login(plain, browser, query)
    assert lang_of(answer) == lang
    chosen = query.lower() in ("?lang=zh-cn", "?lang=zh", "?lang=en") and "LANG" not in query
    cookies = [value for value in answer.headers.get_list("Set-Cookie")
               if value.startswith("wecomg_")]
    assert len(cookies) == chosen
    if chosen:
        assert re.fullmatch(rf"wecomg_[0-9a-z]{{6}}={lang}; Path=/; HttpOnly; SameSite=Lax; "
                            "Max-Age=31536000", cookies[0])
    assert len(answer.headers.get_list("Set-Cookie")) <= 2


def test_language_is_kept(plain, browsers):
    browser = browsers(language="en")
    login(plain, browser, "?lang=zh-CN")
    answer = login(plain, browser)
    assert lang_of(answer) == "zh-CN"
    assert not any("wecomg_" in value for value in answer.headers.get_list("Set-Cookie"))
    # and again, since the link of the page says so
    other = re.search('<footer><a href="([^"]+)" lang="en" hreflang="en">English</a>',
                      answer.text)[1].replace("&amp;", "&")
    assert other.endswith("&lang=en") and "?p=" in other
    assert lang_of(browser.get(plain.url(other))) == "en"
    assert lang_of(login(plain, browser)) == "en"


def test_the_choice_is_heard_at_wecom(plain, browsers):
    browser = browsers(language="en")
    page = login(plain, browser, "?lang=zh")
    answer = browser.get(plain.url(links(page)[0][1]))
    assert answer.status_code == 302 and "lang=zh" in answer.headers["Location"]


def test_language_of_a_page_in_a_place(sites, browsers, log):
    """A 403 in a protected place: the cookie is heard, a parameter there is the application's."""
    site = sites(places=(Place(require=("wecom-user nobody",)),))
    browser = browsers(WECOM_IOS, person="zhangwei", language="en")
    log.allow("AH01631")
    log.expect("WC0251")
    walk = browser.walk(site.url("/intranet/"))
    assert walk.page.status_code == 403 and lang_of(walk.page) == "en"
    assert lang_of(browser.get(site.url("/intranet/?lang=zh"))) == "en"
    browser.get(site.url("/wecom/logout?lang=zh"))
    assert lang_of(browser.get(site.url("/intranet/"))) == "zh-CN"


@pytest.mark.parametrize("value", ["", "fr", "en x", "../../x", "<b>", "z" * 3000, "zh-TW"])
def test_spoiled_language_cookie(plain, browsers, value):
    browser = browsers(language="zh")
    name = re.search(r"(wecomg_\w+)=", login(plain, browser, "?lang=en").headers["Set-Cookie"])
    answer = browsers(language="zh").get(plain.url("/wecom/login"),
                                         {"Cookie": f"{name[1]}={value}"})
    assert answer.status_code == 200 and lang_of(answer) == "zh-CN"


def test_language_cookie_reaches_no_application(sites, signed_in):
    site = sites()
    browser = signed_in(site)
    browser.get(site.url("/wecom/logout?lang=zh"))
    assert any(name.startswith("wecomg_") for name in browser.cookies)
    assert "HTTP_COOKIE" not in site.environment(browser)
    browser.set_cookie("a", "b")
    assert site.environment(browser)["HTTP_COOKIE"] == "a=b"


def test_no_cookie_under_another_name(plain, browsers):
    """It would lie beside the one of the site's own name, and win."""
    answer = browsers().get(plain.alias_url("/wecom/logout?lang=zh"))
    assert "wecomg_" not in answer.headers.get("Set-Cookie", "")


# --- headers ---

def policy(answer):
    return dict(part.strip().partition(" ")[::2]
                for part in answer.headers["Content-Security-Policy"].split(";"))


def check_page(answer):
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers.get_list("Cache-Control") == ["no-store"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    said = policy(answer)
    assert said["default-src"] == "'none'" and said["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    nonce = re.search("^'nonce-([0-9A-Za-z_-]+)'$", said["style-src"])[1]
    assert f'<style nonce="{nonce}">' in answer.text
    return said, nonce


def test_headers_of_every_page(plain, browsers):
    browser = browsers()
    nonces = set()
    for path in ("login", "logout", "return?state=x&code=y", "bind"):
        said, nonce = check_page(browser.get(plain.url("/wecom/" + path)))
        assert said["frame-ancestors"] == "'none'"
        nonces.add(nonce)
    assert len(nonces) == 4
    assert browser.get(plain.url("/wecom/login")).headers["X-Frame-Options"] == "DENY"


def test_frames_that_are_allowed(own, browsers):
    answer = browsers().get(own.url("/wecom/logout", vhost="other"))
    said, _ = check_page(answer)
    assert said["frame-ancestors"] == "'self' https://portal.example.com"
    assert "X-Frame-Options" not in answer.headers


def test_redirects_keep_the_opener(plain, browsers):
    """Every answer between a popup and WeCom may be the one that cuts it off."""
    browser = browsers()
    page = login(plain, browser)
    for answer in (browser.get(plain.url("/intranet/")),
                   browser.get(plain.url(links(page)[0][1]))):
        assert answer.status_code == 302
        assert "Cross-Origin-Opener-Policy" not in answer.headers


def test_size_of_the_login_page(branded, browsers):
    """One round trip: what fits the first window of a connection."""
    answer = login(branded, browsers())
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers.multi_items()) + 20
    assert head + len(answer.content) < 14 * 1024
    assert head + len(answer.content) < 8 * 1024, "there must be room for a script"


HOSTILE = ['"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", "&lt;b&gt;",
           "\u202egpj.exe", "\u2069\u202ex", "{{title}}{{#links}}", "</title><b>", "界" * 200,
           "👩‍💻" * 20, "שלום", "a" * 200]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(fresh, browsers, name):
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    site = fresh(sources=(Source(lines=(f'WeComDisplayName "{quoted}"',)), TWO[1]), lines=(
        f'WeComBrand title "{quoted}"', *LINES))
    answer = login(site, browsers())
    label = links(answer)[0][0]
    bare = re.sub("[\u202a-\u202e\u2066-\u2069]", "", name)
    assert label in (f"Sign in with {name}", f"Sign in with \u2068{bare}\u2069")
    assert answer.text.count("<script") == 0 and answer.text.count("<img") == 0
    assert answer.text.count("<title>") == answer.text.count("</title>") == 1
    assert len(links(answer)) == 2
