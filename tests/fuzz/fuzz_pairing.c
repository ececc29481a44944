/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_pairing.c - the record of a pull-up out of any bytes, and two addresses out of any text.
 *
 * A record that is read must be one that packing gives again; an address is in the same place as
 * itself or it is none, and the two sides agree.
 */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/pairing.h"
#include "insist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int started;
    apr_pool_t *pool;
    wecom_pairing_t pairing;
    wecom_pairing_t again;
    wecom_bytes_t bytes;
    char *one;
    char *other;

    if (!started) {
        apr_initialize();
        started = 1;
    }
    insist(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    bytes.data = data;
    bytes.len = size;
    if (wecom_pairing_unpack(&pairing, bytes, pool) == WECOM_OK) {
        insist(pairing.right >= 0 && pairing.right < WECOM_PAIRING_NUMBERS);
        insist(pairing.stage <= WECOM_PAIRING_ENDED && pairing.reason < WECOM_REASON_COUNT);
        bytes = wecom_pairing_pack(&pairing, pool);
        insist(wecom_pairing_unpack(&again, bytes, pool) == WECOM_OK);
        insist(memcmp(again.numbers, pairing.numbers, sizeof(again.numbers)) == 0);
        insist(strcmp(again.link, pairing.link) == 0 && again.stage == pairing.stage);
        insist(strcmp(again.address, pairing.address) == 0);
    }
    one = apr_pstrmemdup(pool, (const char *)data, size);
    other = strchr(one, ' ');
    if (other != NULL) {
        *other++ = '\0';
        insist(wecom_pairing_same_place(one, other) == wecom_pairing_same_place(other, one));
        if (wecom_pairing_same_place(one, other)) {
            insist(wecom_pairing_same_place(one, one) && wecom_pairing_same_place(other, other));
        }
    }
    apr_pool_destroy(pool);
    return 0;
}
