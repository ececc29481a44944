/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jssdk.h - signatures with which a page of this site may use WeCom's JS-SDK.
 *
 * Document 90506: the signature is the SHA-1, in hex, of
 *     jsapi_ticket=TICKET&noncestr=NONCE&timestamp=SECONDS&url=URL
 * with raw values, URL being the page's address up to '#'. One is made with the corp's ticket, for
 * wx.config, and one with the app's, for wx.agentConfig.
 *
 * Signed is for a signed-in member, for pages of this very site and for the app by which the member
 * came: a signature for anybody's page would lend the app's name to that page.
 *
 * The answer, whose names are those that the scripts take (wx.config and wx.agentConfig of jweixin,
 * ww.register of @wecom/jssdk 2.4.4):
 *     { "corpId", "agentId",
 *       "config":      { "appId", "timestamp", "nonceStr", "signature" },
 *       "agentConfig": { "corpid", "agentid", "timestamp", "nonceStr", "signature" } }
 * timestamp is a number, all others are texts.
 */
#ifndef WECOM_AUTH_JSSDK_H
#define WECOM_AUTH_JSSDK_H

#include "room.h"

/* May this address be signed, and how it is signed: without its fragment, else as it was given.
 * WECOM_E_BAD_INPUT: not http or https, not of this site (scheme, host and port of the public
 * URL, a default port written or not), user information, blanks, control bytes or anything but
 * ASCII (a browser's location.href has none of them). WECOM_E_TOO_LARGE. */
wecom_status_t wecom_jssdk_url(const char **signable, const wecom_site_t *site, const char *url,
                               apr_pool_t *pool);

/* 40 hex digits; NULL when there is no SHA-1. */
const char *wecom_jssdk_sign(const char *ticket, const char *nonce, apr_int64_t timestamp,
                             const char *url, apr_pool_t *pool);

typedef enum wecom_jssdk_verdict_t {
    WECOM_JSSDK_SIGNED,
    WECOM_JSSDK_BAD_URL,
    WECOM_JSSDK_OTHER_SOURCE,  /* source names another one than the session's */
    WECOM_JSSDK_NO_TICKET      /* reply->reason and reply->error say why */
} wecom_jssdk_verdict_t;

/* The answer to a visitor with a living session (room->ticket), always JSON. url: NULL when absent
 * or malformed. source: NULL, or the source that the page asks for. Asks WeCom for the tickets that
 * are not in the cache, in a slot and within one timeout, as a login does; a ticket that is only
 * due for renewal is used where WeCom cannot be asked. */
wecom_jssdk_verdict_t wecom_jssdk_answer(wecom_reply_t *reply, const wecom_login_t *room,
                                         const char *url, const char *source);

#endif
