/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_login_tabs.c - many logins of one browser at once, and the login that turns in a circle.
 */
#include "walk.h"

#include <string.h>

#include <apr_strings.h>

#define SITE   "https://intranet.example.com"
#define TARGET "/report?id=7"
#define HERE   SITE TARGET

#define SESSION(walk) ((walk)->room.site->session_cookie)

/* No question to WeCom since, no session. */
static void assert_nothing_exchanged(const walk_t *walk)
{
    world_assert_played(walk->world);
    assert_int_equal(walk->reply.signed_in, 0);
}

/* --- tabs ----------------------------------------------------------------------------------- */

/* Two tabs in the client; the cookie of the first has been pushed out. */
static const char *push_out(walk_t *walk)
{
    const char *lost;

    walk->room.client = WECOM_CLIENT_WECOM;
    walk_only(walk, &walk->acme);
    walk_begin(walk);
    lost = walk->state;
    walk->wish.target = "/b";
    walk_begin(walk);
    walk_forget(walk, walk_pending(walk, lost));
    return lost;
}

static void evicted_tab_waits_for_the_others(void **state)
{
    walk_t *walk = *state;
    const char *lost = push_out(walk);
    const char *other = walk->state;

    walk->state = lost;
    walk_back(walk, "CODE");
    assert_int_equal(walk->reply.status, 200);
    assert_null(walk->reply.location);
    assert_string_equal(walk->reply.refresh, apr_pstrcat(walk->pool, "/wecom/return?code=CODE"
                                                         "&state=", lost, NULL));
    assert_int_equal(walk->reply.cookies->nelts, 0);
    walk_assert_shows(walk, "<p>One moment: you are being signed in.</p>");
    walk_assert_shows(walk, "href=\"" TARGET "\">Try again</a>");
    assert_nothing_exchanged(walk);

    walk->state = other;
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE2");
    walk_assert_redirect(walk, 302, SITE "/b#");
    walk->state = lost;
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE "#");
}

static void nobody_waits_for_long(void **state)
{
    walk_t *walk = *state;

    walk->state = push_out(walk);
    walk_wait(walk, 15);
    walk_back(walk, "CODE");
    assert_non_null(walk->reply.refresh);
    walk_wait(walk, 1);
    walk_back(walk, "CODE");
    assert_true(walk_is_at(walk, WECOM_APP_AUTHORIZE_URL));
}

/* Whoever scans has the others waiting for a hand, and a cookie too old is no tab. */
static void who_has_nobody_to_wait_for_starts_again(void **state)
{
    walk_t *walk = *state;

    walk->state = push_out(walk);
    walk->room.client = WECOM_CLIENT_BROWSER;
    walk_back(walk, "CODE");
    walk_assert_at_wecom(walk, 1);
}

/* --- the circle ----------------------------------------------------------------------------- */

static void third_login_in_a_minute_is_a_circle(void **state)
{
    walk_t *walk = *state;

    walk_only(walk, &walk->acme);
    walk_login(walk, "zhangsan");
    walk_assert_redirect(walk, 302, HERE);
    walk_forget(walk, NULL);
    walk_login(walk, "zhangsan");
    walk_assert_redirect(walk, 302, HERE);
    walk_forget(walk, NULL);
    walk_login(walk, "ZhangSan"); /* the same member */
    walk_assert_refused(walk, WECOM_REASON_LOOP, TARGET);
    assert_null(walk_cookie(walk, SESSION(walk)));
    walk_login(walk, "zhangsan");
    walk_assert_refused(walk, WECOM_REASON_LOOP, TARGET);
    walk_wait(walk, 61);
    walk_login(walk, "zhangsan");
    walk_assert_redirect(walk, 302, HERE);
}

static void logout_is_no_circle(void **state)
{
    walk_t *walk = *state;
    int i;

    walk_only(walk, &walk->acme);
    for (i = 0; i < 6; i++) {
        walk_login(walk, "zhangsan");
        walk_assert_redirect(walk, 302, HERE);
        walk_logout(walk, 1);
    }
}

static void restored_tabs_are_no_circle(void **state)
{
    walk_t *walk = *state;
    const char *states[4];
    int i;

    walk_only(walk, &walk->acme);
    for (i = 0; i < 4; i++) {
        walk_begin(walk);
        states[i] = walk->state;
    }
    for (i = 0; i < 4; i++) {
        walk_wait(walk, 1);
        walk->state = states[i];
        walk_expect_member(walk, "zhangsan", 1);
        walk_back(walk, "CODE");
        walk_assert_redirect(walk, 302, HERE);
        assert_int_equal(walk->reply.signed_in, 1);
    }
}

/* What is counted, step by step. */
static void counting(void **state)
{
    static const struct {
        int at;         /* seconds */
        int issued;
        const char *source;
        const char *userid;
        const char *address;
        int loop;
    } steps[] = {
        { 100, 99, "acme", "a", "192.0.2.7", 0 },
        { 110, 109, "acme", "a", "192.0.2.7", 0 },
        { 111, 110, "acme", "a", "192.0.2.7", 0 },  /* issued when the last was completed */
        { 112, 105, "acme", "a", "192.0.2.7", 0 },  /* and before */
        { 113, 112, "beta", "a", "192.0.2.7", 0 },  /* somebody else, somewhere else */
        { 114, 113, "acme", "b", "192.0.2.7", 0 },
        { 115, 114, "acme", "a", "192.0.2.8", 0 },
        { 160, 159, "acme", "A", "192.0.2.7", 1 },  /* the third, after exactly a minute */
        { 161, 161, "acme", "a", "192.0.2.7", 0 },  /* a new minute */
        { 162, 162, "acme", "a", "192.0.2.7", 0 },
        { 163, 163, "acme", "a", "192.0.2.7", 1 },
        { 50, 49, "acme", "a", "192.0.2.7", 0 },    /* the clock was set back */
    };
    walk_t *walk = *state;
    size_t i;

    for (i = 0; i < COUNT(steps); i++) {
        int loop;

        walk->world->clock.now = apr_time_from_sec(steps[i].at);
        walk->room.address = steps[i].address;
        loop = wecom_login_is_loop(&walk->room, steps[i].source, steps[i].userid,
                                   apr_time_from_sec(steps[i].issued));
        CHECK(loop == steps[i].loop, "step %d: %d", (int)i, loop);
    }
    walk->world->cache.unavailable = 1;
    for (i = 0; i < 4; i++) {
        assert_int_equal(wecom_login_is_loop(&walk->room, "acme", "a", walk->room.now), 0);
    }
}

/* WeCom takes seconds over the first of ten tabs; what the others began in them is no circle. */
static void login_that_took_long_is_completed_at_its_end(void **state)
{
    walk_t *walk = *state;
    int i;

    for (i = 0; i < 10; i++) {
        walk->room.now = WORLD_START;   /* when the return came */
        walk->world->clock.now = WORLD_START + apr_time_from_sec(4) + i;
        assert_int_equal(wecom_login_is_loop(&walk->room, "acme", "a",
                                             WORLD_START + apr_time_from_sec(2) + i), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(evicted_tab_waits_for_the_others),
        WALK_TEST(nobody_waits_for_long),
        WALK_TEST(who_has_nobody_to_wait_for_starts_again),
        WALK_TEST(third_login_in_a_minute_is_a_circle),
        WALK_TEST(logout_is_no_circle),
        WALK_TEST(restored_tabs_are_no_circle),
        WALK_TEST(counting),
        WALK_TEST(login_that_took_long_is_completed_at_its_end),
    };

    return cmocka_run_group_tests_name("login_tabs", tests, NULL, NULL);
}
