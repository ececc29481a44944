/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_rule.c - the words of a rule, which an .htaccess or an expression can make of anything.
 *
 * The first byte is the kind, lines are words. Whatever is parsed is judged and explained for a
 * member with nothing but a name, and without departments and tags: it must never grant what needs
 * them.
 */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/rule.h"
#include "../../src/base/text.h"
#include "insist.h"

static const void *compile(const char *pattern, apr_pool_t *pool)
{
    insist(pattern[0] != '\0');
    return apr_pstrdup(pool, pattern);
}

static int matches(const void *compiled, const char *text)
{
    return strcmp(compiled, text) == 0;
}

static const wecom_rule_regex_t regex = { compile, matches };

static apr_array_header_t *lines_of(const char *text, apr_pool_t *pool)
{
    apr_array_header_t *lines = apr_array_make(pool, 4, sizeof(const char *));

    while (*text != '\0') {
        apr_size_t len = strcspn(text, "\n");

        APR_ARRAY_PUSH(lines, const char *) = apr_pstrmemdup(pool, text, len);
        text += len + (text[len] != '\0');
    }
    return lines;
}

static void look_at_words(const wecom_rule_t *rule)
{
    int i;

    for (i = 0; i < rule->words->nelts; i++) {
        const wecom_rule_word_t *word = &APR_ARRAY_IDX(rule->words, i, wecom_rule_word_t);

        insist(word->text[0] != '\0' && word->name != NULL);
        insist(word->source == NULL || wecom_source_is_id(word->source, strlen(word->source)));
        insist(word->id >= 0 && word->id <= APR_INT64_C(4294967295));
        insist((word->field != NULL) == (rule->kind == WECOM_RULE_ATTRIBUTE));
        insist(word->field == NULL || word->field[0] != '\0');
        insist(word->memo == NULL || (word->id == 0 && word->name[0] == '/'));
    }
}

static void judge(const wecom_rule_t *rule, apr_pool_t *pool)
{
    static const wecom_shape_t nothing = { NULL, NULL };
    wecom_rule_finding_t finding;
    wecom_rule_facts_t facts;
    wecom_source_t source;
    wecom_ticket_t ticket;
    const char *says;

    memset(&facts, 0, sizeof(facts));
    memset(&source, 0, sizeof(source));
    memset(&ticket, 0, sizeof(ticket));
    source.id = "acme";
    ticket.source = "acme";
    ticket.userid = "zhangsan";
    ticket.account = "";
    ticket.name = "";
    facts.ticket = &ticket;
    facts.source = &source;
    facts.shape = &nothing;
    wecom_rule_judge(&finding, rule, &facts, pool);
    insist(finding.verdict != WECOM_RULE_GRANTED || !wecom_rule_needs_shape(rule));
    insist((finding.why != NULL) == (finding.verdict == WECOM_RULE_MISSING
                                     || finding.verdict == WECOM_RULE_UNKNOWN));
    says = wecom_rule_explain(rule, &facts, 0, pool);
    insist(wecom_text_is_plain_utf8(says, strlen(says)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *fault;
    wecom_rule_t rule;
    apr_pool_t *pool;

    if (size == 0) {
        return 0;
    }
    apr_initialize();
    apr_pool_create(&pool, NULL);
    fault = wecom_rule_parse(&rule, (wecom_rule_kind_t)(data[0] % WECOM_RULE_KINDS),
                             lines_of(apr_pstrmemdup(pool, (const char *)data + 1, size - 1),
                                      pool),
                             &regex, pool);
    if (fault == NULL) {
        look_at_words(&rule);
        insist(wecom_text_is_plain_utf8(rule.stand.text, strlen(rule.stand.text)));
        judge(&rule, pool);
    }
    else {
        insist(wecom_text_is_plain_utf8(fault, strlen(fault)));
    }
    apr_pool_destroy(pool);
    return 0;
}
