# SPDX-License-Identifier: Apache-2.0
"""A private OpenLDAP server with a few people in it, on a free port of the loopback.

It runs in the foreground as a child of the tests, as whoever runs them, in a folder of its own;
the service of the machine is neither used nor touched. Entries are loaded before it starts, and
changed with ldapmodify's own words (modify).
"""
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from .ports import free_port

SLAPD = "/usr/sbin/slapd"
SCHEMA = "/etc/ldap/schema"
MODULES = "/usr/lib/ldap"
START_SECONDS = 60
STOP_SECONDS = 20

BASE = "dc=example,dc=com"
PEOPLE = f"ou=people,{BASE}"
ADMIN = f"cn=admin,{BASE}"
PASSWORD = "the admin's own"

CONFIG = """\
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
attributetype ( 1.3.6.1.4.1.4203.666.99.1 NAME 'nsAccountLock'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.99.2 NAME 'loginDisabled'
  EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.99.3 NAME 'userAccountControl'
  EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.99.4 NAME 'lockoutTime'
  EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
pidfile {folder}/slapd.pid
modulepath {modules}
moduleload back_mdb
moduleload ppolicy
database mdb
maxsize 16777216
suffix "{base}"
rootdn "{admin}"
rootpw "{password}"
directory {folder}/db
overlay ppolicy
access to attrs=userPassword by anonymous auth by * none
access to * by {access} read by * none
"""

ROOT = f"""\
dn: {BASE}
objectClass: organization
objectClass: dcObject
o: Example
dc: example

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people
"""

# uid, cn, mail, mobile, more lines. Each has the password "secret of UID".
USERS = (
    ("zhangsan", "张三", ["zhangsan@example.com", "san@example.com"], "+86 138 0000 0001", ""),
    ("lisi", "李四", ["Li.Si@Example.com"], "138-0000-0002", ""),
    ("wangwu", "王五", ["shared@example.com"], "13800000003", ""),
    ("zhaoliu", "赵六", ["shared@example.com"], "+8613800000004", ""),
    ("odd", r"Odd (the *) \ one", ["odd@example.com"], "+852 9123 4567", ""),
    ("locked", "Locked", ["locked@example.com"], "13800000006",
     "pwdAccountLockedTime: 20260101000000Z"),
    ("gone", "Gone", ["gone@example.com"], "13800000007", "nsAccountLock: TRUE"),
)


def entry(uid, name, mails, mobile, more="", password=None):
    """An entry in LDIF; its name in the tree is its cn, escaped as RFC 4514 says."""
    rdn = "".join("\\" + c if c in ',+"\\<>;=#' else c for c in name)
    lines = [f"dn: cn={rdn},{PEOPLE}", "objectClass: inetOrgPerson",
             "objectClass: extensibleObject", f"uid: {uid}", f"cn: {name}", f"sn: {name}"]
    lines += [f"mail: {mail}" for mail in mails]
    lines += [f"mobile: {mobile}", f"userPassword: {password or 'secret of ' + uid}"]
    return "\n".join(lines + more.split("\n")).rstrip("\n") + "\n"


class Slapd:
    def __init__(self, folder, users=USERS, anonymous=True):
        """anonymous: may strangers read? Else those alone who bind."""
        self.folder = Path(folder)
        self.process = None
        self.port = None
        (self.folder / "db").mkdir(parents=True, mode=0o700)
        (self.folder / "slapd.conf").write_text(CONFIG.format(
            schema=SCHEMA, modules=MODULES, folder=self.folder, base=BASE, admin=ADMIN,
            password=PASSWORD, access="*" if anonymous else "users"), encoding="utf-8")
        (self.folder / "slapd.conf").chmod(0o600)
        self._load("\n".join([ROOT] + [entry(*user) for user in users]))

    # --- where it is ---

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    def url(self, rest=""):
        """For WeComAccounts: everything below PEOPLE, and what comes behind the base."""
        return f"ldap://{self.host}/{PEOPLE}{rest}"

    # --- starting and stopping ---

    def _load(self, ldif):
        done = subprocess.run([SLAPD, "-Ta", "-q", "-f", self.folder / "slapd.conf"],
                              input=ldif, text=True, capture_output=True, timeout=START_SECONDS,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError(f"slapadd failed:\n{done.stdout}{done.stderr}")

    def start(self):
        """On a port of its own; again with the same one after stop."""
        for _ in range(5):
            self.port = self.port or free_port()
            with open(self.folder / "log", "a", encoding="utf-8") as log:
                self.process = subprocess.Popen(
                    [SLAPD, "-d", "none", "-f", self.folder / "slapd.conf", "-h",
                     f"ldap://{self.host}/"],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            if self._answers():
                return self
            self.stop()
            self.port = None    # somebody else has taken it
        raise RuntimeError("slapd does not start:\n"
                           + (self.folder / "log").read_text(encoding="utf-8"))

    def _answers(self):
        """False: it has ended."""
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5):
                    return True
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        return False

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what may happen to it ---

    def pause(self):
        """It accepts connections and says nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self):
        self.process.send_signal(signal.SIGCONT)

    def _tool(self, name, *args, text=""):
        return subprocess.run([name, "-x", "-H", f"ldap://{self.host}/", *args], input=text,
                              text=True, capture_output=True, timeout=START_SECONDS, check=True,
                              env={**os.environ, "LDAPNOINIT": "1"}).stdout

    def modify(self, ldif):
        """LDIF with changetype, as the administrator."""
        self._tool("/usr/bin/ldapmodify", "-D", ADMIN, "-w", PASSWORD, text=ldif)

    def search(self, found_by, *attributes, bind=()):
        """LDIF of what a filter finds; bind: DN and password."""
        who = ("-D", bind[0], "-w", bind[1]) if bind else ()
        return self._tool("/usr/bin/ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", PEOPLE, *who,
                          found_by, *attributes)
