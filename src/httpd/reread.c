/* SPDX-License-Identifier: Apache-2.0 */
/* reread.c - see reread.h. */

#include "reread.h"

#include <string.h>

#include "../auth/carry.h"
#include "../auth/field.h"
#include "../wecom/api.h"
#include "../wecom/trouble.h"
#include "audit.h"
#include "background.h"
#include "confirm.h"
#include "recall_shm.h"
#include "request.h"
#include "runtime.h"

#define MOST_REST 30    /* seconds without a question, after one that came to nothing */
#define SAY_AGAIN apr_time_from_sec(60)

/* Where this process looks first the next time, in each room alike. */
static int cursor;

/* One member, and where he belongs. */
typedef struct reading_t {
    server_rec *main;
    const wecom_server_t *server;
    const wecom_source_t *source;
    const wecom_ports_t *ports;
    const char *userid;
    wecom_recall_key_t key;
    apr_pool_t *pool;
} reading_t;

/* --- who is it? ------------------------------------------------------------------------------ */

static const wecom_source_t *source_of_app(const wecom_server_t *server, const char *app)
{
    int i;

    for (i = 0; i < server->sources->nelts; i++) {
        const wecom_source_t *source = APR_ARRAY_IDX(server->sources, i, const wecom_source_t *);

        if (source->app.check_member && wecom_text_equal(source->print, app)) {
            return source;
        }
    }
    return NULL;
}

/* A virtual host of this room that has the app; a new generation may have none any more. */
static int find_app(reading_t *reading, const wecom_recall_room_t *room, const char *app)
{
    server_rec *s;

    for (s = reading->main; s != NULL; s = s->next) {
        reading->server = wecom_config_server(s);
        if (reading->server->site != NULL && reading->server->recall == room) {
            reading->source = source_of_app(reading->server, app);
            if (reading->source != NULL) {
                reading->ports = wecom_runtime_ports(reading->server);
                return 1;
            }
        }
    }
    return 0;
}

/* Read by somebody else, or signed in, since the push. */
static int is_fresh(const reading_t *reading)
{
    apr_int64_t now = apr_time_sec(apr_time_now());
    wecom_recall_marks_t marks;

    wecom_recall_shm_look(&marks, reading->server->recall, &reading->key);
    return marks.read <= now && now - marks.read <= reading->server->refresh;
}

/* --- WeCom does not say ---------------------------------------------------------------------- */

static int rests(const reading_t *reading)
{
    const wecom_cache_t *cache = reading->ports->cache;
    wecom_bytes_t value;
    wecom_error_t err;

    return cache->get(cache, &value, "reread-rest", reading->source->print, apr_time_now(),
                      reading->pool) == WECOM_OK
           || wecom_trouble_check(&err, &reading->source->app, reading->ports, reading->pool)
                  != WECOM_OK;
}

/* An answer that cannot be read, or is about somebody else, says nothing about the next member: one
 * odd record shall not keep all others from being read. */
static int is_about_one(wecom_reason_t reason)
{
    return reason == WECOM_REASON_ANSWER || reason == WECOM_REASON_MISMATCH;
}

/* For all members of the source, where the next one would hear the same. */
static void rest(const reading_t *reading, wecom_reason_t reason, const wecom_error_t *err)
{
    static const wecom_bytes_t mark = { (const unsigned char *)"1", 1 };
    const wecom_cache_t *cache = reading->ports->cache;
    const wecom_reason_row_t *row = wecom_reason_row(reason);
    apr_int64_t span = reading->server->refresh < MOST_REST ? reading->server->refresh : MOST_REST;
    apr_time_t now = apr_time_now();

    if (!is_about_one(reason)) {
        cache->put(cache, "reread-rest", reading->source->print, mark, now,
                   now + apr_time_from_sec(span), reading->pool);
    }
    if (cache->put_if_absent(cache, "reread-said", reading->source->print, mark, now,
                             now + SAY_AGAIN, reading->pool) == WECOM_E_EXISTS) {
        return;
    }
    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, reading->server->server, WC(0354)
                 "members of source %s cannot be read again: %s%s; their sessions go on until "
                 "WeComRefreshGrace%s%s", reading->source->id, row->text,
                 wecom_request_upstream(err, reading->pool), row->cure != NULL ? "; cure: " : "",
                 row->cure != NULL ? row->cure : "");
}

/* --- the member is out ----------------------------------------------------------------------- */

static void end_sessions(wecom_recall_room_t *room, const wecom_recall_key_t *key)
{
    wecom_recall_marks_t marks;

    if (wecom_recall_shm_begin(&marks, room, key)) {
        marks.ended = apr_time_sec(apr_time_now());
        wecom_recall_shm_end(room, key, &marks);
    }
}

/* Every app of the corp has sessions of its own under a key of its own. */
static void end_everywhere(const reading_t *reading)
{
    server_rec *s;
    int i;

    for (s = reading->main; s != NULL; s = s->next) {
        const wecom_server_t *server = wecom_config_server(s);

        for (i = 0; server->site != NULL && i < server->sources->nelts; i++) {
            const wecom_source_t *source = APR_ARRAY_IDX(server->sources, i,
                                                         const wecom_source_t *);
            wecom_recall_key_t key;

            if (source->print != NULL
                && wecom_source_same_corp(reading->source, source->app.corp_id)) {
                wecom_recall_key(&key, source->print, reading->userid,
                                 source->app.proxy_developed);
                end_sessions(server->recall, &key);
            }
        }
    }
}

static void recall(const reading_t *reading, wecom_refresh_answer_t answer, wecom_reason_t reason)
{
    if (answer == WECOM_REFRESH_LEFT) {
        end_everywhere(reading);
    }
    else {
        end_sessions(reading->server->recall, &reading->key);
    }
    ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, reading->server->server, WC(0364)
                 "all sessions of %s (source %s) end: %s", reading->userid, reading->source->id,
                 wecom_reason_row(reason)->text);
    wecom_audit_recall(reading->server, reading->source, reading->userid, reason, reading->pool);
}

/* --- one member ------------------------------------------------------------------------------ */

static void hear(const reading_t *reading, const wecom_member_t *member)
{
    wecom_ticket_t newer;

    memset(&newer, 0, sizeof(newer));
    newer.source = reading->source->id;
    newer.userid = reading->userid;
    wecom_carry_member(&newer, member);
    newer.fields = wecom_field_facts(reading->server->origins, member, reading->pool);
    if (wecom_confirm_hear(reading->server, reading->source, &newer,
                           apr_time_sec(apr_time_now()), reading->pool)) {
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, reading->server->server, WC(0365)
                     "what WeCom says of %s (source %s) has changed: the sessions take it",
                     reading->userid, reading->source->id);
    }
}

static void read_again(const reading_t *reading)
{
    const wecom_app_t *app = &reading->source->app;
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    wecom_refresh_answer_t answer;
    wecom_member_t member;
    wecom_reason_t reason;

    memset(&member, 0, sizeof(member));
    member.userid = reading->userid;
    (void)wecom_api_read_member(&member, &err, app, reading->ports, reading->pool);
    wecom_trouble_note(&err, app, reading->ports, reading->pool);
    answer = wecom_refresh_answer(&reason, &err, member.status);
    switch (answer) {
    case WECOM_REFRESH_YES:
        hear(reading, &member);
        break;
    case WECOM_REFRESH_LEFT:
    case WECOM_REFRESH_HIDDEN:
        recall(reading, answer, reason);
        break;
    case WECOM_REFRESH_UNTOLD:
    default:
        rest(reading, reason, &err);
        break;
    }
}

/* --- the task -------------------------------------------------------------------------------- */

/* 0: nobody waits in this room. *asked is counted up when WeCom was. */
static int read_next(int *asked, server_rec *main, wecom_recall_room_t *room, apr_pool_t *pool)
{
    wecom_queue_entry_t entry;
    wecom_recall_key_t key;
    reading_t reading;

    if (!wecom_queue_take(&entry, wecom_recall_shm_queue(room), &cursor,
                          apr_time_sec(apr_time_now()))) {
        return 0;
    }
    memset(&reading, 0, sizeof(reading));
    reading.main = main;
    reading.userid = entry.userid;
    reading.key = entry.key;
    reading.pool = pool;
    if (!find_app(&reading, room, entry.app)) {
        return 1;
    }
    /* Somebody who was too slow may have written into another's cell. */
    wecom_recall_key(&key, entry.app, entry.userid, reading.source->app.proxy_developed);
    if (key.a != entry.key.a || key.b != entry.key.b || is_fresh(&reading) || rests(&reading)) {
        return 1;
    }
    ++*asked;
    read_again(&reading);
    return 1;
}

static int is_first_of_its_room(server_rec *main, const server_rec *s)
{
    const wecom_recall_room_t *room = wecom_config_server(s)->recall;
    const server_rec *before;

    for (before = main; before != s; before = before->next) {
        if (wecom_config_server(before)->recall == room) {
            return 0;
        }
    }
    return room != NULL;
}

void wecom_reread_task(server_rec *main, apr_pool_t *pool)
{
    apr_time_t begun = apr_time_now();
    apr_pool_t *each;
    server_rec *s;
    int asked = 0;

    if (apr_pool_create(&each, pool) != APR_SUCCESS) {
        return;
    }
    for (s = main; s != NULL; s = s->next) {
        int goes_on = is_first_of_its_room(main, s);

        while (goes_on && asked < WECOM_REREAD_PACE && !wecom_background_ends()
               && apr_time_now() - begun < apr_time_from_sec(1)) {
            goes_on = read_next(&asked, main, wecom_config_server(s)->recall, each);
            apr_pool_clear(each);
        }
    }
}
