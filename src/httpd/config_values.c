/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_values.c - the sentences for values that cannot be right.
 *
 * A value is judged as early as it can be, while file and line are at hand, and as strictly as
 * its later use needs: what passes here never has to be escaped or doubted again.
 */
#include "config_values.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "../auth/account_ldap.h"
#include "../auth/account_select.h"
#include "../auth/claim.h"
#include "../auth/site.h"
#include "../auth/source.h"
#include "../base/http_curl.h"
#include "../base/limits.h"
#include "../base/text.h"

#define MAX_CORP_ID      64
#define MAX_AGENT_ID     20
#define MAX_COOKIE_NAME  32
#define MAX_PROVIDER     32
#define MAX_DOMAIN      253
#define MAX_SQL_NAME     64
#define MAX_SHOWN       100 /* bytes of a wrong value that a sentence repeats */

#define DIGITS      "0123456789"
#define LOWER       "abcdefghijklmnopqrstuvwxyz"
#define UPPER       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS     LOWER UPPER
#define ID_CHARS    DIGITS LETTERS "_-"

#define VERIFY_PREFIX "WW_verify_"
#define VERIFY_CHARS  16
#define VERIFY_SUFFIX ".txt"

/* "'value' <sentence>" */
static const char *wrong(const char *value, const char *sentence, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "'", wecom_text_clean(value, strlen(value), MAX_SHOWN, pool), "' ",
                       sentence, NULL);
}

/* 1 to max characters, all of the set. */
static int consists_of(const char *value, const char *set, apr_size_t max)
{
    apr_size_t len = strlen(value);

    return len >= 1 && len <= max && strspn(value, set) == len;
}

const char *wecom_value_corp_id(const char *value, apr_pool_t *pool)
{
    return consists_of(value, ID_CHARS, MAX_CORP_ID)
           ? NULL
           : wrong(value, "is no corp id; copy it from My Company in the WeCom console, it looks "
                   "like ww1234567890abcdef", pool);
}

const char *wecom_value_agent_id(const char *value, apr_pool_t *pool)
{
    return consists_of(value, DIGITS, MAX_AGENT_ID)
           ? NULL
           : wrong(value, "is no AgentId; copy the number from the application's page in the "
                   "WeCom console, it looks like 1000002", pool);
}

const char *wecom_value_display_name(const char *value, apr_pool_t *pool)
{
    apr_size_t chars = 0;
    const char *c;

    for (c = value; *c != '\0'; c++) {
        if (((unsigned char)*c & 0xC0) != 0x80) { /* not a continuation byte of UTF-8 */
            chars++;
        }
    }
    return chars <= WECOM_MAX_DISPLAY_NAME
           ? NULL
           : apr_psprintf(pool, "the name is longer than %d characters; shorten it, it stands on "
                          "a button", WECOM_MAX_DISPLAY_NAME);
}

const char *wecom_value_language(const char *value, apr_pool_t *pool)
{
    return consists_of(value, LETTERS, 3) && strlen(value) >= 2
           ? NULL
           : wrong(value, "is no language; write two letters such as en or zh, or put quotes "
                   "around a name of several words", pool);
}

const char *wecom_value_secret(const char *value, apr_pool_t *pool)
{
    (void)pool;
    if (strncmp(value, "file:", 5) == 0 || strncmp(value, "env:", 4) == 0) {
        return strchr(value, ':')[1] != '\0'
               ? NULL : "nothing stands behind the colon; write file:PATH or env:NAME";
    }
    if (strncmp(value, "exec:", 5) == 0) {
        return value[5] == '/'
               ? NULL : "the command must be an absolute path, such as \"exec:/usr/bin/pass show "
                        "wecom\"; no shell looks for it";
    }
    if (consists_of(value, ID_CHARS, WECOM_MAX_SECRET)) {
        return NULL;
    }
    return "the secret (not shown here) cannot be right; write file:PATH, env:NAME, "
           "\"exec:/PATH arguments\", or the letters and digits of the secret itself";
}

const char *wecom_value_url(const char *value, apr_pool_t *pool)
{
    return wecom_http_url_allowed(value)
           ? NULL
           : wrong(value, "is not allowed; write https://host, or http:// for a loopback address",
                   pool);
}

const char *wecom_value_proxy(const char *value, apr_pool_t *pool)
{
    static const char scheme[] = "http://";
    wecom_site_t parts;
    const char *bracket;

    if (wecom_site_parse_url(&parts, value, pool) != WECOM_OK || parts.secure) {
        return wrong(value, "is no proxy; write http://host:port", pool);
    }
    /* The usual port of a proxy is not 80: who leaves it out has most likely forgotten it. */
    bracket = strchr(value, ']');
    if (strchr(bracket != NULL ? bracket : value + sizeof(scheme) - 1, ':') == NULL) {
        return wrong(value, "lacks the port; write http://host:port", pool);
    }
    return NULL;
}

const char *wecom_value_public_url(const char *value, apr_pool_t *pool)
{
    wecom_site_t parts;

    return wecom_site_parse_url(&parts, value, pool) == WECOM_OK
           ? NULL
           : wrong(value, "is no public URL; write scheme and host, and the port where it is not "
                   "the usual one, without a path: https://intranet.example.com", pool);
}

const char *wecom_value_origin(const char *value, apr_pool_t *pool)
{
    wecom_site_t parts;

    if (strlen(value) > WECOM_MAX_ORIGIN
        || wecom_site_parse_url(&parts, value, pool) != WECOM_OK) {
        return wrong(value, "is no origin; write scheme and host, and the port where it is not "
                     "the usual one: https://app.example.com", pool);
    }
    /* Compared with what browsers send, byte by byte. */
    return strcmp(parts.public_url, value) == 0
           ? NULL
           : wrong(value, apr_pstrcat(pool, "is not how a browser spells it; write ",
                                      parts.public_url, NULL), pool);
}

const char *wecom_value_frame_ancestor(const char *value, apr_pool_t *pool)
{
    return strcmp(value, "none") == 0 || strcmp(value, "self") == 0
           ? NULL : wecom_value_origin(value, pool);
}

const char *wecom_value_frame_ancestors(const apr_array_header_t *words, apr_pool_t *pool)
{
    int i;

    (void)pool;
    for (i = 0; words->nelts > 1 && i < words->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(words, i, const char *), "none") == 0) {
            return "none allows nobody; write it alone, or take it out";
        }
    }
    return NULL;
}

const char *wecom_value_endpoint(const char *value, apr_pool_t *pool)
{
    return wecom_site_is_endpoint(value)
           ? NULL
           : wrong(value, "is no endpoint; write a path such as /wecom, with letters, digits, "
                   "'.', '_' and '-', without a closing slash", pool);
}

const char *wecom_value_key(const char *value, apr_pool_t *pool)
{
    (void)pool;
    return strncmp(value, "file:", 5) == 0 && value[5] != '\0'
           ? NULL
           : "write file:PATH for each key; a key never stands in the configuration itself "
             "(openssl rand -out PATH 32 makes one)";
}

const char *wecom_value_cache(const char *value, apr_pool_t *pool)
{
    apr_size_t len = strcspn(value, ":");

    if (strlen(value) > WECOM_MAX_CACHE_SPEC) {
        return wrong(apr_pstrmemdup(pool, value, MAX_PROVIDER),
                     "... is longer than 1024 bytes; write a shorter path", pool);
    }
    return len >= 1 && len <= MAX_PROVIDER && strspn(value, DIGITS LETTERS "_") >= len
           ? NULL
           : wrong(value, "is no cache; write a provider such as shmcb or redis:host:port", pool);
}

const char *wecom_value_verify_file(const char *value, apr_pool_t *pool)
{
    static const char prefix[] = VERIFY_PREFIX;
    const apr_size_t prefix_len = sizeof(prefix) - 1;

    if (strncmp(value, prefix, prefix_len) == 0
        && strspn(value + prefix_len, DIGITS LETTERS) == VERIFY_CHARS
        && strcmp(value + prefix_len + VERIFY_CHARS, VERIFY_SUFFIX) == 0) {
        return NULL;
    }
    return wrong(value, "is no ownership file of WeCom; write its name alone, such as "
                 "WW_verify_abcdefgh12345678.txt", pool);
}

const char *wecom_value_cookie_name(const char *value, apr_pool_t *pool)
{
    return consists_of(value, ID_CHARS, MAX_COOKIE_NAME)
           ? NULL
           : wrong(value, "is no cookie name; write 1 to 32 letters, digits, '_' and '-'; the "
                   "prefix __Host- and a suffix are added", pool);
}

const char *wecom_value_cookie_domain(const char *value, apr_pool_t *pool)
{
    wecom_site_t parts;
    const char *dot = strchr(value, '.');

    if (dot == NULL || dot == value || strlen(value) > MAX_DOMAIN
        || strspn(value, DIGITS LETTERS ".-") != strlen(value)
        || strspn(value, DIGITS ".") == strlen(value) /* an address has no subdomains */
        || wecom_site_parse_url(&parts, apr_pstrcat(pool, "https://", value, NULL),
                                pool) != WECOM_OK) {
        return wrong(value, "is no cookie domain; write a name such as example.com, without a dot "
                     "in front", pool);
    }
    return NULL;
}

const char *wecom_value_source_id(const char *value, apr_pool_t *pool)
{
    return wecom_source_is_id(value, strlen(value))
           ? NULL
           : wrong(value, "is no id of a source; write 1 to 31 of a-z, 0-9 and '-'", pool);
}

/* --- accounts --------------------------------------------------------------------------------- */

static const char *word_at(const apr_array_header_t *words, int i)
{
    return APR_ARRAY_IDX(words, i, const char *);
}

const char *wecom_value_association(const apr_array_header_t *words, apr_pool_t *pool)
{
    const char *kind = word_at(words, 0);
    int values[8] = { 0 };
    unsigned int column;
    int i;

    if (strcmp(kind, "field") != 0) {
        return words->nelts == 1 && (strcmp(kind, "none") == 0 || strcmp(kind, "ask") == 0)
               ? NULL : "write none, ask, or field with the fields to match by, such as field "
                        "userid email mobile";
    }
    if (words->nelts == 1) {
        return "field needs at least one field to match by, such as field userid email mobile";
    }
    for (i = 1; i < words->nelts; i++) {
        if (!wecom_claim_is_field(word_at(words, i))) {
            return wrong(word_at(words, i), "is no field to match by; write userid, email, mobile, "
                         "or MEMBER=COLUMN with one of userid, name, alias, position, telephone, "
                         "mobile, email, biz_mail and one of username, email, phone, such as "
                         "alias=username", pool);
        }
        column = wecom_account_column(word_at(words, i));
        /* e-mail comes with the business mail as a second value */
        values[column & 7] += strcmp(word_at(words, i), "email") == 0
                              || strncmp(word_at(words, i), "email=", 6) == 0 ? 2 : 1;
        if (values[column & 7] > 2) {
            return "more than two values would be compared with one column; name fewer fields";
        }
    }
    return NULL;
}

const char *wecom_value_accounts(const apr_array_header_t *words, apr_pool_t *pool)
{
    const char *kind = word_at(words, 0);
    const char *sentence = NULL;
    wecom_ldap_url_t url;

    if (strcmp(kind, "ldap") == 0) {
        if (words->nelts < 2
            || (words->nelts == 3 && strcmp(word_at(words, 2), "dbd") != 0)) {
            return "write ldap and its URL, such as ldap \"ldap://ldap.example.com/"
                   "ou=people,dc=example,dc=com?uid,mail,mobile\", and dbd after it where the "
                   "links are kept in a database";
        }
        return wecom_account_ldap_url(&url, &sentence, word_at(words, 1), pool) == WECOM_OK
               ? NULL : sentence;
    }
    return words->nelts == 1 && (strcmp(kind, "none") == 0 || strcmp(kind, "dbd") == 0)
           ? NULL : "write none, dbd for the database of mod_dbd, or ldap URL";
}

const char *wecom_value_ldap_bind(const apr_array_header_t *words, apr_pool_t *pool)
{
    (void)pool;
    return words->nelts == 2 && (strncmp(word_at(words, 1), "file:", 5) == 0
                                 || strncmp(word_at(words, 1), "env:", 4) == 0)
           ? NULL : "write the DN in quotes, and file:PATH or env:NAME for its password; a "
                    "password never stands in the configuration itself";
}

/* A name of SQL that needs no quotes, perhaps with the schema before it. */
static int is_sql_name(const char *value, int with_schema)
{
    const char *dot = with_schema ? strchr(value, '.') : NULL;

    if (dot != NULL) {
        return dot > value && dot - value <= MAX_SQL_NAME && !apr_isdigit(*value)
               && strspn(value, DIGITS LETTERS "_") == (apr_size_t)(dot - value)
               && is_sql_name(dot + 1, 0);
    }
    return !apr_isdigit(*value) && consists_of(value, DIGITS LETTERS "_", MAX_SQL_NAME);
}

static int is_account_field(const char *field)
{
    static const char *const known[] = { "username", "email", "phone", "name", "status" };
    apr_size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(known[i], field) == 0) {
            return 1;
        }
    }
    return 0;
}

const char *wecom_value_account_query(const apr_array_header_t *words, apr_pool_t *pool)
{
    apr_array_header_t *order;
    const char *statement;
    const char *sentence;
    int has_username = 0;
    int i;

    if (words->nelts == 1 && strncasecmp(word_at(words, 0), "SELECT", 6) == 0) {
        return wecom_account_select_parse(&statement, &order, &sentence,
                                          word_at(words, 0), pool) == WECOM_OK ? NULL : sentence;
    }
    if (!is_sql_name(word_at(words, 0), 1)) {
        return wrong(word_at(words, 0), "is no name of a table; write the table and its columns, "
                     "such as staff login=username mail=email", pool);
    }
    for (i = 1; i < words->nelts; i++) {
        const char *equals = strchr(word_at(words, i), '=');

        if (equals == NULL || !is_sql_name(apr_pstrmemdup(pool, word_at(words, i),
                                                          (apr_size_t)(equals
                                                                       - word_at(words, i))), 0)
            || !is_account_field(equals + 1)) {
            return wrong(word_at(words, i), "names no column; write COLUMN=FIELD with one of the "
                         "fields username, email, phone, name, status", pool);
        }
        has_username |= strcmp(equals + 1, "username") == 0;
    }
    return has_username ? NULL : "names no column for the username; write COLUMN=username";
}

const char *wecom_value_audit_log(const char *value, apr_pool_t *pool)
{
    if (*value != '|') {
        return NULL;
    }
    value += value[1] == '|' ? 2 : 1;
    return *value == '/' ? NULL
                         : wrong(value, "is no program; write '|' and its absolute path, such as "
                                 "\"|/usr/bin/rotatelogs /var/log/audit.%Y%m%d 86400\"", pool);
}

apr_size_t wecom_value_bytes(const char *value)
{
    apr_size_t bytes = 0;

    while (apr_isdigit(*value) && bytes < 1000000000) {
        bytes = bytes * 10 + (apr_size_t)(*value++ - '0');
    }
    switch (*value) {
    case 'K':
    case 'k':
        return bytes << 10;
    case 'M':
    case 'm':
        return bytes << 20;
    case 'G':
    case 'g':
        return bytes << 30;
    default:
        return bytes;
    }
}

const char *wecom_value_size(const char *value, apr_pool_t *pool)
{
    apr_size_t digits = strspn(value, "0123456789");
    apr_size_t bytes = wecom_value_bytes(value);

    return digits > 0 && digits <= 9 && strlen(value) == digits + 1
               && strchr("KMGkmg", value[digits]) != NULL && bytes >= (apr_size_t)64 << 10
               && bytes <= (apr_size_t)1 << 30
           ? NULL
           : wrong(value, "is no size; write 64K to 1G, such as 8M", pool);
}
