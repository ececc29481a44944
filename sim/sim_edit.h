/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_edit.h - departments, tags and apps as changed by command, and crowds made by a rule.
 *
 * A command leaves an edit in the segment; each child lays the edits, in their order, over the
 * data it has parsed (sim_hold.h), and everything else looks at the result alone. The file is
 * checked; what edits make of it is not: circles, orphans and ids that stand twice are what they
 * are for.
 */
#ifndef SIM_EDIT_H
#define SIM_EDIT_H

#include "sim_data.h"

#define SIM_MAX_LIST       1024 /* bytes of a list in a command: ids or userids with commas */
#define SIM_MAX_GROWN     60000 /* departments made by a rule */
#define SIM_MAX_CROWD    500000 /* members made by a rule */
#define SIM_FIRST_GROWN  100001 /* the id of the first department made by a rule */
#define SIM_CROWD       "crowd" /* and six digits from 000001: the userid of a member of a crowd */

typedef enum sim_edit_kind_t {
    SIM_EDIT_DEPARTMENT,
    SIM_EDIT_TAG,
    SIM_EDIT_APP,
    SIM_EDIT_GROW
} sim_edit_kind_t;

/* What of an edit is set, as bits. */
#define SIM_SET_REMOVED     0x001u
#define SIM_SET_AGAIN       0x002u /* one more entry with an id that is there */
#define SIM_SET_NAME        0x004u
#define SIM_SET_UNNAMED     0x008u
#define SIM_SET_PARENT      0x010u
#define SIM_SET_USERS       0x020u
#define SIM_SET_DEPARTMENTS 0x040u
#define SIM_SET_FORBIDDEN   0x080u
#define SIM_SET_NAMES       0x100u
#define SIM_SET_VISIBLE     0x200u

typedef struct sim_edit_t {
    sim_edit_kind_t kind;
    unsigned int set;
    char corpid[SIM_MAX_CORPID + 1];
    int id;        /* of the department, the tag or the app; GROW: of the tag, or 0 */
    int parentid;  /* of a department; GROW: of the department below which it grows */
    int forbidden; /* of a tag: 0 or 1 */
    sim_names_t names; /* of an app */
    int departments;   /* GROW: how many, in how many levels, and members */
    int levels;
    int members;
    char name[SIM_MAX_TEXT + 1];
    char users[SIM_MAX_LIST + 1];            /* leaders of a department, members of a tag */
    char department_list[SIM_MAX_LIST + 1];  /* of a tag */
} sim_edit_t;

/* 0 when the table is full. An older edit that sets the same of the same thing makes room. */
int sim_edit_add(const sim_edit_t *edit);

apr_size_t sim_edit_list(sim_edit_t **list, apr_pool_t *pool);

/* Lay the edits over data, which lives in pool. */
void sim_edit_apply(const sim_data_t *data, const sim_edit_t *edits, apr_size_t n,
                    apr_pool_t *pool);

/* Member n (from 1) of the corp's crowd: a pointer into pool. */
const sim_member_t *sim_edit_crowd(const sim_corp_t *corp, int n, apr_pool_t *pool);

/* The department that member is in: the departments made by the rule, in turn. */
int sim_edit_crowd_department(const sim_corp_t *corp, int n);

/* The number in a userid of the corp's crowd; 0 when it is none. */
int sim_edit_crowd_number(const sim_corp_t *corp, const char *userid);

#endif
