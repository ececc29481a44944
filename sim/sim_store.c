/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_store.c - the segment, and codes, tickets, tokens, login pages and consents in it.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include <apr_shm.h>
#include <apr_strings.h>

#include "../src/base/crypto.h"
#include "../src/base/text.h"
#include "sim_segment.h"

/* Set once in post_config, before the children exist; read-only afterwards. */
static sim_segment_t *sim_segment;

apr_status_t sim_store_create(const char *text, apr_size_t len, apr_pool_t *pconf)
{
    apr_shm_t *shm = NULL;
    pthread_mutexattr_t attr;
    sim_segment_t *segment;
    apr_status_t rv;

    if (len > WECOM_MAX_ANSWER) {
        return APR_ENOSPC;
    }
    rv = apr_shm_create(&shm, sizeof(sim_segment_t), NULL, pconf);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    segment = apr_shm_baseaddr_get(shm);
    memset(segment, 0, sizeof(*segment));
    if (pthread_mutexattr_init(&attr) != 0) {
        return APR_EGENERAL;
    }
    if (pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) != 0
        || pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) != 0
        || pthread_mutex_init(&segment->mutex, &attr) != 0) {
        pthread_mutexattr_destroy(&attr);
        return APR_EGENERAL;
    }
    pthread_mutexattr_destroy(&attr);
    memcpy(segment->text, text, len);
    segment->text_len = len;
    segment->generation = 1;
    sim_segment = segment;
    return APR_SUCCESS;
}

sim_segment_t *sim_segment_lock(void)
{
    /* A child that was killed inside the lock leaves at worst one torn slot, which no key finds. */
    if (pthread_mutex_lock(&sim_segment->mutex) == EOWNERDEAD) {
        pthread_mutex_consistent(&sim_segment->mutex);
    }
    return sim_segment;
}

void sim_segment_unlock(sim_segment_t *segment)
{
    pthread_mutex_unlock(&segment->mutex);
}

apr_int64_t sim_segment_now(const sim_segment_t *segment)
{
    return apr_time_sec(apr_time_now()) + segment->live.skew;
}

apr_int64_t sim_store_now(void)
{
    sim_segment_t *segment = sim_segment_lock();
    apr_int64_t now = sim_segment_now(segment);

    sim_segment_unlock(segment);
    return now;
}

static int sim_store_same_app(const sim_appid_t *a, const sim_appid_t *b)
{
    return strcmp(a->corpid, b->corpid) == 0 && strcmp(a->agentid, b->agentid) == 0;
}

/* base64url of n bytes (at most 192), the first two of them the slot. The encoder wants a pool and
 * the caller has none that is short-lived, so the few lines stand here. */
static int sim_store_word(char *out, apr_size_t n, unsigned int slot)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char raw[192];
    unsigned int bits = 0;
    unsigned int have = 0;
    apr_size_t i;

    if (n < 2 || n > sizeof(raw) || wecom_crypto_random(raw, n) != WECOM_OK) {
        return 0;
    }
    raw[0] = (unsigned char)(slot >> 8);
    raw[1] = (unsigned char)(slot & 0xff);
    for (i = 0; i < n; i++) {
        bits = (bits << 8) | raw[i];
        have += 8;
        while (have >= 6) {
            have -= 6;
            *out++ = alphabet[(bits >> have) & 0x3f];
        }
    }
    if (have > 0) {
        *out++ = alphabet[(bits << (6 - have)) & 0x3f];
    }
    *out = '\0';
    return 1;
}

static int sim_store_digit(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* The slot that a word of exactly len characters names, or -1. */
static int sim_store_slot(const char *word, apr_size_t len, int slots)
{
    int a, b, c, slot;

    if (word == NULL || strlen(word) != len) {
        return -1;
    }
    a = sim_store_digit(word[0]);
    b = sim_store_digit(word[1]);
    c = sim_store_digit(word[2]);
    if (a < 0 || b < 0 || c < 0) {
        return -1;
    }
    slot = (a << 10) | (b << 4) | (c >> 2);
    return slot < slots ? slot : -1;
}

int sim_store_code_put(char *code, const sim_grant_t *grant)
{
    sim_segment_t *segment = sim_segment_lock();
    unsigned int i = segment->live.next_code;
    sim_code_slot_t *slot = &segment->live.codes[i];
    int done = sim_store_word(code, 32, i);

    if (done) {
        memcpy(slot->code, code, SIM_CODE_LEN + 1);
        slot->used = 0;
        slot->expires = sim_segment_now(segment) + SIM_CODE_SECONDS;
        slot->grant = *grant;
        segment->live.next_code = (i + 1) % SIM_CODES;
    }
    sim_segment_unlock(segment);
    return done;
}

sim_found_t sim_store_code_take(sim_grant_t *grant, const char *code, const sim_appid_t *app)
{
    int i = sim_store_slot(code, SIM_CODE_LEN, SIM_CODES);
    sim_found_t found = SIM_UNKNOWN;
    sim_segment_t *segment;
    sim_code_slot_t *slot;

    if (i < 0) {
        return SIM_UNKNOWN;
    }
    segment = sim_segment_lock();
    slot = &segment->live.codes[i];
    if (strcmp(slot->code, code) == 0) {
        if (slot->used) {
            found = SIM_USED;
        }
        else if (sim_segment_now(segment) >= slot->expires) {
            found = SIM_EXPIRED;
        }
        else if (!sim_store_same_app(&slot->grant.app, app)) {
            found = SIM_OTHER_APP;
        }
        else {
            slot->used = 1;
            *grant = slot->grant;
            found = SIM_FOUND;
        }
    }
    sim_segment_unlock(segment);
    return found;
}

int sim_store_ticket_put(char *ticket, const sim_grant_t *grant)
{
    sim_segment_t *segment = sim_segment_lock();
    unsigned int i = segment->live.next_ticket;
    sim_ticket_slot_t *slot = &segment->live.tickets[i];
    int done = sim_store_word(ticket, 64, i);

    if (done) {
        memcpy(slot->ticket, ticket, SIM_TICKET_LEN + 1);
        slot->expires = sim_segment_now(segment) + SIM_TICKET_SECONDS;
        slot->grant = *grant;
        segment->live.next_ticket = (i + 1) % SIM_TICKETS;
    }
    sim_segment_unlock(segment);
    return done;
}

sim_found_t sim_store_ticket_get(sim_grant_t *grant, const char *ticket, const sim_appid_t *app)
{
    int i = sim_store_slot(ticket, SIM_TICKET_LEN, SIM_TICKETS);
    sim_found_t found = SIM_UNKNOWN;
    sim_segment_t *segment;
    const sim_ticket_slot_t *slot;

    if (i < 0) {
        return SIM_UNKNOWN;
    }
    segment = sim_segment_lock();
    slot = &segment->live.tickets[i];
    if (strcmp(slot->ticket, ticket) == 0) {
        if (!sim_store_same_app(&slot->grant.app, app)) {
            found = SIM_OTHER_APP;
        }
        else if (sim_segment_now(segment) >= slot->expires) {
            found = SIM_EXPIRED;
        }
        else {
            *grant = slot->grant;
            found = SIM_FOUND;
        }
    }
    sim_segment_unlock(segment);
    return found;
}

int sim_store_token_get(char *token, int *expires_in, const sim_appid_t *app)
{
    sim_segment_t *segment = sim_segment_lock();
    sim_live_t *live = &segment->live;
    apr_int64_t now = sim_segment_now(segment);
    int seconds = live->token_seconds > 0 ? live->token_seconds : SIM_TOKEN_SECONDS;
    sim_token_slot_t *slot;
    unsigned int i;
    int done;

    for (i = 0; i < SIM_TOKENS; i++) {
        slot = &live->tokens[i];
        if (!slot->current || !sim_store_same_app(&slot->app, app)) {
            continue;
        }
        if (slot->expires > now) {
            memcpy(token, slot->token, SIM_TOKEN_LEN + 1);
            *expires_in = (int)(slot->expires - now);
            sim_segment_unlock(segment);
            return 1;
        }
        slot->current = 0;
    }
    i = live->next_token;
    done = sim_store_word(token, 160, i);
    if (done) {
        slot = &live->tokens[i];
        memcpy(slot->token, token, SIM_TOKEN_LEN + 1);
        slot->current = 1;
        slot->invalid = 0;
        slot->expires = now + seconds;
        slot->app = *app;
        live->next_token = (i + 1) % SIM_TOKENS;
        *expires_in = seconds;
    }
    sim_segment_unlock(segment);
    return done;
}

sim_found_t sim_store_token_check(sim_appid_t *app, const char *token)
{
    int i = sim_store_slot(token, SIM_TOKEN_LEN, SIM_TOKENS);
    sim_found_t found = SIM_UNKNOWN;
    sim_segment_t *segment;
    const sim_token_slot_t *slot;

    if (i < 0) {
        return SIM_UNKNOWN;
    }
    segment = sim_segment_lock();
    slot = &segment->live.tokens[i];
    if (strcmp(slot->token, token) == 0 && !slot->invalid) {
        found = sim_segment_now(segment) >= slot->expires ? SIM_EXPIRED : SIM_FOUND;
        *app = slot->app;
    }
    sim_segment_unlock(segment);
    return found;
}

static int sim_store_login_slot(const char *key)
{
    unsigned int slot = 0;
    int i;

    if (key == NULL || strlen(key) != SIM_KEY_LEN) {
        return -1;
    }
    for (i = 0; i < 4; i++) {
        char c = key[i];
        unsigned int digit;

        if (c >= '0' && c <= '9') {
            digit = (unsigned int)(c - '0');
        }
        else if (c >= 'a' && c <= 'f') {
            digit = (unsigned int)(c - 'a') + 10;
        }
        else {
            return -1;
        }
        slot = slot * 16 + digit;
    }
    return slot < SIM_LOGINS ? (int)slot : -1;
}

int sim_store_login_put(sim_login_t *login)
{
    unsigned char raw[SIM_KEY_LEN / 2];
    sim_segment_t *segment;
    unsigned int slot;
    int i;

    if (wecom_crypto_random(raw, sizeof(raw)) != WECOM_OK) {
        return 0;
    }
    segment = sim_segment_lock();
    slot = segment->live.next_login;
    raw[0] = (unsigned char)(slot >> 8);
    raw[1] = (unsigned char)(slot & 0xff);
    for (i = 0; i < SIM_KEY_LEN; i++) {
        login->key[i] = "0123456789abcdef"[(raw[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0x0f];
    }
    login->key[SIM_KEY_LEN] = '\0';
    login->scan = SIM_SCAN_NEVER;
    login->code[0] = '\0';
    login->goes_back = 0;
    login->expires = sim_segment_now(segment) + SIM_LOGIN_SECONDS;
    segment->live.logins[slot] = *login;
    segment->live.next_login = (slot + 1) % SIM_LOGINS;
    sim_segment_unlock(segment);
    return 1;
}

void sim_store_login_get(sim_login_t *login, const char *key)
{
    int i = sim_store_login_slot(key);
    char wanted[SIM_KEY_LEN + 1]; /* key may be login->key */
    sim_segment_t *segment;

    apr_cpystrn(wanted, i < 0 ? "" : key, sizeof(wanted));
    memset(login, 0, sizeof(*login));
    login->scan = SIM_SCAN_ERR;
    if (i < 0) {
        return;
    }
    segment = sim_segment_lock();
    if (strcmp(segment->live.logins[i].key, wanted) == 0) {
        *login = segment->live.logins[i];
        if (sim_segment_now(segment) >= login->expires) {
            login->scan = SIM_SCAN_ERR;
        }
    }
    sim_segment_unlock(segment);
}

int sim_store_login_set(const char *key, sim_scan_t scan, const char *code, int goes_back)
{
    int i = sim_store_login_slot(key);
    sim_segment_t *segment;
    sim_login_t *login;
    int done = 0;

    if (i < 0) {
        return 0;
    }
    segment = sim_segment_lock();
    login = &segment->live.logins[i];
    if (strcmp(login->key, key) == 0 && sim_segment_now(segment) < login->expires
        && (login->scan == SIM_SCAN_NEVER || login->scan == SIM_SCAN_ING)) {
        login->scan = scan;
        login->goes_back = goes_back;
        apr_cpystrn(login->code, code != NULL ? code : "", sizeof(login->code));
        done = 1;
    }
    sim_segment_unlock(segment);
    return done;
}

static sim_consent_slot_t *sim_store_consent_find(sim_live_t *live, const sim_appid_t *app,
                                                  const char *person)
{
    unsigned int i;

    for (i = 0; i < SIM_CONSENTS; i++) {
        sim_consent_slot_t *slot = &live->consents[i];

        if (slot->person[0] != '\0' && strcmp(slot->person, person) == 0
            && sim_store_same_app(&slot->app, app)) {
            return slot;
        }
    }
    return NULL;
}

int sim_store_consent_get(unsigned int *fields, const sim_appid_t *app, const char *person)
{
    sim_segment_t *segment = sim_segment_lock();
    const sim_consent_slot_t *slot = sim_store_consent_find(&segment->live, app, person);
    int found = slot != NULL && sim_segment_now(segment) < slot->expires;

    if (found) {
        *fields = slot->fields;
    }
    sim_segment_unlock(segment);
    return found;
}

void sim_store_consent_put(const sim_appid_t *app, const char *person, unsigned int fields)
{
    sim_segment_t *segment = sim_segment_lock();
    sim_live_t *live = &segment->live;
    sim_consent_slot_t *slot = sim_store_consent_find(live, app, person);

    if (slot == NULL) {
        slot = &live->consents[live->next_consent];
        live->next_consent = (live->next_consent + 1) % SIM_CONSENTS;
    }
    slot->app = *app;
    apr_cpystrn(slot->person, person, sizeof(slot->person));
    slot->fields = fields;
    slot->expires = sim_segment_now(segment) + SIM_CONSENT_SECONDS;
    sim_segment_unlock(segment);
}
