/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto.c - the door to OpenSSL 3.
 *
 * Opening a seal happens in every request of a member, so what can be done once is done once:
 * algorithms are fetched at the start of the process, cipher contexts live as long as their
 * thread, and a context remembers under which key it was last set up, so that opening the next
 * cookie is a new nonce and nothing else. A key is recognised by the SHA-256 of its bytes; the
 * first byte of it is the hint that stands in the sealed form and saves trying every key.
 *
 * The fetched algorithms are the one thing in this floor that belongs to the process. httpd
 * unloads and reloads its modules, and a thread key whose destructor has been unmapped would
 * crash the first thread that ends; so everything is given back by atexit(), which a shared
 * object also honours when it is unloaded, and which runs before OpenSSL's own.
 */
#include "crypto.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "limits.h"
#include "text.h"

#define NONCE_BYTES 12
#define TAG_BYTES   16
#define AT_HINT      1
#define AT_NONCE     2
#define AT_TEXT     (AT_NONCE + NONCE_BYTES)

typedef struct ring_key_t {
    unsigned char key[WECOM_KEY_BYTES];
    unsigned char id[WECOM_SHA256_BYTES]; /* SHA-256 of key; id[0] is the hint */
} ring_key_t;

struct wecom_keyring_t {
    apr_size_t n;
    ring_key_t keys[WECOM_MAX_KEYS];
};

/* A cipher context for one direction, and the id of the key it was last set up with. */
typedef struct engine_t {
    EVP_CIPHER_CTX *ctx;
    int has_key;
    unsigned char id[WECOM_SHA256_BYTES];
} engine_t;

typedef struct thread_state_t {
    engine_t seal;
    engine_t open;
    EVP_MD_CTX *md;
} thread_state_t;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static wecom_status_t started = WECOM_E_CRYPTO;
static pthread_key_t thread_key;
static EVP_CIPHER *aes_256_gcm;
static EVP_MD *sha256;
static EVP_KDF *hkdf;

/* --- start and end -------------------------------------------------------------------------- */

static void thread_state_free(void *data)
{
    thread_state_t *state = data;

    EVP_CIPHER_CTX_free(state->seal.ctx);
    EVP_CIPHER_CTX_free(state->open.ctx);
    EVP_MD_CTX_free(state->md);
    OPENSSL_cleanse(state, sizeof *state);
    free(state);
}

static void stop(void)
{
    thread_state_t *state = pthread_getspecific(thread_key);

    if (state != NULL) {
        pthread_setspecific(thread_key, NULL);
        thread_state_free(state);
    }
    pthread_key_delete(thread_key);
    started = WECOM_E_CRYPTO;
    EVP_CIPHER_free(aes_256_gcm);
    EVP_MD_free(sha256);
    EVP_KDF_free(hkdf);
    aes_256_gcm = NULL;
    sha256 = NULL;
    hkdf = NULL;
}

static void start(void)
{
    if (pthread_key_create(&thread_key, thread_state_free) != 0) {
        return;
    }
    aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    if (aes_256_gcm == NULL || sha256 == NULL || hkdf == NULL || atexit(stop) != 0) {
        stop();
        ERR_clear_error();
        return;
    }
    started = WECOM_OK;
}

wecom_status_t wecom_crypto_start(void)
{
    return pthread_once(&once, start) == 0 ? started : WECOM_E_CRYPTO;
}

/* What this thread keeps; NULL when out of memory or not started. */
static thread_state_t *thread_state(void)
{
    thread_state_t *state;

    if (started != WECOM_OK) {
        return NULL;
    }
    state = pthread_getspecific(thread_key);
    if (state != NULL) {
        return state;
    }
    state = calloc(1, sizeof *state);
    if (state == NULL) {
        return NULL;
    }
    state->seal.ctx = EVP_CIPHER_CTX_new();
    state->open.ctx = EVP_CIPHER_CTX_new();
    state->md = EVP_MD_CTX_new();
    if (state->seal.ctx == NULL || state->open.ctx == NULL || state->md == NULL
        || EVP_EncryptInit_ex2(state->seal.ctx, aes_256_gcm, NULL, NULL, NULL) != 1
        || EVP_DecryptInit_ex2(state->open.ctx, aes_256_gcm, NULL, NULL, NULL) != 1
        || pthread_setspecific(thread_key, state) != 0) {
        thread_state_free(state);
        ERR_clear_error();
        return NULL;
    }
    return state;
}

/* --- random, hashes, comparing -------------------------------------------------------------- */

wecom_status_t wecom_crypto_random(unsigned char *out, apr_size_t len)
{
    if (len == 0) {
        return WECOM_OK;
    }
    if (RAND_bytes_ex(NULL, out, len, 0) != 1) {
        memset(out, 0, len);
        ERR_clear_error();
        return WECOM_E_UNAVAILABLE;
    }
    return WECOM_OK;
}

const char *wecom_crypto_random_text(apr_size_t n, apr_pool_t *pool)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char *out = apr_palloc(pool, n + 1);
    unsigned char bytes[64];
    apr_size_t done = 0;
    apr_size_t i;

    while (done < n) {
        if (wecom_crypto_random(bytes, sizeof bytes) != WECOM_OK) {
            return NULL;
        }
        for (i = 0; i < sizeof bytes && done < n; i++) {
            /* 248 = 4 * 62: what lies above would favour the first characters. */
            if (bytes[i] < 248) {
                out[done++] = alphabet[bytes[i] % 62];
            }
        }
    }
    out[n] = '\0';
    wecom_crypto_wipe(bytes, sizeof bytes);
    return out;
}

static void put_length(unsigned char out[8], apr_size_t len)
{
    apr_uint64_t v = len;
    int i;

    for (i = 7; i >= 0; i--) {
        out[i] = (unsigned char)(v & 0xFF);
        v >>= 8;
    }
}

wecom_status_t wecom_crypto_hash(unsigned char out[WECOM_SHA256_BYTES],
                                 const wecom_bytes_t *parts, apr_size_t n)
{
    thread_state_t *state = thread_state();
    unsigned char length[8];
    apr_size_t i;
    int ok;

    memset(out, 0, WECOM_SHA256_BYTES);
    if (state == NULL) {
        return WECOM_E_CRYPTO;
    }
    ok = EVP_DigestInit_ex2(state->md, sha256, NULL);
    for (i = 0; ok == 1 && i < n; i++) {
        put_length(length, parts[i].len);
        ok = EVP_DigestUpdate(state->md, length, sizeof length);
        if (ok == 1 && parts[i].len > 0) {
            ok = EVP_DigestUpdate(state->md, parts[i].data, parts[i].len);
        }
    }
    if (ok != 1 || EVP_DigestFinal_ex(state->md, out, NULL) != 1) {
        memset(out, 0, WECOM_SHA256_BYTES);
        ERR_clear_error();
        return WECOM_E_CRYPTO;
    }
    return WECOM_OK;
}

wecom_status_t wecom_crypto_sha1(unsigned char out[WECOM_SHA1_BYTES], wecom_bytes_t data)
{
    size_t len = 0;

    memset(out, 0, WECOM_SHA1_BYTES);
    if (EVP_Q_digest(NULL, "SHA1", NULL, data.data, data.len, out, &len) != 1
        || len != WECOM_SHA1_BYTES) {
        memset(out, 0, WECOM_SHA1_BYTES);
        ERR_clear_error();
        return WECOM_E_CRYPTO;
    }
    return WECOM_OK;
}

int wecom_crypto_equal(const void *a, apr_size_t a_len, const void *b, apr_size_t b_len)
{
    return a != NULL && b != NULL && a_len == b_len && CRYPTO_memcmp(a, b, a_len) == 0;
}

void wecom_crypto_wipe(void *data, apr_size_t len)
{
    if (data != NULL) {
        OPENSSL_cleanse(data, len);
    }
}

/* --- key rings ------------------------------------------------------------------------------ */

static apr_status_t keyring_wipe(void *data)
{
    wecom_crypto_wipe(data, sizeof(wecom_keyring_t));
    return APR_SUCCESS;
}

/* RFC 5869 with SHA-256, no salt, the label as info. */
static int derive(unsigned char out[WECOM_KEY_BYTES], const unsigned char *master,
                  const char *label)
{
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(hkdf);
    char digest[] = "SHA256";
    OSSL_PARAM params[4];
    int ok;

    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)master,
                                                  WECOM_KEY_BYTES);
    params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)label,
                                                  strlen(label));
    params[3] = OSSL_PARAM_construct_end();
    ok = ctx != NULL && EVP_KDF_derive(ctx, out, WECOM_KEY_BYTES, params) == 1;
    EVP_KDF_CTX_free(ctx);
    return ok;
}

wecom_status_t wecom_crypto_keyring(wecom_keyring_t **ring, const unsigned char *const *masters,
                                    apr_size_t n, const char *label, apr_pool_t *pool)
{
    wecom_keyring_t *made;
    apr_size_t i;

    *ring = NULL;
    if (n < 1 || n > WECOM_MAX_KEYS || label == NULL || *label == '\0') {
        return WECOM_E_BAD_INPUT;
    }
    if (started != WECOM_OK) {
        return WECOM_E_CRYPTO;
    }
    made = apr_pcalloc(pool, sizeof *made);
    apr_pool_cleanup_register(pool, made, keyring_wipe, apr_pool_cleanup_null);
    made->n = n;
    for (i = 0; i < n; i++) {
        if (!derive(made->keys[i].key, masters[i], label)
            || EVP_Digest(made->keys[i].key, WECOM_KEY_BYTES, made->keys[i].id, NULL, sha256, NULL)
               != 1) {
            ERR_clear_error();
            return WECOM_E_CRYPTO;
        }
    }
    *ring = made;
    return WECOM_OK;
}

const unsigned char *wecom_crypto_keyring_id(const wecom_keyring_t *ring)
{
    return ring->keys[ring->n - 1].id;
}

/* --- seals ---------------------------------------------------------------------------------- */

/* Make the engine ready for this key and nonce. The key schedule is only built when the key is
 * not the one of the last time. */
static int engine_init(engine_t *engine, const ring_key_t *key, const unsigned char *nonce,
                       const OSSL_PARAM *params, int encrypt)
{
    const unsigned char *schedule = key->key;

    if (engine->has_key && CRYPTO_memcmp(engine->id, key->id, sizeof engine->id) == 0) {
        schedule = NULL;
    }
    engine->has_key = 0;
    if (EVP_CipherInit_ex2(engine->ctx, NULL, schedule, nonce, encrypt, params) != 1) {
        return 0;
    }
    memcpy(engine->id, key->id, sizeof engine->id);
    engine->has_key = 1;
    return 1;
}

/* AAD, then text, in either direction. */
static int engine_run(engine_t *engine, unsigned char *out, wecom_bytes_t aad, wecom_bytes_t in)
{
    unsigned char last[TAG_BYTES];
    int n = 0;

    if (aad.len > 0
        && EVP_CipherUpdate(engine->ctx, NULL, &n, aad.data, (int)aad.len) != 1) {
        return 0;
    }
    n = 0;
    if (in.len > 0
        && (EVP_CipherUpdate(engine->ctx, out, &n, in.data, (int)in.len) != 1
            || (apr_size_t)n != in.len)) {
        return 0;
    }
    return EVP_CipherFinal_ex(engine->ctx, last, &n) == 1 && n == 0;
}

static int too_long(wecom_bytes_t bytes)
{
    return bytes.len > INT_MAX - WECOM_SEAL_OVERHEAD;
}

wecom_status_t wecom_crypto_seal(unsigned char *out, apr_size_t *out_len,
                                 const wecom_keyring_t *ring, wecom_bytes_t aad,
                                 wecom_bytes_t plain)
{
    thread_state_t *state = thread_state();
    OSSL_PARAM params[2];

    *out_len = 0;
    if (state == NULL || too_long(aad) || too_long(plain)) {
        return WECOM_E_CRYPTO;
    }
    if (wecom_crypto_random(out + AT_NONCE, NONCE_BYTES) != WECOM_OK) {
        return WECOM_E_UNAVAILABLE;
    }
    out[0] = WECOM_SEAL_VERSION;
    out[AT_HINT] = ring->keys[0].id[0];
    params[0] = OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG,
                                                  out + AT_TEXT + plain.len, TAG_BYTES);
    params[1] = OSSL_PARAM_construct_end();
    if (!engine_init(&state->seal, &ring->keys[0], out + AT_NONCE, NULL, 1)
        || !engine_run(&state->seal, out + AT_TEXT, aad, plain)
        || EVP_CIPHER_CTX_get_params(state->seal.ctx, params) != 1) {
        ERR_clear_error();
        memset(out, 0, plain.len + WECOM_SEAL_OVERHEAD);
        return WECOM_E_CRYPTO;
    }
    *out_len = plain.len + WECOM_SEAL_OVERHEAD;
    return WECOM_OK;
}

wecom_status_t wecom_crypto_open(unsigned char *out, apr_size_t *out_len, int *key_index,
                                 const wecom_keyring_t *ring, wecom_bytes_t aad,
                                 wecom_bytes_t sealed)
{
    thread_state_t *state = thread_state();
    OSSL_PARAM params[2];
    wecom_bytes_t text;
    apr_size_t i;

    *out_len = 0;
    if (key_index != NULL) {
        *key_index = -1;
    }
    if (state == NULL || sealed.data == NULL || sealed.len < WECOM_SEAL_OVERHEAD
        || too_long(sealed) || too_long(aad) || sealed.data[0] != WECOM_SEAL_VERSION) {
        return WECOM_E_CRYPTO;
    }
    text.data = sealed.data + AT_TEXT;
    text.len = sealed.len - WECOM_SEAL_OVERHEAD;
    params[0] = OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG,
                                                  (void *)(text.data + text.len), TAG_BYTES);
    params[1] = OSSL_PARAM_construct_end();
    for (i = 0; i < ring->n; i++) {
        if (ring->keys[i].id[0] != sealed.data[AT_HINT]) {
            continue;
        }
        if (engine_init(&state->open, &ring->keys[i], sealed.data + AT_NONCE, params, 0)
            && engine_run(&state->open, out, aad, text)) {
            *out_len = text.len;
            if (key_index != NULL) {
                *key_index = (int)i;
            }
            return WECOM_OK;
        }
        /* What came out is not authentic, and nobody may ever look at it. */
        OPENSSL_cleanse(out, text.len);
        ERR_clear_error();
    }
    return WECOM_E_CRYPTO;
}

wecom_status_t wecom_crypto_seal_text(const char **out, const wecom_keyring_t *ring,
                                      wecom_bytes_t aad, wecom_bytes_t plain, apr_pool_t *pool)
{
    unsigned char *sealed;
    apr_size_t len;
    wecom_status_t status;

    *out = NULL;
    if (too_long(plain)) {
        return WECOM_E_CRYPTO;
    }
    sealed = apr_palloc(pool, plain.len + WECOM_SEAL_OVERHEAD);
    status = wecom_crypto_seal(sealed, &len, ring, aad, plain);
    if (status == WECOM_OK) {
        *out = wecom_text_base64url_encode(sealed, len, pool);
    }
    return status;
}

wecom_status_t wecom_crypto_open_text(unsigned char **out, apr_size_t *out_len, int *key_index,
                                      const wecom_keyring_t *ring, wecom_bytes_t aad,
                                      const char *text, apr_size_t text_len, apr_pool_t *pool)
{
    unsigned char *raw;
    unsigned char *plain;
    wecom_bytes_t sealed;
    wecom_status_t status;

    *out = NULL;
    *out_len = 0;
    if (key_index != NULL) {
        *key_index = -1;
    }
    if (text == NULL
        || wecom_text_base64url_decode(&raw, &sealed.len, text, text_len, pool) != WECOM_OK) {
        return WECOM_E_CRYPTO;
    }
    sealed.data = raw;
    plain = apr_palloc(pool, sealed.len + 1);
    status = wecom_crypto_open(plain, out_len, key_index, ring, aad, sealed);
    if (status == WECOM_OK) {
        plain[*out_len] = '\0';
        *out = plain;
    }
    return status;
}
