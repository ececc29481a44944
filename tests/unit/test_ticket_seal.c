/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ticket_seal.c - the session record as a cookie: where it opens, how large it is, and how
 * long it lives.
 */
#include "house.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/ticket.h"

#define NOW         1760000000
#define SMALL_BYTES 65 /* small_ticket(), encoded */

static wecom_ticket_t small_ticket(void)
{
    wecom_ticket_t ticket;

    memset(&ticket, 0, sizeof(ticket));
    ticket.source = "s";
    ticket.userid = "u";
    return ticket;
}

static wecom_ticket_t full_ticket(void)
{
    static const apr_int64_t department = 7;
    static const unsigned char lead = 1;
    wecom_ticket_t ticket = small_ticket();

    ticket.flags = WECOM_TICKET_IN_CLIENT;
    ticket.issued = NOW;
    ticket.source = "hq";
    ticket.userid = "ZhangSan";
    ticket.name = "\xe5\xbc\xa0\xe4\xb8\x89";
    ticket.departments = &department;
    ticket.leads = &lead;
    ticket.department_count = 1;
    return ticket;
}

static void assert_same(const wecom_ticket_t *a, const wecom_ticket_t *b)
{
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->issued, b->issued);
    assert_string_equal(a->source, b->source);
    assert_string_equal(a->userid, b->userid);
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->department_count, b->department_count);
    assert_int_equal(a->departments[0], b->departments[0]);
    assert_int_equal(a->leads[0], b->leads[0]);
}

static const char *sealed(house_t *house, const wecom_ticket_t *ticket,
                          const wecom_keyring_t *ring, const wecom_site_t *site)
{
    const char *text = NULL;

    assert_int_equal(wecom_ticket_seal(&text, ticket, ring,
                                       wecom_ticket_aad(site, house->pool), house->pool),
                     WECOM_OK);
    return text;
}

static wecom_status_t open_it(house_t *house, wecom_ticket_t *ticket, int *key_index,
                              const char *text, const wecom_keyring_t *ring,
                              const wecom_site_t *site)
{
    return wecom_ticket_open(ticket, key_index, text, strlen(text), ring,
                             wecom_ticket_aad(site, house->pool), house->pool);
}

static void sealed_ticket_opens_on_its_site_alone(void **state)
{
    house_t *house = *state;
    wecom_ticket_t ticket = full_ticket();
    const char *text = sealed(house, &ticket, house->ring, house->site);
    wecom_site_t changed = *house->site;
    wecom_ticket_t back;
    int key_index = -1;

    assert_int_equal(open_it(house, &back, &key_index, text, house->ring, house->site), WECOM_OK);
    assert_int_equal(key_index, 0);
    assert_same(&ticket, &back);
    assert_int_equal(open_it(house, &back, NULL, text, house->ring, house->other_site),
                     WECOM_E_CRYPTO);
    assert_null(back.userid);
    /* Each part of the binding, alone. */
    changed.session_cookie = "__Host-wecom_000000";
    assert_int_equal(open_it(house, &back, NULL, text, house->ring, &changed), WECOM_E_CRYPTO);
    changed = *house->site;
    changed.host = "other.example.com";
    assert_int_equal(open_it(house, &back, NULL, text, house->ring, &changed), WECOM_E_CRYPTO);
    changed = *house->site;
    changed.cookie_domain = changed.host;
    assert_int_equal(open_it(house, &back, NULL, text, house->ring, &changed), WECOM_E_CRYPTO);
    assert_int_equal(open_it(house, &back, NULL, text, house->stranger, house->site),
                     WECOM_E_CRYPTO);
}

static void ticket_survives_the_rotation_of_keys(void **state)
{
    house_t *house = *state;
    wecom_ticket_t ticket = full_ticket();
    const char *text = sealed(house, &ticket, house->ring, house->site);
    wecom_ticket_t back;
    int key_index = -1;

    assert_int_equal(open_it(house, &back, &key_index, text, house->rotated, house->site),
                     WECOM_OK);
    assert_int_equal(key_index, 1);
    text = sealed(house, &ticket, house->rotated, house->site);
    assert_int_equal(open_it(house, &back, &key_index, text, house->rotated, house->site),
                     WECOM_OK);
    assert_int_equal(key_index, 0);
    assert_int_equal(open_it(house, &back, NULL, text, house->ring, house->site), WECOM_E_CRYPTO);
}

static void every_changed_character_is_refused(void **state)
{
    static const char others[] = "AB-_9z.=";
    house_t *house = *state;
    wecom_ticket_t ticket = full_ticket();
    char *text = apr_pstrdup(house->pool, sealed(house, &ticket, house->ring, house->site));
    size_t len = strlen(text);
    size_t i;
    size_t k;

    for (i = 0; i < len; i++) {
        char was = text[i];

        for (k = 0; k < sizeof(others) - 1; k++) {
            wecom_ticket_t back;

            text[i] = others[k];
            CHECK(text[i] == was || open_it(house, &back, NULL, text, house->ring, house->site)
                  == WECOM_E_CRYPTO, "character %zu", i);
        }
        text[i] = was;
    }
    for (i = 0; i < len; i++) {
        wecom_ticket_t back;
        const char *part = support_guard(text, i, house->pool);

        CHECK(wecom_ticket_open(&back, NULL, part, i, house->ring,
                                wecom_ticket_aad(house->site, house->pool), house->pool)
              == WECOM_E_CRYPTO, "opened with %zu characters", i);
        assert_null(back.userid);
    }
}

/* Our seal around what is no ticket: a fault of ours, and an error of its own. */
static void sealed_nonsense_is_bad_input(void **state)
{
    house_t *house = *state;
    wecom_bytes_t aad = wecom_ticket_aad(house->site, house->pool);
    const char *text = NULL;
    wecom_ticket_t back;

    assert_int_equal(wecom_crypto_seal_text(&text, house->ring, aad, support_bytes("hello"),
                                            house->pool), WECOM_OK);
    assert_int_equal(open_it(house, &back, NULL, text, house->ring, house->site),
                     WECOM_E_BAD_INPUT);
    assert_null(back.userid);
}

static void too_large_is_said_and_not_cut(void **state)
{
    house_t *house = *state;
    wecom_ticket_t ticket = small_ticket();
    wecom_bytes_t aad = wecom_ticket_aad(house->site, house->pool);
    size_t most = WECOM_MAX_SEALED_COOKIE * 3 / 4 - WECOM_SEAL_OVERHEAD - SMALL_BYTES;
    char *name = apr_palloc(house->pool, most + 2);
    wecom_ticket_t back;
    const char *text = NULL;

    memset(name, 'n', most + 1);
    name[most + 1] = '\0';
    ticket.name = name;
    assert_int_equal(wecom_ticket_seal(&text, &ticket, house->ring, aad, house->pool),
                     WECOM_E_TOO_LARGE);
    assert_null(text);
    ticket.name = name + 1;
    assert_int_equal(wecom_ticket_seal(&text, &ticket, house->ring, aad, house->pool), WECOM_OK);
    assert_int_equal(strlen(text), WECOM_MAX_SEALED_COOKIE);
    assert_int_equal(open_it(house, &back, NULL, text, house->ring, house->site), WECOM_OK);
    text = apr_pstrcat(house->pool, text, "A", NULL);
    assert_int_equal(open_it(house, &back, NULL, text, house->ring, house->site),
                     WECOM_E_TOO_LARGE);
    assert_null(back.userid);
    ticket.userid = "";
    assert_int_equal(wecom_ticket_seal(&text, &ticket, house->ring, aad, house->pool),
                     WECOM_E_BAD_INPUT);
}

static void typical_ticket_is_small(void **state)
{
    house_t *house = *state;
    wecom_ticket_t ticket = small_ticket();
    apr_int64_t ids[10];
    unsigned char leads[10];
    size_t size;
    size_t i;

    for (i = 0; i < 10; i++) {
        ids[i] = 4000000000LL + (apr_int64_t)i;
        leads[i] = i % 2;
    }
    ticket.source = "headquarters";
    ticket.userid = "zhang.xiaoming@example.com";
    ticket.account = "zhang.xiaoming@example.com";
    ticket.name = "\xe6\xac\xa7\xe9\x98\xb3\xe5\xb0\x8f\xe6\x98\x8e\xef\xbc\x88\xe5\x8c\x97"
                  "\xe4\xba\xac\xef\xbc\x89";
    ticket.departments = ids;
    ticket.leads = leads;
    ticket.department_count = 10;
    ticket.main_department = ids[0];
    ticket.issued = ticket.seen = ticket.checked = NOW;
    size = strlen(house->site->session_cookie) + 1
        + strlen(sealed(house, &ticket, house->ring, house->site));
    CHECK(size <= 800, "%zu bytes", size);
    print_message("[     NOTE ] ten departments and a name: %zu bytes of cookie\n", size);
}

static void life_table(void **state)
{
    static const struct {
        const char *what;
        apr_int64_t issued, seen, now, max_age, idle;
        wecom_ticket_age_t age;
    } rows[] = {
        { "new", NOW, NOW, NOW, 43200, 3600, WECOM_TICKET_FRESH },
        { "just below a tenth", NOW, NOW, NOW + 359, 43200, 3600, WECOM_TICKET_FRESH },
        { "a tenth", NOW, NOW, NOW + 360, 43200, 3600, WECOM_TICKET_RENEW },
        { "idle to the second", NOW, NOW, NOW + 3600, 43200, 3600, WECOM_TICKET_RENEW },
        { "idle and one", NOW, NOW, NOW + 3601, 43200, 3600, WECOM_TICKET_EXPIRED },
        { "renewed", NOW, NOW + 43000, NOW + 43100, 43200, 3600, WECOM_TICKET_FRESH },
        { "oldest", NOW, NOW + 43000, NOW + 43200, 43200, 3600, WECOM_TICKET_FRESH },
        { "too old", NOW, NOW + 43200, NOW + 43201, 43200, 3600, WECOM_TICKET_EXPIRED },
        { "too old, renewed now", NOW, NOW + 50000, NOW + 50000, 43200, 3600,
          WECOM_TICKET_EXPIRED },
        { "clock set back", NOW + 9999, NOW + 9999, NOW, 43200, 3600, WECOM_TICKET_FRESH },
        { "seen in the future", NOW, NOW + 9999, NOW + 10, 43200, 3600, WECOM_TICKET_FRESH },
        { "issued in the future", NOW + 9999, NOW, NOW + 400, 43200, 3600, WECOM_TICKET_RENEW },
        { "idle longer than max_age", NOW, NOW, NOW + 61, 60, 3600, WECOM_TICKET_EXPIRED },
        { "a short idle span", NOW, NOW, NOW, 60, 5, WECOM_TICKET_FRESH },
        { "a short idle span, a second on", NOW, NOW, NOW + 1, 60, 5, WECOM_TICKET_RENEW },
        { "a tenth is rounded up", NOW, NOW, NOW + 1, 60, 15, WECOM_TICKET_FRESH },
        { "a tenth is rounded up, there", NOW, NOW, NOW + 2, 60, 15, WECOM_TICKET_RENEW },
        { "no life at all", NOW, NOW, NOW + 1, 0, 0, WECOM_TICKET_EXPIRED },
        { "zeros", 0, 0, NOW, 43200, 3600, WECOM_TICKET_EXPIRED },
        { "the widest numbers", APR_INT64_MIN, APR_INT64_MIN, APR_INT64_MAX, APR_INT64_MAX,
          APR_INT64_MAX, WECOM_TICKET_RENEW },
        { "the widest the other way", APR_INT64_MAX, APR_INT64_MAX, APR_INT64_MIN, 1, 1,
          WECOM_TICKET_FRESH }
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        wecom_ticket_life_t life = { rows[i].max_age, rows[i].idle };
        wecom_ticket_t ticket = small_ticket();

        ticket.issued = rows[i].issued;
        ticket.seen = rows[i].seen;
        CHECK(wecom_ticket_judge_age(&ticket, &life, rows[i].now) == rows[i].age, "%s",
              rows[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_ticket_opens_on_its_site_alone),
        cmocka_unit_test(ticket_survives_the_rotation_of_keys),
        cmocka_unit_test(every_changed_character_is_refused),
        cmocka_unit_test(sealed_nonsense_is_bad_input),
        cmocka_unit_test(too_large_is_said_and_not_cut),
        cmocka_unit_test(typical_ticket_is_small),
        cmocka_unit_test(life_table),
    };

    return cmocka_run_group_tests_name("ticket_seal", tests, house_setup, house_teardown);
}
