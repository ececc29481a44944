/* SPDX-License-Identifier: Apache-2.0 */
/* sql.c - see sql.h. */

#include "sql.h"

#include <string.h>

#include <apr_dbd.h>
#include <apr_strings.h>

#include "text.h"

#define MAX_COMPLAINT 300

static apr_dbd_prepared_t *prepared(const wecom_sql_t *sql, const char *label)
{
    return apr_hash_get(sql->prepared, label, APR_HASH_KEY_STRING);
}

/* What the driver says is gone with the ROLLBACK that follows. */
static int failed(wecom_sql_t *sql, apr_pool_t *pool)
{
    sql->complaint = NULL;
    sql->complaint = wecom_sql_complaint(sql, pool);
    return 0;
}

/* --- statements ------------------------------------------------------------------------------- */

/* apr_dbd takes the values without const and does not change them. */
static const char **loose(const char *const *values, int count, apr_pool_t *pool)
{
    return apr_pmemdup(pool, values, (apr_size_t)count * sizeof(*values));
}

int wecom_sql_select(wecom_sql_rows_t *rows, wecom_sql_t *sql, const char *label,
                     const char *const *values, int count, apr_pool_t *pool)
{
    apr_dbd_prepared_t *statement = prepared(sql, label);

    rows->sql = sql;
    rows->results = NULL;
    rows->row = NULL;
    rows->number = 0;
    rows->pool = pool;
    sql->statements++;
    /* Random access: without it PostgreSQL's driver does not wait for the answer. It then takes a
     * SELECT that failed for one that found nothing, and sleeps 0.1 seconds over an empty one. */
    return (statement != NULL
            && apr_dbd_pselect(sql->driver, pool, sql->handle, &rows->results, statement, 1, count,
                               loose(values, count, pool)) == 0) || failed(sql, pool);
}

int wecom_sql_next(wecom_sql_rows_t *rows)
{
    /* The row is reused, as apr_dbd has it. MariaDB's driver wants the number of each. */
    rows->number++;
    return apr_dbd_get_row(rows->sql->driver, rows->pool, rows->results, &rows->row,
                           rows->number) == 0;
}

const char *wecom_sql_entry(const wecom_sql_rows_t *rows, int n)
{
    const char *value = NULL;

    /* Not apr_dbd_get_entry: PostgreSQL's driver makes an empty text of NULL there. */
    return apr_dbd_datum_get(rows->sql->driver, rows->row, n, APR_DBD_TYPE_STRING, &value)
               == APR_SUCCESS && value != NULL ? apr_pstrdup(rows->pool, value) : NULL;
}

const char *wecom_sql_column(const wecom_sql_rows_t *rows, int n)
{
    const char *name = n < apr_dbd_num_cols(rows->sql->driver, rows->results)
                       ? apr_dbd_get_name(rows->sql->driver, rows->results, n) : NULL;

    return name != NULL ? apr_pstrdup(rows->pool, name) : NULL;
}

int wecom_sql_change(wecom_sql_t *sql, const char *label, const char *const *values, int count,
                     apr_pool_t *pool)
{
    apr_dbd_prepared_t *statement = prepared(sql, label);
    int changed = 0;

    sql->statements++;
    if (statement == NULL
        || apr_dbd_pquery(sql->driver, pool, sql->handle, &changed, statement, count,
                          loose(values, count, pool)) != 0) {
        failed(sql, pool);
        return -1;
    }
    return changed;
}

static int tell(const wecom_sql_t *sql, const char *text)
{
    int changed = 0;

    return apr_dbd_query(sql->driver, sql->handle, &changed, text) == 0;
}

int wecom_sql_run(wecom_sql_t *sql, const char *text)
{
    sql->statements++;
    sql->complaint = NULL;
    return tell(sql, text);
}

const char *wecom_sql_complaint(const wecom_sql_t *sql, apr_pool_t *pool)
{
    const char *said = sql->complaint != NULL ? sql->complaint
                                              : apr_dbd_error(sql->driver, sql->handle, 0);

    return said != NULL && *said != '\0'
               ? wecom_text_clean(said, strlen(said), MAX_COMPLAINT, pool) : "without a word why";
}

/* --- transactions ----------------------------------------------------------------------------- */

/* In words, not by apr_dbd_transaction_start: where the connection is gone PostgreSQL's driver
 * follows a NULL there and takes the process with it, and SQLite's leaves a COMMIT that failed
 * open. SQLite: the lock is taken at once, since two readers that both want to write can only
 * fail. */
int wecom_sql_begin(wecom_sql_t *sql, apr_pool_t *pool)
{
    int is_sqlite = strcmp(apr_dbd_name(sql->driver), "sqlite3") == 0;

    return tell(sql, is_sqlite ? "BEGIN IMMEDIATE" : "BEGIN") || failed(sql, pool);
}

int wecom_sql_end(wecom_sql_t *sql, int good, apr_pool_t *pool)
{
    if (good && (tell(sql, "COMMIT") || failed(sql, pool))) {
        return 1;
    }
    tell(sql, "ROLLBACK");
    return 0;
}

/* --- a connection of one's own ---------------------------------------------------------------- */

wecom_status_t wecom_sql_start(apr_pool_t *pool)
{
    return apr_dbd_init(pool) == APR_SUCCESS ? WECOM_OK : WECOM_E_UNAVAILABLE;
}

wecom_status_t wecom_sql_open(wecom_sql_t *sql, wecom_error_t *err, const char *driver,
                              const char *params, apr_pool_t *pool)
{
    const char *said = NULL;

    memset(sql, 0, sizeof(*sql));
    if (apr_dbd_get_driver(pool, driver, &sql->driver) != APR_SUCCESS) {
        return wecom_error_set(err, WECOM_E_BAD_INPUT, 0, "database",
                               apr_psprintf(pool, "APR has no driver '%s' here (Debian: "
                                            "libaprutil1-dbd-%s)", driver,
                                            driver));
    }
    if (apr_dbd_open_ex(sql->driver, pool, params, &sql->handle, &said) != APR_SUCCESS) {
        return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "database",
                               said != NULL ? wecom_text_clean(said, strlen(said), MAX_COMPLAINT,
                                                               pool)
                                            : "the database cannot be opened");
    }
    sql->prepared = apr_hash_make(pool);
    return WECOM_OK;
}

void wecom_sql_close(wecom_sql_t *sql)
{
    if (sql->handle != NULL) {
        apr_dbd_close(sql->driver, sql->handle);
        sql->handle = NULL;
    }
}

wecom_status_t wecom_sql_prepare(wecom_sql_t *sql, wecom_error_t *err,
                                 const wecom_sql_statement_t *statement, apr_pool_t *pool)
{
    apr_dbd_prepared_t *made = NULL;

    if (apr_dbd_prepare(sql->driver, pool, sql->handle, statement->text, statement->label, &made)
        != 0) {
        return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, statement->label,
                               wecom_sql_complaint(sql, pool));
    }
    apr_hash_set(sql->prepared, statement->label, APR_HASH_KEY_STRING, made);
    return WECOM_OK;
}

int wecom_sql_greet(wecom_sql_t *sql)
{
    const char *driver = apr_dbd_name(sql->driver);

    if (strcmp(driver, "mysql") == 0) {
        return tell(sql, "SET NAMES utf8mb4");
    }
    return strcmp(driver, "pgsql") == 0 ? tell(sql, "SET client_encoding TO 'UTF8'") : 1;
}

int wecom_sql_renew(wecom_sql_t *sql, const wecom_sql_statement_t *statements, int count,
                    apr_pool_t *pool)
{
    int is_pgsql = strcmp(apr_dbd_name(sql->driver), "pgsql") == 0;
    wecom_error_t err;
    int greeted;
    int i;

    sql->complaint = NULL;
    for (i = 0; i < count; i++) {
        apr_hash_set(sql->prepared, statements[i].label, APR_HASH_KEY_STRING, NULL);
    }
    if (apr_dbd_check_conn(sql->driver, pool, sql->handle) != APR_SUCCESS) {
        return 0;
    }
    greeted = wecom_sql_greet(sql);
    for (i = 0; i < count; i++) {
        if (is_pgsql) { /* a session that still knows the label refuses it */
            tell(sql, apr_pstrcat(pool, "DEALLOCATE ", statements[i].label, NULL));
        }
        (void)wecom_sql_prepare(sql, &err, &statements[i], pool);
    }
    return greeted;
}
