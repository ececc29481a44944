/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accounts_import.c - accounts from a list: all of them or none.
 *
 * The list is read once, line by line, in one transaction that ends well only when no line was
 * wrong. --dry-run does the same and takes everything back, so that it judges what an import
 * would judge.
 */
#include "accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../auth/normal.h"
#include "../base/csv.h"
#include "../base/text.h"
#include "progress.h"
#include "roster.h"
#include "seen.h"

#define MAX_TOLD 20 /* errors, and as many warnings */

/* Sentences of one kind: the first are told, all are counted. */
typedef struct complaints_t {
    const char *word;           /* "" or "warning: " */
    wecom_json_out_t *list;
    apr_int64_t count;
} complaints_t;

typedef struct import_t {
    const wecom_ctl_t *ctl;
    wecom_store_t *store;
    int fd;
    apr_int64_t bytes;          /* read so far */
    wecom_csv_t *csv;
    wecom_roster_t roster;
    wecom_progress_t progress;
    wecom_seen_t *usernames;
    wecom_seen_t *emails;
    wecom_seen_t *phones;
    int was_empty;              /* there was no account before */
    complaints_t errors;
    complaints_t warnings;
    apr_int64_t lines;          /* rows, the first line not counted */
    apr_int64_t added;
    apr_int64_t updated;
    apr_int64_t unchanged;
} import_t;

static int has(const import_t *import, unsigned int option)
{
    return wecom_options_has(&import->ctl->options, option);
}

static void complain(import_t *import, complaints_t *complaints, apr_int64_t line,
                     const char *sentence)
{
    wecom_json_out_t *item;

    complaints->count++;
    if (complaints->count > MAX_TOLD) {
        return;
    }
    wecom_progress_clear(&import->progress);
    wecom_ctl_note("line %" APR_INT64_T_FMT ": %s%s", line, complaints->word, sentence);
    item = wecom_json_out_child_object(complaints->list, NULL);
    wecom_json_out_number(item, "line", line);
    wecom_json_out_text(item, "text", sentence);
}

/* --- a row ------------------------------------------------------------------------------------ */

/* Two accounts may have one e-mail: whoever matches by it is asked which. So it is a warning.
 * Which other line has it, or else which other account. */
static int warn_of_twin(import_t *import, wecom_seen_t *seen, const char *what, const char *key,
                        const char *id, apr_int64_t line, apr_pool_t *pool)
{
    apr_int64_t first = key != NULL ? wecom_seen_add(seen, key, line) : 0;
    const char *other = NULL;
    wecom_status_t status;

    if (key == NULL || first < 0) {
        return first == 0;
    }
    if (first > 0) {
        complain(import, &import->warnings, line,
                 apr_psprintf(pool, "the %s %s is on line %" APR_INT64_T_FMT " too; who logs in "
                              "with it has to choose", what, key, first));
        return 1;
    }
    if (import->was_empty) {
        return 1;
    }
    status = seen == import->emails
             ? wecom_account_admin_has_email(&other, &import->store->err, &import->store->sql, key,
                                             id, pool)
             : wecom_account_admin_has_phone(&other, &import->store->err, &import->store->sql, key,
                                             id, pool);
    if (other != NULL) {
        complain(import, &import->warnings, line,
                 apr_psprintf(pool, "the account '%s' has the %s %s too; who logs in with it has "
                              "to choose", other, what, key));
    }
    return status == WECOM_OK;
}

static int warn_of_twins(import_t *import, const wecom_admin_account_t *account, const char *id,
                         apr_int64_t line, apr_pool_t *pool)
{
    return warn_of_twin(import, import->emails, "e-mail",
                        wecom_normal_email(account->email, pool), id, line, pool)
           && warn_of_twin(import, import->phones, "phone",
                           wecom_normal_phone(account->phone, pool), id, line, pool);
}

/* Of several that differ in case alone the one that is spelled so; NULL: none is. */
static wecom_admin_account_t *spelled(const apr_array_header_t *found, const char *username)
{
    int i;

    for (i = 0; i < found->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(found, i, wecom_admin_account_t).username, username) == 0) {
            return &APR_ARRAY_IDX(found, i, wecom_admin_account_t);
        }
    }
    return found->nelts == 1 ? &APR_ARRAY_IDX(found, 0, wecom_admin_account_t) : NULL;
}

static int update(import_t *import, const wecom_csv_record_t *record,
                  const apr_array_header_t *found, const wecom_admin_account_t *account,
                  apr_pool_t *pool)
{
    wecom_store_t *store = import->store;
    wecom_admin_account_t *there = spelled(found, account->username);

    if (there == NULL) {
        complain(import, &import->errors, record->line,
                 apr_psprintf(pool, "several accounts are called '%s' but for the case; spell it "
                              "exactly", account->username));
        return 1;
    }
    if (!warn_of_twins(import, account, there->id, record->line, pool)) {
        return 0;
    }
    if (!wecom_roster_lay_over(there, &import->roster, record, account)) {
        import->unchanged++;
        return 1;
    }
    import->updated++;
    return wecom_account_admin_update(there, &store->err, &store->sql, import->ctl->now, pool)
           == WECOM_OK;
}

static int add(import_t *import, apr_int64_t line, wecom_admin_account_t *account,
               apr_pool_t *pool)
{
    wecom_store_t *store = import->store;

    import->added++;
    return warn_of_twins(import, account, "", line, pool)
           && wecom_account_admin_add(account, &store->err, &store->sql, import->ctl->now, pool)
              == WECOM_OK;
}

/* 0: the database does not work any more. */
static int take_row(import_t *import, const wecom_csv_record_t *record, apr_pool_t *pool)
{
    wecom_store_t *store = import->store;
    wecom_admin_account_t account;
    apr_array_header_t *found;
    apr_int64_t first;
    const char *wrong = wecom_roster_read(&account, &import->roster, record, pool);

    import->lines++;
    if (wrong == NULL) {
        first = wecom_seen_add(import->usernames, wecom_normal_username(account.username, pool),
                               record->line);
        wrong = first == 0 ? NULL
                : apr_psprintf(pool, "the username '%s' is on line %" APR_INT64_T_FMT " already; "
                               "take one of them away", account.username, first);
    }
    if (wrong != NULL) {
        complain(import, &import->errors, record->line, wrong);
        return 1;
    }
    if (wecom_account_admin_find(&found, &store->err, &store->sql, account.username, pool)
        != WECOM_OK) {
        return 0;
    }
    if (found->nelts == 0) {
        return add(import, record->line, &account, pool);
    }
    if (!has(import, WECOM_OPTION_UPDATE)) {
        complain(import, &import->errors, record->line,
                 apr_psprintf(pool, "the username '%s' exists already; --update changes accounts "
                              "that are there", account.username));
        return 1;
    }
    return update(import, record, found, &account, pool);
}

/* --- the list --------------------------------------------------------------------------------- */

static apr_ssize_t read_some(void *baton, char *room, apr_size_t len)
{
    import_t *import = baton;
    ssize_t n;

    do {
        n = read(import->fd, room, len);
    } while (n < 0 && errno == EINTR);
    import->bytes += n > 0 ? n : 0;
    return n;
}

static int unreadable(const import_t *import)
{
    return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s cannot be read (%s); nothing was written",
                          import->ctl->words[0], wecom_ctl_because(errno, import->ctl->pool));
}

/* The first line. */
static int take_title(import_t *import, apr_pool_t *pool)
{
    wecom_csv_record_t record;
    int got = wecom_csv_next(import->csv, &record, pool);
    const char *wrong;

    if (got < 0) {
        return unreadable(import);
    }
    if (got == 0) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "%s is empty; its first line names the columns, "
                              "for example: username,email,phone,name", import->ctl->words[0]);
    }
    wrong = record.wrong != NULL ? apr_pstrcat(pool, "it ", record.wrong, NULL)
                                 : wecom_roster_begin(&import->roster, &record, pool);
    return wrong == NULL ? WECOM_CTL_GOOD
           : wecom_ctl_fail(WECOM_CTL_REFUSED, "line %" APR_INT64_T_FMT ": %s", record.line,
                            wrong);
}

/* The pool of a row is cleared before the next, so that a list may be as long as it likes. */
static int take_rows(import_t *import)
{
    wecom_csv_record_t record;
    apr_pool_t *row;
    int works = 1;
    int got = 0;

    apr_pool_create(&row, import->ctl->pool);
    while (works && (got = wecom_csv_next(import->csv, &record, row)) == 1) {
        works = take_row(import, &record, row);
        if (works) {
            wecom_progress_step(&import->progress, import->bytes, import->lines);
            apr_pool_clear(row); /* not with a failure: its sentence lies there */
        }
    }
    wecom_progress_clear(&import->progress);
    if (!works) {
        return wecom_store_failed(import->store);
    }
    return got < 0 ? unreadable(import) : WECOM_CTL_GOOD;
}

/* --- how it went ------------------------------------------------------------------------------ */

static void report_json(const import_t *import, wecom_json_out_t *out, int written)
{
    wecom_json_out_number(out, "lines", import->lines);
    wecom_json_out_number(out, "added", import->added);
    wecom_json_out_number(out, "updated", import->updated);
    wecom_json_out_number(out, "unchanged", import->unchanged);
    wecom_json_out_number(out, "error_count", import->errors.count);
    wecom_json_out_number(out, "warning_count", import->warnings.count);
    wecom_json_out_bool(out, "dry_run", has(import, WECOM_OPTION_DRY_RUN));
    wecom_json_out_bool(out, "written", written);
    puts(wecom_json_out_print(out));
}

static int report(const import_t *import, wecom_json_out_t *out)
{
    const int written = import->errors.count == 0 && !has(import, WECOM_OPTION_DRY_RUN);

    if (has(import, WECOM_OPTION_JSON)) {
        report_json(import, out, written);
    }
    else if (written) {
        printf("%" APR_INT64_T_FMT " accounts added, %" APR_INT64_T_FMT " changed, %"
               APR_INT64_T_FMT " were so already\n", import->added, import->updated,
               import->unchanged);
    }
    else if (import->errors.count == 0) {
        printf("%" APR_INT64_T_FMT " accounts would be added, %" APR_INT64_T_FMT " changed, %"
               APR_INT64_T_FMT " are so already; nothing was written\n", import->added,
               import->updated, import->unchanged);
    }
    if (import->warnings.count > MAX_TOLD) {
        wecom_ctl_note("%" APR_INT64_T_FMT " warnings, of which the first %d are shown",
                       import->warnings.count, MAX_TOLD);
    }
    if (import->errors.count > 0) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "%" APR_INT64_T_FMT " of %" APR_INT64_T_FMT
                              " lines are wrong%s; nothing was written, mend them and import "
                              "again", import->errors.count, import->lines,
                              import->errors.count > MAX_TOLD ? " (the first 20 are shown)" : "");
    }
    return WECOM_CTL_GOOD;
}

static int run(import_t *import)
{
    const wecom_ctl_t *ctl = import->ctl;
    wecom_store_t *store = import->store;
    wecom_json_out_t *out = wecom_json_out_object(ctl->pool);
    apr_int64_t accounts;
    int good;
    int code;

    import->errors.list = wecom_json_out_child_array(out, "errors");
    import->warnings.list = wecom_json_out_child_array(out, "warnings");
    if (wecom_account_admin_count(&accounts, &store->err, &store->sql, ctl->pool) != WECOM_OK) {
        return wecom_store_failed(store);
    }
    import->was_empty = accounts == 0;
    code = take_title(import, ctl->pool);
    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    if (!wecom_sql_begin(&store->sql, ctl->pool)) {
        store->err.detail = wecom_sql_complaint(&store->sql, ctl->pool);
        return wecom_store_failed(store);
    }
    code = take_rows(import);
    good = code == WECOM_CTL_GOOD && import->errors.count == 0
           && !has(import, WECOM_OPTION_DRY_RUN);
    if (!wecom_sql_end(&store->sql, good, ctl->pool) && good) {
        store->err.detail = wecom_sql_complaint(&store->sql, ctl->pool);
        return wecom_store_failed(store);
    }
    return code == WECOM_CTL_GOOD ? report(import, out) : code;
}

/* '-' is what comes in. */
static int open_list(import_t *import, const char *file, apr_pool_t *pool)
{
    struct stat st;

    import->fd = STDIN_FILENO;
    if (strcmp(file, "-") != 0) {
        import->fd = open(file, O_RDONLY | O_CLOEXEC);
    }
    if (import->fd < 0) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s cannot be opened (%s); name a file with "
                              "accounts", file, wecom_ctl_because(errno, pool));
    }
    wecom_progress_begin(&import->progress, fstat(import->fd, &st) == 0 && S_ISREG(st.st_mode)
                                            ? (apr_int64_t)st.st_size : 0);
    return WECOM_CTL_GOOD;
}

int wecom_accounts_import(const wecom_ctl_t *ctl)
{
    wecom_store_t store;
    import_t import;
    int code;

    memset(&import, 0, sizeof(import));
    import.ctl = ctl;
    import.store = &store;
    import.errors.word = "";
    import.warnings.word = "warning: ";
    import.usernames = wecom_seen_make(ctl->pool);
    import.emails = wecom_seen_make(ctl->pool);
    import.phones = wecom_seen_make(ctl->pool);
    code = open_list(&import, ctl->words[0], ctl->pool);
    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    code = wecom_store_open(&store, ctl, WECOM_STORE_ACCOUNTS);
    if (code == WECOM_CTL_GOOD) {
        import.csv = wecom_csv_make(read_some, &import, ctl->pool);
        code = run(&import);
        wecom_store_close(&store);
    }
    if (import.fd != STDIN_FILENO) {
        close(import.fd);
    }
    return code;
}
