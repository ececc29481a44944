/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c - see csv.h. One byte at a time through five states; no byte is looked at twice. */

#include "csv.h"

#include <string.h>

#include <apr_strings.h>

#include "limits.h"
#include "text.h"

#define BUFFER   65536
#define AT_END   (-1)
#define UNREAD   (-2)

static const char byte_order_mark[] = "\xef\xbb\xbf";

typedef enum state_t {
    FIELD_START = 0,
    PLAIN,
    QUOTED,
    QUOTE_IN_QUOTED,    /* the closing one, or the first of two */
    AFTER_CR
} state_t;

struct wecom_csv_t {
    wecom_csv_source_t source;
    void *baton;
    char *buffer;
    apr_size_t at;
    apr_size_t filled;
    int is_over;                /* nothing more is read */
    apr_int64_t line;           /* of the next byte */
    /* the record that is being read */
    state_t state;
    const char *wrong;
    char *text;                 /* fields, a NUL behind each */
    apr_size_t len;
    apr_size_t starts[WECOM_MAX_CSV_COLUMNS];
    int count;                  /* fields that have begun */
};

/* --- bytes ------------------------------------------------------------------------------------ */

/* 1, 0 at the end, or UNREAD. */
static int fill(wecom_csv_t *csv)
{
    apr_ssize_t n = csv->source(csv->baton, csv->buffer + csv->filled, BUFFER - csv->filled);

    if (n < 0 || (apr_size_t)n > BUFFER - csv->filled) {
        return UNREAD;
    }
    csv->filled += (apr_size_t)n;
    return n > 0;
}

static int next_byte(wecom_csv_t *csv)
{
    if (csv->is_over) {
        return AT_END;
    }
    if (csv->at == csv->filled) {
        int got;

        csv->at = csv->filled = 0;
        got = fill(csv);
        if (got <= 0) {
            csv->is_over = 1;
            return got == 0 ? AT_END : UNREAD;
        }
    }
    return (unsigned char)csv->buffer[csv->at++];
}

static void skip_mark(wecom_csv_t *csv)
{
    const apr_size_t len = sizeof(byte_order_mark) - 1;

    while (csv->filled < len && fill(csv) == 1) {
    }
    if (csv->filled >= len && memcmp(csv->buffer, byte_order_mark, len) == 0) {
        csv->at = len;
    }
}

/* --- a record --------------------------------------------------------------------------------- */

static void begin(wecom_csv_t *csv)
{
    csv->state = FIELD_START;
    csv->wrong = NULL;
    csv->len = 0;
    csv->starts[0] = 0;
    csv->count = 1;
}

/* The last byte of the room stays free for the NUL of the last field. */
static void put(wecom_csv_t *csv, int c)
{
    if (c == 0) {
        csv->wrong = "holds a byte of zero; save the list as text in UTF-8";
    }
    else if (csv->len + 1 >= WECOM_MAX_CSV_RECORD) {
        csv->wrong = "is longer than " APR_STRINGIFY(WECOM_MAX_CSV_RECORD) " bytes, perhaps "
                     "because a quote is not closed; nothing behind it was read";
        csv->is_over = 1;
    }
    else {
        csv->text[csv->len++] = (char)c;
    }
}

static void end_field(wecom_csv_t *csv)
{
    csv->state = FIELD_START;
    if (csv->count == WECOM_MAX_CSV_COLUMNS) {
        csv->wrong = "has more than " APR_STRINGIFY(WECOM_MAX_CSV_COLUMNS) " fields; take the "
                     "superfluous commas away";
    }
    else if (csv->len + 1 >= WECOM_MAX_CSV_RECORD) {
        put(csv, ',');
    }
    else {
        csv->text[csv->len++] = '\0';
        csv->starts[csv->count++] = csv->len;
    }
}

/* A byte outside of quotes. 1 when the record ends with it. */
static int take_outside(wecom_csv_t *csv, int c)
{
    if (c == '\n') {
        return 1;
    }
    if (csv->state == AFTER_CR) {
        csv->wrong = "holds a carriage return that no line feed follows; put the field in quotes, "
                     "or save the list with the line ends of Windows or Linux";
    }
    else if (c == '\r') {
        csv->state = AFTER_CR;
    }
    else if (c == ',') {
        end_field(csv);
    }
    else if (c == '"' && csv->state == FIELD_START) {
        csv->state = QUOTED;
    }
    else if (csv->state == QUOTE_IN_QUOTED) {
        csv->wrong = "goes on behind a closing quote; a quote inside of a field is written twice";
    }
    else if (c == '"') {
        csv->wrong = "holds a quote inside of a field that does not begin with one; put the field "
                     "in quotes, and write the quote twice";
    }
    else {
        csv->state = PLAIN;
        put(csv, c);
    }
    return 0;
}

/* 1 when the record ends with this byte. */
static int take(wecom_csv_t *csv, int c)
{
    if (c == '\n') {
        csv->line++;
    }
    if (csv->wrong != NULL) {
        return c == '\n';
    }
    if (csv->state == QUOTED) {
        if (c == '"') {
            csv->state = QUOTE_IN_QUOTED;
        }
        else {
            put(csv, c);
        }
        return 0;
    }
    if (csv->state == QUOTE_IN_QUOTED && c == '"') {
        csv->state = QUOTED;
        put(csv, c);
        return 0;
    }
    return take_outside(csv, c);
}

/* Line breaks and tabs may stand in a field, so what is between them is judged. */
static int is_utf8(const char *s, apr_size_t len)
{
    apr_size_t from = 0;
    apr_size_t i;

    for (i = 0; i <= len; i++) {
        if (i == len || (unsigned char)s[i] < 0x20 || s[i] == 0x7f) {
            if (!wecom_text_is_plain_utf8(s + from, i - from)) {
                return 0;
            }
            from = i + 1;
        }
    }
    return 1;
}

static int is_blank(const wecom_csv_t *csv)
{
    return csv->wrong == NULL && csv->count == 1 && csv->len == 0
           && (csv->state == FIELD_START || csv->state == AFTER_CR);
}

static void hand_out(wecom_csv_record_t *record, wecom_csv_t *csv, apr_pool_t *pool)
{
    const char **fields;
    const char *text;
    int i;

    if (csv->wrong == NULL && !is_utf8(csv->text, csv->len)) {
        csv->wrong = "is not UTF-8; in a spreadsheet, save the list as \"CSV UTF-8\"";
    }
    record->wrong = csv->wrong;
    record->fields = NULL;
    record->count = 0;
    if (csv->wrong != NULL) {
        return;
    }
    csv->text[csv->len] = '\0';
    text = apr_pmemdup(pool, csv->text, csv->len + 1);
    fields = apr_palloc(pool, (apr_size_t)csv->count * sizeof(*fields));
    for (i = 0; i < csv->count; i++) {
        fields[i] = text + csv->starts[i];
    }
    record->fields = fields;
    record->count = csv->count;
}

int wecom_csv_next(wecom_csv_t *csv, wecom_csv_record_t *record, apr_pool_t *pool)
{
    int c;

    memset(record, 0, sizeof(*record));
    do {
        begin(csv);
        record->line = csv->line;
        do {
            c = next_byte(csv);
        } while (c >= 0 && !take(csv, c) && !csv->is_over);
        if (c == UNREAD) {
            return -1;
        }
    } while (is_blank(csv) && c >= 0);
    if (is_blank(csv)) {
        return 0;
    }
    if (csv->wrong == NULL && csv->state == QUOTED) {
        csv->wrong = "opens a quote that is not closed before the end; close it";
    }
    hand_out(record, csv, pool);
    return 1;
}

wecom_csv_t *wecom_csv_make(wecom_csv_source_t source, void *baton, apr_pool_t *pool)
{
    wecom_csv_t *csv = apr_pcalloc(pool, sizeof(*csv));

    csv->source = source;
    csv->baton = baton;
    csv->buffer = apr_palloc(pool, BUFFER);
    csv->text = apr_palloc(pool, WECOM_MAX_CSV_RECORD);
    csv->line = 1;
    skip_mark(csv);
    return csv;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Blanks and tabs at the ends are lost in some spreadsheets, unless they stand in quotes. */
const char *wecom_csv_field(const char *value, apr_pool_t *pool)
{
    apr_size_t len = value != NULL ? strlen(value) : 0;
    apr_size_t at = 0;
    apr_size_t i;
    char *out;

    if (len == 0) {
        return "";
    }
    if (strpbrk(value, ",\"\r\n\t") == NULL && value[0] != ' ' && value[len - 1] != ' '
        && strncmp(value, byte_order_mark, 3) != 0) {
        return value;
    }
    out = apr_palloc(pool, 2 * len + 3);
    out[at++] = '"';
    for (i = 0; i < len; i++) {
        if (value[i] == '"') {
            out[at++] = '"';
        }
        out[at++] = value[i];
    }
    out[at++] = '"';
    out[at] = '\0';
    return out;
}
