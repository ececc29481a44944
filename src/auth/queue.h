/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue.h - the members who are to be read again, in one block of memory that requests push into
 * and one process of the node takes out of.
 *
 * Nobody ever waits. A push looks at a few cells and gives up when they are taken; a later request
 * of the same member tries again. A process that dies in the middle of a push leaves a cell that is
 * free again after a minute. A member is not pushed twice within `again` seconds, whether or not it
 * was read meanwhile, so that a WeCom that is down is not asked by every request.
 */
#ifndef WECOM_AUTH_QUEUE_H
#define WECOM_AUTH_QUEUE_H

#include "../base/limits.h"
#include "recall.h"

#define WECOM_QUEUE_CELLS 1024
#define WECOM_QUEUE_TRIED 4096
#define WECOM_QUEUE_BYTES (WECOM_QUEUE_CELLS * 128 + WECOM_QUEUE_TRIED * 8)
#define WECOM_QUEUE_APP   16 /* characters of wecom_source_print */

typedef struct wecom_queue_t wecom_queue_t;  /* a block of WECOM_QUEUE_BYTES, of zeros at first */

typedef struct wecom_queue_entry_t {
    wecom_recall_key_t key;
    char app[WECOM_QUEUE_APP + 1];
    char userid[WECOM_MAX_USERID + 1];
} wecom_queue_entry_t;

typedef enum wecom_queue_push_t {
    WECOM_QUEUE_PUSHED = 0,
    WECOM_QUEUE_TRIED_LATELY,  /* or it is in the queue */
    WECOM_QUEUE_FULL
} wecom_queue_push_t;

/* Longer texts than an entry holds are WECOM_QUEUE_TRIED_LATELY: they belong to no member. Times
 * are seconds since 1970. */
wecom_queue_push_t wecom_queue_push(wecom_queue_t *queue, const wecom_recall_key_t *key,
                                    const char *app, const char *userid, apr_int64_t now,
                                    apr_int64_t again);

/* The next entry at or after *cursor (0 at first), which moves on. 0 when a whole round has found
 * none. One process at a time. The texts end, and are no more to be trusted than the memory. */
int wecom_queue_take(wecom_queue_entry_t *entry, wecom_queue_t *queue, int *cursor,
                     apr_int64_t now);

#endif
