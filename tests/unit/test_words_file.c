/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_words_file.c - a language as a file: whole, with the right keys and placeholders.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/words_file.h"
#include "../../src/base/limits.h"

/* A whole file in Chinese with one line changed. text NULL: the line is left out. */
static const char *file_with(wecom_word_t changed, const char *text, apr_pool_t *pool)
{
    const wecom_words_t *builtin = wecom_words_builtin(WECOM_LANG_ZH);
    const char *out = "# a comment\n\n";
    int word;

    for (word = 0; word < WECOM_WORD_COUNT; word++) {
        const char *value = word == (int)changed ? text : wecom_words_get(builtin,
                                                                          (wecom_word_t)word);

        if (value != NULL) {
            out = apr_pstrcat(pool, out, wecom_words_key((wecom_word_t)word), " = ", value, "\n",
                              NULL);
        }
    }
    return out;
}

static wecom_status_t parse(const wecom_words_t **words, wecom_slip_t *slip, const char *text,
                            apr_pool_t *pool)
{
    return wecom_words_file_parse(words, slip, WECOM_LANG_ZH, support_guard_text(text, pool),
                                  strlen(text), pool);
}

static void a_whole_file_is_taken(void **state)
{
    static const char *const variants[] = { "企业登录", "企业登录\r", "  企业登录\t ", "a = b" };
    static const char *const read[] = { "企业登录", "企业登录", "企业登录", "a = b" };
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(variants); i++) {
        const wecom_words_t *words;
        wecom_slip_t slip;
        wecom_status_t status = parse(&words, &slip,
                                      file_with(WECOM_WORD_SIGN_IN, variants[i], pool), pool);

        CHECK(status == WECOM_OK, "line %d: %s", slip.line, slip.sentence);
        assert_string_equal(wecom_words_get(words, WECOM_WORD_SIGN_IN), read[i]);
        assert_string_equal(wecom_words_get(words, WECOM_WORD_BACK), "返回");
        assert_string_equal(words->tag, "zh-CN");
        assert_string_equal(words->code, "zh");
        assert_int_equal(words->lang, WECOM_LANG_ZH);
    }
}

static const struct {
    wecom_word_t word;
    const char *text;
    int line;
    const char *part;
} bad[] = {
    { WECOM_WORD_SIGN_IN, NULL, 0, "sign_in is missing" },
    { WECOM_WORD_LANGUAGE, NULL, 0, "language is missing" },
    { WECOM_WORD_SIGN_IN, "", 3, "sign_in has no text" },
    { WECOM_WORD_SIGN_IN, "  \t", 3, "sign_in has no text" },
    { WECOM_WORD_SIGN_IN, "a\x01", 3, "sign_in is not UTF-8" },
    { WECOM_WORD_SIGN_IN, "\xff", 3, "sign_in is not UTF-8" },
    { WECOM_WORD_SIGN_IN, "a\nsign_in = b", 4, "sign_in stands here a second time" },
    { WECOM_WORD_SIGN_IN, "a\nsign_ni = b", 4, "'sign_ni' is no key" },
    { WECOM_WORD_SIGN_IN, "a\nSIGN_IN = b", 4, "'SIGN_IN' is no key" },
    { WECOM_WORD_SIGN_IN, "a\n = b", 4, "'' is no key" },
    { WECOM_WORD_SIGN_IN, "a\nb", 4, "write KEY = TEXT" },
    { WECOM_WORD_SIGN_IN, "{name}登录", 3, "sign_in: nothing is filled in for {name}" },
    { WECOM_WORD_SIGN_IN_WITH, "登录", 4, "sign_in_with: {name} is missing" },
    { WECOM_WORD_SIGN_IN_WITH, "{names}登录", 4, "nothing is filled in for {names}" },
    { WECOM_WORD_SIGN_IN_WITH, "{ name }登录", 4, "a brace that belongs to no placeholder" },
    { WECOM_WORD_SIGN_IN_WITH, "{name登录", 4, "a brace that belongs to no placeholder" },
    { WECOM_WORD_SIGN_IN_WITH, "{name}}登录", 4, "a brace that belongs to no placeholder" },
    { WECOM_WORD_SIGN_IN_WITH, "{}{name}", 4, "a brace that belongs to no placeholder" },
    { WECOM_WORD_WRONG_NAME, "{typed}", 0, "wrong_name: {public} is missing" },
};

static void a_faulty_file_is_refused(void **state)
{
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(bad); i++) {
        const wecom_words_t *words;
        wecom_slip_t slip;
        wecom_status_t status = parse(&words, &slip, file_with(bad[i].word, bad[i].text, pool),
                                      pool);

        CHECK(status == WECOM_E_BAD_INPUT && words == NULL, "%d is taken", (int)i);
        CHECK(strstr(slip.sentence, bad[i].part) != NULL, "%d: line %d: %s", (int)i, slip.line,
              slip.sentence);
        CHECK(bad[i].line == slip.line || (bad[i].line == 0 && i == COUNT(bad) - 1),
              "%d: line %d: %s", (int)i, slip.line, slip.sentence);
    }
}

static void ceilings(void **state)
{
    apr_pool_t *pool = *state;
    char *text = apr_palloc(pool, WECOM_MAX_TEMPLATE + 2);
    const wecom_words_t *words;
    wecom_slip_t slip;

    memset(text, 'x', WECOM_MAX_TEMPLATE + 1);
    text[WECOM_MAX_TEMPLATE + 1] = '\0';
    assert_int_equal(parse(&words, &slip, text, pool), WECOM_E_BAD_INPUT);
    assert_non_null(strstr(slip.sentence, "larger than 64 KiB"));
    text[WECOM_MAX_WORD] = '\0';
    assert_int_equal(parse(&words, &slip, file_with(WECOM_WORD_SIGN_IN, text, pool), pool),
                     WECOM_OK);
    text[WECOM_MAX_WORD] = 'x';
    text[WECOM_MAX_WORD + 1] = '\0';
    assert_int_equal(parse(&words, &slip, file_with(WECOM_WORD_SIGN_IN, text, pool), pool),
                     WECOM_E_BAD_INPUT);
    assert_int_equal(parse(&words, &slip, "", pool), WECOM_E_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_file_is_taken),
        TEST(a_faulty_file_is_refused),
        TEST(ceilings),
    };

    return cmocka_run_group_tests_name("words_file", tests, support_start, support_end);
}
