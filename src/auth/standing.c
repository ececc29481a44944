/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing.c - see standing.h.
 *
 * The record in the cache: 8 time of the answer | 1 good or not | 1 marks | the username.
 */
#include "standing.h"

#include <string.h>

#include <apr_strings.h>

#include "normal.h"
#include "octets.h"

#define KIND      "standing"
#define ASKING    "standing-asked"
#define WAITING   "standing-waits"
#define PROBING   "standing-probe"
#define PATIENCE  5      /* seconds without an answer */
#define PROBE_SECONDS 30 /* then it is asked this often */
#define HEAD      10

typedef struct answer_t {
    apr_time_t asked;
    int good;
    unsigned int marks;
    const char *username;
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

    if (cache->get(cache, &bytes, KIND, key, now, pool) != WECOM_OK || bytes.len <= HEAD) {
        return 0;
    }
    answer->asked = (apr_time_t)wecom_octets_get(bytes.data, 8);
    answer->good = bytes.data[8] == 1;
    answer->marks = bytes.data[9];
    answer->username = apr_pstrmemdup(pool, (const char *)bytes.data + HEAD, bytes.len - HEAD);
    /* A clock that was set back: the answer is from then on as old as can be. */
    return answer->asked <= now && now - answer->asked < apr_time_from_sec(WECOM_STANDING_GRACE);
}

/* Not over a later one: while the directory was asked the member may have signed in anew. */
static void write_answer(const wecom_cache_t *cache, const char *key, const answer_t *answer,
                         apr_pool_t *pool)
{
    apr_size_t len = strlen(answer->username);
    unsigned char *data = apr_palloc(pool, HEAD + len);
    wecom_bytes_t bytes;

    if (cache->get(cache, &bytes, KIND, key, answer->asked, pool) == WECOM_OK && bytes.len > HEAD
        && (apr_time_t)wecom_octets_get(bytes.data, 8) > answer->asked) {
        return;
    }
    wecom_octets_put(data, (apr_uint64_t)answer->asked, 8);
    data[8] = answer->good ? 1 : 0;
    data[9] = (unsigned char)answer->marks;
    memcpy(data + HEAD, answer->username, len);
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

/* --- a directory that hangs ------------------------------------------------------------------- */

/* Who asks leaves a mark until the answer is there. A mark that has stood for some seconds means
 * that the directory does not answer: then it is asked now and then by one, and everybody else goes
 * on with the answer before, so that it does not take all threads of the server. */
static int is_resting(const wecom_cache_t *cache, const char *print, apr_time_t now,
                      apr_pool_t *pool)
{
    wecom_bytes_t since;

    return cache->get(cache, &since, WAITING, print, now, pool) == WECOM_OK && since.len == 8
           && now - (apr_time_t)wecom_octets_get(since.data, 8) > apr_time_from_sec(PATIENCE)
           && cache->put_if_absent(cache, PROBING, print, since, now,
                                   now + apr_time_from_sec(PROBE_SECONDS), pool)
                  == WECOM_E_EXISTS;
}

static void note_waiting(const wecom_cache_t *cache, const char *print, apr_time_t now,
                         apr_pool_t *pool)
{
    unsigned char time[8];
    wecom_bytes_t since = { time, sizeof(time) };

    wecom_octets_put(time, (apr_uint64_t)now, sizeof(time));
    cache->put_if_absent(cache, WAITING, print, since, now,
                         now + apr_time_from_sec(WECOM_STANDING_GRACE), pool);
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
    return 1;
}

wecom_standing_verdict_t wecom_standing_check(unsigned int *flags, wecom_error_t *err,
                                              const wecom_ticket_t *ticket,
                                              const wecom_source_t *source,
                                              const wecom_directory_t *directory,
                                              const wecom_cache_t *cache, apr_time_t now,
                                              apr_pool_t *pool)
{
    const char *key = key_of(directory, source, ticket, pool);
    unsigned int marks = WECOM_TICKET_PREEXISTING | WECOM_TICKET_FIELD_MATCH;
    answer_t answer = { 0, 0, 0, "" };
    answer_t fresh;
    int found = read_answer(&answer, cache, key, now, pool);

    memset(err, 0, sizeof(*err));
    if ((!found || now - answer.asked >= apr_time_from_sec(WECOM_STANDING_SECONDS))
        && !is_resting(cache, directory->print, now, pool)
        && (may_ask(cache, key, now, pool) || !found)) {
        note_waiting(cache, directory->print, now, pool);
        if (ask(&fresh, err, ticket, source, directory, now, pool)) {
            cache->drop(cache, WAITING, directory->print, pool);
            write_answer(cache, key, &fresh, pool);
            answer = fresh;
            found = 1;
        }
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
    write_answer(cache, key_of(directory, source, ticket, pool), &answer, pool);
}
