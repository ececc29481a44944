/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_admin.h - what the administrator asks and changes in our own tables of accounts.
 *
 * A login needs none of this; it stands beside account_sql.h, over the same tables. Whoever calls
 * has a connection of his own (wecom_sql_open) with the statements prepared. Those that write
 * several rows (delete, link) do it in a transaction of their own: none may be open.
 *
 * WECOM_E_UNAVAILABLE is the database's own failure, with what it said in err->detail.
 */
#ifndef WECOM_AUTH_ACCOUNT_ADMIN_H
#define WECOM_AUTH_ACCOUNT_ADMIN_H

#include <apr_tables.h>

#include "../base/sql.h"
#include "match.h"

/* The tables as this program knows them (wecom_schema.version). A change of the tables raises it
 * and brings older ones up to date in wecom_account_admin_init. */
#define WECOM_ADMIN_VERSION 1

#define WECOM_ADMIN_PAGE 500 /* accounts that are read at once */

#define WECOM_ADMIN_IMPORTED "import"   /* created_by */
#define WECOM_ADMIN_ADOPTED  "adopted"  /* made by a login, counts as one that was there before */

typedef struct wecom_admin_link_t {
    const char *source;
    const char *userid;         /* as WeCom spells it */
    const char *userid_key;
    const char *account_id;
    const char *username;       /* of the account; NULL: it is gone. Only from find_link */
    const char *linked_by;
    apr_int64_t linked_at;      /* seconds */
    apr_int64_t last_login;     /* seconds; 0: never */
} wecom_admin_link_t;

typedef struct wecom_admin_account_t {
    const char *id;
    const char *username;
    wecom_account_status_t status;
    const char *created_by;
    const char *email;          /* NULL: none; so all that follow as text */
    const char *phone;
    int email_verified;
    int phone_verified;
    apr_int64_t created_at;     /* seconds */
    apr_int64_t updated_at;
    const char *name;
    const char *alias;
    const char *position;
    const char *telephone;
    const char *gender;
    const char *avatar;
    const char *departments;
    apr_array_header_t *links;  /* wecom_admin_link_t; NULL: not read */
} wecom_admin_account_t;

/* --- the tables ------------------------------------------------------------------------------- */

/* links_only, below: the accounts lie elsewhere (LDAP, a table of the enterprise's), and an
 * account's id is its username. */

/* The version of the tables; 0 when there are none (or they cannot be read: err has what the
 * database said). */
wecom_status_t wecom_account_admin_version(int *version, wecom_error_t *err, wecom_sql_t *sql,
                                           apr_pool_t *pool);

/* Makes the tables, or brings older ones up to date; harmless where nothing is to be done. *was:
 * the version before. WECOM_E_MISMATCH: they are newer than this program, and were not touched. */
wecom_status_t wecom_account_admin_init(int *was, wecom_error_t *err, wecom_sql_t *sql,
                                        const char *driver, int links_only, apr_pool_t *pool);

/* Prepares the statements of this file; with links_only those for links alone. Once for a
 * connection. */
wecom_status_t wecom_account_admin_prepare(wecom_error_t *err, wecom_sql_t *sql, int links_only,
                                           apr_pool_t *pool);

/* Letters as UTF-8, whatever the server was made with; nothing to do for SQLite. */
wecom_status_t wecom_account_admin_greet(wecom_error_t *err, wecom_sql_t *sql,
                                         const char *driver, apr_pool_t *pool);

/* --- reading ---------------------------------------------------------------------------------- */

/* The accounts with this username, without regard to case; usually one. */
wecom_status_t wecom_account_admin_find(apr_array_header_t **accounts, wecom_error_t *err,
                                        wecom_sql_t *sql, const char *username,
                                        apr_pool_t *pool);

/* The next WECOM_ADMIN_PAGE accounts behind this username ("" begins), with their links. */
wecom_status_t wecom_account_admin_page(apr_array_header_t **accounts, wecom_error_t *err,
                                        wecom_sql_t *sql, const char *after, apr_pool_t *pool);

/* The links of an account. */
wecom_status_t wecom_account_admin_links(apr_array_header_t **links, wecom_error_t *err,
                                         wecom_sql_t *sql, const char *account_id,
                                         apr_pool_t *pool);

/* The link of a member. WECOM_E_NOT_FOUND. */
wecom_status_t wecom_account_admin_find_link(wecom_admin_link_t *link, wecom_error_t *err,
                                             wecom_sql_t *sql, const char *source,
                                             const char *userid_key, apr_pool_t *pool);

/* The username of some account other than `id` with this e-mail, or with this phone, in their
 * normal forms; NULL when there is none. */
wecom_status_t wecom_account_admin_has_email(const char **username, wecom_error_t *err,
                                             wecom_sql_t *sql, const char *email_key,
                                             const char *id, apr_pool_t *pool);
wecom_status_t wecom_account_admin_has_phone(const char **username, wecom_error_t *err,
                                             wecom_sql_t *sql, const char *phone_key,
                                             const char *id, apr_pool_t *pool);

/* How many accounts there are. */
wecom_status_t wecom_account_admin_count(apr_int64_t *count, wecom_error_t *err,
                                         wecom_sql_t *sql, apr_pool_t *pool);

/* --- writing ---------------------------------------------------------------------------------- */

/* A new account; its id is made here. Only what an import brings is written: username, e-mail,
 * phone, verified, name, status, created_by; now: seconds. WECOM_E_BAD_INPUT: the username has no
 * normal form. */
wecom_status_t wecom_account_admin_add(wecom_admin_account_t *account, wecom_error_t *err,
                                       wecom_sql_t *sql, apr_int64_t now, apr_pool_t *pool);

/* Writes e-mail, phone, verified, name and status of the account with this id. */
wecom_status_t wecom_account_admin_update(const wecom_admin_account_t *account,
                                          wecom_error_t *err, wecom_sql_t *sql, apr_int64_t now,
                                          apr_pool_t *pool);

wecom_status_t wecom_account_admin_set_status(wecom_admin_account_t *account, wecom_error_t *err,
                                              wecom_sql_t *sql, wecom_account_status_t status,
                                              apr_int64_t now, apr_pool_t *pool);
wecom_status_t wecom_account_admin_adopt(wecom_admin_account_t *account, wecom_error_t *err,
                                         wecom_sql_t *sql, apr_int64_t now, apr_pool_t *pool);

/* The account and its links. */
wecom_status_t wecom_account_admin_delete(const wecom_admin_account_t *account,
                                          wecom_error_t *err, wecom_sql_t *sql,
                                          apr_pool_t *pool);

/* Links a member and an account: all of *link up to account_id, and username for sentences.
 * WECOM_E_EXISTS: the member or the account has a link in this source already; err->detail says
 * which. */
wecom_status_t wecom_account_admin_link(const wecom_admin_link_t *link, wecom_error_t *err,
                                        wecom_sql_t *sql, apr_int64_t now, apr_pool_t *pool);

/* WECOM_E_NOT_FOUND: there is no such link (any more). */
wecom_status_t wecom_account_admin_unlink(const wecom_admin_link_t *link, wecom_error_t *err,
                                          wecom_sql_t *sql, apr_pool_t *pool);

/* --- words ------------------------------------------------------------------------------------ */

/* "active", "locked", "disabled". */
const char *wecom_account_admin_status_name(wecom_account_status_t status);

/* 1 with the status of that name (without case), or 0. */
int wecom_account_admin_status_of(wecom_account_status_t *status, const char *name);

#endif
