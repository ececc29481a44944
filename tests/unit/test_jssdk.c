/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_jssdk.c - what is signed, for whom, and what WeCom's silence costs.
 */
#include "walk.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/jssdk.h"
#include "../../src/base/json.h"
#include "../../src/wecom/trouble.h"

#define PAGE "https://intranet.example.com/portal/?id=7"

/* --- the signature ---------------------------------------------------------------------------- */

/* The example of WeCom's document 90506. */
static void the_documents_example(void **state)
{
    walk_t *walk = *state;

    assert_string_equal(
        wecom_jssdk_sign("sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-"
                         "Sl-HhTdfl2fzFy1AOcHKP7qg", "Wm3WZYTPz0wzccnW", 1414587457,
                         "http://mp.weixin.qq.com?params=value", walk->pool),
        "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
}

/* --- which addresses -------------------------------------------------------------------------- */

static const char *signable(walk_t *walk, const char *public_url, const char *url)
{
    wecom_site_t *site = NULL;
    const char *found = "unset";
    wecom_status_t status;

    assert_int_equal(wecom_site_make(&site, public_url, "/wecom", NULL, NULL, walk->pool),
                     WECOM_OK);
    status = wecom_jssdk_url(&found, site, url, walk->pool);
    assert_true((status == WECOM_OK) == (found != NULL));
    return found;
}

static void pages_of_this_site_are_signed(void **state)
{
    static const struct {
        const char *site;
        const char *url;
        const char *signable; /* NULL: as url */
    } cases[] = {
        { "https://a.example", "https://a.example/", NULL },
        { "https://a.example", "https://a.example", NULL },
        { "https://a.example", "https://a.example/p?q=%2F%23&r=?/#frag", "https://a.example/p?q=%2F"
          "%23&r=?/" },
        { "https://a.example", "https://a.example/#/route/7", "https://a.example/" },
        { "https://a.example", "https://a.example#\x01\xff", "https://a.example" },
        { "https://a.example", "https://a.example:443/x", NULL },
        { "https://a.example", "HTTPS://A.Example/x", NULL },
        { "https://a.example", "https://a.example?x=1", NULL },
        { "https://a.example:8443", "https://a.example:8443/x", NULL },
        { "http://127.0.0.1:8080", "http://127.0.0.1:8080/x", NULL },
        { "http://[::1]:8080", "http://[::1]:8080/x", NULL },
        { "http://a.example", "http://a.example:80/x", NULL },
        { "https://a.example", "https://a.example/\\@b.example/", NULL },
    };
    walk_t *walk = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *found = signable(walk, cases[i].site, cases[i].url);

        CHECK(found != NULL, "%s is not signed", cases[i].url);
        assert_string_equal(found, cases[i].signable != NULL ? cases[i].signable : cases[i].url);
    }
}

static void nothing_else_is_signed(void **state)
{
    static const char *const urls[] = {
        "", "/", "/portal/", "//a.example/", "a.example/", "https:/a.example/", "https:a.example",
        "http://a.example/", "https://a.example:8443/", "https://b.example/",
        "https://www.a.example/", "https://a.example.evil.example/", "https://a.example./",
        "https://a.example@evil.example/", "https://evil.example@a.example/",
        "https://a.example\\@evil.example/", "https://a.example:/x", "https://a.example:0443x/",
        "https://evil.example/?https://a.example/", "https://evil.example/#https://a.example/",
        "#https://a.example/", "x#https://a.example/", "javascript://a.example/%0aalert(1)",
        "ftp://a.example/", "file:///etc/passwd", " https://a.example/", "https://a.example/ x",
        "https://a.example/\n", "https://a.example/\x7f", "https://a.example/\xc3\xa9",
        "https://\xe4\xbe\x8b.example/", "https://", "https:///", "https://?", "://a.example/",
    };
    walk_t *walk = *state;
    size_t i;

    for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        CHECK(signable(walk, "https://a.example", urls[i]) == NULL, "%s is signed", urls[i]);
    }
}

static void an_address_has_a_ceiling(void **state)
{
    walk_t *walk = *state;
    char *url = apr_palloc(walk->pool, WECOM_MAX_SIGNED_URL + 8);
    const char *found;

    memset(url, 'x', WECOM_MAX_SIGNED_URL + 7);
    memcpy(url, "https://a.example/", 18);
    url[WECOM_MAX_SIGNED_URL] = '\0';
    assert_non_null(signable(walk, "https://a.example", url));
    url[WECOM_MAX_SIGNED_URL] = 'x';
    url[WECOM_MAX_SIGNED_URL + 1] = '\0';
    assert_null(signable(walk, "https://a.example", url));
    url[WECOM_MAX_SIGNED_URL] = '#';
    found = signable(walk, "https://a.example", url);
    assert_int_equal(strlen(found), WECOM_MAX_SIGNED_URL);
}

/* --- the answer ------------------------------------------------------------------------------- */

/* A living session of acme's. */
static void sign_in(walk_t *walk)
{
    memset(&walk->ticket, 0, sizeof(walk->ticket));
    walk->ticket.source = "acme";
    walk->ticket.userid = "alice";
    walk->ticket.name = walk->ticket.account = "";
    walk->room.ticket = &walk->ticket;
}

static wecom_jssdk_verdict_t ask(walk_t *walk, const char *url, const char *source)
{
    wecom_reply_init(&walk->reply, walk->pool);
    walk->room.now = walk->world->clock.now;
    return wecom_jssdk_answer(&walk->reply, &walk->room, url, source);
}

static const wecom_json_t *body(walk_t *walk)
{
    const wecom_json_t *json = NULL;

    assert_string_equal(walk->reply.content_type, "application/json");
    assert_int_equal(wecom_json_parse(&json, walk->reply.body, strlen(walk->reply.body),
                                      walk->pool), WECOM_OK);
    return json;
}

static void assert_refused(walk_t *walk, int status, const char *error)
{
    assert_int_equal(walk->reply.status, status);
    assert_string_equal(wecom_json_text(body(walk), "error", 40), error);
    assert_null(wecom_json_object(body(walk), "config"));
    assert_int_equal(walk->reply.retry_after, status == 503 ? 10 : 0);
}

static void expect_tickets(walk_t *walk)
{
    world_expect_token(walk->world, "TOKEN", 7200);
    fake_http_answer(&walk->world->http, "get_jsapi_ticket", 200, "{\"ticket\":\"C\"}");
    fake_http_answer(&walk->world->http, "ticket/get", 200, "{\"ticket\":\"A\"}");
}

static void assert_half(walk_t *walk, const char *name, const char *ticket, const char *url)
{
    const wecom_json_t *half = wecom_json_object(body(walk), name);
    const char *nonce = wecom_json_text(half, "nonceStr", 100);
    apr_int64_t seconds = wecom_json_number(half, "timestamp", 0, APR_INT64_MAX, -1);

    assert_int_equal(strlen(nonce), 16);
    assert_int_equal(seconds, apr_time_sec(walk->room.now));
    assert_string_equal(wecom_json_text(half, "signature", 100),
                        wecom_jssdk_sign(ticket, nonce, seconds, url, walk->pool));
}

static void the_answer_serves_both_scripts(void **state)
{
    walk_t *walk = *state;
    const wecom_json_t *json;
    const char *first;

    sign_in(walk);
    expect_tickets(walk);
    assert_int_equal(ask(walk, PAGE "#top", NULL), WECOM_JSSDK_SIGNED);
    assert_int_equal(walk->reply.status, 200);
    json = body(walk);
    assert_string_equal(wecom_json_text(json, "corpId", 64), "ww0123456789abcdef");
    assert_string_equal(wecom_json_text(json, "agentId", 64), "1000002");
    assert_string_equal(wecom_json_text(wecom_json_object(json, "config"), "appId", 64),
                        "ww0123456789abcdef");
    json = wecom_json_object(json, "agentConfig");
    assert_string_equal(wecom_json_text(json, "corpid", 64), "ww0123456789abcdef");
    assert_string_equal(wecom_json_text(json, "agentid", 64), "1000002");
    assert_half(walk, "config", "C", PAGE);
    assert_half(walk, "agentConfig", "A", PAGE);
    assert_null(strstr(walk->reply.body, "TOKEN"));
    first = walk->reply.body;
    assert_int_equal(ask(walk, PAGE, "acme"), WECOM_JSSDK_SIGNED);
    assert_string_not_equal(walk->reply.body, first);
    world_assert_played(walk->world);
}

static void who_is_refused_costs_no_question(void **state)
{
    walk_t *walk = *state;

    sign_in(walk);
    assert_int_equal(ask(walk, "https://evil.example/", NULL), WECOM_JSSDK_BAD_URL);
    assert_refused(walk, 400, "bad_url");
    assert_int_equal(ask(walk, NULL, NULL), WECOM_JSSDK_BAD_URL);
    assert_refused(walk, 400, "bad_url");
    assert_int_equal(ask(walk, PAGE, "beta"), WECOM_JSSDK_OTHER_SOURCE);
    assert_refused(walk, 403, "other_source");
    assert_int_equal(ask(walk, PAGE, ""), WECOM_JSSDK_OTHER_SOURCE);
    walk_only(walk, &walk->beta); /* the session's own source is gone */
    assert_int_equal(ask(walk, PAGE, NULL), WECOM_JSSDK_OTHER_SOURCE);
    world_assert_played(walk->world);
}

/* --- WeCom does not answer -------------------------------------------------------------------- */

typedef struct places_t {
    wecom_slots_t port;
    int room;
    int taken;
    int entered;
} places_t;

static int places_enter(const wecom_slots_t *self, apr_time_t now, apr_time_t until)
{
    places_t *places = self->baton;

    assert_true(until == now + apr_time_from_sec(10));
    places->entered++;
    return places->taken < places->room ? places->taken++ : -1;
}

static void places_leave(const wecom_slots_t *self, int slot)
{
    places_t *places = self->baton;

    places->taken -= slot >= 0;
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

static void a_cold_answer_waits_in_a_slot_and_a_warm_one_does_not(void **state)
{
    walk_t *walk = *state;
    places_t *places = places_of(walk, 1);

    sign_in(walk);
    places->taken = 1;
    assert_int_equal(ask(walk, PAGE, NULL), WECOM_JSSDK_NO_TICKET);
    assert_int_equal(walk->reply.reason, WECOM_REASON_CROWDED);
    assert_refused(walk, 503, "unavailable");
    places->taken = 0;
    expect_tickets(walk);
    assert_int_equal(ask(walk, PAGE, NULL), WECOM_JSSDK_SIGNED);
    assert_int_equal(places->entered, 2);
    assert_int_equal(places->taken, 0);
    places->taken = 1;
    assert_int_equal(ask(walk, PAGE, NULL), WECOM_JSSDK_SIGNED);
    assert_int_equal(places->entered, 2);
    world_assert_played(walk->world);
}

static void a_silent_wecom_costs_one_timeout(void **state)
{
    walk_t *walk = *state;
    apr_time_t begun = walk->world->clock.now;
    fake_http_step_t *step;

    sign_in(walk);
    world_expect_token(walk->world, "TOKEN", 7200);
    walk->world->http.steps[0].takes = apr_time_from_sec(3);
    step = fake_http_fail(&walk->world->http, "get_jsapi_ticket", WECOM_E_TIMEOUT, 28, "late");
    step->takes = apr_time_from_sec(2);
    assert_int_equal(ask(walk, PAGE, NULL), WECOM_JSSDK_NO_TICKET);
    assert_int_equal(walk->world->http.calls[1].total_ms, 2000);
    assert_true(walk->world->clock.now <= begun + apr_time_from_sec(5));
    assert_int_equal(walk->reply.reason, WECOM_REASON_TIMEOUT);
    assert_string_equal(walk->reply.error.stage, "get_jsapi_ticket");
    assert_refused(walk, 503, "unavailable");
    assert_int_equal(ask(walk, PAGE, NULL), WECOM_JSSDK_NO_TICKET);
    assert_int_equal(walk->reply.reason, WECOM_REASON_RESTING);
    assert_refused(walk, 503, "unavailable");
    world_assert_played(walk->world);
}

static void refusals_of_wecom(void **state)
{
    static const struct {
        int errcode;
        wecom_reason_t reason;
        int status;
        const char *error;
    } cases[] = {
        { 45009, WECOM_REASON_BUSY, 503, "unavailable" },
        { 60020, WECOM_REASON_IP, 502, "upstream" },
        { 48002, WECOM_REASON_AGENT, 502, "upstream" },
        { 40029, WECOM_REASON_CODE_DEAD, 502, "upstream" },
        { 60011, WECOM_REASON_OUT_OF_RANGE, 502, "upstream" },
    };
    walk_t *walk = *state;
    size_t i;

    sign_in(walk);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        world_expect_token(walk->world, "TOKEN", 7200);
        world_expect_errcode(walk->world, "get_jsapi_ticket", cases[i].errcode, "no");
        assert_int_equal(ask(walk, PAGE, NULL), WECOM_JSSDK_NO_TICKET);
        assert_int_equal(walk->reply.reason, cases[i].reason);
        assert_int_equal(walk->reply.error.upstream, cases[i].errcode);
        assert_refused(walk, cases[i].status, cases[i].error);
        walk_wait(walk, 7200);
    }
    world_assert_played(walk->world);
}

/* Due for renewal, and WeCom rests: the old tickets still sign. */
static void old_tickets_sign_while_wecom_rests(void **state)
{
    walk_t *walk = *state;
    wecom_error_t err = { WECOM_E_TIMEOUT, 0, "user/get", NULL };
    int i;

    sign_in(walk);
    expect_tickets(walk);
    assert_int_equal(ask(walk, PAGE, NULL), WECOM_JSSDK_SIGNED);
    walk_wait(walk, 55); /* without expires_in they live for a minute */
    for (i = 0; i < WECOM_TROUBLE_LIMIT; i++) {
        wecom_trouble_note(&err, &walk->acme.app, &walk->world->ports, walk->pool);
    }
    assert_int_equal(ask(walk, PAGE, NULL), WECOM_JSSDK_SIGNED);
    assert_int_equal(walk->reply.error.status, WECOM_OK);
    assert_half(walk, "config", "C", PAGE);
    walk_wait(walk, 5);
    assert_int_equal(ask(walk, PAGE, NULL), WECOM_JSSDK_NO_TICKET);
    assert_int_equal(walk->reply.reason, WECOM_REASON_RESTING);
    world_assert_played(walk->world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(the_documents_example),
        WALK_TEST(pages_of_this_site_are_signed),
        WALK_TEST(nothing_else_is_signed),
        WALK_TEST(an_address_has_a_ceiling),
        WALK_TEST(the_answer_serves_both_scripts),
        WALK_TEST(who_is_refused_costs_no_question),
        WALK_TEST(a_cold_answer_waits_in_a_slot_and_a_warm_one_does_not),
        WALK_TEST(a_silent_wecom_costs_one_timeout),
        WALK_TEST(refusals_of_wecom),
        WALK_TEST(old_tickets_sign_while_wecom_rests),
    };

    return cmocka_run_group_tests_name("jssdk", tests, NULL, NULL);
}
