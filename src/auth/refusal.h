/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refusal.h - a reason becomes a page that can be talked about.
 *
 * Every refusal shows a number such as WC0231-K7Q2MF: the message's id, and six characters that
 * find this very refusal in the log. They are read out over the phone, so the alphabet has
 * neither 0 and O nor 1, I and l.
 */
#ifndef WECOM_AUTH_REFUSAL_H
#define WECOM_AUTH_REFUSAL_H

#include "room.h"

/* A refusal as page: status and sentence from the reason's row, a new number, one thing to do.
 * again: address of the "try again" button, NULL for none. pairs fill the sentence. */
void wecom_refusal_page(wecom_reply_t *reply, const wecom_login_t *room, wecom_reason_t reason,
                        const char *again, const char *const *pairs);

/* A reason on a page that the visitor can use on: its sentence as the page's alert, with a number,
 * and the reply's reason for the log. */
void wecom_refusal_mark(wecom_reply_t *reply, wecom_page_t *page, const wecom_login_t *room,
                        wecom_reason_t reason);

/* Known, and still not allowed: a 403 that says who is signed in; outside the client it offers
 * to sign in as somebody else and come back to target. */
void wecom_refusal_denied(wecom_reply_t *reply, const wecom_login_t *room, const char *who,
                          const char *target);

/* Not signed in, at a place that sends nobody to the login by itself: a 401 with the way to it. */
void wecom_refusal_sign_in(wecom_reply_t *reply, const wecom_login_t *room, const char *target);

/* The page's script tells the page that opened this window what has become of the login: only
 * {ok, id}, only to the origin that was sealed. ok 0: when the window is closed. Nothing without
 * such a window. */
void wecom_refusal_tell(wecom_page_t *page, const wecom_login_t *room, const char *id, int ok);

/* Any page of ours as the reply: fills in language, time and nonce. */
void wecom_refusal_show(wecom_reply_t *reply, const wecom_login_t *room, int status,
                        wecom_page_t *page);

/* Append a button. */
void wecom_refusal_link(apr_array_header_t *links, const char *label, const char *href);

#endif
