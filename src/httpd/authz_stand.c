/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authz_stand.c - where a rule stands, and what that makes of it.
 *
 * The story: "Require all granted" and "Require not wecom-tag contractors" in one <RequireAll>.
 * httpd asks the rules before anybody has signed in; the first grants, the second has nothing to
 * say against a stranger, and all are let in, contractors too, without being asked who they are.
 * Nothing can be done about it then, so it is refused when the configuration is read.
 */
#include "authz_int.h"

#include <string.h>

#include "http_core.h"

/* These never ask who somebody is. (An expression may.) */
static const char *const strangers_too[] = {
    "all", "ip", "host", "forward-dns", "local", "env", "method"
};

static int is_section(const ap_directive_t *directive, const char *name)
{
    return directive != NULL && ap_cstr_casecmp(directive->directive, name) == 0;
}

/* The provider of a Require, in *negated whether `not` stands before it. */
static const char *provider_of(int *negated, const ap_directive_t *directive, apr_pool_t *pool)
{
    const char *args = directive->args != NULL ? directive->args : "";
    const char *name = ap_getword_conf(pool, &args);

    *negated = ap_cstr_casecmp(name, "not") == 0;
    return *negated ? ap_getword_conf(pool, &args) : name;
}

/* Does this Require make httpd ask for a login, or may it? */
static int asks(const ap_directive_t *directive, apr_pool_t *pool)
{
    const char *name;
    int negated;
    size_t i;

    if (ap_cstr_casecmp(directive->directive, "Require") != 0) {
        return 0;
    }
    name = provider_of(&negated, directive, pool);
    for (i = 0; i < sizeof(strangers_too) / sizeof(strangers_too[0]); i++) {
        if (ap_cstr_casecmp(name, strangers_too[i]) == 0) {
            return 0;
        }
    }
    return !negated;
}

/* Does anything in this section ask, however deep, but for what stands in `except`? */
static int any_asks(const ap_directive_t *section, const ap_directive_t *except, apr_pool_t *pool)
{
    const ap_directive_t *at;

    for (at = section->first_child; at != NULL; at = at->next) {
        if (at != except && (asks(at, pool)
                             || (!is_section(at, "<RequireNone") && any_asks(at, NULL, pool)))) {
            return 1;
        }
    }
    return 0;
}

/* What turns a rule round stands among others, all of which strangers satisfy, and so do the
 * sections around: a <RequireAny> with all that is in it, a <RequireAll> where nothing beside asks.
 * An outer place under AuthMerging may ask too, but cannot be seen from here; there the cure does
 * no harm. */
static int lets_strangers_in(const ap_directive_t *turned, apr_pool_t *pool)
{
    const ap_directive_t *inner = turned;
    const ap_directive_t *section = turned->parent;

    if (!is_section(section, "<RequireAll")) {
        return 0;
    }
    while (is_section(section, "<RequireAll") || is_section(section, "<RequireAny")) {
        if (is_section(section, "<RequireAll") && any_asks(section, inner, pool)) {
            return 0;
        }
        inner = section;
        section = section->parent;
    }
    return 1;
}

const char *wecom_authz_stand(wecom_rule_stand_t *stand, const cmd_parms *cmd)
{
    const ap_directive_t *section = cmd->directive;
    const ap_directive_t *turned = NULL;
    int negated;

    provider_of(&negated, section, cmd->temp_pool);
    stand->file = section->filename;
    stand->line = section->line_num;
    stand->under = negated ? WECOM_RULE_NOT : WECOM_RULE_PLAIN;
    turned = negated ? section : NULL;
    for (; section != NULL; section = section->parent) {
        if (is_section(section, "<RequireNone")) {
            stand->under = WECOM_RULE_NONE;
            turned = section;
        }
        else if (is_section(section, "<AuthzProviderAlias")) {
            stand->under = WECOM_RULE_ALIAS;
        }
    }
    return turned != NULL && lets_strangers_in(turned, cmd->temp_pool)
           ? "what is refused here are members, and nothing beside it asks who somebody is, so "
             "that everybody is let in without a login; write Require valid-user into the same "
             "<RequireAll>"
           : NULL;
}
