/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_look.c - the frame, the style and the few pictures.
 */
#include "sim_look.h"

#include <apr_strings.h>

#include "../src/base/text.h"
#include "sim_people.h"

#define SIM_MAX_OPTIONS 500 /* people in one list; a larger corp is picked by typing the userid */

static const char sim_look_style[] =
    ":root{color-scheme:light}*{box-sizing:border-box}[hidden]{display:none!important}"
    "body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:#eef2f6;"
    "color:#1d2b3a;font:16px/1.55 system-ui,-apple-system,'Segoe UI','PingFang SC',"
    "'Noto Sans CJK SC','Microsoft YaHei',sans-serif}"
    ".ribbon{background:#fff6df;color:#6b4e00;border-bottom:1px solid #f0dfae;font-size:13px;"
    "padding:7px 16px;text-align:center}.ribbon a{color:inherit}"
    "main{flex:1;display:flex;justify-content:center;align-items:flex-start;"
    "align-content:flex-start;gap:32px;"
    "flex-wrap:wrap;padding:36px 16px}"
    ".card{background:#fff;border-radius:14px;box-shadow:0 6px 28px rgba(29,43,58,.09);"
    "padding:28px 30px;width:100%;max-width:400px}"
    ".phone{background:#fff;border:10px solid #222c38;border-radius:42px;width:100%;"
    "max-width:364px;min-height:600px;overflow:hidden;display:flex;flex-direction:column;"
    "box-shadow:0 14px 40px rgba(29,43,58,.22)}"
    ".bar{display:flex;justify-content:space-between;font-size:12px;padding:9px 24px 6px;"
    "color:#51606f}.top{text-align:center;font-weight:600;padding:8px 16px 12px;"
    "border-bottom:1px solid #edf0f3}"
    ".screen{flex:1;display:flex;flex-direction:column;padding:24px}"
    ".push{flex:1}.center{text-align:center}"
    "h1{font-size:21px;margin:0 0 2px;line-height:1.35}h2{font-size:16px;margin:0 0 10px}"
    "p{margin:0 0 12px}small,.en{display:block;color:#6a7886;font-size:13px;font-weight:400;"
    "line-height:1.45}"
    ".app{display:flex;gap:14px;align-items:center;margin:0 0 20px;text-align:left}"
    ".logo{flex:none;width:48px;height:48px;border-radius:12px;background:#2b6cb8;color:#fff;"
    "display:flex;align-items:center;justify-content:center;font-size:22px;font-weight:600}"
    ".mark{width:64px;height:64px;border-radius:50%;margin:44px auto 20px;display:flex;"
    "align-items:center;justify-content:center;font-size:34px;font-weight:600;color:#fff;"
    "background:#2b6cb8}.mark.bad{background:#c9772b}.mark.good{background:#2f8f5b}"
    ".qr{display:block;width:220px;height:220px;margin:18px auto;border:1px solid #e3e8ed;"
    "border-radius:10px;padding:10px;background:#fff}"
    "label{display:block;font-weight:600;margin:0 0 6px}"
    "select,input[type=text]{width:100%;min-height:44px;padding:9px 12px;border:1px solid #b9c4cf;"
    "border-radius:9px;background:#fff;font:inherit;color:inherit;margin:0 0 16px}"
    "button,.button{display:block;width:100%;min-height:46px;border-radius:9px;font:inherit;"
    "font-weight:600;cursor:pointer;border:1px solid #2b6cb8;background:#2b6cb8;color:#fff;"
    "padding:9px 14px;text-align:center;text-decoration:none;margin:0 0 12px}"
    "button:hover,.button:hover{background:#235a9b}"
    "button.plain,.button.plain{background:#fff;color:#2b4d73;border-color:#b9c4cf}"
    "button.plain:hover,.button.plain:hover{background:#f3f6f9}"
    "button small,.button small{display:inline;color:inherit;opacity:.8;margin-left:6px}"
    ":focus-visible{outline:3px solid #8fbdf0;outline-offset:2px}"
    ".tick{display:flex;gap:12px;align-items:center;font-weight:400;padding:10px 0;margin:0;"
    "border-bottom:1px solid #edf0f3}.tick input{width:20px;height:20px;accent-color:#2b6cb8}"
    ".tick small{display:inline;margin-left:6px}"
    ".note{background:#f3f6f9;border-radius:9px;padding:10px 14px;font-size:14px;"
    "overflow-wrap:anywhere}.or{color:#6a7886;font-size:13px;text-align:center;margin:4px 0 14px}"
    ".status{font-weight:600;min-height:1.6em}"
    "table{border-collapse:collapse;width:100%;font-size:14px}"
    "th,td{text-align:left;padding:8px 10px;border-bottom:1px solid #edf0f3;vertical-align:top}"
    "th{color:#6a7886;font-weight:600}code{font-size:13px;overflow-wrap:anywhere}"
    ".sheet{max-width:920px}.scroll{overflow-x:auto}"
    "td form{margin:0}td button{min-height:34px;padding:4px 12px;margin:0;width:auto}"
    "@media(max-width:480px){main{padding:16px 10px;gap:20px}.card{padding:20px 18px}"
    ".phone{border-width:0;border-radius:16px;min-height:calc(100vh - 90px)}.bar{display:none}"
    ".two .phone{min-height:0}}";

#define SIM_DARK \
    "color-scheme:dark;--paper:#1c242d;--ink:#e9eef3;--soft:#a9b6c3;--line:#3d4a57;--warn:#f0a868"

/* Nothing here may be wider or higher than the frame that the SDK makes: 480x416 or 320x380. */
static const char sim_look_panel_style[] =
    ":root{color-scheme:light;--paper:#fff;--ink:#1d2b3a;--soft:#5f6d7a;--line:#b9c4cf;"
    "--warn:#b4530a}"
    ":root[data-scheme=dark]{" SIM_DARK "}"
    "@media(prefers-color-scheme:dark){:root[data-scheme=auto]{" SIM_DARK "}}"
    "*{box-sizing:border-box}[hidden]{display:none!important}"
    "html,body{height:100%}body{margin:0;background:var(--paper);color:var(--ink);"
    "font:14px/1.45 system-ui,-apple-system,'Segoe UI','PingFang SC','Noto Sans CJK SC',"
    "'Microsoft YaHei',sans-serif;display:flex;flex-direction:column}"
    "main{flex:1;min-height:0;display:flex;gap:24px;align-items:center;justify-content:center;"
    "padding:14px 20px}.left{width:190px;text-align:center}.right{width:210px}"
    ".qr{display:block;width:150px;height:150px;margin:10px auto;background:#fff;padding:6px;"
    "border-radius:8px}p{margin:0}.status{color:var(--soft);min-height:2.9em}"
    "label{display:block;font-weight:600;margin:10px 0 4px}"
    "select{width:100%;min-height:38px;padding:6px 8px;border:1px solid var(--line);"
    "border-radius:8px;background:var(--paper);color:inherit;font:inherit}"
    "button,.button{display:block;width:100%;min-height:38px;margin:8px 0 0;padding:6px 10px;"
    "border:1px solid #2b6cb8;border-radius:8px;background:#2b6cb8;color:#fff;font:inherit;"
    "font-weight:600;text-align:center;text-decoration:none;cursor:pointer}"
    ".plain{background:transparent;color:inherit;border-color:var(--line)}"
    ".left .plain{width:auto;margin:0}.two{display:flex;gap:8px}"
    ":focus-visible{outline:3px solid #8fbdf0;outline-offset:1px}"
    ".why{color:var(--warn);margin-top:6px;font-size:13px;overflow-wrap:anywhere}"
    ".foot{font-size:12px;color:var(--soft);"
    "text-align:center;padding:0 8px 8px}"
    "@media(max-width:400px){main{flex-direction:column;gap:2px;padding:8px 14px;"
    "justify-content:flex-start}.left,.right{width:100%}.qr{width:96px;height:96px;"
    "margin:4px auto}.status{min-height:1.45em;white-space:nowrap;overflow:hidden;"
    "text-overflow:ellipsis}label{margin:6px 0 2px}button,.button{margin-top:6px}"
    ".foot{padding-bottom:4px}}";

sim_html_t *sim_look_begin(apr_pool_t *pool)
{
    sim_html_t *html = apr_palloc(pool, sizeof(*html));

    html->pool = pool;
    html->parts = apr_array_make(pool, 64, sizeof(const char *));
    return html;
}

void sim_look_add(sim_html_t *html, const char *literal)
{
    APR_ARRAY_PUSH(html->parts, const char *) = literal;
}

void sim_look_text(sim_html_t *html, const char *text)
{
    sim_look_add(html, wecom_text_html(text, html->pool));
}

void sim_look_hidden(sim_html_t *html, const char *name, const char *value)
{
    sim_look_add(html, "<input type=\"hidden\" name=\"");
    sim_look_add(html, name);
    sim_look_add(html, "\" value=\"");
    sim_look_text(html, value);
    sim_look_add(html, "\">");
}

void sim_look_both(sim_html_t *html, const char *tag, const char *chinese, const char *english)
{
    sim_look_add(html, apr_pstrcat(html->pool, "<", tag, ">", chinese,
                                   "<span class=\"en\" lang=\"en\">", english, "</span></", tag,
                                   ">", NULL));
}

static int sim_look_finish(sim_call_t *call, const sim_html_t *page, const char *kind)
{
    const char *text = apr_array_pstrcat(call->pool, page->parts, '\0');

    apr_table_setn(call->r->headers_out, "X-Sim-Page", kind);
    apr_table_setn(call->r->headers_out, "X-Content-Type-Options", "nosniff");
    /* Neither frame-ancestors nor X-Frame-Options: any page may embed the panel. */
    apr_table_setn(call->r->headers_out, "Content-Security-Policy",
                   "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; "
                   "script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'");
    return sim_call_send(call, HTTP_OK, "text/html; charset=UTF-8", text, strlen(text));
}

int sim_look_send(sim_call_t *call, const sim_html_t *html, const char *kind, const char *title,
                  int wide)
{
    sim_html_t *page = sim_look_begin(call->pool);

    sim_look_add(page, "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                       "<meta name=\"robots\" content=\"noindex\"><title>");
    sim_look_text(page, title);
    sim_look_add(page, " · 模拟器</title><link rel=\"icon\" href=\"data:,\"><style>");
    sim_look_add(page, sim_look_style);
    sim_look_add(page, "</style></head><body data-sim=\"");
    sim_look_text(page, kind);
    sim_look_add(page, "\"><div class=\"ribbon\">模拟器：这不是真正的企业微信 · "
                       "<span lang=\"en\">Simulator, not the real WeCom</span></div>");
    if (wide) {
        sim_look_add(page, "<main>");
    }
    else {
        sim_look_add(page, "<main><div class=\"phone\"><div class=\"bar\"><span>9:41</span>"
                           "<span>模拟器 5G</span></div><div class=\"top\">");
        sim_look_text(page, title);
        sim_look_add(page, "</div><div class=\"screen\">");
    }
    sim_look_add(page, apr_array_pstrcat(call->pool, html->parts, '\0'));
    sim_look_add(page, wide ? "</main></body></html>\n" : "</div></div></main></body></html>\n");
    return sim_look_finish(call, page, kind);
}

int sim_look_send_panel(sim_call_t *call, const sim_html_t *html, const char *scheme)
{
    sim_html_t *page = sim_look_begin(call->pool);

    sim_look_add(page, "<!doctype html><html lang=\"zh-CN\" data-scheme=\"");
    sim_look_add(page, scheme);
    sim_look_add(page, "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                       "content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" "
                       "content=\"noindex\"><title>企业微信登录 · 模拟器</title>"
                       "<link rel=\"icon\" href=\"data:,\"><style>");
    sim_look_add(page, sim_look_panel_style);
    sim_look_add(page, "</style></head><body data-sim=\"panel\"><main>");
    sim_look_add(page, apr_array_pstrcat(call->pool, html->parts, '\0'));
    sim_look_add(page, "</main><p class=\"foot\">模拟器 <span lang=\"en\">Simulator, not the real "
                       "WeCom</span></p></body></html>\n");
    return sim_look_finish(call, page, "panel");
}

int sim_look_message(sim_call_t *call, const char *kind, const char *mark, const char *chinese,
                     const char *english, const char *detail)
{
    sim_html_t *html = sim_look_begin(call->pool);

    sim_look_add(html, "<div class=\"center\"><div class=\"mark");
    sim_look_add(html, mark[0] == '!' ? " bad\">!" : mark[0] == '+' ? " good\">✓" : "\">i");
    sim_look_add(html, "</div>");
    sim_look_both(html, "h1", chinese, english);
    sim_look_add(html, "</div>");
    if (detail != NULL) {
        sim_look_add(html, "<p class=\"note\" style=\"margin-top:22px\">");
        sim_look_text(html, detail);
        sim_look_add(html, "</p>");
    }
    return sim_look_send(call, html, kind, "企业微信", 0);
}

/* Is the cell part of one of the three corner squares (with their white border)? *black then. */
static int sim_look_corner(int x, int y, int size, int *black)
{
    int cx = x < 8 ? 3 : size - 4;
    int cy = y < 8 ? 3 : size - 4;
    int dx = x > cx ? x - cx : cx - x;
    int dy = y > cy ? y - cy : cy - y;
    int d = dx > dy ? dx : dy;

    if ((x >= size - 8 && y >= size - 8) || d > 4) {
        return 0;
    }
    *black = d <= 1 || d == 3;
    return 1;
}

int sim_look_qr(sim_call_t *call, const char *key)
{
    const int size = 29;
    sim_html_t *svg = sim_look_begin(call->pool);
    apr_uint32_t seed = 2166136261u;
    const char *text;
    int x, y;

    for (; key != NULL && *key != '\0'; key++) {
        seed = (seed ^ (unsigned char)*key) * 16777619u;
    }
    sim_look_add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 29 29\" "
                      "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h29v29H0z\"/>"
                      "<path fill=\"#1d2b3a\" d=\"");
    for (y = 0; y < size; y++) {
        for (x = 0; x < size; x++) {
            int black = 0;

            seed = seed * 1664525u + 1013904223u;
            if (!sim_look_corner(x, y, size, &black)) {
                black = (seed >> 24) & 1;
            }
            if (x > 8 && x < 20 && y > 11 && y < 17) {
                black = 0; /* room for the word */
            }
            if (black) {
                sim_look_add(svg, apr_psprintf(call->pool, "M%d %dh1v1h-1z", x, y));
            }
        }
    }
    sim_look_add(svg, "\"/><text x=\"14.5\" y=\"15.8\" font-size=\"3.6\" text-anchor=\"middle\" "
                      "font-family=\"sans-serif\" font-weight=\"bold\" fill=\"#2b6cb8\">模拟器"
                      "</text></svg>\n");
    text = apr_array_pstrcat(call->pool, svg->parts, '\0');
    return sim_call_send(call, HTTP_OK, "image/svg+xml", text, strlen(text));
}

static void sim_look_option(sim_html_t *html, const char *value, const char *label, int chosen)
{
    sim_look_add(html, "<option value=\"");
    sim_look_text(html, value);
    sim_look_add(html, chosen ? "\" selected>" : "\">");
    sim_look_text(html, label);
    sim_look_add(html, "</option>");
}

void sim_look_people(sim_html_t *html, const sim_call_t *call, const sim_corp_t *corp,
                     const sim_app_t *app, const char *chosen)
{
    const apr_array_header_t *all = sim_people_all(call, corp);
    const sim_member_t *mine = chosen == NULL ? NULL : sim_people_find(call, corp, chosen);
    int i;

    sim_look_add(html, "<optgroup label=\"成员 Members\">");
    for (i = 0; i < all->nelts && i < SIM_MAX_OPTIONS; i++) {
        const sim_member_t *m = SIM_AT(all, sim_member_t, i);
        const sim_department_t *d = sim_data_department(corp, m->main_department);
        const char *label = apr_pstrcat(html->pool, m->name, " · ",
                                        d != NULL && d->name != NULL ? d->name : "—",
                                        " (", m->userid, ")",
                                        m->status == 2 ? " · 已禁用 disabled"
                                        : m->status == 4 ? " · 未激活 not activated"
                                        : m->status == 5 ? " · 已退出 quit" : "",
                                        app != NULL && !sim_people_sees(corp, app, m)
                                            ? " · 不在可见范围 out of range" : "", NULL);

        sim_look_option(html, m->userid, label,
                        mine != NULL && strcmp(m->userid, mine->userid) == 0);
    }
    sim_look_add(html, "</optgroup><optgroup label=\"外部人员 Outsiders\">");
    for (i = 0; i < call->data->outsiders->nelts && i < SIM_MAX_OPTIONS; i++) {
        const sim_outsider_t *o = SIM_AT(call->data->outsiders, sim_outsider_t, i);

        const char *person = apr_pstrcat(html->pool, SIM_OPENID, o->openid, NULL);

        sim_look_option(html, person,
                        apr_pstrcat(html->pool, "非成员 not a member (", o->openid, ")", NULL),
                        wecom_text_equal(person, chosen));
    }
    sim_look_add(html, "</optgroup>");
}
