/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_people.c - members, visible range, and who sits before the browser.
 */
#include "sim_people.h"

#include <apr_strings.h>

#include "../src/base/limits.h"
#include "../src/base/text.h"
#include "sim_edit.h"

static const sim_change_t *sim_people_change(const sim_call_t *call, const sim_corp_t *corp,
                                             const sim_member_t *member)
{
    apr_size_t i;

    for (i = 0; i < call->changes_n; i++) {
        if (strcmp(call->changes[i].corpid, corp->corpid) == 0
            && strcmp(call->changes[i].userid, member->userid) == 0) {
            return &call->changes[i];
        }
    }
    return NULL;
}

static const apr_array_header_t *sim_people_zeros(apr_pool_t *pool, int n)
{
    apr_array_header_t *zeros = apr_array_make(pool, n + 1, sizeof(int));
    int i;

    for (i = 0; i < n; i++) {
        APR_ARRAY_PUSH(zeros, int) = 0;
    }
    return zeros;
}

static void sim_people_move(sim_member_t *now, const sim_change_t *change, apr_pool_t *pool)
{
    int i, j;

    if (change->departments != SIM_KEEP) {
        apr_array_header_t *ids = apr_array_make(pool, 2, sizeof(int));

        for (i = 0; i < change->departments; i++) {
            APR_ARRAY_PUSH(ids, int) = change->department[i];
        }
        now->departments = ids;
        now->leads = sim_people_zeros(pool, ids->nelts);
        now->orders = now->leads;
        now->main_department = ids->nelts > 0 ? SIM_INT_AT(ids, 0) : 0;
    }
    if (change->main_department != SIM_KEEP) {
        now->main_department = change->main_department;
    }
    if (change->leads != SIM_KEEP) {
        apr_array_header_t *flags = apr_array_make(pool, 2, sizeof(int));

        for (i = 0; i < now->departments->nelts; i++) {
            int leads = 0;

            for (j = 0; j < change->leads; j++) {
                leads |= change->lead[j] == SIM_INT_AT(now->departments, i);
            }
            APR_ARRAY_PUSH(flags, int) = leads;
        }
        now->leads = flags;
    }
}

/* The member with the change laid over; itself when nothing was changed; NULL when deleted. */
static const sim_member_t *sim_people_now(const sim_call_t *call, const sim_corp_t *corp,
                                          const sim_member_t *member)
{
    const sim_change_t *change = sim_people_change(call, corp, member);
    sim_member_t *now;
    const char **texts[SIM_CHANGE_TEXTS];
    int i;

    if (change == NULL) {
        return member;
    }
    if (change->deleted) {
        return NULL;
    }
    now = apr_pmemdup(call->pool, member, sizeof(*member));
    if (change->status != SIM_KEEP) {
        now->status = change->status;
    }
    now->visible = change->visible;
    sim_people_move(now, change, call->pool);
    if (change->has_extattr
        && wecom_json_parse(&now->extattr, change->extattr, strlen(change->extattr), call->pool)
               != WECOM_OK) {
        now->extattr = NULL;
    }
    texts[0] = &now->name;
    texts[1] = &now->position;
    texts[2] = &now->mobile;
    texts[3] = &now->email;
    texts[4] = &now->biz_mail;
    texts[5] = &now->alias;
    texts[6] = &now->telephone;
    for (i = 0; i < SIM_CHANGE_TEXTS; i++) {
        if (change->texts & (1u << i)) {
            *texts[i] = change->text[i];
        }
    }
    return now;
}

const sim_member_t *sim_people_find(const sim_call_t *call, const sim_corp_t *corp,
                                    const char *userid)
{
    const sim_member_t *member = sim_data_member(corp, userid, call->pool);

    return member == NULL ? NULL : sim_people_now(call, corp, member);
}

const apr_array_header_t *sim_people_all(const sim_call_t *call, const sim_corp_t *corp)
{
    apr_array_header_t *all;
    int i;

    if (call->changes_n == 0) {
        return corp->members;
    }
    all = apr_array_make(call->pool, corp->members->nelts + 1, sizeof(sim_member_t));
    for (i = 0; i < corp->members->nelts; i++) {
        const sim_member_t *member = sim_people_now(call, corp,
                                                    SIM_AT(corp->members, sim_member_t, i));

        if (member != NULL) {
            APR_ARRAY_PUSH(all, sim_member_t) = *member;
        }
    }
    return all;
}

int sim_people_sees_department(const sim_corp_t *corp, const sim_app_t *app, int id)
{
    int i;

    if (app->all_visible) {
        return 1;
    }
    for (i = 0; i < app->visible_departments->nelts; i++) {
        if (sim_data_below(corp, id, SIM_INT_AT(app->visible_departments, i))) {
            return 1;
        }
    }
    return 0;
}

int sim_people_sees(const sim_corp_t *corp, const sim_app_t *app, const sim_member_t *member)
{
    int i;

    if (member->visible != SIM_KEEP) {
        return member->visible;
    }
    if (app->all_visible || sim_data_lists(app->visible_users, member->userid, !corp->encrypted)) {
        return 1;
    }
    for (i = 0; i < member->departments->nelts; i++) {
        if (sim_people_sees_department(corp, app, SIM_INT_AT(member->departments, i))) {
            return 1;
        }
    }
    return 0;
}

int sim_people_in(const sim_corp_t *corp, const sim_member_t *member, int id, int deep)
{
    int i;

    for (i = 0; i < member->departments->nelts; i++) {
        int own = SIM_INT_AT(member->departments, i);

        if (own == id || (deep && sim_data_below(corp, own, id))) {
            return 1;
        }
    }
    return 0;
}

int sim_people_linked(const sim_call_t *call, const char *person)
{
    const char *slash = strchr(person, '/');
    const sim_corp_t *corp;

    if (slash == NULL) {
        return 0;
    }
    corp = sim_data_corp(call->data, apr_pstrmemdup(call->pool, person,
                                                    (apr_size_t)(slash - person)));
    return corp != NULL && sim_data_member(corp, slash + 1, call->pool) != NULL;
}

int sim_people_known(const sim_call_t *call, const sim_corp_t *corp, const char *person)
{
    if (strncmp(person, SIM_OPENID, sizeof(SIM_OPENID) - 1) == 0) {
        return person[sizeof(SIM_OPENID) - 1] != '\0';
    }
    return sim_data_member(corp, person, call->pool) != NULL || sim_people_linked(call, person);
}

/* SimUser/<person> in the User-Agent, up to the next blank; NULL when it is not there. */
static const char *sim_people_in_agent(sim_call_t *call)
{
    const char *agent = apr_table_get(call->r->headers_in, "User-Agent");
    const char *mark = agent == NULL ? NULL : strstr(agent, "SimUser/");
    apr_size_t len;

    if (mark == NULL) {
        return NULL;
    }
    mark += sizeof("SimUser/") - 1;
    len = strcspn(mark, " \t;)");
    return len == 0 || len > SIM_MAX_PERSON ? NULL : apr_pstrmemdup(call->pool, mark, len);
}

const char *sim_people_here(sim_call_t *call, const sim_corp_t *corp)
{
    const char *person = sim_call_cookie(call, "sim_user", SIM_MAX_PERSON);

    if (person == NULL) {
        person = sim_people_in_agent(call);
    }
    if (person == NULL) {
        person = corp->default_user;
    }
    if (person != NULL && !wecom_text_is_plain_utf8(person, strlen(person))) {
        return NULL;
    }
    return person;
}
