/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_error.c - an error carries what it was given, and every status has a name of its own.
 */
#include "support.h"

#include <string.h>

#include "../../src/base/error.h"

static void set_fills_and_returns(void **state)
{
    wecom_error_t err;

    (void)state;
    memset(&err, 0xA5, sizeof err);
    assert_int_equal(wecom_error_set(&err, WECOM_E_HTTP, 502, "gettoken", "host: bad gateway"),
                     WECOM_E_HTTP);
    assert_int_equal(err.status, WECOM_E_HTTP);
    assert_int_equal(err.upstream, 502);
    assert_string_equal(err.stage, "gettoken");
    assert_string_equal(err.detail, "host: bad gateway");
    assert_int_equal(wecom_error_set(&err, WECOM_OK, 0, NULL, NULL), WECOM_OK);
    assert_null(err.stage);
    assert_null(err.detail);
}

static void set_takes_null(void **state)
{
    (void)state;
    assert_int_equal(wecom_error_set(NULL, WECOM_E_TIMEOUT, 28, "gettoken", NULL),
                     WECOM_E_TIMEOUT);
}

static void names_are_distinct(void **state)
{
    int a;
    int b;

    (void)state;
    for (a = WECOM_OK; a <= WECOM_E_MISMATCH; a++) {
        const char *name = wecom_error_name((wecom_status_t)a);

        CHECK(name[0] != '\0' && strcmp(name, "unknown") != 0, "status %d has no name", a);
        for (b = WECOM_OK; b < a; b++) {
            CHECK(strcmp(name, wecom_error_name((wecom_status_t)b)) != 0,
                  "status %d and %d are both \"%s\"", a, b, name);
        }
    }
    assert_string_equal(wecom_error_name(WECOM_E_TIMEOUT), "timeout");
    assert_string_equal(wecom_error_name(WECOM_E_NOT_MEMBER), "not_member");
}

static void a_foreign_number_has_a_name_too(void **state)
{
    (void)state;
    assert_string_equal(wecom_error_name((wecom_status_t)999), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(set_fills_and_returns),
        TEST(set_takes_null),
        TEST(names_are_distinct),
        TEST(a_foreign_number_has_a_name_too)
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
