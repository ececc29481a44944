/* SPDX-License-Identifier: Apache-2.0 */
/*
 * throttle.h - how often somebody may fail to prove an account.
 *
 * Five failures in five minutes rest a member's binding; fifty members who fail on one account in
 * an hour rest that account for five minutes at a time. Never by address, since a company shares
 * one. An account is what was typed, whether or not there is such a one, so nothing is told about
 * it. Each try takes a place in the cache before the password is looked at: on a node no two take
 * the same one, however many are posted at once.
 */
#ifndef WECOM_AUTH_THROTTLE_H
#define WECOM_AUTH_THROTTLE_H

#include "../base/cache.h"

#define WECOM_THROTTLE_TRIES     5
#define WECOM_THROTTLE_SECONDS   300
#define WECOM_THROTTLE_MEMBERS   50
#define WECOM_THROTTLE_HOUR      3600

typedef enum wecom_throttle_verdict_t {
    WECOM_THROTTLE_PASS = 0,
    WECOM_THROTTLE_MEMBER_RESTS,
    WECOM_THROTTLE_ACCOUNT_RESTS
} wecom_throttle_verdict_t;

/* A try in progress. */
typedef struct wecom_throttle_t {
    const wecom_cache_t *cache;
    const char *member;     /* source and userid in their normal form */
    const char *account;    /* what was typed, in its normal form */
    const char *place;      /* taken by this try; NULL: none */
    apr_time_t now;
    apr_pool_t *pool;
} wecom_throttle_t;

/* Begins a try. A cache that does not work stops nobody: then the provider's own means are what
 * is left. */
wecom_throttle_verdict_t wecom_throttle_begin(wecom_throttle_t *try, const wecom_cache_t *cache,
                                              const char *member, const char *account,
                                              apr_time_t now, apr_pool_t *pool);

/* Ends it. failed: 1 for a wrong password; 0 gives the place back (right, or not judged at all). */
void wecom_throttle_end(const wecom_throttle_t *try, int failed);

#endif
