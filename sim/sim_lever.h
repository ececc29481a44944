/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_lever.h - what the control commands move: faults, counters, clock, members, data.
 *
 * The tables lie in the segment of sim_store.h.
 */
#ifndef SIM_LEVER_H
#define SIM_LEVER_H

#include "sim_store.h"

/* --- faults --------------------------------------------------------------------------------- */
typedef enum sim_fault_kind_t {
    SIM_FAULT_NONE,
    SIM_FAULT_ERRCODE,
    SIM_FAULT_HTTP,
    SIM_FAULT_DELAY,
    SIM_FAULT_DROP,
    SIM_FAULT_DROP_MIDDLE,
    SIM_FAULT_HTML,
    SIM_FAULT_GARBAGE,
    SIM_FAULT_HUGE,
    SIM_FAULT_SILENT,
    SIM_FAULT_WRONGTYPE,
    SIM_FAULT_MISSING,
    SIM_FAULT_REFUSE_REDIRECTS, /* wwlogin: refusal goes back with state alone, as qrConnect does */
    SIM_FAULT_IGNORE_RANGE      /* the login pages let members outside the visible range confirm */
} sim_fault_kind_t;

typedef struct sim_fault_t {
    sim_fault_kind_t kind;
    char path[SIM_MAX_PATH + 1]; /* exact, or a prefix that ends in '*' */
    char field[SIM_MAX_WORD + 1];
    int code;
    int ms;
    int times; /* how often it still strikes; 0: until cleared */
    int skip;  /* how many calls pass first */
} sim_fault_t;

sim_fault_kind_t sim_lever_fault_kind(const char *word);
const char *sim_lever_fault_word(sim_fault_kind_t kind);

/* 0 when the table is full. */
int sim_lever_fault_add(const sim_fault_t *fault);
void sim_lever_fault_clear(void);

/* The first fault that strikes this path (kind NONE if none does), and the sum of the delays that
 * stand before it. Faults of the two page kinds are left alone. */
void sim_lever_fault_take(sim_fault_t *fault, int *delay_ms, const char *path);

/* 1 when a fault of exactly this kind strikes this path. */
int sim_lever_fault_take_kind(sim_fault_kind_t kind, const char *path);

apr_size_t sim_lever_faults(sim_fault_t **list, apr_pool_t *pool);

/* --- counters ------------------------------------------------------------------------------- */
typedef struct sim_count_t {
    char path[SIM_MAX_PATH + 1];
    apr_int64_t calls;
} sim_count_t;

void sim_lever_count(const char *path);
apr_size_t sim_lever_counts(sim_count_t **list, apr_pool_t *pool);
void sim_lever_counts_reset(void);

/* --- tokens and time ------------------------------------------------------------------------ */
void sim_lever_tokens_end(int expired); /* 1: they answer 42001 from now on; 0: 40014 */
void sim_lever_token_seconds(int seconds);
void sim_lever_skew(apr_int64_t seconds);

/* --- members, as changed by command ----------------------------------------------------------- */
#define SIM_KEEP (-1)
#define SIM_MAX_CHANGE_DEPARTMENTS 20
#define SIM_CHANGE_TEXTS            7

typedef struct sim_change_t {
    char corpid[SIM_MAX_CORPID + 1];
    char userid[SIM_MAX_PERSON + 1];
    int status;  /* SIM_KEEP: as in the file */
    int deleted; /* 0 or 1 */
    int visible; /* SIM_KEEP, or 0 or 1: for every app of the corp */
    int departments; /* SIM_KEEP, or how many follow */
    int department[SIM_MAX_CHANGE_DEPARTMENTS];
    int leads; /* likewise: the departments that the member leads */
    int lead[SIM_MAX_CHANGE_DEPARTMENTS];
    int main_department; /* SIM_KEEP, or an id, or 0 for none */
    unsigned int texts; /* which of the following are set: bit n is text n of sim_lever_texts */
    char text[SIM_CHANGE_TEXTS][SIM_MAX_TEXT + 1];
    int has_extattr;
    char extattr[SIM_MAX_EXTATTR + 1]; /* JSON, as in the data file */
} sim_change_t;

/* "name", "position", "mobile", "email", "biz_mail", "alias", "telephone": the texts of a change,
 * in their order. */
extern const char *const sim_lever_texts[SIM_CHANGE_TEXTS];

/* The change that is kept for this member, or a fresh one that keeps everything. */
void sim_lever_change_get(sim_change_t *change, const char *corpid, const char *userid);
int sim_lever_change_put(const sim_change_t *change);
apr_size_t sim_lever_changes(sim_change_t **list, apr_pool_t *pool);

/* --- data and everything -------------------------------------------------------------------- */
/* The contact data's text, if its generation is not *generation. NULL if it is. */
const char *sim_lever_text(apr_size_t *len, apr_uint32_t *generation, apr_pool_t *pool);
void sim_lever_text_set(const char *text, apr_size_t len);
apr_uint32_t sim_lever_generation(void);

/* Codes, tickets, tokens, pages, consents, faults, counts, changes, edits, skew: all gone. */
void sim_lever_reset(void);

#endif
