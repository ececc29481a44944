/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep_page.h - the pages that a kept form goes through.
 *
 * The post is answered by the first: sign in again. The login leads to the second, {endpoint}/form,
 * whose script takes the box out of the tab and posts it to the same address. The answer to that is
 * the third: the question whether it shall be sent, and where to. From there the form goes on as
 * any other form of this site, with a click.
 */
#ifndef WECOM_AUTH_KEEP_PAGE_H
#define WECOM_AUTH_KEEP_PAGE_H

#include "keep.h"
#include "login.h"

/* Path and query of the second page. state: minted for the form; back: the page that the form
 * stood on, left out where it would not fit a target. */
const char *wecom_keep_page_address(const wecom_login_t *room, const char *state,
                                    const char *back);

/* The answer to the post: 401 with the box in the page and a button that begins the login. wish is
 * that of a form which is not kept: its target is the page that the form stood on. Where no login
 * can begin, the reply is what wecom_login_begin makes of that. 0 when the box cannot be sealed;
 * then nothing is said yet. */
int wecom_keep_page_ended(wecom_reply_t *reply, const wecom_login_t *room,
                          const wecom_login_wish_t *wish, const wecom_kept_t *kept);

/* The second page. state: NULL where there is none that could be; then nothing is looked for. */
void wecom_keep_page_bring(wecom_reply_t *reply, const wecom_login_t *room, const char *state,
                           const char *back);

/* The third: what came back, with the state and the page that it named; any of them may be NULL
 * or odd. Whatever the outcome, a box that opens is used up. */
void wecom_keep_page_ask(wecom_reply_t *reply, const wecom_login_t *room, const char *state,
                         const char *box, const char *back);

/* A form that is gone: the reason's sentence, and a button to the page. */
void wecom_keep_page_gone(wecom_reply_t *reply, const wecom_login_t *room, wecom_reason_t reason,
                          const char *back);

#endif
