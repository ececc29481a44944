/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_jsticket.c - the tickets of JS-SDK: shared as a token is, and sparing with their quota.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "../../src/base/limits.h"
#include "../../src/wecom/jsticket.h"
#include "world.h"

#define CORP  "get_jsapi_ticket"
#define AGENT "ticket/get"

static const char *const stages[] = { CORP, AGENT };

static void expect_ticket(world_t *world, const char *stage, const char *ticket, int expires_in)
{
    fake_http_answer(&world->http, stage, 200,
                     apr_psprintf(world->pool, "{\"errcode\":0,\"errmsg\":\"ok\",\"ticket\":\"%s\","
                                  "\"expires_in\":%d}", ticket, expires_in));
}

static wecom_status_t get(world_t *world, const char **ticket, wecom_jsticket_kind_t kind)
{
    memset(&world->err, 0, sizeof(world->err));
    return wecom_jsticket_get(ticket, &world->err, kind, &world->app, &world->ports, world->pool);
}

static void assert_ticket(world_t *world, wecom_jsticket_kind_t kind, const char *ticket)
{
    const char *got = NULL;

    if (get(world, &got, kind) != WECOM_OK) {
        fail_msg("%s: %s", wecom_error_name(world->err.status), world->err.detail);
    }
    assert_string_equal(got, ticket);
}

static void assert_no_ticket(world_t *world, wecom_jsticket_kind_t kind, wecom_status_t status,
                             int upstream)
{
    const char *got = "unset";

    assert_int_equal(get(world, &got, kind), status);
    assert_null(got);
    assert_int_equal(world->err.upstream, upstream);
}

/* --- the good days -------------------------------------------------------------------------- */

static void one_question_serves_all(void **state)
{
    world_t *world = *state;
    int i;

    world_expect_token(world, "TOKEN", 7200);
    expect_ticket(world, CORP, "CORP-TICKET", 7200);
    expect_ticket(world, AGENT, "AGENT-TICKET", 7200);
    for (i = 0; i < 20; i++) {
        assert_ticket(world, WECOM_JSTICKET_CORP, "CORP-TICKET");
        assert_ticket(world, WECOM_JSTICKET_AGENT, "AGENT-TICKET");
    }
    world_assert_played(world);
    assert_string_equal(world->http.calls[1].url,
                        "https://qyapi.weixin.qq.com/cgi-bin/get_jsapi_ticket?access_token=TOKEN");
    assert_string_equal(world->http.calls[2].url, "https://qyapi.weixin.qq.com/cgi-bin/ticket/get"
                        "?access_token=TOKEN&type=agent_config");
    assert_null(world->http.calls[1].body);
    assert_true(mem_cache_expiry(&world->cache, "jsapi-ticket", NULL)
                == WORLD_START + apr_time_from_sec(7200));
    world_assert_wiped(world->http.calls[2].live_url, strlen(world->http.calls[2].url));
    world_assert_wiped(world->http.calls[2].answer, world->http.calls[2].answer_len);
}

static void a_ticket_is_renewed_before_it_ends(void **state)
{
    world_t *world = *state;
    int due = -1;

    world_expect_token(world, "TOKEN", 7200);
    assert_null(wecom_jsticket_peek(&due, WECOM_JSTICKET_CORP, &world->app, &world->ports,
                                    world->pool));
    assert_int_equal(due, 1);
    expect_ticket(world, CORP, "OLD", 7200);
    assert_ticket(world, WECOM_JSTICKET_CORP, "OLD");
    world->clock.now = WORLD_START + apr_time_from_sec(6900) - 1;
    assert_ticket(world, WECOM_JSTICKET_CORP, "OLD");
    assert_string_equal(wecom_jsticket_peek(&due, WECOM_JSTICKET_CORP, &world->app,
                                            &world->ports, world->pool), "OLD");
    assert_int_equal(due, 0);
    world->clock.now += 1;
    assert_string_equal(wecom_jsticket_peek(&due, WECOM_JSTICKET_CORP, &world->app,
                                            &world->ports, world->pool), "OLD");
    assert_int_equal(due, 1);
    world_expect_token(world, "TOKEN-2", 7200);
    expect_ticket(world, CORP, "NEW", 7200);
    assert_ticket(world, WECOM_JSTICKET_CORP, "NEW");
    world_assert_played(world);
}

/* While one process asks, another one wants the same: it waits and asks nothing. */
static void other_asks_meanwhile(void *baton, const fake_http_call_t *call)
{
    world_t *world = baton;

    if (strcmp(call->stage, CORP) == 0) {
        world->app.timeout_ms = 100;
        assert_no_ticket(world, WECOM_JSTICKET_CORP, WECOM_E_TIMEOUT, 0);
        assert_string_equal(world->err.stage, CORP);
        world->app.timeout_ms = 5000;
    }
}

static void one_asks_while_the_others_wait(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "TOKEN", 7200);
    expect_ticket(world, CORP, "TICKET", 7200);
    world->http.on_perform = other_asks_meanwhile;
    world->http.baton = world;
    assert_ticket(world, WECOM_JSTICKET_CORP, "TICKET");
    assert_true(world->clock.pauses > 0);
    assert_int_equal(fake_http_count(&world->http, CORP), 1);
    world_assert_played(world);
}

/* --- when it goes wrong ----------------------------------------------------------------------- */

static void a_refused_token_is_replaced_once(void **state)
{
    static const int codes[] = { 40001, 40014, 42001 };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        world_expect_token(world, "STALE", 7200);
        world_expect_errcode(world, AGENT, codes[i], "token");
        world_expect_token(world, "FRESH", 7200);
        expect_ticket(world, AGENT, "TICKET", 7200);
        assert_ticket(world, WECOM_JSTICKET_AGENT, "TICKET");
        world->clock.now += apr_time_from_sec(7200);
    }
    world_expect_token(world, "STALE", 7200);
    world_expect_errcode(world, AGENT, 40014, "token");
    world_expect_token(world, "FRESH", 7200);
    world_expect_errcode(world, AGENT, 40014, "token");
    assert_no_ticket(world, WECOM_JSTICKET_AGENT, WECOM_E_REMOTE, 40014);
    world_assert_played(world);
}

static void a_failure_rests_as_long_as_its_kind_says(void **state)
{
    static const struct {
        int errcode;    /* 0: the connection fails */
        int seconds;
    } cases[] = { { 45009, 600 }, { 48002, 60 }, { 40035, 60 }, { 123456, 60 }, { 0, 2 } };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        apr_time_t begun = world->clock.now;
        wecom_status_t status = cases[i].errcode != 0 ? WECOM_E_REMOTE : WECOM_E_CONNECT;
        int upstream = cases[i].errcode != 0 ? cases[i].errcode : 7;

        world_expect_token(world, "TOKEN", 7200);
        if (cases[i].errcode != 0) {
            world_expect_errcode(world, CORP, cases[i].errcode, "no");
        }
        else {
            fake_http_fail(&world->http, CORP, WECOM_E_CONNECT, 7, "refused");
        }
        assert_no_ticket(world, WECOM_JSTICKET_CORP, status, upstream);
        world->clock.now = begun + apr_time_from_sec(cases[i].seconds) - 1;
        assert_no_ticket(world, WECOM_JSTICKET_CORP, WECOM_E_RESTING, upstream);
        world->clock.now = begun + apr_time_from_sec(cases[i].seconds);
        expect_ticket(world, CORP, "TICKET", 7200);
        assert_ticket(world, WECOM_JSTICKET_CORP, "TICKET");
        world->clock.now += apr_time_from_sec(7200);
    }
    world_assert_played(world);
}

static void one_kind_rests_and_the_other_goes_on(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "TOKEN", 7200);
    world_expect_errcode(world, CORP, 45009, "too often");
    expect_ticket(world, AGENT, "TICKET", 7200);
    assert_no_ticket(world, WECOM_JSTICKET_CORP, WECOM_E_REMOTE, 45009);
    assert_ticket(world, WECOM_JSTICKET_AGENT, "TICKET");
    assert_no_ticket(world, WECOM_JSTICKET_CORP, WECOM_E_RESTING, 45009);
    world_assert_played(world);
}

static void a_failed_renewal_keeps_the_old_one(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "TOKEN", 7200);
    expect_ticket(world, CORP, "OLD", 7200);
    assert_ticket(world, WECOM_JSTICKET_CORP, "OLD");
    world->clock.now += apr_time_from_sec(7000);
    world_expect_token(world, "TOKEN", 7200);
    world_expect_errcode(world, CORP, 45009, "too often");
    assert_ticket(world, WECOM_JSTICKET_CORP, "OLD");
    assert_ticket(world, WECOM_JSTICKET_CORP, "OLD");
    world->clock.now += apr_time_from_sec(200);
    assert_no_ticket(world, WECOM_JSTICKET_CORP, WECOM_E_RESTING, 45009);
    world_assert_played(world);
}

static void another_secret_has_another_ticket(void **state)
{
    world_t *world = *state;

    world_expect_token(world, "TOKEN", 7200);
    expect_ticket(world, CORP, "FIRST", 7200);
    assert_ticket(world, WECOM_JSTICKET_CORP, "FIRST");
    world->app.secret = "another";
    world_expect_token(world, "TOKEN-2", 7200);
    expect_ticket(world, CORP, "SECOND", 7200);
    assert_ticket(world, WECOM_JSTICKET_CORP, "SECOND");
    world_assert_played(world);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void answers_are_judged(void **state)
{
    static const struct {
        const char *body;
        wecom_status_t status;
        int seconds;
    } cases[] = {
        { "{\"errcode\":0,\"ticket\":\"T\",\"expires_in\":7200}", WECOM_OK, 7200 },
        { "{\"ticket\":\"T\",\"expires_in\":99999999}", WECOM_OK, 7200 },
        { "{\"errcode\":0,\"ticket\":\"T\",\"expires_in\":-1}", WECOM_OK, 60 },
        { "{\"errcode\":0,\"ticket\":\"T\"}", WECOM_OK, 60 },
        { "{\"errcode\":45009,\"errmsg\":\"often\",\"ticket\":\"T\"}", WECOM_E_REMOTE, 0 },
        { "{\"errcode\":0,\"ticket\":\"\"}", WECOM_E_ANSWER, 0 },
        { "{\"errcode\":0,\"ticket\":7}", WECOM_E_ANSWER, 0 },
        { "{\"errcode\":0,\"ticket\":\"a b\"}", WECOM_E_ANSWER, 0 },
        { "{\"errcode\":0,\"ticket\":\"a\\u0000b\"}", WECOM_E_ANSWER, 0 },
        { "{\"errcode\":0}", WECOM_E_ANSWER, 0 },
        { "<html>", WECOM_E_ANSWER, 0 },
        { "", WECOM_E_ANSWER, 0 },
    };
    world_t *world = *state;
    size_t i;
    size_t k;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (k = 0; k < 2; k++) {
            const char *ticket = "unset";
            apr_int64_t seconds = -1;
            wecom_error_t err = { WECOM_OK, 0, NULL, NULL };

            assert_int_equal(wecom_jsticket_parse_answer(&ticket, &seconds, &err, stages[k],
                                                         cases[i].body, strlen(cases[i].body),
                                                         world->pool), cases[i].status);
            assert_int_equal(seconds, cases[i].seconds);
            if (cases[i].status == WECOM_OK) {
                assert_string_equal(ticket, "T");
            }
            else {
                assert_null(ticket);
                assert_string_equal(err.stage, stages[k]);
            }
        }
    }
}

static void a_ticket_has_a_ceiling(void **state)
{
    world_t *world = *state;
    int over;

    for (over = 0; over < 2; over++) {
        char *text = apr_palloc(world->pool, WECOM_MAX_JSTICKET + 2);
        const char *ticket;
        apr_int64_t seconds;
        const char *body;
        wecom_error_t err;

        memset(text, 'x', WECOM_MAX_JSTICKET + 1);
        text[WECOM_MAX_JSTICKET + over] = '\0';
        body = apr_psprintf(world->pool, "{\"ticket\":\"%s\"}", text);
        assert_int_equal(wecom_jsticket_parse_answer(&ticket, &seconds, &err, CORP, body,
                                                     strlen(body), world->pool),
                         over ? WECOM_E_ANSWER : WECOM_OK);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_question_serves_all),
        TEST(a_ticket_is_renewed_before_it_ends),
        TEST(one_asks_while_the_others_wait),
        TEST(a_refused_token_is_replaced_once),
        TEST(a_failure_rests_as_long_as_its_kind_says),
        TEST(one_kind_rests_and_the_other_goes_on),
        TEST(a_failed_renewal_keeps_the_old_one),
        TEST(another_secret_has_another_ticket),
        TEST(answers_are_judged),
        TEST(a_ticket_has_a_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
