/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_field.c - words of the configuration that become names of variables and headers, and names
 * of headers that browsers send.
 *
 * Whatever is accepted must be a name that environment and HTTP can have, and a header that is made
 * with an accepted prefix must be covered by it in every spelling.
 */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/field.h"
#include "../../src/auth/prefix.h"
#include "insist.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static void judge_field(const char *word, apr_pool_t *pool)
{
    wecom_field_t field;
    const char *sentence = wecom_field_parse(&field, word, pool);

    if (sentence != NULL) {
        insist(*sentence != '\0');
        return;
    }
    insist(strspn(field.name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(field.name));
    insist(field.name[0] >= 'a' && field.name[0] <= 'z');
    insist(strlen(field.name) <= WECOM_MAX_FIELD_NAME);
    insist(wecom_field_id(field.name) == WECOM_FIELD_FURTHER);
    insist((field.member == NULL) != (field.extattr == NULL));
    insist(strncmp(field.env, "WECOM_", 6) == 0
           && strspn(field.env, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(field.env));
}

static void judge_prefix(const char *prefix, apr_pool_t *pool)
{
    wecom_prefixes_t *set;
    const char *header;

    if (wecom_prefix_check(prefix, pool) != NULL) {
        return;
    }
    insist(strspn(prefix, LETTERS "-") == strlen(prefix) && prefix[strlen(prefix) - 1] == '-');
    set = wecom_prefixes_make(pool);
    wecom_prefixes_add(set, prefix);
    header = wecom_field_header(prefix, "main_department", pool);
    insist(wecom_prefixes_cover(set, header, strlen(header)));
    header = wecom_text_fold(header, pool);
    insist(wecom_prefixes_cover(set, header, strlen(header)));
    insist(!wecom_prefixes_cover(set, "Host", 4) && !wecom_prefixes_cover(set, "Cookie", 6)
           && !wecom_prefixes_cover(set, "Content-Length", 14)
           && !wecom_prefixes_cover(set, "X-Forwarded-For", 15));
}

/* In front of any name the prefix makes it one of ours, and the name alone, when it is none, stays
 * none in capitals. */
static void judge_name(const char *name, apr_size_t len, apr_pool_t *pool)
{
    const wecom_prefixes_t *set = wecom_prefixes_make(pool);
    char *upper = apr_pstrmemdup(pool, name, len);
    const char *below = apr_pstrcat(pool, "x_WECOM.", upper, NULL);
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if (upper[i] >= 'a' && upper[i] <= 'z') {
            upper[i] = (char)(upper[i] - 'a' + 'A');
        }
    }
    insist(wecom_prefixes_cover(set, name, len) == wecom_prefixes_cover(set, upper, len));
    insist(wecom_prefixes_cover(set, below, strlen(below)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    const char *text;

    if (size > 512) {
        return 0;
    }
    apr_initialize();
    apr_pool_create(&pool, NULL);
    text = apr_pstrmemdup(pool, (const char *)data, size);
    judge_field(text, pool);
    judge_prefix(text, pool);
    judge_name((const char *)data, size, pool);
    apr_pool_destroy(pool);
    return 0;
}
