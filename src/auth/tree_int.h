/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree_int.h - the form of a block, for tree.c, which reads it, and tree_build.c, which writes it.
 *
 * The block: head | nodes in pre-order | slots by id | names, one after another without a NUL.
 * All numbers have 32 bits and the order of this machine; a block never leaves it.
 */
#ifndef WECOM_AUTH_TREE_INT_H
#define WECOM_AUTH_TREE_INT_H

#include "block.h"
#include "tree.h"

#define WECOM_TREE_MAGIC 0x57547231u /* changes with the form of a block */
#define WECOM_TREE_NONE  0xffffffffu

typedef struct wecom_tree_head_t {
    apr_uint32_t magic;             /* 0 while the block is written */
    apr_uint32_t count;
    apr_uint32_t sure;              /* positions from here on are lost */
    apr_uint32_t names_len;
    apr_uint32_t named;             /* departments that have a name */
} wecom_tree_head_t;

typedef struct wecom_tree_node_t {
    apr_uint32_t id;
    apr_uint32_t parent;            /* its position, always a lower one; WECOM_TREE_NONE */
    apr_uint32_t end;               /* the position behind all that is below */
    apr_uint32_t name;              /* where it begins in the names */
    apr_uint32_t name_len;          /* 0: withheld */
} wecom_tree_node_t;

typedef struct wecom_tree_slot_t {
    apr_uint32_t id;
    apr_uint32_t at;
} wecom_tree_slot_t;

#endif
