/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_field.c - words of WeComSessionFields, and the values and names of carried fields.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/field.h"

/* name NULL: refused, with `source` in the sentence. */
static void words_are_read(void **state)
{
    static const struct {
        const char *word;
        const char *name;
        const char *env;
        const char *source;
        int is_extattr;
    } rows[] = {
        { "position", "position", "WECOM_POSITION", "position", 0 },
        { "biz_mail", "biz_mail", "WECOM_BIZ_MAIL", "biz_mail", 0 },
        { "phone=mobile", "phone", "WECOM_PHONE", "mobile", 0 },
        { "wecom_name=name", "wecom_name", "WECOM_WECOM_NAME", "name", 0 },
        { "extattr:Number", "number", "WECOM_NUMBER", "Number", 1 },
        { "extattr:a_9", "a_9", "WECOM_A_9", "a_9", 1 },
        { "employee_no=extattr:\xe5\xb7\xa5\xe5\x8f\xb7", "employee_no", "WECOM_EMPLOYEE_NO",
          "\xe5\xb7\xa5\xe5\x8f\xb7", 1 },
        { "no=extattr:Employee No", "no", "WECOM_NO", "Employee No", 1 },
        { "x=extattr:a=b:c", "x", "WECOM_X", "a=b:c", 1 },
        { "a2345678901234567890123456789012=alias", "a2345678901234567890123456789012",
          "WECOM_A2345678901234567890123456789012", "alias", 0 },
        { "", NULL, NULL, "is no field of a member; write alias, position", 0 },
        { "title", NULL, NULL, "mobile", 0 },
        { "Position", NULL, NULL, "is no field of a member", 0 },
        { "department", NULL, NULL, "is no field of a member", 0 },
        { "x=nosuch", NULL, NULL, "'nosuch' is no field of a member", 0 },
        { "x=", NULL, NULL, "is no field of a member", 0 },
        { "userid", NULL, NULL, "'userid' is carried anyway", 0 },
        { "name", NULL, NULL, "'name' is carried anyway", 0 },
        { "leads", NULL, NULL, "'leads' is carried anyway", 0 },
        { "userid=alias", NULL, NULL, "'userid' is carried anyway", 0 },
        { "main_department=extattr:x", NULL, NULL, "is carried anyway", 0 },
        { "extattr:Name", NULL, NULL, "'name' is carried anyway", 0 },
        { "department=alias", NULL, NULL, "means something else", 0 },
        { "app=alias", NULL, NULL, "means something else", 0 },
        { "match=alias", NULL, NULL, "means something else", 0 },
        { "logout=alias", NULL, NULL, "means something else", 0 },
        { "extattr:", NULL, NULL, "behind extattr:", 0 },
        { "x=extattr:", NULL, NULL, "behind extattr:", 0 },
        { "extattr:\xe5\xb7\xa5\xe5\x8f\xb7", NULL, NULL, "employee_no=extattr:", 0 },
        { "extattr:Employee No", NULL, NULL, "employee_no=extattr:", 0 },
        { "extattr:9a", NULL, NULL, "is no name of a field", 0 },
        { "extattr:_a", NULL, NULL, "is no name of a field", 0 },
        { "=alias", NULL, NULL, "is no name of a field", 0 },
        { "No=alias", NULL, NULL, "is no name of a field", 0 },
        { "n-o=alias", NULL, NULL, "is no name of a field", 0 },
        { "a23456789012345678901234567890123=alias", NULL, NULL, "is no name of a field", 0 },
        { "x=extattr:\x01", NULL, NULL, "behind extattr:", 0 },
        { "x=extattr:\xff", NULL, NULL, "behind extattr:", 0 }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_field_t field;
        const char *sentence = wecom_field_parse(&field, support_guard_text(rows[i].word, *state),
                                                 *state);

        if (rows[i].name == NULL) {
            CHECK(sentence != NULL && strstr(sentence, rows[i].source) != NULL, "'%s': %s",
                  rows[i].word, support_show(sentence));
            continue;
        }
        CHECK(sentence == NULL, "'%s' is refused: %s", rows[i].word, support_show(sentence));
        assert_string_equal(field.name, rows[i].name);
        assert_string_equal(field.env, rows[i].env);
        assert_string_equal(rows[i].is_extattr ? field.extattr : field.member, rows[i].source);
        assert_null(rows[i].is_extattr ? field.member : field.extattr);
    }
}

static const char *all_of(apr_array_header_t **fields, const char *words, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(const char *));
    char *copy = apr_pstrdup(pool, words);
    char *last = NULL;
    char *word;

    for (word = apr_strtok(copy, " ", &last); word != NULL; word = apr_strtok(NULL, " ", &last)) {
        APR_ARRAY_PUSH(list, const char *) = word;
    }
    return wecom_field_parse_all(fields, list, pool);
}

static void no_name_stands_twice(void **state)
{
    apr_array_header_t *fields = NULL;

    assert_null(all_of(&fields, "position alias x=position", *state));
    assert_int_equal(fields->nelts, 3);
    assert_non_null(strstr(all_of(&fields, "position position=alias", *state),
                           "'position' is the name of two fields"));
    assert_non_null(strstr(all_of(&fields, "extattr:A a=alias", *state), "'a' is the name of two"));
    assert_non_null(strstr(all_of(&fields, "alias nosuch", *state), "nosuch"));
}

/* Withheld and empty are two things. */
static void values_are_taken(void **state)
{
    apr_table_t *values = apr_table_make(*state, 4);
    apr_table_t *extattr = apr_table_make(*state, 4);
    apr_array_header_t *fields = NULL;
    wecom_member_t member;

    memset(&member, 0, sizeof(member));
    wecom_member_set_field(&member, "position", "CTO");
    wecom_member_set_field(&member, "alias", "");
    assert_null(all_of(&fields, "position alias mobile no=extattr:No none=extattr:None "
                                "blank=extattr:Blank", *state));
    wecom_field_take(values, fields, &member);
    assert_int_equal(apr_table_elts(values)->nelts, 2);
    apr_table_set(extattr, "No", "A1");
    apr_table_set(extattr, "Blank", "");
    member.extattr = extattr;
    wecom_field_take(values, fields, &member);
    assert_string_equal(apr_table_get(values, "position"), "CTO");
    assert_string_equal(apr_table_get(values, "alias"), "");
    assert_string_equal(apr_table_get(values, "no"), "A1");
    assert_string_equal(apr_table_get(values, "blank"), "");
    assert_null(apr_table_get(values, "mobile"));
    assert_null(apr_table_get(values, "none"));
    wecom_field_take(values, NULL, &member);
}

/* What one server hears, another one takes under its own names. */
static void facts_are_heard(void **state)
{
    apr_table_t *values = apr_table_make(*state, 4);
    apr_table_t *extattr = apr_table_make(*state, 4);
    apr_array_header_t *there = NULL;
    apr_array_header_t *here = NULL;
    apr_table_t *facts;
    wecom_member_t member;

    memset(&member, 0, sizeof(member));
    wecom_member_set_field(&member, "position", "CTO");
    wecom_member_set_field(&member, "alias", "");
    assert_null(all_of(&there, "position alias mobile a=extattr:No b=extattr:Grade", *state));
    assert_null(all_of(&here, "job=position nick=alias mobile a=extattr:Grade b=extattr:No "
                              "telephone", *state));
    apr_table_set(values, "mobile", "138");
    apr_table_set(values, "telephone", "020");
    apr_table_set(values, "job", "clerk");
    apr_table_set(values, "position", "not carried here");
    apr_table_set(values, "a", "7");
    apr_table_set(values, "b", "A1");
    facts = wecom_field_facts(there, &member, *state);
    wecom_field_hear(values, here, facts);
    assert_string_equal(apr_table_get(values, "job"), "CTO");
    assert_string_equal(apr_table_get(values, "nick"), "");
    assert_string_equal(apr_table_get(values, "position"), "not carried here");
    assert_string_equal(apr_table_get(values, "mobile"), "138");
    assert_string_equal(apr_table_get(values, "telephone"), "020");
    assert_null(apr_table_get(values, "a"));
    assert_null(apr_table_get(values, "b"));
    apr_table_set(values, "a", "7");
    apr_table_set(extattr, "No", "-");
    member.extattr = extattr;
    facts = wecom_field_facts(there, &member, *state);
    wecom_field_hear(values, here, facts);
    assert_null(apr_table_get(values, "a"));
    assert_string_equal(apr_table_get(values, "b"), "-");
    wecom_field_hear(values, NULL, facts);
    assert_true(apr_is_empty_table(wecom_field_facts(NULL, &member, *state)));
}

/* A login with consent says the same as the re-reading after it. */
static void consent_is_no_fact(void **state)
{
    apr_table_t *values = apr_table_make(*state, 4);
    apr_array_header_t *fields = NULL;
    wecom_member_t member;

    memset(&member, 0, sizeof(member));
    wecom_member_set_field(&member, "mobile", "138");
    assert_null(all_of(&fields, "mobile", *state));
    assert_string_equal(apr_table_get(wecom_field_facts(fields, &member, *state), "mobile"),
                        "=138");
    wecom_member_set_consented(&member, "mobile");
    assert_true(apr_is_empty_table(wecom_field_facts(fields, &member, *state)));
    wecom_field_take(values, fields, &member);
    assert_string_equal(apr_table_get(values, "mobile"), "138");
}

static const char *value_of(const wecom_ticket_t *ticket, const char *name, apr_pool_t *pool)
{
    return wecom_field_value(ticket, wecom_field_id(name), name, pool);
}

static void tickets_are_read(void **state)
{
    static const apr_int64_t departments[] = { 2, 3, APR_INT64_C(4294967295) };
    static const unsigned char leads[] = { 1, 0, 1 };
    static const unsigned char none[] = { 0, 0, 0 };
    apr_table_t *fields = apr_table_make(*state, 2);
    wecom_ticket_t ticket;

    memset(&ticket, 0, sizeof(ticket));
    ticket.userid = "zhangwei";
    ticket.source = "acme";
    ticket.account = "";
    ticket.name = "";
    assert_string_equal(value_of(&ticket, "userid", *state), "zhangwei");
    assert_string_equal(value_of(&ticket, "source", *state), "acme");
    assert_null(value_of(&ticket, "account", *state));
    assert_null(value_of(&ticket, "name", *state));
    assert_null(value_of(&ticket, "departments", *state));
    assert_null(value_of(&ticket, "main_department", *state));
    assert_null(value_of(&ticket, "leads", *state));
    assert_null(value_of(&ticket, "position", *state));
    ticket.account = "wei";
    ticket.name = "\xe5\xbc\xa0\xe4\xbc\x9f";
    ticket.departments = departments;
    ticket.department_count = 3;
    ticket.leads = none;
    ticket.main_department = 2;
    ticket.fields = fields;
    assert_string_equal(value_of(&ticket, "account", *state), "wei");
    assert_string_equal(value_of(&ticket, "departments", *state), "2,3,4294967295");
    assert_string_equal(value_of(&ticket, "main_department", *state), "2");
    assert_null(value_of(&ticket, "leads", *state));
    ticket.leads = leads;
    assert_string_equal(value_of(&ticket, "leads", *state), "2,4294967295");
    assert_null(value_of(&ticket, "position", *state));
    apr_table_set(fields, "position", "");
    assert_string_equal(value_of(&ticket, "position", *state), "");
}

static void names_are_made(void **state)
{
    const char *const *names = wecom_field_names();
    int i;

    for (i = 0; names[i] != NULL; i++) {
        assert_int_equal(wecom_field_id(names[i]), i);
    }
    assert_int_equal(i, WECOM_FIELD_FURTHER);
    assert_int_equal(wecom_field_id("department"), WECOM_FIELD_FURTHER);
    assert_string_equal(wecom_field_env("main_department", *state), "WECOM_MAIN_DEPARTMENT");
    assert_string_equal(wecom_field_header("X-WeCom-", "userid", *state), "X-WeCom-Userid");
    assert_string_equal(wecom_field_header("x-", "main_department", *state), "x-Main-Department");
    assert_string_equal(wecom_field_header("X-", "a__9b_c", *state), "X-A--9b-C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_are_read),
        TEST(no_name_stands_twice),
        TEST(values_are_taken),
        TEST(facts_are_heard),
        TEST(consent_is_no_fact),
        TEST(tickets_are_read),
        TEST(names_are_made)
    };

    return cmocka_run_group_tests_name("field", tests, support_start, support_end);
}
