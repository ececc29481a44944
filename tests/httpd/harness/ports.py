# SPDX-License-Identifier: Apache-2.0
"""Free TCP ports of the loopback, and addresses there for browsers.

No port is fixed. A port that the system gave us for a moment can be taken by somebody else before
our server binds it; whoever starts a server asks again then (server.py).
"""
import itertools
import os
import socket

_given = set()
_visitors = itertools.count(1)


def free_port():
    """A port that was free just now and was not given out before in this process."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


def visitor_address():
    """An address of the loopback that no browser had before.

    Logins are counted by member and address (the loop page), so browsers of different tests must
    not look like one that comes back again and again.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").lstrip("gw") or 0)
    number = next(_visitors)
    return f"127.{100 + worker % 100}.{number // 250 % 250}.{number % 250 + 1}"
