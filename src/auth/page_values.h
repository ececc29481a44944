/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page_values.h - the vocabulary of the templates, and what its words stand for on a page.
 *
 * docs/pages.md explains every word; a word that is taken away or means something else makes the
 * templates of administrators void, and asks for a new version in template.c.
 */
#ifndef WECOM_AUTH_PAGE_VALUES_H
#define WECOM_AUTH_PAGE_VALUES_H

#include "page.h"
#include "template.h"

const wecom_slot_t *wecom_page_values_slots(void);

/* Markup that page.c makes. */
typedef struct wecom_page_markup_t {
    const char *style;
    const char *script;
    const char *data;
} wecom_page_markup_t;

/* Runs beside the vocabulary. */
const wecom_template_value_t *wecom_page_values_of(const wecom_page_t *page,
                                                   const wecom_page_markup_t *markup,
                                                   apr_pool_t *pool);

#endif
