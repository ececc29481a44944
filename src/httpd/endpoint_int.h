/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint_int.h - what the files of our own URLs share, and nobody else includes. */
#ifndef WECOM_HTTPD_ENDPOINT_INT_H
#define WECOM_HTTPD_ENDPOINT_INT_H

#include "endpoint.h"
#include "request.h"

/* Logs and sends. */
int wecom_endpoint_finish(request_rec *r, const wecom_reply_t *reply);

/* One parameter of our own query; *value is NULL when absent. 0 when it is malformed. */
int wecom_endpoint_parameter(const char **value, const request_rec *r, const char *name,
                             apr_size_t max_len);

/* Access-Control-* for the origins of WeComPopupOrigins. */
void wecom_endpoint_allow_origin(request_rec *r, const wecom_visit_t *visit);

/* What the place of `target` would wish for a login to it: looked up with a subrequest that runs no
 * login. A target that is not behind AuthType WeCom gets what the server says. */
void wecom_endpoint_wish(wecom_login_wish_t *wish, request_rec *r, wecom_visit_t *visit,
                         const char *target);

/* JSON for a script whose visitor has no living session: 401 with the login's address, or 503 where
 * the account behind the session cannot be judged now. Sent; the handler's return value. */
int wecom_endpoint_nobody(request_rec *r, const wecom_visit_t *visit);

/* Answers of the table. */
int wecom_endpoint_keep(request_rec *r, wecom_visit_t *visit);
int wecom_endpoint_asset(request_rec *r, wecom_visit_t *visit);
int wecom_endpoint_bind(request_rec *r, wecom_visit_t *visit);
int wecom_endpoint_pair(request_rec *r, wecom_visit_t *visit);
int wecom_endpoint_session(request_rec *r, wecom_visit_t *visit);
int wecom_endpoint_jssdk(request_rec *r, wecom_visit_t *visit);
int wecom_endpoint_logout(request_rec *r, wecom_visit_t *visit);

#endif
