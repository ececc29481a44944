/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsticket.h - the two tickets that sign for JS-SDK.
 *
 * Document 90506: get_jsapi_ticket gives the one that signs for wx.config (the corp's identity),
 * ticket/get?type=agent_config the one for wx.agentConfig (the app's). Both last 7200 seconds. In
 * an hour an app may ask a hundred times for each and a corp four hundred times, and who asked too
 * often is refused for the rest of the hour (document 90454). So each is shared and renewed as an
 * access token is (flight.h), and rests longer: ten minutes after 45009, one minute after any
 * other errcode, two seconds after a transport failure.
 * A ticket never leaves the server: whoever has it signs for every page of the app.
 * Values in the cache: kinds "jsapi-ticket" and "agent-ticket".
 */
#ifndef WECOM_WECOM_JSTICKET_H
#define WECOM_WECOM_JSTICKET_H

#include "app.h"
#include "ports.h"

typedef enum wecom_jsticket_kind_t {
    WECOM_JSTICKET_CORP,
    WECOM_JSTICKET_AGENT
} wecom_jsticket_kind_t;

/* As wecom_token_get; the access token that it needs is fetched on the way, and once more when
 * WeCom refuses it. *ticket lives in the pool. */
wecom_status_t wecom_jsticket_get(const char **ticket, wecom_error_t *err,
                                  wecom_jsticket_kind_t kind, const wecom_app_t *app,
                                  const wecom_ports_t *ports, apr_pool_t *pool);

/* The living ticket, or NULL: a look into the cache, never a wait. *due: it should be renewed. */
const char *wecom_jsticket_peek(int *due, wecom_jsticket_kind_t kind, const wecom_app_t *app,
                                const wecom_ports_t *ports, apr_pool_t *pool);

/* What the answer of either call says; for the fuzz target and the unit tests too. WECOM_E_REMOTE
 * with the errcode; WECOM_E_ANSWER when it is no JSON object, or ticket is missing, empty, longer
 * than WECOM_MAX_JSTICKET or holds anything but visible ASCII. stage: static text, for err. */
wecom_status_t wecom_jsticket_parse_answer(const char **ticket, apr_int64_t *expires_in,
                                           wecom_error_t *err, const char *stage,
                                           const char *body, apr_size_t len, apr_pool_t *pool);

#endif
