/* SPDX-License-Identifier: Apache-2.0 */
/* sql.c - see sql.h. */

#include "sql.h"

#include <string.h>

#include <apr_dbd.h>
#include <apr_strings.h>

#include "text.h"

#define MAX_COMPLAINT 300

static int is_postgresql(const wecom_sql_t *sql)
{
    return strcmp(apr_dbd_name(sql->driver), "pgsql") == 0;
}

static apr_dbd_prepared_t *prepared(const wecom_sql_t *sql, const char *label)
{
    return apr_hash_get(sql->prepared, label, APR_HASH_KEY_STRING);
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
    rows->pool = pool;
    sql->statements++;
    /* Row by row APR's driver for PostgreSQL sleeps a tenth of a second before it believes that
     * there are no more; with rows in any order it does not, and may still be asked for the next.
     * That of MySQL may not. */
    return statement != NULL
           && apr_dbd_pselect(sql->driver, pool, sql->handle, &rows->results, statement,
                              is_postgresql(sql), count, loose(values, count, pool)) == 0;
}

int wecom_sql_next(wecom_sql_rows_t *rows)
{
    /* The row is reused, as apr_dbd has it. */
    return apr_dbd_get_row(rows->sql->driver, rows->pool, rows->results, &rows->row, -1) == 0;
}

/* APR's driver for PostgreSQL gives NULL as "" and tells the two apart here alone; the others give
 * NULL themselves. */
static int is_null(const wecom_sql_rows_t *rows, int n)
{
    char *value = NULL;

    return is_postgresql(rows->sql)
           && apr_dbd_datum_get(rows->sql->driver, rows->row, n, APR_DBD_TYPE_STRING, &value)
              == APR_ENOENT;
}

const char *wecom_sql_entry(const wecom_sql_rows_t *rows, int n)
{
    const char *value = apr_dbd_get_entry(rows->sql->driver, rows->row, n);

    if (value == NULL || (*value == '\0' && is_null(rows, n))) {
        return NULL;
    }
    return apr_pstrdup(rows->pool, value);
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
    return statement != NULL
           && apr_dbd_pquery(sql->driver, pool, sql->handle, &changed, statement, count,
                             loose(values, count, pool)) == 0
               ? changed : -1;
}

int wecom_sql_run(wecom_sql_t *sql, const char *text)
{
    int changed = 0;

    sql->statements++;
    return apr_dbd_query(sql->driver, sql->handle, &changed, text) == 0;
}

const char *wecom_sql_complaint(const wecom_sql_t *sql, apr_pool_t *pool)
{
    const char *said = apr_dbd_error(sql->driver, sql->handle, 0);

    return said != NULL ? wecom_text_clean(said, strlen(said), MAX_COMPLAINT, pool) : "";
}

/* --- transactions ----------------------------------------------------------------------------- */

int wecom_sql_begin(wecom_sql_t *sql, apr_pool_t *pool)
{
    sql->transaction = NULL;
    return apr_dbd_transaction_start(sql->driver, pool, sql->handle, &sql->transaction) == 0
           && sql->transaction != NULL;
}

int wecom_sql_end(wecom_sql_t *sql, int good, apr_pool_t *pool)
{
    apr_dbd_transaction_t *transaction = sql->transaction;

    sql->transaction = NULL;
    if (!good) {
        apr_dbd_transaction_mode_set(sql->driver, transaction, APR_DBD_TRANSACTION_ROLLBACK);
    }
    return apr_dbd_transaction_end(sql->driver, pool, transaction) == 0 && good;
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
