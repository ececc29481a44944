/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_api.h - /cgi-bin: the gate before every call, the shape of every answer.
 *
 * Order of checks, as captured from WeCom: the token is missing (41001), it is no token (40014) or
 * an old one (42001), the caller's address is not trusted (60020), and only then the parameters.
 */
#ifndef SIM_API_H
#define SIM_API_H

#include "sim_call.h"

typedef struct sim_api_t sim_api_t;

typedef struct sim_api_entry_t {
    const char *path;
    int (*serve)(sim_api_t *api);
    int open;             /* gettoken: no gate */
    const char *lists[4]; /* present as [] in error answers */
} sim_api_entry_t;

struct sim_api_t {
    sim_call_t *call;
    const sim_api_entry_t *entry; /* NULL for a path that has no call */
    const sim_corp_t *corp;       /* of the token */
    const sim_app_t *app;
    sim_appid_t appid;
};

/* Serve call->path, which begins with /cgi-bin/. */
int sim_api_serve(sim_call_t *call);

/* The answer of call->path to an errcode that was asked for by a fault. */
int sim_api_fail(sim_call_t *call, int errcode);

int sim_api_error(sim_api_t *api, int errcode);

/* --- a good answer, field by field; faults of kind wrongtype and missing bend it here -------- */
wecom_json_out_t *sim_api_begin(sim_api_t *api);
int sim_api_send(sim_api_t *api, wecom_json_out_t *root);
void sim_api_text(sim_api_t *api, wecom_json_out_t *parent, const char *name, const char *value);
void sim_api_number(sim_api_t *api, wecom_json_out_t *parent, const char *name,
                    apr_int64_t value);
wecom_json_out_t *sim_api_array(sim_api_t *api, wecom_json_out_t *parent, const char *name);
wecom_json_out_t *sim_api_object(sim_api_t *api, wecom_json_out_t *parent, const char *name);

/* --- the calls that answer from the contact data (sim_contacts.c) ----------------------------- */
int sim_contacts_user_get(sim_api_t *api);
int sim_contacts_user_list(sim_api_t *api);
int sim_contacts_user_simplelist(sim_api_t *api);
int sim_contacts_department_list(sim_api_t *api);
int sim_contacts_department_simplelist(sim_api_t *api);
int sim_contacts_department_get(sim_api_t *api);
int sim_contacts_tag_list(sim_api_t *api);
int sim_contacts_tag_get(sim_api_t *api);

#endif
