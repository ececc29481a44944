/* SPDX-License-Identifier: Apache-2.0 */
/* refresh.c - see refresh.h. */
#include "refresh.h"

#include "../wecom/member.h"

/* A time in the future (the clock was set back) counts as now. */
static apr_int64_t seconds_since(apr_int64_t then, apr_int64_t now)
{
    if (then < 0) {
        then = 0;
    }
    return then < now ? now - then : 0;
}

wecom_refresh_verdict_t wecom_refresh_judge(int *due, const wecom_ticket_t *ticket,
                                            const wecom_recall_marks_t *marks,
                                            const wecom_refresh_span_t *span, apr_int64_t now)
{
    apr_int64_t confirmed = marks->read > ticket->checked ? marks->read : ticket->checked;
    apr_int64_t age = seconds_since(confirmed, now);

    *due = 0;
    /* A login that was half finished at the recall is issued after it, on a yes from before it. */
    if (marks->ended != 0
        && (ticket->issued <= marks->ended || ticket->checked <= marks->ended)) {
        return WECOM_REFRESH_OVER;
    }
    if (span == NULL) {
        return WECOM_REFRESH_GOOD;
    }
    if (age > span->grace) {
        return WECOM_REFRESH_LAPSED;
    }
    *due = age > span->refresh;
    return marks->changed > ticket->checked ? WECOM_REFRESH_TAKE : WECOM_REFRESH_GOOD;
}

int wecom_refresh_hear(wecom_recall_marks_t *marks, apr_uint64_t print, apr_int64_t when)
{
    if (marks->print == print && print != 0) {
        marks->read = when > marks->read ? when : marks->read;
        return 0;
    }
    if (when <= marks->read) {
        marks->print = 0;
        return 0;
    }
    marks->print = print;
    marks->read = when;
    marks->changed = when;
    return 1;
}

wecom_refresh_answer_t wecom_refresh_answer(wecom_reason_t *reason, const wecom_error_t *err,
                                            int member_status)
{
    *reason = wecom_reason_of(err);
    if (*reason == WECOM_REASON_NONE) {
        if (member_status == WECOM_MEMBER_ACTIVE) {
            return WECOM_REFRESH_YES;
        }
        *reason = WECOM_REASON_INACTIVE;
        return WECOM_REFRESH_LEFT;
    }
    if (*reason == WECOM_REASON_NO_SUCH_MEMBER) {
        return WECOM_REFRESH_LEFT;
    }
    return *reason == WECOM_REASON_OUT_OF_RANGE ? WECOM_REFRESH_HIDDEN : WECOM_REFRESH_UNTOLD;
}
