/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump.c - settings as JSON, directives as Markdown; both by walking the table.
 *
 * The Markdown is how the reference page is made, so it can never tell of a directive, a default
 * or a place that the program does not have.
 */
#include "dump.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "http_core.h"

#include "config.h"
#include "config_kinds.h"

/* --- settings --------------------------------------------------------------------------------- */

static void show_rows(wecom_json_out_t *out, void *record, const wecom_set_t *set, int where,
                      apr_pool_t *pool)
{
    const command_rec *table = auth_wecom_module.cmds;
    int row;

    for (row = 0; table[row].name != NULL; row++) {
        const wecom_option_t *option = wecom_config_option(&table[row]);

        if (option != NULL && (option->where & where) != 0
            && (option->fallback != NULL || wecom_config_is_set(set, row))) {
            wecom_kind_show(out, table[row].name, wecom_config_field(record, option, where),
                            option, pool);
        }
    }
}

/* What a source does not set itself comes from the server; here both are seen as one. */
static void show_source(wecom_json_out_t *out, wecom_source_conf_t *conf,
                        const wecom_source_t *source, apr_pool_t *pool)
{
    wecom_json_out_t *settings;

    wecom_json_out_text(out, "id", conf->id);
    wecom_json_out_text(out, "written", apr_psprintf(pool, "%s:%d", conf->where.file,
                                                     conf->where.line));
    settings = wecom_json_out_child_object(out, "settings");
    show_rows(settings, conf, &conf->set, WECOM_IN_SOURCE, pool);
    if (source != NULL) {
        wecom_json_out_text(out, "api_url", source->app.api_url);
        wecom_json_out_text(out, "authorize_url", source->app.authorize_url);
        wecom_json_out_text(out, "login_url", source->app.login_url);
        wecom_json_out_text(out, "ca_file", source->app.ca_file);
        wecom_json_out_text(out, "proxy", source->app.proxy);
        wecom_json_out_number(out, "timeout_ms", source->app.timeout_ms);
    }
}

static void show_server(wecom_json_out_t *out, const server_rec *s, apr_pool_t *pool)
{
    wecom_server_t *server = ap_get_module_config(s->module_config, &auth_wecom_module);
    wecom_json_out_t *list;
    int i;

    wecom_json_out_text(out, "server", s->server_hostname);
    wecom_json_out_text(out, "written", s->is_virtual
                        ? apr_psprintf(pool, "%s:%u", s->defn_name, s->defn_line_number)
                        : "main server");
    wecom_json_out_text(out, "public_url", server->site != NULL ? server->site->public_url : NULL);
    wecom_json_out_text(out, "return_url", server->site != NULL ? server->site->return_url : NULL);
    wecom_json_out_text(out, "session_cookie",
                        server->site != NULL ? server->site->session_cookie : NULL);
    wecom_json_out_bool(out, "ends_tls", server->ends_tls);
    show_rows(wecom_json_out_child_object(out, "settings"), server, &server->set,
              WECOM_AT_SERVER, pool);
    list = wecom_json_out_child_array(out, "sources");
    for (i = 0; i < server->own_sources->nelts; i++) {
        wecom_source_conf_t *conf = APR_ARRAY_IDX(server->own_sources, i, wecom_source_conf_t *);

        show_source(wecom_json_out_child_object(list, NULL), conf,
                    server->sources != NULL ? wecom_source_find(server->sources, conf->id)
                                            : NULL, pool);
    }
}

static void dump_settings(server_rec *s, apr_pool_t *pool)
{
    wecom_json_out_t *out = wecom_json_out_object(pool);
    wecom_json_out_t *list = wecom_json_out_child_array(out, "servers");

    for (; s != NULL; s = s->next) {
        show_server(wecom_json_out_child_object(list, NULL), s, pool);
    }
    printf("%s\n", wecom_json_out_print(out));
}

/* --- directives ------------------------------------------------------------------------------- */

static const char *context_of(const command_rec *row, const wecom_option_t *option)
{
    int where = option != NULL ? option->where : WECOM_AT_SERVER;

    if (where == WECOM_IN_SOURCE) {
        return "inside `<WeComSource>`";
    }
    if (where == (WECOM_IN_SOURCE | WECOM_AT_SERVER)) {
        return "inside `<WeComSource>`, server config, virtual host";
    }
    if (where == WECOM_AT_SERVER) {
        return "server config, virtual host";
    }
    return (row->req_override & RSRC_CONF) != 0
           ? "server config, virtual host, directory, .htaccess (AllowOverride AuthConfig)"
           : "directory, .htaccess (AllowOverride AuthConfig)";
}

static const char *syntax_of(const command_rec *row, const wecom_option_t *option,
                             apr_pool_t *pool)
{
    if (option == NULL) {
        return apr_psprintf(pool, "%s id> ... </%s>", row->name, row->name + 1);
    }
    return apr_pstrcat(pool, row->name, " ", option->syntax, NULL);
}

static void dump_directives(apr_pool_t *pool)
{
    const command_rec *row;

    puts("# Directives\n\n"
         "Made from the table of directives with `httpd -t -D DUMP_WECOM_DIRECTIVES`.");
    for (row = auth_wecom_module.cmds; row->name != NULL; row++) {
        const wecom_option_t *option = wecom_config_option(row);

        printf(*row->name == '<' ? "\n## `%s>`\n\n%s\n\n" : "\n## %s\n\n%s\n\n", row->name,
               row->errmsg);
        printf("- Syntax: `%s`\n", syntax_of(row, option, pool));
        if (option != NULL && option->fallback != NULL) {
            const apr_array_header_t *words = wecom_kind_split(option->fallback, pool);

            printf("- Default: `%s`\n", apr_array_pstrcat(pool, words, ' '));
        }
        printf("- Context: %s\n", context_of(row, option));
    }
}

void wecom_dump_test_config(apr_pool_t *pconf, server_rec *s)
{
    if (ap_exists_config_define("DUMP_WECOM_DIRECTIVES")) {
        dump_directives(pconf);
    }
    if (ap_exists_config_define("DUMP_WECOM")) {
        dump_settings(s, pconf);
    }
}
