# SPDX-License-Identifier: Apache-2.0
"""A small web server of a test's own: other origins, and a stand-in for a site of ours.

It listens on 127.0.0.1 and answers to every name of the loopback, so one server is several
origins: at("127.0.0.1"), at("localhost"), at("app.example.localhost").
"""
import http.server
import json
import re
import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    method: str
    path: str
    query: dict
    headers: dict
    form: dict


@dataclass
class Answer:
    body: str = ""
    kind: str = "text/html"
    status: int = 200
    headers: dict = field(default_factory=dict)


def as_json(value, status=200, **headers):
    return Answer(json.dumps(value), "application/json", status,
                  {name.replace("_", "-"): value for name, value in headers.items()})


def page(body, *scripts, title="Page", **headers):
    """scripts: addresses, or texts."""
    tags = [f'<script src="{one}"></script>' if re.fullmatch(r"(/|https?:)\S+", one)
            else f"<script>{one}</script>" for one in scripts]
    return Answer(f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
                  f'<title>{title}</title><link rel="icon" href="data:,"></head>'
                  f'<body>{body}{"".join(tags)}</body></html>',
                  headers={name.replace("_", "-"): value for name, value in headers.items()})


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace")
        url = urlsplit(self.path)
        asked = Asked(self.command, url.path, dict(parse_qsl(url.query)), dict(self.headers),
                      dict(parse_qsl(body)))
        answer = self.server.elsewhere.answer(asked)
        text = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind + "; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Cache-Control", "no-store")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = _answer      # names that http.server looks for

    def log_message(self, format, *args):       # pylint: disable=redefined-builtin
        pass


class Elsewhere:
    """pages: path: an Answer, or a function from Asked to one."""

    def __init__(self, pages=None):
        self.pages = dict(pages or {})
        self.asked = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.elsewhere = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def at(self, host="127.0.0.1"):
        return f"http://{host}:{self.port}"

    def answer(self, asked):
        self.asked.append(asked)
        found = self.pages.get(asked.path, Answer("nothing here", "text/plain", 404))
        return found(asked) if callable(found) else found

    def count(self, path):
        return sum(asked.path == path for asked in self.asked)

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
