/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.h - the port through which everything goes out.
 *
 * A request and its answer are values; who performs them is filled in from above (http_curl.h
 * in the server and in wecomctl, a script in the unit tests). Whoever implements the port keeps
 * these promises: https alone, or http to a loopback address; no redirect is followed; the answer
 * is at most WECOM_MAX_ANSWER bytes, or what the request allows; connect and total time are
 * bounded; the certificate is checked.
 * The URL holds the access token: it must never be logged, nor appear in err->detail.
 */
#ifndef WECOM_BASE_HTTP_H
#define WECOM_BASE_HTTP_H

#include "error.h"

typedef struct wecom_http_request_t {
    const char *stage;     /* static text for errors: "gettoken" */
    const char *url;
    const char *body;      /* NULL: GET; else POST with this JSON text */
    const char *ca_file;   /* PEM file of trusted CAs; NULL: the system's */
    const char *proxy;     /* "http://host:port"; NULL: none (the environment is not asked) */
    int connect_ms;
    int total_ms;
    apr_size_t max_answer; /* bytes, up to WECOM_MAX_CONTACTS; 0: WECOM_MAX_ANSWER */
} wecom_http_request_t;

typedef struct wecom_http_response_t {
    int status;            /* HTTP status */
    char *body;            /* NUL-terminated, in the pool, writable so that it can be wiped */
    apr_size_t len;
} wecom_http_response_t;

typedef struct wecom_http_t wecom_http_t;
struct wecom_http_t {
    /* WECOM_OK when an HTTP answer arrived, whatever its status. Else WECOM_E_CONNECT,
     * WECOM_E_TIMEOUT, WECOM_E_TOO_LARGE or WECOM_E_BAD_INPUT (a URL that is not allowed), with
     * err filled: detail names host and cause, never the query. */
    wecom_status_t (*perform)(const wecom_http_t *self, wecom_http_response_t *response,
                              wecom_error_t *err, const wecom_http_request_t *request,
                              apr_pool_t *pool);
    void *baton;
};

#endif
