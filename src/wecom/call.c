/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call.c - one question to WeCom.
 *
 * WeCom answers HTTP 200 to almost everything and says in errcode how it went (document 90313);
 * an unknown path is a 404 without a body, and whatever stands between us and WeCom (a proxy, a
 * portal) may answer with HTML. So the order is: status, JSON, errcode, fields.
 */
#include "call.h"

#include <limits.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/crypto.h"
#include "../base/limits.h"
#include "../base/text.h"

#define CALL_CONNECT_MS   2000
#define CALL_ERRCODE_BUSY (-1)

static const int call_pauses_ms[] = { 100, 300 };
#define CALL_PAUSES (sizeof(call_pauses_ms) / sizeof(call_pauses_ms[0]))

static wecom_status_t call_once(const wecom_call_t *call, wecom_error_t *err,
                                const wecom_app_t *app, int total_ms, const wecom_http_t *http,
                                apr_pool_t *pool)
{
    wecom_http_request_t request;
    wecom_http_response_t response;
    wecom_status_t status;

    if (http == NULL) { /* libcurl could not be started in this process */
        return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, call->stage, "no way out");
    }
    memset(&request, 0, sizeof(request));
    memset(&response, 0, sizeof(response));
    request.stage = call->stage;
    request.url = call->url;
    request.body = call->body;
    request.ca_file = app->ca_file;
    request.proxy = app->proxy;
    request.total_ms = total_ms;
    request.max_answer = call->room != NULL ? call->room->max_answer : 0;
    request.connect_ms = total_ms < CALL_CONNECT_MS ? total_ms : CALL_CONNECT_MS;

    status = http->perform(http, &response, err, &request, pool);
    if (status != WECOM_OK) {
        return wecom_error_set(err, status, err->upstream, call->stage, err->detail);
    }
    if (response.status != 200) {
        status = wecom_error_set(err, WECOM_E_HTTP, response.status, call->stage,
                                 apr_psprintf(pool, "HTTP status %d instead of 200",
                                              response.status));
    }
    else {
        status = call->parse(call->result, err, response.body, response.len, pool);
    }
    if (response.body != NULL) {
        wecom_crypto_wipe(response.body, response.len);
    }
    return status;
}

wecom_status_t wecom_call_make(const wecom_call_t *call, wecom_error_t *err,
                               const wecom_app_t *app, const wecom_ports_t *ports,
                               apr_pool_t *pool)
{
    const wecom_clock_t *clock = ports->clock;
    int timeout_ms = call->room != NULL && call->room->timeout_ms > app->timeout_ms
        ? call->room->timeout_ms : app->timeout_ms;
    apr_time_t deadline = clock->now(clock) + apr_time_from_msec(timeout_ms);
    wecom_status_t status;
    apr_size_t tries;

    if (ports->deadline != 0 && ports->deadline < deadline) {
        deadline = ports->deadline;
    }
    wecom_error_set(err, WECOM_OK, 0, call->stage, NULL);
    for (tries = 0; ; tries++) {
        apr_interval_time_t left = deadline - clock->now(clock);

        /* Less than a millisecond must not become 0, which a transport takes for "no limit". */
        if (left < apr_time_from_msec(1)) {
            return err->status != WECOM_OK ? err->status
                : wecom_error_set(err, WECOM_E_TIMEOUT, 0, call->stage, "no time left to ask");
        }
        status = call_once(call, err, app, (int)apr_time_as_msec(left), ports->http, pool);
        if (status != WECOM_E_REMOTE || err->upstream != CALL_ERRCODE_BUSY
            || tries >= CALL_PAUSES) {
            return status;
        }
        left = deadline - clock->now(clock);
        if (left <= apr_time_from_msec(call_pauses_ms[tries])) {
            return status;
        }
        clock->pause(clock, apr_time_from_msec(call_pauses_ms[tries]));
    }
}

/* Why a body is not the JSON of an API. */
static const char *call_what_it_is(const char *body, apr_size_t len)
{
    apr_size_t i = 0;

    while (i < len && (body[i] == ' ' || body[i] == '\t' || body[i] == '\r' || body[i] == '\n')) {
        i++;
    }
    if (i == len) {
        return "the answer is empty";
    }
    if (body[i] == '<') {
        return "the answer is HTML or XML, not JSON: somebody other than WeCom seems to answer";
    }
    return "the answer is not a JSON object";
}

wecom_status_t wecom_call_open(const wecom_json_t **answer, wecom_error_t *err, const char *stage,
                               const char *body, apr_size_t len, apr_pool_t *pool)
{
    return wecom_call_open_large(answer, err, stage, body, len, WECOM_MAX_ANSWER, pool);
}

wecom_status_t wecom_call_open_large(const wecom_json_t **answer, wecom_error_t *err,
                                     const char *stage, const char *body, apr_size_t len,
                                     apr_size_t max_len, apr_pool_t *pool)
{
    const wecom_json_t *json = NULL;
    const char *errmsg;
    apr_int64_t errcode;
    wecom_status_t status;

    *answer = NULL;
    if (body == NULL) {
        body = "";
        len = 0;
    }
    status = wecom_json_parse_large(&json, body, len, max_len, pool);
    if (status == WECOM_E_TOO_LARGE) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, stage,
                               "there is more in the answer than it can have");
    }
    if (status != WECOM_OK) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, stage, call_what_it_is(body, len));
    }
    errcode = wecom_json_number(json, "errcode", INT_MIN + 1, INT_MAX, INT_MIN);
    if (errcode == INT_MIN) {
        if (wecom_json_has(json, "errcode")) {
            return wecom_error_set(err, WECOM_E_ANSWER, 0, stage, "errcode is not a number");
        }
        errcode = 0;
    }
    if (errcode != 0) {
        errmsg = wecom_json_text(json, "errmsg", WECOM_MAX_ANSWER);
        if (errmsg != NULL) {
            errmsg = wecom_text_clean(errmsg, strlen(errmsg), WECOM_MAX_ERRMSG, pool);
        }
        return wecom_error_set(err, WECOM_E_REMOTE, (int)errcode, stage, errmsg);
    }
    *answer = json;
    return WECOM_OK;
}

void wecom_call_add(char **url, const char *name, const char *value, apr_pool_t *pool)
{
    const char *encoded = wecom_text_url_encode(value, strlen(value), pool);
    char *longer = apr_pstrcat(pool, *url, name, encoded, NULL);

    if (encoded != value) {
        wecom_call_wipe(encoded);
    }
    wecom_call_wipe(*url);
    *url = longer;
}

void wecom_call_wipe(const char *text)
{
    if (text != NULL) {
        wecom_crypto_wipe((char *)text, strlen(text));
    }
}
