/* SPDX-License-Identifier: Apache-2.0 */
/* template_html.c - see template_html.h. */

#include "template_html.h"

#include <string.h>

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(word, *words) == 0) {
            return 1;
        }
    }
    return 0;
}

static void push(char *name, int *len, char c)
{
    if (*len < WECOM_HTML_NAME) {
        name[(*len)++] = lowered(c);
        name[*len] = '\0';
    }
}

void wecom_html_start(wecom_html_t *html)
{
    memset(html, 0, sizeof(*html));
}

/* --- tags ------------------------------------------------------------------------------------- */

/* Elements whose content browsers read by rules of its own, which nobody needs in a page. */
static const char *const no_elements[] = {
    "plaintext", "xmp", "noembed", "noframes", "iframe", "listing", "base", NULL
};
static const char *const raw_elements[] = { "script", "style", NULL };
static const char *const word_elements[] = { "title", "textarea", NULL };

static void begin_tag(wecom_html_t *html, int ends)
{
    html->at = WECOM_HTML_NAME_OF_TAG;
    html->ends = ends;
    html->name_len = 0;
    html->name[0] = '\0';
}

static void end_tag(wecom_html_t *html)
{
    html->at = WECOM_HTML_TEXT;
    html->matched = 0;
    if (!html->ends && is_one_of(html->name, raw_elements)) {
        html->at = WECOM_HTML_RAW;
    }
    else if (!html->ends && is_one_of(html->name, word_elements)) {
        html->at = WECOM_HTML_WORDS;
    }
}

static const char *name_is_read(const wecom_html_t *html)
{
    return is_one_of(html->name, no_elements)
           ? "the elements plaintext, xmp, noembed, noframes, iframe, listing and base may not "
             "stand in a template; take it out" : NULL;
}

static const char *attribute_is_read(const wecom_html_t *html)
{
    if (strncmp(html->attribute, "on", 2) == 0) {
        return "an attribute that begins with 'on' never runs, since the pages' policy forbids "
               "it; take it out";
    }
    return strcmp(html->attribute, "style") == 0
           ? "an attribute style is never heeded, since the pages' policy forbids it; write a "
             "class, and its rules into <style nonce=\"{{nonce}}\">" : NULL;
}

/* In a tag, where an attribute, a '/' or the end may come. */
static const char *read_gap(wecom_html_t *html, char c)
{
    if (is_blank(c)) {
        html->at = WECOM_HTML_GAP;
    }
    else if (c == '>') {
        end_tag(html);
    }
    else if (c == '/') {
        html->at = WECOM_HTML_SLASH;
    }
    else if (html->at == WECOM_HTML_NEED_GAP) {
        return "write a blank between two attributes";
    }
    else if (!is_letter(c)) {
        return "an attribute begins with a letter; mend the tag";
    }
    else {
        html->at = WECOM_HTML_ATTRIBUTE;
        html->attribute_len = 0;
        push(html->attribute, &html->attribute_len, c);
    }
    return NULL;
}

static const char *read_name(wecom_html_t *html, char c)
{
    const char *wrong;

    if (is_letter(c) || (c >= '0' && c <= '9') || c == '-') {
        push(html->name, &html->name_len, c);
        return NULL;
    }
    wrong = name_is_read(html);
    html->at = WECOM_HTML_NEED_GAP;
    return wrong != NULL ? wrong : read_gap(html, c);
}

static const char *read_attribute(wecom_html_t *html, char c)
{
    const char *wrong;

    if (is_letter(c) || (c >= '0' && c <= '9') || strchr("-_:.", c) != NULL) {
        if (html->at == WECOM_HTML_AFTER_ATTRIBUTE) {
            wrong = attribute_is_read(html);
            html->at = WECOM_HTML_GAP;
            return wrong != NULL ? wrong : read_gap(html, c);
        }
        push(html->attribute, &html->attribute_len, c);
        return NULL;
    }
    if (is_blank(c)) {
        html->at = WECOM_HTML_AFTER_ATTRIBUTE;
        return NULL;
    }
    wrong = attribute_is_read(html);
    if (wrong != NULL) {
        return wrong;
    }
    if (c == '=') {
        html->at = WECOM_HTML_BEFORE_VALUE;
        html->begun = 0;
        return NULL;
    }
    html->at = WECOM_HTML_GAP;
    return read_gap(html, c);
}

static const char *read_value(wecom_html_t *html, char c)
{
    switch (html->at) {
    case WECOM_HTML_QUOTED:
    case WECOM_HTML_SINGLE:
        if (c == (html->at == WECOM_HTML_QUOTED ? '"' : '\'')) {
            html->at = WECOM_HTML_NEED_GAP;
        }
        html->begun = 1;
        return NULL;
    case WECOM_HTML_BARE:
        if (is_blank(c) || c == '>') {
            html->at = WECOM_HTML_GAP;
            return read_gap(html, c);
        }
        return strchr("\"'<=`", c) != NULL ? "put the value into double quotes" : NULL;
    default:
        break;
    }
    if (is_blank(c)) {
        return NULL;
    }
    if (strchr("<>=`", c) != NULL) {
        return "a value is missing behind '='; write it in double quotes";
    }
    html->at = c == '"' ? WECOM_HTML_QUOTED : c == '\'' ? WECOM_HTML_SINGLE : WECOM_HTML_BARE;
    return NULL;
}

/* --- between tags ----------------------------------------------------------------------------- */

/* Behind '<', or "</" (ends), outside of a tag. */
static const char *read_less(wecom_html_t *html, char c)
{
    if (is_letter(c)) {
        begin_tag(html, html->ends);
        return read_name(html, c);
    }
    if (c == '/' && !html->ends) {
        html->ends = 1;
        return NULL;
    }
    if (c == '!' && !html->ends) {
        html->at = WECOM_HTML_BANG;
        html->matched = 0;
        return NULL;
    }
    return "write &lt; for a '<' that begins no tag";
}

/* Behind "<!": a comment or the doctype. */
static const char *read_bang(wecom_html_t *html, char c)
{
    static const char doctype[] = "doctype";

    if (html->matched <= 0 && c == '-') {
        html->matched--;
        if (html->matched == -2) {
            html->at = WECOM_HTML_COMMENT;
            html->matched = -1;
        }
        return NULL;
    }
    if (html->matched >= 0 && lowered(c) == doctype[html->matched]) {
        if (doctype[++html->matched] == '\0') {
            html->at = WECOM_HTML_DOCTYPE;
        }
        return NULL;
    }
    return "only <!-- a comment --> and <!DOCTYPE html> begin with '<!'; mend the markup";
}

/* matched: -1 at its first character, then how many '-' stand before this one. */
static const char *read_comment(wecom_html_t *html, char c)
{
    int dashes = html->matched;

    if ((dashes == -1 && (c == '>' || c == '-')) || (dashes >= 2 && c == '!')) {
        return "a comment of HTML begins with '<!-- ' and ends with '-->'";
    }
    if (dashes >= 2 && c == '>') {
        html->at = WECOM_HTML_TEXT;
        return NULL;
    }
    html->matched = c == '-' ? (dashes < 0 ? 1 : dashes < 2 ? dashes + 1 : 2) : 0;
    return NULL;
}

/* In an element that only its own end tag ends. matched: of "</name". */
static const char *read_within(wecom_html_t *html, char c)
{
    int n = html->matched;

    if (n == html->name_len + 2) {
        html->ends = 1;
        html->at = WECOM_HTML_NEED_GAP;
        return is_blank(c) || c == '>' || c == '/'
               ? read_gap(html, c) : "mend the end tag of this element";
    }
    if (n == 0) {
        html->matched = c == '<';
        return NULL;
    }
    if (n == 1 ? c == '/' : lowered(c) == html->name[n - 2]) {
        html->matched++;
        return NULL;
    }
    html->matched = c == '<';
    if (html->at == WECOM_HTML_WORDS) {
        return "no tag may stand inside <title> and <textarea>; write &lt; for a '<'";
    }
    /* Browsers read on behind these by older rules, under which the element may not end here. */
    return n == 1 && (c == '!' || (is_letter(c) && strcmp(html->name, "style") == 0))
           ? "no tag and no '<!' may stand inside <style>, and no '<!' inside <script>" : NULL;
}

const char *wecom_html_read(wecom_html_t *html, char c)
{
    switch (html->at) {
    case WECOM_HTML_TEXT:
        if (c == '<') {
            html->at = WECOM_HTML_LESS;
            html->ends = 0;
        }
        return NULL;
    case WECOM_HTML_LESS:
        return read_less(html, c);
    case WECOM_HTML_BANG:
        return read_bang(html, c);
    case WECOM_HTML_DOCTYPE:
        html->at = c == '>' ? WECOM_HTML_TEXT : WECOM_HTML_DOCTYPE;
        return NULL;
    case WECOM_HTML_COMMENT:
        return read_comment(html, c);
    case WECOM_HTML_NAME_OF_TAG:
        return read_name(html, c);
    case WECOM_HTML_GAP:
    case WECOM_HTML_NEED_GAP:
        return read_gap(html, c);
    case WECOM_HTML_SLASH:
        if (c != '>') {
            return "a '/' in a tag stands right before its '>'";
        }
        end_tag(html);
        return NULL;
    case WECOM_HTML_ATTRIBUTE:
    case WECOM_HTML_AFTER_ATTRIBUTE:
        return read_attribute(html, c);
    case WECOM_HTML_RAW:
    case WECOM_HTML_WORDS:
        return read_within(html, c);
    default:
        return read_value(html, c);
    }
}

/* --- placeholders ----------------------------------------------------------------------------- */

/* Attributes that are an address, and such as are nothing but text: escaping does not make a text
 * safe where a browser reads markup, a script or an address out of it. */
static const char *const address_attributes[] = { "href", "src", "action", "formaction", NULL };
static const char *const text_attributes[] = {
    "alt", "autocomplete", "class", "datetime", "dir", "for", "hreflang", "id", "label",
    "lang", "name", "placeholder", "title", "type", "value", NULL
};

static const char *accept_in_value(wecom_html_t *html, wecom_html_value_t value)
{
    const char *name = html->attribute;
    int begun = html->begun;

    html->begun = 1;
    if (strcmp(name, "nonce") == 0 || value == WECOM_HTML_NONCE) {
        return value == WECOM_HTML_NONCE && strcmp(name, "nonce") == 0 && !begun
               ? NULL : "{{nonce}} belongs into nonce=\"{{nonce}}\", and nothing else does";
    }
    if (is_one_of(name, address_attributes)) {
        return value == WECOM_HTML_ADDRESS && !begun
               ? NULL : "in href, src, action and formaction a placeholder may only stand at the "
                        "beginning, and only one that is an address";
    }
    return is_one_of(name, text_attributes) || strncmp(name, "aria-", 5) == 0
           || strncmp(name, "data-", 5) == 0
           ? NULL : "no placeholder may stand in this attribute; those that may hold one are "
                    "listed in the documentation of WeComPages";
}

static int is_in_tag(wecom_html_t *html)
{
    switch (html->at) {
    case WECOM_HTML_NAME_OF_TAG:
    case WECOM_HTML_ATTRIBUTE:
        html->at = WECOM_HTML_NEED_GAP;
        return 1;
    case WECOM_HTML_AFTER_ATTRIBUTE:
        html->at = WECOM_HTML_GAP;
        return 1;
    case WECOM_HTML_GAP:
    case WECOM_HTML_NEED_GAP:
        return 1;
    default:
        return 0;
    }
}

static const char *accept_in_tag(wecom_html_t *html, wecom_html_value_t value)
{
    const char *wrong = NULL;

    if (html->at == WECOM_HTML_NAME_OF_TAG) {
        wrong = name_is_read(html);
    }
    else if (html->at == WECOM_HTML_ATTRIBUTE || html->at == WECOM_HTML_AFTER_ATTRIBUTE) {
        wrong = attribute_is_read(html);
    }
    if (wrong != NULL) {
        return wrong;
    }
    if (!is_in_tag(html) || html->ends) {
        return "no placeholder may stand here; put it into the text of an element, or into the "
               "value of an attribute in double quotes";
    }
    if (value == WECOM_HTML_SECTION) {
        return NULL;
    }
    html->at = WECOM_HTML_NEED_GAP;
    return value == WECOM_HTML_DATA && strcmp(html->name, "main") == 0
           ? NULL : "no placeholder may stand between the attributes of a tag but {{data}}, in "
                    "<main {{data}}>";
}

const char *wecom_html_accept(wecom_html_t *html, wecom_html_value_t value)
{
    int plain = value == WECOM_HTML_PLAIN || value == WECOM_HTML_ADDRESS
                || value == WECOM_HTML_SECTION;

    switch (html->at) {
    case WECOM_HTML_TEXT:
        if (plain || value == WECOM_HTML_MARKUP) {
            return NULL;
        }
        return value == WECOM_HTML_DATA ? "{{data}} belongs into <main {{data}}>"
                                        : "{{nonce}} belongs into nonce=\"{{nonce}}\"";
    case WECOM_HTML_WORDS:
        return plain && html->matched == 0
               ? NULL : "only texts may stand in <title> and <textarea>";
    case WECOM_HTML_QUOTED:
        if (value == WECOM_HTML_SECTION) {
            return NULL;
        }
        return value == WECOM_HTML_MARKUP || value == WECOM_HTML_DATA
               ? "{{style}}, {{script}} and {{data}} are markup; they may not stand in a value"
               : accept_in_value(html, value);
    case WECOM_HTML_RAW:
        return "no placeholder may stand inside <script> and <style>, where escaping does not "
               "help; use {{style}}, or a data-* attribute that the script reads";
    case WECOM_HTML_COMMENT:
        return "no placeholder may stand in a comment of HTML; write {{! a comment }} or take it "
               "out";
    case WECOM_HTML_SINGLE:
    case WECOM_HTML_BARE:
    case WECOM_HTML_BEFORE_VALUE:
        return "put the value of this attribute into double quotes";
    default:
        return accept_in_tag(html, value);
    }
}

const char *wecom_html_join(wecom_html_t *html, const wecom_html_t *before)
{
    int tag = html->at == WECOM_HTML_GAP || html->at == WECOM_HTML_NEED_GAP;
    int was_tag = before->at == WECOM_HTML_GAP || before->at == WECOM_HTML_NEED_GAP;

    if (!(tag && was_tag ? html->ends == before->ends : html->at == before->at)
        || (html->at != WECOM_HTML_TEXT && strcmp(html->name, before->name) != 0)
        || (html->at == WECOM_HTML_QUOTED && strcmp(html->attribute, before->attribute) != 0)) {
        return "a section must end in the same place of the markup where it began: in the text "
               "of an element, in the same tag, or in the same value";
    }
    if (tag && html->at != before->at) {
        html->at = WECOM_HTML_NEED_GAP;
    }
    html->begun |= before->begun;
    return NULL;
}

const char *wecom_html_finish(const wecom_html_t *html)
{
    return html->at == WECOM_HTML_TEXT
           ? NULL : "the markup ends in the middle of a tag, a comment or an element such as "
                    "<style>";
}
