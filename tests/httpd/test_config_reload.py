# SPDX-License-Identifier: Apache-2.0
"""What a real server makes of its configuration: state folder, reloads, .htaccess."""
import os
import pwd
import stat
import subprocess

import pytest

from harness.server import run_user, wait_until
from harness.site import Source

BROKEN = "WeComSources nosuch\n"


def owner():
    """Of the children: User where we are root, else ourselves."""
    return pwd.getpwnam(run_user()).pw_uid if run_user() else os.geteuid()


def look(path):
    """(mode, owner)"""
    info = path.lstat()
    return stat.S_IMODE(info.st_mode), info.st_uid


def signal_server(site, what):
    """httpd -k: (exit status, what it said)."""
    done = subprocess.run([site.httpd.paths.httpd, "-f", str(site.httpd.config), "-k", what],
                          env=site.httpd.environment(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


# --- the state folder ---

def test_state_folder_is_made_once(fresh):
    site = fresh()
    state = site.httpd.root / "state"
    assert look(state) == (0o711, os.geteuid())
    assert look(state / "run") == (0o700, owner())
    assert look(state / "key") == (0o600, os.geteuid())
    assert look(state / "wecomctl.json") == (0o644, os.geteuid())
    assert sorted(os.listdir(state)) == ["key", "run", "wecomctl.json"]
    key = (state / "key").read_bytes()
    assert len(key) == 32 and len(set(key)) > 8
    site.httpd.graceful()
    site.httpd.reload()
    assert (state / "key").read_bytes() == key


def test_state_folder_made_by_hand(fresh):
    """Too close a mode would keep the children out; what root has made is given away."""
    site = fresh.prepare()
    state = site.httpd.root / "state"
    (state / "run").mkdir(parents=True)
    state.chmod(0o700)
    (state / "run").chmod(0o755)
    site.start()
    assert look(state) == (0o711, os.geteuid())
    assert look(state / "run") == (0o700, owner())


def test_two_servers_have_two_keys(fresh):
    one, other = fresh(), fresh(starts=3)
    keys = [(site.httpd.root / "state" / "key").read_bytes() for site in (one, other)]
    assert keys[0] != keys[1]


# --- reloads ---

def test_a_broken_configuration_does_not_end_the_server(fresh, browsers):
    site = fresh()
    good = site.httpd.config.read_text()
    site.httpd.config.write_text(good + BROKEN)
    status, said = site.httpd.configtest()
    assert status == 1 and "WC0108" in said and "httpd.conf:" in said
    status, said = signal_server(site, "graceful")
    assert status == 1 and "WC0108" in said
    assert site.httpd.is_running()
    assert browsers().get(site.url("/open/")).status_code == 200
    site.httpd.config.write_text(good)
    ready = site.httpd.count_ready()
    assert signal_server(site, "graceful")[0] == 0
    assert site.httpd.is_running() and site.httpd.count_ready() >= ready


def test_a_command_is_run_once_a_generation(fresh, sim):
    site = fresh.prepare(sources=(Source(lines=(
        'WeComSecret "exec:/bin/sh @root@/secret.sh"',)),))
    runs = site.httpd.root / "runs"
    (site.httpd.root / "secret.sh").write_text(
        f"echo run >> {runs}\necho {sim.app(0, 0).secret}\n")
    site.start()
    assert runs.read_text().count("run") == 1
    site.httpd.graceful()
    assert runs.read_text().count("run") == 2
    site.httpd.reload()
    assert runs.read_text().count("run") == 3


def test_a_start_with_a_fault_ends_with_its_sentence(fresh, log):
    site = fresh.prepare(lines=("WeComSessionIdleTimeout 13h",))
    with pytest.raises(Exception, match="WC0113"):
        site.start()
    log.allow("WC0113", "AH00014")


def test_the_parent_ends_well(fresh):
    """What outlives a generation must not call into modules that are unloaded by then."""
    site = fresh()
    site.httpd.graceful()
    site.httpd.stop()
    assert site.httpd.process.returncode == 0


# --- next door ---

def test_other_kinds_of_auth_go_on(fresh, browsers):
    """AuthType belongs to httpd; we only listen."""
    basic = ('AuthType Basic\nAuthName "x"\nAuthBasicProvider file\n'
             'AuthUserFile "@root@/passwords"\nRequire valid-user\n')
    site = fresh.prepare(modules=("auth_basic", "authn_file"),
                         lines=('<Location "/open">\n' + basic + "</Location>",))
    (site.httpd.root / "passwords").write_text("staff:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n")
    site.write("basic/.htaccess", basic.replace("@root@", str(site.httpd.root)))
    site.write("basic/index.html", "basic")
    site.start()
    browser = browsers()
    good = {"Authorization": "Basic c3RhZmY6cGFzc3dvcmQ="}      # staff:password
    for path in ("/open/", "/basic/"):
        assert browser.get(site.url(path)).status_code == 401
        assert browser.get(site.url(path), good).status_code == 200


# --- .htaccess ---

WRONG = {
    "sources": ("AuthType WeCom\nWeComSources nosuch\n",
                "WeComSources: this server has no <WeComSource nosuch>", "(line 2)"),
    "user": ("WeComUser staff\n", "WeComUser: everybody would be the same user", "(line 1)"),
    "twice": ("WeComSources acme\nWeComSources acme\n", "WeComSources stands twice", "(line 2)"),
}
# httpd refuses these itself, in a line without an id.
NEVER = {
    "corp": "WeComCorpID ww1\n",
    "secret": "WeComSecret file:/etc/passwd\n",
    "key": "WeComCryptoKey file:/etc/passwd\n",
    "url": "WeComBaseURL api https://x.example.com\n",
    "ca": "WeComCAFile /etc/passwd\n",
    "folder": "WeComStateDir /tmp\n",
    "refresh": "WeComRefresh 1s\n",
    "section": "<WeComSource x>\n</WeComSource>\n",
}


@pytest.fixture
def wrong_site(sites):
    files = [(f"{name}/.htaccess", value[0]) for name, value in WRONG.items()]
    files += [(f"{name}/.htaccess", text) for name, text in NEVER.items()]
    return sites(files=tuple(files))


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_htaccess_is_a_500_with_its_sentence(wrong_site, browsers, log, name):
    assert browsers().get(wrong_site.url(f"/{name}/")).status_code == 500
    for text in WRONG[name][1:]:
        log.expect("WC0142", text)


@pytest.mark.parametrize("name", NEVER)
def test_htaccess_never_carries_what_is_the_servers(wrong_site, browsers, book, name):
    assert browsers().get(wrong_site.url(f"/{name}/")).status_code == 500
    lines = []
    wait_until(lambda: lines.extend(book.read()) or lines, 5, "httpd's refusal in the log")
    assert [line for line in lines if line.text.endswith(
        f"/{name}/.htaccess: {NEVER[name].split()[0]} not allowed here")], lines


def test_htaccess_where_no_source_is(fresh, browsers, log):
    site = fresh(sources=(), places=(), files=(("x/.htaccess", "AuthType WeCom\n"),))
    assert browsers().get(site.url("/x/")).status_code == 500
    log.expect("WC0142", "this server has no <WeComSource>")
