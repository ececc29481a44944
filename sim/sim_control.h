/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_control.h - the commands under /sim/: counters, faults, tokens, time, the
 * enterprise, reload.
 *
 * Only from this machine; anybody else gets 403. The commands and their parameters are listed in
 * README.md.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include "sim_call.h"

/* 1: call->path was a command and *rv is its result. 0: it is something else (a page). */
int sim_control_serve(int *rv, sim_call_t *call, const char *file);

/* The answers of a command: done, or a sentence that says why not. */
int sim_control_ok(sim_call_t *call);
int sim_control_bad(sim_call_t *call, const char *why);

#endif
