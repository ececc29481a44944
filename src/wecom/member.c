/* SPDX-License-Identifier: Apache-2.0 */
/*
 * member.c - reading a member.
 *
 * An answer may hold a field, withhold it, or hold something of another type; only the first
 * changes the member. WeCom leaves a withheld text out or writes it as "", and a withheld gender
 * as "0" (document 90196). So "" is a weak word: it never takes away what another call has told,
 * it is no value for an account, and it is remembered apart (wecom_member_field) for those who
 * must know that the field was delivered.
 */
#include "member.h"

#include <stddef.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"

/* Ids are 32 bits wide at WeCom; 0 is the parent of the root and no department. */
#define MEMBER_MAX_DEPARTMENT APR_INT64_C(0xffffffff)

/* Any status but the four known ones is kept as it is, so that it is not taken for "active" nor
 * for "not asked". */
#define MEMBER_MAX_STATUS 255

typedef struct member_field_t {
    const char *name;   /* in the answer */
    apr_size_t offset;  /* of a const char * in wecom_member_t */
    apr_size_t max_len;
} member_field_t;

/* Their order gives the bits of wecom_member_t.empty. */
static const member_field_t member_fields[] = {
    { "name", offsetof(wecom_member_t, name), WECOM_MAX_NAME },
    { "alias", offsetof(wecom_member_t, alias), WECOM_MAX_FIELD },
    { "position", offsetof(wecom_member_t, position), WECOM_MAX_FIELD },
    { "telephone", offsetof(wecom_member_t, telephone), WECOM_MAX_FIELD },
    { "mobile", offsetof(wecom_member_t, mobile), WECOM_MAX_FIELD },
    { "email", offsetof(wecom_member_t, email), WECOM_MAX_FIELD },
    { "biz_mail", offsetof(wecom_member_t, biz_mail), WECOM_MAX_FIELD },
    { "avatar", offsetof(wecom_member_t, avatar), WECOM_MAX_FIELD },
    { "address", offsetof(wecom_member_t, address), WECOM_MAX_FIELD },
    { "gender", offsetof(wecom_member_t, gender), 1 },
    { "english_name", offsetof(wecom_member_t, english_name), WECOM_MAX_NAME },
    { "external_position", offsetof(wecom_member_t, external_position), WECOM_MAX_FIELD },
    { "thumb_avatar", offsetof(wecom_member_t, thumb_avatar), WECOM_MAX_FIELD },
    { "qr_code", offsetof(wecom_member_t, qr_code), WECOM_MAX_FIELD },
};
#define MEMBER_FIELDS ((int)(sizeof(member_fields) / sizeof(member_fields[0])))

static int member_is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

int wecom_member_is_userid(const char *userid)
{
    apr_size_t i;

    if (userid == NULL || !member_is_alphanumeric(userid[0])) {
        return 0;
    }
    for (i = 1; userid[i] != '\0'; i++) {
        if (i >= WECOM_MAX_USERID) {
            return 0;
        }
        if (!member_is_alphanumeric(userid[i]) && strchr("_.@-", userid[i]) == NULL) {
            return 0;
        }
    }
    return 1;
}

int wecom_member_same(const char *a, const char *b, int with_case)
{
    return with_case ? wecom_text_equal(a, b) : wecom_text_equal_fold(a, b);
}

/* Departments and who leads them. An element that is no id is left out together with its mark;
 * marks that do not fit the departments one to one are believed for none, since a shifted row
 * would make the member the leader of somebody else's department, or keep a leader's secret from a
 * rule that shuts leaders out. */
static void member_read_departments(wecom_member_t *member, const wecom_json_t *answer,
                                    apr_pool_t *pool)
{
    const wecom_json_t *ids = wecom_json_array(answer, "department");
    const wecom_json_t *marks = wecom_json_array(answer, "is_leader_in_dept");
    apr_size_t n = wecom_json_length(ids);
    apr_size_t kept = 0;
    apr_size_t i;
    apr_int64_t *departments;
    unsigned char *leads;

    if (ids == NULL) {
        return;
    }
    if (wecom_json_length(marks) != n) {
        marks = NULL;
    }
    if (n > WECOM_MAX_DEPARTMENTS) {
        n = WECOM_MAX_DEPARTMENTS;
    }
    departments = apr_pcalloc(pool, (n + 1) * sizeof(*departments));
    leads = apr_pcalloc(pool, n + 1);
    for (i = 0; i < n; i++) {
        apr_int64_t id = wecom_json_item_number(ids, i, 1, MEMBER_MAX_DEPARTMENT, 0);

        if (id == 0) {
            continue;
        }
        departments[kept] = id;
        leads[kept] = (unsigned char)wecom_json_item_number(marks, i, WECOM_LEADS_NOT, WECOM_LEADS,
                                                            WECOM_LEADS_UNTOLD);
        kept++;
    }
    member->departments = departments;
    member->leads = leads;
    member->department_count = kept;
}

/* In the pool, with a blank for each control byte. Members write some fields themselves, and what
 * is said of them goes into headers and lines of applications, where a line feed begins another. */
static const char *member_plain(const char *text, apr_pool_t *pool)
{
    char *plain = apr_pstrdup(pool, text);
    char *c;

    for (c = plain; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = ' ';
        }
    }
    return plain;
}

/* The value of an extended attribute, NULL when it has none that is known here. Private
 * deployments write a text without its object. */
static const char *member_attribute_value(const wecom_json_t *attribute)
{
    const wecom_json_t *text = wecom_json_object(attribute, "text");

    switch (wecom_json_number(attribute, "type", 0, 255, 0)) {
    case 0:
        return wecom_json_text(text != NULL ? text : attribute, "value", WECOM_MAX_FIELD);
    case 1:
        return wecom_json_text(wecom_json_object(attribute, "web"), "url", WECOM_MAX_FIELD);
    default:
        return NULL;
    }
}

static void member_read_attributes(wecom_member_t *member, const wecom_json_t *answer,
                                   apr_pool_t *pool)
{
    const wecom_json_t *list = wecom_json_array(wecom_json_object(answer, "extattr"), "attrs");
    apr_size_t room = WECOM_MAX_EXTATTR_BYTES;
    apr_table_t *attributes;
    apr_size_t n = wecom_json_length(list);
    apr_size_t i;

    if (list == NULL) {
        return;
    }
    if (n > WECOM_MAX_EXTATTRS) {
        n = WECOM_MAX_EXTATTRS;
    }
    attributes = apr_table_make(pool, 8);
    for (i = 0; i < n; i++) {
        const wecom_json_t *attribute = wecom_json_item(list, i);
        const char *name = wecom_json_text(attribute, "name", WECOM_MAX_NAME);
        const char *value = member_attribute_value(attribute);

        if (name == NULL || name[0] == '\0' || value == NULL
            || strlen(name) + strlen(value) > room || apr_table_get(attributes, name) != NULL) {
            continue;
        }
        room -= strlen(name) + strlen(value);
        apr_table_setn(attributes, apr_pstrdup(pool, name), member_plain(value, pool));
    }
    member->extattr = apr_is_empty_table(attributes) ? NULL : attributes;
}

/* --- the texts by name ---------------------------------------------------------------------- */

static const char **member_text(wecom_member_t *member, int i)
{
    return (const char **)((char *)member + member_fields[i].offset);
}

static int member_find_field(const char *name)
{
    int i;

    for (i = 0; i < MEMBER_FIELDS; i++) {
        if (wecom_text_equal(member_fields[i].name, name)) {
            return i;
        }
    }
    return -1;
}

const char *wecom_member_field_name(int i)
{
    return i >= 0 && i < MEMBER_FIELDS ? member_fields[i].name : NULL;
}

int wecom_member_is_field(const char *name)
{
    return member_find_field(name) >= 0;
}

const char *wecom_member_field(const wecom_member_t *member, const char *name)
{
    int i = member_find_field(name);
    const char *text;

    if (i < 0) {
        return NULL;
    }
    text = *(const char *const *)((const char *)member + member_fields[i].offset);
    return text == NULL && (member->empty & 1u << i) != 0 ? "" : text;
}

void wecom_member_set_field(wecom_member_t *member, const char *name, const char *value)
{
    int i = member_find_field(name);

    if (i < 0) {
        return;
    }
    member->empty &= ~(1u << i);
    member->consented &= ~(1u << i);
    if (value != NULL && value[0] == '\0') {
        member->empty |= 1u << i;
        value = NULL;
    }
    *member_text(member, i) = value;
}

int wecom_member_is_consented(const wecom_member_t *member, const char *name)
{
    int i = member_find_field(name);

    return i >= 0 && (member->consented & 1u << i) != 0;
}

void wecom_member_set_consented(wecom_member_t *member, const char *name)
{
    int i = member_find_field(name);

    if (i >= 0 && *member_text(member, i) != NULL) {
        member->consented |= 1u << i;
    }
}

void wecom_member_read(wecom_member_t *member, const wecom_json_t *answer, apr_pool_t *pool)
{
    int i;

    for (i = 0; i < MEMBER_FIELDS; i++) {
        const member_field_t *field = &member_fields[i];
        const char *text = wecom_json_text(answer, field->name, field->max_len);

        if (text == NULL || (field->offset == offsetof(wecom_member_t, gender)
                             && !wecom_text_equal(text, "1") && !wecom_text_equal(text, "2"))) {
            continue;
        }
        if (text[0] != '\0' || *member_text(member, i) == NULL) {
            wecom_member_set_field(member, field->name, member_plain(text, pool));
        }
    }
    member->status = (int)wecom_json_number(answer, "status", 1, MEMBER_MAX_STATUS,
                                            member->status);
    member->main_department = wecom_json_number(answer, "main_department", 1,
                                                MEMBER_MAX_DEPARTMENT, member->main_department);
    member_read_departments(member, answer, pool);
    member_read_attributes(member, answer, pool);
}

void wecom_member_read_detail(wecom_member_t *member, const wecom_json_t *answer,
                              apr_pool_t *pool)
{
    wecom_member_t before = *member;
    int i;

    wecom_member_read(member, answer, pool);
    for (i = 0; i < MEMBER_FIELDS; i++) {
        if (*member_text(&before, i) == NULL && *member_text(member, i) != NULL) {
            member->consented |= 1u << i;
        }
    }
}
