/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.h - who came in, who did not, and which accounts were made or connected: one line of JSON
 * for each.
 *
 *   {"time":"2026-01-31T08:15:02Z","event":"login","outcome":"granted","source":"acme",
 *    "userid":"ZhangSan","account":"zhang.san","address":"192.0.2.7","reason":"WC0200"}
 *
 * event: login, refusal, link, creation, binding, recall (docs/accounts.md). A login that makes an account
 * has three lines. To the error log at notice, or to WeComAuditLog, which is opened by the user who
 * starts the server and goes on through all children.
 */
#ifndef WECOM_HTTPD_AUDIT_H
#define WECOM_HTTPD_AUDIT_H

#include "request.h"

/* Forgets the files of the last generation. */
void wecom_audit_pre_config(void);

/* NULL, or what is wrong with WeComAuditLog: a sentence that says what to do. Opens nothing. */
const char *wecom_audit_judge(const char *log, apr_pool_t *pool);

/* Opens the WeComAuditLog of every server. One that cannot be opened leaves its lines to the error
 * log. */
void wecom_audit_open(apr_pool_t *pconf, server_rec *main);

/* The lines of a reply that ends a login, one way or the other. */
void wecom_audit_write(request_rec *r, const wecom_reply_t *reply);

/* A member whose sessions end, because WeCom said so beside every request. */
void wecom_audit_recall(const wecom_server_t *server, const wecom_source_t *source,
                        const char *userid, wecom_reason_t reason, apr_pool_t *pool);

#endif
