/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.c - one fetches, all use.
 *
 * Three entries of the cache under one key make up the whole machine:
 *   "token"        the token, when it ends and from when on somebody should renew it;
 *   "token-lease"  somebody is fetching just now; it outlives the longest possible fetch by two
 *                  seconds, so that a process that dies does not stop the others for long;
 *   "token-rest"   the last fetch failed, and how; nobody fetches while it stands.
 * A caller looks at them in this order, again and again, until it can answer. The token comes
 * first, so a failed renewal never blocks a token that is still good. Whoever gets the lease looks
 * once more before fetching: the one before may have finished in between.
 *
 * The records, big-endian:
 *   token  1 version | 8 expires | 8 renew at (microseconds since 1970) | token
 *   rest   1 version | 4 status | 4 upstream | detail
 */
#include "token.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"
#include "call.h"

#define TOKEN_STAGE        "gettoken"
#define TOKEN_KIND         "token"
#define TOKEN_KIND_LEASE   "token-lease"
#define TOKEN_KIND_REST    "token-rest"

#define TOKEN_VERSION      1
#define TOKEN_HEAD         17 /* bytes before the token */
#define TOKEN_REST_HEAD    9  /* bytes before the detail */

#define TOKEN_RENEW_MAX    apr_time_from_sec(300) /* a tenth of its life before the end, at most */
#define TOKEN_REST_LONG    apr_time_from_sec(60)
#define TOKEN_REST_SHORT   apr_time_from_sec(2)
#define TOKEN_LEASE_SPARE  apr_time_from_sec(2)
#define TOKEN_WAIT_SPARE   apr_time_from_sec(1)
#define TOKEN_PAUSE_FIRST  apr_time_from_msec(20)
#define TOKEN_PAUSE_MAX    apr_time_from_msec(100)

typedef struct token_record_t {
    const char *token;
    apr_time_t expires;
    apr_time_t renew_at;
} token_record_t;

/* What gettoken said. */
typedef struct token_answer_t {
    const char *token;
    apr_int64_t expires_in;
} token_answer_t;

typedef struct token_job_t {
    const wecom_app_t *app;
    const wecom_ports_t *ports;
    const char *key;
    apr_time_t lease_until;  /* 0: no lease of ours in the cache */
    apr_pool_t *pool;        /* the caller's: for results */
    apr_pool_t *scratch;     /* for what comes out of and goes into the cache */
} token_job_t;

/* Document 90313: codes that say that the configuration is wrong, so that asking again within
 * the minute changes nothing, and 45009, which says so itself. Sorted. */
static const int token_hopeless[] = {
    40001, /* secret wrong, reset, or of a disabled app */
    40013, /* corp id */
    40056, /* agent id */
    40084, /* permanent code */
    40091, /* secret of another corp */
    41002, /* corpid missing */
    41004, /* corpsecret missing */
    41025, /* permanent code missing */
    45009, /* asked too often; after many wrong secrets the address is banned for an hour */
    48001, /* not authorized */
    48002, /* wrong kind of secret or app */
    48003, /* suite */
    48004, /* authorization void */
    48006, /* permission withdrawn */
    50003, /* app disabled */
    60020, /* address not in the list of trusted IPs */
    301002, /* another agent's */
    301007, /* corp unavailable */
};

int wecom_token_is_hopeless(int errcode)
{
    apr_size_t i;

    for (i = 0; i < sizeof(token_hopeless) / sizeof(token_hopeless[0]); i++) {
        if (token_hopeless[i] == errcode) {
            return 1;
        }
    }
    return 0;
}

/* --- the records -------------------------------------------------------------------------- */

static void token_put_number(unsigned char *out, apr_size_t bytes, apr_uint64_t value)
{
    apr_size_t i;

    for (i = bytes; i > 0; i--) {
        out[i - 1] = (unsigned char)(value & 0xff);
        value >>= 8;
    }
}

static apr_uint64_t token_get_number(const unsigned char *in, apr_size_t bytes)
{
    apr_uint64_t value = 0;
    apr_size_t i;

    for (i = 0; i < bytes; i++) {
        value = (value << 8) | in[i];
    }
    return value;
}

static int token_is_visible_ascii(const char *s, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if (s[i] < 0x21 || s[i] > 0x7e) {
            return 0;
        }
    }
    return 1;
}

/* The key binds a token to all that it was fetched with: a changed secret finds no old token. */
static const char *token_key(const wecom_app_t *app, apr_pool_t *pool)
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

/* The living token, or WECOM_E_NOT_FOUND, also where the cache does not work. */
static wecom_status_t token_load(token_record_t *record, const token_job_t *job, apr_time_t now)
{
    const wecom_cache_t *cache = job->ports->cache;
    wecom_bytes_t value = { NULL, 0 };
    const char *text;
    apr_size_t len;

    if (cache->get(cache, &value, TOKEN_KIND, job->key, now, job->scratch) != WECOM_OK
        || value.len <= TOKEN_HEAD || value.len > TOKEN_HEAD + WECOM_MAX_TOKEN
        || value.data[0] != TOKEN_VERSION) {
        return WECOM_E_NOT_FOUND;
    }
    text = (const char *)value.data + TOKEN_HEAD;
    len = value.len - TOKEN_HEAD;
    record->expires = (apr_time_t)token_get_number(value.data + 1, 8);
    record->renew_at = (apr_time_t)token_get_number(value.data + 9, 8);
    if (record->expires <= now || !token_is_visible_ascii(text, len)) {
        return WECOM_E_NOT_FOUND;
    }
    record->token = apr_pstrmemdup(job->pool, text, len);
    return WECOM_OK;
}

/* A cache that does not take it costs the next caller a fetch, no more. */
static void token_store(const token_record_t *record, const token_job_t *job, apr_time_t now)
{
    const wecom_cache_t *cache = job->ports->cache;
    apr_size_t len = strlen(record->token);
    unsigned char *data = apr_palloc(job->scratch, TOKEN_HEAD + len);
    wecom_bytes_t value = { data, TOKEN_HEAD + len };

    data[0] = TOKEN_VERSION;
    token_put_number(data + 1, 8, (apr_uint64_t)record->expires);
    token_put_number(data + 9, 8, (apr_uint64_t)record->renew_at);
    memcpy(data + TOKEN_HEAD, record->token, len);
    (void)cache->put(cache, TOKEN_KIND, job->key, value, now, record->expires, job->scratch);
    wecom_crypto_wipe(data, value.len);
}

static void token_leave_mark(const wecom_error_t *err, const token_job_t *job, apr_time_t now)
{
    const wecom_cache_t *cache = job->ports->cache;
    const char *detail = err->detail != NULL ? err->detail : "";
    apr_size_t len = strnlen(detail, WECOM_MAX_ERRMSG);
    unsigned char *data = apr_palloc(job->scratch, TOKEN_REST_HEAD + len);
    wecom_bytes_t value = { data, TOKEN_REST_HEAD + len };
    apr_interval_time_t span = TOKEN_REST_SHORT;

    if (err->status == WECOM_E_REMOTE && wecom_token_is_hopeless(err->upstream)) {
        span = TOKEN_REST_LONG;
    }
    data[0] = TOKEN_VERSION;
    token_put_number(data + 1, 4, (apr_uint64_t)err->status);
    token_put_number(data + 5, 4, (apr_uint32_t)err->upstream);
    memcpy(data + TOKEN_REST_HEAD, detail, len);
    (void)cache->put(cache, TOKEN_KIND_REST, job->key, value, now, now + span, job->scratch);
}

/* 1 if a mark stands; *err then tells of the failure that left it. */
static int token_rests(wecom_error_t *err, const token_job_t *job, apr_time_t now)
{
    const wecom_cache_t *cache = job->ports->cache;
    wecom_bytes_t value = { NULL, 0 };
    const char *detail = NULL;

    if (cache->get(cache, &value, TOKEN_KIND_REST, job->key, now, job->scratch) != WECOM_OK
        || value.len < TOKEN_REST_HEAD || value.data[0] != TOKEN_VERSION) {
        return 0;
    }
    if (value.len > TOKEN_REST_HEAD) {
        detail = wecom_text_clean((const char *)value.data + TOKEN_REST_HEAD,
                                  value.len - TOKEN_REST_HEAD, WECOM_MAX_ERRMSG, job->pool);
    }
    wecom_error_set(err, WECOM_E_RESTING,
                    (int)(apr_int32_t)(apr_uint32_t)token_get_number(value.data + 5, 4),
                    TOKEN_STAGE, detail);
    return 1;
}

/* --- fetching ------------------------------------------------------------------------------- */

static wecom_status_t token_read_answer(token_answer_t *answer, wecom_error_t *err,
                                        const char *body, apr_size_t len, apr_pool_t *pool)
{
    const wecom_json_t *json;
    const char *text;
    apr_int64_t seconds;
    wecom_status_t status = wecom_call_open(&json, err, TOKEN_STAGE, body, len, pool);

    if (status != WECOM_OK) {
        return status;
    }
    text = wecom_json_text(json, "access_token", WECOM_MAX_TOKEN);
    if (text == NULL || text[0] == '\0' || !token_is_visible_ascii(text, strlen(text))) {
        return wecom_error_set(err, WECOM_E_ANSWER, 0, TOKEN_STAGE,
                               "access_token is missing or no token");
    }
    /* Without a believable span the token is good for a minute: it works, and is renewed soon. */
    seconds = wecom_json_number(json, "expires_in", 0, APR_INT64_MAX, WECOM_MIN_TOKEN_SECONDS);
    if (seconds < WECOM_MIN_TOKEN_SECONDS) {
        seconds = WECOM_MIN_TOKEN_SECONDS;
    }
    if (seconds > WECOM_MAX_TOKEN_SECONDS) {
        seconds = WECOM_MAX_TOKEN_SECONDS;
    }
    answer->token = apr_pstrdup(pool, text);
    answer->expires_in = seconds;
    return WECOM_OK;
}

static wecom_status_t token_parse(void *result, wecom_error_t *err, const char *body,
                                  apr_size_t len, apr_pool_t *pool)
{
    return token_read_answer(result, err, body, len, pool);
}

wecom_status_t wecom_token_parse_answer(const char **token, apr_int64_t *expires_in,
                                        wecom_error_t *err, const char *body, apr_size_t len,
                                        apr_pool_t *pool)
{
    token_answer_t answer = { NULL, 0 };
    wecom_status_t status = token_read_answer(&answer, err, body, len, pool);

    *token = answer.token;
    *expires_in = answer.expires_in;
    return status;
}

/* Document 91039: gettoken, and the cache told how it went. *record is touched on success alone,
 * so that a caller can go on with the old one. */
static wecom_status_t token_fetch(token_record_t *record, wecom_error_t *err,
                                  const token_job_t *job, apr_time_t begun)
{
    const wecom_app_t *app = job->app;
    const wecom_clock_t *clock = job->ports->clock;
    token_answer_t answer = { NULL, 0 };
    wecom_call_t call = { TOKEN_STAGE, NULL, NULL, token_parse, &answer };
    char *url = apr_pstrcat(job->scratch, app->api_url, "/cgi-bin/gettoken", NULL);
    apr_interval_time_t life;
    apr_interval_time_t early;
    wecom_status_t status;

    wecom_call_add(&url, "?corpid=", app->corp_id, job->scratch);
    wecom_call_add(&url, "&corpsecret=", app->secret, job->scratch);
    call.url = url;
    status = wecom_call_make(&call, err, app, job->ports, job->pool);
    wecom_call_wipe(url);
    if (status != WECOM_OK) {
        token_leave_mark(err, job, clock->now(clock));
        return status;
    }
    /* Counted from before the question, so that our end is never after WeCom's. */
    life = apr_time_from_sec(answer.expires_in);
    early = life / 10 < TOKEN_RENEW_MAX ? life / 10 : TOKEN_RENEW_MAX;
    record->token = answer.token;
    record->expires = begun + life;
    record->renew_at = record->expires - early;
    token_store(record, job, clock->now(clock));
    return WECOM_OK;
}

/* --- the lease ------------------------------------------------------------------------------ */

/* 1: ours, or the cache does not work and there is nobody to wait for. 0: somebody else's. */
static int token_take_lease(token_job_t *job, apr_time_t now)
{
    static const unsigned char taken[] = { TOKEN_VERSION };
    const wecom_cache_t *cache = job->ports->cache;
    wecom_bytes_t value = { taken, sizeof(taken) };
    apr_time_t until = now + apr_time_from_msec(job->app->timeout_ms) + TOKEN_LEASE_SPARE;
    wecom_status_t status = cache->put_if_absent(cache, TOKEN_KIND_LEASE, job->key, value, now,
                                                 until, job->scratch);

    if (status == WECOM_E_EXISTS) {
        return 0;
    }
    job->lease_until = status == WECOM_OK ? until : 0;
    return 1;
}

/* A lease that ran out in the meantime may be somebody else's by now and is left alone. */
static void token_release_lease(const token_job_t *job)
{
    const wecom_cache_t *cache = job->ports->cache;
    const wecom_clock_t *clock = job->ports->clock;

    if (job->lease_until > clock->now(clock)) {
        (void)cache->drop(cache, TOKEN_KIND_LEASE, job->key, job->scratch);
    }
}

static wecom_status_t token_obtain(token_record_t *record, int *fresh, wecom_error_t *err,
                                   token_job_t *job)
{
    const wecom_clock_t *clock = job->ports->clock;
    apr_time_t deadline = clock->now(clock) + apr_time_from_msec(job->app->timeout_ms)
                          + TOKEN_WAIT_SPARE;
    apr_interval_time_t pause = TOKEN_PAUSE_FIRST;
    int leased = 0;

    if (job->ports->deadline != 0 && job->ports->deadline < deadline) {
        deadline = job->ports->deadline;
    }
    for (;;) {
        apr_time_t now = clock->now(clock);
        int have;

        apr_pool_clear(job->scratch);
        have = token_load(record, job, now) == WECOM_OK;
        if (have && now < record->renew_at) {
            return WECOM_OK;
        }
        if (token_rests(err, job, now)) {
            return have ? WECOM_OK : WECOM_E_RESTING;
        }
        if (leased) {
            wecom_status_t status = token_fetch(record, err, job, now);

            *fresh = status == WECOM_OK;
            return have ? WECOM_OK : status;
        }
        leased = token_take_lease(job, now);
        if (leased) {
            continue;
        }
        if (have) {
            return WECOM_OK;
        }
        if (now >= deadline) {
            return wecom_error_set(err, WECOM_E_TIMEOUT, 0, TOKEN_STAGE,
                                   "another process is fetching the token and did not finish");
        }
        clock->pause(clock, pause < deadline - now ? pause : deadline - now);
        pause = pause * 3 / 2 < TOKEN_PAUSE_MAX ? pause * 3 / 2 : TOKEN_PAUSE_MAX;
    }
}

wecom_status_t wecom_token_get(const char **token, int *fresh, wecom_error_t *err,
                               const wecom_app_t *app, const wecom_ports_t *ports,
                               apr_pool_t *pool)
{
    token_job_t job = { app, ports, NULL, 0, pool, NULL };
    token_record_t record = { NULL, 0, 0 };
    wecom_error_t seen = { WECOM_OK, 0, NULL, NULL };
    wecom_status_t status;
    int fetched = 0;

    *token = NULL;
    if (fresh != NULL) {
        *fresh = 0;
    }
    if (apr_pool_create(&job.scratch, pool) != APR_SUCCESS
        || (job.key = token_key(app, pool)) == NULL) {
        return wecom_error_set(err, WECOM_E_CRYPTO, 0, TOKEN_STAGE,
                               "the key of the token could not be made");
    }
    status = token_obtain(&record, &fetched, &seen, &job);
    token_release_lease(&job);
    apr_pool_destroy(job.scratch);
    if (status == WECOM_OK) {
        *token = record.token;
    }
    else {
        wecom_error_set(err, status, seen.upstream, seen.stage, seen.detail);
    }
    if (fresh != NULL) {
        *fresh = fetched;
    }
    return status;
}

void wecom_token_refuse(const wecom_app_t *app, const char *token, const wecom_ports_t *ports,
                        apr_pool_t *pool)
{
    token_job_t job = { app, ports, NULL, 0, pool, pool };
    token_record_t record = { NULL, 0, 0 };

    job.key = token_key(app, pool);
    if (job.key == NULL || token == NULL
        || token_load(&record, &job, ports->clock->now(ports->clock)) != WECOM_OK) {
        return;
    }
    if (wecom_crypto_equal(record.token, strlen(record.token), token, strlen(token))) {
        (void)ports->cache->drop(ports->cache, TOKEN_KIND, job.key, pool);
    }
}
