/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_text_query.c - percent coding, queries and the Cookie header.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/base/limits.h"
#include "../../src/base/text.h"

#define RAW(s) (s), sizeof(s) - 1

static void url_encode_table(void **state)
{
    static const struct {
        const char *in;
        size_t len;
        const char *out;
    } rows[] = {
        { RAW(""), "" },
        { RAW("AZaz09-._~"), "AZaz09-._~" },
        { RAW("https://a.example/b?c=d&e=f#g"),
          "https%3A%2F%2Fa.example%2Fb%3Fc%3Dd%26e%3Df%23g" },
        { RAW("a b+c%"), "a%20b%2Bc%25" },
        { RAW("\0\xFF\x7F"), "%00%FF%7F" },
        { RAW("\xE5\xBC\xA0"), "%E5%BC%A0" }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *in = support_guard(rows[i].in, rows[i].len, *state);
        const char *out = wecom_text_url_encode(in, rows[i].len, *state);

        CHECK(strcmp(out, rows[i].out) == 0, "row %zu became \"%s\"", i, out);
    }
}

static void url_decode_table(void **state)
{
    static const struct {
        const char *in;
        size_t len;
        int plus;
        const char *out; /* NULL: refused */
    } rows[] = {
        { RAW(""), 0, "" },          { RAW("abc"), 0, "abc" },       { RAW("a%20b"), 0, "a b" },
        { RAW("a+b"), 0, "a+b" },    { RAW("a+b"), 1, "a b" },       { RAW("a%2Bb"), 1, "a+b" },
        { RAW("%e5%BC%a0"), 0, "\xE5\xBC\xA0" }, { RAW("%2541"), 0, "%41" },
        { RAW("%"), 0, NULL },       { RAW("%4"), 0, NULL },         { RAW("a%"), 0, NULL },
        { RAW("%4G"), 0, NULL },     { RAW("%G4"), 0, NULL },        { RAW("%%41"), 0, NULL },
        { RAW("% 1"), 0, NULL },     { RAW("%-1"), 0, NULL },        { RAW("%00"), 0, NULL },
        { RAW("a%00b"), 0, NULL },   { RAW("a\0b"), 0, NULL },       { RAW("%\x10\x31"), 0, NULL },
        { RAW("%@1"), 0, NULL },     { RAW("%`1"), 0, NULL },        { RAW("%1\x11"), 0, NULL },
        { RAW("%FF"), 0, "\xFF" }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *in = support_guard(rows[i].in, rows[i].len, *state);
        const char *out = "untouched";
        apr_size_t n = 99;
        wecom_status_t status = wecom_text_url_decode(&out, &n, in, rows[i].len, rows[i].plus,
                                                      *state);

        CHECK(support_same(out, rows[i].out), "row %zu became \"%s\"", i, support_show(out));
        CHECK(status == (out != NULL ? WECOM_OK : WECOM_E_BAD_INPUT), "row %zu: status", i);
        CHECK(n == (out != NULL ? strlen(out) : 0), "row %zu: length %zu", i, (size_t)n);
    }
}

static void url_coding_round_trip(void **state)
{
    unsigned char all[255];
    const char *coded;
    const char *out;
    apr_size_t n;
    size_t i;

    for (i = 0; i < sizeof all; i++) {
        all[i] = (unsigned char)(i + 1);
    }
    coded = wecom_text_url_encode((const char *)all, sizeof all, *state);
    assert_int_equal(wecom_text_url_decode(&out, &n, coded, strlen(coded), 1, *state), WECOM_OK);
    assert_int_equal(n, sizeof all);
    assert_memory_equal(out, all, sizeof all);
}

static void query_get_table(void **state)
{
    static const struct {
        const char *query;
        wecom_status_t status;
        const char *value;
    } rows[] = {
        { "code=C&state=S", WECOM_OK, "C" },
        { "state=S&code=C", WECOM_OK, "C" },
        { "code=", WECOM_OK, "" },
        { "code", WECOM_OK, "" },
        { "&&code=C&&", WECOM_OK, "C" },
        { "code=a=b", WECOM_OK, "a=b" },
        { "code=a%26b+c%2B", WECOM_OK, "a&b c+" },
        { "c%6Fde=C", WECOM_OK, "C" },
        { "code=12345678", WECOM_OK, "12345678" },
        { "", WECOM_E_NOT_FOUND, NULL },
        { "&", WECOM_E_NOT_FOUND, NULL },
        { "=code", WECOM_E_NOT_FOUND, NULL },
        { "Code=C", WECOM_E_NOT_FOUND, NULL },
        { "code2=C", WECOM_E_NOT_FOUND, NULL },
        { "cod=C", WECOM_E_NOT_FOUND, NULL },
        { "xcode=C", WECOM_E_NOT_FOUND, NULL },
        { "state=code=C", WECOM_E_NOT_FOUND, NULL },
        { "state=S;code=C", WECOM_E_NOT_FOUND, NULL },
        { "code%=C", WECOM_E_NOT_FOUND, NULL },
        { "code%00=C", WECOM_E_NOT_FOUND, NULL },
        { "bad%zz=1&code=C", WECOM_OK, "C" },
        { "code=C&code=C", WECOM_E_BAD_INPUT, NULL },
        { "code=C&c%6fde=D", WECOM_E_BAD_INPUT, NULL },
        { "code&state=S&code=C", WECOM_E_BAD_INPUT, NULL },
        { "code=%", WECOM_E_BAD_INPUT, NULL },
        { "code=%00", WECOM_E_BAD_INPUT, NULL },
        { "code=123456789", WECOM_E_TOO_LARGE, NULL }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        size_t len = strlen(rows[i].query);
        const char *query = support_guard(rows[i].query, len, *state);
        const char *value = "untouched";
        wecom_status_t status = wecom_text_query_get(&value, query, len, "code", 8, *state);

        CHECK(status == rows[i].status, "row %zu: \"%s\" gives %s", i, rows[i].query,
              wecom_error_name(status));
        CHECK(support_same(value, rows[i].value), "row %zu: \"%s\" gives \"%s\"", i,
              rows[i].query, support_show(value));
    }
}

static void query_get_limits(void **state)
{
    char *query = apr_palloc(*state, WECOM_MAX_QUERY + 2);
    const char *value = "untouched";

    memset(query, 'x', WECOM_MAX_QUERY + 1);
    query[WECOM_MAX_QUERY + 1] = '\0';
    memcpy(query + WECOM_MAX_QUERY - 4, "&a=1", 4);
    assert_int_equal(wecom_text_query_get(&value, query, WECOM_MAX_QUERY, "a", 8, *state),
                     WECOM_OK);
    assert_string_equal(value, "1");
    assert_int_equal(wecom_text_query_get(&value, query, WECOM_MAX_QUERY + 1, "a", 8, *state),
                     WECOM_E_TOO_LARGE);
    assert_null(value);
    assert_int_equal(wecom_text_query_get(&value, NULL, 0, "a", 8, *state), WECOM_E_NOT_FOUND);
    assert_int_equal(wecom_text_query_get(&value, NULL, 5, "a", 8, *state), WECOM_E_NOT_FOUND);
}

static void query_get_every_prefix(void **state)
{
    static const char whole[] = "appid=ww1&code=a%20b%E5%BC%A0&state=S1&x";
    size_t len;

    for (len = 0; len < sizeof whole; len++) {
        const char *query = support_guard(whole, len, *state);
        const char *value;
        wecom_status_t status = wecom_text_query_get(&value, query, len, "code", 64, *state);

        CHECK((status == WECOM_OK) == (value != NULL), "prefix of %zu", len);
        CHECK(len <= strlen("appid=ww1&code") - 1 ? status == WECOM_E_NOT_FOUND
                                                  : status != WECOM_E_NOT_FOUND,
              "prefix of %zu: %s", len, wecom_error_name(status));
    }
}

static void query_remove_table(void **state)
{
    static const struct {
        const char *query;
        const char *out; /* "=": the very same pointer */
    } rows[] = {
        { "mark=1", NULL },           { "mark", NULL },
        { "a=1&mark=1", "a=1" },      { "mark=1&a=1", "a=1" },
        { "a=1&mark=1&b=2", "a=1&b=2" }, { "mark=1&mark=2", NULL },
        { "mark=1&a&mark=2", "a" },   { "m%61rk=1&a", "a" },
        { "a=1&b=2", "=" },           { "", "=" },
        { "a=mark", "=" },            { "marks=1", "=" },
        { "Mark=1", "=" },            { "a=%zz&mark=1&b", "a=%zz&b" },
        { "a&&mark=1&&b", "a&&&b" },  { "mark=1&", NULL }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *query = support_guard_text(rows[i].query, *state);
        const char *out = wecom_text_query_remove(query, "mark", *state);
        const char *wanted = rows[i].out;

        if (wanted != NULL && strcmp(wanted, "=") == 0) {
            CHECK(out == query, "row %zu: \"%s\" was copied", i, rows[i].query);
            continue;
        }
        CHECK(support_same(out, wanted), "row %zu: \"%s\" became \"%s\"", i, rows[i].query,
              support_show(out));
    }
    assert_null(wecom_text_query_remove(NULL, "mark", *state));
}

/* All pairs of a header as "name|value|start-end" joined by blanks. */
static const char *cookie_list(const char *header, size_t len, apr_pool_t *pool)
{
    wecom_text_cookie_t cookie;
    apr_size_t pos = 0;
    const char *list = "";

    while (wecom_text_cookie_next(&cookie, &pos, header, len)) {
        list = apr_psprintf(pool, "%s%s%.*s|%.*s|%d-%d", list, *list != '\0' ? " " : "",
                            (int)cookie.name_len, cookie.name, (int)cookie.value_len,
                            cookie.value, (int)cookie.start, (int)cookie.end);
    }
    CHECK(pos == len, "stopped at %zu of %zu", (size_t)pos, len);
    CHECK(!wecom_text_cookie_next(&cookie, &pos, header, len), "goes on after the end");
    return list;
}

static void cookie_table(void **state)
{
    static const struct {
        const char *header;
        const char *list;
    } rows[] = {
        { "", "" },
        { " ;; \t;", "" },
        { "a=1", "a|1|0-3" },
        { "a=1; b=2", "a|1|0-3 b|2|5-8" },
        { "a=1;b=2", "a|1|0-3 b|2|4-7" },
        { "  a = 1\t; b=2 ", "a|1|2-7 b|2|10-13" },
        { "a=", "a||0-2" },
        { "a", "|a|0-1" },
        { "=v", "|v|0-2" },
        { "=", "||0-1" },
        { "a=b=c", "a|b=c|0-5" },
        { "a=\"x y\"; b=2", "a|\"x y\"|0-7 b|2|9-12" },
        { "a=\"x;y\"", "a|\"x|0-4 |y\"|5-7" },
        { "$Version=1; a=1,b=2", "$Version|1|0-10 a|1,b=2|12-19" },
        { "a=1; a=2", "a|1|0-3 a|2|5-8" }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        size_t len = strlen(rows[i].header);
        const char *list = cookie_list(support_guard(rows[i].header, len, *state), len, *state);

        CHECK(strcmp(list, rows[i].list) == 0, "row %zu: \"%s\" gives %s", i, rows[i].header,
              list);
    }
}

static void cookie_every_prefix(void **state)
{
    static const char whole[] = "a=1; __Host-wecom=AbC-_; \tquoted=\"x\" ; ;bare; =";
    wecom_text_cookie_t cookie;
    size_t len;

    for (len = 0; len < sizeof whole; len++) {
        const char *header = support_guard(whole, len, *state);
        apr_size_t pos = 0;
        apr_size_t behind = 0;

        while (wecom_text_cookie_next(&cookie, &pos, header, len)) {
            CHECK(cookie.start >= behind && cookie.start < cookie.end && cookie.end <= len,
                  "prefix of %zu: pair at %zu-%zu", len, (size_t)cookie.start,
                  (size_t)cookie.end);
            CHECK(cookie.value + cookie.value_len <= header + cookie.end
                  && cookie.name >= header + cookie.start, "prefix of %zu: slices", len);
            behind = cookie.end;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(url_encode_table),
        TEST(url_decode_table),
        TEST(url_coding_round_trip),
        TEST(query_get_table),
        TEST(query_get_limits),
        TEST(query_get_every_prefix),
        TEST(query_remove_table),
        TEST(cookie_table),
        TEST(cookie_every_prefix)
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
