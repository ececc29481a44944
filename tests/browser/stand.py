# SPDX-License-Identifier: Apache-2.0
"""A stand-in for a site of ours, for the scripts alone: its own pages play the server's part.

    stand.app(host)     a page with wecom.js of the stand, at whatever host
    stand.session       what {endpoint}/session answers; None: 401
    stand.login         what {endpoint}/login answers: a page, or a function
"""
from urllib.parse import urlencode

from harness.paths import SOURCE

from elsewhere import Answer, as_json, page

SITE = "sso.example.localhost"
APP = "app.example.localhost"       # the same site, another origin
ME = {"source": "acme", "userid": "LiNa", "issued": 100, "logout": "token-of-100"}

APP_SCRIPT = """
window.outcomes = [];
window.options = undefined;
function begin() {
    WeCom.login(window.options).then(value => outcomes.push(value),
                                     error => outcomes.push(error.name));
}
document.getElementById("go").addEventListener("click", begin);
"""
# What the page may read; only the origins of the test stand there.
CORS = {"Access-Control-Allow-Credentials": "true", "Vary": "Origin"}


def script(name):
    return (SOURCE / "pages" / name).read_text("utf-8")


def result(origin, ok=True, id="", nonce=""):       # pylint: disable=redefined-builtin
    """The page at the end of a login in a window, with the real popup.js."""
    told = {"origin": origin, "ok": str(ok).lower(), "id": id, "nonce": nonce}
    marks = " ".join(f'data-{name}="{value}"' for name, value in told.items())
    return page(f"<main {marks}><h1>Signed in</h1></main>", script("popup.js"), title="Result")


class Stand:
    def __init__(self, elsewhere, host=SITE):
        self._server = elsewhere
        self._host = host
        self.origin = elsewhere.at(host)
        self.session = None
        self.login = page("<h1>Login</h1>", title="Login")
        self.app_headers = {}
        elsewhere.pages.update({
            "/wecom/wecom.js": Answer(script("wecom.js"), "text/javascript"),
            "/wecom/session": self._session, "/wecom/logout": self._logout,
            "/wecom/login": self._login, "/wecom/result": self._result,
            "/app": self._app, "/eager": self._eager})

    def app(self, host=APP):
        return self._server.at(host) + "/app?tab=1&q=%26"

    def _app(self, _):
        return page('<button id="go">Sign in</button>', f"{self.origin}/wecom/wecom.js",
                    APP_SCRIPT, title="App", **self.app_headers)

    def _eager(self, _):
        return page('<button id="go">Sign in</button>', f"{self.origin}/wecom/wecom.js",
                    APP_SCRIPT + "begin();", title="Eager")

    def _session(self, asked):
        cors = {**CORS, "Access-Control-Allow-Origin": asked.headers.get("Origin", self.origin)}
        if self.session is None:
            answer = as_json({"error": "login_required"}, 401)
        elif isinstance(self.session, int):
            answer = as_json({"error": "unavailable"}, self.session)
        else:
            answer = as_json(self.session)
        answer.headers.update(cors)
        return answer

    def _logout(self, asked):
        if (isinstance(self.session, dict) and asked.method == "POST"
                and asked.form == {"token": self.session["logout"]}):
            self.session = None
        return page("<h1>Signed out</h1>")

    def _login(self, asked):
        return self.login(asked) if callable(self.login) else self.login

    def _result(self, asked):
        return result(**asked.query)

    def result_url(self, **values):
        return f"{self.origin}/wecom/result?{urlencode(values)}"

    # --- what was asked ---

    def logins(self):
        """The queries that login was asked with."""
        return [asked.query for asked in self._server.asked if asked.path == "/wecom/login"]

    def questions(self):
        return self._server.count("/wecom/session")

    def logouts(self):
        return [asked for asked in self._server.asked if asked.path == "/wecom/logout"]
