/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authz_names.c - the rules of the configuration, and the names in them.
 *
 * Whether a source or a field is there is known when everything is read, and for each server by
 * itself: a rule of the main server is inherited by every virtual host, and must be right in all
 * of those that have sources.
 */
#include "authz_int.h"

#include <string.h>

#include "apr_strings.h"

#include "config_pass.h"

typedef struct place_t {
    const wecom_rule_t *rule;
    const server_rec *server;   /* that it was written in */
} place_t;

/* Of the configuration that is being read; both lie in its pool. */
static apr_array_header_t *rules;   /* const wecom_rule_t * */
static apr_array_header_t *places;  /* place_t, parallel */

void wecom_authz_pre_config(apr_pool_t *pconf)
{
    rules = apr_array_make(pconf, 16, sizeof(const wecom_rule_t *));
    places = apr_array_make(pconf, 16, sizeof(place_t));
}

const apr_array_header_t *wecom_authz_rules(void)
{
    return rules;
}

void wecom_authz_take_down(const wecom_rule_t *rule, const server_rec *server)
{
    place_t *place = apr_array_push(places);

    place->rule = rule;
    place->server = server;
    APR_ARRAY_PUSH(rules, const wecom_rule_t *) = rule;
}

static int has_source(const wecom_server_t *server, const char *id)
{
    int i;

    for (i = 0; i < server->own_sources->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(server->own_sources, i, wecom_source_conf_t *)->id, id) == 0) {
            return 1;
        }
    }
    return 0;
}

static const char *server_name(const server_rec *s, apr_pool_t *pool)
{
    return !s->is_virtual ? "the main server"
           : s->defn_name != NULL ? apr_psprintf(pool, "the virtual host of %s:%u", s->defn_name,
                                                 s->defn_line_number)
                                  : "this virtual host";
}

const char *wecom_authz_names(const wecom_rule_t *rule, const wecom_server_t *server,
                              apr_pool_t *pool)
{
    int i;

    for (i = 0; i < rule->words->nelts; i++) {
        const wecom_rule_word_t *word = &APR_ARRAY_IDX(rule->words, i, wecom_rule_word_t);
        const char *source = rule->kind == WECOM_RULE_SOURCE ? word->name : word->source;

        if (source != NULL && !has_source(server, source)) {
            return apr_psprintf(pool, "Require %s: %s has no <WeComSource %s>; define it there, or "
                                "mend the spelling", rule->stand.text,
                                server_name(server->server, pool), source);
        }
        if (word->field != NULL && !wecom_fields_carries(server, word->field)) {
            return apr_psprintf(pool, "Require %s: the sessions of %s do not hold %s; write "
                                "WeComSessionFields %s there", rule->stand.text,
                                server_name(server->server, pool), word->field, word->field);
        }
    }
    return NULL;
}

static wecom_server_t *record_of(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &auth_wecom_module);
}

/* Does a rule that stands in `place` count for server s? A main server without sources is left out
 * where a virtual host has some. */
static int counts_for(const place_t *place, const server_rec *s, int any_sources)
{
    const int has_sources = record_of(s)->own_sources->nelts > 0;

    if (place->server == s) {
        return has_sources || s->is_virtual || !any_sources;
    }
    return !place->server->is_virtual && has_sources;
}

void wecom_authz_check(wecom_judge_t *judge)
{
    int any_sources = 0;
    const server_rec *s;
    int i;

    for (s = judge->main; s != NULL; s = s->next) {
        any_sources |= record_of(s)->own_sources->nelts > 0;
    }
    for (i = 0; i < places->nelts; i++) {
        const place_t *place = &APR_ARRAY_IDX(places, i, place_t);
        wecom_where_t where = { place->rule->stand.file, place->rule->stand.line };

        for (s = judge->main; s != NULL; s = s->next) {
            const char *fault = counts_for(place, s, any_sources)
                                ? wecom_authz_names(place->rule, record_of(s), judge->temp) : NULL;

            if (fault != NULL) {
                wecom_fault(judge, &where, WC(0170) "%s", fault);
            }
        }
    }
}
