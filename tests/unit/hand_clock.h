/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hand_clock.h - a clock port that stands still until the test moves it.
 *
 * A pause costs no time of ours: it moves the clock on and runs a hook, in which a test lets
 * "another process" act.
 */
#ifndef WECOM_TESTS_HAND_CLOCK_H
#define WECOM_TESTS_HAND_CLOCK_H

#include "../../src/base/clock.h"

#define HAND_CLOCK_SPANS 256

typedef struct hand_clock_t {
    wecom_clock_t port;
    apr_time_t now;
    int pauses;                                   /* how many pauses were asked for */
    apr_interval_time_t spans[HAND_CLOCK_SPANS];  /* the first of them */
    void (*on_pause)(void *baton);                /* after the clock has moved; may be NULL */
    void *baton;
} hand_clock_t;

void hand_clock_init(hand_clock_t *clock, apr_time_t now);

#endif
