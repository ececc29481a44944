# SPDX-License-Identifier: Apache-2.0
"""Chromium processes. One takes seconds to start, so visitors take turns in it: each finds one
window in a new browser context, and with the context everything that the visitor before has left
is gone: cookies, storage, caches, history, connections.

What is set when a process starts, and holds for all contexts in it, is its kind (Kind); everything
else belongs to a visitor (chromium.py).
"""
import json
import os
import shutil
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import trio
import trio_websocket
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service

CHROMIUM = os.environ.get("WECOM_CHROMIUM", "/usr/bin/chromium")
DRIVER = os.environ.get("WECOM_CHROMEDRIVER", "/usr/bin/chromedriver")
# Processes that each window would have for what nobody sees here: the suggestions of the address
# bar, which are web pages, and those that wait to be needed.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
          "PreloadTopChromeWebUI", "SpareRendererForSitePerProcess")
# A process for each site would be a new one at every step to WeCom and back, as long as three
# pages. What a page may see of another one does not hang on it; mobile browsers do without.
ISOLATION = ("IsolateOrigins", "site-per-process")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-extensions", "--disable-default-apps", "--no-proxy-server",
         "--hide-scrollbars", "--disable-site-isolation-trials", "--renderer-process-limit=1",
         f"--disable-features={','.join(UNSEEN + ISOLATION)}")
WINDOW = {"width": 1200, "height": 800}
BLOCK = 2           # Chromium's word for "never" in its content settings
PATIENCE = 20       # seconds
IDLE = 4            # so many processes wait for their next visitor


@dataclass(frozen=True)
class Kind:
    """cookies, scripts: False blocks them all, as a careful visitor does. popups: False opens
    those alone that somebody has clicked for, as browsers do where no test drives them. names:
    ((host, port), ...), found on this machine. pin: the one key that is trusted beside the
    authorities (certificate.py); without it every certificate is."""
    cookies: bool = True
    scripts: bool = True
    popups: bool = True
    names: tuple = ()
    pin: str = None

    def options(self, profile):
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        options.ignore_local_proxy_environment_variables()
        for flag in FLAGS + (f"--window-size={WINDOW['width']},{WINDOW['height']}",
                             f"--user-data-dir={profile}/data", "about:blank"):
            options.add_argument(flag)
        if self.names:
            options.add_argument("--host-resolver-rules=" + ",".join(
                f"MAP {name}:443 127.0.0.1:{port}" for name, port in self.names))
        if self.pin:
            options.add_argument(f"--ignore-certificate-errors-spki-list={self.pin}")
        # contexts that tests make would treat other sites' cookies as private windows do
        prefs = {"intl.accept_languages": "en", "profile.cookie_controls_mode": 0}
        for name, wanted in (("cookies", self.cookies), ("javascript", self.scripts)):
            if not wanted:
                prefs[f"profile.default_content_setting_values.{name}"] = BLOCK
        if not self.popups:
            options.add_experimental_option("excludeSwitches", ["disable-popup-blocking"])
        options.add_experimental_option("prefs", prefs)
        options.set_capability("acceptInsecureCerts", self.pin is None)     # the harness signs
        options.add_experimental_option("perfLoggingPrefs", {"enablePage": False})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        return options


class Engine:
    """driver: its current window is the one of a visitor who has not come yet. context: his."""

    def __init__(self, kind):
        self.kind = kind
        self.gone = set()       # windows of visitors before
        self._profile = Path(tempfile.mkdtemp(prefix="wecom-chromium-"))
        self.context = None
        home = {**os.environ, "HOME": str(self._profile)}
        try:
            self.driver = webdriver.Chrome(options=kind.options(self._profile),
                                           service=Service(DRIVER, env=home))
        except WebDriverException:
            shutil.rmtree(self._profile, ignore_errors=True)
            raise
        self._socket = self._find_socket()
        self.agent = self.driver.execute_script("return navigator.userAgent")
        self.renew()

    def _find_socket(self):
        """The address of DevTools for the whole browser: chromedriver's is for one window."""
        at = self.driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://{at}/json/version") as answer:
            return json.load(answer)["webSocketDebuggerUrl"]

    def _ask(self, method, **values):
        """What DevTools answer to this. A process that does not answer is broken."""

        async def ask():
            with trio.fail_after(PATIENCE):
                async with trio_websocket.open_websocket_url(self._socket) as socket:
                    await socket.send_message(json.dumps({"id": 1, "method": method,
                                                          "params": values}))
                    while (answer := json.loads(await socket.get_message())).get("id") != 1:
                        pass
            assert "result" in answer, f"{method}: {answer}"
            return answer["result"]

        return trio.run(ask)

    def new_window(self):
        """The handle of an empty one of this visitor."""
        return self._ask("Target.createTarget", url="about:blank", newWindow=True,
                         browserContextId=self.context, **WINDOW)["targetId"]

    def renew(self):
        """The visitor has gone, and a new window is there for the next."""
        left = self.driver.window_handles
        before = self.context
        self.context = self._ask("Target.createBrowserContext")["browserContextId"]
        self.driver.switch_to.window(self.new_window())
        for handle in left:
            self._ask("Target.closeTarget", targetId=handle)
        if before:
            self._ask("Target.disposeBrowserContext", browserContextId=before)
        self.gone.update(left)
        for log in ("browser", "performance"):
            self.driver.get_log(log)

    def close(self):
        try:
            self.driver.quit()
        finally:
            shutil.rmtree(self._profile, ignore_errors=True)


class Engines:
    """Those that wait, the last one used last."""

    def __init__(self):
        self._idle = []

    def take(self, kind):
        for engine in reversed(self._idle):
            if engine.kind == kind:
                self._idle.remove(engine)
                return engine
        return Engine(kind)

    def give_back(self, engine):
        """One that cannot be made new again is broken, and ends. The visit is over, so this is no
        fault of what was visited."""
        try:
            engine.renew()
        except (AssertionError, OSError, WebDriverException, trio.TooSlowError,
                trio_websocket.ConnectionClosed, trio_websocket.HandshakeError):
            engine.close()
            return
        self._idle.append(engine)
        if len(self._idle) > IDLE:
            self._idle.pop(0).close()

    def close(self):
        while self._idle:
            self._idle.pop().close()
