/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - the pages a person sees, as HTML text.
 *
 * One layout: a title, one sentence, one thing to do, and for a refusal the id and the time to
 * read out. No script, nothing from elsewhere; the only style is the one in the page, named
 * by its hash in the Content-Security-Policy. Everything that is filled in is escaped here, so
 * callers hand over plain text.
 */
#ifndef WECOM_AUTH_PAGE_H
#define WECOM_AUTH_PAGE_H

#include <apr_tables.h>
#include <apr_time.h>

#include "words.h"

/* A link shown as a button. */
typedef struct wecom_page_link_t {
    const char *label;
    const char *href;
} wecom_page_link_t;

typedef struct wecom_page_t {
    wecom_lang_t lang;
    const char *title;
    const char *sentence;               /* may be NULL */
    const char *note;                   /* a second, quieter sentence; may be NULL */
    const apr_array_header_t *links;    /* wecom_page_link_t; may be NULL; the first stands out */
    const char *form_action;            /* a form with one button; NULL: none */
    const char *form_token;
    const char *form_label;
    const char *incident;               /* "WC0231-K7Q2M"; NULL: no id line */
    apr_time_t now;                     /* shown with the incident, UTC */
    const char *beacon;                 /* a path that is asked for, as an unseen picture, as soon
                                         * as the page stands; NULL: none */
} wecom_page_t;

const char *wecom_page_render(const wecom_page_t *page, apr_pool_t *pool);

/* The Content-Security-Policy that fits every page made here. */
const char *wecom_page_policy(void);

/* The style in every page; exposed so that a test can compare it with the policy's hash. */
extern const char wecom_page_style[];

#endif
