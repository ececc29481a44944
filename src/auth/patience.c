/* SPDX-License-Identifier: Apache-2.0 */
/* patience.c - see patience.h. */

#include "patience.h"

#include "octets.h"

#define WAITING "directory-waits"
#define PROBING "directory-probe"
#define FORGET  apr_time_from_sec(600)

int wecom_patience_begin(const wecom_cache_t *cache, const wecom_directory_t *directory,
                         apr_time_t now, apr_pool_t *pool)
{
    unsigned char time[8];
    wecom_bytes_t mark = { time, sizeof(time) };
    wecom_bytes_t since;

    if (cache->get(cache, &since, WAITING, directory->print, now, pool) == WECOM_OK
        && since.len == sizeof(time)) {
        return now - (apr_time_t)wecom_octets_get(since.data, sizeof(time))
                   <= apr_time_from_sec(WECOM_PATIENCE_SECONDS)
               || cache->put_if_absent(cache, PROBING, directory->print, since, now,
                                       now + apr_time_from_sec(WECOM_PATIENCE_PROBE), pool)
                      != WECOM_E_EXISTS;
    }
    wecom_octets_put(time, (apr_uint64_t)now, sizeof(time));
    cache->put_if_absent(cache, WAITING, directory->print, mark, now, now + FORGET, pool);
    return 1;
}

void wecom_patience_end(const wecom_cache_t *cache, const wecom_directory_t *directory,
                        apr_pool_t *pool)
{
    cache->drop(cache, WAITING, directory->print, pool);
}
