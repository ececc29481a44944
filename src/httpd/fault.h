/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault.h - the judgement over a whole configuration: collected, logged, counted.
 *
 * A check does not end at the first fault: the administrator gets all of them in one go. Each is
 * one log line with its id, what is wrong, what to write instead, and file and line at its end.
 */
#ifndef WECOM_HTTPD_FAULT_H
#define WECOM_HTTPD_FAULT_H

#include <apr_hash.h>

#include "config.h"

typedef enum wecom_run_t {
    WECOM_RUN_REAL,   /* the server starts, or is reloaded, or is asked to by "httpd -k" */
    WECOM_RUN_TEST,   /* -t: everything is read, nothing is created */
    WECOM_RUN_DUMP    /* -S, -M, -L: anybody may ask; no file is touched, no command run */
} wecom_run_t;

typedef struct wecom_judge_t {
    apr_pool_t *pool;       /* pconf: for what stays */
    apr_pool_t *temp;       /* until the end of the check */
    server_rec *main;
    wecom_run_t run;
    apr_hash_t *said;       /* what a hundred virtual hosts inherit is said once */
    int faults;
} wecom_judge_t;

/* Log at error level and count; the same words with the same place are logged once. format begins
 * with the id: WC(0101) "...". `where` may be NULL or empty. Never pass a secret. */
void wecom_fault(wecom_judge_t *judge, const wecom_where_t *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Log as a warning; the server starts nevertheless. */
void wecom_fault_warn(wecom_judge_t *judge, const wecom_where_t *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
