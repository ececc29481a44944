/* SPDX-License-Identifier: Apache-2.0 */
/*
 * normal.h - one spelling for each value that accounts are matched by.
 *
 * Two values match when their normal forms are the same bytes. What has no normal form (empty,
 * not UTF-8, a control byte, too long, not what it claims to be) is NULL and matches nothing,
 * itself included: an empty phone on both sides is no match. Both sides go through here, the
 * member's value at a login and the account's when it is written.
 */
#ifndef WECOM_AUTH_NORMAL_H
#define WECOM_AUTH_NORMAL_H

#include <apr_pools.h>

/* Trimmed, ASCII letters in lower case; one '@' with something on both sides, no blank. 3 to 254
 * bytes (RFC 5321 section 4.5.3.1.3). Letters beyond ASCII are kept as they are: which of them are
 * the same is a question that mail servers answer differently. */
const char *wecom_normal_email(const char *value, apr_pool_t *pool);

/* "+<country code><number>", 6 to 15 digits after the '+' (E.164). Blanks, hyphens, dots and
 * parentheses between digits do not count, nor does the difference of full-width digits and
 * signs. Without a country code (no '+' and no "00" before it) it is 86, whose mobile numbers
 * have eleven digits beginning with 1: "86" before such a number is then the code and not part
 * of it. Anything else in it (letters, a second '+', an extension) makes it NULL. */
const char *wecom_normal_phone(const char *value, apr_pool_t *pool);

/* An account's username, for finding: trimmed, ASCII letters in lower case, UTF-8 without control
 * bytes, 1 to WECOM_MAX_USERNAME bytes. */
const char *wecom_normal_username(const char *value, apr_pool_t *pool);

/* WeCom's userid: compared without case, unless with_case (proxy-developed apps). NULL for what
 * is no userid (wecom_member_is_userid). */
const char *wecom_normal_userid(const char *value, int with_case, apr_pool_t *pool);

#endif
