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

#include "../wecom/contacts.h"

/* A reader's hold on a block that is built, as in tree.h; all of it is for tags.c. */
typedef struct wecom_tags_t {
    unsigned char key[16];                  /* of the hash */
    const apr_uint64_t *users;              /* user_count hashes, sorted within each tag */
    const struct wecom_tags_entry_t *entries;  /* count of them, by id */
    const apr_uint32_t *by_name;            /* count positions */
    const apr_uint32_t *departments;        /* department_count ids */
    const char *names;
    apr_uint32_t user_count;
    apr_uint32_t count;
    apr_uint32_t department_count;
    apr_uint32_t names_len;
    int with_case;
} wecom_tags_t;

/* Build the tags into `size` bytes at `block` (aligned for 8 bytes; NULL with size 0 to ask for the
 * size). with_case: userids of a proxy-developed app. *needed: bytes of the block, also when it
 * does not fit. WECOM_OK; WECOM_E_TOO_LARGE when it does not fit; WECOM_E_BAD_INPUT for more than
 * WECOM_MAX_TAGS tags, WECOM_MAX_TAG_MEMBERS members or WECOM_MAX_TREE departments of one, ids out
 * of range, or a block that is not aligned; WECOM_E_CRYPTO without random numbers for the hash.
 * With a failure there are no tags in the block, whatever was there before. An id that stands
 * twice counts once, the first; a userid above WECOM_MAX_USERID is nobody's; a name above
 * WECOM_MAX_NAME or "" is not told. The pool is for the building alone. */
wecom_status_t wecom_tags_build(void *block, apr_size_t size, apr_size_t *needed,
                                const wecom_tag_t *tags, apr_size_t count, int with_case,
                                apr_pool_t *pool);

/* Take hold of the tags in a block of `size` bytes: returns `tags`, or NULL when none were built
 * there. */
const wecom_tags_t *wecom_tags_open(wecom_tags_t *tags, const void *block, apr_size_t size);

/* Where is this tag? By position, 0 to count - 1; -1: nowhere. This and the next are binary
 * searches. */
int wecom_tags_find(const wecom_tags_t *tags, apr_int64_t id);

/* The tags of this name, compared byte by byte: up to max positions into found; returns how many
 * there are. */
int wecom_tags_find_name(int *found, int max, const wecom_tags_t *tags, const char *name);

/* The id at a position; 0 for a position out of range. */
apr_int64_t wecom_tags_id(const wecom_tags_t *tags, int at);

/* 1 when its members are known. */
int wecom_tags_is_read(const wecom_tags_t *tags, int at);

/* Does this member have it directly? 0 as well when its members are not known. */
int wecom_tags_has_user(const wecom_tags_t *tags, int at, const char *userid);

/* Its i-th department, or 0 behind the last. */
apr_int64_t wecom_tags_department(const wecom_tags_t *tags, int at, apr_size_t i);

#endif
