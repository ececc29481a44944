# SPDX-License-Identifier: Apache-2.0
"""An API that answers whatever a test likes, also what the simulator would never say.

Browsers still meet the simulator; only the server's own calls come here (WeComBaseURL api).
"""
import http.server
import json
import secrets
import threading


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        self.server.fake.seen.append(path)
        raw = self.server.fake.answer_to(path[len("/cgi-bin/"):])
        try:
            self.wfile.write(raw)
        except OSError:
            pass        # it had enough
        self.close_connection = True

    do_GET = do_POST = _answer      # names that http.server looks for

    def log_message(self, format, *args):       # pylint: disable=redefined-builtin
        pass


def reply(body, status="200 OK", headers=""):
    """The bytes of an answer; body: bytes, or what json can write."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    head = (f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n")
    return head.encode() + body


class FakeApi:
    def __init__(self, book):
        self.token = secrets.token_urlsafe(100)
        self.ticket = secrets.token_urlsafe(60)
        book.remember_secret(self.token)
        book.remember_secret(self.ticket)
        self.seen = []
        self._answers = {}
        self.restore()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.fake = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def restore(self):
        """LiNa signs in."""
        self.seen.clear()
        good = {"errcode": 0, "errmsg": "ok"}
        self._answers = {
            "gettoken": reply({**good, "access_token": self.token, "expires_in": 7200}),
            "auth/getuserinfo": reply({**good, "userid": "LiNa"}),
            "user/get": reply({**good, "userid": "LiNa", "status": 1, "name": "李娜",
                               "department": [3], "main_department": 3}),
            "auth/getuserdetail": reply({**good, "userid": "LiNa", "mobile": "13800000002"}),
        }

    def say(self, call, answer):
        """From now on: bytes as they are, anything else as JSON beside errcode 0."""
        if not isinstance(answer, bytes):
            answer = reply({"errcode": 0, "errmsg": "ok", **answer})
        self._answers[call] = answer

    def answer_to(self, call):
        return self._answers.get(call, reply(b"", "404 Not Found"))

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
