/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_template.c - templates of any bytes, and values of any bytes in those that are taken.
 *
 * Whatever a template is, a value must not change the markup: with a harmless value and with a
 * wild one the page has the same tags and quotes.
 */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/brand.h"
#include "../../src/auth/page.h"
#include "../../src/auth/page_values.h"
#include "../../src/base/limits.h"
#include "insist.h"

static size_t count(const char *text, char c)
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        n += *text == c;
    }
    return n;
}

static const apr_array_header_t *rows(const wecom_slot_t *slots, const char *text,
                                      apr_pool_t *pool);

/* The same text for every word of the vocabulary. */
static const wecom_template_value_t *values_of(const wecom_slot_t *slots, const char *text,
                                               apr_pool_t *pool)
{
    wecom_template_value_t *values;
    int n = 0;
    int i;

    while (slots[n].name != NULL) {
        n++;
    }
    values = apr_pcalloc(pool, (apr_size_t)n * sizeof(*values));
    for (i = 0; i < n; i++) {
        if (slots[i].kind == WECOM_SLOT_LIST) {
            values[i].items = rows(slots[i].items, text, pool);
        }
        else if (slots[i].kind != WECOM_SLOT_MARKUP && slots[i].kind != WECOM_SLOT_DATA) {
            values[i].text = text;
        }
    }
    return values;
}

static const apr_array_header_t *rows(const wecom_slot_t *slots, const char *text,
                                      apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 2, sizeof(const wecom_template_value_t *));

    APR_ARRAY_PUSH(list, const wecom_template_value_t *) = values_of(slots, text, pool);
    APR_ARRAY_PUSH(list, const wecom_template_value_t *) = values_of(slots, text, pool);
    return list;
}

static void judge(const wecom_template_t *made, const char *value, apr_pool_t *pool)
{
    static const char marks[] = "<>\"'";
    const wecom_slot_t *slots = wecom_page_values_slots();
    const char *plain = wecom_template_render(made, values_of(slots, "x", pool), pool);
    const char *wild = wecom_template_render(made, values_of(slots, value, pool), pool);
    const char *mark;

    for (mark = marks; *mark != '\0' && plain != NULL && wild != NULL; mark++) {
        insist(count(plain, *mark) == count(wild, *mark));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const wecom_template_t *made;
    wecom_slip_t slip;
    apr_pool_t *pool;
    char *text;
    static const char first[] = "<!-- wecom-template 1 -->\n<main{{data}}>{{script}}";

    apr_initialize();
    apr_pool_create(&pool, NULL);
    text = apr_pstrmemdup(pool, (const char *)data, size);
    if (wecom_page_compile(&made, &slip, text, size, pool) == WECOM_OK) {
        judge(made, "<\"'>&{{title}}\xe2\x80\xae", pool);
    }
    else {
        insist(made == NULL && slip.sentence != NULL && slip.line >= 0);
        insist((size_t)slip.line <= size + 2);
    }
    /* The same behind what every template has, so that most inputs are read at all. */
    text = apr_pstrcat(pool, first, text, NULL);
    if (wecom_template_compile(&made, &slip, text, strlen(text), wecom_page_values_slots(),
                               pool) == WECOM_OK) {
        judge(made, "\" onclick=\"'><script>", pool);
    }
    if (wecom_brand_is_color(text + sizeof(first) - 1)) {
        insist(strlen(wecom_brand_style(text + sizeof(first) - 1, pool)) > 60);
    }
    apr_pool_destroy(pool);
    return 0;
}
