/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_build.h - from what is written to what is used: sources, site, key rings.
 *
 * Each function fills its part of the server's record, logs every fault it meets and returns 1,
 * or 0 after a fault.
 */
#ifndef WECOM_HTTPD_CONFIG_BUILD_H
#define WECOM_HTTPD_CONFIG_BUILD_H

#include "fault.h"

/* server->sources. Secrets are read, each section once for all virtual hosts. */
int wecom_build_sources(wecom_judge_t *judge, wecom_server_t *server);

/* server->site, ends_tls, life, ticket_aad. url: the public URL, well-formed; where: of it. */
int wecom_build_site(wecom_judge_t *judge, wecom_server_t *server, const char *url,
                     const wecom_where_t *where);

/* The state folder and the four key rings. made: servers that are done already (wecom_server_t *);
 * whoever has the same folder and keys as one of them takes over its rings. */
int wecom_build_rings(wecom_judge_t *judge, wecom_server_t *server,
                      const apr_array_header_t *made);

/* Where a row of the server was written; an empty place for a default. */
const wecom_where_t *wecom_build_where(const wecom_server_t *server, apr_size_t offset);

#endif
