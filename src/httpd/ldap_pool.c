/* SPDX-License-Identifier: Apache-2.0 */
/* ldap_pool.c - see ldap_pool.h. */

#include "ldap_pool.h"

#include "apr_strings.h"
#include "util_ldap.h"

#define MAX_SHOWN 200 /* bytes of what mod_ldap says */

#if APR_HAS_LDAP

#define AS_MOD_LDAP_SAYS (-1) /* LDAPTrustedMode */

/* mod_ldap's functions; looked up anew for each request, since a reload can replace the module. */
typedef APR_OPTIONAL_FN_TYPE(uldap_connection_find) find_fn_t;
typedef APR_OPTIONAL_FN_TYPE(uldap_connection_open) open_fn_t;
typedef APR_OPTIONAL_FN_TYPE(uldap_connection_close) close_fn_t;
typedef APR_OPTIONAL_FN_TYPE(uldap_connection_unbind) unbind_fn_t;

typedef struct lender_t {
    wecom_ldap_port_t head;
    request_rec *r;
    const wecom_ldap_url_t *url;
    const wecom_ldap_bind_t *bind;
    find_fn_t *find;
    open_fn_t *open;
    close_fn_t *close;
    unbind_fn_t *unbind;
} lender_t;

static void look_up(lender_t *lender)
{
    lender->find = APR_RETRIEVE_OPTIONAL_FN(uldap_connection_find);
    lender->open = APR_RETRIEVE_OPTIONAL_FN(uldap_connection_open);
    lender->close = APR_RETRIEVE_OPTIONAL_FN(uldap_connection_close);
    lender->unbind = APR_RETRIEVE_OPTIONAL_FN(uldap_connection_unbind);
}

static int is_complete(const lender_t *lender)
{
    return lender->find != NULL && lender->open != NULL && lender->close != NULL
           && lender->unbind != NULL;
}

static wecom_status_t unavailable(wecom_error_t *err, int code, const char *detail)
{
    return wecom_error_set(err, WECOM_E_UNAVAILABLE, code, "accounts", detail);
}

static wecom_status_t pool_borrow(const wecom_ldap_port_t *self, wecom_ldap_t *ldap,
                                  wecom_error_t *err, apr_pool_t *pool)
{
    const lender_t *lender = self->baton;
    const wecom_ldap_url_t *url = lender->url;
    const wecom_ldap_bind_t *bind = lender->bind;
    util_ldap_connection_t *connection;
    const char *said;
    int code;

    if (!is_complete(lender)) {
        return unavailable(err, 0, "mod_ldap is not loaded");
    }
    /* A name without a password is let in by many servers, as nobody. */
    if (bind->dn != NULL && (bind->password == NULL || *bind->password == '\0')) {
        return unavailable(err, 0, "the password of WeComLDAPBind is empty");
    }
    connection = lender->find(lender->r, url->hosts, url->is_ldaps ? LDAPS_PORT : LDAP_PORT,
                              bind->dn, bind->dn != NULL ? bind->password : NULL, always,
                              url->is_ldaps ? APR_LDAP_SSL : AS_MOD_LDAP_SAYS);
    if (connection == NULL) {
        return unavailable(err, 0, "mod_ldap has no connection to lend");
    }
    code = lender->open(lender->r, connection);
    if (code != LDAP_SUCCESS || connection->ldap == NULL) {
        said = apr_pstrcat(pool, "mod_ldap cannot connect or bind to the LDAP server: ",
                           wecom_account_ldap_reason(code), NULL);
        if (connection->reason != NULL) {
            said = apr_pstrcat(pool, said, " (", apr_pstrndup(pool, connection->reason, MAX_SHOWN),
                               ")", NULL);
        }
        lender->close(connection); /* also lets go of its lock */
        return unavailable(err, code, said);
    }
    ldap->handle = connection->ldap;
    ldap->lender = connection;
    return WECOM_OK;
}

static void pool_give_back(const wecom_ldap_port_t *self, wecom_ldap_t *ldap, int is_broken)
{
    const lender_t *lender = self->baton;
    util_ldap_connection_t *connection = ldap->lender;

    if (is_broken) {
        lender->unbind(connection);
    }
    else { /* else LDAPConnectionPoolTTL would end it by its age */
        connection->last_backend_conn = lender->r->request_time;
    }
    lender->close(connection);
    ldap->handle = NULL;
    ldap->lender = NULL;
}

int wecom_ldap_pool_is_there(void)
{
    lender_t lender;

    look_up(&lender);
    return is_complete(&lender);
}

wecom_ldap_port_t *wecom_ldap_pool_port(request_rec *r, const wecom_ldap_url_t *url,
                                        const wecom_ldap_bind_t *bind, apr_pool_t *pool)
{
    lender_t *lender = apr_pcalloc(pool, sizeof(*lender));

    lender->r = r;
    lender->url = url;
    lender->bind = bind;
    look_up(lender);
    lender->head.borrow = pool_borrow;
    lender->head.give_back = pool_give_back;
    lender->head.baton = lender;
    return &lender->head;
}

#else /* an httpd without LDAP */

static wecom_status_t no_borrow(const wecom_ldap_port_t *self, wecom_ldap_t *ldap,
                                wecom_error_t *err, apr_pool_t *pool)
{
    (void)self;
    (void)ldap;
    (void)pool;
    return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "accounts",
                           "this httpd was built without LDAP");
}

static void no_give_back(const wecom_ldap_port_t *self, wecom_ldap_t *ldap, int is_broken)
{
    (void)self;
    (void)ldap;
    (void)is_broken;
}

int wecom_ldap_pool_is_there(void)
{
    return 0;
}

wecom_ldap_port_t *wecom_ldap_pool_port(request_rec *r, const wecom_ldap_url_t *url,
                                        const wecom_ldap_bind_t *bind, apr_pool_t *pool)
{
    wecom_ldap_port_t *port = apr_pcalloc(pool, sizeof(*port));

    (void)r;
    (void)url;
    (void)bind;
    port->borrow = no_borrow;
    port->give_back = no_give_back;
    return port;
}

#endif
