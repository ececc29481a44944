/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing.h - does the account of a session still stand?
 *
 * Whoever is disabled, unlinked or deleted in the directory is out within a minute. The directory
 * is asked at most once a minute for each member on a node: its answer is kept in the cache, not
 * in the cookie. One request asks, the others go on with the answer before. While the directory
 * cannot be asked the last good answer holds for ten minutes; after that the member is neither in
 * nor out, and must wait. How one that hangs is treated: patience.h.
 */
#ifndef WECOM_AUTH_STANDING_H
#define WECOM_AUTH_STANDING_H

#include "../base/cache.h"
#include "../base/slots.h"
#include "account.h"
#include "source.h"
#include "ticket.h"

#define WECOM_STANDING_SECONDS 60    /* an answer is as good as new */
#define WECOM_STANDING_GRACE   600   /* an answer is better than none */

typedef enum wecom_standing_verdict_t {
    WECOM_STANDING_GOOD = 0,
    WECOM_STANDING_GONE,      /* disabled, locked, unlinked, deleted, another account: log in */
    WECOM_STANDING_UNKNOWN    /* the directory cannot be asked, *err says why */
} wecom_standing_verdict_t;

/* The bits of a ticket (WECOM_TICKET_PREEXISTING, _FIELD_MATCH) for marks of account.h. */
unsigned int wecom_standing_ticket_flags(unsigned int marks);

/* Judges, and brings the ticket's marks up to date: *flags are the ticket's bits now. err is
 * filled when this very call has asked in vain, else WECOM_OK stays in it. slots: of those who may
 * wait for an answer; NULL: as many as like. */
wecom_standing_verdict_t wecom_standing_check(unsigned int *flags, wecom_error_t *err,
                                              const wecom_ticket_t *ticket,
                                              const wecom_source_t *source,
                                              const wecom_directory_t *directory,
                                              const wecom_cache_t *cache,
                                              const wecom_slots_t *slots, apr_time_t now,
                                              apr_pool_t *pool);

/* Notes what a login has just heard. */
void wecom_standing_note(const wecom_cache_t *cache, const wecom_directory_t *directory,
                         const wecom_source_t *source, const wecom_ticket_t *ticket,
                         const wecom_standing_t *standing, apr_time_t now, apr_pool_t *pool);

#endif
