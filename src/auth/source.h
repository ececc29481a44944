/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.h - identity sources: which enterprises may sign in here, and under which name.
 *
 * A source is one <WeComSource id>: an app at WeCom and how it is shown to people. The id is in
 * URLs, sessions and account links and never changes. A virtual host has a list of them; a
 * place may narrow the list; a pending login carries the narrowed list as text.
 */
#ifndef WECOM_AUTH_SOURCE_H
#define WECOM_AUTH_SOURCE_H

#include <apr_tables.h>

#include "../base/limits.h"
#include "../wecom/app.h"
#include "account.h"

/* WeComDisplayName [lang] text */
typedef struct wecom_show_name_t {
    const char *lang;   /* "zh", "en", ... lower case; "" for every language */
    const char *text;   /* UTF-8 without control bytes */
} wecom_show_name_t;

typedef struct wecom_source_t {
    const char *id;
    wecom_app_t app;
    const apr_array_header_t *names;  /* of wecom_show_name_t; may be empty */
    int in_wechat;                    /* WeChat takes the silent walk too */
    const char *print;                /* of the app, as wecom_source_print makes it */

    /* Where there is an account directory: */
    int login_only;                   /* WeComLoginOnly */
    wecom_association_t association;
    const apr_array_header_t *fields; /* const char *: of `field`, as written; NULL: none */
    wecom_sync_t sync;
    int base_alone;                   /* WeComScope base is written: nobody is asked for consent */
} wecom_source_t;

/* What a session is good for: 16 hex characters that change with the corp, the app, the host of
 * the API and what was asked of a member there. An id alone does not say it: a virtual host may
 * define it again, for another corp, and a userid of one corp is somebody else in another.
 * NULL when there is no SHA-256. */
const char *wecom_source_print(const wecom_app_t *app, apr_pool_t *pool);

/* 1 for ^[a-z0-9-]{1,31}$. */
int wecom_source_is_id(const char *id, apr_size_t len);

/* Lists are arrays of const wecom_source_t *. NULL when there is none of that id. */
const wecom_source_t *wecom_source_find(const apr_array_header_t *sources, const char *id);

/* The show name for a language ("zh", "en"): that of the language, else the one for every
 * language, else the first, else the id. */
const char *wecom_source_name(const wecom_source_t *source, const char *lang);

/* The sources of `all` whose ids stand in `ids` (array of const char *), in the order of `all`;
 * all of them when ids is NULL. A new array. */
apr_array_header_t *wecom_source_narrow(const apr_array_header_t *all,
                                        const apr_array_header_t *ids, apr_pool_t *pool);

/* The same from and to the text of a pending login: ids with one blank between, "" for all. */
apr_array_header_t *wecom_source_narrow_text(const apr_array_header_t *all, const char *ids,
                                             apr_pool_t *pool);
const char *wecom_source_text(const apr_array_header_t *ids, apr_pool_t *pool);

/* Do these sources belong to more than one corp? Then the same userid can mean two people. */
int wecom_source_is_mixed(const apr_array_header_t *sources);

/* Do two corp ids name the same corp? Without case, with it for proxy-developed apps. */
int wecom_source_same_corp(const wecom_source_t *source, const char *corp_id);

#endif
