# SPDX-License-Identifier: Apache-2.0
"""<WeComSource>, and where directives may stand."""
import pytest

from harness.trial import GOOD, Case, Trial, dump, ok, place, source, vhost

URL = "WeComPublicURL https://x.example.com"

ACCEPTED = (
    ok("the three lines", GOOD + place()),
    ok("nothing configured", "", without=("session", "socache_shmcb", "name")),
    ok("31 characters", source("a" * 31)),
    ok("without regard to case", GOOD.replace("WeComCorpID", "wecomcorpid")
       .replace("<WeComSource", "<WECOMSOURCE").replace("</WeComSource", "</wecomSource")),
    ok("inside IfModule", "<IfModule core.c>\n" + GOOD + "<IfModule core.c>\n" + place()
       + "</IfModule>\n</IfModule>\n"),
    dump("IfModule inside", source("acme", "<IfModule core.c>", "WeComInWeChat On",
                                   "</IfModule>"), '"WeComInWeChat":true'),
    dump("defined again by a virtual host", GOOD + vhost("ServerName a.example.com",
                                                         source(corp="wwOTHER")),
         '"WeComCorpID":"wwOTHER"', '"WeComCorpID":"ww1234567890abcdef"',
         counts=(('"id":"acme"', 2),)),
)

REFUSED = (
    Case("no id", GOOD.replace("<WeComSource acme>", "<WeComSource>"), says=("takes one id",)),
    Case("empty id", source('""'), says=("takes one id",)),
    Case("two words", source("acme corp"), says=("takes one id",)),
    Case("upper case", source("Acme"), says=("'Acme' is no id of a source", "a-z")),
    Case("32 characters", source("a" * 32), says=("is no id of a source", "1 to 31")),
    Case("underscore", source("a_b"), says=("is no id of a source",)),
    Case("no closing bracket", GOOD.replace("acme>", "acme"), says=("closing '>'",)),
    Case("nested", source("acme", source("inner")), says=("does not nest",)),
    Case("twice", GOOD + "\n" + GOOD,
         says=("<WeComSource acme> stands twice", "first in @root@/httpd.conf:")),
    Case("twice in a virtual host", vhost(URL, GOOD, GOOD), says=("stands twice",)),
    Case("in Location", "<Location />\n" + GOOD + "</Location>\n",
         says=("<WeComSource> belongs to the server or a virtual host",)),
    Case("in Directory", "<Directory />\n" + GOOD + "</Directory>\n",
         says=("<WeComSource> belongs to the server or a virtual host",)),
    Case("more than 64", "".join(source(f"s{i}") for i in range(65)),
         says=("more than 64 <WeComSource>",)),
    Case("more than 64 seen", "".join(source(f"s{i}") for i in range(40))
         + vhost("ServerName v.example.com", *(source(f"t{i}") for i in range(25))),
         "WC0118", ("more than 64 sources", "@root@/httpd.conf:")),
    Case("lacks everything", "<WeComSource acme>\n</WeComSource>\n", "WC0105",
         ("WC0106", "WC0107")),
    Case("lacks the corp id", source(corp=None), "WC0105",
         ("<WeComSource acme> lacks WeComCorpID", "@root@/httpd.conf:")),
    Case("lacks the agent id", source(agent=None), "WC0106", ("lacks WeComAgentID",)),
    Case("lacks the secret", source(secret=None), "WC0107", ("lacks WeComSecret",)),
    Case("said once", source(corp=None) + vhost(URL) + vhost(URL.replace("x.", "y.")),
         "WC0105", counts=(("WC0105", 1),)),
)


def inside(name, line, *says):
    return Case(name, source("acme", line), says=says)


MISPLACED = (
    inside("a foreign directive inside", "DocumentRoot /tmp",
           "DocumentRoot does not belong inside <WeComSource acme>"),
    inside("another section inside", "<Location />\n</Location>",
           "<Location> does not belong inside <WeComSource acme>"),
    inside("a misspelt directive inside", "WeComCorpId2 x", "WeComCorpId2 does not belong inside",
           "spelling"),
    inside("a server's directive inside", "WeComEndpoint /x",
           "WeComEndpoint does not belong inside <WeComSource acme>"),
    inside("a place's directive inside", "WeComSources acme",
           "WeComSources does not belong inside <WeComSource acme>"),
    inside("AuthType inside", "AuthType WeCom",
           "AuthType does not belong inside <WeComSource acme>"),
    Case("a source's directive outside", GOOD + "WeComCorpID ww1\n",
         says=("WeComCorpID belongs inside a <WeComSource id> section",)),
    Case("a source's directive in Location", "<Location />\nWeComSecret file:x\n</Location>\n",
         says=("WeComSecret belongs inside <WeComSource id>",)),
    Case("a server's directive in Location", "<Location />\nWeComEndpoint /x\n</Location>\n",
         says=("WeComEndpoint belongs to the server or a virtual host",)),
    Case("a server's directive in If", '<If "true">\nWeComTimeout 5s\n</If>\n',
         says=("WeComTimeout belongs to the server or a virtual host",)),
    Case("a place's directive in Limit",
         GOOD + "<Location /x>\n<Limit GET>\nWeComSources acme\n</Limit>\n</Location>\n",
         says=("WeComSources does not obey <Limit>",)),
)


@pytest.mark.parametrize("case", ACCEPTED + REFUSED + MISPLACED, ids=lambda case: case.name)
def test_section(paths, book, case):
    Trial(paths, book, case).judge()
