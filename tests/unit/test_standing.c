/* SPDX-License-Identifier: Apache-2.0 */
/* test_standing.c - does the account of a session still stand, and how often is that asked? */
#include "support.h"

#include <string.h>

#include "../../src/auth/standing.h"
#include "mem_cache.h"

#define START apr_time_from_sec(1700000000)

/* A directory that says what the test likes. */
typedef struct scene_t {
    apr_pool_t *pool;
    mem_cache_t cache;
    wecom_directory_t directory;
    wecom_source_t source;
    wecom_ticket_t ticket;
    wecom_status_t status;
    wecom_account_status_t account;
    const char *username;
    unsigned int marks;
    const char *linked_by;
    int asked;
    unsigned int flags;
    wecom_error_t err;
} scene_t;

static wecom_status_t find_linked(const wecom_directory_t *self, wecom_standing_t *standing,
                                  wecom_error_t *err, const char *source,
                                  const char *userid_key, const char *hint, apr_pool_t *pool)
{
    scene_t *scene = self->baton;

    (void)pool;
    scene->asked++;
    assert_string_equal(source, "acme");
    assert_string_equal(userid_key, "lisi");
    assert_string_equal(hint, "li.si");
    memset(standing, 0, sizeof(*standing));
    standing->account.username = scene->username;
    standing->account.status = scene->account;
    standing->marks = scene->marks;
    standing->linked_by = scene->linked_by;
    return scene->status == WECOM_E_UNAVAILABLE
               ? wecom_error_set(err, scene->status, 0, "accounts", "down") : scene->status;
}

static scene_t *begin(apr_pool_t *pool)
{
    scene_t *scene = apr_pcalloc(pool, sizeof(*scene));

    scene->pool = pool;
    mem_cache_init(&scene->cache, pool);
    scene->directory.print = "here";
    scene->directory.find_linked = find_linked;
    scene->directory.baton = scene;
    scene->source.id = "acme";
    scene->ticket.source = "acme";
    scene->ticket.userid = "LiSi";
    scene->ticket.account = "li.si";
    scene->account = WECOM_ACCOUNT_ACTIVE;
    scene->username = "li.si";
    return scene;
}

static wecom_standing_verdict_t check(scene_t *scene, int seconds)
{
    scene->flags = 0;
    return wecom_standing_check(&scene->flags, &scene->err, &scene->ticket, &scene->source,
                                &scene->directory, &scene->cache.port, NULL,
                                START + apr_time_from_sec(seconds), scene->pool);
}

static void asked_once_a_minute(void **state)
{
    scene_t *scene = begin(*state);
    int second;

    for (second = 0; second < 180; second++) {
        assert_int_equal(check(scene, second), WECOM_STANDING_GOOD);
    }
    assert_int_equal(scene->asked, 3);
}

static void login_is_an_answer(void **state)
{
    scene_t *scene = begin(*state);
    wecom_standing_t standing;

    memset(&standing, 0, sizeof(standing));
    standing.account.username = "li.si";
    wecom_standing_note(&scene->cache.port, &scene->directory, &scene->source, &scene->ticket,
                        &standing, START, scene->pool);
    assert_int_equal(check(scene, 59), WECOM_STANDING_GOOD);
    assert_int_equal(scene->asked, 0);
    assert_int_equal(check(scene, 60), WECOM_STANDING_GOOD);
    assert_int_equal(scene->asked, 1);
}

static void out_within_a_minute(void **state)
{
    static const struct {
        wecom_status_t status;
        wecom_account_status_t account;
        const char *username;
    } rows[] = {
        { WECOM_OK, WECOM_ACCOUNT_DISABLED, "li.si" },
        { WECOM_OK, WECOM_ACCOUNT_LOCKED, "li.si" },
        { WECOM_E_NOT_FOUND, WECOM_ACCOUNT_ACTIVE, "li.si" },
        { WECOM_OK, WECOM_ACCOUNT_ACTIVE, "wang.wu" },   /* linked to another one meanwhile */
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        scene_t *scene = begin(*state);

        assert_int_equal(check(scene, 0), WECOM_STANDING_GOOD);
        scene->status = rows[i].status;
        scene->account = rows[i].account;
        scene->username = rows[i].username;
        assert_int_equal(check(scene, 59), WECOM_STANDING_GOOD);
        CHECK(check(scene, 60) == WECOM_STANDING_GONE, "row %d", (int)i);
        CHECK(check(scene, 61) == WECOM_STANDING_GONE, "row %d", (int)i);
        assert_int_equal(scene->asked, 2);
    }
}

static void directory_down(void **state)
{
    scene_t *scene = begin(*state);

    assert_int_equal(check(scene, 0), WECOM_STANDING_GOOD);
    scene->status = WECOM_E_UNAVAILABLE;
    assert_int_equal(check(scene, 60), WECOM_STANDING_GOOD);
    assert_int_equal(scene->err.status, WECOM_E_UNAVAILABLE);
    /* the next who asks does so a minute later */
    assert_int_equal(check(scene, 61), WECOM_STANDING_GOOD);
    assert_int_equal(scene->err.status, WECOM_OK);
    assert_int_equal(scene->asked, 2);
    assert_int_equal(check(scene, 599), WECOM_STANDING_GOOD);
    assert_int_equal(check(scene, 600), WECOM_STANDING_UNKNOWN);
    scene->status = WECOM_OK;
    assert_int_equal(check(scene, 601), WECOM_STANDING_GOOD);
}

/* Somebody asked ten seconds ago and has no answer yet: nobody joins them. */
static void hanging_directory_takes_one_thread(void **state)
{
    scene_t *scene = begin(*state);
    unsigned char since[8];
    wecom_bytes_t mark = { since, sizeof(since) };
    apr_time_t then = START + apr_time_from_sec(60);
    int i;

    assert_int_equal(check(scene, 0), WECOM_STANDING_GOOD);
    for (i = 0; i < 8; i++) {
        since[i] = (unsigned char)((apr_uint64_t)then >> (8 * (7 - i)));
    }
    scene->cache.port.put_if_absent(&scene->cache.port, "directory-waits", "here", mark, then,
                                    then + apr_time_from_sec(600), scene->pool);
    /* the one who looks whether it still hangs ... */
    assert_int_equal(check(scene, 70), WECOM_STANDING_GOOD);
    assert_int_equal(scene->asked, 2);
    /* ... had an answer: it is asked as ever */
    scene->ticket.userid = "LISI";
    assert_int_equal(check(scene, 131), WECOM_STANDING_GOOD);
    assert_int_equal(scene->asked, 3);
    scene->cache.port.put_if_absent(&scene->cache.port, "directory-waits", "here", mark, then,
                                    then + apr_time_from_sec(600), scene->pool);
    scene->cache.port.put_if_absent(&scene->cache.port, "directory-probe", "here", mark,
                                    START + apr_time_from_sec(190),
                                    START + apr_time_from_sec(220), scene->pool);
    assert_int_equal(check(scene, 200), WECOM_STANDING_GOOD);
    assert_int_equal(scene->asked, 3);
    scene->source.id = "acme";
    scene->cache.port.drop(&scene->cache.port, "standing", "here|acme||lisi", scene->pool);
    assert_int_equal(check(scene, 201), WECOM_STANDING_UNKNOWN);
    assert_int_equal(scene->asked, 3);
}

/* One request asks, the others do not wait for it. */
static void one_asks_for_all(void **state)
{
    scene_t *scene = begin(*state);
    wecom_bytes_t mark = { (const unsigned char *)"1", 1 };

    assert_int_equal(check(scene, 0), WECOM_STANDING_GOOD);
    scene->account = WECOM_ACCOUNT_DISABLED;
    scene->cache.port.put_if_absent(&scene->cache.port, "standing-asked", "here|acme||lisi", mark,
                                    START + apr_time_from_sec(60),
                                    START + apr_time_from_sec(120), scene->pool);
    assert_int_equal(check(scene, 61), WECOM_STANDING_GOOD);
    assert_int_equal(scene->asked, 1);
}

static void marks_follow(void **state)
{
    const unsigned int both = WECOM_STANDING_PREEXISTING | WECOM_STANDING_FIELD_MATCH;
    scene_t *scene = begin(*state);
    apr_table_t *fields = apr_table_make(scene->pool, 1);

    apr_table_setn(fields, WECOM_TICKET_MATCH, "email");
    scene->ticket.flags = WECOM_TICKET_IN_CLIENT | WECOM_TICKET_FIELD_MATCH;
    scene->marks = both;
    /* adopted meanwhile: it counts as one that was there before */
    assert_int_equal(check(scene, 0), WECOM_STANDING_GOOD);
    assert_int_equal(scene->flags, WECOM_TICKET_IN_CLIENT | WECOM_TICKET_FIELD_MATCH
                                       | WECOM_TICKET_PREEXISTING);
    /* the account's e-mail has changed */
    scene->marks = WECOM_STANDING_PREEXISTING;
    assert_int_equal(check(scene, 60), WECOM_STANDING_GOOD);
    assert_int_equal(scene->flags, WECOM_TICKET_IN_CLIENT | WECOM_TICKET_PREEXISTING);
    /* what WeCom contradicted at the login stays contradicted */
    scene->ticket.flags = 0;
    scene->marks = both;
    assert_int_equal(check(scene, 120), WECOM_STANDING_GOOD);
    assert_int_equal(scene->flags, WECOM_TICKET_PREEXISTING);
    /* linked anew by another field: the session was let in by the one before */
    scene->ticket.flags = WECOM_TICKET_FIELD_MATCH;
    scene->ticket.fields = fields;
    scene->linked_by = "match:email";
    assert_int_equal(check(scene, 180), WECOM_STANDING_GOOD);
    assert_int_equal(scene->flags, WECOM_TICKET_PREEXISTING | WECOM_TICKET_FIELD_MATCH);
    scene->linked_by = "match:userid";
    assert_int_equal(check(scene, 240), WECOM_STANDING_GOOD);
    assert_int_equal(scene->flags, WECOM_TICKET_PREEXISTING);
}

static void broken_cache_asks_each_time(void **state)
{
    scene_t *scene = begin(*state);

    scene->cache.unavailable = 1;
    assert_int_equal(check(scene, 0), WECOM_STANDING_GOOD);
    scene->account = WECOM_ACCOUNT_DISABLED;
    assert_int_equal(check(scene, 1), WECOM_STANDING_GONE);
    assert_int_equal(scene->asked, 2);
}

/* A clock that was set back must not make an answer good for hours. */
static void clock_set_back(void **state)
{
    scene_t *scene = begin(*state);

    assert_int_equal(check(scene, 7200), WECOM_STANDING_GOOD);
    scene->account = WECOM_ACCOUNT_DISABLED;
    assert_int_equal(check(scene, 0), WECOM_STANDING_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asked_once_a_minute),
        TEST(login_is_an_answer),
        TEST(out_within_a_minute),
        TEST(directory_down),
        TEST(hanging_directory_takes_one_thread),
        TEST(one_asks_for_all),
        TEST(marks_follow),
        TEST(broken_cache_asks_each_time),
        TEST(clock_set_back),
    };

    return cmocka_run_group_tests_name("standing", tests, support_start, support_end);
}
