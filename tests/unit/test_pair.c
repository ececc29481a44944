/* SPDX-License-Identifier: Apache-2.0 */
/* test_pair.c - the pull-up, step by step, with the time in our hands. */
#include "walk.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/login_int.h"
#include "../../src/auth/pairing.h"

/* Two browsers on one phone. */
typedef struct phone_t {
    const char *state;      /* of the browser that asked */
    const char *link;
    const char *question;   /* the state of WeCom's page */
    const char *token;
    const char *right;
    const char *wrong;
} phone_t;

static const char *hidden(const walk_t *walk, const char *name)
{
    const char *mark = apr_pstrcat(walk->pool, "name=\"", name, "\" value=\"", NULL);
    const char *at = strstr(walk->reply.body, mark);

    CHECK(at != NULL, "no %s in: %s", name, walk->reply.body);
    at += strlen(mark);
    return apr_pstrmemdup(walk->pool, at, strcspn(at, "\""));
}

static void in_browser(walk_t *walk)
{
    walk->room.client = WECOM_CLIENT_BROWSER;
    walk->room.device = WECOM_DEVICE_IPHONE;
}

static void in_wecom(walk_t *walk)
{
    walk->room.client = WECOM_CLIENT_WECOM;
    walk->room.device = WECOM_DEVICE_OTHER;
}

/* The browser asks; what it shows is read out of the cache, as nobody else can. */
static void ask(walk_t *walk, phone_t *phone)
{
    wecom_pairing_t pairing;
    int i;

    memset(phone, 0, sizeof(*phone));
    walk_only(walk, &walk->acme);
    in_browser(walk);
    walk_begin(walk);
    phone->state = walk->state;
    assert_non_null(strstr(walk->reply.location, "/wecom/pair?p="));
    assert_int_equal(wecom_pairing_get(&pairing, walk->room.ports->cache, phone->state,
                                       walk->room.now, walk->pool), WECOM_OK);
    phone->link = pairing.link;
    phone->right = apr_itoa(walk->pool, pairing.numbers[pairing.right]);
    for (i = 0; i < WECOM_PAIRING_NUMBERS; i++) {
        if (i != pairing.right) {
            phone->wrong = apr_itoa(walk->pool, pairing.numbers[i]);
        }
    }
}

/* WeCom opens the link and shows the question. */
static void pull_up(walk_t *walk, phone_t *phone)
{
    walk_swap(walk);
    in_wecom(walk);
    walk_expect_member(walk, "lina", 1);
    walk_return(walk, apr_pstrcat(walk->pool, "code=C&state=", phone->link, NULL));
    CHECK(walk->reply.status == 200, "no question: %s",
          wecom_reason_row(walk->reply.reason)->text);
    phone->question = hidden(walk, "p");
    phone->token = hidden(walk, "token");
}

static void answer(walk_t *walk, const phone_t *phone, const char *number)
{
    const wecom_pair_form_t form = { phone->question, phone->token, number };

    walk_pair_post(walk, &form);
}

static void back_in_browser(walk_t *walk)
{
    walk_swap(walk);
    in_browser(walk);
}

static void assert_state(walk_t *walk, const phone_t *phone, const char *word)
{
    walk_pair(walk, phone->state, 1);
    CHECK(strstr(walk->reply.body, apr_pstrcat(walk->pool, "\"state\":\"", word, "\"", NULL))
              != NULL, "not %s: %s", word, walk->reply.body);
}

/* --- the walk --------------------------------------------------------------------------------- */

static void whole_walk(void **state)
{
    walk_t *walk = *state;
    phone_t phone;

    ask(walk, &phone);
    walk_wait(walk, 30);
    pull_up(walk, &phone);
    walk_assert_shows(walk, "on this phone");
    walk_wait(walk, 30);
    answer(walk, &phone, phone.right);
    assert_int_equal(walk->reply.reason, WECOM_REASON_PAIR_CONFIRMED);
    assert_int_equal(walk->reply.signed_in, 0);
    assert_null(walk_cookie(walk, walk->room.site->session_cookie));
    back_in_browser(walk);
    assert_state(walk, &phone, "done");
    walk_pair(walk, phone.state, 0);
    assert_int_equal(walk->reply.signed_in, 1);
    assert_string_equal(walk->reply.ticket->userid, "lina");
    assert_int_equal(walk->reply.ticket->flags & WECOM_TICKET_IN_CLIENT, 0);
    walk_assert_redirect(walk, 302, "https://intranet.example.com/report?id=7");
    assert_null(walk_cookie(walk, walk_pending(walk, phone.state)));
    world_assert_played(walk->world);
}

/* --- too late --------------------------------------------------------------------------------- */

static void page_is_left_open(void **state)
{
    walk_t *walk = *state;
    phone_t phone;

    ask(walk, &phone);
    walk_wait(walk, 120);
    assert_state(walk, &phone, "waiting");
    walk_wait(walk, 1);
    assert_state(walk, &phone, "ended");
    walk_pair(walk, phone.state, 0);
    walk_assert_refused(walk, WECOM_REASON_PAIR_EXPIRED, "/report?id=7");
}

static void link_is_opened_too_late(void **state)
{
    walk_t *walk = *state;
    phone_t phone;

    ask(walk, &phone);
    walk_wait(walk, 121);
    walk_swap(walk);
    in_wecom(walk);
    walk_return(walk, apr_pstrcat(walk->pool, "code=C&state=", phone.link, NULL));
    walk_assert_refused(walk, WECOM_REASON_PAIR_EXPIRED, NULL);
    world_assert_played(walk->world); /* no code is exchanged */
}

static void number_is_picked_too_late(void **state)
{
    walk_t *walk = *state;
    phone_t phone;

    ask(walk, &phone);
    walk_wait(walk, 100);
    pull_up(walk, &phone);
    walk_wait(walk, 21);
    answer(walk, &phone, phone.right);
    walk_assert_refused(walk, WECOM_REASON_PAIR_EXPIRED, NULL);
    back_in_browser(walk);
    walk_pair(walk, phone.state, 0);
    walk_assert_refused(walk, WECOM_REASON_PAIR_EXPIRED, "/report?id=7");
}

/* The browser may sleep after the number was picked, but not for long. */
static void session_is_taken_late(void **state)
{
    static const struct {
        int seconds;
        int taken;
    } cases[] = { { 0, 1 }, { 239, 1 }, { 241, 0 }, { 601, 0 } };
    walk_t *walk = *state;
    phone_t phone;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        walk_forget(walk, NULL);
        ask(walk, &phone);
        pull_up(walk, &phone);
        answer(walk, &phone, phone.right);
        back_in_browser(walk);
        walk_wait(walk, cases[i].seconds);
        walk_pair(walk, phone.state, 0);
        CHECK(walk->reply.signed_in == cases[i].taken, "row %d", (int)i);
        if (!cases[i].taken) {
            walk_assert_refused(walk, WECOM_REASON_PAIR_EXPIRED, "/report?id=7");
        }
        walk_wait(walk, 120); /* logins in a row are no loop */
    }
}

/* Who asks again and again from one address comes to an end. */
static void places_of_an_address_are_bounded(void **state)
{
    walk_t *walk = *state;
    int offered = 0;
    int i;

    walk_only(walk, &walk->acme);
    in_browser(walk);
    for (i = 0; i < 2000; i++) {
        walk_forget(walk, NULL);
        walk_begin(walk);
        offered += strstr(walk->reply.location, "/wecom/pair?p=") != NULL;
    }
    assert_in_range(offered, 100, 200);
    walk->room.address = "192.0.2.99";
    walk_begin(walk);
    assert_non_null(strstr(walk->reply.location, "/wecom/pair?p="));

    /* One visitor has all the addresses of an IPv6 network. */
    for (offered = 0, i = 0; i < 2000; i++) {
        walk->room.address = apr_psprintf(walk->pool, "2001:db8:1:2::%x", i);
        walk_forget(walk, NULL);
        walk_begin(walk);
        offered += strstr(walk->reply.location, "/wecom/pair?p=") != NULL;
    }
    assert_in_range(offered, 100, 200);
}

/* The state in WeCom's page begins no login that could not be begun without it. */
static void question_lifts_no_restriction(void **state)
{
    walk_t *walk = *state;
    wecom_login_wish_t strict = walk->wish;
    phone_t phone;
    wecom_pending_t pending;

    ask(walk, &phone);
    pull_up(walk, &phone);
    walk_forget(walk, NULL);
    in_browser(walk);
    walk->room.pull_up = WECOM_PULL_UP_OFF;
    strict.flags = WECOM_PENDING_LOGIN_ONLY | WECOM_PENDING_NO_REGISTRATION;
    walk->wish = strict;
    walk_page(walk, phone.question, "acme");
    assert_int_equal(wecom_login_recall_pending(&pending, &walk->room, walk->state), WECOM_OK);
    assert_int_equal(pending.flags & (WECOM_PENDING_LOGIN_ONLY | WECOM_PENDING_NO_REGISTRATION),
                     WECOM_PENDING_LOGIN_ONLY | WECOM_PENDING_NO_REGISTRATION);
    walk->room.flags = strict.flags;
    walk_return(walk, apr_pstrcat(walk->pool, "code=x&state=", phone.question, NULL));
    assert_int_equal(wecom_login_recall_pending(&pending, &walk->room, walk->state), WECOM_OK);
    assert_int_equal(pending.flags & (WECOM_PENDING_LOGIN_ONLY | WECOM_PENDING_NO_REGISTRATION),
                     WECOM_PENDING_LOGIN_ONLY | WECOM_PENDING_NO_REGISTRATION);
}

/* --- other outcomes --------------------------------------------------------------------------- */

static void every_wrong_answer_ends_it(void **state)
{
    walk_t *walk = *state;
    phone_t phone;

    ask(walk, &phone);
    pull_up(walk, &phone);
    answer(walk, &phone, phone.wrong);
    walk_assert_refused(walk, WECOM_REASON_PAIR_WRONG, NULL);
    answer(walk, &phone, phone.right);
    walk_assert_refused(walk, WECOM_REASON_PAIR_EXPIRED, NULL);
    back_in_browser(walk);
    walk_pair(walk, phone.state, 0);
    walk_assert_refused(walk, WECOM_REASON_PAIR_WRONG, "/report?id=7");
    assert_int_equal(walk->reply.signed_in, 0);
}

static void addresses_are_compared(void **state)
{
    static const struct {
        const char *asked;
        const char *confirmed;
        wecom_pull_up_t setting;
        int passes;
    } cases[] = {
        { "192.0.2.7", "192.0.2.7", WECOM_PULL_UP_ON, 1 },
        { "192.0.2.7", "192.0.2.8", WECOM_PULL_UP_ON, 0 },
        { "192.0.2.7", "192.0.2.8", WECOM_PULL_UP_ANY_ADDRESS, 1 },
        { "2001:db8::1", "2001:db8::2", WECOM_PULL_UP_ON, 1 },
        { "2001:db8:0:1::1", "2001:db8:0:2::1", WECOM_PULL_UP_ON, 0 },
    };
    walk_t *walk = *state;
    phone_t phone;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        walk_forget(walk, NULL);
        walk->room.pull_up = cases[i].setting;
        walk->room.address = cases[i].asked;
        ask(walk, &phone);
        walk->room.address = cases[i].confirmed;
        if (cases[i].passes) {
            pull_up(walk, &phone);
            answer(walk, &phone, phone.right);
            assert_int_equal(walk->reply.reason, WECOM_REASON_PAIR_CONFIRMED);
        }
        else {
            walk_swap(walk);
            in_wecom(walk);
            walk_return(walk, apr_pstrcat(walk->pool, "code=C&state=", phone.link, NULL));
            walk_assert_refused(walk, WECOM_REASON_PAIR_ELSEWHERE, NULL);
        }
        walk_swap(walk);
    }
    world_assert_played(walk->world);
}

/* The cookie of WeCom's page is no session and no login, nor is the browser's. */
static void cookies_open_nothing_else(void **state)
{
    walk_t *walk = *state;
    phone_t phone;

    ask(walk, &phone);
    walk_return(walk, apr_pstrcat(walk->pool, "code=C&state=", phone.state, NULL));
    walk_assert_refused(walk, WECOM_REASON_BAD_RETURN, "/report?id=7");
    pull_up(walk, &phone);
    walk_return(walk, apr_pstrcat(walk->pool, "code=C&state=", phone.question, NULL));
    walk_assert_refused(walk, WECOM_REASON_BAD_RETURN, "/");
    walk_pair(walk, phone.question, 0);
    walk_assert_refused(walk, WECOM_REASON_PAIR_EXPIRED, "/");
    walk_bind(walk, phone.question, NULL);
    assert_int_equal(walk->reply.signed_in, 0);
    assert_null(walk->reply.location);
    world_assert_played(walk->world);
}

static void cache_that_fails_offers_no_pull_up(void **state)
{
    walk_t *walk = *state;

    walk_only(walk, &walk->acme);
    in_browser(walk);
    walk->world->cache.unavailable = 1;
    walk_begin(walk);
    walk_assert_at_wecom(walk, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(whole_walk),
        WALK_TEST(page_is_left_open),
        WALK_TEST(link_is_opened_too_late),
        WALK_TEST(number_is_picked_too_late),
        WALK_TEST(session_is_taken_late),
        WALK_TEST(places_of_an_address_are_bounded),
        WALK_TEST(question_lifts_no_restriction),
        WALK_TEST(every_wrong_answer_ends_it),
        WALK_TEST(addresses_are_compared),
        WALK_TEST(cookies_open_nothing_else),
        WALK_TEST(cache_that_fails_offers_no_pull_up),
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
