# SPDX-License-Identifier: Apache-2.0
"""Who is let in where: faults in the configuration let in nobody, Require wecom-user in all its
forms, corps whose ids have case, and corps in one place."""
import base64
import hashlib

import pytest

from harness.client import FETCH, WECOM_IOS
from harness.site import Place, Source

ACME = Source()
HR = Source("hr", app=1, lines=())
SECOND = Source("second", corp=1, lines=())
PROXY = Source("proxy", corp=2, lines=("WeComProxyDeveloped On",))
UPPER = "woSimEAAAZhangWei0000000000000Aa"
LOWER = "woSimEAAAZhangWei0000000000000aA"
QUALIFIED = "WeComUser %{userid}@%{source}"
WORD = "s3cret-word"
HASH = base64.b64encode(hashlib.sha1(WORD.encode()).digest()).decode()
BASIC = {"Authorization": "Basic " + base64.b64encode(f"alice:{WORD}".encode()).decode()}
BASIC_MODULES = ("auth_basic", "authn_file")


def by(site, signed_in, userid="LiNa", source="acme"):
    return signed_in(site, userid, f"/wecom/login?source={source}&return=/open/")


def status(site, browser, path="/intranet/"):
    return browser.get(site.url(path)).status_code


# --- .htaccess ---

def test_htaccess(sites, browsers, signed_in):
    site = sites(places=(Place(via="htaccess"),))
    assert browsers(WECOM_IOS).get(site.url("/intranet/")).status_code == 302
    assert browsers().request("GET", site.url("/intranet/"), FETCH).status_code == 401
    assert site.environment(signed_in(site, "LiNa"))["REMOTE_USER"] == "LiNa"


FAULTS = (
    ("WeComSources nosuch", "no <WeComSource nosuch>"),
    ("WeComSources acme nosuch", "no <WeComSource nosuch>"),
    ("WeComUser %{nosuch}", "%{nosuch}"),
    ("WeComUser everybody", "everybody"),
    ("Require wecom-user a/b/c", "wecom-user"),
    ("Require wecom-user NO/LiNa", "wecom-user"),
    *((line, "not allowed here") for line in (
        "WeComEndpoint /x", "WeComPublicURL https://evil.example",
        "WeComCryptoKey file:/etc/passwd", "WeComStateDir /tmp/x",
        "WeComBaseURL api http://127.0.0.1:1", "WeComSecret x", "WeComCAFile /x",
        "WeComVerifyFile WW_verify_0000000000000000.txt", "WeComSessionCookie x")),
)


def fault_path(line):
    return f"/fault{[found for found, _ in FAULTS].index(line)}"


@pytest.fixture
def faulty(sites):
    """Each fault in an .htaccess of its own."""
    return sites(places=(Place(), *(Place(fault_path(line), via="htaccess", lines=(line,))
                                    for line, _ in FAULTS)))


def loud_lines(site):
    return [line for line in site.httpd.book.read([site.httpd.log]) if line.is_loud]


@pytest.mark.parametrize("line, says", FAULTS, ids=[line for line, _ in FAULTS])
def test_fault_in_htaccess(faulty, browsers, signed_in, line, says):
    """500 for everybody, and one line for each request, which names the file."""
    path = fault_path(line)
    for browser in (browsers(WECOM_IOS), signed_in(faulty, "LiNa")):
        answer = browser.get(faulty.url(path + "/"))
        assert answer.status_code == 500 and f"{path}</title>" not in answer.text
        assert not answer.headers.get_list("Set-Cookie")
        (found,) = loud_lines(faulty)
        assert f"{path}/.htaccess" in found.text and says in found.text, found


# --- sessions that are not there ---

NO_SESSION = {"off": "Session Off", "age": "SessionMaxAge 60"}


@pytest.mark.parametrize("via", ["conf", "htaccess"])
@pytest.mark.parametrize("fault", NO_SESSION)
def test_session_that_cannot_be(sites, browsers, signed_in, log, via, fault):
    site = sites(places=(Place(), *(Place(f"/{name}-{way}", via=way, lines=(line,))
                                    for name, line in NO_SESSION.items()
                                    for way in ("conf", "htaccess"))))
    for browser in (browsers(WECOM_IOS), signed_in(site, "LiNa")):
        answer = browser.get(site.url(f"/{fault}-{via}/"))
        assert answer.status_code == 500 and f"/{fault}-{via}</title>" not in answer.text
        assert not answer.headers.get_list("Set-Cookie")
    log.expect("WC0301", f"/{fault}-{via}/")
    assert len(log.find("WC0301")) == 2


def test_max_age_of_nought(sites, signed_in):
    """What an outer place has set can be taken back."""
    site = sites(places=(Place(lines=("SessionMaxAge 0",)),), lines=("SessionMaxAge 60",))
    assert status(site, signed_in(site)) == 200


# --- another AuthType below, or none ---

def other_type(*lines):
    return "\n".join(('AuthName "Other"', "AuthBasicProvider file", *lines)) + "\n"


@pytest.fixture
def below(sites):
    """/intranet is ours; the folders below it say something else in .htaccess."""
    user_file = 'AuthUserFile "users"'
    return sites(modules=BASIC_MODULES, places=(Place(require=("wecom-user",)), Place(
        "/other", via="none")), lines=(
            'ServerRoot "@root@"', '<Directory "@docroot@">', "    AllowOverride AuthConfig",
            "</Directory>"), files=(
        ("../users", f"alice:{{SHA}}{HASH}\n"),
        ("other/ours/.htaccess", other_type("AuthType Basic", user_file, "Require wecom-user")),
        ("other/named/.htaccess", other_type("AuthType Basic", user_file,
                                             "Require wecom-user alice LiNa")),
        ("other/any/.htaccess", other_type("AuthType Basic", user_file, "<RequireAny>",
                                           "Require wecom-user", "Require user nobody",
                                           "</RequireAny>")),
        ("other/both/.htaccess", other_type("AuthType Basic", user_file, "<RequireAll>",
                                            "Require wecom-user", "Require valid-user",
                                            "</RequireAll>")),
        ("other/theirs/.htaccess", other_type("AuthType Basic", user_file, "Require valid-user")),
        *((f"other/{name}/index.html", "in\n") for name in ("ours", "named", "any", "both",
                                                            "theirs"))))


@pytest.mark.parametrize("name", ["ours", "named", "any", "both"])
@pytest.mark.parametrize("headers", [{}, BASIC], ids=["no-password", "password"])
def test_password_is_no_membership(below, signed_in, log, name, headers):
    """Neither the password nor the session of a member grants it where another type stands."""
    answer = signed_in(below, "LiNa").get(below.url(f"/other/{name}/"), headers)
    assert answer.status_code == 401 and answer.text != "in\n"
    log.allow("AH01631")


def test_password_where_it_counts(below, signed_in):
    browser = signed_in(below, "LiNa")
    assert browser.get(below.url("/other/theirs/")).status_code == 401
    assert browser.get(below.url("/other/theirs/"), BASIC).text == "in\n"


@pytest.mark.parametrize("lines", [("AuthType None",), ()], ids=["none", "absent"])
def test_rule_without_a_type(sites, signed_in, log, lines):
    """There is nobody to be asked for: httpd's own 500, or no."""
    site = sites(places=(Place(), Place("/bare", via="none")), lines=(
        '<Location "/bare">', *lines, "    Require wecom-user", "</Location>"))
    answer = signed_in(site, "LiNa").get(site.url("/bare/"))
    assert answer.status_code in (401, 403, 500) and "/bare</title>" not in answer.text
    log.allow("AH00025", "AH00027", "AH01630", "AH01631", "AH01796")


# --- Require wecom-user ---

def rules(name, *lines):
    return Place(f"/{name}", require=(), lines=lines)


CONTAINERS = {
    # lines, who comes in
    "plain": (("Require wecom-user",), {"LiNa", "zhangwei", "wangfang"}),
    "one": (("Require wecom-user LiNa",), {"LiNa"}),
    "two": (("Require wecom-user LiNa wangfang",), {"LiNa", "wangfang"}),
    "two-lines": (("Require wecom-user LiNa", "Require wecom-user wangfang"),
                  {"LiNa", "wangfang"}),
    "folded": (("Require wecom-user LINA ZhangWei",), {"LiNa", "zhangwei"}),
    "source": (("Require wecom-user acme/LiNa",), {"LiNa"}),
    "source-folded": (("Require wecom-user acme/lina",), {"LiNa"}),
    "other-source": (("Require wecom-user hr/LiNa",), set()),
    "any": (("<RequireAny>", "Require wecom-user LiNa", "Require user zhangwei",
             "</RequireAny>"), {"LiNa", "zhangwei"}),
    "all": (("<RequireAll>", "Require wecom-user LiNa zhangwei", "Require valid-user",
             "Require user zhangwei", "</RequireAll>"), {"zhangwei"}),
    "none": (("<RequireAll>", "Require wecom-user", "<RequireNone>", "Require wecom-user LiNa",
              "Require user wangfang", "</RequireNone>", "</RequireAll>"), {"zhangwei"}),
    "not": (("<RequireAll>", "Require valid-user", "Require not wecom-user LiNa",
             "</RequireAll>"), {"zhangwei", "wangfang"}),
    "not-any": (("<RequireAll>", "Require not wecom-user acme/LiNa acme/zhangwei",
                 "Require wecom-user", "</RequireAll>"), {"wangfang"}),
    "nested": (("<RequireAny>", "<RequireAll>", "Require wecom-user LiNa", "Require user nobody",
                "</RequireAll>", "<RequireAll>", "Require wecom-user wangfang",
                "Require valid-user", "</RequireAll>", "</RequireAny>"), {"wangfang"}),
    "address": (("<RequireAll>", "Require wecom-user", "Require ip 192.0.2.1",
                 "</RequireAll>"), set()),
    "or-address": (("<RequireAny>", "Require wecom-user LiNa", "Require ip 192.0.2.1",
                    "</RequireAny>"), {"LiNa"}),
    "quoted": (('Require wecom-user "LiNa"',), {"LiNa"}),
}


@pytest.fixture
def ruled(sites):
    return sites(sources=(ACME, HR), places=(
        *(rules(name, *lines) for name, (lines, _) in CONTAINERS.items()), Place()))


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers(ruled, browsers, signed_in, log, name):
    _, expected = CONTAINERS[name]
    came_in = set()
    for userid in ("LiNa", "zhangwei", "wangfang"):
        answer = by(ruled, signed_in, userid).get(ruled.url(f"/{name}/"))
        assert answer.status_code in (200, 403)
        if answer.status_code == 200:
            came_in.add(userid)
    assert came_in == expected
    assert browsers(WECOM_IOS).get(ruled.url(f"/{name}/")).status_code in (302, 403)
    log.allow("AH01631", "AH01630", "WC0251")


@pytest.mark.parametrize("rule", ["Require not wecom-user LiNa", "<RequireNone>"])
def test_refusals_alone_let_in_nobody(sites, signed_in, log, rule):
    """A place with nothing but refusals is refused by httpd at start, or lets in nobody."""
    lines = (rule,) if rule.startswith("Require") else (rule, "Require wecom-user LiNa",
                                                        "</RequireNone>")
    site = sites.prepare(places=(rules("only", *lines), Place()))
    if site.configtest()[0] != 0:
        return
    site.start()
    for userid in ("LiNa", "zhangwei"):
        assert status(site, signed_in(site, userid), "/only/") == 403
    log.allow("AH01631", "AH01630", "WC0251", "AH01624")


@pytest.mark.parametrize("word", ["a/b/c", "/LiNa", "acme/", "NO/LiNa", "Li Na/x/y", "a*b",
                                  "acme//LiNa", "x" * 65, "'Li;Na'"])
def test_words_that_can_be_nobody(sites, word):
    site = sites.prepare(places=(rules("only", f'Require wecom-user "{word}"'),))
    code, said = site.configtest()
    assert code != 0 and "wecom-user" in said


def test_denial_says_which_rule(ruled, signed_in, log):
    assert status(ruled, by(ruled, signed_in, "zhangwei"), "/one/") == 403
    log.expect("WC0251", "(source acme, member zhangwei): Require wecom-user LiNa (")
    log.expect("WC0251", "): the member is zhangwei of acme; the visitor's number is")
    log.allow("AH01631")


# --- a proxy-developed corp: ids with case ---

@pytest.fixture
def cased(sites):
    return sites(sources=(PROXY,), places=(
        Place(), Place("/upper", require=(f"wecom-user {UPPER}",)),
        Place("/lower", require=(f"wecom-user proxy/{LOWER}",)),
        Place("/folded", require=(f"wecom-user {UPPER.lower()}",)),
        Place("/user", require=(f"user {UPPER}",))))


@pytest.mark.parametrize("userid, places", [(UPPER, {"/upper/", "/user/"}), (LOWER, {"/lower/"})])
def test_ids_that_differ_in_case_alone(cased, signed_in, log, userid, places):
    browser = signed_in(cased, userid)
    assert cased.environment(browser)["REMOTE_USER"] == userid
    assert {path for path in ("/upper/", "/lower/", "/folded/", "/user/")
            if status(cased, browser, path) == 200} == places
    log.allow("AH01631", "WC0251")


def test_withheld_names(cased, signed_in):
    """The userid that stands where the name is withheld is no name."""
    env = cased.environment(signed_in(cased, UPPER))
    assert env["WECOM_USERID"] == UPPER and env["WECOM_SOURCE"] == "proxy"
    assert env.get("WECOM_NAME", UPPER) == UPPER


def test_page_for_a_withheld_name(cased, signed_in):
    answer = signed_in(cased, LOWER).get(cased.url("/wecom/logout"))
    assert answer.status_code == 200 and LOWER in answer.text


# --- several sources, several corps ---

@pytest.fixture
def corps(sites):
    """Two people have one userid; /mixed is for both corps."""
    return sites(sources=(ACME, HR, SECOND), lines=(QUALIFIED,), places=(
        Place("/mixed"), Place("/acme", lines=("WeComSources acme hr", "WeComUser %{userid}")),
        Place("/user", require=("user zhangwei@second",)),
        Place("/rule", require=("wecom-user second/zhangwei",)),
        Place("/named", lines=("WeComUser %{corpid}/%{userid}",)),
        Place("/below", via="htaccess", lines=("WeComSources second",)),
        Place("/unnamed", via="htaccess", lines=("WeComUser %{userid}",))))


@pytest.mark.parametrize("source, user", [("acme", "zhangwei@acme"), ("hr", "zhangwei@hr"),
                                          ("second", "zhangwei@second")])
def test_user_names_tell_them_apart(corps, signed_in, source, user):
    browser = by(corps, signed_in, "zhangwei", source)
    env = corps.environment(browser, "/mixed")
    assert env["REMOTE_USER"] == user
    assert env["WECOM_USERID"] == "zhangwei" and env["WECOM_SOURCE"] == source
    assert env["WECOM_NAME"] == ("张薇" if source == "second" else "张伟")
    corpid = corps.sim.app(1 if source == "second" else 0).corpid
    assert corps.environment(browser, "/named")["REMOTE_USER"] == f"{corpid}/zhangwei"


@pytest.mark.parametrize("place", ["/user/", "/rule/"])
@pytest.mark.parametrize("source", ["acme", "hr", "second"])
def test_one_of_the_two(corps, signed_in, log, place, source):
    expected = 200 if source == "second" else 403
    assert status(corps, by(corps, signed_in, "zhangwei", source), place) == expected
    log.allow("AH01631", "WC0251")


@pytest.mark.parametrize("source, statuses", [
    ("acme", (200, 302)), ("hr", (200, 302)), ("second", (302, 200))])
def test_place_of_one_corp(corps, signed_in, source, statuses):
    browser = by(corps, signed_in, "zhangwei", source)
    assert (status(corps, browser, "/acme/"), status(corps, browser, "/below/")) == statuses


def test_pattern_that_mixes_them_up(corps, browsers, signed_in, log):
    """Only the request can tell, since it stands in .htaccess: nobody comes in."""
    for browser in (browsers(WECOM_IOS), by(corps, signed_in, "zhangwei", "second")):
        answer = browser.get(corps.url("/unnamed/"))
        assert answer.status_code == 500 and "</title>\n" != answer.text[-9:]
    log.expect("WC0301", "belong to different corps")


def test_mixed_without_a_pattern_does_not_start(sites):
    site = sites.prepare(sources=(ACME, SECOND), places=(Place("/mixed"),))
    code, said = site.configtest()
    assert code != 0 and "WC0110" in said


@pytest.mark.parametrize("via", ["conf", "htaccess"])
def test_mixed_asks_for_qualified_rules(fresh, signed_in, log, via):
    """`Require wecom-user zhangwei` would mean two people."""
    site = fresh.prepare(sources=(ACME, SECOND), lines=(QUALIFIED,), places=(
        Place(), Place("/mixed", require=("wecom-user zhangwei",), via=via)))
    if site.configtest()[0] == 0:
        site.start()
        assert status(site, by(site, signed_in, "zhangwei", "second"), "/mixed/") == 500
        log.expect("WC0322", "as in second/zhangwei")
        log.allow("AH01634")
