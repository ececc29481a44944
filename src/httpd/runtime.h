/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime.h - what exists only while the server runs: mutex, caches, libcurl, and the ports made
 * of them.
 *
 * post_config makes the shared things in the parent; child_init starts libcurl and joins the
 * mutex. Nothing here judges the configuration: what could be wrong was refused before.
 */
#ifndef WECOM_HTTPD_RUNTIME_H
#define WECOM_HTTPD_RUNTIME_H

#include "config.h"

#include "../wecom/token.h"

int wecom_runtime_pre_config(apr_pool_t *pconf);
int wecom_runtime_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                              server_rec *s);
void wecom_runtime_child_init(apr_pool_t *pchild, server_rec *s);

/* The ports of a virtual host; valid in children, as long as the process lives. */
const wecom_ports_t *wecom_runtime_ports(const wecom_server_t *server);

#endif
