/* SPDX-License-Identifier: Apache-2.0 */
/* test_queue.c - members that wait to be read again. */
#include "support.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/queue.h"

#define NOW APR_INT64_C(1700000000)
#define APP "0123456789abcdef"

static wecom_queue_t *queue_of(apr_pool_t *pool)
{
    return apr_pcalloc(pool, WECOM_QUEUE_BYTES);
}

static wecom_queue_push_t push(wecom_queue_t *queue, const char *userid, apr_int64_t now)
{
    wecom_recall_key_t key;

    wecom_recall_key(&key, APP, userid, 0);
    return wecom_queue_push(queue, &key, APP, userid, now, 30);
}

static void in_and_out(void **state)
{
    wecom_queue_t *queue = queue_of(*state);
    wecom_queue_entry_t entry;
    wecom_recall_key_t key;
    int cursor = 0;

    assert_int_equal(wecom_queue_take(&entry, queue, &cursor, NOW), 0);
    assert_int_equal(push(queue, "LiNa", NOW), WECOM_QUEUE_PUSHED);
    assert_int_equal(wecom_queue_take(&entry, queue, &cursor, NOW), 1);
    wecom_recall_key(&key, APP, "lina", 0);
    assert_memory_equal(&entry.key, &key, sizeof(key));
    assert_string_equal(entry.app, APP);
    assert_string_equal(entry.userid, "LiNa");
    assert_int_equal(wecom_queue_take(&entry, queue, &cursor, NOW), 0);
}

static void not_twice(void **state)
{
    wecom_queue_t *queue = queue_of(*state);
    wecom_queue_entry_t entry;
    int cursor = 0;

    assert_int_equal(push(queue, "LiNa", NOW), WECOM_QUEUE_PUSHED);
    assert_int_equal(push(queue, "lina", NOW), WECOM_QUEUE_TRIED_LATELY);
    assert_int_equal(wecom_queue_take(&entry, queue, &cursor, NOW), 1);
    assert_int_equal(push(queue, "LiNa", NOW + 29), WECOM_QUEUE_TRIED_LATELY);
    assert_int_equal(wecom_queue_take(&entry, queue, &cursor, NOW), 0);
    assert_int_equal(push(queue, "LiNa", NOW + 30), WECOM_QUEUE_PUSHED);
    assert_int_equal(push(queue, "LiNa", NOW - 3600), WECOM_QUEUE_PUSHED); /* the clock */
}

static void long_texts(void **state)
{
    wecom_queue_t *queue = queue_of(*state);
    wecom_queue_entry_t entry;
    char userid[WECOM_MAX_USERID + 2];
    int cursor = 0;

    memset(userid, 'a', sizeof(userid) - 1);
    userid[WECOM_MAX_USERID + 1] = '\0';
    assert_int_equal(push(queue, userid, NOW), WECOM_QUEUE_TRIED_LATELY);
    userid[WECOM_MAX_USERID] = '\0';
    assert_int_equal(push(queue, userid, NOW), WECOM_QUEUE_PUSHED);
    assert_int_equal(wecom_queue_take(&entry, queue, &cursor, NOW), 1);
    assert_string_equal(entry.userid, userid);
}

static void full(void **state)
{
    wecom_queue_t *queue = queue_of(*state);
    wecom_queue_entry_t entry;
    char userid[16];
    int pushed = 0;
    int refused = 0;
    int taken = 0;
    int cursor = 500;
    int i;

    for (i = 0; i < 3000; i++) {
        snprintf(userid, sizeof(userid), "member%d", i);
        pushed += push(queue, userid, NOW) == WECOM_QUEUE_PUSHED;
    }
    assert_in_range(pushed, WECOM_QUEUE_CELLS / 2, WECOM_QUEUE_CELLS);
    while (wecom_queue_take(&entry, queue, &cursor, NOW)) {
        taken++;
    }
    assert_int_equal(taken, pushed);
    for (i = 0; i < 3000; i++) { /* whoever was refused comes later */
        snprintf(userid, sizeof(userid), "member%d", i);
        refused += push(queue, userid, NOW + 40) == WECOM_QUEUE_FULL;
        while (wecom_queue_take(&entry, queue, &cursor, NOW)) {
            taken++;
        }
    }
    assert_int_equal(refused, 0);
    assert_true(taken >= pushed + 2900);
}

/* The word of a cell: a second, and 1 while it is filled. */
static void dead_pusher(void **state)
{
    wecom_queue_t *queue = queue_of(*state);
    apr_uint64_t *words = (apr_uint64_t *)(void *)queue;
    wecom_queue_entry_t entry;
    int cursor = 0;
    int i;

    for (i = 0; i < WECOM_QUEUE_CELLS; i++) {
        words[16 * i] = (apr_uint64_t)NOW << 2 | 1;
    }
    assert_int_equal(push(queue, "LiNa", NOW), WECOM_QUEUE_FULL);
    assert_int_equal(wecom_queue_take(&entry, queue, &cursor, NOW + 60), 0);
    assert_int_equal(push(queue, "LiNa", NOW + 60), WECOM_QUEUE_FULL);
    assert_int_equal(wecom_queue_take(&entry, queue, &cursor, NOW + 61), 0);
    assert_int_equal(push(queue, "LiNa", NOW + 100), WECOM_QUEUE_PUSHED);
    assert_int_equal(wecom_queue_take(&entry, queue, &cursor, NOW + 100), 1);
}

/* --- many at once ---------------------------------------------------------------------------- */

static void *pusher(void *baton)
{
    char userid[16];
    int i;

    for (i = 0; i < 400; i++) {
        snprintf(userid, sizeof(userid), "member%d", i);
        push(baton, userid, NOW);
    }
    return NULL;
}

static void one_entry_for_all_who_push(void **state)
{
    wecom_queue_t *queue = queue_of(*state);
    unsigned char seen[400] = { 0 };
    wecom_queue_entry_t entry;
    pthread_t threads[8];
    int cursor = 0;
    int taken = 0;
    int i;

    for (i = 0; i < 8; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, pusher, queue), 0);
    }
    for (i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
    }
    while (wecom_queue_take(&entry, queue, &cursor, NOW)) {
        i = (int)apr_atoi64(entry.userid + strlen("member"));
        assert_in_range(i, 0, 399);
        seen[i]++;
        taken++;
    }
    /* Who shares a word with somebody pushes once more, and no one's text is mixed up. */
    assert_in_range(taken, 395, 520);
    for (i = 0; i < 400; i++) {
        assert_in_range(seen[i], 0, 8);
    }
}

static void garbage(void **state)
{
    unsigned char *block = apr_palloc(*state, WECOM_QUEUE_BYTES);
    wecom_queue_entry_t entry;
    int cursor = -5;
    int taken = 0;

    memset(block, 0xa6, WECOM_QUEUE_BYTES); /* every cell says "full" */
    while (wecom_queue_take(&entry, (wecom_queue_t *)(void *)block, &cursor, NOW)) {
        assert_int_equal(strlen(entry.userid), WECOM_MAX_USERID);
        assert_int_equal(strlen(entry.app), WECOM_QUEUE_APP);
        taken++;
    }
    assert_int_equal(taken, WECOM_QUEUE_CELLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(in_and_out),
        TEST(not_twice),
        TEST(long_texts),
        TEST(full),
        TEST(dead_pusher),
        TEST(one_entry_for_all_who_push),
        TEST(garbage),
    };

    return cmocka_run_group_tests_name("queue", tests, support_start, support_end);
}
