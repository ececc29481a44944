/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ldap_pool.h - mod_ldap's connections, as the port of account_ldap.h.
 *
 * mod_ldap keeps connections open in each child and hands them out to one request at a time. How
 * long connecting and binding may take, and how often they are tried, is said by its own
 * directives (LDAPConnectionTimeout, LDAPTimeout, LDAPRetries); so is TLS: ldaps:// is TLS from
 * the first byte, and with ldap:// LDAPTrustedMode decides.
 */
#ifndef WECOM_HTTPD_LDAP_POOL_H
#define WECOM_HTTPD_LDAP_POOL_H

#include "glue.h"

#include "../auth/account_ldap.h"

/* Who searches. */
typedef struct wecom_ldap_bind_t {
    const char *dn;         /* NULL: nobody; then the server decides what strangers may see */
    const char *password;   /* the text itself; never logged, never empty with a dn */
} wecom_ldap_bind_t;

/* 1: mod_ldap is loaded (and this httpd was built with LDAP). From check_config on. */
int wecom_ldap_pool_is_there(void);

/* The port for one request; url and bind must live as long. WECOM_E_UNAVAILABLE where mod_ldap
 * gives no connection, with what it says about that. */
wecom_ldap_port_t *wecom_ldap_pool_port(request_rec *r, const wecom_ldap_url_t *url,
                                        const wecom_ldap_bind_t *bind, apr_pool_t *pool);

#endif
