/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_token_lease.c - several processes that want a token at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "world.h"

/* What another process would do while we wait. */
typedef struct other_t {
    world_t *world;
    const char *key;
    wecom_bytes_t token;      /* the record of a good token, ending long after this */
    int at_pause;             /* when it acts */
    const char *kind;         /* what it writes; NULL: nothing */
    wecom_bytes_t value;
    int releases;             /* whether it gives the lease back */
} other_t;

static void other_acts(void *baton)
{
    other_t *other = baton;
    world_t *world = other->world;
    const wecom_cache_t *cache = &world->cache.port;

    if (world->clock.pauses != other->at_pause) {
        return;
    }
    if (other->kind != NULL) {
        cache->put(cache, other->kind, other->key, other->value, world->clock.now,
                   world->clock.now + apr_time_from_sec(60), world->pool);
    }
    if (other->releases) {
        cache->drop(cache, "token-lease", other->key, world->pool);
    }
}

/* A world in which another process holds the lease for so many microseconds. */
static void other_holds_the_lease(other_t *other, world_t *world, apr_interval_time_t span)
{
    static const unsigned char taken[] = { 1 };
    const wecom_cache_t *cache = &world->cache.port;
    wecom_bytes_t value = { taken, sizeof(taken) };

    memset(other, 0, sizeof(*other));
    other->world = world;
    world_expect_token(world, "OTHERS", 7200);
    world_assert_token(world, "OTHERS", 1);
    other->key = apr_pstrdup(world->pool, world->cache.last_key);
    other->token = mem_cache_peek(&world->cache, "token", other->key);
    cache->drop(cache, "token", other->key, world->pool);
    assert_int_equal(cache->put_if_absent(cache, "token-lease", other->key, value,
                                          world->clock.now, world->clock.now + span,
                                          world->pool), WECOM_OK);
    world->clock.on_pause = other_acts;
    world->clock.baton = other;
}

static void who_waits_gets_the_token_of_the_other(void **state)
{
    world_t *world = *state;
    other_t other;

    other_holds_the_lease(&other, world, apr_time_from_sec(7));
    other.at_pause = 5;
    other.kind = "token";
    other.value = other.token;
    other.releases = 1;
    world_assert_token(world, "OTHERS", 0);
    assert_int_equal(world->clock.pauses, 5);
    assert_true(world->clock.spans[0] == apr_time_from_msec(20));
    assert_true(world->clock.spans[1] == apr_time_from_msec(30));
    world_assert_played(world);
}

static void who_waits_shares_the_failure_of_the_other(void **state)
{
    static const unsigned char mark[] = "\1\0\0\0\13\0\0\x9c\x41why";
    world_t *world = *state;
    other_t other;

    other_holds_the_lease(&other, world, apr_time_from_sec(7));
    other.at_pause = 2;
    other.kind = "token-rest";
    other.value.data = mark;
    other.value.len = sizeof(mark) - 1;
    other.releases = 1;
    world_assert_no_token(world, WECOM_E_RESTING, 40001, "why");
    assert_int_equal(world->clock.pauses, 2);
    world_assert_played(world);
}

static void who_waits_takes_a_lease_that_was_given_back(void **state)
{
    world_t *world = *state;
    other_t other;

    other_holds_the_lease(&other, world, apr_time_from_sec(7));
    other.at_pause = 3;
    other.releases = 1;
    world_expect_token(world, "MINE", 7200);
    world_assert_token(world, "MINE", 1);
    assert_int_equal(world->clock.pauses, 3);
    world_assert_played(world);
}

static void lease_of_the_dead_runs_out(void **state)
{
    world_t *world = *state;
    other_t other;
    apr_time_t begun;

    other_holds_the_lease(&other, world, apr_time_from_sec(3));
    begun = world->clock.now;
    world_expect_token(world, "MINE", 7200);
    world_assert_token(world, "MINE", 1);
    assert_true(world->clock.now >= begun + apr_time_from_sec(3));
    assert_true(world->clock.now <= begun + apr_time_from_msec(3100));
    world_assert_played(world);
}

static void waiting_has_an_end(void **state)
{
    world_t *world = *state;
    other_t other;
    apr_time_t begun;

    other_holds_the_lease(&other, world, apr_time_from_sec(7));
    begun = world->clock.now;
    world_assert_no_token(world, WECOM_E_TIMEOUT, 0, NULL);
    assert_true(world->clock.now == begun + apr_time_from_sec(6));
    assert_true(world->clock.spans[30] == apr_time_from_msec(100));
    /* who waited in vain leaves the lease alone and no mark behind */
    assert_non_null(mem_cache_peek(&world->cache, "token-lease", other.key).data);
    assert_null(mem_cache_peek(&world->cache, "token-rest", other.key).data);
    world->clock.now = begun + apr_time_from_sec(7);
    world_expect_token(world, "MINE", 7200);
    world_assert_token(world, "MINE", 1);
    world_assert_played(world);
}

/* The lease lasts as long as the longest fetch and two seconds more. */
static void look_at_the_lease(void *baton, const fake_http_call_t *call)
{
    world_t *world = baton;

    (void)call;
    assert_true(mem_cache_expiry(&world->cache, "token-lease", NULL)
                == world->clock.now + apr_time_from_sec(7));
}

static void lease_outlives_the_fetch(void **state)
{
    world_t *world = *state;

    world->http.on_perform = look_at_the_lease;
    world->http.baton = world;
    world_expect_token(world, "T", 7200);
    world_assert_token(world, "T", 1);
    world_assert_played(world);
}

static void lease_that_ran_out_is_not_dropped(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "T", 7200);
    world->http.steps[0].takes = apr_time_from_sec(8);
    world_assert_token(world, "T", 1);
    assert_int_equal(world->cache.drops, 0);
}

/* Another process finishes between our look at the token and our taking of the lease. */
static void other_finishes_in_between(void *baton, const char *kind)
{
    other_t *other = baton;
    const wecom_cache_t *cache = &other->world->cache.port;

    if (strcmp(kind, "token-rest") == 0) {
        cache->put(cache, "token", other->key, other->token, other->world->clock.now,
                   other->world->clock.now + apr_time_from_sec(60), other->world->pool);
        cache->drop(cache, "token-lease", other->key, other->world->pool);
    }
}

static void who_gets_the_lease_looks_once_more(void **state)
{
    world_t *world = *state;
    other_t other;

    other_holds_the_lease(&other, world, apr_time_from_sec(7));
    world->cache.on_get = other_finishes_in_between;
    world->cache.baton = &other;
    world_assert_token(world, "OTHERS", 0);
    world->cache.on_get = NULL;
    assert_null(mem_cache_peek(&world->cache, "token-lease", other.key).data);
    assert_int_equal(world->clock.pauses, 0);
    world_assert_played(world);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(who_waits_gets_the_token_of_the_other),
        WORLD_TEST(who_waits_shares_the_failure_of_the_other),
        WORLD_TEST(who_waits_takes_a_lease_that_was_given_back),
        WORLD_TEST(lease_of_the_dead_runs_out),
        WORLD_TEST(waiting_has_an_end),
        WORLD_TEST(lease_outlives_the_fetch),
        WORLD_TEST(lease_that_ran_out_is_not_dropped),
        WORLD_TEST(who_gets_the_lease_looks_once_more),
    };

    return cmocka_run_group_tests_name("token-lease", tests, NULL, NULL);
}
