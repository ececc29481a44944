# SPDX-License-Identifier: Apache-2.0
"""Private databases: each in a folder of its own, on the loopback, ended by whom it was started.

    database = make("pgsql")        sqlite3, pgsql or mysql, as apr_dbd names its drivers
    database.driver, .params        for DBDriver and DBDParams
    database.query(sql)             the rows of the last statement: tuples of str and None
    database.run(sql)
    database.kill(), .restart()     an accident, and the end of it (not for a file)
    database.stop()

What was committed survives the end of a process, and not that of the machine: nothing is flushed.
PostgreSQL and MariaDB refuse to run as root; as root they run as their own user. What the
distribution may have started as a system service is not looked at.
"""
import csv
import io
import os
import pwd
import secrets
import shutil
import signal
import sqlite3
import subprocess
import xml.etree.ElementTree as tree
from contextlib import contextmanager
from pathlib import Path

from .ports import free_port
from .server import make_folder, run_user, wait_until

START_SECONDS = 60
STOP_SECONDS = 30
TRIES = 3       # a free port can be taken by somebody else before the server has it
NULL = "\x01"   # what psql shall print for it: no text of a test


class NoDatabase(Exception):
    """A server or a client of it is not installed, or did not start."""


def program(*names):
    for name in names:
        found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if found:
            return found
    raise NoDatabase(f"there is no {names[0]} here")


def text(value):
    return None if value is None else str(value)


class Sqlite:
    driver = "sqlite3"

    def __init__(self):
        self.folder = make_folder("sqlite")
        self.file = self.folder / "accounts.db"
        self.params = str(self.file)
        made = sqlite3.connect(self.file)
        made.execute("PRAGMA journal_mode=WAL")     # as wecomctl makes it
        made.close()
        self.file.touch()
        if run_user():
            # The journal is a file beside it, so the folder must be theirs too.
            user = pwd.getpwnam(run_user())
            for path in (self.folder, self.file):
                os.chown(path, user.pw_uid, user.pw_gid)

    def _connect(self):
        return sqlite3.connect(self.file, timeout=30)

    def query(self, sql):
        connection = self._connect()
        try:
            with connection:
                return [tuple(map(text, row)) for row in connection.execute(sql)]
        finally:
            connection.close()

    def run(self, sql):
        connection = self._connect()
        try:
            with connection:
                connection.executescript(sql)
        finally:
            connection.close()

    @contextmanager
    def locked(self):
        """Somebody else is writing all the while."""
        connection = self._connect()
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
            connection.close()

    def stop(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    """What the two servers share; a subclass says how its own is made, started and asked."""

    users = ()      # as whom it runs, when we are root

    def __init__(self):
        self.folder = make_folder(self.driver)
        self.password = secrets.token_hex(12)
        self.user = self._find_user()
        self.process = None
        self.port = None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        try:
            self._make()
            self._start()
        except BaseException:
            self.stop()
            raise

    def _find_user(self):
        if os.geteuid() != 0:
            return None
        for name in (*self.users, "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                pass
        raise NoDatabase("no user for the server")

    def _identity(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _environment(self):
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C",
                "HOME": str(self.folder)}

    def _tool(self, *command, stdin=None, identity=False, more=None):
        """Its standard output; AssertionError with what it said when it failed."""
        done = subprocess.run(
            [str(word) for word in command], input=stdin, capture_output=True, text=True,
            timeout=120, check=False, cwd=self.folder,
            env=dict(self._environment(), **(more or {})), **(self._identity() if identity else {}))
        assert done.returncode == 0, f"{Path(command[0]).name}: {done.stderr or done.stdout}"
        return done.stdout

    def _start(self):
        for left in reversed(range(TRIES)):
            self.port = free_port()
            try:
                self._launch()
                return
            except NoDatabase:
                if left == 0:
                    raise

    def _launch(self):
        log = self.folder / "server.log"
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                [str(word) for word in self._command()], stdin=subprocess.DEVNULL, stdout=out,
                stderr=out, cwd=self.folder, env=self._environment(), start_new_session=True,
                **self._identity())
        (self.folder / "server.pid").write_text(f"{self.process.pid}\n")
        wait_until(lambda: self._answers() or self.process.poll() is not None, START_SECONDS,
                   f"{self.driver} answers")
        if self.process.poll() is not None:
            self.process = None
            raise NoDatabase(f"{self.driver} did not start:\n{log.read_text(errors='replace')}")

    def _answers(self):
        try:
            self.query("SELECT 1")
            return True
        except AssertionError:
            return False

    def kill(self):
        """As a crash does it: all of its processes at once, without a word to anybody."""
        pid = self.process.pid
        # PostgreSQL's children are in no process group of ours.
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                pass    # it has noticed the end of its parent
        self.process.wait()
        self.process = None

    def restart(self):
        """On the same port, with the same data."""
        assert self.process is None, "it is running"
        self._launch()

    def stop(self):
        if self.process is not None:
            self.process.send_signal(self.quit_by)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None
        if not os.environ.get("WECOM_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Server):
    driver = "pgsql"
    users = ("postgres",)
    quit_by = signal.SIGINT     # "fast": it does not wait for its clients

    @property
    def params(self):
        return (f"host=127.0.0.1 port={self.port} dbname=wecom user=wecom "
                f"password={self.password}")

    def _bin(self, name):
        # Debian keeps each version in a folder of its own.
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
                       key=lambda path: float(path.parts[4]))
        return found[-1] if found else program(name)

    def _make(self):
        word = self.folder / "password"
        word.write_text(self.password + "\n")
        if self.user:
            os.chown(word, self.user.pw_uid, self.user.pw_gid)
        word.chmod(0o600)
        self._tool(self._bin("initdb"), "-D", self.folder / "data", "-U", "wecom", "-A",
                   "scram-sha-256", f"--pwfile={word}", "-E", "UTF8", "--locale=C", "--no-sync",
                   identity=True)

    def _command(self):
        settings = ("fsync=off", "full_page_writes=off", "autovacuum=off",
                    "max_connections=150", "shared_buffers=32MB",
                    "wal_level=minimal", "max_wal_senders=0")
        return [self._bin("postgres"), "-D", self.folder / "data", "-h", "127.0.0.1",
                "-p", self.port, "-k", self.folder, *(w for s in settings for w in ("-c", s))]

    def _launch(self):
        super()._launch()
        if not self._ask("postgres", "SELECT 1 FROM pg_database WHERE datname = 'wecom'"):
            self._ask("postgres", "CREATE DATABASE wecom")

    def _answers(self):
        try:
            self._ask("postgres", "SELECT 1")
            return True
        except AssertionError:
            return False

    def _ask(self, database, sql):
        out = self._tool(
            self._bin("psql"), "-X", "-q", "--csv", "-t", "-P", f"null={NULL}", "-v",
            "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", self.port, "-U", "wecom", "-d", database,
            stdin=sql, more={"PGPASSWORD": self.password, "PGCLIENTENCODING": "UTF8"})
        return [tuple(None if field == NULL else field for field in row)
                for row in csv.reader(io.StringIO(out))]

    def query(self, sql):
        return self._ask("wecom", sql)

    def run(self, sql):
        self.query(sql)


class MariaDb(Server):
    driver = "mysql"
    users = ("mysql",)
    quit_by = signal.SIGTERM

    @property
    def params(self):
        return (f"host=127.0.0.1,port={self.port},user=wecom,pass={self.password},"
                "dbname=wecom")

    def _settings(self):
        # A temporary folder of its own: a server that starts takes away what others have in it.
        return [f"--datadir={self.folder}/data", f"--tmpdir={self.folder}/tmp",
                "--innodb-log-file-size=16M",
                "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=2",
                "--innodb-doublewrite=0", "--innodb-flush-method=nosync",
                "--performance-schema=OFF"]

    def _make(self):
        (self.folder / "tmp").mkdir(0o700)
        if self.user:
            os.chown(self.folder / "tmp", self.user.pw_uid, self.user.pw_gid)
        self._tool(program("mariadb-install-db", "mysql_install_db"), "--no-defaults",
                   "--auth-root-authentication-method=normal", "--skip-test-db",
                   *self._settings(), identity=True)
        (self.folder / "init.sql").write_text(
            "CREATE DATABASE IF NOT EXISTS wecom CHARACTER SET latin1;\n"
            "CREATE USER IF NOT EXISTS 'wecom'@'127.0.0.1' IDENTIFIED BY "
            f"'{self.password}';\nGRANT ALL ON *.* TO 'wecom'@'127.0.0.1';\n")

    def _command(self):
        return [program("mariadbd", "mysqld"), "--no-defaults", *self._settings(),
                "--bind-address=127.0.0.1", f"--port={self.port}", "--skip-name-resolve",
                f"--socket={self.folder}/server.sock", f"--pid-file={self.folder}/mariadb.pid",
                f"--init-file={self.folder}/init.sql", "--max-connections=200",
                "--skip-log-bin"]

    def query(self, sql):
        out = self._tool(
            program("mariadb", "mysql"), "--no-defaults", "--protocol=tcp", "--host=127.0.0.1",
            f"--port={self.port}", "--user=wecom", "--default-character-set=utf8mb4", "--xml",
            "wecom", stdin=sql, more={"MYSQL_PWD": self.password})
        # One document for each statement that gives rows.
        documents = out.split("<?xml ")
        if len(documents) < 2:
            return []
        nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
        return [tuple(None if field.get(nil) == "true" else field.text or "" for field in row)
                for row in tree.fromstring("<?xml " + documents[-1]).iter("row")]

    def run(self, sql):
        self.query(sql)


KINDS = {kind.driver: kind for kind in (Sqlite, Postgres, MariaDb)}


def make(driver):
    return KINDS[driver]()


class Databases:
    """databases("pgsql"): one server of each kind for a process, with our tables, empty."""

    def __init__(self, schema):
        self._schema = schema   # driver -> the statements that make our tables
        self._made = {}

    def __call__(self, driver):
        if driver not in self._made:
            self._made[driver] = make(driver)
        database = self._made[driver]
        if getattr(database, "process", True) is None:
            database.restart()      # a test has killed it
        database.run(";\n".join([*self._schema(driver), "DELETE FROM wecom_link",
                                 "DELETE FROM wecom_account"]) + ";\n")
        return database

    def forget(self, driver):
        """The next one to ask gets a new one: this one has been filled, or was spoilt."""
        self._made.pop(driver).stop()

    def stop(self):
        for driver in list(self._made):
            self.forget(driver)
