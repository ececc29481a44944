# SPDX-License-Identifier: Apache-2.0
"""Fixtures for tests with a real browser: the servers are those of tests/httpd.

    visitors(...)  a visitor with a Chromium to himself, gone after the test
    fresh(...)     a site for one test; logins are counted by member and address, and all browsers
                   here have the same address, so tests do not share one
    wecom_names    makes a browser find the simulator by WeCom's own names, with TLS
    npm            the folder node_modules with WeCom's script
    look(...)      judges how one of our pages looks, with axe-core too, and saves pictures where
                   WECOM_PICTURES names a folder
    elsewhere      a web server of the test's own, with as many origins as it likes

When a test ends the consoles of its browsers are judged, as the error logs are: whatever a
Content-Security-Policy had to stop fails the test. So does a request to a host that is none of
this machine, since our pages ask nobody else for anything.
"""
import importlib.util
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import pytest   # noqa: E402

HTTPD = Path(__file__).resolve().parents[1] / "httpd"
sys.path[:0] = [str(HTTPD), str(Path(__file__).resolve().parent)]
pytest.register_assert_rewrite("harness", "axe", "chromium", "engine", "portal")

import axe   # noqa: E402
from chromium import Chromium   # noqa: E402
from elsewhere import Elsewhere     # noqa: E402
from engine import Engines     # noqa: E402
from harness import certificate     # noqa: E402
from harness.sim import NAMES, Sim  # noqa: E402


def load_fixtures():
    spec = importlib.util.spec_from_file_location("httpd_fixtures", HTTPD / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_fixtures = load_fixtures()
pytest_runtest_makereport = _fixtures.pytest_runtest_makereport
paths = _fixtures.paths
book = _fixtures.book
tls = _fixtures.tls
sim = _fixtures.sim
log = _fixtures.log
fresh = _fixtures.fresh
account_sql = _fixtures.account_sql
databases = _fixtures.databases


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Call the test, and judge consoles and logs as a part of it: then it is the test that
    fails."""
    names = pyfuncitem._fixtureinfo.argnames
    pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
    pyfuncitem.funcargs["visitors"].judge()
    pyfuncitem.funcargs["sim"].note_tokens()
    pyfuncitem.funcargs["log"].judge()
    return True


@pytest.fixture(scope="session")
def wecom_tls():
    made = certificate.make(tuple(f"DNS:{name}" for name in NAMES))
    yield made
    made.remove()


@pytest.fixture(scope="session")
def sim_process(paths, book, wecom_tls, npm):
    """Besides, it is reached with TLS, by WeCom's own names: see wecom_names."""
    sim = Sim(paths, book, wecom_tls, npm / "@wecom" / "jssdk" / "dist" / "wecom.global.prod.js")
    try:
        sim.start()
        yield sim
    finally:
        sim.stop()


@pytest.fixture
def wecom_names(sim):
    """visitors(**wecom_names): a browser that finds WeCom's host names at the simulator, and trusts
    no key but the simulator's."""
    return {"names": dict.fromkeys(NAMES, sim.tls_port), "pin": sim.certificate.pin}


@pytest.fixture(scope="session")
def npm():
    """The folder that npm has installed the browser's packages into."""
    folder = axe.packages()
    assert folder.is_dir(), (
        f"{folder} is not there: tests/run browser lets npm install @wecom/jssdk into it; "
        "WECOM_NPM names another folder")
    return folder


class Visitors:
    """Makes browsers, and closes them all."""

    def __init__(self, book, engines):
        self._book = book
        self._engines = engines
        self._open = []

    def __call__(self, agent=None, person=None, device=None, **more):
        """person: who is signed in to this WeCom client, for the simulator."""
        if person is not None:
            agent = f"{agent or device.agent} SimUser/{person}"
        self._open.append(Chromium(self._engines, agent, device=device, **more))
        return self._open[-1]

    def judge(self):
        for browser in self._open:
            self._judge(browser)

    def _judge(self, browser):
        for cookie in browser.cookies:
            if "wecom" in cookie["name"]:
                self._book.remember_secret(cookie["value"])
        assert not browser.complaints(), "\n".join(browser.complaints())
        assert browser.strangers() == browser.may_ask

    def leave(self, *browsers):
        """These visitors are not needed any more, and are judged now."""
        for browser in browsers:
            self._judge(browser)
            self._open.remove(browser)
            browser.close()

    def close(self):
        for browser in self._open:
            browser.close()


@pytest.fixture(scope="session")
def engines():
    engines = Engines()
    yield engines
    engines.close()


@pytest.fixture(autouse=True)
def visitors(book, engines, fresh):
    """After `fresh`, so closed before it: a server waits for the connections that a browser holds
    in reserve."""
    visitors = Visitors(book, engines)
    yield visitors
    visitors.close()


@pytest.fixture
def elsewhere():
    server = Elsewhere()
    yield server
    server.stop()


# --- looks ---

@pytest.fixture
def picture():
    """picture(browser, name) for people to look at; does nothing where no folder is named."""

    def save(browser, name):
        if os.environ.get("WECOM_PICTURES"):
            folder = Path(os.environ["WECOM_PICTURES"])
            folder.mkdir(parents=True, exist_ok=True)
            browser.save_picture(folder / f"{name}.png")

    return save


@pytest.fixture
def look(picture):
    """look(browser, name): one of our own pages, as it stands before the visitor, fits a small
    phone, can be read in light and dark, its language is declared, and axe-core finds nothing."""

    def judge_with_axe(browser, name):
        found = browser.axe()
        assert not found, f"{name}, by axe-core:\n" + "\n".join(found)

    def judge_both(browser, name, dark):
        """axe-core in one of the two schemes; judge_text looks at the colours of both."""
        picture(browser, name)
        if not dark:
            judge_with_axe(browser, name)
        with browser.dark():
            picture(browser, f"{name}-dark")
            if dark:
                judge_with_axe(browser, f"{name} in the dark")

    def judge(browser, name):
        judge_both(browser, name, dark=False)
        judge_text(browser, name)
        with browser.dark():
            assert luminance(browser.background()) < 0.1, f"{name} is not dark in the dark"
            judge_text(browser, f"{name} in the dark")
        for width in (320, 375):
            with browser.width(width):
                if width == 320:
                    judge_both(browser, f"{name}-phone", dark=True)
                assert browser.scroll_width() <= width, f"{name} is wider than {width} pixels"

    return judge


def judge_text(browser, name):
    assert browser.script("return document.documentElement.lang") in ("en", "zh-CN")
    found = browser.colours()
    assert found, f"{name} has no text"
    for text, ink, paper in found:
        contrast = (max(luminance(ink), luminance(paper)) + 0.05) \
            / (min(luminance(ink), luminance(paper)) + 0.05)
        assert contrast >= 4.5, f"{name}: {text!r} has a contrast of {contrast:.2f} (WCAG AA: 4.5)"


def luminance(colour):
    """The relative luminance of (red, green, blue), as WCAG 2 defines it."""
    linear = [value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4
              for value in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
