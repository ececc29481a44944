# SPDX-License-Identifier: Apache-2.0
"""Rules and members: who comes in by which line, in httpd.conf and in .htaccess, alone, under
`not`, in <RequireAll>, <RequireAny> and <RequireNone>.

The sessions are sealed here, so that a member can be in any department; the app sees departments
2, 3 and 4 of the simulator's first corp, and its tags.
"""
from dataclasses import dataclass

import pytest

from harness.people import ALL, MEMBERS
from harness.seal import Sealer
from harness.server import wait_until
from harness.site import Place, Source, rules as place
from test_require import BASIC, BASIC_MODULES, HASH

ACME = Source()
HR = Source("hr", app=1, lines=())
FIELDS = "WeComSessionFields position alias employee_no=extattr:工号"


def only(*names):
    return frozenset(names)


def but(*names):
    return ALL - frozenset(names)


@dataclass(frozen=True)
class Row:
    """Who is granted; for whom the data is missing; for whom it cannot be judged."""
    rule: str
    granted: frozenset
    missing: frozenset = frozenset()
    unknown: frozenset = frozenset()


NONE = frozenset()
UNTOLD = only("nobody")

ROWS = (
    # who it is, and from where
    Row("wecom-user", ALL),
    Row("wecom-user LiNa", only("LiNa")),
    Row("wecom-user LINA Wangfang", only("LiNa", "wangfang")),
    Row("wecom-user acme/LiNa hr/zhaolei", only("LiNa", "zhaolei")),
    Row("wecom-user acme/zhaolei hr/LiNa", NONE),
    Row("wecom-user strangers", NONE),
    Row("wecom-source acme", but("zhaolei")),
    Row("wecom-source hr", only("zhaolei")),
    Row("wecom-source hr acme", ALL),
    # exactly there
    Row("wecom-department-exact 3", only("zhangwei", "LiNa"), UNTOLD),
    Row("wecom-department-exact 4 3", only("zhangwei", "LiNa", "wangfang", "liuyang"), UNTOLD),
    Row("wecom-department-exact acme/4", only("wangfang", "liuyang"), UNTOLD),
    Row("wecom-department-exact hr/4", NONE),
    Row("wecom-department-exact acme/99", NONE, but("zhaolei")),     # no longer in the tree
    Row("wecom-department-exact acme/6", NONE, but("zhaolei")),
    # who leads
    Row("wecom-leader", only("zhangwei", "LiNa", "wangfang", "chenjing", "zhaolei"), UNTOLD),
    Row("wecom-leader 2", only("zhangwei"), UNTOLD),
    Row("wecom-leader 3", only("LiNa"), UNTOLD),
    Row("wecom-leader acme/4 2", only("zhangwei", "wangfang"), UNTOLD),
    Row("wecom-leader hr/5", only("zhaolei")),
    # what every session holds
    Row("wecom-attribute userid=LINA", only("LiNa")),
    Row("wecom-attribute userid!=LINA", but("LiNa")),
    Row('wecom-attribute "userid~^(LiNa|zhang.*)$"', only("LiNa", "zhangwei")),
    Row("wecom-attribute userid~^lina$", NONE),
    Row("wecom-attribute userid~(?i)^lina$", only("LiNa")),
    Row("wecom-attribute userid!~^z", but("zhangwei", "zhaolei")),
    Row("wecom-attribute name=张伟", only("zhangwei"), UNTOLD),
    Row("wecom-attribute name!=张伟", but("zhangwei", "nobody"), UNTOLD),
    Row("wecom-attribute name~^王", only("wangfang"), UNTOLD),
    Row("wecom-attribute name!~^王", but("wangfang", "nobody"), UNTOLD),
    Row("wecom-attribute name=", NONE, UNTOLD),
    Row("wecom-attribute account=x", NONE, ALL),
    Row("wecom-attribute account!=x", NONE, ALL),
    Row("wecom-attribute account!~x", NONE, ALL),
    Row("wecom-attribute source=hr", only("zhaolei")),
    Row("wecom-attribute source!=hr", but("zhaolei")),
    Row("wecom-attribute department=2", only("zhangwei", "liuyang"), UNTOLD),
    Row("wecom-attribute department!=2", but("zhangwei", "liuyang", "nobody"), UNTOLD),
    Row("wecom-attribute department~^[34]$", only("zhangwei", "LiNa", "wangfang", "liuyang"),
        UNTOLD),
    Row("wecom-attribute main_department=4", only("wangfang", "liuyang"), UNTOLD),
    Row("wecom-attribute main_department!=4", but("wangfang", "liuyang", "nobody"), UNTOLD),
    Row("wecom-attribute name=张伟 userid=LiNa source=hr", only("zhangwei", "LiNa", "zhaolei"),
        UNTOLD),
    # what WeComSessionFields adds: of two members here, and an empty one
    Row("wecom-attribute position=研发总监", only("zhangwei"), but("zhangwei", "LiNa")),
    Row("wecom-attribute position!=研发总监", only("LiNa"), but("zhangwei", "LiNa")),
    Row("wecom-attribute position~工程师$", only("LiNa"), but("zhangwei", "LiNa")),
    Row("wecom-attribute position!~工程师$", only("zhangwei"), but("zhangwei", "LiNa")),
    Row("wecom-attribute employee_no~^A", only("zhangwei"), but("zhangwei")),
    Row("wecom-attribute alias=", only("LiNa"), but("LiNa")),
    Row("wecom-attribute alias!=Nana", NONE, ALL),
    Row("wecom-attribute alias!~^N", NONE, ALL),
    Row("wecom-attribute leads=3", only("LiNa"), only("liuyang", "nobody")),
    # expressions
    Row("wecom-user %{HTTP:X-Who}", only("LiNa")),
    Row("wecom-user acme/%{HTTP:X-Who} wangfang", only("LiNa", "wangfang")),
    Row("wecom-attribute userid=%{HTTP:X-Who}", only("LiNa")),
    Row("wecom-attribute userid=%{tolower:%{HTTP:X-Who}}", only("LiNa")),
    Row("wecom-source %{HTTP:X-Source}", only("zhaolei")),
    Row("wecom-department-exact %{HTTP:X-Department}", only("zhangwei", "LiNa"), UNTOLD),
    # ... that give nothing, or nonsense
    Row("wecom-user %{HTTP:X-Nothing}", NONE, unknown=ALL),
    Row("wecom-leader %{HTTP:X-Nothing}", NONE, unknown=ALL),
    Row("wecom-source %{HTTP:X-Nothing}", NONE, unknown=ALL),
    Row("wecom-user %{HTTP:X-Bad}", NONE, unknown=ALL),
    Row("wecom-department %{HTTP:X-Bad}", NONE, unknown=ALL),
    Row("wecom-source %{HTTP:X-Who}", NONE, unknown=ALL),
    Row("wecom-user nosuch/%{HTTP:X-Who}", NONE, unknown=ALL),
    Row("wecom-attribute mobile=%{HTTP:X-Who}", NONE, unknown=ALL),
    Row("wecom-attribute app!=%{HTTP:X-Who}", NONE, unknown=ALL),
    Row("wecom-attribute name~%{HTTP:X-Bad-Regex}", NONE, unknown=ALL),
)

HEADERS = {"X-Who": "LiNa", "X-Source": "hr", "X-Department": "3", "X-Bad": "/a b*",
           "X-Bad-Regex": "("}

# What needs the tree or the tags; acme/ keeps the other source's out of it.
FAR = but("zhaolei", "nobody")
SHAPE_ROWS = (
    Row("wecom-department acme/2", only("zhangwei", "LiNa", "liuyang"), only("chenjing", "nobody")),
    Row("wecom-department acme/3", only("zhangwei", "LiNa"), only("chenjing", "nobody")),
    Row("wecom-department acme/4", only("wangfang", "liuyang"), only("chenjing", "nobody")),
    Row("wecom-department acme/4 acme/3", FAR - only("chenjing"), only("chenjing", "nobody")),
    Row("wecom-department acme/99", NONE, but("zhaolei")),
    Row("wecom-department acme/6", NONE, but("zhaolei")),
    Row('wecom-department "acme//研发部"', only("zhangwei", "LiNa", "liuyang"),
        only("chenjing", "nobody")),
    Row('wecom-department "acme//研发部/平台组"', only("zhangwei", "LiNa"),
        only("chenjing", "nobody")),
    Row('wecom-department "acme//没有"', NONE, UNTOLD, FAR),
    Row('wecom-department-exact "acme//研发部"', only("zhangwei", "liuyang"), UNTOLD),
    Row('wecom-department-exact "acme//没有"', NONE, UNTOLD, FAR),
    Row('wecom-leader "acme//研发部/平台组"', only("LiNa"), UNTOLD),
    Row('wecom-leader "acme//市场部"', only("wangfang"), UNTOLD),
    Row("wecom-tag acme/vpn", only("zhangwei", "wangfang", "liuyang"), only("chenjing", "nobody")),
    Row("wecom-tag acme/1", only("zhangwei", "wangfang", "liuyang"), only("chenjing", "nobody")),
    Row("wecom-tag acme/值班", only("LiNa")),
    Row("wecom-tag acme/值班 acme/vpn", FAR - only("chenjing"), only("chenjing", "nobody")),
    Row("wecom-tag acme/没有", NONE, unknown=but("zhaolei")),
    Row("wecom-tag acme/99", NONE, unknown=but("zhaolei")),
)


CONTEXTS = {
    # name: lines around the rule, and whether the rule is turned round there
    "plain": (("Require {}",), False),
    "any": (("<RequireAny>", "Require user strangers", "Require {}", "</RequireAny>"), False),
    "all": (("<RequireAll>", "Require valid-user", "Require {}", "</RequireAll>"), False),
    "not": (("<RequireAll>", "Require valid-user", "Require not {}", "</RequireAll>"), True),
    "none": (("<RequireAll>", "Require valid-user", "<RequireNone>", "Require user strangers",
              "Require {}", "</RequireNone>", "</RequireAll>"), True),
    "none-all": (("<RequireAll>", "Require valid-user", "<RequireNone>", "<RequireAll>",
                  "Require valid-user", "Require {}", "</RequireAll>", "</RequireNone>",
                  "</RequireAll>"), True),
}


def place_of(number, context, via):
    lines, _ = CONTEXTS[context]
    row = (ROWS + SHAPE_ROWS)[number]
    return Place(f"/r{number}-{context}-{via}", require=(), via=via,
                 lines=tuple(line.format(row.rule) for line in lines))


def expected(row, userid, turned):
    if userid in row.unknown or (turned and userid in row.missing):
        return 500
    return 200 if (userid in row.granted) != turned else 403


NOISE = ("AH01631", "AH01630", "WC0251", "WC0321", "WC0326", "WC0327", "WC0328", "AH01796")


# --- the table ---

@pytest.fixture
def table(sites, seats, via):
    """Departments have come when the table is read."""
    site = sites(sources=(ACME, HR), lines=(FIELDS,), places=(
        place("ready", "Require wecom-department acme/2"),
        *(place_of(number, context, via) for number in range(len(ROWS + SHAPE_ROWS))
          for context in CONTEXTS)))
    until_judged(site, seats(site, "zhangwei")["zhangwei"], "/ready/")
    return site


def until_judged(site, browser, path):
    wait_until(lambda: browser.get(site.url(path), HEADERS).status_code != 500, 30,
               "departments and tags do not come")


@pytest.mark.parametrize("number", range(len(ROWS + SHAPE_ROWS)),
                         ids=[row.rule.replace(" ", "_") for row in ROWS + SHAPE_ROWS])
def test_table(table, via, seats, log, number):
    row = (ROWS + SHAPE_ROWS)[number]
    people = seats(table)
    found, right = {}, {}
    if "zhangwei" not in row.unknown:   # tags of an .htaccess are read when they are met
        until_judged(table, people["zhangwei"], f"{place_of(number, 'plain', via).path}/")
    for context, (_, turned) in CONTEXTS.items():
        path = place_of(number, context, via).path
        for userid, browser in people.items():
            answer = browser.get(table.url(f"{path}/"), HEADERS)
            found[context, userid] = answer.status_code
            right[context, userid] = expected(row, userid, turned)
    assert found == right
    log.allow(*NOISE)


def test_the_table_is_big_enough():
    assert len(ROWS + SHAPE_ROWS) * len(MEMBERS) > 400


# --- beside rules of httpd's own ---

BESIDE = {
    # lines, who comes in
    "ip-and": (("<RequireAll>", "Require ip 127.0.0.0/8", "Require wecom-leader 3",
                "</RequireAll>"), {"LiNa"}),
    "ip-and-not": (("<RequireAll>", "Require not ip 127.0.0.0/8", "Require wecom-leader 3",
                    "</RequireAll>"), set()),
    "ip-or": (("<RequireAny>", "Require wecom-leader 3", "Require ip 192.0.2.1",
               "</RequireAny>"), {"LiNa"}),
    "ip-not-ours": (("<RequireAll>", "Require valid-user", "Require ip 127.0.0.0/8",
                     "Require not wecom-leader 3", "</RequireAll>"), {"zhangwei", "wangfang"}),
    "host-or": (("<RequireAny>", "Require host nosuch.example", "Require wecom-leader 3",
                 "</RequireAny>"), {"LiNa"}),
    "host-and": (("<RequireAll>", "Require host nosuch.example", "Require wecom-leader 3",
                  "</RequireAll>"), set()),
    "method": (("<RequireAll>", "Require method GET", "Require wecom-leader 3", "</RequireAll>"),
               {"LiNa"}),
    "expr": (("<RequireAll>", "Require expr %{REQUEST_METHOD} == 'GET'",
              "Require wecom-department-exact 3", "</RequireAll>"), {"LiNa", "zhangwei"}),
    "user": (("<RequireAny>", "Require user wangfang", "Require wecom-leader 3",
              "</RequireAny>"), {"LiNa", "wangfang"}),
    "limit": (("Require user strangers", "<Limit GET>", "Require wecom-leader 3", "</Limit>"),
              {"LiNa"}),
    "limit-other": (("<Limit POST>", "Require wecom-leader 3", "</Limit>",
                     "Require wecom-leader 2"), {"zhangwei"}),
    "two-lines": (("Require wecom-leader 3", "Require wecom-attribute userid=wangfang"),
                  {"LiNa", "wangfang"}),
    "contradiction": (("<RequireAll>", "Require wecom-leader 3", "Require not wecom-leader 3",
                       "</RequireAll>"), set()),
}


@pytest.fixture
def beside(sites, via):
    return sites(sources=(ACME, HR), places=tuple(
        place(name, *lines, via=via) for name, (lines, _) in BESIDE.items()))


@pytest.mark.parametrize("name", BESIDE)
def test_beside_others(beside, seats, log, name):
    _, right = BESIDE[name]
    came_in = set()
    for userid, browser in seats(beside, "zhangwei", "LiNa", "wangfang").items():
        status = browser.get(beside.url(f"/{name}/")).status_code
        assert status in (200, 403)
        came_in |= {userid} if status == 200 else set()
    assert came_in == right
    log.allow(*NOISE, "AH01753")    # no name for this address


# --- AuthMerging ---

MERGING = {
    # in the outer place, in the .htaccess below, who comes in there
    "off": ("Require wecom-leader 3", "Require wecom-leader 2", {"zhangwei"}),
    "and": ("Require wecom-department-exact 3",
            "AuthMerging And\nRequire wecom-leader", {"zhangwei", "LiNa"}),
    "and-not": ("Require wecom-department-exact 3",
                "AuthMerging And\n<RequireAll>\nRequire valid-user\n"
                "Require not wecom-leader 3\n</RequireAll>", {"zhangwei"}),
    "or": ("Require wecom-leader 3", "AuthMerging Or\nRequire wecom-user wangfang",
           {"LiNa", "wangfang"}),
    "nothing": ("Require wecom-leader 3", "Options -Indexes", {"LiNa"}),
}


@pytest.fixture
def merged(sites):
    return sites(sources=(ACME, HR), files=tuple(
        (f"{name}/below/.htaccess", inner + "\n") for name, (_, inner, _) in MERGING.items())
        + tuple((f"{name}/below/index.html", "in\n") for name in MERGING),
        places=(Place(),), lines=tuple(
            f'<Directory "@docroot@/{name}">\nAuthType WeCom\nAuthName x\nSession On\n'
            f"AllowOverride AuthConfig Options=Indexes\n{outer}\n</Directory>"
            for name, (outer, _, _) in MERGING.items()))


@pytest.mark.parametrize("name", MERGING)
def test_merging(merged, seats, log, name):
    people = seats(merged, "zhangwei", "LiNa", "wangfang")
    came_in = {userid for userid, browser in people.items()
               if browser.get(merged.url(f"/{name}/below/")).status_code == 200}
    assert came_in == MERGING[name][2]
    log.allow(*NOISE, "AH01624")


# --- nobody is a member without our ticket ---

EACH = ("wecom-department 3", "wecom-department-exact 3", "wecom-leader", "wecom-tag vpn",
        "wecom-attribute name!=x", "wecom-attribute userid!~x", "wecom-source acme")


@pytest.mark.parametrize("rule", EACH)
def test_another_type_admits_nobody(sites, seats, log, rule):
    """With the password of another AuthType, and the session of a member beside it."""
    basic = ("AuthType Basic", 'AuthName "Other"', "AuthBasicProvider file",
             'AuthUserFile "users"')
    bodies = {"plain": ("Require {}",),
              "not": ("<RequireAll>", "Require valid-user", "Require not {}", "</RequireAll>"),
              "none": ("<RequireAll>", "Require valid-user", "<RequireNone>", "Require {}",
                       "</RequireNone>", "</RequireAll>")}
    site = sites(modules=BASIC_MODULES, sources=(ACME, HR), places=(Place(),), lines=(
        'ServerRoot "@root@"', '<Directory "@docroot@">', "    AllowOverride AuthConfig",
        "</Directory>"), files=(
            ("../users", f"alice:{{SHA}}{HASH}\n"),
            *((f"b{i}/{kind}/.htaccess",
               "\n".join([*basic, *(line.format(each) for line in body)]) + "\n")
              for i, each in enumerate(EACH) for kind, body in bodies.items()),
            *((f"b{i}/{kind}/index.html", "in\n") for i in range(len(EACH)) for kind in bodies)))
    member = seats(site, "LiNa")["LiNa"]
    for kind in bodies:
        for headers in ({}, BASIC):
            answer = member.get(site.url(f"/b{EACH.index(rule)}/{kind}/"), headers)
            assert answer.text != "in\n"
            assert answer.status_code == (500 if kind != "plain" and headers else 401)
    log.allow(*NOISE)


# --- a regular expression that gives up ---

@pytest.mark.parametrize("lines", [
    ('Require wecom-attribute "position!~^(a+)+$"',),
    ('Require wecom-attribute "position~^(a+)+$"',),
    ("<RequireAll>", "Require valid-user", 'Require not wecom-attribute "position~^(a+)+$"',
     "</RequireAll>")], ids=["unlike", "like", "not"])
def test_a_value_that_takes_too_long(sites, paths, browsers, log, lines):
    """A member may write his position himself: PCRE's patience is no way in."""
    site = sites(lines=("WeComSessionFields position",), places=(place("tired", *lines),))
    browser = browsers()
    browser.set_cookie(*Sealer(paths, site).ticket(userid="LiNa", source="acme", fields={
        "position": "a" * 60 + "!"}))
    assert browser.get(site.url("/tired/")).status_code == 500
    log.expect("WC0328", "PCRE gives up on what the member's position is")
    log.allow(*NOISE)


# --- an alias ---

@pytest.fixture
def aliased(sites):
    return sites(sources=(ACME, HR), lines=(
        '<AuthzProviderAlias wecom-leader platform "3 2">', "</AuthzProviderAlias>",
        "<AuthzProviderAlias wecom-attribute named name=张伟>", "</AuthzProviderAlias>",
        "<AuthzProviderAlias wecom-department-exact there 3>", "</AuthzProviderAlias>"),
        places=(place("alias", "Require platform"), place("named", "Require named"),
                place("not", "<RequireAll>", "Require valid-user", "Require not there",
                      "</RequireAll>")))


def test_alias(aliased, seats, log):
    """A rule of an alias may stand under `not`: what is missing is an error wherever it is used."""
    people = seats(aliased)

    def statuses(name):
        return {userid: browser.get(aliased.url(f"/{name}/")).status_code
                for userid, browser in people.items()}

    assert statuses("alias") == {userid: 200 if userid in ("zhangwei", "LiNa") else
                                 500 if userid == "nobody" else 403 for userid in people}
    assert statuses("named") == {userid: 200 if userid == "zhangwei" else
                                 500 if userid == "nobody" else 403 for userid in people}
    assert statuses("not") == {userid: 403 if userid in ("zhangwei", "LiNa") else
                               500 if userid == "nobody" else 200 for userid in people}
    log.allow(*NOISE)


# --- a denial explains itself ---

def test_the_line_of_a_refusal(sites, seats, log):
    site = sites(sources=(ACME, HR), places=(place(
        "four", "<RequireAny>", "Require wecom-user LiNa", "Require wecom-leader 4",
        "Require wecom-attribute name=李娜", "Require wecom-source hr", "</RequireAny>"),))
    answer = seats(site, "zhangwei")["zhangwei"].get(site.url("/four/"))
    assert answer.status_code == 403 and "张伟" in answer.text and "WC0251-" in answer.text
    (line,) = log.find("WC0251")
    conf = (site.httpd.root / "httpd.conf").read_text().splitlines()
    for rule, has in (("wecom-user LiNa", "the member is zhangwei of acme"),
                      ("wecom-leader 4", "the member leads 2"),
                      ("wecom-attribute name=李娜", "name is "),
                      ("wecom-source hr", "the member is zhangwei of acme")):
        number = next(i for i, text in enumerate(conf, 1) if text.strip() == f"Require {rule}")
        assert f"httpd.conf:{number}): {has}" in line.text, line.text
    assert "(source acme, member zhangwei)" in line.text
    log.expect("WC0251")
    log.allow(*NOISE)


def test_refusal_by_a_negation(sites, seats, log):
    site = sites(sources=(ACME, HR), places=(
        place("not", "<RequireAll>", "Require valid-user", "Require not wecom-leader 2",
              "</RequireAll>"),
        place("none", "<RequireAll>", "Require valid-user", "<RequireNone>",
              "Require wecom-leader 2", "</RequireNone>", "</RequireAll>")))
    browser = seats(site, "zhangwei")["zhangwei"]
    assert browser.get(site.url("/not/")).status_code == 403
    log.expect("WC0251", "Require not wecom-leader 2 (")
    assert browser.get(site.url("/none/")).status_code == 403
    log.expect("WC0251", "Require wecom-leader 2 in <RequireNone> (")
    log.allow(*NOISE)


def test_rules_that_grant_elsewhere_are_quiet(sites, seats, log):
    """A rule that refuses beside one that grants is no line at the usual level."""
    site = sites(sources=(ACME, HR), places=(place(
        "quiet", "Require wecom-user LiNa", "Require wecom-user zhangwei"),))
    assert seats(site, "zhangwei")["zhangwei"].get(site.url("/quiet/")).status_code == 200
    assert all(line.level.startswith("debug") for line in log.find("WC0321"))
    assert not log.find("WC0251")


def test_a_bare_403_is_explained(sites, seats, log):
    site = sites(sources=(ACME, HR), places=(place(
        "bare", "AuthzSendForbiddenOnFailure On", "Require wecom-user LiNa"),))
    assert seats(site, "zhangwei")["zhangwei"].get(site.url("/bare/")).status_code == 403
    log.expect("WC0329", "(source acme, member zhangwei): Require wecom-user LiNa (")
    assert not log.find("WC0251")
    log.allow("AH01631")


def test_no_more_than_eight_rules(sites, seats, log):
    site = sites(sources=(ACME, HR), places=(place(
        "many", *(f"Require wecom-user nobody-{i}-{'x' * 50}" for i in range(40))),))
    assert seats(site, "zhangwei")["zhangwei"].get(site.url("/many/")).status_code == 403
    log.expect("WC0251")
    (line,) = log.find("WC0251")
    assert line.text.count("Require wecom-user") <= 8 and len(line.text) < 2600
    log.allow("AH01631")


def test_what_cannot_be_judged_does_not_fill_the_log(fresh, seats, log):
    """Twenty requests, and a line for each child and minute at most."""
    site = fresh(sources=(ACME, HR), starts=1, places=(place(
        "once", "Require wecom-user %{HTTP:X-Nothing}"),))
    browser = seats(site, "zhangwei")["zhangwei"]
    assert {browser.get(site.url("/once/")).status_code for _ in range(20)} == {500}
    log.expect("WC0327", "the expression gives no word")
    assert 1 <= len(log.find("WC0327")) <= 2 * len(site.httpd.children())


# --- corps ---

SECOND = Source("second", corp=1, lines=())
MIXED = {
    "department": ("wecom-department-exact 3", 500), "leader": ("wecom-leader 3", 500),
    "tag": ("wecom-tag vpn", 500), "path": ('wecom-department "/A"', 500),
    "attribute": ("wecom-attribute department=3", 500), "any-leader": ("wecom-leader", 200),
    "qualified": ("wecom-department-exact acme/3", 200), "name": ("wecom-attribute name=李娜", 200),
    "regex": ("wecom-attribute userid~^Li", 200), "source": ("wecom-source acme", 200),
}


def test_bare_words_in_a_mixed_place(sites, seats, log):
    site = sites(sources=(ACME, SECOND), lines=("WeComUser %{userid}@%{source}",), places=(
        *(Place(f"/{name}", require=(rule,)) for name, (rule, _) in MIXED.items()),
        Place("/narrow", require=("wecom-leader 3",), lines=("WeComSources acme",))))
    browser = seats(site, "LiNa")["LiNa"]
    for name, (rule, status) in MIXED.items():
        assert browser.get(site.url(f"/{name}/")).status_code == status, rule
    assert browser.get(site.url("/narrow/")).status_code == 200
    log.expect("WC0322", "as in acme/3")
    log.expect("WC0322", "as in acme//A")
    log.expect("WC0322", "write wecom-user or wecom-department-exact")
