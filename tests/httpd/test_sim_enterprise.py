# SPDX-License-Identifier: Apache-2.0
"""WeCom in a box: departments, tags, members and apps that change by command (sim/README.md), and
departments and tags as documents 90208, 95350, 95351, 90213 and 90216 have them."""
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.box import query


def ids(box, path="department/list", token=None, **values):
    answer = box.call(path, token, **values)
    assert answer["errcode"] == 0, answer
    return [entry["id"] for entry in answer.get("department", answer.get("department_id"))]


@pytest.fixture
def whole(box):
    """The token of an app that sees everybody."""
    return box.token(box.sim.app(number=1))


# --- as WeCom answers ---

def test_the_whole_tree_and_a_part(box, whole):
    assert ids(box, token=whole) == [1, 2, 3, 4, 5, 6]
    assert ids(box, "department/simplelist", whole, id=2) == [2, 3]
    entry = box.call("department/list", whole, id=3)["department"][0]
    assert entry == {"id": 3, "name": "平台组", "name_en": "Platform", "parentid": 2,
                     "order": 100000000, "department_leader": ["lina"]}
    assert box.call("department/simplelist", whole, id=3)["department_id"] == [
        {"id": 3, "parentid": 2, "order": 100000000}]


def test_errors_of_departments_and_tags_carry_their_lists(box):
    assert box.call("department/list", id=5)["department"] == []
    assert box.call("department/simplelist", id=99)["department_id"] == []
    for tagid in ("99", "x", ""):
        answer = box.call("tag/get", tagid=tagid)
        assert (answer["errcode"], answer["userlist"], answer["partylist"]) == (40068, [], [])


def test_tags_are_all_told_but_only_visible_ones_are_in_them(box, whole):
    assert [tag["tagname"] for tag in box.call("tag/list")["taglist"]] == ["vpn", "值班"]
    seen = box.call("tag/get", tagid=1)
    assert ([user["userid"] for user in seen["userlist"]], seen["partylist"]) == (["zhangwei"], [4])
    all_of_it = box.call("tag/get", whole, tagid=1)
    assert [user["userid"] for user in all_of_it["userlist"]] == ["zhangwei", "zhaolei"]


def test_extended_attributes(box):
    attrs = box.call("user/get", userid="LiNa")["extattr"]["attrs"]
    assert attrs[1] == {"type": 0, "name": "room", "text": {"value": "3-12"}}
    assert box.call("user/get", userid="zhangwei")["extattr"]["attrs"][1]["type"] == 1


# --- members ---

def test_a_member_moves_and_leads(box):
    box.sim.member("liuyang", department=[4, 3], leads=[3], main_department=3, position="组长")
    member = box.call("user/get", userid="liuyang")
    assert (member["department"], member["is_leader_in_dept"]) == ([4, 3], [0, 1])
    assert (member["main_department"], member["position"]) == (3, "组长")
    box.sim.member("liuyang", leads=[])
    assert box.call("user/get", userid="liuyang")["is_leader_in_dept"] == [0, 0]


def test_a_member_gets_attributes(box):
    box.sim.member("liuyang", extattr={"工号": "C0003"})
    assert box.call("user/get", userid="liuyang")["extattr"] == {"attrs": [
        {"type": 0, "name": "工号", "text": {"value": "C0003"}}]}


def test_a_member_leaves(box):
    box.sim.remove_member("zhangwei")
    assert box.call("user/get", userid="zhangwei")["errcode"] == 60111
    assert box.call("tag/get", tagid=1)["userlist"] == []


# --- departments ---

def test_departments_come_move_and_go(box):
    box.sim.department(20, parentid=3, name="后端")
    assert ids(box) == [2, 3, 4, 20] and ids(box, id=2) == [2, 3, 20]
    box.sim.member("LiNa", department=[20])
    assert box.call("user/simplelist", department_id=20)["userlist"][0]["userid"] == "LiNa"
    box.sim.department(20, parentid=4, name="客服")
    assert ids(box, id=4) == [4, 20]
    assert box.call("department/get", id=20)["department"]["name"] == "客服"
    box.sim.department(20, removed=1)
    assert box.call("department/get", id=20)["errcode"] == 60003
    box.sim.forget()
    assert ids(box) == [2, 3, 4]


def test_broken_departments(box, whole):
    box.sim.department(2, parentid=3)
    assert ids(box, token=whole, id=2) == [2, 3] and ids(box, token=whole, id=1) == [1, 4, 5, 6]
    box.sim.department(30, parentid=999)
    assert 30 in ids(box, token=whole) and 30 not in ids(box, token=whole, id=1)
    box.sim.department(4, again=1, name="另一个", parentid=5)
    assert ids(box, token=whole).count(4) == 2
    box.sim.department(6, unnamed=1)
    names = {d["id"]: d.get("name") for d in box.call("department/list", whole)["department"]}
    assert names[6] is None and names[5] == "财务部"


def test_names_are_withheld(box):
    box.sim.withhold_names()
    assert all("name" not in d for d in box.call("department/list")["department"])
    member = box.call("user/get", userid="LiNa")
    assert "name" not in member and "extattr" not in member and member["department"] == [3]
    box.sim.withhold_names(how="given")
    assert box.call("user/get", userid="LiNa")["name"] == "李娜"


def test_the_list_is_refused(box):
    box.sim.refuse_departments()
    assert box.call("department/list")["errcode"] == 48002
    assert ids(box, "department/simplelist") == [2, 3, 4]


def test_everybody_is_shown(box):
    box.sim.show_everybody()
    assert ids(box) == [1, 2, 3, 4, 5, 6]
    assert box.call("user/get", userid="zhaolei")["errcode"] == 0


# --- tags ---

def test_tags_come_change_and_go(box):
    box.sim.tag(7, tagname="新人", users=["LiNa", "liuyang"], departments=[2])
    tag = box.call("tag/get", tagid=7)
    assert (tag["tagname"], [user["userid"] for user in tag["userlist"]], tag["partylist"]) == (
        "新人", ["LiNa", "liuyang"], [2])
    box.sim.tag(7, users=[])
    assert box.call("tag/get", tagid=7)["userlist"] == []
    box.sim.tag(7, forbidden=1)
    assert box.call("tag/get", tagid=7)["errcode"] == 60011
    assert len(box.call("tag/list")["taglist"]) == 3
    box.sim.tag(7, removed=1)
    assert box.call("tag/get", tagid=7)["errcode"] == 40068


# --- many ---

def depth(parents, id):
    levels = 0
    while id:
        id, levels = parents.get(id, 0), levels + 1
    return levels


def test_thirty_thousand_departments(box, whole):
    box.sim.grow(departments=30000 - 6, levels=14)
    listed = box.call("department/list", whole)["department"]
    parents = {d["id"]: d["parentid"] for d in listed}
    assert len(parents) == len(listed) == 30000
    assert max(depth(parents, id) for id in parents) == 15
    assert listed[-1]["name"] == "部门29994" and listed[-1]["id"] == 129994
    assert len(ids(box, "department/simplelist", whole)) == 30000
    assert len(ids(box)) == 3


def test_a_tag_of_a_hundred_thousand(box, whole):
    box.sim.grow(departments=10, levels=2, below=4, members=100000, tagid=2)
    users = box.call("tag/get", whole, tagid=2)["userlist"]
    assert len(users) == 100001 and users[-1] == {"userid": "crowd100000", "name": "成员100000"}
    assert len(box.call("tag/get", tagid=2)["userlist"]) == 100001
    assert box.call("user/get", userid="CROWD000012")["department"] == [100002]
    assert box.call("user/get", userid="crowd100001")["errcode"] == 60111
    code = query(box.authorize("crowd000012"))["code"]
    assert box.call("auth/getuserinfo", code=code)["userid"] == "crowd000012"
    box.sim.member("crowd000012", status=2)
    assert box.call("user/get", userid="crowd000012")["status"] == 2


# --- nonsense ---

@pytest.mark.parametrize("lever, values", [
    ("member", {"userid": "LiNa", "leads": "x"}), ("member", {"userid": "LiNa", "extattr": "["}),
    ("department", {"id": "0"}), ("department", {"id": "2", "corp": "none"}),
    ("tag", {}), ("app", {"agentid": "1000002"}), ("app", {"agentid": "9", "names": "omit"}),
    ("grow", {}), ("grow", {"departments": "60001"})])
def test_commands_about_the_enterprise_refuse_nonsense(box, lever, values):
    answer = box.http.post("/sim/" + lever, data=values)
    assert answer.status_code == 400 and answer.json()["error"]


def test_the_table_of_edits_has_an_end(box):
    """Of edits that set the same of the same thing the last one alone stands in it."""
    def add(id):
        return box.http.post("/sim/department", data={"id": id, "parentid": 2})

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda id: add(id).status_code == 200, range(1000, 1256)))
    assert "full" in add(9999).json()["error"]
    box.sim.department(1000, parentid=4)
    assert box.call("department/get", id=1000)["department"]["parentid"] == 4
    assert len(ids(box, id=2)) == 2 + 255
