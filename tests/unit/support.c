/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support.c - pools, guarded memory and small comforts for the unit tests.
 */
#include "support.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <apr_general.h>

typedef struct mapping_t {
    void *start;
    size_t size;
} mapping_t;

int support_start(void **state)
{
    (void)state;
    if (apr_initialize() != APR_SUCCESS) {
        return -1;
    }
    return wecom_crypto_start() == WECOM_OK ? 0 : -1;
}

int support_end(void **state)
{
    (void)state;
    apr_terminate();
    return 0;
}

int support_pool_make(void **state)
{
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return -1;
    }
    *state = pool;
    return 0;
}

int support_pool_end(void **state)
{
    apr_pool_destroy(*state);
    *state = NULL;
    return 0;
}

static apr_status_t unmap(void *data)
{
    const mapping_t *mapping = data;

    munmap(mapping->start, mapping->size);
    return APR_SUCCESS;
}

unsigned char *support_guard_room(apr_size_t len, apr_pool_t *pool)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t readable = (len / page + 1) * page;
    mapping_t *mapping = apr_palloc(pool, sizeof *mapping);
    unsigned char *start;

    mapping->size = readable + page;
    mapping->start = mmap(NULL, mapping->size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping->start == MAP_FAILED) {
        fail_msg("no memory for a guarded page");
    }
    apr_pool_cleanup_register(pool, mapping, unmap, apr_pool_cleanup_null);
    start = mapping->start;
    if (mprotect(start + readable, page, PROT_NONE) != 0) {
        fail_msg("a page could not be guarded");
    }
    memset(start, 0xA5, readable);
    return start + readable - len;
}

const char *support_guard(const void *data, apr_size_t len, apr_pool_t *pool)
{
    unsigned char *copy = support_guard_room(len, pool);

    if (len > 0) {
        memcpy(copy, data, len);
    }
    return (const char *)copy;
}

const char *support_guard_text(const char *s, apr_pool_t *pool)
{
    return support_guard(s, strlen(s) + 1, pool);
}

wecom_bytes_t support_bytes(const char *s)
{
    wecom_bytes_t bytes = { (const unsigned char *)s, strlen(s) };

    return bytes;
}

int support_same(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return strcmp(a, b) == 0;
}

const char *support_show(const char *s)
{
    return s != NULL ? s : "(null)";
}
