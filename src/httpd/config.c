/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - records: made, filled and merged by walking the table of directives.
 *
 * There is no line here for any single field. A row says where its field lies and of which kind
 * it is; config_kinds.c knows how to read and to take over a value of each kind. So a directive
 * that is accepted is also defaulted, merged and shown, or it does not exist.
 *
 * Setters answer with a sentence; httpd puts file and line before it.
 */
#include "config.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "config_accounts.h"
#include "config_brand.h"
#include "config_kinds.h"
#include "config_pass.h"
#include "config_values.h"

#include "../auth/user.h"
#include "../base/text.h"

/* COOKIE fills two pointers. */
_Static_assert(offsetof(wecom_server_t, session_domain)
               == offsetof(wecom_server_t, session_cookie) + sizeof(const char *),
               "session_cookie and session_domain must stand side by side");

/* --- walking the table ------------------------------------------------------------------------ */

static const command_rec *table(void)
{
    return auth_wecom_module.cmds;
}

const wecom_option_t *wecom_config_option(const command_rec *row)
{
    return row->cmd_data;
}

static apr_size_t offset_in(const wecom_option_t *option, int where)
{
    int at_second = where == WECOM_AT_SERVER && (option->where & WECOM_IN_SOURCE) != 0;

    return at_second ? option->server_offset : option->offset;
}

void *wecom_config_field(void *record, const wecom_option_t *option, int where)
{
    return (char *)record + offset_in(option, where);
}

static apr_uint64_t bit(int row)
{
    return (apr_uint64_t)1 << row;
}

int wecom_config_is_set(const wecom_set_t *set, int row)
{
    return (set->bits & bit(row)) != 0;
}

int wecom_config_row(int where, apr_size_t offset)
{
    int row;

    for (row = 0; table()[row].name != NULL; row++) {
        const wecom_option_t *option = wecom_config_option(&table()[row]);

        if (option != NULL && (option->where & where) != 0
            && offset_in(option, where) == offset) {
            return row;
        }
    }
    return 0;
}

/* Defaults go through the same readers as what is written, so a wrong one shows up at once: the
 * server does not come up with the field as the reference page has it. */
static void fill_defaults(void *record, int where, apr_pool_t *pool)
{
    int row;

    for (row = 0; table()[row].name != NULL; row++) {
        const wecom_option_t *option = wecom_config_option(&table()[row]);

        if (option != NULL && (option->where & where) != 0 && option->fallback != NULL) {
            const char *wrong = wecom_kind_parse(wecom_config_field(record, option, where),
                                                 option,
                                                 wecom_kind_split(option->fallback, pool), pool);

            ap_assert(wrong == NULL);
        }
    }
}

/* Lay the set fields of `add` over those of `record`. */
static void lay_over(void *record, wecom_set_t *set, void *add, const wecom_set_t *add_set,
                     int where, apr_pool_t *pool)
{
    int row;

    for (row = 0; table()[row].name != NULL; row++) {
        const wecom_option_t *option = wecom_config_option(&table()[row]);

        if (wecom_config_is_set(add_set, row)) {
            wecom_kind_take(wecom_config_field(record, option, where),
                            wecom_config_field(add, option, where), option->kind, pool);
        }
    }
    set->bits |= add_set->bits;
}

/* --- records ---------------------------------------------------------------------------------- */

void *wecom_config_create_server(apr_pool_t *pool, server_rec *s)
{
    wecom_server_t *server = apr_pcalloc(pool, sizeof(*server));

    server->server = s;
    server->own_sources = apr_array_make(pool, 2, sizeof(wecom_source_conf_t *));
    server->places = apr_array_make(pool, 4, sizeof(wecom_place_t *));
    fill_defaults(server, WECOM_AT_SERVER, pool);
    return server;
}

static wecom_source_conf_t *create_source(const char *id, apr_pool_t *pool)
{
    wecom_source_conf_t *source = apr_pcalloc(pool, sizeof(*source));

    source->id = id;
    fill_defaults(source, WECOM_IN_SOURCE, pool);
    return source;
}

void *wecom_config_create_place(apr_pool_t *pool, char *dir)
{
    wecom_place_t *place = apr_pcalloc(pool, sizeof(*place));

    (void)dir;
    fill_defaults(place, WECOM_AT_PLACE, pool);
    return place;
}

static int find_source(const apr_array_header_t *sources, const char *id)
{
    int i;

    for (i = 0; i < sources->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(sources, i, wecom_source_conf_t *)->id, id) == 0) {
            return i;
        }
    }
    return -1;
}

void *wecom_config_merge_server(apr_pool_t *pool, void *base_, void *add_)
{
    wecom_server_t *base = base_;
    wecom_server_t *add = add_;
    wecom_server_t *server = apr_pmemdup(pool, base, sizeof(*base));
    int i, row;

    server->server = add->server;
    server->places = add->places;
    lay_over(server, &server->set, add, &add->set, WECOM_AT_SERVER, pool);
    for (row = 0; row < WECOM_MAX_ROWS; row++) {
        if (wecom_config_is_set(&add->set, row)) {
            server->at[row] = add->at[row];
        }
    }

    /* A source that the virtual host defines again is replaced whole: half of one app and half
     * of another would be neither. */
    server->own_sources = apr_array_copy(pool, base->own_sources);
    for (i = 0; i < add->own_sources->nelts; i++) {
        wecom_source_conf_t *source = APR_ARRAY_IDX(add->own_sources, i, wecom_source_conf_t *);
        int k = find_source(base->own_sources, source->id);

        if (k >= 0) {
            APR_ARRAY_IDX(server->own_sources, k, wecom_source_conf_t *) = source;
        }
        else {
            APR_ARRAY_PUSH(server->own_sources, wecom_source_conf_t *) = source;
        }
    }
    return server;
}

/* Runs on requests too: what has nothing to add costs nothing. */
void *wecom_config_merge_place(apr_pool_t *pool, void *base_, void *add_)
{
    wecom_place_t *base = base_;
    wecom_place_t *add = add_;
    wecom_place_t *place;

    if (add->set.bits == 0 && !add->login_only && !add->accounts) {
        return base;
    }
    if (base->set.bits == 0 && !base->login_only && !base->accounts) {
        return add;
    }
    place = apr_pmemdup(pool, base, sizeof(*base));
    if (add->where.file != NULL) {
        place->where = add->where;
    }
    lay_over(place, &place->set, add, &add->set, WECOM_AT_PLACE, pool);
    /* Not creating is the careful side: an inner place keeps it even where AuthMerging Off drops
     * the rule. */
    place->login_only |= add->login_only;
    place->accounts |= add->accounts;
    return place;
}

/* --- setters ---------------------------------------------------------------------------------- */

static wecom_server_t *server_of(cmd_parms *cmd)
{
    return ap_get_module_config(cmd->server->module_config, &auth_wecom_module);
}

static void note_where(wecom_where_t *where, const cmd_parms *cmd)
{
    where->file = cmd->directive->filename;
    where->line = cmd->directive->line_num;
}

/* What only the whole configuration can tell about a place is judged in check_config; so the
 * server keeps a list of its places. A place of .htaccess dies with its request and is never
 * on it. */
static void note_place(cmd_parms *cmd, wecom_place_t *place)
{
    if (!place->noted) {
        note_where(&place->where, cmd);
    }
    if (!place->noted && !wecom_config_is_htaccess(cmd)) {
        APR_ARRAY_PUSH(server_of(cmd)->places, wecom_place_t *) = place;
    }
    place->noted = 1;
}

/* The record that a directive writes to. */
typedef struct target_t {
    void *record;
    int where;
    wecom_set_t *set;
    wecom_where_t *at;    /* NULL for a place */
    const char *section;  /* for messages */
} target_t;

static const char *find_target(target_t *target, cmd_parms *cmd, wecom_place_t *place)
{
    const wecom_option_t *option = cmd->info;
    wecom_server_t *server = server_of(cmd);
    wecom_source_conf_t *source = server->open_source;

    if ((option->where & WECOM_AT_PLACE) != 0) {
        target->record = place;
        target->where = WECOM_AT_PLACE;
        target->set = &place->set;
        target->at = NULL;
        target->section = "this section";
        return cmd->limited == -1
               ? NULL : " does not obey <Limit> and <LimitExcept>; write it outside of them";
    }
    if (cmd->path != NULL) {
        return option->where == WECOM_IN_SOURCE
               ? " belongs inside <WeComSource id>, and that outside of <Location>, <Directory> "
                 "and the like"
               : " belongs to the server or a virtual host, outside of <Location>, <Directory> "
                 "and the like";
    }
    if (source != NULL) {
        target->record = source;
        target->where = WECOM_IN_SOURCE;
        target->set = &source->set;
        target->at = source->at;
        target->section = apr_psprintf(cmd->pool, "<WeComSource %s>", source->id);
        return NULL;
    }
    if (option->where == WECOM_IN_SOURCE) {
        return " belongs inside a <WeComSource id> section";
    }
    target->record = server;
    target->where = WECOM_AT_SERVER;
    target->set = &server->set;
    target->at = server->at;
    target->section = "this server";
    return NULL;
}

/* httpd gives a sentence about .htaccess no id and no line. */
const char *wecom_config_sentence(cmd_parms *cmd, const char *text)
{
    return text != NULL && wecom_config_is_htaccess(cmd)
           ? apr_psprintf(cmd->pool, WC(0142) "%s (line %d)", text, cmd->directive->line_num)
           : text;
}

/* In .htaccess the whole configuration is known already. */
static const char *check_htaccess(cmd_parms *cmd, const wecom_place_t *place)
{
    const wecom_server_t *server = server_of(cmd);
    int i;

    if (!wecom_config_is_htaccess(cmd)) {
        return NULL;
    }
    if (place->wecom && server->site == NULL) {
        return "AuthType WeCom stands here, but this server has no <WeComSource>; define one in "
               "the server's configuration";
    }
    for (i = 0; place->sources != NULL && i < place->sources->nelts; i++) {
        const char *id = APR_ARRAY_IDX(place->sources, i, const char *);

        if (server->sources == NULL || wecom_source_find(server->sources, id) == NULL) {
            return apr_psprintf(cmd->pool, "WeComSources: this server has no <WeComSource %s>; "
                                "name one that its configuration defines", id);
        }
    }
    if (server->site != NULL && server->directory == NULL) {
        const char *what = wecom_accounts_word_of_place(place);

        if (what != NULL) {
            return apr_pstrcat(cmd->pool, what, ": this server has no account directory; write "
                               "WeComAccounts dbd into the server's configuration", NULL);
        }
    }
    return wecom_pass_judge_htaccess(server, place, cmd->pool);
}

const char *wecom_config_set_raw(cmd_parms *cmd, void *place, const char *args)
{
    const wecom_option_t *option = cmd->info;
    int row = (int)(cmd->cmd - table());
    target_t target;
    const char *wrong = find_target(&target, cmd, place);

    if (wrong != NULL) {
        return wecom_config_sentence(cmd, apr_pstrcat(cmd->pool, cmd->cmd->name, wrong, NULL));
    }
    if (wecom_config_is_set(target.set, row) && !wecom_kind_adds_up(option->kind)) {
        wrong = apr_psprintf(cmd->pool, "%s stands twice in %s; take one of the two out",
                             cmd->cmd->name, target.section);
        return wecom_config_sentence(cmd, wrong);
    }
    wrong = wecom_kind_parse(wecom_config_field(target.record, option, target.where), option,
                             wecom_kind_split(args, cmd->pool), cmd->pool);
    if (wrong != NULL) {
        wrong = apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", wrong, NULL);
        return wecom_config_sentence(cmd, wrong);
    }
    target.set->bits |= bit(row);
    if (target.where != WECOM_AT_PLACE) {
        note_where(&target.at[row], cmd);
        if (option->kind == WECOM_KIND_BRAND) {
            wecom_brand_note(*(apr_array_header_t **)wecom_config_field(target.record, option,
                                                                        target.where),
                             &target.at[row]);
        }
        return NULL;
    }
    if (option->kind == WECOM_KIND_PASS) {
        note_where(&((wecom_place_t *)place)->pass_headers->where, cmd);
    }
    note_place(cmd, place);
    return wecom_config_sentence(cmd, check_htaccess(cmd, place));
}

const char *wecom_config_set_auth_type(cmd_parms *cmd, void *place_, const char *arg)
{
    wecom_place_t *place = place_;

    place->wecom = strcasecmp(arg, "WeCom") == 0;
    place->set.bits |= bit((int)(cmd->cmd - table()));
    if (place->wecom) {
        note_place(cmd, place);
        note_where(&place->where, cmd);
    }
    return wecom_config_sentence(cmd, check_htaccess(cmd, place));
}

/* A provider of Require has no record of ours in its hands while it parses; httpd makes one, if
 * there is none in this section yet. */
const char *wecom_config_note_rule(cmd_parms *cmd, int login_only)
{
    wecom_place_t *place = ap_get_module_config(cmd->context, &auth_wecom_module);

    if (place == NULL) {
        place = ap_set_config_vectors(cmd->server, cmd->context, cmd->path, &auth_wecom_module,
                                      cmd->pool);
    }
    place->login_only |= login_only;
    place->accounts = 1;
    note_place(cmd, place);
    return wecom_config_sentence(cmd, check_htaccess(cmd, place));
}

/* --- <WeComSource id> ------------------------------------------------------------------------- */

static const wecom_option_t *option_named(const char *name)
{
    int row;

    for (row = 0; table()[row].name != NULL; row++) {
        if (strcasecmp(table()[row].name, name) == 0) {
            return wecom_config_option(&table()[row]);
        }
    }
    return NULL;
}

/* Nothing but a source's own directives may stand inside: httpd would let any other take effect
 * outside, where nobody looks for it. */
static const char *check_children(cmd_parms *cmd, const wecom_source_conf_t *source)
{
    const ap_directive_t *child;

    for (child = cmd->directive->first_child; child != NULL; child = child->next) {
        const wecom_option_t *option = option_named(child->directive);

        if (strcasecmp(child->directive, "<WeComSource") == 0) {
            cmd->err_directive = child;
            return apr_psprintf(cmd->pool, "<WeComSource> does not nest; close <WeComSource %s> "
                                "first", source->id);
        }
        if (option == NULL || (option->where & WECOM_IN_SOURCE) == 0) {
            cmd->err_directive = child;
            return apr_psprintf(cmd->pool, "%s%s does not belong inside <WeComSource %s>; write "
                                "it outside of the section, or mend its spelling",
                                child->directive, *child->directive == '<' ? ">" : "",
                                source->id);
        }
    }
    return NULL;
}

/* The id between "<WeComSource" and ">". */
static const char *read_id(const char **id, cmd_parms *cmd, const char *args)
{
    const char *end = strrchr(args, '>');
    const apr_array_header_t *words;

    if (end == NULL || end[1 + strspn(end + 1, " \t")] != '\0') {
        return "lacks the closing '>' at the end of its line";
    }
    words = wecom_kind_split(apr_pstrmemdup(cmd->pool, args, (apr_size_t)(end - args)),
                             cmd->pool);
    if (words->nelts != 1 || *APR_ARRAY_IDX(words, 0, const char *) == '\0') {
        return "takes one id: <WeComSource acme>";
    }
    *id = APR_ARRAY_IDX(words, 0, const char *);
    return wecom_value_source_id(*id, cmd->pool);
}

const char *wecom_config_set_source_section(cmd_parms *cmd, void *place, const char *args)
{
    wecom_server_t *server = server_of(cmd);
    wecom_source_conf_t *source;
    const char *id = NULL;
    const char *wrong;
    int first;

    (void)place;
    if (cmd->path != NULL) {
        return "<WeComSource> belongs to the server or a virtual host, outside of <Location>, "
               "<Directory> and the like";
    }
    wrong = read_id(&id, cmd, args);
    if (wrong != NULL) {
        return apr_pstrcat(cmd->pool, "<WeComSource>: ", wrong, NULL);
    }
    first = find_source(server->own_sources, id);
    if (first >= 0) {
        source = APR_ARRAY_IDX(server->own_sources, first, wecom_source_conf_t *);
        return apr_psprintf(cmd->pool, "<WeComSource %s> stands twice in this server, first in "
                            "%s:%d; give one of them another id, or take it out", id,
                            source->where.file, source->where.line);
    }
    if (server->own_sources->nelts == WECOM_MAX_SOURCES) {
        return apr_psprintf(cmd->pool, "more than %d <WeComSource> sections in one server; "
                            "distribute them over virtual hosts", WECOM_MAX_SOURCES);
    }
    source = create_source(id, cmd->pool);
    note_where(&source->where, cmd);
    wrong = check_children(cmd, source);
    if (wrong == NULL) {
        server->open_source = source;
        wrong = ap_walk_config(cmd->directive->first_child, cmd, cmd->context);
        server->open_source = NULL;
    }
    APR_ARRAY_PUSH(server->own_sources, wecom_source_conf_t *) = source;
    return wrong;
}
