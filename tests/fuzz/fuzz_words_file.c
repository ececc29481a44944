/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_words_file.c - a language as a file of any bytes, and a whole file with one line of them.
 *
 * What is taken is whole, and every value can be filled in.
 */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/words_file.h"
#include "../../src/base/limits.h"
#include "insist.h"

static void judge(const char *text, size_t len, apr_pool_t *pool)
{
    const char *pairs[] = { "name", "<value>", NULL };
    const wecom_words_t *words;
    wecom_slip_t slip;
    int word;

    if (wecom_words_file_parse(&words, &slip, WECOM_LANG_EN, text, len, pool) != WECOM_OK) {
        insist(words == NULL && slip.sentence != NULL && slip.line >= 0);
        insist((size_t)slip.line <= len + 1);
        return;
    }
    for (word = 0; word < WECOM_WORD_COUNT; word++) {
        const char *sentence = wecom_words_get(words, (wecom_word_t)word);

        insist(sentence != NULL && *sentence != '\0');
        insist(strlen(sentence) <= WECOM_MAX_WORD);
        insist(wecom_text_is_plain_utf8(sentence, strlen(sentence)));
    }
    insist(strstr(wecom_words_fill(words, WECOM_WORD_SIGN_IN_WITH, pairs, pool), "<value>")
           != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *whole = "";
    const char *text;
    apr_pool_t *pool;
    int word;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    text = apr_pstrmemdup(pool, (const char *)data, size);
    judge(text, size, pool);
    insist(wecom_words_tag(text) >= -1 && wecom_words_tag(text) < WECOM_LANG_COUNT);
    for (word = 0; word < WECOM_WORD_COUNT; word++) {
        const char *value = wecom_words_get(wecom_words_builtin(WECOM_LANG_EN),
                                            (wecom_word_t)word);

        whole = apr_pstrcat(pool, whole, wecom_words_key((wecom_word_t)word), "=",
                            word == WECOM_WORD_SIGN_IN_WITH ? text : value, "\n", NULL);
    }
    judge(whole, strlen(whole), pool);
    apr_pool_destroy(pool);
    return 0;
}
