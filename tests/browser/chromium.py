# SPDX-License-Identifier: Apache-2.0
"""A visitor's browser: a headless Chromium (engine.py), its console, and the documents that it
asked for.

Nothing here sleeps: wait() asks again until a condition holds, and says what it waited for when
it does not.
"""
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import urldefrag, urlsplit

from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

import axe
from engine import Kind

PATIENCE = 30

# Said before any script of the page runs. What a policy stops is told through the console, which
# outlives the document.
WATCH_POLICY = """
addEventListener("securitypolicyviolation", event => console.error(
    "Content Security Policy: " + event.effectiveDirective + " stopped "
    + (event.blockedURI || "something") + " at " + event.documentURI));
"""
MEDIA = {"scheme": "prefers-color-scheme", "motion": "prefers-reduced-motion",
         "forced": "forced-colors"}

# Every element with text of its own, and the first background above it that covers.
COLOURS = """
const found = [];
for (const one of document.body.querySelectorAll("*")) {
    const text = [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
        .map(node => node.data.trim()).join("");
    if (!text || !one.checkVisibility()) continue;
    let behind = one;
    while (behind.parentElement
           && getComputedStyle(behind).backgroundColor.endsWith(", 0)")) {
        behind = behind.parentElement;
    }
    found.push([text, getComputedStyle(one).color, getComputedStyle(behind).backgroundColor]);
}
return found;
"""


def rgb(css):
    """(red, green, blue) of "rgb(1, 2, 3)"."""
    numbers = re.fullmatch(r"rgba?\((\d+), (\d+), (\d+)(?:, [\d.]+)?\)", css)
    assert numbers, css
    return tuple(int(number) for number in numbers.groups())


@dataclass(frozen=True)
class Document:
    """One request for a document. Status and Refresh are None while there is no answer."""
    method: str
    url: str
    status: int = None
    refresh: str = None

    def answered(self, answer):
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        return replace(self, status=answer["status"], refresh=headers.get("refresh", ""))


class Chromium:
    def __init__(self, engines, agent=None, language="en", device=None, **kind):
        """device: one of devices.py, whose User-Agent agent replaces. kind: see engine.py."""
        names = kind.pop("names", {})
        self._engines = engines
        self._engine = engines.take(Kind(names=tuple(names.items()), **kind))
        self.driver = self._engine.driver
        self._complaints = []
        self._expected = []
        self._events = []
        self._media = {}
        self._scripts = self._engine.kind.scripts
        self._names = tuple(names)
        self._agent = agent or (device and device.agent)
        self._language = language
        self._device = device
        self.may_ask = []       # hosts beyond this machine that a test lets it ask
        self._watched = set()
        self.watch()

    def close(self):
        """Nothing of this visitor is left; what holds on to this browser holds nothing."""
        if self._engine:
            engine, self._engine, self.driver = self._engine, None, None
            self._engines.give_back(engine)

    # --- watching ---

    def watch(self):
        """The page in this window, and those after it, tell what their policy stops, and the
        window is this visitor's."""
        handle = self.driver.current_window_handle
        if handle not in self._watched:
            self._watched.add(handle)
            self._dress()
            self.devtools("Page.addScriptToEvaluateOnNewDocument", source=WATCH_POLICY)
            self.devtools("Runtime.evaluate", expression=WATCH_POLICY)

    def _dress(self):
        """Device, agent and language hold from the next request of this window on."""
        if self._agent or self._language != "en":
            assert self.url == "about:blank", (
                f"a window of another agent or language has already asked for {self.url}: let "
                "open_windows() open it")
            self.devtools("Emulation.setUserAgentOverride", acceptLanguage=self._language,
                          userAgent=self._agent or self._engine.agent)
        if self._device:
            self.devtools("Emulation.setTouchEmulationEnabled", enabled=True)
            self._wear_device()

    def _wear_device(self):
        self.devtools("Emulation.setDeviceMetricsOverride", **self._device.metrics())

    def allow(self, *permissions):
        """This visitor's answer to what the browser would ask; DevTools' names."""
        self.devtools("Browser.grantPermissions", permissions=permissions,
                      browserContextId=self._engine.context)

    # --- going and waiting ---

    def open(self, url):
        """As if the address had been typed."""
        self.driver.get(url)

    def wait(self, true, what, seconds=PATIENCE):
        """true is called with this browser until it gives something; that is returned."""
        try:
            return WebDriverWait(self, seconds, 0.05, (WebDriverException,)).until(true)
        except TimeoutException:
            raise AssertionError(f"not within {seconds} seconds: {what}; the browser is at "
                                 f"{self.url}: {self.title}\n{self.text}") from None

    def wait_for_url(self, url):
        """The page at this address; what follows a '#' is nobody's business."""
        self.wait(lambda _: urldefrag(self.url)[0] == url and self.is_complete(),
                  f"{url} is open")

    def wait_for_path(self, path):
        self.wait(lambda _: urlsplit(self.url).path == path and self.is_complete(),
                  f"a page at {path} is open")

    def wait_for_sim(self, kind):
        """One of the simulator's pages, by its kind."""
        self.wait(lambda _: self.driver.find_elements(By.CSS_SELECTOR, f"[data-sim={kind}]")
                  and self.is_complete(), f"the simulator's page {kind}")

    def is_complete(self):
        return self.script("return document.readyState") == "complete"

    def press(self, css):
        self.driver.find_element(By.CSS_SELECTOR, css).click()

    def press_text(self, label):
        """The link or button with just this label."""
        found = [thing for thing in self.driver.find_elements(By.CSS_SELECTOR, "a, button")
                 if thing.text == label]
        assert len(found) == 1, f"{len(found)} times {label!r} at {self.url}\n{self.text}"
        found[0].click()

    def key(self, key):
        """One key for whatever has the focus."""
        webdriver.ActionChains(self.driver).send_keys(getattr(Keys, key)).perform()

    def reload(self):
        self.driver.refresh()

    def back(self):
        self.driver.back()

    def forward(self):
        self.driver.forward()

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def is_from_cache(self):
        """Was this document woken from the back-forward cache?"""
        return self.script("return !!window.woken")

    # --- what is seen ---

    @property
    def url(self):
        return self.driver.current_url

    @property
    def origin(self):
        return "{0.scheme}://{0.netloc}".format(urlsplit(self.url))

    @property
    def title(self):
        return self.driver.title

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    @property
    def lines(self):
        return [line for line in self.text.splitlines() if line.strip()]

    @property
    def buttons(self):
        """The labels of what looks like a button on our own pages."""
        return [thing.text for thing in self.driver.find_elements(By.CSS_SELECTOR, ".b")]

    @property
    def focused(self):
        return self.driver.switch_to.active_element.text

    # --- windows ---

    def other_window(self):
        """Go to the one other window."""
        here = self.driver.current_window_handle
        others = self.wait(lambda _: [handle for handle in self.driver.window_handles
                                      if handle != here], "another window")
        assert len(others) == 1
        self.go_to_window(others[0])
        return here

    def go_to_window(self, handle):
        self.driver.switch_to.window(handle)
        self.watch()

    def close_window(self, handle):
        """This one, as its visitor does; then the window `handle` is the current one."""
        self.driver.close()
        self.driver.switch_to.window(handle)

    def wait_for_windows(self, count):
        self.wait(lambda _: len(self.driver.window_handles) == count, f"{count} windows")

    def open_windows(self, urls):
        """All at once; gives their handles in the order of urls."""
        here = self.driver.current_window_handle
        before = set(self.driver.window_handles)
        self.script("window.opened = arguments[0].map(() => window.open('', '_blank'))", urls)
        self.wait_for_windows(len(before) + len(urls))
        handles = {}
        for handle in set(self.driver.window_handles) - before:
            self.go_to_window(handle)
            handles[self.script("return opener.opened.indexOf(window)")] = handle
        self.go_to_window(here)
        self.script("opened.forEach((one, at) => { one.location = arguments[0][at]; });"
                    "delete window.opened", urls)
        return [handles[at] for at in range(len(urls))]

    def new_window(self):
        """The handle of one that no page has opened, so it has nothing of theirs."""
        return self._engine.new_window()

    @contextmanager
    def frame(self, css):
        """Inside the frame that css finds."""
        self.driver.switch_to.frame(self.wait(
            lambda _: self.driver.find_element(By.CSS_SELECTOR, css), f"the frame {css}"))
        try:
            yield
        finally:
            self.driver.switch_to.default_content()

    # --- looks ---

    def devtools(self, command, **values):
        return self.driver.execute_cdp_cmd(command, values)

    @contextmanager
    def width(self, width, height=720, scale=2, phone=True):
        """A viewport of this size in CSS pixels, each `scale` pixels of the screen."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=scale, mobile=phone)
        try:
            yield
        finally:
            if self._device:
                self._wear_device()
            else:
                self.devtools("Emulation.clearDeviceMetricsOverride")

    @contextmanager
    def media(self, paper=False, **features):
        """paper: as on paper. scheme, motion, forced: what the visitor prefers ("dark", "reduce",
        "active")."""
        before = self._media
        self._media = {**before, **features, **({"paper": True} if paper else {})}
        self._emulate_media()
        try:
            yield
        finally:
            self._media = before
            self._emulate_media()

    def _emulate_media(self):
        self.devtools("Emulation.setEmulatedMedia",
                      media="print" if self._media.get("paper") else "",
                      features=[{"name": MEDIA[name], "value": value}
                                for name, value in self._media.items() if name in MEDIA])
        # colours that change slowly have arrived
        self.script("document.getAnimations().forEach(one => one.finish())")

    def dark(self):
        return self.media(scheme="dark")

    def axe(self):
        """What axe-core finds wrong with this page, a line for each thing."""
        assert self._scripts, "axe-core needs the page's clocks, and this browser runs no script"
        return axe.run(self)

    def scroll_width(self):
        return self.script("return document.documentElement.scrollWidth")

    def background(self):
        """(red, green, blue) behind everything."""
        return rgb(self.script("return getComputedStyle(document.body).backgroundColor"))

    def colours(self):
        """(text, its colour, the colour behind it) of every element with text of its own."""
        return [(text, rgb(ink), rgb(paper)) for text, ink, paper in self.script(COLOURS)]

    def save_picture(self, path):
        assert self.driver.save_screenshot(str(path)), f"{path} cannot be written"

    # --- cookies ---

    @property
    def cookies(self):
        """Of all hosts, as DevTools gives them."""
        return self.devtools("Network.getAllCookies")["cookies"]

    def session_cookie(self):
        """The module's, at whatever site, or None."""
        found = [cookie for cookie in self.cookies
                 if cookie["name"].removeprefix("__Host-").startswith("wecom_")]
        assert len(found) < 2, f"two session cookies: {found}"
        return found[0] if found else None

    def drop_cookies(self):
        self.devtools("Network.clearBrowserCookies")

    def spoil_session(self):
        """The session cookie stays and will never open again, as after its last hour."""
        cookie = self.session_cookie()
        flipped = ("B" if cookie["value"][-5] != "B" else "C")
        value = cookie["value"][:-5] + flipped + cookie["value"][-4:]
        self.devtools("Network.setCookie", name=cookie["name"], value=value, path="/",
                      domain=cookie["domain"], httpOnly=True, sameSite="Lax",
                      secure=cookie["secure"])

    # --- what went over the line ---

    def _read_events(self):
        for entry in self.driver.get_log("performance"):
            told = json.loads(entry["message"])
            if (told["message"]["method"].startswith("Network.")
                    and told["webview"] not in self._engine.gone):
                self._events.append(told["message"])

    def requests(self):
        """The address of everything asked for since the last forget()."""
        self._read_events()
        return [event["params"]["request"]["url"] for event in self._events
                if event["method"] == "Network.requestWillBeSent"
                and event["params"]["request"]["url"].startswith("http")]

    def strangers(self):
        """The hosts that were asked for something and are none of this machine."""
        hosts = {urlsplit(url).hostname for url in self.requests()}
        return sorted(host for host in hosts
                      if host not in ("127.0.0.1", "localhost", *self._names)
                      and not host.endswith((".localhost", ".invalid")))

    def documents(self):
        """Every document asked for since the last forget(), redirects one by one."""
        self._read_events()
        found = []
        last = {}   # request id: index of its last hop
        for event in self._events:
            values = event["params"]
            if values.get("type") != "Document":
                continue
            at = last.get(values["requestId"])
            if event["method"] == "Network.requestWillBeSent":
                if at is not None and "redirectResponse" in values:
                    found[at] = found[at].answered(values["redirectResponse"])
                last[values["requestId"]] = len(found)
                found.append(Document(values["request"]["method"], values["request"]["url"]))
            elif event["method"] == "Network.responseReceived" and at is not None:
                found[at] = found[at].answered(values["response"])
        return [document for document in found if document.url.startswith("http")]

    def forget(self):
        """documents() begins anew."""
        self._read_events()
        self._events = []

    def forgive(self):
        """What complaints() has so far is no fault."""
        self.complaints()
        self._complaints = []

    def expect_complaint(self, words):
        """One that has these words must come, and is no fault then."""
        self._expected.append(words)

    def forget_expected(self):
        self._complaints = [message for message in self._complaints
                            if not any(words in message for words in self._expected)]
        self._expected = []

    def complaints(self):
        """What a policy of a page has stopped, whatever scripts have thrown, and what was expected
        and did not come. A document that was answered with an error, or a picture that is not
        there, is none."""
        self._complaints += [entry["message"] for entry in self.driver.get_log("browser")
                             if entry["source"] != "network"
                             and entry["level"] in ("SEVERE", "WARNING")]
        return [message for message in self._complaints
                if not any(words in message for words in self._expected)] + [
                    f"expected, and did not come: {words}" for words in self._expected
                    if not any(words in message for message in self._complaints)]
