# SPDX-License-Identifier: Apache-2.0
"""The configuration of README.md is all that is needed, character by character."""
import re

import pytest

from harness.client import WECOM_IOS

SECRET_FILE = "/etc/apache2/wecom/acme.secret"


@pytest.fixture(params=["README.md", "README.zh-CN.md"])
def block(paths, request):
    text = (paths.source / request.param).read_text("utf-8")
    return re.search(r"```apache\n(LoadModule.*?</Location>\n)```", text, re.DOTALL)[1]


def test_modules(block):
    named = re.findall(r"^LoadModule (\w+)_module +modules/mod_(\w+)\.so$", block, re.MULTILINE)
    assert named == [(name, name) for name in ("session", "socache_shmcb", "auth_wecom")]


def test_login(fresh, sim, browsers, block):
    config = block[block.index("<WeComSource"):]
    assert config.count(SECRET_FILE) == 1
    assert sim.app().corpid in config and str(sim.app().agentid) in config
    site = fresh.prepare(sources=(), places=(), files=(("intranet/index.html", "in"),),
                         lines=(config.replace(SECRET_FILE, "@root@/acme.secret"),))
    secret = site.httpd.root / "acme.secret"
    secret.touch(0o600)
    secret.write_text(sim.app().secret + "\n")
    site.start()
    walk = browsers(WECOM_IOS).walk(site.url("/intranet/"))
    assert walk.page.text == "in" and len(walk.hops) == 4
    assert browsers().scan(site.url("/intranet/")).page.text == "in"
