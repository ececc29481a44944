/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site.c - the public name, taken apart once and compared on every request.
 *
 * One reader of "host[:port]" serves the public URL and the Host header, so that both are
 * normalised by the same rules and a spelling can never be equal in one place and different in
 * the other. It is strict: what it does not understand is no host, and a request with such a
 * Host header simply does not stand under our name.
 */
#include "site.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../base/crypto.h"
#include "octets.h"

#define MAX_HOST         253 /* RFC 1035 section 2.3.4, without the root's dot */
#define MAX_LABEL         63
#define MAX_ENDPOINT      64
#define MAX_COOKIE_NAME   64
#define MAX_TYPED        100
#define TAG_CHARS          6

#define HTTPS_PORT       443
#define HTTP_PORT         80

/* "host[:port]", normalised. */
typedef struct authority_t {
    char host[MAX_HOST + 1];
    int port; /* 0: none was written */
} authority_t;

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A DNS name or an IPv4 address, lowered into host. A last label of digits alone makes it an
 * address (as in browsers), and then it must be a whole one: "1.2.3" or "2130706433" are read as
 * 127.0.0.1 and the like by some programs and as names by others. */
static int read_name(char *host, const char *s, apr_size_t len)
{
    struct in_addr address;
    apr_size_t label = 0;
    apr_size_t i;
    int only_digits = 1;

    if (len == 0 || len > MAX_HOST) {
        return 0;
    }
    for (i = 0; i < len; i++) {
        if (s[i] == '.') {
            if (label == 0 || s[i - 1] == '-') {
                return 0;
            }
            label = 0;
            only_digits = 1;
        }
        else {
            if ((!is_alnum(s[i]) && s[i] != '-') || (label == 0 && s[i] == '-')
                || ++label > MAX_LABEL) {
                return 0;
            }
            only_digits = only_digits && is_digit(s[i]);
        }
        host[i] = lowered(s[i]);
    }
    if (label == 0 || s[len - 1] == '-') {
        return 0;
    }
    host[len] = '\0';
    return !only_digits || inet_pton(AF_INET, host, &address) == 1;
}

/* The text between the brackets. One address has many spellings, so it is written anew. */
static int read_ipv6(char *host, const char *s, apr_size_t len)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    apr_size_t n;

    if (len == 0 || len >= sizeof(text) || memchr(s, '\0', len) != NULL) {
        return 0;
    }
    memcpy(text, s, len);
    text[len] = '\0';
    if (inet_pton(AF_INET6, text, &address) != 1
        || inet_ntop(AF_INET6, &address, text, sizeof(text)) == NULL) {
        return 0;
    }
    n = strlen(text);
    host[0] = '[';
    memcpy(host + 1, text, n);
    host[n + 1] = ']';
    host[n + 2] = '\0';
    return 1;
}

static int read_port(int *port, const char *s, apr_size_t len)
{
    apr_size_t i;
    int n = 0;

    if (len > 5) {
        return 0;
    }
    for (i = 0; i < len; i++) {
        if (!is_digit(s[i])) {
            return 0;
        }
        n = n * 10 + (s[i] - '0');
    }
    *port = n;
    return n >= 1 && n <= 65535;
}

static int read_authority(authority_t *authority, const char *s, apr_size_t len)
{
    const char *end = s + len;
    const char *after;

    authority->port = 0;
    if (len > 0 && s[0] == '[') {
        after = memchr(s, ']', len);
        if (after == NULL || !read_ipv6(authority->host, s + 1, (apr_size_t)(after - s - 1))) {
            return 0;
        }
        after++;
    }
    else {
        after = memchr(s, ':', len);
        if (after == NULL) {
            after = end;
        }
        if (!read_name(authority->host, s, (apr_size_t)(after - s))) {
            return 0;
        }
    }
    if (after == end) {
        return 1;
    }
    return *after == ':'
        && read_port(&authority->port, after + 1, (apr_size_t)(end - after - 1));
}

wecom_status_t wecom_site_parse_url(wecom_site_t *site, const char *url, apr_pool_t *pool)
{
    authority_t authority;
    const char *rest;
    apr_size_t len;
    int default_port;
    int secure;

    if (url != NULL && strncasecmp(url, "https://", 8) == 0) {
        secure = 1;
        rest = url + 8;
    }
    else if (url != NULL && strncasecmp(url, "http://", 7) == 0) {
        secure = 0;
        rest = url + 7;
    }
    else {
        return WECOM_E_BAD_INPUT;
    }
    len = strlen(rest);
    if (len > 0 && rest[len - 1] == '/') {
        len--;
    }
    if (!read_authority(&authority, rest, len)) {
        return WECOM_E_BAD_INPUT;
    }
    default_port = secure ? HTTPS_PORT : HTTP_PORT;
    site->secure = secure;
    site->scheme = secure ? "https" : "http";
    site->host = apr_pstrdup(pool, authority.host);
    site->port = authority.port != 0 ? authority.port : default_port;
    if (site->port == default_port) {
        site->public_url = apr_pstrcat(pool, site->scheme, "://", site->host, NULL);
    }
    else {
        site->public_url = apr_psprintf(pool, "%s://%s:%d", site->scheme, site->host,
                                        site->port);
    }
    return WECOM_OK;
}

/* Segments such as "a-b" or "v1.0", never "." or ".." */
static int is_segment(const char *s, apr_size_t len)
{
    apr_size_t dots = 0;
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if (!is_alnum(s[i]) && s[i] != '.' && s[i] != '_' && s[i] != '-') {
            return 0;
        }
        dots += s[i] == '.';
    }
    return len > 0 && !(dots == len && len <= 2);
}

int wecom_site_is_endpoint(const char *path)
{
    const char *p = path;

    if (path == NULL || strlen(path) > MAX_ENDPOINT || *path != '/') {
        return 0;
    }
    while (*p == '/') {
        apr_size_t len = strcspn(p + 1, "/");

        if (!is_segment(p + 1, len)) {
            return 0;
        }
        p += 1 + len;
    }
    return 1;
}

static int is_cookie_name(const char *name)
{
    apr_size_t len = strlen(name);
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if (!is_alnum(name[i]) && name[i] != '.' && name[i] != '_' && name[i] != '-') {
            return 0;
        }
    }
    return len > 0 && len <= MAX_COOKIE_NAME;
}

/* RFC 6265 section 5.1.3: the host itself or a domain above it; an address has none. Browsers
 * drop any other cookie without a word, and the login would never end. */
static const char *read_domain(const wecom_site_t *site, const char *domain, apr_pool_t *pool)
{
    struct in_addr address;
    const char *name = *domain == '.' ? domain + 1 : domain;
    apr_size_t host_len = strlen(site->host);
    apr_size_t len = strlen(name);
    char lower[MAX_HOST + 1];

    if (!read_name(lower, name, len) || inet_pton(AF_INET, lower, &address) == 1
        || len > host_len || strcmp(site->host + host_len - len, lower) != 0
        || (len < host_len && site->host[host_len - len - 1] != '.')) {
        return NULL;
    }
    return apr_pstrdup(pool, lower);
}

static const char *make_tag(const char *name, apr_pool_t *pool)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    unsigned char hash[WECOM_SHA256_BYTES];
    wecom_bytes_t parts[2];
    apr_uint64_t number;
    char *tag;
    int i;

    parts[0].data = (const unsigned char *)"wecom site";
    parts[0].len = strlen("wecom site");
    parts[1].data = (const unsigned char *)name;
    parts[1].len = strlen(name);
    if (wecom_crypto_hash(hash, parts, 2) != WECOM_OK) {
        return NULL;
    }
    number = wecom_octets_get(hash, 8);
    tag = apr_palloc(pool, TAG_CHARS + 1);
    for (i = 0; i < TAG_CHARS; i++) {
        tag[i] = digits[number % 36];
        number /= 36;
    }
    tag[TAG_CHARS] = '\0';
    return tag;
}

wecom_status_t wecom_site_make(wecom_site_t **site, const char *public_url, const char *endpoint,
                               const char *cookie_name, const char *domain, apr_pool_t *pool)
{
    wecom_site_t *made = apr_pcalloc(pool, sizeof(*made));
    const char *session_tag;
    const char *host_only;

    *site = NULL;
    if (cookie_name == NULL) {
        cookie_name = "wecom";
    }
    if (wecom_site_parse_url(made, public_url, pool) != WECOM_OK
        || !wecom_site_is_endpoint(endpoint) || !is_cookie_name(cookie_name)) {
        return WECOM_E_BAD_INPUT;
    }
    if (domain != NULL) {
        made->cookie_domain = read_domain(made, domain, pool);
        if (made->cookie_domain == NULL) {
            return WECOM_E_BAD_INPUT;
        }
    }
    made->tag = make_tag(made->public_url, pool);
    if (made->tag == NULL) {
        return WECOM_E_CRYPTO;
    }
    /* RFC 6265bis section 4.1.3.2: browsers take a __Host- cookie only when it is Secure, of
     * path "/" and without a domain; in return no neighbouring host can plant one. */
    host_only = made->secure ? "__Host-" : "";
    made->endpoint = apr_pstrdup(pool, endpoint);
    made->return_url = apr_pstrcat(pool, made->public_url, endpoint, "/return", NULL);
    /* With a domain the hosts below it are to share one session, so the name follows the domain. */
    session_tag = made->cookie_domain != NULL ? make_tag(made->cookie_domain, pool) : made->tag;
    if (session_tag == NULL) {
        return WECOM_E_CRYPTO;
    }
    made->session_cookie = apr_pstrcat(pool, made->cookie_domain == NULL ? host_only : "",
                                       cookie_name, "_", session_tag, NULL);
    made->last_cookie = apr_pstrcat(pool, host_only, "wecoml_", made->tag, NULL);
    made->lang_cookie = apr_pstrcat(pool, host_only, "wecomg_", made->tag, NULL);
    made->pending_prefix = apr_pstrcat(pool, host_only, "wecomp_", made->tag, "_", NULL);
    *site = made;
    return WECOM_OK;
}

/* X-Forwarded-Proto, when several proxies have written: the first word is the browser's side. */
static apr_size_t first_proto(const char **word, const char *value)
{
    const char *s = value != NULL ? value : "";

    s += strspn(s, " \t");
    *word = s;
    return strcspn(s, " \t,");
}

static int scheme_is_wrong(const wecom_site_t *site, const wecom_address_t *address)
{
    const char *proto;
    apr_size_t len = first_proto(&proto, address->forwarded_proto);

    if (site->secure) {
        return (!address->is_tls && address->ends_tls)
            || (len == 4 && strncasecmp(proto, "http", 4) == 0);
    }
    return address->is_tls && len == 0;
}

int wecom_site_fits(const wecom_site_t *site, const wecom_address_t *address)
{
    authority_t authority;
    const char *said = address->host_header;
    const char *public_authority = site->public_url + strlen(site->scheme) + 3;
    int port;

    if (said == NULL || scheme_is_wrong(site, address)) {
        return 0;
    }
    /* Nearly every request spells the name as we do. */
    if (wecom_text_equal_fold(said, public_authority)) {
        return 1;
    }
    if (!read_authority(&authority, said, strlen(said))) {
        return 0;
    }
    port = authority.port;
    if (port == 0) {
        port = site->secure ? HTTPS_PORT : HTTP_PORT;
    }
    return port == site->port && strcmp(authority.host, site->host) == 0;
}

const char *wecom_site_typed(const wecom_address_t *address, apr_pool_t *pool)
{
    const char *s = address->host_header;
    char kept[MAX_TYPED + 1];
    apr_size_t n = 0;

    for (; s != NULL && *s != '\0' && n < MAX_TYPED; s++) {
        if (is_alnum(*s) || strchr(".:[]-", *s) != NULL) {
            kept[n++] = *s;
        }
    }
    return n > 0 ? apr_pstrmemdup(pool, kept, n) : "?";
}

const char *wecom_site_cookie(const wecom_site_t *site, const char *name, const char *value,
                              int max_age, int with_domain, apr_pool_t *pool)
{
    const char *domain = with_domain && site->cookie_domain != NULL ? site->cookie_domain : "";

    return apr_pstrcat(pool, name, "=", max_age == 0 ? "" : value,
                       "; Path=/; HttpOnly; SameSite=Lax", site->secure ? "; Secure" : "",
                       *domain != '\0' ? "; Domain=" : "", domain,
                       max_age >= 0 ? apr_psprintf(pool, "; Max-Age=%d", max_age) : "", NULL);
}
