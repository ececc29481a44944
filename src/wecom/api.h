/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.h - WeCom's calls by name.
 *
 * Each call gets a token, asks, looks at errcode first and at the fields after; refreshes the
 * token and tries again once on 40001, 40014 and 42001; tries again with a pause (100 ms, then
 * 300 ms, as far as the app's timeout leaves room) on -1; and does not try again on anything else.
 * Failures: WECOM_E_REMOTE with upstream = errcode and detail = WeCom's errmsg (cleaned, cut) for
 * every errcode but 0; the transport's and the token's failures as they are; WECOM_E_ANSWER for an
 * answer that is not the JSON promised. err->stage names the call ("auth/getuserinfo").
 * All results live in the pool.
 */
#ifndef WECOM_WECOM_API_H
#define WECOM_WECOM_API_H

#include "member.h"
#include "token.h"

typedef struct wecom_identity_t {
    const char *userid;
    const char *user_ticket;  /* NULL unless scope privateinfo was granted */
} wecom_identity_t;

/* auth/getuserinfo (document 91023): whose code is this?
 * WECOM_E_NOT_MEMBER: openid, external_userid, or a userid that is not one (a foreign corp's
 * "CorpId/userid"). Accepts the old spelling "UserId" and "OpenId". */
wecom_status_t wecom_api_identify(wecom_identity_t *identity, wecom_error_t *err,
                                  const wecom_app_t *app, const char *code,
                                  const wecom_ports_t *ports, apr_pool_t *pool);

/* user/get (document 90196). Fills *member but its userid, which the caller has set; an answer
 * about another userid is WECOM_E_MISMATCH. A status that is missing is WECOM_E_ANSWER. */
wecom_status_t wecom_api_read_member(wecom_member_t *member, wecom_error_t *err,
                                     const wecom_app_t *app, const wecom_ports_t *ports,
                                     apr_pool_t *pool);

/* auth/getuserdetail (document 95833): the sensitive fields, with the user_ticket. Fills *member
 * likewise; an answer about another userid, or about none, is WECOM_E_MISMATCH. */
wecom_status_t wecom_api_read_detail(wecom_member_t *member, wecom_error_t *err,
                                     const wecom_app_t *app, const char *user_ticket,
                                     const wecom_ports_t *ports, apr_pool_t *pool);

/* The address WeCom saw, out of an errmsg such as "..., from ip: 192.0.2.7, more info ...".
 * NULL when it is not there. For 60020. */
const char *wecom_api_seen_address(const char *errmsg, apr_pool_t *pool);

/* --- for the fuzz target and the unit tests: what each call makes of an answer -------------- */
wecom_status_t wecom_api_parse_identity(wecom_identity_t *identity, wecom_error_t *err,
                                        const char *body, apr_size_t len, apr_pool_t *pool);
wecom_status_t wecom_api_parse_member(wecom_member_t *member, wecom_error_t *err,
                                      const wecom_app_t *app, int with_status, const char *stage,
                                      const char *body, apr_size_t len, apr_pool_t *pool);
#endif
