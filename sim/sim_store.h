/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_store.h - what the simulator knows at this moment, shared by all children of its httpd.
 *
 * One anonymous shared segment, made in post_config and inherited by fork, with one robust
 * process-shared mutex. Tables of fixed size; a full table gives up its oldest entry, so nothing
 * a client does can make it grow. A restart or reload of the httpd starts with an empty segment.
 * The lock is held for table work alone, never over input or output.
 *
 * Codes, tickets, tokens and page keys carry the number of their slot in their first two bytes
 * (before base64url or hex), so that finding one is not a search.
 *
 * "Now" is the clock plus a skew that POST /sim/time sets: expiry is tested without waiting.
 */
#ifndef SIM_STORE_H
#define SIM_STORE_H

#include <apr_pools.h>
#include <apr_time.h>

#define SIM_MAX_CORPID     64 /* bytes, without the NUL, as all of these */
#define SIM_MAX_AGENTID    10
#define SIM_MAX_PERSON     80 /* a userid, or "openid:" and an openid */
#define SIM_MAX_URI      2048
#define SIM_MAX_STATE    1024
#define SIM_MAX_PANEL     400
#define SIM_MAX_PATH       96
#define SIM_MAX_WORD       40
#define SIM_MAX_TEXT     256 /* a member's field changed by command */
#define SIM_MAX_EXTATTR 2000 /* its extended attributes, likewise */

#define SIM_CODE_LEN       43 /* 32 bytes as base64url */
#define SIM_TICKET_LEN     86 /* 64 bytes */
#define SIM_TOKEN_LEN     214 /* 160 bytes */
#define SIM_KEY_LEN        16 /* 8 bytes as hex */
#define SIM_JSTICKET_LEN   86 /* as long as WeCom's example, document 90506 */

#define SIM_CODE_SECONDS        300
#define SIM_TICKET_SECONDS     1800
#define SIM_TOKEN_SECONDS      7200
#define SIM_LOGIN_SECONDS       300
#define SIM_CONSENT_SECONDS (30 * 24 * 3600)

/* An app, named as the data file names it. */
typedef struct sim_appid_t {
    char corpid[SIM_MAX_CORPID + 1];
    char agentid[SIM_MAX_AGENTID + 1];
} sim_appid_t;

/* What a code, and after it a user_ticket, stands for. */
typedef struct sim_grant_t {
    sim_appid_t app;
    char person[SIM_MAX_PERSON + 1];
    unsigned int fields; /* SIM_FIELD_*: consented to */
    int private_info;    /* scope snsapi_privateinfo */
} sim_grant_t;

typedef enum sim_found_t {
    SIM_FOUND,
    SIM_UNKNOWN,
    SIM_USED,
    SIM_EXPIRED,
    SIM_OTHER_APP
} sim_found_t;

/* Make the segment; the text is the contact data (JSON) that children parse for themselves. */
apr_status_t sim_store_create(const char *text, apr_size_t len, apr_pool_t *pconf);

/* Seconds since 1970, skew included. */
apr_int64_t sim_store_now(void);

/* 1, or 0 when the random source failed. code has room for SIM_CODE_LEN + 1. */
int sim_store_code_put(char *code, const sim_grant_t *grant);

/* A code of another app is told apart before it is used up; every other success is the last. */
sim_found_t sim_store_code_take(sim_grant_t *grant, const char *code, const sim_appid_t *app);

int sim_store_ticket_put(char *ticket, const sim_grant_t *grant);
sim_found_t sim_store_ticket_get(sim_grant_t *grant, const char *ticket, const sim_appid_t *app);

/* The app's token while it is valid, else a new one. *expires_in: the seconds that are left. */
int sim_store_token_get(char *token, int *expires_in, const sim_appid_t *app);
sim_found_t sim_store_token_check(sim_appid_t *app, const char *token);

/* --- the login page and its QR code ------------------------------------------------------- */
typedef enum sim_scan_t {
    SIM_SCAN_NEVER, /* nobody has scanned */
    SIM_SCAN_ING,   /* scanned, not decided */
    SIM_SCAN_SUCC,  /* confirmed: there is a code */
    SIM_SCAN_FAIL,  /* refused */
    SIM_SCAN_ERR    /* expired, or no such key */
} sim_scan_t;

typedef struct sim_login_t {
    char key[SIM_KEY_LEN + 1];
    sim_appid_t app;
    char redirect_uri[SIM_MAX_URI + 1];
    char state[SIM_MAX_STATE + 1];
    char redirect_type[12]; /* of the panel: top, self, callback; or empty */
    char panel[SIM_MAX_PANEL + 1]; /* the panel's parameters for a fresh page; or empty */
    int english;
    int old_page;           /* qrConnect */
    sim_scan_t scan;
    char code[SIM_CODE_LEN + 1];
    int goes_back;          /* after a refusal the browser goes to redirect_uri with state alone */
    apr_int64_t expires;
} sim_login_t;

/* Fills in login->key, scan, code, goes_back, expires. */
int sim_store_login_put(sim_login_t *login);

/* Always fills *login; SIM_SCAN_ERR in login->scan where there is no such page any more. */
void sim_store_login_get(sim_login_t *login, const char *key);

/* 1 if the page was still undecided and now is as told. code (else NULL) is for SIM_SCAN_SUCC,
 * goes_back for SIM_SCAN_FAIL. */
int sim_store_login_set(const char *key, sim_scan_t scan, const char *code, int goes_back);

/* --- consent ------------------------------------------------------------------------------ */
/* 1 and *fields when this member agreed for this app in the last 30 days. */
int sim_store_consent_get(unsigned int *fields, const sim_appid_t *app, const char *person);
void sim_store_consent_put(const sim_appid_t *app, const char *person, unsigned int fields);

#endif
