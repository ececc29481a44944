/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refresh.h - is a session still as fresh as WeComRefresh wants it, and what a re-reading means.
 *
 * Pure: ticket, marks of the recall table and time in, a verdict out. A session is confirmed when
 * its login, or a later re-reading of its member, has heard WeCom's yes. One that is older than
 * WeComRefresh goes on while the member is queued; one that could not be confirmed for
 * WeComRefreshGrace ends, and so does one that nobody has used for as long.
 */
#ifndef WECOM_AUTH_REFRESH_H
#define WECOM_AUTH_REFRESH_H

#include "recall.h"
#include "reason.h"
#include "ticket.h"

typedef struct wecom_refresh_span_t {
    apr_int64_t refresh;   /* seconds */
    apr_int64_t grace;
} wecom_refresh_span_t;

typedef enum wecom_refresh_verdict_t {
    WECOM_REFRESH_GOOD = 0,
    WECOM_REFRESH_TAKE,    /* good with the new facts, which were told after its own */
    WECOM_REFRESH_OVER,    /* recalled */
    WECOM_REFRESH_LAPSED   /* not confirmed for too long */
} wecom_refresh_verdict_t;

/* span NULL: members of this source are not read again, their sessions live their life. *due: the
 * member should be queued. */
wecom_refresh_verdict_t wecom_refresh_judge(int *due, const wecom_ticket_t *ticket,
                                            const wecom_recall_marks_t *marks,
                                            const wecom_refresh_span_t *span, apr_int64_t now);

/* Facts with this print (carry.h) were heard at `when`, by a login or a re-reading. 1: they are
 * others than before, and older sessions must take them; 0: the same, or no later than others that
 * were heard already, and then the next re-reading tells. */
int wecom_refresh_hear(wecom_recall_marks_t *marks, apr_uint64_t print, apr_int64_t when);

typedef enum wecom_refresh_answer_t {
    WECOM_REFRESH_YES = 0,
    WECOM_REFRESH_LEFT,     /* not active, or no member any more: out of the enterprise */
    WECOM_REFRESH_HIDDEN,   /* out of this app's visible range; other apps may still show it */
    WECOM_REFRESH_UNTOLD    /* nothing was said about this member */
} wecom_refresh_answer_t;

/* What user/get has said: how the call ended, and the status it gave. *reason as for a login. */
wecom_refresh_answer_t wecom_refresh_answer(wecom_reason_t *reason, const wecom_error_t *err,
                                            int member_status);

#endif
