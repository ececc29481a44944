/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login.c - see login.h. This file begins logins and ends sessions; login_page.c lets a source be
 * chosen, login_return.c finishes.
 */

#include "login.h"

#include <string.h>

#include <apr_strings.h>

#include "form.h"
#include "login_int.h"
#include "refusal.h"
#include "target.h"

const char *wecom_login_absolute(const wecom_login_t *room, const char *target)
{
    return apr_pstrcat(room->pool, room->site->public_url, target, NULL);
}

const char *wecom_login_own_path(const wecom_login_t *room, const char *name)
{
    return apr_pstrcat(room->pool, room->site->endpoint, "/", name, NULL);
}

void wecom_login_forget_cookie(wecom_reply_t *reply, const wecom_login_t *room, const char *state)
{
    const char *name = wecom_state_cookie_name(room->site, state, room->pool);

    wecom_reply_cookie(reply, wecom_site_cookie(room->site, name, "", 0, 0, room->pool));
}

/* --- pending logins -------------------------------------------------------------------------- */

wecom_status_t wecom_login_open_cookie(wecom_pending_t *pending, const wecom_login_t *room,
                                       const char *state)
{
    const char *name = wecom_state_cookie_name(room->site, state, room->pool);
    wecom_status_t status = WECOM_E_NOT_FOUND;
    int i;

    /* A browser can send several cookies of one name (another path or domain): the first that
     * opens counts. */
    for (i = 0; i < room->pending->nelts && status != WECOM_OK; i++) {
        const wecom_login_cookie_t *cookie = &APR_ARRAY_IDX(room->pending, i,
                                                            wecom_login_cookie_t);

        if (strcmp(cookie->name, name) == 0) {
            status = wecom_state_open(pending, state, cookie->value, cookie->value_len,
                                      room->site, room->state_ring, room->now, room->pool);
        }
    }
    if (status == WECOM_OK && (pending->flags & WECOM_PENDING_TARGET_CACHED) != 0) {
        wecom_pending_t cached;

        if (wecom_login_recall_pending(&cached, room, state) == WECOM_OK) {
            pending->target = cached.target;
        }
    }
    return status;
}

wecom_status_t wecom_login_recall_pending(wecom_pending_t *pending, const wecom_login_t *room,
                                          const char *state)
{
    const wecom_cache_t *cache = room->ports->cache;
    wecom_bytes_t packed;
    wecom_status_t status;

    status = cache->get(cache, &packed, "pending", state, room->now, room->pool);
    if (status == WECOM_OK) {
        status = wecom_state_unpack(pending, packed, room->pool);
    }
    return status;
}

/* In one answer: whoever sends hundreds gets rid of them a few at a time. */
#define MAX_EVICTIONS 16

static void evict_others(wecom_reply_t *reply, const wecom_login_t *room)
{
    apr_array_header_t *names = apr_array_make(room->pool, room->pending->nelts + 1,
                                               sizeof(const char *));
    apr_array_header_t *evict = apr_array_make(room->pool, 4, sizeof(const char *));
    int i;

    for (i = 0; i < room->pending->nelts; i++) {
        APR_ARRAY_PUSH(names, const char *) = APR_ARRAY_IDX(room->pending, i,
                                                            wecom_login_cookie_t).name;
    }
    wecom_state_evict(evict, names, NULL, room->site, room->now, room->pool);
    for (i = 0; i < evict->nelts && i < MAX_EVICTIONS; i++) {
        wecom_reply_cookie(reply, wecom_site_cookie(room->site,
                                                    APR_ARRAY_IDX(evict, i, const char *), "",
                                                    0, 0, room->pool));
    }
}

#define WISHES (WECOM_PENDING_LOGIN_ONLY | WECOM_PENDING_NO_REGISTRATION)

void wecom_login_wish_of(wecom_login_wish_t *wish, const wecom_pending_t *pending)
{
    wish->allowed = pending->allowed;
    wish->target = pending->target;
    wish->flags = pending->flags & (unsigned int)WISHES;
    wish->mode = WECOM_LOGIN_AUTO;
    wish->opener = pending->opener;
    wish->nonce = pending->nonce;
    wish->consent = (pending->flags & WECOM_PENDING_PRIVATE) != 0;
}

void wecom_login_enter(wecom_login_t *room, const wecom_pending_t *pending)
{
    room->entered = pending;
    room->opener = pending->opener;
    room->nonce = pending->nonce;
}

const char *wecom_login_make_pending(wecom_reply_t *reply, const wecom_login_t *room,
                                     const char *source, const wecom_login_wish_t *wish,
                                     unsigned int flags, int mark)
{
    const wecom_cache_t *cache = room->ports->cache;
    wecom_pending_t pending;
    wecom_bytes_t packed;
    const char *sealed;
    const char *name;

    pending.state = wecom_state_mint(room->now, mark, room->pool);
    if (pending.state == NULL) {
        return NULL;
    }
    pending.issued = room->now;
    pending.source = source;
    pending.allowed = wish->allowed;
    pending.target = wish->target;
    pending.flags = (wish->flags & (unsigned int)WISHES) | flags
                    | (wish->opener != NULL ? (unsigned int)WECOM_PENDING_POPUP : 0u);
    pending.opener = wish->opener;
    pending.nonce = wish->opener != NULL ? wish->nonce : NULL;
    if (wecom_state_pack(&packed, &pending, room->pool) != WECOM_OK
        || wecom_state_seal(&sealed, &pending, room->site, room->state_ring, room->pool)
           != WECOM_OK) {
        return NULL;
    }
    cache->put(cache, "pending", pending.state, packed, room->now,
               room->now + WECOM_LOGIN_REMEMBER, room->pool);
    evict_others(reply, room);
    name = wecom_state_cookie_name(room->site, pending.state, room->pool);
    wecom_reply_cookie(reply, wecom_site_cookie(room->site, name, sealed, WECOM_PENDING_SECONDS,
                                                0, room->pool));
    return pending.state;
}

/* --- begin ------------------------------------------------------------------------------------ */

static int is_silent(const wecom_login_t *room, const wecom_source_t *source)
{
    return room->client == WECOM_CLIENT_WECOM
           || (room->client == WECOM_CLIENT_WECHAT && source->in_wechat);
}

static void go_to_page(wecom_reply_t *reply, const wecom_login_t *room, const char *state,
                       int status)
{
    wecom_reply_redirect(reply, status,
                         apr_pstrcat(room->pool, room->site->public_url,
                                     wecom_login_own_path(room, "login"), "?p=", state, NULL));
}

/* A phone's browser gets the pull-up, a computer's the panel, where they are wanted and work. 1
 * when the reply is complete. */
static int start_here(wecom_reply_t *reply, const wecom_login_t *room,
                      const wecom_source_t *source, const wecom_login_wish_t *wish, int mark,
                      int status)
{
    const char *state;

    if (wish->mode == WECOM_LOGIN_DIRECT || room->client != WECOM_CLIENT_BROWSER) {
        return 0;
    }
    if (room->device != WECOM_DEVICE_OTHER) {
        return room->pull_up != WECOM_PULL_UP_OFF
               && wecom_pair_begin(reply, room, source, wish, mark, status);
    }
    if (!room->panel || !wecom_link_has_panel(&source->app)) {
        return 0;
    }
    state = wecom_login_make_pending(reply, room, source->id, wish, 0, mark);
    if (state == NULL) {
        return 0;
    }
    go_to_page(reply, room, state, status);
    return 1;
}

void wecom_login_start_source(wecom_reply_t *reply, const wecom_login_t *room,
                              const wecom_source_t *source, const wecom_login_wish_t *wish,
                              int mark, int status)
{
    const char *return_url = room->site->return_url;
    int silent = is_silent(room, source);
    int consent = silent && (source->app.private_info || wish->consent);
    const char *state;
    const char *url;

    reply->source = source->id;
    if (start_here(reply, room, source, wish, mark, status)) {
        return;
    }
    state = wecom_login_make_pending(reply, room, source->id, wish,
                                     (silent ? (unsigned int)WECOM_PENDING_IN_CLIENT : 0u)
                                     | (consent ? (unsigned int)WECOM_PENDING_PRIVATE : 0u), mark);
    if (state == NULL) {
        wecom_refusal_page(reply, room, WECOM_REASON_INTERNAL, wish->target, NULL);
        return;
    }
    if (silent) {
        url = wecom_link_authorize(&source->app, return_url, state, consent, room->pool);
    }
    else {
        url = wecom_link_login(&source->app, return_url, state, room->words->code, room->pool);
    }
    wecom_reply_redirect(reply, status, url);
}

const wecom_source_t *wecom_login_last_source(const wecom_login_t *room,
                                              const apr_array_header_t *sources)
{
    return room->last_source != NULL ? wecom_source_find(sources, room->last_source) : NULL;
}

/* Inside the client nobody likes to be asked, so what was used last is used again; a wrong guess
 * ends at a page that offers all. */
const wecom_source_t *wecom_login_obvious_source(const wecom_login_t *room,
                                                 const apr_array_header_t *sources,
                                                 wecom_login_mode_t mode)
{
    const wecom_source_t *source = sources->nelts == 1
                                   ? APR_ARRAY_IDX(sources, 0, const wecom_source_t *)
                                   : wecom_login_last_source(room, sources);

    if (room->client != WECOM_CLIENT_BROWSER) {
        if (source == NULL && mode == WECOM_LOGIN_DIRECT) {
            source = APR_ARRAY_IDX(sources, 0, const wecom_source_t *);
        }
        /* WeChat can show the scan page but not scan itself: it gets our page, which says what
         * there is, and never a jump that leads nowhere. */
        return source != NULL && is_silent(room, source) ? source : NULL;
    }
    switch (mode) {
    case WECOM_LOGIN_PAGE:
        return NULL;
    case WECOM_LOGIN_DIRECT:
        return source != NULL ? source : APR_ARRAY_IDX(sources, 0, const wecom_source_t *);
    case WECOM_LOGIN_AUTO:
    default:
        return sources->nelts == 1 ? source : NULL;
    }
}

void wecom_login_begin_marked(wecom_reply_t *reply, const wecom_login_t *room,
                              const wecom_login_wish_t *wish, int mark, int status)
{
    const apr_array_header_t *sources = wecom_source_narrow_text(room->sources, wish->allowed,
                                                                 room->pool);
    const wecom_source_t *source;
    const char *state;

    if (sources->nelts == 0) {
        wecom_refusal_page(reply, room, WECOM_REASON_NO_SUCH_SOURCE, NULL, NULL);
        return;
    }
    source = wecom_login_obvious_source(room, sources, wish->mode);
    if (source != NULL) {
        wecom_login_start_source(reply, room, source, wish, mark, status);
        return;
    }
    state = wecom_login_make_pending(reply, room, "", wish, 0, mark);
    if (state == NULL) {
        wecom_refusal_page(reply, room, WECOM_REASON_INTERNAL, wish->target, NULL);
        return;
    }
    go_to_page(reply, room, state, status);
}

void wecom_login_begin(wecom_reply_t *reply, const wecom_login_t *room,
                       const wecom_login_wish_t *wish, int status)
{
    wecom_login_begin_marked(reply, room, wish, WECOM_STATE_FIRST, status);
}

/* --- sign out ------------------------------------------------------------------------------- */

wecom_bytes_t wecom_login_form_binding(const wecom_ticket_t *ticket)
{
    wecom_bytes_t binding = { NULL, 0 };

    if (ticket != NULL) {
        binding.data = ticket->id;
        binding.len = WECOM_TICKET_ID_BYTES;
    }
    return binding;
}

static void ask_to_sign_out(wecom_reply_t *reply, const wecom_login_t *room)
{
    const wecom_ticket_t *ticket = room->ticket;
    apr_array_header_t *links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));
    const char *pairs[3] = { "user", NULL, NULL };
    wecom_page_t page;

    pairs[1] = ticket->name[0] != '\0' ? ticket->name : ticket->userid;
    memset(&page, 0, sizeof(page));
    page.name = "logout";
    page.title = wecom_words_get(room->words, WECOM_WORD_SIGN_OUT);
    page.sentence = wecom_words_fill(room->words, WECOM_WORD_SIGN_OUT_ASK, pairs, room->pool);
    page.form_action = wecom_login_own_path(room, "logout");
    page.form_label = wecom_words_get(room->words, WECOM_WORD_SIGN_OUT);
    wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_STAY), "/");
    page.links = links;
    if (wecom_form_token(&page.form_token, room->form_ring, "logout",
                         wecom_login_form_binding(ticket), room->now, room->pool) != WECOM_OK) {
        wecom_refusal_page(reply, room, WECOM_REASON_INTERNAL, NULL, NULL);
        return;
    }
    wecom_refusal_show(reply, room, 200, &page);
}

void wecom_login_logout(wecom_reply_t *reply, const wecom_login_t *room, int sure)
{
    apr_array_header_t *links;
    wecom_page_t page;

    if (room->ticket != NULL && !sure) {
        ask_to_sign_out(reply, room);
        return;
    }
    if (room->ticket != NULL) {
        const wecom_cache_t *cache = room->ports->cache;
        const char *key = apr_pstrcat(room->pool, room->ticket->source, "|",
                                      wecom_text_fold(room->ticket->userid, room->pool), "|",
                                      room->address, NULL);

        cache->drop(cache, "loop", key, room->pool);
        reply->source = room->ticket->source;
        reply->userid = room->ticket->userid;
        /* Only where a session came along: a form that another site posts carries none
         * (SameSite=Lax), and must not end one that it could not send. */
        wecom_reply_cookie(reply, wecom_site_cookie(room->site, room->site->session_cookie, "", 0,
                                                    1, room->pool));
        reply->forget_cached_pages = 1;
    }
    links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));
    wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_SIGN_IN_AGAIN),
                       wecom_login_own_path(room, "login"));
    memset(&page, 0, sizeof(page));
    page.name = "signed-out";
    page.title = wecom_words_get(room->words, WECOM_WORD_SIGN_OUT);
    page.sentence = wecom_words_get(room->words, WECOM_WORD_SIGNED_OUT);
    if (reply->forget_cached_pages) {
        /* A browser keeps the page that is being left alive for its Back button, and puts it by
         * only when ours stands: after it has heeded our Clear-Site-Data. So it is told again. */
        page.beacon = wecom_login_own_path(room, "logout");
    }
    page.links = links;
    wecom_refusal_show(reply, room, 200, &page);
}
