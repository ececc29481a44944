/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_rule_parse.c - the words of a rule: what is taken for what, and what is refused with which
 * sentence.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/rule.h"

static const void *compile(const char *pattern, apr_pool_t *pool)
{
    (void)pool;
    return strchr(pattern, '(') == NULL || strchr(pattern, ')') != NULL ? pattern : NULL;
}

static int matches(const void *compiled, const char *text)
{
    return strstr(text, compiled) != NULL;
}

static const wecom_rule_regex_t regex = { compile, matches };

static const char *parse(wecom_rule_t *rule, wecom_rule_kind_t kind, const char *word,
                         apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 1, sizeof(const char *));

    if (word != NULL) {
        APR_ARRAY_PUSH(words, const char *) = support_guard_text(word, pool);
    }
    return wecom_rule_parse(rule, kind, words, &regex, pool);
}

#define USER WECOM_RULE_USER
#define DEPARTMENT WECOM_RULE_DEPARTMENT
#define EXACT WECOM_RULE_DEPARTMENT_EXACT
#define LEADER WECOM_RULE_LEADER
#define TAG WECOM_RULE_TAG
#define ATTRIBUTE WECOM_RULE_ATTRIBUTE
#define SOURCE WECOM_RULE_SOURCE

static void words_are_read(void **state)
{
    static const struct {
        wecom_rule_kind_t kind;
        const char *word;
        const char *source;
        apr_int64_t id;
        const char *name;   /* NULL: what it is does not matter */
        int is_bare;
    } rows[] = {
        { USER, "zhangsan", NULL, 0, "zhangsan", 1 },
        { USER, "acme/zhangsan", "acme", 0, "zhangsan", 0 },
        { USER, "12", NULL, 0, "12", 1 },
        { DEPARTMENT, "12", NULL, 12, NULL, 1 },
        { DEPARTMENT, "4294967295", NULL, APR_INT64_C(4294967295), NULL, 1 },
        { DEPARTMENT, "/Acme", NULL, 0, "/Acme", 1 },
        { DEPARTMENT, "/Acme/R&D", NULL, 0, "/Acme/R&D", 1 },
        { DEPARTMENT, "/Acme/12", NULL, 0, "/Acme/12", 1 },
        { DEPARTMENT, "/12", NULL, 0, "/12", 1 },
        { DEPARTMENT, "acme/12", "acme", 12, NULL, 0 },
        { DEPARTMENT, "acme//Research/Backend", "acme", 0, "/Research/Backend", 0 },
        { EXACT, "acme//\xe7\xa0\x94\xe5\x8f\x91", "acme", 0, "/\xe7\xa0\x94\xe5\x8f\x91", 0 },
        { LEADER, "7", NULL, 7, NULL, 1 },
        { LEADER, "acme/7", "acme", 7, NULL, 0 },
        { TAG, "7", NULL, 7, NULL, 1 },
        { TAG, "vpn", NULL, 0, "vpn", 1 },
        { TAG, "vpn users 2", NULL, 0, "vpn users 2", 1 },
        { TAG, "7a", NULL, 0, "7a", 1 },
        { TAG, "acme/vpn", "acme", 0, "vpn", 0 },
        { TAG, "acme/7", "acme", 7, NULL, 0 },
        { TAG, "acme/R/D", "acme", 0, "R/D", 0 },
        { TAG, "acme//x", "acme", 0, "/x", 0 },
        { SOURCE, "acme", NULL, 0, "acme", 0 },
        { SOURCE, "7", NULL, 0, "7", 0 },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_rule_t rule;
        const char *fault = parse(&rule, rows[i].kind, rows[i].word, *state);
        const wecom_rule_word_t *word;

        CHECK(fault == NULL, "%s: %s", rows[i].word, support_show(fault));
        word = &APR_ARRAY_IDX(rule.words, 0, wecom_rule_word_t);
        CHECK(rule.words->nelts == 1 && rule.kind == rows[i].kind, "%s", rows[i].word);
        CHECK(support_same(word->source, rows[i].source), "%s: source %s", rows[i].word,
              support_show(word->source));
        CHECK(word->id == rows[i].id, "%s: id", rows[i].word);
        CHECK(rows[i].name == NULL || support_same(word->name, rows[i].name), "%s: name %s",
              rows[i].word, support_show(word->name));
        CHECK((rule.bare != NULL) == rows[i].is_bare, "%s: bare", rows[i].word);
        CHECK(strstr(rule.stand.text, rows[i].word) != NULL, "%s: %s", rows[i].word,
              rule.stand.text);
    }
}

static void attributes_are_read(void **state)
{
    static const struct {
        const char *word, *field;
        wecom_rule_how_t how;
        const char *value;
        int is_bare;
    } rows[] = {
        { "position=Engineer", "position", WECOM_RULE_IS, "Engineer", 0 },
        { "position=", "position", WECOM_RULE_IS, "", 0 },
        { "position==x", "position", WECOM_RULE_IS, "=x", 0 },
        { "position=a~b!=c", "position", WECOM_RULE_IS, "a~b!=c", 0 },
        { "position=acme/x", "position", WECOM_RULE_IS, "acme/x", 0 },
        { "position!=x", "position", WECOM_RULE_IS_NOT, "x", 0 },
        { "position!=", "position", WECOM_RULE_IS_NOT, "", 0 },
        { "position~^a", "position", WECOM_RULE_LIKE, "^a", 0 },
        { "position!~^a", "position", WECOM_RULE_NOT_LIKE, "^a", 0 },
        { "\xe7\xbc\x96\xe5\x8f\xb7=1", "\xe7\xbc\x96\xe5\x8f\xb7", WECOM_RULE_IS, "1", 0 },
        { "userid=x", "userid", WECOM_RULE_IS, "x", 1 },
        { "department!=12", "department", WECOM_RULE_IS_NOT, "12", 1 },
        { "main_department=12", "main_department", WECOM_RULE_IS, "12", 1 },
        { "userid~x", "userid", WECOM_RULE_LIKE, "x", 0 },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_rule_t rule;
        const char *fault = parse(&rule, ATTRIBUTE, rows[i].word, *state);
        const wecom_rule_word_t *word;

        CHECK(fault == NULL, "%s: %s", rows[i].word, support_show(fault));
        word = &APR_ARRAY_IDX(rule.words, 0, wecom_rule_word_t);
        CHECK(support_same(word->field, rows[i].field), "%s: field %s", rows[i].word,
              support_show(word->field));
        CHECK(support_same(word->name, rows[i].value), "%s: value %s", rows[i].word,
              support_show(word->name));
        CHECK(word->how == rows[i].how && (word->regex != NULL) == (rows[i].how >= WECOM_RULE_LIKE),
              "%s: how", rows[i].word);
        CHECK((rule.bare != NULL) == rows[i].is_bare, "%s: bare", rows[i].word);
    }
}

static void what_is_no_word_is_refused(void **state)
{
    static const struct {
        wecom_rule_kind_t kind;
        const char *word;   /* NULL: none */
        const char *says;
    } rows[] = {
        { DEPARTMENT, NULL, "wecom-department needs at least one word, such as 12" },
        { EXACT, NULL, "wecom-department-exact needs" }, { TAG, NULL, "wecom-tag needs" },
        { ATTRIBUTE, NULL, "wecom-attribute needs" }, { SOURCE, NULL, "wecom-source needs" },
        { USER, "", "the word is empty" }, { LEADER, "", "the word is empty" },
        { TAG, "", "the word is empty" }, { ATTRIBUTE, "", "the word is empty" },
        { USER, "a/b/c", "a userid has" }, { USER, "NO/LiNa", "the id of a <WeComSource>" },
        { USER, "/LiNa", "a userid has" }, { USER, "acme/", "a userid has" },
        { USER, "Li Na", "a userid has" }, { USER, "x\ny", "control characters" },
        { DEPARTMENT, "0", "from 1 to 4294967295" },
        { DEPARTMENT, "4294967296", "from 1 to 4294967295" },
        { DEPARTMENT, "99999999999999999999999", "from 1 to 4294967295" },
        { DEPARTMENT, "-1", "in digits" }, { DEPARTMENT, "12a", "in digits" },
        { DEPARTMENT, "HR", "in digits, or the path" },
        { DEPARTMENT, "Acme/HR", "the id of a <WeComSource>" },
        { DEPARTMENT, "acme/HR", "in digits, or the path" },
        { DEPARTMENT, "acme/", "in digits, or the path" },
        { DEPARTMENT, "/", "none of them empty" }, { DEPARTMENT, "//", "none of them empty" },
        { DEPARTMENT, "/a//b", "none of them empty" }, { DEPARTMENT, "/a/", "none of them empty" },
        { DEPARTMENT, "acme//", "none of them empty" },
        { DEPARTMENT, "acme/0", "from 1 to 4294967295" },
        { DEPARTMENT, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28"
                      "/29/30/31/32/33", "at most 32 names" },
        { DEPARTMENT, "/\xff", "not UTF-8" }, { EXACT, "HR", "wecom-department-exact HR: " },
        { LEADER, "HR", "wecom-leader HR: " },
        { TAG, "0", "from 1 to 4294967295" }, { TAG, "/vpn", "the id of a <WeComSource>" },
        { TAG, "R&D/x", "written behind it" }, { TAG, "acme/", "or its name" },
        { TAG, "acme/0", "from 1 to" },
        { ATTRIBUTE, "position", "write NAME=VALUE" }, { ATTRIBUTE, "=x", "write NAME=VALUE" },
        { ATTRIBUTE, "~x", "write NAME=VALUE" }, { ATTRIBUTE, "!=x", "write NAME=VALUE" },
        { ATTRIBUTE, "position!x", "write NAME=VALUE" },
        { ATTRIBUTE, "position!", "write NAME=VALUE" },
        { ATTRIBUTE, "position~", "fits everything" },
        { ATTRIBUTE, "position!~", "fits everything" },
        { ATTRIBUTE, "position~(", "no regular expression" },
        { SOURCE, "ACME", "the id of a <WeComSource>" }, { SOURCE, "a/b", "the id of a" },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_rule_t rule;
        const char *fault = parse(&rule, rows[i].kind, rows[i].word, *state);

        CHECK(fault != NULL && strstr(fault, rows[i].says) != NULL, "%s %s: %s",
              wecom_rule_name(rows[i].kind), support_show(rows[i].word), support_show(fault));
    }
}

static void two_kinds_need_no_words(void **state)
{
    wecom_rule_t rule;

    CHECK(parse(&rule, USER, NULL, *state) == NULL && rule.bare == NULL, "every member");
    assert_string_equal(rule.stand.text, "wecom-user");
    CHECK(parse(&rule, LEADER, NULL, *state) == NULL && rule.bare == NULL, "leads anything");
    CHECK(!wecom_rule_needs_shape(&rule), "nothing is looked up for it");
}

static void words_have_a_ceiling(void **state)
{
    apr_array_header_t *words = apr_array_make(*state, 16, sizeof(const char *));
    const char *fault;
    wecom_rule_t rule;
    int i;

    for (i = 0; i < WECOM_MAX_RULE_WORDS; i++) {
        APR_ARRAY_PUSH(words, const char *) = "7";
    }
    CHECK(wecom_rule_parse(&rule, TAG, words, &regex, *state) == NULL, "as many as may be");
    CHECK(strlen(rule.stand.text) < 500, "the log shows the beginning alone");
    APR_ARRAY_PUSH(words, const char *) = "7";
    fault = wecom_rule_parse(&rule, TAG, words, &regex, *state);
    CHECK(fault != NULL && strstr(fault, "at most 4096 words") != NULL, "%s",
          support_show(fault));
}

static void the_first_bare_word_is_kept(void **state)
{
    apr_array_header_t *words = apr_array_make(*state, 16, sizeof(const char *));
    wecom_rule_t rule;

    APR_ARRAY_PUSH(words, const char *) = "acme/1";
    APR_ARRAY_PUSH(words, const char *) = "2";
    APR_ARRAY_PUSH(words, const char *) = "3";
    CHECK(wecom_rule_parse(&rule, DEPARTMENT, words, &regex, *state) == NULL, "three words");
    assert_string_equal(rule.bare, "2");
    assert_string_equal(rule.stand.text, "wecom-department acme/1 2 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_are_read),
        TEST(attributes_are_read),
        TEST(what_is_no_word_is_refused),
        TEST(two_kinds_need_no_words),
        TEST(words_have_a_ceiling),
        TEST(the_first_bare_word_is_kept),
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
