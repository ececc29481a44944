/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto.h - random bytes, hashes, key rings and seals.
 *
 * The only door to OpenSSL. A seal is AES-256-GCM over a fresh random nonce, with associated
 * data (AAD) that names what the box is for, so that a box of one kind never opens as another.
 * A key ring holds one key for each configured crypto key, all derived with HKDF-SHA256
 * (RFC 5869) under one label: the first seals, all open, and so keys can be rotated.
 *
 * The sealed form, byte by byte:  1 version (WECOM_SEAL_VERSION) | 1 key hint | 12 nonce |
 * ciphertext (as long as the plaintext) | 16 tag.
 */
#ifndef WECOM_BASE_CRYPTO_H
#define WECOM_BASE_CRYPTO_H

#include "error.h"

#define WECOM_SEAL_VERSION   1
#define WECOM_SEAL_OVERHEAD 30
#define WECOM_SHA256_BYTES  32
#define WECOM_SHA1_BYTES    20

typedef struct wecom_keyring_t wecom_keyring_t;

/* A slice of bytes. */
typedef struct wecom_bytes_t {
    const unsigned char *data;
    apr_size_t len;
} wecom_bytes_t;

/* Fetch the algorithms once (EVP_CIPHER_fetch and friends); to be called before anything else in
 * a process, again is harmless. WECOM_E_CRYPTO when OpenSSL lacks AES-256-GCM or HKDF. */
wecom_status_t wecom_crypto_start(void);

/* WECOM_E_UNAVAILABLE when the random source fails; then out is zeroed and must not be used. */
wecom_status_t wecom_crypto_random(unsigned char *out, apr_size_t len);

/* n random characters of [0-9A-Za-z], without modulo bias. NULL when the random source fails. */
const char *wecom_crypto_random_text(apr_size_t n, apr_pool_t *pool);

/* SHA-256 over the parts, each preceded by its length as 8 bytes big-endian, so that
 * ("ab","c") and ("a","bc") differ. */
wecom_status_t wecom_crypto_hash(unsigned char out[WECOM_SHA256_BYTES],
                                 const wecom_bytes_t *parts, apr_size_t n);

/* SHA-1, for the signatures of WeCom's JS-SDK (document 90506) and nothing else: it is no hash to
 * protect anything with. */
wecom_status_t wecom_crypto_sha1(unsigned char out[WECOM_SHA1_BYTES], wecom_bytes_t data);

/* 1 when equal; takes the same time for equal lengths wherever the difference lies. NULL equals
 * nothing. */
int wecom_crypto_equal(const void *a, apr_size_t a_len, const void *b, apr_size_t b_len);

/* Overwrite with zeros; never optimised away. NULL is allowed. */
void wecom_crypto_wipe(void *data, apr_size_t len);

/* masters: n keys (1 to WECOM_MAX_KEYS) of WECOM_KEY_BYTES each, in the order of the
 * configuration. The ring is wiped and freed with the pool. */
wecom_status_t wecom_crypto_keyring(wecom_keyring_t **ring, const unsigned char *const *masters,
                                    apr_size_t n, const char *label, apr_pool_t *pool);

/* WECOM_SHA256_BYTES that tell one ring from another and give no key away: of its last key, so
 * that a new first key does not change them. They live as long as the ring. */
const unsigned char *wecom_crypto_keyring_id(const wecom_keyring_t *ring);

/* out has room for plain_len + WECOM_SEAL_OVERHEAD bytes. WECOM_E_UNAVAILABLE, WECOM_E_CRYPTO. */
wecom_status_t wecom_crypto_seal(unsigned char *out, apr_size_t *out_len,
                                 const wecom_keyring_t *ring, wecom_bytes_t aad,
                                 wecom_bytes_t plain);

/* out has room for sealed_len bytes (always enough; may be sealed itself is NOT allowed).
 * WECOM_E_CRYPTO for anything that is not exactly what was sealed, whatever the reason: length,
 * version, key, nonce, AAD, tag. *key_index (may be NULL): which key opened it; above 0 means
 * the box deserves to be sealed anew. */
wecom_status_t wecom_crypto_open(unsigned char *out, apr_size_t *out_len, int *key_index,
                                 const wecom_keyring_t *ring, wecom_bytes_t aad,
                                 wecom_bytes_t sealed);

/* seal, then base64url; open after base64url. The text lives in the pool. */
wecom_status_t wecom_crypto_seal_text(const char **out, const wecom_keyring_t *ring,
                                      wecom_bytes_t aad, wecom_bytes_t plain, apr_pool_t *pool);
wecom_status_t wecom_crypto_open_text(unsigned char **out, apr_size_t *out_len, int *key_index,
                                      const wecom_keyring_t *ring, wecom_bytes_t aad,
                                      const char *text, apr_size_t text_len, apr_pool_t *pool);

#endif
