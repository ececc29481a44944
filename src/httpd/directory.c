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

/* --- connections ------------------------------------------------------------------------------ */

static int borrow(const wecom_sql_port_t *self, wecom_sql_t *sql, apr_pool_t *pool)
{
    APR_OPTIONAL_FN_TYPE(ap_dbd_open) *dbd_open = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open);
    server_rec *s = self->baton;
    ap_dbd_t *connection = dbd_open != NULL ? dbd_open(pool, s) : NULL;

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

static void give_back(const wecom_sql_port_t *self, wecom_sql_t *sql)
{
    APR_OPTIONAL_FN_TYPE(ap_dbd_close) *dbd_close = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close);

    dbd_close(self->baton, sql->lender);
}

const wecom_directory_t *wecom_directory_make(request_rec *r, const wecom_server_t *server)
{
    wecom_sql_port_t *port;

    if (server->directory == NULL) {
        return NULL;
    }
    port = apr_pcalloc(r->pool, sizeof(*port));

    port->borrow = borrow;
    port->give_back = give_back;
    port->baton = server->server;
    return wecom_account_sql_directory(port, server->directory->layout, r->pool);
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
