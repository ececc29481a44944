/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_kinds.c - one entry for each kind of value: its size, its reader, its way into a dump.
 */
#include "config_kinds.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "config_brand.h"
#include "config_pass.h"
#include "config_values.h"

#include "../auth/site.h"

#define MAX_SHOWN 100 /* bytes of a wrong value that a sentence repeats */

/* --- words ------------------------------------------------------------------------------------ */

apr_array_header_t *wecom_kind_split(const char *args, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 4, sizeof(const char *));

    while (apr_isspace(*args)) {
        args++;
    }
    while (*args != '\0') {
        APR_ARRAY_PUSH(words, const char *) = ap_getword_conf(pool, &args);
    }
    return words;
}

static const char *word(const apr_array_header_t *words, int i)
{
    return APR_ARRAY_IDX(words, i, const char *);
}

static const char *shown(const char *value, apr_pool_t *pool)
{
    return wecom_text_clean(value, strlen(value), MAX_SHOWN, pool);
}

/* Every word is text; then the row's own check. */
static const char *check_word(const wecom_option_t *option, const char *value, apr_pool_t *pool)
{
    if (*value == '\0') {
        return apr_pstrcat(pool, "the value is empty; write ", option->syntax, NULL);
    }
    if (!wecom_text_is_plain_utf8(value, strlen(value))) {
        return "the value holds control characters or is not UTF-8; write plain text";
    }
    return option->check != NULL ? option->check(value, pool) : NULL;
}

/* The single word of a directive that takes one. */
static const char *one_word(const char **value, const wecom_option_t *option,
                            const apr_array_header_t *words, apr_pool_t *pool)
{
    if (words->nelts != 1) {
        return apr_pstrcat(pool, "takes one value, ", option->syntax,
                           "; put quotes around a value with blanks", NULL);
    }
    *value = word(words, 0);
    return check_word(option, *value, pool);
}

/* Which of the names in "a|b|c" is it? -1: none. */
static int choice(const char *values, const char *value)
{
    apr_size_t len = strlen(value);
    int i = 0;

    while (len > 0 && values != NULL) {
        apr_size_t n = strcspn(values, "|");

        if (n == len && strncasecmp(values, value, n) == 0) {
            return i;
        }
        if (values[n] == '\0') {
            break;
        }
        values += n + 1;
        i++;
    }
    return -1;
}

static const char *choice_name(const char *values, int i, apr_pool_t *pool)
{
    while (i-- > 0) {
        values += strcspn(values, "|") + 1;
    }
    return apr_pstrndup(pool, values, strcspn(values, "|"));
}

/* --- readers ---------------------------------------------------------------------------------- */

static const char *read_text(void *field, const wecom_option_t *option,
                             const apr_array_header_t *words, apr_pool_t *pool)
{
    return one_word(field, option, words, pool);
}

static const char *read_flag(void *field, const wecom_option_t *option,
                             const apr_array_header_t *words, apr_pool_t *pool)
{
    const char *value = "";
    const char *wrong = one_word(&value, option, words, pool);

    if (wrong == NULL && strcasecmp(value, "On") == 0) {
        *(int *)field = 1;
    }
    else if (wrong == NULL && strcasecmp(value, "Off") == 0) {
        *(int *)field = 0;
    }
    else if (wrong == NULL) {
        wrong = "write On or Off";
    }
    return wrong;
}

static const char *read_choice(void *field, const wecom_option_t *option,
                               const apr_array_header_t *words, apr_pool_t *pool)
{
    const char *value = "";
    const char *wrong = one_word(&value, option, words, pool);

    if (wrong != NULL) {
        return wrong;
    }
    *(int *)field = choice(option->values, value);
    if (*(int *)field < 0) {
        return apr_psprintf(pool, "'%s' is not known; write %s", shown(value, pool),
                            option->syntax);
    }
    return NULL;
}

static const char *read_number(void *field, const wecom_option_t *option,
                               const apr_array_header_t *words, apr_pool_t *pool)
{
    const char *value = "";
    const char *wrong = one_word(&value, option, words, pool);

    if (wrong == NULL
        && wecom_text_number(field, value, option->min, option->max) != WECOM_OK) {
        wrong = apr_psprintf(pool, "'%s' does not fit; write a whole number from %"
                             APR_INT64_T_FMT " to %" APR_INT64_T_FMT, shown(value, pool),
                             option->min, option->max);
    }
    return wrong;
}

static const char *read_seconds(void *field, const wecom_option_t *option,
                                const apr_array_header_t *words, apr_pool_t *pool)
{
    const char *value = "";
    const char *wrong = one_word(&value, option, words, pool);

    if (wrong == NULL
        && wecom_text_seconds(field, value, option->min, option->max) != WECOM_OK) {
        wrong = apr_psprintf(pool, "'%s' does not fit; write a time such as 30s, 5m, 12h or 7d, "
                             "from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT " seconds",
                             shown(value, pool), option->min, option->max);
    }
    return wrong;
}

static const char *read_words(void *field, const wecom_option_t *option,
                              const apr_array_header_t *words, apr_pool_t *pool)
{
    int i, k;

    if (words->nelts == 0 || (option->max > 0 && words->nelts > option->max)) {
        return apr_psprintf(pool, "takes 1 to %d values: %s",
                            option->max > 0 ? (int)option->max : WECOM_MAX_SOURCES,
                            option->syntax);
    }
    for (i = 0; i < words->nelts; i++) {
        const char *wrong = check_word(option, word(words, i), pool);

        if (wrong != NULL) {
            return wrong;
        }
        for (k = 0; k < i; k++) {
            if (strcmp(word(words, i), word(words, k)) == 0) {
                return apr_psprintf(pool, "'%s' is named twice; take one of them out",
                                    shown(word(words, i), pool));
            }
        }
    }
    if (option->judge != NULL) {
        const char *wrong = option->judge(words, pool);

        if (wrong != NULL) {
            return wrong;
        }
    }
    *(apr_array_header_t **)field = apr_array_copy(pool, words);
    return NULL;
}

static const char *read_named(void *field, const wecom_option_t *option,
                              const apr_array_header_t *words, apr_pool_t *pool)
{
    apr_array_header_t **names = field;
    wecom_show_name_t name = { "", NULL };
    const char *wrong;
    int i;

    if (words->nelts < 1 || words->nelts > 2) {
        return apr_pstrcat(pool, "write ", option->syntax,
                           ", with quotes around a name of several words", NULL);
    }
    if (words->nelts == 2) {
        wrong = wecom_value_language(word(words, 0), pool);
        if (wrong != NULL) {
            return wrong;
        }
        name.lang = wecom_text_fold(word(words, 0), pool);
    }
    name.text = word(words, words->nelts - 1);
    wrong = check_word(option, name.text, pool);
    if (wrong != NULL) {
        return wrong;
    }
    if (*names == NULL) {
        *names = apr_array_make(pool, 2, sizeof(wecom_show_name_t));
    }
    for (i = 0; i < (*names)->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(*names, i, wecom_show_name_t).lang, name.lang) == 0) {
            return *name.lang == '\0'
                   ? "a name for every language stands here already; take one of the two out, "
                     "or put the language before it: en, zh"
                   : apr_psprintf(pool, "a name for the language %s stands here already; "
                                  "take one of the two out", name.lang);
        }
    }
    APR_ARRAY_PUSH(*names, wecom_show_name_t) = name;
    return NULL;
}

static const char *read_urls(void *field, const wecom_option_t *option,
                             const apr_array_header_t *words, apr_pool_t *pool)
{
    apr_table_t **urls = field;
    wecom_site_t parts;
    const char *name;
    const char *wrong;
    int i;

    if (words->nelts != 2) {
        return apr_pstrcat(pool, "takes two values: ", option->syntax, NULL);
    }
    i = choice(option->values, word(words, 0));
    if (i < 0) {
        return apr_psprintf(pool, "'%s' is not known; write %s", shown(word(words, 0), pool),
                            option->syntax);
    }
    name = choice_name(option->values, i, pool);
    wrong = check_word(option, word(words, 1), pool);
    if (wrong != NULL) {
        return wrong;
    }
    if (wecom_site_parse_url(&parts, word(words, 1), pool) != WECOM_OK) {
        return apr_psprintf(pool, "'%s' is no base URL; write scheme, host and port alone, "
                            "without a path, such as https://wecom.example.com",
                            shown(word(words, 1), pool));
    }
    if (*urls == NULL) {
        *urls = apr_table_make(pool, 3);
    }
    if (apr_table_get(*urls, name) != NULL) {
        return apr_psprintf(pool, "the %s URL stands here already; take one of the two out", name);
    }
    apr_table_set(*urls, name, parts.public_url);
    return NULL;
}

static const char *read_cookie(void *field, const wecom_option_t *option,
                               const apr_array_header_t *words, apr_pool_t *pool)
{
    const char **pair = field;
    const char *wrong;

    if (words->nelts < 1 || words->nelts > 2) {
        return apr_pstrcat(pool, "takes one or two values: ", option->syntax, NULL);
    }
    wrong = check_word(option, word(words, 0), pool);
    if (wrong == NULL && words->nelts == 2) {
        wrong = wecom_value_cookie_domain(word(words, 1), pool);
    }
    if (wrong != NULL) {
        return wrong;
    }
    pair[0] = word(words, 0);
    pair[1] = words->nelts == 2 ? wecom_text_fold(word(words, 1), pool) : NULL;
    return NULL;
}

static const char *read_brand(void *field, const wecom_option_t *option,
                              const apr_array_header_t *words, apr_pool_t *pool)
{
    (void)option;
    return wecom_brand_read(field, words, pool);
}

static const char *read_pass(void *field, const wecom_option_t *option,
                             const apr_array_header_t *words, apr_pool_t *pool)
{
    int i;

    for (i = 0; i < words->nelts; i++) {
        const char *wrong = check_word(option, word(words, i), pool);

        if (wrong != NULL) {
            return wrong;
        }
    }
    return wecom_pass_read(field, words, pool);
}

/* --- into a dump ------------------------------------------------------------------------------ */

static void show_words(wecom_json_out_t *list, const apr_array_header_t *words)
{
    int i;

    for (i = 0; words != NULL && i < words->nelts; i++) {
        wecom_json_out_text(list, NULL, word(words, i));
    }
}

static void show_names(wecom_json_out_t *object, const apr_array_header_t *names)
{
    int i;

    for (i = 0; names != NULL && i < names->nelts; i++) {
        const wecom_show_name_t *show = &APR_ARRAY_IDX(names, i, wecom_show_name_t);

        wecom_json_out_text(object, show->lang, show->text);
    }
}

static void show_urls(wecom_json_out_t *object, const apr_table_t *urls)
{
    const apr_array_header_t *all = urls != NULL ? apr_table_elts(urls) : NULL;
    int i;

    for (i = 0; all != NULL && i < all->nelts; i++) {
        const apr_table_entry_t *entry = &APR_ARRAY_IDX(all, i, apr_table_entry_t);

        wecom_json_out_text(object, entry->key, entry->val);
    }
}

/* A command line may hold a password, a literal is one: neither is shown. */
static const char *show_secret(const char *written)
{
    if (written == NULL || strncmp(written, "file:", 5) == 0
        || strncmp(written, "env:", 4) == 0) {
        return written;
    }
    return strncmp(written, "exec:", 5) == 0 ? "exec:..." : "literal";
}

static const char *show_cookie(const char *const *pair, apr_pool_t *pool)
{
    return pair[1] != NULL ? apr_pstrcat(pool, pair[0], " ", pair[1], NULL) : pair[0];
}

void wecom_kind_show(wecom_json_out_t *out, const char *name, const void *field,
                     const wecom_option_t *option, apr_pool_t *pool)
{
    switch (option->kind) {
    case WECOM_KIND_TEXT:
        wecom_json_out_text(out, name, *(const char *const *)field);
        break;
    case WECOM_KIND_FLAG:
        wecom_json_out_bool(out, name, *(const int *)field);
        break;
    case WECOM_KIND_CHOICE:
        wecom_json_out_text(out, name,
                            choice_name(option->values, *(const int *)field, pool));
        break;
    case WECOM_KIND_NUMBER:
    case WECOM_KIND_SECONDS:
        wecom_json_out_number(out, name, *(const apr_int64_t *)field);
        break;
    case WECOM_KIND_WORDS:
        show_words(wecom_json_out_child_array(out, name),
                   *(apr_array_header_t *const *)field);
        break;
    case WECOM_KIND_NAMED:
        show_names(wecom_json_out_child_object(out, name),
                   *(apr_array_header_t *const *)field);
        break;
    case WECOM_KIND_URLS:
        show_urls(wecom_json_out_child_object(out, name), *(apr_table_t *const *)field);
        break;
    case WECOM_KIND_COOKIE:
        wecom_json_out_text(out, name, show_cookie(field, pool));
        break;
    case WECOM_KIND_BRAND:
        wecom_brand_show(wecom_json_out_child_object(out, name),
                         *(apr_array_header_t *const *)field, pool);
        break;
    case WECOM_KIND_PASS:
        show_words(wecom_json_out_child_array(out, name),
                   (*(wecom_pass_t *const *)field)->words);
        break;
    case WECOM_KIND_SECRET:
        wecom_json_out_text(out, name, show_secret(*(const char *const *)field));
        break;
    case WECOM_KIND_SPECIAL:
        break;
    }
}

/* --- the kinds -------------------------------------------------------------------------------- */

typedef struct kind_t {
    apr_size_t size;
    int adds_up;
    const char *(*read)(void *field, const wecom_option_t *option,
                        const apr_array_header_t *words, apr_pool_t *pool);
} kind_t;

static const kind_t kinds[] = {
    [WECOM_KIND_TEXT] = { sizeof(wecom_field_TEXT_t), 0, read_text },
    [WECOM_KIND_FLAG] = { sizeof(wecom_field_FLAG_t), 0, read_flag },
    [WECOM_KIND_CHOICE] = { sizeof(wecom_field_CHOICE_t), 0, read_choice },
    [WECOM_KIND_NUMBER] = { sizeof(wecom_field_NUMBER_t), 0, read_number },
    [WECOM_KIND_SECONDS] = { sizeof(wecom_field_SECONDS_t), 0, read_seconds },
    [WECOM_KIND_WORDS] = { sizeof(wecom_field_WORDS_t), 0, read_words },
    [WECOM_KIND_NAMED] = { sizeof(wecom_field_NAMED_t), 1, read_named },
    [WECOM_KIND_URLS] = { sizeof(wecom_field_URLS_t), 1, read_urls },
    [WECOM_KIND_COOKIE] = { 2 * sizeof(wecom_field_COOKIE_t), 0, read_cookie },
    [WECOM_KIND_BRAND] = { sizeof(wecom_field_BRAND_t), 1, read_brand },
    [WECOM_KIND_PASS] = { sizeof(wecom_field_PASS_t), 0, read_pass },
    [WECOM_KIND_SECRET] = { sizeof(wecom_field_SECRET_t), 0, read_text },
    [WECOM_KIND_SPECIAL] = { 0, 1, NULL }
};

const char *wecom_kind_parse(void *field, const wecom_option_t *option,
                             const apr_array_header_t *words, apr_pool_t *pool)
{
    return kinds[option->kind].read(field, option, words, pool);
}

int wecom_kind_adds_up(wecom_kind_t kind)
{
    return kinds[kind].adds_up;
}

void wecom_kind_take(void *field, const void *add, wecom_kind_t kind, apr_pool_t *pool)
{
    if (kind == WECOM_KIND_URLS && *(apr_table_t **)field != NULL) {
        apr_table_t *urls = apr_table_copy(pool, *(apr_table_t **)field);

        apr_table_overlap(urls, *(apr_table_t *const *)add, APR_OVERLAP_TABLES_SET);
        *(apr_table_t **)field = urls;
    }
    else if (kind == WECOM_KIND_BRAND) {
        apr_array_header_t **list = field;

        *list = wecom_brand_merge(*list, *(apr_array_header_t *const *)add, pool);
    }
    else {
        memcpy(field, add, kinds[kind].size);
    }
}
