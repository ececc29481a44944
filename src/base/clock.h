/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h - the port for the few places that must wait: a retry after -1, another process that
 * is fetching the token. Everywhere else time is an argument and there is no clock.
 */
#ifndef WECOM_BASE_CLOCK_H
#define WECOM_BASE_CLOCK_H

#include <apr_time.h>

typedef struct wecom_clock_t wecom_clock_t;
struct wecom_clock_t {
    apr_time_t (*now)(const wecom_clock_t *self);
    void (*pause)(const wecom_clock_t *self, apr_interval_time_t span);
    void *baton;
};

#endif
