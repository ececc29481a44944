# SPDX-License-Identifier: Apache-2.0
"""Places and virtual hosts: who is let in under which name, and what the world calls a server."""
import pytest

from harness.trial import GOOD, Case, Trial, dump, file, ok, place, source, vhost

URL = "WeComPublicURL https://x.example.com"
OTHER = "WeComPublicURL https://y.example.com"
TWO = GOOD + source("other", corp="ww2")
ANY_CASE = source("other", corp="WW1234567890ABCDEF")
WITH_CASE = source("other", "WeComProxyDeveloped On", corp="WW1234567890ABCDEF")
TELLS = "WeComUser %{userid}@%{source}"

PLACES = (
    Case("sources unknown", GOOD + "<Location /x>\nWeComSources acme other\n</Location>\n",
         "WC0108", ("no <WeComSource other>", "@root@/httpd.conf:")),
    Case("sources unknown at the server", GOOD + "WeComSources other\n", "WC0108",
         ("no <WeComSource other>",)),
    Case("sources of another virtual host", vhost(URL, GOOD)
         + vhost(OTHER, source("b"), place("WeComSources acme")), "WC0108",
         ("this virtual host has no <WeComSource acme>",)),
    Case("no source", place(), "WC0109", ("the main server sees no source",
                                          "@root@/httpd.conf:")),
    Case("no source in a virtual host", vhost(URL, place()), "WC0109",
         ("this virtual host sees no source",)),
    ok("another AuthType", place(type="Basic")),
    ok("AuthType overwritten", place("AuthType Basic")),
    Case("two corps", TWO + place(), "WC0110", (TELLS, "@root@/httpd.conf:")),
    Case("two corps, a pattern that does not tell", TWO + place("WeComUser %{userid}"), "WC0110"),
    ok("two corps, a pattern", TWO + place(TELLS)),
    ok("two corps, a pattern at the server", TWO + place() + "WeComUser %{userid}@%{corpid}\n"),
    ok("two corps, one named", TWO + place("WeComSources other")),
    ok("two corps, one named at the server", TWO + place() + "WeComSources other\n"),
    ok("two corps, no place", TWO),
    ok("one corp in two spellings", GOOD + ANY_CASE + place()),
    Case("one corp in two spellings, with case", GOOD + WITH_CASE + place(), "WC0110"),
    Case("mixed by a virtual host", GOOD + place() + vhost(URL, source("other", corp="ww2")),
         "WC0110"),
)

NAMES = (
    Case("no name", GOOD, "WC0111", ("the main server has neither", "WeComPublicURL",
                                     "@root@/httpd.conf:"), without=("name",)),
    Case("no name in a virtual host", GOOD + vhost(), "WC0111",
         ("this virtual host has neither", "@root@/httpd.conf:")),
    dump("sources inherited", GOOD + vhost("ServerName a.example.com"),
         '"public_url":"http://a.example.com:@port@"'),
    dump("a main server that only hands down", GOOD + vhost("ServerName a.example.com"),
         '"public_url":null', '"public_url":"http://a.example.com:@port@"', without=("name",)),
    Case("a main server with a place", GOOD + place() + vhost("ServerName a.example.com"),
         "WC0111", ("the main server",), without=("name",)),
    dump("settings inherited and overridden", GOOD + "WeComEndpoint /a\nWeComSessionMaxAge 10h\n"
         + vhost("ServerName a.example.com", "WeComEndpoint /b"),
         "http://intranet.example.com:@port@/a/return", "http://a.example.com:@port@/b/return",
         counts=(('"WeComSessionMaxAge":36000', 2),)),
    dump("base URLs lie over those of the server", "WeComBaseURL api https://a.example.com\n"
         "WeComBaseURL login https://l.example.com\n" + GOOD
         + vhost("ServerName v.example.com", "WeComBaseURL api https://b.example.com"),
         '"api_url":"https://a.example.com"', '"api_url":"https://b.example.com"',
         counts=(('"login_url":"https://l.example.com"', 2),)),
    dump("a scheme", GOOD + vhost("ServerName https://A.example.com"),
         '"public_url":"https://a.example.com"'),
    dump("a scheme and a port", GOOD + vhost("ServerName https://a.example.com:8443"),
         '"public_url":"https://a.example.com:8443"'),
    dump("a port", GOOD + vhost("ServerName a.example.com:81"),
         '"public_url":"http://a.example.com:81"'),
    dump("on port 80", GOOD + vhost("ServerName a.example.com", at="*:80"),
         '"public_url":"http://a.example.com"'),
    dump("on port 8443", GOOD + vhost("ServerName a.example.com", at="*:8443"),
         '"public_url":"http://a.example.com:8443"'),
    dump("inside IfModule", GOOD + vhost("<IfModule core.c>", "ServerName a.example.com:81",
                                         "</IfModule>"),
         '"public_url":"http://a.example.com:81"'),
    dump("a virtual host inside IfModule", "<IfModule core.c>\n" + GOOD
         + vhost("ServerName a.example.com:81") + "</IfModule>\n",
         '"public_url":"http://a.example.com:81"'),
    dump("from a macro", GOOD + "<Macro H $n>\n" + vhost("ServerName $n.example.com:81")
         + "</Macro>\nUse H one\nUse H two\n", '"public_url":"http://one.example.com:81"',
         '"public_url":"http://two.example.com:81"', modules=("macro",)),
    dump("from a variable", "Define NAME b.example.com\n" + GOOD
         + vhost("ServerName ${NAME}:81"), '"public_url":"http://b.example.com:81"'),
    dump("in another file", GOOD + "Include @root@/vhosts.conf\n",
         '"public_url":"http://a.example.com:81"', '"public_url":"http://b.example.com:82"',
         files=(file("vhosts.conf", vhost("ServerName a.example.com:81", at="*")
                     + vhost("ServerName b.example.com:82", at="*")),)),
    dump("twice", GOOD + vhost("ServerName a.example.com:81", "ServerName b.example.com:82"),
         '"public_url":"http://b.example.com:82"'),
    dump("WeComPublicURL before ServerName", GOOD + vhost("ServerName a.example.com", URL),
         '"public_url":"https://x.example.com"'),
    Case("that no browser takes", GOOD + vhost("ServerName a_b.example.com"), "WC0112",
         ("WeComPublicURL", "@root@/httpd.conf:")),
)

ON = ("SSLEngine On", "SSLCertificateFile @root@/cert.pem")
A = "ServerName a.example.com"
PUBLIC_A = "WeComPublicURL https://a.example.com"


def tls(name, config, *shows, **more):
    return dump(name, config, *shows, modules=("ssl",), files=(file("cert.pem", "x"),), **more)


TLS = (
    tls("on 443", GOOD + vhost(A, *ON, at="*:443"), '"public_url":"https://a.example.com"',
        '"ends_tls":true'),
    tls("on 8443", GOOD + vhost(A, *ON, at="*:8443"),
        '"public_url":"https://a.example.com:8443"', '"ends_tls":true'),
    tls("inherited", "SSLEngine On\n" + GOOD + vhost(A, at="*:8443"),
        '"public_url":"https://a.example.com:8443"'),
    tls("written Off", "SSLEngine On\n" + GOOD + vhost(A, "SSLEngine Off", at="*:81"),
        '"public_url":"http://a.example.com:81"'),
    tls("mod_ssl alone", GOOD + vhost(A, at="*:81"), '"public_url":"http://a.example.com:81"',
        hides=('"ends_tls":true',)),
    tls("a certificate alone", GOOD + vhost(A, ON[1], at="*:81"),
        '"public_url":"http://a.example.com:81"'),
    tls("by Listen", "Listen 127.0.0.1:8444 https\n" + GOOD + vhost(A, ON[1], at="*:8444"),
        '"public_url":"https://a.example.com:8444"'),
    tls("in a neighbour", vhost(A, PUBLIC_A, GOOD, at="*:80") + vhost(A, *ON, at="*:443"),
        '"ends_tls":true'),
    tls("in a neighbour of that alias", vhost("ServerName b.example.com", PUBLIC_A, GOOD,
                                              at="*:80")
        + vhost("ServerName c.example.com", "ServerAlias *.example.com", *ON, at="*:443"),
        '"ends_tls":true'),
    tls("in front", vhost(A, PUBLIC_A, GOOD, at="*:80")
        + vhost("ServerName c.example.com", *ON, at="*:443"), hides=('"ends_tls":true',)),
    tls("on another port", vhost(A, PUBLIC_A, GOOD, at="*:80") + vhost(A, *ON, at="*:8443"),
        hides=('"ends_tls":true',)),
)

COLLECTED = (
    Case("faults are collected", source("a", secret="file:@root@/none")
         + source("b", agent=None) + place() + "WeComCache nosuch\nWeComSessionMaxAge 1h\n",
         "WC0120", ("WC0106", "WC0104", "WC0113")),
    Case("faults are said once", GOOD + "WeComCache nosuch\n" + vhost(URL) + vhost(OTHER),
         "WC0104", counts=(("WC0104", 1),)),
)


@pytest.mark.parametrize("case", PLACES + NAMES + TLS + COLLECTED, ids=lambda case: case.name)
def test_host(paths, book, case):
    Trial(paths, book, case).judge()
