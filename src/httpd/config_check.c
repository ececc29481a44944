/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_check.c - the last word over a configuration, before the server lives with it.
 *
 * This is check_config and not post_config for a reason: what check_config refuses, "apachectl
 * configtest" refuses too, and "httpd -k graceful" leaves the old server alone; what post_config
 * refuses kills a running server at its next reload.
 *
 * Who must have a public name: every virtual host that sees a source, and the main server when it
 * sees one, because a request may reach it. There is one exception: a main server beside virtual
 * hosts that has neither a written name nor a place with AuthType WeCom keeps its sources for the
 * virtual hosts to inherit, and serves none itself (its site is NULL).
 */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include <apr_strings.h>

#include "ap_provider.h"
#include "ap_socache.h"
#include "http_core.h"

#include "audit.h"
#include "authz.h"
#include "cache_socache.h"
#include "config_accounts.h"
#include "config_build.h"
#include "config_look.h"
#include "config_name.h"
#include "config_pass.h"
#include "fault.h"
#include "secret.h"

#include "../auth/user.h"

int wecom_config_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    if (wecom_crypto_start() != WECOM_OK) {
        ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, NULL, WC(0101) "OpenSSL lacks "
                     "AES-256-GCM, SHA-256 or HKDF; mend the OpenSSL of this machine, or take "
                     "the provider configuration out that hides them");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return OK;
}

/* --- for messages ----------------------------------------------------------------------------- */

/* A virtual host where it begins; the main server, which begins nowhere, at its first source. */
static wecom_where_t where_of(const wecom_server_t *server)
{
    const server_rec *s = server->server;
    wecom_where_t where = { s->defn_name, (int)s->defn_line_number };

    return s->is_virtual ? where
                         : APR_ARRAY_IDX(server->own_sources, 0, wecom_source_conf_t *)->where;
}

static const char *kind_of(const server_rec *s)
{
    return s->is_virtual ? "this virtual host" : "the main server";
}

static const char *cure_of(const server_rec *s)
{
    return s->is_virtual ? "in it or outside of the virtual hosts"
                         : "outside of the virtual hosts, or move the place into one that has it";
}

static wecom_server_t *record_of(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &auth_wecom_module);
}

/* --- places ----------------------------------------------------------------------------------- */

static const wecom_place_t *place_at(const wecom_server_t *server, int i)
{
    return APR_ARRAY_IDX(server->places, i, const wecom_place_t *);
}

static int sees_source(const wecom_server_t *server, const char *id)
{
    int i;

    for (i = 0; i < server->own_sources->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(server->own_sources, i, wecom_source_conf_t *)->id, id) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Every place is judged against the server it was written in. A virtual host inherits places
 * together with the sources, so what is right there is right here. */
static void check_places(wecom_judge_t *judge, const wecom_server_t *server)
{
    int i, k;

    for (i = 0; i < server->places->nelts; i++) {
        const wecom_place_t *place = place_at(server, i);

        for (k = 0; place->sources != NULL && k < place->sources->nelts; k++) {
            const char *id = APR_ARRAY_IDX(place->sources, k, const char *);

            if (!sees_source(server, id)) {
                wecom_fault(judge, &place->where, WC(0108) "WeComSources: %s has no "
                            "<WeComSource %s>; define it %s, or mend the spelling",
                            kind_of(server->server), id, cure_of(server->server));
            }
        }
        if (place->wecom && server->own_sources->nelts == 0) {
            wecom_fault(judge, &place->where, WC(0109) "AuthType WeCom stands here, but %s sees "
                        "no source; define a <WeComSource> %s", kind_of(server->server),
                        cure_of(server->server));
        }
    }
}

static int has_own_place(const wecom_server_t *server)
{
    int i;

    for (i = 0; i < server->places->nelts; i++) {
        if (place_at(server, i)->wecom) {
            return 1;
        }
    }
    return 0;
}

/* Two people must never get one name. What only merging tells (a WeComUser in an outer Location)
 * is not counted: the pattern belongs to the AuthType, or to the server. */
static void check_names(wecom_judge_t *judge, const wecom_server_t *server,
                        const wecom_server_t *written_in)
{
    const wecom_place_t *defaults = ap_get_module_config(server->server->lookup_defaults,
                                                         &auth_wecom_module);
    int i;

    /* Accounts have names of their own, each once. */
    for (i = 0; server->directory == NULL && i < written_in->places->nelts; i++) {
        const wecom_place_t *place = place_at(written_in, i);
        const apr_array_header_t *ids = place->sources;
        const char *user = place->user;

        if (!place->wecom) {
            continue;
        }
        if (ids == NULL && defaults != NULL) {
            ids = defaults->sources;
        }
        if (user == NULL && defaults != NULL) {
            user = defaults->user;
        }
        if (wecom_source_is_mixed(wecom_source_narrow(server->sources, ids, judge->temp))
            && !wecom_user_is_qualified(user)) {
            wecom_fault(judge, &place->where, WC(0110) "AuthType WeCom lets in members of more "
                        "than one enterprise here, in whom one userid can mean two people; write "
                        "WeComUser %%{userid}@%%{source} beside it, or name sources of one "
                        "enterprise with WeComSources");
        }
    }
}

/* --- servers ---------------------------------------------------------------------------------- */

static void check_refresh(wecom_judge_t *judge, const wecom_server_t *server)
{
    const wecom_where_t *where = wecom_build_where(server,
                                                   offsetof(wecom_server_t, refresh_grace));

    if (server->refresh_grace >= server->refresh) {
        return;
    }
    if (where->file == NULL) {
        where = wecom_build_where(server, offsetof(wecom_server_t, refresh));
    }
    wecom_fault(judge, where, WC(0187) "WeComRefreshGrace (%" APR_INT64_T_FMT " s) is shorter than "
                "WeComRefresh (%" APR_INT64_T_FMT " s), so every session would end before its "
                "member is read again; lengthen the one or shorten the other",
                server->refresh_grace, server->refresh);
}

static void check_settings(wecom_judge_t *judge, const wecom_server_t *server)
{
    const char *provider = apr_pstrndup(judge->temp, server->cache, strcspn(server->cache, ":"));
    const char *fault;

    if (server->session_idle > server->session_max_age) {
        const wecom_where_t *where = wecom_build_where(server,
                                                       offsetof(wecom_server_t, session_idle));

        if (where->file == NULL) {
            where = wecom_build_where(server, offsetof(wecom_server_t, session_max_age));
        }
        wecom_fault(judge, where, WC(0113) "WeComSessionIdleTimeout (%" APR_INT64_T_FMT
                    " s) is longer than WeComSessionMaxAge (%" APR_INT64_T_FMT " s) and would "
                    "never be reached; shorten the one or lengthen the other",
                    server->session_idle, server->session_max_age);
    }
    check_refresh(judge, server);
    if (ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, provider,
                           AP_SOCACHE_PROVIDER_VERSION) == NULL) {
        wecom_fault(judge, wecom_build_where(server, offsetof(wecom_server_t, cache)),
                    WC(0104) "WeComCache: there is no provider '%s'; load its module: LoadModule "
                    "socache_%s_module modules/mod_socache_%s.so (on Debian: a2enmod "
                    "socache_%s)", provider, provider, provider, provider);
    }
    fault = server->audit_log != NULL ? wecom_audit_judge(server->audit_log, judge->temp) : NULL;
    if (fault != NULL && judge->run != WECOM_RUN_DUMP) {
        wecom_fault(judge, wecom_build_where(server, offsetof(wecom_server_t, audit_log)),
                    WC(0156) "WeComAuditLog %s cannot be opened: %s", server->audit_log, fault);
    }
    fault = wecom_cache_socache_judge(server->cache, judge->temp);
    if (fault != NULL) {
        wecom_fault(judge, wecom_build_where(server, offsetof(wecom_server_t, cache)),
                    WC(0143) "WeComCache %s: %s; write the arguments as the documentation of "
                    "mod_socache_%s says", server->cache, fault, provider);
    }
}

static void check_panel(wecom_judge_t *judge, const wecom_server_t *server)
{
    int i;

    if (!server->login_panel) {
        return;
    }
    for (i = 0; i < server->sources->nelts; i++) {
        if (wecom_link_has_panel(&APR_ARRAY_IDX(server->sources, i, const wecom_source_t *)->app)) {
            return;
        }
    }
    wecom_fault(judge, wecom_build_where(server, offsetof(wecom_server_t, login_panel)), WC(0173)
                "WeComLoginPanel On: no source here can show WeCom's panel, which knows WeCom's "
                "public cloud alone; take WeComBaseURL login and WeComLoginURL qrconnect away, or "
                "write WeComLoginPanel Off");
}

static void check_modules(wecom_judge_t *judge)
{
    if (ap_find_linked_module("mod_session.c") == NULL) {
        wecom_fault(judge, NULL, WC(0102) "mod_session is missing; load it: LoadModule "
                    "session_module modules/mod_session.so (on Debian: a2enmod session)");
    }
    if (ap_find_linked_module("mod_watchdog.c") == NULL) {
        wecom_fault(judge, NULL, WC(0103) "mod_watchdog is missing; load it: LoadModule "
                    "watchdog_module modules/mod_watchdog.so");
    }
}

/* The public URL of a server that sees a source; NULL for one that serves none, or after a
 * fault. */
static const char *public_url(wecom_judge_t *judge, const wecom_server_t *server,
                              wecom_where_t *where)
{
    const server_rec *s = server->server;
    const char *url = wecom_name_public_url(where, server, judge->pool);

    if (url != NULL) {
        return url;
    }
    if (where->file != NULL) {
        wecom_fault(judge, where, WC(0112) "ServerName is no name that a browser could be sent "
                    "to; write WeComPublicURL https://HOST into %s", kind_of(s));
        return NULL;
    }
    if (!s->is_virtual && s->next != NULL && !has_own_place(server)) {
        return NULL;
    }
    *where = where_of(server);
    wecom_fault(judge, where, WC(0111) "%s has neither a written ServerName nor WeComPublicURL, "
                "so WeCom could not be told where to send people back to; write WeComPublicURL "
                "https://HOST into it", kind_of(s));
    return NULL;
}

/* 1 when the server has got a site. */
static int check_server(wecom_judge_t *judge, wecom_server_t *server,
                        const apr_array_header_t *made, apr_array_header_t *registered)
{
    const wecom_server_t *main = record_of(judge->main);
    const char *url;
    wecom_where_t where;
    int good;

    check_places(judge, server);
    if (server->own_sources->nelts == 0) {
        return 0;
    }
    wecom_pass_build(judge, server);
    wecom_pass_judge_places(judge, server, server);
    if (server != main) {
        wecom_pass_judge_places(judge, server, main);
    }
    check_settings(judge, server);
    good = wecom_build_sources(judge, server);
    url = public_url(judge, server, &where);
    if (url == NULL) {
        server->sources = NULL;
        return 0;
    }
    if (good) {
        check_panel(judge, server);
        wecom_pass_judge_sources(judge, server);
    }
    if (good && wecom_accounts_build(judge, server, registered)) {
        wecom_accounts_judge_places(judge, server, server);
        check_names(judge, server, server);
        if (server != main) {
            wecom_accounts_judge_places(judge, server, main);
            check_names(judge, server, main);
        }
    }
    wecom_build_rings(judge, server, made);
    wecom_look_build(judge, server, made);
    return wecom_build_site(judge, server, url, &where);
}

static wecom_run_t run_of(void)
{
    switch (ap_state_query(AP_SQ_RUN_MODE)) {
    case AP_SQ_RM_CONFIG_TEST:
        return WECOM_RUN_TEST;
    case AP_SQ_RM_CONFIG_DUMP:
        return WECOM_RUN_DUMP;
    default:
        return WECOM_RUN_REAL;
    }
}

int wecom_config_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main)
{
    wecom_judge_t judge = { pconf, ptemp, main, run_of(), apr_hash_make(ptemp), 0 };
    apr_array_header_t *made = apr_array_make(ptemp, 4, sizeof(const wecom_server_t *));
    apr_array_header_t *registered = apr_array_make(ptemp, 2, sizeof(const wecom_server_t *));
    server_rec *s;

    (void)plog;
    for (s = main; s != NULL; s = s->next) {
        if (check_server(&judge, record_of(s), made, registered)) {
            APR_ARRAY_PUSH(made, const wecom_server_t *) = record_of(s);
        }
    }
    wecom_authz_check(&judge);
    wecom_pass_build_origins(&judge);
    if (made->nelts > 0 || judge.faults > 0) {
        check_modules(&judge);
    }
    wecom_secret_forget(&judge);
    return judge.faults == 0 ? OK : HTTP_INTERNAL_SERVER_ERROR;
}
