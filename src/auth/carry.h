/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carry.h - what a ticket carries of its member: the one way in, for logins and for re-readings.
 *
 * Facts are name, departments, who leads them, the main department, and what the fields are made of
 * that the configuration adds (wecom_field_facts). They travel as a ticket, since that is what they
 * become: a login or a re-reading fills an empty one, and a session that is older takes them over.
 */
#ifndef WECOM_AUTH_CARRY_H
#define WECOM_AUTH_CARRY_H

#include "../base/cache.h"
#include "../wecom/member.h"
#include "field.h"
#include "source.h"
#include "ticket.h"

/* The facts of a member into a ticket, but for its fields. Texts and departments are borrowed from
 * the member. */
void wecom_carry_member(wecom_ticket_t *ticket, const wecom_member_t *member);

/* Newer facts into the ticket of a session, which carries these fields (wecom_field_t; NULL: none
 * further). Departments are replaced as a whole. A name or a field that is not there is kept:
 * user/get withholds what only the member's consent brings. A value that contradicts the match of
 * the account takes WECOM_TICKET_FIELD_MATCH away. Texts are borrowed from `newer`. */
void wecom_carry_over(wecom_ticket_t *ticket, const wecom_ticket_t *newer,
                      const apr_array_header_t *fields, apr_pool_t *pool);

/* 64 bits that tell one set of facts from another, never 0. 0: there is no SHA-256. */
apr_uint64_t wecom_carry_print(const wecom_ticket_t *ticket, apr_pool_t *pool);

/* Newer facts on their way to the sessions of a member: kept under the source's app, until
 * `expires`. get gives WECOM_E_NOT_FOUND when the cache has lost them. */
wecom_status_t wecom_carry_put(const wecom_cache_t *cache, const wecom_source_t *source,
                               const wecom_ticket_t *newer, apr_time_t now, apr_time_t expires,
                               apr_pool_t *pool);
wecom_status_t wecom_carry_get(wecom_ticket_t *newer, const wecom_cache_t *cache,
                               const wecom_source_t *source, const char *userid, apr_time_t now,
                               apr_pool_t *pool);

#endif
