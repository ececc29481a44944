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

/* Does this one make httpd ask for a login, or may it? */
static int asks(const ap_directive_t *directive, apr_pool_t *pool)
{
    const char *name;
    int negated;
    size_t i;

    if (ap_cstr_casecmp(directive->directive, "Require") != 0) {
        return !is_section(directive, "<RequireNone");
    }
    name = provider_of(&negated, directive, pool);
    for (i = 0; i < sizeof(strangers_too) / sizeof(strangers_too[0]); i++) {
        if (ap_cstr_casecmp(name, strangers_too[i]) == 0) {
            return 0;
        }
    }
    return !negated;
}

/* What turns a rule round stands among others, all of which strangers satisfy. A section in a
 * section is left alone: what stands around it may ask. An outer place under AuthMerging may too,
 * but cannot be seen from here; there the cure does no harm. */
static int lets_strangers_in(const ap_directive_t *turned, apr_pool_t *pool)
{
    const ap_directive_t *all = turned->parent;
    const ap_directive_t *sibling;

    if (!is_section(all, "<RequireAll") || is_section(all->parent, "<RequireAll")
        || is_section(all->parent, "<RequireAny") || is_section(all->parent, "<RequireNone")) {
        return 0;
    }
    for (sibling = all->first_child; sibling != NULL; sibling = sibling->next) {
        if (asks(sibling, pool)) {
            return 0;
        }
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
