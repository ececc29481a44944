/* SPDX-License-Identifier: Apache-2.0 */
/*
 * octets.h - whole numbers as big-endian bytes, for the records that we seal ourselves.
 *
 * Header alone, so that the compiler turns a width it knows into one load or store. Neither
 * function looks at a length: the caller has checked that `width` bytes (1 to 8) are there.
 */
#ifndef WECOM_AUTH_OCTETS_H
#define WECOM_AUTH_OCTETS_H

#include <apr.h>

/* Write the low `width` bytes of value at `at`; returns the place behind them. */
static inline unsigned char *wecom_octets_put(unsigned char *at, apr_uint64_t value,
                                              unsigned int width)
{
    unsigned int i;

    for (i = 0; i < width; i++) {
        at[i] = (unsigned char)(value >> (8 * (width - 1 - i)));
    }
    return at + width;
}

static inline apr_uint64_t wecom_octets_get(const unsigned char *at, unsigned int width)
{
    apr_uint64_t value = 0;
    unsigned int i;

    for (i = 0; i < width; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

#endif
