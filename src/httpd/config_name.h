/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_name.h - under which name the world reaches a server, read from what is written.
 *
 * httpd fills in a host name where none is written (from the machine, from DNS), and mod_ssl
 * decides only later which servers speak TLS. Neither may decide over cookies and addresses, so
 * both questions are answered from the tree of directives.
 */
#ifndef WECOM_HTTPD_CONFIG_NAME_H
#define WECOM_HTTPD_CONFIG_NAME_H

#include "fault.h"

/* The public URL: WeComPublicURL, else made from a written ServerName. NULL when neither is
 * there, or the ServerName cannot be a public name; then *where is that of the ServerName, or
 * empty. A virtual host does not inherit a ServerName. */
const char *wecom_name_public_url(wecom_where_t *where, const wecom_server_t *server,
                                  apr_pool_t *pool);

/* The first word of the last directive of that name in this server, else in the main server; NULL
 * when it stands in neither. For the directives of other modules. */
const char *wecom_name_written(const server_rec *s, const char *directive, apr_pool_t *pool);

/* 1 when a server of this httpd that is named `host` and listens on `port` speaks TLS itself. */
int wecom_name_ends_tls(const server_rec *main, const char *host, int port, apr_pool_t *pool);

#endif
