/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret.c - file:, env: and exec:.
 */
#include "secret.h"

#include <signal.h>
#include <string.h>

#include <apr_env.h>
#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "http_core.h"

#include "../base/crypto.h"
#include "../base/limits.h"
#include "../base/text.h"

#define KEPT_KEY  "mod_auth_wecom exec secrets" /* in the pool of the process */
#define WAIT_STEP apr_time_from_msec(10)

/* One job, so that messages need not be handed five values. */
typedef struct reading_t {
    wecom_judge_t *judge;
    const char *section;
    const wecom_where_t *where;
} reading_t;

/* Bytes to secret: one newline at the end does not count. NULL when it is empty, too long or
 * holds anything but plain text; *why then says which. The bytes are wiped. */
static const char *accept_bytes(const char **why, char *bytes, apr_size_t len, apr_pool_t *pool)
{
    const char *secret = NULL;
    apr_size_t all = len;

    if (len > 0 && bytes[len - 1] == '\n') {
        len--;
    }
    if (len > 0 && bytes[len - 1] == '\r') {
        len--;
    }
    if (len == 0) {
        *why = "is empty";
    }
    else if (len > WECOM_MAX_SECRET) {
        *why = "is longer than " APR_STRINGIFY(WECOM_MAX_SECRET) " bytes";
    }
    else if (!wecom_text_is_plain_utf8(bytes, len)) {
        *why = "holds more than one line, or bytes that are not text";
    }
    else {
        secret = apr_pstrmemdup(pool, bytes, len);
    }
    wecom_crypto_wipe(bytes, all);
    return secret;
}

/* --- file: ------------------------------------------------------------------------------------ */

static const char *from_file(const reading_t *reading, const char *path)
{
    wecom_judge_t *judge = reading->judge;
    const char *full = ap_server_root_relative(judge->temp, path);
    const char *secret, *why = NULL;
    char bytes[WECOM_MAX_SECRET + 3];
    apr_size_t len = 0;
    apr_finfo_t info;
    apr_file_t *file;
    apr_status_t rv = APR_EBADPATH;

    /* Asked before it is opened: opening a pipe would wait for whoever writes into it. */
    if (full != NULL) {
        rv = apr_stat(&info, full, APR_FINFO_TYPE | APR_FINFO_PROT, judge->temp);
    }
    if (rv == APR_SUCCESS && info.filetype != APR_REG) {
        why = "is not a file";
    }
    if (rv == APR_SUCCESS && why == NULL) {
        rv = apr_file_open(&file, full, APR_FOPEN_READ, APR_OS_DEFAULT, judge->temp);
    }
    if (rv != APR_SUCCESS || why != NULL) {
        why = why != NULL ? why : apr_psprintf(judge->temp, "cannot be read (%pm)", &rv);
        wecom_fault(judge, reading->where, WC(0120) "WeComSecret of %s: %s %s; write the secret "
                    "into that file, readable for the user who starts the server",
                    reading->section, full != NULL ? full : path, why);
        return NULL;
    }
    rv = apr_file_read_full(file, bytes, sizeof(bytes), &len);
    apr_file_close(file);
    secret = rv == APR_SUCCESS || APR_STATUS_IS_EOF(rv)
             ? accept_bytes(&why, bytes, len, judge->pool) : NULL;
    if (secret == NULL) {
        wecom_fault(judge, reading->where, WC(0121) "WeComSecret of %s: the file %s %s; it must "
                    "hold the secret on one line and nothing else", reading->section, full,
                    why != NULL ? why : "cannot be read");
        return NULL;
    }
    if ((info.protection & (APR_FPROT_GREAD | APR_FPROT_WREAD)) != 0) {
        wecom_fault_warn(judge, reading->where, WC(0122) "WeComSecret of %s: others than its "
                         "owner can read the file %s; chmod 600 it", reading->section, full);
    }
    return secret;
}

/* --- env: ------------------------------------------------------------------------------------- */

static const char *from_env(const reading_t *reading, const char *name)
{
    const char *why = "is not set";
    const char *secret = NULL;
    char *value = NULL;

    if (apr_env_get(&value, name, reading->judge->temp) == APR_SUCCESS) {
        value = apr_pstrdup(reading->judge->temp, value); /* the environment itself is not wiped */
        secret = accept_bytes(&why, value, strlen(value), reading->judge->pool);
    }
    if (secret == NULL) {
        wecom_fault(reading->judge, reading->where, WC(0123) "WeComSecret of %s: the environment "
                    "variable %s %s; set it where the server is started (on Debian in "
                    "/etc/apache2/envvars, with export)", reading->section, name, why);
    }
    return secret;
}

/* --- exec: ------------------------------------------------------------------------------------ */

/* Read all that is printed, until the deadline, and keep the beginning. The rest is taken too:
 * a program whose output nobody takes ends with an error. */
static apr_status_t read_output(char *line, apr_size_t size, apr_size_t *len, apr_file_t *out,
                                apr_time_t deadline)
{
    char rest[1024];
    apr_status_t rv = APR_SUCCESS;

    *len = 0;
    while (rv == APR_SUCCESS) {
        int keep = *len < size;
        apr_size_t n = keep ? size - *len : sizeof(rest);
        apr_interval_time_t left = deadline - apr_time_now();

        if (left <= 0) {
            return APR_TIMEUP;
        }
        apr_file_pipe_timeout_set(out, left);
        rv = apr_file_read(out, keep ? line + *len : rest, &n);
        *len += rv == APR_SUCCESS && keep ? n : 0;
    }
    return APR_STATUS_IS_EOF(rv) ? APR_SUCCESS : rv;
}

/* Wait for the end, until the deadline; whoever is late is killed. APR has no wait with a limit,
 * so this asks again and again. */
static int ended_well(apr_proc_t *process, apr_time_t deadline)
{
    apr_exit_why_e why = APR_PROC_EXIT;
    int code = 0;

    while (apr_proc_wait(process, &code, &why, APR_NOWAIT) == APR_CHILD_NOTDONE) {
        if (apr_time_now() >= deadline) {
            apr_proc_kill(process, SIGKILL);
            apr_proc_wait(process, &code, &why, APR_WAIT);
            return 0;
        }
        apr_sleep(WAIT_STEP);
    }
    return APR_PROC_CHECK_EXIT(why) && code == 0;
}

static apr_status_t start(apr_proc_t *process, const char *command, apr_pool_t *pool)
{
    apr_procattr_t *attr;
    char **argv;
    apr_status_t rv = apr_tokenize_to_argv(command, &argv, pool);

    if (rv == APR_SUCCESS) {
        rv = apr_procattr_create(&attr, pool);
    }
    if (rv == APR_SUCCESS) {
        rv = apr_procattr_io_set(attr, APR_NO_PIPE, APR_FULL_BLOCK, APR_NO_PIPE);
    }
    if (rv == APR_SUCCESS) {
        rv = apr_procattr_cmdtype_set(attr, APR_PROGRAM_ENV); /* no shell, our environment */
    }
    if (rv == APR_SUCCESS) {
        rv = apr_procattr_error_check_set(attr, 1);
    }
    if (rv == APR_SUCCESS) {
        rv = apr_proc_create(process, argv[0], (const char *const *)argv, NULL, attr, pool);
    }
    return rv;
}

static const char *run(const reading_t *reading, const char *command)
{
    wecom_judge_t *judge = reading->judge;
    const apr_time_t deadline = apr_time_now() + apr_time_from_sec(WECOM_EXEC_SECONDS);
    const char *why = "";
    const char *secret = NULL;
    char line[WECOM_MAX_SECRET + 3];
    const char *newline;
    apr_proc_t process;
    apr_size_t len;
    apr_status_t rv = start(&process, command, judge->temp);

    if (rv != APR_SUCCESS) {
        wecom_fault(judge, reading->where, WC(0124) "WeComSecret of %s: the command cannot be "
                    "started (%pm); write an absolute path of a program, without a shell's "
                    "language", reading->section, &rv);
        return NULL;
    }
    rv = read_output(line, sizeof(line), &len, process.out, deadline);
    apr_file_close(process.out);
    if (!ended_well(&process, rv == APR_SUCCESS ? deadline : 0)) {
        wecom_fault(judge, reading->where, WC(0125) "WeComSecret of %s: the command did not end "
                    "with exit status 0 within " APR_STRINGIFY(WECOM_EXEC_SECONDS) " seconds; "
                    "try it by hand as the user who starts the server", reading->section);
        wecom_crypto_wipe(line, sizeof(line));
        return NULL;
    }
    newline = memchr(line, '\n', len);
    secret = accept_bytes(&why, line, newline != NULL ? (apr_size_t)(newline - line) : len,
                          judge->pool);
    wecom_crypto_wipe(line, sizeof(line));
    if (secret == NULL) {
        wecom_fault(judge, reading->where, WC(0126) "WeComSecret of %s: the first line of the "
                    "command's output %s; it must be the secret and nothing else",
                    reading->section, why);
    }
    return secret;
}

/* httpd reads its configuration, forgets it and reads it again before it serves. What a command
 * said the first time is kept in the pool of the process, which alone lives that long. No
 * cleanup stands there: the module's code is unloaded in between. */
static apr_hash_t *kept(wecom_judge_t *judge)
{
    apr_pool_t *process = judge->main->process->pool;
    void *table = NULL;

    apr_pool_userdata_get(&table, KEPT_KEY, process);
    if (table == NULL) {
        table = apr_hash_make(process);
        apr_pool_userdata_set(table, KEPT_KEY, NULL, process);
    }
    return table;
}

static const char *from_command(const reading_t *reading, const char *command)
{
    wecom_judge_t *judge = reading->judge;
    apr_pool_t *process = judge->main->process->pool;
    const char *secret = apr_hash_get(kept(judge), command, APR_HASH_KEY_STRING);

    if (secret != NULL) {
        return apr_pstrdup(judge->pool, secret);
    }
    secret = run(reading, command);
    if (secret != NULL && judge->run == WECOM_RUN_REAL
        && ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        apr_hash_set(kept(judge), apr_pstrdup(process, command), APR_HASH_KEY_STRING,
                     apr_pstrdup(process, secret));
    }
    return secret;
}

void wecom_secret_forget(wecom_judge_t *judge)
{
    apr_hash_index_t *i;

    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return;
    }
    for (i = apr_hash_first(judge->temp, kept(judge)); i != NULL; i = apr_hash_next(i)) {
        void *secret;

        apr_hash_this(i, NULL, NULL, &secret);
        wecom_crypto_wipe(secret, strlen(secret));
    }
    apr_hash_clear(kept(judge));
}

/* --- all of them ------------------------------------------------------------------------------ */

const char *wecom_secret_read(wecom_judge_t *judge, const char *written, const char *section,
                              const wecom_where_t *where)
{
    const reading_t reading = { judge, section, where };

    if (judge->run == WECOM_RUN_DUMP) {
        return "";
    }
    if (strncmp(written, "file:", 5) == 0) {
        return from_file(&reading, written + 5);
    }
    if (strncmp(written, "env:", 4) == 0) {
        return from_env(&reading, written + 4);
    }
    if (strncmp(written, "exec:", 5) == 0) {
        return from_command(&reading, written + 5);
    }
    wecom_fault_warn(judge, where, WC(0127) "WeComSecret of %s stands in the configuration "
                     "itself; write it into a file that only the user who starts the server can "
                     "read, and WeComSecret file:PATH here", section);
    return written;
}
