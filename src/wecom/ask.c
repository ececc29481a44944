/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - see ask.h. */
#include "ask.h"

#include <apr_strings.h>

#include "token.h"

/* The codes by which a token is refused; WeCom says 40001 for a token too. */
static int ask_is_token_refused(wecom_status_t status, int errcode)
{
    return status == WECOM_E_REMOTE && (errcode == 40001 || errcode == 40014 || errcode == 42001);
}

wecom_status_t wecom_ask_make(const wecom_ask_t *question, wecom_error_t *err,
                              const wecom_app_t *app, const wecom_ports_t *ports,
                              apr_pool_t *pool)
{
    wecom_call_t call = { question->stage, NULL, question->body, question->parse,
                          question->result, question->room };
    wecom_error_t seen = { WECOM_OK, 0, NULL, NULL };
    wecom_status_t status;
    int round;

    for (round = 0; ; round++) {
        const char *token;
        char *url;

        status = wecom_token_get(&token, NULL, &seen, app, ports, pool);
        if (status != WECOM_OK) {
            break;
        }
        /* WeCom takes the token from the query alone (document 90313: 41001 otherwise). */
        url = apr_pstrcat(pool, app->api_url, "/cgi-bin/", question->stage, NULL);
        wecom_call_add(&url, "?access_token=", token, pool);
        if (question->name != NULL) {
            wecom_call_add(&url, question->name, question->value, pool);
        }
        call.url = url;
        status = wecom_call_make(&call, &seen, app, ports, pool);
        wecom_call_wipe(url);
        if (round > 0 || !ask_is_token_refused(status, seen.upstream)) {
            break;
        }
        wecom_token_refuse(app, token, ports, pool);
    }
    if (status != WECOM_OK) {
        wecom_error_set(err, status, seen.upstream, seen.stage, seen.detail);
    }
    return status;
}
