/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site.h - the one name under which the world sees this virtual host.
 *
 * WeCom compares the host of the return address with a domain in its console, and cookies belong
 * to a host; so everything we write (addresses, cookies, Secure, __Host-) follows the public URL
 * alone and nothing that a request claims. Cookie names carry a few characters of a hash of the
 * public URL, because cookies ignore ports and two sites on one host must not mix them up.
 * Made once when the configuration is complete; read-only afterwards.
 */
#ifndef WECOM_AUTH_SITE_H
#define WECOM_AUTH_SITE_H

#include "../base/text.h"

/* The query parameter that marks the one redirect from a wrong name to the right one. */
#define WECOM_SITE_HOP "wecom-hop"

typedef struct wecom_site_t {
    const char *public_url;      /* "https://intranet.example.com"; no default port, no slash */
    const char *scheme;          /* "https" or "http" */
    const char *host;            /* lower case; IPv6 in brackets */
    int port;                    /* the default one when none is written */
    int secure;                  /* scheme is https */
    const char *endpoint;        /* "/wecom": starts with a slash, does not end with one */
    const char *return_url;      /* public_url + endpoint + "/return" */
    const char *tag;             /* 6 characters of [0-9a-z], from the hash of public_url */
    const char *session_cookie;  /* "__Host-wecom_a1b2c3", or "wecom_a1b2c3" on http; with
                                  * a domain the hash is the domain's, so that the hosts below it
                                  * share a session */
    const char *cookie_domain;   /* of WeComSessionCookie, or NULL; then there is no __Host- */
    const char *last_cookie;     /* "__Host-wecoml_a1b2c3": the id of the source used last */
    const char *lang_cookie;     /* "__Host-wecomg_a1b2c3": the language that was chosen */
    const char *pending_prefix;  /* "__Host-wecomp_a1b2c3_"; the state's characters follow */
} wecom_site_t;

/* Split and normalise "http(s)://host[:port][/]": scheme and host lowered, a default port left
 * out, a closing slash taken off. Refused: another scheme, a path, user information, a query, a
 * fragment, an empty or ill-formed host, a port outside 1 to 65535. Fills the five fields from
 * public_url to secure. */
wecom_status_t wecom_site_parse_url(wecom_site_t *site, const char *url, apr_pool_t *pool);

/* 1 for an endpoint: starts with '/', does not end with one, no "//", segments of
 * [0-9A-Za-z._-] that are not "." or "..", 1 to 64 bytes. */
int wecom_site_is_endpoint(const char *path);

/* Make the whole site. cookie_name: NULL for "wecom"; domain: NULL for none.
 * WECOM_E_BAD_INPUT for a URL or an endpoint as above, a cookie name that is not 1 to 64 of
 * [0-9A-Za-z._-], and a domain that is neither the host nor above it (a leading dot is taken
 * off); WECOM_E_CRYPTO when the hash fails. */
wecom_status_t wecom_site_make(wecom_site_t **site, const char *public_url, const char *endpoint,
                               const char *cookie_name, const char *domain, apr_pool_t *pool);

/* How a request addressed us. */
typedef struct wecom_address_t {
    const char *host_header;     /* as sent, may be NULL */
    int is_tls;                  /* this connection is TLS */
    int ends_tls;                /* this server itself ends TLS for the public name and port */
    const char *forwarded_proto; /* X-Forwarded-Proto as sent, or NULL: a hint, nothing more */
} wecom_address_t;

/* Does the request stand under the public name? The host (and port) of the Host header must be
 * the public one, a default port written or not. The scheme counts as wrong only where it is
 * known: public https while this plain connection came to a server that ends TLS for the name
 * itself, or X-Forwarded-Proto says http (in any case); public http while the connection is TLS
 * (and nothing is said by X-Forwarded-Proto). No Host header fits nothing. 1 or 0. */
int wecom_site_fits(const wecom_site_t *site, const wecom_address_t *address);

/* What the visitor typed, for the page that names both: host of the Host header, cleaned and
 * HTML-harmless (only [0-9A-Za-z.:[]-], at most 100 bytes; "?" when there is none left). */
const char *wecom_site_typed(const wecom_address_t *address, apr_pool_t *pool);

/* A Set-Cookie value: name=value; Path=/; HttpOnly; SameSite=Lax[; Secure][; Domain=..]
 * [; Max-Age=n]. max_age < 0: a session cookie; 0: delete it (value is then empty).
 * with_domain: add the cookie domain, if the site has one (the session cookie alone). */
const char *wecom_site_cookie(const wecom_site_t *site, const char *name, const char *value,
                              int max_age, int with_domain, apr_pool_t *pool);

#endif
