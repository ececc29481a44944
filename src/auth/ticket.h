/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ticket.h - the session record: who somebody is, since when, and how that was found out.
 *
 * Written once at login, sealed, carried by the browser (or, later, by a store), opened on every
 * request. The seal is bound (AAD) to the cookie's name, its domain or host, its path and the
 * format's version, so that a ticket of one site never opens on another, even under one key.
 * It never holds an access token, and no other module can see into it.
 *
 * Format 1, all numbers big-endian: 1 version | 4 flags | 8 issued | 8 seen | 8 checked (seconds)
 * | 16 session id | text source | text userid | text account | text name | 2 number of departments
 * | each: 4 id, 1 leads (0 no, 1 yes, 2 not told) | 4 main department | 2 number of fields
 * | each: text name, text value | 2 number of entries | each: text key, text value. A text is
 * 2 bytes of length and its bytes.
 * The hot path needs the head alone: wecom_ticket_decode reads the whole record, but allocates
 * nothing for the texts: they are copied once into one block.
 */
#ifndef WECOM_AUTH_TICKET_H
#define WECOM_AUTH_TICKET_H

#include <apr_tables.h>
#include <apr_time.h>

#include "../base/crypto.h"
#include "../base/limits.h"
#include "site.h"

#define WECOM_TICKET_VERSION  1
#define WECOM_TICKET_ID_BYTES 16

enum { /* wecom_ticket_t.flags; sealed, so the numbers never change their meaning */
    WECOM_TICKET_IN_CLIENT = 1,      /* came by the silent walk */
    WECOM_TICKET_PREEXISTING = 2,    /* the account was there before WeCom */
    WECOM_TICKET_FIELD_MATCH = 4     /* the link was made by matching, and stands uncontradicted */
};

/* The field that names the app the session was made with (wecom_source_print). */
#define WECOM_TICKET_APP "app"
/* The field whose value made the link, as WeComAssociation names it; with
 * WECOM_TICKET_FIELD_MATCH. */
#define WECOM_TICKET_MATCH "match"
/* A print of that value (wecom_claim_print), by which a re-reading can contradict it. */
#define WECOM_TICKET_MATCHED "matched"

typedef struct wecom_ticket_t {
    unsigned int flags;
    apr_int64_t issued;    /* seconds since 1970: the login */
    apr_int64_t seen;      /* the last renewal */
    apr_int64_t checked;   /* when WeCom last said yes */
    unsigned char id[WECOM_TICKET_ID_BYTES];
    const char *source;
    const char *userid;    /* as WeCom spells it */
    const char *account;   /* the account's username; "" without a directory */
    const char *name;      /* "" when withheld */
    const apr_int64_t *departments;   /* 1 to 2^32-1 */
    const unsigned char *leads;       /* parallel; WECOM_LEADS and its like */
    apr_size_t department_count;
    apr_int64_t main_department;      /* 0: none */
    const apr_table_t *fields;        /* the app, and further carried fields; NULL: none */
    apr_table_t *entries;             /* of other modules, through mod_session; never NULL after
                                       * decode */
} wecom_ticket_t;

/* The life of a session; both spans in seconds. */
typedef struct wecom_ticket_life_t {
    apr_int64_t max_age;
    apr_int64_t idle;
} wecom_ticket_life_t;

typedef enum wecom_ticket_age_t {
    WECOM_TICKET_FRESH = 0,
    WECOM_TICKET_RENEW,    /* good, and last written a tenth of the idle span ago or more */
    WECOM_TICKET_EXPIRED   /* older than max_age, or unused for longer than idle */
} wecom_ticket_age_t;

/* Pure. A time in the future (the clock was set back) counts as now. */
wecom_ticket_age_t wecom_ticket_judge_age(const wecom_ticket_t *ticket,
                                          const wecom_ticket_life_t *life, apr_int64_t now);

/* Record to bytes. WECOM_E_TOO_LARGE when a text has more than 65535 bytes or a count does not
 * fit; WECOM_E_BAD_INPUT without source or userid. */
wecom_status_t wecom_ticket_encode(wecom_bytes_t *out, const wecom_ticket_t *ticket,
                                   apr_pool_t *pool);

/* Bytes to record. Strict: lengths, counts (departments at most WECOM_MAX_DEPARTMENTS, fields and
 * entries at most 64 each), nothing behind, texts without NUL. WECOM_E_BAD_INPUT. */
wecom_status_t wecom_ticket_decode(wecom_ticket_t *ticket, wecom_bytes_t bytes,
                                   apr_pool_t *pool);

/* The AAD of this site's tickets; computed once when the site is made. */
wecom_bytes_t wecom_ticket_aad(const wecom_site_t *site, apr_pool_t *pool);

/* encode + seal as cookie text. WECOM_E_TOO_LARGE when the text is longer than
 * WECOM_MAX_SEALED_COOKIE: browsers would drop it silently, and the login would loop. */
wecom_status_t wecom_ticket_seal(const char **text, const wecom_ticket_t *ticket,
                                 const wecom_keyring_t *ring, wecom_bytes_t aad,
                                 apr_pool_t *pool);

/* *key_index (may be NULL) as in wecom_crypto_open. WECOM_E_CRYPTO, WECOM_E_BAD_INPUT,
 * WECOM_E_TOO_LARGE. */
wecom_status_t wecom_ticket_open(wecom_ticket_t *ticket, int *key_index, const char *text,
                                 apr_size_t len, const wecom_keyring_t *ring, wecom_bytes_t aad,
                                 apr_pool_t *pool);

#endif
