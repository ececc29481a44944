/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accounts.h - `wecomctl accounts`: its subcommands, each with its words and options.
 */
#ifndef WECOM_CTL_ACCOUNTS_H
#define WECOM_CTL_ACCOUNTS_H

#include "../auth/account_admin.h"
#include "../base/json.h"
#include "store.h"

/* Ends with a row without name. */
extern const wecom_ctl_command_t wecom_accounts_commands[];

int wecom_accounts_init(const wecom_ctl_t *ctl);
int wecom_accounts_import(const wecom_ctl_t *ctl);
int wecom_accounts_export(const wecom_ctl_t *ctl);
int wecom_accounts_list(const wecom_ctl_t *ctl);
int wecom_accounts_show(const wecom_ctl_t *ctl);
int wecom_accounts_link(const wecom_ctl_t *ctl);
int wecom_accounts_unlink(const wecom_ctl_t *ctl);
int wecom_accounts_adopt(const wecom_ctl_t *ctl);
int wecom_accounts_enable(const wecom_ctl_t *ctl);
int wecom_accounts_disable(const wecom_ctl_t *ctl);
int wecom_accounts_lock(const wecom_ctl_t *ctl);
int wecom_accounts_delete(const wecom_ctl_t *ctl);

/* --- for those above -------------------------------------------------------------------------- */

/* The account of that name with its links: spelled exactly so, or else without case if only one
 * fits. WECOM_CTL_GOOD, or the code after the sentence. */
int wecom_accounts_pick(wecom_admin_account_t *account, wecom_store_t *store, const char *name,
                        apr_pool_t *pool);

/* An account with all that is known of it, into an object. */
void wecom_accounts_to_json(wecom_json_out_t *out, const wecom_admin_account_t *account);

/* Calls `each` for every account with its links, a page at a time; its pool is cleared after each
 * page. It ends early when `each` returns 0. WECOM_CTL_GOOD, or the code after the sentence. */
typedef int (*wecom_accounts_each_t)(void *baton, const wecom_admin_account_t *account,
                                     apr_pool_t *pool);
int wecom_accounts_walk(wecom_store_t *store, wecom_accounts_each_t each, void *baton,
                        apr_pool_t *pool);

/* Prints accounts one after another as one JSON array; begins with *count == 0. */
void wecom_accounts_print_json(const wecom_admin_account_t *account, apr_int64_t *count,
                               apr_pool_t *pool);
void wecom_accounts_end_json(apr_int64_t count);

#endif
