/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_member.c - what is a userid, who is the same member, and what an answer changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "../../src/wecom/member.h"
#include "world.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void userid_is_as_documented(void **state)
{
    static const struct {
        const char *text;
        int is;
    } cases[] = {
        { "alice", 1 }, { "A", 1 }, { "0", 1 }, { "zhang.san_1@corp-x", 1 }, { A64, 1 },
        { NULL, 0 }, { "", 0 }, { A64 "a", 0 },
        { "_a", 0 }, { ".a", 0 }, { "@a", 0 }, { "-a", 0 },
        { "ww0123456789abcdef/alice", 0 }, { "a b", 0 }, { "a\n", 0 }, { " a", 0 },
        { "a\xc3\xa4", 0 }, { "a:b", 0 }, { "a+b", 0 }, { "a%40b", 0 }, { "a\\b", 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (wecom_member_is_userid(cases[i].text) != cases[i].is) {
            fail_msg("case %d: %s", (int)i, cases[i].text);
        }
    }
}

static void same_member_with_and_without_case(void **state)
{
    (void)state;
    assert_true(wecom_member_same("Alice", "aLICE", 0));
    assert_false(wecom_member_same("Alice", "aLICE", 1));
    assert_true(wecom_member_same("woAb", "woAb", 1));
    assert_false(wecom_member_same("alice", "alice2", 0));
    assert_false(wecom_member_same("alice", "alic", 0));
    assert_false(wecom_member_same(NULL, NULL, 0));
    assert_false(wecom_member_same(NULL, NULL, 1));
    assert_false(wecom_member_same("alice", NULL, 0));
}

static void read_json(wecom_member_t *member, const char *text, apr_pool_t *pool)
{
    const wecom_json_t *json;
    apr_pool_t *passing;

    /* The JSON dies before the member is looked at: a borrowed value would show. */
    assert_int_equal(apr_pool_create(&passing, pool), APR_SUCCESS);
    assert_int_equal(wecom_json_parse(&json, text, strlen(text), passing), WECOM_OK);
    wecom_member_read(member, json, pool);
    apr_pool_destroy(passing);
}

static void whole_member_is_read(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "alice" };

    read_json(&member,
              "{\"errcode\":0,\"userid\":\"somebody\",\"name\":\"\xe7\x88\xb1\",\"alias\":\"al\","
              "\"position\":\"Engineer\",\"telephone\":\"020-1\",\"mobile\":\"138\","
              "\"email\":\"a@x\",\"biz_mail\":\"a@y\",\"gender\":\"2\",\"avatar\":\"http://p\","
              "\"address\":\"Road 1\",\"status\":1,\"main_department\":5,"
              "\"department\":[2,5,4294967295],\"is_leader_in_dept\":[0,1,0]}", world->pool);
    assert_string_equal(member.userid, "alice");
    assert_string_equal(member.name, "\xe7\x88\xb1");
    assert_string_equal(member.alias, "al");
    assert_string_equal(member.position, "Engineer");
    assert_string_equal(member.telephone, "020-1");
    assert_string_equal(member.mobile, "138");
    assert_string_equal(member.email, "a@x");
    assert_string_equal(member.biz_mail, "a@y");
    assert_string_equal(member.gender, "2");
    assert_string_equal(member.avatar, "http://p");
    assert_string_equal(member.address, "Road 1");
    assert_int_equal(member.status, WECOM_MEMBER_ACTIVE);
    assert_int_equal(member.main_department, 5);
    assert_int_equal(member.department_count, 3);
    assert_int_equal(member.departments[0], 2);
    assert_int_equal(member.departments[1], 5);
    assert_true(member.departments[2] == APR_INT64_C(4294967295));
    assert_int_equal(member.leads[0], 0);
    assert_int_equal(member.leads[1], 1);
    assert_int_equal(member.leads[2], 0);
}

/* A line feed in a name would be a second header of an application. */
static void control_bytes_become_blanks(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "alice" };

    read_json(&member, "{\"name\":\"Al\\r\\nX-Role: boss\",\"position\":\"\\u007f\\t\\u0001.\","
                       "\"extattr\":{\"attrs\":[{\"type\":0,\"name\":\"room\",\"text\":"
                       "{\"value\":\"1\\n\xe7\x88\xb1\"}}]}}", world->pool);
    assert_string_equal(member.name, "Al  X-Role: boss");
    assert_string_equal(member.position, "   .");
    assert_string_equal(apr_table_get(member.extattr, "room"), "1 \xe7\x88\xb1");
}

static void only_what_is_there_overwrites(void **state)
{
    world_t *world = *state;
    static const apr_int64_t departments[] = { 7 };
    static const unsigned char leads[] = { 1 };
    wecom_member_t member = {
        .userid = "alice", .name = "Alice", .gender = "1", .mobile = "138", .status = 2,
        .main_department = 7, .departments = departments, .leads = leads, .department_count = 1
    };

    read_json(&member, "{}", world->pool);
    read_json(&member, "{\"name\":null,\"gender\":\"0\",\"mobile\":\"\",\"status\":null}",
              world->pool);
    assert_string_equal(member.name, "Alice");
    assert_string_equal(member.gender, "1");
    assert_string_equal(member.mobile, "138");
    assert_int_equal(member.status, 2);
    assert_int_equal(member.main_department, 7);
    assert_int_equal(member.department_count, 1);
    assert_int_equal(member.departments[0], 7);

    read_json(&member, "{\"name\":\"Al\",\"department\":[]}", world->pool);
    assert_string_equal(member.name, "Al");
    assert_string_equal(member.mobile, "138");
    assert_int_equal(member.department_count, 0);
}

static void wrong_types_and_sizes_are_left_out(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "alice" };
    char name[WECOM_MAX_NAME + 2];
    char field[WECOM_MAX_FIELD + 2];

    memset(name, 'n', sizeof(name));
    name[WECOM_MAX_NAME + 1] = '\0';
    memset(field, 'f', sizeof(field));
    field[WECOM_MAX_FIELD + 1] = '\0';
    read_json(&member, apr_psprintf(world->pool,
                                    "{\"name\":\"%s\",\"position\":\"%s\",\"alias\":5,"
                                    "\"email\":[\"a\"],\"mobile\":{},\"avatar\":true,"
                                    "\"gender\":1,\"status\":\"one\",\"main_department\":-3,"
                                    "\"department\":\"2\",\"address\":1.5}", name, field),
              world->pool);
    assert_null(member.name);
    assert_null(member.position);
    assert_null(member.alias);
    assert_null(member.email);
    assert_null(member.mobile);
    assert_null(member.avatar);
    assert_null(member.gender);
    assert_null(member.address);
    assert_int_equal(member.status, WECOM_MEMBER_UNKNOWN);
    assert_int_equal(member.main_department, 0);
    assert_null(member.departments);
    assert_int_equal(member.department_count, 0);

    name[WECOM_MAX_NAME] = '\0';
    field[WECOM_MAX_FIELD] = '\0';
    read_json(&member, apr_psprintf(world->pool, "{\"name\":\"%s\",\"position\":\"%s\"}", name,
                                    field), world->pool);
    assert_string_equal(member.name, name);
    assert_string_equal(member.position, field);
}

static void status_is_never_bent_into_a_known_one(void **state)
{
    static const struct {
        const char *text;
        int status;
    } cases[] = {
        { "1", 1 }, { "2", 2 }, { "4", 4 }, { "5", 5 }, { "3", 3 }, { "6", 6 }, { "255", 255 },
        { "\"1\"", 1 }, { "0", 0 }, { "256", 0 }, { "-1", 0 }, { "4294967297", 0 }, { "1.5", 0 },
        { "true", 0 }, { "[1]", 0 },
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wecom_member_t member = { .userid = "alice" };

        read_json(&member, apr_psprintf(world->pool, "{\"status\":%s}", cases[i].text),
                  world->pool);
        if (member.status != cases[i].status) {
            fail_msg("%s became %d", cases[i].text, member.status);
        }
    }
}

static void departments_stay_beside_their_marks(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "alice" };

    /* what is no id goes, and its mark with it */
    read_json(&member, "{\"department\":[2,\"x\",0,-1,4294967296,9],"
                       "\"is_leader_in_dept\":[0,1,1,1,1,1]}", world->pool);
    assert_int_equal(member.department_count, 2);
    assert_int_equal(member.departments[0], 2);
    assert_int_equal(member.leads[0], 0);
    assert_int_equal(member.departments[1], 9);
    assert_int_equal(member.leads[1], 1);

    /* marks that do not fit one to one are believed for none, and nor is what is no mark */
    read_json(&member, "{\"department\":[2,9],\"is_leader_in_dept\":[1]}", world->pool);
    assert_int_equal(member.leads[0], WECOM_LEADS_UNTOLD);
    assert_int_equal(member.leads[1], WECOM_LEADS_UNTOLD);
    read_json(&member, "{\"department\":[2],\"is_leader_in_dept\":[1,1]}", world->pool);
    assert_int_equal(member.leads[0], WECOM_LEADS_UNTOLD);
    read_json(&member, "{\"department\":[2]}", world->pool);
    assert_int_equal(member.leads[0], WECOM_LEADS_UNTOLD);
    read_json(&member, "{\"department\":[2],\"is_leader_in_dept\":[2]}", world->pool);
    assert_int_equal(member.leads[0], WECOM_LEADS_UNTOLD);
}

static void departments_have_a_ceiling(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "alice" };
    const char *ids = "1";
    const char *marks = "0";
    int i;

    for (i = 2; i <= WECOM_MAX_DEPARTMENTS + 1; i++) {
        ids = apr_psprintf(world->pool, "%s,%d", ids, i);
        marks = apr_pstrcat(world->pool, marks, ",1", NULL);
    }
    read_json(&member, apr_psprintf(world->pool, "{\"department\":[%s],"
                                    "\"is_leader_in_dept\":[%s]}", ids, marks), world->pool);
    assert_int_equal(member.department_count, WECOM_MAX_DEPARTMENTS);
    assert_int_equal(member.departments[WECOM_MAX_DEPARTMENTS - 1], WECOM_MAX_DEPARTMENTS);
    assert_int_equal(member.leads[0], 0);
    assert_int_equal(member.leads[WECOM_MAX_DEPARTMENTS - 1], 1);
}

static void empty_is_not_withheld(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "alice", .mobile = "138" };

    read_json(&member, "{\"position\":\"\",\"alias\":\"al\",\"mobile\":\"\",\"email\":null,"
                       "\"avatar\":5,\"gender\":\"0\",\"english_name\":\"Al\","
                       "\"external_position\":\"CEO\",\"thumb_avatar\":\"\"}", world->pool);
    assert_null(member.position);       /* what the accounts see */
    assert_string_equal(wecom_member_field(&member, "position"), "");
    assert_string_equal(wecom_member_field(&member, "alias"), "al");
    assert_string_equal(wecom_member_field(&member, "mobile"), "138");
    assert_string_equal(wecom_member_field(&member, "english_name"), "Al");
    assert_string_equal(wecom_member_field(&member, "external_position"), "CEO");
    assert_string_equal(wecom_member_field(&member, "thumb_avatar"), "");
    assert_null(wecom_member_field(&member, "email"));
    assert_null(wecom_member_field(&member, "avatar"));
    assert_null(wecom_member_field(&member, "gender"));
    assert_null(wecom_member_field(&member, "telephone"));
    assert_null(wecom_member_field(&member, "userid"));
    assert_null(wecom_member_field(&member, "Alias"));
    assert_null(wecom_member_field(&member, NULL));

    /* a later answer fills what was empty, and silence changes nothing */
    read_json(&member, "{\"position\":\"Engineer\",\"alias\":\"\"}", world->pool);
    assert_string_equal(wecom_member_field(&member, "position"), "Engineer");
    assert_string_equal(member.position, "Engineer");
    assert_string_equal(wecom_member_field(&member, "alias"), "al");
    read_json(&member, "{}", world->pool);
    assert_string_equal(wecom_member_field(&member, "thumb_avatar"), "");

    wecom_member_set_field(&member, "position", "");
    assert_null(member.position);
    assert_string_equal(wecom_member_field(&member, "position"), "");
    wecom_member_set_field(&member, "position", NULL);
    assert_null(wecom_member_field(&member, "position"));
    wecom_member_set_field(&member, "position", "Cook");
    assert_string_equal(member.position, "Cook");
    wecom_member_set_field(&member, "userid", "mallory");
    wecom_member_set_field(&member, NULL, "mallory");
    assert_string_equal(member.userid, "alice");
}

static void fields_have_names(void **state)
{
    const char *name;
    int i;

    (void)state;
    for (i = 0; (name = wecom_member_field_name(i)) != NULL; i++) {
        wecom_member_t member = { .userid = "alice" };

        assert_true(wecom_member_is_field(name));
        assert_null(wecom_member_field(&member, name));
        wecom_member_set_field(&member, name, "");
        assert_string_equal(wecom_member_field(&member, name), "");
        wecom_member_set_field(&member, name, "x");
        assert_string_equal(wecom_member_field(&member, name), "x");
    }
    assert_true(i > 10);
    assert_null(wecom_member_field_name(-1));
    assert_null(wecom_member_field_name(i + 1));
    assert_false(wecom_member_is_field("userid"));
    assert_false(wecom_member_is_field("status"));
    assert_false(wecom_member_is_field("NAME"));
    assert_false(wecom_member_is_field(""));
    assert_false(wecom_member_is_field(NULL));
}

#define ATTRS(list) ATTRS_BEGIN list ATTRS_END
#define ATTRS_BEGIN "{\"extattr\":{\"attrs\":["
#define ATTRS_END   "]}}"

static void extended_attributes(void **state)
{
    static const struct {
        const char *json;
        const char *name;
        const char *value;  /* NULL: not there */
    } cases[] = {
        { ATTRS("{\"type\":0,\"name\":\"room\",\"text\":{\"value\":\"12\"}}"), "room", "12" },
        { ATTRS("{\"type\":0,\"name\":\"room\",\"text\":{\"value\":\"\"}}"), "room", "" },
        { ATTRS("{\"name\":\"room\",\"value\":\"12\"}"), "room", "12" },
        { ATTRS("{\"type\":1,\"name\":\"site\",\"web\":{\"url\":\"https://a\","
                "\"title\":\"A\"}}"), "site", "https://a" },
        { ATTRS("{\"type\":0,\"name\":\"\xe5\xb7\xa5\xe5\x8f\xb7\",\"text\":{\"value\":\"7\"}}"),
          "\xe5\xb7\xa5\xe5\x8f\xb7", "7" },
        { ATTRS("{\"type\":0,\"name\":\"a\",\"text\":{\"value\":\"1\"}},"
                "{\"type\":0,\"name\":\"a\",\"text\":{\"value\":\"2\"}}"), "a", "1" },
        { ATTRS("{\"type\":0,\"name\":\"a\",\"text\":{\"value\":\"1\"}},"
                "{\"type\":0,\"name\":\"A\",\"text\":{\"value\":\"2\"}}"), "a", "1" },
        { ATTRS("5,null,{\"type\":0,\"name\":\"a\",\"text\":{\"value\":\"1\"}}"), "a", "1" },
        { ATTRS("{\"type\":2,\"name\":\"a\",\"miniprogram\":{\"title\":\"x\"}}"), "a", NULL },
        { ATTRS("{\"type\":0,\"name\":\"a\",\"text\":{\"value\":5}}"), "a", NULL },
        { ATTRS("{\"type\":0,\"name\":\"a\",\"text\":[\"1\"],\"value\":\"2\"}"), "a", "2" },
        { ATTRS("{\"type\":0,\"name\":\"a\"}"), "a", NULL },
        { ATTRS("{\"type\":1,\"name\":\"a\",\"web\":{\"title\":\"A\"}}"), "a", NULL },
        { ATTRS("{\"type\":0,\"name\":\"\",\"text\":{\"value\":\"1\"}}"), "", NULL },
        { ATTRS("{\"type\":0,\"name\":7,\"text\":{\"value\":\"1\"}}"), "7", NULL },
        { ATTRS(""), "a", NULL },
        { "{\"extattr\":{}}", "a", NULL },
        { "{\"extattr\":[]}", "a", NULL },
        { "{\"extattr\":null}", "a", NULL },
        { "{\"attrs\":[{\"name\":\"a\",\"value\":\"1\"}]}", "a", NULL },
    };
    world_t *world = *state;
    wecom_member_t kept = { .userid = "alice" };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wecom_member_t member = { .userid = "alice" };
        const char *value;

        read_json(&member, cases[i].json, world->pool);
        value = member.extattr != NULL ? apr_table_get(member.extattr, cases[i].name) : NULL;
        if ((value == NULL) != (cases[i].value == NULL)
            || (value != NULL && strcmp(value, cases[i].value) != 0)) {
            fail_msg("%s: %s", cases[i].json, value);
        }
        if (value == NULL) {
            assert_null(member.extattr);
        }
    }
    /* an answer without them changes nothing, one with another list brings all */
    read_json(&kept, cases[0].json, world->pool);
    read_json(&kept, "{\"extattr\":null}", world->pool);
    assert_string_equal(apr_table_get(kept.extattr, "room"), "12");
    read_json(&kept, cases[3].json, world->pool);
    assert_null(apr_table_get(kept.extattr, "room"));
    read_json(&kept, ATTRS(""), world->pool);
    assert_null(kept.extattr);
}

static void extended_attributes_have_ceilings(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "alice" };
    char value[WECOM_MAX_FIELD + 2];
    const char *list = "";
    int i;

    for (i = 0; i <= WECOM_MAX_EXTATTRS; i++) {
        list = apr_psprintf(world->pool, "%s%s{\"name\":\"a%d\",\"value\":\"v\"}", list,
                            i > 0 ? "," : "", i);
    }
    read_json(&member, apr_pstrcat(world->pool, ATTRS_BEGIN, list, ATTRS_END, NULL), world->pool);
    assert_int_equal(apr_table_elts(member.extattr)->nelts, WECOM_MAX_EXTATTRS);

    memset(value, 'v', sizeof(value));
    value[WECOM_MAX_FIELD + 1] = '\0';
    read_json(&member, apr_pstrcat(world->pool, ATTRS_BEGIN "{\"name\":\"a\",\"value\":\"", value,
                                   "\"}" ATTRS_END, NULL), world->pool);
    assert_null(member.extattr);
    value[WECOM_MAX_FIELD] = '\0';
    list = "{\"name\":\"last\",\"value\":\"v\"}";
    for (i = 0; i < 4; i++) {
        list = apr_psprintf(world->pool, "{\"name\":\"a%d\",\"value\":\"%s\"},%s", i, value, list);
    }
    read_json(&member, apr_pstrcat(world->pool, ATTRS_BEGIN, list, ATTRS_END, NULL), world->pool);
    /* the fourth is above all that there may be, and what comes behind it still fits */
    assert_int_equal(apr_table_elts(member.extattr)->nelts, 4);
    assert_null(apr_table_get(member.extattr, "a0"));
    assert_string_equal(apr_table_get(member.extattr, "last"), "v");
}

/* What user/get told as well is no matter of consent. */
static void consent_is_remembered(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "alice" };
    const char *detail = "{\"mobile\":\"138\",\"email\":\"a@x\",\"avatar\":\"http://q\","
                         "\"address\":\"\"}";
    const wecom_json_t *json;

    read_json(&member, "{\"position\":\"Engineer\",\"email\":\"\",\"avatar\":\"http://p\"}",
              world->pool);
    assert_int_equal(wecom_json_parse(&json, detail, strlen(detail), world->pool), WECOM_OK);
    wecom_member_read_detail(&member, json, world->pool);
    assert_string_equal(member.mobile, "138");
    assert_true(wecom_member_is_consented(&member, "mobile"));
    assert_true(wecom_member_is_consented(&member, "email"));
    assert_false(wecom_member_is_consented(&member, "avatar"));
    assert_false(wecom_member_is_consented(&member, "position"));
    assert_false(wecom_member_is_consented(&member, "address"));
    assert_false(wecom_member_is_consented(&member, "nothing"));
    wecom_member_set_consented(&member, "biz_mail");
    assert_false(wecom_member_is_consented(&member, "biz_mail"));
    wecom_member_set_field(&member, "mobile", "139");
    assert_false(wecom_member_is_consented(&member, "mobile"));
    wecom_member_set_consented(&member, "mobile");
    assert_true(wecom_member_is_consented(&member, "mobile"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(userid_is_as_documented),
        cmocka_unit_test(same_member_with_and_without_case),
        cmocka_unit_test_setup_teardown(whole_member_is_read, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(control_bytes_become_blanks, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(only_what_is_there_overwrites, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(wrong_types_and_sizes_are_left_out, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(status_is_never_bent_into_a_known_one, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(departments_stay_beside_their_marks, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(departments_have_a_ceiling, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(empty_is_not_withheld, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(consent_is_remembered, world_setup, world_teardown),
        cmocka_unit_test(fields_have_names),
        cmocka_unit_test_setup_teardown(extended_attributes, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(extended_attributes_have_ceilings, world_setup,
                                        world_teardown),
    };

    return cmocka_run_group_tests_name("member", tests, NULL, NULL);
}
