/* SPDX-License-Identifier: Apache-2.0 */
/* test_carry.c - the facts of a member on their way into a ticket. */
#include "support.h"

#include <string.h>

#include "../../src/auth/carry.h"
#include "../../src/auth/claim.h"

static const apr_int64_t ids[] = { 2, 5 };
static const unsigned char leads[] = { 0, 1 };

static void fill(wecom_ticket_t *ticket, const char *name)
{
    wecom_member_t member;

    memset(&member, 0, sizeof(member));
    memset(ticket, 0, sizeof(*ticket));
    member.name = name;
    member.departments = ids;
    member.leads = leads;
    member.department_count = 2;
    member.main_department = 5;
    wecom_carry_member(ticket, &member);
}

static void member_into_ticket(void **state)
{
    wecom_ticket_t ticket;

    (void)state;
    fill(&ticket, "Li");
    assert_string_equal(ticket.name, "Li");
    assert_int_equal(ticket.department_count, 2);
    assert_int_equal(ticket.departments[1], 5);
    assert_int_equal(ticket.leads[1], 1);
    assert_int_equal(ticket.main_department, 5);
    fill(&ticket, NULL);
    assert_string_equal(ticket.name, "");
}

/* The fields of some server. */
static const apr_array_header_t *carried(const char *one, const char *two, const char *three,
                                         apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 3, sizeof(const char *));
    apr_array_header_t *fields = NULL;

    APR_ARRAY_PUSH(words, const char *) = one;
    APR_ARRAY_PUSH(words, const char *) = two;
    APR_ARRAY_PUSH(words, const char *) = three;
    assert_null(wecom_field_parse_all(&fields, words, pool));
    return fields;
}

static void newer_facts(void **state)
{
    apr_pool_t *pool = *state;
    const apr_array_header_t *here = carried("mobile", "job=position", "alias", pool);
    apr_table_t *fields = apr_table_make(pool, 4);
    apr_table_t *news = apr_table_make(pool, 4);
    wecom_ticket_t ticket;
    wecom_ticket_t newer;

    fill(&ticket, "Li");
    apr_table_setn(fields, WECOM_TICKET_APP, "0123456789abcdef");
    apr_table_setn(fields, WECOM_TICKET_MATCH, "email");
    apr_table_setn(fields, "mobile", "1380000");
    apr_table_setn(fields, "job", "clerk");
    apr_table_setn(fields, "alias", "lili");
    ticket.fields = fields;
    fill(&newer, NULL);
    newer.department_count = 0;
    newer.departments = NULL;
    newer.main_department = 0;
    apr_table_setn(news, WECOM_TICKET_APP, "=another");
    apr_table_setn(news, "job", "=somebody else's");
    apr_table_setn(news, "position", "=head");
    apr_table_setn(news, "alias", "=");
    newer.fields = news;
    wecom_carry_over(&ticket, &newer, here, pool);
    assert_string_equal(ticket.name, "Li");
    assert_int_equal(ticket.department_count, 0);
    assert_int_equal(ticket.main_department, 0);
    assert_string_equal(apr_table_get(ticket.fields, WECOM_TICKET_APP), "0123456789abcdef");
    assert_string_equal(apr_table_get(ticket.fields, WECOM_TICKET_MATCH), "email");
    assert_string_equal(apr_table_get(ticket.fields, "mobile"), "1380000");
    assert_string_equal(apr_table_get(ticket.fields, "job"), "head");
    assert_string_equal(apr_table_get(ticket.fields, "alias"), "");
    assert_string_equal(apr_table_get(fields, "job"), "clerk");
    newer.fields = NULL;
    newer.name = "Lin";
    wecom_carry_over(&ticket, &newer, here, pool);
    assert_string_equal(ticket.name, "Lin");
    assert_string_equal(apr_table_get(ticket.fields, "job"), "head");
}

static void prints(void **state)
{
    static const apr_int64_t others[] = { 2, 6 };
    static const unsigned char led[] = { 1, 0 };
    apr_pool_t *pool = *state;
    apr_table_t *fields = apr_table_make(pool, 4);
    apr_uint64_t seen[6];
    wecom_ticket_t ticket;
    int i, k;

    fill(&ticket, "Li");
    seen[0] = wecom_carry_print(&ticket, pool);
    ticket.fields = fields;
    ticket.checked = 77;
    assert_true(wecom_carry_print(&ticket, pool) == seen[0]);
    apr_table_setn(fields, "alias", "=lili");
    seen[1] = wecom_carry_print(&ticket, pool);
    ticket.departments = others;
    seen[2] = wecom_carry_print(&ticket, pool);
    ticket.leads = led;
    seen[3] = wecom_carry_print(&ticket, pool);
    ticket.main_department = 6;
    seen[4] = wecom_carry_print(&ticket, pool);
    ticket.name = "";
    seen[5] = wecom_carry_print(&ticket, pool);
    for (i = 0; i < 6; i++) {
        assert_true(seen[i] != 0);
        for (k = 0; k < i; k++) {
            assert_true(seen[i] != seen[k]);
        }
    }
}

/* The account zhang was matched by an address; what user/get tells afterwards can contradict it. */
static void match_is_contradicted(void **state)
{
    static const struct {
        const char *field;
        const char *facts[4];
        int stands;
    } rows[] = {
        { "email", { NULL }, 1 },
        { "email", { "mobile", "=13900000000" }, 1 },
        { "email", { "email", "=" }, 1 },
        { "email", { "email", "-" }, 1 },
        { "email", { "email", "=Zhang@Example.com" }, 1 },
        { "email", { "email", "=other@example.com" }, 0 },
        { "email", { "email", "=other@example.com", "biz_mail", "=zhang@example.com" }, 1 },
        { "email", { "biz_mail", "=other@example.com" }, 0 },
        { "mobile", { "mobile", "=+86 138 0000 0001" }, 1 },
        { "mobile", { "mobile", "=13800000002" }, 0 },
        { "alias=username", { "alias", "=zhang" }, 1 },
        { "alias=username", { "alias", "=zhang2" }, 0 },
        { "userid", { "userid", "=other" }, 1 },
    };
    apr_pool_t *pool = *state;
    const wecom_account_t account = { .id = "1", .username = "zhang", .phone = "13800000001",
                                      .email = "zhang@example.com" };
    size_t i, k;

    for (i = 0; i < COUNT(rows); i++) {
        apr_table_t *fields = apr_table_make(pool, 2);
        apr_table_t *facts = apr_table_make(pool, 2);
        wecom_ticket_t ticket;
        wecom_ticket_t newer;

        fill(&ticket, "Li");
        fill(&newer, "Li");
        ticket.flags = WECOM_TICKET_PREEXISTING | WECOM_TICKET_FIELD_MATCH;
        apr_table_setn(fields, WECOM_TICKET_MATCH, rows[i].field);
        apr_table_setn(fields, WECOM_TICKET_MATCHED,
                       wecom_claim_print(rows[i].field, &account, pool));
        ticket.fields = fields;
        for (k = 0; k < 4 && rows[i].facts[k] != NULL; k += 2) {
            apr_table_setn(facts, rows[i].facts[k], rows[i].facts[k + 1]);
        }
        newer.fields = facts;
        wecom_carry_over(&ticket, &newer, NULL, pool);
        CHECK(ticket.flags == (unsigned int)(WECOM_TICKET_PREEXISTING
                                             | (rows[i].stands ? WECOM_TICKET_FIELD_MATCH : 0)),
              "row %d", (int)i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(member_into_ticket),
        TEST(newer_facts),
        TEST(prints),
        TEST(match_is_contradicted),
    };

    return cmocka_run_group_tests_name("carry", tests, support_start, support_end);
}
