/* SPDX-License-Identifier: Apache-2.0 */
/*
 * turn.h - a place among those of this node who wait for WeCom.
 *
 * While WeCom is slow only so many threads may wait for it, and after failures in a row nobody does
 * for a while. Whoever is about to ask WeCom for a visitor takes a turn first.
 */
#ifndef WECOM_AUTH_TURN_H
#define WECOM_AUTH_TURN_H

#include "room.h"

/* WECOM_REASON_NONE with *slot, to be given back; WECOM_REASON_RESTING when WeCom is not worth
 * asking at the moment (*err says after which failure), WECOM_REASON_CROWDED when there is no
 * place: then nothing was taken. */
wecom_reason_t wecom_turn_take(int *slot, wecom_error_t *err, const wecom_login_t *room,
                               const wecom_app_t *app);
void wecom_turn_end(const wecom_login_t *room, int slot);

#endif
