/* SPDX-License-Identifier: Apache-2.0 */
/* prover.c - see prover.h. */

#include "prover.h"

#include "apr_strings.h"
#include "ap_provider.h"
#include "mod_auth.h"

typedef struct prover_t {
    wecom_prover_t head;
    request_rec *r;
    const apr_array_header_t *names;
} prover_t;

/* As mod_auth_basic asks: the next provider only where this one does not know the user. */
static authn_status ask(const prover_t *self, const char *username, const char *password)
{
    authn_status status = AUTH_USER_NOT_FOUND;
    int i;

    for (i = 0; i < self->names->nelts && status == AUTH_USER_NOT_FOUND; i++) {
        const char *name = APR_ARRAY_IDX(self->names, i, const char *);
        const authn_provider *provider = ap_lookup_provider(AUTHN_PROVIDER_GROUP, name,
                                                            AUTHN_PROVIDER_VERSION);

        if (provider == NULL || provider->check_password == NULL) {
            return AUTH_GENERAL_ERROR;
        }
        apr_table_setn(self->r->notes, AUTHN_PROVIDER_NAME_NOTE, name);
        status = provider->check_password(self->r, username, password);
        apr_table_unset(self->r->notes, AUTHN_PROVIDER_NAME_NOTE);
    }
    return status;
}

/* Providers find the request as they know it from mod_auth_basic, and what they leave in it (a
 * user, the password for a FastCGI authenticator) goes with the question. */
static wecom_proof_t check(const wecom_prover_t *self_, const char *username,
                           const char *password)
{
    const prover_t *self = self_->baton;
    request_rec *r = self->r;
    apr_table_t *environment = r->subprocess_env;
    char *user = r->user;
    char *auth_type = r->ap_auth_type;
    int http_status = r->status;
    authn_status status;

    r->user = apr_pstrdup(r->pool, username);
    r->ap_auth_type = apr_pstrdup(r->pool, "Basic");
    r->subprocess_env = apr_table_copy(r->pool, environment);
    status = ask(self, username, password);
    r->user = user;
    r->ap_auth_type = auth_type;
    r->subprocess_env = environment;
    r->status = http_status;
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

const wecom_prover_t *wecom_prover_make(request_rec *r, const wecom_server_t *server)
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
