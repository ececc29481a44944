/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login.h - the story of the module: begin a login, let a source be chosen, finish, sign out.
 *
 * The room (wecom_login_t) holds all that a login may touch: the site, its sources and keys, the
 * ports to WeCom and the cache, the time, and what is known about the browser. Nothing here
 * knows Apache; every outcome is a wecom_reply_t.
 *
 * A login is always bound to one browser by the sealed pending cookie (state.h). The protected
 * request has decided what is allowed and sealed it; the steps here obey the seal.
 */
#ifndef WECOM_AUTH_LOGIN_H
#define WECOM_AUTH_LOGIN_H

#include "room.h"

/* How a login outside the client begins; inside it is always silent. */
typedef enum wecom_login_mode_t { /* in the order of WeComLogin's values */
    WECOM_LOGIN_AUTO = 0,      /* straight to WeCom where one source fits */
    WECOM_LOGIN_PAGE,          /* always by our page */
    WECOM_LOGIN_DIRECT         /* always straight to WeCom's own page */
} wecom_login_mode_t;

/* What the place of a protected request has decided. */
typedef struct wecom_login_wish_t {
    const char *allowed;       /* ids, one blank between; "" for all */
    const char *target;        /* safe */
    unsigned int flags;        /* WECOM_PENDING_LOGIN_ONLY, _NO_REGISTRATION; others are not looked
                                * at */
    wecom_login_mode_t mode;   /* WeComLogin of the place */
    const char *opener;        /* the origin of the page that opened this window for it, and ... */
    const char *nonce;         /* ... what it calls the login; both NULL: no window of its own */
    int consent;               /* inside the client the member is asked for consent, whatever the
                                * source's scope */
} wecom_login_wish_t;

/* From a protected request: straight to WeCom where one source fits, else to the login page.
 * status: 302, or 303 after a posted form. */
void wecom_login_begin(wecom_reply_t *reply, const wecom_login_t *room,
                       const wecom_login_wish_t *wish, int status);

/* The parameters of {endpoint}/login. */
typedef struct wecom_login_query_t {
    const char *pending;       /* p: the state of a pending login; NULL: none */
    const char *source;        /* the id of the one that was chosen; NULL: none */
    int page;                  /* page=1: the page, also where a login would begin by itself */
    int scan;                  /* scan=1: WeCom's own page, without pull-up and panel */
} wecom_login_query_t;

/* {endpoint}/login: the page with a button for each source, or the start of the one that was
 * chosen. wish is what to begin with where there is no pending login. */
void wecom_login_page(wecom_reply_t *reply, const wecom_login_t *room,
                      const wecom_login_query_t *query, const wecom_login_wish_t *wish);

/* {endpoint}/return: WeCom sent the browser back with this query (may be NULL). */
void wecom_login_finish(wecom_reply_t *reply, const wecom_login_t *room, const char *query);

/* {endpoint}/logout. sure: a posted form token was good, or the browser says that the click was
 * made on this very site. Otherwise the visitor is asked first. */
void wecom_login_logout(wecom_reply_t *reply, const wecom_login_t *room, int sure);

/* The binding of logout's form token: this session, which has the ticket; NULL: nothing. */
wecom_bytes_t wecom_login_form_binding(const wecom_ticket_t *ticket);

/* --- exposed for the unit tests ------------------------------------------------------------- */

/* Counts a completed login and says 1 when it is the third in a minute whose state was issued
 * after this member's last login here was completed. */
int wecom_login_is_loop(const wecom_login_t *room, const char *source, const char *userid,
                        apr_time_t state_issued);

#endif
