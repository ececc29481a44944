/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authn.h - the door of a protected place: AuthType WeCom.
 *
 * check_authn answers one of three things: DECLINED (not our AuthType), OK with r->user set, or
 * a status. It never writes a page: what it has to say beyond a redirect is left to our `denied`
 * page, which replaces the resource. (In another module a page written here was followed by the
 * protected content.)
 */
#ifndef WECOM_HTTPD_AUTHN_H
#define WECOM_HTTPD_AUTHN_H

#include "request.h"

/* Hook check_authn. */
int wecom_authn_check(request_rec *r);

/* Hook note_auth_failure: Require said no to somebody we know. Points httpd's 401 at the `denied`
 * page, whose answer is a real 403. */
int wecom_authn_note_failure(request_rec *r, const char *auth_type);

/* WeComUnauthenticated pass, and httpd let the request in without asking who it is (Require all
 * granted): whoever has a session gets the name. OK, or a status for a misconfigured place. */
int wecom_authn_recognise(request_rec *r);

/* Hook insert_filter: the handler begins now, and a folder has become its index or not. */
void wecom_authn_deliver(request_rec *r);

/* What the place of this request asks of a login. */
void wecom_authn_wish(wecom_login_wish_t *wish, const request_rec *r, const char *target);

#endif
