/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tags.c - tags in a block: who has which, and what a block that is not what it was says.
 */
#include "support.h"

#include <limits.h>
#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/tags.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *const crew[] = { "alice", "Bob", "zhang.san@x", A64, A64 "a", "", "alice" };
static const char *const few[] = { "carol" };
static const apr_int64_t places[] = { 7, 4294967295, 3 };

static const wecom_tag_t usual[] = {
    { 12, "vpn", 1, crew, COUNT(crew), places, COUNT(places) },
    { 3, "\xe5\xbc\x80\xe5\x8f\x91", 1, few, COUNT(few), NULL, 0 },
    { 5, "vpn", 0, crew, COUNT(crew), places, COUNT(places) },  /* not read: nothing counts */
    { 12, "second", 1, few, COUNT(few), NULL, 0 },
    { 4294967295, NULL, 1, NULL, 0, places, 1 },
    { 9, "vpn2", 1, NULL, 0, NULL, 0 },
    { 10, "", 0, NULL, 0, NULL, 0 },
};

/* A block of exactly the size that is needed, with a page behind it that cannot be read. */
static void *build(apr_size_t *size, apr_size_t *needed, const wecom_tag_t *list,
                   apr_size_t count, int with_case, apr_pool_t *pool)
{
    void *block;
    wecom_status_t status;

    status = wecom_tags_build(NULL, 0, needed, list, count, with_case, pool);
    CHECK(status == WECOM_E_TOO_LARGE, "measured: %s", wecom_error_name(status));
    *size = (*needed + 7) / 8 * 8;
    block = support_guard_room(*size, pool);
    status = wecom_tags_build(block, *size, needed, list, count, with_case, pool);
    CHECK(status == WECOM_OK, "built: %s", wecom_error_name(status));
    return block;
}

static const wecom_tags_t *stick(const wecom_tag_t *list, apr_size_t count, int with_case,
                                 apr_pool_t *pool)
{
    wecom_tags_t *tags = apr_palloc(pool, sizeof(*tags));
    apr_size_t needed;
    apr_size_t size;
    void *block = build(&size, &needed, list, count, with_case, pool);

    assert_ptr_equal(wecom_tags_open(tags, block, size), tags);
    return tags;
}

/* All that can be asked, and nothing that the answers must be; for blocks that lie. */
static void ask_everything(const wecom_tags_t *tags)
{
    int found[4];
    int at;

    wecom_tags_find_name(found, COUNT(found), tags, "vpn");
    wecom_tags_find_name(found, COUNT(found), tags, "zzz");
    for (at = -1; at < 14; at++) {
        int where = wecom_tags_find(tags, at);
        apr_size_t i;

        CHECK(where >= -1 && where < (int)tags->count, "found at %d", where);
        wecom_tags_id(tags, at);
        wecom_tags_is_read(tags, at);
        wecom_tags_has_user(tags, at, "alice");
        wecom_tags_has_user(tags, at, A64);
        for (i = 0; wecom_tags_department(tags, at, i) != 0; i++) {
            CHECK(i < tags->department_count, "departments without an end");
        }
        wecom_tags_department(tags, at, APR_SIZE_MAX);
    }
}

static void tags_by_id_and_name(void **state)
{
    static const struct {
        const char *name;
        int count;
        apr_int64_t ids[2];
    } cases[] = {
        { "vpn", 2, { 5, 12 } }, { "\xe5\xbc\x80\xe5\x8f\x91", 1, { 3 } }, { "vpn2", 1, { 9 } },
        { "second", 0, { 0 } }, { "VPN", 0, { 0 } }, { "vp", 0, { 0 } }, { "vpn ", 0, { 0 } },
        { "", 0, { 0 } }, { "zzz", 0, { 0 } }, { "a", 0, { 0 } },
    };
    static const apr_int64_t ids[] = { 3, 5, 9, 10, 12, 4294967295 };
    static const apr_int64_t none[] = { 0, -1, 4, 13, 4294967294, 4294967296, APR_INT64_MAX };
    const wecom_tags_t *tags = stick(usual, COUNT(usual), 0, *state);
    size_t i;

    for (i = 0; i < COUNT(ids); i++) {
        assert_int_equal(wecom_tags_find(tags, ids[i]), i);
        assert_true(wecom_tags_id(tags, (int)i) == ids[i]);
        CHECK(wecom_tags_is_read(tags, (int)i) == (ids[i] != 5 && ids[i] != 10), "tag %d",
              (int)ids[i]);
    }
    for (i = 0; i < COUNT(none); i++) {
        CHECK(wecom_tags_find(tags, none[i]) == -1, "case %d", (int)i);
    }
    for (i = 0; i < COUNT(cases); i++) {
        int found[2] = { -1, -1 };
        int count = wecom_tags_find_name(found, COUNT(found), tags,
                                         support_guard_text(cases[i].name, *state));
        int k;

        CHECK(count == cases[i].count, "'%s': %d times", cases[i].name, count);
        for (k = 0; k < count; k++) {
            CHECK(wecom_tags_id(tags, found[k]) == cases[i].ids[k], "'%s'", cases[i].name);
        }
        found[0] = -7;
        assert_int_equal(wecom_tags_find_name(found, 0, tags, cases[i].name), count);
        assert_int_equal(found[0], -7);
    }
}

static void who_has_it(void **state)
{
    static const struct {
        apr_int64_t tag;
        const char *userid;
        int folded, exact;
    } cases[] = {
        { 12, "alice", 1, 1 }, { 12, "ALICE", 1, 0 }, { 12, "Bob", 1, 1 }, { 12, "bob", 1, 0 },
        { 12, "zhang.san@x", 1, 1 }, { 12, "Zhang.San@X", 1, 0 }, { 12, A64, 1, 1 },
        { 12, A64 "a", 0, 0 }, { 12, A64 "b", 0, 0 }, { 12, "", 0, 0 }, { 12, NULL, 0, 0 },
        { 12, "carol", 0, 0 }, { 12, "alic", 0, 0 }, { 12, "alice ", 0, 0 }, { 12, "[ob", 0, 0 },
        { 3, "carol", 1, 1 }, { 3, "alice", 0, 0 },
        { 5, "alice", 0, 0 }, { 9, "alice", 0, 0 }, { 4294967295, "alice", 0, 0 },
        { 99, "alice", 0, 0 },
    };
    const wecom_tags_t *folded = stick(usual, COUNT(usual), 0, *state);
    const wecom_tags_t *exact = stick(usual, COUNT(usual), 1, *state);
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *userid = cases[i].userid != NULL
            ? support_guard_text(cases[i].userid, *state) : NULL;

        CHECK(wecom_tags_has_user(folded, wecom_tags_find(folded, cases[i].tag), userid)
              == cases[i].folded, "%s in %d", support_show(userid), (int)cases[i].tag);
        CHECK(wecom_tags_has_user(exact, wecom_tags_find(exact, cases[i].tag), userid)
              == cases[i].exact, "%s in %d with case", support_show(userid), (int)cases[i].tag);
    }
    /* A key of its own for each block. */
    assert_memory_not_equal(folded->key, exact->key, sizeof(folded->key));
}

static void departments_that_have_it(void **state)
{
    const wecom_tags_t *tags = stick(usual, COUNT(usual), 0, *state);
    int at = wecom_tags_find(tags, 12);

    assert_int_equal(wecom_tags_department(tags, at, 0), 7);
    assert_true(wecom_tags_department(tags, at, 1) == APR_INT64_C(4294967295));
    assert_int_equal(wecom_tags_department(tags, at, 2), 3);
    assert_int_equal(wecom_tags_department(tags, at, 3), 0);
    assert_int_equal(wecom_tags_department(tags, at, APR_SIZE_MAX), 0);
    assert_int_equal(wecom_tags_department(tags, wecom_tags_find(tags, 3), 0), 0);
    assert_int_equal(wecom_tags_department(tags, wecom_tags_find(tags, 5), 0), 0);
    at = wecom_tags_find(tags, 4294967295);
    assert_int_equal(wecom_tags_department(tags, at, 0), 7);
    assert_int_equal(wecom_tags_department(tags, at, 1), 0);
}

static void positions_out_of_range(void **state)
{
    const wecom_tags_t *tags = stick(usual, COUNT(usual), 0, *state);
    const wecom_tags_t *none = stick(NULL, 0, 0, *state);
    static const int cases[] = { -1, INT_MIN, 6, INT_MAX };
    int found[1];
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(wecom_tags_id(tags, cases[i]), 0);
        assert_false(wecom_tags_is_read(tags, cases[i]));
        assert_false(wecom_tags_has_user(tags, cases[i], "alice"));
        assert_int_equal(wecom_tags_department(tags, cases[i], 0), 0);
    }
    assert_int_equal(wecom_tags_find(none, 12), -1);
    assert_int_equal(wecom_tags_find_name(found, 1, none, "vpn"), 0);
    assert_false(wecom_tags_has_user(none, 0, "alice"));
}

static void what_is_no_list(void **state)
{
    static const apr_int64_t zero[] = { 1, 0 };
    static const apr_int64_t wide[] = { 4294967296 };
    static const struct {
        const char *name;
        wecom_tag_t tag;
    } cases[] = {
        { "id 0", { 0, "A", 0, NULL, 0, NULL, 0 } },
        { "id below 0", { -5, "A", 0, NULL, 0, NULL, 0 } },
        { "id too wide", { 4294967296, "A", 0, NULL, 0, NULL, 0 } },
        { "department 0", { 1, "A", 1, NULL, 0, zero, 2 } },
        { "department too wide", { 1, "A", 1, NULL, 0, wide, 1 } },
        { "too many members", { 1, "A", 1, crew, WECOM_MAX_TAG_MEMBERS + 1, NULL, 0 } },
        { "too many departments", { 1, "A", 1, NULL, 0, places, WECOM_MAX_TREE + 1 } },
    };
    static apr_uint64_t block[1024];
    wecom_tag_t *many;
    wecom_tags_t tags;
    apr_size_t needed;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(wecom_tags_build(block, sizeof(block), &needed, usual, COUNT(usual), 0,
                                          *state), WECOM_OK);
        assert_non_null(wecom_tags_open(&tags, block, sizeof(block)));
        CHECK(wecom_tags_build(block, sizeof(block), &needed, &cases[i].tag, 1, 0, *state)
              == WECOM_E_BAD_INPUT, "%s", cases[i].name);
        CHECK(wecom_tags_open(&tags, block, sizeof(block)) == NULL,
              "%s: the old tags are still there", cases[i].name);
    }
    assert_int_equal(wecom_tags_build((char *)block + 4, 4096, &needed, usual, 1, 0, *state),
                     WECOM_E_BAD_INPUT);
    many = apr_pcalloc(*state, (WECOM_MAX_TAGS + 1) * sizeof(*many));
    for (i = 0; i <= WECOM_MAX_TAGS; i++) {
        many[i].id = (apr_int64_t)i + 1;
    }
    assert_int_equal(wecom_tags_build(block, sizeof(block), &needed, many, WECOM_MAX_TAGS + 1, 0,
                                      *state), WECOM_E_BAD_INPUT);
}

static void too_small_a_block_names_its_size(void **state)
{
    wecom_tags_t tags;
    apr_size_t needed;
    apr_size_t again;
    apr_size_t size;
    char *block = build(&size, &needed, usual, COUNT(usual), 0, *state);

    assert_int_equal(wecom_tags_build(block, needed, &again, usual, COUNT(usual), 0, *state),
                     WECOM_OK);
    assert_non_null(wecom_tags_open(&tags, block, needed));
    for (size = 0; size < needed; size++) {
        assert_int_equal(wecom_tags_build(block, size, &again, usual, COUNT(usual), 0, *state),
                         WECOM_E_TOO_LARGE);
        assert_int_equal(again, needed);
        assert_null(wecom_tags_open(&tags, block, size));
    }
}

static void hundred_thousand_members(void **state)
{
    enum { ALL = 100000 };
    const char **userids = apr_palloc(*state, ALL * sizeof(*userids));
    wecom_tag_t tag = { 1, "everybody", 1, userids, ALL, NULL, 0 };
    wecom_tags_t tags;
    apr_size_t needed;
    apr_size_t size;
    void *block;
    int i;

    for (i = 0; i < ALL; i++) {
        userids[i] = apr_psprintf(*state, "member%d", i);
    }
    block = build(&size, &needed, &tag, 1, 0, *state);
    print_message("%d members: %lu bytes\n", ALL, (unsigned long)needed);
    assert_true(needed < 1024 * 1024);
    assert_non_null(wecom_tags_open(&tags, block, size));
    for (i = 0; i < ALL; i += 7) {
        assert_true(wecom_tags_has_user(&tags, 0, userids[i]));
        assert_false(wecom_tags_has_user(&tags, 0, apr_psprintf(*state, "nobody%d", i)));
    }
}

static void block_that_was_not_built(void **state)
{
    static const char zeros[64];
    wecom_tags_t tags;
    apr_size_t needed;
    apr_size_t size;
    char *block = build(&size, &needed, usual, COUNT(usual), 0, *state);

    assert_null(wecom_tags_open(&tags, NULL, 0));
    assert_null(wecom_tags_open(&tags, NULL, 4096));
    assert_null(wecom_tags_open(&tags, support_guard(zeros, sizeof(zeros), *state), 64));
    assert_null(wecom_tags_open(&tags, support_guard_room(64, *state), 64));
    assert_null(wecom_tags_open(&tags, block + 4, size - 4));
    assert_non_null(wecom_tags_open(&tags, block, size));
}

/* A writer comes in between, or anybody: every byte of the block may be another one, before it is
 * opened or after. */
static void block_that_is_overwritten(void **state)
{
    enum { ROUNDS = 3000 };
    apr_uint32_t chance = 4711;
    wecom_tags_t tags;
    apr_size_t needed;
    apr_size_t size;
    char *block = build(&size, &needed, usual, COUNT(usual), 0, *state);
    char *good = apr_pmemdup(*state, block, size);
    int opened = 0;
    int round;

    for (round = 0; round < ROUNDS; round++) {
        const wecom_tags_t *old;
        int bytes;

        memcpy(block, good, size);
        old = round % 2 == 0 ? wecom_tags_open(&tags, block, size) : NULL;
        for (bytes = 1 << round % 10; bytes > 0; bytes--) {
            chance = chance * 1664525 + 1013904223;
            block[(chance >> 8) % size] = (char)(round % 3 == 0 ? 0xff : chance >> 24);
        }
        if (old == NULL) {
            old = wecom_tags_open(&tags, block, size);
        }
        if (old != NULL) {
            opened++;
            ask_everything(old);
        }
    }
    assert_true(opened > ROUNDS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tags_by_id_and_name),
        TEST(who_has_it),
        TEST(departments_that_have_it),
        TEST(positions_out_of_range),
        TEST(what_is_no_list),
        TEST(too_small_a_block_names_its_size),
        TEST(hundred_thousand_members),
        TEST(block_that_was_not_built),
        TEST(block_that_is_overwritten),
    };

    return cmocka_run_group_tests_name("tags", tests, support_start, support_end);
}
