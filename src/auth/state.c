/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.c - the handle, its record, its cookie.
 *
 * The record, all numbers big-endian: 1 version | 2 flags | 32 state | 8 issued (microseconds) |
 * 1 length, source | 2 length, allowed | 2 length, target, and with WECOM_PENDING_POPUP
 * | 1 length, opener | 1 length, nonce. With WECOM_PENDING_TARGET_CACHED the
 * target has length 0 and reads as "/", so that a field called target is always a safe one.
 * Packing refuses what unpacking would, so a fault shows where it is made.
 */
#include "state.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "octets.h"
#include "target.h"

#define PACK_VERSION      1
#define PACK_FIXED        (1 + 2 + WECOM_STATE_CHARS + 8 + 1 + 2 + 2)

#define TIME_CHARS        7
#define RANDOM_CHARS     24
#define NAME_CHARS       16  /* of the state, in the cookie's name; starts with the time */
#define BASE             62
#define MAX_ALLOWED      (WECOM_MAX_SOURCES * (WECOM_MAX_SOURCE_ID + 1) - 1)

/* A flag that this version does not know may forbid something: refused, not ignored. */
#define KNOWN_FLAGS (WECOM_PENDING_IN_CLIENT | WECOM_PENDING_PRIVATE \
                     | WECOM_PENDING_LOGIN_ONLY | WECOM_PENDING_NO_REGISTRATION \
                     | WECOM_PENDING_TARGET_CACHED | WECOM_PENDING_HALF | WECOM_PENDING_POPUP \
                     | WECOM_PENDING_PAIR | WECOM_PENDING_CONFIRM)

/* In the order of ASCII, so that text compares as the number does. */
static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'Z') {
        return c - 'A' + 10;
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 36;
    }
    return -1;
}

static int are_digits(const char *s, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if (digit_value(s[i]) < 0) {
            return 0;
        }
    }
    return 1;
}

static apr_int64_t read_time(const char *s)
{
    apr_int64_t seconds = 0;
    int i;

    for (i = 0; i < TIME_CHARS; i++) {
        seconds = seconds * BASE + digit_value(s[i]);
    }
    return seconds;
}

const char *wecom_state_mint(apr_time_t now, int mark, apr_pool_t *pool)
{
    const char *random = wecom_crypto_random_text(RANDOM_CHARS, pool);
    apr_int64_t seconds = now > 0 ? apr_time_sec(now) : 0;
    char *state;
    int i;

    if (random == NULL) {
        return NULL;
    }
    state = apr_palloc(pool, WECOM_STATE_CHARS + 1);
    state[0] = (char)('0' + mark);
    for (i = TIME_CHARS; i > 0; i--) {
        state[i] = digits[seconds % BASE];
        seconds /= BASE;
    }
    memcpy(state + 1 + TIME_CHARS, random, RANDOM_CHARS);
    state[WECOM_STATE_CHARS] = '\0';
    return state;
}

static int is_wellformed(const char *state, apr_size_t len)
{
    return len == WECOM_STATE_CHARS && state[0] >= '0' && state[0] <= '2'
        && are_digits(state, len);
}

int wecom_state_is_wellformed(const char *state)
{
    return state != NULL && is_wellformed(state, strlen(state));
}

int wecom_state_mark(const char *state)
{
    return state[0] - '0';
}

const char *wecom_state_cookie_name(const wecom_site_t *site, const char *state,
                                    apr_pool_t *pool)
{
    return apr_pstrcat(pool, site->pending_prefix, apr_pstrmemdup(pool, state + 1, NAME_CHARS),
                       NULL);
}

static int is_source_id(const char *s, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if ((s[i] < 'a' || s[i] > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '-') {
            return 0;
        }
    }
    return len >= 1 && len <= WECOM_MAX_SOURCE_ID;
}

/* Ids with one blank between them; nothing at all is a list too. */
static int are_source_ids(const char *s, apr_size_t len)
{
    apr_size_t start = 0;
    apr_size_t i;
    int count = 0;

    if (len == 0) {
        return 1;
    }
    for (i = 0; i <= len; i++) {
        if (i == len || s[i] == ' ') {
            if (!is_source_id(s + start, i - start) || ++count > WECOM_MAX_SOURCES) {
                return 0;
            }
            start = i + 1;
        }
    }
    return 1;
}

int wecom_state_is_origin(const char *origin, apr_pool_t *pool)
{
    wecom_site_t parts;

    return strlen(origin) <= WECOM_MAX_ORIGIN
           && wecom_site_parse_url(&parts, origin, pool) == WECOM_OK
           && strcmp(parts.public_url, origin) == 0;
}

int wecom_state_is_nonce(const char *nonce)
{
    apr_size_t len = strlen(nonce);

    return len <= WECOM_MAX_NONCE && are_digits(nonce, len);
}

/* With WECOM_PENDING_POPUP both are there, and without it neither. */
static int opener_fits(const wecom_pending_t *pending, apr_pool_t *pool)
{
    if ((pending->flags & WECOM_PENDING_POPUP) == 0) {
        return pending->opener == NULL && pending->nonce == NULL;
    }
    return pending->opener != NULL && pending->nonce != NULL
           && wecom_state_is_origin(pending->opener, pool)
           && wecom_state_is_nonce(pending->nonce);
}

/* The record's last part, which may be nothing at all; out has room for it. */
static unsigned char *put_opener(unsigned char *out, const wecom_pending_t *pending)
{
    const char *const texts[] = { pending->opener, pending->nonce };
    apr_size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]) && texts[i] != NULL; i++) {
        apr_size_t len = strlen(texts[i]);

        out = wecom_octets_put(out, len, 1);
        memcpy(out, texts[i], len);
        out += len;
    }
    return out;
}

wecom_status_t wecom_state_pack(wecom_bytes_t *out, const wecom_pending_t *pending,
                                apr_pool_t *pool)
{
    const char *source = pending->source != NULL ? pending->source : "";
    const char *allowed = pending->allowed != NULL ? pending->allowed : "";
    const char *target = pending->target;
    apr_size_t source_len = strlen(source);
    apr_size_t allowed_len = strlen(allowed);
    apr_size_t target_len;
    apr_size_t opener_len = 0;
    unsigned char *bytes;
    unsigned char *at;

    if (pending->flags & WECOM_PENDING_TARGET_CACHED) {
        target = "";
    }
    target_len = target != NULL ? strlen(target) : 0;
    if (source_len > WECOM_MAX_SOURCE_ID || allowed_len > MAX_ALLOWED
        || target_len > WECOM_MAX_TARGET) {
        return WECOM_E_TOO_LARGE;
    }
    if (!wecom_state_is_wellformed(pending->state) || pending->issued < 0
        || (pending->flags & ~(unsigned int)KNOWN_FLAGS) != 0
        || (source_len > 0 && !is_source_id(source, source_len))
        || !are_source_ids(allowed, allowed_len) || !opener_fits(pending, pool)
        || (!(pending->flags & WECOM_PENDING_TARGET_CACHED)
            && !wecom_target_is_safe(target, target_len))) {
        return WECOM_E_BAD_INPUT;
    }
    if (pending->opener != NULL) {
        opener_len = 2 + strlen(pending->opener) + strlen(pending->nonce);
    }
    bytes = apr_palloc(pool, PACK_FIXED + source_len + allowed_len + target_len + opener_len);
    at = wecom_octets_put(bytes, PACK_VERSION, 1);
    at = wecom_octets_put(at, pending->flags, 2);
    memcpy(at, pending->state, WECOM_STATE_CHARS);
    at = wecom_octets_put(at + WECOM_STATE_CHARS, (apr_uint64_t)pending->issued, 8);
    at = wecom_octets_put(at, source_len, 1);
    memcpy(at, source, source_len);
    at = wecom_octets_put(at + source_len, allowed_len, 2);
    memcpy(at, allowed, allowed_len);
    at = wecom_octets_put(at + allowed_len, target_len, 2);
    memcpy(at, target, target_len);
    at = put_opener(at + target_len, pending);
    out->data = bytes;
    out->len = (apr_size_t)(at - bytes);
    return WECOM_OK;
}

/* What is left to read. */
typedef struct rest_t {
    const unsigned char *at;
    apr_size_t len;
} rest_t;

/* A text behind its length of `width` bytes. */
static int take_text(const char **text, apr_size_t *text_len, rest_t *rest, unsigned int width)
{
    apr_size_t n;

    if (rest->len < width) {
        return 0;
    }
    n = (apr_size_t)wecom_octets_get(rest->at, width);
    if (rest->len - width < n) {
        return 0;
    }
    *text = (const char *)rest->at + width;
    *text_len = n;
    rest->at += width + n;
    rest->len -= width + n;
    return 1;
}

/* The record's last part, to the end. */
static int take_opener(wecom_pending_t *pending, rest_t *rest, apr_pool_t *pool)
{
    const char *opener;
    const char *nonce;
    apr_size_t opener_len;
    apr_size_t nonce_len;

    if ((pending->flags & WECOM_PENDING_POPUP) == 0) {
        return rest->len == 0;
    }
    if (!take_text(&opener, &opener_len, rest, 1) || !take_text(&nonce, &nonce_len, rest, 1)
        || rest->len != 0 || memchr(opener, '\0', opener_len) != NULL
        || memchr(nonce, '\0', nonce_len) != NULL) {
        return 0;
    }
    pending->opener = apr_pstrmemdup(pool, opener, opener_len);
    pending->nonce = apr_pstrmemdup(pool, nonce, nonce_len);
    return opener_fits(pending, pool);
}

wecom_status_t wecom_state_unpack(wecom_pending_t *pending, wecom_bytes_t packed,
                                  apr_pool_t *pool)
{
    const unsigned char *head = packed.data;
    const char *state;
    const char *source;
    const char *allowed;
    const char *target;
    apr_size_t source_len;
    apr_size_t allowed_len;
    apr_size_t target_len;
    apr_uint64_t issued;
    unsigned int flags;
    rest_t rest;

    memset(pending, 0, sizeof(*pending));
    if (packed.len > PACK_FIXED + WECOM_MAX_SOURCE_ID + MAX_ALLOWED + WECOM_MAX_TARGET
                         + 2 + WECOM_MAX_ORIGIN + WECOM_MAX_NONCE) {
        return WECOM_E_TOO_LARGE;
    }
    if (packed.len < PACK_FIXED || head[0] != PACK_VERSION) {
        return WECOM_E_BAD_INPUT;
    }
    flags = (unsigned int)wecom_octets_get(head + 1, 2);
    state = (const char *)head + 3;
    issued = wecom_octets_get(head + 3 + WECOM_STATE_CHARS, 8);
    rest.at = head + 3 + WECOM_STATE_CHARS + 8;
    rest.len = packed.len - 3 - WECOM_STATE_CHARS - 8;
    if (!take_text(&source, &source_len, &rest, 1) || !take_text(&allowed, &allowed_len, &rest, 2)
        || !take_text(&target, &target_len, &rest, 2)) {
        return WECOM_E_BAD_INPUT;
    }
    if (flags & WECOM_PENDING_TARGET_CACHED && target_len == 0) {
        target = "/";
        target_len = 1;
    }
    else if (flags & WECOM_PENDING_TARGET_CACHED) {
        return WECOM_E_BAD_INPUT;
    }
    if (!is_wellformed(state, WECOM_STATE_CHARS) || issued > APR_INT64_MAX
        || (flags & ~(unsigned int)KNOWN_FLAGS) != 0
        || (source_len > 0 && !is_source_id(source, source_len))
        || !are_source_ids(allowed, allowed_len) || !wecom_target_is_safe(target, target_len)) {
        return WECOM_E_BAD_INPUT;
    }
    pending->flags = flags;
    if (!take_opener(pending, &rest, pool)) {
        memset(pending, 0, sizeof(*pending));
        return WECOM_E_BAD_INPUT;
    }
    pending->state = apr_pstrmemdup(pool, state, WECOM_STATE_CHARS);
    pending->issued = (apr_time_t)issued;
    pending->source = apr_pstrmemdup(pool, source, source_len);
    pending->allowed = apr_pstrmemdup(pool, allowed, allowed_len);
    pending->target = apr_pstrmemdup(pool, target, target_len);
    return WECOM_OK;
}

/* No part can hold a line feed, so two different lists of parts never read the same. */
static wecom_bytes_t cookie_aad(const wecom_site_t *site, const char *state, apr_pool_t *pool)
{
    const char *text = apr_pstrcat(pool, "wecom pending\n",
                                   wecom_state_cookie_name(site, state, pool), "\n",
                                   site->public_url, NULL);
    wecom_bytes_t aad;

    aad.data = (const unsigned char *)text;
    aad.len = strlen(text);
    return aad;
}

/* Characters of base64url without padding for a box around len bytes. */
static apr_size_t sealed_length(apr_size_t len)
{
    return ((len + WECOM_SEAL_OVERHEAD) * 4 + 2) / 3;
}

wecom_status_t wecom_state_seal(const char **value, const wecom_pending_t *pending,
                                const wecom_site_t *site, const wecom_keyring_t *ring,
                                apr_pool_t *pool)
{
    wecom_pending_t shortened;
    wecom_bytes_t packed;
    wecom_status_t status;

    *value = NULL;
    status = wecom_state_pack(&packed, pending, pool);
    if (status == WECOM_OK && sealed_length(packed.len) > WECOM_MAX_PENDING_COOKIE) {
        shortened = *pending;
        shortened.flags |= WECOM_PENDING_TARGET_CACHED;
        status = wecom_state_pack(&packed, &shortened, pool);
    }
    if (status != WECOM_OK) {
        return status;
    }
    return wecom_crypto_seal_text(value, ring, cookie_aad(site, pending->state, pool), packed,
                                  pool);
}

wecom_status_t wecom_state_open(wecom_pending_t *pending, const char *state, const char *value,
                                apr_size_t value_len, const wecom_site_t *site,
                                const wecom_keyring_t *ring, apr_time_t now, apr_pool_t *pool)
{
    const apr_time_t span = apr_time_from_sec(WECOM_PENDING_SECONDS);
    wecom_pending_t found;
    unsigned char *plain;
    wecom_bytes_t packed;

    memset(pending, 0, sizeof(*pending));
    if (value == NULL || value_len > WECOM_MAX_SEALED_COOKIE
        || !wecom_state_is_wellformed(state)
        || wecom_crypto_open_text(&plain, &packed.len, NULL, ring,
                                  cookie_aad(site, state, pool), value, value_len, pool)
               != WECOM_OK) {
        return WECOM_E_CRYPTO;
    }
    packed.data = plain;
    /* The name holds half of the state; the other half is compared here. */
    if (wecom_state_unpack(&found, packed, pool) != WECOM_OK
        || !wecom_crypto_equal(found.state, WECOM_STATE_CHARS, state, WECOM_STATE_CHARS)) {
        return WECOM_E_CRYPTO;
    }
    if (now < 0) {
        now = 0;
    }
    if (now - found.issued > span || found.issued - now > span) {
        return WECOM_E_BAD_INPUT;
    }
    *pending = found;
    return WECOM_OK;
}

apr_int64_t wecom_state_second(const char *state)
{
    return read_time(state + 1);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Could the cookie of this suffix still be opened? */
static int is_living(const char *suffix, apr_int64_t now)
{
    apr_int64_t time;

    if (strlen(suffix) != NAME_CHARS || !are_digits(suffix, NAME_CHARS)) {
        return 0;
    }
    time = read_time(suffix);
    return now - time <= WECOM_PENDING_SECONDS && time - now <= WECOM_PENDING_SECONDS;
}

int wecom_state_is_living(const char *cookie_name, const wecom_site_t *site, apr_time_t now)
{
    apr_size_t prefix_len = strlen(site->pending_prefix);

    return strncmp(cookie_name, site->pending_prefix, prefix_len) == 0
           && is_living(cookie_name + prefix_len, now > 0 ? apr_time_sec(now) : 0);
}

void wecom_state_evict(apr_array_header_t *evict, const apr_array_header_t *names,
                       const char *keep, const wecom_site_t *site, apr_time_t now,
                       apr_pool_t *pool)
{
    apr_size_t prefix_len = strlen(site->pending_prefix);
    apr_array_header_t *ours = apr_array_make(pool, names->nelts, sizeof(const char *));
    apr_array_header_t *living = apr_array_make(pool, names->nelts, sizeof(const char *));
    const char *last = NULL;
    int i;

    for (i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);

        if (strncmp(name, site->pending_prefix, prefix_len) == 0
            && !wecom_text_equal(name, keep)) {
            APR_ARRAY_PUSH(ours, const char *) = name;
        }
    }
    /* One prefix, and then the time in digits of ASCII order: by name is by age. A browser may
     * send a name twice (of two paths); sorted, its copies lie side by side. */
    qsort(ours->elts, (size_t)ours->nelts, sizeof(const char *), compare_names);
    for (i = 0; i < ours->nelts; i++) {
        const char *name = APR_ARRAY_IDX(ours, i, const char *);

        if (wecom_text_equal(name, last)) {
            continue;
        }
        last = name;
        if (is_living(name + prefix_len, now > 0 ? apr_time_sec(now) : 0)) {
            APR_ARRAY_PUSH(living, const char *) = name;
        }
        else {
            APR_ARRAY_PUSH(evict, const char *) = name;
        }
    }
    for (i = 0; i < living->nelts - (WECOM_MAX_PENDING - 1); i++) {
        APR_ARRAY_PUSH(evict, const char *) = APR_ARRAY_IDX(living, i, const char *);
    }
}
