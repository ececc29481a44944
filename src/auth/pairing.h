/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing.h - what is known of a pull-up: the record that two browsers of one phone share.
 *
 * A phone cannot scan itself. Its browser asks (pair.h), WeCom on the same phone answers, and this
 * record lies between them in the cache, for as long as a pending login lives, under the state of
 * the browser that asked. The link that pulls WeCom up names another state (WECOM_STATE_LINK),
 * which leads to the record and can do nothing else.
 * An outcome is written once, by WeCom's side alone; the browser that asked only reads.
 */
#ifndef WECOM_AUTH_PAIRING_H
#define WECOM_AUTH_PAIRING_H

#include "../base/cache.h"
#include "../wecom/link.h"
#include "reason.h"

#define WECOM_PAIRING_SECONDS 120   /* from the page with the number to the number picked */
#define WECOM_PAIRING_NUMBERS   3
#define WECOM_PAIRING_MAX     512   /* bytes of a record */

typedef enum wecom_pairing_stage_t {
    WECOM_PAIRING_WAITING = 0,
    WECOM_PAIRING_SEEN,             /* WeCom shows the question */
    WECOM_PAIRING_DONE,             /* the right number was picked */
    WECOM_PAIRING_ENDED             /* nobody is signed in by it any more; reason says why */
} wecom_pairing_stage_t;

typedef struct wecom_pairing_t {
    wecom_pairing_stage_t stage;
    wecom_reason_t reason;          /* with _ENDED */
    const char *link;               /* the state in the link */
    const char *source;             /* its id */
    const char *address;            /* of the browser that asked */
    wecom_device_t device;          /* what it runs on */
    apr_time_t asked;
    int numbers[WECOM_PAIRING_NUMBERS];  /* two digits each, all different */
    int right;                      /* which of them the browser shows: 0 to 2 */
} wecom_pairing_t;

/* Three numbers, and which is right. 0 when the random source fails. */
int wecom_pairing_draw(wecom_pairing_t *pairing);

/* 1 when somebody still waits: in time, and neither done nor ended. */
int wecom_pairing_is_alive(const wecom_pairing_t *pairing, apr_time_t now);

/* Are both addresses of one phone? The same IPv4 address, or the same IPv6 /64, since a phone
 * changes the rest of it; an IPv4 address written as IPv6 (RFC 4291 section 2.5.5.2) is IPv4. */
int wecom_pairing_same_place(const char *one, const char *other);

/* That place as a text, the same for all its addresses; what is no address is a place by itself. */
const char *wecom_pairing_place(const char *address, apr_pool_t *pool);

/* In the cache, under the state of the browser that asked. WECOM_OK; put: as the cache says; get:
 * WECOM_E_NOT_FOUND for everything that is no record of ours. */
wecom_status_t wecom_pairing_put(const wecom_cache_t *cache, const char *state,
                                 const wecom_pairing_t *pairing, apr_time_t now,
                                 apr_pool_t *pool);
wecom_status_t wecom_pairing_get(wecom_pairing_t *pairing, const wecom_cache_t *cache,
                                 const char *state, apr_time_t now, apr_pool_t *pool);

/* 1 the first time that this is asked under the kind ("pair-seen") and key; 0 afterwards, and where
 * the cache does not work: then nobody is let in. */
int wecom_pairing_once(const wecom_cache_t *cache, const char *kind, const char *key,
                       apr_time_t now, apr_pool_t *pool);

/* The record as text and back, for the tests; WECOM_E_BAD_INPUT for what pack did not write. */
wecom_bytes_t wecom_pairing_pack(const wecom_pairing_t *pairing, apr_pool_t *pool);
wecom_status_t wecom_pairing_unpack(wecom_pairing_t *pairing, wecom_bytes_t bytes,
                                    apr_pool_t *pool);

#endif
