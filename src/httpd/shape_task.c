/* SPDX-License-Identifier: Apache-2.0 */
/* shape_task.c - see shape_task.h. */

#include "shape_task.h"

#include <string.h>

#include "apr_strings.h"

#include "authz.h"
#include "background.h"
#include "request.h"
#include "runtime.h"
#include "shape_shm.h"

/* --- what is needed -------------------------------------------------------------------------- */

static void add_once(apr_array_header_t *words, const char *word)
{
    int i;

    for (i = 0; i < words->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(words, i, const char *), word) == 0) {
            return;
        }
    }
    APR_ARRAY_PUSH(words, const char *) = word;
}

/* What one rule needs to know of a source. */
static int collect_rule(apr_array_header_t *tags, const wecom_rule_t *rule, const char *source,
                        apr_pool_t *pool)
{
    int needs_tree = 0;
    int i;

    for (i = 0; wecom_rule_needs_shape(rule) && i < rule->words->nelts; i++) {
        const wecom_rule_word_t *word = &APR_ARRAY_IDX(rule->words, i, wecom_rule_word_t);

        if (word->source != NULL && strcmp(word->source, source) != 0) {
            continue;
        }
        if (rule->kind == WECOM_RULE_TAG) {
            add_once(tags, word->id != 0 ? apr_psprintf(pool, "%" APR_INT64_T_FMT, word->id)
                                         : word->name);
        }
        needs_tree |= rule->kind == WECOM_RULE_DEPARTMENT || word->id == 0;
    }
    return needs_tree;
}

static int collect_rules(apr_array_header_t *tags, const char *source, apr_pool_t *pool)
{
    const apr_array_header_t *rules = wecom_authz_rules();
    int needs_tree = 0;
    int i;

    for (i = 0; i < rules->nelts; i++) {
        needs_tree |= collect_rule(tags, APR_ARRAY_IDX(rules, i, const wecom_rule_t *), source,
                                   pool);
    }
    return needs_tree;
}

/* Of the rules of the configuration and of what .htaccess files have asked for. Two sources can be
 * one app, and then share the memory: whoever comes first reads for both. */
static int collect(apr_array_header_t *tags, const wecom_shape_room_t *room, apr_pool_t *pool)
{
    const apr_array_header_t *rooms = wecom_shape_shm_rooms();
    const apr_array_header_t *more = wecom_shape_room_tags(room, pool);
    int needs_tree = wecom_shape_room_wants_tree(room);
    int i;

    for (i = 0; i < rooms->nelts; i++) {
        const wecom_shape_room_t *other = APR_ARRAY_IDX(rooms, i, const wecom_shape_room_t *);

        if (wecom_shape_room_due(other) == wecom_shape_room_due(room)) {
            needs_tree |= collect_rules(tags, wecom_shape_room_source(other)->id, pool);
        }
    }
    for (i = 0; i < more->nelts; i++) {
        add_once(tags, APR_ARRAY_IDX(more, i, const char *));
    }
    /* Whoever has a tag through a department is below that department. */
    return needs_tree || tags->nelts > 0;
}

/* --- reading --------------------------------------------------------------------------------- */

typedef struct errand_t {
    server_rec *main;
    const wecom_shape_room_t *room;
    const wecom_source_t *source;
    const wecom_ports_t *ports;
    wecom_shape_due_t *due;
    const apr_array_header_t *tags;
    apr_pool_t *pool;
} errand_t;

static apr_int64_t now_of(const errand_t *errand)
{
    return apr_time_sec(errand->ports->clock->now(errand->ports->clock));
}

static int read_tree(const errand_t *errand)
{
    const wecom_shape_room_t *room = errand->room;
    const char *id = errand->source->id;
    wecom_tree_report_t report;
    wecom_error_t err;
    apr_size_t size;
    void *block = wecom_shape_room_begin(&size, room, WECOM_SHAPE_TREE);
    wecom_status_t status;

    memset(&err, 0, sizeof(err));
    memset(&report, 0, sizeof(report));
    status = wecom_shape_fetch_tree(block, size, &report, &err, &errand->source->app,
                                   errand->ports, errand->pool);
    if (status == WECOM_OK) {
        wecom_shape_room_publish(room, WECOM_SHAPE_TREE);
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, errand->main, WC(0420)
                     "source %s: %" APR_SIZE_T_FMT " departments are known, in %" APR_SIZE_T_FMT
                     " bytes%s", id, report.count, report.needed,
                     report.unnamed == report.count && report.count > 0
                         ? "; WeCom withholds their names from this app" : "");
        if (report.lost > 0) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, errand->main, WC(0421)
                         "source %s: the parents of %" APR_SIZE_T_FMT " departments lead in a "
                         "circle (%" APR_INT64_T_FMT " is one); rules about those above them are "
                         "not judged", id, report.lost, report.first_lost);
        }
        return 1;
    }
    if (wecom_background_ends()
        || !wecom_shape_may_tell(errand->due, WECOM_SHAPE_TREE, now_of(errand))) {
        return 0;
    }
    if (status == WECOM_E_TOO_LARGE && report.needed > size) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, errand->main, WC(0422)
                     "source %s: the departments do not fit, and those known before are kept; "
                     "write WeComDirectorySize %" APR_SIZE_T_FMT "M or more", id,
                     ((report.needed * 2) >> 20) + 1);
        return 0;
    }
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, errand->main, WC(0423)
                 "source %s: the departments cannot be read%s; those known before are kept", id,
                 wecom_request_upstream(&err, errand->pool));
    return 0;
}

static int read_tags(const errand_t *errand)
{
    const wecom_shape_room_t *room = errand->room;
    const char *id = errand->source->id;
    wecom_tags_report_t report;
    wecom_error_t err;
    apr_size_t size;
    void *block = wecom_shape_room_begin(&size, room, WECOM_SHAPE_TAGS);
    wecom_status_t status;

    memset(&err, 0, sizeof(err));
    memset(&report, 0, sizeof(report));
    status = wecom_shape_fetch_tags(block, size, &report, &err, errand->tags,
                                   wecom_background_ends, &errand->source->app, errand->ports,
                                   errand->pool);
    if (status == WECOM_OK) {
        wecom_shape_room_publish(room, WECOM_SHAPE_TAGS);
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, errand->main, WC(0424)
                     "source %s: %" APR_SIZE_T_FMT " tags are known, of %" APR_SIZE_T_FMT
                     " the members, in %" APR_SIZE_T_FMT " bytes", id, report.count, report.read,
                     report.needed);
        if (report.refused != NULL) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, errand->main, WC(0425)
                         "source %s: WeCom does not show the members of tag %s to this app; rules "
                         "with it are not judged", id, report.refused);
        }
        if (wecom_shape_room_tags(room, errand->pool)->nelts == WECOM_MAX_WANTED_TAGS) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, errand->main, WC(0429)
                         "source %s: .htaccess files name %d tags or more, and no further ones "
                         "are read until the server is stopped and started; name them in the "
                         "server's configuration", id,
                         WECOM_MAX_WANTED_TAGS);
        }
        return 1;
    }
    if (wecom_background_ends()
        || !wecom_shape_may_tell(errand->due, WECOM_SHAPE_TAGS, now_of(errand))) {
        return 0;
    }
    if (status == WECOM_E_TOO_LARGE && report.needed > size) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, errand->main, WC(0426)
                     "source %s: the tags do not fit, and those known before are kept; write "
                     "WeComDirectorySize %" APR_SIZE_T_FMT "M %" APR_SIZE_T_FMT "M or more", id,
                     wecom_shape_room_server(room)->directory_bytes[WECOM_SHAPE_TREE] >> 20,
                     ((report.needed * 2) >> 20) + 1);
        return 0;
    }
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, errand->main, WC(0428)
                 "source %s: the tags cannot be read%s; those known before are kept", id,
                 wecom_request_upstream(&err, errand->pool));
    return 0;
}

static void keep(const errand_t *errand, int part, int (*read_part)(const errand_t *errand))
{
    apr_int64_t span = wecom_shape_room_server(errand->room)->refresh;
    apr_int64_t now = now_of(errand);
    apr_int64_t begun;

    if (!wecom_shape_is_due(errand->due, part, now)) {
        return;
    }
    begun = wecom_shape_begin(errand->due, part, now);
    if (read_part(errand)) {
        wecom_shape_done(errand->due, part, begun, span, now);
    }
    else if (wecom_background_ends()) { /* the next process need not wait for the retry */
        wecom_shape_due_now(errand->due, part);
    }
    else {
        wecom_shape_failed(errand->due, part, begun, span, now_of(errand));
    }
}

void wecom_shape_task(server_rec *main, apr_pool_t *pool)
{
    const apr_array_header_t *rooms = wecom_shape_shm_rooms();
    int i;

    for (i = 0; i < rooms->nelts && !wecom_background_ends(); i++) {
        const wecom_shape_room_t *room = APR_ARRAY_IDX(rooms, i, const wecom_shape_room_t *);
        apr_array_header_t *tags = apr_array_make(pool, 4, sizeof(const char *));
        errand_t errand;

        if (!collect(tags, room, pool)) {
            continue;
        }
        errand.main = main;
        errand.room = room;
        errand.source = wecom_shape_room_source(room);
        errand.ports = wecom_runtime_ports(wecom_shape_room_server(room));
        errand.due = wecom_shape_room_due(room);
        errand.tags = tags;
        errand.pool = pool;
        keep(&errand, WECOM_SHAPE_TREE, read_tree);
        if (tags->nelts > 0) {
            keep(&errand, WECOM_SHAPE_TAGS, read_tags);
        }
    }
}
