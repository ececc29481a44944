/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_data_find.c - looking into the contact data.
 */
#include <string.h>

#include "../src/base/text.h"
#include "sim_data.h"
#include "sim_edit.h"

#define SIM_MAX_DEPTH 20 /* of the department tree; WeCom's own limit is 15 */

const sim_corp_t *sim_data_corp(const sim_data_t *data, const char *corpid)
{
    int i;

    for (i = 0; corpid != NULL && i < data->corps->nelts; i++) {
        const sim_corp_t *corp = SIM_AT(data->corps, sim_corp_t, i);

        if (corp->encrypted ? strcmp(corp->corpid, corpid) == 0
                            : wecom_text_equal_fold(corp->corpid, corpid)) {
            return corp;
        }
    }
    return NULL;
}

const sim_app_t *sim_data_app(const sim_corp_t *corp, const char *agentid)
{
    int i;

    for (i = 0; agentid != NULL && i < corp->apps->nelts; i++) {
        const sim_app_t *app = SIM_AT(corp->apps, sim_app_t, i);

        if (strcmp(app->agentid, agentid) == 0) {
            return app;
        }
    }
    return NULL;
}

const sim_department_t *sim_data_department(const sim_corp_t *corp, int id)
{
    return apr_hash_get(corp->by_department, &id, sizeof(id));
}

void sim_data_index(sim_corp_t *corp, apr_pool_t *pool)
{
    int i;

    corp->by_department = apr_hash_make(pool);
    for (i = corp->departments->nelts - 1; i >= 0; i--) {
        const sim_department_t *department = SIM_AT(corp->departments, sim_department_t, i);

        apr_hash_set(corp->by_department, &department->id, sizeof(department->id), department);
    }
}

const sim_tag_t *sim_data_tag(const sim_corp_t *corp, int id)
{
    int i;

    for (i = 0; i < corp->tags->nelts; i++) {
        const sim_tag_t *tag = SIM_AT(corp->tags, sim_tag_t, i);

        if (tag->id == id) {
            return tag;
        }
    }
    return NULL;
}

const sim_member_t *sim_data_member(const sim_corp_t *corp, const char *userid, apr_pool_t *pool)
{
    const char *key = corp->encrypted ? userid : wecom_text_fold(userid, pool);

    const sim_member_t *member = NULL;
    int n;

    if (key != NULL) {
        member = apr_hash_get(corp->by_userid, key, APR_HASH_KEY_STRING);
        n = member == NULL ? sim_edit_crowd_number(corp, key) : 0;
        member = n > 0 ? sim_edit_crowd(corp, n, pool) : member;
    }
    return member;
}

const sim_outsider_t *sim_data_outsider(const sim_data_t *data, const char *openid)
{
    int i;

    for (i = 0; i < data->outsiders->nelts; i++) {
        const sim_outsider_t *outsider = SIM_AT(data->outsiders, sim_outsider_t, i);

        if (wecom_text_equal(outsider->openid, openid)) {
            return outsider;
        }
    }
    return NULL;
}

int sim_data_below(const sim_corp_t *corp, int id, int ancestor)
{
    int depth;

    for (depth = 0; depth < SIM_MAX_DEPTH && id != 0; depth++) {
        const sim_department_t *department;

        if (id == ancestor) {
            return 1;
        }
        department = sim_data_department(corp, id);
        id = department == NULL ? 0 : department->parentid;
    }
    return 0;
}

int sim_data_lists(const apr_array_header_t *texts, const char *text, int fold)
{
    int i;

    for (i = 0; texts != NULL && i < texts->nelts; i++) {
        if (fold ? wecom_text_equal_fold(SIM_TEXT_AT(texts, i), text)
                 : wecom_text_equal(SIM_TEXT_AT(texts, i), text)) {
            return 1;
        }
    }
    return 0;
}
