/* SPDX-License-Identifier: Apache-2.0 */
/* claim.c - see claim.h. */

#include "claim.h"

#include <stddef.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"
#include "field.h"
#include "normal.h"
#include "state.h"

#define PRINT_BYTES 8 /* of a hash, in a ticket */

/* The member's fields that may be matched by. */
static const struct {
    const char *name;
    apr_size_t offset;
    apr_size_t second;      /* tried after the first; 0: none */
    int needs_consent;
} fields[] = {
    { "userid", offsetof(wecom_member_t, userid), 0, 0 },
    { "email", offsetof(wecom_member_t, email), offsetof(wecom_member_t, biz_mail), 1 },
    { "mobile", offsetof(wecom_member_t, mobile), 0, 1 },
    { "biz_mail", offsetof(wecom_member_t, biz_mail), 0, 1 },
    { "name", offsetof(wecom_member_t, name), 0, 0 },
    { "alias", offsetof(wecom_member_t, alias), 0, 0 },
    { "position", offsetof(wecom_member_t, position), 0, 0 },
    { "telephone", offsetof(wecom_member_t, telephone), 0, 0 },
};
#define FIELDS ((int)(sizeof(fields) / sizeof(fields[0])))

/* "alias" of "alias=username". -1: none of ours. */
static int find_field(const char *field)
{
    apr_size_t len = strcspn(field, "=");
    int i;

    for (i = 0; i < FIELDS; i++) {
        if (strlen(fields[i].name) == len && strncmp(fields[i].name, field, len) == 0) {
            return i;
        }
    }
    return -1;
}

int wecom_claim_is_field(const char *field)
{
    return find_field(field) >= 0 && wecom_account_column(field) != 0;
}

int wecom_claim_needs_consent(const char *field)
{
    int i = find_field(field);

    return i >= 0 && fields[i].needs_consent;
}

int wecom_claim_is_free(const char *field)
{
    return find_field(field) == 0;
}

const char *wecom_claim_origin(const char *field, int i)
{
    int at = find_field(field);
    int k;

    if (at < 0 || !wecom_member_is_field(fields[at].name)) {
        return NULL;
    }
    if (i == 0) {
        return fields[at].name;
    }
    for (k = 0; i == 1 && fields[at].second != 0 && k < FIELDS; k++) {
        if (fields[k].offset == fields[at].second) {
            return fields[k].name;
        }
    }
    return NULL;
}

static const char *text_of(const wecom_member_t *member, apr_size_t offset)
{
    const char *text = *(const char *const *)((const char *)member + offset);

    return text != NULL && *text != '\0' ? text : NULL;
}

static const char *normal_of(const char *text, wecom_column_t column, apr_pool_t *pool)
{
    switch (column) {
    case WECOM_COLUMN_EMAIL:
        return wecom_normal_email(text, pool);
    case WECOM_COLUMN_PHONE:
        return wecom_normal_phone(text, pool);
    case WECOM_COLUMN_USERNAME:
    default:
        return wecom_normal_username(text, pool);
    }
}

static const char *print_of(const char *value, apr_pool_t *pool)
{
    unsigned char hash[WECOM_SHA256_BYTES];
    wecom_bytes_t bytes;

    if (value == NULL) {
        return NULL;
    }
    bytes.data = (const unsigned char *)value;
    bytes.len = strlen(value);
    return wecom_crypto_hash(hash, &bytes, 1) == WECOM_OK
           ? wecom_text_hex(hash, PRINT_BYTES, pool) : NULL;
}

const char *wecom_claim_print(const char *field, const wecom_account_t *account, apr_pool_t *pool)
{
    return print_of(wecom_account_value(account, (wecom_column_t)wecom_account_column(field),
                                        pool), pool);
}

int wecom_claim_contradicts(const char *field, const char *print, const apr_table_t *facts,
                            apr_pool_t *pool)
{
    const wecom_column_t column = (wecom_column_t)wecom_account_column(field);
    const char *origin;
    int told = 0;
    int i;

    for (i = 0; (origin = wecom_claim_origin(field, i)) != NULL; i++) {
        const char *text = wecom_field_fact(facts, origin);
        const char *value = text != NULL && *text != '\0' ? normal_of(text, column, pool) : NULL;

        if (value != NULL && wecom_text_equal(print_of(value, pool), print)) {
            return 0;
        }
        told |= value != NULL;
    }
    return told;
}

static void add_value(apr_array_header_t *values, const char *field, const char *text,
                      apr_pool_t *pool)
{
    wecom_claim_value_t value;

    value.field = field;
    value.column = (wecom_column_t)wecom_account_column(field);
    value.value = normal_of(text, value.column, pool);
    if (value.value != NULL) {
        APR_ARRAY_PUSH(values, wecom_claim_value_t) = value;
    }
}

/* 1 when WeCom delivered it, whether or not it is good for anything. */
static int add_field(apr_array_header_t *values, const char *field, const wecom_member_t *member,
                     apr_pool_t *pool)
{
    int i = find_field(field);
    const char *first = i >= 0 ? text_of(member, fields[i].offset) : NULL;
    const char *second = i >= 0 && fields[i].second != 0 ? text_of(member, fields[i].second)
                                                         : NULL;

    if (first != NULL) {
        add_value(values, field, first, pool);
    }
    if (second != NULL) {
        add_value(values, field, second, pool);
    }
    return first != NULL || second != NULL;
}

enum { LACKS_PHONE = 1, LACKS_EMAIL = 2, LACKS_OTHER = 4 };

static int lack_of(const char *field)
{
    apr_size_t len = strcspn(field, "=");

    if (len == 6 && strncmp(field, "mobile", len) == 0) {
        return LACKS_PHONE;
    }
    return wecom_claim_needs_consent(field) ? LACKS_EMAIL : LACKS_OTHER;
}

static wecom_word_t item_of(int lacks)
{
    switch (lacks & (LACKS_PHONE | LACKS_EMAIL)) {
    case LACKS_PHONE:
        return WECOM_WORD_ITEM_PHONE;
    case LACKS_EMAIL:
        return WECOM_WORD_ITEM_EMAIL;
    case LACKS_PHONE | LACKS_EMAIL:
        return WECOM_WORD_ITEM_BOTH;
    default:
        return WECOM_WORD_ITEM_OTHER;
    }
}

static const char *ids_of(const wecom_member_t *member, apr_pool_t *pool)
{
    const char *ids = NULL;
    apr_size_t i;

    for (i = 0; i < member->department_count; i++) {
        ids = apr_psprintf(pool, "%s%s%" APR_INT64_T_FMT, ids != NULL ? ids : "",
                           ids != NULL ? "," : "", member->departments[i]);
    }
    return ids;
}

static void fill_profile(wecom_profile_t *profile, const wecom_member_t *member,
                         apr_pool_t *pool)
{
    profile->name = text_of(member, offsetof(wecom_member_t, name));
    profile->alias = text_of(member, offsetof(wecom_member_t, alias));
    profile->position = text_of(member, offsetof(wecom_member_t, position));
    profile->telephone = text_of(member, offsetof(wecom_member_t, telephone));
    profile->gender = text_of(member, offsetof(wecom_member_t, gender));
    profile->avatar = text_of(member, offsetof(wecom_member_t, avatar));
    profile->departments = ids_of(member, pool);
}

void wecom_claim_make(wecom_claim_t *claim, wecom_word_t *item, const wecom_source_t *source,
                      unsigned int flags, const wecom_member_t *member, apr_time_t now,
                      apr_pool_t *pool)
{
    apr_array_header_t *values = apr_array_make(pool, 4, sizeof(wecom_claim_value_t));
    int can_ask = (flags & WECOM_PENDING_IN_CLIENT) != 0 && (flags & WECOM_PENDING_PRIVATE) == 0
                  && !source->base_alone;
    int lacks = 0;
    int i;

    memset(claim, 0, sizeof(*claim));
    claim->source = source->id;
    claim->userid = member->userid;
    claim->userid_key = wecom_normal_userid(member->userid, source->app.proxy_developed, pool);
    claim->email = text_of(member, offsetof(wecom_member_t, email));
    if (claim->email == NULL) {
        claim->email = text_of(member, offsetof(wecom_member_t, biz_mail));
    }
    claim->phone = text_of(member, offsetof(wecom_member_t, mobile));
    fill_profile(&claim->profile, member, pool);
    claim->sync = source->sync;
    claim->policy.association = source->association;
    claim->policy.login_only = source->login_only || (flags & WECOM_PENDING_LOGIN_ONLY) != 0;
    claim->policy.no_registration = (flags & WECOM_PENDING_NO_REGISTRATION) != 0;
    claim->values = values;
    claim->now = now;
    for (i = 0; source->association == WECOM_ASSOCIATION_FIELD && source->fields != NULL
                && i < source->fields->nelts; i++) {
        const char *field = APR_ARRAY_IDX(source->fields, i, const char *);

        if (!add_field(values, field, member, pool)) {
            lacks |= lack_of(field);
            claim->withheld = 1;
            claim->policy.may_consent |= can_ask && wecom_claim_needs_consent(field);
        }
    }
    *item = item_of(lacks);
}
