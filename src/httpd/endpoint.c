/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint.c - see endpoint.h. */

#include "endpoint_int.h"

#include <string.h>

#include "apr_strings.h"
#include "http_core.h"
#include "http_protocol.h"
#include "http_request.h"

#include "../auth/refusal.h"
#include "../auth/target.h"
#include "authn.h"
#include "session.h"

typedef int answer_fn(request_rec *r, wecom_visit_t *visit);

typedef struct wecom_own_t {
    const char *name;     /* below the endpoint; with a slash at its end: all below it too */
    answer_fn *answer;
    int posts;            /* POST is answered too */
} wecom_own_t;

/* --- small answers --------------------------------------------------------------------------- */

int wecom_endpoint_finish(request_rec *r, const wecom_reply_t *reply)
{
    wecom_request_log(r, reply);
    return wecom_request_send(r, reply);
}

static int text_answer(request_rec *r, int status, const char *text)
{
    wecom_reply_t reply;

    wecom_reply_init(&reply, r->pool);
    reply.status = status;
    reply.content_type = "text/plain; charset=utf-8";
    reply.body = text;
    return wecom_endpoint_finish(r, &reply);
}

int wecom_endpoint_parameter(const char **value, const request_rec *r, const char *name,
                          apr_size_t max_len)
{
    wecom_status_t status;

    *value = NULL;
    if (r->args == NULL) {
        return 1;
    }
    status = wecom_text_query_get(value, r->args, strlen(r->args), name, max_len, r->pool);
    if (status == WECOM_E_NOT_FOUND) {
        *value = NULL;
        return 1;
    }
    return status == WECOM_OK;
}

/* Pages of other sites may read the answer in their scripts, with the visitor's cookies, if they
 * are named in WeComPopupOrigins. Only a host of the same site gets the cookies at all
 * (SameSite=Lax). */
void wecom_endpoint_allow_origin(request_rec *r, const wecom_visit_t *visit)
{
    const char *origin = apr_table_get(r->headers_in, "Origin");

    apr_table_mergen(r->err_headers_out, "Vary", "Origin");
    if (origin != NULL && wecom_config_is_popup_origin(visit->server, origin)) {
        apr_table_setn(r->err_headers_out, "Access-Control-Allow-Origin", origin);
        apr_table_setn(r->err_headers_out, "Access-Control-Allow-Credentials", "true");
    }
}

/* --- login ----------------------------------------------------------------------------------- */

void wecom_endpoint_wish(wecom_login_wish_t *wish, request_rec *r, wecom_visit_t *visit,
                         const char *target)
{
    request_rec *probe;

    memset(wish, 0, sizeof(*wish));
    wish->target = target;
    wecom_request_defaults(&wish->allowed, &wish->flags, r);
    visit->probing = 1;
    probe = ap_sub_req_lookup_uri(target, r, NULL);
    if (wecom_request_is_ours(probe)) {
        wecom_authn_wish(wish, probe, target);
        wish->allowed = apr_pstrdup(visit->pool, wish->allowed);
    }
    ap_destroy_sub_req(probe);
    visit->probing = 0;
}

/* The login begins under the public name, before any cookie is set. */
static int is_elsewhere(request_rec *r, const wecom_visit_t *visit, wecom_reply_t *reply,
                        const wecom_login_t *room)
{
    const wecom_site_t *site = visit->server->site;
    const char *pairs[5] = { "typed", NULL, "public", NULL, NULL };
    wecom_address_t address;

    wecom_request_address(&address, r, visit);
    if (wecom_site_fits(site, &address)) {
        return 0;
    }
    if (visit->hopped) {
        pairs[1] = wecom_site_typed(&address, r->pool);
        pairs[3] = site->public_url;
        wecom_refusal_page(reply, room, WECOM_REASON_WRONG_NAME, NULL, pairs);
        return 1;
    }
    wecom_reply_redirect(reply, HTTP_MOVED_TEMPORARILY,
                         apr_pstrcat(r->pool, site->public_url, site->endpoint, "/login?",
                                     r->args != NULL ? r->args : "", r->args != NULL ? "&" : "",
                                     WECOM_SITE_HOP "=1", NULL));
    return 1;
}

static int is_given(const request_rec *r, const char *name, const char *yes)
{
    const char *value;

    return wecom_endpoint_parameter(&value, r, name, WECOM_MAX_SOURCE_ID) && value != NULL
           && strcmp(value, yes) == 0;
}

/* What stands in the address for a login that begins here. 0: malformed. */
static int read_login_query(wecom_login_query_t *query, const char **wanted,
                            wecom_login_wish_t *wish, int *popup, const request_rec *r)
{
    query->page = is_given(r, "page", "1");
    query->scan = is_given(r, "scan", "1");
    *popup = is_given(r, "display", "popup");
    if (!wecom_endpoint_parameter(&query->pending, r, "p", WECOM_MAX_STATE)
        || !wecom_endpoint_parameter(&query->source, r, "source", WECOM_MAX_SOURCE_ID)
        || !wecom_endpoint_parameter(wanted, r, "return", WECOM_MAX_TARGET)) {
        return 0;
    }
    if (!*popup || query->pending != NULL) { /* what was sealed at the beginning counts */
        *popup = 0;
        return 1;
    }
    if (!wecom_endpoint_parameter(&wish->opener, r, "origin", WECOM_MAX_ORIGIN)
        || !wecom_endpoint_parameter(&wish->nonce, r, "nonce", WECOM_MAX_NONCE)) {
        return 0;
    }
    if (wish->nonce == NULL) {
        wish->nonce = "";
    }
    return wecom_state_is_nonce(wish->nonce);
}

static int answer_login(request_rec *r, wecom_visit_t *visit)
{
    const wecom_site_t *site = visit->server->site;
    wecom_login_query_t query;
    wecom_login_wish_t wish;
    wecom_login_wish_t window = { .opener = NULL, .nonce = NULL };
    wecom_reply_t reply;
    wecom_login_t room;
    const char *wanted;
    int popup;

    wecom_reply_init(&reply, r->pool);
    wecom_request_room(&room, r, visit);
    if (!read_login_query(&query, &wanted, &window, &popup, r)) {
        wecom_refusal_page(&reply, &room, WECOM_REASON_BAD_RETURN,
                           apr_pstrcat(r->pool, site->endpoint, "/login", NULL), NULL);
        return wecom_endpoint_finish(r, &reply);
    }
    if (is_elsewhere(r, visit, &reply, &room)) {
        return wecom_endpoint_finish(r, &reply);
    }
    /* Before anything begins: what is sealed later was allowed here. */
    if (popup && (window.opener == NULL
                  || !wecom_config_is_popup_origin(visit->server, window.opener))) {
        wecom_refusal_page(&reply, &room, WECOM_REASON_POPUP_ORIGIN, NULL, NULL);
        return wecom_endpoint_finish(r, &reply);
    }
    wecom_endpoint_wish(&wish, r, visit,
                        wecom_target_or_root(wanted, site->endpoint, visit->pool));
    if (popup) {
        wish.opener = apr_pstrdup(visit->pool, window.opener);
        wish.nonce = apr_pstrdup(visit->pool, window.nonce);
    }
    wecom_login_page(&reply, &room, &query, &wish);
    return wecom_endpoint_finish(r, &reply);
}

/* --- return ---------------------------------------------------------------------------------- */

static int answer_return(request_rec *r, wecom_visit_t *visit)
{
    wecom_reply_t reply;
    wecom_login_t room;

    wecom_reply_init(&reply, r->pool);
    wecom_request_room(&room, r, visit);
    wecom_login_finish(&reply, &room, visit->return_query);
    if (!reply.signed_in) {
        wecom_session_clear_spoiled(r, visit);
    }
    return wecom_endpoint_finish(r, &reply);
}

/* --- denied ---------------------------------------------------------------------------------- */

static wecom_reply_t *left_reply(const request_rec *r)
{
    for (r = r->prev; r != NULL; r = r->prev) {
        const wecom_request_t *own = wecom_request_peek(r);

        if (own != NULL && own->reply != NULL) {
            return own->reply;
        }
    }
    return NULL;
}

static int answer_denied(request_rec *r, wecom_visit_t *visit)
{
    (void)visit;
    return wecom_request_send(r, left_reply(r));
}

/* --- ownership files ------------------------------------------------------------------------- */

#define VERIFY_BEFORE "WW_verify_"
#define VERIFY_CHARS 16

static int answer_verify(request_rec *r, wecom_visit_t *visit)
{
    (void)visit;
    /* Facts 13: the 16 characters of the name and nothing more. */
    return text_answer(r, HTTP_OK, apr_pstrmemdup(r->pool, r->uri + sizeof(VERIFY_BEFORE),
                                                  VERIFY_CHARS));
}

/* --- the table ------------------------------------------------------------------------------- */

static const wecom_own_t own_urls[] = {
    { "login", answer_login, 0 },
    { "return", answer_return, 0 },
    { "bind", wecom_endpoint_bind, 1 },
    { "pair", wecom_endpoint_pair, 1 },
    { "logout", wecom_endpoint_logout, 1 },
    { "form", wecom_endpoint_keep, 1 },
    { "session", wecom_endpoint_session, 0 },
    { "jssdk", wecom_endpoint_jssdk, 0 },
    { "denied", answer_denied, 1 },
    { "wecom.js", wecom_endpoint_asset, 0 },
    { "asset/", wecom_endpoint_asset, 0 },
};

static const wecom_own_t verify_url = { NULL, answer_verify, 0 };

static int has_name(const char *path, const char *name)
{
    apr_size_t len = strlen(name);

    return name[len - 1] == '/' ? strncmp(path, name, len) == 0 : strcmp(path, name) == 0;
}

static const wecom_own_t *find_own(const request_rec *r, const wecom_server_t *server)
{
    const char *endpoint = server->site->endpoint;
    apr_size_t len = strlen(endpoint);
    apr_size_t i;

    if (r->uri == NULL || r->uri[0] != '/') {
        return NULL;
    }
    if (strncmp(r->uri, endpoint, len) == 0 && r->uri[len] == '/') {
        for (i = 0; i < sizeof(own_urls) / sizeof(own_urls[0]); i++) {
            if (has_name(r->uri + len + 1, own_urls[i].name)) {
                return own_urls[i].answer == answer_denied && left_reply(r) == NULL
                       ? NULL : &own_urls[i];
            }
        }
        return NULL;
    }
    if (server->verify_files != NULL && strncmp(r->uri + 1, VERIFY_BEFORE,
                                                sizeof(VERIFY_BEFORE) - 1) == 0) {
        int n;

        for (n = 0; n < server->verify_files->nelts; n++) {
            if (strcmp(r->uri + 1, APR_ARRAY_IDX(server->verify_files, n, const char *)) == 0) {
                return &verify_url;
            }
        }
    }
    return NULL;
}

static const wecom_own_t *own_of(const request_rec *r)
{
    const wecom_request_t *own = wecom_request_peek(r);

    return own != NULL ? own->own : NULL;
}

/* The code must not stand in the access log: it takes the query from the request line. */
static void hide_query(request_rec *r)
{
    wecom_visit_t *visit = wecom_request_visit(r);

    if (r->args == NULL) {
        return;
    }
    visit->return_query = r->args;
    r->args = NULL;
    r->parsed_uri.query = NULL;
    r->unparsed_uri = apr_pstrdup(r->pool, r->uri);
    r->the_request = apr_pstrcat(r->pool, r->method, " ", r->uri, r->assbackwards ? "" : " ",
                                 r->assbackwards ? "" : r->protocol, NULL);
}

/* --- hooks ----------------------------------------------------------------------------------- */

int wecom_endpoint_translate(request_rec *r)
{
    const wecom_server_t *server = wecom_config_server(r->server);
    const wecom_own_t *own;

    if (server->site == NULL || wecom_request_visit(r) == NULL) {
        return DECLINED;
    }
    own = find_own(r, server);
    if (own == NULL) {
        return DECLINED;
    }
    wecom_request_own(r)->own = own;
    if (own->answer == answer_return && r->main == NULL) {
        hide_query(r);
    }
    r->filename = apr_pstrdup(r->pool, r->uri);
    r->proxyreq = PROXYREQ_NONE;
    return OK;
}

int wecom_endpoint_map_to_storage(request_rec *r)
{
    return own_of(r) != NULL ? OK : DECLINED;
}

int wecom_endpoint_access(request_rec *r)
{
    const wecom_visit_t *visit = wecom_request_visit(r);

    if (own_of(r) != NULL) {
        return OK;
    }
    /* A place that is only looked up for its sources: its configuration is merged by now, and
     * nothing of it may run for a stranger, neither its fixups nor a judgement for the log. */
    return visit != NULL && visit->probing ? HTTP_FORBIDDEN : DECLINED;
}

int wecom_endpoint_type(request_rec *r)
{
    return own_of(r) != NULL ? OK : DECLINED;
}

int wecom_endpoint_fixups(request_rec *r)
{
    if (own_of(r) == NULL) {
        return DECLINED;
    }
    /* First of all fixups: RewriteRule, Redirect and FallbackResource of a Location read the
     * merged configuration here, and find the server's alone. Deny has been heard by now. */
    r->per_dir_config = r->server->lookup_defaults;
    r->handler = "wecom-own-url";
    /* A page with a form token must not be compressed together with what a stranger chose. */
    apr_table_setn(r->subprocess_env, "no-gzip", "1");
    apr_table_setn(r->subprocess_env, "no-brotli", "1");
    return DECLINED;
}

int wecom_endpoint_handler(request_rec *r)
{
    const wecom_own_t *own = own_of(r);

    if (own == NULL) {
        return DECLINED;
    }
    if (own->answer != answer_denied && r->prev != NULL && r->prev->status == HTTP_FORBIDDEN) {
        /* As an ErrorDocument under the same configuration it was let in unasked. Whoever is
         * barred from the site is barred from its login too. */
        return HTTP_FORBIDDEN;
    }
    if (r->method_number != M_GET && !(own->posts && r->method_number == M_POST)) {
        apr_table_setn(r->err_headers_out, "Allow", own->posts ? "GET, HEAD, POST"
                                                                : "GET, HEAD");
        return text_answer(r, HTTP_METHOD_NOT_ALLOWED,
                           own->posts ? "This address answers GET and POST alone.\n"
                                      : "This address answers GET alone.\n");
    }
    return own->answer(r, wecom_request_visit(r));
}

int wecom_endpoint_log(request_rec *r)
{
    for (; r != NULL; r = r->next) {
        const wecom_own_t *own = own_of(r);

        if (own != NULL && own->answer != answer_denied && r->status == HTTP_FORBIDDEN
            && r->handler == NULL) {
            ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r, WC(0332)
                          "%s is refused by Deny (mod_access_compat) before this module can "
                          "answer; logins fail for this visitor", r->uri);
            break;
        }
    }
    return DECLINED;
}
