/* SPDX-License-Identifier: Apache-2.0 */
/* directory.h - the account directory of a server, for one request: over mod_dbd's connections
 * (dbd_pool.h), mod_ldap's (ldap_pool.h), or both. */
#ifndef WECOM_HTTPD_DIRECTORY_H
#define WECOM_HTTPD_DIRECTORY_H

#include "config.h"

#include "../auth/account.h"

/* NULL where the server has none. */
const wecom_directory_t *wecom_directory_make(request_rec *r, const wecom_server_t *server);

#endif
