/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_sql.h - the account directory in SQL: SQLite, PostgreSQL or MariaDB.
 *
 * The statements stand in account_schema.c; the connections come through the port of sql.h, with
 * the statements prepared.
 */
#ifndef WECOM_AUTH_ACCOUNT_SQL_H
#define WECOM_AUTH_ACCOUNT_SQL_H

#include "account.h"
#include "account_schema.h"

/* The directory over our own table of accounts, or over the enterprise's where layout is given.
 * Port and layout must live as long. */
wecom_directory_t *wecom_account_sql_directory(const wecom_sql_port_t *port,
                                               const wecom_account_layout_t *layout,
                                               apr_pool_t *pool);

/* The status that a column's text stands for: 1, active, enabled, true, t, yes, y, on are active;
 * 2 and locked are locked; everything else, NULL too, is disabled. Without case. */
wecom_account_status_t wecom_account_sql_status(const char *text);

#endif
