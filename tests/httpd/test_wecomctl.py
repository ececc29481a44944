# SPDX-License-Identifier: Apache-2.0
"""wecomctl accounts: the administrator's command, over SQLite. No server takes part."""
import csv
import json
import os
import pty
import re
import sqlite3
import stat
import subprocess
import time

import pytest

GOOD, REFUSED, USAGE, UNUSABLE = 0, 1, 2, 3
PEOPLE = "username,email,phone,name,status\n"


class Ctl:
    """Runs the command; the last answer's parts are its attributes."""

    def __init__(self, paths, folder):
        self.program = str(paths.wecomctl)
        self.folder = folder
        self.base = folder / "accounts.db"
        self.settings = ["--driver", "sqlite3", "--params", str(self.base)]
        self.code = self.out = self.err = None

    def run(self, *words, code=GOOD, stdin=None, env=None, umask=-1):
        clean = {k: v for k, v in os.environ.items() if k != "WECOMCTL_PARAMS"}
        done = subprocess.run([self.program, *map(str, words)], input=stdin or b"",
                              capture_output=True, env={**clean, **(env or {})},
                              umask=umask, timeout=60)
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()
        assert self.code == code, (words, self.code, self.out, self.err)
        if code != GOOD:
            assert re.match(r"wecomctl: \S", self.err), self.err
        return self.out

    def __call__(self, *words, **more):
        return self.run("accounts", *words, *self.settings, **more)

    def json(self, *words, **more):
        return json.loads(self(*words, "--json", **more))

    def list_of(self, text, name="people.csv"):
        file = self.folder / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def bring(self, text, *words, **more):
        return self("import", self.list_of(text), *words, **more)

    def sql(self, text):
        with sqlite3.connect(self.base) as base:
            return base.execute(text).fetchall()

    def names(self):
        return [row[0] for row in self.sql("SELECT username FROM wecom_account ORDER BY 1")]


@pytest.fixture
def bare(paths, tmp_path):
    return Ctl(paths, tmp_path)


@pytest.fixture
def ctl(bare):
    bare("init")
    return bare


@pytest.fixture
def people(ctl):
    ctl.bring(PEOPLE + "Zhang.San,zhang@example.com,13800000001,张三,\n"
                       "lisi,li@example.com,,李四,locked\n"
                       "wangwu,,+8613800000003,王五,disabled\n")
    return ctl


# --- the command line ---

@pytest.mark.parametrize("words, sentence", [
    ([], "no command"),
    (["nonsense"], "nonsense is no command"),
    (["accounts"], "no subcommand"),
    (["accounts", "nonsense"], "nonsense is no subcommand"),
    (["accounts", "list", "--nonsense"], "--nonsense is no option"),
    (["accounts", "list", "-x"], "-x is no option"),
    (["accounts", "list", "--driver"], "--driver needs a value"),
    (["accounts", "list", "--json=1"], "--json takes no value"),
    (["accounts", "list", "--limit", "1", "--limit", "2"], "--limit stands there twice"),
    (["accounts", "list", "--yes"], "accounts list knows no --yes"),
    (["accounts", "list", "word"], "too many words"),
    (["accounts", "show"], "too few words: write wecomctl accounts show USERNAME"),
    (["accounts", "link", "a", "b"], "too few words"),
    (["accounts", "unlink", "--member", "a"], "--member needs two words"),
    (["accounts", "list", "--status", "gone"], "--status is 'gone'"),
    (["accounts", "list", "--limit", "0"], "--limit is '0'"),
    (["accounts", "list", "--driver", "oracle", "--params", "x"], "driver 'oracle' is not known"),
    (["accounts", "list", "--params", "x", "--params-file", "y"], "give one of them"),
])
def test_wrong_usage(bare, words, sentence):
    assert bare.run(*words, code=USAGE) == ""
    assert sentence in bare.err
    assert len(bare.err.splitlines()) == 1


def test_help_and_version(bare, paths):
    assert bare.run("--version").strip().endswith(paths.version)
    assert "accounts" in bare.run("--help")
    shown = bare.run("accounts", "--help")
    for name in re.findall(r"^  (\w+) ", shown, re.M):
        help_text = bare.run("accounts", name, "--help")
        assert help_text.startswith(f"usage: wecomctl accounts {name}")
        assert "--json" in help_text and bare.run("accounts", name, "-h") == help_text
    assert "import" in shown and "delete" in shown


# --- init, and databases that cannot be used ---

def test_init_twice(bare):
    assert "made" in bare("init", umask=0o077)
    assert stat.S_IMODE(bare.base.stat().st_mode) == 0o660
    assert bare.sql("PRAGMA journal_mode") == [("wal",)]
    assert bare.sql("SELECT version FROM wecom_schema") == [(1,)]
    assert "already" in bare("init")
    assert bare.json("init") == {"version": 1, "was": 1}


def test_unusable_databases(bare, tmp_path):
    bare("list", code=UNUSABLE)
    assert "wecomctl accounts init" in bare.err
    assert not bare.base.exists(), "asking made a database"
    bare.settings[-1] = str(tmp_path / "nowhere" / "a.db")
    bare("init", code=UNUSABLE)
    assert "install -d" in bare.err
    bare.settings[-1] = str(tmp_path)
    bare("init", code=UNUSABLE)
    text = tmp_path / "text.db"
    text.write_text("this is no database\n" * 100)
    bare.settings[-1] = str(text)
    bare("init", code=UNUSABLE)
    bare("list", code=UNUSABLE)
    empty = tmp_path / "empty.db"
    empty.touch()
    bare.settings[-1] = str(empty)
    bare("list", code=UNUSABLE)
    assert "no tables of ours" in bare.err


def test_a_newer_database_is_refused(ctl):
    ctl.sql("INSERT INTO wecom_schema VALUES (9)")
    for words in (["init"], ["list"]):
        ctl(*words, code=UNUSABLE)
        assert "of version 9" in ctl.err
    assert ctl.sql("SELECT MAX(version) FROM wecom_schema") == [(9,)]


# --- import ---

def test_import_reads_what_spreadsheets_write(ctl):
    text = ('\ufeffName,USERNAME, email ,phone,status,email_verified,phone_verified\r\n'
            '"张三, ""the one""\r\nof two",zhangsan,Zhang@Example.com,138 0000 0001,,yes,0\r\n'
            '\r\n'
            '=1+1, lisi ,,,Locked,no,\r\n'
            ',"o\'neil; DROP TABLE wecom_account",,,disabled,1,No\r\n')
    assert "3 accounts added" in ctl.bring(text)
    rows = ctl.sql("SELECT username, username_key, email, email_key, phone, phone_key, name, "
                   "status, email_verified, phone_verified, created_by FROM wecom_account "
                   "ORDER BY username")
    assert rows == [
        ("lisi", "lisi", None, None, None, None, "=1+1", 2, 0, 1, "import"),
        ("o'neil; DROP TABLE wecom_account", "o'neil; drop table wecom_account", None, None, None,
         None, None, 3, 1, 0, "import"),
        ("zhangsan", "zhangsan", "Zhang@Example.com", "zhang@example.com", "138 0000 0001",
         "+8613800000001", '张三, "the one"\r\nof two', 1, 1, 0, "import")]


def test_import_from_stdin(ctl):
    ctl("import", "-", stdin=b"username\nlisi\n")
    assert ctl.names() == ["lisi"]
    ctl("import", "-", stdin=b"", code=REFUSED)
    assert "is empty" in ctl.err


@pytest.mark.parametrize("text, sentence", [
    ("", "is empty"),
    ("username,mail\nlisi,x\n", "line 1: the column 'mail' is not known"),
    ("username;email\n", "line 1: the column 'username;email' is not known"),
    ("email\nx@y.z\n", "line 1: the column 'username' is missing"),
    ("username,Username\n", "line 1: the column 'Username' stands there twice"),
    ("username,name\nlisi,\"x\n", "line 2: it opens a quote that is not closed"),
    ("username,name\nlisi,a\"b\n", "line 2: it holds a quote inside"),
    ("username,name\nlisi\n", "line 2: it has 1 field and the first line has 2"),
    ("username,name\nlisi,a,b\n", "line 2: it has 3 fields"),
    ("username,name\n,a\n", "line 2: the username is empty"),
    ("username\n" + "x" * 191 + "\n", "line 2: the username 'xxx"),
    ("username,email\nlisi,nonsense\n", "line 2: the e-mail 'nonsense' is none"),
    ("username,phone\nlisi,12\n", "line 2: the phone '12' is none"),
    ("username,status\nlisi,gone\n", "line 2: the status 'gone' is not known"),
    ("username,email_verified\nlisi,perhaps\n", "line 2: email_verified is 'perhaps'"),
    ("username,phone_verified\nlisi,2\n", "line 2: phone_verified is '2'"),
    ("username,name\nlisi," + "张" * 86 + "\n", "line 2: the name is longer than 256"),
    ("username\nlisi\nwangwu\nLiSi\n", "line 4: the username 'LiSi' is on line 2 already"),
    ("username,name\n\"li\nsi\",x\n", "line 2: the username"),
    ("username,name\na,\"x\ny\"\nlisi\n", "line 4: it has 1 field"),
])
def test_import_refuses(ctl, text, sentence):
    ctl.bring(text, code=REFUSED)
    assert sentence in ctl.err
    assert ctl.names() == []


def test_import_refuses_other_encodings(ctl):
    ctl.bring(PEOPLE.encode() + "zhang,,,张三,\n".encode("gbk"), code=REFUSED)
    assert "line 2: it is not UTF-8" in ctl.err
    ctl.bring((PEOPLE + "zhang,,,张三,\n").encode("utf-16"), code=REFUSED)
    assert ctl.names() == []


def test_import_is_all_or_nothing(people):
    before = people.sql("SELECT * FROM wecom_account")
    people.bring(PEOPLE + "new1,,,,\nLISI,,,,\nnew2,,,,\n", code=REFUSED)
    assert "line 3: the username 'LISI' exists already; --update" in people.err
    assert "1 of 3 lines are wrong" in people.err
    assert people.sql("SELECT * FROM wecom_account") == before


def test_import_counts_all_errors_and_shows_twenty(ctl):
    text = "username,email\n" + "".join(f"u{i},bad\n" for i in range(33))
    answer = json.loads(ctl.bring(text, "--json", code=REFUSED))
    assert len(re.findall(r"^wecomctl: line ", ctl.err, re.M)) == 20
    assert "33 of 33 lines are wrong" in ctl.err
    assert answer["error_count"] == 33 and len(answer["errors"]) == 20
    assert answer["errors"][0]["line"] == 2 and not answer["written"]


def test_dry_run_writes_nothing(people):
    before = people.sql("SELECT * FROM wecom_account")
    out = people.bring(PEOPLE + "new,,,,\nlisi,l2@example.com,,,\nwangwu,,+8613800000003,王五,\n",
                       "--update", "--dry-run")
    assert "1 accounts would be added, 1 changed, 1 are so already" in out
    assert people.sql("SELECT * FROM wecom_account") == before
    people.bring("username\nx\nx\n", "--dry-run", code=REFUSED)


def test_update(people):
    people.sql("UPDATE wecom_account SET created_by = 'wecom' WHERE username = 'lisi'")
    out = people.bring("username,email,status\nLISI,,active\nnew,n@example.com,\n"
                       "wangwu,w@example.com,\n", "--update")
    assert "1 accounts added, 2 changed, 0 were" in out
    assert people.names() == ["Zhang.San", "lisi", "new", "wangwu"]
    assert people.sql("SELECT username, email, email_key, name, status, created_by "
                      "FROM wecom_account WHERE username IN ('lisi', 'wangwu') ORDER BY 1") == [
        ("lisi", None, None, "李四", 1, "wecom"),
        ("wangwu", "w@example.com", "w@example.com", "王五", 3, "import")]
    assert people.sql("SELECT phone_key FROM wecom_account WHERE username = 'wangwu'") == [
        ("+8613800000003",)]
    people.bring("username\nlisi\nLISI\n", "--update", code=REFUSED)
    assert "is on line 2 already" in people.err


def test_twins_are_a_warning(people):
    out = people.bring("username,email,phone\na,a@example.com,\nb,A@Example.com,\n"
                       "c,zhang@EXAMPLE.com,13800000001\nd,d@example.com,13800000009\n"
                       "e,,+86 13800000009\n")
    assert "5 accounts added" in out
    warnings = people.err.splitlines()
    assert len(warnings) == 4
    assert "line 3: warning: the e-mail a@example.com is on line 2 too" in warnings[0]
    assert "line 4: warning: the account 'Zhang.San' has the e-mail" in warnings[1]
    assert "line 4: warning: the account 'Zhang.San' has the phone" in warnings[2]
    assert "line 6: warning: the phone +8613800000009 is on line 5 too" in warnings[3]
    # one's own value is no twin
    people.bring("username,email\nlisi,li@example.com\n", "--update")
    assert people.err == ""


def test_import_cannot_read(ctl, tmp_path):
    ctl("import", tmp_path / "nothing.csv", code=UNUSABLE)
    ctl("import", tmp_path, code=UNUSABLE)
    assert "cannot be read" in ctl.err


def test_ten_thousand_accounts(ctl):
    text = PEOPLE + "".join(f"user{i},user{i}@example.com,+86138{i:08d},张三{i},active\n"
                            for i in range(10000))
    started = time.monotonic()
    ctl.bring(text)
    assert time.monotonic() - started < 20
    assert ctl.sql("SELECT COUNT(*) FROM wecom_account") == [(10000,)]
    listed = ctl.json("list")
    assert sorted(a["username"] for a in listed) == sorted(f"user{i}" for i in range(10000))


def test_progress_only_on_a_terminal(ctl):
    file = ctl.list_of(PEOPLE + "".join(f"user{i},,,,\n" for i in range(2000)))
    ctl("import", file, "--dry-run")
    assert ctl.err == ""
    controller, terminal = pty.openpty()
    subprocess.run([ctl.program, "accounts", "import", str(file), *ctl.settings], check=True,
                   stderr=terminal, stdout=subprocess.DEVNULL, timeout=60)
    os.close(terminal)
    drawn = os.read(controller, 65536).decode()
    os.close(controller)
    assert "lines" in drawn and drawn.endswith("\r\x1b[K")


# --- export ---

def test_export_can_be_imported(people, paths, tmp_path):
    people.bring('username,name,email_verified\nodd,"\tTAB ""x"", y\r\nz",no\nat,@x,\nminus,-1,\n'
                 'blank," y ",\n')
    people("link", "lisi", "acme", "LiSi")
    people("link", "lisi", "beta", "li.si")
    file = tmp_path / "out.csv"
    assert "7 accounts" in people("export", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes().decode() == people("export")
    rows = {row["username"]: row for row in csv.DictReader(file.open(newline="", encoding="utf-8"))}
    assert rows["lisi"]["links"] == "acme:LiSi beta:li.si"
    assert rows["lisi"]["created_by"] == "import"
    assert rows["Zhang.San"]["phone"] == "13800000001"
    assert rows["odd"]["name"] == '\tTAB "x", y\r\nz' and rows["odd"]["email_verified"] == "no"
    assert rows["at"]["name"] == "@x" and rows["minus"]["name"] == "-1"
    assert "7 were so already" in people("import", file, "--update")
    other = Ctl(paths, tmp_path / "other")
    other.folder.mkdir()
    other("init")
    other("import", file)
    columns = "username, email, phone, name, status, email_verified, phone_verified"
    same = f"SELECT {columns} FROM wecom_account ORDER BY username"
    assert other.sql(same) == people.sql(same)


def test_export_writes_over_nothing(people, tmp_path):
    file = tmp_path / "out.csv"
    file.write_text("mine")
    people("export", file, code=UNUSABLE)
    assert file.read_text() == "mine"
    assert people.json("export", tmp_path / "b.csv") == {"file": str(tmp_path / "b.csv"),
                                                         "accounts": 3}
    assert [a["username"] for a in people.json("export")] == ["Zhang.San", "lisi", "wangwu"]


# --- list and show ---

def test_list(people):
    lines = people("list").splitlines()
    assert lines[0].split() == ["USERNAME", "E-MAIL", "PHONE", "NAME", "STATUS", "CREATED", "BY",
                                "LINKS"]
    assert len(lines) == 4
    people("link", "lisi", "acme", "LiSi")

    def names(*words):
        return [account["username"] for account in people.json("list", *words)]

    assert names() == ["Zhang.San", "lisi", "wangwu"]
    assert names("--limit", "2") == ["Zhang.San", "lisi"]
    assert names("--status", "locked") == ["lisi"]
    assert names("--source", "acme") == ["lisi"]
    assert names("--source", "beta") == []
    assert names("--unlinked") == ["Zhang.San", "wangwu"]
    assert names("--unlinked", "--source=beta") == ["Zhang.San", "lisi", "wangwu"]
    assert people("list", "--source", "beta") == "" and "no such account" in people.err


def test_show(people):
    people("link", "lisi", "acme", "LiSi")
    people.sql("UPDATE wecom_link SET last_login = 1700000000")
    shown = people("show", "lisi")
    assert re.search(r"^link +acme:LiSi \(admin\), made 20\d\d-.*Z, "
                     r"last login 2023-11-14T22:13:20Z$", shown, re.M)
    account = people.json("show", "lisi")
    assert account["status"] == "locked" and account["email"] == "li@example.com"
    assert account["phone"] is None and account["created_by"] == "import"
    link = account["links"][0]
    assert link["linked_by"] == "admin" and link["last_login"] == 1700000000
    assert abs(link["linked_at"] - time.time()) < 60
    assert people.json("show", "Zhang.San")["links"] == []


def test_names_without_case(people):
    assert people.json("show", "ZHANG.SAN")["username"] == "Zhang.San"
    people("show", "nobody", code=REFUSED)
    assert "no account 'nobody'" in people.err
    people.sql("INSERT INTO wecom_account (id, username, username_key, status, created_by, "
               "created_at, updated_at) VALUES ('x', 'LISI', 'lisi', 1, 'wecom', 1, 1)")
    assert people.json("show", "LISI")["id"] == "x"
    assert people.json("show", "lisi")["email"] == "li@example.com"
    people("show", "LiSi", code=REFUSED)
    assert "several accounts" in people.err and "LISI, lisi" in people.err


def test_nothing_of_a_name_reaches_the_terminal(people):
    people.sql("UPDATE wecom_account SET name = 'a' || char(27) || '[2Jb' WHERE username = 'lisi'")
    assert "\x1b" not in people("list") + people("show", "lisi")
    assert people.json("show", "lisi")["name"] == "a\x1b[2Jb"


# --- links ---

def test_link_and_unlink(people):
    assert people("link", "lisi", "acme", "LiSi") == "acme:LiSi is linked to lisi\n"
    assert people.sql("SELECT source, userid_key, userid, linked_by, match_hash, last_login "
                      "FROM wecom_link") == [("acme", "lisi", "LiSi", "admin", None, None)]
    people("link", "wangwu", "acme", "lisi", code=REFUSED)
    assert "'LiSi' of 'acme' is linked to the account 'lisi'" in people.err
    people("link", "lisi", "acme", "other", code=REFUSED)
    assert "account 'lisi' is linked to the member 'LiSi' of 'acme'" in people.err
    assert people.json("link", "lisi", "beta", "lisi") == {
        "username": "lisi", "linked": [{"source": "beta", "userid": "lisi"}]}
    people("unlink", "lisi", code=REFUSED)
    assert "acme, beta" in people.err
    people("unlink", "lisi", "gamma", code=REFUSED)
    assert people.json("unlink", "lisi", "acme") == {
        "username": "lisi", "unlinked": [{"source": "acme", "userid": "LiSi"}]}
    assert "no longer" in people("unlink", "lisi")
    people("unlink", "lisi", code=REFUSED)
    people("link", "lisi", "acme", "LiSi")
    people("link", "lisi", "beta", "LiSi")
    people("unlink", "lisi", "--all")
    assert people.sql("SELECT * FROM wecom_link") == []


def test_unlink_by_member(people):
    people("link", "lisi", "acme", "LiSi")
    people("unlink", "--member", "acme", "nobody", code=REFUSED)
    people.sql("DELETE FROM wecom_account WHERE username = 'lisi'")
    people("unlink", "--member", "acme", "LISI")
    assert people.sql("SELECT * FROM wecom_link") == []


def test_case_of_a_member(people):
    people("link", "lisi", "acme", "woAbC", "--with-case")
    people("link", "wangwu", "acme", "woabc", "--with-case")
    assert people.sql("SELECT userid_key FROM wecom_link ORDER BY 1") == [("woAbC",), ("woabc",)]
    people("unlink", "--member", "acme", "woAbC", "--with-case")
    assert people.sql("SELECT userid_key FROM wecom_link") == [("woabc",)]


@pytest.mark.parametrize("words, code", [
    (["nobody", "acme", "x"], REFUSED), (["lisi", "AC ME", "x"], USAGE),
    (["lisi", "acme", "x/y"], USAGE), (["lisi", "acme", ""], USAGE)])
def test_link_refuses(people, words, code):
    people("link", *words, code=code)
    assert people.sql("SELECT * FROM wecom_link") == []


# --- status, adopt, delete ---

def test_status(people):
    for verb, status in (("lock", "locked"), ("disable", "disabled"), ("enable", "active")):
        assert people(verb, "LISI") == f"lisi is {status}\n"
        assert people.json("show", "lisi")["status"] == status
        assert people.json(verb, "lisi")["status"] == status
    assert people.json("show", "wangwu")["status"] == "disabled"
    people("lock", "nobody", code=REFUSED)


def test_adopt(people):
    people.sql("UPDATE wecom_account SET created_by = 'wecom' WHERE username = 'lisi'")
    assert people("adopt", "lisi") == "lisi is adopted\n"
    assert people.json("adopt", "lisi")["created_by"] == "adopted"
    assert people.json("adopt", "wangwu")["created_by"] == "import"


def test_delete(people):
    people("link", "lisi", "acme", "LiSi")
    people("delete", "lisi", code=USAGE)
    assert "--yes" in people.err and "lisi" in people.names()
    people("delete", "nobody", "--yes", code=REFUSED)
    assert people("delete", "lisi", "--yes") == "lisi is deleted\n"
    assert people.names() == ["Zhang.San", "wangwu"]
    assert people.sql("SELECT * FROM wecom_link") == []


@pytest.mark.parametrize("answer, code", [("y", GOOD), ("n", REFUSED), ("", REFUSED)])
def test_delete_asks(people, answer, code):
    controller, terminal = pty.openpty()
    asked = subprocess.Popen([people.program, "accounts", "delete", "lisi", *people.settings],
                             stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(terminal)
    os.write(controller, answer.encode() + b"\n")
    out, err = asked.communicate(timeout=30)
    os.close(controller)
    assert asked.returncode == code and b"delete lisi with 0 link(s)?" in err
    assert ("lisi" in people.names()) == (code != GOOD)


# --- which database ---

def server(url="https://a.example", **more):
    return {"url": url, "accounts": "dbd", "driver": "sqlite3", "params": None, "query": None,
            "sources": [{"id": "acme"}], **more}


class State:
    """The state folder of a server."""

    def __init__(self, ctl):
        self.ctl = ctl
        self.folder = ctl.folder / "state"
        self.folder.mkdir()
        ctl.settings = ["--state-dir", str(self.folder)]

    def write(self, *servers, version=1):
        text = json.dumps({"version": version, "servers": servers})
        (self.folder / "wecomctl.json").write_text(text)


@pytest.fixture
def state(people):
    return State(people)


def test_the_server_says_which_database(state):
    ctl = state.ctl
    state.write(server(params=str(ctl.base)))
    assert len(ctl.json("list")) == 3
    ctl("link", "lisi", "acme", "LiSi")
    ctl("link", "lisi", "acne", "LiSi", code=REFUSED)
    assert "no source 'acne'; it has: acme" in ctl.err


def test_several_servers(state):
    ctl = state.ctl
    one = server(params=str(ctl.base))
    state.write(one, server("https://b.example", params=str(ctl.base), sources=[{"id": "beta"}]),
                server("https://c.example", accounts="none", driver=None))
    ctl("link", "lisi", "beta", "LiSi")
    state.write(one, server("https://b.example", params="/nowhere/b.db"))
    ctl("list", code=USAGE)
    assert "--server (https://a.example, https://b.example)" in ctl.err
    assert len(ctl.json("list", "--server", "https://A.example")) == 3
    ctl("list", "--server", "https://b.example", code=UNUSABLE)
    ctl("list", "--server", "https://x.example", code=USAGE)


def test_params_with_a_password(state):
    ctl = state.ctl
    state.write(server())
    ctl("list", code=USAGE)
    assert "--params-file" in ctl.err and "WECOMCTL_PARAMS" in ctl.err
    assert len(ctl.json("list", env={"WECOMCTL_PARAMS": str(ctl.base)})) == 3
    file = ctl.folder / "params"
    file.write_text(f"{ctl.base}\n")
    assert len(ctl.json("list", "--params-file", file)) == 3
    assert len(ctl.json("list", "--params", ctl.base)) == 3
    ctl("list", "--params-file", ctl.folder / "none", code=UNUSABLE)


@pytest.mark.parametrize("text", [
    None, "", "nonsense", "[]", "{}", '{"version":2,"servers":[]}', '{"version":1,"servers":7}'])
def test_a_state_that_cannot_be_read(state, text):
    if text is not None:
        (state.folder / "wecomctl.json").write_text(text)
    state.ctl("list", code=UNUSABLE)
    assert "--driver and --params" in state.ctl.err


def test_a_server_without_accounts(state):
    state.write(server(accounts="none", driver=None))
    state.ctl("list", code=REFUSED)
    assert "WeComAccounts" in state.ctl.err


@pytest.mark.parametrize("elsewhere, sentence", [
    ({"accounts": "ldap"}, "in LDAP"), ({"query": "SELECT ..."}, "WeComAccountQuery"),
    ({"query": {"table": "people"}}, "WeComAccountQuery")])
def test_accounts_elsewhere(bare, elsewhere, sentence):
    state = State(bare)
    state.write(server(params=str(bare.base), **elsewhere))
    bare("init")
    assert bare.sql("SELECT name FROM sqlite_master WHERE name = 'wecom_account'") == []
    for words in (["list"], ["show", "x"], ["export"], ["import", "-"], ["adopt", "x"],
                  ["lock", "x"], ["delete", "x", "--yes"]):
        bare(*words, code=REFUSED)
        assert sentence in bare.err
    bare("link", "Li.Si", "acme", "LiSi")
    assert bare.sql("SELECT account_id, userid_key FROM wecom_link") == [("Li.Si", "lisi")]
    bare("link", "other", "acme", "lisi", code=REFUSED)
    assert "'Li.Si'" in bare.err
    bare("unlink", "Li.Si")
    assert bare.sql("SELECT * FROM wecom_link") == []


def test_a_source_that_minds_the_case(state):
    state.write(server(params=str(state.ctl.base), sources=[{"id": "acme", "with_case": True}]))
    state.ctl("link", "lisi", "acme", "woAbC")
    assert state.ctl.sql("SELECT userid_key FROM wecom_link") == [("woAbC",)]
