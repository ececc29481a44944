/* SPDX-License-Identifier: Apache-2.0 */
/* seen.c - see seen.h. Open addressing, at most half full. */

#include "seen.h"

#include <stdint.h>
#include <stdlib.h>

#define FIRST_ROOM 1024

typedef struct entry_t {
    uint64_t hash;
    apr_int64_t line;   /* 0: free */
} entry_t;

struct wecom_seen_t {
    entry_t *entries;
    apr_size_t room;    /* a power of two */
    apr_size_t count;
};

static apr_status_t let_go(void *data)
{
    wecom_seen_t *seen = data;

    free(seen->entries);
    seen->entries = NULL;
    return APR_SUCCESS;
}

wecom_seen_t *wecom_seen_make(apr_pool_t *pool)
{
    wecom_seen_t *seen = apr_pcalloc(pool, sizeof(*seen));

    apr_pool_cleanup_register(pool, seen, let_go, apr_pool_cleanup_null);
    return seen;
}

/* FNV-1a, with its bits spread once more, since the low ones choose the place. */
static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    }
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    return hash ^ (hash >> 33);
}

static entry_t *place_of(entry_t *entries, apr_size_t room, uint64_t hash)
{
    apr_size_t at = (apr_size_t)hash & (room - 1);

    while (entries[at].line != 0 && entries[at].hash != hash) {
        at = (at + 1) & (room - 1);
    }
    return &entries[at];
}

static int grow(wecom_seen_t *seen)
{
    apr_size_t room = seen->room == 0 ? FIRST_ROOM : 2 * seen->room;
    entry_t *entries = room > seen->room ? calloc(room, sizeof(*entries)) : NULL;
    apr_size_t i;

    if (entries == NULL) {
        return 0;
    }
    for (i = 0; i < seen->room; i++) {
        if (seen->entries[i].line != 0) {
            *place_of(entries, room, seen->entries[i].hash) = seen->entries[i];
        }
    }
    free(seen->entries);
    seen->entries = entries;
    seen->room = room;
    return 1;
}

apr_int64_t wecom_seen_add(wecom_seen_t *seen, const char *text, apr_int64_t line)
{
    uint64_t hash = hash_of(text);
    entry_t *entry;

    if (2 * (seen->count + 1) > seen->room && !grow(seen)) {
        return -1;
    }
    entry = place_of(seen->entries, seen->room, hash);
    if (entry->line != 0) {
        return entry->line;
    }
    entry->hash = hash;
    entry->line = line;
    seen->count++;
    return 0;
}
