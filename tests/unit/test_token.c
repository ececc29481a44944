/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_token.c - fetched by one, used by all; and what happens when it goes wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "../../src/base/limits.h"
#include "world.h"

#define TOKEN_URL \
    "https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=ww0123456789abcdef" \
    "&corpsecret=s3cret%2B%2F%3Dvalue"

/* --- the good days -------------------------------------------------------------------------- */

static void one_fetch_serves_all(void **state)
{
    world_t *world = *state;
    int i;

    world->app.ca_file = "/ca.pem";
    world->app.proxy = "http://proxy:3128";
    world_expect_token(world, "TOKEN-1", 7200);
    world_assert_token(world, "TOKEN-1", 1);
    for (i = 0; i < 20; i++) {
        world->clock.now += apr_time_from_sec(300);
        world_assert_token(world, "TOKEN-1", 0);
    }
    world_assert_played(world);
    assert_int_equal(world->http.call_count, 1);
    assert_string_equal(world->http.calls[0].url, TOKEN_URL);
    assert_null(world->http.calls[0].body);
    assert_string_equal(world->http.calls[0].ca_file, "/ca.pem");
    assert_string_equal(world->http.calls[0].proxy, "http://proxy:3128");
    assert_int_equal(world->http.calls[0].total_ms, 5000);
    assert_int_equal(world->http.calls[0].connect_ms, 2000);
    assert_int_equal(world->clock.pauses, 0);
}

/* The memory of the URL does not outlive the call; it must be wiped by the time of the store. */
static void look_at_the_url(void *baton, const char *kind)
{
    world_t *world = baton;
    const fake_http_call_t *call = &world->http.calls[0];

    if (strcmp(kind, "token") == 0) {
        assert_int_equal(world->http.call_count, 1);
        world_assert_wiped(call->live_url, strlen(call->url));
        world->cache.on_put = NULL;
    }
}

static void fetch_cleans_up(void **state)
{
    world_t *world = *state;
    const fake_http_call_t *call = &world->http.calls[0];

    world_expect_token(world, "TOKEN-1", 7200);
    world->cache.on_put = look_at_the_url;
    world->cache.baton = world;
    world_assert_token(world, "TOKEN-1", 1);
    assert_null(world->cache.on_put);
    world_assert_wiped(call->answer, call->answer_len);
    /* the lease is given back */
    assert_null(mem_cache_peek(&world->cache, "token-lease", NULL).data);
}

static void end_and_renewal_are_reckoned(void **state)
{
    static const struct {
        int expires_in;
        int ends;   /* seconds after the fetch */
        int renew;
    } cases[] = {
        { 7200, 7200, 6900 }, { 3000, 3000, 2700 }, { 600, 600, 540 }, { 60, 60, 54 },
        { 5, 60, 54 }, { 0, 60, 54 }, { -7, 60, 54 }, { 100000, 7200, 6900 },
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        apr_time_t begun = world->clock.now;

        world_expect_token(world, "OLD", cases[i].expires_in);
        /* time that passes on the way shortens the life */
        world->http.steps[world->http.step_count - 1].takes = apr_time_from_sec(1);
        world_assert_token(world, "OLD", 1);
        assert_true(mem_cache_expiry(&world->cache, "token", NULL)
                    == begun + apr_time_from_sec(cases[i].ends));
        world->clock.now = begun + apr_time_from_sec(cases[i].renew) - 1;
        world_assert_token(world, "OLD", 0);
        world->clock.now = begun + apr_time_from_sec(cases[i].renew);
        world_expect_token(world, "NEW", 7200);
        world_assert_token(world, "NEW", 1);
        world->clock.now += apr_time_from_sec(7200);
    }
    world_assert_played(world);
}

/* While one process renews, another one asks. */
static void use_old_meanwhile(void *baton, const fake_http_call_t *call)
{
    world_t *world = baton;

    (void)call;
    world_assert_token(world, "OLD", 0);
    world_assert_token(world, "OLD", 0);
}

static void one_renews_while_others_keep_the_old(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "OLD", 7200);
    world_assert_token(world, "OLD", 1);
    world->clock.now += apr_time_from_sec(6901);
    world_expect_token(world, "NEW", 7200);
    world->http.on_perform = use_old_meanwhile;
    world->http.baton = world;
    world_assert_token(world, "NEW", 1);
    world->http.on_perform = NULL;
    world_assert_token(world, "NEW", 0);
    world_assert_played(world);
    assert_int_equal(world->http.call_count, 2);
    assert_int_equal(world->clock.pauses, 0);
}

static void failed_renewal_keeps_the_old_and_is_not_hammered(void **state)
{
    world_t *world = *state;
    int i;

    world_expect_token(world, "OLD", 7200);
    world_assert_token(world, "OLD", 1);
    world->clock.now += apr_time_from_sec(6900);
    fake_http_fail(&world->http, "gettoken", WECOM_E_TIMEOUT, 28, "slow");
    for (i = 0; i < 10; i++) {
        world_assert_token(world, "OLD", 0);
    }
    assert_int_equal(world->http.call_count, 2);
    world->clock.now += apr_time_from_sec(2);
    world_expect_errcode(world, "gettoken", 40001, "invalid credential");
    for (i = 0; i < 10; i++) {
        world_assert_token(world, "OLD", 0);
        world->clock.now += apr_time_from_sec(5);
    }
    assert_int_equal(world->http.call_count, 3);
    world->clock.now += apr_time_from_sec(10);
    world_expect_token(world, "NEW", 7200);
    world_assert_token(world, "NEW", 1);
    world_assert_played(world);
}

static void ended_token_is_not_used(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "OLD", 7200);
    world_assert_token(world, "OLD", 1);
    world->clock.now += apr_time_from_sec(7200);
    fake_http_fail(&world->http, "gettoken", WECOM_E_CONNECT, 7, "refused");
    world_assert_no_token(world, WECOM_E_CONNECT, 7, "refused");
    world_assert_played(world);
}

static void key_binds_all_that_it_was_fetched_with(void **state)
{
    world_t *world = *state;
    wecom_app_t app = world->app;

    world_expect_token(world, "ONE", 7200);
    world_assert_token(world, "ONE", 1);
    world->app.secret = "other";
    world_expect_token(world, "TWO", 7200);
    world_assert_token(world, "TWO", 1);
    world->app = app;
    world->app.agent_id = "1000003";
    world_expect_token(world, "THREE", 7200);
    world_assert_token(world, "THREE", 1);
    world->app = app;
    world->app.corp_id = "ww1";
    world_expect_token(world, "FOUR", 7200);
    world_assert_token(world, "FOUR", 1);
    world->app = app;
    world->app.api_url = "http://127.0.0.1:1";
    world_expect_token(world, "FIVE", 7200);
    world_assert_token(world, "FIVE", 1);
    world->app = app;
    world_assert_token(world, "ONE", 0);
    assert_null(strstr(world->cache.last_key, "s3cret"));
    world_assert_played(world);
}

/* --- a token that WeCom refused ------------------------------------------------------------- */

static void refused_token_is_forgotten(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "OLD", 7200);
    world_assert_token(world, "OLD", 1);
    wecom_token_refuse(&world->app, "OLD", &world->ports, world->pool);
    assert_null(mem_cache_peek(&world->cache, "token", NULL).data);
    world_expect_token(world, "NEW", 7200);
    world_assert_token(world, "NEW", 1);
    /* a latecomer with the old one does not take the new one away */
    wecom_token_refuse(&world->app, "OLD", &world->ports, world->pool);
    wecom_token_refuse(&world->app, "", &world->ports, world->pool);
    wecom_token_refuse(&world->app, NULL, &world->ports, world->pool);
    world_assert_token(world, "NEW", 0);
    world_assert_played(world);
}

static void refusing_into_a_dead_cache_is_harmless(void **state)
{
    world_t *world = *state;

    wecom_token_refuse(&world->app, "OLD", &world->ports, world->pool);
    world->cache.unavailable = 1;
    wecom_token_refuse(&world->app, "OLD", &world->ports, world->pool);
    assert_int_equal(world->http.call_count, 0);
}

/* --- rest ----------------------------------------------------------------------------------- */

static void bad_secret_is_not_hammered(void **state)
{
    world_t *world = *state;
    const char *errmsg = "invalid credential, hint: [1_2_3], from ip: 192.0.2.7";

    world_expect_errcode(world, "gettoken", 40001, errmsg);
    world_assert_no_token(world, WECOM_E_REMOTE, 40001, errmsg);
    world_assert_no_token(world, WECOM_E_RESTING, 40001, errmsg);
    world->clock.now += apr_time_from_sec(60) - 1;
    world_assert_no_token(world, WECOM_E_RESTING, 40001, errmsg);
    assert_int_equal(world->http.call_count, 1);
    world->clock.now += 1;
    world_expect_errcode(world, "gettoken", 40001, errmsg);
    world_assert_no_token(world, WECOM_E_REMOTE, 40001, errmsg);
    world_assert_no_token(world, WECOM_E_RESTING, 40001, errmsg);
    world_assert_played(world);
}

static void other_failures_rest_for_two_seconds(void **state)
{
    static const struct {
        wecom_status_t failure;
        int status;
        const char *body;
        wecom_status_t expected;
        int upstream;
    } cases[] = {
        { WECOM_E_CONNECT, 7, "no route", WECOM_E_CONNECT, 7 },
        { WECOM_E_TIMEOUT, 28, "slow", WECOM_E_TIMEOUT, 28 },
        { WECOM_E_TOO_LARGE, 0, NULL, WECOM_E_TOO_LARGE, 0 },
        { WECOM_E_BAD_INPUT, 0, "not https", WECOM_E_BAD_INPUT, 0 },
        { WECOM_OK, 502, "<html>", WECOM_E_HTTP, 502 },
        { WECOM_OK, 404, "", WECOM_E_HTTP, 404 },
        { WECOM_OK, 301, "{\"errcode\":0,\"access_token\":\"T\"}", WECOM_E_HTTP, 301 },
        { WECOM_OK, 200, "<html>", WECOM_E_ANSWER, 0 },
        { WECOM_OK, 200, "", WECOM_E_ANSWER, 0 },
        { WECOM_OK, 200, "{\"errcode\":45033}", WECOM_E_REMOTE, 45033 },
        { WECOM_OK, 200, "{\"errcode\":6000}", WECOM_E_REMOTE, 6000 },
        { WECOM_OK, 200, "{\"errcode\":-2147483647}", WECOM_E_REMOTE, -2147483647 },
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int calls = world->http.call_count;

        if (cases[i].failure != WECOM_OK) {
            fake_http_fail(&world->http, "gettoken", cases[i].failure, cases[i].status,
                           cases[i].body);
        }
        else {
            fake_http_answer(&world->http, "gettoken", cases[i].status, cases[i].body);
        }
        world_assert_no_token(world, cases[i].expected, cases[i].upstream, NULL);
        world_assert_no_token(world, WECOM_E_RESTING, cases[i].upstream, NULL);
        world->clock.now += apr_time_from_sec(2) - 1;
        world_assert_no_token(world, WECOM_E_RESTING, cases[i].upstream, NULL);
        assert_int_equal(world->http.call_count, calls + 1);
        world->clock.now += 1;
    }
    world_expect_token(world, "T", 7200);
    world_assert_token(world, "T", 1);
    world_assert_played(world);
}

static void codes_that_no_second_question_cures(void **state)
{
    static const int hopeless[] = {
        40001, 40013, 40056, 40084, 40091, 41002, 41004, 41025, 45009, 48001, 48002, 48003,
        48004, 48006, 50003, 60020, 301002, 301007,
    };
    static const int others[] = {
        -1, 0, 6000, 40003, 40014, 40029, 40035, 40057, 40063, 42001, 42003, 42022, 43004, 45033,
        50001, 50002, 60011, 60111, 84014, 84015, 40163,
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(hopeless) / sizeof(hopeless[0]); i++) {
        assert_true(wecom_token_is_hopeless(hopeless[i]));
        world_expect_errcode(world, "gettoken", hopeless[i], "no");
        world_assert_no_token(world, WECOM_E_REMOTE, hopeless[i], "no");
        world->clock.now += apr_time_from_sec(59);
        world_assert_no_token(world, WECOM_E_RESTING, hopeless[i], "no");
        world->clock.now += apr_time_from_sec(1);
    }
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_false(wecom_token_is_hopeless(others[i]));
    }
    world_assert_played(world);
}

static void errors_hold_no_secret_and_no_control_bytes(void **state)
{
    world_t *world = *state;
    char longer[WECOM_MAX_ERRMSG * 2];

    world_expect_errcode(world, "gettoken", 40001, "a\\nb\\u0000c\\u007f");
    world_assert_no_token(world, WECOM_E_REMOTE, 40001, NULL);
    if (world->err.detail != NULL) {
        assert_null(strpbrk(world->err.detail, "\n\r\x7f"));
    }
    world->clock.now += apr_time_from_sec(60);
    memset(longer, 'x', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    world_expect_errcode(world, "gettoken", 40001, longer);
    world_assert_no_token(world, WECOM_E_REMOTE, 40001, NULL);
    assert_int_equal(strlen(world->err.detail), WECOM_MAX_ERRMSG);
    world_assert_no_token(world, WECOM_E_RESTING, 40001, NULL);
    assert_int_equal(strlen(world->err.detail), WECOM_MAX_ERRMSG);
    world->clock.now += apr_time_from_sec(60);
    fake_http_answer(&world->http, "gettoken", 503, WORLD_SECRET);
    world_assert_no_token(world, WECOM_E_HTTP, 503, NULL);
    assert_null(strstr(world->err.detail, "s3cret"));
}

/* --- "system busy" -------------------------------------------------------------------------- */

static void busy_is_asked_again_with_pauses(void **state)
{
    world_t *world = *state;

    world_expect_errcode(world, "gettoken", -1, "system busy");
    world_expect_errcode(world, "gettoken", -1, "system busy");
    world_expect_token(world, "T", 7200);
    world_assert_token(world, "T", 1);
    world_assert_played(world);
    assert_int_equal(world->clock.pauses, 2);
    assert_true(world->clock.spans[0] == apr_time_from_msec(100));
    assert_true(world->clock.spans[1] == apr_time_from_msec(300));
    assert_int_equal(world->http.calls[1].total_ms, 4900);
    assert_int_equal(world->http.calls[2].total_ms, 4600);
}

static void busy_for_good_rests(void **state)
{
    world_t *world = *state;

    world_expect_errcode(world, "gettoken", -1, "system busy");
    world_expect_errcode(world, "gettoken", -1, "system busy");
    world_expect_errcode(world, "gettoken", -1, "system busy");
    world_assert_no_token(world, WECOM_E_REMOTE, -1, "system busy");
    world_assert_no_token(world, WECOM_E_RESTING, -1, "system busy");
    world_assert_played(world);
}

/* --- the cache ------------------------------------------------------------------------------ */

static void without_a_cache_each_call_fetches(void **state)
{
    world_t *world = *state;

    world->cache.unavailable = 1;
    world_expect_token(world, "ONE", 7200);
    world_expect_token(world, "TWO", 7200);
    world_assert_token(world, "ONE", 1);
    world_assert_token(world, "TWO", 1);
    fake_http_fail(&world->http, "gettoken", WECOM_E_CONNECT, 7, "no");
    world_assert_no_token(world, WECOM_E_CONNECT, 7, "no");
    world_assert_played(world);
    assert_int_equal(world->clock.pauses, 0);
}

#define FUTURE "\x7f\1\1\1\1\1\1\1"

static void put_record(world_t *world, const char *key, const char *data, apr_size_t len)
{
    const wecom_cache_t *cache = &world->cache.port;
    wecom_bytes_t value = { (const unsigned char *)data, len };

    cache->put(cache, "token", key, value, world->clock.now,
               world->clock.now + apr_time_from_sec(100), world->pool);
}

static void strange_records_count_as_none(void **state)
{
    static const struct {
        const char *data;
        apr_size_t len;
    } cases[] = {
        { "", 0 },
        { "\1", 1 },
        { "\1" FUTURE FUTURE, 17 },                      /* no token */
        { "\1" FUTURE FUTURE "a b", 20 },                /* no token of ours */
        { "\2" FUTURE FUTURE "abc", 20 },                /* another version */
        { "\1\0\0\0\0\0\0\0\1" FUTURE "abc", 20 },       /* ended long ago */
        { "\1\xff\xff\xff\xff\xff\xff\xff\xff" FUTURE "abc", 20 },
    };
    world_t *world = *state;
    const char *key;
    char longest[17 + WECOM_MAX_TOKEN + 1];
    size_t i;

    world_expect_token(world, "T", 7200);
    world_assert_token(world, "T", 1);
    key = apr_pstrdup(world->pool, world->cache.last_key);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        put_record(world, key, cases[i].data, cases[i].len);
        world_expect_token(world, "T", 7200);
        world_assert_token(world, "T", 1);
    }
    memset(longest, 'a', sizeof(longest));
    memcpy(longest, "\1" FUTURE FUTURE, 17);
    put_record(world, key, longest, sizeof(longest));
    world_expect_token(world, "T", 7200);
    world_assert_token(world, "T", 1);

    /* the yardstick: good ones made in the same way are used */
    put_record(world, key, "\1" FUTURE FUTURE "abc", 20);
    world_assert_token(world, "abc", 0);
    put_record(world, key, longest, sizeof(longest) - 1);
    assert_int_equal(world_get_token(world, &key, NULL), WECOM_OK);
    assert_int_equal(strlen(key), WECOM_MAX_TOKEN);
    world_assert_played(world);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(one_fetch_serves_all),
        WORLD_TEST(fetch_cleans_up),
        WORLD_TEST(end_and_renewal_are_reckoned),
        WORLD_TEST(one_renews_while_others_keep_the_old),
        WORLD_TEST(failed_renewal_keeps_the_old_and_is_not_hammered),
        WORLD_TEST(ended_token_is_not_used),
        WORLD_TEST(key_binds_all_that_it_was_fetched_with),
        WORLD_TEST(refused_token_is_forgotten),
        WORLD_TEST(refusing_into_a_dead_cache_is_harmless),
        WORLD_TEST(bad_secret_is_not_hammered),
        WORLD_TEST(other_failures_rest_for_two_seconds),
        WORLD_TEST(codes_that_no_second_question_cures),
        WORLD_TEST(errors_hold_no_secret_and_no_control_bytes),
        WORLD_TEST(busy_is_asked_again_with_pauses),
        WORLD_TEST(busy_for_good_rests),
        WORLD_TEST(without_a_cache_each_call_fetches),
        WORLD_TEST(strange_records_count_as_none),
    };

    return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
