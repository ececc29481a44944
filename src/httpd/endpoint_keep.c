/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint_keep.c - the own URL `form`: where a kept form is after the login. */

#include "endpoint_int.h"

#include <string.h>

#include "apr_strings.h"

#include "../auth/keep_page.h"
#include "../auth/state.h"
#include "../auth/target.h"
#include "kept.h"
#include "session.h"

static int is_under_public_name(const request_rec *r, const wecom_visit_t *visit)
{
    wecom_address_t address;

    wecom_request_address(&address, r, visit);
    return wecom_site_fits(visit->server->site, &address);
}

/* Whoever gave up the login comes here by "sign in again": the login begins once more, as one for
 * the page that the form stood on, and leads here. */
static void show(wecom_reply_t *reply, request_rec *r, wecom_visit_t *visit,
                 const wecom_login_t *room)
{
    wecom_login_wish_t wish;
    const char *state;
    const char *back;

    if (!wecom_endpoint_parameter(&state, r, "p", WECOM_MAX_STATE)
        || !wecom_endpoint_parameter(&back, r, "return", WECOM_MAX_TARGET)) {
        state = NULL;
        back = NULL;
    }
    if (room->ticket == NULL && state != NULL && wecom_state_is_wellformed(state)
        && wecom_request_ask(r) == WECOM_ASK_NAVIGATION && is_under_public_name(r, visit)) {
        back = wecom_target_or_root(back, room->site->endpoint, visit->pool);
        wecom_endpoint_wish(&wish, r, visit, back);
        wish.target = wecom_keep_page_address(room, state, back);
        wecom_login_begin(reply, room, &wish, HTTP_MOVED_TEMPORARILY);
        return;
    }
    wecom_keep_page_bring(reply, room, state, back);
}

/* The value of a field that is there once; NULL otherwise. */
static const char *field(const apr_array_header_t *pairs, const char *name)
{
    const char *found = NULL;
    int i;

    for (i = 0; i < pairs->nelts; i++) {
        const wecom_keep_pair_t *pair = &APR_ARRAY_IDX(pairs, i, wecom_keep_pair_t);

        if (strcmp(pair->name, name) == 0) {
            if (found != NULL) {
                return NULL;
            }
            found = pair->value;
        }
    }
    return found;
}

static int answer(wecom_reply_t *reply, request_rec *r, const wecom_login_t *room)
{
    apr_array_header_t *pairs;
    wecom_keep_facts_t facts;
    wecom_bytes_t body;
    int status;

    wecom_kept_facts(&facts, r);
    if (!wecom_keep_is_same_origin(&facts, room->site->public_url)) {
        wecom_keep_page_gone(reply, room, WECOM_REASON_FORM_FOREIGN, NULL);
        return OK;
    }
    status = wecom_kept_read_body(&body, r, WECOM_MAX_KEPT_POST);
    if (status == AP_FILTER_ERROR) {
        return status;
    }
    if (status != OK
        || wecom_keep_read_form(&pairs, NULL, body, WECOM_MAX_KEPT_POST, r->pool) != WECOM_OK) {
        wecom_keep_page_gone(reply, room, WECOM_REASON_FORM_FOREIGN, NULL);
        return OK;
    }
    wecom_keep_page_ask(reply, room, field(pairs, "p"), field(pairs, "box"),
                        field(pairs, "return"));
    return OK;
}

int wecom_endpoint_keep(request_rec *r, wecom_visit_t *visit)
{
    wecom_reply_t reply;
    wecom_login_t room;
    int status = OK;

    wecom_reply_init(&reply, r->pool);
    wecom_request_room(&room, r, visit);
    if (r->method_number == M_POST) {
        status = answer(&reply, r, &room);
    }
    else {
        show(&reply, r, visit, &room);
    }
    if (status != OK) {
        return status;
    }
    wecom_session_clear_spoiled(r, visit);
    return wecom_endpoint_finish(r, &reply);
}
