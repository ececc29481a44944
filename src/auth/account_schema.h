/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_schema.h - the words of the account directory in SQL: tables, indexes and statements.
 *
 * All SQL of the product stands behind this header, in what SQLite, PostgreSQL and MariaDB have in
 * common, and never with a value in its text. Two tables (docs/accounts.md): accounts, and links
 * between members and accounts. A key column holds the normal form of its neighbour, or NULL where
 * there is none; NULL and '' match nothing. Times are seconds.
 */
#ifndef WECOM_AUTH_ACCOUNT_SCHEMA_H
#define WECOM_AUTH_ACCOUNT_SCHEMA_H

/* Labels. */
#define WECOM_SQL_FIND_LINK  "wecom_find_link"
#define WECOM_SQL_FIND_MATCH "wecom_find_match"
#define WECOM_SQL_ADD        "wecom_add_account"
#define WECOM_SQL_ADD_LINK   "wecom_add_link"
#define WECOM_SQL_TOUCH      "wecom_touch_link"

typedef struct wecom_sql_statement_t {
    const char *label;
    const char *text;       /* "%s" for each value, as apr_dbd wants it */
} wecom_sql_statement_t;

/* What has to be prepared under its label on each connection; ends with a NULL label. */
const wecom_sql_statement_t *wecom_account_schema_statements(void);

/* The statements that make the tables and indexes where they are not there yet, in order; ends
 * with NULL. driver: "sqlite3", "pgsql" or "mysql"; NULL for any other. */
const char *const *wecom_account_schema_tables(const char *driver);

#endif
