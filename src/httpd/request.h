/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.h - what we know about a request, and how an answer of ours is written.
 *
 * Two records. wecom_visit_t is made once, when the request arrives, and found again along prev
 * and main: internal redirects and subrequests belong to the same visit, carry the same cookies
 * and see the same session. wecom_request_t belongs to one request_rec: what was decided about
 * just that one, since a subrequest can stand in another place with other sources.
 */
#ifndef WECOM_HTTPD_REQUEST_H
#define WECOM_HTTPD_REQUEST_H

#include "config.h"

#include "../auth/gate.h"
#include "../auth/login.h"

struct wecom_own_t; /* endpoint.h */

typedef struct wecom_visit_t {
    const wecom_server_t *server;
    apr_pool_t *pool;                    /* of the first request */
    int hopped;                          /* the query bore the mark of the one redirect */
    int touched;                         /* some request of the visit stood under AuthType WeCom */
    int probing;                         /* we look places up ourselves: no login, no cookie */
    const char *return_query;            /* of `return`, kept out of the access log */
    apr_array_header_t *session_values;  /* wecom_bytes_t: cookies with our session's name;
                                          * NULL: none */
    apr_array_header_t *pending;         /* wecom_login_cookie_t; never NULL */
    wecom_bytes_t last_source;           /* as sent; data NULL: not sent. So is the next one */
    wecom_bytes_t lang;

    int session_read;                    /* the next five are known */
    const wecom_ticket_t *ticket;        /* of a living session, else NULL */
    const wecom_ticket_t *former;        /* of a session that has ended: whose it was, no more */
    int session_spoiled;                 /* a cookie came that did not open or had expired */
    int session_unknown;                 /* the account behind the cookie cannot be judged now */
    int session_due;                     /* the cookie should be written anew */
    apr_array_header_t *passed;          /* const char *: headers that have been set for some
                                          * place; NULL: none */
    void *session;                       /* the session_rec that mod_session works with */
} wecom_visit_t;

typedef struct wecom_request_t {
    const struct wecom_own_t *own;       /* one of our own URLs */
    const wecom_ticket_t *admitted;      /* check_authn let this member pass, for this place */
    apr_array_header_t *refusing;        /* rules of Require that refuse them (authz_note.c);
                                          * NULL: none */
    int explained;                       /* the log has told of the refusal */
    int checked;                         /* check_authn has judged this very request */
    int delivered;                       /* its handler has begun */
    const char *index;                   /* file name of the index that a member may see, ... */
    const char *index_user;              /* ... and as whom; all in the pool of this request */
    const wecom_ticket_t *index_ticket;
    const void *told_under;              /* fixups have told the application, under this
                                          * configuration */
    int answered;                        /* the headers are those of an answer of ours */
    const char *cache_control;           /* of such an answer; NULL: no-store */
    wecom_reply_t *reply;                /* to be written by the `denied` handler */
} wecom_request_t;

/* post_read_request makes it; NULL for a virtual host without sources. */
wecom_visit_t *wecom_request_visit(const request_rec *r);

/* Make the visit. */
wecom_visit_t *wecom_request_new_visit(request_rec *r, const wecom_server_t *server);

/* The record of just this request; made when it is not there. */
wecom_request_t *wecom_request_own(request_rec *r);

/* The same, or NULL. */
wecom_request_t *wecom_request_peek(const request_rec *r);

/* The ticket under which this request was let in; looks along prev and main where httpd has
 * skipped check_authn because the configuration did not change. */
const wecom_ticket_t *wecom_request_admitted(const request_rec *r);

/* 1 when AuthType WeCom stands at this request. */
int wecom_request_is_ours(request_rec *r);

/* What holds for a login that begins at no place: what the server itself says of sources and
 * registration. Where registration is off at any place it is off here too, since whoever likes to
 * could begin here and go there. */
void wecom_request_defaults(const char **allowed, unsigned int *flags, request_rec *r);

/* The room for a login (login.h). */
void wecom_request_room(wecom_login_t *room, request_rec *r, wecom_visit_t *visit);

/* What can the one who asks make use of? */
wecom_ask_t wecom_request_ask(const request_rec *r);

/* How the request addressed us. */
void wecom_request_address(wecom_address_t *address, const request_rec *r,
                           const wecom_visit_t *visit);

/* Path and query as the browser sees them, of the first request of a chain of redirects. */
const char *wecom_request_target(const request_rec *r);

/* Cookies, Location, no-store and the like, into err_headers_out: only they survive an error or
 * a redirect. */
void wecom_request_write_headers(request_rec *r, const wecom_reply_t *reply);

/* Set-Cookie of one name, replacing what we have set of that name before. */
void wecom_request_set_cookie(request_rec *r, const char *set_cookie);

/* A header that survives every status, in the place of any other of its name. */
void wecom_request_set_header(request_rec *r, const char *name, const char *value);

/* The whole answer, from a handler; always OK (design, section 4). */
int wecom_request_send(request_rec *r, const wecom_reply_t *reply);

/* Leave the answer to our `denied` page and return the status that leads there. For hooks that
 * must not write themselves. */
int wecom_request_leave(request_rec *r, wecom_reply_t *reply, int status);

/* What WeCom or the transport said, for a log line: "; stage: errcode n: ...", or "". */
const char *wecom_request_upstream(const wecom_error_t *err, apr_pool_t *pool);

/* The one log line of an answer. */
void wecom_request_log(request_rec *r, const wecom_reply_t *reply);

#endif
