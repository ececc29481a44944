# SPDX-License-Identifier: Apache-2.0
"""The LDAP server of the tests has the people that the tests of accounts rely on."""
import subprocess

import pytest

from harness.slapd import ADMIN, PASSWORD, PEOPLE, Slapd


def test_people(tmp_path):
    slapd = Slapd(tmp_path / "slapd").start()
    try:
        assert slapd.search("(mail=shared@example.com)", "uid").count("uid: ") == 2
        assert "uid: odd" in slapd.search(r"(cn=Odd \28the \2a\29 \5c one)", "uid")
        assert "uid: zhangsan" in slapd.search("(cn=张三)", "uid")
        assert "Z" in slapd.search("(uid=locked)", "pwdAccountLockedTime")
        assert "userPassword" not in slapd.search("(uid=lisi)")
        slapd.modify(f"dn: cn=李四,{PEOPLE}\nchangetype: modify\nreplace: mail\n"
                     "mail: new@example.com\n")
        assert "uid: lisi" in slapd.search("(mail=new@example.com)", "uid")
        slapd.stop()
        assert "uid: lisi" in slapd.start().search("(mail=new@example.com)", "uid")
    finally:
        slapd.remove()


@pytest.mark.parametrize("bind, found", [((), False), ((ADMIN, PASSWORD), True)])
def test_strangers(tmp_path, bind, found):
    slapd = Slapd(tmp_path / "slapd", anonymous=False).start()
    try:
        if found:
            assert "uid: lisi" in slapd.search("(uid=lisi)", "uid", bind=bind)
        else:
            with pytest.raises(subprocess.CalledProcessError, match="status 32"):  # no such object
                slapd.search("(uid=lisi)", "uid", bind=bind)
    finally:
        slapd.remove()
