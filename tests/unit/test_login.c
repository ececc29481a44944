/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_login.c - the first half of a login: begun, a source chosen, the browser sent to WeCom.
 */
#include "walk.h"

#include <string.h>

#include <apr_strings.h>

#define BACK "https%3A%2F%2Fintranet.example.com%2Fwecom%2Freturn"

/* The record that the browser's cookie of the last state holds. */
static wecom_pending_t sealed_of(const walk_t *walk)
{
    const char *value = walk_cookie(walk, walk_pending(walk, walk->state));
    wecom_pending_t pending;

    assert_non_null(value);
    assert_int_equal(wecom_state_open(&pending, walk->state, value, strlen(value),
                                      walk->room.site, walk->room.state_ring,
                                      walk->world->clock.now, walk->pool), WECOM_OK);
    return pending;
}

static void assert_at_login_page(const walk_t *walk)
{
    walk_assert_redirect(walk, 302, apr_pstrcat(walk->pool, "https://intranet.example.com/wecom/"
                                                "login?p=", walk->state, NULL));
    assert_string_equal(sealed_of(walk).source, "");
}

/* --- straight ------------------------------------------------------------------------------- */

static void one_source_is_started_at_once(void **state)
{
    walk_t *walk = *state;
    wecom_pending_t sealed;

    walk_only(walk, &walk->acme);
    walk->wish.flags = WECOM_PENDING_LOGIN_ONLY;
    walk_begin(walk);
    walk_assert_redirect(walk, 302, apr_pstrcat(walk->pool, WECOM_APP_LOGIN_URL
                                                "/wwlogin/sso/login?login_type=CorpApp"
                                                "&appid=ww0123456789abcdef&agentid=1000002"
                                                "&redirect_uri=" BACK "&state=", walk->state,
                                                "&lang=en", NULL));
    walk_assert_at_wecom(walk, 0);
    assert_string_equal(walk->reply.source, "acme");
    assert_int_equal(walk->reply.reason, WECOM_REASON_NONE);
    assert_int_equal(walk_cookies(walk), 1);
    sealed = sealed_of(walk);
    assert_string_equal(sealed.source, "acme");
    assert_string_equal(sealed.allowed, "");
    assert_string_equal(sealed.target, "/report?id=7");
    assert_int_equal(sealed.flags, WECOM_PENDING_LOGIN_ONLY);
    assert_int_equal(sealed.issued, walk->world->clock.now);
    assert_int_equal(walk->world->http.call_count, 0);
}

static void client_is_sent_the_silent_way(void **state)
{
    walk_t *walk = *state;

    walk_only(walk, &walk->acme);
    walk->room.client = WECOM_CLIENT_WECOM;
    walk_begin(walk);
    walk_assert_redirect(walk, 302, apr_pstrcat(walk->pool, WECOM_APP_AUTHORIZE_URL
                                                "/connect/oauth2/authorize"
                                                "?appid=ww0123456789abcdef&redirect_uri=" BACK
                                                "&response_type=code&scope=snsapi_base&state=",
                                                walk->state, "&agentid=1000002"
                                                "#wechat_redirect", NULL));
    assert_int_equal(sealed_of(walk).flags, WECOM_PENDING_IN_CLIENT);

    walk->acme.app.private_info = 1;
    walk_begin(walk);
    assert_non_null(strstr(walk->reply.location, "&scope=snsapi_privateinfo&"));
    assert_int_equal(sealed_of(walk).flags, WECOM_PENDING_IN_CLIENT | WECOM_PENDING_PRIVATE);

    /* a scan asks for nothing */
    walk->room.client = WECOM_CLIENT_BROWSER;
    walk_begin(walk);
    assert_null(strstr(walk->reply.location, "scope="));
    assert_int_equal(sealed_of(walk).flags, 0);
}

static void client_and_sources_decide_the_way(void **state)
{
    enum { PAGE, SCAN, SILENT };
    static const struct {
        wecom_client_t client;
        int in_wechat;
        const char *allowed;
        int way;
    } cases[] = {
        { WECOM_CLIENT_BROWSER, 0, "acme", SCAN },
        { WECOM_CLIENT_BROWSER, 1, "acme", SCAN },
        { WECOM_CLIENT_BROWSER, 0, "", PAGE },
        { WECOM_CLIENT_BROWSER, 0, "acme beta", PAGE },
        { WECOM_CLIENT_BROWSER, 0, "acme gone", SCAN },
        { WECOM_CLIENT_WECOM, 0, "acme", SILENT },
        { WECOM_CLIENT_WECOM, 1, "acme", SILENT },
        { WECOM_CLIENT_WECOM, 0, "", PAGE },
        { WECOM_CLIENT_WECHAT, 0, "acme", PAGE },
        { WECOM_CLIENT_WECHAT, 1, "acme", SILENT },
        { WECOM_CLIENT_WECHAT, 1, "", PAGE },
    };
    walk_t *walk = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        int way;

        walk->room.client = cases[i].client;
        walk->acme.in_wechat = cases[i].in_wechat;
        walk->wish.allowed = cases[i].allowed;
        walk_begin(walk);
        way = walk_is_at(walk, WECOM_APP_AUTHORIZE_URL) ? SILENT
            : walk_is_at(walk, WECOM_APP_LOGIN_URL) ? SCAN : PAGE;
        CHECK(way == cases[i].way, "case %d: %s", (int)i, walk->reply.location);
        assert_string_equal(sealed_of(walk).source, way == PAGE ? "" : "acme");
        assert_string_equal(sealed_of(walk).allowed, cases[i].allowed);
        assert_int_equal(sealed_of(walk).flags, way == SILENT ? WECOM_PENDING_IN_CLIENT : 0);
    }
}

static void posted_form_is_answered_with_303(void **state)
{
    walk_t *walk = *state;

    walk_begin(walk); /* fills the room */
    wecom_reply_init(&walk->reply, walk->pool);
    wecom_login_begin(&walk->reply, &walk->room, &walk->wish, 303);
    assert_int_equal(walk->reply.status, 303);
    walk->wish.allowed = "acme";
    wecom_reply_init(&walk->reply, walk->pool);
    wecom_login_begin(&walk->reply, &walk->room, &walk->wish, 303);
    assert_int_equal(walk->reply.status, 303);
}

static void language_goes_along(void **state)
{
    walk_t *walk = *state;

    walk_only(walk, &walk->acme);
    walk->room.words = wecom_words_builtin(WECOM_LANG_ZH);
    walk_begin(walk);
    assert_non_null(strstr(walk->reply.location, "&lang=zh"));
}

static void no_source_is_no_login(void **state)
{
    walk_t *walk = *state;

    walk->wish.allowed = "gone";
    walk_begin(walk);
    walk_assert_refused(walk, WECOM_REASON_NO_SUCH_SOURCE, NULL);
    assert_int_equal(walk->reply.cookies->nelts, 0);
    walk_page(walk, NULL, NULL);
    walk_assert_refused(walk, WECOM_REASON_NO_SUCH_SOURCE, NULL);
    assert_int_equal(walk->reply.cookies->nelts, 0);
}

static void cache_is_a_comfort_alone(void **state)
{
    walk_t *walk = *state;

    walk_only(walk, &walk->acme);
    walk->world->cache.unavailable = 1;
    walk_begin(walk);
    walk_assert_at_wecom(walk, 0);
    assert_string_equal(sealed_of(walk).target, "/report?id=7");
}

/* --- its cookie ----------------------------------------------------------------------------- */

static void cookie_of_a_login(void **state)
{
    walk_t *walk = *state;
    const char *set_cookie;
    const char *name;

    walk_only(walk, &walk->acme);
    walk_begin(walk);
    assert_int_equal(walk->reply.cookies->nelts, 1);
    set_cookie = APR_ARRAY_IDX(walk->reply.cookies, 0, const char *);
    name = walk_pending(walk, walk->state);
    assert_true(strncmp(name, "__Host-wecomp_", 14) == 0);
    assert_string_equal(set_cookie,
                        apr_pstrcat(walk->pool, name, "=", walk_cookie(walk, name),
                                    "; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600",
                                    NULL));
    assert_in_range(strlen(set_cookie), 100, 400);
    assert_null(strstr(set_cookie, walk->state));
}

static void cookie_on_http_and_under_a_domain(void **state)
{
    walk_t *walk = *state;
    wecom_site_t *site;
    const char *set_cookie;

    assert_int_equal(wecom_site_make(&site, "http://intranet.example.com:8080", "/wecom", NULL,
                                     "example.com", walk->pool), WECOM_OK);
    walk->room.site = site;
    walk_only(walk, &walk->acme);
    walk_begin(walk);
    set_cookie = APR_ARRAY_IDX(walk->reply.cookies, 0, const char *);
    assert_true(strncmp(set_cookie, "wecomp_", 7) == 0);
    assert_null(strstr(set_cookie, "Secure"));
    /* The pending login belongs to this host, whatever the session does. */
    assert_null(strstr(set_cookie, "Domain"));
    assert_non_null(strstr(walk->reply.location, "redirect_uri=http%3A%2F%2Fintranet.example.com"
                           "%3A8080%2Fwecom%2Freturn&"));
}

static void fifth_login_drives_out_the_oldest(void **state)
{
    walk_t *walk = *state;
    const char *states[6];
    int i;

    walk_only(walk, &walk->acme);
    for (i = 0; i < 6; i++) {
        walk_begin(walk);
        states[i] = walk->state;
        assert_int_equal(walk->reply.cookies->nelts, i < 4 ? 1 : 2);
        walk_wait(walk, 1);
    }
    assert_int_equal(walk_cookies(walk), 4);
    for (i = 0; i < 6; i++) {
        const char *value = walk_cookie(walk, walk_pending(walk, states[i]));

        CHECK((value != NULL) == (i >= 2), "cookie %d of 6", i);
        /* What was driven out still finds its page. */
        assert_non_null(mem_cache_peek(&walk->world->cache, "pending", states[i]).data);
    }
    assert_int_equal(mem_cache_expiry(&walk->world->cache, "pending", states[0]),
                     WORLD_START + apr_time_from_sec(3600));
}

/* --- the login page ------------------------------------------------------------------------- */

static void page_has_a_button_for_each_source(void **state)
{
    walk_t *walk = *state;

    walk_begin(walk);
    assert_at_login_page(walk);
    walk_page(walk, walk->state, NULL);
    assert_int_equal(walk->reply.status, 200);
    assert_string_equal(walk->reply.content_type, "text/html; charset=utf-8");
    walk_assert_shows(walk, "<h1>Sign in</h1>");
    walk_assert_shows(walk, apr_pstrcat(walk->pool, "<a class=\"b first source\" "
                                        "href=\"/wecom/login?p=", walk->state,
                                        "&amp;source=acme\">Sign in with Acme</a>\n"
                                        "<a class=\"b source\" href=\"/wecom/login?p=", walk->state,
                                        "&amp;source=beta\">Sign in with Beta</a>\n", NULL));
    assert_int_equal(walk->reply.cookies->nelts, 0);
    walk_assert_hides(walk, "WC0");

    walk->room.words = wecom_words_builtin(WECOM_LANG_ZH);
    walk_page(walk, walk->state, NULL);
    walk_assert_shows(walk, ">使用示例科技登录</a>");
    walk_assert_shows(walk, ">使用 Beta 登录</a>");
}

static void page_shows_what_the_place_allows(void **state)
{
    walk_t *walk = *state;

    walk->room.client = WECOM_CLIENT_WECHAT;
    walk->wish.allowed = "beta";
    walk_begin(walk);
    assert_at_login_page(walk);
    walk->wish.allowed = ""; /* the page's own wish does not widen the seal */
    walk_page(walk, walk->state, NULL);
    walk_assert_shows(walk, "Beta");
    walk_assert_hides(walk, "Acme");
    walk_page(walk, walk->state, "acme");
    walk_assert_refused(walk, WECOM_REASON_NO_SUCH_SOURCE, "/report?id=7");
    assert_int_equal(walk->reply.cookies->nelts, 0);
}

static void chosen_source_keeps_the_seal(void **state)
{
    walk_t *walk = *state;
    const char *first;
    wecom_pending_t sealed;

    walk->wish.flags = WECOM_PENDING_LOGIN_ONLY | WECOM_PENDING_NO_REGISTRATION;
    walk->wish.allowed = "acme beta";
    walk_begin(walk);
    first = walk->state;
    walk->wish.allowed = "";
    walk->wish.flags = 0;
    walk->wish.target = "/elsewhere";
    walk_page(walk, first, "beta");
    walk_assert_at_wecom(walk, 0);
    assert_int_equal(walk->reply.status, 302);
    assert_string_not_equal(walk->state, first);
    assert_non_null(strstr(walk->reply.location, "appid=wwfedcba9876543210&agentid=1000009&"));
    sealed = sealed_of(walk);
    assert_string_equal(sealed.source, "beta");
    assert_string_equal(sealed.allowed, "acme beta");
    assert_string_equal(sealed.target, "/report?id=7");
    assert_int_equal(sealed.flags, WECOM_PENDING_LOGIN_ONLY | WECOM_PENDING_NO_REGISTRATION);
    /* The page before can be gone back to. */
    walk_page(walk, first, "acme");
    assert_string_equal(sealed_of(walk).source, "acme");
}

static void page_without_a_login_begins_one(void **state)
{
    walk_t *walk = *state;
    wecom_pending_t sealed;

    walk->wish.allowed = "acme";
    walk->wish.mode = WECOM_LOGIN_PAGE;
    walk_page(walk, NULL, NULL);
    assert_int_equal(walk->reply.status, 200);
    assert_int_equal(walk_cookies(walk), 1);
    walk_assert_shows(walk, "source=acme\"");
    walk_assert_hides(walk, "source=beta");

    walk_page(walk, NULL, "acme");
    walk_assert_at_wecom(walk, 0);
    sealed = sealed_of(walk);
    assert_string_equal(sealed.allowed, "acme");
    assert_string_equal(sealed.target, "/report?id=7");

    walk_page(walk, NULL, "beta");
    walk_assert_refused(walk, WECOM_REASON_NO_SUCH_SOURCE, "/report?id=7");
    walk_page(walk, NULL, "<b>");
    walk_assert_refused(walk, WECOM_REASON_NO_SUCH_SOURCE, "/report?id=7");
    walk_assert_hides(walk, "<b>");
    walk_page(walk, NULL, "");
    walk_assert_refused(walk, WECOM_REASON_NO_SUCH_SOURCE, "/report?id=7");
}

static void nonsense_is_no_pending_login(void **state)
{
    static const char *const states[] = {
        "", "x", "0123456789", "01vGZ6GaaaaaaaaaAAAAAAAAAAAAAAAA", "\"><script>",
        "01vGZ6GaaaaaaaaaAAAAAAAAAAAAAAA\xc3", "21vGZ6GaaaaaaaaaAAAAAAAAAAAAAAAA",
    };
    walk_t *walk = *state;
    size_t i;

    for (i = 0; i < COUNT(states); i++) {
        walk_page(walk, support_guard_text(states[i], walk->pool), NULL);
        assert_int_equal(walk->reply.status, 200);
        assert_int_equal(walk->reply.cookies->nelts, i < 4 ? 1 : 2);
        CHECK(states[i][0] == '\0' || i == 1
              || strstr(walk->reply.body, states[i]) == NULL, "%s is on the page", states[i]);
        walk_wait(walk, 1);
    }
}

static void evicted_login_still_finds_its_page(void **state)
{
    walk_t *walk = *state;
    const char *first;

    walk_begin(walk);
    first = walk->state;
    walk_forget(walk, NULL);
    walk->wish.target = "/elsewhere";
    walk_page(walk, first, NULL);
    assert_int_equal(walk_cookies(walk), 1);
    walk_assert_hides(walk, first);
    walk_page(walk, first, "acme");
    assert_string_equal(sealed_of(walk).target, "/report?id=7");

    /* the same after ten minutes, and from then on what is asked for now */
    walk_wait(walk, 3000);
    walk_page(walk, first, "acme");
    assert_string_equal(sealed_of(walk).target, "/report?id=7");
    walk_wait(walk, 601);
    walk_page(walk, first, "acme");
    assert_string_equal(sealed_of(walk).target, "/elsewhere");
}

static void second_try_stays_the_second_try(void **state)
{
    walk_t *walk = *state;

    walk_begin(walk);
    walk_forget(walk, NULL);
    walk_back(walk, "CODE"); /* without the cookie: once again */
    assert_int_equal(wecom_state_mark(walk->state), 1);
    walk_page(walk, walk->state, "acme");
    walk_assert_at_wecom(walk, 1);
}

/* --- a target that the cookie has no room for ------------------------------------------------ */

static void long_target_comes_along_in_the_cache(void **state)
{
    walk_t *walk = *state;
    char *target = apr_palloc(walk->pool, WECOM_MAX_TARGET + 1);
    const char *allowed = "acme beta";
    const char *first;
    int i;

    for (i = 0; i < 62; i++) {
        allowed = apr_psprintf(walk->pool, "%s source-with-a-rather-long-id-%02d", allowed, i);
    }
    memset(target, 'a', WECOM_MAX_TARGET);
    target[0] = '/';
    target[WECOM_MAX_TARGET] = '\0';
    walk->wish.allowed = allowed;
    walk->wish.target = target;
    walk_begin(walk);
    first = walk->state;
    assert_int_equal(sealed_of(walk).flags, WECOM_PENDING_TARGET_CACHED);
    assert_string_equal(sealed_of(walk).target, "/");
    assert_in_range(strlen(walk_cookie(walk, walk_pending(walk, first))), 1, 4000);

    /* chosen on the page, it is sealed again, and is where the login ends */
    walk->wish.target = "/elsewhere";
    walk_page(walk, first, "acme");
    assert_int_equal(sealed_of(walk).flags, WECOM_PENDING_TARGET_CACHED);
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, apr_pstrcat(walk->pool, "https://intranet.example.com",
                                                target, NULL));

    /* a cache that has forgotten costs the target, not the login */
    walk_page(walk, first, "acme");
    walk->world->cache.unavailable = 1;
    walk->with_token = 0;
    walk_expect_identity(walk, "{\"errcode\":0,\"userid\":\"zhangsan\"}");
    world_expect_token(walk->world, "TOKEN", 7200);
    fake_http_answer(&walk->world->http, MEMBER, 200,
                     "{\"errcode\":0,\"userid\":\"zhangsan\",\"status\":1}");
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, "https://intranet.example.com/");
    assert_int_equal(walk->reply.signed_in, 1);
    world_assert_played(walk->world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(one_source_is_started_at_once),
        WALK_TEST(client_is_sent_the_silent_way),
        WALK_TEST(client_and_sources_decide_the_way),
        WALK_TEST(posted_form_is_answered_with_303),
        WALK_TEST(language_goes_along),
        WALK_TEST(no_source_is_no_login),
        WALK_TEST(cache_is_a_comfort_alone),
        WALK_TEST(cookie_of_a_login),
        WALK_TEST(cookie_on_http_and_under_a_domain),
        WALK_TEST(fifth_login_drives_out_the_oldest),
        WALK_TEST(page_has_a_button_for_each_source),
        WALK_TEST(page_shows_what_the_place_allows),
        WALK_TEST(chosen_source_keeps_the_seal),
        WALK_TEST(page_without_a_login_begins_one),
        WALK_TEST(nonsense_is_no_pending_login),
        WALK_TEST(evicted_login_still_finds_its_page),
        WALK_TEST(second_try_stays_the_second_try),
        WALK_TEST(long_target_comes_along_in_the_cache),
    };

    return cmocka_run_group_tests_name("login", tests, NULL, NULL);
}
