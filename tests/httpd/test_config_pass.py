# SPDX-License-Identifier: Apache-2.0
"""WeComSessionFields, WeComPassEnv, WeComPassHeaders and WeComUnauthenticated: what may be written,
and what is said about the rest; in .htaccess too."""
import pytest

from harness.site import Place
from harness.trial import GOOD, Case, Trial, dump, ok, place, source, vhost

URL = "WeComPublicURL https://x.example.com"
FIELDS = "WeComSessionFields position no=extattr:工号\n"


def fields(words):
    return GOOD + f"WeComSessionFields {words}\n" + place()


def headers(words, before=""):
    return GOOD + before + place(f"WeComPassHeaders {words}")


ACCEPTED = (
    dump("fields", fields('position extattr:Grade "no=extattr:工号" "a=extattr:b c"'),
         '"WeComSessionFields":["position","extattr:Grade","no=extattr:工号","a=extattr:b c"]'),
    ok("headers", headers("Percent userid main_department")),
    ok("all that is carried anyway", headers("base64url userid source account name departments "
                                             "main_department leads")),
    ok("further fields", headers("percent position no", FIELDS)),
    ok("a lower name of an attribute", headers("percent grade",
                                               "WeComSessionFields extattr:Grade\n")),
    ok("a prefix", headers("prefix=X-App- percent userid")),
    ok("off", headers("off")),
    ok("off by default", headers("percent userid") + place(path="/other")),
    ok("environment", GOOD + place("WeComPassEnv Off")),
    ok("strangers", GOOD + place("WeComUnauthenticated 401")),
    ok("pass", GOOD + place("WeComUnauthenticated pass")),
    ok("a field of the virtual host", GOOD + vhost(URL, FIELDS, place("WeComPassHeaders percent "
                                                                    "no"))),
    ok("a field of the server in a virtual host",
       GOOD + FIELDS + vhost(URL, place("WeComPassHeaders percent no"))),
)

REFUSED = (
    Case("unknown field", fields("position title"), says=(
        "WeComSessionFields: 'title' is no field of a member; write alias, position, ",
        "mobile", "or extattr:NAME")),
    Case("carried anyway", fields("userid"), says=("'userid' is carried anyway",)),
    Case("name twice", fields("position position=alias"), says=("'position' is the name of two",)),
    Case("word twice", fields("position position"), says=("'position' is named twice",)),
    Case("Chinese attribute without a name", fields("extattr:工号"), says=(
        "cannot be the name of a variable", "employee_no=extattr:...")),
    Case("bad name", fields("No=alias"), says=("'No' is no name of a field",)),
    Case("too many", fields(" ".join(f"a{i}=alias" for i in range(33))),
         says=("takes 1 to 32 values",)),
    Case("none", fields(""), says=("takes 1 to 32 values",)),
    Case("fields in Location", GOOD + place("WeComSessionFields position"),
         says=("WeComSessionFields belongs to the server or a virtual host",)),
    Case("not carried", headers("percent userid position"), "WC0180", (
        "do not carry a field 'position'", "main_department, leads;", "WeComSessionFields",
        "@root@/httpd.conf:")),
    Case("carried elsewhere", GOOD + vhost(URL, FIELDS)
         + vhost(URL.replace("x.", "y."), place("WeComPassHeaders percent no")), "WC0180",
         ("do not carry a field 'no'",)),
    Case("not in the virtual host that inherits the place",
         headers("percent no", FIELDS) + vhost(URL, "WeComSessionFields position"), "WC0180",
         ("do not carry a field 'no', but", "leads, position;")),
    Case("no encoding", headers("userid name"), says=("percent or base64url, and then",)),
    Case("no field", headers("percent"), says=("percent or base64url, and then",)),
    Case("prefix alone", headers("prefix=X-App-"), says=("percent or base64url, and then",)),
    Case("nothing", headers(""), says=("percent or base64url, and then",)),
    Case("Off with more", headers("Off userid"), says=("percent or base64url, and then",)),
    Case("field twice", headers("percent userid userid"), says=("'userid' is named twice",)),
    Case("department", headers("percent department"), says=("write departments",)),
    Case("no closing dash", headers("prefix=X-App percent userid"), says=(
        "'X-App' is no prefix", "with a '-' at the end")),
    Case("empty prefix", headers("prefix= percent userid"), says=("'' is no prefix",)),
    Case("underscore", headers("prefix=X_App- percent userid"), says=("is no prefix",)),
    Case("HTTP's own", headers("prefix=Content- percent userid"), says=(
        "would take away content-length",)),
    Case("everything", headers("prefix=X-Forwarded- percent userid"), says=(
        "would take away x-forwarded-for",)),
    Case("headers twice", GOOD + place("WeComPassHeaders Off", "WeComPassHeaders Off"),
         says=("WeComPassHeaders stands twice",)),
    Case("bad mode", GOOD + place("WeComUnauthenticated deny"), says=("write login|401|pass",)),
    Case("bad flag", GOOD + place("WeComPassEnv Yes"), says=("write On or Off",)),
)

WARNED = (
    ok("a source that brings none", source("acme", "WeComCheckMember Off") + FIELDS + place(),
       id="WC0181", says=("the source acme never brings further fields",)),
    ok("consent brings some", source("acme", "WeComCheckMember Off", "WeComScope privateinfo")
       + FIELDS + place(), silent=("WC0181",)),
    ok("no further field", source("acme", "WeComCheckMember Off") + place(), silent=("WC0181",)),
)


@pytest.mark.parametrize("case", ACCEPTED + REFUSED + WARNED, ids=lambda case: case.name)
def test_pass(paths, book, case):
    Trial(paths, book, case).judge()


HTACCESS = (
    ("WeComPassHeaders percent position", "do not carry a field 'position'"),
    ("WeComPassHeaders prefix=X-Other- percent userid", "has this prefix"),
    ("WeComPassHeaders prefix=Content- percent userid", "content-length"),
    ("WeComPassHeaders userid", "percent or base64url"),
    ("WeComUnauthenticated maybe", "login|401|pass"),
    ("WeComPassEnv maybe", "On or Off"),
)
GOOD_HTACCESS = ("WeComPassHeaders percent userid", "WeComPassHeaders prefix=X-App- percent name",
                 "WeComPassHeaders prefix=x-app-more- percent name", "WeComPassHeaders Off",
                 "WeComUnauthenticated 401", "WeComPassEnv Off")


@pytest.fixture
def site(sites):
    """X-App- stands in the configuration of another place."""
    return sites(
        places=(Place(), Place("/app", lines=("WeComPassHeaders prefix=X-App- percent userid",))),
        files=tuple((f"t{i}/{name}", text) for i, (line, _) in enumerate(
            [*HTACCESS, *((line, "") for line in GOOD_HTACCESS)])
            for name, text in (("index.html", "here"), (".htaccess", line + "\n"))))


@pytest.mark.parametrize("line, says", HTACCESS)
def test_bad_htaccess(site, browsers, log, line, says):
    number = [found for found, _ in HTACCESS].index(line)
    log.expect("WC0142", says)
    assert browsers().get(site.url(f"/t{number}/")).status_code == 500


@pytest.mark.parametrize("line", GOOD_HTACCESS)
def test_good_htaccess(site, browsers, line):
    number = len(HTACCESS) + GOOD_HTACCESS.index(line)
    assert browsers().get(site.url(f"/t{number}/")).status_code == 200
