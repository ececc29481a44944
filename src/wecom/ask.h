/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask.h - the walk that all calls with an access token share: token, question, and once more with a
 * new token when WeCom refuses the old one (40001, 40014, 42001).
 *
 * For api.c, contacts.c and jsticket.c. Beside the retry it adds nothing to call.h.
 */
#ifndef WECOM_WECOM_ASK_H
#define WECOM_WECOM_ASK_H

#include "call.h"

typedef struct wecom_ask_t {
    const char *stage;  /* static text; also the path under /cgi-bin/ */
    const char *name;   /* of a parameter in the query, with '&' and '='; NULL: none */
    const char *value;
    const char *body;   /* NULL: GET */
    wecom_call_parse_t *parse;
    void *result;
    const wecom_call_room_t *room;  /* as in call.h */
} wecom_ask_t;

/* Failures: the token's, the transport's, or what parse said. err may be NULL. */
wecom_status_t wecom_ask_make(const wecom_ask_t *question, wecom_error_t *err,
                              const wecom_app_t *app, const wecom_ports_t *ports,
                              apr_pool_t *pool);

#endif
