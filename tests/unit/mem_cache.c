/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem_cache.c - see mem_cache.h.
 */
#include "mem_cache.h"

#include <string.h>

#include <apr_strings.h>

typedef struct mem_cache_entry_t {
    wecom_bytes_t value;
    apr_time_t expires;
} mem_cache_entry_t;

static mem_cache_entry_t *mem_cache_find(const mem_cache_t *cache, const char *kind,
                                         const char *key)
{
    if (key == NULL) {
        key = cache->last_key;
    }
    if (key == NULL) {
        return NULL;
    }
    return apr_hash_get(cache->entries, apr_pstrcat(cache->pool, kind, "\n", key, NULL),
                        APR_HASH_KEY_STRING);
}

static void mem_cache_hook(mem_cache_t *cache, void (*hook)(void *baton, const char *kind),
                           const char *kind)
{
    if (hook != NULL && !cache->in_hook) {
        cache->in_hook = 1;
        hook(cache->baton, kind);
        cache->in_hook = 0;
    }
}

static wecom_status_t mem_cache_get(const wecom_cache_t *self, wecom_bytes_t *value,
                                    const char *kind, const char *key, apr_time_t now,
                                    apr_pool_t *pool)
{
    mem_cache_t *cache = self->baton;
    const mem_cache_entry_t *entry;

    cache->gets++;
    cache->last_key = apr_pstrdup(cache->pool, key);
    mem_cache_hook(cache, cache->on_get, kind);
    if (cache->unavailable) {
        return WECOM_E_UNAVAILABLE;
    }
    entry = mem_cache_find(cache, kind, key);
    if (entry == NULL || entry->expires <= now) {
        return WECOM_E_NOT_FOUND;
    }
    value->data = apr_pmemdup(pool, entry->value.data, entry->value.len);
    value->len = entry->value.len;
    return WECOM_OK;
}

static void mem_cache_store(mem_cache_t *cache, const char *kind, const char *key,
                            wecom_bytes_t value, apr_time_t expires)
{
    mem_cache_entry_t *entry = apr_palloc(cache->pool, sizeof(*entry));

    cache->puts++;
    entry->value.data = apr_pmemdup(cache->pool, value.data, value.len);
    entry->value.len = value.len;
    entry->expires = expires;
    apr_hash_set(cache->entries, apr_pstrcat(cache->pool, kind, "\n", key, NULL),
                 APR_HASH_KEY_STRING, entry);
}

static wecom_status_t mem_cache_put(const wecom_cache_t *self, const char *kind, const char *key,
                                    wecom_bytes_t value, apr_time_t now, apr_time_t expires,
                                    apr_pool_t *pool)
{
    mem_cache_t *cache = self->baton;

    (void)now;
    (void)pool;
    mem_cache_hook(cache, cache->on_put, kind);
    if (cache->unavailable) {
        return WECOM_E_UNAVAILABLE;
    }
    mem_cache_store(cache, kind, key, value, expires);
    return WECOM_OK;
}

static wecom_status_t mem_cache_put_if_absent(const wecom_cache_t *self, const char *kind,
                                              const char *key, wecom_bytes_t value,
                                              apr_time_t now, apr_time_t expires,
                                              apr_pool_t *pool)
{
    mem_cache_t *cache = self->baton;
    const mem_cache_entry_t *entry;

    (void)pool;
    mem_cache_hook(cache, cache->on_put, kind);
    if (cache->unavailable) {
        return WECOM_E_UNAVAILABLE;
    }
    entry = mem_cache_find(cache, kind, key);
    if (entry != NULL && entry->expires > now) {
        return WECOM_E_EXISTS;
    }
    mem_cache_store(cache, kind, key, value, expires);
    return WECOM_OK;
}

static wecom_status_t mem_cache_drop(const wecom_cache_t *self, const char *kind, const char *key,
                                     apr_pool_t *pool)
{
    mem_cache_t *cache = self->baton;

    (void)pool;
    if (cache->unavailable) {
        return WECOM_E_UNAVAILABLE;
    }
    cache->drops++;
    apr_hash_set(cache->entries, apr_pstrcat(cache->pool, kind, "\n", key, NULL),
                 APR_HASH_KEY_STRING, NULL);
    return WECOM_OK;
}

void mem_cache_init(mem_cache_t *cache, apr_pool_t *pool)
{
    memset(cache, 0, sizeof(*cache));
    cache->port.get = mem_cache_get;
    cache->port.put = mem_cache_put;
    cache->port.put_if_absent = mem_cache_put_if_absent;
    cache->port.drop = mem_cache_drop;
    cache->port.baton = cache;
    cache->pool = pool;
    cache->entries = apr_hash_make(pool);
}

wecom_bytes_t mem_cache_peek(const mem_cache_t *cache, const char *kind, const char *key)
{
    const mem_cache_entry_t *entry = mem_cache_find(cache, kind, key);
    wecom_bytes_t none = { NULL, 0 };

    return entry != NULL ? entry->value : none;
}

apr_time_t mem_cache_expiry(const mem_cache_t *cache, const char *kind, const char *key)
{
    const mem_cache_entry_t *entry = mem_cache_find(cache, kind, key);

    return entry != NULL ? entry->expires : 0;
}
