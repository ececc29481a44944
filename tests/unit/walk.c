/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.c - see walk.h.
 */
#include "walk.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/login_int.h"

static void walk_furnish(walk_t *walk)
{
    apr_array_header_t *names = apr_array_make(walk->pool, 2, sizeof(wecom_show_name_t));
    wecom_show_name_t name = { "", "Acme" };

    APR_ARRAY_PUSH(names, wecom_show_name_t) = name;
    name.lang = "zh";
    name.text = "示例科技";
    APR_ARRAY_PUSH(names, wecom_show_name_t) = name;
    walk->acme.id = "acme";
    walk->acme.app = walk->world->app;
    walk->acme.names = names;

    names = apr_array_make(walk->pool, 1, sizeof(wecom_show_name_t));
    name.lang = "";
    name.text = "Beta";
    APR_ARRAY_PUSH(names, wecom_show_name_t) = name;
    walk->beta.id = "beta";
    walk->beta.app = walk->world->app;
    walk->beta.app.corp_id = "wwfedcba9876543210";
    walk->beta.app.agent_id = "1000009";
    walk->beta.names = names;
}

int walk_setup(void **state)
{
    walk_t *walk = calloc(1, sizeof(*walk));
    apr_array_header_t *sources;

    if (walk == NULL || house_setup((void **)&walk->house) != 0
        || world_setup((void **)&walk->world) != 0) {
        return -1;
    }
    walk->pool = walk->world->pool;
    walk_furnish(walk);
    sources = apr_array_make(walk->pool, 2, sizeof(const wecom_source_t *));
    APR_ARRAY_PUSH(sources, const wecom_source_t *) = &walk->acme;
    APR_ARRAY_PUSH(sources, const wecom_source_t *) = &walk->beta;
    walk->room.site = walk->house->site;
    walk->room.sources = sources;
    walk->room.state_ring = walk->house->ring;
    walk->room.ticket_ring = walk->house->stranger;
    walk->room.form_ring = walk->house->rotated;
    walk->room.ticket_aad = wecom_ticket_aad(walk->house->site, walk->pool);
    walk->room.ports = &walk->world->ports;
    walk->room.pool = walk->pool;
    walk->room.client = WECOM_CLIENT_BROWSER;
    walk->room.words = wecom_words_builtin(WECOM_LANG_EN);
    walk->room.address = "192.0.2.7";
    walk->room.allowed = "";
    walk->wish.allowed = "";
    walk->wish.target = "/report?id=7";
    *state = walk;
    return 0;
}

int walk_teardown(void **state)
{
    walk_t *walk = *state;
    void *world = walk->world;
    void *house = walk->house;

    world_teardown(&world);
    house_teardown(&house);
    free(walk);
    return 0;
}

/* --- the browser ---------------------------------------------------------------------------- */

int walk_cookies(const walk_t *walk)
{
    int n = 0;
    int i;

    for (i = 0; i < WALK_JAR; i++) {
        n += walk->jar[i].name != NULL;
    }
    return n;
}

static int walk_place(const walk_t *walk, const char *name)
{
    int i;

    for (i = 0; i < WALK_JAR; i++) {
        if (name != NULL ? support_same(walk->jar[i].name, name) : walk->jar[i].name == NULL) {
            return i;
        }
    }
    return -1;
}

const char *walk_cookie(const walk_t *walk, const char *name)
{
    int i = walk_place(walk, name);

    return i >= 0 ? walk->jar[i].value : NULL;
}

void walk_forget(walk_t *walk, const char *name_or_null)
{
    int i;

    for (i = 0; i < WALK_JAR; i++) {
        if (name_or_null == NULL || support_same(walk->jar[i].name, name_or_null)) {
            walk->jar[i].name = NULL;
        }
    }
}

const char *walk_pending(const walk_t *walk, const char *state)
{
    return wecom_state_cookie_name(walk->room.site, state, walk->pool);
}

void walk_only(walk_t *walk, const wecom_source_t *source)
{
    apr_array_header_t *sources = apr_array_make(walk->pool, 1, sizeof(const wecom_source_t *));

    if (source != NULL) {
        APR_ARRAY_PUSH(sources, const wecom_source_t *) = source;
    }
    walk->room.sources = sources;
}

void walk_wait(walk_t *walk, int seconds)
{
    walk->world->clock.now += apr_time_from_sec(seconds);
}

/* Sends the cookies: pending ones as they are, the session opened. */
static void walk_arrive(walk_t *walk)
{
    apr_array_header_t *pending = apr_array_make(walk->pool, 4, sizeof(wecom_login_cookie_t));
    const char *session = walk_cookie(walk, walk->room.site->session_cookie);
    const char *prefix = walk->room.site->pending_prefix;
    int i;

    for (i = 0; i < WALK_JAR; i++) {
        if (walk->jar[i].name != NULL
            && strncmp(walk->jar[i].name, prefix, strlen(prefix)) == 0) {
            wecom_login_cookie_t *cookie = apr_array_push(pending);

            cookie->name = walk->jar[i].name;
            cookie->value = walk->jar[i].value;
            cookie->value_len = strlen(cookie->value);
        }
    }
    walk->room.pending = pending;
    walk->room.now = walk->world->clock.now;
    walk->room.ticket = NULL;
    if (session != NULL) {
        assert_int_equal(wecom_ticket_open(&walk->ticket, NULL, session, strlen(session),
                                           walk->room.ticket_ring, walk->room.ticket_aad,
                                           walk->pool), WECOM_OK);
        walk->room.ticket = &walk->ticket;
    }
    wecom_reply_init(&walk->reply, walk->pool);
}

static void walk_keep(walk_t *walk, const char *set_cookie)
{
    const char *equals = strchr(set_cookie, '=');
    const char *name = apr_pstrmemdup(walk->pool, set_cookie, (apr_size_t)(equals - set_cookie));
    int i = walk_place(walk, name);

    if (strstr(set_cookie, "; Max-Age=0") != NULL) {
        walk_forget(walk, name);
        return;
    }
    if (i < 0) {
        i = walk_place(walk, NULL);
        assert_true(i >= 0);
    }
    walk->jar[i].name = name;
    walk->jar[i].value = apr_pstrmemdup(walk->pool, equals + 1, strcspn(equals + 1, ";"));
}

static void walk_leave(walk_t *walk)
{
    const char *at = NULL;
    int i;

    for (i = 0; i < walk->reply.cookies->nelts; i++) {
        walk_keep(walk, APR_ARRAY_IDX(walk->reply.cookies, i, const char *));
    }
    /* An answer is one of the two, and a page is a whole one. */
    assert_true((walk->reply.location != NULL) != (walk->reply.body != NULL));
    assert_int_equal(walk->reply.policy != NULL,
                     walk->reply.body != NULL
                     && !support_same(walk->reply.content_type, "application/json"));
    if (walk->reply.location != NULL) {
        at = strstr(walk->reply.location, "state=");
        at = at != NULL ? at + 6 : strstr(walk->reply.location, "login?p=");
        at = at != NULL ? at : strstr(walk->reply.location, "pair?p=");
    }
    if (at != NULL) {
        at = strncmp(at, "login?p=", 8) == 0 ? at + 8 : at;
        at = strncmp(at, "pair?p=", 7) == 0 ? at + 7 : at;
        walk->state = apr_pstrmemdup(walk->pool, at, strcspn(at, "&#"));
    }
}

/* --- steps ---------------------------------------------------------------------------------- */

void walk_begin(walk_t *walk)
{
    walk_arrive(walk);
    wecom_login_begin(&walk->reply, &walk->room, &walk->wish, 302);
    walk_leave(walk);
}

void walk_page(walk_t *walk, const char *pending_state, const char *source_id)
{
    wecom_login_query_t query = { .pending = pending_state, .source = source_id };

    walk_arrive(walk);
    wecom_login_page(&walk->reply, &walk->room, &query, &walk->wish);
    walk_leave(walk);
}

void walk_pair(walk_t *walk, const char *state, int poll)
{
    walk_arrive(walk);
    wecom_pair_show(&walk->reply, &walk->room, state, poll);
    walk_leave(walk);
}

void walk_pair_post(walk_t *walk, const wecom_pair_form_t *form)
{
    walk_arrive(walk);
    wecom_pair_answer(&walk->reply, &walk->room, form);
    walk_leave(walk);
}

void walk_swap(walk_t *walk)
{
    walk_cookie_t jar[WALK_JAR];

    memcpy(jar, walk->jar, sizeof(jar));
    memcpy(walk->jar, walk->other_jar, sizeof(jar));
    memcpy(walk->other_jar, jar, sizeof(jar));
}

void walk_return(walk_t *walk, const char *query)
{
    walk_arrive(walk);
    wecom_login_finish(&walk->reply, &walk->room, query);
    walk_leave(walk);
}

void walk_logout(walk_t *walk, int sure)
{
    walk_arrive(walk);
    wecom_login_logout(&walk->reply, &walk->room, sure);
    walk_leave(walk);
}

void walk_bind(walk_t *walk, const char *state, const char *action)
{
    walk_arrive(walk);
    wecom_bind_show(&walk->reply, &walk->room, state, action);
    walk_leave(walk);
}

void walk_bind_post(walk_t *walk, const wecom_bind_form_t *form, const wecom_prover_t *prover)
{
    walk_arrive(walk);
    wecom_bind_answer(&walk->reply, &walk->room, form, prover);
    walk_leave(walk);
}

int walk_form(walk_t *walk, const wecom_kept_t *kept)
{
    const char *at;

    walk_arrive(walk);
    if (!wecom_keep_page_ended(&walk->reply, &walk->room, &walk->wish, kept)) {
        return 0;
    }
    walk_leave(walk);
    at = strstr(walk->reply.body, " href=\"");
    at = at != NULL ? strstr(at, "state=") : NULL;
    if (at != NULL) {
        walk->state = apr_pstrmemdup(walk->pool, at + 6, strcspn(at + 6, "&#\""));
    }
    return 1;
}

void walk_form_bring(walk_t *walk, const char *state, const char *back)
{
    walk_arrive(walk);
    wecom_keep_page_bring(&walk->reply, &walk->room, state, back);
    walk_leave(walk);
}

void walk_form_ask(walk_t *walk, const char *state, const char *box, const char *back)
{
    walk_arrive(walk);
    wecom_keep_page_ask(&walk->reply, &walk->room, state, box, back);
    walk_leave(walk);
}

void walk_back(walk_t *walk, const char *code)
{
    walk_return(walk, apr_pstrcat(walk->pool, "code=", code, "&state=", walk->state, NULL));
}

void walk_login(walk_t *walk, const char *userid)
{
    walk_wait(walk, 1);
    walk_begin(walk);
    walk_wait(walk, 1);
    walk_expect_member(walk, userid, WECOM_MEMBER_ACTIVE);
    walk_back(walk, "CODE");
}

/* --- WeCom ---------------------------------------------------------------------------------- */

void walk_expect_identity(walk_t *walk, const char *answer)
{
    if (!walk->with_token) {
        world_expect_token(walk->world, "TOKEN", 7200);
        walk->with_token = 1;
    }
    fake_http_answer(&walk->world->http, IDENTIFY, 200, answer);
}

void walk_expect_member(walk_t *walk, const char *userid, int status)
{
    walk_expect_identity(walk, apr_psprintf(walk->pool, "{\"errcode\":0,\"userid\":\"%s\"}",
                                            userid));
    fake_http_answer(&walk->world->http, MEMBER, 200,
                     apr_psprintf(walk->pool,
                                  "{\"errcode\":0,\"userid\":\"%s\",\"name\":\"张三\","
                                  "\"department\":[2,7],\"is_leader_in_dept\":[0,1],"
                                  "\"main_department\":7,\"status\":%d}", userid, status));
}

/* --- what is seen --------------------------------------------------------------------------- */

void walk_assert_redirect(const walk_t *walk, int status, const char *location)
{
    assert_string_equal(support_show(walk->reply.location), location);
    assert_int_equal(walk->reply.status, status);
}

void walk_assert_goes_on(const walk_t *walk, const char *location)
{
    assert_int_equal(walk->reply.status, 200);
    assert_null(walk->reply.location);
    assert_string_equal(support_show(walk->reply.refresh), location);
    assert_int_equal(walk->reply.refresh_after, 0);
    walk_assert_shows(walk, apr_pstrcat(walk->pool, "href=\"", location, "\">Continue</a>", NULL));
    walk_assert_hides(walk, "<form");
}

int walk_is_at(const walk_t *walk, const char *base)
{
    size_t len = strlen(base);

    return walk->reply.location != NULL && strncmp(walk->reply.location, base, len) == 0
        && walk->reply.location[len] == '/';
}

void walk_assert_at_wecom(const walk_t *walk, int mark)
{
    CHECK(walk_is_at(walk, WECOM_APP_LOGIN_URL), "not sent to WeCom, but %d %s",
          walk->reply.status,
          support_show(walk->reply.location != NULL ? walk->reply.location : walk->reply.body));
    assert_true(wecom_state_is_wellformed(walk->state));
    assert_int_equal(wecom_state_mark(walk->state), mark);
    assert_non_null(walk_cookie(walk, walk_pending(walk, walk->state)));
    assert_int_equal(walk->reply.signed_in, 0);
}

void walk_assert_refused(const walk_t *walk, wecom_reason_t reason, const char *again)
{
    const wecom_reason_row_t *row = wecom_reason_row(reason);
    const char *pairs[3] = { "name", "Acme", NULL };

    assert_int_equal(walk->reply.reason, reason);
    assert_int_equal(walk->reply.status, row->status);
    assert_int_equal(walk->reply.signed_in, 0);
    assert_null(walk->reply.ticket);
    assert_non_null(walk->reply.incident);
    assert_memory_equal(walk->reply.incident, row->id, 6);
    walk_assert_shows(walk, walk->reply.incident);
    walk_assert_shows(walk, wecom_text_html(wecom_words_fill(walk->room.words, row->word, pairs,
                                                             walk->pool), walk->pool));
    if (again != NULL) {
        walk_assert_shows(walk, apr_pstrcat(walk->pool, " href=\"",
                                            wecom_text_html(again, walk->pool), "\">", NULL));
    }
    else {
        walk_assert_hides(walk, "<a ");
    }
}

void walk_assert_shows(const walk_t *walk, const char *text)
{
    CHECK(walk->reply.body != NULL && strstr(walk->reply.body, text) != NULL,
          "'%s' is not in: %s", text, support_show(walk->reply.body));
}

void walk_assert_hides(const walk_t *walk, const char *text)
{
    CHECK(walk->reply.body == NULL || strstr(walk->reply.body, text) == NULL,
          "'%s' is in: %s", text, support_show(walk->reply.body));
}
