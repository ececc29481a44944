# SPDX-License-Identifier: Apache-2.0
"""Members whose sessions are sealed here, so that they can be in any department."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Member:
    userid: str
    departments: str = ""
    source: str = "acme"
    more: dict = field(default_factory=dict)


MEMBERS = {member.userid: member for member in (
    Member("zhangwei", "2*,3", more={"main": 2, "name": "张伟"}),
    Member("LiNa", "3*", more={"main": 3, "name": "李娜"}),
    Member("wangfang", "4*", more={"main": 4, "name": "王芳"}),
    Member("liuyang", "4,2", more={"main": 4, "name": "刘洋"}),
    Member("chenjing", "6*", more={"main": 6, "name": "陈静"}),     # 6 is not seen by the app
    Member("nobody"),                                               # nothing is told of this one
    Member("zhaolei", "5*", "hr", more={"main": 5, "name": "赵磊", "app": (0, 1)}),
)}
ALL = frozenset(MEMBERS)


def seat(sealer, browser, userid):
    """Let this member be signed in in a browser."""
    member = MEMBERS[userid]
    browser.set_cookie(*sealer.ticket(userid=userid, source=member.source,
                                      departments=member.departments, **member.more))
    return browser
