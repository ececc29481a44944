/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_segment.h - the layout of the shared segment. Private to sim_store.c, sim_lever.c,
 * sim_jsticket.c and sim_edit.c.
 */
#ifndef SIM_SEGMENT_H
#define SIM_SEGMENT_H

#include <pthread.h>

#include "../src/base/limits.h"
#include "sim_edit.h"
#include "sim_lever.h"

/* Slots are numbered by two bytes, so none of the first four may exceed 65535. */
#define SIM_CODES     4096
#define SIM_TICKETS   1024
#define SIM_TOKENS     512
#define SIM_LOGINS    1024
#define SIM_CONSENTS  1024
#define SIM_JSTICKETS  128
#define SIM_FAULTS      32
#define SIM_COUNTS     128
#define SIM_CHANGES    256
#define SIM_EDITS      256

typedef struct sim_code_slot_t {
    char code[SIM_CODE_LEN + 1];
    int used;
    apr_int64_t expires;
    sim_grant_t grant;
} sim_code_slot_t;

typedef struct sim_ticket_slot_t {
    char ticket[SIM_TICKET_LEN + 1];
    apr_int64_t expires;
    sim_grant_t grant;
} sim_ticket_slot_t;

typedef struct sim_token_slot_t {
    char token[SIM_TOKEN_LEN + 1];
    int current;  /* the one that gettoken hands out */
    int invalid;  /* ended by command: 40014 */
    apr_int64_t expires;
    sim_appid_t app;
} sim_token_slot_t;

typedef struct sim_consent_slot_t {
    sim_appid_t app;
    char person[SIM_MAX_PERSON + 1];
    unsigned int fields;
    apr_int64_t expires;
} sim_consent_slot_t;

typedef struct sim_jsticket_slot_t {
    char ticket[SIM_JSTICKET_LEN + 1];
    int of_app;       /* 0: of get_jsapi_ticket, the corp's */
    int asked;        /* in this hour */
    apr_int64_t hour; /* since 1970 */
    apr_int64_t expires;
    sim_appid_t app;
} sim_jsticket_slot_t;

/* All that sim_lever_reset() puts back to zero. */
typedef struct sim_live_t {
    apr_int64_t skew;
    int token_seconds; /* 0: SIM_TOKEN_SECONDS */
    int jsticket_seconds; /* likewise */
    unsigned int next_code;
    unsigned int next_ticket;
    unsigned int next_token;
    unsigned int next_login;
    unsigned int next_consent;
    unsigned int next_jsticket;
    unsigned int faults_n;
    unsigned int counts_n;
    unsigned int changes_n;
    unsigned int edits_n;
    sim_code_slot_t codes[SIM_CODES];
    sim_ticket_slot_t tickets[SIM_TICKETS];
    sim_token_slot_t tokens[SIM_TOKENS];
    sim_login_t logins[SIM_LOGINS];
    sim_consent_slot_t consents[SIM_CONSENTS];
    sim_jsticket_slot_t jstickets[SIM_JSTICKETS];
    sim_fault_t faults[SIM_FAULTS];
    sim_count_t counts[SIM_COUNTS];
    sim_change_t changes[SIM_CHANGES];
    sim_edit_t edits[SIM_EDITS];
} sim_live_t;

typedef struct sim_segment_t {
    pthread_mutex_t mutex;
    apr_uint32_t generation; /* of the text and the edits */
    apr_size_t text_len;
    char text[WECOM_MAX_ANSWER + 1];
    sim_live_t live;
} sim_segment_t;

/* The segment, locked. Never NULL after sim_store_create(). */
sim_segment_t *sim_segment_lock(void);
void sim_segment_unlock(sim_segment_t *segment);

/* Now, for a caller that holds the lock. */
apr_int64_t sim_segment_now(const sim_segment_t *segment);

#endif
