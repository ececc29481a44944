/* SPDX-License-Identifier: Apache-2.0 */
/* authz.c - see authz.h. */

#include "authz.h"

#include <string.h>

#include "ap_provider.h"
#include "apr_strings.h"
#include "http_request.h"
#include "mod_auth.h"

#include "../auth/claim.h"
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

/* --- rules about the account ------------------------------------------------------------------ */

/* Inside an alias the section is not known that the rule will stand in. */
static const char *note_rule(cmd_parms *cmd, int login_only, const char *rule)
{
    const ap_directive_t *section = cmd->directive;

    for (; section != NULL; section = section->parent) {
        if (ap_cstr_casecmp(section->directive, "<AuthzProviderAlias") == 0) {
            return apr_pstrcat(cmd->pool, rule, " does not work in <AuthzProviderAlias>; write "
                               "Require ", rule, " at the place itself", NULL);
        }
    }
    return wecom_config_note_rule(cmd, login_only);
}

static const char *parse_login_only(cmd_parms *cmd, const char *line, const void **parsed)
{
    *parsed = NULL;
    return line[strspn(line, " \t")] == '\0'
           ? note_rule(cmd, 1, "wecom-login-only") : "wecom-login-only takes no arguments";
}

/* No account behind the ticket: the rule cannot be judged, so it is neither yes nor no. */
static int has_account(request_rec *r, const wecom_ticket_t *ticket, const char *rule)
{
    if (ticket->account[0] != '\0') {
        return 1;
    }
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, WC(0323)
                  "Require %s: this server has no account directory; write WeComAccounts", rule);
    return 0;
}

static authz_status check_login_only(request_rec *r, const char *line, const void *parsed)
{
    const wecom_request_t *own = wecom_request_peek(r);

    (void)line;
    (void)parsed;
    if (own == NULL || own->admitted == NULL) {
        return r->user == NULL ? AUTHZ_DENIED_NO_USER : AUTHZ_DENIED;
    }
    if (!has_account(r, own->admitted, "wecom-login-only")) {
        return AUTHZ_GENERAL_ERROR;
    }
    if ((own->admitted->flags & WECOM_TICKET_PREEXISTING) != 0) {
        return AUTHZ_GRANTED;
    }
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0324)
                  "Require wecom-login-only: the account %s was made by a login (wecomctl accounts "
                  "adopt %s makes it one that counts)", own->admitted->account,
                  own->admitted->account);
    return AUTHZ_DENIED;
}

static const char *parse_field_match(cmd_parms *cmd, const char *line, const void **parsed)
{
    apr_array_header_t *fields = apr_array_make(cmd->pool, 4, sizeof(const char *));

    for (;;) {
        const char *word = ap_getword_conf(cmd->pool, &line);

        if (word[0] == '\0') {
            break;
        }
        if (!wecom_claim_is_field(word)) {
            return apr_psprintf(cmd->pool, "wecom-field-match %s: write the fields as in "
                                "WeComAssociation, such as userid, email, mobile or "
                                "alias=username", word);
        }
        APR_ARRAY_PUSH(fields, const char *) = word;
    }
    if (fields->nelts == 0) {
        return "wecom-field-match needs at least one field, such as email";
    }
    *parsed = fields;
    return note_rule(cmd, 0, "wecom-field-match");
}

static authz_status check_field_match(request_rec *r, const char *line, const void *parsed)
{
    const wecom_request_t *own = wecom_request_peek(r);
    const apr_array_header_t *fields = parsed;
    const char *match;
    int i;

    if (own == NULL || own->admitted == NULL) {
        return r->user == NULL ? AUTHZ_DENIED_NO_USER : AUTHZ_DENIED;
    }
    if (!has_account(r, own->admitted, "wecom-field-match")) {
        return AUTHZ_GENERAL_ERROR;
    }
    match = (own->admitted->flags & WECOM_TICKET_FIELD_MATCH) != 0
            && own->admitted->fields != NULL
                ? apr_table_get(own->admitted->fields, WECOM_TICKET_MATCH) : NULL;
    for (i = 0; match != NULL && i < fields->nelts; i++) {
        if (strcmp(match, APR_ARRAY_IDX(fields, i, const char *)) == 0) {
            return AUTHZ_GRANTED;
        }
    }
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0325)
                  "Require wecom-field-match %s: the account %s is %s%s", line,
                  own->admitted->account,
                  match != NULL ? "connected by another field, " : "not connected by a match that "
                                                                  "still holds",
                  match != NULL ? match : "");
    return AUTHZ_DENIED;
}

static const authz_provider login_only_provider = { check_login_only, parse_login_only };
static const authz_provider field_match_provider = { check_field_match, parse_field_match };

static const authz_provider user_provider = { check_user, parse_user };

void wecom_authz_register(apr_pool_t *pool)
{
    ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, "wecom-user", AUTHZ_PROVIDER_VERSION,
                              &user_provider, AP_AUTH_INTERNAL_PER_CONF);
    ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, "wecom-login-only",
                              AUTHZ_PROVIDER_VERSION, &login_only_provider,
                              AP_AUTH_INTERNAL_PER_CONF);
    ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, "wecom-field-match",
                              AUTHZ_PROVIDER_VERSION, &field_match_provider,
                              AP_AUTH_INTERNAL_PER_CONF);
}
