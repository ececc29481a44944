/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_explain.c - what a member has of that which a rule asks, in a sentence for the log.
 */
#include "rule_int.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"
#include "../wecom/member.h"

#define MAX_LISTED 5      /* departments, or values of one attribute */
#define MAX_VALUE 100     /* bytes of a value */

/* --- values of an attribute ------------------------------------------------------------------- */

void wecom_rule_value_begin(wecom_rule_value_t *value, const char *field)
{
    value->field = field;
    value->text = NULL;
    value->at = 0;
}

static void write_number(wecom_rule_value_t *value, apr_int64_t number)
{
    apr_snprintf(value->digits, sizeof(value->digits), "%" APR_INT64_T_FMT, number);
    value->text = value->digits;
}

static int next_department(wecom_rule_value_t *value, const wecom_ticket_t *ticket, int led_alone)
{
    while ((apr_size_t)value->at < ticket->department_count) {
        int at = value->at++;

        if (!led_alone || ticket->leads[at] == WECOM_LEADS) {
            write_number(value, ticket->departments[at]);
            return 1;
        }
    }
    return 0;
}

/* A text that every ticket carries; "" means that it was withheld. */
static int single(wecom_rule_value_t *value, const char *text)
{
    value->text = text;
    return value->at++ == 0 && text[0] != '\0';
}

static int next_field(wecom_rule_value_t *value, const apr_table_t *fields)
{
    const apr_array_header_t *all = fields != NULL ? apr_table_elts(fields) : NULL;

    while (all != NULL && value->at < all->nelts) {
        const apr_table_entry_t *entry = &APR_ARRAY_IDX(all, value->at++, apr_table_entry_t);

        /* Not apr_table_get, to which names that differ in case are one. */
        if (strcmp(entry->key, value->field) == 0) {
            value->text = entry->val;
            return 1;
        }
    }
    return 0;
}

int wecom_rule_value_next(wecom_rule_value_t *value, const wecom_rule_facts_t *facts)
{
    const wecom_ticket_t *ticket = facts->ticket;
    const char *field = value->field;

    if (strcmp(field, "department") == 0 || strcmp(field, "departments") == 0) {
        return next_department(value, ticket, 0);
    }
    if (strcmp(field, "leads") == 0) {
        return next_department(value, ticket, 1);
    }
    if (strcmp(field, "main_department") == 0) {
        write_number(value, ticket->main_department);
        return value->at++ == 0 && ticket->main_department != 0;
    }
    if (strcmp(field, "userid") == 0) {
        return single(value, ticket->userid);
    }
    if (strcmp(field, "name") == 0) {
        return single(value, ticket->name);
    }
    if (strcmp(field, "account") == 0) {
        return single(value, ticket->account);
    }
    if (strcmp(field, "source") == 0) {
        return single(value, ticket->source);
    }
    return next_field(value, ticket->fields);
}

/* --- sentences -------------------------------------------------------------------------------- */

static const char *shown(const char *text, apr_pool_t *pool)
{
    return wecom_text_clean(text, strlen(text), MAX_VALUE, pool);
}

/* "/Acme/Sales (5), 77"; NULL: none. */
static const char *departments_of(const wecom_rule_facts_t *facts, int led_alone, apr_pool_t *pool)
{
    const wecom_ticket_t *ticket = facts->ticket;
    const wecom_tree_t *tree = facts->shape->tree;
    const char *list = NULL;
    int count = 0;
    apr_size_t i;

    for (i = 0; i < ticket->department_count; i++) {
        int at = tree != NULL ? wecom_tree_find(tree, ticket->departments[i]) : -1;

        if (led_alone && ticket->leads[i] != WECOM_LEADS) {
            continue;
        }
        if (++count > MAX_LISTED) {
            return apr_pstrcat(pool, list, ", ...", NULL);
        }
        list = apr_pstrcat(pool, list != NULL ? list : "", list != NULL ? ", " : "",
                           at >= 0 ? shown(wecom_tree_show(tree, at, pool), pool)
                                   : apr_psprintf(pool, "%" APR_INT64_T_FMT,
                                                  ticket->departments[i]), NULL);
    }
    return list;
}

static const char *explain_departments(const wecom_rule_facts_t *facts, const char *verb,
                                       int led_alone, apr_pool_t *pool)
{
    const char *list = departments_of(facts, led_alone, pool);

    return apr_pstrcat(pool, "the member ", verb, list != NULL ? list : "no department", NULL);
}

/* "position is "Engineer"", once for each field of the rule. */
static const char *explain_attributes(const wecom_rule_t *rule, const wecom_rule_facts_t *facts,
                                      apr_pool_t *pool)
{
    const char *out = "";
    const char *last = NULL;
    int i;

    for (i = 0; i < rule->words->nelts && i < MAX_LISTED; i++) {
        const char *field = APR_ARRAY_IDX(rule->words, i, wecom_rule_word_t).field;
        wecom_rule_value_t value;
        int count = 0;

        if (last != NULL && strcmp(last, field) == 0) {
            continue;
        }
        last = field;
        out = apr_pstrcat(pool, out, i > 0 ? ", " : "", shown(field, pool), " is ", NULL);
        wecom_rule_value_begin(&value, field);
        while (count < MAX_LISTED && wecom_rule_value_next(&value, facts)) {
            out = apr_pstrcat(pool, out, count++ > 0 ? ", " : "", "\"", shown(value.text, pool),
                              "\"", NULL);
        }
        if (count == 0) {
            out = apr_pstrcat(pool, out, "not told", NULL);
        }
    }
    return out;
}

const char *wecom_rule_explain(const wecom_rule_t *rule, const wecom_rule_facts_t *facts,
                               int granted, apr_pool_t *pool)
{
    switch (rule->kind) {
    case WECOM_RULE_DEPARTMENT:
    case WECOM_RULE_DEPARTMENT_EXACT:
        return explain_departments(facts, "is in ", 0, pool);
    case WECOM_RULE_LEADER:
        return explain_departments(facts, "leads ", 1, pool);
    case WECOM_RULE_TAG:
        return apr_pstrcat(pool, granted ? "the member has such a tag; "
                                         : "the member has none of these tags; ",
                           explain_departments(facts, "is in ", 0, pool), NULL);
    case WECOM_RULE_ATTRIBUTE:
        return explain_attributes(rule, facts, pool);
    default:
        return apr_pstrcat(pool, "the member is ", facts->ticket->userid, " of ",
                           facts->ticket->source, NULL);
    }
}
