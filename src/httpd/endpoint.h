/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoint.h - our own URLs: one table, exact paths, no file and no exception in the configuration.
 *
 * They are claimed in translate_name before anybody else, so that RewriteRule, Redirect,
 * FallbackResource and ProxyPass cannot hijack them, and they have no place of their own: what
 * httpd merged for <Location "/"> does not reach them. Only Deny of mod_access_compat still wins,
 * and the log says so. They never return an error status to httpd: a protected ErrorDocument
 * would leak through.
 */
#ifndef WECOM_HTTPD_ENDPOINT_H
#define WECOM_HTTPD_ENDPOINT_H

#include "request.h"

/* Hooks, by their names. */
int wecom_endpoint_translate(request_rec *r);
int wecom_endpoint_map_to_storage(request_rec *r);
int wecom_endpoint_access(request_rec *r);
int wecom_endpoint_type(request_rec *r);
int wecom_endpoint_fixups(request_rec *r);
int wecom_endpoint_handler(request_rec *r);
int wecom_endpoint_log(request_rec *r);

#endif
