/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login_int.h - what the files of a login share, and nobody else includes.
 */
#ifndef WECOM_AUTH_LOGIN_INT_H
#define WECOM_AUTH_LOGIN_INT_H

#include "account.h"
#include "login.h"

/* A pending login stays findable by its state for an hour, six times the life of its cookie, so
 * that whoever scans too late still comes to the page that was wanted. */
#define WECOM_LOGIN_REMEMBER apr_time_from_sec(3600)

/* The record of `state` from the browser's cookie; a target that did not fit the cookie is taken
 * from the cache, and reads "/" where that has forgotten it. WECOM_E_NOT_FOUND without cookie;
 * else as wecom_state_open. */
wecom_status_t wecom_login_open_cookie(wecom_pending_t *pending, const wecom_login_t *room,
                                       const char *state);

/* The same from the cache: good for the target and the seal, never for exchanging a code. */
wecom_status_t wecom_login_recall_pending(wecom_pending_t *pending, const wecom_login_t *room,
                                          const char *state);

/* The room as it is inside this login: its window, if it has one of its own. pending is looked at
 * for as long as the room is. */
void wecom_login_enter(wecom_login_t *room, const wecom_pending_t *pending);

/* Mint a state, seal the wish for `source` into a cookie and send the browser to WeCom, or to our
 * own page first where the pull-up or the panel is offered. */
void wecom_login_start_source(wecom_reply_t *reply, const wecom_login_t *room,
                              const wecom_source_t *source, const wecom_login_wish_t *wish,
                              int mark, int status);

/* As wecom_login_begin, with the mark of the try. */
void wecom_login_begin_marked(wecom_reply_t *reply, const wecom_login_t *room,
                              const wecom_login_wish_t *wish, int mark, int status);

/* Set-Cookie that deletes the pending cookie of a state. */
void wecom_login_forget_cookie(wecom_reply_t *reply, const wecom_login_t *room,
                               const char *state);

/* The wish that a pending login was made of, to begin it again. */
void wecom_login_wish_of(wecom_login_wish_t *wish, const wecom_pending_t *pending);

/* Mint a state, seal it with the wish into a cookie of its own (flags: WECOM_PENDING_HALF and
 * what the wish has) and remember it. The new state, or NULL when there are no random bytes or no
 * cipher. A cache that does not work costs the comfort alone that it is there for. */
const char *wecom_login_make_pending(wecom_reply_t *reply, const wecom_login_t *room,
                                     const char *source, const wecom_login_wish_t *wish,
                                     unsigned int flags, int mark);

/* The source that is marked on the page, and taken again where one must be chosen without asking:
 * the one that this browser used last, if it is among them. NULL: none. */
const wecom_source_t *wecom_login_last_source(const wecom_login_t *room,
                                              const apr_array_header_t *sources);

/* The source of a login that begins without asking, or NULL for the page. sources: at least one. */
const wecom_source_t *wecom_login_obvious_source(const wecom_login_t *room,
                                                 const apr_array_header_t *sources,
                                                 wecom_login_mode_t mode);

/* {endpoint}/NAME */
const char *wecom_login_own_path(const wecom_login_t *room, const char *name);

/* --- pair.c and pair_confirm.c: the pull-up (pair.h says what it is) --- */

/* Begins one for this source, and sends the browser to {endpoint}/pair. 0, and nothing done, where
 * the cache does not work or there are no random bytes. */
int wecom_pair_begin(wecom_reply_t *reply, const wecom_login_t *room,
                     const wecom_source_t *source, const wecom_login_wish_t *wish, int mark,
                     int status);

/* {endpoint}/return with a link's state: in WeCom. code and appid may be NULL. */
void wecom_pair_arrive(wecom_reply_t *reply, const wecom_login_t *room, const char *link,
                       const char *code, const char *appid);

/* --- login_ask.c --- */

/* Whose code it is, and whether the member is one of ours. */
wecom_reason_t wecom_login_ask(wecom_reply_t *reply, wecom_member_t *member,
                               const wecom_login_t *room, const wecom_app_t *app, int consented,
                               const char *code);

/* --- login_session.c --- */

/* The browser goes to the target, with the session that the reply sets. */
void wecom_login_go_to(wecom_reply_t *reply, const wecom_login_t *room, const char *target);

/* Is the visitor signed in for the target of this login? */
int wecom_login_is_known(const wecom_login_t *room, const wecom_pending_t *pending);

/* The page of a reason, with the source's name in its sentence. */
void wecom_login_refuse(wecom_reply_t *reply, const wecom_login_t *room,
                        const wecom_source_t *source, wecom_reason_t reason, const char *target);

/* A new session for the member; reply->signed_in. flags: of the pending login. standing: the
 * account, NULL without a directory. confirmed: when WeCom said yes. */
wecom_reason_t wecom_login_make_session(wecom_reply_t *reply, const wecom_login_t *room,
                                        const wecom_source_t *source, unsigned int flags,
                                        const wecom_member_t *member,
                                        const wecom_standing_t *standing, apr_time_t confirmed);

/* --- login_admit.c --- */

/* What the visitor has answered to our question. */
typedef struct wecom_login_answer_t {
    wecom_step_t step;
    const char *username;   /* with WECOM_STEP_BIND */
    const char *chosen;     /* with WECOM_STEP_CHOOSE */
    const char *spelled;    /* out: no account has this username, but one does in another case */
} wecom_login_answer_t;

/* The directory's word. WECOM_REASON_NONE with *standing: the member is this account. *asked: the
 * reply is complete, because the visitor is asked (for consent, or for the account). Else the
 * reason of the refusal. answer: NULL for a first step. */
wecom_reason_t wecom_login_admit(wecom_reply_t *reply, wecom_standing_t *standing, int *asked,
                                 const wecom_login_t *room, const wecom_source_t *source,
                                 const wecom_pending_t *pending, const wecom_member_t *member,
                                 wecom_login_answer_t *answer);

/* From the member whom WeCom confirmed to the session; reply->signed_in, or the reply is complete
 * because the visitor is asked something. confirmed: when WeCom said so. */
wecom_reason_t wecom_login_complete(wecom_reply_t *reply, const wecom_login_t *room,
                                    const wecom_source_t *source, const wecom_pending_t *pending,
                                    const wecom_member_t *member, apr_time_t confirmed);

/* public URL + target. */
const char *wecom_login_absolute(const wecom_login_t *room, const char *target);

#endif
