/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_keep.c - which forms may be kept, their fields, the record, and what its box is bound to.
 */
#include "house.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/keep.h"
#include "../../src/auth/state.h"

#define SITE "https://intranet.example.com"
#define FORM "application/x-www-form-urlencoded"
#define HOUSE_TEST(f) cmocka_unit_test_setup_teardown(f, house_setup, house_teardown)

/* --- may it be kept -------------------------------------------------------------------------- */

static void only_from_this_very_origin(void **state)
{
    static const struct {
        const char *site;
        const char *origin;
        int same;
    } rows[] = {
        { "same-origin", SITE, 1 },
        { "same-origin", NULL, 1 },
        { NULL, SITE, 1 },
        { NULL, NULL, 0 },
        { NULL, "null", 0 },
        { NULL, "", 0 },
        { "", SITE, 0 },
        { "same-origin", "null", 0 },
        { "same-origin", "https://evil.example", 0 },
        { "same-site", SITE, 0 },
        { "cross-site", SITE, 0 },
        { "cross-site", NULL, 0 },
        { "same-site", NULL, 0 },
        { "none", NULL, 0 },
        { "none", SITE, 0 },
        { "Same-Origin", NULL, 0 },
        { "same-origin, same-origin", NULL, 0 },
        { "same-origin ", NULL, 0 },
        { NULL, "http://intranet.example.com", 0 },
        { NULL, SITE ":443", 0 },
        { NULL, SITE ":8443", 0 },
        { NULL, SITE "/", 0 },
        { NULL, SITE ".evil.example", 0 },
        { NULL, "https://INTRANET.example.com", 0 },
        { NULL, "https://evil.intranet.example.com", 0 },
        { NULL, SITE ", " SITE, 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        wecom_keep_facts_t facts = { .sec_fetch_site = rows[i].site, .origin = rows[i].origin,
                                     .content_type = FORM };

        CHECK(wecom_keep_is_same_origin(&facts, SITE) == rows[i].same, "%s, %s",
              support_show(rows[i].site), support_show(rows[i].origin));
        CHECK(wecom_keep_allows(&facts, SITE) == rows[i].same, "%s, %s",
              support_show(rows[i].site), support_show(rows[i].origin));
    }
}

static void only_small_forms_in_utf8(void **state)
{
    static const struct {
        const char *type;
        const char *encoding;
        const char *length;
        int allowed;
    } rows[] = {
        { FORM, NULL, NULL, 1 },
        { FORM, NULL, "0", 1 },
        { FORM, NULL, "65536", 1 },
        { FORM, NULL, "65537", 0 },
        { FORM, NULL, "99999999999999999999999", 0 },
        { FORM, NULL, "-1", 0 },
        { FORM, NULL, "", 0 },
        { FORM, NULL, "1, 1", 0 },
        { FORM, "gzip", "10", 0 },
        { FORM, "identity", NULL, 0 },
        { FORM "; charset=utf-8", NULL, NULL, 1 },
        { FORM ";charset=UTF-8", NULL, NULL, 1 },
        { FORM " ; charset=\"utf-8\" ", NULL, NULL, 1 },
        { FORM "; charset=utf-8; x=y", NULL, NULL, 0 },
        { FORM "; charset=utf-80", NULL, NULL, 0 },
        { FORM "; charset=gbk", NULL, NULL, 0 },
        { FORM "; boundary=x", NULL, NULL, 0 },
        { FORM ";", NULL, NULL, 0 },
        { FORM "x", NULL, NULL, 0 },
        { FORM " x", NULL, NULL, 0 },
        { "Application/X-WWW-Form-URLencoded", NULL, NULL, 1 },
        { "x" FORM, NULL, NULL, 0 },
        { "multipart/form-data; boundary=x", NULL, NULL, 0 },
        { "text/plain", NULL, NULL, 0 },
        { "text/plain; " FORM, NULL, NULL, 0 },
        { "", NULL, NULL, 0 },
        { NULL, NULL, NULL, 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        wecom_keep_facts_t facts = { "same-origin", SITE, rows[i].type, rows[i].encoding,
                                     rows[i].length };

        CHECK(wecom_keep_allows(&facts, SITE) == rows[i].allowed, "'%s', %s, %s",
              support_show(rows[i].type), support_show(rows[i].encoding),
              support_show(rows[i].length));
    }
}

/* --- fields ---------------------------------------------------------------------------------- */

/* name=value and a LF for each field, or NULL. */
static const char *fields_of(const char *body, apr_pool_t *pool)
{
    apr_array_header_t *pairs;
    wecom_bytes_t bytes;
    wecom_bytes_t block;
    const char *text = "";
    int i;

    bytes.data = (const unsigned char *)support_guard(body, strlen(body), pool);
    bytes.len = strlen(body);
    if (wecom_keep_read_pairs(&pairs, &block, bytes, pool) != WECOM_OK) {
        return NULL;
    }
    for (i = 0; i < pairs->nelts; i++) {
        const wecom_keep_pair_t *pair = &APR_ARRAY_IDX(pairs, i, wecom_keep_pair_t);

        assert_true((const unsigned char *)pair->name >= block.data);
        assert_true((const unsigned char *)pair->value + strlen(pair->value)
                    < block.data + block.len);
        text = apr_pstrcat(pool, text, "[", pair->name, "|", pair->value, "]", NULL);
    }
    return text;
}

static void fields_in_their_order(void **state)
{
    static const struct {
        const char *body;
        const char *fields;
    } rows[] = {
        { "", "" },
        { "a=1", "[a|1]" },
        { "b=2&a=1&b=2&b=", "[b|2][a|1][b|2][b|]" },
        { "a+b=c+d%2B%26%3D%25", "[a b|c d+&=%]" },
        { "a=b=c", "[a|b=c]" },
        { "t=%E5%BC%A0%E4%BC%9F%F0%9F%90%BC", "[t|张伟\xf0\x9f\x90\xbc]" },
        { "t=\xe5\xbc\xa0", "[t|张]" },
        { "t=one%0D%0Atwo%0d%0A%0D%0A%09x", "[t|one\ntwo\n\n\tx]" },
        { "n%0D%0Am=x", "[n\nm|x]" },
        { "_charset_=UTF-8&submit=1&action=x&method=y", "[_charset_|UTF-8][submit|1][action|x]"
          "[method|y]" },
        { "a=%C2%80", "[a|\xc2\x80]" },
        /* a browser could not send these again */
        { "_charset_=GBK", NULL },
        { "_CHARSET_=utf-8", NULL },
        { "a", NULL },
        { "a=1&b", NULL },
        { "a=1&", NULL },
        { "&a=1", NULL },
        { "a=1&&b=2", NULL },
        { "&", NULL },
        { "=1", NULL },
        { "a=%", NULL },
        { "a=%1", NULL },
        { "a=%zz", NULL },
        { "a=%0", NULL },
        { "a=%00", NULL },
        { "%00=a", NULL },
        { "a=%0A", NULL },
        { "a=%0D", NULL },
        { "a=%0D%0D%0A", NULL },
        { "a=%0A%0D", NULL },
        { "a=%01", NULL },
        { "a=%1F", NULL },
        { "a=%7F", NULL },
        { "a=%B0%A1", NULL },
        { "a=%C0%AF", NULL },
        { "a=%ED%A0%80", NULL },
        { "a=%E5%BC", NULL },
        { "%FF=a", NULL },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *fields = fields_of(rows[i].body, *state);

        CHECK(support_same(fields, rows[i].fields), "'%s': %s", rows[i].body,
              support_show(fields));
    }
}

static void ceilings_of_fields(void **state)
{
    char *body = apr_pcalloc(*state, WECOM_MAX_KEPT_BODY + 2);
    apr_array_header_t *pairs;
    wecom_bytes_t bytes;
    size_t i;

    memset(body, 'x', WECOM_MAX_KEPT_BODY + 1);
    body[1] = '=';
    bytes.data = (const unsigned char *)body;
    bytes.len = WECOM_MAX_KEPT_BODY;
    assert_int_equal(wecom_keep_read_pairs(&pairs, NULL, bytes, *state), WECOM_OK);
    assert_int_equal(pairs->nelts, 1);
    bytes.len = WECOM_MAX_KEPT_BODY + 1;
    assert_int_equal(wecom_keep_read_pairs(&pairs, NULL, bytes, *state), WECOM_E_TOO_LARGE);
    assert_int_equal(wecom_keep_read_form(&pairs, NULL, bytes, bytes.len, *state), WECOM_OK);
    for (i = 0; i < WECOM_MAX_KEPT_PAIRS + 1; i++) {
        memcpy(body + 3 * i, "a=&", 3);
    }
    bytes.len = 3 * WECOM_MAX_KEPT_PAIRS - 1;
    assert_int_equal(wecom_keep_read_pairs(&pairs, NULL, bytes, *state), WECOM_OK);
    assert_int_equal(pairs->nelts, WECOM_MAX_KEPT_PAIRS);
    bytes.len += 3;
    assert_int_equal(wecom_keep_read_pairs(&pairs, NULL, bytes, *state), WECOM_E_TOO_LARGE);
}

/* --- the record ------------------------------------------------------------------------------ */

static wecom_kept_t sample(void)
{
    wecom_kept_t kept = { HOUSE_NOW, "acme", "ZhangSan", "/report?id=7",
                          { (const unsigned char *)"a=1&b=\0x", 8 } };

    return kept;
}

static void record_comes_back(void **state)
{
    house_t *house = *state;
    wecom_kept_t kept = sample();
    wecom_kept_t back;
    wecom_bytes_t packed;
    wecom_bytes_t cut;

    assert_int_equal(wecom_keep_pack(&packed, &kept, house->pool), WECOM_OK);
    packed.data = (const unsigned char *)support_guard(packed.data, packed.len, house->pool);
    assert_int_equal(wecom_keep_unpack(&back, packed, house->pool), WECOM_OK);
    assert_int_equal(back.made, kept.made);
    assert_string_equal(back.source, "acme");
    assert_string_equal(back.userid, "ZhangSan");
    assert_string_equal(back.target, "/report?id=7");
    assert_int_equal(back.body.len, 8);
    assert_memory_equal(back.body.data, kept.body.data, 8);
    for (cut.len = 0; cut.len < packed.len - 8; cut.len++) {
        cut.data = (const unsigned char *)support_guard(packed.data, cut.len, house->pool);
        CHECK(wecom_keep_unpack(&back, cut, house->pool) == WECOM_E_BAD_INPUT, "cut to %d",
              (int)cut.len);
    }
    kept.body.len = 0;
    assert_int_equal(wecom_keep_pack(&packed, &kept, house->pool), WECOM_OK);
    assert_int_equal(wecom_keep_unpack(&back, packed, house->pool), WECOM_OK);
    assert_int_equal(back.body.len, 0);
}

static void what_is_no_record(void **state)
{
    house_t *house = *state;
    const char *long_text = apr_pstrcat(house->pool, "/", apr_psprintf(house->pool, "%02048d", 0),
                                        NULL);
    wecom_kept_t kept;
    wecom_bytes_t packed;
    unsigned char *bytes;
    int i;

    for (i = 0; i < 9; i++) {
        kept = sample();
        switch (i) {
        case 0: kept.made = -1; break;
        case 1: kept.source = ""; break;
        case 2: kept.source = long_text; break;
        case 3: kept.userid = ""; break;
        case 4: kept.userid = long_text; break;
        case 5: kept.userid = "a\nb"; break;
        case 6: kept.target = ""; break;
        case 7: kept.target = "//evil.example/"; break;
        default: kept.target = long_text; break;
        }
        CHECK(wecom_keep_pack(&packed, &kept, house->pool) == WECOM_E_BAD_INPUT, "%d", i);
    }
    kept = sample();
    kept.body.len = WECOM_MAX_KEPT_BODY + 1;
    assert_int_equal(wecom_keep_pack(&packed, &kept, house->pool), WECOM_E_TOO_LARGE);
    kept = sample();
    assert_int_equal(wecom_keep_pack(&packed, &kept, house->pool), WECOM_OK);
    bytes = (unsigned char *)packed.data;
    bytes[0] = 2;
    assert_int_equal(wecom_keep_unpack(&kept, packed, house->pool), WECOM_E_BAD_INPUT);
    bytes[0] = 1;
    bytes[1] = 0x80;
    assert_int_equal(wecom_keep_unpack(&kept, packed, house->pool), WECOM_E_BAD_INPUT);
    bytes[1] = 0;
    bytes[9] = 0xff;
    assert_int_equal(wecom_keep_unpack(&kept, packed, house->pool), WECOM_E_BAD_INPUT);
}

/* --- the box --------------------------------------------------------------------------------- */

static void box_opens_for_its_state_and_site_alone(void **state)
{
    house_t *house = *state;
    const char *own = wecom_state_mint(HOUSE_NOW, 0, house->pool);
    const char *other = wecom_state_mint(HOUSE_NOW, 0, house->pool);
    wecom_kept_t kept = sample();
    wecom_kept_t back;
    wecom_bytes_t plain;
    const char *box;
    char *forged;
    size_t len;
    size_t i;

    assert_int_equal(wecom_keep_seal(&box, &kept, own, house->site, house->ring, house->pool),
                     WECOM_OK);
    len = strlen(box);
    assert_int_equal(wecom_keep_open(&back, &plain, own, box, len, house->site, house->ring,
                                     house->pool), WECOM_OK);
    assert_string_equal(back.userid, "ZhangSan");
    assert_true(back.body.data >= plain.data
                && back.body.data + back.body.len == plain.data + plain.len);
    assert_int_equal(wecom_keep_open(&back, &plain, own, box, len, house->site, house->rotated,
                                     house->pool), WECOM_OK);
    assert_int_equal(wecom_keep_open(&back, &plain, other, box, len, house->site, house->ring,
                                     house->pool), WECOM_E_CRYPTO);
    assert_int_equal(wecom_keep_open(&back, &plain, "", box, len, house->site, house->ring,
                                     house->pool), WECOM_E_CRYPTO);
    assert_int_equal(wecom_keep_open(&back, &plain, NULL, box, len, house->site, house->ring,
                                     house->pool), WECOM_E_CRYPTO);
    assert_int_equal(wecom_keep_open(&back, &plain, own, box, len, house->other_site, house->ring,
                                     house->pool), WECOM_E_CRYPTO);
    assert_int_equal(wecom_keep_open(&back, &plain, own, box, len, house->site, house->stranger,
                                     house->pool), WECOM_E_CRYPTO);
    assert_null(plain.data);
    assert_int_equal(wecom_keep_open(&back, &plain, own, NULL, 0, house->site, house->ring,
                                     house->pool), WECOM_E_CRYPTO);
    for (i = 0; i < len; i++) {
        forged = apr_pstrdup(house->pool, box);
        forged[i] = forged[i] == 'A' ? 'B' : 'A';
        CHECK(wecom_keep_open(&back, &plain, own, forged, len, house->site, house->ring,
                              house->pool) == WECOM_E_CRYPTO, "byte %d", (int)i);
    }
}

static void largest_box(void **state)
{
    house_t *house = *state;
    const char *own = wecom_state_mint(HOUSE_NOW, 0, house->pool);
    wecom_kept_t kept = sample();
    wecom_kept_t back;
    wecom_bytes_t plain;
    const char *box;

    kept.source = apr_psprintf(house->pool, "%0*d", WECOM_MAX_SOURCE_ID, 0);
    kept.userid = apr_psprintf(house->pool, "%0*d", WECOM_MAX_USERID, 0);
    kept.target = apr_psprintf(house->pool, "/%0*d", WECOM_MAX_TARGET - 1, 0);
    kept.body.data = apr_pcalloc(house->pool, WECOM_MAX_KEPT_BODY);
    kept.body.len = WECOM_MAX_KEPT_BODY;
    assert_int_equal(wecom_keep_seal(&box, &kept, own, house->site, house->ring, house->pool),
                     WECOM_OK);
    assert_true(strlen(box) <= WECOM_MAX_KEPT_BOX);
    assert_true(strlen(box) + 3 * WECOM_MAX_TARGET < WECOM_MAX_KEPT_POST);
    assert_int_equal(wecom_keep_open(&back, &plain, own, box, strlen(box), house->site,
                                     house->ring, house->pool), WECOM_OK);
    assert_int_equal(back.body.len, WECOM_MAX_KEPT_BODY);
}

static void fresh_for_ten_minutes(void **state)
{
    static const struct {
        int later;
        int fresh;
    } rows[] = { { 0, 1 }, { 600, 1 }, { 601, 0 }, { -600, 1 }, { -601, 0 } };
    wecom_kept_t kept = sample();
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        CHECK(wecom_keep_is_fresh(&kept, HOUSE_NOW + apr_time_from_sec(rows[i].later))
              == rows[i].fresh, "%d seconds later", rows[i].later);
    }
    assert_int_equal(wecom_keep_is_fresh(&kept, -1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_from_this_very_origin),
        TEST(only_small_forms_in_utf8),
        TEST(fields_in_their_order),
        TEST(ceilings_of_fields),
        HOUSE_TEST(record_comes_back),
        HOUSE_TEST(what_is_no_record),
        HOUSE_TEST(box_opens_for_its_state_and_site_alone),
        HOUSE_TEST(largest_box),
        HOUSE_TEST(fresh_for_ten_minutes),
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
