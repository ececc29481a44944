/* SPDX-License-Identifier: Apache-2.0 */
/* account_schema.c - see account_schema.h. */

#include "account_schema.h"

#include <stddef.h>
#include <string.h>

#include <apr_strings.h>

/* --- our own tables --------------------------------------------------------------------------- */

#define PROFILE "a.name, a.alias, a.position, a.telephone, a.gender, a.avatar, a.departments"

#define OWN_COLUMNS                                                                              \
    "SELECT a.id, a.username, a.status, a.created_by, a.email, a.phone, a.email_verified, "      \
    "a.phone_verified, l.userid, l.linked_by, l.match_hash, l.account_id, " PROFILE " "

#define ADD_LINK                                                                                 \
    "INSERT INTO wecom_link (source, userid_key, userid, account_id, linked_by, match_hash, "    \
    "linked_at, last_login) VALUES (%s, %s, %s, %s, %s, %s, %lld, %lld)"

#define TOUCH                                                                                    \
    "UPDATE wecom_link SET userid = %s, last_login = %lld WHERE source = %s AND userid_key = %s"

#define LINK_OF                                                                                  \
    "SELECT l.userid, l.userid_key FROM wecom_link l WHERE l.source = %s AND l.account_id = %s"

/* Four statements at most for a first login, two for a later one (FIND_LINK and TOUCH), and one
 * more where the profile has changed (SYNC). */
static const wecom_sql_statement_t own[] = {
    { WECOM_SQL_FIND_LINK,
      OWN_COLUMNS "FROM wecom_link l LEFT JOIN wecom_account a ON a.id = l.account_id "
      "WHERE l.source = %s AND l.userid_key = %s" },
    { WECOM_SQL_FIND_MATCH,
      OWN_COLUMNS "FROM wecom_account a "
      "LEFT JOIN wecom_link l ON l.account_id = a.id AND l.source = %s "
      "WHERE a.username_key = %s OR a.username_key = %s OR a.username_key = %s "
      "OR a.email_key = %s OR a.email_key = %s OR a.phone_key = %s OR a.phone_key = %s" },
    { WECOM_SQL_ADD,
      "INSERT INTO wecom_account (id, username, username_key, email, email_key, phone, "
      "phone_key, name, alias, position, telephone, gender, avatar, departments, status, "
      "created_by, created_at, updated_at, email_verified, phone_verified) VALUES (%s, %s, %s, "
      "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %hd, %s, %lld, %lld, %hd, %hd)" },
    { WECOM_SQL_ADD_LINK, ADD_LINK },
    { WECOM_SQL_TOUCH, TOUCH },
    { WECOM_SQL_SYNC,
      "UPDATE wecom_account SET name = COALESCE(%s, name), alias = COALESCE(%s, alias), "
      "position = COALESCE(%s, position), telephone = COALESCE(%s, telephone), "
      "gender = COALESCE(%s, gender), avatar = COALESCE(%s, avatar), "
      "departments = COALESCE(%s, departments), updated_at = %lld WHERE id = %s" },
};

/* --- a table of the enterprise's -------------------------------------------------------------- */

static const char *column(const char *name, apr_pool_t *pool)
{
    return name != NULL ? apr_pstrcat(pool, "a.", name, NULL) : "NULL";
}

/* Whoever the module has put into the table was made by the login that made the link. */
static const char *columns_of(const wecom_account_layout_t *at, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "SELECT a.", at->username, ", a.", at->username, ", ",
                       at->status != NULL ? column(at->status, pool) : "1",
                       ", CASE WHEN EXISTS (SELECT 1 FROM wecom_link c WHERE c.account_id = a.",
                       at->username, " AND c.linked_by = 'create') THEN 'wecom' ELSE 'import' "
                       "END, ",
                       column(at->email, pool), ", ", column(at->phone, pool),
                       ", 1, 1, l.userid, l.linked_by, l.match_hash, l.account_id, ",
                       column(at->name, pool), ", NULL, NULL, NULL, NULL, NULL, NULL ", NULL);
}

/* Their columns hold whatever somebody has typed, so both sides are brought together here as far
 * as SQL can: letters in lower case, a phone number in four usual spellings. */
static const char *match_of(const wecom_account_layout_t *at, apr_pool_t *pool)
{
    const char *text;

    text = apr_pstrcat(pool, columns_of(at, pool), "FROM ", at->table, " a LEFT JOIN wecom_link l "
                       "ON l.account_id = a.", at->username, " AND l.source = %s "
                       "WHERE LOWER(a.", at->username, ") IN (%s, %s, %s)", NULL);
    if (at->email != NULL) {
        text = apr_pstrcat(pool, text, " OR LOWER(a.", at->email, ") IN (%s, %s)", NULL);
    }
    if (at->phone != NULL) {
        text = apr_pstrcat(pool, text, " OR a.", at->phone,
                           " IN (%s, %s, %s, %s, %s, %s, %s, %s)", NULL);
    }
    return text;
}

static const char *add_of(const wecom_account_layout_t *at, apr_pool_t *pool)
{
    const char *names = at->username;
    const char *values = "%s";
    const char *const more[] = { at->email, at->phone, at->name };
    int i;

    for (i = 0; i < 3; i++) {
        if (more[i] != NULL) {
            names = apr_pstrcat(pool, names, ", ", more[i], NULL);
            values = apr_pstrcat(pool, values, ", %s", NULL);
        }
    }
    if (at->status != NULL) {
        names = apr_pstrcat(pool, names, ", ", at->status, NULL);
        values = apr_pstrcat(pool, values, ", '1'", NULL); /* of any type, a boolean too */
    }
    return apr_pstrcat(pool, "INSERT INTO ", at->table, " (", names, ") VALUES (", values, ")",
                       NULL);
}

static const wecom_sql_statement_t *theirs(int *count, const wecom_account_layout_t *at,
                                           apr_pool_t *pool)
{
    const wecom_sql_statement_t made[] = {
        { WECOM_SQL_FIND_LINK,
          apr_pstrcat(pool, columns_of(at, pool), "FROM wecom_link l LEFT JOIN ", at->table,
                      " a ON a.", at->username, " = l.account_id "
                      "WHERE l.source = %s AND l.userid_key = %s", NULL) },
        { WECOM_SQL_FIND_MATCH, match_of(at, pool) },
        { WECOM_SQL_ADD, add_of(at, pool) },
        { WECOM_SQL_ADD_LINK, ADD_LINK },
        { WECOM_SQL_TOUCH, TOUCH },
        { WECOM_SQL_SYNC,
          at->name != NULL
              ? apr_pstrcat(pool, "UPDATE ", at->table, " SET ", at->name, " = %s WHERE ",
                            at->username, " = %s", NULL) : NULL },
    };

    *count = (int)(sizeof(made) / sizeof(made[0])) - (at->name == NULL);
    return apr_pmemdup(pool, made, sizeof(made));
}

const wecom_sql_statement_t *wecom_account_schema_statements(int *count,
                                                             const wecom_account_layout_t *layout,
                                                             apr_pool_t *pool)
{
    if (layout != NULL) {
        return theirs(count, layout, pool);
    }
    *count = (int)(sizeof(own) / sizeof(own[0]));
    return own;
}

static const wecom_sql_statement_t links[] = {
    { WECOM_SQL_FIND_LINK,
      "SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, l.userid, l.linked_by, l.match_hash, "
      "l.account_id FROM wecom_link l WHERE l.source = %s AND l.userid_key = %s" },
    { WECOM_SQL_LINK_OF, LINK_OF },
    { WECOM_SQL_ADD_LINK, ADD_LINK },
    { WECOM_SQL_TOUCH, TOUCH },
};

const wecom_sql_statement_t *wecom_account_schema_links(int *count)
{
    *count = (int)(sizeof(links) / sizeof(links[0]));
    return links;
}

/* --- tables ----------------------------------------------------------------------------------- */

#define ACCOUNT_COLUMNS                                                                          \
    "id VARCHAR(32) NOT NULL PRIMARY KEY, username VARCHAR(190) NOT NULL UNIQUE, "               \
    "username_key VARCHAR(190) NOT NULL, email VARCHAR(254), email_key VARCHAR(254), "           \
    "email_verified SMALLINT NOT NULL DEFAULT 1, phone VARCHAR(64), phone_key VARCHAR(20), "     \
    "phone_verified SMALLINT NOT NULL DEFAULT 1, name VARCHAR(256), alias VARCHAR(256), "        \
    "position VARCHAR(1024), telephone VARCHAR(1024), gender VARCHAR(8), avatar VARCHAR(1024), " \
    "departments VARCHAR(4000), status SMALLINT NOT NULL DEFAULT 1, "                            \
    "created_by VARCHAR(16) NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL"

/* One member is one account, and one account one member, in each source. */
#define LINK_COLUMNS                                                                             \
    "source VARCHAR(31) NOT NULL, userid_key VARCHAR(64) NOT NULL, "                             \
    "userid VARCHAR(64) NOT NULL, account_id VARCHAR(190) NOT NULL, "                            \
    "linked_by VARCHAR(64) NOT NULL, match_hash VARCHAR(96), linked_at BIGINT NOT NULL, "        \
    "last_login BIGINT, PRIMARY KEY (source, userid_key), UNIQUE (source, account_id)"

/* Bytes are compared, whatever the database was made with. */
#define MYSQL_TABLE " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ENGINE InnoDB"

#define INDEX(name)                                                                              \
    "CREATE INDEX IF NOT EXISTS wecom_account_" name " ON wecom_account (" name "_key)"

static const char *const schema[] = {
    "CREATE TABLE IF NOT EXISTS wecom_account (" ACCOUNT_COLUMNS ")",
    INDEX("username"), INDEX("email"), INDEX("phone"),
    "CREATE TABLE IF NOT EXISTS wecom_link (" LINK_COLUMNS ")",
    "CREATE INDEX IF NOT EXISTS wecom_link_account ON wecom_link (account_id)",
    NULL
};

/* MySQL knows no CREATE INDEX IF NOT EXISTS. */
static const char *const mysql_schema[] = {
    "CREATE TABLE IF NOT EXISTS wecom_account (" ACCOUNT_COLUMNS
    ", INDEX wecom_account_username (username_key), INDEX wecom_account_email (email_key), "
    "INDEX wecom_account_phone (phone_key))" MYSQL_TABLE,
    "CREATE TABLE IF NOT EXISTS wecom_link (" LINK_COLUMNS
    ", INDEX wecom_link_account (account_id))" MYSQL_TABLE,
    NULL
};

const char *const *wecom_account_schema_tables(const char *driver)
{
    if (strcmp(driver, "mysql") == 0) {
        return mysql_schema;
    }
    return strcmp(driver, "sqlite3") == 0 || strcmp(driver, "pgsql") == 0 ? schema : NULL;
}
