/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slip.h - what is wrong in a text that an administrator wrote, and where.
 */
#ifndef WECOM_AUTH_SLIP_H
#define WECOM_AUTH_SLIP_H

typedef struct wecom_slip_t {
    int line;               /* from 1; 0: the text as a whole */
    const char *sentence;   /* what is wrong and what to write instead, without a full stop */
} wecom_slip_t;

#endif
