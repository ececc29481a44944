# SPDX-License-Identifier: Apache-2.0
"""Visitors that keep coming while something happens to the server."""
import itertools
import threading
import time

import httpx

from .client import WECOM_IOS, Browser

PEOPLE = ("zhangwei", "LiNa", "wangfang", "liuyang", "chenjing")
SECONDS = 60


class Repeated:
    """Visits that are made again and again, each in a thread of its own.

    visits: (kind, function) pairs; the function returns what was wrong, or None. wrong: answers
    that nobody should get; broken: connections that ended without an answer (a kept connection
    that ended is asked again by the browser, and none).
    """

    def __init__(self, visits):
        self.wrong = []
        self.broken = []
        self._done = {kind: 0 for kind, _ in visits}
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._repeat, args=(visit, kind))
                         for kind, visit in visits]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        self.wait()
        return self

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join()

    def wait(self):
        """Until everybody has been served anew, so that what happens next meets all of them."""
        before = dict(self._done)
        deadline = time.monotonic() + SECONDS
        while any(self._done[kind] < before[kind] + 5 for kind in before):
            assert time.monotonic() < deadline, f"nothing moves: {self._done} {self.wrong[:3]}"
            time.sleep(0.01)

    def _repeat(self, visit, kind):
        while not self._end.is_set():
            try:
                what = visit()
            except httpx.TransportError as error:
                self.broken.append(f"{type(error).__name__}: {error}")
                continue
            with self._lock:
                self._done[kind] += 1
            if what:
                self.wrong.append(f"{kind}: {what}")


class Load(Repeated):
    """Members who are known, and others who sign in."""

    def __init__(self, site, book, known=3, logins=3):
        self.site = site
        self.book = book
        self._numbers = itertools.count()
        super().__init__([("known", self._know()) for _ in range(known)]
                         + [("logins", self._sign_in) for _ in range(logins)])

    def _know(self):
        browser = Browser(self.book, WECOM_IOS, person="LiNa")
        walk = browser.walk(self.site.url("/intranet/"))
        assert browser.session_cookie, walk.trail

        def visit():
            answer = browser.get(self.site.url("/intranet/"))
            return answer.status_code if answer.status_code != 200 else None
        return visit

    def _sign_in(self):
        number = next(self._numbers)
        browser = Browser(self.book, WECOM_IOS, person=PEOPLE[number % len(PEOPLE)])
        try:
            url = self.site.url(f"/intranet/?visitor={number}")
            walk = browser.walk(url)
            return walk.trail if walk.page.status_code != 200 or walk.url != url else None
        finally:
            browser.close()
