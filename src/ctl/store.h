/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - the database of a subcommand, open and ready.
 */
#ifndef WECOM_CTL_STORE_H
#define WECOM_CTL_STORE_H

#include "../base/sql.h"
#include "settings.h"

typedef struct wecom_store_t {
    wecom_settings_t settings;
    wecom_sql_t sql;
    wecom_error_t err;
} wecom_store_t;

enum {
    WECOM_STORE_ACCOUNTS = 0,   /* needs our own table of accounts */
    WECOM_STORE_LINKS,          /* works with links alone too */
    WECOM_STORE_MAKE            /* makes the tables: there may be no database file yet */
};

/* WECOM_CTL_GOOD with the statements of account_admin.h prepared (for WECOM_STORE_MAKE without
 * them), or the code after the sentence. Open only when good. */
int wecom_store_open(wecom_store_t *store, const wecom_ctl_t *ctl, int what);
void wecom_store_close(wecom_store_t *store);

/* The database has refused: its sentence, and WECOM_CTL_UNUSABLE. */
int wecom_store_failed(const wecom_store_t *store);

#endif
