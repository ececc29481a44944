/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_schema.h - the words of the account directory in SQL: tables, indexes and statements.
 *
 * All SQL of a login stands behind this header, in what SQLite, PostgreSQL and MariaDB have in
 * common, and never with a value in its text. Two tables of our own (docs/accounts.md): accounts,
 * and links between members and accounts. A key column holds the normal form of its neighbour, or
 * NULL where there is none. Times are seconds.
 *
 * In place of our own table of accounts there can be one that the enterprise has already
 * (WeComAccountQuery); then an account's id is its username, and the links stay ours.
 */
#ifndef WECOM_AUTH_ACCOUNT_SCHEMA_H
#define WECOM_AUTH_ACCOUNT_SCHEMA_H

#include "../base/sql.h"

/* Labels. */
#define WECOM_SQL_FIND_LINK  "wecom_find_link"   /* WECOM_SQL_FIND_LINK_VALUES */
#define WECOM_SQL_FIND_MATCH "wecom_find_match"  /* values: see wecom_account_schema_match */
#define WECOM_SQL_ADD        "wecom_add_account"
#define WECOM_SQL_ADD_LINK   "wecom_add_link"
#define WECOM_SQL_TOUCH      "wecom_touch_link"
#define WECOM_SQL_SYNC       "wecom_sync_account"
#define WECOM_SQL_LINK_OF    "wecom_link_of"     /* who an account is linked to: source, account */

/* created_by of an account that a login has made. */
#define WECOM_SQL_OUR_OWN "wecom"

/* The columns of FIND_LINK and FIND_MATCH, in order. */
enum {
    WECOM_SQL_ID = 0, WECOM_SQL_USERNAME, WECOM_SQL_STATUS, WECOM_SQL_CREATED_BY,
    WECOM_SQL_EMAIL, WECOM_SQL_PHONE, WECOM_SQL_EMAIL_VERIFIED, WECOM_SQL_PHONE_VERIFIED,
    WECOM_SQL_USERID, WECOM_SQL_LINKED_BY,
    WECOM_SQL_MATCH_HASH, WECOM_SQL_ACCOUNT_ID,
    WECOM_SQL_PROFILE           /* the first of WECOM_SQL_PROFILE_COLUMNS */
};
#define WECOM_SQL_PROFILE_COLUMNS 7 /* in the order of wecom_profile_t */

/* An enterprise's own table: names of SQL, as WeComAccountQuery has them. */
typedef struct wecom_account_layout_t {
    const char *table;
    const char *username;
    const char *email;      /* NULL: the table has none; so the others */
    const char *phone;
    const char *name;
    const char *status;
} wecom_account_layout_t;

/* What has to be prepared under its label on each connection: count of them. layout: NULL for our
 * own table. */
const wecom_sql_statement_t *wecom_account_schema_statements(int *count,
                                                             const wecom_account_layout_t *layout,
                                                             apr_pool_t *pool);

/* The statements for the links alone (FIND_LINK and LINK_OF without accounts, ADD_LINK, TOUCH):
 * for accounts that lie elsewhere. FIND_LINK's columns before WECOM_SQL_USERID are NULL. */
const wecom_sql_statement_t *wecom_account_schema_links(int *count);

/* The statements that make the tables and indexes where they are not there yet, in order; ends
 * with NULL. driver: "sqlite3", "pgsql" or "mysql"; NULL for any other. */
const char *const *wecom_account_schema_tables(const char *driver);

#endif
