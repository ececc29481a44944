# SPDX-License-Identifier: Apache-2.0
"""Fixtures for tests against a real httpd, and the rule that the error log is always judged.

    sites(...)     a running site of this Spec; one for all tests of a module that ask for the same
    fresh(...)     the same for one test alone: nothing is in its caches
    browsers(...)  a browser, closed after the test
    sim            WeCom in a box; its faults and counts are cleared before each test
    box            a scripted client of WeCom in a box, whose memory is empty
    seats(site...) a signed-in browser for each member of harness/people.py, or for those named
    log            what the test announces about the error logs
    backend        an application behind mod_proxy
    databases(..)  a private "sqlite3", "pgsql" or "mysql" with our tables, empty
    account_sql    the SQL of the directory, as the library has it
    via            "conf", "htaccess": the test runs with its place in either
"""
import subprocess
import sys

sys.dont_write_bytecode = True

import pytest   # noqa: E402

pytest.register_assert_rewrite("harness")

from harness import certificate, paths as build_paths    # noqa: E402
from harness.backend import Backend     # noqa: E402
from harness.box import Box     # noqa: E402
from harness.client import WECOM_IOS, Browser   # noqa: E402
from harness.databases import Databases     # noqa: E402
from harness.keep import Keeper     # noqa: E402
from harness.log import LogBook, TestLog    # noqa: E402
from harness.people import MEMBERS, seat    # noqa: E402
from harness.seal import Sealer     # noqa: E402
from harness.sim import Sim     # noqa: E402
from harness.site import Site, Spec     # noqa: E402


# --- running ---

def pytest_xdist_make_scheduler(config, log):
    """Tests of one file share servers, so they stay in one process."""
    from xdist.scheduler import LoadFileScheduling
    return LoadFileScheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Call the test, and judge the logs as a part of it: then it is the test that fails."""
    names = pyfuncitem._fixtureinfo.argnames
    pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
    pyfuncitem.funcargs["sim"].note_tokens()
    pyfuncitem.funcargs["log"].judge()
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    log = getattr(item, "funcargs", {}).get("log")
    if report.when == "call" and report.failed and log:
        log.lines += log._book.read()
        lines = [str(line) for line in log.lines if not line.level.startswith("trace")]
        report.sections.append(("error logs", "\n".join(lines)))


# --- what all tests of a process share ---

@pytest.fixture(scope="session")
def paths():
    return build_paths.find()


@pytest.fixture(scope="session")
def book():
    return LogBook()


@pytest.fixture(scope="session")
def sim_process(paths, book):
    sim = Sim(paths, book)
    try:
        sim.start()
        yield sim
    finally:
        sim.stop()


@pytest.fixture(scope="session")
def tls():
    made = certificate.make()
    yield made
    made.remove()


@pytest.fixture(scope="session")
def backend():
    backend = Backend()
    yield backend
    backend.stop()


@pytest.fixture(scope="session")
def account_sql(paths):
    tool = paths.build / "tests" / "httpd" / "tools" / "account_sql"
    return lambda *words: subprocess.run([tool, *words], check=True, capture_output=True,
                                         text=True).stdout.strip()


@pytest.fixture(scope="session")
def databases(account_sql):
    databases = Databases(lambda driver: account_sql("tables", driver).splitlines())
    yield databases
    databases.stop()


# --- for each test ---

@pytest.fixture(autouse=True)
def sim(sim_process):
    sim_process.tidy()
    return sim_process


@pytest.fixture
def box(sim):
    sim.forget()
    box = Box(sim)
    yield box
    box.http.close()
    sim.forget()


@pytest.fixture(autouse=True)
def log(book, sim):
    log = TestLog(book)
    yield log
    book.read()     # what a failed test has left must not fail the next one


class Sites(Keeper):
    """Makes sites, keeps the equal ones, and stops them all."""

    def __init__(self, paths, book, sim, request):
        super().__init__(lambda spec: Site(
            paths, book, sim, spec, request.getfixturevalue("tls") if spec.tls else None))

    def prepare(self, **spec):
        """Not started: for configtest and for starts that must fail."""
        spec = Spec(**spec)
        site = self._make(spec)
        self._kept[(spec, id(site))] = site
        return site

    def __call__(self, **spec):
        return super().__call__(Spec(**spec))


@pytest.fixture(scope="module")
def sites(paths, book, sim_process, request):
    sites = Sites(paths, book, sim_process, request)
    yield sites
    sites.stop()


@pytest.fixture
def fresh(paths, book, sim_process, request):
    sites = Sites(paths, book, sim_process, request)
    yield sites
    sites.stop()


@pytest.fixture(params=["conf", "htaccess"])
def via(request):
    return request.param


@pytest.fixture
def browsers(book):
    """browsers(agent, person=..., ...)"""
    opened = []

    def make(*arguments, **more):
        opened.append(Browser(book, *arguments, **more))
        return opened[-1]

    yield make
    for browser in opened:
        browser.close()


@pytest.fixture
def signed_in(browsers):
    """signed_in(site, userid): a browser in this member's WeCom client, with a session."""

    def make(site, userid="zhangwei", path="/intranet/", agent=WECOM_IOS):
        browser = browsers(agent, person=userid)
        walk = browser.walk(site.url(path))
        assert browser.session_cookie, f"no login: {walk.trail}\n{walk.page.text}"
        return browser

    return make


@pytest.fixture
def seats(paths, browsers):

    def make(site, *userids):
        sealer = Sealer(paths, site)
        return {userid: seat(sealer, browsers(), userid) for userid in userids or MEMBERS}

    return make
