# SPDX-License-Identifier: Apache-2.0
"""Departments and tags as they come: too many, not at all, without names, in circles, deleted,
ambiguous, refused. What cannot be told lets nobody in, and the log says why."""
import re
import time

import pytest

from harness.server import wait_until
from harness.shape import (IN, MISSING, OUT, REFUSALS, TREE, TREE_URL, UNKNOWN, judged, logged,
                           pair, session, until_judged, until_read)
from harness.site import Source

SOON = "WeComRefresh 1s"
SMALL = "WeComDirectorySize 64K"
WHOLE = (Source(app=1, lines=()),)      # an app that sees everybody
RULE = pair("two", "wecom-department acme/2")


def reads(sim, what=TREE):
    return sim.calls().get(what, 0)


def configure(site, old, new):
    """Another configuration, taken over by a graceful restart."""
    text = site.httpd.config.read_text("utf-8")
    assert text.count(old) == 1
    site.httpd.config.write_text(text.replace(old, new), "utf-8")
    site.httpd.graceful()


# --- too many ---

def test_a_tree_that_does_not_fit_keeps_the_old_one(fresh, sim, seats, paths, browsers, log):
    site = fresh(places=RULE, lines=(SOON, SMALL))
    until_read(log)
    people = seats(site, "LiNa", "wangfang")
    crowd = session(paths, site, browsers(), "100002", "crowd000002")
    sim.grow(departments=2000, levels=5, below=2, members=2000)
    line = log.wait("WC0422", "the departments do not fit, and those known before are kept")
    before = reads(sim)
    wait_until(lambda: reads(sim) >= before + 2, 60, "it is tried again")
    assert judged(site, people["LiNa"], "two") == IN
    assert judged(site, people["wangfang"], "two") == OUT
    assert judged(site, crowd, "two") == MISSING
    log.expect("WC0328", "department 100002 of the member is not in the tree")
    size = re.search(r"write WeComDirectorySize (\d+M) or more", line.text)[1]
    configure(site, SMALL, f"WeComDirectorySize {size}")    # and what was known goes along
    assert judged(site, people["LiNa"], "two") == IN
    assert judged(site, people["wangfang"], "two") == OUT
    until_judged(site, crowd, "two", IN)
    log.expect("WC0420", "2003 departments")
    assert judged(site, people["LiNa"], "two") == IN
    assert judged(site, people["wangfang"], "two") == OUT
    log.allow(*REFUSALS)


def test_a_first_tree_that_does_not_fit(fresh, sim, seats, log):
    sim.grow(departments=2000, levels=5, below=2)
    site = fresh(places=RULE, lines=(SOON, SMALL))
    log.wait("WC0422")
    people = seats(site, "LiNa", "wangfang")
    before = reads(sim)
    wait_until(lambda: reads(sim) >= before + 1, 60, "it is tried again")
    for browser in people.values():
        assert judged(site, browser, "two") == UNKNOWN
    log.expect("WC0328", "the department tree of acme is not there yet")


def test_tags_that_do_not_fit(fresh, sim, seats, paths, browsers, log):
    site = fresh(places=pair("duty", "wecom-tag acme/值班"),
                 lines=(SOON, "WeComDirectorySize 3M 64K"))
    until_read(log, "WC0424")
    LiNa = seats(site, "LiNa")["LiNa"]
    crowd = session(paths, site, browsers(), "4", "crowd000001")
    assert judged(site, LiNa, "duty") == IN and judged(site, crowd, "duty") == OUT
    sim.grow(members=100000, below=4, tagid=2)
    line = log.wait("WC0426", "the tags do not fit, and those known before are kept")
    assert judged(site, LiNa, "duty") == IN and judged(site, crowd, "duty") == OUT
    size = re.search(r"write WeComDirectorySize (3M \d+M) or more", line.text)[1]
    configure(site, "WeComDirectorySize 3M 64K", f"WeComDirectorySize {size}")
    assert judged(site, LiNa, "duty") == IN
    until_judged(site, crowd, "duty", IN)
    log.allow(*REFUSALS)


# --- WeCom is down ---

FAULTS = {"http": {"code": 500}, "drop": {}, "html": {}, "wrongtype": {"field": "department"},
          "errcode": {"code": 60020}}


@pytest.mark.parametrize("kind", FAULTS)
def test_served_stale_while_wecom_is_down(fresh, sim, seats, log, kind):
    site = fresh(places=RULE, lines=(SOON,))
    until_read(log)
    people = seats(site, "LiNa", "wangfang")
    began = time.monotonic()
    sim.fault(TREE_URL, kind, **FAULTS[kind])
    sim.department(4, parentid=3)
    log.wait("WC0423", "the departments cannot be read")
    before = reads(sim)
    wait_until(lambda: reads(sim) >= before + 2, 60, "it is tried again")
    for _ in range(3):
        assert judged(site, people["LiNa"], "two") == IN
        assert judged(site, people["wangfang"], "two") == OUT
    site.httpd.graceful()
    assert judged(site, people["wangfang"], "two") == OUT
    assert len(log.find("WC0423")) <= 1 + (time.monotonic() - began) // 60
    sim.clear_faults()
    until_judged(site, people["wangfang"], "two", IN)
    log.allow(*REFUSALS)


def test_wecom_is_down_at_the_start(fresh, sim, seats, log):
    sim.fault("*", "http", code=503)
    site = fresh(places=RULE, lines=(SOON,))
    log.wait("WC0423")
    LiNa = seats(site, "LiNa")["LiNa"]
    assert judged(site, LiNa, "two") == UNKNOWN
    log.expect("WC0328", "the department tree of acme is not there yet")
    sim.clear_faults()
    until_judged(site, LiNa, "two", IN)
    log.allow(*REFUSALS, "WC0354")  # of the member, in the same moments


# --- names ---

NAMED = (*pair("id", "wecom-department acme/2"), *pair("path", 'wecom-department "acme//研发部"'),
         *pair("exact", 'wecom-department-exact "acme//研发部/平台组"'),
         *pair("leads", 'wecom-leader "acme//研发部/平台组"'))
WITHHELD = "WeCom withholds the names of departments from this app"


@pytest.mark.parametrize("how", ["refused", "omitted"])
def test_names_are_withheld(fresh, sim, seats, log, how):
    if how == "refused":
        sim.refuse_departments()
    else:
        sim.withhold_names()
    site = fresh(places=NAMED)
    assert "WeCom withholds their names from this app" in until_read(log).text
    people = seats(site, "LiNa", "wangfang")
    assert judged(site, people["LiNa"], "id") == IN
    assert judged(site, people["wangfang"], "id") == OUT
    for browser in people.values():
        for name in ("path", "exact", "leads"):
            assert judged(site, browser, name) == UNKNOWN
    log.expect("WC0328", f"{WITHHELD}, so that {logged('/研发部')} cannot be found; write the id")
    log.expect("WC0328", f"{WITHHELD}, so that {logged('/研发部/平台组')} cannot be found; write")
    log.allow(*REFUSALS)


def test_names_that_come_and_go(fresh, sim, seats, log):
    site = fresh(places=NAMED, lines=(SOON,))
    until_read(log)
    LiNa = seats(site, "LiNa")["LiNa"]
    assert {judged(site, LiNa, name) for name in ("id", "path", "exact", "leads")} == {IN}
    sim.refuse_departments()
    until_judged(site, LiNa, "path", UNKNOWN)
    assert judged(site, LiNa, "id") == IN
    log.expect("WC0328", WITHHELD)
    sim.clear_faults()
    until_judged(site, LiNa, "path", IN)
    log.allow(*REFUSALS)


def test_a_name_becomes_ambiguous(fresh, sim, seats, log):
    """Five hundreds name the candidates, and a line for each child and minute does."""
    site = fresh(starts=1, lines=(SOON,), places=(
        *pair("team", 'wecom-department "acme//平台组"'),
        *pair("long", 'wecom-department "acme//研发部/平台组"')))
    until_read(log)
    people = seats(site, "LiNa", "wangfang")
    assert judged(site, people["LiNa"], "team") == IN
    assert judged(site, people["wangfang"], "team") == OUT
    sim.department(20, parentid=4, name="平台组")
    until_judged(site, people["LiNa"], "team", UNKNOWN)
    for _ in range(5):
        assert judged(site, people["wangfang"], "team") == UNKNOWN
    assert judged(site, people["LiNa"], "long") == IN
    log.expect("WC0328", logged("/平台组 means several departments: /研发部/平台组 (3), "
                                "/市场部/平台组 (20); write the id of the one that is meant"))
    for rule in ("Require wecom-department", "Require not wecom-department"):
        assert 1 <= len(log.find("WC0328", rule)) <= 2 * len(site.httpd.children())
    sim.department(20, removed=1)
    until_judged(site, people["LiNa"], "team", IN)
    log.allow(*REFUSALS)


# --- data that is no tree ---

CIRCLE = (*pair("two", "wecom-department acme/2"), *pair("three", "wecom-department acme/3"),
          *pair("one", "wecom-department acme/1"), *pair("four", "wecom-department acme/4"),
          *pair("orphan", "wecom-department acme/30"), *pair("below", "wecom-department acme/31"))


def test_circles_and_orphans(fresh, sim, paths, browsers, log):
    """2 and 3 are each the other's parent, 8 is its own; 30 has a parent that is not there, and 31
    is below it; 4 is there twice, the second time below 5."""
    sim.department(2, parentid=3)
    sim.department(8, parentid=8, name="圈")
    sim.department(30, parentid=999, name="孤儿")
    sim.department(31, parentid=30, name="孤儿的孩子")
    sim.department(4, again=1, name="另一个", parentid=5)
    site = fresh(sources=WHOLE, places=(*CIRCLE, *pair("five", "wecom-department acme/5"),
                                        *pair("self", "wecom-department acme/8")))
    until_read(log)
    log.expect("WC0421", "the parents of 3 departments lead in a circle (2 is one)")
    names = ("one", "two", "three", "four", "five", "orphan", "below", "self")
    found = {}
    for departments in ("2", "3", "4", "8", "30", "31", "31,2", "4,2", "5"):
        browser = session(paths, site, browsers(), departments, app=(0, 1))
        found[departments] = tuple(judged(site, browser, name) for name in names)
    assert found == {
        "2": (MISSING, IN, MISSING, MISSING, MISSING, MISSING, MISSING, MISSING),
        "3": (MISSING, MISSING, IN, MISSING, MISSING, MISSING, MISSING, MISSING),
        "4": (IN, OUT, OUT, IN, OUT, OUT, OUT, OUT),
        "8": (MISSING, MISSING, MISSING, MISSING, MISSING, MISSING, MISSING, IN),
        "30": (OUT, OUT, OUT, OUT, OUT, IN, OUT, OUT),
        "31": (OUT, OUT, OUT, OUT, OUT, IN, IN, OUT),
        "31,2": (MISSING, IN, MISSING, MISSING, MISSING, IN, IN, MISSING),
        "4,2": (IN, IN, MISSING, IN, MISSING, MISSING, MISSING, MISSING),
        "5": (IN, OUT, OUT, OUT, IN, OUT, OUT, OUT)}
    log.expect("WC0328", "the parents of department 2 of the member lead in a circle")
    log.allow(*REFUSALS)


# --- what is gone, or refused ---

def test_a_department_is_deleted_while_sessions_name_it(fresh, sim, seats, log):
    site = fresh(lines=(SOON,), places=(
        *pair("three", "wecom-department acme/3"), *pair("two", "wecom-department acme/2"),
        *pair("exact", "wecom-department-exact acme/3"), *pair("leads", "wecom-leader acme/3"),
        *pair("path", 'wecom-department "acme//研发部/平台组"')))
    until_read(log)
    people = seats(site, "LiNa", "wangfang")
    names = ("three", "two", "exact", "leads", "path")
    assert {name: judged(site, people["LiNa"], name) for name in names} == dict.fromkeys(names, IN)
    sim.department(3, removed=1)
    until_judged(site, people["LiNa"], "three", MISSING)
    assert {name: judged(site, people["LiNa"], name) for name in names} == {
        "three": MISSING, "two": MISSING, "exact": MISSING, "leads": MISSING, "path": UNKNOWN}
    assert {name: judged(site, people["wangfang"], name) for name in names} == {
        "three": MISSING, "two": OUT, "exact": MISSING, "leads": MISSING, "path": UNKNOWN}
    log.expect("WC0328", "department 3 is not, or no longer, in the tree that this app may see")
    log.expect("WC0328", logged("there is no department /研发部/平台组 in what this app may see"))
    log.expect("WC0251", "department 3 of the member is not in the tree")
    log.allow(*REFUSALS)


def test_a_tag_is_forbidden_and_given_back(fresh, sim, seats, log):
    """60011 for one tag leaves the others alone."""
    site = fresh(lines=(SOON,), places=(*pair("vpn", "wecom-tag acme/vpn"),
                                        *pair("duty", "wecom-tag acme/2")))
    until_read(log, "WC0424")
    people = seats(site, "LiNa", "liuyang", "wangfang")
    assert judged(site, people["liuyang"], "vpn") == IN
    assert judged(site, people["LiNa"], "vpn") == OUT
    sim.tag(1, forbidden=1)
    until_judged(site, people["liuyang"], "vpn", UNKNOWN)
    assert judged(site, people["LiNa"], "vpn") == UNKNOWN
    log.expect("WC0425", "WeCom does not show the members of tag 1 to this app")
    log.expect("WC0328", "the members of tag vpn are not there yet")
    assert judged(site, people["LiNa"], "duty") == IN
    assert judged(site, people["wangfang"], "duty") == OUT
    sim.tag(1, forbidden=0)
    until_judged(site, people["liuyang"], "vpn", IN)
    assert judged(site, people["LiNa"], "vpn") == OUT
    log.allow(*REFUSALS)


def test_a_tag_is_deleted(fresh, sim, seats, log):
    site = fresh(lines=(SOON,), places=pair("vpn", "wecom-tag acme/vpn"))
    until_read(log, "WC0424")
    liuyang = seats(site, "liuyang")["liuyang"]
    assert judged(site, liuyang, "vpn") == IN
    sim.tag(1, removed=1)
    until_judged(site, liuyang, "vpn", UNKNOWN)
    log.expect("WC0328", "there is no tag vpn that this app may see")
    log.allow(*REFUSALS)
