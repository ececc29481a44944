# SPDX-License-Identifier: Apache-2.0
"""How a login begins: WeComLogin, the source used last, the way out, and never a loop."""
from urllib.parse import urlsplit

import pytest

from harness.client import WECHAT, WECOM_ANDROID, WECOM_IOS, links
from harness.site import Place, Source

HR = Source("hr", app=1, lines=('WeComDisplayName "HR"',))
LAST = "<small>Last used</small>"


@pytest.fixture
def site(sites, via):
    return sites(sources=(Source(), HR), places=(
        Place(via=via),
        Place("/one", lines=("WeComSources acme",), via=via),
        Place("/page", lines=("WeComSources acme", "WeComLogin page"), via=via),
        Place("/direct", lines=("WeComLogin direct",), via=via)))


def at(walk):
    """Where a walk has ended: the path, or the simulator's page."""
    return walk.page.headers.get("X-Sim-Page") or urlsplit(walk.url).path


@pytest.mark.parametrize("path, end", [
    ("/intranet/", "/wecom/login"), ("/one/", "wwlogin"), ("/page/", "/wecom/login"),
    ("/direct/", "wwlogin")])
def test_in_a_browser(site, browsers, path, end):
    assert at(browsers().walk(site.url(path))) == end


@pytest.mark.parametrize("path, end", [
    ("/intranet/", "/wecom/login"), ("/one/", "/one/"), ("/page/", "/page/"),
    ("/direct/", "/direct/")])
@pytest.mark.parametrize("agent", [WECOM_IOS, WECOM_ANDROID])
def test_inside_the_client_it_is_silent(site, browsers, agent, path, end):
    assert at(browsers(agent, person="LiNa").walk(site.url(path))) == end


def test_page_of_one_source(site, browsers):
    browser = browsers()
    walk = browser.walk(site.url("/page/?x"))
    assert [label for label, _ in links(walk.page)] == ["Sign in with Acme"]
    walk = browser.confirm(browser.click(walk, links(walk.page)[0][1]))
    assert walk.url == site.url("/page/?x")


def buttons(page):
    """[(label, is it the one used last), ...]"""
    labels = [label for label, _ in links(page)]
    return [(label, LAST in part) for label, part in
            zip(labels, page.text.split('<a class="b')[1:])]


def test_source_used_last_is_marked(site, browsers):
    browser = browsers()
    walk = browser.walk(site.url("/intranet/"))
    assert [last for _, last in buttons(walk.page)] == [False, False]
    walk = browser.confirm(browser.click(walk, links(walk.page)[1][1]))
    name, _ = browser.session_cookie
    browser.drop_cookie(name)
    page = browser.walk(site.url("/intranet/")).page
    assert [last for _, last in buttons(page)] == [False, True]


def test_source_used_last_is_taken_again_inside_the_client(site, browsers):
    browser = browsers(WECOM_IOS, person="LiNa")
    walk = browser.walk(site.url("/intranet/"))
    browser.click(walk, links(walk.page)[1][1])
    browser.drop_cookie(browser.session_cookie[0])
    walk = browser.walk(site.url("/intranet/"))
    assert at(walk) == "/intranet/"
    assert site.environment(browser)["WECOM_SOURCE"] == "hr"


def test_direct_takes_the_one_used_last(site, browsers, sim):
    browser = browsers()
    walk = browser.walk(site.url("/intranet/"))
    browser.confirm(browser.click(walk, links(walk.page)[1][1]))
    browser.drop_cookie(browser.session_cookie[0])
    walk = browser.walk(site.url("/direct/"))
    assert walk.hops[-1].query["agentid"] == str(sim.app(0, 1).agentid)


@pytest.mark.parametrize("value", ["nobody", "HR", "hr/x", "../hr", "a" * 32, "%68r", "", "hr hr"])
def test_source_that_the_cookie_invents(site, browsers, value):
    browser = browsers()
    walk = browser.walk(site.url("/intranet/"))
    browser.confirm(browser.click(walk, links(walk.page)[1][1]))
    (name,) = [name for name in browser.cookies if name.startswith("wecoml_")]
    browser.drop_cookies()
    answer = browser.get(site.url("/intranet/"), {"Cookie": f"{name}={value}"})
    page = browser.get(answer.headers["Location"], {"Cookie": f"{name}={value}"})
    assert [last for _, last in buttons(page)] == [False, False]


def test_way_out_inside_the_client(site, browsers):
    browser = browsers(WECOM_IOS, person="LiNa")
    assert at(browser.walk(site.url("/wecom/login?return=/one/"))) == "/one/"
    walk = browser.walk(site.url("/wecom/login?return=/one/&page=1"))
    assert at(walk) == "/wecom/login"
    assert [label for label, _ in links(walk.page)] == ["Sign in with Acme"]
    assert at(browser.click(walk, links(walk.page)[0][1])) == "/one/"


@pytest.mark.parametrize("value", ["0", "2", "", "1&page=1", "%31x", "true"])
def test_no_way_out(site, browsers, value):
    browser = browsers(WECOM_IOS, person="LiNa")
    assert at(browser.walk(site.url(f"/wecom/login?return=/one/&page={value}"))) == "/one/"


def test_one_source_is_begun_at_once(site, browsers):
    """Also by the address of the login page itself, unless the page is asked for."""
    assert at(browsers().walk(site.url("/wecom/login?return=/one/"))) == "wwlogin"
    assert at(browsers().walk(site.url("/wecom/login?return=/page/"))) == "/wecom/login"
    assert at(browsers().walk(site.url("/wecom/login?return=/one/&page=1"))) == "/wecom/login"
    assert at(browsers().walk(site.url("/wecom/login"))) == "/wecom/login"     # there are two


def test_wechat_is_told_where_to_go(site, browsers):
    walk = browsers(WECHAT).walk(site.url("/one/?a=b"))
    assert at(walk) == "/wecom/login"
    assert "Open this address inside WeCom." in walk.page.text
    assert site.url("/one/?a=b") in walk.page.text


def test_after_logout_nothing_begins_by_itself(site, signed_in):
    browser = signed_in(site, "LiNa", "/one/")
    walk = browser.walk(site.url("/wecom/logout"), initiator=site.url("/one/"))
    assert "You are signed out." in walk.page.text and "Refresh" not in walk.page.headers
    assert browser.session_cookie is None

