/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_query.c - everything of text.h that a browser can reach: queries, percent coding, cookies,
 * base64url, and the two ways in which bytes are shown.
 *
 * The whole input goes to each of them. What must always hold is written down as demands: what
 * comes out is terminated, fits its ceiling, and decoding undoes encoding.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "../../src/base/limits.h"
#include "../../src/base/text.h"

#define NAME    "code"
#define MAX_LEN 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int truth)
{
    if (!truth) {
        abort();
    }
}

static void try_query(const char *s, size_t size, apr_pool_t *pool)
{
    const char *value;
    wecom_status_t status = wecom_text_query_get(&value, s, size, NAME, MAX_LEN, pool);

    demand((status == WECOM_OK) == (value != NULL));
    demand(status == WECOM_OK || status == WECOM_E_NOT_FOUND || status == WECOM_E_BAD_INPUT
           || status == WECOM_E_TOO_LARGE);
    demand(value == NULL || strlen(value) <= MAX_LEN);
}

/* After removing there is nothing left to find, and removing again changes nothing. */
static void try_remove(const char *text, apr_pool_t *pool)
{
    size_t len = strlen(text);
    const char *value;
    wecom_status_t before = wecom_text_query_get(&value, text, len, NAME, len, pool);
    const char *rest = wecom_text_query_remove(text, NAME, pool);

    demand(rest == NULL || strlen(rest) <= len);
    if (before == WECOM_E_NOT_FOUND) {
        demand(rest == text);
    }
    else if (before != WECOM_E_TOO_LARGE) {
        demand(rest != text);
    }
    if (rest != NULL) {
        demand(len > WECOM_MAX_QUERY
               || wecom_text_query_get(&value, rest, strlen(rest), NAME, len, pool)
                  == WECOM_E_NOT_FOUND);
        demand(wecom_text_query_remove(rest, NAME, pool) == rest);
    }
}

static void try_percent(const char *s, size_t size, int plus_is_space, apr_pool_t *pool)
{
    const char *out;
    const char *coded;
    const char *again;
    apr_size_t len;

    if (wecom_text_url_decode(&out, &len, s, size, plus_is_space, pool) != WECOM_OK) {
        demand(out == NULL && len == 0);
        return;
    }
    demand(len <= size && strlen(out) == len);
    coded = wecom_text_url_encode(out, len, pool);
    demand(strlen(coded) >= len && strlen(coded) <= 3 * len);
    demand(wecom_text_url_decode(&again, &len, coded, strlen(coded), plus_is_space, pool)
           == WECOM_OK);
    demand(strcmp(again, out) == 0);
}

static void try_cookies(const char *s, size_t size)
{
    wecom_text_cookie_t cookie;
    apr_size_t pos = 0;
    apr_size_t before = 0;
    apr_size_t behind = 0;

    while (wecom_text_cookie_next(&cookie, &pos, s, size)) {
        demand(pos > before && pos <= size);
        demand(cookie.start >= behind && cookie.start < cookie.end && cookie.end <= pos);
        demand(cookie.name >= s + cookie.start
               && cookie.name + cookie.name_len <= s + cookie.end);
        demand(cookie.value >= s + cookie.start
               && cookie.value + cookie.value_len <= s + cookie.end);
        demand(memchr(s + cookie.start, ';', cookie.end - cookie.start) == NULL);
        demand(memchr(cookie.name, '=', cookie.name_len) == NULL);
        before = pos;
        behind = cookie.end;
    }
    demand(pos == size);
}

static void try_base64url(const char *s, size_t size, apr_pool_t *pool)
{
    unsigned char *out;
    apr_size_t len;
    const char *coded;

    if (wecom_text_base64url_decode(&out, &len, s, size, pool) == WECOM_OK) {
        demand(out[len] == '\0' && len == size * 3 / 4);
        /* One value has one spelling. */
        coded = wecom_text_base64url_encode(out, len, pool);
        demand(strlen(coded) == size && memcmp(coded, s, size) == 0);
    }
    else {
        demand(out == NULL && len == 0);
    }
    coded = wecom_text_base64url_encode((const unsigned char *)s, size, pool);
    demand(wecom_text_base64url_decode(&out, &len, coded, strlen(coded), pool) == WECOM_OK);
    demand(len == size && memcmp(out, s, size) == 0);
}

static void try_showing(const char *s, size_t size, const char *text, apr_pool_t *pool)
{
    const char *out = wecom_text_clean(s, size, MAX_LEN, pool);
    const char *p;

    demand(strlen(out) <= MAX_LEN && wecom_text_is_plain_utf8(out, strlen(out)));
    out = wecom_text_html(text, pool);
    demand(strpbrk(out, "<>\"'\r\x1B") == NULL);
    for (p = strchr(out, '&'); p != NULL; p = strchr(p + 1, '&')) {
        demand(strchr(p, ';') != NULL);
    }
    out = wecom_text_hex((const unsigned char *)s, size, pool);
    demand(strlen(out) == 2 * size && strspn(out, "0123456789abcdef") == 2 * size);
}

static void try_numbers(const char *text)
{
    apr_int64_t v = -7;

    demand((wecom_text_number(&v, text, 5, 5000) == WECOM_OK) == (v >= 5 && v <= 5000));
    v = -7;
    demand((wecom_text_seconds(&v, text, 5, 5000) == WECOM_OK) == (v >= 5 && v <= 5000));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *s = (const char *)data;
    char *text = malloc(size + 1);
    apr_pool_t *pool;

    demand(text != NULL && apr_initialize() == APR_SUCCESS);
    demand(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    /* For those that take a NUL-terminated text: what stands before the first NUL. */
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    try_query(s, size, pool);
    try_remove(text, pool);
    try_percent(s, size, 0, pool);
    try_percent(s, size, 1, pool);
    try_cookies(s, size);
    try_base64url(s, size, pool);
    try_showing(s, size, text, pool);
    try_numbers(text);
    apr_pool_destroy(pool);
    free(text);
    return 0;
}
