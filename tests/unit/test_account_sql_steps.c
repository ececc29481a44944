/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_account_sql_steps.c - the directory in SQL: the second steps, the marks of an account, its
 * profile, and the enterprise's own table.
 */
#include "accounts.h"

#include <string.h>

#include <apr_strings.h>

#define FIELD_MATCH WECOM_STANDING_FIELD_MATCH
#define PREEXISTING WECOM_STANDING_PREEXISTING

/* --- bind ------------------------------------------------------------------------------------ */

static wecom_claim_t bind_claim(const accounts_t *accounts, const char *userid,
                                const char *username)
{
    wecom_claim_t claim = accounts_claim(accounts, userid, WECOM_ASSOCIATION_ASK);

    claim.step = WECOM_STEP_BIND;
    claim.username = username;
    return claim;
}

static void asked_first(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_ASK);

    assert_int_equal(accounts_admit(accounts, &claim)->verdict, WECOM_MATCH_ASK);
    claim.policy.no_registration = 1;
    assert_int_equal(accounts_admit(accounts, &claim)->verdict, WECOM_MATCH_ASK_TO_BIND);
    claim.step = WECOM_STEP_CREATE;
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_NO_REGISTRATION);
    accounts_check(accounts, "SELECT count(*) FROM wecom_account", "0");
    claim.policy.no_registration = 0;
    assert_int_equal(accounts_admit(accounts, &claim)->created, 1);
    accounts_check(accounts, "SELECT linked_by FROM wecom_link", "create");
}

static void proven_account_is_linked(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = bind_claim(accounts, "lisi", "LI.SI");
    const wecom_admission_t *admission;

    accounts_add(accounts, "a1", "Li.Si", "NULL", "NULL", 1);
    /* in another case it could be somebody else: the account's own spelling is told */
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->refusal, WECOM_MATCH_UNKNOWN);
    assert_int_equal(admission->candidates->nelts, 1);
    assert_string_equal(APR_ARRAY_IDX(admission->candidates, 0, wecom_account_t).username,
                        "Li.Si");
    claim.username = "Li.Si";
    claim.policy.login_only = 1;
    claim.policy.no_registration = 1;
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->linked, 1);
    assert_string_equal(admission->standing.account.id, "a1");
    assert_string_equal(admission->standing.linked_by, "bind:password");
    assert_int_equal(admission->standing.marks, PREEXISTING);
    accounts_check(accounts, "SELECT match_hash FROM wecom_link", NULL);

    claim = bind_claim(accounts, "wangwu", "Li.Si");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_TAKEN);
}

static void unknown_account_is_told_as_such(void **state)
{
    static const char *const names[] = {
        "nobody", "", " ", "li\nsi", "\xff", "%", "li_si", "'--", "a1"
    };
    accounts_t *accounts = *state;
    char *text = apr_palloc(accounts->pool, 65537);
    wecom_claim_t claim;
    size_t i;

    accounts_add(accounts, "a1", "li.si", "'li@example.com'", "NULL", 1);
    for (i = 0; i < COUNT(names); i++) {
        claim = bind_claim(accounts, "lisi", names[i]);
        CHECK(accounts_admit(accounts, &claim)->refusal == WECOM_MATCH_UNKNOWN, "%s", names[i]);
    }
    memset(text, 'a', 65536);
    text[65536] = '\0';
    claim = bind_claim(accounts, "lisi", text);
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_UNKNOWN);
    accounts_check(accounts, "SELECT count(*) FROM wecom_link", "0");
}

static void exact_spelling_wins(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = bind_claim(accounts, "lisi", "LISI");

    accounts_add(accounts, "a1", "lisi", "NULL", "NULL", 1);
    accounts_add(accounts, "a2", "LiSi", "NULL", "NULL", 1);
    /* neither is spelled like this, so who was it? */
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_UNKNOWN);
    claim.username = "LiSi";
    assert_string_equal(accounts_admit(accounts, &claim)->standing.account.id, "a2");
}

static void status_of_proven_account_decides(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = bind_claim(accounts, "lisi", "li.si");

    accounts_add(accounts, "a1", "li.si", "NULL", "NULL", 2);
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_LOCKED);
    accounts_run(accounts, "UPDATE wecom_account SET status = 3");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_INACTIVE);
    accounts_check(accounts, "SELECT count(*) FROM wecom_link", "0");
}

/* --- choose and consent ---------------------------------------------------------------------- */

static void one_of_several_is_chosen(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);
    const wecom_admission_t *admission;

    accounts_add(accounts, "a1", "one", "'li@example.com'", "NULL", 1);
    accounts_add(accounts, "a2", "two", "'li@example.com'", "NULL", 1);
    accounts_add(accounts, "a3", "three", "'other@example.com'", "NULL", 1);
    claim.policy.login_only = 1;
    accounts_match_by(&claim, "email", "li@example.com");
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_CHOOSE);
    assert_int_equal(admission->candidates->nelts, 2);

    claim.step = WECOM_STEP_CHOOSE;
    claim.chosen = "a3"; /* is there, but was not offered */
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_EXPIRED);
    claim.chosen = "' OR 1=1 --";
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_EXPIRED);
    claim.chosen = NULL;
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_EXPIRED);
    accounts_check(accounts, "SELECT count(*) FROM wecom_link", "0");
    claim.chosen = "a2";
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->linked, 1);
    assert_string_equal(admission->standing.account.username, "two");
    assert_string_equal(admission->standing.linked_by, "choice:email");
    assert_int_equal(admission->standing.marks, PREEXISTING | FIELD_MATCH);
    /* posted once more: row 1, as the one that was chosen */
    claim.chosen = "a1";
    assert_string_equal(accounts_admit(accounts, &claim)->standing.account.id, "a2");
    accounts_check(accounts, "SELECT count(*) FROM wecom_link", "1");
}

static void consent_is_asked_for_what_is_withheld(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);

    claim.withheld = 1;
    claim.policy.may_consent = 1;
    assert_int_equal(accounts_admit(accounts, &claim)->verdict, WECOM_MATCH_CONSENT);
    accounts_check(accounts, "SELECT count(*) FROM wecom_account", "0");
    claim.policy.may_consent = 0;
    assert_int_equal(accounts_admit(accounts, &claim)->created, 1);
    /* never for someone linked */
    claim.policy.may_consent = 1;
    assert_int_equal(accounts_admit(accounts, &claim)->verdict, WECOM_MATCH_LOG_IN);
}

/* --- marks ----------------------------------------------------------------------------------- */

static void marks_follow_the_values(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);
    wecom_claim_t withheld = claim;
    wecom_claim_t other = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);
    wecom_standing_t standing;

    accounts_add(accounts, "a1", "li.si", "'li@example.com'", "NULL", 1);
    withheld.values = NULL;
    accounts_match_by(&claim, "email", "li@example.com");
    accounts_match_by(&other, "email", "si@example.com");
    assert_int_equal(accounts_admit(accounts, &claim)->standing.marks, PREEXISTING | FIELD_MATCH);
    assert_int_equal(accounts_admit(accounts, &claim)->standing.marks, PREEXISTING | FIELD_MATCH);
    assert_int_equal(accounts_admit(accounts, &withheld)->standing.marks,
                     PREEXISTING | FIELD_MATCH);
    assert_int_equal(accounts_find(accounts, &standing, "lisi"), WECOM_OK);
    assert_int_equal(standing.marks, PREEXISTING | FIELD_MATCH);
    /* WeCom delivers another value now */
    assert_int_equal(accounts_admit(accounts, &other)->standing.marks, PREEXISTING);
    assert_int_equal(accounts_admit(accounts, &claim)->standing.marks, PREEXISTING | FIELD_MATCH);
    /* the account has another one, spelled otherwise first */
    accounts_run(accounts, "UPDATE wecom_account SET email = ' LI@Example.com'");
    assert_int_equal(accounts_admit(accounts, &claim)->standing.marks, PREEXISTING | FIELD_MATCH);
    accounts_run(accounts, "UPDATE wecom_account SET email = 'si@example.com', "
                           "email_key = 'si@example.com'");
    assert_int_equal(accounts_admit(accounts, &claim)->standing.marks, PREEXISTING);
    assert_int_equal(accounts_admit(accounts, &other)->standing.marks, PREEXISTING);
    accounts_run(accounts, "UPDATE wecom_account SET email = NULL, email_key = NULL");
    assert_int_equal(accounts_admit(accounts, &withheld)->standing.marks, PREEXISTING);
}

static void made_account_has_no_marks(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);

    claim.email = "li@example.com";
    accounts_match_by(&claim, "email", "li@example.com");
    assert_int_equal(accounts_admit(accounts, &claim)->standing.marks, 0);
    assert_int_equal(accounts_admit(accounts, &claim)->standing.marks, 0);
}

/* --- the profile ------------------------------------------------------------------------------ */

static void check_pair(accounts_t *accounts, const char *first, const char *second,
                       const char *expected)
{
    const char *found = apr_pstrcat(accounts->pool, accounts_ask(accounts, first), ",",
                                    accounts_ask(accounts, second), NULL);

    CHECK(strcmp(found, expected) == 0, "%s, not %s", found, expected);
}

static void profile_follows_as_it_is_told(void **state)
{
    static const struct {
        wecom_sync_t sync;
        const char *after_link;     /* name and alias */
        const char *after_login;
        const char *after_made;     /* of an account that a login makes and another follows */
    } rows[] = {
        { WECOM_SYNC_EVERY, "new,old", "newer,old", "newer" },
        { WECOM_SYNC_FIRST, "new,old", "new,old", "new" },
        { WECOM_SYNC_NEVER, "old,old", "old,old", "new" },
    };
    accounts_t *accounts = *state;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);
        const char *name = "SELECT name FROM wecom_account WHERE id = 'a1'";
        const char *alias = "SELECT alias FROM wecom_account WHERE id = 'a1'";
        const char *made = "SELECT name FROM wecom_account WHERE username = 'wangwu'";

        accounts_run(accounts, "DELETE FROM wecom_link");
        accounts_run(accounts, "DELETE FROM wecom_account");
        accounts_add(accounts, "a1", "lisi", "'old@example.com'", "'+8613800000001'", 1);
        accounts_run(accounts, "UPDATE wecom_account SET name = 'old', alias = 'old'");
        claim.sync = rows[i].sync;
        claim.profile.name = "new";
        claim.email = "new@example.com";
        claim.phone = "13800000002";
        accounts_match_by(&claim, "userid", "lisi");
        assert_int_equal(accounts_admit(accounts, &claim)->linked, 1);
        check_pair(accounts, name, alias, rows[i].after_link);
        claim.profile.name = "newer";
        assert_int_equal(accounts_admit(accounts, &claim)->linked, 0);
        check_pair(accounts, name, alias, rows[i].after_login);
        claim.profile.name = NULL;
        accounts_admit(accounts, &claim);
        check_pair(accounts, name, alias, rows[i].after_login);
        accounts_check(accounts, "SELECT email FROM wecom_account", "old@example.com");
        accounts_check(accounts, "SELECT phone FROM wecom_account", "+8613800000001");
        accounts_check(accounts, "SELECT phone_key FROM wecom_account", "+8613800000001");

        claim = accounts_claim(accounts, "wangwu", WECOM_ASSOCIATION_NONE);
        claim.sync = rows[i].sync;
        claim.profile.name = "new";
        claim.email = "wang@example.com";
        assert_int_equal(accounts_admit(accounts, &claim)->created, 1);
        claim.profile.name = "newer";
        claim.email = "other@example.com";
        accounts_admit(accounts, &claim);
        accounts_check(accounts, made, rows[i].after_made);
        accounts_check(accounts, "SELECT email_key FROM wecom_account WHERE username = 'wangwu'",
                       "wang@example.com");
    }
}

/* Each value by itself, with all others withheld: they stay as they are. */
static void withheld_values_stay(void **state)
{
    static const char *const columns[] = {
        "name", "alias", "position", "telephone", "gender", "avatar", "departments"
    };
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    const char **values[] = {
        &claim.profile.name, &claim.profile.alias, &claim.profile.position,
        &claim.profile.telephone, &claim.profile.gender, &claim.profile.avatar,
        &claim.profile.departments
    };
    size_t i;
    size_t other;

    for (i = 0; i < COUNT(columns); i++) {
        *values[i] = "old";
    }
    accounts_admit(accounts, &claim);
    for (i = 0; i < COUNT(columns); i++) {
        for (other = 0; other < COUNT(columns); other++) {
            *values[other] = other == i ? "new" : NULL;
        }
        accounts_admit(accounts, &claim);
        assert_int_equal(accounts->statements, 3);
        for (other = 0; other < COUNT(columns); other++) {
            accounts_check(accounts, apr_psprintf(accounts->pool, "SELECT %s FROM wecom_account",
                                                  columns[other]), other <= i ? "new" : "old");
        }
    }
}

/* --- the enterprise's own table --------------------------------------------------------------- */

static void hire(accounts_t *accounts, const char *login, const char *mail, const char *tel,
                 const char *state)
{
    accounts_run(accounts, apr_psprintf(accounts->pool, "INSERT INTO staff VALUES ('%s', %s, %s, "
                                        "'old name', %s)", login, mail, tel, state));
}

static void staff_is_matched_and_found_again(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);
    const wecom_admission_t *admission;

    hire(accounts, "Li.Si", "'LI@Example.com'", "NULL", "'active'");
    hire(accounts, "other", "''", "''", "'active'");
    claim.policy.login_only = 1;
    accounts_match_by(&claim, "email", "li@example.com");
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->linked, 1);
    assert_string_equal(admission->standing.account.id, "Li.Si");
    assert_string_equal(admission->standing.account.username, "Li.Si");
    assert_int_equal(admission->standing.marks, PREEXISTING | FIELD_MATCH);
    CHECK(accounts->statements <= 4, "%d statements", accounts->statements);
    accounts_check(accounts, "SELECT full_name FROM staff WHERE login = 'Li.Si'",
                   claim.profile.name);
    accounts_check(accounts, "SELECT mail FROM staff WHERE login = 'Li.Si'", "LI@Example.com");

    claim.now += apr_time_from_sec(60);
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_LOG_IN);
    assert_int_equal(admission->linked, 0);
    assert_int_equal(accounts->statements, 2);
    claim.profile.name = "Li Si";
    accounts_admit(accounts, &claim);
    assert_int_equal(accounts->statements, 3);
    accounts_check(accounts, "SELECT full_name FROM staff WHERE login = 'Li.Si'", "Li Si");
    accounts_run(accounts, "UPDATE staff SET state = 'locked' WHERE login = 'Li.Si'");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_LOCKED);
    accounts_run(accounts, "UPDATE staff SET state = NULL WHERE login = 'Li.Si'");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_INACTIVE);
    accounts_run(accounts, "DELETE FROM staff WHERE login = 'Li.Si'");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_STALE);
}

static void staff_phones_are_typed_by_people(void **state)
{
    static const char *const spellings[] = {
        "+8613800000001", "8613800000001", "13800000001", "+86 13800000001"
    };
    accounts_t *accounts = *state;
    size_t i;

    for (i = 0; i < COUNT(spellings); i++) {
        wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);

        accounts_run(accounts, "DELETE FROM wecom_link");
        accounts_run(accounts, "DELETE FROM staff");
        hire(accounts, "lao.li", "NULL", apr_psprintf(accounts->pool, "'%s'", spellings[i]), "'1'");
        hire(accounts, "nobody", "NULL", "NULL", "'1'");
        claim.policy.login_only = 1;
        accounts_match_by(&claim, "mobile", "+8613800000001");
        CHECK(accounts_admit(accounts, &claim)->linked == 1, "%s", spellings[i]);
        assert_string_equal(accounts->admission.standing.linked_by, "match:mobile");
    }
}

static void staff_grows(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    const wecom_admission_t *admission;

    hire(accounts, "LISI", "'li@example.com'", "NULL", "'active'");
    claim.email = "li@example.com";
    claim.phone = "13800000001";
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->created, 1);
    assert_int_equal(accounts->statements, 4);
    assert_string_equal(admission->standing.account.username, "lisi@acme");
    assert_int_equal(admission->standing.marks, 0);
    accounts_check(accounts, "SELECT mail FROM staff WHERE login = 'lisi@acme'", NULL);
    accounts_check(accounts, "SELECT tel FROM staff WHERE login = 'lisi@acme'", "13800000001");
    accounts_check(accounts, "SELECT state FROM staff WHERE login = 'lisi@acme'", "1");
    accounts_check(accounts, "SELECT account_id FROM wecom_link", "lisi@acme");
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->created, 0);
    assert_int_equal(admission->standing.marks, 0);
    assert_int_equal(accounts->statements, 2);
}

static void staff_can_be_bound(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = bind_claim(accounts, "lisi", "Li.Si");

    hire(accounts, "Li.Si", "NULL", "NULL", "'yes'");
    assert_string_equal(accounts_admit(accounts, &claim)->standing.account.id, "Li.Si");
    assert_int_equal(accounts->admission.standing.marks, PREEXISTING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACCOUNTS_TEST(asked_first),
        ACCOUNTS_TEST(proven_account_is_linked),
        ACCOUNTS_TEST(unknown_account_is_told_as_such),
        ACCOUNTS_TEST(exact_spelling_wins),
        ACCOUNTS_TEST(status_of_proven_account_decides),
        ACCOUNTS_TEST(one_of_several_is_chosen),
        ACCOUNTS_TEST(consent_is_asked_for_what_is_withheld),
        ACCOUNTS_TEST(marks_follow_the_values),
        ACCOUNTS_TEST(made_account_has_no_marks),
        ACCOUNTS_TEST(profile_follows_as_it_is_told),
        ACCOUNTS_TEST(withheld_values_stay),
        STAFF_TEST(staff_is_matched_and_found_again),
        STAFF_TEST(staff_phones_are_typed_by_people),
        STAFF_TEST(staff_grows),
        STAFF_TEST(staff_can_be_bound),
    };

    return cmocka_run_group_tests_name("account_sql_steps", tests, accounts_start, support_end);
}
