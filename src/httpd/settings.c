/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - see settings.h. */

#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../base/json.h"
#include "../base/text.h"

#define NAME    "wecomctl.json"
#define BESIDE  "wecomctl.json.new"
#define VERSION 1

/* "password=...", "pass=..." or a URL with somebody's name in it. */
static int holds_password(const char *params)
{
    return params != NULL
           && (wecom_text_contains_fold(params, strlen(params), "pass")
               || (strstr(params, "://") != NULL && strchr(params, '@') != NULL));
}

static void tell_query(wecom_json_out_t *out, const wecom_server_t *server, apr_pool_t *pool)
{
    wecom_json_out_text(out, "query", server->account_query != NULL
                                          ? apr_array_pstrcat(pool, server->account_query, ' ')
                                          : NULL);
}

static void tell_server(wecom_json_out_t *out, const wecom_server_t *server, apr_pool_t *pool)
{
    const wecom_accounts_t *accounts = server->directory;
    wecom_json_out_t *sources;
    int i;

    wecom_json_out_text(out, "url", server->site->public_url);
    wecom_json_out_text(out, "accounts", APR_ARRAY_IDX(server->accounts, 0, const char *));
    wecom_json_out_text(out, "driver", accounts != NULL ? accounts->driver : NULL);
    wecom_json_out_text(out, "params", accounts != NULL && !holds_password(accounts->params)
                                           ? accounts->params : NULL);
    tell_query(out, server, pool);
    sources = wecom_json_out_child_array(out, "sources");
    for (i = 0; i < server->sources->nelts; i++) {
        const wecom_source_t *source = APR_ARRAY_IDX(server->sources, i, const wecom_source_t *);
        wecom_json_out_t *told = wecom_json_out_child_object(sources, NULL);

        wecom_json_out_text(told, "id", source->id);
        wecom_json_out_bool(told, "with_case", source->app.proxy_developed);
    }
}

static const char *text_for(server_rec *main, const char *folder, apr_pool_t *pool)
{
    wecom_json_out_t *out = wecom_json_out_object(pool);
    wecom_json_out_t *servers;
    server_rec *s;

    wecom_json_out_number(out, "version", VERSION);
    servers = wecom_json_out_child_array(out, "servers");
    for (s = main; s != NULL; s = s->next) {
        const wecom_server_t *server = wecom_config_server(s);

        if (server->site != NULL && strcmp(server->state_dir, folder) == 0) {
            tell_server(wecom_json_out_child_object(servers, NULL), server, pool);
        }
    }
    return apr_pstrcat(pool, wecom_json_out_print(out), "\n", NULL);
}

/* Beside it and then in its place, so that nobody reads half of it. 0, or errno. */
static int write_file(const char *folder, const char *text)
{
    int at = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    apr_size_t len = strlen(text);
    int error = 0;
    int fd;

    if (at < 0) {
        return errno;
    }
    (void)unlinkat(at, BESIDE, 0);
    fd = openat(at, BESIDE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) {
        error = errno;
    }
    else {
        errno = 0;
        if (fchmod(fd, 0644) != 0 || write(fd, text, len) != (ssize_t)len
            || renameat(at, BESIDE, at, NAME) != 0) {
            error = errno != 0 ? errno : EIO;
        }
        close(fd);
    }
    close(at);
    return error;
}

void wecom_settings_write(server_rec *main, apr_pool_t *pool)
{
    apr_array_header_t *done = apr_array_make(pool, 2, sizeof(const char *));
    server_rec *s;
    int i;

    for (s = main; s != NULL; s = s->next) {
        const wecom_server_t *server = wecom_config_server(s);
        int seen = server->site == NULL;
        int error;

        for (i = 0; !seen && i < done->nelts; i++) {
            seen = strcmp(APR_ARRAY_IDX(done, i, const char *), server->state_dir) == 0;
        }
        if (seen) {
            continue;
        }
        APR_ARRAY_PUSH(done, const char *) = server->state_dir;
        error = write_file(server->state_dir, text_for(main, server->state_dir, pool));
        if (error != 0) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, error, s, WC(0414)
                         "%s/" NAME " cannot be written; wecomctl needs --driver and --params",
                         server->state_dir);
        }
    }
}
