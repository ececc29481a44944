/* SPDX-License-Identifier: Apache-2.0 */
/*
 * form.h - the token in our own forms, so that another site cannot post them.
 *
 * A sealed box that holds a time, bound (AAD) to the form's purpose and to the session it was
 * shown in.
 */
#ifndef WECOM_AUTH_FORM_H
#define WECOM_AUTH_FORM_H

#include <apr_time.h>

#include "../base/crypto.h"

#define WECOM_FORM_SECONDS 3600

/* purpose: static text such as "logout". binding: bytes that identify the session;
 * WECOM_E_BAD_INPUT without any, for such a token would fit everybody. */
wecom_status_t wecom_form_token(const char **token, const wecom_keyring_t *ring,
                                const char *purpose, wecom_bytes_t binding, apr_time_t now,
                                apr_pool_t *pool);

/* 1 when token was made for this purpose and binding at most WECOM_FORM_SECONDS ago. */
int wecom_form_check(const char *token, const wecom_keyring_t *ring, const char *purpose,
                     wecom_bytes_t binding, apr_time_t now, apr_pool_t *pool);

#endif
