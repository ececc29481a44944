/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.c - the two doors out to WeCom.
 *
 * A link is a base address and a row of parameters. Every value is percent-encoded here, once and
 * for all: WeCom shows an error page for a redirect_uri that was encoded twice. The order is that
 * of the documentation; nobody at WeCom says that it matters, and every known client keeps it.
 */
#include "link.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"

wecom_client_t wecom_link_client(const char *user_agent)
{
    apr_size_t len;

    if (user_agent == NULL) {
        return WECOM_CLIENT_BROWSER;
    }
    len = strnlen(user_agent, WECOM_MAX_USER_AGENT);
    if (wecom_text_contains_fold(user_agent, len, "wxwork")) {
        return WECOM_CLIENT_WECOM;
    }
    if (wecom_text_contains_fold(user_agent, len, "micromessenger")) {
        return WECOM_CLIENT_WECHAT;
    }
    return WECOM_CLIENT_BROWSER;
}

wecom_device_t wecom_link_device(const char *user_agent)
{
    apr_size_t len = user_agent != NULL ? strnlen(user_agent, WECOM_MAX_USER_AGENT) : 0;

    if (len == 0) {
        return WECOM_DEVICE_OTHER;
    }
    if (wecom_text_contains_fold(user_agent, len, "iphone")
        || wecom_text_contains_fold(user_agent, len, "ipod")) {
        return WECOM_DEVICE_IPHONE;
    }
    if (wecom_text_contains_fold(user_agent, len, "openharmony")) {
        return wecom_text_contains_fold(user_agent, len, "phone")
                   || wecom_text_contains_fold(user_agent, len, "mobile")
               ? WECOM_DEVICE_HARMONY : WECOM_DEVICE_OTHER;
    }
    if (wecom_text_contains_fold(user_agent, len, "android")
        && wecom_text_contains_fold(user_agent, len, "mobile")) {
        return WECOM_DEVICE_ANDROID;
    }
    return WECOM_DEVICE_OTHER;
}

static const char *link_encode(const char *value, apr_pool_t *pool)
{
    return wecom_text_url_encode(value, strlen(value), pool);
}

const char *wecom_link_authorize(const wecom_app_t *app, const char *redirect_uri,
                                 const char *state, int scope_private, apr_pool_t *pool)
{
    /* The client takes the fragment as its cue to attach the member's identity. */
    return apr_pstrcat(pool, app->authorize_url, "/connect/oauth2/authorize",
                       "?appid=", link_encode(app->corp_id, pool),
                       "&redirect_uri=", link_encode(redirect_uri, pool),
                       "&response_type=code",
                       "&scope=", scope_private ? "snsapi_privateinfo" : "snsapi_base",
                       "&state=", link_encode(state, pool),
                       "&agentid=", link_encode(app->agent_id, pool),
                       "#wechat_redirect", NULL);
}

const char *wecom_link_login(const wecom_app_t *app, const char *redirect_uri, const char *state,
                             const char *lang, apr_pool_t *pool)
{
    return apr_pstrcat(pool, app->login_url,
                       app->qrconnect ? "/wwopen/sso/qrConnect?"
                                      : "/wwlogin/sso/login?login_type=CorpApp&",
                       "appid=", link_encode(app->corp_id, pool),
                       "&agentid=", link_encode(app->agent_id, pool),
                       "&redirect_uri=", link_encode(redirect_uri, pool),
                       "&state=", link_encode(state, pool),
                       lang != NULL ? "&lang=" : "",
                       lang != NULL ? link_encode(lang, pool) : "", NULL);
}

const char *wecom_link_pull_up(const wecom_app_t *app, const char *url, apr_pool_t *pool)
{
    return apr_pstrcat(pool, strcmp(app->authorize_url, WECOM_APP_AUTHORIZE_URL) == 0
                                 ? "wxwork" : "wxworklocal",
                       "://sso/jump?url=", link_encode(url, pool), NULL);
}

int wecom_link_has_panel(const wecom_app_t *app)
{
    return !app->qrconnect && strcmp(app->login_url, WECOM_APP_LOGIN_URL) == 0;
}

int wecom_link_is_state(const char *state)
{
    apr_size_t i;

    if (state == NULL || state[0] == '\0') {
        return 0;
    }
    for (i = 0; state[i] != '\0'; i++) {
        char c = state[i];

        if (i >= WECOM_MAX_STATE
            || !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
            return 0;
        }
    }
    return 1;
}
