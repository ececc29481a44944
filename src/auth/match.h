/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - which account a member is: the decision, as a pure function of facts.
 *
 * The truth table is that of the design (identity-source 8.4); its row numbers stand in the test.
 * Login-only is judged before registration. A link decides alone: who has one is that account,
 * whatever login-only, matching and registration say now.
 */
#ifndef WECOM_AUTH_MATCH_H
#define WECOM_AUTH_MATCH_H

#include <apr_tables.h>

typedef enum wecom_account_status_t { /* stored; the numbers never change their meaning */
    WECOM_ACCOUNT_ACTIVE = 1,
    WECOM_ACCOUNT_LOCKED = 2,
    WECOM_ACCOUNT_DISABLED = 3
} wecom_account_status_t;

typedef enum wecom_match_field_t { /* bits */
    WECOM_FIELD_USERID = 1,   /* with the account's username */
    WECOM_FIELD_EMAIL = 2,
    WECOM_FIELD_MOBILE = 4
} wecom_match_field_t;

typedef struct wecom_account_t {
    const char *id;           /* opaque to all but the directory */
    const char *username;
    wecom_account_status_t status;
    int is_ours;              /* made by a login, not there before WeCom */
    /* as a candidate: */
    unsigned int matched;     /* bits of wecom_match_field_t */
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
} wecom_match_policy_t;

typedef struct wecom_match_facts_t {
    wecom_match_policy_t policy;
    int has_link;
    const wecom_account_t *linked;        /* NULL with has_link: the account is gone */
    const apr_array_header_t *candidates; /* distinct wecom_account_t; may be empty */
    unsigned int withheld;                /* bits of the fields asked for and not delivered */
} wecom_match_facts_t;

typedef enum wecom_match_verdict_t {
    WECOM_MATCH_REFUSE = 0,
    WECOM_MATCH_LOG_IN,       /* as the linked account */
    WECOM_MATCH_LINK,         /* with the one candidate, then log in */
    WECOM_MATCH_CREATE,       /* account and link, then log in */
    WECOM_MATCH_CHOOSE,       /* among the candidates */
    WECOM_MATCH_ASK,          /* bind or create */
    WECOM_MATCH_ASK_TO_BIND   /* bind alone */
} wecom_match_verdict_t;

typedef enum wecom_match_refusal_t {
    WECOM_MATCH_NO_REFUSAL = 0,
    WECOM_MATCH_LOGIN_ONLY,
    WECOM_MATCH_NO_REGISTRATION,
    WECOM_MATCH_WITHHELD,     /* WeCom did not give the value; the remedy is another */
    WECOM_MATCH_INACTIVE,
    WECOM_MATCH_LOCKED,
    WECOM_MATCH_TAKEN,
    WECOM_MATCH_STALE
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
