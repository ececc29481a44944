/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_keep.c - the record in the box of a kept form, and the fields of a form, out of any bytes.
 *
 * A record that is read must be one that packing gives again, byte for byte. Fields that are read
 * must come out alike when they are encoded as a browser would and read once more.
 */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/keep.h"
#include "../../src/auth/site.h"
#include "../../src/auth/target.h"
#include "insist.h"

#define STATE "0ABCDEFGabcdefghijklmnopqrstuvwx"

/* As a browser encodes a field: LF is CR LF. */
static const char *encoded(const char *text, apr_pool_t *pool)
{
    const char *out = "";

    for (; *text != '\0'; text++) {
        out = apr_pstrcat(pool, out, *text == '\n' ? "%0D%0A"
                                                   : apr_psprintf(pool, "%%%02X",
                                                                  (unsigned char)*text), NULL);
    }
    return out;
}

static void check_fields(wecom_bytes_t body, apr_pool_t *pool)
{
    apr_array_header_t *pairs;
    apr_array_header_t *again;
    wecom_bytes_t block;
    const char *text = "";
    int i;

    if (wecom_keep_read_form(&pairs, &block, body, 512, pool) == WECOM_OK) {
        insist(body.len <= 512 && pairs->nelts <= WECOM_MAX_KEPT_PAIRS);
    }
    if (body.len > 2048 || wecom_keep_read_pairs(&pairs, &block, body, pool) != WECOM_OK) {
        return;
    }
    for (i = 0; i < pairs->nelts; i++) {
        const wecom_keep_pair_t *pair = &APR_ARRAY_IDX(pairs, i, wecom_keep_pair_t);

        insist((const unsigned char *)pair->name >= block.data);
        insist((const unsigned char *)pair->value + strlen(pair->value) < block.data + block.len);
        insist(strchr(pair->name, '\r') == NULL && strchr(pair->value, '\r') == NULL);
        insist(*pair->name != '\0');
        text = apr_pstrcat(pool, text, i > 0 ? "&" : "", encoded(pair->name, pool), "=",
                           encoded(pair->value, pool), NULL);
    }
    body.data = (const unsigned char *)text;
    body.len = strlen(text);
    insist(wecom_keep_read_pairs(&again, NULL, body, pool) == WECOM_OK);
    insist(again->nelts == pairs->nelts);
    for (i = 0; i < pairs->nelts; i++) {
        const wecom_keep_pair_t *a = &APR_ARRAY_IDX(pairs, i, wecom_keep_pair_t);
        const wecom_keep_pair_t *b = &APR_ARRAY_IDX(again, i, wecom_keep_pair_t);

        insist(strcmp(a->name, b->name) == 0 && strcmp(a->value, b->value) == 0);
    }
}

static void check_record(wecom_bytes_t packed, apr_pool_t *pool)
{
    wecom_kept_t kept;
    wecom_bytes_t again;

    if (wecom_keep_unpack(&kept, packed, pool) != WECOM_OK) {
        return;
    }
    insist(wecom_target_is_safe(kept.target, strlen(kept.target)));
    insist(kept.body.data + kept.body.len == packed.data + packed.len);
    insist(wecom_keep_pack(&again, &kept, pool) == WECOM_OK);
    insist(again.len == packed.len && memcmp(again.data, packed.data, packed.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[WECOM_KEY_BYTES] = { 7 };
    static wecom_keyring_t *ring;
    static wecom_site_t *site;
    static apr_pool_t *forever;
    const unsigned char *masters[1] = { key };
    wecom_keep_facts_t facts;
    wecom_bytes_t plain;
    wecom_bytes_t bytes;
    wecom_kept_t kept;
    apr_pool_t *pool;

    if (forever == NULL) {
        apr_initialize();
        insist(apr_pool_create(&forever, NULL) == APR_SUCCESS);
        insist(wecom_crypto_start() == WECOM_OK);
        insist(wecom_crypto_keyring(&ring, masters, 1, "fuzz", forever) == WECOM_OK);
        insist(wecom_site_make(&site, "https://intranet.example.com", "/wecom", NULL, NULL,
                               forever) == WECOM_OK);
    }
    insist(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    bytes.data = data;
    bytes.len = size;
    check_record(bytes, pool);
    check_fields(bytes, pool);
    insist(wecom_keep_open(&kept, &plain, STATE, (const char *)data, size, site, ring, pool)
           == WECOM_E_CRYPTO);
    memset(&facts, 0, sizeof(facts));
    facts.sec_fetch_site = "same-origin";
    facts.content_type = apr_pstrmemdup(pool, (const char *)data, size);
    if (wecom_keep_allows(&facts, site->public_url)) {
        insist(wecom_text_contains_fold(facts.content_type, 33,
                                        "application/x-www-form-urlencoded"));
    }
    apr_pool_destroy(pool);
    return 0;
}
