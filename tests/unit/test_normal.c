/* SPDX-License-Identifier: Apache-2.0 */
/* test_normal.c - one spelling for e-mail, phone and userid, or none. */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/normal.h"

typedef struct case_t {
    const char *value;
    const char *normal;     /* NULL: none */
} case_t;

static void emails(void **state)
{
    static const case_t cases[] = {
        { "zhang.san@example.com", "zhang.san@example.com" },
        { "  Zhang.San@Example.COM\t", "zhang.san@example.com" },
        { "\xe5\xbc\xa0\xe4\xb8\x89@example.com", "\xe5\xbc\xa0\xe4\xb8\x89@example.com" },
        { "\xf0\x9f\x98\x80@example.com", "\xf0\x9f\x98\x80@example.com" },
        { "a+b@example.com", "a+b@example.com" },
        { "' OR 1=1 --@x", NULL },              /* blanks */
        { "'or'1'='1@x", "'or'1'='1@x" },       /* a value like any other: never part of SQL */
        { "", NULL }, { " ", NULL }, { NULL, NULL }, { "@", NULL }, { "a@", NULL },
        { "@b", NULL }, { "ab", NULL }, { "a@b@c", NULL }, { "a b@c", NULL },
        { "a@b\n.c", NULL }, { "a@b\x7f", NULL }, { "a@b\xc3", NULL }, { "a@b\xff", NULL },
        { "a@b", "a@b" },
    };
    char *text;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *value = cases[i].value != NULL ? support_guard_text(cases[i].value, *state)
                                                   : NULL;

        CHECK(support_same(wecom_normal_email(value, *state), cases[i].normal), "%s gives %s",
              support_show(cases[i].value), support_show(wecom_normal_email(value, *state)));
    }
    text = apr_palloc(*state, 65536);
    memset(text, 'a', 65535);
    text[65535] = '\0';
    text[1] = '@';
    assert_null(wecom_normal_email(text, *state));
    text[255] = '\0';
    assert_null(wecom_normal_email(text, *state));
    text[254] = '\0';
    assert_non_null(wecom_normal_email(text, *state));
}

static void phones(void **state)
{
    static const case_t cases[] = {
        { "13800000000", "+8613800000000" },
        { "+86 138-0000-0000", "+8613800000000" },
        { "0086 13800000000", "+8613800000000" },
        { "8613800000000", "+8613800000000" },
        { "(+86)138 0000 0000", "+8613800000000" },
        { "86+13800000000", NULL },             /* a plus inside */
        { "+86 (138) 0000.0000", "+8613800000000" },
        { "  138 0000 0000  ", "+8613800000000" },
        /* full-width digits and plus, and the ideographic space */
        { "\xef\xbc\x8b\xef\xbc\x98\xef\xbc\x96\xe3\x80\x80"
          "13800000000", "+8613800000000" },
        { "+852 9123 4567", "+85291234567" },
        { "+1 415 555 2671", "+14155552671" },
        { "010-62551234", "+8601062551234" },   /* Beijing, as it is dialled at home */
        { "86123456", "+8686123456" },          /* no mobile number: 86 belongs to it */
        { "", NULL }, { " ", NULL }, { NULL, NULL }, { "+", NULL }, { "12345", NULL },
        { "+0123456789", NULL }, { "1380000000a", NULL }, { "13800000000 ext 5", NULL },
        { "++8613800000000", NULL }, { "138\n0000\n0000", NULL },
        { "+1234567890123456", NULL }, { "12345678901234", NULL },
        { "\xe4\xb8\x80\xe4\xb8\x89\xe5\x85\xab", NULL }, { "\xef\xbc", NULL },
        { "13800000000'; DROP TABLE wecom_account; --", NULL },
    };
    char *text;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *value = cases[i].value != NULL ? support_guard_text(cases[i].value, *state)
                                                   : NULL;

        CHECK(support_same(wecom_normal_phone(value, *state), cases[i].normal), "%s gives %s",
              support_show(cases[i].value), support_show(wecom_normal_phone(value, *state)));
    }
    text = apr_palloc(*state, 65536);
    memset(text, '1', 65535);
    text[65535] = '\0';
    assert_null(wecom_normal_phone(text, *state));
}

static void usernames(void **state)
{
    static const case_t cases[] = {
        { "Zhang.San", "zhang.san" }, { "  Zhang San \t\r\n", "zhang san" }, { "x", "x" },
        { "\xe5\xbc\xa0\xe4\xb8\x89", "\xe5\xbc\xa0\xe4\xb8\x89" },
        { "\xc3\x84RGER", "\xc3\x84rger" },    /* ASCII alone is folded */
        { "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
        { "CORP\\lisi", "corp\\lisi" }, { "a@b", "a@b" }, { "' OR 1=1 --", "' or 1=1 --" },
        { "", NULL }, { " ", NULL }, { "\t\n", NULL }, { NULL, NULL }, { "a\nb", NULL },
        { "a\x7f", NULL }, { "a\x01", NULL }, { "a\xff", NULL }, { "\xe5\xbc", NULL },
        { "\xc0\x80", NULL }, { "\xed\xa0\x80", NULL },
    };
    char *text = apr_palloc(*state, 65536);
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *value = cases[i].value != NULL ? support_guard_text(cases[i].value, *state)
                                                   : NULL;

        CHECK(support_same(wecom_normal_username(value, *state), cases[i].normal), "%s gives %s",
              support_show(cases[i].value), support_show(wecom_normal_username(value, *state)));
    }
    memset(text, 'a', 65535);
    text[65535] = '\0';
    assert_null(wecom_normal_username(text, *state));
    text[191] = '\0';
    assert_null(wecom_normal_username(text, *state));
    text[190] = '\0';
    assert_string_equal(wecom_normal_username(text, *state), text);
}

static void userids(void **state)
{
    static const case_t cases[] = {
        { "Zhang.San", "zhang.san" }, { "zhang.san", "zhang.san" }, { "a@b-c_d", "a@b-c_d" },
        { "", NULL }, { NULL, NULL }, { ".a", NULL }, { "corp/zhang", NULL }, { "a b", NULL },
        { "a'b", NULL }, { "\xe5\xbc\xa0", NULL },
    };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        CHECK(support_same(wecom_normal_userid(cases[i].value, 0, *state), cases[i].normal),
              "%s", support_show(cases[i].value));
    }
    assert_string_equal(wecom_normal_userid("woAbC", 1, *state), "woAbC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(emails),
        TEST(phones),
        TEST(usernames),
        TEST(userids),
    };

    return cmocka_run_group_tests_name("normal", tests, support_start, support_end);
}
