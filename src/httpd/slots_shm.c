/* SPDX-License-Identifier: Apache-2.0 */
/* slots_shm.c - see slots_shm.h. */

#include "slots_shm.h"

#include <string.h>

#include "apr_atomic.h"
#include "apr_shm.h"

typedef struct board_t {
    volatile apr_uint32_t *words;
    int count;
} board_t;

/* Seconds of this century; fit 32 bits until 2106. */
static apr_uint32_t second_of(apr_time_t when)
{
    return (apr_uint32_t)apr_time_sec(when);
}

static int slots_enter(const wecom_slots_t *self, apr_time_t now, apr_time_t until)
{
    const board_t *board = self->baton;
    apr_uint32_t mine = second_of(until) + 1;
    int i;

    for (i = 0; i < board->count; i++) {
        apr_uint32_t word = apr_atomic_read32(&board->words[i]);

        if ((word == 0 || word < second_of(now))
            && apr_atomic_cas32(&board->words[i], mine, word) == word) {
            return i;
        }
    }
    return -1;
}

static void slots_leave(const wecom_slots_t *self, int slot)
{
    const board_t *board = self->baton;

    if (slot >= 0 && slot < board->count) {
        apr_atomic_set32(&board->words[slot], 0);
    }
}

wecom_slots_t *wecom_slots_shm_make(int count, server_rec *s, apr_pool_t *pconf)
{
    apr_size_t size = (apr_size_t)count * sizeof(apr_uint32_t);
    board_t *board = apr_pcalloc(pconf, sizeof(*board));
    wecom_slots_t *slots = apr_pcalloc(pconf, sizeof(*slots));
    apr_shm_t *shm;
    apr_status_t rv = apr_shm_create(&shm, size, NULL, pconf);

    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, rv, s, WC(0412)
                     "%" APR_SIZE_T_FMT " bytes of shared memory for the logins that wait cannot "
                     "be had", size);
        return NULL;
    }
    board->words = apr_shm_baseaddr_get(shm);
    board->count = count;
    memset((void *)board->words, 0, size);
    slots->enter = slots_enter;
    slots->leave = slots_leave;
    slots->baton = board;
    return slots;
}
