/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_brand.h - WeComBrand: a list of words, each with the line where it was written.
 */
#ifndef WECOM_HTTPD_CONFIG_BRAND_H
#define WECOM_HTTPD_CONFIG_BRAND_H

#include "config.h"

#include "../base/json.h"

/* One directive. */
typedef struct wecom_brand_conf_t {
    const char *what;       /* "title", "logo", "color" or "icon" */
    const char *lang;       /* of a title, lower case; "" for every language */
    const char *value;
    wecom_where_t where;
} wecom_brand_conf_t;

/* Adds what the words say to *list (NULL: makes it). NULL, or a sentence. */
const char *wecom_brand_read(apr_array_header_t **list, const apr_array_header_t *words,
                             apr_pool_t *pool);

/* The newest of the list was written there. */
void wecom_brand_note(apr_array_header_t *list, const wecom_where_t *where);

/* A virtual host's over the server's: what it does not say again stays. */
apr_array_header_t *wecom_brand_merge(const apr_array_header_t *base,
                                      const apr_array_header_t *add, apr_pool_t *pool);

void wecom_brand_show(wecom_json_out_t *object, const apr_array_header_t *list, apr_pool_t *pool);

/* The first of this kind and language; lang NULL: of any. NULL: there is none. */
const wecom_brand_conf_t *wecom_brand_find(const apr_array_header_t *list, const char *what,
                                           const char *lang);

#endif
