# SPDX-License-Identifier: Apache-2.0
"""A form is filled in, the session ends, the form is posted: it is kept in the tab, and sent when
its member has signed in again and clicks."""
from urllib.parse import urlencode

import pytest
from harness.client import WECOM_WINDOWS
from harness.seal import Sealer
from harness.site import Vhost
from portal import portal

KEPT = "Your session had ended. Sign in again; what you typed is kept."
NOT_KEPT = ("Your session had ended. What you typed cannot be kept here, but your browser's Back "
            "button may still have it.")
HERE = "What you typed before is still here."
GONE = "What you typed is no longer here. Please fill in the form again."
OTHER = "What was typed here belongs to another member and is gone."
SAVE = "/intranet/save.cgi?id=7"
TEXT = 'first line\nsecond "line" <b>&amp;</b>\n\n张伟 \U0001f43c'
SECRET = "never-in-a-log-4711"

# Names that scripts stumble over; two of one name; the submit button has a name too.
FORM = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Write</title>
<link rel="icon" href="data:,"></head><body>
<form method="post" action="{action}">
<input type="hidden" name="_charset_"><input type="hidden" name="token" value="theirs">
<input type="hidden" name="submit" value="no function"><input name="action" value="x">
<input name="subject" id="subject"><textarea name="text" id="text"></textarea>
<select name="tag" multiple><option selected>b</option><option selected>a</option></select>
<input name="empty"><button name="do" value="save" id="save">Save</button>
</form></body></html>
"""
# Tells what came, and keeps each post: a page that is only shown counts nothing.
SAVE_CGI = """#!/usr/bin/python3 -IS
import html, os, sys
body = sys.stdin.buffer.read()
with open("@root@/run/posts", "ab") as posts:
    posts.write(body + b"\\n")
print("Content-Type: text/html; charset=utf-8\\n")
print("<!DOCTYPE html><html lang=en><title>Saved</title><link rel=icon href='data:,'><pre>")
print(html.escape("\\n".join([os.environ.get("REQUEST_METHOD"), os.environ.get("REQUEST_URI"),
      os.environ.get("HTTP_ORIGIN", "-"), os.environ.get("HTTP_SEC_FETCH_SITE", "-"),
      os.environ.get("REMOTE_USER", "-"), body.decode()])), "</pre>")
"""


@pytest.fixture
def site(fresh, book):
    book.remember_secret(SECRET)
    site = portal(fresh, vhosts=(Vhost("other"),))
    site.write("intranet/write.html", FORM.format(action=SAVE))
    site.write("open/evil.html", FORM.format(action=site.url(SAVE)))
    folder = site.docroot / "posts"
    folder.mkdir()
    folder.chmod(0o777)
    site.write("intranet/save.cgi", SAVE_CGI.replace("@root@/run/posts", str(folder / "posts")),
               0o755)
    return site


def posts(site):
    """The bodies that have reached the application."""
    file = site.docroot / "posts" / "posts"
    return file.read_text("utf-8").splitlines() if file.exists() else []


def sign_in(browser, userid="zhangwei"):
    browser.wait_for_sim("wwlogin")
    browser.press(f"#userid option[value={userid}]")
    browser.press("#phone button:not(.plain)")


def end_session(site, browser, userid="zhangwei"):
    """The session cookie is still there, and twelve hours are over."""
    name, value = Sealer(site.httpd.paths, site).ticket(issued=13 * 3600, userid=userid)
    cookie = browser.session_cookie()
    assert cookie["name"] == name
    browser.devtools("Network.setCookie", name=name, value=value, path="/", httpOnly=True,
                     domain=cookie["domain"], sameSite="Lax", secure=cookie["secure"])


def fill_in(browser):
    browser.driver.find_element("id", "subject").send_keys(SECRET)
    browser.script("document.getElementById('text').value = arguments[0]", TEXT)


def write(site, browser, page="/intranet/write.html"):
    """A filled form whose session has ended meanwhile."""
    browser.open(site.url(page))
    fill_in(browser)
    end_session(site, browser)


FIELDS = [("_charset_", "UTF-8"), ("token", "theirs"), ("submit", "no function"),
          ("action", "x"), ("subject", SECRET), ("text", TEXT.replace("\n", "\r\n")),
          ("tag", "b"), ("tag", "a"), ("empty", ""), ("do", "save")]
BODY = urlencode(FIELDS)


@pytest.fixture
def browser(site, visitors):
    browser = visitors()
    browser.open(site.url("/intranet/"))
    sign_in(browser)
    browser.wait_for_url(site.url("/intranet/"))
    return browser


def keep(site, browser):
    write(site, browser)
    browser.press("#save")
    browser.wait(lambda _: browser.title == "Sign in again", "the page of the ended session")
    assert browser.lines == ["Sign in again", KEPT, "Sign in again"]
    assert browser.documents()[-1].status == 401


def stored(browser):
    return browser.script("return Object.keys(sessionStorage)")


def test_kept_and_sent_by_a_click(site, browser, look):
    """The very bytes that the same browser sends of the same form while the session lasts."""
    browser.open(site.url("/intranet/write.html"))
    fill_in(browser)
    browser.press("#save")
    browser.wait_for_url(site.url(SAVE))
    assert posts(site) == [BODY]

    keep(site, browser)
    look(browser, "form-kept")
    assert len(stored(browser)) == 1
    box = browser.script("return sessionStorage[Object.keys(sessionStorage)[0]]")
    site.httpd.book.remember_secret(box)
    assert SECRET not in browser.script("return document.documentElement.outerHTML")
    browser.press_text("Sign in again")
    sign_in(browser)
    browser.wait(lambda _: HERE in browser.lines, "the question")
    look(browser, "form-question")
    assert browser.lines == ["Your form", HERE, "Send it now", "Do not send",
                             "It will be sent to /intranet/save.cgi"]
    assert browser.url == site.url("/wecom/form") and stored(browser) == []
    assert browser.script("return document.scripts.length") == 0
    assert posts(site) == [BODY], "nothing is sent without the click"

    browser.press_text("Send it now")
    browser.wait_for_url(site.url(SAVE))
    method, path, origin, fetch_site, user, body = browser.text.split("\n", 5)
    assert (method, path, user) == ("POST", SAVE, "zhangwei")
    assert (origin, fetch_site) == (site.url(""), "same-origin"), "what CSRF guards look at"
    assert body.strip() == BODY
    assert posts(site) == [BODY, BODY]


def test_not_sent(site, browser):
    keep(site, browser)
    browser.press_text("Sign in again")
    sign_in(browser)
    browser.wait(lambda _: HERE in browser.lines, "the question")
    browser.press_text("Do not send")
    browser.wait_for_url(site.url("/intranet/write.html"))
    assert posts(site) == [] and stored(browser) == []


def test_silent_in_the_client(site, visitors):
    """The login asks nobody anything; the form does."""
    browser = visitors(WECOM_WINDOWS, person="zhangwei", language="zh-CN")
    browser.open(site.url("/intranet/"))
    browser.wait_for_url(site.url("/intranet/"))
    write(site, browser)
    browser.press("#save")
    browser.wait(lambda _: browser.title == "重新登录", "the page of the ended session")
    assert browser.lines[1] == "您的登录已过期。请重新登录，您填写的内容已保留。"
    browser.press_text("重新登录")
    browser.wait(lambda _: "您之前填写的内容仍在。" in browser.lines, "the question")
    assert posts(site) == []
    browser.press_text("立即提交")
    browser.wait_for_url(site.url(SAVE))
    assert posts(site) == [BODY]


def test_forged_by_another_site(site, browser):
    """Another origin posts into the visitor's tab: not kept, nothing to click."""
    browser.open(site.alias_url("/open/evil.html"))
    end_session(site, browser)
    browser.press("#save")
    browser.wait_for_sim("wwlogin")
    sign_in(browser)
    browser.wait_for_url(site.url("/"))
    assert stored(browser) == [] and posts(site) == []


def test_forged_by_another_port(site, browser):
    """The same host on another port: the same site for cookies, which come along, and still
    another origin."""
    browser.open(site.url("/open/evil.html", vhost="other"))
    end_session(site, browser)
    browser.press("#save")
    browser.wait_for_sim("wwlogin")
    assert browser.session_cookie() is None, "the ended session came along and was put away"
    sign_in(browser)
    browser.wait_for_url(site.url("/"))
    assert posts(site) == []


def test_by_another_member(site, browser, log, look):
    keep(site, browser)
    browser.press_text("Sign in again")
    sign_in(browser, "LiNa")
    browser.wait(lambda _: OTHER in browser.lines, "the refusal")
    log.expect("WC0283")
    look(browser, "form-refused")
    assert SECRET not in browser.script("return document.documentElement.outerHTML")
    assert stored(browser) == [] and posts(site) == []
    browser.press_text("Go to the page")
    browser.wait_for_url(site.url("/intranet/write.html"))


def test_in_another_tab(site, browser, look):
    """The address alone brings nothing: the box is in the tab that was left."""
    keep(site, browser)
    browser.press_text("Sign in again")
    sign_in(browser)
    browser.wait(lambda _: HERE in browser.lines, "the question")
    address = next(document.url for document in browser.documents()
                   if "/wecom/form?p=" in document.url)
    browser.go_to_window(browser.new_window())
    browser.open(address)
    browser.wait(lambda _: GONE in browser.lines, "that nothing is here")
    look(browser, "form-gone")
    assert browser.lines == ["Your form", GONE, "Go to the page"]
    browser.press_text("Go to the page")
    browser.wait_for_url(site.url("/intranet/write.html"))
    assert posts(site) == []


def test_back_from_the_question(site, browser, log):
    """Back, forward, reloaded: it is shown once."""
    log.allow("WC0284")
    keep(site, browser)
    browser.press_text("Sign in again")
    sign_in(browser)
    browser.wait(lambda _: HERE in browser.lines, "the question")
    browser.back()
    browser.wait(lambda _: HERE not in browser.lines and browser.is_complete(), "another page")
    assert SECRET not in browser.script("return document.documentElement.outerHTML")
    assert posts(site) == []


def test_where_nothing_can_be_stored(site, browser):
    """The page tells the truth, and the login works."""
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", source=(
        "Object.defineProperty(window, 'sessionStorage',"
        " { get() { throw new DOMException('no', 'SecurityError'); } })"))
    write(site, browser)
    browser.press("#save")
    browser.wait(lambda _: browser.title == "Sign in again", "the page of the ended session")
    assert browser.lines == ["Sign in again", NOT_KEPT, "Sign in again"]
    browser.press_text("Sign in again")
    sign_in(browser)
    browser.wait(lambda _: GONE in browser.lines, "that nothing is here")
    assert posts(site) == []


def test_without_scripts(site, browser):
    write(site, browser)
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    browser.press("#save")
    browser.wait(lambda _: browser.title == "Sign in again", "the page of the ended session")
    assert browser.lines == ["Sign in again", NOT_KEPT, "Sign in again"]
    browser.press_text("Sign in again")
    browser.wait(lambda _: browser.url.startswith(site.sim.pages), "WeCom's page")
