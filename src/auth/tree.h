/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - the departments of an enterprise, in one block of memory that many processes read.
 *
 * A block is built once from what WeCom lists and never changed; it holds offsets and numbers and
 * no pointers, so it may lie in shared memory, at another address in each process. Departments
 * stand in pre-order: all that is below one follows it without a gap, so "in it or below it" is
 * two comparisons. A department is named by its position, 0 to count - 1; -1 is none.
 *
 * What WeCom lists is believed in nothing: an id that stands twice counts once (the first), a
 * parent that is not listed makes a root (an app sees a part of the tree), and departments whose
 * parents lead in a circle are *lost*: they are there, and below nobody, and nobody is below them.
 *
 * A reader may look while a writer has begun to fill the block anew (shape_shm.h tells it
 * afterwards). So the reader holds what it has checked in a wecom_tree_t of its own, every further
 * number that is read out of the block is checked before it is used, and no loop runs longer than
 * the block is. The answer is then wrong, and no more.
 */
#ifndef WECOM_AUTH_TREE_H
#define WECOM_AUTH_TREE_H

#include "../wecom/contacts.h"

/* A reader's hold on a block that is built; all of it is for tree.c. It lives in the reader's own
 * memory, is good for one block of one size, and may be dropped at any time. */
typedef struct wecom_tree_t {
    const struct wecom_tree_node_t *nodes;  /* count of them, in pre-order, the lost ones last */
    const struct wecom_tree_slot_t *slots;  /* count of them, by id */
    const char *names;
    apr_uint32_t names_len;
    apr_uint32_t count;
    apr_uint32_t sure;                      /* those before the lost ones */
    int is_unnamed;
} wecom_tree_t;

typedef struct wecom_tree_report_t {
    apr_size_t needed;      /* bytes of the block; also when it does not fit */
    apr_size_t count;       /* departments in it */
    apr_size_t roots;
    apr_size_t lost;
    apr_int64_t first_lost; /* an id to look for, or 0 */
    apr_size_t unnamed;     /* names that are missing */
} wecom_tree_report_t;

/* Build the tree into `size` bytes at `block` (aligned for 8 bytes; NULL with size 0 to ask for the
 * size that is needed). WECOM_OK; WECOM_E_TOO_LARGE when it does not fit; WECOM_E_BAD_INPUT for
 * more than WECOM_MAX_TREE departments, ids out of range, or a block that is not aligned. With a
 * failure there is no tree in the block, whatever was there before. A name above WECOM_MAX_NAME
 * counts as withheld. The pool is for the building alone. */
wecom_status_t wecom_tree_build(void *block, apr_size_t size, wecom_tree_report_t *report,
                                const wecom_department_t *departments, apr_size_t count,
                                apr_pool_t *pool);

/* Take hold of the tree in a block of `size` bytes: returns `tree`, or NULL when none was built
 * there. Cheap: it looks at the head of the block alone. */
const wecom_tree_t *wecom_tree_open(wecom_tree_t *tree, const void *block, apr_size_t size);

/* Where is this id? -1: nowhere. A binary search. */
int wecom_tree_find(const wecom_tree_t *tree, apr_int64_t id);

/* The id at a position; 0 for a position out of range. */
apr_int64_t wecom_tree_id(const wecom_tree_t *tree, int at);

/* 1 when `at` is `above`, or below it at any depth. */
int wecom_tree_is_below(const wecom_tree_t *tree, int at, int above);

/* 1 when its parents lead in a circle: whether it is below another cannot be told. */
int wecom_tree_is_lost(const wecom_tree_t *tree, int at);

/* The departments that a path of names means: "/Research/Backend" begins at a root or at a child
 * of a root (so the enterprise's own name may be left out). Names are compared byte by byte; a
 * name that holds a slash cannot be written. Up to max positions are put into found, and the
 * return value says how many there are: 0 unknown, 2 and more ambiguous. A path without its
 * leading slash, with an empty part or with more than WECOM_MAX_TREE_DEPTH of them is unknown.
 * It walks over all siblings on its way: for once in a refresh, not for each request. */
int wecom_tree_find_path(int *found, int max, const wecom_tree_t *tree, const char *path);

/* The path of a department for people, from its root: "/Acme/Research/Backend (12)"; ids stand
 * where names are withheld, and "..." for what is above WECOM_MAX_TREE_DEPTH levels. "?" for a
 * position out of range. Clean enough for a log. In the pool. */
const char *wecom_tree_show(const wecom_tree_t *tree, int at, apr_pool_t *pool);

/* 1 when WeCom has withheld all names: no path can be found. */
int wecom_tree_is_unnamed(const wecom_tree_t *tree);

#endif
