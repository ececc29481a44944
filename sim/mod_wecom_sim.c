/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mod_wecom_sim.c - WeCom in a box: the module record, its two directives and its hooks.
 *
 * An httpd of its own plays WeCom: its API, its authorize page, its login pages and, for the
 * person who rehearses, the phone. It is built on the base library alone and shares no line with
 * the module it is used to test.
 *
 *     WeComSimData conf/wecom.json      # server configuration; once for the whole httpd
 *     WeComSim     On                   # server, virtual host, or <Location "/">
 *
 * Where it is on, every URL is the simulator's: translate_name and map_to_storage answer first,
 * so no DocumentRoot, Directory or Alias has a say.
 */
#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>

#include <apr_strings.h>

#include "../src/base/crypto.h"
#include "sim_api.h"
#include "sim_control.h"
#include "sim_fault.h"
#include "sim_hold.h"
#include "sim_pages.h"

extern module AP_MODULE_DECLARE_DATA wecom_sim_module;

typedef struct sim_conf_t {
    int on; /* -1: not said */
} sim_conf_t;

/* Where the data file is. Written while the configuration is read, read-only afterwards. */
static const char *sim_file;

static void *sim_conf_create(apr_pool_t *pool, char *dir)
{
    sim_conf_t *conf = apr_pcalloc(pool, sizeof(*conf));

    (void)dir;
    conf->on = -1;
    return conf;
}

static void *sim_conf_merge(apr_pool_t *pool, void *base, void *add)
{
    sim_conf_t *conf = apr_pcalloc(pool, sizeof(*conf));

    conf->on = ((sim_conf_t *)add)->on != -1 ? ((sim_conf_t *)add)->on : ((sim_conf_t *)base)->on;
    return conf;
}

static const char *sim_set_on(cmd_parms *cmd, void *conf, int on)
{
    (void)cmd;
    ((sim_conf_t *)conf)->on = on;
    return NULL;
}

static const char *sim_set_data(cmd_parms *cmd, void *conf, const char *file)
{
    const char *full = ap_server_root_relative(cmd->pool, file);

    (void)conf;
    if (full == NULL) {
        return apr_pstrcat(cmd->pool, "WeComSimData: not a path: ", file, NULL);
    }
    if (sim_file != NULL && strcmp(sim_file, full) != 0) {
        return "WeComSimData: one httpd plays from one data file; name several corps in it";
    }
    sim_file = full;
    return NULL;
}

static const command_rec sim_commands[] = {
    AP_INIT_FLAG("WeComSim", sim_set_on, NULL, RSRC_CONF | ACCESS_CONF,
                 "On: this server, virtual host or location plays WeCom"),
    AP_INIT_TAKE1("WeComSimData", sim_set_data, NULL, RSRC_CONF,
                  "the JSON file with corps, apps, departments and members"),
    {0}
};

static int sim_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    sim_file = NULL;
    return OK;
}

/* So that "httpd -t" finds what is wrong with the data. */
static int sim_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    const char *error = NULL;
    apr_size_t len = 0;

    (void)pconf;
    (void)plog;
    if (sim_file != NULL && sim_hold_read(&len, &error, sim_file, ptemp) == NULL) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, "WeComSimData: %s", error);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return OK;
}

static int sim_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    const char *error = NULL;
    const char *text;
    apr_size_t len = 0;
    apr_status_t rv;

    (void)plog;
    if (sim_file == NULL) {
        return OK;
    }
    text = sim_hold_read(&len, &error, sim_file, ptemp);
    if (text == NULL) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, "WeComSimData: %s", error);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    rv = wecom_crypto_start() == WECOM_OK ? sim_store_create(text, len, pconf) : APR_EGENERAL;
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, s, "the simulator's shared memory");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return OK;
}

static void sim_child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_status_t rv = sim_hold_start(pchild);

    if (rv != APR_SUCCESS || wecom_crypto_start() != WECOM_OK) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, s, "the simulator cannot start in this child");
    }
}

static int sim_is_on(const request_rec *r)
{
    const sim_conf_t *conf = ap_get_module_config(r->per_dir_config, &wecom_sim_module);

    return conf->on == 1;
}

static int sim_translate_name(request_rec *r)
{
    if (!sim_is_on(r)) {
        return DECLINED;
    }
    r->filename = apr_pstrcat(r->pool, "wecom-sim:", r->uri, NULL);
    /* httpd takes the location's configuration away for the next step, and gives it back after. */
    ap_set_module_config(r->request_config, &wecom_sim_module, r);
    return OK;
}

static int sim_map_to_storage(request_rec *r)
{
    return ap_get_module_config(r->request_config, &wecom_sim_module) != NULL ? OK : DECLINED;
}

static int sim_handler(request_rec *r)
{
    sim_call_t *call;
    sim_change_t *changes = NULL;
    int rv = OK;

    if (!sim_is_on(r)) {
        return DECLINED;
    }
    if (sim_file == NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "WeComSim is on but no WeComSimData is set");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    call = apr_pcalloc(r->pool, sizeof(*call));
    call->r = r;
    call->pool = r->pool;
    call->path = r->uri;
    call->data = sim_hold_get(r->pool);
    if (call->data == NULL) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    call->changes_n = sim_lever_changes(&changes, r->pool);
    call->changes = changes;
    if (strncmp(call->path, "/sim/", 5) == 0) {
        /* The stage's own machinery: neither counted nor struck. */
        return sim_control_serve(&rv, call, sim_file) ? rv : sim_pages_serve(call);
    }
    sim_lever_count(call->path);
    if (sim_fault_strike(&rv, call)) {
        return rv;
    }
    if (strncmp(call->path, "/cgi-bin/", 9) == 0) {
        return sim_api_serve(call);
    }
    return sim_pages_serve(call);
}

static void sim_register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_pre_config(sim_pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(sim_check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(sim_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(sim_child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_translate_name(sim_translate_name, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_map_to_storage(sim_map_to_storage, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_handler(sim_handler, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

AP_DECLARE_MODULE(wecom_sim) = {
    STANDARD20_MODULE_STUFF,
    sim_conf_create,
    sim_conf_merge,
    NULL,
    NULL,
    sim_commands,
    sim_register_hooks,
    AP_MODULE_FLAG_NONE
};
