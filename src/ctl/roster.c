/* SPDX-License-Identifier: Apache-2.0 */
/* roster.c - see roster.h. */

#include "roster.h"

#include <string.h>

#include <apr_strings.h>

#include "../auth/normal.h"
#include "../base/limits.h"
#include "../base/text.h"

static const char *const names[WECOM_ROSTER_COLUMNS] = {
    "username", "email", "email_verified", "phone", "phone_verified", "name", "status",
    "created_by", "links"
};

#define KNOWN "username, email, email_verified, phone, phone_verified, name, status, " \
              "created_by, links"

static const char *trim(const char *value, apr_pool_t *pool)
{
    apr_size_t len;

    value += strspn(value, " \t\r\n");
    len = strlen(value);
    while (len > 0 && strchr(" \t\r\n", value[len - 1]) != NULL) {
        len--;
    }
    return apr_pstrmemdup(pool, value, len);
}

/* --- the first line --------------------------------------------------------------------------- */

static int column_of(const char *name)
{
    int i;

    for (i = 0; i < WECOM_ROSTER_COLUMNS; i++) {
        if (wecom_text_equal_fold(names[i], name)) {
            return i;
        }
    }
    return -1;
}

const char *wecom_roster_begin(wecom_roster_t *roster, const wecom_csv_record_t *record,
                               apr_pool_t *pool)
{
    int i;

    for (i = 0; i < WECOM_ROSTER_COLUMNS; i++) {
        roster->at[i] = -1;
    }
    roster->fields = record->count;
    for (i = 0; i < record->count; i++) {
        const char *name = trim(record->fields[i], pool);
        int column = column_of(name);

        if (column < 0) {
            return apr_psprintf(pool, "the column '%s' is not known; the first line names the "
                                "columns, with commas between: " KNOWN, name);
        }
        if (roster->at[column] >= 0) {
            return apr_psprintf(pool, "the column '%s' stands there twice; take one away", name);
        }
        roster->at[column] = i;
    }
    return roster->at[WECOM_ROSTER_USERNAME] < 0
           ? "the column 'username' is missing; the first line names the columns" : NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* "" for a column that the list does not have. */
static const char *field(const wecom_roster_t *roster, const wecom_csv_record_t *record,
                         int column)
{
    return roster->at[column] >= 0 ? record->fields[roster->at[column]] : "";
}

/* 1 and a value that is no blank, in the pool; 0 for a column that is empty. */
static int take(const char **value, const wecom_roster_t *roster,
                const wecom_csv_record_t *record, int column, apr_pool_t *pool)
{
    *value = trim(field(roster, record, column), pool);
    if (**value == '\0') {
        *value = NULL;
    }
    return *value != NULL;
}

/* yes, no, 1, 0, and what spreadsheets make of them. 0: none of them. */
static int read_verified(int *out, const char *value)
{
    if (value == NULL) {
        return 1;
    }
    *out = wecom_text_equal_fold(value, "yes") || wecom_text_equal_fold(value, "true")
           || strcmp(value, "1") == 0;
    return *out || wecom_text_equal_fold(value, "no") || wecom_text_equal_fold(value, "false")
           || strcmp(value, "0") == 0;
}

static const char *judge_flags(wecom_admin_account_t *account, const wecom_roster_t *roster,
                               const wecom_csv_record_t *record, apr_pool_t *pool)
{
    const char *value;

    account->email_verified = account->phone_verified = 1;
    account->status = WECOM_ACCOUNT_ACTIVE;
    take(&value, roster, record, WECOM_ROSTER_EMAIL_VERIFIED, pool);
    if (!read_verified(&account->email_verified, value)) {
        return apr_psprintf(pool, "email_verified is '%s'; write yes or no", value);
    }
    take(&value, roster, record, WECOM_ROSTER_PHONE_VERIFIED, pool);
    if (!read_verified(&account->phone_verified, value)) {
        return apr_psprintf(pool, "phone_verified is '%s'; write yes or no", value);
    }
    if (take(&value, roster, record, WECOM_ROSTER_STATUS, pool)
        && !wecom_account_admin_status_of(&account->status, value)) {
        return apr_psprintf(pool, "the status '%s' is not known; write active, locked or "
                            "disabled", value);
    }
    return NULL;
}

/* The name alone is taken as it stands: it is compared with nothing. */
const char *wecom_roster_read(wecom_admin_account_t *account, const wecom_roster_t *roster,
                              const wecom_csv_record_t *record, apr_pool_t *pool)
{
    memset(account, 0, sizeof(*account));
    account->created_by = WECOM_ADMIN_IMPORTED;
    if (record->wrong != NULL) {
        return apr_pstrcat(pool, "it ", record->wrong, NULL);
    }
    if (record->count != roster->fields) {
        return apr_psprintf(pool, "it has %d field%s and the first line has %d; a field with a "
                            "comma in it stands in quotes", record->count,
                            record->count == 1 ? "" : "s", roster->fields);
    }
    if (!take(&account->username, roster, record, WECOM_ROSTER_USERNAME, pool)) {
        return "the username is empty; each account needs one";
    }
    if (wecom_normal_username(account->username, pool) == NULL) {
        return apr_psprintf(pool, "the username '%s' cannot be used; at most "
                            APR_STRINGIFY(WECOM_MAX_USERNAME) " bytes, without control "
                            "characters", account->username);
    }
    if (take(&account->email, roster, record, WECOM_ROSTER_EMAIL, pool)
        && wecom_normal_email(account->email, pool) == NULL) {
        return apr_psprintf(pool, "the e-mail '%s' is none; mend it or leave it empty",
                            account->email);
    }
    if (take(&account->phone, roster, record, WECOM_ROSTER_PHONE, pool)
        && wecom_normal_phone(account->phone, pool) == NULL) {
        return apr_psprintf(pool, "the phone '%s' is none; write it as +8613800000000, or leave "
                            "it empty", account->phone);
    }
    account->name = field(roster, record, WECOM_ROSTER_NAME);
    if (*account->name == '\0') {
        account->name = NULL;
    }
    else if (strlen(account->name) > WECOM_MAX_NAME) {
        return "the name is longer than " APR_STRINGIFY(WECOM_MAX_NAME) " bytes; shorten it";
    }
    return judge_flags(account, roster, record, pool);
}

static int is_same(const char *a, const char *b)
{
    return (a == NULL && b == NULL) || wecom_text_equal(a, b);
}

static int says(const wecom_roster_t *roster, const wecom_csv_record_t *record, int column)
{
    const char *value = field(roster, record, column);

    return value[strspn(value, " \t\r\n")] != '\0';
}

int wecom_roster_lay_over(wecom_admin_account_t *there, const wecom_roster_t *roster,
                          const wecom_csv_record_t *record, const wecom_admin_account_t *account)
{
    const wecom_admin_account_t was = *there;

    if (roster->at[WECOM_ROSTER_EMAIL] >= 0) {
        there->email = account->email;
    }
    if (roster->at[WECOM_ROSTER_PHONE] >= 0) {
        there->phone = account->phone;
    }
    if (roster->at[WECOM_ROSTER_NAME] >= 0) {
        there->name = account->name;
    }
    if (says(roster, record, WECOM_ROSTER_STATUS)) {
        there->status = account->status;
    }
    if (says(roster, record, WECOM_ROSTER_EMAIL_VERIFIED)) {
        there->email_verified = account->email_verified;
    }
    if (says(roster, record, WECOM_ROSTER_PHONE_VERIFIED)) {
        there->phone_verified = account->phone_verified;
    }
    return !is_same(was.email, there->email) || !is_same(was.phone, there->phone)
           || !is_same(was.name, there->name) || was.status != there->status
           || was.email_verified != there->email_verified
           || was.phone_verified != there->phone_verified;
}

/* --- writing ---------------------------------------------------------------------------------- */

const char *wecom_roster_title(apr_pool_t *pool)
{
    const char *line = names[0];
    int i;

    for (i = 1; i < WECOM_ROSTER_COLUMNS; i++) {
        line = apr_pstrcat(pool, line, ",", names[i], NULL);
    }
    return apr_pstrcat(pool, line, "\n", NULL);
}

const char *wecom_roster_links(const apr_array_header_t *links, apr_pool_t *pool)
{
    const char *text = "";
    int i;

    for (i = 0; links != NULL && i < links->nelts; i++) {
        const wecom_admin_link_t *link = &APR_ARRAY_IDX(links, i, wecom_admin_link_t);

        text = apr_pstrcat(pool, text, i > 0 ? " " : "", link->source, ":", link->userid, NULL);
    }
    return text;
}

/* Fields that a spreadsheet would take for a formula are written as they are: a phone begins with
 * '+', and a mark before it would come back with the list. */
const char *wecom_roster_write(const wecom_admin_account_t *account, apr_pool_t *pool)
{
    return apr_pstrcat(pool, wecom_csv_field(account->username, pool), ",",
                       wecom_csv_field(account->email, pool), ",",
                       account->email_verified ? "yes," : "no,",
                       wecom_csv_field(account->phone, pool), ",",
                       account->phone_verified ? "yes," : "no,",
                       wecom_csv_field(account->name, pool), ",",
                       wecom_account_admin_status_name(account->status), ",",
                       wecom_csv_field(account->created_by, pool), ",",
                       wecom_csv_field(wecom_roster_links(account->links, pool), pool), "\n",
                       NULL);
}
