/* SPDX-License-Identifier: Apache-2.0 */
/* account_admin_schema.c - all SQL of the administrator, and the version of the tables; see
 * account_admin.h. */

#include "account_admin_int.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"
#include "account_schema.h"

#define ACCOUNT                                                                                  \
    "SELECT a.id, a.username, a.status, a.created_by, a.email, a.phone, a.email_verified, "      \
    "a.phone_verified, a.created_at, a.updated_at, a.name, a.alias, a.position, a.telephone, "   \
    "a.gender, a.avatar, a.departments FROM wecom_account a "

#define LINK                                                                                     \
    "SELECT l.source, l.userid, l.userid_key, l.account_id, l.linked_by, l.linked_at, "          \
    "l.last_login"

#define PAGE APR_STRINGIFY(WECOM_ADMIN_PAGE)

/* Those for links, which work wherever the accounts lie. */
static const wecom_sql_statement_t of_links[] = {
    { ADMIN_LINKS, LINK " FROM wecom_link l WHERE l.account_id = %s ORDER BY l.source" },
    { ADMIN_LINK,
      "INSERT INTO wecom_link (source, userid_key, userid, account_id, linked_by, linked_at) "
      "VALUES (%s, %s, %s, %s, 'admin', %lld)" },
    { ADMIN_UNLINK,
      "DELETE FROM wecom_link WHERE source = %s AND userid_key = %s" },
};

static const wecom_sql_statement_t of_foreign_accounts[] = {
    { ADMIN_MEMBER,
      LINK ", l.account_id FROM wecom_link l WHERE l.source = %s AND l.userid_key = %s" },
};

static const wecom_sql_statement_t of_our_accounts[] = {
    { ADMIN_MEMBER,
      LINK ", a.username FROM wecom_link l LEFT JOIN wecom_account a ON a.id = l.account_id "
      "WHERE l.source = %s AND l.userid_key = %s" },
    { ADMIN_FIND, ACCOUNT "WHERE a.username_key = %s ORDER BY a.username" },
    { ADMIN_PAGE, ACCOUNT "WHERE a.username > %s ORDER BY a.username LIMIT " PAGE },
    { ADMIN_PAGE_LINKS,
      LINK " FROM wecom_link l JOIN wecom_account a ON a.id = l.account_id "
      "WHERE a.username >= %s AND a.username <= %s ORDER BY l.source, l.userid_key" },
    { ADMIN_HAS_EMAIL,
      "SELECT a.username FROM wecom_account a WHERE a.email_key = %s AND a.id <> %s LIMIT 1" },
    { ADMIN_HAS_PHONE,
      "SELECT a.username FROM wecom_account a WHERE a.phone_key = %s AND a.id <> %s LIMIT 1" },
    { ADMIN_COUNT, "SELECT COUNT(*) FROM wecom_account" },
    { ADMIN_ADD,
      "INSERT INTO wecom_account (id, username, username_key, email, email_key, email_verified, "
      "phone, phone_key, phone_verified, name, status, created_by, created_at, updated_at) "
      "VALUES (%s, %s, %s, %s, %s, %hd, %s, %s, %hd, %s, %hd, %s, %lld, %lld)" },
    { ADMIN_UPDATE,
      "UPDATE wecom_account SET email = %s, email_key = %s, email_verified = %hd, phone = %s, "
      "phone_key = %s, phone_verified = %hd, name = %s, status = %hd, updated_at = %lld "
      "WHERE id = %s" },
    { ADMIN_STATUS, "UPDATE wecom_account SET status = %hd, updated_at = %lld WHERE id = %s" },
    { ADMIN_ORIGIN,
      "UPDATE wecom_account SET created_by = %s, updated_at = %lld WHERE id = %s" },
    { ADMIN_DELETE, "DELETE FROM wecom_account WHERE id = %s" },
    { ADMIN_UNLINK_ALL, "DELETE FROM wecom_link WHERE account_id = %s" },
};

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

/* A statement that the connection has already is not prepared again: PostgreSQL refuses that. */
static wecom_status_t prepare(wecom_error_t *err, wecom_sql_t *sql,
                              const wecom_sql_statement_t *rows, int count, apr_pool_t *pool)
{
    wecom_status_t status = WECOM_OK;
    int i;

    for (i = 0; i < count && status == WECOM_OK; i++) {
        if (apr_hash_get(sql->prepared, rows[i].label, APR_HASH_KEY_STRING) == NULL) {
            status = wecom_sql_prepare(sql, err, &rows[i], pool);
        }
    }
    return status;
}

wecom_status_t wecom_account_admin_prepare(wecom_error_t *err, wecom_sql_t *sql, int links_only,
                                           apr_pool_t *pool)
{
    wecom_status_t status = prepare(err, sql, of_links, COUNT(of_links), pool);

    if (status != WECOM_OK) {
        return status;
    }
    return links_only
           ? prepare(err, sql, of_foreign_accounts, COUNT(of_foreign_accounts), pool)
           : prepare(err, sql, of_our_accounts, COUNT(of_our_accounts), pool);
}

/* --- the version ------------------------------------------------------------------------------ */

#define READ_VERSION "SELECT MAX(version) FROM wecom_schema"

#define SET_VERSION                                                                              \
    "INSERT INTO wecom_schema (version) VALUES (" APR_STRINGIFY(WECOM_ADMIN_VERSION) ")"

static const char schema_table[] =
    "CREATE TABLE IF NOT EXISTS wecom_schema (version SMALLINT NOT NULL PRIMARY KEY)";

static wecom_status_t read_version(int *version, wecom_error_t *err, wecom_sql_t *sql,
                                   const char *label, apr_pool_t *pool)
{
    const wecom_sql_statement_t statement = { label, READ_VERSION };
    apr_int64_t number = 0;
    wecom_sql_rows_t rows;

    *version = 0;
    /* No database tells a missing table from other troubles in the same way. */
    if (prepare(err, sql, &statement, 1, pool) != WECOM_OK) {
        return WECOM_OK;
    }
    if (!wecom_sql_select(&rows, sql, label, NULL, 0, pool)) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    while (wecom_sql_next(&rows)) {
        if (wecom_text_number(&number, wecom_sql_entry(&rows, 0), 0, APR_INT16_MAX) == WECOM_OK) {
            *version = (int)number;
        }
    }
    return WECOM_OK;
}

wecom_status_t wecom_account_admin_version(int *version, wecom_error_t *err, wecom_sql_t *sql,
                                           apr_pool_t *pool)
{
    return read_version(version, err, sql, ADMIN_VERSION, pool);
}

wecom_status_t wecom_account_admin_greet(wecom_error_t *err, wecom_sql_t *sql,
                                         const char *driver, apr_pool_t *pool)
{
    const char *text = strcmp(driver, "mysql") == 0 ? "SET NAMES utf8mb4"
                       : strcmp(driver, "pgsql") == 0 ? "SET client_encoding TO 'UTF8'" : NULL;

    /* PostgreSQL tells on stderr which tables were there already. */
    if ((text != NULL && !wecom_sql_run(sql, text))
        || (strcmp(driver, "pgsql") == 0
            && !wecom_sql_run(sql, "SET client_min_messages TO warning"))) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    return WECOM_OK;
}

/* With WAL readers do not wait for writers. The answer is a row, so this is a select. A database
 * that cannot have it (another program has it open, or the file system cannot) stays as it is. */
static void use_wal(wecom_sql_t *sql, apr_pool_t *pool)
{
    static const wecom_sql_statement_t wal = { "wecom_admin_wal", "PRAGMA journal_mode=WAL" };
    wecom_sql_rows_t rows;

    if (prepare(NULL, sql, &wal, 1, pool) == WECOM_OK
        && wecom_sql_select(&rows, sql, wal.label, NULL, 0, pool)) {
        while (wecom_sql_next(&rows)) {
        }
    }
}

static int make_tables(wecom_sql_t *sql, const char *const *tables, int links_only)
{
    for (; *tables != NULL; tables++) {
        if ((!links_only || strstr(*tables, "wecom_link") != NULL)
            && !wecom_sql_run(sql, *tables)) {
            return 0;
        }
    }
    return 1;
}

/* Where two do this at once, one of them finds the row taken. The version is asked under labels
 * of their own: APR's driver for SQLite runs no statement that is older than the last table. */
static wecom_status_t set_version(wecom_error_t *err, wecom_sql_t *sql, apr_pool_t *pool)
{
    int is_now = 0;

    if (wecom_sql_run(sql, SET_VERSION)
        || (read_version(&is_now, err, sql, ADMIN_VERSION "_now", pool) == WECOM_OK
            && is_now == WECOM_ADMIN_VERSION)) {
        return WECOM_OK;
    }
    return wecom_account_admin_failed(err, sql, pool);
}

wecom_status_t wecom_account_admin_init(int *was, wecom_error_t *err, wecom_sql_t *sql,
                                        const char *driver, int links_only, apr_pool_t *pool)
{
    const char *const *tables = wecom_account_schema_tables(driver);
    wecom_status_t status;

    *was = 0;
    if (tables == NULL) {
        return wecom_error_set(err, WECOM_E_BAD_INPUT, 0, "accounts",
                               "the driver is none of sqlite3, pgsql and mysql");
    }
    if (strcmp(driver, "sqlite3") == 0) {
        use_wal(sql, pool);
    }
    if (!wecom_sql_run(sql, schema_table)) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    status = read_version(was, err, sql, ADMIN_VERSION "_was", pool);
    if (status != WECOM_OK) {
        return status;
    }
    if (*was > WECOM_ADMIN_VERSION) {
        return wecom_error_set(err, WECOM_E_MISMATCH, 0, "accounts",
                               "the tables are newer than this program");
    }
    if (!make_tables(sql, tables, links_only)) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    return *was < WECOM_ADMIN_VERSION ? set_version(err, sql, pool) : WECOM_OK;
}
