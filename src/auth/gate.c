/* SPDX-License-Identifier: Apache-2.0 */
/* gate.c - see gate.h. */

#include "gate.h"

#include <string.h>

/* Destinations that put a document before a person. An <object> or <embed> is none: nobody could
 * scan in it. */
static int is_document(const char *dest)
{
    return dest == NULL
           || wecom_text_equal_fold(dest, "document")
           || wecom_text_equal_fold(dest, "iframe")
           || wecom_text_equal_fold(dest, "frame");
}

static int is_form_type(const char *type)
{
    static const char *const known[] = {
        "application/x-www-form-urlencoded", "multipart/form-data", "text/plain"
    };
    apr_size_t len;
    apr_size_t i;

    if (type == NULL) {
        return 0;
    }
    len = strcspn(type, "; \t");
    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (len == strlen(known[i]) && wecom_text_contains_fold(type, len, known[i])) {
            return 1;
        }
    }
    return 0;
}

static int is_navigation(const wecom_headers_t *h)
{
    if (h->sec_purpose != NULL
        && wecom_text_contains_fold(h->sec_purpose, strlen(h->sec_purpose), "prefetch")) {
        return 0;
    }
    if (h->x_requested_with != NULL
        && wecom_text_equal_fold(h->x_requested_with, "XMLHttpRequest")) {
        return 0;
    }
    if (h->sec_fetch_mode != NULL) {
        return wecom_text_equal_fold(h->sec_fetch_mode, "navigate")
               && is_document(h->sec_fetch_dest);
    }
    return h->accept != NULL
           && wecom_text_contains_fold(h->accept, strlen(h->accept), "text/html");
}

wecom_ask_t wecom_gate_ask(const wecom_headers_t *headers)
{
    if (headers->method == NULL || !is_navigation(headers)) {
        return WECOM_ASK_SCRIPT;
    }
    if (strcmp(headers->method, "GET") == 0) {
        return WECOM_ASK_NAVIGATION;
    }
    if (strcmp(headers->method, "POST") == 0 && is_form_type(headers->content_type)) {
        return WECOM_ASK_FORM;
    }
    return WECOM_ASK_SCRIPT;
}

wecom_verdict_t wecom_gate_judge(const wecom_facts_t *facts)
{
    if (facts->known) {
        return WECOM_VERDICT_PASS;
    }
    if (facts->ask == WECOM_ASK_SCRIPT) {
        return WECOM_VERDICT_UNAUTHORIZED;
    }
    if (facts->unauthenticated != WECOM_UNAUTHENTICATED_LOGIN) {
        return WECOM_VERDICT_UNAUTHORIZED_PAGE;
    }
    if (!facts->name_fits) {
        return facts->hopped ? WECOM_VERDICT_WRONG_NAME : WECOM_VERDICT_RENAME;
    }
    return facts->ask == WECOM_ASK_FORM ? WECOM_VERDICT_LOGIN_FORM : WECOM_VERDICT_LOGIN;
}
