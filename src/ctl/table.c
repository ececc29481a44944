/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - see table.h. */

#include "table.h"

#include <stdint.h>
#include <stdio.h>

#include <apr_strings.h>
#include <apr_tables.h>

struct wecom_table_t {
    const char *const *titles;
    int count;
    int *widths;
    apr_array_header_t *waiting;    /* const char **, while widths are still looked for */
    apr_pool_t *pool;
};

/* East Asian Wide and Fullwidth (UAX 11), in broad strokes. */
static int is_wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf)
           || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff)
           || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60)
           || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff)
           || (c >= 0x20000 && c <= 0x3fffd);
}

static uint32_t read_character(const unsigned char **s)
{
    uint32_t c = *(*s)++;

    if (c >= 0xc0) {
        c &= c >= 0xf0 ? 0x07u : c >= 0xe0 ? 0x0fu : 0x1fu;
        while ((**s & 0xc0) == 0x80) {
            c = (c << 6) | (*(*s)++ & 0x3fu);
        }
    }
    return c;
}

static int width_of(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    int width = 0;

    while (*s != '\0') {
        width += is_wide(read_character(&s)) ? 2 : 1;
    }
    return width;
}

static void print_row(const wecom_table_t *table, const char *const *fields)
{
    int i;

    for (i = 0; i < table->count; i++) {
        int blanks = table->widths[i] - width_of(fields[i]);

        fputs(fields[i], stdout);
        if (i + 1 < table->count) {
            printf("%*s", blanks > 0 ? blanks + 2 : 2, "");
        }
    }
    putchar('\n');
}

static void widen(wecom_table_t *table, const char *const *fields)
{
    int i;

    for (i = 0; i < table->count; i++) {
        int width = width_of(fields[i]);

        table->widths[i] = width > table->widths[i] ? width : table->widths[i];
    }
}

wecom_table_t *wecom_table_make(const char *const *titles, int count, apr_pool_t *pool)
{
    wecom_table_t *table = apr_pcalloc(pool, sizeof(*table));

    table->titles = titles;
    table->count = count;
    table->widths = apr_pcalloc(pool, (apr_size_t)count * sizeof(*table->widths));
    table->waiting = apr_array_make(pool, 16, sizeof(const char **));
    table->pool = pool;
    widen(table, titles);
    return table;
}

static void print_waiting(wecom_table_t *table)
{
    int i;

    if (table->waiting == NULL) {
        return;
    }
    print_row(table, table->titles);
    for (i = 0; i < table->waiting->nelts; i++) {
        print_row(table, APR_ARRAY_IDX(table->waiting, i, const char **));
    }
    table->waiting = NULL;
}

void wecom_table_row(wecom_table_t *table, const char *const *fields)
{
    const char **kept;
    int i;

    if (table->waiting == NULL) {
        print_row(table, fields);
        return;
    }
    kept = apr_palloc(table->pool, (apr_size_t)table->count * sizeof(*kept));
    for (i = 0; i < table->count; i++) {
        kept[i] = apr_pstrdup(table->pool, fields[i]);
    }
    widen(table, kept);
    APR_ARRAY_PUSH(table->waiting, const char **) = kept;
    if (table->waiting->nelts == WECOM_TABLE_ROWS) {
        print_waiting(table);
    }
}

void wecom_table_end(wecom_table_t *table)
{
    if (table->waiting != NULL && table->waiting->nelts > 0) {
        print_waiting(table);
    }
}
