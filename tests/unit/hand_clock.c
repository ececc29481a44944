/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hand_clock.c - see hand_clock.h.
 */
#include "hand_clock.h"

#include <string.h>

static apr_time_t hand_clock_now(const wecom_clock_t *self)
{
    const hand_clock_t *clock = self->baton;

    return clock->now;
}

static void hand_clock_pause(const wecom_clock_t *self, apr_interval_time_t span)
{
    hand_clock_t *clock = self->baton;

    if (clock->pauses < HAND_CLOCK_SPANS) {
        clock->spans[clock->pauses] = span;
    }
    clock->pauses++;
    clock->now += span;
    if (clock->on_pause != NULL) {
        clock->on_pause(clock->baton);
    }
}

void hand_clock_init(hand_clock_t *clock, apr_time_t now)
{
    memset(clock, 0, sizeof(*clock));
    clock->port.now = hand_clock_now;
    clock->port.pause = hand_clock_pause;
    clock->port.baton = clock;
    clock->now = now;
}
