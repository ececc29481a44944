/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.c - see world.h.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

int world_setup(void **state)
{
    world_t *world = calloc(1, sizeof(*world));

    if (world == NULL || apr_initialize() != APR_SUCCESS
        || apr_pool_create(&world->pool, NULL) != APR_SUCCESS
        || wecom_crypto_start() != WECOM_OK) {
        free(world);
        return -1;
    }
    hand_clock_init(&world->clock, WORLD_START);
    mem_cache_init(&world->cache, world->pool);
    fake_http_init(&world->http, &world->clock, world->pool);
    world->ports.http = &world->http.port;
    world->ports.cache = &world->cache.port;
    world->ports.clock = &world->clock.port;
    world->app.label = "corp";
    world->app.corp_id = "ww0123456789abcdef";
    world->app.agent_id = "1000002";
    world->app.secret = WORLD_SECRET;
    world->app.api_url = WECOM_APP_API_URL;
    world->app.authorize_url = WECOM_APP_AUTHORIZE_URL;
    world->app.login_url = WECOM_APP_LOGIN_URL;
    world->app.check_member = 1;
    world->app.timeout_ms = 5000;
    *state = world;
    return 0;
}

int world_teardown(void **state)
{
    world_t *world = *state;

    apr_pool_destroy(world->pool);
    free(world);
    apr_terminate();
    return 0;
}

void world_expect_token(world_t *world, const char *token, int expires_in)
{
    fake_http_answer(&world->http, "gettoken", 200,
                     apr_psprintf(world->pool, WORLD_TOKEN, token, expires_in));
}

void world_expect_errcode(world_t *world, const char *stage, int errcode, const char *errmsg)
{
    fake_http_answer(&world->http, stage, 200,
                     apr_psprintf(world->pool, "{\"errcode\":%d,\"errmsg\":\"%s\"}", errcode,
                                  errmsg));
}

wecom_status_t world_get_token(world_t *world, const char **token, int *fresh)
{
    memset(&world->err, 0, sizeof(world->err));
    return wecom_token_get(token, fresh, &world->err, &world->app, &world->ports, world->pool);
}

void world_assert_token(world_t *world, const char *token, int fresh)
{
    const char *got = NULL;
    int got_fresh = -1;

    if (world_get_token(world, &got, &got_fresh) != WECOM_OK) {
        fail_msg("%s: %s", wecom_error_name(world->err.status), world->err.detail);
    }
    assert_string_equal(got, token);
    assert_int_equal(got_fresh, fresh);
}

void world_assert_no_token(world_t *world, wecom_status_t status, int upstream,
                           const char *detail)
{
    const char *token = "unset";
    int fresh = -1;

    assert_int_equal(world_get_token(world, &token, &fresh), status);
    assert_null(token);
    assert_int_equal(fresh, 0);
    assert_int_equal(world->err.status, status);
    assert_int_equal(world->err.upstream, upstream);
    assert_string_equal(world->err.stage, "gettoken");
    if (detail != NULL) {
        assert_non_null(world->err.detail);
        assert_string_equal(world->err.detail, detail);
    }
}

void world_assert_wiped(const char *memory, apr_size_t len)
{
    apr_size_t i;

    assert_true(len > 0);
    for (i = 0; i < len; i++) {
        assert_int_equal(memory[i], 0);
    }
}
