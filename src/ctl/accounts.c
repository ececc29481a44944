/* SPDX-License-Identifier: Apache-2.0 */
/* accounts.c - the table of subcommands; see accounts.h. */

#include "accounts.h"

#define DATABASE WECOM_OPTIONS_DATABASE

const wecom_ctl_command_t wecom_accounts_commands[] = {
    { "init", "", 0, 0, DATABASE, "make the tables, or bring them up to date",
      "For SQLite the file is made too. The file and its folder must be writable by httpd's\n"
      "User.\n", wecom_accounts_init },
    { "import", "FILE.csv", 1, 1, DATABASE | WECOM_OPTION_DRY_RUN | WECOM_OPTION_UPDATE,
      "read accounts from a list: all of them or none",
      "FILE.csv is UTF-8 and its first line names the columns: username, and any of email,\n"
      "email_verified, phone, phone_verified, name, status. '-' reads what comes in.\n",
      wecom_accounts_import },
    { "export", "[FILE.csv]", 0, 1, DATABASE,
      "write all accounts as a list that import reads", NULL, wecom_accounts_export },
    { "list", "", 0, 0, DATABASE | WECOM_OPTION_SOURCE | WECOM_OPTION_STATUS
                        | WECOM_OPTION_UNLINKED | WECOM_OPTION_LIMIT,
      "show accounts, a line for each", NULL, wecom_accounts_list },
    { "show", "USERNAME", 1, 1, DATABASE, "show all that is known of an account", NULL,
      wecom_accounts_show },
    { "link", "USERNAME SOURCE USERID", 3, 3, DATABASE | WECOM_OPTION_WITH_CASE,
      "let a member of WeCom log in as this account", NULL, wecom_accounts_link },
    { "unlink", "USERNAME [SOURCE] | --member SOURCE USERID", 1, 2,
      DATABASE | WECOM_OPTION_MEMBER | WECOM_OPTION_ALL | WECOM_OPTION_WITH_CASE,
      "take a link away", NULL, wecom_accounts_unlink },
    { "adopt", "USERNAME", 1, 1, DATABASE,
      "let an account that a login has made count as one that was there before", NULL,
      wecom_accounts_adopt },
    { "enable", "USERNAME", 1, 1, DATABASE, "make an account active", NULL,
      wecom_accounts_enable },
    { "disable", "USERNAME", 1, 1, DATABASE, "let nobody log in as this account", NULL,
      wecom_accounts_disable },
    { "lock", "USERNAME", 1, 1, DATABASE,
      "let nobody log in for now; the page says that the account is locked", NULL,
      wecom_accounts_lock },
    { "delete", "USERNAME", 1, 1, DATABASE | WECOM_OPTION_YES,
      "remove an account and its links", NULL, wecom_accounts_delete },
    { NULL, NULL, 0, 0, 0, NULL, NULL, NULL }
};
