# SPDX-License-Identifier: Apache-2.0
"""Many first logins at once on two nodes, and a database that dies in the middle of one."""
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.accounts import Accounts, directory_lines, form_at, place, source, write_passwords
from harness.client import WECOM_IOS
from harness.server import wait_until

LOGINS = 50
# A transaction that waits at its very end, with everything written.
WAIT_AT_COMMIT = """
CREATE FUNCTION wait_here() RETURNS trigger AS $$
BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$ LANGUAGE plpgsql;
CREATE CONSTRAINT TRIGGER wait_here AFTER INSERT ON wecom_link DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION wait_here();
"""
NO_MORE_WAITING = "DROP TRIGGER wait_here ON wecom_link; DROP FUNCTION wait_here();"


def node(fresh, database, *lines, more=()):
    return fresh(sources=(source(*lines),), places=(place(),), modules=("dbd", "authn_file"),
                 lines=directory_lines(database, *more), threads=32)


def at_once(visits):
    """Runs them all, each in a thread of its own that waits for the others first."""
    gate = threading.Barrier(len(visits))

    def run(visit):
        gate.wait()
        return visit()

    with ThreadPoolExecutor(len(visits)) as pool:
        return list(pool.map(run, visits))


@pytest.mark.parametrize("driver", ["sqlite3", "pgsql", "mysql"])
def test_fifty_first_logins_on_two_nodes(fresh, databases, browsers, log, driver):
    database = databases(driver)
    nodes = [node(fresh, database), node(fresh, database)]
    visitors = [(nodes[i % 2], browsers(WECOM_IOS, person="LiNa")) for i in range(LOGINS)]
    log.allow("AH02655", "AH00632", "AH00633")
    ends = at_once([lambda site=site, browser=browser: browser.walk(site.url("/intranet/"))
                    for site, browser in visitors])
    assert [end.page.status_code for end in ends] == [200] * LOGINS
    names = {site.environment(browser)["REMOTE_USER"] for site, browser in visitors}
    assert names == {"LiNa"}
    assert Accounts(database).rows == (1, 1)


def test_one_form_posted_many_times_at_once(fresh, databases, browsers, log):
    """One binding; whoever came second is signed in as what the first has bound."""
    database = databases("pgsql")
    accounts = Accounts(database)
    accounts.add("li.na")
    site = node(fresh, database, "WeComAssociation ask",
                more=write_passwords(database, li_na="right horse"))
    browser = browsers()
    walk = browser.scan(site.url("/intranet/"), "LiNa")
    form = form_at(browser, walk)
    fields = {**form.fields, "do": "bind", "username": "li.na", "password": "right horse"}
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    answers = at_once([lambda: browser.request("POST", form.action, {
        "Cookie": cookies, "Sec-Fetch-Mode": "navigate"}, data=fields) for _ in range(8)])
    assert all(answer.status_code in (200, 400, 429) for answer in answers)
    assert sum("Refresh" in answer.headers for answer in answers) >= 1
    log.allow("WC0272", "WC0276")
    assert accounts.links() == [("acme", "LiNa", "li.na", "bind:password")]


def test_database_killed_between_link_and_commit(fresh, databases, browsers, log):
    database = databases("pgsql")
    site = node(fresh, database)
    database.run(WAIT_AT_COMMIT)
    browser = browsers(WECOM_IOS, person="LiNa")
    ended = []
    login = threading.Thread(target=lambda: ended.append(browser.walk(site.url("/intranet/"))))
    login.start()
    try:
        wait_until(lambda: database.query("SELECT 1 FROM pg_stat_activity WHERE query = 'COMMIT' "
                                          "AND state = 'active'"), 30, "the login commits")
        database.kill()
    finally:
        login.join()
    log.allow("AH00629", "AH00632", "AH00633", "AH00636", "AH00639", "AH02655")
    assert ended[0].page.status_code == 503
    log.expect("WC0269")
    assert browser.session_cookie is None
    database.restart()
    assert Accounts(database).rows == (0, 0)
    database.run(NO_MORE_WAITING)
    assert browser.walk(site.url("/intranet/")).page.status_code == 200
    assert Accounts(database).rows == (1, 1)


def test_database_locked_in_the_middle_of_a_login(fresh, databases, browsers, log):
    """Somebody writes for a long time: the login is told to come back, and nothing is half done."""
    database = databases("sqlite3")
    site = node(fresh, database)
    with database.locked():
        walk = browsers(WECOM_IOS, person="LiNa").walk(site.url("/intranet/"))
        assert walk.page.status_code == 503
        log.expect("WC0269")
    assert Accounts(database).rows == (0, 0)
    assert browsers(WECOM_IOS, person="LiNa").walk(
        site.url("/intranet/")).page.status_code == 200
