/* SPDX-License-Identifier: Apache-2.0 */
/* tree_build.c - the departments as WeCom lists them become a block. */
#include "tree_int.h"

#include <stdlib.h>
#include <string.h>

/* Departments by the rank of their ids, 0 to count - 1: arrays, all of them that long. */
typedef struct tree_build_t {
    const wecom_department_t *departments;  /* as listed */
    wecom_tree_slot_t *ranks;                     /* .at: the place in the list */
    apr_uint32_t *parent;
    apr_uint32_t *child;
    apr_uint32_t *next;                     /* sibling */
    apr_uint32_t *at;                       /* the position in the tree */
    apr_uint32_t *end;
    apr_uint32_t count;
    apr_uint32_t placed;
} tree_build_t;

static int tree_compare(const void *a, const void *b)
{
    const wecom_tree_slot_t *x = a;
    const wecom_tree_slot_t *y = b;

    if (x->id != y->id) {
        return x->id < y->id ? -1 : 1;
    }
    return x->at < y->at ? -1 : x->at > y->at;
}

/* The rank of an id; WECOM_TREE_NONE. */
static apr_uint32_t tree_rank(const tree_build_t *build, apr_int64_t id)
{
    apr_uint32_t low = 0;
    apr_uint32_t high = build->count;

    while (low < high) {
        apr_uint32_t middle = low + (high - low) / 2;

        if (build->ranks[middle].id < id) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low < build->count && build->ranks[low].id == id ? low : WECOM_TREE_NONE;
}

/* 0 for ids out of range. */
static int tree_rank_all(tree_build_t *build, const wecom_department_t *departments,
                         apr_size_t count, apr_pool_t *pool)
{
    apr_size_t i;

    build->departments = departments;
    build->ranks = apr_palloc(pool, (count + 1) * sizeof(*build->ranks));
    for (i = 0; i < count; i++) {
        if (departments[i].id < 1 || departments[i].id > WECOM_BLOCK_MAX_ID
            || departments[i].parent < 0 || departments[i].parent > WECOM_BLOCK_MAX_ID) {
            return 0;
        }
        build->ranks[i].id = (apr_uint32_t)departments[i].id;
        build->ranks[i].at = (apr_uint32_t)i;
    }
    qsort(build->ranks, count, sizeof(*build->ranks), tree_compare);
    for (i = 0; i < count; i++) {
        if (i == 0 || build->ranks[i].id != build->ranks[build->count - 1].id) {
            build->ranks[build->count++] = build->ranks[i];
        }
    }
    return 1;
}

static apr_uint32_t *tree_array(const tree_build_t *build, apr_pool_t *pool)
{
    apr_size_t size = (build->count + (apr_size_t)1) * sizeof(apr_uint32_t);
    apr_uint32_t *array = apr_palloc(pool, size);

    memset(array, 0xff, size); /* WECOM_TREE_NONE everywhere */
    return array;
}

/* Hang every department under its parent. Backwards, so that siblings stand in the order of
 * their ids. */
static void tree_hang(tree_build_t *build, apr_pool_t *pool)
{
    apr_uint32_t rank;

    build->parent = tree_array(build, pool);
    build->child = tree_array(build, pool);
    build->next = tree_array(build, pool);
    build->at = tree_array(build, pool);
    build->end = tree_array(build, pool);
    for (rank = build->count; rank-- > 0;) {
        apr_int64_t id = build->departments[build->ranks[rank].at].parent;
        apr_uint32_t parent = id != 0 ? tree_rank(build, id) : WECOM_TREE_NONE;

        build->parent[rank] = parent;
        if (parent != WECOM_TREE_NONE) {
            build->next[rank] = build->child[parent];
            build->child[parent] = rank;
        }
    }
}

/* Give positions to a root and all below it. No recursion: what WeCom lists may be as deep as it
 * is long. */
static void tree_place(tree_build_t *build, apr_uint32_t root)
{
    apr_uint32_t rank = root;

    for (;;) {
        build->at[rank] = build->placed++;
        if (build->child[rank] != WECOM_TREE_NONE) {
            rank = build->child[rank];
            continue;
        }
        build->end[rank] = build->placed;
        while (rank != root && build->next[rank] == WECOM_TREE_NONE) {
            rank = build->parent[rank];
            build->end[rank] = build->placed;
        }
        if (rank == root) {
            return;
        }
        rank = build->next[rank];
    }
}

/* Roots first. Who then has no position is in a circle of parents or below one, for no root leads
 * to him. */
static void tree_place_all(tree_build_t *build, wecom_tree_report_t *report)
{
    apr_uint32_t rank;

    for (rank = 0; rank < build->count; rank++) {
        if (build->parent[rank] == WECOM_TREE_NONE) {
            report->roots++;
            tree_place(build, rank);
        }
    }
    for (rank = 0; rank < build->count; rank++) {
        if (build->at[rank] == WECOM_TREE_NONE) {
            build->parent[rank] = WECOM_TREE_NONE;
            build->at[rank] = build->placed++;
            build->end[rank] = build->placed;
            if (report->lost++ == 0) {
                report->first_lost = build->ranks[rank].id;
            }
        }
    }
}

static const char *tree_name(const tree_build_t *build, apr_uint32_t rank, apr_uint32_t *len)
{
    const char *name = build->departments[build->ranks[rank].at].name;
    apr_size_t n = name != NULL ? strnlen(name, WECOM_MAX_NAME + 1) : 0;

    *len = n <= WECOM_MAX_NAME ? (apr_uint32_t)n : 0;
    return name;
}

static void tree_measure(const tree_build_t *build, wecom_tree_report_t *report)
{
    apr_uint32_t rank;

    report->count = build->count;
    report->needed = sizeof(wecom_tree_head_t)
        + build->count * (sizeof(wecom_tree_node_t) + sizeof(wecom_tree_slot_t));
    for (rank = 0; rank < build->count; rank++) {
        apr_uint32_t len;

        tree_name(build, rank, &len);
        report->needed += len;
        report->unnamed += len == 0;
    }
}

static void tree_write(void *block, const tree_build_t *build, const wecom_tree_report_t *report)
{
    wecom_tree_head_t *head = block;
    wecom_tree_node_t *nodes = (wecom_tree_node_t *)(head + 1);
    wecom_tree_slot_t *slots = (wecom_tree_slot_t *)(nodes + build->count);
    char *names = (char *)(slots + build->count);
    apr_uint32_t names_len = 0;
    apr_uint32_t rank;

    for (rank = 0; rank < build->count; rank++) {
        wecom_tree_node_t *node = &nodes[build->at[rank]];
        apr_uint32_t parent = build->parent[rank];
        const char *name = tree_name(build, rank, &node->name_len);

        slots[rank].id = node->id = build->ranks[rank].id;
        slots[rank].at = build->at[rank];
        node->parent = parent != WECOM_TREE_NONE ? build->at[parent] : WECOM_TREE_NONE;
        node->end = build->end[rank];
        node->name = names_len;
        if (node->name_len > 0) {
            memcpy(names + names_len, name, node->name_len);
            names_len += node->name_len;
        }
    }
    head->count = build->count;
    head->sure = build->count - (apr_uint32_t)report->lost;
    head->names_len = names_len;
    head->named = build->count - (apr_uint32_t)report->unnamed;
    head->magic = WECOM_TREE_MAGIC;
}

wecom_status_t wecom_tree_build(void *block, apr_size_t size, wecom_tree_report_t *report,
                                const wecom_department_t *departments, apr_size_t count,
                                apr_pool_t *pool)
{
    tree_build_t build;

    memset(report, 0, sizeof(*report));
    memset(&build, 0, sizeof(build));
    if (!wecom_block_is_aligned(block)) {
        return WECOM_E_BAD_INPUT;
    }
    if (size >= sizeof(wecom_tree_head_t)) {
        memset(block, 0, sizeof(wecom_tree_head_t));
    }
    if (count > WECOM_MAX_TREE || !tree_rank_all(&build, departments, count, pool)) {
        return WECOM_E_BAD_INPUT;
    }
    tree_hang(&build, pool);
    tree_place_all(&build, report);
    tree_measure(&build, report);
    if (report->needed > size) {
        return WECOM_E_TOO_LARGE;
    }
    tree_write(block, &build, report);
    return WECOM_OK;
}
