/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - JSON behind a pool.
 *
 * The only door to json-c. A parsed text belongs to its pool and dies with it; the wecom_json_t
 * pointers handed out are borrowed and live as long. No reference count leaves this file.
 * A reader asks for a type and gets it or nothing: a number where text was promised is absent,
 * with the two exceptions that WeCom's answers need, named below.
 */
#ifndef WECOM_BASE_JSON_H
#define WECOM_BASE_JSON_H

#include "error.h"

typedef struct wecom_json_t wecom_json_t;

/* Parse one JSON object (RFC 8259) of len bytes; anything after it but white space is refused,
 * as are a depth above WECOM_MAX_JSON_DEPTH, a top level that is not an object, bytes that are
 * not UTF-8, and len above WECOM_MAX_ANSWER. What a text takes apart is bounded too: more than
 * WECOM_MAX_JSON_GROUPS objects and arrays, or WECOM_MAX_JSON_COMMAS commas, are too large.
 * WECOM_OK, WECOM_E_BAD_INPUT, WECOM_E_TOO_LARGE. */
wecom_status_t wecom_json_parse(const wecom_json_t **out, const char *text, apr_size_t len,
                                apr_pool_t *pool);

/* The same with a ceiling of its own for len, up to WECOM_MAX_CONTACTS. */
wecom_status_t wecom_json_parse_large(const wecom_json_t **out, const char *text, apr_size_t len,
                                      apr_size_t max_len, apr_pool_t *pool);

/* Member `name` as text, or NULL when absent, null, of another type, longer than max_len, or
 * holding a NUL. Borrowed. */
const char *wecom_json_text(const wecom_json_t *object, const char *name, apr_size_t max_len);

/* Member `name` as an integer from min to max, else fallback. Text of digits counts too: WeCom
 * writes some numbers as text. Fractions do not. */
apr_int64_t wecom_json_number(const wecom_json_t *object, const char *name, apr_int64_t min,
                              apr_int64_t max, apr_int64_t fallback);

/* Member `name` as 1 or 0: true, false, or the number 1 or 0; else fallback. */
int wecom_json_bool(const wecom_json_t *object, const char *name, int fallback);

/* 1 if the member is there and not null, whatever its type. */
int wecom_json_has(const wecom_json_t *object, const char *name);

/* Member `name` as an object or an array; NULL when absent or of another type. Borrowed. */
const wecom_json_t *wecom_json_object(const wecom_json_t *object, const char *name);
const wecom_json_t *wecom_json_array(const wecom_json_t *object, const char *name);

/* Of an array: how many (0 for NULL), an element as an object (NULL otherwise), as a number
 * (fallback otherwise), as text (NULL otherwise). */
apr_size_t wecom_json_length(const wecom_json_t *array);
const wecom_json_t *wecom_json_item(const wecom_json_t *array, apr_size_t i);
apr_int64_t wecom_json_item_number(const wecom_json_t *array, apr_size_t i, apr_int64_t min,
                                   apr_int64_t max, apr_int64_t fallback);
const char *wecom_json_item_text(const wecom_json_t *array, apr_size_t i, apr_size_t max_len);

/* --- writing: an object or array built step by step, printed once ------------------------- */
typedef struct wecom_json_out_t wecom_json_out_t;
wecom_json_out_t *wecom_json_out_object(apr_pool_t *pool);
wecom_json_out_t *wecom_json_out_array(apr_pool_t *pool);
/* name is NULL when the parent is an array. A NULL value writes null. Bytes that are not UTF-8
 * are replaced by U+FFFD. */
void wecom_json_out_text(wecom_json_out_t *parent, const char *name, const char *value);
void wecom_json_out_number(wecom_json_out_t *parent, const char *name, apr_int64_t value);
void wecom_json_out_bool(wecom_json_out_t *parent, const char *name, int value);
/* The child then belongs to its parent and may still be filled. */
wecom_json_out_t *wecom_json_out_child_object(wecom_json_out_t *parent, const char *name);
wecom_json_out_t *wecom_json_out_child_array(wecom_json_out_t *parent, const char *name);
/* One line, '/' not escaped, "<" written as \u003c so that it may stand in HTML. In the pool. */
const char *wecom_json_out_print(const wecom_json_out_t *out);

#endif
