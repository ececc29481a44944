/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - see request.h. */

#include "request.h"

#include <string.h>

#include "apr_strings.h"
#include "http_core.h"
#include "http_protocol.h"
#include "http_request.h"
#include "http_ssl.h"
#include "util_time.h"

#include "../auth/target.h"
#include "../wecom/api.h"
#include "audit.h"
#include "confirm.h"
#include "directory.h"
#include "runtime.h"
#include "session.h"

/* Both records hang on request_config in one box, because a module has one slot. */
typedef struct request_box_t {
    wecom_visit_t *visit;
    wecom_request_t own;
    int ours;               /* 1 yes, 0 no, ... */
    const void *ours_under; /* ... under this configuration; NULL: not known */
} request_box_t;

static request_box_t *box_of(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &auth_wecom_module);
}

static request_box_t *make_box(request_rec *r)
{
    request_box_t *box = box_of(r);

    if (box == NULL) {
        box = apr_pcalloc(r->pool, sizeof(*box));
        ap_set_module_config(r->request_config, &auth_wecom_module, box);
    }
    return box;
}

static const request_rec *before(const request_rec *r)
{
    return r->prev != NULL ? r->prev : r->main;
}

wecom_visit_t *wecom_request_visit(const request_rec *r)
{
    for (; r != NULL; r = before(r)) {
        const request_box_t *box = box_of(r);

        if (box != NULL && box->visit != NULL) {
            return box->visit;
        }
    }
    return NULL;
}

wecom_visit_t *wecom_request_new_visit(request_rec *r, const wecom_server_t *server)
{
    request_box_t *box = make_box(r);

    box->visit = apr_pcalloc(r->pool, sizeof(*box->visit));
    box->visit->server = server;
    box->visit->pool = r->pool;
    box->visit->pending = apr_array_make(r->pool, 1, sizeof(wecom_login_cookie_t));
    return box->visit;
}

wecom_request_t *wecom_request_own(request_rec *r)
{
    return &make_box(r)->own;
}

wecom_request_t *wecom_request_peek(const request_rec *r)
{
    request_box_t *box = box_of(r);

    return box != NULL ? &box->own : NULL;
}

const wecom_ticket_t *wecom_request_admitted(const request_rec *r)
{
    for (; r != NULL; r = before(r)) {
        const request_box_t *box = box_of(r);

        if (box != NULL && box->own.checked) {
            return box->own.admitted;
        }
    }
    return NULL;
}

int wecom_request_is_ours(request_rec *r)
{
    request_box_t *box = make_box(r);

    /* A request can change its configuration: a folder becomes its index. */
    if (box->ours_under != r->per_dir_config) {
        const char *type = ap_auth_type(r);

        box->ours = type != NULL && ap_cstr_casecmp(type, "WeCom") == 0;
        box->ours_under = r->per_dir_config;
    }
    return box->ours;
}

/* --- facts ----------------------------------------------------------------------------------- */

void wecom_request_defaults(const char **allowed, unsigned int *flags, request_rec *r)
{
    const wecom_place_t *place = ap_get_module_config(r->server->lookup_defaults,
                                                      &auth_wecom_module);
    const wecom_server_t *server = wecom_config_server(r->server);

    *allowed = place != NULL && place->sources != NULL
               ? wecom_source_text(place->sources, r->pool) : "";
    *flags = (place != NULL && place->login_only ? (unsigned int)WECOM_PENDING_LOGIN_ONLY : 0u)
             | ((place != NULL && !place->registration) || server->shut_somewhere
                    ? (unsigned int)WECOM_PENDING_NO_REGISTRATION : 0u);
}

#define LANG_SECONDS 31536000 /* a year */
#define MAX_LANG 8

/* Of the cookie; -1 for none. */
static int kept_language(const request_rec *r, const wecom_visit_t *visit)
{
    if (visit->lang.data == NULL || visit->lang.len > MAX_LANG) {
        return -1;
    }
    return wecom_words_tag(apr_pstrmemdup(r->pool, (const char *)visit->lang.data,
                                          visit->lang.len));
}

/* On our own URLs a parameter chooses the language, and a cookie keeps the choice for all pages. */
static int chosen_language(request_rec *r, const wecom_visit_t *visit)
{
    const wecom_request_t *own = wecom_request_peek(r);
    const wecom_site_t *site = visit->server->site;
    int kept = kept_language(r, visit);
    const char *tag = NULL;
    wecom_address_t address;
    int lang;

    if (r->args == NULL || own == NULL || own->own == NULL
        || wecom_text_query_get(&tag, r->args, strlen(r->args), "lang", MAX_LANG,
                                r->pool) != WECOM_OK) {
        return kept;
    }
    lang = wecom_words_tag(tag);
    if (lang < 0) {
        return kept;
    }
    wecom_request_address(&address, r, visit);
    if (lang != kept && r->method_number == M_GET
        && wecom_site_fits(site, &address)) {
        tag = wecom_words_builtin((wecom_lang_t)lang)->tag;
        wecom_request_set_cookie(r, wecom_site_cookie(site, site->lang_cookie, tag, LANG_SECONDS, 0,
                                                      r->pool));
    }
    return lang;
}

static wecom_lang_t language_of(request_rec *r, const wecom_visit_t *visit)
{
    int lang = chosen_language(r, visit);

    return lang >= 0 ? (wecom_lang_t)lang
                     : wecom_words_language(apr_table_get(r->headers_in, "Accept-Language"));
}

void wecom_request_room(wecom_login_t *room, request_rec *r, wecom_visit_t *visit)
{
    const wecom_server_t *server = visit->server;
    apr_time_exp_t local;

    memset(room, 0, sizeof(*room));
    room->site = server->site;
    room->sources = server->sources;
    room->state_ring = server->state_ring;
    room->ticket_ring = server->ticket_ring;
    room->form_ring = server->form_ring;
    room->ticket_aad = server->ticket_aad;
    room->ports = wecom_runtime_ports(server);
    room->directory = wecom_directory_make(r, server);
    room->fields = server->fields;
    room->origins = server->origins;
    wecom_request_defaults(&room->allowed, &room->flags, r);
    room->pull_up = (wecom_pull_up_t)server->pull_up;
    room->panel = server->login_panel;
    room->now = apr_time_now();
    if (ap_explode_recent_localtime(&local, room->now) == APR_SUCCESS) {
        room->zone = local.tm_gmtoff;
    }
    room->pool = visit->pool;
    room->client = wecom_link_client(apr_table_get(r->headers_in, "User-Agent"));
    room->device = room->client == WECOM_CLIENT_BROWSER
                   ? wecom_link_device(apr_table_get(r->headers_in, "User-Agent"))
                   : WECOM_DEVICE_OTHER;
    room->last_source = wecom_source_is_id((const char *)visit->last_source.data,
                                           visit->last_source.len)
                        ? apr_pstrmemdup(r->pool, (const char *)visit->last_source.data,
                                         visit->last_source.len)
                        : NULL;
    room->look = server->look;
    room->words = wecom_look_words(server->look, language_of(r, visit));
    room->address = r->useragent_ip;
    room->pending = visit->pending;
    room->ticket = wecom_session_ticket(r, visit);
}

wecom_ask_t wecom_request_ask(const request_rec *r)
{
    wecom_headers_t headers;

    headers.method = r->method;
    headers.sec_fetch_mode = apr_table_get(r->headers_in, "Sec-Fetch-Mode");
    headers.sec_fetch_dest = apr_table_get(r->headers_in, "Sec-Fetch-Dest");
    headers.sec_purpose = apr_table_get(r->headers_in, "Sec-Purpose");
    headers.x_requested_with = apr_table_get(r->headers_in, "X-Requested-With");
    headers.accept = apr_table_get(r->headers_in, "Accept");
    headers.content_type = apr_table_get(r->headers_in, "Content-Type");
    if (r->header_only) { /* httpd reads HEAD as GET with a flag */
        headers.method = "HEAD";
    }
    return wecom_gate_ask(&headers);
}

void wecom_request_address(wecom_address_t *address, const request_rec *r,
                           const wecom_visit_t *visit)
{
    address->host_header = apr_table_get(r->headers_in, "Host");
    address->is_tls = ap_ssl_conn_is_ssl(r->connection);
    address->ends_tls = visit->server->ends_tls;
    address->forwarded_proto = apr_table_get(r->headers_in, "X-Forwarded-Proto");
}

const char *wecom_request_target(const request_rec *r)
{
    const char *uri;
    const char *colon;

    while (before(r) != NULL) {
        r = before(r);
    }
    uri = r->unparsed_uri;
    /* The absolute form of a request line (RFC 9112 section 3.2.2): path and query alone. */
    colon = uri != NULL && uri[0] != '/' ? strstr(uri, "://") : NULL;
    if (colon != NULL) {
        uri = strchr(colon + 3, '/');
    }
    return uri != NULL ? uri : "/";
}

/* --- answers --------------------------------------------------------------------------------- */

typedef struct same_cookie_t {
    const char *set_cookie;
    apr_size_t name_len;          /* with the '=' */
    apr_array_header_t *others;   /* const char * */
    int found;
} same_cookie_t;

static int sort_cookie(void *baton, const char *key, const char *value)
{
    same_cookie_t *same = baton;

    (void)key;
    if (strncmp(value, same->set_cookie, same->name_len) == 0) {
        same->found = 1;
    }
    else {
        APR_ARRAY_PUSH(same->others, const char *) = value;
    }
    return 1;
}

void wecom_request_set_cookie(request_rec *r, const char *set_cookie)
{
    const char *equals = strchr(set_cookie, '=');
    same_cookie_t same;
    int i;

    same.set_cookie = set_cookie;
    same.name_len = equals != NULL ? (apr_size_t)(equals - set_cookie) + 1 : strlen(set_cookie);
    same.others = apr_array_make(r->pool, 4, sizeof(const char *));
    same.found = 0;
    apr_table_do(sort_cookie, &same, r->err_headers_out, "Set-Cookie", NULL);
    if (same.found) {
        apr_table_unset(r->err_headers_out, "Set-Cookie");
        for (i = 0; i < same.others->nelts; i++) {
            apr_table_addn(r->err_headers_out, "Set-Cookie",
                           APR_ARRAY_IDX(same.others, i, const char *));
        }
    }
    apr_table_addn(r->err_headers_out, "Set-Cookie", set_cookie);
}

void wecom_request_set_header(request_rec *r, const char *name, const char *value)
{
    apr_table_unset(r->headers_out, name);
    apr_table_setn(r->err_headers_out, name, value);
}

void wecom_request_write_headers(request_rec *r, const wecom_reply_t *reply)
{
    int i;

    wecom_request_own(r)->answered = 1;
    wecom_request_set_header(r, "Cache-Control", "no-store");
    wecom_request_set_header(r, "X-Content-Type-Options", "nosniff");
    wecom_request_set_header(r, "Referrer-Policy",
                             reply->referrer != NULL ? reply->referrer : "no-referrer");
    if (reply->policy != NULL) {
        wecom_request_set_header(r, "Content-Security-Policy", reply->policy);
        if (!reply->framed) {
            wecom_request_set_header(r, "X-Frame-Options", "DENY");
        }
        wecom_request_set_header(r, "Cross-Origin-Opener-Policy",
                                 reply->opener ? "unsafe-none" : "same-origin");
    }
    if (reply->retry_after > 0) {
        wecom_request_set_header(r, "Retry-After", apr_itoa(r->pool, reply->retry_after));
    }
    if (reply->refresh != NULL) {
        wecom_request_set_header(r, "Refresh", apr_psprintf(r->pool, "%d; url=%s",
                                                            reply->refresh_after,
                                                            reply->refresh));
    }
    if (reply->forget_cached_pages) {
        wecom_request_set_header(r, "Clear-Site-Data", "\"cache\"");
    }
    if (reply->location != NULL) {
        /* A redirect keeps Location of headers_out, and of the rest err_headers_out alone. */
        apr_table_setn(r->headers_out, "Location", reply->location);
    }
    for (i = 0; i < reply->cookies->nelts; i++) {
        wecom_request_set_cookie(r, APR_ARRAY_IDX(reply->cookies, i, const char *));
    }
    r->no_cache = 1;
}

int wecom_request_send(request_rec *r, const wecom_reply_t *reply)
{
    apr_size_t len = reply->body != NULL ? strlen(reply->body) : 0;

    ap_discard_request_body(r);
    wecom_request_write_headers(r, reply);
    r->status = reply->status;
    r->status_line = NULL;
    apr_table_unset(r->headers_out, "ETag");
    apr_table_unset(r->headers_out, "Last-Modified");
    apr_table_unset(r->headers_out, "Accept-Ranges");
    if (reply->content_type != NULL) {
        ap_set_content_type(r, reply->content_type);
    }
    ap_set_content_length(r, (apr_off_t)len);
    if (!r->header_only && len > 0) {
        ap_rwrite(reply->body, (int)len, r);
    }
    return OK;
}

int wecom_request_leave(request_rec *r, wecom_reply_t *reply, int status)
{
    const wecom_visit_t *visit = wecom_request_visit(r);

    if (r->main == NULL) {
        wecom_request_own(r)->reply = reply;
        ap_custom_response(r, status, apr_pstrcat(r->pool, visit->server->site->endpoint,
                                                  "/denied", NULL));
    }
    return status;
}

/* --- the log --------------------------------------------------------------------------------- */

const char *wecom_request_upstream(const wecom_error_t *err, apr_pool_t *pool)
{
    const char *seen;
    const char *text;

    if (err->status == WECOM_OK) {
        return "";
    }
    seen = err->upstream == 60020 ? wecom_api_seen_address(err->detail, pool) : NULL;
    text = apr_pstrcat(pool, "; ", err->stage != NULL ? err->stage : "", NULL);
    if (err->upstream != 0) {
        text = apr_psprintf(pool, "%s: %s %d", text,
                            err->status == WECOM_E_HTTP ? "HTTP status" : "errcode",
                            err->upstream);
    }
    if (err->detail != NULL) {
        text = apr_pstrcat(pool, text, ": ", err->detail, NULL);
    }
    if (seen != NULL) {
        text = apr_pstrcat(pool, text, "; the address WeCom saw is ", seen, NULL);
    }
    return text;
}

void wecom_request_log(request_rec *r, const wecom_reply_t *reply)
{
    const wecom_reason_row_t *row = wecom_reason_row(reply->reason);
    const char *who = "";

    if (reply->reason == WECOM_REASON_NONE && !reply->signed_in) {
        return;
    }
    wecom_audit_write(r, reply);
    if (reply->signed_in && reply->facts != NULL) {
        wecom_confirm_login(r, wecom_request_visit(r)->server, reply->facts);
    }
    if (reply->source != NULL) {
        who = apr_pstrcat(r->pool, " (source ", reply->source,
                          reply->userid != NULL ? ", member " : "",
                          reply->userid != NULL ? reply->userid : "", ")", NULL);
    }
    ap_log_rerror(APLOG_MARK, (int)row->level, 0, r, "%s: %s%s%s%s%s%s%s%s%s", row->id, row->text,
                  who,
                  reply->details != NULL ? ": " : "",
                  reply->details != NULL ? reply->details : "",
                  wecom_request_upstream(&reply->error, r->pool),
                  row->cure != NULL ? "; cure: " : "", row->cure != NULL ? row->cure : "",
                  reply->incident != NULL ? "; the visitor's number is " : "",
                  reply->incident != NULL ? reply->incident : "");
}
