# SPDX-License-Identifier: Apache-2.0
"""A scripted client of WeCom in a box: the API, the pages and the phone. No site takes part."""
import re
from urllib.parse import parse_qsl, urlsplit

import httpx

RETURN = "http://localhost:8080/wecom/return"    # a trusted domain of the first app
CLIENT = "Mozilla/5.0 wxwork/4.1.30 MicroMessenger/7.0.1"
STATUS_URL = "/wwlogin/monoApi/sso/login/getWebQrCodeStatus?lang=zh_CN&ajax=1&f=json"


def query(answer):
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query, keep_blank_values=True))


def kind(answer):
    assert answer.status_code == 200, answer.headers
    return answer.headers["X-Sim-Page"]


class Box:
    """A scripted client of the simulator."""

    def __init__(self, sim):
        self.sim = sim
        self.http = httpx.Client(base_url=sim.api, trust_env=False, timeout=20)
        self.app = sim.app()

    def token(self, app=None):
        app = app or self.app
        return self.http.get("/cgi-bin/gettoken", params={
            "corpid": app.corpid, "corpsecret": app.secret}).json()["access_token"]

    def raw(self, path, token=None, **values):
        return self.http.get("/cgi-bin/" + path, params={
            "access_token": token or self.token(), **values})

    def call(self, path, token=None, **values):
        return self.raw(path, token, **values).json()

    def authorize(self, person="zhangwei", post=None, agent=CLIENT, **more):
        values = {"appid": self.app.corpid, "redirect_uri": RETURN, "response_type": "code",
                  "scope": "snsapi_base", "state": "s", "agentid": self.app.agentid, **more}
        headers = {"User-Agent": f"{agent} SimUser/{person}" if person else agent}
        return self.http.request("POST" if post else "GET", "/connect/oauth2/authorize",
                                 params={k: v for k, v in values.items() if v is not None},
                                 headers=headers, data=post)

    def page(self, old=False, **more):
        values = {"login_type": "CorpApp", "appid": self.app.corpid, "redirect_uri": RETURN,
                  "agentid": self.app.agentid, "state": "a b+c", **more}
        return self.http.get("/wwopen/sso/qrConnect" if old else "/wwlogin/sso/login",
                             params=values)

    def key(self, **more):
        return re.search(r'"web_key":"([0-9a-f]{16})"', self.page(**more).text)[1]

    def poll(self, key):
        return self.http.post(STATUS_URL, json={"webKey": key, "openDataSid": None,
                                                "lastStatus": "QRCODE_SCAN_NEVER"}).json()["data"]

    def confirm(self, key, userid="LiNa", **more):
        return self.http.post("/sim/phone/confirm", data={
            "key": key, "userid": userid, "follow": "browser", **more})

    def refuse(self, key):
        return self.http.post("/sim/phone/refuse", data={"key": key, "follow": "browser"})

    def fault(self, path, name, **more):
        answer = self.http.post("/sim/fault", data={"path": path, "kind": name, **more})
        assert answer.json() == {"ok": True}

    def ticket(self, **fields):
        """A user_ticket, after consent to these fields."""
        back = self.authorize(scope="snsapi_privateinfo", post={"answer": "allow", **fields})
        return self.call("auth/getuserinfo", code=query(back)["code"])["user_ticket"]

    def detail(self, ticket, app=None):
        return self.http.post("/cgi-bin/auth/getuserdetail",
                              params={"access_token": self.token(app)},
                              json={"user_ticket": ticket}).json()
