/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template_int.h - a compiled template, as template.c makes it and template_render.c walks it.
 */
#ifndef WECOM_AUTH_TEMPLATE_INT_H
#define WECOM_AUTH_TEMPLATE_INT_H

#include "template.h"

typedef enum wecom_template_kind_t {
    WECOM_TEMPLATE_LITERAL,
    WECOM_TEMPLATE_VALUE,      /* escaped */
    WECOM_TEMPLATE_MARKUP,     /* not escaped */
    WECOM_TEMPLATE_IF,         /* where there is something */
    WECOM_TEMPLATE_UNLESS,     /* where there is nothing */
    WECOM_TEMPLATE_EACH,
    WECOM_TEMPLATE_END         /* of the section that begins at `other` */
} wecom_template_kind_t;

typedef struct wecom_template_step_t {
    wecom_template_kind_t kind;
    const char *text;    /* of a literal */
    apr_size_t len;
    int depth;           /* of a value: 1 in the item of a list, 0 outside */
    int slot;
    int other;           /* of a section: its other end */
} wecom_template_step_t;

struct wecom_template_t {
    const wecom_template_step_t *steps;
    int count;
};

#endif
