/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sql.h - a database over apr_dbd: borrowed connections, prepared statements, transactions.
 *
 * The door for apr_dbd. The module borrows connections from mod_dbd and the command opens one
 * itself; whoever asks and writes sees neither. Values are never part of a statement's text. What
 * went wrong is told as a sentence for the log and never interpreted: the codes of the drivers
 * mean different things in each database.
 */
#ifndef WECOM_BASE_SQL_H
#define WECOM_BASE_SQL_H

#include <apr_hash.h>

#include "error.h"

/* A statement with its label; "%s" and its like stand for values, as apr_dbd_prepare has them. */
typedef struct wecom_sql_statement_t {
    const char *label;
    const char *text;
} wecom_sql_statement_t;

/* A connection. */
typedef struct wecom_sql_t {
    const struct apr_dbd_driver_t *driver;
    struct apr_dbd_t *handle;
    apr_hash_t *prepared;   /* label -> apr_dbd_prepared_t * */
    const char *complaint;  /* of the last failure; NULL: ask the driver */
    int broken;             /* set by the borrower: it may be the connection that fails, so it is
                             * not lent again before wecom_sql_renew */
    int statements;         /* how many were run since it was borrowed; BEGIN and COMMIT are none */
    void *lender;           /* of the port's own */
} wecom_sql_t;

typedef struct wecom_sql_port_t wecom_sql_port_t;
struct wecom_sql_port_t {
    /* 1 with *sql filled, or 0 when the database cannot be reached. */
    int (*borrow)(const wecom_sql_port_t *self, wecom_sql_t *sql, apr_pool_t *pool);
    void (*give_back)(const wecom_sql_port_t *self, wecom_sql_t *sql);
    void *baton;
};

/* Rows as they come. */
typedef struct wecom_sql_rows_t {
    wecom_sql_t *sql;
    struct apr_dbd_results_t *results;
    struct apr_dbd_row_t *row;
    int number;
    apr_pool_t *pool;
} wecom_sql_rows_t;

/* --- statements on a connection --------------------------------------------------------------- */

/* 1 with *rows before the first row, or 0. values: count of them, NULL for SQL's NULL. Whoever
 * asks reads to the end (some databases can do nothing else before). */
int wecom_sql_select(wecom_sql_rows_t *rows, wecom_sql_t *sql, const char *label,
                     const char *const *values, int count, apr_pool_t *pool);

/* 1 and the next row, or 0 at the end. */
int wecom_sql_next(wecom_sql_rows_t *rows);

/* Column n (from 0) of the row, in the pool of the rows; NULL for SQL's NULL. */
const char *wecom_sql_entry(const wecom_sql_rows_t *rows, int n);

/* The name of column n, or NULL when there are fewer. Only after the first wecom_sql_next. */
const char *wecom_sql_column(const wecom_sql_rows_t *rows, int n);

/* How many rows were changed, or -1 after a failure. */
int wecom_sql_change(wecom_sql_t *sql, const char *label, const char *const *values, int count,
                     apr_pool_t *pool);

/* A statement as text, without values and without rows. 1 or 0. */
int wecom_sql_run(wecom_sql_t *sql, const char *text);

/* What the database said last, for a message; never NULL. */
const char *wecom_sql_complaint(const wecom_sql_t *sql, apr_pool_t *pool);

/* --- transactions ----------------------------------------------------------------------------- */

/* 1 or 0. */
int wecom_sql_begin(wecom_sql_t *sql, apr_pool_t *pool);

/* Ends the transaction: good keeps what was written, else it is rolled back. 1 when what was
 * written is kept. */
int wecom_sql_end(wecom_sql_t *sql, int good, apr_pool_t *pool);

/* --- a connection of one's own (for a program that is no server) ------------------------------ */

/* driver: "sqlite3", "pgsql" or "mysql"; params as DBDParams has them. The program must have
 * called wecom_sql_start once. WECOM_E_BAD_INPUT: there is no such driver here;
 * WECOM_E_UNAVAILABLE: the database cannot be opened. The sentence is in err->detail. */
wecom_status_t wecom_sql_open(wecom_sql_t *sql, wecom_error_t *err, const char *driver,
                              const char *params, apr_pool_t *pool);
void wecom_sql_close(wecom_sql_t *sql);

/* Makes the drivers findable. pool: as long as the program. */
wecom_status_t wecom_sql_start(apr_pool_t *pool);

/* Prepares a statement under its label. WECOM_E_UNAVAILABLE with the sentence. */
wecom_status_t wecom_sql_prepare(wecom_sql_t *sql, wecom_error_t *err,
                                 const wecom_sql_statement_t *statement, apr_pool_t *pool);

/* For a connection that may be gone, or may have forgotten what was prepared: that outlives no
 * reconnection of a driver (PostgreSQL, MariaDB) and no change of the schema (SQLite). Reconnects
 * where the driver can, greets it, and prepares all of them anew into sql->prepared; what cannot
 * be is not there any more. pool: lives as long as what is prepared. 1 when it was greeted. */
int wecom_sql_renew(wecom_sql_t *sql, const wecom_sql_statement_t *statements, int count,
                    apr_pool_t *pool);

/* Says on a new connection that our texts are UTF-8, whatever the database was made with. 1, or 0
 * when that failed. */
int wecom_sql_greet(wecom_sql_t *sql);

#endif
