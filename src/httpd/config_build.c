/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_build.c - what the administrator wrote becomes what the lower floors work with.
 */
#include "config_build.h"

#include <stddef.h>
#include <string.h>

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#include "config_name.h"
#include "config_values.h"
#include "folder.h"
#include "secret.h"

#define MAX_CA_FILE 4194304 /* bytes; the bundle of a whole system has a quarter million */

#define LABEL "mod_auth_wecom "

const wecom_where_t *wecom_build_where(const wecom_server_t *server, apr_size_t offset)
{
    return &server->at[wecom_config_row(WECOM_AT_SERVER, offset)];
}

static const wecom_where_t *source_where(const wecom_source_conf_t *source, apr_size_t offset)
{
    return &source->at[wecom_config_row(WECOM_IN_SOURCE, offset)];
}

/* --- sources ---------------------------------------------------------------------------------- */

/* What a section needs, whoever sees it. */
static void judge_source(wecom_judge_t *judge, wecom_source_conf_t *source)
{
    const char *section = apr_psprintf(judge->temp, "<WeComSource %s>", source->id);

    source->judged = 1;
    if (source->corp_id == NULL) {
        wecom_fault(judge, &source->where, WC(0105) "%s lacks WeComCorpID; write into it the "
                    "corp id from My Company in the WeCom console", section);
    }
    if (source->agent_id == NULL) {
        wecom_fault(judge, &source->where, WC(0106) "%s lacks WeComAgentID; write into it the "
                    "AgentId from the application's page in the WeCom console", section);
    }
    if (source->secret == NULL) {
        wecom_fault(judge, &source->where, WC(0107) "%s lacks WeComSecret; write the secret from "
                    "the application's page in the WeCom console into a file, and WeComSecret "
                    "file:PATH here", section);
        return;
    }
    source->secret_read = wecom_secret_read(judge, source->secret, section,
                                            source_where(source,
                                                         offsetof(wecom_source_conf_t, secret)));
}

/* libcurl would find out at the first call only. The file is opened by the children at each
 * connection, but read here by the user who starts the server; so look at the mode too. */
static const char *judge_ca_file(wecom_judge_t *judge, const char *path,
                                 const wecom_where_t *where)
{
    const char *full = ap_server_root_relative(judge->pool, path);
    apr_file_t *file = NULL;
    apr_finfo_t info;
    apr_status_t rv = APR_EBADPATH;
    apr_size_t len = 0;
    char *text = NULL;

    if (full == NULL || judge->run == WECOM_RUN_DUMP) {
        return path;
    }
    if (apr_stat(&info, full, APR_FINFO_TYPE | APR_FINFO_SIZE, judge->temp) == APR_SUCCESS
        && info.filetype == APR_REG && info.size <= MAX_CA_FILE) {
        rv = apr_file_open(&file, full, APR_FOPEN_READ, APR_OS_DEFAULT, judge->temp);
    }
    if (rv == APR_SUCCESS) {
        text = apr_pcalloc(judge->temp, (apr_size_t)info.size + 1);
        rv = info.size > 0 ? apr_file_read_full(file, text, (apr_size_t)info.size, &len)
                           : APR_SUCCESS;
        apr_file_close(file);
    }
    if (rv != APR_SUCCESS) {
        wecom_fault(judge, where, WC(0115) "WeComCAFile: the file %s cannot be read; name a PEM "
                    "file with certificates that every user may read", full);
    }
    else if (strstr(text, "-----BEGIN ") == NULL) {
        wecom_fault(judge, where, WC(0116) "WeComCAFile: there is no certificate in %s; name a "
                    "PEM file (it has a line -----BEGIN CERTIFICATE-----)", full);
    }
    return full;
}

static const char *base_url(const wecom_server_t *server, const wecom_source_conf_t *source,
                            const char *name, const char *fallback)
{
    const char *url = source->base_url != NULL ? apr_table_get(source->base_url, name) : NULL;

    if (url == NULL && server->base_url != NULL) {
        url = apr_table_get(server->base_url, name);
    }
    return url != NULL ? url : fallback;
}

static void take_association(wecom_source_t *source, const apr_array_header_t *words,
                             apr_pool_t *pool)
{
    const char *kind = APR_ARRAY_IDX(words, 0, const char *);

    source->fields = NULL;
    source->association = WECOM_ASSOCIATION_NONE;
    if (strcmp(kind, "ask") == 0) {
        source->association = WECOM_ASSOCIATION_ASK;
    }
    else if (strcmp(kind, "field") == 0) {
        apr_array_header_t *fields = apr_array_copy(pool, words);

        source->association = WECOM_ASSOCIATION_FIELD;
        memmove(fields->elts, fields->elts + fields->elt_size,
                (apr_size_t)(fields->nelts - 1) * (apr_size_t)fields->elt_size);
        fields->nelts--;
        source->fields = fields;
    }
}

/* The second word of WeComDirectorySize may lack. */
static void measure(wecom_server_t *server)
{
    int part;

    for (part = 0; part < WECOM_SHAPE_PARTS; part++) {
        server->directory_bytes[part]
            = part < server->directory_size->nelts
              ? wecom_value_bytes(APR_ARRAY_IDX(server->directory_size, part, const char *))
              : (apr_size_t)16 << 20;
    }
}

static wecom_source_t *make_source(wecom_judge_t *judge, const wecom_server_t *server,
                                   const wecom_source_conf_t *conf)
{
    wecom_source_t *source = apr_pcalloc(judge->pool, sizeof(*source));
    wecom_app_t *app = &source->app;
    int own_timeout = wecom_config_is_set(&conf->set,
                                          wecom_config_row(WECOM_IN_SOURCE,
                                                           offsetof(wecom_source_conf_t,
                                                                    timeout)));

    source->id = conf->id;
    source->names = conf->display_name != NULL
                    ? conf->display_name : apr_array_make(judge->pool, 1,
                                                          sizeof(wecom_show_name_t));
    source->in_wechat = conf->in_wechat;
    app->label = conf->id;
    app->corp_id = conf->corp_id;
    app->agent_id = conf->agent_id;
    app->secret = conf->secret_read;
    app->qrconnect = conf->login_url == 1;
    app->api_url = base_url(server, conf, "api", WECOM_APP_API_URL);
    app->authorize_url = base_url(server, conf, "authorize", WECOM_APP_AUTHORIZE_URL);
    app->login_url = base_url(server, conf, "login", app->qrconnect ? WECOM_APP_QRCONNECT_URL
                                                                    : WECOM_APP_LOGIN_URL);
    app->private_info = conf->scope == 1;
    app->check_member = conf->check_member;
    app->proxy_developed = conf->proxy_developed;
    if (conf->ca_file != NULL) {
        app->ca_file = judge_ca_file(judge, conf->ca_file,
                                     source_where(conf, offsetof(wecom_source_conf_t, ca_file)));
    }
    else if (server->ca_file != NULL) {
        app->ca_file = judge_ca_file(judge, server->ca_file,
                                     wecom_build_where(server,
                                                       offsetof(wecom_server_t, ca_file)));
    }
    app->proxy = conf->proxy != NULL ? conf->proxy : server->proxy;
    source->login_only = conf->login_only;
    source->sync = conf->sync == 1 ? WECOM_SYNC_FIRST : conf->sync == 2 ? WECOM_SYNC_NEVER
                                                                        : WECOM_SYNC_EVERY;
    source->base_alone = conf->scope == 0
                         && wecom_config_is_set(&conf->set,
                                                wecom_config_row(WECOM_IN_SOURCE,
                                                                 offsetof(wecom_source_conf_t,
                                                                          scope)));
    take_association(source, conf->association, judge->pool);
    source->print = wecom_source_print(app, judge->pool);
    app->timeout_ms = (int)(own_timeout ? conf->timeout : server->timeout) * 1000;
    return source;
}

int wecom_build_sources(wecom_judge_t *judge, wecom_server_t *server)
{
    const int before = judge->faults;
    apr_array_header_t *sources = apr_array_make(judge->pool, server->own_sources->nelts,
                                                 sizeof(const wecom_source_t *));
    int complete = 1;
    int i;

    if (server->own_sources->nelts > WECOM_MAX_SOURCES) {
        wecom_where_t where = { server->server->defn_name,
                                (int)server->server->defn_line_number };

        wecom_fault(judge, &where, WC(0118) "the virtual host %s sees more than %d sources, its "
                    "own and those of the server; distribute them over virtual hosts",
                    server->server->server_hostname, WECOM_MAX_SOURCES);
        return 0;
    }
    for (i = 0; i < server->own_sources->nelts; i++) {
        wecom_source_conf_t *conf = APR_ARRAY_IDX(server->own_sources, i, wecom_source_conf_t *);

        if (!conf->judged) {
            judge_source(judge, conf);
        }
        if (conf->corp_id == NULL || conf->agent_id == NULL || conf->secret_read == NULL) {
            complete = 0;
            continue;
        }
        APR_ARRAY_PUSH(sources, const wecom_source_t *) = make_source(judge, server, conf);
    }
    server->sources = sources;
    return complete && judge->faults == before;
}

/* --- site ------------------------------------------------------------------------------------- */

int wecom_build_site(wecom_judge_t *judge, wecom_server_t *server, const char *url,
                     const wecom_where_t *where)
{
    wecom_site_t *site = NULL;
    wecom_status_t status = wecom_site_make(&site, url, server->endpoint, server->session_cookie,
                                            server->session_domain, judge->pool);

    if (status == WECOM_E_BAD_INPUT) {
        /* URL, endpoint and cookie name have passed their own checks: it is the domain. */
        wecom_fault(judge,
                    wecom_build_where(server, offsetof(wecom_server_t, session_cookie)),
                    WC(0114) "WeComSessionCookie: the domain %s does not cover the public URL %s, "
                    "so browsers would not keep the cookie; write a domain that the host name "
                    "ends with, or none",
                    server->session_domain != NULL ? server->session_domain : "(none)", url);
        return 0;
    }
    if (status != WECOM_OK) {
        wecom_fault(judge, where, WC(0119) "the site %s cannot be set up, because OpenSSL refuses "
                    "SHA-256; mend the OpenSSL of this machine", url);
        return 0;
    }
    server->site = site;
    server->ends_tls = wecom_name_ends_tls(judge->main, site->host, site->port, judge->temp);
    server->life.max_age = server->session_max_age;
    server->life.idle = server->session_idle;
    measure(server);
    server->span.refresh = server->refresh;
    server->span.grace = server->refresh_grace;
    server->ticket_aad = wecom_ticket_aad(site, judge->pool);
    return 1;
}

/* --- keys ------------------------------------------------------------------------------------- */

/* The keys that WeComCryptoKey names, or the one of the state folder. Returns how many; 0 after
 * a fault. */
static apr_size_t read_keys(wecom_judge_t *judge, unsigned char keys[][WECOM_KEY_BYTES],
                            const wecom_server_t *server, const char *folder)
{
    apr_size_t n = 0;
    int good = 1;
    int i;

    if (server->crypto_key == NULL) {
        return (apr_size_t)wecom_folder_key(judge, keys[0], folder,
                                            wecom_build_where(server, offsetof(wecom_server_t,
                                                                               state_dir)));
    }
    for (i = 0; i < server->crypto_key->nelts; i++) {
        const char *word = APR_ARRAY_IDX(server->crypto_key, i, const char *);

        good &= wecom_folder_key_file(judge, keys[n++], word + strlen("file:"),
                                      wecom_build_where(server, offsetof(wecom_server_t,
                                                                         crypto_key)));
    }
    return good ? n : 0;
}

static int make_rings(wecom_judge_t *judge, wecom_server_t *server, const char *folder)
{
    unsigned char keys[WECOM_MAX_KEYS][WECOM_KEY_BYTES];
    const unsigned char *masters[WECOM_MAX_KEYS];
    static const char *const labels[] = {
        LABEL "ticket", LABEL "state", LABEL "form", LABEL "cache"
    };
    wecom_keyring_t *rings[4] = { NULL, NULL, NULL, NULL };
    apr_size_t n = read_keys(judge, keys, server, folder);
    apr_size_t i;
    wecom_status_t status = WECOM_OK;

    for (i = 0; i < n; i++) {
        masters[i] = keys[i];
    }
    for (i = 0; n > 0 && i < 4 && status == WECOM_OK; i++) {
        status = wecom_crypto_keyring(&rings[i], masters, n, labels[i], judge->pool);
    }
    wecom_crypto_wipe(keys, sizeof(keys));
    if (status != WECOM_OK) {
        wecom_fault(judge, NULL, WC(0117) "no keys can be derived, because OpenSSL refuses HKDF; "
                    "mend the OpenSSL of this machine");
        return 0;
    }
    server->ticket_ring = rings[0];
    server->state_ring = rings[1];
    server->form_ring = rings[2];
    server->cache_ring = rings[3];
    return n > 0;
}

/* Without a slash at its end: a link with one is followed even by those who look for links. */
static const char *folder_of(wecom_judge_t *judge, const wecom_server_t *server)
{
    char *path = ap_server_root_relative(judge->pool, server->state_dir);
    apr_size_t len;

    path = path != NULL ? path : apr_pstrdup(judge->pool, server->state_dir);
    for (len = strlen(path); len > 1 && path[len - 1] == '/'; len--) {
        path[len - 1] = '\0';
    }
    return path;
}

int wecom_build_rings(wecom_judge_t *judge, wecom_server_t *server,
                      const apr_array_header_t *made)
{
    int i;

    if (judge->run == WECOM_RUN_DUMP) {
        return 1;
    }
    server->state_dir = folder_of(judge, server);
    for (i = 0; i < made->nelts; i++) {
        const wecom_server_t *other = APR_ARRAY_IDX(made, i, const wecom_server_t *);

        if (server->crypto_key == other->crypto_key
            && strcmp(server->state_dir, other->state_dir) == 0) {
            server->ticket_ring = other->ticket_ring;
            server->state_ring = other->state_ring;
            server->form_ring = other->form_ring;
            server->cache_ring = other->cache_ring;
            return 1;
        }
    }
    return wecom_folder_prepare(judge, server->state_dir,
                                wecom_build_where(server, offsetof(wecom_server_t, state_dir)))
        && make_rings(judge, server, server->state_dir);
}
