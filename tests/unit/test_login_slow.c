/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_login_slow.c - the return while WeCom is slow or down: who waits, who is told at once, and
 * what is lost by it.
 */
#include "walk.h"

#include <string.h>

#include <apr_strings.h>

#define TARGET "/report?id=7"
#define HERE   "https://intranet.example.com" TARGET

/* A port with `room` places. */
typedef struct places_t {
    wecom_slots_t port;
    int room;
    int taken;
    int entered;       /* how often a place was asked for */
    apr_time_t until;  /* as was said the last time */
    int given_back;    /* the place that was left last */
} places_t;

static int places_enter(const wecom_slots_t *self, apr_time_t now, apr_time_t until)
{
    places_t *places = self->baton;

    (void)now;
    places->entered++;
    places->until = until;
    if (places->taken >= places->room) {
        return -1;
    }
    places->taken++;
    return 40 + places->taken;
}

static void places_leave(const wecom_slots_t *self, int slot)
{
    places_t *places = self->baton;

    places->given_back = slot;
    if (slot >= 0) {
        places->taken--;
    }
}

static places_t *places_of(walk_t *walk, int room)
{
    places_t *places = apr_pcalloc(walk->pool, sizeof(*places));

    places->port.enter = places_enter;
    places->port.leave = places_leave;
    places->port.baton = places;
    places->room = room;
    walk->world->ports.slots = &places->port;
    return places;
}

static void begin(walk_t *walk)
{
    walk_only(walk, &walk->acme);
    walk_wait(walk, 1);
    walk_begin(walk);
    walk_assert_at_wecom(walk, 0);
}

/* --- who waits ------------------------------------------------------------------------------ */

static void login_waits_in_a_place_and_leaves_it(void **state)
{
    walk_t *walk = *state;
    places_t *places = places_of(walk, 1);

    begin(walk);
    assert_int_equal(places->entered, 0); /* nobody waits for a scan */
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_int_equal(places->entered, 1);
    assert_int_equal(places->taken, 0);
    assert_int_equal(places->given_back, 41);
    assert_int_equal(places->until,
                     walk->room.now + 2 * apr_time_from_msec(walk->acme.app.timeout_ms));
}

/* Three calls, and the visitor waits for one timeout. */
static void calls_of_a_login_share_one_timeout(void **state)
{
    walk_t *walk = *state;
    fake_http_t *http = &walk->world->http;

    begin(walk);
    walk_expect_member(walk, "zhangsan", 1);
    http->steps[0].takes = apr_time_from_sec(2);
    http->steps[1].takes = apr_time_from_sec(2);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_int_equal(http->calls[0].total_ms, 5000);
    assert_int_equal(http->calls[1].total_ms, 3000);
    assert_int_equal(http->calls[2].total_ms, 1000);

    begin(walk);
    walk_expect_identity(walk, "{\"errcode\":0,\"userid\":\"zhangsan\"}");
    http->steps[3].takes = apr_time_from_sec(5);
    walk_back(walk, "CODE"); /* no time is left to ask for the member */
    walk_assert_refused(walk, WECOM_REASON_TIMEOUT, TARGET);
    world_assert_played(walk->world);
}

static void place_is_left_after_a_failure_too(void **state)
{
    static const char *const answers[] = {
        "{\"errcode\":40029}", "{\"errcode\":0,\"openid\":\"o\"}", "<html>",
    };
    walk_t *walk = *state;
    places_t *places = places_of(walk, 1);
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        begin(walk);
        walk_expect_identity(walk, answers[i]);
        walk_back(walk, "CODE");
        assert_int_equal(walk->reply.signed_in, 0);
        assert_int_equal(places->entered, (int)i + 1);
        assert_int_equal(places->taken, 0);
    }
}

static void whoever_finds_no_place_is_told_at_once(void **state)
{
    walk_t *walk = *state;
    places_t *places = places_of(walk, 0);

    begin(walk);
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_CROWDED, TARGET);
    assert_int_equal(walk->reply.status, 503);
    assert_true(walk->reply.retry_after > 0);
    assert_int_equal(walk->world->http.call_count, 0);
    assert_int_equal(places->taken, 0);
    assert_null(mem_cache_peek(&walk->world->cache, "trouble",
                               "https://qyapi.weixin.qq.com|ww0123456789abcdef|1000002").data);
    /* when there is room again, a new login goes well */
    places->room = 1;
    begin(walk);
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
}

static void whoever_does_not_ask_wecom_needs_no_place(void **state)
{
    walk_t *walk = *state;
    places_t *places = places_of(walk, 0);
    walk_cookie_t kept;

    begin(walk);
    kept = walk->jar[0];
    walk_return(walk, apr_pstrcat(walk->pool, "state=", walk->state, NULL));
    walk_assert_refused(walk, WECOM_REASON_REFUSED, TARGET);
    /* without a place nothing is spent, and the same address works again */
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_CROWDED, TARGET);
    walk->jar[0] = kept;
    walk->world->ports.slots = NULL;
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    walk->world->ports.slots = &places->port;
    walk->jar[0] = kept;
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    walk_forget(walk, NULL);
    walk_back(walk, "CODE");
    walk_assert_at_wecom(walk, 1);
}

/* --- WeCom is down -------------------------------------------------------------------------- */

/* Three logins without an answer; a failure of gettoken rests on its own for two seconds. */
static void let_three_fail(walk_t *walk)
{
    int i;

    for (i = 0; i < 3; i++) {
        begin(walk);
        fake_http_fail(&walk->world->http, "gettoken", WECOM_E_TIMEOUT, 28, "slow");
        walk_back(walk, "CODE");
        walk_assert_refused(walk, WECOM_REASON_TIMEOUT, TARGET);
        walk_wait(walk, 3);
    }
}

static void after_three_failures_nobody_waits(void **state)
{
    walk_t *walk = *state;
    places_t *places = places_of(walk, 1);
    const char *cookie;

    let_three_fail(walk);
    places->entered = 0;
    begin(walk);
    cookie = walk_pending(walk, walk->state);
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_RESTING, TARGET);
    assert_int_equal(walk->reply.retry_after > 0, 1);
    assert_int_equal(walk->reply.error.status, WECOM_E_RESTING);
    assert_string_equal(walk->reply.source, "acme");
    assert_int_equal(places->entered, 0);
    world_assert_played(walk->world);

    /* nothing was spent: the same address goes well when WeCom is back */
    assert_non_null(walk_cookie(walk, cookie));
    assert_int_equal(walk->reply.cookies->nelts, 0);
    walk_wait(walk, 10);
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_int_equal(walk->reply.signed_in, 1);
}

static void resting_does_not_hide_what_comes_first(void **state)
{
    walk_t *walk = *state;

    let_three_fail(walk);
    /* refused by the visitor, for another corp, without the cookie: as always */
    begin(walk);
    walk_return(walk, apr_pstrcat(walk->pool, "state=", walk->state, NULL));
    walk_assert_refused(walk, WECOM_REASON_REFUSED, TARGET);
    walk_return(walk, apr_pstrcat(walk->pool, "code=C&appid=wwx&state=", walk->state, NULL));
    walk_assert_refused(walk, WECOM_REASON_WRONG_APP, TARGET);
    walk_forget(walk, NULL);
    walk_back(walk, "CODE");
    walk_assert_at_wecom(walk, 1);
}

static void answers_of_wecom_are_no_trouble(void **state)
{
    walk_t *walk = *state;
    int i;

    for (i = 0; i < 5; i++) {
        begin(walk);
        walk_expect_identity(walk, "{\"errcode\":60020}");
        walk_back(walk, "CODE");
        walk_assert_refused(walk, WECOM_REASON_IP, TARGET);
    }
    world_assert_played(walk->world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(login_waits_in_a_place_and_leaves_it),
        WALK_TEST(calls_of_a_login_share_one_timeout),
        WALK_TEST(place_is_left_after_a_failure_too),
        WALK_TEST(whoever_finds_no_place_is_told_at_once),
        WALK_TEST(whoever_does_not_ask_wecom_needs_no_place),
        WALK_TEST(after_three_failures_nobody_waits),
        WALK_TEST(resting_does_not_hide_what_comes_first),
        WALK_TEST(answers_of_wecom_are_no_trouble),
    };

    return cmocka_run_group_tests_name("login_slow", tests, NULL, NULL);
}
