/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - the pending login: minted, bound to one browser, spent once.
 *
 * WeCom's `state` is letters and digits, so nothing can travel in it. It is a handle: what the
 * protected request has decided (where to go, which sources may be used) lies sealed in a cookie
 * of its own, whose name is made from the state; several tabs have several cookies and do not
 * fight. The same record also goes into the cache under the state, so that a login whose cookie
 * was evicted still finds its page; but no code is exchanged without the cookie, else a link
 * could sign the visitor in as somebody else.
 *
 * A state reads, character by character: 1 mark (WECOM_STATE_FIRST and its like) | 7 the time in
 * seconds, base 62, so that names sort by age | 24 random.
 */
#ifndef WECOM_AUTH_STATE_H
#define WECOM_AUTH_STATE_H

#include <apr_tables.h>
#include <apr_time.h>

#include "../base/crypto.h"
#include "../base/limits.h"
#include "site.h"

#define WECOM_STATE_CHARS 32

enum { /* wecom_pending_t.flags; sealed, so the numbers never change their meaning */
    WECOM_PENDING_IN_CLIENT = 1,       /* began with the WeCom client's walk */
    WECOM_PENDING_PRIVATE = 2,         /* asked for snsapi_privateinfo */
    WECOM_PENDING_LOGIN_ONLY = 4,      /* the place never creates an account */
    WECOM_PENDING_NO_REGISTRATION = 8, /* the place has WeComRegistration Off */
    WECOM_PENDING_TARGET_CACHED = 16,  /* the target did not fit the cookie; the cache has it */
    WECOM_PENDING_HALF = 32,           /* half-finished: the visitor is asked for the account
                                        * (half.h); no code belongs to it */
    WECOM_PENDING_POPUP = 64,          /* in a window of its own; opener is set */
    WECOM_PENDING_PAIR = 128,          /* a browser that waits for the pull-up (pair.h) */
    WECOM_PENDING_CONFIRM = 256        /* WeCom's own browser, where the pull-up is confirmed */
};

/* The marks of a state. */
enum {
    WECOM_STATE_FIRST = 0,             /* the first try */
    WECOM_STATE_SECOND = 1,            /* the second, after which no third is begun */
    WECOM_STATE_LINK = 2               /* of the link that pulls WeCom up: no cookie belongs to
                                        * it, and it makes no session */
};

typedef struct wecom_pending_t {
    const char *state;    /* WECOM_STATE_CHARS characters */
    apr_time_t issued;
    const char *source;   /* the source chosen; "" while the visitor is still to choose */
    const char *allowed;  /* ids of the sources the place allows, one blank between; "" all */
    const char *target;   /* safe, as target.h says */
    unsigned int flags;
    const char *opener;   /* with WECOM_PENDING_POPUP: the origin of the page that opened the
                           * window, as wecom_site_parse_url writes it; else NULL */
    const char *nonce;    /* with WECOM_PENDING_POPUP: what that page calls this login,
                           * WECOM_MAX_NONCE of [0-9A-Za-z] at most, may be empty; else NULL */
} wecom_pending_t;

/* 1 for an origin that can be sealed, and for what an opener may call its login. */
int wecom_state_is_origin(const char *origin, apr_pool_t *pool);
int wecom_state_is_nonce(const char *nonce);

/* A new state. NULL when the random source fails. */
const char *wecom_state_mint(apr_time_t now, int mark, apr_pool_t *pool);

/* 1 for text that mint could have made (form alone, no secret in it). */
int wecom_state_is_wellformed(const char *state);

/* The mark of a well-formed state. */
int wecom_state_mark(const char *state);

/* The second in which a well-formed state was minted, as far as its text can be believed: it comes
 * out of an address that anybody can write. */
apr_int64_t wecom_state_second(const char *state);

/* 1 when a cookie of this name could still be one of a pending login. */
int wecom_state_is_living(const char *cookie_name, const wecom_site_t *site, apr_time_t now);

/* The name of its cookie: the site's prefix and 16 characters (time and 9 random ones). */
const char *wecom_state_cookie_name(const wecom_site_t *site, const char *state,
                                    apr_pool_t *pool);

/* The record as bytes, and back. Strict: every length is checked, nothing may follow, source and
 * allowed hold only ids and blanks, the target is safe, the state is well-formed, no flag is
 * unknown. With WECOM_PENDING_TARGET_CACHED the target is not written and reads as "/".
 * WECOM_E_BAD_INPUT, WECOM_E_TOO_LARGE. */
wecom_status_t wecom_state_pack(wecom_bytes_t *out, const wecom_pending_t *pending,
                                apr_pool_t *pool);
wecom_status_t wecom_state_unpack(wecom_pending_t *pending, wecom_bytes_t packed,
                                  apr_pool_t *pool);

/* The cookie's value: sealed, AAD = kind, cookie name and public URL. A target that would make
 * it longer than WECOM_MAX_PENDING_COOKIE is left out and WECOM_PENDING_TARGET_CACHED set. */
wecom_status_t wecom_state_seal(const char **value, const wecom_pending_t *pending,
                                const wecom_site_t *site, const wecom_keyring_t *ring,
                                apr_pool_t *pool);

/* Open the cookie of `state`. WECOM_E_CRYPTO for every cookie that is not ours for this state
 * and site; WECOM_E_BAD_INPUT when it is older than WECOM_PENDING_SECONDS (or, after a clock that
 * was set back, more than that in the future). */
wecom_status_t wecom_state_open(wecom_pending_t *pending, const char *state, const char *value,
                                apr_size_t value_len, const wecom_site_t *site,
                                const wecom_keyring_t *ring, apr_time_t now, apr_pool_t *pool);

/* Of the pending cookies a browser sent (names, as const char *), those that must be deleted so
 * that with one more at most WECOM_MAX_PENDING are left: all with a malformed suffix, all older
 * than WECOM_PENDING_SECONDS, then the oldest. Appends the names to *evict. keep: a name that is
 * about to be replaced and is not counted, or NULL. */
void wecom_state_evict(apr_array_header_t *evict, const apr_array_header_t *names,
                       const char *keep, const wecom_site_t *site, apr_time_t now,
                       apr_pool_t *pool);

#endif
