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
    if (again != NULL) {
        apr_array_header_t *links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));

        wecom_refusal_link(links, wecom_words_get(room->words, reason == WECOM_REASON_REFUSED
                                                                  ? WECOM_WORD_SIGN_IN_AGAIN
                                                                  : WECOM_WORD_TRY_AGAIN),
                           again);
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

void wecom_refusal_denied(wecom_reply_t *reply, const wecom_login_t *room, const char *who)
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
    wecom_refusal_link(links, wecom_words_get(room->words, WECOM_WORD_SIGN_OUT),
                       apr_pstrcat(room->pool, room->site->endpoint, "/logout", NULL));
    page.links = links;
    reply->reason = WECOM_REASON_DENIED;
    reply->incident = page.incident;
    wecom_refusal_show(reply, room, row->status, &page);
}
