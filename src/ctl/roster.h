/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roster.h - accounts as a list with commas: the columns, a row read, a row written.
 *
 * What is written can be read again. The columns created_by and links are written and, when read,
 * passed over: where an account comes from and who may be it is no affair of a list.
 */
#ifndef WECOM_CTL_ROSTER_H
#define WECOM_CTL_ROSTER_H

#include "../auth/account_admin.h"
#include "../base/csv.h"

enum {
    WECOM_ROSTER_USERNAME = 0, WECOM_ROSTER_EMAIL, WECOM_ROSTER_EMAIL_VERIFIED,
    WECOM_ROSTER_PHONE, WECOM_ROSTER_PHONE_VERIFIED, WECOM_ROSTER_NAME, WECOM_ROSTER_STATUS,
    WECOM_ROSTER_CREATED_BY, WECOM_ROSTER_LINKS, WECOM_ROSTER_COLUMNS
};

typedef struct wecom_roster_t {
    int at[WECOM_ROSTER_COLUMNS];   /* the field of each column; -1: the list has none */
    int fields;                     /* that each row must have */
} wecom_roster_t;

/* Takes the first line. NULL, or what is wrong with it. */
const char *wecom_roster_begin(wecom_roster_t *roster, const wecom_csv_record_t *record,
                               apr_pool_t *pool);

/* A row as an account to be imported, with what is not said set to its default. NULL, or what is
 * wrong with it. */
const char *wecom_roster_read(wecom_admin_account_t *account, const wecom_roster_t *roster,
                              const wecom_csv_record_t *record, apr_pool_t *pool);

/* What the list says, over what is there: a column that is missing changes nothing, nor does an
 * empty status or verified. 1 when something differs now. */
int wecom_roster_lay_over(wecom_admin_account_t *there, const wecom_roster_t *roster,
                          const wecom_csv_record_t *record, const wecom_admin_account_t *account);

/* The first line, and a row (links must have been read); with a line feed. */
const char *wecom_roster_title(apr_pool_t *pool);
const char *wecom_roster_write(const wecom_admin_account_t *account, apr_pool_t *pool);

/* "acme:ZhangSan beta:zhang.san"; "" without links. */
const char *wecom_roster_links(const apr_array_header_t *links, apr_pool_t *pool);

#endif
