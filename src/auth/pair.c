/* SPDX-License-Identifier: Apache-2.0 */
/* pair.c - the browser that asks; pair_confirm.c is WeCom's side. See pair.h. */

#include "pair.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/json.h"
#include "half.h"
#include "login_int.h"
#include "pairing.h"
#include "refusal.h"

/* A pull-up that this browser holds. */
typedef struct asking_t {
    wecom_pending_t pending;
    wecom_pairing_t pairing;
    const wecom_source_t *source;
} asking_t;

static const char *page_of(const wecom_login_t *room, const char *state, const char *more)
{
    return apr_pstrcat(room->pool, wecom_login_own_path(room, "pair"), "?p=", state, more, NULL);
}

/* So many wait from one address (or IPv6 network, of whose addresses one visitor has as many as
 * they like) at most: what strangers ask for pushes out what others wait for, and a company
 * shares one address. Whoever finds no place gets WeCom's own page. */
#define PLACES 200
#define TRIES 4

static int has_place(const wecom_login_t *room)
{
    const wecom_cache_t *cache = room->ports->cache;
    const char *place = wecom_pairing_place(room->address, room->pool);
    const wecom_bytes_t mark = { (const unsigned char *)"1", 1 };
    unsigned char random[TRIES];
    int i;

    if (wecom_crypto_random(random, sizeof(random)) != WECOM_OK) {
        return 0;
    }
    for (i = 0; i < TRIES; i++) {
        const char *key = apr_psprintf(room->pool, "%s|%d", place, random[i] % PLACES);

        if (cache->put_if_absent(cache, "pair-place", key, mark, room->now,
                                 room->now + apr_time_from_sec(WECOM_PAIRING_SECONDS), room->pool)
            == WECOM_OK) {
            return 1;
        }
    }
    return 0;
}

int wecom_pair_begin(wecom_reply_t *reply, const wecom_login_t *room,
                     const wecom_source_t *source, const wecom_login_wish_t *wish, int mark,
                     int status)
{
    const wecom_cache_t *cache = room->ports->cache;
    wecom_pairing_t pairing;
    wecom_bytes_t value;
    const char *state;

    memset(&pairing, 0, sizeof(pairing));
    pairing.link = wecom_state_mint(room->now, WECOM_STATE_LINK, room->pool);
    pairing.source = source->id;
    pairing.address = room->address;
    pairing.device = room->device;
    pairing.asked = room->now;
    if (!has_place(room) || pairing.link == NULL || !wecom_pairing_draw(&pairing)) {
        return 0;
    }
    state = wecom_login_make_pending(reply, room, source->id, wish, WECOM_PENDING_PAIR, mark);
    if (state == NULL) {
        return 0;
    }
    value.data = (const unsigned char *)state;
    value.len = WECOM_STATE_CHARS;
    if (wecom_pairing_put(cache, state, &pairing, room->now, room->pool) != WECOM_OK
        || cache->put(cache, "pair-link", pairing.link, value, room->now,
                      room->now + apr_time_from_sec(WECOM_PAIRING_SECONDS), room->pool)
               != WECOM_OK) {
        wecom_login_forget_cookie(reply, room, state);
        return 0;
    }
    wecom_reply_redirect(reply, status, apr_pstrcat(room->pool, room->site->public_url,
                                                    page_of(room, state, ""), NULL));
    return 1;
}

/* --- the page --------------------------------------------------------------------------------- */

static const char *pull_up_link(const wecom_login_t *room, const asking_t *asking)
{
    const char *inside = wecom_link_authorize(&asking->source->app, room->site->return_url,
                                              asking->pairing.link, 0, room->pool);

    return wecom_link_pull_up(&asking->source->app, inside, room->pool);
}

/* A sentence that ends with the number: it stands below, large, and need not be said twice. */
static const char *without_end(const char *sentence, const char *number, apr_pool_t *pool)
{
    apr_size_t len = strlen(sentence);
    apr_size_t end = strlen(number);

    if (len <= end || strcmp(sentence + len - end, number) != 0) {
        return sentence;
    }
    for (len -= end; len > 0 && sentence[len - 1] == ' '; len--) {
        /* the blank before it */
    }
    return apr_pstrmemdup(pool, sentence, len);
}

static void show_number(wecom_reply_t *reply, const wecom_login_t *room, const asking_t *asking)
{
    const char *state = asking->pending.state;
    apr_array_header_t *links = apr_array_make(room->pool, 2, sizeof(wecom_page_link_t));
    const char *pairs[3] = { "number", NULL, NULL };
    apr_table_t *data = apr_table_make(room->pool, 2);
    wecom_page_t page;

    memset(&page, 0, sizeof(page));
    page.name = "pair";
    page.title = wecom_words_get(room->words, WECOM_WORD_SIGN_IN);
    page.number = apr_itoa(room->pool, asking->pairing.numbers[asking->pairing.right]);
    pairs[1] = page.number;
    page.sentence = without_end(wecom_words_fill(room->words, WECOM_WORD_PAIR_NUMBER, pairs,
                                                 room->pool), page.number, room->pool);
    wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_OPEN_IN_WECOM),
                       pull_up_link(room, asking));
    wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_OTHER_PAGE),
                       apr_pstrcat(room->pool, wecom_login_own_path(room, "login"), "?p=", state,
                                   "&source=", asking->source->id, "&scan=1", NULL));
    page.links = links;
    page.copy = wecom_login_absolute(room, asking->pending.target);
    apr_table_setn(data, "poll", page_of(room, state, "&poll=1"));
    apr_table_setn(data, "go", page_of(room, state, ""));
    page.data = data;
    page.script = "pair.js";
    page.self = page_of(room, state, "");
    /* Without a script the page asks again by itself. */
    page.asks_again = 1;
    wecom_refusal_show(reply, room, 200, &page);
}

/* --- the session ------------------------------------------------------------------------------ */

/* The number was picked: this browser goes on as `return` would, under the seal of its own pending
 * login. */
static void take_session(wecom_reply_t *reply, const wecom_login_t *room, const asking_t *asking)
{
    const wecom_pending_t *pending = &asking->pending;
    wecom_reason_t reason;
    wecom_half_t half;

    wecom_login_forget_cookie(reply, room, pending->state);
    if (wecom_half_get(&half, room->ports->cache, pending->state, room->now, room->pool)
            != WECOM_OK
        || !wecom_pairing_once(room->ports->cache, "pair-taken", pending->state, room->now,
                               room->pool)) {
        if (wecom_login_is_known(room, pending)) { /* the Back button, or two tabs */
            wecom_login_go_to(reply, room, pending->target);
        }
        else {
            wecom_refusal_page(reply, room, WECOM_REASON_PAIR_EXPIRED, pending->target, NULL);
        }
        return;
    }
    wecom_half_drop(room->ports->cache, pending->state, room->pool);
    reply->userid = half.member.userid;
    reason = wecom_login_complete(reply, room, asking->source, pending, &half.member,
                                  half.confirmed);
    if (reason != WECOM_REASON_NONE) {
        wecom_login_refuse(reply, room, asking->source, reason, pending->target);
    }
    else if (reply->signed_in) {
        wecom_login_go_to(reply, room, pending->target);
    }
}

/* --- {endpoint}/pair -------------------------------------------------------------------------- */

/* Why nobody will be signed in by this pull-up; WECOM_REASON_NONE while somebody may. */
static wecom_reason_t end_of(const asking_t *asking, apr_time_t now)
{
    const wecom_pairing_t *pairing = &asking->pairing;

    if (pairing->stage == WECOM_PAIRING_ENDED) {
        return pairing->reason != WECOM_REASON_NONE ? pairing->reason : WECOM_REASON_PAIR_EXPIRED;
    }
    if (pairing->stage == WECOM_PAIRING_DONE) { /* the phone may have slept over it, a little */
        return now - pairing->asked <= 2 * apr_time_from_sec(WECOM_PAIRING_SECONDS)
               ? WECOM_REASON_NONE : WECOM_REASON_PAIR_EXPIRED;
    }
    return wecom_pairing_is_alive(pairing, now) ? WECOM_REASON_NONE : WECOM_REASON_PAIR_EXPIRED;
}

static void tell_state(wecom_reply_t *reply, const wecom_login_t *room, const char *word,
                       const char *next)
{
    wecom_json_out_t *json = wecom_json_out_object(room->pool);

    wecom_json_out_text(json, "state", word);
    wecom_json_out_text(json, "next", next);
    reply->status = 200;
    reply->content_type = "application/json";
    reply->body = wecom_json_out_print(json);
}

static const char *word_of(const asking_t *asking, wecom_reason_t end)
{
    if (end != WECOM_REASON_NONE) {
        return "ended";
    }
    switch (asking->pairing.stage) {
    case WECOM_PAIRING_SEEN:
        return "seen";
    case WECOM_PAIRING_DONE:
        return "done";
    default:
        return "waiting";
    }
}

/* 1 with *asking; 0: this browser does not hold it, or it is long gone. */
static int find(asking_t *asking, const wecom_login_t *room, const char *state)
{
    memset(asking, 0, sizeof(*asking));
    if (wecom_login_open_cookie(&asking->pending, room, state) != WECOM_OK
        || (asking->pending.flags & WECOM_PENDING_PAIR) == 0) {
        return 0;
    }
    asking->source = wecom_source_find(room->sources, asking->pending.source);
    return asking->source != NULL
           && wecom_pairing_get(&asking->pairing, room->ports->cache, state, room->now,
                                room->pool) == WECOM_OK;
}

/* The browser has no part in it: the Back button after the session, somebody else's browser, or a
 * day later. */
static void answer_stranger(wecom_reply_t *reply, const wecom_login_t *room, const char *state)
{
    wecom_pairing_t pairing;
    wecom_pending_t pending;

    if (wecom_login_recall_pending(&pending, room, state) != WECOM_OK
        || (pending.flags & WECOM_PENDING_PAIR) == 0) {
        wecom_refusal_page(reply, room, WECOM_REASON_PAIR_EXPIRED, "/", NULL);
    }
    else if (wecom_login_is_known(room, &pending)) {
        wecom_login_go_to(reply, room, pending.target);
    }
    else if (wecom_pairing_get(&pairing, room->ports->cache, state, room->now, room->pool)
                 == WECOM_OK && wecom_pairing_is_alive(&pairing, room->now)) {
        wecom_refusal_page(reply, room, WECOM_REASON_WRONG_BROWSER, pending.target, NULL);
    }
    else {
        wecom_refusal_page(reply, room, WECOM_REASON_PAIR_EXPIRED, pending.target, NULL);
    }
}

void wecom_pair_show(wecom_reply_t *reply, const wecom_login_t *room, const char *state, int poll)
{
    wecom_login_t in = *room;
    wecom_reason_t end;
    asking_t asking;

    if (state == NULL || !wecom_link_is_state(state) || !wecom_state_is_wellformed(state)) {
        wecom_refusal_page(reply, room, WECOM_REASON_BAD_RETURN, "/", NULL);
        return;
    }
    if (!find(&asking, room, state)) {
        if (poll) {
            tell_state(reply, room, "ended", page_of(room, state, ""));
        }
        else {
            answer_stranger(reply, room, state);
        }
        return;
    }
    wecom_login_enter(&in, &asking.pending);
    reply->source = asking.source->id;
    end = end_of(&asking, room->now);
    if (poll) {
        tell_state(reply, &in, word_of(&asking, end), page_of(room, state, ""));
    }
    else if (end != WECOM_REASON_NONE) {
        wecom_login_forget_cookie(reply, &in, state);
        wecom_login_refuse(reply, &in, asking.source, end, asking.pending.target);
    }
    else if (asking.pairing.stage == WECOM_PAIRING_DONE) {
        take_session(reply, &in, &asking);
    }
    else {
        show_number(reply, &in, &asking);
    }
}
