/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_request.c - what requests read of the configuration.
 */
#include "config.h"

#include <string.h>

const wecom_server_t *wecom_config_server(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &auth_wecom_module);
}

const wecom_place_t *wecom_config_place(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &auth_wecom_module);
}

int wecom_config_is_popup_origin(const wecom_server_t *server, const char *origin)
{
    int i;

    if (strcmp(origin, server->site->public_url) == 0) {
        return 1;
    }
    for (i = 0; server->popup_origins != NULL && i < server->popup_origins->nelts; i++) {
        if (strcmp(origin, APR_ARRAY_IDX(server->popup_origins, i, const char *)) == 0) {
            return 1;
        }
    }
    return 0;
}

int wecom_config_is_htaccess(cmd_parms *cmd)
{
    return ap_check_cmd_context(cmd, NOT_IN_HTACCESS) != NULL;
}
