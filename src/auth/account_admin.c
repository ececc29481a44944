/* SPDX-License-Identifier: Apache-2.0 */
/* account_admin.c - what the administrator asks; see account_admin.h. */

#include "account_admin_int.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"
#include "account_sql.h"
#include "normal.h"

wecom_status_t wecom_account_admin_failed(wecom_error_t *err, const wecom_sql_t *sql,
                                          apr_pool_t *pool)
{
    return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "accounts",
                           wecom_sql_complaint(sql, pool));
}

/* --- rows ------------------------------------------------------------------------------------- */

static apr_int64_t number_at(const wecom_sql_rows_t *rows, int n)
{
    apr_int64_t value;

    return wecom_text_number(&value, wecom_sql_entry(rows, n), 0, APR_INT64_MAX) == WECOM_OK
           ? value : 0;
}

/* An account without a username cannot be; it is shown as "" all the same. */
static const char *word_at(const wecom_sql_rows_t *rows, int n)
{
    const char *value = wecom_sql_entry(rows, n);

    return value != NULL ? value : "";
}

static void read_account(wecom_admin_account_t *account, const wecom_sql_rows_t *rows)
{
    memset(account, 0, sizeof(*account));
    account->id = word_at(rows, 0);
    account->username = word_at(rows, 1);
    account->status = wecom_account_sql_status(wecom_sql_entry(rows, 2));
    account->created_by = word_at(rows, 3);
    account->email = wecom_sql_entry(rows, 4);
    account->phone = wecom_sql_entry(rows, 5);
    account->email_verified = number_at(rows, 6) != 0;
    account->phone_verified = number_at(rows, 7) != 0;
    account->created_at = number_at(rows, 8);
    account->updated_at = number_at(rows, 9);
    account->name = wecom_sql_entry(rows, 10);
    account->alias = wecom_sql_entry(rows, 11);
    account->position = wecom_sql_entry(rows, 12);
    account->telephone = wecom_sql_entry(rows, 13);
    account->gender = wecom_sql_entry(rows, 14);
    account->avatar = wecom_sql_entry(rows, 15);
    account->departments = wecom_sql_entry(rows, 16);
}

static void read_link(wecom_admin_link_t *link, const wecom_sql_rows_t *rows)
{
    memset(link, 0, sizeof(*link));
    link->source = word_at(rows, 0);
    link->userid = word_at(rows, 1);
    link->userid_key = word_at(rows, 2);
    link->account_id = word_at(rows, 3);
    link->linked_by = word_at(rows, 4);
    link->linked_at = number_at(rows, 5);
    link->last_login = number_at(rows, 6);
}

static wecom_status_t read_accounts(apr_array_header_t **accounts, wecom_error_t *err,
                                    wecom_sql_t *sql, const char *label, const char *value,
                                    apr_pool_t *pool)
{
    wecom_sql_rows_t rows;

    *accounts = apr_array_make(pool, 1, sizeof(wecom_admin_account_t));
    if (!wecom_sql_select(&rows, sql, label, &value, 1, pool)) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    while (wecom_sql_next(&rows)) {
        read_account(apr_array_push(*accounts), &rows);
    }
    return WECOM_OK;
}

wecom_status_t wecom_account_admin_find(apr_array_header_t **accounts, wecom_error_t *err,
                                        wecom_sql_t *sql, const char *username, apr_pool_t *pool)
{
    const char *key = wecom_normal_username(username, pool);

    if (key == NULL) {
        *accounts = apr_array_make(pool, 1, sizeof(wecom_admin_account_t));
        return WECOM_OK;
    }
    return read_accounts(accounts, err, sql, ADMIN_FIND, key, pool);
}

wecom_status_t wecom_account_admin_links(apr_array_header_t **links, wecom_error_t *err,
                                         wecom_sql_t *sql, const char *account_id,
                                         apr_pool_t *pool)
{
    wecom_sql_rows_t rows;

    *links = apr_array_make(pool, 2, sizeof(wecom_admin_link_t));
    if (!wecom_sql_select(&rows, sql, ADMIN_LINKS, &account_id, 1, pool)) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    while (wecom_sql_next(&rows)) {
        read_link(apr_array_push(*links), &rows);
    }
    return WECOM_OK;
}

wecom_status_t wecom_account_admin_find_link(wecom_admin_link_t *link, wecom_error_t *err,
                                             wecom_sql_t *sql, const char *source,
                                             const char *userid_key, apr_pool_t *pool)
{
    const char *values[2] = { source, userid_key };
    wecom_sql_rows_t rows;
    int found = 0;

    if (!wecom_sql_select(&rows, sql, ADMIN_MEMBER, values, 2, pool)) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    while (wecom_sql_next(&rows)) {
        read_link(link, &rows);
        link->username = wecom_sql_entry(&rows, 7);
        found = 1;
    }
    return found ? WECOM_OK : WECOM_E_NOT_FOUND;
}

/* --- many ------------------------------------------------------------------------------------- */

static wecom_status_t add_links(apr_array_header_t *accounts, wecom_error_t *err,
                                wecom_sql_t *sql, apr_pool_t *pool)
{
    apr_hash_t *by_id = apr_hash_make(pool);
    const char *values[2];
    wecom_sql_rows_t rows;
    int i;

    for (i = 0; i < accounts->nelts; i++) {
        wecom_admin_account_t *account = &APR_ARRAY_IDX(accounts, i, wecom_admin_account_t);

        account->links = apr_array_make(pool, 1, sizeof(wecom_admin_link_t));
        apr_hash_set(by_id, account->id, APR_HASH_KEY_STRING, account);
    }
    values[0] = APR_ARRAY_IDX(accounts, 0, wecom_admin_account_t).username;
    values[1] = APR_ARRAY_IDX(accounts, accounts->nelts - 1, wecom_admin_account_t).username;
    if (!wecom_sql_select(&rows, sql, ADMIN_PAGE_LINKS, values, 2, pool)) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    while (wecom_sql_next(&rows)) {
        wecom_admin_account_t *account;
        wecom_admin_link_t link;

        read_link(&link, &rows);
        account = apr_hash_get(by_id, link.account_id, APR_HASH_KEY_STRING);
        if (account != NULL) { /* else it came in between the two statements */
            APR_ARRAY_PUSH(account->links, wecom_admin_link_t) = link;
        }
    }
    return WECOM_OK;
}

wecom_status_t wecom_account_admin_page(apr_array_header_t **accounts, wecom_error_t *err,
                                        wecom_sql_t *sql, const char *after, apr_pool_t *pool)
{
    wecom_status_t status = read_accounts(accounts, err, sql, ADMIN_PAGE, after, pool);

    if (status != WECOM_OK || (*accounts)->nelts == 0) {
        return status;
    }
    return add_links(*accounts, err, sql, pool);
}

/* The first column of the last row; NULL without one. */
static wecom_status_t ask(const char **found, wecom_error_t *err, wecom_sql_t *sql,
                          const char *label, const char *const *values, int count,
                          apr_pool_t *pool)
{
    wecom_sql_rows_t rows;

    *found = NULL;
    if (!wecom_sql_select(&rows, sql, label, values, count, pool)) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    while (wecom_sql_next(&rows)) {
        *found = wecom_sql_entry(&rows, 0);
    }
    return WECOM_OK;
}

wecom_status_t wecom_account_admin_has_email(const char **username, wecom_error_t *err,
                                             wecom_sql_t *sql, const char *email_key,
                                             const char *id, apr_pool_t *pool)
{
    const char *values[2] = { email_key, id };

    return ask(username, err, sql, ADMIN_HAS_EMAIL, values, 2, pool);
}

wecom_status_t wecom_account_admin_has_phone(const char **username, wecom_error_t *err,
                                             wecom_sql_t *sql, const char *phone_key,
                                             const char *id, apr_pool_t *pool)
{
    const char *values[2] = { phone_key, id };

    return ask(username, err, sql, ADMIN_HAS_PHONE, values, 2, pool);
}

wecom_status_t wecom_account_admin_count(apr_int64_t *count, wecom_error_t *err,
                                         wecom_sql_t *sql, apr_pool_t *pool)
{
    const char *text;
    wecom_status_t status = ask(&text, err, sql, ADMIN_COUNT, NULL, 0, pool);

    *count = 0;
    if (status == WECOM_OK) {
        (void)wecom_text_number(count, text, 0, APR_INT64_MAX);
    }
    return status;
}

/* --- words ------------------------------------------------------------------------------------ */

static const char *const status_names[] = { "active", "locked", "disabled" };

const char *wecom_account_admin_status_name(wecom_account_status_t status)
{
    return status_names[status - WECOM_ACCOUNT_ACTIVE];
}

int wecom_account_admin_status_of(wecom_account_status_t *status, const char *name)
{
    int i;

    for (i = 0; i < 3; i++) {
        if (wecom_text_equal_fold(status_names[i], name)) {
            *status = (wecom_account_status_t)(WECOM_ACCOUNT_ACTIVE + i);
            return 1;
        }
    }
    return 0;
}
