/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_facet.h - accounts as a book tells them: one facet, or several of one account.
 *
 * An account of ours has one e-mail and one phone; an entry of a book can have several of each. It
 * is then told in several facets with the same id (account_book.h). Arrays are of
 * wecom_account_t.
 */
#ifndef WECOM_AUTH_ACCOUNT_FACET_H
#define WECOM_AUTH_ACCOUNT_FACET_H

#include "account.h"

/* Of the facets in found those of that username; where no account is spelled so, those of the
 * one whose name differs in case alone. WECOM_E_NOT_FOUND, with *facets NULL, when there is
 * none, or when several differ. */
wecom_status_t wecom_account_facet_pick(apr_array_header_t **facets,
                                          const apr_array_header_t *found, const char *username,
                                          apr_pool_t *pool);

/* Of an account's facets (at least one) the one with the value that its link was made by, else
 * the first. */
const wecom_account_t *wecom_account_facet_fitting(const apr_array_header_t *facets,
                                                     const char *linked_by,
                                                     const char *match_hash, apr_pool_t *pool);

/* Adds a facet to the candidates, if one of the claim's values matches it. Readings of one
 * account become one candidate, which shows the values that have matched. */
void wecom_account_facet_take(apr_array_header_t *candidates, const wecom_account_t *facet,
                                const wecom_claim_t *claim, apr_pool_t *pool);

/* Of the candidates whose names differ in case alone the one that was spelled; 0: there is none,
 * and all are kept. */
int wecom_account_facet_keep_spelled(apr_array_header_t *candidates, const char *username);

#endif
