/* SPDX-License-Identifier: Apache-2.0 */
/* keep_page.c - see keep_page.h. */

#include "keep_page.h"

#include <string.h>

#include <apr_strings.h>

#include "refusal.h"
#include "state.h"
#include "target.h"

#define SCRIPT "keep.js"
/* The form that is sent in the end is asked for its Origin by applications that know CSRF, and
 * no-referrer would make that null. The path of our own page tells nobody anything. */
#define REFERRER "strict-origin"

static const char *word(const wecom_login_t *room, wecom_word_t which)
{
    return wecom_words_get(room->words, which);
}

static const char *own_path(const wecom_login_t *room)
{
    return apr_pstrcat(room->pool, room->site->endpoint, "/form", NULL);
}

const char *wecom_keep_page_address(const wecom_login_t *room, const char *state,
                                    const char *back)
{
    const char *bare = apr_pstrcat(room->pool, own_path(room), "?p=", state, NULL);
    const char *whole = apr_pstrcat(room->pool, bare, "&return=",
                                    wecom_text_url_encode(back, strlen(back), room->pool), NULL);

    return strcmp(back, "/") == 0 || strlen(whole) > WECOM_MAX_TARGET ? bare : whole;
}

/* Nothing that came in an address leads to our own URLs or out of this site. */
static const char *safe_back(const wecom_login_t *room, const char *back)
{
    return wecom_target_or_root(back, room->site->endpoint, room->pool);
}

static void init_page(wecom_page_t *page, const wecom_login_t *room, const char *title,
                      const char *label, const char *href)
{
    apr_array_header_t *links = apr_array_make(room->pool, 1, sizeof(wecom_page_link_t));

    memset(page, 0, sizeof(*page));
    page->name = "form";
    page->title = title;
    wecom_refusal_link(links, label, href);
    page->links = links;
}

/* --- the session has ended ------------------------------------------------------------------- */

int wecom_keep_page_ended(wecom_reply_t *reply, const wecom_login_t *room,
                          const wecom_login_wish_t *wish, const wecom_kept_t *kept)
{
    const char *state = wecom_state_mint(room->now, 0, room->pool);
    apr_table_t *data = apr_table_make(room->pool, 3);
    wecom_login_wish_t again = *wish;
    wecom_page_t page;
    const char *box;

    if (state == NULL
        || wecom_keep_seal(&box, kept, state, room->site, room->form_ring, room->pool)
           != WECOM_OK) {
        return 0;
    }
    /* A target under the endpoint, which nobody outside can ask for: made here, of our own state
     * and of a page that has passed wecom_target_or_root. */
    again.target = wecom_keep_page_address(room, state, wish->target);
    wecom_login_begin(reply, room, &again, 303);
    if (reply->location == NULL) {
        return 1;
    }
    apr_table_setn(data, "state", state);
    apr_table_setn(data, "box", box);
    apr_table_setn(data, "kept", word(room, WECOM_WORD_FORM_KEPT));
    init_page(&page, room, word(room, WECOM_WORD_SIGN_IN_AGAIN),
              word(room, WECOM_WORD_SIGN_IN_AGAIN), reply->location);
    /* True until the script has put the box by. */
    page.sentence = word(room, WECOM_WORD_FORM_NOT_KEPT);
    page.script = SCRIPT;
    page.data = data;
    wecom_refusal_show(reply, room, 401, &page);
    return 1;
}

/* --- after the login ------------------------------------------------------------------------- */

void wecom_keep_page_bring(wecom_reply_t *reply, const wecom_login_t *room, const char *state,
                           const char *back)
{
    wecom_page_t page;

    back = safe_back(room, back);
    init_page(&page, room, word(room, WECOM_WORD_FORM_TITLE), word(room, WECOM_WORD_FORM_PAGE),
              back);
    page.sentence = word(room, WECOM_WORD_FORM_GONE);
    if (state != NULL && wecom_state_is_wellformed(state)) {
        apr_table_t *data = apr_table_make(room->pool, 3);

        apr_table_setn(data, "state", state);
        apr_table_setn(data, "back", back);
        apr_table_setn(data, "action", own_path(room));
        page.script = SCRIPT;
        page.data = data;
        reply->referrer = REFERRER;
    }
    wecom_refusal_show(reply, room, 200, &page);
}

void wecom_keep_page_gone(wecom_reply_t *reply, const wecom_login_t *room, wecom_reason_t reason,
                          const char *back)
{
    wecom_page_t page;

    init_page(&page, room, word(room, WECOM_WORD_FORM_TITLE), word(room, WECOM_WORD_FORM_PAGE),
              safe_back(room, back));
    wecom_refusal_mark(reply, &page, room, reason);
    page.sentence = page.alert;
    page.alert = NULL;
    wecom_refusal_show(reply, room, wecom_reason_row(reason)->status, &page);
}

/* Why an opened box may not be shown, or WECOM_REASON_NONE. Using it up comes first: whoever is
 * refused has had their one try. */
static wecom_reason_t judge(const wecom_login_t *room, const wecom_kept_t *kept,
                            const char *state)
{
    const wecom_cache_t *cache = room->ports->cache;
    const wecom_source_t *source = wecom_source_find(room->sources, kept->source);
    wecom_bytes_t mark = { (const unsigned char *)"1", 1 };

    /* Where the cache does not work the click is still asked for, each time. */
    if (cache->put_if_absent(cache, "kept", state, mark, room->now,
                             room->now + 2 * apr_time_from_sec(WECOM_KEPT_SECONDS), room->pool)
        == WECOM_E_EXISTS) {
        return WECOM_REASON_FORM_USED;
    }
    if (!wecom_keep_is_fresh(kept, room->now)) {
        return WECOM_REASON_FORM_EXPIRED;
    }
    if (room->ticket == NULL || source == NULL
        || !wecom_text_equal(room->ticket->source, kept->source)
        || !wecom_member_same(room->ticket->userid, kept->userid, source->app.proxy_developed)) {
        return WECOM_REASON_FORM_OTHER;
    }
    return WECOM_REASON_NONE;
}

static void show_question(wecom_reply_t *reply, const wecom_login_t *room,
                          const wecom_kept_t *kept, const apr_array_header_t *pairs,
                          const char *back)
{
    apr_array_header_t *inputs = apr_array_make(room->pool, pairs->nelts + 1,
                                                sizeof(wecom_page_input_t));
    const char *where[3] = { "path", NULL, NULL };
    wecom_page_t page;
    int i;

    for (i = 0; i < pairs->nelts; i++) {
        const wecom_keep_pair_t *pair = &APR_ARRAY_IDX(pairs, i, wecom_keep_pair_t);
        wecom_page_input_t *input = apr_array_push(inputs);

        memset(input, 0, sizeof(*input));
        input->type = "hidden";
        input->name = pair->name;
        input->value = pair->value;
    }
    where[1] = apr_pstrmemdup(room->pool, kept->target, strcspn(kept->target, "?"));
    init_page(&page, room, word(room, WECOM_WORD_FORM_TITLE), word(room, WECOM_WORD_FORM_DROP),
              back);
    page.sentence = word(room, WECOM_WORD_FORM_HERE);
    page.note = wecom_words_fill(room->words, WECOM_WORD_FORM_GOES_TO, where, room->pool);
    page.form_action = kept->target;
    page.form_inputs = inputs;
    page.form_label = word(room, WECOM_WORD_FORM_SEND);
    reply->referrer = REFERRER;
    wecom_refusal_show(reply, room, 200, &page);
}

void wecom_keep_page_ask(wecom_reply_t *reply, const wecom_login_t *room, const char *state,
                         const char *box, const char *back)
{
    wecom_reason_t reason = WECOM_REASON_FORM_FOREIGN;
    apr_array_header_t *pairs = NULL;
    wecom_bytes_t block = { NULL, 0 };
    wecom_bytes_t plain;
    wecom_kept_t kept;

    back = safe_back(room, back);
    if (wecom_keep_open(&kept, &plain, state, box, box != NULL ? strlen(box) : 0, room->site,
                        room->form_ring, room->pool) == WECOM_OK
        && wecom_keep_read_pairs(&pairs, &block, kept.body, room->pool) == WECOM_OK) {
        reason = judge(room, &kept, state);
    }
    if (reason == WECOM_REASON_NONE) {
        show_question(reply, room, &kept, pairs, back);
    }
    else {
        wecom_keep_page_gone(reply, room, reason, back);
    }
    wecom_crypto_wipe((void *)plain.data, plain.len);
    wecom_crypto_wipe((void *)block.data, block.len);
}
