/* SPDX-License-Identifier: Apache-2.0 */
/* turn.c - see turn.h. */

#include "turn.h"

#include "../wecom/trouble.h"

wecom_reason_t wecom_turn_take(int *slot, wecom_error_t *err, const wecom_login_t *room,
                               const wecom_app_t *app)
{
    const wecom_slots_t *slots = room->ports->slots;

    *slot = -1;
    if (wecom_trouble_check(err, app, room->ports, room->pool) != WECOM_OK) {
        return WECOM_REASON_RESTING;
    }
    if (slots == NULL) {
        return WECOM_REASON_NONE;
    }
    *slot = slots->enter(slots, room->now, room->now + 2 * apr_time_from_msec(app->timeout_ms));
    return *slot < 0 ? WECOM_REASON_CROWDED : WECOM_REASON_NONE;
}

void wecom_turn_end(const wecom_login_t *room, int slot)
{
    const wecom_slots_t *slots = room->ports->slots;

    if (slots != NULL && slot >= 0) {
        slots->leave(slots, slot);
    }
}
