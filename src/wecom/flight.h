/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flight.h - a text that WeCom lends for a while: fetched by one, used by all.
 *
 * What access tokens and the tickets of JS-SDK have in common. The text lies in the shared cache; a
 * process that finds none takes the lease (put_if_absent), fetches and stores; the others wait for
 * it, watching the cache. Some minutes before it ends (a tenth of its life, at most 5 minutes) one
 * process renews it while the others go on with the old one. A failed fetch leaves a mark that
 * lets everybody rest. The kind says how to fetch and how long to rest.
 *
 * For token.c and jsticket.c alone. Key in the cache: the hash of api url, corp id, agent id and
 * secret. A fetch of several calls needs ports->deadline, so that the lease outlives it.
 */
#ifndef WECOM_WECOM_FLIGHT_H
#define WECOM_WECOM_FLIGHT_H

#include "../base/json.h"
#include "app.h"
#include "ports.h"

typedef struct wecom_fresh_t {
    const char *text;
    apr_int64_t expires_in; /* seconds, clamped by wecom_flight_seconds */
} wecom_fresh_t;

typedef struct wecom_flight_t {
    const char *kind;       /* in the cache: the text */
    const char *kind_lease; /* somebody is fetching */
    const char *kind_rest;  /* the last fetch failed */
    const char *stage;      /* of errors; static text, as all of these */
    apr_size_t max_len;     /* of the text; a ceiling of limits.h */
    const char *late;       /* what the error says when another process does not finish */
    wecom_status_t (*fetch)(wecom_fresh_t *fresh, wecom_error_t *err, const wecom_app_t *app,
                            const wecom_ports_t *ports, apr_pool_t *pool);
    apr_interval_time_t (*rest)(const wecom_error_t *err); /* after this failure */
} wecom_flight_t;

/* *text lives in the pool. *fresh (may be NULL) is 1 when this very call fetched it.
 * WECOM_OK; WECOM_E_RESTING (a mark stands; upstream and detail are those of the failure that
 * left it); WECOM_E_TIMEOUT (another process holds the lease and did not finish within the app's
 * timeout); or what the fetch ended with. A cache that does not work costs a fetch each time and
 * is no failure. */
wecom_status_t wecom_flight_get(const char **text, int *fresh, wecom_error_t *err,
                                const wecom_flight_t *flight, const wecom_app_t *app,
                                const wecom_ports_t *ports, apr_pool_t *pool);

/* The living text, or NULL: a look into the cache, never a wait. *due: somebody should renew it. */
const char *wecom_flight_peek(int *due, const wecom_flight_t *flight, const wecom_app_t *app,
                              const wecom_ports_t *ports, apr_pool_t *pool);

/* WeCom refused `text`. Forget it, unless the cache holds another one by now: then somebody has
 * renewed it already and it must not be lost. */
void wecom_flight_refuse(const wecom_flight_t *flight, const wecom_app_t *app, const char *text,
                         const wecom_ports_t *ports, apr_pool_t *pool);

/* --- for the readers of answers --------------------------------------------------------------- */
/* 1 for a text of 1 to max bytes of visible ASCII; NULL is none. */
int wecom_flight_is_plain(const char *text, apr_size_t max);

/* expires_in, clamped to WECOM_MIN_TOKEN_SECONDS and WECOM_MAX_TOKEN_SECONDS. */
apr_int64_t wecom_flight_seconds(const wecom_json_t *answer);

#endif
