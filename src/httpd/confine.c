/* SPDX-License-Identifier: Apache-2.0 */
/* confine.c - see confine.h. */

#include "confine.h"

#include <string.h>

#include "apr_strings.h"
#include "util_filter.h"

#define FILTER_NAME "WECOM_CONFINE"

static ap_filter_rec_t *filter;

static int is_directive(const char *token, apr_size_t len, const char *name)
{
    apr_size_t name_len = strlen(name);

    return len >= name_len && ap_cstr_casecmpn(token, name, name_len) == 0
           && (len == name_len || token[name_len] == '=' || token[name_len] == ' ');
}

/* Cache-Control (RFC 9111 section 5.2) without what lets others keep it, and with private unless
 * it says no-store already. A quoted string may hold commas. */
static const char *confined(const char *value, apr_pool_t *pool)
{
    const char *out = NULL;
    int has_private = 0;

    while (value != NULL && *value != '\0') {
        const char *end;
        apr_size_t len;
        int quoted = 0;

        value += strspn(value, ", \t");
        for (end = value; *end != '\0' && (quoted || *end != ','); end++) {
            if (*end == '"') {
                quoted = !quoted;
            }
        }
        len = (apr_size_t)(end - value);
        if (is_directive(value, len, "no-store")) {
            has_private = 1;
        }
        /* private="Field" keeps one field back and lets the rest be shared */
        if (len > 0 && !is_directive(value, len, "public")
            && !is_directive(value, len, "s-maxage")
            && !is_directive(value, len, "private")) {
            out = apr_pstrcat(pool, out != NULL ? out : "", out != NULL ? ", " : "",
                              apr_pstrmemdup(pool, value, len), NULL);
        }
        value = end;
    }
    if (has_private) {
        return out;
    }
    return out != NULL ? apr_pstrcat(pool, out, ", private", NULL) : "private";
}

/* mod_include passes on what stands before an include before it runs the subrequest, and with it
 * the headers. Whether something of ours will be included is not known then. */
static int is_assembled(const request_rec *r)
{
    const ap_filter_t *at;

    for (at = r->output_filters; at != NULL; at = at->next) {
        if (ap_cstr_casecmp(at->frec->name, "INCLUDES") == 0) {
            return 1;
        }
    }
    return 0;
}

/* Is anything in this answer from under AuthType WeCom? An internal redirect out of a protected
 * place, or a subrequest into one, carries a member's content to an address of another place. */
static int is_confined(request_rec *r)
{
    const wecom_visit_t *visit = wecom_request_visit(r);
    request_rec *at;

    if (visit != NULL && (visit->touched
                          || (visit->session_values != NULL && is_assembled(r)))) {
        return 1;
    }
    for (at = r; at != NULL; at = at->prev) {
        if (wecom_request_is_ours(at)) {
            return 1;
        }
    }
    return 0;
}

/* One header where two tables may have had one each; what httpd sends is both. */
static void set_cache_control(request_rec *r, const char *value)
{
    /* mod_cache heeds this where CacheStorePrivate or CacheIgnoreCacheControl was written for
     * other parts of the server. */
    apr_table_setn(r->subprocess_env, "no-cache", "1");
    if (apr_table_get(r->err_headers_out, "Cache-Control") != NULL) {
        apr_table_unset(r->headers_out, "Cache-Control");
        apr_table_setn(r->err_headers_out, "Cache-Control", value);
    }
    else {
        apr_table_setn(r->headers_out, "Cache-Control", value);
    }
    apr_table_unset(r->headers_out, "Surrogate-Control");
    apr_table_unset(r->err_headers_out, "Surrogate-Control");
}

static const char *both_values(request_rec *r)
{
    const char *one = apr_table_getm(r->pool, r->headers_out, "Cache-Control");
    const char *other = apr_table_getm(r->pool, r->err_headers_out, "Cache-Control");

    if (one == NULL || other == NULL) {
        return one != NULL ? one : other;
    }
    return apr_pstrcat(r->pool, one, ", ", other, NULL);
}

static apr_status_t confine_filter(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    request_rec *r = f->r;
    const wecom_request_t *own = wecom_request_peek(r);

    ap_remove_output_filter(f);
    if (own != NULL && own->answered) {
        /* Whatever Header and ExpiresDefault say for the whole server. */
        set_cache_control(r, own->cache_control != NULL ? own->cache_control : "no-store");
    }
    else if (is_confined(r)) {
        set_cache_control(r, confined(both_values(r), r->pool));
    }
    return ap_pass_brigade(f->next, brigade);
}

void wecom_confine_register(void)
{
    filter = ap_register_output_filter(FILTER_NAME, confine_filter, NULL, AP_FTYPE_CONTENT_SET);
}

void wecom_confine_insert(request_rec *r)
{
    /* On every request of a host with a source: whether a subrequest will touch a protected
     * place is only known when the answer comes by. */
    if (r->main == NULL && (wecom_request_visit(r) != NULL || wecom_request_is_ours(r))) {
        ap_add_output_filter_handle(filter, NULL, r, r->connection);
    }
}
