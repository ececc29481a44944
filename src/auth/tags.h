/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tags.h - the tags of an enterprise and who has them, in one block of memory.
 *
 * Like tree.h a block without pointers, built once and read by many, and every number read out of
 * it is checked. All tags are in it by id and name; the members only of those that somebody asks
 * for (*read* ones). A member is kept as 64 bits of a keyed hash of the userid, so that a hundred
 * thousand of them take 800 kB; that two userids of one tag are taken for one another has a chance
 * of 1 in 10^14.
 */
#ifndef WECOM_AUTH_TAGS_H
#define WECOM_AUTH_TAGS_H

#include <apr_pools.h>

#include "../base/error.h"
#include "../base/limits.h"

/* As WeCom lists it (documents 90216 and 90213). */
typedef struct wecom_tag_t {
    apr_int64_t id;               /* 1 to 2^32 - 1 */
    const char *name;             /* NULL: not told */
    int is_read;                  /* the next four are known */
    const char *const *userids;
    apr_size_t user_count;
    const apr_int64_t *departments;
    apr_size_t department_count;
} wecom_tag_t;

typedef struct wecom_tags_t wecom_tags_t;   /* a block that is built */

/* with_case: userids of a proxy-developed app. *needed: bytes of the block, also when it does not
 * fit. WECOM_OK; WECOM_E_TOO_LARGE (the block is then spoiled); WECOM_E_BAD_INPUT for more than
 * WECOM_MAX_TAGS tags or ids out of range; WECOM_E_CRYPTO without random numbers for the hash. An
 * id that stands twice counts once, the first. */
wecom_status_t wecom_tags_build(void *block, apr_size_t size, apr_size_t *needed,
                                const wecom_tag_t *tags, apr_size_t count, int with_case,
                                apr_pool_t *pool);

/* The tags in a block of `size` bytes, or NULL when none were built there. */
const wecom_tags_t *wecom_tags_open(const void *block, apr_size_t size);

/* Where is this tag? By position, 0 to count - 1; -1: nowhere. */
int wecom_tags_find(const wecom_tags_t *tags, apr_int64_t id);

/* The tags of this name, compared byte by byte: up to max positions into found; returns how many
 * there are. */
int wecom_tags_find_name(int *found, int max, const wecom_tags_t *tags, const char *name);

apr_int64_t wecom_tags_id(const wecom_tags_t *tags, int at);

/* 1 when its members are known. */
int wecom_tags_is_read(const wecom_tags_t *tags, int at);

/* Does this member have it directly? */
int wecom_tags_has_user(const wecom_tags_t *tags, int at, const char *userid);

/* Its i-th department, or 0 behind the last. */
apr_int64_t wecom_tags_department(const wecom_tags_t *tags, int at, apr_size_t i);

#endif
