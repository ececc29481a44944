/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template.c - see template.h.
 *
 * A template becomes a row of steps: literal text, values, and the two ends of sections, which
 * know where the other one is. The renderer walks the row and knows in which item of a list it is.
 */
#include "template.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"
#include "template_html.h"
#include "template_int.h"

#define VERSION_BEFORE "<!-- wecom-template "
#define VERSION "1"
#define VERSION_AFTER " -->"

#define MAX_SHOWN 40 /* bytes of a wrong name that a sentence repeats */

/* A section that is open while compiling. */
typedef struct open_t {
    const char *name;
    apr_size_t len;
    int line;
    int step;
    int is_list;
    wecom_html_t html;   /* where it began */
} open_t;

typedef struct compiler_t {
    int line;
    const wecom_slot_t *scopes[2];   /* the whole vocabulary; that of an item */
    int scope;
    open_t open[WECOM_MAX_TEMPLATE_DEPTH];
    int opened;
    wecom_html_t html;
    apr_array_header_t *steps;   /* wecom_template_step_t */
    apr_array_header_t *needed;  /* int: slots of the first scope that have been seen */
    wecom_slip_t *slip;
    apr_pool_t *pool;
} compiler_t;

static int refuse(compiler_t *compiler, const char *sentence)
{
    if (compiler->slip->sentence == NULL) {
        compiler->slip->line = compiler->line;
        compiler->slip->sentence = sentence;
    }
    return 0;
}

static const char *shown(const compiler_t *compiler, const char *name, apr_size_t len)
{
    return wecom_text_clean(name, len, MAX_SHOWN, compiler->pool);
}

/* --- names ------------------------------------------------------------------------------------ */

static const wecom_slot_t *find(const compiler_t *compiler, int *depth, int *slot,
                                const char *name, apr_size_t len)
{
    int i;

    for (*depth = compiler->scope; *depth >= 0; (*depth)--) {
        const wecom_slot_t *slots = compiler->scopes[*depth];

        for (i = 0; slots[i].name != NULL; i++) {
            if (strlen(slots[i].name) == len && memcmp(slots[i].name, name, len) == 0) {
                *slot = i;
                return &slots[i];
            }
        }
    }
    return NULL;
}

static int refuse_name(compiler_t *compiler, const char *name, apr_size_t len)
{
    return refuse(compiler, apr_psprintf(compiler->pool, "{{%s}} is not known here; mend its "
                                         "spelling, or take it out",
                                         shown(compiler, name, len)));
}

static wecom_template_step_t *add_step(compiler_t *compiler, wecom_template_kind_t kind)
{
    wecom_template_step_t *step = apr_array_push(compiler->steps);

    memset(step, 0, sizeof(*step));
    step->kind = kind;
    return step;
}

/* --- placeholders ----------------------------------------------------------------------------- */

static wecom_html_value_t html_value(wecom_slot_kind_t kind)
{
    switch (kind) {
    case WECOM_SLOT_ADDRESS:
        return WECOM_HTML_ADDRESS;
    case WECOM_SLOT_NONCE:
        return WECOM_HTML_NONCE;
    case WECOM_SLOT_MARKUP:
        return WECOM_HTML_MARKUP;
    case WECOM_SLOT_DATA:
        return WECOM_HTML_DATA;
    default:
        return WECOM_HTML_PLAIN;
    }
}

static int note_needed(compiler_t *compiler, const wecom_slot_t *found, int slot)
{
    int i;

    if (!found->needed) {
        return 1;
    }
    for (i = 0; i < compiler->needed->nelts; i++) {
        if (APR_ARRAY_IDX(compiler->needed, i, int) == slot) {
            return refuse(compiler, apr_psprintf(compiler->pool, "{{%s}} stands here twice; take "
                                                 "one of the two out", found->name));
        }
    }
    if (compiler->opened > 0) {
        return refuse(compiler, apr_psprintf(compiler->pool, "{{%s}} must not stand in a section, "
                                             "since no page works without it", found->name));
    }
    APR_ARRAY_PUSH(compiler->needed, int) = slot;
    return 1;
}

static int compile_value(compiler_t *compiler, const char *name, apr_size_t len)
{
    int depth, slot;
    const wecom_slot_t *found = find(compiler, &depth, &slot, name, len);
    const char *wrong;
    wecom_template_step_t *step;

    if (found == NULL) {
        return refuse_name(compiler, name, len);
    }
    if (found->kind == WECOM_SLOT_LIST || found->kind == WECOM_SLOT_FLAG) {
        return refuse(compiler, apr_psprintf(compiler->pool, "%s is no text; write {{#%s}} and "
                                             "{{/%s}} around what it shows", found->name,
                                             found->name, found->name));
    }
    wrong = wecom_html_accept(&compiler->html, html_value(found->kind));
    if (wrong != NULL) {
        return refuse(compiler, wrong);
    }
    step = add_step(compiler, found->kind == WECOM_SLOT_MARKUP || found->kind == WECOM_SLOT_DATA
                              ? WECOM_TEMPLATE_MARKUP : WECOM_TEMPLATE_VALUE);
    step->depth = depth;
    step->slot = slot;
    return note_needed(compiler, found, slot);
}

static int begin_section(compiler_t *compiler, const char *name, apr_size_t len, int inverted)
{
    int depth, slot;
    const wecom_slot_t *found = find(compiler, &depth, &slot, name, len);
    const char *wrong;
    open_t *open;
    wecom_template_step_t *step;

    if (found == NULL) {
        return refuse_name(compiler, name, len);
    }
    if (found->kind == WECOM_SLOT_NONCE || found->kind == WECOM_SLOT_MARKUP
        || found->kind == WECOM_SLOT_DATA) {
        return refuse(compiler, apr_psprintf(compiler->pool, "{{%s}} is no section; take the "
                                             "mark before its name out", found->name));
    }
    if (compiler->opened == WECOM_MAX_TEMPLATE_DEPTH) {
        return refuse(compiler, "sections are nested too deep; take one of them apart");
    }
    if (found->kind == WECOM_SLOT_LIST && compiler->scope > 0 && !inverted) {
        /* Lists in lists would multiply what there is to do. */
        return refuse(compiler, "a list must not stand inside a list; close the other one first");
    }
    wrong = wecom_html_accept(&compiler->html, WECOM_HTML_SECTION);
    if (wrong != NULL) {
        return refuse(compiler, wrong);
    }
    open = &compiler->open[compiler->opened++];
    open->name = found->name;
    open->len = len;
    open->line = compiler->line;
    open->step = compiler->steps->nelts;
    open->html = compiler->html;
    open->is_list = found->kind == WECOM_SLOT_LIST && !inverted;
    step = add_step(compiler, inverted ? WECOM_TEMPLATE_UNLESS
                              : open->is_list ? WECOM_TEMPLATE_EACH : WECOM_TEMPLATE_IF);
    step->depth = depth;
    step->slot = slot;
    if (open->is_list) {
        compiler->scopes[++compiler->scope] = found->items;
    }
    return 1;
}

static int end_section(compiler_t *compiler, const char *name, apr_size_t len)
{
    const char *wrong;
    open_t *open;

    if (compiler->opened == 0) {
        return refuse(compiler, apr_psprintf(compiler->pool, "{{/%s}} ends a section that has not "
                                             "begun; take it out", shown(compiler, name, len)));
    }
    open = &compiler->open[--compiler->opened];
    if (open->len != len || memcmp(open->name, name, len) != 0) {
        return refuse(compiler, apr_psprintf(compiler->pool, "{{/%s}} stands where {{/%s}} must "
                                             "come first, for the section of line %d",
                                             shown(compiler, name, len), open->name, open->line));
    }
    wrong = wecom_html_accept(&compiler->html, WECOM_HTML_SECTION);
    if (wrong == NULL) {
        wrong = wecom_html_join(&compiler->html, &open->html);
    }
    if (wrong != NULL) {
        return refuse(compiler, wrong);
    }
    APR_ARRAY_IDX(compiler->steps, open->step, wecom_template_step_t).other =
        compiler->steps->nelts;
    add_step(compiler, WECOM_TEMPLATE_END)->other = open->step;
    compiler->scope -= open->is_list;
    return 1;
}

/* --- the text --------------------------------------------------------------------------------- */

static int compile_literal(compiler_t *compiler, const char *text, apr_size_t len)
{
    wecom_template_step_t *step;
    apr_size_t i;

    for (i = 0; i < len; i++) {
        const char *wrong = wecom_html_read(&compiler->html, text[i]);

        if (wrong != NULL) {
            return refuse(compiler, wrong);
        }
        compiler->line += text[i] == '\n';
    }
    if (len > 0) {
        step = add_step(compiler, WECOM_TEMPLATE_LITERAL);
        step->text = text;
        step->len = len;
    }
    return 1;
}

/* A line that holds nothing but the mark of a section or a comment leaves no line behind. from: the
 * end of the text before the mark, which began at `start`; to: behind the mark. A line break stands
 * before every text, at the latest that of the first line. */
static void swallow_line(const char **from, const char **to, const char *start, const char *end)
{
    const char *before = *from;
    const char *after = *to;

    while (before > start && (before[-1] == ' ' || before[-1] == '\t')) {
        before--;
    }
    while (after < end && (*after == ' ' || *after == '\t' || *after == '\r')) {
        after++;
    }
    if (before[-1] == '\n' && after < end && *after == '\n') {
        *from = before;
        *to = after + 1;
    }
}

static int compile_mark(compiler_t *compiler, const char *name, apr_size_t len)
{
    char mark = len > 0 ? *name : '\0';
    const char *wrong;

    if (mark == '!') {
        wrong = wecom_html_accept(&compiler->html, WECOM_HTML_SECTION);
        return wrong == NULL ? 1 : refuse(compiler, wrong);
    }
    if (mark == '#' || mark == '^' || mark == '/') {
        name++;
        len--;
    }
    if (len == 0) {
        return refuse(compiler, "a name is missing between the braces");
    }
    switch (mark) {
    case '#':
        return begin_section(compiler, name, len, 0);
    case '^':
        return begin_section(compiler, name, len, 1);
    case '/':
        return end_section(compiler, name, len);
    default:
        return compile_value(compiler, name, len);
    }
}

static const char *find_two(char c, const char *from, const char *end)
{
    for (; end - from >= 2; from++) {
        from = memchr(from, c, (apr_size_t)(end - from) - 1);
        if (from == NULL) {
            return NULL;
        }
        if (from[1] == c) {
            return from;
        }
    }
    return NULL;
}

static int count_lines(const char *from, const char *to)
{
    int lines = 0;

    for (; from < to; from++) {
        lines += *from == '\n';
    }
    return lines;
}

/* Everything behind the first line. */
static int compile_body(compiler_t *compiler, const char *at, const char *end)
{
    while (at < end) {
        const char *open = find_two('{', at, end);
        const char *close = open != NULL ? find_two('}', open + 2, end) : NULL;
        const char *text_end = open != NULL ? open : end;
        const char *next = close != NULL ? close + 2 : end;
        int is_value;

        if (open == NULL) {
            return compile_literal(compiler, at, (apr_size_t)(end - at));
        }
        is_value = close == NULL || strchr("#^/!", open[2]) == NULL;
        if (!is_value) {
            swallow_line(&text_end, &next, at, end);
        }
        if (!compile_literal(compiler, at, (apr_size_t)(text_end - at))) {
            return 0;
        }
        if (close == NULL) {
            return refuse(compiler, "the braces {{ are not closed; write }} behind the name");
        }
        if (!compile_mark(compiler, open + 2, (apr_size_t)(close - open - 2))) {
            return 0;
        }
        compiler->line += count_lines(text_end, next);
        at = next;
    }
    return 1;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* The first line says of which version the template is. Returns where the second begins. */
static const char *read_version(compiler_t *compiler, const char *text, const char *end)
{
    static const char before[] = VERSION_BEFORE;
    static const char whole[] = VERSION_BEFORE VERSION VERSION_AFTER;
    const char *eol = memchr(text, '\n', (apr_size_t)(end - text));
    apr_size_t len = (apr_size_t)((eol != NULL ? eol : end) - text);

    if (len > 0 && text[len - 1] == '\r') {
        len--;
    }
    if (len == sizeof(whole) - 1 && memcmp(text, whole, len) == 0 && eol != NULL) {
        return eol + 1;
    }
    if (len >= sizeof(before) && memcmp(text, before, sizeof(before) - 1) == 0
        && memcmp(text, whole, len < sizeof(whole) - 1 ? len : sizeof(whole) - 1) != 0) {
        refuse(compiler, "the template is of a version that this module does not know; it knows "
               "version " VERSION ": compare it with the page of that name that came with the "
               "module, then write " VERSION_BEFORE VERSION VERSION_AFTER " as its first line");
    }
    else {
        refuse(compiler, "the first line must be " VERSION_BEFORE VERSION VERSION_AFTER);
    }
    return NULL;
}

/* wecom_text_is_plain_utf8 knows no line breaks. */
static int is_text(const char *s, apr_size_t len)
{
    apr_size_t from = 0;
    apr_size_t i;

    for (i = 0; i <= len; i++) {
        if (i == len || s[i] == '\n' || s[i] == '\r' || s[i] == '\t') {
            if (!wecom_text_is_plain_utf8(s + from, i - from)) {
                return 0;
            }
            from = i + 1;
        }
    }
    return 1;
}

static int check_end(compiler_t *compiler, const wecom_slot_t *slots)
{
    const char *wrong = wecom_html_finish(&compiler->html);
    int needed = 0;
    int i, k;

    if (compiler->opened > 0) {
        const open_t *open = &compiler->open[compiler->opened - 1];

        compiler->line = open->line;
        return refuse(compiler, apr_psprintf(compiler->pool, "the section {{#%s}} is not closed; "
                                             "write {{/%s}} at its end", open->name,
                                             open->name));
    }
    if (wrong != NULL) {
        return refuse(compiler, wrong);
    }
    compiler->line = 0;
    for (i = 0; slots[i].name != NULL; i++) {
        for (k = 0, needed = !slots[i].needed; k < compiler->needed->nelts && !needed; k++) {
            needed = APR_ARRAY_IDX(compiler->needed, k, int) == i;
        }
        if (!needed) {
            return refuse(compiler, apr_psprintf(compiler->pool, "{{%s}} is missing, without which "
                                                 "some pages do not work; see the documentation of "
                                                 "WeComPages", slots[i].name));
        }
    }
    return 1;
}

wecom_status_t wecom_template_compile(const wecom_template_t **out, wecom_slip_t *slip,
                                      const char *text, apr_size_t len,
                                      const wecom_slot_t *slots, apr_pool_t *pool)
{
    compiler_t *compiler = apr_pcalloc(pool, sizeof(*compiler));
    const char *body;
    const char *copy;
    wecom_template_t *made;

    *out = NULL;
    memset(slip, 0, sizeof(*slip));
    compiler->slip = slip;
    compiler->pool = pool;
    compiler->line = 1;
    compiler->scopes[0] = slots;
    compiler->steps = apr_array_make(pool, 64, sizeof(wecom_template_step_t));
    compiler->needed = apr_array_make(pool, 4, sizeof(int));
    wecom_html_start(&compiler->html);
    if (len > WECOM_MAX_TEMPLATE || !is_text(text, len)) {
        slip->sentence = len > WECOM_MAX_TEMPLATE
                         ? "the template is larger than 64 KiB; shorten it"
                         : "the template is not UTF-8, or holds control characters; save it as "
                           "UTF-8";
        return WECOM_E_BAD_INPUT;
    }
    copy = apr_pstrmemdup(pool, text, len);
    body = read_version(compiler, copy, copy + len);
    compiler->line = 2;
    if (body == NULL || !compile_body(compiler, body, copy + len)
        || !check_end(compiler, slots)) {
        return WECOM_E_BAD_INPUT;
    }
    made = apr_palloc(pool, sizeof(*made));
    made->steps = (const wecom_template_step_t *)compiler->steps->elts;
    made->count = compiler->steps->nelts;
    *out = made;
    return WECOM_OK;
}
