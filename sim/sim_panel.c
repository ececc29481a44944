/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_panel.c - the panel's page, and the script that speaks with the page around it.
 *
 * The SDK puts a sandbox without allow-forms around the frame when it is to navigate the top
 * window; there no form is ever submitted and no submit event is seen. So inside a frame the
 * buttons are listened to, and the forms are sent by fetch.
 */
#include "sim_panel.h"

#include <apr_strings.h>

#include "../src/base/text.h"
#include "sim_people.h"

#define SIM_MAX_ORIGIN 280 /* so that SIM_MAX_PANEL holds it */

const char sim_panel_script[] =
    "(function(){var s=window.settings,framed=window.parent!==window,home=s.embedder||'*';"
    "var back=s.redirect_type==='callback',left=0;"
    "function tell(o){parent.postMessage(JSON.stringify(o),home)}"
    "function call(n,p){if(framed)tell({type:'ww-iframe-handle:call',"
    "args:{type:'call',name:n,payload:p}})}"
    "function ready(){tell({type:'ww-iframe-handle:ready',supportChannel:false})}"
    "function fail(m){if(back)call('onLoginFail',{errCode:1,errMsg:m})}"
    "function show(t){document.getElementById('status').textContent=t}"
    "function again(){document.getElementById('again').hidden=false}"
    "function go(u){if(framed&&s.redirect_type!=='self')top.location.href=u;else location.href=u}"
    "function hear(e){var m=e.data;if(e.source!==parent||(home!=='*'&&e.origin!==home))return;"
    "try{m=typeof m==='string'?JSON.parse(m):m}catch(x){return}"
    "if(!m)return;if(m.type==='ww-iframe-handle:init')ready();"
    "if(m.type==='ww-iframe-handle:call'&&m.uid)tell({type:'ww-iframe-handle:response',"
    "uid:m.uid,kind:'reject',args:{message:'unknown call'}})}"
    "if(framed){window.addEventListener('message',hear);ready();"
    "call('onCheckWeComLogin',{isWeComLogin:s.client_found});"
    "if(/wxwork/i.test(navigator.userAgent))call('onOpenInWecom',{})}"
    /* A form takes the page along itself: whoever polled on would go there a second time. */
    "else document.addEventListener('submit',function(){left=1});"
    "function poll(){if(left)return;fetch('/wwlogin/monoApi/sso/login/getWebQrCodeStatus"
    "?lang=zh_CN&ajax=1&f=json&random='+Math.floor(100000+Math.random()*900000),"
    "{method:'POST',headers:{'Content-Type':"
    "'application/json'},body:JSON.stringify({webKey:s.web_key,lastStatus:s.last,openDataSid:null"
    "})}).then(function(r){return r.json()}).then(function(j){if(left)return;"
    "var d=j.data;s.last=d.status;"
    "if(d.status==='QRCODE_SCAN_SUCC'){show('登录成功 Signed in');"
    "if(!framed||!back)go(d.sim_redirect);"
    "else if(s.embedder_fits)call('onLoginSuccess',{code:d.auth_code});"
    "else{show('外层页面不在可信域名 The page around is on no domain of the app');"
    "fail('embedder not trusted')}return}"
    "if(d.status==='QRCODE_SCAN_FAIL'){if(d.sim_redirect&&!(framed&&back)){go(d.sim_redirect);"
    "return}show('你已取消登录 You refused on the phone');fail('refused');again();return}"
    "if(d.status==='QRCODE_SCAN_ERR'){show('二维码已失效 The QR code has expired');again();return}"
    "show(d.status==='QRCODE_SCAN_ING'?'已扫描，请在手机上确认 Scanned, please confirm':"
    "'等待扫码 Waiting for a scan');setTimeout(poll,700)}).catch(function(){setTimeout(poll,2000)})}"
    "function press(e){var b=e.currentTarget,f=b.form,v=new URLSearchParams(new FormData(f));"
    "e.preventDefault();v.delete('follow');"
    "fetch(b.getAttribute('formaction')||f.getAttribute('action'),{method:'POST',body:v})"
    ".then(function(r){var k=r.headers.get('X-Sim-Page'),n=document.getElementById('note');"
    "if(k==='confirmed'||k==='refused'){if(n)n.textContent='';return}"
    "(n||document.getElementById('status')).textContent=s.words[k]||k;fail(k)})}"
    "if(framed)[].forEach.call(document.forms,function(f){"
    "[].forEach.call(f.querySelectorAll('button'),function(b){"
    "b.addEventListener('click',press)})});"
    "poll()})();";

int sim_panel_wanted(sim_call_t *call)
{
    const char *dest = apr_table_get(call->r->headers_in, "Sec-Fetch-Dest");

    return wecom_text_equal(dest, "iframe") || sim_call_query(call, "version", 20) != NULL
           || sim_call_query(call, "panel_size", 10) != NULL;
}

const char *sim_panel_scheme(sim_call_t *call)
{
    const char *scheme = sim_call_query(call, "color_scheme", 10);

    return wecom_text_equal(scheme, "dark") ? "dark"
           : wecom_text_equal(scheme, "auto") ? "auto" : "light";
}

/* scheme://host[:port] of an address, or NULL. */
static const char *sim_panel_origin(const char *url, apr_pool_t *pool)
{
    apr_size_t len = 0;

    if (url != NULL && strncmp(url, "http://", 7) == 0) {
        len = 7;
    }
    else if (url != NULL && strncmp(url, "https://", 8) == 0) {
        len = 8;
    }
    if (len == 0) {
        return NULL;
    }
    len += strcspn(url + len, "/?#");
    return len > SIM_MAX_ORIGIN ? NULL : apr_pstrmemdup(pool, url, len);
}

/* A fresh page in the same frame is asked for by the old one, so the Referer names us. */
const char *sim_panel_embedder(sim_call_t *call)
{
    const char *url = sim_call_query(call, "sim_embedder", SIM_MAX_URI);
    const char *origin;

    if (url == NULL) {
        url = apr_table_get(call->r->headers_in, "Referer");
    }
    origin = sim_panel_origin(url, call->pool);
    return origin != NULL ? origin : "";
}

const char *sim_panel_parameters(sim_call_t *call)
{
    const char *origin;

    if (!sim_panel_wanted(call)) {
        return "";
    }
    origin = sim_panel_embedder(call);
    return apr_pstrcat(call->pool, "&panel_size=",
                       wecom_text_equal(sim_call_query(call, "panel_size", 10), "small")
                           ? "small" : "middle",
                       "&color_scheme=", sim_panel_scheme(call), "&sim_embedder=",
                       wecom_text_url_encode(origin, strlen(origin), call->pool), NULL);
}

static void sim_panel_quick(sim_html_t *html, sim_call_t *call, const sim_login_t *login,
                            const sim_ask_t *ask)
{
    const char *here = sim_people_here(call, ask->corp);
    const sim_member_t *member = here == NULL ? NULL : sim_people_find(call, ask->corp, here);

    if (here == NULL) {
        return;
    }
    sim_look_add(html, "<form method=\"post\" id=\"quick\" action=\"/sim/phone/confirm\">");
    sim_look_hidden(html, "key", login->key);
    sim_look_hidden(html, "quick", "1");
    sim_look_hidden(html, "follow", "browser");
    sim_look_add(html, login->english ? "<button>Quick login: " : "<button>快速登录：");
    sim_look_text(html, member != NULL ? member->name : here);
    sim_look_add(html, "</button></form>");
}

/* A word of the page, in the language that was asked for. */
static const char *sim_panel_word(const sim_login_t *login, const char *chinese,
                                  const char *english)
{
    return login->english ? english : chinese;
}

void sim_panel_page(sim_html_t *html, sim_call_t *call, const sim_login_t *login,
                    const sim_ask_t *ask)
{
    sim_look_add(html, "<div class=\"left\"><b>");
    sim_look_text(html, ask->app->name);
    sim_look_add(html, "</b><img class=\"qr\" alt=\"QR\" width=\"150\" height=\"150\" "
                       "src=\"/wwlogin/sso/qrcode?key=");
    sim_look_add(html, login->key);
    sim_look_add(html, "\"><p class=\"status\" id=\"status\" role=\"status\">"
                       "等待扫码 Waiting for a scan</p><a class=\"button plain\" id=\"again\" "
                       "hidden href=\"");
    sim_look_text(html, sim_login_again(login, call->pool));
    sim_look_add(html, "\">");
    sim_look_add(html, sim_panel_word(login, "换一个二维码", "New QR code"));
    sim_look_add(html, "</a></div><div class=\"right\">");
    sim_panel_quick(html, call, login, ask);
    sim_look_add(html, "<form method=\"post\" id=\"phone\" action=\"/sim/phone/confirm\">");
    sim_look_hidden(html, "key", login->key);
    sim_look_hidden(html, "follow", "browser");
    sim_look_add(html, "<label for=\"userid\">");
    sim_look_add(html, sim_panel_word(login, "谁在扫码", "Who scans"));
    sim_look_add(html, "</label><select name=\"userid\" id=\"userid\">");
    sim_look_people(html, call, ask->corp, ask->app, sim_people_here(call, ask->corp));
    sim_look_add(html, "</select><div class=\"two\"><button>");
    sim_look_add(html, sim_panel_word(login, "确认登录", "Confirm"));
    sim_look_add(html, "</button><button class=\"plain\" formaction=\"/sim/phone/refuse\">");
    sim_look_add(html, sim_panel_word(login, "取消", "Refuse"));
    sim_look_add(html, "</button></div><p class=\"why\" id=\"note\" role=\"alert\"></p></form>"
                       "</div>");
}
