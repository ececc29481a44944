/* SPDX-License-Identifier: Apache-2.0 */
/* keep.c - see keep.h. */

#include "keep.h"

#include <string.h>

#include <apr_strings.h>

#include "octets.h"
#include "state.h"
#include "target.h"

#define PACK_VERSION 1
#define PACK_FIXED   (1 + 8 + 1 + 1 + 2)
#define FORM_TYPE    "application/x-www-form-urlencoded"

/* --- may it be kept -------------------------------------------------------------------------- */

int wecom_keep_is_same_origin(const wecom_keep_facts_t *facts, const char *public_url)
{
    if (facts->sec_fetch_site == NULL && facts->origin == NULL) {
        return 0;
    }
    return (facts->sec_fetch_site == NULL
            || wecom_text_equal(facts->sec_fetch_site, "same-origin"))
           && (facts->origin == NULL || wecom_text_equal(facts->origin, public_url));
}

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

/* The type alone, or with a charset that says UTF-8: what is sent again has no parameter, so
 * another charset would be lost. */
static int is_form_type(const char *type)
{
    static const char *const charsets[] = { "charset=utf-8", "charset=\"utf-8\"" };
    const char *rest;
    apr_size_t i;

    if (type == NULL || !wecom_text_contains_fold(type, strcspn(type, "; \t"), FORM_TYPE)
        || strcspn(type, "; \t") != strlen(FORM_TYPE)) {
        return 0;
    }
    rest = skip_blanks(type + strlen(FORM_TYPE));
    if (*rest == '\0') {
        return 1;
    }
    if (*rest != ';') {
        return 0;
    }
    rest = skip_blanks(rest + 1);
    for (i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
        apr_size_t len = strlen(charsets[i]);

        if (strlen(rest) >= len && wecom_text_contains_fold(rest, len, charsets[i])
            && *skip_blanks(rest + len) == '\0') {
            return 1;
        }
    }
    return 0;
}

int wecom_keep_allows(const wecom_keep_facts_t *facts, const char *public_url)
{
    apr_int64_t length;

    return wecom_keep_is_same_origin(facts, public_url) && is_form_type(facts->content_type)
           && facts->content_encoding == NULL
           && (facts->content_length == NULL
               || wecom_text_number(&length, facts->content_length, 0, WECOM_MAX_KEPT_BODY)
                      == WECOM_OK);
}

/* --- fields ---------------------------------------------------------------------------------- */

static int hex_value(unsigned char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
        return (c | 0x20) - 'a' + 10;
    }
    return -1;
}

/* Decodes up to `end` into *to and puts a NUL behind; the text, or NULL for what does not decode.
 * Never longer than what it is made of. */
static const char *decode(unsigned char **to, const unsigned char *at, const unsigned char *end)
{
    unsigned char *out = *to;

    while (at < end) {
        int c = *at++;

        if (c == '+') {
            c = ' ';
        }
        else if (c == '%') {
            int high = end - at >= 2 ? hex_value(at[0]) : -1;
            int low = end - at >= 2 ? hex_value(at[1]) : -1;

            if (high < 0 || low < 0) {
                return NULL;
            }
            c = high * 16 + low;
            at += 2;
        }
        if (c == 0) {
            return NULL;
        }
        *out++ = (unsigned char)c;
    }
    *out++ = '\0';
    at = *to;
    *to = out;
    return (const char *)at;
}

wecom_status_t wecom_keep_read_form(apr_array_header_t **pairs, wecom_bytes_t *block,
                                    wecom_bytes_t body, apr_size_t max_len, apr_pool_t *pool)
{
    const unsigned char *at = body.data;
    const unsigned char *end = body.data + body.len;
    unsigned char *room;
    unsigned char *to;

    *pairs = apr_array_make(pool, 8, sizeof(wecom_keep_pair_t));
    if (block != NULL) {
        block->data = NULL;
        block->len = 0;
    }
    if (body.len > max_len) {
        return WECOM_E_TOO_LARGE;
    }
    if (body.len == 0) {
        return WECOM_OK;
    }
    /* The NULs stand where '=' and '&' stood, and one behind the last value. */
    room = to = apr_pcalloc(pool, body.len + 1);
    if (block != NULL) {
        block->data = room;
        block->len = body.len + 1;
    }
    for (;;) {
        const unsigned char *stop = memchr(at, '&', (apr_size_t)(end - at));
        const unsigned char *equals;
        wecom_keep_pair_t pair;

        if (stop == NULL) {
            stop = end;
        }
        equals = memchr(at, '=', (apr_size_t)(stop - at));
        if (equals == NULL) {
            return WECOM_E_BAD_INPUT;
        }
        pair.name = decode(&to, at, equals);
        pair.value = pair.name != NULL ? decode(&to, equals + 1, stop) : NULL;
        if (pair.value == NULL) {
            return WECOM_E_BAD_INPUT;
        }
        if ((*pairs)->nelts == WECOM_MAX_KEPT_PAIRS) {
            return WECOM_E_TOO_LARGE;
        }
        APR_ARRAY_PUSH(*pairs, wecom_keep_pair_t) = pair;
        if (stop == end) {
            return WECOM_OK;
        }
        at = stop + 1;
    }
}

/* Takes the CR out of each CR LF, in place. 0 for a CR or LF that stands alone (browsers make
 * CR LF of it) and for what HTML would not bring back: other controls, bytes that are no UTF-8. */
static int to_lines(char *text)
{
    char *from = text;
    char *to = text;
    apr_size_t start;

    for (; *from != '\0'; from++) {
        if (*from == '\n' || (*from == '\r' && from[1] != '\n')) {
            return 0;
        }
        if (*from == '\r') {
            from++;
        }
        *to++ = *from;
    }
    *to = '\0';
    for (start = 0; text[start] != '\0';) {
        apr_size_t len = strcspn(text + start, "\t\n");

        if (!wecom_text_is_plain_utf8(text + start, len)) {
            return 0;
        }
        start += len + (text[start + len] != '\0');
    }
    return 1;
}

wecom_status_t wecom_keep_read_pairs(apr_array_header_t **pairs, wecom_bytes_t *block,
                                     wecom_bytes_t body, apr_pool_t *pool)
{
    wecom_status_t status = wecom_keep_read_form(pairs, block, body, WECOM_MAX_KEPT_BODY, pool);
    int i;

    for (i = 0; status == WECOM_OK && i < (*pairs)->nelts; i++) {
        const wecom_keep_pair_t *pair = &APR_ARRAY_IDX(*pairs, i, wecom_keep_pair_t);

        /* A hidden _charset_ is where browsers write the encoding of the page, which is ours. */
        if (*pair->name == '\0' || !to_lines((char *)pair->name) || !to_lines((char *)pair->value)
            || (wecom_text_equal_fold(pair->name, "_charset_")
                && !wecom_text_equal(pair->value, "UTF-8"))) {
            status = WECOM_E_BAD_INPUT;
        }
    }
    return status;
}

/* --- the record ------------------------------------------------------------------------------ */

static int is_name(const char *s, apr_size_t len, apr_size_t max)
{
    return len >= 1 && len <= max && wecom_text_is_plain_utf8(s, len);
}

wecom_status_t wecom_keep_pack(wecom_bytes_t *out, const wecom_kept_t *kept, apr_pool_t *pool)
{
    apr_size_t source_len = strlen(kept->source);
    apr_size_t userid_len = strlen(kept->userid);
    apr_size_t target_len = strlen(kept->target);
    unsigned char *bytes;
    unsigned char *at;

    if (kept->body.len > WECOM_MAX_KEPT_BODY) {
        return WECOM_E_TOO_LARGE;
    }
    if (kept->made < 0 || !is_name(kept->source, source_len, WECOM_MAX_SOURCE_ID)
        || !is_name(kept->userid, userid_len, WECOM_MAX_USERID)
        || !wecom_target_is_safe(kept->target, target_len)) {
        return WECOM_E_BAD_INPUT;
    }
    bytes = apr_palloc(pool, PACK_FIXED + source_len + userid_len + target_len + kept->body.len);
    at = wecom_octets_put(bytes, PACK_VERSION, 1);
    at = wecom_octets_put(at, (apr_uint64_t)kept->made, 8);
    at = wecom_octets_put(at, source_len, 1);
    memcpy(at, kept->source, source_len);
    at = wecom_octets_put(at + source_len, userid_len, 1);
    memcpy(at, kept->userid, userid_len);
    at = wecom_octets_put(at + userid_len, target_len, 2);
    memcpy(at, kept->target, target_len);
    at += target_len;
    if (kept->body.len > 0) {
        memcpy(at, kept->body.data, kept->body.len);
    }
    out->data = bytes;
    out->len = (apr_size_t)(at - bytes) + kept->body.len;
    return WECOM_OK;
}

/* A text behind its length of `width` bytes, taken from the front of *rest. */
static int take_text(const char **text, apr_size_t *text_len, wecom_bytes_t *rest,
                     unsigned int width)
{
    apr_size_t n;

    if (rest->len < width) {
        return 0;
    }
    n = (apr_size_t)wecom_octets_get(rest->data, width);
    if (rest->len - width < n) {
        return 0;
    }
    *text = (const char *)rest->data + width;
    *text_len = n;
    rest->data += width + n;
    rest->len -= width + n;
    return 1;
}

wecom_status_t wecom_keep_unpack(wecom_kept_t *kept, wecom_bytes_t packed, apr_pool_t *pool)
{
    wecom_bytes_t rest;
    const char *source;
    const char *userid;
    const char *target;
    apr_size_t source_len;
    apr_size_t userid_len;
    apr_size_t target_len;
    apr_uint64_t made;

    memset(kept, 0, sizeof(*kept));
    if (packed.len < PACK_FIXED || packed.data[0] != PACK_VERSION) {
        return WECOM_E_BAD_INPUT;
    }
    made = wecom_octets_get(packed.data + 1, 8);
    rest.data = packed.data + 1 + 8;
    rest.len = packed.len - 1 - 8;
    if (!take_text(&source, &source_len, &rest, 1) || !take_text(&userid, &userid_len, &rest, 1)
        || !take_text(&target, &target_len, &rest, 2)) {
        return WECOM_E_BAD_INPUT;
    }
    if (rest.len > WECOM_MAX_KEPT_BODY) {
        return WECOM_E_TOO_LARGE;
    }
    if (made > APR_INT64_MAX || !is_name(source, source_len, WECOM_MAX_SOURCE_ID)
        || !is_name(userid, userid_len, WECOM_MAX_USERID)
        || !wecom_target_is_safe(target, target_len)) {
        return WECOM_E_BAD_INPUT;
    }
    kept->made = (apr_time_t)made;
    kept->source = apr_pstrmemdup(pool, source, source_len);
    kept->userid = apr_pstrmemdup(pool, userid, userid_len);
    kept->target = apr_pstrmemdup(pool, target, target_len);
    kept->body = rest;
    return WECOM_OK;
}

/* --- the box --------------------------------------------------------------------------------- */

/* No part can hold a line feed, so two different lists of parts never read the same. */
static wecom_bytes_t box_aad(const char *state, const wecom_site_t *site, apr_pool_t *pool)
{
    const char *text = apr_pstrcat(pool, "wecom kept form\n", state, "\n", site->public_url, NULL);
    wecom_bytes_t aad;

    aad.data = (const unsigned char *)text;
    aad.len = strlen(text);
    return aad;
}

wecom_status_t wecom_keep_seal(const char **box, const wecom_kept_t *kept, const char *state,
                               const wecom_site_t *site, const wecom_keyring_t *ring,
                               apr_pool_t *pool)
{
    wecom_bytes_t packed;
    wecom_status_t status;

    *box = NULL;
    if (!wecom_state_is_wellformed(state)) {
        return WECOM_E_BAD_INPUT;
    }
    status = wecom_keep_pack(&packed, kept, pool);
    if (status == WECOM_OK) {
        status = wecom_crypto_seal_text(box, ring, box_aad(state, site, pool), packed, pool);
        wecom_crypto_wipe((void *)packed.data, packed.len);
    }
    return status;
}

wecom_status_t wecom_keep_open(wecom_kept_t *kept, wecom_bytes_t *plain, const char *state,
                               const char *box, apr_size_t box_len, const wecom_site_t *site,
                               const wecom_keyring_t *ring, apr_pool_t *pool)
{
    unsigned char *data;

    memset(kept, 0, sizeof(*kept));
    plain->data = NULL;
    plain->len = 0;
    if (box == NULL || box_len > WECOM_MAX_KEPT_BOX || !wecom_state_is_wellformed(state)
        || wecom_crypto_open_text(&data, &plain->len, NULL, ring, box_aad(state, site, pool), box,
                                  box_len, pool) != WECOM_OK) {
        return WECOM_E_CRYPTO;
    }
    plain->data = data;
    return wecom_keep_unpack(kept, *plain, pool) == WECOM_OK ? WECOM_OK : WECOM_E_CRYPTO;
}

int wecom_keep_is_fresh(const wecom_kept_t *kept, apr_time_t now)
{
    const apr_time_t span = apr_time_from_sec(WECOM_KEPT_SECONDS);

    if (now < 0) {
        now = 0;
    }
    return now - kept->made <= span && kept->made - now <= span;
}
