/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.c - see runtime.h. */

#include "runtime.h"

#include <string.h>

#include "apr_hash.h"
#include "apr_strings.h"
#include "http_core.h"
#include "ap_mpm.h"
#include "http_main.h"

#include "../base/http_curl.h"
#include "audit.h"
#include "background.h"
#include "cache_socache.h"
#include "recall_shm.h"
#include "reread.h"
#include "scrub.h"
#include "settings.h"
#include "shape_shm.h"
#include "shape_task.h"
#include "slots_shm.h"

/* One generation of the server. The only mutable globals of the module: written in the parent
 * before it forks and in child_init before the first request, read-only for requests. */
typedef struct open_cache_t {
    const char *spec;
    wecom_socache_t *socache;
} open_cache_t;

static apr_array_header_t *caches;   /* open_cache_t, one for each WeComCache that is used */
static wecom_slots_t *slots;
static apr_hash_t *ports_by_server;  /* wecom_server_t * -> wecom_ports_t * */

int wecom_runtime_pre_config(apr_pool_t *pconf)
{
    wecom_audit_pre_config();
    caches = NULL;
    slots = NULL;
    ports_by_server = NULL;
    return wecom_cache_socache_register(pconf) == APR_SUCCESS
               && wecom_recall_shm_pre_config(pconf) == APR_SUCCESS
           ? wecom_background_pre_config(pconf) : HTTP_INTERNAL_SERVER_ERROR;
}

static wecom_socache_t *cache_for(const char *spec, server_rec *s, apr_pool_t *pconf)
{
    open_cache_t *row;
    int i;

    for (i = 0; i < caches->nelts; i++) {
        row = &APR_ARRAY_IDX(caches, i, open_cache_t);
        if (strcmp(row->spec, spec) == 0) {
            return row->socache;
        }
    }
    row = apr_array_push(caches);
    row->spec = spec;
    row->socache = wecom_cache_socache_open(spec, s, pconf);
    return row->socache;
}

/* How many logins of the node may wait for WeCom; the other threads stay for those who are known.
 * A quarter of all threads; on a small server up to half of them, so that a morning's forty
 * logins pass there as well. */
static int slot_count(void)
{
    const int enough = 64;
    int daemons = 0;
    int threads = 0;
    int count;

    ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &daemons);
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    threads = daemons * (threads > 0 ? threads : 1);
    count = threads / 4;
    if (count < enough) {
        count = threads / 2 < enough ? threads / 2 : enough;
    }
    return count < 4 ? 4 : count > 1024 ? 1024 : count;
}

int wecom_runtime_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                              server_rec *s)
{
    server_rec *at;

    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK; /* the first of the two readings at start */
    }
    wecom_audit_open(pconf, s);
    wecom_settings_write(s, ptemp);
    caches = apr_array_make(pconf, 1, sizeof(open_cache_t));
    for (at = s; at != NULL; at = at->next) {
        const wecom_server_t *server = wecom_config_server(at);

        if (server->site != NULL && cache_for(server->cache, s, pconf) == NULL) {
            return HTTP_INTERNAL_SERVER_ERROR;
        }
    }
    wecom_scrub_prepare(s, pconf);
    wecom_background_reset();
    wecom_shape_shm_reset(pconf);
    if (caches->nelts == 0) {
        return OK;
    }
    for (at = s; at != NULL; at = at->next) {
        const wecom_server_t *server = wecom_config_server(at);

        if (server->site != NULL && wecom_shape_shm_add(server, s, pconf) != OK) {
            return HTTP_INTERNAL_SERVER_ERROR;
        }
    }
    wecom_background_add(wecom_shape_task);
    slots = wecom_slots_shm_make(slot_count(), s, pconf);
    if (slots == NULL || !wecom_recall_shm_open(s, pconf)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    wecom_background_add(wecom_reread_task);
    return wecom_background_start(s, pconf);
}

/* --- the clock ------------------------------------------------------------------------------- */

static apr_time_t clock_now(const wecom_clock_t *self)
{
    (void)self;
    return apr_time_now();
}

static void clock_pause(const wecom_clock_t *self, apr_interval_time_t span)
{
    (void)self;
    apr_sleep(span);
}

static const wecom_clock_t real_clock = { clock_now, clock_pause, NULL };

/* --- children -------------------------------------------------------------------------------- */

void wecom_runtime_child_init(apr_pool_t *pchild, server_rec *s)
{
    wecom_http_t *http = NULL;
    server_rec *at;
    int i;

    if (caches == NULL || caches->nelts == 0) {
        return; /* no source anywhere */
    }
    if (wecom_crypto_start() != WECOM_OK
        || wecom_http_curl_start(&http, "mod_auth_wecom/" WECOM_VERSION, pchild) != WECOM_OK) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, WC(0411)
                     "libcurl or OpenSSL cannot be started in a child; no login is possible in "
                     "it");
    }
    for (i = 0; i < caches->nelts; i++) {
        wecom_cache_socache_child_init(APR_ARRAY_IDX(caches, i, open_cache_t).socache, pchild, s);
    }
    wecom_recall_shm_child_init(pchild, s);
    wecom_background_child_init(pchild, s);
    ports_by_server = apr_hash_make(pchild);
    for (at = s; at != NULL; at = at->next) {
        const wecom_server_t *server = wecom_config_server(at);
        wecom_ports_t *ports;

        if (server->site == NULL) {
            continue;
        }
        ports = apr_pcalloc(pchild, sizeof(*ports));
        ports->http = http;
        ports->clock = &real_clock;
        ports->slots = slots;
        ports->cache = wecom_cache_socache_port(cache_for(server->cache, s, pchild),
                                                server->cache_ring, server->site->public_url,
                                                pchild);
        apr_hash_set(ports_by_server, apr_pmemdup(pchild, &server, sizeof(server)),
                     sizeof(server), ports);
    }
}

const wecom_ports_t *wecom_runtime_ports(const wecom_server_t *server)
{
    return apr_hash_get(ports_by_server, &server, sizeof(server));
}
