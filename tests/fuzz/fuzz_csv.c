/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_csv.c - lists from anywhere, in pieces of any size.
 *
 * What was read is written and read again: it must be the same, whatever the pieces.
 */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/base/csv.h"
#include "insist.h"

typedef struct pieces_t {
    const char *data;
    size_t len;
    size_t piece;
} pieces_t;

static apr_ssize_t give(void *baton, char *room, apr_size_t len)
{
    pieces_t *pieces = baton;
    size_t n = pieces->piece < pieces->len ? pieces->piece : pieces->len;

    n = n < len ? n : len;
    if (n > 0) {
        memcpy(room, pieces->data, n);
    }
    pieces->data += n;
    pieces->len -= n;
    return (apr_ssize_t)n;
}

static const char *write_record(const wecom_csv_record_t *record, apr_pool_t *pool)
{
    const char *line = "";
    int i;

    for (i = 0; i < record->count; i++) {
        line = apr_pstrcat(pool, line, i > 0 ? "," : "",
                           *record->fields[i] == '\0' ? "\"\""
                                                      : wecom_csv_field(record->fields[i], pool),
                           NULL);
    }
    return apr_pstrcat(pool, line, "\n", NULL);
}

static void judge_again(const wecom_csv_record_t *record, apr_pool_t *pool)
{
    const char *line = write_record(record, pool);
    pieces_t pieces = { line, strlen(line), 5 };
    wecom_csv_t *csv = wecom_csv_make(give, &pieces, pool);
    wecom_csv_record_t again;
    int i;

    insist(wecom_csv_next(csv, &again, pool) == 1);
    insist(again.wrong == NULL && again.count == record->count);
    for (i = 0; i < again.count; i++) {
        insist(strcmp(again.fields[i], record->fields[i]) == 0);
    }
    insist(wecom_csv_next(csv, &again, pool) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pieces_t whole = { (const char *)data, size, 65536 };
    pieces_t parts = { (const char *)data, size, 3 };
    wecom_csv_record_t a, b;
    apr_int64_t line = 0;
    apr_pool_t *pool;
    wecom_csv_t *one, *other;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    one = wecom_csv_make(give, &whole, pool);
    other = wecom_csv_make(give, &parts, pool);
    while (wecom_csv_next(one, &a, pool) == 1) {
        insist(wecom_csv_next(other, &b, pool) == 1);
        insist(a.line == b.line && a.line > line && a.count == b.count);
        insist((a.wrong == NULL) == (b.wrong == NULL));
        line = a.line;
        if (a.wrong == NULL) {
            judge_again(&a, pool);
        }
    }
    insist(wecom_csv_next(other, &b, pool) == 0);
    apr_pool_destroy(pool);
    return 0;
}
