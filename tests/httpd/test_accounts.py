# SPDX-License-Identifier: Apache-2.0
"""Accounts over a real database: who becomes which account, and what the application hears."""
import pytest

from harness.accounts import Accounts, directory_lines, place, source
from harness.client import WECOM_IOS, incident


@pytest.fixture
def database(databases):
    return databases("sqlite3")


@pytest.fixture
def accounts(database):
    return Accounts(database)


def directory_site(fresh, database, *lines, more=(), places=(), app=0):
    return fresh(sources=(source(*lines, app=app),), places=places or (place(),),
                 modules=("dbd", "authn_file"), lines=directory_lines(database, *more))


def who(site, browser, path="/intranet"):
    env = site.environment(browser, path)
    return env["REMOTE_USER"], env.get("WECOM_USERID")


def test_first_login_creates_an_account(fresh, database, accounts, signed_in, browsers, log):
    site = directory_site(fresh, database)
    assert who(site, signed_in(site, "LiNa")) == ("LiNa", "LiNa")
    assert accounts.usernames() == ["LiNa"]
    assert accounts.links() == [("acme", "LiNa", "LiNa", "create")]
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    assert who(site, browser) == ("LiNa", "LiNa")
    assert accounts.rows == (1, 1)


def test_field_match(fresh, database, accounts, signed_in, browsers, log):
    accounts.add("li.na", email="LINA@example.com")
    site = directory_site(fresh, database, "WeComLoginOnly On", "WeComAssociation field email",
                          app=1)
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    assert who(site, browser) == ("li.na", "LiNa")
    assert accounts.links() == [("acme", "LiNa", "li.na", "match:email")]


def test_new_app_story(fresh, database, accounts, signed_in, browsers, log):
    accounts.add("li.na", email="LINA@example.com")
    site = directory_site(fresh, database, "WeComLoginOnly On", "WeComAssociation field email")
    browser = browsers()
    walk = browser.scan(site.url("/intranet/"), "LiNa")
    assert walk.page.status_code == 403
    assert "WeCom did not give us your e-mail" in walk.page.text
    log.expect("WC0263")
    phone = browsers(WECOM_IOS, person="LiNa")
    walk = phone.walk(site.url("/intranet/"))
    assert walk.page.headers["X-Sim-Page"] == "consent", walk.trail
    walk = phone.walk(walk.url, method="POST", data={"answer": "allow", "email": "1"})
    assert walk.page.status_code == 200
    assert who(site, phone) == ("li.na", "LiNa")
    browser.scan(site.url("/intranet/"), "LiNa")
    assert who(site, browser) == ("li.na", "LiNa")
