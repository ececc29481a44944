/* SPDX-License-Identifier: Apache-2.0 */
/* account_admin_int.h - what the account_admin_*.c share, and nobody else includes. */
#ifndef WECOM_AUTH_ACCOUNT_ADMIN_INT_H
#define WECOM_AUTH_ACCOUNT_ADMIN_INT_H

#include "account_admin.h"

/* Labels. */
#define ADMIN_VERSION     "wecom_admin_version"
#define ADMIN_FIND        "wecom_admin_find"
#define ADMIN_PAGE        "wecom_admin_page"
#define ADMIN_PAGE_LINKS  "wecom_admin_page_links"
#define ADMIN_LINKS       "wecom_admin_links"
#define ADMIN_MEMBER      "wecom_admin_member"
#define ADMIN_HAS_EMAIL   "wecom_admin_has_email"
#define ADMIN_HAS_PHONE   "wecom_admin_has_phone"
#define ADMIN_COUNT       "wecom_admin_count"
#define ADMIN_ADD         "wecom_admin_add"
#define ADMIN_UPDATE      "wecom_admin_update"
#define ADMIN_STATUS      "wecom_admin_status"
#define ADMIN_ORIGIN      "wecom_admin_origin"
#define ADMIN_DELETE      "wecom_admin_delete"
#define ADMIN_LINK        "wecom_admin_link"
#define ADMIN_UNLINK      "wecom_admin_unlink"
#define ADMIN_UNLINK_ALL  "wecom_admin_unlink_all"

/* Fills err with what the database has said. */
wecom_status_t wecom_account_admin_failed(wecom_error_t *err, const wecom_sql_t *sql,
                                          apr_pool_t *pool);

#endif
