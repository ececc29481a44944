# SPDX-License-Identifier: Apache-2.0
"""An httpd with virtual hosts by name, each with or without TLS, behind or without our module.

Everything below test.example is this machine once point_here() has been called; so browsers send
true names in addresses, Host, SNI and cookies.
"""
import socket
from dataclasses import dataclass

from . import ports
from .server import StartFailed, mpm
from .site import MODULES, Site, Spec, place_lines

HERE = ".test.example"


def point_here(monkeypatch):
    """Let all names below test.example be the loopback, for the rest of the test."""
    ask = socket.getaddrinfo

    def resolve(host, *arguments, **more):
        name = host.decode() if isinstance(host, bytes) else host
        return ask("127.0.0.1" if name and name.endswith(HERE) else host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@dataclass(frozen=True)
class Host:
    """A virtual host. Those with one `port` (a name for it) share it and are told apart by name.

    In lines @port:NAME@ is a port, besides @root@ and @docroot@."""
    name: str
    port: str = "http"
    tls: bool = False
    server_name: str = ""   # ServerName; the name with its port when it is empty
    sources: tuple = ()
    places: tuple = ()
    lines: tuple = ()


@dataclass(frozen=True)
class NamedSpec(Spec):
    sources: tuple = ()     # of the server itself
    places: tuple = ()
    hosts: tuple = ()
    wecom: bool = True      # False: a proxy in front that knows nothing about us


class NamedSite(Site):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.also = {}      # more to fill in

    def _all_places(self):
        return tuple(place for host in self.spec.hosts for place in host.places)

    def _host_lines(self, host):
        port = self.ports[host.port]
        out = [f"<VirtualHost 127.0.0.1:{port}>",
               f"ServerName {host.server_name or f'{host.name}:{port}'}"]
        if host.server_name:
            out.append(f"ServerAlias {host.name}")
        out.append(f'DocumentRoot "{self.docroot}"')
        if host.tls:
            out += ["SSLEngine On", f'SSLCertificateFile "{self.certificate.cert}"',
                    f'SSLCertificateKeyFile "{self.certificate.key}"']
        out += [self.source_section(source) for source in host.sources]
        out += host.lines
        out += [f'<Location "{place.path}">\n{place_lines(place)}</Location>'
                for place in host.places]
        return out + ["</VirtualHost>"]

    def config_text(self):
        spec = self.spec
        cgi = "cgi" if mpm() == "prefork" else "cgid"
        tls = any(host.tls for host in spec.hosts)
        modules = [*MODULES, *spec.modules, cgi, *(["ssl"] if tls else [])]
        out = [self.httpd.load_module(name) for name in modules]
        if tls:
            out.append(f'SSLSessionCache "shmcb:{self.httpd.root}/run/ssl(512000)"')
        if cgi == "cgid":
            out.append(f'ScriptSock "{self.httpd.root}/run/cgid"')
        if spec.wecom:
            out += [self.httpd.load_module("auth_wecom", self.httpd.paths.module),
                    "LogLevel info auth_wecom:trace8",
                    f'WeComStateDir "{self.httpd.root}/state"',
                    f"WeComBaseURL api       {self.sim.api}",
                    f"WeComBaseURL authorize {self.sim.pages}",
                    f"WeComBaseURL login     {self.sim.pages}"]
        out += [f"Listen 127.0.0.1:{port}" for port in self.ports.values()]
        out += ["ServerName main.test.example", "KeepAliveTimeout 30", 'TypesConfig "/dev/null"',
                "AddType text/html .html", f'<Directory "{self.docroot}">',
                "Require all granted", "AllowOverride AuthConfig", "Options +ExecCGI",
                "AddHandler cgi-script .cgi", "DirectoryIndex index.html", "</Directory>"]
        out += [self.source_section(source) for source in spec.sources]
        out += spec.lines
        for host in spec.hosts:
            out += self._host_lines(host)
        return self._fill("\n".join(out) + "\n")

    def _fill(self, text):
        for name, value in {**self.also, "root": self.httpd.root, "docroot": self.docroot,
                            **{f"port:{name}": port for name, port in self.ports.items()}}.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def write_config(self):
        if not self.ports:
            names = dict.fromkeys(host.port for host in self.spec.hosts)
            self.ports = {name: ports.free_port() for name in names}
        self.httpd.write_config(self.config_text())

    def start(self):
        super().start()
        self.sim.trust(*(self.authority(host) for host in self.spec.hosts))

    # --- addresses ---

    def authority(self, host, port=None):
        """host: a Host, or a name for the port of the first one."""
        host = self.spec.hosts[0] if host == "" else host
        if isinstance(host, Host):
            return f"{host.name}:{self.ports[port or host.port]}"
        return f"{host}:{self.ports[port or self.spec.hosts[0].port]}"

    def at(self, host, path="/", port=None):
        """The address of this Host."""
        scheme = "https" if any(other.tls for other in self.spec.hosts
                                if other.port == (port or host.port)) else "http"
        return f"{scheme}://{self.authority(host, port)}{path}"

    def url(self, path="/", vhost=""):
        return self.at(vhost or self.spec.hosts[0], path)


def start_behind(front, back):
    """Start two servers that must know each other's ports: @front@ in the lines of the one
    behind, @back@ in those of the one in front."""
    for attempt in range(5):
        front.ports = {}
        front.write_config()
        back.also = {"front": next(iter(front.ports.values()))}
        back.start()
        front.also = {"back": next(iter(back.ports.values()))}
        front.write_config()
        try:
            front.httpd.start(front.spec.announced)
            break
        except StartFailed as failure:
            back.httpd.stop()
            if attempt == 4 or not front.httpd.start_failed_by_clash(failure):
                raise
    front.sim.trust(*(front.authority(host) for host in front.spec.hosts))
