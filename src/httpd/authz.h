/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authz.h - Require wecom-*: what the ticket says decides, never r->user alone.
 *
 * A rule grants only when our ticket was opened for this very request; so "AuthType Basic" in an
 * .htaccess beside "Require wecom-user" admits nobody.
 */
#ifndef WECOM_HTTPD_AUTHZ_H
#define WECOM_HTTPD_AUTHZ_H

#include "request.h"

/* Register the providers. */
void wecom_authz_register(apr_pool_t *pool);

#endif
