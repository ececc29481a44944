/* SPDX-License-Identifier: Apache-2.0 */
/* lite.c - see lite.h. */

#include "lite.h"

#include <apr_file_io.h>
#include <apr_strings.h>

int lite_start(void **state)
{
    static apr_pool_t *forever;
    int failed = support_start(state);

    if (failed == 0) {
        apr_pool_create(&forever, NULL);
        failed = wecom_sql_start(forever) != WECOM_OK;
    }
    return failed;
}

static int borrow(const wecom_sql_port_t *self, wecom_sql_t *sql, apr_pool_t *pool)
{
    lite_t *lite = self->baton;

    (void)pool;
    if (lite->down) {
        return 0;
    }
    lite->borrowed++;
    *sql = lite->sql;
    return 1;
}

static void give_back(const wecom_sql_port_t *self, wecom_sql_t *sql)
{
    lite_t *lite = self->baton;

    (void)sql;
    lite->borrowed--;
}

static const char *new_file(apr_pool_t *pool)
{
    char *name = apr_pstrdup(pool, "/tmp/wecom-lite-XXXXXX");
    apr_file_t *file;

    assert_int_equal(apr_file_mktemp(&file, name, APR_FOPEN_CREATE | APR_FOPEN_READ
                                                      | APR_FOPEN_WRITE, pool), APR_SUCCESS);
    apr_file_close(file);
    return name;
}

lite_t *lite_open(const char *const *tables, const wecom_sql_statement_t *statements, int count,
                  apr_pool_t *pool)
{
    lite_t *lite = apr_pcalloc(pool, sizeof(*lite));
    wecom_error_t err;
    int i;

    lite->pool = pool;
    lite->file = new_file(pool);
    lite->port.borrow = borrow;
    lite->port.give_back = give_back;
    lite->port.baton = lite;
    CHECK(wecom_sql_open(&lite->sql, &err, "sqlite3", lite->file, pool) == WECOM_OK, "%s",
          support_show(err.detail));
    for (; *tables != NULL; tables++) {
        lite_run(lite, *tables);
    }
    for (i = 0; i < count; i++) {
        lite_prepare(lite, statements[i].label, statements[i].text);
    }
    return lite;
}

void lite_close(lite_t *lite)
{
    assert_int_equal(lite->borrowed, 0);
    wecom_sql_close(&lite->sql);
    apr_file_remove(lite->file, lite->pool);
}

void lite_prepare(lite_t *lite, const char *label, const char *text)
{
    const wecom_sql_statement_t statement = { label, text };
    wecom_error_t err;

    CHECK(wecom_sql_prepare(&lite->sql, &err, &statement, lite->pool) == WECOM_OK, "%s: %s",
          text, support_show(err.detail));
}

void lite_run(lite_t *lite, const char *text)
{
    CHECK(wecom_sql_run(&lite->sql, text), "%s: %s", text,
          wecom_sql_complaint(&lite->sql, lite->pool));
}

const char *lite_ask(lite_t *lite, const char *text)
{
    wecom_sql_rows_t rows;
    const char *found = NULL;

    lite_prepare(lite, "asked", text);
    CHECK(wecom_sql_select(&rows, &lite->sql, "asked", NULL, 0, lite->pool), "%s", text);
    while (wecom_sql_next(&rows)) {
        found = wecom_sql_entry(&rows, 0);
    }
    return found;
}
