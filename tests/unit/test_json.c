/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_json.c - what is JSON, what a reader gets, what is written.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/base/json.h"
#include "../../src/base/limits.h"

#define RAW(s) (s), sizeof(s) - 1

static wecom_status_t parse(const wecom_json_t **out, const char *text, size_t len,
                            apr_pool_t *pool)
{
    return wecom_json_parse(out, support_guard(text, len, pool), len, pool);
}

static const wecom_json_t *parsed(const char *text, apr_pool_t *pool)
{
    const wecom_json_t *json;

    if (parse(&json, text, strlen(text), pool) != WECOM_OK) {
        fail_msg("refused: %s", text);
    }
    return json;
}

static void parse_table(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        int good;
    } rows[] = {
        { RAW("{}"), 1 },
        { RAW(" \t\r\n{ } \n"), 1 },
        { RAW("{\"errcode\":0,\"errmsg\":\"ok\"}"), 1 },
        { RAW("{\"a\":[1,-2,3.5,1e3,true,false,null,\"x\",{},[]]}"), 1 },
        { RAW("{\"a\":\"\xE5\xBC\xA0\\u5f20\\n\\\"\\\\\\/\"}"), 1 },
        { RAW("{\"a\":\"\x7F\xE5\xBC\xA0\x7F\"}"), 1 },
        { RAW("{\"a\":\"\\u0000\"}"), 1 },
        { RAW("{\"a\\\\u0000\":1}"), 1 },
        { RAW(""), 0 },
        { RAW(" "), 0 },
        { RAW("[]"), 0 },
        { RAW("1"), 0 },
        { RAW("\"a\""), 0 },
        { RAW("null"), 0 },
        { RAW("{"), 0 },
        { RAW("{\"a\""), 0 },
        { RAW("{\"a\":"), 0 },
        { RAW("{\"a\":1"), 0 },
        { RAW("{\"a\":1,}"), 0 },
        { RAW("{\"a\":[1,]}"), 0 },
        { RAW("{\"a\":1}}"), 0 },
        { RAW("{\"a\":1}x"), 0 },
        { RAW("{}{}"), 0 },
        { RAW("{}\0"), 0 },
        { RAW("{\"a\":1}\0{"), 0 },
        { RAW("{'a':1}"), 0 },
        { RAW("{a:1}"), 0 },
        { RAW("{\"a\":True}"), 0 },
        { RAW("{\"a\":[0,-0,0.5,0e1,10,-1.5E-3,1E+2]}"), 1 },
        { RAW("{\"a\":00}"), 0 },
        { RAW("{\"a\":01}"), 0 },
        { RAW("{\"a\":-01}"), 0 },
        { RAW("{\"a\":1.}"), 0 },
        { RAW("{\"a\":.5}"), 0 },
        { RAW("{\"a\":-}"), 0 },
        { RAW("{\"a\":+1}"), 0 },
        { RAW("{\"a\":1e}"), 0 },
        { RAW("{\"a\":1e+}"), 0 },
        { RAW("{\"a\":1-1}"), 0 },
        { RAW("{\"a\":1.2.3}"), 0 },
        { RAW("{\"a\":1 2}"), 0 },
        { RAW("{\"a\":truefalse}"), 0 },
        { RAW("{\"a\":NaN}"), 0 },
        { RAW("{\"a\":Infinity}"), 0 },
        { RAW("{\"a\":-Infinity}"), 0 },
        { RAW("{\"a\":nan}"), 0 },
        { RAW("{/* */\"a\":1}"), 0 },
        { RAW("\xEF\xBB\xBF{}"), 0 },
        { RAW("{\"a\":\"\x01\"}"), 0 },
        { RAW("{\"a\":\"x\ny\"}"), 0 },
        { RAW("{\"a\":\"x\0y\"}"), 0 },
        { RAW("{\"a\":\"\xFF\"}"), 0 },
        { RAW("{\"a\":\"\xC0\xAF\"}"), 0 },
        { RAW("{\"a\":\"\xED\xA0\x80\"}"), 0 },
        { RAW("{\"a\":\"\xFF\x7F\"}"), 0 },
        { RAW("{\"a\":\"\xE5\xBC\"}"), 0 },
        { RAW("{\"\xFF\":1}"), 0 },
        { RAW("{\"a\":\"\\x\"}"), 0 },
        { RAW("{\"a\":\"\\u12g4\"}"), 0 },
        { RAW("{\"a\":\"\\"), 0 },
        { RAW("{\"userid\\u0000x\":1}"), 0 },
        { RAW("{\"userid\\u0000\" \n:1}"), 0 }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const wecom_json_t *json = (const wecom_json_t *)&rows;
        wecom_status_t status = parse(&json, rows[i].text, rows[i].len, *state);

        CHECK(status == (rows[i].good ? WECOM_OK : WECOM_E_BAD_INPUT), "row %zu: %s gives %s", i,
              rows[i].text, wecom_error_name(status));
        CHECK((json != NULL) == rows[i].good, "row %zu: pointer", i);
    }
}

static void every_prefix_is_refused(void **state)
{
    static const char whole[] = "{\"errcode\":0,\"userid\":\"\xE5\xBC\xA0\\u5f20\",\"n\":[1.5,true,"
                                "null,{\"x\":\"\"}]}";
    const wecom_json_t *json;
    size_t len;

    for (len = 0; len < sizeof whole - 1; len++) {
        CHECK(parse(&json, whole, len, *state) == WECOM_E_BAD_INPUT && json == NULL,
              "prefix of %zu", len);
    }
    assert_int_equal(parse(&json, whole, len, *state), WECOM_OK);
}

/* n brackets in all, the outermost an object, and what stands in the innermost. */
static const char *nested(int n, const char *inner, apr_pool_t *pool)
{
    const char *open = "{\"a\":";
    const char *close = "}";
    int i;

    for (i = 1; i < n; i++) {
        open = apr_pstrcat(pool, open, "[", NULL);
        close = apr_pstrcat(pool, "]", close, NULL);
    }
    return apr_pstrcat(pool, open, inner, close, NULL);
}

static void depth_has_a_ceiling(void **state)
{
    const wecom_json_t *json;
    const char *text = nested(WECOM_MAX_JSON_DEPTH, "1", *state);

    assert_int_equal(wecom_json_parse(&json, text, strlen(text), *state), WECOM_OK);
    text = nested(WECOM_MAX_JSON_DEPTH + 1, "1", *state);
    assert_int_equal(wecom_json_parse(&json, text, strlen(text), *state), WECOM_E_BAD_INPUT);
    text = nested(WECOM_MAX_JSON_DEPTH + 1, "", *state);
    assert_int_equal(wecom_json_parse(&json, text, strlen(text), *state), WECOM_E_BAD_INPUT);
    text = nested(5000, "1", *state);
    assert_int_equal(wecom_json_parse(&json, text, strlen(text), *state), WECOM_E_BAD_INPUT);
}

static void size_has_a_ceiling(void **state)
{
    char *text = apr_palloc(*state, WECOM_MAX_ANSWER + 1);
    const wecom_json_t *json;

    memset(text, ' ', WECOM_MAX_ANSWER + 1);
    text[0] = '{';
    text[1] = '}';
    assert_int_equal(wecom_json_parse(&json, text, WECOM_MAX_ANSWER, *state), WECOM_OK);
    assert_int_equal(wecom_json_parse(&json, text, WECOM_MAX_ANSWER + 1, *state),
                     WECOM_E_TOO_LARGE);
    assert_null(json);
    assert_int_equal(wecom_json_parse(&json, NULL, 0, *state), WECOM_E_BAD_INPUT);
}

/* What costs memory out of all proportion is counted. */
static const char *crowd(const char *piece, apr_size_t count, apr_pool_t *pool)
{
    apr_size_t len = strlen(piece);
    char *text = apr_palloc(pool, count * len + 16);
    char *at = text;

    memcpy(at, "{\"a\":[", 6);
    for (at += 6; count > 0; count--) {
        memcpy(at, piece, len);
        at += len;
    }
    memcpy(at, "1]}", 4);
    return text;
}

static void large_texts_have_ceilings(void **state)
{
    static const struct {
        const char *piece;
        apr_size_t count;
        wecom_status_t status;
    } cases[] = {
        { "[],", WECOM_MAX_JSON_GROUPS - 2, WECOM_OK },
        { "[],", WECOM_MAX_JSON_GROUPS - 1, WECOM_E_TOO_LARGE },
        { "1,", WECOM_MAX_JSON_COMMAS, WECOM_OK },
        { "1,", WECOM_MAX_JSON_COMMAS + 1, WECOM_E_TOO_LARGE },
        { "\"[,[\",", 500000, WECOM_OK },
    };
    char *text = apr_palloc(*state, WECOM_MAX_CONTACTS + 1);
    const wecom_json_t *json;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *many = crowd(cases[i].piece, cases[i].count, *state);
        wecom_status_t status = wecom_json_parse_large(&json, many, strlen(many),
                                                       WECOM_MAX_CONTACTS, *state);

        CHECK(status == cases[i].status, "case %zu: %s", i, wecom_error_name(status));
        CHECK((json != NULL) == (status == WECOM_OK), "case %zu", i);
    }
    memset(text, ' ', WECOM_MAX_CONTACTS + 1);
    memcpy(text, "{}", 2);
    assert_int_equal(wecom_json_parse_large(&json, text, WECOM_MAX_CONTACTS, WECOM_MAX_CONTACTS,
                                            *state), WECOM_OK);
    assert_int_equal(wecom_json_parse_large(&json, text, WECOM_MAX_CONTACTS + 1, APR_SIZE_MAX,
                                            *state), WECOM_E_TOO_LARGE);
    assert_int_equal(wecom_json_parse_large(&json, text, 3, 2, *state), WECOM_E_TOO_LARGE);
    assert_int_equal(wecom_json_parse_large(&json, text, 2, 2, *state), WECOM_OK);
}

static void text_gives_text_or_nothing(void **state)
{
    const wecom_json_t *json = parsed(
        "{\"t\":\"abcd\",\"e\":\"\",\"n\":1,\"z\":null,\"b\":true,\"o\":{},\"a\":[],\"f\":1.5,"
        "\"nul\":\"a\\u0000b\",\"u\":\"\\u5f20\",\"twice\":\"1\",\"twice\":\"2\"}", *state);
    static const char *const absent[] = { "n", "z", "b", "o", "a", "f", "nul", "none", "", "T" };
    size_t i;

    assert_string_equal(wecom_json_text(json, "t", 4), "abcd");
    assert_null(wecom_json_text(json, "t", 3));
    assert_string_equal(wecom_json_text(json, "e", 0), "");
    assert_string_equal(wecom_json_text(json, "u", 3), "\xE5\xBC\xA0");
    assert_null(wecom_json_text(json, "u", 2));
    for (i = 0; i < COUNT(absent); i++) {
        CHECK(wecom_json_text(json, absent[i], 100) == NULL, "\"%s\" is text", absent[i]);
    }
    assert_null(wecom_json_text(NULL, "t", 4));
    assert_null(wecom_json_text(wecom_json_array(json, "a"), "t", 4));
}

static void number_table(void **state)
{
    static const struct {
        const char *value;
        apr_int64_t min;
        apr_int64_t max;
        apr_int64_t out; /* -9: the fallback */
    } rows[] = {
        { "0", 0, 10, 0 },          { "7200", 0, 7200, 7200 },  { "7201", 0, 7200, -9 },
        { "-1", -1, 10, -1 },       { "-2", -1, 10, -9 },       { "\"7200\"", 0, 7200, 7200 },
        { "\"7201\"", 0, 7200, -9 }, { "\"\"", 0, 10, -9 },     { "\"1x\"", 0, 10, -9 },
        { "\" 1\"", 0, 10, -9 },    { "\"-1\"", -5, 10, -9 },   { "\"1\\u0000\"", 0, 10, -9 },
        { "1.0", 0, 10, -9 },       { "1.5", 0, 10, -9 },       { "1e1", 0, 10, -9 },
        { "true", 0, 10, -9 },      { "null", 0, 10, -9 },      { "[1]", 0, 10, -9 },
        { "{}", 0, 10, -9 },
        { "9223372036854775807", 0, APR_INT64_MAX, APR_INT64_MAX },
        { "9223372036854775808", 0, APR_INT64_MAX, -9 },
        { "99999999999999999999999", 0, APR_INT64_MAX, -9 },
        { "-99999999999999999999999", APR_INT64_MIN, APR_INT64_MAX, -9 },
        { "\"99999999999999999999999\"", 0, APR_INT64_MAX, -9 }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *text = apr_psprintf(*state, "{\"v\":%s,\"l\":[%s]}", rows[i].value,
                                        rows[i].value);
        const wecom_json_t *json = parsed(text, *state);
        apr_int64_t out = wecom_json_number(json, "v", rows[i].min, rows[i].max, -9);
        apr_int64_t item = wecom_json_item_number(wecom_json_array(json, "l"), 0, rows[i].min,
                                                  rows[i].max, -9);

        CHECK(out == rows[i].out, "row %zu: %s gives %lld", i, rows[i].value, (long long)out);
        CHECK(item == rows[i].out, "row %zu: as an element %lld", i, (long long)item);
    }
    assert_int_equal(wecom_json_number(parsed("{}", *state), "v", 0, 10, -9), -9);
    assert_int_equal(wecom_json_number(NULL, "v", 0, 10, -9), -9);
}

static void has_object_and_array(void **state)
{
    const wecom_json_t *json = parsed(
        "{\"o\":{\"x\":\"deep\"},\"a\":[{\"x\":1},2,\"three\",null,[]],\"z\":null,\"f\":false}",
        *state);
    const wecom_json_t *array = wecom_json_array(json, "a");

    assert_true(wecom_json_has(json, "o"));
    assert_true(wecom_json_has(json, "f"));
    assert_false(wecom_json_has(json, "z"));
    assert_false(wecom_json_has(json, "none"));
    assert_false(wecom_json_has(NULL, "o"));
    assert_string_equal(wecom_json_text(wecom_json_object(json, "o"), "x", 9), "deep");
    assert_null(wecom_json_object(json, "a"));
    assert_null(wecom_json_object(json, "z"));
    assert_null(wecom_json_array(json, "o"));
    assert_null(wecom_json_array(NULL, "a"));
    assert_int_equal(wecom_json_length(array), 5);
    assert_int_equal(wecom_json_length(NULL), 0);
    assert_int_equal(wecom_json_length(wecom_json_object(json, "o")), 0);
    assert_int_equal(wecom_json_number(wecom_json_item(array, 0), "x", 0, 9, -9), 1);
    assert_null(wecom_json_item(array, 1));
    assert_null(wecom_json_item(array, 5));
    assert_null(wecom_json_item(NULL, 0));
    assert_int_equal(wecom_json_item_number(array, 1, 0, 9, -9), 2);
    assert_int_equal(wecom_json_item_number(array, 3, 0, 9, -9), -9);
    assert_int_equal(wecom_json_item_number(array, 99, 0, 9, -9), -9);
    assert_string_equal(wecom_json_item_text(array, 2, 5), "three");
    assert_null(wecom_json_item_text(array, 2, 4));
    assert_null(wecom_json_item_text(array, 1, 5));
    assert_null(wecom_json_item_text(array, (apr_size_t)-1, 5));
}

static void writing(void **state)
{
    wecom_json_out_t *root = wecom_json_out_object(*state);
    wecom_json_out_t *list;
    wecom_json_out_t *item;

    wecom_json_out_text(root, "t", "a/b \"c\"\\\n</script>");
    wecom_json_out_text(root, "z", NULL);
    wecom_json_out_number(root, "n", APR_INT64_MIN);
    wecom_json_out_bool(root, "b", 2);
    list = wecom_json_out_child_array(root, "l");
    wecom_json_out_text(list, NULL, "\xE5\xBC\xA0");
    item = wecom_json_out_child_object(list, NULL);
    wecom_json_out_bool(list, NULL, 0);
    wecom_json_out_number(item, "<", 1);
    assert_string_equal(wecom_json_out_print(root),
                        "{\"t\":\"a/b \\\"c\\\"\\\\\\n\\u003c/script>\",\"z\":null,"
                        "\"n\":-9223372036854775808,\"b\":true,"
                        "\"l\":[\"\xE5\xBC\xA0\",{\"\\u003c\":1},false]}");
    assert_string_equal(wecom_json_out_print(list),
                        "[\"\xE5\xBC\xA0\",{\"\\u003c\":1},false]");
    assert_string_equal(wecom_json_out_print(wecom_json_out_array(*state)), "[]");
    assert_string_equal(wecom_json_out_print(wecom_json_out_object(*state)), "{}");
}

static void bad_utf8_is_replaced(void **state)
{
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        { "\xFF", "[\"\xEF\xBF\xBD\"]" },
        { "a\xE5\xBC", "[\"a\xEF\xBF\xBD\xEF\xBF\xBD\"]" },
        { "\xE5\xBC\xA0\xC0\xAF\xF0\x9F\x98\x80",
          "[\"\xE5\xBC\xA0\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80\"]" },
        { "\xC3\xA4\t\x1F\x7F", "[\"\xC3\xA4\\t\\u001f\x7F\"]" },
        { "", "[\"\"]" }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_json_out_t *list = wecom_json_out_array(*state);
        const char *out;

        wecom_json_out_text(list, NULL, support_guard_text(rows[i].in, *state));
        out = wecom_json_out_print(list);
        CHECK(strcmp(out, rows[i].out) == 0, "row %zu: %s", i, out);
    }
}

static void what_is_written_can_be_read(void **state)
{
    wecom_json_out_t *root = wecom_json_out_object(*state);
    const wecom_json_t *json;

    wecom_json_out_text(root, "t", "<\x01\xFF\x7F\"\\/");
    wecom_json_out_number(root, "n", 42);
    json = parsed(wecom_json_out_print(root), *state);
    assert_string_equal(wecom_json_text(json, "t", 100), "<\x01\xEF\xBF\xBD\x7F\"\\/");
    assert_int_equal(wecom_json_number(json, "n", 0, 100, -9), 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parse_table),
        TEST(every_prefix_is_refused),
        TEST(depth_has_a_ceiling),
        TEST(size_has_a_ceiling),
        TEST(large_texts_have_ceilings),
        TEST(text_gives_text_or_nothing),
        TEST(number_table),
        TEST(has_object_and_array),
        TEST(writing),
        TEST(bad_utf8_is_replaced),
        TEST(what_is_written_can_be_read)
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
