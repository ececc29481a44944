/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_state_cookie.c - the pending login in its cookie: whose it is, how long, and who must go.
 */
#include "house.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/state.h"

#define STATE_A "01vGZ6GaaaaaaaaaAAAAAAAAAAAAAAAA"

static wecom_pending_t a_login(house_t *house)
{
    wecom_pending_t pending;

    memset(&pending, 0, sizeof(pending));
    pending.state = wecom_state_mint(HOUSE_NOW, 0, house->pool);
    assert_non_null(pending.state);
    pending.issued = HOUSE_NOW;
    pending.source = "hq";
    pending.allowed = "hq";
    pending.target = "/portal/?x=1";
    return pending;
}

static void assert_same(const wecom_pending_t *a, const wecom_pending_t *b)
{
    assert_string_equal(a->state, b->state);
    assert_int_equal(a->issued, b->issued);
    assert_string_equal(a->source, b->source);
    assert_string_equal(a->allowed, b->allowed);
    assert_string_equal(a->target, b->target);
    assert_int_equal(a->flags, b->flags);
}

static wecom_bytes_t packed(house_t *house, const wecom_pending_t *pending)
{
    wecom_bytes_t bytes = { NULL, 0 };

    assert_int_equal(wecom_state_pack(&bytes, pending, house->pool), WECOM_OK);
    return bytes;
}

static const char *sealed(house_t *house, const wecom_pending_t *pending)
{
    const char *value = NULL;

    assert_int_equal(wecom_state_seal(&value, pending, house->site, house->ring, house->pool),
                     WECOM_OK);
    return value;
}

static wecom_status_t open_at(house_t *house, wecom_pending_t *pending, const char *state,
                              const char *value, apr_time_t now)
{
    return wecom_state_open(pending, state, value, strlen(value), house->site, house->ring, now,
                            house->pool);
}

static void cookie_opens_for_its_state_alone(void **state)
{
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    wecom_pending_t other = a_login(house);
    const char *value = sealed(house, &pending);
    char *twin = apr_pstrdup(house->pool, pending.state);
    wecom_pending_t back;

    assert_int_equal(open_at(house, &back, pending.state, value, HOUSE_NOW), WECOM_OK);
    assert_same(&pending, &back);
    /* another login of the same browser, a login of another browser */
    assert_int_equal(open_at(house, &back, other.state, value, HOUSE_NOW), WECOM_E_CRYPTO);
    assert_null(back.state);
    assert_int_equal(open_at(house, &back, pending.state, sealed(house, &other), HOUSE_NOW),
                     WECOM_E_CRYPTO);
    /* a state whose cookie has the same name, but that ends differently, or bears the mark */
    twin[31] = twin[31] == 'a' ? 'b' : 'a';
    assert_int_equal(open_at(house, &back, twin, value, HOUSE_NOW), WECOM_E_CRYPTO);
    twin[31] = pending.state[31];
    twin[0] = '1';
    assert_int_equal(open_at(house, &back, twin, value, HOUSE_NOW), WECOM_E_CRYPTO);
    /* another site, another key, no state, no cookie */
    assert_int_equal(wecom_state_open(&back, pending.state, value, strlen(value),
                                      house->other_site, house->ring, HOUSE_NOW, house->pool),
                     WECOM_E_CRYPTO);
    assert_int_equal(wecom_state_open(&back, pending.state, value, strlen(value), house->site,
                                      house->stranger, HOUSE_NOW, house->pool), WECOM_E_CRYPTO);
    assert_int_equal(wecom_state_open(&back, pending.state, value, strlen(value), house->site,
                                      house->rotated, HOUSE_NOW, house->pool), WECOM_OK);
    assert_int_equal(open_at(house, &back, "x", value, HOUSE_NOW), WECOM_E_CRYPTO);
    assert_int_equal(open_at(house, &back, pending.state, "", HOUSE_NOW), WECOM_E_CRYPTO);
    assert_int_equal(open_at(house, &back, NULL, value, HOUSE_NOW), WECOM_E_CRYPTO);
    assert_int_equal(wecom_state_open(&back, pending.state, NULL, 0, house->site, house->ring,
                                      HOUSE_NOW, house->pool), WECOM_E_CRYPTO);
}

/* The name of a site has no say in what the AAD binds: the public URL alone must do it. */
static void cookie_is_bound_to_the_public_url(void **state)
{
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    const char *value = sealed(house, &pending);
    wecom_site_t changed = *house->site;
    wecom_pending_t back;

    changed.public_url = "https://other.example.com";
    assert_int_equal(wecom_state_open(&back, pending.state, value, strlen(value), &changed,
                                      house->ring, HOUSE_NOW, house->pool), WECOM_E_CRYPTO);
    changed = *house->site;
    changed.pending_prefix = "__Host-other_";
    assert_int_equal(wecom_state_open(&back, pending.state, value, strlen(value), &changed,
                                      house->ring, HOUSE_NOW, house->pool), WECOM_E_CRYPTO);
}

static void every_changed_character_is_refused(void **state)
{
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    char *value = apr_pstrdup(house->pool, sealed(house, &pending));
    size_t len = strlen(value);
    size_t i;
    wecom_pending_t back;

    for (i = 0; i < len; i++) {
        char was = value[i];

        value[i] = was == 'A' ? 'B' : 'A';
        CHECK(open_at(house, &back, pending.state, value, HOUSE_NOW) == WECOM_E_CRYPTO,
              "character %zu", i);
        value[i] = was;
    }
    for (i = 0; i < len; i++) {
        const char *part = support_guard(value, i, house->pool);

        CHECK(wecom_state_open(&back, pending.state, part, i, house->site, house->ring, HOUSE_NOW,
                               house->pool) == WECOM_E_CRYPTO, "%zu characters", i);
    }
    assert_int_equal(open_at(house, &back, pending.state, value, HOUSE_NOW), WECOM_OK);
    /* doubled, or longer than any cookie of ours */
    assert_int_equal(open_at(house, &back, pending.state,
                             apr_pstrcat(house->pool, value, value, NULL), HOUSE_NOW),
                     WECOM_E_CRYPTO);
    value = apr_palloc(house->pool, 5001);
    memset(value, 'A', 5000);
    value[5000] = '\0';
    assert_int_equal(open_at(house, &back, pending.state, value, HOUSE_NOW), WECOM_E_CRYPTO);
}

static void cookie_lives_ten_minutes(void **state)
{
    static const struct {
        apr_int64_t later; /* microseconds */
        wecom_status_t status;
    } rows[] = {
        { 0, WECOM_OK },
        { apr_time_from_sec(WECOM_PENDING_SECONDS), WECOM_OK },
        { apr_time_from_sec(WECOM_PENDING_SECONDS) + 1, WECOM_E_BAD_INPUT },
        { apr_time_from_sec(86400), WECOM_E_BAD_INPUT },
        { -apr_time_from_sec(WECOM_PENDING_SECONDS), WECOM_OK },
        { -apr_time_from_sec(WECOM_PENDING_SECONDS) - 1, WECOM_E_BAD_INPUT },
        { -2 * HOUSE_NOW, WECOM_E_BAD_INPUT },
        { APR_INT64_MAX - HOUSE_NOW, WECOM_E_BAD_INPUT }
    };
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    const char *value = sealed(house, &pending);
    wecom_pending_t back;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        CHECK(open_at(house, &back, pending.state, value, HOUSE_NOW + rows[i].later)
              == rows[i].status, "row %zu", i);
    }
}

/* In the cookie jar of a browser with many sites, and in every request, bytes count. */
static void short_login_fits_400_bytes(void **state)
{
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    size_t size;

    pending.source = "0123456789abcdefghijklmnopqrstu";
    pending.allowed = pending.source;
    pending.target = "/portal/projects/2025/overview.html?tab=members&page=12&x=123";
    assert_true(strlen(pending.target) >= 60);
    pending.flags = WECOM_PENDING_IN_CLIENT | WECOM_PENDING_NO_REGISTRATION;
    size = strlen(wecom_state_cookie_name(house->site, pending.state, house->pool)) + 1
        + strlen(sealed(house, &pending));
    CHECK(size <= 400, "%zu bytes", size);
    print_message("[     NOTE ] a target of %zu bytes: %zu bytes of cookie\n",
                  strlen(pending.target), size);
}

static void target_that_does_not_fit_is_left_to_the_cache(void **state)
{
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    wecom_pending_t back;
    char *path = apr_palloc(house->pool, WECOM_MAX_TARGET + 1);
    char *allowed = apr_palloc(house->pool, WECOM_MAX_SOURCES * 32);
    const char *value;

    memset(path, 'a', WECOM_MAX_TARGET);
    path[0] = '/';
    path[WECOM_MAX_TARGET] = '\0';
    pending.target = path;
    /* The longest target does not fit, and a short cookie says where it is. */
    value = sealed(house, &pending);
    assert_true(strlen(value) < 200);
    assert_int_equal(open_at(house, &back, pending.state, value, HOUSE_NOW), WECOM_OK);
    assert_string_equal(back.target, "/");
    assert_int_equal(back.flags, WECOM_PENDING_TARGET_CACHED);
    /* The longest list of sources goes along all the same: it is the seal. */
    memset(allowed, 'a', WECOM_MAX_SOURCES * 32);
    for (value = allowed; value < allowed + WECOM_MAX_SOURCES * 32; value += 32) {
        allowed[value - allowed + 31] = ' ';
    }
    allowed[WECOM_MAX_SOURCES * 32 - 1] = '\0';
    pending.allowed = allowed;
    pending.flags = WECOM_PENDING_PRIVATE;
    value = sealed(house, &pending);
    assert_true(strlen(value) <= WECOM_MAX_SEALED_COOKIE);
    assert_int_equal(open_at(house, &back, pending.state, value, HOUSE_NOW), WECOM_OK);
    assert_string_equal(back.target, "/");
    assert_string_equal(back.allowed, allowed);
    assert_int_equal(back.flags, WECOM_PENDING_PRIVATE | WECOM_PENDING_TARGET_CACHED);
    /* The record for the cache has the target. */
    assert_int_equal(wecom_state_unpack(&back, packed(house, &pending), house->pool), WECOM_OK);
    assert_string_equal(back.target, path);
}

/* Around the ceiling of the cookie, not one byte too early and not one too late. */
static void ceiling_of_the_cookie_is_exact(void **state)
{
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    wecom_pending_t back;
    char *path = apr_palloc(house->pool, WECOM_MAX_TARGET + 1);
    char *allowed = apr_palloc(house->pool, 1000);
    size_t fixed = 1 + 2 + WECOM_STATE_CHARS + 8 + 1 + 2 + 2;
    size_t room = WECOM_MAX_PENDING_COOKIE / 4 * 3 - WECOM_SEAL_OVERHEAD - fixed - 2;
    size_t i;

    for (i = 0; i < 199; i++) {
        allowed[i] = i % 32 == 31 ? ' ' : 'a';
    }
    allowed[i] = '\0';
    memset(path, 'a', WECOM_MAX_TARGET);
    path[0] = '/';
    room -= strlen(allowed);
    assert_true(room < WECOM_MAX_TARGET);
    path[room] = '\0';
    pending.target = path;
    pending.allowed = allowed;
    assert_int_equal(strlen(sealed(house, &pending)), WECOM_MAX_PENDING_COOKIE);
    assert_int_equal(open_at(house, &back, pending.state, sealed(house, &pending), HOUSE_NOW),
                     WECOM_OK);
    assert_string_equal(back.target, path);
    path[room] = 'a';
    path[room + 1] = '\0';
    assert_int_equal(open_at(house, &back, pending.state, sealed(house, &pending), HOUSE_NOW),
                     WECOM_OK);
    assert_int_equal(back.flags, WECOM_PENDING_TARGET_CACHED);
}

static const char *long_text(house_t *house, size_t len)
{
    char *text = apr_palloc(house->pool, len + 1);

    memset(text, 'a', len);
    text[len] = '\0';
    return text;
}

/* Our seal and our binding around another record. */
static void sealed_nonsense_is_not_ours(void **state)
{
    house_t *house = *state;
    wecom_bytes_t aad = support_bytes(
        apr_pstrcat(house->pool, "wecom pending\n",
                    wecom_state_cookie_name(house->site, STATE_A, house->pool), "\n",
                    house->site->public_url, NULL));
    wecom_pending_t pending = a_login(house);
    wecom_pending_t big;
    wecom_pending_t back;
    const char *value = NULL;
    int i;

    assert_int_equal(wecom_crypto_seal_text(&value, house->ring, aad, support_bytes("hello"),
                                            house->pool), WECOM_OK);
    assert_int_equal(open_at(house, &back, STATE_A, value, HOUSE_NOW), WECOM_E_CRYPTO);
    /* a good record, of another state */
    assert_int_equal(wecom_crypto_seal_text(&value, house->ring, aad, packed(house, &pending),
                                            house->pool), WECOM_OK);
    assert_int_equal(open_at(house, &back, STATE_A, value, HOUSE_NOW), WECOM_E_CRYPTO);
    pending.state = STATE_A;
    /* a good record of this state, but longer than any cookie of ours */
    big = pending;
    big.target = apr_pstrcat(house->pool, "/", long_text(house, WECOM_MAX_TARGET - 1), NULL);
    big.allowed = apr_pstrcat(house->pool, long_text(house, 31), " ", long_text(house, 31), NULL);
    for (i = 0; i < 4; i++) {
        big.allowed = apr_pstrcat(house->pool, big.allowed, " ", big.allowed, NULL);
    }
    assert_int_equal(wecom_crypto_seal_text(&value, house->ring, aad, packed(house, &big),
                                            house->pool), WECOM_OK);
    assert_true(strlen(value) > WECOM_MAX_SEALED_COOKIE);
    assert_int_equal(open_at(house, &back, STATE_A, value, HOUSE_NOW), WECOM_E_CRYPTO);
    assert_int_equal(wecom_crypto_seal_text(&value, house->ring, aad, packed(house, &pending),
                                            house->pool), WECOM_OK);
    assert_int_equal(open_at(house, &back, STATE_A, value, HOUSE_NOW), WECOM_OK);
}

/* --- eviction: names are written as an age in seconds and a letter, or as text --------------- */

typedef struct name_t {
    int age;
    char letter;
    const char *text; /* a whole suffix in place of both */
} name_t;

static const char *name_of(house_t *house, const name_t *name)
{
    char *state;

    if (name->text != NULL) {
        return apr_pstrcat(house->pool, house->site->pending_prefix, name->text, NULL);
    }
    state = apr_pstrdup(house->pool, wecom_state_mint(HOUSE_NOW - apr_time_from_sec(name->age), 0,
                                                      house->pool));
    memset(state + 8, name->letter, 24);
    return wecom_state_cookie_name(house->site, state, house->pool);
}

/* expected: the indexes of the evicted names, in order, one digit each. */
static void check_evict(house_t *house, const char *what, const name_t *names, int count,
                        int keep, const char *expected)
{
    apr_array_header_t *sent = apr_array_make(house->pool, 1, sizeof(const char *));
    apr_array_header_t *evict = apr_array_make(house->pool, 1, sizeof(const char *));
    const char *kept = keep >= 0 ? name_of(house, &names[keep]) : NULL;
    int i;

    for (i = 0; i < count; i++) {
        APR_ARRAY_PUSH(sent, const char *) = name_of(house, &names[i]);
    }
    wecom_state_evict(evict, sent, kept, house->site, HOUSE_NOW, house->pool);
    CHECK(evict->nelts == (int)strlen(expected), "%s: %d evicted", what, evict->nelts);
    for (i = 0; i < evict->nelts; i++) {
        const char *right = APR_ARRAY_IDX(sent, expected[i] - '0', const char *);

        CHECK(strcmp(APR_ARRAY_IDX(evict, i, const char *), right) == 0, "%s: %d is %s", what, i,
              APR_ARRAY_IDX(evict, i, const char *));
    }
}

static void evict_table(void **state)
{
    static const struct {
        const char *what;
        name_t names[8];
        int count;
        int keep;
        const char *evicted;
    } rows[] = {
        { "none", { { 0, 'a', NULL } }, 0, -1, "" },
        { "one", { { 5, 'a', NULL } }, 1, -1, "" },
        { "three fit beside the new one", { { 9, 'a', NULL }, { 5, 'b', NULL }, { 7, 'c', NULL } },
          3, -1, "" },
        { "of four the oldest", { { 5, 'a', NULL }, { 9, 'b', NULL }, { 7, 'c', NULL },
                                  { 1, 'd', NULL } }, 4, -1, "1" },
        { "of six the three oldest", { { 5, 'a', NULL }, { 9, 'b', NULL }, { 7, 'c', NULL },
                                       { 1, 'd', NULL }, { 2, 'e', NULL }, { 3, 'f', NULL } },
          6, -1, "120" },
        { "of one age, some order", { { 5, 'd', NULL }, { 5, 'b', NULL }, { 5, 'c', NULL },
                                      { 5, 'a', NULL } }, 4, -1, "3" },
        { "not the one that is replaced", { { 9, 'a', NULL }, { 5, 'b', NULL }, { 7, 'c', NULL },
                                            { 1, 'd', NULL } }, 4, 0, "" },
        { "the replaced one is not counted", { { 9, 'a', NULL }, { 5, 'b', NULL },
                                               { 7, 'c', NULL }, { 1, 'd', NULL },
                                               { 2, 'e', NULL } }, 5, 3, "0" },
        { "sent twice is one", { { 9, 'a', NULL }, { 9, 'a', NULL }, { 9, 'a', NULL },
                                 { 1, 'd', NULL } }, 4, -1, "" },
        { "of ten minutes, and older", { { 600, 'a', NULL }, { 601, 'b', NULL } }, 2, -1, "1" },
        { "from a clock that was set back", { { -600, 'a', NULL }, { -601, 'b', NULL } }, 2, -1,
          "1" },
        { "old ones do not count", { { 700, 'a', NULL }, { 800, 'b', NULL }, { 5, 'c', NULL },
                                     { 6, 'd', NULL }, { 7, 'e', NULL } }, 5, -1, "10" },
        { "old and twice, evicted once", { { 700, 'a', NULL }, { 700, 'a', NULL } }, 2, -1, "0" },
        { "malformed", { { 0, 0, "" }, { 0, 0, "abc" }, { 0, 0, "0000000000000000x" },
                         { 0, 0, "000000000000000-" }, { 0, 0, "00000000 0000000" } }, 5, -1,
          "04321" },
        { "the end of time", { { 0, 0, "zzzzzzzzzzzzzzzz" } }, 1, -1, "0" },
        { "malformed ones do not count", { { 0, 0, "x" }, { 5, 'c', NULL }, { 6, 'd', NULL },
                                           { 7, 'e', NULL } }, 4, -1, "0" },
        { "a malformed one that is replaced", { { 0, 0, "x" } }, 1, 0, "" }
    };
    house_t *house = *state;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        check_evict(house, rows[i].what, rows[i].names, rows[i].count, rows[i].keep,
                    rows[i].evicted);
    }
}

/* Malformed, though the time in them is a good one. */
static void evict_takes_malformed_names_of_today(void **state)
{
    static const char *const tails[] = {
        "", "AAAAAAAA", "AAAAAAAAAA", "AAAAAAAA-", "AAAA AAAA", "AAAAAAAA\xe4"
    };
    house_t *house = *state;
    const char *time = apr_pstrmemdup(house->pool,
                                      wecom_state_mint(HOUSE_NOW, 0, house->pool) + 1, 7);
    size_t i;

    for (i = 0; i < COUNT(tails); i++) {
        name_t name = { 0, 0, apr_pstrcat(house->pool, time, tails[i], NULL) };

        check_evict(house, name.text, &name, 1, -1, "0");
    }
}

static void evict_leaves_other_cookies_alone(void **state)
{
    house_t *house = *state;
    apr_array_header_t *sent = apr_array_make(house->pool, 1, sizeof(const char *));
    apr_array_header_t *evict = apr_array_make(house->pool, 1, sizeof(const char *));
    const char *theirs = wecom_state_cookie_name(house->other_site, STATE_A, house->pool);

    APR_ARRAY_PUSH(evict, const char *) = "already there";
    APR_ARRAY_PUSH(sent, const char *) = theirs;
    APR_ARRAY_PUSH(sent, const char *) = house->site->session_cookie;
    APR_ARRAY_PUSH(sent, const char *) = "";
    APR_ARRAY_PUSH(sent, const char *) = "JSESSIONID";
    APR_ARRAY_PUSH(sent, const char *) = house->site->pending_prefix;
    wecom_state_evict(evict, sent, NULL, house->site, HOUSE_NOW, house->pool);
    assert_int_equal(evict->nelts, 2);
    assert_string_equal(APR_ARRAY_IDX(evict, 0, const char *), "already there");
    assert_string_equal(APR_ARRAY_IDX(evict, 1, const char *), house->site->pending_prefix);
    /* The caller's list keeps its order. */
    assert_ptr_equal(APR_ARRAY_IDX(sent, 0, const char *), theirs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookie_opens_for_its_state_alone),
        cmocka_unit_test(cookie_is_bound_to_the_public_url),
        cmocka_unit_test(every_changed_character_is_refused),
        cmocka_unit_test(cookie_lives_ten_minutes),
        cmocka_unit_test(short_login_fits_400_bytes),
        cmocka_unit_test(target_that_does_not_fit_is_left_to_the_cache),
        cmocka_unit_test(ceiling_of_the_cookie_is_exact),
        cmocka_unit_test(sealed_nonsense_is_not_ours),
        cmocka_unit_test(evict_table),
        cmocka_unit_test(evict_takes_malformed_names_of_today),
        cmocka_unit_test(evict_leaves_other_cookies_alone),
    };

    return cmocka_run_group_tests_name("state_cookie", tests, house_setup, house_teardown);
}
