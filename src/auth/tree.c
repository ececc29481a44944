/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - questions to the block of departments. */
#include "tree_int.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"

const wecom_tree_t *wecom_tree_open(wecom_tree_t *tree, const void *block, apr_size_t size)
{
    const wecom_tree_head_t *head = block;
    apr_uint64_t needed = sizeof(*head);

    if (block == NULL || size < sizeof(*head) || !wecom_block_is_aligned(block)
        || wecom_block_word(&head->magic) != WECOM_TREE_MAGIC) {
        return NULL;
    }
    tree->count = wecom_block_word(&head->count);
    tree->sure = wecom_block_word(&head->sure);
    tree->names_len = wecom_block_word(&head->names_len);
    tree->is_unnamed = tree->count > 0 && wecom_block_word(&head->named) == 0;
    needed += tree->count * (apr_uint64_t)(sizeof(wecom_tree_node_t) + sizeof(wecom_tree_slot_t));
    needed += tree->names_len;
    if (tree->count > WECOM_MAX_TREE || tree->sure > tree->count || needed > size) {
        return NULL;
    }
    tree->nodes = (const wecom_tree_node_t *)(head + 1);
    tree->slots = (const wecom_tree_slot_t *)(tree->nodes + tree->count);
    tree->names = (const char *)(tree->slots + tree->count);
    return tree;
}

static int tree_has(const wecom_tree_t *tree, int at)
{
    return at >= 0 && (apr_uint32_t)at < tree->count;
}

int wecom_tree_find(const wecom_tree_t *tree, apr_int64_t id)
{
    apr_uint32_t low = 0;
    apr_uint32_t high = tree->count;
    apr_uint32_t at;

    while (low < high) {
        apr_uint32_t middle = low + (high - low) / 2;

        if (wecom_block_word(&tree->slots[middle].id) < id) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    if (low >= tree->count || wecom_block_word(&tree->slots[low].id) != id) {
        return -1;
    }
    at = wecom_block_word(&tree->slots[low].at);
    return at < tree->count ? (int)at : -1;
}

apr_int64_t wecom_tree_id(const wecom_tree_t *tree, int at)
{
    return tree_has(tree, at) ? (apr_int64_t)wecom_block_word(&tree->nodes[at].id) : 0;
}

int wecom_tree_is_below(const wecom_tree_t *tree, int at, int above)
{
    return tree_has(tree, at) && tree_has(tree, above) && at >= above
        && (apr_uint32_t)at < wecom_block_word(&tree->nodes[above].end);
}

int wecom_tree_is_lost(const wecom_tree_t *tree, int at)
{
    return tree_has(tree, at) && (apr_uint32_t)at >= tree->sure;
}

int wecom_tree_is_unnamed(const wecom_tree_t *tree)
{
    return tree->is_unnamed;
}

/* The name at a position that is one; its length 0 when it is withheld. */
static const char *tree_name_at(const wecom_tree_t *tree, apr_uint32_t at, apr_size_t *len)
{
    apr_uint32_t from = wecom_block_word(&tree->nodes[at].name);
    apr_uint32_t n = wecom_block_word(&tree->nodes[at].name_len);

    if (n > WECOM_MAX_NAME || from > tree->names_len || n > tree->names_len - from) {
        n = from = 0;
    }
    *len = n;
    return tree->names + from;
}

/* The position behind all that is below `at`: never at or before it, never above `limit`. */
static apr_uint32_t tree_end(const wecom_tree_t *tree, apr_uint32_t at, apr_uint32_t limit)
{
    apr_uint32_t end = wecom_block_word(&tree->nodes[at].end);

    return end <= at ? at + 1 : end < limit ? end : limit;
}

/* --- paths ---------------------------------------------------------------------------------- */

typedef struct tree_path_t {
    const char *part[WECOM_MAX_TREE_DEPTH];
    apr_size_t len[WECOM_MAX_TREE_DEPTH];
    int depth;
    int *found;
    int max;
    int count;
} tree_path_t;

/* 0 when it is no path. */
static int tree_cut(tree_path_t *path, const char *text)
{
    path->depth = 0;
    while (*text == '/') {
        text++;
        if (path->depth == WECOM_MAX_TREE_DEPTH) {
            return 0;
        }
        path->part[path->depth] = text;
        path->len[path->depth] = strcspn(text, "/");
        if (path->len[path->depth] == 0) {
            return 0;
        }
        text += path->len[path->depth];
        path->depth++;
    }
    return path->depth > 0 && *text == '\0';
}

/* Look for a path whose first part is the name of one of the siblings from `at` to `end`. */
static void tree_walk(tree_path_t *path, const wecom_tree_t *tree, apr_uint32_t at,
                      apr_uint32_t end)
{
    apr_uint32_t ends[WECOM_MAX_TREE_DEPTH]; /* of the siblings on each level */
    int depth = 0;

    ends[0] = end;
    while (at < end) {
        apr_uint32_t behind;
        apr_size_t len;
        const char *name;

        if (at >= ends[depth]) { /* all on this level are seen; so is the one above */
            depth--;
            continue;
        }
        behind = tree_end(tree, at, ends[depth]);
        name = tree_name_at(tree, at, &len);
        if (len != path->len[depth] || memcmp(name, path->part[depth], len) != 0) {
            at = behind;
        }
        else if (depth + 1 < path->depth) {
            ends[++depth] = behind;
            at++;
        }
        else {
            if (path->count < path->max) {
                path->found[path->count] = (int)at;
            }
            path->count++;
            at = behind;
        }
    }
}

int wecom_tree_find_path(int *found, int max, const wecom_tree_t *tree, const char *path)
{
    tree_path_t search;
    apr_uint32_t root;
    apr_uint32_t end;

    search.found = found;
    search.max = max;
    search.count = 0;
    if (!tree_cut(&search, path)) {
        return 0;
    }
    /* What is found by the two walks lies on two levels: nothing is found twice. */
    tree_walk(&search, tree, 0, tree->sure);
    for (root = 0; root < tree->sure; root = end) {
        end = tree_end(tree, root, tree->sure);
        tree_walk(&search, tree, root + 1, end);
    }
    return search.count;
}

const char *wecom_tree_show(const wecom_tree_t *tree, int at, apr_pool_t *pool)
{
    const char *path = "";
    apr_uint32_t place = (apr_uint32_t)at;
    int depth;

    if (!tree_has(tree, at)) {
        return "?";
    }
    for (depth = 0; depth < WECOM_MAX_TREE_DEPTH; depth++) {
        apr_size_t len;
        const char *name = tree_name_at(tree, place, &len);
        apr_uint32_t parent = wecom_block_word(&tree->nodes[place].parent);

        name = len > 0 ? wecom_text_clean(name, len, WECOM_MAX_NAME, pool)
            : apr_psprintf(pool, "%" APR_INT64_T_FMT, wecom_tree_id(tree, (int)place));
        path = apr_pstrcat(pool, "/", name, path, NULL);
        if (parent >= place) {
            return apr_psprintf(pool, "%s (%" APR_INT64_T_FMT ")", path, wecom_tree_id(tree, at));
        }
        place = parent;
    }
    return apr_psprintf(pool, "...%s (%" APR_INT64_T_FMT ")", path, wecom_tree_id(tree, at));
}
