/* SPDX-License-Identifier: Apache-2.0 */
/* test_csv.c - lists with commas. */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/base/csv.h"
#include "../../src/base/limits.h"

/* Bytes that come in pieces. */
typedef struct pieces_t {
    const char *data;
    apr_size_t len;
    apr_size_t piece;
    int breaks;     /* the source fails in place of its end */
} pieces_t;

static apr_ssize_t give(void *baton, char *room, apr_size_t len)
{
    pieces_t *pieces = baton;
    apr_size_t n = pieces->piece < pieces->len ? pieces->piece : pieces->len;

    if (n == 0 && pieces->breaks) {
        return -1;
    }
    n = n < len ? n : len;
    memcpy(room, pieces->data, n);
    pieces->data += n;
    pieces->len -= n;
    return (apr_ssize_t)n;
}

/* All records as text: "line:field|field;", and "line:!" for one that is wrong. */
static const char *read_all(const char *data, apr_size_t len, apr_size_t piece, apr_pool_t *pool)
{
    pieces_t pieces = { support_guard(data, len, pool), len, piece, 0 };
    wecom_csv_t *csv = wecom_csv_make(give, &pieces, pool);
    wecom_csv_record_t record;
    const char *out = "";
    int got;
    int i;

    while ((got = wecom_csv_next(csv, &record, pool)) == 1) {
        out = apr_psprintf(pool, "%s%d:", out, (int)record.line);
        if (record.wrong != NULL) {
            assert_int_equal(record.count, 0);
            out = apr_pstrcat(pool, out, "!", NULL);
        }
        for (i = 0; i < record.count; i++) {
            out = apr_pstrcat(pool, out, i > 0 ? "|" : "", record.fields[i], NULL);
        }
        out = apr_pstrcat(pool, out, ";", NULL);
    }
    assert_int_equal(got, 0);
    assert_int_equal(wecom_csv_next(csv, &record, pool), 0);
    return out;
}

static void reads(void **state)
{
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        { "", "" },
        { "\n\r\n\n", "" },
        { "\xef\xbb\xbf", "" },
        { "a", "1:a;" },
        { "a\n", "1:a;" },
        { "a\r\n", "1:a;" },
        { "a\r", "1:a;" },
        { "a,b\nc,d", "1:a|b;2:c|d;" },
        { "\xef\xbb\xbf" "a,b\r\nc,d\r\n", "1:a|b;2:c|d;" },
        { "\xef\xbb", "1:!;" },
        { ",", "1:|;" },
        { ",,\n", "1:||;" },
        { "\"\"\n", "1:;" },
        { "\n\na\n\nb", "3:a;5:b;" },
        { " a , b ", "1: a | b ;" },
        { "\"a,b\",c", "1:a,b|c;" },
        { "\"say \"\"hi\"\"\",\"\"\"\"", "1:say \"hi\"|\";" },
        { "\"two\nlines\",x\ny", "1:two\nlines|x;3:y;" },
        { "\"two\r\nlines\"\r\ny", "1:two\r\nlines;3:y;" },
        { "\"a\rb\"", "1:a\rb;" },
        { "=1+1,@x,\"\tt\"", "1:=1+1|@x|\tt;" },
        { "\xe5\xbc\xa0\xe4\xb8\x89,x", "1:\xe5\xbc\xa0\xe4\xb8\x89|x;" },
        /* wrong, and the next line is tried */
        { "a\"b\nc", "1:!;2:c;" },
        { "\"a\"b\nc", "1:!;2:c;" },
        { "\"a\" \nc", "1:!;2:c;" },
        { "a\rb\nc", "1:!;2:c;" },
        { "\r\ra\nc", "1:!;2:c;" },
        { "a,\xff\nc", "1:!;2:c;" },
        { "\xd5\xc5\xc8\xfd\nc", "1:!;2:c;" },      /* GBK */
        { "x\n\"open\nc", "1:x;2:!;" },
        { "\"", "1:!;" },
    };
    apr_pool_t *pool = *state;
    apr_size_t piece;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        for (piece = 1; piece <= 4; piece++) {
            const char *got = read_all(rows[i].in, strlen(rows[i].in), piece, pool);

            CHECK(strcmp(got, rows[i].out) == 0, "row %d: %s is not %s", (int)i, got,
                  rows[i].out);
        }
    }
}

static void a_zero_is_refused(void **state)
{
    assert_string_equal(read_all("a\0b\nc", 5, 64, *state), "1:!;2:c;");
    assert_string_equal(read_all("\"a\0b\"\nc", 7, 64, *state), "1:!;2:c;");
}

static void ceilings_hold(void **state)
{
    apr_pool_t *pool = *state;
    char *data = apr_palloc(pool, 3 * WECOM_MAX_CSV_RECORD);
    const char *got;

    memset(data, 'x', 3 * WECOM_MAX_CSV_RECORD);
    /* the NUL of each field counts */
    data[WECOM_MAX_CSV_RECORD - 1] = '\n';
    got = read_all(data, WECOM_MAX_CSV_RECORD + 3, 70000, pool);
    assert_int_equal(strlen(got), 2 + WECOM_MAX_CSV_RECORD - 1 + 1 + 6);
    /* one more is too long, and whatever follows is not believed */
    data[WECOM_MAX_CSV_RECORD - 1] = 'x';
    data[WECOM_MAX_CSV_RECORD] = '\n';
    assert_string_equal(read_all(data, WECOM_MAX_CSV_RECORD + 3, 70000, pool), "1:!;");
    /* commas alone */
    memset(data, ',', WECOM_MAX_CSV_COLUMNS);
    memcpy(data + WECOM_MAX_CSV_COLUMNS, "\nc", 2);
    assert_string_equal(read_all(data, WECOM_MAX_CSV_COLUMNS + 2, 7, pool), "1:!;2:c;");
    got = read_all(data + 1, WECOM_MAX_CSV_COLUMNS - 1, 7, pool);
    assert_int_equal(strlen(got), 3 + WECOM_MAX_CSV_COLUMNS - 1);
}

static void a_source_that_fails_is_told(void **state)
{
    pieces_t pieces = { "a,b\nc", 5, 5, 1 };
    wecom_csv_record_t record;
    wecom_csv_t *csv = wecom_csv_make(give, &pieces, *state);

    assert_int_equal(wecom_csv_next(csv, &record, *state), 1);
    assert_int_equal(wecom_csv_next(csv, &record, *state), -1);
}

static void what_is_written_is_read(void **state)
{
    static const char *const values[] = {
        "plain", "", " ", "\t", "a,b", "\"", "\"\"", "a\nb", "\r", "\r\n", "=1+1", "+8613800000000",
        "-1", "@x", "\tTAB", "\xef\xbb\xbf", " blanks ", "\xe5\xbc\xa0\xe4\xb8\x89"
    };
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(values); i++) {
        const char *line = apr_pstrcat(pool, wecom_csv_field(values[i], pool), ",x\n", NULL);
        const char *want = apr_pstrcat(pool, "1:", values[i], "|x;", NULL);

        CHECK(strcmp(read_all(line, strlen(line), 64, pool), want) == 0, "value %d: %s", (int)i,
              line);
    }
    assert_string_equal(wecom_csv_field(NULL, pool), "");
    assert_string_equal(wecom_csv_field("+86 138", pool), "+86 138");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads),
        TEST(a_zero_is_refused),
        TEST(ceilings_hold),
        TEST(a_source_that_fails_is_told),
        TEST(what_is_written_is_read),
    };

    return cmocka_run_group_tests_name("csv", tests, support_start, support_end);
}
