/* SPDX-License-Identifier: Apache-2.0 */
/* account_sql.c - see account_sql.h. */

#include "account_sql_int.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"
#include "normal.h"

/* Tries of one login, when others win the race, or the connection turns out to be of no use: the
 * database has been started anew, or its schema has changed. With SQLite each waits up to
 * 1.6 seconds for a lock, in APR's own way: a busy_timeout of SQLite's would wait with APR's mutex
 * held, which the thread that has the lock needs to let go of it. */
#define ROUNDS        3
#define MAX_FOUND     (WECOM_MATCH_MAX_CHOICES + 1)

typedef struct directory_t {
    wecom_directory_t head;
    const wecom_sql_port_t *port;
    const wecom_account_layout_t *layout;   /* NULL: our own table */
} directory_t;

/* --- what is there ---------------------------------------------------------------------------- */

wecom_account_status_t wecom_account_sql_status(const char *text)
{
    static const char *const active[] = {
        "1", "active", "enabled", "true", "t", "yes", "y", "on"
    };
    apr_size_t i;

    for (i = 0; i < sizeof(active) / sizeof(active[0]); i++) {
        if (wecom_text_equal_fold(text, active[i])) {
            return WECOM_ACCOUNT_ACTIVE;
        }
    }
    return wecom_text_equal_fold(text, "2") || wecom_text_equal_fold(text, "locked")
               ? WECOM_ACCOUNT_LOCKED : WECOM_ACCOUNT_DISABLED;
}

/* It becomes REMOTE_USER, and with mod_headers a header: a line feed in it would be another one. */
static int is_username(const char *username)
{
    apr_size_t len = username != NULL ? strlen(username) : 0;

    return len > 0 && len <= WECOM_MAX_USERNAME && wecom_text_is_plain_utf8(username, len);
}

/* 0: there is no account in this row. */
static int read_account(wecom_account_t *account, const wecom_sql_rows_t *rows)
{
    memset(account, 0, sizeof(*account));
    account->id = wecom_sql_entry(rows, WECOM_SQL_ID);
    account->username = wecom_sql_entry(rows, WECOM_SQL_USERNAME);
    if (account->id == NULL || !is_username(account->username)) {
        return 0;
    }
    account->status = wecom_account_sql_status(wecom_sql_entry(rows, WECOM_SQL_STATUS));
    account->is_ours = wecom_text_equal(wecom_sql_entry(rows, WECOM_SQL_CREATED_BY),
                                        WECOM_SQL_OUR_OWN);
    /* What is not verified matches nothing. */
    if (wecom_text_equal(wecom_sql_entry(rows, WECOM_SQL_EMAIL_VERIFIED), "1")) {
        account->email = wecom_sql_entry(rows, WECOM_SQL_EMAIL);
    }
    if (wecom_text_equal(wecom_sql_entry(rows, WECOM_SQL_PHONE_VERIFIED), "1")) {
        account->phone = wecom_sql_entry(rows, WECOM_SQL_PHONE);
    }
    account->name = wecom_sql_entry(rows, WECOM_SQL_PROFILE);
    return 1;
}

static int find_link(wecom_match_facts_t *facts, wecom_account_t *account,
                     wecom_sql_step_t *step, const char *source, const char *userid_key)
{
    const char *values[2] = { source, userid_key };
    wecom_sql_rows_t rows;
    int i;

    if (!wecom_sql_select(&rows, step->sql, WECOM_SQL_FIND_LINK, values, 2, step->pool)) {
        step->sql->broken = 1; /* nothing is as simple as this question */
        return 0;
    }
    while (wecom_sql_next(&rows)) {
        facts->has_link = 1;
        facts->linked = read_account(account, &rows) ? account : NULL;
        step->linked_by = wecom_sql_entry(&rows, WECOM_SQL_LINKED_BY);
        step->match_hash = wecom_sql_entry(&rows, WECOM_SQL_MATCH_HASH);
        for (i = 0; i < WECOM_SQL_PROFILE_COLUMNS; i++) {
            step->profile[i] = wecom_sql_entry(&rows, WECOM_SQL_PROFILE + i);
        }
    }
    return 1;
}

/* One row: a candidate, or an account that a new one must not collide with, or both. */
static void take_match(apr_array_header_t *found, wecom_sql_step_t *step,
                       const wecom_sql_rows_t *rows)
{
    const wecom_claim_t *claim = step->claim;
    apr_pool_t *pool = step->pool;
    wecom_account_t account;
    const char *email;
    const char *phone;

    if (!read_account(&account, rows)) {
        return;
    }
    email = wecom_sql_entry(rows, WECOM_SQL_EMAIL);
    phone = wecom_sql_entry(rows, WECOM_SQL_PHONE);
    account.linked_to = wecom_sql_entry(rows, WECOM_SQL_USERID);
    step->clash_username |= wecom_text_equal_fold(account.username, claim->userid);
    step->clash_email |= wecom_text_equal(wecom_normal_email(email, pool),
                                          wecom_normal_email(claim->email, pool));
    step->clash_phone |= wecom_text_equal(wecom_normal_phone(phone, pool),
                                          wecom_normal_phone(claim->phone, pool));
    if (claim->step != WECOM_STEP_BIND) {
        account.matched = wecom_account_matches(&account, claim, pool);
    }
    else if (wecom_text_equal_fold(account.username, claim->username)) {
        account.matched = WECOM_COLUMN_USERNAME;
    }
    if (account.matched != 0 && found->nelts < MAX_FOUND) {
        APR_ARRAY_PUSH(found, wecom_account_t) = account;
    }
}

/* The usual spellings of +8613800000000: 13800000000, +86 13800000000, 8613800000000. */
static void spell_phone(const char **out, const char *phone, apr_pool_t *pool)
{
    int is_here = phone != NULL && strncmp(phone, "+86", 3) == 0;

    out[0] = phone;
    out[1] = phone != NULL ? phone + 1 : NULL;
    out[2] = is_here ? phone + 3 : NULL;
    out[3] = is_here ? apr_pstrcat(pool, "+86 ", phone + 3, NULL) : NULL;
}

/* The values of FIND_MATCH; how many. */
static int match_values(const char **values, const wecom_sql_step_t *step)
{
    const wecom_account_layout_t *layout = step->layout;
    const wecom_claim_t *claim = step->claim;
    const char *username[2];
    const char *email[2];
    const char *phone[2];
    int n = 0;

    wecom_account_values(username, 2, claim, WECOM_COLUMN_USERNAME);
    wecom_account_values(email, 2, claim, WECOM_COLUMN_EMAIL);
    wecom_account_values(phone, 2, claim, WECOM_COLUMN_PHONE);
    if (claim->step == WECOM_STEP_BIND) {
        username[0] = wecom_normal_username(claim->username, step->pool);
        username[1] = NULL;
    }
    /* For one who will be new: who has those values already, whether or not they are matched by. */
    email[0] = email[0] != NULL ? email[0] : wecom_normal_email(claim->email, step->pool);
    phone[0] = phone[0] != NULL ? phone[0] : wecom_normal_phone(claim->phone, step->pool);
    values[n++] = claim->source;
    values[n++] = username[0];
    values[n++] = username[1];
    values[n++] = wecom_text_fold(claim->userid, step->pool);
    if (layout == NULL || layout->email != NULL) {
        values[n++] = email[0];
        values[n++] = email[1];
    }
    if (layout == NULL) {
        values[n++] = phone[0];
        values[n++] = phone[1];
    }
    else if (layout->phone != NULL) {
        spell_phone(values + n, phone[0], step->pool);
        spell_phone(values + n + 4, phone[1], step->pool);
        n += 8;
    }
    return n;
}

static int find_candidates(wecom_match_facts_t *facts, wecom_sql_step_t *step)
{
    apr_array_header_t *found = apr_array_make(step->pool, 2, sizeof(wecom_account_t));
    const char *values[16];
    wecom_sql_rows_t rows;
    int count = match_values(values, step);

    if (!wecom_sql_select(&rows, step->sql, WECOM_SQL_FIND_MATCH, values, count, step->pool)) {
        return 0;
    }
    while (wecom_sql_next(&rows)) {
        take_match(found, step, &rows);
    }
    facts->candidates = found;
    return 1;
}

/* --- a login ---------------------------------------------------------------------------------- */

static void judge_marks(wecom_standing_t *standing, const wecom_sql_step_t *step)
{
    standing->linked_by = step->linked_by;
    standing->marks = standing->account.is_ours ? 0u
                                                : (unsigned int)WECOM_STANDING_PREEXISTING;
    standing->marks |= wecom_account_still_matches(&standing->account, step->linked_by,
                                                   step->match_hash, step->claim, step->pool);
}

/* 0: something did not work, and nothing of it may stay. */
static int carry_out(wecom_admission_t *admission, wecom_sql_step_t *step,
                     const wecom_match_t *match, const wecom_match_facts_t *facts)
{
    wecom_account_t *account = &admission->standing.account;

    memset(admission, 0, sizeof(*admission));
    admission->verdict = match->verdict;
    admission->refusal = match->refusal;
    if (match->account != NULL) {
        *account = *match->account;
    }
    switch (match->verdict) {
    case WECOM_MATCH_LOG_IN:
        judge_marks(&admission->standing, step);
        step->is_due = step->claim->sync == WECOM_SYNC_EVERY;
        return wecom_account_sql_touch_link(step);
    case WECOM_MATCH_CREATE:
        admission->created = 1;
        if (!wecom_account_sql_add_account(account, step)) {
            return 0;
        }
        break;
    case WECOM_MATCH_LINK: /* the candidate's profile was not read, so it is written as it is */
        step->is_due = step->claim->sync != WECOM_SYNC_NEVER;
        break;
    default:
        admission->candidates = facts->candidates;
        return 1;
    }
    admission->verdict = WECOM_MATCH_LOG_IN;
    admission->linked = 1;
    if (!wecom_account_sql_add_link(step, account)) {
        return 0;
    }
    judge_marks(&admission->standing, step);
    return 1;
}

static int run(wecom_admission_t *admission, wecom_sql_step_t *step)
{
    const wecom_claim_t *claim = step->claim;
    wecom_match_facts_t facts;
    wecom_account_t linked;
    wecom_match_t match;

    memset(&facts, 0, sizeof(facts));
    facts.policy = claim->policy;
    facts.step = claim->step;
    facts.chosen = claim->step == WECOM_STEP_BIND ? claim->username : claim->chosen;
    facts.withheld = claim->withheld;
    if (!find_link(&facts, &linked, step, claim->source, claim->userid_key)
        || (!facts.has_link && !find_candidates(&facts, step))) {
        return 0;
    }
    match = wecom_match_decide(&facts);
    if (match.refusal == WECOM_MATCH_TAKEN && !facts.has_link) {
        /* By this very member, if another login of theirs was done between the two questions:
         * they are asked at different moments in PostgreSQL. */
        if (!find_link(&facts, &linked, step, claim->source, claim->userid_key)) {
            return 0;
        }
        match = wecom_match_decide(&facts);
    }
    return carry_out(admission, step, &match, &facts);
}

static int run_round(wecom_admission_t *admission, wecom_sql_step_t *step, wecom_sql_t *sql,
                     const directory_t *self, const wecom_claim_t *claim, int round,
                     apr_pool_t *pool)
{
    memset(step, 0, sizeof(*step));
    step->sql = sql;
    step->layout = self->layout;
    step->claim = claim;
    step->pool = pool;
    step->round = round;
    step->is_last = round == ROUNDS - 1;
    if (!wecom_sql_begin(sql, pool)) {
        sql->broken = 1;
        return 0;
    }
    return wecom_sql_end(sql, run(admission, step), pool);
}

/* After the login and not in its transaction: a profile that does not fit a column of somebody's
 * keeps nobody out. */
static void sync_profile(wecom_error_t *err, const wecom_sql_step_t *step,
                         const wecom_account_t *account)
{
    if (step->is_due && !wecom_account_sql_sync(step, account)) {
        wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "accounts",
                        apr_pstrcat(step->pool, "the profile could not be brought up to date: ",
                                    wecom_sql_complaint(step->sql, step->pool), NULL));
    }
}

static wecom_status_t unavailable(wecom_error_t *err, const char *detail)
{
    return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "accounts", detail);
}

static wecom_status_t unreachable(wecom_error_t *err)
{
    return unavailable(err, "the database cannot be reached, or has no tables of ours");
}

/* 0: there is none, and nothing to give back. */
static int borrow_another(const wecom_sql_port_t *port, wecom_sql_t *sql, apr_pool_t *pool)
{
    port->give_back(port, sql);
    return port->borrow(port, sql, pool);
}

static wecom_status_t sql_admit(const wecom_directory_t *self_, wecom_admission_t *admission,
                                wecom_error_t *err, const wecom_claim_t *claim,
                                apr_pool_t *pool)
{
    const directory_t *self = self_->baton;
    const wecom_sql_port_t *port = self->port;
    const char *complaint = NULL;
    wecom_sql_step_t step;
    wecom_sql_t sql;
    int done = 0;
    int round;

    memset(admission, 0, sizeof(*admission));
    if (!port->borrow(port, &sql, pool)) {
        return unreachable(err);
    }
    /* What went wrong is not asked: a race looks different in every database. What is there now
     * is read again, and decided anew. */
    for (round = 0; round < ROUNDS && !done; round++) {
        if (sql.broken && !borrow_another(port, &sql, pool)) {
            memset(admission, 0, sizeof(*admission));
            return unreachable(err);
        }
        done = run_round(admission, &step, &sql, self, claim, round, pool);
    }
    if (done) {
        sync_profile(err, &step, &admission->standing.account);
    }
    else {
        complaint = wecom_sql_complaint(&sql, pool);
    }
    port->give_back(port, &sql);
    if (!done) {
        memset(admission, 0, sizeof(*admission));
        return unavailable(err, apr_pstrcat(pool, "the database refuses to read or to write: ",
                                            complaint, NULL));
    }
    return WECOM_OK;
}

static wecom_status_t sql_find_linked(const wecom_directory_t *self_, wecom_standing_t *standing,
                                      wecom_error_t *err, const char *source,
                                      const char *userid_key, const char *account_hint,
                                      apr_pool_t *pool)
{
    const directory_t *self = self_->baton;
    const wecom_sql_port_t *port = self->port;
    wecom_match_facts_t facts;
    wecom_sql_t sql;
    wecom_sql_step_t step;
    int done;

    (void)account_hint;
    memset(standing, 0, sizeof(*standing));
    memset(&facts, 0, sizeof(facts));
    memset(&step, 0, sizeof(step));
    if (!port->borrow(port, &sql, pool)) {
        return unreachable(err);
    }
    step.sql = &sql;
    step.pool = pool;
    done = find_link(&facts, &standing->account, &step, source, userid_key);
    if (!done) {
        if (!borrow_another(port, &sql, pool)) {
            return unreachable(err);
        }
        done = find_link(&facts, &standing->account, &step, source, userid_key);
    }
    port->give_back(port, &sql);
    if (!done) {
        return unavailable(err, "the database refuses to read");
    }
    if (facts.linked == NULL) {
        return WECOM_E_NOT_FOUND;
    }
    judge_marks(standing, &step);
    return WECOM_OK;
}

wecom_directory_t *wecom_account_sql_directory(const wecom_sql_port_t *port,
                                               const wecom_account_layout_t *layout,
                                               apr_pool_t *pool)
{
    directory_t *directory = apr_pcalloc(pool, sizeof(*directory));

    directory->port = port;
    directory->layout = layout;
    directory->head.admit = sql_admit;
    directory->head.find_linked = sql_find_linked;
    directory->head.baton = directory;
    return &directory->head;
}
