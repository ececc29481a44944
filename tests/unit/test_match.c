/* SPDX-License-Identifier: Apache-2.0 */
/* test_match.c - the truth table of accounts, row by row. */
#include "support.h"

#include <string.h>

#include <apr_tables.h>

#include "../../src/auth/match.h"

#define NONE  WECOM_ASSOCIATION_NONE
#define FIELD WECOM_ASSOCIATION_FIELD
#define ASK   WECOM_ASSOCIATION_ASK
#define ANY   2     /* of a flag: both give the same */
#define GONE  (-1)  /* the link's account is not there */
#define TAKEN 9     /* a candidate that is active and linked to somebody else */

typedef struct row_t {
    int number;         /* in identity-source 8.4; 0: ours */
    int link;           /* the status of the linked account, GONE, or 0: no link */
    int login_only;
    int association;    /* -1: any */
    int no_registration;
    int candidates[2];  /* their statuses, or TAKEN; 0: none */
    int withheld;
    wecom_match_verdict_t verdict;
    wecom_match_refusal_t refusal;
    wecom_step_t step;
    const char *chosen;
} row_t;

#define ACTIVE   WECOM_ACCOUNT_ACTIVE
#define LOCKED   WECOM_ACCOUNT_LOCKED
#define DISABLED WECOM_ACCOUNT_DISABLED
#define CREATE   WECOM_STEP_CREATE
#define BIND     WECOM_STEP_BIND
#define CHOOSE   WECOM_STEP_CHOOSE
#define REFUSE(why) WECOM_MATCH_REFUSE, WECOM_MATCH_##why
#define VERDICT(what) WECOM_MATCH_##what, WECOM_MATCH_NO_REFUSAL

static const row_t rows[] = {
    { 1, ACTIVE, ANY, -1, ANY, { 0, 0 }, ANY, VERDICT(LOG_IN), 0, NULL },
    { 1, ACTIVE, ANY, -1, ANY, { TAKEN, DISABLED }, ANY, VERDICT(LOG_IN), 0, NULL },
    { 2, DISABLED, ANY, -1, ANY, { ACTIVE, 0 }, ANY, REFUSE(INACTIVE), 0, NULL },
    /* a status nobody knows */
    { 2, 77, ANY, -1, ANY, { 0, 0 }, ANY, REFUSE(INACTIVE), 0, NULL },
    { 3, LOCKED, ANY, -1, ANY, { 0, 0 }, ANY, REFUSE(LOCKED), 0, NULL },
    { 0, GONE, ANY, -1, ANY, { ACTIVE, 0 }, ANY, REFUSE(STALE), 0, NULL },
    { 4, 0, 0, NONE, 0, { 0, 0 }, ANY, VERDICT(CREATE), 0, NULL },
    /* nobody asked who matches */
    { 4, 0, 0, NONE, 0, { ACTIVE, 0 }, ANY, VERDICT(CREATE), 0, NULL },
    { 5, 0, 0, NONE, 1, { 0, 0 }, ANY, REFUSE(NO_REGISTRATION), 0, NULL },
    { 6, 0, 1, NONE, ANY, { ACTIVE, 0 }, ANY, REFUSE(LOGIN_ONLY), 0, NULL },
    { 7, 0, 0, FIELD, 0, { 0, 0 }, ANY, VERDICT(CREATE), 0, NULL },
    { 8, 0, 0, FIELD, 1, { 0, 0 }, 0, REFUSE(NO_REGISTRATION), 0, NULL },
    { 8, 0, 0, FIELD, 1, { 0, 0 }, 1, REFUSE(WITHHELD), 0, NULL },
    { 9, 0, 1, FIELD, ANY, { 0, 0 }, 0, REFUSE(LOGIN_ONLY), 0, NULL },
    { 9, 0, 1, FIELD, ANY, { 0, 0 }, 1, REFUSE(WITHHELD), 0, NULL },
    { 10, 0, ANY, FIELD, ANY, { ACTIVE, 0 }, ANY, VERDICT(LINK), 0, NULL },
    { 11, 0, ANY, FIELD, ANY, { DISABLED, 0 }, ANY, REFUSE(INACTIVE), 0, NULL },
    { 11, 0, ANY, FIELD, ANY, { LOCKED, 0 }, ANY, REFUSE(LOCKED), 0, NULL },
    { 12, 0, ANY, FIELD, ANY, { TAKEN, 0 }, ANY, REFUSE(TAKEN), 0, NULL },
    { 13, 0, ANY, FIELD, ANY, { ACTIVE, ACTIVE }, ANY, VERDICT(CHOOSE), 0, NULL },
    { 13, 0, ANY, FIELD, ANY, { ACTIVE, TAKEN }, ANY, VERDICT(CHOOSE), 0, NULL },
    { 14, 0, 0, ASK, 0, { 0, 0 }, ANY, VERDICT(ASK), 0, NULL },
    { 15, 0, 0, ASK, 1, { 0, 0 }, ANY, VERDICT(ASK_TO_BIND), 0, NULL },
    { 16, 0, 1, ASK, ANY, { 0, 0 }, ANY, VERDICT(ASK_TO_BIND), 0, NULL },
    /* the visitor has answered */
    { 13, 0, ANY, FIELD, ANY, { ACTIVE, ACTIVE }, ANY, VERDICT(LINK), CHOOSE, "one" },
    { 13, 0, ANY, FIELD, ANY, { DISABLED, ACTIVE }, ANY, REFUSE(INACTIVE), CHOOSE, "one" },
    { 13, 0, ANY, FIELD, ANY, { LOCKED, ACTIVE }, ANY, REFUSE(LOCKED), CHOOSE, "one" },
    { 13, 0, ANY, FIELD, ANY, { ACTIVE, TAKEN }, ANY, REFUSE(TAKEN), CHOOSE, "two" },
    { 13, 0, ANY, FIELD, ANY, { ACTIVE, 0 }, ANY, VERDICT(LINK), CHOOSE, "one" }, /* one is left */
    { 13, 0, ANY, FIELD, ANY, { ACTIVE, ACTIVE }, ANY, REFUSE(EXPIRED), CHOOSE, "three" },
    { 13, 0, ANY, FIELD, ANY, { ACTIVE, ACTIVE }, ANY, REFUSE(EXPIRED), CHOOSE, "" },
    { 13, 0, ANY, FIELD, ANY, { ACTIVE, ACTIVE }, ANY, REFUSE(EXPIRED), CHOOSE, NULL },
    { 13, 0, ANY, FIELD, ANY, { 0, 0 }, ANY, REFUSE(EXPIRED), CHOOSE, "one" },
    { 0, 0, ANY, ASK, ANY, { ACTIVE, ACTIVE }, ANY, REFUSE(EXPIRED), CHOOSE, "one" },
    { 0, 0, ANY, NONE, ANY, { ACTIVE, ACTIVE }, ANY, REFUSE(EXPIRED), CHOOSE, "one" },
    { 17, 0, 0, ASK, 0, { 0, 0 }, ANY, VERDICT(CREATE), CREATE, NULL },
    { 17, 0, 0, ASK, 0, { ACTIVE, 0 }, ANY, VERDICT(CREATE), CREATE, NULL },
    { 18, 0, 1, ASK, ANY, { 0, 0 }, ANY, REFUSE(LOGIN_ONLY), CREATE, NULL },
    { 18, 0, 0, ASK, 1, { 0, 0 }, ANY, REFUSE(NO_REGISTRATION), CREATE, NULL },
    { 0, 0, 0, FIELD, 0, { 0, 0 }, ANY, REFUSE(EXPIRED), CREATE, NULL }, /* nobody asks any more */
    { 0, 0, 0, NONE, 0, { 0, 0 }, ANY, REFUSE(EXPIRED), CREATE, NULL },
    { 19, 0, ANY, ASK, ANY, { 0, 0 }, ANY, REFUSE(UNKNOWN), BIND, NULL },
    { 19, 0, ANY, ASK, ANY, { ACTIVE, ACTIVE }, ANY, REFUSE(UNKNOWN), BIND, NULL }, /* which? */
    /* 20 is void: proof is by password alone */
    { 21, 0, ANY, ASK, ANY, { DISABLED, 0 }, ANY, REFUSE(INACTIVE), BIND, "one" },
    { 21, 0, ANY, ASK, ANY, { LOCKED, 0 }, ANY, REFUSE(LOCKED), BIND, "one" },
    { 22, 0, ANY, ASK, ANY, { TAKEN, 0 }, ANY, REFUSE(TAKEN), BIND, "one" },
    { 23, 0, ANY, ASK, ANY, { ACTIVE, 0 }, ANY, VERDICT(LINK), BIND, "one" },
    { 19, 0, ANY, ASK, ANY, { ACTIVE, 0 }, ANY, REFUSE(UNKNOWN), BIND, "One" }, /* no: Admin and
                                                                                 * admin */
    { 23, 0, ANY, ASK, ANY, { ACTIVE, ACTIVE }, ANY, VERDICT(LINK), BIND, "two" },
    { 0, 0, ANY, FIELD, ANY, { ACTIVE, 0 }, ANY, REFUSE(EXPIRED), BIND, "one" },
    { 0, 0, ANY, NONE, ANY, { ACTIVE, 0 }, ANY, REFUSE(EXPIRED), BIND, NULL },
    { 25, ACTIVE, ANY, -1, ANY, { ACTIVE, 0 }, ANY, VERDICT(LOG_IN), BIND, NULL },
    { 25, ACTIVE, ANY, -1, ANY, { 0, 0 }, ANY, VERDICT(LOG_IN), CREATE, NULL },
    { 25, ACTIVE, ANY, -1, ANY, { ACTIVE, ACTIVE }, ANY, VERDICT(LOG_IN), CHOOSE, "one" },
    { 25, DISABLED, ANY, -1, ANY, { ACTIVE, 0 }, ANY, REFUSE(INACTIVE), BIND, NULL },
    { 25, LOCKED, ANY, -1, ANY, { ACTIVE, ACTIVE }, ANY, REFUSE(LOCKED), CHOOSE, "one" },
    { 25, GONE, ANY, -1, ANY, { ACTIVE, 0 }, ANY, REFUSE(STALE), CREATE, NULL },
    /* Decided before there is a match, or after it: 24 (an answer that expired, came twice or from
     * another browser) by the sealed pending record, state.c; 26 (what the place does not allow)
     * and 27 (no member) by login_return.c; 28 (in, but not allowed here) by httpd's Require. */
};

static void fill(wecom_match_facts_t *facts, wecom_account_t *linked, const row_t *row,
                 apr_pool_t *pool)
{
    apr_array_header_t *found = apr_array_make(pool, 2, sizeof(wecom_account_t));
    int i;

    memset(facts, 0, sizeof(*facts));
    memset(linked, 0, sizeof(*linked));
    facts->has_link = row->link != 0;
    if (row->link > 0) {
        linked->id = "linked";
        linked->status = (wecom_account_status_t)row->link;
        facts->linked = linked;
    }
    for (i = 0; i < 2 && row->candidates[i] != 0; i++) {
        wecom_account_t *account = apr_array_push(found);

        memset(account, 0, sizeof(*account));
        account->id = i == 0 ? "one" : "two";
        account->username = account->id;
        account->status = row->candidates[i] == TAKEN
                              ? ACTIVE : (wecom_account_status_t)row->candidates[i];
        account->linked_to = row->candidates[i] == TAKEN ? "somebody" : NULL;
    }
    facts->candidates = found;
}

/* Every combination that a row stands for. */
static void truth_table(void **state)
{
    size_t i;
    int bits;

    for (i = 0; i < COUNT(rows); i++) {
        const row_t *row = &rows[i];

        for (bits = 0; bits < 8 * 3; bits++) {
            int login_only = bits & 1;
            int no_registration = (bits >> 1) & 1;
            int withheld = (bits >> 2) & 1;
            int association = bits >> 3;
            wecom_match_facts_t facts;
            wecom_account_t linked;
            wecom_match_t match;

            if ((row->login_only != ANY && row->login_only != login_only)
                || (row->no_registration != ANY && row->no_registration != no_registration)
                || (row->withheld != ANY && row->withheld != withheld)
                || (row->association >= 0 && row->association != association)) {
                continue;
            }
            fill(&facts, &linked, row, *state);
            facts.policy.login_only = login_only;
            facts.policy.no_registration = no_registration;
            facts.policy.association = (wecom_association_t)association;
            facts.withheld = withheld;
            facts.step = row->step;
            facts.chosen = row->chosen;
            match = wecom_match_decide(&facts);
            CHECK(match.verdict == row->verdict && match.refusal == row->refusal,
                  "row %d (index %d), L=%d A=%d P=%d withheld=%d: verdict %d refusal %d",
                  row->number, (int)i, login_only, association, no_registration, withheld,
                  match.verdict, match.refusal);
            if (match.verdict == WECOM_MATCH_LOG_IN) {
                assert_ptr_equal(match.account, &linked);
            }
            if (match.verdict == WECOM_MATCH_LINK) {
                assert_string_equal(match.account->id, row->chosen != NULL ? row->chosen : "one");
            }
        }
    }
}

/* May the member of row 7 be asked for what WeCom withheld? Before anything else becomes of it,
 * and never with a link, a candidate, or a question that is asked anyway. */
static void consent_comes_first(void **state)
{
    int bits;

    for (bits = 0; bits < 8 * 3; bits++) {
        row_t row = { 0, (bits & 1) != 0 ? ACTIVE : 0, 0, 0, 0, { 0, 0 }, 0, VERDICT(LOG_IN), 0,
                      NULL };
        wecom_match_facts_t facts;
        wecom_account_t linked;
        wecom_match_t match;

        row.candidates[0] = (bits & 2) != 0 ? ACTIVE : 0;
        fill(&facts, &linked, &row, *state);
        facts.policy.may_consent = 1;
        facts.policy.login_only = (bits >> 2) & 1;
        facts.policy.association = (wecom_association_t)(bits >> 3);
        match = wecom_match_decide(&facts);
        assert_int_not_equal(match.verdict, WECOM_MATCH_CONSENT);
        facts.withheld = 1;
        match = wecom_match_decide(&facts);
        CHECK((match.verdict == WECOM_MATCH_CONSENT)
              == ((bits & 3) == 0 && facts.policy.association == FIELD), "bits %d", bits);
    }
}

/* Row 13 has an end: a page can offer so many. */
static void choice_is_limited(void **state)
{
    int n;

    for (n = 2; n <= WECOM_MATCH_MAX_CHOICES + 1; n++) {
        apr_array_header_t *found = apr_array_make(*state, n, sizeof(wecom_account_t));
        wecom_match_facts_t facts;
        wecom_match_t match;
        int i;

        memset(&facts, 0, sizeof(facts));
        for (i = 0; i < n; i++) {
            wecom_account_t *account = apr_array_push(found);

            memset(account, 0, sizeof(*account));
            account->id = "one";
            account->status = ACTIVE;
        }
        facts.policy.association = FIELD;
        facts.candidates = found;
        match = wecom_match_decide(&facts);
        if (n <= WECOM_MATCH_MAX_CHOICES) {
            assert_int_equal(match.verdict, WECOM_MATCH_CHOOSE);
        }
        else {
            assert_int_equal(match.verdict, WECOM_MATCH_REFUSE);
            assert_int_equal(match.refusal, WECOM_MATCH_AMBIGUOUS);
        }
    }
}

/* Every row that is decided here has a number, and no number is forgotten. */
static void rows_are_complete(void **state)
{
    int seen[29] = { 0 };
    size_t i;
    int n;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        assert_in_range(rows[i].number, 0, 28);
        seen[rows[i].number] = 1;
    }
    for (n = 1; n <= 28; n++) {
        int is_elsewhere = n == 20 || n == 24 || n >= 26;

        CHECK(seen[n] == !is_elsewhere, "row %d", n);
    }
}

/* No combination of facts is left without a row, and nobody is let in but by rows 1 and 10. */
static void nothing_else_lets_in(void **state)
{
    static const int statuses[] = { 0, ACTIVE, LOCKED, DISABLED, TAKEN };
    size_t link;
    size_t candidate;
    int bits;

    for (bits = 0; bits < 8 * 3; bits++) {
        for (link = 0; link < 4; link++) {
            for (candidate = 0; candidate < COUNT(statuses); candidate++) {
                row_t row = { 0, statuses[link], 0, 0, 0, { statuses[candidate], 0 }, 0,
                              VERDICT(LOG_IN), 0, NULL };
                wecom_match_facts_t facts;
                wecom_account_t linked;
                wecom_match_t match;

                fill(&facts, &linked, &row, *state);
                facts.policy.login_only = bits & 1;
                facts.policy.no_registration = (bits >> 1) & 1;
                facts.withheld = (bits >> 2) & 1;
                facts.policy.association = (wecom_association_t)(bits >> 3);
                match = wecom_match_decide(&facts);
                assert_int_equal(match.verdict == WECOM_MATCH_LOG_IN, row.link == ACTIVE);
                assert_int_equal(match.verdict == WECOM_MATCH_LINK,
                                 row.link == 0 && facts.policy.association == FIELD
                                     && row.candidates[0] == ACTIVE);
                assert_int_equal(match.verdict == WECOM_MATCH_CREATE,
                                 row.link == 0 && !facts.policy.login_only
                                     && !facts.policy.no_registration
                                     && (facts.policy.association == NONE
                                         || (facts.policy.association == FIELD
                                             && row.candidates[0] == 0)));
                assert_int_equal(match.verdict == WECOM_MATCH_REFUSE,
                                 match.refusal != WECOM_MATCH_NO_REFUSAL);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(truth_table),
        TEST(choice_is_limited),
        TEST(rows_are_complete),
        TEST(consent_comes_first),
        TEST(nothing_else_lets_in),
    };

    return cmocka_run_group_tests_name("match", tests, support_start, support_end);
}
