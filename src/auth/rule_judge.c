/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_judge.c - does this member satisfy this rule?
 *
 * Granting allocates nothing: most requests are granted, and most of the rest are judged by some
 * rule on the way to the one that grants. Sentences are made for what cannot be told, and by
 * rule_explain.c for what is refused.
 */
#include "rule_int.h"

#include <string.h>

#include <apr_atomic.h>
#include <apr_strings.h>

#include "../base/text.h"
#include "../wecom/member.h"

#define MAX_CANDIDATES 5    /* of an ambiguous name that a sentence lists */

typedef struct judgement_t {
    wecom_rule_finding_t *finding;
    const wecom_rule_t *rule;
    const wecom_rule_facts_t *facts;
    apr_pool_t *pool;
} judgement_t;

/* The greatest verdict counts, and of equal ones the first. */
static void find(const judgement_t *on, wecom_rule_verdict_t verdict, const char *why)
{
    if (verdict > on->finding->verdict) {
        on->finding->verdict = verdict;
        on->finding->why = why;
    }
}

/* Would such a verdict change anything? Its sentence costs something. */
static int matters(const judgement_t *on, wecom_rule_verdict_t verdict)
{
    return verdict > on->finding->verdict;
}

/* A sentence in three parts. */
static void missing(const judgement_t *on, const char *before, const char *what, const char *after)
{
    if (matters(on, WECOM_RULE_MISSING)) {
        find(on, WECOM_RULE_MISSING, apr_pstrcat(on->pool, before, what, after, NULL));
    }
}

static void unknown(const judgement_t *on, const char *before, const char *what, const char *after)
{
    if (matters(on, WECOM_RULE_UNKNOWN)) {
        find(on, WECOM_RULE_UNKNOWN, apr_pstrcat(on->pool, before, what, after, NULL));
    }
}

static const char *number_text(apr_int64_t number, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%" APR_INT64_T_FMT, number);
}

static void missing_id(const judgement_t *on, const char *before, apr_int64_t id,
                       const char *after)
{
    if (matters(on, WECOM_RULE_MISSING)) {
        missing(on, before, number_text(id, on->pool), after);
    }
}

/* --- departments ------------------------------------------------------------------------------ */

static void no_tree(const judgement_t *on)
{
    unknown(on, "the department tree of ", on->facts->source->id, " is not there yet");
    on->finding->wants_tree = 1;
}

static int has_departments(const judgement_t *on)
{
    if (on->facts->ticket->department_count == 0) {
        missing(on, "WeCom has told no department of the member", "", "");
        return 0;
    }
    return 1;
}

/* "/Acme/Sales (5), /Acme/North/Sales (9)" */
static const char *list_of(const wecom_tree_t *tree, const int *found, int count, apr_pool_t *pool)
{
    const char *list = "";
    int i;

    for (i = 0; i < count && i < MAX_CANDIDATES; i++) {
        list = apr_pstrcat(pool, list, i > 0 ? ", " : "", wecom_tree_show(tree, found[i], pool),
                           NULL);
    }
    return count > MAX_CANDIDATES ? apr_pstrcat(pool, list, ", ...", NULL) : list;
}

/* Looking a path up walks over all siblings on its way, so each word remembers where it was found
 * in the tree that it saw last. The two words of the memo hold the position, each under its half of
 * the tree's print; whoever reads one of an old and one of a new writing finds that they differ. */
static int recall(const judgement_t *on, const wecom_rule_word_t *word)
{
    const apr_uint32_t *print = on->facts->print;
    apr_uint32_t at = apr_atomic_read32(&word->memo[0]) ^ print[0];

    return (print[0] | print[1]) != 0 && (apr_atomic_read32(&word->memo[1]) ^ print[1]) == at
                   && at > 0 && at <= WECOM_MAX_TREE
               ? (int)at - 1
               : -1;
}

static void remember(const judgement_t *on, const wecom_rule_word_t *word, int at)
{
    apr_atomic_set32(&word->memo[0], (apr_uint32_t)(at + 1) ^ on->facts->print[0]);
    apr_atomic_set32(&word->memo[1], (apr_uint32_t)(at + 1) ^ on->facts->print[1]);
}

/* The position of the department that a path means, or -1 and a finding. */
static int find_path(const judgement_t *on, const wecom_tree_t *tree,
                     const wecom_rule_word_t *word)
{
    const char *path = word->name;
    int found[MAX_CANDIDATES];
    int count;

    found[0] = recall(on, word);
    if (found[0] >= 0) {
        return found[0];
    }
    count = wecom_tree_find_path(found, MAX_CANDIDATES, tree, path);
    if (count == 1) {
        remember(on, word, found[0]);
        return found[0];
    }
    if (count > 1 && matters(on, WECOM_RULE_UNKNOWN)) {
        unknown(on, apr_pstrcat(on->pool, path, " means several departments: ", NULL),
                list_of(tree, found, count, on->pool), "; write the id of the one that is meant");
    }
    else if (wecom_tree_is_unnamed(tree)) {
        unknown(on, "WeCom withholds the names of departments from this app, so that ", path,
                " cannot be found; write the id");
    }
    else {
        unknown(on, "there is no department ", path, " in what this app may see; mend the path, "
                "or write the id");
    }
    return -1;
}

/* Is the member in the department at `above`, or below it? */
static void judge_below(const judgement_t *on, const wecom_tree_t *tree, int above)
{
    const wecom_ticket_t *ticket = on->facts->ticket;
    apr_size_t i;

    for (i = 0; i < ticket->department_count; i++) {
        int at = wecom_tree_find(tree, ticket->departments[i]);

        if (at < 0) {
            missing_id(on, "department ", ticket->departments[i], " of the member is not in the "
                       "tree that this app may see");
        }
        else if (wecom_tree_is_below(tree, at, above)) {
            find(on, WECOM_RULE_GRANTED, NULL);
            return;
        }
        else if (wecom_tree_is_lost(tree, at)) {
            missing_id(on, "the parents of department ", ticket->departments[i], " of the member "
                       "lead in a circle");
        }
    }
}

/* The position of a department that is named by its id, or -1 and a finding. */
static int find_id(const judgement_t *on, const wecom_tree_t *tree, apr_int64_t id)
{
    int at = wecom_tree_find(tree, id);

    if (at < 0) {
        missing_id(on, "department ", id, " is not, or no longer, in the tree that this app may "
                   "see");
    }
    return at;
}

static void judge_department(const judgement_t *on, const wecom_rule_word_t *word)
{
    const wecom_tree_t *tree = on->facts->shape->tree;
    int above;

    if (!has_departments(on)) {
        return;
    }
    if (tree == NULL) {
        no_tree(on);
        return;
    }
    above = word->id != 0 ? find_id(on, tree, word->id) : find_path(on, tree, word);
    if (above >= 0) {
        judge_below(on, tree, above);
    }
}

/* What WeCom has not said of one department may be so of any: 0, and a finding. */
static int is_told_who_leads(const judgement_t *on)
{
    const wecom_ticket_t *ticket = on->facts->ticket;

    if (ticket->department_count > 0
        && memchr(ticket->leads, WECOM_LEADS_UNTOLD, ticket->department_count) != NULL) {
        missing(on, "WeCom has not told whether ", ticket->userid, " leads a department");
        return 0;
    }
    return 1;
}

/* In just this one; or, of a leader, leading just this one. The id alone is enough; but what the
 * tree no longer knows has been deleted while the session went on. */
static void judge_exactly(const judgement_t *on, const wecom_rule_word_t *word, int as_leader)
{
    const wecom_ticket_t *ticket = on->facts->ticket;
    const wecom_tree_t *tree = on->facts->shape->tree;
    apr_int64_t id = word->id;
    apr_size_t i;

    if (!has_departments(on)) {
        return;
    }
    if (id == 0 && tree == NULL) {
        no_tree(on);
        return;
    }
    if (tree != NULL) {
        int at = id != 0 ? find_id(on, tree, id) : find_path(on, tree, word);

        if (at < 0) {
            return;
        }
        id = wecom_tree_id(tree, at);
    }
    for (i = 0; i < ticket->department_count; i++) {
        if (ticket->departments[i] == id && (!as_leader || ticket->leads[i] == WECOM_LEADS)) {
            find(on, WECOM_RULE_GRANTED, NULL);
        }
    }
    if (as_leader) {
        (void)is_told_who_leads(on);
    }
}

/* --- tags ------------------------------------------------------------------------------------- */

/* The position of a tag, or -1 and a finding. */
static int find_tag(const judgement_t *on, const wecom_tags_t *tags, const wecom_rule_word_t *word)
{
    const char *list = "";
    int found[MAX_CANDIDATES];
    int count;
    int i;

    if (word->id != 0) {
        found[0] = wecom_tags_find(tags, word->id);
        count = found[0] >= 0;
    }
    else {
        count = wecom_tags_find_name(found, MAX_CANDIDATES, tags, word->name);
    }
    if (count == 1) {
        return found[0];
    }
    if (count == 0) {
        unknown(on, "there is no tag ", word->name, " that this app may see; mend the word, or let "
                "the app see the tag");
        return -1;
    }
    for (i = 0; i < count && i < MAX_CANDIDATES; i++) {
        list = apr_pstrcat(on->pool, list, i > 0 ? ", " : "",
                           number_text(wecom_tags_id(tags, found[i]), on->pool), NULL);
    }
    unknown(on, "several tags have the name: ", list, "; write the id of the one that is meant");
    return -1;
}

/* Does the member have it through a department, or one above it? */
static void judge_tag_department(const judgement_t *on, apr_int64_t id)
{
    const wecom_ticket_t *ticket = on->facts->ticket;
    const wecom_tree_t *tree = on->facts->shape->tree;
    apr_size_t i;
    int above;

    if (!has_departments(on)) {
        return;
    }
    if (tree != NULL) {
        above = find_id(on, tree, id);
        if (above >= 0) {
            judge_below(on, tree, above);
        }
        return;
    }
    for (i = 0; i < ticket->department_count; i++) {
        if (ticket->departments[i] == id) {
            find(on, WECOM_RULE_GRANTED, NULL);
            return;
        }
    }
    no_tree(on);
}

/* An id as WeCom writes it, whatever noughts stand before it here. */
static const char *wanted_name(const judgement_t *on, const wecom_rule_word_t *word)
{
    return word->id != 0 ? number_text(word->id, on->pool) : word->name;
}

static void judge_tag(const judgement_t *on, const wecom_rule_word_t *word)
{
    const wecom_tags_t *tags = on->facts->shape->tags;
    apr_int64_t id;
    apr_size_t i;
    int at;

    if (tags == NULL) {
        unknown(on, "the tags of ", on->facts->source->id, " are not there yet");
        on->finding->wants_tag = wanted_name(on, word);
        return;
    }
    at = find_tag(on, tags, word);
    if (at < 0) {
        return;
    }
    if (!wecom_tags_is_read(tags, at)) {
        unknown(on, "the members of tag ", word->name, " are not there yet");
        on->finding->wants_tag = wanted_name(on, word);
        return;
    }
    if (wecom_tags_has_user(tags, at, on->facts->ticket->userid)) {
        find(on, WECOM_RULE_GRANTED, NULL);
        return;
    }
    for (i = 0; i < WECOM_MAX_TREE && on->finding->verdict != WECOM_RULE_GRANTED; i++) {
        id = wecom_tags_department(tags, at, i);
        if (id == 0) {
            break;
        }
        judge_tag_department(on, id);
    }
}

/* --- attributes ------------------------------------------------------------------------------- */

/* 1, 0, or -1 where a regular expression gives up. */
static int fits(const judgement_t *on, const wecom_rule_word_t *word, const char *value)
{
    if (word->regex != NULL) {
        return on->rule->regex->matches(word->regex, value);
    }
    if (strcmp(word->field, "userid") == 0) {
        return wecom_member_same(word->name, value, on->facts->source->app.proxy_developed);
    }
    return strcmp(word->name, value) == 0;
}

static void judge_attribute(const judgement_t *on, const wecom_rule_word_t *word)
{
    int negated = word->how == WECOM_RULE_IS_NOT || word->how == WECOM_RULE_NOT_LIKE;
    wecom_rule_value_t value;
    int count = 0;
    int any = 0;

    if (strcmp(word->field, "leads") == 0 && !is_told_who_leads(on)) {
        return;
    }
    wecom_rule_value_begin(&value, word->field);
    /* "Another than Intern" asks for one: WeCom tells what nobody has filled in as empty. */
    while (any == 0 && wecom_rule_value_next(&value, on->facts)) {
        if (!negated || value.text[0] != '\0') {
            any = fits(on, word, value.text);
            count++;
        }
    }
    if (any < 0) {
        unknown(on, "PCRE gives up on what the member's ", word->field, " is, after too many "
                "steps; write a regular expression with fewer repetitions inside repetitions");
    }
    else if (count == 0) {
        missing(on, "the session does not hold ", word->field, ": WeCom has not told it");
    }
    else if (any != negated) {
        find(on, WECOM_RULE_GRANTED, NULL);
    }
}

/* --- the rule --------------------------------------------------------------------------------- */

static void judge_word(const judgement_t *on, const wecom_rule_word_t *word)
{
    const wecom_rule_facts_t *facts = on->facts;
    int same;

    switch (on->rule->kind) {
    case WECOM_RULE_DEPARTMENT:
        judge_department(on, word);
        return;
    case WECOM_RULE_DEPARTMENT_EXACT:
        judge_exactly(on, word, 0);
        return;
    case WECOM_RULE_LEADER:
        judge_exactly(on, word, 1);
        return;
    case WECOM_RULE_TAG:
        judge_tag(on, word);
        return;
    case WECOM_RULE_ATTRIBUTE:
        judge_attribute(on, word);
        return;
    case WECOM_RULE_USER:
        same = wecom_member_same(word->name, facts->ticket->userid,
                                 facts->source->app.proxy_developed);
        break;
    default:
        same = strcmp(word->name, facts->ticket->source) == 0;
        break;
    }
    if (same) {
        find(on, WECOM_RULE_GRANTED, NULL);
    }
}

/* Every member, or whoever leads anything. */
static void judge_no_words(const judgement_t *on)
{
    const wecom_ticket_t *ticket = on->facts->ticket;
    apr_size_t i;

    if (on->rule->kind == WECOM_RULE_USER) {
        find(on, WECOM_RULE_GRANTED, NULL);
    }
    else if (has_departments(on)) {
        for (i = 0; i < ticket->department_count; i++) {
            if (ticket->leads[i] == WECOM_LEADS) {
                find(on, WECOM_RULE_GRANTED, NULL);
            }
        }
        (void)is_told_who_leads(on);
    }
}

static const char *cure_of_bare(const wecom_rule_t *rule, const wecom_rule_facts_t *facts,
                                apr_pool_t *pool)
{
    if (rule->kind == WECOM_RULE_ATTRIBUTE) {
        return "write wecom-user or wecom-department-exact, whose words can name a source";
    }
    return apr_pstrcat(pool, "write the source before each, as in ", facts->ticket->source, "/",
                       rule->bare, NULL);
}

void wecom_rule_judge(wecom_rule_finding_t *finding, const wecom_rule_t *rule,
                      const wecom_rule_facts_t *facts, apr_pool_t *pool)
{
    judgement_t on = { finding, rule, facts, pool };
    int i;

    memset(finding, 0, sizeof(*finding));
    if (facts->is_mixed && rule->bare != NULL) {
        unknown(&on, "the sources of this place belong to different corps, in which one word can "
                "mean two things; ", cure_of_bare(rule, facts, pool), "");
        return;
    }
    if (rule->words->nelts == 0) {
        judge_no_words(&on);
    }
    for (i = 0; i < rule->words->nelts && finding->verdict != WECOM_RULE_GRANTED; i++) {
        const wecom_rule_word_t *word = &APR_ARRAY_IDX(rule->words, i, wecom_rule_word_t);

        if (word->source == NULL || strcmp(word->source, facts->ticket->source) == 0) {
            judge_word(&on, word);
        }
    }
}
