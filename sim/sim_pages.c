/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_pages.c - the table of pages, what they share, and the front page.
 */
#include "sim_pages.h"

#include <http_core.h>
#include <http_protocol.h>

#include <apr_strings.h>

#include "../src/base/limits.h"
#include "../src/base/text.h"
#include "sim_look.h"
#include "sim_people.h"

const char *sim_pages_ask(sim_ask_t *ask, sim_call_t *call)
{
    const char *appid = sim_call_query(call, "appid", SIM_MAX_CORPID);
    const char *agentid = sim_call_query(call, "agentid", SIM_MAX_AGENTID);
    const char *p;

    ask->redirect_uri = sim_call_query(call, "redirect_uri", SIM_MAX_URI);
    ask->state = sim_call_query(call, "state", SIM_MAX_STATE);
    if (ask->state == NULL) {
        ask->state = "";
    }
    if (appid == NULL) {
        return "appid is missing";
    }
    ask->corp = sim_data_corp(call->data, appid);
    if (ask->corp == NULL) {
        return "appid: no such corp";
    }
    ask->app = sim_data_app(ask->corp, agentid);
    if (ask->app == NULL) {
        return "invalid agentid";
    }
    apr_cpystrn(ask->appid.corpid, ask->corp->corpid, sizeof(ask->appid.corpid));
    apr_cpystrn(ask->appid.agentid, ask->app->agentid, sizeof(ask->appid.agentid));
    if (ask->redirect_uri == NULL) {
        return "redirect_uri is missing, too long or badly encoded";
    }
    for (p = ask->redirect_uri; *p != '\0'; p++) {
        if ((unsigned char)*p <= 0x20 || *p == 0x7f) {
            return "redirect_uri holds a blank or a control byte";
        }
    }
    if (strncmp(ask->redirect_uri, "http://", 7) != 0
        && strncmp(ask->redirect_uri, "https://", 8) != 0) {
        return "redirect_uri is not an absolute http or https URL";
    }
    return NULL;
}

int sim_pages_domain_fits(const char *redirect_uri, const sim_app_t *app, int web_login)
{
    char host[300];
    const char *start = strstr(redirect_uri, "://");
    apr_size_t len;

    if (start == NULL) {
        return 0;
    }
    start += 3;
    len = strcspn(start, "/?#");
    if (len == 0 || len >= sizeof(host)) {
        return 0;
    }
    memcpy(host, start, len);
    host[len] = '\0';
    /* The comparison is one of text: ":443" written out does not fit, as reported by users. */
    return sim_data_lists(app->domains, host, 1)
           || (web_login && sim_data_lists(app->callback_domains, host, 1));
}

const char *sim_pages_back(const char *redirect_uri, const char *code, const char *state,
                           const char *appid, apr_pool_t *pool)
{
    return apr_pstrcat(pool, redirect_uri, strchr(redirect_uri, '?') == NULL ? "?" : "&",
                       code != NULL ? "code=" : "", code != NULL ? code : "",
                       code != NULL ? "&" : "", "state=",
                       wecom_text_url_encode(state, strlen(state), pool),
                       appid != NULL ? "&appid=" : "", appid != NULL ? appid : "", NULL);
}

static void sim_pages_corp(sim_html_t *html, sim_call_t *call, const sim_corp_t *corp)
{
    int i;

    sim_look_add(html, "<div class=\"card sheet\"><h1>");
    sim_look_text(html, corp->name);
    sim_look_add(html, "<small><code>");
    sim_look_text(html, corp->corpid);
    sim_look_add(html, "</code></small></h1><div class=\"scroll\"><table><tr><th>应用 App</th>"
                       "<th>AgentID</th><th>可信域名 Trusted domains</th></tr>");
    for (i = 0; i < corp->apps->nelts; i++) {
        const sim_app_t *app = SIM_AT(corp->apps, sim_app_t, i);

        sim_look_add(html, "<tr><td>");
        sim_look_text(html, app->name);
        sim_look_add(html, "</td><td><code>");
        sim_look_text(html, app->agentid);
        sim_look_add(html, "</code></td><td><code>");
        sim_look_text(html, apr_array_pstrcat(call->pool, app->domains, ' '));
        sim_look_add(html, "</code></td></tr>");
    }
    sim_look_add(html, "</table></div><p></p><form method=\"post\" action=\"/sim/who\"><label>"
                       "我是谁 <small>Who am I: the person in this browser's client</small></label>"
                       "<select name=\"person\">");
    sim_look_people(html, call, corp, NULL, sim_people_here(call, corp));
    sim_look_add(html, "</select><button>就当这个人 <small>Be this person</small></button>"
                       "</form></div>");
}

static int sim_pages_front(sim_call_t *call)
{
    sim_html_t *html = sim_look_begin(call->pool);
    int i;

    sim_look_add(html, "<div class=\"card sheet\">");
    sim_look_both(html, "h1", "盒子里的企业微信", "WeCom in a box");
    sim_look_both(html, "p", "这里扮演企业微信：接口、授权页、扫码登录页和手机。下面选择“我是谁”，"
                  "就是这个浏览器里的企业微信客户端属于谁；快速登录和客户端内的静默登录都用这个人。",
                  "Plays WeCom: its API, its authorize page, its scan page and the phone. Choose "
                  "below whose WeCom client this browser has; quick login and the silent login "
                  "inside the client use that person.");
    sim_look_add(html, "<form method=\"post\" action=\"/sim/who\"><button class=\"plain\" "
                       "name=\"person\" value=\"\">恢复默认成员 <small>Back to the default "
                       "member</small></button></form></div>");
    for (i = 0; i < call->data->corps->nelts && i < 20; i++) {
        sim_pages_corp(html, call, SIM_AT(call->data->corps, sim_corp_t, i));
    }
    return sim_look_send(call, html, "front", "WeCom in a box", 1);
}

/* The cookie says which person the client belongs to. It is no secret: anybody may be anybody. Over
 * TLS it also reaches the panel in a page of another site. */
static int sim_pages_who(sim_call_t *call)
{
    int tls = strcmp(ap_http_scheme(call->r), "https") == 0;
    const char *person = sim_call_form(call, "person", SIM_MAX_PERSON);

    if (!sim_call_is_post(call) || person == NULL) {
        return sim_call_redirect(call, HTTP_SEE_OTHER, "/sim/");
    }
    apr_table_setn(call->r->headers_out, "Set-Cookie",
                   apr_pstrcat(call->pool, "sim_user=",
                               wecom_text_url_encode(person, strlen(person), call->pool),
                               "; Path=/; HttpOnly; SameSite=",
                               tls ? "None; Secure" : "Lax",
                               person[0] == '\0' ? "; Max-Age=0" : "", NULL));
    return sim_call_redirect(call, HTTP_SEE_OTHER, "/sim/");
}

static int sim_pages_root(sim_call_t *call)
{
    return sim_call_redirect(call, HTTP_MOVED_TEMPORARILY, "/sim/");
}

/* Telemetry of the real page; swallowed. */
static int sim_pages_swallow(sim_call_t *call)
{
    return sim_call_send(call, HTTP_OK, "application/json; charset=UTF-8", "{\"data\":{}}", 11);
}

static const struct {
    const char *path;
    int (*serve)(sim_call_t *call);
} sim_pages_entries[] = {
    {"/", sim_pages_root},
    {"/connect/oauth2/authorize", sim_authorize_page},
    {"/wwlogin/sso/login", sim_login_new_page},
    {"/wwlogin/sso/qrcode", sim_login_picture},
    {"/wwlogin/monoApi/sso/login/getWebQrCodeStatus", sim_login_poll},
    {"/wwlogin/monoApi/sso/login/reportOss", sim_pages_swallow},
    {"/wwopen/sso/qrConnect", sim_login_old_page},
    {"/wwopen/sso/qrImg", sim_login_picture},
    {"/wwopen/sso/l/qrConnect", sim_login_old_poll},
    {"/sim/", sim_pages_front},
    {"/sim/who", sim_pages_who},
    {"/sim/wait", sim_login_wait},
    {"/sim/phone", sim_phone_page},
    {"/sim/phone/confirm", sim_phone_confirm},
    {"/sim/phone/refuse", sim_phone_refuse},
};

int sim_pages_serve(sim_call_t *call)
{
    apr_size_t i;

    for (i = 0; i < sizeof(sim_pages_entries) / sizeof(sim_pages_entries[0]); i++) {
        if (strcmp(sim_pages_entries[i].path, call->path) == 0) {
            return sim_pages_entries[i].serve(call);
        }
    }
    return sim_call_send(call, HTTP_NOT_FOUND, NULL, "", 0);
}
