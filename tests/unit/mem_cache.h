/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem_cache.h - a cache port in the memory of the test.
 *
 * It honours expiry by the time that the caller brings, can stop working, and runs a hook before
 * each get and put, in which a test lets "another process" act between two steps of the code under
 * test.
 */
#ifndef WECOM_TESTS_MEM_CACHE_H
#define WECOM_TESTS_MEM_CACHE_H

#include <apr_hash.h>

#include "../../src/base/cache.h"

typedef struct mem_cache_t {
    wecom_cache_t port;
    apr_pool_t *pool;
    apr_hash_t *entries;
    int unavailable;      /* 1: every step says WECOM_E_UNAVAILABLE */
    int gets;
    int puts;             /* entries written, by put and put_if_absent */
    int drops;
    const char *last_key; /* of the last get */
    void (*on_get)(void *baton, const char *kind);  /* may be NULL; not run for gets inside it */
    void (*on_put)(void *baton, const char *kind);  /* likewise, before put and put_if_absent */
    void *baton;
    int in_hook;
} mem_cache_t;

void mem_cache_init(mem_cache_t *cache, apr_pool_t *pool);

/* The entry as it lies there, expired or not; data NULL when there is none. key NULL: the last
 * one that was asked for. */
wecom_bytes_t mem_cache_peek(const mem_cache_t *cache, const char *kind, const char *key);

/* When it ends; 0 when there is none. */
apr_time_t mem_cache_expiry(const mem_cache_t *cache, const char *kind, const char *key);

#endif
