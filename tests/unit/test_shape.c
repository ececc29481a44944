/* SPDX-License-Identifier: Apache-2.0 */
/* test_shape.c - when departments and tags are read again. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/auth/shape.h"
#include "world.h"

#define NOW 1000000
#define HOUR 3600

static wecom_shape_due_t due;

static int start(void **state)
{
    (void)state;
    memset(&due, 0, sizeof(due));
    return 0;
}

static void due_at_once_and_then_every_hour(void **state)
{
    apr_int64_t begun;

    (void)state;
    assert_true(wecom_shape_is_due(&due, WECOM_SHAPE_TREE, NOW));
    begun = wecom_shape_begin(&due, WECOM_SHAPE_TREE, NOW);
    wecom_shape_done(&due, WECOM_SHAPE_TREE, begun, HOUR, NOW);
    assert_false(wecom_shape_is_due(&due, WECOM_SHAPE_TREE, NOW + HOUR - 1));
    assert_true(wecom_shape_is_due(&due, WECOM_SHAPE_TREE, NOW + HOUR));
    /* the tags have a time of their own */
    assert_true(wecom_shape_is_due(&due, WECOM_SHAPE_TAGS, NOW));
}

static void a_failure_waits_a_minute(void **state)
{
    apr_int64_t begun = wecom_shape_begin(&due, WECOM_SHAPE_TREE, NOW);

    (void)state;
    wecom_shape_failed(&due, WECOM_SHAPE_TREE, begun, HOUR, NOW + 2);
    assert_false(wecom_shape_is_due(&due, WECOM_SHAPE_TREE, NOW + 2 + WECOM_SHAPE_RETRY - 1));
    assert_true(wecom_shape_is_due(&due, WECOM_SHAPE_TREE, NOW + 2 + WECOM_SHAPE_RETRY));
}

static void a_failure_waits_no_longer_than_a_success(void **state)
{
    apr_int64_t begun = wecom_shape_begin(&due, WECOM_SHAPE_TREE, NOW);

    (void)state;
    wecom_shape_failed(&due, WECOM_SHAPE_TREE, begun, 10, NOW + 2);
    assert_false(wecom_shape_is_due(&due, WECOM_SHAPE_TREE, NOW + 11));
    assert_true(wecom_shape_is_due(&due, WECOM_SHAPE_TREE, NOW + 12));
}

static void whoever_dies_is_followed_at_once(void **state)
{
    (void)state;
    wecom_shape_begin(&due, WECOM_SHAPE_TREE, NOW);
    assert_false(wecom_shape_is_due(&due, WECOM_SHAPE_TREE, NOW + WECOM_SHAPE_PAUSE - 1));
    assert_true(wecom_shape_is_due(&due, WECOM_SHAPE_TREE, NOW + WECOM_SHAPE_PAUSE));
}

static void asked_for_while_it_failed(void **state)
{
    apr_int64_t begun = wecom_shape_begin(&due, WECOM_SHAPE_TAGS, NOW);

    (void)state;
    wecom_shape_due_now(&due, WECOM_SHAPE_TAGS);
    wecom_shape_failed(&due, WECOM_SHAPE_TAGS, begun, HOUR, NOW + 2);
    assert_true(wecom_shape_is_due(&due, WECOM_SHAPE_TAGS, NOW + WECOM_SHAPE_PAUSE));
}

static void whoever_asks_does_not_wait_an_hour(void **state)
{
    apr_int64_t begun = wecom_shape_begin(&due, WECOM_SHAPE_TAGS, NOW);

    (void)state;
    wecom_shape_done(&due, WECOM_SHAPE_TAGS, begun, HOUR, NOW);
    wecom_shape_due_now(&due, WECOM_SHAPE_TAGS);
    assert_false(wecom_shape_is_due(&due, WECOM_SHAPE_TAGS, NOW + WECOM_SHAPE_PAUSE - 1));
    assert_true(wecom_shape_is_due(&due, WECOM_SHAPE_TAGS, NOW + WECOM_SHAPE_PAUSE));
}

static void asked_for_while_it_is_read(void **state)
{
    apr_int64_t begun = wecom_shape_begin(&due, WECOM_SHAPE_TAGS, NOW);

    (void)state;
    wecom_shape_due_now(&due, WECOM_SHAPE_TAGS);
    wecom_shape_done(&due, WECOM_SHAPE_TAGS, begun, HOUR, NOW + 2);
    assert_true(wecom_shape_is_due(&due, WECOM_SHAPE_TAGS, NOW + WECOM_SHAPE_PAUSE));
}

static void a_clock_that_is_set_back(void **state)
{
    apr_int64_t begun = wecom_shape_begin(&due, WECOM_SHAPE_TREE, NOW);

    (void)state;
    wecom_shape_done(&due, WECOM_SHAPE_TREE, begun, HOUR, NOW);
    assert_true(wecom_shape_is_due(&due, WECOM_SHAPE_TREE, NOW - 86400));
    assert_true(wecom_shape_may_tell(&due, WECOM_SHAPE_TREE, NOW));
    assert_true(wecom_shape_may_tell(&due, WECOM_SHAPE_TREE, NOW - 86400));
}

static void told_once_a_minute(void **state)
{
    (void)state;
    assert_true(wecom_shape_may_tell(&due, WECOM_SHAPE_TREE, NOW));
    assert_false(wecom_shape_may_tell(&due, WECOM_SHAPE_TREE, NOW + 59));
    assert_true(wecom_shape_may_tell(&due, WECOM_SHAPE_TAGS, NOW + 59));
    assert_true(wecom_shape_may_tell(&due, WECOM_SHAPE_TREE, NOW + 60));
    assert_false(wecom_shape_may_tell(&due, WECOM_SHAPE_TREE, NOW + 61));
}

static int seconds_tag;

static int ends_at_the_second(void)
{
    return ++seconds_tag > 1;
}

/* A child that goes away does not wait for the rest of a slow WeCom. */
static void broken_off_between_tags(void **state)
{
    world_t *world = *state;
    apr_array_header_t *wanted = apr_array_make(world->pool, 2, sizeof(const char *));
    apr_uint64_t block[512];
    wecom_tags_report_t report;

    memset(&report, 0, sizeof(report));
    APR_ARRAY_PUSH(wanted, const char *) = "vpn";
    APR_ARRAY_PUSH(wanted, const char *) = "2";
    world_expect_token(world, "T", 7200);
    fake_http_answer(&world->http, "tag/list", 200, "{\"taglist\":[{\"tagid\":1,\"tagname\":"
                     "\"vpn\"},{\"tagid\":2,\"tagname\":\"b\"}]}");
    fake_http_answer(&world->http, "tag/get", 200, "{\"userlist\":[],\"partylist\":[]}");
    assert_int_equal(wecom_shape_fetch_tags(block, sizeof(block), &report, &world->err, wanted,
                                            ends_at_the_second, &world->app, &world->ports,
                                            world->pool), WECOM_E_UNAVAILABLE);
    world_assert_played(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(due_at_once_and_then_every_hour, start),
        cmocka_unit_test_setup(a_failure_waits_a_minute, start),
        cmocka_unit_test_setup(a_failure_waits_no_longer_than_a_success, start),
        cmocka_unit_test_setup(whoever_dies_is_followed_at_once, start),
        cmocka_unit_test_setup(asked_for_while_it_failed, start),
        cmocka_unit_test_setup(whoever_asks_does_not_wait_an_hour, start),
        cmocka_unit_test_setup(asked_for_while_it_is_read, start),
        cmocka_unit_test_setup(a_clock_that_is_set_back, start),
        cmocka_unit_test_setup(told_once_a_minute, start),
        cmocka_unit_test_setup_teardown(broken_off_between_tags, world_setup, world_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
