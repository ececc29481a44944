/* SPDX-License-Identifier: Apache-2.0 */
/* config_pass.c - see config_pass.h. */

#include "config_pass.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "config_build.h"
#include "scrub.h"

#include "../auth/claim.h"
#include "../auth/prefix.h"

#define PREFIX    "prefix="
#define MAX_SHOWN 100 /* bytes of a wrong word that a sentence repeats */

static const char *word(const apr_array_header_t *words, int i)
{
    return APR_ARRAY_IDX(words, i, const char *);
}

static const char *shown(const char *value, apr_pool_t *pool)
{
    return wecom_text_clean(value, strlen(value), MAX_SHOWN, pool);
}

/* --- WeComPassHeaders ------------------------------------------------------------------------- */

static const char *read_fields(wecom_pass_t *pass, int from, apr_pool_t *pool)
{
    apr_array_header_t *fields = apr_array_make(pool, 8, sizeof(wecom_pass_field_t));
    int i, k;

    if (pass->words->nelts - from > WECOM_MAX_FIELDS) {
        return apr_psprintf(pool, "takes at most %d fields; take some out", WECOM_MAX_FIELDS);
    }
    for (i = from; i < pass->words->nelts; i++) {
        const char *name = word(pass->words, i);
        wecom_pass_field_t *field;

        if (strcmp(name, "department") == 0) {
            return "write departments: all of a member's departments, with commas between them";
        }
        for (k = from; k < i; k++) {
            if (strcmp(word(pass->words, k), name) == 0) {
                return apr_psprintf(pool, "'%s' is named twice; take one of them out",
                                    shown(name, pool));
            }
        }
        field = apr_array_push(fields);
        field->name = name;
        field->id = wecom_field_id(name);
        field->header = wecom_field_header(pass->prefix, name, pool);
    }
    pass->fields = fields;
    return NULL;
}

const char *wecom_pass_read(wecom_pass_t **out, const apr_array_header_t *words, apr_pool_t *pool)
{
    static const char how[] = "write Off, or [prefix=" WECOM_PREFIX_DEFAULT "] percent or "
                              "base64url, and then the fields, such as percent userid name";
    wecom_pass_t *pass = apr_pcalloc(pool, sizeof(*pass));
    const char *sentence;
    int i = 0;

    pass->words = apr_array_copy(pool, words);
    pass->prefix = WECOM_PREFIX_DEFAULT;
    *out = pass;
    if (words->nelts == 1 && strcasecmp(word(words, 0), "Off") == 0) {
        return NULL;
    }
    if (words->nelts > 0 && strncasecmp(word(words, 0), PREFIX, sizeof(PREFIX) - 1) == 0) {
        pass->prefix = word(words, i++) + sizeof(PREFIX) - 1;
        sentence = wecom_prefix_check(pass->prefix, pool);
        if (sentence != NULL) {
            return sentence;
        }
    }
    if (words->nelts < i + 2) {
        return how;
    }
    pass->base64url = strcasecmp(word(words, i), "base64url") == 0;
    if (!pass->base64url && strcasecmp(word(words, i), "percent") != 0) {
        return how;
    }
    return read_fields(pass, i + 1, pool);
}

/* --- what is carried -------------------------------------------------------------------------- */

const char *wecom_pass_judge_fields(const apr_array_header_t *words, apr_pool_t *pool)
{
    apr_array_header_t *fields;

    return wecom_field_parse_all(&fields, words, pool);
}

void wecom_pass_build(wecom_judge_t *judge, wecom_server_t *server)
{
    apr_array_header_t *fields = NULL;

    /* They have been judged where they stand. */
    if (server->session_fields != NULL
        && wecom_field_parse_all(&fields, server->session_fields, judge->pool) == NULL) {
        server->fields = fields;
    }
}

static int has_origin(const apr_array_header_t *origins, const char *origin)
{
    int i;

    for (i = 0; i < origins->nelts; i++) {
        /* as the tables compare that they are kept in */
        if (strcasecmp(APR_ARRAY_IDX(origins, i, wecom_field_t).origin, origin) == 0) {
            return 1;
        }
    }
    return 0;
}

static void add_origin(apr_array_header_t *origins, const wecom_field_t *field)
{
    if (!has_origin(origins, field->origin)) {
        APR_ARRAY_PUSH(origins, wecom_field_t) = *field;
    }
}

/* What accounts are matched by: a re-reading can contradict a match (wecom_carry_over). */
static void add_matched(apr_array_header_t *origins, const wecom_source_t *source)
{
    wecom_field_t field = { NULL, NULL, NULL, NULL, NULL };
    int i, k;

    for (i = 0; source->fields != NULL && i < source->fields->nelts; i++) {
        for (k = 0; (field.member = wecom_claim_origin(word(source->fields, i), k)) != NULL; k++) {
            field.name = field.origin = field.member;
            add_origin(origins, &field);
        }
    }
}

void wecom_pass_build_origins(wecom_judge_t *judge)
{
    apr_array_header_t *origins = apr_array_make(judge->pool, 8, sizeof(wecom_field_t));
    server_rec *s;
    int i;

    for (s = judge->main; s != NULL; s = s->next) {
        wecom_server_t *server = ap_get_module_config(s->module_config, &auth_wecom_module);

        server->origins = origins;
        for (i = 0; server->fields != NULL && i < server->fields->nelts; i++) {
            add_origin(origins, &APR_ARRAY_IDX(server->fields, i, wecom_field_t));
        }
        for (i = 0; server->sources != NULL && i < server->sources->nelts; i++) {
            add_matched(origins, APR_ARRAY_IDX(server->sources, i, const wecom_source_t *));
        }
    }
    if (origins->nelts > WECOM_MAX_ORIGINS) {
        wecom_fault(judge, NULL, WC(0182) "WeComSessionFields: the virtual hosts together carry %d "
                    "different fields, those of WeComAssociation among them, more than %d; take "
                    "some out", origins->nelts,
                    WECOM_MAX_ORIGINS);
    }
}

void wecom_pass_judge_sources(wecom_judge_t *judge, const wecom_server_t *server)
{
    int i;

    for (i = 0; server->fields != NULL && i < server->sources->nelts; i++) {
        const wecom_source_t *source = APR_ARRAY_IDX(server->sources, i, const wecom_source_t *);

        if (!source->app.check_member && !source->app.private_info) {
            wecom_fault_warn(judge, wecom_build_where(server, offsetof(wecom_server_t,
                                                                       session_fields)),
                             WC(0181) "WeComSessionFields: the source %s never brings further "
                             "fields, since WeCom is asked for the userid alone; write "
                             "WeComCheckMember On or WeComScope privateinfo into it", source->id);
        }
    }
}

/* The name that a word of WeComSessionFields gives its field. */
static int bears(const char *conf, const char *name)
{
    apr_size_t len = strcspn(conf, "=:");

    if (conf[len] == ':') {
        return strcasecmp(conf + len + 1, name) == 0;
    }
    return strlen(name) == len && strncmp(conf, name, len) == 0;
}

int wecom_fields_carries(const wecom_server_t *server, const char *name)
{
    int i;

    if (wecom_field_id(name) != WECOM_FIELD_FURTHER || strcmp(name, "department") == 0) {
        return 1;
    }
    for (i = 0; server->session_fields != NULL && i < server->session_fields->nelts; i++) {
        if (bears(word(server->session_fields, i), name)) {
            return 1;
        }
    }
    return 0;
}

static const char *carried_names(const wecom_server_t *server, apr_pool_t *pool)
{
    const char *const *names = wecom_field_names();
    const char *all = "";
    int i;

    for (i = 0; names[i] != NULL; i++) {
        all = apr_pstrcat(pool, all, i > 0 ? ", " : "", names[i], NULL);
    }
    for (i = 0; server->fields != NULL && i < server->fields->nelts; i++) {
        all = apr_pstrcat(pool, all, ", ", APR_ARRAY_IDX(server->fields, i, wecom_field_t).name,
                          NULL);
    }
    return all;
}

/* The first field that is not carried, or NULL. */
static const char *not_carried(const wecom_server_t *server, const wecom_pass_t *pass)
{
    int i;

    for (i = 0; pass != NULL && pass->fields != NULL && i < pass->fields->nelts; i++) {
        const wecom_pass_field_t *field = &APR_ARRAY_IDX(pass->fields, i, wecom_pass_field_t);

        if (!wecom_fields_carries(server, field->name)) {
            return field->name;
        }
    }
    return NULL;
}

void wecom_pass_judge_places(wecom_judge_t *judge, const wecom_server_t *server,
                             const wecom_server_t *written_in)
{
    int i;

    for (i = 0; i < written_in->places->nelts; i++) {
        const wecom_pass_t *pass = APR_ARRAY_IDX(written_in->places, i,
                                                 const wecom_place_t *)->pass_headers;
        const char *name = not_carried(server, pass);

        if (name != NULL) {
            wecom_fault(judge, &pass->where, WC(0180) "WeComPassHeaders: sessions of %s do not "
                        "carry a field '%s', but %s; add it there with WeComSessionFields, or take "
                        "it out here", server->server->server_hostname, shown(name, judge->temp),
                        carried_names(server, judge->temp));
        }
    }
}

const char *wecom_pass_judge_htaccess(const wecom_server_t *server, const wecom_place_t *place,
                                      apr_pool_t *pool)
{
    const wecom_pass_t *pass = place->pass_headers;
    const char *name = not_carried(server, pass);

    if (name != NULL) {
        return apr_psprintf(pool, "WeComPassHeaders: sessions of this server do not carry a field "
                            "'%s', but %s; write WeComSessionFields into the server's "
                            "configuration, or take it out here", shown(name, pool),
                            carried_names(server, pool));
    }
    if (pass != NULL && pass->fields != NULL && !wecom_scrub_covers(pass->prefix)) {
        return apr_psprintf(pool, "WeComPassHeaders: what a browser sends under %s is not taken "
                            "away, since no place of the server's configuration has this prefix; "
                            "write it there (WeComPassHeaders prefix=%s percent userid), or leave "
                            "it out here for " WECOM_PREFIX_DEFAULT, pass->prefix, pass->prefix);
    }
    return NULL;
}
