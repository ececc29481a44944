/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account_sql.c - a test tool: the SQL of the account directory, as the library has it.
 *
 *     account_sql tables DRIVER    the statements that make the tables, one a line
 *     account_sql statement LABEL  one statement of a login, with its "%s" and their like
 */
#include <stdio.h>
#include <string.h>

#include <apr_general.h>

#include "auth/account_schema.h"

static int show_tables(const char *driver)
{
    const char *const *tables = wecom_account_schema_tables(driver);

    for (; tables != NULL && *tables != NULL; tables++) {
        printf("%s\n", *tables);
    }
    return tables != NULL ? 0 : 1;
}

static int show_statement(const char *label, apr_pool_t *pool)
{
    int count;
    int i;
    const wecom_sql_statement_t *rows = wecom_account_schema_statements(&count, NULL, pool);

    for (i = 0; i < count; i++) {
        if (strcmp(rows[i].label, label) == 0) {
            printf("%s\n", rows[i].text);
            return 0;
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    apr_pool_t *pool;
    int code = 2;

    if (apr_initialize() != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return 2;
    }
    if (argc == 3 && strcmp(argv[1], "tables") == 0) {
        code = show_tables(argv[2]);
    }
    else if (argc == 3 && strcmp(argv[1], "statement") == 0) {
        code = show_statement(argv[2], pool);
    }
    if (code != 0) {
        fprintf(stderr, "account_sql: tables DRIVER, or statement LABEL\n");
    }
    apr_terminate();
    return code;
}
