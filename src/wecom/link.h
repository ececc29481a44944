/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.h - the two doors out to WeCom, and which of them a browser can use.
 *
 * Inside the WeCom client the authorize link logs a member in silently; every other browser gets
 * the scan page. Which one is chosen by the User-Agent, and the User-Agent decides nothing else.
 */
#ifndef WECOM_WECOM_LINK_H
#define WECOM_WECOM_LINK_H

#include "app.h"

typedef enum wecom_client_t {
    WECOM_CLIENT_BROWSER = 0,
    WECOM_CLIENT_WECOM,   /* "wxwork" anywhere in the User-Agent, in any case */
    WECOM_CLIENT_WECHAT   /* "MicroMessenger" and not the above */
} wecom_client_t;

/* A phone's own browser, which cannot scan what it shows itself. */
typedef enum wecom_device_t {
    WECOM_DEVICE_OTHER = 0,     /* no phone, or none that is known as one */
    WECOM_DEVICE_IPHONE,
    WECOM_DEVICE_ANDROID,
    WECOM_DEVICE_HARMONY,       /* HarmonyOS without Android */
    WECOM_DEVICE_COUNT
} wecom_device_t;

/* user_agent may be NULL. Tablets are no phones: they show the code large enough for one. */
wecom_device_t wecom_link_device(const char *user_agent);

/* user_agent may be NULL; WECOM_MAX_USER_AGENT bytes are looked at.
 * Source: WeCom's JS-SDK tests the same two words in this order. macOS writes no blank before
 * "wxwork", so the word is searched anywhere. */
wecom_client_t wecom_link_client(const char *user_agent);

/* Document 91022: appid, redirect_uri, response_type, scope, state, agentid in this order, and
 * the fragment #wechat_redirect. redirect_uri is given plain and encoded once. scope_private
 * chooses snsapi_privateinfo. Allocated in the pool. */
const char *wecom_link_authorize(const wecom_app_t *app, const char *redirect_uri,
                                 const char *state, int scope_private, apr_pool_t *pool);

/* Document 98152 (wwlogin), or 91019 (qrConnect) where the app says so. lang: "zh", "en" or NULL
 * (left out). */
const char *wecom_link_login(const wecom_app_t *app, const char *redirect_uri, const char *state,
                             const char *lang, apr_pool_t *pool);

/* What pulls the WeCom client of this phone up and has it open `url`: wxwork://sso/jump, as WeCom's
 * own confirm page writes it (facts: seen there, with an address of WeCom's; other targets are
 * untested). wxworklocal for the private edition (document 91193), told by an authorize address
 * that is not the public cloud's. */
const char *wecom_link_pull_up(const wecom_app_t *app, const char *url, apr_pool_t *pool);

/* 1 where WeCom's login panel works: it knows the public cloud alone. */
int wecom_link_has_panel(const wecom_app_t *app);

/* A state that both pages accept: 1 to WECOM_MAX_STATE of [0-9A-Za-z]. */
int wecom_link_is_state(const char *state);

#endif
