/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_api_answer.c - what WeCom's answers, or whoever answers in its place, can do to the readers.
 *
 * The first byte picks the reader: t gettoken, j the tickets of JS-SDK, i auth/getuserinfo,
 * m user/get, d auth/getuserdetail (M and D: of a proxy-developed app), a the address in an errmsg.
 * The rest is the answer. The visitor asked about is always "alice".
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/base/text.h"
#include "../../src/wecom/api.h"
#include "../../src/wecom/jsticket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int truth)
{
    if (!truth) {
        abort();
    }
}

/* The text is NULL, or has 1 to max bytes. */
static void demand_field(const char *text, apr_size_t max)
{
    demand(text == NULL || (text[0] != '\0' && strlen(text) <= max));
}

static void demand_error(wecom_status_t status, const wecom_error_t *err)
{
    if (status == WECOM_OK) {
        return;
    }
    demand(err->status == status && err->stage != NULL);
    demand((err->upstream != 0) == (status == WECOM_E_REMOTE));
    if (err->detail != NULL) {
        demand(strlen(err->detail) <= WECOM_MAX_ERRMSG);
        demand(wecom_text_is_plain_utf8(err->detail, strlen(err->detail)));
    }
}

/* What is lent for a while: a token, or a ticket of JS-SDK. */
static void try_lent(int ticket, const char *body, apr_size_t len, apr_pool_t *pool)
{
    const char *token = NULL;
    apr_int64_t expires_in = 0;
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    wecom_status_t status = ticket
        ? wecom_jsticket_parse_answer(&token, &expires_in, &err, "ticket/get", body, len, pool)
        : wecom_token_parse_answer(&token, &expires_in, &err, body, len, pool);

    demand(status == WECOM_OK || status == WECOM_E_REMOTE || status == WECOM_E_ANSWER);
    demand((status == WECOM_OK) == (token != NULL));
    demand_error(status, &err);
    if (token != NULL) {
        const char *c;

        demand_field(token, ticket ? WECOM_MAX_JSTICKET : WECOM_MAX_TOKEN);
        for (c = token; *c != '\0'; c++) {
            demand(*c > ' ' && *c < 0x7f);
        }
        demand(expires_in >= WECOM_MIN_TOKEN_SECONDS && expires_in <= WECOM_MAX_TOKEN_SECONDS);
    }
}

static void try_identity(const char *body, apr_size_t len, apr_pool_t *pool)
{
    wecom_identity_t identity = { "unset", "unset" };
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    wecom_status_t status = wecom_api_parse_identity(&identity, &err, body, len, pool);

    demand(status == WECOM_OK || status == WECOM_E_REMOTE || status == WECOM_E_ANSWER
           || status == WECOM_E_NOT_MEMBER);
    demand_error(status, &err);
    if (status == WECOM_OK) {
        demand(wecom_member_is_userid(identity.userid));
        demand_field(identity.user_ticket, WECOM_MAX_TICKET);
    }
    else {
        demand(identity.userid == NULL && identity.user_ticket == NULL);
    }
}

static void demand_member(const wecom_member_t *member)
{
    apr_size_t i;

    demand(member->status >= 0 && member->status <= 255);
    demand(member->main_department >= 0);
    demand(member->department_count <= WECOM_MAX_DEPARTMENTS);
    for (i = 0; i < member->department_count; i++) {
        demand(member->departments[i] > 0 && member->leads[i] <= WECOM_LEADS_UNTOLD);
    }
    for (i = 0; wecom_member_field_name((int)i) != NULL; i++) {
        const char *text = wecom_member_field(member, wecom_member_field_name((int)i));

        demand(text == NULL || strlen(text) <= WECOM_MAX_FIELD);
    }
    demand_field(member->name, WECOM_MAX_NAME);
    demand_field(member->position, WECOM_MAX_FIELD);
    demand_field(member->gender, 1);
    demand(member->extattr == NULL
           || (!apr_is_empty_table(member->extattr)
               && apr_table_elts(member->extattr)->nelts <= WECOM_MAX_EXTATTRS));
    demand(member->gender == NULL || member->gender[0] == '1' || member->gender[0] == '2');
}

static void try_member(int with_status, int proxy_developed, const char *body, apr_size_t len,
                       apr_pool_t *pool)
{
    static const char alice[] = "alice";
    wecom_member_t member;
    wecom_member_t before;
    wecom_app_t app;
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    wecom_status_t status;

    memset(&member, 0, sizeof(member));
    memset(&app, 0, sizeof(app));
    member.userid = alice;
    before = member;
    app.proxy_developed = proxy_developed;
    status = wecom_api_parse_member(&member, &err, &app, with_status, "stage", body, len, pool);
    demand(status == WECOM_OK || status == WECOM_E_REMOTE || status == WECOM_E_ANSWER
           || status == WECOM_E_MISMATCH);
    demand_error(status, &err);
    demand(member.userid == alice);
    if (status == WECOM_OK) {
        demand(!with_status || member.status != WECOM_MEMBER_UNKNOWN);
        demand_member(&member);
    }
    else {
        demand(member.status == before.status && member.name == NULL
               && member.department_count == 0 && member.departments == NULL);
    }
}

static void try_address(const char *text, apr_size_t len, apr_pool_t *pool)
{
    const char *address = wecom_api_seen_address(apr_pstrmemdup(pool, text, len), pool);

    if (address != NULL) {
        demand(strlen(address) >= 2 && strlen(address) < 46);
        demand(address[strspn(address, "0123456789abcdefABCDEF.:")] == '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *root;
    apr_pool_t *pool;
    const char *body;

    if (size == 0) {
        return 0;
    }
    if (root == NULL) {
        demand(apr_initialize() == APR_SUCCESS);
        demand(apr_pool_create(&root, NULL) == APR_SUCCESS);
    }
    demand(apr_pool_create(&pool, root) == APR_SUCCESS);
    body = (const char *)data + 1;
    size--;
    switch (data[0]) {
    case 't':
    case 'j':
        try_lent(data[0] == 'j', body, size, pool);
        break;
    case 'i':
        try_identity(body, size, pool);
        break;
    case 'm':
    case 'M':
        try_member(1, data[0] == 'M', body, size, pool);
        break;
    case 'd':
    case 'D':
        try_member(0, data[0] == 'D', body, size, pool);
        break;
    case 'a':
        try_address(body, size, pool);
        break;
    default:
        break;
    }
    apr_pool_destroy(pool);
    return 0;
}
