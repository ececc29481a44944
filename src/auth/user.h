/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user.h - the name an application hears: REMOTE_USER, made from a pattern.
 *
 * "%{userid}", "%{account}", "%{source}" and "%{corpid}" are filled in, "%%" is a percent sign,
 * everything else stands for itself. A pattern is checked when it is read.
 */
#ifndef WECOM_AUTH_USER_H
#define WECOM_AUTH_USER_H

#include <apr_pools.h>

#include "source.h"
#include "ticket.h"

/* NULL when the pattern is good, else a sentence that says what is wrong and what to write. It
 * must hold %{userid} or %{account}: without them everybody would be the same user. */
const char *wecom_user_check(const char *pattern, apr_pool_t *pool);

/* 1 when the pattern tells members of different sources apart: it begins or ends with %{source} or
 * %{corpid} (plain text beside them does no harm), parted from the rest by a character that such
 * an id cannot hold. */
int wecom_user_is_qualified(const char *pattern);

/* pattern NULL: the account, else the userid. %{account} of a session without account is the
 * userid. source may be NULL when pattern is. */
const char *wecom_user_expand(const char *pattern, const wecom_ticket_t *ticket,
                              const wecom_source_t *source, apr_pool_t *pool);

#endif
