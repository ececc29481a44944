# SPDX-License-Identifier: Apache-2.0
"""Bytes over a socket, and all that comes back, whatever it is.

For requests that end in half an answer, in several or in none; raw.py is for those that end in
one.
"""
import socket
from dataclasses import replace
from urllib.parse import urlsplit

from . import raw

PATIENCE = 20


def parse(data):
    answer = raw.parse(data)
    if ("transfer-encoding", "chunked") in answer.headers:
        answer = replace(answer, body=dechunked(answer.body))
    return answer


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
        answers.append(replace(answer, body=answer.body[:length]))
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
