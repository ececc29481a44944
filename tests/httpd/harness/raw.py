# SPDX-License-Identifier: Apache-2.0
"""Requests that no library would send: bytes over a socket."""
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE = 20


@dataclass(frozen=True)
class RawAnswer:
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
        return RawAnswer(None, (), b"")
    if not re.match(rb"HTTP/\d", data):
        return RawAnswer(0, (), data)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in
                    (line.partition(":") for line in lines[1:]))
    return RawAnswer(int(lines[0].split()[1]), headers, body)


def exchange(site, data, half_close=False):
    """Send these bytes to the site and read until it closes the connection."""
    parts = urlsplit(site.url(""))
    with socket.create_connection((parts.hostname, parts.port), PATIENCE) as sock:
        got = b""
        try:
            sock.sendall(data)
            if half_close:
                sock.shutdown(socket.SHUT_WR)
            while chunk := sock.recv(65536):
                got += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass        # it refused the rest of what was sent, and may have answered before
        return parse(got)


def request(site, line, headers=(), body=b"", host=True):
    """line: the request line as text (Latin-1); headers: (name, value) each."""
    sent = [("Host", site.authority())] if host else []
    sent += [*headers, ("Connection", "close")]
    head = line + "\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent) + "\r\n"
    return exchange(site, head.encode("latin-1") + body)
