/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_scene.h - an http port and a server that breaks every promise a server can break.
 *
 * What the server does is chosen by the path: /ok, /once (and hangs up), /empty, /503, /redirect,
 * /chunked, /cut, /half-chunk, /garbage, /nothing, /large-length, /large-chunked, /exact, /over,
 * /silent, /drip. A CONNECT is answered with 407.
 */
#ifndef WECOM_TESTS_HTTP_SCENE_H
#define WECOM_TESTS_HTTP_SCENE_H

#include "support.h"

#include <pthread.h>

#include "../../src/base/http.h"
#include "loopback.h"

/* What the server saw, and the port under test. The server writes under the lock, and before it
 * answers; whoever has the answer may read. */
typedef struct scene_t {
    loopback_t *server;
    wecom_http_t *http;
    pthread_mutex_t lock;
    int requests;
    char head[4096];       /* of the last request */
    size_t body_len;       /* as its Content-Length says */
    unsigned int body_sum; /* scene_sum from 0 over its body */
} scene_t;

extern scene_t scene;

/* One test in a scene of its own, with a pool as *state. */
#define SCENE(function) cmocka_unit_test_setup_teardown(function, scene_make, scene_end)

int scene_make(void **state);
int scene_end(void **state);

/* A GET of the server's path, with patience. */
wecom_http_request_t scene_request(const char *path, apr_pool_t *pool);

wecom_status_t scene_perform(const wecom_http_request_t *request,
                             wecom_http_response_t *response, wecom_error_t *err,
                             apr_pool_t *pool);
wecom_status_t scene_get(const char *path, wecom_http_response_t *response, wecom_error_t *err,
                         apr_pool_t *pool);

/* Fails with the error's own words. */
void scene_must_get(const char *path, wecom_http_response_t *response, apr_pool_t *pool);

/* Does the head of the last request begin so? */
int scene_head_is(const char *start);

unsigned int scene_sum(unsigned int sum, const char *data, size_t len);

#endif
