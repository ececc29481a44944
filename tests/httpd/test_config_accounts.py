# SPDX-License-Identifier: Apache-2.0
"""Accounts in the configuration: what can never work, what nobody could answer, and what would be
accepted and ignored stops the server."""
import pytest

from harness.trial import GOOD, Case, Trial, dump, file, ok, place, source, vhost

DBD = "\nDBDriver sqlite3\nDBDParams @root@/accounts.db\nWeComAccounts dbd\n"
PASSWORDS = ("<AuthnProviderAlias file staff>\nAuthUserFile @root@/passwords\n"
             "</AuthnProviderAlias>\n")
USERS = (file("passwords", "x:y\n"),)
EXTRA = ("dbd", "authn_file")
ASK = source("acme", "WeComAssociation ask")


def good(name, config, **more):
    return ok(name, config, modules=EXTRA, **more)


def bad(name, config, id=None, *says, **more):       # pylint: disable=redefined-builtin
    more.setdefault("modules", EXTRA)
    return Case(name, config, id, says, **more)


ACCEPTED = (
    good("a directory", GOOD + DBD + place()),
    good("fields", source("acme", "WeComAssociation field userid email mobile alias=username")
         + DBD),
    good("everything", source("acme", "WeComLoginOnly On", "WeComAssociation field email userid",
                              "WeComSync first", "WeComScope base") + DBD
         + place("Require wecom-login-only", "WeComRegistration Off")
         + place("Require wecom-field-match email alias=username")),
    good("ask", ASK + DBD + PASSWORDS + "WeComBindProvider staff\n", files=USERS),
    good("a table of one's own", GOOD + DBD
         + "WeComAccountQuery hr.staff login=username mail=email tel=phone state=status n=name\n"),
    good("a virtual host with its own database", GOOD + DBD
         + vhost("ServerName v.example.com", "DBDriver sqlite3", "DBDParams @root@/other.db",
                 "WeComAccountQuery staff login=username")),
    good("one connection, two queries", GOOD + DBD + "WeComAccountQuery a x=username\n"
         + vhost("ServerName v.example.com", "WeComAccountQuery b x=username")),
    good("sources at the server, accounts in the virtual host alone",
         source("acme", "WeComLoginOnly On") + DBD.replace("WeComAccounts dbd", "")
         + vhost("WeComPublicURL https://v.example.com", "WeComAccounts dbd", place()),
         without=("name",)),
    good("virtual hosts that share one", GOOD + DBD + vhost("ServerName v.example.com")
         + vhost("ServerName w.example.com")),
    dump("shown", source("acme", "WeComLoginOnly On", "WeComAssociation field email mobile",
                         "WeComSync never") + DBD + "WeComAuditLog run/audit.log\n",
         '"WeComLoginOnly":true', '"WeComAssociation":["field","email","mobile"]',
         '"WeComSync":"never"', '"WeComAccounts":["dbd"]', '"WeComAuditLog":"run/audit.log"',
         modules=EXTRA),
    dump("the defaults", GOOD, '"WeComLoginOnly":false', '"WeComAssociation":["none"]',
         '"WeComSync":"every"', '"WeComAccounts":["none"]'),
)

VALUES = (
    bad("association of nothing", source("acme", "WeComAssociation"), None, "takes 1 to 9 values"),
    bad("association of something", source("acme", "WeComAssociation fields email"), None,
        "write none, ask, or field"),
    bad("no field", source("acme", "WeComAssociation field"), None, "at least one field"),
    bad("no such field", source("acme", "WeComAssociation field phone"), None,
        "'phone' is no field to match by"),
    bad("no such column", source("acme", "WeComAssociation field alias=uid"), None,
        "'alias=uid' is no field to match by"),
    bad("a field twice", source("acme", "WeComAssociation field email email"), None,
        "'email' is named twice"),
    bad("ask and more", source("acme", "WeComAssociation ask email"), None, "write none, ask, or"),
    bad("sync", source("acme", "WeComSync daily"), None, "write every|first|never"),
    bad("accounts", GOOD + "WeComAccounts file\n", None, "write none, dbd for the database"),
    bad("a query without a username", GOOD + DBD + "WeComAccountQuery staff mail=email\n", None,
        "names no column for the username"),
    bad("a query that is SQL", GOOD + DBD
        + "WeComAccountQuery \"staff; DROP TABLE x\" login=username\n", None,
        "is no name of a table"),
    bad("a column that is SQL", GOOD + DBD
        + "WeComAccountQuery staff \"a,b=username\"\n", None, "names no column"),
    bad("a field of no account", GOOD + DBD
        + "WeComAccountQuery staff login=username x=shoe\n", None, "names no column"),
    bad("a program without a path", GOOD + 'WeComAuditLog "|rotatelogs x"\n', None,
        "is no program"),
)

IMPOSSIBLE = (
    bad("an audit log in no folder", GOOD + "WeComAuditLog no/such/folder/audit.log\n", "WC0156",
        "its folder is not there"),
    bad("an audit log that is a folder", GOOD + "WeComAuditLog @root@\n", "WC0156",
        "is a folder"),
    bad("no such program", GOOD + 'WeComAuditLog "|/no/such/program x"\n', "WC0156",
        "there is no program /no/such/program"),
    bad("too many values", source("acme", "WeComAssociation field email biz_mail=email"), None,
        "more than two values"),
    bad("login-only without a directory", source("acme", "WeComLoginOnly Off"), "WC0144",
        "WeComLoginOnly in <WeComSource acme> needs an account directory"),
    bad("association without a directory", source("acme", "WeComAssociation none"), "WC0144",
        "WeComAssociation in <WeComSource acme>"),
    bad("sync without a directory", source("acme", "WeComSync every"), "WC0144", "WeComSync in"),
    bad("field that never comes", source("acme", "WeComScope base",
                                         "WeComAssociation field email mobile") + DBD, "WC0145",
        "WeComScope base forbids", "take WeComScope base out"),
    bad("field that nobody asks for", source("acme", "WeComCheckMember Off",
                                             "WeComAssociation field alias=username") + DBD,
        "WC0146", "WeComCheckMember Off"),
    bad("ask without a provider", ASK + DBD, "WC0147", "WeComBindProvider"),
    bad("a provider for nobody", GOOD + DBD + PASSWORDS + "WeComBindProvider staff\n", "WC0148",
        "no source here has WeComAssociation ask", files=USERS),
    bad("no such provider", ASK + DBD + "WeComBindProvider nobody\n", "WC0149",
        "no authn provider 'nobody'"),
    bad("a provider that is no alias", ASK + DBD + "WeComBindProvider file\n", "WC0162",
        "write them into <AuthnProviderAlias file NAME>"),
    bad("without mod_dbd", GOOD + "WeComAccounts dbd\n", "WC0151", "load it", modules=()),
    bad("without a database", GOOD + "WeComAccounts dbd\n", "WC0152", "DBDriver sqlite3"),
    bad("a query without a directory", GOOD + "WeComAccountQuery a x=username\n", "WC0154",
        "WeComAccountQuery needs an account directory"),
    bad("a provider without a directory", GOOD + PASSWORDS + "WeComBindProvider staff\n",
        "WC0154", "WeComBindProvider needs an account directory", files=USERS),
    bad("registration without a directory", GOOD + place("WeComRegistration Off"), "WC0155",
        "WeComRegistration"),
    bad("a rule without a directory", GOOD + place("Require wecom-login-only"), "WC0155",
        "Require wecom-login-only"),
    bad("a rule in a group without a directory",
        GOOD + place("<RequireAll>\nRequire wecom-field-match email\n</RequireAll>"), "WC0155"),
    bad("login-only with a word", GOOD + DBD + place("Require wecom-login-only yes"), None,
        "wecom-login-only takes no arguments"),
    bad("field-match without a field", GOOD + DBD + place("Require wecom-field-match"), None,
        "needs at least one field"),
    bad("field-match of nothing", GOOD + DBD + place("Require wecom-field-match shoe"), None,
        "write the fields as in WeComAssociation"),
    bad("a rule as an alias", GOOD + DBD + "<AuthzProviderAlias wecom-login-only old \"\">\n"
        "</AuthzProviderAlias>\n", None, "does not work in <AuthzProviderAlias>"),
)


@pytest.mark.parametrize("case", ACCEPTED + VALUES + IMPOSSIBLE, ids=lambda case: case.name)
def test_accounts(paths, book, case):
    Trial(paths, book, case).judge()
