/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_pages.h - everything a browser sees: authorize, consent, the two login pages, the phone, and
 * the simulator's own front page.
 */
#ifndef SIM_PAGES_H
#define SIM_PAGES_H

#include "sim_call.h"

/* Serve call->path; 404 where there is no such page. */
int sim_pages_serve(sim_call_t *call);

/* What a page that gets a redirect_uri was asked for. */
typedef struct sim_ask_t {
    const sim_corp_t *corp;
    const sim_app_t *app;
    sim_appid_t appid;
    const char *redirect_uri; /* http or https, without control bytes and blanks */
    const char *state;        /* "" when absent */
} sim_ask_t;

/* Read appid, agentid, redirect_uri and state. NULL, or what is wrong with them. */
const char *sim_pages_ask(sim_ask_t *ask, sim_call_t *call);

/* 1 if the redirect_uri's host, with its port, stands in the app's list, letter by letter. */
int sim_pages_domain_fits(const char *redirect_uri, const sim_app_t *app, int web_login);

/* redirect_uri with code (may be NULL: refused), state and appid (may be NULL) added. */
const char *sim_pages_back(const char *redirect_uri, const char *code, const char *state,
                           const char *appid, apr_pool_t *pool);

/* sim_authorize.c */
int sim_authorize_page(sim_call_t *call);

/* sim_login.c */
int sim_login_new_page(sim_call_t *call);
int sim_login_old_page(sim_call_t *call);
int sim_login_poll(sim_call_t *call);
int sim_login_old_poll(sim_call_t *call);
int sim_login_picture(sim_call_t *call);
int sim_login_wait(sim_call_t *call);

/* sim_phone.c */
int sim_phone_page(sim_call_t *call);
int sim_phone_confirm(sim_call_t *call);
int sim_phone_refuse(sim_call_t *call);

/* Where the browser of a decided login page goes: with the code, or with state alone; NULL when it
 * stays (the new page after a refusal). */
const char *sim_login_target(const sim_call_t *call, const sim_login_t *login);

/* The login page again, with a fresh key. */
const char *sim_login_again(const sim_login_t *login, apr_pool_t *pool);

#endif
