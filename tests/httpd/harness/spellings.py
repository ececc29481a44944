# SPDX-License-Identifier: Apache-2.0
"""Many sources of one app, each with a memory of its own.

A refused token and a silent WeCom are remembered by source for seconds and minutes, which the
next test would feel. WeCom reads a corp id without regard to case, and the caches with it: so
the same app under another spelling is known to WeCom and new to the site.
"""
from .site import Source

ROOM = 60       # sources in one site, besides the first


def corp_id(number, plain):
    """The corp id with some of its letters in upper case."""
    letters = sum(char.isalpha() for char in plain)
    assert number < 2 ** letters
    bits = iter(f"{number:0{letters}b}")
    return "".join(char.upper() if char.isalpha() and next(bits) == "1" else char
                   for char in plain)


class Spellings:
    """take() gives (site, id of a source) that no test had before."""

    def __init__(self, sites, sim, *lines):
        """lines: of every source, and of the site's first."""
        self._sites = sites
        self._app = sim.app()
        self._lines = lines
        self._given = 0

    def _section(self, number):
        app = self._app
        lines = [f"<WeComSource s{number}>",
                 f"    WeComCorpID {corp_id(number + 1, app.corpid)}",
                 f"    WeComAgentID {app.agentid}",
                 f"    WeComSecret file:@root@/{app.corpid}-{app.agentid}.secret"]
        return "\n".join([*lines, *self._lines, "</WeComSource>"])

    def site(self, first=0):
        """The one with the sources from this number on; its own source, acme, is for all."""
        return self._sites(
            sources=(Source(lines=('WeComDisplayName "Acme"', *self._lines)),),
            lines=tuple(self._section(number) for number in range(first, first + ROOM)))

    def take(self):
        number = self._given
        self._given += 1
        return self.site(number // ROOM * ROOM), f"s{number}"
