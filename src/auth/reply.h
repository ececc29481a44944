/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply.h - an answer as a value: what the core decided, not yet written to anybody.
 *
 * The core fills it, src/httpd/request.c writes it and knows alone that a redirect keeps only
 * err_headers_out and that every answer of ours carries no-store.
 */
#ifndef WECOM_AUTH_REPLY_H
#define WECOM_AUTH_REPLY_H

#include <apr_tables.h>

#include "../wecom/member.h"
#include "reason.h"
#include "ticket.h"

typedef struct wecom_reply_t {
    int status;                      /* HTTP */
    const char *location;            /* absolute; NULL: none */
    const char *content_type;        /* with body */
    const char *body;                /* NULL: none */
    const char *policy;              /* of a page: its Content-Security-Policy; NULL: no page */
    const char *referrer;            /* Referrer-Policy; NULL: no-referrer */
    int framed;                      /* of a page: others may show it in a frame */
    int opener;                      /* the page must keep hold of the one that opened it */
    int retry_after;                 /* seconds; 0: none */
    const char *refresh;             /* Refresh: where to go by itself; NULL: nowhere */
    int refresh_after;               /* in so many seconds */
    int forget_cached_pages;         /* Clear-Site-Data: "cache", after a logout */
    apr_array_header_t *cookies;     /* const char *: Set-Cookie values */

    /* For the one log line. */
    wecom_reason_t reason;
    wecom_error_t error;             /* what WeCom or the transport said, if anything */
    const char *incident;            /* as shown on the page */
    const char *details;             /* what the reason rests on; NULL: nothing more to say */
    const char *source;              /* id, if known */
    const char *userid;              /* if known */
    const char *account;             /* its username, if known */
    const char *linked_by;           /* this answer linked it, and how; NULL: it did not */
    int created;                     /* this answer made the account */
    wecom_word_t item;               /* what WeCom withheld, for WECOM_WORD_WITHHELD */
    int signed_in;                   /* a session was made: ticket says whose */
    const wecom_ticket_t *ticket;
    const wecom_ticket_t *facts;     /* what was heard of the member (carry.h) */
} wecom_reply_t;

/* An empty answer with its array made. */
void wecom_reply_init(wecom_reply_t *reply, apr_pool_t *pool);

void wecom_reply_redirect(wecom_reply_t *reply, int status, const char *location);

void wecom_reply_cookie(wecom_reply_t *reply, const char *set_cookie);

#endif
