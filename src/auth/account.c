/* SPDX-License-Identifier: Apache-2.0 */
/* account.c - see account.h: what all directories have in common. */

#include "account.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/crypto.h"
#include "../base/limits.h"
#include "../base/text.h"
#include "normal.h"

#define SALT_BYTES 8
#define SALT_CHARS (2 * SALT_BYTES)

static const wecom_claim_value_t *value_at(const wecom_claim_t *claim, int i)
{
    return &APR_ARRAY_IDX(claim->values, i, wecom_claim_value_t);
}

void wecom_account_values(const char **out, int max, const wecom_claim_t *claim,
                          wecom_column_t column)
{
    int found = 0;
    int i;

    for (i = 0; i < max; i++) {
        out[i] = NULL;
    }
    for (i = 0; claim->values != NULL && i < claim->values->nelts && found < max; i++) {
        if (value_at(claim, i)->column == column) {
            out[found++] = value_at(claim, i)->value;
        }
    }
}

const char *wecom_account_value(const wecom_account_t *account, wecom_column_t column,
                                apr_pool_t *pool)
{
    switch (column) {
    case WECOM_COLUMN_USERNAME:
        return wecom_normal_username(account->username, pool);
    case WECOM_COLUMN_EMAIL:
        return wecom_normal_email(account->email, pool);
    case WECOM_COLUMN_PHONE:
        return wecom_normal_phone(account->phone, pool);
    default:
        return NULL;
    }
}

unsigned int wecom_account_matches(const wecom_account_t *account, const wecom_claim_t *claim,
                                   apr_pool_t *pool)
{
    unsigned int matched = 0;
    int i;

    for (i = 0; claim->values != NULL && i < claim->values->nelts; i++) {
        const wecom_claim_value_t *value = value_at(claim, i);

        if (wecom_text_equal(value->value, wecom_account_value(account, value->column, pool))) {
            matched |= (unsigned int)value->column;
        }
    }
    return matched;
}

/* The first value, in the order of the configuration, whose column matched. */
static const wecom_claim_value_t *value_that_matched(const wecom_claim_t *claim,
                                                     unsigned int matched)
{
    int i;

    for (i = 0; claim->values != NULL && i < claim->values->nelts; i++) {
        if (((unsigned int)value_at(claim, i)->column & matched) != 0) {
            return value_at(claim, i);
        }
    }
    return NULL;
}

const char *wecom_account_linked_by(const wecom_claim_t *claim, unsigned int matched,
                                    apr_pool_t *pool)
{
    const wecom_claim_value_t *value = value_that_matched(claim, matched);

    if (claim->step == WECOM_STEP_BIND) {
        return "bind:password";
    }
    if (value == NULL) {
        return "create";
    }
    return apr_pstrcat(pool, claim->step == WECOM_STEP_CHOOSE ? "choice:" : "match:",
                       value->field, NULL);
}

/* salt and hash of a value as text; NULL without SHA-256. */
static const char *salted(const char *salt, const char *value, apr_pool_t *pool)
{
    unsigned char hash[WECOM_SHA256_BYTES];
    wecom_bytes_t parts[2];

    parts[0].data = (const unsigned char *)salt;
    parts[0].len = strlen(salt);
    parts[1].data = (const unsigned char *)value;
    parts[1].len = strlen(value);
    if (wecom_crypto_hash(hash, parts, 2) != WECOM_OK) {
        return NULL;
    }
    return apr_pstrcat(pool, salt, ":", wecom_text_hex(hash, sizeof(hash), pool), NULL);
}

const char *wecom_account_match_hash(const wecom_claim_t *claim, unsigned int matched,
                                     apr_pool_t *pool)
{
    const wecom_claim_value_t *value = value_that_matched(claim, matched);
    unsigned char salt[SALT_BYTES];

    if (value == NULL || claim->step == WECOM_STEP_BIND
        || wecom_crypto_random(salt, sizeof(salt)) != WECOM_OK) {
        return NULL;
    }
    return salted(wecom_text_hex(salt, sizeof(salt), pool), value->value, pool);
}

static int is_hashed(const char *match_hash, const char *value, apr_pool_t *pool)
{
    if (value == NULL || strlen(match_hash) <= SALT_CHARS || match_hash[SALT_CHARS] != ':') {
        return 0;
    }
    return wecom_text_equal(match_hash,
                            salted(apr_pstrmemdup(pool, match_hash, SALT_CHARS), value, pool));
}

unsigned int wecom_account_still_matches(const wecom_account_t *account, const char *linked_by,
                                         const char *match_hash, const wecom_claim_t *claim,
                                         apr_pool_t *pool)
{
    const char *field = linked_by != NULL ? strchr(linked_by, ':') : NULL;
    unsigned int column = field != NULL ? wecom_account_column(field + 1) : 0;
    int delivered = 0;
    int same = 0;
    int i;

    if (column == 0 || match_hash == NULL || strncmp(linked_by, "bind:", 5) == 0
        || !is_hashed(match_hash, wecom_account_value(account, (wecom_column_t)column, pool),
                      pool)) {
        return 0;
    }
    for (i = 0; claim != NULL && claim->values != NULL && i < claim->values->nelts; i++) {
        if (strcmp(value_at(claim, i)->field, field + 1) == 0) {
            delivered = 1;
            same |= is_hashed(match_hash, value_at(claim, i)->value, pool);
        }
    }
    return !delivered || same ? (unsigned int)WECOM_STANDING_FIELD_MATCH : 0;
}

unsigned int wecom_account_column(const char *field)
{
    const char *column = strchr(field, '=');

    if (column == NULL) {
        column = strcmp(field, "userid") == 0 ? "=username"
                 : strcmp(field, "email") == 0 ? "=email"
                 : strcmp(field, "mobile") == 0 ? "=phone" : "=";
    }
    column++;
    return strcmp(column, "username") == 0 ? (unsigned int)WECOM_COLUMN_USERNAME
           : strcmp(column, "email") == 0 ? (unsigned int)WECOM_COLUMN_EMAIL
           : strcmp(column, "phone") == 0 ? (unsigned int)WECOM_COLUMN_PHONE : 0;
}
