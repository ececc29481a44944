# SPDX-License-Identifier: Apache-2.0
"""Accounts that belong to somebody else: a table of the enterprise's, a SELECT, LDAP."""
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import pytest

from harness.accounts import Accounts, directory_lines, form_at, place, source

from harness.server import make_folder
from harness.slapd import ADMIN, PASSWORD, Slapd

STAFF = ("CREATE TABLE staff (login VARCHAR(60) NOT NULL UNIQUE, mail VARCHAR(100), "
         "tel VARCHAR(40), state VARCHAR(10), fullname VARCHAR(100))")
PEOPLE_OF_STAFF = (("Li.Na", "LiNa@Example.com", "138-0000-0002", "active"),
                   ("zhang", None, "+86 13800000001", "active"),
                   ("wang", "wangfang@example.com", None, "left"))
COLUMNS = "WeComAccountQuery staff login=username mail=email tel=phone state=status fullname=name"
SELECT = ('WeComAccountQuery "SELECT login AS username, mail AS email, tel AS phone, '
          "state AS status FROM staff WHERE login = %{username} OR LOWER(mail) = %{email} "
          'OR tel = %{phone}"')


@pytest.fixture(params=["sqlite3", "pgsql", "mysql"])
def staff(databases, request):
    database = databases(request.param)
    database.run("DROP TABLE IF EXISTS staff")
    database.run(STAFF)
    for row in PEOPLE_OF_STAFF:
        values = ", ".join("NULL" if value is None else f"'{value}'" for value in row)
        database.run(f"INSERT INTO staff (login, mail, tel, state) VALUES ({values})")
    yield database
    database.run("DROP TABLE staff")


def a_slapd():
    slapd = Slapd(make_folder("slapd"))
    slapd.start()
    yield slapd
    slapd.remove()


@pytest.fixture(scope="module")
def ldap():
    yield from a_slapd()


@pytest.fixture
def slapd():
    """One of the test's own, to which things happen."""
    yield from a_slapd()


@pytest.fixture
def bind_secret(ldap):
    file = ldap.folder / "admin.secret"
    file.write_text(PASSWORD + "\n")
    file.chmod(0o600)
    return f'WeComLDAPBind "{ADMIN}" file:{file}'


def who(site, browser, path="/intranet"):
    env = site.environment(browser, path)
    return env["REMOTE_USER"], env["WECOM_USERID"]


def book_site(fresh, lines, *more, places=(), app=1, modules=(), **rest):
    return fresh(sources=(source(*more, app=app),), places=places or (place(),),
                 modules=("dbd", "ldap", *modules), lines=lines, **rest)


def links_of(database):
    return database.query("SELECT userid, account_id, linked_by FROM wecom_link ORDER BY userid")


# --- a table of the enterprise's ---

def test_table(fresh, staff, browsers, log):
    site = book_site(fresh, directory_lines(staff, COLUMNS),
                     "WeComAssociation field email mobile")
    for userid, account in (("LiNa", "Li.Na"), ("zhangwei", "zhang")):
        browser = browsers()
        browser.scan(site.url("/intranet/"), userid)
        assert who(site, browser) == (account, userid)
    assert links_of(staff) == [("LiNa", "Li.Na", "match:email"),
                               ("zhangwei", "zhang", "match:mobile")]
    assert browsers().scan(site.url("/intranet/"), "wangfang").page.status_code == 403
    log.expect("WC0264")
    # a new one is made there, and the names follow WeCom
    browser = browsers()
    browser.scan(site.url("/intranet/"), "liuyang")
    assert who(site, browser) == ("liuyang", "liuyang")
    assert staff.query("SELECT login, mail, tel, state FROM staff WHERE login = 'liuyang'") == [
        ("liuyang", "liuyang@example.com", "13800000004", "1")]
    names = staff.query("SELECT fullname FROM staff WHERE login IN ('Li.Na', 'liuyang') "
                        "ORDER BY login")
    # the column of that table in MariaDB is one for Latin letters: that keeps nobody out
    assert names == ([(None,), (None,)] if staff.driver == "mysql" else [("李娜",), ("刘洋",)])


def test_account_made_by_one_source_is_no_older_one_for_another(fresh, staff, browsers, log):
    site = fresh(sources=(source(app=1), source("WeComAssociation field userid", id="beta",
                                                app=0)),
                 places=(place(lines=("WeComSources acme",)),
                         place(path="/beta", lines=("WeComSources beta",)),
                         place("wecom-login-only", path="/old", lines=("WeComSources beta",))),
                 modules=("dbd",), lines=directory_lines(staff, COLUMNS))
    browsers().scan(site.url("/intranet/"), "liuyang")
    browser = browsers()
    browser.scan(site.url("/beta/"), "liuyang")
    assert who(site, browser, "/beta") == ("liuyang", "liuyang")
    assert browser.get(site.url("/old/")).status_code == 403
    log.expect("WC0251")
    log.expect("AH01631")


# --- a SELECT ---

def test_select(fresh, staff, browsers, log):
    site = book_site(fresh, directory_lines(staff, SELECT), "WeComAssociation field email",
                     "WeComLoginOnly Off")
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    assert who(site, browser) == ("Li.Na", "LiNa")
    assert links_of(staff) == [("LiNa", "Li.Na", "match:email")]
    # the link decides, whatever has become of the e-mail
    staff.run("UPDATE staff SET mail = NULL WHERE login = 'Li.Na'")
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    assert who(site, browser) == ("Li.Na", "LiNa")
    # nothing is created, since nothing is written
    assert browsers().scan(site.url("/intranet/"), "liuyang").page.status_code == 403
    log.expect("WC0262")
    assert len(staff.query("SELECT login FROM staff")) == 3


# --- LDAP ---

def test_ldap_without_links(fresh, ldap, bind_secret, browsers, log):
    lines = (f'WeComAccounts ldap "{ldap.url("?uid,mail,mobile")}"', bind_secret)
    site = book_site(fresh, lines, "WeComAssociation field mobile email")
    for userid, account in (("zhangwei", "zhangsan"), ("LiNa", "lisi")):
        browser = browsers()
        browser.scan(site.url("/intranet/"), userid)
        assert who(site, browser) == (account, userid)
    assert browsers().scan(site.url("/intranet/"), "chenjing").page.status_code == 403
    log.expect("WC0262")


def test_ldap_with_links(fresh, ldap, databases, browsers, log):
    database = databases("sqlite3")
    url = ldap.url("?uid,mail,mobile")
    lines = directory_lines(database)[:3] + (f'WeComAccounts ldap "{url}" dbd',)
    site = book_site(fresh, lines, "WeComAssociation field mobile")
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    assert who(site, browser) == ("lisi", "LiNa")
    assert links_of(database) == [("LiNa", "lisi", "match:mobile")]
    database.run("UPDATE wecom_link SET account_id = 'locked'")
    assert browsers().scan(site.url("/intranet/"), "LiNa").page.status_code == 403
    log.expect("WC0265")
    database.run("UPDATE wecom_link SET account_id = 'gone'")
    assert browsers().scan(site.url("/intranet/"), "LiNa").page.status_code == 403
    log.expect("WC0264")
    database.run("UPDATE wecom_link SET account_id = 'nobody'")
    assert browsers().scan(site.url("/intranet/"), "LiNa").page.status_code == 403
    log.expect("WC0268")


def test_ldap_account_is_bound_with_its_ldap_password(fresh, ldap, databases, browsers, log):
    database = databases("sqlite3")
    url = ldap.url("?uid")
    lines = directory_lines(database)[:3] + (
        f'WeComAccounts ldap "{url}" dbd', "<AuthnProviderAlias ldap staff>",
        f'    AuthLDAPURL "{url}"', "</AuthnProviderAlias>", "WeComBindProvider staff")
    site = book_site(fresh, lines, "WeComAssociation ask", modules=("authnz_ldap",))
    browser = browsers()
    walk = browser.scan(site.url("/intranet/"), "LiNa")
    form = form_at(browser, walk)
    assert "Create a new account" not in walk.page.text
    assert form.post(username="lisi", password="wrong").status_code == 403
    log.expect("WC0271")
    log.allow("AH01617")
    # LDAP does not mind the case, and the account's own spelling is what counts
    form.send(username="LiSi", password="secret of lisi")
    assert who(site, browser) == ("lisi", "LiNa")
    assert links_of(database) == [("LiNa", "lisi", "bind:password")]


def test_ldap_down(fresh, slapd, browsers, log):
    lines = (f'WeComAccounts ldap "{slapd.url("?uid,mail,mobile")}"',)
    site = book_site(fresh, lines, "WeComAssociation field mobile")
    browser = browsers()
    browser.scan(site.url("/intranet/"), "zhangwei")
    assert who(site, browser) == ("zhangsan", "zhangwei")
    slapd.stop()
    walk = browsers().scan(site.url("/intranet/"), "LiNa")
    assert walk.page.status_code == 503
    log.expect("WC0269")
    # who is in stays in for a while
    assert browser.get(site.url("/intranet/")).status_code == 200


def test_ldap_hangs(fresh, slapd, browsers, log):
    """It accepts and is silent: some wait for it, all later ones are told, and then it wakes."""
    lines = (f'WeComAccounts ldap "{slapd.url("?uid,mail,mobile")}"',)
    site = book_site(fresh, lines, "WeComAssociation field mobile")
    with ThreadPoolExecutor(20) as crowd:
        slapd.pause()
        try:
            waiting = set()
            told = ()
            while not told:
                assert len(waiting) < 20, "everybody waits for the directory"
                waiting.add(crowd.submit(browsers().scan, site.url("/intranet/"), "LiNa"))
                told, waiting = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
            assert {one.result().page.status_code for one in told} == {503}
            assert waiting
            log.expect("WC0269", "has not answered for some seconds")
            assert browsers().get(site.url("/open/")).status_code == 200
        finally:
            slapd.wake()
        assert {one.result().page.status_code for one in waiting} == {200}
    browser = browsers()
    browser.scan(site.url("/intranet/"), "zhangwei")
    assert who(site, browser) == ("zhangsan", "zhangwei")


@pytest.mark.parametrize("value", ["*", "*)(uid=*", "zhang*", "\\2a", "a)(&", "(", "\\"])
def test_ldap_filter_is_no_way_in(fresh, ldap, bind_secret, browsers, log, sim, value):
    lines = (f'WeComAccounts ldap "{ldap.url("?uid,mail,mobile")}"', bind_secret)
    site = book_site(fresh, lines, "WeComAssociation field alias=username")
    sim.command("member", userid="chenjing", position="x", email=value)
    walk = browsers().scan(site.url("/intranet/"), "chenjing")
    assert walk.page.status_code == 403
    log.allow("WC0262", "WC0263")
