/* SPDX-License-Identifier: Apache-2.0 */
/* test_pairing.c - the record of a pull-up: its numbers, its time, its two addresses. */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/pairing.h"

#define NOW apr_time_from_sec(1760000000)
#define LINK "2abcdefghijklmnopqrstuvwxyz01234"

static wecom_pairing_t sample(void)
{
    wecom_pairing_t pairing = { .stage = WECOM_PAIRING_WAITING, .link = LINK, .source = "acme",
                                .address = "192.0.2.1", .device = WECOM_DEVICE_IPHONE,
                                .asked = NOW, .numbers = { 10, 42, 99 }, .right = 1 };

    return pairing;
}

static void draws_three_different_numbers_of_two_digits(void **state)
{
    int seen[100] = { 0 };
    int right[WECOM_PAIRING_NUMBERS] = { 0 };
    int round;
    int i;

    (void)state;
    for (round = 0; round < 3000; round++) {
        wecom_pairing_t pairing;

        memset(&pairing, 0, sizeof(pairing));
        assert_int_equal(wecom_pairing_draw(&pairing), 1);
        for (i = 0; i < WECOM_PAIRING_NUMBERS; i++) {
            assert_in_range(pairing.numbers[i], 10, 99);
            seen[pairing.numbers[i]]++;
        }
        assert_true(pairing.numbers[0] != pairing.numbers[1]
                    && pairing.numbers[0] != pairing.numbers[2]
                    && pairing.numbers[1] != pairing.numbers[2]);
        assert_in_range(pairing.right, 0, 2);
        right[pairing.right]++;
    }
    for (i = 10; i < 100; i++) { /* each about a hundred times: none is left out or favoured */
        CHECK(seen[i] > 40 && seen[i] < 200, "%d came %d times", i, seen[i]);
    }
    for (i = 0; i < WECOM_PAIRING_NUMBERS; i++) {
        CHECK(right[i] > 800 && right[i] < 1200, "place %d was right %d times", i, right[i]);
    }
}

static void lives_for_two_minutes(void **state)
{
    static const struct {
        wecom_pairing_stage_t stage;
        int seconds;
        int alive;
    } cases[] = {
        { WECOM_PAIRING_WAITING, 0, 1 }, { WECOM_PAIRING_SEEN, 0, 1 },
        { WECOM_PAIRING_DONE, 0, 0 }, { WECOM_PAIRING_ENDED, 0, 0 },
        { WECOM_PAIRING_WAITING, 120, 1 }, { WECOM_PAIRING_WAITING, 121, 0 },
        { WECOM_PAIRING_SEEN, 121, 0 }, { WECOM_PAIRING_WAITING, -120, 1 },
        { WECOM_PAIRING_WAITING, -121, 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        wecom_pairing_t pairing = sample();

        pairing.stage = cases[i].stage;
        CHECK(wecom_pairing_is_alive(&pairing, NOW + apr_time_from_sec(cases[i].seconds))
                  == cases[i].alive, "row %d", (int)i);
    }
}

static void compares_addresses(void **state)
{
    static const struct {
        const char *one;
        const char *other;
        int same;
    } cases[] = {
        { "192.0.2.1", "192.0.2.1", 1 },
        { "192.0.2.1", "192.0.2.2", 0 },
        { "192.0.2.1", "::ffff:192.0.2.1", 1 },
        { "::ffff:192.0.2.1", "::ffff:192.0.2.2", 0 },
        { "2001:db8:1:2::1", "2001:db8:1:2:aaaa:bbbb:cccc:dddd", 1 },
        { "2001:db8:1:2::1", "2001:DB8:1:2::2", 1 },
        { "2001:db8:1:2::1", "2001:db8:1:3::1", 0 },
        { "2001:db8:1:2::1", "192.0.2.1", 0 },
        { "", "", 0 },
        { "unknown", "unknown", 0 },
        { "192.0.2", "192.0.2", 0 },
        { "192.0.2.1 ", "192.0.2.1 ", 0 },
        { NULL, "192.0.2.1", 0 },
        { NULL, NULL, 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        CHECK(wecom_pairing_same_place(cases[i].one, cases[i].other) == cases[i].same
                  && wecom_pairing_same_place(cases[i].other, cases[i].one) == cases[i].same,
              "row %d", (int)i);
    }
}

static void places_are_of_networks(void **state)
{
    static const char *const addresses[] = {
        "192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2", "2001:db8:1:2::1", "2001:db8:1:2:a:b:c:d",
        "2001:db8:1:3::1", "unknown", "unknown2",
    };
    apr_pool_t *pool = *state;
    size_t i;
    size_t k;

    for (i = 0; i < COUNT(addresses); i++) {
        for (k = 0; k < COUNT(addresses); k++) {
            int same = i == k || wecom_pairing_same_place(addresses[i], addresses[k]);

            CHECK(support_same(wecom_pairing_place(addresses[i], pool),
                               wecom_pairing_place(addresses[k], pool)) == same,
                  "%s and %s", addresses[i], addresses[k]);
        }
    }
}

static void packs_and_unpacks(void **state)
{
    apr_pool_t *pool = *state;
    wecom_pairing_t pairing = sample();
    wecom_pairing_t back;

    pairing.stage = WECOM_PAIRING_ENDED;
    pairing.reason = WECOM_REASON_PAIR_WRONG;
    assert_int_equal(wecom_pairing_unpack(&back, wecom_pairing_pack(&pairing, pool), pool),
                     WECOM_OK);
    assert_int_equal(back.stage, WECOM_PAIRING_ENDED);
    assert_int_equal(back.reason, WECOM_REASON_PAIR_WRONG);
    assert_string_equal(back.link, LINK);
    assert_string_equal(back.source, "acme");
    assert_string_equal(back.address, "192.0.2.1");
    assert_int_equal(back.device, WECOM_DEVICE_IPHONE);
    assert_true(back.asked == NOW);
    assert_memory_equal(back.numbers, pairing.numbers, sizeof(back.numbers));
    assert_int_equal(back.right, 1);
}

/* One byte changed anywhere: refused, or a record that keeps all its promises. */
static void survives_changed_bytes(void **state)
{
    apr_pool_t *pool = *state;
    wecom_pairing_t pairing = sample();
    wecom_bytes_t bytes = wecom_pairing_pack(&pairing, pool);
    apr_size_t at;

    for (at = 0; at < bytes.len; at++) {
        static const unsigned char changes[] = { '0', '9', '"', '}', ',', 0, 0xff };
        size_t i;

        for (i = 0; i < COUNT(changes); i++) {
            unsigned char *copy = apr_pmemdup(pool, bytes.data, bytes.len);
            wecom_bytes_t changed = { copy, bytes.len };
            wecom_pairing_t back;

            copy[at] = changes[i];
            if (wecom_pairing_unpack(&back, changed, pool) == WECOM_OK) {
                assert_in_range(back.right, 0, 2);
                assert_int_equal(back.link[0], '2');
                assert_in_range(back.numbers[0], 10, 99);
                assert_true(back.reason < WECOM_REASON_COUNT);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(draws_three_different_numbers_of_two_digits),
        TEST(lives_for_two_minutes),
        TEST(compares_addresses),
        TEST(places_are_of_networks),
        TEST(packs_and_unpacks),
        TEST(survives_changed_bytes),
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
