/* SPDX-License-Identifier: Apache-2.0 */
/* half.c - see half.h. */

#include "half.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/json.h"
#include "../base/limits.h"
#include "../base/text.h"

#define KIND "half"
#define MAX_MASKED 300

/* --- masks ------------------------------------------------------------------------------------ */

/* The first character, which can be more than one byte. */
static const char *first_of(const char *text, apr_pool_t *pool)
{
    apr_size_t len = *text != '\0' ? 1 : 0;

    while (((unsigned char)text[len] & 0xc0) == 0x80) {
        len++;
    }
    return apr_pstrmemdup(pool, text, len);
}

const char *wecom_half_mask_email(const char *email, apr_pool_t *pool)
{
    const char *at = email != NULL ? strchr(email, '@') : NULL;
    const char *dot = at != NULL ? strrchr(at, '.') : NULL;

    if (at == NULL || at == email || at[1] == '\0') {
        return "";
    }
    return apr_pstrcat(pool, first_of(email, pool), "***@", first_of(at + 1, pool), "***",
                       dot != NULL && dot > at + 1 ? dot : "", NULL);
}

const char *wecom_half_mask_phone(const char *phone, apr_pool_t *pool)
{
    apr_size_t len;

    if (phone != NULL && strncmp(phone, "+86", 3) == 0) {
        phone += 3;
        phone += strspn(phone, " -");
    }
    len = phone != NULL ? strlen(phone) : 0;
    if (len < 9 || phone[strspn(phone, "+0123456789 -")] != '\0') {
        return "";
    }
    return apr_pstrcat(pool, apr_pstrmemdup(pool, phone, 3), "****", phone + len - 4, NULL);
}

apr_array_header_t *wecom_half_choices(const apr_array_header_t *candidates, apr_pool_t *pool)
{
    apr_array_header_t *choices = apr_array_make(pool, 2, sizeof(wecom_half_choice_t));
    int i;

    for (i = 0; candidates != NULL && i < candidates->nelts; i++) {
        const wecom_account_t *account = &APR_ARRAY_IDX(candidates, i, wecom_account_t);
        wecom_half_choice_t *choice = apr_array_push(choices);

        choice->id = account->id;
        choice->username = account->username;
        choice->email = wecom_half_mask_email(account->email, pool);
        choice->phone = wecom_half_mask_phone(account->phone, pool);
    }
    return choices;
}

/* --- the record ------------------------------------------------------------------------------- */

/* The texts of a member by name, the empty ones too. */
static void write_texts(wecom_json_out_t *out, const wecom_member_t *member)
{
    wecom_json_out_t *consented = wecom_json_out_child_array(out, "consented");
    const char *name;
    int i;

    wecom_json_out_text(out, "userid", member->userid);
    for (i = 0; (name = wecom_member_field_name(i)) != NULL; i++) {
        const char *text = wecom_member_field(member, name);

        if (text != NULL) {
            wecom_json_out_text(out, name, text);
        }
        if (wecom_member_is_consented(member, name)) {
            wecom_json_out_text(consented, NULL, name);
        }
    }
}

static void read_texts(wecom_member_t *member, const wecom_json_t *in)
{
    const wecom_json_t *consented = wecom_json_array(in, "consented");
    const char *name;
    apr_size_t k;
    int i;

    member->userid = wecom_json_text(in, "userid", WECOM_MAX_FIELD);
    for (i = 0; (name = wecom_member_field_name(i)) != NULL; i++) {
        wecom_member_set_field(member, name, wecom_json_text(in, name, WECOM_MAX_FIELD));
    }
    for (k = 0; k < wecom_json_length(consented); k++) {
        name = wecom_json_item_text(consented, k, WECOM_MAX_FIELD_NAME);
        if (name != NULL) {
            wecom_member_set_consented(member, name);
        }
    }
}

static int write_attribute(void *list, const char *name, const char *value)
{
    wecom_json_out_text(list, NULL, name);
    wecom_json_out_text(list, NULL, value);
    return 1;
}

/* Names and values by turns. */
static void write_attributes(wecom_json_out_t *out, const wecom_member_t *member)
{
    if (member->extattr != NULL) {
        apr_table_do(write_attribute, wecom_json_out_child_array(out, "extattr"),
                     member->extattr, NULL);
    }
}

static void read_attributes(wecom_member_t *member, const wecom_json_t *in, apr_pool_t *pool)
{
    const wecom_json_t *list = wecom_json_array(in, "extattr");
    apr_size_t count = wecom_json_length(list);
    apr_table_t *attributes = apr_table_make(pool, 8);
    apr_size_t i;

    for (i = 0; i + 1 < count && i < 2 * WECOM_MAX_EXTATTRS; i += 2) {
        const char *name = wecom_json_item_text(list, i, WECOM_MAX_NAME);
        const char *value = wecom_json_item_text(list, i + 1, WECOM_MAX_FIELD);

        if (name != NULL && value != NULL) {
            apr_table_set(attributes, name, value);
        }
    }
    member->extattr = apr_is_empty_table(attributes) ? NULL : attributes;
}

static void write_departments(wecom_json_out_t *out, const wecom_member_t *member)
{
    wecom_json_out_t *ids = wecom_json_out_child_array(out, "departments");
    wecom_json_out_t *leads = wecom_json_out_child_array(out, "leads");
    apr_size_t i;

    for (i = 0; i < member->department_count; i++) {
        wecom_json_out_number(ids, NULL, member->departments[i]);
        wecom_json_out_number(leads, NULL, member->leads[i]);
    }
}

wecom_bytes_t wecom_half_pack(const wecom_half_t *half, apr_pool_t *pool)
{
    wecom_json_out_t *out = wecom_json_out_object(pool);
    wecom_json_out_t *choices;
    wecom_bytes_t bytes;
    int k;

    wecom_json_out_number(out, "asked", half->asked);
    wecom_json_out_number(out, "confirmed", half->confirmed);
    wecom_json_out_number(out, "status", half->member.status);
    wecom_json_out_number(out, "main_department", half->member.main_department);
    write_texts(out, &half->member);
    write_attributes(out, &half->member);
    write_departments(out, &half->member);
    choices = wecom_json_out_child_array(out, "choices");
    for (k = 0; half->choices != NULL && k < half->choices->nelts; k++) {
        const wecom_half_choice_t *choice = &APR_ARRAY_IDX(half->choices, k, wecom_half_choice_t);
        wecom_json_out_t *row = wecom_json_out_child_object(choices, NULL);

        wecom_json_out_text(row, "id", choice->id);
        wecom_json_out_text(row, "username", choice->username);
        wecom_json_out_text(row, "email", choice->email);
        wecom_json_out_text(row, "phone", choice->phone);
    }
    bytes.data = (const unsigned char *)wecom_json_out_print(out);
    bytes.len = strlen((const char *)bytes.data);
    return bytes;
}

static void read_departments(wecom_member_t *member, const wecom_json_t *in, apr_pool_t *pool)
{
    const wecom_json_t *ids = wecom_json_array(in, "departments");
    const wecom_json_t *leads = wecom_json_array(in, "leads");
    apr_size_t count = wecom_json_length(ids);
    apr_int64_t *departments;
    unsigned char *flags;
    apr_size_t i;

    if (count > WECOM_MAX_DEPARTMENTS || wecom_json_length(leads) != count) {
        count = 0;
    }
    departments = apr_palloc(pool, (count + 1) * sizeof(*departments));
    flags = apr_palloc(pool, count + 1);
    for (i = 0; i < count; i++) {
        departments[i] = wecom_json_item_number(ids, i, 1, APR_UINT32_MAX, 1);
        flags[i] = (unsigned char)wecom_json_item_number(leads, i, WECOM_LEADS_NOT,
                                                         WECOM_LEADS_UNTOLD, WECOM_LEADS_UNTOLD);
    }
    member->departments = departments;
    member->leads = flags;
    member->department_count = count;
}

static apr_array_header_t *read_choices(const wecom_json_t *in, apr_pool_t *pool)
{
    const wecom_json_t *rows = wecom_json_array(in, "choices");
    apr_array_header_t *choices = apr_array_make(pool, 2, sizeof(wecom_half_choice_t));
    apr_size_t i;

    for (i = 0; i < wecom_json_length(rows); i++) {
        const wecom_json_t *row = wecom_json_item(rows, i);
        wecom_half_choice_t choice;

        choice.id = wecom_json_text(row, "id", WECOM_MAX_USERNAME);
        choice.username = wecom_json_text(row, "username", WECOM_MAX_USERNAME);
        choice.email = wecom_json_text(row, "email", MAX_MASKED);
        choice.phone = wecom_json_text(row, "phone", MAX_MASKED);
        if (choice.id != NULL && choice.username != NULL && choice.email != NULL
            && choice.phone != NULL) {
            APR_ARRAY_PUSH(choices, wecom_half_choice_t) = choice;
        }
    }
    return choices;
}

wecom_status_t wecom_half_unpack(wecom_half_t *half, wecom_bytes_t bytes, apr_pool_t *pool)
{
    const wecom_json_t *in;

    memset(half, 0, sizeof(*half));
    if (wecom_json_parse(&in, (const char *)bytes.data, bytes.len, pool) != WECOM_OK) {
        return WECOM_E_BAD_INPUT;
    }
    half->asked = (wecom_match_verdict_t)wecom_json_number(in, "asked", WECOM_MATCH_LOG_IN,
                                                           WECOM_MATCH_ASK_TO_BIND,
                                                           WECOM_MATCH_REFUSE);
    half->confirmed = wecom_json_number(in, "confirmed", 0, APR_INT64_MAX, 0);
    half->member.status = (int)wecom_json_number(in, "status", 0, 99, 0);
    half->member.main_department = wecom_json_number(in, "main_department", 0, APR_UINT32_MAX, 0);
    read_texts(&half->member, in);
    read_attributes(&half->member, in, pool);
    read_departments(&half->member, in, pool);
    half->choices = read_choices(in, pool);
    return half->asked != WECOM_MATCH_REFUSE && half->member.userid != NULL ? WECOM_OK
                                                                            : WECOM_E_BAD_INPUT;
}

/* --- in the cache ----------------------------------------------------------------------------- */

wecom_status_t wecom_half_put(const wecom_cache_t *cache, const char *state,
                              const wecom_half_t *half, apr_time_t now, apr_pool_t *pool)
{
    return cache->put(cache, KIND, state, wecom_half_pack(half, pool), now,
                      now + apr_time_from_sec(WECOM_PENDING_SECONDS), pool);
}

wecom_status_t wecom_half_get(wecom_half_t *half, const wecom_cache_t *cache, const char *state,
                              apr_time_t now, apr_pool_t *pool)
{
    wecom_bytes_t bytes;
    wecom_status_t status = cache->get(cache, &bytes, KIND, state, now, pool);

    if (status == WECOM_OK) {
        status = wecom_half_unpack(half, bytes, pool);
    }
    return status == WECOM_OK ? WECOM_OK : WECOM_E_NOT_FOUND;
}

void wecom_half_drop(const wecom_cache_t *cache, const char *state, apr_pool_t *pool)
{
    cache->drop(cache, KIND, state, pool);
}
