# SPDX-License-Identifier: Apache-2.0
"""Requests inside the server: includes, indexes, rewriting and error pages keep the member, and
none of them opens a place to somebody whom that place does not admit."""
import json
import re

import pytest

from harness.client import FETCH, WECOM_IOS, links
from harness.site import Place, Source

ACME = Source()
HR = Source("hr", app=1, lines=())
SECRET = "only by hr"

# What each page includes, so that one can tell who it was for.
ECHO = '[<!--#echo var="REMOTE_USER" -->|<!--#echo var="WECOM_USERID" -->|' \
       '<!--#echo var="WECOM_NAME" encoding="none" -->]'


def include(address):
    return f'<!--#include virtual="{address}" -->'


FRONT = """RewriteEngine On
RewriteCond %{REQUEST_FILENAME} !-f
RewriteRule ^ env.cgi [L]
"""
FILES = (
    ("intranet/page.shtml", ECHO),
    ("intranet/all.shtml", ECHO + include("env.cgi") + include("/deep/env.cgi")),
    ("intranet/hr.shtml", "before" + include("/hr/secret.html") + "after"),
    ("intranet/own.shtml", "before" + include("/wecom/session") + "after"),
    ("open/members.shtml", ECHO + "before" + include("/intranet/env.cgi") + "after"),
    ("hr/secret.html", SECRET),
    ("front/.htaccess", FRONT),
    ("half/index.html", "for all"),
    ("asks/index.html", "for all"),
    ("second/den.cgi", "refused before it is run"),
    ("listed/other.txt", "for all"),
    ("fallback/.htaccess", "FallbackResource /fallback/env.cgi\n"),
)
PLACES = (Place(lines=("ErrorDocument 404 /intranet/env.cgi",)),
          Place("/deep", lines=("WeComUser %{userid}@%{source}",)),
          Place("/hr", lines=("WeComSources hr",)),
          Place("/index", lines=("DirectoryIndex env.cgi",)),
          Place("/front"), Place("/fallback"),
          Place("/named", lines=("DirectoryIndex env.cgi",)),
          Place("/outside", lines=("ErrorDocument 404 /open/env.cgi",)),
          Place("/other", lines=("ErrorDocument 404 /hr/secret.html",
                                 "DirectoryIndex /hr/secret.html")))
FOLDERS = tuple(Place(path, via="none")
                for path in ("/files", "/nobody", "/asks", "/second", "/back"))
# What mod_include says about an include that fails has no id, and so cannot be announced.
PROTECTED = ("    <Files env.cgi>", "        AuthType WeCom", '        AuthName "Files"',
             "        Session On", "        Require valid-user", "    </Files>")
LINES = ("LogLevel include:crit", "AddType text/html .shtml",
         '<Directory "@docroot@">', "    Options +Includes", "    AllowOverride All",
         "    AddOutputFilter INCLUDES .shtml", "</Directory>",
         '<Directory "@docroot@/files">', "    DirectoryIndex env.cgi", *PROTECTED, "</Directory>",
         '<Directory "@docroot@/half">', "    DirectoryIndex env.cgi index.html",
         *PROTECTED, "</Directory>",
         '<Directory "@docroot@/nobody">', "    DirectoryIndex index.cgi env.cgi",
         *(line.replace("valid-user", "user nobody") for line in PROTECTED), "</Directory>",
         '<Directory "@docroot@/second">', "    DirectoryIndex den.cgi env.cgi",
         *(line.replace("valid-user", "user nobody").replace("env.cgi", "den.cgi")
           for line in PROTECTED), "</Directory>",
         '<Directory "@docroot@/back">', "    FallbackResource /back/env.cgi", *PROTECTED,
         "</Directory>",
         '<Directory "@docroot@/named">', "    <Files env.cgi>",
         "        WeComUser %{userid}@%{source}", "    </Files>", "</Directory>",
         '<Directory "@docroot@/asks">', "    DirectoryIndex index.html", "    RewriteEngine On",
         "    RewriteCond /asks/env.cgi -U", "    RewriteRule ^ - [E=seen:1]",
         "    Header set X-Seen yes env=seen", *PROTECTED, "</Directory>",
         '<Directory "@docroot@/listed">', "    Options +Indexes", "    DirectoryIndex none",
         *PROTECTED, "</Directory>")


@pytest.fixture
def site(sites):
    return sites(sources=(ACME, HR), places=(*PLACES, *FOLDERS), files=FILES,
                 modules=("include", "rewrite", "autoindex"), lines=LINES)


@pytest.fixture
def member(site, signed_in):
    """LiNa, by acme."""
    browser = signed_in_by(site, signed_in, "acme")
    assert site.environment(browser)["WECOM_SOURCE"] == "acme"
    return browser


def signed_in_by(site, signed_in, source):
    return signed_in(site, "LiNa", f"/wecom/login?source={source}&return=/open/")


def objects(text):
    """The JSON objects in a page."""
    return [json.loads(found) for found in re.findall(r'\{"[^{}]*\}', text)]


def check_env(env, user="LiNa"):
    assert env["REMOTE_USER"] == user and env["AUTH_TYPE"] == "WeCom"
    assert env["WECOM_USERID"] == "LiNa" and env["WECOM_NAME"] == "李娜"


# --- mod_include ---

def test_echo(site, member):
    assert member.get(site.url("/intranet/page.shtml")).text == "[LiNa|LiNa|李娜]"


def test_included_scripts(site, member):
    """One in the same place, and one in another, which has its own idea of a user's name."""
    text = member.get(site.url("/intranet/all.shtml")).text
    assert text.startswith("[LiNa|LiNa|李娜]")
    here, deep = objects(text)
    check_env(here)
    check_env(deep, "LiNa@acme")


def test_include_where_other_sources_are_asked(site, member):
    answer = member.get(site.url("/intranet/hr.shtml"))
    assert answer.status_code == 200 and SECRET not in answer.text
    assert re.fullmatch(r"before\[an error [^]]*\]after", answer.text)
    assert not answer.headers.get_list("Set-Cookie")


def test_include_by_the_right_source(site, signed_in):
    browser = signed_in_by(site, signed_in, "hr")
    assert browser.get(site.url("/intranet/hr.shtml")).text == f"before{SECRET}after"


def test_include_into_an_open_page(site, member):
    answer = member.get(site.url("/open/members.shtml"))
    assert answer.text.startswith("[(none)|(none)|(none)]before")
    check_env(objects(answer.text)[0])
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("headers", [{}, FETCH], ids=["page", "fetch"])
def test_stranger_on_a_page_that_includes(site, browsers, sim, headers):
    browser = browsers(WECOM_IOS)
    answer = browser.get(site.url("/open/members.shtml"), headers)
    assert answer.status_code == 200
    assert re.fullmatch(r"\[\(none\)\|\(none\)\|\(none\)\]before\[an error [^]]*\]after",
                        answer.text)
    assert not browser.cookies and not sim.counts()


def test_own_url_inside_a_page(site, member):
    answer = member.get(site.url("/intranet/own.shtml"))
    assert answer.status_code == 200 and answer.text.startswith("before")
    assert objects(answer.text)[0]["userid"] == "LiNa"
    assert answer.headers["Content-Type"].startswith("text/html")


# --- mod_dir ---

def test_index(site, member):
    check_env(member.get(site.url("/index/")).json())


def test_fallback(site, member):
    env = member.get(site.url("/fallback/no/such/page")).json()
    check_env(env)
    assert env["REQUEST_URI"] == "/fallback/no/such/page"


def test_index_of_other_sources(site, member):
    answer = member.get(site.url("/other/"))
    assert SECRET not in answer.text and answer.status_code == 401


def test_index_file_alone_is_protected(site, member):
    check_env(member.get(site.url("/files/")).json())


def test_member_whom_the_index_does_not_admit(site, member, log):
    """The folder faces the browser: the whole 403 page, and small JSON for a script."""
    answer = member.get(site.url("/nobody/"))
    assert answer.status_code == 403 and "You have no permission" in answer.text
    answer = member.get(site.url("/nobody/"), FETCH)
    assert answer.status_code == 403 and answer.json() == {"error": "forbidden"}
    log.allow("AH01631")
    log.expect("WC0251")


@pytest.mark.parametrize("query", ["", "?" + "1234567_" * 60 + "admin"], ids=["short", "long"])
def test_index_that_refuses_leaves_no_name_behind(site, member, log, query):
    """mod_dir goes on to an index that is open to all: it hears nobody's name."""
    env = member.get(site.url("/second/" + query)).json()
    assert "REMOTE_USER" not in env and "AUTH_TYPE" not in env and "WECOM_USERID" not in env
    log.allow("AH01631", "WC0251")


def test_index_under_its_own_idea_of_a_name(site, member):
    """The folder is ours as well, and the index is one script under both addresses."""
    for path in ("/named/", "/named/env.cgi"):
        check_env(member.get(site.url(path)).json(), "LiNa@acme")


def test_fallback_that_alone_is_protected(site, member, browsers):
    check_env(member.get(site.url("/back/no/such")).json())
    browser = browsers(WECOM_IOS)
    answer = browser.get(site.url("/back/no/such"))
    assert answer.status_code == 302 and "/wecom/login?p=" in answer.headers["Location"]


def test_condition_on_access_is_no_login(site, browsers, sim):
    """RewriteCond -U asks whether a stranger may see the page. He may not, and nothing begins."""
    browser = browsers(WECOM_IOS)
    answer = browser.get(site.url("/asks/"))
    assert answer.status_code == 200 and answer.text == "for all"
    assert not browser.cookies and "Location" not in answer.headers
    assert answer.headers.get("X-Seen") is None


@pytest.mark.parametrize("path", ["/files/", "/index/", "/fallback/x", "/front/x"])
def test_indexes_before_a_stranger(site, browsers, path):
    answer = browsers(WECOM_IOS).get(site.url(path))
    assert answer.status_code in (302, 401) and "REMOTE_USER" not in answer.text


def test_stranger_finds_the_login_behind_an_index(site, browsers):
    """The folder is open and its index is not: mod_dir asks for it by a subrequest, and hands on
    the redirect with its cookie."""
    browser = browsers(WECOM_IOS, person="LiNa")
    answer = browser.get(site.url("/files/?a=b"))
    assert answer.status_code == 302 and answer.headers["Cache-Control"] == "no-store"
    location = answer.headers["Location"]
    assert location.startswith(site.url("/wecom/login?p="))
    walk = browser.walk(location + "&source=acme")
    assert walk.url == site.url("/files/?a=b") and walk.page.json()["WECOM_USERID"] == "LiNa"


def test_script_before_an_index(site, browsers):
    browser = browsers(WECOM_IOS)
    answer = browser.get(site.url("/files/"), FETCH)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "WeCom"
    assert answer.json()["login"] == site.url("/wecom/login") and not browser.cookies


def test_open_index_behind_a_protected_one_that_is_not_there(site, browsers):
    """DirectoryIndex env.cgi index.html, where env.cgi is only protected, not there."""
    answer = browsers(WECOM_IOS).get(site.url("/half/"))
    assert answer.status_code == 200 and answer.text == "for all"


def test_list_of_a_folder_begins_no_login(site, browsers):
    browser = browsers(WECOM_IOS)
    answer = browser.get(site.url("/listed/"))
    assert answer.status_code == 200 and "other.txt" in answer.text
    assert "env.cgi" not in answer.text and not browser.cookies


# --- mod_rewrite ---

@pytest.mark.parametrize("path", ["/front/", "/front/a/b?c=d", "/front/x.html"])
def test_front_controller(site, member, path):
    """The usual .htaccess of an application: every address is its one script."""
    answer = member.get(site.url(path))
    assert answer.status_code == 200, answer.text
    env = answer.json()
    check_env(env)
    assert env["REQUEST_URI"] == path and env["SCRIPT_NAME"] == "/front/env.cgi"


def test_front_controller_after_a_login(site, browsers):
    """The whole walk: the target is the address that was asked for, not the script."""
    browser = browsers(WECOM_IOS, person="LiNa")
    walk = browser.walk(site.url("/wecom/login?source=acme&return=/front/a/b%3Fc=d"))
    assert walk.url == site.url("/front/a/b?c=d") and walk.page.status_code == 200
    check_env(walk.page.json())


def test_target_of_a_rewritten_request(site, browsers):
    browser = browsers(WECOM_IOS, person="LiNa")
    answer = browser.get(site.url("/front/a?b"))
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith(site.url("/wecom/login?p=")), "two sources, so there is a choice"
    walk = browser.walk(location + "&source=acme")
    assert walk.url == site.url("/front/a?b")


# --- ErrorDocument ---

def test_error_page_in_the_place(site, member):
    answer = member.get(site.url("/intranet/no/such"))
    assert answer.status_code == 404
    check_env(answer.json())
    assert answer.json()["REDIRECT_STATUS"] == "404"


def test_error_page_outside(site, member):
    """Not our place, so nobody is somebody there; what was before is told as httpd tells it."""
    env = member.get(site.url("/outside/nosuch")).json()
    assert "REMOTE_USER" not in env and "WECOM_USERID" not in env
    assert env["REDIRECT_REMOTE_USER"] == "LiNa" and env["REDIRECT_WECOM_USERID"] == "LiNa"


def test_error_page_of_other_sources(site, member):
    answer = member.get(site.url("/other/nosuch"))
    assert answer.status_code == 404 and SECRET not in answer.text
    assert not answer.headers.get_list("Set-Cookie")


def test_error_page_before_a_stranger(site, browsers):
    answer = browsers(WECOM_IOS).get(site.url("/intranet/no/such"))
    assert answer.status_code == 302 and "REMOTE_USER" not in answer.text
