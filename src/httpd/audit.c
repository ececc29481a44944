/* SPDX-License-Identifier: Apache-2.0 */
/* audit.c - see audit.h. */

#include "audit.h"

#include <string.h>

#include "apr_file_io.h"
#include "apr_hash.h"
#include "apr_strings.h"
#include "http_config.h"

/* One generation: WeComAuditLog as written -> apr_file_t *. Written in post_config, read-only for
 * requests. */
static apr_hash_t *logs;

void wecom_audit_pre_config(void)
{
    logs = NULL;
}

static apr_file_t *open_program(const char *command, apr_pool_t *pconf)
{
    piped_log *pipe;

    /* "||" is mod_log_config's spelling of the same: without a shell. */
    command += command[1] == '|' ? 2 : 1;
    pipe = ap_open_piped_log_ex(pconf, command, APR_PROGRAM_ENV);
    return pipe != NULL ? ap_piped_log_write_fd(pipe) : NULL;
}

static apr_file_t *open_file(const char *path, apr_status_t *rv, apr_pool_t *pconf)
{
    const char *full = ap_server_root_relative(pconf, path);
    apr_file_t *file = NULL;

    *rv = full == NULL ? APR_EBADPATH
                       : apr_file_open(&file, full, APR_FOPEN_WRITE | APR_FOPEN_APPEND
                                                        | APR_FOPEN_CREATE | APR_FOPEN_LARGEFILE,
                                       APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_GREAD, pconf);
    return *rv == APR_SUCCESS ? file : NULL;
}

const char *wecom_audit_judge(const char *log, apr_pool_t *pool)
{
    const char *path = log;
    apr_finfo_t info;

    if (*log == '|') {
        path = log + (log[1] == '|' ? 2 : 1);
        path = ap_getword_conf(pool, &path);
        return apr_stat(&info, path, APR_FINFO_TYPE | APR_FINFO_PROT, pool) == APR_SUCCESS
               && info.filetype == APR_REG && (info.protection & APR_FPROT_UEXECUTE) != 0
                   ? NULL : apr_pstrcat(pool, "there is no program ", path, NULL);
    }
    path = ap_server_root_relative(pool, log);
    if (path != NULL && apr_stat(&info, path, APR_FINFO_TYPE, pool) == APR_SUCCESS) {
        return info.filetype == APR_DIR ? "that is a folder; name a file in it" : NULL;
    }
    return path != NULL
           && apr_stat(&info, ap_make_dirstr_parent(pool, path), APR_FINFO_TYPE, pool)
                  == APR_SUCCESS && info.filetype == APR_DIR
               ? NULL : "its folder is not there; make it first";
}

void wecom_audit_open(apr_pool_t *pconf, server_rec *main)
{
    server_rec *s;

    logs = apr_hash_make(pconf);
    for (s = main; s != NULL; s = s->next) {
        const wecom_server_t *server = wecom_config_server(s);
        apr_status_t rv = APR_SUCCESS;
        apr_file_t *log;

        if (server->site == NULL || server->audit_log == NULL
            || apr_hash_get(logs, server->audit_log, APR_HASH_KEY_STRING) != NULL) {
            continue;
        }
        log = *server->audit_log == '|' ? open_program(server->audit_log, pconf)
                                        : open_file(server->audit_log, &rv, pconf);
        if (log == NULL) { /* a reload must not end a server that runs */
            ap_log_error(APLOG_MARK, APLOG_CRIT, rv, s, WC(0413)
                         "WeComAuditLog %s cannot be opened; its lines go to the error log",
                         server->audit_log);
            continue;
        }
        apr_hash_set(logs, server->audit_log, APR_HASH_KEY_STRING, log);
    }
}

static const char *now_as_text(apr_pool_t *pool)
{
    apr_time_exp_t at;

    apr_time_exp_gmt(&at, apr_time_now());
    return apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02dZ", at.tm_year + 1900,
                        at.tm_mon + 1, at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec);
}

/* r: NULL beside requests. */
static void say(int level, request_rec *r, const wecom_server_t *server, const char *text)
{
    if (r != NULL) {
        ap_log_rerror(APLOG_MARK, level, 0, r, "%s", text);
    }
    else {
        ap_log_error(APLOG_MARK, level, 0, server->server, "%s", text);
    }
}

static void write_line(request_rec *r, const wecom_server_t *server, const char *line,
                       apr_pool_t *pool)
{
    apr_file_t *log = server->audit_log != NULL
                      ? apr_hash_get(logs, server->audit_log, APR_HASH_KEY_STRING) : NULL;
    apr_size_t len;

    if (server->audit_log == NULL) {
        say(APLOG_NOTICE, r, server, apr_pstrcat(pool, WC(0341), line, NULL));
        return;
    }
    line = apr_pstrcat(pool, line, "\n", NULL);
    len = strlen(line);
    /* One write for one line, so that lines of other processes do not come in between. */
    if (log == NULL || apr_file_write(log, line, &len) != APR_SUCCESS || len != strlen(line)) {
        say(APLOG_ERR, r, server,
            apr_pstrcat(pool, WC(0342) "WeComAuditLog ", server->audit_log, " cannot be written; "
                        "the line is: ", line, NULL));
    }
}

static void write_event(request_rec *r, const wecom_reply_t *reply, const char *event,
                        int granted)
{
    const wecom_visit_t *visit = wecom_request_visit(r);
    wecom_json_out_t *out = wecom_json_out_object(r->pool);

    wecom_json_out_text(out, "time", now_as_text(r->pool));
    wecom_json_out_text(out, "event", event);
    wecom_json_out_text(out, "outcome", granted ? "granted" : "refused");
    wecom_json_out_text(out, "source", reply->source);
    wecom_json_out_text(out, "userid", reply->userid);
    wecom_json_out_text(out, "account", reply->account);
    wecom_json_out_text(out, "address", r->useragent_ip);
    wecom_json_out_text(out, "reason", wecom_reason_row(reply->reason)->id);
    if (reply->linked_by != NULL) {
        wecom_json_out_text(out, "linked_by", reply->linked_by);
    }
    if (reply->incident != NULL) {
        wecom_json_out_text(out, "incident", reply->incident);
    }
    write_line(r, visit->server, wecom_json_out_print(out), r->pool);
}

void wecom_audit_write(request_rec *r, const wecom_reply_t *reply)
{
    if (reply->reason == WECOM_REASON_DENIED || reply->source == NULL) {
        return; /* no login: a page that is not for this member, or a stranger's odd request */
    }
    if (!reply->signed_in) {
        int confirmed = reply->reason == WECOM_REASON_PAIR_CONFIRMED;

        write_event(r, reply, confirmed ? "confirmation" : "refusal", confirmed);
        return;
    }
    if (reply->created) {
        write_event(r, reply, "creation", 1);
    }
    if (reply->linked_by != NULL) {
        write_event(r, reply, strncmp(reply->linked_by, "bind:", 5) == 0
                                  || strncmp(reply->linked_by, "choice:", 7) == 0
                              ? "binding" : "link", 1);
    }
    write_event(r, reply, "login", 1);
}

void wecom_audit_recall(const wecom_server_t *server, const wecom_source_t *source,
                        const char *userid, wecom_reason_t reason, apr_pool_t *pool)
{
    wecom_json_out_t *out = wecom_json_out_object(pool);

    wecom_json_out_text(out, "time", now_as_text(pool));
    wecom_json_out_text(out, "event", "recall");
    wecom_json_out_text(out, "outcome", "refused");
    wecom_json_out_text(out, "source", source->id);
    wecom_json_out_text(out, "userid", userid);
    wecom_json_out_text(out, "reason", wecom_reason_row(reason)->id);
    write_line(NULL, server, wecom_json_out_print(out), pool);
}
