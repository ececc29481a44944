/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue.c - cells with a word each that says who has it.
 *
 * The word is a second and two bits. Whoever changes it by compare-and-swap from FREE to FILLING
 * has the cell; the swap back fails for one who was so slow that the cell was given to others.
 */
#include "queue.h"

#include <string.h>

#define FREE    0u
#define FILLING 1u
#define FULL    2u
#define PROBES  8
#define DEAD    60 /* seconds until a cell is taken from who fills it */

typedef struct cell_t {
    apr_uint64_t word;
    wecom_queue_entry_t entry;
    char spare[128 - sizeof(apr_uint64_t) - sizeof(wecom_queue_entry_t)];
} cell_t;

struct wecom_queue_t {
    cell_t cells[WECOM_QUEUE_CELLS];
    apr_uint64_t tried[WECOM_QUEUE_TRIED];   /* upper half: of a key; lower half: a second */
};

_Static_assert(sizeof(cell_t) == 128, "a cell has 128 bytes");
_Static_assert(sizeof(wecom_queue_t) == WECOM_QUEUE_BYTES, "the block is cells and tries");

static apr_uint64_t look(const apr_uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static int swap(apr_uint64_t *word, apr_uint64_t from, apr_uint64_t to)
{
    return __atomic_compare_exchange_n(word, &from, to, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static apr_uint64_t word_of(apr_int64_t now, unsigned int state)
{
    return (apr_uint64_t)now << 2 | state;
}

/* --- who was tried lately -------------------------------------------------------------------- */

/* Two members who share a word push each other again, which costs a cell and no more. */
static int is_tried(wecom_queue_t *queue, const wecom_recall_key_t *key, apr_int64_t now,
                    apr_int64_t again)
{
    apr_uint64_t *at = &queue->tried[key->b % WECOM_QUEUE_TRIED];
    apr_uint64_t tag = key->a & ~APR_UINT64_C(0xffffffff);
    apr_uint64_t word = look(at);
    apr_uint32_t since = (apr_uint32_t)now - (apr_uint32_t)word;

    if ((word & ~APR_UINT64_C(0xffffffff)) == tag && word != 0 && since < again) {
        return 1;
    }
    return !swap(at, word, tag | (apr_uint32_t)now);
}

/* --- pushing --------------------------------------------------------------------------------- */

static int fill(cell_t *cell, const wecom_recall_key_t *key, const char *app, const char *userid,
                apr_int64_t now)
{
    apr_uint64_t mine = word_of(now, FILLING);
    apr_uint64_t word = look(&cell->word);

    if ((word & 3) != FREE || !swap(&cell->word, word, mine)) {
        return 0;
    }
    cell->entry.key = *key;
    memcpy(cell->entry.app, app, strlen(app) + 1);
    memcpy(cell->entry.userid, userid, strlen(userid) + 1);
    return swap(&cell->word, mine, word_of(now, FULL));
}

wecom_queue_push_t wecom_queue_push(wecom_queue_t *queue, const wecom_recall_key_t *key,
                                    const char *app, const char *userid, apr_int64_t now,
                                    apr_int64_t again)
{
    apr_uint64_t home = key->b;
    int i;

    if (is_tried(queue, key, now, again)
        || strnlen(app, WECOM_QUEUE_APP + 1) > WECOM_QUEUE_APP
        || strnlen(userid, WECOM_MAX_USERID + 1) > WECOM_MAX_USERID) {
        return WECOM_QUEUE_TRIED_LATELY;
    }
    for (i = 0; i < PROBES; i++) {
        if (fill(&queue->cells[(home + (apr_uint64_t)i) % WECOM_QUEUE_CELLS], key, app, userid,
                 now)) {
            return WECOM_QUEUE_PUSHED;
        }
    }
    return WECOM_QUEUE_FULL;
}

/* --- taking ---------------------------------------------------------------------------------- */

static int empty(wecom_queue_entry_t *entry, cell_t *cell, apr_int64_t now)
{
    apr_uint64_t word = look(&cell->word);

    if ((word & 3) == FILLING) {
        apr_int64_t since = (apr_int64_t)(word >> 2);

        if (since > now || now - since > DEAD) {
            swap(&cell->word, word, FREE);
        }
        return 0;
    }
    if ((word & 3) == FREE) {
        return 0;
    }
    *entry = cell->entry;
    entry->app[WECOM_QUEUE_APP] = '\0';
    entry->userid[WECOM_MAX_USERID] = '\0';
    return swap(&cell->word, word, FREE);
}

int wecom_queue_take(wecom_queue_entry_t *entry, wecom_queue_t *queue, int *cursor,
                     apr_int64_t now)
{
    int i;

    for (i = 0; i < WECOM_QUEUE_CELLS; i++) {
        int at = *cursor >= 0 && *cursor < WECOM_QUEUE_CELLS ? *cursor : 0;

        *cursor = at + 1;
        if (empty(entry, &queue->cells[at], now)) {
            return 1;
        }
    }
    return 0;
}
