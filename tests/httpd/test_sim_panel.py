# SPDX-License-Identifier: Apache-2.0
"""WeCom in a box: the panel in a frame, and the tickets of JS-SDK.

What a browser makes of the panel stands in tests/browser/test_browser_panel_sim.py; here is the
text of its page, and what the phone's answers do to it (@wecom/jssdk 2.4.4, document 90506).
"""
import json
import re

import pytest

from harness.box import RETURN, kind, query

PORTAL = "http://localhost:8080"        # a trusted domain of the first app
SDK = {"version": "2.4.4"}


def settings(page):
    return json.loads(re.search(r"window\.settings=(\{.*?\});</script>", page.text)[1])


def panel(box, referer=PORTAL + "/", **more):
    box.http.headers["Referer"] = referer
    page = box.page(**{**SDK, **more})
    assert kind(page) == "panel"
    return page


# --- the panel ---

def test_page_may_be_framed_and_speaks_the_protocol(box):
    page = panel(box)
    assert "X-Frame-Options" not in page.headers
    assert "frame-ancestors" not in page.headers["Content-Security-Policy"]
    for word in ("ww-iframe-handle:ready", "ww-iframe-handle:call", "ww-iframe-handle:init",
                 "ww-iframe-handle:response", "onCheckWeComLogin", "onLoginSuccess", "onLoginFail",
                 "onOpenInWecom"):
        assert word in page.text, word
    assert settings(page)["embedder"] == PORTAL
    assert settings(page)["client_found"] is True


@pytest.mark.parametrize("headers, values", [
    ({}, {"version": "2.4.4"}), ({}, {"panel_size": "small"}),
    ({"Sec-Fetch-Dest": "iframe"}, {})])
def test_what_makes_it_a_panel(box, headers, values):
    box.http.headers.update(headers)
    assert kind(box.page(**values)) == "panel"
    assert kind(box.page(old=True, **values)) == "qrconnect"


def test_a_window_of_its_own_is_no_panel(box):
    box.http.headers["Sec-Fetch-Dest"] = "document"
    assert kind(box.page(redirect_type="top")) == "wwlogin"


@pytest.mark.parametrize("referer, embedder, fits", [
    (PORTAL + "/deep?a=1", PORTAL, True), ("http://evil.example/", "http://evil.example", False),
    ("http://localhost:8081/", "http://localhost:8081", False), ("", "", False),
    ("javascript:alert(1)", "", False), ("http://" + "a" * 300, "", False)])
def test_who_embeds_it(box, referer, embedder, fits):
    found = settings(panel(box, referer))
    assert (found["embedder"], found["embedder_fits"]) == (embedder, fits)


@pytest.mark.parametrize("asked, scheme", [
    (None, "light"), ("dark", "dark"), ("auto", "auto"), ('"><b>', "light")])
def test_colour_scheme(box, asked, scheme):
    values = {} if asked is None else {"color_scheme": asked}
    assert f'<html lang="zh-CN" data-scheme="{scheme}">' in panel(box, **values).text


def test_language(box):
    assert "New QR code" in panel(box, lang="en").text
    assert "换一个二维码" in panel(box, lang="zh").text


@pytest.mark.parametrize("asked", ["top", "callback", "self"])
def test_redirect_type(box, asked):
    assert settings(panel(box, redirect_type=asked))["redirect_type"] == asked


def test_unknown_redirect_type_is_none(box):
    assert settings(panel(box, redirect_type="parent"))["redirect_type"] == ""


def test_fresh_page_is_a_panel_for_the_same_page(box):
    page = panel(box, redirect_type="callback", panel_size="small", color_scheme="dark")
    link = re.search(r'id="again" hidden href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    again = box.http.get(link, headers={"Referer": box.sim.api + "/"})
    assert kind(again) == "panel" and 'data-scheme="dark"' in again.text
    found = settings(again)
    assert found["web_key"] != settings(page)["web_key"]
    assert (found["embedder"], found["embedder_fits"], found["redirect_type"]) == (
        PORTAL, True, "callback")


def test_phone_of_the_panel_is_checked(box):
    key = settings(panel(box))["web_key"]
    assert kind(box.confirm(key, "zhaolei", follow="")) == "no-permission"
    assert kind(box.confirm(key, follow="")) == "confirmed"
    done = box.poll(key)
    assert done["sim_redirect"] == (f"{RETURN}?code={done['auth_code']}&state=a%20b%2Bc"
                                    f"&appid={box.app.corpid}")
    key = settings(panel(box, redirect_uri="http://none.example/"))["web_key"]
    assert kind(box.confirm(key, follow="")) == "domain-mismatch"
    key = settings(panel(box))["web_key"]
    box.refuse(key)
    assert box.poll(key) == {"status": "QRCODE_SCAN_FAIL", "auth_code": ""}


@pytest.mark.parametrize("host", ["login.work.weixin.qq.com", "open.weixin.qq.com",
                                  "open.work.weixin.qq.com", "qyapi.weixin.qq.com"])
def test_reached_by_the_real_names(box, host):
    box.http.headers["Host"] = host
    assert kind(panel(box)) == "panel"
    assert "code" in query(box.authorize())
    assert box.call("user/get", userid="LiNa")["errcode"] == 0


def test_markup_is_escaped(box):
    page = panel(box, state='"></script><script>alert(1)</script>', lang='"><i>')
    assert "<script>alert" not in page.text and '"><i>' not in page.text


# --- the tickets of JS-SDK ---

CALLS = [("get_jsapi_ticket", {}), ("ticket/get", {"type": "agent_config"})]


@pytest.mark.parametrize("path, values", CALLS)
def test_ticket_is_kept_until_it_ends(box, path, values):
    first = box.call(path, **values)
    assert (first["errcode"], first["expires_in"]) == (0, 7200)
    assert re.fullmatch(r"\w{86}", first["ticket"])
    assert box.call(path, **values)["ticket"] == first["ticket"]
    box.sim.skew(7201)
    assert box.call(path, **values)["ticket"] != first["ticket"]
    second = box.call(path, **values)["ticket"]
    box.sim.command("jsticket/expires_in", seconds=60)
    third = box.call(path, **values)
    assert third["ticket"] != second and third["expires_in"] == 60
    box.sim.command("jsticket/end")
    assert box.call(path, **values)["ticket"] != third["ticket"]


def test_one_ticket_for_the_corp_and_one_for_each_app(box):
    other = box.token(box.sim.app(number=1))
    corp = [box.call("get_jsapi_ticket", token)["ticket"] for token in (box.token(), other)]
    apps = [box.call("ticket/get", token, type="agent_config")["ticket"]
            for token in (box.token(), other)]
    assert corp[0] == corp[1] and len({corp[0], *apps}) == 3


def test_ticket_errors(box):
    assert box.http.get("/cgi-bin/get_jsapi_ticket").json()["errcode"] == 41001
    assert box.call("get_jsapi_ticket", "none")["errcode"] == 40014
    assert box.call("ticket/get")["errcode"] == 40035
    assert box.call("ticket/get", type="wx_card")["errcode"] == 40035
    assert box.call("get_jsapi_ticket", box.token(box.sim.app(number=2)))["errcode"] == 60020
    token = box.token()
    box.sim.command("token/expire")
    assert box.call("ticket/get", token, type="agent_config")["errcode"] == 42001


@pytest.mark.parametrize("path, values", CALLS)
def test_ticket_quota(box, path, values):
    token = box.token()
    assert {box.call(path, token, **values)["errcode"] for _ in range(100)} == {0}
    assert box.call(path, token, **values)["errcode"] == 45009
    assert box.call(path, box.token(box.sim.app(number=1)), **values)["errcode"] == 0
    box.sim.skew(3600)
    assert box.call(path, token, **values)["errcode"] == 0


def test_ticket_faults(box):
    box.fault("/cgi-bin/get_jsapi_ticket", "errcode", code=-1, times=1)
    assert [box.call("get_jsapi_ticket")["errcode"] for _ in range(2)] == [-1, 0]
    box.fault("/cgi-bin/ticket/get", "missing", field="ticket", times=1)
    assert "ticket" not in box.call("ticket/get", type="agent_config")
