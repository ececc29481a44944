/* SPDX-License-Identifier: Apache-2.0 */
/* directory.c - see directory.h. */

#include "directory.h"

#include "../auth/account_select.h"
#include "../auth/account_sql.h"
#include "dbd_pool.h"

const wecom_directory_t *wecom_directory_make(request_rec *r, const wecom_server_t *server)
{
    const wecom_accounts_t *accounts = server->directory;
    const wecom_sql_port_t *port = NULL;
    wecom_directory_t *directory;
    const wecom_book_t *book;

    if (accounts == NULL) {
        return NULL;
    }
    if (accounts->statements != NULL) {
        port = wecom_dbd_pool_port(r, server->server, accounts->driver, accounts->statements);
    }
    switch (accounts->kind) {
    case WECOM_ACCOUNTS_LDAP:
        book = wecom_account_ldap_book(&accounts->ldap,
                                       wecom_ldap_pool_port(r, &accounts->ldap, &accounts->bind,
                                                            r->pool),
                                       WECOM_LDAP_SECONDS, r->pool);
        directory = wecom_account_book_directory(book, port, r->pool);
        break;
    case WECOM_ACCOUNTS_SELECT:
        book = wecom_account_select_book(port, accounts->order, r->pool);
        directory = wecom_account_book_directory(book, port, r->pool);
        break;
    case WECOM_ACCOUNTS_SQL:
    default:
        directory = wecom_account_sql_directory(port, accounts->layout, r->pool);
        break;
    }
    directory->print = accounts->print;
    return directory;
}
