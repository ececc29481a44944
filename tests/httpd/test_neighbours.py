# SPDX-License-Identifier: Apache-2.0
"""Other modules that authenticate and keep sessions, on the same server and in the same browser."""
import base64
import hashlib
import json
from urllib.parse import parse_qsl

import pytest

from harness.apps import APP_CGI, asks, told
from harness.client import WECOM_IOS, session_in
from harness.early import EarlySite
from harness.keep import Keeper
from harness.site import Place, Site, Spec

FORM_MODULES = ("auth_form", "auth_basic", "authn_file", "request", "session_cookie",
                "session_crypto")
WORD = "s3cret-word"
USERS = ("users", "alice:{SHA}" + base64.b64encode(hashlib.sha1(WORD.encode()).digest()).decode())
BASIC = ("Authorization", "Basic " + base64.b64encode(f"alice:{WORD}".encode()).decode())
WRONG = ("Authorization", "Basic " + base64.b64encode(b"alice:wrong").decode())
PROVIDER = ("AuthBasicProvider file", 'AuthUserFile "@docroot@/users"')


def section(path, *lines):
    return (f'<Location "{path}">', *("    " + line for line in lines), "</Location>")


def form_lines(crypto):
    """mod_auth_form as its manual has it, with the session in a cookie."""
    shared = ["AuthFormProvider file", 'AuthUserFile "@docroot@/users"', "AuthType form",
              'AuthName "Other"', "Session On", "SessionCookieName theirs path=/",
              *(["SessionCryptoPassphrase of-the-neighbour"] if crypto else [])]
    return (*section("/form", *shared, "Require valid-user"),
            *section("/form-in", *shared, "SetHandler form-login-handler",
                     "AuthFormLoginRequiredLocation /open/", "AuthFormLoginSuccessLocation /form/"),
            *section("/form-out", *shared, "SetHandler form-logout-handler",
                     "AuthFormLogoutLocation /open/", "SessionMaxAge 1"))


@pytest.fixture(scope="module")
def kept(paths, book, sim_process):
    """kept(spec, early): our module loaded last, or before mod_session and all others."""
    keepers = {early: Keeper(lambda spec, kind=kind: kind(paths, book, sim_process, spec))
               for early, kind in ((False, Site), (True, EarlySite))}
    yield lambda spec, early: keepers[early](spec)
    for keeper in keepers.values():
        keeper.stop()


FORM_PLACE = Place("/form", via="none")


@pytest.fixture(params=["late", "early"])
def order(request):
    return request.param == "early"


@pytest.fixture(params=["plain", "crypto"])
def both(kept, order, request):
    """WeCom at /intranet, mod_auth_form at /form."""
    return kept(Spec(modules=FORM_MODULES, files=(USERS,), places=(Place(), FORM_PLACE),
                     lines=form_lines(request.param == "crypto")), order)


@pytest.fixture
def everywhere(kept, order):
    """Here the neighbour has written its session for the whole server."""
    return kept(Spec(modules=FORM_MODULES, files=(USERS,), places=(Place(), FORM_PLACE), lines=(
        "Session On", "SessionCookieName theirs path=/", "SessionCryptoPassphrase of-the-neighbour",
        *form_lines(False))), order)


# --- mod_auth_form ---

def sign_in_by_form(site, browser):
    answer = browser.post(site.url("/form-in"), {"httpd_username": "alice",
                                                  "httpd_password": WORD})
    assert answer.status_code == 302 and answer.headers["Location"].endswith("/form/"), answer.text
    assert browser.cookies["theirs"]


def user_at(site, browser, path):
    answer = browser.get(site.url(path + "/env.cgi"))
    return json.loads(answer.text)["REMOTE_USER"] if answer.status_code == 200 else None


def test_form_login(both, browsers, log):
    log.allow("AH01807", "AH01808", "AH01617", "AH01815")
    browser = browsers()
    assert user_at(both, browser, "/form") is None
    sign_in_by_form(both, browser)
    assert user_at(both, browser, "/form") == "alice"
    assert not [name for name in browser.cookies if "wecom" in name]


def test_both_in_one_browser(both, signed_in, log):
    log.allow("AH01807")
    browser = signed_in(both, "LiNa")
    ours = browser.session_cookie
    assert user_at(both, browser, "/form") is None, "a member is nobody there"
    sign_in_by_form(both, browser)
    theirs = browser.cookies["theirs"]
    for _ in range(2):
        assert user_at(both, browser, "/intranet") == "LiNa"
        assert browser.cookies["theirs"] == theirs, "our place does not touch it"
        assert user_at(both, browser, "/form") == "alice"
        assert browser.session_cookie == ours, "their place does not touch ours"


def test_form_first(both, browsers, log):
    log.allow("AH01807")
    browser = browsers(WECOM_IOS, person="LiNa")
    sign_in_by_form(both, browser)
    theirs = browser.cookies["theirs"]
    assert browser.get(both.url("/intranet/")).status_code == 302, "alice is nobody here"
    walk = browser.walk(both.url("/intranet/"))
    assert walk.page.status_code == 200 and browser.cookies["theirs"] == theirs
    assert user_at(both, browser, "/intranet") == "LiNa"
    assert user_at(both, browser, "/form") == "alice"


def test_out_of_one_and_not_of_the_other(both, signed_in, log):
    log.allow("AH01807")
    browser = signed_in(both, "LiNa")
    sign_in_by_form(both, browser)
    browser.get(both.url("/wecom/logout"), initiator=both.url("/"))
    assert user_at(both, browser, "/intranet") is None
    assert user_at(both, browser, "/form") == "alice"
    browser.walk(both.url("/intranet/"))
    browser.get(both.url("/form-out"))
    assert user_at(both, browser, "/form") is None
    assert user_at(both, browser, "/intranet") == "LiNa"


def test_their_cookie_reaches_the_application(both, signed_in, log):
    log.allow("AH01807")
    browser = signed_in(both, "LiNa")
    sign_in_by_form(both, browser)
    theirs = browser.cookies["theirs"]
    assert both.environment(browser)["HTTP_COOKIE"] == f"theirs={theirs}"


def test_session_for_the_whole_server(everywhere, signed_in, log):
    log.allow("AH01807")
    browser = signed_in(everywhere, "LiNa")
    ours = browser.session_cookie
    sign_in_by_form(everywhere, browser)
    theirs = browser.cookies["theirs"]
    for path in ("/intranet/env.cgi", "/wecom/session", "/wecom/logout"):
        assert browser.get(everywhere.url(path)).status_code == 200
        assert browser.cookies["theirs"] == theirs and browser.session_cookie == ours
    assert user_at(everywhere, browser, "/form") == "alice"
    assert user_at(everywhere, browser, "/intranet") == "LiNa"
    browser.get(everywhere.url("/wecom/logout"), initiator=everywhere.url("/"))
    assert user_at(everywhere, browser, "/intranet") is None
    assert user_at(everywhere, browser, "/form") == "alice"


def test_their_session_cannot_be_ours(both, signed_in, browsers, log):
    """A cookie of theirs under our name does not open, and neither the other way round."""
    log.allow("AH01807", "AH01842", "AH01817", "AH01816")
    browser = signed_in(both, "LiNa")
    sign_in_by_form(both, browser)
    name, value = browser.session_cookie
    swapped = browsers(WECOM_IOS)
    swapped.set_cookie(name, browser.cookies["theirs"])
    swapped.set_cookie("theirs", value)
    assert swapped.get(both.url("/intranet/")).status_code == 302
    assert user_at(both, swapped, "/form") is None


# --- what others keep in our session ---

PAIRS = "colour=blue&word=a%20b"


@pytest.fixture
def keeping(kept, order):
    site = kept(Spec(lines=(), places=(Place(lines=("SessionEnv On",
                                                    "SessionHeader X-Replace-Session")),
                                       Place("/deep", lines=("SessionEnv On",)))), order)
    for folder in ("intranet", "deep", "open"):
        site.write(f"{folder}/app.cgi", APP_CGI, 0o755)
    return site


def put(site, browser, pairs, *headers, path="/intranet"):
    return browser.get(site.url(f"{path}/app.cgi?" + asks("X-Replace-Session: " + pairs,
                                                          *headers)))


def seen(site, browser, path="/intranet"):
    """What is kept: {name: value}."""
    return dict(parse_qsl(told(browser.get(site.url(f"{path}/app.cgi")))["session"]))


def test_entries_are_kept(keeping, signed_in):
    browser = signed_in(keeping, "LiNa")
    assert seen(keeping, browser) == {}
    before = browser.session_cookie
    answer = put(keeping, browser, PAIRS)
    assert "X-Replace-Session" not in answer.headers
    assert browser.session_cookie[0] == before[0] and browser.session_cookie != before
    assert "blue" not in str(browser.cookies)
    assert seen(keeping, browser) == {"colour": "blue", "word": "a b"}
    assert seen(keeping, browser, "/deep") == {"colour": "blue", "word": "a b"}
    assert told(browser.get(keeping.url("/intranet/app.cgi")))["user"] == "LiNa"


def test_entries_change(keeping, signed_in):
    browser = signed_in(keeping, "LiNa")
    put(keeping, browser, PAIRS)
    put(keeping, browser, "colour=red&word=")
    assert seen(keeping, browser) == {"colour": "red"}


@pytest.mark.parametrize("pairs", [
    "userid=zhangwei", "user=zhangwei&REMOTE_USER=zhangwei", "WECOM_USERID=zhangwei",
    "ticket=x&wecom=y&wecom-ticket=z", "expiry=1", "expiry=0", "source=hr&account=boss"])
def test_entries_change_nobody(keeping, signed_in, log, pairs):
    log.allow("AH01819")    # mod_session believes `expiry`
    browser = signed_in(keeping, "LiNa")
    session = session_in(browser.get(keeping.url("/wecom/session")))
    put(keeping, browser, pairs)
    answer = browser.get(keeping.url("/intranet/app.cgi"))
    assert answer.status_code == 200 and told(answer)["user"] == "LiNa"
    assert session_in(browser.get(keeping.url("/wecom/session"))) == session


def test_session_shows_no_ticket(keeping, signed_in):
    """SessionEnv tells what others keep, and nothing of ours."""
    browser = signed_in(keeping, "LiNa")
    answer = browser.get(keeping.url("/intranet/env.cgi"))
    value = browser.session_cookie[1]
    env = json.loads(answer.text)
    assert env.get("HTTP_SESSION", "") == "" and value not in answer.text


def test_entries_are_the_persons(keeping, signed_in):
    """They stay when the same member signs in again, and go when it is another."""
    browser = signed_in(keeping, "LiNa")
    put(keeping, browser, PAIRS)
    browser.walk(keeping.url("/wecom/login?source=acme&return=/intranet/"))
    assert seen(keeping, browser)["colour"] == "blue"
    other = signed_in(keeping, "zhangwei")
    other.take_cookies_of(browser)
    assert seen(keeping, other)["colour"] == "blue"
    other.walk(keeping.url("/wecom/login?source=acme&return=/intranet/"))
    assert told(other.get(keeping.url("/intranet/app.cgi")))["user"] == "zhangwei"
    assert seen(keeping, other) == {}


def test_too_much_is_refused_aloud(keeping, signed_in, log):
    browser = signed_in(keeping, "LiNa")
    put(keeping, browser, PAIRS)
    before = browser.session_cookie
    put(keeping, browser, "colour=" + "x" * 3900)
    assert browser.session_cookie == before
    assert seen(keeping, browser)["colour"] == "blue"
    log.expect("WC0312")
    log.allow("AH01822")


def test_stranger_keeps_nothing(keeping, browsers):
    browser = browsers()
    put(keeping, browser, PAIRS, path="/open")
    assert not browser.cookies


def test_answer_with_a_cookie_is_private(keeping, signed_in):
    answer = put(keeping, signed_in(keeping, "LiNa"), PAIRS,
                 "Cache-Control: public, s-maxage=600")
    assert answer.headers.get_list("Set-Cookie")
    assert answer.headers["Cache-Control"] == "private"


# --- AuthType Basic ---

@pytest.fixture
def basic(sites):
    """Password and WeCom in different places of one server."""
    return sites(modules=FORM_MODULES, places=(Place(), Place("/basic", via="none")),
                 files=(USERS,), lines=section("/basic", "AuthType Basic", 'AuthName "Other"',
                                               *PROVIDER, "Require valid-user"))


def test_basic_elsewhere(basic, signed_in):
    browser = signed_in(basic, "LiNa")
    answer = browser.get(basic.url("/basic/env.cgi"))
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Basic")
    env = json.loads(browser.get(basic.url("/basic/env.cgi"), dict([BASIC])).text)
    assert env["REMOTE_USER"] == "alice" and env["AUTH_TYPE"] == "Basic"
    assert not [name for name in env if name.startswith("WECOM_")]
    assert user_at(basic, browser, "/intranet") == "LiNa"


def test_wrong_password(basic, signed_in, log):
    answer = signed_in(basic, "LiNa").get(basic.url("/basic/"), dict([WRONG]))
    assert answer.status_code == 401
    log.expect("AH01617")


def test_password_is_nothing_to_us(basic, browsers, signed_in):
    assert browsers(WECOM_IOS).get(basic.url("/intranet/"), dict([BASIC])).status_code == 302
    answer = signed_in(basic, "LiNa").get(basic.url("/intranet/env.cgi"), dict([BASIC]))
    assert json.loads(answer.text)["REMOTE_USER"] == "LiNa"
