/* SPDX-License-Identifier: Apache-2.0 */
/* account_facet.c - see account_facet.h. */

#include "account_facet.h"

#include "../base/text.h"

static wecom_account_t *at(const apr_array_header_t *accounts, int i)
{
    return &APR_ARRAY_IDX(accounts, i, wecom_account_t);
}

static apr_array_header_t *spelled(const apr_array_header_t *found, const char *username,
                                   apr_pool_t *pool)
{
    apr_array_header_t *kept = apr_array_make(pool, 1, sizeof(wecom_account_t));
    int i;

    for (i = 0; i < found->nelts; i++) {
        if (wecom_text_equal(at(found, i)->username, username)) {
            APR_ARRAY_PUSH(kept, wecom_account_t) = *at(found, i);
        }
    }
    return kept;
}

/* The only other spelling of that username; NULL when there is none or more than one. */
static const char *other_spelling(const apr_array_header_t *found, const char *username)
{
    const char *other = NULL;
    int i;

    for (i = 0; i < found->nelts; i++) {
        const char *name = at(found, i)->username;

        if (!wecom_text_equal_fold(name, username) || wecom_text_equal(name, other)) {
            continue;
        }
        if (other != NULL) {
            return NULL;
        }
        other = name;
    }
    return other;
}

wecom_status_t wecom_account_facet_pick(apr_array_header_t **facets,
                                          const apr_array_header_t *found, const char *username,
                                          apr_pool_t *pool)
{
    *facets = spelled(found, username, pool);
    if ((*facets)->nelts == 0) {
        *facets = spelled(found, other_spelling(found, username), pool);
    }
    if ((*facets)->nelts == 0) {
        *facets = NULL;
        return WECOM_E_NOT_FOUND;
    }
    return WECOM_OK;
}

const wecom_account_t *wecom_account_facet_fitting(const apr_array_header_t *facets,
                                                     const char *linked_by,
                                                     const char *match_hash, apr_pool_t *pool)
{
    int i;

    for (i = 0; i < facets->nelts; i++) {
        if (wecom_account_still_matches(at(facets, i), linked_by, match_hash, NULL, pool)) {
            return at(facets, i);
        }
    }
    return at(facets, 0);
}

static unsigned int matched_by(const wecom_account_t *facet, const wecom_claim_t *claim,
                               apr_pool_t *pool)
{
    if (claim->step != WECOM_STEP_BIND) {
        return wecom_account_matches(facet, claim, pool);
    }
    return wecom_text_equal_fold(facet->username, claim->username)
               ? (unsigned int)WECOM_COLUMN_USERNAME : 0;
}

static wecom_account_t *known_by(const apr_array_header_t *candidates, const char *id)
{
    int i;

    for (i = 0; i < candidates->nelts; i++) {
        if (wecom_text_equal(at(candidates, i)->id, id)) {
            return at(candidates, i);
        }
    }
    return NULL;
}

void wecom_account_facet_take(apr_array_header_t *candidates, const wecom_account_t *facet,
                                const wecom_claim_t *claim, apr_pool_t *pool)
{
    unsigned int matched = matched_by(facet, claim, pool);
    wecom_account_t *known = known_by(candidates, facet->id);

    if (matched == 0) {
        return;
    }
    if (known == NULL) {
        known = apr_array_push(candidates);
        *known = *facet;
        known->matched = matched;
        known->linked_to = NULL;
        return;
    }
    if ((matched & ~known->matched & (unsigned int)WECOM_COLUMN_EMAIL) != 0) {
        known->email = facet->email;
    }
    if ((matched & ~known->matched & (unsigned int)WECOM_COLUMN_PHONE) != 0) {
        known->phone = facet->phone;
    }
    known->matched |= matched;
}

int wecom_account_facet_keep_spelled(apr_array_header_t *candidates, const char *username)
{
    int i;

    for (i = 0; i < candidates->nelts; i++) {
        if (wecom_text_equal(at(candidates, i)->username, username)) {
            *at(candidates, 0) = *at(candidates, i);
            candidates->nelts = 1;
            return 1;
        }
    }
    return 0;
}
