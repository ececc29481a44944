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

static int holds(const char *pattern, piece_t one, piece_t other)
{
    const char *text;
    apr_size_t len;
    piece_t piece;

    do {
        piece = next_piece(&text, &len, &pattern);
        if (piece == one || piece == other) {
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
    if (!holds(pattern, PIECE_USERID, PIECE_ACCOUNT)) {
        return "everybody would be the same user; write %{userid} or %{account} into the pattern";
    }
    return NULL;
}

int wecom_user_is_qualified(const char *pattern)
{
    return pattern != NULL && holds(pattern, PIECE_SOURCE, PIECE_CORPID);
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
