/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.h - reading and writing lists with commas (RFC 4180), record by record.
 *
 * UTF-8 with or without a byte order mark; lines end in LF or CRLF; a field in quotes may hold
 * commas, line breaks and doubled quotes. Blank lines do not count. Nothing is trimmed. What is
 * wrong with a record is said in a sentence, and the next line is tried: whoever mends a list
 * wants to hear of all its faults at once.
 */
#ifndef WECOM_BASE_CSV_H
#define WECOM_BASE_CSV_H

#include <apr_pools.h>

/* Where the bytes come from: at most len of them into room. How many, 0 at the end, -1 when they
 * cannot be read. */
typedef apr_ssize_t (*wecom_csv_source_t)(void *baton, char *room, apr_size_t len);

typedef struct wecom_csv_t wecom_csv_t;

typedef struct wecom_csv_record_t {
    const char *const *fields;  /* count of them, none NULL and none with a NUL inside */
    int count;
    apr_int64_t line;           /* where it begins, from 1 */
    const char *wrong;          /* NULL, or what is wrong with it (a sentence without its full
                                 * stop); then there are no fields */
} wecom_csv_record_t;

/* A reader. It keeps one buffer, whatever comes. */
wecom_csv_t *wecom_csv_make(wecom_csv_source_t source, void *baton, apr_pool_t *pool);

/* 1 with the next record in the pool, 0 at the end, -1 when the bytes cannot be read. Behind a
 * record that never ends (WECOM_MAX_CSV_RECORD, a quote that is not closed) nothing more comes. */
int wecom_csv_next(wecom_csv_t *csv, wecom_csv_record_t *record, apr_pool_t *pool);

/* A field as it is written: in quotes where that is needed to read it back. NULL is "", which
 * alone on a line would be a blank line. */
const char *wecom_csv_field(const char *value, apr_pool_t *pool);

#endif
