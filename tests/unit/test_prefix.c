/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_prefix.c - which prefixes are good, and which names of headers they cover.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/prefix.h"

/* word: stands in the sentence; NULL: the prefix is good. */
static void prefixes_are_judged(void **state)
{
    static const struct {
        const char *prefix;
        const char *word;
    } rows[] = {
        { "X-WeCom-", NULL },
        { "x-wecom-", NULL },
        { "Remote-", NULL },
        { "X-WEBAUTH-", NULL },
        { "ab-", NULL },
        { "0a-", NULL },
        { "X-Forwarded-User-", NULL },
        { "Content-WeCom-", NULL },
        { "a2345678901234567890123456789012-", "is no prefix" },
        { "a23456789012345678901234567890-", NULL },
        { "", "is no prefix" },
        { "-", "is no prefix" },
        { "a-", "is no prefix" },
        { "--a-", "is no prefix" },
        { "X-WeCom", "is no prefix" },
        { "X_WeCom_", "is no prefix" },
        { "X-WeCom_", "is no prefix" },
        { "X WeCom-", "is no prefix" },
        { "X:WeCom-", "is no prefix" },
        { "X-W\xc3\xa9-", "is no prefix" },
        { "X-WeCom-\n-", "is no prefix" },
        { "Content-", "content-length" },
        { "CONTENT-", "content-length" },
        { "If-None-", "if-none-match" },
        { "X-Forwarded-", "x-forwarded-for" },
        { "X-Real-", "x-real-ip" },
        { "Proxy-", "proxy-authorization" },
        { "Sec-", "sec-" },
        { "Sec-Fetch-", "sec-fetch-mode" },
        { "Transfer-", "transfer-encoding" },
        { "User-", "user-agent" },
        { "Keep-", "keep-alive" },
        { "Accept-", "accept-encoding" },
        { "Upgrade-", "upgrade-insecure-requests" },
        { "X-Requested-", "x-requested-with" }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *sentence = wecom_prefix_check(support_guard_text(rows[i].prefix, *state),
                                                  *state);

        if (rows[i].word == NULL) {
            CHECK(sentence == NULL, "'%s' is refused: %s", rows[i].prefix,
                  support_show(sentence));
        }
        else {
            CHECK(sentence != NULL && strstr(sentence, rows[i].word) != NULL
                  && strstr(sentence, "such as prefix=X-WeCom-") != NULL, "'%s': %s",
                  rows[i].prefix, support_show(sentence));
        }
    }
}

static void names_are_covered(void **state)
{
    static const struct {
        const char *name;
        int covered;
    } rows[] = {
        { "X-WeCom-", 1 },
        { "X-WeCom-Userid", 1 },
        { "x-wecom-userid", 1 },
        { "X_WECOM_USERID", 1 },
        { "x.wecom~userid", 1 },
        { "X\xc3WeCom\xffUserid", 1 },
        { "X WeCom Userid", 1 },
        { "Remote-User", 1 },
        { "REMOTE_USER", 1 },
        { "X-Auth2-Name", 1 },
        { "x_auth2_", 1 },
        { "", 0 },
        { "X", 0 },
        { "X-WeCom", 0 },
        { "X-WeComUserid", 0 },
        { "XX-WeCom-Userid", 0 },
        { "-X-WeCom-Userid", 0 },
        { "WeCom-Userid", 0 },
        { "X--WeCom-Userid", 0 },
        { "X-WeCo-m", 0 },
        { "Remote", 0 },
        { "RemoteUser-", 0 },
        { "X-Auth-Name", 0 },
        { "X-Auth3-Name", 0 },
        { "Host", 0 },
        { "Cookie", 0 }
    };
    wecom_prefixes_t *set = wecom_prefixes_make(*state);
    size_t i;

    wecom_prefixes_add(set, "X-Auth2-");
    wecom_prefixes_add(set, "Remote-");
    wecom_prefixes_add(set, "X-WeCom-");
    wecom_prefixes_add(set, "x-wecom-more-");
    for (i = 0; i < COUNT(rows); i++) {
        const char *name = support_guard(rows[i].name, strlen(rows[i].name), *state);

        CHECK(wecom_prefixes_cover(set, name, strlen(rows[i].name)) == rows[i].covered,
              "'%s' is %scovered", rows[i].name, rows[i].covered ? "not " : "");
    }
}

static void the_default_is_always_there(void **state)
{
    wecom_prefixes_t *set = wecom_prefixes_make(*state);

    assert_int_equal(wecom_prefixes_cover(set, "X-WeCom-App-", 12), 1);
    assert_int_equal(wecom_prefixes_cover(set, "Remote-", 7), 0);
    wecom_prefixes_add(set, "Remote-");
    assert_int_equal(wecom_prefixes_cover(set, "Remote-", 7), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(prefixes_are_judged),
        TEST(names_are_covered),
        TEST(the_default_is_always_there)
    };

    return cmocka_run_group_tests_name("prefix", tests, support_start, support_end);
}
