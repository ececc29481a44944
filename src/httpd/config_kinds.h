/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_kinds.h - how a value of each kind is read, taken over and shown.
 *
 * A row of the table names a kind; this file knows the kinds and nothing of single directives.
 * A new kind is one more entry in one array, and create, set, merge and dump can use it.
 */
#ifndef WECOM_HTTPD_CONFIG_KINDS_H
#define WECOM_HTTPD_CONFIG_KINDS_H

#include "config.h"

#include "../base/json.h"

/* The words of a directive's arguments, with quotes as httpd reads them: an array of
 * const char *. */
apr_array_header_t *wecom_kind_split(const char *args, apr_pool_t *pool);

/* Read the words into the field. NULL, or a sentence that says what to write instead; it never
 * repeats a secret. The same function reads defaults. */
const char *wecom_kind_parse(void *field, const wecom_option_t *option,
                             const apr_array_header_t *words, apr_pool_t *pool);

/* 1 for kinds whose directives may stand more than once and add up. */
int wecom_kind_adds_up(wecom_kind_t kind);

/* Take the value `add`, which is set, over into `field`, which holds the outer value: replaces
 * it, except that a table of URLs is laid over it name by name. */
void wecom_kind_take(void *field, const void *add, wecom_kind_t kind, apr_pool_t *pool);

/* Write a value into a dump. A secret shows its kind ("file:...", "exec:...", "literal") alone. */
void wecom_kind_show(wecom_json_out_t *out, const char *name, const void *field,
                     const wecom_option_t *option, apr_pool_t *pool);

#endif
