/* SPDX-License-Identifier: Apache-2.0 */
/* authn.c - see authn.h. */

#include "authn.h"

#include <string.h>

#include "apr_strings.h"
#include "http_core.h"
#include "http_protocol.h"
#include "http_request.h"

#include "../auth/refusal.h"
#include "../auth/target.h"
#include "../auth/user.h"
#include "authz.h"
#include "kept.h"
#include "session.h"
#include "tell.h"

/* --- answers --------------------------------------------------------------------------------- */

static int misconfigured(request_rec *r, const char *sentence)
{
    const wecom_place_t *place = wecom_config_place(r);

    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, WC(0301) "%s%s%s%s: %s", r->uri,
                  place->where.file != NULL ? " (" : "",
                  place->where.file != NULL
                      ? apr_psprintf(r->pool, "%s line %d", place->where.file, place->where.line)
                      : "",
                  place->where.file != NULL ? ")" : "", sentence);
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* mod_dir asks by subrequest, in the fixups of a folder (or, for FallbackResource, of an address
 * that is no file), whether its index may be seen. It takes a redirect for its answer with the
 * headers of the subrequest, makes the folder's request into the index when that is good, and makes
 * a bare status of everything else, or goes on to the next index. So the folder is what the browser
 * hears. NULL where r is no such index. Known by what mod_dir alone does: it hands on the folder's
 * filters before the folder's handler has begun (mod_autoindex and mod_include ask later,
 * RewriteCond -U and expressions hand on none). Not for a file that is not there, since the next
 * index may be open to all. */
static request_rec *folder_of(request_rec *r)
{
    request_rec *folder = r->main;

    return folder != NULL && folder->main == NULL
                   && (folder->finfo.filetype == APR_DIR
                       || folder->finfo.filetype == APR_NOFILE)
                   && r->finfo.filetype == APR_REG
                   && !wecom_request_own(folder)->delivered && r->output_filters != NULL
                   && r->output_filters->frec == ap_subreq_core_filter_handle
               ? folder
               : NULL;
}

/* The request whose answer the browser gets, or NULL: nobody listens to more than a status. In a
 * folder of ours the index is no door of its own: its member would be sent round in circles. */
static request_rec *face_of(request_rec *r)
{
    request_rec *folder = r->main != NULL ? folder_of(r) : NULL;

    if (r->main == NULL) {
        return r;
    }
    return folder != NULL && !wecom_request_is_ours(folder) ? folder : NULL;
}

/* A finished reply out of check_authn: redirects go as they are, everything else by way of the
 * `denied` page. */
static int answer(request_rec *r, request_rec *face, wecom_reply_t *reply)
{
    wecom_request_log(r, reply);
    if (reply->location != NULL) {
        wecom_request_write_headers(r, reply);
        wecom_request_own(face)->answered = 1;
        /* An ErrorDocument for 302 in this very place would be shown without asking anybody. */
        ap_custom_response(face, reply->status, "The next step is at the address in Location.\n");
        return reply->status;
    }
    return wecom_request_leave(face, reply, reply->status);
}

static wecom_reply_t *new_reply(const wecom_visit_t *visit)
{
    wecom_reply_t *reply = apr_palloc(visit->pool, sizeof(*reply));

    wecom_reply_init(reply, visit->pool);
    return reply;
}

/* 401 for whoever cannot follow a redirect: small JSON with the login's address, no cookie. */
static int unauthorized(request_rec *r, request_rec *face, const wecom_visit_t *visit)
{
    const wecom_site_t *site = visit->server->site;
    wecom_json_out_t *json = wecom_json_out_object(r->pool);
    wecom_reply_t *reply = new_reply(visit);

    wecom_json_out_text(json, "error", "login_required");
    wecom_json_out_text(json, "login", apr_pstrcat(r->pool, site->public_url, site->endpoint,
                                                   "/login", NULL));
    reply->status = HTTP_UNAUTHORIZED;
    reply->content_type = "application/json";
    reply->body = wecom_json_out_print(json);
    apr_table_setn(r->err_headers_out, "WWW-Authenticate", "WeCom");
    return wecom_request_leave(face, reply, HTTP_UNAUTHORIZED);
}

/* The same for a person, at a place that sends nobody to the login. */
static int unauthorized_page(request_rec *r, request_rec *face, wecom_visit_t *visit)
{
    wecom_reply_t *reply = new_reply(visit);
    wecom_login_t room;

    wecom_request_room(&room, r, visit);
    wecom_refusal_sign_in(reply, &room, wecom_target_or_root(wecom_request_target(r),
                                                             visit->server->site->endpoint,
                                                             r->pool));
    apr_table_setn(r->err_headers_out, "WWW-Authenticate", "WeCom");
    wecom_session_clear_spoiled(r, visit);
    return wecom_request_leave(face, reply, HTTP_UNAUTHORIZED);
}

static int rename_site(request_rec *r, request_rec *face, const wecom_visit_t *visit)
{
    const wecom_site_t *site = visit->server->site;
    const char *target = wecom_target_or_root(wecom_request_target(r), NULL, r->pool);
    wecom_reply_t *reply = new_reply(visit);
    int status = face->method_number == M_GET ? HTTP_MOVED_TEMPORARILY : HTTP_SEE_OTHER;

    wecom_reply_redirect(reply, status,
                         apr_pstrcat(r->pool, site->public_url, target,
                                     strchr(target, '?') != NULL ? "&" : "?",
                                     WECOM_SITE_HOP "=1", NULL));
    return answer(r, face, reply);
}

static int wrong_name(request_rec *r, request_rec *face, wecom_visit_t *visit)
{
    wecom_reply_t *reply = new_reply(visit);
    const char *pairs[5] = { "typed", NULL, "public", NULL, NULL };
    wecom_address_t address;
    wecom_login_t room;

    wecom_request_address(&address, r, visit);
    wecom_request_room(&room, r, visit);
    pairs[1] = wecom_site_typed(&address, r->pool);
    pairs[3] = visit->server->site->public_url;
    wecom_refusal_page(reply, &room, WECOM_REASON_WRONG_NAME, NULL, pairs);
    return answer(r, face, reply);
}

/* Neither in nor out: the directory does not answer, and has not for ten minutes. */
static int cannot_tell(request_rec *r, request_rec *face, wecom_visit_t *visit)
{
    wecom_reply_t *reply = new_reply(visit);
    wecom_login_t room;

    wecom_request_room(&room, r, visit);
    wecom_refusal_page(reply, &room, WECOM_REASON_DIRECTORY,
                       wecom_target_or_root(wecom_request_target(r), NULL, r->pool), NULL);
    return answer(r, face, reply);
}

void wecom_authn_wish(wecom_login_wish_t *wish, const request_rec *r, const char *target)
{
    const wecom_place_t *place = wecom_config_place(r);

    wish->allowed = place->sources != NULL ? wecom_source_text(place->sources, r->pool) : "";
    wish->target = target;
    wish->flags = (place->login_only ? (unsigned int)WECOM_PENDING_LOGIN_ONLY : 0u)
                  | (place->registration ? 0u : (unsigned int)WECOM_PENDING_NO_REGISTRATION);
    wish->mode = (wecom_login_mode_t)place->login;
    wish->opener = NULL;
    wish->nonce = NULL;
    wish->consent = 0;
}

static int begin_login(request_rec *r, request_rec *face, wecom_visit_t *visit, int is_form)
{
    const wecom_site_t *site = visit->server->site;
    wecom_reply_t *reply = new_reply(visit);
    wecom_login_wish_t wish;
    wecom_login_t room;
    const char *wanted;
    int kept = DECLINED;

    if (is_form) { /* the posted address itself would be opened with GET */
        wanted = wecom_target_of_referer(apr_table_get(r->headers_in, "Referer"),
                                         site->public_url, r->pool);
    }
    else {
        wanted = wecom_request_target(r);
    }
    wecom_authn_wish(&wish, r, wecom_target_or_root(wanted, site->endpoint, visit->pool));
    wecom_request_room(&room, r, visit);
    if (is_form) {
        kept = wecom_kept_take(reply, face, visit, &room, &wish);
    }
    if (kept == AP_FILTER_ERROR) {
        return kept;
    }
    if (kept != OK) {
        wecom_login_begin(reply, &room, &wish,
                          is_form ? HTTP_SEE_OTHER : HTTP_MOVED_TEMPORARILY);
    }
    wecom_session_clear_spoiled(r, visit);
    return answer(r, face, reply);
}

/* --- the hook -------------------------------------------------------------------------------- */

/* Sources of several corps in one place: the same userid could be two people. What the
 * configuration could check at start it has; an .htaccess or a merge is only known here. */
static int is_ambiguous(const wecom_visit_t *visit, const wecom_place_t *place,
                        apr_pool_t *pool)
{
    if (visit->server->sources->nelts < 2 || visit->server->directory != NULL
        || (place->user != NULL && wecom_user_is_qualified(place->user))) {
        return 0;
    }
    return wecom_source_is_mixed(wecom_source_narrow(visit->server->sources, place->sources,
                                                     pool));
}

static int allows(const wecom_place_t *place, const char *source)
{
    int i;

    if (place->sources == NULL) {
        return 1;
    }
    for (i = 0; i < place->sources->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(place->sources, i, const char *), source) == 0) {
            return 1;
        }
    }
    return 0;
}

static int pass(request_rec *r, wecom_visit_t *visit, const wecom_place_t *place,
                const wecom_ticket_t *ticket)
{
    const wecom_source_t *source = wecom_source_find(visit->server->sources, ticket->source);
    request_rec *folder = r->main != NULL ? folder_of(r) : NULL;

    r->user = apr_pstrdup(r->pool, wecom_user_expand(place->user, ticket, source, r->pool));
    r->ap_auth_type = apr_pstrdup(r->pool, "WeCom");
    wecom_request_own(r)->admitted = ticket;
    wecom_tell_notes(r, ticket);
    if (folder != NULL) {
        /* Require may still refuse this one, and another index be served: what is said here holds
         * only if the folder becomes this very file (wecom_authn_deliver). */
        wecom_request_own(folder)->index = apr_pstrdup(folder->pool, r->filename);
        wecom_request_own(folder)->index_user = apr_pstrdup(folder->pool, r->user);
        wecom_request_own(folder)->index_ticket = ticket;
    }
    if (r->main == NULL || folder != NULL) {
        wecom_session_renew(r, visit);
    }
    return OK;
}

/* NULL when this place can tell who somebody is, else a sentence. */
static const char *fault_of(request_rec *r, const wecom_visit_t *visit)
{
    const char *fault;

    if (visit == NULL) {
        return "AuthType WeCom, but this virtual host has no source: write a <WeComSource> section";
    }
    fault = wecom_session_fault(r);
    if (fault == NULL && is_ambiguous(visit, wecom_config_place(r), r->pool)) {
        fault = "the sources of this place belong to different corps, whose userids can be the "
                "same: write \"WeComUser %{userid}@%{source}\" or narrow WeComSources";
    }
    return fault;
}

int wecom_authn_recognise(request_rec *r)
{
    wecom_request_t *own = wecom_request_own(r);
    wecom_visit_t *visit = wecom_request_visit(r);
    const wecom_place_t *place = wecom_config_place(r);
    const wecom_ticket_t *ticket;
    const char *fault;

    if (own->checked || own->own != NULL) {
        return OK;
    }
    fault = fault_of(r, visit);
    if (fault != NULL) {
        return misconfigured(r, fault);
    }
    own->checked = 1;
    own->admitted = NULL;
    ticket = wecom_session_ticket(r, visit);
    return ticket != NULL && allows(place, ticket->source) ? pass(r, visit, place, ticket) : OK;
}

/* What becomes of somebody who is not known here. */
static wecom_verdict_t judge_stranger(request_rec *face, wecom_visit_t *visit,
                                      const wecom_place_t *place)
{
    wecom_address_t address;
    wecom_facts_t facts;

    wecom_request_address(&address, face, visit);
    facts.ask = wecom_request_ask(face);
    facts.unauthenticated = (wecom_unauthenticated_t)place->unauthenticated;
    facts.known = 0;
    facts.name_fits = wecom_site_fits(visit->server->site, &address);
    facts.hopped = visit->hopped;
    return wecom_gate_judge(&facts);
}

int wecom_authn_check(request_rec *r)
{
    const wecom_place_t *place;
    const wecom_ticket_t *ticket;
    wecom_request_t *own;
    wecom_visit_t *visit;
    request_rec *face;
    const char *fault;

    own = wecom_request_own(r);
    own->checked = 1;
    own->admitted = NULL;
    own->refusing = NULL;
    own->explained = 0;
    if (own->own != NULL || !wecom_request_is_ours(r)) {
        return DECLINED;
    }
    place = wecom_config_place(r);
    visit = wecom_request_visit(r);
    fault = fault_of(r, visit);
    if (fault != NULL) {
        return misconfigured(r, fault);
    }
    visit->touched = 1;
    ticket = wecom_session_ticket(r, visit);
    if (ticket != NULL && allows(place, ticket->source)) {
        return pass(r, visit, place, ticket);
    }
    /* Whoever included us sees the status alone, and the page of another error is no place to
     * begin a login from. */
    face = face_of(r);
    if (face == NULL || visit->probing
        || (face->prev != NULL && ap_is_HTTP_ERROR(face->prev->status))) {
        return HTTP_UNAUTHORIZED;
    }
    if (visit->session_unknown) {
        return cannot_tell(r, face, visit);
    }
    switch (judge_stranger(face, visit, place)) {
    case WECOM_VERDICT_LOGIN:
        return begin_login(r, face, visit, 0);
    case WECOM_VERDICT_LOGIN_FORM:
        return begin_login(r, face, visit, 1);
    case WECOM_VERDICT_RENAME:
        return rename_site(r, face, visit);
    case WECOM_VERDICT_WRONG_NAME:
        return wrong_name(r, face, visit);
    case WECOM_VERDICT_UNAUTHORIZED_PAGE:
        return unauthorized_page(r, face, visit);
    case WECOM_VERDICT_PASS:
    case WECOM_VERDICT_UNAUTHORIZED:
    default:
        return unauthorized(r, face, visit);
    }
}

void wecom_authn_deliver(request_rec *r)
{
    wecom_request_t *own;

    if (r->main != NULL || wecom_request_visit(r) == NULL) {
        return;
    }
    own = wecom_request_own(r);
    own->delivered = 1;
    /* mod_dir has made the folder into its index, with everything but these two. */
    if (own->index != NULL && r->filename != NULL && strcmp(own->index, r->filename) == 0
        && wecom_request_is_ours(r)) {
        r->user = apr_pstrdup(r->pool, own->index_user);
        r->ap_auth_type = apr_pstrdup(r->pool, "WeCom");
    }
    else {
        own->index_ticket = NULL;
    }
    wecom_tell_deliver(r);
}

/* --- known, and still not allowed ------------------------------------------------------------ */

int wecom_authn_note_failure(request_rec *r, const char *auth_type)
{
    wecom_request_t *own = wecom_request_own(r);
    request_rec *face = face_of(r);
    wecom_reply_t *reply;
    wecom_visit_t *visit;
    wecom_login_t room;

    if (auth_type == NULL || ap_cstr_casecmp(auth_type, "WeCom") != 0) {
        return DECLINED;
    }
    visit = wecom_request_visit(r);
    if (visit == NULL || own->admitted == NULL || face == NULL) {
        return OK;
    }
    reply = new_reply(visit);
    reply->reason = WECOM_REASON_DENIED;
    reply->status = HTTP_FORBIDDEN;
    reply->source = own->admitted->source;
    reply->userid = own->admitted->userid;
    reply->details = wecom_authz_explain(r);
    own->explained = 1;
    wecom_request_room(&room, r, visit);
    if (wecom_request_ask(face) == WECOM_ASK_SCRIPT) {
        reply->content_type = "application/json";
        reply->body = "{\"error\":\"forbidden\"}";
    }
    else {
        wecom_refusal_denied(reply, &room,
                             own->admitted->name[0] != '\0' ? own->admitted->name : r->user,
                             wecom_target_or_root(wecom_request_target(r),
                                                  visit->server->site->endpoint, r->pool));
    }
    wecom_request_log(r, reply);
    wecom_request_leave(face, reply, HTTP_UNAUTHORIZED);
    return OK;
}
