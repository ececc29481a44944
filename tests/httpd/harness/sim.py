# SPDX-License-Identifier: Apache-2.0
"""WeCom in a box, in an httpd of its own, and its levers (sim/README.md).

The contact data is that of sim/wecom.json. The trusted domains of its apps are the sites of the
tests: each makes itself known with trust(), and the data is read again.
"""
import copy
import json
from dataclasses import dataclass

import httpx

from . import ports
from .server import Httpd, StartFailed, mpm


# By which the scripts of WeCom find it.
SCRIPT = "/node/open/js/wecom-jssdk-2.3.3.js"
NAMES = ("login.work.weixin.qq.com", "open.work.weixin.qq.com", "open.weixin.qq.com",
         "qyapi.weixin.qq.com", "wwcdn.weixin.qq.com")


@dataclass(frozen=True)
class App:
    """One app of the data file, named by its place there."""
    corp: int
    number: int
    corpid: str
    agentid: int
    secret: str


class Sim:
    def __init__(self, paths, book, certificate=None, script=None):
        """certificate: for NAMES; then it also listens with TLS. script: a file with WeCom's own
        script, which is then where the login page looks for it."""
        self.certificate = certificate
        self.script = script
        self.tls_port = 0
        self.data = json.loads((paths.source / "sim" / "wecom.json").read_text("utf-8"))
        # With prefork each kept connection (of browsers, and of the sites' libcurl) has a process.
        self.httpd = Httpd(paths, book, "sim", threads=64 if mpm() == "prefork" else 16)
        self.book = book
        self.file = self.httpd.root / "wecom.json"
        self.port = 0
        self._trusted = []
        self._touched = False
        self._control = None
        for corp in self.data["corps"]:
            for app in corp["apps"]:
                book.remember_secret(app["secret"])

    def app(self, corp=0, number=0):
        entry = self.data["corps"][corp]["apps"][number]
        return App(corp, number, self.data["corps"][corp]["corpid"], entry["agentid"],
                   entry["secret"])

    # --- the process ---

    @property
    def api(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pages(self):
        """Another host than that of the sites: cookies ignore ports."""
        return f"http://localhost:{self.port}"

    def write_data(self):
        data = copy.deepcopy(self.data)
        for corp in data["corps"]:
            for app in corp["apps"]:
                app["domains"] = app.get("domains", []) + self._trusted
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        new.chmod(0o644)
        new.rename(self.file)

    def start(self):
        self.write_data()
        for attempt in range(5):
            self.port = ports.free_port()
            self.httpd.write_config("\n".join([
                self.httpd.load_module("authz_core"),
                self.httpd.load_module("wecom_sim", self.httpd.paths.sim_module),
                f"ServerName localhost:{self.port}",
                f"Listen 127.0.0.1:{self.port}",
                "KeepAliveTimeout 30",
                f'WeComSimData "{self.file}"',
                "WeComSim On", *self._tls_lines(), ""]))
            try:
                self.httpd.start()
                break
            except StartFailed as failure:
                if attempt == 4 or not self.httpd.start_failed_by_clash(failure):
                    raise
        self._control = httpx.Client(base_url=self.api, trust_env=False, timeout=30)

    def _tls_lines(self):
        if self.certificate is None:
            return []
        self.tls_port = ports.free_port()
        return [self.httpd.load_module("socache_shmcb"), self.httpd.load_module("ssl"),
                f'SSLSessionCache "shmcb:{self.httpd.root}/run/ssl(512000)"',
                f"Listen 127.0.0.1:{self.tls_port}", f"<VirtualHost 127.0.0.1:{self.tls_port}>",
                f"ServerName {NAMES[0]}", "ServerAlias " + " ".join(NAMES[1:]), "SSLEngine On",
                f'SSLCertificateFile "{self.certificate.cert}"',
                f'SSLCertificateKeyFile "{self.certificate.key}"', "WeComSim On",
                *self._script_lines(),
                "</VirtualHost>"]

    def _script_lines(self):
        if self.script is None:
            return []
        copy = self.httpd.root / "jssdk.js"     # where every child may read
        copy.write_bytes(self.script.read_bytes())
        copy.chmod(0o644)
        return [self.httpd.load_module("alias"),
                f'Alias "{SCRIPT}" "{copy}"',
                f'<Location "{SCRIPT}">', "    ForceType text/javascript", "    WeComSim Off",
                "    Require all granted", "</Location>"]

    def stop(self):
        if self._control:
            self._control.close()
        try:
            self.httpd.stop()
        finally:
            self.httpd.remove()

    # --- levers ---

    def command(self, lever, /, **values):
        answer = self._control.post("/sim/" + lever, data=values)
        assert answer.status_code == 200, f"/sim/{lever} {values}: {answer.text}"

    def trust(self, *domains):
        """Make host:port a trusted domain of every app."""
        self._trusted += domains
        self.write_data()
        self.command("reload")

    def counts(self):
        return self._control.get("/sim/counts").json()

    def calls(self):
        """The API calls since the last reset: {"gettoken": 1, "auth/getuserinfo": 2}."""
        return {path[len("/cgi-bin/"):]: count for path, count in self.counts().items()
                if path.startswith("/cgi-bin/")}

    def reset_counts(self):
        self.command("counts/reset")

    def fault(self, path, kind, code=0, times=0, skip=0, **more):
        self.command("fault", path=path, kind=kind, code=code, times=times, skip=skip, **more)

    def clear_faults(self):
        self.command("fault/clear")

    def invalidate_tokens(self):
        """Every token answers 40014 from now on."""
        self.note_tokens()
        self.command("token/invalidate")

    def expire_tokens(self):
        """Every token answers 42001 from now on."""
        self.note_tokens()
        self.command("token/expire")

    def token_seconds(self, seconds):
        self.note_tokens()
        self._touched = True
        self.command("token/expires_in", seconds=seconds)

    def _enterprise(self, lever, corp, values):
        """Lists become "a,b"; what is None stays away."""
        self._touched = True
        self.command(lever, corp=self.data["corps"][corp]["corpid"], **{
            name: ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
            for name, value in values.items() if value is not None})

    def member(self, userid, extattr=None, corp=0, **changes):
        """Change a member: status, deleted, visible, department (a list), main_department, leads
        (those of the list that he leads), name, position, alias, mobile, email, biz_mail,
        telephone. extattr: {name: text}, all of them."""
        if extattr is not None:
            changes["extattr"] = json.dumps({"attrs": [
                {"type": 0, "name": name, "text": {"value": value}}
                for name, value in extattr.items()]}, ensure_ascii=False)
        self._enterprise("member", corp, {"userid": userid, **changes})

    def remove_member(self, userid, corp=0):
        self.member(userid, corp=corp, deleted=1)

    def department(self, id, corp=0, **changes):
        """Add a department, or change one: parentid, name, leaders (userids). removed=1: it goes,
        and its children are orphans. again=1: one more entry with this id. unnamed=1: no name."""
        self._enterprise("department", corp, {"id": id, **changes})

    def tag(self, tagid, corp=0, **changes):
        """Add a tag, or change one: tagname, users, departments (lists). removed=1: it goes.
        forbidden=1: the app may not read it (60011)."""
        self._enterprise("tag", corp, {"tagid": tagid, **changes})

    def withhold_names(self, app=None, how="omit"):
        """An app without the grant for names (how: "omit", "userid"; "given" gives them back)."""
        app = app or self.app()
        self._enterprise("app", app.corp, {"agentid": app.agentid, "names": how})

    def show_everybody(self, app=None):
        """The app's visible range is the whole corp."""
        app = app or self.app()
        self._enterprise("app", app.corp, {"agentid": app.agentid, "all_visible": 1})

    def refuse_departments(self):
        """department/list may not be called; department/simplelist may."""
        self.fault("/cgi-bin/department/list", "errcode", code=48002)

    def grow(self, departments=0, levels=14, below=1, members=0, tagid=None, corp=0):
        """So many departments, so many levels of them below one that is there, and so many
        members in them, in turn; made by a rule, nothing is stored. Department n (from 1) has the
        id 100000 + n and the name "部门n", member n the userid crowd%06d. tagid: all have it."""
        self._enterprise("grow", corp, {"departments": departments, "levels": levels,
                                        "below": below, "members": members, "tagid": tagid})

    def skew(self, seconds):
        self._touched = True
        self.command("time", skew=seconds)

    def forget(self):
        """Codes, tokens, pages, consents: everything but the data."""
        self._touched = False
        self.note_tokens()
        self.command("reset")

    def tidy(self):
        """Before each test. Tokens are left alone where nothing was changed, so that a site that
        was warm stays warm."""
        if self._touched:
            self.forget()
        else:
            self.clear_faults()
            self.reset_counts()

    def note_tokens(self):
        """Let the log book know the tokens of this moment. It counts, so do it at the end."""
        if not self.calls():
            return
        self.clear_faults()
        for corp in self.data["corps"]:
            for app in corp["apps"]:
                answer = self._control.get("/cgi-bin/gettoken", params={
                    "corpid": corp["corpid"], "corpsecret": app["secret"]}).json()
                self.book.remember_secret(answer.get("access_token"))
