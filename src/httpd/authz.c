/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authz.c - see authz.h. The providers for rules about the member.
 *
 * A provider answers "denied" only where the answer is known to be no. Under `not` and in
 * <RequireNone> httpd makes "nothing is said against it" of a denial, so what cannot be told is an
 * error there: nobody is let in, and the log says why.
 */
#include "authz_int.h"

#include <string.h>

#include "ap_expr.h"
#include "ap_provider.h"
#include "apr_strings.h"
#include "http_request.h"

#include "config_kinds.h"
#include "shape_shm.h"

#define MAX_LOOKS 3 /* at a shape that is replaced meanwhile */

/* What parsing a line leaves behind. */
typedef struct require_t {
    wecom_rule_t rule;              /* without words where there is an expression */
    const ap_expr_info_t *words;    /* of each request anew; NULL: the rule has its words */
} require_t;

/* --- regular expressions ---------------------------------------------------------------------- */

static const void *compile(const char *pattern, apr_pool_t *pool)
{
    return ap_pregcomp(pool, pattern, 0);
}

static int matches(const void *compiled, const char *text)
{
    int rc = ap_regexec(compiled, text, 0, NULL, 0);

    return rc == 0 ? 1 : rc == AP_REG_NOMATCH ? 0 : -1;
}

static const wecom_rule_regex_t regex = { compile, matches };

/* --- reading a line --------------------------------------------------------------------------- */

static const char *parse_expression(require_t *require, cmd_parms *cmd, const char *line)
{
    const char *name = wecom_rule_name(require->rule.kind);
    const char *fault = NULL;

    require->words = ap_expr_parse_cmd(cmd, line,
                                       AP_EXPR_FLAG_STRING_RESULT
                                       | (wecom_config_is_htaccess(cmd)
                                              ? AP_EXPR_FLAG_RESTRICTED : 0),
                                       &fault, NULL);
    require->rule.stand.text = apr_pstrcat(cmd->pool, name, " ", line, NULL);
    return fault == NULL ? NULL
                         : apr_pstrcat(cmd->pool, name, ": the expression cannot be read: ", fault,
                                       "; write it as httpd's documentation of expressions says",
                                       NULL);
}

static const char *parse_words(require_t *require, cmd_parms *cmd, const char *line)
{
    wecom_rule_t *rule = &require->rule;
    const wecom_rule_stand_t stand = rule->stand;
    const char *fault = wecom_rule_parse(rule, rule->kind, wecom_kind_split(line, cmd->pool),
                                         &regex, cmd->pool);

    if (fault != NULL) {
        return fault;
    }
    rule->stand.under = stand.under;
    rule->stand.file = stand.file;
    rule->stand.line = stand.line;
    if (wecom_config_is_htaccess(cmd)) {
        return wecom_authz_names(rule, wecom_config_server(cmd->server), cmd->pool);
    }
    wecom_authz_take_down(rule, cmd->server);
    return NULL;
}

static const char *parse(cmd_parms *cmd, wecom_rule_kind_t kind, const char *line,
                         const void **parsed)
{
    require_t *require = apr_pcalloc(cmd->pool, sizeof(*require));
    const char *fault;

    require->rule.kind = kind;
    fault = wecom_authz_stand(&require->rule.stand, cmd);
    if (fault == NULL) {
        fault = strstr(line, "%{") != NULL ? parse_expression(require, cmd, line)
                                           : parse_words(require, cmd, line);
    }
    *parsed = require;
    return wecom_config_sentence(cmd, fault);
}

#define PARSER(name, kind) \
    static const char *parse_##name(cmd_parms *cmd, const char *line, const void **parsed) \
    { \
        return parse(cmd, kind, line, parsed); \
    }

PARSER(user, WECOM_RULE_USER)
PARSER(department, WECOM_RULE_DEPARTMENT)
PARSER(department_exact, WECOM_RULE_DEPARTMENT_EXACT)
PARSER(leader, WECOM_RULE_LEADER)
PARSER(tag, WECOM_RULE_TAG)
PARSER(attribute, WECOM_RULE_ATTRIBUTE)
PARSER(source, WECOM_RULE_SOURCE)

/* --- judging ---------------------------------------------------------------------------------- */

static const wecom_source_t *source_of(const request_rec *r, const wecom_ticket_t *ticket)
{
    return wecom_source_find(wecom_request_visit(r)->server->sources, ticket->source);
}

/* One word can mean two things where sources of several corps may be used. */
static int is_mixed(const request_rec *r)
{
    const wecom_server_t *server = wecom_request_visit(r)->server;

    return server->sources->nelts > 1
           && wecom_source_is_mixed(wecom_source_narrow(server->sources,
                                                        wecom_config_place(r)->sources, r->pool));
}

/* Of the tree in a view: the memory that it lies in, and its turn there. Two mixes, of which
 * neither tells the other. */
static void print_of(apr_uint32_t *print, const wecom_shape_view_t *view)
{
    apr_uint64_t seed = (apr_uint64_t)(apr_uintptr_t)view->room * APR_UINT64_C(0x9e3779b97f4a7c15);

    seed ^= view->turn[WECOM_SHAPE_TREE] + APR_UINT64_C(0x632be59bd9b4e019);
    seed *= APR_UINT64_C(0xff51afd7ed558ccd);
    seed ^= seed >> 33;
    seed *= APR_UINT64_C(0xc4ceb9fe1a85ec53);
    seed ^= seed >> 33;
    print[0] = (apr_uint32_t)(seed >> 32);
    print[1] = (apr_uint32_t)seed | 1;
}

void wecom_authz_judge(wecom_rule_finding_t *finding, request_rec *r, const wecom_rule_t *rule,
                       const wecom_ticket_t *ticket)
{
    static const wecom_shape_t no_shape = { NULL, NULL };
    wecom_rule_facts_t facts = { ticket, source_of(r, ticket), 0, &no_shape, { 0, 0 } };
    wecom_shape_view_t view;
    int looks;

    facts.is_mixed = rule->bare != NULL && is_mixed(r);
    if (facts.is_mixed || !wecom_rule_needs_shape(rule)) {
        wecom_rule_judge(finding, rule, &facts, r->pool);
        return;
    }
    for (looks = 0; looks < MAX_LOOKS; looks++) {
        wecom_shape_shm_open(&view, facts.source);
        facts.shape = &view.shape;
        if (view.shape.tree != NULL) {
            print_of(facts.print, &view);
        }
        wecom_rule_judge(finding, rule, &facts, r->pool);
        if (wecom_shape_shm_is_good(&view)) {
            return;
        }
    }
    finding->verdict = WECOM_RULE_UNKNOWN;
    finding->why = "departments and tags were replaced again and again while they were read";
}

const char *wecom_authz_member_has(request_rec *r, const wecom_rule_t *rule, int granted,
                                   const wecom_ticket_t *ticket)
{
    wecom_rule_facts_t facts = { ticket, source_of(r, ticket), 0, NULL, { 0, 0 } };
    const char *has = "";
    wecom_shape_view_t view;
    int looks;

    for (looks = 0; looks < MAX_LOOKS; looks++) {
        wecom_shape_shm_open(&view, facts.source);
        facts.shape = &view.shape;
        has = wecom_rule_explain(rule, &facts, granted, r->pool);
        if (wecom_shape_shm_is_good(&view)) {
            break;
        }
    }
    return has;
}

authz_status wecom_authz_no_ticket(request_rec *r, const wecom_rule_stand_t *stand)
{
    if (r->user == NULL) {
        return AUTHZ_DENIED_NO_USER;
    }
    if (stand->under == WECOM_RULE_PLAIN) {
        return AUTHZ_DENIED;
    }
    wecom_authz_cannot_tell(r, WC(0326), stand, r->user, "this user has come by another AuthType, "
                            "and of such nothing is known that the rule asks; write AuthType WeCom "
                            "at this place, or take the rule out");
    return AUTHZ_GENERAL_ERROR;
}

/* The rule of a line with an expression, as this request makes it; NULL after a fault. Nothing at
 * all is a fault too: without words "wecom-user" means everybody. */
static const wecom_rule_t *rule_of_request(request_rec *r, const require_t *require)
{
    const wecom_rule_stand_t *stand = &require->rule.stand;
    wecom_rule_t *rule = apr_palloc(r->pool, sizeof(*rule));
    const char *fault = NULL;
    const char *line = ap_expr_str_exec(r, require->words, &fault);
    const apr_array_header_t *words;

    if (fault == NULL) {
        words = wecom_kind_split(line, r->pool);
        fault = words->nelts == 0 ? "the expression gives no word"
                                  : wecom_rule_parse(rule, require->rule.kind, words, &regex,
                                                     r->pool);
    }
    if (fault == NULL) {
        fault = wecom_authz_names(rule, wecom_request_visit(r)->server, r->pool);
    }
    if (fault != NULL) {
        wecom_authz_cannot_tell(r, WC(0327), stand, NULL, fault);
        return NULL;
    }
    rule->stand.under = stand->under;
    rule->stand.file = stand->file;
    rule->stand.line = stand->line;
    return rule;
}

/* What cannot be told, here and now. */
static authz_status error(request_rec *r, const wecom_rule_t *rule,
                          const wecom_rule_finding_t *finding, const wecom_ticket_t *ticket)
{
    const wecom_source_t *source = source_of(r, ticket);

    if (finding->wants_tree) {
        wecom_shape_shm_want_tree(source);
    }
    if (finding->wants_tag != NULL) {
        wecom_shape_shm_want_tag(source, finding->wants_tag);
    }
    wecom_authz_cannot_tell(r, rule->bare != NULL && is_mixed(r) ? WC(0322) : WC(0328),
                            &rule->stand, ticket->userid, finding->why);
    return AUTHZ_GENERAL_ERROR;
}

static authz_status check(request_rec *r, const char *line, const void *parsed)
{
    const wecom_request_t *own = wecom_request_peek(r);
    const require_t *require = parsed;
    const wecom_rule_t *rule = &require->rule;
    wecom_rule_finding_t finding;

    (void)line;
    if (own == NULL || own->admitted == NULL) {
        return wecom_authz_no_ticket(r, &rule->stand);
    }
    if (require->words != NULL) {
        rule = rule_of_request(r, require);
        if (rule == NULL) {
            return AUTHZ_GENERAL_ERROR;
        }
    }
    wecom_authz_judge(&finding, r, rule, own->admitted);
    switch (finding.verdict) {
    case WECOM_RULE_GRANTED:
        if (rule->stand.under == WECOM_RULE_NOT || rule->stand.under == WECOM_RULE_NONE) {
            wecom_authz_note(r, &rule->stand, rule, 1, NULL);
        }
        return AUTHZ_GRANTED;
    case WECOM_RULE_MISSING:
        if (rule->stand.under != WECOM_RULE_PLAIN) {
            return error(r, rule, &finding, own->admitted);
        }
        wecom_authz_note(r, &rule->stand, NULL, 0, finding.why);
        return AUTHZ_DENIED;
    case WECOM_RULE_UNKNOWN:
        return error(r, rule, &finding, own->admitted);
    default:
        if (rule->stand.under == WECOM_RULE_PLAIN || rule->stand.under == WECOM_RULE_ALIAS) {
            wecom_authz_note(r, &rule->stand, rule, 0, NULL);
        }
        return AUTHZ_DENIED;
    }
}

/* --- for httpd -------------------------------------------------------------------------------- */

static const authz_provider providers[WECOM_RULE_KINDS] = {
    { check, parse_user }, { check, parse_department }, { check, parse_department_exact },
    { check, parse_leader }, { check, parse_tag }, { check, parse_attribute },
    { check, parse_source }
};

void wecom_authz_register(apr_pool_t *pool)
{
    int kind;

    for (kind = 0; kind < WECOM_RULE_KINDS; kind++) {
        ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP,
                                  wecom_rule_name((wecom_rule_kind_t)kind),
                                  AUTHZ_PROVIDER_VERSION, &providers[kind],
                                  AP_AUTH_INTERNAL_PER_CONF);
    }
    wecom_authz_account_register(pool);
}
