# SPDX-License-Identifier: Apache-2.0
"""Accounts over a real database: who becomes which account, and what the application hears."""
import json
import subprocess
import time

import pytest

from harness.accounts import Accounts, directory_lines, place, source
from harness.client import FETCH, WECOM_IOS
from harness.server import wait_until
from harness.site import Vhost

WITHHELD = "WeCom did not give us your {}. Open this site once inside WeCom"


@pytest.fixture(params=["sqlite3", "pgsql", "mysql"])
def each_database(databases, request):
    return databases(request.param)


@pytest.fixture
def database(databases):
    return databases("sqlite3")


@pytest.fixture
def accounts(database):
    return Accounts(database)


def directory_site(fresh, database, *lines, more=(), places=(), app=0, modules=()):
    return fresh(sources=(source(*lines, app=app),), places=places or (place(),),
                 modules=("dbd", "authn_file", *modules), lines=directory_lines(database, *more))


def who(site, browser, path="/intranet"):
    env = site.environment(browser, path)
    return env["REMOTE_USER"], env["WECOM_USERID"]


def consent(browser, url, *fields, answer="allow"):
    """Through WeCom's consent page, with these items ticked."""
    walk = browser.walk(url)
    assert walk.page.headers.get("X-Sim-Page") == "consent", walk.trail
    return browser.walk(walk.url, method="POST",
                        data={"answer": answer, **{field: "1" for field in fields}})


# --- the first login ---

def test_first_login_creates_an_account(fresh, each_database, signed_in, browsers):
    accounts = Accounts(each_database)
    site = directory_site(fresh, each_database)
    assert who(site, signed_in(site, "LiNa")) == ("LiNa", "LiNa")
    assert accounts.usernames() == ["LiNa"]
    assert accounts.links() == [("acme", "LiNa", "LiNa", "create")]
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    assert who(site, browser) == ("LiNa", "LiNa")
    assert accounts.rows == (1, 1)
    assert each_database.query("SELECT name, departments FROM wecom_account") == [("李娜", "3")]


def test_cgi_proxy_and_session_hear_the_account(fresh, database, accounts, browsers, backend):
    accounts.add("li.na", email="LINA@example.com")
    app = ("RequestHeader set X-Remote-User expr=%{REMOTE_USER}",
           f"ProxyPass {backend.url}/app")
    site = directory_site(fresh, database, "WeComLoginOnly On", "WeComAssociation field email",
                          app=1, places=(place(), place(path="/app", lines=app)),
                          modules=("proxy", "proxy_http"))
    for _ in range(2):      # at the match, and at a later scan
        browser = browsers()
        browser.scan(site.url("/intranet/"), "LiNa")
        assert who(site, browser) == ("li.na", "LiNa")
        told = dict(json.loads(browser.get(site.url("/app/x")).text)["headers"])
        assert told["X-Remote-User"] == "li.na"
        session = browser.request("GET", site.url("/wecom/session"), FETCH).json()
        assert (session["account"], session["userid"]) == ("li.na", "LiNa")
    assert accounts.links() == [("acme", "LiNa", "li.na", "match:email")]


@pytest.mark.parametrize("lines, id, sentence", [
    (("WeComLoginOnly On",), "WC0261", "signing in this way does not create one"),
    (("WeComLoginOnly On", "WeComAssociation field userid"), "WC0261", "does not create one"),
    (("WeComLoginOnly On", "WeComAssociation field email"), "WC0263", WITHHELD.format("e-mail")),
    (("WeComLoginOnly On", "WeComAssociation field mobile"), "WC0263", WITHHELD.format("phone")),
    (("WeComLoginOnly On", "WeComAssociation field mobile email"), "WC0263",
     WITHHELD.format("phone and e-mail")),
], ids=["none", "nobody has it", "no e-mail", "no phone", "neither"])
def test_refused_scans(fresh, database, accounts, browsers, log, lines, id, sentence):
    accounts.add("somebody", email="x@example.com")
    site = directory_site(fresh, database, *lines)
    walk = browsers().scan(site.url("/intranet/"), "LiNa")
    assert walk.page.status_code == 403
    assert sentence in walk.page.text
    assert f"{id}-" in walk.page.text
    log.expect(id)
    assert accounts.rows == (1, 0)


@pytest.mark.parametrize("status, id", [(3, "WC0264"), (2, "WC0265")])
def test_account_that_may_not_come_in(fresh, database, accounts, browsers, log, status, id):
    accounts.add("LiNa", status=status)
    site = directory_site(fresh, database, "WeComAssociation field userid")
    assert browsers().scan(site.url("/intranet/"), "LiNa").page.status_code == 403
    log.expect(id)
    assert accounts.rows == (1, 0)


def test_link_to_nowhere_and_account_of_another(fresh, database, accounts, browsers, log):
    accounts.add("lina")
    accounts.link("lina", "wangfang")
    accounts.link("gone", "zhangwei")
    site = directory_site(fresh, database, "WeComAssociation field userid")
    assert browsers().scan(site.url("/intranet/"), "LiNa").page.status_code == 403
    log.expect("WC0266")
    assert browsers().scan(site.url("/intranet/"), "zhangwei").page.status_code == 403
    log.expect("WC0268")
    assert accounts.rows == (1, 2)


# --- what new apps get with consent alone ---

def test_new_app_story(fresh, database, accounts, browsers, log):
    accounts.add("li.na", email="LINA@example.com")
    site = directory_site(fresh, database, "WeComLoginOnly On", "WeComAssociation field email")
    browser = browsers()
    walk = browser.scan(site.url("/intranet/?a=1"), "LiNa")
    assert walk.page.status_code == 403
    assert WITHHELD.format("e-mail") in walk.page.text
    log.expect("WC0263")
    phone = browsers(WECOM_IOS, person="LiNa")
    walk = consent(phone, site.url("/intranet/?a=1"), "email")
    assert walk.url.rstrip("#") == site.url("/intranet/?a=1")
    assert who(site, phone) == ("li.na", "LiNa")
    browser.scan(site.url("/intranet/"), "LiNa")
    assert who(site, browser) == ("li.na", "LiNa")
    # who is linked is never asked again
    phone = browsers(WECOM_IOS, person="LiNa")
    walk = phone.walk(site.url("/intranet/"))
    assert walk.page.status_code == 200
    assert not any("privateinfo" in hop.url for hop in walk.hops)


# WeCom remembers who has consented, so each of these is another member's.

def test_consent_without_the_item(fresh, database, accounts, browsers, log):
    accounts.add("wang.fang", email="wangfang@example.com")
    site = directory_site(fresh, database, "WeComLoginOnly On", "WeComAssociation field email")
    phone = browsers(WECOM_IOS, person="wangfang")
    walk = consent(phone, site.url("/intranet/"), "mobile")
    assert walk.page.status_code == 403
    assert WITHHELD.format("e-mail") in walk.page.text
    log.expect("WC0263")
    assert accounts.rows == (1, 0)


def test_consent_refused(fresh, database, accounts, browsers):
    accounts.add("liu", email="liuyang@example.com")
    site = directory_site(fresh, database, "WeComLoginOnly On", "WeComAssociation field email")
    phone = browsers(WECOM_IOS, person="liuyang")
    walk = consent(phone, site.url("/intranet/"), answer="refuse")
    assert "You cancelled the sign-in." in walk.page.text
    assert phone.session_cookie is None
    assert accounts.rows == (1, 0)


def test_outside_the_visible_range_there_is_no_ticket(fresh, database, accounts, browsers, log,
                                                      sim):
    accounts.add("zhaolei", email="zhaolei@example.com")
    site = directory_site(fresh, database, "WeComCheckMember Off", "WeComLoginOnly On",
                          "WeComAssociation field email")
    sim.fault("*", "ignore_range")
    walk = browsers().scan(site.url("/intranet/"), "zhaolei")
    assert walk.page.status_code == 403
    assert WITHHELD.format("e-mail") in walk.page.text
    log.expect("WC0263")
    # inside the client WeCom itself asks no member of whom it may tell nothing
    walk = browsers(WECOM_IOS, person="zhaolei").walk(site.url("/intranet/"))
    assert walk.page.headers["X-Sim-Page"] == "out-of-range"
    assert accounts.rows == (1, 0)


def test_base_scope_asks_nobody(fresh, database, accounts, browsers, log):
    site = directory_site(fresh, database, "WeComScope base", "WeComLoginOnly On",
                          "WeComAssociation field email userid")
    walk = browsers(WECOM_IOS, person="LiNa").walk(site.url("/intranet/"))
    assert walk.page.status_code == 403
    assert not any("privateinfo" in hop.url for hop in walk.hops)
    log.expect("WC0263")
    accounts.add("lina")
    assert browsers(WECOM_IOS, person="LiNa").walk(site.url("/intranet/")).page.status_code == 200


# --- places ---

def test_login_only_place(fresh, database, accounts, browsers, log, via):
    site = directory_site(fresh, database, places=(
        place(), place("wecom-login-only", path="/old", via=via)))
    stranger = browsers()
    walk = stranger.scan(site.url("/old/"), "LiNa")
    assert walk.page.status_code == 403
    log.expect("WC0261")
    assert accounts.rows == (0, 0)
    # who registers elsewhere does not get in here
    stranger.scan(site.url("/intranet/"), "LiNa")
    assert accounts.usernames() == ["LiNa"]
    assert stranger.get(site.url("/old/")).status_code == 403
    log.expect("WC0251")
    log.expect("AH01631")
    accounts.add("zhang.wei")
    accounts.link("zhang.wei", "zhangwei")
    browser = browsers()
    browser.scan(site.url("/old/"), "zhangwei")
    assert who(site, browser, "/old") == ("zhang.wei", "zhangwei")


@pytest.mark.parametrize("rule", [
    ("<RequireAll>", "Require valid-user", "Require wecom-login-only", "</RequireAll>"),
    ("<RequireAny>", "Require wecom-login-only", "Require wecom-user nobody", "</RequireAny>"),
    ("<RequireAll>", "Require valid-user", "Require not wecom-login-only", "</RequireAll>"),
], ids=["all", "any", "not"])
def test_login_only_inside_groups(fresh, database, accounts, browsers, log, rule, via):
    site = directory_site(fresh, database, places=(
        place(path="/old", lines=rule, via=via),))
    assert browsers().scan(site.url("/old/"), "LiNa").page.status_code == 403
    log.expect("WC0261")
    assert accounts.rows == (0, 0)


def test_inner_place_keeps_login_only(fresh, database, accounts, browsers, log):
    site = directory_site(fresh, database, places=(
        place("wecom-login-only", path="/old"),
        place("valid-user", path="/old/inner", lines=("AuthMerging Off",))))
    assert browsers().scan(site.url("/old/inner/"), "LiNa").page.status_code == 403
    log.expect("WC0261")
    assert accounts.rows == (0, 0)


def test_place_without_registration(fresh, database, accounts, browsers, log, via):
    site = directory_site(fresh, database, places=(
        place(path="/shut", lines=("WeComRegistration Off",), via=via),))
    walk = browsers().scan(site.url("/shut/"), "LiNa")
    assert walk.page.status_code == 403
    assert "New accounts cannot be created here." in walk.page.text
    log.expect("WC0262")
    assert accounts.rows == (0, 0)


def test_field_match(fresh, database, accounts, browsers, log):
    accounts.add("li.na", email="lina@example.com")
    accounts.add("wang", phone="13800000003")
    site = directory_site(fresh, database, "WeComAssociation field email mobile", app=1, places=(
        place(), place("wecom-field-match email", path="/mail")))
    lina, wang, new = browsers(), browsers(), browsers()
    lina.scan(site.url("/mail/"), "LiNa")
    assert who(site, lina, "/mail") == ("li.na", "LiNa")
    for browser, userid in ((wang, "wangfang"), (new, "zhangwei")):
        browser.scan(site.url("/intranet/"), userid)
        assert browser.get(site.url("/mail/")).status_code == 403
    log.expect("WC0251")
    log.expect("AH01631")
    # the account's value is another one now: contradicted, at the next login
    accounts.set("li.na", email="other@example.com", email_key="other@example.com")
    lina.drop_cookies()
    walk = lina.scan(site.url("/mail/"), "LiNa")
    assert walk.page.status_code == 403
    assert who(site, lina) == ("li.na", "LiNa")


def test_field_match_and_a_rereading(fresh, database, accounts, browsers, sim, log):
    """What WeCom tells of the member afterwards contradicts a match as well, without a login."""
    accounts.add("li.na", email="lina@example.com")
    site = directory_site(fresh, database, "WeComAssociation field email", app=1,
                          more=("WeComRefresh 1s",),
                          places=(place(), place("wecom-field-match email", path="/mail")))
    browser = browsers()
    browser.scan(site.url("/mail/"), "LiNa")
    assert who(site, browser, "/mail") == ("li.na", "LiNa")
    sim.member("LiNa", email="other@example.com", biz_mail="other@example.com")
    wait_until(lambda: browser.get(site.url("/mail/")).status_code == 403, 30, "contradicted")
    assert who(site, browser) == ("li.na", "LiNa")
    log.expect("WC0365", "LiNa")
    log.expect("WC0251")
    log.expect("AH01631")


# --- later ---

@pytest.mark.parametrize("end", [
    "UPDATE wecom_account SET status = 3", "UPDATE wecom_account SET status = 2",
    "DELETE FROM wecom_link", "DELETE FROM wecom_account",
], ids=["disabled", "locked", "unlinked", "deleted"])
def test_session_ends_with_its_account(fresh, database, accounts, signed_in, end):
    site = directory_site(fresh, database)
    browser = signed_in(site, "LiNa")
    database.run(end)
    # the answer of the login holds for a minute
    assert browser.get(site.url("/intranet/")).status_code == 200
    site.start_again()
    answer = browser.request("GET", site.url("/intranet/"), FETCH)
    assert answer.status_code == 401
    assert browser.get(site.url("/intranet/")).status_code == 302


def test_sessions_of_another_time(fresh, database, browsers, sites):
    """A userid is never taken for an account of that name, nor the other way round."""
    first = sites(sources=(source(),), places=(place(),))
    browser = browsers()
    browser.scan(first.url("/intranet/"), "LiNa")
    lines = (f"WeComPublicURL {first.url('').rstrip('/')}",
             f"WeComCryptoKey file:{first.httpd.root}/state/key")
    site = directory_site(fresh, database, more=lines)
    name, value = browser.session_cookie
    answer = browser.request("GET", site.url("/intranet/"),
                             {**FETCH, "Host": first.authority(), "Cookie": f"{name}={value}"})
    assert answer.status_code == 401


def test_two_directories_behind_one_cache(fresh, databases, browsers):
    """The answer about an account of one virtual host says nothing about another's."""
    here, there = databases("sqlite3"), databases("pgsql")
    site = fresh(sources=(source(),), places=(place(),), modules=("dbd",),
                 lines=directory_lines(here),
                 vhosts=(Vhost("there", places=(place(),),
                               lines=directory_lines(there)[:3]),))
    one, other = browsers(), browsers()
    Accounts(there).add("other")
    Accounts(there).link("other", "LiNa")
    one.scan(site.url("/intranet/"), "LiNa")
    other.scan(site.url("/intranet/", "there"), "LiNa")
    for _ in range(2):
        assert who(site, one) == ("LiNa", "LiNa")
        answer = other.get(site.url("/intranet/env.cgi", "there"))
        assert json.loads(answer.text)["REMOTE_USER"] == "other"


def test_profile_follows(fresh, database, accounts, browsers, sim):
    accounts.add("li.na", email="lina@example.com", name="Old")
    accounts.link("li.na", "LiNa")
    site = directory_site(fresh, database)
    browsers().scan(site.url("/intranet/"), "LiNa")
    query = "SELECT name, email, position FROM wecom_account"
    assert database.query(query) == [("李娜", "lina@example.com", "平台工程师")]
    sim.command("member", userid="LiNa", name="李娜娜", position="")
    browsers().scan(site.url("/intranet/"), "LiNa")
    assert database.query(query) == [("李娜娜", "lina@example.com", "平台工程师")]


# --- the directory does not answer ---

def test_no_tables(fresh, browsers, log, databases):
    database = databases("sqlite3")
    database.run("DROP TABLE wecom_link; DROP TABLE wecom_account")
    log.allow("AH00632", "AH00633", "AH00636", "AH02655")
    site = fresh(sources=(source(),), places=(place(),), modules=("dbd",),
                 lines=directory_lines(database),
                 announced=("AH00632", "AH00633", "AH00636"))
    walk = browsers().scan(site.url("/intranet/"), "LiNa")
    assert walk.page.status_code == 503
    assert "This cannot be checked at the moment." in walk.page.text
    log.expect("WC0269", "wecomctl accounts init")
    databases("sqlite3")    # the tables are there again


def test_database_goes_and_comes_back(fresh, databases, browsers, log):
    database = databases("mysql")
    site = directory_site(fresh, database)
    database.kill()
    log.allow("AH00629", "AH00632", "AH00633", "AH00636", "AH00639", "AH02655")
    browser = browsers()
    walk = browser.scan(site.url("/intranet/"), "LiNa")
    assert walk.page.status_code == 503
    log.expect("WC0269")
    assert browser.session_cookie is None
    database.restart()
    browser.scan(site.url("/intranet/"), "LiNa")
    assert who(site, browser) == ("LiNa", "LiNa")
    assert Accounts(database).rows == (1, 1)


# --- the audit ---

def test_audit_to_a_file(fresh, database, accounts, browsers, log):
    site = directory_site(fresh, database, more=('WeComAuditLog "run/audit.log"',), places=(
        place(), place(path="/shut", lines=("WeComRegistration Off",))))
    refused = browsers()
    walk = refused.scan(site.url("/shut/"), "LiNa")
    log.expect("WC0262")
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    lines = [json.loads(line) for line in
             (site.httpd.root / "run" / "audit.log").read_text("utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["refusal", "creation", "link", "login"]
    assert all(line["source"] == "acme" and line["userid"] == "LiNa" for line in lines)
    assert lines[0]["address"] == refused.address
    assert lines[0]["reason"] == "WC0262" and lines[0]["incident"] in walk.page.text
    assert lines[3]["account"] == "LiNa" and lines[3]["outcome"] == "granted"
    assert lines[3]["address"] == browser.address


def test_audit_to_a_program(fresh, database, browsers):
    site = directory_site(fresh, database, more=(
        "WeComAuditLog \"|/bin/bash -c 'exec cat >@root@/run/piped.log'\"",))
    browsers().scan(site.url("/intranet/"), "LiNa")
    file = site.httpd.root / "run" / "piped.log"
    deadline = time.monotonic() + 20
    while not file.exists() or file.read_text().count("\n") < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert [json.loads(line)["event"] for line in file.read_text().splitlines()] == [
        "creation", "link", "login"]


def test_audit_to_the_error_log(fresh, database, browsers, log):
    site = directory_site(fresh, database)
    browsers().scan(site.url("/intranet/"), "LiNa")
    assert [json.loads(line.text.partition("WC0341: ")[2])["event"]
            for line in log.find("WC0341")] == ["creation", "link", "login"]


# --- beside the server ---

def test_wecomctl_finds_the_server_s_database(paths, fresh, database, accounts, browsers, log):
    site = directory_site(fresh, database, "WeComLoginOnly On")
    accounts.add("li.na")

    def ctl(*words):
        done = subprocess.run([paths.wecomctl, "--state-dir", f"{site.httpd.root}/state",
                               "accounts", *words], capture_output=True, text=True, timeout=60,
                              check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    ctl("init")     # the tables are there: it notes their version
    assert browsers().scan(site.url("/intranet/"), "LiNa").page.status_code == 403
    log.expect("WC0261")
    ctl("link", "li.na", "acme", "LiNa")
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    assert who(site, browser) == ("li.na", "LiNa")
    shown = json.loads(ctl("show", "li.na", "--json"))
    assert shown["links"][0]["userid"] == "LiNa"
    ctl("disable", "li.na")
    assert browsers().scan(site.url("/intranet/"), "LiNa").page.status_code == 403
    log.expect("WC0264")
    text = (site.httpd.root / "state" / "wecomctl.json").read_text()
    assert site.sim.app().secret not in text


def test_settings_hold_no_password(fresh, databases):
    database = databases("pgsql")
    site = directory_site(fresh, database)
    text = (site.httpd.root / "state" / "wecomctl.json").read_text()
    assert database.password not in text
    assert json.loads(text)["servers"][0]["params"] is None


def test_htaccess_without_a_directory(fresh, browsers, log):
    site = fresh(sources=(source(),), places=(
        place("wecom-login-only", path="/old", via="htaccess"),
        place(path="/shut", lines=("WeComRegistration Off",), via="htaccess")))
    for path in ("/old/", "/shut/"):
        assert browsers().get(site.url(path)).status_code == 500
    log.expect("WC0142", "this server has no account directory")


def test_request_that_has_a_connection_shares_it(fresh, databases, browsers):
    """With one connection for all: who took a second one would wait for ever."""
    database = databases("pgsql")
    site = fresh(sources=(source(),), places=(place(),), modules=("dbd", "rewrite"), lines=(
        *directory_lines(database)[:2], "WeComAccounts dbd", "DBDMin 0", "DBDKeep 1", "DBDMax 1",
        "RewriteEngine On", 'RewriteMap who "dbd:SELECT username FROM wecom_account '
        'WHERE username = %s"', "RewriteRule ^/intranet/(.*) - [E=FOUND:${who:LiNa|nobody}]"))
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    site.start_again()       # so that the directory is asked whether the account still stands
    env = site.environment(browser)
    assert (env["REMOTE_USER"], env["FOUND"]) == ("LiNa", "LiNa")


def test_three_hosts_with_three_tables(fresh, databases, browsers):
    """mod_dbd joins hosts with equal connections; each still asks its own table."""
    database = databases("sqlite3")
    names = ("one", "two", "three")
    for name in names:
        database.run(f"CREATE TABLE {name} (login VARCHAR(60) UNIQUE, mail VARCHAR(100)); "
                     f"INSERT INTO {name} VALUES ('{name}.lina', 'lina@example.com')")
    driver = directory_lines(database)[:3]
    site = fresh(sources=(source("WeComAssociation field email", app=1),), places=(place(),),
                 modules=("dbd",), lines=(
                     *driver, "WeComAccounts dbd",
                     "WeComAccountQuery one login=username mail=email"),
                 vhosts=tuple(Vhost(name, places=(place(),), lines=(
                     *driver, f"WeComAccountQuery {name} login=username mail=email"))
                     for name in names[1:]))
    for vhost, name in (("", "one"), ("two", "two"), ("three", "three")):
        database.run("DELETE FROM wecom_link")
        browser = browsers()
        browser.scan(site.url("/intranet/", vhost), "LiNa")
        answer = browser.get(site.url("/intranet/env.cgi", vhost))
        assert json.loads(answer.text)["REMOTE_USER"] == f"{name}.lina"
    for name in names:
        database.run(f"DROP TABLE {name}")
