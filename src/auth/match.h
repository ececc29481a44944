/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - which account a member is: the decision, as a pure function of facts.
 *
 * The truth table is that of the design (identity-source 8.4); its row numbers stand in the test.
 * Login-only is judged before registration. A link decides alone: who has one is that account,
 * whatever login-only, matching and registration say now.
 *
 * A first login can take two requests: where the visitor is asked (bind or create, which of
 * several), the answer comes back as a step of its own, and everything is decided anew with what
 * is there by then. What a page has offered is no permission.
 */
#ifndef WECOM_AUTH_MATCH_H
#define WECOM_AUTH_MATCH_H

#include <apr_tables.h>

typedef enum wecom_account_status_t { /* stored; the numbers never change their meaning */
    WECOM_ACCOUNT_ACTIVE = 1,
    WECOM_ACCOUNT_LOCKED = 2,
    WECOM_ACCOUNT_DISABLED = 3
} wecom_account_status_t;

/* What an account is found by; bits. */
typedef enum wecom_column_t {
    WECOM_COLUMN_USERNAME = 1,
    WECOM_COLUMN_EMAIL = 2,
    WECOM_COLUMN_PHONE = 4
} wecom_column_t;

typedef struct wecom_account_t {
    const char *id;           /* opaque to all but the directory */
    const char *username;
    const char *name;         /* NULL: none; so the next two, as the directory spells them */
    const char *email;
    const char *phone;
    wecom_account_status_t status;
    int is_ours;              /* made by a login, not there before WeCom */
    /* as a candidate: */
    unsigned int matched;     /* bits of wecom_column_t */
    const char *linked_to;    /* the member of this source it is linked to already; NULL: none */
} wecom_account_t;

typedef enum wecom_association_t {
    WECOM_ASSOCIATION_NONE = 0,
    WECOM_ASSOCIATION_FIELD,
    WECOM_ASSOCIATION_ASK
} wecom_association_t;

typedef struct wecom_match_policy_t {
    int login_only;           /* of the source or the place */
    int no_registration;      /* of the place: P of the table */
    wecom_association_t association;
    int may_consent;          /* the member can be asked, now, for what WeCom withheld */
} wecom_match_policy_t;

typedef enum wecom_step_t {
    WECOM_STEP_FIRST = 0,     /* WeCom has just said who it is */
    WECOM_STEP_CREATE,        /* asked, the visitor wants a new account */
    WECOM_STEP_BIND,          /* asked, the visitor has proven to be an account */
    WECOM_STEP_CHOOSE         /* asked, the visitor has chosen one of several candidates */
} wecom_step_t;

typedef struct wecom_match_facts_t {
    wecom_match_policy_t policy;
    wecom_step_t step;
    const char *chosen;                   /* WECOM_STEP_CHOOSE: the id; WECOM_STEP_BIND: the
                                           * username, as it was proven */
    int has_link;
    const wecom_account_t *linked;        /* NULL with has_link: the account is gone */
    const apr_array_header_t *candidates; /* distinct wecom_account_t; may be empty. With
                                           * WECOM_STEP_BIND: of that username in any case */
    int withheld;                         /* WeCom did not deliver a field to match by */
} wecom_match_facts_t;

#define WECOM_MATCH_MAX_CHOICES 16  /* a directory need not look for more than one more */

typedef enum wecom_match_verdict_t {
    WECOM_MATCH_REFUSE = 0,
    WECOM_MATCH_LOG_IN,       /* as the linked account */
    WECOM_MATCH_LINK,         /* with the one candidate, then log in */
    WECOM_MATCH_CREATE,       /* account and link, then log in */
    WECOM_MATCH_CHOOSE,       /* among the candidates */
    WECOM_MATCH_ASK,          /* bind or create */
    WECOM_MATCH_ASK_TO_BIND,  /* bind alone */
    WECOM_MATCH_CONSENT       /* ask WeCom once more, with the member's consent */
} wecom_match_verdict_t;

typedef enum wecom_match_refusal_t {
    WECOM_MATCH_NO_REFUSAL = 0,
    WECOM_MATCH_LOGIN_ONLY,
    WECOM_MATCH_NO_REGISTRATION,
    WECOM_MATCH_WITHHELD,     /* WeCom did not give the value; the remedy is another */
    WECOM_MATCH_INACTIVE,
    WECOM_MATCH_LOCKED,
    WECOM_MATCH_TAKEN,
    WECOM_MATCH_AMBIGUOUS,    /* more candidates than a page can offer */
    WECOM_MATCH_STALE,
    WECOM_MATCH_UNKNOWN,      /* who was proven is no account here; said as a wrong password */
    WECOM_MATCH_EXPIRED       /* the answer fits nothing that is asked any more */
} wecom_match_refusal_t;

typedef struct wecom_match_t {
    wecom_match_verdict_t verdict;
    wecom_match_refusal_t refusal;        /* with WECOM_MATCH_REFUSE */
    const wecom_account_t *account;       /* with LOG_IN and LINK, and the one that is refused */
} wecom_match_t;

wecom_match_t wecom_match_decide(const wecom_match_facts_t *facts);

/* What an account's status says about a login as it; WECOM_MATCH_NO_REFUSAL for an active one. */
wecom_match_refusal_t wecom_match_refusal_of(wecom_account_status_t status);

#endif
