# SPDX-License-Identifier: Apache-2.0
"""Where would a browser go? Addresses as the URL standard of browsers reads them.

Only what matters for the question "whose site is that": blanks and control bytes around an
address are dropped, tabs and line ends inside it too, a backslash is a slash, any number of
slashes may stand before a host, and everything before the last @ is a name and a password.
"""
import re
from urllib.parse import unquote, urlsplit

PORTS = {"http": 80, "https": 443}


def _authority(scheme, rest):
    rest = rest.lstrip("/")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    host, colon, port = host.rpartition(":") if re.search(r":\d*$", host) else (host, "", "")
    return scheme, unquote(host).lower(), int(port) if port else PORTS[scheme]


def origin(text, base):
    """(scheme, host, port) that a browser on the page `base` goes to; the scheme alone for an
    address that is none of http."""
    parts = urlsplit(base)
    here = (parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme])
    text = re.sub(r"[\t\n\r]", "", re.sub(r"^[\x00-\x20]+|[\x00-\x20]+$", "", text))
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    if found and found[1].lower() not in PORTS:
        return (found[1].lower(),)
    text = text.replace("\\", "/")
    if found:
        scheme, rest = found[1].lower(), text[found.end():]
        if scheme == parts.scheme and not rest.startswith("//"):
            return here
        return _authority(scheme, rest)
    return _authority(parts.scheme, text) if text.startswith("//") else here
