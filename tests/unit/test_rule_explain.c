/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_rule_explain.c - what the log says that a member has.
 */
#include "enterprise.h"
#include "support.h"

#include <string.h>

#include <apr_strings.h>

static void what_the_member_has(void **state)
{
    static const struct {
        const char *line;
        int who, granted;
        const char *says;
    } rows[] = {
        { "wecom-user sun", BACKEND, 0, "the member is wang of acme" },
        { "wecom-source other", BACKEND, 0, "the member is wang of acme" },
        { "wecom-department 4", BACKEND, 0, "the member is in /Acme/Research/Backend (3)" },
        { "wecom-department 4", GONE, 0, "the member is in 77" },
        { "wecom-department-exact 1", BOTH, 0, "the member is in /Acme/Research/Backend (3), "
                                               "/Acme/Sales/North (5)" },
        { "wecom-department 1", BARE, 0, "the member is in no department" },
        { "wecom-leader 4", BOTH, 0, "the member leads /Acme/Sales/North (5)" },
        { "wecom-leader", BACKEND, 0, "the member leads no department" },
        { "wecom-tag vpn", BACKEND, 0, "the member has none of these tags; the member is in "
                                       "/Acme/Research/Backend (3)" },
        { "wecom-tag vpn", LI, 1, "the member has such a tag; the member is in "
                                  "/Acme/Research/Backend (3)" },
        { "wecom-attribute position=x", BACKEND, 0, "position is \"Engineer\"" },
        { "wecom-attribute position=x|position=y|skill=z|alias=a", BACKEND, 0,
          "position is \"Engineer\", skill is \"c\", \"sql\", alias is not told" },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const enterprise_t *scene = enterprise_make(rows[i].who, 1, 1, *state);
        const char *says = wecom_rule_explain(enterprise_rule(rows[i].line, *state), &scene->facts,
                                              rows[i].granted, *state);

        CHECK(strcmp(says, rows[i].says) == 0, "%s: %s", rows[i].line, says);
    }
}

/* Somebody in two hundred departments, and a value that would write into the log. */
static void explanations_stay_sane(void **state)
{
    enterprise_t *scene = enterprise_make(BACKEND, 0, 0, *state);
    apr_int64_t *many = apr_pcalloc(*state, 200 * sizeof(*many));
    apr_table_t *fields = apr_table_make(*state, 1);
    const char *says;

    scene->ticket.departments = many;
    scene->ticket.leads = apr_pcalloc(*state, 200);
    scene->ticket.department_count = 200;
    says = wecom_rule_explain(enterprise_rule("wecom-department 4", *state), &scene->facts, 0,
                              *state);
    assert_string_equal(says, "the member is in 0, 0, 0, 0, 0, ...");
    apr_table_add(fields, "x", apr_pstrcat(*state, "a\nb", apr_psprintf(*state, "%0500d", 1),
                                           NULL));
    scene->ticket.fields = fields;
    says = wecom_rule_explain(enterprise_rule("wecom-attribute x=1", *state), &scene->facts, 0,
                              *state);
    CHECK(strlen(says) < 150 && strncmp(says, "x is \"a?b0", 10) == 0, "%s", says);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_member_has),
        TEST(explanations_stay_sane),
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
