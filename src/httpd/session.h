/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.h - the session: our cookie, and mod_session's view of it.
 *
 * The module is a session provider for mod_session, but only where AuthType WeCom stands (and at
 * our own URLs); everywhere else its hooks decline, so that mod_auth_form next door keeps its
 * own. The ticket itself never lies in z->entries: SessionHeader, SessionEnv and handlers cannot
 * see or change who somebody is. What other modules put into the session travels in the same
 * seal and is given back to them.
 *
 * ap_hook_session_load and its siblings are real symbols of mod_session.so, and Debian loads
 * auth_wecom before session; so they are looked up when all modules are loaded.
 */
#ifndef WECOM_HTTPD_SESSION_H
#define WECOM_HTTPD_SESSION_H

#include "request.h"

/* In pre_config: register the two hooks, if mod_session is there at all. */
void wecom_session_register(void);

/* The ticket of a living session, or NULL. Opened once in a visit. */
const wecom_ticket_t *wecom_session_ticket(request_rec *r, wecom_visit_t *visit);

/* Write the cookie anew where that is due (a tenth of the idle span has passed, or an old key
 * sealed it). */
void wecom_session_renew(request_rec *r, wecom_visit_t *visit);

/* Set-Cookie that deletes a cookie which did not open or has expired; for answers to people. */
void wecom_session_clear_spoiled(request_rec *r, const wecom_visit_t *visit);

/* NULL when the session directives at this request are as they must be, else a sentence for the
 * log. */
const char *wecom_session_fault(const request_rec *r);

#endif
