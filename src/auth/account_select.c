/* SPDX-License-Identifier: Apache-2.0 */
/* account_select.c - see account_select.h. */

#include "account_select.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"
#include "account_facet.h"
#include "account_sql.h"
#include "normal.h"

#define MAX_COLUMNS 64  /* of an answer, whose names are looked at */
#define TRIES       2   /* of a search: the connection may have been of no use any more */

typedef struct shelf_t {
    wecom_book_t head;
    const wecom_sql_port_t *port;
    const apr_array_header_t *order;
} shelf_t;

/* --- the statement ---------------------------------------------------------------------------- */

typedef struct reader_t {
    const char *at;
    const char *copied;         /* what of the text is in out already ends here */
    const char *out;
    apr_array_header_t *order;
    const char *sentence;
    char quote;                 /* ' or " or ` while between them, else 0 */
    int has_username;
    apr_pool_t *pool;
} reader_t;

static const char *column_names[] = { "username", "email", "phone" };
static const wecom_column_t columns[] = {
    WECOM_COLUMN_USERNAME, WECOM_COLUMN_EMAIL, WECOM_COLUMN_PHONE
};

/* Puts text in the place of the next len bytes. */
static void replace(reader_t *reader, apr_size_t len, const char *text)
{
    reader->out = apr_pstrcat(reader->pool, reader->out,
                              apr_pstrmemdup(reader->pool, reader->copied,
                                             (apr_size_t)(reader->at - reader->copied)),
                              text, NULL);
    reader->at += len;
    reader->copied = reader->at;
}

static void read_token(reader_t *reader)
{
    const char *name = reader->at + 2;
    apr_size_t n = strcspn(name, "}");
    int i;

    if (reader->quote != 0) {
        reader->sentence = "a token of WeComAccountQuery stands between quotes: take them away, "
                           "a value needs none";
        return;
    }
    for (i = 0; i < 3; i++) {
        if (name[n] == '}' && strlen(column_names[i]) == n
            && memcmp(column_names[i], name, n) == 0) {
            APR_ARRAY_PUSH(reader->order, wecom_column_t) = columns[i];
            reader->has_username |= columns[i] == WECOM_COLUMN_USERNAME;
            replace(reader, n + 3, "%s");
            return;
        }
    }
    reader->sentence = "WeComAccountQuery has an unknown token: there are %{username}, %{email} "
                       "and %{phone}";
}

static void read_quote(reader_t *reader)
{
    if (reader->quote == 0) {
        reader->quote = *reader->at;
    }
    else if (reader->quote == *reader->at) {
        reader->quote = 0; /* '' in a literal ends it and begins the next */
    }
    reader->at++;
}

/* Where the databases do not agree on the end of a literal or of a statement, nothing is let
 * through. */
static void read_one(reader_t *reader)
{
    const char *at = reader->at;

    if (at[0] == '%' && at[1] == '{') {
        read_token(reader);
    }
    else if (at[0] == '%') {
        replace(reader, 1, "%%");
    }
    else if (at[0] == '\'' || at[0] == '"' || at[0] == '`') {
        read_quote(reader);
    }
    else if (at[0] == ';') {
        reader->sentence = "WeComAccountQuery has a semicolon: write one statement, without one "
                           "at its end";
    }
    else if (at[0] == '\\' && reader->quote != 0) {
        reader->sentence = "WeComAccountQuery has a backslash between quotes, which not every "
                           "database reads alike: write '' for a quote in a literal";
    }
    else if (reader->quote == 0 && (at[0] == '?' || at[0] == '$')) {
        reader->sentence = "WeComAccountQuery has a ? or a $, which stand for values in some "
                           "databases: use a function in place of such an operator";
    }
    else if (reader->quote == 0
             && (at[0] == '#' || strncmp(at, "--", 2) == 0 || strncmp(at, "/*", 2) == 0)) {
        reader->sentence = "WeComAccountQuery has a comment (--, /* or #): leave it out";
    }
    else {
        reader->at++;
    }
}

/* What is wrong with the whole; NULL: nothing. */
static const char *judge_text(const char *text, apr_pool_t *pool)
{
    apr_size_t len = strlen(text);
    apr_size_t blank = strspn(text, " \t\r\n");
    apr_size_t i;

    if (len > WECOM_MAX_ACCOUNT_QUERY) {
        return "WeComAccountQuery is longer than 8192 bytes: make a view of it, and select from "
               "that";
    }
    if (!wecom_text_equal_fold(apr_pstrndup(pool, text + blank, 6), "SELECT")
        || !apr_isspace(text[blank + 6])) {
        return "WeComAccountQuery does not begin with SELECT and a blank";
    }
    for (i = 0; i < len; i++) {
        if (apr_iscntrl(text[i]) && !apr_isspace(text[i])) {
            return "WeComAccountQuery has control characters: write plain text";
        }
    }
    return NULL;
}

wecom_status_t wecom_account_select_parse(const char **statement, apr_array_header_t **order,
                                          const char **sentence, const char *text,
                                          apr_pool_t *pool)
{
    reader_t reader;

    memset(&reader, 0, sizeof(reader));
    reader.at = text;
    reader.copied = text;
    reader.out = "";
    reader.pool = pool;
    reader.order = apr_array_make(pool, 4, sizeof(wecom_column_t));
    reader.sentence = judge_text(text, pool);
    *statement = NULL;
    *order = NULL;
    while (reader.sentence == NULL && *reader.at != '\0') {
        read_one(&reader);
        if (reader.order->nelts > WECOM_MAX_ACCOUNT_VALUES) {
            reader.sentence = "WeComAccountQuery has more than 64 tokens: make a view, and select "
                              "from that";
        }
    }
    if (reader.sentence == NULL && reader.quote != 0) {
        reader.sentence = "a quote of WeComAccountQuery does not close";
    }
    if (reader.sentence == NULL && !reader.has_username) {
        reader.sentence = "WeComAccountQuery does not ask for %{username}: an account must be "
                          "found by its name";
    }
    *sentence = reader.sentence;
    if (reader.sentence != NULL) {
        return WECOM_E_BAD_INPUT;
    }
    replace(&reader, 0, "");
    *statement = reader.out;
    *order = reader.order;
    return WECOM_OK;
}

/* --- an answer -------------------------------------------------------------------------------- */

/* Where the columns stand in a row; -1: nowhere. */
typedef struct layout_t {
    int username;
    int email;
    int phone;
    int status;
    int name;
} layout_t;

static void find_columns(layout_t *layout, const wecom_sql_rows_t *rows)
{
    const char *const names[] = { "username", "email", "phone", "status", "name" };
    int *const places[] = {
        &layout->username, &layout->email, &layout->phone, &layout->status, &layout->name
    };
    const char *column;
    int i;
    int n;

    for (i = 0; i < 5; i++) {
        *places[i] = -1;
    }
    for (n = 0; n < MAX_COLUMNS && (column = wecom_sql_column(rows, n)) != NULL; n++) {
        for (i = 0; i < 5; i++) {
            if (*places[i] < 0 && wecom_text_equal_fold(column, names[i])) {
                *places[i] = n;
            }
        }
    }
}

/* A value that is text and no longer than it may be, or NULL. */
static const char *entry(const wecom_sql_rows_t *rows, int n, apr_size_t max_len)
{
    const char *value = n >= 0 ? wecom_sql_entry(rows, n) : NULL;

    return value != NULL && *value != '\0' && strlen(value) <= max_len
           && wecom_text_is_plain_utf8(value, strlen(value)) ? value : NULL;
}

static int is_known(const apr_array_header_t *found, const char *id)
{
    int i;

    for (i = 0; i < found->nelts; i++) {
        if (wecom_text_equal(APR_ARRAY_IDX(found, i, wecom_account_t).id, id)) {
            return 1;
        }
    }
    return 0;
}

/* What a search gathers over its rows. */
typedef struct gathering_t {
    apr_array_header_t *found;
    int accounts;
    int max;
    int is_too_large;
    int has_no_username;        /* the answer has no such column */
} gathering_t;

static void take_row(gathering_t *all, const wecom_sql_rows_t *rows, const layout_t *layout)
{
    wecom_account_t account;
    int is_new;

    memset(&account, 0, sizeof(account));
    account.username = entry(rows, layout->username, WECOM_MAX_USERNAME);
    if (wecom_normal_username(account.username, rows->pool) == NULL) {
        return;
    }
    is_new = !is_known(all->found, account.username);
    if (all->found->nelts == WECOM_MAX_ACCOUNT_ROWS || (is_new && all->accounts == all->max)) {
        all->is_too_large = 1;
        return;
    }
    all->accounts += is_new;
    account.id = account.username;
    account.email = entry(rows, layout->email, WECOM_MAX_EMAIL);
    account.phone = entry(rows, layout->phone, WECOM_MAX_PHONE);
    account.name = entry(rows, layout->name, WECOM_MAX_NAME);
    account.status = layout->status < 0
        ? WECOM_ACCOUNT_ACTIVE
        : wecom_account_sql_status(entry(rows, layout->status, WECOM_MAX_FIELD));
    APR_ARRAY_PUSH(all->found, wecom_account_t) = account;
}

/* One run of the statement. values: of username, e-mail and phone. 0: the database refuses. */
static int run(gathering_t *all, wecom_sql_t *sql, const apr_array_header_t *order,
               const char *const *values, apr_pool_t *pool)
{
    const char *placed[WECOM_MAX_ACCOUNT_VALUES];
    wecom_sql_rows_t rows;
    layout_t layout;
    int is_first = 1;
    int i;

    for (i = 0; i < order->nelts && i < WECOM_MAX_ACCOUNT_VALUES; i++) {
        wecom_column_t column = APR_ARRAY_IDX(order, i, wecom_column_t);

        placed[i] = values[column == WECOM_COLUMN_USERNAME ? 0
                           : column == WECOM_COLUMN_EMAIL ? 1 : 2];
    }
    if (!wecom_sql_select(&rows, sql, WECOM_SQL_SELECT_ACCOUNTS, placed, i, pool)) {
        return 0;
    }
    while (wecom_sql_next(&rows)) {
        if (is_first) {
            find_columns(&layout, &rows);
            all->has_no_username |= layout.username < 0;
            is_first = 0;
        }
        take_row(all, &rows, &layout);
    }
    return 1;
}

/* The n-th value of each column. 0: there are no more. */
static int nth_values(const char **out, const wecom_claim_value_t *values, int count, int n)
{
    int found = 0;
    int c;

    for (c = 0; c < 3; c++) {
        int left = n;
        int i;

        out[c] = NULL;
        for (i = 0; i < count && out[c] == NULL; i++) {
            if (values[i].column == columns[c] && left-- == 0) {
                out[c] = values[i].value;
                found = 1;
            }
        }
    }
    return found;
}

static wecom_status_t unavailable(wecom_error_t *err, const char *detail)
{
    return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "accounts", detail);
}

/* 0: the database refuses. */
static int run_all(gathering_t *all, wecom_sql_t *sql, const apr_array_header_t *order,
                   const wecom_claim_value_t *values, int count, apr_pool_t *pool)
{
    const char *round[3];
    int n;

    apr_array_clear(all->found);
    all->accounts = 0;
    all->is_too_large = 0;
    for (n = 0; nth_values(round, values, count, n); n++) {
        if (!run(all, sql, order, round, pool)) {
            sql->broken = 1; /* or the statement is wrong, which another connection will show */
            return 0;
        }
    }
    return 1;
}

static wecom_status_t select_find(const wecom_book_t *self_, apr_array_header_t **found,
                                  wecom_error_t *err, const wecom_claim_value_t *values,
                                  int count, int max, apr_pool_t *pool)
{
    const shelf_t *self = self_->baton;
    const char *complaint = "";
    gathering_t all = { apr_array_make(pool, 2, sizeof(wecom_account_t)), 0, max, 0, 0 };
    wecom_sql_t sql;
    int done = 0;
    int i;

    *found = all.found;
    for (i = 0; i < TRIES && !done; i++) {
        if (!self->port->borrow(self->port, &sql, pool)) {
            return unavailable(err, "the database cannot be reached, or does not understand "
                                    "WeComAccountQuery");
        }
        done = run_all(&all, &sql, self->order, values, count, pool);
        complaint = done ? "" : wecom_sql_complaint(&sql, pool);
        self->port->give_back(self->port, &sql);
    }
    if (!done) {
        return unavailable(err, apr_pstrcat(pool, "the database refuses WeComAccountQuery: ",
                                            complaint, NULL));
    }
    if (all.has_no_username) {
        return unavailable(err, "the answer to WeComAccountQuery has no column username: write "
                                "SELECT ... AS username");
    }
    return all.is_too_large ? WECOM_E_TOO_LARGE : WECOM_OK;
}

static wecom_status_t select_get(const wecom_book_t *self, apr_array_header_t **facets,
                                 wecom_error_t *err, const char *username, apr_pool_t *pool)
{
    const wecom_claim_value_t value = { "username", WECOM_COLUMN_USERNAME, username };
    apr_array_header_t *found;
    wecom_status_t status = select_find(self, &found, err, &value, 1, WECOM_MAX_ACCOUNT_ROWS,
                                        pool);

    *facets = NULL;
    if (status == WECOM_E_TOO_LARGE) {
        return unavailable(err, "WeComAccountQuery finds hundreds of rows for one username: does "
                                "its WHERE depend on %{username}?");
    }
    return status == WECOM_OK ? wecom_account_facet_pick(facets, found, username, pool)
                              : status;
}

wecom_book_t *wecom_account_select_book(const wecom_sql_port_t *port,
                                        const apr_array_header_t *order, apr_pool_t *pool)
{
    shelf_t *shelf = apr_pcalloc(pool, sizeof(*shelf));

    shelf->port = port;
    shelf->order = order;
    shelf->head.find = select_find;
    shelf->head.get = select_get;
    shelf->head.baton = shelf;
    return &shelf->head;
}
