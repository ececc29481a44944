/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep.h - a posted form that outlives the session it was written in.
 *
 * Whoever writes for an hour and sends the form after the session has ended must not lose it. It
 * is kept in the visitor's tab and not here: sealed into a box that only this server opens, only
 * for the member who had the session, only for one login, for ten minutes, once. It is sent again
 * only when the member clicks, for a form that is sent by itself would undo what SameSite keeps
 * from other sites: so a form is kept only if the browser itself says that it came from this very
 * origin, and only if its former session can still be read.
 *
 * Format 1 of the box, all numbers big-endian: 1 version | 8 made (microseconds) | 1 length,
 * source | 1 length, userid | 2 length, target | the body, to the end.
 */
#ifndef WECOM_AUTH_KEEP_H
#define WECOM_AUTH_KEEP_H

#include <apr_tables.h>
#include <apr_time.h>

#include "../base/crypto.h"
#include "../base/limits.h"
#include "site.h"

typedef struct wecom_kept_t {
    apr_time_t made;
    const char *source;    /* of the session that has ended */
    const char *userid;
    const char *target;    /* path and query that the form was posted to; safe, as target.h says */
    wecom_bytes_t body;    /* application/x-www-form-urlencoded */
} wecom_kept_t;

/* Header values as sent, NULL when absent. */
typedef struct wecom_keep_facts_t {
    const char *sec_fetch_site;
    const char *origin;
    const char *content_type;
    const char *content_encoding;
    const char *content_length;
} wecom_keep_facts_t;

/* Does the browser say that the request came from this very origin: Sec-Fetch-Site is
 * same-origin, Origin is the public URL's; where both are sent both say so, and one of the two is
 * there. Nobody but the browser itself can write either. */
int wecom_keep_is_same_origin(const wecom_keep_facts_t *facts, const char *public_url);

/* 1 for a form that may be kept, as far as its headers tell: of this origin, form-encoded in UTF-8
 * (or with no word about it), not announced to be larger than WECOM_MAX_KEPT_BODY. */
int wecom_keep_allows(const wecom_keep_facts_t *facts, const char *public_url);

/* A field of a form, decoded; a line ends with LF, which browsers make CR LF of again. */
typedef struct wecom_keep_pair_t {
    const char *name;
    const char *value;
} wecom_keep_pair_t;

/* The fields of a body in their order (wecom_keep_pair_t). WECOM_E_BAD_INPUT when a browser could
 * not send the same again out of hidden inputs: what is no UTF-8, control bytes besides TAB and
 * CR LF, a field without name or '=', a bad percent sign, a `_charset_` that browsers would write
 * anew as something else. WECOM_E_TOO_LARGE beyond WECOM_MAX_KEPT_PAIRS or WECOM_MAX_KEPT_BODY.
 * *block (may be NULL) is what to wipe: all names and values lie in it. */
wecom_status_t wecom_keep_read_pairs(apr_array_header_t **pairs, wecom_bytes_t *block,
                                     wecom_bytes_t body, apr_pool_t *pool);

/* The same for any body that is form-encoded, of at most max_len bytes: everything that decodes,
 * NUL excepted. */
wecom_status_t wecom_keep_read_form(apr_array_header_t **pairs, wecom_bytes_t *block,
                                    wecom_bytes_t body, apr_size_t max_len, apr_pool_t *pool);

/* The record as bytes, and back. Strict: texts are checked, the target is safe. What is unpacked
 * lies in the pool, but for the body: a slice of packed. WECOM_E_BAD_INPUT, WECOM_E_TOO_LARGE. */
wecom_status_t wecom_keep_pack(wecom_bytes_t *out, const wecom_kept_t *kept, apr_pool_t *pool);
wecom_status_t wecom_keep_unpack(wecom_kept_t *kept, wecom_bytes_t packed, apr_pool_t *pool);

/* The box as text, AAD = kind, state and public URL. state: well-formed, minted for this form. */
wecom_status_t wecom_keep_seal(const char **box, const wecom_kept_t *kept, const char *state,
                               const wecom_site_t *site, const wecom_keyring_t *ring,
                               apr_pool_t *pool);

/* WECOM_E_CRYPTO for every text that is not a box of ours for this state and site. *plain is what
 * to wipe; kept->body lies in it. Says nothing of its age. */
wecom_status_t wecom_keep_open(wecom_kept_t *kept, wecom_bytes_t *plain, const char *state,
                               const char *box, apr_size_t box_len, const wecom_site_t *site,
                               const wecom_keyring_t *ring, apr_pool_t *pool);

/* 1 when it is at most WECOM_KEPT_SECONDS old (or, after a clock that was set back, as much in
 * the future). */
int wecom_keep_is_fresh(const wecom_kept_t *kept, apr_time_t now);

#endif
