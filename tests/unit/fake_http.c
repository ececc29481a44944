/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_http.c - see fake_http.h.
 */
#include "fake_http.h"

#include <string.h>

#include <apr_strings.h>

static fake_http_call_t *fake_http_record(fake_http_t *http, const wecom_http_request_t *request)
{
    fake_http_call_t *call;

    if (http->call_count >= FAKE_HTTP_MAX) {
        return NULL;
    }
    call = &http->calls[http->call_count++];
    call->stage = request->stage;
    call->url = apr_pstrdup(http->pool, request->url);
    call->body = apr_pstrdup(http->pool, request->body);
    call->ca_file = request->ca_file;
    call->proxy = request->proxy;
    call->connect_ms = request->connect_ms;
    call->total_ms = request->total_ms;
    call->max_answer = request->max_answer;
    call->live_url = request->url;
    call->live_body = request->body;
    return call;
}

static wecom_status_t fake_http_refuse(fake_http_t *http, wecom_error_t *err, const char *stage)
{
    if (http->complaint == NULL) {
        http->complaint = apr_psprintf(http->pool, "call %d is an unexpected %s",
                                       http->call_count, stage);
    }
    return wecom_error_set(err, WECOM_E_CONNECT, 0, stage, "not in the script");
}

static wecom_status_t fake_http_perform(const wecom_http_t *self, wecom_http_response_t *response,
                                        wecom_error_t *err, const wecom_http_request_t *request,
                                        apr_pool_t *pool)
{
    fake_http_t *http = self->baton;
    fake_http_call_t *call = fake_http_record(http, request);
    const fake_http_step_t *step;

    if (call == NULL || http->next >= http->step_count
        || strcmp(http->steps[http->next].stage, request->stage) != 0) {
        return fake_http_refuse(http, err, request->stage);
    }
    step = &http->steps[http->next++];
    if (http->on_perform != NULL && !http->in_hook) {
        http->in_hook = 1;
        http->on_perform(http->baton, call);
        http->in_hook = 0;
    }
    http->clock->now += step->takes;
    if (step->failure != WECOM_OK) {
        return wecom_error_set(err, step->failure, step->status, request->stage, step->body);
    }
    response->status = step->status;
    response->len = step->len;
    response->body = apr_pcalloc(pool, step->len + 1);
    memcpy(response->body, step->body, step->len);
    call->answer = response->body;
    call->answer_len = response->len;
    return WECOM_OK;
}

void fake_http_init(fake_http_t *http, hand_clock_t *clock, apr_pool_t *pool)
{
    memset(http, 0, sizeof(*http));
    http->port.perform = fake_http_perform;
    http->port.baton = http;
    http->clock = clock;
    http->pool = pool;
}

static fake_http_step_t *fake_http_step(fake_http_t *http, const char *stage)
{
    fake_http_step_t *step = &http->steps[FAKE_HTTP_MAX - 1];

    if (http->step_count < FAKE_HTTP_MAX) {
        step = &http->steps[http->step_count++];
    }
    memset(step, 0, sizeof(*step));
    step->stage = stage;
    return step;
}

fake_http_step_t *fake_http_answer(fake_http_t *http, const char *stage, int status,
                                   const char *body)
{
    fake_http_step_t *step = fake_http_step(http, stage);

    step->status = status;
    step->body = apr_pstrdup(http->pool, body);
    step->len = strlen(body);
    return step;
}

fake_http_step_t *fake_http_fail(fake_http_t *http, const char *stage, wecom_status_t failure,
                                 int upstream, const char *detail)
{
    fake_http_step_t *step = fake_http_step(http, stage);

    step->failure = failure;
    step->status = upstream;
    step->body = detail;
    return step;
}

int fake_http_count(const fake_http_t *http, const char *stage)
{
    int n = 0;
    int i;

    for (i = 0; i < http->call_count; i++) {
        n += strcmp(http->calls[i].stage, stage) == 0;
    }
    return n;
}

const char *fake_http_verdict(const fake_http_t *http)
{
    if (http->complaint != NULL) {
        return http->complaint;
    }
    if (http->next < http->step_count) {
        return apr_psprintf(http->pool, "step %d (%s) was never asked for", http->next + 1,
                            http->steps[http->next].stage);
    }
    return NULL;
}
