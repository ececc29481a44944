# SPDX-License-Identifier: Apache-2.0
"""The site that the browser tests visit: a small portal whose pages greet the member by name."""
from harness.site import Place, Source

PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="data:,"></head><body>
<h1>{title}</h1>
<p id="name">欢迎，<!--#echo var="WECOM_NAME" --></p>
<a href="/wecom/logout">Leave</a> <a href="/open/">Outside</a>
<script>addEventListener("pageshow", function (event) {{ window.woken = event.persisted; }});
</script></body></html>
"""
OUTSIDE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Outside</title>
<link rel="icon" href="data:,"></head><body><a href="/intranet/">Intranet</a></body></html>
"""
INCLUDES = ("Options +Includes", "SetOutputFilter INCLUDES")

PAGES = (("intranet/data.txt", "confidential"),) + tuple(
    (f"intranet/{name}.html", PAGE.format(title=title))
    for name, title in [("index", "Portal")] + [(f"page{n}", f"Page {n}") for n in range(10)])

OLD_PAGE = Source(lines=('WeComDisplayName "Acme"', "WeComLoginURL qrconnect"))
TWO_SOURCES = (
    Source("acme", lines=('WeComDisplayName "Acme"', 'WeComDisplayName zh "示例科技"')),
    Source("partner", corp=1, lines=('WeComDisplayName "Partner Ltd."',
                                     'WeComDisplayName zh "合作公司"')))
TWO_CORPS = ("WeComUser %{userid}@%{source}",)


def portal(make, sources=(Source(),), require=("valid-user",), lines=(), modules=(), places=(),
           server=(), **more):
    """make: the fixture `fresh`. lines: of the protected place; server: of the server; modules
    and places: more of them."""
    return make(sources=sources, places=(Place("/intranet", require, INCLUDES + lines), *places),
                modules=("include", *modules), files=PAGES + (("open/index.html", OUTSIDE),),
                lines=server, **more)
