/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - the pages a person sees, as HTML text.
 *
 * One layout: a title, one sentence, one thing to do, and for a refusal the id and the time to
 * read out. It is pages/page.html, a template (template.h), or what the administrator has put in
 * its place. Nothing comes from elsewhere; style and script stand in the page, named by a nonce in
 * the Content-Security-Policy. Everything that is filled in is escaped here, so callers hand over
 * plain text.
 */
#ifndef WECOM_AUTH_PAGE_H
#define WECOM_AUTH_PAGE_H

#include <apr_tables.h>
#include <apr_time.h>

#include "look.h"
#include "words.h"

/* A link shown as a button. */
typedef struct wecom_page_link_t {
    const char *label;
    const char *href;
    const char *note;                   /* quieter, below the label; NULL: none */
    const char *icon;                   /* address of a picture; NULL: none */
    int is_source;                      /* begins a login; has a mark of its own */
} wecom_page_link_t;

/* An input of the form; with a label, unless its type is "hidden". */
typedef struct wecom_page_input_t {
    const char *type;                   /* "hidden", "text" or "password" */
    const char *name;
    const char *label;
    const char *value;                  /* NULL: empty */
    const char *autocomplete;           /* NULL: none */
} wecom_page_input_t;

/* A button of the form that says which of several things is meant. */
typedef struct wecom_page_button_t {
    const char *name;
    const char *value;
    const char *label;
    const char *detail;                 /* quieter lines below; "" for none */
} wecom_page_button_t;

typedef struct wecom_page_t {
    const wecom_words_t *words;
    const wecom_look_t *look;           /* NULL: as it comes with the module */
    const char *name;                   /* one of wecom_page_names, by which it can be replaced;
                                         * NULL: a page of one sentence */
    const char *title;
    const char *sentence;               /* may be NULL */
    const char *note;                   /* a second, quieter sentence; may be NULL */
    const apr_array_header_t *links;    /* wecom_page_link_t; may be NULL; the first stands out */
    const char *alert;                  /* what went wrong on this page, read out with the input
                                         * that has the focus; NULL: nothing */
    const char *form_action;            /* a form; NULL: none */
    const char *form_token;             /* NULL: none, for a form that is not posted to us */
    const apr_array_header_t *form_inputs;  /* wecom_page_input_t; may be NULL */
    const apr_array_header_t *form_buttons; /* wecom_page_button_t; NULL: one, with form_label */
    const char *form_label;
    int form_last;                      /* the links come first, and the first of them stands out */
    const char *incident;               /* "WC0231-K7Q2M"; NULL: no id line */
    apr_time_t now;                     /* shown with the incident, UTC */
    const char *number;                 /* shown large; NULL: none */
    const char *copy;                   /* an address that is shown, and that the button data-copy
                                         * copies where a script is there; NULL: none */
    const char *script;                 /* one of our scripts, "pair.js", which stands in the
                                         * page; NULL: none */
    const apr_table_t *data;            /* what the script is told: data-* of <main>; NULL */
    const char *self;                   /* an own address that shows this page again, to change
                                         * the language by; NULL: none */
    int asks_again;                     /* without scripts it asks again by itself, now and then */
    const char *nonce;                  /* of style and script; NULL: neither is allowed */
    const char *script_url;             /* a script of somebody else that comes before ours */
    const char *script_src;             /* who else may be a script or a frame here, as the */
    const char *frame_src;              /* policy says it; NULL: nobody */
    const char *beacon;                 /* a path that is asked for, as an unseen picture, as soon
                                         * as the page stands; NULL: none */
} wecom_page_t;

/* Never NULL. */
const char *wecom_page_render(const wecom_page_t *page, apr_pool_t *pool);

/* 1 when the origins of WeComFrameAncestors may show it in a frame: never a page with a form. */
int wecom_page_may_be_framed(const wecom_page_t *page);

/* The Content-Security-Policy that fits the page. */
const char *wecom_page_policy(const wecom_page_t *page, apr_pool_t *pool);

/* A template of any page; as wecom_template_compile. */
wecom_status_t wecom_page_compile(const wecom_template_t **out, wecom_slip_t *slip,
                                  const char *text, apr_size_t len, apr_pool_t *pool);

/* The names that pages have; ends with NULL. */
const char *const *wecom_page_names(void);

#endif
