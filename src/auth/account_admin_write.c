/* SPDX-License-Identifier: Apache-2.0 */
/* account_admin_write.c - what the administrator changes; see account_admin.h. */

#include "account_admin_int.h"

#include <apr_strings.h>

#include "../base/crypto.h"
#include "../base/text.h"
#include "normal.h"

#define ID_BYTES 16

static const char *number(apr_int64_t value, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%" APR_INT64_T_FMT, value);
}

/* MariaDB counts the rows that are different afterwards, so none is good too. */
static wecom_status_t change(wecom_error_t *err, wecom_sql_t *sql, const char *label,
                             const char *const *values, int count, apr_pool_t *pool)
{
    return wecom_sql_change(sql, label, values, count, pool) >= 0
           ? WECOM_OK : wecom_account_admin_failed(err, sql, pool);
}

/* --- accounts --------------------------------------------------------------------------------- */

wecom_status_t wecom_account_admin_add(wecom_admin_account_t *account, wecom_error_t *err,
                                       wecom_sql_t *sql, apr_int64_t now, apr_pool_t *pool)
{
    unsigned char id[ID_BYTES];
    const char *values[14];

    if (wecom_crypto_random(id, sizeof(id)) != WECOM_OK) {
        return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "accounts", "no random bytes");
    }
    account->id = wecom_text_hex(id, sizeof(id), pool);
    account->created_at = account->updated_at = now;
    values[0] = account->id;
    values[1] = account->username;
    values[2] = wecom_normal_username(account->username, pool);
    values[3] = account->email;
    values[4] = wecom_normal_email(account->email, pool);
    values[5] = account->email_verified ? "1" : "0";
    values[6] = account->phone;
    values[7] = wecom_normal_phone(account->phone, pool);
    values[8] = account->phone_verified ? "1" : "0";
    values[9] = account->name;
    values[10] = number(account->status, pool);
    values[11] = account->created_by;
    values[12] = values[13] = number(now, pool);
    if (values[2] == NULL) {
        return wecom_error_set(err, WECOM_E_BAD_INPUT, 0, "accounts", "this is no username");
    }
    return wecom_sql_change(sql, ADMIN_ADD, values, 14, pool) == 1
           ? WECOM_OK : wecom_account_admin_failed(err, sql, pool);
}

wecom_status_t wecom_account_admin_update(const wecom_admin_account_t *account,
                                          wecom_error_t *err, wecom_sql_t *sql, apr_int64_t now,
                                          apr_pool_t *pool)
{
    const char *values[10];

    values[0] = account->email;
    values[1] = wecom_normal_email(account->email, pool);
    values[2] = account->email_verified ? "1" : "0";
    values[3] = account->phone;
    values[4] = wecom_normal_phone(account->phone, pool);
    values[5] = account->phone_verified ? "1" : "0";
    values[6] = account->name;
    values[7] = number(account->status, pool);
    values[8] = number(now, pool);
    values[9] = account->id;
    return change(err, sql, ADMIN_UPDATE, values, 10, pool);
}

wecom_status_t wecom_account_admin_set_status(wecom_admin_account_t *account, wecom_error_t *err,
                                              wecom_sql_t *sql, wecom_account_status_t status,
                                              apr_int64_t now, apr_pool_t *pool)
{
    const char *values[3] = { number(status, pool), number(now, pool), account->id };

    account->status = status;
    account->updated_at = now;
    return change(err, sql, ADMIN_STATUS, values, 3, pool);
}

wecom_status_t wecom_account_admin_adopt(wecom_admin_account_t *account, wecom_error_t *err,
                                         wecom_sql_t *sql, apr_int64_t now, apr_pool_t *pool)
{
    const char *values[3] = { WECOM_ADMIN_ADOPTED, number(now, pool), account->id };

    account->created_by = WECOM_ADMIN_ADOPTED;
    account->updated_at = now;
    return change(err, sql, ADMIN_ORIGIN, values, 3, pool);
}

/* --- in one transaction ----------------------------------------------------------------------- */

/* What was done is kept, or else the reason told. */
static wecom_status_t end(wecom_status_t status, wecom_error_t *err, wecom_sql_t *sql,
                          apr_pool_t *pool)
{
    if (!wecom_sql_end(sql, status == WECOM_OK, pool) && status == WECOM_OK) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    return status;
}

wecom_status_t wecom_account_admin_delete(const wecom_admin_account_t *account,
                                          wecom_error_t *err, wecom_sql_t *sql, apr_pool_t *pool)
{
    const char *values[1] = { account->id };
    wecom_status_t status;

    if (!wecom_sql_begin(sql, pool)) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    status = change(err, sql, ADMIN_UNLINK_ALL, values, 1, pool);
    if (status == WECOM_OK) {
        status = change(err, sql, ADMIN_DELETE, values, 1, pool);
    }
    return end(status, err, sql, pool);
}

/* --- links ------------------------------------------------------------------------------------ */

static wecom_status_t is_taken(wecom_error_t *err, const char *sentence)
{
    return wecom_error_set(err, WECOM_E_EXISTS, 0, "accounts", sentence);
}

/* Neither the member nor the account may have a link in this source. */
static wecom_status_t judge_link(const wecom_admin_link_t *link, wecom_error_t *err,
                                 wecom_sql_t *sql, apr_pool_t *pool)
{
    apr_array_header_t *links;
    wecom_admin_link_t there;
    wecom_status_t status;
    int i;

    status = wecom_account_admin_find_link(&there, err, sql, link->source, link->userid_key,
                                           pool);
    if (status == WECOM_OK) {
        return is_taken(err, apr_psprintf(pool, "the member '%s' of '%s' is linked to the account "
                                          "'%s' already", there.userid, there.source,
                                          there.username != NULL ? there.username
                                                                 : there.account_id));
    }
    if (status != WECOM_E_NOT_FOUND) {
        return status;
    }
    status = wecom_account_admin_links(&links, err, sql, link->account_id, pool);
    for (i = 0; status == WECOM_OK && i < links->nelts; i++) {
        const wecom_admin_link_t *other = &APR_ARRAY_IDX(links, i, wecom_admin_link_t);

        if (wecom_text_equal(other->source, link->source)) {
            return is_taken(err, apr_psprintf(pool, "the account '%s' is linked to the member "
                                              "'%s' of '%s' already", link->username,
                                              other->userid, other->source));
        }
    }
    return status;
}

wecom_status_t wecom_account_admin_link(const wecom_admin_link_t *link, wecom_error_t *err,
                                        wecom_sql_t *sql, apr_int64_t now, apr_pool_t *pool)
{
    const char *values[5];
    wecom_status_t status;

    if (!wecom_sql_begin(sql, pool)) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    status = judge_link(link, err, sql, pool);
    if (status == WECOM_OK) {
        values[0] = link->source;
        values[1] = link->userid_key;
        values[2] = link->userid;
        values[3] = link->account_id;
        values[4] = number(now, pool);
        /* A login that was faster is refused by the table itself. */
        if (wecom_sql_change(sql, ADMIN_LINK, values, 5, pool) != 1) {
            status = wecom_account_admin_failed(err, sql, pool);
        }
    }
    return end(status, err, sql, pool);
}

wecom_status_t wecom_account_admin_unlink(const wecom_admin_link_t *link, wecom_error_t *err,
                                          wecom_sql_t *sql, apr_pool_t *pool)
{
    const char *values[2] = { link->source, link->userid_key };
    int changed = wecom_sql_change(sql, ADMIN_UNLINK, values, 2, pool);

    if (changed < 0) {
        return wecom_account_admin_failed(err, sql, pool);
    }
    return changed > 0 ? WECOM_OK : WECOM_E_NOT_FOUND;
}
