/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login_return.c - the second half of login.h: WeCom sends the browser back.
 *
 * The order of the steps is the security of the module. Read it as one story:
 *   the query is well-formed; the browser holds the sealed cookie of this very state; the source
 *   is still one of ours and the answer is for its corp; the state is spent, once; only then is
 *   the code exchanged; WeCom says yes twice; the login is not the third in a minute; a new
 *   session is made, and the browser goes to the page that was sealed at the beginning.
 */

#include "login.h"

#include <string.h>

#include <apr_strings.h>

#include "login_int.h"
#include "refusal.h"
#include "target.h"
#include "turn.h"

#define LOOP_WINDOW apr_time_from_sec(60)
#define LOOP_LIMIT 3
#define CODELESS (WECOM_PENDING_HALF | WECOM_PENDING_PAIR | WECOM_PENDING_CONFIRM)
#define TAB_PATIENCE 15 /* seconds that a restored tab waits for the others */

/* The parameters of the return. NULL: absent. */
typedef struct wecom_return_t {
    const char *code;
    const char *state;
    const char *appid;
} wecom_return_t;

/* RFC 3986's unreserved characters. A code is base64url as far as anybody has seen, and what
 * else a stranger may think of is not sent to WeCom in our name. */
static int is_unreserved(const char *s)
{
    return s[strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~")]
           == '\0';
}

static int read_parameter(const char **value, const char *query, const char *name,
                          apr_size_t max_len, apr_pool_t *pool)
{
    wecom_status_t status = wecom_text_query_get(value, query, strlen(query), name, max_len, pool);

    if (status == WECOM_E_NOT_FOUND) {
        *value = NULL;
        return 1;
    }
    if (status != WECOM_OK || !is_unreserved(*value)) {
        return 0;
    }
    if (**value == '\0') { /* "code=" says the same as no code */
        *value = NULL;
    }
    return 1;
}

static int read_query(wecom_return_t *back, const char *query, apr_pool_t *pool)
{
    memset(back, 0, sizeof(*back));
    return query != NULL
           && read_parameter(&back->code, query, "code", WECOM_MAX_CODE, pool)
           && read_parameter(&back->state, query, "state", WECOM_MAX_STATE, pool)
           && read_parameter(&back->appid, query, "appid", WECOM_MAX_FIELD, pool)
           && back->state != NULL && wecom_state_is_wellformed(back->state);
}

/* --- the loop page -------------------------------------------------------------------------- */

typedef struct loop_record_t {
    apr_time_t start;
    apr_time_t completed;
    apr_int32_t count;
} loop_record_t;

int wecom_login_is_loop(const wecom_login_t *room, const char *source, const char *userid,
                        apr_time_t state_issued)
{
    const wecom_cache_t *cache = room->ports->cache;
    const char *key = apr_pstrcat(room->pool, source, "|", wecom_text_fold(userid, room->pool),
                                  "|", room->address, NULL);
    /* Not room->now: WeCom may have taken seconds since the request came, and tabs that began in
     * them belong to the same moment. */
    apr_time_t now = room->ports->clock->now(room->ports->clock);
    loop_record_t record;
    wecom_bytes_t value;

    memset(&record, 0, sizeof(record));
    if (cache->get(cache, &value, "loop", key, now, room->pool) == WECOM_OK
        && value.len == sizeof(record)) {
        memcpy(&record, value.data, sizeof(record));
    }
    if (record.start == 0 || now - record.start > LOOP_WINDOW
        || now < record.start) {
        record.start = now;
        record.count = 0;
    }
    if (state_issued > record.completed) {
        record.count++;
    }
    record.completed = now;
    value.data = (const unsigned char *)&record;
    value.len = sizeof(record);
    cache->put(cache, "loop", key, value, now, now + 2 * LOOP_WINDOW, room->pool);
    return record.count >= LOOP_LIMIT;
}

/* --- without the cookie --------------------------------------------------------------------- */

/* Start the login again, as the second and last try. */
static void restart(wecom_reply_t *reply, const wecom_login_t *room,
                    const wecom_pending_t *pending)
{
    const wecom_source_t *source;
    wecom_login_wish_t wish;

    wecom_login_wish_of(&wish, pending);
    source = wecom_source_find(wecom_source_narrow_text(room->sources, wish.allowed, room->pool),
                               pending->source);
    if (source != NULL) {
        wish.mode = WECOM_LOGIN_DIRECT; /* this login had come to WeCom already */
        wecom_login_start_source(reply, room, source, &wish, WECOM_STATE_SECOND, 302);
    }
    else {
        wecom_login_begin_marked(reply, room, &wish, WECOM_STATE_SECOND, 302);
    }
}

/* Ten tabs are restored in the client at once, and a browser keeps four pending logins: this one's
 * cookie is gone, others are there and will have made a session in a moment. To start again would
 * push theirs out. */
static int others_are_under_way(const wecom_login_t *room, const char *state)
{
    apr_int64_t age = apr_time_sec(room->now) - wecom_state_second(state);
    int i;

    if (room->client == WECOM_CLIENT_BROWSER || age < 0 || age > TAB_PATIENCE) {
        return 0;
    }
    for (i = 0; i < room->pending->nelts; i++) {
        if (wecom_state_is_living(APR_ARRAY_IDX(room->pending, i, wecom_login_cookie_t).name,
                                  room->site, room->now)) {
            return 1;
        }
    }
    return 0;
}

/* This return once more, in a second. */
static void wait_for_others(wecom_reply_t *reply, const wecom_login_t *room,
                            const wecom_return_t *back, const char *target)
{
    apr_array_header_t *links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));
    wecom_page_t page;

    memset(&page, 0, sizeof(page));
    page.name = "continue";
    page.title = wecom_words_get(room->words, WECOM_WORD_SIGN_IN);
    page.sentence = wecom_words_get(room->words, WECOM_WORD_ONE_MOMENT);
    wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_TRY_AGAIN), target);
    page.links = links;
    reply->refresh = apr_pstrcat(room->pool, room->site->endpoint, "/return?code=", back->code,
                                 "&state=", back->state, NULL);
    reply->refresh_after = 1;
    wecom_refusal_show(reply, room, 200, &page);
}

/* The browser does not hold the cookie of this state: an evicted or doubled tab, a reload of the
 * return address, another browser, or somebody else's link. No code is exchanged here. found: what
 * wecom_login_open_cookie has said. */
static void finish_without_cookie(wecom_reply_t *reply, wecom_login_t *room,
                                  const wecom_return_t *back, wecom_status_t found)
{
    wecom_pending_t pending;

    if (wecom_login_recall_pending(&pending, room, back->state) != WECOM_OK
        || (pending.flags & WECOM_PENDING_CONFIRM) != 0) {
        memset(&pending, 0, sizeof(pending));
        pending.source = "";
        pending.allowed = room->allowed;
        pending.target = "/";
        pending.flags = room->flags;
    }
    wecom_login_enter(room, &pending);
    if (wecom_login_is_known(room, &pending)) {
        wecom_login_go_to(reply, room, pending.target);
    }
    else if (back->code == NULL) {
        wecom_refusal_page(reply, room, WECOM_REASON_REFUSED, pending.target, NULL);
    }
    else if (found == WECOM_E_NOT_FOUND && others_are_under_way(room, back->state)) {
        wait_for_others(reply, room, back, pending.target);
    }
    else if (found == WECOM_E_BAD_INPUT) {
        wecom_refusal_page(reply, room, WECOM_REASON_EXPIRED, pending.target, NULL);
    }
    else if (wecom_state_mark(back->state) == WECOM_STATE_SECOND) {
        wecom_refusal_page(reply, room, WECOM_REASON_COOKIE_LOST, pending.target, NULL);
    }
    else {
        restart(reply, room, &pending);
    }
}

/* --- the story ------------------------------------------------------------------------------ */

static int spend(const wecom_login_t *room, const char *state)
{
    const wecom_cache_t *cache = room->ports->cache;
    wecom_bytes_t mark = { (const unsigned char *)"1", 1 };

    /* Where the cache does not work the code itself, single-use at WeCom, is the last guard. */
    return cache->put_if_absent(cache, "used", state, mark, room->now,
                                room->now + WECOM_LOGIN_REMEMBER, room->pool) != WECOM_E_EXISTS;
}

/* The code is good for one exchange: spend the state, ask, and say how it ended. */
static void finish_with_code(wecom_reply_t *reply, const wecom_login_t *room,
                             const wecom_source_t *source, const wecom_pending_t *pending,
                             const char *code)
{
    const char *target = pending->target;
    wecom_member_t member;
    wecom_reason_t reason;
    int consented;

    wecom_login_forget_cookie(reply, room, pending->state);
    if (!spend(room, pending->state)) {
        wecom_login_go_to(reply, room, target);
        return;
    }
    consented = source->app.private_info || (pending->flags & WECOM_PENDING_PRIVATE) != 0;
    reason = wecom_login_ask(reply, &member, room, &source->app, consented, code);
    if (reason == WECOM_REASON_NONE) {
        reason = wecom_login_complete(reply, room, source, pending, &member, room->now);
    }
    if (reason == WECOM_REASON_NONE) {
        if (reply->signed_in) {
            wecom_login_go_to(reply, room, target);
        }
    }
    else if (reason == WECOM_REASON_CODE_DEAD && wecom_login_is_known(room, pending)) {
        wecom_login_go_to(reply, room, target);
    }
    else if (reason == WECOM_REASON_CODE_DEAD
             && wecom_state_mark(pending->state) == WECOM_STATE_FIRST) {
        restart(reply, room, pending);
    }
    else {
        wecom_login_refuse(reply, room, source, reason, target);
    }
}

/* A doubled return of a login that is through needs neither WeCom nor a slot. */
static void refuse_for_now(wecom_reply_t *reply, const wecom_login_t *room,
                           const wecom_source_t *source, const wecom_pending_t *pending,
                           wecom_reason_t reason)
{
    const wecom_cache_t *cache = room->ports->cache;
    wecom_bytes_t mark;

    if (cache->get(cache, &mark, "used", pending->state, room->now, room->pool) == WECOM_OK) {
        memset(&reply->error, 0, sizeof(reply->error));
        wecom_login_forget_cookie(reply, room, pending->state);
        wecom_login_go_to(reply, room, pending->target);
        return;
    }
    wecom_login_refuse(reply, room, source, reason, pending->target);
}

/* The same, if WeCom is worth asking and there is a slot to wait in. Otherwise nothing is spent:
 * the same address works again as soon as WeCom does. */
static void finish_in_turn(wecom_reply_t *reply, const wecom_login_t *room,
                           const wecom_source_t *source, const wecom_pending_t *pending,
                           const char *code)
{
    wecom_reason_t reason;
    int slot;

    reason = wecom_turn_take(&slot, &reply->error, room, &source->app);
    if (reason != WECOM_REASON_NONE) {
        refuse_for_now(reply, room, source, pending, reason);
        return;
    }
    finish_with_code(reply, room, source, pending, code);
    wecom_turn_end(room, slot);
}

static void finish_with_cookie(wecom_reply_t *reply, const wecom_login_t *room,
                               const wecom_return_t *back, const wecom_pending_t *pending)
{
    const wecom_source_t *source = wecom_source_find(room->sources, pending->source);
    const char *target = pending->target;

    reply->source = pending->source;
    if ((pending->flags & CODELESS) != 0) { /* no code belongs to it */
        wecom_refusal_page(reply, room, WECOM_REASON_BAD_RETURN, target, NULL);
    }
    else if (source == NULL) {
        wecom_refusal_page(reply, room, WECOM_REASON_NO_SUCH_SOURCE, target, NULL);
    }
    else if (back->appid != NULL && !wecom_source_same_corp(source, back->appid)) {
        wecom_login_refuse(reply, room, source, WECOM_REASON_WRONG_APP, target);
    }
    else if (back->code == NULL) {
        /* The cookie stays: a reload shows this page again instead of starting a login that
         * the visitor has just declined. */
        wecom_login_refuse(reply, room, source, WECOM_REASON_REFUSED, target);
    }
    else {
        finish_in_turn(reply, room, source, pending, back->code);
    }
}

void wecom_login_finish(wecom_reply_t *reply, const wecom_login_t *room, const char *query)
{
    wecom_login_t in = *room;
    wecom_pending_t pending;
    wecom_return_t back;
    wecom_status_t status;

    if (!read_query(&back, query, room->pool)) {
        wecom_refusal_page(reply, room, WECOM_REASON_BAD_RETURN, "/", NULL);
        return;
    }
    if (wecom_state_mark(back.state) == WECOM_STATE_LINK) {
        wecom_pair_arrive(reply, room, back.state, back.code, back.appid);
        return;
    }
    status = wecom_login_open_cookie(&pending, room, back.state);
    if (status == WECOM_OK) {
        wecom_login_enter(&in, &pending);
        finish_with_cookie(reply, &in, &back, &pending);
        return;
    }
    if (status != WECOM_E_NOT_FOUND) { /* it will never open: away with it */
        wecom_login_forget_cookie(reply, room, back.state);
    }
    finish_without_cookie(reply, &in, &back, status);
}
