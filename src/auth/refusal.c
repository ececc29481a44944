/* SPDX-License-Identifier: Apache-2.0 */
/* refusal.c - see refusal.h. */

#include "refusal.h"

#include <string.h>

#include <apr_strings.h>

#define NUMBER_CHARS 6

void wecom_refusal_link(apr_array_header_t *links, const char *label, const char *href)
{
    wecom_page_link_t *row = apr_array_push(links);

    memset(row, 0, sizeof(*row));
    row->label = label;
    row->href = href;
}

void wecom_refusal_tell(wecom_page_t *page, const wecom_login_t *room, const char *id, int ok)
{
    apr_table_t *data;

    if (room->opener == NULL) {
        return;
    }
    data = apr_table_make(room->pool, 4);
    apr_table_setn(data, "origin", room->opener);
    apr_table_setn(data, "nonce", room->nonce);
    apr_table_setn(data, "id", id);
    apr_table_setn(data, "ok", ok ? "true" : "false");
    page->data = data;
    page->script = "popup.js";
}

/* The same login once more, in the same window. */
static const char *again_in_window(const wecom_login_t *room)
{
    return apr_pstrcat(room->pool, room->site->endpoint, "/login?display=popup&origin=",
                       wecom_text_url_encode(room->opener, strlen(room->opener), room->pool),
                       "&nonce=", room->nonce, NULL);
}

void wecom_refusal_show(wecom_reply_t *reply, const wecom_login_t *room, int status,
                        wecom_page_t *page)
{
    page->words = room->words;
    page->now = room->now;
    reply->status = status;
    reply->location = NULL;
    reply->content_type = "text/html; charset=utf-8";
    page->look = room->look;
    page->nonce = wecom_crypto_random_text(22, room->pool);
    reply->body = wecom_page_render(page, room->pool);
    reply->policy = wecom_page_policy(page, room->pool);
    reply->framed = wecom_page_may_be_framed(page);
    reply->opener = room->opener != NULL;
}

/* Without random bytes the id alone. 32 characters, so that each byte gives one without bias. */
static const char *new_number(const char *id, apr_pool_t *pool)
{
    static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    unsigned char bytes[NUMBER_CHARS];
    char number[NUMBER_CHARS + 1];
    int i;

    if (wecom_crypto_random(bytes, sizeof(bytes)) != WECOM_OK) {
        return id;
    }
    for (i = 0; i < NUMBER_CHARS; i++) {
        number[i] = alphabet[bytes[i] % 32];
    }
    number[NUMBER_CHARS] = '\0';
    return apr_pstrcat(pool, id, "-", number, NULL);
}

/* It will not go better for the same person. Outside the client somebody else can scan; inside it
 * is always the same one, who can only ask. */
static int is_about_the_person(wecom_reason_t reason)
{
    switch (reason) {
    case WECOM_REASON_NOT_MEMBER:
    case WECOM_REASON_OUT_OF_RANGE:
    case WECOM_REASON_NO_SUCH_MEMBER:
    case WECOM_REASON_INACTIVE:
    case WECOM_REASON_LOGIN_ONLY:
    case WECOM_REASON_NO_REGISTRATION:
    case WECOM_REASON_ACCOUNT_INACTIVE:
    case WECOM_REASON_ACCOUNT_LOCKED:
    case WECOM_REASON_AMBIGUOUS:
    case WECOM_REASON_STALE_LINK:
        return 1;
    default:
        return 0;
    }
}

static wecom_word_t word_of_again(wecom_reason_t reason)
{
    if (is_about_the_person(reason)) {
        return WECOM_WORD_SOMEONE_ELSE;
    }
    return reason == WECOM_REASON_REFUSED ? WECOM_WORD_SIGN_IN_AGAIN : WECOM_WORD_TRY_AGAIN;
}

void wecom_refusal_page(wecom_reply_t *reply, const wecom_login_t *room, wecom_reason_t reason,
                        const char *again, const char *const *pairs)
{
    const wecom_reason_row_t *row = wecom_reason_row(reason);
    wecom_page_t page;

    memset(&page, 0, sizeof(page));
    page.name = "refused";
    page.title = wecom_words_get(room->words, WECOM_WORD_NOT_SIGNED_IN);
    page.sentence = wecom_words_fill(room->words, row->word, pairs, room->pool);
    page.incident = new_number(row->id, room->pool);
    wecom_refusal_tell(&page, room, row->id, 0);
    if (again != NULL && room->opener != NULL) {
        again = again_in_window(room);
    }
    if (room->client != WECOM_CLIENT_BROWSER && is_about_the_person(reason)) {
        again = NULL;
    }
    if (again != NULL) {
        apr_array_header_t *links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));

        wecom_refusal_link(links, wecom_words_get(room->words, word_of_again(reason)), again);
        page.links = links;
    }
    reply->reason = reason;
    reply->incident = page.incident;
    if (row->status == 503) {
        reply->retry_after = 10;
    }
    wecom_refusal_show(reply, room, row->status, &page);
}

void wecom_refusal_mark(wecom_reply_t *reply, wecom_page_t *page, const wecom_login_t *room,
                        wecom_reason_t reason)
{
    const wecom_reason_row_t *row = wecom_reason_row(reason);

    page->alert = wecom_words_get(room->words, row->word);
    page->incident = new_number(row->id, room->pool);
    reply->reason = reason;
    reply->incident = page->incident;
    reply->retry_after = row->status == 503 ? 10 : row->status == 429 ? 300 : 0;
}

void wecom_refusal_denied(wecom_reply_t *reply, const wecom_login_t *room, const char *who,
                          const char *target)
{
    const wecom_reason_row_t *row = wecom_reason_row(WECOM_REASON_DENIED);
    apr_array_header_t *links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));
    const char *pairs[3] = { "user", NULL, NULL };
    wecom_page_t page;

    pairs[1] = who;
    memset(&page, 0, sizeof(page));
    page.name = "denied";
    page.title = wecom_words_get(room->words, WECOM_WORD_NO_ACCESS);
    page.sentence = wecom_words_get(room->words, row->word);
    page.note = wecom_words_fill(room->words, WECOM_WORD_SIGNED_IN_AS, pairs, room->pool);
    page.incident = new_number(row->id, room->pool);
    if (room->client == WECOM_CLIENT_BROWSER) {
        wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_SOMEONE_ELSE),
                           apr_pstrcat(room->pool, room->site->endpoint, "/login?page=1&return=",
                                       wecom_text_url_encode(target, strlen(target), room->pool),
                                       NULL));
    }
    page.links = links;
    reply->reason = WECOM_REASON_DENIED;
    reply->incident = page.incident;
    wecom_refusal_show(reply, room, row->status, &page);
}

void wecom_refusal_sign_in(wecom_reply_t *reply, const wecom_login_t *room, const char *target)
{
    apr_array_header_t *links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));
    wecom_page_t page;

    memset(&page, 0, sizeof(page));
    page.name = "refused";
    page.title = wecom_words_get(room->words, WECOM_WORD_SIGN_IN);
    page.sentence = wecom_words_get(room->words, WECOM_WORD_SIGN_IN_FIRST);
    wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_SIGN_IN),
                       apr_pstrcat(room->pool, room->site->public_url, room->site->endpoint,
                                   "/login?return=",
                                   wecom_text_url_encode(target, strlen(target), room->pool),
                                   NULL));
    page.links = links;
    wecom_refusal_show(reply, room, 401, &page);
}
