/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_data.c - reading the contact data.
 *
 * A fault in the file stops the start with a sentence that names the place; half-read data would
 * be found hours later, in somebody's test.
 */
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../src/base/limits.h"
#include "../src/base/text.h"
#include "sim_data.h"
#include "sim_lever.h"

const sim_field_t sim_data_fields[SIM_FIELDS] = {
    {SIM_FIELD_AVATAR, "avatar", "头像", "Avatar"},
    {SIM_FIELD_GENDER, "gender", "性别", "Gender"},
    {SIM_FIELD_MOBILE, "mobile", "手机号", "Mobile number"},
    {SIM_FIELD_EMAIL, "email", "邮箱", "E-mail"},
    {SIM_FIELD_BIZ_MAIL, "biz_mail", "企业邮箱", "Company mail"},
    {SIM_FIELD_QR_CODE, "qr_code", "个人二维码", "Personal QR code"},
    {SIM_FIELD_ADDRESS, "address", "地址", "Address"},
};

/* One reading: where errors go, and what they speak of. */
typedef struct sim_reading_t {
    apr_pool_t *pool;
    const char *error;
    const char *place;
} sim_reading_t;

static void sim_data_fault(sim_reading_t *reading, const char *what)
{
    if (reading->error == NULL) {
        reading->error = apr_psprintf(reading->pool, "%s: %s", reading->place, what);
    }
}

static const char *sim_data_text(const wecom_json_t *object, const char *name,
                                 const char *fallback)
{
    const char *text = wecom_json_text(object, name, WECOM_MAX_FIELD);

    return text != NULL ? text : fallback;
}

/* A text that must be there, of 1 to max bytes. */
static const char *sim_data_need(sim_reading_t *reading, const wecom_json_t *object,
                                 const char *name, apr_size_t max)
{
    const char *text = wecom_json_text(object, name, max);

    if (text == NULL || text[0] == '\0') {
        sim_data_fault(reading, apr_psprintf(reading->pool,
                                             "needs \"%s\", a text of at most %" APR_SIZE_T_FMT
                                             " bytes", name, max));
        return "";
    }
    return text;
}

static const apr_array_header_t *sim_data_texts(sim_reading_t *reading,
                                                const wecom_json_t *object, const char *name)
{
    const wecom_json_t *list = wecom_json_array(object, name);
    apr_size_t n = wecom_json_length(list);
    apr_array_header_t *texts = apr_array_make(reading->pool, 2, sizeof(const char *));
    apr_size_t i;

    if (list == NULL && wecom_json_has(object, name)) {
        const char *one = wecom_json_text(object, name, WECOM_MAX_FIELD);

        if (one == NULL) {
            sim_data_fault(reading, apr_psprintf(reading->pool, "\"%s\" is not a list", name));
        }
        else if (one[0] != '\0') {
            APR_ARRAY_PUSH(texts, const char *) = one;
        }
    }
    for (i = 0; i < n; i++) {
        const char *text = wecom_json_item_text(list, i, WECOM_MAX_FIELD);

        if (text == NULL) {
            sim_data_fault(reading, apr_psprintf(reading->pool, "\"%s\" holds more than texts",
                                                 name));
            break;
        }
        APR_ARRAY_PUSH(texts, const char *) = text;
    }
    return texts;
}

/* Numbers of a list; padded with fill, or cut, to n entries where n is not -1. */
static const apr_array_header_t *sim_data_numbers(sim_reading_t *reading,
                                                  const wecom_json_t *object, const char *name,
                                                  int n, int fill)
{
    const wecom_json_t *list = wecom_json_array(object, name);
    apr_size_t have = wecom_json_length(list);
    apr_size_t want = n < 0 ? have : (apr_size_t)n;
    apr_array_header_t *numbers = apr_array_make(reading->pool, 2, sizeof(int));
    apr_size_t i;

    for (i = 0; i < want; i++) {
        apr_int64_t number = fill;

        if (i < have) {
            number = wecom_json_item_number(list, i, 0, APR_INT32_MAX, -1);
        }
        if (number < 0) {
            sim_data_fault(reading, apr_psprintf(reading->pool, "\"%s\" holds more than numbers",
                                                 name));
            break;
        }
        APR_ARRAY_PUSH(numbers, int) = (int)number;
    }
    return numbers;
}

static unsigned int sim_data_private_fields(sim_reading_t *reading, const wecom_json_t *object)
{
    const apr_array_header_t *names;
    unsigned int fields = 0;
    int i, j;

    if (!wecom_json_has(object, "private_fields")) {
        return SIM_FIELD_GENDER | SIM_FIELD_AVATAR | SIM_FIELD_MOBILE | SIM_FIELD_EMAIL
               | SIM_FIELD_BIZ_MAIL;
    }
    names = sim_data_texts(reading, object, "private_fields");
    for (i = 0; i < names->nelts; i++) {
        unsigned int bit = 0;

        for (j = 0; j < SIM_FIELDS; j++) {
            if (strcmp(sim_data_fields[j].name, SIM_TEXT_AT(names, i)) == 0) {
                bit = sim_data_fields[j].bit;
            }
        }
        if (bit == 0) {
            sim_data_fault(reading, apr_psprintf(reading->pool, "unknown private field \"%s\"",
                                                 SIM_TEXT_AT(names, i)));
        }
        fields |= bit;
    }
    return fields;
}

static void sim_data_read_app(sim_reading_t *reading, sim_app_t *app, const wecom_json_t *object)
{
    const wecom_json_t *visible = wecom_json_object(object, "visible");
    apr_int64_t agentid = wecom_json_number(object, "agentid", 0, APR_INT32_MAX, -1);
    const char *profile = sim_data_text(object, "profile", "post2022");
    const char *names = sim_data_text(object, "names_withheld", "");

    if (agentid < 0) {
        sim_data_fault(reading, "an app needs \"agentid\", a number");
    }
    app->agentid = apr_psprintf(reading->pool, "%" APR_INT64_T_FMT, agentid);
    reading->place = apr_psprintf(reading->pool, "app %s", app->agentid);
    app->secret = sim_data_need(reading, object, "secret", WECOM_MAX_SECRET);
    app->name = sim_data_text(object, "name", app->agentid);
    app->domains = sim_data_texts(reading, object, "domains");
    app->callback_domains = sim_data_texts(reading, object, "callback_domains");
    app->trusted_ips = wecom_json_has(object, "trusted_ips")
                           ? sim_data_texts(reading, object, "trusted_ips") : NULL;
    app->all_visible = visible == NULL;
    if (visible != NULL) {
        app->visible_users = sim_data_texts(reading, visible, "users");
        app->visible_departments = sim_data_numbers(reading, visible, "departments", -1, 0);
    }
    app->old_profile = strcmp(profile, "pre2022") == 0;
    if (!app->old_profile && strcmp(profile, "post2022") != 0) {
        sim_data_fault(reading, "\"profile\" is neither \"pre2022\" nor \"post2022\"");
    }
    app->private_fields = sim_data_private_fields(reading, object);
    if (strcmp(names, "omit") == 0) {
        app->names = SIM_NAMES_OMITTED;
    }
    else if (wecom_json_bool(object, "names_withheld", 0)) {
        app->names = SIM_NAMES_AS_USERID;
    }
}

static void sim_data_read_department(sim_reading_t *reading, sim_department_t *department,
                                     const wecom_json_t *object)
{
    department->id = (int)wecom_json_number(object, "id", 1, APR_INT32_MAX, 0);
    reading->place = apr_psprintf(reading->pool, "department %d", department->id);
    if (department->id == 0) {
        sim_data_fault(reading, "needs \"id\", a number from 1");
    }
    department->parentid = (int)wecom_json_number(object, "parentid", 0, APR_INT32_MAX, 0);
    department->order = wecom_json_number(object, "order", 0, APR_INT64_C(4294967295), 100000000);
    department->name = sim_data_need(reading, object, "name", WECOM_MAX_NAME);
    department->name_en = sim_data_text(object, "name_en", "");
    department->leaders = sim_data_texts(reading, object, "department_leader");
}

static void sim_data_read_member(sim_reading_t *reading, sim_member_t *member,
                                 const wecom_json_t *object)
{
    int n;

    member->userid = sim_data_need(reading, object, "userid", WECOM_MAX_USERID);
    reading->place = apr_psprintf(reading->pool, "member %s", member->userid);
    member->name = sim_data_text(object, "name", member->userid);
    member->status = (int)wecom_json_number(object, "status", 1, 5, 1);
    member->departments = sim_data_numbers(reading, object, "department", -1, 0);
    n = member->departments->nelts;
    if (n > WECOM_MAX_DEPARTMENTS) {
        sim_data_fault(reading, "is in too many departments");
    }
    member->leads = sim_data_numbers(reading, object, "is_leader_in_dept", n, 0);
    member->orders = sim_data_numbers(reading, object, "order", n, 0);
    member->main_department = (int)wecom_json_number(object, "main_department", 0, APR_INT32_MAX,
                                                     n > 0 ? SIM_INT_AT(member->departments, 0)
                                                           : 0);
    member->direct_leader = sim_data_texts(reading, object, "direct_leader");
    member->position = sim_data_text(object, "position", "");
    member->alias = sim_data_text(object, "alias", "");
    member->telephone = sim_data_text(object, "telephone", "");
    member->mobile = sim_data_text(object, "mobile", "");
    member->email = sim_data_text(object, "email", "");
    member->biz_mail = sim_data_text(object, "biz_mail", "");
    member->gender = apr_psprintf(reading->pool, "%d",
                                  (int)wecom_json_number(object, "gender", 0, 2, 0));
    member->avatar = sim_data_text(object, "avatar", "");
    member->qr_code = sim_data_text(object, "qr_code", "");
    member->address = sim_data_text(object, "address", "");
    member->extattr = wecom_json_object(object, "extattr");
    member->visible = SIM_KEEP;
}

static void sim_data_read_tag(sim_reading_t *reading, sim_tag_t *tag, const wecom_json_t *object)
{
    tag->id = (int)wecom_json_number(object, "tagid", 1, APR_INT32_MAX, 0);
    reading->place = apr_psprintf(reading->pool, "tag %d", tag->id);
    if (tag->id == 0) {
        sim_data_fault(reading, "needs \"tagid\", a number from 1");
    }
    tag->name = sim_data_need(reading, object, "tagname", WECOM_MAX_NAME);
    tag->users = sim_data_texts(reading, object, "users");
    tag->departments = sim_data_numbers(reading, object, "departments", -1, 0);
}

/* An array of `size` bytes each for the list `name` of object, zeroed; *list may be NULL then. */
static apr_array_header_t *sim_data_list(sim_reading_t *reading, const wecom_json_t **list,
                                         const wecom_json_t *object, const char *name, int size)
{
    apr_array_header_t *array;

    *list = wecom_json_array(object, name);
    if (*list == NULL && wecom_json_has(object, name)) {
        sim_data_fault(reading, apr_psprintf(reading->pool, "\"%s\" is not a list", name));
    }
    array = apr_array_make(reading->pool, (int)wecom_json_length(*list) + 1, size);
    return array;
}

static const wecom_json_t *sim_data_entry(sim_reading_t *reading, const wecom_json_t *list,
                                          apr_size_t i)
{
    const wecom_json_t *entry = wecom_json_item(list, i);

    if (entry == NULL) {
        sim_data_fault(reading, "a list holds something that is not an object");
    }
    return entry;
}

static void sim_data_check_tree(sim_reading_t *reading, const sim_corp_t *corp)
{
    int i;

    for (i = 0; i < corp->departments->nelts; i++) {
        const sim_department_t *d = SIM_AT(corp->departments, sim_department_t, i);

        reading->place = apr_psprintf(reading->pool, "corp %s, department %d", corp->corpid, d->id);
        if (sim_data_department(corp, d->id) != d) {
            sim_data_fault(reading, "is there twice");
        }
        if (d->parentid != 0 && !sim_data_below(corp, d->id, 1)) {
            sim_data_fault(reading, "does not hang below department 1");
        }
    }
    for (i = 0; i < corp->members->nelts; i++) {
        const sim_member_t *m = SIM_AT(corp->members, sim_member_t, i);
        const char *key = corp->encrypted ? m->userid : wecom_text_fold(m->userid, reading->pool);

        reading->place = apr_psprintf(reading->pool, "corp %s, member %s", corp->corpid, m->userid);
        if (apr_hash_get(corp->by_userid, key, APR_HASH_KEY_STRING) != NULL) {
            sim_data_fault(reading, "is there twice");
        }
        apr_hash_set(corp->by_userid, key, APR_HASH_KEY_STRING, m);
    }
}

static void sim_data_read_corp(sim_reading_t *reading, sim_corp_t *corp,
                               const wecom_json_t *object)
{
    const wecom_json_t *list;
    const wecom_json_t *entry;
    apr_array_header_t *array;
    apr_size_t i;

    corp->corpid = sim_data_need(reading, object, "corpid", SIM_MAX_CORPID);
    corp->name = sim_data_text(object, "name", corp->corpid);
    corp->default_user = wecom_json_text(object, "default_user", SIM_MAX_PERSON);
    corp->encrypted = wecom_json_bool(object, "encrypted", strncmp(corp->corpid, "wp", 2) == 0);
    corp->by_userid = apr_hash_make(reading->pool);

    array = sim_data_list(reading, &list, object, "apps", (int)sizeof(sim_app_t));
    for (i = 0; i < wecom_json_length(list); i++) {
        entry = sim_data_entry(reading, list, i);
        sim_data_read_app(reading, memset(apr_array_push(array), 0, sizeof(sim_app_t)), entry);
    }
    corp->apps = array;
    array = sim_data_list(reading, &list, object, "departments", (int)sizeof(sim_department_t));
    for (i = 0; i < wecom_json_length(list); i++) {
        entry = sim_data_entry(reading, list, i);
        sim_data_read_department(reading, memset(apr_array_push(array), 0,
                                                 sizeof(sim_department_t)), entry);
    }
    corp->departments = array;
    array = sim_data_list(reading, &list, object, "members", (int)sizeof(sim_member_t));
    for (i = 0; i < wecom_json_length(list); i++) {
        entry = sim_data_entry(reading, list, i);
        sim_data_read_member(reading, memset(apr_array_push(array), 0, sizeof(sim_member_t)),
                             entry);
    }
    corp->members = array;
    array = sim_data_list(reading, &list, object, "tags", (int)sizeof(sim_tag_t));
    for (i = 0; i < wecom_json_length(list); i++) {
        entry = sim_data_entry(reading, list, i);
        sim_data_read_tag(reading, memset(apr_array_push(array), 0, sizeof(sim_tag_t)), entry);
    }
    corp->tags = array;
    sim_data_index(corp, reading->pool);
    sim_data_check_tree(reading, corp);
}

wecom_status_t sim_data_parse(const sim_data_t **data, const char **error, const char *text,
                              apr_size_t len, apr_pool_t *pool)
{
    sim_reading_t reading = {pool, NULL, "the file"};
    sim_data_t *made = apr_pcalloc(pool, sizeof(*made));
    const wecom_json_t *root = NULL;
    const wecom_json_t *list;
    apr_array_header_t *array;
    apr_size_t i;
    wecom_status_t status = wecom_json_parse(&root, text, len, pool);

    if (status != WECOM_OK) {
        *error = apr_psprintf(pool, "the file is not one JSON object of at most %d bytes (%s)",
                              WECOM_MAX_ANSWER, wecom_error_name(status));
        return status;
    }
    array = sim_data_list(&reading, &list, root, "corps", (int)sizeof(sim_corp_t));
    for (i = 0; i < wecom_json_length(list); i++) {
        reading.place = apr_psprintf(pool, "corp %" APR_SIZE_T_FMT, i + 1);
        sim_data_read_corp(&reading, memset(apr_array_push(array), 0, sizeof(sim_corp_t)),
                           sim_data_entry(&reading, list, i));
    }
    made->corps = array;
    array = sim_data_list(&reading, &list, root, "outsiders", (int)sizeof(sim_outsider_t));
    for (i = 0; i < wecom_json_length(list); i++) {
        const wecom_json_t *entry = sim_data_entry(&reading, list, i);
        sim_outsider_t *outsider = apr_array_push(array);

        reading.place = "outsiders";
        outsider->openid = sim_data_need(&reading, entry, "openid", 64);
        outsider->external_userid = wecom_json_text(entry, "external_userid", 64);
    }
    made->outsiders = array;
    if (reading.error == NULL && made->corps->nelts == 0) {
        reading.place = "the file";
        sim_data_fault(&reading, "needs \"corps\", a list with at least one corp");
    }
    *data = made;
    *error = reading.error;
    return reading.error == NULL ? WECOM_OK : WECOM_E_BAD_INPUT;
}
