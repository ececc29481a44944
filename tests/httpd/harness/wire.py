# SPDX-License-Identifier: Apache-2.0
"""Bytes over a socket, and all that comes back, whatever it is.

For requests that end in half an answer, in several or in none; raw.py is for those that end in
one.
"""
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE = 20


@dataclass(frozen=True)
class WireAnswer:
    """status is 0 for a body alone (HTTP/0.9), None when the server closed without a word."""
    status: int
    headers: tuple      # (name in lower case, value)
    body: bytes

    def get(self, name):
        """The only value of this header, or None."""
        values = self.get_list(name)
        assert len(values) < 2, f"{name} twice: {values}"
        return values[0] if values else None

    def get_list(self, name):
        return [value for found, value in self.headers if found == name.lower()]


def parse(data):
    if not data:
        return WireAnswer(None, (), b"")
    if not re.match(rb"HTTP/\d", data):
        return WireAnswer(0, (), data)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in
                    (line.partition(":") for line in lines[1:]))
    if ("transfer-encoding", "chunked") in headers:
        body = dechunked(body)
    return WireAnswer(int(lines[0].split()[1]), headers, body)


def dechunked(rest):
    """The last answer of a connection, put together."""
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        body += rest[:int(size, 16)]
        rest = rest[int(size, 16) + 2:]
    return body


def parse_all(data):
    """The answers of a connection, where each tells its Content-Length."""
    answers = []
    while data:
        answer = parse(data)
        length = int(answer.get("Content-Length") or 0)
        answers.append(WireAnswer(answer.status, answer.headers, answer.body[:length]))
        data = answer.body[length:]
    return answers


def send(site, data, source=None):
    """Send these bytes and return what comes until the server closes the connection.

    source: an address of the loopback to come from."""
    parts = urlsplit(site.url(""))
    got = b""
    with socket.create_connection((parts.hostname, parts.port), PATIENCE,
                                  source and (source, 0)) as sock:
        try:
            sock.sendall(data)
            while chunk := sock.recv(65536):
                got += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass        # it refused the rest of what was sent, and may have answered before
    return got


def message(site, line, headers=(), body=b"", host=True, close=True):
    """line: the request line as text (Latin-1); headers: (name, value) each."""
    sent = [("Host", site.authority())] if host else []
    sent += [*headers, *([("Connection", "close")] if close else [])]
    head = line + "\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent) + "\r\n"
    return head.encode("latin-1") + body


def request(site, line, headers=(), body=b"", host=True, source=None):
    return parse(send(site, message(site, line, headers, body, host), source))


def send_and_leave(site, data):
    """As send, but end our side first: the server must not wait for the rest of a body."""
    parts = urlsplit(site.url(""))
    got = b""
    with socket.create_connection((parts.hostname, parts.port), PATIENCE) as sock:
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            while chunk := sock.recv(65536):
                got += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
    return got
