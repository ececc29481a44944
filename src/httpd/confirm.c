/* SPDX-License-Identifier: Apache-2.0 */
/* confirm.c - see confirm.h. */

#include "confirm.h"

#include <string.h>

#include "http_main.h"

#include "../auth/carry.h"
#include "recall_shm.h"
#include "runtime.h"

#define MOST_AGAIN 30 /* seconds until a member is pushed once more, where nothing came of it */

/* --- on every request ------------------------------------------------------------------------ */

static void push(request_rec *r, const wecom_server_t *server, const wecom_source_t *source,
                 const wecom_recall_key_t *key, const char *userid)
{
    apr_int64_t again = server->refresh < MOST_AGAIN ? server->refresh : MOST_AGAIN;

    if (wecom_queue_push(wecom_recall_shm_queue(server->recall), key, source->print, userid,
                         apr_time_sec(r->request_time), again) == WECOM_QUEUE_FULL) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0350)
                      "there is no place left for %s (source %s) among the members who wait to be "
                      "read again; a later request tries again", userid, source->id);
    }
}

static int take_facts(wecom_ticket_t *ticket, request_rec *r, const wecom_visit_t *visit,
                      const wecom_source_t *source, const wecom_recall_marks_t *marks)
{
    wecom_ticket_t newer;

    if (wecom_carry_get(&newer, wecom_runtime_ports(visit->server)->cache, source, ticket->userid,
                        r->request_time, visit->pool) != WECOM_OK) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0351)
                      "what WeCom says of %s (source %s) has changed, and the cache has lost it: "
                      "the session ends", ticket->userid, ticket->source);
        return 0;
    }
    wecom_carry_over(ticket, &newer, visit->server->fields, visit->pool);
    ticket->checked = marks->read;
    return 1;
}

int wecom_confirm_session(int *renewed, wecom_ticket_t *ticket, request_rec *r,
                          const wecom_visit_t *visit, const wecom_source_t *source)
{
    const wecom_server_t *server = visit->server;
    wecom_recall_marks_t marks;
    wecom_recall_key_t key;
    wecom_refresh_verdict_t verdict;
    int due;

    wecom_recall_key(&key, source->print, ticket->userid, source->app.proxy_developed);
    wecom_recall_shm_look(&marks, server->recall, &key);
    verdict = wecom_refresh_judge(&due, ticket, &marks,
                                  source->app.check_member ? &server->span : NULL,
                                  apr_time_sec(r->request_time));
    if (due) {
        push(r, server, source, &key, ticket->userid);
    }
    switch (verdict) {
    case WECOM_REFRESH_TAKE:
        *renewed = take_facts(ticket, r, visit, source, &marks);
        return *renewed;
    case WECOM_REFRESH_OVER:
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0352)
                      "the session of %s (source %s) was recalled", ticket->userid,
                      ticket->source);
        return 0;
    case WECOM_REFRESH_LAPSED:
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, WC(0353)
                      "WeCom has not confirmed %s (source %s) for WeComRefreshGrace: the session "
                      "ends", ticket->userid, ticket->source);
        return 0;
    case WECOM_REFRESH_GOOD:
    default:
        return 1;
    }
}

/* --- what was heard -------------------------------------------------------------------------- */

/* Do both find in their caches what the other has put there? */
static int share_cache(const wecom_server_t *one, const wecom_server_t *other)
{
    return one->cache_ring == other->cache_ring && strcmp(one->cache, other->cache) == 0;
}

/* Virtual hosts that share the table may have other keys or another cache. */
static void leave_facts(const wecom_server_t *server, const wecom_source_t *source,
                        const wecom_ticket_t *newer, apr_pool_t *pool)
{
    const wecom_server_t *last = NULL;
    apr_time_t now = apr_time_now();
    server_rec *s;

    for (s = ap_server_conf; s != NULL; s = s->next) {
        const wecom_server_t *other = wecom_config_server(s);

        if (other->site == NULL || other->recall != server->recall
            || (last != NULL && share_cache(last, other)
                && last->life.max_age >= other->life.max_age)) {
            continue;
        }
        (void)wecom_carry_put(wecom_runtime_ports(other)->cache, source, newer, now,
                              now + apr_time_from_sec(other->life.max_age), pool);
        last = other;
    }
}

int wecom_confirm_hear(const wecom_server_t *server, const wecom_source_t *source,
                       const wecom_ticket_t *newer, apr_int64_t when, apr_pool_t *pool)
{
    apr_uint64_t print = wecom_carry_print(newer, pool);
    wecom_recall_marks_t marks;
    wecom_recall_key_t key;
    int changed;

    wecom_recall_key(&key, source->print, newer->userid, source->app.proxy_developed);
    wecom_recall_shm_look(&marks, server->recall, &key);
    if (marks.print != print || print == 0) { /* before the mark: who sees it looks for them */
        leave_facts(server, source, newer, pool);
    }
    if (!wecom_recall_shm_begin(&marks, server->recall, &key)) {
        return 0;
    }
    changed = wecom_refresh_hear(&marks, print, when);
    wecom_recall_shm_end(server->recall, &key, &marks);
    return changed;
}

void wecom_confirm_login(request_rec *r, const wecom_server_t *server,
                         const wecom_ticket_t *facts)
{
    const wecom_source_t *source = wecom_source_find(server->sources, facts->source);

    if (source != NULL && source->print != NULL && source->app.check_member) {
        (void)wecom_confirm_hear(server, source, facts, facts->checked, r->pool);
    }
}
