/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kept.h - a posted form at the door: may it be kept over the login, and its body.
 */
#ifndef WECOM_HTTPD_KEPT_H
#define WECOM_HTTPD_KEPT_H

#include "request.h"

#include "../auth/keep.h"

void wecom_kept_facts(wecom_keep_facts_t *facts, const request_rec *r);

/* The whole body of a request, at most max bytes, in the pool of the request; the caller wipes it.
 * OK; DECLINED when it is larger or does not come (then the connection ends with this answer, and
 * what is left of it is nobody's); AP_FILTER_ERROR when a filter has answered the request itself,
 * to be returned from the hook. */
int wecom_kept_read_body(wecom_bytes_t *body, request_rec *r, apr_size_t max);

/* Keep the form that r posts, if the session that has ended was a member's and everything else in
 * keep.h holds. wish: the login of a form that is not kept. OK: *reply is the whole answer;
 * DECLINED: it is not kept, and *reply is as it was; AP_FILTER_ERROR as above. */
int wecom_kept_take(wecom_reply_t *reply, request_rec *r, const wecom_visit_t *visit,
                    const wecom_login_t *room, const wecom_login_wish_t *wish);

#endif
