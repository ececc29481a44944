/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template_render.c - the values go in: one walk along the steps.
 */
#include "template_int.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"

typedef struct output_t {
    apr_array_header_t *pieces;   /* struct iovec */
    apr_size_t len;
} output_t;

static int put(output_t *out, const char *text, apr_size_t len)
{
    struct iovec *piece = apr_array_push(out->pieces);

    piece->iov_base = (void *)text;
    piece->iov_len = len;
    out->len += len;
    return out->len <= WECOM_MAX_PAGE;
}

static int is_empty(const wecom_template_value_t *value)
{
    return (value->text == NULL || *value->text == '\0')
           && (value->items == NULL || value->items->nelts == 0);
}

/* Where the renderer is: the values around it, and in which item of a list. */
typedef struct place_t {
    const wecom_template_value_t *values[2];
    const apr_array_header_t *items;
    int item;
} place_t;

static void enter_item(place_t *place, int item)
{
    place->item = item;
    place->values[1] = APR_ARRAY_IDX(place->items, item, const wecom_template_value_t *);
}

/* The step after a mark of a section at `at`. */
static int walk(place_t *place, const wecom_template_t *made, int at)
{
    const wecom_template_step_t *step = &made->steps[at];
    const wecom_template_value_t *value;

    if (step->kind == WECOM_TEMPLATE_END) {
        if (made->steps[step->other].kind != WECOM_TEMPLATE_EACH) {
            return at + 1;
        }
        if (place->item + 1 < place->items->nelts) {
            enter_item(place, place->item + 1);
            return step->other + 1;
        }
        return at + 1;
    }
    value = &place->values[step->depth][step->slot];
    if (is_empty(value) != (step->kind == WECOM_TEMPLATE_UNLESS)) {
        return step->other + 1;
    }
    if (step->kind == WECOM_TEMPLATE_EACH) {
        place->items = value->items;
        enter_item(place, 0);
    }
    return at + 1;
}

const char *wecom_template_render(const wecom_template_t *made,
                                  const wecom_template_value_t *values, apr_pool_t *pool)
{
    output_t out = { apr_array_make(pool, 256, sizeof(struct iovec)), 0 };
    place_t place;
    int good = 1;
    int at = 0;

    memset(&place, 0, sizeof(place));
    place.values[0] = values;
    while (at < made->count && good) {
        const wecom_template_step_t *step = &made->steps[at];
        const char *text;

        switch (step->kind) {
        case WECOM_TEMPLATE_LITERAL:
            good = put(&out, step->text, step->len);
            at++;
            break;
        case WECOM_TEMPLATE_VALUE:
        case WECOM_TEMPLATE_MARKUP:
            text = place.values[step->depth][step->slot].text;
            if (text != NULL && *text != '\0') {
                text = step->kind == WECOM_TEMPLATE_VALUE ? wecom_text_html(text, pool) : text;
                good = put(&out, text, strlen(text));
            }
            at++;
            break;
        default:
            at = walk(&place, made, at);
            break;
        }
    }
    return good ? apr_pstrcatv(pool, (const struct iovec *)out.pieces->elts,
                               (apr_size_t)out.pieces->nelts, NULL) : NULL;
}
