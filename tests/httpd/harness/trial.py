# SPDX-License-Identifier: Apache-2.0
"""A configuration on trial: what `httpd -t` says about it, without any server.

A Case is one configuration and what must come of it. In its lines @root@ is the server's folder
and @port@ the port it listens on. A case that names no id and is not ok must be refused by a
directive itself: then httpd writes file and line in front of the sentence.
"""
import os
import subprocess
from dataclasses import dataclass, field

from . import ports
from .server import Httpd

MODULES = ("authn_core", "authz_core", "authz_user", "authz_host", "session", "socache_shmcb",
           "alias", "mime")
NAME = "ServerName intranet.example.com"
SYNTAX = "AH00526"      # Syntax error on line N of FILE
DUMP = ("-D", "DUMP_WECOM")


def source(id="acme", *lines, corp="ww1234567890abcdef", agent="1000002",
           secret="file:@root@/secret"):
    """A section; None leaves a directive out."""
    written = [("WeComCorpID", corp), ("WeComAgentID", agent), ("WeComSecret", secret)]
    out = [f"<WeComSource {id}>"]
    out += [f"    {name} {value}" for name, value in written if value is not None]
    out += [f"    {line}" for line in lines]
    return "\n".join(out + ["</WeComSource>"]) + "\n"


def place(*lines, type="WeCom", path="/intranet"):
    out = [f'<Location "{path}">', f"    AuthType {type}", '    AuthName "Intranet"',
           "    Require valid-user"]
    return "\n".join(out + [f"    {line}" for line in lines] + ["</Location>"]) + "\n"


def vhost(*lines, at="*:@port@"):
    return "\n".join([f"<VirtualHost {at}>", *lines, "</VirtualHost>"]) + "\n"


GOOD = source()


@dataclass(frozen=True)
class Case:
    name: str
    config: str
    id: str = None          # of a log line that must be there
    says: tuple = ()        # must be in standard error
    silent: tuple = ()      # must be nowhere
    ok: bool = False        # -t ends with 0
    shows: tuple = ()       # must be in standard output
    hides: tuple = ()       # must not be there
    counts: tuple = ()      # (text, how often in both outputs together)
    arguments: tuple = ()
    without: tuple = ()     # modules that are not loaded; "name": no ServerName at the server
    modules: tuple = ()     # besides MODULES
    files: tuple = ()       # (path, content or None for a pipe, mode, owner)
    folders: tuple = ()     # (path, mode, owner)
    links: tuple = ()       # (path, target)
    env: tuple = ()
    makes: bool = field(default=False)  # a command of the configuration writes a file

    @property
    def needs_root(self):
        return any(made[-1] for made in self.files + self.folders)


def ok(name, config, **more):
    return Case(name, config, ok=True, **more)


def dump(name, config, *shows, **more):
    return Case(name, config, ok=True, shows=shows, arguments=DUMP, **more)


def file(path, content, mode=0o600, owner=0):
    return (path, content, mode, owner)


class Trial:
    def __init__(self, paths, book, case):
        self.case = case
        self.port = ports.free_port()
        self.httpd = Httpd(paths, book, "trial")
        self._make(file("secret", "secret-abc\n"))
        for path, mode, owner in case.folders:
            (self.httpd.root / path).mkdir()
            self._belongs(path, mode, owner)
        for made in case.files:
            self._make(made)
        for path, target in case.links:
            (self.httpd.root / path).symlink_to(target)
        self.httpd.config.write_text(self._config(), "utf-8", "surrogateescape")

    def _belongs(self, path, mode, owner):
        (self.httpd.root / path).chmod(mode)
        if owner:
            os.chown(self.httpd.root / path, owner, owner)

    def _make(self, made):
        path, content, mode, owner = made
        if content is None:
            os.mkfifo(self.httpd.root / path)
        elif isinstance(content, bytes):
            (self.httpd.root / path).write_bytes(content)
        else:
            (self.httpd.root / path).write_text(self.fill(content), "utf-8")
        self._belongs(path, mode, owner)

    def fill(self, text):
        return text.replace("@root@", str(self.httpd.root)).replace("@port@", str(self.port))

    def _config(self):
        case = self.case
        lines = [self.httpd.head()]
        lines += [self.httpd.load_module(name) for name in MODULES + case.modules
                  if name not in case.without]
        lines += [self.httpd.load_module("auth_wecom", self.httpd.paths.module),
                  "Listen 127.0.0.1:@port@", 'TypesConfig "/dev/null"', f'DocumentRoot "@root@"',
                  'WeComStateDir "@root@/state"']
        if "name" not in case.without:
            lines.append(NAME)
        return self.fill("\n".join(lines) + "\n" + case.config)

    def _listing(self):
        return sorted((path, sorted(folders), sorted(files))
                      for path, folders, files in os.walk(self.httpd.root)
                      if path != str(self.httpd.root / "reports"))

    def run(self):
        """(exit status, standard output, standard error); and -t has created nothing."""
        before = self._listing()
        done = subprocess.run([self.httpd.paths.httpd, "-t", "-f", str(self.httpd.config),
                               *self.case.arguments],
                              env={**self.httpd.environment(), **dict(self.case.env)},
                              capture_output=True, timeout=60, check=False)
        self.httpd.book.check([])   # sanitizer reports
        assert self.case.makes or self._listing() == before
        return (done.returncode, done.stdout.decode("utf-8", "replace"),
                done.stderr.decode("utf-8", "replace"))

    def _judge(self):
        case = self.case
        status, out, err = self.run()
        both = out + err
        assert status == (0 if case.ok else 1), both
        ids = [word.rstrip(":") for word in err.split() if word.startswith("WC0")]
        if case.id:
            assert case.id in ids, err
        elif case.ok:
            assert not ids, err
        else:
            assert SYNTAX in err and str(self.httpd.config) in err, err
        for text in case.says:
            assert self.fill(text) in err, err
        for text in case.silent:
            assert self.fill(text) not in both, both
        for text in case.shows:
            assert self.fill(text) in out, both
        for text in case.hides:
            assert self.fill(text) not in out, both
        for text, times in case.counts:
            assert both.count(self.fill(text)) == times, both

    def judge(self):
        try:
            self._judge()
        finally:
            self.httpd.remove()
