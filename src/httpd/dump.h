/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump.h - what the server understood, and what it would understand.
 *
 * With "-t -D DUMP_WECOM" the servers, their sources and settings as JSON, without secrets; with
 * "-t -D DUMP_WECOM_DIRECTIVES" the reference of all directives as Markdown. Both walk the table
 * of directives and print to standard output.
 */
#ifndef WECOM_HTTPD_DUMP_H
#define WECOM_HTTPD_DUMP_H

#include "glue.h"

/* Hook test_config: prints when one of the two defines is there. */
void wecom_dump_test_config(apr_pool_t *pconf, server_rec *s);

#endif
