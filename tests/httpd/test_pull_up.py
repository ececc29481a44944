# SPDX-License-Identifier: Apache-2.0
"""The pull-up: WeCom on a phone signs the browser of the same phone in, and nobody else."""
import html
import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from harness.client import ANDROID, CHROME, IPHONE, WECHAT, WECOM_ANDROID, WECOM_IOS, links
from harness.site import Place, Source, Vhost

OPEN = "Open in WeCom"
OWN = "Use WeCom\'s own page instead"
NO = "I did not ask for this"
LATE = "This sign-in took too long."


@pytest.fixture
def site(fresh):
    return fresh(places=(Place(), Place("/direct", lines=("WeComLogin direct",))))


class Pair:
    """A browser on a phone that has asked, and WeCom on that phone."""

    def __init__(self, site, browsers, agent=IPHONE, path="/intranet/?a=b", person="LiNa",
                 elsewhere=False):
        self.site = site
        self.browser = browsers(agent)
        self.wecom = browsers(WECOM_IOS, person=person,
                              address=None if elsewhere else self.browser.address)
        self.walk = self.browser.walk(site.url(path))
        self.asked = None

    @property
    def page(self):
        return self.walk.page

    @property
    def number(self):
        return re.search(r'class="number"[^>]*>(\d\d)<', self.page.text)[1]

    @property
    def inside(self):
        """WeCom's own address in the link that pulls WeCom up."""
        link = dict(links(self.page))[OPEN]
        assert re.match(r"wxwork(local)?://sso/jump\?url=http", link), link
        return unquote(link.partition("url=")[2]).replace("#wechat_redirect", "")

    @property
    def link_state(self):
        return parse_qs(urlsplit(self.inside).query)["state"][0]

    def pull_up(self, wecom=None):
        self.asked = (wecom or self.wecom).walk(self.inside)
        return self.asked.page

    def buttons(self):
        return re.findall(r'name="number" value="(\w+)"', self.asked.page.text)

    def answer(self, number, wecom=None, **changes):
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"',
                                 self.asked.page.text))
        fields = {**{k: html.unescape(v) for k, v in fields.items()}, "number": number, **changes}
        return (wecom or self.wecom).post(self.site.url("/wecom/pair"), fields,
                                          initiator=self.asked.url)

    def wrong(self):
        return next(n for n in self.buttons() if n not in ("no", self.number))

    def poll(self, browser=None):
        answer = (browser or self.browser).get(self.walk.url + "&poll=1")
        assert answer.headers["Cache-Control"] == "no-store"
        return json.loads(answer.text)["state"]

    def go_on(self):
        return self.browser.walk(self.walk.url)


@pytest.fixture
def pair(site, browsers):
    return Pair(site, browsers)


def test_whole_walk(pair, site, sim, log):
    assert pair.walk.trail == [(302, f"{site.authority()}/intranet/"),
                               (200, f"{site.authority()}/wecom/pair")]
    assert "<p>Open WeCom, then pick this number there:</p>" in pair.page.text
    assert [label for label, _ in links(pair.page)] == [OPEN, OWN]
    assert site.url("/intranet/?a=b") in html.unescape(pair.page.text)   # to copy
    assert pair.poll() == "waiting"
    asked = pair.pull_up()
    assert asked.status_code == 200 and pair.poll() == "seen"
    assert f"{site.authority()}" in asked.text and "iPhone" in asked.text
    assert pair.browser.address in asked.text and re.search(r"\d\d:\d\d \(UTC", asked.text)
    assert "If someone sent you this link, do not." in asked.text
    buttons = pair.buttons()
    assert buttons[0] == "no" and len(set(buttons)) == 4 and pair.number in buttons[1:]
    assert asked.text.index(NO) < asked.text.index(f">{buttons[1]}<")
    done = pair.answer(pair.number)
    assert done.status_code == 200 and "You can go back to your browser now." in done.text
    assert pair.wecom.session_cookie is None and pair.browser.session_cookie is None
    assert pair.poll() == "done"
    walk = pair.go_on()
    assert walk.url == site.url("/intranet/?a=b") and walk.page.status_code == 200
    assert site.environment(pair.browser)["REMOTE_USER"] == "LiNa"
    assert pair.wecom.session_cookie is None
    log.expect("WC0285")


def test_session_is_taken_once(pair, site, browsers, log):
    pair.pull_up()
    pair.answer(pair.number)
    copied = browsers(IPHONE, address=pair.browser.address)
    copied.take_cookies_of(pair.browser)
    assert pair.go_on().url == site.url("/intranet/?a=b")
    late = copied.walk(pair.walk.url)
    assert LATE in late.page.text and copied.session_cookie is None
    # the Back button
    assert pair.go_on().url == site.url("/intranet/?a=b")
    log.expect("WC0285")
    log.expect("WC0286")


@pytest.mark.parametrize("agent, offered", [
    (IPHONE, True), (ANDROID, True), (CHROME, False), (WECHAT, False),
    (ANDROID.replace(" Mobile", ""), False)], ids=["iphone", "android", "pc", "wechat", "tablet"])
def test_phones_alone(site, browsers, agent, offered):
    walk = browsers(agent).walk(site.url("/intranet/"))
    assert ("/wecom/pair" in walk.url) == offered


def test_direct(site, browsers, sim):
    walk = browsers(IPHONE).walk(site.url("/direct/"))
    assert walk.trail[-1] == (200, f"localhost:{sim.port}/wwlogin/sso/login")


def test_own_page_is_the_second_choice(pair, site, sim):
    walk = pair.browser.click(pair.walk, dict(links(pair.page))[OWN])
    assert walk.trail[-1] == (200, f"localhost:{sim.port}/wwlogin/sso/login")
    walk = pair.browser.confirm(walk, "LiNa")
    assert walk.url == site.url("/intranet/?a=b") and walk.page.status_code == 200


# --- what an attacker with a link can do ---

def test_link_alone_signs_nobody_in(pair, site, browsers, log):
    """The victim opens the attacker's link, and that is all."""
    stranger = browsers(CHROME)
    assert LATE not in pair.page.text
    other = stranger.walk(pair.walk.url)
    assert "started in another browser" in other.page.text and stranger.session_cookie is None
    assert pair.poll(stranger) == "ended"
    pair.pull_up()
    assert pair.go_on().url == pair.walk.url, "somebody opened a link"
    assert pair.browser.session_cookie is None and pair.wecom.session_cookie is None
    log.expect("WC0275")


def test_confirmed_from_another_address(site, browsers, log, sim):
    pair = Pair(site, browsers, elsewhere=True)
    page = pair.pull_up()
    assert "is not on this phone\'s network" in html.unescape(page.text)
    assert not sim.calls(), "no code is exchanged"
    assert pair.poll() == "ended"
    ended = pair.go_on()
    assert "is not on this phone\'s network" in html.unescape(ended.page.text)
    assert pair.browser.session_cookie is None
    log.expect("WC0289")


def test_answer_from_another_address(pair, browsers, log):
    pair.pull_up()
    other = browsers(WECOM_IOS, person="LiNa")
    other.take_cookies_of(pair.wecom)
    answer = pair.answer(pair.number, wecom=other)
    assert "is not on this phone\'s network" in html.unescape(answer.text)
    assert pair.poll() == "ended"
    log.expect("WC0289")


def test_any_address(fresh, browsers, log):
    site = fresh(lines=("WeComPullUp any-address",))
    pair = Pair(site, browsers, elsewhere=True)
    pair.pull_up()
    pair.answer(pair.number)
    pair.go_on()
    assert site.environment(pair.browser)["REMOTE_USER"] == "LiNa"
    log.expect("WC0285")


def test_off(fresh, browsers, sim):
    site = fresh(lines=("WeComPullUp Off",))
    walk = browsers(IPHONE).walk(site.url("/intranet/"))
    assert walk.trail[-1] == (200, f"localhost:{sim.port}/wwlogin/sso/login")


@pytest.mark.parametrize("token", ["", "x", "AAAA", None])
def test_without_a_form_token(pair, token, log):
    pair.pull_up()
    answer = pair.answer(pair.number, token=token) if token is not None \
        else pair.answer(pair.number, token=pair.link_state)
    assert answer.status_code == 400 and pair.poll() == "seen"
    assert pair.browser.session_cookie is None
    log.expect("WC0277")


def test_token_of_another_question(site, browsers, pair, log):
    pair.pull_up()
    other = Pair(site, browsers, person="WangFang")
    other.pull_up()
    theirs = re.search(r'name="token" value="([^"]*)"', other.asked.page.text)[1]
    assert pair.answer(pair.number, token=theirs).status_code == 400
    log.expect("WC0277")


def test_answer_without_the_cookie(pair, browsers, log):
    pair.pull_up()
    other = browsers(WECOM_IOS, person="LiNa", address=pair.wecom.address)
    answer = pair.answer(pair.number, wecom=other)
    assert LATE in answer.text and pair.poll() == "seen"
    log.expect("WC0286")


def test_link_in_the_browser_that_asked(pair, site, sim, log):
    """Its return, with a code that somebody has: it makes no session, and spends nothing."""
    answer = pair.browser.get(site.url(f"/wecom/return?code=somebodys&state={pair.link_state}"))
    assert "Go back to your browser and open WeCom from there." in answer.text
    assert pair.browser.session_cookie is None and not sim.calls()
    assert pair.poll() == "waiting"
    log.expect("WC0288")


def test_link_outside_wecom(pair, browsers, site, sim, log):
    other = browsers(CHROME, address=pair.browser.address)
    answer = other.get(site.url(f"/wecom/return?code=x&state={pair.link_state}"))
    assert "Go back to your browser and open WeCom from there." in answer.text and not sim.calls()
    assert other.session_cookie is None
    log.expect("WC0288")


# --- every way it can end ---

def check_ended(pair, sentence):
    assert pair.poll() == "ended"
    walk = pair.go_on()
    assert sentence in html.unescape(walk.page.text)
    assert pair.browser.session_cookie is None and pair.wecom.session_cookie is None
    ((label, again),) = links(walk.page)
    assert again == "/intranet/?a=b"
    # and it can be begun anew
    assert "/wecom/pair" in pair.browser.click(walk, again).url


def test_wrong_number(pair, log):
    pair.pull_up()
    answer = pair.answer(pair.wrong())
    assert "That was not the number. Nothing was signed in." in answer.text
    assert not links(answer)
    # the right one comes too late
    assert LATE in pair.answer(pair.number).text
    check_ended(pair, "That was not the number.")
    log.expect("WC0290")
    log.expect("WC0286")


@pytest.mark.parametrize("guess", ["0", "7", "100", "-1", "4 2", "", "NaN", "٤٢", "9" * 60])
def test_guessed_numbers(pair, guess, log):
    pair.pull_up()
    pair.answer(guess)
    check_ended(pair, "That was not the number.")
    log.expect("WC0290")


def test_not_me(pair, log):
    pair.pull_up()
    answer = pair.answer("no")
    assert "declined in WeCom" in answer.text
    check_ended(pair, "declined in WeCom")
    log.expect("WC0291")


def test_second_use_of_the_link(pair, site, browsers, log):
    """Somebody to whom it was sent opens it after the one whose it is."""
    pair.pull_up()
    other = browsers(WECOM_ANDROID, person="WangFang", address=pair.browser.address)
    late = other.walk(pair.inside)
    assert "This link was used already." in late.page.text and not links(late.page)
    assert pair.poll() == "seen", "it ends nothing for the first"
    pair.answer(pair.number)
    pair.go_on()
    assert site.environment(pair.browser)["REMOTE_USER"] == "LiNa"
    log.expect("WC0287")
    log.expect("WC0285")


def test_second_answer(pair, log):
    pair.pull_up()
    pair.answer(pair.number)
    assert LATE in pair.answer("no").text
    assert pair.poll() == "done"
    log.expect("WC0285")
    log.expect("WC0286")


def test_refused_by_wecom(pair, site, log):
    """WeCom comes back without a code."""
    pair.wecom.get(site.url(f"/wecom/return?state={pair.link_state}"))
    check_ended(pair, "You cancelled the sign-in.")
    log.expect("WC0201")


def test_not_a_member(site, browsers, log):
    pair = Pair(site, browsers, person="openid:oExample")
    pair.pull_up()
    check_ended(pair, "You are not a member of Acme.")
    log.expect("WC0211")


def test_inactive(site, browsers, log):
    pair = Pair(site, browsers, person="yangtao")
    pair.pull_up()
    check_ended(pair, "disabled or not yet activated")
    log.expect("WC0214")


def test_wecom_down(pair, sim, log):
    sim.fault("/cgi-bin/auth/getuserinfo", "http", code=500)
    pair.pull_up()
    check_ended(pair, "WeCom cannot be reached")
    log.expect("WC0233")


def test_throttle(site, browsers, log):
    """A member who is bombed with links and taps on anything rests."""
    for _ in range(5):
        pair = Pair(site, browsers)
        pair.pull_up()
        assert "That was not the number" in pair.answer(pair.wrong()).text
    pair = Pair(site, browsers)
    pair.pull_up()
    assert "Too many tries." in pair.answer(pair.number).text
    check_ended(pair, "Too many tries.")
    log.expect("WC0290")
    log.expect("WC0272")


def open_pairings(site, flood, count):
    """How many of so many visits from one address a pull-up was offered to."""
    offered = 0
    for _ in range(count):
        flood.drop_cookies()
        answer = flood.get(site.url("/intranet/"))
        assert answer.status_code == 302
        offered += "/wecom/pair" in answer.headers["Location"]
    return offered


def test_thousand_open_pairings(site, browsers, log, signed_in):
    """Seven addresses have a thousand open, and whoever was waiting waits still."""
    known = signed_in(site, "zhangwei")
    first = Pair(site, browsers)
    first.pull_up()
    offered = open_pairings(site, browsers(ANDROID), 400)
    assert 100 <= offered <= 200, "one address has so many places"
    offered += sum(open_pairings(site, browsers(ANDROID), 160) for _ in range(6))
    assert offered > 800
    assert site.environment(known)["REMOTE_USER"] == "zhangwei"
    assert first.poll() == "seen"
    first.answer(first.number)
    first.go_on()
    assert site.environment(first.browser)["REMOTE_USER"] == "LiNa"
    log.expect("WC0285")


@pytest.mark.parametrize("query", ["", "?p=", "?p=x", "?p=" + "0" * 32, "?p=" + "2" * 32,
                                   "?p=" + "a" * 5000, "?p=%00", "?p=../../x&poll=1"])
def test_bad_addresses(site, browsers, query, log):
    browser = browsers(IPHONE)
    answer = browser.get(site.url("/wecom/pair" + query))
    assert answer.status_code in (200, 400) and browser.session_cookie is None
    log.allow("WC0205")
    log.allow("WC0286")


def test_audit(fresh, browsers, log):
    site = fresh(lines=('WeComAuditLog "@root@/audit"',))
    pair = Pair(site, browsers)
    pair.pull_up()
    pair.answer(pair.number)
    pair.go_on()
    events = [json.loads(line) for line in (site.httpd.root / "audit").read_text().splitlines()]
    assert [(e["event"], e["outcome"], e["userid"]) for e in events] == [
        ("confirmation", "granted", "LiNa"), ("login", "granted", "LiNa")]
    log.expect("WC0285")


# --- one httpd, two sites ---

@pytest.fixture
def two_sites(fresh):
    """The second has another enterprise under the same id, and compares no addresses."""
    return fresh(places=(Place(),), vhosts=(Vhost(
        "other", sources=(Source("acme", corp=1),), places=(Place("/intranet"),),
        lines=("WeComPullUp any-address",)),))


def test_link_is_of_one_site(two_sites, browsers, log, sim):
    """A pull-up of one virtual host is nothing on another, whatever keys they share."""
    pair = Pair(two_sites, browsers, person="LiNa")
    other = two_sites.url("", vhost="other")
    answer = pair.wecom.get(f"{other}/wecom/return?code=x&state={pair.link_state}")
    assert LATE in answer.text and not sim.calls()
    assert pair.poll() == "waiting"
    pair.pull_up()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"',
                             pair.asked.page.text))
    answer = pair.wecom.post(f"{other}/wecom/pair", {**fields, "number": pair.number})
    assert LATE in answer.text and pair.poll() == "seen"
    log.expect("WC0286")


def test_pending_login_is_of_one_site(fresh, browsers):
    """What one site has sealed for a login says nothing on another."""
    site = fresh(sources=(Source(), Source("hr", app=1)), vhosts=(Vhost(
        "other", sources=(Source(), Source("hr", app=1)), places=(Place("/intranet"),),
        lines=("WeComSources acme",)),))
    browser = browsers(CHROME)
    state = parse_qs(urlsplit(browser.walk(site.url("/intranet/")).url).query)["p"][0]
    there = browser.walk(site.url(f"/wecom/login?p={state}&page=1", vhost="other"))
    assert [label for label, _ in links(there.page)] == ["Sign in with Acme"]
