/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_account_sql_race.c - the directory in SQL: first logins at the same moment.
 *
 * Two processes, as two children or two nodes are, each with a connection for every thread.
 */
#include "accounts.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_thread_proc.h>

#define EACH 25 /* logins of a process */

typedef struct tally_t {
    int good;           /* logged in */
    int created;
    int linked;
    int strangers;      /* as another account than the first of this process */
    char id[200];
    char why[200];      /* what was said when one was not let in */
} tally_t;

typedef struct runner_t {
    accounts_t accounts;
    wecom_claim_t claim;
} runner_t;

static void *APR_THREAD_FUNC log_in(apr_thread_t *thread, void *baton)
{
    runner_t *runner = baton;
    accounts_t *accounts = &runner->accounts;
    wecom_status_t status = accounts->directory->admit(accounts->directory, &accounts->admission,
                                                       &accounts->err, &runner->claim,
                                                       accounts->pool);

    apr_thread_exit(thread, status == WECOM_OK ? APR_SUCCESS : APR_EGENERAL);
    return NULL;
}

static void count(tally_t *tally, const accounts_t *accounts, apr_status_t status)
{
    const wecom_admission_t *admission = &accounts->admission;
    const char *id = admission->standing.account.id;

    if (status != APR_SUCCESS || admission->verdict != WECOM_MATCH_LOG_IN || id == NULL) {
        apr_cpystrn(tally->why, support_show(accounts->err.detail), sizeof(tally->why));
        return;
    }
    if (tally->good++ == 0) {
        apr_cpystrn(tally->id, id, sizeof(tally->id));
    }
    tally->strangers += strcmp(tally->id, id) != 0;
    tally->created += admission->created;
    tally->linked += admission->linked;
}

/* ready and go: pipes to and from the other process. */
static void run_process(tally_t *tally, const accounts_t *accounts, const wecom_claim_t *claim,
                        const wecom_account_layout_t *layout, int ready, int go)
{
    runner_t runners[EACH];
    apr_thread_t *threads[EACH];
    char byte = 'r';
    int i;

    memset(tally, 0, sizeof(*tally));
    for (i = 0; i < EACH; i++) {
        apr_pool_t *pool;

        /* a pool of its own, with an allocator of its own */
        assert_int_equal(apr_pool_create_core(&pool), APR_SUCCESS);
        accounts_connect(&runners[i].accounts, accounts, layout, pool);
        runners[i].claim = *claim;
    }
    assert_int_equal(write(ready, &byte, 1), 1);
    assert_int_equal(read(go, &byte, 1), 1);
    for (i = 0; i < EACH; i++) {
        assert_int_equal(apr_thread_create(&threads[i], NULL, log_in, &runners[i],
                                           runners[i].accounts.pool), APR_SUCCESS);
    }
    for (i = 0; i < EACH; i++) {
        apr_status_t status;

        apr_thread_join(&status, threads[i]);
        count(tally, &runners[i].accounts, status);
    }
    for (i = 0; i < EACH; i++) {
        accounts_close(&runners[i].accounts);
        apr_pool_destroy(runners[i].accounts.pool);
    }
}

static void race(accounts_t *accounts, const wecom_claim_t *claim,
                 const wecom_account_layout_t *layout, tally_t *ours, tally_t *theirs)
{
    int up[2];
    int down[2];
    int status = 0;
    pid_t child;

    assert_int_equal(pipe(up) | pipe(down), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        run_process(theirs, accounts, claim, layout, up[1], down[0]);
        _exit(write(up[1], theirs, sizeof(*theirs)) == (ssize_t)sizeof(*theirs) ? 0 : 1);
    }
    close(up[1]);
    close(down[0]);
    run_process(ours, accounts, claim, layout, down[1], up[0]);
    memset(theirs, 0, sizeof(*theirs));
    CHECK(read(up[0], theirs, sizeof(*theirs)) == (ssize_t)sizeof(*theirs), "no word of the child");
    close(up[0]);
    close(down[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void all_are_one(const tally_t *ours, const tally_t *theirs, int created)
{
    CHECK(ours->good == EACH && theirs->good == EACH, "%d and %d of %d: %s %s", ours->good,
          theirs->good, EACH, ours->why, theirs->why);
    assert_int_equal(ours->strangers + theirs->strangers, 0);
    assert_string_equal(ours->id, theirs->id);
    assert_int_equal(ours->created + theirs->created, created);
    assert_int_equal(ours->linked + theirs->linked, 1);
}

static void many_first_logins_make_one_account(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    tally_t ours;
    tally_t theirs;

    claim.email = "li@example.com";
    race(accounts, &claim, NULL, &ours, &theirs);
    all_are_one(&ours, &theirs, 1);
    accounts_check(accounts, "SELECT count(*) FROM wecom_account", "1");
    accounts_check(accounts, "SELECT count(*) FROM wecom_link", "1");
    accounts_check(accounts, "SELECT username FROM wecom_account", "lisi");
}

static void many_first_logins_make_one_link(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_FIELD);
    tally_t ours;
    tally_t theirs;

    accounts_add(accounts, "a1", "li.si", "'li@example.com'", "NULL", 1);
    accounts_match_by(&claim, "email", "li@example.com");
    race(accounts, &claim, NULL, &ours, &theirs);
    all_are_one(&ours, &theirs, 0);
    assert_string_equal(ours.id, "a1");
    accounts_check(accounts, "SELECT count(*) FROM wecom_account", "1");
    accounts_check(accounts, "SELECT count(*) FROM wecom_link", "1");
}

static void many_first_logins_make_one_of_the_staff(void **state)
{
    accounts_t *accounts = *state;
    wecom_claim_t claim = accounts_claim(accounts, "lisi", WECOM_ASSOCIATION_NONE);
    tally_t ours;
    tally_t theirs;

    race(accounts, &claim, &accounts_staff, &ours, &theirs);
    all_are_one(&ours, &theirs, 1);
    accounts_check(accounts, "SELECT count(*) FROM staff", "1");
    accounts_check(accounts, "SELECT count(*) FROM wecom_link", "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACCOUNTS_TEST(many_first_logins_make_one_account),
        ACCOUNTS_TEST(many_first_logins_make_one_link),
        STAFF_TEST(many_first_logins_make_one_of_the_staff),
    };

    return cmocka_run_group_tests_name("account_sql_race", tests, accounts_start, support_end);
}
