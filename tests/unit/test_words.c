/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_words.c - the sentences: all there, alike in every language, well spaced; and which
 * language a browser gets.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/words.h"
#include "../../src/base/limits.h"

/* --- the table ------------------------------------------------------------------------------ */

static void every_word_is_there(void **state)
{
    int lang, word;

    (void)state;
    for (word = 0; word < WECOM_WORD_COUNT; word++) {
        for (lang = 0; lang < WECOM_LANG_COUNT; lang++) {
            const char *text = wecom_words_get(wecom_words_builtin((wecom_lang_t)lang),
                                               (wecom_word_t)word);

            CHECK(text != NULL && *text != '\0', "word %d is empty in language %d", word, lang);
            CHECK(wecom_text_is_plain_utf8(text, strlen(text)), "word %d, language %d: bytes",
                  word, lang);
            CHECK(strstr(text, "  ") == NULL && text[0] != ' ' && text[strlen(text) - 1] != ' ',
                  "'%s' has a blank too many", text);
            CHECK(strstr(text, "Wecom") == NULL && strstr(text, "WeChat Work") == NULL,
                  "'%s': it is called WeCom", text);
        }
    }
}

static void english_is_ascii_and_chinese_is_not(void **state)
{
    int word;

    (void)state;
    for (word = 0; word < WECOM_WORD_COUNT; word++) {
        const char *en = wecom_words_get(wecom_words_builtin(WECOM_LANG_EN), (wecom_word_t)word);
        const char *zh = wecom_words_get(wecom_words_builtin(WECOM_LANG_ZH), (wecom_word_t)word);
        size_t i;

        for (i = 0; en[i] != '\0'; i++) {
            CHECK((unsigned char)en[i] < 0x80, "'%s' is not plain English", en);
        }
        CHECK((unsigned char)zh[0] >= 0xe3 || word == WECOM_WORD_KIND_IPHONE, "'%s' does not begin with a Chinese character", zh);
        CHECK(strpbrk(zh, ",.;:!?()") == NULL, "'%s' has punctuation of half width", zh);
    }
}

/* The names of the placeholders, each with a blank behind, in the order of their names. */
static const char *placeholders(const char *text, apr_pool_t *pool)
{
    static const char *const known[] = { "address", "id", "item", "kind", "name", "number",
                                         "path", "public", "site", "time", "typed", "user" };
    const char *found = "";
    const char *open;
    size_t count = 0;
    size_t i;

    for (i = 0; i < COUNT(known); i++) {
        const char *pattern = apr_psprintf(pool, "{%s}", known[i]);

        if (strstr(text, pattern) != NULL) {
            found = apr_pstrcat(pool, found, known[i], " ", NULL);
            count++;
            CHECK(strstr(strstr(text, pattern) + 1, pattern) == NULL, "'%s' has %s twice", text,
                  pattern);
        }
    }
    for (open = strchr(text, '{'); open != NULL; open = strchr(open + 1, '{')) {
        CHECK(count-- > 0, "'%s' has a placeholder that nobody fills", text);
    }
    return found;
}

static void placeholders_are_the_same_in_all_languages(void **state)
{
    static const struct {
        wecom_word_t word;
        const char *names;
    } filled[] = {
        { WECOM_WORD_SIGN_IN_WITH, "name " },
        { WECOM_WORD_SIGN_OUT_ASK, "user " },
        { WECOM_WORD_NOT_MEMBER, "name " },
        { WECOM_WORD_SIGNED_IN_AS, "user " },
        { WECOM_WORD_WRONG_NAME, "public typed " },
        { WECOM_WORD_ID_LINE, "id " },
        { WECOM_WORD_WITHHELD, "item " },
        { WECOM_WORD_FORM_GOES_TO, "path " },
        { WECOM_WORD_PAIR_NUMBER, "number " },
        { WECOM_WORD_PAIR_ASK, "address kind site time " },
    };
    apr_pool_t *pool = *state;
    int lang, word;

    for (word = 0; word < WECOM_WORD_COUNT; word++) {
        const char *expected = "";
        size_t i;

        for (i = 0; i < COUNT(filled); i++) {
            if ((int)filled[i].word == word) {
                expected = filled[i].names;
            }
        }
        for (lang = 0; lang < WECOM_LANG_COUNT; lang++) {
            const char *text = wecom_words_get(wecom_words_builtin((wecom_lang_t)lang),
                                               (wecom_word_t)word);
            const char *found = placeholders(text, pool);

            CHECK(strcmp(found, expected) == 0, "'%s' has {%s}, not {%s}", text, found,
                  expected);
        }
    }
}

static void tags_of_the_languages(void **state)
{
    (void)state;
    assert_string_equal(wecom_words_builtin(WECOM_LANG_EN)->tag, "en");
    assert_string_equal(wecom_words_builtin(WECOM_LANG_ZH)->tag, "zh-CN");
    assert_string_equal(wecom_words_builtin(WECOM_LANG_EN)->code, "en");
    assert_string_equal(wecom_words_builtin(WECOM_LANG_ZH)->code, "zh");
}

/* --- Accept-Language ------------------------------------------------------------------------ */

#define EN WECOM_LANG_EN
#define ZH WECOM_LANG_ZH

static const struct {
    const char *header;
    wecom_lang_t lang;
} headers[] = {
    { NULL, EN },
    { "", EN },
    { "zh", ZH },
    { "en", EN },
    { "zh-CN", ZH },
    { "zh-TW", ZH },
    { "zh-Hans-CN", ZH },
    { "en-GB", EN },
    { "ZH-cn", ZH },
    { "EN-gb", EN },
    { "fr", EN },
    { "fr, zh;q=0.1", ZH },
    { "zh-CN,zh;q=0.9,en;q=0.8", ZH },
    { "en-US,en;q=0.9,zh-CN;q=0.8", EN },
    { "en;q=0.8,zh;q=0.9", ZH },
    { "fr;q=0.9,zh;q=0.2,en;q=0.3", EN },
    /* of equal weight the first */
    { "zh,en", ZH },
    { "en,zh", EN },
    { "zh;q=0.5,en;q=0.5", ZH },
    { "en;q=0.5, zh;q=0.5", EN },
    /* weights */
    { "zh;q=0,en;q=0.1", EN },
    { "zh;q=0", EN },
    { "zh;q=0.0, en;q=0", EN },
    { "zh;q=0.000,en;q=0.001", EN },
    { "en;q=0,zh", ZH },
    { "zh;q=0.001", ZH },
    { "en;q=0.998,zh;q=0.999", ZH },
    { "zh;q=1,en", ZH },
    { "zh;q=1.000,en", ZH },
    { "en;q=0.9,zh;Q=1", ZH },
    { "en;q=0.99999,zh;q=0.999", EN },
    { "zh;q=0.5;x=1,en;q=0.4", ZH },
    /* blanks where they may stand */
    { " zh , en", ZH },
    { "\tzh\t,en", ZH },
    { "en ; q=0.5 , zh ; q=0.6", ZH },
    { "zh; q=0.1, en", EN },
    { ",,zh,,", ZH },
    /* not ours */
    { "zho", EN },
    { "zhx-CN", EN },
    { "zh_CN", EN },
    { "eng,zh;q=0.1", ZH },
    { "z", EN },
    { "*", EN },
    { "*;q=0.5,zh;q=0.1", ZH },
    /* garbage */
    { "zh;q=", EN },
    { "zh;q=2", EN },
    { "zh;q=-1", EN },
    { "zh;q=.9", EN },
    { "zh;q=abc,en;q=0.1", EN },
    { "zh;q=1.5,en", ZH },
    { "zh;q", ZH },
    { ";q=1", EN },
    { "\xff\xfe, \x01zh", EN },
    { "zh\xff", EN },
    { "==;;,,==", EN },
};

static void language_by_header(void **state)
{
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(headers); i++) {
        const char *header = headers[i].header != NULL
                             ? support_guard_text(headers[i].header, pool) : NULL;
        wecom_lang_t lang = wecom_words_language(header);

        CHECK(lang == headers[i].lang, "'%s' gives %d", support_show(headers[i].header), lang);
    }
}

/* Padding of `len` characters that means nothing, and a tail. */
static const char *padded(size_t len, const char *tail, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, len + 1);

    memset(text, 'x', len);
    text[len] = '\0';
    return apr_pstrcat(pool, text, tail, NULL);
}

static void long_header_is_looked_at_up_to_the_ceiling(void **state)
{
    apr_pool_t *pool = *state;
    const size_t max = WECOM_MAX_ACCEPT_LANGUAGE;

    /* ends exactly there, or at a comma behind it */
    assert_int_equal(wecom_words_language(padded(max - 3, ",zh", pool)), ZH);
    assert_int_equal(wecom_words_language(padded(max - 3, ",zh,en", pool)), ZH);
    assert_int_equal(wecom_words_language(padded(max - 2, ",zh", pool)), EN);
    assert_int_equal(wecom_words_language(padded(100000, ",zh", pool)), EN);
    /* an element cut in two is not believed: the second one here says q=0.1 */
    assert_int_equal(wecom_words_language(padded(max - 13, ",zh;q=0.5,en;q=0.1", pool)), ZH);
    assert_int_equal(wecom_words_language(padded(max - 3, ",zhx", pool)), EN);
    assert_int_equal(wecom_words_language(padded(max + 1, "", pool)), EN);
}

/* --- filling in ----------------------------------------------------------------------------- */

static const struct {
    wecom_lang_t lang;
    wecom_word_t word;
    const char *key;
    const char *value;
    const char *result;
} fillings[] = {
    { EN, WECOM_WORD_SIGN_IN_WITH, "name", "Acme", "Sign in with Acme" },
    { EN, WECOM_WORD_SIGN_IN_WITH, "name", "示例科技", "Sign in with 示例科技" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "Acme", "使用 Acme 登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "示例科技", "使用示例科技登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "示例 Tech", "使用示例 Tech 登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "Acme 示例", "使用 Acme 示例登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "360", "使用 360 登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "A", "使用 A 登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "Acme, Inc.", "使用 Acme, Inc. 登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "Élan", "使用 Élan 登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "Café", "使用 Café 登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "“示例”", "使用“示例”登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", " Acme ", "使用 Acme 登录" },
    { ZH, WECOM_WORD_SIGN_IN_WITH, "name", "", "使用登录" },
    /* full-width punctuation carries its own space */
    { ZH, WECOM_WORD_NOT_MEMBER, "name", "Acme", "您不是 Acme 的成员，无法登录。" },
    { ZH, WECOM_WORD_NOT_MEMBER, "name", "示例科技", "您不是示例科技的成员，无法登录。" },
    { ZH, WECOM_WORD_SIGN_OUT_ASK, "user", "zhangsan",
      "您当前以 zhangsan 的身份登录，确定要退出登录吗？" },
    { ZH, WECOM_WORD_SIGN_OUT_ASK, "user", "张三",
      "您当前以张三的身份登录，确定要退出登录吗？" },
    { ZH, WECOM_WORD_ID_LINE, "id", "WC0231-K7Q2M",
      "如需帮助，请将编号 WC0231-K7Q2M 提供给管理员。" },
    { EN, WECOM_WORD_ID_LINE, "id", "WC0231-K7Q2M",
      "If you need help, give this number to the administrator: WC0231-K7Q2M" },
    /* nothing is read out of a value, and nothing is filled in that is not given */
    { EN, WECOM_WORD_SIGN_IN_WITH, "name", "{name}", "Sign in with {name}" },
    { EN, WECOM_WORD_SIGN_IN_WITH, "name", "%s<b>", "Sign in with %s<b>" },
    { EN, WECOM_WORD_SIGN_IN_WITH, "user", "Acme", "Sign in with " },
    { EN, WECOM_WORD_SIGN_IN_WITH, "nam", "Acme", "Sign in with " },
    { EN, WECOM_WORD_SIGN_IN_WITH, "names", "Acme", "Sign in with " },
    { EN, WECOM_WORD_SIGN_IN_WITH, "name", NULL, "Sign in with " },
    { EN, WECOM_WORD_EXPIRED, "name", "Acme",
      "This sign-in took too long. Please start again." },
};

static void values_with_the_right_blanks(void **state)
{
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(fillings); i++) {
        const char *pairs[3] = { fillings[i].key, fillings[i].value, NULL };
        const char *text = wecom_words_fill(wecom_words_builtin(fillings[i].lang),
                                            fillings[i].word, pairs, pool);

        CHECK(strcmp(text, fillings[i].result) == 0, "'%s' instead of '%s'", text,
              fillings[i].result);
    }
}

/* U+2068 and U+2069 */
#define FSI "\xe2\x81\xa8"
#define PDI "\xe2\x81\xa9"
#define RLO "\xe2\x80\xae"
#define SHALOM "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"

static const struct {
    const char *value;
    const char *result;
} directions[] = {
    { SHALOM, FSI SHALOM PDI },
    { "a" RLO "fdp.exe", FSI "afdp.exe" PDI },
    { PDI RLO "x", FSI "x" PDI },
    { SHALOM "\xe2\x80\x8f!", FSI SHALOM "\xe2\x80\x8f!" PDI },
    { "\xf0\x9e\xa4\x80", FSI "\xf0\x9e\xa4\x80" PDI },  /* U+1E900, Adlam */
    { "Acme \xe2\x80\x9cLtd\xe2\x80\x9d", "Acme \xe2\x80\x9cLtd\xe2\x80\x9d" },
    { "\xf0\x9f\x91\xa9\xe2\x80\x8d", "\xf0\x9f\x91\xa9\xe2\x80\x8d" },
    { "\xd7", "\xd7" },           /* cut off: nothing is read behind the end */
    { "\xe2\x80", "\xe2\x80" },
};

static void values_do_not_turn_the_sentence(void **state)
{
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(directions); i++) {
        const char *pairs[3] = { "name", NULL, NULL };
        const char *text;

        pairs[1] = support_guard_text(directions[i].value, pool);
        text = wecom_words_fill(wecom_words_builtin(EN), WECOM_WORD_NOT_MEMBER, pairs, pool);
        CHECK(strcmp(text, apr_pstrcat(pool, "You are not a member of ", directions[i].result, ".",
                                       NULL)) == 0, "%d: '%s'", (int)i, text);
    }
}

static void two_values_in_one_sentence(void **state)
{
    static const char *const pairs[] = { "public", "intranet.example.com", "typed", "10.0.0.5",
                                         NULL };
    apr_pool_t *pool = *state;

    assert_string_equal(wecom_words_fill(wecom_words_builtin(ZH), WECOM_WORD_WRONG_NAME,
                                         pairs, pool),
                        "您访问的是 10.0.0.5，而本站地址是 intranet.example.com。请联系管理员。");
    assert_string_equal(wecom_words_fill(wecom_words_builtin(EN), WECOM_WORD_WRONG_NAME,
                                         pairs, pool),
                        "You came to 10.0.0.5, but this site is intranet.example.com. Tell the "
                        "administrator.");
    assert_string_equal(wecom_words_fill(wecom_words_builtin(EN), WECOM_WORD_NOT_MEMBER,
                                         NULL, pool),
                        "You are not a member of .");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_there),
        cmocka_unit_test(english_is_ascii_and_chinese_is_not),
        TEST(placeholders_are_the_same_in_all_languages),
        cmocka_unit_test(tags_of_the_languages),
        TEST(language_by_header),
        TEST(long_header_is_looked_at_up_to_the_ceiling),
        TEST(values_with_the_right_blanks),
        TEST(values_do_not_turn_the_sentence),
        TEST(two_values_in_one_sentence),
    };

    return cmocka_run_group_tests_name("words", tests, support_start, support_end);
}
