/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.c - lists of sources: looked up, narrowed, named.
 *
 * Lists are short (WECOM_MAX_SOURCES), so they are simply walked.
 */
#include "source.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"

#include "../base/crypto.h"

static const wecom_source_t *source_at(const apr_array_header_t *sources, int i)
{
    return APR_ARRAY_IDX(sources, i, const wecom_source_t *);
}

int wecom_source_is_id(const char *id, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++) {
        char c = id[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
            return 0;
        }
    }
    return len >= 1 && len <= WECOM_MAX_SOURCE_ID;
}

const wecom_source_t *wecom_source_find(const apr_array_header_t *sources, const char *id)
{
    int i;

    for (i = 0; i < sources->nelts; i++) {
        if (wecom_text_equal(source_at(sources, i)->id, id)) {
            return source_at(sources, i);
        }
    }
    return NULL;
}

const char *wecom_source_name(const wecom_source_t *source, const char *lang)
{
    const wecom_show_name_t *best = NULL;
    int i;

    for (i = 0; source->names != NULL && i < source->names->nelts; i++) {
        const wecom_show_name_t *name = &APR_ARRAY_IDX(source->names, i, wecom_show_name_t);

        if (wecom_text_equal_fold(name->lang, lang)) {
            return name->text;
        }
        if (best == NULL || (*best->lang != '\0' && *name->lang == '\0')) {
            best = name;
        }
    }
    return best != NULL ? best->text : source->id;
}

static int holds(const apr_array_header_t *ids, const char *id)
{
    int i;

    for (i = 0; i < ids->nelts; i++) {
        if (wecom_text_equal(APR_ARRAY_IDX(ids, i, const char *), id)) {
            return 1;
        }
    }
    return 0;
}

apr_array_header_t *wecom_source_narrow(const apr_array_header_t *all,
                                        const apr_array_header_t *ids, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, all->nelts > 0 ? all->nelts : 1,
                                              sizeof(const wecom_source_t *));
    int i;

    for (i = 0; i < all->nelts; i++) {
        if (ids == NULL || holds(ids, source_at(all, i)->id)) {
            APR_ARRAY_PUSH(list, const wecom_source_t *) = source_at(all, i);
        }
    }
    return list;
}

apr_array_header_t *wecom_source_narrow_text(const apr_array_header_t *all, const char *ids,
                                             apr_pool_t *pool)
{
    apr_array_header_t *list;

    if (*ids == '\0') {
        return wecom_source_narrow(all, NULL, pool);
    }
    list = apr_array_make(pool, 4, sizeof(const char *));
    while (*ids != '\0') {
        apr_size_t len = strcspn(ids, " ");

        if (len > 0) {
            APR_ARRAY_PUSH(list, const char *) = apr_pstrmemdup(pool, ids, len);
        }
        ids += len + strspn(ids + len, " ");
    }
    return wecom_source_narrow(all, list, pool);
}

const char *wecom_source_text(const apr_array_header_t *ids, apr_pool_t *pool)
{
    return ids != NULL ? apr_array_pstrcat(pool, ids, ' ') : "";
}

int wecom_source_same_corp(const wecom_source_t *source, const char *corp_id)
{
    return source->app.proxy_developed ? wecom_text_equal(source->app.corp_id, corp_id)
                                       : wecom_text_equal_fold(source->app.corp_id, corp_id);
}

/* Both must agree that they are of one corp: where a proxy-developed app tells case apart and the
 * other source does not, taking them for two is the careful side. */
int wecom_source_is_mixed(const apr_array_header_t *sources)
{
    int i, k;

    for (i = 0; i < sources->nelts; i++) {
        for (k = i + 1; k < sources->nelts; k++) {
            const wecom_source_t *a = source_at(sources, i);
            const wecom_source_t *b = source_at(sources, k);

            if (!wecom_source_same_corp(a, b->app.corp_id)
                || !wecom_source_same_corp(b, a->app.corp_id)) {
                return 1;
            }
        }
    }
    return 0;
}

const char *wecom_source_print(const wecom_app_t *app, apr_pool_t *pool)
{
    const char *texts[5];
    wecom_bytes_t parts[sizeof(texts) / sizeof(texts[0])];
    unsigned char hash[WECOM_SHA256_BYTES];
    apr_size_t i;

    texts[0] = app->api_url;
    texts[1] = app->corp_id;
    texts[2] = app->agent_id;
    texts[3] = app->check_member ? "checked" : "";
    texts[4] = app->proxy_developed ? "proxy" : "";
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        parts[i].data = (const unsigned char *)texts[i];
        parts[i].len = strlen(texts[i]);
    }
    return wecom_crypto_hash(hash, parts, i) == WECOM_OK ? wecom_text_hex(hash, 8, pool) : NULL;
}
