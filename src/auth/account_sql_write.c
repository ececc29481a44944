/* SPDX-License-Identifier: Apache-2.0 */
/* account_sql_write.c - what a login writes; see account_sql_int.h. */

#include "account_sql_int.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/crypto.h"
#include "../base/limits.h"
#include "../base/text.h"
#include "normal.h"

#define ID_BYTES      16
#define SUFFIX_BYTES  4

static const char *seconds(const wecom_sql_step_t *step)
{
    return apr_psprintf(step->pool, "%" APR_INT64_T_FMT, apr_time_sec(step->claim->now));
}

static const char *random_hex(apr_size_t len, apr_pool_t *pool)
{
    unsigned char bytes[ID_BYTES];

    if (len > sizeof(bytes) || wecom_crypto_random(bytes, len) != WECOM_OK) {
        return NULL;
    }
    return wecom_text_hex(bytes, len, pool);
}

static int change_one(const wecom_sql_step_t *step, const char *label,
                      const char *const *values, int count)
{
    return wecom_sql_change(step->sql, label, values, count, step->pool) == 1;
}

/* MariaDB counts the rows that are different afterwards: none, in the second login of a second. */
static int change_some(const wecom_sql_step_t *step, const char *label,
                       const char *const *values, int count)
{
    return wecom_sql_change(step->sql, label, values, count, step->pool) >= 0;
}

int wecom_account_sql_add_link(wecom_sql_step_t *step, const wecom_account_t *account)
{
    const wecom_claim_t *claim = step->claim;
    const char *now = seconds(step);
    const char *values[8];

    step->linked_by = wecom_account_linked_by(claim, account->matched, step->pool);
    step->match_hash = wecom_account_match_hash(claim, account->matched, step->pool);
    values[0] = claim->source;
    values[1] = claim->userid_key;
    values[2] = claim->userid;
    values[3] = account->id;
    values[4] = step->linked_by;
    values[5] = step->match_hash;
    values[6] = now;
    values[7] = now;
    return change_one(step, WECOM_SQL_ADD_LINK, values, 8);
}

/* The userid, if it is free; else with the source; and where that is taken too, with random
 * characters. A round can be lost for other reasons, which change nobody's name. */
static const char *new_username(const wecom_sql_step_t *step)
{
    const wecom_claim_t *claim = step->claim;
    const char *name = claim->userid;

    if (step->clash_username) {
        name = apr_pstrcat(step->pool, name, "@", claim->source, NULL);
    }
    if (step->clash_username && step->round > 1) {
        name = apr_pstrcat(step->pool, name, "-", random_hex(SUFFIX_BYTES, step->pool), NULL);
    }
    return name;
}

/* The value, or NULL as if it were withheld where its column cannot hold it: some databases would
 * refuse the whole statement, and so the login. Half a value can be a wrong one. */
static const char *fit(const char *value, apr_size_t max)
{
    apr_size_t len = value != NULL ? strlen(value) : 0;

    return value != NULL && len <= max && wecom_text_is_plain_utf8(value, len) ? value : NULL;
}

/* The widths of the columns in account_schema.c. */
static void profile_values(const char **values, const wecom_profile_t *profile)
{
    values[0] = fit(profile->name, 256);
    values[1] = fit(profile->alias, 256);
    values[2] = fit(profile->position, 1024);
    values[3] = fit(profile->telephone, 1024);
    values[4] = fit(profile->gender, 8);
    values[5] = fit(profile->avatar, 1024);
    values[6] = fit(profile->departments, 4000);
}

/* Others may be matched with this value later, by other sources too. It counts for that only where
 * this source's own values are good enough to match by. */
static int is_trusted(const wecom_sql_step_t *step, const wecom_account_t *account,
                      wecom_column_t column)
{
    return (wecom_account_matches(account, step->claim, step->pool) & (unsigned int)column) != 0;
}

static int add_to_ours(const wecom_sql_step_t *step, const wecom_account_t *account)
{
    const char *now = seconds(step);
    const char *values[20];

    values[0] = account->id;
    values[1] = account->username;
    values[2] = wecom_normal_username(account->username, step->pool);
    values[3] = account->email;
    values[4] = wecom_normal_email(account->email, step->pool);
    values[5] = account->phone;
    values[6] = wecom_normal_phone(account->phone, step->pool);
    profile_values(values + 7, &step->claim->profile);
    values[14] = "1";
    values[15] = WECOM_SQL_OUR_OWN;
    values[16] = now;
    values[17] = now;
    values[18] = is_trusted(step, account, WECOM_COLUMN_EMAIL) ? "1" : "0";
    values[19] = is_trusted(step, account, WECOM_COLUMN_PHONE) ? "1" : "0";
    return change_one(step, WECOM_SQL_ADD, values, 20);
}

static int add_to_theirs(const wecom_sql_step_t *step, const wecom_account_t *account)
{
    const wecom_account_layout_t *layout = step->layout;
    const char *values[4];
    int n = 0;

    values[n++] = account->username;
    if (layout->email != NULL) {
        values[n++] = account->email;
    }
    if (layout->phone != NULL) {
        values[n++] = account->phone;
    }
    if (layout->name != NULL) {
        values[n++] = account->name;
    }
    return change_one(step, WECOM_SQL_ADD, values, n);
}

/* E-mail and phone of somebody else are left out: nobody is merged unasked. */
int wecom_account_sql_add_account(wecom_account_t *account, const wecom_sql_step_t *step)
{
    const wecom_claim_t *claim = step->claim;

    memset(account, 0, sizeof(*account));
    account->username = new_username(step);
    account->id = step->layout != NULL ? account->username : random_hex(ID_BYTES, step->pool);
    account->status = WECOM_ACCOUNT_ACTIVE;
    account->is_ours = 1;
    account->email = !step->clash_email ? fit(claim->email, WECOM_MAX_EMAIL) : NULL;
    account->phone = !step->clash_phone ? fit(claim->phone, WECOM_MAX_PHONE) : NULL;
    account->name = step->layout == NULL || !step->is_last ? fit(claim->profile.name, 256) : NULL;
    if (account->id == NULL) {
        return 0;
    }
    return step->layout != NULL ? add_to_theirs(step, account) : add_to_ours(step, account);
}

int wecom_account_sql_touch_link(const wecom_sql_step_t *step)
{
    const wecom_claim_t *claim = step->claim;
    const char *values[4] = { claim->userid, seconds(step), claim->source, claim->userid_key };

    return change_some(step, WECOM_SQL_TOUCH, values, 4);
}

int wecom_account_sql_sync(const wecom_sql_step_t *step, const wecom_account_t *account)
{
    const char *values[WECOM_SQL_PROFILE_COLUMNS + 2];
    int changed = 0;
    int i;

    profile_values(values, &step->claim->profile);
    if (step->layout != NULL) {
        if (step->layout->name == NULL || values[0] == NULL
            || wecom_text_equal(values[0], step->profile[0])) {
            return 1;
        }
        values[1] = account->id;
        return change_some(step, WECOM_SQL_SYNC, values, 2);
    }
    for (i = 0; i < WECOM_SQL_PROFILE_COLUMNS; i++) {
        changed |= values[i] != NULL && !wecom_text_equal(values[i], step->profile[i]);
    }
    if (!changed) {
        return 1;
    }
    values[WECOM_SQL_PROFILE_COLUMNS] = seconds(step);
    values[WECOM_SQL_PROFILE_COLUMNS + 1] = account->id;
    return change_some(step, WECOM_SQL_SYNC, values, WECOM_SQL_PROFILE_COLUMNS + 2);
}
