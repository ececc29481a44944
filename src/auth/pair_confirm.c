/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pair_confirm.c - the pull-up in WeCom: who is it, and did they ask for it? See pair.h.
 *
 * Nothing here makes a session. Between the two steps this browser holds a sealed cookie
 * (WECOM_PENDING_CONFIRM), so that the answer is posted by whom the question was shown to.
 */
#include "pair.h"

#include <string.h>

#include <apr_strings.h>

#include "form.h"
#include "half.h"
#include "login_int.h"
#include "normal.h"
#include "pairing.h"
#include "refusal.h"
#include "throttle.h"
#include "turn.h"

/* A question that this browser of WeCom's was asked. */
typedef struct question_t {
    wecom_pending_t pending;        /* its own */
    const char *state;              /* of the browser that asked */
    wecom_pairing_t pairing;
    const wecom_source_t *source;
    wecom_half_t half;              /* the member */
} question_t;

static const char *state_at(const wecom_login_t *room, const char *kind, const char *key)
{
    const wecom_cache_t *cache = room->ports->cache;
    const char *state;
    wecom_bytes_t value;

    if (cache->get(cache, &value, kind, key, room->now, room->pool) != WECOM_OK
        || value.len != WECOM_STATE_CHARS) {
        return NULL;
    }
    state = apr_pstrmemdup(room->pool, (const char *)value.data, value.len);
    return wecom_state_is_wellformed(state) ? state : NULL;
}

/* 0: the cache did not take it, and the browser that asked will wait in vain. */
static int move_to(const wecom_login_t *room, const char *state, wecom_pairing_t *pairing,
                   wecom_pairing_stage_t stage, wecom_reason_t reason)
{
    pairing->stage = stage;
    pairing->reason = reason;
    return wecom_pairing_put(room->ports->cache, state, pairing, room->now, room->pool)
           == WECOM_OK;
}

/* In WeCom nobody can start again: what was wanted waits in the other browser. */
static void refuse(wecom_reply_t *reply, const wecom_login_t *room, const wecom_source_t *source,
                   wecom_reason_t reason)
{
    if (source != NULL) {
        wecom_login_refuse(reply, room, source, reason, NULL);
    }
    else {
        wecom_refusal_page(reply, room, reason, NULL, NULL);
    }
}

/* --- the question ----------------------------------------------------------------------------- */

static wecom_bytes_t binding(const question_t *question, apr_pool_t *pool)
{
    const char *text = apr_pstrcat(pool, question->pending.state, "|", question->state, "|",
                                   question->source->id, "|", question->half.member.userid, NULL);
    wecom_bytes_t bytes;

    bytes.data = (const unsigned char *)text;
    bytes.len = strlen(text);
    return bytes;
}

/* "14:05 (UTC+08:00)": where the server stands, which says so. */
static const char *time_of(const wecom_login_t *room, apr_time_t at)
{
    int minutes = room->zone / 60;
    int away = minutes < 0 ? -minutes : minutes;
    apr_time_exp_t local;

    if (apr_time_exp_tz(&local, at, room->zone) != APR_SUCCESS) {
        return "";
    }
    return apr_psprintf(room->pool, "%02d:%02d (UTC%c%02d:%02d)", local.tm_hour, local.tm_min,
                        minutes < 0 ? '-' : '+', away / 60, away % 60);
}

static wecom_word_t kind_of(wecom_device_t device)
{
    switch (device) {
    case WECOM_DEVICE_IPHONE:
        return WECOM_WORD_KIND_IPHONE;
    case WECOM_DEVICE_ANDROID:
        return WECOM_WORD_KIND_ANDROID;
    case WECOM_DEVICE_HARMONY:
        return WECOM_WORD_KIND_HARMONY;
    default:
        return WECOM_WORD_KIND_OTHER;
    }
}

static apr_array_header_t *answers(const wecom_login_t *room, const wecom_pairing_t *pairing)
{
    apr_array_header_t *buttons = apr_array_make(room->pool, WECOM_PAIRING_NUMBERS + 1,
                                                 sizeof(wecom_page_button_t));
    wecom_page_button_t *button = apr_array_push(buttons);
    int i;

    button->name = "number";
    button->value = "no";
    button->label = wecom_words_get(room->words, WECOM_WORD_PAIR_NOT_ME);
    button->detail = "";
    for (i = 0; i < WECOM_PAIRING_NUMBERS; i++) {
        button = apr_array_push(buttons);
        button->name = "number";
        button->value = apr_itoa(room->pool, pairing->numbers[i]);
        button->label = button->value;
        button->detail = "";
    }
    return buttons;
}

static void ask(wecom_reply_t *reply, const wecom_login_t *room, const question_t *question)
{
    apr_array_header_t *inputs = apr_array_make(room->pool, 1, sizeof(wecom_page_input_t));
    wecom_page_input_t *input = apr_array_push(inputs);
    const char *pairs[9] = { "site", NULL, "kind", NULL, "address", NULL, "time", NULL, NULL };
    wecom_page_t page;

    memset(&page, 0, sizeof(page));
    memset(input, 0, sizeof(*input));
    pairs[1] = strstr(room->site->public_url, "://") + 3;
    pairs[3] = wecom_words_get(room->words, kind_of(question->pairing.device));
    pairs[5] = question->pairing.address;
    pairs[7] = time_of(room, question->pairing.asked);
    page.name = "pair-confirm";
    page.title = wecom_words_get(room->words, WECOM_WORD_PAIR_TITLE);
    page.sentence = wecom_words_fill(room->words, WECOM_WORD_PAIR_ASK, pairs, room->pool);
    input->type = "hidden";
    input->name = "p";
    input->value = question->pending.state;
    page.form_action = wecom_login_own_path(room, "pair");
    page.form_inputs = inputs;
    page.form_buttons = answers(room, &question->pairing);
    if (wecom_form_token(&page.form_token, room->form_ring, "pair",
                         binding(question, room->pool), room->now, room->pool) != WECOM_OK) {
        refuse(reply, room, question->source, WECOM_REASON_INTERNAL);
        return;
    }
    wecom_refusal_show(reply, room, 200, &page);
}

/* WeCom has said who it is; what was said stays here, and this browser gets a cookie that leads to
 * it. */
static wecom_reason_t keep_member(question_t *question, wecom_reply_t *reply,
                                  const wecom_login_t *room)
{
    const wecom_cache_t *cache = room->ports->cache;
    wecom_login_wish_t wish;
    wecom_bytes_t value;

    memset(&wish, 0, sizeof(wish));
    /* What holds where nothing is wished for: the state stands in the page, and whoever has it may
     * not begin with it what could not be begun without. */
    wish.allowed = room->allowed;
    wish.flags = room->flags;
    wish.target = "/";
    question->pending.state = wecom_login_make_pending(reply, room, question->source->id, &wish,
                                                       WECOM_PENDING_CONFIRM, WECOM_STATE_FIRST);
    if (question->pending.state == NULL) {
        return WECOM_REASON_INTERNAL;
    }
    value.data = (const unsigned char *)question->state;
    value.len = WECOM_STATE_CHARS;
    if (wecom_half_put(cache, question->pending.state, &question->half, room->now, room->pool)
            != WECOM_OK
        || cache->put(cache, "pair-question", question->pending.state, value, room->now,
                      room->now + apr_time_from_sec(WECOM_PAIRING_SECONDS), room->pool)
               != WECOM_OK) {
        return WECOM_REASON_INTERNAL;
    }
    return WECOM_REASON_NONE;
}

/* Whose code it is, in turn. A code that WeCom does not know any more spends the link. */
static wecom_reason_t identify(question_t *question, wecom_reply_t *reply,
                               const wecom_login_t *room, const char *code)
{
    wecom_reason_t reason;
    int slot;

    reason = wecom_turn_take(&slot, &reply->error, room, &question->source->app);
    if (reason != WECOM_REASON_NONE) {
        return reason;
    }
    if (!wecom_pairing_once(room->ports->cache, "pair-seen", question->pairing.link, room->now,
                            room->pool)) {
        wecom_turn_end(room, slot);
        return WECOM_REASON_PAIR_USED;
    }
    reason = wecom_login_ask(reply, &question->half.member, room, &question->source->app, 0, code);
    wecom_turn_end(room, slot);
    question->half.asked = WECOM_MATCH_LOG_IN;
    question->half.confirmed = room->now;
    return reason;
}

/* Is it the browser that asked? There WeCom's answer has no business. */
static int holds_cookie(const wecom_login_t *room, const char *state)
{
    wecom_pending_t pending;

    return wecom_login_open_cookie(&pending, room, state) == WECOM_OK;
}

static int is_elsewhere(const wecom_login_t *room, const wecom_pairing_t *pairing)
{
    return room->pull_up == WECOM_PULL_UP_ON
           && !wecom_pairing_same_place(pairing->address, room->address);
}

void wecom_pair_arrive(wecom_reply_t *reply, const wecom_login_t *room, const char *link,
                       const char *code, const char *appid)
{
    wecom_reason_t reason = WECOM_REASON_NONE;
    question_t question;

    memset(&question, 0, sizeof(question));
    question.state = state_at(room, "pair-link", link);
    if (question.state == NULL
        || wecom_pairing_get(&question.pairing, room->ports->cache, question.state, room->now,
                             room->pool) != WECOM_OK
        || strcmp(question.pairing.link, link) != 0
        || !wecom_pairing_is_alive(&question.pairing, room->now)) {
        refuse(reply, room, NULL, WECOM_REASON_PAIR_EXPIRED);
        return;
    }
    question.source = wecom_source_find(room->sources, question.pairing.source);
    if (question.source == NULL || room->pull_up == WECOM_PULL_UP_OFF) {
        refuse(reply, room, NULL, WECOM_REASON_PAIR_EXPIRED);
        return;
    }
    reply->source = question.source->id;
    if (room->client != WECOM_CLIENT_WECOM || holds_cookie(room, question.state)) {
        /* Nothing is spent: WeCom on the phone may still come. */
        refuse(reply, room, question.source, WECOM_REASON_PAIR_OUTSIDE);
        return;
    }
    if (question.pairing.stage != WECOM_PAIRING_WAITING) {
        refuse(reply, room, question.source, WECOM_REASON_PAIR_USED);
        return;
    }
    if (is_elsewhere(room, &question.pairing)) {
        reason = WECOM_REASON_PAIR_ELSEWHERE;
    }
    else if (appid != NULL && !wecom_source_same_corp(question.source, appid)) {
        reason = WECOM_REASON_WRONG_APP;
    }
    else if (code == NULL) {
        reason = WECOM_REASON_REFUSED;
    }
    else {
        reason = identify(&question, reply, room, code);
        if (reason == WECOM_REASON_RESTING || reason == WECOM_REASON_CROWDED
            || reason == WECOM_REASON_PAIR_USED) {
            refuse(reply, room, question.source, reason); /* it may be tried again, or is */
            return;
        }
        reply->userid = question.half.member.userid;
    }
    if (reason == WECOM_REASON_NONE) {
        reason = keep_member(&question, reply, room);
    }
    if (reason != WECOM_REASON_NONE) {
        move_to(room, question.state, &question.pairing, WECOM_PAIRING_ENDED, reason);
        refuse(reply, room, question.source, reason);
        return;
    }
    move_to(room, question.state, &question.pairing, WECOM_PAIRING_SEEN, WECOM_REASON_NONE);
    ask(reply, room, &question);
}

/* --- the answer ------------------------------------------------------------------------------- */

/* 1 with *question; it was asked here, of this member, and is still open. */
static int find(question_t *question, const wecom_login_t *room, const wecom_pair_form_t *form)
{
    const char *state = form->state;

    memset(question, 0, sizeof(*question));
    if (state == NULL || !wecom_link_is_state(state) || !wecom_state_is_wellformed(state)
        || wecom_login_open_cookie(&question->pending, room, state) != WECOM_OK
        || (question->pending.flags & WECOM_PENDING_CONFIRM) == 0) {
        return 0;
    }
    question->state = state_at(room, "pair-question", state);
    question->source = wecom_source_find(room->sources, question->pending.source);
    return question->state != NULL && question->source != NULL
           && wecom_half_get(&question->half, room->ports->cache, state, room->now, room->pool)
                  == WECOM_OK
           && wecom_pairing_get(&question->pairing, room->ports->cache, question->state,
                                room->now, room->pool) == WECOM_OK;
}

/* What the answer makes of it. */
static wecom_reason_t judge(const question_t *question, const wecom_login_t *room,
                            const char *number)
{
    const wecom_pairing_t *pairing = &question->pairing;
    const char *member = apr_pstrcat(room->pool, "pair|", question->source->app.corp_id, "|",
                                     wecom_normal_userid(question->half.member.userid,
                                                         question->source->app.proxy_developed,
                                                         room->pool), NULL);
    wecom_throttle_t try;
    int right;

    if (strcmp(number, "no") == 0) {
        return WECOM_REASON_PAIR_NOT_ME;
    }
    if (is_elsewhere(room, pairing)) {
        return WECOM_REASON_PAIR_ELSEWHERE;
    }
    if (wecom_throttle_begin(&try, room->ports->cache, member, member, room->now, room->pool)
        != WECOM_THROTTLE_PASS) {
        return WECOM_REASON_THROTTLED;
    }
    right = strcmp(number, apr_itoa(room->pool, pairing->numbers[pairing->right])) == 0;
    wecom_throttle_end(&try, !right);
    return right ? WECOM_REASON_NONE : WECOM_REASON_PAIR_WRONG;
}

static void say_done(wecom_reply_t *reply, const wecom_login_t *room)
{
    wecom_page_t page;

    memset(&page, 0, sizeof(page));
    page.name = "pair-done";
    page.title = wecom_words_get(room->words, WECOM_WORD_PAIR_DONE_TITLE);
    page.sentence = wecom_words_get(room->words, WECOM_WORD_PAIR_DONE);
    reply->reason = WECOM_REASON_PAIR_CONFIRMED;
    wecom_refusal_show(reply, room, 200, &page);
}

void wecom_pair_answer(wecom_reply_t *reply, const wecom_login_t *room,
                       const wecom_pair_form_t *form)
{
    wecom_reason_t reason;
    question_t question;

    if (!find(&question, room, form)) {
        refuse(reply, room, NULL, WECOM_REASON_PAIR_EXPIRED);
        return;
    }
    reply->source = question.source->id;
    reply->userid = question.half.member.userid;
    if (form->number == NULL
        || !wecom_form_check(form->token, room->form_ring, "pair",
                             binding(&question, room->pool), room->now, room->pool)) {
        refuse(reply, room, question.source, WECOM_REASON_NOT_OFFERED);
        return;
    }
    wecom_login_forget_cookie(reply, room, question.pending.state);
    if (!wecom_pairing_is_alive(&question.pairing, room->now)
        || !wecom_pairing_once(room->ports->cache, "pair-answered", question.state, room->now,
                               room->pool)) {
        refuse(reply, room, question.source, WECOM_REASON_PAIR_EXPIRED);
        return;
    }
    reason = judge(&question, room, form->number);
    if (reason == WECOM_REASON_NONE
        && wecom_half_put(room->ports->cache, question.state, &question.half, room->now,
                          room->pool) != WECOM_OK) {
        reason = WECOM_REASON_INTERNAL;
    }
    wecom_half_drop(room->ports->cache, question.pending.state, room->pool);
    if (reason != WECOM_REASON_NONE) {
        move_to(room, question.state, &question.pairing, WECOM_PAIRING_ENDED, reason);
        refuse(reply, room, question.source, reason);
        return;
    }
    if (!move_to(room, question.state, &question.pairing, WECOM_PAIRING_DONE,
                 WECOM_REASON_NONE)) {
        refuse(reply, room, question.source, WECOM_REASON_INTERNAL);
        return;
    }
    say_done(reply, room);
}
