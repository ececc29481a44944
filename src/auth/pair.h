/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pair.h - the pull-up: a phone's browser is signed in by WeCom on the same phone.
 *
 * The browser that asks gets a pending login of its own (WECOM_PENDING_PAIR), a number and a link
 * that pulls WeCom up. WeCom opens WeCom's own authorize address, which leads to `return` with the
 * link's state; there the member is known, and is asked which number the browser shows. The right
 * number lets the browser that asked take its session, once.
 *
 * The danger is the link that was sent to somebody else. So the link alone signs nobody in: the
 * session goes only to the browser with the sealed cookie; WeCom's side gets none; the two must
 * come from one address; one wrong number ends it; and the first button says "not me".
 */
#ifndef WECOM_AUTH_PAIR_H
#define WECOM_AUTH_PAIR_H

#include "login.h"

/* What was posted by the page in WeCom. NULL: not there. */
typedef struct wecom_pair_form_t {
    const char *state;
    const char *token;
    const char *number;     /* "42", or "no": it was not me */
} wecom_pair_form_t;

/* {endpoint}/pair in the browser that asked: the page with the number; once it was picked, the
 * session. poll: how it stands, as JSON {state: waiting|seen|done|ended, next: address}. */
void wecom_pair_show(wecom_reply_t *reply, const wecom_login_t *room, const char *state,
                     int poll);

/* {endpoint}/pair, posted to by the page in WeCom. */
void wecom_pair_answer(wecom_reply_t *reply, const wecom_login_t *room,
                       const wecom_pair_form_t *form);

#endif
