/* SPDX-License-Identifier: Apache-2.0 */
/* accounts.c - see accounts.h. */
#include "accounts.h"

#include <stdlib.h>
#include <string.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "../../src/base/text.h"

const wecom_account_layout_t accounts_staff = {
    "staff", "login", "mail", "tel", "full_name", "state"
};

static void open_database(accounts_t *accounts)
{
    CHECK(wecom_sql_open(&accounts->sql, &accounts->err, accounts->driver, accounts->params,
                         accounts->pool) == WECOM_OK, "%s", support_show(accounts->err.detail));
}

static void prepare(accounts_t *accounts)
{
    const wecom_sql_statement_t *rows;
    int count;
    int i;

    rows = wecom_account_schema_statements(&count, accounts->layout, accounts->pool);
    for (i = 0; i < count; i++) {
        CHECK(wecom_sql_prepare(&accounts->sql, &accounts->err, &rows[i], accounts->pool)
              == WECOM_OK, "%s: %s", rows[i].label, support_show(accounts->err.detail));
    }
}

static int borrow(const wecom_sql_port_t *self, wecom_sql_t *sql, apr_pool_t *pool)
{
    accounts_t *accounts = self->baton;

    (void)pool;
    if (accounts->down) {
        return 0;
    }
    if (accounts->broken) {
        const wecom_sql_statement_t *rows;
        int count;

        rows = wecom_account_schema_statements(&count, accounts->layout, accounts->pool);
        wecom_sql_renew(&accounts->sql, rows, count, accounts->pool);
        accounts->broken = 0;
        accounts->renewed++;
    }
    accounts->borrowed++;
    *sql = accounts->sql;
    sql->broken = 0;
    sql->statements = 0;
    sql->complaint = NULL;
    return 1;
}

static void give_back(const wecom_sql_port_t *self, wecom_sql_t *sql)
{
    accounts_t *accounts = self->baton;

    accounts->statements = sql->statements;
    accounts->broken = sql->broken;
    accounts->borrowed--;
}

static void make_directory(accounts_t *accounts, const wecom_account_layout_t *layout)
{
    accounts->layout = layout;
    prepare(accounts);
    accounts->port.borrow = borrow;
    accounts->port.give_back = give_back;
    accounts->port.baton = accounts;
    accounts->directory = wecom_account_sql_directory(&accounts->port, layout, accounts->pool);
}

void accounts_connect(accounts_t *accounts, const accounts_t *other,
                      const wecom_account_layout_t *layout, apr_pool_t *pool)
{
    memset(accounts, 0, sizeof(*accounts));
    accounts->pool = pool;
    accounts->driver = other->driver;
    accounts->params = other->params;
    open_database(accounts);
    make_directory(accounts, layout);
}

void accounts_close(accounts_t *accounts)
{
    wecom_sql_close(&accounts->sql);
}

void accounts_run(accounts_t *accounts, const char *text)
{
    CHECK(wecom_sql_run(&accounts->sql, text), "%s: %s", text,
          support_show(wecom_sql_complaint(&accounts->sql, accounts->pool)));
}

const char *accounts_ask(accounts_t *accounts, const char *text)
{
    wecom_sql_statement_t statement;
    wecom_sql_rows_t rows;
    const char *found = NULL;

    /* PostgreSQL prepares a name once. */
    statement.label = apr_psprintf(accounts->pool, "asked%d", accounts->asked++);
    statement.text = text;
    CHECK(wecom_sql_prepare(&accounts->sql, &accounts->err, &statement, accounts->pool)
              == WECOM_OK
          && wecom_sql_select(&rows, &accounts->sql, statement.label, NULL, 0, accounts->pool),
          "%s: %s", text, wecom_sql_complaint(&accounts->sql, accounts->pool));
    while (wecom_sql_next(&rows)) {
        found = wecom_sql_entry(&rows, 0);
    }
    return found;
}

void accounts_check(accounts_t *accounts, const char *text, const char *expected)
{
    const char *found = accounts_ask(accounts, text);

    CHECK(support_same(found, expected), "%s gives %s, not %s", text, support_show(found),
          support_show(expected));
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

static void make_tables(accounts_t *accounts)
{
    const char *const *tables = wecom_account_schema_tables(accounts->driver);

    accounts_run(accounts, "DROP TABLE IF EXISTS wecom_link");
    accounts_run(accounts, "DROP TABLE IF EXISTS wecom_account");
    accounts_run(accounts, "DROP TABLE IF EXISTS staff");
    for (; *tables != NULL; tables++) {
        accounts_run(accounts, *tables);
    }
    accounts_run(accounts,
                 apr_pstrcat(accounts->pool, "CREATE TABLE staff (login VARCHAR(100) NOT NULL "
                             "PRIMARY KEY, mail VARCHAR(200), tel VARCHAR(40), "
                             "full_name VARCHAR(100), state VARCHAR(20))",
                             strcmp(accounts->driver, "mysql") == 0 ? " CHARACTER SET utf8mb4" : "",
                             NULL));
}

static int setup(void **state, const wecom_account_layout_t *layout)
{
    const char *driver = getenv("WECOM_TEST_DRIVER");
    accounts_t *accounts;

    support_pool_make(state);
    accounts = apr_pcalloc(*state, sizeof(*accounts));
    accounts->pool = *state;
    accounts->driver = driver != NULL ? driver : "sqlite3";
    accounts->params = driver != NULL ? getenv("WECOM_TEST_PARAMS") : new_file(*state);
    assert_non_null(accounts->params);
    open_database(accounts);
    make_tables(accounts);
    make_directory(accounts, layout);
    *state = accounts;
    return 0;
}

int accounts_setup(void **state)
{
    return setup(state, NULL);
}

int accounts_setup_staff(void **state)
{
    return setup(state, &accounts_staff);
}

int accounts_teardown(void **state)
{
    accounts_t *accounts = *state;

    assert_int_equal(accounts->borrowed, 0);
    accounts_close(accounts);
    if (getenv("WECOM_TEST_DRIVER") == NULL) {
        apr_file_remove(accounts->params, accounts->pool);
    }
    *state = accounts->pool;
    return support_pool_end(state);
}

int accounts_start(void **state)
{
    static apr_pool_t *forever;
    int failed = support_start(state);

    if (failed == 0) {
        apr_pool_create(&forever, NULL);
        failed = wecom_sql_start(forever) != WECOM_OK;
    }
    return failed;
}

void accounts_add(accounts_t *accounts, const char *id, const char *username, const char *email,
                  const char *phone, int status)
{
    accounts_run(accounts,
                 apr_psprintf(accounts->pool,
                              "INSERT INTO wecom_account (id, username, username_key, email, "
                              "email_key, phone, phone_key, status, created_by, created_at, "
                              "updated_at) VALUES ('%s', '%s', LOWER('%s'), %s, %s, %s, %s, %d, "
                              "'import', 1, 1)", id, username, username, email, email, phone,
                              phone, status));
}

wecom_claim_t accounts_claim(const accounts_t *accounts, const char *userid,
                             wecom_association_t association)
{
    wecom_claim_t claim;

    memset(&claim, 0, sizeof(claim));
    claim.source = "acme";
    claim.userid = userid;
    claim.userid_key = wecom_text_fold(userid, accounts->pool);
    claim.profile.name = "\xe5\xbc\xa0\xe4\xb8\x89";
    claim.values = apr_array_make(accounts->pool, 2, sizeof(wecom_claim_value_t));
    claim.policy.association = association;
    claim.now = ACCOUNTS_NOW;
    return claim;
}

void accounts_match_by(wecom_claim_t *claim, const char *field, const char *value)
{
    wecom_claim_value_t *row = apr_array_push((apr_array_header_t *)claim->values);

    row->field = field;
    row->column = (wecom_column_t)wecom_account_column(field);
    row->value = value;
}

const wecom_admission_t *accounts_admit(accounts_t *accounts, const wecom_claim_t *claim)
{
    wecom_status_t status = accounts->directory->admit(accounts->directory, &accounts->admission,
                                                       &accounts->err, claim, accounts->pool);

    CHECK(status == WECOM_OK, "%s", support_show(accounts->err.detail));
    return &accounts->admission;
}

void accounts_admit_fails(accounts_t *accounts, const wecom_claim_t *claim)
{
    assert_int_equal(accounts->directory->admit(accounts->directory, &accounts->admission,
                                                &accounts->err, claim, accounts->pool),
                     WECOM_E_UNAVAILABLE);
    assert_int_equal(accounts->admission.verdict, WECOM_MATCH_REFUSE);
    assert_int_equal(accounts->admission.refusal, WECOM_MATCH_NO_REFUSAL);
    assert_null(accounts->admission.standing.account.id);
}

wecom_status_t accounts_find(accounts_t *accounts, wecom_standing_t *standing,
                             const char *userid_key)
{
    return accounts->directory->find_linked(accounts->directory, standing, &accounts->err, "acme",
                                            userid_key, NULL, accounts->pool);
}
