/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault.c - one way into the log for everything that is wrong with a configuration.
 */
#include "fault.h"

#include <stdarg.h>

#include <apr_strings.h>

#include "http_core.h"

/* The first reading talks to a terminal, where date and process only stand in the way
 * (APLOG_STARTUP); a reload talks to the error log. */
static void say(wecom_judge_t *judge, int level, const wecom_where_t *where, const char *text)
{
    const int first = ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG;

    if (where != NULL && where->file != NULL) {
        text = apr_psprintf(judge->temp, "%s (%s:%d)", text, where->file, where->line);
    }
    if (apr_hash_get(judge->said, text, APR_HASH_KEY_STRING) == NULL) {
        apr_hash_set(judge->said, text, APR_HASH_KEY_STRING, text);
        ap_log_error(APLOG_MARK, first ? APLOG_STARTUP | level : level, 0, judge->main, "%s",
                     text);
    }
}

void wecom_fault(wecom_judge_t *judge, const wecom_where_t *where, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(judge, APLOG_ERR, where, apr_pvsprintf(judge->temp, format, args));
    va_end(args);
    judge->faults++;
}

void wecom_fault_warn(wecom_judge_t *judge, const wecom_where_t *where, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(judge, APLOG_WARNING, where, apr_pvsprintf(judge->temp, format, args));
    va_end(args);
}
