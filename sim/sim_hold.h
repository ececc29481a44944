/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_hold.h - one child's parsed copy of the contact data, kept in step with the segment.
 *
 * POST /sim/reload puts a new text into the segment, and other commands edit what it says
 * (sim_edit.h); each child parses it when its next request
 * comes. A copy is freed when it is neither the newest nor in use by a request.
 */
#ifndef SIM_HOLD_H
#define SIM_HOLD_H

#include "sim_data.h"

/* In child_init. */
apr_status_t sim_hold_start(apr_pool_t *pchild);

/* The newest data, good as long as pool. NULL only where nothing could ever be parsed. */
const sim_data_t *sim_hold_get(apr_pool_t *pool);

/* Read a data file. NULL and a sentence in *error where it cannot be read or is not in order. */
const char *sim_hold_read(apr_size_t *len, const char **error, const char *file,
                          apr_pool_t *pool);

#endif
