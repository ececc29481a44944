# SPDX-License-Identifier: Apache-2.0
"""Ask to bind before a real browser: the question, the form, the choice, and the ways back."""
import pytest
from selenium.webdriver.common.by import By

from harness.accounts import Accounts, directory_lines, source, write_passwords
from harness.client import WECOM_WINDOWS
from harness.site import Place

from portal import portal

QUESTION = "Do you have an account here?"
USE = "Use an existing account"
CREATE = "Create a new account"
CONNECT = "Connect and sign in"
WRONG = "Account or password is wrong."
WANTED = "/intranet/page3.html?from=mail&q=%E5%BC%A0%20%26"
HORSE = "right horse"
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-CN,zh"], ids=["en", "zh"])


@pytest.fixture
def database(databases):
    return databases("sqlite3")


@pytest.fixture
def accounts(database):
    return Accounts(database)


@pytest.fixture
def site(fresh, database, accounts):
    """li.na has an account with a password; /shut takes nobody new, /away leads elsewhere."""
    accounts.add("li.na", email="lina@example.com", name="Li Na")
    lines = write_passwords(database, li_na=HORSE)
    return portal(
        fresh, sources=(source("WeComAssociation ask"),), modules=("dbd", "authn_file"),
        places=(Place("/shut", lines=("WeComRegistration Off",)),
                Place("/away", lines=("Redirect 302 /away http://localhost:@port@/open/",))),
        server=directory_lines(database, *lines))


@pytest.fixture
def choice(fresh, database, accounts):
    """Two accounts have LiNa's address."""
    accounts.add("li.na", email="lina@example.com", phone="13900001111")
    accounts.add("lina2", email="LINA@example.com")
    return portal(fresh, sources=(source("WeComAssociation field email", app=1),),
                  modules=("dbd",), server=directory_lines(database))


# --- what a visitor does ---

def ask(browser, site, path="/intranet/", userid="LiNa"):
    """As far as the question, or the choice."""
    browser.open(site.url(path))
    browser.wait_for_sim("wwlogin")
    browser.press(f"#userid option[value={userid}]")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_path("/wecom/bind")


def go_to_form(browser, label=USE):
    browser.press_text(label)
    wait_for_title(browser, label)


def wait_for_title(browser, title):
    browser.wait(lambda _: browser.title == title and browser.is_complete(), f"the page {title}")


def field(browser, name):
    return browser.driver.find_element(By.NAME, name)


def focused(browser):
    """The name of the input that has the focus."""
    return browser.driver.switch_to.active_element.get_attribute("name")


def write(browser, text):
    """Into whatever has the focus."""
    browser.driver.switch_to.active_element.send_keys(text)


def fill_in(browser, password, username=None):
    """The form as it stands, and its button; the answer is there."""
    if username is not None:
        field(browser, "username").send_keys(username)
    field(browser, "password").send_keys(password)
    old = browser.driver.find_element(By.TAG_NAME, "html")
    browser.press("form button")
    browser.wait(lambda _: browser.driver.find_element(By.TAG_NAME, "html") != old
                 and browser.is_complete(), "the answer to the form")


def alert(browser):
    found = browser.driver.find_elements(By.CSS_SELECTOR, "[role=alert]")
    assert len(found) == 1 and found[0].is_displayed(), browser.text
    return found[0].text


def posts(browser):
    return [document.status for document in browser.documents() if document.method == "POST"
            and "/wecom/bind" in document.url]


# --- the question and the form ---

def test_bind(site, accounts, visitors):
    browser = visitors()
    ask(browser, site, WANTED)
    assert browser.title == QUESTION and browser.buttons == [USE, CREATE]
    assert browser.session_cookie() is None
    go_to_form(browser)
    fill_in(browser, HORSE, "li.na")
    browser.wait_for_url(site.url(WANTED))
    assert browser.lines[0] == "Page 3" and browser.session_cookie()
    assert accounts.links() == [("acme", "LiNa", "li.na", "bind:password")]
    assert posts(browser) == [200]
    # what was typed stands in no address
    assert not [document for document in browser.documents()
                if "li.na" in document.url or "horse" in document.url]
    assert len([cookie for cookie in browser.cookies if "wecom" in cookie["name"]]) == 1
    back_leads_to_the_page(browser, site)
    assert accounts.rows == (1, 1)


def back_leads_to_the_page(browser, site):
    """Neither form nor question stand there again."""
    browser.forget()
    for _ in range(2):
        browser.back()
        browser.wait_for_url(site.url(WANTED))
        assert browser.lines[0] == "Page 3" and browser.session_cookie()
    assert max(document.status for document in browser.documents()) < 400
    assert posts(browser) == []


def test_form(site, accounts, visitors):
    """Labels, types, what a password manager looks for, and where the cursor stands; it can be
    reloaded."""
    browser = visitors()
    ask(browser, site, WANTED)
    go_to_form(browser)
    assert focused(browser) == "username"
    for name, kind, complete, label in (
            ("username", "text", "username", "Account"),
            ("password", "password", "current-password", "Password")):
        thing = field(browser, name)
        assert thing.is_displayed() and thing.accessible_name == label
        assert thing.get_attribute("type") == kind
        assert thing.get_attribute("autocomplete") == complete
        assert thing.get_attribute("required")
        assert browser.script("return arguments[0].labels.length", thing) == 1
        assert thing.size["height"] >= 44       # for a thumb
    # an empty form is not sent
    browser.press("form button")
    assert focused(browser) == "username" and posts(browser) == []
    for _ in range(2):
        browser.reload()
        wait_for_title(browser, USE)
    assert posts(browser) == []
    fill_in(browser, HORSE, "li.na")
    browser.wait_for_url(site.url(WANTED))
    assert accounts.rows == (1, 1)


def test_by_keyboard_alone(site, accounts, visitors):
    browser = visitors()
    ask(browser, site, WANTED)
    browser.key("TAB")
    assert browser.focused == USE
    browser.key("TAB")
    assert browser.focused == CREATE
    assert browser.script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.reload()
    browser.wait_for_path("/wecom/bind")
    browser.key("TAB")
    browser.key("ENTER")
    wait_for_title(browser, USE)
    assert focused(browser) == "username"
    assert browser.script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    write(browser, "li.na")
    browser.key("TAB")
    assert focused(browser) == "password"
    write(browser, HORSE)
    browser.key("TAB")
    assert browser.focused == CONNECT
    browser.key("TAB")
    assert browser.focused == "Back"
    for _ in range(2):
        browser.devtools("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab",
                         windowsVirtualKeyCode=9, modifiers=8)
    assert focused(browser) == "password"
    browser.key("ENTER")
    browser.wait_for_url(site.url(WANTED))
    assert accounts.links() == [("acme", "LiNa", "li.na", "bind:password")]


def test_create(site, accounts, visitors):
    browser = visitors()
    ask(browser, site, WANTED, "zhangwei")
    browser.press_text(CREATE)
    browser.wait_for_url(site.url(WANTED))
    assert "欢迎，张伟" in browser.text
    assert accounts.links() == [("acme", "zhangwei", "zhangwei", "create")]


def test_in_the_client(site, accounts, visitors):
    """#wechat_redirect does not come along into the application's address."""
    browser = visitors(WECOM_WINDOWS, person="zhangwei")
    browser.open(site.url(WANTED))
    browser.wait_for_path("/wecom/bind")
    browser.press_text(CREATE)
    browser.wait_for_url(site.url(WANTED))
    assert browser.script("return location.hash") == "" and accounts.rows == (2, 1)


def test_nothing_to_create(site, accounts, visitors):
    """Straight to the form, and no way back to a question that is not there."""
    browser = visitors()
    ask(browser, site, "/shut/")
    assert browser.title == USE and browser.buttons == [CONNECT]
    fill_in(browser, HORSE, "li.na")
    browser.wait_for_url(site.url("/shut/"))
    assert accounts.rows == (1, 1)


def test_the_page_leads_to_another_site(site, visitors):
    """A policy's form-action holds for the redirects behind a form too."""
    browser = visitors()
    ask(browser, site, "/away")
    go_to_form(browser)
    fill_in(browser, HORSE, "li.na")
    browser.wait_for_url(site.alias_url("/open/"))


# --- what goes wrong ---

def test_wrong_password(site, accounts, log, visitors):
    """Reloaded, the browser posts it again: the same answer, and nothing is bound."""
    browser = visitors()
    ask(browser, site, WANTED)
    go_to_form(browser)
    fill_in(browser, "wrong horse", "li.na")
    log.expect("WC0271")
    assert browser.documents()[-1].status == 403
    assert alert(browser) == WRONG
    assert field(browser, "username").get_attribute("value") == "li.na"
    assert field(browser, "password").get_attribute("value") == ""
    assert focused(browser) == "password"
    told = field(browser, "password").get_attribute("aria-describedby")
    assert browser.driver.find_element(By.ID, told).text == WRONG
    assert browser.session_cookie() is None
    browser.reload()
    browser.wait(lambda _: posts(browser) == [403, 403], "it was posted again")
    assert alert(browser) == WRONG and accounts.rows == (1, 0)
    fill_in(browser, HORSE)
    browser.wait_for_url(site.url(WANTED))
    assert accounts.rows == (1, 1)


def test_throttle(site, accounts, log, visitors, look):
    browser = visitors()
    ask(browser, site)
    go_to_form(browser)
    fill_in(browser, "wrong horse", "li.na")
    for _ in range(4):
        fill_in(browser, "wrong horse")
    assert alert(browser) == WRONG
    fill_in(browser, HORSE)
    log.expect("WC0271")
    log.expect("WC0272")
    assert posts(browser) == [403] * 5 + [429]
    assert alert(browser) == "Too many tries. Wait five minutes and try again."
    assert browser.title == USE and field(browser, "username").get_attribute("value") == "li.na"
    assert browser.session_cookie() is None and accounts.rows == (1, 0)
    look(browser, "bind-throttled-en")


# --- ways back ---

def test_back_after_signing_out(site, visitors):
    """A form that is done with says so, and the sign-in begins anew from there."""
    browser = visitors()
    ask(browser, site, WANTED)
    go_to_form(browser)
    form = browser.url
    fill_in(browser, HORSE, "li.na")
    browser.wait_for_url(site.url(WANTED))
    browser.press_text("Leave")
    browser.wait_for_url(site.url("/wecom/logout"))
    browser.open(form)
    assert browser.lines[:2] == ["You are not signed in",
                                 "This sign-in took too long. Please start again."]
    assert "li.na" not in browser.text and browser.session_cookie() is None
    browser.press_text("Try again")
    browser.wait_for_sim("wwlogin")
    browser.press("#userid option[value=LiNa]")
    browser.press("#phone button:not(.plain)")
    browser.wait_for_url(site.url(WANTED))


def test_back_to_the_question(site, accounts, visitors):
    browser = visitors()
    ask(browser, site, WANTED)
    go_to_form(browser)
    browser.back()
    wait_for_title(browser, QUESTION)
    browser.forward()
    wait_for_title(browser, USE)
    browser.press_text("Back")
    wait_for_title(browser, QUESTION)
    browser.press_text(CREATE)
    browser.wait_for_url(site.url(WANTED))
    assert accounts.rows == (2, 1)


@pytest.mark.parametrize("button", [CREATE, CONNECT])
def test_pressed_twice(site, accounts, visitors, button):
    """Whoever is quick with the mouse posts twice: one account, one link, and the page."""
    browser = visitors()
    ask(browser, site, WANTED)
    if button == CONNECT:
        go_to_form(browser)
        field(browser, "username").send_keys("li.na")
        field(browser, "password").send_keys(HORSE)
    browser.script("const button = document.querySelector('form button');"
                   "button.click(); button.click()")
    browser.wait_for_url(site.url(WANTED))
    assert accounts.rows == (1 if button == CONNECT else 2, 1)


# --- the choice ---

def test_choice(choice, accounts, visitors):
    browser = visitors()
    ask(browser, choice, WANTED)
    assert browser.title == "Which account is yours?"
    assert sorted(browser.buttons) == ["li.na\nl***@e***.com\n139****1111",
                                       "lina2\nL***@e***.com"]
    assert "example.com" not in browser.driver.page_source
    browser.press("button[value='id-of-lina2']")
    browser.wait_for_url(choice.url(WANTED))
    assert accounts.links() == [("acme", "LiNa", "lina2", "choice:email")]
    browser.back()
    browser.wait_for_url(choice.url(WANTED))


# --- two tabs ---

def test_two_tabs(site, accounts, visitors):
    """Two half-finished logins of one browser: each answer is for its own."""
    browser = visitors()
    ask(browser, site, "/intranet/page1.html")
    go_to_form(browser)
    first = browser.driver.current_window_handle
    (second,) = browser.open_windows(["about:blank"])
    browser.go_to_window(second)
    ask(browser, site, "/intranet/page2.html", "zhangwei")
    browser.go_to_window(first)
    fill_in(browser, HORSE, "li.na")
    browser.wait_for_url(site.url("/intranet/page1.html"))
    assert accounts.links() == [("acme", "LiNa", "li.na", "bind:password")]
    browser.go_to_window(second)
    browser.press_text(CREATE)
    browser.wait_for_url(site.url("/intranet/page2.html"))
    assert "欢迎，张伟" in browser.text
    assert accounts.links() == [("acme", "LiNa", "li.na", "bind:password"),
                                ("acme", "zhangwei", "zhangwei", "create")]


# --- looks ---

WORDS = {
    "en": [QUESTION, USE, CREATE, CONNECT, "Back", WRONG],
    "zh-CN": ["您已有本站账号吗？", "绑定已有账号", "创建新账号", "绑定并登录", "返回",
              "账号或密码错误。"],
}


@LANGUAGES
def test_looks(site, log, visitors, look, language):
    tag = language.split(",", maxsplit=1)[0]
    question, use, create, connect, back, wrong = WORDS[tag]
    browser = visitors(language=language)
    ask(browser, site)
    assert browser.title == question and browser.buttons == [use, create]
    assert browser.script("return document.documentElement.lang") == tag
    look(browser, f"bind-question-{tag[:2]}")
    go_to_form(browser, use)
    assert browser.buttons == [connect, back]
    look(browser, f"bind-form-{tag[:2]}")
    fill_in(browser, "wrong horse", "li.na")
    log.expect("WC0271")
    assert alert(browser) == wrong
    look(browser, f"bind-wrong-{tag[:2]}")


@LANGUAGES
def test_look_of_the_choice(choice, accounts, visitors, look, language):
    accounts.add("x" * 60, email="lina@example.com")
    browser = visitors(language=language)
    ask(browser, choice)
    assert len(browser.buttons) == 3
    look(browser, f"bind-choice-{language[:2]}")
