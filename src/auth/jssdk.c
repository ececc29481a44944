/* SPDX-License-Identifier: Apache-2.0 */
/* jssdk.c - see jssdk.h. */

#include "jssdk.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/json.h"
#include "../wecom/jsticket.h"
#include "../wecom/trouble.h"
#include "turn.h"

#define NONCE_CHARS 16
#define TICKETS      2
#define RETRY_AFTER 10

/* --- what is signed -------------------------------------------------------------------------- */

wecom_status_t wecom_jssdk_url(const char **signable, const wecom_site_t *site, const char *url,
                               apr_pool_t *pool)
{
    wecom_site_t named;
    const char *authority;
    apr_size_t len;
    apr_size_t i;

    *signable = NULL;
    len = strcspn(url, "#");
    if (len > WECOM_MAX_SIGNED_URL) {
        return WECOM_E_TOO_LARGE;
    }
    for (i = 0; i < len; i++) {
        if (url[i] <= 0x20 || url[i] >= 0x7f) {
            return WECOM_E_BAD_INPUT;
        }
    }
    authority = strstr(url, "://");
    if (authority == NULL || (apr_size_t)(authority - url) >= len) {
        return WECOM_E_BAD_INPUT;
    }
    authority += 3;
    i = (apr_size_t)(authority - url) + strcspn(authority, "/?#");
    if (wecom_site_parse_url(&named, apr_pstrmemdup(pool, url, i), pool) != WECOM_OK
        || strcmp(named.public_url, site->public_url) != 0) {
        return WECOM_E_BAD_INPUT;
    }
    *signable = apr_pstrmemdup(pool, url, len);
    return WECOM_OK;
}

const char *wecom_jssdk_sign(const char *ticket, const char *nonce, apr_int64_t timestamp,
                             const char *url, apr_pool_t *pool)
{
    unsigned char hash[WECOM_SHA1_BYTES];
    char *text = apr_psprintf(pool, "jsapi_ticket=%s&noncestr=%s&timestamp=%" APR_INT64_T_FMT
                              "&url=%s", ticket, nonce, timestamp, url);
    wecom_bytes_t data = { (const unsigned char *)text, strlen(text) };
    wecom_status_t status = wecom_crypto_sha1(hash, data);

    wecom_crypto_wipe(text, data.len);
    return status == WECOM_OK ? wecom_text_hex(hash, sizeof(hash), pool) : NULL;
}

/* --- the tickets ----------------------------------------------------------------------------- */

static const wecom_jsticket_kind_t kinds[TICKETS] = { WECOM_JSTICKET_CORP, WECOM_JSTICKET_AGENT };

/* How much of both is in the cache. */
typedef struct tickets_t {
    const char *text[TICKETS];
    int complete;
    int due;        /* one is missing or should be renewed */
} tickets_t;

static void peek(tickets_t *tickets, const wecom_login_t *room, const wecom_app_t *app)
{
    int i;

    tickets->complete = 1;
    tickets->due = 0;
    for (i = 0; i < TICKETS; i++) {
        int due = 1;

        tickets->text[i] = wecom_jsticket_peek(&due, kinds[i], app, room->ports, room->pool);
        tickets->complete = tickets->complete && tickets->text[i] != NULL;
        tickets->due = tickets->due || due;
    }
}

/* Both within one timeout. */
static wecom_reason_t ask(tickets_t *tickets, wecom_error_t *err, const wecom_login_t *room,
                          const wecom_app_t *app)
{
    wecom_ports_t ports = *room->ports;
    wecom_status_t status = WECOM_OK;
    int i;

    ports.deadline = ports.clock->now(ports.clock) + apr_time_from_msec(app->timeout_ms);
    for (i = 0; i < TICKETS && status == WECOM_OK; i++) {
        status = wecom_jsticket_get(&tickets->text[i], err, kinds[i], app, &ports, room->pool);
    }
    return status == WECOM_OK ? WECOM_REASON_NONE : wecom_reason_of(err);
}

static wecom_reason_t ask_in_turn(tickets_t *tickets, wecom_error_t *err,
                                  const wecom_login_t *room, const wecom_app_t *app)
{
    wecom_reason_t reason;
    int slot;

    reason = wecom_turn_take(&slot, err, room, app);
    if (reason != WECOM_REASON_NONE) {
        return reason;
    }
    reason = ask(tickets, err, room, app);
    wecom_turn_end(room, slot);
    wecom_trouble_note(err, app, room->ports, room->pool);
    return reason;
}

static wecom_reason_t obtain(tickets_t *tickets, wecom_error_t *err, const wecom_login_t *room,
                             const wecom_app_t *app)
{
    tickets_t asked;
    wecom_reason_t reason;

    peek(tickets, room, app);
    if (!tickets->due) {
        return WECOM_REASON_NONE;
    }
    memset(&asked, 0, sizeof(asked));
    reason = ask_in_turn(&asked, err, room, app);
    if (reason == WECOM_REASON_NONE) {
        *tickets = asked;
    }
    else if (tickets->complete) {
        memset(err, 0, sizeof(*err));
        reason = WECOM_REASON_NONE;
    }
    return reason;
}

/* --- the answer ------------------------------------------------------------------------------ */

static void finish(wecom_reply_t *reply, int status, const wecom_json_out_t *json)
{
    reply->status = status;
    reply->content_type = "application/json";
    reply->body = wecom_json_out_print(json);
}

static void refuse(wecom_reply_t *reply, const wecom_login_t *room, int status, const char *error)
{
    wecom_json_out_t *json = wecom_json_out_object(room->pool);

    wecom_json_out_text(json, "error", error);
    finish(reply, status, json);
}

static wecom_jssdk_verdict_t fail(wecom_reply_t *reply, const wecom_login_t *room,
                                  wecom_reason_t reason)
{
    reply->reason = reason;
    if (wecom_reason_row(reason)->status == 503) {
        reply->retry_after = RETRY_AFTER;
        refuse(reply, room, 503, "unavailable");
    }
    else { /* nothing that this visitor could do, or wait for */
        refuse(reply, room, 502, "upstream");
    }
    return WECOM_JSSDK_NO_TICKET;
}

/* One of the two halves; 0 without random bytes or SHA-1. */
static int add_half(wecom_json_out_t *half, const wecom_login_t *room, const char *ticket,
                    const char *url)
{
    apr_int64_t seconds = apr_time_sec(room->now);
    const char *nonce = wecom_crypto_random_text(NONCE_CHARS, room->pool);
    const char *signature = nonce == NULL ? NULL
                            : wecom_jssdk_sign(ticket, nonce, seconds, url, room->pool);

    if (signature == NULL) {
        return 0;
    }
    wecom_json_out_number(half, "timestamp", seconds);
    wecom_json_out_text(half, "nonceStr", nonce);
    wecom_json_out_text(half, "signature", signature);
    return 1;
}

static wecom_jssdk_verdict_t sign_both(wecom_reply_t *reply, const wecom_login_t *room,
                                       const wecom_app_t *app, const tickets_t *tickets,
                                       const char *url)
{
    wecom_json_out_t *json = wecom_json_out_object(room->pool);
    wecom_json_out_t *half;
    int done;

    wecom_json_out_text(json, "corpId", app->corp_id);
    wecom_json_out_text(json, "agentId", app->agent_id);
    half = wecom_json_out_child_object(json, "config");
    wecom_json_out_text(half, "appId", app->corp_id);
    done = add_half(half, room, tickets->text[0], url);
    half = wecom_json_out_child_object(json, "agentConfig");
    wecom_json_out_text(half, "corpid", app->corp_id);
    wecom_json_out_text(half, "agentid", app->agent_id);
    done = add_half(half, room, tickets->text[1], url) && done;
    if (!done) {
        return fail(reply, room, WECOM_REASON_INTERNAL);
    }
    finish(reply, 200, json);
    return WECOM_JSSDK_SIGNED;
}

wecom_jssdk_verdict_t wecom_jssdk_answer(wecom_reply_t *reply, const wecom_login_t *room,
                                         const char *url, const char *source)
{
    const wecom_source_t *own = wecom_source_find(room->sources, room->ticket->source);
    const char *signable;
    tickets_t tickets;
    wecom_reason_t reason;

    reply->source = room->ticket->source;
    reply->userid = room->ticket->userid;
    if (own == NULL || (source != NULL && strcmp(source, own->id) != 0)) {
        refuse(reply, room, 403, "other_source");
        return WECOM_JSSDK_OTHER_SOURCE;
    }
    if (url == NULL || wecom_jssdk_url(&signable, room->site, url, room->pool) != WECOM_OK) {
        refuse(reply, room, 400, "bad_url");
        return WECOM_JSSDK_BAD_URL;
    }
    memset(&tickets, 0, sizeof(tickets));
    reason = obtain(&tickets, &reply->error, room, &own->app);
    if (reason != WECOM_REASON_NONE) {
        return fail(reply, room, reason);
    }
    return sign_both(reply, room, &own->app, &tickets, signable);
}
