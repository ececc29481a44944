/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_api_answer.c - what an answer of WeCom means, and what is no answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "../../src/wecom/api.h"
#include "world.h"

#define ALICE "{\"errcode\":0,\"errmsg\":\"ok\",\"userid\":\"alice\"}"
#define ALICE_FULL \
    "{\"errcode\":0,\"errmsg\":\"ok\",\"userid\":\"alice\",\"name\":\"Alice\"," \
    "\"department\":[2,5],\"order\":[0,0],\"position\":\"Engineer\",\"status\":1," \
    "\"main_department\":2,\"is_leader_in_dept\":[0,1],\"direct_leader\":[\"bob\"]," \
    "\"alias\":\"al\",\"telephone\":\"\",\"extattr\":{\"attrs\":[{\"type\":0,\"name\":\"room\"," \
    "\"text\":{\"value\":\"12\"}}]}}"

static void answers_of_identify(void **state)
{
    static const struct {
        const char *body;
        wecom_status_t status;
        const char *userid;
        const char *ticket;
    } cases[] = {
        { ALICE, WECOM_OK, "alice", NULL },
        { "{\"errcode\":0,\"userid\":\"Alice\",\"user_ticket\":\"T\"}", WECOM_OK, "Alice", "T" },
        /* the spelling of old, with what else that call says */
        { "{\"errcode\":0,\"UserId\":\"alice\",\"DeviceId\":\"d\",\"user_ticket\":\"T\","
          "\"expires_in\":7200}", WECOM_OK, "alice", "T" },
        { "{\"UserId\":\"alice\",\"userid\":\"alice\"}", WECOM_OK, "alice", NULL },
        { "{\"userid\":\"alice\"}", WECOM_OK, "alice", NULL },
        { "{\"errcode\":\"0\",\"userid\":\"alice\"}", WECOM_OK, "alice", NULL },
        { "{\"errcode\":0,\"userid\":\"alice\",\"user_ticket\":\"\"}", WECOM_OK, "alice", NULL },
        { "{\"errcode\":0,\"userid\":\"alice\",\"user_ticket\":7}", WECOM_OK, "alice", NULL },
        /* two spellings that disagree */
        { "{\"UserId\":\"bob\",\"userid\":\"alice\"}", WECOM_E_ANSWER, NULL, NULL },
        { "{\"UserId\":\"Alice\",\"userid\":\"alice\"}", WECOM_E_ANSWER, NULL, NULL },
        /* not members */
        { "{\"errcode\":0,\"openid\":\"o1\"}", WECOM_E_NOT_MEMBER, NULL, NULL },
        { "{\"errcode\":0,\"OpenId\":\"o1\",\"DeviceId\":\"d\"}", WECOM_E_NOT_MEMBER, NULL,
          NULL },
        { "{\"errcode\":0,\"openid\":\"o1\",\"external_userid\":\"wm1\"}", WECOM_E_NOT_MEMBER,
          NULL, NULL },
        { "{\"errcode\":0,\"external_userid\":\"wm1\"}", WECOM_E_NOT_MEMBER, NULL, NULL },
        { "{\"errcode\":0,\"userid\":\"\",\"openid\":\"o1\"}", WECOM_E_NOT_MEMBER, NULL, NULL },
        { "{\"errcode\":0,\"userid\":\"ww0123456789abcdef/alice\"}", WECOM_E_NOT_MEMBER, NULL,
          NULL },
        { "{\"errcode\":0,\"userid\":\"ww0123456789abcdef/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          "aaaaaaaaaaaaaaaaaaaaaaaaaa\"}", WECOM_E_NOT_MEMBER, NULL, NULL },
        { "{\"errcode\":0,\"userid\":\"a b\"}", WECOM_E_NOT_MEMBER, NULL, NULL },
        { "{\"errcode\":0,\"userid\":\"a\\nb\"}", WECOM_E_NOT_MEMBER, NULL, NULL },
        /* not what was promised */
        { "{\"errcode\":0,\"errmsg\":\"ok\"}", WECOM_E_ANSWER, NULL, NULL },
        { "{}", WECOM_E_ANSWER, NULL, NULL },
        { "{\"errcode\":0,\"userid\":null}", WECOM_E_ANSWER, NULL, NULL },
        { "{\"errcode\":0,\"userid\":\"\"}", WECOM_E_ANSWER, NULL, NULL },
        { "{\"errcode\":0,\"userid\":5}", WECOM_E_ANSWER, NULL, NULL },
        { "{\"errcode\":0,\"userid\":[\"alice\"]}", WECOM_E_ANSWER, NULL, NULL },
        { "{\"errcode\":0,\"userid\":\"alice\\u0000x\"}", WECOM_E_ANSWER, NULL, NULL },
        { "{\"errcode\":[0],\"userid\":\"alice\"}", WECOM_E_ANSWER, NULL, NULL },
        { "{\"errcode\":\"ok\",\"userid\":\"alice\"}", WECOM_E_ANSWER, NULL, NULL },
        { "[" ALICE "]", WECOM_E_ANSWER, NULL, NULL },
        { ALICE "x", WECOM_E_ANSWER, NULL, NULL },
        { "<html>", WECOM_E_ANSWER, NULL, NULL },
        { "", WECOM_E_ANSWER, NULL, NULL },
        /* errcode first */
        { "{\"errcode\":40029,\"userid\":\"alice\"}", WECOM_E_REMOTE, NULL, NULL },
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wecom_identity_t identity = { "unset", "unset" };
        wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
        wecom_status_t status = wecom_api_parse_identity(&identity, &err, cases[i].body,
                                                         strlen(cases[i].body), world->pool);

        if (status != cases[i].status) {
            fail_msg("%s gave %s", cases[i].body, wecom_error_name(status));
        }
        if (cases[i].userid == NULL) {
            assert_null(identity.userid);
            assert_int_equal(err.status, status);
        }
        else {
            assert_string_equal(identity.userid, cases[i].userid);
        }
        if (cases[i].ticket == NULL) {
            assert_null(identity.user_ticket);
        }
        else {
            assert_string_equal(identity.user_ticket, cases[i].ticket);
        }
    }
}

static void answers_of_read_member(void **state)
{
    static const struct {
        const char *body;
        int proxy_developed;
        wecom_status_t member;  /* as user/get */
        wecom_status_t detail;  /* as auth/getuserdetail */
    } cases[] = {
        { ALICE_FULL, 0, WECOM_OK, WECOM_OK },
        { "{\"userid\":\"alice\",\"status\":1}", 0, WECOM_OK, WECOM_OK },
        { "{\"userid\":\"ALICE\",\"status\":2}", 0, WECOM_OK, WECOM_OK },
        { "{\"userid\":\"ALICE\",\"status\":1}", 1, WECOM_E_MISMATCH, WECOM_E_MISMATCH },
        { "{\"userid\":\"alice\",\"status\":1}", 1, WECOM_OK, WECOM_OK },
        { "{\"userid\":\"bob\",\"status\":1}", 0, WECOM_E_MISMATCH, WECOM_E_MISMATCH },
        { "{\"userid\":\"\",\"status\":1}", 0, WECOM_E_MISMATCH, WECOM_E_MISMATCH },
        { "{\"userid\":\"corp/alice\",\"status\":1}", 0, WECOM_E_MISMATCH, WECOM_E_MISMATCH },
        { "{\"errcode\":0,\"status\":1}", 0, WECOM_E_ANSWER, WECOM_E_MISMATCH },
        { "{\"userid\":7,\"status\":1}", 0, WECOM_E_ANSWER, WECOM_E_ANSWER },
        { "{\"userid\":\"alice\"}", 0, WECOM_E_ANSWER, WECOM_OK },
        { "{\"userid\":\"alice\",\"status\":\"x\"}", 0, WECOM_E_ANSWER, WECOM_OK },
        { "{\"userid\":\"alice\",\"status\":0}", 0, WECOM_E_ANSWER, WECOM_OK },
        { "{\"userid\":\"alice\",\"status\":null}", 0, WECOM_E_ANSWER, WECOM_OK },
        { "{\"errcode\":60111,\"userid\":\"alice\",\"status\":1}", 0, WECOM_E_REMOTE,
          WECOM_E_REMOTE },
        { "<html>", 0, WECOM_E_ANSWER, WECOM_E_ANSWER },
        { "{", 0, WECOM_E_ANSWER, WECOM_E_ANSWER },
    };
    world_t *world = *state;
    size_t i;
    int with_status;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        world->app.proxy_developed = cases[i].proxy_developed;
        for (with_status = 0; with_status < 2; with_status++) {
            /* a status from earlier does not stand in for one that is missing */
            wecom_member_t member = { .userid = "alice", .status = 5 };
            wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
            wecom_status_t expected = with_status ? cases[i].member : cases[i].detail;
            wecom_status_t status = wecom_api_parse_member(&member, &err, &world->app,
                                                           with_status, "stage", cases[i].body,
                                                           strlen(cases[i].body), world->pool);

            if (status != expected) {
                fail_msg("%s gave %s", cases[i].body, wecom_error_name(status));
            }
            if (status != WECOM_OK) {
                assert_int_equal(member.status, 5);
                assert_null(member.name);
                assert_int_equal(err.status, status);
                assert_string_equal(err.stage, "stage");
            }
            assert_string_equal(member.userid, "alice");
        }
    }
}

static void fields_of_a_whole_member(void **state)
{
    world_t *world = *state;
    wecom_member_t member = { .userid = "alice" };

    assert_int_equal(wecom_api_parse_member(&member, NULL, &world->app, 1, "stage", ALICE_FULL,
                                            strlen(ALICE_FULL), world->pool), WECOM_OK);
    assert_string_equal(member.name, "Alice");
    assert_string_equal(member.position, "Engineer");
    assert_string_equal(member.alias, "al");
    assert_null(member.telephone);
    assert_int_equal(member.status, WECOM_MEMBER_ACTIVE);
    assert_int_equal(member.main_department, 2);
    assert_int_equal(member.department_count, 2);
    assert_int_equal(member.leads[1], 1);
}

/* --- gettoken -------------------------------------------------------------------------------- */

static void answer_of_gettoken(void **state)
{
    static const struct {
        const char *body;
        wecom_status_t status;
        int upstream;
        int expires_in;
    } cases[] = {
        { "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"T\",\"expires_in\":7200}",
          WECOM_OK, 0, 7200 },
        { "{\"access_token\":\"T\",\"expires_in\":120}", WECOM_OK, 0, 120 },
        { "{\"errcode\":null,\"access_token\":\"T\",\"expires_in\":\"120\"}", WECOM_OK, 0, 120 },
        { "{\"errcode\":\"0\",\"access_token\":\"T\"}", WECOM_OK, 0, 60 },
        { "{\"errcode\":0,\"access_token\":\"T\",\"expires_in\":1e99}", WECOM_OK, 0, 60 },
        { "{\"errcode\":0,\"access_token\":\"T\",\"expires_in\":[]}", WECOM_OK, 0, 60 },
        { "{\"errcode\":0,\"access_token\":\"T\",\"expires_in\":9223372036854775807}", WECOM_OK,
          0, 7200 },
        { "{\"errcode\":40001,\"access_token\":\"T\"}", WECOM_E_REMOTE, 40001, 0 },
        { "{\"errcode\":-1}", WECOM_E_REMOTE, -1, 0 },
        { "{\"errcode\":\"40001\"}", WECOM_E_REMOTE, 40001, 0 },
        { "{}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":0}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":true,\"access_token\":\"T\"}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":[],\"access_token\":\"T\"}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":0.5,\"access_token\":\"T\"}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":4294967296,\"access_token\":\"T\"}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":-2147483648,\"access_token\":\"T\"}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":0,\"access_token\":\"\"}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":0,\"access_token\":5}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":0,\"access_token\":\"a b\"}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":0,\"access_token\":\"a\\r\\nb\"}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":0,\"access_token\":\"a\\u0000b\"}", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":0,\"access_token\":\"\xc3\xa4\"}", WECOM_E_ANSWER, 0, 0 },
        { "<html><body>portal</body></html>", WECOM_E_ANSWER, 0, 0 },
        { "[]", WECOM_E_ANSWER, 0, 0 },
        { "\"x\"", WECOM_E_ANSWER, 0, 0 },
        { "{\"errcode\":0", WECOM_E_ANSWER, 0, 0 },
        { "", WECOM_E_ANSWER, 0, 0 },
        { " \n", WECOM_E_ANSWER, 0, 0 },
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *token = "unset";
        apr_int64_t expires_in = -1;
        wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
        wecom_status_t status = wecom_token_parse_answer(&token, &expires_in, &err, cases[i].body,
                                                         strlen(cases[i].body), world->pool);

        if (status != cases[i].status) {
            fail_msg("%s gave %s", cases[i].body, wecom_error_name(status));
        }
        if (status == WECOM_OK) {
            assert_string_equal(token, "T");
            assert_int_equal(expires_in, cases[i].expires_in);
        }
        else {
            assert_null(token);
            assert_int_equal(err.status, status);
            assert_int_equal(err.upstream, cases[i].upstream);
            assert_string_equal(err.stage, "gettoken");
        }
    }
}

static void length_of_a_token_has_a_ceiling(void **state)
{
    world_t *world = *state;
    char text[WECOM_MAX_TOKEN + 2];
    const char *token;
    const char *body;
    apr_int64_t expires_in;

    memset(text, 't', sizeof(text));
    text[WECOM_MAX_TOKEN] = '\0';
    body = apr_psprintf(world->pool, WORLD_TOKEN, text, 7200);
    assert_int_equal(wecom_token_parse_answer(&token, &expires_in, NULL, body, strlen(body),
                                              world->pool), WECOM_OK);
    assert_string_equal(token, text);
    world_expect_token(world, text, 7200);
    world_assert_token(world, text, 1);
    world_assert_token(world, text, 0);

    text[WECOM_MAX_TOKEN] = 't';
    text[WECOM_MAX_TOKEN + 1] = '\0';
    body = apr_psprintf(world->pool, WORLD_TOKEN, text, 7200);
    assert_int_equal(wecom_token_parse_answer(&token, &expires_in, NULL, body, strlen(body),
                                              world->pool), WECOM_E_ANSWER);
}

/* --- for the administrator ------------------------------------------------------------------ */

static void address_that_wecom_saw(void **state)
{
    static const struct {
        const char *errmsg;
        const char *address;
    } cases[] = {
        { "not allow to access from your ip, hint: [1700000000_1_ab], from ip: 192.0.2.7, more "
          "info at https://open.work.weixin.qq.com/devtool/query?e=60020", "192.0.2.7" },
        { "from ip: 192.0.2.7", "192.0.2.7" },
        { "from ip:192.0.2.7.", "192.0.2.7" },
        { "from ip: 2001:db8::7, more", "2001:db8::7" },
        { "from ip: ::ffff:192.0.2.7, more", "::ffff:192.0.2.7" },
        { "from ip: , from ip: 192.0.2.7", "192.0.2.7" },
        { "from ip: abc, from ip: 192.0.2.7", "192.0.2.7" },
        { "from ip: 192.0.2.777", NULL },
        { "from ip: 192.0.2", NULL },
        { "from ip: <script>", NULL },
        { "from ip: 1111111111111111111111111111111111111111111111111111111111111111", NULL },
        { "from ip: ", NULL },
        { "from ip:", NULL },
        { "192.0.2.7", NULL },
        { "", NULL },
        { NULL, NULL },
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *address = wecom_api_seen_address(cases[i].errmsg, world->pool);

        if (cases[i].address == NULL) {
            assert_null(address);
        }
        else {
            assert_non_null(address);
            assert_string_equal(address, cases[i].address);
        }
    }
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(answers_of_identify),
        WORLD_TEST(answers_of_read_member),
        WORLD_TEST(fields_of_a_whole_member),
        WORLD_TEST(answer_of_gettoken),
        WORLD_TEST(length_of_a_token_has_a_ceiling),
        WORLD_TEST(address_that_wecom_saw),
    };

    return cmocka_run_group_tests_name("api-answer", tests, NULL, NULL);
}
