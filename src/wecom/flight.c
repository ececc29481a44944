/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flight.c - one fetches, all use.
 *
 * Three entries of the cache under one key make up the whole machine:
 *   the text       with when it ends and from when on somebody should renew it;
 *   the lease      somebody is fetching just now; it outlives the longest possible fetch by two
 *                  seconds, so that a process that dies does not stop the others for long;
 *   the rest mark  the last fetch failed, and how; nobody fetches while it stands.
 * A caller looks at them in this order, again and again, until it can answer. The text comes
 * first, so a failed renewal never blocks one that is still good. Whoever gets the lease looks
 * once more before fetching: the one before may have finished in between.
 *
 * The records, big-endian:
 *   text  1 version | 8 expires | 8 renew at (microseconds since 1970) | text
 *   rest  1 version | 4 status | 4 upstream | detail
 */
#include "flight.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"

#define FLIGHT_VERSION      1
#define FLIGHT_HEAD         17 /* bytes before the text */
#define FLIGHT_REST_HEAD    9  /* bytes before the detail */

#define FLIGHT_RENEW_MAX    apr_time_from_sec(300) /* a tenth of its life before the end, at most */
#define FLIGHT_LEASE_SPARE  apr_time_from_sec(2)
#define FLIGHT_WAIT_SPARE   apr_time_from_sec(1)
#define FLIGHT_PAUSE_FIRST  apr_time_from_msec(20)
#define FLIGHT_PAUSE_MAX    apr_time_from_msec(100)

typedef struct flight_record_t {
    const char *text;
    apr_time_t expires;
    apr_time_t renew_at;
} flight_record_t;

typedef struct flight_job_t {
    const wecom_flight_t *flight;
    const wecom_app_t *app;
    const wecom_ports_t *ports;
    const char *key;
    apr_time_t lease_until;  /* 0: no lease of ours in the cache */
    apr_pool_t *pool;        /* the caller's: for results */
    apr_pool_t *scratch;     /* for what comes out of and goes into the cache */
} flight_job_t;

/* --- the records -------------------------------------------------------------------------- */

static void flight_put_number(unsigned char *out, apr_size_t bytes, apr_uint64_t value)
{
    apr_size_t i;

    for (i = bytes; i > 0; i--) {
        out[i - 1] = (unsigned char)(value & 0xff);
        value >>= 8;
    }
}

static apr_uint64_t flight_get_number(const unsigned char *in, apr_size_t bytes)
{
    apr_uint64_t value = 0;
    apr_size_t i;

    for (i = 0; i < bytes; i++) {
        value = (value << 8) | in[i];
    }
    return value;
}

static int flight_is_visible_ascii(const char *s, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if (s[i] < 0x21 || s[i] > 0x7e) {
            return 0;
        }
    }
    return 1;
}

/* The key binds a text to all that it was fetched with: a changed secret finds no old one. */
static const char *flight_key(const wecom_app_t *app, apr_pool_t *pool)
{
    const char *texts[] = { app->api_url, app->corp_id, app->agent_id, app->secret };
    wecom_bytes_t parts[sizeof(texts) / sizeof(texts[0])];
    unsigned char hash[WECOM_SHA256_BYTES];
    apr_size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        parts[i].data = (const unsigned char *)texts[i];
        parts[i].len = strlen(texts[i]);
    }
    if (wecom_crypto_hash(hash, parts, i) != WECOM_OK) {
        return NULL;
    }
    return wecom_text_hex(hash, sizeof(hash), pool);
}

/* The living text, or WECOM_E_NOT_FOUND, also where the cache does not work. */
static wecom_status_t flight_load(flight_record_t *record, const flight_job_t *job, apr_time_t now)
{
    const wecom_cache_t *cache = job->ports->cache;
    wecom_bytes_t value = { NULL, 0 };
    const char *text;
    apr_size_t len;

    if (cache->get(cache, &value, job->flight->kind, job->key, now, job->scratch) != WECOM_OK
        || value.len <= FLIGHT_HEAD || value.len > FLIGHT_HEAD + job->flight->max_len
        || value.data[0] != FLIGHT_VERSION) {
        return WECOM_E_NOT_FOUND;
    }
    text = (const char *)value.data + FLIGHT_HEAD;
    len = value.len - FLIGHT_HEAD;
    record->expires = (apr_time_t)flight_get_number(value.data + 1, 8);
    record->renew_at = (apr_time_t)flight_get_number(value.data + 9, 8);
    if (record->expires <= now || !flight_is_visible_ascii(text, len)) {
        return WECOM_E_NOT_FOUND;
    }
    record->text = apr_pstrmemdup(job->pool, text, len);
    return WECOM_OK;
}

/* A cache that does not take it costs the next caller a fetch, no more. */
static void flight_store(const flight_record_t *record, const flight_job_t *job, apr_time_t now)
{
    const wecom_cache_t *cache = job->ports->cache;
    apr_size_t len = strlen(record->text);
    unsigned char *data = apr_palloc(job->scratch, FLIGHT_HEAD + len);
    wecom_bytes_t value = { data, FLIGHT_HEAD + len };

    data[0] = FLIGHT_VERSION;
    flight_put_number(data + 1, 8, (apr_uint64_t)record->expires);
    flight_put_number(data + 9, 8, (apr_uint64_t)record->renew_at);
    memcpy(data + FLIGHT_HEAD, record->text, len);
    (void)cache->put(cache, job->flight->kind, job->key, value, now, record->expires, job->scratch);
    wecom_crypto_wipe(data, value.len);
}

static void flight_leave_mark(const wecom_error_t *err, const flight_job_t *job, apr_time_t now)
{
    const wecom_cache_t *cache = job->ports->cache;
    const char *detail = err->detail != NULL ? err->detail : "";
    apr_size_t len = strnlen(detail, WECOM_MAX_ERRMSG);
    unsigned char *data = apr_palloc(job->scratch, FLIGHT_REST_HEAD + len);
    wecom_bytes_t value = { data, FLIGHT_REST_HEAD + len };
    apr_interval_time_t span = job->flight->rest(err);

    data[0] = FLIGHT_VERSION;
    flight_put_number(data + 1, 4, (apr_uint64_t)err->status);
    flight_put_number(data + 5, 4, (apr_uint32_t)err->upstream);
    memcpy(data + FLIGHT_REST_HEAD, detail, len);
    (void)cache->put(cache, job->flight->kind_rest, job->key, value, now, now + span, job->scratch);
}

/* 1 if a mark stands; *err then tells of the failure that left it. */
static int flight_rests(wecom_error_t *err, const flight_job_t *job, apr_time_t now)
{
    const wecom_cache_t *cache = job->ports->cache;
    wecom_bytes_t value = { NULL, 0 };
    const char *detail = NULL;

    if (cache->get(cache, &value, job->flight->kind_rest, job->key, now, job->scratch) != WECOM_OK
        || value.len < FLIGHT_REST_HEAD || value.data[0] != FLIGHT_VERSION) {
        return 0;
    }
    if (value.len > FLIGHT_REST_HEAD) {
        detail = wecom_text_clean((const char *)value.data + FLIGHT_REST_HEAD,
                                  value.len - FLIGHT_REST_HEAD, WECOM_MAX_ERRMSG, job->pool);
    }
    wecom_error_set(err, WECOM_E_RESTING,
                    (int)(apr_int32_t)(apr_uint32_t)flight_get_number(value.data + 5, 4),
                    job->flight->stage, detail);
    return 1;
}

/* --- fetching ------------------------------------------------------------------------------- */

int wecom_flight_is_plain(const char *text, apr_size_t max)
{
    return text != NULL && text[0] != '\0' && strlen(text) <= max
           && flight_is_visible_ascii(text, strlen(text));
}

apr_int64_t wecom_flight_seconds(const wecom_json_t *answer)
{
    /* Without a believable span it is good for a minute: it works, and is renewed soon. */
    apr_int64_t seconds = wecom_json_number(answer, "expires_in", 0, APR_INT64_MAX,
                                            WECOM_MIN_TOKEN_SECONDS);

    if (seconds < WECOM_MIN_TOKEN_SECONDS) {
        return WECOM_MIN_TOKEN_SECONDS;
    }
    return seconds > WECOM_MAX_TOKEN_SECONDS ? WECOM_MAX_TOKEN_SECONDS : seconds;
}

/* Ask, and tell the cache how it went. *record is touched on success alone, so that a caller can
 * go on with the old one. */
static wecom_status_t flight_fetch(flight_record_t *record, wecom_error_t *err,
                                   const flight_job_t *job, apr_time_t begun)
{
    const wecom_clock_t *clock = job->ports->clock;
    wecom_fresh_t fresh = { NULL, 0 };
    apr_interval_time_t life;
    apr_interval_time_t early;
    wecom_status_t status;

    status = job->flight->fetch(&fresh, err, job->app, job->ports, job->pool);
    if (status != WECOM_OK) {
        flight_leave_mark(err, job, clock->now(clock));
        return status;
    }
    /* Counted from before the question, so that our end is never after WeCom's. */
    life = apr_time_from_sec(fresh.expires_in);
    early = life / 10 < FLIGHT_RENEW_MAX ? life / 10 : FLIGHT_RENEW_MAX;
    record->text = fresh.text;
    record->expires = begun + life;
    record->renew_at = record->expires - early;
    flight_store(record, job, clock->now(clock));
    return WECOM_OK;
}

/* --- the lease ------------------------------------------------------------------------------ */

/* 1: ours, or the cache does not work and there is nobody to wait for. 0: somebody else's. */
static int flight_take_lease(flight_job_t *job, apr_time_t now)
{
    static const unsigned char taken[] = { FLIGHT_VERSION };
    const wecom_cache_t *cache = job->ports->cache;
    wecom_bytes_t value = { taken, sizeof(taken) };
    apr_time_t until = now + apr_time_from_msec(job->app->timeout_ms) + FLIGHT_LEASE_SPARE;
    wecom_status_t status = cache->put_if_absent(cache, job->flight->kind_lease, job->key, value,
                                                 now, until, job->scratch);

    if (status == WECOM_E_EXISTS) {
        return 0;
    }
    job->lease_until = status == WECOM_OK ? until : 0;
    return 1;
}

/* A lease that ran out in the meantime may be somebody else's by now and is left alone. */
static void flight_release_lease(const flight_job_t *job)
{
    const wecom_cache_t *cache = job->ports->cache;
    const wecom_clock_t *clock = job->ports->clock;

    if (job->lease_until > clock->now(clock)) {
        (void)cache->drop(cache, job->flight->kind_lease, job->key, job->scratch);
    }
}

static wecom_status_t flight_obtain(flight_record_t *record, int *fresh, wecom_error_t *err,
                                   flight_job_t *job)
{
    const wecom_clock_t *clock = job->ports->clock;
    apr_time_t deadline = clock->now(clock) + apr_time_from_msec(job->app->timeout_ms)
                          + FLIGHT_WAIT_SPARE;
    apr_interval_time_t pause = FLIGHT_PAUSE_FIRST;
    int leased = 0;

    if (job->ports->deadline != 0 && job->ports->deadline < deadline) {
        deadline = job->ports->deadline;
    }
    for (;;) {
        apr_time_t now = clock->now(clock);
        int have;

        apr_pool_clear(job->scratch);
        have = flight_load(record, job, now) == WECOM_OK;
        if (have && now < record->renew_at) {
            return WECOM_OK;
        }
        if (flight_rests(err, job, now)) {
            return have ? WECOM_OK : WECOM_E_RESTING;
        }
        if (leased) {
            wecom_status_t status = flight_fetch(record, err, job, now);

            *fresh = status == WECOM_OK;
            return have ? WECOM_OK : status;
        }
        leased = flight_take_lease(job, now);
        if (leased) {
            continue;
        }
        if (have) {
            return WECOM_OK;
        }
        if (now >= deadline) {
            return wecom_error_set(err, WECOM_E_TIMEOUT, 0, job->flight->stage,
                                   job->flight->late);
        }
        clock->pause(clock, pause < deadline - now ? pause : deadline - now);
        pause = pause * 3 / 2 < FLIGHT_PAUSE_MAX ? pause * 3 / 2 : FLIGHT_PAUSE_MAX;
    }
}

wecom_status_t wecom_flight_get(const char **text, int *fresh, wecom_error_t *err,
                                const wecom_flight_t *flight, const wecom_app_t *app,
                                const wecom_ports_t *ports, apr_pool_t *pool)
{
    flight_job_t job = { flight, app, ports, NULL, 0, pool, NULL };
    flight_record_t record = { NULL, 0, 0 };
    wecom_error_t seen = { WECOM_OK, 0, NULL, NULL };
    wecom_status_t status;
    int fetched = 0;

    *text = NULL;
    if (fresh != NULL) {
        *fresh = 0;
    }
    if (apr_pool_create(&job.scratch, pool) != APR_SUCCESS
        || (job.key = flight_key(app, pool)) == NULL) {
        return wecom_error_set(err, WECOM_E_CRYPTO, 0, flight->stage,
                               "the key of its cache entry could not be made");
    }
    status = flight_obtain(&record, &fetched, &seen, &job);
    flight_release_lease(&job);
    apr_pool_destroy(job.scratch);
    if (status == WECOM_OK) {
        *text = record.text;
    }
    else {
        wecom_error_set(err, status, seen.upstream, seen.stage, seen.detail);
    }
    if (fresh != NULL) {
        *fresh = fetched;
    }
    return status;
}

const char *wecom_flight_peek(int *due, const wecom_flight_t *flight, const wecom_app_t *app,
                              const wecom_ports_t *ports, apr_pool_t *pool)
{
    flight_job_t job = { flight, app, ports, NULL, 0, pool, pool };
    flight_record_t record = { NULL, 0, 0 };
    apr_time_t now = ports->clock->now(ports->clock);

    *due = 1;
    job.key = flight_key(app, pool);
    if (job.key == NULL || flight_load(&record, &job, now) != WECOM_OK) {
        return NULL;
    }
    *due = now >= record.renew_at;
    return record.text;
}

void wecom_flight_refuse(const wecom_flight_t *flight, const wecom_app_t *app, const char *text,
                         const wecom_ports_t *ports, apr_pool_t *pool)
{
    flight_job_t job = { flight, app, ports, NULL, 0, pool, pool };
    flight_record_t record = { NULL, 0, 0 };

    job.key = flight_key(app, pool);
    if (job.key == NULL || text == NULL
        || flight_load(&record, &job, ports->clock->now(ports->clock)) != WECOM_OK) {
        return;
    }
    if (wecom_crypto_equal(record.text, strlen(record.text), text, strlen(text))) {
        (void)ports->cache->drop(ports->cache, flight->kind, job.key, pool);
    }
}
