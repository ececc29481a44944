/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enterprise.h - a small enterprise for the tests of rules.
 *
 * /Acme (1) with Research (2), below it Backend (3) and Sales (6); Sales (4) with North (5); Lost
 * (8) and Found (9) lead in a circle. Tags: vpn (1: li, and Sales with all below), two of the name
 * "twin" (2, 3), unread (4), empty (5), gone (6: a department that is not in the tree).
 */
#ifndef WECOM_TESTS_ENTERPRISE_H
#define WECOM_TESTS_ENTERPRISE_H

#include "../../src/auth/rule.h"

enum {
    BACKEND,    /* wang */
    SALES,      /* sun */
    NORTH,      /* bei */
    BOTH,       /* both: Backend, and leads North */
    BOSS,       /* boss: leads Acme */
    GONE,       /* old: leads a department that is deleted */
    LOST,       /* ring */
    BARE,       /* bare: no department is told */
    LI,         /* li: Backend */
    FOREIGN,    /* wang of another source */
    UNSAID,     /* shy: Backend, and WeCom has not said who leads */
    PARTLY,     /* half: leads Sales, and of Backend WeCom has not said who leads */
    ENTERPRISE_MEMBERS
};

/* Facts about one member, with the shape of the enterprise or parts of it. The fields: position
 * "Engineer", empty "", skill "c" and "sql". */
typedef struct enterprise_t {
    wecom_source_t source;
    wecom_ticket_t ticket;
    wecom_shape_t shape;
    wecom_rule_facts_t facts;
    wecom_tree_t tree;
    wecom_tags_t tags;
} enterprise_t;

enterprise_t *enterprise_make(int who, int with_tree, int with_tags, apr_pool_t *pool);

/* Another tree in place of its own. */
void enterprise_plant(enterprise_t *scene, const wecom_department_t *list, apr_size_t count,
                      apr_pool_t *pool);

/* The rule of a line: "wecom-tag vpn users|7"; words are parted by a bar. A regular expression is
 * the beginning of what it fits, and gives up where it begins with a '?'. */
wecom_rule_t *enterprise_rule(const char *line, apr_pool_t *pool);

#endif
