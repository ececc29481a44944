/* SPDX-License-Identifier: Apache-2.0 */
/* shape.c - see shape.h. */

#include "shape.h"

#include <string.h>

#include <apr_strings.h>

#include "../wecom/contacts.h"

/* --- when ------------------------------------------------------------------------------------- */

static apr_int64_t read_time(const volatile apr_int64_t *at)
{
    return __atomic_load_n(at, __ATOMIC_ACQUIRE);
}

static void write_time(volatile apr_int64_t *at, apr_int64_t value)
{
    __atomic_store_n(at, value, __ATOMIC_RELEASE);
}

/* `span` seconds after `then`; a `then` of the future means nothing. */
static int has_passed(apr_int64_t then, apr_int64_t span, apr_int64_t now)
{
    return now < then || now - then >= span;
}

int wecom_shape_is_due(const wecom_shape_due_t *due, int part, apr_int64_t now)
{
    apr_int64_t tried = read_time(&due->tried[part]);

    return has_passed(tried, WECOM_SHAPE_PAUSE, now)
           && (now >= read_time(&due->next[part]) || now < tried);
}

void wecom_shape_due_now(wecom_shape_due_t *due, int part)
{
    write_time(&due->next[part], 0);
}

apr_int64_t wecom_shape_begin(wecom_shape_due_t *due, int part, apr_int64_t now)
{
    apr_int64_t again = now + WECOM_SHAPE_PAUSE;

    write_time(&due->next[part], again);
    write_time(&due->tried[part], now);
    return again;
}

void wecom_shape_done(wecom_shape_due_t *due, int part, apr_int64_t begun, apr_int64_t span,
                      apr_int64_t now)
{
    /* Another value means wecom_shape_due_now. */
    __atomic_compare_exchange_n(&due->next[part], &begun, now + span, 0, __ATOMIC_ACQ_REL,
                                __ATOMIC_RELAXED);
}

void wecom_shape_failed(wecom_shape_due_t *due, int part, apr_int64_t begun, apr_int64_t span,
                        apr_int64_t now)
{
    wecom_shape_done(due, part, begun, span < WECOM_SHAPE_RETRY ? span : WECOM_SHAPE_RETRY, now);
}

int wecom_shape_may_tell(wecom_shape_due_t *due, int part, apr_int64_t now)
{
    if (!has_passed(read_time(&due->told[part]), 60, now)) {
        return 0;
    }
    write_time(&due->told[part], now);
    return 1;
}

/* --- reading ---------------------------------------------------------------------------------- */

wecom_status_t wecom_shape_fetch_tree(void *block, apr_size_t size, wecom_tree_report_t *report,
                                     wecom_error_t *err, const wecom_app_t *app,
                                     const wecom_ports_t *ports, apr_pool_t *pool)
{
    wecom_departments_t departments;
    wecom_status_t status = wecom_contacts_read_departments(&departments, err, app, ports, pool);

    if (status != WECOM_OK) {
        return status;
    }
    status = wecom_tree_build(block, size, report, departments.list, departments.count, pool);
    return status == WECOM_OK ? status
                              : wecom_error_set(err, status, 0, "department/list",
                                                "the departments make no tree");
}

/* Is this tag one of those that are wanted, by its id or its name? */
static int is_wanted(const wecom_tag_t *tag, const apr_array_header_t *wanted, apr_pool_t *pool)
{
    const char *id = apr_psprintf(pool, "%" APR_INT64_T_FMT, tag->id);
    int i;

    for (i = 0; i < wanted->nelts; i++) {
        const char *word = APR_ARRAY_IDX(wanted, i, const char *);

        if (strcmp(word, id) == 0 || (tag->name != NULL && strcmp(word, tag->name) == 0)) {
            return 1;
        }
    }
    return 0;
}

/* WeCom's word about one tag; the others may still be told. */
static int is_about_the_tag(const wecom_error_t *err)
{
    return err->status == WECOM_E_REMOTE
           && (err->upstream == WECOM_CONTACTS_NOT_FOR_THIS_APP
               || err->upstream == WECOM_CONTACTS_NO_SUCH_TAG);
}

wecom_status_t wecom_shape_fetch_tags(void *block, apr_size_t size, wecom_tags_report_t *report,
                                     wecom_error_t *err, const apr_array_header_t *wanted,
                                     int (*ends)(void), const wecom_app_t *app,
                                     const wecom_ports_t *ports, apr_pool_t *pool)
{
    wecom_tag_list_t listed;
    wecom_status_t status = wecom_contacts_read_tags(&listed, err, app, ports, pool);
    wecom_tag_t *tags;
    apr_size_t i;

    if (status != WECOM_OK) {
        return status;
    }
    tags = apr_pmemdup(pool, listed.list, listed.count * sizeof(*tags));
    for (i = 0; i < listed.count; i++) {
        if (!is_wanted(&tags[i], wanted, pool)) {
            continue;
        }
        if (ends != NULL && ends()) {
            return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "tag/get", "this process ends");
        }
        status = wecom_contacts_read_tag(&tags[i], err, app, ports, pool);
        if (status != WECOM_OK && !is_about_the_tag(err)) {
            return status;
        }
        if (status == WECOM_OK) {
            report->read++;
        }
        else if (report->refused == NULL) {
            report->refused = apr_psprintf(pool, "%" APR_INT64_T_FMT, tags[i].id);
        }
    }
    report->count = listed.count;
    memset(err, 0, sizeof(*err));
    status = wecom_tags_build(block, size, &report->needed, tags, listed.count,
                              app->proxy_developed, pool);
    return status == WECOM_OK ? status
                              : wecom_error_set(err, status, 0, "tag/get",
                                                "the tags cannot be kept");
}
