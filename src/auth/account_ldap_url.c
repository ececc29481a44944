/* SPDX-License-Identifier: Apache-2.0 */
/* account_ldap_url.c - URL and filter as text; see account_ldap.h. */

#include "account_ldap.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"

#define SHAPE         "ldap://ldap.example.com/ou=people,dc=example,dc=com?uid,mail,mobile,cn?sub"
#define MAX_DEPTH     32    /* of parentheses in a filter */
#define MOBILE_DIGITS 11    /* of country code 86 */

static wecom_status_t refuse(const char **sentence, const char *text)
{
    *sentence = text;
    return WECOM_E_BAD_INPUT;
}

/* --- hosts ------------------------------------------------------------------------------------ */

static int is_port(const char *s)
{
    apr_int64_t port;

    return wecom_text_number(&port, s, 1, 65535) == WECOM_OK;
}

/* "name", "name:port", "[address]" or "[address]:port". */
static int is_host(const char *host)
{
    const char *end;

    if (*host == '[') {
        end = host + 1 + strspn(host + 1, "0123456789abcdefABCDEF:.");
        return end > host + 1 && *end == ']'
               && (end[1] == '\0' || (end[1] == ':' && is_port(end + 2)));
    }
    for (end = host; apr_isalnum(*end) || *end == '.' || *end == '-' || *end == '_'; end++) {
    }
    return end > host && apr_isalnum(*host) && (*end == '\0' || (*end == ':' && is_port(end + 1)));
}

static wecom_status_t read_hosts(wecom_ldap_url_t *out, const char **sentence, const char *s,
                                 apr_size_t len, apr_pool_t *pool)
{
    const char *end = s + len;
    int count = 0;

    out->hosts = "";
    while (s < end) {
        const char *start = s;
        const char *host;

        while (s < end && *s != ' ') {
            s++;
        }
        host = apr_pstrmemdup(pool, start, (apr_size_t)(s - start));
        while (s < end && *s == ' ') {
            s++;
        }
        if (*host == '\0') {
            continue;
        }
        if (!is_host(host) || ++count > WECOM_MAX_LDAP_HOSTS) {
            return refuse(sentence, "the part behind ldap:// is not a list of at most 8 hosts: "
                          "write a name or an address, with :port where it is another, and one "
                          "blank between two: ldap://a.example.com b.example.com:1389/...");
        }
        out->hosts = *out->hosts == '\0' ? host : apr_pstrcat(pool, out->hosts, " ", host, NULL);
    }
    return count > 0 ? WECOM_OK
           : refuse(sentence, "the URL names no host: write " SHAPE);
}

/* --- attributes, scope, filter ---------------------------------------------------------------- */

static int is_attribute(const char *s)
{
    const char *at;

    for (at = s; apr_isalnum(*at) || *at == '-' || *at == '.' || *at == ';'; at++) {
    }
    return at > s && *at == '\0' && apr_isalnum(*s) && at - s <= WECOM_MAX_LDAP_ATTRIBUTE;
}

static wecom_status_t read_attributes(wecom_ldap_url_t *out, const char **sentence,
                                      const char *s, apr_pool_t *pool)
{
    const char **places[] = { &out->username, &out->email, &out->phone, &out->name };
    apr_size_t i;

    for (i = 0; *s != '\0'; i++) {
        apr_size_t n = strcspn(s, ",");
        const char *name = apr_pstrmemdup(pool, s, n);

        if (i >= sizeof(places) / sizeof(places[0])) {
            return refuse(sentence, "the URL names more than four attributes: write those of "
                          "username, e-mail, phone and name, in this order: uid,mail,mobile,cn");
        }
        if (!is_attribute(name) || (s[n] == ',' && s[n + 1] == '\0')) {
            return refuse(sentence, "an attribute in the URL is no name of one: write those of "
                          "username, e-mail, phone and name, in this order: uid,mail,mobile,cn");
        }
        *places[i] = name;
        s += n + (s[n] == ',');
    }
    return WECOM_OK;
}

static wecom_status_t read_scope(wecom_ldap_url_t *out, const char **sentence, const char *s)
{
    static const char *const names[] = { "base", "one", "sub" };
    int i;

    if (*s == '\0') {
        return WECOM_OK;
    }
    for (i = 0; i < 3; i++) {
        if (wecom_text_equal_fold(s, names[i])) {
            out->scope = (wecom_ldap_scope_t)i;
            return WECOM_OK;
        }
    }
    return refuse(sentence, "the scope in the URL is none: write sub, one or base behind the "
                  "second question mark");
}

/* One filter in its own parentheses. What is put beside it later must not become a part of it. */
static int is_one_filter(const char *s)
{
    int depth = 0;

    if (*s != '(') {
        return 0;
    }
    for (; *s != '\0'; s++) {
        depth += (*s == '(') - (*s == ')');
        if (depth > MAX_DEPTH || (depth == 0 && s[1] != '\0')) {
            return 0;
        }
    }
    return depth == 0;
}

static wecom_status_t read_filter(wecom_ldap_url_t *out, const char **sentence, const char *s)
{
    if (*s == '\0') {
        return WECOM_OK;
    }
    if (*s != '(') {
        return refuse(sentence, "the filter in the URL has no parentheses around it: write "
                      "(objectClass=person) and not objectClass=person");
    }
    if (!is_one_filter(s) || strcmp(s, "()") == 0) {
        return refuse(sentence, "the parentheses of the filter in the URL do not close, or there "
                      "are two filters: write one, such as (&(objectClass=person)(l=Beijing)), "
                      "and \\28 and \\29 for parentheses in a value");
    }
    out->filter = s;
    return WECOM_OK;
}

/* --- the URL ---------------------------------------------------------------------------------- */

/* The next part up to a question mark, decoded; moves *at behind it. NULL: badly coded. */
static const char *next_part(const char **at, apr_pool_t *pool)
{
    apr_size_t n = strcspn(*at, "?");
    const char *part;
    apr_size_t len;

    if (wecom_text_url_decode(&part, &len, *at, n, 0, pool) != WECOM_OK
        || !wecom_text_is_plain_utf8(part, len)) {
        return NULL;
    }
    *at += n + ((*at)[n] == '?');
    return part;
}

static wecom_status_t read_parts(wecom_ldap_url_t *out, const char **sentence, const char *at,
                                 apr_pool_t *pool)
{
    const char *parts[5]; /* base, attributes, scope, filter, extensions */
    wecom_status_t status;
    int i;

    for (i = 0; i < 5; i++) {
        parts[i] = next_part(&at, pool);
        if (parts[i] == NULL) {
            return refuse(sentence, "a % in the URL is not followed by two hex digits, or they "
                          "make no text: write %25 for a percent sign, %3F for a question mark");
        }
    }
    if (*parts[4] != '\0' || *at != '\0') {
        return refuse(sentence, "the URL has an extension behind the fourth question mark, and "
                      "none is known here: leave it out; for StartTLS write LDAPTrustedMode TLS, "
                      "for a password WeComLDAPBind");
    }
    out->base = parts[0];
    if (*out->base == '\0') {
        return refuse(sentence, "the URL names no base to search below: write " SHAPE);
    }
    status = read_attributes(out, sentence, parts[1], pool);
    status = status == WECOM_OK ? read_scope(out, sentence, parts[2]) : status;
    return status == WECOM_OK ? read_filter(out, sentence, parts[3]) : status;
}

wecom_status_t wecom_account_ldap_url(wecom_ldap_url_t *out, const char **sentence,
                                      const char *url, apr_pool_t *pool)
{
    apr_size_t len = strlen(url);
    apr_size_t n;
    wecom_status_t status;

    memset(out, 0, sizeof(*out));
    *sentence = NULL;
    out->scope = WECOM_LDAP_SUB;
    out->filter = "(objectClass=*)";
    out->username = "uid";
    out->email = "mail";
    out->phone = "mobile";
    out->name = "cn";
    if (len > WECOM_MAX_LDAP_URL) {
        return refuse(sentence, "the URL is longer than 4096 bytes");
    }
    if (wecom_text_equal_fold(apr_pstrmemdup(pool, url, len < 8 ? len : 8), "ldapi://")) {
        return refuse(sentence, "mod_ldap knows no ldapi: write ldap://localhost/... and let the "
                      "LDAP server listen there");
    }
    out->is_ldaps = wecom_text_equal_fold(apr_pstrmemdup(pool, url, len < 8 ? len : 8),
                                          "ldaps://");
    if (!out->is_ldaps
        && !wecom_text_equal_fold(apr_pstrmemdup(pool, url, len < 7 ? len : 7), "ldap://")) {
        return refuse(sentence, "this is no URL of LDAP: write " SHAPE);
    }
    url += out->is_ldaps ? 8 : 7;
    n = strcspn(url, "/?");
    status = read_hosts(out, sentence, url, n, pool);
    if (status != WECOM_OK) {
        return status;
    }
    if (url[n] != '/') {
        return refuse(sentence, "the URL names no base to search below: write " SHAPE);
    }
    return read_parts(out, sentence, url + n + 1, pool);
}

/* --- the filter of a search ------------------------------------------------------------------- */

const char *wecom_account_ldap_escape(const char *value, apr_size_t len, apr_pool_t *pool)
{
    static const char hex[] = "0123456789abcdef";
    char *out = apr_palloc(pool, 3 * len + 1);
    char *to = out;
    apr_size_t i;

    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)value[i];

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
            || c == '-' || c == '.' || c == '_' || c == '@' || c == '+') {
            *to++ = (char)c;
        }
        else {
            *to++ = '\\';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        }
    }
    *to = '\0';
    return out;
}

static const char *is_equal(const char *attribute, const char *value, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "(", attribute, "=",
                       wecom_account_ldap_escape(value, strlen(value), pool), ")", NULL);
}

/* telephoneNumber is compared without blanks and hyphens, but a mobile number may lie in an
 * attribute of another syntax, and none is compared without its country code. */
static const char *is_phone(const char *attribute, const char *phone, apr_pool_t *pool)
{
    const char *own;
    const char *out;

    out = apr_pstrcat(pool, is_equal(attribute, phone, pool),
                      is_equal(attribute, phone + 1, pool), NULL);
    if (strncmp(phone, "+86", 3) != 0) {
        return out;
    }
    own = phone + 3;
    out = apr_pstrcat(pool, out, is_equal(attribute, own, pool),
                      is_equal(attribute, apr_pstrcat(pool, "+86 ", own, NULL), pool), NULL);
    if (strlen(own) == MOBILE_DIGITS && *own == '1') {
        const char *blanks = apr_psprintf(pool, "%.3s %.4s %s", own, own + 3, own + 7);
        const char *hyphens = apr_psprintf(pool, "%.3s-%.4s-%s", own, own + 3, own + 7);

        out = apr_pstrcat(pool, out, is_equal(attribute, blanks, pool),
                          is_equal(attribute, hyphens, pool),
                          is_equal(attribute, apr_pstrcat(pool, "+86 ", blanks, NULL), pool),
                          is_equal(attribute, apr_pstrcat(pool, "+86-", hyphens, NULL), pool),
                          NULL);
    }
    return out;
}

const char *wecom_account_ldap_filter(const wecom_ldap_url_t *url,
                                      const wecom_claim_value_t *values, int count,
                                      apr_pool_t *pool)
{
    const char *any = "";
    int i;

    for (i = 0; i < count; i++) {
        const char *one = values[i].column == WECOM_COLUMN_PHONE
            ? is_phone(url->phone, values[i].value, pool)
            : is_equal(values[i].column == WECOM_COLUMN_EMAIL ? url->email : url->username,
                       values[i].value, pool);

        any = apr_pstrcat(pool, any, one, NULL);
    }
    return apr_pstrcat(pool, "(&", url->filter, "(|", any, "))", NULL);
}
