/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - all that a call to WeCom needs, as fakes: an app, and three ports under one roof.
 */
#ifndef WECOM_TESTS_WORLD_H
#define WECOM_TESTS_WORLD_H

#include "../../src/wecom/token.h"
#include "fake_http.h"
#include "hand_clock.h"
#include "mem_cache.h"

#define WORLD_START  apr_time_from_sec(1700000000)
#define WORLD_SECRET "s3cret+/=value"
#define WORLD_TOKEN  "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"%s\",\"expires_in\":%d}"

typedef struct world_t {
    apr_pool_t *pool;
    hand_clock_t clock;
    mem_cache_t cache;
    fake_http_t http;
    wecom_ports_t ports;
    wecom_app_t app;
    wecom_error_t err;
} world_t;

/* cmocka's setup and teardown; *state is the world. */
int world_setup(void **state);
int world_teardown(void **state);

/* Let the next call be gettoken, with this answer. */
void world_expect_token(world_t *world, const char *token, int expires_in);
void world_expect_errcode(world_t *world, const char *stage, int errcode, const char *errmsg);

/* wecom_token_get into the world's own error. */
wecom_status_t world_get_token(world_t *world, const char **token, int *fresh);

/* The token that is got is this one, fetched by this very call or not. */
void world_assert_token(world_t *world, const char *token, int fresh);

/* There is no token to be got, and so says the error. detail NULL: any. */
void world_assert_no_token(world_t *world, wecom_status_t status, int upstream,
                           const char *detail);

/* Every byte is zero, and there is at least one. */
void world_assert_wiped(const char *memory, apr_size_t len);

/* Fails the test unless the script was played to its end and nothing else was asked. */
#define world_assert_played(world) do { \
        const char *verdict_ = fake_http_verdict(&(world)->http); \
        if (verdict_ != NULL) { \
            fail_msg("%s", verdict_); \
        } \
    } while (0)

#endif
