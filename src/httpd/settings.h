/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.h - what wecomctl must know, in the state folder: wecomctl.json.
 *
 * Written at each start and reload by the user who starts the server; everybody may read it, so
 * it holds no secret: parameters of a database with a password in them are left out.
 */
#ifndef WECOM_HTTPD_SETTINGS_H
#define WECOM_HTTPD_SETTINGS_H

#include "config.h"

/* One file for each state folder in use. What cannot be written is a warning: the server does
 * not need it. */
void wecom_settings_write(server_rec *main, apr_pool_t *pool);

#endif
