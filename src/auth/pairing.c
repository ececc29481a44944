/* SPDX-License-Identifier: Apache-2.0 */
/* pairing.c - see pairing.h. */

#include "pairing.h"

#include <arpa/inet.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/json.h"
#include "../base/limits.h"
#include "../base/text.h"
#include "source.h"
#include "state.h"

#define KIND "pair"
#define FIRST_NUMBER 10
#define COUNT_NUMBERS 90

int wecom_pairing_draw(wecom_pairing_t *pairing)
{
    unsigned char byte;
    int drawn = 0;

    while (drawn < WECOM_PAIRING_NUMBERS) {
        int number;
        int i;

        if (wecom_crypto_random(&byte, 1) != WECOM_OK) {
            return 0;
        }
        if (byte >= 2 * COUNT_NUMBERS) { /* else the lower ones would come more often */
            continue;
        }
        number = FIRST_NUMBER + byte % COUNT_NUMBERS;
        for (i = 0; i < drawn && pairing->numbers[i] != number; i++) {
            /* look for its like */
        }
        if (i == drawn) {
            pairing->numbers[drawn++] = number;
        }
    }
    do {
        if (wecom_crypto_random(&byte, 1) != WECOM_OK) {
            return 0;
        }
    } while (byte >= 255); /* 255 is divisible by three */
    pairing->right = byte % WECOM_PAIRING_NUMBERS;
    return 1;
}

int wecom_pairing_is_alive(const wecom_pairing_t *pairing, apr_time_t now)
{
    const apr_time_t span = apr_time_from_sec(WECOM_PAIRING_SECONDS);

    return (pairing->stage == WECOM_PAIRING_WAITING || pairing->stage == WECOM_PAIRING_SEEN)
           && now - pairing->asked <= span && pairing->asked - now <= span;
}

/* 4 or 16 significant bytes in out; 0 for no address. */
static int read_address(unsigned char out[16], const char *text)
{
    static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

    if (text == NULL) {
        return 0;
    }
    if (inet_pton(AF_INET, text, out) == 1) {
        return 4;
    }
    if (inet_pton(AF_INET6, text, out) != 1) {
        return 0;
    }
    if (memcmp(out, mapped, sizeof(mapped)) == 0) {
        memmove(out, out + sizeof(mapped), 4);
        return 4;
    }
    return 16;
}

/* Of an IPv6 address the first half, the network that one phone is in. */
static apr_size_t place_len(int len)
{
    return len == 4 ? 4 : 8;
}

int wecom_pairing_same_place(const char *one, const char *other)
{
    unsigned char a[16];
    unsigned char b[16];
    int len = read_address(a, one);

    return len != 0 && len == read_address(b, other) && memcmp(a, b, place_len(len)) == 0;
}

const char *wecom_pairing_place(const char *address, apr_pool_t *pool)
{
    unsigned char bytes[16];
    int len = read_address(bytes, address);

    return len != 0 ? wecom_text_hex(bytes, place_len(len), pool)
                    : apr_pstrcat(pool, "-", address, NULL);
}

/* --- the record ------------------------------------------------------------------------------- */

wecom_bytes_t wecom_pairing_pack(const wecom_pairing_t *pairing, apr_pool_t *pool)
{
    wecom_json_out_t *out = wecom_json_out_object(pool);
    wecom_json_out_t *numbers;
    wecom_bytes_t bytes;
    int i;

    wecom_json_out_number(out, "stage", pairing->stage);
    wecom_json_out_number(out, "reason", pairing->reason);
    wecom_json_out_text(out, "link", pairing->link);
    wecom_json_out_text(out, "source", pairing->source);
    wecom_json_out_text(out, "address", pairing->address);
    wecom_json_out_number(out, "device", pairing->device);
    wecom_json_out_number(out, "asked", pairing->asked);
    numbers = wecom_json_out_child_array(out, "numbers");
    for (i = 0; i < WECOM_PAIRING_NUMBERS; i++) {
        wecom_json_out_number(numbers, NULL, pairing->numbers[i]);
    }
    wecom_json_out_number(out, "right", pairing->right);
    bytes.data = (const unsigned char *)wecom_json_out_print(out);
    bytes.len = strlen((const char *)bytes.data);
    return bytes;
}

wecom_status_t wecom_pairing_unpack(wecom_pairing_t *pairing, wecom_bytes_t bytes,
                                    apr_pool_t *pool)
{
    const wecom_json_t *numbers;
    const wecom_json_t *in;
    int i;

    memset(pairing, 0, sizeof(*pairing));
    if (bytes.len > WECOM_PAIRING_MAX
        || wecom_json_parse(&in, (const char *)bytes.data, bytes.len, pool) != WECOM_OK) {
        return WECOM_E_BAD_INPUT;
    }
    pairing->stage = (wecom_pairing_stage_t)wecom_json_number(in, "stage", 0, WECOM_PAIRING_ENDED,
                                                              WECOM_PAIRING_ENDED);
    pairing->reason = (wecom_reason_t)wecom_json_number(in, "reason", 0, WECOM_REASON_COUNT - 1,
                                                        WECOM_REASON_NONE);
    pairing->link = wecom_json_text(in, "link", WECOM_STATE_CHARS);
    pairing->source = wecom_json_text(in, "source", WECOM_MAX_SOURCE_ID);
    pairing->address = wecom_json_text(in, "address", INET6_ADDRSTRLEN);
    pairing->device = (wecom_device_t)wecom_json_number(in, "device", 0, WECOM_DEVICE_COUNT - 1,
                                                        WECOM_DEVICE_OTHER);
    pairing->asked = wecom_json_number(in, "asked", 0, APR_INT64_MAX, 0);
    numbers = wecom_json_array(in, "numbers");
    for (i = 0; i < WECOM_PAIRING_NUMBERS; i++) {
        pairing->numbers[i] = (int)wecom_json_item_number(numbers, (apr_size_t)i, FIRST_NUMBER,
                                                          FIRST_NUMBER + COUNT_NUMBERS - 1, 0);
        if (pairing->numbers[i] == 0) {
            return WECOM_E_BAD_INPUT;
        }
    }
    pairing->right = (int)wecom_json_number(in, "right", 0, WECOM_PAIRING_NUMBERS - 1, -1);
    return pairing->right >= 0 && pairing->address != NULL && pairing->source != NULL
           && wecom_source_is_id(pairing->source, strlen(pairing->source))
           && wecom_state_is_wellformed(pairing->link)
           && wecom_state_mark(pairing->link) == WECOM_STATE_LINK
           ? WECOM_OK : WECOM_E_BAD_INPUT;
}

wecom_status_t wecom_pairing_put(const wecom_cache_t *cache, const char *state,
                                 const wecom_pairing_t *pairing, apr_time_t now, apr_pool_t *pool)
{
    return cache->put(cache, KIND, state, wecom_pairing_pack(pairing, pool), now,
                      now + apr_time_from_sec(WECOM_PENDING_SECONDS), pool);
}

wecom_status_t wecom_pairing_get(wecom_pairing_t *pairing, const wecom_cache_t *cache,
                                 const char *state, apr_time_t now, apr_pool_t *pool)
{
    wecom_bytes_t bytes;
    wecom_status_t status = cache->get(cache, &bytes, KIND, state, now, pool);

    if (status == WECOM_OK) {
        status = wecom_pairing_unpack(pairing, bytes, pool);
    }
    return status == WECOM_OK ? WECOM_OK : WECOM_E_NOT_FOUND;
}

int wecom_pairing_once(const wecom_cache_t *cache, const char *kind, const char *key,
                       apr_time_t now, apr_pool_t *pool)
{
    const wecom_bytes_t mark = { (const unsigned char *)"1", 1 };

    return cache->put_if_absent(cache, kind, key, mark, now,
                                now + apr_time_from_sec(WECOM_PENDING_SECONDS), pool) == WECOM_OK;
}
