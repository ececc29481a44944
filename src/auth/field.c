/* SPDX-License-Identifier: Apache-2.0 */
/* field.c - see field.h. */

#include "field.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/text.h"

#define EXTATTR "extattr:"
#define LOWER   "abcdefghijklmnopqrstuvwxyz"
#define UPPER   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

#define MAX_SHOWN 100 /* bytes of a wrong word that a sentence repeats */

static const char *const carried[] = {
    [WECOM_FIELD_USERID] = "userid",
    [WECOM_FIELD_SOURCE] = "source",
    [WECOM_FIELD_ACCOUNT] = "account",
    [WECOM_FIELD_NAME] = "name",
    [WECOM_FIELD_DEPARTMENTS] = "departments",
    [WECOM_FIELD_MAIN_DEPARTMENT] = "main_department",
    [WECOM_FIELD_LEADS] = "leads",
    [WECOM_FIELD_FURTHER] = NULL
};

/* What {endpoint}/session, the ticket and Require call something else. */
static const char *const taken[] = {
    WECOM_TICKET_APP, WECOM_TICKET_MATCH, WECOM_TICKET_MATCHED, "department", "error", "expires",
    "issued", "login", "logout"
};

/* --- words ------------------------------------------------------------------------------------ */

static const char *wrong(const char *word, const char *sentence, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "'", wecom_text_clean(word, strlen(word), MAX_SHOWN, pool), "' ",
                       sentence, NULL);
}

static int is_name(const char *name)
{
    apr_size_t len = strlen(name);

    return len >= 1 && len <= WECOM_MAX_FIELD_NAME && strchr(LOWER, name[0]) != NULL
           && strspn(name, LOWER DIGITS "_") == len;
}

static const char *check_name(const char *name, apr_pool_t *pool)
{
    apr_size_t i;

    if (!is_name(name)) {
        return wrong(name, "is no name of a field; write a letter a-z and then at most 31 of a-z, "
                     "0-9 and '_'", pool);
    }
    if (wecom_field_id(name) != WECOM_FIELD_FURTHER) {
        return wrong(name, "is carried anyway; take it out, or give the field a name of its own, "
                     "as in my_name=alias", pool);
    }
    for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (strcmp(name, taken[i]) == 0) {
            return wrong(name, "means something else already; write another name before the '='",
                         pool);
        }
    }
    return NULL;
}

static const char *read_extattr(wecom_field_t *field, const char *name, int named,
                                apr_pool_t *pool)
{
    apr_size_t len = strlen(name);

    if (len == 0 || len > WECOM_MAX_EXTATTR || !wecom_text_is_plain_utf8(name, len)) {
        return apr_psprintf(pool, "behind " EXTATTR " stands the name of an extended attribute, as "
                            "the WeCom console shows it, in 1 to %d bytes", WECOM_MAX_EXTATTR);
    }
    field->member = NULL;
    field->extattr = name;
    if (named) {
        return NULL;
    }
    if (strspn(name, LOWER UPPER DIGITS "_") != len) {
        return wrong(name, "cannot be the name of a variable; write one of your own before it, as "
                     "in employee_no=extattr:...", pool);
    }
    field->name = wecom_text_fold(name, pool);
    return NULL;
}

static const char *member_names(apr_pool_t *pool)
{
    const char *names = "";
    int i;

    for (i = 0; wecom_member_field_name(i) != NULL; i++) {
        if (wecom_field_id(wecom_member_field_name(i)) == WECOM_FIELD_FURTHER) {
            names = apr_pstrcat(pool, names, wecom_member_field_name(i), ", ", NULL);
        }
    }
    return names;
}

static const char *read_member(wecom_field_t *field, const char *name, int named, apr_pool_t *pool)
{
    if (!named && wecom_field_id(name) != WECOM_FIELD_FURTHER) {
        return check_name(name, pool);
    }
    if (!wecom_member_is_field(name)) {
        return wrong(name, apr_pstrcat(pool, "is no field of a member; write ",
                                       member_names(pool), "or " EXTATTR "NAME for an extended "
                                       "attribute", NULL), pool);
    }
    field->member = name;
    field->extattr = NULL;
    if (!named) {
        field->name = name;
    }
    return NULL;
}

const char *wecom_field_parse(wecom_field_t *field, const char *word, apr_pool_t *pool)
{
    apr_size_t len = strcspn(word, "=:");
    int named = word[len] == '=';
    const char *rest = named ? word + len + 1 : word;
    const char *sentence;

    field->name = named ? apr_pstrmemdup(pool, word, len) : NULL;
    if (strncmp(rest, EXTATTR, sizeof(EXTATTR) - 1) == 0) {
        sentence = read_extattr(field, rest + sizeof(EXTATTR) - 1, named, pool);
    }
    else {
        sentence = read_member(field, rest, named, pool);
    }
    if (sentence == NULL) {
        sentence = check_name(field->name, pool);
    }
    field->origin = rest;
    if (sentence == NULL) {
        field->env = wecom_field_env(field->name, pool);
    }
    return sentence;
}

const char *wecom_field_parse_all(apr_array_header_t **fields, const apr_array_header_t *words,
                                  apr_pool_t *pool)
{
    int i, k;

    *fields = apr_array_make(pool, words->nelts, sizeof(wecom_field_t));
    for (i = 0; i < words->nelts; i++) {
        wecom_field_t field;
        const char *sentence = wecom_field_parse(&field, APR_ARRAY_IDX(words, i, const char *),
                                                 pool);

        if (sentence != NULL) {
            return sentence;
        }
        for (k = 0; k < i; k++) {
            if (strcmp(APR_ARRAY_IDX(*fields, k, wecom_field_t).name, field.name) == 0) {
                return wrong(field.name, "is the name of two fields; write another name before "
                             "one of them, as in other=extattr:NAME", pool);
            }
        }
        APR_ARRAY_PUSH(*fields, wecom_field_t) = field;
    }
    return NULL;
}

/* --- values ----------------------------------------------------------------------------------- */

static const char *value_of(const wecom_member_t *member, const wecom_field_t *field)
{
    if (field->member != NULL) {
        return wecom_member_field(member, field->member);
    }
    return member->extattr != NULL ? apr_table_get(member->extattr, field->extattr) : NULL;
}

void wecom_field_take(apr_table_t *values, const apr_array_header_t *fields,
                      const wecom_member_t *member)
{
    int i;

    for (i = 0; fields != NULL && i < fields->nelts; i++) {
        const wecom_field_t *field = &APR_ARRAY_IDX(fields, i, wecom_field_t);
        const char *value = value_of(member, field);

        if (value != NULL) {
            apr_table_setn(values, field->name, value);
        }
    }
}

/* A fact is '=' and the value, or this. */
#define GONE "-"

apr_table_t *wecom_field_facts(const apr_array_header_t *fields, const wecom_member_t *member,
                               apr_pool_t *pool)
{
    apr_table_t *facts = apr_table_make(pool, fields != NULL ? fields->nelts : 1);
    int i;

    for (i = 0; fields != NULL && i < fields->nelts; i++) {
        const wecom_field_t *field = &APR_ARRAY_IDX(fields, i, wecom_field_t);
        const char *value = value_of(member, field);

        if (field->member != NULL && wecom_member_is_consented(member, field->member)) {
            continue;
        }
        if (value != NULL) {
            apr_table_setn(facts, field->origin, apr_pstrcat(pool, "=", value, NULL));
        }
        else if (field->extattr != NULL) { /* user/get tells all that there are */
            apr_table_setn(facts, field->origin, GONE);
        }
    }
    return facts;
}

const char *wecom_field_fact(const apr_table_t *facts, const char *origin)
{
    const char *fact = apr_table_get(facts, origin);

    return fact != NULL && *fact == '=' ? fact + 1 : NULL;
}

void wecom_field_hear(apr_table_t *values, const apr_array_header_t *fields,
                      const apr_table_t *facts)
{
    int i;

    for (i = 0; fields != NULL && i < fields->nelts; i++) {
        const wecom_field_t *field = &APR_ARRAY_IDX(fields, i, wecom_field_t);
        const char *fact = apr_table_get(facts, field->origin);

        if (fact != NULL && *fact == '=') {
            apr_table_setn(values, field->name, fact + 1);
        }
        else if (fact != NULL) {
            apr_table_unset(values, field->name);
        }
    }
}

static const char *ids(const wecom_ticket_t *ticket, int only_led, apr_pool_t *pool)
{
    const char *out = NULL;
    apr_size_t i;

    for (i = 0; i < ticket->department_count; i++) {
        if (!only_led || ticket->leads[i] == WECOM_LEADS) {
            out = apr_psprintf(pool, "%s%s%" APR_INT64_T_FMT, out != NULL ? out : "",
                               out != NULL ? "," : "", ticket->departments[i]);
        }
    }
    return out;
}

static const char *given(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

const char *wecom_field_value(const wecom_ticket_t *ticket, wecom_field_id_t id, const char *name,
                              apr_pool_t *pool)
{
    switch (id) {
    case WECOM_FIELD_USERID:
        return ticket->userid;
    case WECOM_FIELD_SOURCE:
        return ticket->source;
    case WECOM_FIELD_ACCOUNT:
        return given(ticket->account);
    case WECOM_FIELD_NAME:
        return given(ticket->name);
    case WECOM_FIELD_DEPARTMENTS:
        return ids(ticket, 0, pool);
    case WECOM_FIELD_MAIN_DEPARTMENT:
        return ticket->main_department != 0
                   ? apr_psprintf(pool, "%" APR_INT64_T_FMT, ticket->main_department) : NULL;
    case WECOM_FIELD_LEADS:
        return ids(ticket, 1, pool);
    case WECOM_FIELD_FURTHER:
    default:
        return ticket->fields != NULL ? apr_table_get(ticket->fields, name) : NULL;
    }
}

/* --- names ------------------------------------------------------------------------------------ */

const char *const *wecom_field_names(void)
{
    return carried;
}

wecom_field_id_t wecom_field_id(const char *name)
{
    int id = 0;

    while (id < WECOM_FIELD_FURTHER && strcmp(carried[id], name) != 0) {
        id++;
    }
    return (wecom_field_id_t)id;
}

static char upper_of(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

const char *wecom_field_env(const char *name, apr_pool_t *pool)
{
    char *env = apr_pstrcat(pool, "WECOM_", name, NULL);
    char *c;

    for (c = env; *c != '\0'; c++) {
        *c = upper_of(*c);
    }
    return env;
}

const char *wecom_field_header(const char *prefix, const char *name, apr_pool_t *pool)
{
    char *header = apr_pstrcat(pool, prefix, name, NULL);
    char *c = header + strlen(prefix);
    int begins = 1;

    for (; *c != '\0'; c++) {
        int joins = *c == '_';

        *c = joins ? '-' : begins ? upper_of(*c) : *c;
        begins = joins;
    }
    return header;
}
