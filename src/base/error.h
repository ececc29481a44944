/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - how a failure travels.
 *
 * Below the Apache line nothing logs a failure. It is filled into a wecom_error_t by whoever saw
 * it and handed up as a value; the top logs it once, with an id. So an error carries all that the
 * log line and the page need: what kind it is, at which step, what WeCom (or the transport) said.
 * It never carries a secret, a code, a token or a URL with a query.
 */
#ifndef WECOM_BASE_ERROR_H
#define WECOM_BASE_ERROR_H

#include <apr_pools.h>

typedef enum wecom_status_t {
    WECOM_OK = 0,
    WECOM_E_BAD_INPUT,    /* the caller's data is malformed: a cookie, a query, a value */
    WECOM_E_TOO_LARGE,    /* a ceiling of limits.h was hit */
    WECOM_E_CRYPTO,       /* a seal that does not open, or OpenSSL refused to work */
    WECOM_E_NOT_FOUND,    /* no such entry (cache) */
    WECOM_E_EXISTS,       /* put-if-absent found the key taken */
    WECOM_E_UNAVAILABLE,  /* a cache, a lock or a random source does not work now */
    WECOM_E_CONNECT,      /* the transport failed: DNS, connect, TLS, closed in the middle */
    WECOM_E_TIMEOUT,      /* the transport took too long */
    WECOM_E_HTTP,         /* an HTTP status other than 200; upstream = that status */
    WECOM_E_ANSWER,       /* HTTP 200, but not the JSON that the call promises */
    WECOM_E_REMOTE,       /* WeCom answered with an errcode; upstream = errcode */
    WECOM_E_RESTING,      /* not asked at all: refused lately, or too many are waiting */
    WECOM_E_NOT_MEMBER,   /* openid or a foreign userid in place of a userid */
    WECOM_E_MISMATCH      /* a later answer speaks of somebody else */
} wecom_status_t;

typedef struct wecom_error_t {
    wecom_status_t status;
    int upstream;       /* errcode of WeCom, or HTTP status, or the transport's code; else 0 */
    const char *stage;  /* the call or step, static text such as "gettoken"; NULL if none */
    const char *detail; /* a sentence for the log, cleaned of control bytes; may be NULL */
} wecom_error_t;

/* Fill *err (which may be NULL) and return the status, so that a caller can write
 * "return wecom_error_set(err, WECOM_E_HTTP, 502, "gettoken", NULL);". stage and detail are
 * kept as pointers: static text, or living in the caller's pool. */
wecom_status_t wecom_error_set(wecom_error_t *err, wecom_status_t status, int upstream,
                               const char *stage, const char *detail);

/* "WECOM_E_TIMEOUT" as "timeout", for logs and tests. Never NULL. */
const char *wecom_error_name(wecom_status_t status);

#endif
