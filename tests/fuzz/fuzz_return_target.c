/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_return_target.c - no bytes lead the visitor off the site.
 *
 * The input is taken as a target (as it is, and as text), as a Referer, and as the page that asks
 * for a signature of JS-SDK. What passes is judged here by other code than target.c and jssdk.c: by
 * apr_uri, and by a decoder of its own.
 */
#include <string.h>
#include <strings.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_uri.h>

#include "../../src/auth/jssdk.h"
#include "../../src/auth/target.h"
#include "../../src/base/limits.h"
#include "insist.h"

#define PUBLIC_URL "https://intranet.example.com"

/* The path as the next server reads it. */
static void insist_on_decoded_path(const char *target, apr_pool_t *pool)
{
    const char *path = apr_pstrmemdup(pool, target, strcspn(target, "?"));
    const char *decoded = NULL;
    apr_size_t len;
    apr_size_t i;

    insist(wecom_text_url_decode(&decoded, &len, path, strlen(path), 0, pool) == WECOM_OK);
    insist(decoded[0] == '/' && decoded[1] != '/' && decoded[1] != '\\');
    for (i = 0; i < len; i++) {
        insist((unsigned char)decoded[i] >= 0x20 && decoded[i] != 0x7f && decoded[i] != '\\');
    }
}

static void insist_on_safety(const char *target, apr_pool_t *pool)
{
    apr_uri_t uri;
    const char *p;

    insist(strlen(target) <= WECOM_MAX_TARGET);
    insist(target[0] == '/' && target[1] != '/' && target[1] != '\\');
    for (p = target; *p != '\0'; p++) {
        insist(*p > ' ' && *p <= '~' && *p != '\\' && *p != '#');
    }
    insist_on_decoded_path(target, pool);
    insist(apr_uri_parse(pool, apr_pstrcat(pool, PUBLIC_URL, target, NULL), &uri) == APR_SUCCESS);
    insist(uri.hostname != NULL && strcmp(uri.hostname, "intranet.example.com") == 0);
    insist(uri.user == NULL && uri.port_str == NULL && uri.fragment == NULL);
}

/* Nobody's page but ours is signed. */
static void insist_on_own_page(const char *text, apr_pool_t *pool)
{
    wecom_site_t site;
    const char *page = NULL;
    apr_uri_t uri;
    int found;

    insist(wecom_site_parse_url(&site, PUBLIC_URL, pool) == WECOM_OK);
    found = wecom_jssdk_url(&page, &site, text, pool) == WECOM_OK;
    insist(found == (page != NULL));
    if (found) {
        insist(strlen(page) <= WECOM_MAX_SIGNED_URL && strchr(page, '#') == NULL);
        insist(apr_uri_parse(pool, page, &uri) == APR_SUCCESS);
        insist(uri.hostname != NULL && strcasecmp(uri.hostname, "intranet.example.com") == 0);
        insist(strcasecmp(uri.scheme, "https") == 0 && uri.user == NULL);
        insist(uri.port_str == NULL || uri.port == 443);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int started;
    apr_pool_t *pool;
    const char *text;
    const char *target;
    const char *path;

    if (!started) {
        insist(apr_initialize() == APR_SUCCESS);
        started = 1;
    }
    insist(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    text = apr_pstrmemdup(pool, (const char *)data, size);
    if (wecom_target_is_safe((const char *)data, size)) {
        insist(strlen(text) == size);
        insist_on_safety(text, pool);
    }
    insist_on_own_page(text, pool);
    target = wecom_target_or_root(text, "/wecom", pool);
    insist_on_safety(target, pool);
    insist(wecom_target_is_safe(target, strlen(target)));
    insist(strcmp(wecom_target_or_root(target, "/wecom", pool), target) == 0);
    /* Only by way of ".." could such a path still lie elsewhere. */
    insist(strncmp(target, "/wecom", 6) != 0
           || (target[6] != '\0' && target[6] != '/' && target[6] != '?')
           || strstr(target, "..") != NULL || strchr(target, '%') != NULL);
    path = wecom_target_of_referer(text, PUBLIC_URL, pool);
    insist(path == NULL || (path[0] == '/' && strchr(path, '#') == NULL));
    insist(path == NULL || strlen(path) <= strlen(text));
    apr_pool_destroy(pool);
    return 0;
}
