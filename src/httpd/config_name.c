/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_name.c - public URL and TLS, from the tree of directives.
 *
 * The tree: <IfModule>, <IfDefine>, Include and macros have been replaced by what they hold when
 * the checks run, so the directives of a server are the children of its <VirtualHost>, and those
 * of the main server the top level.
 */
#include "config_name.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "ap_listen.h"

#include "../auth/site.h"
#include "../base/text.h"

#define HTTPS_PORT 443
#define HTTP_PORT   80

/* The directives written for this very server. */
static const ap_directive_t *tree_of(const server_rec *s)
{
    const ap_directive_t *d;

    if (!s->is_virtual) {
        return ap_conftree;
    }
    for (d = ap_conftree; d != NULL; d = d->next) {
        if (strcasecmp(d->directive, "<VirtualHost") == 0
            && d->line_num == (int)s->defn_line_number && s->defn_name != NULL
            && strcmp(d->filename, s->defn_name) == 0) {
            return d->first_child;
        }
    }
    return NULL;
}

/* The last one counts, as in httpd. */
static const ap_directive_t *last_of(const ap_directive_t *d, const char *name)
{
    const ap_directive_t *found = NULL;

    for (; d != NULL; d = d->next) {
        if (strcasecmp(d->directive, name) == 0) {
            found = d;
        }
    }
    return found;
}

static const char *first_word(const ap_directive_t *d, apr_pool_t *pool)
{
    const char *args = d->args;

    return ap_getword_conf(pool, &args);
}

/* --- ports and TLS ---------------------------------------------------------------------------- */

/* Does the server answer on this port? `<VirtualHost *>` and the main server do on all. */
static int serves_port(const server_rec *s, int port)
{
    const server_addr_rec *address;

    if (!s->is_virtual) {
        return 1;
    }
    for (address = s->addrs; address != NULL; address = address->next) {
        if (address->host_port == 0 || address->host_port == port) {
            return 1;
        }
    }
    return 0;
}

/* mod_ssl turns itself on, without SSLEngine, where a certificate is configured and the port is
 * one of https (443, or `Listen port https`). */
static int has_https_listener(const server_rec *s)
{
    const ap_listen_rec *listener;

    for (listener = ap_listeners; listener != NULL; listener = listener->next) {
        if (listener->protocol != NULL && strcmp(listener->protocol, "https") == 0
            && serves_port(s, listener->bind_addr->port)) {
            return 1;
        }
    }
    return 0;
}

static int speaks_tls(const server_rec *s, apr_pool_t *pool)
{
    const ap_directive_t *own = tree_of(s);
    const ap_directive_t *engine = last_of(own, "SSLEngine");

    if (engine == NULL) {
        engine = last_of(ap_conftree, "SSLEngine");
    }
    if (engine != NULL) {
        return strcasecmp(first_word(engine, pool), "on") == 0;
    }
    return (last_of(own, "SSLCertificateFile") != NULL
            || last_of(ap_conftree, "SSLCertificateFile") != NULL) && has_https_listener(s);
}

static int is_named(const server_rec *s, const char *host)
{
    int i;

    if (wecom_text_equal_fold(s->server_hostname, host)) {
        return 1;
    }
    for (i = 0; s->names != NULL && i < s->names->nelts; i++) {
        if (wecom_text_equal_fold(APR_ARRAY_IDX(s->names, i, const char *), host)) {
            return 1;
        }
    }
    for (i = 0; s->wild_names != NULL && i < s->wild_names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(s->wild_names, i, const char *);

        if (name != NULL && ap_strcasecmp_match(host, name) == 0) {
            return 1;
        }
    }
    return 0;
}

int wecom_name_ends_tls(const server_rec *main, const char *host, int port, apr_pool_t *pool)
{
    const server_rec *s;

    for (s = main; s != NULL; s = s->next) {
        if (is_named(s, host) && serves_port(s, port) && speaks_tls(s, pool)) {
            return 1;
        }
    }
    return 0;
}

/* --- the public URL --------------------------------------------------------------------------- */

/* The port of a server whose ServerName has none: the usual one of its scheme where it answers
 * there, else the only one there is, or the first. */
static int port_of(const server_rec *s, int usual)
{
    const server_addr_rec *address;
    const ap_listen_rec *listener;
    int port = 0;

    for (address = s->is_virtual ? s->addrs : NULL; address != NULL; address = address->next) {
        if (address->host_port == usual) {
            return usual;
        }
        port = port == 0 ? address->host_port : port;
    }
    if (port != 0) {
        return port;
    }
    for (listener = ap_listeners; listener != NULL; listener = listener->next) {
        if (listener->bind_addr->port == usual) {
            return usual;
        }
        port = listener->bind_addr->port; /* the list is in reverse order of the file */
    }
    return port != 0 ? port : usual;
}

/* A scheme in the ServerName describes the outside (TLS may end in front of httpd), so then the
 * port is the one written, or that of the scheme. Without a scheme it is about this server. */
static const char *from_server_name(const server_rec *s, const char *name, apr_pool_t *pool)
{
    const char *host = name;
    const char *bracket;
    int tls;

    if (strstr(name, "://") != NULL) {
        return name;
    }
    tls = speaks_tls(s, pool);
    bracket = strchr(host, ']');
    if (strchr(bracket != NULL ? bracket : host, ':') != NULL) {
        return apr_pstrcat(pool, tls ? "https://" : "http://", name, NULL);
    }
    return apr_psprintf(pool, "%s://%s:%d", tls ? "https" : "http", name,
                        port_of(s, tls ? HTTPS_PORT : HTTP_PORT));
}

const char *wecom_name_public_url(wecom_where_t *where, const wecom_server_t *server,
                                  apr_pool_t *pool)
{
    const ap_directive_t *name;
    const char *url;
    wecom_site_t parts;

    memset(where, 0, sizeof(*where));
    if (server->public_url != NULL) {
        return server->public_url;
    }
    name = last_of(tree_of(server->server), "ServerName");
    if (name == NULL) {
        return NULL;
    }
    where->file = name->filename;
    where->line = name->line_num;
    url = from_server_name(server->server, first_word(name, pool), pool);
    return wecom_site_parse_url(&parts, url, pool) == WECOM_OK ? url : NULL;
}

const char *wecom_name_written(const server_rec *s, const char *directive, apr_pool_t *pool)
{
    const ap_directive_t *found = last_of(tree_of(s), directive);

    if (found == NULL) {
        found = last_of(ap_conftree, directive);
    }
    return found != NULL ? first_word(found, pool) : NULL;
}
