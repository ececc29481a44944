/* SPDX-License-Identifier: Apache-2.0 */
/* prefix.c - see prefix.h. */

#include "prefix.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"

#define MIN_PREFIX 3

typedef struct prefix_t {
    const char *normal;
    apr_size_t len;
} prefix_t;

struct wecom_prefixes_t {
    unsigned char begins[256];      /* 1: a name with this first byte is worth a look */
    apr_array_header_t *prefixes;   /* prefix_t */
};

/* What httpd, HTTP and the proxies between use for themselves; in the normal form. A name without
 * '-' cannot be below a prefix, which ends in one. */
static const char *const others[] = {
    "accept-encoding", "access-control-request-method", "alt-used", "cache-control", "cdn-loop",
    "cf-connecting-ip", "content-length", "device-memory", "early-data", "http2-settings",
    "if-match", "if-modified-since", "if-none-match", "if-unmodified-since", "keep-alive",
    "last-event-id", "last-modified", "lock-token", "max-forwards", "proxy-authorization",
    "save-data", "sec-ch-ua", "sec-fetch-mode", "sec-websocket-key", "service-worker",
    "transfer-encoding", "true-client-ip", "upgrade-insecure-requests", "user-agent",
    "www-authenticate", "x-client-ip", "x-cluster-client-ip", "x-csrf-token", "x-forwarded-for",
    "x-http-method-override", "x-real-ip", "x-requested-with", "x-xsrf-token"
};

static char normal_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char)(c - 'A' + 'a');
    }
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
}

static char *normal_form(const char *text, apr_pool_t *pool)
{
    char *normal = apr_pstrdup(pool, text);
    char *c;

    for (c = normal; *c != '\0'; c++) {
        *c = normal_of(*c);
    }
    return normal;
}

const char *wecom_prefix_check(const char *prefix, apr_pool_t *pool)
{
    apr_size_t len = strlen(prefix);
    const char *normal;
    apr_size_t i;

    if (len < MIN_PREFIX || len > WECOM_MAX_HEADER_PREFIX || prefix[len - 1] != '-'
        || prefix[0] == '-'
        || strspn(prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")
               != len) {
        return apr_psprintf(pool, "'%s' is no prefix; write %d to %d letters, digits and '-' with "
                            "a '-' at the end, such as prefix=" WECOM_PREFIX_DEFAULT,
                            wecom_text_clean(prefix, len, WECOM_MAX_HEADER_PREFIX, pool),
                            MIN_PREFIX, WECOM_MAX_HEADER_PREFIX);
    }
    normal = normal_form(prefix, pool);
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (strncmp(others[i], normal, len) == 0) {
            return apr_psprintf(pool, "the prefix %s would take away %s, which browsers and "
                                "proxies send for themselves; write one of your own, such as "
                                "prefix=" WECOM_PREFIX_DEFAULT, prefix, others[i]);
        }
    }
    return NULL;
}

wecom_prefixes_t *wecom_prefixes_make(apr_pool_t *pool)
{
    wecom_prefixes_t *set = apr_pcalloc(pool, sizeof(*set));

    set->prefixes = apr_array_make(pool, 2, sizeof(prefix_t));
    wecom_prefixes_add(set, WECOM_PREFIX_DEFAULT);
    return set;
}

void wecom_prefixes_add(wecom_prefixes_t *set, const char *prefix)
{
    char *normal = normal_form(prefix, set->prefixes->pool);
    prefix_t *row;
    int c;

    if (wecom_prefixes_cover(set, prefix, strlen(prefix))) {
        return;
    }
    row = apr_array_push(set->prefixes);
    row->normal = normal;
    row->len = strlen(normal);
    for (c = 0; c < 256; c++) {
        if (normal_of((char)c) == normal[0]) {
            set->begins[c] = 1;
        }
    }
}

int wecom_prefixes_cover(const wecom_prefixes_t *set, const char *name, apr_size_t len)
{
    int i;

    if (len == 0 || !set->begins[(unsigned char)name[0]]) {
        return 0;
    }
    for (i = 0; i < set->prefixes->nelts; i++) {
        const prefix_t *row = &APR_ARRAY_IDX(set->prefixes, i, prefix_t);
        apr_size_t k = 0;

        while (k < row->len && k < len && normal_of(name[k]) == row->normal[k]) {
            k++;
        }
        if (k == row->len) {
            return 1;
        }
    }
    return 0;
}
