/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress.h - a bar on stderr, while somebody is watching (a terminal), and nothing otherwise.
 */
#ifndef WECOM_CTL_PROGRESS_H
#define WECOM_CTL_PROGRESS_H

#include <apr_time.h>

typedef struct wecom_progress_t {
    int is_watched;
    int is_drawn;
    apr_int64_t size;       /* what 100 percent is; 0: not known */
    apr_time_t next;        /* not drawn before */
} wecom_progress_t;

void wecom_progress_begin(wecom_progress_t *progress, apr_int64_t size);

/* done: of size; count: lines. Cheap enough for each line. */
void wecom_progress_step(wecom_progress_t *progress, apr_int64_t done, apr_int64_t count);

/* Takes the bar away, so that a sentence may stand there; the next step draws it anew. */
void wecom_progress_clear(wecom_progress_t *progress);

#endif
