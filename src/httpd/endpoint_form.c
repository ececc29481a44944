/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint_form.c - the own URLs that a form can be posted to: bind, pair and logout. */

#include "endpoint_int.h"

#include <string.h>

#include "apr_strings.h"
#include "http_protocol.h"

#include "../auth/form.h"
#include "../auth/pair.h"
#include "prover.h"
#include "session.h"

/* --- forms ----------------------------------------------------------------------------------- */

/* A field of a posted form of ours. */
typedef struct form_field_t {
    const char *name;
    const char **value;
    apr_size_t max;
} form_field_t;

/* ap_parse_form_data keeps what it has read; the caller wipes what it was given. */
static void wipe_bucket_copies(apr_bucket_brigade *brigade)
{
    apr_bucket *bucket;

    for (bucket = APR_BRIGADE_FIRST(brigade); bucket != APR_BRIGADE_SENTINEL(brigade);
         bucket = APR_BUCKET_NEXT(bucket)) {
        const char *data;
        apr_size_t len;

        if (!APR_BUCKET_IS_METADATA(bucket)
            && apr_bucket_read(bucket, &data, &len, APR_BLOCK_READ) == APR_SUCCESS) {
            wecom_crypto_wipe((void *)data, len);
        }
    }
}

/* 0: no form, too large, or a field that is there twice. */
static int read_form(request_rec *r, const form_field_t *fields, int count)
{
    apr_array_header_t *pairs = NULL;
    int i;
    int k;

    if (ap_parse_form_data(r, NULL, &pairs, 32, WECOM_MAX_FORM) != OK || pairs == NULL) {
        return 0;
    }
    for (i = 0; i < pairs->nelts; i++) {
        ap_form_pair_t *pair = &APR_ARRAY_IDX(pairs, i, ap_form_pair_t);

        for (k = 0; k < count; k++) {
            apr_off_t len;
            apr_size_t size;
            char *value;

            if (strcmp(pair->name, fields[k].name) != 0) {
                continue;
            }
            if (*fields[k].value != NULL
                || apr_brigade_length(pair->value, 1, &len) != APR_SUCCESS
                || len > (apr_off_t)fields[k].max) {
                return 0;
            }
            size = (apr_size_t)len;
            value = apr_pcalloc(r->pool, size + 1);
            apr_brigade_flatten(pair->value, value, &size);
            if (strlen(value) != size) { /* a NUL would hide what follows */
                return 0;
            }
            *fields[k].value = value;
            if (strcmp(fields[k].name, "password") == 0) {
                wipe_bucket_copies(pair->value);
            }
        }
    }
    return 1;
}

/* --- bind ------------------------------------------------------------------------------------ */

int wecom_endpoint_bind(request_rec *r, wecom_visit_t *visit)
{
    wecom_bind_form_t form = { NULL, NULL, NULL, NULL, NULL, NULL };
    const form_field_t fields[] = {
        { "p", &form.state, WECOM_MAX_STATE },
        { "token", &form.token, WECOM_MAX_FIELD },
        { "do", &form.action, WECOM_MAX_USERID },
        { "username", &form.username, WECOM_MAX_FIELD },
        { "password", &form.password, WECOM_BIND_MAX_PASSWORD },
        { "account", &form.account, WECOM_MAX_USERNAME },
    };
    wecom_reply_t reply;
    wecom_login_t room;

    wecom_reply_init(&reply, r->pool);
    wecom_request_room(&room, r, visit);
    if (r->method_number != M_POST) {
        if (!wecom_endpoint_parameter(&form.state, r, "p", WECOM_MAX_STATE)
            || !wecom_endpoint_parameter(&form.action, r, "do", WECOM_MAX_USERID)) {
            form.state = NULL;
        }
        wecom_bind_show(&reply, &room, form.state, form.action);
    }
    else {
        if (!read_form(r, fields, (int)(sizeof(fields) / sizeof(fields[0])))) {
            form.state = NULL;
        }
        wecom_bind_answer(&reply, &room, &form,
                          wecom_prover_make(r, visit->server));
        if (form.password != NULL) {
            wecom_crypto_wipe((char *)form.password, strlen(form.password));
        }
    }
    if (!reply.signed_in) {
        wecom_session_clear_spoiled(r, visit);
    }
    return wecom_endpoint_finish(r, &reply);
}

/* --- pair ------------------------------------------------------------------------------------ */

int wecom_endpoint_pair(request_rec *r, wecom_visit_t *visit)
{
    wecom_pair_form_t form = { NULL, NULL, NULL };
    const form_field_t fields[] = {
        { "p", &form.state, WECOM_MAX_STATE },
        { "token", &form.token, WECOM_MAX_FIELD },
        { "number", &form.number, WECOM_MAX_USERID },
    };
    const char *poll = NULL;
    wecom_reply_t reply;
    wecom_login_t room;

    wecom_reply_init(&reply, r->pool);
    wecom_request_room(&room, r, visit);
    if (r->method_number == M_POST) {
        if (!read_form(r, fields, (int)(sizeof(fields) / sizeof(fields[0])))) {
            form.state = NULL;
        }
        wecom_pair_answer(&reply, &room, &form);
    }
    else {
        if (!wecom_endpoint_parameter(&form.state, r, "p", WECOM_MAX_STATE)
            || !wecom_endpoint_parameter(&poll, r, "poll", WECOM_MAX_USERID)) {
            form.state = NULL;
        }
        wecom_pair_show(&reply, &room, form.state, poll != NULL);
    }
    return wecom_endpoint_finish(r, &reply);
}

/* --- logout ---------------------------------------------------------------------------------- */

static int has_good_token(request_rec *r, const wecom_login_t *room)
{
    const char *token = NULL;
    const form_field_t field = { "token", &token, WECOM_MAX_FIELD };

    return room->ticket != NULL && read_form(r, &field, 1) && token != NULL
           && wecom_form_check(token, room->form_ring, "logout",
                               wecom_login_form_binding(room->ticket), room->now, r->pool);
}

/* From this very site, as the browser itself says: nobody else can make it say so. */
static int is_same_origin(const request_rec *r)
{
    return wecom_text_equal_fold(apr_table_get(r->headers_in, "Sec-Fetch-Site"), "same-origin");
}

static int is_own_click(const request_rec *r)
{
    return is_same_origin(r)
           && wecom_text_equal_fold(apr_table_get(r->headers_in, "Sec-Fetch-Mode"), "navigate");
}

int wecom_endpoint_logout(request_rec *r, wecom_visit_t *visit)
{
    wecom_reply_t reply;
    wecom_login_t room;
    int sure;

    wecom_reply_init(&reply, r->pool);
    wecom_request_room(&room, r, visit);
    if (r->method_number == M_POST && room.ticket == NULL) {
        /* What another site posts comes without the session cookie (SameSite=Lax); the GET after
         * it has it, and asks. */
        wecom_reply_redirect(&reply, HTTP_SEE_OTHER,
                             apr_pstrcat(r->pool, room.site->public_url, room.site->endpoint,
                                         "/logout", NULL));
        return wecom_endpoint_finish(r, &reply);
    }
    sure = r->method_number == M_POST ? has_good_token(r, &room) : is_own_click(r);
    wecom_login_logout(&reply, &room, sure);
    if (room.ticket == NULL && is_same_origin(r)) { /* the picture in the page before */
        reply.forget_cached_pages = 1;
    }
    if (reply.forget_cached_pages && reply.userid != NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0331)
                      "signed out: source %s, member %s", reply.source, reply.userid);
    }
    return wecom_endpoint_finish(r, &reply);
}
