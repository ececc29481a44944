/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_ldap.h - LDAP as a book of accounts: OpenLDAP, 389 Directory Server, Active Directory.
 *
 * The door for libldap. Connections come through a port, connected and bound, and are given back;
 * here they are only searched. Nothing is ever written.
 *
 * An entry with several e-mails or phones is told in several facets (account_book.h). Two
 * entries with one username are no answer but a fault of the directory or of the URL, and told as
 * that: nobody may become whichever of them came first.
 */
#ifndef WECOM_AUTH_ACCOUNT_LDAP_H
#define WECOM_AUTH_ACCOUNT_LDAP_H

#include "account_book.h"

typedef enum wecom_ldap_scope_t { /* as LDAP numbers them */
    WECOM_LDAP_BASE = 0,
    WECOM_LDAP_ONE = 1,
    WECOM_LDAP_SUB = 2
} wecom_ldap_scope_t;

/* What a URL says. Texts are decoded; none is NULL. */
typedef struct wecom_ldap_url_t {
    const char *hosts;          /* "a.example.com b.example.com:1389": tried in this order */
    int is_ldaps;               /* TLS from the first byte; port 636 instead of 389 */
    const char *base;
    wecom_ldap_scope_t scope;
    const char *filter;         /* "(objectClass=*)" where none is written */
    const char *username;       /* names of attributes */
    const char *email;
    const char *phone;
    const char *name;
} wecom_ldap_url_t;

/* --- the connections -------------------------------------------------------------------------- */

struct ldap; /* libldap's LDAP */

typedef struct wecom_ldap_t {
    struct ldap *handle;
    void *lender;               /* of the port's own */
} wecom_ldap_t;

typedef struct wecom_ldap_port_t wecom_ldap_port_t;
struct wecom_ldap_port_t {
    /* A connection that is bound. WECOM_E_UNAVAILABLE with the sentence (and never with the
     * password) when there is none to be had. */
    wecom_status_t (*borrow)(const wecom_ldap_port_t *self, wecom_ldap_t *ldap,
                             wecom_error_t *err, apr_pool_t *pool);
    /* is_broken: it must be closed, and not given to anybody again. */
    void (*give_back)(const wecom_ldap_port_t *self, wecom_ldap_t *ldap, int is_broken);
    void *baton;
};

/* --- the book --------------------------------------------------------------------------------- */

#define WECOM_LDAP_SECONDS 5 /* that a search may usually take */

/* A search that fails because the connection does is tried once more on another one; one that
 * takes longer than seconds is not. URL and port must live as long as the book.
 *
 * An account is locked by pwdAccountLockedTime or a lockoutTime other than 0, and disabled by
 * pwdAccountLockedTime 000001010000Z, nsAccountLock, loginDisabled or the second bit of
 * userAccountControl. What the bound user may not read is not there: give it the right to. A
 * lockout that the server lets expire by itself counts until the server takes the attribute away.
 *
 * Left out: entries without a username that can be one of ours (normal.h), and of other attributes
 * the values that are no text (NUL or another control byte, no UTF-8) or too long for limits.h. */
wecom_book_t *wecom_account_ldap_book(const wecom_ldap_url_t *url, const wecom_ldap_port_t *port,
                                      int seconds, apr_pool_t *pool);

/* libldap's words for one of its codes, static. For those who fill the port. */
const char *wecom_account_ldap_reason(int code);

/* --- text: account_ldap_url.c ----------------------------------------------------------------- */

/* The URL of the configuration (RFC 4516), with several hosts where AuthLDAPURL has them:
 * ldap[s]://host[:port][ host...]/base[?username,e-mail,phone,name[?scope[?filter]]]. Attributes
 * are uid,mail,mobile,cn where none are written, the scope is sub. WECOM_E_BAD_INPUT with
 * *sentence, which says what to write instead. */
wecom_status_t wecom_account_ldap_url(wecom_ldap_url_t *out, const char **sentence,
                                      const char *url, apr_pool_t *pool);

/* A value as it may stand in a filter (RFC 4515 section 3): every byte but ASCII letters, digits
 * and - . _ @ + becomes \xx. */
const char *wecom_account_ldap_escape(const char *value, apr_size_t len, apr_pool_t *pool);

/* The filter that finds whoever has one of the values, and is found by the URL's own filter; a
 * phone is searched in the spellings that are usual. */
const char *wecom_account_ldap_filter(const wecom_ldap_url_t *url,
                                      const wecom_claim_value_t *values, int count,
                                      apr_pool_t *pool);

#endif
