/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - see match.h. */

#include "match.h"

#include <stddef.h>
#include <string.h>

wecom_match_refusal_t wecom_match_refusal_of(wecom_account_status_t status)
{
    switch (status) {
    case WECOM_ACCOUNT_ACTIVE:
        return WECOM_MATCH_NO_REFUSAL;
    case WECOM_ACCOUNT_LOCKED:
        return WECOM_MATCH_LOCKED;
    case WECOM_ACCOUNT_DISABLED:
    default:
        return WECOM_MATCH_INACTIVE;
    }
}

static wecom_match_t refuse(wecom_match_refusal_t refusal, const wecom_account_t *account)
{
    wecom_match_t match = { WECOM_MATCH_REFUSE, refusal, account };

    return match;
}

static wecom_match_t answer(wecom_match_verdict_t verdict, const wecom_account_t *account)
{
    wecom_match_t match = { verdict, WECOM_MATCH_NO_REFUSAL, account };

    return match;
}

/* Rows 1 to 3, and the link whose account is gone. */
static wecom_match_t with_link(const wecom_account_t *linked)
{
    wecom_match_refusal_t refusal;

    if (linked == NULL) {
        return refuse(WECOM_MATCH_STALE, NULL);
    }
    refusal = wecom_match_refusal_of(linked->status);
    return refusal != WECOM_MATCH_NO_REFUSAL ? refuse(refusal, linked)
                                             : answer(WECOM_MATCH_LOG_IN, linked);
}

/* Rows 10 to 12. */
static wecom_match_t with_candidate(const wecom_account_t *account)
{
    wecom_match_refusal_t refusal = wecom_match_refusal_of(account->status);

    if (refusal != WECOM_MATCH_NO_REFUSAL) {
        return refuse(refusal, account);
    }
    if (account->linked_to != NULL) {
        return refuse(WECOM_MATCH_TAKEN, account);
    }
    return answer(WECOM_MATCH_LINK, account);
}

/* May there be somebody new? Login-only first. */
static wecom_match_refusal_t refusal_to_create(const wecom_match_policy_t *policy)
{
    if (policy->login_only) {
        return WECOM_MATCH_LOGIN_ONLY;
    }
    return policy->no_registration ? WECOM_MATCH_NO_REGISTRATION : WECOM_MATCH_NO_REFUSAL;
}

/* Nobody is found. Rows 4 to 9. */
static wecom_match_t without_account(const wecom_match_facts_t *facts)
{
    const wecom_match_policy_t *policy = &facts->policy;
    int withheld = policy->association == WECOM_ASSOCIATION_FIELD && facts->withheld;
    wecom_match_refusal_t refusal = refusal_to_create(policy);

    if (withheld && policy->may_consent) {
        return answer(WECOM_MATCH_CONSENT, NULL);
    }
    if (refusal == WECOM_MATCH_NO_REFUSAL) {
        return answer(WECOM_MATCH_CREATE, NULL);
    }
    return refuse(withheld ? WECOM_MATCH_WITHHELD : refusal, NULL);
}

static int count(const wecom_match_facts_t *facts)
{
    return facts->candidates != NULL ? facts->candidates->nelts : 0;
}

static const wecom_account_t *candidate(const wecom_match_facts_t *facts, int i)
{
    return &APR_ARRAY_IDX(facts->candidates, i, wecom_account_t);
}

/* Rows 17 and 18. */
static wecom_match_t wants_new(const wecom_match_facts_t *facts)
{
    wecom_match_refusal_t refusal = refusal_to_create(&facts->policy);

    if (refusal != WECOM_MATCH_NO_REFUSAL) {
        return refuse(refusal, NULL);
    }
    return facts->policy.association == WECOM_ASSOCIATION_ASK
               ? answer(WECOM_MATCH_CREATE, NULL) : refuse(WECOM_MATCH_EXPIRED, NULL);
}

/* Rows 19 and 21 to 23. */
static wecom_match_t has_proven(const wecom_match_facts_t *facts)
{
    int i;

    if (facts->policy.association != WECOM_ASSOCIATION_ASK) {
        return refuse(WECOM_MATCH_EXPIRED, NULL);
    }
    /* As it is spelled: in some password files Admin and admin are two people. */
    for (i = 0; facts->chosen != NULL && i < count(facts); i++) {
        if (strcmp(candidate(facts, i)->username, facts->chosen) == 0) {
            return with_candidate(candidate(facts, i));
        }
    }
    return refuse(WECOM_MATCH_UNKNOWN, NULL);
}

/* Row 13, second half. */
static wecom_match_t has_chosen(const wecom_match_facts_t *facts)
{
    int i;

    for (i = 0; facts->policy.association == WECOM_ASSOCIATION_FIELD && i < count(facts); i++) {
        if (facts->chosen != NULL && strcmp(candidate(facts, i)->id, facts->chosen) == 0) {
            return with_candidate(candidate(facts, i));
        }
    }
    return refuse(WECOM_MATCH_EXPIRED, NULL);
}

static wecom_match_t first(const wecom_match_facts_t *facts)
{
    const wecom_match_policy_t *policy = &facts->policy;

    switch (policy->association) {
    case WECOM_ASSOCIATION_ASK: /* rows 14 to 16 */
        return answer(policy->login_only || policy->no_registration ? WECOM_MATCH_ASK_TO_BIND
                                                                    : WECOM_MATCH_ASK, NULL);
    case WECOM_ASSOCIATION_FIELD:
        if (count(facts) > WECOM_MATCH_MAX_CHOICES) {
            return refuse(WECOM_MATCH_AMBIGUOUS, NULL);
        }
        if (count(facts) > 1) { /* row 13 */
            return answer(WECOM_MATCH_CHOOSE, NULL);
        }
        return count(facts) == 1 ? with_candidate(candidate(facts, 0)) : without_account(facts);
    case WECOM_ASSOCIATION_NONE:
    default:
        return without_account(facts);
    }
}

wecom_match_t wecom_match_decide(const wecom_match_facts_t *facts)
{
    if (facts->has_link) { /* also row 25: somebody linked it meanwhile */
        return with_link(facts->linked);
    }
    switch (facts->step) {
    case WECOM_STEP_CREATE:
        return wants_new(facts);
    case WECOM_STEP_BIND:
        return has_proven(facts);
    case WECOM_STEP_CHOOSE:
        return has_chosen(facts);
    case WECOM_STEP_FIRST:
    default:
        return first(facts);
    }
}
