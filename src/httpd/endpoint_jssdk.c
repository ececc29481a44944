/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint_jssdk.c - the own URL that signs for WeCom's JS-SDK. */

#include "endpoint_int.h"

#include "../auth/jssdk.h"

/* Longer ones are refused below, with their fragment cut off first. */
#define MAX_PARAMETER (WECOM_MAX_SIGNED_URL + WECOM_MAX_TARGET)

/* It is no login, so the audit does not hear of it. */
static void log_verdict(request_rec *r, const wecom_reply_t *reply, wecom_jssdk_verdict_t verdict,
                        const char *source)
{
    const wecom_reason_row_t *row = wecom_reason_row(reply->reason);

    switch (verdict) {
    case WECOM_JSSDK_NO_TICKET:
        ap_log_rerror(APLOG_MARK, (int)row->level, 0, r, WC(0343)
                      "no signature for JS-SDK: %s (source %s, member %s)%s%s%s", row->text,
                      reply->source, reply->userid,
                      wecom_request_upstream(&reply->error, r->pool),
                      row->cure != NULL ? "; cure: " : "", row->cure != NULL ? row->cure : "");
        break;
    case WECOM_JSSDK_BAD_URL:
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0344)
                      "no signature for JS-SDK: the url is no page of this site (source %s, "
                      "member %s)", reply->source, reply->userid);
        break;
    case WECOM_JSSDK_OTHER_SOURCE:
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0345)
                      "no signature for JS-SDK: asked for with source %s by a session of source "
                      "%s", source != NULL ? source : "(none)", reply->source);
        break;
    case WECOM_JSSDK_SIGNED:
        break;
    }
}

int wecom_endpoint_jssdk(request_rec *r, wecom_visit_t *visit)
{
    wecom_jssdk_verdict_t verdict;
    const char *source = NULL;
    const char *url = NULL;
    wecom_reply_t reply;
    wecom_login_t room;

    wecom_endpoint_allow_origin(r, visit);
    wecom_request_room(&room, r, visit);
    if (room.ticket == NULL) {
        return wecom_endpoint_nobody(r, visit);
    }
    wecom_reply_init(&reply, r->pool);
    if (!wecom_endpoint_parameter(&url, r, "url", MAX_PARAMETER)) {
        url = NULL;
    }
    if (!wecom_endpoint_parameter(&source, r, "source", WECOM_MAX_SOURCE_ID)) {
        source = "(malformed)";
    }
    verdict = wecom_jssdk_answer(&reply, &room, url, source);
    log_verdict(r, &reply, verdict, source);
    return wecom_request_send(r, &reply);
}
