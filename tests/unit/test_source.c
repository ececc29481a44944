/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_source.c - ids, names, narrowing, and who belongs to one corp.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/source.h"

static wecom_source_t *make(const char *id, const char *corp, int with_case, apr_pool_t *pool)
{
    wecom_source_t *source = apr_pcalloc(pool, sizeof(*source));

    source->id = id;
    source->app.corp_id = corp;
    source->app.proxy_developed = with_case;
    return source;
}

/* Sources "b", "a", "c" of three corps, in this order. */
static apr_array_header_t *three(apr_pool_t *pool)
{
    apr_array_header_t *all = apr_array_make(pool, 3, sizeof(const wecom_source_t *));

    APR_ARRAY_PUSH(all, const wecom_source_t *) = make("b", "ww1", 0, pool);
    APR_ARRAY_PUSH(all, const wecom_source_t *) = make("a", "ww2", 0, pool);
    APR_ARRAY_PUSH(all, const wecom_source_t *) = make("c", "ww3", 0, pool);
    return all;
}

/* Ids of a list, one after the other: "bac". */
static const char *ids_of(const apr_array_header_t *list, apr_pool_t *pool)
{
    const char *text = "";
    int i;

    for (i = 0; i < list->nelts; i++) {
        text = apr_pstrcat(pool, text, APR_ARRAY_IDX(list, i, const wecom_source_t *)->id, NULL);
    }
    return text;
}

/* An array of the words in a text. */
static apr_array_header_t *words(const char *text, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(const char *));
    char *rest = apr_pstrdup(pool, text);
    char *last = NULL;
    char *word;

    for (word = apr_strtok(rest, " ", &last); word != NULL; word = apr_strtok(NULL, " ", &last)) {
        APR_ARRAY_PUSH(list, const char *) = word;
    }
    return list;
}

static void ids_have_one_form(void **state)
{
    static const struct {
        const char *id;
        int good;
    } rows[] = {
        { "a", 1 }, { "0", 1 }, { "-", 1 }, { "acme-2", 1 },
        { "abcdefghijklmnopqrstuvwxyz01234", 1 },       /* 31 */
        { "abcdefghijklmnopqrstuvwxyz012345", 0 },      /* 32 */
        { "", 0 }, { "Acme", 0 }, { "acmE", 0 }, { "a_b", 0 }, { "a.b", 0 }, { "a b", 0 },
        { "a/b", 0 }, { "\xc3\xa9", 0 }, { "`", 0 }, { "{", 0 }, { "/", 0 }, { ":", 0 }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        apr_size_t len = strlen(rows[i].id);

        CHECK(wecom_source_is_id(support_guard(rows[i].id, len, *state), len) == rows[i].good,
              "'%s'", rows[i].id);
    }
    CHECK(!wecom_source_is_id("a\0b", 3), "a NUL is no part of an id");
}

static void find_takes_the_exact_id(void **state)
{
    apr_array_header_t *all = three(*state);

    assert_string_equal(wecom_source_find(all, "a")->id, "a");
    assert_null(wecom_source_find(all, "A"));
    assert_null(wecom_source_find(all, ""));
    assert_null(wecom_source_find(all, "ab"));
    assert_null(wecom_source_find(all, NULL));
    assert_null(wecom_source_find(apr_array_make(*state, 1, sizeof(void *)), "a"));
}

/* names: "lang=text lang=text"; an empty lang is for every language. */
static void names_follow_the_language(void **state)
{
    static const struct {
        const char *names;
        const char *lang;
        const char *shown;
    } rows[] = {
        { "", "en", "acme" },
        { "=All", "en", "All" },
        { "=All zh=Zh", "zh", "Zh" },
        { "=All zh=Zh", "ZH", "Zh" },
        { "=All zh=Zh", "en", "All" },
        { "zh=Zh =All", "en", "All" },
        { "zh=Zh en=En", "fr", "Zh" },
        { "zh=Zh =All en=En", "en", "En" },
        { "zh=Zh =All", "", "All" },
        { "zh=Zh =All", NULL, "All" }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_source_t *source = make("acme", "ww1", 0, *state);
        apr_array_header_t *pairs = words(rows[i].names, *state);
        apr_array_header_t *names = apr_array_make(*state, 2, sizeof(wecom_show_name_t));
        int k;

        for (k = 0; k < pairs->nelts; k++) {
            char *pair = apr_pstrdup(*state, APR_ARRAY_IDX(pairs, k, const char *));
            char *text = strchr(pair, '=');
            wecom_show_name_t name = { pair, text + 1 };

            *text = '\0';
            APR_ARRAY_PUSH(names, wecom_show_name_t) = name;
        }
        source->names = names;
        CHECK(support_same(wecom_source_name(source, rows[i].lang), rows[i].shown),
              "'%s' for %s: %s", rows[i].names, support_show(rows[i].lang),
              wecom_source_name(source, rows[i].lang));
    }
}

static void a_source_without_names_shows_its_id(void **state)
{
    assert_string_equal(wecom_source_name(make("acme", "ww1", 0, *state), "en"), "acme");
}

static void narrowing_keeps_the_order_of_the_whole(void **state)
{
    static const struct {
        const char *ids;
        const char *left;
    } rows[] = {
        { "a b c", "bac" }, { "c b", "bc" }, { "a", "a" }, { "a a", "a" }, { "x", "" },
        { "x c", "c" }, { "A", "" }, { "", "" }
    };
    apr_array_header_t *all = three(*state);
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *left = ids_of(wecom_source_narrow(all, words(rows[i].ids, *state), *state),
                                  *state);

        CHECK(support_same(left, rows[i].left), "'%s' leaves '%s'", rows[i].ids, left);
    }
    assert_string_equal(ids_of(wecom_source_narrow(all, NULL, *state), *state), "bac");
    assert_ptr_not_equal(wecom_source_narrow(all, NULL, *state), all);
}

static void the_text_of_a_login_narrows_alike(void **state)
{
    static const struct {
        const char *text;
        const char *left;
    } rows[] = {
        { "", "bac" },      /* all */
        { "a", "a" }, { "a c", "ac" }, { "c a", "ac" }, { "x", "" }, { "a x", "a" },
        { " ", "" }, { "  a", "a" }, { "a  c ", "ac" }
    };
    apr_array_header_t *all = three(*state);
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *text = support_guard_text(rows[i].text, *state);
        const char *left = ids_of(wecom_source_narrow_text(all, text, *state), *state);

        CHECK(support_same(left, rows[i].left), "'%s' leaves '%s'", rows[i].text, left);
    }
}

static void a_list_goes_into_text_and_back(void **state)
{
    const char *text = wecom_source_text(words("c a", *state), *state);

    assert_string_equal(text, "c a");
    assert_string_equal(ids_of(wecom_source_narrow_text(three(*state), text, *state), *state),
                        "ac");
    assert_string_equal(wecom_source_text(NULL, *state), "");
    assert_string_equal(wecom_source_text(words("a", *state), *state), "a");
}

/* The careful side: whoever tells case apart makes two corps of two spellings. */
static void corps_are_told_apart(void **state)
{
    static const struct {
        const char *one;
        int one_with_case;
        const char *other;
        int other_with_case;
        int mixed;
    } rows[] = {
        { "ww1", 0, "ww1", 0, 0 },
        { "ww1", 0, "WW1", 0, 0 },
        { "ww1", 0, "ww2", 0, 1 },
        { "wp1", 1, "wp1", 1, 0 },
        { "wp1", 1, "WP1", 1, 1 },
        { "wp1", 1, "WP1", 0, 1 },
        { "wp1", 0, "WP1", 1, 1 },
        { "wp1", 1, "wp1", 0, 0 }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        apr_array_header_t *list = apr_array_make(*state, 2, sizeof(const wecom_source_t *));

        APR_ARRAY_PUSH(list, const wecom_source_t *) = make("a", rows[i].one,
                                                            rows[i].one_with_case, *state);
        assert_int_equal(wecom_source_is_mixed(list), 0);
        APR_ARRAY_PUSH(list, const wecom_source_t *) = make("b", rows[i].other,
                                                            rows[i].other_with_case, *state);
        CHECK(wecom_source_is_mixed(list) == rows[i].mixed, "row %d", (int)i);
    }
}

static void the_last_of_many_can_mix_them(void **state)
{
    apr_array_header_t *list = apr_array_make(*state, 3, sizeof(const wecom_source_t *));

    assert_int_equal(wecom_source_is_mixed(list), 0);
    APR_ARRAY_PUSH(list, const wecom_source_t *) = make("a", "ww1", 0, *state);
    APR_ARRAY_PUSH(list, const wecom_source_t *) = make("b", "ww1", 0, *state);
    assert_int_equal(wecom_source_is_mixed(list), 0);
    APR_ARRAY_PUSH(list, const wecom_source_t *) = make("c", "ww2", 0, *state);
    assert_int_equal(wecom_source_is_mixed(list), 1);
}

static void a_corp_is_recognised(void **state)
{
    assert_int_equal(wecom_source_same_corp(make("a", "ww1", 0, *state), "WW1"), 1);
    assert_int_equal(wecom_source_same_corp(make("a", "wp1", 1, *state), "WP1"), 0);
    assert_int_equal(wecom_source_same_corp(make("a", "wp1", 1, *state), "wp1"), 1);
    assert_int_equal(wecom_source_same_corp(make("a", "ww1", 0, *state), "ww11"), 0);
    assert_int_equal(wecom_source_same_corp(make("a", "ww1", 0, *state), ""), 0);
    assert_int_equal(wecom_source_same_corp(make("a", "ww1", 0, *state), NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ids_have_one_form),
        TEST(find_takes_the_exact_id),
        TEST(names_follow_the_language),
        TEST(a_source_without_names_shows_its_id),
        TEST(narrowing_keeps_the_order_of_the_whole),
        TEST(the_text_of_a_login_narrows_alike),
        TEST(a_list_goes_into_text_and_back),
        TEST(corps_are_told_apart),
        TEST(the_last_of_many_can_mix_them),
        TEST(a_corp_is_recognised)
    };

    return cmocka_run_group_tests_name("source", tests, support_start, support_end);
}
