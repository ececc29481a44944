# SPDX-License-Identifier: Apache-2.0
"""Spellings that have led visitors of other sites away, and some that might.

Each was an open redirect somewhere, is a variant of one, or stands for a trick of the readers on
the way: a browser, a proxy, a server, an application. OWN in them is the site's host and port.
"""

EVIL = "evil.example"

_PLAIN = """
https://evil.example/  http://evil.example/  HTTPS://evil.example/  hTTp://evil.example
//evil.example/  //evil.example  //evil.example:80/  ///evil.example/  ////evil.example/
/////evil.example/  https:evil.example  https:/evil.example/  http:/evil.example/
http:evil.example  https:///evil.example/  https:////evil.example  http:///evil.example
https:\\\\evil.example/  https:/\\evil.example/  https:\\/evil.example/
\\\\evil.example/  \\\\\\evil.example/  /\\evil.example/  \\/evil.example/  /\\/evil.example/
/\\\\evil.example/  \\evil.example/  //\\evil.example/  /\\\\/evil.example/  \\/\\/evil.example/
/%2Fevil.example/  /%2fevil.example/  %2F%2Fevil.example/  %2f/evil.example  /%5Cevil.example/
/%5cevil.example/  %5C%5Cevil.example/  %5c/evil.example/  /%2F%2Fevil.example/
/%5C%2Fevil.example/  //%2Fevil.example/  //%5Cevil.example/  ///%2Fevil.example
/%252Fevil.example/  %252F%252Fevil.example  /%255Cevil.example/  /%25%32%46evil.example/
/%09/evil.example/  /%0A/evil.example/  /%0D/evil.example/  /%0D%0A/evil.example/
/%00/evil.example/  /%20/evil.example/  /%0B/evil.example  /%0C/evil.example  /%1F/evil.example
/%7F/evil.example/  %09//evil.example/  %20//evil.example/  %00//evil.example/
%01https://evil.example/  %E2%80%8B//evil.example/  %EF%BB%BF//evil.example
/./evil.example/..//  /.//evil.example/  /..//evil.example/  /../evil.example/
/../../evil.example  /.%2F/evil.example/  /%2E/%2Fevil.example/  /%2e%2e//evil.example/
/%2e%2e/%2fevil.example/  /./\\evil.example/  /.%5C/evil.example/  /intranet/..//evil.example/
/intranet/../..//evil.example/  /intranet/%2e%2e//evil.example/  /intranet/..%2F/evil.example/
/intranet/..%5C/evil.example/  /intranet/../\\evil.example/  /intranet//evil.example/
/;//evil.example/  /;@evil.example/  /.evil.example/  .evil.example/  /@evil.example/
@evil.example/  :@evil.example/  :80@evil.example/  user@evil.example/
user:password@evil.example/  /%40evil.example/  %40evil.example/  evil.example  evil.example/
evil.example:80/  .//evil.example/  ..//evil.example/  ../evil.example/  ?//evil.example/
?https://evil.example/  #//evil.example/  #@evil.example/  /#/evil.example/  /?/../evil.example/
https://OWN@evil.example/  http://OWN@evil.example/  http://OWN:80@evil.example/
http://OWN.evil.example/  http://OWN%2eevil.example/  http://OWN%00.evil.example/
http://OWN\\@evil.example/  http://OWN%5C@evil.example/  http://OWN%40evil.example/
http://OWN%2F@evil.example/  http://OWN#@evil.example/  http://OWN?@evil.example/
http://evil.example#OWN/  http://evil.example?OWN/  http://evil.example/OWN/
http://evil.example\\OWN/  http://evil.example%23OWN/  http://evil.example%00OWN/
http://evil.example:80#@OWN/  http://evil.example;OWN/  http://evil.example,OWN/
//OWN@evil.example/  //OWN.evil.example/  //OWN\\@evil.example/  //evil.example\\@OWN/
//evil.example/@OWN/  //evil.example%2F@OWN/  //evil.example;@OWN/  //evil.example#@OWN
//evil%00.example/  //evil%E3%80%82example/  //%65vil.example/  //evil%2eexample/
//%ef%bc%85evil.example/  //2130706434/  //0x7f000002/  //017700000002/  //127.2/  //[::1]/
//[::ffff:127.0.0.2]/  //127.0.0.2:1/  http://127.0.0.2/  http://[::1]/
javascript:alert(1)  JaVaScRiPt:alert(1)  javascript://OWN/%0Aalert(1)  javascript%3Aalert(1)
/javascript:alert(1)  data:text/html,x  data:text/html;base64,PHM+  vbscript:x  file:///etc/passwd
ftp://evil.example/  ws://evil.example/  blob:https://evil.example/  about:blank  mailto:a@b.c
wxwork://sso/jump  view-source:http://evil.example/  x:evil.example  x://evil.example/
/%C0%AFevil.example/  /%C1%9Cevil.example/  /%E0%80%AFevil.example/  /%E0%81%9Cevil.example/
/%F0%80%80%AFevil.example/  /%EF%BC%8Fevil.example/  /%EF%BC%BCevil.example/
/%EF%B9%A8evil.example/  /%E2%88%95evil.example/  /%E2%81%84evil.example/  /%E2%A7%B8evil.example/
/%u2215evil.example/  /%u002Fevil.example/  /%zz/evil.example/  /%/evil.example/  /%2/evil.example
/wecom/logout  /wecom/login?return=//evil.example/  /wecom/return?code=x  /wecom//logout
/wecom/./logout  /./wecom/logout  //wecom/logout  /wecom/%6Cogout  /%77ecom/logout
/intranet/../wecom/logout  /WECOM/logout  /wecom;x/logout  /wecom%2Flogout
"""

# What does not fit a list of words.
_ODD = [
    "", " ", "\t", "\n", "\x00", " //evil.example/", "\t//evil.example/", "\n//evil.example/",
    "/\t/evil.example/", "/\n/evil.example/", "/\r/evil.example/", "/\r\n/evil.example/",
    "/\x00/evil.example/", "/ /evil.example/", "/\x0b/evil.example/", "/\x0c/evil.example/",
    "/\x7f/evil.example/", "/\t\\evil.example/", "ht\ntps://evil.example/",
    "java\tscript:alert(1)", "\x01javascript:alert(1)", " https://evil.example/",
    "https://evil.example/ ", "https\t://evil.example/", "https:/\t/evil.example/",
    "/\r\nLocation: https://evil.example/", "/\nSet-Cookie: a=b", "/x\r\n\r\n<script>",
    "\xa0//evil.example/", "\u200b//evil.example/", "\u3000//evil.example/",
    "/\uff0fevil.example/", "\uff0f\uff0fevil.example/", "/\uff3cevil.example/",
    "/\u2215evil.example/", "//evil\u3002example/", "//\uff45vil.example/", "\ufeff//evil.example/",
    "/" + "/" * 500 + "evil.example/", "\\" * 500 + "evil.example/",
    "https://evil.example/" + "x" * 1900, "/" + "x" * 1990 + "//evil.example/",
]

CORPUS = list(dict.fromkeys(_PLAIN.split() + _ODD))
assert len(CORPUS) >= 200


def spelled(site):
    """The corpus for this site."""
    return [spelling.replace("OWN", site.authority()) for spelling in CORPUS]
