/* SPDX-License-Identifier: Apache-2.0 */
/* accounts_list.c - what is there: list, show, export. */

#include "accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../base/text.h"
#include "roster.h"
#include "table.h"

#define EXPORT_MODE 0600 /* names, e-mails and phones */

/* --- one -------------------------------------------------------------------------------------- */

int wecom_accounts_pick(wecom_admin_account_t *account, wecom_store_t *store, const char *name,
                        apr_pool_t *pool)
{
    apr_array_header_t *found;
    const char *names = "";
    int chosen = 0;
    int i;

    if (wecom_account_admin_find(&found, &store->err, &store->sql, name, pool) != WECOM_OK) {
        return wecom_store_failed(store);
    }
    if (found->nelts == 0) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "there is no account '%s'; wecomctl accounts "
                              "list shows them", name);
    }
    for (i = 0; i < found->nelts; i++) {
        const char *username = APR_ARRAY_IDX(found, i, wecom_admin_account_t).username;

        chosen = strcmp(username, name) == 0 ? i + 1 : chosen;
        names = apr_pstrcat(pool, names, i > 0 ? ", " : "", username, NULL);
    }
    if (chosen == 0 && found->nelts > 1) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "several accounts are called '%s' but for the "
                              "case: %s; spell it exactly", name, names);
    }
    *account = APR_ARRAY_IDX(found, chosen > 0 ? chosen - 1 : 0, wecom_admin_account_t);
    if (wecom_account_admin_links(&account->links, &store->err, &store->sql, account->id, pool)
        != WECOM_OK) {
        return wecom_store_failed(store);
    }
    return WECOM_CTL_GOOD;
}

static void time_to_json(wecom_json_out_t *out, const char *name, apr_int64_t seconds)
{
    if (seconds > 0) {
        wecom_json_out_number(out, name, seconds);
    }
    else {
        wecom_json_out_text(out, name, NULL);
    }
}

static void links_to_json(wecom_json_out_t *out, const apr_array_header_t *links)
{
    wecom_json_out_t *list = wecom_json_out_child_array(out, "links");
    int i;

    for (i = 0; links != NULL && i < links->nelts; i++) {
        const wecom_admin_link_t *link = &APR_ARRAY_IDX(links, i, wecom_admin_link_t);
        wecom_json_out_t *item = wecom_json_out_child_object(list, NULL);

        wecom_json_out_text(item, "source", link->source);
        wecom_json_out_text(item, "userid", link->userid);
        wecom_json_out_text(item, "linked_by", link->linked_by);
        time_to_json(item, "linked_at", link->linked_at);
        time_to_json(item, "last_login", link->last_login);
    }
}

void wecom_accounts_to_json(wecom_json_out_t *out, const wecom_admin_account_t *account)
{
    wecom_json_out_text(out, "id", account->id);
    wecom_json_out_text(out, "username", account->username);
    wecom_json_out_text(out, "email", account->email);
    wecom_json_out_bool(out, "email_verified", account->email_verified);
    wecom_json_out_text(out, "phone", account->phone);
    wecom_json_out_bool(out, "phone_verified", account->phone_verified);
    wecom_json_out_text(out, "name", account->name);
    wecom_json_out_text(out, "alias", account->alias);
    wecom_json_out_text(out, "position", account->position);
    wecom_json_out_text(out, "telephone", account->telephone);
    wecom_json_out_text(out, "gender", account->gender);
    wecom_json_out_text(out, "avatar", account->avatar);
    wecom_json_out_text(out, "departments", account->departments);
    wecom_json_out_text(out, "status", wecom_account_admin_status_name(account->status));
    wecom_json_out_text(out, "created_by", account->created_by);
    time_to_json(out, "created_at", account->created_at);
    time_to_json(out, "updated_at", account->updated_at);
    links_to_json(out, account->links);
}

static void show_line(const char *title, const char *value, apr_pool_t *pool)
{
    if (value != NULL) {
        printf("%-14s %s\n", title, wecom_ctl_plain(value, pool));
    }
}

static const char *marked(const char *value, int verified, apr_pool_t *pool)
{
    return value != NULL && !verified ? apr_pstrcat(pool, value, " (not verified)", NULL) : value;
}

static void show_account(const wecom_admin_account_t *account, apr_pool_t *pool)
{
    int i;

    show_line("username", account->username, pool);
    show_line("id", account->id, pool);
    show_line("status", wecom_account_admin_status_name(account->status), pool);
    show_line("e-mail", marked(account->email, account->email_verified, pool), pool);
    show_line("phone", marked(account->phone, account->phone_verified, pool), pool);
    show_line("name", account->name, pool);
    show_line("alias", account->alias, pool);
    show_line("position", account->position, pool);
    show_line("telephone", account->telephone, pool);
    show_line("gender", account->gender, pool);
    show_line("avatar", account->avatar, pool);
    show_line("departments", account->departments, pool);
    show_line("created by", account->created_by, pool);
    show_line("created at", wecom_ctl_time(account->created_at, pool), pool);
    show_line("changed at", wecom_ctl_time(account->updated_at, pool), pool);
    for (i = 0; i < account->links->nelts; i++) {
        const wecom_admin_link_t *link = &APR_ARRAY_IDX(account->links, i, wecom_admin_link_t);

        show_line("link", apr_psprintf(pool, "%s:%s (%s), made %s, last login %s", link->source,
                                       link->userid, link->linked_by,
                                       wecom_ctl_time(link->linked_at, pool),
                                       wecom_ctl_time(link->last_login, pool)), pool);
    }
    if (account->links->nelts == 0) {
        show_line("link", "none", pool);
    }
}

int wecom_accounts_show(const wecom_ctl_t *ctl)
{
    wecom_admin_account_t account;
    wecom_store_t store;
    int code = wecom_store_open(&store, ctl, WECOM_STORE_ACCOUNTS);

    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    code = wecom_accounts_pick(&account, &store, ctl->words[0], ctl->pool);
    wecom_store_close(&store);
    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    if (wecom_options_has(&ctl->options, WECOM_OPTION_JSON)) {
        wecom_json_out_t *out = wecom_json_out_object(ctl->pool);

        wecom_accounts_to_json(out, &account);
        puts(wecom_json_out_print(out));
    }
    else {
        show_account(&account, ctl->pool);
    }
    return WECOM_CTL_GOOD;
}

/* --- all -------------------------------------------------------------------------------------- */

int wecom_accounts_walk(wecom_store_t *store, wecom_accounts_each_t each, void *baton,
                        apr_pool_t *pool)
{
    apr_array_header_t *page;
    char *after = apr_pstrdup(pool, "");
    apr_pool_t *now, *next;
    int go_on = 1;
    int i;

    /* Two pools in turn: the name that ends one page begins the next. */
    apr_pool_create(&now, pool);
    apr_pool_create(&next, pool);
    do {
        apr_pool_t *done = now;

        if (wecom_account_admin_page(&page, &store->err, &store->sql, after, now) != WECOM_OK) {
            return wecom_store_failed(store);
        }
        for (i = 0; i < page->nelts && go_on; i++) {
            go_on = each(baton, &APR_ARRAY_IDX(page, i, wecom_admin_account_t), now);
        }
        go_on = go_on && page->nelts == WECOM_ADMIN_PAGE;
        if (go_on) {
            after = apr_pstrdup(next, APR_ARRAY_IDX(page, page->nelts - 1,
                                                    wecom_admin_account_t).username);
        }
        apr_pool_clear(done);
        now = next;
        next = done;
    } while (go_on);
    return WECOM_CTL_GOOD;
}

void wecom_accounts_print_json(const wecom_admin_account_t *account, apr_int64_t *count,
                               apr_pool_t *pool)
{
    wecom_json_out_t *out = wecom_json_out_object(pool);

    wecom_accounts_to_json(out, account);
    printf("%s%s", *count == 0 ? "[" : ",\n", wecom_json_out_print(out));
    (*count)++;
}

void wecom_accounts_end_json(apr_int64_t count)
{
    puts(count == 0 ? "[]" : "]");
}

/* --- list ------------------------------------------------------------------------------------- */

typedef struct list_t {
    const char *source;             /* NULL: any */
    int unlinked;
    int has_status;
    wecom_account_status_t status;
    apr_int64_t limit;
    apr_int64_t count;
    wecom_table_t *table;           /* NULL: JSON */
} list_t;

static int is_linked(const wecom_admin_account_t *account, const char *source)
{
    int i;

    for (i = 0; source != NULL && i < account->links->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(account->links, i, wecom_admin_link_t).source, source) == 0) {
            return 1;
        }
    }
    return source == NULL && account->links->nelts > 0;
}

static int fits(const list_t *list, const wecom_admin_account_t *account)
{
    if (list->has_status && account->status != list->status) {
        return 0;
    }
    if (list->unlinked) {
        return !is_linked(account, list->source);
    }
    return list->source == NULL || is_linked(account, list->source);
}

static int list_one(void *baton, const wecom_admin_account_t *account, apr_pool_t *pool)
{
    list_t *list = baton;
    const char *fields[7];

    if (!fits(list, account)) {
        return 1;
    }
    if (list->table == NULL) {
        wecom_accounts_print_json(account, &list->count, pool);
        return list->count < list->limit;
    }
    fields[0] = wecom_ctl_plain(account->username, pool);
    fields[1] = wecom_ctl_plain(account->email, pool);
    fields[2] = wecom_ctl_plain(account->phone, pool);
    fields[3] = wecom_ctl_plain(account->name, pool);
    fields[4] = wecom_account_admin_status_name(account->status);
    fields[5] = wecom_ctl_plain(account->created_by, pool);
    fields[6] = wecom_ctl_plain(wecom_roster_links(account->links, pool), pool);
    wecom_table_row(list->table, fields);
    list->count++;
    return list->count < list->limit;
}

static int judge_list(list_t *list, const wecom_options_t *options)
{
    memset(list, 0, sizeof(*list));
    list->limit = APR_INT64_MAX;
    list->source = options->source;
    list->unlinked = wecom_options_has(options, WECOM_OPTION_UNLINKED);
    if (options->status != NULL) {
        list->has_status = 1;
        if (!wecom_account_admin_status_of(&list->status, options->status)) {
            return wecom_ctl_fail(WECOM_CTL_USAGE, "--status is '%s'; give active, locked or "
                                  "disabled", options->status);
        }
    }
    if (options->limit != NULL
        && wecom_text_number(&list->limit, options->limit, 1, APR_INT64_MAX) != WECOM_OK) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "--limit is '%s'; give a number from 1",
                              options->limit);
    }
    return WECOM_CTL_GOOD;
}

int wecom_accounts_list(const wecom_ctl_t *ctl)
{
    static const char *const titles[7] = {
        "USERNAME", "E-MAIL", "PHONE", "NAME", "STATUS", "CREATED BY", "LINKS"
    };
    wecom_store_t store;
    list_t list;
    int code = judge_list(&list, &ctl->options);

    if (code == WECOM_CTL_GOOD) {
        code = wecom_store_open(&store, ctl, WECOM_STORE_ACCOUNTS);
    }
    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    if (!wecom_options_has(&ctl->options, WECOM_OPTION_JSON)) {
        list.table = wecom_table_make(titles, 7, ctl->pool);
    }
    code = wecom_accounts_walk(&store, list_one, &list, ctl->pool);
    wecom_store_close(&store);
    if (list.table != NULL) {
        wecom_table_end(list.table);
    }
    else if (code == WECOM_CTL_GOOD) {
        wecom_accounts_end_json(list.count);
    }
    if (list.table != NULL && list.count == 0 && code == WECOM_CTL_GOOD) {
        wecom_ctl_note("there is no such account");
    }
    return code;
}

/* --- export ----------------------------------------------------------------------------------- */

typedef struct export_t {
    FILE *out;                      /* NULL: JSON on stdout */
    apr_int64_t count;
} export_t;

static int export_one(void *baton, const wecom_admin_account_t *account, apr_pool_t *pool)
{
    export_t *export = baton;

    if (export->out == NULL) {
        wecom_accounts_print_json(account, &export->count, pool);
        return 1;
    }
    fputs(wecom_roster_write(account, pool), export->out);
    export->count++;
    return !ferror(export->out);
}

/* A list that is there already is not written over: it may be the only one. */
static FILE *make_list(const char *file, apr_pool_t *pool)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, EXPORT_MODE);
    int error = errno;
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (out == NULL) {
        wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s cannot be made (%s); name a file that is not there "
                       "yet", file, wecom_ctl_because(fd < 0 ? error : errno, pool));
        if (fd >= 0) {
            close(fd);
        }
    }
    return out;
}

static int end_list(FILE *out, const char *file, int code)
{
    int bad = ferror(out);

    bad |= fflush(out) != 0;
    if (file != NULL) {
        bad |= fclose(out) != 0;
    }
    if (bad && code == WECOM_CTL_GOOD) {
        code = wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s cannot be written to its end; see that "
                              "there is space left", file != NULL ? file : "the list");
    }
    if (code != WECOM_CTL_GOOD && file != NULL) {
        (void)unlink(file); /* half of a list looks like a whole one */
    }
    return code;
}

static void tell_export(const wecom_ctl_t *ctl, const char *file, apr_int64_t count)
{
    if (wecom_options_has(&ctl->options, WECOM_OPTION_JSON)) {
        wecom_json_out_t *out = wecom_json_out_object(ctl->pool);

        wecom_json_out_text(out, "file", file);
        wecom_json_out_number(out, "accounts", count);
        puts(wecom_json_out_print(out));
    }
    else {
        printf("%" APR_INT64_T_FMT " accounts are in %s\n", count, file);
    }
}

int wecom_accounts_export(const wecom_ctl_t *ctl)
{
    const char *file = ctl->count > 0 && strcmp(ctl->words[0], "-") != 0 ? ctl->words[0] : NULL;
    const int as_json = file == NULL && wecom_options_has(&ctl->options, WECOM_OPTION_JSON);
    wecom_store_t store;
    export_t export;
    int code = wecom_store_open(&store, ctl, WECOM_STORE_ACCOUNTS);

    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    export.count = 0;
    export.out = file != NULL ? make_list(file, ctl->pool) : as_json ? NULL : stdout;
    if (file != NULL && export.out == NULL) {
        wecom_store_close(&store);
        return WECOM_CTL_UNUSABLE;
    }
    if (export.out != NULL) {
        fputs(wecom_roster_title(ctl->pool), export.out);
    }
    code = wecom_accounts_walk(&store, export_one, &export, ctl->pool);
    wecom_store_close(&store);
    if (export.out != NULL) {
        code = end_list(export.out, file, code);
    }
    else if (code == WECOM_CTL_GOOD) {
        wecom_accounts_end_json(export.count);
    }
    if (file != NULL && code == WECOM_CTL_GOOD) {
        tell_export(ctl, file, export.count);
    }
    return code;
}
