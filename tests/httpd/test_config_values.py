# SPDX-License-Identifier: Apache-2.0
"""Values: what each directive takes, what it refuses, and with which words."""
import pytest

from harness.trial import GOOD, Case, Trial, dump, file, ok, source

PEM = "-----BEGIN CERTIFICATE-----\n"


def inside(name, lines, *says, **more):
    """A directive of a source that is refused."""
    return Case(name, source("acme", lines), says=says, **more)


def outside(name, lines, *says, **more):
    """A directive of the server that is refused."""
    return Case(name, GOOD + lines + "\n", says=says, **more)


ACCEPTED = (
    dump("all of a source", source(
        "acme", 'WeComDisplayName "Acme Inc"', 'WeComDisplayName zh "示例科技"',
        "WeComScope privateinfo", "WeComCheckMember off", "WeComProxyDeveloped on",
        "WeComInWeChat On", "WeComLoginURL qrconnect",
        "WeComBaseURL api https://api.example.com/", "WeComBaseURL authorize http://127.0.0.1:99",
        "WeComBaseURL login https://LOGIN.example.com:443", "WeComCAFile @root@/ca.pem",
        "WeComProxy http://proxy.example.com:3128", "WeComTimeout 30s"),
         '"zh":"示例科技"', '"":"Acme Inc"', '"api_url":"https://api.example.com"',
         '"authorize_url":"http://127.0.0.1:99"', '"login_url":"https://login.example.com"',
         '"timeout_ms":30000', '"proxy":"http://proxy.example.com:3128"',
         '"ca_file":"@root@/ca.pem"', '"WeComLoginURL":"qrconnect"',
         '"WeComScope":"privateinfo"', '"WeComCheckMember":false',
         '"WeComProxyDeveloped":true', '"WeComInWeChat":true',
         files=(file("ca.pem", PEM, 0o644),)),
    dump("all of a server", GOOD + """
WeComBaseURL api https://api.example.com
WeComCAFile ca.pem
WeComProxy http://[::1]:3128
WeComTimeout 7
WeComEndpoint /sso/wecom
WeComPublicURL https://Www.Example.com:8443/
WeComCryptoKey file:@root@/k1 file:k2
WeComCache "shmcb:@root@/cache(512000)"
WeComVerifyFile WW_verify_abcdefgh12345678.txt WW_verify_ABCDEFGH12345678.txt
WeComSessionCookie staff example.com
WeComSessionMaxAge 7d
WeComSessionIdleTimeout 30m
WeComSources acme
WeComUser %{userid}@%{source}
""",
         '"public_url":"https://www.example.com:8443"',
         '"return_url":"https://www.example.com:8443/sso/wecom/return"',
         '"session_cookie":"staff_', '"WeComSessionMaxAge":604800',
         '"WeComSessionIdleTimeout":1800', '"timeout_ms":7000',
         '"WeComSessionCookie":"staff example.com"', '"proxy":"http://[::1]:3128"',
         '"ca_file":"@root@/ca.pem"',
         files=(file("k1", b"k" * 32), file("k2", b"l" * 32), file("ca.pem", PEM, 0o644))),
    dump("the defaults", GOOD, '"WeComScope":"base"', '"WeComCheckMember":true',
         '"WeComProxyDeveloped":false', '"WeComInWeChat":false', '"WeComLoginURL":"wwlogin"',
         '"WeComEndpoint":"/wecom"', '"WeComCache":"shmcb"', '"WeComSessionCookie":"wecom"',
         '"WeComSessionMaxAge":43200', '"WeComSessionIdleTimeout":14400', '"timeout_ms":5000',
         '"api_url":"https://qyapi.weixin.qq.com"',
         '"authorize_url":"https://open.weixin.qq.com"',
         '"login_url":"https://login.work.weixin.qq.com"', '"ca_file":null', '"proxy":null'),
    dump("the source's before the server's", "WeComTimeout 9s\n"
         "WeComBaseURL api https://s.example.com\nWeComBaseURL login https://l.example.com\n"
         + source("acme", "WeComTimeout 3s", "WeComBaseURL api https://o.example.com"),
         '"timeout_ms":3000', '"api_url":"https://o.example.com"',
         '"login_url":"https://l.example.com"'),
    dump("qrconnect has its own page", source("acme", "WeComLoginURL qrconnect"),
         '"login_url":"https://open.work.weixin.qq.com"'),
    dump("no secret is shown", source(secret="literal_SECRET")
         + source("b", secret='"exec:/bin/echo exec_SECRET"'), '"literal"', '"exec:..."',
         id="WC0127", silent=("SECRET",)),
    ok("a name of 200 characters", source("acme", "WeComDisplayName " + "界" * 200)),
)

IN_SOURCE = (
    inside("a directive twice", "WeComCorpID ww2",
           "WeComCorpID stands twice in <WeComSource acme>"),
    inside("the secret twice", "WeComSecret env:X", "WeComSecret stands twice"),
    Case("corp id with a slash", source(corp="ww/1"), says=("WeComCorpID: 'ww/1' is no corp id",)),
    Case("corp id with a dot", source(corp="ww.1"), says=("is no corp id",)),
    Case("corp id too long", source(corp="a" * 65), says=("is no corp id",)),
    Case("corp id with a blank", source(corp='"a b"'), says=("'a b' is no corp id",)),
    Case("corp id empty", source(corp='""'), says=("WeComCorpID: the value is empty",)),
    Case("corp id of two words", source(corp="a b"), says=("WeComCorpID: takes one value",)),
    Case("corp id of no word", source(corp=""), says=("WeComCorpID: takes one value",)),
    Case("agent id with a letter", source(agent="x1"), says=("'x1' is no AgentId",)),
    Case("agent id negative", source(agent="-5"), says=("is no AgentId",)),
    Case("agent id too long", source(agent="1" * 21), says=("is no AgentId",)),
    inside("name too long", "WeComDisplayName " + "界" * 201, "longer than 200 characters"),
    inside("name without quotes", "WeComDisplayName Acme Inc", "'Acme' is no language", "quotes"),
    inside("name of three words", "WeComDisplayName a b c", "quotes around"),
    inside("name twice", "WeComDisplayName a\nWeComDisplayName b",
           "for every language stands here already"),
    inside("name twice in a language", "WeComDisplayName zh a\nWeComDisplayName ZH b",
           "for the language zh stands here already"),
    inside("name with a control byte", 'WeComDisplayName "a\x01b"', "control characters"),
    inside("name that is not UTF-8", "WeComDisplayName a\udcffb", "not UTF-8"),
    inside("scope", "WeComScope all", "'all' is not known", "base|privateinfo"),
    inside("flag", "WeComCheckMember yes", "WeComCheckMember: write On or Off"),
    inside("flag without a value", "WeComInWeChat", "takes one value"),
    inside("login URL", "WeComLoginURL https://x.example.com", "wwlogin|qrconnect"),
    inside("base URL of one word", "WeComBaseURL https://x.example.com", "takes two values"),
    inside("base URL of another name", "WeComBaseURL token https://x.example.com",
           "'token' is not known"),
    inside("base URL with a path", "WeComBaseURL api https://x.example.com/cgi-bin",
           "without a path"),
    inside("base URL with a query", "WeComBaseURL api https://x.example.com?a=1",
           "without a path"),
    inside("base URL in plain http", "WeComBaseURL api http://x.example.com", "is not allowed",
           "https://"),
    inside("base URL with a user", "WeComBaseURL api https://u:p@x.example.com",
           "is not allowed"),
    inside("base URL of ftp", "WeComBaseURL api ftp://x.example.com", "is not allowed"),
    inside("base URL twice", "WeComBaseURL api https://x.example.com\n"
           "WeComBaseURL api https://y.example.com", "the api URL stands here already"),
    inside("timeout 0", "WeComTimeout 0", "from 1 to 30 seconds"),
    inside("timeout 31", "WeComTimeout 31s", "from 1 to 30 seconds"),
    inside("timeout a word", "WeComTimeout soon", "'soon' does not fit"),
    inside("proxy https", "WeComProxy https://p.example.com:1", "is no proxy"),
    inside("proxy without a port", "WeComProxy http://p.example.com", "lacks the port"),
    inside("proxy IPv6 without a port", "WeComProxy http://[::1]", "lacks the port"),
    inside("proxy with port 0", "WeComProxy http://p.example.com:0", "is no proxy"),
    inside("CA file missing", "WeComCAFile @root@/none", "/none cannot be read",
           "@root@/httpd.conf:", id="WC0115"),
    inside("CA file a folder", "WeComCAFile @root@", "cannot be read", id="WC0115"),
    inside("CA file without a certificate", "WeComCAFile secret", "no certificate",
           "@root@/httpd.conf:", id="WC0116"),
)

AT_SERVER = (
    outside("endpoint without a slash", "WeComEndpoint wecom", "'wecom' is no endpoint"),
    outside("endpoint with a slash at its end", "WeComEndpoint /wecom/", "is no endpoint"),
    outside("endpoint root", "WeComEndpoint /", "is no endpoint"),
    outside("endpoint with dots", "WeComEndpoint /a/../b", "is no endpoint"),
    outside("endpoint twice", "WeComEndpoint /a\nWeComEndpoint /b",
            "WeComEndpoint stands twice in this server"),
    outside("public URL without scheme", "WeComPublicURL x.example.com", "is no public URL"),
    outside("public URL with a path", "WeComPublicURL https://x.example.com/a",
            "is no public URL"),
    outside("public URL with a wrong port", "WeComPublicURL https://x.example.com:70000",
            "is no public URL"),
    outside("login neither of three", "WeComLogin straight", "WeComLogin"),
    outside("pull-up with a number", "WeComPullUp 2", "WeComPullUp"),
    outside("panel with a word", "WeComLoginPanel maybe", "On"),
    outside("panel that nobody can show", "WeComBaseURL login https://login.example.com\n"
            "WeComLoginPanel On", "no source here can show", id="WC0173"),
    outside("origin with a path", "WeComPopupOrigins https://app.example.com/", "is not how a "
            "browser spells it; write https://app.example.com"),
    outside("origin with its usual port", "WeComPopupOrigins https://app.example.com:443",
            "write https://app.example.com"),
    outside("origin in capitals", "WeComPopupOrigins https://APP.example.com",
            "write https://app.example.com"),
    outside("origin without scheme", "WeComPopupOrigins app.example.com", "is no origin"),
    outside("origin of everybody", "WeComPopupOrigins *", "is no origin"),
    outside("origin null", "WeComPopupOrigins null", "is no origin"),
    outside("origin too long", "WeComPopupOrigins https://" + ".".join(["a" * 60] * 4)
            + ".com:8443", "is no origin"),
    outside("key that is no file", "WeComCryptoKey abcdef", "file:PATH"),
    outside("nine keys", "WeComCryptoKey " + " ".join(f"file:k{i}" for i in range(9)),
            "1 to 8 values"),
    outside("key named twice", "WeComCryptoKey file:a file:a", "is named twice"),
    outside("verify file too short", "WeComVerifyFile WW_verify_abc.txt",
            "is no ownership file"),
    outside("verify file with a path", "WeComVerifyFile /WW_verify_abcdefgh12345678.txt",
            "is no ownership file"),
    outside("verify file with more behind", "WeComVerifyFile WW_verify_abcdefgh12345678.txt.php",
            "is no ownership file"),
    outside("verify file none", "WeComVerifyFile", "takes 1 to 64 values"),
    outside("cookie name", "WeComSessionCookie a=b", "is no cookie name"),
    outside("cookie domain with a dot in front", "WeComSessionCookie a .example.com",
            "is no cookie domain"),
    outside("cookie domain of one label", "WeComSessionCookie a com", "is no cookie domain"),
    outside("cookie domain an address", "WeComSessionCookie a 10.0.0.1",
            "is no cookie domain"),
    outside("cookie of three words", "WeComSessionCookie a b.c d", "one or two values"),
    outside("cookie domain of somebody else", "WeComSessionCookie a example.org",
            "example.org does not cover", "@root@/httpd.conf:", id="WC0114"),
    outside("cookie domain that does not end at a dot", "WeComSessionCookie a net.example.com",
            "does not cover", id="WC0114"),
    outside("max age too short", "WeComSessionMaxAge 5s", "from 60 to 31536000 seconds"),
    outside("idle a word", "WeComSessionIdleTimeout never", "'never' does not fit"),
    outside("idle longer than max age", "WeComSessionIdleTimeout 13h", "46800", "43200",
            "@root@/httpd.conf:", id="WC0113"),
    outside("max age shorter than idle", "WeComSessionMaxAge 1h", "14400", "3600",
            "@root@/httpd.conf:", id="WC0113"),
    outside("refresh a word", "WeComRefresh off", "'off' does not fit"),
    outside("refresh of no time", "WeComRefresh 0s", "from 1 to 2592000 seconds"),
    outside("grace too long", "WeComRefreshGrace 400d", "from 1 to 31536000 seconds"),
    outside("grace shorter than refresh", "WeComRefreshGrace 30m", "1800", "3600",
            "@root@/httpd.conf:", id="WC0187"),
    outside("refresh longer than grace", "WeComRefresh 2d", "86400", "172800",
            "@root@/httpd.conf:", id="WC0187"),
    outside("cache without a provider", "WeComCache :x", "is no cache"),
    outside("cache of a path that no file can have", "WeComCache shmcb:/" + "a" * 5000,
            "longer than 1024 bytes"),
    outside("cache of an unknown provider", "WeComCache nosuch", "'nosuch'",
            "mod_socache_nosuch.so", "@root@/httpd.conf:", id="WC0104"),
    outside("sources none", "WeComSources", "takes 1 to 64 values"),
    outside("sources in upper case", "WeComSources Acme", "is no id"),
    outside("sources twice the same", "WeComSources acme acme", "is named twice"),
    outside("user without a userid", "WeComUser %{source}", "everybody would be the same user"),
    outside("user of an unknown name", "WeComUser %{userid}%{mail}", "'%{mail}' is not known"),
)

MODULES = (
    Case("mod_session missing", GOOD, "WC0102", ("LoadModule session_module",),
         without=("session",)),
    Case("cache module missing", GOOD, "WC0104", ("LoadModule socache_shmcb_module",),
         without=("socache_shmcb",)),
)


@pytest.mark.parametrize("case", ACCEPTED + IN_SOURCE + AT_SERVER + MODULES,
                         ids=lambda case: case.name)
def test_value(paths, book, case):
    Trial(paths, book, case).judge()


def test_reference_tells_of_every_directive(paths, book):
    """-D DUMP_WECOM_DIRECTIVES prints what the reference page is made of."""
    case = ok("reference", "", arguments=("-D", "DUMP_WECOM_DIRECTIVES"))
    trial = Trial(paths, book, case)
    try:
        status, out, err = trial.run()
    finally:
        trial.httpd.remove()
    assert status == 0, err
    chapters = out.split("\n## ")[1:]
    assert len(chapters) > 20
    for chapter in chapters:
        assert "\n- Syntax: `" in chapter and "\n- Context: " in chapter, chapter
        assert chapter.split("\n\n")[1].endswith("."), chapter
    assert "\n## WeComTimeout\n" in out and "- Default: `5s`" in out
