/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template_html.h - where in the markup a template is, one character after the other.
 *
 * Escaping is right in two places alone: in the text of an element, and in an attribute between
 * double quotes that means text. So the compiler of templates (template.c) reads its markup with
 * this reader and asks it at every placeholder whether that may stand here. It reads as browsers do
 * (HTML, section 13.2.5), but is stricter: markup that a browser would have to mend, or that its
 * policy would stop, is refused.
 *
 * Every function answers NULL, or a sentence as in slip.h; after one the reader is of no use.
 */
#ifndef WECOM_AUTH_TEMPLATE_HTML_H
#define WECOM_AUTH_TEMPLATE_HTML_H

#define WECOM_HTML_NAME 31 /* of an element or attribute; what is longer is none that we know */

typedef enum wecom_html_at_t {
    WECOM_HTML_TEXT = 0,    /* between elements */
    WECOM_HTML_LESS,        /* behind '<' */
    WECOM_HTML_BANG,        /* behind "<!" */
    WECOM_HTML_DOCTYPE,
    WECOM_HTML_COMMENT,
    WECOM_HTML_NAME_OF_TAG,
    WECOM_HTML_GAP,         /* in a tag, where an attribute may begin */
    WECOM_HTML_NEED_GAP,    /* in a tag, where a blank must come first */
    WECOM_HTML_SLASH,       /* in a tag, behind '/' */
    WECOM_HTML_ATTRIBUTE,
    WECOM_HTML_AFTER_ATTRIBUTE,
    WECOM_HTML_BEFORE_VALUE,
    WECOM_HTML_QUOTED,      /* in a value between double quotes */
    WECOM_HTML_SINGLE,
    WECOM_HTML_BARE,
    WECOM_HTML_RAW,         /* in <script> or <style> */
    WECOM_HTML_WORDS        /* in <title> or <textarea>: text that holds no tag */
} wecom_html_at_t;

/* What a placeholder stands for. */
typedef enum wecom_html_value_t {
    WECOM_HTML_PLAIN,       /* text */
    WECOM_HTML_ADDRESS,     /* an address of ours */
    WECOM_HTML_NONCE,
    WECOM_HTML_MARKUP,      /* elements of ours */
    WECOM_HTML_DATA,        /* attributes of <main> */
    WECOM_HTML_SECTION      /* the beginning or the end of a section, or a comment */
} wecom_html_value_t;

typedef struct wecom_html_t {
    wecom_html_at_t at;
    int ends;               /* the tag is an end tag */
    int begun;              /* the value has begun */
    int matched;            /* so much of what is looked for has been read */
    int name_len;
    int attribute_len;
    char name[WECOM_HTML_NAME + 1];         /* of the tag, or of the element that WORDS and RAW
                                             * belong to; lower case */
    char attribute[WECOM_HTML_NAME + 1];
} wecom_html_t;

void wecom_html_start(wecom_html_t *html);

/* One byte of markup. */
const char *wecom_html_read(wecom_html_t *html, char c);

/* May a placeholder of this sort stand here? If so, the reader stands behind it. */
const char *wecom_html_accept(wecom_html_t *html, wecom_html_value_t value);

/* At the end of a section that began at `before`: the markup must be in the same place whether it
 * was shown or not. */
const char *wecom_html_join(wecom_html_t *html, const wecom_html_t *before);

/* At the end of the text. */
const char *wecom_html_finish(const wecom_html_t *html);

#endif
