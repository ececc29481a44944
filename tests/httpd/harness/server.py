# SPDX-License-Identifier: Apache-2.0
"""A private httpd: started in the foreground in a folder of its own, watched, and ended.

Httpd knows processes, signals and the head of a configuration (MPM, user, logs). What the server
serves is handed to it as text. "Ready" is what the server says itself in its error log.
"""
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .log import ErrorLog

READY = "resuming normal operations"
START_SECONDS = 60     # an idle machine needs less than one; a loaded one must not fail
STOP_SECONDS = 40
# In the program itself or in a file, as the distribution likes it.
USUAL = ("log_config", "unixd", "watchdog")
CLASH = "AH00072"   # make_sock: could not bind to address
CLOSE_WAIT = "08"   # in /proc/net/tcp: the other side has closed
SLOW = "AH00045"    # a child still did not exit, sending a SIGTERM; AH00046 would be a SIGKILL


class StartFailed(Exception):
    """The server did not come up; `output` is what it said."""

    def __init__(self, output):
        super().__init__(f"httpd did not start:\n{output}")
        self.output = output


def mpm():
    return os.environ.get("WECOM_MPM", "event")


def run_user():
    """The name for User, when we are root; else None."""
    if os.geteuid() != 0:
        return None
    for name in ("www-data", "apache", "nobody"):
        try:
            pwd.getpwnam(name)
            return name
        except KeyError:
            pass
    raise LookupError("no user for httpd's children")


def make_folder(name):
    """Reachable by the children's user, unlike pytest's own temporary folders."""
    folder = Path(tempfile.mkdtemp(prefix=f"wecom-{name}-"))
    folder.chmod(0o755)
    return folder


def wait_until(true, seconds, what):
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} seconds: {what}")
        time.sleep(0.02)


class Httpd:
    def __init__(self, paths, book, name, starts=2, threads=16):
        self.paths = paths
        self.book = book
        self.name = name
        self.starts = starts    # StartServers
        # In each of at most four children, or as many as it starts with; four times that with
        # prefork.
        self.threads = threads
        self.root = make_folder(name)
        self.config = self.root / "httpd.conf"
        self.log = ErrorLog(name, self.root / "error.log")
        self.console = ErrorLog(f"{name} (console)", self.root / "console.log")
        self.process = None
        for folder, mode in (("run", 0o755), ("reports", 0o1777)):
            (self.root / folder).mkdir()
            (self.root / folder).chmod(mode)
        book.add(self.log)
        book.add(self.console)
        book.add_reports(lambda: list((self.root / "reports").glob("report.*")))

    # --- the configuration ---

    def load_module(self, name, path=None):
        path = path or self.paths.modules / f"mod_{name}.so"
        return f'LoadModule {name}_module "{path}"'

    def head(self):
        children = max(4, self.starts)
        most = children * self.threads
        lines = [
            f'ServerRoot "{self.root}"',
            f'DefaultRuntimeDir "{self.root}/run"',
            f'PidFile "{self.root}/run/httpd.pid"',
            f'ErrorLog "{self.log.path}"',
            "LogLevel info",
            self.load_module(f"mpm_{mpm()}"),
        ]
        lines += [self.load_module(name) for name in USUAL
                  if (self.paths.modules / f"mod_{name}.so").exists()]
        if mpm() == "prefork":
            lines += [f"StartServers {max(self.starts, 4)}", "MinSpareServers 4",
                      f"MaxSpareServers {most}", f"ServerLimit {most}"]
        else:
            lines += [f"StartServers {self.starts}", f"ThreadsPerChild {self.threads}",
                      f"ThreadLimit {self.threads}", f"MinSpareThreads {self.threads}",
                      f"MaxSpareThreads {most}", f"ServerLimit {children}"]
        lines.append(f"MaxRequestWorkers {most}")
        if run_user():
            group = pwd.getpwnam(run_user()).pw_gid
            lines += [f"User {run_user()}", f"Group #{group}"]
        return "\n".join(lines) + "\n"

    def write_config(self, text):
        self.config.write_text(self.head() + text)

    # --- the process ---

    def environment(self):
        env = {name: value for name, value in os.environ.items()
               if name in ("PATH", "LANG", "LC_ALL", "HOME", "TZ")}
        if self.paths.asan:
            found = subprocess.run(["gcc", "-print-file-name=libasan.so"], check=True,
                                   capture_output=True, text=True).stdout.strip()
            env["LD_PRELOAD"] = found
            report = f"log_path={self.root}/reports/report"
            env["ASAN_OPTIONS"] = f"detect_leaks=0:abort_on_error=1:{report}"
            env["UBSAN_OPTIONS"] = f"print_stacktrace=1:halt_on_error=1:{report}"
        return env

    def configtest(self, *arguments):
        """(exit code, what it printed) of httpd -t."""
        done = subprocess.run([self.paths.httpd, "-t", "-f", str(self.config), *arguments],
                              env=self.environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, check=False)
        self.book.check([])     # sanitizer reports
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def output(self):
        return "".join(path.read_text(errors="replace")
                       for path in (self.console.path, self.log.path) if path.exists())

    def count_ready(self):
        log = self.log.path
        return log.read_text(errors="replace").count(READY) if log.exists() else 0

    def start(self, announced=()):
        """Start and wait until it is ready. Lines with these ids may be written while starting;
        every other loud one is a failure."""
        ready = self.count_ready()
        with open(self.console.path, "ab") as console:
            self.process = subprocess.Popen(
                [self.paths.httpd, "-f", str(self.config), "-DFOREGROUND"],
                env=self.environment(), stdin=subprocess.DEVNULL, stdout=console, stderr=console,
                start_new_session=True)
        wait_until(lambda: self.count_ready() > ready or self.process.poll() is not None,
                   START_SECONDS, f"{self.name} is ready")
        if self.process.poll() is not None:
            self.process = None
            self.book.read([self.log, self.console])
            raise StartFailed(self.output())
        self.check_own(announced)

    def check_own(self, announced=()):
        self.book.check(self.book.read([self.console, self.log]), announced)

    def start_failed_by_clash(self, failure):
        return CLASH in failure.output

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def settle(self):
        """Wait until the connections that browsers have just closed are closed here too.

        The event MPM closes the sockets of its workers when it is told to stop, and a child dies
        where a worker is through with one in the same moment (close_worker_sockets).
        """
        listening = re.findall(r"^Listen \S*:(\d+)$", self.config.read_text(), re.MULTILINE)
        ends = [f":{int(port):04X}" for port in listening]
        deadline = time.monotonic() + 1
        while (time.monotonic() < deadline
               and any(line.split()[1].endswith(tuple(ends)) and line.split()[3] == CLOSE_WAIT
                       for line in Path("/proc/net/tcp").read_text().splitlines()[1:])):
            time.sleep(0.01)
        time.sleep(0.03)

    def stop(self):
        """End it, and look at what it said on its way out."""
        if not self.is_running():
            return
        self.settle()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill_all()
            raise AssertionError(f"{self.name} did not end in time") from None
        self.check_own((SLOW,))

    def kill_all(self):
        """The last resort: the process group that start() has made."""
        if self.is_running():
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def remove(self):
        self.kill_all()
        if not os.environ.get("WECOM_KEEP"):
            shutil.rmtree(self.root, ignore_errors=True)

    # --- children and generations ---

    def children(self):
        """Pids of the children that serve; the daemon of mod_cgid is none (it has one thread)."""
        pid = self.process.pid
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(word) for word in text.split() if self.serves(int(word))]

    def serves(self, pid):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return False
        return mpm() == "prefork" or "\nThreads:\t1\n" not in status

    def graceful(self):
        """A new generation; returns when it alone serves."""
        ready = self.count_ready()
        old = set(self.children())
        self.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: self.count_ready() > ready or not self.is_running(), START_SECONDS,
                   f"the next generation of {self.name}")
        assert self.is_running(), f"{self.name} ended at a graceful restart:\n{self.output()}"
        wait_until(lambda: not old & set(self.children()), START_SECONDS,
                   f"the children of the last generation of {self.name} end")

    def reload(self):
        """A hard restart (SIGHUP). With mod_cgid the new socket can be lost (AH01244)."""
        ready = self.count_ready()
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.count_ready() > ready or not self.is_running(), START_SECONDS,
                   f"{self.name} is ready again")
        assert self.is_running(), f"{self.name} ended at a restart:\n{self.output()}"

    def kill_child(self, by=signal.SIGKILL):
        """A signal for one serving child; returns its pid when another took its place. httpd
        says nothing about a SIGKILL, and AH00052 about a SIGSEGV."""
        pid = self.children()[0]
        self.book.killed.add(pid)
        os.kill(pid, by)
        wait_until(lambda: pid not in self.children() and self.children(), START_SECONDS,
                   f"a new child of {self.name}")
        return pid
