# SPDX-License-Identifier: Apache-2.0
"""Cookies that no browser could get by itself: aged, of the future, foreign; and kept forms
(tools/seal_cookie.c).

Times are given as seconds before now; below zero they lie in the future.
"""
import os
import subprocess
import time
from dataclasses import dataclass

TOOL = "tests/httpd/tools/seal_cookie"


@dataclass(frozen=True)
class Opened:
    """What a session cookie says."""
    issued: int
    seen: int
    key: int        # the number of the key that opened it
    who: str        # source/userid


def make_key(path):
    """A key file as WeComCryptoKey wants it."""
    path.touch(0o600)
    path.write_bytes(os.urandom(32))
    return path


class Sealer:
    def __init__(self, paths, site, keys=(), url=None):
        """keys: files in place of the key in the site's state folder; url: of another site."""
        self._tool = paths.build / TOOL
        if not self._tool.is_file():
            raise FileNotFoundError(f"{self._tool} is not there: run make in {paths.build}")
        self._keys = keys or (site.httpd.root / "state" / "key",)
        self._url = url or site.url("")
        self._book = site.httpd.book
        self._sim = site.sim

    def _run(self, kind, **values):
        values["key"] = ",".join(str(key) for key in self._keys)
        values.setdefault("url", self._url)
        fields = values.pop("fields", {})
        words = [f"{n}={v}" for n, v in values.items()]
        words += [f"field={n}={v}" for n, v in fields.items()]
        done = subprocess.run([self._tool, kind, *words],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        out = done.stdout.split()
        if kind != "open":
            self._book.remember_secret(out[1])
        return out

    @staticmethod
    def _times(ago):
        now = int(time.time())
        return {name: now - seconds for name, seconds in ago.items() if seconds is not None}

    def ticket(self, issued=None, seen=None, app=(0, 0), **values):
        """(name, value) of a session cookie; issued and seen: so many seconds ago. app: its corp
        and its place there, in the simulator's data. departments: "2*,3" (a star: leads it)."""
        if seen is None:
            seen = issued
        app = self._sim.app(*app)
        values = {"api": self._sim.api, "corp": app.corpid, "agent": app.agentid, **values}
        return tuple(self._run("ticket", **self._times({"issued": issued, "seen": seen}),
                               **values))

    def pending(self, issued=0, **values):
        """(name, value, state) of a login that began so many seconds ago."""
        return tuple(self._run("pending", **self._times({"issued": issued}), **values))

    def form(self, issued=0, **values):
        """(state, box) of a form that was kept so many seconds ago."""
        return tuple(self._run("form", **self._times({"issued": issued}), **values))

    def open(self, value):
        issued, seen, key, who = self._run("open", value=value)
        return Opened(int(issued), int(seen), int(key), who)
