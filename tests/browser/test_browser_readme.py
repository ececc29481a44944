# SPDX-License-Identifier: Apache-2.0
"""The pictures of the README: the pages as a visitor of a branded site has them before the eyes.

    WECOM_PICTURES=docs/images tests/run browser

writes them anew. The tests themselves hold what the pictures show.
"""
from urllib.parse import unquote

from devices import IPHONE
from harness.site import Place, Source
from portal import portal

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48">
<rect width="48" height="48" rx="12" fill="#0b6e4f"/>
<path d="M12 34 24 12l12 22h-6l-6-11-6 11z" fill="#fff"/></svg>
"""
BRAND = ('WeComBrand title "Acme Intranet"', "WeComBrand title zh 示例科技内网",
         'WeComBrand logo "@docroot@/logo.svg"', "WeComBrand color #0b6e4f")
SOURCES = (Source(lines=('WeComDisplayName "Acme"', "WeComDisplayName zh 示例科技")),
           Source("partner", app=1, lines=('WeComDisplayName "Acme Logistics"',
                                           "WeComDisplayName zh 示例物流")))


def branded(fresh, **more):
    site = fresh.prepare(places=(Place("/intranet"),), lines=BRAND, cgi=False, **more)
    site.write("logo.svg", LOGO)
    site.start()
    return site


def both_schemes(browser, picture, name):
    picture(browser, name)
    with browser.dark():
        picture(browser, f"{name}-dark")


def test_login_page(fresh, visitors, picture, look):
    site = branded(fresh, sources=SOURCES)
    for language, mark, title in (("en", "", "Acme Intranet"), ("zh-CN", "-zh", "示例科技内网")):
        browser = visitors(language=language)
        with browser.width(960, 640, phone=False):
            browser.open(site.url("/intranet/"))
            browser.wait_for_path("/wecom/login")
            assert title in browser.text and len(browser.buttons) == 2
            look(browser, f"login-brand{mark}")
            both_schemes(browser, picture, f"page-login{mark}")


def test_phone(fresh, visitors, picture, log):
    site = branded(fresh)
    browser = visitors(device=IPHONE)
    wecom = visitors(device=IPHONE.in_wecom(), person="LiNa")
    browser.open(site.url("/intranet/"))
    browser.wait_for_path("/wecom/pair")
    both_schemes(browser, picture, "page-phone")
    link = browser.script("return document.querySelector('.b.first').href")
    wecom.open(unquote(link.partition("url=")[2]))
    wecom.wait_for_path("/wecom/return")
    assert "Acme Intranet" in wecom.text and "I did not ask for this" in wecom.text
    both_schemes(wecom, picture, "page-confirm")
    wecom.press("button[value=no]")
    browser.wait(lambda _: not browser.driver.find_elements("css selector", ".number"),
                 "the browser hears of it")
    log.expect("WC0291")


def test_denied(fresh, visitors, picture, log):
    site = branded(fresh, sources=SOURCES)
    browser = visitors(language="zh-CN")
    site.sim.member("LiNa", status=2)
    with browser.width(960, 640, phone=False):
        browser.open(site.url("/intranet/"))
        browser.press_text("使用示例科技登录")
        browser.wait_for_sim("wwlogin")
        browser.press("#userid option[value=LiNa]")
        browser.press("#phone button:not(.plain)")
        browser.wait_for_path("/wecom/return")
        assert "您的企业微信账号已被禁用或尚未激活" in browser.text
        both_schemes(browser, picture, "page-refused-zh")
    log.expect("WC0214")
