/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_state.c - the pending login: its handle and its record. The cookie is in
 * test_state_cookie.c.
 */
#include "house.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/state.h"
#include "../../src/auth/target.h"

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

static void minted_states_are_wellformed_and_differ(void **state)
{
    house_t *house = *state;
    const char *first = wecom_state_mint(HOUSE_NOW, 0, house->pool);
    const char *second = wecom_state_mint(HOUSE_NOW, 1, house->pool);

    assert_true(wecom_state_is_wellformed(first));
    assert_true(wecom_state_is_wellformed(second));
    assert_int_equal(strlen(first), WECOM_STATE_CHARS);
    assert_int_equal(wecom_state_mark(first), 0);
    assert_int_equal(wecom_state_mark(second), 1);
    assert_memory_equal(first + 1, second + 1, 7);
    assert_string_not_equal(first + 8, second + 8);
    /* also at the edges of time */
    assert_true(wecom_state_is_wellformed(wecom_state_mint(0, 0, house->pool)));
    assert_true(wecom_state_is_wellformed(wecom_state_mint(-1, 0, house->pool)));
    assert_true(wecom_state_is_wellformed(wecom_state_mint(APR_INT64_MAX, 1, house->pool)));
}

static void later_states_sort_behind(void **state)
{
    static const apr_int64_t seconds[] = {
        0, 1, 9, 10, 35, 36, 61, 62, 3843, 3844, 1700000000, 1760000000, 1760000001, 1760000036,
        4102444800LL
    };
    house_t *house = *state;
    size_t i;

    for (i = 1; i < COUNT(seconds); i++) {
        const char *earlier = wecom_state_mint(apr_time_from_sec(seconds[i - 1]), 0, house->pool);
        const char *later = wecom_state_mint(apr_time_from_sec(seconds[i]), 0, house->pool);

        CHECK(strncmp(earlier + 1, later + 1, 7) < 0, "%s, %s", earlier, later);
    }
}

static void wellformed_table(void **state)
{
    static const struct {
        const char *text;
        int good;
    } rows[] = {
        { STATE_A, 1 }, { "1" "1vGZ6GaaaaaaaaaAAAAAAAAAAAAAAAA", 1 },
        { "00000000000000000000000000000000", 1 }, { "0zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", 1 },
        { "2" "1vGZ6GaaaaaaaaaAAAAAAAAAAAAAAAA", 1 },
        { "3" "1vGZ6GaaaaaaaaaAAAAAAAAAAAAAAAA", 0 }, { "a1vGZ6GaaaaaaaaaAAAAAAAAAAAAAAAA", 0 },
        { "", 0 }, { "0", 0 }, { "0000000000000000000000000000000", 0 },
        { "000000000000000000000000000000000", 0 }, { "0000000000000000000000000000000-", 0 },
        { "0000000000000000000000000000000 ", 0 }, { "0000000000000000000000000000000\n", 0 },
        { "0000000000000000000000000000000_", 0 }, { "0000000000000000000000000000000\xe4", 0 },
        { "0000/000000000000000000000000000", 0 }, { "0000:000000000000000000000000000", 0 },
        { "0000@000000000000000000000000000", 0 }, { "0000[000000000000000000000000000", 0 },
        { "0000`000000000000000000000000000", 0 }, { "0000{000000000000000000000000000", 0 },
        { NULL, 0 }
    };
    house_t *house = *state;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *text = rows[i].text != NULL ? support_guard_text(rows[i].text, house->pool)
                                                : NULL;

        CHECK(wecom_state_is_wellformed(text) == rows[i].good, "%s", support_show(text));
    }
}

static void cookie_name_follows_site_and_state(void **state)
{
    house_t *house = *state;
    const char *name = wecom_state_cookie_name(house->site, STATE_A, house->pool);

    assert_string_equal(name, apr_pstrcat(house->pool, "__Host-wecomp_", house->site->tag,
                                          "_1vGZ6GaaaaaaaaaA", NULL));
    assert_string_not_equal(name, wecom_state_cookie_name(house->other_site, STATE_A,
                                                          house->pool));
}

static wecom_bytes_t packed(house_t *house, const wecom_pending_t *pending)
{
    wecom_bytes_t bytes = { NULL, 0 };

    assert_int_equal(wecom_state_pack(&bytes, pending, house->pool), WECOM_OK);
    return bytes;
}

static void record_comes_back(void **state)
{
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    wecom_pending_t back;
    wecom_bytes_t bytes;

    pending.issued = HOUSE_NOW + 123456;
    pending.allowed = "hq branch-2 0123456789abcdefghijklmnopqrstu";
    pending.flags = WECOM_PENDING_IN_CLIENT | WECOM_PENDING_PRIVATE | WECOM_PENDING_LOGIN_ONLY
        | WECOM_PENDING_NO_REGISTRATION;
    bytes = packed(house, &pending);
    bytes.data = (const unsigned char *)support_guard(bytes.data, bytes.len, house->pool);
    assert_int_equal(wecom_state_unpack(&back, bytes, house->pool), WECOM_OK);
    assert_same(&pending, &back);
    pending.source = "";
    pending.allowed = "";
    pending.target = "/";
    assert_int_equal(wecom_state_unpack(&back, packed(house, &pending), house->pool), WECOM_OK);
    assert_same(&pending, &back);
    /* not given is not chosen */
    pending.source = NULL;
    pending.allowed = NULL;
    assert_int_equal(wecom_state_unpack(&back, packed(house, &pending), house->pool), WECOM_OK);
    assert_string_equal(back.source, "");
    assert_string_equal(back.allowed, "");
}

/* A window of its own: who opened it, and what that page calls the login. */
static void opener_table(void **state)
{
    static const struct {
        const char *opener;
        const char *nonce;
        unsigned int flags;
        wecom_status_t status;
    } cases[] = {
        { "https://app.example.com", "n1", WECOM_PENDING_POPUP, WECOM_OK },
        { "https://app.example.com:8443", "", WECOM_PENDING_POPUP, WECOM_OK },
        { "http://localhost:8081", "0123456789abcdef0123456789ABCDEF", WECOM_PENDING_POPUP,
          WECOM_OK },
        { NULL, NULL, 0, WECOM_OK },
        { NULL, NULL, WECOM_PENDING_POPUP, WECOM_E_BAD_INPUT },
        { "https://app.example.com", NULL, WECOM_PENDING_POPUP, WECOM_E_BAD_INPUT },
        { "https://app.example.com", "n1", 0, WECOM_E_BAD_INPUT },
        { "https://app.example.com/", "n1", WECOM_PENDING_POPUP, WECOM_E_BAD_INPUT },
        { "https://APP.example.com", "n1", WECOM_PENDING_POPUP, WECOM_E_BAD_INPUT },
        { "https://app.example.com:443", "n1", WECOM_PENDING_POPUP, WECOM_E_BAD_INPUT },
        { "null", "n1", WECOM_PENDING_POPUP, WECOM_E_BAD_INPUT },
        { "*", "n1", WECOM_PENDING_POPUP, WECOM_E_BAD_INPUT },
        { "", "n1", WECOM_PENDING_POPUP, WECOM_E_BAD_INPUT },
        { "https://app.example.com", "n-1", WECOM_PENDING_POPUP, WECOM_E_BAD_INPUT },
        { "https://app.example.com", "0123456789abcdef0123456789ABCDEF0", WECOM_PENDING_POPUP,
          WECOM_E_BAD_INPUT },
    };
    house_t *house = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        wecom_pending_t pending = { .state = STATE_A, .issued = 258, .source = "hq",
                                    .allowed = "", .target = "/x", .flags = cases[i].flags,
                                    .opener = cases[i].opener, .nonce = cases[i].nonce };
        wecom_pending_t back;
        wecom_bytes_t bytes;
        wecom_bytes_t cut;

        CHECK(wecom_state_pack(&bytes, &pending, house->pool) == cases[i].status, "row %d",
              (int)i);
        if (cases[i].status != WECOM_OK) {
            continue;
        }
        assert_int_equal(wecom_state_unpack(&back, bytes, house->pool), WECOM_OK);
        CHECK((cases[i].opener == NULL && back.opener == NULL && back.nonce == NULL)
                  || (support_same(back.opener, cases[i].opener)
                      && support_same(back.nonce, cases[i].nonce)), "row %d", (int)i);
        for (cut = bytes; cut.len-- > 0; ) {
            assert_true(wecom_state_unpack(&back, cut, house->pool) != WECOM_OK);
        }
    }
}

/* What was sealed by one version must open in the next. */
static void record_is_what_it_was(void **state)
{
    static const char expected[] =
        "\1" "\0\5" STATE_A "\0\0\0\0\0\0\1\2" "\2hq" "\0\5a b-1" "\0\2/x";
    house_t *house = *state;
    wecom_pending_t pending = { .state = STATE_A, .issued = 258, .source = "hq",
                                .allowed = "a b-1", .target = "/x",
                                .flags = WECOM_PENDING_IN_CLIENT | WECOM_PENDING_LOGIN_ONLY };
    wecom_bytes_t bytes = packed(house, &pending);

    assert_int_equal(bytes.len, sizeof(expected) - 1);
    assert_memory_equal(bytes.data, expected, bytes.len);
}

static void pack_refuses(house_t *house, wecom_status_t status, const char *what,
                         const wecom_pending_t *pending)
{
    wecom_bytes_t bytes;

    CHECK(wecom_state_pack(&bytes, pending, house->pool) == status, "%s", what);
}

static void pack_table(void **state)
{
    static const char id_32[] = "0123456789abcdefghijklmnopqrstuv";
    house_t *house = *state;
    wecom_pending_t good = a_login(house);
    wecom_pending_t bad;
    char *many = apr_pcalloc(house->pool, 4000);
    char *path = apr_pcalloc(house->pool, WECOM_MAX_TARGET + 2);
    int i;

#define ROW(status, change) \
    do { \
        bad = good; \
        change; \
        pack_refuses(house, status, #change, &bad); \
    } while (0)

    memset(path, 'a', WECOM_MAX_TARGET + 1);
    path[0] = '/';
    ROW(WECOM_OK, bad.source = id_32 + 1);
    ROW(WECOM_E_TOO_LARGE, bad.source = id_32);
    ROW(WECOM_E_BAD_INPUT, bad.source = "HQ");
    ROW(WECOM_E_BAD_INPUT, bad.source = "a b");
    ROW(WECOM_E_BAD_INPUT, bad.source = "a_b");
    ROW(WECOM_E_BAD_INPUT, bad.source = "\xe4");
    ROW(WECOM_E_BAD_INPUT, bad.allowed = " ");
    ROW(WECOM_E_BAD_INPUT, bad.allowed = "a ");
    ROW(WECOM_E_BAD_INPUT, bad.allowed = " a");
    ROW(WECOM_E_BAD_INPUT, bad.allowed = "a  b");
    ROW(WECOM_E_BAD_INPUT, bad.allowed = "a,b");
    ROW(WECOM_E_BAD_INPUT, bad.allowed = "a\tb");
    ROW(WECOM_E_BAD_INPUT, bad.allowed = id_32);
    ROW(WECOM_E_BAD_INPUT, bad.target = NULL);
    ROW(WECOM_E_BAD_INPUT, bad.target = "");
    ROW(WECOM_E_BAD_INPUT, bad.target = "//evil.example");
    ROW(WECOM_E_BAD_INPUT, bad.target = "/%5cevil.example");
    ROW(WECOM_E_TOO_LARGE, bad.target = path);
    ROW(WECOM_E_BAD_INPUT, bad.state = "short");
    ROW(WECOM_E_BAD_INPUT, bad.state = NULL);
    ROW(WECOM_E_BAD_INPUT, bad.issued = -1);
    ROW(WECOM_E_BAD_INPUT, bad.flags = 512);
    ROW(WECOM_E_BAD_INPUT, bad.flags = 0x10000);
    path[WECOM_MAX_TARGET] = '\0';
    ROW(WECOM_OK, bad.target = path);
    for (i = 0; i < WECOM_MAX_SOURCES; i++) {
        many[2 * i] = 'a';
        many[2 * i + 1] = ' ';
    }
    many[2 * WECOM_MAX_SOURCES - 1] = '\0';
    ROW(WECOM_OK, bad.allowed = many);
    many[2 * WECOM_MAX_SOURCES - 1] = ' ';
    many[2 * WECOM_MAX_SOURCES] = 'a';
    ROW(WECOM_E_BAD_INPUT, bad.allowed = many);
    memset(many, 'a', 2048);
    ROW(WECOM_E_TOO_LARGE, bad.allowed = many);
#undef ROW
}

static void no_shorter_and_no_longer_record_is_read(void **state)
{
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    wecom_pending_t back;
    wecom_bytes_t whole = packed(house, &pending);
    wecom_bytes_t part;
    unsigned char *longer;

    for (part.len = 0; part.len < whole.len; part.len++) {
        part.data = (const unsigned char *)support_guard(whole.data, part.len, house->pool);
        CHECK(wecom_state_unpack(&back, part, house->pool) == WECOM_E_BAD_INPUT,
              "read with %lu bytes", (unsigned long)part.len);
        assert_null(back.state);
    }
    longer = support_guard_room(whole.len + 1, house->pool);
    memcpy(longer, whole.data, whole.len);
    part.data = longer;
    part.len = whole.len + 1;
    assert_int_equal(wecom_state_unpack(&back, part, house->pool), WECOM_E_BAD_INPUT);
    part.data = apr_pcalloc(house->pool, 10000);
    part.len = 10000;
    assert_int_equal(wecom_state_unpack(&back, part, house->pool), WECOM_E_TOO_LARGE);
    part.data = NULL;
    part.len = 0;
    assert_int_equal(wecom_state_unpack(&back, part, house->pool), WECOM_E_BAD_INPUT);
}

/* Whatever one changed byte makes of a record: refused, or a record that packs to those bytes. */
static void no_changed_byte_is_read_wrongly(void **state)
{
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    wecom_bytes_t bytes = packed(house, &pending);
    unsigned char *room = support_guard_room(bytes.len, house->pool);
    size_t i;
    int c;

    for (i = 0; i < bytes.len; i++) {
        for (c = 0; c < 256; c++) {
            wecom_bytes_t changed = { room, bytes.len };
            wecom_bytes_t again;
            wecom_pending_t back;

            memcpy(room, bytes.data, bytes.len);
            room[i] = (unsigned char)c;
            if (wecom_state_unpack(&back, changed, house->pool) == WECOM_OK) {
                again = packed(house, &back);
                assert_int_equal(again.len, changed.len);
                assert_memory_equal(again.data, room, again.len);
                assert_true(wecom_target_is_safe(back.target, strlen(back.target)));
            }
            else {
                assert_null(back.state);
            }
        }
    }
}

static void cached_target_has_one_spelling(void **state)
{
    house_t *house = *state;
    wecom_pending_t pending = a_login(house);
    wecom_bytes_t bytes;
    unsigned char *changed;
    wecom_pending_t back;

    bytes = packed(house, &pending);
    changed = apr_pmemdup(house->pool, bytes.data, bytes.len);
    changed[2] |= WECOM_PENDING_TARGET_CACHED; /* the flag, and a target all the same */
    bytes.data = changed;
    assert_int_equal(wecom_state_unpack(&back, bytes, house->pool), WECOM_E_BAD_INPUT);
    pending.flags = WECOM_PENDING_TARGET_CACHED;
    pending.target = NULL;
    bytes = packed(house, &pending);
    assert_int_equal(wecom_state_unpack(&back, bytes, house->pool), WECOM_OK);
    assert_string_equal(back.target, "/");
    changed = apr_pmemdup(house->pool, bytes.data, bytes.len);
    changed[2] = 0; /* no target, and the flag gone */
    bytes.data = changed;
    assert_int_equal(wecom_state_unpack(&back, bytes, house->pool), WECOM_E_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minted_states_are_wellformed_and_differ),
        cmocka_unit_test(later_states_sort_behind),
        cmocka_unit_test(wellformed_table),
        cmocka_unit_test(cookie_name_follows_site_and_state),
        cmocka_unit_test(record_comes_back),
        cmocka_unit_test(record_is_what_it_was),
        cmocka_unit_test(opener_table),
        cmocka_unit_test(pack_table),
        cmocka_unit_test(no_shorter_and_no_longer_record_is_read),
        cmocka_unit_test(no_changed_byte_is_read_wrongly),
        cmocka_unit_test(cached_target_has_one_spelling),
    };

    return cmocka_run_group_tests_name("state", tests, house_setup, house_teardown);
}
