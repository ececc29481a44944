/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_text.c - comparing, base64url, hex, HTML, the log, numbers.
 */
#include "support.h"

#include <string.h>

#include "../../src/base/text.h"

/* A literal with its length, so that rows may hold NUL bytes. */
#define RAW(s) (s), sizeof(s) - 1

static void equal_never_passes_null(void **state)
{
    (void)state;
    assert_true(wecom_text_equal("a", "a"));
    assert_true(wecom_text_equal("", ""));
    assert_false(wecom_text_equal("a", "A"));
    assert_false(wecom_text_equal("a", "ab"));
    assert_false(wecom_text_equal(NULL, NULL));
    assert_false(wecom_text_equal(NULL, ""));
    assert_false(wecom_text_equal("", NULL));
    assert_true(wecom_text_equal_fold("ZhangSan", "zHANGsAN"));
    assert_false(wecom_text_equal_fold("ab", "a"));
    assert_false(wecom_text_equal_fold("a", "ab"));
    assert_false(wecom_text_equal_fold("@", "`"));
    assert_false(wecom_text_equal_fold("[", "{"));
    assert_false(wecom_text_equal_fold(NULL, NULL));
    assert_false(wecom_text_equal_fold("", NULL));
}

static void fold_lowers_ascii_alone(void **state)
{
    assert_string_equal(wecom_text_fold("AZaz09@[\xC3\x84", *state), "azaz09@[\xC3\x84");
    assert_string_equal(wecom_text_fold("", *state), "");
    assert_null(wecom_text_fold(NULL, *state));
}

static void contains_fold_table(void **state)
{
    static const struct {
        const char *hay;
        const char *needle;
        int found;
    } rows[] = {
        { "Mozilla/5.0 WXWork/4.1", "wxwork", 1 }, { "wxwork", "wxwork", 1 },
        { "wxwor", "wxwork", 0 },                  { "xwxwork", "WXWORK", 1 },
        { "wxworwxwork", "wxwork", 1 },            { "", "a", 0 },
        { "abc", "", 1 },                          { "", "", 1 },
        { "wx work", "wxwork", 0 },                { "aab", "ab", 1 }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        size_t len = strlen(rows[i].hay);
        const char *hay = support_guard(rows[i].hay, len, *state);

        CHECK(wecom_text_contains_fold(hay, len, rows[i].needle) == rows[i].found,
              "row %zu: \"%s\" in \"%s\"", i, rows[i].needle, rows[i].hay);
    }
    assert_false(wecom_text_contains_fold(NULL, 0, "a"));
    assert_false(wecom_text_contains_fold("a", 1, NULL));
}

/* RFC 4648 section 10, in the other alphabet and without padding. */
static const struct {
    const char *plain;
    const char *text;
} base64_rows[] = {
    { "", "" },          { "f", "Zg" },           { "fo", "Zm8" },     { "foo", "Zm9v" },
    { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" },
    { "\xFB\xFF\xBF", "-_-_" }, { "\xFF\xEF", "_-8" }
};

static void base64url_vectors(void **state)
{
    size_t i;

    for (i = 0; i < COUNT(base64_rows); i++) {
        size_t plain_len = strlen(base64_rows[i].plain);
        size_t text_len = strlen(base64_rows[i].text);
        const char *plain = support_guard(base64_rows[i].plain, plain_len, *state);
        const char *text = support_guard(base64_rows[i].text, text_len, *state);
        const char *coded = wecom_text_base64url_encode((const unsigned char *)plain, plain_len,
                                                        *state);
        unsigned char *out;
        apr_size_t out_len;

        CHECK(strcmp(coded, base64_rows[i].text) == 0, "row %zu: encoded as %s", i, coded);
        CHECK(wecom_text_base64url_decode(&out, &out_len, text, text_len, *state) == WECOM_OK,
              "row %zu: %s refused", i, base64_rows[i].text);
        CHECK(out_len == plain_len && memcmp(out, plain, plain_len) == 0 && out[out_len] == '\0',
              "row %zu: %s decoded wrongly", i, base64_rows[i].text);
    }
}

static void base64url_refuses(void **state)
{
    static const char *const rows[] = {
        "A", "AAAAA", "Zg=", "Zg==", "Zm9v=", "Zm9v ", " Zm9v", "Zm\n9v", "Zm9+", "Zm9/", "Zm.v",
        "====", "Zh", "Zv", "Zm9", "Zm-", "Zm9vYh", "\xC3\xA4zz", "Zm9\x7F", "Zm9v\xFF\xFF\xFF\xFF"
    };
    unsigned char *out;
    apr_size_t out_len;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        size_t len = strlen(rows[i]);
        const char *text = support_guard(rows[i], len, *state);

        CHECK(wecom_text_base64url_decode(&out, &out_len, text, len, *state)
              == WECOM_E_BAD_INPUT, "row %zu: \"%s\" taken", i, rows[i]);
        CHECK(out == NULL && out_len == 0, "row %zu: something came out", i);
    }
    assert_int_equal(wecom_text_base64url_decode(&out, &out_len, RAW("Zm\0v"), *state),
                     WECOM_E_BAD_INPUT);
}

/* Each of the 256 bytes in each place of a group and of both kinds of a short one: in the
 * alphabet and with no unused bit set, or refused. */
static void base64url_every_byte_everywhere(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    apr_pool_t *pool = *state;
    size_t len;
    size_t at;
    int c;

    for (len = 2; len <= 8; len++) {
        for (at = 0; at < len && len != 5; at++) {
            for (c = 0; c < 256; c++) {
                char text[8];
                unsigned char *out;
                apr_size_t out_len;
                const char *place = c != 0 ? strchr(alphabet, c) : NULL;
                int spare = at + 1 == len ? (len % 4 == 2 ? 15 : len % 4 == 3 ? 3 : 0) : 0;
                int good = place != NULL && ((place - alphabet) & spare) == 0;
                apr_pool_t *row;

                apr_pool_create(&row, pool);
                memset(text, 'A', sizeof text);
                text[at] = (char)c;
                CHECK((wecom_text_base64url_decode(&out, &out_len, text, len, row) == WECOM_OK)
                      == good, "byte %d at %zu of %zu", c, at, len);
                if (good) {
                    const char *again = wecom_text_base64url_encode(out, out_len, row);

                    CHECK(strlen(again) == len && memcmp(again, text, len) == 0,
                          "byte %d at %zu of %zu came back as %s", c, at, len, again);
                }
                apr_pool_destroy(row);
            }
        }
    }
}

static void hex_is_lower(void **state)
{
    assert_string_equal(wecom_text_hex((const unsigned char *)RAW("\x00\x0F\xF0\xAB"), *state),
                        "000ff0ab");
    assert_string_equal(wecom_text_hex(NULL, 0, *state), "");
}

static void html_table(void **state)
{
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        { "", "" },
        { "<script>alert(\"x\")</script>",
          "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" },
        { "a & b's", "a &amp; b&#39;s" },
        { "&lt;", "&amp;lt;" },
        { "\t\n", "\t\n" },
        { "a\rb\x01\x1F\x7F", "a\xEF\xBF\xBD" "b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
        { "\xE5\xBC\xA0\xE4\xB8\x89", "\xE5\xBC\xA0\xE4\xB8\x89" },
        { "\xE5<", "\xEF\xBF\xBD&lt;" },
        { "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80" }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *out = wecom_text_html(support_guard_text(rows[i].in, *state), *state);

        CHECK(strcmp(out, rows[i].out) == 0, "row %zu: \"%s\" became \"%s\"", i, rows[i].in, out);
    }
    assert_string_equal(wecom_text_html(NULL, *state), "");
}

static void clean_table(void **state)
{
    static const struct {
        const char *in;
        size_t len;
        size_t max;
        const char *out;
    } rows[] = {
        { RAW(""), 10, "" },
        { RAW("plain"), 10, "plain" },
        { RAW("plain"), 5, "plain" },
        { RAW("plain"), 4, "plai" },
        { RAW("plain"), 0, "" },
        { RAW("a\r\n[error] forged\x1B[31m\x7F\t"), 100, "a??[error] forged?[31m??" },
        { RAW("a\0b"), 10, "a?b" },
        { RAW("\xE5\xBC\xA0\xE4\xB8\x89"), 6, "\xE5\xBC\xA0\xE4\xB8\x89" },
        { RAW("\xE5\xBC\xA0\xE4\xB8\x89"), 5, "\xE5\xBC\xA0" },
        { RAW("\xE5\xBC\xA0\xE4\xB8\x89"), 2, "" },
        { RAW("x\xE5\xBC"), 10, "x??" },
        { RAW("\xC0\xAFx"), 10, "??x" },
        { RAW("\xED\xA0\x80"), 10, "???" },
        { RAW("\xFF\xFE"), 10, "??" },
        { RAW("\xC2\x9B" "31m"), 10, "?31m" },
        { RAW("\xC2\xA0"), 10, "\xC2\xA0" }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *in = support_guard(rows[i].in, rows[i].len, *state);
        const char *out = wecom_text_clean(in, rows[i].len, rows[i].max, *state);

        CHECK(strcmp(out, rows[i].out) == 0, "row %zu became \"%s\"", i, out);
    }
    assert_string_equal(wecom_text_clean(NULL, 0, 10, *state), "");
}

static void plain_utf8_table(void **state)
{
    static const struct {
        const char *in;
        size_t len;
        int plain;
    } rows[] = {
        { RAW(""), 1 },                 { RAW("zhangsan"), 1 },        { RAW("a b~"), 1 },
        { RAW("a\nb"), 0 },             { RAW("a\tb"), 0 },            { RAW("a\0b"), 0 },
        { RAW("\x7F"), 0 },             { RAW("\x1F"), 0 },            { RAW("\xC2\x80"), 1 },
        { RAW("\xDF\xBF"), 1 },         { RAW("\xE0\xA0\x80"), 1 },    { RAW("\xEF\xBF\xBF"), 1 },
        { RAW("\xF0\x90\x80\x80"), 1 }, { RAW("\xF4\x8F\xBF\xBF"), 1 },
        { RAW("\xED\x9F\xBF"), 1 },     { RAW("\xEE\x80\x80"), 1 },
        { RAW("\x80"), 0 },             { RAW("\xBF"), 0 },            { RAW("\xC0\x80"), 0 },
        { RAW("\xC1\xBF"), 0 },         { RAW("\xE0\x9F\xBF"), 0 },    { RAW("\xED\xA0\x80"), 0 },
        { RAW("\xED\xBF\xBF"), 0 },     { RAW("\xF0\x8F\xBF\xBF"), 0 },
        { RAW("\xF4\x90\x80\x80"), 0 }, { RAW("\xF5\x80\x80\x80"), 0 },
        { RAW("\xC2"), 0 },             { RAW("\xC2\xC2"), 0 },        { RAW("\xE5\xBC"), 0 },
        { RAW("\xE5\xBC\x20"), 0 },     { RAW("\xF0\x9F\x98"), 0 },    { RAW("\xF0\x9F\x98z"), 0 },
        { RAW("\xF0\x9Fz\x80"), 0 },    { RAW("\xFF"), 0 }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *in = support_guard(rows[i].in, rows[i].len, *state);

        CHECK(wecom_text_is_plain_utf8(in, rows[i].len) == rows[i].plain, "row %zu", i);
    }
}

static void number_table(void **state)
{
    static const struct {
        const char *in;
        apr_int64_t min;
        apr_int64_t max;
        apr_int64_t out; /* -1: refused */
    } rows[] = {
        { "0", 0, 10, 0 },    { "10", 0, 10, 10 },  { "007", 0, 10, 7 },  { "11", 0, 10, -1 },
        { "4", 5, 10, -1 },   { "", 0, 10, -1 },    { "-1", -5, 10, -1 }, { "+1", 0, 10, -1 },
        { " 1", 0, 10, -1 },  { "1 ", 0, 10, -1 },  { "1x", 0, 10, -1 },  { "0x1", 0, 10, -1 },
        { "1.0", 0, 10, -1 }, { NULL, 0, 10, -1 },
        { "9223372036854775807", 0, APR_INT64_MAX, APR_INT64_MAX },
        { "9223372036854775808", 0, APR_INT64_MAX, -1 },
        { "99999999999999999999999999", 0, APR_INT64_MAX, -1 },
        { "18446744073709551621", 0, 10, -1 } /* 2^64 + 5 */
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *in = rows[i].in != NULL ? support_guard_text(rows[i].in, *state) : NULL;
        apr_int64_t out = -1;
        wecom_status_t status = wecom_text_number(&out, in, rows[i].min, rows[i].max);

        CHECK(out == rows[i].out && (status == WECOM_OK) == (rows[i].out >= 0),
              "row %zu: \"%s\"", i, support_show(rows[i].in));
    }
}

static void seconds_table(void **state)
{
    static const struct {
        const char *in;
        apr_int64_t out; /* -1: refused */
    } rows[] = {
        { "0", 0 },     { "90", 90 },   { "90s", 90 },  { "5m", 300 },  { "5min", 300 },
        { "12h", 43200 }, { "1d", 86400 }, { "11d", 950400 }, { "12d", -1 }, { "", -1 },
        { "s", -1 },    { "5 m", -1 },  { "5ms", -1 },  { "5mins", -1 }, { "5hh", -1 },
        { "-5s", -1 },  { "1h30m", -1 }, { "1.5h", -1 }, { "5w", -1 },  { NULL, -1 },
        { "9223372036854775807d", -1 }, { "106751991167301d", -1 },
        { "144115188075855872d", -1 } /* 2^57 days are 675 * 2^64 seconds */
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *in = rows[i].in != NULL ? support_guard_text(rows[i].in, *state) : NULL;
        apr_int64_t out = -1;
        wecom_status_t status = wecom_text_seconds(&out, in, 0, 1000000);

        CHECK(out == rows[i].out && (status == WECOM_OK) == (rows[i].out >= 0),
              "row %zu: \"%s\"", i, support_show(rows[i].in));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equal_never_passes_null),
        TEST(fold_lowers_ascii_alone),
        TEST(contains_fold_table),
        TEST(base64url_vectors),
        TEST(base64url_refuses),
        TEST(base64url_every_byte_everywhere),
        TEST(hex_is_lower),
        TEST(html_table),
        TEST(clean_table),
        TEST(plain_utf8_table),
        TEST(number_table),
        TEST(seconds_table)
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
