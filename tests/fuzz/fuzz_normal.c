/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_normal.c - values to match by, from anywhere.
 *
 * Two things must hold whatever comes in: a normal form is its own normal form (else one person
 * would be two), and it holds no byte that its kind cannot have.
 */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/normal.h"
#include "insist.h"

static void judge_email(const char *value, apr_pool_t *pool)
{
    const char *normal = wecom_normal_email(value, pool);
    const char *s;

    if (normal == NULL) {
        return;
    }
    insist(strcmp(wecom_normal_email(normal, pool), normal) == 0);
    insist(strlen(normal) >= 3 && strlen(normal) <= 254);
    insist(strchr(normal, '@') != NULL && strchr(normal, '@') == strrchr(normal, '@'));
    for (s = normal; *s != '\0'; s++) {
        insist((unsigned char)*s > ' ' && *s != 0x7f && !(*s >= 'A' && *s <= 'Z'));
    }
}

static void judge_phone(const char *value, apr_pool_t *pool)
{
    const char *normal = wecom_normal_phone(value, pool);

    if (normal == NULL) {
        return;
    }
    insist(strcmp(wecom_normal_phone(normal, pool), normal) == 0);
    insist(normal[0] == '+' && normal[1] != '0');
    insist(strspn(normal + 1, "0123456789") == strlen(normal) - 1);
    insist(strlen(normal) >= 7 && strlen(normal) <= 16);
}

static void judge_username(const char *value, apr_pool_t *pool)
{
    const char *normal = wecom_normal_username(value, pool);
    const char *s;

    if (normal == NULL) {
        return;
    }
    insist(strcmp(wecom_normal_username(normal, pool), normal) == 0);
    insist(strlen(normal) >= 1 && strlen(normal) <= 190);
    for (s = normal; *s != '\0'; s++) {
        insist((unsigned char)*s >= ' ' && *s != 0x7f && !(*s >= 'A' && *s <= 'Z'));
    }
}

static void judge_userid(const char *value, apr_pool_t *pool)
{
    const char *normal = wecom_normal_userid(value, 0, pool);

    if (normal != NULL) {
        insist(strcmp(wecom_normal_userid(normal, 0, pool), normal) == 0);
        insist(strlen(normal) == strlen(value));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    const char *value;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    value = apr_pstrmemdup(pool, (const char *)data, size);
    judge_email(value, pool);
    judge_phone(value, pool);
    judge_username(value, pool);
    judge_userid(value, pool);
    apr_pool_destroy(pool);
    return 0;
}
