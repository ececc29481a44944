/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_phone.c - the phone that has scanned: confirm or refuse.
 *
 * Here, and not before, WeCom checks the redirect_uri's domain and the member's visible range. The
 * forms work for a person and for a scripted client: with follow=browser the answer is the redirect
 * that the computer's browser would make, without it a page for the phone.
 */
#include "sim_pages.h"

#include <apr_strings.h>

#include "../src/base/limits.h"
#include "../src/base/text.h"
#include "sim_look.h"
#include "sim_people.h"

/* The login page that `key` names, with its corp and app; NULL when it is over. */
static sim_login_t *sim_phone_login(sim_call_t *call, sim_ask_t *ask, const char *key)
{
    sim_login_t *login = apr_palloc(call->pool, sizeof(*login));

    memset(ask, 0, sizeof(*ask));
    sim_store_login_get(login, key);
    if (login->scan != SIM_SCAN_NEVER && login->scan != SIM_SCAN_ING) {
        return NULL;
    }
    ask->corp = sim_data_corp(call->data, login->app.corpid);
    ask->app = ask->corp == NULL ? NULL : sim_data_app(ask->corp, login->app.agentid);
    return ask->app == NULL ? NULL : login;
}

static int sim_phone_over(sim_call_t *call)
{
    return sim_look_message(call, "expired", "!", "二维码已失效或已使用",
                            "This QR code has expired or was used", NULL);
}

int sim_phone_page(sim_call_t *call)
{
    sim_ask_t ask;
    const sim_login_t *login = sim_phone_login(call, &ask,
                                               sim_call_query(call, "key", SIM_KEY_LEN));
    sim_html_t *html;

    if (login == NULL) {
        return sim_phone_over(call);
    }
    (void)sim_store_login_set(login->key, SIM_SCAN_ING, NULL, 0);
    html = sim_look_begin(call->pool);
    sim_look_add(html, "<div class=\"center\"><div class=\"mark\" style=\"margin-top:8px\">应</div>"
                       "<h1>登录 ");
    sim_look_text(html, ask.app->name);
    sim_look_add(html, "<span class=\"en\" lang=\"en\">Sign in on the computer</span></h1>"
                       "<p><small>");
    sim_look_text(html, ask.corp->name);
    sim_look_add(html, "</small></p></div><form method=\"post\" action=\"/sim/phone/confirm\" "
                       "style=\"display:flex;flex-direction:column;flex:1\">");
    sim_look_hidden(html, "key", login->key);
    sim_look_add(html, "<label for=\"userid\">手机属于 <small>This phone belongs to</small></label>"
                       "<select name=\"userid\" id=\"userid\">");
    sim_look_people(html, call, ask.corp, ask.app, sim_people_here(call, ask.corp));
    sim_look_add(html, "</select><p class=\"note\">登录后将前往 <span lang=\"en\">Goes to</span> ");
    sim_look_text(html, apr_pstrmemdup(call->pool, login->redirect_uri,
                                       strcspn(login->redirect_uri, "?#")));
    sim_look_add(html, "</p><div class=\"push\"></div><button>确认登录 <small>Confirm</small>"
                       "</button><button class=\"plain\" formaction=\"/sim/phone/refuse\">取消 "
                       "<small>Refuse</small></button></form>");
    return sim_look_send(call, html, "phone", "企业微信 · 手机", 0);
}

/* Who confirms: the phone's owner, or for quick login the person at the computer. */
static const char *sim_phone_person(sim_call_t *call, const sim_ask_t *ask)
{
    const char *person = sim_call_form(call, "quick", 1) != NULL
                             ? sim_people_here(call, ask->corp)
                             : sim_call_form(call, "userid", SIM_MAX_PERSON);

    return person;
}

/* 1: the confirmation stops here, and *rv has been answered. */
static int sim_phone_stops(int *rv, sim_call_t *call, const sim_ask_t *ask,
                           const sim_login_t *login, const sim_member_t *member)
{
    if (!sim_pages_domain_fits(login->redirect_uri, ask->app, 1)) {
        *rv = sim_look_message(call, "domain-mismatch", "!", "redirect_uri 与应用的授权域名不一致",
                               "The host of redirect_uri, with its port, is neither a trusted "
                               "domain nor an authorized callback domain of this app",
                               login->redirect_uri);
        return 1;
    }
    if (member == NULL || (!sim_people_sees(ask->corp, ask->app, member)
                           && !sim_lever_fault_take_kind(SIM_FAULT_IGNORE_RANGE, call->path))) {
        *rv = sim_look_message(call, "no-permission", "!", "你没有权限登录该应用",
                               "You have no permission to use this app", ask->app->name);
        return 1;
    }
    return 0;
}

int sim_phone_confirm(sim_call_t *call)
{
    sim_ask_t ask;
    sim_login_t *login = sim_phone_login(call, &ask, sim_call_form(call, "key", SIM_KEY_LEN));
    sim_grant_t *grant = apr_pcalloc(call->pool, sizeof(*grant));
    char *code = apr_palloc(call->pool, SIM_CODE_LEN + 1);
    const sim_member_t *member;
    const char *person;
    int rv = OK;

    if (!sim_call_is_post(call)) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    if (login == NULL) {
        return sim_phone_over(call);
    }
    person = sim_phone_person(call, &ask);
    if (person == NULL || !sim_people_known(call, ask.corp, person)) {
        return sim_look_message(call, "unknown-person", "!", "模拟器不认识这个人",
                                "The simulator's data file knows no such person",
                                person != NULL ? person : "userid");
    }
    member = sim_people_find(call, ask.corp, person);
    if (sim_phone_stops(&rv, call, &ask, login, member)) {
        return rv;
    }
    grant->app = login->app;
    apr_cpystrn(grant->person, member->userid, sizeof(grant->person));
    if (!sim_store_code_put(code, grant)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (!sim_store_login_set(login->key, SIM_SCAN_SUCC, code, 0)) {
        return sim_phone_over(call); /* decided by somebody else in the meantime */
    }
    if (wecom_text_equal(sim_call_form(call, "follow", 10), "browser")) {
        sim_store_login_get(login, login->key);
        return sim_call_redirect(call, HTTP_SEE_OTHER, sim_login_target(call, login));
    }
    return sim_look_message(call, "confirmed", "+", "已确认，请看电脑",
                            "Confirmed: look at the computer", member->name);
}

int sim_phone_refuse(sim_call_t *call)
{
    sim_ask_t ask;
    sim_login_t *login = sim_phone_login(call, &ask, sim_call_form(call, "key", SIM_KEY_LEN));
    const char *target;

    if (!sim_call_is_post(call)) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    if (login == NULL
        || !sim_store_login_set(login->key, SIM_SCAN_FAIL, NULL,
                                login->old_page
                                    || sim_lever_fault_take_kind(SIM_FAULT_REFUSE_REDIRECTS,
                                                                 call->path))) {
        return sim_phone_over(call);
    }
    if (wecom_text_equal(sim_call_form(call, "follow", 10), "browser")) {
        sim_store_login_get(login, login->key);
        target = sim_login_target(call, login);
        return sim_call_redirect(call, HTTP_SEE_OTHER,
                                 target != NULL ? target : sim_login_again(login, call->pool));
    }
    return sim_look_message(call, "refused", "i", "已取消登录", "You refused the login", NULL);
}
