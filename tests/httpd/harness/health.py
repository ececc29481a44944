# SPDX-License-Identifier: Apache-2.0
"""Is the server as well as before?"""
from contextlib import contextmanager

from .client import Browser, FETCH


def answers(site, book):
    """A stranger's script is answered as ever."""
    browser = Browser(book)
    try:
        answer = browser.request("GET", site.url("/wecom/session"), FETCH)
        return answer.status_code == 401
    finally:
        browser.close()


@contextmanager
def unharmed(site, book):
    """No child was lost meanwhile, and the server answers. A new child may have come."""
    before = set(site.httpd.children())
    yield
    assert site.httpd.is_running(), site.httpd.output()
    lost = before - set(site.httpd.children())
    assert not lost, f"children {sorted(lost)} are gone"
    assert answers(site, book)
