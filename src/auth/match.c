/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - see match.h. */

#include "match.h"

#include <stddef.h>

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

/* Nobody is found: may there be somebody new? Rows 4 to 6, 8 and 9. */
static wecom_match_t without_account(const wecom_match_facts_t *facts)
{
    const wecom_match_policy_t *policy = &facts->policy;

    if (!policy->login_only && !policy->no_registration) {
        return answer(WECOM_MATCH_CREATE, NULL);
    }
    if (policy->association == WECOM_ASSOCIATION_FIELD && facts->withheld != 0) {
        return refuse(WECOM_MATCH_WITHHELD, NULL);
    }
    return refuse(policy->login_only ? WECOM_MATCH_LOGIN_ONLY : WECOM_MATCH_NO_REGISTRATION,
                  NULL);
}

wecom_match_t wecom_match_decide(const wecom_match_facts_t *facts)
{
    const wecom_match_policy_t *policy = &facts->policy;
    int found = facts->candidates != NULL ? facts->candidates->nelts : 0;

    if (facts->has_link) {
        return with_link(facts->linked);
    }
    switch (policy->association) {
    case WECOM_ASSOCIATION_ASK: /* rows 14 to 16 */
        return answer(policy->login_only || policy->no_registration ? WECOM_MATCH_ASK_TO_BIND
                                                                    : WECOM_MATCH_ASK, NULL);
    case WECOM_ASSOCIATION_FIELD:
        if (found > 1) { /* row 13 */
            return answer(WECOM_MATCH_CHOOSE, NULL);
        }
        if (found == 1) {
            return with_candidate(&APR_ARRAY_IDX(facts->candidates, 0, wecom_account_t));
        }
        return without_account(facts);
    case WECOM_ASSOCIATION_NONE:
    default:
        return without_account(facts);
    }
}
