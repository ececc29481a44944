/* SPDX-License-Identifier: Apache-2.0 */
/* reason.c - see reason.h. */

#include "reason.h"

static const wecom_reason_row_t rows[WECOM_REASON_COUNT] = {
    [WECOM_REASON_NONE] = {
        "WC0200", WECOM_LEVEL_INFO, 200, WECOM_WORD_SIGN_IN, "signed in", NULL },
    [WECOM_REASON_REFUSED] = {
        "WC0201", WECOM_LEVEL_INFO, 200, WECOM_WORD_REFUSED,
        "the visitor cancelled the sign-in", NULL },
    [WECOM_REASON_EXPIRED] = {
        "WC0202", WECOM_LEVEL_INFO, 400, WECOM_WORD_EXPIRED,
        "the sign-in came back after more than ten minutes", NULL },
    [WECOM_REASON_COOKIE_LOST] = {
        "WC0203", WECOM_LEVEL_WARN, 400, WECOM_WORD_COOKIE_LOOP,
        "the browser came back twice without the cookie of its sign-in",
        "check that visitors come under WeComPublicURL and that nothing in front of this server "
        "removes or renames cookies" },
    [WECOM_REASON_LOOP] = {
        "WC0204", WECOM_LEVEL_WARN, 400, WECOM_WORD_COOKIE_LOOP,
        "the same member signed in for the third time in a minute and was still not known",
        "the browser or a proxy drops the session cookie: compare its name, Domain, Path and "
        "Secure with the address in the browser" },
    [WECOM_REASON_BAD_RETURN] = {
        "WC0205", WECOM_LEVEL_INFO, 400, WECOM_WORD_BAD_REQUEST,
        "the query of the request is malformed", NULL },
    [WECOM_REASON_WRONG_APP] = {
        "WC0206", WECOM_LEVEL_WARN, 400, WECOM_WORD_BAD_REQUEST,
        "the return names another corp than the sign-in began with",
        "compare WeComCorpID with the corp id in the console (proxy-developed apps: with case)" },
    [WECOM_REASON_NO_SUCH_SOURCE] = {
        "WC0207", WECOM_LEVEL_INFO, 404, WECOM_WORD_BAD_REQUEST,
        "the source asked for does not exist here or is not allowed at that place", NULL },
    [WECOM_REASON_NOT_MEMBER] = {
        "WC0211", WECOM_LEVEL_WARN, 403, WECOM_WORD_NOT_MEMBER,
        "WeCom knows the visitor, but not as a member of the corp", NULL },
    [WECOM_REASON_OUT_OF_RANGE] = {
        "WC0212", WECOM_LEVEL_WARN, 403, WECOM_WORD_OUT_OF_RANGE,
        "the member is outside the app's visible range",
        "console, the app, Visible range: add the member or the department" },
    [WECOM_REASON_NO_SUCH_MEMBER] = {
        "WC0213", WECOM_LEVEL_WARN, 403, WECOM_WORD_OUT_OF_RANGE,
        "WeCom has no such member any more, or does not show it to this app",
        "console, the app, Visible range: add the member or the department" },
    [WECOM_REASON_INACTIVE] = {
        "WC0214", WECOM_LEVEL_WARN, 403, WECOM_WORD_MEMBER_INACTIVE,
        "the member's status at WeCom is not active", NULL },
    [WECOM_REASON_MISMATCH] = {
        "WC0215", WECOM_LEVEL_ERROR, 502, WECOM_WORD_TRY_LATER,
        "two of WeCom's answers speak of two different members", NULL },
    [WECOM_REASON_CODE_DEAD] = {
        "WC0221", WECOM_LEVEL_WARN, 400, WECOM_WORD_EXPIRED,
        "WeCom says that the code is used, too old or not ours, twice in a row",
        "an empty or foreign AgentID, two servers that share the return address, or a program "
        "that opens each link twice" },
    [WECOM_REASON_IP] = {
        "WC0222", WECOM_LEVEL_ERROR, 502, WECOM_WORD_UPSTREAM,
        "WeCom refuses this server's address (60020)",
        "console, the app, trusted IP: add the address that WeCom saw" },
    [WECOM_REASON_DOMAIN] = {
        "WC0223", WECOM_LEVEL_ERROR, 502, WECOM_WORD_UPSTREAM,
        "WeCom refuses the return address (50001)",
        "console, the app: enter the host of WeComPublicURL both as the callback domain of the "
        "web login and as the trusted domain of web authorization" },
    [WECOM_REASON_SECRET] = {
        "WC0224", WECOM_LEVEL_ERROR, 502, WECOM_WORD_UPSTREAM,
        "WeCom refuses the corp id or the secret",
        "compare WeComCorpID and WeComSecret with the console; a reset secret must be entered "
        "here again" },
    [WECOM_REASON_AGENT] = {
        "WC0225", WECOM_LEVEL_ERROR, 502, WECOM_WORD_UPSTREAM,
        "WeCom refuses the app or what it asked for",
        "compare WeComAgentID with the console: id, secret and corp must belong to one app, and "
        "the app must be enabled" },
    [WECOM_REASON_CORP_GONE] = {
        "WC0226", WECOM_LEVEL_ERROR, 502, WECOM_WORD_UPSTREAM,
        "WeCom says that the corp is disabled or deleted", NULL },
    [WECOM_REASON_BUSY] = {
        "WC0227", WECOM_LEVEL_WARN, 503, WECOM_WORD_UPSTREAM,
        "WeCom is busy or limits our calls", NULL },
    [WECOM_REASON_REMOTE] = {
        "WC0228", WECOM_LEVEL_ERROR, 502, WECOM_WORD_UPSTREAM,
        "WeCom answered with an error",
        "look the errcode up in WeCom's list of global error codes" },
    [WECOM_REASON_CONNECT] = {
        "WC0231", WECOM_LEVEL_ERROR, 503, WECOM_WORD_UPSTREAM,
        "WeCom cannot be reached",
        "check DNS, the firewall, WeComProxy, WeComCAFile and WeComBaseURL" },
    [WECOM_REASON_TIMEOUT] = {
        "WC0232", WECOM_LEVEL_ERROR, 503, WECOM_WORD_UPSTREAM,
        "WeCom did not answer in time", "check the network; WeComTimeout is the limit" },
    [WECOM_REASON_HTTP] = {
        "WC0233", WECOM_LEVEL_ERROR, 503, WECOM_WORD_UPSTREAM,
        "WeCom, or something that answers in its place, gave an HTTP error",
        "check WeComBaseURL and WeComProxy" },
    [WECOM_REASON_ANSWER] = {
        "WC0234", WECOM_LEVEL_ERROR, 502, WECOM_WORD_UPSTREAM,
        "the answer is not what WeCom's documentation promises",
        "check WeComBaseURL and WeComProxy: something else may be answering" },
    [WECOM_REASON_RESTING] = {
        "WC0235", WECOM_LEVEL_WARN, 503, WECOM_WORD_UPSTREAM,
        "WeCom was not asked, because it refused or failed a moment ago",
        "see the earlier message with the same errcode" },
    [WECOM_REASON_CROWDED] = {
        "WC0236", WECOM_LEVEL_WARN, 503, WECOM_WORD_UPSTREAM,
        "too many logins wait for WeCom's answer already",
        "WeCom or the way to it is slow: see the messages before this one" },
    [WECOM_REASON_WRONG_NAME] = {
        "WC0241", WECOM_LEVEL_WARN, 400, WECOM_WORD_WRONG_NAME,
        "the visitor was sent to the public name and still came under another",
        "the proxy in front must pass the Host header on (ProxyPreserveHost On), or "
        "WeComPublicURL must be the name that visitors type" },
    [WECOM_REASON_TOO_LARGE] = {
        "WC0242", WECOM_LEVEL_ERROR, 500, WECOM_WORD_TRY_LATER,
        "the session does not fit a cookie of 4096 bytes",
        "name fewer or shorter fields in WeComSessionFields, or let other modules keep less in the "
        "session" },
    [WECOM_REASON_INTERNAL] = {
        "WC0243", WECOM_LEVEL_ERROR, 503, WECOM_WORD_TRY_LATER,
        "this server has no random bytes or no cipher at the moment", NULL },
    [WECOM_REASON_DENIED] = {
        "WC0251", WECOM_LEVEL_WARN, 403, WECOM_WORD_NO_PERMISSION,
        "the visitor is known, but Require does not admit them", NULL },
    [WECOM_REASON_LOGIN_ONLY] = {
        "WC0261", WECOM_LEVEL_WARN, 403, WECOM_WORD_LOGIN_ONLY,
        "no account belongs to the member, and in login-only mode none is created",
        "wecomctl accounts link USERNAME SOURCE USERID, or let accounts be found: "
        "WeComAssociation" },
    [WECOM_REASON_NO_REGISTRATION] = {
        "WC0262", WECOM_LEVEL_WARN, 403, WECOM_WORD_NO_REGISTRATION,
        "no account belongs to the member, and none may be created at this place",
        "WeComRegistration On, or an account for the member: wecomctl accounts import" },
    [WECOM_REASON_WITHHELD] = {
        "WC0263", WECOM_LEVEL_WARN, 403, WECOM_WORD_WITHHELD,
        "WeCom did not deliver the value that accounts are matched by",
        "the member opens the site once inside the WeCom client and consents; console, the app: "
        "the sensitive fields must be selected" },
    [WECOM_REASON_ACCOUNT_INACTIVE] = {
        "WC0264", WECOM_LEVEL_WARN, 403, WECOM_WORD_ACCOUNT_INACTIVE,
        "the account is disabled", "wecomctl accounts enable USERNAME" },
    [WECOM_REASON_ACCOUNT_LOCKED] = {
        "WC0265", WECOM_LEVEL_WARN, 403, WECOM_WORD_ACCOUNT_LOCKED,
        "the account is locked", "wecomctl accounts enable USERNAME" },
    [WECOM_REASON_TAKEN] = {
        "WC0266", WECOM_LEVEL_WARN, 403, WECOM_WORD_TAKEN,
        "the account is connected with another member of this source",
        "wecomctl accounts show USERNAME; unlink it if the member has left" },
    [WECOM_REASON_AMBIGUOUS] = {
        "WC0267", WECOM_LEVEL_WARN, 403, WECOM_WORD_AMBIGUOUS,
        "more accounts match than could be offered",
        "match by a field that is unique, or link by hand: wecomctl accounts link" },
    [WECOM_REASON_STALE_LINK] = {
        "WC0268", WECOM_LEVEL_WARN, 403, WECOM_WORD_STALE_LINK,
        "the account that the member is connected with is gone",
        "wecomctl accounts unlink --member SOURCE USERID" },
    [WECOM_REASON_DIRECTORY] = {
        "WC0269", WECOM_LEVEL_ERROR, 503, WECOM_WORD_TRY_LATER,
        "the account directory cannot be asked",
        "check the database or LDAP server; new tables are made by wecomctl accounts init" },
    [WECOM_REASON_BAD_CREDENTIALS] = {
        "WC0271", WECOM_LEVEL_WARN, 403, WECOM_WORD_BAD_CREDENTIALS,
        "the proof for an account failed", NULL },
    [WECOM_REASON_THROTTLED] = {
        "WC0272", WECOM_LEVEL_WARN, 429, WECOM_WORD_THROTTLED,
        "the member failed five times in five minutes and must wait", NULL },
    [WECOM_REASON_ACCOUNT_RESTS] = {
        "WC0273", WECOM_LEVEL_WARN, 429, WECOM_WORD_THROTTLED,
        "fifty members failed to prove one account, which rests now",
        "somebody may be trying passwords with many members" },
    [WECOM_REASON_PROVIDER] = {
        "WC0274", WECOM_LEVEL_ERROR, 503, WECOM_WORD_TRY_LATER,
        "the provider of WeComBindProvider cannot check a password now",
        "see the provider's own message before this one" },
    [WECOM_REASON_WRONG_BROWSER] = {
        "WC0275", WECOM_LEVEL_WARN, 400, WECOM_WORD_WRONG_BROWSER,
        "a half-finished sign-in was opened in a browser that it does not belong to", NULL },
    [WECOM_REASON_ASK_EXPIRED] = {
        "WC0276", WECOM_LEVEL_INFO, 400, WECOM_WORD_EXPIRED,
        "the half-finished sign-in is too old, used, or not asked any more", NULL },
    [WECOM_REASON_NOT_OFFERED] = {
        "WC0277", WECOM_LEVEL_WARN, 400, WECOM_WORD_BAD_REQUEST,
        "a form was posted that our page did not make",
        "an account was chosen that was not offered, or the form's token does not fit" },
    [WECOM_REASON_FORM_FOREIGN] = {
        "WC0281", WECOM_LEVEL_WARN, 400, WECOM_WORD_FORM_GONE,
        "what came back as a kept form is none, or belongs to another login or another site",
        NULL },
    [WECOM_REASON_FORM_EXPIRED] = {
        "WC0282", WECOM_LEVEL_INFO, 400, WECOM_WORD_FORM_EXPIRED,
        "a form was kept for more than ten minutes", NULL },
    [WECOM_REASON_FORM_OTHER] = {
        "WC0283", WECOM_LEVEL_WARN, 403, WECOM_WORD_FORM_OTHER,
        "a kept form belongs to another member than the one who is signed in, or nobody is", NULL },
    [WECOM_REASON_FORM_USED] = {
        "WC0284", WECOM_LEVEL_INFO, 400, WECOM_WORD_FORM_USED,
        "a kept form came back for the second time", NULL },
    [WECOM_REASON_PAIR_CONFIRMED] = {
        "WC0285", WECOM_LEVEL_INFO, 200, WECOM_WORD_PAIR_DONE,
        "the member picked the right number; the browser that asked may take its session", NULL },
    [WECOM_REASON_PAIR_EXPIRED] = {
        "WC0286", WECOM_LEVEL_INFO, 400, WECOM_WORD_EXPIRED,
        "the pull-up is too old, used, or unknown", NULL },
    [WECOM_REASON_PAIR_USED] = {
        "WC0287", WECOM_LEVEL_WARN, 400, WECOM_WORD_PAIR_USED,
        "the link of a pull-up was opened a second time", NULL },
    [WECOM_REASON_PAIR_OUTSIDE] = {
        "WC0288", WECOM_LEVEL_INFO, 400, WECOM_WORD_PAIR_OUTSIDE,
        "the link of a pull-up was opened outside WeCom", NULL },
    [WECOM_REASON_PAIR_ELSEWHERE] = {
        "WC0289", WECOM_LEVEL_WARN, 403, WECOM_WORD_PAIR_ELSEWHERE,
        "browser and WeCom have different addresses, so they may be two phones",
        "behind a proxy: mod_remoteip, so that the address is the visitor's; where a "
        "phone has two ways out: WeComPullUp any-address" },
    [WECOM_REASON_PAIR_WRONG] = {
        "WC0290", WECOM_LEVEL_WARN, 403, WECOM_WORD_PAIR_WRONG,
        "the member picked a number that the browser does not show", NULL },
    [WECOM_REASON_PAIR_NOT_ME] = {
        "WC0291", WECOM_LEVEL_WARN, 403, WECOM_WORD_PAIR_DECLINED,
        "the member says that they did not ask for this sign-in", NULL },
    [WECOM_REASON_POPUP_ORIGIN] = {
        "WC0292", WECOM_LEVEL_WARN, 403, WECOM_WORD_BAD_REQUEST,
        "a page of an origin that is not in WeComPopupOrigins wants to open the login in a window",
        "WeComPopupOrigins, with the origin exactly as the browser spells it" },
};

const wecom_reason_row_t *wecom_reason_row(wecom_reason_t reason)
{
    return &rows[reason];
}

int wecom_reason_is_dead_code(const wecom_error_t *err)
{
    if (err->status != WECOM_E_REMOTE) {
        return 0;
    }
    switch (err->upstream) {
    case 40029: /* invalid code */
    case 42003: /* code expired */
    case 42022: /* code already used */
    case 40163: /* personal WeChat's spelling of the same */
        return 1;
    default:
        return 0;
    }
}

static wecom_reason_t of_errcode(int errcode)
{
    switch (errcode) {
    case -1:
    case 45009:
    case 45033:
        return WECOM_REASON_BUSY;
    case 40001:
    case 40013:
    case 40084:
    case 40091:
    case 41002:
    case 41004:
        return WECOM_REASON_SECRET;
    case 40029:
    case 40163:
    case 42003:
    case 42022:
        return WECOM_REASON_CODE_DEAD;
    case 40056:
    case 48001:
    case 48002:
    case 48003:
    case 48004:
    case 48006:
    case 48009:
    case 50003:
    case 301002:
        return WECOM_REASON_AGENT;
    case 50001:
        return WECOM_REASON_DOMAIN;
    case 50002:
    case 60011:
        return WECOM_REASON_OUT_OF_RANGE;
    case 40003:
    case 60111:
        return WECOM_REASON_NO_SUCH_MEMBER;
    case 43004:
        return WECOM_REASON_NOT_MEMBER;
    case 60020:
        return WECOM_REASON_IP;
    case 301007:
        return WECOM_REASON_CORP_GONE;
    default:
        return WECOM_REASON_REMOTE;
    }
}

wecom_reason_t wecom_reason_of(const wecom_error_t *err)
{
    switch (err->status) {
    case WECOM_OK:
        return WECOM_REASON_NONE;
    case WECOM_E_REMOTE:
        return of_errcode(err->upstream);
    case WECOM_E_NOT_MEMBER:
        return WECOM_REASON_NOT_MEMBER;
    case WECOM_E_MISMATCH:
        return WECOM_REASON_MISMATCH;
    case WECOM_E_TIMEOUT:
        return WECOM_REASON_TIMEOUT;
    case WECOM_E_CONNECT:
        return WECOM_REASON_CONNECT;
    case WECOM_E_HTTP:
        return WECOM_REASON_HTTP;
    case WECOM_E_ANSWER:
    case WECOM_E_TOO_LARGE:
    case WECOM_E_BAD_INPUT:
        return WECOM_REASON_ANSWER;
    case WECOM_E_RESTING:
        return WECOM_REASON_RESTING;
    default:
        return WECOM_REASON_INTERNAL;
    }
}
