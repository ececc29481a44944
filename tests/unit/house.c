/* SPDX-License-Identifier: Apache-2.0 */
/*
 * house.c - see house.h.
 */
#include "house.h"

#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "../../src/base/limits.h"

/* The rings' keys are one byte repeated; second 0 for a ring of one key. */
static int make_ring(wecom_keyring_t **ring, int first, int second, apr_pool_t *pool)
{
    unsigned char keys[2][WECOM_KEY_BYTES];
    const unsigned char *masters[2];

    memset(keys[0], first, WECOM_KEY_BYTES);
    memset(keys[1], second, WECOM_KEY_BYTES);
    masters[0] = keys[0];
    masters[1] = keys[1];
    return wecom_crypto_keyring(ring, masters, second != 0 ? 2 : 1, "test", pool) == WECOM_OK;
}

int house_setup(void **state)
{
    house_t *house = calloc(1, sizeof(*house));

    if (house == NULL || apr_initialize() != APR_SUCCESS
        || apr_pool_create(&house->pool, NULL) != APR_SUCCESS
        || wecom_crypto_start() != WECOM_OK
        || !make_ring(&house->ring, 1, 0, house->pool)
        || !make_ring(&house->rotated, 2, 1, house->pool)
        || !make_ring(&house->stranger, 3, 0, house->pool)
        || wecom_site_make(&house->site, "https://intranet.example.com", "/wecom", NULL, NULL,
                           house->pool) != WECOM_OK
        || wecom_site_make(&house->other_site, "https://intranet.example.com:8443", "/wecom",
                           NULL, NULL, house->pool) != WECOM_OK) {
        free(house);
        return -1;
    }
    *state = house;
    return 0;
}

int house_teardown(void **state)
{
    house_t *house = *state;

    apr_pool_destroy(house->pool);
    free(house);
    apr_terminate();
    return 0;
}
