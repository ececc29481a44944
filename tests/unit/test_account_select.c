/* SPDX-License-Identifier: Apache-2.0 */
/* test_account_select.c - a SELECT as a book of accounts, over a real SQLite. */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/account_select.h"
#include "lite.h"

/* --- the text -------------------------------------------------------------------------------- */

typedef struct case_t {
    const char *text;
    const char *said;   /* order|statement; or, where it begins with '!', words of the sentence */
} case_t;

static const case_t cases[] = {
    { "SELECT a AS username FROM t WHERE a = %{username}",
      "1|SELECT a AS username FROM t WHERE a = %s" },
    { "select\na from t where a=%{username} or b=%{email} or c in (%{phone},%{phone})",
      "1244|select\na from t where a=%s or b=%s or c in (%s,%s)" },
    { "  SELECT a FROM t WHERE b=%{email} OR a=%{username}",
      "21|  SELECT a FROM t WHERE b=%s OR a=%s" },
    { "SELECT a FROM t WHERE a=%{username} AND b LIKE 'x%'",
      "1|SELECT a FROM t WHERE a=%s AND b LIKE 'x%%'" },
    { "SELECT a % 2, '%s %d %%' FROM t WHERE a=%{username}%",
      "1|SELECT a %% 2, '%%s %%d %%%%' FROM t WHERE a=%s%%" },
    { "SELECT \"a?\", `b$1` FROM t WHERE a=%{username} AND b='it''s -- ?'",
      "1|SELECT \"a?\", `b$1` FROM t WHERE a=%s AND b='it''s -- ?'" },
    { "SELECT a FROM \xe5\x91\x98\xe5\xb7\xa5 WHERE a=%{username}",
      "1|SELECT a FROM \xe5\x91\x98\xe5\xb7\xa5 WHERE a=%s" },

    { "", "!not begin with SELECT" },
    { "SELEC", "!not begin with SELECT" },
    { "SELECT", "!not begin with SELECT" },
    { "SELECTA FROM t WHERE a=%{username}", "!not begin with SELECT" },
    { "DELETE FROM t WHERE a=%{username}", "!not begin with SELECT" },
    { "(SELECT a FROM t WHERE a=%{username})", "!not begin with SELECT" },
    { "SELECT a FROM t", "!ask for %{username}" },
    { "SELECT a FROM t WHERE b=%{email} OR c=%{phone}", "!ask for %{username}" },
    { "SELECT a FROM t WHERE a=%{username};", "!semicolon" },
    { "SELECT a FROM t WHERE a=%{username} AND b=';'", "!semicolon" },
    { "SELECT a FROM t WHERE a='%{username}'", "!between quotes" },
    { "SELECT a FROM t WHERE a=\"%{username}\"", "!between quotes" },
    { "SELECT a FROM t WHERE a=%{Username}", "!unknown token" },
    { "SELECT a FROM t WHERE a=%{user}", "!unknown token" },
    { "SELECT a FROM t WHERE a=%{}", "!unknown token" },
    { "SELECT a FROM t WHERE a=%{", "!unknown token" },
    { "SELECT a FROM t WHERE a=%{username", "!unknown token" },
    { "SELECT a FROM t WHERE a=%{usernamex}", "!unknown token" },
    { "SELECT a FROM t WHERE a=? OR a=%{username}", "!stand for values" },
    { "SELECT a FROM t WHERE a=$1 OR a=%{username}", "!stand for values" },
    { "SELECT a FROM t WHERE a=%{username} -- x", "!comment" },
    { "SELECT a FROM t /* x */ WHERE a=%{username}", "!comment" },
    { "SELECT a FROM t WHERE a=%{username} # x", "!comment" },
    { "SELECT a FROM t WHERE a=%{username} AND b='\\' OR c=%{email}", "!backslash" },
    { "SELECT a FROM t WHERE a=%{username} AND b='x", "!does not close" },
    { "SELECT a FROM t WHERE a=%{username}\x01", "!control" },
};

static void texts(void **state)
{
    apr_array_header_t *order;
    const char *statement;
    const char *sentence;
    size_t i;
    int n;

    for (i = 0; i < COUNT(cases); i++) {
        const char *text = support_guard_text(cases[i].text, *state);
        wecom_status_t status = wecom_account_select_parse(&statement, &order, &sentence, text,
                                                           *state);
        const char *said = "";

        if (*cases[i].said == '!') {
            CHECK(status == WECOM_E_BAD_INPUT && statement == NULL && order == NULL
                  && strstr(sentence, cases[i].said + 1) != NULL, "%s: %s", text,
                  support_show(sentence));
            continue;
        }
        CHECK(status == WECOM_OK && sentence == NULL, "%s: %s", text, support_show(sentence));
        for (n = 0; n < order->nelts; n++) {
            said = apr_psprintf(*state, "%s%d", said,
                                (int)APR_ARRAY_IDX(order, n, wecom_column_t));
        }
        assert_string_equal(apr_pstrcat(*state, said, "|", statement, NULL), cases[i].said);
    }
}

static void long_texts(void **state)
{
    apr_array_header_t *order;
    const char *statement;
    const char *sentence;
    const char *text = "SELECT a FROM t WHERE a=%{username}";
    int i;

    for (i = 1; i < 64; i++) {
        text = apr_pstrcat(*state, text, " OR a=%{username}", NULL);
    }
    assert_int_equal(wecom_account_select_parse(&statement, &order, &sentence, text, *state),
                     WECOM_OK);
    assert_int_equal(order->nelts, 64);
    text = apr_pstrcat(*state, text, " OR a=%{username}", NULL);
    assert_int_equal(wecom_account_select_parse(&statement, &order, &sentence, text, *state),
                     WECOM_E_BAD_INPUT);
    text = apr_psprintf(*state, "SELECT a FROM t WHERE a=%%{username}%8192s", "");
    assert_int_equal(wecom_account_select_parse(&statement, &order, &sentence, text, *state),
                     WECOM_E_BAD_INPUT);
}

/* --- the book -------------------------------------------------------------------------------- */

static const char *const tables[] = {
    "CREATE TABLE staff (login TEXT, mail TEXT, tel TEXT, state TEXT, full_name TEXT)",
    "INSERT INTO staff VALUES ('Li.Si', 'li@example.com', '+8613800000001', 'active', 'Li')",
    "INSERT INTO staff VALUES ('li.si', 'small@example.com', NULL, 'locked', NULL)",
    "INSERT INTO staff VALUES ('wang', 'both@example.com', NULL, '0', 'Wang')",
    "INSERT INTO staff VALUES ('zhao', 'both@example.com', NULL, NULL, 'Zhao')",
    "INSERT INTO staff VALUES ('two', 'one@example.com', '+8613800000002', '1', 'Two')",
    "INSERT INTO staff VALUES ('two', 'two@example.com', '+8613800000002', '1', 'Two')",
    "INSERT INTO staff VALUES (NULL, 'nobody@example.com', NULL, '1', NULL)",
    "INSERT INTO staff VALUES ('', 'nobody@example.com', NULL, '1', NULL)",
    "INSERT INTO staff VALUES ('50%', 'half@example.com', NULL, '1', 'it''s; --')",
    NULL
};

#define QUERY                                                                                   \
    "SELECT 1, login AS UserName, mail AS EMAIL, tel AS phone, state AS status, "               \
    "full_name AS name FROM staff WHERE login = %{username} OR mail = %{email} "                \
    "OR tel = %{phone}"

static const wecom_book_t *book_of(lite_t *lite, const char *query)
{
    apr_array_header_t *order;
    const char *statement;
    const char *sentence;

    CHECK(wecom_account_select_parse(&statement, &order, &sentence, query, lite->pool)
          == WECOM_OK, "%s", support_show(sentence));
    lite_prepare(lite, WECOM_SQL_SELECT_ACCOUNTS, statement);
    return wecom_account_select_book(&lite->port, order, lite->pool);
}

static const char *shown(wecom_status_t status, const apr_array_header_t *found,
                         const wecom_error_t *err, apr_pool_t *pool)
{
    const char *text = status == WECOM_OK ? "" : wecom_error_name(status);
    int i;

    if (status == WECOM_E_UNAVAILABLE) {
        return err->detail;
    }
    for (i = 0; found != NULL && i < found->nelts; i++) {
        const wecom_account_t *a = &APR_ARRAY_IDX(found, i, wecom_account_t);

        assert_string_equal(a->id, a->username);
        text = apr_psprintf(pool, "%s[%s %s %s %s %d]", text, a->username,
                            a->email != NULL ? a->email : "-", a->phone != NULL ? a->phone : "-",
                            a->name != NULL ? a->name : "-", (int)a->status);
    }
    return text;
}

static const char *find(const wecom_book_t *book, const wecom_claim_value_t *values, int count,
                        int max, apr_pool_t *pool)
{
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    apr_array_header_t *found = NULL;
    wecom_status_t status = book->find(book, &found, &err, values, count, max, pool);

    return shown(status, found, &err, pool);
}

static const char *get(const wecom_book_t *book, const char *username, apr_pool_t *pool)
{
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    apr_array_header_t *found = NULL;
    wecom_status_t status = book->get(book, &found, &err, username, pool);

    return shown(status, found, &err, pool);
}

#define LI    "[Li.Si li@example.com +8613800000001 Li 1]"
#define SMALL "[li.si small@example.com - - 2]"
#define TWO   "[two one@example.com +8613800000002 Two 1][two two@example.com +8613800000002 Two 1]"

static void accounts_are_found(void **state)
{
    static const wecom_claim_value_t values[] = {
        { "email", WECOM_COLUMN_EMAIL, "li@example.com" },
        { "mobile", WECOM_COLUMN_PHONE, "+8613800000002" },
        { "email", WECOM_COLUMN_EMAIL, "small@example.com" },
        { "email", WECOM_COLUMN_EMAIL, "both@example.com" },
        { "email", WECOM_COLUMN_EMAIL, "nobody@example.com" },
        { "email", WECOM_COLUMN_EMAIL, "' OR '1'='1" },
    };
    lite_t *lite = lite_open(tables, NULL, 0, *state);
    const wecom_book_t *book = book_of(lite, QUERY);

    assert_string_equal(find(book, values, 1, 16, *state), LI);
    assert_string_equal(find(book, values, 3, 16, *state), LI TWO SMALL);
    assert_string_equal(find(book, values + 3, 1, 16, *state),
                        "[wang both@example.com - Wang 3][zhao both@example.com - Zhao 3]");
    assert_string_equal(find(book, values + 4, 2, 16, *state), "");
    /* two rows of one account are no second account */
    assert_string_equal(find(book, values + 1, 1, 1, *state), TWO);
    assert_string_equal(find(book, values + 3, 1, 1, *state),
                        "too_large[wang both@example.com - Wang 3]");

    assert_string_equal(get(book, "Li.Si", *state), LI);
    assert_string_equal(get(book, "li.si", *state), SMALL);
    assert_string_equal(get(book, "LI.SI", *state), "not_found");
    assert_string_equal(get(book, "two", *state), TWO);
    assert_string_equal(get(book, "50%", *state), "[50% half@example.com - it's; -- 1]");
    assert_string_equal(get(book, "", *state), "not_found");
    book = book_of(lite, "SELECT login AS username FROM staff WHERE lower(login) = "
                         "lower(%{username})");
    assert_string_equal(get(book, "LI.SI", *state), "not_found"); /* two differ in case */
    assert_string_equal(get(book, "WANG", *state), "[wang - - - 1]");
    assert_int_equal(lite->borrowed, 0);
    lite_close(lite);
}

static void faults_are_told(void **state)
{
    lite_t *lite = lite_open(tables, NULL, 0, *state);
    const wecom_book_t *book = book_of(lite, "SELECT login FROM staff WHERE login = %{username}");

    assert_non_null(strstr(get(book, "two", *state), "no column username"));
    assert_string_equal(get(book, "nobody", *state), "not_found");
    book = book_of(lite, "SELECT login AS username FROM staff WHERE 1 OR login = %{username}");
    assert_string_equal(get(book, "two", *state), "[two - - - 1][two - - - 1]");
    book = book_of(lite, "SELECT random() AS username FROM staff a, staff b, staff c "
                         "WHERE 1 OR a.login = %{username}");
    assert_non_null(strstr(get(book, "two", *state), "depend on %{username}"));
    lite->down = 1;
    assert_non_null(strstr(get(book, "two", *state), "cannot be reached"));
    lite_close(lite);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(texts),
        TEST(long_texts),
        TEST(accounts_are_found),
        TEST(faults_are_told),
    };

    return cmocka_run_group_tests_name("account_select", tests, lite_start, support_end);
}
