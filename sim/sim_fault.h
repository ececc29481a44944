/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_fault.h - faults on command: what a network, a proxy or WeCom can do to a client.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include "sim_call.h"

/* Let the faults for call->path strike. 1: the request is answered, or never will be, and *rv is
 * for httpd. 0: go on; call->fault may still bend the answer. */
int sim_fault_strike(int *rv, sim_call_t *call);

#endif
