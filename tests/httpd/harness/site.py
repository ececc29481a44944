# SPDX-License-Identifier: Apache-2.0
"""A site behind WeCom: the configuration of a test, its content, and the httpd that serves it.

Each protected place has a page and a CGI script that tells its environment; so has /open, which
is nobody's.

The section of the source and the place are those of README.md; around them stands what the
machine needs. In configuration lines @port@, @root@, @docroot@ and @sim@ are filled in.
"""
import json
import time
from dataclasses import dataclass, field

from . import ports
from .server import Httpd, StartFailed, mpm

MODULES = ("authn_core", "authz_core", "authz_user", "authz_host", "env", "setenvif", "headers",
           "mime", "dir", "alias", "session", "socache_shmcb")

ENV_CGI = """#!/usr/bin/python3 -IS
import json, os, sys
sys.stdin.buffer.read()     # whoever ends with a body unread has the connection reset
print("Content-Type: application/json\\n")
print(json.dumps({os.fsdecode(k): os.fsencode(v).decode("utf-8", "backslashreplace")
                  for k, v in os.environ.items()}))
"""


@dataclass(frozen=True)
class Source:
    """<WeComSource id>. corp and app: their places in the simulator's data file."""
    id: str = "acme"
    corp: int = 0
    app: int = 0
    lines: tuple = ('WeComDisplayName "Acme"',)


@dataclass(frozen=True)
class Place:
    """A protected place with a page and a CGI script, in httpd.conf or in .htaccess."""
    path: str = "/intranet"
    require: tuple = ("valid-user",)
    lines: tuple = ()
    via: str = "conf"   # conf, htaccess

    @property
    def folder(self):
        return self.path.strip("/")


def rules(name, *lines, via="conf"):
    """A place with just these lines in it."""
    return Place(f"/{name}", require=(), lines=lines, via=via)


@dataclass(frozen=True)
class Vhost:
    """A second site in the same httpd, on a port of its own. Its name is for Site.url()."""
    name: str
    sources: tuple = ()
    places: tuple = ()
    lines: tuple = ()


@dataclass(frozen=True)
class Spec:
    """All that makes two sites equal; equal ones can share a server."""
    sources: tuple = (Source(),)
    places: tuple = (Place(),)
    lines: tuple = ()           # server configuration
    vhosts: tuple = ()
    modules: tuple = ()         # besides MODULES
    cgi: bool = True
    tls: bool = False
    base_urls: bool = True      # point the server to the simulator
    starts: int = 2             # children at start
    threads: int = 16           # in each of at most four children, or as many as it starts with
    announced: tuple = ()       # ids that may be loud while it starts
    files: tuple = field(default=())    # (path below docroot, text)


class Site:
    def __init__(self, paths, book, sim, spec, certificate=None):
        self.spec = spec
        self.sim = sim
        self.httpd = Httpd(paths, book, "site", spec.starts, spec.threads)
        self.certificate = certificate
        self.docroot = self.httpd.root / "htdocs"
        self.ports = {}     # "" is the main server
        self._write_content()

    # --- content ---

    def write(self, path, text, mode=0o644):
        """A file below the document root."""
        file = self.docroot / path.lstrip("/")
        for folder in reversed([file.parent, *file.parent.parents]):
            if not folder.exists():
                folder.mkdir()
                folder.chmod(0o755)
        file.write_text(text, "utf-8")
        file.chmod(mode)

    def _write_content(self):
        self.write("index.html", "<title>root</title>\n")
        self.write("open/index.html", "<title>/open</title>\n")
        self.write("open/env.cgi", ENV_CGI, 0o755)
        for place in self._all_places():
            self.write(f"{place.folder}/index.html", f"<title>{place.path}</title>\n")
            self.write(f"{place.folder}/env.cgi", ENV_CGI, 0o755)
            if place.via == "htaccess":
                self.write(f"{place.folder}/.htaccess", place_lines(place, ""))
        for path, text in self.spec.files:
            self.write(path, text)

    def _all_places(self):
        return self.spec.places + tuple(p for v in self.spec.vhosts for p in v.places)

    # --- configuration ---

    def _secret_file(self, source):
        app = self.sim.app(source.corp, source.app)
        file = self.httpd.root / f"{app.corpid}-{app.agentid}.secret"
        if not file.exists():
            file.touch(0o600)
            file.write_text(app.secret + "\n")
        return file

    def source_section(self, source):
        app = self.sim.app(source.corp, source.app)
        lines = [line for line in source.lines if line.startswith("WeComDisplayName")]
        lines += [f"WeComCorpID      {app.corpid}", f"WeComAgentID     {app.agentid}"]
        if not any(line.startswith("WeComSecret") for line in source.lines):
            lines.append(f"WeComSecret      file:{self._secret_file(source)}")
        lines += [line for line in source.lines if not line.startswith("WeComDisplayName")]
        return "\n".join([f"<WeComSource {source.id}>", *("    " + line for line in lines),
                          "</WeComSource>"]) + "\n"

    def _server_lines(self, port, sources, places, lines):
        scheme = "https://" if self.spec.tls else ""
        out = [f"ServerName {scheme}{self._host()}:{port}", f'DocumentRoot "{self.docroot}"']
        if self.spec.tls:
            out += ["SSLEngine On", f'SSLCertificateFile "{self.certificate.cert}"',
                    f'SSLCertificateKeyFile "{self.certificate.key}"']
        out += [self.source_section(source) for source in sources]
        out += lines
        out += [f'<Location "{place.path}">\n{place_lines(place)}</Location>\n'
                for place in places if place.via == "conf"]
        return out

    @property
    def speaks_http2(self):
        return self.spec.tls and mpm() != "prefork"     # mod_http2 does not work there

    def config_text(self):
        spec = self.spec
        modules = list(MODULES + spec.modules)
        cgi = spec.cgi and ("cgi" if mpm() == "prefork" else "cgid")
        modules += [cgi] if cgi else []
        if spec.tls:
            modules.append("ssl")
        if self.speaks_http2:
            modules.append("http2")
        out = [self.httpd.load_module(name) for name in modules]
        out += [self.httpd.load_module("auth_wecom", self.httpd.paths.module),
                "LogLevel info auth_wecom:trace8"]
        out += [f"Listen 127.0.0.1:{port}" for port in self.ports.values()]
        out += ["KeepAliveTimeout 30", 'TypesConfig "/dev/null"', "AddType text/html .html",
                "AddType image/png .png"]
        if cgi == "cgid":
            out.append(f'ScriptSock "{self.httpd.root}/run/cgid"')
        if spec.tls:
            out.append(f'SSLSessionCache "shmcb:{self.httpd.root}/run/ssl(512000)"')
        if self.speaks_http2:
            out.append("Protocols h2 http/1.1")
        out.append(f'WeComStateDir "{self.httpd.root}/state"')
        if spec.base_urls:
            out += [f"WeComBaseURL api       {self.sim.api}",
                    f"WeComBaseURL authorize {self.sim.pages}",
                    f"WeComBaseURL login     {self.sim.pages}"]
        out.append(f'<Directory "{self.docroot}">\n    Require all granted\n'
                   "    AllowOverride AuthConfig\n    Options +ExecCGI\n"
                   "    AddHandler cgi-script .cgi\n    DirectoryIndex index.html\n</Directory>")
        out += self._server_lines(self.ports[""], spec.sources, spec.places, spec.lines)
        for vhost in spec.vhosts:
            port = self.ports[vhost.name]
            out.append(f"<VirtualHost 127.0.0.1:{port}>")
            out += self._server_lines(port, vhost.sources, vhost.places, vhost.lines)
            out.append("</VirtualHost>")
        return self._fill("\n".join(out) + "\n")

    def _fill(self, text):
        values = {"root": self.httpd.root, "docroot": self.docroot, "sim": self.sim.api,
                  "port": self.ports[""], **{f"port:{n}": p for n, p in self.ports.items() if n}}
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def write_config(self):
        """Take ports where it has none, and write httpd.conf. For configtest without a start."""
        if not self.ports:
            names = ["", *(vhost.name for vhost in self.spec.vhosts)]
            self.ports = {name: ports.free_port() for name in names}
        self.httpd.write_config(self.config_text())

    # --- the process ---

    def start(self):
        for attempt in range(5):
            self.ports = {}
            self.write_config()
            try:
                self.httpd.start(self.spec.announced)
                break
            except StartFailed as failure:
                if attempt == 4 or not self.httpd.start_failed_by_clash(failure):
                    raise
        self.sim.trust(*(f"{host}:{port}" for port in self.ports.values()
                         for host in ("127.0.0.1", "localhost")))

    def configtest(self, *arguments):
        self.write_config()
        return self.httpd.configtest(*arguments)

    def stop(self):
        try:
            self.httpd.stop()
        finally:
            self.httpd.remove()

    def start_again(self):
        """A full stop, with which all shared memory goes, and a start on the same ports."""
        self.httpd.stop()
        for attempt in range(5):
            try:
                self.httpd.start()
                return
            except StartFailed as failure:
                if attempt == 4 or not self.httpd.start_failed_by_clash(failure):
                    raise
                time.sleep(1)   # somebody's outgoing connection has the port for the moment

    # --- addresses ---

    def _host(self):
        return "localhost" if self.spec.tls else "127.0.0.1"

    def authority(self, vhost=""):
        return f"{self._host()}:{self.ports[vhost]}"

    def url(self, path="/", vhost=""):
        """Under the public name."""
        return f"{'https' if self.spec.tls else 'http'}://{self.authority(vhost)}{path}"

    def alias_url(self, path="/", vhost=""):
        """The same server under another name."""
        host = "127.0.0.1" if self.spec.tls else "localhost"
        return f"{'https' if self.spec.tls else 'http'}://{host}:{self.ports[vhost]}{path}"

    def environment(self, browser, place="/intranet"):
        """What a CGI script at this place sees: {name: value}."""
        answer = browser.get(self.url(f"{place}/env.cgi"))
        assert answer.status_code == 200, f"{answer.status_code}: {answer.text}"
        return json.loads(answer.text)


def place_lines(place, indent="    "):
    lines = ["AuthType WeCom", f'AuthName "{place.path.strip("/").capitalize() or "Root"}"',
             "Session  On"]
    lines += [f"Require  {rule}" for rule in place.require]
    lines += place.lines
    return "".join(f"{indent}{line}\n" for line in lines)
