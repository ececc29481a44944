/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_shape.c - departments and tags: blocks of any bytes, and lists of any departments.
 *
 * The first byte picks: t a block of departments, g a block of tags (T and G: with the first bytes
 * that a built one has, so that the rest is looked at), l a list, two bytes for each department.
 * The block is also spoiled behind the back of who has opened it.
 */
#include <string.h>

#include <apr_general.h>

#include "../../src/auth/tags.h"
#include "../../src/auth/tree.h"
#include "../../src/base/crypto.h"
#include "insist.h"

#define MAX_LIST 60

static void ask_tree(const wecom_tree_t *tree, apr_pool_t *pool)
{
    int found[4];
    int at;

    insist(tree->sure <= tree->count && tree->count <= WECOM_MAX_TREE);
    insist(wecom_tree_find_path(found, 4, tree, "/A") >= 0);
    insist(wecom_tree_find_path(found, 4, tree, "/A/A/A") >= 0);
    for (at = -1; at <= 40; at++) {
        int where = wecom_tree_find(tree, wecom_tree_id(tree, at));

        insist(where >= -1 && where < (int)tree->count);
        insist(strlen(wecom_tree_show(tree, at, pool))
               <= WECOM_MAX_TREE_DEPTH * (1 + WECOM_MAX_NAME) + 20);
        insist(!wecom_tree_is_below(tree, at, -1));
        wecom_tree_is_below(tree, at, where);
        wecom_tree_is_lost(tree, at);
    }
}

static void ask_tags(const wecom_tags_t *tags)
{
    int found[4];
    int at;

    insist(tags->count <= WECOM_MAX_TAGS);
    insist(wecom_tags_find_name(found, 4, tags, "A") <= (int)tags->count);
    for (at = -1; at <= 20; at++) {
        apr_size_t i;

        insist(wecom_tags_find(tags, wecom_tags_id(tags, at)) < (int)tags->count);
        wecom_tags_is_read(tags, at);
        wecom_tags_has_user(tags, at, "alice");
        for (i = 0; wecom_tags_department(tags, at, i) != 0; i++) {
            insist(i < tags->department_count);
        }
    }
}

/* The bytes as a block, in memory of exactly their size; then every other byte another one. */
static void try_block(int is_tree, int with_magic, const uint8_t *data, size_t size,
                      apr_pool_t *pool)
{
    unsigned char *block = malloc(size > 0 ? size : 1);
    wecom_tree_t tree;
    wecom_tags_t tags;
    apr_uint64_t real[64];
    int opened;
    size_t i;

    insist(block != NULL);
    memcpy(block, data, size);
    if (with_magic && size >= sizeof(apr_uint32_t)) {
        wecom_tree_report_t report;
        apr_size_t needed;

        insist((is_tree ? wecom_tree_build(real, sizeof(real), &report, NULL, 0, pool)
                : wecom_tags_build(real, sizeof(real), &needed, NULL, 0, 0, pool)) == WECOM_OK);
        memcpy(block, real, sizeof(apr_uint32_t));
    }
    opened = is_tree ? wecom_tree_open(&tree, block, size) != NULL
        : wecom_tags_open(&tags, block, size) != NULL;
    for (i = 0; opened && i < 2; i++) {
        size_t k;

        if (is_tree) {
            ask_tree(&tree, pool);
        }
        else {
            ask_tags(&tags);
        }
        for (k = i; k < size; k += 2) {
            block[k] = (unsigned char)~block[k];
        }
    }
    free(block);
}

/* Whoever has the other above himself by the list is below it in the tree, and nobody else. */
static void try_list(const uint8_t *data, size_t size, apr_pool_t *pool)
{
    static apr_uint64_t block[1024];
    wecom_department_t list[MAX_LIST];
    unsigned char parent[256];
    unsigned char listed[256];
    wecom_tree_report_t report;
    wecom_tree_t tree;
    apr_size_t count = size / 2 < MAX_LIST ? size / 2 : MAX_LIST;
    apr_size_t i;

    memset(listed, 0, sizeof(listed));
    memset(parent, 0, sizeof(parent));
    for (i = 0; i < count; i++) {
        list[i].id = data[2 * i];
        list[i].parent = data[2 * i + 1];
        list[i].name = data[2 * i] % 3 == 0 ? NULL : "A";
        if (list[i].id == 0) {
            insist(wecom_tree_build(block, sizeof(block), &report, list, i + 1, pool)
                   == WECOM_E_BAD_INPUT);
            return;
        }
        if (!listed[list[i].id]) {
            listed[list[i].id] = 1;
            parent[list[i].id] = (unsigned char)list[i].parent;
        }
    }
    insist(wecom_tree_build(block, sizeof(block), &report, list, count, pool) == WECOM_OK);
    insist(wecom_tree_open(&tree, block, sizeof(block)) == &tree);
    for (i = 0; i < count; i++) {
        int at = wecom_tree_find(&tree, list[i].id);
        int above = (int)list[i].id;
        int steps;

        insist(wecom_tree_id(&tree, at) == list[i].id);
        for (steps = 0; listed[above] && steps <= MAX_LIST; steps++) {
            int there = wecom_tree_find(&tree, above);

            insist(wecom_tree_is_lost(&tree, at) || wecom_tree_is_below(&tree, at, there));
            insist(at == there || !wecom_tree_is_below(&tree, there, at));
            above = parent[above];
        }
        insist(wecom_tree_is_lost(&tree, at) == (steps > MAX_LIST));
    }
    ask_tree(&tree, pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int started;
    apr_pool_t *pool;

    if (!started) {
        insist(apr_initialize() == APR_SUCCESS);
        insist(wecom_crypto_start() == WECOM_OK);
        started = 1;
    }
    if (size == 0) {
        return 0;
    }
    insist(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    switch (data[0]) {
    case 't':
    case 'T':
        try_block(1, data[0] == 'T', data + 1, size - 1, pool);
        break;
    case 'g':
    case 'G':
        try_block(0, data[0] == 'G', data + 1, size - 1, pool);
        break;
    case 'l':
        try_list(data + 1, size - 1, pool);
        break;
    default:
        break;
    }
    apr_pool_destroy(pool);
    return 0;
}
