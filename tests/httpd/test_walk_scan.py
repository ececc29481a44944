# SPDX-License-Identifier: Apache-2.0
"""The walk on a PC: the login page where there is a choice, WeCom's scan page, the phone."""
from urllib.parse import quote

import pytest

from harness.client import FETCH, WECOM_IOS, links
from harness.site import Place, Source

ACME = Source()
HR = Source("hr", app=1, lines=('WeComDisplayName en "HR <b>&amp; \'more\'"',
                                'WeComDisplayName zh "人事系统"'))
THIRD = Source("third", app=2, lines=())


@pytest.fixture
def site(sites, via):
    return sites(places=(Place(via=via),))


@pytest.fixture
def old_site(sites):
    return sites(sources=(Source(lines=("WeComLoginURL qrconnect",)),))


@pytest.fixture
def choice(sites, via):
    """Three sources of one corp; a place for all, one for two of them, one for one."""
    return sites(sources=(ACME, HR, THIRD), places=(
        Place(via=via),
        Place("/two", lines=("WeComSources hr acme",), via=via),
        Place("/hr", lines=("WeComSources hr",), via=via)))


# --- one source ---

def test_hops(site, sim, browsers):
    walk = browsers().scan(site.url("/intranet/?a=b"), "LiNa")
    assert walk.trail == [
        (302, f"{site.authority()}/intranet/"),
        (200, f"localhost:{sim.port}/wwlogin/sso/login"),
        (303, f"localhost:{sim.port}/sim/phone/confirm"),
        (302, f"{site.authority()}/wecom/return"),
        (200, f"{site.authority()}/intranet/"),
    ]
    assert walk.url == site.url("/intranet/?a=b")


def test_who_it_was(site, browsers):
    browser = browsers()
    browser.scan(site.url("/intranet/"), "LiNa")
    assert site.environment(browser)["REMOTE_USER"] == "LiNa"


@pytest.mark.parametrize("language, lang", [("en", "en"), ("zh-CN,zh;q=0.9", "zh")])
def test_what_wecom_is_asked(site, sim, browsers, language, lang):
    hop = browsers(language=language).walk(site.url("/intranet/")).hops[1]
    query = hop.query
    assert query.pop("state").isalnum()
    assert query == {"login_type": "CorpApp", "appid": sim.app().corpid,
                     "agentid": str(sim.app().agentid),
                     "redirect_uri": site.url("/wecom/return"), "lang": lang}


def test_old_page(old_site, sim, browsers):
    browser = browsers()
    walk = browser.scan(old_site.url("/intranet/"), "LiNa")
    assert walk.trail[1] == (200, f"localhost:{sim.port}/wwopen/sso/qrConnect")
    assert walk.url == old_site.url("/intranet/") and walk.page.status_code == 200
    assert old_site.environment(browser)["WECOM_USERID"] == "LiNa"


def test_refusal_stays_with_wecom(site, browsers):
    browser = browsers()
    walk = browser.refuse(browser.walk(site.url("/intranet/")))
    assert walk.page.headers["X-Sim-Page"] == "wwlogin"
    assert browser.session_cookie is None


def check_calm_page(walk, site, browser):
    assert walk.trail[-1] == (200, f"{site.authority()}/wecom/return")
    assert "You cancelled the sign-in." in walk.page.text
    assert walk.page.headers["Cache-Control"] == "no-store"
    assert browser.session_cookie is None
    assert links(walk.page) == [("Sign in again", "/intranet/")]


@pytest.mark.parametrize("which", ["new", "old"])
def test_refusal_that_comes_back(sites, sim, browsers, log, which):
    site = sites(sources=(Source(lines=("WeComLoginURL qrconnect",) if which == "old" else ()),))
    sim.fault("/sim/phone/refuse", "refuse_redirects")
    browser = browsers()
    walk = browser.refuse(browser.walk(site.url("/intranet/")))
    check_calm_page(walk, site, browser)
    assert not sim.calls()
    log.expect("WC0201")


def test_again_after_a_refusal(old_site, browsers, log):
    browser = browsers()
    walk = browser.refuse(browser.walk(old_site.url("/intranet/")))
    ((_, again),) = links(walk.page)
    walk = browser.confirm(browser.click(walk, again))
    assert walk.url == old_site.url("/intranet/") and walk.page.status_code == 200
    log.expect("WC0201")


def test_refusal_page_can_be_reloaded(old_site, browsers, log):
    browser = browsers()
    walk = browser.refuse(browser.walk(old_site.url("/intranet/")))
    again = browser.walk(walk.url)
    assert "You cancelled the sign-in." in again.page.text and len(again.hops) == 1
    log.expect("WC0201")


# --- a choice ---

def test_login_page_has_a_button_for_each(choice, browsers):
    walk = browsers().walk(choice.url("/intranet/"))
    assert walk.trail == [(302, f"{choice.authority()}/intranet/"),
                          (200, f"{choice.authority()}/wecom/login")]
    assert [label for label, _ in links(walk.page)] == [
        "Sign in with Acme", "Sign in with HR <b>&amp; 'more'", "Sign in with third"]
    assert walk.page.headers["Cache-Control"] == "no-store"


def test_show_names_are_escaped(choice, browsers):
    text = browsers().walk(choice.url("/intranet/")).page.text
    assert "<b>" not in text and "&lt;b&gt;&amp;amp; &#39;more&#39;" in text


def test_show_names_in_chinese(choice, browsers):
    walk = browsers(language="zh-CN,zh;q=0.9,en;q=0.8").walk(choice.url("/intranet/"))
    assert [label for label, _ in links(walk.page)] == [
        "使用 Acme 登录", "使用人事系统登录", "使用 third 登录"]
    assert '<html lang="zh-CN">' in walk.page.text


def test_login_by_button(choice, sim, browsers):
    browser = browsers()
    walk = browser.walk(choice.url("/intranet/?x=1"))
    walk = browser.click(walk, dict(links(walk.page))["Sign in with HR <b>&amp; 'more'"])
    assert walk.hops[-1].query["agentid"] == str(sim.app(0, 1).agentid)
    walk = browser.confirm(walk)
    assert walk.url == choice.url("/intranet/?x=1")
    assert choice.environment(browser)["WECOM_SOURCE"] == "hr"


def test_button_in_the_client(choice, browsers):
    browser = browsers(WECOM_IOS)
    walk = browser.walk(choice.url("/intranet/"))
    walk = browser.click(walk, links(walk.page)[0][1])
    assert walk.url == choice.url("/intranet/") and walk.page.status_code == 200


# --- WeComSources ---

def test_place_with_one_source_needs_no_page(choice, sim, browsers):
    walk = browsers().walk(choice.url("/hr/"))
    assert walk.trail[1] == (200, f"localhost:{sim.port}/wwlogin/sso/login")
    assert walk.hops[1].query["agentid"] == str(sim.app(0, 1).agentid)


def test_place_with_two_sources(choice, browsers):
    walk = browsers().walk(choice.url("/two/"))
    assert [label for label, _ in links(walk.page)] == [
        "Sign in with Acme", "Sign in with HR <b>&amp; 'more'"]


def test_button_of_a_source_that_is_not_allowed(choice, browsers, log):
    browser = browsers()
    walk = browser.walk(choice.url("/two/"))
    forged = links(walk.page)[0][1].replace("source=acme", "source=third")
    page = browser.click(walk, forged).page
    assert page.status_code == 404 and "Location" not in page.headers
    log.expect("WC0207")


def test_ticket_of_another_source_counts_as_none(choice, browsers):
    browser = browsers(WECOM_IOS)
    assert browser.walk(choice.url("/wecom/login?source=acme&return=/two/")).url \
        == choice.url("/two/")
    assert browser.request("GET", choice.url("/hr/"), FETCH).status_code == 401
    answer = browser.get(choice.url("/hr/"))
    assert answer.status_code == 302 and "agentid=1000003" in answer.headers["Location"]
    assert browser.get(choice.url("/two/")).status_code == 200, "the session stays"


def test_other_source_at_another_place(choice, browsers):
    browser = browsers()
    walk = browser.walk(choice.url("/two/"))
    walk = browser.confirm(browser.click(walk, links(walk.page)[0][1]))     # acme
    assert walk.url == choice.url("/two/")
    answer = browser.get(choice.url("/hr/"))
    assert answer.status_code == 302 and "/wwlogin/sso/login" in answer.headers["Location"]
    browser.scan(choice.url("/hr/"))
    assert choice.environment(browser, "/hr")["WECOM_SOURCE"] == "hr"


# --- the login page by itself ---

def test_login_with_source(choice, sim, browsers):
    walk = browsers().walk(choice.url("/wecom/login?source=hr"))
    assert walk.hops[1].query["agentid"] == str(sim.app(0, 1).agentid)


def test_login_with_unknown_source(choice, browsers, log):
    answer = browsers().get(choice.url("/wecom/login?source=nosuch"))
    assert answer.status_code == 404 and not answer.headers.get_list("Set-Cookie")
    log.expect("WC0207")


def test_login_ends_at_return(choice, browsers):
    browser = browsers()
    walk = browser.scan(choice.url("/wecom/login?source=acme&return="
                                   + quote("/intranet/?a=1&b=张", safe="")))
    assert walk.url == choice.url("/intranet/?a=1&b=%E5%BC%A0")


def test_login_without_return_ends_at_root(choice, browsers):
    walk = browsers().scan(choice.url("/wecom/login?source=acme"))
    assert walk.url == choice.url("/") and walk.page.text == "<title>root</title>\n"


@pytest.mark.parametrize("path, names", [
    ("/hr/", ["hr"]), ("/hr/deep?x", ["hr"]), ("/two/", ["acme", "hr"]),
    ("/intranet/", ["acme", "hr", "third"]), ("/open/", ["acme", "hr", "third"])])
def test_login_offers_what_the_place_allows(choice, browsers, path, names):
    page = browsers().get(choice.url("/wecom/login?page=1&return=" + quote(path, safe="")))
    assert page.status_code == 200
    assert [address.rpartition("source=")[2] for _, address in links(page)] == names


def test_login_with_a_source_the_place_does_not_allow(choice, browsers, log):
    answer = browsers().get(choice.url("/wecom/login?source=acme&return=/hr/"))
    assert answer.status_code == 404
    log.expect("WC0207")


@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example/",
    "/%2Fevil.example/", "/%5Cevil.example/", "evil.example", "javascript:alert(1)", "",
    "/wecom/logout", "/a\r\nSet-Cookie: x=y", "/\t/evil.example", "/a#b", "/%zz"])
def test_unsafe_return_ends_at_root(sites, browsers, target):
    site = sites()
    walk = browsers(WECOM_IOS).walk(site.url("/wecom/login?source=acme&return="
                                             + quote(target, safe="")))
    assert walk.url == site.url("/"), target


def test_login_page_goes_to_the_public_name_first(sites, browsers):
    site = sites()
    answer = browsers().get(site.alias_url("/wecom/login?source=acme"))
    assert answer.status_code == 302 and not answer.headers.get_list("Set-Cookie")
    assert answer.headers["Location"].startswith(site.url("/wecom/login?source=acme"))
