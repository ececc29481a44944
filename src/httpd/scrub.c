/* SPDX-License-Identifier: Apache-2.0 */
/* scrub.c - see scrub.h. */

#include "scrub.h"

#include <string.h>

#include "apr_lib.h"
#include "apr_strings.h"

#include "config_pass.h"
#include "trailers.h"

#include "../auth/prefix.h"
#include "../base/limits.h"

/* --- headers ---------------------------------------------------------------------------------- */

/* Of every place of this httpd; set when the configuration is complete, read-only for requests. */
static const wecom_prefixes_t *prefixes;

int wecom_scrub_covers(const char *prefix)
{
    return prefixes != NULL && wecom_prefixes_cover(prefixes, prefix, strlen(prefix));
}

static void scrub_headers(apr_table_t *table, apr_pool_t *pool)
{
    const apr_array_header_t *all = apr_table_elts(table);
    const apr_table_entry_t *entries = (const apr_table_entry_t *)all->elts;
    apr_array_header_t *doomed = NULL;
    int i;

    for (i = 0; i < all->nelts; i++) {
        const char *name = entries[i].key;

        if (wecom_prefixes_cover(prefixes, name, strlen(name))) {
            if (doomed == NULL) {
                doomed = apr_array_make(pool, 4, sizeof(const char *));
            }
            APR_ARRAY_PUSH(doomed, const char *) = name;
        }
    }
    for (i = 0; doomed != NULL && i < doomed->nelts; i++) {
        apr_table_unset(table, APR_ARRAY_IDX(doomed, i, const char *));
    }
}

/* mod_proxy ends a token at a semicolon too. */
#define SEPARATORS ",; \t"

static int lists_ours(const char *value)
{
    while (*value != '\0') {
        apr_size_t len;

        value += strspn(value, SEPARATORS);
        len = strcspn(value, SEPARATORS);
        if (wecom_prefixes_cover(prefixes, value, len)) {
            return 1;
        }
        value += len;
    }
    return 0;
}

static void scrub_connection(apr_table_t *table, apr_pool_t *pool)
{
    const char *value = apr_table_get(table, "Connection");
    const char *kept = NULL;

    if (value == NULL || !lists_ours(value)) {
        return;
    }
    while (*value != '\0') {
        apr_size_t len;

        value += strspn(value, SEPARATORS);
        len = strcspn(value, SEPARATORS);
        if (len > 0 && !wecom_prefixes_cover(prefixes, value, len)) {
            kept = apr_pstrcat(pool, kept != NULL ? kept : "", kept != NULL ? ", " : "",
                               apr_pstrmemdup(pool, value, len), NULL);
        }
        value += len;
    }
    if (kept != NULL) {
        apr_table_setn(table, "Connection", kept);
    }
    else {
        apr_table_unset(table, "Connection");
    }
}

/* --- cookies --------------------------------------------------------------------------------- */

static int has_prefix(const wecom_text_cookie_t *cookie, const char *text)
{
    apr_size_t len = strlen(text);

    return cookie->name_len >= len && memcmp(cookie->name, text, len) == 0;
}

static int is_tag(const char *s, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if (!apr_isdigit(s[i]) && !apr_islower(s[i])) {
            return 0;
        }
    }
    return len == 6;
}

/* Every site of this httpd; set when the configuration is complete, read-only for requests. */
static const apr_array_header_t *all_sites;   /* const wecom_site_t * */

/* A cookie of a sibling: cookies ignore ports, and with a domain they ignore hosts, so a session
 * for one site also comes to the others, and must not reach a backend or a CGI there either. The
 * default names are cut even when their site is served by somebody else. */
static int is_of_a_sibling(const wecom_text_cookie_t *cookie)
{
    const char *name = cookie->name;
    apr_size_t len = cookie->name_len;
    int i;

    for (i = 0; i < all_sites->nelts; i++) {
        const char *session = APR_ARRAY_IDX(all_sites, i, const wecom_site_t *)->session_cookie;

        if (len == strlen(session) && memcmp(name, session, len) == 0) {
            return 1;
        }
    }
    /* All other names are ours to choose, and say so themselves. */
    if (len > 7 && memcmp(name, "__Host-", 7) == 0) {
        name += 7;
        len -= 7;
    }
    if (len == 12 && memcmp(name, "wecom_", 6) == 0) {
        return is_tag(name + 6, 6);
    }
    if (len == 13 && (memcmp(name, "wecoml_", 7) == 0 || memcmp(name, "wecomg_", 7) == 0)) {
        return is_tag(name + 7, 6);
    }
    return len > 14 && memcmp(name, "wecomp_", 7) == 0 && name[13] == '_' && is_tag(name + 7, 6);
}

/* Whoever shows a page looks into it; most requests do not. */
static void take_value(wecom_bytes_t *value, const wecom_text_cookie_t *cookie)
{
    value->data = (const unsigned char *)cookie->value;
    value->len = cookie->value_len;
}

/* Note what is ours, as slices of the header. */
static void take_cookie(wecom_visit_t *visit, const wecom_text_cookie_t *cookie)
{
    const wecom_site_t *site = visit->server->site;

    if (cookie->name_len == strlen(site->session_cookie)
        && has_prefix(cookie, site->session_cookie)) {
        if (visit->session_values == NULL) {
            visit->session_values = apr_array_make(visit->pool, 1, sizeof(wecom_bytes_t));
        }
        if (visit->session_values->nelts < WECOM_MAX_OWN_COOKIES) {
            wecom_bytes_t *value = apr_array_push(visit->session_values);

            value->data = (const unsigned char *)cookie->value;
            value->len = cookie->value_len;
        }
    }
    else if (cookie->name_len == strlen(site->last_cookie)
             && has_prefix(cookie, site->last_cookie)) {
        take_value(&visit->last_source, cookie);
    }
    else if (cookie->name_len == strlen(site->lang_cookie)
             && has_prefix(cookie, site->lang_cookie)) {
        take_value(&visit->lang, cookie);
    }
    else if (has_prefix(cookie, site->pending_prefix)
             && visit->pending->nelts < WECOM_MAX_COOKIES) {
        wecom_login_cookie_t *pending = apr_array_push(visit->pending);

        pending->name = apr_pstrmemdup(visit->pool, cookie->name, cookie->name_len);
        pending->value = cookie->value;
        pending->value_len = cookie->value_len;
    }
}

/* httpd joins several lines of Cookie with ", ". In the copy that is read a semicolon stands for
 * that comma, so that what follows is found, and all offsets hold for the header too. */
static const char *one_line(const char *header, apr_size_t len, apr_pool_t *pool)
{
    char *copy;
    char *at;

    if (strstr(header, ", ") == NULL) {
        return header;
    }
    copy = apr_pstrmemdup(pool, header, len);
    for (at = copy; (at = strstr(at, ", ")) != NULL; at++) {
        *at = ';';
    }
    return copy;
}

/* What stands behind a comma is cut out, but never believed: a cookie's value may hold ", ", so
 * a neighbouring host could otherwise plant a __Host- cookie inside the value of its own. */
static int stands_alone(const char *header, const wecom_text_cookie_t *cookie)
{
    apr_size_t at = cookie->start;

    while (at > 0 && (header[at - 1] == ' ' || header[at - 1] == '\t')) {
        at--;
    }
    return at == 0 || header[at - 1] == ';';
}

static int may_hold_ours(const char *header)
{
    int i;

    if (strstr(header, "wecom") != NULL) {
        return 1;
    }
    for (i = 0; i < all_sites->nelts; i++) { /* a name of the administrator's choosing */
        if (strstr(header, APR_ARRAY_IDX(all_sites, i, const wecom_site_t *)->session_cookie)
            != NULL) {
            return 1;
        }
    }
    return 0;
}

/* One pass: our cookies are noted (visit NULL: only cut) and the others are copied together. The
 * header is only rewritten when there was something to cut. */
static void scrub_cookies(apr_table_t *table, wecom_visit_t *visit, apr_pool_t *pool)
{
    const char *header = apr_table_get(table, "Cookie");
    apr_size_t len = header != NULL ? strlen(header) : 0;
    const char *line;
    wecom_text_cookie_t cookie;
    apr_size_t kept_from = 0;
    apr_size_t pos = 0;
    char *kept = NULL;
    apr_size_t kept_len = 0;

    if (len == 0 || !may_hold_ours(header)) {
        return;
    }
    line = one_line(header, len, pool);
    while (wecom_text_cookie_next(&cookie, &pos, line, len)) {
        if (!is_of_a_sibling(&cookie)) {
            continue;
        }
        if (visit != NULL && stands_alone(header, &cookie)) {
            take_cookie(visit, &cookie);
        }
        if (kept == NULL) {
            kept = apr_palloc(pool, len + 1);
        }
        memcpy(kept + kept_len, header + kept_from, cookie.start - kept_from);
        kept_len += cookie.start - kept_from;
        kept_from = pos + strspn(header + pos, " ");
    }
    if (kept == NULL) {
        return;
    }
    memcpy(kept + kept_len, header + kept_from, len - kept_from);
    kept_len += len - kept_from;
    while (kept_len > 0 && strchr(" ;,", kept[kept_len - 1]) != NULL) {
        kept_len--;
    }
    kept[kept_len] = '\0';
    if (kept_len > 0) {
        apr_table_setn(table, "Cookie", kept);
    }
    else {
        apr_table_unset(table, "Cookie");
    }
}

/* --- the mark of the one redirect ------------------------------------------------------------ */

/* Take the mark out of everything that quotes the query: args, unparsed_uri and the request
 * line, out of which CGI makes REQUEST_URI. */
static void scrub_hop(request_rec *r, wecom_visit_t *visit)
{
    static const char mark[] = WECOM_SITE_HOP "=";
    const char *args;
    char *path;
    char *question;

    if (r->args == NULL || strstr(r->args, mark) == NULL) {
        return;
    }
    args = wecom_text_query_remove(r->args, WECOM_SITE_HOP, r->pool);
    if (args == r->args) {
        return;
    }
    visit->hopped = 1;
    path = apr_pstrdup(r->pool, r->unparsed_uri);
    question = strchr(path, '?');
    if (question != NULL) {
        *question = '\0';
    }
    r->args = args != NULL ? apr_pstrdup(r->pool, args) : NULL;
    r->parsed_uri.query = r->args;
    r->unparsed_uri = apr_pstrcat(r->pool, path, r->args != NULL ? "?" : "",
                                  r->args != NULL ? r->args : "", NULL);
    r->the_request = apr_pstrcat(r->pool, r->method, " ", r->unparsed_uri,
                                 r->assbackwards ? "" : " ",
                                 r->assbackwards ? "" : r->protocol, NULL);
}

void wecom_scrub_prepare(server_rec *main, apr_pool_t *pconf)
{
    apr_array_header_t *sites = apr_array_make(pconf, 2, sizeof(const wecom_site_t *));
    wecom_prefixes_t *set = wecom_prefixes_make(pconf);
    const server_rec *s;
    int i;

    for (s = main; s != NULL; s = s->next) {
        const wecom_server_t *server = wecom_config_server(s);

        if (server->site != NULL) {
            APR_ARRAY_PUSH(sites, const wecom_site_t *) = server->site;
        }
        for (i = 0; i < server->places->nelts; i++) {
            const wecom_place_t *place = APR_ARRAY_IDX(server->places, i, const wecom_place_t *);

            wecom_prefixes_add(set, place->pass_headers->prefix);
        }
    }
    all_sites = sites;
    prefixes = set;
}

void wecom_scrub_table(apr_table_t *table, apr_pool_t *pool)
{
    scrub_headers(table, pool);
    scrub_connection(table, pool);
    scrub_cookies(table, NULL, pool);
}

int wecom_scrub_request(request_rec *r)
{
    const wecom_server_t *server = wecom_config_server(r->server);
    wecom_visit_t *visit = NULL;

    if (all_sites == NULL || all_sites->nelts == 0) {
        return DECLINED;
    }
    wecom_trailers_insert(r);
    /* An internal redirect comes here again with the same headers: what was cut out and noted the
     * first time belongs to it too. */
    if (wecom_request_visit(r) != NULL) {
        return DECLINED;
    }
    if (server->site != NULL) {
        visit = wecom_request_new_visit(r, server);
        scrub_hop(r, visit);
    }
    scrub_headers(r->headers_in, r->pool);
    scrub_connection(r->headers_in, r->pool);
    scrub_cookies(r->headers_in, visit, r->pool);
    return DECLINED;
}
