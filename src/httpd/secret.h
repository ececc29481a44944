/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret.h - secrets that lie outside of the configuration: file:, env:, exec:.
 *
 * They are read once for each generation of the server, before privileges are dropped, and never
 * shown. A command is run without a shell, with a time limit; httpd reads its configuration twice
 * when it starts, and the command is run for the first reading only.
 */
#ifndef WECOM_HTTPD_SECRET_H
#define WECOM_HTTPD_SECRET_H

#include "fault.h"

/* The secret that `written` stands for, in judge->pool; NULL after a fault. section and where are
 * for messages ("<WeComSource acme>"). WECOM_RUN_DUMP: "" and nothing is touched. */
const char *wecom_secret_read(wecom_judge_t *judge, const char *written, const char *section,
                              const wecom_where_t *where);

/* Wipe what was kept from the first reading for the second. To be called at the end of a check. */
void wecom_secret_forget(wecom_judge_t *judge);

#endif
