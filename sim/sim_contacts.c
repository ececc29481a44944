/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_contacts.c - user, department and tag calls: the contact data through the app's window.
 *
 * Protocol sources: WeCom's documents 90196 (user/get), 90200, 90201, 90208, 95350, 95351, 90213
 * and 90216.
 */
#include <apr_strings.h>

#include "../src/base/limits.h"
#include "../src/base/text.h"
#include "sim_api.h"
#include "sim_edit.h"
#include "sim_people.h"

#define SIM_CROWD_ITEM 64 /* bytes of one member of a crowd in a list, at most */

/* The app's view of the member's departments; order and leader flags run parallel to it. */
static void sim_contacts_departments(sim_api_t *api, wecom_json_out_t *out,
                                     const sim_member_t *m)
{
    wecom_json_out_t *ids = sim_api_array(api, out, "department");
    wecom_json_out_t *orders = sim_api_array(api, out, "order");
    wecom_json_out_t *leads = sim_api_array(api, out, "is_leader_in_dept");
    int i;

    for (i = 0; i < m->departments->nelts; i++) {
        int id = SIM_INT_AT(m->departments, i);

        if (sim_people_sees_department(api->corp, api->app, id)) {
            wecom_json_out_number(ids, NULL, id);
            wecom_json_out_number(orders, NULL, SIM_INT_AT(m->orders, i));
            wecom_json_out_number(leads, NULL, SIM_INT_AT(m->leads, i));
        }
    }
}

/* The parts of extattr that are known: attrs of type 0 (text) and 1 (web). */
static void sim_contacts_extattr(sim_api_t *api, wecom_json_out_t *out, const sim_member_t *m)
{
    wecom_json_out_t *extattr = sim_api_object(api, out, "extattr");
    wecom_json_out_t *attrs = wecom_json_out_child_array(extattr, "attrs");
    const wecom_json_t *list = wecom_json_array(m->extattr, "attrs");
    apr_size_t i;

    for (i = 0; i < wecom_json_length(list); i++) {
        const wecom_json_t *attr = wecom_json_item(list, i);
        const wecom_json_t *web = wecom_json_object(attr, "web");
        wecom_json_out_t *item = wecom_json_out_child_object(attrs, NULL);
        wecom_json_out_t *value;

        wecom_json_out_number(item, "type", web != NULL ? 1 : 0);
        wecom_json_out_text(item, "name", wecom_json_text(attr, "name", WECOM_MAX_FIELD));
        value = wecom_json_out_child_object(item, web != NULL ? "web" : "text");
        if (web != NULL) {
            wecom_json_out_text(value, "url", wecom_json_text(web, "url", WECOM_MAX_FIELD));
            wecom_json_out_text(value, "title", wecom_json_text(web, "title", WECOM_MAX_FIELD));
        }
        else {
            wecom_json_out_text(value, "value", wecom_json_text(wecom_json_object(attr, "text"),
                                                                "value", WECOM_MAX_FIELD));
        }
    }
}

static void sim_contacts_name(sim_api_t *api, wecom_json_out_t *out, const sim_member_t *m)
{
    if (api->app->names != SIM_NAMES_OMITTED) {
        sim_api_text(api, out, "name", api->app->names == SIM_NAMES_GIVEN ? m->name : m->userid);
    }
}

static void sim_contacts_member(sim_api_t *api, wecom_json_out_t *out, const sim_member_t *m)
{
    const sim_app_t *app = api->app;
    wecom_json_out_t *leaders;
    int i;

    sim_api_text(api, out, "userid", m->userid);
    sim_contacts_name(api, out, m);
    sim_contacts_departments(api, out, m);
    if (m->main_department != 0
        && sim_people_sees_department(api->corp, app, m->main_department)) {
        sim_api_number(api, out, "main_department", m->main_department);
    }
    leaders = sim_api_array(api, out, "direct_leader");
    for (i = 0; i < m->direct_leader->nelts; i++) {
        wecom_json_out_text(leaders, NULL, SIM_TEXT_AT(m->direct_leader, i));
    }
    sim_api_number(api, out, "status", m->status);
    sim_api_text(api, out, "alias", m->alias);
    if (app->names == SIM_NAMES_GIVEN) {
        sim_api_text(api, out, "position", m->position);
        sim_api_text(api, out, "telephone", m->telephone);
        sim_contacts_extattr(api, out, m);
    }
    if (!app->old_profile) {
        /* Withheld for apps made after 2022-06-20; gender alone is then told as unknown. */
        sim_api_text(api, out, "gender", "0");
        return;
    }
    sim_api_text(api, out, "gender", m->gender);
    sim_api_text(api, out, "avatar", m->avatar);
    sim_api_text(api, out, "thumb_avatar", m->avatar);
    sim_api_text(api, out, "mobile", m->mobile);
    sim_api_text(api, out, "email", m->email);
    sim_api_text(api, out, "biz_mail", m->biz_mail);
    sim_api_text(api, out, "qr_code", m->qr_code);
    sim_api_text(api, out, "address", m->address);
    /* What very old tenants still send. */
    sim_api_number(api, out, "enable", m->status != 2);
    sim_api_text(api, out, "english_name", m->alias);
}

/* [0-9A-Za-z_.@-], 1 to 64 bytes, beginning with a letter or digit (document 90195). */
static int sim_contacts_is_userid(const char *userid)
{
    static const char first[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static const char rest[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.@-";

    return userid != NULL && strspn(userid, first) > 0 && strspn(userid, rest) == strlen(userid);
}

int sim_contacts_user_get(sim_api_t *api)
{
    const char *userid = sim_call_query(api->call, "userid", WECOM_MAX_USERID);
    const sim_member_t *m;
    wecom_json_out_t *root;

    if (!sim_contacts_is_userid(userid)) {
        return sim_api_error(api, 40003);
    }
    m = sim_people_find(api->call, api->corp, userid);
    if (m == NULL) {
        return sim_api_error(api, 60111);
    }
    if (!sim_people_sees(api->corp, api->app, m)) {
        return sim_api_error(api, 60011);
    }
    root = sim_api_begin(api);
    sim_contacts_member(api, root, m);
    return sim_api_send(api, root);
}

/* The department that a parameter names; *errcode where there is none, or none for this app. */
static const sim_department_t *sim_contacts_asked(sim_api_t *api, int *errcode, const char *name)
{
    const char *text = sim_call_query(api->call, name, 12);
    const sim_department_t *department;
    apr_int64_t id = 0;

    *errcode = 0;
    if (text == NULL || wecom_text_number(&id, text, 1, APR_INT32_MAX) != WECOM_OK) {
        *errcode = 60123;
        return NULL;
    }
    department = sim_data_department(api->corp, (int)id);
    if (department == NULL) {
        *errcode = 60003;
    }
    else if (!sim_people_sees_department(api->corp, api->app, department->id)) {
        *errcode = 60011;
    }
    return department;
}

static int sim_contacts_users(sim_api_t *api, int whole)
{
    int errcode = 0;
    const sim_department_t *department = sim_contacts_asked(api, &errcode, "department_id");
    const char *deep = sim_call_query(api->call, "fetch_child", 1);
    const apr_array_header_t *all;
    wecom_json_out_t *root;
    wecom_json_out_t *list;
    int i;

    if (errcode != 0) {
        return sim_api_error(api, errcode);
    }
    root = sim_api_begin(api);
    list = sim_api_array(api, root, "userlist");
    all = sim_people_all(api->call, api->corp);
    for (i = 0; i < all->nelts; i++) {
        const sim_member_t *m = SIM_AT(all, sim_member_t, i);
        wecom_json_out_t *item;

        if (!sim_people_in(api->corp, m, department->id, wecom_text_equal(deep, "1"))
            || !sim_people_sees(api->corp, api->app, m)) {
            continue;
        }
        item = wecom_json_out_child_object(list, NULL);
        if (whole) {
            sim_contacts_member(api, item, m);
        }
        else {
            wecom_json_out_t *ids;
            int j;

            sim_api_text(api, item, "userid", m->userid);
            sim_contacts_name(api, item, m);
            ids = sim_api_array(api, item, "department");
            for (j = 0; j < m->departments->nelts; j++) {
                if (sim_people_sees_department(api->corp, api->app,
                                               SIM_INT_AT(m->departments, j))) {
                    wecom_json_out_number(ids, NULL, SIM_INT_AT(m->departments, j));
                }
            }
        }
    }
    return sim_api_send(api, root);
}

int sim_contacts_user_list(sim_api_t *api)
{
    return sim_contacts_users(api, 1);
}

int sim_contacts_user_simplelist(sim_api_t *api)
{
    return sim_contacts_users(api, 0);
}

static void sim_contacts_department(sim_api_t *api, wecom_json_out_t *out,
                                    const sim_department_t *d)
{
    wecom_json_out_t *leaders;
    int i;

    sim_api_number(api, out, "id", d->id);
    if (api->app->names == SIM_NAMES_GIVEN && d->name != NULL) {
        sim_api_text(api, out, "name", d->name);
        sim_api_text(api, out, "name_en", d->name_en);
    }
    leaders = sim_api_array(api, out, "department_leader");
    for (i = 0; i < d->leaders->nelts; i++) {
        wecom_json_out_text(leaders, NULL, SIM_TEXT_AT(d->leaders, i));
    }
    sim_api_number(api, out, "parentid", d->parentid);
    sim_api_number(api, out, "order", d->order);
}

static int sim_contacts_tree(sim_api_t *api, int whole)
{
    int errcode = 0;
    const sim_department_t *top = NULL;
    const char *id = sim_call_query(api->call, "id", 12);
    wecom_json_out_t *root;
    wecom_json_out_t *list;
    int i;

    if (id != NULL && id[0] != '\0') {
        top = sim_contacts_asked(api, &errcode, "id");
        if (errcode != 0) {
            return sim_api_error(api, errcode);
        }
    }
    root = sim_api_begin(api);
    list = sim_api_array(api, root, whole ? "department" : "department_id");
    for (i = 0; i < api->corp->departments->nelts; i++) {
        const sim_department_t *d = SIM_AT(api->corp->departments, sim_department_t, i);
        wecom_json_out_t *item;

        if (!sim_people_sees_department(api->corp, api->app, d->id)
            || (top != NULL && !sim_data_below(api->corp, d->id, top->id))) {
            continue;
        }
        item = wecom_json_out_child_object(list, NULL);
        if (whole) {
            sim_contacts_department(api, item, d);
        }
        else {
            sim_api_number(api, item, "id", d->id);
            sim_api_number(api, item, "parentid", d->parentid);
            sim_api_number(api, item, "order", d->order);
        }
    }
    return sim_api_send(api, root);
}

int sim_contacts_department_list(sim_api_t *api)
{
    return sim_contacts_tree(api, 1);
}

int sim_contacts_department_simplelist(sim_api_t *api)
{
    return sim_contacts_tree(api, 0);
}

int sim_contacts_department_get(sim_api_t *api)
{
    int errcode = 0;
    const sim_department_t *department = sim_contacts_asked(api, &errcode, "id");
    wecom_json_out_t *root;

    if (errcode != 0) {
        return sim_api_error(api, errcode);
    }
    root = sim_api_begin(api);
    sim_contacts_department(api, sim_api_object(api, root, "department"), department);
    return sim_api_send(api, root);
}

int sim_contacts_tag_list(sim_api_t *api)
{
    wecom_json_out_t *root = sim_api_begin(api);
    wecom_json_out_t *list = sim_api_array(api, root, "taglist");
    int i;

    /* A self-built app sees all tags of its corp, whatever its visible range (document 90216). */
    for (i = 0; i < api->corp->tags->nelts; i++) {
        const sim_tag_t *tag = SIM_AT(api->corp->tags, sim_tag_t, i);
        wecom_json_out_t *item = wecom_json_out_child_object(list, NULL);

        sim_api_number(api, item, "tagid", tag->id);
        sim_api_text(api, item, "tagname", tag->name);
    }
    return sim_api_send(api, root);
}

/* The crowd behind the answer's userlist, which is its last field: the text is written straight,
 * since a hundred thousand JSON objects would take longer than all the rest. */
static int sim_contacts_crowd(sim_api_t *api, wecom_json_out_t *root)
{
    const char *text = wecom_json_out_print(root);
    apr_size_t len = strlen(text);
    apr_size_t room = len + (apr_size_t)api->corp->crowd * SIM_CROWD_ITEM + 1;
    char *all;
    int n;

    if (len < 3 || strcmp(text + len - 2, "]}") != 0) {
        return sim_api_send(api, root); /* a fault has bent the list */
    }
    all = apr_palloc(api->call->pool, room);
    len -= 2;
    memcpy(all, text, len);
    for (n = 1; n <= api->corp->crowd; n++) {
        if (!sim_people_sees_department(api->corp, api->app,
                                        sim_edit_crowd_department(api->corp, n))) {
            continue;
        }
        len += (apr_size_t)apr_snprintf(all + len, room - len,
                                        "%s{\"userid\":\"" SIM_CROWD "%06d\"",
                                        all[len - 1] == '[' ? "" : ",", n);
        if (api->app->names == SIM_NAMES_GIVEN) {
            len += (apr_size_t)apr_snprintf(all + len, room - len, ",\"name\":\"成员%d\"", n);
        }
        all[len++] = '}';
    }
    memcpy(all + len, "]}", 2);
    return sim_call_send(api->call, HTTP_OK, "application/json; charset=UTF-8", all, len + 2);
}

int sim_contacts_tag_get(sim_api_t *api)
{
    const char *text = sim_call_query(api->call, "tagid", 12);
    apr_int64_t id = 0;
    const sim_tag_t *tag = NULL;
    wecom_json_out_t *root;
    wecom_json_out_t *list;
    int i;

    if (text != NULL && wecom_text_number(&id, text, 1, APR_INT32_MAX) == WECOM_OK) {
        tag = sim_data_tag(api->corp, (int)id);
    }
    if (tag == NULL || tag->forbidden) {
        return sim_api_error(api, tag == NULL ? 40068 : 60011);
    }
    root = sim_api_begin(api);
    sim_api_text(api, root, "tagname", tag->name);
    list = sim_api_array(api, root, "partylist");
    for (i = 0; i < tag->departments->nelts; i++) {
        if (sim_people_sees_department(api->corp, api->app, SIM_INT_AT(tag->departments, i))) {
            wecom_json_out_number(list, NULL, SIM_INT_AT(tag->departments, i));
        }
    }
    list = sim_api_array(api, root, "userlist");
    for (i = 0; i < tag->users->nelts; i++) {
        const sim_member_t *m = sim_people_find(api->call, api->corp, SIM_TEXT_AT(tag->users, i));

        if (m != NULL && sim_people_sees(api->corp, api->app, m)) {
            wecom_json_out_t *item = wecom_json_out_child_object(list, NULL);

            sim_api_text(api, item, "userid", m->userid);
            sim_contacts_name(api, item, m);
        }
    }
    return tag->has_crowd ? sim_contacts_crowd(api, root) : sim_api_send(api, root);
}
