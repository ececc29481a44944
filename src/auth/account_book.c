/* SPDX-License-Identifier: Apache-2.0 */
/* account_book.c - see account_book.h. */

#include "account_book.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"
#include "account_facet.h"

#define ROUNDS    3    /* tries of one login, when others win the race */
#define MAX_FOUND (WECOM_MATCH_MAX_CHOICES + 1)

#define READS     2    /* of a link: the connection may have been of no use any more */
#define UNREACHABLE "the database of the links cannot be reached, or has no tables of ours"

typedef struct directory_t {
    wecom_directory_t head;
    const wecom_book_t *book;
    const wecom_sql_port_t *links; /* NULL: none are kept */
} directory_t;

/* A link as it was read. */
typedef struct link_t {
    const char *account_id;        /* NULL: there is none */
    const char *linked_by;
    const char *match_hash;
} link_t;

/* A login, in one of its rounds. */
typedef struct step_t {
    const directory_t *self;
    const wecom_claim_t *claim;
    wecom_error_t *err;
    apr_pool_t *pool;
    link_t link;
    wecom_match_facts_t facts;
    wecom_account_t linked;
    const char *complaint;         /* of the database, when the round was lost to it */
} step_t;

static wecom_account_t *at(const apr_array_header_t *accounts, int i)
{
    return &APR_ARRAY_IDX(accounts, i, wecom_account_t);
}

static wecom_status_t unavailable(wecom_error_t *err, const char *detail)
{
    return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "accounts", detail);
}

/* --- asking the book -------------------------------------------------------------------------- */

static wecom_status_t find_candidates(step_t *step)
{
    const wecom_claim_t *claim = step->claim;
    const wecom_book_t *book = step->self->book;
    wecom_claim_value_t proven = { "username", WECOM_COLUMN_USERNAME, claim->username };
    const wecom_claim_value_t *values = claim->values != NULL
        ? (const wecom_claim_value_t *)claim->values->elts : NULL;
    int count = claim->values != NULL ? claim->values->nelts : 0;
    apr_array_header_t *candidates = apr_array_make(step->pool, 2, sizeof(wecom_account_t));
    apr_array_header_t *found = NULL;
    wecom_status_t status;
    int is_sure;
    int i;

    step->facts.candidates = candidates;
    if (claim->step == WECOM_STEP_BIND) {
        values = &proven;
        count = claim->username != NULL && *claim->username != '\0';
    }
    if (count == 0) {
        return WECOM_OK;
    }
    status = book->find(book, &found, step->err, values, count, MAX_FOUND, step->pool);
    if (status != WECOM_OK && status != WECOM_E_TOO_LARGE) {
        return WECOM_E_UNAVAILABLE;
    }
    for (i = 0; i < found->nelts; i++) {
        wecom_account_facet_take(candidates, at(found, i), claim, step->pool);
    }
    is_sure = status == WECOM_OK;
    if (claim->step == WECOM_STEP_BIND) {
        is_sure |= wecom_account_facet_keep_spelled(candidates, claim->username);
    }
    /* With one candidate, or none, the rest could say otherwise. */
    return is_sure || candidates->nelts > 1 ? WECOM_OK
           : unavailable(step->err, "one member's values find more accounts than are looked at: "
                                    "give the directory a narrower filter");
}

static wecom_status_t get_linked(step_t *step)
{
    const wecom_book_t *book = step->self->book;
    apr_array_header_t *facets;
    wecom_status_t status = book->get(book, &facets, step->err, step->link.account_id,
                                      step->pool);

    if (status == WECOM_OK) {
        step->linked = *wecom_account_facet_fitting(facets, step->link.linked_by,
                                                      step->link.match_hash, step->pool);
        step->facts.linked = &step->linked;
    }
    return status == WECOM_OK || status == WECOM_E_NOT_FOUND ? WECOM_OK : WECOM_E_UNAVAILABLE;
}

static wecom_status_t look_up(step_t *step)
{
    const wecom_claim_t *claim = step->claim;
    wecom_match_facts_t *facts = &step->facts;

    memset(facts, 0, sizeof(*facts));
    facts->policy = claim->policy;
    facts->policy.no_registration = 1;
    facts->step = claim->step;
    facts->chosen = claim->chosen;
    facts->withheld = claim->withheld;
    facts->has_link = step->link.account_id != NULL;
    return facts->has_link ? get_linked(step) : find_candidates(step);
}

/* --- links ------------------------------------------------------------------------------------ */

static int find_link(link_t *link, wecom_sql_t *sql, const char *source, const char *userid_key,
                     apr_pool_t *pool)
{
    const char *values[2] = { source, userid_key };
    wecom_sql_rows_t rows;

    memset(link, 0, sizeof(*link));
    if (!wecom_sql_select(&rows, sql, WECOM_SQL_FIND_LINK, values, 2, pool)) {
        sql->broken = 1; /* nothing is as simple as this question */
        return 0;
    }
    while (wecom_sql_next(&rows)) {
        link->account_id = wecom_sql_entry(&rows, WECOM_SQL_ACCOUNT_ID);
        link->linked_by = wecom_sql_entry(&rows, WECOM_SQL_LINKED_BY);
        link->match_hash = wecom_sql_entry(&rows, WECOM_SQL_MATCH_HASH);
    }
    return 1;
}

static wecom_status_t read_link(link_t *link, wecom_error_t *err, const directory_t *self,
                                const char *source, const char *userid_key, apr_pool_t *pool)
{
    const wecom_sql_port_t *links = self->links;
    wecom_sql_t sql;
    int done = 0;
    int i;

    for (i = 0; i < READS && !done; i++) {
        if (!links->borrow(links, &sql, pool)) {
            return unavailable(err, UNREACHABLE);
        }
        done = find_link(link, &sql, source, userid_key, pool);
        links->give_back(links, &sql);
    }
    return done ? WECOM_OK : unavailable(err, "the database of the links refuses to read");
}

static int is_same_link(const link_t *a, const link_t *b)
{
    return a->account_id == NULL ? b->account_id == NULL
                                 : wecom_text_equal(a->account_id, b->account_id);
}

/* Who the account is linked to already. 0 also where that is this very member, whose other login
 * was done between two questions: PostgreSQL answers each for its own moment. */
static int find_owner(wecom_account_t *account, wecom_sql_t *sql, const step_t *step)
{
    const char *values[2] = { step->claim->source, account->id };
    const char *owner = NULL;
    wecom_sql_rows_t rows;

    if (!wecom_sql_select(&rows, sql, WECOM_SQL_LINK_OF, values, 2, step->pool)) {
        return 0;
    }
    while (wecom_sql_next(&rows)) {
        account->linked_to = wecom_sql_entry(&rows, 0);
        owner = wecom_sql_entry(&rows, 1);
    }
    return !wecom_text_equal(owner, step->claim->userid_key);
}

static int add_link(step_t *step, wecom_sql_t *sql, const wecom_account_t *account)
{
    const wecom_claim_t *claim = step->claim;
    const char *now = apr_psprintf(step->pool, "%" APR_INT64_T_FMT, apr_time_sec(claim->now));
    const char *values[8];

    step->link.account_id = account->id;
    step->link.linked_by = wecom_account_linked_by(claim, account->matched, step->pool);
    step->link.match_hash = wecom_account_match_hash(claim, account->matched, step->pool);
    values[0] = claim->source;
    values[1] = claim->userid_key;
    values[2] = claim->userid;
    values[3] = account->id;
    values[4] = step->link.linked_by;
    values[5] = step->link.match_hash;
    values[6] = now;
    values[7] = now;
    return wecom_sql_change(sql, WECOM_SQL_ADD_LINK, values, 8, step->pool) == 1;
}

/* MariaDB counts the rows that are different afterwards: none, in the second login of a second. */
static int touch_link(const step_t *step, wecom_sql_t *sql)
{
    const wecom_claim_t *claim = step->claim;
    const char *values[4] = {
        claim->userid,
        apr_psprintf(step->pool, "%" APR_INT64_T_FMT, apr_time_sec(claim->now)),
        claim->source, claim->userid_key
    };

    return wecom_sql_change(sql, WECOM_SQL_TOUCH, values, 4, step->pool) >= 0;
}

/* --- the decision ----------------------------------------------------------------------------- */

static void judge_marks(wecom_standing_t *standing, const link_t *link,
                        const wecom_claim_t *claim, apr_pool_t *pool)
{
    standing->linked_by = link->linked_by;
    standing->marks = (unsigned int)WECOM_STANDING_PREEXISTING
                      | wecom_account_still_matches(&standing->account, link->linked_by,
                                                    link->match_hash, claim, pool);
}

/* Without a link the match of this login is all there is, and nothing has contradicted it. */
static void stand_unlinked(wecom_standing_t *standing, const wecom_claim_t *claim,
                           apr_pool_t *pool)
{
    unsigned int matched = standing->account.matched;

    standing->linked_by = wecom_account_linked_by(claim, matched, pool);
    standing->marks = (unsigned int)WECOM_STANDING_PREEXISTING;
    if (matched != 0 && claim->step != WECOM_STEP_BIND) {
        standing->marks |= (unsigned int)WECOM_STANDING_FIELD_MATCH;
    }
}

/* sql: NULL where no links are kept. 0: something did not work, and nothing of it may stay. */
static int carry_out(wecom_admission_t *admission, step_t *step, wecom_sql_t *sql)
{
    wecom_match_t match = wecom_match_decide(&step->facts);
    wecom_standing_t *standing = &admission->standing;

    memset(admission, 0, sizeof(*admission));
    admission->verdict = match.verdict;
    admission->refusal = match.refusal;
    if (match.account != NULL) {
        standing->account = *match.account;
    }
    switch (match.verdict) {
    case WECOM_MATCH_LOG_IN:
        judge_marks(standing, &step->link, step->claim, step->pool);
        return touch_link(step, sql);
    case WECOM_MATCH_LINK:
        admission->verdict = WECOM_MATCH_LOG_IN;
        if (sql == NULL) {
            stand_unlinked(standing, step->claim, step->pool);
            return 1;
        }
        admission->linked = 1;
        if (!add_link(step, sql, &standing->account)) {
            return 0;
        }
        judge_marks(standing, &step->link, step->claim, step->pool);
        return 1;
    case WECOM_MATCH_CHOOSE:
        admission->candidates = step->facts.candidates;
        return 1;
    default:
        return 1;
    }
}

/* In the transaction. */
static int settle(wecom_admission_t *admission, step_t *step, wecom_sql_t *sql)
{
    const wecom_claim_t *claim = step->claim;
    const apr_array_header_t *candidates = step->facts.candidates;
    link_t now;
    int i;

    if (!find_link(&now, sql, claim->source, claim->userid_key, step->pool)
        || !is_same_link(&now, &step->link)) {
        return 0;
    }
    for (i = 0; candidates != NULL && i < candidates->nelts; i++) {
        if (!find_owner(at(candidates, i), sql, step)) {
            return 0;
        }
    }
    return carry_out(admission, step, sql);
}

/* WECOM_E_MISMATCH: the round was lost, to somebody else or to the database. */
static wecom_status_t run_round(wecom_admission_t *admission, step_t *step)
{
    const wecom_sql_port_t *links = step->self->links;
    const wecom_claim_t *claim = step->claim;
    wecom_status_t status = WECOM_OK;
    wecom_sql_t sql;
    int done;

    memset(&step->link, 0, sizeof(step->link));
    if (links != NULL) {
        status = read_link(&step->link, step->err, step->self, claim->source, claim->userid_key,
                           step->pool);
    }
    if (status == WECOM_OK) {
        status = look_up(step);
    }
    if (status != WECOM_OK) {
        return status;
    }
    if (links == NULL) {
        carry_out(admission, step, NULL);
        return WECOM_OK;
    }
    /* A connection is not held while the book may keep us waiting. */
    if (!links->borrow(links, &sql, step->pool)) {
        return unavailable(step->err, UNREACHABLE);
    }
    sql.broken = !wecom_sql_begin(&sql, step->pool);
    done = !sql.broken && wecom_sql_end(&sql, settle(admission, step, &sql), step->pool);
    step->complaint = done ? "" : wecom_sql_complaint(&sql, step->pool);
    links->give_back(links, &sql);
    return done ? WECOM_OK : WECOM_E_MISMATCH;
}

static wecom_status_t book_admit(const wecom_directory_t *self, wecom_admission_t *admission,
                                 wecom_error_t *err, const wecom_claim_t *claim, apr_pool_t *pool)
{
    wecom_status_t status = WECOM_E_MISMATCH;
    step_t step;
    int round;

    memset(&step, 0, sizeof(step));
    step.self = self->baton;
    step.claim = claim;
    step.err = err;
    step.pool = pool;
    step.complaint = "";
    memset(admission, 0, sizeof(*admission));
    for (round = 0; round < ROUNDS && status == WECOM_E_MISMATCH; round++) {
        status = run_round(admission, &step);
    }
    if (status != WECOM_OK) {
        memset(admission, 0, sizeof(*admission));
    }
    if (status == WECOM_E_MISMATCH) {
        return unavailable(err, apr_pstrcat(pool, "the database of the links refuses to read or "
                                            "to write: ", step.complaint, NULL));
    }
    return status;
}

/* --- a session that is there ------------------------------------------------------------------ */

static wecom_status_t book_find_linked(const wecom_directory_t *self_,
                                       wecom_standing_t *standing, wecom_error_t *err,
                                       const char *source, const char *userid_key,
                                       const char *account_hint, apr_pool_t *pool)
{
    const directory_t *self = self_->baton;
    link_t link = { account_hint, NULL, NULL };
    apr_array_header_t *facets;
    wecom_status_t status = WECOM_OK;

    memset(standing, 0, sizeof(*standing));
    if (self->links != NULL) {
        status = read_link(&link, err, self, source, userid_key, pool);
    }
    if (status == WECOM_OK) {
        status = link.account_id == NULL || *link.account_id == '\0'
            ? WECOM_E_NOT_FOUND
            : self->book->get(self->book, &facets, err, link.account_id, pool);
    }
    if (status != WECOM_OK) {
        return status;
    }
    standing->account = *wecom_account_facet_fitting(facets, link.linked_by, link.match_hash,
                                                       pool);
    judge_marks(standing, &link, NULL, pool);
    if (self->links == NULL) {
        standing->marks |= (unsigned int)WECOM_STANDING_FIELD_MATCH;
    }
    return WECOM_OK;
}

wecom_directory_t *wecom_account_book_directory(const wecom_book_t *book,
                                                const wecom_sql_port_t *links, apr_pool_t *pool)
{
    directory_t *directory = apr_pcalloc(pool, sizeof(*directory));

    directory->book = book;
    directory->links = links;
    directory->head.admit = book_admit;
    directory->head.find_linked = book_find_linked;
    directory->head.baton = directory;
    return &directory->head;
}
