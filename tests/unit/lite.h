/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lite.h - a SQLite of the test's own: a file, one connection to it, and the port that lends it.
 */
#ifndef WECOM_TESTS_LITE_H
#define WECOM_TESTS_LITE_H

#include "support.h"

#include "../../src/base/sql.h"

typedef struct lite_t {
    apr_pool_t *pool;
    const char *file;
    wecom_sql_t sql;
    wecom_sql_port_t port;
    int borrowed;               /* how often it is lent now */
    int down;                   /* the port lends nothing */
} lite_t;

/* For cmocka_run_group_tests, in place of support_start: APR's drivers too. */
int lite_start(void **state);

/* A new file with these tables (ended by NULL) in it, and the statements prepared. */
lite_t *lite_open(const char *const *tables, const wecom_sql_statement_t *statements, int count,
                  apr_pool_t *pool);
void lite_close(lite_t *lite);

void lite_prepare(lite_t *lite, const char *label, const char *text);
void lite_run(lite_t *lite, const char *text);

/* The first column of the last row; NULL without one. */
const char *lite_ask(lite_t *lite, const char *text);

#endif
