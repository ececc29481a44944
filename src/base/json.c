/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - JSON behind a pool, over json-c.
 *
 * json-c counts references and is lenient at the edges: it takes NaN and 00, raw control bytes
 * inside of text, UTF-8 that it merely skims, and it cuts a member's name at \u0000, so that
 * "userid\u0000x" would be "userid". So every text is looked through once (scan below) before
 * json-c sees it, and the whole tree has exactly one reference, which a pool cleanup returns.
 */
#include "json.h"

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "limits.h"
#include "text.h"

struct wecom_json_out_t {
    struct json_object *node;
    apr_pool_t *pool;
};

/* --- reading -------------------------------------------------------------------------------- */

typedef struct scan_t {
    const char *text;
    apr_size_t len;
    apr_size_t at;
    int depth;
    int groups;     /* objects and arrays so far */
    int commas;
} scan_t;

static int is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Step over one text, from the byte after its opening quote to the byte after its closing one.
 * 0 when it never closes, is not UTF-8, holds a control byte, or is a name with \u0000 in it. */
static int scan_text(scan_t *scan)
{
    apr_size_t start = scan->at;
    apr_size_t end;
    int has_nul = 0;

    while (scan->at < scan->len && scan->text[scan->at] != '"') {
        if (scan->text[scan->at] == '\\') {
            scan->at++;
            if (scan->len - scan->at >= 5 && memcmp(scan->text + scan->at, "u0000", 5) == 0) {
                has_nul = 1;
            }
        }
        else if (scan->text[scan->at] == 0x7F) {
            /* Allowed here, but not plain: judge what stands before it, then go on behind. */
            if (!wecom_text_is_plain_utf8(scan->text + start, scan->at - start)) {
                return 0;
            }
            start = scan->at + 1;
        }
        if (scan->at < scan->len) {
            scan->at++;
        }
    }
    if (scan->at >= scan->len || !wecom_text_is_plain_utf8(scan->text + start, scan->at - start)) {
        return 0;
    }
    end = ++scan->at;
    if (has_nul) {
        while (end < scan->len && is_white(scan->text[end])) {
            end++;
        }
        return end == scan->len || scan->text[end] != ':';
    }
    return 1;
}

static int scan_digits(scan_t *scan)
{
    apr_size_t start = scan->at;

    while (scan->at < scan->len && scan->text[scan->at] >= '0' && scan->text[scan->at] <= '9') {
        scan->at++;
    }
    return scan->at > start;
}

/* Step over one number, from its first byte (RFC 8259, section 6). */
static int scan_number(scan_t *scan)
{
    const char *text = scan->text;
    apr_size_t first;

    if (text[scan->at] == '-') {
        scan->at++;
    }
    first = scan->at;
    if (!scan_digits(scan) || (text[first] == '0' && scan->at - first > 1)) {
        return 0;
    }
    if (scan->at < scan->len && text[scan->at] == '.') {
        scan->at++;
        if (!scan_digits(scan)) {
            return 0;
        }
    }
    if (scan->at < scan->len && (text[scan->at] == 'e' || text[scan->at] == 'E')) {
        scan->at++;
        if (scan->at < scan->len && (text[scan->at] == '+' || text[scan->at] == '-')) {
            scan->at++;
        }
        return scan_digits(scan);
    }
    return 1;
}

/* What json-c would let pass: depth by our own count, numbers, and the bytes that may stand
 * outside of text at all. Everything else of the grammar is json-c's. And how much of it there is,
 * since three bytes of text can cost half a kilobyte of memory. */
static wecom_status_t scan(const char *text, apr_size_t len)
{
    static const char outside[] = ":,aeflnrstu";
    scan_t state = { text, len, 0, 0, 0, 0 };

    while (state.at < len) {
        char c = text[state.at++];

        if (c == '"') {
            if (!scan_text(&state)) {
                return WECOM_E_BAD_INPUT;
            }
        }
        else if (c == '{' || c == '[') {
            if (++state.depth > WECOM_MAX_JSON_DEPTH) {
                return WECOM_E_BAD_INPUT;
            }
            state.groups++;
        }
        else if (c == '}' || c == ']') {
            state.depth--;
        }
        else if (c == '-' || (c >= '0' && c <= '9')) {
            state.at--;
            if (!scan_number(&state)) {
                return WECOM_E_BAD_INPUT;
            }
        }
        else if (!is_white(c) && memchr(outside, c, sizeof outside - 1) == NULL) {
            return WECOM_E_BAD_INPUT;
        }
        state.commas += c == ',';
        if (state.groups > WECOM_MAX_JSON_GROUPS || state.commas > WECOM_MAX_JSON_COMMAS) {
            return WECOM_E_TOO_LARGE;
        }
    }
    return WECOM_OK;
}

static apr_status_t put_back(void *node)
{
    json_object_put(node);
    return APR_SUCCESS;
}

wecom_status_t wecom_json_parse(const wecom_json_t **out, const char *text, apr_size_t len,
                                apr_pool_t *pool)
{
    return wecom_json_parse_large(out, text, len, WECOM_MAX_ANSWER, pool);
}

wecom_status_t wecom_json_parse_large(const wecom_json_t **out, const char *text, apr_size_t len,
                                      apr_size_t max_len, apr_pool_t *pool)
{
    struct json_tokener *tokener;
    struct json_object *node;
    enum json_tokener_error status;
    wecom_status_t scanned;

    *out = NULL;
    if (len > max_len || len > WECOM_MAX_CONTACTS) {
        return WECOM_E_TOO_LARGE;
    }
    if (text == NULL || len == 0) {
        return WECOM_E_BAD_INPUT;
    }
    scanned = scan(text, len);
    if (scanned != WECOM_OK) {
        return scanned;
    }
    /* json-c counts what stands inside of the innermost bracket as one level more. */
    tokener = json_tokener_new_ex(WECOM_MAX_JSON_DEPTH + 1);
    if (tokener == NULL) {
        return WECOM_E_BAD_INPUT;
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    node = json_tokener_parse_ex(tokener, text, (int)len);
    status = json_tokener_get_error(tokener);
    json_tokener_free(tokener);
    if (status != json_tokener_success || !json_object_is_type(node, json_type_object)) {
        json_object_put(node);
        return WECOM_E_BAD_INPUT;
    }
    apr_pool_cleanup_register(pool, node, put_back, apr_pool_cleanup_null);
    *out = (const wecom_json_t *)node;
    return WECOM_OK;
}

/* A member of an object; NULL when it is absent, null, or there is no such object. */
static struct json_object *member(const wecom_json_t *object, const char *name)
{
    const struct json_object *node = (const struct json_object *)object;
    struct json_object *value = NULL;

    if (node == NULL || !json_object_is_type(node, json_type_object)
        || !json_object_object_get_ex(node, name, &value)) {
        return NULL;
    }
    return value;
}

static struct json_object *element(const wecom_json_t *array, apr_size_t i)
{
    const struct json_object *node = (const struct json_object *)array;

    if (node == NULL || !json_object_is_type(node, json_type_array)) {
        return NULL;
    }
    return json_object_array_get_idx(node, i);
}

static const char *as_text(struct json_object *node, apr_size_t max_len)
{
    const char *s;
    apr_size_t len;

    if (!json_object_is_type(node, json_type_string)) {
        return NULL;
    }
    s = json_object_get_string(node);
    len = (apr_size_t)json_object_get_string_len(node);
    return len <= max_len && strlen(s) == len ? s : NULL;
}

static apr_int64_t as_number(struct json_object *node, apr_int64_t min, apr_int64_t max,
                             apr_int64_t fallback)
{
    apr_int64_t v;
    const char *s;

    if (json_object_is_type(node, json_type_int)) {
        v = json_object_get_int64(node);
        /* json-c bends what does not fit to the nearest number that does. */
        if (v == APR_INT64_MIN
            || (v == APR_INT64_MAX && json_object_get_uint64(node) != APR_INT64_MAX)) {
            return fallback;
        }
        return v >= min && v <= max ? v : fallback;
    }
    s = as_text(node, 32);
    return s != NULL && wecom_text_number(&v, s, min, max) == WECOM_OK ? v : fallback;
}

static const wecom_json_t *as_type(struct json_object *node, enum json_type type)
{
    return json_object_is_type(node, type) ? (const wecom_json_t *)node : NULL;
}

const char *wecom_json_text(const wecom_json_t *object, const char *name, apr_size_t max_len)
{
    return as_text(member(object, name), max_len);
}

apr_int64_t wecom_json_number(const wecom_json_t *object, const char *name, apr_int64_t min,
                              apr_int64_t max, apr_int64_t fallback)
{
    return as_number(member(object, name), min, max, fallback);
}

int wecom_json_bool(const wecom_json_t *object, const char *name, int fallback)
{
    struct json_object *node = member(object, name);

    if (json_object_is_type(node, json_type_boolean)) {
        return json_object_get_boolean(node) != 0;
    }
    return (int)as_number(node, 0, 1, fallback);
}

int wecom_json_has(const wecom_json_t *object, const char *name)
{
    return member(object, name) != NULL;
}

const wecom_json_t *wecom_json_object(const wecom_json_t *object, const char *name)
{
    return as_type(member(object, name), json_type_object);
}

const wecom_json_t *wecom_json_array(const wecom_json_t *object, const char *name)
{
    return as_type(member(object, name), json_type_array);
}

apr_size_t wecom_json_length(const wecom_json_t *array)
{
    const struct json_object *node = (const struct json_object *)array;

    return json_object_is_type(node, json_type_array) ? json_object_array_length(node) : 0;
}

const wecom_json_t *wecom_json_item(const wecom_json_t *array, apr_size_t i)
{
    return as_type(element(array, i), json_type_object);
}

apr_int64_t wecom_json_item_number(const wecom_json_t *array, apr_size_t i, apr_int64_t min,
                                   apr_int64_t max, apr_int64_t fallback)
{
    return as_number(element(array, i), min, max, fallback);
}

const char *wecom_json_item_text(const wecom_json_t *array, apr_size_t i, apr_size_t max_len)
{
    return as_text(element(array, i), max_len);
}

/* --- writing -------------------------------------------------------------------------------- */

/* Out of memory ends as it does in APR: by the pool's own abort function. */
static void *must(void *p, apr_pool_t *pool)
{
    if (p == NULL) {
        apr_abortfunc_t give_up = apr_pool_abort_get(pool);

        if (give_up != NULL) {
            give_up(APR_ENOMEM);
        }
        abort();
    }
    return p;
}

static wecom_json_out_t *wrap(struct json_object *node, apr_pool_t *pool)
{
    wecom_json_out_t *out = apr_palloc(pool, sizeof *out);

    out->node = must(node, pool);
    out->pool = pool;
    return out;
}

static wecom_json_out_t *wrap_root(struct json_object *node, apr_pool_t *pool)
{
    wecom_json_out_t *out = wrap(node, pool);

    apr_pool_cleanup_register(pool, node, put_back, apr_pool_cleanup_null);
    return out;
}

/* Takes the one reference of value over; a NULL value is the JSON null. */
static void add(wecom_json_out_t *parent, const char *name, struct json_object *value)
{
    int failed;

    if (json_object_is_type(parent->node, json_type_array)) {
        failed = json_object_array_add(parent->node, value);
    }
    else {
        failed = json_object_object_add(parent->node, name != NULL ? name : "", value);
    }
    must(failed == 0 ? parent : NULL, parent->pool);
}

wecom_json_out_t *wecom_json_out_object(apr_pool_t *pool)
{
    return wrap_root(json_object_new_object(), pool);
}

wecom_json_out_t *wecom_json_out_array(apr_pool_t *pool)
{
    return wrap_root(json_object_new_array(), pool);
}

/* Every byte that belongs to no character becomes U+FFFD. Control bytes stay: json-c escapes
 * them. */
static const char *as_utf8(const char *s, apr_pool_t *pool)
{
    apr_size_t len = strlen(s);
    apr_size_t i = 0;
    char *out;
    char *p;

    if (wecom_text_is_plain_utf8(s, len)) {
        return s;
    }
    p = out = apr_palloc(pool, 3 * len + 1);
    while (i < len) {
        apr_size_t n = (unsigned char)s[i] < 0x80 ? 1 : 2;

        while (n > 1 && n <= 4 && (n > len - i || !wecom_text_is_plain_utf8(s + i, n))) {
            n++;
        }
        if (n > 4) {
            memcpy(p, "\xEF\xBF\xBD", 3);
            p += 3;
            i++;
        }
        else {
            memcpy(p, s + i, n);
            p += n;
            i += n;
        }
    }
    *p = '\0';
    return out;
}

void wecom_json_out_text(wecom_json_out_t *parent, const char *name, const char *value)
{
    struct json_object *node = NULL;

    if (value != NULL) {
        node = must(json_object_new_string(as_utf8(value, parent->pool)), parent->pool);
    }
    add(parent, name, node);
}

void wecom_json_out_number(wecom_json_out_t *parent, const char *name, apr_int64_t value)
{
    add(parent, name, must(json_object_new_int64(value), parent->pool));
}

void wecom_json_out_bool(wecom_json_out_t *parent, const char *name, int value)
{
    add(parent, name, must(json_object_new_boolean(value != 0), parent->pool));
}

wecom_json_out_t *wecom_json_out_child_object(wecom_json_out_t *parent, const char *name)
{
    wecom_json_out_t *child = wrap(json_object_new_object(), parent->pool);

    add(parent, name, child->node);
    return child;
}

wecom_json_out_t *wecom_json_out_child_array(wecom_json_out_t *parent, const char *name)
{
    wecom_json_out_t *child = wrap(json_object_new_array(), parent->pool);

    add(parent, name, child->node);
    return child;
}

const char *wecom_json_out_print(const wecom_json_out_t *out)
{
    const char *s = json_object_to_json_string_ext(
        out->node, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
    const char *from;
    apr_size_t opens = 0;
    char *text;
    char *p;

    must(s != NULL ? out->node : NULL, out->pool);
    for (from = s; *from != '\0'; from++) {
        opens += *from == '<';
    }
    p = text = apr_palloc(out->pool, strlen(s) + 5 * opens + 1);
    for (from = s; *from != '\0'; from++) {
        if (*from == '<') {
            memcpy(p, "\\u003c", 6);
            p += 6;
        }
        else {
            *p++ = *from;
        }
    }
    *p = '\0';
    return text;
}
