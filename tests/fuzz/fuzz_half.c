/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_half.c - the half-finished login out of any bytes, and the masks of any text.
 *
 * A record that is read must be one that packing gives again; a mask never holds more of a
 * value than its ends.
 */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/half.h"
#include "../../src/base/limits.h"
#include "insist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int started;
    apr_pool_t *pool;
    wecom_half_t half;
    wecom_half_t again;
    wecom_bytes_t bytes;
    const char *text;
    const char *mask;

    if (!started) {
        apr_initialize();
        started = 1;
    }
    insist(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    bytes.data = data;
    bytes.len = size;
    if (wecom_half_unpack(&half, bytes, pool) == WECOM_OK) {
        insist(half.member.userid != NULL);
        insist(half.member.department_count <= WECOM_MAX_DEPARTMENTS);
        bytes = wecom_half_pack(&half, pool);
        insist(wecom_half_unpack(&again, bytes, pool) == WECOM_OK);
        insist(again.choices->nelts == half.choices->nelts);
        insist(strcmp(again.member.userid, half.member.userid) == 0);
        insist(again.member.department_count == half.member.department_count);
    }
    text = apr_pstrmemdup(pool, (const char *)data, size);
    mask = wecom_half_mask_phone(text, pool);
    insist(*mask == '\0' || strlen(mask) == 11);
    insist(mask[strspn(mask, "+0123456789 -*")] == '\0');
    mask = wecom_half_mask_email(text, pool);
    insist(*mask == '\0' || strstr(mask, "***@") != NULL);
    apr_pool_destroy(pool);
    return 0;
}
