/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slots.h - the port that bounds how many logins of a node wait for WeCom at once.
 *
 * A WeCom that is slow must not take every thread of the server: who is known goes on, and of
 * those who are signing in only so many wait as there are slots. A slot is a promise with a date:
 * it is free again when its holder leaves, or at the date, so a child that was killed loses
 * nothing for long.
 */
#ifndef WECOM_BASE_SLOTS_H
#define WECOM_BASE_SLOTS_H

#include <apr_time.h>

typedef struct wecom_slots_t wecom_slots_t;
struct wecom_slots_t {
    /* A slot of 0 or more, or -1 when all are taken. until: when it is free again in any case. */
    int (*enter)(const wecom_slots_t *self, apr_time_t now, apr_time_t until);
    /* Give back what enter gave; -1 is allowed and means nothing. */
    void (*leave)(const wecom_slots_t *self, int slot);
    void *baton;
};

#endif
