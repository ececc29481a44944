/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - see words.h. */

#include "words.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"

static const wecom_words_t english = {
    .lang = WECOM_LANG_EN, .tag = "en", .code = "en", .texts = {
        [WECOM_WORD_SIGN_IN] = "Sign in",
        [WECOM_WORD_SIGN_IN_WITH] = "Sign in with {name}",
        [WECOM_WORD_SIGN_IN_AGAIN] = "Sign in again",
        [WECOM_WORD_TRY_AGAIN] = "Try again",
        [WECOM_WORD_NOT_SIGNED_IN] = "You are not signed in",
        [WECOM_WORD_NO_ACCESS] = "No access",
        [WECOM_WORD_ONE_MOMENT] = "One moment: you are being signed in.",
        [WECOM_WORD_REFUSED] = "You cancelled the sign-in.",
        [WECOM_WORD_SIGNED_OUT] = "You are signed out.",
        [WECOM_WORD_SIGN_OUT] = "Sign out",
        [WECOM_WORD_SIGN_OUT_ASK] = "You are signed in as {user}. Do you want to sign out?",
        [WECOM_WORD_STAY] = "Stay signed in",
        [WECOM_WORD_NOT_MEMBER] = "You are not a member of {name}.",
        [WECOM_WORD_OUT_OF_RANGE] =
            "You are outside this application's visible range. Ask the administrator.",
        [WECOM_WORD_MEMBER_INACTIVE] =
            "Your WeCom membership is disabled or not yet activated. Ask the administrator.",
        [WECOM_WORD_NO_PERMISSION] =
            "You have no permission for this page. Ask the administrator.",
        [WECOM_WORD_SIGNED_IN_AS] = "You are signed in as {user}.",
        [WECOM_WORD_UPSTREAM] = "WeCom cannot be reached at the moment. Try again shortly.",
        [WECOM_WORD_EXPIRED] = "This sign-in took too long. Please start again.",
        [WECOM_WORD_COOKIE_LOOP] =
            "Your browser did not keep the sign-in (cookie). Allow cookies for this site and try "
            "again.",
        [WECOM_WORD_WRONG_BROWSER] =
            "This sign-in was started in another browser. Please start again here.",
        [WECOM_WORD_WRONG_NAME] =
            "You came to {typed}, but this site is {public}. Tell the administrator.",
        [WECOM_WORD_BAD_REQUEST] = "This address is not complete. Please start again.",
        [WECOM_WORD_TRY_LATER] = "This cannot be checked at the moment. Try again shortly.",
        [WECOM_WORD_ID_LINE] = "If you need help, give this number to the administrator: {id}",
        [WECOM_WORD_LOGIN_ONLY] =
            "Your WeCom identity is not connected with an account here, and signing in this "
            "way does "
            "not create one. Ask the administrator.",
        [WECOM_WORD_NO_REGISTRATION] =
            "New accounts cannot be created here. Ask the administrator for one.",
        [WECOM_WORD_WITHHELD] =
            "WeCom did not give us your {item}. Open this site once inside WeCom, allow it to read "
            "that item, then scan again.",
        [WECOM_WORD_ITEM_PHONE] = "phone",
        [WECOM_WORD_ITEM_EMAIL] = "e-mail",
        [WECOM_WORD_ITEM_BOTH] = "phone and e-mail",
        [WECOM_WORD_ITEM_OTHER] = "profile",
        [WECOM_WORD_ACCOUNT_INACTIVE] = "This account is disabled. Ask the administrator.",
        [WECOM_WORD_ACCOUNT_LOCKED] =
            "This account is locked. Try later or ask the administrator.",
        [WECOM_WORD_TAKEN] = "That account is already connected with another WeCom member.",
        [WECOM_WORD_AMBIGUOUS] = "More than one account matches. Ask the administrator.",
        [WECOM_WORD_BAD_CREDENTIALS] = "Account or password is wrong.",
        [WECOM_WORD_THROTTLED] = "Too many tries. Wait five minutes and try again.",
        [WECOM_WORD_STALE_LINK] =
            "The account connected with your WeCom identity no longer exists. Ask the "
            "administrator.",
        [WECOM_WORD_ASK_TITLE] = "Do you have an account here?",
        [WECOM_WORD_ASK_NOTE] = "Next time you can sign in with WeCom directly.",
        [WECOM_WORD_USE_ACCOUNT] = "Use an existing account",
        [WECOM_WORD_CREATE_ACCOUNT] = "Create a new account",
        [WECOM_WORD_ACCOUNT] = "Account",
        [WECOM_WORD_PASSWORD] = "Password",
        [WECOM_WORD_CONNECT] = "Connect and sign in",
        [WECOM_WORD_BACK] = "Back",
        [WECOM_WORD_CHOOSE] = "Which account is yours?",
        [WECOM_WORD_GO_ON] = "Continue",
        [WECOM_WORD_FORM_TITLE] = "Your form",
        [WECOM_WORD_FORM_KEPT] =
            "Your session had ended. Sign in again; what you typed is kept.",
        [WECOM_WORD_FORM_NOT_KEPT] =
            "Your session had ended. What you typed cannot be kept here, but your browser's Back "
            "button may still have it.",
        [WECOM_WORD_FORM_HERE] = "What you typed before is still here.",
        [WECOM_WORD_FORM_GOES_TO] = "It will be sent to {path}",
        [WECOM_WORD_FORM_SEND] = "Send it now",
        [WECOM_WORD_FORM_DROP] = "Do not send",
        [WECOM_WORD_FORM_GONE] =
            "What you typed is no longer here. Please fill in the form again.",
        [WECOM_WORD_FORM_EXPIRED] =
            "What you typed was kept for ten minutes and is gone. Please fill in the form again.",
        [WECOM_WORD_FORM_OTHER] = "What was typed here belongs to another member and is gone.",
        [WECOM_WORD_FORM_USED] =
            "What you typed was shown once and is gone. If you have not sent it, please fill in "
            "the form again.",
        [WECOM_WORD_FORM_PAGE] = "Go to the page",
        [WECOM_WORD_LAST_USED] = "used last time",
        [WECOM_WORD_OPEN_INSIDE] = "Open this address inside WeCom.",
        [WECOM_WORD_POPUP_DONE] = "You are signed in. This window closes by itself.",
        [WECOM_WORD_PULL_UP] = "Open WeCom, then pick this number there: {number}",
        [WECOM_WORD_OPEN_WECOM] = "Open in WeCom",
        [WECOM_WORD_COPY] = "Copy the address",
        [WECOM_WORD_COPIED] = "Copied",
        [WECOM_WORD_OTHER_PAGE] = "Use WeCom's own page instead",
        [WECOM_WORD_PULL_UP_TITLE] = "Sign in in your browser?",
        [WECOM_WORD_PULL_UP_ASK] =
            "Did you just open {site} in a browser on this phone? {kind}, {address}, {time}. "
            "Pick the number it shows. If someone sent you this link, do not.",
        [WECOM_WORD_KIND_IPHONE] = "iPhone",
        [WECOM_WORD_KIND_ANDROID] = "Android phone",
        [WECOM_WORD_KIND_HARMONY] = "HarmonyOS phone",
        [WECOM_WORD_KIND_OTHER] = "a phone",
        [WECOM_WORD_PULL_UP_NOT_ME] = "I did not ask for this",
        [WECOM_WORD_PULL_UP_DONE] = "You can go back to your browser now.",
        [WECOM_WORD_PULL_UP_WRONG] =
            "That was not the number. Nothing was signed in. Start again in your browser.",
        [WECOM_WORD_PULL_UP_ELSEWHERE] =
            "The browser is not on this phone's network. Nothing was signed in. Open the "
            "site inside WeCom instead.",
        [WECOM_WORD_PULL_UP_DECLINED] =
            "The sign-in was declined in WeCom. Nobody was signed in.",
        [WECOM_WORD_SIGN_IN_AS_OTHER] = "Sign in as someone else",
    }
};

static const wecom_words_t chinese = {
    .lang = WECOM_LANG_ZH, .tag = "zh-CN", .code = "zh", .texts = {
        [WECOM_WORD_SIGN_IN] = "登录",
        [WECOM_WORD_SIGN_IN_WITH] = "使用{name}登录",
        [WECOM_WORD_SIGN_IN_AGAIN] = "重新登录",
        [WECOM_WORD_TRY_AGAIN] = "重试",
        [WECOM_WORD_NOT_SIGNED_IN] = "未能登录",
        [WECOM_WORD_NO_ACCESS] = "无权访问",
        [WECOM_WORD_ONE_MOMENT] = "正在登录，请稍候。",
        [WECOM_WORD_REFUSED] = "您已取消登录。",
        [WECOM_WORD_SIGNED_OUT] = "您已退出登录。",
        [WECOM_WORD_SIGN_OUT] = "退出登录",
        [WECOM_WORD_SIGN_OUT_ASK] = "您当前以{user}的身份登录，确定要退出登录吗？",
        [WECOM_WORD_STAY] = "保持登录",
        [WECOM_WORD_NOT_MEMBER] = "您不是{name}的成员，无法登录。",
        [WECOM_WORD_OUT_OF_RANGE] = "您不在此应用的可见范围内，请联系管理员。",
        [WECOM_WORD_MEMBER_INACTIVE] = "您的企业微信账号已被禁用或尚未激活，请联系管理员。",
        [WECOM_WORD_NO_PERMISSION] = "您无权访问此页面，请联系管理员。",
        [WECOM_WORD_SIGNED_IN_AS] = "您当前以{user}的身份登录。",
        [WECOM_WORD_UPSTREAM] = "暂时无法连接企业微信，请稍后重试。",
        [WECOM_WORD_EXPIRED] = "登录已超时，请重新登录。",
        [WECOM_WORD_COOKIE_LOOP] = "浏览器未保存登录信息（Cookie），无法完成登录。请允许本站使用 Cookie 后重试。",
        [WECOM_WORD_WRONG_BROWSER] = "此次登录是在其他浏览器中发起的，请在此重新登录。",
        [WECOM_WORD_WRONG_NAME] = "您访问的是{typed}，而本站地址是{public}。请联系管理员。",
        [WECOM_WORD_BAD_REQUEST] = "链接无效，请重新登录。",
        [WECOM_WORD_TRY_LATER] = "暂时无法验证，请稍后重试。",
        [WECOM_WORD_ID_LINE] = "如需帮助，请将编号{id}提供给管理员。",
        [WECOM_WORD_LOGIN_ONLY] = "您的企业微信尚未关联本站账号，此登录方式不会自动创建账号。请联系管理员。",
        [WECOM_WORD_NO_REGISTRATION] = "本站未开放注册，请联系管理员为您开通账号。",
        [WECOM_WORD_WITHHELD] = "企业微信未提供您的{item}。请先在企业微信客户端中打开本站并同意授权，然后再扫码登录。",
        [WECOM_WORD_ITEM_PHONE] = "手机号",
        [WECOM_WORD_ITEM_EMAIL] = "邮箱",
        [WECOM_WORD_ITEM_BOTH] = "手机号和邮箱",
        [WECOM_WORD_ITEM_OTHER] = "个人资料",
        [WECOM_WORD_ACCOUNT_INACTIVE] = "此账号已停用，请联系管理员。",
        [WECOM_WORD_ACCOUNT_LOCKED] = "此账号已被锁定，请稍后再试或联系管理员。",
        [WECOM_WORD_TAKEN] = "该账号已绑定其他企业微信成员。",
        [WECOM_WORD_AMBIGUOUS] = "匹配到多个账号，请联系管理员。",
        [WECOM_WORD_BAD_CREDENTIALS] = "账号或密码错误。",
        [WECOM_WORD_THROTTLED] = "尝试次数过多，请 5 分钟后再试。",
        [WECOM_WORD_STALE_LINK] = "您的企业微信所绑定的账号已不存在，请联系管理员。",
        [WECOM_WORD_ASK_TITLE] = "您已有本站账号吗？",
        [WECOM_WORD_ASK_NOTE] = "绑定后，下次可直接用企业微信登录。",
        [WECOM_WORD_USE_ACCOUNT] = "绑定已有账号",
        [WECOM_WORD_CREATE_ACCOUNT] = "创建新账号",
        [WECOM_WORD_ACCOUNT] = "账号",
        [WECOM_WORD_PASSWORD] = "密码",
        [WECOM_WORD_CONNECT] = "绑定并登录",
        [WECOM_WORD_BACK] = "返回",
        [WECOM_WORD_CHOOSE] = "请选择您的账号",
        [WECOM_WORD_GO_ON] = "继续",
        [WECOM_WORD_FORM_TITLE] = "您的表单",
        [WECOM_WORD_FORM_KEPT] = "您的登录已过期。请重新登录，您填写的内容已保留。",
        [WECOM_WORD_FORM_NOT_KEPT] =
            "您的登录已过期。此处无法保留您填写的内容，使用浏览器的后退按钮或许还能找回。",
        [WECOM_WORD_FORM_HERE] = "您之前填写的内容仍在。",
        [WECOM_WORD_FORM_GOES_TO] = "将提交到{path}",
        [WECOM_WORD_FORM_SEND] = "立即提交",
        [WECOM_WORD_FORM_DROP] = "放弃",
        [WECOM_WORD_FORM_GONE] = "您填写的内容已不在此处，请重新填写。",
        [WECOM_WORD_FORM_EXPIRED] = "您填写的内容仅保留十分钟，现已清除，请重新填写。",
        [WECOM_WORD_FORM_OTHER] = "此内容由其他成员填写，已清除。",
        [WECOM_WORD_FORM_USED] = "您填写的内容已显示过一次，现已清除。如尚未提交，请重新填写。",
        [WECOM_WORD_FORM_PAGE] = "返回页面",
        [WECOM_WORD_LAST_USED] = "上次使用",
        [WECOM_WORD_OPEN_INSIDE] = "请在企业微信中打开此链接。",
        [WECOM_WORD_POPUP_DONE] = "登录成功，此窗口将自动关闭。",
        [WECOM_WORD_PULL_UP] = "请打开企业微信，并选择数字{number}",
        [WECOM_WORD_OPEN_WECOM] = "在企业微信中打开",
        [WECOM_WORD_COPY] = "复制链接",
        [WECOM_WORD_COPIED] = "已复制",
        [WECOM_WORD_OTHER_PAGE] = "改用企业微信登录页",
        [WECOM_WORD_PULL_UP_TITLE] = "确认在浏览器中登录？",
        [WECOM_WORD_PULL_UP_ASK] =
            "您刚才是否在本手机的浏览器中打开了{site}？{kind}，{address}，{time}。请选择浏览器上显示的数字。若链接是他人发来的，请勿确认。",
        [WECOM_WORD_KIND_IPHONE] = "iPhone",
        [WECOM_WORD_KIND_ANDROID] = "安卓手机",
        [WECOM_WORD_KIND_HARMONY] = "鸿蒙手机",
        [WECOM_WORD_KIND_OTHER] = "手机",
        [WECOM_WORD_PULL_UP_NOT_ME] = "不是我本人操作",
        [WECOM_WORD_PULL_UP_DONE] = "已确认，请返回浏览器继续。",
        [WECOM_WORD_PULL_UP_WRONG] = "数字不符，未登录。请在浏览器中重新开始。",
        [WECOM_WORD_PULL_UP_ELSEWHERE] = "浏览器与本手机不在同一网络，未登录。请改在企业微信中打开本站。",
        [WECOM_WORD_PULL_UP_DECLINED] = "已在企业微信中拒绝，未登录。",
        [WECOM_WORD_SIGN_IN_AS_OTHER] = "换个账号登录",
    }
};

const wecom_words_t *wecom_words_builtin(wecom_lang_t lang)
{
    return lang == WECOM_LANG_ZH ? &chinese : &english;
}

/* q=0 to q=1 as thousandths; anything that is not a weight counts as 0. */
static int read_weight(const char *s, apr_size_t len)
{
    int weight;
    int unit = 100;
    apr_size_t i;

    if (len == 0 || (s[0] != '0' && s[0] != '1')) {
        return 0;
    }
    weight = (s[0] - '0') * 1000;
    for (i = 2; i < len && i < 5 && s[1] == '.' && s[i] >= '0' && s[i] <= '9'; i++) {
        weight += (s[i] - '0') * unit;
        unit /= 10;
    }
    return weight > 1000 ? 1000 : weight;
}

/* One element of the header: which language, how much wanted. -1 for none of ours. */
static int read_range(const char *s, apr_size_t len, int *weight)
{
    apr_size_t tag_len = 0;
    apr_size_t i;

    while (tag_len < len && s[tag_len] != ';' && s[tag_len] != ' ' && s[tag_len] != '\t') {
        tag_len++;
    }
    *weight = 1000;
    for (i = tag_len; i + 1 < len; i++) {
        if ((s[i] == 'q' || s[i] == 'Q') && s[i + 1] == '=') {
            *weight = read_weight(s + i + 2, len - i - 2);
            break;
        }
    }
    if (tag_len >= 2 && (tag_len == 2 || s[2] == '-')) {
        if ((s[0] | 0x20) == 'z' && (s[1] | 0x20) == 'h') {
            return WECOM_LANG_ZH;
        }
        if ((s[0] | 0x20) == 'e' && (s[1] | 0x20) == 'n') {
            return WECOM_LANG_EN;
        }
    }
    return -1;
}

wecom_lang_t wecom_words_language(const char *accept_language)
{
    wecom_lang_t best = WECOM_LANG_EN;
    int best_weight = 0;
    apr_size_t len;
    apr_size_t at = 0;

    if (accept_language == NULL) {
        return WECOM_LANG_EN;
    }
    len = strlen(accept_language);
    if (len > WECOM_MAX_ACCEPT_LANGUAGE) {
        len = WECOM_MAX_ACCEPT_LANGUAGE;
        /* An element that was cut in two would say something else: "en;q=0.1" reads "en". */
        while (len > 0 && accept_language[len] != ',') {
            len--;
        }
    }
    while (at < len) {
        const char *comma = memchr(accept_language + at, ',', len - at);
        apr_size_t end = comma != NULL ? (apr_size_t)(comma - accept_language) : len;
        int weight;
        int lang;

        while (at < end && (accept_language[at] == ' ' || accept_language[at] == '\t')) {
            at++;
        }
        lang = read_range(accept_language + at, end - at, &weight);
        if (lang >= 0 && weight > best_weight) {
            best = (wecom_lang_t)lang;
            best_weight = weight;
        }
        at = end + 1;
    }
    return best;
}

const char *wecom_words_get(const wecom_words_t *words, wecom_word_t word)
{
    return words->texts[word];
}

/* ASCII but the blank, and the Latin letters with marks (U+00C0 to U+024F, two bytes in UTF-8). */
static int is_latin(const char *s)
{
    unsigned char first = (unsigned char)s[0];

    return (first > ' ' && first < 0x7f) || (first >= 0xc3 && first <= 0xc9);
}

/* U+4000 to U+9FFF: the ideographs in use. The full-width punctuation of a sentence is none of
 * them and carries its own space. */
static int is_chinese(const char *s)
{
    unsigned char first = (unsigned char)s[0];

    return first >= 0xe4 && first <= 0xe9;
}

/* The last character of text (len bytes, at least 1). */
static const char *last_of(const char *text, apr_size_t len)
{
    const char *s = text + len - 1;

    while (s > text && ((unsigned char)*s & 0xc0) == 0x80) {
        s--;
    }
    return s;
}

static const char *value_of(const char *const *pairs, const char *key, apr_size_t key_len)
{
    for (; pairs != NULL && pairs[0] != NULL; pairs += 2) {
        if (strlen(pairs[0]) == key_len && memcmp(pairs[0], key, key_len) == 0) {
            return pairs[1] != NULL ? pairs[1] : "";
        }
    }
    return "";
}

const char *wecom_words_fill(const wecom_words_t *words, wecom_word_t word,
                             const char *const *pairs, apr_pool_t *pool)
{
    const char *raw = words->texts[word];
    const char *out = "";

    for (;;) {
        const char *open = strchr(raw, '{');
        const char *close = open != NULL ? strchr(open, '}') : NULL;
        const char *value;
        apr_size_t len;

        if (close == NULL) {
            return apr_pstrcat(pool, out, raw, NULL);
        }
        value = value_of(pairs, open + 1, (apr_size_t)(close - open - 1));
        len = strlen(value);
        out = apr_pstrcat(pool, out, apr_pstrmemdup(pool, raw, (apr_size_t)(open - raw)), NULL);
        if (len > 0 && open > raw && is_latin(value)
            && is_chinese(last_of(raw, (apr_size_t)(open - raw)))) {
            out = apr_pstrcat(pool, out, " ", NULL);
        }
        out = apr_pstrcat(pool, out, value, NULL);
        if (len > 0 && is_latin(last_of(value, len)) && is_chinese(close + 1)) {
            out = apr_pstrcat(pool, out, " ", NULL);
        }
        raw = close + 1;
    }
}
