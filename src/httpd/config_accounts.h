/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_accounts.h - the account directory of a server: is what is written about it possible?
 *
 * What can never match, what would be accepted and ignored, and what nobody could answer is
 * refused here with the cure.
 */
#ifndef WECOM_HTTPD_CONFIG_ACCOUNTS_H
#define WECOM_HTTPD_CONFIG_ACCOUNTS_H

#include "fault.h"

/* server->directory, and its statements registered with mod_dbd. To be called when the server's
 * sources are built. done: servers whose statements are registered already (wecom_server_t *);
 * grows. 1, or 0 after a fault. */
int wecom_accounts_build(wecom_judge_t *judge, wecom_server_t *server, apr_array_header_t *done);

/* Everything about accounts that is written where there is no directory; and
 * server->shut_somewhere. written_in: the server whose places are judged. */
void wecom_accounts_judge_places(wecom_judge_t *judge, wecom_server_t *server,
                                 const wecom_server_t *written_in);

/* What a place says about accounts where there is no directory: the word it should not say, or
 * NULL. */
const char *wecom_accounts_word_of_place(const wecom_place_t *place);

#endif
