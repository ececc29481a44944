/* SPDX-License-Identifier: Apache-2.0 */
/*
 * half.h - a half-finished login: WeCom has said who it is, and the visitor is asked for the
 * account.
 *
 * What WeCom has said stays on the server, in the cache, for as long as a pending login lives
 * (WECOM_PENDING_SECONDS), under a state of its own. The browser holds the sealed pending cookie
 * of that state (state.h, WECOM_PENDING_HALF) and nothing else; without that cookie the record
 * is of no use to anybody. It is spent when an account was found.
 */
#ifndef WECOM_AUTH_HALF_H
#define WECOM_AUTH_HALF_H

#include "../base/cache.h"
#include "../wecom/member.h"
#include "match.h"

/* An account among which the visitor may choose, as the page shows it. */
typedef struct wecom_half_choice_t {
    const char *id;
    const char *username;
    const char *email;      /* masked; "" for none */
    const char *phone;      /* masked; "" for none */
} wecom_half_choice_t;

typedef struct wecom_half_t {
    wecom_match_verdict_t asked;            /* WECOM_MATCH_ASK, _ASK_TO_BIND or _CHOOSE; _LOG_IN
                                             * where nothing is asked but a number (pair.h) */
    wecom_member_t member;
    apr_time_t confirmed;                   /* when WeCom said so */
    const apr_array_header_t *choices;      /* wecom_half_choice_t; empty unless _CHOOSE */
} wecom_half_t;

/* The choices of a page, made of candidates: masked, since nobody has proven yet to be one of
 * them. */
apr_array_header_t *wecom_half_choices(const apr_array_header_t *candidates, apr_pool_t *pool);

/* "z***@e***.com" and "138****0000": enough to know one's own by. "" for NULL and for what is too
 * short to hide anything. */
const char *wecom_half_mask_email(const char *email, apr_pool_t *pool);
const char *wecom_half_mask_phone(const char *phone, apr_pool_t *pool);

/* WECOM_OK, WECOM_E_TOO_LARGE, WECOM_E_UNAVAILABLE: without it nobody can be asked. */
wecom_status_t wecom_half_put(const wecom_cache_t *cache, const char *state,
                              const wecom_half_t *half, apr_time_t now, apr_pool_t *pool);

/* WECOM_OK; WECOM_E_NOT_FOUND: too old, spent or never there. */
wecom_status_t wecom_half_get(wecom_half_t *half, const wecom_cache_t *cache, const char *state,
                              apr_time_t now, apr_pool_t *pool);

void wecom_half_drop(const wecom_cache_t *cache, const char *state, apr_pool_t *pool);

/* The record as bytes and back, for the test; WECOM_E_BAD_INPUT for what pack did not write. */
wecom_bytes_t wecom_half_pack(const wecom_half_t *half, apr_pool_t *pool);
wecom_status_t wecom_half_unpack(wecom_half_t *half, wecom_bytes_t bytes, apr_pool_t *pool);

#endif
