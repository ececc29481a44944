/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authz_account.c - the two rules about the account behind a session.
 */
#include "authz_int.h"

#include <string.h>

#include "ap_provider.h"
#include "apr_strings.h"
#include "http_request.h"

#include "config_kinds.h"

#include "../auth/claim.h"

typedef struct account_rule_t {
    wecom_rule_stand_t stand;
    const apr_array_header_t *fields;   /* const char *, of wecom-field-match */
} account_rule_t;

/* Inside an alias the section is not known that the rule will stand in. */
static const char *note_rule(cmd_parms *cmd, int login_only, const wecom_rule_stand_t *stand)
{
    return stand->under == WECOM_RULE_ALIAS
           ? apr_pstrcat(cmd->pool, stand->text, " does not work in <AuthzProviderAlias>; write "
                         "Require ", stand->text, " at the place itself", NULL)
           : wecom_config_note_rule(cmd, login_only);
}

/* NULL after a fault. */
static account_rule_t *new_rule(const char **fault, cmd_parms *cmd, const char *name,
                                const char *line)
{
    account_rule_t *rule = apr_pcalloc(cmd->pool, sizeof(*rule));

    line += strspn(line, " \t");
    *fault = wecom_config_sentence(cmd, wecom_authz_stand(&rule->stand, cmd));
    rule->stand.text = apr_pstrcat(cmd->pool, name, *line != '\0' ? " " : "", line, NULL);
    return *fault == NULL ? rule : NULL;
}

static const char *parse_login_only(cmd_parms *cmd, const char *line, const void **parsed)
{
    const char *fault;
    account_rule_t *rule = new_rule(&fault, cmd, "wecom-login-only", line);

    *parsed = rule;
    if (rule == NULL) {
        return fault;
    }
    return line[strspn(line, " \t")] == '\0'
           ? note_rule(cmd, 1, &rule->stand)
           : wecom_config_sentence(cmd, "wecom-login-only takes no arguments");
}

/* No account behind the ticket: the rule cannot be judged, so it is neither yes nor no. */
static int has_account(request_rec *r, const account_rule_t *rule, const wecom_ticket_t *ticket)
{
    if (ticket->account[0] != '\0') {
        return 1;
    }
    wecom_authz_cannot_tell(r, WC(0323), &rule->stand, ticket->userid,
                            "this server has no account directory; write WeComAccounts");
    return 0;
}

/* What the rule says of a ticket with an account: granted, or refused and why. */
static authz_status answer(request_rec *r, const account_rule_t *rule, int grants, const char *why)
{
    const wecom_rule_under_t under = rule->stand.under;

    if (grants == (under == WECOM_RULE_NOT || under == WECOM_RULE_NONE)) {
        wecom_authz_note(r, &rule->stand, NULL, grants, why);
    }
    return grants ? AUTHZ_GRANTED : AUTHZ_DENIED;
}

static authz_status check_login_only(request_rec *r, const char *line, const void *parsed)
{
    const wecom_request_t *own = wecom_request_peek(r);
    const account_rule_t *rule = parsed;
    const char *account;

    (void)line;
    if (own == NULL || own->admitted == NULL) {
        return wecom_authz_no_ticket(r, &rule->stand);
    }
    if (!has_account(r, rule, own->admitted)) {
        return AUTHZ_GENERAL_ERROR;
    }
    account = own->admitted->account;
    if ((own->admitted->flags & WECOM_TICKET_PREEXISTING) != 0) {
        return answer(r, rule, 1, apr_pstrcat(r->pool, "the account ", account,
                                              " was there before WeCom", NULL));
    }
    return answer(r, rule, 0, apr_pstrcat(r->pool, "the account ", account, " was made by a login "
                                          "(wecomctl accounts adopt ", account, " makes it one "
                                          "that counts)", NULL));
}

static const char *parse_field_match(cmd_parms *cmd, const char *line, const void **parsed)
{
    const apr_array_header_t *fields = wecom_kind_split(line, cmd->pool);
    const char *fault;
    account_rule_t *rule = new_rule(&fault, cmd, "wecom-field-match", line);
    int i;

    if (rule == NULL) {
        return fault;
    }
    for (i = 0; i < fields->nelts; i++) {
        const char *word = APR_ARRAY_IDX(fields, i, const char *);

        if (!wecom_claim_is_field(word)) {
            word = apr_psprintf(cmd->pool, "wecom-field-match %s: write the fields as in "
                                "WeComAssociation, such as userid, email, mobile or "
                                "alias=username", word);
            return wecom_config_sentence(cmd, word);
        }
    }
    if (fields->nelts == 0) {
        return wecom_config_sentence(cmd, "wecom-field-match needs at least one field, such as "
                                          "email");
    }
    rule->fields = fields;
    *parsed = rule;
    return note_rule(cmd, 0, &rule->stand);
}

static authz_status check_field_match(request_rec *r, const char *line, const void *parsed)
{
    const wecom_request_t *own = wecom_request_peek(r);
    const account_rule_t *rule = parsed;
    const char *match;
    int i;

    (void)line;
    if (own == NULL || own->admitted == NULL) {
        return wecom_authz_no_ticket(r, &rule->stand);
    }
    if (!has_account(r, rule, own->admitted)) {
        return AUTHZ_GENERAL_ERROR;
    }
    match = (own->admitted->flags & WECOM_TICKET_FIELD_MATCH) != 0
            && own->admitted->fields != NULL
                ? apr_table_get(own->admitted->fields, WECOM_TICKET_MATCH) : NULL;
    for (i = 0; match != NULL && i < rule->fields->nelts; i++) {
        if (strcmp(match, APR_ARRAY_IDX(rule->fields, i, const char *)) == 0) {
            return answer(r, rule, 1, apr_pstrcat(r->pool, "the account ", own->admitted->account,
                                                  " is connected by ", match, NULL));
        }
    }
    return answer(r, rule, 0,
                  apr_pstrcat(r->pool, "the account ", own->admitted->account, " is ",
                              match != NULL ? "connected by another field, "
                                            : "not connected by a match that still holds",
                              match, NULL));
}

static const authz_provider login_only_provider = { check_login_only, parse_login_only };
static const authz_provider field_match_provider = { check_field_match, parse_field_match };

void wecom_authz_account_register(apr_pool_t *pool)
{
    ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, "wecom-login-only",
                              AUTHZ_PROVIDER_VERSION, &login_only_provider,
                              AP_AUTH_INTERNAL_PER_CONF);
    ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, "wecom-field-match",
                              AUTHZ_PROVIDER_VERSION, &field_match_provider,
                              AP_AUTH_INTERNAL_PER_CONF);
}
