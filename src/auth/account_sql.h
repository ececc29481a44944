/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_sql.h - the account directory in SQL: SQLite, PostgreSQL or MariaDB, over apr_dbd.
 *
 * The statements stand in account_schema.c. The module takes its connections from mod_dbd, the
 * command from apr_dbd itself; both hand them over through the port below. The door for apr_dbd:
 * none of its types gets further than the port.
 */
#ifndef WECOM_AUTH_ACCOUNT_SQL_H
#define WECOM_AUTH_ACCOUNT_SQL_H

#include <apr_hash.h>

#include "account.h"

/* A borrowed connection. */
typedef struct wecom_sql_t {
    const struct apr_dbd_driver_t *driver;
    struct apr_dbd_t *handle;
    apr_hash_t *prepared;   /* label -> apr_dbd_prepared_t * */
    void *lender;           /* of the port's own */
} wecom_sql_t;

typedef struct wecom_sql_port_t wecom_sql_port_t;
struct wecom_sql_port_t {
    /* 1 with *sql filled, or 0 when the database cannot be reached. */
    int (*borrow)(const wecom_sql_port_t *self, wecom_sql_t *sql, apr_pool_t *pool);
    void (*give_back)(const wecom_sql_port_t *self, wecom_sql_t *sql);
    void *baton;
};

/* The directory. The port must live as long. */
wecom_directory_t *wecom_account_sql_directory(const wecom_sql_port_t *port, apr_pool_t *pool);

#endif
