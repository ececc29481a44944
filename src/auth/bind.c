/* SPDX-License-Identifier: Apache-2.0 */
/* bind.c - see bind.h. */

#include "bind.h"

#include <string.h>

#include <apr_strings.h>

#include "../wecom/link.h"
#include "form.h"
#include "half.h"
#include "login_int.h"
#include "normal.h"
#include "refusal.h"
#include "throttle.h"

/* A wrong answer takes at least this long, so that its time does not tell whether there is such an
 * account: providers hash a password for those alone whom they know. */
#define SLOW_ANSWER apr_time_from_msec(600)

/* A half-finished login that this browser holds. */
typedef struct ask_t {
    wecom_pending_t pending;
    wecom_half_t half;
    const wecom_source_t *source;
} ask_t;

/* --- finding it again ------------------------------------------------------------------------- */

/* To the page that was wanted. Not by a redirect where a form was posted: our policy's form-action
 * holds for all redirects behind a form, so a browser would stay on the form, with nothing said,
 * where that page leads to another site. */
static void go_on(wecom_reply_t *reply, const wecom_login_t *room, const char *target, int posted)
{
    apr_array_header_t *links;
    const char *location;
    wecom_page_t page;

    wecom_login_go_to(reply, room, target);
    if (!posted || reply->location == NULL) { /* a window of its own has a page to close it */
        return;
    }
    location = reply->location;
    links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));
    memset(&page, 0, sizeof(page));
    page.name = "continue";
    page.title = wecom_words_get(room->words, WECOM_WORD_SIGN_IN);
    page.sentence = wecom_words_get(room->words, WECOM_WORD_ONE_MOMENT);
    wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_GO_ON), location);
    page.links = links;
    reply->refresh = location;
    reply->refresh_after = 0;
    wecom_refusal_show(reply, room, 200, &page);
}

/* The browser does not hold this login. found: what wecom_login_open_cookie has said. */
static void answer_without_cookie(wecom_reply_t *reply, const wecom_login_t *room,
                                  const char *state, wecom_status_t found, int posted)
{
    wecom_pending_t pending;
    wecom_half_t half;

    if (wecom_login_recall_pending(&pending, room, state) != WECOM_OK
        || (pending.flags & WECOM_PENDING_HALF) == 0) {
        wecom_refusal_page(reply, room, WECOM_REASON_ASK_EXPIRED, "/", NULL);
    }
    else if (found == WECOM_E_NOT_FOUND
             && wecom_half_get(&half, room->ports->cache, state, room->now, room->pool)
                    == WECOM_OK) {
        /* The cookie is another browser's, if the record still lives. */
        wecom_refusal_page(reply, room, WECOM_REASON_WRONG_BROWSER, "/", NULL);
    }
    else if (wecom_login_is_known(room, &pending)) { /* the Back button, or a second click */
        go_on(reply, room, pending.target, posted);
    }
    else {
        wecom_refusal_page(reply, room, WECOM_REASON_ASK_EXPIRED, pending.target, NULL);
    }
}

/* 1 with *ask filled; else the reply is the answer. */
static int find(ask_t *ask, wecom_reply_t *reply, wecom_login_t *room, const char *state,
                int posted)
{
    wecom_status_t found;

    memset(ask, 0, sizeof(*ask));
    if (state == NULL || !wecom_link_is_state(state) || !wecom_state_is_wellformed(state)) {
        wecom_refusal_page(reply, room, WECOM_REASON_BAD_RETURN, "/", NULL);
        return 0;
    }
    found = wecom_login_open_cookie(&ask->pending, room, state);
    if (found != WECOM_OK || (ask->pending.flags & WECOM_PENDING_HALF) == 0) {
        answer_without_cookie(reply, room, state, found, posted);
        return 0;
    }
    wecom_login_enter(room, &ask->pending);
    reply->source = ask->pending.source;
    ask->source = wecom_source_find(room->sources, ask->pending.source);
    if (room->directory == NULL || ask->source == NULL
        || wecom_half_get(&ask->half, room->ports->cache, state, room->now, room->pool)
               != WECOM_OK) {
        if (wecom_login_is_known(room, &ask->pending)) { /* the same form, posted twice */
            go_on(reply, room, ask->pending.target, posted);
            return 0;
        }
        wecom_login_forget_cookie(reply, room, state);
        wecom_refusal_page(reply, room, WECOM_REASON_ASK_EXPIRED, ask->pending.target, NULL);
        return 0;
    }
    reply->userid = ask->half.member.userid;
    return 1;
}

/* --- the pages -------------------------------------------------------------------------------- */

static wecom_bytes_t binding(const ask_t *ask)
{
    wecom_bytes_t bytes;

    bytes.data = (const unsigned char *)ask->pending.state;
    bytes.len = strlen(ask->pending.state);
    return bytes;
}

static void add_input(apr_array_header_t *inputs, const char *type, const char *name,
                      const char *label, const char *value, const char *autocomplete)
{
    wecom_page_input_t *input = apr_array_push(inputs);

    input->type = type;
    input->name = name;
    input->label = label;
    input->value = value;
    input->autocomplete = autocomplete;
}

/* The frame of all three: a form to this address with its token. */
static int begin_page(wecom_page_t *page, const wecom_login_t *room, const ask_t *ask,
                      const char *action)
{
    apr_array_header_t *inputs = apr_array_make(room->pool, 4, sizeof(wecom_page_input_t));

    memset(page, 0, sizeof(*page));
    if (wecom_form_token(&page->form_token, room->form_ring, "bind", binding(ask), room->now,
                         room->pool) != WECOM_OK) {
        return 0;
    }
    add_input(inputs, "hidden", "p", NULL, ask->pending.state, NULL);
    if (action != NULL) {
        add_input(inputs, "hidden", "do", NULL, action, NULL);
    }
    page->form_action = apr_pstrcat(room->pool, room->site->endpoint, "/bind", NULL);
    page->form_inputs = inputs;
    page->note = wecom_words_get(room->words, WECOM_WORD_ASK_NOTE);
    return 1;
}

static const char *address_of(const wecom_login_t *room, const ask_t *ask, const char *more)
{
    return apr_pstrcat(room->pool, room->site->endpoint, "/bind?p=", ask->pending.state, more,
                       NULL);
}

static int ask_page(wecom_page_t *page, const wecom_login_t *room, const ask_t *ask)
{
    apr_array_header_t *links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));

    if (!begin_page(page, room, ask, "create")) {
        return 0;
    }
    page->name = "ask";
    page->self = address_of(room, ask, "");
    page->title = wecom_words_get(room->words, WECOM_WORD_ASK_TITLE);
    wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_USE_ACCOUNT),
                       address_of(room, ask, "&do=bind"));
    page->links = links;
    page->form_last = 1;
    page->form_label = wecom_words_get(room->words, WECOM_WORD_CREATE_ACCOUNT);
    return 1;
}

static int bind_page(wecom_page_t *page, const wecom_login_t *room, const ask_t *ask,
                     const char *username)
{
    apr_array_header_t *links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));
    apr_array_header_t *inputs;

    if (!begin_page(page, room, ask, "bind")) {
        return 0;
    }
    inputs = (apr_array_header_t *)page->form_inputs;
    page->name = "bind";
    page->self = address_of(room, ask, "&do=bind");
    page->title = wecom_words_get(room->words, WECOM_WORD_USE_ACCOUNT);
    add_input(inputs, "text", "username", wecom_words_get(room->words, WECOM_WORD_ACCOUNT),
              username, "username");
    add_input(inputs, "password", "password", wecom_words_get(room->words, WECOM_WORD_PASSWORD),
              NULL, "current-password");
    page->form_label = wecom_words_get(room->words, WECOM_WORD_CONNECT);
    if (ask->half.asked == WECOM_MATCH_ASK) {
        wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_BACK),
                           address_of(room, ask, ""));
        page->links = links;
    }
    return 1;
}

static const char *masked(const wecom_half_choice_t *choice, apr_pool_t *pool)
{
    return apr_pstrcat(pool, choice->email,
                       *choice->email != '\0' && *choice->phone != '\0' ? "\n" : "",
                       choice->phone, NULL);
}

static int choose_page(wecom_page_t *page, const wecom_login_t *room, const ask_t *ask)
{
    apr_array_header_t *buttons = apr_array_make(room->pool, 2, sizeof(wecom_page_button_t));
    int i;

    if (!begin_page(page, room, ask, "choose")) {
        return 0;
    }
    page->name = "choose";
    page->self = address_of(room, ask, "");
    page->title = wecom_words_get(room->words, WECOM_WORD_CHOOSE);
    for (i = 0; i < ask->half.choices->nelts; i++) {
        const wecom_half_choice_t *choice = &APR_ARRAY_IDX(ask->half.choices, i,
                                                           wecom_half_choice_t);
        wecom_page_button_t *button = apr_array_push(buttons);

        button->name = "account";
        button->value = choice->id;
        button->label = choice->username;
        button->detail = masked(choice, room->pool);
    }
    page->form_buttons = buttons;
    return 1;
}

/* The page of the question, once more with a sentence where something went wrong. */
static void show(wecom_reply_t *reply, const wecom_login_t *room, const ask_t *ask, int bind,
                 const char *username, wecom_reason_t reason)
{
    wecom_page_t page;
    int good;

    if (ask->half.asked == WECOM_MATCH_CHOOSE) {
        good = choose_page(&page, room, ask);
    }
    else if (bind || ask->half.asked == WECOM_MATCH_ASK_TO_BIND) {
        good = bind_page(&page, room, ask, username);
    }
    else {
        good = ask_page(&page, room, ask);
    }
    if (!good) {
        wecom_refusal_page(reply, room, WECOM_REASON_INTERNAL, ask->pending.target, NULL);
        return;
    }
    if (reason != WECOM_REASON_NONE) {
        wecom_refusal_mark(reply, &page, room, reason);
    }
    wecom_refusal_show(reply, room, wecom_reason_row(reason)->status, &page);
}

void wecom_bind_show(wecom_reply_t *reply, const wecom_login_t *room, const char *state,
                     const char *action)
{
    wecom_login_t in = *room;
    ask_t ask;

    if (find(&ask, reply, &in, state, 0)) {
        show(reply, &in, &ask, action != NULL && strcmp(action, "bind") == 0, NULL,
             WECOM_REASON_NONE);
    }
}

/* --- the answers ------------------------------------------------------------------------------ */

static void answer_slowly(const wecom_login_t *room, apr_time_t began)
{
    const wecom_clock_t *clock = room->ports->clock;
    apr_time_t spent = clock->now(clock) - began;

    if (spent >= 0 && spent < SLOW_ANSWER) {
        clock->pause(clock, SLOW_ANSWER - spent);
    }
}

static int is_username(const char *username, apr_pool_t *pool)
{
    return username != NULL && wecom_normal_username(username, pool) != NULL;
}

static wecom_proof_t prove(const wecom_login_t *room, const wecom_bind_form_t *form,
                           const wecom_prover_t *prover)
{
    if (!is_username(form->username, room->pool) || form->password == NULL
        || *form->password == '\0' || strlen(form->password) > WECOM_BIND_MAX_PASSWORD) {
        return WECOM_PROOF_DENIED;
    }
    return prover->check(prover, form->username, form->password);
}

/* Whose username was typed in another case must be proven in the account's own, with the same
 * password: a provider to which both are one says yes again. */
static wecom_reason_t admit_proven(wecom_reply_t *reply, wecom_standing_t *standing,
                                   const wecom_login_t *room, const ask_t *ask,
                                   const wecom_bind_form_t *form, const wecom_prover_t *prover)
{
    wecom_login_answer_t answer = { WECOM_STEP_BIND, form->username, NULL, NULL };
    wecom_reason_t reason;
    int asked;

    reason = wecom_login_admit(reply, standing, &asked, room, ask->source, &ask->pending,
                               &ask->half.member, &answer);
    if (reason == WECOM_REASON_BAD_CREDENTIALS && answer.spelled != NULL
        && prover->check(prover, answer.spelled, form->password) == WECOM_PROOF_GRANTED) {
        answer.username = answer.spelled;
        reason = wecom_login_admit(reply, standing, &asked, room, ask->source, &ask->pending,
                                   &ask->half.member, &answer);
    }
    if (reason == WECOM_REASON_BAD_CREDENTIALS) {
        wecom_error_set(&reply->error, WECOM_E_NOT_FOUND, 0, "accounts",
                        "the password was right, but no account has that username");
    }
    return reason;
}

/* The password, and what the directory makes of the name that was proven. */
static wecom_reason_t prove_and_bind(wecom_reply_t *reply, wecom_standing_t *standing,
                                     const wecom_login_t *room, const ask_t *ask,
                                     const wecom_bind_form_t *form,
                                     const wecom_prover_t *prover)
{
    const char *userid = wecom_normal_userid(ask->half.member.userid,
                                             ask->source->app.proxy_developed, room->pool);
    const char *typed = is_username(form->username, room->pool)
                        ? wecom_normal_username(form->username, room->pool) : "";
    apr_time_t began = room->ports->clock->now(room->ports->clock);
    wecom_throttle_t try;
    wecom_reason_t reason;

    switch (wecom_throttle_begin(&try, room->ports->cache,
                                 apr_pstrcat(room->pool, room->directory->print, "|",
                                             ask->source->app.corp_id, "|", userid, NULL),
                                 apr_pstrcat(room->pool, room->directory->print, "|", typed,
                                             NULL), room->now, room->pool)) {
    case WECOM_THROTTLE_MEMBER_RESTS:
        return WECOM_REASON_THROTTLED;
    case WECOM_THROTTLE_ACCOUNT_RESTS:
        reply->account = typed;
        return WECOM_REASON_ACCOUNT_RESTS;
    case WECOM_THROTTLE_PASS:
        break;
    }
    switch (prove(room, form, prover)) {
    case WECOM_PROOF_GRANTED:
        reason = admit_proven(reply, standing, room, ask, form, prover);
        break;
    case WECOM_PROOF_UNAVAILABLE:
        reason = WECOM_REASON_PROVIDER;
        break;
    case WECOM_PROOF_DENIED:
    default:
        reason = WECOM_REASON_BAD_CREDENTIALS;
        break;
    }
    wecom_throttle_end(&try, reason == WECOM_REASON_BAD_CREDENTIALS);
    if (reason == WECOM_REASON_BAD_CREDENTIALS) {
        answer_slowly(room, began);
    }
    return reason;
}

static int is_offered(const ask_t *ask, const char *id)
{
    int i;

    for (i = 0; id != NULL && i < ask->half.choices->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(ask->half.choices, i, wecom_half_choice_t).id, id) == 0) {
            return 1;
        }
    }
    return 0;
}

static wecom_reason_t answer(wecom_reply_t *reply, wecom_standing_t *standing,
                             const wecom_login_t *room, const ask_t *ask,
                             const wecom_bind_form_t *form, const wecom_prover_t *prover)
{
    const char *action = form->action != NULL ? form->action : "";
    wecom_login_answer_t said = { WECOM_STEP_FIRST, NULL, NULL, NULL };
    int asked;

    if (!wecom_form_check(form->token, room->form_ring, "bind", binding(ask), room->now,
                          room->pool)) {
        return WECOM_REASON_NOT_OFFERED;
    }
    if (strcmp(action, "bind") == 0 && prover != NULL
        && ask->source->association == WECOM_ASSOCIATION_ASK) {
        return prove_and_bind(reply, standing, room, ask, form, prover);
    }
    if (strcmp(action, "create") == 0) {
        said.step = WECOM_STEP_CREATE;
    }
    else if (strcmp(action, "choose") == 0 && is_offered(ask, form->account)) {
        said.step = WECOM_STEP_CHOOSE;
        said.chosen = form->account;
    }
    else {
        return WECOM_REASON_NOT_OFFERED;
    }
    return wecom_login_admit(reply, standing, &asked, room, ask->source, &ask->pending,
                             &ask->half.member, &said);
}

/* The visitor can mend it on the same page. */
static int stays_on_page(wecom_reason_t reason)
{
    return reason == WECOM_REASON_BAD_CREDENTIALS || reason == WECOM_REASON_TAKEN
           || reason == WECOM_REASON_THROTTLED || reason == WECOM_REASON_ACCOUNT_RESTS
           || reason == WECOM_REASON_PROVIDER || reason == WECOM_REASON_DIRECTORY;
}

void wecom_bind_answer(wecom_reply_t *reply, const wecom_login_t *room,
                       const wecom_bind_form_t *form, const wecom_prover_t *prover)
{
    wecom_login_t in = *room;
    wecom_standing_t standing;
    wecom_reason_t reason;
    ask_t ask;

    if (!find(&ask, reply, &in, form->state, 1)) {
        return;
    }
    memset(&standing, 0, sizeof(standing));
    reason = answer(reply, &standing, &in, &ask, form, prover);
    if (reason == WECOM_REASON_NONE) {
        reason = wecom_login_make_session(reply, &in, ask.source, ask.pending.flags,
                                          &ask.half.member, &standing, ask.half.confirmed);
    }
    if (reason == WECOM_REASON_NONE) {
        wecom_half_drop(in.ports->cache, ask.pending.state, in.pool);
        wecom_login_forget_cookie(reply, &in, ask.pending.state);
        go_on(reply, &in, ask.pending.target, 1);
    }
    else if (stays_on_page(reason)) {
        show(reply, &in, &ask, form->action != NULL && strcmp(form->action, "bind") == 0,
             is_username(form->username, in.pool) ? form->username : NULL, reason);
    }
    else {
        wecom_login_refuse(reply, &in, ask.source, reason, ask.pending.target);
    }
}
