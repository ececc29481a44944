/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing.c - see standing.h.
 *
 * The record in the cache: 8 time of the answer | 1 good or not | 1 marks | the username | a zero
 * byte | the field that the link was made by, if it was made by matching.
 */
#include "standing.h"

#include <string.h>

#include <apr_strings.h>

#include "normal.h"
#include "octets.h"
#include "patience.h"

#define KIND      "standing"
#define ASKING    "standing-asked"
#define SLOT_SECONDS 300 /* longer than any network's patience */
#define HEAD      10

typedef struct answer_t {
    apr_time_t asked;
    int good;
    unsigned int marks;
    const char *username;
    const char *field;      /* "" for none, or not known */
} answer_t;

unsigned int wecom_standing_ticket_flags(unsigned int marks)
{
    return ((marks & WECOM_STANDING_PREEXISTING) != 0 ? (unsigned int)WECOM_TICKET_PREEXISTING
                                                      : 0u)
           | ((marks & WECOM_STANDING_FIELD_MATCH) != 0 ? (unsigned int)WECOM_TICKET_FIELD_MATCH
                                                        : 0u);
}

/* Virtual hosts can share a cache, and have another directory, or mean another app by the id. */
static const char *key_of(const wecom_directory_t *directory, const wecom_source_t *source,
                          const wecom_ticket_t *ticket, apr_pool_t *pool)
{
    const char *userid = wecom_normal_userid(ticket->userid, source->app.proxy_developed, pool);

    return apr_pstrcat(pool, directory->print, "|", source->id, "|",
                       source->print != NULL ? source->print : "", "|",
                       userid != NULL ? userid : ticket->userid, NULL);
}

static int read_answer(answer_t *answer, const wecom_cache_t *cache, const char *key,
                       apr_time_t now, apr_pool_t *pool)
{
    wecom_bytes_t bytes;
    const char *text;

    if (cache->get(cache, &bytes, KIND, key, now, pool) != WECOM_OK || bytes.len <= HEAD) {
        return 0;
    }
    answer->asked = (apr_time_t)wecom_octets_get(bytes.data, 8);
    answer->good = bytes.data[8] == 1;
    answer->marks = bytes.data[9];
    text = apr_pstrmemdup(pool, (const char *)bytes.data + HEAD, bytes.len - HEAD);
    answer->username = text;
    answer->field = strlen(text) < bytes.len - HEAD ? text + strlen(text) + 1 : "";
    /* A clock that was set back: the answer is from then on as old as can be. */
    return answer->asked <= now && now - answer->asked < apr_time_from_sec(WECOM_STANDING_GRACE);
}

/* Not over a later one: while the directory was asked the member may have signed in anew. */
static void write_answer(const wecom_cache_t *cache, const char *key, const answer_t *answer,
                         apr_pool_t *pool)
{
    apr_size_t name_len = strlen(answer->username) + 1;
    apr_size_t len = name_len + strlen(answer->field);
    unsigned char *data = apr_palloc(pool, HEAD + len);
    wecom_bytes_t bytes;

    if (cache->get(cache, &bytes, KIND, key, answer->asked, pool) == WECOM_OK && bytes.len > HEAD
        && (apr_time_t)wecom_octets_get(bytes.data, 8) > answer->asked) {
        return;
    }
    wecom_octets_put(data, (apr_uint64_t)answer->asked, 8);
    data[8] = answer->good ? 1 : 0;
    data[9] = (unsigned char)answer->marks;
    memcpy(data + HEAD, answer->username, name_len);
    memcpy(data + HEAD + name_len, answer->field, len - name_len);
    bytes.data = data;
    bytes.len = HEAD + len;
    cache->put(cache, KIND, key, bytes, answer->asked,
               answer->asked + apr_time_from_sec(WECOM_STANDING_GRACE), pool);
}

/* 1: this request asks. Without a working cache everybody asks for himself. */
static int may_ask(const wecom_cache_t *cache, const char *key, apr_time_t now, apr_pool_t *pool)
{
    wecom_bytes_t mark = { (const unsigned char *)"1", 1 };

    return cache->put_if_absent(cache, ASKING, key, mark, now,
                                now + apr_time_from_sec(WECOM_STANDING_SECONDS), pool)
           != WECOM_E_EXISTS;
}

static int is_field_of(const wecom_ticket_t *ticket, const char *field)
{
    const char *match = ticket->fields != NULL ? apr_table_get(ticket->fields, WECOM_TICKET_MATCH)
                                               : NULL;

    return match != NULL && strcmp(match, field) == 0;
}

/* "email" of "match:email"; what was not made by matching has none. */
static const char *field_of(const char *linked_by)
{
    const char *colon = linked_by != NULL ? strchr(linked_by, ':') : NULL;

    return colon != NULL ? colon + 1 : "";
}

/* 1 with a new answer, 0 when there is none. */
static int ask(answer_t *answer, wecom_error_t *err, const wecom_ticket_t *ticket,
               const wecom_source_t *source, const wecom_directory_t *directory,
               apr_time_t now, apr_pool_t *pool)
{
    const char *userid = wecom_normal_userid(ticket->userid, source->app.proxy_developed, pool);
    wecom_standing_t standing;
    wecom_status_t status = directory->find_linked(directory, &standing, err, source->id,
                                                   userid, ticket->account, pool);

    if (status != WECOM_OK && status != WECOM_E_NOT_FOUND) {
        return 0;
    }
    answer->asked = now;
    answer->good = status == WECOM_OK
                   && wecom_match_refusal_of(standing.account.status) == WECOM_MATCH_NO_REFUSAL;
    answer->marks = answer->good ? standing.marks : 0;
    answer->username = answer->good ? standing.account.username : ticket->account;
    answer->field = answer->good ? field_of(standing.linked_by) : "";
    return 1;
}

/* The same, if the directory is worth asking and there is a slot to wait in: some of the threads
 * stay for those who need no answer. */
static int ask_in_turn(answer_t *answer, wecom_error_t *err, const wecom_ticket_t *ticket,
                       const wecom_source_t *source, const wecom_directory_t *directory,
                       const wecom_cache_t *cache, const wecom_slots_t *slots, apr_time_t now,
                       apr_pool_t *pool)
{
    int slot = 0;
    int done;

    if (slots != NULL) {
        slot = slots->enter(slots, now, now + apr_time_from_sec(SLOT_SECONDS));
        if (slot < 0) {
            return 0;
        }
    }
    done = wecom_patience_begin(cache, directory, now, pool);
    if (done) {
        done = ask(answer, err, ticket, source, directory, now, pool);
        wecom_patience_end(cache, directory, pool);
    }
    if (slots != NULL) {
        slots->leave(slots, slot);
    }
    return done;
}

wecom_standing_verdict_t wecom_standing_check(unsigned int *flags, wecom_error_t *err,
                                              const wecom_ticket_t *ticket,
                                              const wecom_source_t *source,
                                              const wecom_directory_t *directory,
                                              const wecom_cache_t *cache,
                                              const wecom_slots_t *slots, apr_time_t now,
                                              apr_pool_t *pool)
{
    const char *key = key_of(directory, source, ticket, pool);
    unsigned int marks = WECOM_TICKET_PREEXISTING | WECOM_TICKET_FIELD_MATCH;
    answer_t answer = { 0, 0, 0, "", "" };
    answer_t fresh;
    int found = read_answer(&answer, cache, key, now, pool);

    memset(err, 0, sizeof(*err));
    if ((!found || now - answer.asked >= apr_time_from_sec(WECOM_STANDING_SECONDS))
        && (may_ask(cache, key, now, pool) || !found)
        && ask_in_turn(&fresh, err, ticket, source, directory, cache, slots, now, pool)) {
        write_answer(cache, key, &fresh, pool);
        answer = fresh;
        found = 1;
    }
    if (!found) {
        return WECOM_STANDING_UNKNOWN;
    }
    if (!answer.good || strcmp(answer.username, ticket->account) != 0) {
        return WECOM_STANDING_GONE;
    }
    /* What contradicted the match at the login is known to the ticket alone; what the directory
     * says now can take a mark away, and an adoption can give one. */
    *flags = (ticket->flags & ~marks)
             | (wecom_standing_ticket_flags(answer.marks)
                & (ticket->flags | WECOM_TICKET_PREEXISTING));
    if (*answer.field != '\0' && !is_field_of(ticket, answer.field)) { /* linked anew meanwhile */
        *flags &= ~(unsigned int)WECOM_TICKET_FIELD_MATCH;
    }
    return WECOM_STANDING_GOOD;
}

void wecom_standing_note(const wecom_cache_t *cache, const wecom_directory_t *directory,
                         const wecom_source_t *source, const wecom_ticket_t *ticket,
                         const wecom_standing_t *standing, apr_time_t now, apr_pool_t *pool)
{
    answer_t answer;

    answer.asked = now;
    answer.good = 1;
    answer.marks = standing->marks;
    answer.username = standing->account.username;
    answer.field = field_of(standing->linked_by);
    write_answer(cache, key_of(directory, source, ticket, pool), &answer, pool);
}
