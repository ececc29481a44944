# SPDX-License-Identifier: Apache-2.0
"""{endpoint}/jssdk: signatures for pages of this site (docs/jssdk.md).

The signature is computed here anew from document 90506, with the ticket that WeCom in a box hands
out to anybody with the app's token.
"""
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from harness.client import FETCH, WECOM_IOS, Browser
from harness.site import Site, Source
from harness.spellings import Spellings

TWO = (Source("acme"), Source("partner", corp=1, lines=('WeComDisplayName "Partner"',)))
ASKED = ("get_jsapi_ticket", "ticket/get")


@pytest.fixture(scope="module")
def spellings(sites, sim_process):
    return Spellings(sites, sim_process)


@dataclass
class Member:
    """A member who came by a source whose tickets nobody has asked for yet."""
    site: Site
    source: str
    browser: Browser

    def ask(self, url=None, **values):
        return ask(self.browser, self.site, url, **values)


@pytest.fixture
def member(spellings, browsers, sim):
    site, source = spellings.take()
    browser = browsers(WECOM_IOS)
    browser.walk(site.url(f"/wecom/login?source={source}&return=/intranet/"))
    sim.reset_counts()
    return Member(site, source, browser)


@pytest.fixture
def site(sites):
    return sites()


def ask(browser, site, url=None, headers=None, **values):
    values = {"url": url or site.url("/intranet/?a=1"), **values}
    return browser.request("GET", site.url("/wecom/jssdk"), headers or FETCH, params=values)


def signature(ticket, half, url):
    text = (f"jsapi_ticket={ticket}&noncestr={half['nonceStr']}&timestamp={half['timestamp']}"
            f"&url={url}")
    return hashlib.sha1(text.encode()).hexdigest()


def test_signatures_fit(box, member):
    url = member.site.url("/intranet/?a=%E4%BD%A0&b=/c?d")
    answer = member.ask(url + "#/route")
    told = answer.json()
    app = box.app
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    assert set(told) == {"corpId", "agentId", "config", "agentConfig"}
    assert (told["corpId"].lower(), told["agentId"]) == (app.corpid, str(app.agentid))
    assert told["config"]["appId"] == told["agentConfig"]["corpid"] == told["corpId"]
    assert told["agentConfig"]["agentid"] == str(app.agentid)
    corp = box.call("get_jsapi_ticket")["ticket"]
    agent = box.call("ticket/get", type="agent_config")["ticket"]
    assert told["config"]["signature"] == signature(corp, told["config"], url)
    assert told["agentConfig"]["signature"] == signature(agent, told["agentConfig"], url)
    assert abs(told["config"]["timestamp"] - time.time()) < 60
    assert corp not in answer.text and agent not in answer.text


def test_tickets_are_asked_for_once(member, sim, browsers):
    def once(_):
        return member.ask().status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(once, range(24))) == {200}
    assert [sim.calls().get(path) for path in ASKED] == [1, 1]


def test_a_refused_token_is_replaced(member, sim):
    sim.invalidate_tokens()
    sim.reset_counts()
    assert member.ask().status_code == 200
    assert sim.calls() == {"get_jsapi_ticket": 2, "gettoken": 1, "ticket/get": 1}


def test_strangers_are_told_where_to_log_in(site, browsers, sim):
    told = ask(browsers(), site)
    same = browsers().request("GET", site.url("/wecom/session"), FETCH)
    assert told.status_code == same.status_code == 401
    assert told.json() == same.json() == {"error": "login_required",
                                          "login": site.url("/wecom/login")}
    assert told.headers["WWW-Authenticate"] == "WeCom"
    assert not set(ASKED) & set(sim.calls())


@pytest.mark.parametrize("url", [
    "http://evil.example/", "/intranet/", "javascript:alert(1)", "https://@authority@/",
    "http://@authority@@evil.example/", "http://evil.example/#http://@authority@/",
    "http://@authority@\\@evil.example/", "http://localhost:@port@/", "http://@authority@/a b",
    "http://@authority@/\r\nX: y", "http://@authority@/é", "http://@authority@/" + "x" * 3000,
    "http://@authority@/" + "x" * 6000])
def test_other_pages_are_not_signed(member, sim, url):
    url = url.replace("@authority@", member.site.authority())
    url = url.replace("@port@", str(member.site.ports[""]))
    answer = member.ask(url)
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_url"})
    assert not set(ASKED) & set(sim.calls())


@pytest.mark.parametrize("query", ["", "?url=", "?url=%", "?url=%00", "?URL=x",
                                   "?url=http%3A%2F%2Fa&url=http%3A%2F%2Fb"])
def test_malformed_questions(member, query):
    answer = member.browser.request("GET", member.site.url("/wecom/jssdk") + query, FETCH)
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_url"})


def test_the_source_is_the_sessions(sites, sim, browsers):
    sim.forget()
    site = sites(sources=TWO, lines=("WeComUser %{userid}@%{source}",))
    browser = browsers(WECOM_IOS)
    browser.walk(site.url("/wecom/login?source=partner&return=/intranet/"))
    assert ask(browser, site).json()["corpId"] == sim.app(corp=1).corpid
    assert ask(browser, site, source="partner").status_code == 200
    for other in ("acme", "nobody", "", "PARTNER", "x" * 40):
        answer = ask(browser, site, source=other)
        assert (answer.status_code, answer.json()) == (403, {"error": "other_source"}), other


def test_post_is_not_answered(member):
    assert member.browser.request("POST", member.site.url("/wecom/jssdk"), FETCH).status_code == 405


def test_wecom_is_down(member, sim, log):
    sim.fault("/cgi-bin/get_jsapi_ticket", "drop")
    log.expect("WC0343")
    answer = member.ask()
    assert (answer.status_code, answer.json()) == (503, {"error": "unavailable"})
    assert answer.headers["Retry-After"] == "10"
    sim.clear_faults()
    time.sleep(2.1)
    assert member.ask().status_code == 200


def test_the_quota_is_respected(member, sim, log):
    sim.fault("/cgi-bin/get_jsapi_ticket", "errcode", code=45009)
    log.expect("WC0343")
    for _ in range(3):
        answer = member.ask()
        assert (answer.status_code, answer.json()) == (503, {"error": "unavailable"})
    assert sim.calls()["get_jsapi_ticket"] == 1


def test_refused_by_wecom(member, sim, log):
    sim.fault("/cgi-bin/ticket/get", "errcode", code=60020)
    log.expect("WC0343")
    answer = member.ask()
    assert (answer.status_code, answer.json()) == (502, {"error": "upstream"})
    assert "Retry-After" not in answer.headers


def test_allowed_origins(sites, browsers, sim):
    sim.forget()
    site = sites(lines=("WeComPopupOrigins https://portal.example",))
    browser = browsers(WECOM_IOS)
    browser.walk(site.url("/intranet/"))
    for origin, heard in (("https://portal.example", True), ("https://evil.example", False)):
        answer = ask(browser, site, headers={**FETCH, "Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if heard else None)
        assert answer.headers.get("Access-Control-Allow-Credentials") == ("true" if heard
                                                                          else None)
        assert "Origin" in answer.headers["Vary"]
    assert ask(browser, site, "https://portal.example/").status_code == 400
