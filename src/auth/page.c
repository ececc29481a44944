/* SPDX-License-Identifier: Apache-2.0 */
/* page.c - see page.h. */

#include "page.h"

#include <string.h>

#include <apr_strings.h>

#include "builtin.h"
#include "page_values.h"

/* Every name that a page may have, in the order of the documentation. */
static const char *const names[] = {
    "login", "choose", "ask", "bind", "continue", "refused", "denied", "logout", "signed-out",
    "pair", "pair-confirm", "pair-done", "popup", "form", NULL
};

const char *const *wecom_page_names(void)
{
    return names;
}

/* A click that says yes to something is never made inside somebody else's page. */
int wecom_page_may_be_framed(const wecom_page_t *page)
{
    return page->look != NULL && page->look->frame_ancestors != NULL
           && page->form_action == NULL && page->number == NULL;
}

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
                       "; img-src 'self'; form-action 'self'; frame-ancestors ",
                       wecom_page_may_be_framed(page) ? page->look->frame_ancestors : "'none'",
                       "; base-uri 'none'", NULL);
}

/* --- markup ----------------------------------------------------------------------------------- */

static const char *style(const wecom_page_t *page, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "<style nonce=\"", page->nonce != NULL ? page->nonce : "", "\">",
                       wecom_builtin_text("page.css"),
                       page->look != NULL && page->look->style != NULL ? page->look->style : "",
                       "</style>", NULL);
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
    return apr_pstrcat(pool, before, "<script nonce=\"", page->nonce, "\">", text, "</script>\n",
                       NULL);
}

/* --- the page --------------------------------------------------------------------------------- */

const wecom_words_t *wecom_look_words(const wecom_look_t *look, wecom_lang_t lang)
{
    return look != NULL && look->words[lang] != NULL ? look->words[lang]
                                                     : wecom_words_builtin(lang);
}

wecom_status_t wecom_page_compile(const wecom_template_t **out, wecom_slip_t *slip,
                                  const char *text, apr_size_t len, apr_pool_t *pool)
{
    return wecom_template_compile(out, slip, text, len, wecom_page_values_slots(), pool);
}

static const wecom_template_t *own_template(const wecom_page_t *page)
{
    const wecom_look_t *look = page->look;
    int i;

    if (look == NULL) {
        return NULL;
    }
    for (i = 0; look->pages != NULL && page->name != NULL && i < look->pages->nelts; i++) {
        const wecom_look_page_t *row = &APR_ARRAY_IDX(look->pages, i, wecom_look_page_t);

        if (strcmp(row->name, page->name) == 0) {
            return row->made;
        }
    }
    return look->layout;
}

const char *wecom_page_render(const wecom_page_t *page, apr_pool_t *pool)
{
    const wecom_template_t *made = own_template(page);
    const char *text = wecom_builtin_text("page.html");
    wecom_page_markup_t markup;
    const wecom_template_value_t *values;
    const char *html = NULL;
    wecom_slip_t slip;

    markup.style = style(page, pool);
    markup.script = script(page, pool);
    markup.data = data(page, pool);
    values = wecom_page_values_of(page, &markup, pool);
    if (made != NULL) {
        html = wecom_template_render(made, values, pool);
    }
    /* Nobody is left without a page because a template has made too much of it. */
    if (html == NULL && wecom_page_compile(&made, &slip, text, strlen(text), pool) == WECOM_OK) {
        html = wecom_template_render(made, values, pool);
    }
    return html != NULL ? html : "";
}
