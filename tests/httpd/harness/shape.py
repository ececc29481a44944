# SPDX-License-Identifier: Apache-2.0
"""Rules about departments and tags, each as it is and turned round, and who reads the data."""
import os
import re
from pathlib import Path

from .seal import Sealer
from .server import wait_until
from .site import Place

TREE = "department/list"
TREE_URL = "/cgi-bin/department/list"
# What a refusal says, and what httpd says about providers that cannot tell.
REFUSALS = ("WC0251", "AH01630", "AH01631")
PATIENCE = 60


def pair(name, rule, via="conf"):
    """The rule at /name, and under `not` at /name-not."""
    return (Place(f"/{name}", require=(rule,), via=via),
            Place(f"/{name}-not", require=(), via=via, lines=(
                "<RequireAll>", "Require valid-user", f"Require not {rule}", "</RequireAll>")))


IN, OUT, UNKNOWN = (200, 403), (403, 200), (500, 500)
MISSING = (403, 500)    # a denial says no more than that; turned round it would let in


def judged(site, browser, name):
    """(status of the rule, status under `not`)"""
    return tuple(browser.get(site.url(f"/{name}{turned}/")).status_code
                 for turned in ("", "-not"))


def until_judged(site, browser, name, wanted):
    """Until the rule is judged so, and by no way that is neither as now nor so."""
    before = judged(site, browser, name)
    seen = []

    def there():
        seen.append(judged(site, browser, name))
        # The tree may be replaced between the two requests.
        assert all(status in pair for status, pair in zip(seen[-1], zip(before, wanted))), seen
        return seen[-1] == wanted
    wait_until(there, PATIENCE, f"{name} is judged as {wanted}: {seen[-3:]}")


def until_read(log, part="WC0420", times=1):
    """Until the departments (WC0424: the tags) have been read so often; the last line."""
    wait_until(lambda: len(log.find(part)) >= times, PATIENCE, f"{times} times {part}")
    return log.find(part)[-1]


def size_in(line):
    """The bytes that WC0420 and WC0424 name."""
    return int(re.search(r"in (\d+) bytes", line.text)[1])


def session(paths, site, browser, departments, userid="LiNa", app=(0, 0)):
    """A browser with a session of a member of these departments ("2*,3": leads the first)."""
    browser.set_cookie(*Sealer(paths, site).ticket(userid=userid, source="acme", app=app,
                                                   departments=departments))
    return browser


def logged(text):
    """As httpd writes it to the error log."""
    return "".join(chr(byte) if byte < 128 else f"\\x{byte:02x}" for byte in text.encode())


def children_connected(httpd, port):
    """The children of a server that hold a connection to this port here."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows
               if row[2].endswith(f":{port:04X}") and row[3] == "01"}

    def holds(pid):
        folder = Path(f"/proc/{pid}/fd")
        return any(os.readlink(folder / fd) in sockets for fd in os.listdir(folder))
    return [pid for pid in httpd.children() if holds(pid)]
