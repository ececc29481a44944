/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slots_shm.h - the slots port in shared memory, without a lock.
 *
 * One 32-bit word for each slot: 0, or the second at which it is free again in any case.
 */
#ifndef WECOM_HTTPD_SLOTS_SHM_H
#define WECOM_HTTPD_SLOTS_SHM_H

#include "glue.h"

#include "../base/slots.h"

/* In the parent; count slots. NULL when there is no shared memory, which is logged. */
wecom_slots_t *wecom_slots_shm_make(int count, server_rec *s, apr_pool_t *pconf);

#endif
