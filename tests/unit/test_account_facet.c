/* SPDX-License-Identifier: Apache-2.0 */
/* test_account_facet.c - accounts as a book tells them. */
#include "support.h"

#include <string.h>

#include "../../src/auth/account_facet.h"

static apr_array_header_t *facets_of(const char *const *names, apr_pool_t *pool)
{
    apr_array_header_t *found = apr_array_make(pool, 4, sizeof(wecom_account_t));

    for (; *names != NULL; names++) {
        wecom_account_t *account = apr_array_push(found);

        memset(account, 0, sizeof(*account));
        account->id = *names;
        account->username = *names;
    }
    return found;
}

static void spellings(void **state)
{
    static const struct {
        const char *names[5];
        const char *asked;
        const char *picked; /* NULL: none */
        int count;
    } rows[] = {
        { { "li", NULL }, "li", "li", 1 },
        { { "Li", "other", "Li", NULL }, "li", "Li", 2 },
        { { "Li", "li", "LI", NULL }, "li", "li", 1 },
        { { "Li", "LI", NULL }, "li", NULL, 0 },
        { { "Li", "LI", "Li", NULL }, "li", NULL, 0 },
        { { "lix", "l", NULL }, "li", NULL, 0 },
        { { NULL }, "li", NULL, 0 },
    };
    apr_array_header_t *picked;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_status_t status = wecom_account_facet_pick(
            &picked, facets_of(rows[i].names, *state), rows[i].asked, *state);

        if (rows[i].picked == NULL) {
            CHECK(status == WECOM_E_NOT_FOUND && picked == NULL, "row %zu", i);
            continue;
        }
        CHECK(status == WECOM_OK && picked->nelts == rows[i].count, "row %zu", i);
        assert_string_equal(APR_ARRAY_IDX(picked, 0, wecom_account_t).username, rows[i].picked);
    }
}

static void the_one_that_was_spelled(void **state)
{
    static const char *const names[] = { "LI", "li", "Li", NULL };
    apr_array_header_t *found = facets_of(names, *state);

    assert_int_equal(wecom_account_facet_keep_spelled(found, "lI"), 0);
    assert_int_equal(found->nelts, 3);
    assert_int_equal(wecom_account_facet_keep_spelled(found, "Li"), 1);
    assert_int_equal(found->nelts, 1);
    assert_string_equal(APR_ARRAY_IDX(found, 0, wecom_account_t).username, "Li");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(spellings),
        TEST(the_one_that_was_spelled),
    };

    return cmocka_run_group_tests_name("account_facet", tests, support_start, support_end);
}
