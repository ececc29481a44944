/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ticket.c - the session record as bytes: there and back, and nothing else gets in. Its seal
 * and its age are in test_ticket_seal.c.
 */
#include "house.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/ticket.h"
#include "../../src/wecom/member.h"

#define NOW 1760000000

static const apr_int64_t some_ids[] = { 1, 4294967295LL, 77 };
static const unsigned char some_leads[] = { 0, 1, 0 };

/* Every part of a ticket, with something in it. */
static wecom_ticket_t full_ticket(apr_pool_t *pool)
{
    wecom_ticket_t ticket;
    apr_table_t *fields = apr_table_make(pool, 2);

    memset(&ticket, 0, sizeof(ticket));
    ticket.flags = WECOM_TICKET_IN_CLIENT | WECOM_TICKET_FIELD_MATCH | 0x80000000u;
    ticket.issued = NOW - 3600;
    ticket.seen = NOW - 60;
    ticket.checked = NOW - 30;
    memcpy(ticket.id, "\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\xff", WECOM_TICKET_ID_BYTES);
    ticket.source = "hq";
    ticket.userid = "ZhangSan@x.y";
    ticket.account = "zhangsan";
    ticket.name = "\xe5\xbc\xa0\xe4\xb8\x89";
    ticket.departments = some_ids;
    ticket.leads = some_leads;
    ticket.department_count = 3;
    ticket.main_department = 77;
    apr_table_addn(fields, "mobile", "13800000000");
    apr_table_addn(fields, "position", "");
    ticket.fields = fields;
    ticket.entries = apr_table_make(pool, 2);
    apr_table_addn(ticket.entries, "cart", "a=1&b=2");
    apr_table_addn(ticket.entries, "", "empty key");
    return ticket;
}

static wecom_ticket_t small_ticket(void)
{
    wecom_ticket_t ticket;

    memset(&ticket, 0, sizeof(ticket));
    ticket.source = "s";
    ticket.userid = "u";
    return ticket;
}

static wecom_bytes_t encoded(const wecom_ticket_t *ticket, apr_pool_t *pool)
{
    wecom_bytes_t bytes = { NULL, 0 };

    assert_int_equal(wecom_ticket_encode(&bytes, ticket, pool), WECOM_OK);
    return bytes;
}

static void assert_same_table(const apr_table_t *a, const apr_table_t *b)
{
    const apr_array_header_t *x = apr_table_elts(a);
    const apr_array_header_t *y = apr_table_elts(b);
    int i;

    assert_int_equal(x->nelts, y->nelts);
    for (i = 0; i < x->nelts; i++) {
        assert_string_equal(APR_ARRAY_IDX(x, i, apr_table_entry_t).key,
                            APR_ARRAY_IDX(y, i, apr_table_entry_t).key);
        assert_string_equal(APR_ARRAY_IDX(x, i, apr_table_entry_t).val,
                            APR_ARRAY_IDX(y, i, apr_table_entry_t).val);
    }
}

static void assert_same(const wecom_ticket_t *a, const wecom_ticket_t *b)
{
    size_t i;

    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->issued, b->issued);
    assert_int_equal(a->seen, b->seen);
    assert_int_equal(a->checked, b->checked);
    assert_memory_equal(a->id, b->id, WECOM_TICKET_ID_BYTES);
    assert_string_equal(a->source, b->source);
    assert_string_equal(a->userid, b->userid);
    assert_string_equal(a->account, b->account);
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->department_count, b->department_count);
    for (i = 0; i < a->department_count; i++) {
        assert_int_equal(a->departments[i], b->departments[i]);
        assert_int_equal(a->leads[i], b->leads[i]);
    }
    assert_int_equal(a->main_department, b->main_department);
}

static void everything_comes_back(void **state)
{
    house_t *house = *state;
    wecom_ticket_t ticket = full_ticket(house->pool);
    wecom_ticket_t back;
    wecom_bytes_t bytes = encoded(&ticket, house->pool);

    bytes.data = (const unsigned char *)support_guard(bytes.data, bytes.len, house->pool);
    assert_int_equal(wecom_ticket_decode(&back, bytes, house->pool), WECOM_OK);
    assert_same(&ticket, &back);
    assert_same_table(ticket.fields, back.fields);
    assert_same_table(ticket.entries, back.entries);
}

/* The format is written down in the header; other programs' tickets must open after an update. */
static void format_one_is_what_the_header_says(void **state)
{
    static const char expected[] =
        "\1" "\0\0\0\2" "\0\0\0\0\0\0\0\1" "\0\0\0\0\0\0\0\2" "\0\0\0\0\0\0\1\0"
        "0123456789abcdef" "\0\2hq" "\0\1u" "\0\0" "\0\1n" "\0\1" "\0\0\1\0" "\1" "\0\0\0\5"
        "\0\1" "\0\1k" "\0\2vv" "\0\0";
    house_t *house = *state;
    wecom_ticket_t ticket = small_ticket();
    apr_table_t *fields = apr_table_make(house->pool, 1);
    apr_int64_t department = 256;
    unsigned char lead = WECOM_LEADS;
    wecom_bytes_t bytes;

    ticket.flags = WECOM_TICKET_PREEXISTING;
    ticket.issued = 1;
    ticket.seen = 2;
    ticket.checked = 256;
    memcpy(ticket.id, "0123456789abcdef", WECOM_TICKET_ID_BYTES);
    ticket.source = "hq";
    ticket.name = "n";
    ticket.departments = &department;
    ticket.leads = &lead;
    ticket.department_count = 1;
    ticket.main_department = 5;
    apr_table_addn(fields, "k", "vv");
    ticket.fields = fields;
    bytes = encoded(&ticket, house->pool);
    assert_int_equal(bytes.len, sizeof(expected) - 1);
    assert_memory_equal(bytes.data, expected, bytes.len);
}

static void small_one_has_no_tables_but_entries(void **state)
{
    house_t *house = *state;
    wecom_ticket_t ticket = small_ticket();
    wecom_ticket_t back;

    assert_int_equal(wecom_ticket_decode(&back, encoded(&ticket, house->pool), house->pool),
                     WECOM_OK);
    assert_string_equal(back.account, "");
    assert_string_equal(back.name, "");
    assert_null(back.fields);
    assert_null(back.departments);
    assert_int_equal(back.department_count, 0);
    assert_non_null(back.entries);
    assert_true(apr_is_empty_table(back.entries));
    apr_table_set(back.entries, "a", "b"); /* a living table */
    assert_string_equal(apr_table_get(back.entries, "a"), "b");
}

/* Every text ends, also where a long one follows, and where nothing does. */
static void every_text_ends(void **state)
{
    house_t *house = *state;
    wecom_ticket_t ticket = small_ticket();
    wecom_ticket_t back;
    apr_table_t *pairs = apr_table_make(house->pool, 1);
    char *text = apr_palloc(house->pool, 301);
    wecom_bytes_t bytes;
    apr_pool_t *dirty;

    memset(text, 't', 300);
    text[300] = '\0';
    apr_table_addn(pairs, text, text);
    apr_table_addn(pairs, text, text);
    ticket.source = ticket.userid = ticket.account = ticket.name = text;
    ticket.fields = pairs;
    ticket.entries = pairs;
    bytes = encoded(&ticket, house->pool);
    assert_int_equal(apr_pool_create(&dirty, house->pool), APR_SUCCESS);
    memset(apr_palloc(dirty, 7000), 0xff, 7000);
    apr_pool_clear(dirty);
    assert_int_equal(wecom_ticket_decode(&back, bytes, dirty), WECOM_OK);
    assert_same(&ticket, &back);
    assert_same_table(pairs, back.fields);
    assert_same_table(pairs, back.entries);
    apr_pool_destroy(dirty);
}

/* Texts and numbers must not point into what was decoded: the caller may wipe it. */
static void ticket_outlives_its_bytes(void **state)
{
    house_t *house = *state;
    wecom_ticket_t ticket = full_ticket(house->pool);
    wecom_ticket_t back;
    wecom_bytes_t bytes = encoded(&ticket, house->pool);
    unsigned char *copy = apr_pmemdup(house->pool, bytes.data, bytes.len);

    bytes.data = copy;
    assert_int_equal(wecom_ticket_decode(&back, bytes, house->pool), WECOM_OK);
    memset(copy, 0xff, bytes.len);
    assert_same(&ticket, &back);
    assert_same_table(ticket.fields, back.fields);
    assert_same_table(ticket.entries, back.entries);
}

static void no_shorter_and_no_longer_bytes_decode(void **state)
{
    house_t *house = *state;
    wecom_ticket_t ticket = full_ticket(house->pool);
    wecom_ticket_t back;
    wecom_bytes_t whole = encoded(&ticket, house->pool);
    wecom_bytes_t part;

    for (part.len = 0; part.len < whole.len; part.len++) {
        part.data = (const unsigned char *)support_guard(whole.data, part.len, house->pool);
        CHECK(wecom_ticket_decode(&back, part, house->pool) == WECOM_E_BAD_INPUT,
              "decoded with %lu bytes", (unsigned long)part.len);
        assert_null(back.userid);
    }
    part.data = (const unsigned char *)support_guard(
        apr_pstrmemdup(house->pool, (const char *)whole.data, whole.len), whole.len + 1,
        house->pool);
    part.len = whole.len + 1;
    assert_int_equal(wecom_ticket_decode(&back, part, house->pool), WECOM_E_BAD_INPUT);
    part.data = NULL;
    part.len = 0;
    assert_int_equal(wecom_ticket_decode(&back, part, house->pool), WECOM_E_BAD_INPUT);
}

/* Unsealed, a changed byte may well make another ticket; but it is one that encodes to the very
 * same bytes, and none reads past the end. */
static void no_changed_byte_is_read_wrongly(void **state)
{
    static const unsigned char values[] = { 0, 1, 2, 0x40, 0x7f, 0x80, 0xfe, 0xff };
    house_t *house = *state;
    wecom_ticket_t ticket = full_ticket(house->pool);
    wecom_bytes_t bytes = encoded(&ticket, house->pool);
    unsigned char *room = support_guard_room(bytes.len, house->pool);
    size_t i;
    size_t k;

    for (i = 0; i < bytes.len; i++) {
        for (k = 0; k < COUNT(values); k++) {
            wecom_ticket_t back;
            wecom_bytes_t changed = { room, bytes.len };
            wecom_bytes_t again;
            apr_pool_t *pool;

            assert_int_equal(apr_pool_create(&pool, house->pool), APR_SUCCESS);
            memcpy(room, bytes.data, bytes.len);
            room[i] = values[k];
            if (wecom_ticket_decode(&back, changed, pool) == WECOM_OK) {
                again = encoded(&back, pool);
                assert_int_equal(again.len, changed.len);
                assert_memory_equal(again.data, changed.data, changed.len);
            }
            else {
                assert_null(back.userid);
                assert_null(back.entries);
            }
            apr_pool_destroy(pool);
        }
    }
}

/* Where in the bytes of small_ticket() what stands. */
enum {
    AT_ISSUED = 5,
    AT_SEEN = 13,
    AT_CHECKED = 21,
    AT_SOURCE = 45,
    AT_USERID = 48,
    AT_ACCOUNT = 51,
    AT_NAME = 53,
    AT_DEPARTMENTS = 55,
    AT_MAIN = 57,
    AT_FIELDS = 61,
    AT_ENTRIES = 63,
    SMALL_BYTES = 65
};

static void bad_bytes_table(void **state)
{
    static const struct {
        const char *what;
        size_t at;
        int value;
    } rows[] = {
        { "version 0", 0, 0 }, { "version 2", 0, 2 }, { "issued below 0", AT_ISSUED, 0x80 },
        { "seen below 0", AT_SEEN, 0xff }, { "checked below 0", AT_CHECKED, 0x80 },
        { "source with a NUL", AT_SOURCE + 2, 0 }, { "userid with a NUL", AT_USERID + 2, 0 },
        { "source of 0 bytes", AT_SOURCE + 1, 0 }, { "userid of 0 bytes", AT_USERID + 1, 0 },
        { "source of 65281 bytes", AT_SOURCE, 0xff }, { "name too long", AT_NAME + 1, 200 },
        { "a department, but no room", AT_DEPARTMENTS + 1, 1 },
        { "201 departments", AT_DEPARTMENTS + 1, 201 },
        { "65280 departments", AT_DEPARTMENTS, 0xff }, { "1 field", AT_FIELDS + 1, 1 },
        { "65 fields", AT_FIELDS + 1, 65 }, { "1 entry", AT_ENTRIES + 1, 1 },
        { "65 entries", AT_ENTRIES + 1, 65 }, { "65280 entries", AT_ENTRIES, 0xff }
    };
    house_t *house = *state;
    wecom_ticket_t ticket = small_ticket();
    wecom_bytes_t bytes = encoded(&ticket, house->pool);
    size_t i;

    assert_int_equal(bytes.len, SMALL_BYTES);
    for (i = 0; i < COUNT(rows); i++) {
        unsigned char *room = support_guard_room(bytes.len, house->pool);
        wecom_bytes_t changed = { room, bytes.len };
        wecom_ticket_t back;

        memcpy(room, bytes.data, bytes.len);
        room[rows[i].at] = (unsigned char)rows[i].value;
        CHECK(wecom_ticket_decode(&back, changed, house->pool) == WECOM_E_BAD_INPUT, "%s",
              rows[i].what);
    }
}

/* Well-formed otherwise: without a source, or without a userid, it is nobody's ticket. */
static void nobody_has_a_ticket(void **state)
{
    static const size_t places[] = { AT_SOURCE, AT_USERID };
    house_t *house = *state;
    wecom_ticket_t ticket = small_ticket();
    wecom_bytes_t bytes = encoded(&ticket, house->pool);
    size_t i;

    for (i = 0; i < COUNT(places); i++) {
        unsigned char *room = apr_pmemdup(house->pool, bytes.data, bytes.len);
        wecom_bytes_t shorter = { room, bytes.len - 1 };
        size_t at = places[i];
        wecom_ticket_t back;

        room[at + 1] = 0;
        memmove(room + at + 2, room + at + 3, bytes.len - at - 3);
        CHECK(wecom_ticket_decode(&back, shorter, house->pool) == WECOM_E_BAD_INPUT, "%zu", i);
    }
}

/* Enough bytes behind them: it is the count that is refused. */
static void counts_have_ceilings(void **state)
{
    static const struct {
        size_t at;
        unsigned int most;
        size_t each;
    } rows[] = {
        { AT_DEPARTMENTS, WECOM_MAX_DEPARTMENTS, 5 }, { AT_FIELDS, 64, 4 }, { AT_ENTRIES, 64, 4 }
    };
    house_t *house = *state;
    wecom_ticket_t ticket = small_ticket();
    wecom_bytes_t bytes = encoded(&ticket, house->pool);
    size_t i;
    unsigned int over;

    for (i = 0; i < COUNT(rows); i++) {
        for (over = 0; over < 2; over++) {
            size_t count = rows[i].most + over;
            size_t extra = count * rows[i].each;
            unsigned char *room = apr_pcalloc(house->pool, bytes.len + extra);
            wecom_bytes_t many = { room, bytes.len + extra };
            wecom_ticket_t back;
            size_t k;

            memcpy(room, bytes.data, rows[i].at);
            room[rows[i].at + 1] = (unsigned char)count;
            for (k = 0; rows[i].each == 5 && k < count; k++) {
                room[rows[i].at + 2 + 5 * k + 3] = 9;
            }
            CHECK(wecom_ticket_decode(&back, many, house->pool)
                  == (over ? WECOM_E_BAD_INPUT : WECOM_OK), "row %zu, %zu", i, count);
        }
    }
}

static void department_rules(void **state)
{
    house_t *house = *state;
    wecom_ticket_t ticket = small_ticket();
    wecom_bytes_t bytes;
    unsigned char *room;
    wecom_ticket_t back;
    apr_int64_t id = 5;
    unsigned char lead = 1;

    ticket.departments = &id;
    ticket.leads = &lead;
    ticket.department_count = 1;
    bytes = encoded(&ticket, house->pool);
    room = apr_pmemdup(house->pool, bytes.data, bytes.len);
    bytes.data = room;
    room[AT_DEPARTMENTS + 6] = 3; /* leads is 0, 1 or 2 */
    assert_int_equal(wecom_ticket_decode(&back, bytes, house->pool), WECOM_E_BAD_INPUT);
    room[AT_DEPARTMENTS + 6] = 0;
    assert_int_equal(wecom_ticket_decode(&back, bytes, house->pool), WECOM_OK);
    room[AT_DEPARTMENTS + 5] = 0; /* no department is 0 */
    assert_int_equal(wecom_ticket_decode(&back, bytes, house->pool), WECOM_E_BAD_INPUT);
}

static apr_table_t *table_of(apr_pool_t *pool, int count)
{
    apr_table_t *table = apr_table_make(pool, count);
    int i;

    for (i = 0; i < count; i++) {
        apr_table_addn(table, apr_psprintf(pool, "k%d", i), "v");
    }
    return table;
}

static void encode_refuses_what_decode_would(void **state)
{
    house_t *house = *state;
    wecom_bytes_t bytes;
    wecom_ticket_t good = small_ticket();
    wecom_ticket_t bad;
    apr_int64_t ids[WECOM_MAX_DEPARTMENTS + 1];
    unsigned char leads[WECOM_MAX_DEPARTMENTS + 1];
    char *text = apr_palloc(house->pool, 65537);
    size_t i;

#define REFUSED(status, change) \
    do { \
        bad = good; \
        change; \
        CHECK(wecom_ticket_encode(&bytes, &bad, house->pool) == (status), "%s", #change); \
    } while (0)

    memset(text, 'a', 65536);
    text[65536] = '\0';
    memset(leads, 0, sizeof(leads));
    for (i = 0; i < COUNT(ids); i++) {
        ids[i] = 1;
    }
    good.departments = ids;
    good.leads = leads;
    REFUSED(WECOM_E_BAD_INPUT, bad.source = NULL);
    REFUSED(WECOM_E_BAD_INPUT, bad.source = "");
    REFUSED(WECOM_E_BAD_INPUT, bad.userid = NULL);
    REFUSED(WECOM_E_BAD_INPUT, bad.userid = "");
    REFUSED(WECOM_E_BAD_INPUT, bad.issued = -1);
    REFUSED(WECOM_E_BAD_INPUT, bad.seen = -1);
    REFUSED(WECOM_E_BAD_INPUT, bad.checked = -1);
    REFUSED(WECOM_E_BAD_INPUT, bad.main_department = -1);
    REFUSED(WECOM_E_BAD_INPUT, bad.main_department = 4294967296LL);
    REFUSED(WECOM_E_TOO_LARGE, bad.name = text);
    REFUSED(WECOM_OK, bad.name = text + 1);
    REFUSED(WECOM_E_TOO_LARGE, bad.department_count = WECOM_MAX_DEPARTMENTS + 1);
    REFUSED(WECOM_OK, bad.department_count = WECOM_MAX_DEPARTMENTS);
    REFUSED(WECOM_E_TOO_LARGE, bad.fields = table_of(house->pool, 65));
    REFUSED(WECOM_OK, bad.fields = table_of(house->pool, 64));
    REFUSED(WECOM_E_TOO_LARGE, bad.entries = table_of(house->pool, 65));
    REFUSED(WECOM_OK, bad.entries = table_of(house->pool, 64));
    ids[1] = 0;
    REFUSED(WECOM_E_BAD_INPUT, bad.department_count = 2);
    ids[1] = 4294967296LL;
    REFUSED(WECOM_E_BAD_INPUT, bad.department_count = 2);
    ids[1] = 4294967295LL;
    REFUSED(WECOM_OK, bad.department_count = 2);
#undef REFUSED
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(format_one_is_what_the_header_says),
        cmocka_unit_test(small_one_has_no_tables_but_entries),
        cmocka_unit_test(every_text_ends),
        cmocka_unit_test(ticket_outlives_its_bytes),
        cmocka_unit_test(no_shorter_and_no_longer_bytes_decode),
        cmocka_unit_test(no_changed_byte_is_read_wrongly),
        cmocka_unit_test(bad_bytes_table),
        cmocka_unit_test(nobody_has_a_ticket),
        cmocka_unit_test(counts_have_ceilings),
        cmocka_unit_test(department_rules),
        cmocka_unit_test(encode_refuses_what_decode_would),
    };

    return cmocka_run_group_tests_name("ticket", tests, house_setup, house_teardown);
}
