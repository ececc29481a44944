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
 *
 * Two directories are built on this port: account_sql.h, whose accounts can be written, and
 * account_book.h, which reads accounts from a book that belongs to somebody else (LDAP, a SELECT)
 * and keeps at most the links.
 */
#ifndef WECOM_AUTH_ACCOUNT_H
#define WECOM_AUTH_ACCOUNT_H

#include <apr_tables.h>
#include <apr_time.h>

#include "../base/error.h"
#include "match.h"

/* A value that a first login may match by, in its normal form (normal.h). */
typedef struct wecom_claim_value_t {
    const char *field;          /* as in WeComAssociation: "email", "alias=username" */
    wecom_column_t column;      /* what it is compared with */
    const char *value;          /* never NULL or empty */
} wecom_claim_value_t;

/* What WeCom tells of a member for the account's profile; NULL where it withholds. */
typedef struct wecom_profile_t {
    const char *name;
    const char *alias;
    const char *position;
    const char *telephone;
    const char *gender;
    const char *avatar;
    const char *departments;    /* ids, a comma between */
} wecom_profile_t;

typedef enum wecom_sync_t {
    WECOM_SYNC_EVERY = 0,       /* at each login */
    WECOM_SYNC_FIRST,           /* when the link is made */
    WECOM_SYNC_NEVER            /* only into an account that the login makes */
} wecom_sync_t;

/* A member who asks to be let in, as WeCom has just confirmed. */
typedef struct wecom_claim_t {
    const char *source;
    const char *userid;         /* as WeCom spells it */
    const char *userid_key;     /* its normal form */
    const char *email;          /* as WeCom gave it; NULL when withheld */
    const char *phone;
    wecom_profile_t profile;
    wecom_sync_t sync;
    const apr_array_header_t *values; /* wecom_claim_value_t, in the order of the configuration */
    int withheld;               /* a field to match by was not delivered */
    wecom_match_policy_t policy;
    wecom_step_t step;
    const char *username;       /* with WECOM_STEP_BIND: proven, in the visitor's spelling */
    const char *chosen;         /* with WECOM_STEP_CHOOSE: the account's id */
    apr_time_t now;
} wecom_claim_t;

enum { /* how an account stands; bits */
    WECOM_STANDING_PREEXISTING = 1,  /* it was there before WeCom, or was adopted */
    WECOM_STANDING_FIELD_MATCH = 2   /* the link was made by matching, and the account's value is
                                      * still the one that matched; at a login also: WeCom, where
                                      * it delivered the field, delivered the same */
};

/* An account that is linked. */
typedef struct wecom_standing_t {
    wecom_account_t account;
    unsigned int marks;
    const char *linked_by;      /* "create", "match:email", "bind:password", "choice:email",
                                 * "admin" */
} wecom_standing_t;

/* How it ended. */
typedef struct wecom_admission_t {
    wecom_match_verdict_t verdict;  /* never WECOM_MATCH_CREATE or _LINK: those are done */
    wecom_match_refusal_t refusal;  /* when the verdict is WECOM_MATCH_REFUSE */
    wecom_standing_t standing;      /* when it is WECOM_MATCH_LOG_IN; when it is refused, the
                                     * account, if one was found (id NULL: none) */
    int created;                    /* this login made the account */
    int linked;                     /* this login made the link */
    const apr_array_header_t *candidates; /* wecom_account_t, when it is WECOM_MATCH_CHOOSE; with
                                     * WECOM_MATCH_UNKNOWN those whose username differs from
                                     * the proven one in case alone */
} wecom_admission_t;

typedef struct wecom_directory_t wecom_directory_t;
struct wecom_directory_t {
    /* Names the directory in caches that others share: the same userid of the same source is
     * another account in another one. Never NULL. */
    const char *print;
    /* WECOM_OK with *admission filled, whatever the verdict. WECOM_E_UNAVAILABLE when the
     * directory cannot be asked or three rounds were lost to others: nothing is written then. */
    wecom_status_t (*admit)(const wecom_directory_t *self, wecom_admission_t *admission,
                            wecom_error_t *err, const wecom_claim_t *claim, apr_pool_t *pool);
    /* The account that is linked now, for a session that has one. account_hint: its username
     * when the session was made (a directory without links finds it by that). WECOM_E_NOT_FOUND:
     * the link or the account is gone. */
    wecom_status_t (*find_linked)(const wecom_directory_t *self, wecom_standing_t *standing,
                                  wecom_error_t *err, const char *source,
                                  const char *userid_key, const char *account_hint,
                                  apr_pool_t *pool);
    void *baton;
};

/* --- for those who build a directory ---------------------------------------------------------- */

/* The claim's values of a column, in order: at most max, the rest NULL. */
void wecom_account_values(const char **out, int max, const wecom_claim_t *claim,
                          wecom_column_t column);

/* Which columns of the account hold one of the claim's values (bits); the account's values are
 * brought into their normal forms first. */
unsigned int wecom_account_matches(const wecom_account_t *account, const wecom_claim_t *claim,
                                   apr_pool_t *pool);

/* The account's value of a column in its normal form, or NULL. */
const char *wecom_account_value(const wecom_account_t *account, wecom_column_t column,
                                apr_pool_t *pool);

/* "match:email" and its like: how a link comes about in this step. matched: the columns; 0 with
 * a new account. */
const char *wecom_account_linked_by(const wecom_claim_t *claim, unsigned int matched,
                                    apr_pool_t *pool);

/* "salt:hash" of the value that matched, for the link; NULL where none did. The hash hangs on no
 * key, so that a rotation ends no match. */
const char *wecom_account_match_hash(const wecom_claim_t *claim, unsigned int matched,
                                     apr_pool_t *pool);

/* WECOM_STANDING_FIELD_MATCH or 0. match_hash: of the link, may be NULL; claim: NULL outside of a
 * login. */
unsigned int wecom_account_still_matches(const wecom_account_t *account, const char *linked_by,
                                         const char *match_hash, const wecom_claim_t *claim,
                                         apr_pool_t *pool);

/* The column that a field of WeComAssociation is compared with, from its text ("email",
 * "alias=username"); 0 for a text that is none. */
unsigned int wecom_account_column(const char *field);

#endif
