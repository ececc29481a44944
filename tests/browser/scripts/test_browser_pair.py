# SPDX-License-Identifier: Apache-2.0
"""pair.js: the page of a phone's browser that waits for WeCom on the same phone."""
import pytest

from devices import ANDROID
from elsewhere import Answer, as_json, page
from stand import script

ADDRESS = "https://intranet.example.com/page?a=1&b=2"
WAIT = ('<main data-poll="/poll?x=1" data-go="/done"><h1>Wait</h1>'
        f'<button data-copy="{ADDRESS.replace("&", "&amp;")}" data-copied="Copied" hidden>'
        'Copy the address</button></main>')
HIDDEN = ("Object.defineProperty(document, 'visibilityState', "
          "{configurable: true, get: () => arguments[0] ? 'hidden' : 'visible'});"
          "document.dispatchEvent(new Event('visibilitychange'))")

EVERY = 1500        # between two questions, in ms
COUNT_CLOCKS = """
const set = setTimeout, clear = clearTimeout;
window.planned = [];
window.cleared = 0;
window.setTimeout = (action, wait) => { planned.push(wait); return set(action, wait); };
window.clearTimeout = clock => { window.cleared++; clear(clock); };
"""


class Pairing:
    """state: what poll answers."""

    def __init__(self, server):
        self.server = server
        self.state = as_json({"state": "waiting"})
        server.pages.update({
            "/wait": page(WAIT, script("pair.js"), title="Wait"), "/poll": lambda _: self.state,
            "/done": page("<h1>Done</h1>", title="Done"),
            "/ended": page("<h1>Ended</h1>", title="Ended")})

    def becomes(self, state, **more):
        self.state = as_json({"state": state, **more})

    @property
    def count(self):
        return self.server.count("/poll")


@pytest.fixture
def pairing(elsewhere):
    return Pairing(elsewhere)


@pytest.fixture
def browser(pairing, visitors):
    browser = visitors(device=ANDROID)
    browser.open(pairing.server.at() + "/wait")
    wait_for_questions(browser, pairing, 1)
    return browser


def wait_for_questions(browser, pairing, count):
    browser.wait(lambda _: pairing.count >= count, f"{count} questions")


def wait_for_page(browser, title):
    browser.wait(lambda _: browser.title == title, f"the page {title}")


def test_done(browser, pairing):
    pairing.becomes("seen")
    browser.wait(lambda _: browser.script("return document.querySelector('main').dataset.state")
                 == "seen", "the state is told to the page")
    pairing.becomes("done", next="/ended")
    wait_for_page(browser, "Done")
    # the page that waited is not what Back finds
    assert browser.script("return history.length") == 2


def test_ended(browser, pairing):
    pairing.becomes("ended", next="/ended")
    wait_for_page(browser, "Ended")


@pytest.mark.parametrize("address", ["https://evil.example/", "javascript:alert(1)", "//evil",
                                     None])
def test_ended_elsewhere(browser, pairing, address):
    """An address that is none of ours is not followed."""
    pairing.becomes("ended", next=address)
    wait_for_page(browser, "Done")


@pytest.mark.parametrize("trouble", [
    Answer("busy", status=503), Answer("<html>", status=200), as_json(None), as_json([])],
    ids=["503", "html", "null", "array"])
def test_trouble_passes(browser, pairing, trouble):
    pairing.state = trouble
    wait_for_questions(browser, pairing, pairing.count + 2)
    assert browser.title == "Wait"
    pairing.becomes("done")
    wait_for_page(browser, "Done")


def test_nobody_looks(browser, pairing):
    """Nothing is asked while the page is hidden, and at once when it is seen again."""
    browser.script(COUNT_CLOCKS)
    browser.script(HIDDEN, True)
    # the clock that was set before runs off, its question is answered, and none is set again
    browser.wait(lambda _: browser.script("return window.cleared >= 2"), "the answer")
    assert EVERY not in browser.script("return window.planned")
    pairing.becomes("done")
    browser.script(HIDDEN, False)
    wait_for_page(browser, "Done")


def test_copy(browser):
    browser.allow("clipboardReadWrite", "clipboardSanitizedWrite")
    (status,) = browser.driver.find_elements("css selector", "[role=status]")
    assert status.text == ""
    browser.press_text("Copy the address")
    browser.wait(lambda _: status.text == "Copied", "the word that it is copied")
    assert browser.focused == "Copy the address"
    assert browser.driver.execute_async_script(
        "navigator.clipboard.readText().then(arguments[0])") == ADDRESS


def test_copy_the_old_way(browser):
    """No clipboard in http pages, and none in old WebViews."""
    browser.script("Object.defineProperty(navigator, 'clipboard', {value: undefined});"
                   "document.addEventListener('copy', () => {"
                   "    window.copied = document.activeElement.value; })")
    browser.press_text("Copy the address")
    browser.wait(lambda _: "Copied" in browser.text, "the word that it is copied")
    assert browser.script("return window.copied") == ADDRESS
    assert browser.script("return document.querySelectorAll('textarea').length") == 0


def test_copy_by_hand(browser):
    """Where nothing copies the address is shown."""
    browser.script("Object.defineProperty(navigator, 'clipboard', {value: undefined});"
                   "document.execCommand = () => false")
    browser.press_text("Copy the address")
    browser.wait(lambda _: ADDRESS in browser.text, "the address")


def test_without_script_there_is_no_button(pairing, visitors):
    browser = visitors(device=ANDROID, scripts=False)
    browser.open(pairing.server.at() + "/wait")
    assert browser.lines == ["Wait"]
