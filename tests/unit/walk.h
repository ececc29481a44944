/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.h - a visitor on the way through a login: a room with fakes behind it, and a browser that
 * keeps its cookies.
 *
 * Each step fills the room from the browser's jar, lets login.h answer, and puts the answer's
 * cookies into the jar, as a browser does. A test looks at the answer, or takes cookies away
 * between two steps.
 */
#ifndef WECOM_TESTS_WALK_H
#define WECOM_TESTS_WALK_H

#include "house.h"
#include "world.h"

#include "../../src/auth/bind.h"
#include "../../src/auth/keep_page.h"
#include "../../src/auth/login.h"
#include "../../src/auth/pair.h"

#define WALK_JAR 16

#define IDENTIFY "auth/getuserinfo"
#define MEMBER   "user/get"
#define DETAIL   "auth/getuserdetail"

typedef struct walk_cookie_t {
    const char *name;    /* NULL: an empty place */
    const char *value;
} walk_cookie_t;

typedef struct walk_t {
    house_t *house;              /* ring: pending logins; stranger: tickets; rotated: forms */
    world_t *world;              /* its clock is the room's time */
    apr_pool_t *pool;
    wecom_source_t acme;         /* the world's app, show names "Acme" and in Chinese "示例科技" */
    wecom_source_t beta;         /* another corp; show name "Beta" */
    wecom_login_t room;          /* both sources, a browser, English */
    wecom_login_wish_t wish;     /* all sources, "/report?id=7", no flags */
    walk_cookie_t jar[WALK_JAR];
    walk_cookie_t other_jar[WALK_JAR];  /* of the other browser */
    wecom_ticket_t ticket;       /* what the jar's session opens to */
    wecom_reply_t reply;         /* to the last step */
    const char *state;           /* of the login that was begun last */
    int with_token;              /* WeCom has been asked for a token already */
} walk_t;

/* cmocka's setup and teardown; *state is the walk. */
int walk_setup(void **state);
int walk_teardown(void **state);

#define WALK_TEST(f) cmocka_unit_test_setup_teardown(f, walk_setup, walk_teardown)

/* --- the browser ---------------------------------------------------------------------------- */

/* How many cookies it has, and the value of one; NULL without it. */
int walk_cookies(const walk_t *walk);
const char *walk_cookie(const walk_t *walk, const char *name);

/* The user deletes everything, or one cookie. */
void walk_forget(walk_t *walk, const char *name_or_null);

/* The name of the pending cookie of a state. */
const char *walk_pending(const walk_t *walk, const char *state);

/* Let only one source be there. */
void walk_only(walk_t *walk, const wecom_source_t *source);

void walk_wait(walk_t *walk, int seconds);

/* --- steps ---------------------------------------------------------------------------------- */

/* Each leaves its answer in walk->reply and, where a login begins, its state in walk->state. */
void walk_begin(walk_t *walk);
void walk_page(walk_t *walk, const char *pending_state, const char *source_id);
void walk_return(walk_t *walk, const char *query);
void walk_logout(walk_t *walk, int sure);

/* {endpoint}/bind, opened and posted to. */
void walk_bind(walk_t *walk, const char *state, const char *action);
void walk_bind_post(walk_t *walk, const wecom_bind_form_t *form, const wecom_prover_t *prover);

/* A form is posted that can be kept; 1 when it was: walk->state is that of the login behind the
 * button. */
int walk_form(walk_t *walk, const wecom_kept_t *kept);

/* {endpoint}/form, opened and posted to. */
void walk_form_bring(walk_t *walk, const char *state, const char *back);
void walk_form_ask(walk_t *walk, const char *state, const char *box, const char *back);
/* {endpoint}/pair, opened and posted to. */
void walk_pair(walk_t *walk, const char *state, int poll);
void walk_pair_post(walk_t *walk, const wecom_pair_form_t *form);

/* Another browser takes its place, with cookies of its own; the first call puts this one by. */
void walk_swap(walk_t *walk);

/* The return of walk->state with this code. */
void walk_back(walk_t *walk, const char *code);

/* Begin, and come back as this member, which WeCom confirms. A second passes before
 * each of the two. */
void walk_login(walk_t *walk, const char *userid);

/* --- WeCom ---------------------------------------------------------------------------------- */

/* The next question is whose code it is (after one for a token, the first time), and this is the
 * answer; then the next one is about the member. */
void walk_expect_identity(walk_t *walk, const char *answer);
void walk_expect_member(walk_t *walk, const char *userid, int status);

/* --- what is seen --------------------------------------------------------------------------- */

/* The answer sends the browser there. */
void walk_assert_redirect(const walk_t *walk, int status, const char *location);

/* A page that goes on to the location at once, by itself or with a click. */
void walk_assert_goes_on(const walk_t *walk, const char *location);

/* 1 when the answer sends the browser to this address or below. */
int walk_is_at(const walk_t *walk, const char *base);

/* The answer sends the browser to WeCom's scan page, with a state of this mark. */
void walk_assert_at_wecom(const walk_t *walk, int mark);

/* The answer is the page of this reason, its sentence and incident on it, and a button that leads
 * to `again` (NULL: no button). */
void walk_assert_refused(const walk_t *walk, wecom_reason_t reason, const char *again);

/* The page holds the text, or it does not. */
void walk_assert_shows(const walk_t *walk, const char *text);
void walk_assert_hides(const walk_t *walk, const char *text);

#endif
