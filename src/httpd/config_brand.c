/* SPDX-License-Identifier: Apache-2.0 */
/* config_brand.c - see config_brand.h. */

#include "config_brand.h"

#include <string.h>

#include <apr_strings.h>

#include "config_values.h"

#include "../auth/brand.h"
#include "../base/text.h"

static const char *const kinds[] = { "title", "logo", "color", "icon", NULL };

static const char *kind_of(const char *word)
{
    int i;

    for (i = 0; kinds[i] != NULL; i++) {
        if (wecom_text_equal_fold(word, kinds[i])) {
            return kinds[i];
        }
    }
    return NULL;
}

const wecom_brand_conf_t *wecom_brand_find(const apr_array_header_t *list, const char *what,
                                           const char *lang)
{
    int i;

    for (i = 0; list != NULL && i < list->nelts; i++) {
        const wecom_brand_conf_t *row = &APR_ARRAY_IDX(list, i, wecom_brand_conf_t);

        if (strcmp(row->what, what) == 0 && (lang == NULL || strcmp(row->lang, lang) == 0)) {
            return row;
        }
    }
    return NULL;
}

static const char *check_value(const char *what, const char *value, apr_pool_t *pool)
{
    if (*value == '\0') {
        return "the value is empty; write title TEXT, logo FILE, icon FILE or color #rrggbb";
    }
    if (!wecom_text_is_plain_utf8(value, strlen(value))) {
        return "the value holds control characters or is not UTF-8; write plain text";
    }
    if (strcmp(what, "title") == 0) {
        return wecom_value_display_name(value, pool);
    }
    return strcmp(what, "color") != 0 || wecom_brand_is_color(value)
           ? NULL : "the colour is written as #rrggbb, such as #1f5fbf";
}

const char *wecom_brand_read(apr_array_header_t **list, const apr_array_header_t *words,
                             apr_pool_t *pool)
{
    wecom_brand_conf_t row = { NULL, "", NULL, { NULL, 0 } };
    const char *wrong;
    const char *lang;

    if (words->nelts < 2 || words->nelts > 3) {
        return "write title [lang] TEXT, logo FILE, icon FILE or color #rrggbb, with quotes around "
               "a text of several words";
    }
    row.what = kind_of(APR_ARRAY_IDX(words, 0, const char *));
    if (row.what == NULL) {
        return "only title, logo, color and icon can be set; write one of them first";
    }
    if (words->nelts == 3) {
        if (strcmp(row.what, "title") != 0) {
            return "takes one value behind logo, color and icon; put quotes around a value with "
                   "blanks";
        }
        lang = wecom_text_fold(APR_ARRAY_IDX(words, 1, const char *), pool);
        if (strcmp(lang, "en") != 0 && strcmp(lang, "zh") != 0) {
            return "the languages of the pages are en and zh; write one of them, or put quotes "
                   "around a title of several words";
        }
        row.lang = lang;
    }
    row.value = APR_ARRAY_IDX(words, words->nelts - 1, const char *);
    wrong = check_value(row.what, row.value, pool);
    if (wrong != NULL) {
        return wrong;
    }
    if (wecom_brand_find(*list, row.what, row.lang) != NULL) {
        return apr_psprintf(pool, "%s%s%s stands here already; take one of the two out", row.what,
                            *row.lang != '\0' ? " " : "", row.lang);
    }
    if (*list == NULL) {
        *list = apr_array_make(pool, 4, sizeof(wecom_brand_conf_t));
    }
    APR_ARRAY_PUSH(*list, wecom_brand_conf_t) = row;
    return NULL;
}

void wecom_brand_note(apr_array_header_t *list, const wecom_where_t *where)
{
    APR_ARRAY_IDX(list, list->nelts - 1, wecom_brand_conf_t).where = *where;
}

apr_array_header_t *wecom_brand_merge(const apr_array_header_t *base,
                                      const apr_array_header_t *add, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_copy(pool, add);
    int i;

    for (i = 0; base != NULL && i < base->nelts; i++) {
        const wecom_brand_conf_t *row = &APR_ARRAY_IDX(base, i, wecom_brand_conf_t);

        /* A title of one language more would stand beside another site's. */
        if (wecom_brand_find(add, row->what, NULL) == NULL) {
            APR_ARRAY_PUSH(list, wecom_brand_conf_t) = *row;
        }
    }
    return list;
}

void wecom_brand_show(wecom_json_out_t *object, const apr_array_header_t *list, apr_pool_t *pool)
{
    int i;

    for (i = 0; list != NULL && i < list->nelts; i++) {
        const wecom_brand_conf_t *row = &APR_ARRAY_IDX(list, i, wecom_brand_conf_t);

        wecom_json_out_text(object, *row->lang == '\0' ? row->what
                                    : apr_pstrcat(pool, row->what, " ", row->lang, NULL),
                            row->value);
    }
}
