/* SPDX-License-Identifier: Apache-2.0 */
/*
 * form.c - a sealed time.
 *
 * What makes the token is only what it is bound to: whoever cannot read the visitor's session
 * cannot have a token that fits it.
 */
#include "form.h"

#include <string.h>

#include <apr_strings.h>

#include "octets.h"

#define PLAIN_BYTES 8
#define TOKEN_CHARS (((PLAIN_BYTES + WECOM_SEAL_OVERHEAD) * 4 + 2) / 3)

/* A purpose is our own text without a line feed; behind it, to the end, the binding. */
static wecom_bytes_t form_aad(const char *purpose, wecom_bytes_t binding, apr_pool_t *pool)
{
    const char *head = apr_pstrcat(pool, "wecom form\n", purpose, "\n", NULL);
    apr_size_t head_len = strlen(head);
    unsigned char *data = apr_palloc(pool, head_len + binding.len);
    wecom_bytes_t aad;

    memcpy(data, head, head_len);
    memcpy(data + head_len, binding.data, binding.len);
    aad.data = data;
    aad.len = head_len + binding.len;
    return aad;
}

static int is_bound(wecom_bytes_t binding)
{
    return binding.data != NULL && binding.len > 0;
}

wecom_status_t wecom_form_token(const char **token, const wecom_keyring_t *ring,
                                const char *purpose, wecom_bytes_t binding, apr_time_t now,
                                apr_pool_t *pool)
{
    unsigned char time[PLAIN_BYTES];
    wecom_bytes_t plain;

    *token = NULL;
    if (!is_bound(binding)) {
        return WECOM_E_BAD_INPUT;
    }
    wecom_octets_put(time, now > 0 ? (apr_uint64_t)now : 0, PLAIN_BYTES);
    plain.data = time;
    plain.len = sizeof(time);
    return wecom_crypto_seal_text(token, ring, form_aad(purpose, binding, pool), plain, pool);
}

int wecom_form_check(const char *token, const wecom_keyring_t *ring, const char *purpose,
                     wecom_bytes_t binding, apr_time_t now, apr_pool_t *pool)
{
    const apr_time_t span = apr_time_from_sec(WECOM_FORM_SECONDS);
    unsigned char *plain;
    apr_size_t len;
    apr_uint64_t made;

    if (token == NULL || !is_bound(binding) || strlen(token) != TOKEN_CHARS
        || wecom_crypto_open_text(&plain, &len, NULL, ring, form_aad(purpose, binding, pool),
                                  token, TOKEN_CHARS, pool) != WECOM_OK
        || len != PLAIN_BYTES) {
        return 0;
    }
    made = wecom_octets_get(plain, PLAIN_BYTES);
    if (made > APR_INT64_MAX) {
        return 0;
    }
    if (now < 0) {
        now = 0;
    }
    /* The clock may have been set back, or another node's be a little ahead. */
    return now - (apr_time_t)made <= span && (apr_time_t)made - now <= span;
}
