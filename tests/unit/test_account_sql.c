/* SPDX-License-Identifier: Apache-2.0 */
/* test_account_sql.c - the directory in SQL, over a real database: logins. */
#include "accounts.h"

#include <string.h>

#include <apr_strings.h>

/* --- tests ----------------------------------------------------------------------------------- */

static void first_login_creates(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "Zhang.San", WECOM_ASSOCIATION_NONE);
    const wecom_admission_t *admission;
    const char *id;

    claim.email = "Zhang.San@Example.com";
    claim.phone = "138 0000 0000";
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_LOG_IN);
    assert_int_equal(admission->created, 1);
    assert_int_equal(admission->standing.account.is_ours, 1);
    assert_string_equal(admission->standing.account.username, "Zhang.San");
    id = admission->standing.account.id;
    assert_int_equal(strlen(id), 32);
    accounts_check(accounts, "SELECT email_key FROM wecom_account", "zhang.san@example.com");
    accounts_check(accounts, "SELECT phone_key FROM wecom_account", "+8613800000000");
    accounts_check(accounts, "SELECT linked_by FROM wecom_link", "create");

    /* and the next one is the same, spelled otherwise, whatever the policy has become */
    claim = accounts_claim(accounts, "zhang.san", WECOM_ASSOCIATION_FIELD);
    claim.policy.login_only = 1;
    claim.now = ACCOUNTS_NOW + apr_time_from_sec(60);
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_LOG_IN);
    assert_int_equal(admission->created + admission->linked, 0);
    assert_string_equal(admission->standing.account.id, id);
    accounts_check(accounts, "SELECT count(*) FROM wecom_account", "1");
    accounts_check(accounts, "SELECT last_login FROM wecom_link", "1700000060");
    accounts_check(accounts, "SELECT userid FROM wecom_link", "zhang.san");
}

static void refusals_leave_nothing(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);

    claim.policy.login_only = 1;
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_LOGIN_ONLY);
    claim.policy.login_only = 0;
    claim.policy.no_registration = 1;
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_NO_REGISTRATION);
    claim.policy.association = WECOM_ASSOCIATION_FIELD;
    claim.withheld = 1;
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_WITHHELD);
    accounts_check(accounts, "SELECT count(*) FROM wecom_account", "0");
    accounts_check(accounts, "SELECT count(*) FROM wecom_link", "0");
}

static void field_matches(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);
    const wecom_admission_t *admission;

    accounts_add(accounts, "a1", "li.si", "'li@example.com'", "NULL", 1);
    accounts_add(accounts, "a2", "other", "NULL", "'+8613800000001'", 1);
    claim.policy.login_only = 1;
    accounts_match_by(&claim, "email", "li@example.com");
    accounts_match_by(&claim, "mobile", "+8613800000009");
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_LOG_IN);
    assert_int_equal(admission->linked, 1);
    assert_int_equal(admission->created, 0);
    assert_int_equal(admission->standing.account.is_ours, 0);
    assert_string_equal(admission->standing.account.username, "li.si");
    accounts_check(accounts, "SELECT linked_by FROM wecom_link", "match:email");
    accounts_check(accounts, "SELECT LENGTH(match_hash) FROM wecom_link", "81");

    /* somebody else of this source with the same e-mail */
    claim = accounts_claim(accounts, "wangwu", WECOM_ASSOCIATION_FIELD);
    accounts_match_by(&claim, "email", "li@example.com");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_TAKEN);
    /* and the same member of another source is welcome */
    claim.source = "beta";
    assert_int_equal(accounts_admit(accounts, &claim)->linked, 1);
    accounts_check(accounts, "SELECT count(*) FROM wecom_link", "2");
    accounts_check(accounts, "SELECT count(*) FROM wecom_account", "2");
}

static void several_fields_one_account(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);

    accounts_add(accounts, "a1", "LiSi", "'li@example.com'", "'+8613800000001'", 1);
    accounts_match_by(&claim, "mobile", "+8613800000001");
    accounts_match_by(&claim, "userid", "lisi");
    accounts_match_by(&claim, "email", "li@example.com");
    assert_int_equal(accounts_admit(accounts, &claim)->linked, 1);
    accounts_check(accounts, "SELECT linked_by FROM wecom_link", "match:mobile");
}

static void several_accounts_are_a_choice(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);
    const wecom_admission_t *admission;

    accounts_add(accounts, "a1", "one", "'li@example.com'", "NULL", 1);
    accounts_add(accounts, "a2", "two", "'li@example.com'", "NULL", 1);
    accounts_match_by(&claim, "email", "li@example.com");
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_CHOOSE);
    assert_int_equal(admission->candidates->nelts, 2);
    accounts_check(accounts, "SELECT count(*) FROM wecom_link", "0");
}

static void empty_matches_nothing(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);

    accounts_add(accounts, "a1", "one", "''", "''", 1);
    accounts_add(accounts, "a2", "two", "NULL", "NULL", 1);
    claim.policy.login_only = 1;
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_LOGIN_ONLY);
}

static void status_decides(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);

    accounts_add(accounts, "a1", "lisi", "NULL", "NULL", 3);
    accounts_match_by(&claim, "userid", "lisi");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_INACTIVE);
    accounts_run(accounts, "UPDATE wecom_account SET status = 2");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_LOCKED);
    accounts_run(accounts, "UPDATE wecom_account SET status = 1");
    assert_int_equal(accounts_admit(accounts, &claim)->linked, 1);
    accounts_run(accounts, "UPDATE wecom_account SET status = 3");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_INACTIVE);
    accounts_run(accounts, "DELETE FROM wecom_account");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_STALE);
}

static void nobody_is_merged_unasked(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    const wecom_admission_t *admission;

    accounts_add(accounts, "a1", "lisi", "'li@example.com'", "'+8613800000001'", 1);
    claim.email = "LI@example.com";
    claim.phone = "13800000001";
    admission = accounts_admit(accounts, &claim);
    assert_int_equal(admission->created, 1);
    assert_string_equal(admission->standing.account.username, "lisi@acme");
    accounts_check(accounts, "SELECT email_key FROM wecom_account WHERE id <> 'a1'", NULL);
    accounts_check(accounts, "SELECT phone FROM wecom_account WHERE id <> 'a1'", NULL);
}

static void values_are_no_sql(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);

    accounts_add(accounts, "a1", "one", "'li@example.com'", "NULL", 1);
    claim.policy.login_only = 1;
    claim.profile.name = "'; DROP TABLE wecom_account; --";
    accounts_match_by(&claim, "email", "' OR '1'='1");
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_LOGIN_ONLY);
    claim.policy.login_only = 0;
    assert_int_equal(accounts_admit(accounts, &claim)->created, 1);
    accounts_check(accounts, "SELECT name FROM wecom_account WHERE id <> 'a1'",
                   "'; DROP TABLE wecom_account; --");
}

/* The userid is somebody's, and so is the name that would be next. */
static void taken_names_are_passed_by(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    const char *username;

    accounts_add(accounts, "a1", "LiSi", "NULL", "NULL", 1);
    accounts_add(accounts, "a2", "lisi@acme", "NULL", "NULL", 1);
    assert_int_equal(accounts_admit(accounts, &claim)->created, 1);
    username = accounts->admission.standing.account.username;
    CHECK(strncmp(username, "lisi@acme-", 10) == 0 && strlen(username) == 18, "%s", username);
    assert_int_equal(accounts_admit(accounts, &claim)->created, 0);
}

/* Texts that mean something in SQL, and characters beyond a byte. */
static const char *const values_that_are_odd[] = {
    "'; DROP TABLE wecom_account; --", "\\", "\\'", "\"", "%s", "$1", "?", "`", "/*",
    "\xe5\xbc\xa0\xe4\xb8\x89", "\xf0\x9f\x98\x80", " a ", "",
};

static void values_come_back_as_they_were(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    wecom_standing_t standing;
    size_t i;

    accounts_admit(accounts, &claim);
    for (i = 0; i < COUNT(values_that_are_odd); i++) {
        claim.profile.name = values_that_are_odd[i];
        accounts_admit(accounts, &claim);
        assert_int_equal(accounts_find(accounts, &standing, "lisi"), WECOM_OK);
        CHECK(support_same(standing.account.name, claim.profile.name), "%s became %s",
              claim.profile.name, support_show(standing.account.name));
        accounts_check(accounts, "SELECT alias FROM wecom_account", NULL);
    }
    /* and the database has characters, not bytes that it takes for another encoding's */
    claim.profile.name = "\xe5\xbc\xa0\xf0\x9f\x98\x80";
    accounts_admit(accounts, &claim);
    accounts_check(accounts, strcmp(accounts->driver, "sqlite3") == 0
                                 ? "SELECT LENGTH(name) FROM wecom_account"
                                 : "SELECT CHAR_LENGTH(name) FROM wecom_account", "2");
}

/* No member is kept out by what would not go into a column; it is as if WeCom had withheld it. */
static void what_does_not_fit_is_left_out(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    char *text = apr_palloc(accounts->pool, 65537);

    memset(text, 'a', 65536);
    text[65536] = '\0';
    claim.profile.name = claim.profile.alias = claim.profile.position = text;
    claim.profile.telephone = claim.profile.gender = claim.profile.avatar = text;
    claim.profile.departments = claim.email = claim.phone = text;
    assert_int_equal(accounts_admit(accounts, &claim)->created, 1);
    accounts_check(accounts, "SELECT COALESCE(name, alias, position, telephone, gender, avatar, "
                             "departments, email, phone) FROM wecom_account", NULL);
    claim.profile.name = "Li Si";
    accounts_admit(accounts, &claim);
    claim.profile.name = text;
    accounts_admit(accounts, &claim);
    claim.profile.name = "\xff\xfe"; /* no UTF-8: PostgreSQL refuses the statement */
    accounts_admit(accounts, &claim);
    accounts_check(accounts, "SELECT name FROM wecom_account", "Li Si");
    /* the longest that does */
    text[256] = '\0';
    claim.profile.name = text;
    accounts_admit(accounts, &claim);
    accounts_check(accounts, "SELECT name FROM wecom_account", text);
}

static const char *const no_links[] = {
    "sqlite3", "CREATE TRIGGER no_links BEFORE INSERT ON wecom_link "
               "BEGIN SELECT RAISE(ABORT, 'no links today'); END",
    "pgsql", "CREATE OR REPLACE FUNCTION no_links() RETURNS trigger LANGUAGE plpgsql AS "
             "'BEGIN RAISE EXCEPTION ''no links today''; END'; "
             "CREATE TRIGGER no_links BEFORE INSERT ON wecom_link FOR EACH ROW "
             "EXECUTE FUNCTION no_links()",
    "mysql", "CREATE TRIGGER no_links BEFORE INSERT ON wecom_link FOR EACH ROW "
             "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no links today'",
};

static void broken_database_writes_nothing(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    size_t i;

    accounts->down = 1;
    accounts_admit_fails(accounts, &claim);
    accounts->down = 0;
    /* the account goes in, the link does not: neither may stay */
    for (i = 0; i < COUNT(no_links); i += 2) {
        if (strcmp(accounts->driver, no_links[i]) == 0) {
            accounts_run(accounts, no_links[i + 1]);
        }
    }
    accounts_admit_fails(accounts, &claim);
    CHECK(strstr(accounts->err.detail, "no links today") != NULL, "%s", accounts->err.detail);
    accounts_check(accounts, "SELECT count(*) FROM wecom_account", "0");
    accounts_run(accounts, strcmp(accounts->driver, "pgsql") == 0
                               ? "DROP TRIGGER no_links ON wecom_link" : "DROP TRIGGER no_links");
    assert_int_equal(accounts_admit(accounts, &claim)->created, 1);
}

/* A SELECT that fails is no SELECT that found nothing: nobody is sent away as unknown. */
static void unreadable_table_is_no_empty_one(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    wecom_standing_t standing;

    claim.policy.login_only = 1;
    accounts_run(accounts, "DROP TABLE wecom_link");
    accounts_admit_fails(accounts, &claim);
    assert_int_equal(accounts_find(accounts, &standing, "lisi"), WECOM_E_UNAVAILABLE);
    assert_int_equal(accounts->broken, 1);
}

static const char *const cuts[] = {
    "sqlite3", "CREATE TABLE more (id INTEGER); DROP TABLE more",
    "pgsql", "SELECT pg_terminate_backend(pg_backend_pid())",
    "mysql", "KILL CONNECTION_ID()",
};

static void cut(accounts_t *accounts)
{
    size_t i;

    for (i = 0; i < COUNT(cuts); i += 2) {
        if (strcmp(accounts->driver, cuts[i]) == 0) {
            (void)wecom_sql_run(&accounts->sql, cuts[i + 1]);
        }
    }
}

/* As after a restart of the database: connection or statements are gone, and no visitor hears. */
static void connection_is_renewed(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    wecom_standing_t standing;

    cut(accounts);
    assert_int_equal(accounts_admit(accounts, &claim)->created, 1);
    assert_string_equal(accounts->admission.standing.account.username, "lisi");
    assert_int_equal(accounts->renewed, 1);
    cut(accounts);
    assert_int_equal(accounts_find(accounts, &standing, "lisi"), WECOM_OK);
    assert_int_equal(accounts->renewed, 2);
}

static void linked_account_is_found_again(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    wecom_standing_t standing;

    accounts_admit(accounts, &claim);
    assert_int_equal(accounts_find(accounts, &standing, "lisi"), WECOM_OK);
    assert_string_equal(standing.account.username, "lisi");
    assert_string_equal(standing.linked_by, "create");
    assert_int_equal(standing.marks, 0);
    assert_int_equal(accounts->statements, 1);
    assert_int_equal(accounts_find(accounts, &standing, "wangwu"), WECOM_E_NOT_FOUND);
    accounts_run(accounts, "DELETE FROM wecom_account");
    assert_int_equal(accounts_find(accounts, &standing, "lisi"), WECOM_E_NOT_FOUND);
}

/* --- what a login costs -------------------------------------------------------------------- */

static void statements_are_few(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);

    accounts_admit(accounts, &claim);
    assert_int_equal(accounts->statements, 4);   /* link? candidates? account, link */
    claim.now += apr_time_from_sec(1);
    accounts_admit(accounts, &claim);
    assert_int_equal(accounts->statements, 2);   /* link, touched */
    accounts_admit(accounts, &claim);            /* in the same second: nothing is different */
    assert_int_equal(accounts->statements, 2);
    claim.profile.name = NULL;
    accounts_admit(accounts, &claim);
    assert_int_equal(accounts->statements, 2);
    claim.profile.position = "CTO";
    accounts_admit(accounts, &claim);
    assert_int_equal(accounts->statements, 3);   /* and the profile */
    accounts_admit(accounts, &claim);
    assert_int_equal(accounts->statements, 2);
    accounts_add(accounts, "a1", "wangwu", "NULL", "NULL", 1);
    claim = accounts_claim(accounts, "wangwu", WECOM_ASSOCIATION_FIELD);
    accounts_match_by(&claim, "userid", "wangwu");
    assert_int_equal(accounts_admit(accounts, &claim)->linked, 1);
    CHECK(accounts->statements <= 4, "%d statements", accounts->statements);
    claim = accounts_claim(accounts, "nobody", WECOM_ASSOCIATION_NONE);
    claim.policy.login_only = 1;
    assert_int_equal(accounts_admit(accounts, &claim)->refusal, WECOM_MATCH_LOGIN_ONLY);
    assert_int_equal(accounts->statements, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACCOUNTS_TEST(first_login_creates),
        ACCOUNTS_TEST(refusals_leave_nothing),
        ACCOUNTS_TEST(field_matches),
        ACCOUNTS_TEST(several_fields_one_account),
        ACCOUNTS_TEST(several_accounts_are_a_choice),
        ACCOUNTS_TEST(empty_matches_nothing),
        ACCOUNTS_TEST(status_decides),
        ACCOUNTS_TEST(nobody_is_merged_unasked),
        ACCOUNTS_TEST(values_are_no_sql),
        ACCOUNTS_TEST(taken_names_are_passed_by),
        ACCOUNTS_TEST(values_come_back_as_they_were),
        ACCOUNTS_TEST(what_does_not_fit_is_left_out),
        ACCOUNTS_TEST(broken_database_writes_nothing),
        ACCOUNTS_TEST(unreadable_table_is_no_empty_one),
        ACCOUNTS_TEST(connection_is_renewed),
        ACCOUNTS_TEST(linked_account_is_found_again),
        ACCOUNTS_TEST(statements_are_few),
    };

    return cmocka_run_group_tests_name("account_sql", tests, accounts_start, support_end);
}
