# SPDX-License-Identifier: Apache-2.0
"""The walk inside the WeCom client: silent, three redirects, two calls."""
import json

import pytest

from harness.client import (CHROME, WECHAT, WECOM_ANDROID, WECOM_IOS, WECOM_MAC, WECOM_WINDOWS)
from harness.site import Place, Source


@pytest.fixture
def site(sites, via):
    return sites(places=(Place(via=via),))


def test_hops(site, sim, browsers):
    walk = browsers(WECOM_IOS).walk(site.url("/intranet/"))
    assert walk.trail == [
        (302, f"{site.authority()}/intranet/"),
        (302, f"localhost:{sim.port}/connect/oauth2/authorize"),
        (302, f"{site.authority()}/wecom/return"),
        (200, f"{site.authority()}/intranet/"),
    ]
    assert walk.page.text == "<title>/intranet</title>\n"


def test_what_wecom_is_asked(site, sim, browsers):
    hop = browsers(WECOM_IOS).walk(site.url("/intranet/")).hops[1]
    app = sim.app()
    assert hop.url.endswith("#wechat_redirect")
    query = hop.query
    state = query.pop("state")
    assert state.isalnum() and state.isascii() and len(state) <= 128
    assert query == {"appid": app.corpid, "redirect_uri": site.url("/wecom/return"),
                     "response_type": "code", "scope": "snsapi_base",
                     "agentid": str(app.agentid)}


def test_query_and_path_survive(site, browsers):
    walk = browsers(WECOM_IOS).walk(site.url("/intranet/index.html?a=1&b=%E5%BC%A0%2F&c"))
    assert walk.url == site.url("/intranet/index.html?a=1&b=%E5%BC%A0%2F&c")
    assert walk.page.status_code == 200


def test_two_calls_when_warm(site, sim, signed_in):
    signed_in(site)
    sim.reset_counts()
    signed_in(site, "LiNa")
    assert sim.calls() == {"auth/getuserinfo": 1, "user/get": 1}


def test_one_call_without_check_member(sites, sim, signed_in):
    site = sites(sources=(Source(lines=("WeComCheckMember Off",)),))
    signed_in(site)
    sim.reset_counts()
    signed_in(site, "LiNa")
    assert sim.calls() == {"auth/getuserinfo": 1}


def test_one_token_for_two_logins(fresh, sim, signed_in):
    site = fresh()
    signed_in(site)
    signed_in(site, "LiNa")
    assert sim.calls() == {"gettoken": 1, "auth/getuserinfo": 2, "user/get": 2}


@pytest.mark.parametrize("agent", [
    WECOM_IOS, WECOM_ANDROID, WECOM_WINDOWS, WECOM_MAC,
    "wxwork", "WXWORK/9", "x" * 900 + " wXwOrK", "Mozilla/5.0 (like wxworklocal)",
], ids=["ios", "android", "windows", "mac", "bare", "upper", "late", "inside"])
def test_agents_that_are_wecom(sites, sim, browsers, agent):
    answer = browsers(agent).get(sites().url("/intranet/"))
    assert answer.headers["Location"].startswith(sim.pages + "/connect/oauth2/authorize?")


@pytest.mark.parametrize("agent", [CHROME, "", "wx work"], ids=["chrome", "none", "apart"])
def test_agents_that_are_not(sites, sim, browsers, agent):
    answer = browsers(agent).get(sites().url("/intranet/"))
    assert answer.headers["Location"].startswith(sim.pages + "/wwlogin/sso/login?")


def test_wechat_gets_the_page(sites, browsers):
    walk = browsers(WECHAT).walk(sites().url("/intranet/"))
    assert walk.page.status_code == 200
    assert walk.trail[-1][1].endswith("/wecom/login")


def test_wechat_where_allowed(sites, browsers):
    site = sites(sources=(Source(lines=("WeComInWeChat On",)),))
    walk = browsers(WECHAT).walk(site.url("/intranet/"))
    assert walk.page.status_code == 200 and walk.url == site.url("/intranet/")


def test_session_cookie_on_http(site, browsers):
    hop = browsers(WECOM_IOS).walk(site.url("/intranet/")).hops[2]
    name, rest = [header.split("=", 1) for header in hop.answer.headers.get_list("Set-Cookie")
                  if header.startswith("wecom_")][0]
    value, *attributes = [part.strip() for part in rest.split(";")]
    assert len(name) == len("wecom_") + 6 and len(name) + len(value) < 4096
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_pending_cookie(site, browsers):
    answer = browsers(WECOM_IOS).get(site.url("/intranet/"))
    (header,) = answer.headers.get_list("Set-Cookie")
    name, rest = header.split("=", 1)
    value, *attributes = [part.strip() for part in rest.split(";")]
    assert name.startswith("wecomp_") and len(header) <= 400 and value
    assert sorted(attributes) == ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax"]


def test_pending_cookie_goes_when_spent(site, browsers):
    browser = browsers(WECOM_IOS)
    browser.walk(site.url("/intranet/"))
    assert list(browser.cookies) == [browser.session_cookie[0]]


def test_redirects_are_not_stored(site, browsers):
    walk = browsers(WECOM_IOS).walk(site.url("/intranet/"))
    for hop in (walk.hops[0], walk.hops[2]):
        assert hop.answer.headers["Cache-Control"] == "no-store"
    assert walk.page.headers["Cache-Control"] == "private"


def test_over_tls_and_http2(sites, browsers, tls):
    site = sites(tls=True)
    browser = browsers(WECOM_IOS, http2=True, ca_file=str(tls.cert))
    walk = browser.walk(site.url("/intranet/"))
    assert walk.page.status_code == 200
    assert walk.page.http_version == ("HTTP/2" if site.speaks_http2 else "HTTP/1.1")
    assert len(walk.hops) == 4
    assert browser.session_cookie[0].startswith("__Host-wecom_")


# --- what the application hears ---

def test_environment_of_a_cgi(site, signed_in):
    env = site.environment(signed_in(site, "LiNa"))
    assert env["REMOTE_USER"] == "LiNa" and env["AUTH_TYPE"] == "WeCom"
    assert {name: value for name, value in env.items() if name.startswith("WECOM_")} == {
        "WECOM_USERID": "LiNa", "WECOM_SOURCE": "acme", "WECOM_NAME": "李娜",
        "WECOM_DEPARTMENTS": "3", "WECOM_MAIN_DEPARTMENT": "3", "WECOM_LEADS": "3"}


def test_several_departments(site, signed_in):
    env = site.environment(signed_in(site, "zhangwei"))
    assert env["WECOM_DEPARTMENTS"] == "2,3" and env["WECOM_MAIN_DEPARTMENT"] == "2"


def test_nobody_is_somebody_outside(sites, signed_in):
    """The environment belongs to the place: elsewhere the same browser is nobody."""
    site = sites()
    env = site.environment(signed_in(site), "/open")
    assert not [name for name in env if name.startswith(("WECOM_", "REMOTE_USER", "AUTH_TYPE"))]


def test_user_pattern(sites, via, signed_in):
    site = sites(places=(Place(via=via, lines=("WeComUser %{userid}@%{source}",)),))
    env = site.environment(signed_in(site, "LiNa"))
    assert env["REMOTE_USER"] == "LiNa@acme" and env["WECOM_USERID"] == "LiNa"


def test_backend_by_proxy(sites, backend, signed_in):
    """mod_headers sees our environment, Chinese names reach the application intact, and our
    cookies do not reach it."""
    site = sites(modules=("proxy", "proxy_http"), places=(
        Place(), Place("/app", lines=(
            f"ProxyPass {backend.url}/app", "RequestHeader set Remote-User %{REMOTE_USER}s",
            "RequestHeader set Remote-Id %{WECOM_USERID}e",
            "RequestHeader set Remote-Name %{WECOM_NAME}e"))))
    browser = signed_in(site, "LiNa", path="/app/")
    browser.set_cookie("theirs", "kept")
    heard = json.loads(browser.get(site.url("/app/x?y=1")).text)
    headers = dict(heard["headers"])
    assert heard["path"] == "/app/x?y=1"
    assert headers["Remote-Id"] == "LiNa" and headers["Remote-Name"] == "李娜"
    assert headers["Cookie"] == "theirs=kept"
