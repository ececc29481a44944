/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_lever.c - faults, counters, clock, changes of members and the data's text.
 */
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "sim_segment.h"

const char *const sim_lever_texts[SIM_CHANGE_TEXTS] = {
    "name", "position", "mobile", "email", "biz_mail", "alias", "telephone",
};

static const struct {
    const char *word;
    sim_fault_kind_t kind;
} sim_lever_kinds[] = {
    {"errcode", SIM_FAULT_ERRCODE},
    {"http", SIM_FAULT_HTTP},
    {"delay", SIM_FAULT_DELAY},
    {"drop", SIM_FAULT_DROP},
    {"drop_middle", SIM_FAULT_DROP_MIDDLE},
    {"html", SIM_FAULT_HTML},
    {"garbage", SIM_FAULT_GARBAGE},
    {"huge", SIM_FAULT_HUGE},
    {"silent", SIM_FAULT_SILENT},
    {"wrongtype", SIM_FAULT_WRONGTYPE},
    {"missing", SIM_FAULT_MISSING},
    {"refuse_redirects", SIM_FAULT_REFUSE_REDIRECTS},
    {"ignore_range", SIM_FAULT_IGNORE_RANGE},
};

sim_fault_kind_t sim_lever_fault_kind(const char *word)
{
    apr_size_t i;

    for (i = 0; word != NULL && i < sizeof(sim_lever_kinds) / sizeof(sim_lever_kinds[0]); i++) {
        if (strcmp(sim_lever_kinds[i].word, word) == 0) {
            return sim_lever_kinds[i].kind;
        }
    }
    return SIM_FAULT_NONE;
}

const char *sim_lever_fault_word(sim_fault_kind_t kind)
{
    apr_size_t i;

    for (i = 0; i < sizeof(sim_lever_kinds) / sizeof(sim_lever_kinds[0]); i++) {
        if (sim_lever_kinds[i].kind == kind) {
            return sim_lever_kinds[i].word;
        }
    }
    return "none";
}

int sim_lever_fault_add(const sim_fault_t *fault)
{
    sim_segment_t *segment = sim_segment_lock();
    sim_live_t *live = &segment->live;
    int done = live->faults_n < SIM_FAULTS;

    if (done) {
        live->faults[live->faults_n++] = *fault;
    }
    sim_segment_unlock(segment);
    return done;
}

void sim_lever_fault_clear(void)
{
    sim_segment_t *segment = sim_segment_lock();

    segment->live.faults_n = 0;
    sim_segment_unlock(segment);
}

static int sim_lever_fault_fits(const sim_fault_t *fault, const char *path)
{
    apr_size_t len = strlen(fault->path);

    if (len > 0 && fault->path[len - 1] == '*') {
        return strncmp(fault->path, path, len - 1) == 0;
    }
    return strcmp(fault->path, path) == 0;
}

/* One call meets fault i. 1 if it strikes; *gone if that was its last time. */
static int sim_lever_fault_strike(sim_fault_t *fault, int *gone)
{
    *gone = 0;
    if (fault->skip > 0) {
        fault->skip--;
        return 0;
    }
    if (fault->times > 0 && --fault->times == 0) {
        *gone = 1;
    }
    return 1;
}

static void sim_lever_fault_remove(sim_live_t *live, unsigned int i)
{
    live->faults_n--;
    memmove(&live->faults[i], &live->faults[i + 1],
            (live->faults_n - i) * sizeof(live->faults[0]));
}

void sim_lever_fault_take(sim_fault_t *fault, int *delay_ms, const char *path)
{
    sim_segment_t *segment = sim_segment_lock();
    sim_live_t *live = &segment->live;
    unsigned int i = 0;

    fault->kind = SIM_FAULT_NONE;
    *delay_ms = 0;
    while (i < live->faults_n && fault->kind == SIM_FAULT_NONE) {
        sim_fault_t *f = &live->faults[i];
        int gone = 0;

        if (f->kind < SIM_FAULT_REFUSE_REDIRECTS && sim_lever_fault_fits(f, path)
            && sim_lever_fault_strike(f, &gone)) {
            if (f->kind == SIM_FAULT_DELAY) {
                *delay_ms += f->ms;
            }
            else {
                *fault = *f;
            }
        }
        if (gone) {
            sim_lever_fault_remove(live, i);
        }
        else {
            i++;
        }
    }
    sim_segment_unlock(segment);
}

int sim_lever_fault_take_kind(sim_fault_kind_t kind, const char *path)
{
    sim_segment_t *segment = sim_segment_lock();
    sim_live_t *live = &segment->live;
    unsigned int i;
    int gone = 0;
    int strikes = 0;

    for (i = 0; i < live->faults_n && !strikes; i++) {
        sim_fault_t *f = &live->faults[i];

        if (f->kind == kind && sim_lever_fault_fits(f, path)) {
            strikes = sim_lever_fault_strike(f, &gone);
            if (gone) {
                sim_lever_fault_remove(live, i);
            }
        }
    }
    sim_segment_unlock(segment);
    return strikes;
}

apr_size_t sim_lever_faults(sim_fault_t **list, apr_pool_t *pool)
{
    sim_segment_t *segment = sim_segment_lock();
    apr_size_t n = segment->live.faults_n;

    *list = apr_pmemdup(pool, segment->live.faults, sizeof(sim_fault_t) * SIM_FAULTS);
    sim_segment_unlock(segment);
    return n;
}

void sim_lever_count(const char *path)
{
    sim_segment_t *segment = sim_segment_lock();
    sim_live_t *live = &segment->live;
    unsigned int i;

    for (i = 0; i < live->counts_n; i++) {
        if (strncmp(live->counts[i].path, path, SIM_MAX_PATH) == 0) {
            break;
        }
    }
    if (i == live->counts_n) {
        if (i == SIM_COUNTS) {
            i = SIM_COUNTS - 1;
            path = "(other)";
        }
        else {
            live->counts_n++;
            live->counts[i].calls = 0;
        }
        apr_cpystrn(live->counts[i].path, path, sizeof(live->counts[i].path));
    }
    live->counts[i].calls++;
    sim_segment_unlock(segment);
}

apr_size_t sim_lever_counts(sim_count_t **list, apr_pool_t *pool)
{
    sim_segment_t *segment = sim_segment_lock();
    apr_size_t n = segment->live.counts_n;

    *list = apr_pmemdup(pool, segment->live.counts, sizeof(sim_count_t) * SIM_COUNTS);
    sim_segment_unlock(segment);
    return n;
}

void sim_lever_counts_reset(void)
{
    sim_segment_t *segment = sim_segment_lock();

    segment->live.counts_n = 0;
    sim_segment_unlock(segment);
}

void sim_lever_tokens_end(int expired)
{
    sim_segment_t *segment = sim_segment_lock();
    apr_int64_t now = sim_segment_now(segment);
    unsigned int i;

    for (i = 0; i < SIM_TOKENS; i++) {
        sim_token_slot_t *slot = &segment->live.tokens[i];

        slot->current = 0;
        if (expired) {
            slot->expires = now;
        }
        else {
            slot->invalid = 1;
        }
    }
    sim_segment_unlock(segment);
}

void sim_lever_token_seconds(int seconds)
{
    sim_segment_t *segment = sim_segment_lock();
    unsigned int i;

    segment->live.token_seconds = seconds;
    /* Old tokens stay good, but the next gettoken shows the new lifetime. */
    for (i = 0; i < SIM_TOKENS; i++) {
        segment->live.tokens[i].current = 0;
    }
    sim_segment_unlock(segment);
}

void sim_lever_skew(apr_int64_t seconds)
{
    sim_segment_t *segment = sim_segment_lock();

    segment->live.skew = seconds;
    sim_segment_unlock(segment);
}

static sim_change_t *sim_lever_change_find(sim_live_t *live, const char *corpid,
                                           const char *userid)
{
    unsigned int i;

    for (i = 0; i < live->changes_n; i++) {
        if (strcmp(live->changes[i].corpid, corpid) == 0
            && strcmp(live->changes[i].userid, userid) == 0) {
            return &live->changes[i];
        }
    }
    return NULL;
}

void sim_lever_change_get(sim_change_t *change, const char *corpid, const char *userid)
{
    sim_segment_t *segment = sim_segment_lock();
    const sim_change_t *kept = sim_lever_change_find(&segment->live, corpid, userid);

    if (kept != NULL) {
        *change = *kept;
    }
    else {
        memset(change, 0, sizeof(*change));
        apr_cpystrn(change->corpid, corpid, sizeof(change->corpid));
        apr_cpystrn(change->userid, userid, sizeof(change->userid));
        change->status = SIM_KEEP;
        change->visible = SIM_KEEP;
        change->departments = SIM_KEEP;
        change->leads = SIM_KEEP;
        change->main_department = SIM_KEEP;
    }
    sim_segment_unlock(segment);
}

int sim_lever_change_put(const sim_change_t *change)
{
    sim_segment_t *segment = sim_segment_lock();
    sim_live_t *live = &segment->live;
    sim_change_t *kept = sim_lever_change_find(live, change->corpid, change->userid);

    if (kept == NULL && live->changes_n < SIM_CHANGES) {
        kept = &live->changes[live->changes_n++];
    }
    if (kept != NULL) {
        *kept = *change;
    }
    sim_segment_unlock(segment);
    return kept != NULL;
}

apr_size_t sim_lever_changes(sim_change_t **list, apr_pool_t *pool)
{
    sim_segment_t *segment = sim_segment_lock();
    apr_size_t n = segment->live.changes_n;

    *list = n == 0 ? NULL : apr_pmemdup(pool, segment->live.changes, n * sizeof(sim_change_t));
    sim_segment_unlock(segment);
    return n;
}

apr_uint32_t sim_lever_generation(void)
{
    sim_segment_t *segment = sim_segment_lock();
    apr_uint32_t generation = segment->generation;

    sim_segment_unlock(segment);
    return generation;
}

const char *sim_lever_text(apr_size_t *len, apr_uint32_t *generation, apr_pool_t *pool)
{
    sim_segment_t *segment = sim_segment_lock();
    const char *text = NULL;

    if (segment->generation != *generation) {
        text = apr_pstrmemdup(pool, segment->text, segment->text_len);
        *len = segment->text_len;
        *generation = segment->generation;
    }
    sim_segment_unlock(segment);
    return text;
}

void sim_lever_text_set(const char *text, apr_size_t len)
{
    sim_segment_t *segment = sim_segment_lock();

    if (len <= WECOM_MAX_ANSWER) {
        memcpy(segment->text, text, len);
        segment->text_len = len;
        segment->generation++;
    }
    sim_segment_unlock(segment);
}

void sim_lever_reset(void)
{
    sim_segment_t *segment = sim_segment_lock();

    if (segment->live.edits_n > 0) {
        segment->generation++;
    }
    memset(&segment->live, 0, sizeof(segment->live));
    sim_segment_unlock(segment);
}
