/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target.c - one walk over the bytes decides.
 *
 * The path is looked at twice at the same time: as it stands, and with its percent signs undone
 * once, which is what proxies, servers and applications behind us will see. The check allocates
 * nothing and normalises nothing; what is refused is not repaired.
 */
#include "target.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "site.h"

/* Other spellings of '/' and '\' that lenient readers have taken for one: overlong UTF-8 in two,
 * three and four bytes, and the full-width and small forms that Unicode's compatibility
 * normalisation (NFKC) folds to them. They are refused only where they could make "//" at the
 * beginning: in GBK, which old sites still use in paths, the same bytes are ordinary words. */
static const char *const other_slashes[] = {
    "\xc0\xaf", "\xc1\x9c",
    "\xe0\x80\xaf", "\xe0\x81\x9c",
    "\xf0\x80\x80\xaf", "\xf0\x80\x81\x9c",
    "\xef\xbc\x8f", "\xef\xbc\xbc", "\xef\xb9\xa8"
};

#define OTHER_SLASHES (sizeof(other_slashes) / sizeof(other_slashes[0]))
#define LONGEST_SLASH 4

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

/* The byte at *i, percent-decoded, and *i moved behind it; -1 for a bad percent sign. */
static int next_decoded(const char *s, apr_size_t *i, apr_size_t len)
{
    int high;
    int low;

    if (s[*i] != '%') {
        return (unsigned char)s[(*i)++];
    }
    if (len - *i < 3) {
        return -1;
    }
    high = hex_value(s[*i + 1]);
    low = hex_value(s[*i + 2]);
    if (high < 0 || low < 0) {
        return -1;
    }
    *i += 3;
    return high * 16 + low;
}

static int begins_with_other_slash(const char *head, apr_size_t len)
{
    apr_size_t k;

    for (k = 0; k < OTHER_SLASHES; k++) {
        apr_size_t n = strlen(other_slashes[k]);

        if (len >= n && memcmp(head, other_slashes[k], n) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The path part, decoded once. The caller has seen that it starts with a plain '/'. */
static int path_is_safe(const char *path, apr_size_t len)
{
    char head[LONGEST_SLASH];
    apr_size_t seen = 0;
    apr_size_t i = 1;

    while (i < len) {
        int c = next_decoded(path, &i, len);

        if (c < 0x20 || c == 0x7f || c == '\\' || (seen == 0 && c == '/')) {
            return 0;
        }
        if (seen < sizeof(head)) {
            head[seen] = (char)c;
        }
        seen++;
    }
    return !begins_with_other_slash(head, seen < sizeof(head) ? seen : sizeof(head));
}

static apr_size_t path_length(const char *raw, apr_size_t len)
{
    const char *mark = memchr(raw, '?', len);

    return mark != NULL ? (apr_size_t)(mark - raw) : len;
}

int wecom_target_is_safe(const char *raw, apr_size_t len)
{
    apr_size_t i;

    if (raw == NULL || len == 0 || len > WECOM_MAX_TARGET || raw[0] != '/') {
        return 0;
    }
    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)raw[i];

        if (c <= ' ' || c > 0x7e || c == '\\' || c == '#') {
            return 0;
        }
    }
    return path_is_safe(raw, path_length(raw, len));
}

/* Percent-code what a request line should not hold but some clients send plain. A DEL is left as
 * it is, to be refused. */
static const char *coded(const char *raw, apr_size_t len, apr_pool_t *pool)
{
    static const char hex[] = "0123456789ABCDEF";
    apr_size_t odd = 0;
    apr_size_t i;
    char *out;
    char *to;

    for (i = 0; i < len; i++) {
        odd += raw[i] == ' ' || (unsigned char)raw[i] >= 0x80;
    }
    if (odd == 0) {
        return raw;
    }
    out = to = apr_palloc(pool, len + 2 * odd + 1);
    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)raw[i];

        if (c == ' ' || c >= 0x80) {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        }
        else {
            *to++ = (char)c;
        }
    }
    *to = '\0';
    return out;
}

/* Add a segment to the normalised path of *n bytes, as servers do it: empty ones and "." count
 * for nothing, ".." takes the last one away. */
static void add_segment(char *out, apr_size_t *n, const char *segment, apr_size_t len)
{
    if (len == 0 || (len == 1 && segment[0] == '.')) {
        return;
    }
    if (len == 2 && segment[0] == '.' && segment[1] == '.') {
        while (*n > 0 && out[--*n] != '/') {
            /* back to the slash before the last segment */
        }
        return;
    }
    out[(*n)++] = '/';
    memmove(out + *n, segment, len);
    *n += len;
}

/* Does a safe target lie at or under the endpoint, however its path is spelled? */
static int is_under(const char *target, const char *endpoint, apr_pool_t *pool)
{
    apr_size_t endpoint_len = strlen(endpoint);
    apr_size_t len = path_length(target, strlen(target));
    char *path = apr_palloc(pool, len + 1);
    apr_size_t decoded = 0;
    apr_size_t start = 0;
    apr_size_t n = 0;
    apr_size_t i = 0;

    while (i < len) {
        path[decoded++] = (char)next_decoded(target, &i, len);
    }
    /* In place: what is written never gets ahead of what is read. */
    for (i = 0; i <= decoded; i++) {
        if (i == decoded || path[i] == '/') {
            add_segment(path, &n, path + start, i - start);
            start = i + 1;
        }
    }
    return n >= endpoint_len && memcmp(path, endpoint, endpoint_len) == 0
        && (n == endpoint_len || path[endpoint_len] == '/');
}

const char *wecom_target_or_root(const char *raw, const char *endpoint, apr_pool_t *pool)
{
    const char *target;
    apr_size_t len = raw != NULL ? strlen(raw) : 0;

    if (len == 0 || len > WECOM_MAX_TARGET) {
        return "/";
    }
    target = coded(raw, len, pool);
    if (!wecom_target_is_safe(target, strlen(target))
        || (endpoint != NULL && is_under(target, endpoint, pool))) {
        return "/";
    }
    return target == raw ? apr_pstrmemdup(pool, raw, len) : target;
}

const char *wecom_target_of_referer(const char *referer, const char *public_url,
                                    apr_pool_t *pool)
{
    wecom_site_t from;
    const char *authority;
    const char *path;
    apr_size_t len;

    if (referer == NULL || public_url == NULL
        || strlen(referer) > strlen(public_url) + WECOM_MAX_TARGET) {
        return NULL;
    }
    authority = strstr(referer, "://");
    if (authority == NULL) {
        return NULL;
    }
    authority += 3;
    path = authority + strcspn(authority, "/?#");
    if (wecom_site_parse_url(&from, apr_pstrmemdup(pool, referer, (apr_size_t)(path - referer)),
                             pool) != WECOM_OK
        || !wecom_text_equal(from.public_url, public_url)) {
        return NULL;
    }
    len = strcspn(path, "#");
    if (*path == '/') {
        return apr_pstrmemdup(pool, path, len);
    }
    return apr_pstrcat(pool, "/", apr_pstrmemdup(pool, path, len), NULL);
}
