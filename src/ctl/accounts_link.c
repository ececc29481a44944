/* SPDX-License-Identifier: Apache-2.0 */
/* accounts_link.c - who may be which account: link, unlink. */

#include "accounts.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "../auth/normal.h"
#include "../base/limits.h"
#include "../base/text.h"

/* --- link ------------------------------------------------------------------------------------- */

/* The account's id and name; where accounts are elsewhere the word is both. */
static int find_account(const char **id, const char **username, wecom_store_t *store,
                        const char *word, apr_pool_t *pool)
{
    wecom_admin_account_t account;
    int code;

    if (store->settings.elsewhere != NULL) {
        *id = *username = word;
        return wecom_normal_username(word, pool) != NULL
               ? WECOM_CTL_GOOD
               : wecom_ctl_fail(WECOM_CTL_USAGE, "'%s' is no username; write it as the directory "
                                "has it", word);
    }
    code = wecom_accounts_pick(&account, store, word, pool);
    if (code == WECOM_CTL_GOOD) {
        *id = account.id;
        *username = account.username;
    }
    return code;
}

static int is_source_id(const char *id)
{
    apr_size_t len = strlen(id);

    return len > 0 && len <= WECOM_MAX_SOURCE_ID
           && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static int judge_source(const wecom_store_t *store, const char *id, apr_pool_t *pool)
{
    const char *names = "";
    int i;

    if (!is_source_id(id)) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "'%s' is no source; write the id of a <WeComSource>",
                              id);
    }
    if (store->settings.sources == NULL || store->settings.sources->nelts == 0
        || wecom_settings_source(&store->settings, id) != NULL) {
        return WECOM_CTL_GOOD;
    }
    for (i = 0; i < store->settings.sources->nelts; i++) {
        names = apr_pstrcat(pool, names, i > 0 ? ", " : "",
                            APR_ARRAY_IDX(store->settings.sources, i,
                                          wecom_settings_source_t).id, NULL);
    }
    return wecom_ctl_fail(WECOM_CTL_REFUSED, "the server has no source '%s'; it has: %s", id,
                          names);
}

/* The normal form of a member's id, as this source compares it. */
static int judge_member(const char **key, const wecom_store_t *store, const wecom_ctl_t *ctl,
                        const char *id, const char *userid)
{
    const wecom_settings_source_t *source = wecom_settings_source(&store->settings, id);
    int with_case = wecom_options_has(&ctl->options, WECOM_OPTION_WITH_CASE)
                    || (source != NULL && source->with_case);

    *key = wecom_normal_userid(userid, with_case, ctl->pool);
    return *key != NULL
           ? WECOM_CTL_GOOD
           : wecom_ctl_fail(WECOM_CTL_USAGE, "'%s' is no userid of WeCom; it is the member's "
                            "account in the contacts of the console", userid);
}

/* What was linked, or what no longer is; links: wecom_admin_link_t. */
static void tell_links(const wecom_ctl_t *ctl, const char *username,
                       const apr_array_header_t *links, int linked)
{
    wecom_json_out_t *out = wecom_json_out_object(ctl->pool);
    wecom_json_out_t *list;
    int i;

    wecom_json_out_text(out, "username", username);
    list = wecom_json_out_child_array(out, linked ? "linked" : "unlinked");
    for (i = 0; i < links->nelts; i++) {
        const wecom_admin_link_t *link = &APR_ARRAY_IDX(links, i, wecom_admin_link_t);
        wecom_json_out_t *item = wecom_json_out_child_object(list, NULL);

        wecom_json_out_text(item, "source", link->source);
        wecom_json_out_text(item, "userid", link->userid);
        if (!wecom_options_has(&ctl->options, WECOM_OPTION_JSON)) {
            printf("%s:%s %s %s\n", link->source, wecom_ctl_plain(link->userid, ctl->pool),
                   linked ? "is linked to" : "is no longer linked to",
                   wecom_ctl_plain(username, ctl->pool));
        }
    }
    if (wecom_options_has(&ctl->options, WECOM_OPTION_JSON)) {
        puts(wecom_json_out_print(out));
    }
}

static void tell_link(const wecom_ctl_t *ctl, const char *username,
                      const wecom_admin_link_t *link, int linked)
{
    apr_array_header_t *links = apr_array_make(ctl->pool, 1, sizeof(*link));

    APR_ARRAY_PUSH(links, wecom_admin_link_t) = *link;
    tell_links(ctl, username, links, linked);
}

static int link_one(wecom_store_t *store, const wecom_ctl_t *ctl)
{
    wecom_admin_link_t link;
    wecom_status_t status;
    int code;

    memset(&link, 0, sizeof(link));
    link.source = ctl->words[1];
    link.userid = ctl->words[2];
    code = judge_source(store, link.source, ctl->pool);
    if (code == WECOM_CTL_GOOD) {
        code = judge_member(&link.userid_key, store, ctl, link.source, link.userid);
    }
    if (code == WECOM_CTL_GOOD) {
        code = find_account(&link.account_id, &link.username, store, ctl->words[0], ctl->pool);
    }
    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    status = wecom_account_admin_link(&link, &store->err, &store->sql, ctl->now, ctl->pool);
    if (status == WECOM_E_EXISTS) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "%s; take that link away first with wecomctl "
                              "accounts unlink", store->err.detail);
    }
    if (status != WECOM_OK) {
        return wecom_store_failed(store);
    }
    tell_link(ctl, link.username, &link, 1);
    return WECOM_CTL_GOOD;
}

int wecom_accounts_link(const wecom_ctl_t *ctl)
{
    wecom_store_t store;
    int code = wecom_store_open(&store, ctl, WECOM_STORE_LINKS);

    if (code == WECOM_CTL_GOOD) {
        code = link_one(&store, ctl);
        wecom_store_close(&store);
    }
    return code;
}

/* --- unlink ----------------------------------------------------------------------------------- */

/* Of a member; his account may be gone. */
static int unlink_member(wecom_store_t *store, const wecom_ctl_t *ctl)
{
    wecom_admin_link_t link;
    wecom_status_t status;
    const char *key;
    int code = judge_member(&key, store, ctl, ctl->words[0], ctl->words[1]);

    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    status = wecom_account_admin_find_link(&link, &store->err, &store->sql, ctl->words[0], key,
                                           ctl->pool);
    if (status == WECOM_OK) {
        status = wecom_account_admin_unlink(&link, &store->err, &store->sql, ctl->pool);
    }
    if (status == WECOM_E_NOT_FOUND) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "the member '%s' of '%s' has no link; wecomctl "
                              "accounts list shows them", ctl->words[1], ctl->words[0]);
    }
    if (status != WECOM_OK) {
        return wecom_store_failed(store);
    }
    tell_link(ctl, link.username != NULL ? link.username : link.account_id, &link, 0);
    return WECOM_CTL_GOOD;
}

/* The links that are meant: of one source, or all of them. */
static int choose_links(apr_array_header_t *chosen, const apr_array_header_t *links,
                        const char *username, const wecom_ctl_t *ctl)
{
    const char *source = ctl->count > 1 ? ctl->words[1] : NULL;
    const char *names = "";
    int i;

    for (i = 0; i < links->nelts; i++) {
        const wecom_admin_link_t *link = &APR_ARRAY_IDX(links, i, wecom_admin_link_t);

        if (source == NULL || strcmp(link->source, source) == 0) {
            names = apr_pstrcat(ctl->pool, names, chosen->nelts > 0 ? ", " : "", link->source,
                                NULL);
            APR_ARRAY_PUSH(chosen, wecom_admin_link_t) = *link;
        }
    }
    if (chosen->nelts == 0) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "the account '%s' has no link%s%s; wecomctl "
                              "accounts list shows them", username,
                              source != NULL ? " in " : "", source != NULL ? source : "");
    }
    if (chosen->nelts > 1 && !wecom_options_has(&ctl->options, WECOM_OPTION_ALL)) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "the account '%s' has several links; name the "
                              "source (%s), or give --all", username, names);
    }
    return WECOM_CTL_GOOD;
}

/* All of them or none. */
static int take_away(wecom_store_t *store, const apr_array_header_t *links, apr_pool_t *pool)
{
    int good = 1;
    int i;

    if (!wecom_sql_begin(&store->sql, pool)) {
        store->err.detail = wecom_sql_complaint(&store->sql, pool);
        return wecom_store_failed(store);
    }
    for (i = 0; good && i < links->nelts; i++) {
        wecom_status_t status = wecom_account_admin_unlink(
            &APR_ARRAY_IDX(links, i, wecom_admin_link_t), &store->err, &store->sql, pool);

        good = status == WECOM_OK || status == WECOM_E_NOT_FOUND;
    }
    return wecom_sql_end(&store->sql, good, pool) ? WECOM_CTL_GOOD : wecom_store_failed(store);
}

static int unlink_account(wecom_store_t *store, const wecom_ctl_t *ctl)
{
    apr_array_header_t *chosen = apr_array_make(ctl->pool, 2, sizeof(wecom_admin_link_t));
    apr_array_header_t *links;
    const char *username;
    const char *id;
    int code = find_account(&id, &username, store, ctl->words[0], ctl->pool);

    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    if (wecom_account_admin_links(&links, &store->err, &store->sql, id, ctl->pool) != WECOM_OK) {
        return wecom_store_failed(store);
    }
    code = choose_links(chosen, links, username, ctl);
    if (code == WECOM_CTL_GOOD) {
        code = take_away(store, chosen, ctl->pool);
    }
    if (code == WECOM_CTL_GOOD) {
        tell_links(ctl, username, chosen, 0);
    }
    return code;
}

int wecom_accounts_unlink(const wecom_ctl_t *ctl)
{
    const int of_member = wecom_options_has(&ctl->options, WECOM_OPTION_MEMBER);
    wecom_store_t store;
    int code;

    if (of_member && ctl->count != 2) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "--member needs two words: write wecomctl accounts "
                              "unlink --member SOURCE USERID");
    }
    code = wecom_store_open(&store, ctl, WECOM_STORE_LINKS);
    if (code == WECOM_CTL_GOOD) {
        code = of_member ? unlink_member(&store, ctl) : unlink_account(&store, ctl);
        wecom_store_close(&store);
    }
    return code;
}
