/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_json.c - the JSON that is read, asked for in every type, and the JSON that is written.
 *
 * The names asked for are those of the corpus: a, b, l (an array), o (an object).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "../../src/base/json.h"
#include "../../src/base/text.h"

#define MAX_LEN 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int truth)
{
    if (!truth) {
        abort();
    }
}

/* What one value may say at once: it has one type, and keeps its bounds. */
static void demand_value(const char *text, apr_int64_t number, int object, int array, int there)
{
    demand(text == NULL || strlen(text) <= MAX_LEN);
    demand(number == -1 || (number >= 0 && number <= 1000));
    demand((text != NULL) + object + array <= 1);
    demand(there || (text == NULL && number == -1 && !object && !array));
    demand(number == -1 || (!object && !array));
}

static void read_object(const wecom_json_t *json, int levels)
{
    static const char *const names[] = { "a", "b", "l", "o" };
    apr_size_t i;
    apr_size_t k;

    if (json == NULL || levels == 0) {
        return;
    }
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        const wecom_json_t *array = wecom_json_array(json, names[i]);
        const wecom_json_t *object = wecom_json_object(json, names[i]);
        apr_size_t n = wecom_json_length(array);

        demand_value(wecom_json_text(json, names[i], MAX_LEN),
                     wecom_json_number(json, names[i], 0, 1000, -1), object != NULL,
                     array != NULL, wecom_json_has(json, names[i]));
        demand(array != NULL || n == 0);
        read_object(object, levels - 1);
        for (k = 0; k <= n; k++) {
            const wecom_json_t *item = wecom_json_item(array, k);

            demand_value(wecom_json_item_text(array, k, MAX_LEN),
                         wecom_json_item_number(array, k, 0, 1000, -1), item != NULL, 0, k < n);
            read_object(item, levels - 1);
        }
    }
}

/* Whatever is written can be read again, and may stand in HTML. */
static void write_and_read(const char *text, size_t size, apr_pool_t *pool)
{
    wecom_json_out_t *out = wecom_json_out_object(pool);
    wecom_json_out_t *list;
    const wecom_json_t *json;
    const char *printed;
    const char *back;

    wecom_json_out_text(out, "a", text);
    list = wecom_json_out_child_array(out, "l");
    wecom_json_out_number(list, NULL, (apr_int64_t)size);
    wecom_json_out_text(list, NULL, text);
    printed = wecom_json_out_print(out);
    demand(strpbrk(printed, "<\n\r") == NULL);
    demand(wecom_json_parse(&json, printed, strlen(printed), pool) == WECOM_OK);
    back = wecom_json_text(json, "a", 3 * size);
    demand(back != NULL);
    demand(!wecom_text_is_plain_utf8(text, strlen(text)) || strcmp(back, text) == 0);
    demand(wecom_text_equal(back, wecom_json_item_text(wecom_json_array(json, "l"), 1,
                                                       3 * size)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const wecom_json_t *json;
    char *text = malloc(size + 1);
    apr_pool_t *pool;
    wecom_status_t status;

    demand(text != NULL && apr_initialize() == APR_SUCCESS);
    demand(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    status = wecom_json_parse(&json, (const char *)data, size, pool);
    demand((status == WECOM_OK) == (json != NULL));
    demand(status == WECOM_OK || status == WECOM_E_BAD_INPUT || status == WECOM_E_TOO_LARGE);
    read_object(json, 3);
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    if (size < 65536) {
        write_and_read(text, size, pool);
    }
    apr_pool_destroy(pool);
    free(text);
    return 0;
}
