/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_pass.h - which fields of a member are carried, and which of them go out as headers.
 */
#ifndef WECOM_HTTPD_CONFIG_PASS_H
#define WECOM_HTTPD_CONFIG_PASS_H

#include "fault.h"

#include "../auth/field.h"
#include "../base/json.h"

typedef struct wecom_pass_field_t {
    const char *name;
    wecom_field_id_t id;
    const char *header;
} wecom_pass_field_t;

/* One WeComPassHeaders. */
struct wecom_pass_t {
    const apr_array_header_t *words;    /* as written */
    const char *prefix;
    int base64url;                      /* else percent */
    const apr_array_header_t *fields;   /* wecom_pass_field_t; NULL: Off */
    wecom_where_t where;
};

/* NULL, or a sentence. Which fields are carried is judged later. */
const char *wecom_pass_read(wecom_pass_t **pass, const apr_array_header_t *words,
                            apr_pool_t *pool);

/* NULL, or a sentence: the words of WeComSessionFields. */
const char *wecom_pass_judge_fields(const apr_array_header_t *words, apr_pool_t *pool);

/* server->fields. */
void wecom_pass_build(wecom_judge_t *judge, wecom_server_t *server);

/* server->origins of every server, after wecom_pass_build of all. */
void wecom_pass_build_origins(wecom_judge_t *judge);

/* A source that brings none of server->fields is warned about. After wecom_build_sources. */
void wecom_pass_judge_sources(wecom_judge_t *judge, const wecom_server_t *server);

/* The places of `written_in` as this server serves them. */
void wecom_pass_judge_places(wecom_judge_t *judge, const wecom_server_t *server,
                             const wecom_server_t *written_in);

/* A place of .htaccess. NULL, or a sentence. */
const char *wecom_pass_judge_htaccess(const wecom_server_t *server, const wecom_place_t *place,
                                      apr_pool_t *pool);

/* 1 when tickets of this server carry a field of this name: what they carry anyway (userid, source,
 * account, name, department or departments, main_department, leads) and WeComSessionFields. Good
 * as soon as the configuration is read. */
int wecom_fields_carries(const wecom_server_t *server, const char *name);

#endif
