# SPDX-License-Identifier: Apache-2.0
"""Secrets, keys and the state folder, as -t sees them."""
import os

import pytest

from harness.trial import GOOD, Case, Trial, file, ok, source, vhost

URL = "WeComPublicURL https://x.example.com"
OTHER = "WeComPublicURL https://y.example.com"
SOMEBODY = 33


def secret(name, value, id=None, *says, **more):
    return Case(name, source(secret=value), id, says, **more)


SECRETS = (
    secret("file missing", "file:@root@/none", "WC0120", "/none cannot be read",
           "@root@/httpd.conf:"),
    secret("file a folder", "file:@root@", "WC0120", "is not a file"),
    secret("file a pipe", "file:pipe", "WC0120", "is not a file", files=(file("pipe", None),)),
    secret("file empty", "file:e", "WC0121", "is empty", files=(file("e", "\n"),)),
    secret("file too long", "file:e", "WC0121", "longer than 1024",
           files=(file("e", "x" * 1025),)),
    secret("file of 1024 bytes", "file:e", ok=True, files=(file("e", "x" * 1024 + "\n"),)),
    secret("file of two lines", "file:e", "WC0121", "more than one line",
           files=(file("e", "a\nb\n"),)),
    secret("file open to others", "file:e", "WC0122", "chmod 600", ok=True,
           files=(file("e", "a\n", 0o604),)),
    secret("file open to the group", "file:e", "WC0122", "chmod 600", ok=True,
           files=(file("e", "a\n", 0o640),)),
    secret("file without a name", "file:", None, "nothing stands behind the colon"),
    secret("literal", "abcDEF_-123", "WC0127", "stands in the configuration itself", ok=True,
           silent=("abcDEF",)),
    secret("unknown prefix", "fiel:/x", None, "cannot be right", silent=("fiel",)),
    secret("env", "env:WECOM_TEST", ok=True, env=(("WECOM_TEST", "abc"),)),
    secret("env missing", "env:WECOM_TEST", "WC0123", "WECOM_TEST is not set"),
    secret("env empty", "env:WECOM_TEST", "WC0123", "is empty", env=(("WECOM_TEST", ""),)),
    secret("exec", '"exec:/bin/echo abc"', ok=True),
    secret("exec of several lines", "\"exec:/bin/sh @root@/many\"", ok=True,
           files=(file("many", "echo abc\nseq 100000\n"),)),
    secret("exec without a path", "exec:echo", None, "absolute path"),
    secret("exec without quotes", "exec:/bin/echo abc", None, "takes one value", "quotes"),
    secret("exec missing", "exec:/nowhere/program", "WC0124", "cannot be started"),
    secret("exec fails", '"exec:/bin/sh @root@/fail"', "WC0125", "exit status 0",
           files=(file("fail", "echo abc\nexit 1\n"),)),
    secret("exec is killed", '"exec:/bin/sh @root@/die"', "WC0125", "exit status 0",
           files=(file("die", "echo abc\nkill -9 $$\n"),)),
    secret("exec says nothing", "exec:/bin/true", "WC0126", "is empty"),
    secret("exec says too much", '"exec:/usr/bin/printf %01100d 1"', "WC0126",
           "longer than 1024"),
    secret("exec waits too long", '"exec:/bin/sleep 60"', "WC0125", "within 10 seconds"),
    secret("exec is no shell", '"exec:/bin/echo a; exit 1"', ok=True),
    Case("exec once for all virtual hosts", source(secret='"exec:/bin/sh @root@/once"')
         + vhost(URL) + vhost(OTHER), ok=True, makes=True,
         files=(file("once", "mkdir @root@/done && echo abc\n"),)),
)


def key(name, *files, id=None, says=(), **more):
    return Case(name, GOOD + "WeComCryptoKey file:@root@/k\n", id, says, files=files, **more)


FOLDER = ("state", 0o711, 0)

KEYS = (
    key("missing", id="WC0140", says=("/k cannot be read", "openssl rand", "/httpd.conf:")),
    key("too short", file("k", b"x" * 31), id="WC0141",
        says=("does not hold 32 bytes", "openssl rand")),
    key("too long", file("k", b"x" * 33), id="WC0141", says=("does not hold 32 bytes",)),
    key("open to others", file("k", b"x" * 32, 0o604), id="WC0141", says=("chmod 600",)),
    key("open to the group", file("k", b"x" * 32, 0o640), id="WC0141", says=("chmod 600",)),
    key("of somebody else", file("k", b"x" * 32, 0o600, SOMEBODY), id="WC0141",
        says=("belongs to somebody else",)),
    key("a pipe", file("k", None), id="WC0141", says=("is not a file",)),
    key("good", file("k", b"x" * 32), ok=True),
    Case("default, a link", GOOD, "WC0138", ("/state/key can neither be read nor made",),
         folders=(FOLDER,), files=(file("k", b"x" * 32),), links=(("state/key", "../k"),)),
    Case("default, too short", GOOD, "WC0139", ("/state/key does not hold 32 bytes",),
         folders=(FOLDER,), files=(file("state/key", b"x"),)),
    Case("default, open to others", GOOD, "WC0139", ("chmod 600",), folders=(FOLDER,),
         files=(file("state/key", b"x" * 32, 0o644),)),
    ok("default, good", GOOD, folders=(FOLDER,), files=(file("state/key", b"x" * 32),)),
)

FOLDERS = (
    Case("without a parent", GOOD + vhost(URL, "WeComStateDir @root@/no/where"), "WC0130",
         ("/no/where is not there", "install -d -m 711", "@root@/httpd.conf:")),
    Case("a file", GOOD, "WC0133", ("is not a folder",), files=(file("state", ""),)),
    Case("a link", GOOD, "WC0133", ("symbolic link",), links=(("state", "run"),)),
    Case("a link with a slash", source() + vhost(URL, "WeComStateDir @root@/link/"), "WC0133",
         ("/link is a symbolic link",), links=(("link", "run"),)),
    Case("of somebody else", GOOD, "WC0133", ("belongs to somebody else",),
         folders=(("state", 0o711, SOMEBODY),)),
    Case("open to others", GOOD, "WC0133", ("chmod it to 711",), folders=(("state", 0o713, 0),)),
    Case("open to the group", GOOD, "WC0133", ("chmod it to 711",),
         folders=(("state", 0o731, 0),)),
    Case("run a link", GOOD, "WC0136", ("/run is not a folder of User",), folders=(FOLDER,),
         links=(("state/run", "../run"),)),
    Case("run of somebody else", GOOD, "WC0136", ("take it away",),
         folders=(FOLDER, ("state/run", 0o700, 1))),
)


@pytest.mark.parametrize("case", SECRETS + KEYS + FOLDERS, ids=lambda case: case.name)
def test_secret(paths, book, case):
    if case.needs_root and os.geteuid() != 0:
        pytest.skip("only root can give files away")
    Trial(paths, book, case).judge()
