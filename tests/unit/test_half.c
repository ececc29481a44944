/* SPDX-License-Identifier: Apache-2.0 */
/* test_half.c - the half-finished login: the record, and what its page may tell. */
#include "support.h"

#include <string.h>

#include "../../src/auth/half.h"
#include "mem_cache.h"

#define NOW apr_time_from_sec(1700000000)
#define STATE "01vGZ6GaaaaaaaaaAAAAAAAAAAAAAAAA"

static void masks(void **state)
{
    static const struct {
        const char *email;
        const char *phone;
        const char *masked_email;
        const char *masked_phone;
    } rows[] = {
        { NULL, NULL, "", "" },
        { "", "", "", "" },
        { "zhangsan@example.com", "13800001234", "z***@e***.com", "138****1234" },
        { "z@e.cn", "+8613800001234", "z***@e***.cn", "138****1234" },
        { "张三@例子.公司", "+86 138-0000-1234", "张***@例***.公司", "138****1234" },
        { "a@localhost", "+442071838750", "a***@l***", "+44****8750" },
        { "no-at", "12345", "", "" },
        { "@example.com", "not a phone", "", "" },
        { "a@", "138\"><script>", "", "" },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *email = wecom_half_mask_email(rows[i].email, *state);
        const char *phone = wecom_half_mask_phone(rows[i].phone, *state);

        CHECK(support_same(email, rows[i].masked_email), "row %d: %s", (int)i, email);
        CHECK(support_same(phone, rows[i].masked_phone), "row %d: %s", (int)i, phone);
    }
}

static void member_comes_back(void **state)
{
    static const apr_int64_t departments[] = { 3, 4294967295 };
    static const unsigned char leads[] = { 1, 0 };
    apr_array_header_t *found = apr_array_make(*state, 1, sizeof(wecom_account_t));
    wecom_account_t *account = apr_array_push(found);
    apr_table_t *attributes = apr_table_make(*state, 2);
    wecom_half_t half;
    wecom_half_t back;
    const wecom_half_choice_t *choice;

    apr_table_set(attributes, "room", "12");
    apr_table_set(attributes, "\xe5\xb7\xa5\xe5\x8f\xb7", "");
    memset(account, 0, sizeof(*account));
    account->id = "a1";
    account->username = "li \"si\"";
    account->email = "li@example.com";
    memset(&half, 0, sizeof(half));
    half.asked = WECOM_MATCH_CHOOSE;
    half.confirmed = NOW;
    half.member.userid = "LiSi";
    half.member.name = "李四 \xf0\x9f\x90\xbc";
    half.member.mobile = "13800000000";
    half.member.extattr = attributes;
    wecom_member_set_field(&half.member, "position", "");
    wecom_member_set_consented(&half.member, "mobile");
    half.member.status = 1;
    half.member.departments = departments;
    half.member.leads = leads;
    half.member.department_count = 2;
    half.member.main_department = 3;
    half.choices = wecom_half_choices(found, *state);
    assert_int_equal(wecom_half_unpack(&back, wecom_half_pack(&half, *state), *state), WECOM_OK);
    assert_int_equal(back.asked, WECOM_MATCH_CHOOSE);
    assert_int_equal(back.confirmed, NOW);
    assert_string_equal(back.member.userid, "LiSi");
    assert_string_equal(back.member.name, half.member.name);
    assert_string_equal(back.member.mobile, "13800000000");
    assert_true(wecom_member_is_consented(&back.member, "mobile"));
    assert_false(wecom_member_is_consented(&back.member, "name"));
    assert_null(back.member.email);
    assert_null(wecom_member_field(&back.member, "email"));
    assert_null(back.member.position);
    assert_string_equal(wecom_member_field(&back.member, "position"), "");
    assert_string_equal(apr_table_get(back.member.extattr, "room"), "12");
    assert_string_equal(apr_table_get(back.member.extattr, "\xe5\xb7\xa5\xe5\x8f\xb7"), "");
    assert_int_equal(back.member.department_count, 2);
    assert_int_equal(back.member.departments[1], 4294967295);
    assert_int_equal(back.member.leads[0], 1);
    assert_int_equal(back.member.leads[1], 0);
    assert_int_equal(back.member.main_department, 3);
    assert_int_equal(back.choices->nelts, 1);
    choice = &APR_ARRAY_IDX(back.choices, 0, wecom_half_choice_t);
    assert_string_equal(choice->id, "a1");
    assert_string_equal(choice->username, "li \"si\"");
    assert_string_equal(choice->email, "l***@e***.com");
    assert_string_equal(choice->phone, "");
}

static void what_is_no_record(void **state)
{
    static const char *const texts[] = {
        "", "x", "[]", "{}", "{\"asked\":4}", "{\"userid\":\"a\"}",
        "{\"asked\":0,\"userid\":\"a\"}", "{\"asked\":7,\"userid\":\"a\"}",
        "{\"asked\":5,\"userid\":7}",
    };
    wecom_half_t half;
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        CHECK(wecom_half_unpack(&half, support_bytes(texts[i]), *state) == WECOM_E_BAD_INPUT,
              "%s", texts[i]);
    }
}

static void ten_minutes_in_the_cache(void **state)
{
    mem_cache_t cache;
    wecom_half_t half;

    mem_cache_init(&cache, *state);
    memset(&half, 0, sizeof(half));
    half.asked = WECOM_MATCH_ASK;
    half.member.userid = "lisi";
    assert_int_equal(wecom_half_put(&cache.port, STATE, &half, NOW, *state), WECOM_OK);
    assert_int_equal(wecom_half_get(&half, &cache.port, STATE, NOW + apr_time_from_sec(599),
                                    *state), WECOM_OK);
    assert_int_equal(wecom_half_get(&half, &cache.port, STATE, NOW + apr_time_from_sec(600),
                                    *state), WECOM_E_NOT_FOUND);
    wecom_half_drop(&cache.port, STATE, *state);
    assert_int_equal(wecom_half_get(&half, &cache.port, STATE, NOW, *state), WECOM_E_NOT_FOUND);
    cache.unavailable = 1;
    assert_int_equal(wecom_half_put(&cache.port, STATE, &half, NOW, *state), WECOM_E_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(masks),
        TEST(member_comes_back),
        TEST(what_is_no_record),
        TEST(ten_minutes_in_the_cache),
    };

    return cmocka_run_group_tests_name("half", tests, support_start, support_end);
}
