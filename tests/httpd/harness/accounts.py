# SPDX-License-Identifier: Apache-2.0
"""Sites with an account directory, and the accounts in it."""
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
