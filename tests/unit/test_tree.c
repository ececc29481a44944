/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tree.c - departments in a block: who is below whom, paths of names, and what a block that
 * is not what it was says.
 */
#include "support.h"

#include <limits.h>
#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/tree.h"

#define MAX_ROW 8

/* A block of exactly the size that is needed, with a page behind it that cannot be read. */
static void *build(apr_size_t *size, wecom_tree_report_t *report, const wecom_department_t *list,
                   apr_size_t count, apr_pool_t *pool)
{
    void *block;
    wecom_status_t status;

    status = wecom_tree_build(NULL, 0, report, list, count, pool);
    CHECK(status == WECOM_E_TOO_LARGE, "measured: %s", wecom_error_name(status));
    *size = (report->needed + 7) / 8 * 8;
    block = support_guard_room(*size, pool);
    status = wecom_tree_build(block, *size, report, list, count, pool);
    CHECK(status == WECOM_OK, "built: %s", wecom_error_name(status));
    return block;
}

static const wecom_tree_t *plant(const wecom_department_t *list, apr_size_t count,
                                 apr_pool_t *pool)
{
    wecom_tree_t *tree = apr_palloc(pool, sizeof(*tree));
    wecom_tree_report_t report;
    apr_size_t size;
    void *block = build(&size, &report, list, count, pool);

    assert_ptr_equal(wecom_tree_open(tree, block, size), tree);
    return tree;
}

/* All that can be asked, and nothing that the answers must be; for blocks that lie. */
static void ask_everything(const wecom_tree_t *tree, apr_pool_t *pool)
{
    int found[4];
    int at;

    wecom_tree_is_unnamed(tree);
    wecom_tree_find_path(found, COUNT(found), tree, "/A");
    wecom_tree_find_path(found, COUNT(found), tree, "/A/B/C");
    for (at = -1; at < 40; at++) {
        int where = wecom_tree_find(tree, at + 1);

        CHECK(where >= -1 && where < (int)tree->count, "found at %d", where);
        wecom_tree_is_lost(tree, at);
        wecom_tree_is_below(tree, at, where);
        CHECK(wecom_tree_show(tree, at, pool)[0] != '\0', "nothing is shown");
    }
}

static void what_is_listed_is_reported(void **state)
{
    static const struct {
        const char *name;
        apr_size_t listed;
        wecom_department_t list[MAX_ROW];
        apr_size_t count, roots, lost;
        apr_int64_t first_lost;
        apr_size_t unnamed;
        int is_unnamed;
    } cases[] = {
        { "nothing", 0, { { 0, 0, NULL } }, 0, 0, 0, 0, 0, 0 },
        { "one", 1, { { 1, 0, "A" } }, 1, 1, 0, 0, 0, 0 },
        { "the widest id", 2, { { 4294967295, 0, "A" }, { 1, 4294967295, "B" } },
          2, 1, 0, 0, 0, 0 },
        { "an orphan is a root", 2, { { 5, 1, "A" }, { 6, 5, "B" } }, 2, 1, 0, 0, 0, 0 },
        { "several roots", 3, { { 5, 0, "A" }, { 6, 1, "B" }, { 7, 2, "C" } }, 3, 3, 0, 0, 0, 0 },
        { "twice the same: the first counts", 4,
          { { 1, 0, "A" }, { 2, 1, "B" }, { 2, 0, "X" }, { 1, 2, "Y" } }, 2, 1, 0, 0, 0, 0 },
        { "its own parent", 2, { { 1, 0, "A" }, { 9, 9, "B" } }, 2, 1, 1, 9, 0, 0 },
        { "a circle and one below it", 5,
          { { 1, 0, "A" }, { 7, 8, "B" }, { 8, 9, "C" }, { 9, 7, "D" }, { 3, 9, "E" } },
          5, 1, 4, 3, 0, 0 },
        { "nothing but a circle", 2, { { 1, 2, "A" }, { 2, 1, "B" } }, 2, 0, 2, 1, 0, 0 },
        { "a name is missing", 2, { { 1, 0, "A" }, { 2, 1, NULL } }, 2, 1, 0, 0, 1, 0 },
        { "names are withheld", 2, { { 1, 0, "" }, { 2, 1, NULL } }, 2, 1, 0, 0, 2, 1 },
    };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        wecom_tree_report_t report;
        wecom_tree_t tree;
        apr_size_t size;
        void *block = build(&size, &report, cases[i].list, cases[i].listed, *state);

        CHECK(report.count == cases[i].count && report.roots == cases[i].roots
              && report.lost == cases[i].lost && report.first_lost == cases[i].first_lost
              && report.unnamed == cases[i].unnamed,
              "%s: %d departments, %d roots, %d lost, first %d, %d unnamed", cases[i].name,
              (int)report.count, (int)report.roots, (int)report.lost, (int)report.first_lost,
              (int)report.unnamed);
        assert_ptr_equal(wecom_tree_open(&tree, block, size), &tree);
        CHECK(tree.count == cases[i].count, "%s: opened with %d", cases[i].name, (int)tree.count);
        CHECK(wecom_tree_is_unnamed(&tree) == cases[i].is_unnamed, "%s", cases[i].name);
    }
}

static void what_is_no_list(void **state)
{
    static const struct {
        const char *name;
        wecom_department_t department;
    } cases[] = {
        { "id 0", { 0, 0, "A" } },
        { "id below 0", { -1, 0, "A" } },
        { "id too wide", { 4294967296, 0, "A" } },
        { "parent below 0", { 1, -1, "A" } },
        { "parent too wide", { 1, 4294967296, "A" } },
    };
    static const wecom_department_t good = { 1, 0, "A" };
    static apr_uint64_t block[1024];
    wecom_tree_report_t report;
    wecom_department_t *many;
    wecom_tree_t tree;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(wecom_tree_build(block, sizeof(block), &report, &good, 1, *state),
                         WECOM_OK);
        assert_non_null(wecom_tree_open(&tree, block, sizeof(block)));
        CHECK(wecom_tree_build(block, sizeof(block), &report, &cases[i].department, 1, *state)
              == WECOM_E_BAD_INPUT, "%s", cases[i].name);
        CHECK(wecom_tree_open(&tree, block, sizeof(block)) == NULL,
              "%s: the old tree is still there", cases[i].name);
    }
    assert_int_equal(wecom_tree_build((char *)block + 4, sizeof(block) - 4, &report, &good, 1,
                                      *state), WECOM_E_BAD_INPUT);
    many = apr_pcalloc(*state, (WECOM_MAX_TREE + 1) * sizeof(*many));
    for (i = 0; i <= WECOM_MAX_TREE; i++) {
        many[i].id = (apr_int64_t)i + 1;
    }
    assert_int_equal(wecom_tree_build(block, sizeof(block), &report, many, WECOM_MAX_TREE + 1,
                                      *state), WECOM_E_BAD_INPUT);
}

static void too_small_a_block_names_its_size(void **state)
{
    static const wecom_department_t list[] = { { 1, 0, "A" }, { 2, 1, "Bcd" } };
    wecom_tree_report_t report;
    wecom_tree_t tree;
    apr_size_t needed;
    apr_size_t size;
    char *block = build(&size, &report, list, COUNT(list), *state);

    needed = report.needed;
    assert_int_equal(wecom_tree_build(block, needed, &report, list, COUNT(list), *state),
                     WECOM_OK);
    assert_non_null(wecom_tree_open(&tree, block, needed));
    for (size = 0; size < needed; size++) {
        assert_int_equal(wecom_tree_build(block, size, &report, list, COUNT(list), *state),
                         WECOM_E_TOO_LARGE);
        assert_int_equal(report.needed, needed);
        assert_null(wecom_tree_open(&tree, block, size));
    }
}

/* The parent of a department in the list, 0 when there is none, -1 without such a department. */
static apr_int64_t parent_of(const wecom_department_t *list, apr_size_t count, apr_int64_t id)
{
    apr_size_t i;

    for (i = 0; i < count; i++) {
        if (list[i].id == id) {
            return list[i].parent;
        }
    }
    return -1;
}

/* 1: id is above, or below it. 0: no. -1: its parents lead in a circle. The long way. */
static int is_below_by_walk(const wecom_department_t *list, apr_size_t count, apr_int64_t id,
                            apr_int64_t above)
{
    apr_int64_t at = id;
    apr_size_t steps;
    int is_below = 0;

    for (steps = 0; steps <= count; steps++) {
        is_below |= at == above;
        at = parent_of(list, count, at);
        if (at <= 0 || parent_of(list, count, at) < 0) {
            return is_below;
        }
    }
    return -1;
}

static void below_is_what_the_parents_say(void **state)
{
    enum { MOST = 24, ROUNDS = 400 };
    apr_uint32_t chance = 12345;
    int round;

    for (round = 0; round < ROUNDS; round++) {
        wecom_department_t list[MOST];
        apr_size_t count = (apr_size_t)round % MOST + 1;
        const wecom_tree_t *tree;
        apr_size_t i;
        apr_size_t k;

        for (i = 0; i < count; i++) {
            chance = chance * 1664525 + 1013904223;
            list[i].id = chance >> 16 & 31;
            list[i].parent = chance >> 24 & 31;
            list[i].id += list[i].id == 0;
            list[i].name = "A";
        }
        tree = plant(list, count, *state);
        for (i = 0; i < count; i++) {
            int at = wecom_tree_find(tree, list[i].id);

            assert_true(wecom_tree_id(tree, at) == list[i].id);
            for (k = 0; k < count; k++) {
                int above = wecom_tree_find(tree, list[k].id);
                int walked = is_below_by_walk(list, count, list[i].id, list[k].id);
                int is_below = wecom_tree_is_below(tree, at, above);

                CHECK(wecom_tree_is_lost(tree, at) == (walked < 0), "round %d: lost", round);
                CHECK(is_below == (walked < 0 ? at == above : walked), "round %d: %d below %d",
                      round, (int)list[i].id, (int)list[k].id);
            }
        }
        assert_int_equal(wecom_tree_find(tree, 32), -1);
    }
}

static const wecom_department_t acme[] = {
    { 1, 0, "Acme" }, { 2, 1, "Research" }, { 3, 2, "Backend" }, { 4, 1, "Sales" },
    { 5, 4, "Backend" }, { 6, 1, "\xe7\xa0\x94\xe5\x8f\x91" }, { 7, 6, NULL },
    { 8, 7, "Deep" }, { 9, 0, "Other" }, { 10, 9, "Research" }, { 11, 9, "Acme" },
    { 12, 11, "Twin" }, { 13, 11, "Twin" }, { 20, 21, "Lost" }, { 21, 20, "Circle" },
};

static void paths_of_names(void **state)
{
    static const struct {
        const char *path;
        int count;
        apr_int64_t ids[2];
    } cases[] = {
        { "/Research/Backend", 1, { 3 } }, { "/Acme/Research/Backend", 1, { 3 } },
        { "/Sales/Backend", 1, { 5 } }, { "/\xe7\xa0\x94\xe5\x8f\x91", 1, { 6 } },
        { "/Other", 1, { 9 } }, { "/Sales", 1, { 4 } },
        { "/Other/Research", 1, { 10 } },
        { "/Research", 2, { 2, 10 } },      /* a child of either root */
        { "/Acme", 2, { 1, 11 } },          /* a root, and a child of a root */
        { "/Acme/Twin", 2, { 12, 13 } },
        { "/Other/Acme/Twin", 2, { 12, 13 } },
        { "/Backend", 0, { 0 } },           /* too deep to begin with */
        { "/research", 0, { 0 } }, { "/Researc", 0, { 0 } }, { "/Research2", 0, { 0 } },
        { "/\xe7\xa0\x94\xe5\x8f\x91/Deep", 0, { 0 } },
        { "/\xe7\xa0\x94\xe5\x8f\x91/7/Deep", 0, { 0 } },
        { "/Lost", 0, { 0 } }, { "/Circle/Lost", 0, { 0 } },
        { "", 0, { 0 } }, { "/", 0, { 0 } }, { "//", 0, { 0 } }, { "Sales", 0, { 0 } },
        { "/Sales/", 0, { 0 } }, { "//Sales", 0, { 0 } }, { "/Acme//Sales", 0, { 0 } },
        { "/ Sales", 0, { 0 } }, { "/Sales\n", 0, { 0 } },
        { "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", 0, { 0 } },
        { "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", 0, { 0 } },
    };
    const wecom_tree_t *tree = plant(acme, COUNT(acme), *state);
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        int found[2] = { -1, -1 };
        int count = wecom_tree_find_path(found, COUNT(found), tree,
                                         support_guard_text(cases[i].path, *state));
        int k;

        CHECK(count == cases[i].count, "%s: %d times", cases[i].path, count);
        for (k = 0; k < count; k++) {
            CHECK(wecom_tree_id(tree, found[k]) == cases[i].ids[k], "%s: id %d", cases[i].path,
                  (int)wecom_tree_id(tree, found[k]));
        }
        found[0] = -7;
        assert_int_equal(wecom_tree_find_path(found, 0, tree, cases[i].path), count);
        assert_int_equal(found[0], -7);
    }
}

static void shown_to_people(void **state)
{
    static const struct {
        apr_int64_t id;
        const char *text;
    } cases[] = {
        { 1, "/Acme (1)" }, { 3, "/Acme/Research/Backend (3)" },
        { 7, "/Acme/\xe7\xa0\x94\xe5\x8f\x91/7 (7)" },
        { 8, "/Acme/\xe7\xa0\x94\xe5\x8f\x91/7/Deep (8)" },
        { 20, "/Lost (20)" }, { 99, "?" },
    };
    static const wecom_department_t odd[] = { { 1, 0, "a\nb\x7f\xff" } };
    const wecom_tree_t *tree = plant(acme, COUNT(acme), *state);
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *text = wecom_tree_show(tree, wecom_tree_find(tree, cases[i].id), *state);

        CHECK(strcmp(text, cases[i].text) == 0, "%s is shown as %s", cases[i].text, text);
    }
    assert_string_equal(wecom_tree_show(tree, (int)COUNT(acme), *state), "?");
    assert_string_equal(wecom_tree_show(plant(odd, 1, *state), 0, *state), "/a?b?? (1)");
}

static void positions_out_of_range(void **state)
{
    const wecom_tree_t *tree = plant(acme, COUNT(acme), *state);
    static const int cases[] = { -1, INT_MIN, COUNT(acme), INT_MAX };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(wecom_tree_id(tree, cases[i]), 0);
        assert_false(wecom_tree_is_lost(tree, cases[i]));
        assert_false(wecom_tree_is_below(tree, cases[i], 0));
        assert_false(wecom_tree_is_below(tree, 0, cases[i]));
        assert_false(wecom_tree_is_below(tree, cases[i], cases[i]));
    }
    assert_int_equal(wecom_tree_find(tree, 0), -1);
    assert_int_equal(wecom_tree_find(tree, -1), -1);
    assert_int_equal(wecom_tree_find(tree, APR_INT64_C(4294967297)), -1);
    assert_int_equal(wecom_tree_find(tree, APR_INT64_MAX), -1);
    assert_int_equal(wecom_tree_find(tree, APR_INT64_MIN), -1);
}

/* The largest enterprise that WeCom allows: 30,000 departments, 15 levels, names of eight Chinese
 * characters. */
static void largest_enterprise(void **state)
{
    enum { ALL = 30000, LEVELS = 15, EACH = ALL / LEVELS };
    wecom_department_t *list = apr_pcalloc(*state, ALL * sizeof(*list));
    wecom_tree_report_t report;
    wecom_tree_t tree;
    apr_size_t size;
    void *block;
    int found[2];
    int i;

    for (i = 0; i < ALL; i++) {
        list[i].id = i + 1;
        list[i].parent = i < EACH ? (i > 0) : i - EACH + 1;
        list[i].name = apr_psprintf(*state, "\xe7\xa0\x94\xe5\x8f\x91\xe7\xa0\x94\xe5\x8f\x91"
                                    "\xe7\xa0\x94\xe5\x8f\x91 %05d", i + 1);
    }
    block = build(&size, &report, list, ALL, *state);
    assert_int_equal(report.count, ALL);
    assert_int_equal(report.roots, 1);
    assert_int_equal(report.lost, 0);
    print_message("%d departments: %lu bytes\n", ALL, (unsigned long)report.needed);
    assert_true(report.needed < 2 * 1024 * 1024);
    assert_non_null(wecom_tree_open(&tree, block, size));
    i = wecom_tree_find(&tree, ALL);
    assert_true(wecom_tree_is_below(&tree, i, wecom_tree_find(&tree, 1)));
    assert_true(wecom_tree_is_below(&tree, i, wecom_tree_find(&tree, EACH)));
    assert_false(wecom_tree_is_below(&tree, i, wecom_tree_find(&tree, EACH - 1)));
    assert_int_equal(wecom_tree_find_path(found, 2, &tree, list[EACH - 1].name), 0);
    assert_int_equal(wecom_tree_find_path(found, 2, &tree,
                                          apr_pstrcat(*state, "/", list[EACH - 1].name, "/",
                                                      list[2 * EACH - 1].name, NULL)), 1);
    assert_int_equal(wecom_tree_id(&tree, found[0]), 2 * EACH);
}

/* As deep as a list is long: nothing recurses, and what is shown has an end. */
static void one_long_line(void **state)
{
    wecom_department_t *list = apr_pcalloc(*state, WECOM_MAX_TREE * sizeof(*list));
    const wecom_tree_t *tree;
    const char *text;
    int i;

    for (i = 0; i < WECOM_MAX_TREE; i++) {
        list[i].id = i + 1;
        list[i].parent = i;
        list[i].name = "A";
    }
    tree = plant(list, WECOM_MAX_TREE, *state);
    i = wecom_tree_find(tree, WECOM_MAX_TREE);
    assert_true(wecom_tree_is_below(tree, i, wecom_tree_find(tree, 1)));
    text = wecom_tree_show(tree, i, *state);
    assert_int_equal(strlen(text), 3 + 2 * WECOM_MAX_TREE_DEPTH + 8);
    assert_memory_equal(text, ".../A/A", 7);
}

static void block_that_was_not_built(void **state)
{
    static const char zeros[64];
    wecom_tree_t tree;
    wecom_tree_report_t report;
    apr_size_t size;
    char *block = build(&size, &report, acme, COUNT(acme), *state);

    assert_null(wecom_tree_open(&tree, NULL, 0));
    assert_null(wecom_tree_open(&tree, NULL, 4096));
    assert_null(wecom_tree_open(&tree, support_guard(zeros, sizeof(zeros), *state), 64));
    assert_null(wecom_tree_open(&tree, support_guard_room(64, *state), 64));
    assert_null(wecom_tree_open(&tree, block + 4, size - 4));
    assert_non_null(wecom_tree_open(&tree, block, size));
}

/* A writer comes in between, or anybody: every byte of the block may be another one, before it is
 * opened or after. */
static void block_that_is_overwritten(void **state)
{
    enum { ROUNDS = 3000 };
    apr_uint32_t chance = 4711;
    wecom_tree_report_t report;
    wecom_tree_t tree;
    apr_size_t size;
    char *block = build(&size, &report, acme, COUNT(acme), *state);
    char *good = apr_pmemdup(*state, block, size);
    int opened = 0;
    int round;

    for (round = 0; round < ROUNDS; round++) {
        const wecom_tree_t *old;
        apr_pool_t *pool;
        int bytes;

        assert_int_equal(apr_pool_create(&pool, *state), APR_SUCCESS);
        memcpy(block, good, size);
        old = round % 2 == 0 ? wecom_tree_open(&tree, block, size) : NULL;
        for (bytes = 1 << round % 10; bytes > 0; bytes--) {
            chance = chance * 1664525 + 1013904223;
            block[(chance >> 8) % size] = (char)(round % 3 == 0 ? 0xff : chance >> 24);
        }
        if (old == NULL) {
            old = wecom_tree_open(&tree, block, size);
        }
        if (old != NULL) {
            opened++;
            ask_everything(old, pool);
        }
        apr_pool_destroy(pool);
    }
    assert_true(opened > ROUNDS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_listed_is_reported),
        TEST(what_is_no_list),
        TEST(too_small_a_block_names_its_size),
        TEST(below_is_what_the_parents_say),
        TEST(paths_of_names),
        TEST(shown_to_people),
        TEST(positions_out_of_range),
        TEST(largest_enterprise),
        TEST(one_long_line),
        TEST(block_that_was_not_built),
        TEST(block_that_is_overwritten),
    };

    return cmocka_run_group_tests_name("tree", tests, support_start, support_end);
}
