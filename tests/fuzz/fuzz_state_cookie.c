/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_state_cookie.c - the pending login out of any bytes.
 *
 * The input is taken as a cookie's value, sealed with the key below, and as the record inside.
 * What opens must be for this state and hold a safe target; a record that is read must be the
 * one spelling that packing gives.
 */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/state.h"
#include "../../src/auth/target.h"
#include "insist.h"

#define STATE "01vGZ6GaaaaaaaaaAAAAAAAAAAAAAAAA"
#define NOW   apr_time_from_sec(1760000000)

/* The key is the bytes 1 to 32, the label "fuzz". */
static const wecom_keyring_t *fixed_ring(apr_pool_t *pool)
{
    unsigned char key[WECOM_KEY_BYTES];
    const unsigned char *masters[1];
    wecom_keyring_t *ring;
    int i;

    for (i = 0; i < WECOM_KEY_BYTES; i++) {
        key[i] = (unsigned char)(i + 1);
    }
    masters[0] = key;
    insist(wecom_crypto_keyring(&ring, masters, 1, "fuzz", pool) == WECOM_OK);
    return ring;
}

static void insist_on_record(const wecom_pending_t *pending)
{
    const char *p;

    insist(wecom_state_is_wellformed(pending->state));
    insist(wecom_target_is_safe(pending->target, strlen(pending->target)));
    insist(strlen(pending->source) <= WECOM_MAX_SOURCE_ID);
    insist(strchr(pending->source, ' ') == NULL);
    for (p = pending->source; *p != '\0'; p++) {
        insist(strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *p) != NULL);
    }
    for (p = pending->allowed; *p != '\0'; p++) {
        insist(strchr("abcdefghijklmnopqrstuvwxyz0123456789- ", *p) != NULL);
    }
    insist(pending->issued >= 0);
}

static void try_record(const uint8_t *data, size_t size, apr_pool_t *pool)
{
    wecom_bytes_t packed = { data, size };
    wecom_bytes_t again;
    wecom_pending_t pending;

    if (wecom_state_unpack(&pending, packed, pool) != WECOM_OK) {
        insist(pending.state == NULL);
        return;
    }
    insist_on_record(&pending);
    insist(wecom_state_pack(&again, &pending, pool) == WECOM_OK);
    insist(again.len == size && memcmp(again.data, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *root;
    static const wecom_keyring_t *ring;
    static wecom_site_t *site;
    wecom_pending_t pending;
    const char *value;
    apr_pool_t *pool;

    if (root == NULL) {
        insist(apr_initialize() == APR_SUCCESS && wecom_crypto_start() == WECOM_OK);
        insist(apr_pool_create(&root, NULL) == APR_SUCCESS);
        ring = fixed_ring(root);
        insist(wecom_site_make(&site, "https://intranet.example.com", "/wecom", NULL, NULL, root)
               == WECOM_OK);
    }
    insist(apr_pool_create(&pool, root) == APR_SUCCESS);
    try_record(data, size, pool);
    if (wecom_state_open(&pending, STATE, (const char *)data, size, site, ring, NOW, pool)
        == WECOM_OK) {
        insist_on_record(&pending);
        insist(strcmp(pending.state, STATE) == 0);
        insist(wecom_state_seal(&value, &pending, site, ring, pool) == WECOM_OK);
        insist(strlen(value) <= WECOM_MAX_SEALED_COOKIE);
    }
    apr_pool_destroy(pool);
    return 0;
}
