/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_hold.c - a counted reference to the newest contact data, one for each child.
 */
#include "sim_hold.h"

#include <apr_file_io.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include "../src/base/limits.h"
#include "sim_edit.h"
#include "sim_lever.h"

typedef struct sim_copy_t {
    apr_pool_t *pool;
    const sim_data_t *data;
    int users;
} sim_copy_t;

/* Guarded by the mutex, which is made before the first request of this child. */
static apr_thread_mutex_t *sim_hold_mutex;
static sim_copy_t *sim_hold_newest;
static apr_uint32_t sim_hold_generation;

apr_status_t sim_hold_start(apr_pool_t *pchild)
{
    sim_hold_newest = NULL;
    sim_hold_generation = 0;
    return apr_thread_mutex_create(&sim_hold_mutex, APR_THREAD_MUTEX_DEFAULT, pchild);
}

/* Under the mutex. The text in the segment was in order when it was put there. */
static void sim_hold_renew(void)
{
    apr_pool_t *pool = NULL;
    sim_copy_t *copy;
    const char *error = NULL;
    const char *text;
    sim_edit_t *edits = NULL;
    apr_size_t len = 0;
    apr_size_t n;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return;
    }
    text = sim_lever_text(&len, &sim_hold_generation, pool);
    copy = apr_pcalloc(pool, sizeof(*copy));
    copy->pool = pool;
    if (text == NULL || sim_data_parse(&copy->data, &error, text, len, pool) != WECOM_OK) {
        apr_pool_destroy(pool);
        return;
    }
    /* An edit that comes in between makes another generation: the next request is here again. */
    n = sim_edit_list(&edits, pool);
    sim_edit_apply(copy->data, edits, n, pool);
    if (sim_hold_newest != NULL && sim_hold_newest->users == 0) {
        apr_pool_destroy(sim_hold_newest->pool);
    }
    sim_hold_newest = copy;
}

static apr_status_t sim_hold_release(void *data)
{
    sim_copy_t *copy = data;

    apr_thread_mutex_lock(sim_hold_mutex);
    copy->users--;
    if (copy->users == 0 && copy != sim_hold_newest) {
        apr_pool_destroy(copy->pool);
    }
    apr_thread_mutex_unlock(sim_hold_mutex);
    return APR_SUCCESS;
}

const sim_data_t *sim_hold_get(apr_pool_t *pool)
{
    sim_copy_t *copy;

    apr_thread_mutex_lock(sim_hold_mutex);
    if (sim_hold_newest == NULL || sim_hold_generation != sim_lever_generation()) {
        sim_hold_renew();
    }
    copy = sim_hold_newest;
    if (copy != NULL) {
        copy->users++;
        apr_pool_cleanup_register(pool, copy, sim_hold_release, apr_pool_cleanup_null);
    }
    apr_thread_mutex_unlock(sim_hold_mutex);
    return copy == NULL ? NULL : copy->data;
}

const char *sim_hold_read(apr_size_t *len, const char **error, const char *file, apr_pool_t *pool)
{
    const sim_data_t *data = NULL;
    apr_file_t *handle = NULL;
    char *text;
    apr_status_t rv;
    char why[120];

    *error = NULL;
    rv = apr_file_open(&handle, file, APR_READ | APR_BINARY, APR_OS_DEFAULT, pool);
    if (rv == APR_SUCCESS) {
        text = apr_palloc(pool, WECOM_MAX_ANSWER + 2);
        rv = apr_file_read_full(handle, text, WECOM_MAX_ANSWER + 1, len);
        apr_file_close(handle);
        if (rv == APR_SUCCESS || rv == APR_EOF) {
            text[*len] = '\0';
            if (sim_data_parse(&data, error, text, *len, pool) != WECOM_OK) {
                *error = apr_pstrcat(pool, file, ": ", *error, NULL);
                return NULL;
            }
            return text;
        }
    }
    *error = apr_psprintf(pool, "%s cannot be read: %s", file,
                          apr_strerror(rv, why, sizeof(why)));
    return NULL;
}
