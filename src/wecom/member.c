/* SPDX-License-Identifier: Apache-2.0 */
/*
 * member.c - reading a member.
 *
 * An answer may hold a field, withhold it, or hold something of another type; only the first
 * changes the member. WeCom writes a withheld text as "" or leaves it out, and a withheld gender
 * as "0" (document 90196): all of these mean that nothing is known.
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
};

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
 * would make the member the leader of somebody else's department. */
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
        leads[kept] = marks != NULL && wecom_json_item_number(marks, i, 0, 1, 0) == 1;
        kept++;
    }
    member->departments = departments;
    member->leads = leads;
    member->department_count = kept;
}

void wecom_member_read(wecom_member_t *member, const wecom_json_t *answer, apr_pool_t *pool)
{
    const char *gender = wecom_json_text(answer, "gender", 1);
    apr_size_t i;

    for (i = 0; i < sizeof(member_fields) / sizeof(member_fields[0]); i++) {
        const member_field_t *field = &member_fields[i];
        const char *text = wecom_json_text(answer, field->name, field->max_len);

        if (text != NULL && text[0] != '\0') {
            *(const char **)((char *)member + field->offset) = apr_pstrdup(pool, text);
        }
    }
    if (wecom_text_equal(gender, "1") || wecom_text_equal(gender, "2")) {
        member->gender = apr_pstrdup(pool, gender);
    }
    member->status = (int)wecom_json_number(answer, "status", 1, MEMBER_MAX_STATUS,
                                            member->status);
    member->main_department = wecom_json_number(answer, "main_department", 1,
                                                MEMBER_MAX_DEPARTMENT, member->main_department);
    member_read_departments(member, answer, pool);
}

const char *wecom_member_field(const wecom_member_t *member, const char *name)
{
    apr_size_t i;
    for (i = 0; i < sizeof(member_fields) / sizeof(member_fields[0]); i++) {
        if (strcmp(member_fields[i].name, name) == 0)
            return *(const char *const *)((const char *)member + member_fields[i].offset);
    }
    return NULL;
}
int wecom_member_is_field(const char *name)
{
    apr_size_t i;
    for (i = 0; i < sizeof(member_fields) / sizeof(member_fields[0]); i++) {
        if (strcmp(member_fields[i].name, name) == 0) return 1;
    }
    return 0;
}
