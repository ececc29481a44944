/* SPDX-License-Identifier: Apache-2.0 */
/* dbd_pool.c - see dbd_pool.h. */

#include "dbd_pool.h"

#include <string.h>

#include "apr_optional.h"
#include "apr_strings.h"
#include "apr_dbd.h" /* types of mod_dbd.h; no function of it is called on this floor */
#include "http_request.h"
#include "mod_dbd.h"

/* SQLite refuses a new connection while another one puts the write-ahead log in order, and nobody
 * waits for that. */
#define SQLITE_TRIES 3
#define SQLITE_PAUSE apr_time_from_msec(50)

/* SQLite's driver walks its statements when the connection is closed, so what was prepared anew
 * stays until then: not at every failure. */
#define RENEW_PAUSE apr_time_from_sec(5)

/* mod_dbd's, in this process: written in pre_config, read-only for requests. */
static APR_OPTIONAL_FN_TYPE(ap_dbd_open) *dbd_open;
static APR_OPTIONAL_FN_TYPE(ap_dbd_close) *dbd_close;
static APR_OPTIONAL_FN_TYPE(ap_dbd_acquire) *dbd_acquire;
static APR_OPTIONAL_FN_TYPE(ap_dbd_prepare) *dbd_prepare;
static module *dbd_module_of_this_server;

void wecom_dbd_pool_pre_config(void)
{
    dbd_open = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open);
    dbd_close = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close);
    dbd_acquire = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_acquire);
    dbd_prepare = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_prepare);
    dbd_module_of_this_server = ap_find_linked_module("mod_dbd.c");
}

int wecom_dbd_pool_is_there(void)
{
    return dbd_open != NULL && dbd_close != NULL && dbd_acquire != NULL && dbd_prepare != NULL
           && dbd_module_of_this_server != NULL;
}

/* --- statements ------------------------------------------------------------------------------- */

wecom_dbd_statements_t *wecom_dbd_pool_statements(const wecom_sql_statement_t *plain, int count,
                                                  const char *mark, apr_pool_t *pconf)
{
    wecom_dbd_statements_t *statements = apr_pcalloc(pconf, sizeof(*statements));
    wecom_sql_statement_t *marked = apr_palloc(pconf, (apr_size_t)count * sizeof(*marked));
    int i;

    for (i = 0; i < count; i++) {
        marked[i].label = apr_pstrcat(pconf, plain[i].label, "_", mark, NULL);
        marked[i].text = plain[i].text;
    }
    statements->prepared = marked;
    statements->plain = plain;
    statements->count = count;
    return statements;
}

void wecom_dbd_pool_register(server_rec *s, const wecom_dbd_statements_t *statements)
{
    int i;

    for (i = 0; i < statements->count; i++) {
        dbd_prepare(s, statements->prepared[i].text, statements->prepared[i].label);
    }
}

int wecom_dbd_pool_is_shared(const server_rec *one, const server_rec *other)
{
    return ap_get_module_config(one->module_config, dbd_module_of_this_server)
           == ap_get_module_config(other->module_config, dbd_module_of_this_server);
}

/* --- connections ------------------------------------------------------------------------------ */

typedef struct lender_t {
    wecom_sql_port_t port;
    request_rec *r;
    server_rec *server;
    const wecom_dbd_statements_t *statements;
    int is_sqlite;
} lender_t;

/* What we know of a connection; in its pool. */
typedef struct known_t {
    int greeted;
    apr_time_t renewed;       /* SQLite alone */
    apr_pool_t *statements;   /* what was prepared anew; NULL: nothing yet */
} known_t;

/* A connection that is lent. */
typedef struct loan_t {
    ap_dbd_t *connection;
    int shared;               /* the request's own: mod_dbd takes it back */
} loan_t;

/* mod_dbd hangs the connection that a request keeps on its initial request (ap_dbd_acquire). */
static int has_connection(const request_rec *r)
{
    while (r->prev != NULL || r->main != NULL) {
        r = r->prev != NULL ? r->prev : r->main;
    }
    return ap_get_module_config(r->request_config, dbd_module_of_this_server) != NULL;
}

static ap_dbd_t *take(int *shared, const lender_t *lender, apr_pool_t *pool)
{
    ap_dbd_t *connection;
    int tries;

    *shared = has_connection(lender->r);
    connection = *shared ? dbd_acquire(lender->r) : dbd_open(pool, lender->server);
    for (tries = 1; connection == NULL && lender->is_sqlite && tries < SQLITE_TRIES; tries++) {
        apr_sleep(SQLITE_PAUSE);
        *shared = 0;
        connection = dbd_open(pool, lender->server);
    }
    return connection;
}

static known_t *known(const ap_dbd_t *connection)
{
    static const char key[] = "mod_auth_wecom-known";
    void *found = NULL;

    apr_pool_userdata_get(&found, key, connection->pool);
    if (found == NULL) {
        found = apr_pcalloc(connection->pool, sizeof(known_t));
        apr_pool_userdata_setn(found, key, NULL, connection->pool);
    }
    return found;
}

/* Statements by our labels, as this connection has them. */
static apr_hash_t *labels_of(const ap_dbd_t *connection, const wecom_dbd_statements_t *statements,
                             apr_pool_t *pool)
{
    apr_hash_t *labels = apr_hash_make(pool);
    int i;

    for (i = 0; i < statements->count; i++) {
        apr_hash_set(labels, statements->plain[i].label, APR_HASH_KEY_STRING,
                     apr_hash_get(connection->prepared, statements->prepared[i].label,
                                  APR_HASH_KEY_STRING));
    }
    return labels;
}

static int borrow(const wecom_sql_port_t *self, wecom_sql_t *sql, apr_pool_t *pool)
{
    const lender_t *lender = self->baton;
    loan_t *loan = apr_palloc(pool, sizeof(*loan));
    known_t *about;

    memset(sql, 0, sizeof(*sql));
    loan->connection = take(&loan->shared, lender, pool);
    if (loan->connection == NULL) {
        return 0;
    }
    sql->driver = loan->connection->driver;
    sql->handle = loan->connection->handle;
    sql->prepared = labels_of(loan->connection, lender->statements, pool);
    sql->lender = loan;
    about = known(loan->connection);
    if (!about->greeted) {
        about->greeted = wecom_sql_greet(sql);
    }
    return 1;
}

/* mod_dbd keeps a connection that its driver has reconnected, though what it had prepared there is
 * gone: no login over it would succeed again. */
static void renew(const lender_t *lender, ap_dbd_t *connection, wecom_sql_t *sql)
{
    known_t *about = known(connection);
    apr_time_t now = apr_time_now();
    apr_pool_t *home = connection->pool;

    if (lender->is_sqlite) {
        if (now - about->renewed < RENEW_PAUSE && now >= about->renewed) {
            return;
        }
        about->renewed = now;
    }
    else {
        if (about->statements != NULL) {
            apr_pool_clear(about->statements);
        }
        else if (apr_pool_create(&about->statements, connection->pool) != APR_SUCCESS) {
            return;
        }
        home = about->statements;
    }
    sql->prepared = connection->prepared;
    about->greeted = wecom_sql_renew(sql, lender->statements->prepared,
                                     lender->statements->count, home);
}

static void give_back(const wecom_sql_port_t *self, wecom_sql_t *sql)
{
    const lender_t *lender = self->baton;
    loan_t *loan = sql->lender;

    if (sql->broken) {
        renew(lender, loan->connection, sql);
    }
    if (!loan->shared) {
        dbd_close(lender->server, loan->connection);
    }
}

const wecom_sql_port_t *wecom_dbd_pool_port(request_rec *r, server_rec *s, const char *driver,
                                            const wecom_dbd_statements_t *statements)
{
    lender_t *lender = apr_pcalloc(r->pool, sizeof(*lender));

    lender->r = r;
    lender->server = s;
    lender->statements = statements;
    lender->is_sqlite = strcmp(driver, "sqlite3") == 0;
    lender->port.borrow = borrow;
    lender->port.give_back = give_back;
    lender->port.baton = lender;
    return &lender->port;
}
