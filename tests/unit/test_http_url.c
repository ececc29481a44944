/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http_url.c - to which URLs the http port would speak. Each row that is refused is a way in
 * which a URL can look like this machine, or like https, and be something else.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/base/http_curl.h"

static void url_table(void **state)
{
    static const struct {
        const char *url;
        int allowed;
    } rows[] = {
        { "https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=a", 1 },
        { "https://a.example", 1 },           { "HTTPS://A.Example:8443/x@y", 1 },
        { "https://a.example?x=1", 1 },       { "https://[2001:db8::1]:443/", 1 },
        { "https://10.0.0.1/", 1 },           { "http://127.0.0.1", 1 },
        { "http://127.0.0.1:8080/x", 1 },     { "http://127.255.255.254/", 1 },
        { "http://localhost/", 1 },           { "Http://LocalHost:80/", 1 },
        { "http://[::1]/", 1 },               { "http://[::1]:8080?x", 1 },
        { "http://example.com", 0 },          { "http://127.0.0.1.evil.com/", 0 },
        { "http://127.evil.com/", 0 },        { "http://127.0.0.1@evil.com/", 0 },
        { "http://localhost.evil.com/", 0 },  { "http://localhost:80@evil.com/", 0 },
        { "http://localhost./", 0 },          { "http://xlocalhost/", 0 },
        { "http://128.0.0.1/", 0 },           { "http://127.0.0.256/", 0 },
        { "http://127.0.0.01/", 0 },          { "http://127.1/", 0 },
        { "http://127.0.0/", 0 },             { "http://127.0.0.1.1/", 0 },
        { "http://127.0.0.1./", 0 },          { "http://127.0.0./", 0 },
        { "http://0x7f.0.0.1/", 0 },          { "http://0177.0.0.1/", 0 },
        { "http://2130706433/", 0 },          { "http://0.0.0.0/", 0 },
        { "http://[::]/", 0 },                { "http://[::ffff:127.0.0.1]/", 0 },
        { "http://[::1].evil.com/", 0 },      { "http://[::1/", 0 },
        { "https://[2001:db8::1/", 0 },       { "https://[]/", 0 },
        { "https://[::1]x/", 0 },             { "https://[::1]]/", 0 },
        { "http://[::1]x/", 0 },              { "http://169.254.169.254/", 0 },
        { "https://user@a.example/", 0 },     { "https://user:pw@a.example/", 0 },
        { "https://a.example#f", 0 },         { "https://a.example/x#f", 0 },
        { "https://a.example/\r\nX: y", 0 },  { "https://a.example/\x7F", 0 },
        { "https://a.example/a b", 0 },       { "https://a.example\\@evil.com/", 0 },
        { "https://a.example/\xC3\xA4", 0 },  { "https://\xC3\xA4.example/", 0 },
        { "https://a.example:0/", 0 },        { "https://a.example:65536/", 0 },
        { "https://a.example:/", 0 },         { "https://a.example:8x/", 0 },
        { "https://a%2Eexample/", 0 },        { "https://", 0 },
        { "https:///x", 0 },                  { "https://?x", 0 },
        { "https://:443/", 0 },               { "https:/a.example", 0 },
        { "https:a.example", 0 },             { "//a.example/", 0 },
        { "a.example", 0 },                   { "", 0 },
        { "file:///etc/passwd", 0 },          { "ftp://127.0.0.1/", 0 },
        { "gopher://127.0.0.1/", 0 },         { "httpsx://a.example/", 0 },
        { " https://a.example/", 0 },         { "javascript:alert(1)", 0 },
        { "http:", 0 },                       { "https", 0 }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        CHECK(wecom_http_url_allowed(support_guard_text(rows[i].url, *state)) == rows[i].allowed,
              "row %zu: %s", i, rows[i].url);
    }
    assert_false(wecom_http_url_allowed(NULL));
}

/* Every prefix, at the end of a page: none may be read beyond its NUL. */
static void url_every_prefix(void **state)
{
    static const char whole[] = "http://127.0.0.1:8080/path?query";
    size_t len;

    for (len = 0; len < sizeof whole; len++) {
        const char *url = support_guard_text(apr_pstrmemdup(*state, whole, len), *state);
        int allowed = len >= strlen("http://127.0.0.1") && len != strlen("http://127.0.0.1:");

        CHECK(wecom_http_url_allowed(url) == allowed, "%s", url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(url_table),
        TEST(url_every_prefix)
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
