# SPDX-License-Identifier: Apache-2.0
"""What tests of our own URLs share: configuration around them, and what each answer carries."""

VERIFY = "WW_verify_AbCdEfGhIjKlMnOp.txt"
VERIFY_LINE = f"WeComVerifyFile {VERIFY}"
# A place of somebody else's. The file is empty: nobody comes in.
BASIC = ("AuthType Basic", 'AuthName "Other"', "AuthBasicProvider file",
         'AuthUserFile "@docroot@/users"', "Require valid-user")
BASIC_MODULES = ("auth_basic", "authn_file")
BASIC_FILES = (("users", ""),)


def location(*lines):
    return ('<Location "/">', *("    " + line for line in lines), "</Location>")


def directory(*lines, path="@docroot@"):
    return (f'<Directory "{path}">', *("    " + line for line in lines), "</Directory>")


def check_headers(answer):
    """No own URL is kept by anybody, and none is guessed to be of another type."""
    assert answer.headers.get_list("Cache-Control") == ["no-store"], answer.headers
    assert answer.headers.get_list("X-Content-Type-Options") == ["nosniff"], answer.headers
