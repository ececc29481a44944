# SPDX-License-Identifier: Apache-2.0
"""Sites with an account directory, and the accounts in it."""
import html
import re
import subprocess
from urllib.parse import urljoin

from .site import Place, Source

NOW = 1700000000


def quoted(value):
    return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"


def directory_lines(database, *more):
    """The server's lines for accounts in this database."""
    return (f"DBDriver {database.driver}", f'DBDParams "{database.params}"', "WeComAccounts dbd",
            *more)


def source(*lines, id="acme", app=0, corp=0):      # pylint: disable=redefined-builtin
    return Source(id=id, corp=corp, app=app, lines=('WeComDisplayName "Acme"', *lines))


def place(*require, path="/intranet", lines=(), via="conf"):
    return Place(path=path, require=require or ("valid-user",), lines=lines, via=via)


def phone_key(phone):
    """Enough for the phones of the tests; the real thing is src/auth/normal.c."""
    digits = "".join(c for c in phone or "" if c.isdigit())
    return None if not digits else "+86" + digits[-11:]


class Accounts:
    """The rows of a database, by hand: what the module finds there was not made by itself."""

    def __init__(self, database):
        self.database = database

    def add(self, username, email=None, phone=None, status=1, name=None, made_by="import"):
        fields = {
            "id": f"id-of-{username}", "username": username, "username_key": username.lower(),
            "email": email, "email_key": email and email.lower(), "phone": phone,
            "phone_key": phone_key(phone), "name": name, "status": status, "created_by": made_by,
            "created_at": NOW, "updated_at": NOW}
        self.database.run(
            f"INSERT INTO wecom_account ({', '.join(fields)}) "
            f"VALUES ({', '.join(map(quoted, fields.values()))});")

    def link(self, username, userid, source="acme", by="admin"):
        fields = {"source": source, "userid_key": userid.lower(), "userid": userid,
                  "account_id": f"id-of-{username}", "linked_by": by, "linked_at": NOW}
        self.database.run(
            f"INSERT INTO wecom_link ({', '.join(fields)}) "
            f"VALUES ({', '.join(map(quoted, fields.values()))});")

    def set(self, username, **values):
        changes = ", ".join(f"{name} = {quoted(value)}" for name, value in values.items())
        self.database.run(f"UPDATE wecom_account SET {changes} "
                          f"WHERE username = {quoted(username)};")

    def usernames(self):
        return [row[0] for row in
                self.database.query("SELECT username FROM wecom_account ORDER BY username")]

    def links(self):
        """[(source, userid, username, how), ...]"""
        return self.database.query(
            "SELECT l.source, l.userid, a.username, l.linked_by FROM wecom_link l "
            "LEFT JOIN wecom_account a ON a.id = l.account_id ORDER BY l.source, l.userid")

    @property
    def rows(self):
        """How many accounts and links there are."""
        return tuple(int(self.database.query(f"SELECT COUNT(*) FROM {table}")[0][0])
                     for table in ("wecom_account", "wecom_link"))


def write_passwords(database, **passwords):
    """A file for mod_authn_file beside the database; the line that names it as an alias."""
    file = database.folder / "passwords"
    lines = []
    for name, password in passwords.items():
        made = subprocess.run(["openssl", "passwd", "-apr1", "-stdin"], input=password, text=True,
                              capture_output=True, check=True).stdout.strip()
        lines.append(f"{name.replace('_', '.')}:{made}\n")
    file.write_text("".join(lines))
    file.chmod(0o644)
    return (f"<AuthnProviderAlias file staff>\n    AuthUserFile \"{file}\"\n"
            "</AuthnProviderAlias>", "WeComBindProvider staff")


class Form:
    """The form of a page of ours, to be filled in and sent."""

    def __init__(self, browser, url, answer):
        self.browser = browser
        self.url = url
        self.answer = answer
        action = re.search(r'<form method="post" action="([^"]+)"', answer.text)
        assert action, answer.text
        self.action = urljoin(url, html.unescape(action[1]))
        self.fields = {html.unescape(name): html.unescape(value) for name, value in re.findall(
            r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)}
        self.choices = [html.unescape(value) for value in re.findall(
            r'<button class="b" type="submit" name="account" value="([^"]+)"', answer.text)]

    def send(self, **fields):
        """The walk behind it."""
        return self.browser.walk(self.action, method="POST", data={**self.fields, **fields},
                                 initiator=self.url)

    def post(self, **fields):
        """One answer; nothing followed."""
        return self.browser.post(self.action, {**self.fields, **fields}, initiator=self.url)


def form_at(browser, walk):
    assert walk.page.status_code < 500, walk.page.text
    return Form(browser, walk.url, walk.page)
