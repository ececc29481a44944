/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_user.c - the pattern of REMOTE_USER: what is refused, what is qualified, what comes out.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/user.h"

/* word: stands in the sentence; NULL: the pattern is good. */
static void patterns_are_judged(void **state)
{
    static const struct {
        const char *pattern;
        const char *word;
    } rows[] = {
        { "%{userid}", NULL },
        { "%{account}", NULL },
        { "%{userid}@%{source}", NULL },
        { "%{corpid}/%{account}", NULL },
        { "100%%-%{userid}", NULL },
        { "%%%{userid}", NULL },
        { "x%{userid}%{userid}y", NULL },
        { "", "everybody" },
        { "staff", "everybody" },
        { "%{source}", "everybody" },
        { "%%{userid}", "everybody" },
        { "%{userid}%", "'%' is not known" },
        { "%{userid}%x", "'%x' is not known" },
        { "%userid", "'%userid' is not known" },
        { "%{userid", "'%{userid' is not known" },
        { "%{UserID}", "'%{UserID}' is not known" },
        { "%{userid}%{mail}", "'%{mail}' is not known" },
        { "%{userid}%{}", "'%{}' is not known" },
        { "%{userid} %{ userid}", "'%{' is not known" },
        { "%%%{mail}", "'%{mail}' is not known" }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *sentence = wecom_user_check(support_guard_text(rows[i].pattern, *state),
                                                *state);

        if (rows[i].word == NULL) {
            CHECK(sentence == NULL, "'%s' is refused: %s", rows[i].pattern,
                  support_show(sentence));
        }
        else {
            CHECK(sentence != NULL && strstr(sentence, rows[i].word) != NULL, "'%s': %s",
                  rows[i].pattern, support_show(sentence));
        }
    }
}

static void a_sentence_says_what_to_write(void **state)
{
    const char *unknown = wecom_user_check("%{x}", *state);
    const char *same = wecom_user_check("x", *state);

    assert_non_null(strstr(unknown, "write %{userid}, %{account}, %{source} or %{corpid}, and "
                                    "%% for a percent sign"));
    assert_non_null(strstr(same, "write %{userid} or %{account}"));
}

static void a_long_mistake_is_cut_short(void **state)
{
    char pattern[600];
    const char *sentence;

    memset(pattern, 'x', sizeof(pattern) - 1);
    pattern[0] = '%';
    pattern[sizeof(pattern) - 1] = '\0';
    sentence = wecom_user_check(pattern, *state);
    assert_non_null(sentence);
    assert_true(strlen(sentence) < 200);
}

static void qualified_patterns_tell_sources_apart(void **state)
{
    static const struct {
        const char *pattern;
        int qualified;
    } rows[] = {
        { "%{userid}@%{source}", 1 },
        { "%{corpid}/%{userid}", 1 },
        { "%{userid}", 0 },
        { "%{account}", 0 },
        { "%{userid}@source", 0 },
        { "%{userid}%%{source}", 0 },
        { "%{userid}%%%{source}", 1 },
        { NULL, 0 }
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        CHECK(wecom_user_is_qualified(rows[i].pattern) == rows[i].qualified, "%s",
              support_show(rows[i].pattern));
    }
}

static void patterns_are_filled_in(void **state)
{
    static const struct {
        const char *pattern;
        const char *account;
        const char *user;
    } rows[] = {
        { NULL, "zhang", "zhang" },
        { NULL, "", "ZhangSan" },
        { NULL, NULL, "ZhangSan" },
        { "%{userid}", "zhang", "ZhangSan" },
        { "%{account}", "zhang", "zhang" },
        { "%{account}", "", "ZhangSan" },
        { "%{account}", NULL, "ZhangSan" },
        { "%{userid}@%{source}", "zhang", "ZhangSan@acme" },
        { "%{corpid}/%{userid}", "zhang", "ww1/ZhangSan" },
        { "100%%-%{userid}-%%", "", "100%-ZhangSan-%" },
        { "%{userid}%{userid}", "", "ZhangSanZhangSan" },
        { "%%{userid}", "", "%{userid}" },
        { "a b%{userid}c d", "", "a bZhangSanc d" }
    };
    wecom_source_t source;
    wecom_ticket_t ticket;
    size_t i;

    memset(&source, 0, sizeof(source));
    source.id = "acme";
    source.app.corp_id = "ww1";
    memset(&ticket, 0, sizeof(ticket));
    ticket.source = "acme";
    ticket.userid = "ZhangSan";
    for (i = 0; i < COUNT(rows); i++) {
        const char *user;

        ticket.account = rows[i].account;
        user = wecom_user_expand(rows[i].pattern, &ticket,
                                 rows[i].pattern != NULL ? &source : NULL, *state);
        CHECK(support_same(user, rows[i].user), "%s gives %s", support_show(rows[i].pattern),
              support_show(user));
    }
}

/* A userid that looks like a pattern is a userid and nothing else. */
static void values_are_not_read_as_patterns(void **state)
{
    wecom_source_t source;
    wecom_ticket_t ticket;

    memset(&source, 0, sizeof(source));
    source.id = "acme";
    source.app.corp_id = "ww1";
    memset(&ticket, 0, sizeof(ticket));
    ticket.source = "acme";
    ticket.userid = "%{corpid}%%";
    ticket.account = "";
    assert_string_equal(wecom_user_expand("%{userid}@%{source}", &ticket, &source, *state),
                        "%{corpid}%%@acme");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(patterns_are_judged),
        TEST(a_sentence_says_what_to_write),
        TEST(a_long_mistake_is_cut_short),
        TEST(qualified_patterns_tell_sources_apart),
        TEST(patterns_are_filled_in),
        TEST(values_are_not_read_as_patterns)
    };

    return cmocka_run_group_tests_name("user", tests, support_start, support_end);
}
