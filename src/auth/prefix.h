/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prefix.h - which header names are ours to say.
 *
 * Headers for the application begin with a prefix (X-WeCom-), and nothing that a browser sends may
 * be taken for one. CGI folds case, '-' and '_' into one, some FastCGI servers every character that
 * is no letter or digit; so names are compared in their normal form: lower case, and '-' for all
 * that is neither.
 */
#ifndef WECOM_AUTH_PREFIX_H
#define WECOM_AUTH_PREFIX_H

#include <apr_tables.h>

#define WECOM_PREFIX_DEFAULT "X-WeCom-"

/* May headers begin with it? NULL, or a sentence: letters, digits and '-', the last of them '-',
 * and nothing of HTTP's own below it, since all that comes in with it is taken away. */
const char *wecom_prefix_check(const char *prefix, apr_pool_t *pool);

typedef struct wecom_prefixes_t wecom_prefixes_t;

/* The set that holds the default alone. */
wecom_prefixes_t *wecom_prefixes_make(apr_pool_t *pool);

/* prefix: a good one. One that is below another is covered by it, and not added. */
void wecom_prefixes_add(wecom_prefixes_t *set, const char *prefix);

/* 1 when the name of a header (len bytes), or a prefix, begins with one of them. */
int wecom_prefixes_cover(const wecom_prefixes_t *set, const char *name, apr_size_t len);

#endif
