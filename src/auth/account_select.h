/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_select.h - a SELECT of the administrator's as a book of accounts.
 *
 *     WeComAccountQuery "SELECT login AS username, mail AS email, tel AS phone, state AS status,
 *         full_name AS name FROM staff
 *         WHERE login = %{username} OR mail = %{email} OR tel = %{phone}"
 *
 * Each token stands for a value, never for text of the statement, and may occur several times;
 * what is not known in a search is SQL's NULL, which equals nothing. Values are in their normal
 * forms: a phone is +8613800000000, so a table that has another form is compared with
 * REPLACE(...) or its like; a userid and an e-mail have small letters, so LOWER(mail) =
 * %{email}. Only the username of a login that was proven or linked before stands as it was
 * spelled.
 *
 * Of the columns of the answer, found by name and without regard to case (PostgreSQL lowers them,
 * SQLite and MariaDB do not), username is needed, email, phone, status and name are not. A status
 * is read as account_sql.h has it; without that column every account is active. Several rows with
 * one username are one account with several e-mails or phones.
 */
#ifndef WECOM_AUTH_ACCOUNT_SELECT_H
#define WECOM_AUTH_ACCOUNT_SELECT_H

#include "account_book.h"

#define WECOM_SQL_SELECT_ACCOUNTS "wecom_select_accounts" /* the label */

/* The statement as apr_dbd prepares it, with "%s" for each token and "%%" for every other percent
 * sign; *order: the wecom_column_t of each "%s". WECOM_E_BAD_INPUT with *sentence, which says what
 * to write instead: text that does not begin with SELECT, a ';', a '?', a '$' or a comment (the
 * drivers would count or end there), a token that is unknown or stands between quotes, none for the
 * username, quotes that do not close. */
wecom_status_t wecom_account_select_parse(const char **statement, apr_array_header_t **order,
                                          const char **sentence, const char *text,
                                          apr_pool_t *pool);

/* The book over that statement, which port has prepared under WECOM_SQL_SELECT_ACCOUNTS. order and
 * port must live as long. */
wecom_book_t *wecom_account_select_book(const wecom_sql_port_t *port,
                                        const apr_array_header_t *order, apr_pool_t *pool);

#endif
