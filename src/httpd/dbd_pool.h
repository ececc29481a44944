/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dbd_pool.h - mod_dbd's connections, as the port of sql.h.
 *
 * A connection is borrowed for one step of one request and given back at once: a login that waits
 * for WeCom holds none. Where the request has one already, because another module (mod_authn_dbd,
 * a RewriteMap, mod_session_dbd) keeps it until the request ends, that one is shared: whoever took
 * a second one beside it would wait for ever when all others do the same.
 */
#ifndef WECOM_HTTPD_DBD_POOL_H
#define WECOM_HTTPD_DBD_POOL_H

#include "glue.h"

#include "../base/sql.h"

/* Statements as mod_dbd prepares them, under labels that no other server of this httpd uses for
 * another text, and the labels that we ask for them by. */
typedef struct wecom_dbd_statements_t {
    const wecom_sql_statement_t *prepared;  /* count of them */
    const wecom_sql_statement_t *plain;     /* parallel: the same with our labels */
    int count;
} wecom_dbd_statements_t;

/* Looks mod_dbd's functions up; in pre_config, when all modules have registered theirs. */
void wecom_dbd_pool_pre_config(void);

/* 1: mod_dbd is loaded. From check_config on. */
int wecom_dbd_pool_is_there(void);

/* The statements under labels that end with `mark`. */
wecom_dbd_statements_t *wecom_dbd_pool_statements(const wecom_sql_statement_t *plain, int count,
                                                  const char *mark, apr_pool_t *pconf);

/* Has mod_dbd prepare them on each connection of the server; in check_config. */
void wecom_dbd_pool_register(server_rec *s, const wecom_dbd_statements_t *statements);

/* Do two servers share their connections, and with them what is registered? */
int wecom_dbd_pool_is_shared(const server_rec *one, const server_rec *other);

/* The port for one request. driver: DBDriver. statements must live as long. */
const wecom_sql_port_t *wecom_dbd_pool_port(request_rec *r, server_rec *s, const char *driver,
                                            const wecom_dbd_statements_t *statements);

#endif
