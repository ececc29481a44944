/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.c - gettoken, and the codes after which it rests for a minute. flight.c does the rest.
 */
#include "token.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "call.h"
#include "flight.h"

#define TOKEN_STAGE        "gettoken"
#define TOKEN_REST_LONG    apr_time_from_sec(60)
#define TOKEN_REST_SHORT   apr_time_from_sec(2)

/* Document 90313: codes that say that the configuration is wrong, so that asking again within
 * the minute changes nothing, and 45009, which says so itself. Sorted. */
static const int token_hopeless[] = {
    40001, /* secret wrong, reset, or of a disabled app */
    40013, /* corp id */
    40056, /* agent id */
    40084, /* permanent code */
    40091, /* secret of another corp */
    41002, /* corpid missing */
    41004, /* corpsecret missing */
    41025, /* permanent code missing */
    45009, /* asked too often; after many wrong secrets the address is banned for an hour */
    48001, /* not authorized */
    48002, /* wrong kind of secret or app */
    48003, /* suite */
    48004, /* authorization void */
    48006, /* permission withdrawn */
    50003, /* app disabled */
    60020, /* address not in the list of trusted IPs */
    301002, /* another agent's */
    301007, /* corp unavailable */
};

int wecom_token_is_hopeless(int errcode)
{
    apr_size_t i;

    for (i = 0; i < sizeof(token_hopeless) / sizeof(token_hopeless[0]); i++) {
        if (token_hopeless[i] == errcode) {
            return 1;
        }
    }
    return 0;
}

static apr_interval_time_t token_rest(const wecom_error_t *err)
{
    return err->status == WECOM_E_REMOTE && wecom_token_is_hopeless(err->upstream)
           ? TOKEN_REST_LONG : TOKEN_REST_SHORT;
}

static wecom_status_t token_read_answer(wecom_fresh_t *answer, wecom_error_t *err,
                                        const char *body, apr_size_t len, apr_pool_t *pool)
{
    const wecom_json_t *json;
    const char *text;
    wecom_status_t status = wecom_call_open(&json, err, TOKEN_STAGE, body, len, pool);

    if (status != WECOM_OK) {
        return status;
    }
    text = wecom_json_text(json, "access_token", WECOM_MAX_TOKEN);
    if (!wecom_flight_is_plain(text, WECOM_MAX_TOKEN)) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, TOKEN_STAGE,
                               "access_token is missing or no token");
    }
    answer->text = apr_pstrdup(pool, text);
    answer->expires_in = wecom_flight_seconds(json);
    return WECOM_OK;
}

static wecom_status_t token_parse(void *result, wecom_error_t *err, const char *body,
                                  apr_size_t len, apr_pool_t *pool)
{
    return token_read_answer(result, err, body, len, pool);
}

wecom_status_t wecom_token_parse_answer(const char **token, apr_int64_t *expires_in,
                                        wecom_error_t *err, const char *body, apr_size_t len,
                                        apr_pool_t *pool)
{
    wecom_fresh_t answer = { NULL, 0 };
    wecom_status_t status = token_read_answer(&answer, err, body, len, pool);

    *token = answer.text;
    *expires_in = answer.expires_in;
    return status;
}

/* Document 91039. */
static wecom_status_t token_fetch(wecom_fresh_t *fresh, wecom_error_t *err,
                                  const wecom_app_t *app, const wecom_ports_t *ports,
                                  apr_pool_t *pool)
{
    wecom_call_t call = { TOKEN_STAGE, NULL, NULL, token_parse, fresh, NULL };
    char *url = apr_pstrcat(pool, app->api_url, "/cgi-bin/gettoken", NULL);
    wecom_status_t status;

    wecom_call_add(&url, "?corpid=", app->corp_id, pool);
    wecom_call_add(&url, "&corpsecret=", app->secret, pool);
    call.url = url;
    status = wecom_call_make(&call, err, app, ports, pool);
    wecom_call_wipe(url);
    return status;
}

static const wecom_flight_t token_flight = {
    "token", "token-lease", "token-rest", TOKEN_STAGE, WECOM_MAX_TOKEN,
    "another process is fetching the token and did not finish", token_fetch, token_rest
};

wecom_status_t wecom_token_get(const char **token, int *fresh, wecom_error_t *err,
                               const wecom_app_t *app, const wecom_ports_t *ports,
                               apr_pool_t *pool)
{
    return wecom_flight_get(token, fresh, err, &token_flight, app, ports, pool);
}

void wecom_token_refuse(const wecom_app_t *app, const char *token, const wecom_ports_t *ports,
                        apr_pool_t *pool)
{
    wecom_flight_refuse(&token_flight, app, token, ports, pool);
}
