/* SPDX-License-Identifier: Apache-2.0 */
/* shape.c - see shape.h. */

#include "shape.h"

#include <string.h>

/* --- when ------------------------------------------------------------------------------------- */

static apr_int64_t read_time(const volatile apr_int64_t *at)
{
    return __atomic_load_n(at, __ATOMIC_ACQUIRE);
}

static void write_time(volatile apr_int64_t *at, apr_int64_t value)
{
    __atomic_store_n(at, value, __ATOMIC_RELEASE);
}

/* `span` seconds after `then`; a `then` of the future means nothing. */
static int has_passed(apr_int64_t then, apr_int64_t span, apr_int64_t now)
{
    return now < then || now - then >= span;
}

int wecom_shape_is_due(const wecom_shape_due_t *due, int part, apr_int64_t now)
{
    apr_int64_t tried = read_time(&due->tried[part]);

    return has_passed(tried, WECOM_SHAPE_PAUSE, now)
           && (now >= read_time(&due->next[part]) || now < tried);
}

void wecom_shape_due_now(wecom_shape_due_t *due, int part)
{
    write_time(&due->next[part], 0);
}

apr_int64_t wecom_shape_begin(wecom_shape_due_t *due, int part, apr_int64_t now)
{
    apr_int64_t again = now + WECOM_SHAPE_RETRY;

    write_time(&due->next[part], again);
    write_time(&due->tried[part], now);
    return again;
}

void wecom_shape_done(wecom_shape_due_t *due, int part, apr_int64_t begun, apr_int64_t span,
                      apr_int64_t now)
{
    /* Another value means wecom_shape_due_now. */
    __atomic_compare_exchange_n(&due->next[part], &begun, now + span, 0, __ATOMIC_ACQ_REL,
                                __ATOMIC_RELAXED);
}

int wecom_shape_may_tell(wecom_shape_due_t *due, int part, apr_int64_t now)
{
    if (!has_passed(read_time(&due->told[part]), 60, now)) {
        return 0;
    }
    write_time(&due->told[part], now);
    return 1;
}

/* --- reading ---------------------------------------------------------------------------------- */
