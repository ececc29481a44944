/* SPDX-License-Identifier: Apache-2.0 */
/* tell.c - see tell.h. */

#include "tell.h"

#include <string.h>

#include "apr_lib.h"
#include "apr_strings.h"

#include "authn.h"
#include "config_pass.h"

/* --- the environment -------------------------------------------------------------------------- */

/* The names of those that are carried anyway, by their numbers. */
static const char *const env_names[WECOM_FIELD_FURTHER] = {
    [WECOM_FIELD_USERID] = "WECOM_USERID",
    [WECOM_FIELD_SOURCE] = "WECOM_SOURCE",
    [WECOM_FIELD_ACCOUNT] = "WECOM_ACCOUNT",
    [WECOM_FIELD_NAME] = "WECOM_NAME",
    [WECOM_FIELD_DEPARTMENTS] = "WECOM_DEPARTMENTS",
    [WECOM_FIELD_MAIN_DEPARTMENT] = "WECOM_MAIN_DEPARTMENT",
    [WECOM_FIELD_LEADS] = "WECOM_LEADS"
};

static void set_variable(request_rec *r, const wecom_ticket_t *ticket, const char *variable,
                         wecom_field_id_t id, const char *name)
{
    const char *value = wecom_field_value(ticket, id, name, r->pool);

    if (value != NULL) {
        apr_table_setn(r->subprocess_env, variable, value);
    }
}

/* A subrequest begins with what was said to its main request. */
static void clear_environment(request_rec *r, const wecom_visit_t *visit)
{
    const apr_array_header_t *fields = visit->server->fields;
    int i;

    for (i = 0; i < WECOM_FIELD_FURTHER; i++) {
        apr_table_unset(r->subprocess_env, env_names[i]);
    }
    for (i = 0; fields != NULL && i < fields->nelts; i++) {
        apr_table_unset(r->subprocess_env, APR_ARRAY_IDX(fields, i, wecom_field_t).env);
    }
}

static void set_environment(request_rec *r, const wecom_ticket_t *ticket)
{
    const apr_array_header_t *fields = wecom_request_visit(r)->server->fields;
    int i;

    for (i = 0; i < WECOM_FIELD_FURTHER; i++) {
        set_variable(r, ticket, env_names[i], (wecom_field_id_t)i, NULL);
    }
    for (i = 0; fields != NULL && i < fields->nelts; i++) {
        const wecom_field_t *field = &APR_ARRAY_IDX(fields, i, wecom_field_t);

        set_variable(r, ticket, field->env, WECOM_FIELD_FURTHER, field->name);
    }
}

/* --- headers ---------------------------------------------------------------------------------- */

/* A subrequest looks into the table of its main request; what is said to the one is not for the
 * other. */
static apr_table_t *own_headers(request_rec *r)
{
    if (r->main != NULL && r->headers_in == r->main->headers_in) {
        r->headers_in = apr_table_copy(r->pool, r->headers_in);
    }
    return r->headers_in;
}

/* CGI's name of a header. */
static const char *cgi_name(const char *header, apr_pool_t *pool)
{
    char *name = apr_pstrcat(pool, "HTTP_", header, NULL);
    char *c;

    for (c = name; *c != '\0'; c++) {
        *c = *c == '-' ? '_' : (char)apr_toupper(*c);
    }
    return name;
}

static void withdraw_headers(request_rec *r, const wecom_visit_t *visit)
{
    int i;

    for (i = 0; visit->passed != NULL && i < visit->passed->nelts; i++) {
        const char *header = APR_ARRAY_IDX(visit->passed, i, const char *);

        apr_table_unset(own_headers(r), header);
        /* mod_include makes CGI's variables for its page, and what it includes inherits them */
        apr_table_unset(r->subprocess_env, cgi_name(header, r->pool));
    }
}

static void note_passed(wecom_visit_t *visit, const char *header)
{
    int i;

    if (visit->passed == NULL) {
        visit->passed = apr_array_make(visit->pool, 8, sizeof(const char *));
    }
    for (i = 0; i < visit->passed->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(visit->passed, i, const char *), header) == 0) {
            return;
        }
    }
    APR_ARRAY_PUSH(visit->passed, const char *) = apr_pstrdup(visit->pool, header);
}

static const char *encoded(const wecom_pass_t *pass, wecom_field_id_t id, const char *value,
                           apr_pool_t *pool)
{
    if (pass->base64url) {
        return wecom_text_base64url_encode((const unsigned char *)value, strlen(value), pool);
    }
    /* digits, and the commas that stay */
    return id == WECOM_FIELD_DEPARTMENTS || id == WECOM_FIELD_LEADS
               ? value : wecom_text_url_encode(value, strlen(value), pool);
}

static void set_headers(request_rec *r, wecom_visit_t *visit, const wecom_ticket_t *ticket)
{
    const wecom_pass_t *pass = wecom_config_place(r)->pass_headers;
    int i;

    /* Whoever asks with TRACE gets back what was sent, and nothing that was added. */
    if (r->method_number == M_TRACE) {
        return;
    }
    for (i = 0; pass->fields != NULL && i < pass->fields->nelts; i++) {
        const wecom_pass_field_t *field = &APR_ARRAY_IDX(pass->fields, i, wecom_pass_field_t);
        const char *value = wecom_field_value(ticket, field->id, field->name, r->pool);

        if (value != NULL) {
            apr_table_setn(own_headers(r), field->header,
                           encoded(pass, field->id, value, r->pool));
            note_passed(visit, field->header);
        }
    }
}

/* --- hooks ------------------------------------------------------------------------------------ */

int wecom_tell_fixups(request_rec *r)
{
    wecom_visit_t *visit = wecom_request_visit(r);
    const wecom_ticket_t *ticket;
    const wecom_place_t *place;
    int status;

    if (visit == NULL) {
        return DECLINED;
    }
    withdraw_headers(r, visit);
    if (r->main != NULL && visit->touched) {
        clear_environment(r, visit);
    }
    if (!wecom_request_is_ours(r)) {
        return DECLINED;
    }
    visit->touched = 1;
    place = wecom_config_place(r);
    if (r->user == NULL && place->unauthenticated == WECOM_UNAUTHENTICATED_PASS) {
        status = wecom_authn_recognise(r);
        if (status != OK) {
            return status;
        }
    }
    ticket = r->user != NULL ? wecom_request_admitted(r) : NULL;
    if (ticket == NULL) {
        return DECLINED;
    }
    wecom_request_own(r)->told_under = r->per_dir_config;
    if (place->pass_env) {
        set_environment(r, ticket);
    }
    set_headers(r, visit, ticket);
    return DECLINED;
}

void wecom_tell_deliver(request_rec *r)
{
    wecom_request_t *own = wecom_request_own(r);
    wecom_visit_t *visit = wecom_request_visit(r);
    const wecom_ticket_t *ticket;

    if (own->told_under == r->per_dir_config) {
        return;
    }
    withdraw_headers(r, visit);
    if (r->user != NULL && wecom_request_is_ours(r)) {
        ticket = own->index_ticket != NULL ? own->index_ticket : wecom_request_admitted(r);
        if (ticket != NULL) {
            set_headers(r, visit, ticket);
        }
    }
}

void wecom_tell_notes(request_rec *r, const wecom_ticket_t *ticket)
{
    apr_table_setn(r->notes, "wecom-userid", ticket->userid);
    apr_table_setn(r->notes, "wecom-source", ticket->source);
    if (ticket->account[0] != '\0') {
        apr_table_setn(r->notes, "wecom-account", ticket->account);
    }
}

int wecom_tell_log(request_rec *r)
{
    const wecom_ticket_t *ticket = NULL;
    request_rec *at;

    for (at = r; at != NULL && ticket == NULL; at = at->next) {
        const wecom_request_t *own = wecom_request_peek(at);

        ticket = own != NULL ? own->admitted : NULL;
    }
    for (at = r; at != NULL && ticket != NULL; at = at->next) {
        if (apr_table_get(at->notes, "wecom-userid") == NULL) {
            wecom_tell_notes(at, ticket);
        }
    }
    return DECLINED;
}
