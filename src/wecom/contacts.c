/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contacts.c - departments and tags.
 *
 * An answer of 6 MB is 30 MB of JSON tree, so each call and each parse has a pool of its own for
 * all that, and only what is told goes into the caller's.
 */
#include "contacts.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"
#include "ask.h"
#include "member.h"

#define CONTACTS_DEPARTMENTS "department/list"
#define CONTACTS_SIMPLE      "department/simplelist"
#define CONTACTS_TAGS        "tag/list"
#define CONTACTS_TAG         "tag/get"

/* Ids are 32 bits wide at WeCom. */
#define CONTACTS_MAX_ID APR_INT64_C(0xffffffff)

static const wecom_call_room_t contacts_room = { WECOM_MAX_CONTACTS, WECOM_CONTACTS_MS };

/* What an answer fills, and where that shall live; the pool that a parse is given goes away. */
typedef struct contacts_result_t {
    void *told;
    apr_pool_t *pool;
} contacts_result_t;

/* Open an answer that has an array of this name, with at most max elements. */
static wecom_status_t contacts_open(const wecom_json_t **array, wecom_error_t *err,
                                    const char *stage, const char *name, apr_size_t max,
                                    const char *body, apr_size_t len, apr_pool_t *pool)
{
    const wecom_json_t *answer;
    wecom_status_t status = wecom_call_open_large(&answer, err, stage, body, len,
                                                  WECOM_MAX_CONTACTS, pool);

    if (status != WECOM_OK) {
        return status;
    }
    *array = wecom_json_array(answer, name);
    if (*array == NULL) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, stage,
                               apr_psprintf(pool, "%s is missing or no list", name));
    }
    if (wecom_json_length(*array) > max) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, stage,
                               apr_psprintf(pool, "%s has %" APR_SIZE_T_FMT " entries, more than "
                                            "the %" APR_SIZE_T_FMT " that there can be", name,
                                            wecom_json_length(*array), max));
    }
    return WECOM_OK;
}

/* The list is no list: entry i cannot be read. */
static wecom_status_t contacts_refuse(wecom_error_t *err, const char *stage, const char *name,
                                      apr_size_t i, const char *why, apr_pool_t *pool)
{
    return wecom_error_set(err, WECOM_E_ANSWER, 0, stage,
                           apr_psprintf(pool, "entry %" APR_SIZE_T_FMT " of %s %s", i + 1, name,
                                        why));
}

/* A name that may be shown and compared, in the pool; NULL for any other. */
static const char *contacts_name(const wecom_json_t *object, const char *field, apr_pool_t *pool)
{
    const char *name = wecom_json_text(object, field, WECOM_MAX_NAME);

    if (name == NULL || name[0] == '\0' || !wecom_text_is_plain_utf8(name, strlen(name))) {
        return NULL;
    }
    return apr_pstrdup(pool, name);
}

/* Errors that were made in a pool that goes away. */
static void contacts_keep(wecom_error_t *err, apr_pool_t *pool)
{
    if (err != NULL && err->detail != NULL) {
        err->detail = apr_pstrdup(pool, err->detail);
    }
}

/* --- departments ---------------------------------------------------------------------------- */

static wecom_status_t contacts_take_departments(const contacts_result_t *result,
                                                wecom_error_t *err, int without_names,
                                                const char *body, apr_size_t len,
                                                apr_pool_t *passing)
{
    wecom_departments_t *departments = result->told;
    const char *stage = without_names ? CONTACTS_SIMPLE : CONTACTS_DEPARTMENTS;
    const char *name = without_names ? "department_id" : "department";
    const wecom_json_t *array;
    wecom_department_t *list;
    apr_size_t count;
    apr_size_t i;
    wecom_status_t status = contacts_open(&array, err, stage, name, WECOM_MAX_TREE, body, len,
                                          passing);

    if (status != WECOM_OK) {
        return status;
    }
    count = wecom_json_length(array);
    list = apr_pcalloc(result->pool, (count + 1) * sizeof(*list));
    for (i = 0; i < count; i++) {
        const wecom_json_t *entry = wecom_json_item(array, i);

        list[i].id = wecom_json_number(entry, "id", 1, CONTACTS_MAX_ID, 0);
        list[i].parent = wecom_json_number(entry, "parentid", 0, CONTACTS_MAX_ID, -1);
        if (list[i].id == 0 || list[i].parent < 0) {
            return contacts_refuse(err, stage, name, i, list[i].id == 0
                                   ? "has no id that is one" : "has no parentid that is one",
                                   passing);
        }
        list[i].name = without_names ? NULL : contacts_name(entry, "name", result->pool);
    }
    departments->list = list;
    departments->count = count;
    departments->without_names = without_names;
    return WECOM_OK;
}

static wecom_status_t contacts_take_list(void *result, wecom_error_t *err, const char *body,
                                         apr_size_t len, apr_pool_t *passing)
{
    return contacts_take_departments(result, err, 0, body, len, passing);
}

static wecom_status_t contacts_take_simple(void *result, wecom_error_t *err, const char *body,
                                           apr_size_t len, apr_pool_t *passing)
{
    return contacts_take_departments(result, err, 1, body, len, passing);
}

/* --- tags ----------------------------------------------------------------------------------- */

static wecom_status_t contacts_take_tags(void *result, wecom_error_t *err, const char *body,
                                         apr_size_t len, apr_pool_t *passing)
{
    static const char name[] = "taglist";
    const contacts_result_t *to = result;
    wecom_tag_list_t *tags = to->told;
    const wecom_json_t *array;
    wecom_tag_t *list;
    apr_size_t count;
    apr_size_t i;
    wecom_status_t status = contacts_open(&array, err, CONTACTS_TAGS, name, WECOM_MAX_TAGS, body,
                                          len, passing);

    if (status != WECOM_OK) {
        return status;
    }
    count = wecom_json_length(array);
    list = apr_pcalloc(to->pool, (count + 1) * sizeof(*list));
    for (i = 0; i < count; i++) {
        const wecom_json_t *entry = wecom_json_item(array, i);

        list[i].id = wecom_json_number(entry, "tagid", 1, CONTACTS_MAX_ID, 0);
        if (list[i].id == 0) {
            return contacts_refuse(err, CONTACTS_TAGS, name, i, "has no tagid that is one",
                                   passing);
        }
        list[i].name = contacts_name(entry, "tagname", to->pool);
    }
    tags->list = list;
    tags->count = count;
    return WECOM_OK;
}

static wecom_status_t contacts_take_users(wecom_tag_t *tag, wecom_error_t *err,
                                          const wecom_json_t *users, apr_pool_t *passing,
                                          apr_pool_t *pool)
{
    apr_size_t count = wecom_json_length(users);
    const char **userids = apr_pcalloc(pool, (count + 1) * sizeof(*userids));
    apr_size_t kept = 0;
    apr_size_t i;

    for (i = 0; i < count; i++) {
        const char *userid = wecom_json_text(wecom_json_item(users, i), "userid",
                                             WECOM_MAX_FIELD);

        if (userid == NULL || userid[0] == '\0') {
            return contacts_refuse(err, CONTACTS_TAG, "userlist", i, "has no userid", passing);
        }
        /* Of another enterprise, say: nobody who can log in here. */
        if (wecom_member_is_userid(userid)) {
            userids[kept++] = apr_pstrdup(pool, userid);
        }
    }
    tag->userids = userids;
    tag->user_count = kept;
    return WECOM_OK;
}

static wecom_status_t contacts_take_parties(wecom_tag_t *tag, wecom_error_t *err,
                                            const wecom_json_t *parties, apr_pool_t *passing,
                                            apr_pool_t *pool)
{
    apr_size_t count = wecom_json_length(parties);
    apr_int64_t *ids = apr_pcalloc(pool, (count + 1) * sizeof(*ids));
    apr_size_t i;

    for (i = 0; i < count; i++) {
        ids[i] = wecom_json_item_number(parties, i, 1, CONTACTS_MAX_ID, 0);
        if (ids[i] == 0) {
            return contacts_refuse(err, CONTACTS_TAG, "partylist", i, "is no department",
                                   passing);
        }
    }
    tag->departments = ids;
    tag->department_count = count;
    return WECOM_OK;
}

/* A list may be absent when it is empty, but not both, and none may be something else. */
static wecom_status_t contacts_take_tag(void *result, wecom_error_t *err, const char *body,
                                        apr_size_t len, apr_pool_t *passing)
{
    const contacts_result_t *to = result;
    wecom_tag_t read = *(wecom_tag_t *)to->told;
    const wecom_json_t *answer;
    const wecom_json_t *users;
    const wecom_json_t *parties;
    const char *name;
    wecom_status_t status = wecom_call_open_large(&answer, err, CONTACTS_TAG, body, len,
                                                  WECOM_MAX_CONTACTS, passing);

    if (status != WECOM_OK) {
        return status;
    }
    users = wecom_json_array(answer, "userlist");
    parties = wecom_json_array(answer, "partylist");
    if ((users == NULL && parties == NULL)
        || (users == NULL && wecom_json_has(answer, "userlist"))
        || (parties == NULL && wecom_json_has(answer, "partylist"))) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, CONTACTS_TAG,
                               "userlist or partylist is missing or no list");
    }
    if (wecom_json_length(users) > WECOM_MAX_TAG_MEMBERS
        || wecom_json_length(parties) > WECOM_MAX_TREE) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, CONTACTS_TAG,
                               "userlist or partylist has more entries than there can be");
    }
    status = contacts_take_users(&read, err, users, passing, to->pool);
    if (status == WECOM_OK) {
        status = contacts_take_parties(&read, err, parties, passing, to->pool);
    }
    if (status == WECOM_OK) {
        name = contacts_name(answer, "tagname", to->pool);
        read.name = name != NULL ? name : read.name;
        read.is_read = 1;
        *(wecom_tag_t *)to->told = read;
    }
    return status;
}

/* --- answers -------------------------------------------------------------------------------- */

static wecom_status_t contacts_parse(void *told, wecom_error_t *err, wecom_call_parse_t *take,
                                     const char *body, apr_size_t len, apr_pool_t *pool)
{
    contacts_result_t result = { told, pool };
    wecom_status_t status;
    apr_pool_t *passing;

    apr_pool_create(&passing, pool);
    status = take(&result, err, body, len, passing);
    if (status != WECOM_OK) {
        contacts_keep(err, pool);
    }
    apr_pool_destroy(passing);
    return status;
}

wecom_status_t wecom_contacts_parse_departments(wecom_departments_t *departments,
                                                wecom_error_t *err, int without_names,
                                                const char *body, apr_size_t len,
                                                apr_pool_t *pool)
{
    memset(departments, 0, sizeof(*departments));
    return contacts_parse(departments, err,
                          without_names ? contacts_take_simple : contacts_take_list, body, len,
                          pool);
}

wecom_status_t wecom_contacts_parse_tags(wecom_tag_list_t *tags, wecom_error_t *err,
                                         const char *body, apr_size_t len, apr_pool_t *pool)
{
    memset(tags, 0, sizeof(*tags));
    return contacts_parse(tags, err, contacts_take_tags, body, len, pool);
}

wecom_status_t wecom_contacts_parse_tag(wecom_tag_t *tag, wecom_error_t *err, const char *body,
                                        apr_size_t len, apr_pool_t *pool)
{
    return contacts_parse(tag, err, contacts_take_tag, body, len, pool);
}

/* --- asking --------------------------------------------------------------------------------- */

/* Ask from a pool that goes away with the answer. id: of a tag, or NULL. */
static wecom_status_t contacts_ask(void *told, wecom_error_t *err, const char *stage,
                                   const char *id, wecom_call_parse_t *take,
                                   const wecom_app_t *app, const wecom_ports_t *ports,
                                   apr_pool_t *pool)
{
    contacts_result_t result = { told, pool };
    wecom_ask_t question = { stage, id != NULL ? "&tagid=" : NULL, id, NULL, take, &result,
                             &contacts_room };
    wecom_status_t status;
    apr_pool_t *passing;

    apr_pool_create(&passing, pool);
    status = wecom_ask_make(&question, err, app, ports, passing);
    if (status != WECOM_OK) {
        contacts_keep(err, pool);
    }
    apr_pool_destroy(passing);
    return status;
}

/* The app has no right to this call. 48009: the secret of contact sync from an address that has
 * not used it lately. */
static int contacts_is_refused(wecom_status_t status, int errcode)
{
    return status == WECOM_E_REMOTE
        && (errcode == 48001 || errcode == 48002 || errcode == 48009 || errcode == 60011);
}

wecom_status_t wecom_contacts_read_departments(wecom_departments_t *departments,
                                               wecom_error_t *err, const wecom_app_t *app,
                                               const wecom_ports_t *ports, apr_pool_t *pool)
{
    wecom_error_t seen = { WECOM_OK, 0, NULL, NULL };
    wecom_status_t status;

    memset(departments, 0, sizeof(*departments));
    status = contacts_ask(departments, &seen, CONTACTS_DEPARTMENTS, NULL, contacts_take_list,
                          app, ports, pool);
    if (contacts_is_refused(status, seen.upstream)) {
        status = contacts_ask(departments, &seen, CONTACTS_SIMPLE, NULL, contacts_take_simple,
                              app, ports, pool);
    }
    if (status != WECOM_OK) {
        wecom_error_set(err, status, seen.upstream, seen.stage, seen.detail);
    }
    return status;
}

wecom_status_t wecom_contacts_read_tags(wecom_tag_list_t *tags, wecom_error_t *err,
                                        const wecom_app_t *app, const wecom_ports_t *ports,
                                        apr_pool_t *pool)
{
    memset(tags, 0, sizeof(*tags));
    return contacts_ask(tags, err, CONTACTS_TAGS, NULL, contacts_take_tags, app, ports, pool);
}

wecom_status_t wecom_contacts_read_tag(wecom_tag_t *tag, wecom_error_t *err,
                                       const wecom_app_t *app, const wecom_ports_t *ports,
                                       apr_pool_t *pool)
{
    if (tag->id < 1 || tag->id > CONTACTS_MAX_ID) {
        return wecom_error_set(err, WECOM_E_BAD_INPUT, 0, CONTACTS_TAG, "that is not a tag");
    }
    return contacts_ask(tag, err, CONTACTS_TAG, apr_psprintf(pool, "%" APR_INT64_T_FMT, tag->id),
                        contacts_take_tag, app, ports, pool);
}
