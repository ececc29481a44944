/* SPDX-License-Identifier: Apache-2.0 */
/* test_account.c - what all directories have in common: fields, links, and the mark of a match. */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/account.h"

#define USERNAME WECOM_COLUMN_USERNAME
#define EMAIL    WECOM_COLUMN_EMAIL
#define PHONE    WECOM_COLUMN_PHONE

static void fields_have_columns(void **state)
{
    static const struct {
        const char *field;
        unsigned int column;
    } rows[] = {
        { "userid", USERNAME }, { "email", EMAIL }, { "mobile", PHONE },
        { "alias=username", USERNAME }, { "biz_mail=email", EMAIL }, { "telephone=phone", PHONE },
        { "email=username", USERNAME }, { "", 0 }, { "=", 0 }, { "name", 0 }, { "alias=", 0 },
        { "alias=id", 0 }, { "alias=usernames", 0 }, { "Email", 0 }, { "a=b=email", 0 },
        { "email ", 0 }, { "password", 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        CHECK(wecom_account_column(rows[i].field) == rows[i].column, "%s", rows[i].field);
    }
}

static wecom_claim_t claim_with(apr_pool_t *pool, const char *const *fields)
{
    apr_array_header_t *values = apr_array_make(pool, 4, sizeof(wecom_claim_value_t));
    wecom_claim_t claim;

    memset(&claim, 0, sizeof(claim));
    for (; fields[0] != NULL; fields += 2) {
        wecom_claim_value_t *value = apr_array_push(values);

        value->field = fields[0];
        value->column = (wecom_column_t)wecom_account_column(fields[0]);
        value->value = fields[1];
    }
    claim.values = values;
    return claim;
}

static const char *const three[] = {
    "mobile", "+8613800000001", "email", "li@example.com", "alias=email", "si@example.com", NULL
};

static void values_come_in_order(void **state)
{
    wecom_claim_t claim = claim_with(*state, three);
    const char *out[3] = { "x", "x", "x" };

    wecom_account_values(out, 3, &claim, EMAIL);
    assert_string_equal(out[0], "li@example.com");
    assert_string_equal(out[1], "si@example.com");
    assert_null(out[2]);
    wecom_account_values(out, 1, &claim, EMAIL);
    assert_string_equal(out[0], "li@example.com");
    wecom_account_values(out, 1, &claim, USERNAME);
    assert_null(out[0]);
    claim.values = NULL;
    wecom_account_values(out, 3, &claim, EMAIL);
    assert_null(out[0]);
}

static void accounts_match_by_normal_forms(void **state)
{
    static const struct {
        const char *username;
        const char *email;
        const char *phone;
        unsigned int matched;
    } rows[] = {
        { "x", "li@example.com", NULL, EMAIL },
        { "x", " LI@EXAMPLE.com ", "138 0000 0001", EMAIL | PHONE },
        { "x", "si@example.com", NULL, EMAIL },
        { "li@example.com", NULL, NULL, 0 },      /* another column */
        { "x", "", "", 0 }, { "x", NULL, NULL, 0 }, { "x", "li@example.com x", "1380000000", 0 },
    };
    wecom_claim_t claim = claim_with(*state, three);
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_account_t account;

        memset(&account, 0, sizeof(account));
        account.username = rows[i].username;
        account.email = rows[i].email;
        account.phone = rows[i].phone;
        CHECK(wecom_account_matches(&account, &claim, *state) == rows[i].matched, "row %d", (int)i);
    }
}

static void links_tell_how_they_came(void **state)
{
    static const struct {
        wecom_step_t step;
        unsigned int matched;
        const char *linked_by;
        int is_hashed;
    } rows[] = {
        { WECOM_STEP_FIRST, 0, "create", 0 },
        { WECOM_STEP_CREATE, 0, "create", 0 },
        { WECOM_STEP_FIRST, EMAIL, "match:email", 1 },
        { WECOM_STEP_FIRST, EMAIL | PHONE, "match:mobile", 1 },
        { WECOM_STEP_FIRST, USERNAME, "create", 0 },      /* no value is of that column */
        { WECOM_STEP_CHOOSE, EMAIL, "choice:email", 1 },
        { WECOM_STEP_BIND, USERNAME, "bind:password", 0 },
        { WECOM_STEP_BIND, EMAIL, "bind:password", 0 },
    };
    wecom_claim_t claim = claim_with(*state, three);
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *hash;

        claim.step = rows[i].step;
        assert_string_equal(wecom_account_linked_by(&claim, rows[i].matched, *state),
                            rows[i].linked_by);
        hash = wecom_account_match_hash(&claim, rows[i].matched, *state);
        CHECK((hash != NULL) == rows[i].is_hashed, "row %d: %s", (int)i, support_show(hash));
        CHECK(hash == NULL || strlen(hash) == 16 + 1 + 64, "row %d: %s", (int)i, hash);
    }
}

static void hashes_are_salted(void **state)
{
    wecom_claim_t claim = claim_with(*state, three);
    const char *one = wecom_account_match_hash(&claim, EMAIL, *state);
    const char *two = wecom_account_match_hash(&claim, EMAIL, *state);

    assert_string_not_equal(one, two);
    assert_null(strstr(one, "example"));
}

static void matches_last_or_end(void **state)
{
    static const char *const email[] = { "email", "li@example.com", NULL };
    static const char *const other[] = { "email", "si@example.com", NULL };
    static const char *const both[] = {
        "email", "si@example.com", "email", "li@example.com", NULL
    };
    static const char *const mobile[] = { "mobile", "+8613800000001", NULL };
    static const char *const nothing[] = { NULL };
    static const struct {
        const char *linked_by;
        const char *account_email;
        const char *const *claim;   /* NULL: outside of a login */
        int matches;
    } rows[] = {
        { "match:email", "li@example.com", email, 1 },
        { "match:email", "LI@example.com ", email, 1 },
        { "choice:email", "li@example.com", email, 1 },
        { "match:email", "li@example.com", NULL, 1 },
        { "match:email", "li@example.com", nothing, 1 },    /* withheld */
        { "match:email", "li@example.com", mobile, 1 },     /* says nothing about e-mail */
        { "match:email", "li@example.com", other, 0 },      /* contradicted by WeCom */
        { "match:email", "li@example.com", both, 1 },       /* e-mail, and biz_mail */
        { "match:email", "si@example.com", email, 0 },      /* contradicted by the account */
        { "match:email", "si@example.com", other, 0 },      /* both have changed */
        { "match:email", "", email, 0 }, { "match:email", NULL, email, 0 },
        { "match:mobile", "li@example.com", email, 0 },     /* the hash is of another column */
        { "bind:password", "li@example.com", email, 0 },
        { "create", "li@example.com", email, 0 }, { "admin", "li@example.com", email, 0 },
        { "match:", "li@example.com", email, 0 }, { ":", "li@example.com", email, 0 },
        { "match:nonsense", "li@example.com", email, 0 },
        { NULL, "li@example.com", email, 0 },
    };
    wecom_claim_t made = claim_with(*state, email);
    const char *hash = wecom_account_match_hash(&made, EMAIL, *state);
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_claim_t claim;
        wecom_account_t account;

        memset(&account, 0, sizeof(account));
        account.username = "li.si";
        account.email = rows[i].account_email;
        if (rows[i].claim != NULL) {
            claim = claim_with(*state, rows[i].claim);
        }
        CHECK((wecom_account_still_matches(&account, rows[i].linked_by, hash,
                                           rows[i].claim != NULL ? &claim : NULL, *state) != 0)
              == rows[i].matches, "row %d: %s", (int)i, support_show(rows[i].linked_by));
    }
}

static void hash_may_be_anything(void **state)
{
    static const char *const hashes[] = {
        NULL, "", ":", "x", "0123456789abcdef", "0123456789abcdef:", "0123456789abcdef:00",
        "0123456789abcde:00",
    };
    static const char *const email[] = { "email", "li@example.com", NULL };
    wecom_claim_t claim = claim_with(*state, email);
    wecom_account_t account;
    char *good = apr_pstrdup(*state, wecom_account_match_hash(&claim, EMAIL, *state));
    size_t i;

    memset(&account, 0, sizeof(account));
    account.email = "li@example.com";
    for (i = 0; i < COUNT(hashes); i++) {
        const char *hash = hashes[i] != NULL ? support_guard_text(hashes[i], *state) : NULL;

        CHECK(wecom_account_still_matches(&account, "match:email", hash, &claim, *state) == 0,
              "%s", support_show(hash));
    }
    assert_int_equal(wecom_account_still_matches(&account, "match:email", good, &claim, *state),
                     WECOM_STANDING_FIELD_MATCH);
    good[40] = good[40] == '0' ? '1' : '0';
    assert_int_equal(wecom_account_still_matches(&account, "match:email", good, &claim, *state),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields_have_columns),
        TEST(values_come_in_order),
        TEST(accounts_match_by_normal_forms),
        TEST(links_tell_how_they_came),
        TEST(hashes_are_salted),
        TEST(matches_last_or_end),
        TEST(hash_may_be_anything),
    };

    return cmocka_run_group_tests_name("account", tests, support_start, support_end);
}
