/* SPDX-License-Identifier: Apache-2.0 */
/* authz.c - see authz.h. */

#include "authz.h"

#include <string.h>

#include "ap_provider.h"
#include "apr_strings.h"
#include "http_request.h"
#include "mod_auth.h"

#include "../auth/source.h"
#include "../wecom/member.h"

/* One word of "Require wecom-user": "zhangsan" of any source, or "acme/zhangsan". */
typedef struct member_rule_t {
    const char *source;   /* NULL: any */
    const char *userid;
} member_rule_t;

typedef struct user_rule_t {
    const apr_array_header_t *members;   /* member_rule_t; empty: every member */
} user_rule_t;

static const char *parse_member(member_rule_t *rule, const char *word, apr_pool_t *pool)
{
    const char *slash = strchr(word, '/');

    rule->source = NULL;
    rule->userid = word;
    if (slash != NULL) {
        rule->source = apr_pstrmemdup(pool, word, (apr_size_t)(slash - word));
        rule->userid = slash + 1;
        if (!wecom_source_is_id(rule->source, strlen(rule->source))) {
            return apr_psprintf(pool, "wecom-user %s: before the slash stands the id of a "
                                "<WeComSource>, as in acme/zhangsan", word);
        }
    }
    if (!wecom_member_is_userid(rule->userid)) {
        return apr_psprintf(pool, "wecom-user %s: a userid has 1 to 64 letters, digits and "
                            "_ . @ -, as WeCom's contacts show it", word);
    }
    return NULL;
}

static const char *parse_user(cmd_parms *cmd, const char *line, const void **parsed)
{
    apr_array_header_t *members = apr_array_make(cmd->pool, 4, sizeof(member_rule_t));
    user_rule_t *rule = apr_palloc(cmd->pool, sizeof(*rule));

    for (;;) {
        const char *word = ap_getword_conf(cmd->pool, &line);
        const char *fault;

        if (word[0] == '\0') {
            break;
        }
        fault = parse_member(apr_array_push(members), word, cmd->pool);
        if (fault != NULL) {
            return fault;
        }
    }
    rule->members = members;
    *parsed = rule;
    return NULL;
}

static int names(const member_rule_t *rule, const wecom_ticket_t *ticket,
                 const wecom_source_t *source)
{
    return (rule->source == NULL || strcmp(rule->source, ticket->source) == 0)
           && wecom_member_same(rule->userid, ticket->userid, source->app.proxy_developed);
}

/* A bare userid means two people where sources of several corps may be used. Neither a denial,
 * which would let in under "not", nor a grant: an error, until the line is mended. */
static int is_ambiguous(request_rec *r, const user_rule_t *rule)
{
    const wecom_server_t *server = wecom_request_visit(r)->server;
    const wecom_place_t *place = wecom_config_place(r);
    int bare = 0;
    int i;

    if (server->sources->nelts < 2) {
        return 0;
    }
    for (i = 0; i < rule->members->nelts; i++) {
        bare |= APR_ARRAY_IDX(rule->members, i, member_rule_t).source == NULL;
    }
    return bare && wecom_source_is_mixed(wecom_source_narrow(server->sources, place->sources,
                                                             r->pool));
}

static authz_status check_user(request_rec *r, const char *line, const void *parsed)
{
    const wecom_request_t *own = wecom_request_peek(r);
    const user_rule_t *rule = parsed;
    const wecom_ticket_t *ticket;
    const wecom_source_t *source;
    int i;

    if (own == NULL || own->admitted == NULL) {
        return r->user == NULL ? AUTHZ_DENIED_NO_USER : AUTHZ_DENIED;
    }
    ticket = own->admitted;
    if (rule->members->nelts == 0) {
        return AUTHZ_GRANTED;
    }
    if (is_ambiguous(r, rule)) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, WC(0322)
                      "Require wecom-user %s: the sources of this place belong to different corps, "
                      "in which one userid can be two people; write the source before each, as in "
                      "%s/%s", line, ticket->source, ticket->userid);
        return AUTHZ_GENERAL_ERROR;
    }
    source = wecom_source_find(wecom_request_visit(r)->server->sources, ticket->source);
    for (i = 0; i < rule->members->nelts; i++) {
        if (names(&APR_ARRAY_IDX(rule->members, i, member_rule_t), ticket, source)) {
            return AUTHZ_GRANTED;
        }
    }
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0321)
                  "Require wecom-user %s: %s (source %s) is not named", line, ticket->userid,
                  ticket->source);
    return AUTHZ_DENIED;
}

static const authz_provider user_provider = { check_user, parse_user };

void wecom_authz_register(apr_pool_t *pool)
{
    ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, "wecom-user", AUTHZ_PROVIDER_VERSION,
                              &user_provider, AP_AUTH_INTERNAL_PER_CONF);
}
