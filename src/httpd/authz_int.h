/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authz_int.h - what the providers share among themselves.
 */
#ifndef WECOM_HTTPD_AUTHZ_INT_H
#define WECOM_HTTPD_AUTHZ_INT_H

#include "authz.h"

#include "mod_auth.h"

/* --- authz.c ---------------------------------------------------------------------------------- */

/* The answer to whoever has no ticket of ours. */
authz_status wecom_authz_no_ticket(request_rec *r, const wecom_rule_stand_t *stand);

/* Judge a rule against the ticket, with the shape of its source. */
void wecom_authz_judge(wecom_rule_finding_t *finding, request_rec *r, const wecom_rule_t *rule,
                       const wecom_ticket_t *ticket);

/* The same for what the member has (wecom_rule_explain). */
const char *wecom_authz_member_has(request_rec *r, const wecom_rule_t *rule, int granted,
                                   const wecom_ticket_t *ticket);

/* --- authz_stand.c ---------------------------------------------------------------------------- */

/* File, line, and what a plain denial does there; the text is left alone. NULL, or a sentence about
 * a place where the rule would mean nothing. */
const char *wecom_authz_stand(wecom_rule_stand_t *stand, const cmd_parms *cmd);

/* --- authz_account.c -------------------------------------------------------------------------- */

/* Register wecom-login-only and wecom-field-match. */
void wecom_authz_account_register(apr_pool_t *pool);

/* --- authz_names.c ---------------------------------------------------------------------------- */

/* NULL, or what is wrong with the names in a rule for this server: a sentence without an id. */
const char *wecom_authz_names(const wecom_rule_t *rule, const wecom_server_t *server,
                              apr_pool_t *pool);

/* Take a rule of the configuration down. */
void wecom_authz_take_down(const wecom_rule_t *rule, const server_rec *server);

/* --- authz_note.c ----------------------------------------------------------------------------- */

/* A rule refuses this request. Either `rule` and granted, and what the member has is found out only
 * if somebody wants to know; or `why`. */
void wecom_authz_note(request_rec *r, const wecom_rule_stand_t *stand, const wecom_rule_t *rule,
                      int granted, const char *why);

/* A rule cannot be judged: one log line, and the same one no more than once a minute. id: WC(...);
 * who: may be NULL. */
void wecom_authz_cannot_tell(request_rec *r, const char *id, const wecom_rule_stand_t *stand,
                             const char *who, const char *why);

#endif
