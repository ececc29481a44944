/* SPDX-License-Identifier: Apache-2.0 */
/* carry.c - see carry.h. */
#include "carry.h"

#include <string.h>

#include <apr_strings.h>

#include "claim.h"
#include "normal.h"
#include "octets.h"

#define KIND "facts"

void wecom_carry_member(wecom_ticket_t *ticket, const wecom_member_t *member)
{
    ticket->name = member->name != NULL ? member->name : "";
    ticket->departments = member->departments;
    ticket->leads = member->leads;
    ticket->department_count = member->department_count;
    ticket->main_department = member->main_department;
}

static int is_contradicted(const wecom_ticket_t *ticket, const apr_table_t *facts,
                           apr_pool_t *pool)
{
    const char *match = apr_table_get(ticket->fields, WECOM_TICKET_MATCH);
    const char *print = apr_table_get(ticket->fields, WECOM_TICKET_MATCHED);

    return (ticket->flags & WECOM_TICKET_FIELD_MATCH) != 0 && match != NULL && print != NULL
           && wecom_claim_contradicts(match, print, facts, pool);
}

void wecom_carry_over(wecom_ticket_t *ticket, const wecom_ticket_t *newer,
                      const apr_array_header_t *fields, apr_pool_t *pool)
{
    apr_table_t *values;

    if (newer->name != NULL && *newer->name != '\0') {
        ticket->name = newer->name;
    }
    ticket->departments = newer->departments;
    ticket->leads = newer->leads;
    ticket->department_count = newer->department_count;
    ticket->main_department = newer->main_department;
    if (newer->fields != NULL) {
        values = ticket->fields != NULL ? apr_table_copy(pool, ticket->fields)
                                        : apr_table_make(pool, 4);
        wecom_field_hear(values, fields, newer->fields);
        ticket->fields = values;
        if (is_contradicted(ticket, newer->fields, pool)) {
            ticket->flags &= ~(unsigned int)WECOM_TICKET_FIELD_MATCH;
        }
    }
}

static void add_text(apr_array_header_t *parts, const char *text)
{
    wecom_bytes_t *part = apr_array_push(parts);

    part->data = (const unsigned char *)(text != NULL ? text : "");
    part->len = text != NULL ? strlen(text) : 0;
}

static void add_departments(apr_array_header_t *parts, const wecom_ticket_t *ticket,
                            apr_pool_t *pool)
{
    wecom_bytes_t *part = apr_array_push(parts);
    unsigned char *bytes = apr_palloc(pool, 5 * ticket->department_count + 4);
    unsigned char *at = bytes;
    apr_size_t i;

    for (i = 0; i < ticket->department_count; i++) {
        at = wecom_octets_put(at, (apr_uint64_t)ticket->departments[i], 4);
        at = wecom_octets_put(at, ticket->leads != NULL ? ticket->leads[i] : WECOM_LEADS_UNTOLD, 1);
    }
    at = wecom_octets_put(at, (apr_uint64_t)ticket->main_department, 4);
    part->data = bytes;
    part->len = (apr_size_t)(at - bytes);
}

static void add_fields(apr_array_header_t *parts, const apr_table_t *fields)
{
    const apr_array_header_t *pairs = apr_table_elts(fields);
    int i;

    for (i = 0; i < pairs->nelts; i++) {
        const apr_table_entry_t *pair = &APR_ARRAY_IDX(pairs, i, apr_table_entry_t);

        add_text(parts, pair->key);
        add_text(parts, pair->val);
    }
}

apr_uint64_t wecom_carry_print(const wecom_ticket_t *ticket, apr_pool_t *pool)
{
    apr_array_header_t *parts = apr_array_make(pool, 8, sizeof(wecom_bytes_t));
    unsigned char hash[WECOM_SHA256_BYTES];
    apr_uint64_t print;

    add_text(parts, ticket->name);
    add_departments(parts, ticket, pool);
    if (ticket->fields != NULL) {
        add_fields(parts, ticket->fields);
    }
    if (wecom_crypto_hash(hash, (const wecom_bytes_t *)(const void *)parts->elts,
                          (apr_size_t)parts->nelts) != WECOM_OK) {
        return 0;
    }
    print = wecom_octets_get(hash, 8);
    return print != 0 ? print : 1;
}

/* --- in the cache ----------------------------------------------------------------------------- */

static const char *key_of(const wecom_source_t *source, const char *userid, apr_pool_t *pool)
{
    const char *normal = wecom_normal_userid(userid, source->app.proxy_developed, pool);

    return apr_pstrcat(pool, source->print != NULL ? source->print : "", "|",
                       normal != NULL ? normal : userid, NULL);
}

wecom_status_t wecom_carry_put(const wecom_cache_t *cache, const wecom_source_t *source,
                               const wecom_ticket_t *newer, apr_time_t now, apr_time_t expires,
                               apr_pool_t *pool)
{
    wecom_bytes_t bytes;
    wecom_status_t status = wecom_ticket_encode(&bytes, newer, pool);

    if (status != WECOM_OK) {
        return status;
    }
    return cache->put(cache, KIND, key_of(source, newer->userid, pool), bytes, now, expires, pool);
}

wecom_status_t wecom_carry_get(wecom_ticket_t *newer, const wecom_cache_t *cache,
                               const wecom_source_t *source, const char *userid, apr_time_t now,
                               apr_pool_t *pool)
{
    wecom_bytes_t bytes;
    wecom_status_t status = cache->get(cache, &bytes, KIND, key_of(source, userid, pool), now,
                                       pool);

    if (status == WECOM_OK) {
        status = wecom_ticket_decode(newer, bytes, pool);
    }
    return status == WECOM_OK ? WECOM_OK : WECOM_E_NOT_FOUND;
}
