/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - see session.h. */

#include "session.h"

#include <dlfcn.h>

#include "apr_strings.h"
#include "http_core.h"
#include "mod_session.h"

#include "../auth/standing.h"
#include "confirm.h"
#include "directory.h"
#include "runtime.h"

typedef int session_load_fn(request_rec *r, session_rec **z);
typedef int session_save_fn(request_rec *r, session_rec *z);
typedef void hook_load_fn(session_load_fn *hook, const char *const *pre,
                          const char *const *succ, int order);
typedef void hook_save_fn(session_save_fn *hook, const char *const *pre,
                          const char *const *succ, int order);

/* --- our cookie ------------------------------------------------------------------------------ */

static int open_first(wecom_ticket_t *ticket, int *key_index, const wecom_visit_t *visit)
{
    const wecom_server_t *server = visit->server;
    int i;

    for (i = 0; i < visit->session_values->nelts; i++) {
        const wecom_bytes_t *value = &APR_ARRAY_IDX(visit->session_values, i, wecom_bytes_t);

        if (wecom_ticket_open(ticket, key_index, (const char *)value->data, value->len,
                              server->ticket_ring, server->ticket_aad, visit->pool)
            == WECOM_OK) {
            return 1;
        }
    }
    return 0;
}

/* NULL unless the session was made with the very app that its source's id means here and now. */
static const wecom_source_t *source_of(const wecom_ticket_t *ticket, const wecom_server_t *server)
{
    const wecom_source_t *source = wecom_source_find(server->sources, ticket->source);

    return source != NULL && ticket->fields != NULL
           && wecom_text_equal(apr_table_get(ticket->fields, WECOM_TICKET_APP), source->print)
               ? source : NULL;
}

/* A session that was made with a directory is good with one alone, and the other way round: else
 * a userid would be taken for an account of that name. */
static int account_stands(request_rec *r, wecom_visit_t *visit, wecom_ticket_t *ticket,
                          const wecom_source_t *source)
{
    const wecom_server_t *server = visit->server;
    wecom_standing_verdict_t verdict;
    wecom_error_t err;

    if (server->directory == NULL || ticket->account[0] == '\0') {
        visit->session_spoiled = (server->directory != NULL) != (ticket->account[0] != '\0');
        return !visit->session_spoiled;
    }
    verdict = wecom_standing_check(&ticket->flags, &err, ticket, source,
                                   wecom_directory_make(r, server),
                                   wecom_runtime_ports(server)->cache,
                                   wecom_runtime_ports(server)->slots, r->request_time,
                                   visit->pool);
    if (err.status != WECOM_OK) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, WC(0313)
                      "the account directory cannot be asked whether %s still stands; %s (%s)",
                      ticket->account,
                      verdict == WECOM_STANDING_GOOD
                          ? "the last answer holds for ten minutes" : "the visitor must wait",
                      err.detail != NULL ? err.detail : wecom_error_name(err.status));
    }
    if (verdict == WECOM_STANDING_GONE) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0314)
                      "the account %s is disabled, locked, unlinked or gone: the session of %s "
                      "(source %s) ends", ticket->account, ticket->userid, ticket->source);
        visit->session_spoiled = 1;
    }
    visit->session_unknown = verdict == WECOM_STANDING_UNKNOWN;
    return verdict == WECOM_STANDING_GOOD;
}

const wecom_ticket_t *wecom_session_ticket(request_rec *r, wecom_visit_t *visit)
{
    const wecom_source_t *source;
    wecom_ticket_age_t age;
    wecom_ticket_t *ticket;
    int key_index = 0;
    int renewed = 0;

    if (visit->session_read) {
        return visit->ticket;
    }
    visit->session_read = 1;
    if (visit->session_values == NULL) {
        return NULL;
    }
    ticket = apr_palloc(visit->pool, sizeof(*ticket));
    if (!open_first(ticket, &key_index, visit)
        || (source = source_of(ticket, visit->server)) == NULL) {
        visit->session_spoiled = 1;
        return NULL;
    }
    age = wecom_ticket_judge_age(ticket, &visit->server->life, apr_time_sec(r->request_time));
    if (age == WECOM_TICKET_EXPIRED
        || !wecom_confirm_session(&renewed, ticket, r, visit, source)) {
        visit->session_spoiled = 1;
        visit->former = ticket;
        return NULL;
    }
    if (!account_stands(r, visit, ticket, source)) {
        visit->former = visit->session_spoiled ? ticket : NULL;
        return NULL;
    }
    visit->session_due = age == WECOM_TICKET_RENEW || key_index > 0 || renewed;
    visit->ticket = ticket;
    return ticket;
}

static wecom_status_t write_cookie(request_rec *r, wecom_visit_t *visit,
                                   const wecom_ticket_t *ticket)
{
    const wecom_server_t *server = visit->server;
    const char *text;
    wecom_status_t status = wecom_ticket_seal(&text, ticket, server->ticket_ring,
                                              server->ticket_aad, visit->pool);

    if (status == WECOM_OK) {
        wecom_request_set_cookie(r, wecom_site_cookie(server->site, server->site->session_cookie,
                                                      text, -1, 1, visit->pool));
        /* Whoever sees a Set-Cookie of ours must not share the answer. */
        visit->ticket = ticket;
    }
    return status;
}

static wecom_ticket_t *renewed(const wecom_visit_t *visit, const request_rec *r)
{
    wecom_ticket_t *ticket = apr_pmemdup(visit->pool, visit->ticket, sizeof(*ticket));

    ticket->seen = apr_time_sec(r->request_time);
    return ticket;
}

void wecom_session_renew(request_rec *r, wecom_visit_t *visit)
{
    if (!visit->session_due) {
        return;
    }
    visit->session_due = 0;
    if (write_cookie(r, visit, renewed(visit, r)) != WECOM_OK) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, WC(0311)
                      "the session cookie cannot be sealed anew; the old one goes on until it "
                      "expires");
    }
}

void wecom_session_clear_spoiled(request_rec *r, const wecom_visit_t *visit)
{
    const wecom_site_t *site = visit->server->site;

    if (visit->session_spoiled) {
        wecom_request_set_cookie(r, wecom_site_cookie(site, site->session_cookie, "", 0, 1,
                                                      visit->pool));
    }
}

/* --- mod_session's view ---------------------------------------------------------------------- */

/* Set in pre_config of each generation, read-only for requests: finding a module by its name
 * walks the list of all. */
static module *session_module_of_this_server;

static const session_dir_conf *conf_of(const request_rec *r)
{
    module *session = session_module_of_this_server;

    return session != NULL ? ap_get_module_config(r->per_dir_config, session) : NULL;
}

const char *wecom_session_fault(const request_rec *r)
{
    const session_dir_conf *conf = conf_of(r);

    if (conf == NULL || !conf->enabled) {
        return "AuthType WeCom needs a session: write \"Session On\" at the same place";
    }
    if (conf->maxage != 0) {
        return "SessionMaxAge has no meaning under AuthType WeCom: write \"SessionMaxAge 0\" at "
               "the place, and WeComSessionMaxAge and WeComSessionIdleTimeout at the server";
    }
    return NULL;
}

/* The visit, if the session of this request is ours to keep: AuthType WeCom here, or none at all
 * in a request that came out of one of ours (an error page, an included file). */
static wecom_visit_t *claim(request_rec *r)
{
    wecom_visit_t *visit = wecom_request_visit(r);
    const wecom_request_t *own;

    if (visit == NULL) {
        return NULL;
    }
    own = wecom_request_peek(r);
    if (wecom_request_is_ours(r) || (own != NULL && own->own != NULL)) {
        return visit;
    }
    return visit->session != NULL && ap_auth_type(r) == NULL ? visit : NULL;
}

static int copy_entry(void *table, const char *key, const char *value)
{
    apr_table_addn(table, key, value);
    return 1;
}

static int session_load(request_rec *r, session_rec **z)
{
    wecom_visit_t *visit = claim(r);
    const wecom_ticket_t *ticket;
    session_rec *session;

    if (visit == NULL) {
        return DECLINED;
    }
    if (visit->session == NULL) {
        ticket = wecom_session_ticket(r, visit);
        session = apr_pcalloc(visit->pool, sizeof(*session));
        session->pool = visit->pool;
        session->entries = apr_table_make(visit->pool, 4);
        if (ticket != NULL) {
            apr_table_do(copy_entry, session->entries, ticket->entries, NULL);
        }
        visit->session = session;
    }
    *z = visit->session;
    return OK;
}

static int session_save(request_rec *r, session_rec *z)
{
    wecom_visit_t *visit = claim(r);
    const wecom_request_t *own;
    wecom_ticket_t *ticket;

    if (visit == NULL) {
        return DECLINED;
    }
    own = wecom_request_peek(r);
    if (!z->dirty || visit->ticket == NULL || (own != NULL && own->own != NULL)) {
        /* A stranger has no session of ours: what other modules keep for one is not kept. And an
         * own URL that has just ended or changed the session must not see the old one again. */
        return OK;
    }
    ticket = renewed(visit, r);
    ticket->entries = z->entries;
    if (write_cookie(r, visit, ticket) != WECOM_OK) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, WC(0312)
                      "what other modules keep in the session does not fit the cookie any more "
                      "(4096 bytes); it is not saved");
        return APR_EGENERAL;
    }
    return OK;
}

void wecom_session_register(void)
{
    hook_load_fn *hook_load;
    hook_save_fn *hook_save;

    session_module_of_this_server = ap_find_linked_module("mod_session.c");
    *(void **)&hook_load = dlsym(RTLD_DEFAULT, "ap_hook_session_load");
    *(void **)&hook_save = dlsym(RTLD_DEFAULT, "ap_hook_session_save");
    if (hook_load != NULL && hook_save != NULL) {
        hook_load(session_load, NULL, NULL, APR_HOOK_FIRST);
        hook_save(session_save, NULL, NULL, APR_HOOK_FIRST);
    }
}
