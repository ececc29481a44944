# SPDX-License-Identifier: Apache-2.0
"""Ways round: logins that begin at no place, accounts prepared for somebody else, odd names."""
import pytest

from harness.accounts import Accounts, directory_lines, place, source
from harness.client import WECOM_IOS

UNKNOWN_STATE = "0" + "0" * 7 + "A" * 24
SHUT = "WeComRegistration Off"


@pytest.fixture
def database(databases):
    return databases("sqlite3")


@pytest.fixture
def accounts(database):
    return Accounts(database)


@pytest.mark.parametrize("begin", [
    "/wecom/login?source=acme", "/wecom/login?source=acme&return=/open/index.html",
    "/wecom/login?source=acme&return=/", f"/wecom/return?code=abc&state={UNKNOWN_STATE}"])
@pytest.mark.parametrize("where", ["server", "root", "place"])
def test_registration_is_off_whereever_one_begins(fresh, database, accounts, browsers, log, begin,
                                                  where):
    places = {"server": (place(),), "root": (place(path="/", lines=(SHUT,)),),
              "place": (place(lines=(SHUT,)),)}[where]
    site = fresh(sources=(source(),), places=places, modules=("dbd",),
                 lines=directory_lines(database, *((SHUT,) if where == "server" else ())))
    browser = browsers(WECOM_IOS, person="LiNa")
    walk = browser.walk(site.url(begin))
    assert walk.page.status_code == 403, walk.trail
    log.expect("WC0262")
    assert browser.session_cookie is None
    assert accounts.rows == (0, 0)


def test_login_only_root_is_no_way_in_either(fresh, database, accounts, browsers, log):
    site = fresh(sources=(source(),), places=(place("wecom-login-only", path="/"),),
                 modules=("dbd",), lines=directory_lines(database))
    walk = browsers(WECOM_IOS, person="LiNa").walk(site.url("/wecom/login?source=acme"))
    assert walk.page.status_code == 403
    log.expect("WC0261")
    assert accounts.rows == (0, 0)


def test_sources_of_the_server_hold_for_the_login_page(fresh, database, accounts, browsers, log):
    site = fresh(sources=(source(), source(id="beta", app=1)), places=(place(),),
                 modules=("dbd",), lines=directory_lines(database, "WeComSources acme"))
    answer = browsers(WECOM_IOS, person="LiNa").get(site.url("/wecom/login?source=beta"))
    assert answer.status_code == 404
    assert accounts.rows == (0, 0)


def test_account_prepared_for_somebody_else(fresh, database, accounts, browsers, sim, log):
    """A source whose values nobody matches by cannot lay an account in the way of a later one."""
    site = fresh(sources=(source("WeComAssociation field email", app=1), source(id="beta", app=1)),
                 places=(place(lines=("WeComSources acme",)),
                         place(path="/beta", lines=("WeComSources beta",))),
                 modules=("dbd",), lines=directory_lines(database))
    sim.command("member", userid="wangfang", email="lina@example.com")
    browsers().scan(site.url("/beta/"), "wangfang")
    assert database.query("SELECT username, email_verified FROM wecom_account") == [
        ("wangfang", "0")]
    lina = browsers()
    lina.scan(site.url("/intranet/"), "LiNa")
    assert site.environment(lina)["REMOTE_USER"] == "LiNa"
    # and the e-mail is not there twice
    assert database.query("SELECT email FROM wecom_account WHERE username = 'LiNa'") == [(None,)]


def test_unverified_values_match_nothing_and_stay_alone(fresh, database, accounts, browsers):
    accounts.add("old", email="lina@example.com")
    accounts.set("old", email_verified="0")
    site = fresh(sources=(source("WeComAssociation field email", app=1),), places=(place(),),
                 modules=("dbd",), lines=directory_lines(database))
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    assert site.environment(browser)["REMOTE_USER"] == "LiNa"
    assert database.query("SELECT email FROM wecom_account WHERE username = 'LiNa'") == [(None,)]


def test_username_that_would_be_a_header(fresh, database, accounts, browsers, log):
    accounts.add("x", email="lina@example.com")
    database.run("UPDATE wecom_account SET username = 'li.na' || char(13) || char(10) || "
                 "'X-Admin: yes'")
    site = fresh(sources=(source("WeComLoginOnly On", "WeComAssociation field email", app=1),),
                 places=(place(),), modules=("dbd",), lines=directory_lines(database))
    assert browsers().scan(site.url("/intranet/"), "LiNa").page.status_code == 403
    log.expect("WC0261")
