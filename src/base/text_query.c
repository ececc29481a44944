/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_query.c - the part of text.h that is spoken in URLs, forms and the Cookie header.
 *
 * Each piece of decoding stands once: whoever compares an encoded name and whoever decodes a
 * value step through the same function, so that they cannot disagree about what a byte means.
 */
#include "text.h"

#include <string.h>

#include "limits.h"

static const char HEX_UPPER[] = "0123456789ABCDEF";

/* --- percent coding and queries ------------------------------------------------------------- */

static int is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
           || c == '-' || c == '.' || c == '_' || c == '~';
}

const char *wecom_text_url_encode(const char *s, apr_size_t len, apr_pool_t *pool)
{
    apr_size_t size = 0;
    apr_size_t i;
    char *out;
    char *p;

    for (i = 0; i < len; i++) {
        size += is_unreserved((unsigned char)s[i]) ? 1 : 3;
    }
    p = out = apr_palloc(pool, size + 1);
    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];

        if (is_unreserved(c)) {
            *p++ = (char)c;
        }
        else {
            *p++ = '%';
            *p++ = HEX_UPPER[c >> 4];
            *p++ = HEX_UPPER[c & 0x0F];
        }
    }
    *p = '\0';
    return out;
}

static int hex_value(unsigned char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}

/* The decoded byte at *i, which moves on; -1 for bad coding and for a byte 0. */
static int decoded_at(const char *s, apr_size_t len, apr_size_t *i, int plus_is_space)
{
    unsigned char c = (unsigned char)s[*i];
    int high;
    int low;

    if (c == '%') {
        if (len - *i < 3) {
            return -1;
        }
        high = hex_value((unsigned char)s[*i + 1]);
        low = hex_value((unsigned char)s[*i + 2]);
        if (high < 0 || low < 0) {
            return -1;
        }
        *i += 3;
        c = (unsigned char)(high << 4 | low);
    }
    else {
        *i += 1;
        if (c == '+' && plus_is_space) {
            c = ' ';
        }
    }
    return c == 0 ? -1 : c;
}

wecom_status_t wecom_text_url_decode(const char **out, apr_size_t *out_len, const char *s,
                                     apr_size_t len, int plus_is_space, apr_pool_t *pool)
{
    char *copy = apr_palloc(pool, len + 1);
    apr_size_t n = 0;
    apr_size_t i = 0;

    *out = NULL;
    if (out_len != NULL) {
        *out_len = 0;
    }
    while (i < len) {
        int c = decoded_at(s, len, &i, plus_is_space);

        if (c < 0) {
            return WECOM_E_BAD_INPUT;
        }
        copy[n++] = (char)c;
    }
    copy[n] = '\0';
    *out = copy;
    if (out_len != NULL) {
        *out_len = n;
    }
    return WECOM_OK;
}

/* One piece of a query, between two '&'. Without '=' the value is empty. */
typedef struct piece_t {
    const char *start;
    apr_size_t len;
    apr_size_t name_len;
    const char *value;
    apr_size_t value_len;
} piece_t;

static void piece_read(piece_t *piece, const char *s, apr_size_t len)
{
    const char *end = len > 0 ? memchr(s, '&', len) : NULL;
    const char *equals;

    piece->start = s;
    piece->len = end != NULL ? (apr_size_t)(end - s) : len;
    equals = piece->len > 0 ? memchr(s, '=', piece->len) : NULL;
    piece->name_len = equals != NULL ? (apr_size_t)(equals - s) : piece->len;
    piece->value = equals != NULL ? equals + 1 : s + piece->len;
    piece->value_len = equals != NULL ? piece->len - piece->name_len - 1 : 0;
}

/* Names are compared decoded: "c%6Fde" is "code" to every application behind us, so it must be
 * to us, or the same parameter could stand there twice unseen. */
static int piece_is(const piece_t *piece, const char *name)
{
    apr_size_t i = 0;

    while (i < piece->name_len) {
        int c = decoded_at(piece->start, piece->name_len, &i, 1);

        if (c < 0 || c != (unsigned char)*name) {
            return 0;
        }
        name++;
    }
    return *name == '\0';
}

wecom_status_t wecom_text_query_get(const char **value, const char *query, apr_size_t len,
                                    const char *name, apr_size_t max_len, apr_pool_t *pool)
{
    piece_t piece;
    piece_t found;
    const char *text;
    apr_size_t text_len;
    apr_size_t pos = 0;

    *value = NULL;
    memset(&found, 0, sizeof found);
    if (query == NULL) {
        return WECOM_E_NOT_FOUND;
    }
    if (len > WECOM_MAX_QUERY) {
        return WECOM_E_TOO_LARGE;
    }
    while (pos < len) {
        piece_read(&piece, query + pos, len - pos);
        pos += piece.len + 1;
        if (piece.len == 0 || !piece_is(&piece, name)) {
            continue;
        }
        if (found.start != NULL) {
            return WECOM_E_BAD_INPUT;
        }
        found = piece;
    }
    if (found.start == NULL) {
        return WECOM_E_NOT_FOUND;
    }
    if (wecom_text_url_decode(&text, &text_len, found.value, found.value_len, 1, pool)
        != WECOM_OK) {
        return WECOM_E_BAD_INPUT;
    }
    if (text_len > max_len) {
        return WECOM_E_TOO_LARGE;
    }
    *value = text;
    return WECOM_OK;
}

const char *wecom_text_query_remove(const char *query, const char *name, apr_pool_t *pool)
{
    piece_t piece;
    apr_size_t len;
    apr_size_t pos = 0;
    apr_size_t n = 0;
    char *out;
    int first = 1;
    int removed = 0;

    if (query == NULL) {
        return NULL;
    }
    len = strlen(query);
    out = apr_palloc(pool, len + 1);
    while (pos <= len) {
        piece_read(&piece, query + pos, len - pos);
        pos += piece.len + 1;
        if (piece.len > 0 && piece_is(&piece, name)) {
            removed = 1;
            continue;
        }
        if (!first) {
            out[n++] = '&';
        }
        first = 0;
        memcpy(out + n, piece.start, piece.len);
        n += piece.len;
    }
    out[n] = '\0';
    if (!removed) {
        return query;
    }
    return n > 0 ? out : NULL;
}

/* --- cookies -------------------------------------------------------------------------------- */

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Narrow the slice from *start to *end by the blanks at both ends. */
static void trim(const char *s, apr_size_t *start, apr_size_t *end)
{
    while (*start < *end && is_blank(s[*start])) {
        *start += 1;
    }
    while (*end > *start && is_blank(s[*end - 1])) {
        *end -= 1;
    }
}

int wecom_text_cookie_next(wecom_text_cookie_t *cookie, apr_size_t *pos, const char *header,
                           apr_size_t len)
{
    while (*pos < len) {
        apr_size_t start = *pos;
        const char *stop = memchr(header + start, ';', len - start);
        apr_size_t end = stop != NULL ? (apr_size_t)(stop - header) : len;
        apr_size_t name_end;
        apr_size_t value;
        const char *equals;

        *pos = stop != NULL ? end + 1 : len;
        trim(header, &start, &end);
        if (start == end) {
            continue;
        }
        cookie->start = start;
        cookie->end = end;
        equals = memchr(header + start, '=', end - start);
        name_end = equals != NULL ? (apr_size_t)(equals - header) : start;
        value = equals != NULL ? name_end + 1 : start;
        trim(header, &start, &name_end);
        trim(header, &value, &end);
        cookie->name = header + start;
        cookie->name_len = name_end - start;
        cookie->value = header + value;
        cookie->value_len = end - value;
        return 1;
    }
    return 0;
}
