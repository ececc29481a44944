/* SPDX-License-Identifier: Apache-2.0 */
/* progress.c - see progress.h. */

#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 30
#define PAUSE (APR_USEC_PER_SEC / 10)
#define EVERY 64    /* lines between two looks at the clock */

void wecom_progress_begin(wecom_progress_t *progress, apr_int64_t size)
{
    memset(progress, 0, sizeof(*progress));
    progress->is_watched = isatty(STDERR_FILENO);
    progress->size = size;
}

void wecom_progress_step(wecom_progress_t *progress, apr_int64_t done, apr_int64_t count)
{
    static const char marks[WIDTH + 1] = "##############################";
    int part;

    if (!progress->is_watched || count % EVERY != 0 || apr_time_now() < progress->next) {
        return;
    }
    progress->next = apr_time_now() + PAUSE;
    progress->is_drawn = 1;
    if (progress->size > 0) {
        done = done > progress->size ? progress->size : done;
        part = (int)((double)done / (double)progress->size * WIDTH);
        fprintf(stderr, "\r[%-*.*s] %3d%%  %" APR_INT64_T_FMT " lines", WIDTH, part, marks,
                (int)((double)done / (double)progress->size * 100), count);
    }
    else {
        fprintf(stderr, "\r%" APR_INT64_T_FMT " lines", count);
    }
    fflush(stderr);
}

void wecom_progress_clear(wecom_progress_t *progress)
{
    if (progress->is_drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        progress->is_drawn = 0;
    }
}
