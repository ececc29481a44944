/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_http.h - an http port that plays a script.
 *
 * A test writes down which calls it expects and what each is answered; a call that is not the
 * next of the script is a complaint, and so is a script that was not played to its end. All calls
 * are recorded.
 */
#ifndef WECOM_TESTS_FAKE_HTTP_H
#define WECOM_TESTS_FAKE_HTTP_H

#include "../../src/base/http.h"
#include "hand_clock.h"

#define FAKE_HTTP_MAX 128

typedef struct fake_http_step_t {
    const char *stage;         /* of the call that is expected */
    wecom_status_t failure;    /* WECOM_OK: answer with status and body */
    int status;                /* HTTP status, or the transport's code of a failure */
    const char *body;          /* or the detail of a failure */
    apr_size_t len;
    apr_interval_time_t takes; /* by which the clock moves on */
} fake_http_step_t;

typedef struct fake_http_call_t {
    const char *stage;
    const char *url;           /* copies, taken during the call */
    const char *body;          /* NULL: GET */
    const char *ca_file;
    const char *proxy;
    int connect_ms;
    int total_ms;
    apr_size_t max_answer;
    const char *live_url;      /* the caller's own memory, to see that it was wiped */
    const char *live_body;
    const char *answer;        /* the body that was handed out, likewise */
    apr_size_t answer_len;
} fake_http_call_t;

typedef struct fake_http_t {
    wecom_http_t port;
    apr_pool_t *pool;
    hand_clock_t *clock;
    fake_http_step_t steps[FAKE_HTTP_MAX];
    int step_count;
    int next;
    fake_http_call_t calls[FAKE_HTTP_MAX];
    int call_count;
    const char *complaint;     /* the first call that did not fit, or NULL */
    void (*on_perform)(void *baton, const fake_http_call_t *call);  /* before the answer */
    void *baton;
    int in_hook;               /* the hook is not run for calls inside it */
} fake_http_t;

void fake_http_init(fake_http_t *http, hand_clock_t *clock, apr_pool_t *pool);

/* The next call is of this stage and is answered so. The step may be changed further. */
fake_http_step_t *fake_http_answer(fake_http_t *http, const char *stage, int status,
                                   const char *body);

/* The next call is of this stage and fails so. */
fake_http_step_t *fake_http_fail(fake_http_t *http, const char *stage, wecom_status_t failure,
                                 int upstream, const char *detail);

/* How many calls of a stage were made. */
int fake_http_count(const fake_http_t *http, const char *stage);

/* NULL when the whole script was played and nothing else; else what went wrong. */
const char *fake_http_verdict(const fake_http_t *http);

#endif
