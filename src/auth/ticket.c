/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ticket.c - the record as bytes, and back.
 *
 * Decoding happens on every request of everybody. So it walks the bytes once, with one check of
 * the room left for each field, and copies them once: numbers and lengths are read from the
 * original, texts are handed out from the copy, where the byte behind each text (a length that
 * has no reader there, or the one spare byte at the end) becomes its NUL. No text is moved.
 */
#include "ticket.h"

#include <string.h>

#include <apr_strings.h>

#include "../wecom/member.h"
#include "octets.h"

#define MAX_TEXT   0xffff
#define MAX_PAIRS  64
#define MAX_ID     APR_INT64_C(0xffffffff) /* a department */
#define HEAD_BYTES (1 + 4 + 8 + 8 + 8 + WECOM_TICKET_ID_BYTES)

/* A time in the future counts as now; what is before 1970 counts as 1970, so that the
 * difference never overflows. */
static apr_int64_t seconds_since(apr_int64_t then, apr_int64_t now)
{
    if (then < 0) {
        then = 0;
    }
    return then < now ? now - then : 0;
}

wecom_ticket_age_t wecom_ticket_judge_age(const wecom_ticket_t *ticket,
                                          const wecom_ticket_life_t *life, apr_int64_t now)
{
    apr_int64_t unused = seconds_since(ticket->seen, now);

    if (seconds_since(ticket->issued, now) > life->max_age || unused > life->idle) {
        return WECOM_TICKET_EXPIRED;
    }
    /* A tenth, rounded up, so that a span of a few seconds does not renew within one second. */
    if (unused >= life->idle / 10 + (life->idle % 10 != 0)) {
        return WECOM_TICKET_RENEW;
    }
    return WECOM_TICKET_FRESH;
}

/* --- writing --------------------------------------------------------------------------------- */

/* Add the bytes that a text takes to *size; 0 when it is too long. NULL is written as "". */
static int measure_text(apr_size_t *size, const char *text)
{
    apr_size_t len = text != NULL ? strlen(text) : 0;

    *size += 2 + len;
    return len <= MAX_TEXT;
}

static int measure_table(apr_size_t *size, const apr_table_t *table)
{
    const apr_array_header_t *pairs;
    const apr_table_entry_t *pair;
    int i;

    *size += 2;
    if (table == NULL) {
        return 1;
    }
    pairs = apr_table_elts(table);
    pair = (const apr_table_entry_t *)pairs->elts;
    if (pairs->nelts > MAX_PAIRS) {
        return 0;
    }
    for (i = 0; i < pairs->nelts; i++) {
        if (!measure_text(size, pair[i].key) || !measure_text(size, pair[i].val)) {
            return 0;
        }
    }
    return 1;
}

static unsigned char *put_text(unsigned char *at, const char *text)
{
    apr_size_t len = text != NULL ? strlen(text) : 0;

    at = wecom_octets_put(at, len, 2);
    if (len > 0) {
        memcpy(at, text, len);
    }
    return at + len;
}

static unsigned char *put_table(unsigned char *at, const apr_table_t *table)
{
    const apr_array_header_t *pairs;
    const apr_table_entry_t *pair;
    int i;

    if (table == NULL) {
        return wecom_octets_put(at, 0, 2);
    }
    pairs = apr_table_elts(table);
    pair = (const apr_table_entry_t *)pairs->elts;
    at = wecom_octets_put(at, (apr_uint64_t)pairs->nelts, 2);
    for (i = 0; i < pairs->nelts; i++) {
        at = put_text(at, pair[i].key);
        at = put_text(at, pair[i].val);
    }
    return at;
}

/* What decode would refuse, encode does not write. */
static wecom_status_t measure(apr_size_t *size, const wecom_ticket_t *ticket)
{
    apr_size_t i;

    if (ticket->source == NULL || *ticket->source == '\0' || ticket->userid == NULL
        || *ticket->userid == '\0' || ticket->issued < 0 || ticket->seen < 0
        || ticket->checked < 0 || ticket->main_department < 0
        || ticket->main_department > MAX_ID) {
        return WECOM_E_BAD_INPUT;
    }
    if (ticket->department_count > WECOM_MAX_DEPARTMENTS) {
        return WECOM_E_TOO_LARGE;
    }
    for (i = 0; i < ticket->department_count; i++) {
        if (ticket->departments[i] < 1 || ticket->departments[i] > MAX_ID) {
            return WECOM_E_BAD_INPUT;
        }
    }
    *size = HEAD_BYTES + 2 + 5 * ticket->department_count + 4;
    if (!measure_text(size, ticket->source) || !measure_text(size, ticket->userid)
        || !measure_text(size, ticket->account) || !measure_text(size, ticket->name)
        || !measure_table(size, ticket->fields) || !measure_table(size, ticket->entries)) {
        return WECOM_E_TOO_LARGE;
    }
    return WECOM_OK;
}

wecom_status_t wecom_ticket_encode(wecom_bytes_t *out, const wecom_ticket_t *ticket,
                                   apr_pool_t *pool)
{
    wecom_status_t status;
    unsigned char *bytes;
    unsigned char *at;
    apr_size_t size = 0;
    apr_size_t i;

    status = measure(&size, ticket);
    if (status != WECOM_OK) {
        return status;
    }
    bytes = apr_palloc(pool, size);
    at = wecom_octets_put(bytes, WECOM_TICKET_VERSION, 1);
    at = wecom_octets_put(at, ticket->flags, 4);
    at = wecom_octets_put(at, (apr_uint64_t)ticket->issued, 8);
    at = wecom_octets_put(at, (apr_uint64_t)ticket->seen, 8);
    at = wecom_octets_put(at, (apr_uint64_t)ticket->checked, 8);
    memcpy(at, ticket->id, WECOM_TICKET_ID_BYTES);
    at = put_text(at + WECOM_TICKET_ID_BYTES, ticket->source);
    at = put_text(at, ticket->userid);
    at = put_text(at, ticket->account);
    at = put_text(at, ticket->name);
    at = wecom_octets_put(at, ticket->department_count, 2);
    for (i = 0; i < ticket->department_count; i++) {
        at = wecom_octets_put(at, (apr_uint64_t)ticket->departments[i], 4);
        at = wecom_octets_put(at, ticket->leads != NULL ? ticket->leads[i] : WECOM_LEADS_UNTOLD, 1);
    }
    at = wecom_octets_put(at, (apr_uint64_t)ticket->main_department, 4);
    at = put_table(at, ticket->fields);
    at = put_table(at, ticket->entries);
    out->data = bytes;
    out->len = (apr_size_t)(at - bytes);
    return WECOM_OK;
}

/* --- reading --------------------------------------------------------------------------------- */

/* A place in the original, and the same place in the copy. */
typedef struct reader_t {
    const unsigned char *at;
    const unsigned char *end;
    char *copy;
} reader_t;

static int has_room(const reader_t *reader, apr_size_t n)
{
    return (apr_size_t)(reader->end - reader->at) >= n;
}

/* The caller has asked has_room. */
static apr_uint64_t take(reader_t *reader, unsigned int width)
{
    apr_uint64_t value = wecom_octets_get(reader->at, width);

    reader->at += width;
    reader->copy += width;
    return value;
}

/* NULL when the bytes end early or the text holds a NUL. */
static const char *take_text(reader_t *reader)
{
    char *text;
    apr_size_t n;

    if (!has_room(reader, 2)) {
        return NULL;
    }
    n = (apr_size_t)take(reader, 2);
    if (!has_room(reader, n) || memchr(reader->at, '\0', n) != NULL) {
        return NULL;
    }
    text = reader->copy;
    text[n] = '\0';
    reader->at += n;
    reader->copy += n;
    return text;
}

static int take_departments(wecom_ticket_t *ticket, reader_t *reader, apr_pool_t *pool)
{
    apr_int64_t *ids;
    unsigned char *leads;
    apr_size_t count;
    apr_size_t i;

    if (!has_room(reader, 2)) {
        return 0;
    }
    count = (apr_size_t)take(reader, 2);
    if (count > WECOM_MAX_DEPARTMENTS || !has_room(reader, 5 * count + 4)) {
        return 0;
    }
    if (count > 0) {
        ids = apr_palloc(pool, count * (sizeof(*ids) + sizeof(*leads)));
        leads = (unsigned char *)(ids + count);
        for (i = 0; i < count; i++) {
            ids[i] = (apr_int64_t)take(reader, 4);
            leads[i] = (unsigned char)take(reader, 1);
            if (ids[i] == 0 || leads[i] > WECOM_LEADS_UNTOLD) {
                return 0;
            }
        }
        ticket->departments = ids;
        ticket->leads = leads;
        ticket->department_count = count;
    }
    ticket->main_department = (apr_int64_t)take(reader, 4);
    return 1;
}

/* *table stays NULL when there is nothing to put in. */
static int take_table(apr_table_t **table, reader_t *reader, apr_pool_t *pool)
{
    apr_size_t count;
    apr_size_t i;

    if (!has_room(reader, 2)) {
        return 0;
    }
    count = (apr_size_t)take(reader, 2);
    /* Each pair takes 4 bytes at least: nothing is made for a count that cannot be true. */
    if (count > MAX_PAIRS || !has_room(reader, 4 * count)) {
        return 0;
    }
    if (count > 0) {
        *table = apr_table_make(pool, (int)count);
    }
    for (i = 0; i < count; i++) {
        const char *key = take_text(reader);
        const char *value = key != NULL ? take_text(reader) : NULL;

        if (value == NULL) {
            return 0;
        }
        apr_table_addn(*table, key, value);
    }
    return 1;
}

static int take_head(wecom_ticket_t *ticket, reader_t *reader)
{
    if (!has_room(reader, HEAD_BYTES) || take(reader, 1) != WECOM_TICKET_VERSION) {
        return 0;
    }
    ticket->flags = (unsigned int)take(reader, 4);
    ticket->issued = (apr_int64_t)take(reader, 8);
    ticket->seen = (apr_int64_t)take(reader, 8);
    ticket->checked = (apr_int64_t)take(reader, 8);
    memcpy(ticket->id, reader->at, WECOM_TICKET_ID_BYTES);
    reader->at += WECOM_TICKET_ID_BYTES;
    reader->copy += WECOM_TICKET_ID_BYTES;
    return ticket->issued >= 0 && ticket->seen >= 0 && ticket->checked >= 0;
}

static int take_all(wecom_ticket_t *ticket, reader_t *reader, apr_pool_t *pool)
{
    apr_table_t *fields = NULL;

    if (!take_head(ticket, reader)
        || (ticket->source = take_text(reader)) == NULL || *ticket->source == '\0'
        || (ticket->userid = take_text(reader)) == NULL || *ticket->userid == '\0'
        || (ticket->account = take_text(reader)) == NULL
        || (ticket->name = take_text(reader)) == NULL
        || !take_departments(ticket, reader, pool)
        || !take_table(&fields, reader, pool)
        || !take_table(&ticket->entries, reader, pool)
        || reader->at != reader->end) {
        return 0;
    }
    ticket->fields = fields;
    if (ticket->entries == NULL) {
        ticket->entries = apr_table_make(pool, 1);
    }
    return 1;
}

wecom_status_t wecom_ticket_decode(wecom_ticket_t *ticket, wecom_bytes_t bytes,
                                   apr_pool_t *pool)
{
    reader_t reader;

    memset(ticket, 0, sizeof(*ticket));
    if (bytes.len < HEAD_BYTES) {
        return WECOM_E_BAD_INPUT;
    }
    reader.at = bytes.data;
    reader.end = bytes.data + bytes.len;
    reader.copy = apr_palloc(pool, bytes.len + 1);
    memcpy(reader.copy, bytes.data, bytes.len);
    if (!take_all(ticket, &reader, pool)) {
        /* Half a ticket must not look like one to a caller that forgets to ask. */
        memset(ticket, 0, sizeof(*ticket));
        return WECOM_E_BAD_INPUT;
    }
    return WECOM_OK;
}

/* --- sealing --------------------------------------------------------------------------------- */

wecom_bytes_t wecom_ticket_aad(const wecom_site_t *site, apr_pool_t *pool)
{
    const char *where = site->cookie_domain != NULL ? "domain " : "host ";
    const char *name = site->cookie_domain != NULL ? site->cookie_domain : site->host;
    wecom_bytes_t aad;
    const char *text;

    /* No part can hold a line feed, so two different lists of parts never read the same. */
    text = apr_psprintf(pool, "wecom ticket\n%s\n%s%s\n/\n%d", site->session_cookie, where, name,
                        WECOM_TICKET_VERSION);
    aad.data = (const unsigned char *)text;
    aad.len = strlen(text);
    return aad;
}

wecom_status_t wecom_ticket_seal(const char **text, const wecom_ticket_t *ticket,
                                 const wecom_keyring_t *ring, wecom_bytes_t aad,
                                 apr_pool_t *pool)
{
    wecom_bytes_t plain;
    wecom_status_t status;

    *text = NULL;
    status = wecom_ticket_encode(&plain, ticket, pool);
    if (status != WECOM_OK) {
        return status;
    }
    /* base64url without padding: 4 characters for 3 bytes, the last one rounded up. */
    if (((plain.len + WECOM_SEAL_OVERHEAD) * 4 + 2) / 3 > WECOM_MAX_SEALED_COOKIE) {
        return WECOM_E_TOO_LARGE;
    }
    return wecom_crypto_seal_text(text, ring, aad, plain, pool);
}

wecom_status_t wecom_ticket_open(wecom_ticket_t *ticket, int *key_index, const char *text,
                                 apr_size_t len, const wecom_keyring_t *ring, wecom_bytes_t aad,
                                 apr_pool_t *pool)
{
    unsigned char *plain;
    wecom_bytes_t bytes;
    wecom_status_t status;

    if (len > WECOM_MAX_SEALED_COOKIE) {
        memset(ticket, 0, sizeof(*ticket));
        return WECOM_E_TOO_LARGE;
    }
    status = wecom_crypto_open_text(&plain, &bytes.len, key_index, ring, aad, text, len, pool);
    if (status != WECOM_OK) {
        memset(ticket, 0, sizeof(*ticket));
        return status;
    }
    bytes.data = plain;
    return wecom_ticket_decode(ticket, bytes, pool);
}
