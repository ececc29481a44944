# SPDX-License-Identifier: Apache-2.0
"""WeCom in a box itself: what every other test stands on.

Each check repeats a row of WeCom's behaviour (documents 91022, 91023, 90196, 95833, 98152, 91019,
90313) or a promise of sim/README.md. No site takes part.
"""
import re
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from harness.box import RETURN, kind, query


# --- tokens and the gate ---

def test_token_is_kept(box):
    answer = box.http.get("/cgi-bin/gettoken", params={
        "corpid": box.app.corpid.upper(), "corpsecret": box.app.secret})
    assert answer.headers["Error-Code"] == "0" and answer.headers["Error-Msg"] == "ok"
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert answer.json()["expires_in"] in (7199, 7200)
    assert re.fullmatch(r"[\w-]{214}", answer.json()["access_token"])
    assert box.token() == answer.json()["access_token"]
    assert box.token(box.sim.app(number=1)) != box.token()


def test_children_share_the_token(box):
    def fresh(_):
        with httpx.Client(base_url=box.sim.api, trust_env=False) as http:
            return http.get("/cgi-bin/gettoken", params={
                "corpid": box.app.corpid, "corpsecret": box.app.secret}).json()["access_token"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(fresh, range(40)))) == 1


@pytest.mark.parametrize("values, errcode", [
    ({}, 41004), ({"corpid": "none"}, 41004), ({"corpsecret": "x"}, 41002),
    ({"corpid": "none", "corpsecret": "x"}, 40013), ({"corpid": "OURS", "corpsecret": "x"}, 40001),
    ({"corpid": "OURS", "corpsecret": "THEIRS"}, 40091)])
def test_gettoken_refuses(box, values, errcode):
    words = {"OURS": box.app.corpid, "THEIRS": box.sim.app(corp=1).secret}
    answer = box.http.get("/cgi-bin/gettoken", params={
        name: words.get(value, value) for name, value in values.items()})
    assert answer.status_code == 200 and answer.json()["errcode"] == errcode
    assert answer.headers["Error-Code"] == str(errcode)
    assert re.search(r", hint: \[\d{25}\], from ip: 127\.0\.0\.1, more info at "
                     rf"https://\S+\?e={errcode}$", answer.json()["errmsg"])


def test_token_stands_in_the_query_alone(box):
    token = box.token()
    assert box.http.post("/cgi-bin/user/get",
                         data={"access_token": token}).json()["errcode"] == 41001
    assert box.http.get("/cgi-bin/user/get",
                        headers={"Authorization": f"Bearer {token}"}).json()["errcode"] == 41001


def test_errors_carry_empty_lists(box):
    bad = box.call("user/get", "none")
    assert bad == {"errcode": 40014, "errmsg": "invalid access_token", "department": [],
                   "order": [], "is_leader_in_dept": [], "direct_leader": []}
    assert box.call("getcallbackip", "none")["ip_list"] == []


def test_address_is_judged_before_parameters(box):
    assert box.call("user/get", box.token(box.sim.app(number=2)))["errcode"] == 60020


def test_unknown_path(box):
    answer = box.http.get("/cgi-bin/none")
    assert (answer.status_code, answer.content) == (404, b"")


def test_tokens_end(box):
    token = box.token()
    box.sim.command("token/invalidate")
    assert box.call("user/get", token)["errcode"] == 40014
    token = box.token()
    box.sim.command("token/expire")
    assert box.call("user/get", token)["errcode"] == 42001
    token = box.token()
    box.sim.skew(7201)
    assert box.call("user/get", token)["errcode"] == 42001
    assert box.token() != token


# --- codes ---

def test_code(box):
    back = box.authorize()
    assert back.status_code == 302 and re.fullmatch(r"[\w-]{43}", query(back)["code"])
    code = query(back)["code"]
    other = box.token(box.sim.app(number=1))
    assert box.call("auth/getuserinfo", other, code=code)["errcode"] == 50001
    assert box.call("auth/getuserinfo", code=code) == {"errcode": 0, "errmsg": "ok",
                                                       "userid": "zhangwei"}
    assert box.call("auth/getuserinfo", code=code)["errcode"] == 40029


def test_code_ends(box):
    code = query(box.authorize())["code"]
    box.sim.skew(301)
    assert box.call("auth/getuserinfo", code=code)["errcode"] == 40029


def test_spelling_of_userid_and_old_call(box):
    code = query(box.authorize("LINA"))["code"]
    assert box.call("user/getuserinfo", code=code)["UserId"] == "LiNa"


def test_outsider(box):
    code = query(box.authorize("openid:oExample"))["code"]
    assert box.call("auth/getuserinfo", code=code) == {
        "errcode": 0, "errmsg": "ok", "openid": "oExample", "external_userid": "wmExample"}


def test_member_of_a_linked_corp(box):
    other = box.sim.app(corp=1).corpid + "/sunqiang"
    code = query(box.authorize(other))["code"]
    assert box.call("auth/getuserinfo", code=code)["userid"] == other
    assert kind(box.confirm(box.key(), other)) == "no-permission"


def test_who_is_here(box):
    box.http.cookies.set("sim_user", "wangfang")
    code = query(box.authorize("zhangwei"))["code"]
    assert box.call("auth/getuserinfo", code=code)["userid"] == "wangfang"
    box.http.cookies.clear()
    code = query(box.authorize(None))["code"]
    assert box.call("auth/getuserinfo", code=code)["userid"] == "zhangwei"


def test_return_address(box):
    assert box.authorize(state=None).headers["Location"].endswith("&state=")
    back = box.authorize(redirect_uri=RETURN + "?a=1", state="a b").headers["Location"]
    assert back.startswith(RETURN + "?a=1&code=") and back.endswith("&state=a%20b")


@pytest.mark.parametrize("values, page", [
    ({"agent": "Mozilla/5.0"}, "open-in-client"), ({"agentid": "77"}, "bad-parameter"),
    ({"agentid": None}, "bad-parameter"), ({"redirect_uri": None}, "bad-parameter"),
    ({"redirect_uri": "javascript:alert(1)"}, "bad-parameter"),
    ({"redirect_uri": RETURN + "\r\nX: y"}, "bad-parameter"),
    ({"scope": "none"}, "bad-parameter"), ({"response_type": "token"}, "bad-parameter"),
    ({"redirect_uri": "http://localhost/"}, "domain-mismatch"),
    ({"redirect_uri": "http://a@localhost:8080/"}, "domain-mismatch"),
    ({"redirect_uri": "http://localhost:8080\\@a/"}, "domain-mismatch"),
    ({"redirect_uri": "https://sso.example.com/"}, "domain-mismatch"),
    ({"person": "nobody"}, "unknown-person"),
    ({"person": "zhaolei", "scope": "snsapi_privateinfo"}, "out-of-range"),
    ({"person": "openid:oExample", "scope": "snsapi_privateinfo"}, "out-of-range")])
def test_authorize_refuses_with_a_page(box, values, page):
    assert kind(box.authorize(**values)) == page


# --- consent ---

def test_consent(box):
    private = {"scope": "snsapi_privateinfo"}
    assert kind(box.authorize(**private)) == "consent"
    assert query(box.authorize(post={"answer": "refuse"}, **private)) == {"state": "s"}
    assert kind(box.authorize(**private)) == "consent"
    detail = box.detail(box.ticket(mobile="1", gender="1"))
    assert (detail["userid"], detail["mobile"], detail["gender"]) == ("zhangwei", "13800000001",
                                                                      "1")
    assert "email" not in detail and "sim-default" in detail["avatar"]
    assert box.authorize(**private).status_code == 302
    box.sim.skew(30 * 86400 + 1)
    assert kind(box.authorize(**private)) == "consent"


def test_ticket_belongs_to_app_and_ends(box):
    ticket = box.ticket()
    assert box.detail(ticket)["gender"] == "0"
    assert box.detail(ticket, box.sim.app(number=1))["errcode"] == 84015
    box.sim.skew(1801)
    assert box.detail(ticket)["errcode"] == 84014


# --- contacts ---

def test_user_get(box):
    answer = box.call("user/get", userid="ZHANGWEI")
    assert (answer["userid"], answer["department"], answer["status"]) == ("zhangwei", [2, 3], 1)
    assert "mobile" not in answer and answer["gender"] == "0"
    old = box.call("user/get", box.token(box.sim.app(number=1)), userid="zhangwei")
    assert old["mobile"] == "13800000001"
    assert box.call("user/get", userid="yangtao")["status"] == 2
    assert box.call("user/get", userid="nobody")["errcode"] == 60111
    assert box.call("user/get", userid="zhaolei")["errcode"] == 60011
    assert box.call("user/get")["errcode"] == 40003


def test_proxy_developed_ids_have_case(box):
    app = box.sim.app(corp=2)
    token = box.token(app)
    first, second = (box.sim.data["corps"][2]["members"][i]["userid"] for i in (0, 1))
    assert box.call("user/get", token, userid=first)["department"] == [1]
    assert box.call("user/get", token, userid=second)["department"] == [2]
    assert box.call("user/get", token, userid=first.lower())["errcode"] == 60111
    assert box.call("user/get", token, userid=first)["name"] == first


def test_departments_and_tags(box):
    assert [d["id"] for d in box.call("department/list")["department"]] == [2, 3, 4]
    assert [d["id"] for d in box.call("department/list", id=2)["department"]] == [2, 3]
    assert box.call("department/simplelist")["department_id"][1]["parentid"] == 2
    assert box.call("department/get", id=3)["department"]["name_en"] == "Platform"
    assert [box.call("department/list", id=i)["errcode"] for i in (5, 99, "x")] == [60011, 60003,
                                                                                  60123]
    users = box.call("user/simplelist", department_id=4)["userlist"]
    assert [user["userid"] for user in users] == ["wangfang", "liuyang", "huangmin"]
    assert len(box.call("tag/list")["taglist"]) == 2
    tag = box.call("tag/get", tagid=1)
    assert [user["userid"] for user in tag["userlist"]] == ["zhangwei"] and tag["partylist"] == [4]


def test_members_change(box):
    def get():
        return box.call("user/get", userid="zhangwei")

    box.sim.member("zhangwei", status=2, name="新名", department="4")
    assert (get()["status"], get()["name"], get()["department"]) == (2, "新名", [4])
    box.sim.member("zhangwei", visible=0)
    assert get()["errcode"] == 60011
    box.sim.member("zhangwei", deleted=1)
    assert get()["errcode"] == 60111
    code = query(box.authorize())["code"]
    assert "openid" in box.call("auth/getuserinfo", code=code)
    box.sim.command("reset")
    assert (get()["status"], get()["name"]) == (1, "张伟")


# --- login pages ---

def test_scan(box):
    key = box.key()
    assert box.poll(key) == {"status": "QRCODE_SCAN_NEVER", "auth_code": ""}
    assert kind(box.http.get("/sim/phone", params={"key": key})) == "phone"
    assert box.poll(key)["status"] == "QRCODE_SCAN_ING"
    back = box.confirm(key)
    assert back.status_code == 303
    assert back.headers["Location"].endswith(f"&state=a%20b%2Bc&appid={box.app.corpid}")
    assert box.poll(key)["auth_code"] == query(back)["code"]
    assert "user_ticket" not in box.call("auth/getuserinfo", code=query(back)["code"])
    assert kind(box.confirm(key)) == "expired"


def test_phone_in_another_window(box):
    key = box.key()
    assert kind(box.confirm(key, follow="")) == "confirmed"
    back = box.http.get("/sim/wait", params={"key": key})
    assert back.status_code == 303 and query(back)["code"] == box.poll(key)["auth_code"]


def test_confirm_checks_range_and_domain(box):
    key = box.key()
    assert kind(box.confirm(key, "zhaolei")) == "no-permission"
    assert kind(box.confirm(key, "openid:oExample")) == "no-permission"
    box.fault("*", "ignore_range", times=1)
    assert box.confirm(key, "zhaolei").status_code == 303
    assert kind(box.page(redirect_uri="http://none.example/")) == "wwlogin"
    assert kind(box.confirm(box.key(redirect_uri="http://none.example/"))) == "domain-mismatch"
    assert box.confirm(box.key(redirect_uri="https://sso.example.com/x")).status_code == 303


def test_refusal(box):
    key = box.key()
    assert box.refuse(key).headers["Location"].startswith("/wwlogin/sso/login?")
    assert box.poll(key) == {"status": "QRCODE_SCAN_FAIL", "auth_code": ""}
    assert query(box.refuse(box.key(old=True))) == {"state": "a b+c"}
    box.fault("*", "refuse_redirects", times=1)
    assert query(box.refuse(box.key())) == {"state": "a b+c"}


def test_old_page(box):
    assert "appid" not in query(box.confirm(box.key(old=True)))
    assert "该链接无法访问" in box.page(old=True, agentid="5").text
    answer = box.http.get("/wwopen/sso/l/qrConnect", params={"callback": "f(1);", "key": "none"})
    assert answer.text == 'jsonpCallback({"status":"QRCODE_SCAN_ERR","auth_code":""})'


def test_qr_code_ends(box):
    key = box.key()
    box.sim.skew(301)
    assert box.poll(key)["status"] == "QRCODE_SCAN_ERR"
    assert kind(box.confirm(key)) == "expired"


def test_pages_escape(box):
    text = '"><b>&\'</script><script>alert(1)</script>'
    for page in (box.page(state=text), box.page(redirect_uri="http://none/" + text),
                 box.authorize(redirect_uri="http://none/" + text)):
        assert '"><b>' not in page.text and "<script>alert" not in page.text


# --- faults and counters ---

def get_member(box):
    return box.raw("user/get", box.token(), userid="LiNa")


def test_fault_is_counted(box):
    box.fault("/cgi-bin/user/get", "errcode", code=-1, skip=1, times=2)
    assert [get_member(box).json()["errcode"] for _ in range(4)] == [0, -1, -1, 0]


@pytest.mark.parametrize("fault", ["drop", "drop_middle", "silent"])
def test_connection_faults(box, fault):
    token = box.token()
    box.fault("/cgi-bin/*", fault, times=1, ms=200)
    started = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        box.raw("user/get", token, userid="LiNa")
    assert (time.monotonic() - started >= 0.2) == (fault == "silent")
    assert box.raw("user/get", token, userid="LiNa").json()["errcode"] == 0


def test_answer_faults(box):
    def struck(name, **more):
        box.fault("/cgi-bin/user/get", name, times=1, **more)
        return get_member(box)

    assert struck("http", code=503).status_code == 503
    assert struck("html").headers["Content-Type"].startswith("text/html")
    with pytest.raises(ValueError):
        struck("garbage").json()
    assert len(struck("huge").content) == 10 * 1024 * 1024
    assert "userid" not in struck("missing", field="userid").json()
    assert struck("wrongtype", field="userid").json()["userid"] == 7
    assert struck("wrongtype", field="department").json()["department"] == "seven"


def test_delay_goes_on(box):
    box.fault("/cgi-bin/user/get", "delay", ms=200, times=1)
    started = time.monotonic()
    assert get_member(box).json()["errcode"] == 0
    assert time.monotonic() - started >= 0.2


def test_counts(box):
    box.sim.reset_counts()
    for _ in range(3):
        box.http.get("/cgi-bin/gettoken")
    assert box.sim.counts() == {"/cgi-bin/gettoken": 3}


def test_commands_refuse_nonsense(box):
    for values in ({"kind": "none"}, {"kind": "errcode"}, {"kind": "missing"}):
        assert box.http.post("/sim/fault", data=values).status_code == 400
    assert box.http.post("/sim/member", data={"userid": "nobody"}).status_code == 400
    assert box.http.get("/sim/reset").status_code == 405


def test_bad_data_is_not_loaded(box):
    good = box.sim.file.read_text("utf-8")
    box.sim.file.write_text('{"corps":[]}', "utf-8")
    answer = box.http.post("/sim/reload")
    box.sim.file.write_text(good, "utf-8")
    assert answer.status_code == 400 and "at least one corp" in answer.json()["error"]
    assert box.call("user/get", userid="LiNa")["errcode"] == 0
