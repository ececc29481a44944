/* SPDX-License-Identifier: Apache-2.0 */
/* account_ldap.c - see account_ldap.h. */

#include "account_ldap.h"

#include <string.h>

#include <sys/time.h>

#include <ldap.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"
#include "account_facet.h"
#include "normal.h"

#define TRIES         2
#define MAX_COMPLAINT 300
#define AD_DISABLED   2     /* of userAccountControl */

/* Kept apart from those of the URL: they are the same everywhere. */
#define LOCKED_TIME "pwdAccountLockedTime"
#define LOCKOUT     "lockoutTime"
#define NS_LOCK     "nsAccountLock"
#define LOGIN_OFF   "loginDisabled"
#define AD_CONTROL  "userAccountControl"

typedef struct shelf_t {
    wecom_book_t head;
    const wecom_ldap_url_t *url;
    const wecom_ldap_port_t *port;
    int seconds;
} shelf_t;

/* What is asked, and what has come. */
typedef struct query_t {
    const shelf_t *self;
    const wecom_claim_value_t *values;
    int count;
    int max;                    /* entries */
    const char *filter;
    apr_pool_t *pool;
    apr_array_header_t *found;
    const char *twin;           /* a username that two entries have */
    const char *complaint;
} query_t;

/* The text values of one attribute. */
typedef struct values_t {
    const char *texts[WECOM_MAX_LDAP_VALUES];
    int count;
} values_t;

/* --- an entry --------------------------------------------------------------------------------- */

static void read_values(values_t *out, LDAP *ldap, LDAPMessage *entry, const char *attribute,
                        apr_size_t max_len, apr_pool_t *pool)
{
    struct berval **values = ldap_get_values_len(ldap, entry, attribute);
    int i;

    out->count = 0;
    for (i = 0; values != NULL && values[i] != NULL && out->count < WECOM_MAX_LDAP_VALUES; i++) {
        const struct berval *value = values[i];

        if (value->bv_len > 0 && value->bv_len <= max_len
            && wecom_text_is_plain_utf8(value->bv_val, value->bv_len)) {
            out->texts[out->count++] = apr_pstrmemdup(pool, value->bv_val, value->bv_len);
        }
    }
    if (values != NULL) {
        ldap_value_free_len(values);
    }
}

/* The only value of an attribute that says how the account stands; NULL without it. What is there
 * and cannot be read is "?", which none of them takes for good. */
static const char *read_state(LDAP *ldap, LDAPMessage *entry, const char *attribute,
                              apr_pool_t *pool)
{
    struct berval **values = ldap_get_values_len(ldap, entry, attribute);
    const char *text = NULL;

    if (values != NULL && values[0] != NULL) {
        text = values[0]->bv_len <= WECOM_MAX_FIELD
               && wecom_text_is_plain_utf8(values[0]->bv_val, values[0]->bv_len)
            ? apr_pstrmemdup(pool, values[0]->bv_val, values[0]->bv_len) : "?";
    }
    if (values != NULL) {
        ldap_value_free_len(values);
    }
    return text;
}

static int is_off(const char *flag)
{
    return flag != NULL && !wecom_text_equal_fold(flag, "FALSE");
}

/* A number of 32 bits that Active Directory also writes with a sign. */
static int is_disabled_in_ad(const char *control)
{
    apr_int64_t number = 0;

    if (control == NULL) {
        return 0;
    }
    if (*control == '-') {
        return wecom_text_number(&number, control + 1, 1, 0x80000000LL) != WECOM_OK
               || ((0x100000000LL - number) & AD_DISABLED) != 0;
    }
    return wecom_text_number(&number, control, 0, 0xffffffffLL) != WECOM_OK
           || (number & AD_DISABLED) != 0;
}

static wecom_account_status_t read_status(LDAP *ldap, LDAPMessage *entry, apr_pool_t *pool)
{
    const char *locked = read_state(ldap, entry, LOCKED_TIME, pool);
    const char *lockout = read_state(ldap, entry, LOCKOUT, pool);

    if (is_off(read_state(ldap, entry, NS_LOCK, pool))
        || is_off(read_state(ldap, entry, LOGIN_OFF, pool))
        || is_disabled_in_ad(read_state(ldap, entry, AD_CONTROL, pool))
        || wecom_text_equal(locked, "000001010000Z")) {
        return WECOM_ACCOUNT_DISABLED;
    }
    return locked != NULL || (lockout != NULL && strcmp(lockout, "0") != 0)
               ? WECOM_ACCOUNT_LOCKED : WECOM_ACCOUNT_ACTIVE;
}

/* Of several usernames the one that was asked for, else the first that can be one of ours. */
static const char *choose_username(const values_t *names, const query_t *query)
{
    const char *first = NULL;
    const char *fold = NULL;
    int i;
    int n;

    for (n = 0; n < names->count; n++) {
        const char *name = names->texts[n];

        if (wecom_normal_username(name, query->pool) == NULL) {
            continue;
        }
        first = first != NULL ? first : name;
        for (i = 0; i < query->count; i++) {
            if (query->values[i].column != WECOM_COLUMN_USERNAME) {
                continue;
            }
            if (wecom_text_equal(name, query->values[i].value)) {
                return name;
            }
            if (fold == NULL && wecom_text_equal_fold(name, query->values[i].value)) {
                fold = name;
            }
        }
    }
    return fold != NULL ? fold : first;
}

static const char *nth(const values_t *values, int n)
{
    return values->count == 0 ? NULL : values->texts[n < values->count ? n : 0];
}

/* The facets of one entry. */
static void take_entry(query_t *query, LDAP *ldap, LDAPMessage *entry)
{
    const wecom_ldap_url_t *url = query->self->url;
    apr_pool_t *pool = query->pool;
    int before = query->found->nelts;
    values_t usernames;
    values_t emails;
    values_t phones;
    values_t names;
    wecom_account_t account;
    int i;

    read_values(&usernames, ldap, entry, url->username, WECOM_MAX_USERNAME, pool);
    read_values(&emails, ldap, entry, url->email, WECOM_MAX_EMAIL, pool);
    read_values(&phones, ldap, entry, url->phone, WECOM_MAX_PHONE, pool);
    read_values(&names, ldap, entry, url->name, WECOM_MAX_NAME, pool);
    memset(&account, 0, sizeof(account));
    account.username = choose_username(&usernames, query);
    if (account.username == NULL) {
        return;
    }
    account.id = account.username;
    account.name = nth(&names, 0);
    account.status = read_status(ldap, entry, pool);
    for (i = 0; i < before; i++) {
        if (wecom_text_equal(APR_ARRAY_IDX(query->found, i, wecom_account_t).id, account.id)) {
            query->twin = account.id;
        }
    }
    for (i = 0; i == 0 || i < emails.count || i < phones.count; i++) {
        account.email = nth(&emails, i);
        account.phone = nth(&phones, i);
        APR_ARRAY_PUSH(query->found, wecom_account_t) = account;
    }
}

const char *wecom_account_ldap_reason(int code)
{
    return ldap_err2string(code);
}

/* --- a search --------------------------------------------------------------------------------- */

static int is_broken(int code)
{
    return code == LDAP_SERVER_DOWN || code == LDAP_CONNECT_ERROR || code == LDAP_UNAVAILABLE
           || code == LDAP_ENCODING_ERROR || code == LDAP_DECODING_ERROR;
}

/* The text of the code, and what the server has added. */
static const char *complaint_of(LDAP *ldap, int code, apr_pool_t *pool)
{
    const char *text = ldap_err2string(code);
    const char *whole;
    char *added = NULL;

    ldap_get_option(ldap, LDAP_OPT_DIAGNOSTIC_MESSAGE, &added);
    whole = apr_pstrcat(pool, "the LDAP server cannot be searched: ", text,
                        added != NULL && *added != '\0' ? ": " : "", added, NULL);
    if (added != NULL) {
        ldap_memfree(added);
    }
    return wecom_text_clean(whole, strlen(whole), MAX_COMPLAINT, pool);
}

static int run(query_t *query, LDAP *ldap, LDAPMessage **answer)
{
    const wecom_ldap_url_t *url = query->self->url;
    const char *attributes[] = {
        url->username, url->email, url->phone, url->name,
        LOCKED_TIME, LOCKOUT, NS_LOCK, LOGIN_OFF, AD_CONTROL, NULL
    };
    struct timeval limit = { query->self->seconds, 0 };
    int before = 0;
    int code;

    /* Whoever lends the connection may have other users, who follow referrals. */
    ldap_get_option(ldap, LDAP_OPT_REFERRALS, &before);
    ldap_set_option(ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    code = ldap_search_ext_s(ldap, url->base, (int)url->scope, query->filter,
                             (char **)attributes, 0, NULL, NULL, &limit, query->max + 1, answer);
    ldap_set_option(ldap, LDAP_OPT_REFERRALS, before ? LDAP_OPT_ON : LDAP_OPT_OFF);
    return code;
}

static wecom_status_t take_answer(query_t *query, LDAP *ldap, int code, LDAPMessage *answer)
{
    LDAPMessage *entry;
    int count = 0;

    query->found = apr_array_make(query->pool, 2, sizeof(wecom_account_t));
    query->twin = NULL;
    if (code != LDAP_SUCCESS && code != LDAP_SIZELIMIT_EXCEEDED) {
        query->complaint = complaint_of(ldap, code, query->pool);
        return WECOM_E_UNAVAILABLE;
    }
    for (entry = answer != NULL ? ldap_first_entry(ldap, answer) : NULL;
         entry != NULL && count < query->max; entry = ldap_next_entry(ldap, entry)) {
        take_entry(query, ldap, entry);
        count++;
    }
    if (query->twin != NULL) {
        query->complaint = apr_pstrcat(query->pool, "the LDAP server has two entries with the "
                                       "username '", query->twin, "': give the URL a narrower "
                                       "base or filter, or another attribute", NULL);
        return WECOM_E_UNAVAILABLE;
    }
    return code == LDAP_SIZELIMIT_EXCEEDED || entry != NULL ? WECOM_E_TOO_LARGE : WECOM_OK;
}

static wecom_status_t search(query_t *query, wecom_error_t *err)
{
    const wecom_ldap_port_t *port = query->self->port;
    wecom_status_t status = WECOM_E_UNAVAILABLE;
    wecom_ldap_t lent;
    int code = 0;
    int i;

    query->filter = wecom_account_ldap_filter(query->self->url, query->values, query->count,
                                              query->pool);
    for (i = 0; i == 0 || (i < TRIES && is_broken(code)); i++) {
        LDAPMessage *answer = NULL;

        memset(&lent, 0, sizeof(lent));
        status = port->borrow(port, &lent, err, query->pool);
        if (status != WECOM_OK) {
            return status;
        }
        code = run(query, lent.handle, &answer);
        status = take_answer(query, lent.handle, code, answer);
        if (answer != NULL) {
            ldap_msgfree(answer);
        }
        /* After a timeout the answer may still come, to whoever has the connection next. */
        port->give_back(port, &lent, is_broken(code) || code == LDAP_TIMEOUT);
    }
    return status == WECOM_E_UNAVAILABLE
        ? wecom_error_set(err, status, code, "accounts", query->complaint) : status;
}

/* --- the book --------------------------------------------------------------------------------- */

static wecom_status_t ask(apr_array_header_t **found, wecom_error_t *err, const shelf_t *self,
                          const wecom_claim_value_t *values, int count, int max, apr_pool_t *pool)
{
    query_t query;
    wecom_status_t status;

    memset(&query, 0, sizeof(query));
    query.self = self;
    query.values = values;
    query.count = count;
    query.max = max;
    query.pool = pool;
    status = search(&query, err);
    *found = query.found;
    return status;
}

/* An entry that was found by its e-mail may have a twin with another: then two people would be one
 * account. */
static wecom_status_t look_for_twins(const apr_array_header_t *found, wecom_error_t *err,
                                     const shelf_t *self, int max, apr_pool_t *pool)
{
    apr_array_header_t *values = apr_array_make(pool, 2, sizeof(wecom_claim_value_t));
    apr_array_header_t *again;
    const char *last = NULL;
    int i;

    for (i = 0; i < found->nelts; i++) {
        wecom_claim_value_t value = { "username", WECOM_COLUMN_USERNAME, NULL };

        value.value = APR_ARRAY_IDX(found, i, wecom_account_t).username;
        if (!wecom_text_equal(value.value, last)) { /* facets of one entry stand together */
            APR_ARRAY_PUSH(values, wecom_claim_value_t) = value;
            last = value.value;
        }
    }
    return values->nelts == 0 ? WECOM_OK
           : ask(&again, err, self, (const wecom_claim_value_t *)values->elts, values->nelts,
                 2 * max, pool);
}

static wecom_status_t ldap_find(const wecom_book_t *self_, apr_array_header_t **found,
                                wecom_error_t *err, const wecom_claim_value_t *values, int count,
                                int max, apr_pool_t *pool)
{
    const shelf_t *self = self_->baton;
    wecom_status_t status = ask(found, err, self, values, count, max, pool);
    int i;

    for (i = 0; i < count && values[i].column == WECOM_COLUMN_USERNAME; i++) {
    }
    if ((status == WECOM_OK || status == WECOM_E_TOO_LARGE) && i < count) {
        wecom_status_t again = look_for_twins(*found, err, self, max, pool);

        status = again == WECOM_OK ? status : again;
    }
    return status;
}

static wecom_status_t ldap_get(const wecom_book_t *self, apr_array_header_t **facets,
                               wecom_error_t *err, const char *username, apr_pool_t *pool)
{
    const wecom_claim_value_t value = { "username", WECOM_COLUMN_USERNAME, username };
    apr_array_header_t *found;
    wecom_status_t status = ask(&found, err, self->baton, &value, 1, WECOM_MAX_LDAP_VALUES, pool);

    *facets = NULL;
    if (status == WECOM_E_TOO_LARGE) {
        return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "accounts", "the LDAP server finds "
                               "many entries for one username: is the first attribute of the "
                               "URL the right one?");
    }
    return status == WECOM_OK ? wecom_account_facet_pick(facets, found, username, pool)
                              : status;
}

wecom_book_t *wecom_account_ldap_book(const wecom_ldap_url_t *url, const wecom_ldap_port_t *port,
                                      int seconds, apr_pool_t *pool)
{
    shelf_t *shelf = apr_pcalloc(pool, sizeof(*shelf));

    shelf->url = url;
    shelf->port = port;
    shelf->seconds = seconds;
    shelf->head.find = ldap_find;
    shelf->head.get = ldap_get;
    shelf->head.baton = shelf;
    return &shelf->head;
}
