/* SPDX-License-Identifier: Apache-2.0 */
/* words_file.c - see words_file.h. */

#include "words_file.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"

#define MAX_SHOWN 40 /* bytes of a wrong key that a sentence repeats */
#define MAX_NAMES 16 /* placeholders in one sentence */

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Without the blanks around it. */
static const char *trim(apr_size_t *len, const char *from, const char *to)
{
    while (from < to && is_blank(*from)) {
        from++;
    }
    while (to > from && is_blank(to[-1])) {
        to--;
    }
    *len = (apr_size_t)(to - from);
    return from;
}

static int find_word(const char *key, apr_size_t len)
{
    int word;

    for (word = 0; word < WECOM_WORD_COUNT; word++) {
        const char *known = wecom_words_key((wecom_word_t)word);

        if (strlen(known) == len && memcmp(known, key, len) == 0) {
            return word;
        }
    }
    return -1;
}

/* The next placeholder of a text, between braces; *text moves behind it. 0: there is none, -1: a
 * brace stands alone. */
static int next_name(const char **name, apr_size_t *len, const char **text)
{
    const char *brace = strpbrk(*text, "{}");

    if (brace == NULL) {
        return 0;
    }
    *name = brace + 1;
    *len = *brace == '{' ? strspn(brace + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;
    if (*len == 0 || (*name)[*len] != '}') {
        return -1;
    }
    *text = *name + *len + 1;
    return 1;
}

static int has_name(const char *text, const char *name, apr_size_t len)
{
    const char *found;
    apr_size_t n;

    while (next_name(&found, &n, &text) == 1) {
        if (n == len && memcmp(found, name, len) == 0) {
            return 1;
        }
    }
    return 0;
}

/* A placeholder of `text` that `other` lacks; NULL: there is none. */
static const char *find_lacking(const char *text, const char *other, apr_pool_t *pool)
{
    const char *name;
    apr_size_t len;
    int i;

    for (i = 0; i < MAX_NAMES && next_name(&name, &len, &text) == 1; i++) {
        if (!has_name(other, name, len)) {
            return apr_pstrndup(pool, name, len);
        }
    }
    return NULL;
}

static const char *check_sentence(const char *text, wecom_word_t word, apr_pool_t *pool)
{
    const char *builtin = wecom_words_get(wecom_words_builtin(WECOM_LANG_EN), word);
    const char *key = wecom_words_key(word);
    const char *rest = text;
    const char *lacking;
    const char *name;
    apr_size_t len;
    int n = 0;
    int found;

    while ((found = next_name(&name, &len, &rest)) == 1) {
        n++;
    }
    if (found < 0 || n > MAX_NAMES) {
        return apr_psprintf(pool, "%s: a brace that belongs to no placeholder; write {name} "
                            "without blanks, or take it out", key);
    }
    lacking = find_lacking(text, builtin, pool);
    if (lacking != NULL) {
        return apr_psprintf(pool, "%s: nothing is filled in for {%s}; take it out, or mend its "
                            "spelling", key, lacking);
    }
    lacking = find_lacking(builtin, text, pool);
    return lacking == NULL ? NULL
                           : apr_psprintf(pool, "%s: {%s} is missing; write it where the value "
                                          "shall stand", key, lacking);
}

/* One line; NULL or what is wrong with it. */
static const char *read_line(wecom_words_t *words, const char *line, const char *end,
                             apr_pool_t *pool)
{
    const char *equals = memchr(line, '=', (apr_size_t)(end - line));
    apr_size_t key_len, text_len;
    const char *key = trim(&key_len, line, equals != NULL ? equals : end);
    const char *text;
    int word;

    if (key_len == 0 && equals == NULL) {
        return NULL;
    }
    if (*key == '#') {
        return NULL;
    }
    if (equals == NULL) {
        return "write KEY = TEXT, or a '#' before a comment";
    }
    word = find_word(key, key_len);
    if (word < 0) {
        return apr_psprintf(pool, "'%s' is no key; compare with the file of this name that came "
                            "with the module", wecom_text_clean(key, key_len, MAX_SHOWN, pool));
    }
    if (words->texts[word] != NULL) {
        return apr_psprintf(pool, "%s stands here a second time; take one of the two out",
                            wecom_words_key((wecom_word_t)word));
    }
    text = trim(&text_len, equals + 1, end);
    if (text_len == 0 || text_len > WECOM_MAX_WORD) {
        return apr_psprintf(pool, text_len == 0 ? "%s has no text; write one behind the '='"
                                                : "%s is longer than 1024 bytes; shorten it",
                            wecom_words_key((wecom_word_t)word));
    }
    if (!wecom_text_is_plain_utf8(text, text_len)) {
        return apr_psprintf(pool, "%s is not UTF-8, or holds control characters; save the file "
                            "as UTF-8", wecom_words_key((wecom_word_t)word));
    }
    words->texts[word] = apr_pstrmemdup(pool, text, text_len);
    return check_sentence(words->texts[word], (wecom_word_t)word, pool);
}

static const char *find_missing(const wecom_words_t *words, apr_pool_t *pool)
{
    int word;

    for (word = 0; word < WECOM_WORD_COUNT; word++) {
        if (words->texts[word] == NULL) {
            return apr_psprintf(pool, "%s is missing; copy its line from the file of this name "
                                "that came with the module",
                                wecom_words_key((wecom_word_t)word));
        }
    }
    return NULL;
}

wecom_status_t wecom_words_file_parse(const wecom_words_t **out, wecom_slip_t *slip,
                                      wecom_lang_t lang, const char *text, apr_size_t len,
                                      apr_pool_t *pool)
{
    const wecom_words_t *builtin = wecom_words_builtin(lang);
    wecom_words_t *words = apr_pcalloc(pool, sizeof(*words));
    const char *end = text + len;
    const char *line = text;

    *out = NULL;
    memset(slip, 0, sizeof(*slip));
    words->lang = lang;
    words->tag = builtin->tag;
    words->code = builtin->code;
    if (len > WECOM_MAX_TEMPLATE) {
        slip->sentence = "the file is larger than 64 KiB; shorten it";
        return WECOM_E_BAD_INPUT;
    }
    while (line < end) {
        const char *eol = memchr(line, '\n', (apr_size_t)(end - line));
        const char *next = eol != NULL ? eol + 1 : end;

        slip->line++;
        slip->sentence = read_line(words, line, eol != NULL ? eol : end, pool);
        if (slip->sentence != NULL) {
            return WECOM_E_BAD_INPUT;
        }
        line = next;
    }
    slip->line = 0;
    slip->sentence = find_missing(words, pool);
    if (slip->sentence != NULL) {
        return WECOM_E_BAD_INPUT;
    }
    *out = words;
    return WECOM_OK;
}
