/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_command.h - the commands that change an enterprise: members, departments, tags, apps, and
 * crowds made by a rule. Their parameters are listed in README.md.
 */
#ifndef SIM_COMMAND_H
#define SIM_COMMAND_H

#include "sim_call.h"

int sim_command_member(sim_call_t *call);
int sim_command_department(sim_call_t *call);
int sim_command_tag(sim_call_t *call);
int sim_command_app(sim_call_t *call);
int sim_command_grow(sim_call_t *call);

#endif
