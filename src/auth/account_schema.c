/* SPDX-License-Identifier: Apache-2.0 */
/* account_schema.c - see account_schema.h. */

#include "account_schema.h"

#include <stddef.h>
#include <string.h>

/* Four statements at most for a first login, two for a later one (FIND_LINK and TOUCH). */
static const wecom_sql_statement_t statements[] = {
    { WECOM_SQL_FIND_LINK,
      "SELECT a.id, a.username, a.status, a.created_by, l.userid FROM wecom_link l "
      "LEFT JOIN wecom_account a ON a.id = l.account_id "
      "WHERE l.source = %s AND l.userid_key = %s" },
    { WECOM_SQL_FIND_MATCH,
      "SELECT a.id, a.username, a.status, a.created_by, l.userid, a.username_key, a.email_key, "
      "a.phone_key FROM wecom_account a "
      "LEFT JOIN wecom_link l ON l.account_id = a.id AND l.source = %s "
      "WHERE a.username_key = %s OR a.email_key = %s OR a.email_key = %s OR a.phone_key = %s "
      "ORDER BY a.username" },
    { WECOM_SQL_ADD,
      "INSERT INTO wecom_account (id, username, username_key, name, email, email_key, phone, "
      "phone_key, status, created_by, created_at, updated_at) "
      "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)" },
    { WECOM_SQL_ADD_LINK,
      "INSERT INTO wecom_link (source, userid_key, userid, account_id, linked_by, match_hash, "
      "linked_at, last_login) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)" },
    { WECOM_SQL_TOUCH,
      "UPDATE wecom_link SET userid = %s, last_login = %s WHERE source = %s AND userid_key = %s" },
    { NULL, NULL }
};

const wecom_sql_statement_t *wecom_account_schema_statements(void)
{
    return statements;
}

#define ACCOUNT_COLUMNS                                                                          \
    "id VARCHAR(32) NOT NULL PRIMARY KEY, username VARCHAR(191) NOT NULL UNIQUE, "               \
    "username_key VARCHAR(191) NOT NULL, name VARCHAR(256), email VARCHAR(254), "                \
    "email_key VARCHAR(254), email_verified SMALLINT NOT NULL DEFAULT 1, phone VARCHAR(64), "    \
    "phone_key VARCHAR(20), phone_verified SMALLINT NOT NULL DEFAULT 1, "                        \
    "status SMALLINT NOT NULL DEFAULT 1, created_by VARCHAR(16) NOT NULL, "                      \
    "created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL"

/* One member is one account, and one account one member, in each source. */
#define LINK_COLUMNS                                                                             \
    "source VARCHAR(31) NOT NULL, userid_key VARCHAR(64) NOT NULL, "                             \
    "userid VARCHAR(64) NOT NULL, account_id VARCHAR(32) NOT NULL, "                             \
    "linked_by VARCHAR(32) NOT NULL, match_hash VARCHAR(96), linked_at BIGINT NOT NULL, "        \
    "last_login BIGINT, PRIMARY KEY (source, userid_key), UNIQUE (source, account_id)"

/* Bytes are compared, whatever the database was made with. */
#define MYSQL_TABLE " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ENGINE InnoDB"

#define INDEX(column)                                                                            \
    "CREATE INDEX IF NOT EXISTS wecom_account_" column " ON wecom_account (" column "_key)"

static const char *const schema[] = {
    "CREATE TABLE IF NOT EXISTS wecom_account (" ACCOUNT_COLUMNS ")",
    INDEX("username"), INDEX("email"), INDEX("phone"),
    "CREATE TABLE IF NOT EXISTS wecom_link (" LINK_COLUMNS ")",
    NULL
};

static const char *const mysql_schema[] = {
    "CREATE TABLE IF NOT EXISTS wecom_account (" ACCOUNT_COLUMNS ")" MYSQL_TABLE,
    INDEX("username"), INDEX("email"), INDEX("phone"),
    "CREATE TABLE IF NOT EXISTS wecom_link (" LINK_COLUMNS ")" MYSQL_TABLE,
    NULL
};

const char *const *wecom_account_schema_tables(const char *driver)
{
    if (strcmp(driver, "mysql") == 0) {
        return mysql_schema;
    }
    return strcmp(driver, "sqlite3") == 0 || strcmp(driver, "pgsql") == 0 ? schema : NULL;
}
