/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reason.h - why a visitor was not let in: one row for each reason.
 *
 * A row ties together what must never drift apart: the log id, the log level, the HTTP status
 * and the sentence on the page. Whoever refuses names a reason; the page and the one log line
 * are made from its row. Cause and cure of each id stand in docs/messages.md.
 */
#ifndef WECOM_AUTH_REASON_H
#define WECOM_AUTH_REASON_H

#include "../base/error.h"
#include "words.h"

typedef enum wecom_reason_t {
    WECOM_REASON_NONE = 0,
    WECOM_REASON_REFUSED,          /* the return carried no code */
    WECOM_REASON_EXPIRED,          /* the pending login is too old */
    WECOM_REASON_COOKIE_LOST,      /* the second return without its cookie */
    WECOM_REASON_LOOP,             /* the third completed login in a minute */
    WECOM_REASON_BAD_RETURN,       /* the return's query is malformed */
    WECOM_REASON_WRONG_APP,        /* appid is not the source's corp */
    WECOM_REASON_NO_SUCH_SOURCE,   /* not a source, or not one that the place allows */
    WECOM_REASON_NOT_MEMBER,       /* openid, external_userid or another corp's member */
    WECOM_REASON_OUT_OF_RANGE,     /* 60011 */
    WECOM_REASON_NO_SUCH_MEMBER,   /* 60111 */
    WECOM_REASON_INACTIVE,         /* status other than 1 */
    WECOM_REASON_MISMATCH,         /* two answers speak of two members */
    WECOM_REASON_CODE_DEAD,        /* 40029 and its kin, twice */
    WECOM_REASON_IP,               /* 60020 */
    WECOM_REASON_DOMAIN,           /* 50001 */
    WECOM_REASON_SECRET,           /* 40001, 40013, 40091, 41004 at gettoken */
    WECOM_REASON_AGENT,            /* 40056, 301002, 50003, 48002 ...: the app's settings */
    WECOM_REASON_CORP_GONE,        /* 301007 */
    WECOM_REASON_BUSY,             /* -1 after all tries, 45009, 45033 */
    WECOM_REASON_REMOTE,           /* any other errcode */
    WECOM_REASON_CONNECT,
    WECOM_REASON_TIMEOUT,
    WECOM_REASON_HTTP,
    WECOM_REASON_ANSWER,
    WECOM_REASON_RESTING,
    WECOM_REASON_CROWDED,          /* too many logins wait for WeCom already */
    WECOM_REASON_WRONG_NAME,
    WECOM_REASON_TOO_LARGE,        /* the session does not fit a cookie */
    WECOM_REASON_INTERNAL,         /* no random bytes, no cipher */
    WECOM_REASON_DENIED,           /* known, but Require says no */
    WECOM_REASON_LOGIN_ONLY,       /* no account, and none is created */
    WECOM_REASON_NO_REGISTRATION,
    WECOM_REASON_WITHHELD,         /* the value to match by was not delivered */
    WECOM_REASON_ACCOUNT_INACTIVE,
    WECOM_REASON_ACCOUNT_LOCKED,
    WECOM_REASON_TAKEN,
    WECOM_REASON_AMBIGUOUS,
    WECOM_REASON_STALE_LINK,
    WECOM_REASON_DIRECTORY,        /* the account directory cannot be asked */
    WECOM_REASON_BAD_CREDENTIALS,
    WECOM_REASON_THROTTLED,        /* too many failures of this member */
    WECOM_REASON_ACCOUNT_RESTS,    /* too many members failed on one account */
    WECOM_REASON_PROVIDER,         /* the authn provider does not work */
    WECOM_REASON_WRONG_BROWSER,    /* a half-finished login of another browser */
    WECOM_REASON_ASK_EXPIRED,      /* a half-finished login that is gone */
    WECOM_REASON_NOT_OFFERED,      /* a posted form that our page did not make */
    WECOM_REASON_FORM_FOREIGN,     /* what came back is no form that was kept for this login */
    WECOM_REASON_FORM_EXPIRED,
    WECOM_REASON_FORM_OTHER,       /* another member than the one who wrote it */
    WECOM_REASON_FORM_USED,
    WECOM_REASON_PAIR_CONFIRMED,   /* the pull-up: the right number was picked */
    WECOM_REASON_PAIR_EXPIRED,     /* a pull-up that is gone */
    WECOM_REASON_PAIR_USED,        /* its link was opened twice */
    WECOM_REASON_PAIR_OUTSIDE,     /* its link was opened outside WeCom */
    WECOM_REASON_PAIR_ELSEWHERE,   /* browser and WeCom have two addresses */
    WECOM_REASON_PAIR_WRONG,       /* a wrong number */
    WECOM_REASON_PAIR_NOT_ME,      /* the member did not ask for it */
    WECOM_REASON_POPUP_ORIGIN,     /* an origin that may not open the login */
    WECOM_REASON_COUNT
} wecom_reason_t;

typedef enum wecom_level_t { /* as httpd's, so that the top can map them one to one */
    WECOM_LEVEL_ERROR = 3,
    WECOM_LEVEL_WARN = 4,
    WECOM_LEVEL_NOTICE = 5,
    WECOM_LEVEL_INFO = 6
} wecom_level_t;

typedef struct wecom_reason_row_t {
    const char *id;        /* "WC0231" */
    wecom_level_t level;
    int status;            /* HTTP */
    wecom_word_t word;     /* the visitor's sentence */
    const char *text;      /* the log's sentence */
    const char *cure;      /* what the administrator does, in the same log line; NULL: none */
} wecom_reason_row_t;

const wecom_reason_row_t *wecom_reason_row(wecom_reason_t reason);

/* What a failure of WeCom's calls means for the visitor. */
wecom_reason_t wecom_reason_of(const wecom_error_t *err);

/* 1 for errcodes that say the code is used up or too old (40029, 42003, 42022, 40163): a new
 * login may help, once. */
int wecom_reason_is_dead_code(const wecom_error_t *err);

#endif
