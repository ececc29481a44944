/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h - every sentence a visitor reads, in every language.
 *
 * The sentences stand in pages/words.*, a file for each language, whose keys are the names below in
 * lower case. A word needs a line in the enum and one in each file, else the module is not built.
 * One sentence, one thing to do. {name} and its like are filled in by wecom_words_fill. Between a
 * Latin letter or digit and a Chinese character a blank is set, none between two Chinese ones:
 * 使用 Acme 登录, 使用示例科技登录.
 */
#ifndef WECOM_AUTH_WORDS_H
#define WECOM_AUTH_WORDS_H

#include "../base/text.h"

typedef enum wecom_word_t {
    WECOM_WORD_SIGN_IN = 0,      /* the title of the login page */
    WECOM_WORD_SIGN_IN_WITH,     /* {name} */
    WECOM_WORD_SIGN_IN_FIRST,    /* a place that nobody is sent to the login from */
    WECOM_WORD_SIGN_IN_AGAIN,
    WECOM_WORD_TRY_AGAIN,
    WECOM_WORD_NOT_SIGNED_IN,    /* the title of every refusal of a login */
    WECOM_WORD_NO_ACCESS,        /* the title of the 403 page */
    WECOM_WORD_ONE_MOMENT,
    WECOM_WORD_REFUSED,
    WECOM_WORD_SIGNED_OUT,
    WECOM_WORD_SIGN_OUT,         /* the button, and the title of the question */
    WECOM_WORD_SIGN_OUT_ASK,     /* {user} */
    WECOM_WORD_STAY,
    WECOM_WORD_NOT_MEMBER,       /* {name} */
    WECOM_WORD_OUT_OF_RANGE,
    WECOM_WORD_MEMBER_INACTIVE,
    WECOM_WORD_NO_PERMISSION,
    WECOM_WORD_SIGNED_IN_AS,     /* {user} */
    WECOM_WORD_UPSTREAM,
    WECOM_WORD_EXPIRED,
    WECOM_WORD_COOKIE_LOOP,
    WECOM_WORD_WRONG_BROWSER,
    WECOM_WORD_WRONG_NAME,       /* {typed} {public} */
    WECOM_WORD_BAD_REQUEST,
    WECOM_WORD_TRY_LATER,
    WECOM_WORD_ID_LINE,          /* {id} */
    WECOM_WORD_LOGIN_ONLY,
    WECOM_WORD_NO_REGISTRATION,
    WECOM_WORD_WITHHELD,         /* {item} */
    WECOM_WORD_ITEM_PHONE,
    WECOM_WORD_ITEM_EMAIL,
    WECOM_WORD_ITEM_BOTH,
    WECOM_WORD_ITEM_OTHER,
    WECOM_WORD_ACCOUNT_INACTIVE,
    WECOM_WORD_ACCOUNT_LOCKED,
    WECOM_WORD_TAKEN,
    WECOM_WORD_AMBIGUOUS,
    WECOM_WORD_BAD_CREDENTIALS,
    WECOM_WORD_THROTTLED,
    WECOM_WORD_STALE_LINK,
    WECOM_WORD_ASK_TITLE,
    WECOM_WORD_ASK_NOTE,
    WECOM_WORD_USE_ACCOUNT,      /* the button, and the title of the form */
    WECOM_WORD_CREATE_ACCOUNT,
    WECOM_WORD_ACCOUNT,          /* the label of the input */
    WECOM_WORD_PASSWORD,
    WECOM_WORD_CONNECT,          /* the form's button */
    WECOM_WORD_BACK,
    WECOM_WORD_CHOOSE,
    WECOM_WORD_GO_ON,
    WECOM_WORD_FORM_TITLE,
    WECOM_WORD_FORM_KEPT,        /* a posted form was kept while the member signs in again */
    WECOM_WORD_FORM_NOT_KEPT,    /* the same where the browser lets nothing be kept */
    WECOM_WORD_FORM_HERE,        /* the question after the login */
    WECOM_WORD_FORM_GOES_TO,     /* {path} */
    WECOM_WORD_FORM_SEND,
    WECOM_WORD_FORM_DROP,
    WECOM_WORD_FORM_GONE,
    WECOM_WORD_FORM_EXPIRED,
    WECOM_WORD_FORM_OTHER,
    WECOM_WORD_FORM_USED,
    WECOM_WORD_FORM_PAGE,        /* the button to the page that the form stood on */
    WECOM_WORD_OPEN_INSIDE,
    WECOM_WORD_POPUP_DONE,
    WECOM_WORD_OTHER_PAGE,
    WECOM_WORD_PAIR_USED,
    WECOM_WORD_PAIR_OUTSIDE,
    WECOM_WORD_PAIR_DONE_TITLE,
    WECOM_WORD_PAIR_TITLE,
    WECOM_WORD_KIND_IPHONE,
    WECOM_WORD_KIND_ANDROID,
    WECOM_WORD_KIND_HARMONY,
    WECOM_WORD_KIND_OTHER,
    WECOM_WORD_PAIR_DECLINED,
    WECOM_WORD_SOMEONE_ELSE,
    WECOM_WORD_LAST_USED,
    WECOM_WORD_OPEN_IN_WECOM,
    WECOM_WORD_COPY_ADDRESS,
    WECOM_WORD_COPIED,           /* what the button says when it has copied */
    WECOM_WORD_PAIR_NUMBER,      /* {number} */
    WECOM_WORD_PAIR_ASK,         /* {site} {kind} {address} {time} */
    WECOM_WORD_PAIR_NOT_ME,
    WECOM_WORD_PAIR_ELSEWHERE,
    WECOM_WORD_PAIR_DONE,
    WECOM_WORD_PAIR_WRONG,
    WECOM_WORD_LANGUAGE,         /* the language's own name, on the way to it */
    WECOM_WORD_COUNT
} wecom_word_t;

typedef enum wecom_lang_t {
    WECOM_LANG_EN = 0,
    WECOM_LANG_ZH,
    WECOM_LANG_COUNT
} wecom_lang_t;

/* The best of our languages for an Accept-Language header (RFC 9110 section 12.5.4; the first
 * of equal weight wins). NULL, or none of ours named: English. */
wecom_lang_t wecom_words_language(const char *accept_language);

/* The language of a tag that somebody has chosen: "zh-CN", "zh" or "en", in any case; -1: none of
 * ours. NULL is none. */
int wecom_words_tag(const char *tag);

/* The sentences of one language. */
typedef struct wecom_words_t {
    wecom_lang_t lang;
    const char *tag;                        /* "en" or "zh-CN": for the lang attribute */
    const char *code;                       /* "en" or "zh": for WeCom's lang, and show names */
    const char *texts[WECOM_WORD_COUNT];
} wecom_words_t;

/* Those that come with the module; never NULL. */
const wecom_words_t *wecom_words_builtin(wecom_lang_t lang);

/* The raw sentence; never NULL. */
const char *wecom_words_get(const wecom_words_t *words, wecom_word_t word);

/* The sentence with values filled in. pairs: key, value, ..., NULL. Values are plain text; the
 * result is plain text too and is escaped by the page. A value that is read from right to left, or
 * would turn what stands around it, is isolated from it. */
const char *wecom_words_fill(const wecom_words_t *words, wecom_word_t word,
                             const char *const *pairs, apr_pool_t *pool);

#endif
