/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.c - the three calls of a login.
 *
 * Asking twice with one code (ask.h) is safe, since WeCom checks the token before it consumes the
 * code. What an answer means is said in the parse functions, which know nothing of the network.
 */
#include "api.h"

#include <arpa/inet.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"
#include "ask.h"

#define API_IDENTIFY "auth/getuserinfo"
#define API_MEMBER   "user/get"
#define API_DETAIL   "auth/getuserdetail"

/* What the parse of a member needs beside the answer. */
typedef struct api_member_t {
    wecom_member_t *member;
    const wecom_app_t *app;
    const char *stage;
    int with_status;
} api_member_t;

/* --- whose code is this? -------------------------------------------------------------------- */

/* A field that has two spellings: today's, and that of the call of old. Two that disagree are
 * believed in neither. 0: not there. */
static int api_two_spellings(const char **value, const wecom_json_t *answer, const char *name,
                             const char *old_name)
{
    const char *one = wecom_json_text(answer, name, WECOM_MAX_FIELD);
    const char *other = wecom_json_text(answer, old_name, WECOM_MAX_FIELD);
    int there = wecom_json_has(answer, name) || wecom_json_has(answer, old_name);

    *value = one != NULL ? one : other;
    if (one != NULL && other != NULL && !wecom_text_equal(one, other)) {
        *value = NULL;
    }
    return there;
}

wecom_status_t wecom_api_parse_identity(wecom_identity_t *identity, wecom_error_t *err,
                                        const char *body, apr_size_t len, apr_pool_t *pool)
{
    const wecom_json_t *answer;
    const char *userid;
    const char *openid;
    const char *ticket;
    int there;
    wecom_status_t status = wecom_call_open(&answer, err, API_IDENTIFY, body, len, pool);

    identity->userid = NULL;
    identity->user_ticket = NULL;
    if (status != WECOM_OK) {
        return status;
    }
    there = api_two_spellings(&userid, answer, "userid", "UserId");
    if (there && userid == NULL) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, API_IDENTIFY, "userid is not a text");
    }
    if (userid == NULL || userid[0] == '\0') {
        if (api_two_spellings(&openid, answer, "openid", "OpenId")
            || wecom_json_has(answer, "external_userid")) {
            return wecom_error_set(err, WECOM_E_NOT_MEMBER, 0, API_IDENTIFY,
                                   "the visitor is not a member of the enterprise");
        }
        return wecom_error_set(err, WECOM_E_ANSWER, 0, API_IDENTIFY, "userid is missing");
    }
    if (!wecom_member_is_userid(userid)) {
        return wecom_error_set(err, WECOM_E_NOT_MEMBER, 0, API_IDENTIFY,
                               strchr(userid, '/') != NULL
                               ? "the visitor is a member of another enterprise"
                               : "the userid is not one of this enterprise");
    }
    ticket = wecom_json_text(answer, "user_ticket", WECOM_MAX_TICKET);
    identity->userid = apr_pstrdup(pool, userid);
    if (ticket != NULL && ticket[0] != '\0') {
        identity->user_ticket = apr_pstrdup(pool, ticket);
    }
    return WECOM_OK;
}

static wecom_status_t api_parse_identity(void *result, wecom_error_t *err, const char *body,
                                         apr_size_t len, apr_pool_t *pool)
{
    return wecom_api_parse_identity(result, err, body, len, pool);
}

wecom_status_t wecom_api_identify(wecom_identity_t *identity, wecom_error_t *err,
                                  const wecom_app_t *app, const char *code,
                                  const wecom_ports_t *ports, apr_pool_t *pool)
{
    wecom_ask_t question = { API_IDENTIFY, "&code=", code, NULL, api_parse_identity, identity,
                             NULL };

    identity->userid = NULL;
    identity->user_ticket = NULL;
    if (code == NULL || code[0] == '\0'
        || strnlen(code, WECOM_MAX_CODE + 1) > WECOM_MAX_CODE) {
        return wecom_error_set(err, WECOM_E_BAD_INPUT, 0, API_IDENTIFY, "that is not a code");
    }
    return wecom_ask_make(&question, err, app, ports, pool);
}

/* --- who is that member? -------------------------------------------------------------------- */

wecom_status_t wecom_api_parse_member(wecom_member_t *member, wecom_error_t *err,
                                      const wecom_app_t *app, int with_status, const char *stage,
                                      const char *body, apr_size_t len, apr_pool_t *pool)
{
    const wecom_json_t *answer;
    const char *userid;
    wecom_status_t status = wecom_call_open(&answer, err, stage, body, len, pool);

    if (status != WECOM_OK) {
        return status;
    }
    userid = wecom_json_text(answer, "userid", WECOM_MAX_FIELD);
    if (userid == NULL && (with_status || wecom_json_has(answer, "userid"))) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, stage, "userid is missing or not a text");
    }
    if (!wecom_member_same(userid, member->userid, app->proxy_developed)) {
        return wecom_error_set(err, WECOM_E_MISMATCH, 0, stage,
                               "the answer is about another member");
    }
    /* Looked at here and not in *member, which may hold the status of an earlier answer. */
    if (with_status && wecom_json_number(answer, "status", 1, 255, 0) == 0) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, stage, "status is missing or no status");
    }
    if (with_status) {
        wecom_member_read(member, answer, pool);
    }
    else {
        wecom_member_read_detail(member, answer, pool);
    }
    return WECOM_OK;
}

static wecom_status_t api_parse_member(void *result, wecom_error_t *err, const char *body,
                                       apr_size_t len, apr_pool_t *pool)
{
    const api_member_t *about = result;

    return wecom_api_parse_member(about->member, err, about->app, about->with_status,
                                  about->stage, body, len, pool);
}

static wecom_status_t api_check_member(const wecom_member_t *member, wecom_error_t *err,
                                       const char *stage)
{
    if (!wecom_member_is_userid(member->userid)) {
        return wecom_error_set(err, WECOM_E_BAD_INPUT, 0, stage, "that is not a userid");
    }
    return WECOM_OK;
}

wecom_status_t wecom_api_read_member(wecom_member_t *member, wecom_error_t *err,
                                     const wecom_app_t *app, const wecom_ports_t *ports,
                                     apr_pool_t *pool)
{
    api_member_t about = { member, app, API_MEMBER, 1 };
    wecom_ask_t question = { API_MEMBER, "&userid=", member->userid, NULL, api_parse_member,
                             &about, NULL };
    wecom_status_t status = api_check_member(member, err, API_MEMBER);

    return status == WECOM_OK ? wecom_ask_make(&question, err, app, ports, pool) : status;
}

wecom_status_t wecom_api_read_detail(wecom_member_t *member, wecom_error_t *err,
                                     const wecom_app_t *app, const char *user_ticket,
                                     const wecom_ports_t *ports, apr_pool_t *pool)
{
    api_member_t about = { member, app, API_DETAIL, 0 };
    wecom_ask_t question = { API_DETAIL, NULL, NULL, NULL, api_parse_member, &about, NULL };
    wecom_json_out_t *body = wecom_json_out_object(pool);
    wecom_status_t status = api_check_member(member, err, API_DETAIL);

    if (status != WECOM_OK) {
        return status;
    }
    if (user_ticket == NULL || user_ticket[0] == '\0'
        || strnlen(user_ticket, WECOM_MAX_TICKET + 1) > WECOM_MAX_TICKET) {
        return wecom_error_set(err, WECOM_E_BAD_INPUT, 0, API_DETAIL, "that is not a user_ticket");
    }
    wecom_json_out_text(body, "user_ticket", user_ticket);
    question.body = wecom_json_out_print(body);
    status = wecom_ask_make(&question, err, app, ports, pool);
    wecom_call_wipe(question.body);
    return status;
}

/* --- for the administrator ------------------------------------------------------------------ */

static int api_is_address(const char *s)
{
    unsigned char ignored[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, s, ignored) == 1 || inet_pton(AF_INET6, s, ignored) == 1;
}

const char *wecom_api_seen_address(const char *errmsg, apr_pool_t *pool)
{
    static const char mark[] = "from ip:";
    const char *at = errmsg;

    while (at != NULL && (at = strstr(at, mark)) != NULL) {
        const char *address;
        apr_size_t len;

        at += sizeof(mark) - 1;
        at += strspn(at, " ");
        len = strspn(at, "0123456789abcdefABCDEF.:");
        /* A sentence may end behind it. */
        while (len > 0 && at[len - 1] == '.') {
            len--;
        }
        if (len == 0 || len >= INET6_ADDRSTRLEN) {
            continue;
        }
        address = apr_pstrmemdup(pool, at, len);
        if (api_is_address(address)) {
            return address;
        }
    }
    return NULL;
}
