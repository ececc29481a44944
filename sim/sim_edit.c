/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_edit.c - edits into the segment, and over the data.
 */
#include "sim_edit.h"

#include <string.h>

#include <apr_strings.h>

#include "../src/base/text.h"
#include "sim_segment.h"

static int sim_edit_same(const sim_edit_t *a, const sim_edit_t *b)
{
    return a->kind == b->kind && a->set == b->set && a->id == b->id
           && strcmp(a->corpid, b->corpid) == 0 && (a->set & SIM_SET_AGAIN) == 0;
}

int sim_edit_add(const sim_edit_t *edit)
{
    sim_segment_t *segment = sim_segment_lock();
    sim_live_t *live = &segment->live;
    unsigned int i;
    int done;

    for (i = 0; i < live->edits_n; i++) {
        if (sim_edit_same(&live->edits[i], edit)) {
            live->edits_n--;
            memmove(&live->edits[i], &live->edits[i + 1],
                    (live->edits_n - i) * sizeof(live->edits[0]));
            break;
        }
    }
    done = live->edits_n < SIM_EDITS;
    if (done) {
        live->edits[live->edits_n++] = *edit;
        segment->generation++;
    }
    sim_segment_unlock(segment);
    return done;
}

apr_size_t sim_edit_list(sim_edit_t **list, apr_pool_t *pool)
{
    sim_segment_t *segment = sim_segment_lock();
    apr_size_t n = segment->live.edits_n;

    *list = n == 0 ? NULL : apr_pmemdup(pool, segment->live.edits, n * sizeof(sim_edit_t));
    sim_segment_unlock(segment);
    return n;
}

/* --- over the data --------------------------------------------------------------------------- */

static const apr_array_header_t *sim_edit_words(const char *text, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 4, sizeof(const char *));
    char *last = NULL;
    char *word = apr_strtok(apr_pstrdup(pool, text), ",", &last);

    while (word != NULL) {
        APR_ARRAY_PUSH(words, const char *) = word;
        word = apr_strtok(NULL, ",", &last);
    }
    return words;
}

static const apr_array_header_t *sim_edit_ids(const char *text, apr_pool_t *pool)
{
    const apr_array_header_t *words = sim_edit_words(text, pool);
    apr_array_header_t *ids = apr_array_make(pool, 4, sizeof(int));
    int i;

    for (i = 0; i < words->nelts; i++) {
        apr_int64_t id = 0;

        if (wecom_text_number(&id, SIM_TEXT_AT(words, i), 1, APR_INT32_MAX) == WECOM_OK) {
            APR_ARRAY_PUSH(ids, int) = (int)id;
        }
    }
    return ids;
}

static void sim_edit_department(sim_corp_t *corp, const sim_edit_t *edit, apr_pool_t *pool)
{
    apr_array_header_t *made = apr_array_make(pool, corp->departments->nelts + 1,
                                              sizeof(sim_department_t));
    sim_department_t *mine = NULL;
    int i;

    for (i = 0; i < corp->departments->nelts; i++) {
        const sim_department_t *d = SIM_AT(corp->departments, sim_department_t, i);

        if (d->id == edit->id && (edit->set & SIM_SET_REMOVED)) {
            continue;
        }
        APR_ARRAY_PUSH(made, sim_department_t) = *d;
        if (d->id == edit->id && mine == NULL && (edit->set & SIM_SET_AGAIN) == 0) {
            mine = &APR_ARRAY_IDX(made, made->nelts - 1, sim_department_t);
        }
    }
    corp->departments = made;
    if (edit->set & SIM_SET_REMOVED) {
        return;
    }
    if (mine == NULL) {
        mine = memset(apr_array_push(made), 0, sizeof(*mine));
        mine->id = edit->id;
        mine->parentid = 1;
        mine->order = 100000000;
        mine->name = apr_psprintf(pool, "部门%d", edit->id);
        mine->name_en = "";
        mine->leaders = apr_array_make(pool, 1, sizeof(const char *));
    }
    if (edit->set & SIM_SET_PARENT) {
        mine->parentid = edit->parentid;
    }
    if (edit->set & SIM_SET_NAME) {
        mine->name = apr_pstrdup(pool, edit->name);
    }
    if (edit->set & SIM_SET_UNNAMED) {
        mine->name = NULL;
    }
    if (edit->set & SIM_SET_USERS) {
        mine->leaders = sim_edit_words(edit->users, pool);
    }
}

static void sim_edit_tag(sim_corp_t *corp, const sim_edit_t *edit, apr_pool_t *pool)
{
    apr_array_header_t *made = apr_array_make(pool, corp->tags->nelts + 1, sizeof(sim_tag_t));
    sim_tag_t *mine = NULL;
    int i;

    for (i = 0; i < corp->tags->nelts; i++) {
        const sim_tag_t *tag = SIM_AT(corp->tags, sim_tag_t, i);

        if (tag->id == edit->id && (edit->set & SIM_SET_REMOVED)) {
            continue;
        }
        APR_ARRAY_PUSH(made, sim_tag_t) = *tag;
        if (tag->id == edit->id) {
            mine = &APR_ARRAY_IDX(made, made->nelts - 1, sim_tag_t);
        }
    }
    corp->tags = made;
    if (edit->set & SIM_SET_REMOVED) {
        return;
    }
    if (mine == NULL) {
        mine = memset(apr_array_push(made), 0, sizeof(*mine));
        mine->id = edit->id;
        mine->name = apr_psprintf(pool, "标签%d", edit->id);
        mine->users = apr_array_make(pool, 1, sizeof(const char *));
        mine->departments = apr_array_make(pool, 1, sizeof(int));
    }
    if (edit->set & SIM_SET_NAME) {
        mine->name = apr_pstrdup(pool, edit->name);
    }
    if (edit->set & SIM_SET_USERS) {
        mine->users = sim_edit_words(edit->users, pool);
    }
    if (edit->set & SIM_SET_DEPARTMENTS) {
        mine->departments = sim_edit_ids(edit->department_list, pool);
    }
    if (edit->set & SIM_SET_FORBIDDEN) {
        mine->forbidden = edit->forbidden;
    }
}

static void sim_edit_app(sim_corp_t *corp, const sim_edit_t *edit, apr_pool_t *pool)
{
    const char *agentid = apr_itoa(pool, edit->id);
    int i;

    for (i = 0; i < corp->apps->nelts; i++) {
        sim_app_t *app = &((sim_app_t *)corp->apps->elts)[i];

        if (strcmp(app->agentid, agentid) != 0) {
            continue;
        }
        if (edit->set & SIM_SET_NAMES) {
            app->names = edit->names;
        }
        if (edit->set & SIM_SET_VISIBLE) {
            app->all_visible = 1;
        }
    }
}

/* The first `levels` departments are a chain, so that the tree is as deep as was asked for; each
 * of the others hangs below an earlier one, two by two, and higher up where that one lies too
 * deep. */
static void sim_edit_grow_departments(sim_corp_t *corp, const sim_edit_t *edit, apr_pool_t *pool)
{
    apr_array_header_t *made = apr_array_make(pool, corp->departments->nelts + edit->departments,
                                              sizeof(sim_department_t));
    int *parents = apr_palloc(pool, sizeof(int) * (apr_size_t)(edit->departments + 1));
    int *depths = apr_palloc(pool, sizeof(int) * (apr_size_t)(edit->departments + 1));
    const apr_array_header_t *nobody = apr_array_make(pool, 1, sizeof(const char *));
    int k;

    apr_array_cat(made, corp->departments);
    for (k = 0; k < edit->departments; k++) {
        int parent = k < edit->levels ? k - 1 : (k - edit->levels) / 2;
        sim_department_t *d = memset(apr_array_push(made), 0, sizeof(*d));

        while (parent >= 0 && depths[parent] == edit->levels) {
            parent = parents[parent];
        }
        parents[k] = parent;
        depths[k] = parent < 0 ? 1 : depths[parent] + 1;
        d->id = SIM_FIRST_GROWN + k;
        d->parentid = parent < 0 ? edit->parentid : SIM_FIRST_GROWN + parent;
        d->order = 100000000 - k;
        d->name = apr_psprintf(pool, "部门%d", k + 1);
        d->name_en = "";
        d->leaders = nobody;
    }
    corp->departments = made;
}

static void sim_edit_grow(sim_corp_t *corp, const sim_edit_t *edit, apr_pool_t *pool)
{
    int i;

    if (edit->departments > 0) {
        sim_edit_grow_departments(corp, edit, pool);
    }
    corp->crowd = edit->members;
    corp->crowd_departments = edit->departments;
    corp->crowd_below = edit->parentid;
    for (i = 0; i < corp->tags->nelts; i++) {
        sim_tag_t *tag = &((sim_tag_t *)corp->tags->elts)[i];

        if (tag->id == edit->id) {
            tag->has_crowd = 1;
        }
    }
}

static void sim_edit_apply_one(sim_corp_t *corp, const sim_edit_t *edit, apr_pool_t *pool)
{
    switch (edit->kind) {
    case SIM_EDIT_DEPARTMENT:
        sim_edit_department(corp, edit, pool);
        break;
    case SIM_EDIT_TAG:
        sim_edit_tag(corp, edit, pool);
        break;
    case SIM_EDIT_APP:
        sim_edit_app(corp, edit, pool);
        break;
    case SIM_EDIT_GROW:
        sim_edit_grow(corp, edit, pool);
        break;
    }
}

void sim_edit_apply(const sim_data_t *data, const sim_edit_t *edits, apr_size_t n,
                    apr_pool_t *pool)
{
    apr_size_t i;
    int j;

    for (j = 0; j < data->corps->nelts; j++) {
        sim_corp_t *corp = &((sim_corp_t *)data->corps->elts)[j];

        for (i = 0; i < n; i++) {
            if (strcmp(edits[i].corpid, corp->corpid) == 0) {
                sim_edit_apply_one(corp, &edits[i], pool);
            }
        }
        sim_data_index(corp, pool);
    }
}

/* --- the crowd ------------------------------------------------------------------------------- */

const sim_member_t *sim_edit_crowd(const sim_corp_t *corp, int n, apr_pool_t *pool)
{
    apr_array_header_t *departments = apr_array_make(pool, 1, sizeof(int));
    apr_array_header_t *zeros = apr_array_make(pool, 1, sizeof(int));
    sim_member_t *m = apr_pcalloc(pool, sizeof(*m));

    m->main_department = sim_edit_crowd_department(corp, n);
    APR_ARRAY_PUSH(departments, int) = m->main_department;
    APR_ARRAY_PUSH(zeros, int) = 0;
    m->userid = apr_psprintf(pool, SIM_CROWD "%06d", n);
    m->name = apr_psprintf(pool, "成员%d", n);
    m->status = 1;
    m->departments = departments;
    m->leads = zeros;
    m->orders = zeros;
    m->direct_leader = apr_array_make(pool, 1, sizeof(const char *));
    m->position = m->alias = m->telephone = m->mobile = m->email = m->biz_mail = "";
    m->avatar = m->qr_code = m->address = "";
    m->gender = "0";
    m->visible = SIM_KEEP;
    return m;
}

int sim_edit_crowd_department(const sim_corp_t *corp, int n)
{
    return corp->crowd_departments > 0 ? SIM_FIRST_GROWN + (n - 1) % corp->crowd_departments
                                       : corp->crowd_below;
}

int sim_edit_crowd_number(const sim_corp_t *corp, const char *userid)
{
    apr_int64_t n = 0;
    apr_size_t len = sizeof(SIM_CROWD) - 1;

    if (strncmp(userid, SIM_CROWD, len) != 0 || strlen(userid) != len + 6
        || wecom_text_number(&n, userid + len + strspn(userid + len, "0"), 1, corp->crowd)
               != WECOM_OK) {
        return 0;
    }
    return (int)n;
}
