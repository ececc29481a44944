/* SPDX-License-Identifier: Apache-2.0 */
/* jsticket.c - see jsticket.h. */
#include "jsticket.h"

#include <apr_strings.h>

#include "../base/limits.h"
#include "ask.h"
#include "flight.h"

#define JSTICKET_CORP   "get_jsapi_ticket"
#define JSTICKET_AGENT  "ticket/get"

#define JSTICKET_REST_QUOTA   apr_time_from_sec(600)
#define JSTICKET_REST_REFUSED apr_time_from_sec(60)
#define JSTICKET_REST_SHORT   apr_time_from_sec(2)

#define JSTICKET_ERRCODE_QUOTA 45009

typedef struct jsticket_answer_t {
    const char *stage;
    wecom_fresh_t *fresh;
} jsticket_answer_t;

/* Every answer with an errcode has cost one of the hundred; a failed connection has not. */
static apr_interval_time_t jsticket_rest(const wecom_error_t *err)
{
    if (err->status != WECOM_E_REMOTE) {
        return JSTICKET_REST_SHORT;
    }
    return err->upstream == JSTICKET_ERRCODE_QUOTA ? JSTICKET_REST_QUOTA : JSTICKET_REST_REFUSED;
}

wecom_status_t wecom_jsticket_parse_answer(const char **ticket, apr_int64_t *expires_in,
                                           wecom_error_t *err, const char *stage,
                                           const char *body, apr_size_t len, apr_pool_t *pool)
{
    const wecom_json_t *json;
    const char *text;
    wecom_status_t status = wecom_call_open(&json, err, stage, body, len, pool);

    *ticket = NULL;
    *expires_in = 0;
    if (status != WECOM_OK) {
        return status;
    }
    text = wecom_json_text(json, "ticket", WECOM_MAX_JSTICKET);
    if (!wecom_flight_is_plain(text, WECOM_MAX_JSTICKET)) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, stage, "ticket is missing or no ticket");
    }
    *ticket = apr_pstrdup(pool, text);
    *expires_in = wecom_flight_seconds(json);
    return WECOM_OK;
}

static wecom_status_t jsticket_parse(void *result, wecom_error_t *err, const char *body,
                                     apr_size_t len, apr_pool_t *pool)
{
    jsticket_answer_t *answer = result;

    return wecom_jsticket_parse_answer(&answer->fresh->text, &answer->fresh->expires_in, err,
                                       answer->stage, body, len, pool);
}

static wecom_status_t jsticket_fetch_corp(wecom_fresh_t *fresh, wecom_error_t *err,
                                          const wecom_app_t *app, const wecom_ports_t *ports,
                                          apr_pool_t *pool)
{
    jsticket_answer_t answer = { JSTICKET_CORP, fresh };
    wecom_ask_t ask = { JSTICKET_CORP, NULL, NULL, NULL, jsticket_parse, &answer, NULL };

    return wecom_ask_make(&ask, err, app, ports, pool);
}

static wecom_status_t jsticket_fetch_agent(wecom_fresh_t *fresh, wecom_error_t *err,
                                           const wecom_app_t *app, const wecom_ports_t *ports,
                                           apr_pool_t *pool)
{
    jsticket_answer_t answer = { JSTICKET_AGENT, fresh };
    wecom_ask_t ask = { JSTICKET_AGENT, "&type=", "agent_config", NULL, jsticket_parse, &answer,
                        NULL };

    return wecom_ask_make(&ask, err, app, ports, pool);
}

static const wecom_flight_t jsticket_flights[] = {
    [WECOM_JSTICKET_CORP] = {
        "jsapi-ticket", "jsapi-ticket-lease", "jsapi-ticket-rest", JSTICKET_CORP,
        WECOM_MAX_JSTICKET, "another process is fetching the ticket and did not finish",
        jsticket_fetch_corp, jsticket_rest },
    [WECOM_JSTICKET_AGENT] = {
        "agent-ticket", "agent-ticket-lease", "agent-ticket-rest", JSTICKET_AGENT,
        WECOM_MAX_JSTICKET, "another process is fetching the ticket and did not finish",
        jsticket_fetch_agent, jsticket_rest },
};

wecom_status_t wecom_jsticket_get(const char **ticket, wecom_error_t *err,
                                  wecom_jsticket_kind_t kind, const wecom_app_t *app,
                                  const wecom_ports_t *ports, apr_pool_t *pool)
{
    return wecom_flight_get(ticket, NULL, err, &jsticket_flights[kind], app, ports, pool);
}

const char *wecom_jsticket_peek(int *due, wecom_jsticket_kind_t kind, const wecom_app_t *app,
                                const wecom_ports_t *ports, apr_pool_t *pool)
{
    return wecom_flight_peek(due, &jsticket_flights[kind], app, ports, pool);
}
