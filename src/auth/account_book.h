/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_book.h - accounts that belong to somebody else and are only read.
 *
 * A book is asked and never written: LDAP (account_ldap.h), or a SELECT of the administrator's
 * (account_select.h). So nobody can be created here, and the truth table is read with P on,
 * whatever the place says. An account's id is its username.
 *
 * The directory over a book keeps its links in SQL, if it is given a database. Without one it
 * matches at each login and writes nothing.
 *
 * What the book says is equal is not believed: a candidate is one only if our own normal forms say
 * so too (an LDAP server decides by a schema that we do not see). And no transaction is open while
 * the book is asked, which may take seconds: the link is read before, and again in the transaction
 * that follows; where it has changed meanwhile, everything is decided anew.
 */
#ifndef WECOM_AUTH_ACCOUNT_BOOK_H
#define WECOM_AUTH_ACCOUNT_BOOK_H

#include "account.h"
#include "account_schema.h"

/* A book gives *facets*. An account with one e-mail and one phone has one facet; one that has
 * several comes as often as it takes to tell all of them, each time with the same id. */
typedef struct wecom_book_t wecom_book_t;
struct wecom_book_t {
    /* The facets of all accounts that have one of the values in its column; more may be among
     * them. values: count of them, at least one, in their normal forms (a username that was proven
     * stands as the visitor has spelled it). At most max accounts: where there are more, *found
     * has some of them and the answer is WECOM_E_TOO_LARGE. Then it is ambiguous; where our own
     * normal forms leave fewer than two of them, it is no answer at all, since the rest could say
     * otherwise. WECOM_E_UNAVAILABLE with the sentence. */
    wecom_status_t (*find)(const wecom_book_t *self, apr_array_header_t **found,
                           wecom_error_t *err, const wecom_claim_value_t *values, int count,
                           int max, apr_pool_t *pool);
    /* The facets (at least one) of the account of that username, as the book spells it.
     * WECOM_E_NOT_FOUND, with *facets NULL; WECOM_E_UNAVAILABLE with the sentence. */
    wecom_status_t (*get)(const wecom_book_t *self, apr_array_header_t **facets,
                          wecom_error_t *err, const char *username, apr_pool_t *pool);
    void *baton;
};

/* The directory over a book. links: where the links are kept, with the statements of
 * wecom_account_schema_links prepared; NULL: no links are kept.
 *
 * Without links, linked_by of a standing is what a link would say at a login, and NULL in
 * find_linked; whoever is found there counts as matched, since nothing says otherwise. The status
 * of an account is judged at a login; find_linked hands it over. */
wecom_directory_t *wecom_account_book_directory(const wecom_book_t *book,
                                                const wecom_sql_port_t *links, apr_pool_t *pool);

#endif
