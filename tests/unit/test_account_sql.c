/* SPDX-License-Identifier: Apache-2.0 */
/* test_account_sql.c - the directory in SQL, over a real SQLite. */
#include "support.h"

#include <string.h>

#include <apr_file_io.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "../../src/auth/account_schema.h"
#include "../../src/auth/account_sql.h"
#include "../../src/base/text.h"

#define NOW apr_time_from_sec(1700000000)
#define MANY 8

/* A database file, and one connection to it. */
typedef struct base_t {
    apr_pool_t *pool;
    const char *file;
    const wecom_account_layout_t *layout;
    wecom_sql_t sql;
    wecom_sql_port_t port;
    wecom_directory_t *directory;
    wecom_error_t err;
    wecom_admission_t admission;
    int borrowed;
    int down;
} base_t;

static int borrow(const wecom_sql_port_t *self, wecom_sql_t *sql, apr_pool_t *pool)
{
    base_t *base = self->baton;

    (void)pool;
    if (base->down) {
        return 0;
    }
    base->borrowed++;
    *sql = base->sql;
    return 1;
}

static void give_back(const wecom_sql_port_t *self, wecom_sql_t *sql)
{
    base_t *base = self->baton;

    (void)sql;
    base->borrowed--;
}

static void connect_to(base_t *base, const char *file, const wecom_account_layout_t *layout,
                       apr_pool_t *pool)
{
    const wecom_sql_statement_t *rows;
    int count;
    int i;

    memset(base, 0, sizeof(*base));
    base->pool = pool;
    base->file = file;
    base->layout = layout;
    CHECK(wecom_sql_open(&base->sql, &base->err, "sqlite3", file, pool) == WECOM_OK, "%s",
          support_show(base->err.detail));
    base->port.borrow = borrow;
    base->port.give_back = give_back;
    base->port.baton = base;
    base->directory = wecom_account_sql_directory(&base->port, layout, pool);
    rows = wecom_account_schema_statements(&count, layout, pool);
    for (i = 0; i < count; i++) {
        CHECK(wecom_sql_prepare(&base->sql, &base->err, &rows[i], pool) == WECOM_OK, "%s: %s",
              rows[i].label, support_show(base->err.detail));
    }
}

static void run(base_t *base, const char *text)
{
    CHECK(wecom_sql_run(&base->sql, text), "%s: %s", text,
          support_show(wecom_sql_complaint(&base->sql, base->pool)));
}

/* The first column of the last row. */
static const char *ask(base_t *base, const char *text)
{
    const wecom_sql_statement_t statement = { "asked", text };
    wecom_sql_rows_t rows;
    const char *found = NULL;

    CHECK(wecom_sql_prepare(&base->sql, &base->err, &statement, base->pool) == WECOM_OK
          && wecom_sql_select(&rows, &base->sql, "asked", NULL, 0, base->pool), "%s", text);
    while (wecom_sql_next(&rows)) {
        found = wecom_sql_entry(&rows, 0);
    }
    return found;
}

static const char *new_file(apr_pool_t *pool)
{
    char *name = apr_pstrdup(pool, "/tmp/wecom-accounts-XXXXXX");
    apr_file_t *file;

    assert_int_equal(apr_file_mktemp(&file, name, APR_FOPEN_CREATE | APR_FOPEN_READ
                                                      | APR_FOPEN_WRITE, pool), APR_SUCCESS);
    apr_file_close(file);
    return name;
}

static int setup(void **state)
{
    const char *const *tables = wecom_account_schema_tables("sqlite3");
    wecom_error_t err;
    wecom_sql_t sql;
    apr_pool_t *pool;
    base_t *base;

    support_pool_make(state);
    pool = *state;
    base = apr_pcalloc(pool, sizeof(*base));
    base->file = new_file(pool);
    assert_int_equal(wecom_sql_open(&sql, &err, "sqlite3", base->file, pool), WECOM_OK);
    for (; *tables != NULL; tables++) {
        CHECK(wecom_sql_run(&sql, *tables), "%s", *tables);
    }
    wecom_sql_close(&sql);
    connect_to(base, base->file, NULL, pool);
    *state = base;
    return 0;
}

static int teardown(void **state)
{
    base_t *base = *state;

    assert_int_equal(base->borrowed, 0);
    wecom_sql_close(&base->sql);
    apr_file_remove(base->file, base->pool);
    *state = base->pool;
    return support_pool_end(state);
}

#define SQL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* --- a member -------------------------------------------------------------------------------- */

static wecom_claim_t claim_of(const base_t *base, const char *userid,
                              wecom_association_t association)
{
    wecom_claim_t claim;

    memset(&claim, 0, sizeof(claim));
    claim.source = "acme";
    claim.userid = userid;
    claim.userid_key = wecom_text_fold(userid, base->pool);
    claim.profile.name = "\xe5\xbc\xa0\xe4\xb8\x89";
    claim.values = apr_array_make(base->pool, 2, sizeof(wecom_claim_value_t));
    claim.policy.association = association;
    claim.now = NOW;
    return claim;
}

static void match_by(wecom_claim_t *claim, const char *field, const char *value)
{
    wecom_claim_value_t *row = apr_array_push((apr_array_header_t *)claim->values);

    row->field = field;
    row->column = (wecom_column_t)wecom_account_column(field);
    row->value = value;
}

static const wecom_admission_t *admit(base_t *base, const wecom_claim_t *claim)
{
    wecom_status_t status = base->directory->admit(base->directory, &base->admission, &base->err,
                                                   claim, base->pool);

    CHECK(status == WECOM_OK, "%s", support_show(base->err.detail));
    return &base->admission;
}

static void add(base_t *base, const char *id, const char *username, const char *email,
                const char *phone, int status)
{
    run(base, apr_psprintf(base->pool,
                           "INSERT INTO wecom_account (id, username, username_key, email, "
                           "email_key, phone, phone_key, status, created_by, created_at, "
                           "updated_at) VALUES ('%s', '%s', lower('%s'), %s, %s, %s, %s, %d, "
                           "'import', 1, 1)", id, username, username, email, email, phone, phone,
                           status));
}

/* --- tests ----------------------------------------------------------------------------------- */

static void first_login_creates(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "Zhang.San", WECOM_ASSOCIATION_NONE);
    const wecom_admission_t *admission;
    const char *id;

    claim.email = "Zhang.San@Example.com";
    claim.phone = "138 0000 0000";
    admission = admit(base, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_LOG_IN);
    assert_int_equal(admission->created, 1);
    assert_int_equal(admission->standing.account.is_ours, 1);
    assert_string_equal(admission->standing.account.username, "Zhang.San");
    id = admission->standing.account.id;
    assert_int_equal(strlen(id), 32);
    assert_string_equal(ask(base, "SELECT email_key FROM wecom_account"),
                        "zhang.san@example.com");
    assert_string_equal(ask(base, "SELECT phone_key FROM wecom_account"), "+8613800000000");
    assert_string_equal(ask(base, "SELECT linked_by FROM wecom_link"), "create");

    /* and the next one is the same, spelled otherwise, whatever the policy has become */
    claim = claim_of(base, "zhang.san", WECOM_ASSOCIATION_FIELD);
    claim.policy.login_only = 1;
    claim.now = NOW + apr_time_from_sec(60);
    admission = admit(base, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_LOG_IN);
    assert_int_equal(admission->created + admission->linked, 0);
    assert_string_equal(admission->standing.account.id, id);
    assert_string_equal(ask(base, "SELECT count(*) FROM wecom_account"), "1");
    assert_string_equal(ask(base, "SELECT last_login FROM wecom_link"), "1700000060");
    assert_string_equal(ask(base, "SELECT userid FROM wecom_link"), "zhang.san");
}

static void refusals_leave_nothing(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_NONE);

    claim.policy.login_only = 1;
    assert_int_equal(admit(base, &claim)->refusal, WECOM_MATCH_LOGIN_ONLY);
    claim.policy.login_only = 0;
    claim.policy.no_registration = 1;
    assert_int_equal(admit(base, &claim)->refusal, WECOM_MATCH_NO_REGISTRATION);
    claim.policy.association = WECOM_ASSOCIATION_FIELD;
    claim.withheld = 1;
    assert_int_equal(admit(base, &claim)->refusal, WECOM_MATCH_WITHHELD);
    assert_string_equal(ask(base, "SELECT count(*) FROM wecom_account"), "0");
    assert_string_equal(ask(base, "SELECT count(*) FROM wecom_link"), "0");
}

static void field_matches(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_FIELD);
    const wecom_admission_t *admission;

    add(base, "a1", "li.si", "'li@example.com'", "NULL", 1);
    add(base, "a2", "other", "NULL", "'+8613800000001'", 1);
    claim.policy.login_only = 1;
    match_by(&claim, "email", "li@example.com");
    match_by(&claim, "mobile", "+8613800000009");
    admission = admit(base, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_LOG_IN);
    assert_int_equal(admission->linked, 1);
    assert_int_equal(admission->created, 0);
    assert_int_equal(admission->standing.account.is_ours, 0);
    assert_string_equal(admission->standing.account.username, "li.si");
    assert_string_equal(ask(base, "SELECT linked_by FROM wecom_link"), "match:email");
    assert_int_equal(strlen(ask(base, "SELECT match_hash FROM wecom_link")), 16 + 1 + 64);

    /* somebody else of this source with the same e-mail */
    claim = claim_of(base, "wangwu", WECOM_ASSOCIATION_FIELD);
    match_by(&claim, "email", "li@example.com");
    assert_int_equal(admit(base, &claim)->refusal, WECOM_MATCH_TAKEN);
    /* and the same member of another source is welcome */
    claim.source = "beta";
    assert_int_equal(admit(base, &claim)->linked, 1);
    assert_string_equal(ask(base, "SELECT count(*) FROM wecom_link"), "2");
    assert_string_equal(ask(base, "SELECT count(*) FROM wecom_account"), "2");
}

static void several_fields_one_account(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_FIELD);

    add(base, "a1", "LiSi", "'li@example.com'", "'+8613800000001'", 1);
    match_by(&claim, "mobile", "+8613800000001");
    match_by(&claim, "userid", "lisi");
    match_by(&claim, "email", "li@example.com");
    assert_int_equal(admit(base, &claim)->linked, 1);
    assert_string_equal(ask(base, "SELECT linked_by FROM wecom_link"), "match:mobile");
}

static void several_accounts_are_a_choice(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_FIELD);
    const wecom_admission_t *admission;

    add(base, "a1", "one", "'li@example.com'", "NULL", 1);
    add(base, "a2", "two", "'li@example.com'", "NULL", 1);
    match_by(&claim, "email", "li@example.com");
    admission = admit(base, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_CHOOSE);
    assert_int_equal(admission->candidates->nelts, 2);
    assert_string_equal(ask(base, "SELECT count(*) FROM wecom_link"), "0");
}

static void empty_matches_nothing(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_FIELD);

    add(base, "a1", "one", "''", "''", 1);
    add(base, "a2", "two", "NULL", "NULL", 1);
    claim.policy.login_only = 1;
    assert_int_equal(admit(base, &claim)->refusal, WECOM_MATCH_LOGIN_ONLY);
}

static void status_decides(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_FIELD);

    add(base, "a1", "lisi", "NULL", "NULL", 3);
    match_by(&claim, "userid", "lisi");
    assert_int_equal(admit(base, &claim)->refusal, WECOM_MATCH_INACTIVE);
    run(base, "UPDATE wecom_account SET status = 2");
    assert_int_equal(admit(base, &claim)->refusal, WECOM_MATCH_LOCKED);
    run(base, "UPDATE wecom_account SET status = 1");
    assert_int_equal(admit(base, &claim)->linked, 1);
    run(base, "UPDATE wecom_account SET status = 3");
    assert_int_equal(admit(base, &claim)->refusal, WECOM_MATCH_INACTIVE);
    run(base, "DELETE FROM wecom_account");
    assert_int_equal(admit(base, &claim)->refusal, WECOM_MATCH_STALE);
}

static void nobody_is_merged_unasked(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_NONE);
    const wecom_admission_t *admission;

    add(base, "a1", "lisi", "'li@example.com'", "'+8613800000001'", 1);
    claim.email = "LI@example.com";
    claim.phone = "13800000001";
    admission = admit(base, &claim);
    assert_int_equal(admission->created, 1);
    assert_string_equal(admission->standing.account.username, "lisi@acme");
    assert_null(ask(base, "SELECT email_key FROM wecom_account WHERE id <> 'a1'"));
    assert_null(ask(base, "SELECT phone FROM wecom_account WHERE id <> 'a1'"));
}

static void values_are_no_sql(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_FIELD);

    add(base, "a1", "one", "'li@example.com'", "NULL", 1);
    claim.policy.login_only = 1;
    claim.profile.name = "'; DROP TABLE wecom_account; --";
    match_by(&claim, "email", "' OR '1'='1");
    assert_int_equal(admit(base, &claim)->refusal, WECOM_MATCH_LOGIN_ONLY);
    claim.policy.login_only = 0;
    assert_int_equal(admit(base, &claim)->created, 1);
    assert_string_equal(ask(base, "SELECT name FROM wecom_account WHERE id <> 'a1'"),
                        "'; DROP TABLE wecom_account; --");
}

static void broken_database_writes_nothing(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_NONE);
    base_t anew;

    base->down = 1;
    assert_int_equal(base->directory->admit(base->directory, &base->admission, &base->err, &claim,
                                            base->pool), WECOM_E_UNAVAILABLE);
    base->down = 0;
    /* the account goes in, the link does not: neither may stay */
    run(base, "CREATE TRIGGER no_links BEFORE INSERT ON wecom_link "
              "BEGIN SELECT RAISE(ABORT, 'no'); END");
    assert_int_equal(base->directory->admit(base->directory, &base->admission, &base->err, &claim,
                                            base->pool), WECOM_E_UNAVAILABLE);
    assert_int_equal(base->admission.verdict, WECOM_MATCH_REFUSE);
    assert_string_equal(ask(base, "SELECT count(*) FROM wecom_account"), "0");
    run(base, "DROP TRIGGER no_links");
    /* APR's driver keeps statements of the old schema, so a new connection. */
    connect_to(&anew, base->file, NULL, base->pool);
    assert_int_equal(admit(&anew, &claim)->created, 1);
    wecom_sql_close(&anew.sql);
}

static void linked_account_is_found_again(void **state)
{
    base_t *base = *state;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_NONE);
    wecom_standing_t standing;

    admit(base, &claim);
    assert_int_equal(base->directory->find_linked(base->directory, &standing, &base->err, "acme",
                                                  "lisi", NULL, base->pool), WECOM_OK);
    assert_string_equal(standing.account.username, "lisi");
    assert_int_equal(standing.marks, 0);
    assert_int_equal(base->directory->find_linked(base->directory, &standing, &base->err, "beta",
                                                  "lisi", NULL, base->pool), WECOM_E_NOT_FOUND);
    run(base, "DELETE FROM wecom_account");
    assert_int_equal(base->directory->find_linked(base->directory, &standing, &base->err, "acme",
                                                  "lisi", NULL, base->pool), WECOM_E_NOT_FOUND);
}

/* --- a race ---------------------------------------------------------------------------------- */

static void *APR_THREAD_FUNC log_in(apr_thread_t *thread, void *baton)
{
    base_t *base = baton;
    wecom_claim_t claim = claim_of(base, "lisi", WECOM_ASSOCIATION_NONE);
    wecom_status_t status = base->directory->admit(base->directory, &base->admission, &base->err,
                                                   &claim, base->pool);

    apr_thread_exit(thread, status == WECOM_OK ? APR_SUCCESS : APR_EGENERAL);
    return NULL;
}

static void many_first_logins_make_one_account(void **state)
{
    base_t *base = *state;
    base_t others[MANY];
    apr_thread_t *threads[MANY];
    int created = 0;
    int i;

    for (i = 0; i < MANY; i++) {
        apr_pool_t *pool;

        /* a pool of its own, with an allocator of its own */
        assert_int_equal(apr_pool_create_core(&pool), APR_SUCCESS);
        connect_to(&others[i], base->file, NULL, pool);
    }
    for (i = 0; i < MANY; i++) {
        assert_int_equal(apr_thread_create(&threads[i], NULL, log_in, &others[i],
                                           others[i].pool), APR_SUCCESS);
    }
    for (i = 0; i < MANY; i++) {
        apr_status_t status;

        apr_thread_join(&status, threads[i]);
        CHECK(status == APR_SUCCESS, "login %d: %s", i, support_show(others[i].err.detail));
        assert_int_equal(others[i].admission.verdict, WECOM_MATCH_LOG_IN);
        created += others[i].admission.created;
        assert_string_equal(others[i].admission.standing.account.username, "lisi");
    }
    assert_int_equal(created, 1);
    assert_string_equal(ask(base, "SELECT count(*) FROM wecom_account"), "1");
    assert_string_equal(ask(base, "SELECT count(*) FROM wecom_link"), "1");
    for (i = 0; i < MANY; i++) {
        wecom_sql_close(&others[i].sql);
        apr_pool_destroy(others[i].pool);
    }
}

static int start(void **state)
{
    static apr_pool_t *forever;
    int failed = support_start(state);

    if (failed == 0) {
        apr_pool_create(&forever, NULL);
        failed = wecom_sql_start(forever) != WECOM_OK;
    }
    return failed;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SQL_TEST(first_login_creates),
        SQL_TEST(refusals_leave_nothing),
        SQL_TEST(field_matches),
        SQL_TEST(several_fields_one_account),
        SQL_TEST(several_accounts_are_a_choice),
        SQL_TEST(empty_matches_nothing),
        SQL_TEST(status_decides),
        SQL_TEST(nobody_is_merged_unasked),
        SQL_TEST(values_are_no_sql),
        SQL_TEST(broken_database_writes_nothing),
        SQL_TEST(linked_account_is_found_again),
        SQL_TEST(many_first_logins_make_one_account),
    };

    return cmocka_run_group_tests_name("account_sql", tests, start, support_end);
}
