/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_call.h - one request, as the simulator's pages and calls see it: parameters in, JSON, page
 * or redirect out.
 *
 * The parts speak httpd only through this file. Everything lives in the request's pool.
 */
#ifndef SIM_CALL_H
#define SIM_CALL_H

#include <httpd.h>

#include "sim_data.h"
#include "sim_lever.h"

typedef struct sim_call_t {
    request_rec *r;
    apr_pool_t *pool;
    const char *path;
    const sim_data_t *data;      /* held for the length of the request */
    const sim_change_t *changes; /* members changed by command */
    apr_size_t changes_n;
    sim_fault_t fault;           /* of kind WRONGTYPE or MISSING where the answer is to be bent */
    const char *body;            /* read at first use; "" when there is none */
    apr_size_t body_len;
} sim_call_t;

/* A parameter of the query or of the form body; NULL when it is absent, there twice, badly coded
 * or longer than max. */
const char *sim_call_query(sim_call_t *call, const char *name, apr_size_t max);
const char *sim_call_form(sim_call_t *call, const char *name, apr_size_t max);

/* A form's number from min to max; fallback when absent or not one. */
apr_int64_t sim_call_form_number(sim_call_t *call, const char *name, apr_int64_t min,
                                 apr_int64_t max, apr_int64_t fallback);

/* The body as one JSON object; NULL if it is not. */
const wecom_json_t *sim_call_json(sim_call_t *call);

const char *sim_call_cookie(sim_call_t *call, const char *name, apr_size_t max);
int sim_call_is_post(const sim_call_t *call);

/* 1 if the other end of the connection is this machine. */
int sim_call_is_local(const sim_call_t *call);

/* All of these send the whole answer and return OK or an HTTP status for httpd to finish. */
int sim_call_send(sim_call_t *call, int status, const char *type, const char *body,
                  apr_size_t len);
int sim_call_send_json(sim_call_t *call, const wecom_json_out_t *json);
int sim_call_redirect(sim_call_t *call, int status, const char *url);

#endif
