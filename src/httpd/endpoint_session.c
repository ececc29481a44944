/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoint_session.c - {endpoint}/session: who is signed in, as JSON.
 *
 * Every carried field under its own name: ids of departments as arrays of numbers, all else as
 * text. What the member lacks is not there.
 */
#include "endpoint_int.h"

#include "apr_strings.h"

#include "../auth/field.h"
#include "../auth/form.h"
#include "../base/json.h"
#include "session.h"

static int json_answer(request_rec *r, int status, const wecom_json_out_t *json)
{
    wecom_reply_t reply;

    wecom_reply_init(&reply, r->pool);
    reply.status = status;
    reply.content_type = "application/json";
    reply.body = wecom_json_out_print(json);
    return wecom_endpoint_finish(r, &reply);
}

int wecom_endpoint_nobody(request_rec *r, const wecom_visit_t *visit)
{
    const wecom_site_t *site = visit->server->site;
    wecom_json_out_t *json = wecom_json_out_object(r->pool);

    if (visit->session_unknown) { /* neither in nor out */
        wecom_json_out_text(json, "error", "unavailable");
        apr_table_setn(r->err_headers_out, "Retry-After", "10");
        return json_answer(r, HTTP_SERVICE_UNAVAILABLE, json);
    }
    wecom_json_out_text(json, "error", "login_required");
    wecom_json_out_text(json, "login", apr_pstrcat(r->pool, site->public_url, site->endpoint,
                                                   "/login", NULL));
    apr_table_setn(r->err_headers_out, "WWW-Authenticate", "WeCom");
    return json_answer(r, HTTP_UNAUTHORIZED, json);
}

static void tell_leads(wecom_json_out_t *json, const wecom_ticket_t *ticket)
{
    wecom_json_out_t *leads = wecom_json_out_child_array(json, "leads");
    apr_size_t i;

    for (i = 0; i < ticket->department_count; i++) {
        if (ticket->leads[i] == WECOM_LEADS) {
            wecom_json_out_number(leads, NULL, ticket->departments[i]);
        }
    }
}

static void tell_further(wecom_json_out_t *json, const apr_array_header_t *fields,
                         const wecom_ticket_t *ticket)
{
    int i;

    for (i = 0; fields != NULL && i < fields->nelts; i++) {
        const char *name = APR_ARRAY_IDX(fields, i, wecom_field_t).name;
        const char *value = apr_table_get(ticket->fields, name);

        if (value != NULL) {
            wecom_json_out_text(json, name, value);
        }
    }
}

int wecom_endpoint_session(request_rec *r, wecom_visit_t *visit)
{
    const wecom_ticket_t *ticket = wecom_session_ticket(r, visit);
    wecom_json_out_t *json = wecom_json_out_object(r->pool);
    wecom_json_out_t *departments;
    const char *token;
    apr_size_t i;

    wecom_endpoint_allow_origin(r, visit);
    if (ticket == NULL) {
        return wecom_endpoint_nobody(r, visit);
    }
    wecom_json_out_text(json, "source", ticket->source);
    wecom_json_out_text(json, "userid", ticket->userid);
    if (ticket->account[0] != '\0') {
        wecom_json_out_text(json, "account", ticket->account);
    }
    if (ticket->name[0] != '\0') {
        wecom_json_out_text(json, "name", ticket->name);
    }
    departments = wecom_json_out_child_array(json, "departments");
    for (i = 0; i < ticket->department_count; i++) {
        wecom_json_out_number(departments, NULL, ticket->departments[i]);
    }
    tell_leads(json, ticket);
    if (ticket->main_department != 0) {
        wecom_json_out_number(json, "main_department", ticket->main_department);
    }
    tell_further(json, visit->server->fields, ticket);
    if (wecom_form_token(&token, visit->server->form_ring, "logout",
                         wecom_login_form_binding(ticket), apr_time_now(), r->pool)
        == WECOM_OK) { /* with it a script may sign out (wecom.js) */
        wecom_json_out_text(json, "logout", token);
    }
    wecom_json_out_number(json, "issued", ticket->issued);
    wecom_json_out_number(json, "expires", ticket->issued + visit->server->life.max_age);
    return json_answer(r, HTTP_OK, json);
}
