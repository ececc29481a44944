/* SPDX-License-Identifier: Apache-2.0 */
/* prover.h - passwords, checked by httpd's own authn providers (WeComBindProvider). */
#ifndef WECOM_HTTPD_PROVER_H
#define WECOM_HTTPD_PROVER_H

#include "config.h"

#include "../auth/bind.h"

/* For this request; NULL where the server names no provider. */
const wecom_prover_t *wecom_prover_make(request_rec *r, const wecom_server_t *server);

#endif
