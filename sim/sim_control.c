/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_control.c - the levers behind the stage.
 */
#include "sim_control.h"

#include <apr_strings.h>

#include "../src/base/limits.h"
#include "../src/base/text.h"
#include "sim_hold.h"
#include "sim_jsticket.h"
#include "sim_people.h"

#define SIM_MAX_DELAY_MS 600000

static int sim_control_ok(sim_call_t *call)
{
    wecom_json_out_t *root = wecom_json_out_object(call->pool);

    wecom_json_out_bool(root, "ok", 1);
    return sim_call_send_json(call, root);
}

static int sim_control_bad(sim_call_t *call, const char *why)
{
    wecom_json_out_t *root = wecom_json_out_object(call->pool);
    const char *text;

    wecom_json_out_bool(root, "ok", 0);
    wecom_json_out_text(root, "error", why);
    text = wecom_json_out_print(root);
    return sim_call_send(call, HTTP_BAD_REQUEST, "application/json; charset=UTF-8", text,
                         strlen(text));
}

static int sim_control_counts(sim_call_t *call)
{
    wecom_json_out_t *root = wecom_json_out_object(call->pool);
    sim_count_t *counts = NULL;
    apr_size_t n = sim_lever_counts(&counts, call->pool);
    apr_size_t i;

    for (i = 0; i < n; i++) {
        wecom_json_out_number(root, counts[i].path, counts[i].calls);
    }
    return sim_call_send_json(call, root);
}

static int sim_control_counts_reset(sim_call_t *call)
{
    sim_lever_counts_reset();
    return sim_control_ok(call);
}

static int sim_control_faults(sim_call_t *call)
{
    wecom_json_out_t *root = wecom_json_out_object(call->pool);
    wecom_json_out_t *list = wecom_json_out_child_array(root, "faults");
    sim_fault_t *faults = NULL;
    apr_size_t n = sim_lever_faults(&faults, call->pool);
    apr_size_t i;

    for (i = 0; i < n; i++) {
        wecom_json_out_t *item = wecom_json_out_child_object(list, NULL);

        wecom_json_out_text(item, "path", faults[i].path);
        wecom_json_out_text(item, "kind", sim_lever_fault_word(faults[i].kind));
        wecom_json_out_text(item, "field", faults[i].field);
        wecom_json_out_number(item, "code", faults[i].code);
        wecom_json_out_number(item, "ms", faults[i].ms);
        wecom_json_out_number(item, "times", faults[i].times);
        wecom_json_out_number(item, "skip", faults[i].skip);
    }
    return sim_call_send_json(call, root);
}

static int sim_control_fault(sim_call_t *call)
{
    sim_fault_t *fault = apr_pcalloc(call->pool, sizeof(*fault));
    const char *path = sim_call_form(call, "path", SIM_MAX_PATH);
    const char *field = sim_call_form(call, "field", SIM_MAX_WORD);

    if (!sim_call_is_post(call)) {
        return sim_control_faults(call);
    }
    fault->kind = sim_lever_fault_kind(sim_call_form(call, "kind", SIM_MAX_WORD));
    if (fault->kind == SIM_FAULT_NONE) {
        return sim_control_bad(call, "kind is none of the kinds listed in README.md");
    }
    apr_cpystrn(fault->path, path != NULL && path[0] != '\0' ? path : "*", sizeof(fault->path));
    apr_cpystrn(fault->field, field != NULL ? field : "", sizeof(fault->field));
    fault->code = (int)sim_call_form_number(call, "code", -1000000, 10000000, 0);
    fault->ms = (int)sim_call_form_number(call, "ms", 0, SIM_MAX_DELAY_MS, 0);
    fault->times = (int)sim_call_form_number(call, "times", 0, 1000000, 0);
    fault->skip = (int)sim_call_form_number(call, "skip", 0, 1000000, 0);
    if (fault->kind == SIM_FAULT_ERRCODE && fault->code == 0) {
        return sim_control_bad(call, "kind=errcode needs code, the errcode");
    }
    if (fault->kind == SIM_FAULT_HTTP && (fault->code < 200 || fault->code > 599)) {
        return sim_control_bad(call, "kind=http needs code, a status from 200 to 599");
    }
    if ((fault->kind == SIM_FAULT_WRONGTYPE || fault->kind == SIM_FAULT_MISSING)
        && fault->field[0] == '\0') {
        return sim_control_bad(call, "kind=wrongtype and kind=missing need field");
    }
    if (!sim_lever_fault_add(fault)) {
        return sim_control_bad(call, "the table of faults is full");
    }
    return sim_control_ok(call);
}

static int sim_control_fault_clear(sim_call_t *call)
{
    sim_lever_fault_clear();
    return sim_control_ok(call);
}

static int sim_control_token_invalidate(sim_call_t *call)
{
    sim_lever_tokens_end(0);
    return sim_control_ok(call);
}

static int sim_control_token_expire(sim_call_t *call)
{
    sim_lever_tokens_end(1);
    return sim_control_ok(call);
}

static int sim_control_token_seconds(sim_call_t *call)
{
    apr_int64_t seconds = sim_call_form_number(call, "seconds", 1, 100000000, 0);

    if (seconds == 0) {
        return sim_control_bad(call, "seconds is not a number from 1");
    }
    sim_lever_token_seconds((int)seconds);
    return sim_control_ok(call);
}

static int sim_control_jsticket_end(sim_call_t *call)
{
    sim_jsticket_end();
    return sim_control_ok(call);
}

static int sim_control_jsticket_seconds(sim_call_t *call)
{
    apr_int64_t seconds = sim_call_form_number(call, "seconds", 1, 100000000, 0);

    if (seconds == 0) {
        return sim_control_bad(call, "seconds is not a number from 1");
    }
    sim_jsticket_seconds((int)seconds);
    return sim_control_ok(call);
}

static int sim_control_time(sim_call_t *call)
{
    apr_int64_t skew = sim_call_form_number(call, "skew", -APR_INT32_MAX, APR_INT32_MAX,
                                            APR_INT64_MAX);

    if (skew == APR_INT64_MAX) {
        return sim_control_bad(call, "skew is not a number of seconds");
    }
    sim_lever_skew(skew);
    return sim_control_ok(call);
}

/* "2,5" or "" into the change; 0 when it is something else. */
static int sim_control_departments(sim_call_t *call, sim_change_t *change, const char *text)
{
    char *copy = apr_pstrdup(call->pool, text);
    char *last = NULL;
    char *word;

    change->departments = 0;
    for (word = apr_strtok(copy, ",", &last); word != NULL; word = apr_strtok(NULL, ",", &last)) {
        apr_int64_t id = 0;

        if (change->departments == SIM_MAX_CHANGE_DEPARTMENTS
            || wecom_text_number(&id, word, 1, APR_INT32_MAX) != WECOM_OK) {
            return 0;
        }
        change->department[change->departments++] = (int)id;
    }
    return 1;
}

static int sim_control_member(sim_call_t *call)
{
    const char *corpid = sim_call_form(call, "corp", SIM_MAX_CORPID);
    const char *userid = sim_call_form(call, "userid", SIM_MAX_PERSON);
    const char *departments = sim_call_form(call, "department", 200);
    const sim_corp_t *corp = corpid == NULL ? SIM_AT(call->data->corps, sim_corp_t, 0)
                                            : sim_data_corp(call->data, corpid);
    const sim_member_t *member = NULL;
    sim_change_t *change = apr_pcalloc(call->pool, sizeof(*change));
    int i;

    if (corp != NULL && userid != NULL) {
        member = sim_data_member(corp, userid, call->pool);
    }
    if (member == NULL) {
        return sim_control_bad(call, "no such corp and userid");
    }
    sim_lever_change_get(change, corp->corpid, member->userid);
    change->status = (int)sim_call_form_number(call, "status", SIM_KEEP, 5, change->status);
    change->deleted = (int)sim_call_form_number(call, "deleted", 0, 1, change->deleted);
    change->visible = (int)sim_call_form_number(call, "visible", SIM_KEEP, 1, change->visible);
    if (departments != NULL && !sim_control_departments(call, change, departments)) {
        return sim_control_bad(call, "department is not a list of at most 20 numbers");
    }
    for (i = 0; i < 5; i++) {
        const char *text = sim_call_form(call, sim_lever_texts[i], SIM_MAX_TEXT);

        if (text != NULL) {
            change->texts |= 1u << i;
            apr_cpystrn(change->text[i], text, sizeof(change->text[i]));
        }
    }
    if (!sim_lever_change_put(change)) {
        return sim_control_bad(call, "the table of changed members is full");
    }
    return sim_control_ok(call);
}

static int sim_control_reset(sim_call_t *call)
{
    sim_lever_reset();
    return sim_control_ok(call);
}

static const struct {
    const char *path;
    int (*serve)(sim_call_t *call);
    int get; /* may be read with GET; all others are POST */
} sim_control_entries[] = {
    {"/sim/counts", sim_control_counts, 1},
    {"/sim/counts/reset", sim_control_counts_reset, 0},
    {"/sim/fault", sim_control_fault, 1},
    {"/sim/fault/clear", sim_control_fault_clear, 0},
    {"/sim/token/invalidate", sim_control_token_invalidate, 0},
    {"/sim/token/expire", sim_control_token_expire, 0},
    {"/sim/token/expires_in", sim_control_token_seconds, 0},
    {"/sim/jsticket/end", sim_control_jsticket_end, 0},
    {"/sim/jsticket/expires_in", sim_control_jsticket_seconds, 0},
    {"/sim/time", sim_control_time, 0},
    {"/sim/member", sim_control_member, 0},
    {"/sim/reset", sim_control_reset, 0},
};

static int sim_control_reload(sim_call_t *call, const char *file)
{
    const char *error = NULL;
    apr_size_t len = 0;
    const char *text = sim_hold_read(&len, &error, file, call->pool);

    if (text == NULL) {
        return sim_control_bad(call, error);
    }
    sim_lever_text_set(text, len);
    return sim_control_ok(call);
}

int sim_control_serve(int *rv, sim_call_t *call, const char *file)
{
    int reload = strcmp(call->path, "/sim/reload") == 0;
    int (*serve)(sim_call_t *) = NULL;
    int get = 0;
    apr_size_t i;

    for (i = 0; i < sizeof(sim_control_entries) / sizeof(sim_control_entries[0]); i++) {
        if (strcmp(sim_control_entries[i].path, call->path) == 0) {
            serve = sim_control_entries[i].serve;
            get = sim_control_entries[i].get;
        }
    }
    if (serve == NULL && !reload) {
        return 0;
    }
    if (!sim_call_is_local(call)) {
        *rv = HTTP_FORBIDDEN;
    }
    else if (!sim_call_is_post(call) && !get) {
        *rv = HTTP_METHOD_NOT_ALLOWED;
    }
    else {
        *rv = reload ? sim_control_reload(call, file) : serve(call);
    }
    return 1;
}
