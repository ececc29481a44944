/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_contacts.c - what an answer about departments and tags, or whoever answers in its place, can
 * make of them.
 *
 * The first byte picks the reader: l department/list, s department/simplelist, t tag/list, g
 * tag/get. The rest is the answer. What is read is built into a block, which takes every list.
 */
#include <string.h>

#include <apr_general.h>

#include "../../src/auth/tags.h"
#include "../../src/auth/tree.h"
#include "../../src/base/text.h"
#include "../../src/wecom/member.h"
#include "insist.h"

static void insist_error(wecom_status_t status, const wecom_error_t *err)
{
    insist(status == WECOM_E_REMOTE || status == WECOM_E_ANSWER);
    insist(err->status == status && err->stage != NULL);
    insist((err->upstream != 0) == (status == WECOM_E_REMOTE));
    insist(err->detail == NULL
           || wecom_text_is_plain_utf8(err->detail, strlen(err->detail)));
}

static void insist_name(const char *name)
{
    insist(name == NULL || (name[0] != '\0' && strlen(name) <= WECOM_MAX_NAME
                            && wecom_text_is_plain_utf8(name, strlen(name))));
}

static void try_departments(int without_names, const char *body, apr_size_t len, apr_pool_t *pool)
{
    wecom_departments_t departments;
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    wecom_tree_report_t report;
    apr_size_t i;
    wecom_status_t status = wecom_contacts_parse_departments(&departments, &err, without_names,
                                                             body, len, pool);

    if (status != WECOM_OK) {
        insist_error(status, &err);
        insist(departments.list == NULL && departments.count == 0);
        return;
    }
    for (i = 0; i < departments.count; i++) {
        insist(!without_names || departments.list[i].name == NULL);
        insist_name(departments.list[i].name);
    }
    insist(wecom_tree_build(NULL, 0, &report, departments.list, departments.count, pool)
           == WECOM_E_TOO_LARGE);
    insist(report.count <= departments.count);
}

static void try_tags(int one, const char *body, apr_size_t len, apr_pool_t *pool)
{
    wecom_tag_list_t tags = { NULL, 0 };
    wecom_tag_t tag;
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    apr_size_t needed;
    apr_size_t i;
    wecom_status_t status;

    memset(&tag, 0, sizeof(tag));
    tag.id = 12;
    status = one ? wecom_contacts_parse_tag(&tag, &err, body, len, pool)
        : wecom_contacts_parse_tags(&tags, &err, body, len, pool);
    if (status != WECOM_OK) {
        insist_error(status, &err);
        insist(tags.count == 0 && !tag.is_read && tag.user_count == 0);
        return;
    }
    if (one) {
        tags.list = &tag;
        tags.count = 1;
        for (i = 0; i < tag.user_count; i++) {
            insist(wecom_member_is_userid(tag.userids[i]));
        }
    }
    for (i = 0; i < tags.count; i++) {
        insist(tags.list[i].is_read == one);
        insist_name(tags.list[i].name);
    }
    insist(wecom_tags_build(NULL, 0, &needed, tags.list, tags.count, 0, pool)
           == WECOM_E_TOO_LARGE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int started;
    apr_pool_t *pool;
    const char *body = (const char *)data + 1;

    if (!started) {
        insist(apr_initialize() == APR_SUCCESS);
        started = 1;
    }
    if (size == 0) {
        return 0;
    }
    insist(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    switch (data[0]) {
    case 'l':
    case 's':
        try_departments(data[0] == 's', body, size - 1, pool);
        break;
    case 't':
    case 'g':
        try_tags(data[0] == 'g', body, size - 1, pool);
        break;
    default:
        break;
    }
    apr_pool_destroy(pool);
    return 0;
}
