/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_look.h - WeComPages and WeComBrand become a look; their files are read once, here.
 */
#ifndef WECOM_HTTPD_CONFIG_LOOK_H
#define WECOM_HTTPD_CONFIG_LOOK_H

#include "fault.h"

/* Something below the endpoint that is the same for everybody and may be kept by browsers. */
typedef struct wecom_asset_t {
    const char *path;           /* below the endpoint: "asset/logo-0123456789abcdef.png" */
    const char *type;
    const char *data;
    apr_size_t len;
    const char *etag;           /* with its quotes */
    const char *cache_control;
    const char *policy;         /* Content-Security-Policy; NULL: none */
    int anywhere;               /* pages of other sites may use it */
} wecom_asset_t;

/* server->look and server->assets. made: servers that are done already (wecom_server_t *); what is
 * the same as one of theirs is taken over. Every fault is logged and counted. */
void wecom_look_build(wecom_judge_t *judge, wecom_server_t *server,
                     const apr_array_header_t *made);

#endif
