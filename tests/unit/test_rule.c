/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_rule.c - rules and members: who is granted, who is denied, and what cannot be told.
 */
#include "enterprise.h"
#include "support.h"

#include <string.h>

static wecom_rule_verdict_t judge(wecom_rule_finding_t *finding, const char *line,
                                  const enterprise_t *scene, apr_pool_t *pool)
{
    wecom_rule_judge(finding, enterprise_rule(line, pool), &scene->facts, pool);
    CHECK((finding->why != NULL) == (finding->verdict == WECOM_RULE_MISSING
                                     || finding->verdict == WECOM_RULE_UNKNOWN),
          "%s: %s", line, support_show(finding->why));
    return finding->verdict;
}

#define GRANTED WECOM_RULE_GRANTED
#define DENIED  WECOM_RULE_DENIED
#define MISSING WECOM_RULE_MISSING
#define UNKNOWN WECOM_RULE_UNKNOWN

typedef struct row_t {
    const char *line;
    int who;
    wecom_rule_verdict_t verdict;
    const char *says;   /* NULL: nothing that matters */
} row_t;

static void run(const row_t *rows, size_t count, int with_tree, int with_tags, apr_pool_t *pool)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const enterprise_t *scene = enterprise_make(rows[i].who, with_tree, with_tags, pool);
        wecom_rule_finding_t finding;
        wecom_rule_verdict_t verdict = judge(&finding, rows[i].line, scene, pool);

        CHECK(verdict == rows[i].verdict, "%s, %s: %d and not %d (%s)", rows[i].line,
              scene->ticket.userid, verdict, rows[i].verdict, support_show(finding.why));
        CHECK(rows[i].says == NULL
              || (finding.why != NULL && strstr(finding.why, rows[i].says) != NULL),
              "%s, %s: %s", rows[i].line, scene->ticket.userid, support_show(finding.why));
    }
}

static void users_and_sources(void **state)
{
    static const row_t rows[] = {
        { "wecom-user", BACKEND, GRANTED, NULL }, { "wecom-user wang", BACKEND, GRANTED, NULL },
        { "wecom-user WANG", BACKEND, GRANTED, NULL },
        { "wecom-user sun|wang", BACKEND, GRANTED, NULL },
        { "wecom-user acme/wang", BACKEND, GRANTED, NULL },
        { "wecom-user other/wang", BACKEND, DENIED, NULL },
        { "wecom-user acme/wang", FOREIGN, DENIED, NULL },
        { "wecom-user sun", BACKEND, DENIED, NULL }, { "wecom-user wan", BACKEND, DENIED, NULL },
        { "wecom-source acme", BACKEND, GRANTED, NULL },
        { "wecom-source other|acme", BACKEND, GRANTED, NULL },
        { "wecom-source other", BACKEND, DENIED, NULL },
        { "wecom-source acm", BACKEND, DENIED, NULL },
    };

    run(rows, COUNT(rows), 0, 0, *state);
    run(rows, COUNT(rows), 1, 1, *state);
}

static void departments_with_the_tree(void **state)
{
    static const row_t rows[] = {
        { "wecom-department 3", BACKEND, GRANTED, NULL },
        { "wecom-department 2", BACKEND, GRANTED, NULL },
        { "wecom-department 1", BACKEND, GRANTED, NULL },
        { "wecom-department 4", BACKEND, DENIED, NULL },
        { "wecom-department 6", BACKEND, DENIED, NULL },
        { "wecom-department 3", BOSS, DENIED, NULL },
        { "wecom-department 4", NORTH, GRANTED, NULL },
        { "wecom-department 4|3", BACKEND, GRANTED, NULL },
        { "wecom-department 4", BOTH, GRANTED, NULL },
        { "wecom-department 2", BOTH, GRANTED, NULL },
        { "wecom-department 6", BOTH, DENIED, NULL },
        { "wecom-department /Acme", BACKEND, GRANTED, NULL },
        { "wecom-department /Acme/Research", BACKEND, GRANTED, NULL },
        { "wecom-department /Research", BACKEND, GRANTED, NULL },
        { "wecom-department /Acme/Research/Backend", BACKEND, GRANTED, NULL },
        { "wecom-department /Sales", BACKEND, DENIED, NULL },
        { "wecom-department /Acme/Sales/North", NORTH, GRANTED, NULL },
        { "wecom-department acme/4", SALES, GRANTED, NULL },
        { "wecom-department acme//Acme/Sales", SALES, GRANTED, NULL },
        { "wecom-department acme/3", FOREIGN, DENIED, NULL },
        { "wecom-department acme//No/Such", FOREIGN, DENIED, NULL },
        { "wecom-department /No/Such", BACKEND, UNKNOWN, "there is no department /No/Such" },
        { "wecom-department /No|3", BACKEND, GRANTED, NULL },
        { "wecom-department /No|4", BACKEND, UNKNOWN, NULL },
        { "wecom-department /No|77", BACKEND, UNKNOWN, NULL },
        { "wecom-department 77", BACKEND, MISSING, "department 77 is not, or no longer" },
        { "wecom-department 77|3", BACKEND, GRANTED, NULL },
        { "wecom-department 4|77", BACKEND, MISSING, NULL },
        { "wecom-department 4", GONE, MISSING, "department 77 of the member is not in the tree" },
        { "wecom-department 77", GONE, MISSING, NULL },
        { "wecom-department 1", LOST, MISSING, "lead in a circle" },
        { "wecom-department 8", LOST, GRANTED, NULL },
        { "wecom-department 9", LOST, MISSING, "lead in a circle" },
        { "wecom-department 9", BACKEND, DENIED, NULL },
        { "wecom-department 1", BARE, MISSING, "no department of the member" },
    };

    run(rows, COUNT(rows), 1, 0, *state);
    run(rows, COUNT(rows), 1, 1, *state);
}

static void departments_without_a_tree(void **state)
{
    static const row_t rows[] = {
        { "wecom-department 3", BACKEND, UNKNOWN, "the department tree of acme is not there yet" },
        { "wecom-department /Acme", BACKEND, UNKNOWN, NULL },
        { "wecom-department acme/3", FOREIGN, DENIED, NULL },
        { "wecom-department 3", BARE, MISSING, NULL },
        { "wecom-department-exact 3", BACKEND, GRANTED, NULL },
        { "wecom-department-exact 4", BACKEND, DENIED, NULL },
        { "wecom-department-exact 77", GONE, GRANTED, NULL },
        { "wecom-department-exact /Acme", BOSS, UNKNOWN, "not there yet" },
        { "wecom-department-exact /Acme|3", BACKEND, GRANTED, NULL },
        { "wecom-department-exact 3", BARE, MISSING, NULL },
        { "wecom-leader", BOSS, GRANTED, NULL }, { "wecom-leader", BOTH, GRANTED, NULL },
        { "wecom-leader", BACKEND, DENIED, NULL }, { "wecom-leader", BARE, MISSING, NULL },
        { "wecom-leader 1", BOSS, GRANTED, NULL }, { "wecom-leader 5", BOTH, GRANTED, NULL },
        { "wecom-leader 3", BOTH, DENIED, NULL }, { "wecom-leader 3", BACKEND, DENIED, NULL },
        { "wecom-leader acme/1", BOSS, GRANTED, NULL },
        { "wecom-leader other/1", BOSS, DENIED, NULL },
        { "wecom-leader /Acme", BOSS, UNKNOWN, "not there yet" },
        { "wecom-leader 1", BARE, MISSING, NULL },
        { "wecom-leader", UNSAID, MISSING, "has not told whether shy leads" },
        { "wecom-leader 3", UNSAID, MISSING, NULL }, { "wecom-leader 4", UNSAID, MISSING, NULL },
        { "wecom-leader other/3", UNSAID, DENIED, NULL },
        { "wecom-leader", PARTLY, GRANTED, NULL }, { "wecom-leader 4", PARTLY, GRANTED, NULL },
        { "wecom-leader 3", PARTLY, MISSING, "has not told whether half leads" },
        { "wecom-leader 5", PARTLY, MISSING, NULL },
        { "wecom-department-exact 3", UNSAID, GRANTED, NULL },
    };

    run(rows, COUNT(rows), 0, 0, *state);
    run(rows, COUNT(rows), 0, 1, *state);
}

static void exact_and_leader_with_the_tree(void **state)
{
    static const row_t rows[] = {
        { "wecom-department-exact 3", BACKEND, GRANTED, NULL },
        { "wecom-department-exact 2", BACKEND, DENIED, NULL },
        { "wecom-department-exact /Acme/Research/Backend", BACKEND, GRANTED, NULL },
        { "wecom-department-exact /Acme/Research", BACKEND, DENIED, NULL },
        { "wecom-department-exact /Nobody", BACKEND, UNKNOWN, NULL },
        { "wecom-department-exact 77", GONE, MISSING, "no longer" },
        { "wecom-department-exact 4", GONE, DENIED, NULL },
        { "wecom-department-exact 8", LOST, GRANTED, NULL },
        { "wecom-leader", GONE, GRANTED, NULL },
        { "wecom-leader 77", GONE, MISSING, "no longer" },
        { "wecom-leader 1", BOSS, GRANTED, NULL }, { "wecom-leader /Acme", BOSS, GRANTED, NULL },
        { "wecom-leader /Sales/North", BOTH, GRANTED, NULL },
        { "wecom-leader 4", BOTH, DENIED, NULL }, { "wecom-leader 3", BOTH, DENIED, NULL },
    };

    run(rows, COUNT(rows), 1, 0, *state);
}

static void tags_of_members(void **state)
{
    static const row_t with_both[] = {
        { "wecom-tag vpn", LI, GRANTED, NULL }, { "wecom-tag 1", LI, GRANTED, NULL },
        { "wecom-tag acme/vpn", LI, GRANTED, NULL }, { "wecom-tag acme/1", LI, GRANTED, NULL },
        { "wecom-tag other/vpn", LI, DENIED, NULL },
        { "wecom-tag vpn", SALES, GRANTED, NULL }, { "wecom-tag vpn", NORTH, GRANTED, NULL },
        { "wecom-tag vpn", BOTH, GRANTED, NULL }, { "wecom-tag vpn", BACKEND, DENIED, NULL },
        { "wecom-tag vpn", BOSS, DENIED, NULL },
        { "wecom-tag empty", LI, DENIED, NULL }, { "wecom-tag empty|vpn", LI, GRANTED, NULL },
        { "wecom-tag twin", LI, UNKNOWN, "several tags have the name: 2, 3" },
        { "wecom-tag twin|vpn", LI, GRANTED, NULL },
        { "wecom-tag 2", LI, DENIED, NULL },
        { "wecom-tag VPN", LI, UNKNOWN, "there is no tag VPN" },
        { "wecom-tag 99", LI, UNKNOWN, "there is no tag 99" },
        { "wecom-tag unread", LI, UNKNOWN, "the members of tag unread are not there yet" },
        { "wecom-tag unread|vpn", LI, GRANTED, NULL },
        { "wecom-tag gone", LI, MISSING, "department 77 is not" },
        { "wecom-tag vpn", GONE, MISSING, "of the member is not in the tree" },
        { "wecom-tag vpn", LOST, MISSING, "circle" },
        { "wecom-tag vpn", BARE, MISSING, "no department" },
        { "wecom-tag empty", BARE, DENIED, NULL },
    };
    static const row_t without_tree[] = {
        { "wecom-tag vpn", LI, GRANTED, NULL }, { "wecom-tag vpn", SALES, GRANTED, NULL },
        { "wecom-tag vpn", NORTH, UNKNOWN, "the department tree of acme is not there yet" },
        { "wecom-tag vpn", BACKEND, UNKNOWN, NULL }, { "wecom-tag empty", BACKEND, DENIED, NULL },
        { "wecom-tag vpn", BARE, MISSING, NULL },
    };
    static const row_t without_tags[] = {
        { "wecom-tag vpn", LI, UNKNOWN, "the tags of acme are not there yet" },
        { "wecom-tag other/vpn", LI, DENIED, NULL },
    };

    run(with_both, COUNT(with_both), 1, 1, *state);
    run(without_tree, COUNT(without_tree), 0, 1, *state);
    run(without_tags, COUNT(without_tags), 1, 0, *state);
}

static void attributes(void **state)
{
    static const row_t rows[] = {
        { "wecom-attribute position=Engineer", BACKEND, GRANTED, NULL },
        { "wecom-attribute position=engineer", BACKEND, DENIED, NULL },
        { "wecom-attribute position=", BACKEND, DENIED, NULL },
        { "wecom-attribute Position=Engineer", BACKEND, MISSING, NULL },
        { "wecom-attribute position!=Boss", BACKEND, GRANTED, NULL },
        { "wecom-attribute position!=Engineer", BACKEND, DENIED, NULL },
        { "wecom-attribute position~Eng", BACKEND, GRANTED, NULL },
        { "wecom-attribute position~ngi", BACKEND, DENIED, NULL },
        { "wecom-attribute position~?", BACKEND, UNKNOWN, "PCRE gives up" },
        { "wecom-attribute position!~?", BACKEND, UNKNOWN, "PCRE gives up" },
        { "wecom-attribute skill!~?|skill=c", BACKEND, GRANTED, NULL },
        { "wecom-attribute position!~Boss", BACKEND, GRANTED, NULL },
        { "wecom-attribute position!~Eng", BACKEND, DENIED, NULL },
        { "wecom-attribute position=Boss|position=Engineer", BACKEND, GRANTED, NULL },
        { "wecom-attribute alias=x", BACKEND, MISSING, "the session does not hold alias" },
        { "wecom-attribute alias!=x", BACKEND, MISSING, NULL },
        { "wecom-attribute alias~x", BACKEND, MISSING, NULL },
        { "wecom-attribute alias!~x", BACKEND, MISSING, NULL },
        { "wecom-attribute alias=", BACKEND, MISSING, NULL },
        { "wecom-attribute alias=x|position=Engineer", BACKEND, GRANTED, NULL },
        { "wecom-attribute position=x|alias=x", BACKEND, MISSING, NULL },
        { "wecom-attribute empty=", BACKEND, GRANTED, NULL },
        { "wecom-attribute empty!=x", BACKEND, MISSING, NULL },
        { "wecom-attribute empty!~x", BACKEND, MISSING, NULL },
        { "wecom-attribute empty~x", BACKEND, DENIED, NULL },
        { "wecom-attribute empty!=", BACKEND, MISSING, NULL },
        { "wecom-attribute skill=sql", BACKEND, GRANTED, NULL },
        { "wecom-attribute skill=c", BACKEND, GRANTED, NULL },
        { "wecom-attribute skill=go", BACKEND, DENIED, NULL },
        { "wecom-attribute skill!=c", BACKEND, DENIED, NULL },
        { "wecom-attribute skill!=go", BACKEND, GRANTED, NULL },
        { "wecom-attribute skill!~sq", BACKEND, DENIED, NULL },
        { "wecom-attribute department=5", BOTH, GRANTED, NULL },
        { "wecom-attribute department=4", BOTH, DENIED, NULL },
        { "wecom-attribute department!=4", BOTH, GRANTED, NULL },
        { "wecom-attribute department!=5", BOTH, DENIED, NULL },
        { "wecom-attribute department!=5", BARE, MISSING, NULL },
        { "wecom-attribute departments=5", BOTH, GRANTED, NULL },
        { "wecom-attribute leads=5", BOTH, GRANTED, NULL },
        { "wecom-attribute leads=3", BOTH, DENIED, NULL },
        { "wecom-attribute leads!=3", BOTH, GRANTED, NULL },
        { "wecom-attribute leads!=3", BACKEND, MISSING, NULL },
        { "wecom-attribute leads!=4", UNSAID, MISSING, "has not told" },
        { "wecom-attribute leads!=5", PARTLY, MISSING, "has not told" },
        { "wecom-attribute main_department=3", BOTH, GRANTED, NULL },
        { "wecom-attribute main_department=5", BOTH, DENIED, NULL },
        { "wecom-attribute main_department!=5", BARE, MISSING, NULL },
        { "wecom-attribute userid=WANG", BACKEND, GRANTED, NULL },
        { "wecom-attribute userid!=WANG", BACKEND, DENIED, NULL },
        { "wecom-attribute name=\xe5\xbc\xa0", BACKEND, GRANTED, NULL },
        { "wecom-attribute account!=x", BACKEND, MISSING, NULL },
        { "wecom-attribute source=acme", BACKEND, GRANTED, NULL },
        { "wecom-attribute source!=acme", FOREIGN, GRANTED, NULL },
    };

    run(rows, COUNT(rows), 0, 0, *state);
}

static void a_session_without_fields(void **state)
{
    enterprise_t *scene = enterprise_make(BACKEND, 0, 0, *state);
    wecom_rule_finding_t finding;

    scene->ticket.fields = NULL;
    scene->ticket.name = "";
    assert_int_equal(judge(&finding, "wecom-attribute position=x", scene, *state), MISSING);
    assert_int_equal(judge(&finding, "wecom-attribute name!=x", scene, *state), MISSING);
}

static void ids_with_case(void **state)
{
    enterprise_t *scene = enterprise_make(BACKEND, 0, 0, *state);
    wecom_rule_finding_t finding;

    scene->source.app.proxy_developed = 1;
    assert_int_equal(judge(&finding, "wecom-user wang", scene, *state), GRANTED);
    assert_int_equal(judge(&finding, "wecom-user Wang", scene, *state), DENIED);
    assert_int_equal(judge(&finding, "wecom-attribute userid!=Wang", scene, *state), GRANTED);
}

static void a_bare_word_in_a_mixed_place(void **state)
{
    static const struct {
        const char *line;
        wecom_rule_verdict_t verdict;
        const char *says;
    } rows[] = {
        { "wecom-user", GRANTED, NULL }, { "wecom-leader", DENIED, NULL },
        { "wecom-user wang", UNKNOWN, "as in acme/wang" },
        { "wecom-user sun", UNKNOWN, NULL }, { "wecom-user acme/wang|sun", UNKNOWN, "acme/sun" },
        { "wecom-user acme/wang", GRANTED, NULL }, { "wecom-user other/wang", DENIED, NULL },
        { "wecom-department 3", UNKNOWN, "as in acme/3" },
        { "wecom-department /Acme", UNKNOWN, "as in acme//Acme" },
        { "wecom-department acme/3", GRANTED, NULL },
        { "wecom-department-exact 3", UNKNOWN, NULL }, { "wecom-leader 3", UNKNOWN, NULL },
        { "wecom-tag vpn", UNKNOWN, "as in acme/vpn" }, { "wecom-tag 1", UNKNOWN, NULL },
        { "wecom-tag acme/vpn", DENIED, NULL }, { "wecom-source acme", GRANTED, NULL },
        { "wecom-attribute position=Engineer", GRANTED, NULL },
        { "wecom-attribute userid=wang", UNKNOWN, "wecom-department-exact" },
        { "wecom-attribute department=3", UNKNOWN, NULL },
        { "wecom-attribute leads=3", UNKNOWN, NULL },
        { "wecom-attribute userid~wang", GRANTED, NULL },
    };
    enterprise_t *scene = enterprise_make(BACKEND, 1, 1, *state);
    size_t i;

    scene->facts.is_mixed = 1;
    for (i = 0; i < COUNT(rows); i++) {
        wecom_rule_finding_t finding;
        wecom_rule_verdict_t verdict = judge(&finding, rows[i].line, scene, *state);

        CHECK(verdict == rows[i].verdict, "%s: %d (%s)", rows[i].line, verdict,
              support_show(finding.why));
        CHECK(rows[i].says == NULL || strstr(finding.why, rows[i].says) != NULL, "%s: %s",
              rows[i].line, finding.why);
    }
}

static void names_that_are_not_clear(void **state)
{
    static const wecom_department_t twice[] = {
        { 1, 0, "Acme" }, { 2, 1, "%n%s" }, { 3, 1, "%n%s" }, { 4, 0, "%n%s" }
    };
    static const wecom_department_t unnamed[] = { { 1, 0, NULL }, { 2, 1, NULL } };
    enterprise_t *scene = enterprise_make(BACKEND, 0, 0, *state);
    wecom_rule_finding_t finding;

    enterprise_plant(scene, twice, COUNT(twice), *state);
    assert_int_equal(judge(&finding, "wecom-department /%n%s", scene, *state), UNKNOWN);
    assert_string_equal(finding.why, "/%n%s means several departments: /%n%s (4), /Acme/%n%s (2), "
                                     "/Acme/%n%s (3); write the id of the one that is meant");
    CHECK(!finding.wants_tree, "the tree is there");
    enterprise_plant(scene, unnamed, COUNT(unnamed), *state);
    assert_int_equal(judge(&finding, "wecom-department /Acme", scene, *state), UNKNOWN);
    CHECK(strstr(finding.why, "withholds the names") != NULL, "%s", finding.why);
    assert_int_equal(judge(&finding, "wecom-department 1", scene, *state), MISSING);
}

/* What is not there is asked for. */
static void wishes(void **state)
{
    const enterprise_t *scene = enterprise_make(BACKEND, 0, 0, *state);
    const enterprise_t *tagged = enterprise_make(BACKEND, 0, 1, *state);
    wecom_rule_finding_t finding;

    judge(&finding, "wecom-department 3", scene, *state);
    CHECK(finding.wants_tree && finding.wants_tag == NULL, "the tree");
    judge(&finding, "wecom-leader acme//Acme", scene, *state);
    CHECK(finding.wants_tree, "the tree for a path");
    judge(&finding, "wecom-tag acme/vpn users", scene, *state);
    CHECK(!finding.wants_tree && support_same(finding.wants_tag, "vpn users"), "a tag");
    judge(&finding, "wecom-tag acme/7", scene, *state);
    CHECK(support_same(finding.wants_tag, "7"), "a tag by its id");
    judge(&finding, "wecom-tag 007", scene, *state);
    CHECK(support_same(finding.wants_tag, "7"), "and by its id as WeCom writes it");
    judge(&finding, "wecom-tag unread", tagged, *state);
    CHECK(support_same(finding.wants_tag, "unread"), "members");
    judge(&finding, "wecom-tag vpn", tagged, *state);
    CHECK(finding.wants_tree && finding.wants_tag == NULL, "the tree for a tag");
    judge(&finding, "wecom-department-exact 3", scene, *state);
    CHECK(!finding.wants_tree, "nothing");
}

/* A path that was found is remembered, for the very tree that it was found in. */
static void paths_are_remembered(void **state)
{
    static const wecom_department_t before[] = { { 1, 0, "Acme" }, { 3, 1, "A" }, { 4, 1, "B" } };
    static const wecom_department_t after[] = { { 1, 0, "Acme" }, { 3, 1, "B" }, { 4, 1, "A" } };
    enterprise_t *scene = enterprise_make(BACKEND, 0, 0, *state);
    wecom_rule_t *rule = enterprise_rule("wecom-department /A", *state);
    wecom_rule_finding_t finding;

    enterprise_plant(scene, before, COUNT(before), *state);
    scene->facts.print[0] = 5;
    scene->facts.print[1] = 9;
    wecom_rule_judge(&finding, rule, &scene->facts, *state);
    assert_int_equal(finding.verdict, GRANTED);
    enterprise_plant(scene, after, COUNT(after), *state);
    wecom_rule_judge(&finding, rule, &scene->facts, *state);
    assert_int_equal(finding.verdict, GRANTED);     /* the print says that nothing has changed */
    scene->facts.print[0] = 6;
    wecom_rule_judge(&finding, rule, &scene->facts, *state);
    assert_int_equal(finding.verdict, DENIED);
    scene->facts.print[0] = 5;
    scene->facts.print[1] = 10;
    enterprise_plant(scene, before, COUNT(before), *state);
    wecom_rule_judge(&finding, rule, &scene->facts, *state);
    assert_int_equal(finding.verdict, GRANTED);
    scene->facts.print[0] = scene->facts.print[1] = 0;
    enterprise_plant(scene, after, COUNT(after), *state);
    wecom_rule_judge(&finding, rule, &scene->facts, *state);
    assert_int_equal(finding.verdict, DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(users_and_sources),
        TEST(departments_with_the_tree),
        TEST(departments_without_a_tree),
        TEST(exact_and_leader_with_the_tree),
        TEST(tags_of_members),
        TEST(attributes),
        TEST(a_session_without_fields),
        TEST(ids_with_case),
        TEST(a_bare_word_in_a_mixed_place),
        TEST(names_that_are_not_clear),
        TEST(wishes),
        TEST(paths_are_remembered),
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
