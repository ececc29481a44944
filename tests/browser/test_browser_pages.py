# SPDX-License-Identifier: Apache-2.0
"""Our own pages: with the keyboard alone, in two languages, on a phone, in the dark."""
import os
from pathlib import Path

import pytest

from portal import TWO_CORPS, TWO_SOURCES, portal

README_PICTURE = Path(__file__).resolve().parents[2] / "docs" / "images" / "login.png"


def two_sources(fresh):
    return portal(fresh, sources=TWO_SOURCES, lines=TWO_CORPS)


@pytest.mark.parametrize("language, title, buttons", [
    ("en", "Sign in", ["Sign in with Acme", "Sign in with Partner Ltd."]),
    ("zh-CN,zh", "登录", ["使用示例科技登录", "使用合作公司登录"]),
], ids=["en", "zh"])
def test_login_page_with_the_keyboard(fresh, sim, visitors, look, language, title, buttons):
    site = two_sources(fresh)
    browser = visitors(language=language)
    browser.open(site.url("/intranet/page5.html"))
    browser.wait_for_path("/wecom/login")
    assert (browser.title, browser.buttons) == (title, buttons)
    assert browser.script("return document.documentElement.lang") == language.split(",")[0]
    look(browser, f"login-two-{language[:2]}")
    browser.key("TAB")
    assert browser.focused == buttons[0]
    browser.key("TAB")
    assert browser.focused == buttons[1]
    assert browser.script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.key("ENTER")
    browser.wait_for_sim("wwlogin")
    assert sim.app(corp=1).corpid in browser.url and f"lang={language[:2]}" in browser.url
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url("/intranet/page5.html"))
    assert "欢迎，张薇" in browser.text


def test_login_page_again(fresh, visitors):
    """Reloaded, left and come back to: it still leads to the page that was wanted."""
    site = two_sources(fresh)
    browser = visitors()
    browser.open(site.url("/intranet/page5.html"))
    browser.wait_for_path("/wecom/login")
    browser.reload()
    browser.wait_for_path("/wecom/login")
    browser.press_text("Sign in with Partner Ltd.")
    browser.wait_for_sim("wwlogin")
    browser.back()
    browser.wait_for_path("/wecom/login")
    browser.press_text("Sign in with Acme")
    browser.wait_for_sim("wwlogin")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url("/intranet/page5.html"))
    assert "欢迎，张伟" in browser.text


def test_long_words(fresh, visitors, look):
    """A name that does not fit a button, and one without a blank to break at."""
    name = ("Internationale Gesellschaft für Donaudampfschifffahrt und "
            "Elektrizitätshauptbetriebswerk")
    sources = tuple(source.__class__(source.id, source.corp, source.app,
                                     (f'WeComDisplayName "{text}"',))
                    for source, text in zip(TWO_SOURCES, (name, "x" * 60)))
    site = portal(fresh, sources=sources, lines=TWO_CORPS)
    browser = visitors()
    browser.open(site.url("/intranet/"))
    browser.wait_for_path("/wecom/login")
    look(browser, "login-long")


def test_consoles_are_judged(fresh, visitors):
    """What a policy stops is heard here, so silence in the other tests means something."""
    site = two_sources(fresh)
    browser = visitors()
    browser.open(site.url("/wecom/login"))
    assert browser.complaints() == []
    browser.script("const style = document.createElement('style');"
                   "style.textContent = 'body { color: red }'; document.head.append(style)")
    browser.wait(lambda _: "Content Security Policy" in "".join(browser.complaints()),
                 "a complaint")
    browser.forgive()


def test_readme_picture(fresh, visitors):
    """The picture in README.md, the scan page and the phone; written on demand alone. The quick
    login is on it, and signs in."""
    site = portal(fresh)
    browser = visitors()
    with browser.width(1120, 720, scale=1.5, phone=False):
        browser.open(site.url("/intranet/"))
        browser.wait_for_sim("wwlogin")
        assert browser.scroll_width() <= 1120
        if os.environ.get("WECOM_PICTURES_README") == "1":
            README_PICTURE.parent.mkdir(parents=True, exist_ok=True)
            browser.save_picture(README_PICTURE)
        browser.press("#quick button")
        browser.wait_for_url(site.url("/intranet/"))
        assert "欢迎，张伟" in browser.text
