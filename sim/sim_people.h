/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_people.h - the contact data as it is now: the file, and over it what commands have changed.
 *
 * A person is a userid; or "openid:" and the openid of somebody outside; or "CorpID/userid", a
 * member of a linked corp, whom WeCom names just so (document 91023).
 */
#ifndef SIM_PEOPLE_H
#define SIM_PEOPLE_H

#include "sim_call.h"

#define SIM_OPENID "openid:"

/* The member as he is now; NULL when there is none or he was deleted. */
const sim_member_t *sim_people_find(const sim_call_t *call, const sim_corp_t *corp,
                                    const char *userid);

/* The corp's members, in the file's order, each as he is now: sim_member_t, none deleted. */
const apr_array_header_t *sim_people_all(const sim_call_t *call, const sim_corp_t *corp);

/* Is the member, or the department, in the app's visible range? */
int sim_people_sees(const sim_corp_t *corp, const sim_app_t *app, const sim_member_t *member);
int sim_people_sees_department(const sim_corp_t *corp, const sim_app_t *app, int id);

/* Is the member in this department; deep: or in one below it? */
int sim_people_in(const sim_corp_t *corp, const sim_member_t *member, int id, int deep);

/* 1 for a member of a linked corp: of another corp in the data. */
int sim_people_linked(const sim_call_t *call, const char *person);

/* Is there such a person for this corp: a member, deleted or not, a linked one, or any openid? */
int sim_people_known(const sim_call_t *call, const sim_corp_t *corp, const char *person);

/* Which person sits before this browser: the cookie sim_user, else SimUser/<person> in the
 * User-Agent, else the corp's default_user. NULL: nobody is named. */
const char *sim_people_here(sim_call_t *call, const sim_corp_t *corp);

#endif
