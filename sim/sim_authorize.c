/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_authorize.c - web authorization inside the client: silent, or with the consent page.
 *
 * Protocol source: WeCom's document 91022. What is not documented (refusal of consent) follows the
 * old login page: back with state alone.
 */
#include "sim_pages.h"

#include <apr_strings.h>

#include "../src/base/limits.h"
#include "../src/base/text.h"
#include "sim_look.h"
#include "sim_people.h"

static int sim_authorize_wrong(sim_call_t *call, const char *kind, const char *chinese,
                               const char *english, const char *detail)
{
    return sim_look_message(call, kind, "!", chinese, english, detail);
}

static int sim_authorize_in_client(const sim_call_t *call)
{
    const char *agent = apr_table_get(call->r->headers_in, "User-Agent");

    return agent != NULL && (wecom_text_contains_fold(agent, strlen(agent), "wxwork")
                             || wecom_text_contains_fold(agent, strlen(agent), "micromessenger"));
}

static int sim_authorize_grant(sim_call_t *call, const sim_ask_t *ask, const char *person,
                               int private_info, unsigned int fields)
{
    sim_grant_t *grant = apr_pcalloc(call->pool, sizeof(*grant));
    char *code = apr_palloc(call->pool, SIM_CODE_LEN + 1);

    grant->app = ask->appid;
    apr_cpystrn(grant->person, person, sizeof(grant->person));
    grant->private_info = private_info;
    grant->fields = fields;
    if (!sim_store_code_put(code, grant)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return sim_call_redirect(call, HTTP_MOVED_TEMPORARILY,
                             sim_pages_back(ask->redirect_uri, code, ask->state, NULL,
                                            call->pool));
}

static int sim_authorize_consent_page(sim_call_t *call, const sim_ask_t *ask,
                                      const sim_member_t *member)
{
    sim_html_t *html = sim_look_begin(call->pool);
    int i;

    sim_look_add(html, "<div class=\"app\"><div class=\"logo\">");
    sim_look_add(html, "应</div><div><b>");
    sim_look_text(html, ask->app->name);
    sim_look_add(html, "</b><small>");
    sim_look_text(html, ask->corp->name);
    sim_look_add(html, "</small></div></div>");
    sim_look_both(html, "h2", "申请获取你的以下信息", "asks for the following about you");
    sim_look_add(html, "<form method=\"post\">");
    for (i = 0; i < SIM_FIELDS; i++) {
        const sim_field_t *field = &sim_data_fields[i];

        if ((ask->app->private_fields & field->bit) == 0) {
            continue;
        }
        sim_look_add(html, "<label class=\"tick\"><input type=\"checkbox\" value=\"1\" checked "
                           "name=\"");
        sim_look_add(html, field->name);
        sim_look_add(html, "\"><span>");
        sim_look_add(html, field->chinese);
        sim_look_add(html, "<small lang=\"en\">");
        sim_look_add(html, field->english);
        sim_look_add(html, "</small></span></label>");
    }
    sim_look_add(html, "<p></p><p class=\"note\">当前成员 <span lang=\"en\">You are</span> <b>");
    sim_look_text(html, member->name);
    sim_look_add(html, "</b> (");
    sim_look_text(html, member->userid);
    sim_look_add(html, ")</p><button name=\"answer\" value=\"allow\">同意 <small>Allow</small>"
                       "</button><button class=\"plain\" name=\"answer\" value=\"refuse\">拒绝 "
                       "<small>Refuse</small></button></form>"
                       "<small class=\"center\">同意后 30 天内不再询问<br>"
                       "You will not be asked again for 30 days</small>");
    return sim_look_send(call, html, "consent", "授权 · Consent", 0);
}

static int sim_authorize_private(sim_call_t *call, const sim_ask_t *ask, const char *person)
{
    const sim_member_t *member = sim_people_find(call, ask->corp, person);
    const char *answer = sim_call_form(call, "answer", 10);
    unsigned int fields = 0;
    int i;

    if (member == NULL || !sim_people_sees(ask->corp, ask->app, member)) {
        return sim_authorize_wrong(call, "out-of-range", "你不在该应用的可见范围内",
                                   "You are outside this app's visible range", person);
    }
    if (sim_call_is_post(call) && wecom_text_equal(answer, "refuse")) {
        return sim_call_redirect(call, HTTP_MOVED_TEMPORARILY,
                                 sim_pages_back(ask->redirect_uri, NULL, ask->state, NULL,
                                                call->pool));
    }
    if (sim_call_is_post(call) && wecom_text_equal(answer, "allow")) {
        for (i = 0; i < SIM_FIELDS; i++) {
            if (sim_call_form(call, sim_data_fields[i].name, 10) != NULL) {
                fields |= sim_data_fields[i].bit;
            }
        }
        sim_store_consent_put(&ask->appid, member->userid, fields);
    }
    else if (!sim_store_consent_get(&fields, &ask->appid, member->userid)) {
        return sim_authorize_consent_page(call, ask, member);
    }
    return sim_authorize_grant(call, ask, member->userid, 1, fields);
}

int sim_authorize_page(sim_call_t *call)
{
    sim_ask_t *ask = apr_pcalloc(call->pool, sizeof(*ask));
    const char *scope = sim_call_query(call, "scope", SIM_MAX_WORD);
    const char *wrong;
    const char *person;
    const sim_member_t *member;

    if (!sim_authorize_in_client(call)) {
        return sim_look_message(call, "open-in-client", "i", "请在企业微信客户端打开链接",
                                "Please open this link in the WeCom client", NULL);
    }
    wrong = sim_pages_ask(ask, call);
    if (wrong == NULL
        && !wecom_text_equal(sim_call_query(call, "response_type", SIM_MAX_WORD), "code")) {
        wrong = "response_type is not code";
    }
    if (wrong == NULL && !wecom_text_equal(scope, "snsapi_base")
        && !wecom_text_equal(scope, "snsapi_userinfo")
        && !wecom_text_equal(scope, "snsapi_privateinfo")) {
        wrong = "scope is neither snsapi_base nor snsapi_privateinfo";
    }
    if (wrong != NULL) {
        return sim_authorize_wrong(call, "bad-parameter", "参数错误", "A parameter is wrong", wrong);
    }
    if (!sim_pages_domain_fits(ask->redirect_uri, ask->app, 0)) {
        return sim_authorize_wrong(call, "domain-mismatch",
                                   "redirect_uri 需使用应用可信域名",
                                   "The host of redirect_uri, with its port, is not one of this "
                                   "app's trusted domains", ask->redirect_uri);
    }
    person = sim_people_here(call, ask->corp);
    if (person == NULL || !sim_people_known(call, ask->corp, person)) {
        return sim_authorize_wrong(call, "unknown-person", "模拟器不认识这个人",
                                   "The simulator's data file knows no such person",
                                   person != NULL ? person : "sim_user, SimUser/, default_user");
    }
    if (strcmp(scope, "snsapi_privateinfo") == 0) {
        return sim_authorize_private(call, ask, person);
    }
    member = sim_people_find(call, ask->corp, person);
    if (member != NULL) {
        person = member->userid; /* as WeCom spells it */
    }
    else if (strncmp(person, SIM_OPENID, sizeof(SIM_OPENID) - 1) != 0
             && !sim_people_linked(call, person)) {
        /* Deleted since: to this corp he is a stranger now. */
        person = apr_pstrcat(call->pool, SIM_OPENID, "oGone-", person, NULL);
    }
    return sim_authorize_grant(call, ask, person, 0, 0);
}
