/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call.h - one question to WeCom: what gettoken and every other call have in common.
 *
 * For token.c and ask.c alone. A call is a URL and somebody who reads the answer; here are the
 * budget of time, the HTTP status, the second try after -1 and the errcode.
 */
#ifndef WECOM_WECOM_CALL_H
#define WECOM_WECOM_CALL_H

#include "../base/json.h"
#include "app.h"
#include "ports.h"

/* Read an answer into *result. WECOM_OK, or a failure with *err filled. */
typedef wecom_status_t wecom_call_parse_t(void *result, wecom_error_t *err, const char *body,
                                          apr_size_t len, apr_pool_t *pool);

/* For calls that are made beside requests and answered at length. */
typedef struct wecom_call_room_t {
    apr_size_t max_answer;
    int timeout_ms;     /* for all tries, where the app's timeout is shorter */
} wecom_call_room_t;

typedef struct wecom_call_t {
    const char *stage;  /* static text */
    const char *url;    /* holds a secret or a token: the caller wipes it */
    const char *body;   /* NULL: GET */
    wecom_call_parse_t *parse;
    void *result;
    const wecom_call_room_t *room;  /* NULL: WECOM_MAX_ANSWER and the app's timeout */
} wecom_call_t;

/* Ask, and ask again after -1 ("system busy"): 100 ms later, then 300 ms later, as far as the
 * app's timeout leaves room. All tries together take at most the app's timeout, or the room's, and
 * never go beyond the ports' deadline. Bodies of answers are wiped. Failures: the transport's,
 * WECOM_E_HTTP, or what parse said. err is never NULL. */
wecom_status_t wecom_call_make(const wecom_call_t *call, wecom_error_t *err,
                               const wecom_app_t *app, const wecom_ports_t *ports,
                               apr_pool_t *pool);

/* The JSON of an answer whose errcode is 0 or absent; whoever calls this demands the field that
 * the call promises, since an absent errcode alone says nothing. WECOM_E_REMOTE with errcode and
 * errmsg, WECOM_E_ANSWER. *answer lives in the pool. */
wecom_status_t wecom_call_open(const wecom_json_t **answer, wecom_error_t *err, const char *stage,
                               const char *body, apr_size_t len, apr_pool_t *pool);

/* The same for an answer of up to max_len bytes. */
wecom_status_t wecom_call_open_large(const wecom_json_t **answer, wecom_error_t *err,
                                     const char *stage, const char *body, apr_size_t len,
                                     apr_size_t max_len, apr_pool_t *pool);

/* *url + name + value, percent-encoded, in the pool; the old *url and the encoded value are wiped.
 * For queries that hold secrets, so that no piece of one stays behind. */
void wecom_call_add(char **url, const char *name, const char *value, apr_pool_t *pool);

/* Wipe a text; NULL is allowed. The text is one of ours in a pool, whatever its type says. */
void wecom_call_wipe(const char *text);

#endif
