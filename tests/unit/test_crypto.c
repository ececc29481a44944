/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_crypto.c - seals open for whom they were made, and for nobody else.
 *
 * One seal and three hashes were computed by other means than OpenSSL and stand here as bytes:
 * they pin the format, so that a new version of the module opens the sessions of the old one.
 */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include <apr_strings.h>

#include "../../src/base/crypto.h"
#include "../../src/base/limits.h"
#include "../../src/base/text.h"

static const unsigned char MASTER_A[WECOM_KEY_BYTES] = {
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F,
    0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F
};
static const unsigned char MASTER_B[WECOM_KEY_BYTES] = "another master key of 32 bytes.";

/* Under MASTER_A and the label "test seal", AAD "kind one", nonce A0 A1 .. AB. */
static const unsigned char KNOWN_SEAL[] = {
    0x01, 0xF2, 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xAB, 0x1A, 0xA0,
    0xBE, 0x76, 0x35, 0x1A, 0x69, 0xB2, 0x40, 0x17, 0x8F, 0xCF, 0x90, 0x60, 0x28, 0xF4, 0x1B, 0xA5,
    0x1F, 0x63, 0x30, 0x7F, 0x8D, 0x67, 0xE7, 0x53, 0x47, 0xD1, 0xF2, 0x32, 0x3D, 0x5A, 0xD5, 0x4E,
    0x9F, 0xC1, 0x58, 0x18, 0x7A, 0x24
};
static const char KNOWN_PLAIN[] = "the plain text of a seal";

static wecom_keyring_t *ring_of(const unsigned char *first, const unsigned char *second,
                                const char *label, apr_pool_t *pool)
{
    const unsigned char *masters[2] = { first, second };
    wecom_keyring_t *ring;

    if (wecom_crypto_keyring(&ring, masters, second != NULL ? 2 : 1, label, pool) != WECOM_OK) {
        fail_msg("no key ring");
    }
    return ring;
}

static int opens(const wecom_keyring_t *ring, const char *aad, const unsigned char *sealed,
                 apr_size_t len, int *key_index, apr_pool_t *pool)
{
    wecom_bytes_t box = { (const unsigned char *)support_guard(sealed, len, pool), len };
    unsigned char *out = support_guard_room(len, pool);
    apr_size_t out_len = 99;
    apr_size_t i;

    if (wecom_crypto_open(out, &out_len, key_index, ring, support_bytes(aad), box) == WECOM_OK) {
        CHECK(out_len == len - WECOM_SEAL_OVERHEAD, "length %zu out of %zu", (size_t)out_len,
              (size_t)len);
        return 1;
    }
    CHECK(out_len == 0, "refused, and yet %zu bytes", (size_t)out_len);
    for (i = 0; i < len; i++) {
        CHECK(out[i] == 0 || out[i] == 0xA5, "refused, and yet text came out at %zu", (size_t)i);
    }
    return 0;
}

static void known_seal_opens(void **state)
{
    const wecom_keyring_t *ring = ring_of(MASTER_A, NULL, "test seal", *state);
    wecom_bytes_t box = { KNOWN_SEAL, sizeof KNOWN_SEAL };
    unsigned char out[sizeof KNOWN_SEAL];
    apr_size_t len;
    int key_index = 7;

    assert_int_equal(wecom_crypto_open(out, &len, &key_index, ring, support_bytes("kind one"),
                                       box), WECOM_OK);
    assert_int_equal(len, sizeof KNOWN_PLAIN - 1);
    assert_memory_equal(out, KNOWN_PLAIN, len);
    assert_int_equal(key_index, 0);
    assert_int_equal(wecom_crypto_open(out, &len, NULL, ring, support_bytes("kind one"), box),
                     WECOM_OK);
}

static void every_truncation_is_refused(void **state)
{
    const wecom_keyring_t *ring = ring_of(MASTER_A, NULL, "test seal", *state);
    apr_size_t len;

    for (len = 0; len < sizeof KNOWN_SEAL; len++) {
        CHECK(!opens(ring, "kind one", KNOWN_SEAL, len, NULL, *state), "%zu bytes opened",
              (size_t)len);
        CHECK(!opens(ring, "kind one", KNOWN_SEAL + sizeof KNOWN_SEAL - len, len, NULL, *state),
              "the last %zu bytes opened", (size_t)len);
    }
    assert_true(opens(ring, "kind one", KNOWN_SEAL, sizeof KNOWN_SEAL, NULL, *state));
}

static void every_flipped_bit_is_refused(void **state)
{
    const wecom_keyring_t *ring = ring_of(MASTER_A, MASTER_B, "test seal", *state);
    unsigned char box[sizeof KNOWN_SEAL + 1];
    size_t at;
    int bit;

    for (at = 0; at < sizeof KNOWN_SEAL; at++) {
        for (bit = 0; bit < 8; bit++) {
            memcpy(box, KNOWN_SEAL, sizeof KNOWN_SEAL);
            box[at] ^= (unsigned char)(1 << bit);
            CHECK(!opens(ring, "kind one", box, sizeof KNOWN_SEAL, NULL, *state),
                  "byte %zu bit %d", at, bit);
        }
    }
    memcpy(box, KNOWN_SEAL, sizeof KNOWN_SEAL);
    box[sizeof KNOWN_SEAL] = 0;
    assert_false(opens(ring, "kind one", box, sizeof box, NULL, *state));
    /* A refusal must not spoil the context for the next box. */
    assert_true(opens(ring, "kind one", KNOWN_SEAL, sizeof KNOWN_SEAL, NULL, *state));
}

static void wrong_aad_label_and_key_are_refused(void **state)
{
    const wecom_keyring_t *ring = ring_of(MASTER_A, NULL, "test seal", *state);
    static const char *const aads[] = { "", "kind", "kind ona", "kind one ", "Kind one" };
    size_t i;

    for (i = 0; i < COUNT(aads); i++) {
        CHECK(!opens(ring, aads[i], KNOWN_SEAL, sizeof KNOWN_SEAL, NULL, *state),
              "opened with AAD \"%s\"", aads[i]);
    }
    ring = ring_of(MASTER_A, NULL, "other seal", *state);
    assert_false(opens(ring, "kind one", KNOWN_SEAL, sizeof KNOWN_SEAL, NULL, *state));
    ring = ring_of(MASTER_B, NULL, "test seal", *state);
    assert_false(opens(ring, "kind one", KNOWN_SEAL, sizeof KNOWN_SEAL, NULL, *state));
}

/* With the right hint but the wrong key, refusing is the work of the tag alone. */
static void a_matching_hint_is_not_a_key(void **state)
{
    const wecom_keyring_t *ring = ring_of(MASTER_B, NULL, "test seal", *state);
    unsigned char box[sizeof KNOWN_SEAL];
    int hint;

    memcpy(box, KNOWN_SEAL, sizeof box);
    for (hint = 0; hint < 256; hint++) {
        box[1] = (unsigned char)hint;
        CHECK(!opens(ring, "kind one", box, sizeof box, NULL, *state), "hint %d", hint);
    }
}

static void seals_of_every_length_come_back(void **state)
{
    const wecom_keyring_t *ring = ring_of(MASTER_A, NULL, "round trip", *state);
    wecom_bytes_t aad = support_bytes("cookie");
    size_t len;

    for (len = 0; len < 100; len++) {
        unsigned char plain[100];
        unsigned char *box = support_guard_room(len + WECOM_SEAL_OVERHEAD, *state);
        unsigned char *out = support_guard_room(len, *state);
        wecom_bytes_t in = { NULL, len };
        wecom_bytes_t sealed = { box, 0 };
        apr_size_t out_len;

        memset(plain, (int)len, sizeof plain);
        in.data = (const unsigned char *)support_guard(plain, len, *state);
        CHECK(wecom_crypto_seal(box, &sealed.len, ring, aad, in) == WECOM_OK, "%zu", len);
        CHECK(sealed.len == len + WECOM_SEAL_OVERHEAD && box[0] == WECOM_SEAL_VERSION, "%zu", len);
        CHECK(wecom_crypto_open(out, &out_len, NULL, ring, aad, sealed) == WECOM_OK, "%zu", len);
        CHECK(out_len == len && memcmp(out, plain, len) == 0, "%zu came back differently", len);
    }
}

static void two_seals_of_one_text_differ(void **state)
{
    const wecom_keyring_t *ring = ring_of(MASTER_A, NULL, "nonce", *state);
    const char *one;
    const char *two;

    assert_int_equal(wecom_crypto_seal_text(&one, ring, support_bytes("k"), support_bytes("same"),
                                            *state), WECOM_OK);
    assert_int_equal(wecom_crypto_seal_text(&two, ring, support_bytes("k"), support_bytes("same"),
                                            *state), WECOM_OK);
    assert_string_not_equal(one, two);
}

static void a_rotated_key_still_opens(void **state)
{
    const wecom_keyring_t *before = ring_of(MASTER_B, NULL, "test seal", *state);
    const wecom_keyring_t *after = ring_of(MASTER_A, MASTER_B, "test seal", *state);
    wecom_bytes_t aad = support_bytes("ticket");
    unsigned char *out;
    apr_size_t len;
    const char *text;
    int key_index = 7;

    wecom_crypto_seal_text(&text, before, aad, support_bytes("old"), *state);
    assert_int_equal(wecom_crypto_open_text(&out, &len, &key_index, after, aad, text, strlen(text),
                                            *state), WECOM_OK);
    assert_int_equal(key_index, 1);
    assert_string_equal((const char *)out, "old");
    wecom_crypto_seal_text(&text, after, aad, support_bytes("new"), *state);
    assert_int_equal(wecom_crypto_open_text(&out, &len, &key_index, after, aad, text, strlen(text),
                                            *state), WECOM_OK);
    assert_int_equal(key_index, 0);
    assert_int_equal(wecom_crypto_open_text(&out, &len, &key_index, before, aad, text,
                                            strlen(text), *state), WECOM_E_CRYPTO);
    assert_null(out);
    assert_int_equal(key_index, -1);
}

/* Contexts remember their key: alternating between keys must never use the wrong one. */
static void keys_can_alternate(void **state)
{
    const wecom_keyring_t *a = ring_of(MASTER_A, NULL, "one", *state);
    const wecom_keyring_t *b = ring_of(MASTER_A, NULL, "two", *state);
    wecom_bytes_t aad = support_bytes("x");
    int i;

    for (i = 0; i < 8; i++) {
        const wecom_keyring_t *ring = (i & 1) != 0 ? a : b;
        const wecom_keyring_t *other = (i & 1) != 0 ? b : a;
        unsigned char *out;
        apr_size_t len;
        const char *text;

        CHECK(wecom_crypto_seal_text(&text, ring, aad, support_bytes("t"), *state) == WECOM_OK,
              "round %d", i);
        CHECK(wecom_crypto_open_text(&out, &len, NULL, other, aad, text, strlen(text), *state)
              == WECOM_E_CRYPTO, "round %d: opened by the other ring", i);
        CHECK(wecom_crypto_open_text(&out, &len, NULL, ring, aad, text, strlen(text), *state)
              == WECOM_OK, "round %d: own ring refused", i);
    }
}

static void open_text_refuses(void **state)
{
    const wecom_keyring_t *ring = ring_of(MASTER_A, NULL, "test seal", *state);
    const char *good = wecom_text_base64url_encode(KNOWN_SEAL, sizeof KNOWN_SEAL, *state);
    wecom_bytes_t aad = support_bytes("kind one");
    apr_size_t good_len = strlen(good);
    unsigned char *out;
    apr_size_t len;
    apr_size_t cut;

    for (cut = 0; cut < good_len; cut++) {
        const char *text = support_guard(good, cut, *state);

        CHECK(wecom_crypto_open_text(&out, &len, NULL, ring, aad, text, cut, *state)
              == WECOM_E_CRYPTO && out == NULL && len == 0, "prefix of %zu", (size_t)cut);
    }
    assert_int_equal(wecom_crypto_open_text(&out, &len, NULL, ring, aad,
                                            support_guard(good, good_len, *state), good_len,
                                            *state), WECOM_OK);
    assert_string_equal((const char *)out, KNOWN_PLAIN);
    good = apr_pstrcat(*state, good, "=", NULL);
    assert_int_equal(wecom_crypto_open_text(&out, &len, NULL, ring, aad, good, good_len + 1,
                                            *state), WECOM_E_CRYPTO);
    assert_int_equal(wecom_crypto_open_text(&out, &len, NULL, ring, aad, NULL, 0, *state),
                     WECOM_E_CRYPTO);
}

static void keyring_refuses(void **state)
{
    const unsigned char *masters[WECOM_MAX_KEYS + 1];
    wecom_keyring_t *ring;
    size_t i;

    for (i = 0; i < COUNT(masters); i++) {
        masters[i] = MASTER_A;
    }
    assert_int_equal(wecom_crypto_keyring(&ring, masters, 0, "l", *state), WECOM_E_BAD_INPUT);
    assert_null(ring);
    assert_int_equal(wecom_crypto_keyring(&ring, masters, WECOM_MAX_KEYS + 1, "l", *state),
                     WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_crypto_keyring(&ring, masters, 1, "", *state), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_crypto_keyring(&ring, masters, 1, NULL, *state), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_crypto_keyring(&ring, masters, WECOM_MAX_KEYS, "l", *state), WECOM_OK);
}

static void hash_is_framed(void **state)
{
    static const struct {
        const char *parts[3];
        const char *hex; /* NULL: only that it differs from all rows before it */
    } rows[] = {
        { { NULL }, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { { "" }, "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc" },
        { { "ab", "c" }, "601d5476e2ccfe2c87a2bba7a322659734a05749d5b5aa781f513e4912db0d5f" },
        { { "a", "bc" }, NULL },
        { { "abc" }, NULL },
        { { "", "abc" }, NULL },
        { { "abc", "" }, NULL }
    };
    const char *seen[COUNT(rows)];
    size_t i;
    size_t k;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_bytes_t parts[3];
        unsigned char out[WECOM_SHA256_BYTES];
        apr_size_t n;

        for (n = 0; n < 3 && rows[i].parts[n] != NULL; n++) {
            parts[n] = support_bytes(rows[i].parts[n]);
        }
        CHECK(wecom_crypto_hash(out, parts, n) == WECOM_OK, "row %zu", i);
        seen[i] = wecom_text_hex(out, sizeof out, *state);
        CHECK(rows[i].hex == NULL || strcmp(seen[i], rows[i].hex) == 0, "row %zu: %s", i, seen[i]);
        for (k = 0; k < i; k++) {
            CHECK(strcmp(seen[i], seen[k]) != 0, "rows %zu and %zu hash alike", i, k);
        }
    }
}

static void equal_table(void **state)
{
    (void)state;
    assert_true(wecom_crypto_equal("abc", 3, "abc", 3));
    assert_true(wecom_crypto_equal("abcd", 3, "abce", 3));
    assert_true(wecom_crypto_equal("a", 0, "b", 0));
    assert_false(wecom_crypto_equal("abc", 3, "abd", 3));
    assert_false(wecom_crypto_equal("xbc", 3, "abc", 3));
    assert_false(wecom_crypto_equal("abc", 3, "abc", 2));
    assert_false(wecom_crypto_equal(NULL, 0, NULL, 0));
    assert_false(wecom_crypto_equal("", 0, NULL, 0));
    assert_false(wecom_crypto_equal(NULL, 0, "", 0));
}

static void wipe_wipes(void **state)
{
    char secret[] = "secret";
    static const char zeros[sizeof secret];

    (void)state;
    wecom_crypto_wipe(secret, sizeof secret);
    assert_memory_equal(secret, zeros, sizeof secret);
    wecom_crypto_wipe(NULL, 5);
}

static void random_text_alphabet(void **state)
{
    int seen[256] = { 0 };
    const char *text = wecom_crypto_random_text(200000, *state);
    const unsigned char *p;
    int c;

    assert_non_null(text);
    assert_int_equal(strlen(text), 200000);
    for (p = (const unsigned char *)text; *p != '\0'; p++) {
        seen[*p]++;
    }
    for (c = 0; c < 256; c++) {
        int member = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        /* 3226 are expected, with a deviation of 56: eight of them never happen by chance. Plain
         * modulo 62 would give eight of the characters 3906. */
        CHECK(member ? seen[c] > 2776 && seen[c] < 3676 : seen[c] == 0, "%d times %d", seen[c],
              c);
    }
    assert_string_equal(wecom_crypto_random_text(0, *state), "");
    assert_string_not_equal(wecom_crypto_random_text(32, *state),
                            wecom_crypto_random_text(32, *state));
}

static void random_fills_every_byte(void **state)
{
    unsigned char seen[64] = { 0 };
    unsigned char out[64];
    int round;
    size_t i;

    (void)state;
    for (round = 0; round < 16; round++) {
        assert_int_equal(wecom_crypto_random(out, sizeof out), WECOM_OK);
        for (i = 0; i < sizeof out; i++) {
            seen[i] |= out[i];
        }
    }
    for (i = 0; i < sizeof seen; i++) {
        CHECK(seen[i] != 0, "byte %zu stays 0", i);
    }
    assert_int_equal(wecom_crypto_random(NULL, 0), WECOM_OK);
}

typedef struct job_t {
    const wecom_keyring_t *ring;
    int done;
} job_t;

static void *seal_and_open(void *data)
{
    job_t *job = data;
    apr_pool_t *pool;
    int i;

    apr_pool_create(&pool, NULL);
    for (i = 0; i < 200; i++) {
        wecom_bytes_t aad = support_bytes("thread");
        const char *text;
        unsigned char *out;
        apr_size_t len;

        if (wecom_crypto_seal_text(&text, job->ring, aad, support_bytes("in a thread"), pool)
                == WECOM_OK
            && wecom_crypto_open_text(&out, &len, NULL, job->ring, aad, text, strlen(text), pool)
                == WECOM_OK
            && strcmp((const char *)out, "in a thread") == 0) {
            job->done++;
        }
    }
    apr_pool_destroy(pool);
    return NULL;
}

/* Each thread has contexts of its own, and they are freed with it (the leak check sees that). */
static void threads_share_a_ring(void **state)
{
    const wecom_keyring_t *ring = ring_of(MASTER_A, NULL, "threads", *state);
    pthread_t threads[4];
    job_t jobs[4];
    size_t i;

    for (i = 0; i < COUNT(threads); i++) {
        jobs[i].ring = ring;
        jobs[i].done = 0;
        assert_int_equal(pthread_create(&threads[i], NULL, seal_and_open, &jobs[i]), 0);
    }
    for (i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        CHECK(jobs[i].done == 200, "thread %zu: %d of 200", i, jobs[i].done);
    }
}

/* FIPS 180-4, the example of one block, and of none. */
static void sha1_is_the_standards(void **state)
{
    unsigned char hash[WECOM_SHA1_BYTES];
    apr_pool_t *pool = *state;

    assert_int_equal(wecom_crypto_sha1(hash, support_bytes("abc")), WECOM_OK);
    assert_string_equal(wecom_text_hex(hash, sizeof(hash), pool),
                        "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_int_equal(wecom_crypto_sha1(hash, support_bytes("")), WECOM_OK);
    assert_string_equal(wecom_text_hex(hash, sizeof(hash), pool),
                        "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(known_seal_opens),
        TEST(every_truncation_is_refused),
        TEST(every_flipped_bit_is_refused),
        TEST(wrong_aad_label_and_key_are_refused),
        TEST(a_matching_hint_is_not_a_key),
        TEST(seals_of_every_length_come_back),
        TEST(two_seals_of_one_text_differ),
        TEST(a_rotated_key_still_opens),
        TEST(keys_can_alternate),
        TEST(open_text_refuses),
        TEST(keyring_refuses),
        TEST(hash_is_framed),
        TEST(sha1_is_the_standards),
        TEST(equal_table),
        TEST(wipe_wipes),
        TEST(random_text_alphabet),
        TEST(random_fills_every_byte),
        TEST(threads_share_a_ring)
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
