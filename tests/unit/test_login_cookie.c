/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_login_cookie.c - the return whose cookie is missing, old, spent or somebody else's.
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
    walk_wait(walk, 1);
}

/* No question to WeCom since, no session. */
static void assert_nothing_exchanged(const walk_t *walk)
{
    world_assert_played(walk->world);
    assert_int_equal(walk->reply.signed_in, 0);
}

/* --- without the cookie --------------------------------------------------------------------- */

static void lost_cookie_starts_once_again_then_says_so(void **state)
{
    walk_t *walk = *state;
    const char *first;
    wecom_pending_t sealed;
    const char *value;

    walk->wish.flags = WECOM_PENDING_LOGIN_ONLY;
    begin(walk);
    first = walk->state;
    walk_forget(walk, NULL);
    walk_back(walk, "CODE");
    walk_assert_at_wecom(walk, 1);
    assert_string_not_equal(walk->state, first);
    assert_nothing_exchanged(walk);
    value = walk_cookie(walk, walk_pending(walk, walk->state));
    assert_int_equal(wecom_state_open(&sealed, walk->state, value, strlen(value),
                                      walk->room.site, walk->room.state_ring, walk->room.now,
                                      walk->pool), WECOM_OK);
    assert_string_equal(sealed.target, TARGET);
    assert_string_equal(sealed.source, "acme");
    assert_int_equal(sealed.flags, WECOM_PENDING_LOGIN_ONLY);

    walk_forget(walk, NULL);
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_COOKIE_LOST, TARGET);
    assert_int_equal(walk->reply.cookies->nelts, 0);
    assert_nothing_exchanged(walk);

    /* "try again" is a first try: the page of the place begins a new login */
    walk_begin(walk);
    walk_assert_at_wecom(walk, 0);
}

static void second_try_with_its_cookie_goes_well(void **state)
{
    walk_t *walk = *state;

    begin(walk);
    walk_forget(walk, NULL);
    walk_back(walk, "CODE");
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE2");
    walk_assert_redirect(walk, 302, HERE);
    assert_int_equal(walk->reply.signed_in, 1);
}

static void restart_obeys_the_seal(void **state)
{
    walk_t *walk = *state;
    const char *first;

    /* the source chosen on the page is chosen still */
    walk_begin(walk);
    walk_page(walk, walk->state, "beta");
    first = walk->state;
    walk_forget(walk, NULL);
    walk_back(walk, "CODE");
    assert_non_null(strstr(walk->reply.location, "appid=wwfedcba9876543210&"));
    assert_int_equal(wecom_state_mark(walk->state), 1);
    /* unless it is gone: then what is left of the place's sources */
    walk->state = first;
    walk_only(walk, &walk->acme);
    walk_forget(walk, NULL);
    walk_back(walk, "CODE");
    assert_non_null(strstr(walk->reply.location, "appid=ww0123456789abcdef&"));
    walk_only(walk, NULL);
    walk->state = first;
    walk_forget(walk, NULL);
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_NO_SUCH_SOURCE, NULL);
    assert_nothing_exchanged(walk);
}

static void forgotten_login_starts_at_the_root(void **state)
{
    walk_t *walk = *state;

    begin(walk);
    walk_forget(walk, NULL);
    walk->world->cache.unavailable = 1;
    walk_back(walk, "CODE");
    walk_assert_at_wecom(walk, 1);
    walk_forget(walk, NULL);
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_COOKIE_LOST, "/");
    assert_nothing_exchanged(walk);
}

static void lost_cookie_of_somebody_signed_in_goes_to_the_target(void **state)
{
    walk_t *walk = *state;
    const char *session;

    begin(walk);
    walk_login(walk, "zhangsan");
    session = walk_cookie(walk, SESSION(walk));
    walk->wish.target = "/other";
    begin(walk);
    walk_forget(walk, walk_pending(walk, walk->state));
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, SITE "/other");
    assert_int_equal(walk->reply.cookies->nelts, 0);
    assert_nothing_exchanged(walk);
    assert_string_equal(walk_cookie(walk, SESSION(walk)), session);
    /* even without a code, and when nothing is known of the login any more */
    walk_return(walk, apr_pstrcat(walk->pool, "state=", walk->state, NULL));
    walk_assert_redirect(walk, 302, SITE "/other");
    walk->world->cache.unavailable = 1;
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, SITE "/");
}

/* Sent to a target that it does not open, the browser would begin the same login for ever. */
static void session_of_another_source_opens_nothing(void **state)
{
    walk_t *walk = *state;
    const apr_array_header_t *both = walk->room.sources;

    begin(walk);
    walk_login(walk, "zhangsan");
    walk->room.sources = both;
    walk->wish.allowed = "beta";
    walk_begin(walk);
    walk_forget(walk, walk_pending(walk, walk->state));
    walk_back(walk, "CODE");
    walk_assert_at_wecom(walk, 1);
    walk_forget(walk, walk_pending(walk, walk->state));
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_COOKIE_LOST, TARGET);
    assert_nothing_exchanged(walk);
}

/* --- a cookie that is not good -------------------------------------------------------------- */

/* Somebody sends a link with his own code and state: it must not sign the visitor in as him. */
static void link_of_somebody_else_signs_nobody_in(void **state)
{
    walk_t *walk = *state;
    const char *his;
    const char *value;

    begin(walk);
    his = walk->state;
    value = walk_cookie(walk, walk_pending(walk, his));
    walk_forget(walk, NULL); /* another browser, with a login of its own under way */
    begin(walk);
    walk->state = his;
    walk_back(walk, "HISCODE");
    walk_assert_at_wecom(walk, 1);
    assert_nothing_exchanged(walk);

    /* his cookie under another login's name, a cookie of another key, no cookie at all */
    begin(walk);
    walk->jar[0].name = walk_pending(walk, walk->state);
    walk->jar[0].value = value;
    walk->jar[1].name = NULL;
    walk->jar[2].name = NULL;
    walk_back(walk, "HISCODE");
    walk_assert_at_wecom(walk, 1);
    assert_nothing_exchanged(walk);
    begin(walk);
    walk->room.state_ring = walk->house->stranger;
    walk_back(walk, "HISCODE");
    walk_assert_at_wecom(walk, 1);
    assert_nothing_exchanged(walk);
}

static void cookie_that_never_opens_is_taken_away(void **state)
{
    walk_t *walk = *state;
    const char *name;

    begin(walk);
    name = walk_pending(walk, walk->state);
    walk_forget(walk, NULL);
    walk->jar[0].name = name;
    walk->jar[0].value = "nonsense";
    walk_back(walk, "CODE");
    walk_assert_at_wecom(walk, 1);
    assert_null(walk_cookie(walk, name));
    assert_int_equal(walk_cookies(walk), 1);
}

static void of_two_cookies_the_first_that_opens_counts(void **state)
{
    walk_t *walk = *state;

    begin(walk);
    walk->jar[3] = walk->jar[0];
    walk->jar[0].value = "nonsense";
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_int_equal(walk->reply.signed_in, 1);

    walk_forget(walk, NULL);
    begin(walk);
    walk->jar[3] = walk->jar[0];
    walk->jar[3].value = "nonsense";
    walk_expect_member(walk, "lisi", 1);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_int_equal(walk->reply.signed_in, 1);
}

static void late_return_is_said(void **state)
{
    walk_t *walk = *state;

    begin(walk);
    walk_wait(walk, WECOM_PENDING_SECONDS);
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_EXPIRED, TARGET);
    assert_int_equal(walk_cookies(walk), 0);
    assert_nothing_exchanged(walk);

    begin(walk); /* began a second ago */
    walk_wait(walk, WECOM_PENDING_SECONDS - 1);
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);

    /* whoever is signed in does not care */
    begin(walk);
    walk_wait(walk, WECOM_PENDING_SECONDS);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_nothing_exchanged(walk);
}

/* --- once ----------------------------------------------------------------------------------- */

static void state_is_spent_once(void **state)
{
    walk_t *walk = *state;
    walk_cookie_t kept;

    begin(walk);
    kept = walk->jar[0];
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    assert_int_equal(walk->reply.signed_in, 1);
    assert_int_equal(mem_cache_expiry(&walk->world->cache, "used", walk->state),
                     walk->room.now + apr_time_from_sec(3600));

    /* the same return once more: with the session, and from a copy of the cookie alone */
    walk->jar[5] = kept;
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_nothing_exchanged(walk);
    walk_forget(walk, NULL);
    walk->jar[0] = kept;
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_nothing_exchanged(walk);
    assert_int_equal(walk_cookies(walk), 0);
}

static void refused_login_spends_its_state_too(void **state)
{
    walk_t *walk = *state;
    walk_cookie_t kept;

    begin(walk);
    kept = walk->jar[0];
    walk_expect_member(walk, "zhangsan", WECOM_MEMBER_DISABLED);
    walk_back(walk, "CODE");
    walk_assert_refused(walk, WECOM_REASON_INACTIVE, TARGET);
    walk->jar[0] = kept;
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_nothing_exchanged(walk);
}

static void without_a_cache_wecom_guards_the_code(void **state)
{
    walk_t *walk = *state;

    walk->world->cache.unavailable = 1;
    begin(walk);
    walk_expect_identity(walk, "{\"errcode\":0,\"userid\":\"zhangsan\"}");
    world_expect_token(walk->world, "TOKEN", 7200);
    fake_http_answer(&walk->world->http, MEMBER, 200,
                     "{\"errcode\":0,\"userid\":\"zhangsan\",\"status\":1}");
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_int_equal(walk->reply.signed_in, 1);
}

static void other_tabs_keep_their_logins(void **state)
{
    walk_t *walk = *state;
    const char *other;

    begin(walk);
    other = walk->state;
    walk->wish.target = "/b";
    walk_login(walk, "zhangsan");
    walk_assert_redirect(walk, 302, SITE "/b");
    assert_int_equal(walk_cookies(walk), 2);
    walk->state = other;
    walk_expect_member(walk, "zhangsan", 1);
    walk_back(walk, "CODE");
    walk_assert_redirect(walk, 302, HERE);
    assert_int_equal(walk_cookies(walk), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(lost_cookie_starts_once_again_then_says_so),
        WALK_TEST(second_try_with_its_cookie_goes_well),
        WALK_TEST(restart_obeys_the_seal),
        WALK_TEST(forgotten_login_starts_at_the_root),
        WALK_TEST(lost_cookie_of_somebody_signed_in_goes_to_the_target),
        WALK_TEST(session_of_another_source_opens_nothing),
        WALK_TEST(link_of_somebody_else_signs_nobody_in),
        WALK_TEST(cookie_that_never_opens_is_taken_away),
        WALK_TEST(of_two_cookies_the_first_that_opens_counts),
        WALK_TEST(late_return_is_said),
        WALK_TEST(state_is_spent_once),
        WALK_TEST(refused_login_spends_its_state_too),
        WALK_TEST(without_a_cache_wecom_guards_the_code),
        WALK_TEST(other_tabs_keep_their_logins),
    };

    return cmocka_run_group_tests_name("login_cookie", tests, NULL, NULL);
}
