/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_trouble.c - after three silent logins the fourth is refused at once, and one answer ends it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/wecom/trouble.h"
#include "world.h"

static wecom_status_t check(world_t *world)
{
    return wecom_trouble_check(&world->err, &world->app, &world->ports, world->pool);
}

static void note(world_t *world, wecom_status_t status, int times)
{
    wecom_error_t err = { status, status == WECOM_E_HTTP ? 502 : 0, NULL, NULL };

    while (times-- > 0) {
        wecom_trouble_note(&err, &world->app, &world->ports, world->pool);
    }
}

static void third_failure_rests(void **state)
{
    static const wecom_status_t kinds[] = { WECOM_E_TIMEOUT, WECOM_E_CONNECT, WECOM_E_HTTP };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        assert_int_equal(check(world), WECOM_OK);
        note(world, kinds[i], 1);
    }
    assert_int_equal(check(world), WECOM_E_RESTING);
    assert_int_equal(world->err.status, WECOM_E_RESTING);
    assert_non_null(world->err.detail);
}

static void rest_ends_and_one_more_failure_renews_it(void **state)
{
    world_t *world = *state;

    note(world, WECOM_E_TIMEOUT, WECOM_TROUBLE_LIMIT);
    world->clock.now += WECOM_TROUBLE_REST - 1;
    assert_int_equal(check(world), WECOM_E_RESTING);
    world->clock.now += 1;
    assert_int_equal(check(world), WECOM_OK);
    note(world, WECOM_E_TIMEOUT, 1);
    assert_int_equal(check(world), WECOM_E_RESTING);
}

static void one_answer_forgets_all(void **state)
{
    static const wecom_status_t answers[] = {
        WECOM_OK, WECOM_E_REMOTE, WECOM_E_NOT_MEMBER, WECOM_E_ANSWER
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        note(world, WECOM_E_TIMEOUT, WECOM_TROUBLE_LIMIT - 1);
        note(world, answers[i], 1);
        note(world, WECOM_E_TIMEOUT, WECOM_TROUBLE_LIMIT - 1);
        assert_int_equal(check(world), WECOM_OK);
        note(world, WECOM_OK, 1);
    }
}

/* Three strange codes, each answered with 403 by whatever guards WeCom, must stop nobody else. */
static void what_a_visitor_can_cause_is_no_trouble(void **state)
{
    static const int statuses[] = { 400, 403, 404 };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        wecom_error_t err = { WECOM_E_HTTP, statuses[i], NULL, NULL };

        wecom_trouble_note(&err, &world->app, &world->ports, world->pool);
    }
    assert_int_equal(check(world), WECOM_OK);
}

/* A login that was not asked at all says nothing about WeCom. */
static void resting_is_no_answer(void **state)
{
    world_t *world = *state;

    note(world, WECOM_E_TIMEOUT, WECOM_TROUBLE_LIMIT - 1);
    note(world, WECOM_E_RESTING, 1);
    note(world, WECOM_E_TIMEOUT, 1);
    assert_int_equal(check(world), WECOM_E_RESTING);
}

static void apps_do_not_share_their_trouble(void **state)
{
    world_t *world = *state;

    note(world, WECOM_E_TIMEOUT, WECOM_TROUBLE_LIMIT);
    world->app.agent_id = "1000099";
    assert_int_equal(check(world), WECOM_OK);
}

static void success_without_trouble_writes_nothing(void **state)
{
    world_t *world = *state;

    note(world, WECOM_OK, 3);
    assert_int_equal(world->cache.puts, 0);
    assert_int_equal(world->cache.drops, 0);
}

static void dead_cache_never_refuses(void **state)
{
    world_t *world = *state;

    world->cache.unavailable = 1;
    note(world, WECOM_E_TIMEOUT, WECOM_TROUBLE_LIMIT + 1);
    assert_int_equal(check(world), WECOM_OK);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(third_failure_rests),
        WORLD_TEST(rest_ends_and_one_more_failure_renews_it),
        WORLD_TEST(one_answer_forgets_all),
        WORLD_TEST(what_a_visitor_can_cause_is_no_trouble),
        WORLD_TEST(resting_is_no_answer),
        WORLD_TEST(apps_do_not_share_their_trouble),
        WORLD_TEST(success_without_trouble_writes_nothing),
        WORLD_TEST(dead_cache_never_refuses),
    };

    return cmocka_run_group_tests_name("trouble", tests, NULL, NULL);
}
