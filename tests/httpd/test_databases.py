# SPDX-License-Identifier: Apache-2.0
"""The account directory in real databases: the unit programs there, and what an index is for.

The programs of tests/unit that speak SQL run over SQLite in make check; here they run over a
PostgreSQL and a MariaDB of our own. What a login asks must stay fast where an enterprise is large:
the plan of each database is read, since a scan of a small table takes no time.
"""
import os
import re
import sqlite3
import subprocess

import pytest

from harness.accounts import directory_lines, place, source
from harness.client import WECOM_IOS

PROGRAMS = ("test_account_sql", "test_account_sql_steps", "test_account_sql_race")
SERVERS = ("pgsql", "mysql")
SECONDS = 120
VALUES = ("acme", "user0000123", "nobody", "nobody2", "user0000456@example.com", "x@example.com",
          "+8613000000789", "+8613000000001")


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("driver", SERVERS)
def test_unit_program(paths, databases, driver, name):
    database = databases(driver)
    source = (paths.source / "tests" / "unit" / f"{name}.c").read_text()
    written = len(re.findall(r"^        (?:ACCOUNTS|STAFF)_TEST\(", source, re.MULTILINE))
    assert written > 0
    program = paths.build / "tests" / "unit" / name
    # "make" alone builds no unit tests.
    subprocess.run(["make", "-s", "-C", str(paths.build), f"tests/unit/{name}"], check=True,
                   stdout=subprocess.DEVNULL, timeout=300)
    done = subprocess.run(
        [program], capture_output=True, text=True, timeout=SECONDS, check=False,
        env=dict(os.environ, WECOM_TEST_DRIVER=driver, WECOM_TEST_PARAMS=database.params,
                 CMOCKA_MESSAGE_OUTPUT="TAP", ASAN_OPTIONS="detect_leaks=0"))
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert len(re.findall(r"^ok \d+ - ", told, re.MULTILINE)) == written, told
    assert f"1..{written}" in told and "not ok" not in told, told


# --- plans ---

def fill(count):
    """Accounts, and a link for every tenth: two statements with a table of numbers "n"."""
    return (
        "INSERT INTO wecom_account (id, username, username_key, email, email_key, phone, "
        "phone_key, status, created_by, created_at, updated_at) "
        "SELECT {id}, {user}, {user}, {mail}, {mail}, {phone}, {phone}, 1, 'import', 1, 1 FROM n",
        "INSERT INTO wecom_link (source, userid_key, userid, account_id, linked_by, linked_at) "
        f"SELECT 'acme', {{user}}, {{user}}, {{id}}, 'admin', 1 FROM n WHERE i <= {count // 10}")


def written(statement, values):
    """The statement with its values in their places, as text."""
    left = list(values)
    done = re.sub(r"%\w+", lambda _: f"'{left.pop(0)}'", statement)
    assert not left
    return done


def find_match(account_sql):
    return account_sql("statement", "wecom_find_match")


def find_link(account_sql):
    return account_sql("statement", "wecom_find_link")


def test_plan_of_sqlite(databases, account_sql):
    database = databases("sqlite3")
    connection = sqlite3.connect(database.file, isolation_level=None)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000"):
        connection.execute(f"PRAGMA {setting}")
    numbers = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) ")
    words = {"id": "printf('id%07d', i)", "user": "printf('user%07d', i)",
             "mail": "printf('user%07d@example.com', i)", "phone": "printf('+861300%07d', i)"}
    connection.execute("BEGIN")
    for statement in fill(1000000):
        into, select = statement.format(**words).split("SELECT ", 1)
        connection.execute(f"{into}{numbers}SELECT {select}")
    connection.execute("COMMIT")
    assert connection.execute("SELECT count(*) FROM wecom_account").fetchone() == (1000000,)
    for statement, count in ((find_match(account_sql), len(VALUES)), (find_link(account_sql), 2)):
        asked = re.sub(r"%\w+", "?", statement)
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}",
                                                     VALUES[:count])]
        assert not [step for step in plan if "SCAN" in step], plan
        assert any(re.match(r"SEARCH (a|l) USING .*INDEX", step) for step in plan), plan
        rows = connection.execute(asked, VALUES[:count]).fetchall()
        assert len(rows) == (4 if count > 2 else 1), rows
    connection.close()
    databases.forget("sqlite3")


def test_plan_of_postgresql(databases, account_sql):
    database = databases("pgsql")
    words = {"id": "'id' || lpad(i::text, 7, '0')", "user": "'user' || lpad(i::text, 7, '0')",
             "mail": "'user' || lpad(i::text, 7, '0') || '@example.com'",
             "phone": "'+861300' || lpad(i::text, 7, '0')"}
    for statement in fill(50000):
        into, select = statement.format(**words).split("SELECT ", 1)
        database.run(f"{into}WITH n AS (SELECT generate_series(1, 50000) AS i) SELECT {select}")
    database.run("ANALYZE wecom_account; ANALYZE wecom_link")
    for statement, count in ((find_match(account_sql), len(VALUES)), (find_link(account_sql), 2)):
        plan = "\n".join(row[0] for row in database.query(
            f"EXPLAIN {written(statement, VALUES[:count])}"))
        assert "Seq Scan" not in plan, plan
        assert "wecom_account_" in plan, plan
        assert len(database.query(written(statement, VALUES[:count]))) == (4 if count > 2 else 1)


def test_plan_of_mariadb(databases, account_sql):
    database = databases("mysql")
    words = {"id": "CONCAT('id', LPAD(i, 7, '0'))", "user": "CONCAT('user', LPAD(i, 7, '0'))",
             "mail": "CONCAT('user', LPAD(i, 7, '0'), '@example.com')",
             "phone": "CONCAT('+861300', LPAD(i, 7, '0'))"}
    for statement in fill(50000):
        database.run(statement.format(**words).replace(
            "FROM n", "FROM (SELECT seq AS i FROM seq_1_to_50000) n"))
    database.run("ANALYZE TABLE wecom_account; ANALYZE TABLE wecom_link")
    for statement, count in ((find_match(account_sql), len(VALUES)), (find_link(account_sql), 2)):
        plan = database.query(f"EXPLAIN {written(statement, VALUES[:count])}")
        kinds = [row[3] for row in plan]    # id, select_type, table, type, ...
        assert kinds and not {"ALL", "index"} & set(kinds), plan
        assert len(database.query(written(statement, VALUES[:count]))) == (4 if count > 2 else 1)


# --- the servers themselves ---

@pytest.mark.parametrize("driver", SERVERS)
def test_killed_database_comes_back_with_its_data(databases, driver):
    database = databases(driver)
    database.run("INSERT INTO wecom_link (source, userid_key, userid, account_id, linked_by, "
                 "linked_at) VALUES ('acme', 'lisi', '李四🙂', 'a1', 'admin', 1)")
    database.kill()
    with pytest.raises(AssertionError):
        database.query("SELECT 1")
    database.restart()
    assert database.query("SELECT userid, match_hash FROM wecom_link") == [("李四🙂", None)]


@pytest.mark.parametrize("driver", ("sqlite3", *SERVERS))
def test_tables_are_empty_for_each_test(databases, driver):
    for _ in range(2):
        database = databases(driver)
        assert database.query("SELECT count(*), min(id) FROM wecom_account") == [("0", None)]
        database.run("INSERT INTO wecom_account (id, username, username_key, created_by, "
                     "created_at, updated_at) VALUES ('a1', 'x', 'x', 'import', 1, 1)")
        assert database.query("SELECT username, '' FROM wecom_account") == [("x", "")]


# --- a server over them ---

def log_in(browsers, site, userid):
    browser = browsers(WECOM_IOS, person=userid)
    return browser.walk(site.url("/intranet/")).page.status_code


@pytest.mark.parametrize("driver", SERVERS)
def test_logins_go_on_after_a_restart_of_the_database(databases, fresh, browsers, log, driver):
    """Each connection that httpd keeps has lost what was prepared there; no visitor hears of it."""
    database = databases(driver)
    site = fresh(sources=(source(),), places=(place(),), modules=("dbd",),
                 lines=directory_lines(database, "DBDMin 2", "DBDKeep 4"))
    for userid in ("LiNa", "zhangwei"):
        assert log_in(browsers, site, userid) == 200
    database.kill()
    database.restart()
    for userid in ("LiNa", "zhangwei", "LiNa", "zhangwei"):
        assert log_in(browsers, site, userid) == 200
    database.kill()
    assert log_in(browsers, site, "LiNa") == 503
    # mod_dbd cannot connect; it need not try while it has idle ones. And a child that is just
    # being born meets a dead database too.
    log.allow("AH00639", "AH00629", "AH00632", "AH00633", "AH00636")
    log.expect("WC0269")
    database.restart()
    for userid in ("LiNa", "zhangwei"):
        assert log_in(browsers, site, userid) == 200
    assert database.query("SELECT count(*) FROM wecom_account") == [("2",)]
