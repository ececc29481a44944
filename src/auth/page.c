/* SPDX-License-Identifier: Apache-2.0 */
/* page.c - see page.h. */

#include "page.h"

#include <string.h>

#include <apr_strings.h>

#include "builtin.h"

static const char wecom_page_style[] =
    ":root{color-scheme:light dark;--ink:#1d2129;--quiet:#5c6470;--paper:#f4f6f9;--card:#fff;"
    "--line:#dfe3e8;--edge:#868e9a;--key:#1f5fbf;--on-key:#fff;"
    "--bad:#b3261e}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--quiet:#a6adb8;--paper:#16181d;"
    "--card:#20232a;--line:#343944;--edge:#737c8b;--key:#8ab4f8;--on-key:#10131a;"
    "--bad:#f2b8b5}}"
    "*{box-sizing:border-box}"
    "body{margin:0;min-height:100vh;min-height:100dvh;display:flex;align-items:center;"
    "justify-content:center;"
    "padding:16px;background:var(--paper);color:var(--ink);"
    "font:16px/1.6 system-ui,-apple-system,\"PingFang SC\",\"Microsoft YaHei\","
    "\"Noto Sans CJK SC\",sans-serif}"
    "main{width:100%;max-width:400px;padding:36px 32px;background:var(--card);"
    "border:1px solid var(--line);border-radius:14px}"
    "h1{margin:0 0 16px;font-size:22px;line-height:1.3}"
    ":lang(en) h1{text-wrap:balance}"
    "p{margin:0 0 20px;overflow-wrap:anywhere;text-wrap:pretty}"
    ".quiet{color:var(--quiet);font-size:14px;margin:16px 0 0}"
    "form{margin:0}"
    "label{display:block;margin:0 0 4px;font-size:14px}"
    ".i{display:block;width:100%;margin:0 0 16px;padding:11px 12px;font:inherit;color:var(--ink);"
    "background:var(--card);border:1px solid var(--edge);border-radius:10px}"
    ".i:focus-visible{outline:3px solid var(--key);outline-offset:1px}"
    ".alert{padding:10px 12px;border:1px solid var(--edge);border-left:4px solid var(--bad);"
    "border-radius:6px}"
    ".b small{display:block;font-size:13px;color:var(--quiet);white-space:pre-line}"
    ".b{display:block;width:100%;margin:0 0 12px;padding:12px 16px;font:inherit;"
    "text-align:center;text-decoration:none;overflow-wrap:anywhere;cursor:pointer;"
    "color:var(--key);background:transparent;border:1px solid var(--edge);border-radius:10px}"
    ".b.first{color:var(--on-key);background:var(--key);border-color:var(--key)}"
    ".b:hover{text-decoration:underline}"
    ".number{font-size:56px;font-weight:600;line-height:1.1;text-align:center;letter-spacing:.06em}"
    "main>:last-child{margin-bottom:0}"
    ".b:focus-visible{outline:3px solid var(--key);outline-offset:2px}"
    "@media print{.b{color:#000;background:#fff}}";

const char *wecom_page_policy(const wecom_page_t *page, apr_pool_t *pool)
{
    const char *nonce = page->nonce != NULL
                        ? apr_pstrcat(pool, "'nonce-", page->nonce, "'", NULL) : "'none'";
    const char *scripts = page->script != NULL
                          ? apr_pstrcat(pool, "; connect-src 'self'; script-src ", nonce,
                                        page->script_src != NULL ? " " : "",
                                        page->script_src != NULL ? page->script_src : "", NULL)
                          : "";

    return apr_pstrcat(pool, "default-src 'none'; style-src ", nonce, scripts,
                       page->frame_src != NULL ? "; frame-src " : "",
                       page->frame_src != NULL ? page->frame_src : "",
                       "; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
                       "base-uri 'none'", NULL);
}

static const char *buttons(const wecom_page_t *page, apr_pool_t *pool)
{
    const char *out = "";
    int i;

    for (i = 0; page->links != NULL && i < page->links->nelts; i++) {
        const wecom_page_link_t *item = &APR_ARRAY_IDX(page->links, i, wecom_page_link_t);
        int first = i == 0 && (page->form_action == NULL || page->form_last);

        out = apr_pstrcat(pool, out, "<a class=\"b", first ? " first" : "", "\" href=\"",
                          wecom_text_html(item->href, pool), "\">",
                          wecom_text_html(item->label, pool), "</a>\n", NULL);
    }
    return out;
}

/* more: attributes of this one, in markup. */
static const char *input(const wecom_page_input_t *item, const char *more, apr_pool_t *pool)
{
    const char *name = wecom_text_html(item->name, pool);
    const char *value = item->value != NULL
                        ? apr_pstrcat(pool, " value=\"", wecom_text_html(item->value, pool), "\"",
                                      NULL) : "";

    if (strcmp(item->type, "hidden") == 0) {
        return apr_pstrcat(pool, "<input type=\"hidden\" name=\"", name, "\"", value, ">", NULL);
    }
    return apr_pstrcat(pool, "<label for=\"", name, "\">", wecom_text_html(item->label, pool),
                       "</label>\n<input class=\"i\" id=\"", name, "\" type=\"", item->type,
                       "\" name=\"", name, "\"", value,
                       item->autocomplete != NULL ? " autocomplete=\"" : "",
                       item->autocomplete != NULL ? item->autocomplete : "",
                       item->autocomplete != NULL ? "\"" : "",
                       " autocapitalize=\"none\" spellcheck=\"false\" required", more, ">\n",
                       NULL);
}

static const char *inputs(const wecom_page_t *page, apr_pool_t *pool)
{
    /* A screen reader that says what has the focus may never come to the alert by itself. */
    const char *first = page->alert != NULL ? " autofocus aria-describedby=\"alert\""
                                            : " autofocus";
    apr_array_header_t *out = apr_array_make(pool, 8, sizeof(const char *));
    int seen = 0;
    int i;

    for (i = 0; page->form_inputs != NULL && i < page->form_inputs->nelts; i++) {
        const wecom_page_input_t *item = &APR_ARRAY_IDX(page->form_inputs, i, wecom_page_input_t);
        int empty = strcmp(item->type, "hidden") != 0 && item->value == NULL;

        /* The first that is still to be filled in. */
        APR_ARRAY_PUSH(out, const char *) = input(item, empty && !seen ? first : "", pool);
        seen |= empty;
    }
    return apr_array_pstrcat(pool, out, 0); /* a kept form has many: in one go */
}

static const char *submits(const wecom_page_t *page, apr_pool_t *pool)
{
    const char *out = "";
    int i;

    if (page->form_buttons == NULL) {
        return apr_pstrcat(pool, "<button class=\"b", page->form_last ? "" : " first",
                           "\" type=\"submit\">", wecom_text_html(page->form_label, pool),
                           "</button>", NULL);
    }
    for (i = 0; i < page->form_buttons->nelts; i++) {
        const wecom_page_button_t *item = &APR_ARRAY_IDX(page->form_buttons, i,
                                                         wecom_page_button_t);

        out = apr_pstrcat(pool, out, "<button class=\"b\" type=\"submit\" name=\"",
                          wecom_text_html(item->name, pool), "\" value=\"",
                          wecom_text_html(item->value, pool), "\">",
                          wecom_text_html(item->label, pool),
                          *item->detail != '\0' ? "<small>" : "",
                          wecom_text_html(item->detail, pool),
                          *item->detail != '\0' ? "</small>" : "", "</button>\n", NULL);
    }
    return out;
}

static const char *token(const wecom_page_t *page, apr_pool_t *pool)
{
    if (page->form_token == NULL) {
        return "";
    }
    return apr_pstrcat(pool, "<input type=\"hidden\" name=\"token\" value=\"",
                       wecom_text_html(page->form_token, pool), "\">", NULL);
}

static const char *form(const wecom_page_t *page, apr_pool_t *pool)
{
    if (page->form_action == NULL) {
        return "";
    }
    return apr_pstrcat(pool, "<form method=\"post\" action=\"",
                       wecom_text_html(page->form_action, pool), "\">",
                       token(page, pool), inputs(page, pool), submits(page, pool), "</form>\n",
                       NULL);
}

static const char *id_line(const wecom_page_t *page, apr_pool_t *pool)
{
    const char *pairs[3];
    char when[APR_RFC822_DATE_LEN];

    if (page->incident == NULL) {
        return "";
    }
    pairs[0] = "id";
    pairs[1] = page->incident;
    pairs[2] = NULL;
    apr_rfc822_date(when, page->now);
    return apr_pstrcat(pool, "<p class=\"quiet\">",
                       wecom_text_html(wecom_words_fill(page->words, WECOM_WORD_ID_LINE, pairs,
                                                        pool), pool),
                       "<br><time>", when, "</time></p>\n", NULL);
}

static const char *paragraph(const char *open, const char *text, apr_pool_t *pool)
{
    if (text == NULL) {
        return "";
    }
    return apr_pstrcat(pool, open, wecom_text_html(text, pool), "</p>\n", NULL);
}

static const char *beacon(const wecom_page_t *page, apr_pool_t *pool)
{
    if (page->beacon == NULL) {
        return "";
    }
    return apr_pstrcat(pool, "<img src=\"", wecom_text_html(page->beacon, pool),
                       "\" alt=\"\" hidden>\n", NULL);
}

static const char *data(const wecom_page_t *page, apr_pool_t *pool)
{
    const apr_array_header_t *all = page->data != NULL ? apr_table_elts(page->data) : NULL;
    const char *out = "";
    int i;

    for (i = 0; all != NULL && i < all->nelts; i++) {
        const apr_table_entry_t *entry = &APR_ARRAY_IDX(all, i, apr_table_entry_t);

        out = apr_pstrcat(pool, out, " data-", entry->key, "=\"",
                          wecom_text_html(entry->val, pool), "\"", NULL);
    }
    return out;
}

static const char *script(const wecom_page_t *page, apr_pool_t *pool)
{
    const char *text = page->script != NULL ? wecom_builtin_text(page->script) : NULL;
    const char *before = "";

    if (text == NULL || page->nonce == NULL) {
        return "";
    }
    if (page->script_url != NULL) {
        before = apr_pstrcat(pool, "<script nonce=\"", page->nonce, "\" src=\"",
                             wecom_text_html(page->script_url, pool), "\"></script>\n", NULL);
    }
    return apr_pstrcat(pool, before, "<script nonce=\"", page->nonce, "\">", text, "</script>\n", NULL);
}

const char *wecom_page_render(const wecom_page_t *page, apr_pool_t *pool)
{
    const char *title = wecom_text_html(page->title, pool);

    return apr_pstrcat(pool,
                       "<!DOCTYPE html>\n<html lang=\"", page->words->tag, "\">\n"
                       "<head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                       "<meta name=\"robots\" content=\"noindex\">"
                       "<title>", title, "</title><style nonce=\"",
                       page->nonce != NULL ? page->nonce : "", "\">", wecom_page_style,
                       "</style></head>\n<body><main", data(page, pool), ">\n<h1>", title,
                       "</h1>\n",
                       paragraph("<p>", page->sentence, pool),
                       page->script_url != NULL ? "<div id=\"panel\" hidden></div>\n" : "",
                       paragraph("<p class=\"number\">", page->number, pool),
                       paragraph("<p class=\"alert\" id=\"alert\" role=\"alert\">", page->alert,
                                 pool),
                       page->form_last ? buttons(page, pool) : "", form(page, pool),
                       page->form_last ? "" : buttons(page, pool),
                       paragraph("<p class=\"quiet\">", page->note, pool),
                       id_line(page, pool), "</main>\n", beacon(page, pool), script(page, pool),
                       "</body>\n</html>\n", NULL);
}
