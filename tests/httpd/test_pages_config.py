# SPDX-License-Identifier: Apache-2.0
"""WeComPages, WeComBrand, WeComFrameAncestors: what configtest refuses, and with which words."""
from pathlib import Path

import pytest

from harness.trial import GOOD, Case, Trial, dump, file, ok, vhost

PAGES = Path(__file__).resolve().parents[2] / "pages"
FIRST = "<!-- wecom-template 1 -->\n"
PAGE = FIRST + "<main{{data}}><h1>{{title}}</h1>{{script}}</main>\n"
WORDS = (PAGES / "words.en").read_text("utf-8")
FOLDER = ("pages", 0o755, 0)
LINE = "WeComPages @root@/pages\n"
WHERE = "(@root@/httpd.conf:"

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
SVG = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>\n'


def pages(*files, **more):
    """A folder with these files: (name, text)."""
    return {"folders": (FOLDER,), "files": tuple(
        file(f"pages/{name}", text, 0o644) for name, text in files), **more}


def refused(name, files, id, *says, lines=LINE):
    return Case(name, GOOD + lines, id=id, says=says, **pages(*files))


def brand(name, lines, *says, files=(), **more):
    return Case(name, GOOD + lines + "\n", says=says, files=files, **more)


def without(key):
    return "".join(line for line in WORDS.splitlines(True) if not line.startswith(key + " ="))


ACCEPTED = (
    ok("an empty folder", GOOD + LINE, **pages()),
    ok("a folder below ServerRoot", GOOD + "WeComPages pages\n", **pages(("login.html", PAGE))),
    ok("all that comes with the module", GOOD + LINE, **pages(
        ("page.html", (PAGES / "page.html").read_text("utf-8")), ("words.en", WORDS),
        ("words.zh-CN", (PAGES / "words.zh-CN").read_text("utf-8")))),
    ok("other files are nobody's affair", GOOD + LINE, **pages(
        ("README", "x"), (".login.html", "x"), ("login.html~", "x"), ("style.css", "x"))),
    dump("what is set", GOOD + LINE + 'WeComBrand title "Acme"\nWeComBrand title ZH 示例\n'
         "WeComBrand color #1F5fbf\nWeComFrameAncestors self https://a.example.com\n"
         "WeComPopupOrigins https://app.example.com\n",
         '"WeComBrand":{"title":"Acme","title zh":"示例","color":"#1F5fbf"}',
         '"WeComFrameAncestors":["self","https://a.example.com"]', '"WeComPages":"@root@/pages"',
         **pages()),
    ok("a virtual host of its own look", GOOD + "WeComBrand title A\n" + vhost(
        "ServerName b.example.com", "WeComBrand title B", "WeComPages @root@/pages"), **pages()),
    *(ok(f"a logo: {name}", GOOD + f"WeComBrand logo {name}\n", files=(file(name, text, 0o644),))
      for name, text in (("l.png", PNG), ("L.PNG", PNG), ("l.svg", SVG), ("b.svg", "\ufeff" + SVG),
                         ("l.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20),
                         ("l.jpeg", b"\xff\xd8\xff\xe0" + b"\0" * 20),
                         ("l.webp", b"RIFF\x24\0\0\0WEBPVP8 "),
                         ("l.ico", b"\0\0\1\0\1\0" + b"\0" * 20),
                         ("max.png", PNG + b"\0" * (262144 - len(PNG))))),
)

FOLDERS = (
    Case("no folder", GOOD + LINE, id="WC0163", says=("the folder @root@/pages cannot be read",
                                                      WHERE)),
    Case("a file for a folder", GOOD + LINE, id="WC0163", says=("cannot be read",),
         files=(file("pages", "x"),)),
    refused("a page of no name", (("signin.html", PAGE),), "WC0165",
            "@root@/pages/signin.html is no file that is looked for",
            "words.en, words.zh-CN, page.html, login.html", WHERE),
    refused("a name in another case", (("Login.html", PAGE),), "WC0165", "Login.html"),
    refused("a language that is not spoken", (("words.fr", WORDS),), "WC0165", "words.fr"),
    refused("the words of a name that differs", (("words.zh-cn", WORDS),), "WC0165", "words.zh-cn"),
    refused("a page that is too large", (("login.html", FIRST + "x" * 65536),), "WC0164",
            "pages/login.html cannot be used: it is larger than 64 KiB", WHERE),
    refused("words that are too many", (("words.en", "#" * 65537),), "WC0164", "64 KiB"),
    Case("a pipe for a page", GOOD + LINE, id="WC0164", says=("it is no plain file",),
         folders=(FOLDER,), files=(file("pages/login.html", None),)),
    Case("a link to nothing", GOOD + LINE, id="WC0164", says=("pages/login.html cannot be used",),
         folders=(FOLDER,), links=(("pages/login.html", "nothing"),)),
)

TEMPLATES = (
    refused("an unknown placeholder", (("login.html", PAGE + "\n{{user}}"),), "WC0166",
            "@root@/pages/login.html, line 4: {{user}} is not known here", WHERE),
    refused("an unknown section", (("page.html", PAGE + "{{#user}}{{/user}}"),), "WC0166",
            "pages/page.html, line 3: {{user}} is not known"),
    refused("a section that is open", (("bind.html", PAGE + "{{#note}}"),), "WC0166",
            "line 3: the section {{#note}} is not closed"),
    refused("no version", (("login.html", "<p>{{title}}</p>"),), "WC0166",
            "line 1: the first line must be <!-- wecom-template 1 -->"),
    refused("another version", (("login.html", PAGE.replace("1", "2", 1)),), "WC0166",
            "line 1: the template is of a version"),
    refused("no place for the script", (("login.html", FIRST + "<main{{data}}></main>"),),
            "WC0166", "login.html: {{script}} is missing"),
    refused("a placeholder in a script", (("login.html", PAGE + "<script>{{title}}</script>"),),
            "WC0166", "line 3: no placeholder may stand inside <script>"),
    refused("a text as an address", (("login.html", PAGE + '<a href="{{title}}">'),), "WC0166",
            "only one that is an address"),
    refused("an event", (("login.html", PAGE + '<a onclick="x">'),), "WC0166", "begins with 'on'"),
    refused("not UTF-8", (("login.html", PAGE.encode() + b"\xff"),), "WC0166", "not UTF-8"),
    refused("two faults at once", (("login.html", "x"), ("bind.html", "x")), "WC0166",
            "pages/login.html", "pages/bind.html"),
)

LANGUAGES = (
    refused("a key that is missing", (("words.en", without("sign_in")),), "WC0167",
            "@root@/pages/words.en: sign_in is missing", WHERE),
    refused("a key too many", (("words.en", WORDS + "sing_in = x\n"),), "WC0167",
            f"pages/words.en, line {WORDS.count(chr(10)) + 1}: 'sing_in' is no key"),
    refused("a key twice", (("words.zh-CN", WORDS + "sign_in = x\n"),), "WC0167",
            "pages/words.zh-CN", "sign_in stands here a second time"),
    refused("a placeholder that is missing", (("words.en", WORDS.replace("{public}", "x")),),
            "WC0167", "wrong_name: {public} is missing"),
    refused("a placeholder too many", (("words.en", WORDS.replace("Try again", "Again, {name}")),),
            "WC0167", "try_again: nothing is filled in for {name}"),
    refused("words that are not UTF-8", (("words.en", WORDS.encode() + b"\xff=\xff"),), "WC0167",
            "is no key"),
)

BRAND = (
    brand("nothing", "WeComBrand", "title [lang] TEXT"),
    brand("a kind alone", "WeComBrand title", "title [lang] TEXT"),
    brand("of no kind", "WeComBrand colour #123456", "only title, logo, color and icon"),
    brand("a title without quotes", "WeComBrand title My Own Site", "with quotes around"),
    brand("a title with a wrong language", "WeComBrand title My Site", "put quotes around a title"),
    brand("a title in a language of no page", "WeComBrand title fr Site", "are en and zh"),
    brand("a title twice", "WeComBrand title A\nWeComBrand title B", "title stands here already"),
    brand("a title twice in a language", "WeComBrand title zh A\nWeComBrand title ZH B",
          "title zh stands here already"),
    brand("a title too long", "WeComBrand title " + "界" * 201, "longer than 200 characters"),
    brand("a title of nothing", 'WeComBrand title ""', "the value is empty"),
    brand("a title with a control byte", 'WeComBrand title "a\x01"', "control characters"),
    brand("a colour by name", "WeComBrand color red", "written as #rrggbb"),
    brand("a colour of three digits", "WeComBrand color #123", "written as #rrggbb"),
    brand("a colour that would end the style", 'WeComBrand color "#12345}"', "as #rrggbb"),
    brand("a colour twice", "WeComBrand color #123456\nWeComBrand color #123456",
          "color stands here already"),
    brand("a colour of two words", "WeComBrand color en #123456", "takes one value behind"),
    brand("no logo", "WeComBrand logo none.png\nWeComBrand color #123456",
          "WeComBrand logo: the file none.png cannot be used", WHERE, id="WC0168"),
    brand("a folder for a logo", "WeComBrand logo @root@", "it is no plain file", id="WC0168"),
    brand("a logo too large", "WeComBrand icon l.png", "WeComBrand icon", "larger than 256 KiB",
          id="WC0168", files=(file("l.png", PNG + b"\0" * 262144, 0o644),)),
    brand("an ending that lies", "WeComBrand logo l.jpg", "l.jpg is no picture", WHERE,
          id="WC0169", files=(file("l.jpg", PNG, 0o644),)),
    brand("no ending", "WeComBrand logo logo", "logo is no picture", id="WC0169",
          files=(file("logo", PNG, 0o644),)),
    brand("a page for a logo", "WeComBrand logo l.svg", "l.svg is no picture", id="WC0169",
          files=(file("l.svg", "<html><script>x</script>", 0o644),)),
    brand("a logo of nothing", "WeComBrand logo l.svg", "is no picture", id="WC0169",
          files=(file("l.svg", "", 0o644),)),
    brand("a GIF", "WeComBrand logo l.gif", "name a PNG, SVG", id="WC0169",
          files=(file("l.gif", "GIF89a" + "x" * 20, 0o644),)),
    brand("in a place", '<Location "/x">\nWeComBrand title A\n</Location>',
          "belongs to the server or a virtual host"),
)

FRAMES = (
    brand("none and others", "WeComFrameAncestors none self", "none allows nobody"),
    brand("all", "WeComFrameAncestors *", "is no origin"),
    brand("a path", "WeComFrameAncestors https://a.example.com/x", "is no origin"),
    brand("a host alone", "WeComFrameAncestors a.example.com", "is no origin"),
    brand("another spelling", "WeComFrameAncestors https://A.example.com",
          "write https://a.example.com"),
    brand("a way out of the policy", 'WeComFrameAncestors "https://a.example.com; script-src *"',
          "is no origin"),
    brand("one twice", "WeComFrameAncestors self self", "named twice"),
    brand("nothing", "WeComFrameAncestors", "takes 1 to 32 values"),
)


@pytest.mark.parametrize("case", ACCEPTED + FOLDERS + TEMPLATES + LANGUAGES + BRAND + FRAMES,
                         ids=lambda case: case.name)
def test_pages_configuration(paths, book, case):
    Trial(paths, book, case).judge()


def test_line_of_the_faulty_brand(paths, book):
    """Of several, the one that is wrong is named."""
    case = Case("line", GOOD + "WeComBrand logo none.png\nWeComBrand title A\n", id="WC0168")
    trial = Trial(paths, book, case)
    try:
        line = next(n for n, text in enumerate(trial.httpd.config.read_text().splitlines(), 1)
                    if text.startswith("WeComBrand logo"))
        status, out, err = trial.run()
        assert status != 0 and f"httpd.conf:{line})" in err, err
    finally:
        trial.httpd.remove()


def test_anybody_may_ask_what_is_configured(paths, book):
    """-S reads no file of the folder: whoever asks may not be allowed to."""
    case = ok("dump", GOOD + LINE + "WeComBrand logo none.png\n", arguments=("-S",))
    Trial(paths, book, case).judge()
