/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_panel.h - the new login page inside somebody's page: what ww.createWWLoginPanel shows.
 *
 * Protocol source: @wecom/jssdk 2.4.4, which builds the iframe and is the other end of the
 * messages. Its origin https://login.work.weixin.qq.com is fixed, so this page is tried with that
 * host name in a resolver and a certificate of one's own.
 *
 *     frame -> page   ww-iframe-handle:ready                        at once, and again after init
 *     page -> frame   ww-iframe-handle:init                         until the first ready
 *     frame -> page   ww-iframe-handle:call, args {type:'call', name, payload}
 *                     onCheckWeComLogin {isWeComLogin}, onLoginSuccess {code},
 *                     onLoginFail {errCode, errMsg}, onOpenInWecom {}
 *     page -> frame   ww-iframe-handle:call with uid: answered by ww-iframe-handle:response
 *
 * All of them are JSON text. The port of supportChannel is not offered, which the SDK allows.
 */
#ifndef SIM_PANEL_H
#define SIM_PANEL_H

#include "sim_look.h"
#include "sim_pages.h"

/* Is this page asked for by the SDK, or for a frame? */
int sim_panel_wanted(sim_call_t *call);

/* The parameters of the panel as they are carried to a fresh page, each with its '&': "" where
 * nothing was asked for. */
const char *sim_panel_parameters(sim_call_t *call);

/* The origin of the page around the frame; "" when the browser does not say. */
const char *sim_panel_embedder(sim_call_t *call);

/* The page, without window.settings and the script. */
void sim_panel_page(sim_html_t *html, sim_call_t *call, const sim_login_t *login,
                    const sim_ask_t *ask);

/* "light", "dark" or "auto". */
const char *sim_panel_scheme(sim_call_t *call);

/* What both login pages run, in a frame and outside. Reads window.settings. */
extern const char sim_panel_script[];

#endif
