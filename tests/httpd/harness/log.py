# SPDX-License-Identifier: Apache-2.0
"""The error log is part of every assertion.

Every line at warn or above that a test did not announce by its id fails the test, as does a line
without an id, a child that died by a signal, and a line that holds a secret. A test announces
with expect (must occur) and allow (may occur).
"""
import re
import time
from dataclasses import dataclass

LOUD = ("emerg", "alert", "crit", "error", "warn")
# AH00050 to AH00052: a child ended by itself with an error, or by a signal.
CRASHES = ("AH00050", "AH00051", "AH00052")
# AH01243, AH01244: after a graceful restart mod_cgid can bind its socket before the old daemon has
# let go of it, which then takes it away. A test that needs a CGI then fails for itself.
# AH03093: the event MPM takes a connection back for keep-alive while a graceful stop closes its
# pollset; the client opens another.
RACES = ("AH01243", "AH01244", "AH03093")
PATIENCE = 15

_LINE = re.compile(r"\[[^\]]+\] \[(?P<module>[^:\]]*):(?P<level>\w+)\] "
                   r"\[pid (?P<pid>\d+)(?::tid \d+)?\] (?P<text>.*)")
_ID = re.compile(r"\b(WC\d{4}|AH\d{5})(?=: )")
_PID = re.compile(r"child pid (\d+) exit")


@dataclass(frozen=True)
class LogLine:
    server: str
    level: str
    id: str       # "" when there is none
    text: str

    def __str__(self):
        return f"{self.server}: [{self.level}] {self.text}"

    @property
    def is_loud(self):
        return self.level in LOUD


def parse(server, raw):
    """What is not in httpd's format was written by somebody who had to: loud, without level."""
    match = _LINE.match(raw)
    level, text = (match["level"], match["text"]) if match else ("error", raw)
    name = _ID.search(text)
    return LogLine(server, level, name[1] if name else "", text)


class ErrorLog:
    """One file that a server writes; reads each complete line once."""

    def __init__(self, server, path):
        self.server = server
        self.path = path
        self._at = 0

    def read(self):
        if not self.path.exists():
            return []
        with open(self.path, "rb") as file:
            file.seek(self._at)
            data = file.read()
        data = data[:data.rfind(b"\n") + 1]
        self._at += len(data)
        return [parse(self.server, line) for line in data.decode("utf-8", "replace").splitlines()
                if line.strip()]


class LogBook:
    """All error logs of this process, what must not stand in them, and who was killed by us."""

    def __init__(self):
        self._logs = []
        self._secrets = set()
        self._reports = []      # callables: paths of sanitizer reports
        self.killed = set()     # pids

    def add(self, log):
        self._logs.append(log)

    def add_reports(self, find):
        self._reports.append(find)

    def remember_secret(self, value):
        if value and len(value) >= 8:
            self._secrets.add(value)

    def read(self, only=None):
        """New lines of all logs, or of the ErrorLogs `only`."""
        return [line for log in (only or self._logs) for line in log.read()]

    def reports(self):
        """Texts of sanitizer reports; each is given once."""
        texts = []
        for find in self._reports:
            for path in find():
                texts.append(f"{path}:\n{path.read_text(errors='replace')}")
                path.rename(path.with_name("seen-" + path.name))
        return texts

    def faults(self, lines, announced):
        """What is wrong with these lines, as sentences."""
        found = [f"sanitizer report {text}" for text in self.reports()]
        for line in lines:
            died = _PID.search(line.text) if line.id in CRASHES else None
            if line.id in CRASHES and not (died and int(died[1]) in self.killed):
                found.append(f"a child died: {line}")
            elif line.is_loud and line.id not in RACES and not (line.id and line.id in announced):
                found.append(f"not announced: {line}")
            if any(secret in line.text for secret in self._secrets):
                found.append(f"a secret in the log: {line}")
        return found

    def check(self, lines, announced=()):
        found = self.faults(lines, announced)
        assert not found, "error log:\n" + "\n".join(found)


class TestLog:
    """The fixture `log`: what one test says about the lines that its servers write."""

    __test__ = False

    def __init__(self, book):
        self._book = book
        self._expected = []     # (id, text or None)
        self._allowed = set()
        self.lines = []
        self.judged = False

    def expect(self, name, text=None):
        """A line with this id (and this text in it) must have occurred when the test ends."""
        self._expected.append((name, text))

    def allow(self, *names):
        self._allowed.update(names)

    def _fits(self, name, text):
        return [line for line in self.lines
                if line.id == name and (text is None or text in line.text)]

    def find(self, name, text=None):
        """The lines of this id so far."""
        self.lines += self._book.read()
        return self._fits(name, text)

    def wait(self, name, text=None):
        """Wait until there is such a line, announce it and return the first."""
        self.expect(name, text)
        deadline = time.monotonic() + PATIENCE
        while not self.find(name, text):
            assert time.monotonic() < deadline, f"no {name} {text or ''} in the error log"
            time.sleep(0.02)
        return self._fits(name, text)[0]

    def judge(self):
        self.judged = True
        for name, text in list(self._expected):
            self.wait(name, text)
        self.lines += self._book.read()
        announced = self._allowed | {name for name, _ in self._expected}
        self._book.check(self.lines, announced)
