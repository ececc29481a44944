/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login_admit.c - from the member to the account: the directory is asked, and the visitor where
 * the directory cannot tell.
 */
#include "login_int.h"

#include <string.h>

#include <apr_strings.h>

#include "claim.h"
#include "half.h"
#include "patience.h"

static wecom_reason_t reason_of(wecom_match_refusal_t refusal)
{
    switch (refusal) {
    case WECOM_MATCH_LOGIN_ONLY:
        return WECOM_REASON_LOGIN_ONLY;
    case WECOM_MATCH_NO_REGISTRATION:
        return WECOM_REASON_NO_REGISTRATION;
    case WECOM_MATCH_WITHHELD:
        return WECOM_REASON_WITHHELD;
    case WECOM_MATCH_INACTIVE:
        return WECOM_REASON_ACCOUNT_INACTIVE;
    case WECOM_MATCH_LOCKED:
        return WECOM_REASON_ACCOUNT_LOCKED;
    case WECOM_MATCH_TAKEN:
        return WECOM_REASON_TAKEN;
    case WECOM_MATCH_AMBIGUOUS:
        return WECOM_REASON_AMBIGUOUS;
    case WECOM_MATCH_STALE:
        return WECOM_REASON_STALE_LINK;
    case WECOM_MATCH_UNKNOWN:
        return WECOM_REASON_BAD_CREDENTIALS;
    case WECOM_MATCH_EXPIRED:
        return WECOM_REASON_ASK_EXPIRED;
    case WECOM_MATCH_NO_REFUSAL:
    default:
        return WECOM_REASON_INTERNAL;
    }
}

/* The same login once more, with the member's consent: WeCom shows a page where the items are
 * ticked. Once, since the next return says that it was asked. */
static void ask_for_consent(wecom_reply_t *reply, const wecom_login_t *room,
                            const wecom_source_t *source, const wecom_pending_t *pending)
{
    wecom_login_wish_t wish;

    wecom_login_wish_of(&wish, pending);
    wish.consent = 1;
    wecom_login_start_source(reply, room, source, &wish, wecom_state_mark(pending->state), 302);
}

/* What WeCom has said stays here; the browser goes to our page with a state of its own. */
static wecom_reason_t ask_for_account(wecom_reply_t *reply, const wecom_login_t *room,
                                      const wecom_source_t *source,
                                      const wecom_pending_t *pending,
                                      const wecom_member_t *member,
                                      const wecom_admission_t *admission)
{
    wecom_login_wish_t wish;
    wecom_half_t half;
    const char *state;

    memset(&half, 0, sizeof(half));
    half.asked = admission->verdict;
    half.member = *member;
    half.confirmed = room->now;
    half.choices = wecom_half_choices(admission->candidates, room->pool);
    wecom_login_wish_of(&wish, pending);
    state = wecom_login_make_pending(reply, room, source->id, &wish,
                                     (pending->flags & WECOM_PENDING_IN_CLIENT)
                                     | (unsigned int)WECOM_PENDING_HALF, 0);
    if (state == NULL) {
        return WECOM_REASON_INTERNAL;
    }
    if (wecom_half_put(room->ports->cache, state, &half, room->now, room->pool) != WECOM_OK) {
        wecom_error_set(&reply->error, WECOM_E_UNAVAILABLE, 0, "WeComCache",
                        "the half-finished sign-in cannot be kept");
        return WECOM_REASON_DIRECTORY;
    }
    /* Not wecom_login_go_to: a window of its own has not done its work yet. */
    wecom_reply_redirect(reply, 302,
                         apr_pstrcat(room->pool, room->site->public_url,
                                     wecom_login_own_path(room, "bind"), "?p=", state,
                                     room->client == WECOM_CLIENT_BROWSER ? "" : "#", NULL));
    return WECOM_REASON_NONE;
}

wecom_reason_t wecom_login_admit(wecom_reply_t *reply, wecom_standing_t *standing, int *asked,
                                 const wecom_login_t *room, const wecom_source_t *source,
                                 const wecom_pending_t *pending, const wecom_member_t *member,
                                 wecom_login_answer_t *answer)
{
    wecom_admission_t admission;
    wecom_status_t status;
    wecom_reason_t reason;
    wecom_claim_t claim;

    *asked = 0;
    wecom_claim_make(&claim, &reply->item, source, pending->flags, member, room->now, room->pool);
    if (answer != NULL) {
        claim.step = answer->step;
        claim.username = answer->username;
        claim.chosen = answer->chosen;
    }
    if (!wecom_patience_begin(room->ports->cache, room->directory, room->now, room->pool)) {
        wecom_error_set(&reply->error, WECOM_E_RESTING, 0, "accounts",
                        "it was not asked, because it has not answered for some seconds");
        return WECOM_REASON_DIRECTORY;
    }
    status = room->directory->admit(room->directory, &admission, &reply->error, &claim,
                                    room->pool);
    wecom_patience_end(room->ports->cache, room->directory, room->pool);
    if (status != WECOM_OK) {
        return WECOM_REASON_DIRECTORY;
    }
    if (admission.standing.account.username != NULL) {
        reply->account = admission.standing.account.username;
    }
    switch (admission.verdict) {
    case WECOM_MATCH_LOG_IN:
        *standing = admission.standing;
        reply->created = admission.created;
        reply->linked_by = admission.linked ? admission.standing.linked_by : NULL;
        return WECOM_REASON_NONE;
    case WECOM_MATCH_CONSENT:
        *asked = 1;
        ask_for_consent(reply, room, source, pending);
        return WECOM_REASON_NONE;
    case WECOM_MATCH_CHOOSE:
    case WECOM_MATCH_ASK:
    case WECOM_MATCH_ASK_TO_BIND:
        reason = ask_for_account(reply, room, source, pending, member, &admission);
        *asked = reason == WECOM_REASON_NONE;
        return reason;
    default:
        if (answer != NULL && admission.refusal == WECOM_MATCH_UNKNOWN
            && admission.candidates != NULL && admission.candidates->nelts == 1) {
            answer->spelled = APR_ARRAY_IDX(admission.candidates, 0, wecom_account_t).username;
        }
        return reason_of(admission.refusal);
    }
}

wecom_reason_t wecom_login_complete(wecom_reply_t *reply, const wecom_login_t *room,
                                    const wecom_source_t *source, const wecom_pending_t *pending,
                                    const wecom_member_t *member, apr_time_t confirmed)
{
    wecom_standing_t standing;
    wecom_reason_t reason;
    int asked = 0;

    memset(&standing, 0, sizeof(standing));
    if (room->directory != NULL) {
        reason = wecom_login_admit(reply, &standing, &asked, room, source, pending, member, NULL);
        if (reason != WECOM_REASON_NONE || asked) {
            return reason;
        }
    }
    if (wecom_login_is_loop(room, source->id, member->userid, pending->issued)) {
        return WECOM_REASON_LOOP;
    }
    return wecom_login_make_session(reply, room, source, pending->flags, member,
                                    room->directory != NULL ? &standing : NULL, confirmed);
}
