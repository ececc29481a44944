# SPDX-License-Identifier: Apache-2.0
"""Keeps servers for as long as a fixture lives: equal ones are started once."""
from .server import StartFailed


class Keeper:
    """make(spec) is a server that is not running."""

    def __init__(self, make):
        self._make = make
        self._kept = {}

    def __call__(self, spec):
        if spec not in self._kept:
            self._kept[spec] = self._make(spec)
            try:
                self._kept[spec].start()
            except StartFailed:
                self._kept.pop(spec).stop()
                raise
        return self._kept[spec]

    def stop(self):
        failures = []
        for server in self._kept.values():
            try:
                server.stop()
            except AssertionError as failure:
                failures.append(str(failure))
        assert not failures, "\n".join(failures)
