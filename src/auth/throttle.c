/* SPDX-License-Identifier: Apache-2.0 */
/* throttle.c - see throttle.h. */

#include "throttle.h"

#include <apr_strings.h>


#define TRIES    "bind-try"
#define PAIRS    "bind-pair"
#define ACCOUNTS "bind-account"

static const wecom_bytes_t mark = { (const unsigned char *)"1", 1 };

/* Takes the first free of `count` places; its key, or NULL when all are taken. */
static const char *take_place(const wecom_throttle_t *try, const char *kind, const char *who,
                              int count, int seconds, int last_seconds)
{
    int i;

    for (i = 0; i < count; i++) {
        const char *key = apr_psprintf(try->pool, "%s|%d", who, i);
        int span = i == count - 1 ? last_seconds : seconds;

        if (try->cache->put_if_absent(try->cache, kind, key, mark, try->now,
                                      try->now + apr_time_from_sec(span), try->pool)
            != WECOM_E_EXISTS) {
            return key;
        }
    }
    return NULL;
}

static int account_rests(const wecom_throttle_t *try)
{
    const char *key = apr_psprintf(try->pool, "%s|%d", try->account, WECOM_THROTTLE_MEMBERS - 1);
    wecom_bytes_t value;

    return try->cache->get(try->cache, &value, ACCOUNTS, key, try->now, try->pool) == WECOM_OK;
}

wecom_throttle_verdict_t wecom_throttle_begin(wecom_throttle_t *try, const wecom_cache_t *cache,
                                              const char *member, const char *account,
                                              apr_time_t now, apr_pool_t *pool)
{
    try->cache = cache;
    try->member = member;
    try->account = account;
    try->place = NULL;
    try->now = now;
    try->pool = pool;
    if (account_rests(try)) {
        return WECOM_THROTTLE_ACCOUNT_RESTS;
    }
    try->place = take_place(try, TRIES, member, WECOM_THROTTLE_TRIES, WECOM_THROTTLE_SECONDS,
                            WECOM_THROTTLE_SECONDS);
    return try->place != NULL ? WECOM_THROTTLE_PASS : WECOM_THROTTLE_MEMBER_RESTS;
}

void wecom_throttle_end(const wecom_throttle_t *try, int failed)
{
    const char *pair = apr_pstrcat(try->pool, try->account, "|", try->member, NULL);

    if (try->place == NULL) {
        return;
    }
    if (!failed) {
        try->cache->drop(try->cache, TRIES, try->place, try->pool);
        return;
    }
    /* The same member counts once for an account. The last place is held for as long as the
     * account rests: who fails after that takes it again. */
    if (try->cache->put_if_absent(try->cache, PAIRS, pair, mark, try->now,
                                  try->now + apr_time_from_sec(WECOM_THROTTLE_HOUR), try->pool)
        != WECOM_E_EXISTS) {
        take_place(try, ACCOUNTS, try->account, WECOM_THROTTLE_MEMBERS, WECOM_THROTTLE_HOUR,
                   WECOM_THROTTLE_SECONDS);
    }
}
