/* SPDX-License-Identifier: Apache-2.0 */
/* login_ask.c - WeCom says twice who it is. */

#include "login_int.h"

#include <string.h>

#include <apr_strings.h>

#include "../wecom/api.h"
#include "../wecom/trouble.h"

static wecom_reason_t ask_member(wecom_member_t *member, wecom_error_t *err,
                                 const wecom_identity_t *identity, const wecom_app_t *app,
                                 int consented, const wecom_ports_t *ports, apr_pool_t *pool)
{
    member->userid = identity->userid;
    if (app->check_member) {
        if (wecom_api_read_member(member, err, app, ports, pool) != WECOM_OK) {
            return wecom_reason_of(err);
        }
        if (member->status != WECOM_MEMBER_ACTIVE) {
            wecom_error_set(err, WECOM_E_REMOTE, 0, "user/get",
                            apr_psprintf(pool, "status is %d", member->status));
            return WECOM_REASON_INACTIVE;
        }
    }
    if (identity->user_ticket != NULL && consented
        && wecom_api_read_detail(member, err, app, identity->user_ticket, ports, pool)
               != WECOM_OK) {
        /* A ticket that is too old or not good any more (84014, 84015) costs the sensitive
         * fields, not the login. */
        if (err->status != WECOM_E_REMOTE
            || (err->upstream != 84014 && err->upstream != 84015)) {
            return wecom_reason_of(err);
        }
        memset(err, 0, sizeof(*err));
    }
    return WECOM_REASON_NONE;
}

/* WeCom's two answers: whose code, and is the member one of ours. All calls together take one
 * timeout. */
static wecom_reason_t ask_wecom(wecom_reply_t *reply, wecom_member_t *member,
                                const wecom_login_t *room, const wecom_app_t *app,
                                int consented, const char *code)
{
    wecom_ports_t ports = *room->ports;
    wecom_identity_t identity;

    ports.deadline = ports.clock->now(ports.clock) + apr_time_from_msec(app->timeout_ms);
    if (wecom_api_identify(&identity, &reply->error, app, code, &ports, room->pool)
        != WECOM_OK) {
        return wecom_reason_of(&reply->error);
    }
    reply->userid = identity.userid;
    return ask_member(member, &reply->error, &identity, app, consented, &ports, room->pool);
}

wecom_reason_t wecom_login_ask(wecom_reply_t *reply, wecom_member_t *member,
                               const wecom_login_t *room, const wecom_app_t *app, int consented,
                               const char *code)
{
    wecom_reason_t reason;

    memset(member, 0, sizeof(*member));
    reason = ask_wecom(reply, member, room, app, consented, code);
    wecom_trouble_note(&reply->error, app, room->ports, room->pool);
    return reason;
}
