/* SPDX-License-Identifier: Apache-2.0 */
/* test_throttle.c - how often somebody may fail to prove an account. */
#include "support.h"

#include <apr_strings.h>

#include "../../src/auth/throttle.h"
#include "mem_cache.h"

#define NOW apr_time_from_sec(1700000000)
#define MEMBER "acme|lisi"

static mem_cache_t *new_cache(apr_pool_t *pool)
{
    mem_cache_t *cache = apr_pcalloc(pool, sizeof(*cache));

    mem_cache_init(cache, pool);
    return cache;
}

static wecom_throttle_verdict_t try_at(mem_cache_t *cache, const char *member,
                                       const char *account, int seconds, int failed,
                                       apr_pool_t *pool)
{
    wecom_throttle_t try;
    wecom_throttle_verdict_t verdict = wecom_throttle_begin(&try, &cache->port, member, account,
                                                            NOW + apr_time_from_sec(seconds),
                                                            pool);

    wecom_throttle_end(&try, failed);
    return verdict;
}

static void five_failures_rest_a_member(void **state)
{
    mem_cache_t *cache = new_cache(*state);
    int i;

    for (i = 0; i < 5; i++) {
        CHECK(try_at(cache, MEMBER, "li", i * 10, 1, *state) == WECOM_THROTTLE_PASS, "try %d", i);
    }
    assert_int_equal(try_at(cache, MEMBER, "li", 41, 1, *state), WECOM_THROTTLE_MEMBER_RESTS);
    assert_int_equal(try_at(cache, MEMBER, "other", 42, 1, *state), WECOM_THROTTLE_MEMBER_RESTS);
    /* nobody else is bothered */
    assert_int_equal(try_at(cache, "acme|wangwu", "li", 43, 1, *state), WECOM_THROTTLE_PASS);
    /* five minutes after the first failure there is one place again */
    assert_int_equal(try_at(cache, MEMBER, "li", 299, 1, *state), WECOM_THROTTLE_MEMBER_RESTS);
    assert_int_equal(try_at(cache, MEMBER, "li", 300, 1, *state), WECOM_THROTTLE_PASS);
    assert_int_equal(try_at(cache, MEMBER, "li", 301, 1, *state), WECOM_THROTTLE_MEMBER_RESTS);
}

static void success_is_no_failure(void **state)
{
    mem_cache_t *cache = new_cache(*state);
    int i;

    for (i = 0; i < 20; i++) {
        CHECK(try_at(cache, MEMBER, "li", i, 0, *state) == WECOM_THROTTLE_PASS, "try %d", i);
    }
}

/* Six posted at once: the places are taken before the password is looked at. */
static void tries_at_once_count(void **state)
{
    mem_cache_t *cache = new_cache(*state);
    wecom_throttle_t tries[6];
    int i;

    for (i = 0; i < 6; i++) {
        CHECK(wecom_throttle_begin(&tries[i], &cache->port, MEMBER, "li", NOW, *state)
                  == (i < 5 ? WECOM_THROTTLE_PASS : WECOM_THROTTLE_MEMBER_RESTS), "try %d", i);
    }
    for (i = 0; i < 6; i++) {
        wecom_throttle_end(&tries[i], 0);
    }
    assert_int_equal(try_at(cache, MEMBER, "li", 1, 1, *state), WECOM_THROTTLE_PASS);
}

static void fifty_members_rest_an_account(void **state)
{
    mem_cache_t *cache = new_cache(*state);
    int i;

    for (i = 0; i < 50; i++) {
        const char *member = apr_psprintf(*state, "acme|m%d", i);

        CHECK(try_at(cache, member, "li", i, 1, *state) == WECOM_THROTTLE_PASS, "member %d", i);
        /* the same member does not count twice */
        CHECK(i == 49
              || try_at(cache, member, "li", i, 1, *state) == WECOM_THROTTLE_PASS, "member %d", i);
    }
    assert_int_equal(try_at(cache, "acme|new", "li", 51, 1, *state),
                     WECOM_THROTTLE_ACCOUNT_RESTS);
    assert_int_equal(try_at(cache, "acme|new", "wang", 52, 1, *state), WECOM_THROTTLE_PASS);
    assert_int_equal(try_at(cache, "acme|new", "li", 348, 1, *state),
                     WECOM_THROTTLE_ACCOUNT_RESTS);
    /* it rests for five minutes, and the next who fails makes it rest again */
    assert_int_equal(try_at(cache, "acme|new", "li", 350, 1, *state), WECOM_THROTTLE_PASS);
    assert_int_equal(try_at(cache, "acme|newer", "li", 351, 1, *state),
                     WECOM_THROTTLE_ACCOUNT_RESTS);
}

static void broken_cache_stops_nobody(void **state)
{
    mem_cache_t *cache = new_cache(*state);
    int i;

    cache->unavailable = 1;
    for (i = 0; i < 10; i++) {
        assert_int_equal(try_at(cache, MEMBER, "li", i, 1, *state), WECOM_THROTTLE_PASS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(five_failures_rest_a_member),
        TEST(success_is_no_failure),
        TEST(tries_at_once_count),
        TEST(fifty_members_rest_an_account),
        TEST(broken_cache_stops_nobody),
    };

    return cmocka_run_group_tests_name("throttle", tests, support_start, support_end);
}
