/* SPDX-License-Identifier: Apache-2.0 */
/* background.c - see background.h. */

#include "background.h"

#include "ap_mpm.h"
#include "apr_optional.h"
#include "mod_watchdog.h"
#include "util_mutex.h"

#include "mutex.h"

#define MUTEX_TYPE "wecom-background"
#define NAME "_wecom_"
#define MAX_TASKS 8

/* Written in the parent, and in child_init before the thread starts. */
static wecom_background_task_fn *tasks[MAX_TASKS];
static int task_count;
static apr_global_mutex_t *mutex;

int wecom_background_pre_config(apr_pool_t *pconf)
{
    return ap_mutex_register(pconf, MUTEX_TYPE, NULL, APR_LOCK_DEFAULT, 0) == APR_SUCCESS
           ? OK : HTTP_INTERNAL_SERVER_ERROR;
}

void wecom_background_reset(void)
{
    task_count = 0;
}

void wecom_background_add(wecom_background_task_fn *task)
{
    ap_assert(task_count < MAX_TASKS);
    tasks[task_count++] = task;
}

int wecom_background_ends(void)
{
    int state = AP_MPMQ_RUNNING;

    return ap_mpm_query(AP_MPMQ_MPM_STATE, &state) == APR_SUCCESS && state == AP_MPMQ_STOPPING;
}

/* An allocator of its own gives everything back to the system: the departments of a big enterprise
 * are tens of megabytes while they are read, and a pool's allocator would keep them for ever. */
static void run(wecom_background_task_fn *task, server_rec *main, apr_pool_t *parent)
{
    apr_allocator_t *allocator;
    apr_pool_t *pool;

    if (apr_allocator_create(&allocator) != APR_SUCCESS) {
        return;
    }
    if (apr_pool_create_ex(&pool, parent, NULL, allocator) != APR_SUCCESS) {
        apr_allocator_destroy(allocator);
        return;
    }
    apr_allocator_owner_set(allocator, pool);
    task(main, pool);
    apr_pool_destroy(pool);
}

static apr_status_t tick(int state, void *main, apr_pool_t *pool)
{
    int i;

    if (state != AP_WATCHDOG_STATE_RUNNING || mutex == NULL
        || apr_global_mutex_trylock(mutex) != APR_SUCCESS) {
        return APR_SUCCESS;
    }
    for (i = 0; i < task_count && !wecom_background_ends(); i++) {
        run(tasks[i], main, pool);
    }
    apr_global_mutex_unlock(mutex);
    return APR_SUCCESS;
}

static int make_mutex(server_rec *main)
{
    apr_status_t rv = wecom_mutex_lasting(&mutex, MUTEX_TYPE, main);

    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, rv, main, WC(0415)
                     "the mutex \"" MUTEX_TYPE "\" cannot be made; see the Mutex directive");
        return 0;
    }
    return 1;
}

int wecom_background_start(server_rec *main, apr_pool_t *pconf)
{
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance) *get_instance
        = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback) *register_callback
        = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    ap_watchdog_t *watchdog = NULL;
    apr_status_t rv = APR_ENOTIMPL;

    if (!make_mutex(main)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (get_instance != NULL && register_callback != NULL) {
        rv = get_instance(&watchdog, NAME, 0, 0, pconf);
    }
    if (rv == APR_SUCCESS) {
        rv = register_callback(watchdog, AP_WD_TM_INTERVAL, main, tick);
    }
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, rv, main, WC(0416)
                     "mod_watchdog gives no thread for the background; members and departments "
                     "would never be read again");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return OK;
}

void wecom_background_child_init(apr_pool_t *pchild, server_rec *main)
{
    apr_status_t rv;

    if (mutex == NULL) {
        return;
    }
    rv = apr_global_mutex_child_init(&mutex, apr_global_mutex_lockfile(mutex), pchild);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, main, WC(0417)
                     "a child cannot join the mutex \"" MUTEX_TYPE "\"; it does nothing in the "
                     "background");
        mutex = NULL;
    }
}
