/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.h - the port to an account directory: who is already a user of the site.
 *
 * A directory has accounts and links. A link says that one member of one source is one account:
 * at most one for each member and at most one for each account and source. The store keeps both
 * promises itself, not only this code.
 *
 * A login is one step for the directory (admit): it finds the link or the candidates, lets
 * match.h decide, and writes what was decided in the same transaction. So two first logins of one
 * member, here or on another node, end in one account and one link.
 */
#ifndef WECOM_AUTH_ACCOUNT_H
#define WECOM_AUTH_ACCOUNT_H

#include <apr_tables.h>
#include <apr_time.h>

#include "../base/error.h"
#include "match.h"

/* What a first login may match by, each in its normal form (normal.h). */
typedef struct wecom_claim_value_t {
    wecom_match_field_t field;
    const char *value;          /* never NULL or empty */
} wecom_claim_value_t;

/* A member who asks to be let in, as WeCom has just confirmed. */
typedef struct wecom_claim_t {
    const char *source;
    const char *userid;         /* as WeCom spells it */
    const char *userid_key;     /* its normal form */
    const char *name;           /* "" when withheld */
    const char *email;          /* as WeCom gave it; NULL when withheld */
    const char *phone;
    const apr_array_header_t *values; /* wecom_claim_value_t, in the order of the configuration */
    unsigned int withheld;      /* bits of the fields to match by that WeCom did not deliver */
    wecom_match_policy_t policy;
    apr_time_t now;
} wecom_claim_t;

/* How it ended. */
typedef struct wecom_admission_t {
    wecom_match_verdict_t verdict;  /* never WECOM_MATCH_CREATE or _LINK: those are done */
    wecom_match_refusal_t refusal;  /* when the verdict is WECOM_MATCH_REFUSE */
    wecom_account_t account;        /* when it is WECOM_MATCH_LOG_IN */
    int created;                    /* this login made the account */
    int linked;                     /* this login made the link */
    const apr_array_header_t *candidates; /* wecom_account_t, when it is WECOM_MATCH_CHOOSE */
} wecom_admission_t;

typedef struct wecom_directory_t wecom_directory_t;
struct wecom_directory_t {
    /* WECOM_OK with *admission filled, whatever the verdict. WECOM_E_UNAVAILABLE when the
     * directory cannot be asked or three rounds were lost to others: nothing is written then. */
    wecom_status_t (*admit)(const wecom_directory_t *self, wecom_admission_t *admission,
                            wecom_error_t *err, const wecom_claim_t *claim, apr_pool_t *pool);
    /* The account that is linked now, for a session that has one. WECOM_E_NOT_FOUND: the link or
     * the account is gone. */
    wecom_status_t (*find_linked)(const wecom_directory_t *self, wecom_account_t *account,
                                  wecom_error_t *err, const char *source,
                                  const char *userid_key, apr_pool_t *pool);
    void *baton;
};

#endif
