/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claim.h - what a member brings to the account directory, as the source's configuration has it.
 *
 * WeComAssociation names the fields to match by. What WeCom withholds is not the same as what
 * nobody has: the first can be mended by the member, with consent, inside the client.
 */
#ifndef WECOM_AUTH_CLAIM_H
#define WECOM_AUTH_CLAIM_H

#include "../wecom/member.h"
#include "account.h"
#include "source.h"
#include "words.h"

/* 1 for a field that WeComAssociation may name: userid, email, mobile, or member=column with a
 * member's field (userid, name, alias, position, telephone, mobile, email, biz_mail) and a column
 * (username, email, phone). */
int wecom_claim_is_field(const char *field);

/* 1 for fields that since June 2022 come with the member's consent alone: email, mobile, biz_mail
 * (documents 90196, 91023). */
int wecom_claim_needs_consent(const char *field);

/* 1 for fields that the scan and auth/getuserinfo bring by themselves: userid. The others need
 * user/get or consent. */
int wecom_claim_is_free(const char *field);

/* The i-th of a member's fields (member.h) whose values stand for this one, from 0; NULL behind the
 * last, and for what is none: userid, since that is who the member is. */
const char *wecom_claim_origin(const char *field, int i);

/* A print of the account's value that such a field is compared with; NULL: it has none. */
const char *wecom_claim_print(const char *field, const wecom_account_t *account,
                              apr_pool_t *pool);

/* Has user/get told this field (wecom_field_facts), and another value than the one with this print?
 * A value that is withheld contradicts nothing. */
int wecom_claim_contradicts(const char *field, const char *print, const apr_table_t *facts,
                            apr_pool_t *pool);

/* The claim of a first step. flags: of the pending login (state.h). *item: the word for what was
 * withheld, for WECOM_WORD_WITHHELD. Texts of source and member are borrowed. */
void wecom_claim_make(wecom_claim_t *claim, wecom_word_t *item, const wecom_source_t *source,
                      unsigned int flags, const wecom_member_t *member, apr_time_t now,
                      apr_pool_t *pool);

#endif
