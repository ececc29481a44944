/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - bytes as text: percent coding, queries, cookies, base64url, hex, HTML, numbers.
 *
 * Every reader takes pointer and length, reads no byte outside them and needs no closing NUL.
 * Every result is NUL-terminated and lives in the pool. Nothing here knows WeCom or Apache.
 * NULL equals nothing, not even NULL, so that a missing value can never pass a comparison.
 */
#ifndef WECOM_BASE_TEXT_H
#define WECOM_BASE_TEXT_H

#include "error.h"

/* 1 when both are given and equal, byte for byte. Not for secrets (crypto.h has that one). */
int wecom_text_equal(const char *a, const char *b);

/* The same without regard to ASCII case. */
int wecom_text_equal_fold(const char *a, const char *b);

/* Bytes of s, ASCII letters lowered. NULL gives NULL. */
const char *wecom_text_fold(const char *s, apr_pool_t *pool);

/* Does hay (len bytes) contain the ASCII needle, without regard to case? */
int wecom_text_contains_fold(const char *hay, apr_size_t len, const char *needle);

/* RFC 3986 section 2.1: all but ALPHA DIGIT - . _ ~ becomes %XX (upper-case hex). */
const char *wecom_text_url_encode(const char *s, apr_size_t len, apr_pool_t *pool);

/* Undo percent coding, once. plus_is_space for form data. Refused (WECOM_E_BAD_INPUT): a '%'
 * that is not followed by two hex digits, and any decoded byte 0. *out_len may be NULL. */
wecom_status_t wecom_text_url_decode(const char **out, apr_size_t *out_len, const char *s,
                                     apr_size_t len, int plus_is_space, apr_pool_t *pool);

/* Find the parameter `name` in a query or form body and decode it into *value.
 * WECOM_E_NOT_FOUND: absent (*value NULL). WECOM_E_BAD_INPUT: there twice, or badly coded; a
 * parameter that is there twice means two things at once, so neither is believed.
 * WECOM_E_TOO_LARGE: the query is longer than WECOM_MAX_QUERY or the value than max_len. */
wecom_status_t wecom_text_query_get(const char **value, const char *query, apr_size_t len,
                                    const char *name, apr_size_t max_len, apr_pool_t *pool);

/* Remove every `name=...` pair from a query. Returns query itself when there was none, NULL when
 * nothing is left. */
const char *wecom_text_query_remove(const char *query, const char *name, apr_pool_t *pool);

/* One step through a Cookie header (RFC 6265 section 5.4, read as leniently as httpd does).
 * *pos starts at 0. Returns 1 and the name and value as slices of header (quotes around a value
 * are not removed), or 0 at the end. start and end are the byte range of the whole pair, so that
 * a caller can cut it out. Pairs without '=' have a name of length 0. */
typedef struct wecom_text_cookie_t {
    const char *name;
    apr_size_t name_len;
    const char *value;
    apr_size_t value_len;
    apr_size_t start;
    apr_size_t end;
} wecom_text_cookie_t;
int wecom_text_cookie_next(wecom_text_cookie_t *cookie, apr_size_t *pos, const char *header,
                           apr_size_t len);

/* RFC 4648 section 5, without padding. */
const char *wecom_text_base64url_encode(const unsigned char *data, apr_size_t len,
                                        apr_pool_t *pool);

/* Strict: the alphabet alone, no padding, no blank, no length of 1 modulo 4, and the unused low
 * bits of the last character zero, so that one value has one spelling. */
wecom_status_t wecom_text_base64url_decode(unsigned char **out, apr_size_t *out_len,
                                           const char *s, apr_size_t len, apr_pool_t *pool);

/* Lower-case hex. */
const char *wecom_text_hex(const unsigned char *data, apr_size_t len, apr_pool_t *pool);

/* & < > " ' become character references; control bytes other than TAB and LF become U+FFFD. */
const char *wecom_text_html(const char *s, apr_pool_t *pool);

/* For the log: control bytes, DEL and bytes that are not UTF-8 become '?', cut after max bytes
 * at a character boundary. NULL gives "". */
const char *wecom_text_clean(const char *s, apr_size_t len, apr_size_t max, apr_pool_t *pool);

/* 1 if the bytes are well-formed UTF-8 (RFC 3629) without control bytes (U+0000 to U+001F,
 * U+007F). */
int wecom_text_is_plain_utf8(const char *s, apr_size_t len);

/* A whole number in decimal, all of s, no sign, no blanks. WECOM_E_BAD_INPUT otherwise or when
 * outside min to max. */
wecom_status_t wecom_text_number(apr_int64_t *out, const char *s, apr_int64_t min,
                                 apr_int64_t max);

/* A time span: digits and one of s, m (or min), h, d; digits alone are seconds. */
wecom_status_t wecom_text_seconds(apr_int64_t *out, const char *s, apr_int64_t min,
                                  apr_int64_t max);

#endif
