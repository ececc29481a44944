/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tags_int.h - the form of a block, for tags.c, which reads it, and tags_build.c, which writes it.
 *
 * The block: head | hashes of members, sorted within each tag | entries by id | positions by name |
 * departments | names, one after another without a NUL. All numbers have the order of this machine.
 */
#ifndef WECOM_AUTH_TAGS_INT_H
#define WECOM_AUTH_TAGS_INT_H

#include <apr_siphash.h>

#include "block.h"
#include "tags.h"

#define WECOM_TAGS_MAGIC 0x57546731u /* changes with the form of a block */

typedef struct wecom_tags_head_t {
    apr_uint32_t magic;             /* 0 while the block is written */
    apr_uint32_t count;
    apr_uint32_t user_count;
    apr_uint32_t department_count;
    apr_uint32_t names_len;
    apr_uint32_t with_case;
    unsigned char key[APR_SIPHASH_KSIZE];
} wecom_tags_head_t;

typedef struct wecom_tags_entry_t {
    apr_uint32_t id;
    apr_uint32_t is_read;
    apr_uint32_t user;              /* where its members begin */
    apr_uint32_t user_count;
    apr_uint32_t department;        /* where its departments begin */
    apr_uint32_t department_count;
    apr_uint32_t name;              /* where it begins in the names */
    apr_uint32_t name_len;          /* 0: not told */
} wecom_tags_entry_t;

/* The hash of a userid; 0 when it is none: empty or too long. */
int wecom_tags_hash(apr_uint64_t *hash, const unsigned char *key, int with_case,
                    const char *userid);

/* How names are sorted. */
int wecom_tags_compare_names(const char *a, apr_size_t a_len, const char *b, apr_size_t b_len);

#endif
