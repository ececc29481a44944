/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_curl.h - the http port over libcurl; the only door to it.
 *
 * libcurl is started in each child and never in the parent: what TLS libraries keep must not
 * cross a fork. Easy handles are kept in a small pool, one for each thread that is calling, so
 * that connections to WeCom stay alive.
 */
#ifndef WECOM_BASE_HTTP_CURL_H
#define WECOM_BASE_HTTP_CURL_H

#include "http.h"

/* Start libcurl and fill *http; handles and libcurl are freed with the pool.
 * agent: the User-Agent to send. WECOM_E_UNAVAILABLE when libcurl cannot be started or was
 * built without TLS. */
wecom_status_t wecom_http_curl_start(wecom_http_t **http, const char *agent, apr_pool_t *pool);

/* 1 if the port would speak to this URL: https, or http to 127.0.0.0/8, [::1] or localhost; no
 * user information, no fragment, no control byte. Used by the configuration too. */
int wecom_http_url_allowed(const char *url);

#endif
