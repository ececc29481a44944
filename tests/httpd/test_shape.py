# SPDX-License-Identifier: Apache-2.0
"""Departments and tags in shared memory: read once for all children, kept over graceful restarts
and the death of children, and big enough for a big enterprise."""
import os
import signal

import pytest

from harness.load import Repeated
from harness.server import mpm, wait_until
from harness.shape import (IN, MISSING, OUT, REFUSALS, TREE, TREE_URL, UNKNOWN, children_connected,
                           judged, pair, session, size_in, until_judged, until_read)
from harness.site import Source, rules

RULE = pair("two", "wecom-department acme/2")
KILLED = "AH10392"  # children are killed successively
SOON = "WeComRefresh 1s"


def reads(sim, what=TREE):
    return sim.calls().get(what, 0)


def check_two(site, people):
    assert judged(site, people["LiNa"], "two") == IN
    assert judged(site, people["wangfang"], "two") == OUT


# --- once ---

def test_eight_children_and_one_fetch(fresh, sim, seats, log):
    """The tag of an .htaccess is read by a later turn of the background, which leaves the tree
    alone; and a graceful restart finds both where they were."""
    site = fresh(starts=8, threads=4, places=(*RULE, *pair("vpn", "wecom-tag acme/vpn",
                                                           via="htaccess")))
    wait_until(lambda: len(site.httpd.children()) >= 8, 30, "eight children")
    until_read(log)
    people = seats(site, "LiNa", "wangfang")
    check_two(site, people)
    liuyang = seats(site, "liuyang")["liuyang"]
    assert judged(site, liuyang, "vpn") == UNKNOWN
    log.expect("WC0328", "the tags of acme are not there yet")
    until_judged(site, liuyang, "vpn", IN)
    assert (reads(sim), reads(sim, "tag/list"), reads(sim, "tag/get")) == (1, 1, 1)
    site.httpd.graceful()
    for _ in range(20):     # children that have just begun
        check_two(site, people)
        assert judged(site, liuyang, "vpn") == IN
    assert (reads(sim), reads(sim, "tag/list"), reads(sim, "tag/get")) == (1, 1, 1)
    log.allow(*REFUSALS)


def test_a_source_that_no_rule_asks_is_left_alone(fresh, sim, seats, log):
    site = fresh(sources=(Source(), Source("hr", app=1, lines=())), places=RULE)
    until_read(log)
    people = seats(site, "LiNa", "wangfang")
    check_two(site, people)
    site.httpd.graceful()
    check_two(site, people)
    assert reads(sim) == 1 and not log.find("WC0420", "source hr")
    log.allow(*REFUSALS)


# --- graceful restarts under load ---

def visit(site, browser, path, right):
    """Shall always get the same. A kind of its own, so that all are waited for."""
    def ask():
        status = browser.get(site.url(path)).status_code
        return None if status == right else status
    return f"{path} of {id(browser)}", ask


def test_graceful_restarts_under_load(fresh, sim, seats, log):
    """Meanwhile the tree is read again every few seconds."""
    site = fresh(places=RULE, lines=(SOON,))
    until_read(log)
    visits = []
    for _ in range(2):
        people = seats(site, "LiNa", "wangfang")
        visits += [visit(site, people["LiNa"], "/two/", 200),
                   visit(site, people["wangfang"], "/two/", 403)]
        people = seats(site, "LiNa", "wangfang")
        visits += [visit(site, people["LiNa"], "/two-not/", 403),
                   visit(site, people["wangfang"], "/two-not/", 200)]
    with Repeated(visits) as visitors:
        for _ in range(5):
            site.httpd.graceful()
            visitors.wait()
        again = reads(sim)
        wait_until(lambda: reads(sim) >= again + 2, 60, "the tree is read again")
        visitors.wait()
    assert not visitors.wrong
    log.allow(*REFUSALS)


# --- children that die ---

def test_a_child_dies_while_it_reads(fresh, sim, seats, log):
    """Another one goes on, without the minute of a failure."""
    sim.fault(TREE_URL, "delay", ms=15000, times=1)
    site = fresh(places=RULE, starts=4, threads=4)
    wait_until(lambda: reads(sim) == 1, 30, "the tree is being read")
    (reader,) = children_connected(site.httpd, sim.port)
    people = seats(site, "LiNa", "wangfang")
    assert judged(site, people["LiNa"], "two") == UNKNOWN
    log.expect("WC0328", "the department tree of acme is not there yet")
    site.httpd.book.killed.add(reader)
    os.kill(reader, signal.SIGKILL)
    wait_until(lambda: reads(sim) == 2, 30, "another child reads the tree")
    until_read(log)
    check_two(site, people)
    assert reads(sim) == 2 and reader not in site.httpd.children()
    log.allow(*REFUSALS, KILLED)


def test_a_child_dies_while_it_reads_anew(fresh, sim, seats, log):
    """The half that was read stays, and what comes later is taken over."""
    site = fresh(places=RULE, lines=(SOON,), starts=4, threads=4)
    until_read(log)
    people = seats(site, "LiNa", "wangfang")
    for _ in range(3):
        before = reads(sim)
        sim.fault(TREE_URL, "delay", ms=10000, times=1)
        wait_until(lambda: reads(sim) > before, 30, "the tree is being read")
        for reader in children_connected(site.httpd, sim.port):
            site.httpd.book.killed.add(reader)
            os.kill(reader, signal.SIGKILL)
        for _ in range(5):
            assert judged(site, people["LiNa"], "two") == IN
            assert judged(site, people["wangfang"], "two") == OUT
        sim.clear_faults()
        after = reads(sim)
        wait_until(lambda: reads(sim) > after, 30, "another child reads the tree")
    sim.department(4, parentid=3)
    until_judged(site, people["wangfang"], "two", IN)
    log.allow(*REFUSALS, KILLED)


def test_all_children_die(fresh, sim, seats, log):
    """The memory is the parent's."""
    site = fresh(places=RULE)
    until_read(log)
    old = set(site.httpd.children())
    for pid in old:
        site.httpd.book.killed.add(pid)
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: set(site.httpd.children()) - old and not old & set(site.httpd.children()),
               30, "children that never saw the tree come")
    people = seats(site, "LiNa", "wangfang")
    check_two(site, people)
    assert reads(sim) == 1
    log.allow(*REFUSALS, KILLED)


# --- a big enterprise ---

MANY = 30000
DEEPEST = 100014    # the last of the chain, on the 15th level
CHAIN = "/示例科技/" + "/".join(f"部门{n}" for n in range(1, 15))


def test_a_big_enterprise(fresh, sim, paths, browsers, log):
    sim.show_everybody()
    sim.grow(departments=MANY - 6, levels=14, members=100000, tagid=2)
    site = fresh(places=(
        *pair("top", "wecom-department acme/1"), *pair("chain", "wecom-department acme/100001"),
        *pair("deepest", f"wecom-department acme/{DEEPEST}"),
        *pair("path", f'wecom-department "acme/{CHAIN}"'), *pair("tag", "wecom-tag acme/值班"),
        *pair("research", "wecom-department acme/2")))
    tree, tags = until_read(log), until_read(log, "WC0424")
    assert f"{MANY} departments" in tree.text and size_in(tree) <= 4 << 20
    assert size_in(tags) <= 1 << 20
    deep, last, high, none = (session(paths, site, browsers(), *who) for who in (
        (f"{DEEPEST}", "crowd100000"), (f"{100000 + MANY - 6}", "crowd000001"),
        ("1", "crowd100001"), ("999999", "crowd000002")))
    assert {name: judged(site, deep, name) for name in (
        "top", "chain", "deepest", "path", "tag", "research")} == {
            "top": IN, "chain": IN, "deepest": IN, "path": IN, "tag": IN, "research": OUT}
    assert judged(site, last, "top") == IN and judged(site, last, "tag") == IN
    assert judged(site, high, "top") == IN
    assert {judged(site, high, name) for name in ("chain", "deepest", "path", "tag")} == {OUT}
    assert judged(site, none, "top") == MISSING
    log.expect("WC0328", "department 999999 of the member is not in the tree")
    log.allow(*REFUSALS)


# --- the whole room is the node's ---

@pytest.mark.skipif(mpm() == "prefork", reason="children have one thread, and are many")
def test_the_memory_is_there_once(fresh, sim, log):
    """What the children map is one segment, as big as WeComDirectorySize says."""
    sim.show_everybody()
    site = fresh(starts=4, threads=4, lines=("WeComDirectorySize 5M 6M",),
                 places=(*RULE, rules("x", "Require wecom-tag acme/vpn")))
    until_read(log)
    found = set()
    for pid in site.httpd.children():
        with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
            for line in maps:
                at, _, _, _, inode, *_ = line.split()
                start, end = (int(word, 16) for word in at.split("-"))
                if 11 << 20 <= end - start < (11 << 20) + 65536 and "s " in line:
                    found.add((at, inode))
    assert len(found) == 1, found
