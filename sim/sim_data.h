/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_data.h - the contact data: corps, their apps, departments, members and tags, and outsiders.
 *
 * Read from one JSON file (its form is told in README.md) and read-only afterwards; every pointer
 * lives as long as the pool it was parsed into. Changes by command are laid over it elsewhere
 * (sim_people.h).
 */
#ifndef SIM_DATA_H
#define SIM_DATA_H

#include <apr_hash.h>
#include <apr_tables.h>

#include "../src/base/json.h"
#include "sim_store.h"

/* The fields that need the member's consent, as bits. */
#define SIM_FIELD_GENDER   0x01u
#define SIM_FIELD_AVATAR   0x02u
#define SIM_FIELD_QR_CODE  0x04u
#define SIM_FIELD_MOBILE   0x08u
#define SIM_FIELD_EMAIL    0x10u
#define SIM_FIELD_BIZ_MAIL 0x20u
#define SIM_FIELD_ADDRESS  0x40u
#define SIM_FIELDS            7

typedef struct sim_field_t {
    unsigned int bit;
    const char *name;    /* in JSON and in forms */
    const char *chinese; /* on the consent page */
    const char *english;
} sim_field_t;
extern const sim_field_t sim_data_fields[SIM_FIELDS];

typedef enum sim_names_t {
    SIM_NAMES_GIVEN,
    SIM_NAMES_AS_USERID, /* the userid stands where the name would */
    SIM_NAMES_OMITTED    /* no name at all */
} sim_names_t;

typedef struct sim_app_t {
    const char *agentid; /* digits */
    const char *secret;
    const char *name;
    const apr_array_header_t *domains;          /* const char *: host or host:port */
    const apr_array_header_t *callback_domains; /* the same, for the web login alone */
    const apr_array_header_t *trusted_ips;      /* const char *; NULL: every address */
    int all_visible;
    const apr_array_header_t *visible_users;       /* const char * */
    const apr_array_header_t *visible_departments; /* int */
    int old_profile; /* made before 2022-06-20: user/get gives the private fields */
    unsigned int private_fields;
    sim_names_t names;
} sim_app_t;

typedef struct sim_department_t {
    int id;
    int parentid;
    apr_int64_t order;
    const char *name; /* NULL: by command */
    const char *name_en;
    const apr_array_header_t *leaders; /* const char * */
} sim_department_t;

typedef struct sim_member_t {
    const char *userid;
    const char *name;
    int status; /* 1 active, 2 disabled, 4 not activated, 5 quit */
    const apr_array_header_t *departments; /* int */
    const apr_array_header_t *leads;       /* int 0 or 1, as many as departments */
    const apr_array_header_t *orders;      /* int, as many as departments */
    int main_department;                   /* 0: none */
    const apr_array_header_t *direct_leader; /* const char * */
    const char *position;
    const char *alias;
    const char *telephone;
    const char *mobile;
    const char *email;
    const char *biz_mail;
    const char *gender; /* "0", "1", "2" */
    const char *avatar;
    const char *qr_code;
    const char *address;
    const wecom_json_t *extattr; /* or NULL */
    int visible; /* SIM_KEEP as the app says; 0 or 1 by command */
} sim_member_t;

typedef struct sim_tag_t {
    int id;
    const char *name;
    const apr_array_header_t *users;       /* const char * */
    const apr_array_header_t *departments; /* int */
    int forbidden; /* by command: no app may read it */
    int has_crowd; /* by command: the whole crowd has it */
} sim_tag_t;

typedef struct sim_corp_t {
    const char *corpid;
    const char *name;
    const char *default_user; /* a person; or NULL */
    int encrypted;            /* proxy-developed: ids are compared with case */
    const apr_array_header_t *apps;        /* sim_app_t */
    const apr_array_header_t *departments; /* sim_department_t */
    const apr_array_header_t *members;     /* sim_member_t */
    const apr_array_header_t *tags;        /* sim_tag_t */
    apr_hash_t *by_userid; /* key: userid, lowered unless encrypted; value: sim_member_t */
    apr_hash_t *by_department; /* key: int, the id; value: the first sim_department_t with it */
    int crowd; /* members made by a rule (sim_edit.h) */
    int crowd_departments;
    int crowd_below;
} sim_corp_t;

typedef struct sim_outsider_t {
    const char *openid;
    const char *external_userid; /* or NULL */
} sim_outsider_t;

typedef struct sim_data_t {
    const apr_array_header_t *corps;     /* sim_corp_t */
    const apr_array_header_t *outsiders; /* sim_outsider_t */
} sim_data_t;

#define SIM_AT(array, type, i) (&((const type *)(array)->elts)[i])
#define SIM_TEXT_AT(array, i)  (((const char *const *)(array)->elts)[i])
#define SIM_INT_AT(array, i)   (((const int *)(array)->elts)[i])

/* WECOM_OK, or another status and a sentence in *error. */
wecom_status_t sim_data_parse(const sim_data_t **data, const char **error, const char *text,
                              apr_size_t len, apr_pool_t *pool);

/* NULL where there is none. CorpIDs without case, save encrypted ones. */
const sim_corp_t *sim_data_corp(const sim_data_t *data, const char *corpid);
const sim_app_t *sim_data_app(const sim_corp_t *corp, const char *agentid);
const sim_department_t *sim_data_department(const sim_corp_t *corp, int id);
const sim_tag_t *sim_data_tag(const sim_corp_t *corp, int id);
const sim_member_t *sim_data_member(const sim_corp_t *corp, const char *userid, apr_pool_t *pool);
const sim_outsider_t *sim_data_outsider(const sim_data_t *data, const char *openid);

/* To be called when the departments are complete, or others. */
void sim_data_index(sim_corp_t *corp, apr_pool_t *pool);

/* 1 if department id is ancestor or lies below it. */
int sim_data_below(const sim_corp_t *corp, int id, int ancestor);

/* 1 if text is in the array of texts; fold: without regard to case. */
int sim_data_lists(const apr_array_header_t *texts, const char *text, int fold);

#endif
