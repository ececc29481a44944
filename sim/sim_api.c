/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_api.c - the gate, the answers, and the calls around tokens and codes.
 *
 * Protocol sources are WeCom's documents 91039 (gettoken), 91023 (getuserinfo), 95833
 * (getuserdetail), 90313 (errcodes) and the behaviour measured with made-up credentials that the
 * behaviour sheet lists: secret before corpid, token before address before parameters.
 */
#include "sim_api.h"

#include <apr_strings.h>

#include "../src/base/crypto.h"
#include "../src/base/limits.h"
#include "../src/base/text.h"
#include "sim_jsticket.h"
#include "sim_people.h"

#define SIM_DEFAULT_AVATAR "https://wework.qpic.cn/wwhead/sim-default/0"

static const struct {
    int errcode;
    const char *text;
} sim_api_texts[] = {
    {-1, "system busy"},
    {40001, "invalid credential"},
    {40003, "invalid UserID"},
    {40013, "invalid corpid"},
    {40014, "invalid access_token"},
    {40029, "invalid code"},
    {40035, "invalid parameter"},
    {40056, "invalid agentid"},
    {40058, "invalid argument"},
    {40068, "invalid tagid"},
    {40091, "invalid secret"},
    {41001, "access_token missing"},
    {41002, "corpid missing"},
    {41004, "corpsecret missing"},
    {41008, "missing code"},
    {42001, "access_token expired"},
    {42003, "code expired"},
    {42022, "code used"},
    {45009, "api freq out of limit"},
    {45033, "api concurrent out of limit"},
    {48002, "api forbidden"},
    {50001, "redirect_url not authorized"},
    {50002, "user not in scope"},
    {50003, "app disabled"},
    {60003, "department not found"},
    {60011, "no privilege to access/modify contact/party/agent"},
    {60020, "not allow to access from your ip"},
    {60111, "userid not found"},
    {60123, "invalid party id"},
    {84014, "user_ticket expired"},
    {84015, "invalid user_ticket"},
    {301002, "not allowed operate another agent with this accesstoken"},
    {301007, "corp unavailable"},
};

static const char *sim_api_error_text(int errcode)
{
    apr_size_t i;

    for (i = 0; i < sizeof(sim_api_texts) / sizeof(sim_api_texts[0]); i++) {
        if (sim_api_texts[i].errcode == errcode) {
            return sim_api_texts[i].text;
        }
    }
    return "error";
}

/* 1 if this field of the answer is one that a fault bends; then it has been dealt with. */
static int sim_api_bent(sim_api_t *api, wecom_json_out_t *parent, const char *name, int was_text)
{
    const sim_fault_t *fault = &api->call->fault;

    if (name == NULL || strcmp(fault->field, name) != 0) {
        return 0;
    }
    if (fault->kind == SIM_FAULT_WRONGTYPE) {
        if (was_text) {
            wecom_json_out_number(parent, name, 7);
        }
        else {
            wecom_json_out_text(parent, name, "seven");
        }
        return 1;
    }
    return fault->kind == SIM_FAULT_MISSING;
}

void sim_api_text(sim_api_t *api, wecom_json_out_t *parent, const char *name, const char *value)
{
    if (!sim_api_bent(api, parent, name, 1)) {
        wecom_json_out_text(parent, name, value);
    }
}

void sim_api_number(sim_api_t *api, wecom_json_out_t *parent, const char *name, apr_int64_t value)
{
    if (!sim_api_bent(api, parent, name, 0)) {
        wecom_json_out_number(parent, name, value);
    }
}

/* A bent list or object is still filled by its caller, where nobody sees it. */
wecom_json_out_t *sim_api_array(sim_api_t *api, wecom_json_out_t *parent, const char *name)
{
    if (sim_api_bent(api, parent, name, 0)) {
        return wecom_json_out_array(api->call->pool);
    }
    return wecom_json_out_child_array(parent, name);
}

wecom_json_out_t *sim_api_object(sim_api_t *api, wecom_json_out_t *parent, const char *name)
{
    if (sim_api_bent(api, parent, name, 0)) {
        return wecom_json_out_object(api->call->pool);
    }
    return wecom_json_out_child_object(parent, name);
}

wecom_json_out_t *sim_api_begin(sim_api_t *api)
{
    wecom_json_out_t *root = wecom_json_out_object(api->call->pool);

    apr_table_setn(api->call->r->headers_out, "Error-Code", "0");
    apr_table_setn(api->call->r->headers_out, "Error-Msg", "ok");
    sim_api_number(api, root, "errcode", 0);
    sim_api_text(api, root, "errmsg", "ok");
    return root;
}

int sim_api_send(sim_api_t *api, wecom_json_out_t *root)
{
    return sim_call_send_json(api->call, root);
}

int sim_api_error(sim_api_t *api, int errcode)
{
    request_rec *r = api->call->r;
    const char *message = sim_api_error_text(errcode);
    wecom_json_out_t *root = wecom_json_out_object(api->call->pool);
    unsigned char random[4] = {0, 0, 0, 0};
    int i;

    /* Measured: user/get answers a bad token with the bare text, other calls with the hint. */
    if (errcode != 40014 || strcmp(api->call->path, "/cgi-bin/user/get") != 0) {
        (void)wecom_crypto_random(random, sizeof(random));
        message = apr_psprintf(api->call->pool,
                               "%s, hint: [%010" APR_TIME_T_FMT "%015u], from ip: %s, more info at "
                               "https://open.work.weixin.qq.com/devtool/query?e=%d",
                               message, apr_time_sec(r->request_time),
                               (unsigned int)random[0] << 24 | (unsigned int)random[1] << 16
                                   | (unsigned int)random[2] << 8 | random[3],
                               r->useragent_ip, errcode);
    }
    apr_table_setn(r->headers_out, "Error-Code", apr_itoa(api->call->pool, errcode));
    apr_table_setn(r->headers_out, "Error-Msg", message);
    sim_api_number(api, root, "errcode", errcode);
    sim_api_text(api, root, "errmsg", message);
    for (i = 0; api->entry != NULL && i < 4 && api->entry->lists[i] != NULL; i++) {
        (void)sim_api_array(api, root, api->entry->lists[i]);
    }
    return sim_call_send_json(api->call, root);
}

static int sim_api_same_secret(const char *a, const char *b)
{
    return wecom_crypto_equal(a, strlen(a), b, strlen(b));
}

static int sim_api_gettoken(sim_api_t *api)
{
    sim_call_t *call = api->call;
    const char *corpid = sim_call_query(call, "corpid", SIM_MAX_CORPID);
    const char *secret = sim_call_query(call, "corpsecret", WECOM_MAX_SECRET);
    char *token = apr_palloc(call->pool, SIM_TOKEN_LEN + 1);
    wecom_json_out_t *root;
    int expires_in = 0;
    int errcode = 40001;
    int i, j;

    if (secret == NULL || secret[0] == '\0') {
        return sim_api_error(api, 41004);
    }
    if (corpid == NULL || corpid[0] == '\0') {
        return sim_api_error(api, 41002);
    }
    api->corp = sim_data_corp(call->data, corpid);
    if (api->corp == NULL) {
        return sim_api_error(api, 40013);
    }
    for (i = 0; i < call->data->corps->nelts; i++) {
        const sim_corp_t *corp = SIM_AT(call->data->corps, sim_corp_t, i);

        for (j = 0; j < corp->apps->nelts; j++) {
            const sim_app_t *app = SIM_AT(corp->apps, sim_app_t, j);

            if (sim_api_same_secret(app->secret, secret)) {
                if (corp == api->corp) {
                    api->app = app;
                }
                errcode = 40091;
            }
        }
    }
    if (api->app == NULL) {
        return sim_api_error(api, errcode);
    }
    apr_cpystrn(api->appid.corpid, api->corp->corpid, sizeof(api->appid.corpid));
    apr_cpystrn(api->appid.agentid, api->app->agentid, sizeof(api->appid.agentid));
    if (!sim_store_token_get(token, &expires_in, &api->appid)) {
        return sim_api_error(api, -1);
    }
    root = sim_api_begin(api);
    sim_api_text(api, root, "access_token", token);
    sim_api_number(api, root, "expires_in", expires_in);
    return sim_api_send(api, root);
}

/* The errcode of a code, or 0 and the grant. */
static int sim_api_take_code(sim_api_t *api, sim_grant_t *grant)
{
    const char *code = sim_call_query(api->call, "code", WECOM_MAX_CODE);

    if (code == NULL || code[0] == '\0') {
        return 41008;
    }
    switch (sim_store_code_take(grant, code, &api->appid)) {
    case SIM_FOUND:
        return 0;
    case SIM_OTHER_APP:
        return 50001;
    default:
        return 40029;
    }
}

/* The new call and the old one differ in the spelling of names and in what else they tell. */
static int sim_api_identity(sim_api_t *api, int old)
{
    sim_call_t *call = api->call;
    sim_grant_t *grant = apr_pcalloc(call->pool, sizeof(*grant));
    int errcode = sim_api_take_code(api, grant);
    const sim_member_t *member;
    const sim_outsider_t *outsider;
    const char *openid;
    char *ticket;
    wecom_json_out_t *root;

    if (errcode != 0) {
        return sim_api_error(api, errcode);
    }
    root = sim_api_begin(api);
    if (strncmp(grant->person, SIM_OPENID, sizeof(SIM_OPENID) - 1) == 0) {
        openid = grant->person + sizeof(SIM_OPENID) - 1;
        sim_api_text(api, root, old ? "OpenId" : "openid", openid);
        outsider = sim_data_outsider(call->data, openid);
        if (outsider != NULL && outsider->external_userid != NULL) {
            sim_api_text(api, root, "external_userid", outsider->external_userid);
        }
    }
    else {
        sim_api_text(api, root, old ? "UserId" : "userid", grant->person);
        member = sim_people_find(call, api->corp, grant->person);
        ticket = apr_palloc(call->pool, SIM_TICKET_LEN + 1);
        if (grant->private_info && member != NULL && sim_people_sees(api->corp, api->app, member)
            && sim_store_ticket_put(ticket, grant)) {
            sim_api_text(api, root, "user_ticket", ticket);
            if (old) {
                sim_api_number(api, root, "expires_in", SIM_TICKET_SECONDS);
            }
        }
    }
    if (old) {
        sim_api_text(api, root, "DeviceId", "simulated-device-0001");
    }
    return sim_api_send(api, root);
}

static int sim_api_getuserinfo(sim_api_t *api)
{
    return sim_api_identity(api, 0);
}

static int sim_api_getuserinfo_old(sim_api_t *api)
{
    return sim_api_identity(api, 1);
}

static int sim_api_getuserdetail(sim_api_t *api)
{
    sim_grant_t *grant = apr_pcalloc(api->call->pool, sizeof(*grant));
    const wecom_json_t *body;
    const char *ticket;
    const sim_member_t *m;
    unsigned int fields;
    wecom_json_out_t *root;
    sim_found_t found;

    if (!sim_call_is_post(api->call)) {
        return sim_api_error(api, 40058);
    }
    body = sim_call_json(api->call);
    if (body == NULL) {
        return sim_api_error(api, 40035);
    }
    ticket = wecom_json_text(body, "user_ticket", WECOM_MAX_TICKET);
    found = ticket == NULL ? SIM_UNKNOWN : sim_store_ticket_get(grant, ticket, &api->appid);
    if (found != SIM_FOUND) {
        return sim_api_error(api, found == SIM_EXPIRED ? 84014 : 84015);
    }
    m = sim_people_find(api->call, api->corp, grant->person);
    if (m == NULL) {
        return sim_api_error(api, 60111);
    }
    if (!sim_people_sees(api->corp, api->app, m)) {
        return sim_api_error(api, 60011);
    }
    fields = grant->fields & api->app->private_fields;
    root = sim_api_begin(api);
    sim_api_text(api, root, "userid", m->userid);
    sim_api_text(api, root, "gender", fields & SIM_FIELD_GENDER ? m->gender : "0");
    sim_api_text(api, root, "avatar", fields & SIM_FIELD_AVATAR && m->avatar[0] != '\0'
                                          ? m->avatar : SIM_DEFAULT_AVATAR);
    if (fields & SIM_FIELD_QR_CODE) {
        sim_api_text(api, root, "qr_code", m->qr_code);
    }
    if (fields & SIM_FIELD_MOBILE) {
        sim_api_text(api, root, "mobile", m->mobile);
    }
    if (fields & SIM_FIELD_EMAIL) {
        sim_api_text(api, root, "email", m->email);
    }
    if (fields & SIM_FIELD_BIZ_MAIL) {
        sim_api_text(api, root, "biz_mail", m->biz_mail);
    }
    if (fields & SIM_FIELD_ADDRESS) {
        sim_api_text(api, root, "address", m->address);
    }
    return sim_api_send(api, root);
}

static int sim_api_getcallbackip(sim_api_t *api)
{
    wecom_json_out_t *root = sim_api_begin(api);
    wecom_json_out_t *list = sim_api_array(api, root, "ip_list");

    wecom_json_out_text(list, NULL, "127.0.0.1");
    wecom_json_out_text(list, NULL, "::1");
    return sim_api_send(api, root);
}

static const sim_api_entry_t sim_api_entries[] = {
    {"/cgi-bin/gettoken", sim_api_gettoken, 1, {NULL}},
    {"/cgi-bin/auth/getuserinfo", sim_api_getuserinfo, 0, {NULL}},
    {"/cgi-bin/user/getuserinfo", sim_api_getuserinfo_old, 0, {NULL}},
    {"/cgi-bin/auth/getuserdetail", sim_api_getuserdetail, 0, {NULL}},
    {"/cgi-bin/user/getuserdetail", sim_api_getuserdetail, 0, {NULL}},
    {"/cgi-bin/user/get", sim_contacts_user_get, 0,
     {"department", "order", "is_leader_in_dept", "direct_leader"}},
    {"/cgi-bin/user/list", sim_contacts_user_list, 0, {"userlist", NULL}},
    {"/cgi-bin/user/simplelist", sim_contacts_user_simplelist, 0, {"userlist", NULL}},
    {"/cgi-bin/department/list", sim_contacts_department_list, 0, {"department", NULL}},
    {"/cgi-bin/department/simplelist", sim_contacts_department_simplelist, 0,
     {"department_id", NULL}},
    {"/cgi-bin/department/get", sim_contacts_department_get, 0, {NULL}},
    {"/cgi-bin/tag/list", sim_contacts_tag_list, 0, {"taglist", NULL}},
    {"/cgi-bin/tag/get", sim_contacts_tag_get, 0, {"userlist", "partylist", NULL}},
    {"/cgi-bin/getcallbackip", sim_api_getcallbackip, 0, {"ip_list", NULL}},
    {"/cgi-bin/get_jsapi_ticket", sim_jsticket_corp, 0, {NULL}},
    {"/cgi-bin/ticket/get", sim_jsticket_app, 0, {NULL}},
};

static const sim_api_entry_t *sim_api_find(const char *path)
{
    apr_size_t i;

    for (i = 0; i < sizeof(sim_api_entries) / sizeof(sim_api_entries[0]); i++) {
        if (strcmp(sim_api_entries[i].path, path) == 0) {
            return &sim_api_entries[i];
        }
    }
    return NULL;
}

/* The errcode that stops the call before its parameters are looked at, or 0. */
static int sim_api_gate(sim_api_t *api)
{
    const char *token = sim_call_query(api->call, "access_token", WECOM_MAX_TOKEN);
    sim_found_t found;

    if (token == NULL || token[0] == '\0') {
        return 41001;
    }
    found = sim_store_token_check(&api->appid, token);
    if (found != SIM_FOUND) {
        return found == SIM_EXPIRED ? 42001 : 40014;
    }
    api->corp = sim_data_corp(api->call->data, api->appid.corpid);
    api->app = api->corp == NULL ? NULL : sim_data_app(api->corp, api->appid.agentid);
    if (api->app == NULL) {
        return 40014; /* the app was taken out of the file since */
    }
    if (api->app->trusted_ips != NULL
        && !sim_data_lists(api->app->trusted_ips, api->call->r->useragent_ip, 1)) {
        return 60020;
    }
    return 0;
}

int sim_api_serve(sim_call_t *call)
{
    sim_api_t *api = apr_pcalloc(call->pool, sizeof(*api));
    int errcode;

    api->call = call;
    api->entry = sim_api_find(call->path);
    if (api->entry == NULL) {
        return sim_call_send(call, HTTP_NOT_FOUND, NULL, "", 0);
    }
    errcode = api->entry->open ? 0 : sim_api_gate(api);
    return errcode != 0 ? sim_api_error(api, errcode) : api->entry->serve(api);
}

int sim_api_fail(sim_call_t *call, int errcode)
{
    sim_api_t *api = apr_pcalloc(call->pool, sizeof(*api));

    api->call = call;
    api->entry = sim_api_find(call->path);
    return sim_api_error(api, errcode);
}
