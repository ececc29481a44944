/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look.h - how the pages of a site look: what WeComBrand and WeComPages say, ready for use.
 *
 * Made once, when the configuration is complete; const afterwards. Everything may be NULL, and then
 * is what comes with the module.
 */
#ifndef WECOM_AUTH_LOOK_H
#define WECOM_AUTH_LOOK_H

#include <apr_tables.h>

#include "template.h"
#include "words.h"

/* A page with a template of its own. */
typedef struct wecom_look_page_t {
    const char *name;                       /* as wecom_page_t has it */
    const wecom_template_t *made;
} wecom_look_page_t;

typedef struct wecom_look_t {
    const wecom_template_t *layout;         /* of all pages without one of their own */
    const apr_array_header_t *pages;        /* wecom_look_page_t */
    const wecom_words_t *words[WECOM_LANG_COUNT];
    const char *titles[WECOM_LANG_COUNT];   /* of the site */
    const char *logo;                       /* addresses below the endpoint */
    const char *icon;
    const char *style;                      /* rules that follow pages/page.css */
    const char *frame_ancestors;            /* as the policy says it */
} wecom_look_t;

/* The sentences of a language; look may be NULL. */
const wecom_words_t *wecom_look_words(const wecom_look_t *look, wecom_lang_t lang);

#endif
