/* SPDX-License-Identifier: Apache-2.0 */
/* tags.c - questions to the block of tags. */
#include "tags_int.h"

#include <string.h>

int wecom_tags_hash(apr_uint64_t *hash, const unsigned char *key, int with_case,
                    const char *userid)
{
    char folded[WECOM_MAX_USERID];
    apr_size_t len;

    for (len = 0; userid != NULL && userid[len] != '\0'; len++) {
        char c = userid[len];

        if (len == sizeof(folded)) {
            return 0;
        }
        folded[len] = !with_case && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    *hash = apr_siphash24(folded, len, key);
    return len > 0;
}

int wecom_tags_compare_names(const char *a, apr_size_t a_len, const char *b, apr_size_t b_len)
{
    apr_size_t len = a_len < b_len ? a_len : b_len;
    int order = len > 0 ? memcmp(a, b, len) : 0;

    return order != 0 ? order : a_len < b_len ? -1 : a_len > b_len;
}

const wecom_tags_t *wecom_tags_open(wecom_tags_t *tags, const void *block, apr_size_t size)
{
    const wecom_tags_head_t *head = block;
    apr_uint64_t needed = sizeof(*head);

    if (block == NULL || size < sizeof(*head) || !wecom_block_is_aligned(block)
        || wecom_block_word(&head->magic) != WECOM_TAGS_MAGIC) {
        return NULL;
    }
    tags->count = wecom_block_word(&head->count);
    tags->user_count = wecom_block_word(&head->user_count);
    tags->department_count = wecom_block_word(&head->department_count);
    tags->names_len = wecom_block_word(&head->names_len);
    tags->with_case = wecom_block_word(&head->with_case) != 0;
    memcpy(tags->key, head->key, sizeof(tags->key));
    needed += tags->user_count * (apr_uint64_t)sizeof(apr_uint64_t);
    needed += tags->count * (apr_uint64_t)(sizeof(wecom_tags_entry_t) + sizeof(apr_uint32_t));
    needed += tags->department_count * (apr_uint64_t)sizeof(apr_uint32_t);
    needed += tags->names_len;
    if (tags->count > WECOM_MAX_TAGS || needed > size) {
        return NULL;
    }
    tags->users = (const apr_uint64_t *)(head + 1);
    tags->entries = (const wecom_tags_entry_t *)(tags->users + tags->user_count);
    tags->by_name = (const apr_uint32_t *)(tags->entries + tags->count);
    tags->departments = tags->by_name + tags->count;
    tags->names = (const char *)(tags->departments + tags->department_count);
    return tags;
}

static const wecom_tags_entry_t *tags_entry(const wecom_tags_t *tags, int at)
{
    return at >= 0 && (apr_uint32_t)at < tags->count ? &tags->entries[at] : NULL;
}

int wecom_tags_find(const wecom_tags_t *tags, apr_int64_t id)
{
    apr_uint32_t low = 0;
    apr_uint32_t high = tags->count;

    while (low < high) {
        apr_uint32_t middle = low + (high - low) / 2;

        if (wecom_block_word(&tags->entries[middle].id) < id) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low < tags->count && wecom_block_word(&tags->entries[low].id) == id ? (int)low : -1;
}

/* How the i-th by name compares with this one. What does not lie in the block has no name. */
static int tags_compare_at(const wecom_tags_t *tags, apr_uint32_t i, const char *name,
                           apr_size_t len)
{
    const wecom_tags_entry_t *entry = tags_entry(tags, (int)wecom_block_word(&tags->by_name[i]));
    apr_uint32_t from = entry != NULL ? wecom_block_word(&entry->name) : 0;
    apr_uint32_t n = entry != NULL ? wecom_block_word(&entry->name_len) : 0;

    if (from > tags->names_len || n > tags->names_len - from) {
        from = n = 0;
    }
    return wecom_tags_compare_names(tags->names + from, n, name, len);
}

int wecom_tags_find_name(int *found, int max, const wecom_tags_t *tags, const char *name)
{
    apr_size_t len = strlen(name);
    apr_uint32_t low = 0;
    apr_uint32_t high = tags->count;
    int count = 0;

    if (len == 0) {
        return 0;
    }
    while (low < high) {
        apr_uint32_t middle = low + (high - low) / 2;

        if (tags_compare_at(tags, middle, name, len) < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    for (; low < tags->count && tags_compare_at(tags, low, name, len) == 0; low++) {
        apr_uint32_t at = wecom_block_word(&tags->by_name[low]);

        if (count < max) {
            found[count] = at < tags->count ? (int)at : -1;
        }
        count++;
    }
    return count;
}

apr_int64_t wecom_tags_id(const wecom_tags_t *tags, int at)
{
    const wecom_tags_entry_t *entry = tags_entry(tags, at);

    return entry != NULL ? (apr_int64_t)wecom_block_word(&entry->id) : 0;
}

int wecom_tags_is_read(const wecom_tags_t *tags, int at)
{
    const wecom_tags_entry_t *entry = tags_entry(tags, at);

    return entry != NULL && wecom_block_word(&entry->is_read) == 1;
}

int wecom_tags_has_user(const wecom_tags_t *tags, int at, const char *userid)
{
    const wecom_tags_entry_t *entry = tags_entry(tags, at);
    apr_uint64_t hash;
    apr_uint32_t low;
    apr_uint32_t high;
    apr_uint32_t end;

    if (entry == NULL || !wecom_tags_hash(&hash, tags->key, tags->with_case, userid)) {
        return 0;
    }
    low = wecom_block_word(&entry->user);
    end = wecom_block_word(&entry->user_count);
    if (low > tags->user_count || end > tags->user_count - low) {
        return 0;
    }
    high = end += low;
    while (low < high) {
        apr_uint32_t middle = low + (high - low) / 2;

        if (wecom_block_long(&tags->users[middle]) < hash) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low < end && wecom_block_long(&tags->users[low]) == hash;
}

apr_int64_t wecom_tags_department(const wecom_tags_t *tags, int at, apr_size_t i)
{
    const wecom_tags_entry_t *entry = tags_entry(tags, at);
    apr_uint32_t from;
    apr_uint32_t n;

    if (entry == NULL) {
        return 0;
    }
    from = wecom_block_word(&entry->department);
    n = wecom_block_word(&entry->department_count);
    if (from > tags->department_count || n > tags->department_count - from || i >= n) {
        return 0;
    }
    return (apr_int64_t)wecom_block_word(&tags->departments[from + i]);
}
