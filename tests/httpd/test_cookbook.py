# SPDX-License-Identifier: Apache-2.0
"""The configurations of docs/authorization.md, taken out of it, loaded and tried.

A block to be tried has its name in a comment before it. What belongs to a machine (ports, folders,
addresses) is replaced by ours; everything else stands here as it stands there. A CGI script and a
backend that tell what they got stand for the applications; Subversion is the real one.
"""
import base64
import os
import re
import shutil
import subprocess

import pytest

from harness.client import FETCH, WECOM_IOS
from harness.server import run_user, wait_until
from harness.site import ENV_CGI, Source

MARKED = re.compile(r"^<!-- test: ([\w.-]+) -->\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SEES_ALL = Source(app=1)    # of the two apps of the simulator the one that sees the whole corp
NAMES = {1: "Acme", 2: "Research", 3: "Platform", 4: "Marketing", 5: "Finance", 6: "HR"}
PROXY = ("proxy", "proxy_http")
PATIENCE = 60
WORD = "s3cret-word"


def taken_out(text):
    return dict(MARKED.findall(text))


@pytest.fixture(scope="module")
def blocks(paths):
    return taken_out((paths.source / "docs" / "authorization.md").read_text("utf-8"))


@pytest.fixture
def acme(sim):
    """The enterprise of the cookbook."""
    for id, name in NAMES.items():
        sim.department(id, name=name)
    sim.department(7, parentid=6, name="Recruiting")
    return sim


@pytest.fixture
def cook(acme, fresh, blocks):
    """cook("portal", files, modules, {text of the block: ours}): a site with just this block."""

    def make(name, files=(), modules=(), instead=(), sources=(SEES_ALL,), lines=(), start=True):
        text = blocks[name]
        for theirs, ours in dict(instead).items():
            assert theirs in text
            text = text.replace(theirs, ours)
        site = fresh.prepare(sources=sources, places=(), lines=(*lines, text), modules=modules,
                             files=tuple((path, f"<title>{path}</title>\n") if isinstance(path, str)
                                         else path for path in files))
        if start:
            site.start()
        return site

    return make


def judged(site, browser, path, log):
    """The status, as soon as departments and tags are there."""
    log.allow("WC0328")
    wait_until(lambda: browser.get(site.url(path)).status_code != 500, PATIENCE, path)
    return browser.get(site.url(path)).status_code


def by(site, signed_in, userid, source="acme"):
    return signed_in(site, userid, f"/wecom/login?source={source}&return=/open/")


def allow_denials(log):
    log.allow("AH01631", "WC0251", "WC0329")


def sent(answer, name):
    """The values of this header that the backend got."""
    assert answer.status_code == 200, answer.text
    return [value for header, value in answer.json()["headers"] if header.lower() == name.lower()]


# --- the document ---

def test_every_configuration_is_tried(blocks, paths):
    english, chinese = ((paths.source / "docs" / f"authorization{suffix}.md").read_text("utf-8")
                        for suffix in ("", ".zh-CN"))
    tried = (paths.source / "tests" / "httpd" / "test_cookbook.py").read_text("utf-8")
    assert english.count("\n```apache\n") == len([name for name in blocks if name != "svn.authz"])
    assert not [name for name in blocks if f'"{name}"' not in tried]

    def plain(text):
        return {name: re.sub(r"^\s*#.*\n", "", block, flags=re.MULTILINE)
                for name, block in taken_out(text).items()}

    assert plain(chinese) == plain(english)


def test_reference(cook, blocks, tmp_path):
    """The lines of the reference are good where they belong."""
    place = ["<Location \"/reference\">", "AuthType WeCom", "AuthName Reference", "Session On",
             *(blocks[name] for name in ("attributes", "combining", "headers")), "</Location>"]
    site = cook("fields", lines=(*place, blocks["log"]), start=False)
    code, said = site.configtest()
    assert code == 0, said


# --- who may come in ---

PORTAL = {
    # userid: status of /portal, /portal/hr, /portal/hr/salaries, /portal/leaders
    "chenjing": (200, 200, 200, 200),   # leads HR
    "wangfang": (200, 200, 403, 403),   # in Recruiting, below HR
    "zhangwei": (200, 403, 200, 200),   # leads Research, has the tag
    "liuyang": (200, 403, 403, 403),    # has the tag through Marketing, but is an intern
    "LiNa": (200, 403, 403, 200),       # leads Platform
    "zhaolei": (200, 403, 200, 200),    # leads Finance, has the tag
}


def test_portal(cook, acme, signed_in, browsers, log):
    acme.member("wangfang", department=[7])
    acme.member("liuyang", position="Intern")
    paths = ("/portal/", "/portal/hr/", "/portal/hr/salaries/", "/portal/leaders/")
    site = cook("portal", [f"{path[1:]}index.html" for path in paths])
    assert browsers(WECOM_IOS).get(site.url(paths[1])).status_code == 302
    found = {}
    for userid in PORTAL:
        browser = signed_in(site, userid, "/portal/")
        found[userid] = tuple(judged(site, browser, path, log) for path in paths)
    assert found == PORTAL
    allow_denials(log)


def test_several_enterprises(cook, signed_in, log):
    site = cook("several", [("partners/env.cgi", ENV_CGI)],
                sources=(SEES_ALL, Source("partner", corp=1, lines=())))
    (site.docroot / "partners/env.cgi").chmod(0o755)
    for userid, source, status in (("zhangwei", "partner", 200), ("wangfang", "acme", 200),
                                   ("zhangwei", "acme", 403)):
        browser = by(site, signed_in, userid, source)
        assert judged(site, browser, "/partners/env.cgi", log) == status
        if status == 200:
            named = site.environment(browser, "/partners")["REMOTE_USER"]
            assert named == f"{userid}@{source}"
    allow_denials(log)


def test_strangers_pass(cook, signed_in, browsers):
    site = cook("pass", [("news/env.cgi", ENV_CGI)])
    (site.docroot / "news/env.cgi").chmod(0o755)
    assert "REMOTE_USER" not in site.environment(browsers(), "/news")
    assert site.environment(by(site, signed_in, "LiNa"), "/news")["REMOTE_USER"] == "LiNa"


def test_htaccess(cook, blocks, signed_in, browsers, log):
    site = cook("htaccess", ["departments/finance/index.html", "departments/open/index.html"],
                instead={"/srv/www": "@docroot@"}, start=False)
    site.write("departments/finance/.htaccess", blocks["htaccess-finance"])
    site.start()
    assert browsers(WECOM_IOS).get(site.url("/departments/finance/")).status_code == 302
    for userid, status in (("zhaolei", 200), ("chenjing", 200), ("LiNa", 403)):
        browser = by(site, signed_in, userid)
        assert judged(site, browser, "/departments/finance/", log) == status
        assert browser.get(site.url("/departments/open/")).status_code == 403
    allow_denials(log)
    log.allow("AH01630")


# --- applications in this httpd ---

def test_wiki(cook, signed_in, browsers):
    site = cook("wiki", [("wiki/env.cgi", ENV_CGI)])
    (site.docroot / "wiki/env.cgi").chmod(0o755)
    assert browsers(WECOM_IOS).get(site.url("/wiki/env.cgi")).status_code == 302
    env = site.environment(by(site, signed_in, "LiNa"), "/wiki")
    assert (env["REMOTE_USER"], env["WECOM_NAME"]) == ("LiNa", "李娜")


NEXTCLOUD = ("RewriteEngine On\n"
             "RewriteCond %{REQUEST_FILENAME} !-f\n"
             "RewriteRule . index.php [PT,E=PATH_INFO:$1]\n")
PHP = ("AddHandler cgi-script .php", '<Directory "@docroot@/nextcloud">', "    AllowOverride All",
       "</Directory>")


def nextcloud(cook, name):
    site = cook(name, [("nextcloud/index.php", ENV_CGI), ("nextcloud/.htaccess", NEXTCLOUD)],
                modules=("rewrite",), lines=PHP)
    (site.docroot / "nextcloud/index.php").chmod(0o755)
    return site


def test_nextcloud(cook, signed_in, browsers):
    site = nextcloud(cook, "nextcloud")
    login = site.url("/nextcloud/index.php/apps/user_saml/saml/login")
    assert browsers(WECOM_IOS).get(login).status_code == 302
    env = by(site, signed_in, "LiNa").get(login).json()
    assert (env["REMOTE_USER"], env["WECOM_NAME"]) == ("LiNa", "李娜")
    for path in ("/index.php/apps/files", "/remote.php/dav", "/s/abc"):
        answer = browsers().request("GET", site.url("/nextcloud" + path), FETCH)
        assert answer.status_code == 200 and "REMOTE_USER" not in answer.json(), path


def test_nextcloud_with_pretty_addresses(cook, signed_in, browsers):
    site = nextcloud(cook, "nextcloud-pretty")
    login = site.url("/nextcloud/apps/user_saml/saml/login")
    assert browsers(WECOM_IOS).get(login).status_code == 302
    env = by(site, signed_in, "LiNa").get(login).json()
    assert "REMOTE_USER" not in env
    assert (env["REDIRECT_WECOM_USERID"], env["REDIRECT_WECOM_NAME"]) == ("LiNa", "李娜")
    assert "REDIRECT_WECOM_USERID" not in browsers().get(site.url("/nextcloud/apps/files")).json()


# --- applications behind the proxy ---

def test_a_header_of_somebody_else(cook, blocks, backend, signed_in, browsers):
    """Without a user there is no header, not an empty one; what the browser says is never it."""
    place = ('<Location "/remote">', "AuthType WeCom", "AuthName Remote", "Session On",
             "Require all granted", "WeComUnauthenticated pass", blocks["remote-user"],
             "</Location>", f'ProxyPass "/remote" "{backend.url}"')
    site = cook("headers", modules=PROXY, start=False,
                instead={"WeComPassHeaders": "\n".join(place) + "\nWeComPassHeaders"})
    site.start()
    forged = {"X-Remote-User": "root"}
    answer = browsers().get(site.url("/remote/"), forged)
    assert sent(answer, "X-Remote-User") == [] and sent(answer, "X-WeCom-Userid") == []
    answer = by(site, signed_in, "LiNa").get(site.url("/remote/"), forged)
    assert sent(answer, "X-Remote-User") == ["LiNa"]
    assert sent(answer, "X-WeCom-Name") == ["%E6%9D%8E%E5%A8%9C"]


FORGED = {"X-Forwarded-User": "admin", "X-Forwarded-Groups": "admin", "X-Forwarded-Mail": "a@b.c",
          "X-Forwarded-DisplayName": "Admin"}


def test_jenkins(cook, backend, signed_in, browsers, log):
    site = cook("jenkins", modules=PROXY, instead={
        "http://127.0.0.1:8081": backend.url, "192.0.2.0/24": "127.0.0.0/8"})
    path = site.url("/jenkins/job/a%2Fb/")
    assert browsers(WECOM_IOS).get(path).status_code == 302
    browser = by(site, signed_in, "LiNa")
    assert judged(site, browser, "/jenkins/", log) == 200
    answer = browser.get(path, FORGED)
    assert sent(answer, "X-Forwarded-User") == ["LiNa"]
    assert sent(answer, "X-Forwarded-Proto") == ["http"]
    assert answer.json()["path"] == "/jenkins/job/a%2Fb/"
    for name in FORGED:
        assert name == "X-Forwarded-User" or sent(answer, name) == []
    for visitor in (browsers(), browser):
        hook = visitor.request("POST", site.url("/jenkins/github-webhook/"), FORGED, content="x")
        assert sent(hook, "X-Forwarded-User") == [] and hook.json()["body"] == "x"
    assert judged(site, by(site, signed_in, "chenjing"), "/jenkins/", log) == 403
    allow_denials(log)


def test_jenkins_is_hooked_by_address(cook, backend, browsers, log):
    site = cook("jenkins", modules=PROXY, instead={"http://127.0.0.1:8081": backend.url})
    assert browsers().get(site.url("/jenkins/github-webhook/")).status_code == 403
    log.expect("AH01630")


def test_grafana(cook, backend, signed_in, browsers, log):
    site = cook("grafana", modules=PROXY, instead={"http://127.0.0.1:3000": backend.url})
    path = site.url("/grafana/d/abc")
    assert browsers(WECOM_IOS).get(path).status_code == 302
    browser = by(site, signed_in, "LiNa")
    assert judged(site, browser, "/grafana/", log) == 200
    answer = browser.get(path, {"X-WeCom-Userid": "admin", "X_WeCom_Userid": "admin",
                                "Authorization": "Basic YWRtaW46YWRtaW4="})
    assert sent(answer, "X-WeCom-Userid") == ["LiNa"]
    assert sent(answer, "X_WeCom_Userid") == [] and sent(answer, "Authorization") == []
    assert sent(answer, "Host") == [site.authority()] and answer.json()["path"] == "/grafana/d/abc"
    assert judged(site, by(site, signed_in, "chenjing"), "/grafana/", log) == 403
    allow_denials(log)


# --- Subversion ---

SVN = ("dav", "dav_svn", "authz_svn", "auth_basic", "authn_file")
# What mod_authz_svn says about a refusal has no id, and so cannot be announced.
QUIET = ("LogLevel authz_svn:crit",)
TRUNK = "/svn/project/trunk/"


def run(*words, ok=True, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          timeout=PATIENCE, env={**os.environ, "LC_ALL": "C.UTF-8"}, **more)
    assert (done.returncode == 0) == ok, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def make_repository(root):
    """root/svn/project, with hello.txt in its trunk."""
    (root / "svn").mkdir(mode=0o755)
    run("svnadmin", "create", root / "svn/project")
    (root / "seed/trunk").mkdir(parents=True)
    (root / "seed/trunk/hello.txt").write_text("hello\n")
    run("svn", "import", "-q", "-m", "first", root / "seed", f"file://{root}/svn/project")
    user = run_user()
    for path in (root / "svn").rglob("*"):
        if user is not None:
            shutil.chown(path, user)


def write_for_all(file, text):
    file.write_text(text)
    file.chmod(0o644)


@pytest.fixture
def subversion(cook, blocks):
    """subversion("name of the block", {text of the block: ours})"""

    def make(name="subversion", instead=()):
        ours = {"/var/lib/svn": "@root@/svn", **dict(instead)}
        if "/etc/apache2/wecom" in blocks[name]:
            ours["/etc/apache2/wecom"] = "@root@"
        site = cook(name, modules=SVN, lines=QUIET, start=False, instead=ours)
        root = site.httpd.root
        make_repository(root)
        write_for_all(root / "svn.authz", blocks["svn.authz"])
        secret = run("openssl", "passwd", "-apr1", "-stdin", input=WORD).strip()
        write_for_all(root / "svn.passwd", f"LiNa:{secret}\nliuyang:{secret}\n")
        site.start()
        return site

    return make


def svn(userid, *words, ok=True):
    return run("svn", "--non-interactive", "--no-auth-cache", "--username", userid,
               "--password", WORD, *words, ok=ok)


def test_subversion_web_view(subversion, signed_in, browsers, log):
    site = subversion()
    file = site.url(TRUNK + "hello.txt")
    assert browsers(WECOM_IOS).get(file).status_code == 302
    browser = by(site, signed_in, "chenjing")
    assert browser.get(file).text == "hello\n"
    assert "project" in browser.get(site.url("/svn/")).text
    assert browser.request("PROPFIND", file).status_code == 403
    basic = {"Authorization": "Basic " + base64.b64encode(f"LiNa:{WORD}".encode()).decode()}
    assert browsers(WECOM_IOS).get(file, basic).status_code == 302
    log.allow("AH01630")


def test_subversion_client(subversion, signed_in, log):
    """What svn commits bears the name that the web view knows."""
    site = subversion()
    copy = site.httpd.root / "copy"
    client = site.url("/svn-client/project/trunk")
    svn("LiNa", "checkout", "-q", client, copy)
    (copy / "hello.txt").write_text("changed\n")
    svn("liuyang", "commit", "-q", "-m", "not allowed", copy, ok=False)
    svn("LiNa", "commit", "-q", "-m", "second", copy)
    assert "| LiNa |" in svn("liuyang", "log", client)
    answer = by(site, signed_in, "LiNa").get(site.url(TRUNK + "hello.txt"))
    assert answer.text == "changed\n"
    svn("LiNa", "list", site.url("/svn/project/trunk"), ok=False)
    log.allow("AH01630")


def test_subversion_for_a_department(subversion, signed_in, browsers, log):
    site = subversion("subversion-department")
    assert browsers(WECOM_IOS).get(site.url(TRUNK)).status_code == 302
    for userid, status in (("LiNa", 200), ("chenjing", 403)):
        assert judged(site, by(site, signed_in, userid), TRUNK, log) == status
    allow_denials(log)


def test_an_access_file_comes_before_the_rules(subversion, signed_in, log):
    """What the document warns of is still so."""
    site = subversion(instead={"Require valid-user\n        Require method":
                               'Require wecom-user nobody\n        Require method'})
    assert by(site, signed_in, "chenjing").get(site.url(TRUNK)).status_code == 200
