/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_keep_page.c - a kept form on its way: sign in again, brought back, asked about, and every
 * way that it can end.
 */
#include "walk.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/state.h"

#define BODY "subject=Hello+%22you%22&text=one%0D%0Atwo&tag=a&tag=b&submit=go&_charset_=UTF-8"

typedef struct form_t {
    const char *state;
    const char *box;
} form_t;

static wecom_kept_t kept_now(const walk_t *walk)
{
    wecom_kept_t kept = { walk->world->clock.now, "acme", "zhangsan", "/report/save?id=7&x='1'",
                          { (const unsigned char *)BODY, sizeof(BODY) - 1 } };

    return kept;
}

static const char *data_of(const walk_t *walk, const char *name)
{
    const char *key = apr_pstrcat(walk->pool, " data-", name, "=\"", NULL);
    const char *at = strstr(walk->reply.body, key);

    CHECK(at != NULL, "no %s in %s", key, walk->reply.body);
    at += strlen(key);
    return apr_pstrmemdup(walk->pool, at, strcspn(at, "\""));
}

/* The form is posted, the tab keeps the box. */
static form_t post(walk_t *walk)
{
    wecom_kept_t kept = kept_now(walk);
    form_t form;

    assert_int_equal(walk_form(walk, &kept), 1);
    form.state = data_of(walk, "state");
    form.box = data_of(walk, "box");
    assert_true(wecom_state_is_wellformed(form.state));
    return form;
}

/* And its member has signed in again. */
static form_t post_and_sign_in(walk_t *walk, const char *userid)
{
    form_t form;

    walk_only(walk, &walk->acme);
    form = post(walk);
    walk_wait(walk, 5);
    walk_expect_member(walk, userid, WECOM_MEMBER_ACTIVE);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302,
                         apr_pstrcat(walk->pool, walk->room.site->public_url, "/wecom/form?p=",
                                     form.state, "&return=%2Freport%3Fid%3D7", NULL));
    return form;
}

static void sign_in_again(void **state)
{
    walk_t *walk = *state;

    walk_only(walk, &walk->acme);
    post(walk);
    assert_int_equal(walk->reply.status, 401);
    assert_int_equal(walk->reply.reason, WECOM_REASON_NONE);
    assert_string_equal(data_of(walk, "kept"),
                        "Your session had ended. Sign in again; what you typed is kept.");
    walk_assert_shows(walk, "<p>Your session had ended. What you typed cannot be kept here");
    walk_assert_shows(walk, ">Sign in again</a>");
    walk_assert_shows(walk, "href=\"" WECOM_APP_LOGIN_URL "/");
    walk_assert_shows(walk, "sessionStorage.setItem");
    walk_assert_hides(walk, "Hello");
    walk_assert_hides(walk, "<form");
    assert_non_null(walk_cookie(walk, walk_pending(walk, walk->state)));
    assert_null(walk->reply.referrer);
}

static void several_sources_are_chosen_first(void **state)
{
    walk_t *walk = *state;

    post(walk);
    walk_assert_shows(walk, "href=\"https://intranet.example.com/wecom/login?p=");
}

static void no_source_no_page(void **state)
{
    walk_t *walk = *state;
    wecom_kept_t kept = kept_now(walk);

    walk_only(walk, NULL);
    assert_int_equal(walk_form(walk, &kept), 1);
    assert_int_equal(walk->reply.reason, WECOM_REASON_NO_SUCH_SOURCE);
    walk_assert_hides(walk, "data-box");
    kept.target = "//evil.example";
    assert_int_equal(walk_form(walk, &kept), 0);
}

static void brought_and_asked(void **state)
{
    walk_t *walk = *state;
    form_t form = post_and_sign_in(walk, "ZhangSan"); /* ids have no case */

    walk_form_bring(walk, form.state, "/report?id=7");
    assert_int_equal(walk->reply.status, 200);
    assert_string_equal(data_of(walk, "state"), form.state);
    assert_string_equal(data_of(walk, "back"), "/report?id=7");
    assert_string_equal(data_of(walk, "action"), "/wecom/form");
    assert_string_equal(walk->reply.referrer, "strict-origin");
    walk_assert_shows(walk, "What you typed is no longer here.");

    walk_form_ask(walk, form.state, form.box, "/report?id=7");
    assert_int_equal(walk->reply.status, 200);
    assert_int_equal(walk->reply.reason, WECOM_REASON_NONE);
    walk_assert_shows(walk, "What you typed before is still here.");
    walk_assert_shows(walk, "It will be sent to /report/save<");
    walk_assert_shows(walk,
        "<form method=\"post\" action=\"/report/save?id=7&amp;x=&#39;1&#39;\">\n"
        "<input type=\"hidden\" name=\"subject\" value=\"Hello &quot;you&quot;\">\n"
        "<input type=\"hidden\" name=\"text\" value=\"one\ntwo\">\n"
        "<input type=\"hidden\" name=\"tag\" value=\"a\">\n"
        "<input type=\"hidden\" name=\"tag\" value=\"b\">\n"
        "<input type=\"hidden\" name=\"submit\" value=\"go\">\n"
        "<input type=\"hidden\" name=\"_charset_\" value=\"UTF-8\">\n"
        "<button class=\"b first\" type=\"submit\">Send it now</button>\n</form>");
    walk_assert_shows(walk, "<a class=\"b\" href=\"/report?id=7\">Do not send</a>");
    walk_assert_hides(walk, "<script");
    assert_string_equal(walk->reply.referrer, "strict-origin");
}

static void once(void **state)
{
    walk_t *walk = *state;
    form_t form = post_and_sign_in(walk, "zhangsan");

    walk_form_ask(walk, form.state, form.box, "/report?id=7");
    assert_int_equal(walk->reply.reason, WECOM_REASON_NONE);
    walk_form_ask(walk, form.state, form.box, "/report?id=7");
    walk_assert_refused(walk, WECOM_REASON_FORM_USED, "/report?id=7");
    walk_assert_hides(walk, "Hello");
}

static void for_its_member_alone(void **state)
{
    walk_t *walk = *state;
    form_t form = post_and_sign_in(walk, "lina");

    walk_form_ask(walk, form.state, form.box, NULL);
    walk_assert_refused(walk, WECOM_REASON_FORM_OTHER, "/");
    walk_assert_hides(walk, "Hello");
    walk_form_ask(walk, form.state, form.box, NULL);
    walk_assert_refused(walk, WECOM_REASON_FORM_USED, "/");
}

static void with_case_where_ids_have_it(void **state)
{
    walk_t *walk = *state;
    form_t form;

    walk->acme.app.proxy_developed = 1;
    form = post_and_sign_in(walk, "ZhangSan");
    walk_form_ask(walk, form.state, form.box, NULL);
    walk_assert_refused(walk, WECOM_REASON_FORM_OTHER, "/");
}

static void for_nobody_without_a_session(void **state)
{
    walk_t *walk = *state;
    form_t form = post_and_sign_in(walk, "zhangsan");

    walk_forget(walk, NULL);
    walk_form_ask(walk, form.state, form.box, "/report?id=7");
    walk_assert_refused(walk, WECOM_REASON_FORM_OTHER, "/report?id=7");
}

static void of_its_source_alone(void **state)
{
    walk_t *walk = *state;
    form_t form;
    wecom_kept_t kept = kept_now(walk);

    kept.source = "beta";
    walk_only(walk, &walk->acme);
    walk_login(walk, "zhangsan");
    assert_int_equal(walk_form(walk, &kept), 1);
    form.state = data_of(walk, "state");
    form.box = data_of(walk, "box");
    walk_form_ask(walk, form.state, form.box, NULL);
    walk_assert_refused(walk, WECOM_REASON_FORM_OTHER, "/");
}

static void for_ten_minutes(void **state)
{
    walk_t *walk = *state;
    form_t form = post_and_sign_in(walk, "zhangsan");

    walk_wait(walk, 596);
    walk_form_ask(walk, form.state, form.box, "/report?id=7");
    walk_assert_refused(walk, WECOM_REASON_FORM_EXPIRED, "/report?id=7");
    walk_assert_hides(walk, "Hello");
}

static void what_is_no_box(void **state)
{
    walk_t *walk = *state;
    form_t form = post_and_sign_in(walk, "zhangsan");
    const char *other = wecom_state_mint(walk->world->clock.now, 0, walk->pool);
    char *forged = apr_pstrdup(walk->pool, form.box);

    forged[20] = forged[20] == 'A' ? 'B' : 'A';
    walk_form_ask(walk, form.state, forged, "/report?id=7");
    walk_assert_refused(walk, WECOM_REASON_FORM_FOREIGN, "/report?id=7");
    walk_form_ask(walk, other, form.box, "//evil.example/");
    walk_assert_refused(walk, WECOM_REASON_FORM_FOREIGN, "/");
    walk_form_ask(walk, form.state, NULL, "/wecom/logout");
    walk_assert_refused(walk, WECOM_REASON_FORM_FOREIGN, "/");
    walk_form_ask(walk, NULL, form.box, NULL);
    walk_assert_refused(walk, WECOM_REASON_FORM_FOREIGN, "/");
    walk_form_ask(walk, "odd", "odd", "odd");
    walk_assert_refused(walk, WECOM_REASON_FORM_FOREIGN, "/");
    /* none of these has used it up */
    walk_form_ask(walk, form.state, form.box, NULL);
    assert_int_equal(walk->reply.reason, WECOM_REASON_NONE);
}

static void without_a_cache(void **state)
{
    walk_t *walk = *state;
    form_t form = post_and_sign_in(walk, "zhangsan");

    walk->world->cache.unavailable = 1;
    walk_form_ask(walk, form.state, form.box, NULL);
    assert_int_equal(walk->reply.reason, WECOM_REASON_NONE);
}

static void nothing_is_looked_for_without_a_state(void **state)
{
    static const char *const states[] = { NULL, "", "x", "0'\"><script>" };
    walk_t *walk = *state;
    size_t i;

    for (i = 0; i < COUNT(states); i++) {
        walk_form_bring(walk, states[i], "https://evil.example/");
        walk_assert_shows(walk, "What you typed is no longer here.");
        walk_assert_shows(walk, "<a class=\"b first\" href=\"/\">Go to the page</a>");
        walk_assert_hides(walk, "<script");
        walk_assert_hides(walk, "data-state");
    }
}

static void addresses(void **state)
{
    walk_t *walk = *state;
    const char *own = wecom_state_mint(walk->world->clock.now, 0, walk->pool);
    const char *bare = apr_pstrcat(walk->pool, "/wecom/form?p=", own, NULL);

    assert_string_equal(wecom_keep_page_address(&walk->room, own, "/"), bare);
    assert_string_equal(wecom_keep_page_address(&walk->room, own, "/a?b=c&d#"),
                        apr_pstrcat(walk->pool, bare, "&return=%2Fa%3Fb%3Dc%26d%23", NULL));
    assert_string_equal(wecom_keep_page_address(&walk->room, own,
                                                apr_psprintf(walk->pool, "/%02047d", 0)), bare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(sign_in_again),
        WALK_TEST(several_sources_are_chosen_first),
        WALK_TEST(no_source_no_page),
        WALK_TEST(brought_and_asked),
        WALK_TEST(once),
        WALK_TEST(for_its_member_alone),
        WALK_TEST(with_case_where_ids_have_it),
        WALK_TEST(for_nobody_without_a_session),
        WALK_TEST(of_its_source_alone),
        WALK_TEST(for_ten_minutes),
        WALK_TEST(what_is_no_box),
        WALK_TEST(without_a_cache),
        WALK_TEST(nothing_is_looked_for_without_a_state),
        WALK_TEST(addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
