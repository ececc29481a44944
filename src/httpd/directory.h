/* SPDX-License-Identifier: Apache-2.0 */
/*
 * directory.h - the account directory of a server, over the connections of mod_dbd.
 *
 * Connections are borrowed for one step of one request and given back at once: a login that waits
 * for WeCom holds none.
 */
#ifndef WECOM_HTTPD_DIRECTORY_H
#define WECOM_HTTPD_DIRECTORY_H

#include "config.h"

#include "../auth/account.h"
#include "../auth/bind.h"

/* The directory of a server, for this request; NULL where it has none. */
const wecom_directory_t *wecom_directory_make(request_rec *r, const wecom_server_t *server);

/* The providers of WeComBindProvider, for this request. NULL when there are none. */
const wecom_prover_t *wecom_directory_prover(request_rec *r, const wecom_server_t *server);

#endif
