/* SPDX-License-Identifier: Apache-2.0 */
/*
 * app.h - an enterprise's application at WeCom, as its console shows it.
 *
 * Corp id, agent id and secret are one unit: a code issued for one app and exchanged with the
 * token of another fails with 40029 or 50001, so they travel together and a token is cached
 * under a hash of all three. Filled by the configuration, read-only afterwards.
 */
#ifndef WECOM_WECOM_APP_H
#define WECOM_WECOM_APP_H

#include "../base/error.h"

/* The public cloud (facts: documents 91039, 91022, 98152, 91019). */
#define WECOM_APP_API_URL       "https://qyapi.weixin.qq.com"
#define WECOM_APP_AUTHORIZE_URL "https://open.weixin.qq.com"
#define WECOM_APP_LOGIN_URL     "https://login.work.weixin.qq.com"
#define WECOM_APP_QRCONNECT_URL "https://open.work.weixin.qq.com"

typedef struct wecom_app_t {
    const char *label;         /* the source's id, for messages */
    const char *corp_id;       /* CorpID; "wp..." under proxy development, then with case */
    const char *agent_id;      /* digits */
    const char *secret;        /* app secret or permanent code */
    const char *api_url;       /* scheme, host and port, no slash at the end */
    const char *authorize_url;
    const char *login_url;     /* of wwlogin or of qrConnect, as `qrconnect` says */
    int qrconnect;             /* the old scan page */
    int private_info;          /* scope snsapi_privateinfo in the client */
    int check_member;          /* ask user/get too (the double yes) */
    int proxy_developed;       /* ids are compared with case */
    const char *ca_file;       /* or NULL */
    const char *proxy;         /* or NULL */
    int timeout_ms;            /* total, for one call */
} wecom_app_t;

#endif
