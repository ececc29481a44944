/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.c - the words of a rule, read when the configuration is read.
 */
#include "rule.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"
#include "../wecom/member.h"

#define MAX_ID APR_INT64_C(0xffffffff) /* ids are 32 bits wide at WeCom */
#define MAX_SHOWN 100                  /* bytes of a wrong word that a sentence repeats */
#define MAX_TEXT 400                   /* bytes of the rule in a log line */

static const char *const rule_names[WECOM_RULE_KINDS] = {
    "wecom-user", "wecom-department", "wecom-department-exact", "wecom-leader", "wecom-tag",
    "wecom-attribute", "wecom-source"
};

/* What to write where the words are missing. */
static const char *const rule_examples[WECOM_RULE_KINDS] = {
    "zhangsan or acme/zhangsan", "12 or \"/Acme/Research\"", "12 or \"/Acme/Research\"",
    "12 or \"/Acme/Research\"", "7 or \"vpn users\"", "position=Engineer", "acme"
};

const char *wecom_rule_name(wecom_rule_kind_t kind)
{
    return rule_names[kind];
}

int wecom_rule_needs_shape(const wecom_rule_t *rule)
{
    return rule->words->nelts > 0
           && (rule->kind == WECOM_RULE_DEPARTMENT || rule->kind == WECOM_RULE_DEPARTMENT_EXACT
               || rule->kind == WECOM_RULE_LEADER || rule->kind == WECOM_RULE_TAG);
}

static int is_digits(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* Split "acme/rest" at its first slash. A word that begins with one has no source. */
static int split_source(wecom_rule_word_t *word, apr_pool_t *pool)
{
    const char *slash = strchr(word->text, '/');

    word->name = word->text;
    if (slash == NULL || slash == word->text) {
        return 1;
    }
    word->source = apr_pstrmemdup(pool, word->text, (apr_size_t)(slash - word->text));
    word->name = slash + 1;
    return wecom_source_is_id(word->source, strlen(word->source));
}

static const char *parse_user(wecom_rule_word_t *word, apr_pool_t *pool)
{
    if (!split_source(word, pool)) {
        return "before the slash stands the id of a <WeComSource>, as in acme/zhangsan";
    }
    if (!wecom_member_is_userid(word->name)) {
        return "a userid has 1 to 64 letters, digits and _ . @ -, as WeCom's contacts show it";
    }
    return NULL;
}

/* "/A/B": no name is empty, and none longer than WeCom allows. */
static int is_path(const char *path)
{
    int depth = 0;

    while (*path == '/') {
        apr_size_t len = strcspn(path + 1, "/");

        if (len == 0 || len > WECOM_MAX_NAME || ++depth > WECOM_MAX_TREE_DEPTH) {
            return 0;
        }
        path += 1 + len;
    }
    return depth > 0;
}

static const char *parse_department(wecom_rule_word_t *word, apr_pool_t *pool)
{
    if (!split_source(word, pool)) {
        return "before the first slash stands the id of a <WeComSource>, as in acme/12 or "
               "acme//Acme/Research; a path of names alone begins with a slash";
    }
    if (is_digits(word->name)) {
        return wecom_text_number(&word->id, word->name, 1, MAX_ID) == WECOM_OK
               ? NULL : "the id of a department is a number from 1 to 4294967295";
    }
    if (word->name[0] != '/') {
        return "write the id of a department in digits, or the path of its names with a slash "
               "before each, as in \"/Acme/Research\"";
    }
    if (!is_path(word->name)) {
        return "a path has at most 32 names, each behind a slash, and none of them empty, as in "
               "\"/Acme/Research\"";
    }
    word->memo = apr_pcalloc(pool, 2 * sizeof(*word->memo));
    return NULL;
}

static const char *parse_tag(wecom_rule_word_t *word, apr_pool_t *pool)
{
    if (word->text[0] == '/' || !split_source(word, pool)) {
        return "before the first slash stands the id of a <WeComSource>, as in acme/vpn; the name "
               "of a tag that holds a slash is written behind it: acme/R/D";
    }
    if (is_digits(word->name)) {
        return wecom_text_number(&word->id, word->name, 1, MAX_ID) == WECOM_OK
               ? NULL : "the id of a tag is a number from 1 to 4294967295";
    }
    return word->name[0] != '\0' && strlen(word->name) <= WECOM_MAX_NAME
           ? NULL : "write the id of a tag in digits, or its name";
}

/* Where one enterprise's "12" is another thing in the next one. */
static int is_id_field(const char *field)
{
    return wecom_text_equal(field, "userid") || wecom_text_equal(field, "department")
           || wecom_text_equal(field, "main_department");
}

static const char *parse_attribute(wecom_rule_word_t *word, const wecom_rule_regex_t *regex,
                                   apr_pool_t *pool)
{
    apr_size_t len = strcspn(word->text, "=~!");
    const char *sign = word->text + len;
    int negated = *sign == '!';

    sign += negated;
    if (len == 0 || (*sign != '=' && *sign != '~')) {
        return "write NAME=VALUE, NAME!=VALUE, NAME~REGEX or NAME!~REGEX, as in position=Engineer "
               "or \"position~^(Senior|Lead) \"";
    }
    word->field = apr_pstrmemdup(pool, word->text, len);
    word->name = sign + 1;
    if (*sign == '=') {
        word->how = negated ? WECOM_RULE_IS_NOT : WECOM_RULE_IS;
        return NULL;
    }
    word->how = negated ? WECOM_RULE_NOT_LIKE : WECOM_RULE_LIKE;
    if (word->name[0] == '\0') {
        return "an empty regular expression fits everything; write one behind the ~";
    }
    word->regex = regex->compile(word->name, pool);
    return word->regex != NULL ? NULL : "what stands behind the ~ is no regular expression (PCRE)";
}

static const char *parse_word(wecom_rule_word_t *word, const wecom_rule_t *rule,
                              apr_pool_t *pool)
{
    if (word->text[0] == '\0') {
        return "the word is empty; write one or take it out";
    }
    if (!wecom_text_is_plain_utf8(word->text, strlen(word->text))) {
        return "it holds control characters or is not UTF-8; write plain text";
    }
    switch (rule->kind) {
    case WECOM_RULE_USER:
        return parse_user(word, pool);
    case WECOM_RULE_DEPARTMENT:
    case WECOM_RULE_DEPARTMENT_EXACT:
    case WECOM_RULE_LEADER:
        return parse_department(word, pool);
    case WECOM_RULE_TAG:
        return parse_tag(word, pool);
    case WECOM_RULE_ATTRIBUTE:
        return parse_attribute(word, rule->regex, pool);
    default:
        word->name = word->text;
        return wecom_source_is_id(word->text, strlen(word->text))
               ? NULL : "write the id of a <WeComSource>, as in acme";
    }
}

static int is_bare(const wecom_rule_t *rule, const wecom_rule_word_t *word)
{
    switch (rule->kind) {
    case WECOM_RULE_SOURCE:
        return 0;
    case WECOM_RULE_ATTRIBUTE:
        return word->regex == NULL && is_id_field(word->field);
    default:
        return word->source == NULL;
    }
}

/* "wecom-tag vpn 7", as the log shows it. */
static const char *text_of(wecom_rule_kind_t kind, const apr_array_header_t *words,
                           apr_pool_t *pool)
{
    const char *text = apr_pstrcat(pool, rule_names[kind], words->nelts > 0 ? " " : "",
                                   apr_array_pstrcat(pool, words, ' '), NULL);

    return wecom_text_clean(text, strlen(text), MAX_TEXT, pool);
}

const char *wecom_rule_parse(wecom_rule_t *rule, wecom_rule_kind_t kind,
                             const apr_array_header_t *words, const wecom_rule_regex_t *regex,
                             apr_pool_t *pool)
{
    apr_array_header_t *parsed = apr_array_make(pool, words->nelts > 0 ? words->nelts : 1,
                                                sizeof(wecom_rule_word_t));
    int i;

    memset(rule, 0, sizeof(*rule));
    rule->kind = kind;
    rule->regex = regex;
    rule->words = parsed;
    if (words->nelts == 0 && kind != WECOM_RULE_USER && kind != WECOM_RULE_LEADER) {
        return apr_pstrcat(pool, rule_names[kind], " needs at least one word, such as ",
                           rule_examples[kind], NULL);
    }
    if (words->nelts > WECOM_MAX_RULE_WORDS) {
        return apr_psprintf(pool, "%s takes at most %d words; distribute them over several lines "
                            "in <RequireAny>", rule_names[kind], WECOM_MAX_RULE_WORDS);
    }
    for (i = 0; i < words->nelts; i++) {
        wecom_rule_word_t *word = apr_array_push(parsed);
        const char *fault;

        memset(word, 0, sizeof(*word));
        word->text = APR_ARRAY_IDX(words, i, const char *);
        fault = parse_word(word, rule, pool);
        if (fault != NULL) {
            return apr_pstrcat(pool, rule_names[kind], " ",
                               wecom_text_clean(word->text, strlen(word->text), MAX_SHOWN, pool),
                               ": ", fault, NULL);
        }
        if (rule->bare == NULL && is_bare(rule, word)) {
            rule->bare = word->text;
        }
    }
    rule->stand.text = text_of(kind, words, pool);
    return NULL;
}
