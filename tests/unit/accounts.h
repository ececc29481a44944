/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accounts.h - an account directory over a real database, for the tests.
 *
 * The database is a private file of SQLite, or the one that WECOM_TEST_DRIVER and
 * WECOM_TEST_PARAMS name (as DBDriver and DBDParams have them): all of our tables there are
 * dropped and made anew for each test. What is written here as SQL runs in each of them.
 */
#ifndef WECOM_TESTS_ACCOUNTS_H
#define WECOM_TESTS_ACCOUNTS_H

#include "support.h"

#include "../../src/auth/account_sql.h"

#define ACCOUNTS_NOW apr_time_from_sec(1700000000)

/* A connection, and the directory over it. */
typedef struct accounts_t {
    apr_pool_t *pool;
    const char *driver;
    const char *params;
    const wecom_account_layout_t *layout;
    wecom_sql_t sql;
    wecom_sql_port_t port;
    wecom_directory_t *directory;
    wecom_error_t err;
    wecom_admission_t admission;
    int statements;     /* of the last login */
    int broken;         /* the connection was given back as such: it is renewed before a loan */
    int renewed;        /* how often that was so */
    int borrowed;
    int down;           /* 1: nothing is lent */
    int asked;
} accounts_t;

/* For the group, instead of support_start. */
int accounts_start(void **state);

/* For each test: *state is an accounts_t over fresh tables; with the enterprise's own table
 * (staff, accounts_staff) as the accounts. */
int accounts_setup(void **state);
int accounts_setup_staff(void **state);
int accounts_teardown(void **state);

#define ACCOUNTS_TEST(f) cmocka_unit_test_setup_teardown(f, accounts_setup, accounts_teardown)
#define STAFF_TEST(f) cmocka_unit_test_setup_teardown(f, accounts_setup_staff, accounts_teardown)

/* Columns login, mail, tel, full_name and state. */
extern const wecom_account_layout_t accounts_staff;

/* One more connection to the database of another; closed by the caller. */
void accounts_connect(accounts_t *accounts, const accounts_t *other,
                      const wecom_account_layout_t *layout, apr_pool_t *pool);
void accounts_close(accounts_t *accounts);

/* A statement as text. */
void accounts_run(accounts_t *accounts, const char *text);

/* The first column of the last row. */
const char *accounts_ask(accounts_t *accounts, const char *text);

/* Fails unless that is what accounts_ask gives; NULL: SQL's NULL, or no row. */
void accounts_check(accounts_t *accounts, const char *text, const char *expected);

/* An account of our table that was there before; email and phone are literals of SQL, in their
 * normal forms. */
void accounts_add(accounts_t *accounts, const char *id, const char *username, const char *email,
                  const char *phone, int status);

/* A member of the source acme, by name and userid alone. */
wecom_claim_t accounts_claim(const accounts_t *accounts, const char *userid,
                             wecom_association_t association);
void accounts_match_by(wecom_claim_t *claim, const char *field, const char *value);

/* A login, which must be answered. */
const wecom_admission_t *accounts_admit(accounts_t *accounts, const wecom_claim_t *claim);

/* One that must not be: WECOM_E_UNAVAILABLE, and nothing in the admission. */
void accounts_admit_fails(accounts_t *accounts, const wecom_claim_t *claim);

/* What find_linked says about a member of acme. */
wecom_status_t accounts_find(accounts_t *accounts, wecom_standing_t *standing,
                             const char *userid_key);

#endif
