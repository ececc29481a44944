/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - see words.h. */

#include "words.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"

/* q=0 to q=1 as thousandths; anything that is not a weight counts as 0. */
static int read_weight(const char *s, apr_size_t len)
{
    int weight;
    int unit = 100;
    apr_size_t i;

    if (len == 0 || (s[0] != '0' && s[0] != '1')) {
        return 0;
    }
    weight = (s[0] - '0') * 1000;
    for (i = 2; i < len && i < 5 && s[1] == '.' && s[i] >= '0' && s[i] <= '9'; i++) {
        weight += (s[i] - '0') * unit;
        unit /= 10;
    }
    return weight > 1000 ? 1000 : weight;
}

/* One element of the header: which language, how much wanted. -1 for none of ours. */
static int read_range(const char *s, apr_size_t len, int *weight)
{
    apr_size_t tag_len = 0;
    apr_size_t i;

    while (tag_len < len && s[tag_len] != ';' && s[tag_len] != ' ' && s[tag_len] != '\t') {
        tag_len++;
    }
    *weight = 1000;
    for (i = tag_len; i + 1 < len; i++) {
        if ((s[i] == 'q' || s[i] == 'Q') && s[i + 1] == '=') {
            *weight = read_weight(s + i + 2, len - i - 2);
            break;
        }
    }
    if (tag_len >= 2 && (tag_len == 2 || s[2] == '-')) {
        if ((s[0] | 0x20) == 'z' && (s[1] | 0x20) == 'h') {
            return WECOM_LANG_ZH;
        }
        if ((s[0] | 0x20) == 'e' && (s[1] | 0x20) == 'n') {
            return WECOM_LANG_EN;
        }
    }
    return -1;
}

wecom_lang_t wecom_words_language(const char *accept_language)
{
    wecom_lang_t best = WECOM_LANG_EN;
    int best_weight = 0;
    apr_size_t len;
    apr_size_t at = 0;

    if (accept_language == NULL) {
        return WECOM_LANG_EN;
    }
    len = strlen(accept_language);
    if (len > WECOM_MAX_ACCEPT_LANGUAGE) {
        len = WECOM_MAX_ACCEPT_LANGUAGE;
        /* An element that was cut in two would say something else: "en;q=0.1" reads "en". */
        while (len > 0 && accept_language[len] != ',') {
            len--;
        }
    }
    while (at < len) {
        const char *comma = memchr(accept_language + at, ',', len - at);
        apr_size_t end = comma != NULL ? (apr_size_t)(comma - accept_language) : len;
        int weight;
        int lang;

        while (at < end && (accept_language[at] == ' ' || accept_language[at] == '\t')) {
            at++;
        }
        lang = read_range(accept_language + at, end - at, &weight);
        if (lang >= 0 && weight > best_weight) {
            best = (wecom_lang_t)lang;
            best_weight = weight;
        }
        at = end + 1;
    }
    return best;
}

int wecom_words_tag(const char *tag)
{
    if (wecom_text_equal_fold(tag, "en")) {
        return WECOM_LANG_EN;
    }
    return wecom_text_equal_fold(tag, "zh-CN") || wecom_text_equal_fold(tag, "zh")
           ? WECOM_LANG_ZH : -1;
}

const char *wecom_words_get(const wecom_words_t *words, wecom_word_t word)
{
    return words->texts[word];
}

/* ASCII but the blank, and the Latin letters with marks (U+00C0 to U+024F, two bytes in UTF-8). */
static int is_latin(const char *s)
{
    unsigned char first = (unsigned char)s[0];

    return (first > ' ' && first < 0x7f) || (first >= 0xc3 && first <= 0xc9);
}

/* U+4000 to U+9FFF: the ideographs in use. The full-width punctuation of a sentence is none of
 * them and carries its own space. */
static int is_chinese(const char *s)
{
    unsigned char first = (unsigned char)s[0];

    return first >= 0xe4 && first <= 0xe9;
}

/* The last character of text (len bytes, at least 1). */
static const char *last_of(const char *text, apr_size_t len)
{
    const char *s = text + len - 1;

    while (s > text && ((unsigned char)*s & 0xc0) == 0x80) {
        s--;
    }
    return s;
}

static const char *value_of(const char *const *pairs, const char *key, apr_size_t key_len)
{
    for (; pairs != NULL && pairs[0] != NULL; pairs += 2) {
        if (strlen(pairs[0]) == key_len && memcmp(pairs[0], key, key_len) == 0) {
            return pairs[1] != NULL ? pairs[1] : "";
        }
    }
    return "";
}

/* --- values of another direction -------------------------------------------------------------- */

/* One character of UTF-8; a byte that begins none counts as itself. */
static unsigned int read_char(apr_size_t *len, const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    unsigned int c = u[0];
    apr_size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    apr_size_t i;

    *len = 1;
    if (more == 0) {
        return c;
    }
    c &= 0x3fu >> more;
    for (i = 1; i <= more; i++) {
        if ((u[i] & 0xc0) != 0x80) {
            return u[0];
        }
        c = c << 6 | (u[i] & 0x3fu);
    }
    *len = more + 1;
    return c;
}

/* Embeddings, overrides and isolates: one that a value leaves open, or closes, moves the words
 * around it. */
static int is_control(unsigned int c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Hebrew, Arabic and the like, and the marks of that direction. */
static int is_right_to_left(unsigned int c)
{
    return (c >= 0x590 && c <= 0x8ff) || c == 0x200f || (c >= 0xfb1d && c <= 0xfdff)
           || (c >= 0xfe70 && c <= 0xfeff) || (c >= 0x10800 && c <= 0x10fff)
           || (c >= 0x1e800 && c <= 0x1efff);
}

/* A sentence is read from left to right whatever is filled in: such a value gets marks around it
 * (FIRST STRONG ISOLATE, POP DIRECTIONAL ISOLATE) that a reader does not see. */
static const char *isolate(const char *value, apr_pool_t *pool)
{
    char *kept = NULL;
    apr_size_t used = 0;
    apr_size_t len;
    const char *s;
    int odd = 0;

    for (s = value; *s != '\0' && !odd; s += len) {
        unsigned int c = read_char(&len, s);

        odd = is_control(c) || is_right_to_left(c);
    }
    if (!odd) {
        return value;
    }
    kept = apr_palloc(pool, strlen(value) + 1);
    for (s = value; *s != '\0'; s += len) {
        if (!is_control(read_char(&len, s))) {
            memcpy(kept + used, s, len);
            used += len;
        }
    }
    kept[used] = '\0';
    return apr_pstrcat(pool, "\xe2\x81\xa8", kept, "\xe2\x81\xa9", NULL);
}

const char *wecom_words_fill(const wecom_words_t *words, wecom_word_t word,
                             const char *const *pairs, apr_pool_t *pool)
{
    const char *raw = words->texts[word];
    const char *out = "";

    for (;;) {
        const char *open = strchr(raw, '{');
        const char *close = open != NULL ? strchr(open, '}') : NULL;
        const char *value;
        apr_size_t len;

        if (close == NULL) {
            return apr_pstrcat(pool, out, raw, NULL);
        }
        value = value_of(pairs, open + 1, (apr_size_t)(close - open - 1));
        len = strlen(value);
        out = apr_pstrcat(pool, out, apr_pstrmemdup(pool, raw, (apr_size_t)(open - raw)), NULL);
        if (len > 0 && open > raw && is_latin(value)
            && is_chinese(last_of(raw, (apr_size_t)(open - raw)))) {
            out = apr_pstrcat(pool, out, " ", NULL);
        }
        out = apr_pstrcat(pool, out, isolate(value, pool), NULL);
        if (len > 0 && is_latin(last_of(value, len)) && is_chinese(close + 1)) {
            out = apr_pstrcat(pool, out, " ", NULL);
        }
        raw = close + 1;
    }
}
