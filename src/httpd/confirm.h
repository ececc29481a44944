/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confirm.h - is the member behind a session still who the ticket says?
 *
 * On every request: one look into the recall table (recall_shm.h). Who was not confirmed for
 * WeComRefresh is pushed into the queue, and nobody waits for it; reread.h takes it from there.
 */
#ifndef WECOM_HTTPD_CONFIRM_H
#define WECOM_HTTPD_CONFIRM_H

#include "request.h"

/* 0: the session is over, which is logged. *renewed becomes 1 when the ticket has taken newer
 * facts, and its cookie should be written anew. */
int wecom_confirm_session(int *renewed, wecom_ticket_t *ticket, request_rec *r,
                          const wecom_visit_t *visit, const wecom_source_t *source);

/* A login was a reading too: what it heard counts for the other sessions of the member. */
void wecom_confirm_login(request_rec *r, const wecom_server_t *server,
                         const wecom_ticket_t *facts);

/* The facts in `newer` were heard at `when` (seconds): mark it, and leave them in the cache of
 * every server of this room where they are others than before. 1 when they are. */
int wecom_confirm_hear(const wecom_server_t *server, const wecom_source_t *source,
                       const wecom_ticket_t *newer, apr_int64_t when, apr_pool_t *pool);

#endif
