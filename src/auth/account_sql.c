/* SPDX-License-Identifier: Apache-2.0 */
/* account_sql.c - see account_sql.h. */

#include "account_sql.h"

#include <string.h>

#include <apr_dbd.h>
#include <apr_strings.h>

#include "../base/crypto.h"
#include "../base/text.h"
#include "account_schema.h"
#include "normal.h"

/* Tries of one login, when others win the race. With SQLite each waits up to 1.6 seconds for a
 * lock, in APR's own way: a busy_timeout of SQLite's would wait with APR's mutex held, which the
 * thread that has the lock needs to let go of it. */
#define ROUNDS        3
#define ID_BYTES      16
#define SALT_BYTES    8
#define MAX_FOUND     16   /* candidates that are looked at; more is ambiguous in any case */
#define OUR_OWN       "wecom"

/* --- one connection --------------------------------------------------------------------------- */

/* A login in its transaction. */
typedef struct step_t {
    wecom_sql_t *sql;
    const wecom_claim_t *claim;
    apr_pool_t *pool;
    int round;
    const char *clash_email;   /* the key stands at another account already */
    const char *clash_phone;
    int clash_username;
} step_t;

static apr_dbd_prepared_t *prepared(const step_t *step, const char *label)
{
    return apr_hash_get(step->sql->prepared, label, APR_HASH_KEY_STRING);
}

static int select_rows(apr_dbd_results_t **rows, const step_t *step, const char *label,
                       const char **values, int count)
{
    apr_dbd_prepared_t *statement = prepared(step, label);

    *rows = NULL;
    return statement != NULL
           && apr_dbd_pselect(step->sql->driver, step->pool, step->sql->handle, rows, statement,
                              0, count, values) == 0;
}

static int change(const step_t *step, const char *label, const char **values, int count)
{
    apr_dbd_prepared_t *statement = prepared(step, label);
    int changed = 0;

    return statement != NULL
           && apr_dbd_pquery(step->sql->driver, step->pool, step->sql->handle, &changed,
                             statement, count, values) == 0
           && changed == 1;
}

/* The next row; 0 at the end, which also lets go of the rows. */
static int next_row(apr_dbd_row_t **row, const step_t *step, apr_dbd_results_t *rows)
{
    *row = NULL;
    return apr_dbd_get_row(step->sql->driver, step->pool, rows, row, -1) == 0;
}

/* Column n, or NULL. */
static const char *entry(const step_t *step, apr_dbd_row_t *row, int n)
{
    const char *value = apr_dbd_get_entry(step->sql->driver, row, n);

    return value != NULL ? apr_pstrdup(step->pool, value) : NULL;
}

static const char *seconds(const step_t *step)
{
    return apr_psprintf(step->pool, "%" APR_INT64_T_FMT, apr_time_sec(step->claim->now));
}

/* The first four columns of both SELECTs. 0: there is no account. */
static int read_account(wecom_account_t *account, const step_t *step, apr_dbd_row_t *row)
{
    const char *status = entry(step, row, 2);
    const char *made_by = entry(step, row, 3);

    memset(account, 0, sizeof(*account));
    account->id = entry(step, row, 0);
    account->username = entry(step, row, 1);
    if (account->id == NULL || account->username == NULL) {
        return 0;
    }
    account->status = WECOM_ACCOUNT_DISABLED; /* for every number that is none of ours */
    if (status != NULL && strcmp(status, "1") == 0) {
        account->status = WECOM_ACCOUNT_ACTIVE;
    }
    else if (status != NULL && strcmp(status, "2") == 0) {
        account->status = WECOM_ACCOUNT_LOCKED;
    }
    account->is_ours = made_by != NULL && strcmp(made_by, OUR_OWN) == 0;
    return 1;
}

/* --- what is there ---------------------------------------------------------------------------- */

static int find_link(wecom_match_facts_t *facts, wecom_account_t *account, const step_t *step,
                     const char *source, const char *userid_key)
{
    const char *values[2] = { source, userid_key };
    apr_dbd_results_t *rows;
    apr_dbd_row_t *row;

    if (!select_rows(&rows, step, WECOM_SQL_FIND_LINK, values, 2)) {
        return 0;
    }
    while (next_row(&row, step, rows)) {
        facts->has_link = 1;
        facts->linked = read_account(account, step, row) ? account : NULL;
    }
    return 1;
}

/* The values of the claim for a field, at most two of them; "" is no key of any account. */
static void values_of(const char *out[2], const wecom_claim_t *claim, wecom_match_field_t field)
{
    int found = 0;
    int i;

    out[0] = "";
    out[1] = "";
    for (i = 0; i < claim->values->nelts && found < 2; i++) {
        const wecom_claim_value_t *value = &APR_ARRAY_IDX(claim->values, i, wecom_claim_value_t);

        if (value->field == field) {
            out[found++] = value->value;
        }
    }
}

static int is_one_of(const char *key, const char *const wanted[2])
{
    return key != NULL && *key != '\0'
           && (strcmp(key, wanted[0]) == 0 || strcmp(key, wanted[1]) == 0);
}

/* One row: a candidate, or an account that a new one must not collide with, or both. */
static void take_match(apr_array_header_t *found, step_t *step, apr_dbd_row_t *row,
                       const char *const username[2], const char *const email[2],
                       const char *const phone[2])
{
    const char *username_key = entry(step, row, 5);
    const char *email_key = entry(step, row, 6);
    const char *phone_key = entry(step, row, 7);
    wecom_account_t account;

    if (!read_account(&account, step, row)) {
        return;
    }
    account.linked_to = entry(step, row, 4);
    account.matched = (is_one_of(username_key, username) ? (unsigned int)WECOM_FIELD_USERID : 0u)
                      | (is_one_of(email_key, email) ? (unsigned int)WECOM_FIELD_EMAIL : 0u)
                      | (is_one_of(phone_key, phone) ? (unsigned int)WECOM_FIELD_MOBILE : 0u);
    if (wecom_text_equal(account.username, step->claim->userid)) {
        step->clash_username = 1;
    }
    if (wecom_text_equal(email_key, wecom_normal_email(step->claim->email, step->pool))) {
        step->clash_email = email_key;
    }
    if (wecom_text_equal(phone_key, wecom_normal_phone(step->claim->phone, step->pool))) {
        step->clash_phone = phone_key;
    }
    if (account.matched != 0 && found->nelts < MAX_FOUND) {
        APR_ARRAY_PUSH(found, wecom_account_t) = account;
    }
}

/* Candidates by the fields of the claim; and, for one who will be new, who has those values
 * already, whether or not they are matched by. */
static int find_candidates(wecom_match_facts_t *facts, step_t *step)
{
    const wecom_claim_t *claim = step->claim;
    apr_array_header_t *found = apr_array_make(step->pool, 2, sizeof(wecom_account_t));
    const char *username[2];
    const char *email[2];
    const char *phone[2];
    const char *values[5];
    apr_dbd_results_t *rows;
    apr_dbd_row_t *row;

    values_of(username, claim, WECOM_FIELD_USERID);
    values_of(email, claim, WECOM_FIELD_EMAIL);
    values_of(phone, claim, WECOM_FIELD_MOBILE);
    values[0] = claim->source;
    values[1] = wecom_text_fold(claim->userid, step->pool);
    values[2] = *email[0] != '\0' ? email[0] : wecom_normal_email(claim->email, step->pool);
    values[3] = email[1];
    values[4] = *phone[0] != '\0' ? phone[0] : wecom_normal_phone(claim->phone, step->pool);
    if (!select_rows(&rows, step, WECOM_SQL_FIND_MATCH, values, 5)) {
        return 0;
    }
    while (next_row(&row, step, rows)) {
        take_match(found, step, row, username, email, phone);
    }
    facts->candidates = found;
    return 1;
}

/* --- what is written -------------------------------------------------------------------------- */

static const char *random_hex(apr_size_t len, apr_pool_t *pool)
{
    unsigned char bytes[ID_BYTES];

    if (len > sizeof(bytes) || wecom_crypto_random(bytes, len) != WECOM_OK) {
        return NULL;
    }
    return wecom_text_hex(bytes, len, pool);
}

/* "salt:hash" of the value that matched, so that a later login can tell whether it still does. */
static const char *match_hash(const wecom_claim_t *claim, unsigned int matched, apr_pool_t *pool)
{
    const char *salt = random_hex(SALT_BYTES, pool);
    unsigned char hash[WECOM_SHA256_BYTES];
    wecom_bytes_t parts[2];
    int i;

    for (i = 0; salt != NULL && i < claim->values->nelts; i++) {
        const wecom_claim_value_t *value = &APR_ARRAY_IDX(claim->values, i, wecom_claim_value_t);

        if (((unsigned int)value->field & matched) != 0) {
            parts[0].data = (const unsigned char *)salt;
            parts[0].len = strlen(salt);
            parts[1].data = (const unsigned char *)value->value;
            parts[1].len = strlen(value->value);
            if (wecom_crypto_hash(hash, parts, 2) != WECOM_OK) {
                return NULL;
            }
            return apr_pstrcat(pool, salt, ":", wecom_text_hex(hash, sizeof(hash), pool), NULL);
        }
    }
    return NULL;
}

static const char *how_linked(const wecom_claim_t *claim, const wecom_account_t *account)
{
    int i;

    for (i = 0; i < claim->values->nelts; i++) {
        switch (APR_ARRAY_IDX(claim->values, i, wecom_claim_value_t).field
                & (int)account->matched) {
        case WECOM_FIELD_USERID:
            return "match:userid";
        case WECOM_FIELD_EMAIL:
            return "match:email";
        case WECOM_FIELD_MOBILE:
            return "match:mobile";
        default:
            break;
        }
    }
    return "create";
}

static int add_link(const step_t *step, const wecom_account_t *account)
{
    const wecom_claim_t *claim = step->claim;
    const char *now = seconds(step);
    const char *values[8] = { claim->source, claim->userid_key, claim->userid, account->id,
                              how_linked(claim, account),
                              match_hash(claim, account->matched, step->pool), now, now };

    return change(step, WECOM_SQL_ADD_LINK, values, 8);
}

/* The userid, if it is free; then with the source; then, in a race, with random characters. */
static const char *new_username(const step_t *step)
{
    const wecom_claim_t *claim = step->claim;
    const char *name = claim->userid;

    if (step->clash_username || step->round > 0) {
        name = apr_pstrcat(step->pool, name, "@", claim->source, NULL);
    }
    if (step->round > 1) {
        name = apr_pstrcat(step->pool, name, "-", random_hex(4, step->pool), NULL);
    }
    return name;
}

static int add_account(wecom_account_t *account, const step_t *step)
{
    const wecom_claim_t *claim = step->claim;
    const char *email = step->clash_email == NULL ? claim->email : NULL;
    const char *phone = step->clash_phone == NULL ? claim->phone : NULL;
    const char *now = seconds(step);
    const char *values[12];

    memset(account, 0, sizeof(*account));
    account->id = random_hex(ID_BYTES, step->pool);
    account->username = new_username(step);
    account->status = WECOM_ACCOUNT_ACTIVE;
    account->is_ours = 1;
    values[0] = account->id;
    values[1] = account->username;
    values[2] = wecom_text_fold(account->username, step->pool);
    values[3] = claim->name;
    values[4] = email;
    values[5] = wecom_normal_email(email, step->pool);
    values[6] = phone;
    values[7] = wecom_normal_phone(phone, step->pool);
    values[8] = "1";
    values[9] = OUR_OWN;
    values[10] = now;
    values[11] = now;
    return account->id != NULL && change(step, WECOM_SQL_ADD, values, 12);
}

static int touch_link(const step_t *step)
{
    const wecom_claim_t *claim = step->claim;
    const char *values[4] = { claim->userid, seconds(step), claim->source, claim->userid_key };

    return change(step, WECOM_SQL_TOUCH, values, 4);
}

/* --- a login ---------------------------------------------------------------------------------- */

/* 0: something did not work, and nothing of it may stay. */
static int carry_out(wecom_admission_t *admission, const step_t *step,
                     const wecom_match_t *match, const wecom_match_facts_t *facts)
{
    memset(admission, 0, sizeof(*admission));
    admission->verdict = match->verdict;
    admission->refusal = match->refusal;
    if (match->account != NULL) {
        admission->account = *match->account;
    }
    switch (match->verdict) {
    case WECOM_MATCH_LOG_IN:
        return touch_link(step);
    case WECOM_MATCH_CREATE:
        if (!add_account(&admission->account, step)) {
            return 0;
        }
        admission->created = 1;
        break;
    case WECOM_MATCH_LINK:
        break;
    case WECOM_MATCH_CHOOSE:
        admission->candidates = facts->candidates;
        return 1;
    case WECOM_MATCH_REFUSE:
    case WECOM_MATCH_ASK:
    case WECOM_MATCH_ASK_TO_BIND:
    default:
        return 1;
    }
    admission->verdict = WECOM_MATCH_LOG_IN;
    admission->linked = 1;
    return add_link(step, &admission->account);
}

static int run(wecom_admission_t *admission, step_t *step)
{
    wecom_match_facts_t facts;
    wecom_account_t linked;
    wecom_match_t match;

    memset(&facts, 0, sizeof(facts));
    facts.policy = step->claim->policy;
    facts.withheld = step->claim->withheld;
    if (!find_link(&facts, &linked, step, step->claim->source, step->claim->userid_key)
        || (!facts.has_link && !find_candidates(&facts, step))) {
        return 0;
    }
    match = wecom_match_decide(&facts);
    return carry_out(admission, step, &match, &facts);
}

/* One round in one transaction. */
static int run_round(wecom_admission_t *admission, wecom_sql_t *sql, const wecom_claim_t *claim,
                     int round, apr_pool_t *pool)
{
    step_t step = { sql, claim, pool, round, NULL, NULL, 0 };
    apr_dbd_transaction_t *transaction = NULL;
    int good;

    if (apr_dbd_transaction_start(sql->driver, pool, sql->handle, &transaction) != 0) {
        return 0;
    }
    good = run(admission, &step);
    if (!good) {
        apr_dbd_transaction_mode_set(sql->driver, transaction, APR_DBD_TRANSACTION_ROLLBACK);
    }
    return apr_dbd_transaction_end(sql->driver, pool, transaction) == 0 && good;
}

static wecom_status_t unavailable(wecom_error_t *err, const char *detail)
{
    return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "accounts", detail);
}

static wecom_status_t sql_admit(const wecom_directory_t *self, wecom_admission_t *admission,
                                wecom_error_t *err, const wecom_claim_t *claim,
                                apr_pool_t *pool)
{
    const wecom_sql_port_t *port = self->baton;
    wecom_sql_t sql;
    int done = 0;
    int round;

    memset(admission, 0, sizeof(*admission));
    if (!port->borrow(port, &sql, pool)) {
        return unavailable(err, "the database cannot be reached");
    }
    /* What went wrong is not asked: a race looks different in every database. What is there now
     * is read again, and decided anew. */
    for (round = 0; round < ROUNDS && !done; round++) {
        done = run_round(admission, &sql, claim, round, pool);
    }
    port->give_back(port, &sql);
    if (!done) {
        memset(admission, 0, sizeof(*admission));
        return unavailable(err, "the database refuses to read or to write");
    }
    return WECOM_OK;
}

static wecom_status_t sql_find_linked(const wecom_directory_t *self, wecom_account_t *account,
                                      wecom_error_t *err, const char *source,
                                      const char *userid_key, apr_pool_t *pool)
{
    const wecom_sql_port_t *port = self->baton;
    wecom_match_facts_t facts;
    wecom_sql_t sql;
    step_t step = { &sql, NULL, pool, 0, NULL, NULL, 0 };
    int done;

    memset(&facts, 0, sizeof(facts));
    if (!port->borrow(port, &sql, pool)) {
        return unavailable(err, "the database cannot be reached");
    }
    done = find_link(&facts, account, &step, source, userid_key);
    port->give_back(port, &sql);
    if (!done) {
        return unavailable(err, "the database refuses to read");
    }
    return facts.linked != NULL ? WECOM_OK : WECOM_E_NOT_FOUND;
}

wecom_directory_t *wecom_account_sql_directory(const wecom_sql_port_t *port, apr_pool_t *pool)
{
    wecom_directory_t *directory = apr_pcalloc(pool, sizeof(*directory));

    directory->admit = sql_admit;
    directory->find_linked = sql_find_linked;
    directory->baton = (void *)port;
    return directory;
}
