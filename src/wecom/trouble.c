/* SPDX-License-Identifier: Apache-2.0 */
/* trouble.c - see trouble.h. */

#include "trouble.h"

#include <string.h>

#include <apr_strings.h>

/* A record of a generation that ends with the cache: host byte order will do. */
typedef struct record_t {
    apr_int64_t until;   /* microseconds; 0: not yet resting */
    apr_int64_t count;   /* failures in a row */
} record_t;

#define REMEMBER apr_time_from_sec(120)

static const char *key_of(const wecom_app_t *app, apr_pool_t *pool)
{
    return apr_pstrcat(pool, app->api_url, "|", app->corp_id, "|", app->agent_id, NULL);
}

static int read_record(record_t *record, const wecom_app_t *app, const wecom_ports_t *ports,
                       apr_time_t now, apr_pool_t *pool)
{
    wecom_bytes_t value;

    memset(record, 0, sizeof(*record));
    if (ports->cache->get(ports->cache, &value, "trouble", key_of(app, pool), now, pool)
            != WECOM_OK
        || value.len != sizeof(*record)) {
        return 0;
    }
    memcpy(record, value.data, sizeof(*record));
    return 1;
}

wecom_status_t wecom_trouble_check(wecom_error_t *err, const wecom_app_t *app,
                                   const wecom_ports_t *ports, apr_pool_t *pool)
{
    apr_time_t now = ports->clock->now(ports->clock);
    record_t record;

    if (!read_record(&record, app, ports, now, pool) || record.until <= now) {
        return WECOM_OK;
    }
    return wecom_error_set(err, WECOM_E_RESTING, 0, "login",
                           apr_psprintf(pool, "the last %" APR_INT64_T_FMT " logins got no answer "
                                        "from WeCom; it is asked again in %" APR_INT64_T_FMT
                                        " s", record.count,
                                        (apr_int64_t)apr_time_sec(record.until - now) + 1));
}

/* A 4xx can be the answer to what one visitor sent, so it says nothing about the others' logins:
 * else three strange codes would stop everybody. */
static int is_trouble(const wecom_error_t *err)
{
    return err->status == WECOM_E_CONNECT || err->status == WECOM_E_TIMEOUT
        || (err->status == WECOM_E_HTTP && (err->upstream >= 500 || err->upstream == 429));
}

void wecom_trouble_note(const wecom_error_t *err, const wecom_app_t *app,
                        const wecom_ports_t *ports, apr_pool_t *pool)
{
    apr_time_t now = ports->clock->now(ports->clock);
    int failed = is_trouble(err);
    wecom_bytes_t value;
    record_t record;

    if (!read_record(&record, app, ports, now, pool) && !failed) {
        return;
    }
    if (!failed) {
        if (err->status != WECOM_E_RESTING) {
            ports->cache->drop(ports->cache, "trouble", key_of(app, pool), pool);
        }
        return;
    }
    record.count = record.count < WECOM_TROUBLE_LIMIT ? record.count + 1 : record.count;
    record.until = record.count >= WECOM_TROUBLE_LIMIT ? now + WECOM_TROUBLE_REST : 0;
    value.data = (const unsigned char *)&record;
    value.len = sizeof(record);
    ports->cache->put(ports->cache, "trouble", key_of(app, pool), value, now, now + REMEMBER,
                      pool);
}
