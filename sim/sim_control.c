/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_control.c - the levers behind the stage.
 */
#include "sim_control.h"

#include <apr_strings.h>

#include "../src/base/limits.h"
#include "sim_command.h"
#include "sim_hold.h"
#include "sim_jsticket.h"

#define SIM_MAX_DELAY_MS 600000

int sim_control_ok(sim_call_t *call)
{
    wecom_json_out_t *root = wecom_json_out_object(call->pool);

    wecom_json_out_bool(root, "ok", 1);
    return sim_call_send_json(call, root);
}

int sim_control_bad(sim_call_t *call, const char *why)
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
    {"/sim/member", sim_command_member, 0},
    {"/sim/department", sim_command_department, 0},
    {"/sim/tag", sim_command_tag, 0},
    {"/sim/app", sim_command_app, 0},
    {"/sim/grow", sim_command_grow, 0},
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
