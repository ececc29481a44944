/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target.h - where a visitor goes after the login.
 *
 * A target is a path of this site with its query, as it stands in a request line. Redirects are
 * written as public URL + target, so even a target that slipped through would stay on the site;
 * this check is there so that none slips through (facts/peers: about fourteen open redirects in
 * other gateways, every one of them through a clever spelling).
 */
#ifndef WECOM_AUTH_TARGET_H
#define WECOM_AUTH_TARGET_H

#include "../base/text.h"

/* 1 when raw (len bytes) may be a target: starts with one '/', the next byte is neither '/' nor
 * '\'; no control byte, no DEL, no blank, no backslash, no byte above 0x7e, no '#'; at most
 * WECOM_MAX_TARGET bytes;
 * and the path part (before '?'), percent-decoded once, fulfils the same for its beginning and
 * holds no control byte and no backslash. For its beginning, overlong and full-width spellings of
 * the two slashes count as slashes. Badly coded percent signs in the path are refused; the query
 * is not decoded ("?q=100%" is common and harmless). */
int wecom_target_is_safe(const char *raw, apr_size_t len);

/* The target if it is safe and does not lie under the endpoint (a login must not end at our own
 * logout; NULL: anything goes), else "/". A path with bytes above 0x7e or blanks is
 * percent-coded first, for browsers and servers that pass them plain. raw may be NULL. In the
 * pool, or static. */
const char *wecom_target_or_root(const char *raw, const char *endpoint, apr_pool_t *pool);

/* The path and query of a Referer, if its scheme, host and port are those of public_url
 * (as wecom_site_t holds it); else NULL. Not yet checked by wecom_target_is_safe. */
const char *wecom_target_of_referer(const char *referer, const char *public_url,
                                    apr_pool_t *pool);

#endif
