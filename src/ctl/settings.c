/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - see settings.h. */

#include "settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../base/json.h"
#include "../base/limits.h"
#include "../base/text.h"

#define FILE_NAME    "wecomctl.json"
#define FILE_VERSION 1
#define ENVIRONMENT  "WECOMCTL_PARAMS"
#define MAX_URL      2048
#define MAX_WORD     32
#define MAX_QUERY    65536

/* --- what the server has noted ---------------------------------------------------------------- */

/* One server of the file; what it does not say is NULL. */
typedef struct server_t {
    const char *url;
    const char *accounts;
    const char *driver;
    const char *params;
    const char *query;
    const wecom_json_t *sources;
} server_t;

static void read_server(server_t *server, const wecom_json_t *json)
{
    server->url = wecom_json_text(json, "url", MAX_URL);
    server->accounts = wecom_json_text(json, "accounts", MAX_WORD);
    if (wecom_text_equal(server->accounts, "none")) {
        server->accounts = NULL;
    }
    server->driver = wecom_json_text(json, "driver", MAX_WORD);
    server->params = wecom_json_text(json, "params", WECOM_MAX_DATABASE_PARAMS);
    server->query = wecom_json_text(json, "query", MAX_QUERY);
    if (server->query == NULL && wecom_json_has(json, "query")) {
        server->query = "";
    }
    server->sources = wecom_json_array(json, "sources");
}

static int is_same(const char *a, const char *b)
{
    return (a == NULL && b == NULL) || wecom_text_equal(a, b);
}

static int is_same_base(const server_t *a, const server_t *b)
{
    return is_same(a->accounts, b->accounts) && is_same(a->driver, b->driver)
           && is_same(a->params, b->params) && is_same(a->query, b->query);
}

static void add_sources(apr_array_header_t *list, const wecom_json_t *array)
{
    apr_size_t i;

    for (i = 0; i < wecom_json_length(array); i++) {
        const wecom_json_t *item = wecom_json_item(array, i);
        wecom_settings_source_t *source;

        if (item != NULL && wecom_json_text(item, "id", WECOM_MAX_SOURCE_ID) != NULL) {
            source = apr_array_push(list);
            source->id = wecom_json_text(item, "id", WECOM_MAX_SOURCE_ID);
            source->with_case = wecom_json_bool(item, "with_case", 0);
        }
    }
}

/* "https://a.example, https://b.example" */
static const char *urls_of(const wecom_json_t *list, apr_pool_t *pool)
{
    const char *text = NULL;
    apr_size_t i;

    for (i = 0; i < wecom_json_length(list); i++) {
        const wecom_json_t *item = wecom_json_item(list, i);
        const char *url = item != NULL ? wecom_json_text(item, "url", MAX_URL) : NULL;

        if (url != NULL) {
            text = text != NULL ? apr_pstrcat(pool, text, ", ", url, NULL) : url;
        }
    }
    return text != NULL ? text : "none";
}

/* The one server that is meant, and the sources of all that share its database. */
static int choose(server_t *chosen, apr_array_header_t *sources, const wecom_json_t *list,
                  const wecom_ctl_t *ctl, const char *file)
{
    const char *wanted = ctl->options.server;
    int found = 0;
    apr_size_t i;

    for (i = 0; i < wecom_json_length(list); i++) {
        const wecom_json_t *item = wecom_json_item(list, i);
        server_t server;

        if (item == NULL) {
            continue;
        }
        read_server(&server, item);
        if (wanted != NULL ? !wecom_text_equal_fold(server.url, wanted)
                           : server.accounts == NULL) {
            continue;
        }
        if (found && !is_same_base(&server, chosen)) {
            return wecom_ctl_fail(WECOM_CTL_USAGE, "the servers have different accounts; choose "
                                  "one with --server (%s)", urls_of(list, ctl->pool));
        }
        *chosen = server;
        found = 1;
        add_sources(sources, server.sources);
    }
    if (!found && wanted != NULL) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "there is no server %s in %s; there are: %s",
                              wanted, file, urls_of(list, ctl->pool));
    }
    if (!found || chosen->accounts == NULL) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "the server has no accounts (WeComAccounts); "
                              "give --driver and --params for a database that it does not use "
                              "yet");
    }
    return WECOM_CTL_GOOD;
}

static int read_state(server_t *server, apr_array_header_t *sources, const wecom_ctl_t *ctl)
{
    const char *folder = ctl->options.state_dir != NULL ? ctl->options.state_dir
                                                        : WECOM_STATE_DIR;
    const char *file = apr_pstrcat(ctl->pool, folder, "/" FILE_NAME, NULL);
    const wecom_json_t *json;
    const char *text;
    apr_size_t len;
    int error = wecom_ctl_read_file(&text, &len, file, WECOM_MAX_STATE_FILE, ctl->pool);

    if (error != 0) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s cannot be read (%s); start the server, "
                              "which writes it, or name the database with --driver and --params",
                              file, wecom_ctl_because(error, ctl->pool));
    }
    if (wecom_json_parse(&json, text, len, ctl->pool) != WECOM_OK
        || wecom_json_array(json, "servers") == NULL) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s is not what a server has written; restart "
                              "the server, or name the database with --driver and --params",
                              file);
    }
    if (wecom_json_number(json, "version", 0, APR_INT16_MAX, 0) != FILE_VERSION) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s was written by another version of the "
                              "module; use the wecomctl that came with it, or name the database "
                              "with --driver and --params", file);
    }
    return choose(server, sources, wecom_json_array(json, "servers"), ctl, file);
}

/* --- what is given ---------------------------------------------------------------------------- */

/* Params from the command line, a file or the environment; *params NULL when from none. */
static int given_params(const char **params, const wecom_ctl_t *ctl)
{
    const wecom_options_t *options = &ctl->options;
    const char *text;
    apr_size_t len;
    int error;

    *params = options->params;
    if (options->params != NULL && options->params_file != NULL) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "--params and --params-file stand there both; give "
                              "one of them");
    }
    if (options->params_file != NULL) {
        error = wecom_ctl_read_file(&text, &len, options->params_file, WECOM_MAX_DATABASE_PARAMS,
                                    ctl->pool);
        if (error != 0) {
            return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s cannot be read (%s); write into it what "
                                  "DBDParams has", options->params_file,
                                  wecom_ctl_because(error, ctl->pool));
        }
        *params = apr_pstrmemdup(ctl->pool, text, strcspn(text, "\r\n"));
    }
    else if (*params == NULL) {
        *params = getenv(ENVIRONMENT);
    }
    if (*params != NULL && strlen(*params) > WECOM_MAX_DATABASE_PARAMS) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "the params are longer than "
                              APR_STRINGIFY(WECOM_MAX_DATABASE_PARAMS) " bytes; shorten them");
    }
    return WECOM_CTL_GOOD;
}

static int judge(wecom_settings_t *settings)
{
    const char *driver = settings->driver;

    if (driver == NULL) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "the server keeps no links in a database; "
                              "configure one (WeComAccounts), or give --driver and --params");
    }
    if (strcmp(driver, "sqlite3") != 0 && strcmp(driver, "pgsql") != 0
        && strcmp(driver, "mysql") != 0) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "the driver '%s' is not known; give one of "
                              "sqlite3, pgsql and mysql", driver);
    }
    if (settings->params == NULL || *settings->params == '\0') {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "the params of the database are not known here, "
                              "because they hold a password; give them with --params-file, with "
                              "--params or in the environment variable " ENVIRONMENT);
    }
    return WECOM_CTL_GOOD;
}

/* The file is read where the command line leaves something open, or names it. */
int wecom_settings_find(wecom_settings_t *settings, const wecom_ctl_t *ctl)
{
    const wecom_options_t *options = &ctl->options;
    const char *params;
    server_t server;
    int code = given_params(&params, ctl);

    memset(settings, 0, sizeof(*settings));
    memset(&server, 0, sizeof(server));
    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    if (options->driver == NULL || params == NULL || options->state_dir != NULL
        || options->server != NULL) {
        settings->sources = apr_array_make(ctl->pool, 4, sizeof(wecom_settings_source_t));
        code = read_state(&server, settings->sources, ctl);
        if (code != WECOM_CTL_GOOD) {
            return code;
        }
        settings->elsewhere = wecom_text_equal(server.accounts, "ldap")
                              ? "in LDAP (WeComAccounts ldap)"
                              : server.query != NULL
                                ? "in a table of your own (WeComAccountQuery)" : NULL;
    }
    settings->driver = options->driver != NULL ? options->driver : server.driver;
    settings->params = params != NULL ? params : server.params;
    return judge(settings);
}

const wecom_settings_source_t *wecom_settings_source(const wecom_settings_t *settings,
                                                     const char *id)
{
    int i;

    for (i = 0; settings->sources != NULL && i < settings->sources->nelts; i++) {
        const wecom_settings_source_t *source = &APR_ARRAY_IDX(settings->sources, i,
                                                               wecom_settings_source_t);

        if (strcmp(source->id, id) == 0) {
            return source;
        }
    }
    return NULL;
}
