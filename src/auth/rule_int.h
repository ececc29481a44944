/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_int.h - what judging and explaining share: the values of an attribute, one by one.
 */
#ifndef WECOM_AUTH_RULE_INT_H
#define WECOM_AUTH_RULE_INT_H

#include "rule.h"

typedef struct wecom_rule_value_t {
    const char *field;
    const char *text;       /* the value; good until the next step */
    int at;
    char digits[24];
} wecom_rule_value_t;

/* Before the first value of a field. */
void wecom_rule_value_begin(wecom_rule_value_t *value, const char *field);

/* 1 and the next value, or 0 behind the last. What every ticket carries is known here: userid,
 * name, account, source, department, main_department (an empty one was withheld); all else is what
 * the ticket's fields hold under this very name, and there an empty text is a value. */
int wecom_rule_value_next(wecom_rule_value_t *value, const wecom_rule_facts_t *facts);

#endif
