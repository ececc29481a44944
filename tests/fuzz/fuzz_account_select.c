/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_account_select.c - the SELECT of WeComAccountQuery.
 *
 * What must hold of a statement that is let through: APR counts as many values as the order has,
 * every other percent sign is doubled, and no second statement stands in it.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/account_select.h"
#include "insist.h"

/* As apr_dbd_prepare counts them; every percent sign must be one of the two that we write. */
static int count_values(const char *s)
{
    int count = 0;

    for (; *s != '\0'; s++) {
        if (*s == '%') {
            insist(s[1] == 's' || s[1] == '%');
            count += s[1] == 's';
            s++;
        }
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_array_header_t *order = NULL;
    const char *statement = NULL;
    const char *sentence = NULL;
    apr_pool_t *pool;
    const char *text;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    text = apr_pstrmemdup(pool, (const char *)data, size);
    if (wecom_account_select_parse(&statement, &order, &sentence, text, pool) == WECOM_OK) {
        insist(sentence == NULL && order->nelts > 0 && order->nelts <= 64);
        insist(count_values(statement) == order->nelts);
        insist(strchr(statement, ';') == NULL && strstr(text, "%{username}") != NULL);
        insist(strncasecmp(statement + strspn(statement, " \t\r\n"), "select", 6) == 0);
    }
    else {
        insist(sentence != NULL && statement == NULL && order == NULL);
    }
    apr_pool_destroy(pool);
    return 0;
}
