/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen.h - which texts a list has had already, and on which line.
 *
 * Sixteen bytes for each text, however long: kept are hashes of 64 bits, not the texts. In a list
 * of a million lines two texts are taken for one with a chance of one in thirty million.
 */
#ifndef WECOM_CTL_SEEN_H
#define WECOM_CTL_SEEN_H

#include <apr_pools.h>

typedef struct wecom_seen_t wecom_seen_t;

/* Freed with the pool. */
wecom_seen_t *wecom_seen_make(apr_pool_t *pool);

/* The line on which the text was seen first; 0 when it is new, and is known from now on. -1: there
 * is no memory. */
apr_int64_t wecom_seen_add(wecom_seen_t *seen, const char *text, apr_int64_t line);

#endif
