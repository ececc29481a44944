/* SPDX-License-Identifier: Apache-2.0 */
/* directory.c - see directory.h. */

#include "directory.h"

#include <string.h>

#include "apr_optional.h"
#include "ap_provider.h"
#include "mod_auth.h"
#include "apr_dbd.h" /* types of mod_dbd.h; no function of it is called on this floor */
#include "mod_dbd.h"

#include "../auth/account_sql.h"
#include "request.h"

/* --- connections ------------------------------------------------------------------------------ */

typedef struct lender_t {
    server_rec *server;
    request_rec *r;         /* whose connection is shared; NULL: one of our own for each step */
    const wecom_account_layout_t *layout;
} lender_t;

static int borrow(const wecom_sql_port_t *self, wecom_sql_t *sql, apr_pool_t *pool)
{
    APR_OPTIONAL_FN_TYPE(ap_dbd_open) *dbd_open = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open);
    APR_OPTIONAL_FN_TYPE(ap_dbd_acquire) *acquire = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_acquire);
    const lender_t *lender = self->baton;
    ap_dbd_t *connection = lender->r != NULL ? acquire(lender->r)
                                             : dbd_open(pool, lender->server);

    memset(sql, 0, sizeof(*sql));
    if (connection == NULL) {
        return 0;
    }
    sql->driver = connection->driver;
    sql->handle = connection->handle;
    sql->prepared = connection->prepared;
    sql->lender = connection;
    return 1;
}

/* mod_dbd keeps a connection that its driver has reconnected, though what it had prepared there is
 * gone: no login over it would succeed again. */
static void renew(const lender_t *lender, wecom_sql_t *sql)
{
    const ap_dbd_t *connection = sql->lender;
    const wecom_sql_statement_t *statements;
    int count;

    statements = wecom_account_schema_statements(&count, lender->layout, connection->pool);
    wecom_sql_renew(sql, statements, count, connection->pool);
}

static void give_back(const wecom_sql_port_t *self, wecom_sql_t *sql)
{
    APR_OPTIONAL_FN_TYPE(ap_dbd_close) *dbd_close = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close);
    const lender_t *lender = self->baton;

    if (sql->broken) {
        renew(lender, sql);
    }
    if (lender->r == NULL) {
        dbd_close(lender->server, sql->lender);
    }
}

static int is_own_url(const request_rec *r)
{
    const wecom_request_t *own = wecom_request_peek(r);

    return own != NULL && own->own != NULL;
}

const wecom_directory_t *wecom_directory_make(request_rec *r, const wecom_server_t *server)
{
    wecom_directory_t *directory;
    wecom_sql_port_t *port;
    lender_t *lender;

    if (server->directory == NULL) {
        return NULL;
    }
    port = apr_pcalloc(r->pool, sizeof(*port));
    lender = apr_pcalloc(r->pool, sizeof(*lender));
    lender->server = server->server;
    lender->layout = server->directory->layout;
    /* mod_authn_dbd, as a provider of passwords, has a connection until the request ends. Whoever
     * took a second one beside it would wait for ever when all others do the same. */
    lender->r = r->method_number == M_POST && is_own_url(r) ? r : NULL;
    port->borrow = borrow;
    port->give_back = give_back;
    port->baton = lender;
    directory = wecom_account_sql_directory(port, server->directory->layout, r->pool);
    directory->print = server->directory->print;
    return directory;
}

/* --- passwords -------------------------------------------------------------------------------- */

typedef struct prover_t {
    wecom_prover_t head;
    request_rec *r;
    const apr_array_header_t *names;
} prover_t;

/* As mod_auth_basic asks: the next provider only where this one does not know the user. */
static wecom_proof_t check(const wecom_prover_t *self_, const char *username,
                           const char *password)
{
    const prover_t *self = self_->baton;
    authn_status status = AUTH_USER_NOT_FOUND;
    int i;

    for (i = 0; i < self->names->nelts && status == AUTH_USER_NOT_FOUND; i++) {
        const char *name = APR_ARRAY_IDX(self->names, i, const char *);
        const authn_provider *provider = ap_lookup_provider(AUTHN_PROVIDER_GROUP, name,
                                                            AUTHN_PROVIDER_VERSION);

        if (provider == NULL || provider->check_password == NULL) {
            return WECOM_PROOF_UNAVAILABLE;
        }
        apr_table_setn(self->r->notes, AUTHN_PROVIDER_NAME_NOTE, name);
        status = provider->check_password(self->r, username, password);
        apr_table_unset(self->r->notes, AUTHN_PROVIDER_NAME_NOTE);
    }
    switch (status) {
    case AUTH_GRANTED:
        return WECOM_PROOF_GRANTED;
    case AUTH_DENIED:
    case AUTH_USER_NOT_FOUND:
        return WECOM_PROOF_DENIED;
    default:
        return WECOM_PROOF_UNAVAILABLE;
    }
}

const wecom_prover_t *wecom_directory_prover(request_rec *r, const wecom_server_t *server)
{
    prover_t *prover;

    if (server->bind_provider == NULL) {
        return NULL;
    }
    prover = apr_pcalloc(r->pool, sizeof(*prover));
    prover->head.check = check;
    prover->head.baton = prover;
    prover->r = r;
    prover->names = server->bind_provider;
    return &prover->head;
}
