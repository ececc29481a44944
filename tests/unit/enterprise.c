/* SPDX-License-Identifier: Apache-2.0 */
/* enterprise.c - see enterprise.h. */

#include "enterprise.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/wecom/member.h"
#include "support.h"

static const void *compile(const char *pattern, apr_pool_t *pool)
{
    (void)pool;
    return pattern;
}

/* "Matches" what begins so; '?' gives up. */
static int matches(const void *compiled, const char *text)
{
    const char *pattern = compiled;

    return *pattern == '?' ? -1 : strncmp(text, pattern, strlen(pattern)) == 0;
}

static const wecom_rule_regex_t regex = { compile, matches };

static const wecom_department_t departments[] = {
    { 1, 0, "Acme" }, { 2, 1, "Research" }, { 3, 2, "Backend" }, { 6, 2, "Sales" },
    { 4, 1, "Sales" }, { 5, 4, "North" }, { 8, 9, "Lost" }, { 9, 8, "Found" },
};

static const char *const vpn_users[] = { "li" };
static const apr_int64_t vpn_departments[] = { 4 };
static const apr_int64_t gone_departments[] = { 77 };

static const wecom_tag_t tags[] = {
    { 1, "vpn", 1, vpn_users, 1, vpn_departments, 1 },
    { 2, "twin", 1, NULL, 0, NULL, 0 }, { 3, "twin", 1, NULL, 0, NULL, 0 },
    { 4, "unread", 0, NULL, 0, NULL, 0 }, { 5, "empty", 1, NULL, 0, NULL, 0 },
    { 6, "gone", 1, NULL, 0, gone_departments, 1 },
};

typedef struct member_t {
    const char *userid;
    const char *source;
    apr_int64_t departments[4];
    unsigned char leads[4];
    apr_size_t count;
} member_t;

static const member_t members[ENTERPRISE_MEMBERS] = {
    { "wang", "acme", { 3 }, { 0 }, 1 },            /* BACKEND */
    { "sun", "acme", { 4 }, { 0 }, 1 },             /* SALES */
    { "bei", "acme", { 5 }, { 0 }, 1 },             /* NORTH */
    { "both", "acme", { 3, 5 }, { 0, 1 }, 2 },      /* BOTH; leads 5 */
    { "boss", "acme", { 1 }, { 1 }, 1 },            /* BOSS */
    { "old", "acme", { 77 }, { 1 }, 1 },            /* GONE: deleted */
    { "ring", "acme", { 8 }, { 0 }, 1 },            /* LOST */
    { "bare", "acme", { 0 }, { 0 }, 0 },            /* BARE: no department told */
    { "li", "acme", { 3 }, { 0 }, 1 },              /* LI */
    { "wang", "other", { 3 }, { 0 }, 1 },           /* FOREIGN */
    { "shy", "acme", { 3 }, { WECOM_LEADS_UNTOLD }, 1 }, /* UNSAID */
    { "half", "acme", { 3, 4 }, { WECOM_LEADS_UNTOLD, WECOM_LEADS }, 2 }, /* PARTLY */
};

void enterprise_plant(enterprise_t *scene, const wecom_department_t *list, apr_size_t count,
                      apr_pool_t *pool)
{
    wecom_tree_report_t report;
    apr_size_t size;
    void *block;

    wecom_tree_build(NULL, 0, &report, list, count, pool);
    size = (report.needed + 7) / 8 * 8;
    block = support_guard_room(size, pool);
    CHECK(wecom_tree_build(block, size, &report, list, count, pool) == WECOM_OK, "tree");
    scene->shape.tree = wecom_tree_open(&scene->tree, block, size);
}

static void stick(enterprise_t *scene, apr_pool_t *pool)
{
    apr_size_t size;
    void *block;

    wecom_tags_build(NULL, 0, &size, tags, COUNT(tags), 0, pool);
    size = (size + 7) / 8 * 8;
    block = support_guard_room(size, pool);
    CHECK(wecom_tags_build(block, size, &size, tags, COUNT(tags), 0, pool) == WECOM_OK, "tags");
    scene->shape.tags = wecom_tags_open(&scene->tags, block, size);
}

enterprise_t *enterprise_make(int who, int with_tree, int with_tags, apr_pool_t *pool)
{
    enterprise_t *scene = apr_pcalloc(pool, sizeof(*scene));
    const member_t *member = &members[who];
    apr_table_t *fields = apr_table_make(pool, 4);

    apr_table_add(fields, "position", "Engineer");
    apr_table_add(fields, "empty", "");
    apr_table_add(fields, "skill", "c");
    apr_table_add(fields, "skill", "sql");
    scene->source.id = member->source;
    scene->ticket.userid = member->userid;
    scene->ticket.source = member->source;
    scene->ticket.account = "";
    scene->ticket.name = "\xe5\xbc\xa0";
    scene->ticket.departments = member->departments;
    scene->ticket.leads = member->leads;
    scene->ticket.department_count = member->count;
    scene->ticket.main_department = member->count > 0 ? member->departments[0] : 0;
    scene->ticket.fields = fields;
    scene->facts.ticket = &scene->ticket;
    scene->facts.source = &scene->source;
    scene->facts.shape = &scene->shape;
    if (with_tree) {
        enterprise_plant(scene, departments, COUNT(departments), pool);
    }
    if (with_tags) {
        stick(scene, pool);
    }
    return scene;
}

wecom_rule_t *enterprise_rule(const char *line, apr_pool_t *pool)
{
    wecom_rule_t *rule = apr_palloc(pool, sizeof(*rule));
    apr_array_header_t *words = apr_array_make(pool, 4, sizeof(const char *));
    char *rest = apr_pstrdup(pool, line);
    char *last = NULL;
    const char *name = apr_strtok(rest, " ", &last);
    const char *word;
    const char *fault;
    int kind;

    for (kind = 0; strcmp(wecom_rule_name((wecom_rule_kind_t)kind), name) != 0;) {
        kind++;
        CHECK(kind < WECOM_RULE_KINDS, "%s", line);
    }
    for (word = apr_strtok(NULL, "|", &last); word != NULL; word = apr_strtok(NULL, "|", &last)) {
        APR_ARRAY_PUSH(words, const char *) = word;
    }
    fault = wecom_rule_parse(rule, (wecom_rule_kind_t)kind, words, &regex, pool);
    CHECK(fault == NULL, "%s: %s", line, support_show(fault));
    return rule;
}
