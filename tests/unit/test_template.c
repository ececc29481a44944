/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_template.c - the language of the pages: what it shows, what it refuses and where, and that
 * no value is ever more than text.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/template.h"
#include "../../src/base/limits.h"
#include "../../src/base/text.h"

static const wecom_slot_t row_slots[] = {
    { "name", WECOM_SLOT_TEXT, NULL, 0 },
    { "href", WECOM_SLOT_ADDRESS, NULL, 0 },
    { "odd", WECOM_SLOT_FLAG, NULL, 0 },
    { NULL, WECOM_SLOT_TEXT, NULL, 0 }
};

enum { NAME, OTHER, HOME, YES, NO, ROWS, NONE, NONCE, STYLE, DATA, SLOTS };

static const wecom_slot_t slots[] = {
    [NAME] = { "name", WECOM_SLOT_TEXT, NULL, 0 },
    [OTHER] = { "other", WECOM_SLOT_TEXT, NULL, 0 },
    [HOME] = { "home", WECOM_SLOT_ADDRESS, NULL, 0 },
    [YES] = { "yes", WECOM_SLOT_FLAG, NULL, 0 },
    [NO] = { "no", WECOM_SLOT_FLAG, NULL, 0 },
    [ROWS] = { "rows", WECOM_SLOT_LIST, row_slots, 0 },
    [NONE] = { "none", WECOM_SLOT_LIST, row_slots, 0 },
    [NONCE] = { "nonce", WECOM_SLOT_NONCE, NULL, 0 },
    [STYLE] = { "style", WECOM_SLOT_MARKUP, NULL, 0 },
    [DATA] = { "data", WECOM_SLOT_DATA, NULL, 0 },
    [SLOTS] = { NULL, WECOM_SLOT_TEXT, NULL, 0 }
};

#define FIRST "<!-- wecom-template 1 -->\n"

static const wecom_template_value_t *values_with(const char *text, apr_pool_t *pool)
{
    static const char *const homes[] = { "/a", "/b?x=1&y=2" };
    wecom_template_value_t *values = apr_pcalloc(pool, SLOTS * sizeof(*values));
    apr_array_header_t *rows = apr_array_make(pool, 2, sizeof(const wecom_template_value_t *));
    int i;

    for (i = 0; i < 2; i++) {
        wecom_template_value_t *row = apr_pcalloc(pool, 3 * sizeof(*row));

        row[0].text = i == 0 ? text : "second";
        row[1].text = homes[i];
        row[2].text = i == 1 ? "1" : NULL;
        APR_ARRAY_PUSH(rows, const wecom_template_value_t *) = row;
    }
    values[NAME].text = text;
    values[OTHER].text = "";
    values[HOME].text = "/home?a=1&b=2";
    values[YES].text = "1";
    values[ROWS].items = rows;
    values[NONCE].text = "n0nce";
    values[STYLE].text = "<style>&</style>";
    values[DATA].text = " data-x=\"1\"";
    return values;
}

static const char *render(const char *text, const char *value, apr_pool_t *pool)
{
    const char *whole = apr_pstrcat(pool, FIRST, text, NULL);
    const wecom_template_t *made;
    wecom_slip_t slip;

    if (wecom_template_compile(&made, &slip, support_guard_text(whole, pool), strlen(whole), slots,
                               pool) != WECOM_OK) {
        return apr_psprintf(pool, "line %d: %s", slip.line, slip.sentence);
    }
    return wecom_template_render(made, values_with(value, pool), pool);
}

/* --- what it shows -------------------------------------------------------------------------- */

static const struct {
    const char *text;
    const char *shown;
} good[] = {
    { "", "" },
    { "<p>plain</p>\n", "<p>plain</p>\n" },
    { "<p>{{name}}</p>", "<p>Acme &amp; Co</p>" },
    { "{{name}}{{name}}", "Acme &amp; CoAcme &amp; Co" },
    { "[{{other}}]", "[]" },
    { "{{#name}}<b>{{name}}</b>{{/name}}", "<b>Acme &amp; Co</b>" },
    { "{{^name}}no{{/name}}.", "." },
    { "{{#other}}no{{/other}}{{^other}}none{{/other}}", "none" },
    { "{{#yes}}y{{/yes}}{{#no}}n{{/no}}{{^no}}not{{/no}}", "ynot" },
    { "{{#rows}}{{name}};{{/rows}}", "Acme &amp; Co;second;" },
    { "{{#rows}}<a href=\"{{href}}\">{{#odd}}!{{/odd}}{{^odd}}?{{/odd}}</a>{{/rows}}",
      "<a href=\"/a\">?</a><a href=\"/b?x=1&amp;y=2\">!</a>" },
    { "{{#none}}no{{/none}}{{^none}}empty{{/none}}{{^rows}}no{{/rows}}", "empty" },
    /* an item's names come first, then those around it; behind the list all is as before */
    { "{{#rows}}{{name}},{{home}};{{/rows}}{{name}}",
      "Acme &amp; Co,/home?a=1&amp;b=2;second,/home?a=1&amp;b=2;Acme &amp; Co" },
    { "{{#rows}}{{#rows}}{{/rows}}{{/rows}}", "line 2: a list must not stand inside a list" },
    { "{{#rows}}{{^none}}{{name}}{{/none}}{{/rows}}", "Acme &amp; Cosecond" },
    { "{{#yes}}{{#name}}{{^no}}deep{{/no}}{{/name}}{{/yes}}", "deep" },
    { "a{{! no }}b{{!\nlines\n}}c", "abc" },
    /* a line of one mark leaves none behind */
    { "a\n{{#yes}}\nb\n{{/yes}}\nc\n", "a\nb\nc\n" },
    { "a\n  {{#no}}  \nb\n\t{{/no}}\t\nc\n", "a\nc\n" },
    { "{{! first }}\na\n{{! last }}", "a\n" },
    { "a\r\n{{#yes}}\r\nb\r\n{{/yes}}\r\n", "a\r\nb\r\n" },
    { "a {{#yes}}\nb{{/yes}}\n", "a \nb\n" },
    { "{{name}}\n", "Acme &amp; Co\n" },
    /* attributes */
    { "<a title=\"{{name}}\" href=\"{{home}}\">x</a>",
      "<a title=\"Acme &amp; Co\" href=\"/home?a=1&amp;b=2\">x</a>" },
    { "<a href=\"{{home}}#end\">x</a>", "<a href=\"/home?a=1&amp;b=2#end\">x</a>" },
    { "<p class=\"a{{#yes}} b{{/yes}}{{#no}} c{{/no}}\">", "<p class=\"a b\">" },
    { "<input{{#yes}} autofocus{{/yes}}{{#no}} required{{/no}}>", "<input autofocus>" },
    { "<input {{#yes}}autofocus{{/yes}}>", "<input autofocus>" },
    { "<input {{#yes}}autofocus {{/yes}}>", "<input autofocus >" },
    { "<input{{#name}} value=\"{{name}}\"{{/name}}>", "<input value=\"Acme &amp; Co\">" },
    { "<input type=\"text\"{{#yes}} autofocus{{/yes}} required/>",
      "<input type=\"text\" autofocus required/>" },
    { "<main{{data}}>", "<main data-x=\"1\">" },
    { "<main class=\"x\"{{data}}>", "<main class=\"x\" data-x=\"1\">" },
    { "<style nonce=\"{{nonce}}\">a{b:c}</style>", "<style nonce=\"n0nce\">a{b:c}</style>" },
    { "<script nonce=\"{{nonce}}\">if (a<b) { c(\"</div>\") }</script>",
      "<script nonce=\"n0nce\">if (a<b) { c(\"</div>\") }</script>" },
    { "<style>@media print{a{b:c}}@media(width<9px){a{b:c}}</STYLE >{{name}}",
      "<style>@media print{a{b:c}}@media(width<9px){a{b:c}}</STYLE >Acme &amp; Co" },
    { "{{style}}", "<style>&</style>" },
    { "<title>{{name}}{{#yes}} · {{home}}{{/yes}}</title>",
      "<title>Acme &amp; Co · /home?a=1&amp;b=2</title>" },
    { "<textarea>{{name}}</textarea>", "<textarea>Acme &amp; Co</textarea>" },
    { "<!DOCTYPE html><!-- a - b -- c ---><p>", "<!DOCTYPE html><!-- a - b -- c ---><p>" },
    { "<br/><br /><img alt=x src='/y'><input disabled value = \"{{name}}\">",
      "<br/><br /><img alt=x src='/y'><input disabled value = \"Acme &amp; Co\">" },
    { "<p data-a=\"{{name}}\" aria-label=\"{{name}}\">", "<p data-a=\"Acme &amp; Co\" "
      "aria-label=\"Acme &amp; Co\">" },
    { "{ {name} } }} {a}", "{ {name} } }} {a}" },
};

static void templates_show(void **state)
{
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(good); i++) {
        const char *shown = render(good[i].text, "Acme & Co", pool);

        CHECK(strncmp(good[i].shown, "line ", 5) == 0
              ? strncmp(shown, good[i].shown, strlen(good[i].shown)) == 0
              : strcmp(shown, good[i].shown) == 0, "'%s' gives '%s'", good[i].text, shown);
    }
}

/* --- what it refuses ------------------------------------------------------------------------ */

#define NO_PLACE "no placeholder may stand"

static const struct {
    const char *text;
    int line;
    const char *part;   /* of the sentence */
} bad[] = {
    /* names and sections */
    { "{{nobody}}", 2, "{{nobody}} is not known here" },
    { "a\nb\n{{nobody}}", 4, "{{nobody}} is not known" },
    { "{{! a\n}}\n\n{{#yes}}\n{{/yes}}\n{{nobody}}", 7, "{{nobody}} is not known" },
    { "{{ name }}", 2, "{{ name }} is not known" },
    { "{{Name}}", 2, "is not known" },
    { "{{{name}}}", 2, "{{{name}} is not known" },
    { "{{&name}}", 2, "{{&name}} is not known" },
    { "{{>name}}", 2, "is not known" },
    { "{{href}}", 2, "{{href}} is not known" },          /* of an item alone */
    { "{{#rows}}{{/rows}}{{href}}", 2, "{{href}} is not known" },
    { "{{}}", 2, "a name is missing" },
    { "{{#}}{{/}}", 2, "a name is missing" },
    { "\n{{name", 3, "are not closed" },
    { "{{name}", 2, "are not closed" },
    { "{{#name}}\n", 2, "the section {{#name}} is not closed" },
    { "{{#yes}}{{#name}}{{/name}}", 2, "{{#yes}} is not closed" },
    { "{{#yes}}\n{{#name}}\n{{/yes}}{{/name}}", 4, "{{/name}} must come first, for the section of "
      "line 3" },
    { "{{/name}}", 2, "ends a section that has not begun" },
    { "{{#nobody}}{{/nobody}}", 2, "{{nobody}} is not known" },
    { "{{yes}}", 2, "yes is no text" },
    { "{{rows}}", 2, "rows is no text" },
    { "{{#nonce}}x{{/nonce}}", 2, "{{nonce}} is no section" },
    { "{{#style}}x{{/style}}", 2, "{{style}} is no section" },
    { "{{#yes}}{{#yes}}{{#yes}}{{#yes}}{{#yes}}{{#yes}}{{#yes}}{{#yes}}{{#yes}}", 2, "too deep" },
    /* where escaping does not help */
    { "<script>{{name}}</script>", 2, "inside <script> and <style>" },
    { "<style>{{name}}</style>", 2, "inside <script> and <style>" },
    { "<SCRIPT>{{name}}</SCRIPT>", 2, "inside <script> and <style>" },
    { "<script>{{#yes}}a{{/yes}}</script>", 2, "inside <script> and <style>" },
    { "<script>'</scriptx>'{{name}}</script>", 2, "mend the end tag" },
    { "<script><!--<script></script>{{name}}</script>", 2, "no '<!' inside <script>" },
    { "<style><a title=\"</style>{{name}}\">", 2, "may stand inside <style>" },
    { "<!-- {{name}} -->", 2, "in a comment of HTML" },
    { "<!-- {{#yes}} -->{{/yes}}", 2, "in a comment of HTML" },
    { "<!-->{{name}}-->", 2, "a comment of HTML begins with" },
    { "<!-- --!>{{name}}-->", 2, "a comment of HTML begins with" },
    { "<p title={{name}}>", 2, "into double quotes" },
    { "<p title='{{name}}'>", 2, "into double quotes" },
    { "<p title=a{{name}}>", 2, "into double quotes" },
    { "<p title= {{name}}>", 2, "into double quotes" },
    { "<p {{name}}>", 2, "between the attributes" },
    { "<p {{name}}=\"x\">", 2, "between the attributes" },
    { "<p on{{name}}=\"x\">", 2, "begins with 'on'" },
    { "<p data-{{name}}=\"x\">", 2, "between the attributes" },
    { "<p{{name}}>", 2, "between the attributes" },
    { "<{{name}}>", 2, NO_PLACE },
    { "</{{name}}>", 2, NO_PLACE },
    { "</p {{#yes}}a{{/yes}}>", 2, NO_PLACE },
    { "<p onclick=\"x\">", 2, "begins with 'on'" },
    { "<p OnClick>", 2, "begins with 'on'" },
    { "<p onclick title=\"x\">", 2, "begins with 'on'" },
    { "<p onclick{{#yes}} b{{/yes}}>", 2, "begins with 'on'" },
    { "<p style=\"x\">", 2, "an attribute style is never heeded" },
    { "<p STYLE='x'>", 2, "an attribute style is never heeded" },
    { "<a href=\"{{name}}\">", 2, "only one that is an address" },
    { "<a href=\"/x?y={{name}}\">", 2, "only one that is an address" },
    { "<a href=\"java{{home}}\">", 2, "at the beginning" },
    { "<a href=\"{{#yes}}x:{{/yes}}{{home}}\">", 2, "at the beginning" },
    { "<a href=\"{{home}}{{home}}\">", 2, "at the beginning" },
    { "<img src=\"{{name}}\">", 2, "only one that is an address" },
    { "<form action=\"{{name}}\">", 2, "only one that is an address" },
    { "<button formaction=\"{{name}}\">", 2, "only one that is an address" },
    { "<img srcset=\"{{home}}\">", 2, "in this attribute" },
    { "<x srcdoc=\"{{name}}\">", 2, "in this attribute" },
    { "<meta content=\"{{name}}\">", 2, "in this attribute" },
    { "<a xlink:href=\"{{home}}\">", 2, "in this attribute" },
    { "<a ping=\"{{home}}\">", 2, "in this attribute" },
    { "{{nonce}}", 2, "{{nonce}} belongs into" },
    { "<p title=\"{{nonce}}\">", 2, "{{nonce}} belongs into" },
    { "<style nonce=\"{{name}}\">", 2, "and nothing else does" },
    { "<style nonce=\"x{{nonce}}\">", 2, "{{nonce}} belongs into" },
    { "<p title=\"{{style}}\">", 2, "they may not stand in a value" },
    { "<title>{{style}}</title>", 2, "only texts may stand" },
    { "<div{{data}}>", 2, "in <main {{data}}>" },
    { "{{data}}", 2, "{{data}} belongs into <main" },
    { "<main{{style}}>", 2, "between the attributes" },
    /* markup that a browser would mend */
    { "a < b", 2, "write &lt;" },
    { "<3", 2, "write &lt;" },
    { "<?xml?>", 2, "write &lt;" },
    { "<![CDATA[x]]>", 2, "mend the markup" },
    { "<p", 2, "the markup ends in the middle" },
    { "<p title=\"", 2, "the markup ends in the middle" },
    { "<!-- x", 2, "the markup ends in the middle" },
    { "<title>x", 2, "the markup ends in the middle" },
    { "<title><b>{{name}}</b></title>", 2, "no tag may stand inside <title>" },
    { "<svg><title><script>{{name}}</script></title></svg>", 2, "no tag may stand inside <title>" },
    { "<p a=\"b\"c=\"d\">", 2, "write a blank between two attributes" },
    { "<p =\"x\">", 2, "an attribute begins with a letter" },
    { "<p a=>", 2, "a value is missing" },
    { "<p a=b\"c>", 2, "into double quotes" },
    { "<p / a>", 2, "right before its '>'" },
    { "<plaintext>", 2, "may not stand in a template" },
    { "<iframe>{{name}}", 2, "may not stand in a template" },
    { "<XMP>", 2, "may not stand in a template" },
    { "<base href=\"/\">", 2, "may not stand in a template" },
    /* sections that leave the markup somewhere else */
    { "{{#yes}}<p title=\"{{/yes}}", 2, "the same place of the markup" },
    { "<p title=\"{{#yes}}\">{{/yes}}", 2, "the same place of the markup" },
    { "{{#yes}}<title>{{/yes}}</title>", 2, "the same place of the markup" },
    { "<p {{#yes}}>{{/yes}}", 2, "the same place of the markup" },
    { "<p {{#yes}}title=\"{{/yes}}{{name}}\">", 2, "the same place of the markup" },
    { "<p {{#yes}}><b {{/yes}}>", 2, "the same place of the markup" },
    { "<p title=\"{{#yes}}\" alt=\"{{/yes}}\">", 2, "the same place of the markup" },
    { "<p a{{#yes}}b{{/yes}}c>", 2, "write a blank" },
    { "<p {{#yes}}auto{{/yes}}focus>", 2, "write a blank" },
    { "<p {{#yes}}auto {{/yes}}=\"x\">", 2, "an attribute begins with a letter" },
    { "<p{{#yes}}x{{/yes}}>", 2, "write a blank" },
};

static void refused(const char *text, int line, const char *part, apr_pool_t *pool)
{
    const wecom_template_t *made = (const wecom_template_t *)1;
    wecom_slip_t slip;
    wecom_status_t status = wecom_template_compile(&made, &slip, support_guard_text(text, pool),
                                                   strlen(text), slots, pool);

    CHECK(status == WECOM_E_BAD_INPUT && made == NULL, "'%s' is taken", text);
    CHECK(slip.line == line && strstr(slip.sentence, part) != NULL, "'%s': line %d: %s", text,
          slip.line, slip.sentence);
}

static void templates_are_refused(void **state)
{
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(bad); i++) {
        refused(apr_pstrcat(pool, FIRST, bad[i].text, NULL), bad[i].line, bad[i].part, pool);
    }
}

static void first_line_is_the_version(void **state)
{
    static const struct {
        const char *text;
        const char *part;
    } rows[] = {
        { "", "the first line must be" },
        { "<p>x</p>", "the first line must be" },
        { "\n" FIRST, "the first line must be" },
        { " " FIRST, "the first line must be" },
        { "<!-- wecom-template 1 -->", "the first line must be" },
        { "<!-- wecom-template 1 --> \n", "the first line must be" },
        { "<!-- wecom-template 2 -->\n<p>", "of a version that this module does not know" },
        { "<!-- wecom-template 10 -->\n<p>", "of a version that this module does not know" },
        { "\xef\xbb\xbf" FIRST, "the first line must be" },
    };
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        refused(rows[i].text, 1, rows[i].part, pool);
    }
    assert_string_equal(render("x", "", pool), "x");
}

static void what_is_needed_stands_there_once(void **state)
{
    static const wecom_slot_t needing[] = {
        { "name", WECOM_SLOT_TEXT, NULL, 0 },
        { "must", WECOM_SLOT_MARKUP, NULL, 1 },
        { NULL, WECOM_SLOT_TEXT, NULL, 0 }
    };
    static const struct {
        const char *text;
        const char *part;
    } rows[] = {
        { FIRST "{{must}}", NULL },
        { FIRST "{{name}}", "{{must}} is missing" },
        { FIRST "{{must}}{{must}}", "{{must}} stands here twice" },
        { FIRST "{{#name}}{{must}}{{/name}}", "must not stand in a section" },
    };
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const wecom_template_t *made;
        wecom_slip_t slip;
        wecom_status_t status = wecom_template_compile(&made, &slip, rows[i].text,
                                                       strlen(rows[i].text), needing, pool);

        CHECK((status == WECOM_OK) == (rows[i].part == NULL), "%s", rows[i].text);
        CHECK(status == WECOM_OK || strstr(slip.sentence, rows[i].part) != NULL, "'%s': %s",
              rows[i].text, slip.sentence);
    }
}

static void bytes_that_are_no_text(void **state)
{
    static const char *const texts[] = { FIRST "a\x01", FIRST "\xff", FIRST "\xe4\xbd",
                                         FIRST "\x7f" };
    apr_pool_t *pool = *state;
    const wecom_template_t *made;
    wecom_slip_t slip;
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        refused(texts[i], 0, "not UTF-8", pool);
    }
    assert_int_equal(wecom_template_compile(&made, &slip, FIRST "a\0b", sizeof(FIRST "a\0b") - 1,
                                            slots, pool), WECOM_E_BAD_INPUT);
    assert_string_equal(render("\ttext\r\n示例", "", pool), "\ttext\r\n示例");
}

static void ceilings(void **state)
{
    apr_pool_t *pool = *state;
    char *text = apr_palloc(pool, WECOM_MAX_TEMPLATE + 2);
    const wecom_template_t *made;
    wecom_slip_t slip;
    wecom_template_value_t *values = apr_pcalloc(pool, SLOTS * sizeof(*values));
    apr_array_header_t *rows = apr_array_make(pool, 40, sizeof(const wecom_template_value_t *));
    int i;

    memset(text, 'x', WECOM_MAX_TEMPLATE + 1);
    text[WECOM_MAX_TEMPLATE + 1] = '\0';
    memcpy(text, FIRST, strlen(FIRST));
    assert_int_equal(wecom_template_compile(&made, &slip, text, WECOM_MAX_TEMPLATE, slots, pool),
                     WECOM_OK);
    refused(text, 0, "larger than 64 KiB", pool);

    memcpy(text + strlen(FIRST), "{{#rows}}", 9);
    memcpy(text + WECOM_MAX_TEMPLATE - 9, "{{/rows}}", 9);
    assert_int_equal(wecom_template_compile(&made, &slip, text, WECOM_MAX_TEMPLATE, slots, pool),
                     WECOM_OK);
    values[ROWS].items = rows;
    for (i = 0; i < 17; i++) {
        wecom_template_value_t *row = apr_pcalloc(pool, 3 * sizeof(*row));

        APR_ARRAY_PUSH(rows, const wecom_template_value_t *) = row;
        CHECK((wecom_template_render(made, values, pool) != NULL) == (i < 16), "%d rows", i + 1);
    }
}

/* --- text stays text ------------------------------------------------------------------------ */

static const char *const attacks[] = {
    "<script>alert(1)</script>", "\"><script>alert(1)</script>", "'><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)", "' onmouseover='alert(1)", "javascript:alert(1)",
    "</title><script>alert(1)</script>", "</textarea><svg onload=alert(1)>",
    "--><script>alert(1)</script><!--", "]]><script>alert(1)</script>",
    "{{name}}{{#rows}}", "}}{{{home}}}", "&lt;script&gt;", "&#34;&#x22;", "`onload=alert(1)`",
    "\\\"><b>", "<!--", "<![CDATA[", "</style><b>", "<svg/onload=alert(1)>",
    "\xc0\xbcscript\xc0\xbe",
    "\xff\"><b>", "\xe4\"><b>", "\x01<\x02s\x03>", "<s\xe2\x80\xae" "cript>", "\n\r\t<b>",
};

/* Every place where a value may stand. */
static const char *const places[] = {
    "<p>[{{name}}]</p>", "<title>[{{name}}]</title>", "<textarea>[{{name}}]</textarea>",
    "<p title=\"[{{name}}]\">", "<p class=\"[{{name}}]\">", "<p id=\"[{{name}}]\">",
    "<p lang=\"[{{name}}]\">", "<p dir=\"[{{name}}]\">", "<input value=\"[{{name}}]\">",
    "<input name=\"[{{name}}]\">", "<input type=\"[{{name}}]\">",
    "<input placeholder=\"[{{name}}]\">", "<input autocomplete=\"[{{name}}]\">",
    "<label for=\"[{{name}}]\">", "<track label=\"[{{name}}]\">", "<img alt=\"[{{name}}]\">",
    "<a hreflang=\"[{{name}}]\">", "<time datetime=\"[{{name}}]\">",
    "<p data-x=\"[{{name}}]\">", "<p aria-label=\"[{{name}}]\">",
    "{{#rows}}{{^odd}}[{{name}}]{{/odd}}{{/rows}}", "{{#name}}[{{name}}]{{/name}}",
};

static void no_value_is_more_than_text(void **state)
{
    apr_pool_t *pool = *state;
    size_t i, k;

    for (i = 0; i < COUNT(places); i++) {
        for (k = 0; k < COUNT(attacks); k++) {
            const char *shown = render(places[i], attacks[k], pool);
            const char *open = strchr(shown, '[');
            const char *close = strrchr(shown, ']');
            const char *c;

            assert_non_null(open);
            assert_non_null(close);
            for (c = open; c < close; c++) {
                CHECK(strchr("<>\"'", *c) == NULL, "'%s' in '%s' gives '%s'", attacks[k],
                      places[i], shown);
                CHECK((unsigned char)*c >= ' ' || *c == '\n' || *c == '\t',
                      "a control byte in '%s'", shown);
            }
            CHECK(wecom_text_is_plain_utf8(open, 1), "%s", shown);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(templates_show),
        TEST(templates_are_refused),
        TEST(first_line_is_the_version),
        TEST(what_is_needed_stands_there_once),
        TEST(bytes_that_are_no_text),
        TEST(ceilings),
        TEST(no_value_is_more_than_text),
    };

    return cmocka_run_group_tests_name("template", tests, support_start, support_end);
}
