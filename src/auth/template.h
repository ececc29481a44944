/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template.h - a small language for pages: markup with names in it, and no logic.
 *
 *     <!-- wecom-template 1 -->      the first line; it is not sent
 *     {{name}}                       a value, always escaped: there is no form that is not
 *     {{#name}} ... {{/name}}        shown when there is something; a list: once for each item,
 *                                    whose names come before those around it
 *     {{^name}} ... {{/name}}        shown when there is nothing
 *     {{! a comment }}
 *
 * A template is compiled against a vocabulary, and whatever is wrong with it is found then: an
 * unknown name, a section that is not closed, a place where escaping would not help (see
 * template_html.h). Rendering cannot fail but by its ceiling. Both take linear time.
 */
#ifndef WECOM_AUTH_TEMPLATE_H
#define WECOM_AUTH_TEMPLATE_H

#include <apr_tables.h>

#include "../base/error.h"
#include "slip.h"

typedef enum wecom_slot_kind_t {
    WECOM_SLOT_TEXT = 0,
    WECOM_SLOT_ADDRESS,    /* an address of ours: may begin an href, src, action or formaction */
    WECOM_SLOT_FLAG,       /* for sections alone */
    WECOM_SLOT_LIST,       /* for sections alone */
    WECOM_SLOT_NONCE,      /* for an attribute nonce alone */
    WECOM_SLOT_MARKUP,     /* elements that the renderer makes; not escaped */
    WECOM_SLOT_DATA        /* attributes of <main> that the renderer makes; not escaped */
} wecom_slot_kind_t;

/* A word of the vocabulary; an array of them ends with a name of NULL. */
typedef struct wecom_slot_t {
    const char *name;
    wecom_slot_kind_t kind;
    const struct wecom_slot_t *items;   /* of a LIST: what an item has */
    int needed;                         /* must stand in every template, and once */
} wecom_slot_t;

/* What stands for a word; an array of them runs beside its vocabulary. */
typedef struct wecom_template_value_t {
    const char *text;                   /* NULL or "": nothing */
    const apr_array_header_t *items;    /* of a LIST: const wecom_template_value_t *; or NULL */
} wecom_template_value_t;

typedef struct wecom_template_t wecom_template_t;

/* WECOM_E_BAD_INPUT and *slip, or the template, which keeps no pointer into text. slots must live
 * as long as it. */
wecom_status_t wecom_template_compile(const wecom_template_t **out, wecom_slip_t *slip,
                                      const char *text, apr_size_t len,
                                      const wecom_slot_t *slots, apr_pool_t *pool);

/* NULL: longer than WECOM_MAX_PAGE. */
const char *wecom_template_render(const wecom_template_t *made,
                                  const wecom_template_value_t *values, apr_pool_t *pool);

#endif
