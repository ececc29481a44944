# SPDX-License-Identifier: Apache-2.0
"""Rules that stop the server, or make a 500 of an .htaccess: with file, line and cure."""
import pytest

from harness.site import Place, Source, Vhost, rules as place

ACME = Source()
HR = Source("hr", app=1, lines=())


# --- lines that are no rules ---

BAD = (
    # line, what is said
    ("wecom-department", "wecom-department needs at least one word, such as 12"),
    ("wecom-department-exact", "wecom-department-exact needs at least one word"),
    ("wecom-tag", "wecom-tag needs at least one word, such as 7"),
    ("wecom-attribute", "wecom-attribute needs at least one word, such as position=Engineer"),
    ("wecom-source", "wecom-source needs at least one word, such as acme"),
    ('wecom-user ""', "the word is empty"),
    ('wecom-user LiNa "" zhangwei', "the word is empty"),
    ('wecom-leader ""', "the word is empty"),
    ("wecom-department HR", "write the id of a department in digits, or the path"),
    ("wecom-department 0", "a number from 1 to 4294967295"),
    ("wecom-department 4294967296", "a number from 1 to 4294967295"),
    ('wecom-department "/"', "none of them empty"),
    ('wecom-department "/A//B"', "none of them empty"),
    ("wecom-department Acme/HR", "before the first slash stands the id of a <WeComSource>"),
    ("wecom-department-exact acme/HR", "write the id of a department in digits"),
    ("wecom-leader boss", "write the id of a department in digits"),
    ("wecom-tag /vpn", "before the first slash stands the id of a <WeComSource>"),
    ("wecom-tag R&D/vpn", "is written behind it: acme/R/D"),
    ("wecom-attribute position", "write NAME=VALUE"),
    ("wecom-attribute =x", "write NAME=VALUE"),
    ('wecom-attribute "name~("', "is no regular expression"),
    ("wecom-attribute name~", "an empty regular expression fits everything"),
    ("wecom-source ACME", "write the id of a <WeComSource>"),
    ("wecom-user a/b/c", "a userid has 1 to 64"),
    ("wecom-user %{nosuch", "the expression cannot be read"),
    ("wecom-source nosuch", "has no <WeComSource nosuch>; define it there"),
    ("wecom-user nosuch/LiNa", "has no <WeComSource nosuch>"),
    ("wecom-department nosuch/12", "has no <WeComSource nosuch>"),
    ("wecom-leader nosuch//A", "has no <WeComSource nosuch>"),
    ("wecom-tag nosuch/vpn", "has no <WeComSource nosuch>"),
    ("wecom-attribute position=x", "do not hold position; write WeComSessionFields position"),
    ("wecom-attribute app=x", "do not hold app; write"),
    ("wecom-attribute Name=x", "do not hold Name; write"),
)


@pytest.mark.parametrize("line, says", BAD, ids=[line for line, _ in BAD])
def test_lines_that_stop_the_server(sites, line, says):
    site = sites.prepare(places=(place("bad", f"Require {line}"), Place()))
    code, said = site.configtest()
    assert code != 0 and says in said, said
    conf = (site.httpd.root / "httpd.conf").read_text().splitlines()
    number = next(i for i, text in enumerate(conf, 1) if text.strip() == f"Require {line}")
    assert f"httpd.conf:{number})" in said or f"line {number} of" in said, said


@pytest.fixture
def bad_htaccess(sites):
    return sites(places=(Place(), *(place(f"bad{i}", f"Require {line}", via="htaccess")
                                    for i, (line, _) in enumerate(BAD))))


@pytest.mark.parametrize("number", range(len(BAD)), ids=[line for line, _ in BAD])
def test_bad_lines_in_htaccess(bad_htaccess, browsers, seats, number):
    """500 for everybody, and a line that names file and line."""
    _, says = BAD[number]
    path = f"/bad{number}"
    for browser in (browsers(), seats(bad_htaccess, "LiNa")["LiNa"]):
        answer = browser.get(bad_htaccess.url(f"{path}/"))
        assert answer.status_code == 500 and f"{path}</title>" not in answer.text
        (found,) = [line for line in bad_htaccess.httpd.book.read([bad_htaccess.httpd.log])
                    if line.is_loud]
        assert f"{path}/.htaccess" in found.text and "(line 4)" in found.text, found
        assert says in found.text.replace('\\"', '"'), found


ASKED = "\n".join(("<RequireAll>", "{}", "Require not wecom-leader 3", "</RequireAll>"))
UNASKED = {
    "all": ASKED.format("Require all granted"), "ip": ASKED.format("Require ip 127.0.0.0/8"),
    "not-ip": ASKED.format("Require env X\nRequire not ip 192.0.2.1"),
    "none": ASKED.format("Require all granted\n<RequireNone>\nRequire wecom-source acme\n"
                         "</RequireNone>").replace("Require not wecom-leader 3\n", ""),
    "alone": ASKED.format(""),
    "any-inside": ASKED.format("<RequireAny>\nRequire all granted\nRequire ip 192.0.2.1\n"
                               "</RequireAny>"),
    "all-inside": ASKED.format("<RequireAll>\nRequire all granted\n</RequireAll>"),
    "other-lines": ASKED.format('AuthName "Another"\nRequire all granted'),
    "in-any": "<RequireAny>\nRequire valid-user\n" + ASKED.format("Require all granted")
              + "\n</RequireAny>",
    "in-all": "<RequireAll>\nRequire all granted\n" + ASKED.format("Require all granted")
              + "\n</RequireAll>",
    "none-inside": ASKED.format("Require all granted\n<RequireNone>\nRequire valid-user\n"
                                "</RequireNone>"),
    "far-in": "<RequireAll>\n<RequireAny>\nRequire valid-user\n"
              + ASKED.format("Require all granted") + "\n</RequireAny>\n</RequireAll>",
}


@pytest.mark.parametrize("via", ["conf", "htaccess"])
@pytest.mark.parametrize("name", UNASKED)
def test_refusals_that_would_ask_nobody(sites, browsers, name, via):
    """Strangers would be let in, and the refused members as strangers."""
    site = sites.prepare(places=(Place(), place("bad", *UNASKED[name].split("\n"), via=via)))
    code, said = site.configtest()
    if via == "conf":
        assert code != 0 and "write Require valid-user into the same <RequireAll>" in said
        return
    site.start()
    assert browsers().get(site.url("/bad/")).status_code == 500
    (found,) = [line for line in site.httpd.book.read([site.httpd.log]) if line.is_loud]
    assert "write Require valid-user into the same <RequireAll>" in found.text


@pytest.mark.parametrize("line", ["Require valid-user", "Require user LiNa", "Require wecom-user",
                                  "Require expr %{REMOTE_USER} == 'LiNa'",
                                  "<RequireAny>\nRequire valid-user\n</RequireAny>",
                                  "<RequireAll>\n<RequireAny>\nRequire ip 192.0.2.1\n"
                                  "Require valid-user\n</RequireAny>\n</RequireAll>"])
def test_refusals_beside_a_login(sites, line):
    site = sites.prepare(places=(Place(), place("good", *ASKED.format(line).split("\n"))))
    code, said = site.configtest()
    assert code == 0, said


def test_a_login_further_out(sites):
    lines = ("<RequireAll>", "Require valid-user", "<RequireAny>",
             *ASKED.format("Require all granted").split("\n"), "</RequireAny>", "</RequireAll>")
    code, said = sites.prepare(places=(Place(), place("good", *lines))).configtest()
    assert code == 0, said


@pytest.mark.parametrize("via", ["conf", "htaccess"])
def test_expressions_of_htaccess_read_no_file(sites, seats, log, via):
    site = sites.prepare(sources=(ACME, HR), places=(Place(), place(
        "file", "Require wecom-user %{file:/etc/hostname}LiNa", via=via)))
    if via == "conf":
        assert site.configtest()[0] == 0
        return
    site.start()
    assert seats(site, "LiNa")["LiNa"].get(site.url("/file/")).status_code == 500
    (found,) = [line for line in site.httpd.book.read([site.httpd.log]) if line.is_loud]
    assert "the expression cannot be read" in found.text and "(line 4)" in found.text


# --- several servers ---

def vhost_lines(name, *rules):
    return (f'<Location "/{name}">', "AuthType WeCom", "AuthName x", "Session On",
            *(f"Require {rule}" for rule in rules), "</Location>")


def test_a_rule_of_the_main_server_counts_for_all(sites):
    """acme is there, hr only in a virtual host: what names hr is wrong in the main server."""
    site = sites.prepare(places=(Place("/all", require=("wecom-source hr",)),),
                         vhosts=(Vhost("second", sources=(HR,)),))
    code, said = site.configtest()
    assert code != 0 and "the main server has no <WeComSource hr>" in said
    assert "virtual host" not in said.split("WC0170", 1)[1].split("\n")[0]


def test_a_rule_of_a_virtual_host_counts_there(sites):
    good = sites.prepare(places=(Place(),), vhosts=(Vhost("second", sources=(HR,), places=(
        Place("/one", require=("wecom-source hr", "wecom-user acme/LiNa")),)),))
    assert good.configtest()[0] == 0
    bad = sites.prepare(places=(Place(),), vhosts=(
        Vhost("second", sources=(HR,), places=(Place("/one", require=("wecom-source hr",)),)),
        Vhost("third", places=(Place("/two", require=("wecom-source hr",)),))))
    code, said = bad.configtest()
    assert code != 0 and said.count("WC0170") == 1 and "the virtual host of" in said
