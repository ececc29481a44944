/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_command.c - from a form to a change of a member, or to an edit of the rest.
 */
#include "sim_command.h"

#include <apr_strings.h>

#include "../src/base/limits.h"
#include "../src/base/text.h"
#include "sim_control.h"
#include "sim_edit.h"

/* The corp that is named; the first where none is; NULL where there is no such corp. */
static const sim_corp_t *sim_command_corp(sim_call_t *call)
{
    const char *corpid = sim_call_form(call, "corp", SIM_MAX_CORPID);

    return corpid == NULL ? SIM_AT(call->data->corps, sim_corp_t, 0)
                          : sim_data_corp(call->data, corpid);
}

/* "2,5" or "" into ids; how many; -1 when it is something else. */
static int sim_command_ids(int *ids, int max, sim_call_t *call, const char *text)
{
    char *last = NULL;
    char *word = apr_strtok(apr_pstrdup(call->pool, text), ",", &last);
    int n = 0;

    while (word != NULL) {
        apr_int64_t id = 0;

        if (n == max || wecom_text_number(&id, word, 1, APR_INT32_MAX) != WECOM_OK) {
            return -1;
        }
        ids[n++] = (int)id;
        word = apr_strtok(NULL, ",", &last);
    }
    return n;
}

/* NULL, or what is wrong. */
static const char *sim_command_change(sim_call_t *call, sim_change_t *change)
{
    const char *departments = sim_call_form(call, "department", 200);
    const char *leads = sim_call_form(call, "leads", 200);
    const char *extattr = sim_call_form(call, "extattr", SIM_MAX_EXTATTR);
    const wecom_json_t *json = NULL;
    int i;

    change->status = (int)sim_call_form_number(call, "status", SIM_KEEP, 5, change->status);
    change->deleted = (int)sim_call_form_number(call, "deleted", 0, 1, change->deleted);
    change->visible = (int)sim_call_form_number(call, "visible", SIM_KEEP, 1, change->visible);
    change->main_department = (int)sim_call_form_number(call, "main_department", SIM_KEEP,
                                                        APR_INT32_MAX, change->main_department);
    if (departments != NULL) {
        change->departments = sim_command_ids(change->department, SIM_MAX_CHANGE_DEPARTMENTS,
                                              call, departments);
    }
    if (leads != NULL) {
        change->leads = sim_command_ids(change->lead, SIM_MAX_CHANGE_DEPARTMENTS, call, leads);
    }
    if ((departments != NULL && change->departments < 0) || (leads != NULL && change->leads < 0)) {
        return "department and leads are lists of at most 20 numbers";
    }
    for (i = 0; i < SIM_CHANGE_TEXTS; i++) {
        const char *text = sim_call_form(call, sim_lever_texts[i], SIM_MAX_TEXT);

        if (text != NULL) {
            change->texts |= 1u << i;
            apr_cpystrn(change->text[i], text, sizeof(change->text[i]));
        }
    }
    if (extattr != NULL) {
        if (wecom_json_parse(&json, extattr, strlen(extattr), call->pool) != WECOM_OK) {
            return "extattr is not a JSON object as in the data file";
        }
        change->has_extattr = 1;
        apr_cpystrn(change->extattr, extattr, sizeof(change->extattr));
    }
    return NULL;
}

int sim_command_member(sim_call_t *call)
{
    const char *userid = sim_call_form(call, "userid", SIM_MAX_PERSON);
    const sim_corp_t *corp = sim_command_corp(call);
    const sim_member_t *member = NULL;
    sim_change_t *change = apr_pcalloc(call->pool, sizeof(*change));
    const char *error;

    if (corp != NULL && userid != NULL) {
        member = sim_data_member(corp, userid, call->pool);
    }
    if (member == NULL) {
        return sim_control_bad(call, "no such corp and userid");
    }
    sim_lever_change_get(change, corp->corpid, member->userid);
    error = sim_command_change(call, change);
    if (error != NULL) {
        return sim_control_bad(call, error);
    }
    if (!sim_lever_change_put(change)) {
        return sim_control_bad(call, "the table of changed members is full");
    }
    return sim_control_ok(call);
}

static int sim_command_add(sim_call_t *call, const sim_edit_t *edit)
{
    if (!sim_edit_add(edit)) {
        return sim_control_bad(call, "the table of edits is full; /sim/reset empties it");
    }
    return sim_control_ok(call);
}

/* An edit of the thing that the form's field `id` names; NULL without a corp or a number. */
static sim_edit_t *sim_command_edit(sim_call_t *call, sim_edit_kind_t kind, const char *id)
{
    const sim_corp_t *corp = sim_command_corp(call);
    sim_edit_t *edit = apr_pcalloc(call->pool, sizeof(*edit));

    edit->kind = kind;
    edit->id = (int)sim_call_form_number(call, id, 1, APR_INT32_MAX, 0);
    if (corp == NULL || edit->id == 0) {
        return NULL;
    }
    apr_cpystrn(edit->corpid, corp->corpid, sizeof(edit->corpid));
    if (sim_call_form_number(call, "removed", 0, 1, 0) == 1) {
        edit->set |= SIM_SET_REMOVED;
    }
    return edit;
}

static void sim_command_text(sim_edit_t *edit, unsigned int bit, char *to, apr_size_t size,
                             const char *text)
{
    if (text != NULL) {
        edit->set |= bit;
        apr_cpystrn(to, text, size);
    }
}

int sim_command_department(sim_call_t *call)
{
    sim_edit_t *edit = sim_command_edit(call, SIM_EDIT_DEPARTMENT, "id");
    apr_int64_t parentid = sim_call_form_number(call, "parentid", 0, APR_INT32_MAX, -1);

    if (edit == NULL) {
        return sim_control_bad(call, "no such corp, or id is not a number from 1");
    }
    if (parentid >= 0) {
        edit->set |= SIM_SET_PARENT;
        edit->parentid = (int)parentid;
    }
    if (sim_call_form_number(call, "again", 0, 1, 0) == 1) {
        edit->set |= SIM_SET_AGAIN;
    }
    if (sim_call_form_number(call, "unnamed", 0, 1, 0) == 1) {
        edit->set |= SIM_SET_UNNAMED;
    }
    sim_command_text(edit, SIM_SET_NAME, edit->name, sizeof(edit->name),
                     sim_call_form(call, "name", SIM_MAX_TEXT));
    sim_command_text(edit, SIM_SET_USERS, edit->users, sizeof(edit->users),
                     sim_call_form(call, "leaders", SIM_MAX_LIST));
    return sim_command_add(call, edit);
}

int sim_command_tag(sim_call_t *call)
{
    sim_edit_t *edit = sim_command_edit(call, SIM_EDIT_TAG, "tagid");
    apr_int64_t forbidden = sim_call_form_number(call, "forbidden", 0, 1, -1);

    if (edit == NULL) {
        return sim_control_bad(call, "no such corp, or tagid is not a number from 1");
    }
    if (forbidden >= 0) {
        edit->set |= SIM_SET_FORBIDDEN;
        edit->forbidden = (int)forbidden;
    }
    sim_command_text(edit, SIM_SET_NAME, edit->name, sizeof(edit->name),
                     sim_call_form(call, "tagname", SIM_MAX_TEXT));
    sim_command_text(edit, SIM_SET_USERS, edit->users, sizeof(edit->users),
                     sim_call_form(call, "users", SIM_MAX_LIST));
    sim_command_text(edit, SIM_SET_DEPARTMENTS, edit->department_list,
                     sizeof(edit->department_list),
                     sim_call_form(call, "departments", SIM_MAX_LIST));
    return sim_command_add(call, edit);
}

int sim_command_app(sim_call_t *call)
{
    static const char *const words[] = {"given", "userid", "omit"};
    sim_edit_t *edit = sim_command_edit(call, SIM_EDIT_APP, "agentid");
    const char *names = sim_call_form(call, "names", SIM_MAX_WORD);
    int i;

    if (edit == NULL || sim_data_app(sim_command_corp(call), apr_itoa(call->pool, edit->id))
                            == NULL) {
        return sim_control_bad(call, "no such corp and agentid");
    }
    for (i = 0; names != NULL && i < 3; i++) {
        if (strcmp(names, words[i]) == 0) {
            edit->set |= SIM_SET_NAMES;
            edit->names = (sim_names_t)i;
        }
    }
    if (sim_call_form_number(call, "all_visible", 0, 1, 0) == 1) {
        edit->set |= SIM_SET_VISIBLE;
    }
    if (edit->set == 0) {
        return sim_control_bad(call, "needs names=given, userid or omit, or all_visible=1");
    }
    return sim_command_add(call, edit);
}

int sim_command_grow(sim_call_t *call)
{
    const sim_corp_t *corp = sim_command_corp(call);
    sim_edit_t *edit = apr_pcalloc(call->pool, sizeof(*edit));

    edit->kind = SIM_EDIT_GROW;
    edit->id = (int)sim_call_form_number(call, "tagid", 1, APR_INT32_MAX, 0);
    edit->parentid = (int)sim_call_form_number(call, "below", 0, APR_INT32_MAX, 1);
    edit->departments = (int)sim_call_form_number(call, "departments", 0, SIM_MAX_GROWN, -1);
    edit->levels = (int)sim_call_form_number(call, "levels", 1, SIM_MAX_GROWN, 14);
    edit->members = (int)sim_call_form_number(call, "members", 0, SIM_MAX_CROWD, -1);
    if (corp == NULL || edit->departments < 0 || edit->members < 0) {
        return sim_control_bad(call, apr_psprintf(call->pool, "no such corp, or not: departments "
                                                  "from 0 to %d, members from 0 to %d",
                                                  SIM_MAX_GROWN, SIM_MAX_CROWD));
    }
    apr_cpystrn(edit->corpid, corp->corpid, sizeof(edit->corpid));
    return sim_command_add(call, edit);
}
