# SPDX-License-Identifier: Apache-2.0
"""Ask to bind: the question, the proof by a password, the choice, and all that is not believed."""
import re

import pytest

from harness.accounts import (Accounts, directory_lines, form_at, place, source, write_passwords)
from harness.client import WECOM_IOS, links

QUESTION = "Do you have an account here?"
FORM = "Use an existing account"
WRONG = "Account or password is wrong."
LATE = "This sign-in took too long."


@pytest.fixture
def database(databases):
    return databases("sqlite3")


@pytest.fixture
def accounts(database):
    return Accounts(database)


@pytest.fixture
def site(fresh, database, accounts):
    """Two members with passwords; li.na has an account, and so has wang.fang, disabled."""
    accounts.add("li.na", email="lina@example.com", name="Li Na")
    accounts.add("wang.fang", status=3)
    lines = write_passwords(database, li_na="right horse", wang_fang="right horse",
                            nobody_here="right horse")
    return fresh(sources=(source("WeComAssociation ask"),), places=(
        place(), place(path="/shut", lines=("WeComRegistration Off",)),
        place("wecom-login-only", path="/old")),
        modules=("dbd", "authn_file"), lines=directory_lines(database, *lines))


def who(site, browser, path="/intranet"):
    env = site.environment(browser, path)
    return env["REMOTE_USER"], env["WECOM_USERID"]


def ask(site, browser, path="/intranet/", userid=None):
    walk = browser.walk(site.url(path)) if userid is None else browser.scan(site.url(path), userid)
    assert "/wecom/bind" in walk.url, walk.trail
    assert walk.page.headers["Cache-Control"] == "no-store"
    return walk


def bind_form(browser, walk):
    """From the question to the form."""
    if QUESTION in walk.page.text:
        walk = browser.click(walk, dict(links(walk.page))[FORM])
    assert FORM in walk.page.text
    return form_at(browser, walk)


def test_bind(site, accounts, browsers, log):
    browser = browsers()
    walk = ask(site, browser, userid="LiNa")
    assert QUESTION in walk.page.text
    assert browser.session_cookie is None
    done = bind_form(browser, walk).send(username="li.na", password="right horse")
    assert done.url == site.url("/intranet/")
    assert who(site, browser) == ("li.na", "LiNa")
    assert accounts.links() == [("acme", "LiNa", "li.na", "bind:password")]
    # a later scan goes straight in, in any browser
    other = browsers()
    other.scan(site.url("/intranet/"), "LiNa")
    assert who(site, other) == ("li.na", "LiNa")
    assert accounts.rows == (2, 1)
    assert who(site, other, "/old") == ("li.na", "LiNa")


def test_create(site, accounts, browsers):
    browser = browsers(WECOM_IOS, person="zhangwei")
    done = form_at(browser, ask(site, browser)).send()
    assert done.url.rstrip("#") == site.url("/intranet/")
    assert who(site, browser) == ("zhangwei", "zhangwei")
    assert accounts.links() == [("acme", "zhangwei", "zhangwei", "create")]


@pytest.mark.parametrize("path", ["/shut/", "/old/"])
def test_create_is_neither_offered_nor_done(site, accounts, browsers, log, path):
    browser = browsers()
    walk = ask(site, browser, path, "zhangwei")
    assert QUESTION not in walk.page.text
    form = form_at(browser, walk)
    answer = form.post(do="create")
    assert answer.status_code == 403
    assert accounts.rows == (2, 0)
    log.expect("WC0262" if path == "/shut/" else "WC0261")


def test_wrong_password_and_unknown_account_read_the_same(site, accounts, browsers, log):
    browser = browsers()
    form = bind_form(browser, ask(site, browser, userid="LiNa"))
    answers = [form.post(username=name, password=password)
               for name, password in (("li.na", "wrong"), ("no.such", "wrong"),
                                      ("nobody.here", "right horse"))]
    bodies = set()
    for answer, name in zip(answers, ("li.na", "no.such", "nobody.here")):
        assert answer.status_code == 403
        assert WRONG in answer.text
        text = re.sub(r"WC0271-\w+|<time[^>]*>[^<]*|bind\?p=\w+|(value|nonce)=\"[^\"]*\"", "",
                      answer.text)
        bodies.add(text.replace(name, ""))
    assert len(bodies) == 1
    assert accounts.rows == (2, 0)
    assert len(log.find("WC0271")) == 3
    log.expect("WC0271")


def test_disabled_account(site, accounts, browsers, log):
    browser = browsers()
    form = bind_form(browser, ask(site, browser, userid="wangfang"))
    answer = form.post(username="wang.fang", password="right horse")
    assert answer.status_code == 403
    assert "This account is disabled." in answer.text
    log.expect("WC0264")
    assert accounts.rows == (2, 0)


def test_account_of_another_member(site, accounts, browsers, log):
    accounts.link("li.na", "wangfang")
    browser = browsers()
    form = bind_form(browser, ask(site, browser, userid="LiNa"))
    answer = form.post(username="li.na", password="right horse")
    assert answer.status_code == 403
    assert "already connected with another WeCom member" in answer.text
    assert FORM in answer.text
    log.expect("WC0266")


def test_throttle(site, accounts, browsers, log):
    browser = browsers()
    form = bind_form(browser, ask(site, browser, userid="LiNa"))
    for _ in range(5):
        assert form.post(username="li.na", password="wrong").status_code == 403
    answer = form.post(username="li.na", password="right horse")
    assert answer.status_code == 429
    assert "Too many tries." in answer.text
    assert answer.headers["Retry-After"] == "300"
    log.expect("WC0271")
    log.expect("WC0272")
    # another member of the same address is not bothered
    other = browsers()
    bind_form(other, ask(site, other, userid="zhangwei")).send(
        username="li.na", password="right horse")
    assert who(site, other) == ("li.na", "zhangwei")


def test_another_browser(site, accounts, browsers, log):
    browser = browsers()
    walk = ask(site, browser, userid="LiNa")
    form = bind_form(browser, walk)
    other = browsers()
    answer = other.get(walk.url)
    assert answer.status_code == 400
    assert "started in another browser" in answer.text
    answer = other.post(form.action, {**form.fields, "username": "li.na",
                                      "password": "right horse"})
    assert answer.status_code == 400
    log.expect("WC0275")
    assert accounts.rows == (2, 0)


def test_replayed_form_goes_on_to_the_page(site, browsers):
    browser = browsers()
    form = bind_form(browser, ask(site, browser, userid="LiNa"))
    form.send(username="li.na", password="right horse")
    answer = form.post(username="li.na", password="right horse")
    assert answer.status_code == 200
    assert answer.headers["Refresh"] == "0; url=" + site.url("/intranet/")
    answer = browser.get(form.url)          # the Back button
    assert answer.status_code == 302 and answer.headers["Location"] == site.url("/intranet/")
    browser.drop_cookies()
    answer = form.post(username="li.na", password="right horse")
    assert answer.status_code == 400 and LATE in answer.text
    assert 'href="/intranet/"' in answer.text


def test_form_of_another_site(site, accounts, browsers, log):
    browser = browsers()
    form = bind_form(browser, ask(site, browser, userid="LiNa"))
    for change in ({"token": ""}, {"token": "A" * 60}, {"do": "become-root"}, {"do": "choose"}):
        answer = form.post(**{"username": "li.na", "password": "right horse", **change})
        assert answer.status_code == 400, change
    log.expect("WC0277")
    assert accounts.rows == (2, 0)


def test_a_code_does_not_fit_a_half_finished_login(site, browsers):
    browser = browsers()
    walk = ask(site, browser, userid="LiNa")
    state = re.search(r"p=(\w+)", walk.url)[1]
    answer = browser.get(site.url(f"/wecom/return?code=abc&state={state}"))
    assert answer.status_code == 400
    assert browser.session_cookie is None


def test_choice(fresh, database, accounts, browsers, log):
    accounts.add("li.na", email="lina@example.com", phone="13900001111")
    accounts.add("lina2", email="LINA@example.com")
    accounts.add("somebody", email="somebody@example.com")
    site = fresh(sources=(source("WeComAssociation field email", app=1),), places=(place(),),
                 modules=("dbd",), lines=directory_lines(database))
    browser = browsers()
    walk = ask(site, browser, userid="LiNa")
    assert "Which account is yours?" in walk.page.text
    assert "lina@example.com" not in walk.page.text
    assert "l***@e***.com" in walk.page.text and "139****1111" in walk.page.text
    form = form_at(browser, walk)
    assert sorted(form.choices) == ["id-of-li.na", "id-of-lina2"]
    assert form.post(account="id-of-somebody").status_code == 400
    log.expect("WC0277")
    form.send(account="id-of-lina2")
    assert who(site, browser) == ("lina2", "LiNa")
    assert accounts.links() == [("acme", "LiNa", "lina2", "choice:email")]
