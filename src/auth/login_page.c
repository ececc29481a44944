/* SPDX-License-Identifier: Apache-2.0 */
/* login_page.c - {endpoint}/login: a button for each source, WeCom's panel where one is begun. */

#include "login_int.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/json.h"
#include "refusal.h"

/* WeCom's own component, as its document 98478 has it: a script of its own server, which puts a
 * frame of its login page into ours. */
#define PANEL_SCRIPT_HOST "https://wwcdn.weixin.qq.com"
#define PANEL_SCRIPT      PANEL_SCRIPT_HOST "/node/open/js/wecom-jssdk-2.3.3.js"

/* What the page is about. */
typedef struct choice_t {
    const apr_array_header_t *sources;
    const char *state;
    const wecom_source_t *begun;    /* the state belongs to it alone; NULL: to all */
    const char *target;
} choice_t;

static void add_button(apr_array_header_t *links, const wecom_login_t *room,
                       const choice_t *choice, const wecom_source_t *source)
{
    const char *pairs[3] = { "name", NULL, NULL };
    const wecom_source_t *last = wecom_login_last_source(room, choice->sources);

    pairs[1] = wecom_source_name(source, room->words->code);
    wecom_refusal_link(links,
                       wecom_words_fill(room->words, WECOM_WORD_SIGN_IN_WITH, pairs, room->pool),
                       apr_pstrcat(room->pool, wecom_login_own_path(room, "login"), "?p=",
                                   choice->state, "&source=", source->id,
                                   choice->begun != NULL ? "&scan=1" : "", NULL));
    APR_ARRAY_IDX(links, links->nelts - 1, wecom_page_link_t).is_source = 1;
    if (source == last && choice->sources->nelts > 1) {
        APR_ARRAY_IDX(links, links->nelts - 1, wecom_page_link_t).note
            = wecom_words_get(room->words, WECOM_WORD_LAST_USED);
    }
}

/* createWWLoginPanel's params (document 98478); pages/panel.js adds what only a browser knows. */
static void add_panel(wecom_page_t *page, const wecom_login_t *room, const choice_t *choice)
{
    const wecom_app_t *app = &choice->begun->app;
    wecom_json_out_t *params = wecom_json_out_object(room->pool);
    apr_table_t *data = apr_table_make(room->pool, 1);

    wecom_json_out_text(params, "login_type", "CorpApp");
    wecom_json_out_text(params, "appid", app->corp_id);
    wecom_json_out_text(params, "agentid", app->agent_id);
    wecom_json_out_text(params, "redirect_uri", room->site->return_url);
    wecom_json_out_text(params, "state", choice->state);
    wecom_json_out_text(params, "redirect_type", "top");
    wecom_json_out_text(params, "lang", room->words->code);
    apr_table_setn(data, "panel", wecom_json_out_print(params));
    page->data = data;
    page->script = "panel.js";
    page->script_url = PANEL_SCRIPT;
    page->script_src = PANEL_SCRIPT_HOST;
    page->frame_src = WECOM_APP_LOGIN_URL;
}

static void show(wecom_reply_t *reply, const wecom_login_t *room, const choice_t *choice)
{
    apr_array_header_t *links = apr_array_make(room->pool, choice->sources->nelts,
                                               sizeof(wecom_page_link_t));
    wecom_page_t page;
    int i;

    memset(&page, 0, sizeof(page));
    if (choice->begun != NULL) {
        add_button(links, room, choice, choice->begun);
        add_panel(&page, room, choice);
    }
    else {
        for (i = 0; i < choice->sources->nelts; i++) {
            add_button(links, room, choice,
                       APR_ARRAY_IDX(choice->sources, i, const wecom_source_t *));
        }
    }
    page.name = "login";
    page.title = wecom_words_get(room->words, WECOM_WORD_SIGN_IN);
    page.links = links;
    page.self = apr_pstrcat(room->pool, wecom_login_own_path(room, "login"), "?p=", choice->state,
                            "&page=1", NULL);
    if (room->client == WECOM_CLIENT_WECHAT) { /* which can show the code, but not scan it */
        page.sentence = wecom_words_get(room->words, WECOM_WORD_OPEN_INSIDE);
        page.copy = wecom_login_absolute(room, choice->target);
        page.script = "pair.js";
    }
    wecom_refusal_show(reply, room, 200, &page);
}

/* The pending login that the query speaks of. 1 with *pending; *held: this browser has its
 * cookie. */
static int find_pending(wecom_pending_t *pending, int *held, const wecom_login_t *room,
                        const char *state)
{
    *held = 0;
    if (state == NULL || !wecom_link_is_state(state) || !wecom_state_is_wellformed(state)) {
        return 0;
    }
    *held = wecom_login_open_cookie(pending, room, state) == WECOM_OK;
    if (!*held && wecom_login_recall_pending(pending, room, state) != WECOM_OK) {
        return 0;
    }
    if ((pending->flags & WECOM_PENDING_CONFIRM) != 0) { /* not a login that could go on */
        *held = 0;
        return 0;
    }
    return 1;
}

/* The state in the address is no good for this page: the browser does not hold it, it belongs to
 * another kind of login, or to one source where the page is for all (and the other way round). */
static int needs_new_state(const choice_t *choice, const wecom_pending_t *pending, int held)
{
    return !held || (pending->flags & (WECOM_PENDING_HALF | WECOM_PENDING_PAIR
                                       | WECOM_PENDING_CONFIRM)) != 0
           || strcmp(pending->source, choice->begun != NULL ? choice->begun->id : "") != 0;
}

/* The source whose panel the page shows, or NULL. */
static const wecom_source_t *panel_source(const wecom_login_t *room, const choice_t *choice,
                                          const char *chosen)
{
    const wecom_source_t *source = choice->sources->nelts == 1
                                   ? APR_ARRAY_IDX(choice->sources, 0, const wecom_source_t *)
                                   : wecom_source_find(choice->sources, chosen);

    return room->panel && room->client == WECOM_CLIENT_BROWSER
           && room->device == WECOM_DEVICE_OTHER && source != NULL
           && wecom_link_has_panel(&source->app)
           ? source : NULL;
}

void wecom_login_page(wecom_reply_t *reply, const wecom_login_t *room,
                      const wecom_login_query_t *query, const wecom_login_wish_t *wish)
{
    wecom_login_wish_t sealed = *wish;
    wecom_login_t in = *room;
    wecom_pending_t pending;
    const wecom_source_t *source = NULL;
    choice_t choice;
    int mark = WECOM_STATE_FIRST;
    int found;
    int held;

    memset(&choice, 0, sizeof(choice));
    memset(&pending, 0, sizeof(pending));
    found = find_pending(&pending, &held, room, query->pending);
    if (found) {
        wecom_login_wish_of(&sealed, &pending);
        mark = wecom_state_mark(pending.state);
    }
    in.opener = sealed.opener;
    in.nonce = sealed.nonce;
    choice.target = sealed.target;
    choice.sources = wecom_source_narrow_text(room->sources, sealed.allowed, room->pool);
    if (query->source != NULL) {
        source = wecom_source_find(choice.sources, query->source);
    }
    if (choice.sources->nelts == 0 || (query->source != NULL && source == NULL)) {
        wecom_refusal_page(reply, &in, WECOM_REASON_NO_SUCH_SOURCE,
                           query->source != NULL ? sealed.target : NULL, NULL);
        return;
    }
    if (source != NULL) {
        if (query->scan) {
            sealed.mode = WECOM_LOGIN_DIRECT;
        }
        wecom_login_start_source(reply, &in, source, &sealed, mark, 302);
        return;
    }
    /* Who comes with a state was sent here to choose. */
    source = found || query->page ? NULL
                                  : wecom_login_obvious_source(&in, choice.sources, sealed.mode);
    if (source != NULL) {
        wecom_login_start_source(reply, &in, source, &sealed, mark, 302);
        return;
    }
    choice.begun = panel_source(room, &choice, held ? pending.source : "");
    choice.state = query->pending;
    if (!found || needs_new_state(&choice, &pending, held)) {
        choice.state = wecom_login_make_pending(reply, &in,
                                                choice.begun != NULL ? choice.begun->id : "",
                                                &sealed, 0, mark);
    }
    if (choice.state == NULL) {
        wecom_refusal_page(reply, &in, WECOM_REASON_INTERNAL, sealed.target, NULL);
        return;
    }
    show(reply, &in, &choice);
}
