/* SPDX-License-Identifier: Apache-2.0 */
/* reply.c - see reply.h. */

#include "reply.h"

#include <string.h>

void wecom_reply_init(wecom_reply_t *reply, apr_pool_t *pool)
{
    memset(reply, 0, sizeof(*reply));
    reply->status = 200;
    reply->cookies = apr_array_make(pool, 4, sizeof(const char *));
}

void wecom_reply_redirect(wecom_reply_t *reply, int status, const char *location)
{
    reply->status = status;
    reply->location = location;
    reply->body = NULL;
    reply->policy = NULL;
}

void wecom_reply_cookie(wecom_reply_t *reply, const char *set_cookie)
{
    APR_ARRAY_PUSH(reply->cookies, const char *) = set_cookie;
}
