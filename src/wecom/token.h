/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.h - the access token of an app: fetched by one, used by all.
 *
 * WeCom limits gettoken, and bans the address that repeats a wrong secret for an hour. So the
 * token lies in the shared cache; a process that finds none takes the lease (put_if_absent),
 * fetches and stores; the others wait for it, watching the cache. Some minutes before a token
 * ends (a tenth of its life, at most 5 minutes) one process renews it while the others go on with
 * the old one. A failed fetch leaves a mark that lets everybody rest: 60 s after a wrong secret,
 * corp id or IP (40001, 40013, 40091, 41004, 60020 and other configuration faults) and after
 * 45009; 2 s after a transport failure.
 * Values in the cache: kind "token", key = hash of api url, corp id, agent id and secret.
 */
#ifndef WECOM_WECOM_TOKEN_H
#define WECOM_WECOM_TOKEN_H

#include "app.h"
#include "ports.h"

/* *token lives in the pool. *fresh (may be NULL) is 1 when this very call fetched it.
 * WECOM_OK; WECOM_E_RESTING (a mark stands; upstream and detail are those of the failure that
 * left it); WECOM_E_TIMEOUT (another process holds the lease and did not finish within the app's
 * timeout); or what the fetch ended with. A cache that does not work costs a fetch each time and
 * is no failure. */
wecom_status_t wecom_token_get(const char **token, int *fresh, wecom_error_t *err,
                               const wecom_app_t *app, const wecom_ports_t *ports,
                               apr_pool_t *pool);

/* WeCom refused `token` (40001, 40014, 42001). Forget it, unless the cache holds another one by
 * now: then somebody has renewed it already and it must not be lost. */
void wecom_token_refuse(const wecom_app_t *app, const char *token, const wecom_ports_t *ports,
                        apr_pool_t *pool);

/* Errcodes after which gettoken is not asked again for 60 s (see above). Exposed for tests. */
int wecom_token_is_hopeless(int errcode);

/* What gettoken's answer says; for the fuzz target and the unit tests too. expires_in is clamped
 * to WECOM_MIN_TOKEN_SECONDS and WECOM_MAX_TOKEN_SECONDS. WECOM_E_REMOTE with the errcode,
 * WECOM_E_ANSWER when it is no JSON object or access_token is missing, empty, longer than
 * WECOM_MAX_TOKEN or holds anything but visible ASCII. */
wecom_status_t wecom_token_parse_answer(const char **token, apr_int64_t *expires_in,
                                        wecom_error_t *err, const char *body, apr_size_t len,
                                        apr_pool_t *pool);

#endif
