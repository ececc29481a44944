/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field.h - a carried field: what the application hears of a member, by one name everywhere.
 *
 * Some fields every ticket carries; WeComSessionFields adds others. The name of a field is that of
 * the environment (main_department: WECOM_MAIN_DEPARTMENT), of a header (X-WeCom-Main-Department),
 * of the session's JSON and of Require wecom-attribute. A field that the member lacks, or that
 * WeCom withholds, has no value, which is not the same as an empty one.
 */
#ifndef WECOM_AUTH_FIELD_H
#define WECOM_AUTH_FIELD_H

#include <apr_tables.h>

#include "../wecom/member.h"
#include "ticket.h"

/* Those that are carried anyway, in the order of their names. */
typedef enum wecom_field_id_t {
    WECOM_FIELD_USERID = 0,
    WECOM_FIELD_SOURCE,
    WECOM_FIELD_ACCOUNT,
    WECOM_FIELD_NAME,
    WECOM_FIELD_DEPARTMENTS,
    WECOM_FIELD_MAIN_DEPARTMENT,
    WECOM_FIELD_LEADS,           /* the departments that the member leads */
    WECOM_FIELD_FURTHER          /* none of them: what WeComSessionFields adds */
} wecom_field_id_t;

/* One word of WeComSessionFields. */
typedef struct wecom_field_t {
    const char *name;      /* [a-z][a-z0-9_]{0,31} */
    const char *env;       /* WECOM_... */
    const char *member;    /* the field of member.h; NULL: an extended attribute */
    const char *extattr;   /* its name at WeCom; NULL: no extended attribute */
    const char *origin;    /* the word without a name of one's own: what it is at WeCom */
} wecom_field_t;

/* FIELD, extattr:ATTRIBUTE, or either with a name of one's own before it, as in
 * employee_no=extattr:工号. NULL, or a sentence that says what to write. */
const char *wecom_field_parse(wecom_field_t *field, const char *word, apr_pool_t *pool);

/* All of them, as an array of wecom_field_t. NULL, or a sentence: also where two have one name. */
const char *wecom_field_parse_all(apr_array_header_t **fields, const apr_array_header_t *words,
                                  apr_pool_t *pool);

/* The member's values into a ticket's table: of what the member has. Values are borrowed. */
void wecom_field_take(apr_table_t *values, const apr_array_header_t *fields,
                      const wecom_member_t *member);

/* What user/get has said of a member, whatever the fields are called here: by their origins, for
 * those who call them something else (two virtual hosts with one source). A value that is withheld,
 * or came with the member's consent alone, is not in it: else a login with consent and the next
 * re-reading would never say the same. An extended attribute that the member does not have is in it
 * as gone. */
apr_table_t *wecom_field_facts(const apr_array_header_t *fields, const wecom_member_t *member,
                               apr_pool_t *pool);

/* What such facts tell of an origin; NULL: nothing, or that it is gone. */
const char *wecom_field_fact(const apr_table_t *facts, const char *origin);

/* Such facts into a ticket's table: what they do not tell stays. Values are borrowed. */
void wecom_field_hear(apr_table_t *values, const apr_array_header_t *fields,
                      const apr_table_t *facts);

/* The names of the first seven, by their numbers; ends with NULL. */
const char *const *wecom_field_names(void);

/* Which one bears this name? */
wecom_field_id_t wecom_field_id(const char *name);

/* A value out of a ticket as text, ids with commas between them; NULL: the member has none. name
 * counts for WECOM_FIELD_FURTHER alone. */
const char *wecom_field_value(const wecom_ticket_t *ticket, wecom_field_id_t id, const char *name,
                              apr_pool_t *pool);

/* "WECOM_MAIN_DEPARTMENT" */
const char *wecom_field_env(const char *name, apr_pool_t *pool);

/* prefix and "Main-Department" */
const char *wecom_field_header(const char *prefix, const char *name, apr_pool_t *pool);

#endif
