/* SPDX-License-Identifier: Apache-2.0 */
/* accounts_change.c - one account at a time: adopt, status, delete; and init. */

#include "accounts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../auth/account_schema.h"

static int wants_json(const wecom_ctl_t *ctl)
{
    return wecom_options_has(&ctl->options, WECOM_OPTION_JSON);
}

/* --- init ------------------------------------------------------------------------------------- */

static void tell_init(const wecom_ctl_t *ctl, const wecom_store_t *store, int was)
{
    if (wants_json(ctl)) {
        wecom_json_out_t *out = wecom_json_out_object(ctl->pool);

        wecom_json_out_number(out, "version", WECOM_ADMIN_VERSION);
        wecom_json_out_number(out, "was", was);
        puts(wecom_json_out_print(out));
    }
    else if (was == WECOM_ADMIN_VERSION) {
        printf("the tables are there already (version %d)\n", was);
    }
    else {
        printf("the tables are made (version %d)\n", WECOM_ADMIN_VERSION);
        if (strcmp(store->settings.driver, "sqlite3") == 0) {
            puts("see that httpd's User may write the file and its folder");
        }
    }
}

int wecom_accounts_init(const wecom_ctl_t *ctl)
{
    wecom_status_t status;
    wecom_store_t store;
    int was;
    int code = wecom_store_open(&store, ctl, WECOM_STORE_MAKE);

    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    status = wecom_account_admin_init(&was, &store.err, &store.sql, store.settings.driver,
                                      store.settings.elsewhere != NULL, ctl->pool);
    if (status == WECOM_E_MISMATCH) {
        code = wecom_ctl_fail(WECOM_CTL_UNUSABLE, "the tables are of version %d, and this program "
                              "knows version %d; nothing was changed, use the wecomctl that came "
                              "with the module", was, WECOM_ADMIN_VERSION);
    }
    else if (status != WECOM_OK) {
        code = wecom_store_failed(&store);
    }
    else {
        tell_init(ctl, &store, was);
    }
    wecom_store_close(&store);
    return code;
}

/* --- an account that changes ------------------------------------------------------------------ */

static void tell_account(const wecom_ctl_t *ctl, const wecom_admin_account_t *account,
                         const char *sentence)
{
    if (wants_json(ctl)) {
        wecom_json_out_t *out = wecom_json_out_object(ctl->pool);

        wecom_accounts_to_json(out, account);
        puts(wecom_json_out_print(out));
    }
    else {
        printf("%s %s\n", wecom_ctl_plain(account->username, ctl->pool), sentence);
    }
}

static int set_status(const wecom_ctl_t *ctl, wecom_account_status_t status)
{
    wecom_admin_account_t account;
    wecom_store_t store;
    int code = wecom_store_open(&store, ctl, WECOM_STORE_ACCOUNTS);

    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    code = wecom_accounts_pick(&account, &store, ctl->words[0], ctl->pool);
    if (code == WECOM_CTL_GOOD
        && wecom_account_admin_set_status(&account, &store.err, &store.sql, status, ctl->now,
                                          ctl->pool) != WECOM_OK) {
        code = wecom_store_failed(&store);
    }
    wecom_store_close(&store);
    if (code == WECOM_CTL_GOOD) {
        tell_account(ctl, &account, apr_pstrcat(ctl->pool, "is ",
                                                wecom_account_admin_status_name(status), NULL));
    }
    return code;
}

int wecom_accounts_enable(const wecom_ctl_t *ctl)
{
    return set_status(ctl, WECOM_ACCOUNT_ACTIVE);
}

int wecom_accounts_disable(const wecom_ctl_t *ctl)
{
    return set_status(ctl, WECOM_ACCOUNT_DISABLED);
}

int wecom_accounts_lock(const wecom_ctl_t *ctl)
{
    return set_status(ctl, WECOM_ACCOUNT_LOCKED);
}

int wecom_accounts_adopt(const wecom_ctl_t *ctl)
{
    wecom_admin_account_t account;
    wecom_store_t store;
    int code = wecom_store_open(&store, ctl, WECOM_STORE_ACCOUNTS);
    int was_made = 0;

    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    code = wecom_accounts_pick(&account, &store, ctl->words[0], ctl->pool);
    if (code == WECOM_CTL_GOOD) {
        was_made = strcmp(account.created_by, WECOM_SQL_OUR_OWN) == 0;
    }
    if (was_made && wecom_account_admin_adopt(&account, &store.err, &store.sql, ctl->now,
                                              ctl->pool) != WECOM_OK) {
        code = wecom_store_failed(&store);
    }
    wecom_store_close(&store);
    if (code == WECOM_CTL_GOOD) {
        tell_account(ctl, &account, was_made ? "is adopted" : "was there before WeCom already");
    }
    return code;
}

/* --- delete ----------------------------------------------------------------------------------- */

/* 1 when it is confirmed. */
static int ask(const wecom_admin_account_t *account, apr_pool_t *pool)
{
    char answer[16];

    fprintf(stderr, "delete %s with %d link(s)? [y/N] ", wecom_ctl_plain(account->username, pool),
            account->links->nelts);
    fflush(stderr);
    return fgets(answer, sizeof(answer), stdin) != NULL
           && (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0);
}

static int delete_one(wecom_store_t *store, const wecom_ctl_t *ctl)
{
    wecom_admin_account_t account;
    int code = wecom_accounts_pick(&account, store, ctl->words[0], ctl->pool);

    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    if (!wecom_options_has(&ctl->options, WECOM_OPTION_YES) && !ask(&account, ctl->pool)) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "nothing was deleted; answer y to delete");
    }
    if (wecom_account_admin_delete(&account, &store->err, &store->sql, ctl->pool) != WECOM_OK) {
        return wecom_store_failed(store);
    }
    tell_account(ctl, &account, "is deleted");
    return WECOM_CTL_GOOD;
}

int wecom_accounts_delete(const wecom_ctl_t *ctl)
{
    wecom_store_t store;
    int code;

    if (!wecom_options_has(&ctl->options, WECOM_OPTION_YES) && !isatty(STDIN_FILENO)) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "nobody can be asked whether this is meant; give "
                              "--yes");
    }
    code = wecom_store_open(&store, ctl, WECOM_STORE_ACCOUNTS);
    if (code == WECOM_CTL_GOOD) {
        code = delete_one(&store, ctl);
        wecom_store_close(&store);
    }
    return code;
}
