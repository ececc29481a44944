/* SPDX-License-Identifier: Apache-2.0 */
/* test_claim.c - what a member brings to the directory. */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/claim.h"
#include "../../src/auth/state.h"

#define NOW apr_time_from_sec(1700000000)

static wecom_source_t source_with(const char *fields, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(const char *));
    wecom_source_t source;
    char *rest = apr_pstrdup(pool, fields);
    char *word;

    memset(&source, 0, sizeof(source));
    source.id = "acme";
    source.association = *fields != '\0' ? WECOM_ASSOCIATION_FIELD : WECOM_ASSOCIATION_NONE;
    while ((word = apr_strtok(rest, " ", &rest)) != NULL) {
        APR_ARRAY_PUSH(list, const char *) = word;
    }
    source.fields = list;
    return source;
}

/* "email:li@example.com mobile:+86..." */
static const char *values_of(const wecom_claim_t *claim, apr_pool_t *pool)
{
    const char *out = "";
    int i;

    for (i = 0; i < claim->values->nelts; i++) {
        const wecom_claim_value_t *value = &APR_ARRAY_IDX(claim->values, i, wecom_claim_value_t);

        out = apr_pstrcat(pool, out, *out != '\0' ? " " : "", value->field, ":", value->value,
                          NULL);
    }
    return out;
}

static void fields(void **state)
{
    static const struct {
        const char *fields;
        const char *email;
        const char *biz_mail;
        const char *mobile;
        const char *values;
        int withheld;
        wecom_word_t item;
    } rows[] = {
        { "", "a@b.cn", NULL, "138", "", 0, WECOM_WORD_ITEM_OTHER },
        { "userid", NULL, NULL, NULL, "userid:lisi", 0, WECOM_WORD_ITEM_OTHER },
        { "email", "Li@Example.com", NULL, NULL, "email:li@example.com", 0,
          WECOM_WORD_ITEM_OTHER },
        { "email", "li@a.cn", "li@b.cn", NULL, "email:li@a.cn email:li@b.cn", 0,
          WECOM_WORD_ITEM_OTHER },
        { "email", "", "li@b.cn", NULL, "email:li@b.cn", 0, WECOM_WORD_ITEM_OTHER },
        { "email", NULL, NULL, NULL, "", 1, WECOM_WORD_ITEM_EMAIL },
        { "email", "", "", NULL, "", 1, WECOM_WORD_ITEM_EMAIL },
        { "mobile email", NULL, NULL, NULL, "", 1, WECOM_WORD_ITEM_BOTH },
        { "mobile email", "li@a.cn", NULL, NULL, "email:li@a.cn", 1, WECOM_WORD_ITEM_PHONE },
        { "mobile userid", NULL, NULL, "+86 138-0000-0000",
          "mobile:+8613800000000 userid:lisi", 0, WECOM_WORD_ITEM_OTHER },
        /* delivered, and good for nothing: that is not withheld */
        { "email", "no mail", NULL, NULL, "", 0, WECOM_WORD_ITEM_OTHER },
        { "alias=username", NULL, NULL, NULL, "alias=username:no.7", 0, WECOM_WORD_ITEM_OTHER },
        { "name=username", NULL, NULL, NULL, "", 1, WECOM_WORD_ITEM_OTHER },
        { "mobile=username", NULL, NULL, "138", "mobile=username:138", 0,
          WECOM_WORD_ITEM_OTHER },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_source_t source = source_with(rows[i].fields, *state);
        wecom_member_t member;
        wecom_claim_t claim;
        wecom_word_t item;

        memset(&member, 0, sizeof(member));
        member.userid = "LiSi";
        member.alias = "No.7";
        member.email = rows[i].email;
        member.biz_mail = rows[i].biz_mail;
        member.mobile = rows[i].mobile;
        wecom_claim_make(&claim, &item, &source, 0, &member, NOW, *state);
        CHECK(support_same(values_of(&claim, *state), rows[i].values), "row %d: %s", (int)i,
              values_of(&claim, *state));
        CHECK(claim.withheld == rows[i].withheld, "row %d: withheld %d", (int)i, claim.withheld);
        CHECK(item == rows[i].item, "row %d: item %d", (int)i, (int)item);
        assert_string_equal(claim.userid, "LiSi");
        assert_string_equal(claim.userid_key, "lisi");
    }
}

static void policy(void **state)
{
    wecom_source_t source = source_with("email", *state);
    wecom_member_t member;
    wecom_claim_t claim;
    wecom_word_t item;

    memset(&member, 0, sizeof(member));
    member.userid = "woAJ2GCAAAXtWyujaWJHDDGi0mACH71w";
    source.app.proxy_developed = 1;
    wecom_claim_make(&claim, &item, &source, WECOM_PENDING_LOGIN_ONLY, &member, NOW, *state);
    assert_string_equal(claim.userid_key, member.userid);
    assert_int_equal(claim.policy.login_only, 1);
    assert_int_equal(claim.policy.no_registration, 0);
    wecom_claim_make(&claim, &item, &source, WECOM_PENDING_NO_REGISTRATION, &member, NOW, *state);
    assert_int_equal(claim.policy.login_only, 0);
    assert_int_equal(claim.policy.no_registration, 1);
    source.login_only = 1;
    wecom_claim_make(&claim, &item, &source, 0, &member, NOW, *state);
    assert_int_equal(claim.policy.login_only, 1);
}

/* Consent is asked for in the client, once, where it can help, and where it may be. */
static void consent(void **state)
{
    static const struct {
        const char *fields;
        unsigned int flags;
        int base_alone;
        int may;
    } rows[] = {
        { "email", WECOM_PENDING_IN_CLIENT, 0, 1 },
        { "userid mobile", WECOM_PENDING_IN_CLIENT, 0, 1 },
        { "email", 0, 0, 0 },
        { "email", WECOM_PENDING_IN_CLIENT | WECOM_PENDING_PRIVATE, 0, 0 },
        { "email", WECOM_PENDING_IN_CLIENT, 1, 0 },
        { "userid", WECOM_PENDING_IN_CLIENT, 0, 0 },
        { "alias=username", WECOM_PENDING_IN_CLIENT, 0, 0 },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_source_t source = source_with(rows[i].fields, *state);
        wecom_member_t member;
        wecom_claim_t claim;
        wecom_word_t item;

        memset(&member, 0, sizeof(member));
        member.userid = "lisi";
        source.base_alone = rows[i].base_alone;
        wecom_claim_make(&claim, &item, &source, rows[i].flags, &member, NOW, *state);
        CHECK(claim.policy.may_consent == rows[i].may, "row %d: %d", (int)i,
              claim.policy.may_consent);
    }
}

static void profile(void **state)
{
    static const apr_int64_t departments[] = { 2, 17 };
    wecom_source_t source = source_with("", *state);
    wecom_member_t member;
    wecom_claim_t claim;
    wecom_word_t item;

    memset(&member, 0, sizeof(member));
    member.userid = "lisi";
    member.name = "李四";
    member.alias = "";
    member.biz_mail = "li@corp.cn";
    member.departments = departments;
    member.department_count = 2;
    wecom_claim_make(&claim, &item, &source, 0, &member, NOW, *state);
    assert_string_equal(claim.profile.name, "李四");
    assert_null(claim.profile.alias);
    assert_string_equal(claim.profile.departments, "2,17");
    assert_string_equal(claim.email, "li@corp.cn");
    assert_null(claim.phone);
}

static void names_of_fields(void **state)
{
    static const char *const good[] = {
        "userid", "email", "mobile", "alias=username", "telephone=phone", "biz_mail=email",
        "position=username", "name=username", "userid=username",
    };
    static const char *const bad[] = {
        "", "=", "phone", "biz_mail", "alias", "alias=", "alias=uid", "=username",
        "alias=username=phone", "Email", "email ", "avatar=username",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(good); i++) {
        CHECK(wecom_claim_is_field(good[i]), "%s", good[i]);
    }
    for (i = 0; i < COUNT(bad); i++) {
        CHECK(!wecom_claim_is_field(bad[i]), "%s", bad[i]);
    }
    assert_true(wecom_claim_is_free("userid=username"));
    assert_false(wecom_claim_is_free("alias=username"));
    assert_true(wecom_claim_needs_consent("biz_mail=email"));
    assert_false(wecom_claim_needs_consent("alias=username"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields),
        TEST(policy),
        TEST(consent),
        TEST(profile),
        TEST(names_of_fields),
    };

    return cmocka_run_group_tests_name("claim", tests, support_start, support_end);
}
