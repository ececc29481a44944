/* SPDX-License-Identifier: Apache-2.0 */
/* mutex.c - see mutex.h. */

#include "mutex.h"

#include "apr_strings.h"
#include "util_mutex.h"

apr_status_t wecom_mutex_lasting(apr_global_mutex_t **mutex, const char *type, server_rec *main)
{
    apr_pool_t *process = main->process->pool;
    apr_pool_t *temp;
    const char *key;
    void *kept = NULL;
    apr_status_t rv = apr_pool_create(&temp, process);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    key = apr_pstrcat(temp, "mod_auth_wecom-mutex-", type, NULL);
    apr_pool_userdata_get(&kept, key, process);
    if (kept == NULL) {
        rv = ap_global_mutex_create(mutex, NULL, type, NULL, main, process, 0);
        if (rv == APR_SUCCESS) {
            apr_pool_userdata_set(*mutex, key, NULL, process); /* copies the key */
        }
    }
    else {
        *mutex = kept;
    }
    apr_pool_destroy(temp);
    return rv;
}
