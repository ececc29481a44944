/* SPDX-License-Identifier: Apache-2.0 */
/* account_sql_int.h - what the files of account_sql share, and nobody else includes. */
#ifndef WECOM_AUTH_ACCOUNT_SQL_INT_H
#define WECOM_AUTH_ACCOUNT_SQL_INT_H

#include "account_sql.h"

/* A login in its transaction. */
typedef struct wecom_sql_step_t {
    wecom_sql_t *sql;
    const wecom_account_layout_t *layout;
    const wecom_claim_t *claim;
    apr_pool_t *pool;
    int round;
    int clash_username;        /* another account has it already */
    int clash_email;
    int clash_phone;
    const char *linked_by;     /* of the link that was found */
    const char *match_hash;
    const char *profile[WECOM_SQL_PROFILE_COLUMNS]; /* of the linked account */
} wecom_sql_step_t;

/* Each writes what its name says, in the step's transaction; 1, or 0 when not exactly one row was
 * written. add_account fills *account; add_link notes in *step what the link says. */
int wecom_account_sql_add_account(wecom_account_t *account, const wecom_sql_step_t *step);
int wecom_account_sql_add_link(wecom_sql_step_t *step, const wecom_account_t *account);
int wecom_account_sql_touch_link(const wecom_sql_step_t *step);

/* The profile follows WeCom; what WeCom withholds stays, and what accounts are matched by is not
 * touched. No statement where nothing has changed. */
int wecom_account_sql_sync(const wecom_sql_step_t *step, const wecom_account_t *account);

#endif
