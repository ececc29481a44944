/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_call.c - parameters in, answers out.
 */
#include "sim_call.h"

#include <http_protocol.h>

#include <apr_strings.h>

#include "../src/base/limits.h"
#include "../src/base/text.h"

const char *sim_call_query(sim_call_t *call, const char *name, apr_size_t max)
{
    const char *value = NULL;

    if (call->r->args == NULL
        || wecom_text_query_get(&value, call->r->args, strlen(call->r->args), name, max,
                                call->pool) != WECOM_OK) {
        return NULL;
    }
    return value;
}

static void sim_call_read(sim_call_t *call)
{
    request_rec *r = call->r;
    char *body;
    apr_size_t len = 0;

    if (call->body != NULL) {
        return;
    }
    call->body = "";
    if (ap_setup_client_block(r, REQUEST_CHUNKED_DECHUNK) != OK || !ap_should_client_block(r)) {
        return;
    }
    body = apr_palloc(call->pool, WECOM_MAX_FORM + 1);
    while (len <= WECOM_MAX_FORM) {
        long n = ap_get_client_block(r, body + len, WECOM_MAX_FORM + 1 - len);

        if (n <= 0) {
            break;
        }
        len += (apr_size_t)n;
    }
    if (len <= WECOM_MAX_FORM) {
        body[len] = '\0';
        call->body = body;
        call->body_len = len;
    }
}

const char *sim_call_form(sim_call_t *call, const char *name, apr_size_t max)
{
    const char *value = NULL;

    sim_call_read(call);
    if (wecom_text_query_get(&value, call->body, call->body_len, name, max, call->pool)
        != WECOM_OK) {
        return NULL;
    }
    return value;
}

apr_int64_t sim_call_form_number(sim_call_t *call, const char *name, apr_int64_t min,
                                 apr_int64_t max, apr_int64_t fallback)
{
    const char *text = sim_call_form(call, name, 20);
    apr_int64_t number = 0;
    int negative = text != NULL && text[0] == '-';

    if (text == NULL
        || wecom_text_number(&number, text + negative, 0, APR_INT32_MAX) != WECOM_OK) {
        return fallback;
    }
    number = negative ? -number : number;
    return number < min || number > max ? fallback : number;
}

const wecom_json_t *sim_call_json(sim_call_t *call)
{
    const wecom_json_t *json = NULL;

    sim_call_read(call);
    if (wecom_json_parse(&json, call->body, call->body_len, call->pool) != WECOM_OK) {
        return NULL;
    }
    return json;
}

const char *sim_call_cookie(sim_call_t *call, const char *name, apr_size_t max)
{
    const char *header = apr_table_get(call->r->headers_in, "Cookie");
    wecom_text_cookie_t cookie;
    apr_size_t pos = 0;
    const char *value = NULL;
    apr_size_t len = strlen(name);

    if (header == NULL || strlen(header) > WECOM_MAX_COOKIE_HEADER) {
        return NULL;
    }
    while (wecom_text_cookie_next(&cookie, &pos, header, strlen(header))) {
        if (cookie.name_len == len && memcmp(cookie.name, name, len) == 0
            && cookie.value_len <= 3 * max
            && wecom_text_url_decode(&value, NULL, cookie.value, cookie.value_len, 0, call->pool)
                   == WECOM_OK
            && value[0] != '\0' && strlen(value) <= max) {
            return value;
        }
    }
    return NULL;
}

int sim_call_is_post(const sim_call_t *call)
{
    return call->r->method_number == M_POST;
}

int sim_call_is_local(const sim_call_t *call)
{
    const char *ip = call->r->connection->client_ip;

    return strncmp(ip, "127.", 4) == 0 || strcmp(ip, "::1") == 0
           || strncmp(ip, "::ffff:127.", 11) == 0;
}

int sim_call_send(sim_call_t *call, int status, const char *type, const char *body,
                  apr_size_t len)
{
    request_rec *r = call->r;

    r->status = status;
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    if (type != NULL) {
        ap_set_content_type(r, type);
    }
    ap_set_content_length(r, (apr_off_t)len);
    if (len > 0) {
        ap_rwrite(body, (int)len, r);
    }
    return OK;
}

int sim_call_send_json(sim_call_t *call, const wecom_json_out_t *json)
{
    const char *text = wecom_json_out_print(json);

    return sim_call_send(call, HTTP_OK, "application/json; charset=UTF-8", text, strlen(text));
}

int sim_call_redirect(sim_call_t *call, int status, const char *url)
{
    apr_table_setn(call->r->headers_out, "Location", url);
    return sim_call_send(call, status, NULL, "", 0);
}
