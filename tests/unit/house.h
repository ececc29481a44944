/* SPDX-License-Identifier: Apache-2.0 */
/*
 * house.h - what the tests of the second floor share: two sites on one host, and three key rings.
 */
#ifndef WECOM_TESTS_HOUSE_H
#define WECOM_TESTS_HOUSE_H

#include "support.h"

#include <apr_time.h>

#include "../../src/auth/site.h"

#define HOUSE_NOW apr_time_from_sec(1760000000)

typedef struct house_t {
    apr_pool_t *pool;
    wecom_site_t *site;        /* https://intranet.example.com, /wecom */
    wecom_site_t *other_site;  /* https://intranet.example.com:8443, /wecom */
    wecom_keyring_t *ring;     /* one key, label "test" */
    wecom_keyring_t *rotated;  /* a new key first, then the one of ring */
    wecom_keyring_t *stranger; /* another key, the same label */
} house_t;

/* cmocka's setup and teardown, of a group or of one test; *state is the house. */
int house_setup(void **state);
int house_teardown(void **state);

#endif
