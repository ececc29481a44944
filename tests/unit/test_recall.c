/* SPDX-License-Identifier: Apache-2.0 */
/* test_recall.c - marks, slots that are dropped, writers that die, blocks that are noise. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>

#include <apr_strings.h>

#include "../../src/auth/recall.h"

#define NOW    APR_INT64_C(1700000000)
#define OLDEST (NOW - 43200)
#define APP    "0123456789abcdef"

/* Words of the head, and of a slot, as recall.c lays them out. */
#define HEAD_ALL_ENDED 2
#define HEAD_TURN      4
#define SLOT(at)       (8 * ((at) + 1))
#define SLOT_ENDED     2

static void *block_of(apr_pool_t *pool)
{
    return apr_palloc(pool, WECOM_RECALL_BYTES);
}

static wecom_recall_key_t key_of(const char *userid)
{
    wecom_recall_key_t key;

    wecom_recall_key(&key, APP, userid, 0);
    return key;
}

static wecom_recall_marks_t look(const wecom_recall_t *table, const char *userid)
{
    wecom_recall_key_t key = key_of(userid);
    wecom_recall_marks_t marks;

    assert_int_equal(wecom_recall_look(&marks, table, &key), WECOM_OK);
    return marks;
}

static int put(wecom_recall_t *table, const char *userid, apr_int64_t ended, apr_int64_t read,
               apr_int64_t now)
{
    wecom_recall_key_t key = key_of(userid);
    wecom_recall_marks_t marks = look(table, userid);

    marks.ended = ended > marks.ended ? ended : marks.ended;
    marks.read = read;
    return wecom_recall_put(table, &key, &marks, now, now - 43200);
}

static void keys(void **state)
{
    wecom_recall_key_t one;
    wecom_recall_key_t other;

    (void)state;
    wecom_recall_key(&one, APP, "zhangsan", 0);     /* SipHash-2-4 of 128 bits, by OpenSSL */
    assert_true(one.a == APR_UINT64_C(0x419d434547b87de9));
    assert_true(one.b == APR_UINT64_C(0x7a1f552fec7c48c0));
    wecom_recall_key(&one, APP, "ZhangSan", 0);
    wecom_recall_key(&other, APP, "zhangsan", 0);
    assert_true(one.a == other.a && one.b == other.b);
    wecom_recall_key(&other, APP, "ZhangSan", 1);
    assert_true(one.a != other.a && one.b != other.b);
    wecom_recall_key(&one, APP, "zhangsan", 1);
    assert_true(one.a != other.a);
    wecom_recall_key(&other, "0123456789abcdee", "zhangsan", 0);
    assert_true(one.a != other.a && one.b != other.b);
    wecom_recall_key(&other, "", "zhangsan", 0);
    assert_true(one.a != other.a);
}

static void nothing_is_said(void **state)
{
    wecom_recall_t *table = wecom_recall_make(block_of(*state));
    wecom_recall_marks_t marks = look(table, "nobody");

    assert_true(marks.ended == 0 && marks.changed == 0 && marks.read == 0 && marks.print == 0);
    assert_true(wecom_recall_all_ended(table) == 0);
}

static void marks_stand(void **state)
{
    wecom_recall_t *table = wecom_recall_make(block_of(*state));
    wecom_recall_key_t key = key_of("LiNa");
    wecom_recall_marks_t marks = { NOW - 5, NOW - 4, NOW - 3, 77 };
    wecom_recall_marks_t seen;
    int at = wecom_recall_put(table, &key, &marks, NOW, OLDEST);

    seen = look(table, "lina");
    assert_memory_equal(&seen, &marks, sizeof(marks));
    assert_true(look(table, "zhangwei").ended == 0);
    marks.read = NOW;
    assert_int_equal(wecom_recall_put(table, &key, &marks, NOW, OLDEST), at);
    assert_true(look(table, "LINA").read == NOW);
}

static void everybody(void **state)
{
    wecom_recall_t *table = wecom_recall_make(block_of(*state));

    put(table, "lina", NOW, 0, NOW);
    wecom_recall_end_all(table, NOW - 10);
    assert_true(look(table, "lina").ended == NOW);
    assert_true(look(table, "zhangwei").ended == NOW - 10);
    wecom_recall_end_all(table, NOW - 20);
    assert_true(wecom_recall_all_ended(table) == NOW - 10);
}

static void ten_thousand(void **state)
{
    wecom_recall_t *table = wecom_recall_make(block_of(*state));
    char userid[16];
    int i;

    for (i = 0; i < 10000; i++) {
        snprintf(userid, sizeof(userid), "member%d", i);
        put(table, userid, NOW - i % 1000 - 1, NOW, NOW);
    }
    for (i = 0; i < 10000; i++) {
        snprintf(userid, sizeof(userid), "member%d", i);
        assert_true(look(table, userid).ended == NOW - i % 1000 - 1);
    }
    assert_true(wecom_recall_all_ended(table) == 0);
}

/* Marks that only say when WeCom was asked go first, and nobody is thrown out for them. */
static void full_of_readings(void **state)
{
    wecom_recall_t *table = wecom_recall_make(block_of(*state));
    char userid[16];
    int i;

    put(table, "leaver", NOW - 100, 0, NOW - 100);
    for (i = 0; i < 40000; i++) {
        snprintf(userid, sizeof(userid), "member%d", i);
        put(table, userid, 0, NOW, NOW);
    }
    assert_true(look(table, "leaver").ended == NOW - 100);
    assert_true(wecom_recall_all_ended(table) == 0);
}

/* More leavers than slots: nobody of them comes back, at the price of a login for all. */
static void full_of_leavers(void **state)
{
    wecom_recall_t *table = wecom_recall_make(block_of(*state));
    char userid[16];
    int i;

    for (i = 0; i < 20000; i++) {
        snprintf(userid, sizeof(userid), "member%d", i);
        put(table, userid, NOW - 20000 + i, 0, NOW);
    }
    assert_true(wecom_recall_all_ended(table) > 0);
    for (i = 0; i < 20000; i++) {
        snprintf(userid, sizeof(userid), "member%d", i);
        CHECK(look(table, userid).ended >= NOW - 20000 + i, "member %d could come back", i);
    }
}

static void old_marks_are_free(void **state)
{
    wecom_recall_t *table = wecom_recall_make(block_of(*state));
    char userid[16];
    int i, round;

    for (round = 0; round < 5; round++) {
        for (i = 0; i < 10000; i++) {
            snprintf(userid, sizeof(userid), "m%d-%d", round, i);
            put(table, userid, NOW + round * 50000, 0, NOW + round * 50000);
        }
    }
    assert_true(wecom_recall_all_ended(table) == 0);
    assert_true(look(table, "m4-77").ended == NOW + 4 * 50000);
}

/* --- writers that die ------------------------------------------------------------------------ */

static void dead_before_the_first_word(void **state)
{
    apr_uint64_t *words = block_of(*state);
    wecom_recall_t *table = wecom_recall_make(words);
    wecom_recall_key_t key = key_of("lina");
    wecom_recall_marks_t marks;

    put(table, "lina", NOW - 5, 0, NOW - 5);
    words[HEAD_TURN] |= 1;
    assert_int_equal(wecom_recall_look(&marks, table, &key), WECOM_E_UNAVAILABLE);
    assert_int_equal(wecom_recall_mend(table, NOW), 1);
    assert_true(look(table, "lina").ended == NOW - 5);
    assert_int_equal(wecom_recall_mend(table, NOW), 0);
}

static void dead_in_a_slot(void **state)
{
    apr_uint64_t *words = block_of(*state);
    wecom_recall_t *table = wecom_recall_make(words);
    int at = put(table, "lina", NOW - 5, 0, NOW - 5);
    int hit = 0;
    char userid[16];
    int i;

    words[SLOT(at) + SLOT_ENDED] = 1; /* half of another mark */
    words[HEAD_TURN] |= 1;
    assert_int_equal(wecom_recall_mend(table, NOW), 1);
    assert_true(look(table, "lina").ended == NOW);
    for (i = 0; i < 10000; i++) {
        snprintf(userid, sizeof(userid), "member%d", i);
        hit += look(table, userid).ended != 0;
    }
    CHECK(hit < 20, "%d of 10000 are out for one slot", hit);
    /* It is free again when no session can be meant any more. */
    assert_true(look(table, "lina").ended == NOW);
    put(table, "lina", 0, NOW + 90000, NOW + 90000);
    assert_int_equal(put(table, "lina", 0, NOW + 90001, NOW + 90001), at);
}

static void dead_in_the_head(void **state)
{
    apr_uint64_t *words = block_of(*state);
    wecom_recall_t *table = wecom_recall_make(words);

    wecom_recall_end_all(table, NOW - 5);   /* leaves "busy" at the head */
    words[HEAD_ALL_ENDED] = 3;
    words[HEAD_TURN] |= 1;
    assert_int_equal(wecom_recall_mend(table, NOW), 1);
    assert_true(wecom_recall_all_ended(table) == NOW);
}

/* --- readers beside a writer ----------------------------------------------------------------- */

typedef struct race_t {
    wecom_recall_t *table;
    volatile int done;
    volatile int torn;
    int looked;
} race_t;

static void *reader(void *baton)
{
    race_t *race = baton;
    wecom_recall_key_t key = key_of("lina");

    while (!race->done) {
        wecom_recall_marks_t marks;

        if (wecom_recall_look(&marks, race->table, &key) == WECOM_OK) {
            race->looked++;
            race->torn |= marks.ended != marks.changed || marks.ended != marks.read
                          || (apr_int64_t)marks.print != marks.read;
        }
    }
    return NULL;
}

static void no_half_mark(void **state)
{
    race_t race = { wecom_recall_make(block_of(*state)), 0, 0, 0 };
    wecom_recall_key_t key = key_of("lina");
    pthread_t thread;
    int i;

    assert_int_equal(pthread_create(&thread, NULL, reader, &race), 0);
    for (i = 1; i < 300000; i++) {
        wecom_recall_marks_t marks = { i, i, i, (apr_uint64_t)i };

        wecom_recall_put(race.table, &key, &marks, NOW, OLDEST);
    }
    race.done = 1;
    pthread_join(thread, NULL);
    assert_int_equal(race.torn, 0);
}

/* --- blocks that were kept ------------------------------------------------------------------- */

static void kept_block(void **state)
{
    unsigned char *block = block_of(*state);
    wecom_recall_t *table = wecom_recall_make(block);
    int spoilt = 7;

    put(table, "lina", NOW - 5, NOW, NOW);
    wecom_recall_end_all(table, NOW - 100);
    table = wecom_recall_open(block, &spoilt, NOW);
    assert_non_null(table);
    assert_int_equal(spoilt, 0);
    assert_true(look(table, "lina").ended == NOW - 5);
    assert_true(look(table, "zhangwei").ended == NOW - 100);
}

static void spoilt_blocks(void **state)
{
    static const struct {
        const char *what;
        apr_size_t from, len;
        int opens, spoilt;
    } rows[] = {
        { "magic", 0, 8, 0, 0 },
        { "size", 8, 8, 0, 0 },
        { "all_ended", 16, 8, 0, 0 },
        { "turn", 32, 4, 1, 0 },
        { "one slot", 64 * 100, 64, 1, 1 },
        { "one byte", 64 * 100 + 20, 1, 1, 1 },
        { "a sector", 64 * 100, 512, 1, 8 },
        { "a page", 4096, 4096, 1, 64 },
        { "half", WECOM_RECALL_BYTES / 2, WECOM_RECALL_BYTES / 2, 0, 0 },
    };
    unsigned char *block = block_of(*state);
    apr_size_t i;
    int fill, spoilt;

    for (i = 0; i < COUNT(rows); i++) {
        for (fill = 0; fill < 2; fill++) {
            wecom_recall_t *table = wecom_recall_make(block);

            put(table, "lina", NOW - 5, NOW, NOW);
            put(table, "zhangwei", NOW - 5, NOW, NOW);
            memset(block + rows[i].from, fill ? 0xa5 : 0, rows[i].len);
            table = wecom_recall_open(block, &spoilt, NOW);
            if (fill == 0 && (strcmp(rows[i].what, "all_ended") == 0
                              || strcmp(rows[i].what, "turn") == 0
                              || strcmp(rows[i].what, "one byte") == 0)) {
                continue; /* they were zero */
            }
            CHECK((table != NULL) == rows[i].opens, "%s, %d", rows[i].what, fill);
            CHECK(table == NULL || spoilt == rows[i].spoilt, "%s, %d: %d spoilt", rows[i].what,
                  fill, spoilt);
            CHECK(table == NULL || look(table, "lina").ended >= NOW - 5, "%s, %d: comes back",
                  rows[i].what, fill);
        }
    }
}

static void slots_do_not_move(void **state)
{
    unsigned char *block = block_of(*state);
    wecom_recall_t *table = wecom_recall_make(block);
    int spoilt;

    memcpy(block + 64 * 10, block + 64 * 11, 64);
    table = wecom_recall_open(block, &spoilt, NOW);
    assert_non_null(table);
    assert_int_equal(spoilt, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys),
        TEST(nothing_is_said),
        TEST(marks_stand),
        TEST(everybody),
        TEST(ten_thousand),
        TEST(full_of_readings),
        TEST(full_of_leavers),
        TEST(old_marks_are_free),
        TEST(dead_before_the_first_word),
        TEST(dead_in_a_slot),
        TEST(dead_in_the_head),
        TEST(no_half_mark),
        TEST(kept_block),
        TEST(spoilt_blocks),
        TEST(slots_do_not_move),
    };

    return cmocka_run_group_tests_name("recall", tests, support_start, support_end);
}
