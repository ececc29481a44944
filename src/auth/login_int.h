/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login_int.h - what login.c and login_return.c share, and nobody else includes.
 */
#ifndef WECOM_AUTH_LOGIN_INT_H
#define WECOM_AUTH_LOGIN_INT_H

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

/* Mint a state, seal the wish for `source` into a cookie and send the browser to WeCom. */
void wecom_login_start_source(wecom_reply_t *reply, const wecom_login_t *room,
                              const wecom_source_t *source, const wecom_login_wish_t *wish,
                              int mark, int status);

/* As wecom_login_begin, with the mark of the try. */
void wecom_login_begin_marked(wecom_reply_t *reply, const wecom_login_t *room,
                              const wecom_login_wish_t *wish, int mark, int status);

/* Set-Cookie that deletes the pending cookie of a state. */
void wecom_login_forget_cookie(wecom_reply_t *reply, const wecom_login_t *room,
                               const char *state);

/* public URL + target. */
const char *wecom_login_absolute(const wecom_login_t *room, const char *target);

#endif
