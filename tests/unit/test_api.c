/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_api.c - the calls of a login: which questions are asked, and how often.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "../../src/wecom/api.h"
#include "../../src/wecom/call.h"
#include "world.h"

#define IDENTIFY "auth/getuserinfo"
#define MEMBER   "user/get"
#define DETAIL   "auth/getuserdetail"
#define API      "https://qyapi.weixin.qq.com/cgi-bin/"

#define ALICE      "{\"errcode\":0,\"errmsg\":\"ok\",\"userid\":\"alice\"}"

static wecom_status_t identify(world_t *world, wecom_identity_t *identity)
{
    memset(&world->err, 0, sizeof(world->err));
    return wecom_api_identify(identity, &world->err, &world->app, "CODE", &world->ports,
                              world->pool);
}

static void assert_alice(world_t *world)
{
    wecom_identity_t identity;

    if (identify(world, &identity) != WECOM_OK) {
        fail_msg("%s: %s", wecom_error_name(world->err.status), world->err.detail);
    }
    assert_string_equal(identity.userid, "alice");
}

static void assert_identify_fails(world_t *world, wecom_status_t status, int upstream,
                                  const char *stage)
{
    wecom_identity_t identity = { "unset", "unset" };

    assert_int_equal(identify(world, &identity), status);
    assert_null(identity.userid);
    assert_null(identity.user_ticket);
    assert_int_equal(world->err.status, status);
    assert_int_equal(world->err.upstream, upstream);
    assert_string_equal(world->err.stage, stage);
}

/* --- the questions -------------------------------------------------------------------------- */

static void question_of_identify(void **state)
{
    world_t *world = *state;
    wecom_identity_t identity;
    const fake_http_call_t *call = &world->http.calls[1];

    world_expect_token(world, "TO.KEN-_", 7200);
    fake_http_answer(&world->http, IDENTIFY, 200, "{\"errcode\":0,\"errmsg\":\"ok\","
                     "\"userid\":\"alice\",\"user_ticket\":\"TICKET\"}");
    assert_int_equal(wecom_api_identify(&identity, NULL, &world->app, "a+b/c&d=%", &world->ports,
                                        world->pool), WECOM_OK);
    assert_string_equal(identity.userid, "alice");
    assert_string_equal(identity.user_ticket, "TICKET");
    assert_string_equal(call->url, API "auth/getuserinfo?access_token=TO.KEN-_"
                        "&code=a%2Bb%2Fc%26d%3D%25");
    assert_null(call->body);
    assert_int_equal(call->total_ms, 5000);
    assert_int_equal(call->connect_ms, 2000);
    world_assert_wiped(call->live_url, strlen(call->url));
    world_assert_wiped(call->answer, call->answer_len);
    world_assert_played(world);
}

static void question_of_read_member(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "Alice.x@y" };
    const fake_http_call_t *call = &world->http.calls[1];

    world_expect_token(world, "T", 7200);
    fake_http_answer(&world->http, MEMBER, 200,
                     "{\"errcode\":0,\"userid\":\"alice.X@y\",\"status\":1,\"name\":\"A\"}");
    assert_int_equal(wecom_api_read_member(&member, &world->err, &world->app, &world->ports,
                                           world->pool), WECOM_OK);
    assert_string_equal(call->url, API "user/get?access_token=T&userid=Alice.x%40y");
    assert_null(call->body);
    assert_string_equal(member.userid, "Alice.x@y");
    assert_string_equal(member.name, "A");
    assert_int_equal(member.status, WECOM_MEMBER_ACTIVE);
    world_assert_played(world);
}

static void question_of_read_detail(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "alice", .name = "Alice", .status = 1 };
    const fake_http_call_t *call = &world->http.calls[1];

    world_expect_token(world, "T", 7200);
    fake_http_answer(&world->http, DETAIL, 200,
                     "{\"errcode\":0,\"userid\":\"alice\",\"gender\":\"2\",\"mobile\":\"138\"}");
    assert_int_equal(wecom_api_read_detail(&member, &world->err, &world->app, "T\"1\\",
                                           &world->ports, world->pool), WECOM_OK);
    assert_string_equal(call->url, API "auth/getuserdetail?access_token=T");
    assert_string_equal(call->body, "{\"user_ticket\":\"T\\\"1\\\\\"}");
    world_assert_wiped(call->live_body, strlen(call->body));
    assert_string_equal(member.mobile, "138");
    assert_string_equal(member.gender, "2");
    assert_string_equal(member.name, "Alice");
    assert_int_equal(member.status, 1);
    world_assert_played(world);
}

static void nonsense_is_not_asked(void **state)
{
    world_t *world = *state;
    wecom_identity_t identity;
    wecom_member_t member = { .userid = "corp/alice" };
    char text[WECOM_MAX_CODE + 2];

    memset(text, 'c', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(wecom_api_identify(&identity, &world->err, &world->app, text, &world->ports,
                                        world->pool), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_api_identify(&identity, &world->err, &world->app, "", &world->ports,
                                        world->pool), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_api_identify(&identity, &world->err, &world->app, NULL, &world->ports,
                                        world->pool), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_api_read_member(&member, &world->err, &world->app, &world->ports,
                                           world->pool), WECOM_E_BAD_INPUT);
    member.userid = NULL;
    assert_int_equal(wecom_api_read_member(&member, &world->err, &world->app, &world->ports,
                                           world->pool), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_api_read_detail(&member, &world->err, &world->app, "T", &world->ports,
                                           world->pool), WECOM_E_BAD_INPUT);
    member.userid = "alice";
    assert_int_equal(wecom_api_read_detail(&member, &world->err, &world->app, "", &world->ports,
                                           world->pool), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_api_read_detail(&member, &world->err, &world->app, NULL, &world->ports,
                                           world->pool), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_api_read_detail(&member, &world->err, &world->app, text,
                                           &world->ports, world->pool), WECOM_E_BAD_INPUT);
    assert_int_equal(world->http.call_count, 0);

    text[WECOM_MAX_CODE] = '\0';
    world_expect_token(world, "T", 7200);
    fake_http_answer(&world->http, IDENTIFY, 200, ALICE);
    assert_int_equal(wecom_api_identify(&identity, &world->err, &world->app, text, &world->ports,
                                        world->pool), WECOM_OK);
    world_assert_played(world);
}

static void query_is_built_without_leaving_pieces(void **state)
{
    world_t *world = *state;
    char *url = apr_pstrdup(world->pool, "https://h/p");
    const char *first = url;
    const char *second;

    wecom_call_add(&url, "?a=", "x y", world->pool);
    assert_string_equal(url, "https://h/p?a=x%20y");
    world_assert_wiped(first, strlen("https://h/p"));
    second = url;
    wecom_call_add(&url, "&b=", "", world->pool);
    assert_string_equal(url, "https://h/p?a=x%20y&b=");
    world_assert_wiped(second, strlen("https://h/p?a=x%20y"));
    wecom_call_wipe(NULL);
}

/* --- once more ------------------------------------------------------------------------------ */

static void busy_twice_then_success(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "T", 7200);
    world_expect_errcode(world, IDENTIFY, -1, "system busy");
    world_expect_errcode(world, IDENTIFY, -1, "system busy");
    fake_http_answer(&world->http, IDENTIFY, 200, ALICE);
    assert_alice(world);
    world_assert_played(world);
    assert_int_equal(world->clock.pauses, 2);
    assert_true(world->clock.spans[0] == apr_time_from_msec(100));
    assert_true(world->clock.spans[1] == apr_time_from_msec(300));
    assert_int_equal(world->http.calls[3].total_ms, 4600);
}

static void busy_three_times_is_a_failure(void **state)
{
    world_t *world = *state;
    int i;

    world_expect_token(world, "T", 7200);
    for (i = 0; i < 3; i++) {
        world_expect_errcode(world, IDENTIFY, -1, "system busy");
    }
    assert_identify_fails(world, WECOM_E_REMOTE, -1, IDENTIFY);
    assert_string_equal(world->err.detail, "system busy");
    world_assert_played(world);
    assert_int_equal(world->clock.pauses, 2);
}

static void busy_is_not_asked_again_without_time(void **state)
{
    world_t *world = *state;

    /* 50 ms left after the first answer: not even the first pause fits */
    world_expect_token(world, "T", 7200);
    world_expect_errcode(world, IDENTIFY, -1, "system busy");
    world->http.steps[1].takes = apr_time_from_msec(4950);
    assert_identify_fails(world, WECOM_E_REMOTE, -1, IDENTIFY);
    assert_int_equal(world->clock.pauses, 0);
    /* 250 ms left: one pause fits, two do not; the second try gets what is left */
    world_expect_errcode(world, IDENTIFY, -1, "system busy");
    world->http.steps[2].takes = apr_time_from_msec(4750);
    world_expect_errcode(world, IDENTIFY, -1, "system busy");
    assert_identify_fails(world, WECOM_E_REMOTE, -1, IDENTIFY);
    assert_int_equal(world->clock.pauses, 1);
    assert_int_equal(world->http.calls[3].total_ms, 150);
    assert_int_equal(world->http.calls[3].connect_ms, 150);
    world_assert_played(world);
}

static void timeout_of_zero_is_no_time_and_not_no_limit(void **state)
{
    world_t *world = *state;

    world->app.timeout_ms = 0;
    assert_identify_fails(world, WECOM_E_TIMEOUT, 0, "gettoken");
    assert_int_equal(world->http.call_count, 0);
}

/* A login of several calls waits for one timeout, not for one each. */
static void deadline_holds_for_all_calls_together(void **state)
{
    world_t *world = *state;

    world->ports.deadline = world->clock.now + apr_time_from_msec(5000);
    world_expect_token(world, "T", 7200);
    world->http.steps[0].takes = apr_time_from_msec(3000);
    world_expect_errcode(world, IDENTIFY, 40029, "invalid code");
    world->http.steps[1].takes = apr_time_from_msec(1900);
    assert_identify_fails(world, WECOM_E_REMOTE, 40029, IDENTIFY);
    assert_int_equal(world->http.calls[0].total_ms, 5000);
    assert_int_equal(world->http.calls[1].total_ms, 2000);
    /* 100 ms are left, then none */
    world_expect_errcode(world, IDENTIFY, 40029, "invalid code");
    world->http.steps[2].takes = apr_time_from_msec(100);
    assert_identify_fails(world, WECOM_E_REMOTE, 40029, IDENTIFY);
    assert_int_equal(world->http.calls[2].total_ms, 100);
    assert_identify_fails(world, WECOM_E_TIMEOUT, 0, IDENTIFY);
    world_assert_played(world);
}

static void refused_token_is_renewed_once(void **state)
{
    static const int codes[] = { 40001, 40014, 42001 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        void *own = NULL;
        world_t *world;

        assert_int_equal(world_setup(&own), 0);
        world = own;
        world_expect_token(world, "OLD", 7200);
        world_expect_errcode(world, IDENTIFY, codes[i], "no");
        world_expect_token(world, "NEW", 7200);
        fake_http_answer(&world->http, IDENTIFY, 200, ALICE);
        assert_alice(world);
        world_assert_played(world);
        assert_non_null(strstr(world->http.calls[1].url, "access_token=OLD&code=CODE"));
        assert_non_null(strstr(world->http.calls[3].url, "access_token=NEW&code=CODE"));
        assert_int_equal(world->clock.pauses, 0);

        /* refused twice: a failure after exactly one renewal */
        world_expect_errcode(world, IDENTIFY, codes[i], "no");
        world_expect_token(world, "NEWER", 7200);
        world_expect_errcode(world, IDENTIFY, codes[i], "still no");
        assert_identify_fails(world, WECOM_E_REMOTE, codes[i], IDENTIFY);
        assert_string_equal(world->err.detail, "still no");
        world_assert_played(world);
        assert_int_equal(fake_http_count(&world->http, "gettoken"), 3);
        world_teardown(&own);
    }
}

/* Another process has renewed the token while WeCom was refusing ours. */
static void other_renews(void *baton, const fake_http_call_t *call)
{
    world_t *world = baton;
    const wecom_cache_t *cache = &world->cache.port;
    static const unsigned char record[] = "\1\x7f\1\1\1\1\1\1\1\x7f\1\1\1\1\1\1\1OTHERS";
    wecom_bytes_t value = { record, sizeof(record) - 1 };

    if (strcmp(call->stage, IDENTIFY) == 0) {
        cache->put(cache, "token", world->cache.last_key, value, world->clock.now,
                   world->clock.now + apr_time_from_sec(100), world->pool);
    }
}

static void token_of_another_process_is_taken_instead(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "OLD", 7200);
    world_expect_errcode(world, IDENTIFY, 42001, "access_token expired");
    fake_http_answer(&world->http, IDENTIFY, 200, ALICE);
    world->http.on_perform = other_renews;
    world->http.baton = world;
    assert_alice(world);
    world_assert_played(world);
    assert_non_null(strstr(world->http.calls[2].url, "access_token=OTHERS&code=CODE"));
}

static void failed_renewal_ends_it(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "OLD", 7200);
    world_expect_errcode(world, IDENTIFY, 40001, "invalid credential");
    world_expect_errcode(world, "gettoken", 40001, "invalid credential");
    assert_identify_fails(world, WECOM_E_REMOTE, 40001, "gettoken");
    assert_identify_fails(world, WECOM_E_RESTING, 40001, "gettoken");
    world_assert_played(world);
}

static void works_without_a_cache(void **state)
{
    world_t *world = *state;

    world->cache.unavailable = 1;
    world_expect_token(world, "OLD", 7200);
    world_expect_errcode(world, IDENTIFY, 42001, "no");
    world_expect_token(world, "NEW", 7200);
    fake_http_answer(&world->http, IDENTIFY, 200, ALICE);
    assert_alice(world);
    world_assert_played(world);
}

/* --- errcodes: every one that a login can meet ---------------------------------------------- */

typedef enum after_t { FAILS, RENEWS, BUSY } after_t;

static void errcodes_and_what_follows(void **state)
{
    static const struct {
        int errcode;
        after_t after;
    } cases[] = {
        { -1, BUSY }, { 6000, FAILS }, { 40001, RENEWS }, { 40003, FAILS }, { 40013, FAILS },
        { 40014, RENEWS }, { 40029, FAILS }, { 40035, FAILS }, { 40056, FAILS },
        { 40057, FAILS }, { 40058, FAILS }, { 40063, FAILS }, { 40066, FAILS }, { 40068, FAILS },
        { 40078, FAILS }, { 40082, FAILS }, { 40084, FAILS }, { 40091, FAILS }, { 40093, FAILS },
        { 41001, FAILS }, { 41002, FAILS }, { 41004, FAILS }, { 41008, FAILS },
        { 42001, RENEWS }, { 42003, FAILS }, { 42007, FAILS }, { 42009, FAILS },
        { 42022, FAILS }, { 43004, FAILS }, { 45009, FAILS }, { 45033, FAILS }, { 48009, FAILS },
        { 48001, FAILS }, { 48002, FAILS }, { 48003, FAILS }, { 48004, FAILS }, { 48006, FAILS },
        { 50001, FAILS }, { 50002, FAILS }, { 50003, FAILS }, { 60001, FAILS }, { 60003, FAILS },
        { 60011, FAILS }, { 60020, FAILS }, { 60102, FAILS }, { 60111, FAILS }, { 60123, FAILS },
        { 81013, FAILS }, { 82001, FAILS }, { 84014, FAILS }, { 84015, FAILS }, { 85004, FAILS },
        { 85005, FAILS }, { 301002, FAILS }, { 301007, FAILS }, { 40163, FAILS },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static const int calls[] = { 1, 2, 3 };
        static const int tokens[] = { 1, 2, 1 };
        void *own = NULL;
        world_t *world;
        wecom_member_t member = { .userid = "alice", .name = "kept" };
        int asked = calls[cases[i].after];
        const char *body;

        assert_int_equal(world_setup(&own), 0);
        world = own;
        /* an error answer holds the lists of the call, empty (document 90313) */
        body = apr_psprintf(world->pool, "{\"errcode\":%d,\"errmsg\":\"said so\","
                            "\"userid\":\"alice\",\"status\":1,\"department\":[]}",
                            cases[i].errcode);
        world_expect_token(world, "T1", 7200);
        fake_http_answer(&world->http, MEMBER, 200, body);
        if (cases[i].after == RENEWS) {
            world_expect_token(world, "T2", 7200);
        }
        while (--asked > 0) {
            fake_http_answer(&world->http, MEMBER, 200, body);
        }
        assert_int_equal(wecom_api_read_member(&member, &world->err, &world->app, &world->ports,
                                               world->pool), WECOM_E_REMOTE);
        world_assert_played(world);
        assert_int_equal(world->err.upstream, cases[i].errcode);
        assert_string_equal(world->err.detail, "said so");
        assert_string_equal(world->err.stage, MEMBER);
        assert_int_equal(fake_http_count(&world->http, "gettoken"), tokens[cases[i].after]);
        assert_int_equal(fake_http_count(&world->http, MEMBER), calls[cases[i].after]);
        assert_string_equal(member.name, "kept");
        assert_int_equal(member.status, WECOM_MEMBER_UNKNOWN);
        world_teardown(&own);
    }
}

static void transport_and_status_fail_as_they_are(void **state)
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
        { WECOM_E_TOO_LARGE, 0, "large", WECOM_E_TOO_LARGE, 0 },
        { WECOM_OK, 500, ALICE, WECOM_E_HTTP, 500 },
        { WECOM_OK, 404, "", WECOM_E_HTTP, 404 },
        { WECOM_OK, 302, ALICE, WECOM_E_HTTP, 302 },
        { WECOM_OK, 204, "", WECOM_E_HTTP, 204 },
        { WECOM_OK, 200, "<!DOCTYPE html><title>portal</title>", WECOM_E_ANSWER, 0 },
        { WECOM_OK, 200, "", WECOM_E_ANSWER, 0 },
    };
    world_t *world = *state;
    size_t i;

    world_expect_token(world, "T", 7200);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cases[i].failure != WECOM_OK) {
            fake_http_fail(&world->http, IDENTIFY, cases[i].failure, cases[i].status,
                           cases[i].body);
        }
        else {
            fake_http_answer(&world->http, IDENTIFY, cases[i].status, cases[i].body);
        }
        assert_identify_fails(world, cases[i].expected, cases[i].upstream, IDENTIFY);
        assert_non_null(world->err.detail);
    }
    world_assert_played(world);
    assert_int_equal(fake_http_count(&world->http, "gettoken"), 1);
}

static void address_survives_the_whole_walk(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "T", 7200);
    world_expect_errcode(world, IDENTIFY, 60020, "not allow to access from your ip, hint: "
                         "[1_2_3], from ip: 192.0.2.7, more info at https://x/?e=60020");
    assert_identify_fails(world, WECOM_E_REMOTE, 60020, IDENTIFY);
    assert_string_equal(wecom_api_seen_address(world->err.detail, world->pool), "192.0.2.7");
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(question_of_identify),
        WORLD_TEST(question_of_read_member),
        WORLD_TEST(question_of_read_detail),
        WORLD_TEST(nonsense_is_not_asked),
        WORLD_TEST(query_is_built_without_leaving_pieces),
        WORLD_TEST(busy_twice_then_success),
        WORLD_TEST(busy_three_times_is_a_failure),
        WORLD_TEST(busy_is_not_asked_again_without_time),
        WORLD_TEST(timeout_of_zero_is_no_time_and_not_no_limit),
        WORLD_TEST(deadline_holds_for_all_calls_together),
        cmocka_unit_test(refused_token_is_renewed_once),
        WORLD_TEST(token_of_another_process_is_taken_instead),
        WORLD_TEST(failed_renewal_ends_it),
        WORLD_TEST(works_without_a_cache),
        cmocka_unit_test(errcodes_and_what_follows),
        WORLD_TEST(transport_and_status_fail_as_they_are),
        WORLD_TEST(address_survives_the_whole_walk),
    };

    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
