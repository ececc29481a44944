/* SPDX-License-Identifier: Apache-2.0 */
/* login_session.c - the last step of every login: a new session, and where the browser goes. */

#include "login_int.h"

#include <string.h>

#include <apr_strings.h>

#include "carry.h"
#include "claim.h"
#include "field.h"
#include "refusal.h"
#include "standing.h"

#define LAST_SOURCE_SECONDS 31536000 /* a year */

static void note_match(apr_table_t *fields, const char *field, const wecom_account_t *account,
                       apr_pool_t *pool)
{
    const char *print = wecom_claim_print(field, account, pool);

    apr_table_setn(fields, WECOM_TICKET_MATCH, field);
    if (print != NULL) {
        apr_table_setn(fields, WECOM_TICKET_MATCHED, print);
    }
}

static wecom_reason_t make_ticket(wecom_ticket_t *ticket, const wecom_login_t *room,
                                  const wecom_source_t *source, const wecom_member_t *member,
                                  const wecom_standing_t *standing)
{
    apr_table_t *fields = apr_table_make(room->pool, 1);

    memset(ticket, 0, sizeof(*ticket));
    if (wecom_crypto_random(ticket->id, sizeof(ticket->id)) != WECOM_OK) {
        return WECOM_REASON_INTERNAL;
    }
    ticket->issued = apr_time_sec(room->now);
    ticket->seen = ticket->issued;
    ticket->source = source->id;
    ticket->userid = member->userid;
    ticket->account = "";
    if (standing != NULL) {
        ticket->account = standing->account.username;
        ticket->flags |= wecom_standing_ticket_flags(standing->marks);
    }
    wecom_carry_member(ticket, member);
    if (source->print != NULL) {
        apr_table_setn(fields, WECOM_TICKET_APP, source->print);
    }
    if (standing != NULL && (standing->marks & WECOM_STANDING_FIELD_MATCH) != 0) {
        note_match(fields, strchr(standing->linked_by, ':') + 1, &standing->account, room->pool);
    }
    wecom_field_take(fields, room->fields, member);
    ticket->fields = fields;
    /* What other modules keep in the session belongs to the person, so it stays when the same
     * one signs in again and goes when somebody else does. */
    if (room->ticket != NULL && strcmp(room->ticket->source, ticket->source) == 0
        && strcmp(room->ticket->userid, ticket->userid) == 0) {
        ticket->entries = room->ticket->entries;
    }
    else {
        ticket->entries = apr_table_make(room->pool, 1);
    }
    return WECOM_REASON_NONE;
}

static wecom_reason_t seal_session(wecom_reply_t *reply, const wecom_login_t *room,
                                   const wecom_ticket_t *ticket)
{
    const char *text;
    wecom_status_t status = wecom_ticket_seal(&text, ticket, room->ticket_ring, room->ticket_aad,
                                              room->pool);

    if (status != WECOM_OK) {
        return status == WECOM_E_TOO_LARGE ? WECOM_REASON_TOO_LARGE : WECOM_REASON_INTERNAL;
    }
    wecom_reply_cookie(reply, wecom_site_cookie(room->site, room->site->session_cookie, text, -1,
                                                1, room->pool));
    if (room->sources->nelts > 1 && !wecom_text_equal(room->last_source, ticket->source)) {
        wecom_reply_cookie(reply, wecom_site_cookie(room->site, room->site->last_cookie,
                                                    ticket->source, LAST_SOURCE_SECONDS, 0,
                                                    room->pool));
    }
    reply->ticket = ticket;
    reply->signed_in = 1;
    return WECOM_REASON_NONE;
}

/* What this login has heard of user/get, for the older sessions of the member, on other servers
 * too. */
static const wecom_ticket_t *facts_of(const wecom_ticket_t *ticket, const wecom_login_t *room,
                                      const wecom_member_t *member)
{
    wecom_ticket_t *facts = apr_pcalloc(room->pool, sizeof(*facts));

    facts->source = ticket->source;
    facts->userid = ticket->userid;
    facts->checked = ticket->checked;
    wecom_carry_member(facts, member);
    if (wecom_member_is_consented(member, "name")) {
        facts->name = "";
    }
    facts->fields = wecom_field_facts(room->origins, member, room->pool);
    return facts;
}

wecom_reason_t wecom_login_make_session(wecom_reply_t *reply, const wecom_login_t *room,
                                        const wecom_source_t *source, unsigned int flags,
                                        const wecom_member_t *member,
                                        const wecom_standing_t *standing, apr_time_t confirmed)
{
    wecom_ticket_t *ticket = apr_pcalloc(room->pool, sizeof(*ticket));
    wecom_reason_t reason = make_ticket(ticket, room, source, member, standing);

    if (reason != WECOM_REASON_NONE) {
        return reason;
    }
    ticket->flags |= (flags & WECOM_PENDING_IN_CLIENT) != 0 ? WECOM_TICKET_IN_CLIENT : 0u;
    ticket->checked = apr_time_sec(confirmed);
    reply->facts = facts_of(ticket, room, member);
    if (standing != NULL) {
        wecom_standing_note(room->ports->cache, room->directory, source, ticket, standing,
                            room->now, room->pool);
        reply->account = ticket->account;
    }
    return seal_session(reply, room, ticket);
}

/* Is the visitor signed in for the target? A session of a source that the place does not allow
 * opens nothing there: sent to it, the browser would only begin the same login again, for ever
 * where WeCom answers silently. */
int wecom_login_is_known(const wecom_login_t *room, const wecom_pending_t *pending)
{
    const apr_array_header_t *sources;

    if (room->ticket == NULL || pending == NULL) {
        return 0;
    }
    sources = wecom_source_narrow_text(room->sources, pending->allowed, room->pool);
    return wecom_source_find(sources, room->ticket->source) != NULL;
}

/* The window has done its work: its page tells the one that opened it, and closes. Whoever sees it
 * stay, since nobody listens any more, goes on by the link. */
static void tell_opener(wecom_reply_t *reply, const wecom_login_t *room, const char *target)
{
    apr_array_header_t *links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));
    int own = strcmp(room->opener, room->site->public_url) == 0;
    wecom_page_t page;

    /* A used or doubled return comes here too: without a session it is no success. */
    if (!reply->signed_in && !wecom_login_is_known(room, room->entered)) {
        wecom_refusal_page(reply, room, WECOM_REASON_EXPIRED, target, NULL);
        return;
    }
    memset(&page, 0, sizeof(page));
    page.name = "popup";
    page.title = wecom_words_get(room->words, WECOM_WORD_SIGN_IN);
    page.sentence = wecom_words_get(room->words, WECOM_WORD_POPUP_DONE);
    wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_GO_ON),
                       own ? wecom_login_absolute(room, target)
                           : apr_pstrcat(room->pool, room->opener, "/", NULL));
    page.links = links;
    wecom_refusal_tell(&page, room, wecom_reason_row(WECOM_REASON_NONE)->id, 1);
    wecom_refusal_show(reply, room, 200, &page);
}

/* A redirect without a fragment inherits that of the address before it (RFC 9110 section 10.2.2):
 * in the client #wechat_redirect would stay in the application's address, where it can be a
 * route. An empty fragment ends it. */
void wecom_login_go_to(wecom_reply_t *reply, const wecom_login_t *room, const char *target)
{
    if (room->opener != NULL) {
        tell_opener(reply, room, target);
        return;
    }
    wecom_reply_redirect(reply, 302,
                         apr_pstrcat(room->pool, wecom_login_absolute(room, target),
                                     room->client == WECOM_CLIENT_BROWSER ? "" : "#", NULL));
}

void wecom_login_refuse(wecom_reply_t *reply, const wecom_login_t *room,
                        const wecom_source_t *source, wecom_reason_t reason, const char *target)
{
    const char *pairs[5] = { "name", NULL, "item", NULL, NULL };

    pairs[1] = wecom_source_name(source, room->words->code);
    pairs[3] = wecom_words_get(room->words, reply->item);
    wecom_refusal_page(reply, room, reason, target, pairs);
}
