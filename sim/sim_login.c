/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_login.c - the login pages for browsers: the QR code, its poll, and where it ends.
 *
 * Protocol sources: WeCom's documents 98152 (wwlogin) and 91019 (qrConnect); the insides of the
 * pages (web_key, poll, statuses) as public clients use them; what the new page does in a frame
 * stands in sim_panel.h. Domain and visible range are checked when the phone confirms, not before.
 *
 * The page works with and without script. With it, the page asks whether a phone in another window
 * has decided; without it, the person presses a button to ask.
 */
#include "sim_pages.h"

#include <apr_strings.h>

#include "../src/base/crypto.h"
#include "../src/base/limits.h"
#include "../src/base/text.h"
#include "sim_look.h"
#include "sim_panel.h"
#include "sim_people.h"

static const char *sim_login_scan_word(sim_scan_t scan)
{
    switch (scan) {
    case SIM_SCAN_NEVER:
        return "QRCODE_SCAN_NEVER";
    case SIM_SCAN_ING:
        return "QRCODE_SCAN_ING";
    case SIM_SCAN_SUCC:
        return "QRCODE_SCAN_SUCC";
    case SIM_SCAN_FAIL:
        return "QRCODE_SCAN_FAIL";
    default:
        return "QRCODE_SCAN_ERR";
    }
}

const char *sim_login_target(const sim_call_t *call, const sim_login_t *login)
{
    if (login->scan == SIM_SCAN_SUCC) {
        return sim_pages_back(login->redirect_uri, login->code, login->state,
                              login->old_page ? NULL : login->app.corpid, call->pool);
    }
    if (login->scan == SIM_SCAN_FAIL && login->goes_back) {
        return sim_pages_back(login->redirect_uri, NULL, login->state, NULL, call->pool);
    }
    return NULL;
}

const char *sim_login_again(const sim_login_t *login, apr_pool_t *pool)
{
    return apr_pstrcat(pool, login->old_page ? "/wwopen/sso/qrConnect?appid="
                                             : "/wwlogin/sso/login?login_type=CorpApp&appid=",
                       login->app.corpid, "&agentid=", login->app.agentid, "&redirect_uri=",
                       wecom_text_url_encode(login->redirect_uri, strlen(login->redirect_uri),
                                             pool),
                       "&state=", wecom_text_url_encode(login->state, strlen(login->state), pool),
                       login->english ? "&lang=en" : "&lang=zh",
                       login->redirect_type[0] != '\0' ? "&redirect_type=" : "",
                       login->redirect_type, login->panel, NULL);
}

/* window.settings, as public clients pick it out of the page: '/' is written \u002F. */
static const char *sim_login_settings(sim_call_t *call, const sim_login_t *login,
                                      const sim_ask_t *ask)
{
    const sim_app_t *app = ask->app;
    const char *embedder = sim_panel_embedder(call);
    wecom_json_out_t *root = wecom_json_out_object(call->pool);
    wecom_json_out_t *words;
    const char *json;
    char *out;
    char *p;

    wecom_json_out_text(root, "web_key", login->key);
    wecom_json_out_text(root, "key", login->key);
    wecom_json_out_text(root, "redirect_uri", login->redirect_uri);
    wecom_json_out_text(root, "state", login->state);
    wecom_json_out_text(root, "appid", login->app.corpid);
    wecom_json_out_text(root, "redirect_type", login->redirect_type);
    wecom_json_out_text(root, "embedder", embedder);
    /* A page that wants the code by message must itself be on a domain of the app. */
    wecom_json_out_bool(root, "embedder_fits", sim_pages_domain_fits(embedder, app, 1));
    wecom_json_out_bool(root, "client_found", sim_people_here(call, ask->corp) != NULL);
    words = wecom_json_out_child_object(root, "words");
    wecom_json_out_text(words, "no-permission", "你没有权限登录该应用 No permission");
    wecom_json_out_text(words, "domain-mismatch", "redirect_uri 的域名不符 Wrong domain");
    wecom_json_out_text(words, "expired", "二维码已失效 The QR code has expired");
    wecom_json_out_text(root, "last", "QRCODE_SCAN_NEVER");
    wecom_json_out_text(root, "sessionSignature",
                        apr_pstrcat(call->pool, "Bearer 0.",
                                    wecom_crypto_random_text(40, call->pool), NULL));
    wecom_json_out_text(root, "longPollGetUrl", "/wwopen/sso/l/qrConnect");
    wecom_json_out_number(root, "errCode", 0);
    wecom_json_out_text(root, "errMsg", "");
    json = wecom_json_out_print(root);
    p = out = apr_palloc(call->pool, 6 * strlen(json) + 1);
    for (; *json != '\0'; json++) {
        if (*json == '/') {
            memcpy(p, "\\u002F", 6);
            p += 6;
        }
        else {
            *p++ = *json;
        }
    }
    *p = '\0';
    return out;
}

static void sim_login_computer(sim_html_t *html, sim_call_t *call, const sim_login_t *login,
                               const sim_ask_t *ask)
{
    const char *here = sim_people_here(call, ask->corp);
    const sim_member_t *member = here == NULL ? NULL : sim_people_find(call, ask->corp, here);

    sim_look_add(html, "<section class=\"card\"><div class=\"app\"><div class=\"logo\">应</div>"
                       "<div><b>");
    sim_look_text(html, ask->app->name);
    sim_look_add(html, "</b><small>");
    sim_look_text(html, ask->corp->name);
    sim_look_add(html, "</small></div></div><div class=\"center\">");
    sim_look_both(html, "h1", "企业微信扫码登录", "Scan with WeCom to sign in");
    sim_look_add(html, "<img class=\"qr\" alt=\"QR\" width=\"220\" height=\"220\" src=\"");
    sim_look_add(html, login->old_page ? "/wwopen/sso/qrImg?key=" : "/wwlogin/sso/qrcode?key=");
    sim_look_add(html, login->key);
    sim_look_add(html, "\"><p class=\"status\" id=\"status\" role=\"status\">"
                       "等待扫码 Waiting for a scan</p></div><a class=\"button plain\" id=\"again\""
                       " hidden href=\"");
    sim_look_text(html, sim_login_again(login, call->pool));
    sim_look_add(html, "\">换一个二维码 <small>New QR code</small></a><noscript>"
                       "<a class=\"button plain\" href=\"/sim/wait?key=");
    sim_look_add(html, login->key);
    sim_look_add(html, "\">我已在手机上确认 <small>I have confirmed</small></a></noscript>");
    if (here != NULL) {
        sim_look_add(html, "<div class=\"or\">或 or</div><form method=\"post\" id=\"quick\" "
                           "action=\"/sim/phone/confirm\">");
        sim_look_hidden(html, "key", login->key);
        sim_look_hidden(html, "quick", "1");
        sim_look_hidden(html, "follow", "browser");
        sim_look_add(html, "<button>快速登录 <small>Quick login</small></button></form>"
                           "<small class=\"center\">");
        sim_look_text(html, member == NULL ? here
                                           : apr_pstrcat(call->pool, member->name, " (",
                                                         member->userid, ")", NULL));
        sim_look_add(html, "</small>");
    }
    sim_look_add(html, "</section>");
}

static void sim_login_phone(sim_html_t *html, sim_call_t *call, const sim_login_t *login,
                            const sim_ask_t *ask)
{
    sim_look_add(html, "<section class=\"phone\"><div class=\"bar\"><span>9:41</span><span>"
                       "模拟器 5G</span></div><div class=\"top\">你的手机 "
                       "<span lang=\"en\">Your phone</span></div><div class=\"screen\">");
    sim_look_both(html, "h2", "在这里扮演手机的主人",
                  "Play the owner of the phone here, or open it in another window");
    sim_look_add(html, "<form method=\"post\" id=\"phone\" action=\"/sim/phone/confirm\" "
                       "style=\"display:flex;flex-direction:column;flex:1\">");
    sim_look_hidden(html, "key", login->key);
    sim_look_hidden(html, "follow", "browser");
    sim_look_add(html, "<label for=\"userid\">手机属于 <small>This phone belongs to</small></label>"
                       "<select name=\"userid\" id=\"userid\">");
    sim_look_people(html, call, ask->corp, ask->app, sim_people_here(call, ask->corp));
    sim_look_add(html, "</select><div class=\"push\"></div>"
                       "<button>在手机上确认登录 <small>Confirm</small></button>"
                       "<button class=\"plain\" formaction=\"/sim/phone/refuse\">取消 "
                       "<small>Refuse</small></button></form><a class=\"button plain\" "
                       "target=\"_blank\" rel=\"noopener\" href=\"/sim/phone?key=");
    sim_look_add(html, login->key);
    sim_look_add(html, "\">在新窗口打开手机 <small>Other window</small></a></div></section>");
}

static int sim_login_page(sim_call_t *call, int old_page)
{
    sim_ask_t *ask = apr_pcalloc(call->pool, sizeof(*ask));
    sim_login_t *login = apr_pcalloc(call->pool, sizeof(*login));
    const char *type = sim_call_query(call, "redirect_type", 10);
    const char *wrong = sim_pages_ask(ask, call);
    int panel = !old_page && sim_panel_wanted(call);
    sim_html_t *html;

    if (wrong != NULL) {
        return sim_look_message(call, "bad-parameter", "!",
                                old_page ? "该链接无法访问" : "参数错误，无法登录",
                                old_page ? "This link cannot be opened"
                                         : "A parameter is wrong: no login", wrong);
    }
    login->app = ask->appid;
    apr_cpystrn(login->redirect_uri, ask->redirect_uri, sizeof(login->redirect_uri));
    apr_cpystrn(login->state, ask->state, sizeof(login->state));
    if (wecom_text_equal(type, "self") || wecom_text_equal(type, "callback")
        || wecom_text_equal(type, "top")) {
        apr_cpystrn(login->redirect_type, type, sizeof(login->redirect_type));
    }
    login->english = wecom_text_equal(sim_call_query(call, "lang", 10), "en");
    login->old_page = old_page;
    apr_cpystrn(login->panel, panel ? sim_panel_parameters(call) : "", sizeof(login->panel));
    if (!sim_store_login_put(login)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    html = sim_look_begin(call->pool);
    if (panel) {
        sim_panel_page(html, call, login, ask);
    }
    else {
        sim_login_computer(html, call, login, ask);
        sim_login_phone(html, call, login, ask);
    }
    sim_look_add(html, "<script>window.settings=");
    sim_look_add(html, sim_login_settings(call, login, ask));
    sim_look_add(html, ";</script><script>");
    sim_look_add(html, sim_panel_script);
    sim_look_add(html, "</script>");
    if (panel) {
        return sim_look_send_panel(call, html, sim_panel_scheme(call));
    }
    return sim_look_send(call, html, old_page ? "qrconnect" : "wwlogin",
                         login->english ? "Sign in with WeCom" : "企业微信登录", 1);
}

int sim_login_new_page(sim_call_t *call)
{
    return sim_login_page(call, 0);
}

int sim_login_old_page(sim_call_t *call)
{
    return sim_login_page(call, 1);
}

int sim_login_picture(sim_call_t *call)
{
    return sim_look_qr(call, sim_call_query(call, "key", SIM_KEY_LEN));
}

static wecom_json_out_t *sim_login_state(sim_call_t *call, wecom_json_out_t *data,
                                         const char *key)
{
    sim_login_t *login = apr_palloc(call->pool, sizeof(*login));
    const char *target;

    sim_store_login_get(login, key);
    wecom_json_out_text(data, "status", sim_login_scan_word(login->scan));
    wecom_json_out_text(data, "auth_code", login->scan == SIM_SCAN_SUCC ? login->code : "");
    target = sim_login_target(call, login);
    if (target != NULL) {
        wecom_json_out_text(data, "sim_redirect", target);
    }
    return data;
}

int sim_login_poll(sim_call_t *call)
{
    const wecom_json_t *body = sim_call_json(call);
    wecom_json_out_t *root = wecom_json_out_object(call->pool);
    const char *key = body != NULL ? wecom_json_text(body, "webKey", SIM_KEY_LEN)
                                   : sim_call_form(call, "webKey", SIM_KEY_LEN);

    (void)sim_login_state(call, wecom_json_out_child_object(root, "data"), key);
    return sim_call_send_json(call, root);
}

int sim_login_old_poll(sim_call_t *call)
{
    const char *callback = sim_call_query(call, "callback", 64);
    const char *key = sim_call_query(call, "key", SIM_KEY_LEN);
    const char *text;

    if (callback == NULL || callback[0] == '\0'
        || strspn(callback, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$.")
               != strlen(callback)) {
        callback = "jsonpCallback";
    }
    text = wecom_json_out_print(sim_login_state(call, wecom_json_out_object(call->pool), key));
    text = apr_pstrcat(call->pool, callback, "(", text, ")", NULL);
    return sim_call_send(call, HTTP_OK, "application/javascript; charset=UTF-8", text,
                         strlen(text));
}

/* For browsers without script: has the phone decided? */
int sim_login_wait(sim_call_t *call)
{
    sim_login_t *login = apr_palloc(call->pool, sizeof(*login));
    const char *target;

    sim_store_login_get(login, sim_call_query(call, "key", SIM_KEY_LEN));
    target = sim_login_target(call, login);
    if (target != NULL) {
        return sim_call_redirect(call, HTTP_SEE_OTHER, target);
    }
    if (login->scan == SIM_SCAN_ERR) {
        return sim_look_message(call, "expired", "!", "二维码已失效", "The QR code has expired",
                                NULL);
    }
    if (login->scan == SIM_SCAN_FAIL) {
        return sim_call_redirect(call, HTTP_SEE_OTHER, sim_login_again(login, call->pool));
    }
    return sim_look_message(call, "waiting", "i", "手机上还没有确认",
                            "The phone has not confirmed yet", NULL);
}
