/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.h - the port to what all processes of a node (and, with a network provider, all nodes)
 * share: access tokens, used states, evicted targets, marks.
 *
 * A cache may forget anything at any time; whoever uses it must be right without it. Keys are
 * text of the caller's choice under a kind (static text such as "token"); the implementation
 * hashes them and seals the values, so a shared redis learns nothing.
 * Times are apr_time_t (microseconds); an entry is never returned after its expiry.
 */
#ifndef WECOM_BASE_CACHE_H
#define WECOM_BASE_CACHE_H

#include <apr_time.h>

#include "crypto.h"

typedef struct wecom_cache_t wecom_cache_t;
struct wecom_cache_t {
    /* WECOM_OK with *value in the pool; WECOM_E_NOT_FOUND; WECOM_E_UNAVAILABLE. */
    wecom_status_t (*get)(const wecom_cache_t *self, wecom_bytes_t *value, const char *kind,
                          const char *key, apr_time_t now, apr_pool_t *pool);
    /* WECOM_OK, WECOM_E_TOO_LARGE, WECOM_E_UNAVAILABLE. */
    wecom_status_t (*put)(const wecom_cache_t *self, const char *kind, const char *key,
                          wecom_bytes_t value, apr_time_t now, apr_time_t expires,
                          apr_pool_t *pool);
    /* The same, but WECOM_E_EXISTS when a living entry is there: atomic on a node, best effort
     * between nodes (ap_socache has no atomic step). */
    wecom_status_t (*put_if_absent)(const wecom_cache_t *self, const char *kind, const char *key,
                                    wecom_bytes_t value, apr_time_t now, apr_time_t expires,
                                    apr_pool_t *pool);
    /* Forget it; not being there is WECOM_OK. */
    wecom_status_t (*drop)(const wecom_cache_t *self, const char *kind, const char *key,
                           apr_pool_t *pool);
    void *baton;
};

#endif
