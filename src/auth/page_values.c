/* SPDX-License-Identifier: Apache-2.0 */
/* page_values.c - see page_values.h. */

#include "page_values.h"

#include <string.h>

#include <apr_strings.h>

/* --- the vocabulary --------------------------------------------------------------------------- */

enum { LINK_LABEL, LINK_HREF, LINK_NOTE, LINK_ICON, LINK_FIRST, LINK_SOURCE, LINK_COUNT };

static const wecom_slot_t link_slots[] = {
    [LINK_LABEL] = { "label", WECOM_SLOT_TEXT, NULL, 0 },
    [LINK_HREF] = { "href", WECOM_SLOT_ADDRESS, NULL, 0 },
    [LINK_NOTE] = { "note", WECOM_SLOT_TEXT, NULL, 0 },
    [LINK_ICON] = { "icon", WECOM_SLOT_ADDRESS, NULL, 0 },
    [LINK_FIRST] = { "first", WECOM_SLOT_FLAG, NULL, 0 },
    [LINK_SOURCE] = { "source", WECOM_SLOT_FLAG, NULL, 0 },
    [LINK_COUNT] = { NULL, WECOM_SLOT_TEXT, NULL, 0 }
};

enum { INPUT_NAME, INPUT_VALUE, INPUT_TYPE, INPUT_LABEL, INPUT_COMPLETE, INPUT_FOCUS, INPUT_COUNT };

static const wecom_slot_t input_slots[] = {
    [INPUT_NAME] = { "name", WECOM_SLOT_TEXT, NULL, 0 },
    [INPUT_VALUE] = { "value", WECOM_SLOT_TEXT, NULL, 0 },
    [INPUT_TYPE] = { "type", WECOM_SLOT_TEXT, NULL, 0 },
    [INPUT_LABEL] = { "label", WECOM_SLOT_TEXT, NULL, 0 },
    [INPUT_COMPLETE] = { "autocomplete", WECOM_SLOT_TEXT, NULL, 0 },
    [INPUT_FOCUS] = { "focus", WECOM_SLOT_FLAG, NULL, 0 },
    [INPUT_COUNT] = { NULL, WECOM_SLOT_TEXT, NULL, 0 }
};

enum { BUTTON_NAME, BUTTON_VALUE, BUTTON_LABEL, BUTTON_DETAIL, BUTTON_FIRST, BUTTON_DIGITS,
       BUTTON_COUNT };

static const wecom_slot_t button_slots[] = {
    [BUTTON_NAME] = { "name", WECOM_SLOT_TEXT, NULL, 0 },
    [BUTTON_VALUE] = { "value", WECOM_SLOT_TEXT, NULL, 0 },
    [BUTTON_LABEL] = { "label", WECOM_SLOT_TEXT, NULL, 0 },
    [BUTTON_DETAIL] = { "detail", WECOM_SLOT_TEXT, NULL, 0 },
    [BUTTON_FIRST] = { "first", WECOM_SLOT_FLAG, NULL, 0 },
    [BUTTON_DIGITS] = { "digits", WECOM_SLOT_FLAG, NULL, 0 },
    [BUTTON_COUNT] = { NULL, WECOM_SLOT_TEXT, NULL, 0 }
};

enum {
    PAGE_LANG, PAGE_NAME, PAGE_TITLE, PAGE_SENTENCE, PAGE_NOTE, PAGE_ALERT, PAGE_NUMBER,
    PAGE_BRAND, PAGE_SITE, PAGE_LOGO, PAGE_ICON, PAGE_LINKS, PAGE_LINKS_BEFORE, PAGE_FORM,
    PAGE_FORM_ACTION, PAGE_FORM_TOKEN, PAGE_HIDDEN, PAGE_INPUTS, PAGE_BUTTONS, PAGE_COPY,
    PAGE_COPY_LABEL, PAGE_COPIED, PAGE_SCRIPTED, PAGE_ID_LINE, PAGE_TIME, PAGE_DATETIME,
    PAGE_SWITCH, PAGE_SWITCH_LANG, PAGE_SWITCH_LABEL, PAGE_BEACON, PAGE_NONCE, PAGE_STYLE,
    PAGE_SCRIPT, PAGE_DATA, PAGE_PANEL, PAGE_ASKS_AGAIN, PAGE_COUNT
};

static const wecom_slot_t page_slots[] = {
    [PAGE_LANG] = { "lang", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_NAME] = { "page", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_TITLE] = { "title", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_SENTENCE] = { "sentence", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_NOTE] = { "note", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_ALERT] = { "alert", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_NUMBER] = { "number", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_BRAND] = { "brand", WECOM_SLOT_FLAG, NULL, 0 },
    [PAGE_SITE] = { "site", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_LOGO] = { "logo", WECOM_SLOT_ADDRESS, NULL, 0 },
    [PAGE_ICON] = { "icon", WECOM_SLOT_ADDRESS, NULL, 0 },
    [PAGE_LINKS] = { "links", WECOM_SLOT_LIST, link_slots, 0 },
    [PAGE_LINKS_BEFORE] = { "links_before", WECOM_SLOT_LIST, link_slots, 0 },
    [PAGE_FORM] = { "form", WECOM_SLOT_FLAG, NULL, 0 },
    [PAGE_FORM_ACTION] = { "form_action", WECOM_SLOT_ADDRESS, NULL, 0 },
    [PAGE_FORM_TOKEN] = { "form_token", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_HIDDEN] = { "hidden", WECOM_SLOT_LIST, input_slots, 0 },
    [PAGE_INPUTS] = { "inputs", WECOM_SLOT_LIST, input_slots, 0 },
    [PAGE_BUTTONS] = { "buttons", WECOM_SLOT_LIST, button_slots, 0 },
    [PAGE_COPY] = { "copy", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_COPY_LABEL] = { "copy_label", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_COPIED] = { "copied", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_SCRIPTED] = { "scripted", WECOM_SLOT_FLAG, NULL, 0 },
    [PAGE_ID_LINE] = { "id_line", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_TIME] = { "time", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_DATETIME] = { "datetime", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_SWITCH] = { "switch", WECOM_SLOT_ADDRESS, NULL, 0 },
    [PAGE_SWITCH_LANG] = { "switch_lang", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_SWITCH_LABEL] = { "switch_label", WECOM_SLOT_TEXT, NULL, 0 },
    [PAGE_BEACON] = { "beacon", WECOM_SLOT_ADDRESS, NULL, 0 },
    [PAGE_NONCE] = { "nonce", WECOM_SLOT_NONCE, NULL, 0 },
    [PAGE_STYLE] = { "style", WECOM_SLOT_MARKUP, NULL, 0 },
    [PAGE_SCRIPT] = { "script", WECOM_SLOT_MARKUP, NULL, 1 },
    [PAGE_DATA] = { "data", WECOM_SLOT_DATA, NULL, 1 },
    [PAGE_PANEL] = { "panel", WECOM_SLOT_FLAG, NULL, 0 },
    [PAGE_ASKS_AGAIN] = { "asks_again", WECOM_SLOT_FLAG, NULL, 0 },
    [PAGE_COUNT] = { NULL, WECOM_SLOT_TEXT, NULL, 0 }
};

const wecom_slot_t *wecom_page_values_slots(void)
{
    return page_slots;
}

#define YES "1" /* of a flag */

/* --- lists ------------------------------------------------------------------------------------ */

static wecom_template_value_t *add_item(apr_array_header_t *list, int slots)
{
    wecom_template_value_t *item = apr_pcalloc(list->pool, (apr_size_t)slots * sizeof(*item));

    APR_ARRAY_PUSH(list, const wecom_template_value_t *) = item;
    return item;
}

static apr_array_header_t *make_list(apr_pool_t *pool)
{
    return apr_array_make(pool, 4, sizeof(const wecom_template_value_t *));
}

static const apr_array_header_t *links_of(const wecom_page_t *page, apr_pool_t *pool)
{
    apr_array_header_t *list = make_list(pool);
    int i;

    for (i = 0; page->links != NULL && i < page->links->nelts; i++) {
        const wecom_page_link_t *row = &APR_ARRAY_IDX(page->links, i, wecom_page_link_t);
        wecom_template_value_t *item = add_item(list, LINK_COUNT);
        int first = i == 0 && (page->form_action == NULL || page->form_last);

        item[LINK_LABEL].text = row->label;
        item[LINK_HREF].text = row->href;
        item[LINK_NOTE].text = row->note;
        item[LINK_ICON].text = row->icon;
        item[LINK_SOURCE].text = row->is_source ? YES : NULL;
        item[LINK_FIRST].text = first ? YES : NULL;
    }
    return list;
}

static void add_inputs(wecom_template_value_t *values, const wecom_page_t *page,
                       apr_pool_t *pool)
{
    apr_array_header_t *hidden = make_list(pool);
    apr_array_header_t *shown = make_list(pool);
    int focus = 0;
    int i;

    for (i = 0; page->form_inputs != NULL && i < page->form_inputs->nelts; i++) {
        const wecom_page_input_t *row = &APR_ARRAY_IDX(page->form_inputs, i, wecom_page_input_t);
        int is_hidden = strcmp(row->type, "hidden") == 0;
        wecom_template_value_t *item = add_item(is_hidden ? hidden : shown, INPUT_COUNT);

        item[INPUT_NAME].text = row->name;
        item[INPUT_VALUE].text = row->value;
        item[INPUT_TYPE].text = row->type;
        item[INPUT_LABEL].text = row->label;
        item[INPUT_COMPLETE].text = row->autocomplete;
        /* The first that is still to be filled in. */
        if (!is_hidden && row->value == NULL && !focus) {
            item[INPUT_FOCUS].text = YES;
            focus = 1;
        }
    }
    values[PAGE_HIDDEN].items = hidden;
    values[PAGE_INPUTS].items = shown;
}

static const apr_array_header_t *buttons_of(const wecom_page_t *page, apr_pool_t *pool)
{
    apr_array_header_t *list = make_list(pool);
    int i;

    if (page->form_buttons == NULL) {
        wecom_template_value_t *item = add_item(list, BUTTON_COUNT);

        item[BUTTON_LABEL].text = page->form_label;
        item[BUTTON_FIRST].text = page->form_last ? NULL : YES;
        return list;
    }
    for (i = 0; i < page->form_buttons->nelts; i++) {
        const wecom_page_button_t *row = &APR_ARRAY_IDX(page->form_buttons, i,
                                                        wecom_page_button_t);
        wecom_template_value_t *item = add_item(list, BUTTON_COUNT);

        item[BUTTON_NAME].text = row->name;
        item[BUTTON_VALUE].text = row->value;
        item[BUTTON_LABEL].text = row->label;
        item[BUTTON_DETAIL].text = row->detail;
        item[BUTTON_DIGITS].text = row->label[strspn(row->label, "0123456789")] == '\0'
                                   ? YES : NULL;
    }
    return list;
}

/* --- the page --------------------------------------------------------------------------------- */

static void add_incident(wecom_template_value_t *values, const wecom_page_t *page,
                         apr_pool_t *pool)
{
    const char *pairs[3] = { "id", NULL, NULL };
    apr_time_exp_t t;
    const char *day;
    const char *hour;

    if (page->incident == NULL || apr_time_exp_gmt(&t, page->now) != APR_SUCCESS) {
        return;
    }
    pairs[1] = page->incident;
    values[PAGE_ID_LINE].text = wecom_words_fill(page->words, WECOM_WORD_ID_LINE, pairs, pool);
    day = apr_psprintf(pool, "%04d-%02d-%02d", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
    hour = apr_psprintf(pool, "%02d:%02d:%02d", t.tm_hour, t.tm_min, t.tm_sec);
    values[PAGE_TIME].text = apr_pstrcat(pool, day, " ", hour, " UTC", NULL);
    values[PAGE_DATETIME].text = apr_pstrcat(pool, day, "T", hour, "Z", NULL);
}

static void add_switch(wecom_template_value_t *values, const wecom_page_t *page,
                       apr_pool_t *pool)
{
    const wecom_words_t *other = wecom_look_words(page->look, page->words->lang == WECOM_LANG_EN
                                                              ? WECOM_LANG_ZH : WECOM_LANG_EN);

    if (page->self == NULL) {
        return;
    }
    values[PAGE_SWITCH].text = apr_pstrcat(pool, page->self,
                                           strchr(page->self, '?') != NULL ? "&" : "?", "lang=",
                                           other->tag, NULL);
    values[PAGE_SWITCH_LANG].text = other->tag;
    values[PAGE_SWITCH_LABEL].text = wecom_words_get(other, WECOM_WORD_LANGUAGE);
}

static void add_brand(wecom_template_value_t *values, const wecom_page_t *page)
{
    const wecom_look_t *look = page->look;

    if (look != NULL) {
        values[PAGE_SITE].text = look->titles[page->words->lang];
        values[PAGE_LOGO].text = look->logo;
        values[PAGE_ICON].text = look->icon;
        values[PAGE_BRAND].text = values[PAGE_SITE].text != NULL || look->logo != NULL ? YES
                                                                                       : NULL;
    }
}

const wecom_template_value_t *wecom_page_values_of(const wecom_page_t *page,
                                                   const wecom_page_markup_t *markup,
                                                   apr_pool_t *pool)
{
    wecom_template_value_t *values = apr_pcalloc(pool, PAGE_COUNT * sizeof(*values));

    values[PAGE_LANG].text = page->words->tag;
    values[PAGE_NAME].text = page->name;
    values[PAGE_TITLE].text = page->title;
    values[PAGE_SENTENCE].text = page->sentence;
    values[PAGE_NOTE].text = page->note;
    values[PAGE_ALERT].text = page->alert;
    values[PAGE_NUMBER].text = page->number;
    values[PAGE_COPY].text = page->copy;
    values[PAGE_COPY_LABEL].text = wecom_words_get(page->words, WECOM_WORD_COPY_ADDRESS);
    values[PAGE_COPIED].text = wecom_words_get(page->words, WECOM_WORD_COPIED);
    values[PAGE_SCRIPTED].text = *markup->script != '\0' ? YES : NULL;
    values[page->form_last ? PAGE_LINKS_BEFORE : PAGE_LINKS].items = links_of(page, pool);
    if (page->form_action != NULL) {
        values[PAGE_FORM].text = YES;
        values[PAGE_FORM_ACTION].text = page->form_action;
        values[PAGE_FORM_TOKEN].text = page->form_token;
        values[PAGE_BUTTONS].items = buttons_of(page, pool);
        add_inputs(values, page, pool);
    }
    add_brand(values, page);
    add_incident(values, page, pool);
    add_switch(values, page, pool);
    values[PAGE_PANEL].text = page->script_url != NULL ? YES : NULL;
    values[PAGE_ASKS_AGAIN].text = page->asks_again ? YES : NULL;
    values[PAGE_BEACON].text = page->beacon;
    values[PAGE_NONCE].text = page->nonce;
    values[PAGE_STYLE].text = markup->style;
    values[PAGE_SCRIPT].text = markup->script;
    values[PAGE_DATA].text = markup->data;
    return values;
}
