/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trouble.h - is WeCom worth asking at all?
 *
 * After three logins in a row that ended because WeCom did not answer (or with HTTP 429 or 5xx),
 * the next ones are refused at once for ten seconds instead of holding a thread each for the whole
 * timeout. After that one more failure is enough for the next ten seconds; one success forgets
 * all. What WeCom itself answered, even with an errcode, is no trouble.
 * Values in the cache: kind "trouble", key = api url, corp id and agent id.
 */
#ifndef WECOM_WECOM_TROUBLE_H
#define WECOM_WECOM_TROUBLE_H

#include "token.h"

#define WECOM_TROUBLE_LIMIT 3
#define WECOM_TROUBLE_REST apr_time_from_sec(10)

/* WECOM_OK: ask. WECOM_E_RESTING: do not; err is filled. */
wecom_status_t wecom_trouble_check(wecom_error_t *err, const wecom_app_t *app,
                                   const wecom_ports_t *ports, apr_pool_t *pool);

/* How the login's calls ended: the error of the last one, or one that is WECOM_OK. */
void wecom_trouble_note(const wecom_error_t *err, const wecom_app_t *app,
                        const wecom_ports_t *ports, apr_pool_t *pool);

#endif
