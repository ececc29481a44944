/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_look.h - how the simulator's pages look: a builder for HTML and the frame around it.
 *
 * Literal HTML goes in by sim_look_add(), everything else by sim_look_text(), which escapes. Every
 * page says in its head that this is a simulator, and brings nothing from elsewhere.
 */
#ifndef SIM_LOOK_H
#define SIM_LOOK_H

#include "sim_call.h"

typedef struct sim_html_t {
    apr_pool_t *pool;
    apr_array_header_t *parts; /* const char * */
} sim_html_t;

sim_html_t *sim_look_begin(apr_pool_t *pool);
void sim_look_add(sim_html_t *html, const char *literal);
void sim_look_text(sim_html_t *html, const char *text);

/* <input type="hidden" name="name" value="..."> */
void sim_look_hidden(sim_html_t *html, const char *name, const char *value);

/* A line in Chinese and, smaller, in English: literals, not escaped. */
void sim_look_both(sim_html_t *html, const char *tag, const char *chinese, const char *english);

/* Send the page. kind becomes data-sim of the body and the header X-Sim-Page, by which a test
 * knows where it is; wide: the content is not put into a phone. */
int sim_look_send(sim_call_t *call, const sim_html_t *html, const char *kind, const char *title,
                  int wide);

/* The same for a frame of 480x416 or 320x380 pixels; its kind is "panel". scheme: light, dark or
 * auto. */
int sim_look_send_panel(sim_call_t *call, const sim_html_t *html, const char *scheme);

/* A page with nothing but a message; detail may be NULL, and is escaped. mark is one of "!" (it
 * went wrong), "i" (so it is) or "+" (done). */
int sim_look_message(sim_call_t *call, const char *kind, const char *mark, const char *chinese,
                     const char *english, const char *detail);

/* A picture of a QR code that no camera reads. */
int sim_look_qr(sim_call_t *call, const char *key);

/* <option>s: the corp's members and the outsiders; chosen may be NULL. */
void sim_look_people(sim_html_t *html, const sim_call_t *call, const sim_corp_t *corp,
                     const sim_app_t *app, const char *chosen);

#endif
