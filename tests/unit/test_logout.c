/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_logout.c - the end of a session, and what a refusal looks like.
 */
#include "../../src/auth/refusal.h"
#include "walk.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/form.h"

#define SESSION(walk) ((walk)->room.site->session_cookie)

/* --- logout --------------------------------------------------------------------------------- */

static void assert_says_signed_out(const walk_t *walk)
{
    assert_int_equal(walk->reply.status, 200);
    assert_int_equal(walk->reply.reason, WECOM_REASON_NONE);
    assert_null(walk->reply.location); /* never into a login by itself */
    walk_assert_shows(walk, "<p>You are signed out.</p>");
    walk_assert_shows(walk, "href=\"/wecom/login\">Sign in again</a>");
    walk_assert_hides(walk, "<form");
    walk_assert_hides(walk, "http-equiv");
}

static void assert_signed_out(const walk_t *walk)
{
    assert_says_signed_out(walk);
    assert_int_equal(walk->reply.forget_cached_pages, 1);
    walk_assert_shows(walk, "<img src=\"/wecom/logout\" alt=\"\" hidden>");
    assert_int_equal(walk->reply.cookies->nelts, 1);
    assert_string_equal(APR_ARRAY_IDX(walk->reply.cookies, 0, const char *),
                        apr_pstrcat(walk->pool, SESSION(walk), "=; Path=/; HttpOnly; "
                                    "SameSite=Lax; Secure; Max-Age=0", NULL));
}

static void unsure_is_asked_first(void **state)
{
    walk_t *walk = *state;
    const char *token;

    walk_only(walk, &walk->acme);
    walk_login(walk, "zhangsan");
    walk_logout(walk, 0);
    assert_int_equal(walk->reply.status, 200);
    assert_int_equal(walk->reply.cookies->nelts, 0);
    assert_int_equal(walk->reply.forget_cached_pages, 0);
    assert_non_null(walk_cookie(walk, SESSION(walk)));
    walk_assert_shows(walk, "You are signed in as 张三. Do you want to sign out?");
    walk_assert_shows(walk, "<form method=\"post\" action=\"/wecom/logout\">");
    walk_assert_shows(walk, "href=\"/\">Stay signed in</a>");

    /* The form's token is good for this session, this purpose, an hour. */
    token = strstr(walk->reply.body, "value=\"");
    assert_non_null(token);
    token += strlen("value=\"");
    token = apr_pstrmemdup(walk->pool, token, strcspn(token, "\""));
    assert_int_equal(wecom_form_check(token, walk->room.form_ring, "logout",
                                      wecom_login_form_binding(walk->room.ticket), walk->room.now,
                                      walk->pool), 1);
    walk->ticket.id[0] ^= 1;
    assert_int_equal(wecom_form_check(token, walk->room.form_ring, "logout",
                                      wecom_login_form_binding(walk->room.ticket), walk->room.now,
                                      walk->pool), 0);
}

static void question_names_the_member_without_markup(void **state)
{
    walk_t *walk = *state;

    walk_only(walk, &walk->acme);
    walk_begin(walk);
    walk_expect_identity(walk, "{\"errcode\":0,\"userid\":\"zhangsan\"}");
    fake_http_answer(&walk->world->http, MEMBER, 200, "{\"errcode\":0,\"userid\":\"zhangsan\","
                     "\"name\":\"<b>&\\\"\",\"status\":1}");
    walk_back(walk, "CODE");
    walk_logout(walk, 0);
    walk_assert_shows(walk, "signed in as &lt;b&gt;&amp;&quot;.");

    /* a name that WeCom withholds */
    walk_begin(walk);
    walk_expect_identity(walk, "{\"errcode\":0,\"userid\":\"zhangsan\"}");
    fake_http_answer(&walk->world->http, MEMBER, 200,
                     "{\"errcode\":0,\"userid\":\"zhangsan\",\"status\":1}");
    walk_back(walk, "CODE");
    walk_logout(walk, 0);
    walk_assert_shows(walk, "signed in as zhangsan.");
}

static void sure_is_signed_out(void **state)
{
    walk_t *walk = *state;

    walk_only(walk, &walk->acme);
    walk_login(walk, "ZhangSan");
    assert_non_null(mem_cache_peek(&walk->world->cache, "loop", "acme|zhangsan|192.0.2.7").data);
    walk_logout(walk, 1);
    assert_signed_out(walk);
    assert_string_equal(walk->reply.source, "acme");
    assert_string_equal(walk->reply.userid, "ZhangSan");
    assert_int_equal(walk_cookies(walk), 0);
    assert_null(mem_cache_peek(&walk->world->cache, "loop", "acme|zhangsan|192.0.2.7").data);
}

/* A form that another site posts brings no session (SameSite=Lax), and must end none. */
static void nobody_is_signed_out_too(void **state)
{
    walk_t *walk = *state;
    int sure;

    for (sure = 0; sure <= 1; sure++) {
        walk_logout(walk, sure);
        assert_says_signed_out(walk);
        assert_null(walk->reply.userid);
        assert_int_equal(walk->reply.forget_cached_pages, 0);
        assert_int_equal(walk->reply.cookies->nelts, 0);
    }
    assert_null(wecom_login_form_binding(walk->room.ticket).data);
    assert_int_equal(wecom_login_form_binding(walk->room.ticket).len, 0);
}

static void cookie_is_deleted_where_it_was_set(void **state)
{
    walk_t *walk = *state;
    wecom_site_t *site;

    assert_int_equal(wecom_site_make(&site, "https://intranet.example.com", "/wecom", "sid",
                                     "example.com", walk->pool), WECOM_OK);
    walk_only(walk, &walk->acme);
    walk_login(walk, "zhangsan");
    walk_logout(walk, 0); /* opens the session */
    walk->room.site = site;
    wecom_reply_init(&walk->reply, walk->pool);
    wecom_login_logout(&walk->reply, &walk->room, 1);
    assert_int_equal(walk->reply.cookies->nelts, 1);
    assert_string_equal(APR_ARRAY_IDX(walk->reply.cookies, 0, const char *),
                        apr_pstrcat(walk->pool, site->session_cookie, "=; Path=/; HttpOnly; "
                                    "SameSite=Lax; Secure; Domain=example.com; Max-Age=0",
                                    NULL));
}

/* --- refusals ------------------------------------------------------------------------------- */

static void refusal_has_all_that_helps(void **state)
{
    static const char *const pairs[] = { "name", "Acme", NULL };
    walk_t *walk = *state;
    int i;

    walk_begin(walk); /* fills the room */
    for (i = WECOM_REASON_NONE + 1; i < WECOM_REASON_COUNT; i++) {
        const wecom_reason_row_t *row = wecom_reason_row((wecom_reason_t)i);

        wecom_reply_init(&walk->reply, walk->pool);
        if (i == WECOM_REASON_WRONG_NAME) {
            continue; /* its sentence has other values */
        }
        wecom_refusal_page(&walk->reply, &walk->room, (wecom_reason_t)i, "/a?b=1&c=2", pairs);
        walk_assert_refused(walk, (wecom_reason_t)i, "/a?b=1&c=2");
        walk_assert_shows(walk, "<h1>You are not signed in</h1>");
        if (i == WECOM_REASON_REFUSED) {
            walk_assert_shows(walk, ">Sign in again</a>");
        }
        else if (strstr(walk->reply.body, ">Sign in as someone else</a>") == NULL) {
            walk_assert_shows(walk, ">Try again</a>");
        }
        walk_assert_shows(walk, "22:13:20Z\">2023-11-14 22:13:20 UTC</time>");
        if (row->cure != NULL) {
            walk_assert_hides(walk, wecom_text_html(row->cure, walk->pool)); /* for the log */
        }
        CHECK((walk->reply.retry_after > 0) == (row->status == 503), "%s: Retry-After %d",
              row->id, walk->reply.retry_after);
        assert_int_equal(walk->reply.cookies->nelts, 0);
        assert_null(walk->reply.location);
    }
}

static void incident_is_new_each_time(void **state)
{
    walk_t *walk = *state;
    const char *first;

    walk_begin(walk);
    wecom_refusal_page(&walk->reply, &walk->room, WECOM_REASON_LOOP, NULL, NULL);
    first = walk->reply.incident;
    assert_int_equal(strlen(first), strlen("WC0204-XXXXXX"));
    assert_int_equal(first[6], '-');
    assert_int_equal(strspn(first + 7, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "abcdefghijklmnopqrstuvwxyz"), 6);
    walk_assert_hides(walk, "<a ");
    wecom_refusal_page(&walk->reply, &walk->room, WECOM_REASON_LOOP, NULL, NULL);
    assert_string_not_equal(walk->reply.incident, first);
}

static void redirect_takes_the_page_back(void **state)
{
    walk_t *walk = *state;
    wecom_reply_t *reply = &walk->reply;

    walk_begin(walk);
    wecom_reply_init(reply, walk->pool);
    assert_int_equal(reply->status, 200);
    assert_int_equal(reply->cookies->nelts, 0);
    wecom_reply_cookie(reply, "a=b");
    wecom_refusal_page(reply, &walk->room, WECOM_REASON_LOOP, NULL, NULL);
    wecom_reply_redirect(reply, 303, "https://intranet.example.com/x");
    assert_int_equal(reply->status, 303);
    assert_string_equal(reply->location, "https://intranet.example.com/x");
    assert_null(reply->body);
    assert_null(reply->policy);
    assert_int_equal(reply->cookies->nelts, 1);
    assert_string_equal(APR_ARRAY_IDX(reply->cookies, 0, const char *), "a=b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(unsure_is_asked_first),
        WALK_TEST(question_names_the_member_without_markup),
        WALK_TEST(sure_is_signed_out),
        WALK_TEST(nobody_is_signed_out_too),
        WALK_TEST(cookie_is_deleted_where_it_was_set),
        WALK_TEST(refusal_has_all_that_helps),
        WALK_TEST(incident_is_new_each_time),
        WALK_TEST(redirect_takes_the_page_back),
    };

    return cmocka_run_group_tests_name("logout", tests, NULL, NULL);
}
