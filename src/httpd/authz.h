/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authz.h - Require wecom-*: what the ticket says decides, never r->user alone.
 *
 * A rule grants only when our ticket was opened for this very request; so "AuthType Basic" in an
 * .htaccess beside "Require wecom-user" admits nobody.
 */
#ifndef WECOM_HTTPD_AUTHZ_H
#define WECOM_HTTPD_AUTHZ_H

#include "fault.h"
#include "request.h"

#include "../auth/rule.h"

/* Register the providers. */
void wecom_authz_register(apr_pool_t *pool);

/* In pre_config of each reading: no rule is known. */
void wecom_authz_pre_config(apr_pool_t *pconf);

/* All rules of the configuration (const wecom_rule_t *), from check_config on. Those of .htaccess,
 * and those whose words are expressions, are not in it. */
const apr_array_header_t *wecom_authz_rules(void);

/* In check_config: every source and every field that a rule names must be there, in each server
 * that the rule counts for. Faults are logged and counted. */
void wecom_authz_check(wecom_judge_t *judge);

/* For the one line of a refusal: each rule of ours that refused this request, where it stands, and
 * what the member has. NULL: none did. */
const char *wecom_authz_explain(request_rec *r);

/* After the answer: a refusal that no line has explained, as under AuthzSendForbiddenOnFailure. */
int wecom_authz_log(request_rec *r);

#endif
