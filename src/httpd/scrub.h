/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scrub.h - the first thing that happens to every request, on every virtual host of a server that
 * has a source anywhere.
 *
 * What only we may say is taken out of what the browser said: request headers that normalise to
 * ours (prefix.h), also as a token of Connection:, which would make mod_proxy drop them;
 * our cookies out of Cookie:, so that no backend and no CGI ever holds a session of a visitor; the
 * mark of the redirect to the public name out of the query. It happens in post_read_request, on
 * every path, before anybody can look.
 */
#ifndef WECOM_HTTPD_SCRUB_H
#define WECOM_HTTPD_SCRUB_H

#include "request.h"

/* In post_config: which cookie names are whose. */
void wecom_scrub_prepare(server_rec *main, apr_pool_t *pconf);

/* 1 when headers with this prefix are taken away. For requests. */
int wecom_scrub_covers(const char *prefix);

/* The same in a table of trailers: headers, tokens of Connection, cookies. */
void wecom_scrub_table(apr_table_t *table, apr_pool_t *pool);

/* Hook post_read_request. */
int wecom_scrub_request(request_rec *r);

#endif
