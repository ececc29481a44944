/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ports.h - what a call to WeCom needs from outside, in one hand.
 */
#ifndef WECOM_WECOM_PORTS_H
#define WECOM_WECOM_PORTS_H

#include "../base/cache.h"
#include "../base/clock.h"
#include "../base/http.h"
#include "../base/slots.h"

typedef struct wecom_ports_t {
    const wecom_http_t *http;
    const wecom_cache_t *cache;
    const wecom_clock_t *clock;
    const wecom_slots_t *slots;   /* NULL: any number may wait */
    apr_time_t deadline;          /* no call lasts beyond it; 0: each call has the app's timeout.
                                   * A login of several calls sets it, so that its visitor waits
                                   * for one timeout and not for four. */
} wecom_ports_t;

#endif
