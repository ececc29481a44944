/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_recall.c - the recall table and the queue out of blocks that somebody has written into.
 *
 * The input is a list of patches: 3 bytes offset, 1 byte length, the bytes. They go into the block
 * of a small table, and those beyond it into a queue. Whatever they make of it: nothing is read or
 * written outside the block, every loop ends, and after mending a look has an answer.
 */
#include <string.h>

#include <apr_general.h>

#include "../../src/auth/queue.h"
#include "../../src/auth/recall.h"
#include "insist.h"

#define NOW APR_INT64_C(1700000000)
#define APP "0123456789abcdef"

static unsigned char block[WECOM_RECALL_BYTES + WECOM_QUEUE_BYTES] __attribute__((aligned(8)));

static const char *const members[] = { "lina", "zhangwei", "wangfang", "a", "nobody" };
#define MEMBERS (sizeof(members) / sizeof(members[0]))

static void put(wecom_recall_t *table, const char *userid, apr_int64_t now)
{
    wecom_recall_marks_t marks = { now, now, now, 7 };
    wecom_recall_key_t key;
    int at;

    wecom_recall_key(&key, APP, userid, 0);
    wecom_recall_mend(table, now);
    at = wecom_recall_put(table, &key, &marks, now, now - 43200);
    insist(at >= 0 && at < WECOM_RECALL_SLOTS);
    insist(wecom_recall_look(&marks, table, &key) == WECOM_OK && marks.ended >= now);
}

static void patch(const uint8_t *data, size_t size)
{
    while (size >= 4) {
        size_t offset = ((size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2]) % sizeof(block);
        size_t len = data[3];

        data += 4;
        size -= 4;
        len = len > size ? size : len;
        len = len > sizeof(block) - offset ? sizeof(block) - offset : len;
        memcpy(block + offset, data, len);
        data += len;
        size -= len;
    }
}

static void try_table(wecom_recall_t *table)
{
    size_t i;

    for (i = 0; i < MEMBERS; i++) {
        wecom_recall_marks_t marks;
        wecom_recall_key_t key;

        wecom_recall_key(&key, APP, members[i], 0);
        if (wecom_recall_look(&marks, table, &key) != WECOM_OK) {
            insist(wecom_recall_mend(table, NOW) == 1);
            insist(wecom_recall_look(&marks, table, &key) == WECOM_OK);
        }
        put(table, members[i], NOW + (apr_int64_t)i);
    }
}

static void try_queue(wecom_queue_t *queue)
{
    wecom_queue_entry_t entry;
    int taken = 0;
    int cursor = 0;

    while (wecom_queue_take(&entry, queue, &cursor, NOW)) {
        insist(strlen(entry.app) <= WECOM_QUEUE_APP && strlen(entry.userid) <= WECOM_MAX_USERID);
        insist(++taken <= WECOM_QUEUE_CELLS);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wecom_recall_t *table = wecom_recall_make(block);
    int spoilt = 0;

    memset(block + WECOM_RECALL_BYTES, 0, WECOM_QUEUE_BYTES);
    put(table, "lina", NOW - 5);
    put(table, "zhangwei", NOW - 5);
    patch(data, size);
    try_queue((wecom_queue_t *)(void *)(block + WECOM_RECALL_BYTES));
    try_table(table); /* as a process that reads it now finds it */
    wecom_recall_make(block);
    put(table, "lina", NOW - 5);
    patch(data, size);
    table = wecom_recall_open(block, &spoilt, NOW); /* as the next start finds it */
    insist(spoilt >= 0 && spoilt <= WECOM_RECALL_SLOTS);
    if (table != NULL) {
        try_table(table);
    }
    return 0;
}
