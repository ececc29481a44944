/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_login_return.c - the second half of a login: the browser comes back from WeCom.
 */
#include "walk.h"

#include <string.h>

#include <apr_strings.h>

#define SITE   "https://intranet.example.com"
#define TARGET "/report?id=7"
#define HERE   SITE TARGET

#define SESSION(walk) ((walk)->room.site->session_cookie)

static void begin(walk_t *walk)
{
    walk_only(walk, &walk->acme);
    walk_begin(walk);
    walk_assert_at_wecom(walk, 0);
    walk_wait(walk, 1);
}

/* No question to WeCom, no session. */
static void assert_nothing_exchanged(const walk_t *walk)
{
    assert_int_equal(fake_http_count(&walk->world->http, IDENTIFY), 0);
    assert_int_equal(walk->reply.signed_in, 0);
    assert_null(walk_cookie(walk, SESSION(walk)));
}

/* --- it goes well --------------------------------------------------------------------------- */

static void good_return_ends_at_the_target(void **state)
{
    walk_t *walk = *state;
    const wecom_ticket_t *ticket;
    const char *pending;

    begin(walk);
    pending = walk_pending(walk, walk->state);
    walk_expect_member(walk, "ZhangSan", WECOM_MEMBER_ACTIVE);
    walk_back(walk, "CO_D-E.~9");
    walk_assert_redirect(walk, 302, HERE);
    assert_int_equal(walk->reply.reason, WECOM_REASON_NONE);
    assert_int_equal(walk->reply.signed_in, 1);
    assert_string_equal(walk->reply.source, "acme");
    assert_string_equal(walk->reply.userid, "ZhangSan");
    assert_null(walk->reply.incident);
    world_assert_played(walk->world);
    assert_non_null(strstr(walk->world->http.calls[1].url, "&code=CO_D-E.~9"));
    assert_non_null(strstr(walk->world->http.calls[2].url, "&userid=ZhangSan"));

    /* two cookies: the pending one goes, the session comes */
    assert_int_equal(walk->reply.cookies->nelts, 2);
    assert_string_equal(APR_ARRAY_IDX(walk->reply.cookies, 0, const char *),
                        apr_pstrcat(walk->pool, pending, "=; Path=/; HttpOnly; SameSite=Lax; "
                                    "Secure; Max-Age=0", NULL));
    assert_string_equal(APR_ARRAY_IDX(walk->reply.cookies, 1, const char *),
                        apr_pstrcat(walk->pool, SESSION(walk), "=",
                                    walk_cookie(walk, SESSION(walk)),
                                    "; Path=/; HttpOnly; SameSite=Lax; Secure", NULL));
    assert_int_equal(walk_cookies(walk), 1);

    walk_begin(walk); /* opens the session */
    ticket = walk->room.ticket;
    assert_string_equal(ticket->source, "acme");
    assert_string_equal(ticket->userid, "ZhangSan");
    assert_string_equal(ticket->account, "");
    assert_string_equal(ticket->name, "张三");
    assert_int_equal(ticket->flags, 0);
    assert_int_equal(ticket->issued, apr_time_sec(WORLD_START) + 1);
    assert_int_equal(ticket->seen, ticket->issued);
    assert_int_equal(ticket->checked, ticket->issued);
    assert_int_equal(ticket->department_count, 2);
    assert_int_equal(ticket->departments[1], 7);
    assert_int_equal(ticket->leads[0], 0);
    assert_int_equal(ticket->leads[1], 1);
    assert_int_equal(ticket->main_department, 7);
    assert_int_equal(apr_table_elts(ticket->entries)->nelts, 0);
}

static void one_question_without_the_double_yes(void **state)
{
    walk_t *walk = *state;

    walk->acme.app.check_member = 0;
    walk->room.client = WECOM_CLIENT_WECOM;
    walk_only(walk, &walk->acme);
    walk_begin(walk);
    walk_expect_identity(walk, "{\"errcode\":0,\"userid\":\"zhangsan\"}");
    walk_back(walk, "CODE");
    /* The fragment of the address at WeCom ends here. */
    walk_assert_redirect(walk, 302, HERE "#");
    world_assert_played(walk->world);
    walk_begin(walk);
    assert_int_equal(walk->room.ticket->flags, WECOM_TICKET_IN_CLIENT);
    assert_string_equal(walk->room.ticket->name, "");
}

static void consent_brings_a_third_question(void **state)
{
    static const struct {
        const char *answer;
        wecom_reason_t reason;
    } cases[] = {
        { "{\"errcode\":0,\"userid\":\"zhangsan\",\"mobile\":\"138\"}", WECOM_REASON_NONE },
        /* a ticket that is too old costs the fields, not the login */
        { "{\"errcode\":84014,\"errmsg\":\"user ticket expired\"}", WECOM_REASON_NONE },
        { "{\"errcode\":84015,\"errmsg\":\"user ticket invalid\"}", WECOM_REASON_NONE },
        { "{\"errcode\":60011,\"errmsg\":\"no privilege\"}", WECOM_REASON_OUT_OF_RANGE },
        { "{\"errcode\":0,\"userid\":\"lisi\",\"mobile\":\"138\"}", WECOM_REASON_MISMATCH },
    };
    walk_t *walk = *state;
    size_t i;

    walk->acme.app.private_info = 1;
    for (i = 0; i < COUNT(cases); i++) {
        walk_wait(walk, 60);
        begin(walk);
        walk_expect_identity(walk, "{\"errcode\":0,\"userid\":\"zhangsan\","
                             "\"user_ticket\":\"T\"}");
        fake_http_answer(&walk->world->http, MEMBER, 200,
                         "{\"errcode\":0,\"userid\":\"zhangsan\",\"status\":1}");
        fake_http_answer(&walk->world->http, DETAIL, 200, cases[i].answer);
        walk_back(walk, "CODE");
        world_assert_played(walk->world);
        if (cases[i].reason == WECOM_REASON_NONE) {
            walk_assert_redirect(walk, 302, HERE);
            assert_int_equal(walk->reply.error.status, WECOM_OK);
        }
        else {
            walk_assert_refused(walk, cases[i].reason, TARGET);
        }
    }
}

static void entries_of_other_modules_stay_with_the_person(void **state)
{
    walk_t *walk = *state;
    wecom_ticket_t ticket;
    unsigned char first_id[WECOM_TICKET_ID_BYTES];
    const char *text;

    begin(walk);
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    walk_begin(walk);
    ticket = *walk->room.ticket;
    memcpy(first_id, ticket.id, sizeof(first_id));
    apr_table_set(ticket.entries, "cart", "3 apples");
    assert_int_equal(wecom_ticket_seal(&text, &ticket, walk->room.ticket_ring,
                                       walk->room.ticket_aad, walk->pool), WECOM_OK);
    walk->jar[0].name = SESSION(walk);
    walk->jar[0].value = text;

    walk_login(walk, "zhangsan");
    walk_begin(walk);
    assert_string_equal(apr_table_get(walk->room.ticket->entries, "cart"), "3 apples");
    assert_memory_not_equal(walk->room.ticket->id, first_id, sizeof(first_id));
    walk_login(walk, "lisi");
    walk_begin(walk);
    assert_null(apr_table_get(walk->room.ticket->entries, "cart"));
}

static void session_that_fits_no_cookie_is_said(void **state)
{
    walk_t *walk = *state;
    wecom_ticket_t huge;
    char *text = apr_palloc(walk->pool, 5001);

    memset(text, 'x', 5000);
    text[5000] = '\0';
    begin(walk);
    walk_expect_member(walk, "zhangsan", 1);
    /* the session of the same member, with an entry as another store could have kept it */
    memset(&huge, 0, sizeof(huge));
    huge.source = "acme";
    huge.userid = "zhangsan";
    huge.entries = apr_table_make(walk->pool, 1);
    apr_table_set(huge.entries, "cart", text);
    {
        apr_array_header_t *pending = apr_array_make(walk->pool, 1, sizeof(wecom_login_cookie_t));
        wecom_login_cookie_t *cookie = apr_array_push(pending);

        cookie->name = walk_pending(walk, walk->state);
        cookie->value = walk_cookie(walk, cookie->name);
        cookie->value_len = strlen(cookie->value);
        walk->room.pending = pending;
    }
    walk->room.ticket = &huge;
    wecom_reply_init(&walk->reply, walk->pool);
    wecom_login_finish(&walk->reply, &walk->room,
                       apr_pstrcat(walk->pool, "code=C&state=", walk->state, NULL));
    walk_assert_refused(walk, WECOM_REASON_TOO_LARGE, TARGET);
}

/* --- the query ------------------------------------------------------------------------------ */

static void malformed_query_is_refused(void **state)
{
    static const char *const queries[] = {
        NULL, "", "code=CODE", "state=", "code=CODE&state=", "code=CODE&state=short",
        "code=CODE&state=%", "code=CODE&state=S&state=S", "code=A&code=B&state=S",
        "code=%00&state=S", "code=a%20b&state=S", "code=a+b&state=S", "code=%e4&state=S",
        "code=CODE&state=S&appid=%0d%0a", "code=CODE&state=S1", "code=CODE&State=S",
        "code=CODE&state=2S",
    };
    walk_t *walk = *state;
    size_t i, k;

    begin(walk);
    for (i = 0; i < COUNT(queries); i++) {
        const char *query = "";

        for (k = 0; queries[i] != NULL && queries[i][k] != '\0'; k++) {
            query = queries[i][k] == 'S' && (k == 0 || queries[i][k - 1] != '&')
                    ? apr_pstrcat(walk->pool, query, walk->state, NULL)
                    : apr_psprintf(walk->pool, "%s%c", query, queries[i][k]);
        }
        walk_return(walk, queries[i] != NULL ? query : NULL);
        CHECK(walk->reply.reason == WECOM_REASON_BAD_RETURN, "'%s' gives %d",
              support_show(queries[i]), walk->reply.reason);
        walk_assert_refused(walk, WECOM_REASON_BAD_RETURN, "/");
        assert_nothing_exchanged(walk);
    }
    assert_int_equal(walk_cookies(walk), 1); /* the login itself goes on */
}

static void lengths_of_the_query(void **state)
{
    walk_t *walk = *state;
    char *code = apr_palloc(walk->pool, WECOM_MAX_QUERY + 2);

    begin(walk);
    memset(code, 'c', WECOM_MAX_QUERY + 1);
    code[WECOM_MAX_QUERY + 1] = '\0';
    walk_back(walk, code);
    walk_assert_refused(walk, WECOM_REASON_BAD_RETURN, "/");
    code[WECOM_MAX_CODE + 1] = '\0';
    walk_back(walk, code);
    walk_assert_refused(walk, WECOM_REASON_BAD_RETURN, "/");
    code[WECOM_MAX_CODE] = '\0';
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, code);
    walk_assert_redirect(walk, 302, HERE);
}

static void return_without_code_is_a_calm_page(void **state)
{
    walk_t *walk = *state;
    int i;

    begin(walk);
    for (i = 0; i < 2; i++) { /* a reload shows it again */
        walk_return(walk, apr_pstrcat(walk->pool, i == 0 ? "" : "code=&", "state=", walk->state,
                                      NULL));
        walk_assert_refused(walk, WECOM_REASON_REFUSED, TARGET);
        assert_int_equal(walk->reply.status, 200);
        assert_int_equal(walk->reply.cookies->nelts, 0);
        assert_nothing_exchanged(walk);
    }
    walk_forget(walk, NULL);
    walk_return(walk, apr_pstrcat(walk->pool, "state=", walk->state, NULL));
    walk_assert_refused(walk, WECOM_REASON_REFUSED, TARGET);
    assert_nothing_exchanged(walk);
}

static void answer_must_be_for_the_corp(void **state)
{
    static const struct {
        const char *appid;
        int proxy_developed;
        int good;
    } cases[] = {
        { "ww0123456789abcdef", 0, 1 }, { "WW0123456789ABCDEF", 0, 1 },
        { "ww0123456789abcdef", 1, 1 }, { "WW0123456789ABCDEF", 1, 0 },
        { "wwfedcba9876543210", 0, 0 }, { "ww0123456789abcde", 0, 0 },
        { "", 0, 1 },
    };
    walk_t *walk = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        walk->acme.app.proxy_developed = cases[i].proxy_developed;
        begin(walk);
        if (cases[i].good) {
            walk_expect_member(walk, "zhangsan", 1);
        }
        walk_return(walk, apr_pstrcat(walk->pool, "code=CODE&state=", walk->state, "&appid=",
                                      cases[i].appid, NULL));
        if (cases[i].good) {
            walk_assert_redirect(walk, 302, HERE);
        }
        else {
            walk_assert_refused(walk, WECOM_REASON_WRONG_APP, TARGET);
            assert_string_equal(walk->reply.source, "acme");
        }
        world_assert_played(walk->world);
        walk_logout(walk, 1);
    }
}

static void source_that_is_gone(void **state)
{
    walk_t *walk = *state;

    begin(walk);
    walk_only(walk, &walk->beta);
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_NO_SUCH_SOURCE, TARGET);
    assert_nothing_exchanged(walk);
    /* a login for which no source was chosen yet */
    walk->room.client = WECOM_CLIENT_WECHAT;
    walk_begin(walk);
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_NO_SUCH_SOURCE, TARGET);
    assert_nothing_exchanged(walk);
}

/* --- WeCom says no -------------------------------------------------------------------------- */

static void refusals_of_wecom(void **state)
{
    enum { AT_TOKEN, AT_IDENTITY, AT_MEMBER };
    static const struct {
        int at;
        const char *answer;
        wecom_reason_t reason;
    } cases[] = {
        { AT_IDENTITY, "{\"errcode\":50001}", WECOM_REASON_DOMAIN },
        { AT_IDENTITY, "{\"errcode\":60020}", WECOM_REASON_IP },
        { AT_IDENTITY, "{\"errcode\":40056}", WECOM_REASON_AGENT },
        { AT_IDENTITY, "{\"errcode\":45009}", WECOM_REASON_BUSY },
        { AT_IDENTITY, "{\"errcode\":301007}", WECOM_REASON_CORP_GONE },
        { AT_IDENTITY, "{\"errcode\":40035}", WECOM_REASON_REMOTE },
        { AT_IDENTITY, "{\"errcode\":0,\"openid\":\"o1\"}", WECOM_REASON_NOT_MEMBER },
        { AT_IDENTITY, "{\"errcode\":0,\"openid\":\"o1\",\"external_userid\":\"x\"}",
          WECOM_REASON_NOT_MEMBER },
        { AT_IDENTITY, "{\"errcode\":0,\"userid\":\"wwother/zhangsan\"}",
          WECOM_REASON_NOT_MEMBER },
        { AT_IDENTITY, "<html>", WECOM_REASON_ANSWER },
        { AT_IDENTITY, "{\"errcode\":0}", WECOM_REASON_ANSWER },
        { AT_MEMBER, "{\"errcode\":60011}", WECOM_REASON_OUT_OF_RANGE },
        { AT_MEMBER, "{\"errcode\":60111}", WECOM_REASON_NO_SUCH_MEMBER },
        { AT_MEMBER, "{\"errcode\":0,\"userid\":\"zhangsan\",\"status\":2}",
          WECOM_REASON_INACTIVE },
        { AT_MEMBER, "{\"errcode\":0,\"userid\":\"zhangsan\",\"status\":4}",
          WECOM_REASON_INACTIVE },
        { AT_MEMBER, "{\"errcode\":0,\"userid\":\"zhangsan\",\"status\":5}",
          WECOM_REASON_INACTIVE },
        { AT_MEMBER, "{\"errcode\":0,\"userid\":\"zhangsan\",\"status\":3}",
          WECOM_REASON_INACTIVE },
        { AT_MEMBER, "{\"errcode\":0,\"userid\":\"zhangsan\"}", WECOM_REASON_ANSWER },
        { AT_MEMBER, "{\"errcode\":0,\"userid\":\"lisi\",\"status\":1}", WECOM_REASON_MISMATCH },
        { AT_TOKEN, "{\"errcode\":40001}", WECOM_REASON_SECRET },
        { AT_TOKEN, "{\"errcode\":40013}", WECOM_REASON_SECRET },
        { AT_TOKEN, "{\"errcode\":60020}", WECOM_REASON_IP },
    };
    walk_t *walk;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        void *own = NULL;
        const char *answer = cases[i].answer;

        assert_int_equal(walk_setup(&own), 0);
        walk = own;
        begin(walk);
        if (cases[i].at == AT_TOKEN) {
            fake_http_answer(&walk->world->http, "gettoken", 200, answer);
        }
        else if (cases[i].at == AT_IDENTITY) {
            walk_expect_identity(walk, answer);
        }
        else {
            walk_expect_identity(walk, "{\"errcode\":0,\"userid\":\"zhangsan\"}");
            fake_http_answer(&walk->world->http, MEMBER, 200, answer);
        }
        walk_back(walk, "SECRETCODE");
        CHECK(walk->reply.reason == cases[i].reason, "%s gives %s", answer,
              wecom_reason_row(walk->reply.reason)->id);
        walk_assert_refused(walk, cases[i].reason, TARGET);
        walk_assert_hides(walk, "SECRETCODE");
        world_assert_played(walk->world);
        assert_non_null(walk->reply.error.stage);
        assert_int_equal(walk_cookies(walk), 0); /* the pending one is spent */
        if (cases[i].at == AT_MEMBER) {
            assert_string_equal(walk->reply.userid, "zhangsan");
        }
        walk_teardown(&own);
    }
    (void)state;
}

static void transport_that_fails(void **state)
{
    static const struct {
        wecom_status_t failure;
        wecom_reason_t reason;
    } cases[] = {
        { WECOM_E_CONNECT, WECOM_REASON_CONNECT },
        { WECOM_E_TIMEOUT, WECOM_REASON_TIMEOUT },
    };
    walk_t *walk = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        begin(walk);
        fake_http_fail(&walk->world->http, "gettoken", cases[i].failure, 7, "no route");
        walk_back(walk, "CODE");
        walk_assert_refused(walk, cases[i].reason, TARGET);
        assert_true(walk->reply.retry_after > 0);
        begin(walk); /* a second later: not asked again */
        walk_back(walk, "CODE");
        walk_assert_refused(walk, WECOM_REASON_RESTING, TARGET);
        walk_wait(walk, 10);
    }
    world_assert_played(walk->world);
}

static void dead_code_starts_once_again(void **state)
{
    walk_t *walk = *state;
    const char *first;

    begin(walk);
    first = walk_pending(walk, walk->state);
    walk_expect_identity(walk, "{\"errcode\":40029,\"errmsg\":\"invalid code\"}");
    walk_back(walk, "CODE");
    walk_assert_at_wecom(walk, 1);
    assert_int_equal(walk->reply.status, 302);
    assert_null(walk_cookie(walk, first));
    walk_expect_identity(walk, "{\"errcode\":40029,\"errmsg\":\"invalid code\"}");
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_CODE_DEAD, TARGET);
    assert_int_equal(walk_cookies(walk), 0);
    world_assert_played(walk->world);
}

/* A session that opens the target makes the code needless. One of another source does not open
 * it: sent there, the silent walk would turn in a circle. */
static void dead_code_of_somebody_signed_in(void **state)
{
    walk_t *walk = *state;
    const apr_array_header_t *both = walk->room.sources;

    begin(walk);
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    walk_begin(walk);
    walk_expect_identity(walk, "{\"errcode\":42022,\"errmsg\":\"code used\"}");
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);

    walk->room.sources = both;
    walk->wish.allowed = "beta";
    walk->with_token = 0; /* another app, another token */
    walk_begin(walk);
    walk_expect_identity(walk, "{\"errcode\":40029,\"errmsg\":\"invalid code\"}");
    walk_back(walk, "CODE");
    walk_assert_at_wecom(walk, 1);
    walk_expect_identity(walk, "{\"errcode\":40029,\"errmsg\":\"invalid code\"}");
    walk_back(walk, "CODE");
    assert_int_equal(walk->reply.reason, WECOM_REASON_CODE_DEAD);
    world_assert_played(walk->world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(good_return_ends_at_the_target),
        WALK_TEST(one_question_without_the_double_yes),
        WALK_TEST(consent_brings_a_third_question),
        WALK_TEST(entries_of_other_modules_stay_with_the_person),
        WALK_TEST(session_that_fits_no_cookie_is_said),
        WALK_TEST(malformed_query_is_refused),
        WALK_TEST(lengths_of_the_query),
        WALK_TEST(return_without_code_is_a_calm_page),
        WALK_TEST(answer_must_be_for_the_corp),
        WALK_TEST(source_that_is_gone),
        cmocka_unit_test(refusals_of_wecom),
        WALK_TEST(transport_that_fails),
        WALK_TEST(dead_code_starts_once_again),
        WALK_TEST(dead_code_of_somebody_signed_in),
    };

    return cmocka_run_group_tests_name("login_return", tests, NULL, NULL);
}
