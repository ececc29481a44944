# SPDX-License-Identifier: Apache-2.0
"""axe-core, run in a page without touching it.

It stands in an isolated world, as an extension's scripts do: the page's policy is neither asked
nor weakened, and the page's own scripts see nothing of it.
"""
import json
import os
from functools import lru_cache
from pathlib import Path

from harness import paths

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
RUN = """
axe.run(document, %s).then(found => JSON.stringify(found.violations.map(one => ({
    rule: one.id, help: one.help, impact: one.impact,
    where: one.nodes.map(node => node.target.join(" ") + ": " + node.failureSummary)}))))
"""


@lru_cache
def packages():
    """The folder with the packages of npm: WECOM_NPM, or npm beside the tests of the build."""
    folder = Path(os.environ.get("WECOM_NPM") or paths.find().build / "npm")
    return folder / "node_modules"


def package_file(name):
    """The text of a file of a package; a missing package is a failure with its cure."""
    file = packages() / name
    assert file.is_file(), (f"{file} is not there: tests/run installs the packages of npm, and "
                            "WECOM_NPM names the folder that they are in")
    return file.read_text("utf-8")


def evaluate(browser, world, expression):
    answer = browser.devtools("Runtime.evaluate", expression=expression, contextId=world,
                              awaitPromise=True, returnByValue=True)
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")


def run(browser, tags=TAGS):
    frame = browser.devtools("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = browser.devtools("Page.createIsolatedWorld", frameId=frame,
                             worldName="axe")["executionContextId"]
    if not evaluate(browser, world, "typeof axe === 'object'"):     # this document is a new one
        evaluate(browser, world, package_file("axe-core/axe.min.js") + ";0")
    options = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"],
               "iframes": False}
    found = json.loads(evaluate(browser, world, RUN % json.dumps(options)))
    return [f"{one['rule']} ({one['impact']}): {one['help']}\n    " + "\n    ".join(one["where"])
            for one in found]
