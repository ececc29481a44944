# SPDX-License-Identifier: Apache-2.0
"""The harness must be able to fail: what it looks for is found, and its levers move something."""
import signal

import pytest

from harness.client import WECOM_IOS, Browser, fetch_site
from harness.log import ErrorLog, LogBook, TestLog, parse
from harness.server import READY
from harness.site import Source

LINE = "[Thu Nov 26 18:16:11.320689 2026] [{module}:{level}] [pid 7:tid 8] {text}"


@pytest.fixture
def written(tmp_path):
    """written(level, text): one line in a log; gives its TestLog."""

    def make(level, text, secret=None, killed=()):
        file = tmp_path / "error.log"
        with open(file, "a", encoding="utf-8") as out:
            out.write(LINE.format(module="auth_wecom", level=level, text=text) + "\n")
        book = LogBook()
        book.add(ErrorLog("test", file))
        book.remember_secret(secret)
        book.killed.update(killed)
        return TestLog(book)

    return make


# --- the judge ---

@pytest.mark.parametrize("level, text, name", [
    ("warn", "[client 127.0.0.1:1] WC0203: the browser", "WC0203"),
    ("error", "(2)No such file or directory: AH00035: x", "AH00035"),
    ("crit", "no id at all", "")])
def test_parse(level, text, name):
    line = parse("test", LINE.format(module="core", level=level, text=text))
    assert (line.level, line.id, line.text, line.is_loud) == (level, name, text, True)


def test_foreign_line_is_loud():
    assert parse("test", "Segmentation fault").is_loud


@pytest.mark.parametrize("level", ["emerg", "alert", "crit", "error", "warn"])
def test_loud_line_fails(written, level):
    with pytest.raises(AssertionError, match="not announced"):
        written(level, "WC0203: x").judge()


def test_announced_line_passes(written):
    log = written("warn", "WC0203: x")
    log.expect("WC0203", "x")
    log.judge()


def test_allowed_line_passes(written):
    log = written("error", "AH01631: x")
    log.allow("AH01631")
    log.judge()


def test_quiet_line_passes(written):
    written("notice", "WC0251: x").judge()


def test_line_without_id_fails(written):
    log = written("error", "x")
    log.allow("")
    with pytest.raises(AssertionError, match="not announced"):
        log.judge()


def test_expected_line_that_does_not_come(written, monkeypatch):
    monkeypatch.setattr("harness.log.PATIENCE", 0.1)
    log = written("notice", "WC0251: x")
    log.expect("WC0251", "another text")
    with pytest.raises(AssertionError, match="no WC0251"):
        log.judge()


def test_secret_fails_at_any_level(written):
    with pytest.raises(AssertionError, match="a secret"):
        written("trace8", "the token is abcdefgh12345", secret="abcdefgh12345").judge()


def test_dead_child_fails(written):
    text = "AH00052: child pid 4711 exit signal Segmentation fault (11)"
    with pytest.raises(AssertionError, match="a child died"):
        written("notice", text).judge()


def test_child_that_we_killed_passes(written):
    written("notice", "AH00052: child pid 4711 exit signal Killed (9)", killed=[4711]).judge()


# --- the browser ---

@pytest.mark.parametrize("initiator, urls, site", [
    (None, ["http://a:1/"], "none"),
    ("http://a:1/x", ["http://a:1/"], "same-origin"),
    ("http://a:1/x", ["http://a:2/"], "same-site"),
    ("http://b:1/x", ["http://a:1/"], "cross-site"),
    ("http://a:1/x", ["http://b:1/", "http://a:1/"], "cross-site")])
def test_fetch_site(initiator, urls, site):
    assert fetch_site(initiator, urls) == site


def test_addresses_differ(browsers):
    assert browsers().address != browsers().address


@pytest.mark.parametrize("header", [
    "__Host-a=b; Path=/", "__Host-a=b; Path=/x; Secure", "a=b; Secure", "a=" + "x" * 4096])
def test_cookie_that_no_browser_keeps(sites, book, header):
    site = sites(lines=('Header always set Set-Cookie "%s" "expr=%%{REQUEST_URI} == \'/open/\'"'
                        % header,))
    browser = Browser(book)
    browser.get(site.url("/open/"))
    assert not browser.cookies
    browser.close()


# --- the server ---

def test_configtest(sites):
    site = sites()
    code, output = site.configtest()
    assert code == 0 and "Syntax OK" in output


def test_configtest_that_fails(fresh):
    site = fresh.prepare(sources=(Source(lines=("WeComCorpIdd x",)),))
    code, output = site.configtest()
    assert code != 0 and "WeComCorpIdd" in output


def test_graceful(fresh, browsers):
    site = fresh(cgi=False)
    browser = browsers(WECOM_IOS)
    browser.walk(site.url("/intranet/"))
    old = set(site.httpd.children())
    site.httpd.graceful()
    assert old and not old & set(site.httpd.children())
    assert browser.get(site.url("/intranet/")).status_code == 200


def test_reload(fresh, browsers):
    site = fresh(cgi=False)
    site.httpd.reload()
    assert site.httpd.count_ready() == 2
    assert browsers(WECOM_IOS).walk(site.url("/intranet/")).page.status_code == 200


def test_kill_child(sites, browsers):
    site = sites()
    pid = site.httpd.kill_child()
    assert pid not in site.httpd.children()
    assert browsers(WECOM_IOS).walk(site.url("/intranet/")).page.status_code == 200


def test_crash_is_seen(sites, book, log):
    pid = sites().httpd.kill_child(signal.SIGSEGV)
    line = log.wait("AH00052")
    assert str(pid) in line.text and not book.faults([line], ())
    book.killed.clear()
    assert book.faults([line], ("AH00052",))
    book.killed.add(pid)


def test_ready_is_said_by_the_server(sites):
    assert READY in sites().httpd.log.path.read_text()
