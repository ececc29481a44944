/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_form.c - a form's token fits one purpose, one session, one hour.
 */
#include "house.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/form.h"

static const char *a_token(house_t *house)
{
    const char *token = NULL;

    assert_int_equal(wecom_form_token(&token, house->ring, "logout", support_bytes("session 1"),
                                      HOUSE_NOW, house->pool), WECOM_OK);
    assert_non_null(token);
    return token;
}

static int check(house_t *house, const char *token, const char *purpose, const char *binding,
                 apr_time_t now)
{
    return wecom_form_check(token, house->ring, purpose, support_bytes(binding), now, house->pool);
}

static void token_fits_its_form_and_session_alone(void **state)
{
    house_t *house = *state;
    const char *token = a_token(house);
    wecom_bytes_t binding = support_bytes("session 1");

    assert_int_equal(check(house, token, "logout", "session 1", HOUSE_NOW), 1);
    assert_int_equal(check(house, token, "bind", "session 1", HOUSE_NOW), 0);
    assert_int_equal(check(house, token, "logout", "session 2", HOUSE_NOW), 0);
    assert_int_equal(check(house, token, "logout\nsession", "1", HOUSE_NOW), 0);
    assert_int_equal(check(house, token, "logou", "t\nsession 1", HOUSE_NOW), 0);
    assert_int_equal(wecom_form_check(token, house->stranger, "logout", binding, HOUSE_NOW,
                                      house->pool), 0);
    assert_int_equal(wecom_form_check(token, house->rotated, "logout", binding, HOUSE_NOW,
                                      house->pool), 1);
}

static void two_tokens_are_never_the_same(void **state)
{
    house_t *house = *state;

    assert_string_not_equal(a_token(house), a_token(house));
}

static void token_lives_an_hour(void **state)
{
    static const struct {
        apr_int64_t later;
        int good;
    } cases[] = {
        { 0, 1 },
        { apr_time_from_sec(WECOM_FORM_SECONDS), 1 },
        { apr_time_from_sec(WECOM_FORM_SECONDS) + 1, 0 },
        { apr_time_from_sec(86400 * 365), 0 },
        /* the clock was set back, or another node's is a little ahead */
        { -apr_time_from_sec(1), 1 },
        { -apr_time_from_sec(WECOM_FORM_SECONDS), 1 },
        { -apr_time_from_sec(WECOM_FORM_SECONDS) - 1, 0 },
        { -2 * HOUSE_NOW, 0 }
    };
    house_t *house = *state;
    const char *token = a_token(house);
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        if (check(house, token, "logout", "session 1", HOUSE_NOW + cases[i].later)
            != cases[i].good) {
            fail_msg("%" APR_INT64_T_FMT " us later", cases[i].later);
        }
    }
}

static void binding_may_hold_any_byte_but_must_be_there(void **state)
{
    house_t *house = *state;
    wecom_bytes_t binding = { (const unsigned char *)"a\0b", 3 };
    wecom_bytes_t shorter = { (const unsigned char *)"a\0c", 3 };
    wecom_bytes_t none = { NULL, 0 };
    wecom_bytes_t empty = { (const unsigned char *)"", 0 };
    const char *token = NULL;

    assert_int_equal(wecom_form_token(&token, house->ring, "x", binding, HOUSE_NOW, house->pool),
                     WECOM_OK);
    assert_int_equal(wecom_form_check(token, house->ring, "x", binding, HOUSE_NOW, house->pool),
                     1);
    assert_int_equal(wecom_form_check(token, house->ring, "x", shorter, HOUSE_NOW, house->pool),
                     0);
    assert_int_equal(wecom_form_check(token, house->ring, "x", none, HOUSE_NOW, house->pool), 0);
    assert_int_equal(wecom_form_token(&token, house->ring, "x", none, HOUSE_NOW, house->pool),
                     WECOM_E_BAD_INPUT);
    assert_null(token);
    assert_int_equal(wecom_form_token(&token, house->ring, "x", empty, HOUSE_NOW, house->pool),
                     WECOM_E_BAD_INPUT);
}

static void every_changed_character_is_noticed(void **state)
{
    house_t *house = *state;
    char *token = apr_pstrdup(house->pool, a_token(house));
    size_t len = strlen(token);
    size_t i;

    for (i = 0; i < len; i++) {
        char was = token[i];

        token[i] = was == 'A' ? 'B' : 'A';
        assert_int_equal(check(house, token, "logout", "session 1", HOUSE_NOW), 0);
        token[i] = was;
    }
    assert_int_equal(check(house, token, "logout", "session 1", HOUSE_NOW), 1);
    for (i = len; i-- > 0;) {
        token[i] = '\0';
        assert_int_equal(check(house, token, "logout", "session 1", HOUSE_NOW), 0);
    }
    assert_int_equal(check(house, apr_pstrcat(house->pool, a_token(house), "A", NULL), "logout",
                           "session 1", HOUSE_NOW), 0);
    assert_int_equal(check(house, NULL, "logout", "session 1", HOUSE_NOW), 0);
}

/* The same key, the same AAD, but not eight bytes inside. */
static void box_of_another_size_is_no_token(void **state)
{
    house_t *house = *state;
    const char *text = NULL;
    wecom_bytes_t plain = support_bytes("1234567");

    assert_int_equal(wecom_crypto_seal_text(&text, house->ring,
                                            support_bytes("wecom form\nlogout\nsession 1"), plain,
                                            house->pool), WECOM_OK);
    assert_int_equal(check(house, text, "logout", "session 1", HOUSE_NOW), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_fits_its_form_and_session_alone),
        cmocka_unit_test(two_tokens_are_never_the_same),
        cmocka_unit_test(token_lives_an_hour),
        cmocka_unit_test(binding_may_hold_any_byte_but_must_be_there),
        cmocka_unit_test(every_changed_character_is_noticed),
        cmocka_unit_test(box_of_another_size_is_no_token),
    };

    return cmocka_run_group_tests_name("form", tests, house_setup, house_teardown);
}
