/* SPDX-License-Identifier: Apache-2.0 */
/* test_account_book.c - the directory over a book: a made-up one, with links in a real SQLite. */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/account_book.h"
#include "../../src/auth/account_facet.h"
#include "../../src/base/text.h"
#include "lite.h"

#define NOW apr_time_from_sec(1700000000)

/* The library in which a book, its links and a directory stand. */
typedef struct scene_t {
    apr_pool_t *pool;
    lite_t *lite;
    wecom_book_t book;
    apr_array_header_t *accounts;   /* what the book gives, whoever asks for whatever */
    wecom_status_t answer;          /* other than WECOM_OK: of the book */
    int asked;
    void (*meddle)(struct scene_t *scene); /* somebody else, while the book is asked */
    const char *last_value;
    wecom_directory_t *directory;
    wecom_error_t err;
    wecom_admission_t admission;
    wecom_standing_t standing;
} scene_t;

/* --- a book ---------------------------------------------------------------------------------- */

static void be_asked(scene_t *scene)
{
    /* over the network nothing of the database is held */
    assert_int_equal(scene->lite->borrowed, 0);
    scene->asked++;
    if (scene->meddle != NULL) {
        scene->meddle(scene);
    }
}

static wecom_status_t find(const wecom_book_t *self, apr_array_header_t **found,
                           wecom_error_t *err, const wecom_claim_value_t *values, int count,
                           int max, apr_pool_t *pool)
{
    scene_t *scene = self->baton;

    be_asked(scene);
    assert_true(count > 0);
    scene->last_value = values[count - 1].value;
    *found = apr_array_copy(pool, scene->accounts);
    if ((*found)->nelts > max) {
        (*found)->nelts = max;
        return WECOM_E_TOO_LARGE;
    }
    return scene->answer == WECOM_OK ? WECOM_OK
           : wecom_error_set(err, scene->answer, 0, "accounts", "the book is shut");
}

static wecom_status_t get(const wecom_book_t *self, apr_array_header_t **facets,
                          wecom_error_t *err, const char *username, apr_pool_t *pool)
{
    scene_t *scene = self->baton;

    be_asked(scene);
    return scene->answer == WECOM_OK
        ? wecom_account_facet_pick(facets, scene->accounts, username, pool)
        : wecom_error_set(err, scene->answer, 0, "accounts", "the book is shut");
}

static void add(scene_t *scene, const char *username, const char *email, const char *phone,
                wecom_account_status_t status)
{
    wecom_account_t *account = apr_array_push(scene->accounts);

    memset(account, 0, sizeof(*account));
    account->id = username;
    account->username = username;
    account->email = email;
    account->phone = phone;
    account->status = status;
}

static int setup(void **state)
{
    const wecom_sql_statement_t *links;
    scene_t *scene;
    int count;

    support_pool_make(state);
    scene = apr_pcalloc(*state, sizeof(*scene));
    scene->pool = *state;
    links = wecom_account_schema_links(&count);
    scene->lite = lite_open(wecom_account_schema_tables("sqlite3"), links, count, scene->pool);
    scene->accounts = apr_array_make(scene->pool, 4, sizeof(wecom_account_t));
    scene->book.find = find;
    scene->book.get = get;
    scene->book.baton = scene;
    scene->directory = wecom_account_book_directory(&scene->book, &scene->lite->port,
                                                    scene->pool);
    *state = scene;
    return 0;
}

static int teardown(void **state)
{
    scene_t *scene = *state;

    lite_close(scene->lite);
    *state = scene->pool;
    return support_pool_end(state);
}

#define BOOK_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* --- a member -------------------------------------------------------------------------------- */

static wecom_claim_t claim_of(const scene_t *scene, const char *userid,
                              wecom_association_t association)
{
    wecom_claim_t claim;

    memset(&claim, 0, sizeof(claim));
    claim.source = "acme";
    claim.userid = userid;
    claim.userid_key = wecom_text_fold(userid, scene->pool);
    claim.values = apr_array_make(scene->pool, 2, sizeof(wecom_claim_value_t));
    claim.policy.association = association;
    claim.now = NOW;
    return claim;
}

static void match_by(wecom_claim_t *claim, const char *field, const char *value)
{
    wecom_claim_value_t *row = apr_array_push((apr_array_header_t *)claim->values);

    row->field = field;
    row->column = (wecom_column_t)wecom_account_column(field);
    row->value = value;
}

static wecom_status_t try_to_admit(scene_t *scene, const wecom_claim_t *claim)
{
    return scene->directory->admit(scene->directory, &scene->admission, &scene->err, claim,
                                   scene->pool);
}

static const wecom_admission_t *admit(scene_t *scene, const wecom_claim_t *claim)
{
    CHECK(try_to_admit(scene, claim) == WECOM_OK, "%s", support_show(scene->err.detail));
    return &scene->admission;
}

static wecom_status_t find_linked(scene_t *scene, const char *userid_key, const char *hint)
{
    return scene->directory->find_linked(scene->directory, &scene->standing, &scene->err, "acme",
                                         userid_key, hint, scene->pool);
}

static const char *links(scene_t *scene)
{
    return lite_ask(scene->lite, "SELECT count(*) FROM wecom_link");
}

#define BOTH (WECOM_STANDING_PREEXISTING | WECOM_STANDING_FIELD_MATCH)

/* --- tests ----------------------------------------------------------------------------------- */

static void nobody_is_created(void **state)
{
    scene_t *scene = *state;
    wecom_claim_t claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_NONE);

    /* row 5 in place of 4, and 6 as it is */
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_NO_REGISTRATION);
    assert_int_equal(scene->asked, 0);
    claim.policy.login_only = 1;
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_LOGIN_ONLY);
    claim.policy.association = WECOM_ASSOCIATION_FIELD;
    match_by(&claim, "email", "li@example.com");
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_LOGIN_ONLY);
    claim.withheld = 1;
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_WITHHELD);
    claim.policy.may_consent = 1;
    assert_int_equal(admit(scene, &claim)->verdict, WECOM_MATCH_CONSENT);
    /* 14 to 16, 17 and 18 */
    claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_ASK);
    assert_int_equal(admit(scene, &claim)->verdict, WECOM_MATCH_ASK_TO_BIND);
    claim.step = WECOM_STEP_CREATE;
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_NO_REGISTRATION);
    assert_string_equal(links(scene), "0");
}

static void a_match_is_linked(void **state)
{
    scene_t *scene = *state;
    wecom_claim_t claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_FIELD);
    const wecom_admission_t *admission;

    add(scene, "Li.Si", "Li@Example.com", "138 0000 0001", WECOM_ACCOUNT_ACTIVE);
    claim.policy.login_only = 1;
    match_by(&claim, "mobile", "+8613800000009");
    match_by(&claim, "email", "li@example.com");
    admission = admit(scene, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_LOG_IN);
    assert_int_equal(admission->linked, 1);
    assert_int_equal(admission->created, 0);
    assert_string_equal(admission->standing.account.id, "Li.Si");
    assert_string_equal(admission->standing.linked_by, "match:email");
    assert_int_equal(admission->standing.marks, BOTH);
    assert_string_equal(lite_ask(scene->lite, "SELECT account_id FROM wecom_link"), "Li.Si");
    assert_int_equal(strlen(lite_ask(scene->lite, "SELECT match_hash FROM wecom_link")), 81);

    /* the next one is told by the link alone */
    claim = claim_of(scene, "LiSi", WECOM_ASSOCIATION_NONE);
    claim.now = NOW + apr_time_from_sec(60);
    admission = admit(scene, &claim);
    assert_int_equal(admission->verdict, WECOM_MATCH_LOG_IN);
    assert_int_equal(admission->linked, 0);
    assert_int_equal(admission->standing.marks, BOTH);
    assert_string_equal(lite_ask(scene->lite, "SELECT last_login FROM wecom_link"), "1700000060");
    assert_string_equal(lite_ask(scene->lite, "SELECT userid FROM wecom_link"), "LiSi");
    assert_int_equal(find_linked(scene, "lisi", NULL), WECOM_OK);
    assert_int_equal(scene->standing.marks, BOTH);
    assert_string_equal(scene->standing.account.username, "Li.Si");

    /* and what WeCom says otherwise takes the mark, not the account */
    claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_FIELD);
    match_by(&claim, "email", "other@example.com");
    assert_int_equal(admit(scene, &claim)->standing.marks, WECOM_STANDING_PREEXISTING);
    APR_ARRAY_IDX(scene->accounts, 0, wecom_account_t).email = "new@example.com";
    assert_int_equal(find_linked(scene, "lisi", NULL), WECOM_OK);
    assert_int_equal(scene->standing.marks, WECOM_STANDING_PREEXISTING);
}

static void the_book_is_not_believed(void **state)
{
    scene_t *scene = *state;
    wecom_claim_t claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_FIELD);

    add(scene, "one", "other@example.com", NULL, WECOM_ACCOUNT_ACTIVE);
    match_by(&claim, "email", "li@example.com");
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_NO_REGISTRATION);
    add(scene, "two", "li@example.com", NULL, WECOM_ACCOUNT_ACTIVE);
    assert_string_equal(admit(scene, &claim)->standing.account.id, "two");
}

static void facets_are_one_account(void **state)
{
    scene_t *scene = *state;
    wecom_claim_t claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_FIELD);
    const wecom_admission_t *admission;

    add(scene, "one", "first@example.com", "13800000001", WECOM_ACCOUNT_ACTIVE);
    add(scene, "one", "li@example.com", "13800000001", WECOM_ACCOUNT_ACTIVE);
    match_by(&claim, "email", "li@example.com");
    match_by(&claim, "mobile", "+8613800000001");
    admission = admit(scene, &claim);
    assert_int_equal(admission->linked, 1);
    assert_string_equal(admission->standing.account.email, "li@example.com");
    assert_string_equal(admission->standing.linked_by, "match:email");
    assert_int_equal(admission->standing.marks, BOTH);
    /* the value that matched is not the first one, and found again */
    assert_int_equal(admit(scene, &claim)->standing.marks, BOTH);
    assert_int_equal(find_linked(scene, "lisi", NULL), WECOM_OK);
    assert_int_equal(scene->standing.marks, BOTH);
    assert_string_equal(scene->standing.account.email, "li@example.com");
}

static void status_and_owner_decide(void **state)
{
    scene_t *scene = *state;
    wecom_claim_t claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_FIELD);
    wecom_account_t *account;

    add(scene, "one", "li@example.com", NULL, WECOM_ACCOUNT_DISABLED);
    account = &APR_ARRAY_IDX(scene->accounts, 0, wecom_account_t);
    match_by(&claim, "email", "li@example.com");
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_INACTIVE);  /* row 11 */
    account->status = WECOM_ACCOUNT_LOCKED;
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_LOCKED);
    account->status = WECOM_ACCOUNT_ACTIVE;
    assert_int_equal(admit(scene, &claim)->linked, 1);                      /* row 10 */
    account->status = WECOM_ACCOUNT_DISABLED;
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_INACTIVE);  /* row 2 */
    assert_int_equal(find_linked(scene, "lisi", NULL), WECOM_OK);           /* the caller's */
    assert_int_equal(scene->standing.account.status, WECOM_ACCOUNT_DISABLED);
    account->status = WECOM_ACCOUNT_ACTIVE;
    claim.userid = claim.userid_key = "wangwu";
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_TAKEN);     /* row 12 */
    assert_string_equal(scene->admission.standing.account.linked_to, "lisi");
    claim.source = "beta";
    assert_int_equal(admit(scene, &claim)->linked, 1);
    claim.source = "acme";
    claim.userid = claim.userid_key = "lisi";
    account->id = account->username = "somebody.else";
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_STALE);
    assert_int_equal(find_linked(scene, "lisi", "one"), WECOM_E_NOT_FOUND);
    assert_int_equal(find_linked(scene, "nobody", "one"), WECOM_E_NOT_FOUND);
}

static void several_are_a_choice(void **state)
{
    scene_t *scene = *state;
    wecom_claim_t claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_FIELD);
    int i;

    add(scene, "one", "li@example.com", NULL, WECOM_ACCOUNT_ACTIVE);
    add(scene, "two", "li@example.com", NULL, WECOM_ACCOUNT_ACTIVE);
    match_by(&claim, "email", "li@example.com");
    assert_int_equal(admit(scene, &claim)->verdict, WECOM_MATCH_CHOOSE);
    assert_int_equal(scene->admission.candidates->nelts, 2);
    claim.step = WECOM_STEP_CHOOSE;
    claim.chosen = "three";
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_EXPIRED);
    claim.chosen = "two";
    assert_int_equal(admit(scene, &claim)->linked, 1);
    assert_string_equal(scene->admission.standing.linked_by, "choice:email");

    /* more than are looked at: ambiguous, or no answer at all where one is left of them */
    for (i = 0; i < 20; i++) {
        add(scene, apr_psprintf(scene->pool, "n%d", i), "li@example.com", NULL,
            WECOM_ACCOUNT_ACTIVE);
    }
    claim = claim_of(scene, "wangwu", WECOM_ASSOCIATION_FIELD);
    match_by(&claim, "email", "li@example.com");
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_AMBIGUOUS);
    for (i = 1; i < scene->accounts->nelts; i++) {
        APR_ARRAY_IDX(scene->accounts, i, wecom_account_t).email = NULL;
    }
    assert_int_equal(try_to_admit(scene, &claim), WECOM_E_UNAVAILABLE);
    assert_non_null(strstr(scene->err.detail, "narrower filter"));
}

static void who_has_proven_is_bound(void **state)
{
    scene_t *scene = *state;
    wecom_claim_t claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_ASK);

    add(scene, "Li", NULL, NULL, WECOM_ACCOUNT_ACTIVE);
    add(scene, "li", NULL, NULL, WECOM_ACCOUNT_ACTIVE);
    add(scene, "lix", NULL, NULL, WECOM_ACCOUNT_ACTIVE);
    claim.step = WECOM_STEP_BIND;
    claim.username = "LI";
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_UNKNOWN);   /* row 23, twice */
    claim.username = "nobody";
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_UNKNOWN);
    claim.username = "li";
    assert_int_equal(admit(scene, &claim)->linked, 1);                      /* row 19 */
    assert_string_equal(scene->last_value, "li");
    assert_string_equal(scene->admission.standing.account.id, "li");
    assert_string_equal(scene->admission.standing.linked_by, "bind:password");
    assert_int_equal(scene->admission.standing.marks, WECOM_STANDING_PREEXISTING);
    assert_int_equal(find_linked(scene, "lisi", NULL), WECOM_OK);
    assert_int_equal(scene->standing.marks, WECOM_STANDING_PREEXISTING);
}

/* --- races ----------------------------------------------------------------------------------- */

#define LINK(userid, account)                                                                   \
    "INSERT INTO wecom_link (source, userid_key, userid, account_id, linked_by, linked_at) "    \
    "VALUES ('acme', '" userid "', '" userid "', '" account "', 'admin', 1)"

static void link_lisi(scene_t *scene)
{
    scene->meddle = NULL;
    lite_run(scene->lite, LINK("lisi", "two"));
}

static void link_account(scene_t *scene)
{
    scene->meddle = NULL;
    lite_run(scene->lite, LINK("other", "one"));
}

static void move_link(scene_t *scene)
{
    scene->meddle = NULL;
    lite_run(scene->lite, "UPDATE wecom_link SET account_id = 'one' WHERE userid_key = 'lisi'");
}

static void move_link_always(scene_t *scene)
{
    lite_run(scene->lite, "UPDATE wecom_link SET account_id = "
                          "CASE account_id WHEN 'one' THEN 'two' ELSE 'one' END");
}

static void links_that_change_meanwhile(void **state)
{
    scene_t *scene = *state;
    wecom_claim_t claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_FIELD);

    add(scene, "one", "li@example.com", NULL, WECOM_ACCOUNT_ACTIVE);
    add(scene, "two", NULL, NULL, WECOM_ACCOUNT_ACTIVE);
    match_by(&claim, "email", "li@example.com");
    /* row 25: linked by somebody else, to another */
    scene->meddle = link_lisi;
    assert_string_equal(admit(scene, &claim)->standing.account.id, "two");
    assert_int_equal(scene->asked, 2);
    assert_string_equal(scene->admission.standing.linked_by, "admin");
    scene->meddle = move_link;
    assert_string_equal(admit(scene, &claim)->standing.account.id, "one");
    /* the candidate goes to somebody else */
    lite_run(scene->lite, "DELETE FROM wecom_link");
    scene->meddle = link_account;
    assert_int_equal(admit(scene, &claim)->refusal, WECOM_MATCH_TAKEN);
    assert_string_equal(links(scene), "1");
    /* no end of it */
    lite_run(scene->lite, "DELETE FROM wecom_link");
    lite_run(scene->lite, LINK("lisi", "two"));
    scene->meddle = move_link_always;
    assert_int_equal(try_to_admit(scene, &claim), WECOM_E_UNAVAILABLE);
    assert_int_equal(scene->admission.verdict, WECOM_MATCH_REFUSE);
    scene->meddle = NULL;
}

static void what_is_shut_writes_nothing(void **state)
{
    scene_t *scene = *state;
    wecom_claim_t claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_FIELD);

    add(scene, "one", "li@example.com", NULL, WECOM_ACCOUNT_ACTIVE);
    match_by(&claim, "email", "li@example.com");
    scene->answer = WECOM_E_UNAVAILABLE;
    assert_int_equal(try_to_admit(scene, &claim), WECOM_E_UNAVAILABLE);
    assert_string_equal(scene->err.detail, "the book is shut");
    assert_int_equal(scene->asked, 1);
    scene->answer = WECOM_OK;
    scene->lite->down = 1;
    assert_int_equal(try_to_admit(scene, &claim), WECOM_E_UNAVAILABLE);
    assert_int_equal(find_linked(scene, "lisi", "one"), WECOM_E_UNAVAILABLE);
    scene->lite->down = 0;
    assert_string_equal(links(scene), "0");
    assert_int_equal(admit(scene, &claim)->linked, 1);
    scene->answer = WECOM_E_UNAVAILABLE;
    assert_int_equal(try_to_admit(scene, &claim), WECOM_E_UNAVAILABLE);
    assert_int_equal(find_linked(scene, "lisi", "one"), WECOM_E_UNAVAILABLE);
}

/* --- without links --------------------------------------------------------------------------- */

static void without_links(void **state)
{
    scene_t *scene = *state;
    wecom_claim_t claim = claim_of(scene, "lisi", WECOM_ASSOCIATION_FIELD);
    int i;

    scene->directory = wecom_account_book_directory(&scene->book, NULL, scene->pool);
    scene->lite->down = 1;
    add(scene, "one", "li@example.com", NULL, WECOM_ACCOUNT_ACTIVE);
    match_by(&claim, "email", "li@example.com");
    for (i = 0; i < 2; i++) {
        assert_int_equal(admit(scene, &claim)->verdict, WECOM_MATCH_LOG_IN);
        assert_int_equal(scene->admission.linked + scene->admission.created, 0);
        assert_int_equal(scene->admission.standing.marks, BOTH);
        assert_string_equal(scene->admission.standing.linked_by, "match:email");
    }
    assert_int_equal(find_linked(scene, "lisi", "one"), WECOM_OK);
    assert_int_equal(scene->standing.marks, BOTH);
    assert_null(scene->standing.linked_by);
    assert_int_equal(find_linked(scene, "lisi", "gone"), WECOM_E_NOT_FOUND);
    assert_int_equal(find_linked(scene, "lisi", NULL), WECOM_E_NOT_FOUND);
    assert_int_equal(find_linked(scene, "lisi", ""), WECOM_E_NOT_FOUND);
    add(scene, "two", "li@example.com", NULL, WECOM_ACCOUNT_ACTIVE);
    assert_int_equal(admit(scene, &claim)->verdict, WECOM_MATCH_CHOOSE);
    claim.step = WECOM_STEP_CHOOSE;
    claim.chosen = "two";
    assert_string_equal(admit(scene, &claim)->standing.account.id, "two");
    scene->answer = WECOM_E_UNAVAILABLE;
    assert_int_equal(try_to_admit(scene, &claim), WECOM_E_UNAVAILABLE);
    assert_int_equal(find_linked(scene, "lisi", "one"), WECOM_E_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOK_TEST(nobody_is_created),
        BOOK_TEST(a_match_is_linked),
        BOOK_TEST(the_book_is_not_believed),
        BOOK_TEST(facets_are_one_account),
        BOOK_TEST(status_and_owner_decide),
        BOOK_TEST(several_are_a_choice),
        BOOK_TEST(who_has_proven_is_bound),
        BOOK_TEST(links_that_change_meanwhile),
        BOOK_TEST(what_is_shut_writes_nothing),
        BOOK_TEST(without_links),
    };

    return cmocka_run_group_tests_name("account_book", tests, lite_start, support_end);
}
