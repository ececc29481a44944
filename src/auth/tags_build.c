/* SPDX-License-Identifier: Apache-2.0 */
/* tags_build.c - the tags as WeCom lists them become a block. */
#include "tags_int.h"

#include <stdlib.h>
#include <string.h>

#include "../base/crypto.h"

/* A tag that counts, and how it is sorted. */
typedef struct tags_rank_t {
    const wecom_tag_t *tag;
    apr_size_t listed;      /* its place in the list */
    apr_size_t name_len;
    apr_uint32_t at;        /* its position in the block */
} tags_rank_t;

typedef struct tags_build_t {
    tags_rank_t *ranks;
    apr_size_t count;
    apr_uint64_t users;
    apr_uint64_t departments;
    apr_uint64_t names_len;
} tags_build_t;

static int tags_compare_ids(const void *a, const void *b)
{
    const tags_rank_t *x = a;
    const tags_rank_t *y = b;

    if (x->tag->id != y->tag->id) {
        return x->tag->id < y->tag->id ? -1 : 1;
    }
    return x->listed < y->listed ? -1 : x->listed > y->listed;
}

static int tags_compare_ranks(const void *a, const void *b)
{
    const tags_rank_t *x = a;
    const tags_rank_t *y = b;
    int order = wecom_tags_compare_names(x->tag->name, x->name_len, y->tag->name, y->name_len);

    return order != 0 ? order : tags_compare_ids(a, b);
}

static int tags_compare_hashes(const void *a, const void *b)
{
    const apr_uint64_t *x = a;
    const apr_uint64_t *y = b;

    return *x < *y ? -1 : *x > *y;
}

static int tags_is_good(const wecom_tag_t *tag)
{
    apr_size_t i;

    if (tag->id < 1 || tag->id > WECOM_BLOCK_MAX_ID) {
        return 0;
    }
    if (!tag->is_read) {
        return 1;
    }
    if (tag->user_count > WECOM_MAX_TAG_MEMBERS || tag->department_count > WECOM_MAX_TREE) {
        return 0;
    }
    for (i = 0; i < tag->department_count; i++) {
        if (tag->departments[i] < 1 || tag->departments[i] > WECOM_BLOCK_MAX_ID) {
            return 0;
        }
    }
    return 1;
}

/* Every id once, by id. 0 for what does not belong into a list. */
static int tags_rank(tags_build_t *build, const wecom_tag_t *tags, apr_size_t count,
                     apr_pool_t *pool)
{
    tags_rank_t *ranks = apr_pcalloc(pool, (count + 1) * sizeof(*ranks));
    apr_size_t i;

    for (i = 0; i < count; i++) {
        apr_size_t len = tags[i].name != NULL ? strnlen(tags[i].name, WECOM_MAX_NAME + 1) : 0;

        if (!tags_is_good(&tags[i])) {
            return 0;
        }
        ranks[i].tag = &tags[i];
        ranks[i].listed = i;
        ranks[i].name_len = len <= WECOM_MAX_NAME ? len : 0;
    }
    qsort(ranks, count, sizeof(*ranks), tags_compare_ids);
    build->ranks = ranks;
    for (i = 0; i < count; i++) {
        tags_rank_t *rank = &ranks[build->count];

        if (build->count > 0 && ranks[i].tag->id == ranks[build->count - 1].tag->id) {
            continue;
        }
        *rank = ranks[i];
        rank->at = (apr_uint32_t)build->count++;
        build->names_len += rank->name_len;
        if (rank->tag->is_read) {
            build->users += rank->tag->user_count;
            build->departments += rank->tag->department_count;
        }
    }
    return 1;
}

/* The hashes of a tag's members, sorted, into users; how many they are. */
static apr_uint32_t tags_write_users(apr_uint64_t *users, const unsigned char *key, int with_case,
                                     const wecom_tag_t *tag)
{
    apr_uint32_t count = 0;
    apr_size_t i;

    for (i = 0; i < tag->user_count; i++) {
        count += (apr_uint32_t)wecom_tags_hash(&users[count], key, with_case, tag->userids[i]);
    }
    qsort(users, count, sizeof(*users), tags_compare_hashes);
    return count;
}

static void tags_write_entry(wecom_tags_entry_t *entry, const tags_rank_t *rank,
                             wecom_tags_head_t *head, apr_uint32_t *departments, char *names)
{
    const wecom_tag_t *tag = rank->tag;
    apr_size_t i;

    entry->id = (apr_uint32_t)tag->id;
    entry->is_read = tag->is_read != 0;
    entry->department = head->department_count;
    entry->department_count = 0;
    for (i = 0; tag->is_read && i < tag->department_count; i++) {
        departments[head->department_count++] = (apr_uint32_t)tag->departments[i];
        entry->department_count++;
    }
    entry->name = head->names_len;
    entry->name_len = (apr_uint32_t)rank->name_len;
    if (rank->name_len > 0) {
        memcpy(names + head->names_len, tag->name, rank->name_len);
        head->names_len += entry->name_len;
    }
}

/* The head counts along, and gets its magic last. The userids that are none leave a gap behind
 * the hashes, so what was measured for them is what the head says. */
static void tags_write(void *block, tags_build_t *build, int with_case)
{
    wecom_tags_head_t *head = block;
    apr_uint64_t *users = (apr_uint64_t *)(head + 1);
    wecom_tags_entry_t *entries = (wecom_tags_entry_t *)(users + build->users);
    apr_uint32_t *by_name = (apr_uint32_t *)(entries + build->count);
    apr_uint32_t *departments = by_name + build->count;
    char *names = (char *)(departments + build->departments);
    apr_uint32_t user = 0;
    apr_size_t i;

    head->with_case = with_case != 0;
    for (i = 0; i < build->count; i++) {
        const wecom_tag_t *tag = build->ranks[i].tag;

        entries[i].user = user;
        entries[i].user_count = tag->is_read
            ? tags_write_users(users + user, head->key, with_case, tag) : 0;
        user += entries[i].user_count;
        tags_write_entry(&entries[i], &build->ranks[i], head, departments, names);
    }
    while (user < build->users) {
        users[user++] = 0;
    }
    qsort(build->ranks, build->count, sizeof(*build->ranks), tags_compare_ranks);
    for (i = 0; i < build->count; i++) {
        by_name[i] = build->ranks[i].at;
    }
    head->count = (apr_uint32_t)build->count;
    head->user_count = (apr_uint32_t)build->users;
    head->magic = WECOM_TAGS_MAGIC;
}

wecom_status_t wecom_tags_build(void *block, apr_size_t size, apr_size_t *needed,
                                const wecom_tag_t *tags, apr_size_t count, int with_case,
                                apr_pool_t *pool)
{
    wecom_tags_head_t *head = block;
    tags_build_t build;
    apr_uint64_t total;

    *needed = 0;
    memset(&build, 0, sizeof(build));
    if (!wecom_block_is_aligned(block)) {
        return WECOM_E_BAD_INPUT;
    }
    if (size >= sizeof(*head)) {
        memset(head, 0, sizeof(*head));
    }
    if (count > WECOM_MAX_TAGS || !tags_rank(&build, tags, count, pool)) {
        return WECOM_E_BAD_INPUT;
    }
    total = sizeof(*head) + build.users * sizeof(apr_uint64_t)
        + build.count * (sizeof(wecom_tags_entry_t) + sizeof(apr_uint32_t))
        + build.departments * sizeof(apr_uint32_t) + build.names_len;
    *needed = total <= APR_SIZE_MAX ? (apr_size_t)total : APR_SIZE_MAX;
    if (total > size || total > APR_UINT32_MAX) {
        return WECOM_E_TOO_LARGE;
    }
    if (wecom_crypto_random(head->key, sizeof(head->key)) != WECOM_OK) {
        return WECOM_E_CRYPTO;
    }
    tags_write(block, &build, with_case);
    return WECOM_OK;
}
