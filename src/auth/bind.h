/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind.h - {endpoint}/bind: the visitor says which account is theirs.
 *
 * WeCom has said who the member is (half.h); now the site asks. Bind: a username and a password,
 * proven by httpd's own providers, through a port. Create: a new account, where that is allowed.
 * Choose: one of several accounts that match, those and no others. What the page offered is never
 * a permission: the directory decides anew, with what the configuration says by then.
 */
#ifndef WECOM_AUTH_BIND_H
#define WECOM_AUTH_BIND_H

#include "login.h"

#define WECOM_BIND_MAX_PASSWORD 1024  /* bytes */

typedef enum wecom_proof_t {
    WECOM_PROOF_GRANTED = 0,
    WECOM_PROOF_DENIED,       /* wrong password or no such user: nobody learns which */
    WECOM_PROOF_UNAVAILABLE   /* the provider cannot tell now */
} wecom_proof_t;

typedef struct wecom_prover_t wecom_prover_t;
struct wecom_prover_t {
    wecom_proof_t (*check)(const wecom_prover_t *self, const char *username,
                           const char *password);
    void *baton;
};

/* A posted form; NULL where a field is absent. */
typedef struct wecom_bind_form_t {
    const char *state;        /* p */
    const char *token;
    const char *action;       /* do: "bind", "create" or "choose" */
    const char *username;
    const char *password;     /* the caller wipes it */
    const char *account;      /* with "choose": the id */
} wecom_bind_form_t;

/* GET: the page of a half-finished login. state and action (parameters p and do) may be NULL. */
void wecom_bind_show(wecom_reply_t *reply, const wecom_login_t *room, const char *state,
                     const char *action);

/* POST. */
void wecom_bind_answer(wecom_reply_t *reply, const wecom_login_t *room,
                       const wecom_bind_form_t *form, const wecom_prover_t *prover);

#endif
