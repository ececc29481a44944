/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate.h - the decision at the door: facts in, verdict out, nothing else happens.
 *
 * Everything that can be known about a request to a protected place is put into wecom_facts_t;
 * wecom_gate_judge says what becomes of it. The User-Agent is not among the facts: it chooses a
 * flow later and never whether a login is needed.
 */
#ifndef WECOM_AUTH_GATE_H
#define WECOM_AUTH_GATE_H

#include "../base/text.h"

/* What kind of answer can the one who asks make use of? */
typedef enum wecom_ask_t {
    WECOM_ASK_NAVIGATION = 0, /* a person opens a page: can be sent to a login and back */
    WECOM_ASK_FORM,           /* a person posts a form: can be sent to a login, the form is lost */
    WECOM_ASK_SCRIPT          /* everything else: cannot follow a redirect to another site */
} wecom_ask_t;

/* Header values as sent, NULL when absent. */
typedef struct wecom_headers_t {
    const char *method;
    const char *sec_fetch_mode;
    const char *sec_fetch_dest;
    const char *sec_purpose;
    const char *x_requested_with;
    const char *accept;
    const char *content_type;
} wecom_headers_t;

/* Browsers that send Sec-Fetch-* are believed there; older ones (WebViews among them) are read by
 * Accept and X-Requested-With. Only "XMLHttpRequest" counts in the latter: WeCom's Android client
 * writes its package name there on every navigation. A prefetch is not a navigation: it would
 * spend a login nobody asked for. */
wecom_ask_t wecom_gate_ask(const wecom_headers_t *headers);

/* WeComUnauthenticated of the place, in the order of its values. */
typedef enum wecom_unauthenticated_t {
    WECOM_UNAUTHENTICATED_LOGIN = 0,
    WECOM_UNAUTHENTICATED_401,
    WECOM_UNAUTHENTICATED_PASS   /* here Require has refused a visitor without a name already */
} wecom_unauthenticated_t;

typedef struct wecom_facts_t {
    wecom_ask_t ask;
    int known;        /* a ticket opened, in its life, of a source that this place allows */
    int name_fits;    /* the request stands under the public name */
    int hopped;       /* it was already sent to the public name once */
    wecom_unauthenticated_t unauthenticated;
} wecom_facts_t;

typedef enum wecom_verdict_t {
    WECOM_VERDICT_PASS = 0,     /* set the user and go on to Require */
    WECOM_VERDICT_LOGIN,        /* begin a login and send the browser there (302) */
    WECOM_VERDICT_LOGIN_FORM,   /* the same for a posted form (303, target from the Referer) */
    WECOM_VERDICT_UNAUTHORIZED, /* 401 with JSON */
    WECOM_VERDICT_UNAUTHORIZED_PAGE, /* 401 with a page that leads to the login */
    WECOM_VERDICT_RENAME,       /* 302 to the same path under the public name */
    WECOM_VERDICT_WRONG_NAME    /* the page with both names */
} wecom_verdict_t;

wecom_verdict_t wecom_gate_judge(const wecom_facts_t *facts);

#endif
