/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user.c - the pattern of REMOTE_USER, read piece by piece.
 *
 * Checking and filling in use the same reader, so what was accepted at start means the same on a
 * request.
 */
#include "user.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"

#define MAX_SHOWN 40 /* bytes of an unknown name that a sentence repeats */

typedef enum piece_t {
    PIECE_END,
    PIECE_TEXT,     /* stands for itself; "%%" is the text "%" */
    PIECE_USERID,
    PIECE_ACCOUNT,
    PIECE_SOURCE,
    PIECE_CORPID,
    PIECE_UNKNOWN   /* "%{...}" of another name */
} piece_t;

static const struct {
    const char *name;
    piece_t piece;
} names[] = {
    { "%{userid}", PIECE_USERID },
    { "%{account}", PIECE_ACCOUNT },
    { "%{source}", PIECE_SOURCE },
    { "%{corpid}", PIECE_CORPID },
};

/* The piece at *pos, and past it. text and len: the piece as it is to be copied. */
static piece_t next_piece(const char **text, apr_size_t *len, const char **pos)
{
    const char *s = *pos;
    apr_size_t i;

    *text = s;
    if (*s == '\0') {
        *len = 0;
        return PIECE_END;
    }
    if (*s != '%') {
        *len = strcspn(s, "%");
        *pos = s + *len;
        return PIECE_TEXT;
    }
    if (s[1] == '%') {
        *len = 1;
        *pos = s + 2;
        return PIECE_TEXT;
    }
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        *len = strlen(names[i].name);
        if (strncmp(s, names[i].name, *len) == 0) {
            *pos = s + *len;
            return names[i].piece;
        }
    }
    *len = 1 + strcspn(s + 1, "% ");
    *pos = s + *len;
    return PIECE_UNKNOWN;
}

static int names_somebody(const char *pattern)
{
    const char *text;
    apr_size_t len;
    piece_t piece;

    do {
        piece = next_piece(&text, &len, &pattern);
        if (piece == PIECE_USERID || piece == PIECE_ACCOUNT) {
            return 1;
        }
    } while (piece != PIECE_END);
    return 0;
}

const char *wecom_user_check(const char *pattern, apr_pool_t *pool)
{
    const char *pos = pattern;
    const char *text;
    apr_size_t len;
    piece_t piece;

    do {
        piece = next_piece(&text, &len, &pos);
        if (piece == PIECE_UNKNOWN) {
            return apr_psprintf(pool, "'%s' is not known; write %%{userid}, %%{account}, "
                                "%%{source} or %%{corpid}, and %%%% for a percent sign",
                                wecom_text_clean(text, len, MAX_SHOWN, pool));
        }
    } while (piece != PIECE_END);
    if (!names_somebody(pattern)) {
        return "everybody would be the same user; write %{userid} or %{account} into the pattern";
    }
    return NULL;
}

/* Can c stand in the id itself? A source's id is [a-z0-9-]; a corp id has more. */
static int may_be_part(piece_t piece, char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
           || (piece == PIECE_CORPID && ((c >= 'A' && c <= 'Z') || c == '_'));
}

/* Does the name begin or end with the id, parted from the rest by a character that no id holds?
 * In "%{userid}-%{source}" the member bob-x of source y and bob of x-y would be one user. */
int wecom_user_is_qualified(const char *pattern)
{
    int variable_before = 0;
    char before = '\0';
    piece_t piece;

    do {
        const char *text;
        apr_size_t len;

        if (pattern == NULL) {
            return 0;
        }
        piece = next_piece(&text, &len, &pattern);
        if (piece == PIECE_SOURCE || piece == PIECE_CORPID) {
            const char *rest = pattern;
            const char *next;
            apr_size_t next_len;
            piece_t after = next_piece(&next, &next_len, &rest);

            if (!variable_before && after == PIECE_TEXT && !may_be_part(piece, next[0])) {
                return 1;
            }
            while (after == PIECE_TEXT) {
                after = next_piece(&next, &next_len, &rest);
            }
            if (after == PIECE_END && before != '\0' && !may_be_part(piece, before)) {
                return 1;
            }
        }
        before = piece == PIECE_TEXT ? text[len - 1] : '\0';
        variable_before |= piece != PIECE_TEXT;
    } while (piece != PIECE_END);
    return 0;
}

static const char *account_of(const wecom_ticket_t *ticket)
{
    return ticket->account != NULL && *ticket->account != '\0' ? ticket->account
                                                               : ticket->userid;
}

const char *wecom_user_expand(const char *pattern, const wecom_ticket_t *ticket,
                              const wecom_source_t *source, apr_pool_t *pool)
{
    const char *user = "";
    const char *text;
    apr_size_t len;
    piece_t piece;

    if (pattern == NULL) {
        return account_of(ticket);
    }
    do {
        piece = next_piece(&text, &len, &pattern);
        switch (piece) {
        case PIECE_USERID:
            text = ticket->userid;
            break;
        case PIECE_ACCOUNT:
            text = account_of(ticket);
            break;
        case PIECE_SOURCE:
            text = ticket->source;
            break;
        case PIECE_CORPID:
            text = source != NULL ? source->app.corp_id : "";
            break;
        case PIECE_TEXT:
        case PIECE_UNKNOWN:
        case PIECE_END:
            text = apr_pstrmemdup(pool, text, len);
            break;
        }
        user = apr_pstrcat(pool, user, text, NULL);
    } while (piece != PIECE_END);
    return user;
}
