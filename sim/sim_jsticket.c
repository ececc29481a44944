/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_jsticket.c - tickets and their quota.
 *
 * One slot for each app and kind keeps the ticket and how often it was asked for in this hour. The
 * ticket of get_jsapi_ticket is the corp's: its apps are handed the same.
 */
#include "sim_jsticket.h"

#include <string.h>

#include <apr_strings.h>

#include "../src/base/crypto.h"
#include "../src/base/text.h"
#include "sim_segment.h"

#define SIM_APP_QUOTA   100
#define SIM_CORP_QUOTA  400
#define SIM_HOUR       3600

static int sim_jsticket_same_corp(const sim_jsticket_slot_t *slot, const sim_appid_t *app,
                                  int of_app)
{
    return slot->of_app == of_app && strcmp(slot->app.corpid, app->corpid) == 0;
}

/* The app's slot; the oldest of all gives way where the table is full. */
static sim_jsticket_slot_t *sim_jsticket_slot(sim_live_t *live, const sim_appid_t *app, int of_app)
{
    sim_jsticket_slot_t *slot;
    unsigned int i;

    for (i = 0; i < SIM_JSTICKETS; i++) {
        slot = &live->jstickets[i];
        if (sim_jsticket_same_corp(slot, app, of_app)
            && strcmp(slot->app.agentid, app->agentid) == 0) {
            return slot;
        }
    }
    slot = &live->jstickets[live->next_jsticket];
    live->next_jsticket = (live->next_jsticket + 1) % SIM_JSTICKETS;
    memset(slot, 0, sizeof(*slot));
    slot->app = *app;
    slot->of_app = of_app;
    return slot;
}

/* One more question. 0 when the app or its corp has asked too often in this hour. */
static int sim_jsticket_may(sim_live_t *live, sim_jsticket_slot_t *slot, apr_int64_t now)
{
    int corp = 0;
    unsigned int i;

    for (i = 0; i < SIM_JSTICKETS; i++) {
        sim_jsticket_slot_t *other = &live->jstickets[i];

        if (other->hour != now / SIM_HOUR) {
            other->hour = now / SIM_HOUR;
            other->asked = 0;
        }
        if (sim_jsticket_same_corp(other, &slot->app, slot->of_app)) {
            corp += other->asked;
        }
    }
    if (slot->asked >= SIM_APP_QUOTA || corp >= SIM_CORP_QUOTA) {
        return 0;
    }
    slot->asked++;
    return 1;
}

/* The living ticket: of this app, or for the corp's kind of any of its apps. */
static const sim_jsticket_slot_t *sim_jsticket_living(const sim_live_t *live,
                                                      const sim_jsticket_slot_t *slot,
                                                      apr_int64_t now)
{
    unsigned int i;

    if (slot->of_app) {
        return slot->expires > now ? slot : NULL;
    }
    for (i = 0; i < SIM_JSTICKETS; i++) {
        if (sim_jsticket_same_corp(&live->jstickets[i], &slot->app, 0)
            && live->jstickets[i].expires > now) {
            return &live->jstickets[i];
        }
    }
    return NULL;
}

/* 0 and the ticket, or the errcode. text has room for SIM_JSTICKET_LEN + 1. */
static int sim_jsticket_get(char *text, int *expires_in, const sim_api_t *api, int of_app)
{
    const char *fresh = wecom_crypto_random_text(SIM_JSTICKET_LEN, api->call->pool);
    sim_segment_t *segment = sim_segment_lock();
    sim_live_t *live = &segment->live;
    apr_int64_t now = sim_segment_now(segment);
    int seconds = live->jsticket_seconds > 0 ? live->jsticket_seconds : SIM_TOKEN_SECONDS;
    sim_jsticket_slot_t *slot = sim_jsticket_slot(live, &api->appid, of_app);
    const sim_jsticket_slot_t *living;
    int errcode = 0;

    if (!sim_jsticket_may(live, slot, now)) {
        errcode = 45009;
    }
    else if (fresh == NULL) {
        errcode = -1;
    }
    else {
        living = sim_jsticket_living(live, slot, now);
        if (living == NULL) {
            apr_cpystrn(slot->ticket, fresh, sizeof(slot->ticket));
            slot->expires = now + seconds;
            living = slot;
        }
        memcpy(text, living->ticket, sizeof(living->ticket));
        *expires_in = (int)(living->expires - now);
    }
    sim_segment_unlock(segment);
    return errcode;
}

static int sim_jsticket_serve(sim_api_t *api, int of_app)
{
    char *text = apr_palloc(api->call->pool, SIM_JSTICKET_LEN + 1);
    int expires_in = 0;
    int errcode = sim_jsticket_get(text, &expires_in, api, of_app);
    wecom_json_out_t *root;

    if (errcode != 0) {
        return sim_api_error(api, errcode);
    }
    root = sim_api_begin(api);
    sim_api_text(api, root, "ticket", text);
    sim_api_number(api, root, "expires_in", expires_in);
    return sim_api_send(api, root);
}

int sim_jsticket_corp(sim_api_t *api)
{
    return sim_jsticket_serve(api, 0);
}

int sim_jsticket_app(sim_api_t *api)
{
    const char *type = sim_call_query(api->call, "type", SIM_MAX_WORD);

    if (!wecom_text_equal(type, "agent_config")) {
        return sim_api_error(api, 40035);
    }
    return sim_jsticket_serve(api, 1);
}

void sim_jsticket_end(void)
{
    sim_segment_t *segment = sim_segment_lock();
    unsigned int i;

    for (i = 0; i < SIM_JSTICKETS; i++) {
        segment->live.jstickets[i].expires = 0;
    }
    sim_segment_unlock(segment);
}

void sim_jsticket_seconds(int seconds)
{
    sim_segment_t *segment = sim_segment_lock();

    segment->live.jsticket_seconds = seconds;
    sim_segment_unlock(segment);
    sim_jsticket_end();
}
