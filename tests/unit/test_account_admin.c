/* SPDX-License-Identifier: Apache-2.0 */
/* test_account_admin.c - the administrator's statements, over a real SQLite. */
#include "support.h"

#include <string.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "../../src/auth/account_admin.h"
#include "../../src/base/text.h"

#define NOW 1700000000

typedef struct base_t {
    apr_pool_t *pool;
    const char *file;
    wecom_sql_t sql;
    wecom_error_t err;
} base_t;

static const char *new_file(apr_pool_t *pool)
{
    char *name = apr_pstrdup(pool, "/tmp/wecom-admin-XXXXXX");
    apr_file_t *file;

    assert_int_equal(apr_file_mktemp(&file, name, APR_FOPEN_CREATE | APR_FOPEN_READ
                                                      | APR_FOPEN_WRITE, pool), APR_SUCCESS);
    apr_file_close(file);
    return name;
}

static void connect_to(base_t *base)
{
    CHECK(wecom_sql_open(&base->sql, &base->err, "sqlite3", base->file, base->pool) == WECOM_OK,
          "%s", support_show(base->err.detail));
}

static int init(base_t *base, int links_only)
{
    int was = -1;

    CHECK(wecom_account_admin_init(&was, &base->err, &base->sql, "sqlite3", links_only,
                                   base->pool) == WECOM_OK, "%s",
          support_show(base->err.detail));
    return was;
}

static int setup(void **state)
{
    apr_pool_t *pool;
    base_t *base;

    support_pool_make(state);
    pool = *state;
    base = apr_pcalloc(pool, sizeof(*base));
    base->pool = pool;
    base->file = new_file(pool);
    connect_to(base);
    init(base, 0);
    CHECK(wecom_account_admin_prepare(&base->err, &base->sql, 0, pool) == WECOM_OK, "%s",
          support_show(base->err.detail));
    *state = base;
    return 0;
}

static int teardown(void **state)
{
    base_t *base = *state;

    wecom_sql_close(&base->sql);
    apr_file_remove(base->file, base->pool);
    *state = base->pool;
    return support_pool_end(state);
}

#define ADMIN_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static void run(base_t *base, const char *text)
{
    CHECK(wecom_sql_run(&base->sql, text), "%s: %s", text,
          support_show(wecom_sql_complaint(&base->sql, base->pool)));
}

/* The first column of the last row. */
static const char *ask(base_t *base, const char *text)
{
    const wecom_sql_statement_t statement = { "asked", text };
    wecom_sql_rows_t rows;
    const char *found = NULL;

    CHECK(wecom_sql_prepare(&base->sql, &base->err, &statement, base->pool) == WECOM_OK
          && wecom_sql_select(&rows, &base->sql, "asked", NULL, 0, base->pool), "%s", text);
    while (wecom_sql_next(&rows)) {
        found = wecom_sql_entry(&rows, 0);
    }
    return found;
}

static wecom_admin_account_t add(base_t *base, const char *username, const char *email,
                                 const char *phone)
{
    wecom_admin_account_t account;

    memset(&account, 0, sizeof(account));
    account.username = username;
    account.email = email;
    account.phone = phone;
    account.email_verified = 1;
    account.status = WECOM_ACCOUNT_ACTIVE;
    account.created_by = WECOM_ADMIN_IMPORTED;
    CHECK(wecom_account_admin_add(&account, &base->err, &base->sql, NOW, base->pool) == WECOM_OK,
          "%s: %s", username, support_show(base->err.detail));
    return account;
}

static wecom_status_t link_to(base_t *base, const wecom_admin_account_t *account,
                              const char *source, const char *userid)
{
    wecom_admin_link_t link;

    memset(&link, 0, sizeof(link));
    link.source = source;
    link.userid = userid;
    link.userid_key = wecom_text_fold(userid, base->pool);
    link.account_id = account->id;
    link.username = account->username;
    return wecom_account_admin_link(&link, &base->err, &base->sql, NOW, base->pool);
}

static apr_array_header_t *find(base_t *base, const char *username)
{
    apr_array_header_t *found;

    assert_int_equal(wecom_account_admin_find(&found, &base->err, &base->sql, username,
                                              base->pool), WECOM_OK);
    return found;
}

#define ACCOUNT(array, i) (&APR_ARRAY_IDX(array, i, wecom_admin_account_t))

/* --- tests ------------------------------------------------------------------------------------ */

static void init_is_harmless_twice(void **state)
{
    base_t *base = *state;
    int version;

    assert_int_equal(wecom_account_admin_version(&version, &base->err, &base->sql, base->pool),
                     WECOM_OK);
    assert_int_equal(version, WECOM_ADMIN_VERSION);
    add(base, "lisi", NULL, NULL);
    wecom_sql_close(&base->sql);
    connect_to(base);
    assert_int_equal(init(base, 0), WECOM_ADMIN_VERSION);
    assert_string_equal(ask(base, "SELECT COUNT(*) FROM wecom_account"), "1");
    assert_string_equal(ask(base, "SELECT COUNT(*) FROM wecom_schema"), "1");
    assert_string_equal(ask(base, "PRAGMA journal_mode"), "wal");
}

static void a_newer_database_is_left_alone(void **state)
{
    base_t *base = *state;
    int was;

    run(base, "INSERT INTO wecom_schema (version) VALUES (7)");
    run(base, "DROP TABLE wecom_link");
    wecom_sql_close(&base->sql);
    connect_to(base);
    assert_int_equal(wecom_account_admin_init(&was, &base->err, &base->sql, "sqlite3", 0,
                                              base->pool), WECOM_E_MISMATCH);
    assert_int_equal(was, 7);
    assert_string_equal(ask(base, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'wecom_link'"),
                        "0");
}

static void tables_without_a_version_get_one(void **state)
{
    base_t *base = *state;
    int version;

    run(base, "DROP TABLE wecom_schema");
    wecom_sql_close(&base->sql);
    connect_to(base);
    assert_int_equal(wecom_account_admin_version(&version, &base->err, &base->sql, base->pool),
                     WECOM_OK);
    assert_int_equal(version, 0);
    wecom_sql_close(&base->sql);
    connect_to(base);
    assert_int_equal(init(base, 0), 0);
    assert_string_equal(ask(base, "SELECT version FROM wecom_schema"), "1");
}

static void an_account_is_what_was_written(void **state)
{
    base_t *base = *state;
    wecom_admin_account_t account = add(base, "Zhang.San", "Zhang@Example.com", "138 0000 0000");
    const wecom_admin_account_t *there;

    assert_int_equal(strlen(account.id), 32);
    assert_string_equal(ask(base, "SELECT username_key FROM wecom_account"), "zhang.san");
    assert_string_equal(ask(base, "SELECT email_key FROM wecom_account"), "zhang@example.com");
    assert_string_equal(ask(base, "SELECT phone_key FROM wecom_account"), "+8613800000000");
    assert_int_equal(find(base, "zhang.SAN")->nelts, 1);
    assert_int_equal(find(base, "nobody")->nelts, 0);
    assert_int_equal(find(base, "")->nelts, 0);
    assert_int_equal(find(base, "' OR '1'='1")->nelts, 0);
    there = ACCOUNT(find(base, "zhang.san"), 0);
    assert_string_equal(there->id, account.id);
    assert_string_equal(there->username, "Zhang.San");
    assert_string_equal(there->email, "Zhang@Example.com");
    assert_string_equal(there->phone, "138 0000 0000");
    assert_int_equal(there->email_verified, 1);
    assert_int_equal(there->phone_verified, 0);
    assert_int_equal(there->status, WECOM_ACCOUNT_ACTIVE);
    assert_string_equal(there->created_by, "import");
    assert_int_equal(there->created_at, NOW);
    assert_null(there->name);
    account.username = " ";
    assert_int_equal(wecom_account_admin_add(&account, &base->err, &base->sql, NOW, base->pool),
                     WECOM_E_BAD_INPUT);
}

static void changes_are_written(void **state)
{
    base_t *base = *state;
    wecom_admin_account_t account = add(base, "lisi", "li@example.com", NULL);
    wecom_admin_account_t other = add(base, "wangwu", NULL, NULL);
    const wecom_admin_account_t *there;

    account.email = NULL;
    account.phone = "+8613800000001";
    account.phone_verified = 1;
    account.name = "'; DROP TABLE wecom_account; --";
    account.status = WECOM_ACCOUNT_LOCKED;
    assert_int_equal(wecom_account_admin_update(&account, &base->err, &base->sql, NOW + 1,
                                                base->pool), WECOM_OK);
    there = ACCOUNT(find(base, "lisi"), 0);
    assert_null(there->email);
    assert_null(ask(base, "SELECT email_key FROM wecom_account WHERE username = 'lisi'"));
    assert_string_equal(there->phone, "+8613800000001");
    assert_string_equal(there->name, account.name);
    assert_int_equal(there->status, WECOM_ACCOUNT_LOCKED);
    assert_int_equal(there->created_at, NOW);
    assert_int_equal(there->updated_at, NOW + 1);
    assert_int_equal(ACCOUNT(find(base, "wangwu"), 0)->updated_at, NOW);

    assert_int_equal(wecom_account_admin_set_status(&other, &base->err, &base->sql,
                                                    WECOM_ACCOUNT_DISABLED, NOW + 2, base->pool),
                     WECOM_OK);
    assert_int_equal(wecom_account_admin_adopt(&other, &base->err, &base->sql, NOW + 2,
                                               base->pool), WECOM_OK);
    there = ACCOUNT(find(base, "wangwu"), 0);
    assert_int_equal(there->status, WECOM_ACCOUNT_DISABLED);
    assert_string_equal(there->created_by, "adopted");
    assert_string_equal(ACCOUNT(find(base, "lisi"), 0)->created_by, "import");
}

static void twins_are_found(void **state)
{
    base_t *base = *state;
    wecom_admin_account_t account = add(base, "lisi", "LI@example.com", "13800000001");
    const char *other;

    assert_int_equal(wecom_account_admin_has_email(&other, &base->err, &base->sql,
                                                   "li@example.com", "", base->pool), WECOM_OK);
    assert_string_equal(other, "lisi");
    assert_int_equal(wecom_account_admin_has_email(&other, &base->err, &base->sql,
                                                   "li@example.com", account.id, base->pool),
                     WECOM_OK);
    assert_null(other);
    assert_int_equal(wecom_account_admin_has_phone(&other, &base->err, &base->sql,
                                                   "+8613800000001", "", base->pool), WECOM_OK);
    assert_string_equal(other, "lisi");
}

static void links_are_one_to_one(void **state)
{
    base_t *base = *state;
    wecom_admin_account_t li = add(base, "lisi", NULL, NULL);
    wecom_admin_account_t wang = add(base, "wangwu", NULL, NULL);
    apr_array_header_t *links;
    wecom_admin_link_t link;

    assert_int_equal(link_to(base, &li, "acme", "LiSi"), WECOM_OK);
    assert_int_equal(link_to(base, &li, "beta", "LiSi"), WECOM_OK);
    assert_int_equal(link_to(base, &wang, "acme", "lisi"), WECOM_E_EXISTS);
    assert_non_null(strstr(base->err.detail, "'LiSi' of 'acme' is linked to the account 'lisi'"));
    assert_int_equal(link_to(base, &li, "acme", "other"), WECOM_E_EXISTS);
    assert_non_null(strstr(base->err.detail, "account 'lisi' is linked to the member 'LiSi'"));
    assert_string_equal(ask(base, "SELECT COUNT(*) FROM wecom_link"), "2");

    assert_int_equal(wecom_account_admin_links(&links, &base->err, &base->sql, li.id, base->pool),
                     WECOM_OK);
    assert_int_equal(links->nelts, 2);
    link = APR_ARRAY_IDX(links, 0, wecom_admin_link_t);
    assert_string_equal(link.source, "acme");
    assert_string_equal(link.userid_key, "lisi");
    assert_string_equal(link.linked_by, "admin");
    assert_int_equal(link.linked_at, NOW);
    assert_int_equal(link.last_login, 0);
    assert_int_equal(wecom_account_admin_unlink(&link, &base->err, &base->sql, base->pool),
                     WECOM_OK);
    assert_int_equal(wecom_account_admin_unlink(&link, &base->err, &base->sql, base->pool),
                     WECOM_E_NOT_FOUND);
    assert_int_equal(wecom_account_admin_find_link(&link, &base->err, &base->sql, "acme", "lisi",
                                                   base->pool), WECOM_E_NOT_FOUND);
    assert_int_equal(wecom_account_admin_find_link(&link, &base->err, &base->sql, "beta", "lisi",
                                                   base->pool), WECOM_OK);
    assert_string_equal(link.username, "lisi");
}

static void delete_takes_links_along(void **state)
{
    base_t *base = *state;
    wecom_admin_account_t li = add(base, "lisi", NULL, NULL);
    wecom_admin_account_t wang = add(base, "wangwu", NULL, NULL);

    link_to(base, &li, "acme", "lisi");
    link_to(base, &li, "beta", "lisi");
    link_to(base, &wang, "acme", "wangwu");
    assert_int_equal(wecom_account_admin_delete(&li, &base->err, &base->sql, base->pool),
                     WECOM_OK);
    assert_int_equal(find(base, "lisi")->nelts, 0);
    assert_string_equal(ask(base, "SELECT COUNT(*) FROM wecom_link"), "1");
    assert_string_equal(ask(base, "SELECT userid FROM wecom_link"), "wangwu");
}

/* When the second statement fails, the first is taken back. */
static void delete_is_all_or_nothing(void **state)
{
    base_t *base = *state;
    wecom_admin_account_t li = add(base, "lisi", NULL, NULL);

    link_to(base, &li, "acme", "lisi");
    run(base, "CREATE TRIGGER kept BEFORE DELETE ON wecom_account "
              "BEGIN SELECT RAISE(ABORT, 'no'); END");
    /* APR's driver keeps statements of the old schema, so a new connection. */
    wecom_sql_close(&base->sql);
    connect_to(base);
    wecom_account_admin_prepare(&base->err, &base->sql, 0, base->pool);
    assert_int_equal(wecom_account_admin_delete(&li, &base->err, &base->sql, base->pool),
                     WECOM_E_UNAVAILABLE);
    assert_string_equal(ask(base, "SELECT COUNT(*) FROM wecom_link"), "1");
}

static void pages_show_everybody_once(void **state)
{
    base_t *base = *state;
    const char *after = "";
    apr_array_header_t *page;
    apr_int64_t count;
    int seen = 0;
    int links = 0;
    int pages = 0;
    int i;

    assert_true(wecom_sql_begin(&base->sql, base->pool));
    for (i = 0; i < WECOM_ADMIN_PAGE + 7; i++) {
        add(base, apr_psprintf(base->pool, "u%d", i), NULL, NULL);
    }
    assert_true(wecom_sql_end(&base->sql, 1, base->pool));
    for (i = 3; i < WECOM_ADMIN_PAGE + 7; i += 100) {
        const char *name = apr_psprintf(base->pool, "u%d", i);
        const wecom_admin_account_t *account = ACCOUNT(find(base, name), 0);

        assert_int_equal(link_to(base, account, "acme", name), WECOM_OK);
        assert_int_equal(link_to(base, account, "beta", name), WECOM_OK);
    }
    do {
        assert_int_equal(wecom_account_admin_page(&page, &base->err, &base->sql, after,
                                                  base->pool), WECOM_OK);
        for (i = 0; i < page->nelts; i++) {
            CHECK(strcmp(ACCOUNT(page, i)->username, after) > 0, "%s stands behind %s",
                  ACCOUNT(page, i)->username, after);
            after = ACCOUNT(page, i)->username;
            links += ACCOUNT(page, i)->links->nelts;
        }
        seen += page->nelts;
        pages++;
    } while (page->nelts > 0);
    assert_int_equal(seen, WECOM_ADMIN_PAGE + 7);
    assert_int_equal(links, 12);
    assert_int_equal(pages, 3);
    assert_int_equal(wecom_account_admin_count(&count, &base->err, &base->sql, base->pool),
                     WECOM_OK);
    assert_int_equal(count, WECOM_ADMIN_PAGE + 7);
}

/* Accounts in LDAP: there is a table for links, and none for accounts. */
static void links_work_alone(void **state)
{
    base_t *base = *state;
    const wecom_admin_account_t li = { .id = "lisi", .username = "lisi" };
    wecom_admin_link_t link;

    run(base, "DROP TABLE wecom_account");
    run(base, "DROP TABLE wecom_link");
    run(base, "DROP TABLE wecom_schema");
    wecom_sql_close(&base->sql);
    connect_to(base);
    assert_int_equal(init(base, 1), 0);
    assert_string_equal(ask(base, "SELECT COUNT(*) FROM sqlite_master "
                                  "WHERE name = 'wecom_account'"), "0");
    CHECK(wecom_account_admin_prepare(&base->err, &base->sql, 1, base->pool) == WECOM_OK, "%s",
          support_show(base->err.detail));
    assert_int_equal(link_to(base, &li, "acme", "LiSi"), WECOM_OK);
    assert_int_equal(link_to(base, &li, "acme", "lisi"), WECOM_E_EXISTS);
    assert_int_equal(wecom_account_admin_find_link(&link, &base->err, &base->sql, "acme", "lisi",
                                                   base->pool), WECOM_OK);
    assert_string_equal(link.username, "lisi");
}

static void statuses_have_names(void **state)
{
    wecom_account_status_t status = WECOM_ACCOUNT_ACTIVE;

    (void)state;
    assert_true(wecom_account_admin_status_of(&status, "Disabled"));
    assert_int_equal(status, WECOM_ACCOUNT_DISABLED);
    assert_string_equal(wecom_account_admin_status_name(status), "disabled");
    assert_false(wecom_account_admin_status_of(&status, "1"));
    assert_false(wecom_account_admin_status_of(&status, ""));
}

static int start(void **state)
{
    static apr_pool_t *forever;
    int failed = support_start(state);

    if (failed == 0) {
        apr_pool_create(&forever, NULL);
        failed = wecom_sql_start(forever) != WECOM_OK;
    }
    return failed;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ADMIN_TEST(init_is_harmless_twice),
        ADMIN_TEST(a_newer_database_is_left_alone),
        ADMIN_TEST(tables_without_a_version_get_one),
        ADMIN_TEST(an_account_is_what_was_written),
        ADMIN_TEST(changes_are_written),
        ADMIN_TEST(twins_are_found),
        ADMIN_TEST(links_are_one_to_one),
        ADMIN_TEST(delete_takes_links_along),
        ADMIN_TEST(delete_is_all_or_nothing),
        ADMIN_TEST(pages_show_everybody_once),
        ADMIN_TEST(links_work_alone),
        ADMIN_TEST(statuses_have_names),
    };

    return cmocka_run_group_tests_name("account_admin", tests, start, support_end);
}
