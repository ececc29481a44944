/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_jsticket.h - the two tickets that sign for JS-SDK: the corp's and the app's.
 *
 * Protocol source: WeCom's document 90506. A ticket is good for 7200 seconds and is handed out
 * again until it ends. In an hour an app may ask a hundred times and a corp four hundred times for
 * each kind; after that the answer is 45009 until the hour is over (document 90454: the block lasts
 * as long as the window).
 */
#ifndef SIM_JSTICKET_H
#define SIM_JSTICKET_H

#include "sim_api.h"

int sim_jsticket_corp(sim_api_t *api); /* get_jsapi_ticket */
int sim_jsticket_app(sim_api_t *api);  /* ticket/get?type=agent_config */

/* By command: every ticket has ended, the next question brings a new one. */
void sim_jsticket_end(void);

/* By command: the lifetime of new tickets. */
void sim_jsticket_seconds(int seconds);

#endif
